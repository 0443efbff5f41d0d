/* Each role's door: what it needs passes, a forbidden call ends the process (threat model). */
#include "base/sanitized.h"
#include "base/training.h"
#include "os/sandbox.h"

#include "os/clock.h"
#include "os/log.h"
#include "tests/unit/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/sluice-sandbox-XXXXXX";

enum { COULD_NOT_ENTER = 90, WRONG = 91, FINE = 0 };

/* Runs `act` behind the door of `role` in a child; returns the wait status. */
static int run(enum sl_role role, int (*act)(void))
{
    pid_t child = fork();

    if (child == 0) {
        struct sl_sandbox_path path = {.path = folder, .write = true};
        struct sl_sandbox s = {.role = role,
                               .paths = &path,
                               .path_count = role == SL_ROLE_KEEPER ? 1 : 0,
                               .max_files = 100};
        SL_BUF(missing, 1000);
        enum sl_err err = role == SL_ROLE_SUPER ? sl_sandbox_supervise(false, &missing)
                                                : sl_sandbox_enter(&s, &missing);
        _exit(err == SL_OK ? act() : COULD_NOT_ENTER);
    }
    int status = 0;
    SL_CHECK_INT(waitpid(child, &status, 0), child);
    return status;
}

static bool was_killed(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static int act_ordinary(void)
{
    uint8_t noise[8];
    char *p = malloc(1 << 20);

    if (p == NULL)
        return WRONG;
    memset(p, 1, 1 << 20);
    free(p);
    sl_random(noise, sizeof noise);
    sl_log(SL_LOG_DEBUG, "quiet", SL_NUM("time", sl_clock_us()));
    return fcntl(0, F_GETFD) >= -1 ? FINE : WRONG;
}

static int act_socket_stream(void)
{
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) >= 0 ? FINE : WRONG;
}
static int act_socket_datagram(void)
{
    return socket(AF_INET, SOCK_DGRAM, 0) >= 0 ? WRONG : FINE;
}
static int act_socket_netlink(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0) >= 0 ? WRONG : FINE;
}
static int act_bind(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};

    return bind(0, (struct sockaddr *)&any, sizeof any) == 0 ? WRONG : FINE;
}
static int act_exec(void)
{
    char *argv[] = {(char[]){"/bin/true"}, NULL}, *none[] = {NULL};

    return execve(argv[0], argv, none);
}
static int act_fork(void)
{
    /* clone itself is what AddressSanitizer keeps */
    return syscall(SYS_clone3, NULL, 0) >= 0 ? WRONG : FINE;
}
static int act_mount(void)
{
    return chroot("/") == 0 ? WRONG : FINE;
}
static int act_kill_parent(void)
{
    return kill(getppid(), 0) == 0 ? WRONG : FINE;
}
static int act_executable_memory(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
               ? FINE
               : WRONG;
}
static int act_listen(void)
{
    return listen(0, 1) == 0 ? WRONG : FINE;
}
static int act_connect(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(9),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return connect(0, (struct sockaddr *)&to, sizeof to) == 0 ? WRONG : FINE;
}
static int act_open(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0 ? WRONG : FINE;
}
static int act_abort(void)
{
    abort();
}
static int act_own_files(void)
{
    char path[64];
    int fd;

    if (snprintf(path, sizeof path, "%s/file", folder) < 0)
        return WRONG;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || fdatasync(fd) != 0 || ftruncate(fd, 0) != 0)
        return WRONG;
    return rename(path, path) == 0 && unlink(path) == 0 ? FINE : WRONG;
}

enum { EACH = SL_ROLE_GATE | SL_ROLE_JUDGE | SL_ROLE_KEEPER | SL_ROLE_DESK };

static const struct {
    const char *what;
    int (*act)(void);
    unsigned may, sanitizer_may; /* every other role dies of it */
} acts[] = {
    {"memory, time and chance", act_ordinary, EACH, EACH},
    {"a stream socket", act_socket_stream, SL_ROLE_GATE, SL_ROLE_GATE},
    {"a datagram socket", act_socket_datagram, 0, 0},
    {"a netlink socket", act_socket_netlink, 0, 0},
    {"bind", act_bind, 0, 0},
    {"listen", act_listen, 0, 0},
    {"connect", act_connect, SL_ROLE_GATE, SL_ROLE_GATE},
    {"another program", act_exec, 0, 0},
    {"another process", act_fork, 0, 0},
    {"a new root", act_mount, 0, 0},
    {"a signal to the parent", act_kill_parent, 0, EACH},
    {"executable memory", act_executable_memory, 0, 0},
    {"files of its own", act_own_files, SL_ROLE_KEEPER, SL_ROLE_KEEPER},
    {"somebody else's file", act_open, SL_ROLE_KEEPER, EACH}, /* allowed to ask; Landlock says no */
};

static void check_role(enum sl_role role)
{
    for (size_t i = 0; i < SL_COUNT(acts); i++) {
        bool may = ((SL_SANITIZED ? acts[i].sanitizer_may : acts[i].may) & role) != 0;
        if (SL_SANITIZED && role != SL_ROLE_KEEPER && acts[i].act == act_own_files)
            continue; /* Landlock refuses it there, not seccomp */
        int status = run(role, acts[i].act);
        bool right = may ? WIFEXITED(status) && WEXITSTATUS(status) == FINE : was_killed(status);
        if (!right)
            printf("# %s: %s: wait status %x\n", sl_role_name(role), acts[i].what,
                   (unsigned)status);
        SL_CHECK(right);
    }
}

static void test_gate(void)
{
    check_role(SL_ROLE_GATE);
}
static void test_judge(void)
{
    check_role(SL_ROLE_JUDGE);
}
static void test_keeper(void)
{
    check_role(SL_ROLE_KEEPER);
}
static void test_desk(void)
{
    check_role(SL_ROLE_DESK);
}

/* The supervisor reads files and starts programs; what neither it nor they ever do is a short list.
 */
static int act_true(void)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        _exit(act_exec());
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? FINE
               : WRONG;
}
static int act_reads_passwd(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0 ? FINE : WRONG;
}
static int act_unshare(void)
{
    return (int)syscall(SYS_unshare, 0) == 0 ? WRONG : FINE;
}
static int act_bpf(void)
{
    return (int)syscall(SYS_bpf, 0, NULL, 0) == 0 ? WRONG : FINE;
}
static int act_write_memory(void)
{
    return (int)syscall(SYS_process_vm_writev, getpid(), NULL, 0, NULL, 0, 0) == 0 ? WRONG : FINE;
}
/* A program that it started inherits the door: here a child that asks for a new root. */
static int act_child_mounts(void)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        _exit(act_mount());
    return waitpid(child, &status, 0) == child && was_killed(status) ? FINE : WRONG;
}

static void test_supervisor(void)
{
    static int (*const may[])(void) = {act_ordinary, act_true, act_reads_passwd, act_child_mounts};
    static int (*const never[])(void) = {act_mount, act_unshare, act_bpf, act_write_memory};

    for (size_t i = 0; i < SL_COUNT(may); i++) {
        int status = run(SL_ROLE_SUPER, may[i]);
        SL_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == FINE);
    }
    for (size_t i = 0; i < SL_COUNT(never); i++)
        SL_CHECK(was_killed(run(SL_ROLE_SUPER, never[i])));
}

/* One folder, connections outwards, and nothing else: no other file, no program, no port of its
 * own. */
static int behind_the_outward_door(void)
{
    const struct sl_sandbox_path paths[] = {{.path = folder, .write = true},
                                            {.path = "/no/such/folder"}};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(9),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(31999)};
    char *argv[] = {(char[]){"/bin/true"}, NULL}, *none[] = {NULL};
    SL_BUF(missing, 1000);

    if (sl_sandbox_outward(paths, SL_COUNT(paths), false, &missing) != SL_OK)
        return COULD_NOT_ENTER;
    if (act_own_files() != FINE || open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
        return WRONG;
    int outward = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(outward, (struct sockaddr *)&to, sizeof to) == 0 || errno != ECONNREFUSED)
        return WRONG;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool may_bind = bind(listening, (struct sockaddr *)&any, sizeof any) == 0;
    bool knows_ports = syscall(444, NULL, 0, 1) >= 4; /* Landlock's version */
    if (knows_ports && (may_bind || errno != EACCES))
        return WRONG;
    if (socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0) >= 0 || errno != EACCES ||
        kill(getppid(), 0) == 0)
        return WRONG;
    execve(argv[0], argv, none);
    return errno == EACCES ? FINE : WRONG;
}

static void test_outward(void)
{
    pid_t child = fork();
    int status = -1;

    if (child == 0)
        _exit(behind_the_outward_door());
    SL_CHECK_INT(waitpid(child, &status, 0), child);
    SL_CHECK_INT(status, 0);
}

static void test_a_broken_promise_still_ends_as_itself(void)
{
    int status = run(SL_ROLE_JUDGE, act_abort);

    SL_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* A kernel without Landlock, played by a filter that knows no such call. */
static int enter_without_landlock(bool best_effort)
{
    pid_t child = fork();

    if (child == 0) {
        SL_BUF(missing, 1000);
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
        struct sl_sandbox s = {.role = SL_ROLE_JUDGE, .max_files = 100, .best_effort = best_effort};
        if (filter == NULL || seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), 444, 0) != 0 ||
            seccomp_load(filter) != 0)
            _exit(COULD_NOT_ENTER);
        enum sl_err err = sl_sandbox_enter(&s, &missing);
        bool named = strstr(sl_buf_text(&missing), "Landlock") != NULL;
        _exit(named && err == (best_effort ? SL_OK : SL_EUNSUPPORTED) ? FINE : WRONG);
    }
    int status = -1;
    SL_CHECK_INT(waitpid(child, &status, 0), child);
    return status;
}

static void test_a_missing_wall_is_a_refusal(void)
{
    SL_CHECK_INT(enter_without_landlock(false), 0);
    SL_CHECK_INT(enter_without_landlock(true), 0);
    SL_CHECK_INT(SL_TRAINING, 0); /* and none is missing by itself */
}

int main(void)
{
    if (mkdtemp(folder) == NULL)
        return 1;
    SL_RUN(test_gate);
    SL_RUN(test_judge);
    SL_RUN(test_keeper);
    SL_RUN(test_desk);
    SL_RUN(test_supervisor);
    SL_RUN(test_outward);
    SL_RUN(test_a_missing_wall_is_a_refusal);
    SL_RUN(test_a_broken_promise_still_ends_as_itself);
    rmdir(folder);
    return sl_tap_done();
}
