/* Landlock by raw system calls: the C library has no wrappers, and the kernel's header may be older
 * than the kernel. Numbers are from the kernel's documentation
 * (Documentation/userspace-api/landlock). */
#include "os/sandbox_int.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    CALL_CREATE = 444,
    CALL_ADD_RULE = 445,
    CALL_RESTRICT = 446,
    FLAG_VERSION = 1,
    RULE_PATH = 1
};

/* clang-format off */
enum fs_right {
    EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_DIR = 1 << 3, REMOVE_DIR = 1 << 4,
    REMOVE_FILE = 1 << 5, MAKE_CHAR = 1 << 6, MAKE_DIR = 1 << 7, MAKE_REG = 1 << 8, MAKE_SOCK = 1 << 9,
    MAKE_FIFO = 1 << 10, MAKE_BLOCK = 1 << 11, MAKE_SYM = 1 << 12, REFER = 1 << 13, TRUNCATE = 1 << 14,
    IOCTL_DEV = 1 << 15,
};
/* clang-format on */
enum { BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1 };
enum { SCOPE_ABSTRACT_SOCKET = 1 << 0, SCOPE_SIGNAL = 1 << 1 };

enum {
    FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV,
    MAY_READ = READ_FILE | READ_DIR,
    MAY_WRITE =
        MAY_READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE,
};

struct ruleset {
    uint64_t fs, net, scoped;
};

struct path_rule {
    uint64_t rights;
    int32_t folder;
} __attribute__((packed));

/* Each version of the interface knows more; asking an old one for new things is an error. */
static struct ruleset rules_for(long version, enum sl_role role)
{
    static const uint64_t fs_bits[] = {0, 13, 14, 15, 15, 16};
    unsigned known = version < 5 ? (unsigned)version : 5;
    struct ruleset r = {.fs = ((uint64_t)1 << fs_bits[known]) - 1};

    if (version >= 4) /* listening sockets are inherited: nobody binds; only the gate connects */
        r.net = role == SL_ROLE_GATE ? BIND_TCP : BIND_TCP | CONNECT_TCP;
    if (version >= 6)
        r.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
    return r;
}

static size_t ruleset_bytes(long version)
{
    return version >= 6 ? 24 : version >= 4 ? 16 : 8;
}

static bool allow_path(int ruleset, const char *path, uint64_t rights)
{
    struct stat is;
    struct path_rule rule = {.rights = rights, .folder = open(path, O_PATH | O_CLOEXEC)};

    if (rule.folder < 0)
        return false;
    bool good = fstat(rule.folder, &is) == 0;
    if (good && !S_ISDIR(is.st_mode))
        rule.rights &= FILE_RIGHTS;
    good = good && syscall(CALL_ADD_RULE, ruleset, RULE_PATH, &rule, 0) == 0;
    close(rule.folder);
    return good;
}

static bool allow_paths(int ruleset, const struct ruleset *r, const struct sl_sandbox *s)
{
    bool good = !SL_SANITIZED || allow_path(ruleset, "/proc", MAY_READ & r->fs);

    for (size_t i = 0; i < s->path_count; i++)
        good = good && allow_path(ruleset, s->paths[i].path,
                                  (s->paths[i].write ? MAY_WRITE : MAY_READ) & r->fs);
    return good;
}

enum sl_err sl_sandbox_landlock(const struct sl_sandbox *s)
{
    long version = syscall(CALL_CREATE, NULL, 0, FLAG_VERSION);

    if (version < 1)
        return SL_EUNSUPPORTED;
    struct ruleset r = rules_for(version, s->role);
    int ruleset = (int)syscall(CALL_CREATE, &r, ruleset_bytes(version), 0);
    if (ruleset < 0)
        return SL_EUNSUPPORTED;
    bool good = allow_paths(ruleset, &r, s) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                syscall(CALL_RESTRICT, ruleset, 0) == 0;
    close(ruleset);
    return good ? SL_OK : SL_EUNSUPPORTED;
}
