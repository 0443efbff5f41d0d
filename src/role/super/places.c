#include "role/super/super_int.h"

#include "core/ledger/journal.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/net.h"
#include "os/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
    JOURNAL_BYTES = SL_JOURNAL_HEADER + SL_JOURNAL_DEFAULT,
    TMPFS = 0x01021994,
    PATH_BYTES = 8192,
    BUSY_TIMES = 40,
    BUSY_EVERY_US = 50 * 1000
};

static enum sl_err complain(enum sl_err err, const char *event, const char *path)
{
    if (err != SL_OK)
        sl_log(SL_LOG_ERROR, event, SL_CSTR("path", path), SL_CSTR("why", sl_err_text(err)));
    return err;
}

/* Ours alone: in a folder that everybody may write to, somebody else could have been first. */
static enum sl_err check_private(const char *path)
{
    struct stat is;

    if (lstat(path, &is) != 0)
        return SL_EIO;
    if (!S_ISDIR(is.st_mode) || is.st_uid != geteuid())
        return SL_EDENIED;
    return (is.st_mode & 077) == 0 || chmod(path, 0700) == 0 ? SL_OK : SL_EDENIED;
}

static enum sl_err make_private(const char *path)
{
    enum sl_err err = sl_file_make_folder(path, 0700);

    return complain(err == SL_OK ? check_private(path) : err, "folder_unusable", path);
}

/* After a kill -9 the kernel needs a moment to end the children of the one before us. */
static bool wait_a_little(enum sl_err err, unsigned *times)
{
    return err == SL_EBUSY && ++*times <= BUSY_TIMES && usleep(BUSY_EVERY_US) == 0;
}

static enum sl_err lock_patiently(const char *path, int *fd)
{
    enum sl_err err;
    unsigned times = 0;

    do
        err = sl_file_lock(path, fd);
    while (wait_a_little(err, &times));
    return err;
}

static enum sl_err open_state(struct sl_places *p, const char *config_file, struct sl_span wanted)
{
    SL_BUF(path, PATH_BYTES);
    char whole[PATH_MAX];

    SL_TRY(sl_path_beside(config_file, wanted, &path));
    SL_TRY(make_private((const char *)path.p));
    if (realpath((const char *)path.p, whole) == NULL)
        return complain(SL_EIO, "folder_unusable", (const char *)path.p);
    sl_buf_put_str(&p->state, whole);
    sl_buf_reset(&path);
    sl_buf_say(&path, "%s/lock", sl_buf_text(&p->state));
    return complain(lock_patiently(sl_buf_text(&path), &p->lock), "state_in_use", whole);
}

static void put_hash(struct sl_buf *b, struct sl_span state)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t hash = sl_hash(state, 0);

    for (int shift = 60; shift >= 0; shift -= 4)
        sl_buf_put_u8(b, (uint8_t)digits[hash >> shift & 15]);
}

/* config > service manager > the user's own tmpfs > the tmpfs that everybody has. */
static enum sl_err choose_runtime(struct sl_places *p, const char *config_file,
                                  struct sl_span wanted)
{
    SL_BUF(user, 64);
    const char *given = getenv("RUNTIME_DIRECTORY");

    if (wanted.n > 0)
        return sl_path_beside(config_file, wanted, &p->runtime);
    if (given != NULL && given[0] == '/') {
        sl_buf_put(&p->runtime, sl_span_head(sl_span_str(given), strcspn(given, ":")));
        return sl_buf_err(&p->runtime);
    }
    sl_buf_say(&user, "/run/user/%u", (unsigned)geteuid());
    if (access(sl_buf_text(&user), W_OK) == 0)
        sl_buf_say(&p->runtime, "%s/sluice-", sl_buf_text(&user));
    else
        sl_buf_say(&p->runtime, "/dev/shm/sluice-%u-", (unsigned)geteuid());
    put_hash(&p->runtime, sl_buf_span(&p->state));
    return sl_buf_err(&p->runtime);
}

/* The way for every command that talks to us; replaced in one step. */
static enum sl_err leave_link(struct sl_places *p, const char *runtime)
{
    SL_BUF(link, PATH_BYTES);
    SL_BUF(fresh, PATH_BYTES);

    sl_buf_say(&link, "%s/run", sl_buf_text(&p->state));
    sl_buf_say(&fresh, "%s/run.new", sl_buf_text(&p->state));
    (void)unlink(sl_buf_text(&fresh));
    if (symlink(runtime, sl_buf_text(&fresh)) != 0 ||
        rename(sl_buf_text(&fresh), sl_buf_text(&link)) != 0)
        return complain(SL_EIO, "folder_unusable", sl_buf_text(&link));
    return SL_OK;
}

static enum sl_err open_runtime(struct sl_places *p, const char *config_file, struct sl_span wanted)
{
    char whole[PATH_MAX];
    struct statfs is;

    SL_TRY(choose_runtime(p, config_file, wanted));
    SL_TRY(make_private(sl_buf_text(&p->runtime)));
    if (realpath(sl_buf_text(&p->runtime), whole) == NULL || statfs(whole, &is) != 0)
        return complain(SL_EIO, "folder_unusable", sl_buf_text(&p->runtime));
    sl_buf_reset(&p->runtime);
    sl_buf_put_str(&p->runtime, whole);
    if (is.f_type != TMPFS)
        sl_log(SL_LOG_WARN, "runtime_not_on_tmpfs", SL_CSTR("path", sl_buf_text(&p->runtime)),
               SL_CSTR("effect", "recording each action may wait for the disk"));
    return leave_link(p, sl_buf_text(&p->runtime));
}

static enum sl_err format_journal(int fd)
{
    if (fallocate(fd, 0, 0, JOURNAL_BYTES) != 0)
        return errno == ENOSPC || errno == EDQUOT ? SL_EFULL : SL_EIO;
    void *base = mmap(NULL, JOURNAL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return SL_EMEMORY;
    enum sl_err err = sl_journal_format(base, JOURNAL_BYTES, sl_clock_us());
    munmap(base, JOURNAL_BYTES);
    return err;
}

/* Under another name until it is whole: a half-made journal is never taken for a real one. */
static enum sl_err make_journal(const char *path, int *out)
{
    SL_BUF(fresh, PATH_BYTES);

    sl_buf_say(&fresh, "%s.new", path);
    int fd = open(sl_buf_text(&fresh), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return SL_EIO;
    enum sl_err err = format_journal(fd);
    if (err == SL_OK && rename(sl_buf_text(&fresh), path) != 0)
        err = SL_EIO;
    if (err != SL_OK) {
        close(fd);
        (void)unlink(sl_buf_text(&fresh));
        return err;
    }
    *out = fd;
    return SL_OK;
}

/* What an earlier run left in it is the keeper's to recover. */
static enum sl_err open_journal(const char *path, bool needed, int *out)
{
    struct stat is;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0 && errno == ENOENT)
        return needed ? make_journal(path, out) : SL_OK;
    if (fd < 0)
        return SL_EIO;
    if (fstat(fd, &is) != 0 || !S_ISREG(is.st_mode) || is.st_size != JOURNAL_BYTES) {
        close(fd);
        return SL_ECORRUPT;
    }
    *out = fd;
    return SL_OK;
}

/* Its first page, without which neither gate nor keeper can use it. *age says what it is instead.
 */
static bool is_sound(int fd, enum sl_journal_age *age)
{
    struct sl_journal ring;
    void *base = mmap(NULL, JOURNAL_BYTES, PROT_READ, MAP_SHARED, fd, 0);

    *age = SL_JOURNAL_OURS;
    if (base == MAP_FAILED)
        return true; /* theirs to find out */
    bool sound = sl_journal_open(base, JOURNAL_BYTES, &ring) == SL_OK;
    *age = sl_journal_age(base, JOURNAL_BYTES);
    munmap(base, JOURNAL_BYTES);
    return sound;
}

/* Records of another version are in no ledger yet, and only it can bring them there (P6). */
static enum sl_err refuse_unread(const char *path)
{
    sl_log(SL_LOG_ERROR, "journal_of_another_version", SL_CSTR("path", path),
           SL_CSTR("effect", "it holds records that are not in the ledger yet, so nothing starts"),
           SL_CSTR("hint", "start the version of Sluice that wrote it once, stop it, then start "
                           "this one"));
    return SL_ESTATE;
}

static enum sl_err replace_journal(struct sl_places *p, unsigned gate, const char *path,
                                   enum sl_journal_age age)
{
    int fresh;

    if (age == SL_JOURNAL_OTHER_UNREAD)
        return refuse_unread(path);
    if (age != SL_JOURNAL_OTHER_READ)
        return sl_places_new_journal(p, gate);
    SL_TRY(complain(make_journal(path, &fresh), "journal_unusable", path));
    close(p->journals[gate]);
    p->journals[gate] = fresh;
    return SL_OK;
}

/* A journal of a gate that is no longer configured may still hold records. */
static enum sl_err open_journals(struct sl_places *p, unsigned gates)
{
    for (unsigned i = 0; i < SL_MAX_GATES; i++) {
        SL_BUF(path, PATH_BYTES);
        enum sl_journal_age age;

        sl_buf_say(&path, "%s/journal.%u", sl_buf_text(&p->runtime), i);
        SL_TRY(complain(open_journal(sl_buf_text(&path), i < gates, &p->journals[i]),
                        "journal_unusable", sl_buf_text(&path)));
        if (p->journals[i] < 0)
            break;
        p->journal_count = i + 1;
        if (!is_sound(p->journals[i], &age))
            SL_TRY(replace_journal(p, i, sl_buf_text(&path), age));
    }
    return SL_OK;
}

/* Never mended: what can still be read of it is for people to look at. */
enum sl_err sl_places_new_journal(struct sl_places *p, unsigned gate)
{
    SL_BUF(path, PATH_BYTES);
    SL_BUF(aside, PATH_BYTES);
    int fresh;

    sl_buf_say(&path, "%s/journal.%u", sl_buf_text(&p->runtime), gate);
    sl_buf_say(&aside, "%s.damaged-%U", sl_buf_text(&path), sl_clock_us());
    if (rename(sl_buf_text(&path), sl_buf_text(&aside)) != 0 && errno != ENOENT)
        return complain(SL_EIO, "journal_unusable", sl_buf_text(&path));
    sl_log(SL_LOG_ERROR, "journal_put_aside", SL_CSTR("path", sl_buf_text(&aside)));
    SL_TRY(
        complain(make_journal(sl_buf_text(&path), &fresh), "journal_unusable", sl_buf_text(&path)));
    close(p->journals[gate]);
    p->journals[gate] = fresh;
    return SL_OK;
}

uint64_t sl_places_unread(const struct sl_places *p)
{
    struct sl_journal ring;
    uint64_t bytes = 0;

    for (size_t i = 0; i < p->journal_count; i++) {
        void *base = mmap(NULL, JOURNAL_BYTES, PROT_READ, MAP_SHARED, p->journals[i], 0);
        if (base == MAP_FAILED)
            continue;
        if (sl_journal_open(base, JOURNAL_BYTES, &ring) == SL_OK)
            bytes += sl_journal_pending(&ring);
        munmap(base, JOURNAL_BYTES);
    }
    return bytes;
}

static enum sl_err listen_at(struct sl_span host, struct sl_span port, bool shared, int *fd)
{
    SL_BUF(host_text, 1024);
    SL_BUF(port_text, 64);
    struct sl_net_address a;
    size_t count;

    sl_buf_put(&host_text, host);
    sl_buf_put(&port_text, port);
    unsigned times = 0;
    enum sl_err err =
        sl_net_resolve(sl_buf_text(&host_text), sl_buf_text(&port_text), &a, 1, &count);
    if (err == SL_OK)
        do
            err = sl_net_listen(&a, shared, fd);
        while (wait_a_little(err, &times));
    if (err != SL_OK)
        sl_log(SL_LOG_ERROR, "cannot_listen", SL_TEXT("host", host), SL_TEXT("port", port),
               SL_CSTR("why", sl_err_text(err)));
    return err;
}

static enum sl_err open_sockets(struct sl_places *p, const struct sl_settings *s)
{
    SL_BUF(control, PATH_BYTES);

    for (unsigned i = 0; i < s->gates && i < SL_MAX_GATES; i++)
        SL_TRY(listen_at(s->postgres_host, s->postgres_port, s->gates > 1, &p->postgres[i]));
    SL_TRY(listen_at(s->http_host, s->http_port, false, &p->http));
    sl_buf_say(&control, "%s/control.sock", sl_buf_text(&p->runtime));
    return complain(sl_net_listen_control(sl_buf_text(&control), &p->control), "cannot_listen",
                    sl_buf_text(&control));
}

enum sl_err sl_places_open(struct sl_places *p, const char *config_file,
                           const struct sl_config *config)
{
    *p = (struct sl_places){.lock = -1, .control = -1, .http = -1};
    p->state.max = p->runtime.max = PATH_BYTES;
    for (unsigned i = 0; i < SL_MAX_GATES; i++)
        p->postgres[i] = p->journals[i] = -1;
    SL_TRY(open_state(p, config_file, config->settings.state));
    SL_TRY(open_runtime(p, config_file, config->settings.runtime));
    SL_TRY(open_journals(p, config->settings.gates));
    return open_sockets(p, &config->settings);
}

static void close_one(int fd)
{
    if (fd >= 0)
        close(fd);
}

void sl_places_close(struct sl_places *p)
{
    for (unsigned i = 0; i < SL_MAX_GATES; i++) {
        close_one(p->postgres[i]);
        close_one(p->journals[i]);
    }
    close_one(p->http);
    close_one(p->control);
    close_one(p->lock);
    sl_buf_done(&p->state);
    sl_buf_done(&p->runtime);
}
