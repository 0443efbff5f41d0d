/* Who could decide: enough people at all, and whom an approval waits for (eligible.c,
 * deciders.c).
 */
#ifndef SL_ROLE_KEEPER_ELIGIBLE_H
#define SL_ROLE_KEEPER_ELIGIBLE_H

#include "core/approval/approval.h"
#include "core/policy/policy.h"
#include "json/json.h"

struct keeper;
struct approval;
struct deciders;

/* Could these requirements ever be met by people who exist now? Whoever is away until it is too
 * late does not count, but for their stand-in, where people may stand in for others (docs/away.md).
 */
struct proof_needed {
    bool passkey, device_bound;
    /* Whoever is paused or away counts, and no stand-in: nobody changes what is asked for by a
     * pause or an absence. */
    bool paused_too;
    bool own_right_only;
    uint64_t too_late_us; /* when it expires */
};
bool enough_people(struct keeper *k, const struct sl_reviewers *requirements, size_t count,
                   const struct sl_requester *requesters, size_t requester_count,
                   struct proof_needed proof, uint64_t now_us);
/* "1 of rita, tom": people who could say yes to this now; groups where nobody could. */
/* Only for people to read: what is looked up is believed for a second, or until the next event. */
void deciders_text(struct sl_buf *b, struct keeper *k, const struct approval *a);
json_t *deciders_json(struct keeper *k, const struct approval *a);
void deciders_free(struct deciders *d);

#endif
