/* Leaves about approvals. */
#include "core/ledger/entry_int.h"

static void put_escalation(struct sl_jw *w, const struct sl_entry_need *n)
{
    if (n->escalate_groups.count + n->escalate_identities.count == 0)
        return;
    sl_jw_key(w, "escalate");
    sl_jw_object(w);
    sl_member_list(w, "groups", &n->escalate_groups);
    sl_member_list(w, "identities", &n->escalate_identities);
    sl_jw_end(w);
}

static void put_needs(struct sl_jw *w, const struct sl_entry_approval *e)
{
    if (e->need_count == 0)
        return;
    sl_jw_key(w, "needs");
    sl_jw_array(w);
    for (size_t i = 0; i < e->need_count; i++) {
        const struct sl_entry_need *n = &e->needs[i];
        sl_jw_object(w);
        put_escalation(w, n);
        sl_member_list(w, "groups", &n->groups);
        sl_member_list(w, "identities", &n->identities);
        sl_jw_key(w, "need");
        sl_jw_u64(w, n->need);
        sl_member_str(w, "rule", n->rule);
        sl_jw_end(w);
    }
    sl_jw_end(w);
}

static void put_envelope(struct sl_jw *w, const struct sl_envelope *e)
{
    if (e->times == 0)
        return;
    sl_jw_key(w, "envelope");
    sl_jw_object(w);
    sl_member_u64(w, "for_s", e->for_s);
    sl_member_u64(w, "rows", e->rows);
    sl_member_u64(w, "times", e->times);
    sl_jw_end(w);
}

static void put_members(struct sl_jw *w, const struct sl_entry_approval *e, size_t start)
{
    sl_member_u64(w, "action", e->action);
    sl_member_str(w, "approval", e->approval);
    sl_member_str(w, "approver", e->approver);
    sl_member_str(w, "asked_with", e->asked_with);
    sl_member_u64(w, "cap", e->cap);
    sl_member_str(w, "channel", e->channel);
    sl_member_u64(w, "continues", e->continues);
    sl_member_str(w, "credential", e->credential);
    if (e->decide_in.count > 0)
        sl_member_list(w, "decide_in", &e->decide_in);
    sl_member_str(w, "decision", e->decision);
    sl_member_u64(w, "delivered", e->delivered);
    sl_member_hex(w, "digest", e->digest, SL_SHA256);
    put_envelope(w, &e->envelope);
    sl_member_str(w, "environment", e->environment);
    sl_member_time(w, "escalate_at", e->escalate_us);
    sl_member_u64(w, "estimate", e->estimate);
    sl_member_str(w, "event", sl_span_str(sl_entry_approval_event_name(e->event)));
    sl_member_time(w, "expires", e->expires_us);
    sl_member_facts(w, e->facts);
    sl_member_str(w, "for", e->in_place);
    sl_member_str(w, "identity", e->identity);
    sl_member_str(w, "keys", e->keys);
    sl_member_kind(w, SL_ENTRY_APPROVAL);
    sl_member_str(w, "let_by", e->let_by);
    sl_member_u64(w, "list", e->list);
    put_needs(w, e);
    sl_member_u64(w, "nth", e->use);
    if (e->own) {
        sl_jw_key(w, "own");
        sl_jw_bool(w, true);
    }
    sl_member_str(w, "owner", e->owner);
    sl_member_proof(w, "passkey", e->passkey);
    sl_member_hex(w, "policy", e->policy_digest, SL_SHA256);
    sl_member_str(w, "proof", e->proof);
    sl_member_str(w, "protocol", e->protocol);
    sl_member_said(w, "reason", e->reason);
    sl_member_str(w, "refused", e->refused);
    sl_member_str(w, "repeats", e->repeats);
    sl_member_list(w, "requesters", &e->requesters);
    sl_member_u64(w, "rows", e->rows);
    sl_member_str(w, "rule", e->rule);
    sl_member_hex(w, "rules", e->rules_digest, SL_SHA256);
    sl_member_u64(w, "session", e->session);
    if (e->shown_text) {
        sl_jw_key(w, "shown_text");
        sl_jw_bool(w, true);
    }
    sl_member_str(w, "target", e->target);
    sl_member_text(w, e->text, e->flags, sl_entry_room(w->b, start));
    sl_member_time_v(w, e->time_us);
    sl_member_u64(w, "values", e->values);
}

void sl_entry_put_approval(struct sl_buf *b, const struct sl_entry_approval *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    put_members(&w, e, start);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}
