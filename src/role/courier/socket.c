/* WebSockets for the keeper: begun, kept alive, ended. What is said there is the keeper's; here it
 * is whole messages of text that come and go, and none of it is kept or logged. */
#include "role/courier/socket_int.h"

#include "os/clock.h"

#include <stdlib.h>

enum {
    OPEN_WITHIN_MS = 10 * 1000,
    URL_MOST = 8192,
    WHY_MOST = 1024,
    CODE_NORMAL = 1000,
    CODE_GOING = 1001,
};

/* --- memory, and the end ---------------------------------------------------------------------- */

static void wipe(struct sl_buf *b)
{
    if (b->p != NULL)
        explicit_bzero(b->p, b->cap);
    sl_buf_done(b);
}

static void socket_free(struct sl_courier_socket *s)
{
    sl_watch_free(s->watch);
    sl_timer_free(s->timer);
    sl_timer_free(s->more);
    if (s->easy != NULL) {
        curl_multi_remove_handle(s->courier->multi, s->easy);
        curl_easy_cleanup(s->easy);
    }
    sl_buf_done(&s->host);
    wipe(&s->target); /* it holds a ticket */
    wipe(&s->in);
    wipe(&s->message);
    wipe(&s->out);
    sl_buf_done(&s->ended);
    explicit_bzero(s, sizeof *s);
    free(s);
}

static void unlink_socket(struct sl_courier_socket *s)
{
    struct sl_courier_socket **at = &s->courier->sockets;

    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    s->courier->socket_count--;
}

static void say_closed(struct sl_courier *c, uint64_t stream, const char *why)
{
    if (c->keeper != NULL)
        SL_SEND(c->keeper, stream_closed, .stream = stream, .why = sl_span_str(why));
}

void sl_socket_end(struct sl_courier_socket *s, const char *why)
{
    say_closed(s->courier, s->stream, s->ended.n > 0 ? sl_buf_text(&s->ended) : why);
    unlink_socket(s);
    socket_free(s);
}

void sl_courier_sockets_end(struct sl_courier *c, const char *why)
{
    while (c->sockets != NULL) {
        struct sl_courier_socket *s = c->sockets;
        uint64_t stream = s->stream;
        const uint8_t body[] = {CODE_GOING >> 8, CODE_GOING & 0xff};

        if (s->state == SL_SOCKET_OPEN &&
            sl_socket_put(s, SL_WS_OP_CLOSE, sl_span(body, sizeof body)) == SL_OK)
            (void)sl_socket_push(s); /* as far as it goes; it may end it */
        if (c->sockets != NULL && c->sockets->stream == stream)
            sl_socket_end(c->sockets, why);
    }
}

/* --- the beginning ---------------------------------------------------------------------------- */

static struct sl_courier_socket *find(struct sl_courier *c, uint64_t stream)
{
    struct sl_courier_socket *s = c->sockets;

    while (s != NULL && s->stream != stream)
        s = s->next;
    return s;
}

static enum sl_err ask(struct sl_courier_socket *s)
{
    SL_BUF(request, SL_SOCKET_BLOCK);

    sl_random(s->key, sizeof s->key);
    sl_ws_put_request(&request, sl_buf_span(&s->host), sl_buf_span(&s->target), s->key);
    SL_TRY(sl_buf_err(&request));
    memcpy(s->block, request.p, request.n);
    s->block_bytes = request.n;
    explicit_bzero(request.p, request.cap);
    s->state = SL_SOCKET_SHAKING;
    return sl_socket_watch(s);
}

bool sl_courier_socket_over(struct sl_courier *c, CURL *easy, CURLcode result)
{
    struct sl_courier_socket *s = c->sockets;
    SL_BUF(why, CURL_ERROR_SIZE + 1);

    while (s != NULL && s->easy != easy)
        s = s->next;
    if (s == NULL)
        return false;
    if (result != CURLE_OK) {
        sl_buf_put_str(&why, s->why[0] != '\0' ? s->why : curl_easy_strerror(result));
        sl_socket_end(s, sl_buf_text(&why));
    } else if (ask(s) != SL_OK) {
        sl_socket_end(s, "the request could not be made");
    } else {
        (void)sl_socket_push(s);
    }
    return true;
}

static enum sl_err connect_to(struct sl_courier_socket *s, const struct sl_courier_issuer *chat)
{
    SL_BUF(url, URL_MOST);

    sl_buf_say(&url, "%s://%S/", s->tls ? "https" : "http", sl_buf_span(&s->host));
    const char *address = sl_buf_text(&url);
    SL_TRY(sl_buf_err(&url));
    s->easy = curl_easy_init();
    if (s->easy == NULL)
        return SL_EMEMORY;
    sl_courier_set_limits(s->easy, OPEN_WITHIN_MS);
    sl_courier_trust(s->easy, chat);
    curl_easy_setopt(s->easy, CURLOPT_URL, address);
    curl_easy_setopt(s->easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(s->easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
    curl_easy_setopt(s->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, s->why);
    SL_TRY(sl_timer_new(s->courier->loop, sl_socket_on_time, s, &s->timer));
    return curl_multi_add_handle(s->courier->multi, s->easy) == CURLM_OK ? SL_OK : SL_EMEMORY;
}

static struct sl_courier_socket *socket_new(struct sl_courier *c,
                                            const struct sl_msg_stream_open *m,
                                            const struct sl_courier_place *place)
{
    size_t most = m->max_bytes < SL_SOCKET_MESSAGE_MOST ? m->max_bytes : SL_SOCKET_MESSAGE_MOST;
    struct sl_courier_socket *s = calloc(1, sizeof *s);

    if (s == NULL)
        return NULL;
    s->courier = c;
    s->stream = m->stream;
    s->tls = place->tls;
    s->host = s->target = sl_buf(URL_MOST);
    s->in = sl_buf(4 * SL_SOCKET_BLOCK);
    s->message = sl_buf(most);
    s->out = sl_buf(2 * SL_SOCKET_QUEUE_MOST);
    s->ended = sl_buf(WHY_MOST);
    s->parser = sl_ws_in(most);
    s->heard_ms = sl_loop_now_ms(c->loop);
    s->deadline_ms = s->heard_ms + OPEN_WITHIN_MS;
    sl_buf_put(&s->host, place->host);
    sl_buf_put(&s->target, place->target);
    s->next = c->sockets;
    c->sockets = s;
    c->socket_count++;
    return s;
}

enum sl_err sl_courier_socket_open(struct sl_courier *c, const struct sl_msg_stream_open *m)
{
    const struct sl_courier_issuer *chat = sl_courier_issuer(c, m->issuer);
    struct sl_courier_place place;
    const char *why = sl_courier_socket_refused(c, chat, m->url, &place);

    if (find(c, m->stream) != NULL)
        return SL_EMALFORMED;
    if (c->draining)
        why = "the courier is ending";
    else if (c->socket_count >= SL_COURIER_MAX_SOCKETS)
        why = "8 streams are open already";
    struct sl_courier_socket *s = why == NULL ? socket_new(c, m, &place) : NULL;
    if (s == NULL)
        say_closed(c, m->stream, why == NULL ? "out of memory" : why);
    else if (sl_buf_err(&s->target) != SL_OK || connect_to(s, chat) != SL_OK)
        sl_socket_end(s, "the connection could not be begun");
    else
        sl_socket_arm(s);
    return SL_OK;
}

/* --- the keeper's words ----------------------------------------------------------------------- */

void sl_courier_socket_text(struct sl_courier *c, const struct sl_msg_stream_text *m)
{
    struct sl_courier_socket *s = find(c, m->stream);

    if (s == NULL || s->state == SL_SOCKET_CLOSING)
        return;
    if (sl_socket_put(s, SL_WS_OP_TEXT, m->text) != SL_OK)
        (void)sl_socket_full(s);
    else if (s->state == SL_SOCKET_OPEN)
        (void)sl_socket_push(s);
}

void sl_courier_socket_close(struct sl_courier *c, const struct sl_msg_stream_close *m)
{
    struct sl_courier_socket *s = find(c, m->stream);

    if (s == NULL || s->state == SL_SOCKET_CLOSING)
        return;
    if (s->state == SL_SOCKET_OPEN)
        (void)sl_socket_begin_closing(s, CODE_NORMAL, "closed as asked");
    else
        sl_socket_end(s, "closed as asked");
}
