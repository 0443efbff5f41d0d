/* The keeper's file of run events, read from where the last sender stopped. */
#include "cli/openlineage.h"

#include "core/policy/policy.h"
#include "crypto/crypto.h"
#include "os/clock.h"
#include "os/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHUNK = 64 * 1024,
    TAIL_BYTES = 4096,
    MOST_FILES = 4096,
    MOST_LOOKS = 10,
    SYNC_EVERY_US = 1000000
};

static const uint64_t LIVE = UINT64_MAX; /* the number of the file that the keeper writes to */

struct spool_file {
    uint64_t number, inode, bytes;
};

struct spool_files {
    struct spool_file *items;
    size_t count;
};

/* The path of <name><suffix>, valid until the next call. */
static const char *path_of(struct sl_spool *s, const char *suffix)
{
    sl_buf_reset(&s->path);
    sl_buf_say(&s->path, "%s/%s%s", s->folder, s->name, suffix);
    return sl_buf_text(&s->path);
}

static const char *path_of_file(struct sl_spool *s, uint64_t number)
{
    SL_BUF(suffix, 64);

    if (number != LIVE)
        sl_buf_say(&suffix, ".%U", number);
    return path_of(s, sl_buf_text(&suffix));
}

/* --- which files there are --- */

static bool number_of(const struct sl_spool *s, const char *name, uint64_t *number)
{
    struct sl_span rest = sl_span_str(name), stem = sl_span_str(s->name);

    if (!sl_span_starts(rest, stem))
        return false;
    rest = sl_span_from(rest, stem.n);
    *number = LIVE;
    return rest.n == 0 || (rest.p[0] == '.' && sl_span_u64(sl_span_from(rest, 1), number) == SL_OK);
}

static int order_of_files(const void *a, const void *b)
{
    uint64_t one = ((const struct spool_file *)a)->number,
             other = ((const struct spool_file *)b)->number;

    return one < other ? -1 : one > other;
}

static void take_name(struct sl_spool *s, struct spool_files *all, const char *name)
{
    struct spool_file *f = &all->items[all->count];
    struct stat is;

    if (all->count == MOST_FILES || !number_of(s, name, &f->number) ||
        stat(path_of_file(s, f->number), &is) != 0 || !S_ISREG(is.st_mode))
        return;
    f->inode = is.st_ino;
    f->bytes = (uint64_t)is.st_size;
    all->count++;
}

/* Oldest first, the live one last. */
static enum sl_err list_once(struct sl_spool *s, struct spool_files *all)
{
    struct dirent *entry;
    DIR *folder = opendir(s->folder);

    *all = (struct spool_files){.items = calloc(MOST_FILES + 1, sizeof *all->items)};
    if (folder == NULL || all->items == NULL) {
        if (folder != NULL)
            closedir(folder);
        return folder == NULL ? SL_ENOTFOUND : SL_EMEMORY;
    }
    while ((entry = readdir(folder)) != NULL)
        take_name(s, all, entry->d_name);
    closedir(folder);
    qsort(all->items, all->count, sizeof *all->items, order_of_files);
    return all->count == MOST_FILES ? SL_ELIMIT : SL_OK;
}

static bool same_files(const struct spool_files *a, const struct spool_files *b)
{
    bool same = a->count == b->count;

    for (size_t i = 0; same && i < a->count; i++)
        same = a->items[i].number == b->items[i].number && a->items[i].inode == b->items[i].inode;
    return same;
}

/* A file that is put aside while we look may be seen under neither name, and would never be sent:
 * what counts is what is seen twice. The caller frees the items, whatever comes back. */
static enum sl_err list(struct sl_spool *s, struct spool_files *all)
{
    struct spool_files before;
    enum sl_err err = list_once(s, all);

    for (unsigned i = 0; err == SL_OK && i < MOST_LOOKS; i++) {
        before = *all;
        err = list_once(s, all);
        bool same = err == SL_OK && same_files(&before, all);
        free(before.items);
        if (same)
            return SL_OK;
    }
    return err == SL_OK ? SL_ENOTFOUND : err;
}

/* --- the position --- */

static void tail_of(int fd, uint64_t offset, uint8_t out[SL_SHA256])
{
    uint8_t bytes[TAIL_BYTES];
    size_t n = offset < TAIL_BYTES ? (size_t)offset : TAIL_BYTES;
    ssize_t got = pread(fd, bytes, n, (off_t)(offset - n));

    sl_sha256(sl_span(bytes, got < 0 ? 0 : (size_t)got), out);
}

static void put_hex(struct sl_buf *b, const uint8_t bytes[SL_SHA256])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < SL_SHA256; i++) {
        sl_buf_put_u8(b, (uint8_t)digits[bytes[i] >> 4]);
        sl_buf_put_u8(b, (uint8_t)digits[bytes[i] & 15]);
    }
}

static enum sl_err put_unsynced(const char *path, const char *fresh, struct sl_span text)
{
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return SL_EIO;
    enum sl_err err = sl_file_write_all(fd, text);
    close(fd);
    return err != SL_OK ? err : rename(fresh, path) == 0 ? SL_OK : SL_EIO;
}

static enum sl_err write_position(struct sl_spool *s)
{
    SL_BUF(text, 512);
    SL_BUF(fresh, 8192);
    uint64_t now = sl_clock_monotonic_us();

    sl_buf_say(&text, "%U %U %U ", s->after, s->inode, s->offset);
    put_hex(&text, s->tail);
    sl_buf_put_u8(&text, '\n');
    sl_buf_put_str(&fresh, path_of(s, ".position.new"));
    const char *path = path_of(s, ".position");
    if (now - s->synced_us < SYNC_EVERY_US)
        return put_unsynced(path, sl_buf_text(&fresh), sl_buf_span(&text));
    s->synced_us = now;
    return sl_file_replace(path, sl_buf_span(&text), 0600);
}

static bool take_number(struct sl_span *left, uint64_t *out)
{
    size_t blank = sl_span_find(*left, ' ');
    bool good = sl_span_u64(sl_span_head(*left, blank), out) == SL_OK;

    *left = sl_span_from(*left, blank + 1);
    return good;
}

static bool take_hex(struct sl_span text, uint8_t out[SL_SHA256])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < (size_t)SL_SHA256 * 2 && i < text.n; i++) {
        const char *digit = text.p[i] == 0 ? NULL : strchr(digits, text.p[i]);
        if (digit == NULL)
            return false;
        out[i / 2] = (uint8_t)(out[i / 2] << 4 | (digit - digits));
    }
    return text.n == (size_t)SL_SHA256 * 2;
}

/* One that cannot be read is none. */
static void read_position(struct sl_spool *s)
{
    SL_BUF(text, 512);

    if (sl_file_read(path_of(s, ".position"), &text) != SL_OK || text.n == 0)
        return;
    struct sl_span left = sl_span_head(sl_buf_span(&text), text.n - 1);
    if (take_number(&left, &s->after) && take_number(&left, &s->inode) &&
        take_number(&left, &s->offset) && take_hex(left, s->tail))
        return;
    s->after = s->inode = s->offset = 0;
}

enum sl_err sl_spool_open(struct sl_spool *s, const char *folder, const char *name)
{
    int lock;

    *s = (struct sl_spool){.folder = folder,
                           .name = name,
                           .line = sl_buf(SL_SPOOL_MAX_LINE),
                           .path = sl_buf(8192),
                           .fd = -1};
    SL_TRY(sl_file_lock(path_of(s, ".lock"), &lock));
    read_position(s);
    return SL_OK;
}

/* --- one file after the other --- */

static void close_file(struct sl_spool *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

static void forget_line(struct sl_spool *s)
{
    sl_buf_reset(&s->line);
    s->line_bytes = 0;
}

/* Only this one, and it holds what it held when we stopped. */
static bool goes_on_in(struct sl_spool *s, const struct spool_file *f)
{
    uint8_t tail[SL_SHA256];

    if (s->offset == 0 || f->bytes < s->offset)
        return false;
    tail_of(s->fd, s->offset, tail);
    return memcmp(tail, s->tail, sizeof tail) == 0;
}

static enum sl_err begin(struct sl_spool *s, const struct spool_file *f)
{
    struct stat is;

    s->fd = open(path_of_file(s, f->number), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (s->fd < 0 || fstat(s->fd, &is) != 0 || is.st_ino != f->inode) {
        close_file(s);
        return SL_ENOTFOUND; /* renamed meanwhile: look again */
    }
    if (f->inode != s->inode || !goes_on_in(s, f))
        s->offset = 0;
    s->inode = f->inode;
    return SL_OK;
}

static void remove_done(struct sl_spool *s, const struct spool_files *all)
{
    for (size_t i = 0; s->remove_sent && i < all->count; i++)
        if (all->items[i].number <= s->after && all->items[i].inode != s->inode)
            (void)unlink(path_of_file(s, all->items[i].number)); /* else the next time */
}

/* The file of the position wherever it is now, else the oldest that is not done. */
static enum sl_err choose(struct sl_spool *s)
{
    const struct spool_file *found = NULL;
    struct spool_files all;
    enum sl_err err = list(s, &all);

    for (size_t i = all.count; err == SL_OK && i-- > 0;)
        if (all.items[i].number > s->after)
            found = &all.items[i];
    for (size_t i = 0; err == SL_OK && i < all.count && s->inode != 0; i++)
        if (all.items[i].inode == s->inode)
            found = &all.items[i];
    if (err == SL_OK) {
        remove_done(s, &all);
        err = found == NULL ? SL_ENOTFOUND : begin(s, found);
    }
    free(all.items);
    return err;
}

/* The keeper closes a file before it renames it: whoever sees another one in its place sees all of
 * the old one. */
static bool is_put_aside(struct sl_spool *s)
{
    struct stat is;

    return stat(path_of_file(s, LIVE), &is) == 0 && is.st_ino != s->inode;
}

static enum sl_err finish(struct sl_spool *s)
{
    struct spool_files all;
    enum sl_err err = list(s, &all);

    for (size_t i = 0; err == SL_OK && i < all.count; i++)
        if (all.items[i].inode == s->inode && all.items[i].number != LIVE &&
            all.items[i].number > s->after)
            s->after = all.items[i].number;
    free(all.items);
    SL_TRY(err);
    close_file(s);
    s->inode = s->offset = 0;
    sl_sha256(SL_SPAN(""), s->tail); /* as before the first byte of a file */
    return write_position(s);
}

/* --- one line after the other --- */

/* True when the line is whole: its newline is not part of it. */
static enum sl_err read_line(struct sl_spool *s, bool *whole)
{
    size_t looked = 0;

    forget_line(s);
    for (*whole = false;;) {
        uint8_t *room = sl_buf_room(&s->line, CHUNK);
        if (room == NULL)
            return sl_buf_err(&s->line);
        ssize_t got = pread(s->fd, room, CHUNK, (off_t)(s->offset + s->line.n));
        if (got <= 0)
            return got < 0 ? SL_EIO : SL_OK;
        s->line.n += (size_t)got;
        size_t end = looked + sl_span_find(sl_span_from(sl_buf_span(&s->line), looked), '\n');
        looked = s->line.n;
        if (end == s->line.n)
            continue;
        s->line.n = end;
        s->line_bytes = end + 1;
        *whole = true;
        return SL_OK;
    }
}

/* The end of what there is. SL_OK without an event: the next file. */
static enum sl_err at_end(struct sl_spool *s, struct sl_span *event)
{
    bool whole;

    if (!is_put_aside(s))
        return SL_ENOTFOUND; /* a torn last line waits as well */
    SL_TRY(read_line(s, &whole));
    if (!whole && s->line.n == 0)
        return finish(s);
    s->line_bytes = s->line.n + whole;
    *event = sl_buf_span(&s->line);
    return SL_OK;
}

enum sl_err sl_spool_next(struct sl_spool *s, struct sl_span *event)
{
    bool whole;

    *event = sl_span(NULL, 0);
    for (unsigned i = 0; i < MOST_FILES; i++) {
        if (s->fd < 0)
            SL_TRY(choose(s));
        SL_TRY(read_line(s, &whole));
        *event = sl_buf_span(&s->line);
        if (whole)
            return SL_OK;
        *event = sl_span(NULL, 0);
        SL_TRY(at_end(s, event));
        if (event->p != NULL)
            return SL_OK;
    }
    return SL_ENOTFOUND;
}

enum sl_err sl_spool_done(struct sl_spool *s)
{
    s->offset += s->line_bytes;
    forget_line(s);
    tail_of(s->fd, s->offset, s->tail);
    return write_position(s);
}

uint64_t sl_spool_waiting(struct sl_spool *s)
{
    struct spool_files all;
    uint64_t bytes = 0;

    if (list(s, &all) == SL_OK)
        for (size_t i = 0; i < all.count; i++)
            if (all.items[i].number > s->after)
                bytes += all.items[i].bytes;
    if (s->inode != 0)
        bytes -= bytes < s->offset ? bytes : s->offset;
    free(all.items);
    return bytes;
}

enum sl_err sl_spool_say(struct sl_spool *s, struct sl_span text)
{
    SL_BUF(fresh, 8192);

    sl_buf_put_str(&fresh, path_of(s, ".status.new"));
    return put_unsynced(path_of(s, ".status"), sl_buf_text(&fresh), text);
}

enum sl_err sl_spool_put_aside(const struct sl_spool *s, struct sl_span event)
{
    SL_BUF(path, 8192);
    struct stat is;

    sl_buf_say(&path, "%s/%s", s->folder, SL_OPENLINEAGE_REJECTED);
    int fd = open(sl_buf_text(&path), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return SL_EIO;
    enum sl_err err = fstat(fd, &is) != 0 ? SL_EIO : SL_OK;
    if (err == SL_OK && (uint64_t)is.st_size + event.n >= SL_SPOOL_MAX_REJECTED)
        err = SL_ELIMIT;
    if (err == SL_OK)
        err = sl_file_write_all(fd, event);
    if (err == SL_OK)
        err = sl_file_write_all(fd, SL_SPAN("\n"));
    if (err == SL_OK)
        err = sl_file_sync(fd);
    close(fd);
    return err;
}

void sl_spool_close(struct sl_spool *s)
{
    close_file(s);
    sl_buf_done(&s->line);
    sl_buf_done(&s->path);
}
