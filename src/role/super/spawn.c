/* fork and exec with nothing inherited but what is meant to be. */
#include "role/super/super_int.h"

#include "os/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { COULD_NOT_EXEC = 127 };

/* A handler must not run in the child: it would write into the parent's loop. */
static void reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Out of the way of the numbers that are about to be given out; -1 stays. */
static int aside(int fd)
{
    return fd < 0 ? -1 : fcntl(fd, F_DUPFD, 10);
}

static bool put_at(int fd, int number)
{
    return fd < 0 || dup2(fd, number) == number;
}

static bool place_descriptors(const struct sl_spawn *how)
{
    int nothing = aside(open("/dev/null", O_RDWR | O_CLOEXEC)), channel = aside(how->channel),
        lock = aside(how->lock), output = aside(how->output < 0 ? STDERR_FILENO : how->output);

    close_range(SL_CHILD_FD, SL_CHILD_LOCK_FD, 0);
    return nothing >= 0 && put_at(output, STDOUT_FILENO) && put_at(nothing, STDIN_FILENO) &&
           put_at(channel, SL_CHILD_FD) && put_at(lock, SL_CHILD_LOCK_FD) &&
           close_range(SL_CHILD_LOCK_FD + 1, ~0u, 0) == 0;
}

static _Noreturn void become(const struct sl_spawn *how, pid_t parent)
{
    reset_signals();
    /* The parent may have died before the first line took hold. Its own process group keeps a
     * Ctrl-C at the terminal from ending the children before they were drained. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || setpgid(0, 0) != 0)
        _exit(COULD_NOT_EXEC);
    if (!place_descriptors(how) || (how->folder != NULL && chdir(how->folder) != 0))
        _exit(COULD_NOT_EXEC);
    if (how->search)
        execvpe(how->path, how->argv, how->environment);
    else
        execve(how->path, how->argv, how->environment);
    _exit(COULD_NOT_EXEC);
}

enum sl_err sl_spawn(const struct sl_spawn *how, pid_t *pid)
{
    sigset_t all, before;
    pid_t parent = getpid();

    sigfillset(&all);
    SL_PROMISE(sigprocmask(SIG_SETMASK, &all, &before) == 0);
    pid_t child = fork();
    if (child == 0)
        become(how, parent);
    SL_PROMISE(sigprocmask(SIG_SETMASK, &before, NULL) == 0);
    if (child < 0)
        return SL_ELIMIT;
    *pid = child;
    return SL_OK;
}
