#include "cli/secret.h"

#include "os/file.h"
#include "os/paths.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_BYTES = 4096, WITHIN_MS = 10000, MOST_WORDS = 64 };

extern char **environ;

static enum sl_err fail(struct sl_buf *why, enum sl_err err, const char *text)
{
    sl_buf_put_str(why, text);
    return err;
}

static void drop_newline(struct sl_buf *b)
{
    if (b->n > 0 && b->p[b->n - 1] == '\n')
        b->n--;
    if (b->n > 0 && b->p[b->n - 1] == '\r')
        b->n--;
}

static enum sl_err from_file(struct sl_span file, const char *config_path, struct sl_buf *out,
                             struct sl_buf *why)
{
    SL_BUF(path, 8192);
    struct stat st;

    SL_TRY(sl_path_beside(config_path, file, &path));
    if (sl_file_read(sl_buf_text(&path), out) != SL_OK)
        return fail(why, SL_EIO, "the password file cannot be read");
    if (stat(sl_buf_text(&path), &st) == 0 && (st.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)) != 0)
        sl_buf_put_str(why, "the password file can be read or changed by others; chmod 600 it");
    return SL_OK;
}

/* Reads until the end, the ceiling or the deadline; false for the latter two. */
static bool read_output(int fd, struct sl_buf *out)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    for (int waited = 0; waited < WITHIN_MS; waited += 100) {
        if (poll(&p, 1, 100) <= 0)
            continue;
        uint8_t *room = sl_buf_room(out, 512);
        ssize_t got = room == NULL ? -1 : read(fd, room, 512);
        if (got <= 0)
            return got == 0;
        out->n += (size_t)got;
    }
    return false;
}

static enum sl_err spawn(char **words, int output, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return SL_EMEMORY;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return SL_EMEMORY;
    }
    bool fine = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0) == 0 &&
                posix_spawn_file_actions_adddup2(&actions, output, 1) == 0 &&
                posix_spawnattr_setpgroup(&attributes, 0) == 0 &&
                posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP) == 0 &&
                posix_spawnp(pid, words[0], &actions, &attributes, words, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return fine ? SL_OK : SL_EIO;
}

static enum sl_err run(char **words, struct sl_buf *out, struct sl_buf *why)
{
    int ends[2], status = 0;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return SL_EIO;
    enum sl_err err = spawn(words, ends[1], &pid);
    close(ends[1]);
    bool whole = err == SL_OK && read_output(ends[0], out);
    close(ends[0]);
    if (err != SL_OK)
        return fail(why, err, "the password command cannot be started");
    if (!whole)
        kill(-pid, SIGKILL); /* the whole group: it said too much, or nothing in time */
    if (waitpid(pid, &status, 0) != pid || !whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail(why, SL_EIO, "the password command failed, took over 10 s or said over 4 KiB");
    return SL_OK;
}

static enum sl_err from_command(const struct sl_names *command, struct sl_buf *out,
                                struct sl_buf *why)
{
    char *words[MOST_WORDS + 1] = {NULL};
    enum sl_err err = SL_OK;

    for (size_t i = 0; i < command->count && i < MOST_WORDS; i++)
        if ((words[i] = strndup((const char *)command->items[i].p, command->items[i].n)) == NULL)
            err = SL_EMEMORY;
    if (err == SL_OK)
        err = run(words, out, why);
    for (size_t i = 0; i < MOST_WORDS; i++)
        free(words[i]);
    return err;
}

enum sl_err sl_cli_secret(const struct sl_login *login, const char *config_path, struct sl_buf *out,
                          struct sl_buf *why)
{
    if (login->password_file.n > 0)
        SL_TRY(from_file(login->password_file, config_path, out, why));
    else if (login->password_command.count > 0)
        SL_TRY(from_command(&login->password_command, out, why));
    drop_newline(out);
    (void)sl_buf_text(out);
    return sl_buf_err(out);
}
