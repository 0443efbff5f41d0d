/* Time and chance, the two things that pure folders may not ask for. */
#ifndef SL_OS_CLOCK_H
#define SL_OS_CLOCK_H

#include "base/err.h"

uint64_t sl_clock_us(void);           /* wall clock, microseconds since 1970 */
uint64_t sl_clock_monotonic_us(void); /* since some fixed moment */

/* n bytes from the kernel; stops the process if the kernel has none (it never has). */
void sl_random(void *out, size_t n);
/* UUID version 7 (RFC 9562) with this time in it, in its text form of 36 characters and a NUL. */
void sl_uuid_v7(uint64_t time_us, char out[37]);

#endif
