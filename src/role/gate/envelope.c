/* An envelope (docs/envelopes.md): one approval for many runs of one template.
 *
 * Each run is an action of its own that is held as any other; only that what is proposed is the
 * template of its very bytes with the bounds, so that it joins the approval of the envelope and no
 * other, and that the keeper spends one use of it instead of a grant. Whatever else comes in a
 * session that has taken it up ends it.
 */
#include "role/gate/list.h"

#include "role/gate/budget.h"
#include "role/gate/hold_int.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/query.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"
#include "role/gate/stop_int.h"

bool envelope_is(const struct session *s)
{
    return s->list != NULL && s->list->bounds.times > 0 && s->list->phase != LIST_NOTING;
}

/* --- its end --------------------------------------------------------------------------------- */

static void say_over(struct session *s, const char *approval, const char *why)
{
    SL_BUF(b, 4096);
    SL_BUF(message, 2048);

    sl_buf_say(&message, "the envelope ended: %s", why);
    struct sl_pg_notice n = {
        .severity = SL_SPAN("NOTICE"),
        .sqlstate = SL_SPAN("SL003"),
        .message = sl_buf_span(&message),
        .detail = sl_span_str(approval),
        .hint = SL_SPAN("from here on each statement is judged by itself; ask anew for another"),
    };
    sl_pg_put_notice(&b, &n);
    if (sl_buf_err(&b) == SL_OK)
        server_say_now(s, sl_buf_span(&b));
}

/* A use that is under way never becomes another action's grant. */
static void drop_use(struct session *s)
{
    if (s->hold == NULL || !s->hold->is_envelope)
        return;
    hold_leave(s, 0, "the envelope ended");
    hold_free(s);
}

/* The keeper knows, or nobody has to. */
static void over(struct session *s, const char *why)
{
    char approval[37];
    SL_BUF(copy, 1024);

    memcpy(approval, s->list->approval, sizeof approval);
    sl_buf_put_str(&copy, why);
    drop_use(s);
    list_free(s);
    say_over(s, approval, sl_buf_text(&copy));
}

static void tell_keeper(struct session *s, const char *approval, const char *why)
{
    if (s->gate->keeper != NULL)
        SL_SEND(s->gate->keeper, envelope_end, .session = s->keeper_session,
                .approval = sl_span_str(approval), .why = sl_span_str(why));
}

void envelope_end(struct session *s, const char *why)
{
    tell_keeper(s, s->list->approval, why);
    over(s, why);
}

void envelope_exceeded(struct session *s, const char *why)
{
    struct meter *m = stop_meter(s);
    char approval[37];

    if (m == NULL || m->envelope[0] == '\0')
        return;
    memcpy(approval, m->envelope, sizeof approval);
    m->envelope[0] = '\0'; /* what lets it go on now is somebody's yes to that */
    if (envelope_is(s) && strcmp(s->list->approval, approval) == 0)
        envelope_end(s, why);
    else
        tell_keeper(s, approval, why);
}

/* --- asking ---------------------------------------------------------------------------------- */

static enum take refuse(struct refusal *no, const char *sqlstate, const char *message,
                        const char *hint)
{
    *no = (struct refusal){.sqlstate = sqlstate, .message = message, .hint = hint};
    return TAKE_DONE;
}

static enum take ask(struct session *s, const struct judged *j, struct refusal *no)
{
    struct list *l = s->list;
    struct held_bytes what = {.text = l->items[0].text, .envelope = l, .list_asks = true};
    const char *why = sl_envelope_objection(&j->meaning->m);
    SL_BUF(template, SL_ENVELOPE_MAX_TEMPLATE);

    if (j->verdict->answer.enforced == SL_DENY) { /* an attempt is history, however it is asked */
        record_refusal(s, j, what.text, NULL);
        return refuse(no, "42501", "policy denies this statement",
                      "an envelope is for what policy holds");
    }
    if (why != NULL)
        return refuse(no, "0A000", why, "what is not proven is no template; ask for it by itself");
    if (sl_envelope_put_template(&template, what.text) != SL_OK)
        return refuse(no, "0A000",
                      "a template is plain SQL without comments and parameters, with "
                      "plain literals, of at most 16 kB",
                      NULL);
    if (j->verdict->answer.enforced == SL_ALLOW)
        return refuse(no, "SL003", "it is not held: it needs no approval", "run it");
    span_set(&l->template, sl_buf_span(&template));
    return hold_take(s, j, &what);
}

enum take envelope_ask(struct session *s, struct refusal *no)
{
    struct judged j = {0};

    if (s->list->count != 1)
        return refuse(no, "22023", "an envelope has one statement as its template", NULL);
    if (s->run.n == 0)
        return refuse(no, "22023", "an envelope is for one run, and this session names none",
                      "SET sluice.run = 'name'; then ask again");
    enum take t = action_judge(s, s->list->items[0].text, NULL, &j);
    if (t != TAKE_DONE)
        return t;
    t = ask(s, &j, no);
    if (t == TAKE_WAIT && s->wait != WAIT_INTERNAL)
        judged_keep(s, &j);
    judged_done(&j);
    return t;
}

/* --- using it -------------------------------------------------------------------------------- */

static bool is_of_template(const struct list *l, struct sl_span text)
{
    SL_BUF(template, SL_ENVELOPE_MAX_TEMPLATE);

    return sl_envelope_put_template(&template, text) == SL_OK &&
           sl_span_eq(sl_buf_span(&template), l->template);
}

/* Why this statement is none of it; NULL: nothing that can be seen from here. What it means, what
 * policy, labels and the session are, is in the digest that the keeper compares. */
static const char *deviation(const struct session *s, const struct judged *j, struct sl_span text)
{
    if (s->unsynced)
        return "a pipeline without its Sync is open";
    if (!is_of_template(s->list, text))
        return "a statement that is not of its template";
    if (j->verdict->answer.enforced != SL_HOLD)
        return "policy says something else to its template now";
    return sl_envelope_objection(&j->meaning->m);
}

/* Its client gave up, or nobody can know whether a use was spent: that is the answer. Any other no
 * is about the envelope. */
static bool is_own_end(const struct hold *h)
{
    return strcmp(h->sqlstate, "57014") == 0 || strcmp(h->sqlstate, "SL001") == 0 ||
           strcmp(h->sqlstate, "08007") == 0;
}

static enum take use(struct session *s, const struct judged *j, struct sl_span text,
                     struct sl_span whole, bool *taken)
{
    struct held_bytes what = {.text = text, .envelope = s->list};

    if (s->hold != NULL && s->hold->phase == PHASE_REFUSED && !is_own_end(s->hold)) {
        SL_BUF(why, 1024);

        sl_buf_put(&why, sl_buf_span(&s->hold->message));
        over(s, sl_buf_text(&why));
        *taken = false;
        return TAKE_DONE;
    }
    enum take t = hold_take(s, j, &what);
    if (t != TAKE_DONE)
        return t;
    return hold_is_granted(s) ? query_send(s, j, &what, whole) : TAKE_DONE;
}

enum take envelope_take(struct session *s, struct sl_span text, struct sl_span whole, bool *taken)
{
    struct judged j = {0};

    *taken = s->list->phase != LIST_OVER;
    if (!*taken) {
        over(s, s->list->why);
        return TAKE_DONE;
    }
    if (s->item_count > 0)
        return wait_for_answers(s); /* an unknown outcome ends it */
    enum take t = action_judge(s, text, NULL, &j);
    if (t != TAKE_DONE)
        return t;
    const char *why = deviation(s, &j, text);
    *taken = why == NULL;
    if (why == NULL)
        t = use(s, &j, text, whole, taken);
    else if ((j.meaning->m.flags & SL_MEANING_ONLY_CONTROL) == 0)
        envelope_end(s, why);
    if (!*taken || (t == TAKE_WAIT && s->wait != WAIT_INTERNAL))
        judged_keep(s, &j);
    judged_done(&j);
    return t;
}
