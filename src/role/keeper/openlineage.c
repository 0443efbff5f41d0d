#include "role/keeper/openlineage.h"

#include "core/lineage/openlineage.h"
#include "os/file.h"
#include "role/keeper/call.h"
#include "role/keeper/keeper_int.h"

#include <dirent.h>
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
 * openlineage`: this program talks to nobody.
 *
 * Where the folder is full to its ceiling (`max_spool`), or an event is too large, events are left
 * out and counted, loudly: traffic does not wait for whoever should have fetched them. The ledger
 * has all of it. */

enum { MAX_EVENT = 4 * 1024 * 1024, MAX_SAID = 4096, LOOK_EVERY_US = 1000000 };

struct openlineage {
    struct keeper *keeper;
    int fd;
    bool dirty;
    uint64_t bytes, others; /* of the file, and of all others beside it */
    uint64_t looked_us;     /* when `others` was counted last */
    uint64_t lost;          /* events that were left out, since this keeper began */
    bool full;
    char *folder, *path;
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

/* --- the ceiling --- */

static void look(struct openlineage *o)
{
    SL_BUF(path, 8192);
    struct dirent *entry;
    struct stat is, live;
    DIR *folder = opendir(o->folder);

    o->looked_us = sl_clock_monotonic_us();
    if (folder == NULL || fstat(o->fd, &live) != 0) {
        if (folder != NULL)
            closedir(folder);
        return; /* what was counted before stands */
    }
    o->others = 0;
    while ((entry = readdir(folder)) != NULL) {
        sl_buf_reset(&path);
        sl_buf_say(&path, "%s/%s", o->folder, entry->d_name);
        if (lstat(sl_buf_text(&path), &is) == 0 && S_ISREG(is.st_mode) && is.st_ino != live.st_ino)
            o->others += (uint64_t)is.st_size;
    }
    closedir(folder);
}

/* What lies there is counted again only where it seems too much, and once a second at most. */
static bool has_room(struct openlineage *o)
{
    uint64_t most = o->keeper->config->settings.openlineage_max_bytes;

    if (o->bytes + o->others + o->line.n <= most)
        return true;
    if (sl_clock_monotonic_us() - o->looked_us >= LOOK_EVERY_US)
        look(o);
    return o->bytes + o->others + o->line.n <= most;
}

static void leave_out(struct openlineage *o, const struct lineage_act *a, const char *why)
{
    if (!o->full || o->lost % 1000 == 0)
        sl_log(SL_LOG_ERROR, "openlineage_lost", SL_CSTR("why", why), SL_NUM("session", a->session),
               SL_NUM("action", a->action), SL_NUM("lost", o->lost + 1));
    o->lost++;
}

/* What is written is put aside, so that it can go once it is fetched: else the file would stay as
 * long as nothing more comes into it. */
static enum sl_err make_room_later(struct openlineage *o)
{
    if (o->bytes == 0)
        return SL_OK;
    SL_TRY(sl_file_sync(o->fd));
    o->dirty = false;
    SL_TRY(rotate(o, sl_clock_us()));
    look(o);
    return SL_OK;
}

static enum sl_err sync_all(struct openlineage *o)
{
    if (!o->dirty)
        return SL_OK;
    SL_TRY(sl_file_sync(o->fd));
    o->dirty = false;
    if (o->bytes < o->keeper->config->settings.openlineage_rotate_bytes)
        return SL_OK;
    SL_TRY(rotate(o, sl_clock_us()));
    look(o);
    return SL_OK;
}

static enum sl_err told(void *owner, const struct lineage_act *a)
{
    struct openlineage *o = owner;

    if (a == NULL)
        return sync_all(o);
    sl_buf_reset(&o->line);
    put_event(o, a);
    if (sl_buf_err(&o->line) == SL_ELIMIT) {
        sl_buf_done(&o->line);
        o->line = sl_buf(MAX_EVENT);
        leave_out(o, a, "the event is too large");
        return SL_OK;
    }
    SL_TRY(sl_buf_err(&o->line));
    if (!has_room(o)) {
        leave_out(o, a, "the folder is full: see max_spool");
        o->full = true;
        return make_room_later(o);
    }
    if (o->full)
        sl_log(SL_LOG_WARN, "openlineage_has_room", SL_NUM("lost", o->lost));
    o->full = false;
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
    *o = (struct openlineage){
        .keeper = k, .fd = -1, .folder = strdup(sl_buf_text(&path)), .line = sl_buf(MAX_EVENT)};
    sl_buf_say(&path, "/%S", name);
    o->path = strdup(sl_buf_text(&path));
    k->openlineage = o;
    if (o->folder == NULL || o->path == NULL || open_file(o) != SL_OK) {
        sl_log(SL_LOG_ERROR, "openlineage_refused", SL_TEXT("file", name),
               SL_CSTR("why", strerror(errno)));
        return SL_EIO;
    }
    look(o);
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
    free(o->folder);
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
    static const char *const numbers[] = {"waiting_bytes", "sent", "rejected", "not_kept"};
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

    if (k->openlineage == NULL || k->config == NULL)
        return NULL;
    if (k->config->settings.openlineage_url.n > 0 && read_said(k->openlineage, &text) == SL_OK &&
        sl_json_read(sl_buf_span(&text), &said, NULL) == SL_OK)
        out = copy_said(said);
    json_decref(said);
    if (k->openlineage->lost > 0) {
        out = out == NULL ? json_object() : out;
        json_object_set_new(out, "lost", json_integer((json_int_t)k->openlineage->lost));
    }
    return out;
}
