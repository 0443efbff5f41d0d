/* Closing the door: what one program may ask of the kernel from now on, without root.
 *
 * Three walls: seccomp-bpf with an allow-list of system calls for each role (a forbidden call kills
 * the process), Landlock (which folders may be read or written; from ABI 4 also which TCP ports may
 * be bound or connected), and rlimits. Once closed a door does not open again.
 */
#ifndef SL_OS_SANDBOX_H
#define SL_OS_SANDBOX_H

#include "ipc/messages.h"

struct sl_sandbox_path {
    const char *path;
    bool write; /* read and write beneath it; else read only */
};

struct sl_sandbox {
    enum sl_role role;
    const struct sl_sandbox_path *paths;
    size_t path_count;
    uint64_t max_memory_bytes; /* RLIMIT_AS, 0: leave */
    uint64_t max_files;        /* RLIMIT_NOFILE */
    bool best_effort;          /* `sandbox: best-effort`: go on without a wall, but say which */
};

/* SL_EUNSUPPORTED when a wall cannot be had and best_effort is off. `missing` gets a sentence for
 * each wall that could not be put up. A build that is being trained (base/training.h) has only the
 * limits: it never serves, unless best_effort is on. */
enum sl_err sl_sandbox_enter(const struct sl_sandbox *s, struct sl_buf *missing) SL_MUST_CHECK;

/* For a command that talks outwards through libraries of others: no file but these (those that do
 * not exist are left out), nothing to execute, no port, no local socket (the control socket is
 * one), no signal to others. */
enum sl_err sl_sandbox_outward(const struct sl_sandbox_path *paths, size_t count, bool best_effort,
                               struct sl_buf *missing) SL_MUST_CHECK;

/* The supervisor's door, which all its children inherit: no new privileges, no core dump, no
 * tracer, and a short list of calls that kill (mounts, modules, namespaces, other processes'
 * memory). */
enum sl_err sl_sandbox_supervise(bool best_effort, struct sl_buf *missing) SL_MUST_CHECK;

#endif
