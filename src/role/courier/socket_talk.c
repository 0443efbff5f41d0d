/* What a WebSocket hears, and what it does when its time has come. */
#include "role/courier/socket_int.h"

enum {
    CLOSED_WITHIN_MS = 2000,
    PING_EVERY_MS = 10 * 1000,
    SILENT_MOST_MS = 30 * 1000,
    WHY_MOST = 1024,
    CODE_NORMAL = 1000,
    CODE_GOING = 1001,
    CODE_NONE = 1005,
};

/* --- time ------------------------------------------------------------------------------------- */

static uint64_t now_of(const struct sl_courier_socket *s)
{
    return sl_loop_now_ms(s->courier->loop);
}

void sl_socket_arm(struct sl_courier_socket *s)
{
    uint64_t due = s->deadline_ms, now = now_of(s);

    if (s->state == SL_SOCKET_OPEN) {
        uint64_t silent = s->heard_ms + SILENT_MOST_MS;
        due = s->ping_ms < silent ? s->ping_ms : silent;
    }
    sl_timer_arm(s->timer, due > now ? due - now : 0);
}

bool sl_socket_begin_closing(struct sl_courier_socket *s, uint16_t code, const char *why)
{
    const uint8_t body[] = {(uint8_t)(code >> 8), (uint8_t)code};

    if (s->ended.n == 0)
        sl_buf_put_str(&s->ended, why);
    s->state = SL_SOCKET_CLOSING;
    s->deadline_ms = now_of(s) + CLOSED_WITHIN_MS;
    sl_socket_arm(s);
    if (sl_socket_put(s, SL_WS_OP_CLOSE, sl_span(body, sizeof body)) == SL_OK)
        return sl_socket_push(s);
    sl_socket_end(s, why);
    return false;
}

bool sl_socket_full(struct sl_courier_socket *s)
{
    sl_socket_end(s, "the server does not take what is sent: more than 256 kB wait");
    return false;
}

void sl_socket_on_time(void *owner)
{
    struct sl_courier_socket *s = owner;
    uint64_t now = now_of(s);

    if (s->state != SL_SOCKET_OPEN) {
        if (now >= s->deadline_ms)
            sl_socket_end(s, "it could not be opened in time");
        else
            sl_socket_arm(s);
        return;
    }
    if (now >= s->heard_ms + SILENT_MOST_MS) {
        sl_socket_end(s, "nothing came for 30 seconds, not even an answer to a ping");
        return;
    }
    if (now >= s->ping_ms) {
        s->ping_ms = now + PING_EVERY_MS;
        if (sl_socket_put(s, SL_WS_OP_PING, sl_span(NULL, 0)) != SL_OK) {
            (void)sl_socket_full(s);
            return;
        }
        if (!sl_socket_push(s))
            return;
    }
    sl_socket_arm(s);
}

/* --- what comes ------------------------------------------------------------------------------- */

static bool take_answer(struct sl_courier_socket *s)
{
    struct sl_span in = sl_buf_span(&s->in);
    enum sl_ws_refusal refusal;
    unsigned status;
    enum sl_step step = sl_ws_answer(&in, s->key, &status, &refusal);

    if (step == SL_STEP_NEED_MORE)
        return true;
    if (step == SL_STEP_BROKEN) {
        SL_BUF(why, WHY_MOST);
        sl_buf_put_str(&why, sl_ws_refusal_text(refusal));
        if (status > 0)
            sl_buf_say(&why, " (status %u)", status);
        sl_socket_end(s, sl_buf_text(&why));
        return false;
    }
    sl_buf_drop(&s->in, s->in.n - in.n);
    s->state = SL_SOCKET_OPEN;
    s->ping_ms = now_of(s) + PING_EVERY_MS;
    sl_socket_arm(s);
    SL_SEND(s->courier->keeper, stream_opened, .stream = s->stream);
    return sl_socket_push(s);
}

/* A keeper that is slow is not made to choke: it opens another stream later. */
static bool hand_over(struct sl_courier_socket *s)
{
    if (!sl_channel_has_room(s->courier->keeper, s->message.n + 64))
        return sl_socket_begin_closing(s, CODE_GOING, "the keeper did not take what came");
    SL_SEND(s->courier->keeper, stream_text, .stream = s->stream, .text = sl_buf_span(&s->message));
    sl_buf_reset(&s->message);
    return true;
}

static bool take_text(struct sl_courier_socket *s, const struct sl_ws_event *event)
{
    sl_buf_put(&s->message, event->bytes);
    if (sl_buf_err(&s->message) != SL_OK)
        return sl_socket_begin_closing(s, sl_ws_refusal_code(SL_WS_TOO_LARGE), "out of memory");
    return !event->last || hand_over(s);
}

/* Asked by us, it is over; asked by the server, it gets its answer, and ends the connection. */
static bool take_close(struct sl_courier_socket *s, uint16_t code)
{
    SL_BUF(why, WHY_MOST);

    if (s->state == SL_SOCKET_CLOSING) {
        sl_socket_end(s, "closed");
        return false;
    }
    sl_buf_say(&why, "the server closed it (code %u)", (unsigned)code);
    return sl_socket_begin_closing(s, code == CODE_NONE ? (uint16_t)CODE_NORMAL : code,
                                   sl_buf_text(&why));
}

static bool take_event(struct sl_courier_socket *s, const struct sl_ws_event *event)
{
    if (event->type == SL_WS_CLOSE)
        return take_close(s, event->code);
    if (s->state != SL_SOCKET_OPEN || event->type == SL_WS_PONG)
        return true;
    if (event->type == SL_WS_TEXT)
        return take_text(s, event);
    return sl_socket_put(s, SL_WS_OP_PONG, event->bytes) == SL_OK || sl_socket_full(s);
}

static bool take_frames(struct sl_courier_socket *s)
{
    struct sl_span in = sl_buf_span(&s->in);
    struct sl_ws_event event;
    enum sl_step step;

    while ((step = sl_ws_step(&s->parser, &in, &event)) == SL_STEP_EVENT)
        if (!take_event(s, &event))
            return false;
    sl_buf_drop(&s->in, step == SL_STEP_BROKEN ? s->in.n : s->in.n - in.n);
    if (step == SL_STEP_BROKEN && s->state == SL_SOCKET_OPEN)
        return sl_socket_begin_closing(s, sl_ws_refusal_code(s->parser.why),
                                       sl_ws_refusal_text(s->parser.why));
    return true;
}

bool sl_socket_take(struct sl_courier_socket *s)
{
    if (s->state == SL_SOCKET_SHAKING && !take_answer(s))
        return false;
    return s->state < SL_SOCKET_OPEN || take_frames(s);
}
