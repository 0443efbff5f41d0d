/* Leaves about actions that are no batch: single ones, outcomes, transactions. */
#include "core/ledger/entry_int.h"

void sl_member_flags(struct sl_jw *w, uint32_t flags)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {{SL_INTENT_EXTENDED, "extended"},
                 {SL_INTENT_IN_TX, "in_transaction"},
                 {SL_INTENT_OBSERVED, "observed"},
                 {SL_INTENT_SHAPE, "shape"}};
    uint32_t named = 0;

    for (size_t i = 0; i < SL_COUNT(names); i++)
        named |= names[i].bit;
    if ((flags & named) == 0)
        return;
    sl_jw_key(w, "flags");
    sl_jw_array(w);
    for (size_t i = 0; i < SL_COUNT(names); i++)
        if ((flags & names[i].bit) != 0)
            sl_jw_str(w, sl_span_str(names[i].name));
    sl_jw_end(w);
}

static void put_outcome(struct sl_jw *w, unsigned outcome)
{
    if (sl_entry_outcome_name(outcome) == NULL) {
        sl_entry_fail(w->b, SL_EMALFORMED);
        return;
    }
    sl_jw_key(w, "outcome");
    sl_jw_str(w, sl_span_str(sl_entry_outcome_name(outcome)));
}

static void put_one(struct sl_jw *w, const struct sl_entry_one *e, size_t start)
{
    const struct sl_entry_action *a = &e->action;

    sl_jw_key(w, "action");
    sl_jw_u64(w, a->action);
    sl_member_str(w, "approval", e->approval);
    sl_member_list(w, "approvers", &e->approvers);
    sl_member_time(w, "asked", a->asked_us);
    sl_member_hex(w, "body_digest", e->body_digest, SL_SHA256);
    sl_member_u64(w, "bytes", a->bytes);
    sl_member_hex(w, "commitment", a->commitment, 32);
    sl_member_time(w, "decided", e->decided_us);
    sl_member_hex(w, "digest", e->digest, SL_SHA256);
    sl_member_time(w, "ended", a->ended_us);
    sl_member_str(w, "environment", e->environment);
    sl_member_facts(w, a->facts);
    sl_member_flags(w, a->flags);
    sl_member_str(w, "identity", a->identity);
    sl_member_kind(w, SL_ENTRY_ACTION);
    put_outcome(w, a->outcome);
    sl_member_str(w, "owner", e->owner);
    sl_member_hex(w, "policy", a->policy_digest, 8);
    sl_member_str(w, "protocol", e->protocol);
    sl_member_list(w, "requesters", &e->requesters);
    sl_member_u64(w, "rows", a->rows);
    sl_jw_key(w, "session");
    sl_jw_u64(w, a->session);
    sl_member_said(w, "sqlstate", a->sqlstate);
    sl_member_time(w, "started", a->started_us);
    sl_member_str(w, "target", a->target);
    /* `why` comes after the text and can take four kilobytes */
    size_t room = sl_entry_room(w->b, start);
    sl_member_text(w, a->text, a->flags, room > 4096 ? room - 4096 : 0);
    sl_member_time_v(w, e->time_us);
    sl_member_said(w, "why", e->why);
}

void sl_entry_put_action(struct sl_buf *b, const struct sl_entry_one *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    put_one(&w, e, start);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_outcome(struct sl_buf *b, const struct sl_entry_outcome *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_jw_key(&w, "action");
    sl_jw_u64(&w, e->action);
    sl_member_str(&w, "approval", e->approval);
    sl_member_hex(&w, "body_digest", e->body_digest, SL_SHA256);
    sl_member_u64(&w, "bytes", e->bytes);
    sl_member_time(&w, "ended", e->ended_us);
    sl_member_kind(&w, SL_ENTRY_OUTCOME);
    put_outcome(&w, e->outcome);
    sl_member_u64(&w, "rows", e->rows);
    sl_jw_key(&w, "session");
    sl_jw_u64(&w, e->session);
    sl_member_said(&w, "sqlstate", e->sqlstate);
    sl_member_time_v(&w, e->time_us);
    sl_member_said(&w, "why", e->why);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_txn(struct sl_buf *b, const struct sl_entry_txn *e)
{
    static const char *const outcomes[] = {NULL, "committed", "rolled_back", NULL, "unknown"};
    const char *outcome = e->outcome < SL_COUNT(outcomes) ? outcomes[e->outcome] : NULL;
    struct sl_jw w = sl_jw(b);

    if (outcome == NULL) {
        sl_entry_fail(b, SL_EMALFORMED);
        return;
    }
    sl_jw_object(&w);
    sl_member_time(&w, "ended", e->ended_us);
    sl_jw_key(&w, "first_action");
    sl_jw_u64(&w, e->first_action);
    sl_member_kind(&w, SL_ENTRY_TXN);
    sl_jw_key(&w, "last_action");
    sl_jw_u64(&w, e->last_action);
    sl_jw_key(&w, "outcome");
    sl_jw_str(&w, sl_span_str(outcome));
    sl_jw_key(&w, "session");
    sl_jw_u64(&w, e->session);
    sl_member_time_v(&w, e->time_us);
    sl_jw_end(&w);
}
