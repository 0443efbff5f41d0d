/* Was each approval asked, decided and spent as it may be? Here: how it moves. */
#include "core/ledger/audit_int.h"

/* To take a yes away lets nothing run, so the leaf's word for it is enough. */
static void vote_lapsed(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                        const json_t *leaf)
{
    struct sl_span name = sl_audit_str(a, leaf, "approver");
    size_t at = 0;

    while (at < p->vote_count && !sl_span_eq(p->voters[at], name))
        at++;
    if (at == p->vote_count || p->state != SL_APPROVAL_PENDING) {
        SL_FOUND(a, "a yes of '%S' to approval %S lapses, but none waited", name, id);
        return;
    }
    p->vote_count--;
    for (; at < p->vote_count; at++) {
        p->voters[at] = p->voters[at + 1];
        p->in_place[at] = p->in_place[at + 1];
        p->votes[at] = p->votes[at + 1];
    }
}

/* Others may decide from here on: not before the time that was said, nor twice, nor when it is
 * over. One that may not be opens nothing. */
static void escalated(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id)
{
    if (p->state != SL_APPROVAL_PENDING || p->escalated_us != 0)
        SL_FOUND(a, "approval %S is escalated, but it was %s", id,
                 p->escalated_us != 0 ? "escalated before" : sl_approval_state_name(p->state));
    else if (p->escalate_us == 0 || a->time_us < p->escalate_us)
        SL_FOUND(a, "approval %S is escalated, but %s", id,
                 p->escalate_us == 0 ? "no rule says so" : "its time had not come");
    else
        p->escalated_us = a->time_us;
}

static void move(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                 enum sl_approval_state from, enum sl_approval_state to)
{
    if (p->state != from)
        SL_FOUND(a, "approval %S becomes %s, but it was %s", id, sl_approval_state_name(to),
                 sl_approval_state_name(p->state));
    /* What is over stays over, or one wrong leaf would hide the next. */
    if (p->state == SL_APPROVAL_PENDING || p->state == SL_APPROVAL_APPROVED)
        p->state = to;
}

static void check_votes(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                        const char *what)
{
    if (p->broken_by.n > 0) /* alone, and reviewed afterwards (audit_exception.c) */
        return;
    sl_audit_ask_whose(a, p);
    uint32_t have = sl_quorum(p->needs, p->need_count, p->votes, p->vote_count, NULL);
    uint32_t need = sl_quorum_need(p->needs, p->need_count);

    if (have < need)
        SL_FOUND(a, "approval %S is %s with %u of the %u votes that it needs", id, what, have,
                 need);
}

static void approved(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                     const json_t *leaf)
{
    check_votes(a, p, id, "approved");
    if (p->denied_by_vote)
        SL_FOUND(a, "approval %S is approved although somebody said no", id);
    if (a->time_us >= p->decide_by_us)
        SL_FOUND(a, "approval %S is approved after the time to decide was over", id);
    p->spend_by_us = sl_audit_time(a, leaf, "expires");
    if (p->envelope.times > 0 &&
        p->spend_by_us > a->time_us + p->envelope.for_s * UINT64_C(1000000))
        SL_FOUND(a, "envelope %S may be used for longer than was asked for", id);
    move(a, p, id, SL_APPROVAL_PENDING, SL_APPROVAL_APPROVED);
}

static void spent_in(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                     const json_t *leaf)
{
    p->session = sl_audit_u64(a, leaf, "session");
    p->action = sl_audit_u64(a, leaf, "action");
    const struct sl_audit_session *s = sl_map_get(a->sessions, sl_map_u64(&p->session));

    sl_audit_rows_spent(a, p, p->session);
    if (s == NULL)
        SL_FOUND(a, "approval %S is spent in session %U, which never began", id, p->session);
    else if (!sl_span_eq(s->identity, p->identity) || !sl_span_eq(s->target, p->target))
        SL_FOUND(a, "approval %S of '%S' on '%S' is spent by '%S' on '%S'", id, p->identity,
                 p->target, s->identity, s->target);
}

static void spent(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                  const json_t *leaf)
{
    if (p->state == SL_APPROVAL_SPENT)
        SL_FOUND(a, "approval %S is spent twice", id);
    else
        move(a, p, id, SL_APPROVAL_APPROVED, SL_APPROVAL_SPENT);
    if (p->spend_by_us != 0 && a->time_us > p->spend_by_us)
        SL_FOUND(a, "approval %S is spent after the time to spend it was over", id);
    check_votes(a, p, id, "spent");
    if (p->envelope.times > 0)
        sl_audit_envelope_use(a, p, id, leaf);
    if (!p->of_policy)
        spent_in(a, p, id, leaf);
}

static void live(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                 const char *what)
{
    if (p->state != SL_APPROVAL_PENDING && p->state != SL_APPROVAL_APPROVED)
        SL_FOUND(a, "approval %S is %s, but it was over: %s", id, what,
                 sl_approval_state_name(p->state));
}

static void shown(struct sl_audit *a, struct sl_span id, const json_t *leaf)
{
    struct sl_span name = sl_audit_str(a, leaf, "approver");

    if (sl_audit_identity(a, name) == NULL)
        SL_FOUND(a, "what approval %S is about was shown to '%S', who was never added", id, name);
}

/* What people still decide about stays. */
static void erased(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                   const json_t *leaf)
{
    if (p->state == SL_APPROVAL_PENDING || p->state == SL_APPROVAL_APPROVED)
        SL_FOUND(a, "what approval %S is about is erased, but it was %s", id,
                 sl_approval_state_name(p->state));
    sl_audit_governed_by(a, id, sl_json_str(leaf, "let_by"), leaf);
}

static void later_event(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                        unsigned event, const json_t *leaf)
{
    switch (event) {
    case SL_ENTRY_APPROVAL_JOINED:
    case SL_ENTRY_APPROVAL_LEFT:
        live(a, p, id, sl_entry_approval_event_name((enum sl_entry_approval_event)event));
        break;
    case SL_ENTRY_APPROVAL_QUESTION:
    case SL_ENTRY_APPROVAL_ANSWER:
        if (p->state != SL_APPROVAL_PENDING)
            SL_FOUND(a, "approval %S is talked about, but it was %s", id,
                     sl_approval_state_name(p->state));
        break;
    case SL_ENTRY_APPROVAL_ERASED:
        erased(a, p, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_SHOWN:
        shown(a, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_GRANTED:
        if (p->state != SL_APPROVAL_APPROVED)
            SL_FOUND(a, "approval %S is granted, but it was %s", id,
                     sl_approval_state_name(p->state));
        break;
    case SL_ENTRY_APPROVAL_DECIDED:
        sl_audit_decided(a, p, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_VOTE_LAPSED:
        vote_lapsed(a, p, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_ESCALATED:
        escalated(a, p, id);
        break;
    case SL_ENTRY_APPROVAL_REFUSED: /* nothing came of it */
        break;
    case SL_ENTRY_APPROVAL_APPROVED:
        approved(a, p, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_DENIED:
        if (!p->denied_by_vote)
            SL_FOUND(a, "approval %S is denied, but nobody said no", id);
        move(a, p, id, SL_APPROVAL_PENDING, SL_APPROVAL_DENIED);
        break;
    case SL_ENTRY_APPROVAL_EXPIRED:
        if (a->time_us < p->decide_by_us)
            SL_FOUND(a, "approval %S expires before its time", id);
        move(a, p, id, SL_APPROVAL_PENDING, SL_APPROVAL_EXPIRED);
        break;
    case SL_ENTRY_APPROVAL_CANCELLED:
        move(a, p, id, SL_APPROVAL_PENDING, SL_APPROVAL_CANCELLED);
        break;
    case SL_ENTRY_APPROVAL_REVOKED:
        move(a, p, id, SL_APPROVAL_APPROVED, SL_APPROVAL_REVOKED);
        break;
    case SL_ENTRY_APPROVAL_SPENT:
        spent(a, p, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_USED:
        check_votes(a, p, id, "used");
        sl_audit_envelope_use(a, p, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_LAPSED:
        move(a, p, id, SL_APPROVAL_APPROVED, SL_APPROVAL_LAPSED);
        break;
    default:
        SL_FOUND(a, "something happens to approval %S that is not known here", id);
    }
}

static unsigned event_of(struct sl_span name)
{
    unsigned event = 0;

    while (event < SL_ENTRY_APPROVAL_EVENT_COUNT &&
           !sl_span_is(name, sl_entry_approval_event_name((enum sl_entry_approval_event)event)))
        event++;
    return event;
}

void sl_audit_approval(struct sl_audit *a, const json_t *leaf)
{
    struct sl_span id = sl_audit_str(a, leaf, "approval");
    unsigned event = event_of(sl_json_str(leaf, "event"));
    struct sl_audit_approval *p = sl_map_get(a->approvals, id);
    uint8_t digest[SL_SHA256];

    if (event == SL_ENTRY_APPROVAL_ASKED) {
        if (p != NULL)
            SL_FOUND(a, "approval %S is asked twice", id);
        else
            sl_audit_asked(a, id, leaf);
        return;
    }
    if (p == NULL) {
        SL_FOUND(a, "approval %S was never asked", id);
        return;
    }
    if (!sl_audit_hex(a, leaf, "digest", digest, sizeof digest, true))
        return;
    if (!p->of_policy && event != SL_ENTRY_APPROVAL_SPENT) /* which looks more closely */
        sl_audit_said_session(a, leaf, p->identity, p->target);
    if (memcmp(digest, p->digest, sizeof digest) != 0)
        SL_FOUND(a, "approval %S is about another action here than when it was asked", id);
    later_event(a, p, id, event, leaf);
}
