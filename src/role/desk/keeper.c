/* Questions to the keeper and its answers. The keeper checks everything; the desk carries. */
#include "role/desk/desk_int.h"

#include "os/log.h"

#include <stdlib.h>
#include <unistd.h>

enum { QUESTION_BYTES = 64 * 1024 }; /* more than a question has beside its body */

struct call {
    uint64_t id, conn, until_ms;
    sl_desk_reply_fn *fn;
};

/* The connection that asked may be gone: then nobody hears the answer. */
static void finish(struct sl_desk *d, struct call *call, unsigned status, struct sl_span body)
{
    struct sl_desk_conn *c = sl_desk_conn_find(d, call->conn);
    sl_desk_reply_fn *fn = call->fn;

    sl_map_remove(d->calls, sl_map_u64(&call->id));
    free(call);
    if (c == NULL || c->request == NULL)
        return;
    fn(c, status, body);
    if (c->phase != SL_DESK_ENDED)
        sl_desk_conn_go_on(c);
}

static void on_reply(struct sl_desk *d, struct sl_channel *ch, const struct sl_packet *packet)
{
    struct sl_msg_reply m;

    if (sl_msg_reply_get(packet->body, &m) != SL_OK || m.status < 200 || m.status > 599) {
        sl_channel_break(ch, SL_EMALFORMED);
        return;
    }
    struct call *call = sl_map_get(d->calls, sl_map_u64(&m.call));
    if (call != NULL) /* else it came after our patience had ended */
        finish(d, call, m.status, m.body);
}

static void on_packet(void *owner, struct sl_channel *ch, struct sl_packet *packet)
{
    struct sl_desk *d = owner;
    struct sl_msg_event event;

    if (packet->type == SL_MESSAGE_REPLY)
        on_reply(d, ch, packet);
    else if (packet->type == SL_MESSAGE_EVENT && sl_msg_event_get(packet->body, &event) == SL_OK)
        sl_desk_event_came(d, &event);
    else
        sl_channel_break(ch, SL_EMALFORMED);
}

/* A call whose time is over; the map may change while its connection goes on. */
static struct call *next_over(struct sl_desk *d, uint64_t now_ms)
{
    struct sl_span key;
    void *value;

    for (size_t at = 0; sl_map_next(d->calls, &at, &key, &value);)
        if (((struct call *)value)->until_ms <= now_ms)
            return value;
    return NULL;
}

void sl_desk_calls_overdue(struct sl_desk *d, uint64_t now_ms)
{
    struct call *call;

    while ((call = next_over(d, now_ms)) != NULL)
        finish(d, call, 504, SL_SPAN(""));
}

static void on_end(void *owner, struct sl_channel *ch, enum sl_err why)
{
    struct sl_desk *d = owner;
    struct call *call;

    sl_log(SL_LOG_WARN, "keeper_gone", SL_CSTR("why", sl_err_text(why)));
    sl_channel_free(ch);
    if (d->keeper != ch)
        return;
    d->keeper = NULL;
    while ((call = next_over(d, UINT64_MAX)) != NULL)
        finish(d, call, 503, SL_SPAN(""));
}

enum sl_err sl_desk_keeper_new(struct sl_desk *d, int fd)
{
    struct sl_channel *before = d->keeper, *fresh = NULL;

    SL_TRY(sl_channel_new(d->loop, fd, SL_ROLE_KEEPER, SL_CONN_OPEN, on_packet, on_end, d, &fresh));
    d->keeper = NULL; /* while those who asked the keeper before are told: none of them may ask the
                         new one */
    if (before != NULL) {
        struct call *call;

        while ((call = next_over(d, UINT64_MAX)) != NULL)
            finish(d, call, 503, SL_SPAN(""));
        sl_channel_free(before);
    }
    d->keeper = fresh;
    sl_desk_events_new_epoch(d);
    return SL_OK;
}

static enum sl_err remember(struct sl_desk *d, struct sl_desk_conn *c, sl_desk_reply_fn *fn,
                            uint64_t *id)
{
    struct call *call = calloc(1, sizeof *call);

    if (call == NULL)
        return SL_EMEMORY;
    *call = (struct call){.id = ++d->next_call, .conn = c->id, .fn = fn};
    call->until_ms = sl_loop_now_ms(d->loop) + SL_DESK_CALL_MS;
    enum sl_err err = sl_map_put(d->calls, sl_map_u64(&call->id), call);
    if (err != SL_OK)
        free(call);
    else
        *id = call->id;
    return err;
}

/* A keeper that is busy is asked no more than it can be told at once. */
static bool is_there(const struct sl_desk *d, size_t body_bytes)
{
    return d->keeper != NULL && sl_channel_has_room(d->keeper, body_bytes + QUESTION_BYTES);
}

void sl_desk_ask(struct sl_desk_conn *c, const char *method, struct sl_span body,
                 sl_desk_reply_fn *fn)
{
    struct sl_desk *d = c->desk;
    uint64_t id;

    if (!is_there(d, body.n) || remember(d, c, fn, &id) != SL_OK) {
        fn(c, 503, SL_SPAN(""));
        return;
    }
    SL_SEND(d->keeper, call, .call = id, .method = sl_span_str(method),
            .credential = sl_buf_span(&c->request->credential),
            .address = sl_span_str(c->request->client), .channel = sl_span_str(c->request->channel),
            .body = body);
}

void sl_desk_pass_on(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    bool changes = c->request->route->method != SL_HTTP1_METHOD_GET;

    if (status == 503 && body.n == 0)
        sl_desk_problem(
            c, 503,
            changes ? "the keeper could not be asked, or went away before it answered: look "
                      "at the approval before you try again"
                    : "the keeper cannot be asked at the moment");
    else if (status == 504 && body.n == 0)
        sl_desk_problem(
            c, 504, "the keeper did not answer in time: look at the approval before you try again");
    else
        sl_desk_answer(c,
                       &(struct sl_desk_answer){
                           .status = status,
                           .type = status < 400 ? "application/json" : "application/problem+json",
                           .body = body,
                           .retry_after_s = status == 429 || status == 503 ? 1 : 0});
}
