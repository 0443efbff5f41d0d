#include "role/keeper/approval.h"

#include "base/utf8.h"
#include "role/keeper/ask.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/policy_change.h"
#include "role/keeper/store.h"
#include "role/keeper/waiters.h"

/* Moving an approval: the event and its leaf, and what those hear who wait for it. */

enum { WHY_BYTES = 8192 };

static enum sl_entry_approval_event leaf_event(enum sl_approval_event on, enum sl_approval_state to)
{
    switch (to) {
    case SL_APPROVAL_APPROVED:
        return on == SL_APPROVAL_ON_USE ? SL_ENTRY_APPROVAL_USED : SL_ENTRY_APPROVAL_APPROVED;
    case SL_APPROVAL_DENIED:
        return SL_ENTRY_APPROVAL_DENIED;
    case SL_APPROVAL_EXPIRED:
        return SL_ENTRY_APPROVAL_EXPIRED;
    case SL_APPROVAL_CANCELLED:
        return SL_ENTRY_APPROVAL_CANCELLED;
    case SL_APPROVAL_SPENT:
        return SL_ENTRY_APPROVAL_SPENT;
    case SL_APPROVAL_LAPSED:
        return SL_ENTRY_APPROVAL_LAPSED;
    case SL_APPROVAL_REVOKED:
        return SL_ENTRY_APPROVAL_REVOKED;
    case SL_APPROVAL_NONE:
    case SL_APPROVAL_PENDING:
        break;
    }
    sl_promise_broken("an approval moved back to pending");
}

static void record_move(struct keeper *k, const struct approval *a, const struct move *m,
                        enum sl_approval_state to, struct sl_span why, uint64_t grant_expires_us)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("moved", now_us);
    bool is_yes = to == SL_APPROVAL_APPROVED && m->on != SL_APPROVAL_ON_USE;

    event_str(event, "id", a->id);
    event_u64(event, "on", m->on);
    event_str(event, "why", why);
    event_u64(event, "grant_expires", grant_expires_us);
    event_u64(event, "session", m->session);
    event_u64(event, "action", m->action);
    if (m->use > 0)
        event_u64(event, "use", m->use);
    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){
                                     .event = leaf_event(m->on, to),
                                     .time_us = now_us,
                                     .approval = a->id,
                                     .digest = a->digest,
                                     .session = m->session,
                                     .action = m->action,
                                     .use = m->use,
                                     .expires_us = is_yes ? grant_expires_us : 0,
                                     .approver = m->by,
                                     .channel = m->channel,
                                     .reason = is_yes || m->use > 0 ? sl_span(NULL, 0) : why});
    store_record(&k->store, &leaf, event, true);
}

enum sl_err approval_move(struct keeper *k, struct approval *a, const struct move *m)
{
    enum sl_approval_state to;
    const char *sentence;

    SL_TRY(sl_approval_move(a->state, m->on, &to, &sentence));
    uint64_t grant_expires_us = to == SL_APPROVAL_APPROVED && m->on != SL_APPROVAL_ON_USE
                                    ? sl_clock_us() + a->grant_ttl_ms * 1000
                                    : a->grant_expires_us;
    if (m->on == SL_APPROVAL_ON_DEADLINE && a->state == SL_APPROVAL_APPROVED &&
        approval_envelope(a).times > 0)
        sentence = "its time is over";
    struct sl_span said = sl_utf8_head(m->reason, WHY_BYTES); /* a gate's word may be among it */
    struct sl_span why = sl_arena_copy(k->mem, said.n > 0 ? said : sl_span_str(sentence));

    record_move(k, a, m, to, why, grant_expires_us);
    a->state = to;
    a->why = why;
    a->grant_expires_us = grant_expires_us;
    k->important = true;
    sl_log(SL_LOG_INFO, "approval", SL_TEXT("id", a->id),
           SL_CSTR("state", sl_approval_state_name(to)), SL_TEXT("identity", a->identity),
           SL_TEXT("target", a->target), SL_TEXT("by", m->by));
    keeper_event(k, sl_approval_state_name(to), a->id, to);
    return SL_OK;
}

static const char *hint_of(enum sl_approval_state state)
{
    switch (state) {
    case SL_APPROVAL_EXPIRED:
    case SL_APPROVAL_LAPSED:
        return "Run the same statement again to ask anew.";
    case SL_APPROVAL_DENIED:
        return "The reviewer's reason is in the message; change the statement or talk to them.";
    default:
        return "";
    }
}

void approval_end(struct keeper *k, struct approval *a, const struct move *m)
{
    SL_BUF(why, 2 * WHY_BYTES);

    if (approval_move(k, a, m) != SL_OK)
        return;
    if (!sl_span_starts(
            a->why, sl_span_str(sl_approval_state_name(a->state)))) /* "denied by rita" says it */
        sl_buf_say(&why, "%s: ", sl_approval_state_name(a->state));
    sl_buf_put(&why, a->why);
    waiters_refuse(k, a, m->by, sl_buf_text(&why), hint_of(a->state));
    policy_change_decided(k, a);
}
