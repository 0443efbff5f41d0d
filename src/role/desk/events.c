/* Server-sent events. The keeper tells the desk that something happened to an approval; whether
 * this person may know of it the keeper alone can say, so each event is asked about again with the
 * listener's own credential, and what the keeper shows him is what he is sent.
 *
 * The last SL_DESK_EVENTS_KEPT events are kept. A listener that was away longer, or that comes back
 * after the keeper was replaced, is sent `reset`: what he knows may be out of date, and he lists
 * again.
 */
#include "role/desk/desk_int.h"

#include "base/encode.h"
#include "os/clock.h"
#include "os/log.h"
#include "json/json.h"

enum {
    PUMP_PAUSE_BYTES = 256 * 1024,
    REST_MS = 1000, /* before the keeper is asked again what it could not answer */
};

static struct sl_desk_event *event_at(struct sl_desk *d, uint64_t number)
{
    return &d->events[number % SL_DESK_EVENTS_KEPT];
}

static uint64_t oldest(const struct sl_desk *d)
{
    return d->last_event < SL_DESK_EVENTS_KEPT ? 1 : d->last_event - SL_DESK_EVENTS_KEPT + 1;
}

static void send_event(struct sl_desk_conn *c, uint64_t number, struct sl_span name,
                       struct sl_span data)
{
    SL_BUF(text, SL_DESK_MAX_OUT);

    sl_buf_say(&text, "id: %s-%U\nevent: %S\ndata: %S\n\n", c->desk->epoch, number, name, data);
    sl_http1_put_chunk(&c->out, sl_buf_span(&text));
    c->request->heartbeat_ms = sl_loop_now_ms(c->desk->loop) + SL_DESK_HEARTBEAT_MS;
    if (c->deadline_ms == 0)
        sl_desk_conn_deadline(c, SL_DESK_WRITE_MS);
    if (sl_buf_err(&text) != SL_OK || sl_buf_err(&c->out) != SL_OK)
        sl_desk_conn_end(c);
}

static void send_reset(struct sl_desk_conn *c)
{
    c->request->next_event = c->desk->last_event + 1;
    send_event(c, c->desk->last_event, SL_SPAN("reset"), SL_SPAN("{}"));
}

/* Of a question or an answer: its words, which are the last that were said when it happened, or
 * later ones. */
static int put_said(json_t *out, const struct sl_desk_event *e, const json_t *approval)
{
    json_t *said = json_object_get(approval, "messages");
    bool is_said = strcmp(e->kind, "question") == 0 || strcmp(e->kind, "answer") == 0;

    if (!is_said || json_array_size(said) == 0)
        return 0;
    return json_object_set(out, "said", json_array_get(said, json_array_size(said) - 1));
}

/* What an event carries of the approval; short, and all of it as the keeper shows it to this
 * person. */
static json_t *excerpt(const struct sl_desk_event *e, const json_t *approval)
{
    static const char *const members[] = {
        "state_text", "identity",    "target",         "environment", "summary", "reason",
        "effects",    "expires_at",  "may_decide",     "mine",        "why",     "delivered",
        "reviewers",  "may_not_why", "may_not_reason", "break_glass"};
    json_t *out = json_object();
    int bad = out == NULL;

    bad |= json_object_set_new(out, "id", json_stringn(e->approval, sizeof e->approval));
    bad |= json_object_set_new(out, "kind", json_string(e->kind));
    bad |= json_object_set_new(out, "state", json_string(e->state));
    for (size_t i = 0; i < SL_COUNT(members); i++) {
        json_t *value = json_object_get(approval, members[i]);
        if (value != NULL)
            bad |= json_object_set(out, members[i], value);
    }
    bad |= put_said(out, e, approval);
    if (json_object_get(approval, "delivered") != NULL &&
        json_object_get(approval, "show") != NULL) /* of how many */
        bad |= json_object_set(out, "show", json_object_get(approval, "show"));
    if (bad) {
        json_decref(out);
        return NULL;
    }
    return out;
}

static void tell(struct sl_desk_conn *c, const struct sl_desk_event *e, struct sl_span body)
{
    json_t *approval = NULL, *out = NULL;
    SL_BUF(data, 1024 * 1024);

    if (sl_json_read(body, &approval, NULL) == SL_OK)
        out = excerpt(e, approval);
    if (out != NULL && sl_json_canonical(&data, out) == SL_OK)
        send_event(c, e->number, sl_span_str(e->kind), sl_buf_span(&data));
    else
        sl_desk_conn_end(
            c); /* an event is sent whole or the stream ends: nobody misses one unknowingly */
    json_decref(out);
    json_decref(approval);
}

/* --- is this listener still who may listen? --- */

static void on_looked(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    (void)body;
    if (c->phase != SL_DESK_STREAMING)
        return;
    c->request->looking = false;
    if (status == 401 || status == 403) /* over, or its person is disabled or paused */
        sl_desk_stream_end(c);
}

static void look_at_listener(struct sl_desk_conn *c)
{
    struct sl_desk_request *r = c->request;

    if (r->looking)
        return;
    r->looking = true;
    sl_desk_ask(c, r->route->call, SL_SPAN("{}"), on_looked);
}

/* --- one event after the other --- */

static void on_shown(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    struct sl_desk *d = c->desk;
    struct sl_desk_request *r = c->request;
    uint64_t number = r->asked_event;

    r->asked_event = 0;
    if (status == 503 || status == 504 || status == 429) {
        r->next_event = number;
        r->rest_until_ms = sl_loop_now_ms(d->loop) + REST_MS; /* the tick asks again */
        return;
    }
    if (status == 401) {
        sl_desk_stream_end(c);
        return;
    }
    if (status == 403) /* this may be about the event only */
        look_at_listener(c);
    if (c->phase != SL_DESK_STREAMING)
        return;
    if (number < oldest(d)) {
        send_reset(c);
        return;
    }
    if (status == 200)
        tell(c, event_at(d, number), body);
    if (c->phase == SL_DESK_STREAMING)
        sl_desk_events_pump(c);
}

/* What one person did alone, and who looked at it: it has no state, and may be no approval. */
static bool is_about_review(const struct sl_desk_event *e)
{
    return e->state[0] == '\0';
}

/* The next event that this listener was not told of, one question at a time. */
void sl_desk_events_pump(struct sl_desk_conn *c)
{
    struct sl_desk *d = c->desk;
    struct sl_desk_request *r = c->request;
    SL_BUF(body, 128);

    if (r->asked_event != 0 || r->next_event > d->last_event || c->out.n > PUMP_PAUSE_BYTES ||
        d->keeper == NULL || sl_loop_now_ms(d->loop) < r->rest_until_ms)
        return;
    if (r->next_event < oldest(d)) {
        send_reset(c);
        return;
    }
    r->asked_event = r->next_event++;
    const struct sl_desk_event *e = event_at(d, r->asked_event);
    const char *method = is_about_review(e) ? "review.get" : "approval.get";
    sl_buf_say(&body, is_about_review(e) ? "{\"id\":\"%S\"}" : "{\"brief\":true,\"id\":\"%S\"}",
               sl_span(e->approval, SL_DESK_ID_BYTES));
    sl_desk_ask(c, method, sl_buf_span(&body), on_shown);
}

/* Where the listener left off: the number after the dash, when the epoch is still ours. */
static bool resume(struct sl_desk_conn *c)
{
    struct sl_desk *d = c->desk;
    struct sl_span last = sl_span_str(c->request->last_event);
    size_t dash = sl_span_find(last, '-');
    uint64_t number = 0;

    if (!sl_span_is(sl_span_head(last, dash), d->epoch) ||
        sl_span_u64(sl_span_from(last, dash + 1), &number) != SL_OK || number > d->last_event ||
        number + 1 < oldest(d))
        return false;
    c->request->next_event = number + 1;
    return true;
}

static bool has_room(struct sl_desk_conn *c, struct sl_span body)
{
    json_t *told = NULL;
    bool has = false;

    if (sl_json_read(body, &told, NULL) != SL_OK)
        sl_desk_problem(c, 503, "the keeper's answer cannot be read");
    else
        has = sl_desk_stream_has_room(c, told, false);
    json_decref(told);
    return has;
}

static void on_known(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    if (status != 200) {
        sl_desk_pass_on(c, status, body);
        return;
    }
    if (c->request->is_head) {
        sl_desk_answer(c, &(struct sl_desk_answer){.status = 200, .type = "text/event-stream"});
        return;
    }
    if (!has_room(c, body))
        return;
    sl_desk_stream_begin(c, SL_DESK_STREAMING, "text/event-stream", NULL);
    c->request->next_event = c->desk->last_event + 1;
    if (c->request->last_event[0] == '\0')
        send_event(c, c->desk->last_event, SL_SPAN("hello"), SL_SPAN("{}"));
    else if (!resume(c))
        send_reset(c);
}

void sl_desk_events_begin(struct sl_desk_conn *c)
{
    sl_desk_ask(c, c->request->route->call, SL_SPAN("{}"), on_known);
}

static void copy(char *out, size_t room, struct sl_span text)
{
    memset(out, 0, room);
    memcpy(out, text.p == NULL ? (const uint8_t *)"" : text.p, text.n < room ? text.n : room - 1);
}

/* Names of kinds and states come from the keeper; a line break in one would forge a line. */
static bool is_name(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    return s.n > 0;
}

static bool wants_poll(const struct sl_desk_conn *c, const struct sl_desk_event *e)
{
    return c->phase == SL_DESK_ANSWERING && c->request->waiting &&
           memcmp(c->request->id, e->approval, sizeof e->approval) == 0;
}

static void wake(struct sl_desk *d, const struct sl_desk_event *e)
{
    struct sl_desk_conn *next;

    for (struct sl_desk_conn *c = d->conns; c != NULL; c = next) {
        next = c->next;
        if (c->phase == SL_DESK_STREAMING)
            sl_desk_conn_go_on(c);
        else if (wants_poll(c, e))
            sl_desk_poll_again(c);
    }
}

void sl_desk_event_came(struct sl_desk *d, const struct sl_msg_event *m)
{
    if (!sl_desk_id_valid(m->approval) || !is_name(m->kind) ||
        (m->state.n > 0 && !is_name(m->state)))
        return; /* not about an approval, nor about what was done alone */
    struct sl_desk_event *e = event_at(d, ++d->last_event);
    e->number = d->last_event;
    memcpy(e->approval, m->approval.p, sizeof e->approval);
    copy(e->kind, sizeof e->kind, m->kind);
    copy(e->state, sizeof e->state, m->state);
    wake(d, e);
}

void sl_desk_events_new_epoch(struct sl_desk *d)
{
    uint8_t chance[4];
    struct sl_desk_conn *next;
    SL_BUF(text, 16);

    sl_random(chance, sizeof chance);
    sl_hex_put(&text, sl_span(chance, sizeof chance));
    copy(d->epoch, sizeof d->epoch, sl_buf_span(&text));
    d->last_event = 0;
    for (struct sl_desk_conn *c = d->conns; c != NULL; c = next) {
        next = c->next;
        if (c->phase == SL_DESK_STREAMING) {
            send_reset(c);
            sl_desk_conn_go_on(c);
        } else if (c->phase == SL_DESK_ANSWERING && c->request->waiting) {
            sl_desk_poll_again(c); /* what happened in between came with no event */
        }
    }
}

void sl_desk_events_heartbeat(struct sl_desk_conn *c, uint64_t now_ms)
{
    if (c->desk->draining) {
        sl_desk_stream_end(c);
    } else if (now_ms >= c->request->heartbeat_ms) {
        sl_http1_put_chunk(&c->out, SL_SPAN(":\n\n"));
        c->request->heartbeat_ms = now_ms + SL_DESK_HEARTBEAT_MS;
        if (c->deadline_ms == 0)
            sl_desk_conn_deadline(c, SL_DESK_WRITE_MS);
        look_at_listener(c); /* nothing happened that would have told */
    }
    sl_desk_conn_go_on(c);
}
