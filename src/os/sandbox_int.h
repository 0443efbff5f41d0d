/* The single walls behind sandbox.h. */
#ifndef SL_OS_SANDBOX_INT_H
#define SL_OS_SANDBOX_INT_H

#include "base/sanitized.h"
#include "os/sandbox.h"

/* AddressSanitizer wants more of the kernel than we do: it maps terabytes, reads /proc/self and
 * traces its own process when it looks for leaks. Builds with it (never a release) get the calls in
 * sandbox_calls.c marked so, may read /proc, and have no memory limit. */

/* SL_EUNSUPPORTED: the kernel does not have this wall. */
enum sl_err sl_sandbox_calls(enum sl_role role) SL_MUST_CHECK;
/* The short list of calls that no program of ours ever makes; children inherit it. */
enum sl_err sl_sandbox_never(void) SL_MUST_CHECK;
/* No local socket, no signal to others, no look into them: for sl_sandbox_outward. */
enum sl_err sl_sandbox_no_neighbours(void) SL_MUST_CHECK;
enum sl_err sl_sandbox_landlock(const struct sl_sandbox *s) SL_MUST_CHECK;

#endif
