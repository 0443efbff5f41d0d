/* A build that is being trained has no walls, so that it serves only who asked for none. */
#include "base/training.h"
#include "os/sandbox.h"

#include "tests/unit/tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AS_ASKED = 0, WRONG = 1, MAX_FILES = 100 };

static const enum sl_role roles[] = {SL_ROLE_GATE, SL_ROLE_JUDGE, SL_ROLE_KEEPER, SL_ROLE_DESK};

/* Its counters are written to files, at the end: that is why. */
static bool may_open_files(void)
{
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    close(fd);
    return true;
}

static bool is_limited(void)
{
    struct rlimit files;

    return getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max == MAX_FILES;
}

static int enter(enum sl_role role, bool best_effort)
{
    struct sl_sandbox s = {.role = role, .max_files = MAX_FILES, .best_effort = best_effort};
    SL_BUF(missing, 1000);
    enum sl_err err = sl_sandbox_enter(&s, &missing);

    if (strstr(sl_buf_text(&missing), "this build is being trained") == NULL || !is_limited())
        return WRONG;
    if (!best_effort)
        return err == SL_EUNSUPPORTED ? AS_ASKED : WRONG;
    return err == SL_OK && may_open_files() ? AS_ASKED : WRONG;
}

static int enter_apart(enum sl_role role, bool best_effort)
{
    pid_t child = fork();

    if (child == 0)
        _exit(enter(role, best_effort));
    int status = -1;
    SL_CHECK_INT(waitpid(child, &status, 0), child);
    return status;
}

static void test_serves_only_without_walls(void)
{
    for (size_t i = 0; i < SL_COUNT(roles); i++) {
        SL_CHECK_INT(enter_apart(roles[i], false), AS_ASKED);
        SL_CHECK_INT(enter_apart(roles[i], true), AS_ASKED);
    }
}

int main(void)
{
    SL_CHECK_INT(SL_TRAINING, 1);
    SL_RUN(test_serves_only_without_walls);
    return sl_tap_done();
}
