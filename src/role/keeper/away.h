/* Who is away, and who decides in their place meanwhile (away.c, call_away.c; docs/away.md).
 *
 * A person says so of themself, with a credential that decides; there is one absence of a person at
 * a time, and saying it anew is a new one. Of a stand-in nothing counts but what sl_decide_check is
 * asked about: this reads what it is asked with. Everything is in k->mem.
 */
#ifndef SL_ROLE_KEEPER_AWAY_H
#define SL_ROLE_KEEPER_AWAY_H

#include "core/approval/approval.h"
#include "json/json.h"

struct keeper;
struct approval;
struct ask;

struct absence {
    struct sl_span identity, stand_in, credential, reason; /* stand_in: empty: nobody */
    struct sl_span let_by; /* the approval by which another person let it; empty: none */
    uint64_t said_us, from_us, until_us;
};
/* Also one that is over: a yes that was given meanwhile is asked about until it is spent. */
bool absence_get(struct keeper *k, struct sl_span identity, struct absence *out) SL_MUST_CHECK;
/* Sorted by identity. */
struct absences {
    struct absence *items;
    size_t count;
};
/* Those under way at this moment. */
struct absences absences_now(struct keeper *k, uint64_t now_us);
/* Those that name this stand-in, and are not over by then; each is asked about wherever they may
 * decide, so they are few. */
enum { STANDS_IN_FOR_MOST = 8 };
struct absences absences_naming(struct keeper *k, struct sl_span stand_in, uint64_t now_us);
/* NULL: this person is not away. */
const struct absence *absence_among(const struct absences *all, struct sl_span identity);
/* What a decision in their place is asked with. False: the person, what they said it with, or every
 * yes of those who let it, is not there any more. */
bool stand_in_of(struct keeper *k, const struct absence *a, struct sl_stand_in *out) SL_MUST_CHECK;
/* Nobody stands in for others where Sluice itself is concerned, nor while somebody in the requester
 * set is not known here: it might be whoever is away. */
bool own_right_only(struct keeper *k, struct sl_span protocol, const struct sl_requester *set,
                    size_t count);
/* "2026-12-28 00:00 UTC" */
void away_put_minute(struct sl_buf *b, uint64_t at_us);
/* "away":{"from","until","stand_in"?,"reason"?,"now":bool,"says": in words} while it is not over,
 * and "stands_in_for":[names] of those who are away now. */
void away_put(struct keeper *k, json_t *out, struct sl_span identity);

#endif
