/* How long a console session lives: pure, so that a test need not wait for hours.
 *
 * CONSOLE_LIFE_H in all, CONSOLE_IDLE_H after a person was last there (what a page fetches by
 * itself does not count), and no longer than somebody let it. */
#ifndef SL_ROLE_KEEPER_CONSOLE_LIFE_H
#define SL_ROLE_KEEPER_CONSOLE_LIFE_H

#include <stdbool.h>
#include <stdint.h>

enum { CONSOLE_LIFE_H = 12, CONSOLE_IDLE_H = 2, CONSOLE_CODE_S = 120, CONSOLE_FRESH_S = 600 };

static const uint64_t console_life_us = (uint64_t)CONSOLE_LIFE_H * 3600 * 1000 * 1000,
                      console_idle_life_us = (uint64_t)CONSOLE_IDLE_H * 3600 * 1000 * 1000,
                      console_code_us = (uint64_t)CONSOLE_CODE_S * 1000 * 1000,
                      console_fresh_us = (uint64_t)CONSOLE_FRESH_S * 1000 * 1000;

struct console_life {
    uint64_t since_us, expires_us;
    uint64_t ended_us;  /* 0: by nobody */
    uint64_t used_us;   /* 0: not that this keeper knows */
    uint64_t keeper_us; /* this keeper's start: what it cannot know of, it takes for the last use */
};

/* When it ends if nobody comes. */
static inline uint64_t console_life_idle_end(const struct console_life *l)
{
    uint64_t last = l->since_us > l->used_us ? l->since_us : l->used_us;

    return (last > l->keeper_us ? last : l->keeper_us) + console_idle_life_us;
}

static inline bool console_life_over(const struct console_life *l, uint64_t now_us)
{
    return l->ended_us != 0 || l->expires_us <= now_us || console_life_idle_end(l) <= now_us;
}

/* When one that begins now ends at the latest; the credential behind it (0: never) ends it too. */
static inline uint64_t console_life_end(uint64_t now_us, uint64_t credential_expires_us)
{
    uint64_t end = now_us + console_life_us;

    return credential_expires_us != 0 && credential_expires_us < end ? credential_expires_us : end;
}

#endif
