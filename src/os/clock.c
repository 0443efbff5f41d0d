#include "os/clock.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

static uint64_t now_us(clockid_t clock)
{
    struct timespec now;

    SL_PROMISE(clock_gettime(clock, &now) == 0);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

uint64_t sl_clock_us(void)
{
    return now_us(CLOCK_REALTIME);
}

uint64_t sl_clock_monotonic_us(void)
{
    return now_us(CLOCK_MONOTONIC);
}

void sl_random(void *out, size_t n)
{
    uint8_t *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        SL_PROMISE(got > 0);
        p += got;
        n -= (size_t)got;
    }
}

void sl_uuid_v7(uint64_t time_us, char out[37])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t ms = time_us / 1000u;
    uint8_t u[16];

    sl_random(u + 6, sizeof u - 6);
    for (unsigned i = 0; i < 6; i++)
        u[i] = (uint8_t)(ms >> (40 - 8 * i));
    u[6] = (uint8_t)(0x70 | (u[6] & 0x0f)); /* version 7 */
    u[8] = (uint8_t)(0x80 | (u[8] & 0x3f)); /* variant of RFC 9562 */

    for (unsigned i = 0; i < sizeof u; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = digits[u[i] >> 4];
        *out++ = digits[u[i] & 15];
    }
    *out = '\0';
}
