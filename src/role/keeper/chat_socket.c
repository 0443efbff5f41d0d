#include "role/keeper/chat_slack.h"

/* Clicks over a socket that we opened (Slack's Socket Mode). The courier holds it; here is what is
 * said on it. A new socket says hello before the old one goes, so nothing falls between them, and
 * what falls there all the same comes again: an envelope that is not acknowledged is sent anew. */

enum {
    SOCKET_AGAIN_MS = 1000,
    SOCKET_AGAIN_MOST_MS = 30 * 1000,
    HELLO_WITHIN_MS = 15 * 1000,
    ENVELOPE_MOST = 256 * 1024,
};

static struct chat *chat_of_stream(struct keeper *k, uint64_t stream, struct chat_socket **socket)
{
    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat)
        for (size_t i = 0; i < CHAT_SOCKETS && h->config->mode == SL_CHAT_SOCKET; i++)
            if (stream != 0 && h->sockets[i].stream == stream) {
                *socket = &h->sockets[i];
                return h;
            }
    return NULL;
}

static void close_stream(struct keeper *k, struct chat_socket *s)
{
    struct peer *courier = peer_find(k, SL_ROLE_COURIER, COURIER_CHAT);

    if (s->stream != 0 && courier != NULL)
        ANSWER(courier, stream_close, .stream = s->stream);
    *s = (struct chat_socket){0};
}

void chat_sockets_end(struct keeper *k, struct chat *h)
{
    for (size_t i = 0; i < CHAT_SOCKETS; i++)
        close_stream(k, &h->sockets[i]);
}

static void failed(struct chat *h, struct sl_span why)
{
    uint64_t ms = SOCKET_AGAIN_MS;

    for (unsigned i = 0; i < h->socket_failures && ms < SOCKET_AGAIN_MOST_MS; i++)
        ms *= 2;
    h->socket_failures++;
    h->socket_due_us =
        sl_clock_monotonic_us() + (ms < SOCKET_AGAIN_MOST_MS ? ms : SOCKET_AGAIN_MOST_MS) * 1000;
    SL_BUF(text, 512);
    sl_buf_say(&text, "its socket: %S", sl_span_head(why, 200));
    chat_put_why(h->deaf_why, sl_buf_span(&text));
    sl_log(SL_LOG_WARN, "chat_socket", SL_TEXT("chat", h->config->name),
           SL_CSTR("why", h->deaf_why));
}

/* --- opening ------------------------------------------------------------------------------------
 */

static void no_address(struct chat *h, const struct fetched *got, struct sl_span error)
{
    SL_BUF(why, 256);

    sl_buf_put_str(&why, "no address for it was given");
    if (error.n > 0)
        sl_buf_say(&why, ": it says \"%S\"", sl_span_head(error, 100));
    else if (got->status != 200)
        sl_buf_say(&why, " (status %u) %S", (unsigned)got->status, sl_span_head(got->why, 100));
    failed(h, sl_buf_span(&why));
}

static void on_address(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct chat *h = chat_by_id(k, of);
    struct peer *courier = peer_find(k, SL_ROLE_COURIER, COURIER_CHAT);
    struct sl_slack_answer answer = {0};
    struct chat_socket *empty = NULL;

    if (h == NULL || h->config->mode != SL_CHAT_SOCKET)
        return;
    h->socket_asked = false;
    for (size_t i = 0; i < CHAT_SOCKETS; i++)
        if (h->sockets[i].stream == 0)
            empty = &h->sockets[i];
    if (got->status == 200 && courier != NULL && empty != NULL &&
        sl_slack_read_answer(got->body, &answer) == SL_OK && answer.ok && answer.url.n > 0) {
        empty->stream = ++k->next_call;
        h->socket_due_us = sl_clock_monotonic_us() + HELLO_WITHIN_MS * UINT64_C(1000);
        ANSWER(courier, stream_open, .stream = empty->stream, .issuer = h->config->name,
               .url = answer.url, .max_bytes = ENVELOPE_MOST);
    } else
        no_address(h, got, answer.error);
    json_decref(answer.json);
}

static void open_one(struct keeper *k, struct chat *h)
{
    h->socket_asked = true;
    chat_slack_call(k, h, "apps.connections.open", CHAT_APP_TOKEN, SL_SPAN("{}"), sl_span(NULL, 0),
                    on_address, h->id);
}

bool chat_socket_listens(const struct chat *h)
{
    for (size_t i = 0; i < CHAT_SOCKETS; i++)
        if (h->sockets[i].hello)
            return true;
    return h->config->mode == SL_CHAT_HTTP;
}

/* One that listens, or is about to. One that never says hello is given up. */
void chat_socket_tick(struct keeper *k, struct chat *h)
{
    uint64_t now_us = sl_clock_monotonic_us();
    bool here = false;

    if (h->config->mode != SL_CHAT_SOCKET || !chat_is_ready(h) || h->socket_asked)
        return;
    for (size_t i = 0; i < CHAT_SOCKETS; i++) {
        struct chat_socket *s = &h->sockets[i];

        if (s->stream != 0 && !s->hello && h->socket_due_us <= now_us) {
            close_stream(k, s);
            failed(h, SL_SPAN("it said no hello"));
            return;
        }
        here = here || (s->stream != 0 && !s->leaving);
    }
    if (!here && h->socket_due_us <= now_us)
        open_one(k, h);
}

/* --- what comes ---------------------------------------------------------------------------------
 */

void on_stream_opened(struct peer *p, const struct sl_msg_stream_opened *m)
{
    struct chat_socket *s = NULL;

    if (chat_of_stream(p->keeper, m->stream, &s) != NULL)
        s->opened = true;
}

void on_stream_closed(struct peer *p, const struct sl_msg_stream_closed *m)
{
    struct chat_socket *s = NULL;
    struct chat *h = chat_of_stream(p->keeper, m->stream, &s);

    if (h == NULL)
        return;
    bool was_good = s->hello;
    *s = (struct chat_socket){0};
    bool has_other = false;
    for (size_t i = 0; i < CHAT_SOCKETS; i++)
        has_other = has_other || h->sockets[i].stream != 0;
    if (was_good && has_other)
        return; /* its successor is there, or about to be */
    if (was_good)
        h->socket_due_us = 0; /* at once: it happens */
    else
        failed(h, m->why);
}

static void on_hello(struct keeper *k, struct chat *h, struct chat_socket *s)
{
    s->hello = true;
    h->socket_failures = 0;
    h->deaf_why[0] = '\0';
    for (size_t i = 0; i < CHAT_SOCKETS; i++)
        if (h->sockets[i].leaving)
            close_stream(k, &h->sockets[i]);
    sl_log(SL_LOG_INFO, "chat_listens", SL_TEXT("chat", h->config->name));
}

static void on_disconnect(struct keeper *k, struct chat *h, struct chat_socket *s,
                          struct sl_span reason)
{
    s->leaving = true;
    if (sl_span_is(reason, "link_disabled")) {
        close_stream(k, s);
        failed(h, SL_SPAN("Socket Mode is switched off in the app's settings"));
        return;
    }
    h->socket_due_us = 0;
    chat_socket_tick(k, h);
}

static void on_envelope(struct keeper *k, struct chat *h, struct chat_socket *s,
                        struct sl_slack_envelope *e)
{
    struct chat_way way = {.stream = s->stream, .envelope = e->id, .takes_answer = e->takes_answer};

    if (e->type == SL_SLACK_HELLO)
        on_hello(k, h, s);
    else if (e->type == SL_SLACK_DISCONNECT)
        on_disconnect(k, h, s, e->reason);
    else if (e->type != SL_SLACK_INTERACTIVE || e->input_refused || !chat_is_new(k, h, e->id, way.delivery))
        chat_answer(k, h, &way, sl_span(NULL, 0));
    else {
        e->input.json = json_incref(e->json); /* its texts lie there, and it may have to wait */
        chat_input(k, h, &e->input, &way);
    }
}

void on_stream_text(struct peer *p, const struct sl_msg_stream_text *m)
{
    struct keeper *k = p->keeper;
    struct chat_socket *s = NULL;
    struct chat *h = chat_of_stream(k, m->stream, &s);
    struct sl_slack_envelope e = {0};

    if (h == NULL)
        return;
    if (sl_slack_read_envelope(m->text, h->config->whose, &e) == SL_OK)
        on_envelope(k, h, s, &e);
    else
        sl_log(SL_LOG_WARN, "chat_envelope", SL_TEXT("chat", h->config->name),
               SL_CSTR("why", "it is not understood, so nothing is done by it"));
    sl_slack_envelope_done(&e);
}
