#include "role/keeper/keeper_int.h"

#include "core/lineage/openlineage.h"
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint64_t MAX_NUMBER = 9007199254740991; /* that JSON holds exactly */

/* Run events go into a file of the state folder, a line each, when an act first reaches the view,
 * and are on the disk before the view is committed: after a crash the replay may say one again,
 * with the same run id, and never leaves one out. Sending them is the work of `sluice
 * openlineage`: this program talks to nobody. */

enum { MAX_EVENT = 4 * 1024 * 1024, MAX_SAID = 4096 };

struct openlineage {
    struct keeper *keeper;
    int fd;
    bool dirty;
    uint64_t bytes;
    char *path;
    struct sl_buf line;
};

/* A crash in the middle of a line: that event comes again, and must not become part of it. */
static enum sl_err end_last_line(struct openlineage *o)
{
    char last = '\n';

    if (o->bytes > 0 && pread(o->fd, &last, 1, (off_t)(o->bytes - 1)) != 1)
        return SL_EIO;
    if (last == '\n')
        return SL_OK;
    o->bytes++;
    return sl_file_write_all(o->fd, SL_SPAN("\n"));
}

static enum sl_err open_file(struct openlineage *o)
{
    struct stat file;

    o->fd = open(o->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (o->fd < 0 || fstat(o->fd, &file) != 0)
        return SL_EIO;
    o->bytes = (uint64_t)file.st_size;
    return end_last_line(o);
}

static enum sl_err rotate(struct openlineage *o, uint64_t now_us)
{
    SL_BUF(aside, 8192);

    sl_buf_say(&aside, "%s.%U", o->path, now_us);
    close(o->fd);
    o->fd = -1;
    if (rename(o->path, sl_buf_text(&aside)) != 0)
        return SL_EIO;
    return open_file(o);
}

static enum sl_openlineage_type type_of(enum lineage_standing standing)
{
    switch (standing) {
    case LINEAGE_COMMITTED:
    case LINEAGE_UNKNOWN:
        return SL_OPENLINEAGE_COMPLETE;
    case LINEAGE_FAILED:
    case LINEAGE_ROLLED_BACK:
        return SL_OPENLINEAGE_FAIL;
    default:
        return SL_OPENLINEAGE_ABORT;
    }
}

static void put_event(struct openlineage *o, const struct lineage_act *a)
{
    const struct sl_target *target = sl_config_target(o->keeper->config, a->target);
    SL_BUF(namespace_, 4096);
    SL_BUF(sink, 16 * 1024);

    if (target == NULL)
        sl_buf_say(&namespace_, "sluice:%S", a->target);
    else
        sl_buf_say(&namespace_, "postgres://%S:%S", target->host, target->port);
    sl_buf_put(&sink, a->story->sink);
    if (sink.n == 0)
        sl_buf_say(&sink, "client of %S", a->identity);
    struct sl_openlineage_event e = {.type = type_of(a->standing),
                                     .at_us = a->at_us,
                                     .namespace_ = sl_buf_span(&namespace_),
                                     .database = target == NULL ? a->target : target->database,
                                     .target = a->target,
                                     .sink = sl_buf_span(&sink),
                                     .identity = a->identity,
                                     .owner = a->owner,
                                     .standing = sl_span_str(lineage_standing_name(a->standing)),
                                     .approval = a->approval,
                                     .approvers = a->approvers,
                                     .why = a->why,
                                     .text = a->text,
                                     .session = a->session,
                                     .action = a->action,
                                     .observed = a->observed,
                                     .story = a->story};
    memcpy(e.id, a->key, sizeof e.id);
    sl_openlineage_put(&o->line, &e);
    sl_buf_put_u8(&o->line, '\n');
}

static enum sl_err sync_all(struct openlineage *o)
{
    if (!o->dirty)
        return SL_OK;
    SL_TRY(sl_file_sync(o->fd));
    o->dirty = false;
    return o->bytes < o->keeper->config->settings.openlineage_rotate_bytes
               ? SL_OK
               : rotate(o, sl_clock_us());
}

static enum sl_err told(void *owner, const struct lineage_act *a)
{
    struct openlineage *o = owner;

    if (a == NULL)
        return sync_all(o);
    sl_buf_reset(&o->line);
    put_event(o, a);
    SL_TRY(sl_buf_err(&o->line));
    SL_TRY(sl_file_write_all(o->fd, sl_buf_span(&o->line)));
    o->bytes += o->line.n;
    o->dirty = true;
    return SL_OK;
}

enum sl_err openlineage_open(struct keeper *k)
{
    struct sl_span name = k->config->settings.openlineage_file;
    SL_BUF(path, 8192);

    if (name.n == 0)
        return SL_OK;
    struct openlineage *o = calloc(1, sizeof *o);
    if (o == NULL)
        return SL_EMEMORY;
    sl_buf_say(&path, "%s/openlineage", k->state_dir);
    SL_TRY(sl_file_make_folder(sl_buf_text(&path), 0700));
    sl_buf_say(&path, "/%S", name);
    *o = (struct openlineage){
        .keeper = k, .fd = -1, .path = strdup(sl_buf_text(&path)), .line = sl_buf(MAX_EVENT)};
    k->openlineage = o;
    if (o->path == NULL || open_file(o) != SL_OK) {
        sl_log(SL_LOG_ERROR, "openlineage_refused", SL_TEXT("file", name),
               SL_CSTR("why", strerror(errno)));
        return SL_EIO;
    }
    lineage_tell(k->store.lineage, told, o);
    return SL_OK;
}

void openlineage_close(struct keeper *k)
{
    struct openlineage *o = k->openlineage;

    if (o == NULL)
        return;
    if (o->fd >= 0)
        close(o->fd);
    free(o->path);
    sl_buf_done(&o->line);
    free(o);
    k->openlineage = NULL;
}

/* --- how far its sender is --- */

/* A stranger's answer may have captured who wrote this: a plain file, short, and nothing but these.
 */
static enum sl_err read_said(const struct openlineage *o, struct sl_buf *out)
{
    SL_BUF(path, 8192);
    struct stat file;

    sl_buf_say(&path, "%s.status", o->path);
    int fd = open(sl_buf_text(&path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return SL_ENOTFOUND;
    uint8_t *room = sl_buf_room(out, MAX_SAID);
    ssize_t got = room == NULL || fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)
                      ? -1
                      : read(fd, room, MAX_SAID);
    close(fd);
    if (got <= 0)
        return SL_EIO;
    out->n += (size_t)got;
    return SL_OK;
}

static json_t *copy_said(const json_t *said)
{
    static const char *const numbers[] = {"waiting_bytes", "sent", "rejected"};
    struct sl_span error = sl_json_str(said, "error");
    json_t *out = json_object();
    uint64_t number;

    for (size_t i = 0; i < SL_COUNT(numbers); i++)
        if (sl_json_u64(said, numbers[i], &number) && number <= MAX_NUMBER)
            json_object_set_new(out, numbers[i], json_integer((json_int_t)number));
    if (sl_json_u64(said, "at_us", &number) && number <= sl_clock_us())
        json_put_time(out, "at", number);
    if (error.n > 0)
        json_put_str(out, "error", error);
    return out;
}

json_t *openlineage_sent(const struct keeper *k)
{
    SL_BUF(text, MAX_SAID);
    json_t *said = NULL, *out = NULL;

    if (k->openlineage == NULL || k->config == NULL || k->config->settings.openlineage_url.n == 0)
        return NULL;
    if (read_said(k->openlineage, &text) == SL_OK &&
        sl_json_read(sl_buf_span(&text), &said, NULL) == SL_OK)
        out = copy_said(said);
    json_decref(said);
    return out;
}
