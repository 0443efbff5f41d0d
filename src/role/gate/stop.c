/* A result that may not go on.
 *
 * Nothing more is read from the server, which stops by itself when its buffers are full. First the
 * keeper is asked for more of the budgets. When there is none, an action is proposed that continues
 * this one: the same statement, and how much of it has been delivered. A yes lets it go on up to a
 * number of rows; any other end swallows the rest and tells the client. */
#include "role/gate/stop_int.h"

#include "role/gate/item.h"
#include "role/gate/list.h"
#include "role/gate/login.h"
#include "role/gate/meter.h"
#include "role/gate/refuse.h"

#include <stdlib.h>

enum { CANCEL_AFTER_MS = 30 };

struct meter *stop_meter(const struct session *s)
{
    struct item *item = item_head((struct session *)s);

    return item == NULL ? NULL : item->meter;
}

static void stop_done(struct session *s)
{
    struct stop *t = s->stop;

    s->stop = NULL;
    estimate_aside_free(t->aside);
    sl_buf_done(&t->show);
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
        upstream_cancel_until_end(s);
}

void stop_refuse(struct session *s, const struct refusal *r)
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

void stop_refuse_with_hold(struct session *s)
{
    struct hold *h = s->stop->hold;
    SL_BUF(message, TEXT_MAX);
    SL_BUF(detail, TEXT_MAX);

    sl_buf_say(&message, "stopped after %U rows: %S", stop_meter(s)->rows,
               sl_buf_span(&h->message));
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

/* --- the next step --- */

/* Under another policy than the one that it was judged with, the limits are those of the new one;
 * one that does not allow the statement any more has nothing left for it. False: out of memory. */
static bool refresh(struct session *s, struct meter *m)
{
    if (m->granted != 0 || m->judged.verdict->generation == s->gate->generation)
        return true;
    struct verdict *fresh = verdict_of(s->gate, s, m->judged.meaning);
    if (fresh == NULL)
        return false;
    verdict_unref(m->judged.verdict);
    m->judged.verdict = fresh;
    m->withdrawn = fresh->answer.enforced != SL_ALLOW;
    lease_end(m->lease);
    m->lease = NULL;
    return true;
}

/* Is it the keeper's count that ends here, and nothing that is known without it? */
static bool needs_lease(const struct meter *m, uint64_t row_bytes)
{
    const struct sl_answer *a = &m->judged.verdict->answer;

    return m->granted == 0 && !m->withdrawn && !meter_is_full(m) && a->budget_count > 0 &&
           (a->row_limit == 0 || meter_rows(m) < a->row_limit) &&
           (a->byte_limit == 0 || meter_bytes(m) + row_bytes <= a->byte_limit);
}

void stop_go_on(struct session *s)
{
    stop_done(s);
    server_go_on(s);
}

static uint64_t lacking(uint64_t need, uint64_t have)
{
    return need > have ? need - have : 0;
}

static enum sl_err ask_lease(struct session *s, struct meter *m)
{
    struct stop *t = s->stop;
    struct sl_budget_use want = {.rows = m->rows + 1, .bytes = m->bytes + t->row_bytes};

    if (m->lease == NULL)
        m->lease = lease_new(s, &m->judged);
    if (m->lease == NULL)
        return SL_EMEMORY;
    struct sl_budget_use need = {.rows = lacking(1, m->lease->rows),
                                 .bytes = lacking(t->row_bytes, m->lease->bytes)};
    t->leased = true;
    t->exact = !m->lease->asked;
    if (t->exact)
        lease_ask(m->lease, &need, &want);
    return SL_OK;
}

void stop_failed(struct session *s)
{
    session_kill(s, "a result could not be stopped properly");
}

static void step(void *owner)
{
    struct session *s = owner;
    struct meter *m = stop_meter(s);

    if (s->dead || s->phase != PHASE_READY || s->stop == NULL || m == NULL ||
        s->stop->aside != NULL)
        return;
    if (meter_is_full(
            m)) /* from here, not from within the rows: what passed of them goes out first */
        envelope_exceeded(s, "a result has more rows than it lets pass each time");
    if (s->stop->hold != NULL && s->stop->hold->phase == PHASE_GRANTED)
        stop_granted(s);
    else if (s->stop->hold == NULL && refresh(s, m) && meter_lets(m, 1, s->stop->row_bytes))
        stop_go_on(s); /* another policy lets it, or what was asked for ahead has come */
    else if (!needs_lease(m, s->stop->row_bytes))
        stop_ask_people(s);
    else if (ask_lease(s, m) != SL_OK)
        stop_failed(s);
}

void stop_answered(struct session *s)
{
    struct meter *m = stop_meter(s);
    struct stop *t = s->stop;

    if (!t->leased || m == NULL || m->lease == NULL)
        return;
    t->leased = false;
    if (m->lease->stale)
        sl_timer_arm(t->timer, STOP_RETRY_MS);
    else if (!m->lease->used_up)
        stop_go_on(s);
    else if (!t->exact) /* it was asked ahead, for something else than this row */
        sl_timer_arm(t->timer, 0);
    else
        stop_ask_people(s);
}

void stop_estimated(void *session)
{
    struct session *s = session;

    estimate_aside_free(s->stop->aside);
    s->stop->aside = NULL;
    sl_timer_arm(s->stop->timer, 0);
}

struct sl_span stop_show(const struct session *s)
{
    return s->stop == NULL ? sl_span(NULL, 0) : sl_buf_span(&s->stop->show);
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
