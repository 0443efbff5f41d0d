/* Leaves about what one person did alone, and who has looked at it since. */
#include "core/ledger/entry_int.h"

void sl_entry_put_break_glass(struct sl_buf *b, const struct sl_entry_break_glass *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_str(&w, "approval", e->approval);
    sl_member_str(&w, "approver", e->approver);
    sl_member_str(&w, "channel", e->channel);
    sl_member_str(&w, "credential", e->credential);
    sl_member_str(&w, "decision", SL_SPAN("break-glass"));
    sl_member_hex(&w, "digest", e->digest, SL_SHA256);
    sl_member_list(&w, "groups", &e->groups);
    sl_member_kind(&w, SL_ENTRY_BREAK_GLASS);
    sl_member_proof(&w, "passkey", e->passkey);
    sl_member_str(&w, "proof", e->passkey == NULL ? SL_SPAN("token") : SL_SPAN("passkey"));
    sl_member_said(&w, "reason", e->reason);
    sl_member_time(&w, "review_by", e->review_by_us);
    sl_member_u64(&w, "rows", e->rows);
    sl_member_time_v(&w, e->time_us);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_bypass(struct sl_buf *b, const struct sl_entry_bypass *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_str(&w, "by", e->by);
    sl_member_str(&w, "channel", e->channel);
    sl_member_str(&w, "id", e->id);
    sl_member_kind(&w, SL_ENTRY_BYPASS);
    sl_member_str(&w, "os_user", e->os_user);
    sl_member_time(&w, "review_by", e->review_by_us);
    sl_member_time_v(&w, e->time_us);
    sl_member_said(&w, "what", e->what);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_review(struct sl_buf *b, const struct sl_entry_review *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_str(&w, "channel", e->channel);
    sl_member_str(&w, "credential", e->credential);
    sl_member_str(&w, "id", e->id);
    sl_member_str(&w, "identity", e->identity);
    sl_member_kind(&w, SL_ENTRY_REVIEW);
    sl_member_said(&w, "reason", e->reason);
    sl_member_time_v(&w, e->time_us);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_hook(struct sl_buf *b, const struct sl_entry_hook *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_str(&w, "approval", e->approval);
    sl_member_str(&w, "by", e->by);
    sl_member_str(&w, "channel", e->channel);
    sl_jw_key(&w, "count");
    sl_jw_u64(&w, e->count);
    sl_member_str(&w, "event", SL_SPAN("skipped"));
    sl_jw_key(&w, "first");
    sl_jw_u64(&w, e->first);
    sl_member_str(&w, "hook", e->hook);
    sl_member_kind(&w, SL_ENTRY_HOOK);
    sl_jw_key(&w, "last");
    sl_jw_u64(&w, e->last);
    sl_member_said(&w, "reason", e->reason);
    sl_member_time_v(&w, e->time_us);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}
