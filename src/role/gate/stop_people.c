/* A result that no budget lets go on: asking people whether it may (P1, P2, P3). */
#include "role/gate/stop_int.h"

#include "role/gate/hold.h"
#include "role/gate/judging.h"
#include "role/gate/list.h"
#include "role/gate/meter.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"

static void wait_over(void *owner)
{
    struct session *s = owner;
    struct hold *h = s->stop == NULL ? NULL : s->stop->hold;

    if (h == NULL || h->phase > PHASE_HELD)
        return;
    hold_leave_of(s, h, 3, "the client's wait ended");
    hold_refused(h, "SL001", "nobody decided while this client could wait", "");
    stop_refuse_with_hold(s);
}

/* Whose budget ends here: what a person said before, the statement's own limits, the keeper's. */
static struct sl_span rule_of(const struct meter *m, uint64_t row_bytes)
{
    const struct sl_answer *a = &m->judged.verdict->answer;
    const struct sl_rule *rule = NULL;

    if (m->granted != 0 || meter_is_full(m))
        return sl_buf_span(&m->rule);
    if (a->row_limit != 0 && meter_rows(m) >= a->row_limit)
        rule = a->row_rule;
    else if (a->byte_limit != 0 && meter_bytes(m) + row_bytes > a->byte_limit)
        rule = a->byte_rule;
    else if (m->lease != NULL)
        return sl_buf_span(&m->lease->rule);
    return rule == NULL ? sl_span(NULL, 0) : rule->name;
}

static uint64_t before(const struct meter *m)
{
    uint64_t rows = meter_rows(m);

    return rows < SL_ROWS_UNKNOWN ? rows - m->rows : rows;
}

static enum sl_err say_continue(const struct session *s, struct sl_pg_bind *bind,
                                struct held_bytes *what)
{
    const struct meter *m = stop_meter(s);

    SL_TRY(meter_say(m, bind, what));
    what->over = (struct over_budget){.is = true,
                                      .rule = sl_buf_span(&m->rule),
                                      .continues = m->action,
                                      .delivered = m->rows,
                                      .before = before(m)};
    return SL_OK;
}

static bool judge_over(struct session *s, struct judged *over)
{
    struct meter *m = stop_meter(s);
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
    sl_buf_say(&message, "; stopped after %U rows", stop_meter(s)->rows);
    r.message = sl_buf_text(&message);
    r.detail = sl_buf_text(&detail);
    stop_refuse(s, &r);
}

/* Asked once for each stop; then it is proposed again, from the loop. */
static bool is_being_estimated(struct session *s, const struct meter *m,
                               const struct held_bytes *what)
{
    struct stop *t = s->stop;

    if (t->estimated)
        return false;
    t->estimated = true;
    t->aside = estimate_aside(s, &m->judged.meaning->m, what, m->listing, &t->show, stop_estimated);
    return t->aside != NULL;
}

static enum sl_err propose(struct session *s)
{
    struct meter *m = stop_meter(s);
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
    if (over.verdict->answer.enforced ==
        SL_DENY) { /* the stop is gone, there may be the next one */
        denied(s, &over);
        judged_done(&over);
        return SL_OK;
    }
    if (is_being_estimated(s, m, &what)) {
        judged_done(&over);
        return SL_OK;
    }
    enum sl_err e = hold_new(s, &over, &what, wait_over, &s->stop->hold);
    judged_done(&over);
    if (e == SL_OK)
        hold_propose(s, s->stop->hold);
    return e;
}

/* The keeper's count does not allow it, or there is nothing to ask it. */
void stop_ask_people(struct session *s)
{
    envelope_exceeded(s, "a result goes beyond a budget");
    if (s->stop->hold == NULL && propose(s) != SL_OK)
        stop_failed(s);
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
        h->spending = s->gate->keeper != NULL;
        if (h->spending)
            SL_SEND(s->gate->keeper, action_spend, .action = h->action,
                    .approval = sl_span_str(h->approval),
                    .digest = sl_span(h->digest, sizeof h->digest));
        return;
    }
    hold_leave_of(s, h, 3, "the action means something else now");
    hold_refused(h, "SL002", "definitions or policy changed while it waited", "");
    stop_refuse_with_hold(s);
}

/* The grant is spent: recorded before another row passes (P6). */
void stop_granted(struct session *s)
{
    struct meter *m = stop_meter(s);
    struct hold *h = s->stop->hold;
    struct sl_pg_bind bind;
    struct held_bytes what;

    enum sl_err e = say_continue(s, &bind, &what);
    if (e == SL_OK)
        e = record_continue(s, &h->judged, &what, h->uuid, h->action);
    if (e == SL_EFULL) {
        sl_timer_arm(s->stop->timer, STOP_RETRY_MS);
        return;
    }
    if (e != SL_OK) {
        session_fatal(s, "58030", "Sluice cannot record this statement, so it did not go on",
                      sl_err_text(e));
        return;
    }
    h->spending = false;
    sl_buf_put_le64(&m->grants, h->action);
    m->granted = h->rows > m->rows ? h->rows : m->rows + 1;
    lease_end(m->lease);
    m->lease = NULL;
    if (sl_buf_err(&m->grants) != SL_OK)
        stop_failed(s);
    else
        stop_go_on(s);
}

void stop_ask_again(struct session *s)
{
    struct hold *h = s->stop->hold;

    h->spending = false;
    hold_leave_of(s, h, 0, "asked again under what counts now");
    hold_drop(s, h);
    s->stop->hold = NULL;
    sl_timer_arm(s->stop->timer, STOP_RETRY_MS);
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
        stop_granted(s);
        return SL_OK;
    case SL_MESSAGE_ACTION_REFUSED:
        SL_TRY(hold_take_refused(h, body));
        stop_refuse_with_hold(s);
        return SL_OK;
    case SL_MESSAGE_ACTION_STALE: /* another policy is on its way */
        stop_ask_again(s);
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
    stop_refuse_with_hold(s);
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
        stop_refuse_with_hold(s);
        return;
    }
    if (hold_is_outdated(s, h)) {
        stop_ask_again(s);
        return;
    }
    h->phase = PHASE_PROPOSED;
    hold_propose(s, h);
}

void stop_propose_late(struct session *s)
{
    if (s->stop != NULL && s->stop->hold != NULL && s->stop->hold->unproposed)
        stop_again(s);
}
