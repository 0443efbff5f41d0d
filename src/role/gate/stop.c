/* A result that may not go on.
 *
 * Nothing more is read from the server, which stops by itself when its buffers are full. First the
 * keeper is asked for more of the budgets. When there is none, an action is proposed that continues
 * this one: the same statement, and how much of it has been delivered. A yes lets it go on up to a
 * number of rows; any other end swallows the rest and tells the client. */
#include "role/gate/budget.h"

#include "os/clock.h"
#include "role/gate/hold_int.h"

#include <stdlib.h>

enum { RETRY_MS = 40, CANCEL_AFTER_MS = 30 };

struct stop {
    uint64_t row_bytes;     /* of the row that must wait */
    struct hold *hold;      /* NULL: people were not asked yet */
    bool leased;            /* the keeper's answer is awaited */
    struct sl_timer *timer; /* the next step, from the loop */
};

static struct meter *meter_of(const struct session *s)
{
    struct item *item = item_head((struct session *)s);

    return item == NULL ? NULL : item->meter;
}

static void stop_done(struct session *s)
{
    struct stop *t = s->stop;

    s->stop = NULL;
    hold_drop(s, t->hold);
    sl_timer_free(t->timer);
    free(t);
}

/* --- the end --- */

static void say_why(struct session *s, const struct refusal *r)
{
    struct sl_pg_notice n = {
        .severity = SL_SPAN("ERROR"),
        .sqlstate = sl_span_str(r->sqlstate),
        .message = sl_span_str(r->message),
        .detail = r->detail == NULL ? sl_span(NULL, 0) : sl_span_str(r->detail),
        .hint = r->hint == NULL ? sl_span(NULL, 0) : sl_span_str(r->hint),
    };

    sl_buf_done(&s->cut);
    s->cut = sl_buf(4 * TEXT_MAX);
    sl_pg_put_error(&s->cut, &n);
    memcpy(s->cut_sqlstate, r->sqlstate, sizeof s->cut_sqlstate);
}

/* Most often the server has sent all of it already: it is cancelled only when it has not. */
static void cancel_late(void *owner)
{
    struct session *s = owner;
    struct item *item = s->dead ? NULL : item_head(s);

    if (item != NULL && (item->flags & ITEM_CUT) != 0 && !s->muted)
        upstream_cancel_counted(s);
}

static void stop_refuse(struct session *s, const struct refusal *r)
{
    say_why(s, r);
    stop_done(s);
    item_head(s)->flags |= ITEM_CUT;
    if (sl_buf_err(&s->cut) != SL_OK ||
        (s->cut_timer == NULL &&
         sl_timer_new(s->gate->loop, cancel_late, s, &s->cut_timer) != SL_OK)) {
        session_kill(s, "out of memory");
        return;
    }
    sl_timer_arm(s->cut_timer, CANCEL_AFTER_MS);
    server_go_on(s);
}

static void refuse_with_hold(struct session *s)
{
    struct hold *h = s->stop->hold;
    SL_BUF(message, TEXT_MAX);
    SL_BUF(detail, TEXT_MAX);

    sl_buf_say(&message, "stopped after %U rows: %S", meter_of(s)->rows, sl_buf_span(&h->message));
    sl_buf_put(&detail, sl_buf_span(&h->detail));
    struct refusal r = {.sqlstate = h->sqlstate,
                        .message = sl_buf_text(&message),
                        .detail = detail.n == 0 ? NULL : sl_buf_text(&detail),
                        .hint =
                            "the rows before this came out of your budget or were approved; ask "
                            "for fewer rows, or for a larger budget"};
    stop_refuse(s, &r);
}

static void leave(struct session *s, uint8_t how, const char *why)
{
    if (s->stop->hold != NULL)
        hold_leave_of(s, s->stop->hold, how, why);
}

void stop_free(struct session *s, const char *why)
{
    if (s->stop == NULL)
        return;
    leave(s, 3, why); /* nobody can continue it any more */
    stop_done(s);
}

void stop_cancel(struct session *s)
{
    struct refusal r = {.sqlstate = "57014",
                        .message = "canceling statement due to user request",
                        .detail = "it had stopped at the end of a budget"};

    leave(s, 1, "cancelled by the client");
    stop_refuse(s, &r);
}

static void wait_over(void *owner)
{
    struct session *s = owner;
    struct hold *h = s->stop == NULL ? NULL : s->stop->hold;

    if (h == NULL || h->phase > PHASE_HELD)
        return;
    hold_leave_of(s, h, 3, "the client's wait ended");
    hold_refused(h, "SL001", "nobody decided while this client could wait", "");
    refuse_with_hold(s);
}

/* --- asking people --- */

/* Whose budget ends here: what a person said before, the statement's own limits, the keeper's. */
static struct sl_span rule_of(const struct meter *m, uint64_t row_bytes)
{
    const struct sl_answer *a = &m->judged.verdict->answer;
    const struct sl_rule *rule = NULL;

    if (m->granted != 0)
        return sl_buf_span(&m->rule);
    if (a->row_limit != 0 && m->rows >= a->row_limit)
        rule = a->row_rule;
    else if (a->byte_limit != 0 && m->bytes + row_bytes > a->byte_limit)
        rule = a->byte_rule;
    else if (m->lease != NULL)
        return sl_buf_span(&m->lease->rule);
    return rule == NULL ? sl_span(NULL, 0) : rule->name;
}

static enum sl_err say_continue(const struct session *s, struct sl_pg_bind *bind,
                                struct held_bytes *what)
{
    const struct meter *m = meter_of(s);

    SL_TRY(meter_say(m, bind, what));
    what->over = (struct over_budget){
        .is = true, .rule = sl_buf_span(&m->rule), .continues = m->action, .delivered = m->rows};
    return SL_OK;
}

static bool judge_over(struct session *s, struct judged *over)
{
    struct meter *m = meter_of(s);
    struct sl_span name = sl_buf_span(&m->rule);

    return judged_over(s, &m->judged, name.n == 0 ? NULL : sl_config_rule(s->gate->config, name),
                       over);
}

static void denied(struct session *s, const struct judged *over)
{
    SL_BUF(message, TEXT_MAX);
    SL_BUF(detail, TEXT_MAX);
    SL_BUF(hint, 1024);
    struct refusal r = {.sqlstate = "42501"};

    refuse_denied(s, over, &message, &detail, &hint);
    sl_buf_say(&message, "; stopped after %U rows", meter_of(s)->rows);
    r.message = sl_buf_text(&message);
    r.detail = sl_buf_text(&detail);
    stop_refuse(s, &r);
}

static enum sl_err propose(struct session *s)
{
    struct meter *m = meter_of(s);
    struct sl_pg_bind bind;
    struct held_bytes what;
    struct judged over = {0};
    SL_BUF(rule, 4096);

    sl_buf_put(&rule, rule_of(m, s->stop->row_bytes));
    sl_buf_reset(&m->rule);
    sl_buf_put(&m->rule, sl_buf_span(&rule));
    SL_TRY(sl_buf_err(&m->rule));
    SL_TRY(say_continue(s, &bind, &what));
    if (!judge_over(s, &over))
        return SL_EMEMORY;
    enum sl_err e = SL_OK;
    if (over.verdict->answer.enforced == SL_DENY)
        denied(s, &over);
    else
        e = hold_new(s, &over, &what, wait_over, &s->stop->hold);
    judged_done(&over);
    if (e == SL_OK && s->stop != NULL)
        hold_propose(s, s->stop->hold);
    return e;
}

/* --- the next step --- */

/* Under another policy than the one that it was judged with, the limits are those of the new one.
 */
static bool refresh(struct session *s, struct meter *m)
{
    if (m->granted != 0 || m->judged.verdict->generation == s->gate->generation)
        return false;
    struct verdict *fresh = verdict_of(s->gate, s, m->judged.meaning);
    if (fresh == NULL)
        return false;
    verdict_unref(m->judged.verdict);
    m->judged.verdict = fresh;
    lease_end(m->lease);
    m->lease = NULL;
    return true;
}

/* Is it the keeper's count that ends here, and nothing that is known without it? */
static bool needs_lease(const struct meter *m, uint64_t row_bytes)
{
    const struct sl_answer *a = &m->judged.verdict->answer;

    return m->granted == 0 && a->budget_count > 0 &&
           (a->row_limit == 0 || m->rows < a->row_limit) &&
           (a->byte_limit == 0 || m->bytes + row_bytes <= a->byte_limit);
}

static void go_on(struct session *s)
{
    stop_done(s);
    server_go_on(s);
}

static enum sl_err ask_lease(struct session *s, struct meter *m)
{
    struct stop *t = s->stop;
    struct sl_budget_use need = {.rows = 1, .bytes = t->row_bytes},
                         want = {.rows = m->rows + 1, .bytes = m->bytes + t->row_bytes};

    if (m->lease == NULL)
        m->lease = lease_new(s, &m->judged);
    if (m->lease == NULL)
        return SL_EMEMORY;
    t->leased = true;
    if (!m->lease->asked)
        lease_ask(m->lease, &need, &want);
    return SL_OK;
}

static void failed(struct session *s)
{
    session_kill(s, "a result could not be stopped properly");
}

/* The keeper's count does not allow it, or there is nothing to ask it. */
static void ask_people(struct session *s)
{
    if (s->stop->hold == NULL && propose(s) != SL_OK)
        failed(s);
}

static void grant_recorded(struct session *s);

static void step(void *owner)
{
    struct session *s = owner;
    struct meter *m = meter_of(s);

    if (s->dead || s->phase != PHASE_READY || s->stop == NULL || m == NULL)
        return;
    if (s->stop->hold != NULL && s->stop->hold->phase == PHASE_GRANTED)
        grant_recorded(s);
    else if (s->stop->hold == NULL && (refresh(s, m) || meter_lets(m, 1, s->stop->row_bytes)))
        go_on(s); /* another policy, or what was asked for ahead has come */
    else if (!needs_lease(m, s->stop->row_bytes))
        ask_people(s);
    else if (ask_lease(s, m) != SL_OK)
        failed(s);
}

void stop_answered(struct session *s)
{
    struct meter *m = meter_of(s);
    struct stop *t = s->stop;

    if (!t->leased || m == NULL || m->lease == NULL)
        return;
    t->leased = false;
    if (m->lease->stale)
        sl_timer_arm(t->timer, RETRY_MS);
    else if (!m->lease->used_up)
        go_on(s);
    else if (m->lease->need.bytes < t->row_bytes) /* that was asked ahead, for less than this row */
        sl_timer_arm(t->timer, 0);
    else
        ask_people(s);
}

void stop_begin(struct session *s, uint64_t row_bytes)
{
    struct stop *t = calloc(1, sizeof *t);

    if (t == NULL || sl_timer_new(s->gate->loop, step, s, &t->timer) != SL_OK) {
        free(t);
        session_kill(s, "out of memory");
        return;
    }
    t->row_bytes = row_bytes;
    s->stop = t;
    stream_pause(&s->server, true);
    sl_timer_arm(t->timer, 0);
}

/* --- the keeper's answers --- */

bool stop_is_of(const struct session *s, uint64_t action)
{
    return s->stop != NULL && s->stop->hold != NULL && s->stop->hold->action == action;
}

/* What was shown is what goes on (P3): the same bytes, under the policy of now. */
static enum sl_err check(struct session *s, struct judged *over)
{
    struct hold *h = s->stop->hold;
    struct sl_pg_bind bind;
    struct held_bytes what;
    SL_BUF(operation, OPERATION_MAX);
    uint8_t digest[SL_SHA256];

    SL_TRY(say_continue(s, &bind, &what));
    if (!judge_over(s, over))
        return SL_EMEMORY;
    SL_TRY(hold_put_operation(&operation, &what));
    SL_TRY(hold_digest(s, h, over, sl_buf_span(&operation), digest));
    return over->verdict->answer.enforced == SL_HOLD &&
                   memcmp(digest, h->digest, sizeof digest) == 0
               ? SL_OK
               : SL_EDENIED;
}

static void spend(struct session *s)
{
    struct hold *h = s->stop->hold;
    struct judged over = {0};
    enum sl_err e = check(s, &over);

    judged_done(&over);
    if (e == SL_OK) {
        h->phase = PHASE_OFFERED;
        if (s->gate->keeper != NULL)
            SL_SEND(s->gate->keeper, action_spend, .action = h->action,
                    .approval = sl_span_str(h->approval),
                    .digest = sl_span(h->digest, sizeof h->digest));
        return;
    }
    hold_leave_of(s, h, 3, "the action means something else now");
    hold_refused(h, "SL002", "definitions or policy changed while it waited", "");
    refuse_with_hold(s);
}

/* The grant is spent: recorded before another row passes (P6). */
static void grant_recorded(struct session *s)
{
    struct meter *m = meter_of(s);
    struct hold *h = s->stop->hold;
    struct sl_pg_bind bind;
    struct held_bytes what;

    enum sl_err e = say_continue(s, &bind, &what);
    if (e == SL_OK)
        e = record_continue(s, &h->judged, &what, h->uuid, h->action);
    if (e == SL_EFULL) {
        sl_timer_arm(s->stop->timer, RETRY_MS);
        return;
    }
    if (e != SL_OK) {
        session_fatal(s, "58030", "Sluice cannot record this statement, so it did not go on",
                      sl_err_text(e));
        return;
    }
    sl_buf_put_le64(&m->grants, h->action);
    m->granted = h->rows > m->rows ? h->rows : m->rows + 1;
    lease_end(m->lease);
    m->lease = NULL;
    if (sl_buf_err(&m->grants) != SL_OK)
        failed(s);
    else
        go_on(s);
}

static enum sl_err take(struct session *s, enum sl_message type, struct sl_span body)
{
    struct hold *h = s->stop->hold;
    struct sl_msg_action_offer offer;
    struct sl_msg_action_go go;

    switch (type) {
    case SL_MESSAGE_ACTION_HELD:
        return hold_take_held(s, h, body);
    case SL_MESSAGE_ACTION_OFFER:
        SL_TRY(sl_msg_action_offer_get(body, &offer));
        if (h->phase != PHASE_HELD || !sl_span_is(offer.approval, h->approval))
            return SL_ESTATE;
        spend(s);
        return SL_OK;
    case SL_MESSAGE_ACTION_GO:
        SL_TRY(sl_msg_action_go_get(body, &go));
        if (h->phase != PHASE_OFFERED || !sl_span_is(go.approval, h->approval))
            return SL_ESTATE;
        h->phase = PHASE_GRANTED;
        h->rows = go.rows;
        grant_recorded(s);
        return SL_OK;
    case SL_MESSAGE_ACTION_REFUSED:
        SL_TRY(hold_take_refused(h, body));
        refuse_with_hold(s);
        return SL_OK;
    case SL_MESSAGE_ACTION_STALE: /* another policy is on its way: asked again, all of it */
        hold_drop(s, h);
        s->stop->hold = NULL;
        sl_timer_arm(s->stop->timer, RETRY_MS);
        return SL_OK;
    default:
        return SL_EUNSUPPORTED;
    }
}

void stop_keeper(struct session *s, enum sl_message type, struct sl_span body)
{
    enum sl_err e = take(s, type, body);

    if (e == SL_OK || s->stop == NULL || s->stop->hold == NULL)
        return;
    sl_log(SL_LOG_ERROR, "hold_refused", SL_NUM("session", s->id),
           SL_CSTR("message", sl_ipc_name(type)), SL_CSTR("why", sl_err_text(e)));
    hold_leave_of(s, s->stop->hold, 3, "the gate's check failed");
    hold_refused(s->stop->hold, "XX000", "Sluice's own check of this approval failed", "");
    refuse_with_hold(s);
}

/* A new keeper knows the approval, not that somebody waits. Spent or not cannot be known once it
 * was offered (P11). */
void stop_again(struct session *s)
{
    struct hold *h = s->stop == NULL ? NULL : s->stop->hold;

    if (h == NULL || h->phase == PHASE_GRANTED)
        return;
    if (h->phase == PHASE_OFFERED) {
        hold_refused(h, "08007", "the approval may have been spent when Sluice's keeper ended", "");
        refuse_with_hold(s);
        return;
    }
    h->phase = PHASE_PROPOSED;
    hold_propose(s, h);
}
