/* SET sluice.request = 'new' | 'ask' | '<approval>' | '' and SHOW sluice.request. */
#include "role/gate/list.h"

#include "base/encode.h"
#include "role/gate/hold.h"
#include "role/gate/judging.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"
#include "role/gate/settings.h"

static enum take say_set(struct session *s)
{
    SL_BUF(b, 64);

    sl_pg_put_tag(&b, "SET");
    sl_pg_put_ready(&b, (enum sl_pg_ready)s->tx);
    server_say(s, sl_buf_span(&b));
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take no(struct session *s, const char *sqlstate, const char *message, const char *hint)
{
    struct refusal r = {.sqlstate = sqlstate, .message = message, .hint = hint};

    list_free(s);
    refuse_simple(s, &r);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take begin(struct session *s, const struct sl_envelope *bounds)
{
    if (list_new(s) == SL_OK) {
        s->list->bounds = *bounds;
        return say_set(s);
    }
    session_kill(s, "out of memory");
    return TAKE_DEAD;
}

/* --- asking ---------------------------------------------------------------------------------- */

static enum take denied(struct session *s)
{
    SL_BUF(message, 2048);
    SL_BUF(detail, 2048);
    SL_BUF(hint, 1024);
    SL_BUF(text, SL_LIST_MAX_BYTES + SL_LIST_MAX);
    struct list *l = s->list;

    for (size_t i = 0; i < l->count; i++) {
        sl_buf_put(&text, l->items[i].text);
        sl_buf_put_str(&text, "\n");
    }
    record_refusal(s, &l->whole, sl_buf_span(&text), NULL);
    refuse_denied(s, &l->whole, &message, &detail, &hint);
    return no(s, "42501", sl_buf_text(&message), sl_buf_text(&hint));
}

static bool streams_in(const struct list *l)
{
    return (l->whole.meaning->m.flags & SL_MEANING_COPY_IN) != 0;
}

/* An approval exists: it is noted here, and nobody waits for it yet. */
static enum take asked(struct session *s)
{
    struct list *l = s->list;

    memcpy(l->approval, s->hold->approval, sizeof l->approval);
    l->phase = LIST_ARMED;
    hold_leave(s, 0, "asked for; its statements come later");
    hold_free(s);
    return say_set(s);
}

static enum take ask_envelope(struct session *s)
{
    struct refusal r = {0};
    enum take t = envelope_ask(s, &r);

    if (t != TAKE_DONE)
        return t;
    if (r.message != NULL)
        return no(s, r.sqlstate, r.message, r.hint);
    list_free(s); /* refused, and told so */
    return TAKE_DONE;
}

static enum take ask(struct session *s)
{
    struct list *l = s->list;
    struct held_bytes what = {.list = l, .list_asks = true};

    if (l == NULL || l->phase != LIST_NOTING || l->count == 0)
        return no(s, "22023", "there is no list to ask for",
                  "SET sluice.request = 'new'; then send its statements, which are noted and not "
                  "run");
    if (s->tx != 'I' || s->unsynced)
        return no(s, "25001", "a list is asked for outside of a transaction", NULL);
    if (hold_is_held(s))
        return asked(s);
    if (l->bounds.times > 0)
        return ask_envelope(s);
    enum take t = list_judge(s);
    if (t != TAKE_DONE || s->list == NULL)
        return t;
    struct refusal odd;
    if (settings_are_misspelt(&l->whole, &odd))
        return no(s, odd.sqlstate, odd.message, odd.hint);
    if (streams_in(l))
        return no(s, "0A000", "COPY ... FROM STDIN cannot be part of a list: nobody saw the data",
                  "send it by itself");
    enum sl_verdict enforced = l->whole.verdict->answer.enforced;
    if (enforced != SL_HOLD)
        hold_moot(s);
    if (enforced == SL_DENY)
        return denied(s);
    if (enforced == SL_ALLOW)
        return no(s, "SL003", "nothing of this list is held: it needs no approval",
                  "run its statements");
    t = hold_take(s, &l->whole, &what);
    if (t == TAKE_DONE) /* refused, and told so */
        list_free(s);
    return t;
}

/* --- fetching -------------------------------------------------------------------------------- */

static void fetch(struct session *s)
{
    if (s->gate->keeper != NULL)
        SL_SEND(s->gate->keeper, list_ask, .session = s->keeper_session,
                .approval = sl_span_str(s->list->approval));
}

void list_ask_again(struct session *s)
{
    if (s->wait == WAIT_LIST)
        fetch(s);
}

static bool is_uuid(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((text.p[i] < '0' || text.p[i] > '9') && (text.p[i] < 'a' || text.p[i] > 'f') &&
            text.p[i] != '-')
            return false;
    return text.n == 36;
}

/* Comes again when the keeper has answered: then there is a list, or it says why not. */
static enum take arm(struct session *s, struct sl_span id)
{
    if (s->list != NULL && s->list->why[0] != '\0') {
        SL_BUF(why, 512);
        sl_buf_put_str(&why, s->list->why);
        return no(s, "22023", sl_buf_text(&why), NULL);
    }
    if (s->list != NULL && (s->list->count > 0 || s->list->template.n > 0) &&
        sl_span_is(id, s->list->approval)) {
        s->list->phase = LIST_ARMED;
        return say_set(s);
    }
    if (list_new(s) != SL_OK) {
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    memcpy(s->list->approval, id.p, 36);
    s->wait = WAIT_LIST;
    fetch(s);
    return TAKE_WAIT;
}

static enum sl_err take_list(struct session *s, const struct sl_msg_list *m)
{
    struct sl_span text;
    size_t at = 0;

    s->list->bounds = (struct sl_envelope){.times = m->times, .rows = m->rows, .for_s = m->for_s};
    span_set(&s->list->template, m->template);
    while (sl_ipc_list_next(&m->statements, &at, &text))
        SL_TRY(list_add(s->list, text));
    if ((s->list->count == 0) != (m->template.n > 0 && sl_envelope_is_bounded(&s->list->bounds)))
        return SL_EMALFORMED;
    span_set(&s->reason, m->reason);
    span_set(&s->run, m->run);
    span_set(&s->sink, m->sink);
    return SL_OK;
}

void list_keeper(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_list m;

    if (sl_msg_list_get(p->body, &m) != SL_OK) {
        sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    struct session *s = sl_map_get(g->by_keeper, sl_map_u64(&m.session));
    if (s == NULL || s->dead || s->wait != WAIT_LIST || s->list == NULL || s->list->count > 0)
        return;
    bool other_run = m.template.n > 0 && !sl_span_eq(m.run, s->run);
    if (m.why.n > 0 || other_run || take_list(s, &m) != SL_OK) {
        struct sl_span why = m.why.n > 0 ? m.why
                             : other_run ? SL_SPAN("this envelope is for another run: first SET "
                                                   "sluice.run to the one that it was asked for")
                                         : SL_SPAN("the list could not be taken over");
        memcpy(s->list->why, why.p, why.n < sizeof s->list->why ? why.n : sizeof s->list->why - 1);
    }
    session_resume(s, WAIT_LIST);
}

/* --- both ------------------------------------------------------------------------------------ */

struct sl_span list_show(const struct session *s)
{
    return s->list == NULL ? sl_span("", 0) : sl_span_str(s->list->approval);
}

enum take list_set(struct session *s, struct sl_span value)
{
    static const struct sl_span words = {(const uint8_t *)"envelope ", 9};
    struct sl_envelope bounds = {0};

    if (sl_span_is(value, "new"))
        return begin(s, &bounds);
    if (sl_span_starts(value, words)) {
        if (sl_envelope_get(sl_span_from(value, words.n), &bounds) == SL_OK)
            return begin(s, &bounds);
        return no(s, "22023",
                  "an envelope says how often, how many rows each time and for how long: "
                  "'envelope 20 times 500 rows 20m'",
                  "at most 1000 times, 1000000 rows and 8h");
    }
    if (sl_span_is(value, "ask"))
        return ask(s);
    if (is_uuid(value))
        return arm(s, value);
    list_free(s);
    if (value.n == 0)
        return say_set(s);
    return no(s, "22023",
              "sluice.request is 'new', 'envelope ...', 'ask', the id of an approval, or ''", NULL);
}
