#include "role/keeper/keeper_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/db.h"

/* A yes that others still have to join can outlive its reason: its giver is paused, left the group,
 * lost the credential. It is asked about at each look with what took it (P4). */

static bool waits(const struct vote_row *vote)
{
    return sl_span_is(vote->decision, "approve");
}

void votes_mark_lapsed(struct keeper *k, struct approval *a)
{
    for (size_t i = 0; a->state == SL_APPROVAL_PENDING && i < a->vote_count; i++)
        if (waits(&a->votes[i]))
            a->votes[i].lapsed = vote_problem(k, a, &a->votes[i]);
}

static void record(struct keeper *k, const struct approval *a, const struct vote_row *vote)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("vote_lapsed", now_us);

    event_str(event, "id", a->id);
    event_str(event, "identity", vote->identity);
    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_VOTE_LAPSED,
                                                             .time_us = now_us,
                                                             .approval = a->id,
                                                             .digest = a->digest,
                                                             .approver = vote->identity,
                                                             .credential = vote->credential,
                                                             .reason = sl_span_str(vote->lapsed)});
    store_record(&k->store, &leaf, event, true);
    sl_log(SL_LOG_INFO, "vote_lapsed", SL_TEXT("approval", a->id),
           SL_TEXT("identity", vote->identity), SL_CSTR("why", vote->lapsed));
}

void votes_lapse(struct keeper *k, struct approval *a)
{
    bool any = false;

    for (size_t i = 0; i < a->vote_count; i++) {
        struct vote_row *vote = &a->votes[i];

        if (!waits(vote) || vote->lapsed == NULL)
            continue;
        record(k, a, vote);
        vote->decision = SL_SPAN("lapsed");
        any = true;
    }
    if (any)
        keeper_event(k, "voted", a->id, a->state);
}

static void lapse_one(void *owner, struct approval *a)
{
    votes_lapse(owner, a);
}

/* What is left over is found at the next decision. */
void votes_lapse_by(struct keeper *k, struct sl_span approver)
{
    enum { MAX_AT_ONCE = 200 };
    struct sl_span *ids = sl_arena_array(k->mem, MAX_AT_ONCE, sizeof *ids);
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_HALF_BY, "s", approver);
    size_t count = 0;

    while (ids != NULL && count < MAX_AT_ONCE && db_row(&rows))
        ids[count++] = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    approvals_each(k, ids, count, lapse_one, k);
}
