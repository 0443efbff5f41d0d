#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Armed by tests alone: one fault for each kind of call. */
static struct {
    char kind;
    unsigned after;
    int number;
} faults[3] = {{.kind = 'w'}, {.kind = 's'}, {.kind = 'r'}};

void sl_file_fault(char kind, unsigned after, int number)
{
    for (size_t i = 0; i < SL_COUNT(faults); i++)
        if (faults[i].kind == kind) {
            faults[i].after = after;
            faults[i].number = number;
        }
}

/* True when this call is to fail; errno says how. */
static bool is_faulty(char kind)
{
    for (size_t i = 0; i < SL_COUNT(faults); i++) {
        if (faults[i].kind != kind || faults[i].number == 0)
            continue;
        if (faults[i].after > 0) {
            faults[i].after--;
            return false;
        }
        errno = faults[i].number;
        return true;
    }
    return false;
}

static enum sl_err from_errno(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return SL_ENOTFOUND;
    case EACCES:
    case EPERM:
        return SL_EDENIED;
    case ENOSPC:
    case EDQUOT:
        return SL_EFULL;
    case EEXIST:
        return SL_EEXISTS;
    case ENOMEM:
        return SL_EMEMORY;
    default:
        return SL_EIO;
    }
}

static enum sl_err read_all(int fd, struct sl_buf *out)
{
    enum { CHUNK = 64 * 1024 };

    for (;;) {
        /* One byte more than the ceiling allows tells a full buffer from a file that is too long.
         */
        size_t room = out->max - out->n < CHUNK ? out->max - out->n : CHUNK;
        uint8_t extra = 0, *p = room == 0 ? &extra : sl_buf_room(out, room);
        if (p == NULL)
            return sl_buf_err(out);
        ssize_t got = read(fd, p, room == 0 ? 1 : room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return SL_EIO;
        if (got == 0)
            return SL_OK;
        if (room == 0)
            return SL_ELIMIT;
        out->n += (size_t)got;
    }
}

enum sl_err sl_file_read(const char *path, struct sl_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return from_errno();
    size_t before = out->n;
    enum sl_err err = read_all(fd, out);
    if (err != SL_OK)
        out->n = before;
    close(fd);
    return err;
}

enum sl_err sl_file_write_all(int fd, struct sl_span bytes)
{
    while (bytes.n > 0) {
        ssize_t put = is_faulty('w') ? -1 : write(fd, bytes.p, bytes.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return from_errno();
        bytes = sl_span_from(bytes, (size_t)put);
    }
    return SL_OK;
}

enum sl_err sl_file_pwrite_all(int fd, struct sl_span bytes, uint64_t offset)
{
    while (bytes.n > 0) {
        ssize_t put = is_faulty('w') ? -1 : pwrite(fd, bytes.p, bytes.n, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return from_errno();
        bytes = sl_span_from(bytes, (size_t)put);
        offset += (uint64_t)put;
    }
    return SL_OK;
}

enum sl_err sl_file_sync(int fd)
{
    if (is_faulty('s') || fdatasync(fd) != 0)
        return from_errno();
    return SL_OK;
}

enum sl_err sl_file_sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return from_errno();
    enum sl_err err = is_faulty('s') || fsync(fd) != 0 ? from_errno() : SL_OK;
    close(fd);
    return err;
}

/* The folder that `path` lies in: "a/b" -> "a", "b" -> ".", "/b" -> "/". */
static void put_folder(struct sl_buf *b, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        sl_buf_put_str(b, ".");
    else
        sl_buf_put(b, sl_span(path, slash == path ? 1 : (size_t)(slash - path)));
}

static enum sl_err write_new(const char *path, struct sl_span bytes, unsigned mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);

    if (fd < 0)
        return from_errno();
    enum sl_err err = fchmod(fd, (mode_t)mode) == 0 ? SL_OK : from_errno();
    if (err == SL_OK)
        err = sl_file_write_all(fd, bytes);
    if (err == SL_OK && (is_faulty('s') || fsync(fd) != 0))
        err = from_errno();
    if (close(fd) != 0 && err == SL_OK)
        err = from_errno();
    return err;
}

enum sl_err sl_file_replace(const char *path, struct sl_span bytes, unsigned mode)
{
    SL_BUF(temporary, 8192);
    SL_BUF(folder, 8192);

    sl_buf_say(&temporary, "%s.new", path);
    put_folder(&folder, path);
    const char *new_path = sl_buf_text(&temporary), *folder_path = sl_buf_text(&folder);
    SL_TRY(sl_buf_err(&temporary));
    SL_TRY(sl_buf_err(&folder));

    enum sl_err err = write_new(new_path, bytes, mode);
    if (err == SL_OK && (is_faulty('r') || rename(new_path, path) != 0))
        err = from_errno();
    if (err != SL_OK) {
        (void)unlink(new_path);
        return err;
    }
    return sl_file_sync_folder(folder_path);
}

static enum sl_err make_one(const char *path, unsigned mode)
{
    struct stat is;

    if (mkdir(path, (mode_t)mode) == 0)
        return chmod(path, (mode_t)mode) == 0 ? SL_OK : from_errno();
    if (errno != EEXIST)
        return from_errno();
    if (stat(path, &is) != 0)
        return from_errno();
    return S_ISDIR(is.st_mode) ? SL_OK : SL_EEXISTS;
}

enum sl_err sl_file_make_folder(const char *path, unsigned mode)
{
    SL_BUF(head, 8192);

    sl_buf_put_str(&head, path);
    (void)sl_buf_text(&head);
    SL_TRY(sl_buf_err(&head));
    for (size_t i = 1; i < head.n; i++) {
        if (head.p[i] != '/')
            continue;
        head.p[i] = '\0';
        SL_TRY(make_one((const char *)head.p, mode));
        head.p[i] = '/';
    }
    return make_one(path, mode);
}

enum sl_err sl_file_lock(const char *path, int *fd)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (file < 0)
        return from_errno();
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        enum sl_err err = errno == EWOULDBLOCK ? SL_EBUSY : from_errno();
        close(file);
        return err;
    }
    *fd = file;
    return SL_OK;
}
