/* One person's decision about an approval, and what their passkey signed of it (call_decision.c,
 * decision_proof.c).
 */
#ifndef SL_ROLE_KEEPER_DECISION_H
#define SL_ROLE_KEEPER_DECISION_H

#include "role/keeper/passkeys.h"

struct call;
struct approval;

enum { DECISION_REASON_BYTES = 4000 };
struct decision_proof {
    bool given;
    struct assertion by;
    struct passkey passkey;
    struct sl_webauthn_seen seen;
    struct sl_span document;
    struct sl_entry_proof entry;
};
/* The approval that the body names, when the body is a decision about what it is; else the answer
 * is made. The caller frees *a in any case. */
bool decision_read(struct call *c, struct approval *a) SL_MUST_CHECK;
void decision_tried_asking(struct call *c);
void decision_refuse(struct call *c, const struct approval *a, enum sl_decide_reason reason);
struct sl_span decision_reason(struct call *c);
uint64_t decision_rows(const struct call *c);
bool decision_breaks_glass(struct call *c); /* alone: glass.c */
/* Which rules a vote would count for, and by the right of whom, who is away (empty: their own);
 * untouched where the glass is broken. */
struct decision_right {
    uint32_t may;
    struct sl_span in_place;
};
enum sl_decide_reason decision_may(struct call *c, const struct approval *a,
                                   struct decision_right *by);
/* What the body's passkey signed: none, or exactly this decision; else the answer is made.
 * Afterwards c->with says that a passkey signed. */
bool decision_proof(struct call *c, const struct approval *a, struct decision_proof *p)
    SL_MUST_CHECK;
void decision_proof_event(const struct decision_proof *p, json_t *event);

#endif
