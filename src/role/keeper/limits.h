/* How often one may guess: a bucket of failures for each key, and a wait that doubles when it is
 * empty.
 *
 * Pure: time comes in. Three keys are counted for each attempt: address and name together (a few),
 * the address alone and the name alone (more), so that a guesser is slowed down without locking out
 * everybody else who shares its address or its name. What has no name of its own, because everybody
 * comes that way, is named as a door ("/api"): it is not counted alone. All addresses of one IPv6
 * network
 * (/64) are one.
 *
 * Beside that, calls to others which somebody causes who is not known yet: so many at once, then
 * one a second.
 */
#ifndef SL_ROLE_KEEPER_LIMITS_H
#define SL_ROLE_KEEPER_LIMITS_H

#include "base/buf.h"
#include "base/map.h"

#define LIMITS_DOOR "/"

struct limits {
    struct sl_map *buckets;
};

enum sl_err limits_init(struct limits *l, uint64_t seed) SL_MUST_CHECK;
void limits_done(struct limits *l);

/* May this address try this name now? */
bool limits_allow(struct limits *l, struct sl_span address, struct sl_span name, uint64_t now_us);
void limits_failed(struct limits *l, struct sl_span address, struct sl_span name, uint64_t now_us);
/* A right answer forgets the failures of the pair, not those of the address or the name. */
void limits_passed(struct limits *l, struct sl_span address, struct sl_span name);

/* May this address cause one more call? Yes counts it. */
bool limits_call(struct limits *l, struct sl_span address, uint64_t now_us) SL_MUST_CHECK;

/* What all addresses of one network have in common. */
void limits_put_place(struct sl_buf *b, struct sl_span address);

#endif
