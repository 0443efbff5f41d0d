#include "os/sandbox_int.h"

#include "base/training.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PATHS = 16 };

/* Never above what we are allowed: a smaller limit is no weaker wall. */
static bool limit(int resource, uint64_t wanted)
{
    struct rlimit now, next = {.rlim_cur = wanted, .rlim_max = wanted};

    if (setrlimit((__rlimit_resource_t)resource, &next) == 0)
        return true;
    if (errno != EPERM || getrlimit((__rlimit_resource_t)resource, &now) != 0 ||
        now.rlim_max > wanted)
        return false;
    next.rlim_cur = next.rlim_max = now.rlim_max;
    return setrlimit((__rlimit_resource_t)resource, &next) == 0;
}

static bool limit_resources(const struct sl_sandbox *s)
{
    bool good = limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0);

    if (s->max_files != 0)
        good = limit(RLIMIT_NOFILE, s->max_files) && good;
    if (s->max_memory_bytes != 0 && !SL_SANITIZED)
        good = limit(RLIMIT_AS, s->max_memory_bytes) && good;
    return good;
}

/* No core dump, no ptrace by the same user, no gain from a set-uid program, no life without the
 * supervisor. */
static bool settle_process(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           (SL_SANITIZED || prctl(PR_SET_DUMPABLE, 0) == 0) && prctl(PR_SET_PDEATHSIG, 9) == 0;
}

static void complain(struct sl_buf *missing, bool standing, const char *what)
{
    if (!standing)
        sl_buf_say(missing, "%s\n", what);
}

/* The files that training is for are opened at the very end. */
static enum sl_err stay_open(const struct sl_sandbox *s, struct sl_buf *missing)
{
    complain(missing, false, "this build is being trained: it writes files, and has no walls");
    return s->best_effort ? SL_OK : SL_EUNSUPPORTED;
}

/* Seccomp comes last: the other walls need calls that it forbids. */
enum sl_err sl_sandbox_enter(const struct sl_sandbox *s, struct sl_buf *missing)
{
    tzset(); /* the first look at a certificate's dates would open /etc/localtime behind the door */
    bool limits = limit_resources(s);
    bool settled = settle_process();

    complain(missing, limits, "resource limits could not be set");
    complain(missing, settled, "the process could not give up privileges and core dumps");
    if (SL_TRAINING)
        return stay_open(s, missing);
    bool landlock = sl_sandbox_landlock(s) == SL_OK;
    complain(missing, landlock,
             "Landlock is not available or refused its rules: files are not walled off");
    if (!s->best_effort && (!limits || !settled || !landlock))
        return SL_EUNSUPPORTED;

    bool calls = sl_sandbox_calls(s->role) == SL_OK;
    complain(missing, calls, "seccomp is not available: system calls are not limited");
    return calls || s->best_effort ? SL_OK : SL_EUNSUPPORTED;
}

enum sl_err sl_sandbox_outward(const struct sl_sandbox_path *paths, size_t count, bool best_effort,
                               struct sl_buf *missing)
{
    struct sl_sandbox_path there[MOST_PATHS];
    struct sl_sandbox s = {.role = SL_ROLE_GATE, .paths = there}; /* it connects, as a gate does */

    for (size_t i = 0; i < count && s.path_count < MOST_PATHS; i++)
        if (access(paths[i].path, F_OK) == 0)
            there[s.path_count++] = paths[i];
    bool settled = limit(RLIMIT_CORE, 0) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                   (SL_SANITIZED || prctl(PR_SET_DUMPABLE, 0) == 0);
    bool landlock = sl_sandbox_landlock(&s) == SL_OK;

    complain(missing, settled, "the process could not give up privileges and core dumps");
    complain(missing, landlock,
             "Landlock is not available or refused its rules: files are not walled off");
    if (!best_effort && (!settled || !landlock))
        return SL_EUNSUPPORTED;
    bool calls = sl_sandbox_no_neighbours() == SL_OK;
    complain(missing, calls, "seccomp is not available: system calls are not limited");
    return calls || best_effort ? SL_OK : SL_EUNSUPPORTED;
}

enum sl_err sl_sandbox_supervise(bool best_effort, struct sl_buf *missing)
{
    bool settled = limit(RLIMIT_CORE, 0) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                   (SL_SANITIZED || prctl(PR_SET_DUMPABLE, 0) == 0);

    complain(missing, settled, "the process could not give up privileges and core dumps");
    if (!settled && !best_effort)
        return SL_EUNSUPPORTED;
    bool calls = sl_sandbox_never() == SL_OK;
    complain(missing, calls, "seccomp is not available: system calls are not limited");
    return calls || best_effort ? SL_OK : SL_EUNSUPPORTED;
}
