/* The allow-list of system calls, role by role. Everything that is not here kills the process. */
#include "os/sandbox_int.h"

#include <errno.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVERYONE = SL_ROLE_GATE | SL_ROLE_JUDGE | SL_ROLE_KEEPER | SL_ROLE_DESK,
    SERVERS = SL_ROLE_GATE | SL_ROLE_KEEPER | SL_ROLE_DESK, /* all that take connections */
};

/* clang-format off */
/* Whole calls, whatever their arguments. Files stand with the keeper alone. */
#define CALLS(X)                                                                      \
    /* talk on descriptors that are there already */                                  \
    X(EVERYONE, read) X(EVERYONE, write) X(EVERYONE, readv) X(EVERYONE, writev)       \
    X(EVERYONE, recvmsg) X(EVERYONE, sendmsg) X(EVERYONE, close) X(EVERYONE, fcntl)   \
    X(EVERYONE, fstat) X(EVERYONE, newfstatat) X(EVERYONE, lseek)                     \
    X(EVERYONE, epoll_wait) X(EVERYONE, epoll_pwait) X(EVERYONE, epoll_pwait2)        \
    X(EVERYONE, epoll_ctl) X(EVERYONE, poll) X(EVERYONE, ppoll)                       \
    X(EVERYONE, memfd_create) /* large messages */                                    \
    /* memory, time, chance, the end */                                               \
    X(EVERYONE, brk) X(EVERYONE, munmap) X(EVERYONE, mremap) X(EVERYONE, madvise)     \
    X(EVERYONE, clock_gettime) X(EVERYONE, gettimeofday) X(EVERYONE, time)            \
    X(EVERYONE, getrandom) X(EVERYONE, sysinfo) X(EVERYONE, getpid)                   \
    X(EVERYONE, gettid) X(EVERYONE, futex) X(EVERYONE, sched_yield)                   \
    X(EVERYONE, restart_syscall) X(EVERYONE, rseq) X(EVERYONE, exit)                  \
    X(EVERYONE, exit_group) X(EVERYONE, rt_sigreturn) X(EVERYONE, rt_sigprocmask)     \
    X(EVERYONE, rt_sigaction) X(EVERYONE, sigaltstack)                                \
    /* take connections from inherited listening sockets */                           \
    X(SERVERS, accept4) X(SERVERS, recvfrom) X(SERVERS, sendto) X(SERVERS, shutdown)  \
    X(SERVERS, getsockname) X(SERVERS, getpeername)                                   \
    X(SERVERS, getsockopt) X(SERVERS, setsockopt)                                     \
    X(SL_ROLE_GATE, connect)                                                          \
    /* files beneath the folders that Landlock leaves open, SQLite's needs included */ \
    X(SL_ROLE_KEEPER, open) X(SL_ROLE_KEEPER, openat) X(SL_ROLE_KEEPER, stat)         \
    X(SL_ROLE_KEEPER, lstat) X(SL_ROLE_KEEPER, statx) X(SL_ROLE_KEEPER, access)       \
    X(SL_ROLE_KEEPER, faccessat) X(SL_ROLE_KEEPER, faccessat2)                        \
    X(SL_ROLE_KEEPER, readlink) X(SL_ROLE_KEEPER, readlinkat) X(SL_ROLE_KEEPER, getcwd) \
    X(SL_ROLE_KEEPER, pread64) X(SL_ROLE_KEEPER, pwrite64) X(SL_ROLE_KEEPER, pwritev) \
    X(SL_ROLE_KEEPER, ftruncate) X(SL_ROLE_KEEPER, fallocate) X(SL_ROLE_KEEPER, fsync) \
    X(SL_ROLE_KEEPER, fdatasync) X(SL_ROLE_KEEPER, sync_file_range)                   \
    X(SL_ROLE_KEEPER, flock) X(SL_ROLE_KEEPER, rename) X(SL_ROLE_KEEPER, renameat)    \
    X(SL_ROLE_KEEPER, renameat2) X(SL_ROLE_KEEPER, link) X(SL_ROLE_KEEPER, linkat)    \
    X(SL_ROLE_KEEPER, unlink) X(SL_ROLE_KEEPER, unlinkat) X(SL_ROLE_KEEPER, mkdir)    \
    X(SL_ROLE_KEEPER, mkdirat) X(SL_ROLE_KEEPER, rmdir) X(SL_ROLE_KEEPER, getdents64) \
    X(SL_ROLE_KEEPER, chmod) X(SL_ROLE_KEEPER, fchmod) X(SL_ROLE_KEEPER, fchmodat)    \
    X(SL_ROLE_KEEPER, fchown) X(SL_ROLE_KEEPER, umask) X(SL_ROLE_KEEPER, utimensat)   \
    X(SL_ROLE_KEEPER, fstatfs) X(SL_ROLE_KEEPER, statfs) X(SL_ROLE_KEEPER, geteuid)   \
    X(SL_ROLE_KEEPER, getuid) X(SL_ROLE_KEEPER, getegid) X(SL_ROLE_KEEPER, getgid)

/* What AddressSanitizer needs besides (sandbox_int.h). */
#define SANITIZER_CALLS(X)                                                            \
    X(EVERYONE, openat) X(EVERYONE, open) X(EVERYONE, readlink) X(EVERYONE, readlinkat) \
    X(EVERYONE, getdents) X(EVERYONE, getdents64) X(EVERYONE, stat) X(EVERYONE, access) \
    X(EVERYONE, prctl)                                                                \
    X(EVERYONE, clone) X(EVERYONE, ptrace) X(EVERYONE, wait4) X(EVERYONE, getppid)    \
    X(EVERYONE, sched_getaffinity) X(EVERYONE, getrlimit) X(EVERYONE, prlimit64)      \
    X(EVERYONE, set_robust_list) X(EVERYONE, kill) X(EVERYONE, dup) X(EVERYONE, pipe) \
    X(EVERYONE, pipe2) X(EVERYONE, getuid) X(EVERYONE, process_vm_readv)
/* clang-format on */

struct call {
    unsigned roles;
    int number;
};

#define ROW(roles, name) {roles, SCMP_SYS(name)},
static const struct call calls[] = {CALLS(ROW)};
static const struct call sanitizer_calls[] = {SANITIZER_CALLS(ROW)};

/* What not even the supervisor asks of the kernel, nor anything that it starts, password commands
 * included. It must read secrets and start programs, so an allow-list would say little. */
#define NEVER_CALLS(X)                                                                           \
    X(mount)                                                                                     \
    X(umount2)                                                                                   \
    X(pivot_root)                                                                                \
    X(chroot)                                                                                    \
    X(move_mount)                                                                                \
    X(open_tree)                                                                                 \
    X(fsopen)                                                                                    \
    X(fsmount) X(setns) X(unshare) X(open_by_handle_at) X(init_module) X(finit_module)           \
        X(delete_module) X(kexec_load) X(kexec_file_load) X(reboot) X(swapon) X(swapoff) X(acct) \
            X(quotactl) X(iopl) X(ioperm) X(syslog) X(settimeofday) X(clock_settime)             \
                X(sethostname) X(setdomainname) X(bpf) X(perf_event_open) X(userfaultfd)         \
                    X(io_uring_setup) X(process_vm_writev) X(kcmp)

/* A call that this machine's architecture does not have needs no rule. */
static bool allow(scmp_filter_ctx filter, int number, unsigned count,
                  const struct scmp_arg_cmp *compare)
{
    int result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, count, compare);

    return result == 0 || result == -EDOM || (number < 0 && result == -EINVAL);
}

static bool allow_table(scmp_filter_ctx filter, enum sl_role role, const struct call *table,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((table[i].roles & role) != 0 && !allow(filter, table[i].number, 0, NULL))
            return false;
    return true;
}

/* New memory is never executable. */
static bool allow_memory(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp not_executable[] = {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)};

    return allow(filter, SCMP_SYS(mmap), 1, not_executable) &&
           allow(filter, SCMP_SYS(mprotect), 1, not_executable);
}

/* abort() ends this process, and no other gets a signal. */
static bool allow_abort(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp to_self[] = {SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()),
                                     SCMP_A2(SCMP_CMP_EQ, SIGABRT)};

    return allow(filter, SCMP_SYS(tgkill), 2, to_self);
}

static bool allow_controls(scmp_filter_ctx filter)
{
    static const uint64_t controls[] = {SIOCOUTQ, FIONREAD, FIONBIO};

    for (size_t i = 0; i < SL_COUNT(controls); i++) {
        struct scmp_arg_cmp which[] = {SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, controls[i])};
        if (!allow(filter, SCMP_SYS(ioctl), 1, which))
            return false;
    }
    return true;
}

/* The gate opens streams to its targets; no datagrams, no raw or netlink sockets. */
static bool allow_streams(scmp_filter_ctx filter)
{
    static const int families[] = {AF_INET, AF_INET6, AF_UNIX};
    const uint64_t kind = (uint64_t) ~(unsigned)(SOCK_CLOEXEC | SOCK_NONBLOCK) & 0xffffffffu;

    for (size_t i = 0; i < SL_COUNT(families); i++) {
        struct scmp_arg_cmp stream[] = {SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]),
                                        SCMP_A1(SCMP_CMP_MASKED_EQ, kind, SOCK_STREAM)};
        if (!allow(filter, SCMP_SYS(socket), 2, stream))
            return false;
    }
    return true;
}

static bool fill(scmp_filter_ctx filter, enum sl_role role)
{
    return allow_table(filter, role, calls, SL_COUNT(calls)) &&
           (!SL_SANITIZED ||
            allow_table(filter, role, sanitizer_calls, SL_COUNT(sanitizer_calls))) &&
           allow_memory(filter) && allow_abort(filter) && allow_controls(filter) &&
           (role != SL_ROLE_GATE || allow_streams(filter));
}

enum sl_err sl_sandbox_calls(enum sl_role role)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

    if (filter == NULL)
        return SL_EUNSUPPORTED;
    /* A tree instead of a list: a call costs the same wherever it stands in the table. */
    bool good = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 && fill(filter, role) &&
                seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good ? SL_OK : SL_EUNSUPPORTED;
}

#define NUMBER(name) SCMP_SYS(name),

static bool forbid(scmp_filter_ctx filter, int number)
{
    int result = seccomp_rule_add_array(filter, SCMP_ACT_KILL_PROCESS, number, 0, NULL);

    return result == 0 || result == -EDOM || (number < 0 && result == -EINVAL);
}

enum sl_err sl_sandbox_never(void)
{
    static const int numbers[] = {NEVER_CALLS(NUMBER)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool good = filter != NULL && seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0;

    for (size_t i = 0; good && i < SL_COUNT(numbers); i++)
        good = forbid(filter, numbers[i]);
    if (good && !SL_SANITIZED)
        good = forbid(filter, SCMP_SYS(ptrace)) && forbid(filter, SCMP_SYS(process_vm_readv));
    good = good && seccomp_load(filter) == 0;
    if (filter != NULL)
        seccomp_release(filter);
    return good ? SL_OK : SL_EUNSUPPORTED;
}

/* Refused, not killed: name services of the C library try a local socket first, and go on without.
 * A pair of sockets leads nowhere else. */
enum sl_err sl_sandbox_no_neighbours(void)
{
    static const int numbers[] = {SCMP_SYS(io_uring_setup),    SCMP_SYS(kill),
                                  SCMP_SYS(pidfd_send_signal), SCMP_SYS(pidfd_getfd),
                                  SCMP_SYS(process_vm_readv),  SCMP_SYS(process_vm_writev)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool good = filter != NULL && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket),
                                                   1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX)) == 0;

    for (size_t i = 0; good && i < SL_COUNT(numbers); i++)
        good = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), numbers[i], 0, NULL) == 0;
    good = good && seccomp_load(filter) == 0;
    if (filter != NULL)
        seccomp_release(filter);
    return good ? SL_OK : SL_EUNSUPPORTED;
}
