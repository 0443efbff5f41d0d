/* An approval as the view has it, in k->mem: who was asked, what they said, where it stands, and
 * the moves from there (approval.c). Its states and their table: core/approval/approval.h.
 */
#ifndef SL_ROLE_KEEPER_APPROVAL_H
#define SL_ROLE_KEEPER_APPROVAL_H

#include "core/approval/approval.h"
#include "role/keeper/credentials.h"
#include "json/json.h"

struct keeper;

struct vote_row {
    struct sl_span identity, person, decision, reason, channel, credential;
    uint32_t may;
    uint64_t at_us;
    struct sl_span passkey;  /* its id; empty: none signed */
    struct sl_span in_place; /* by the right of whom, who was away; empty: their own */
    const char *lapsed;      /* why this yes does not count any more, while others are waited for */
};
struct approval {
    struct sl_span id, identity, target, environment, protocol, detail_text, why, outcome;
    struct sl_span action; /* the document; empty: it is large, and lies by itself, or erased */
    struct sl_span brief;  /* of a large one: JSON, brief.h */
    uint64_t large_bytes;  /* 0: it is not large */
    enum sl_approval_state state;
    uint64_t asked_us, expires_us, grant_ttl_ms, grant_expires_us, closed_us, session, gate_action;
    uint8_t digest[32], salt[32], join_key[32];
    bool passkey, device_bound;
    uint32_t shut;                   /* channels that may not decide it (sl_decide_question) */
    json_t *detail;                  /* approval_done */
    struct sl_requester *requesters; /* as it was asked, and digested */
    size_t requester_count;
    struct sl_requester
        *barred; /* with whoever has been bound to them since: none of them decides */
    size_t barred_count;
    struct sl_reviewers *requirements;
    struct sl_reviewers *escalations;   /* of each requirement: who may too, once it is escalated */
    uint64_t escalate_us, escalated_us; /* when it will be, and when it was; 0: never, not yet */
    struct sl_span *rules;              /* the name of each requirement's rule */
    size_t requirement_count;
    struct vote_row *votes;
    size_t vote_count;
};
enum sl_err approval_get(struct keeper *k, struct sl_span id, struct approval *out) SL_MUST_CHECK;
void approval_done(struct approval *a);
/* The document that is digested, of a large approval too; NULL: erased. The caller lets it go. */
json_t *approval_document(struct keeper *k, const struct approval *a) SL_MUST_CHECK;
bool approval_erased(const struct approval *a);
struct sl_names names_of_json(struct keeper *k, const json_t *array); /* texts live in the array */
/* Reads these one after another, each with memory of its own: what one of them says can be long. */
void approvals_each(struct keeper *k, const struct sl_span *ids, size_t count,
                    void (*each)(void *owner, struct approval *a), void *owner);
#define APPROVAL(name) __attribute__((cleanup(approval_done))) struct approval name = {0}
bool approval_for_inactive(struct keeper *k, const struct approval *a); /* acting.c says who */
size_t approval_yes(struct keeper *k, const struct approval *a, struct sl_vote **out);
/* Everything about the question but who decides, and the two about that: sl_decide_check is asked
 * with these and nothing else. */
struct sl_decide_question approval_question(struct keeper *k, const struct approval *a,
                                            enum sl_decide_channel channel);
struct sl_decider decider_of(struct keeper *k, const struct person *who);
struct sl_decide_credential decides_with(struct keeper *k, const struct credential *with);
/* Records the move with its leaf, tells desk. Fills a->state. SL_ESTATE when there is no such move.
 */
struct move {
    enum sl_approval_event on;
    struct sl_span by, channel, reason;
    uint64_t session, action;
    uint64_t use; /* of an envelope, from 1 */
};
enum sl_err approval_move(struct keeper *k, struct approval *a, const struct move *m) SL_MUST_CHECK;
/* Moves it and tells every client that waits for it why. */
void approval_end(struct keeper *k, struct approval *a, const struct move *m);
/* By their own right, and where that does not do, by that of somebody who is away and named them:
 * then *in_place (NULL: nobody asks) says of whom, else it is empty. */
enum sl_decide_reason approval_may_for(struct keeper *k, const struct approval *a,
                                       const struct person *who, const struct credential *with,
                                       enum sl_decide_channel channel, uint32_t *may,
                                       struct sl_span *in_place);
enum sl_decide_reason approval_may(struct keeper *k, const struct approval *a,
                                   const struct person *who, const struct credential *with,
                                   enum sl_decide_channel channel, uint32_t *may);
/* votes.c: a yes that its giver could not give any more does not count while others are waited for;
 * its place is open again, for them or for somebody else, and nothing runs. approval_get marks it;
 * once it is recorded it never comes back. */
void votes_mark_lapsed(struct keeper *k, struct approval *a);
void votes_lapse(struct keeper *k, struct approval *a); /* records what approval_get marked */
void votes_lapse_by(struct keeper *k, struct sl_span approver);
/* Would this vote still be taken, and why not? NULL: it would. */
const char *vote_problem(struct keeper *k, const struct approval *a, const struct vote_row *vote);
/* Everybody whose yes counted could still say it: active, credential not revoked, still a reviewer.
 */
bool approval_votes_stand(struct keeper *k, const struct approval *a);
void deadlines_sweep(struct keeper *k);
/* escalation.c: what nobody has decided in time is escalated, once, and recorded as such; then who
 * its rules name for that may decide too. */
void escalations_sweep(struct keeper *k);
/* Where people are told about it: what the `notify` of its rules named when it was asked, and once
 * it is escalated that of their `escalate` too; each once. Empty: no rule says so. In k->mem. */
struct sl_names approval_routes(struct keeper *k, const struct approval *a);
void approvals_kill_for(struct keeper *k, struct sl_span identity, const char *why);
void approvals_kill_of(struct keeper *k, struct sl_span identity, const char *why);
/* Also what still waits for others: which yes was whose is not known any more. */
void approvals_kill_by_yes(struct keeper *k, struct sl_span approver, const char *why);
void grants_kill_by(struct keeper *k, struct sl_span approver, const char *why);
void grants_kill_by_passkey(struct keeper *k, struct sl_span passkey, const char *why);
/* Why somebody may not decide, and where they may. */
void decide_reason_put(struct sl_buf *b, enum sl_decide_reason reason, uint32_t shut);
void reviewers_text(struct sl_buf *b, const struct sl_reviewers *r, size_t count);

#endif
