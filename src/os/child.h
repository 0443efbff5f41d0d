/* The first lines of every child's main: gate, judge, keeper, desk.
 *
 * The supervisor starts a child with its channel on descriptor 3 and nothing else open but 0-2 (and
 * in the keeper 4, the state folder's lock: left alone, it keeps a new Sluice out until the old
 * keeper is gone). The child waits for SETUP, takes what it needs, opens its files, enters its
 * sandbox, says READY, loops.
 *
 * A SETUP of another build is refused, and the log says to restart Sluice: numbers that mean
 * something else to each of them would be a wrong verdict (ipc/build.h).
 */
#ifndef SL_OS_CHILD_H
#define SL_OS_CHILD_H

#include "os/channel.h"
#include "os/sandbox.h"

enum { SL_CHILD_FD = 3, SL_CHILD_LOCK_FD = 4 };

/* Blocks until SETUP has come (10 s at most); its body stays in `scratch`. SL_EDENIED: another
 * build. */
enum sl_err sl_child_setup(int fd, struct sl_buf *scratch, struct sl_msg_setup *out,
                           struct sl_packet *packet) SL_MUST_CHECK;
/* The same on SL_CHILD_FD, for a child that is given no descriptors with it. */
enum sl_err sl_child_setup_alone(struct sl_buf *scratch, struct sl_msg_setup *out) SL_MUST_CHECK;
/* Enters the sandbox; what of it could not be had goes to the log. */
enum sl_err sl_child_close_door(const struct sl_sandbox *wanted) SL_MUST_CHECK;

#endif
