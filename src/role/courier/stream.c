/* Syslog over TLS (RFC 5425): a connection of libcurl's that is kept, and bytes on it.
 *
 * Such a server answers nothing. What is sent counts as told when the receiver's machine has
 * acknowledged all of it; a receiver that ends before it has read that has lost it. But what is
 * acknowledged is not accepted yet: in TLS 1.3 our handshake is over before the server has judged
 * it (a client certificate that it wants), and by then a message may have followed. So the first
 * message on a connection counts only if the server has let it stand for a while. */
#include "role/courier/courier_int.h"

#include "os/clock.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
    NAME_MOST = 256,
    URL_MOST = 8192,
    BODY_MOST = 1024 * 1024,
    TIMEOUT_MOST_MS = 30 * 1000,
    LOOK_EVERY_MS = 10,
    STANDS_MS = 2000,
    LOOK_WHILE_IT_STANDS_MS = 50,
    ESTABLISHED = 1, /* TCP_ESTABLISHED, in a header that does not go with the kernel's */
    HEARD_MOST = 64  /* blocks that a server may have said and nobody wants to know */
};
#define SCHEME "syslog+tls://"

struct sl_courier_stream {
    struct sl_courier *courier;
    struct sl_courier_stream *next;
    struct sl_buf name, url, body;
    CURL *easy;
    bool connected;
    bool proven;            /* it has outlived its first message */
    uint64_t stands_at_us;  /* monotonic: then it has; 0: that is not acknowledged yet */
    struct sl_watch *watch; /* while bytes wait for room */
    struct sl_timer *deadline, *look;
    uint64_t call; /* 0: nobody waits */
    size_t sent;
    char why[CURL_ERROR_SIZE];
};

static void disconnect(struct sl_courier_stream *s)
{
    sl_watch_free(s->watch);
    s->watch = NULL;
    if (s->easy != NULL) {
        curl_multi_remove_handle(s->courier->multi, s->easy);
        curl_easy_cleanup(s->easy);
    }
    s->easy = NULL;
    s->connected = s->proven = false;
    s->stands_at_us = 0;
}

static void stream_free(struct sl_courier_stream *s)
{
    disconnect(s);
    sl_timer_free(s->deadline);
    sl_timer_free(s->look);
    sl_buf_done(&s->name);
    sl_buf_done(&s->url);
    sl_buf_done(&s->body);
    free(s);
}

/* --- the end of a call ------------------------------------------------------------------------ */

static void settle(struct sl_courier_stream *s)
{
    sl_timer_disarm(s->deadline);
    sl_timer_disarm(s->look);
    sl_watch_free(s->watch);
    s->watch = NULL;
    sl_buf_reset(&s->body);
    s->sent = 0;
    s->call = 0;
}

static void told(struct sl_courier_stream *s)
{
    uint64_t call = s->call;

    settle(s);
    sl_courier_answer(s->courier, &(struct sl_msg_fetched){.call = call, .status = 200});
}

/* What part of it arrived nobody knows: all of it goes again, on another connection. */
static void failed(struct sl_courier_stream *s, const char *why)
{
    uint64_t call = s->call;

    settle(s);
    disconnect(s);
    if (call != 0)
        sl_courier_answer_none(s->courier, call, why);
}

void sl_courier_streams_end(struct sl_courier *c, const char *why)
{
    while (c->streams != NULL) {
        struct sl_courier_stream *s = c->streams;

        c->streams = s->next;
        if (s->call != 0)
            sl_courier_answer_none(c, s->call, why);
        stream_free(s);
    }
}

static void on_deadline(void *owner)
{
    struct sl_courier_stream *s = owner;

    failed(s, s->connected ? "the receiver did not take it in time"
                           : "no connection could be made in time");
}

/* --- sending ---------------------------------------------------------------------------------- */

static int socket_of(const struct sl_courier_stream *s)
{
    curl_socket_t fd = CURL_SOCKET_BAD;

    return curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK ? (int)fd : -1;
}

static bool is_acknowledged(const struct sl_courier_stream *s)
{
    struct tcp_info info = {0};
    socklen_t n = sizeof info;
    int fd = socket_of(s);

    return fd >= 0 && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) == 0 &&
           info.tcpi_state == ESTABLISHED && info.tcpi_unacked == 0 && info.tcpi_notsent_bytes == 0;
}

/* False: the server has closed it. What it says has no meaning. */
static bool is_open(struct sl_courier_stream *s)
{
    char heard[4096];
    size_t n = 0;

    for (int i = 0; i < HEARD_MOST; i++) {
        CURLcode got = curl_easy_recv(s->easy, heard, sizeof heard, &n);

        if (got == CURLE_AGAIN)
            return true;
        if (got != CURLE_OK || n == 0)
            return false;
    }
    return false; /* it floods us */
}

/* All of it is acknowledged: is that enough? */
static bool is_proven(struct sl_courier_stream *s)
{
    uint64_t now_us = sl_clock_monotonic_us();

    if (s->stands_at_us == 0)
        s->stands_at_us = now_us + STANDS_MS * UINT64_C(1000);
    s->proven = s->proven || s->stands_at_us <= now_us;
    return s->proven;
}

static void on_look(void *owner)
{
    struct sl_courier_stream *s = owner;

    if (!is_open(s))
        failed(s, "the receiver closed the connection");
    else if (!is_acknowledged(s))
        sl_timer_arm(s->look, LOOK_EVERY_MS);
    else if (!is_proven(s))
        sl_timer_arm(s->look, LOOK_WHILE_IT_STANDS_MS);
    else
        told(s);
}

static void push(struct sl_courier_stream *s);

static void on_room(void *owner, int fd, unsigned ready)
{
    (void)fd;
    (void)ready;
    push(owner);
}

static void wait_for_room(struct sl_courier_stream *s)
{
    if (s->watch == NULL &&
        sl_watch_new(s->courier->loop, socket_of(s), SL_WRITABLE, on_room, s, &s->watch) != SL_OK)
        failed(s, "the connection could not be watched");
}

static void push(struct sl_courier_stream *s)
{
    while (s->sent < s->body.n) {
        size_t n = 0;
        CURLcode result = curl_easy_send(s->easy, s->body.p + s->sent, s->body.n - s->sent, &n);

        s->sent += n;
        if (result == CURLE_AGAIN) {
            wait_for_room(s);
            return;
        }
        if (result != CURLE_OK) {
            failed(s, curl_easy_strerror(result));
            return;
        }
    }
    sl_watch_free(s->watch);
    s->watch = NULL;
    sl_timer_arm(s->look, 0);
}

/* --- connecting ------------------------------------------------------------------------------- */

static void connect_to(struct sl_courier_stream *s, const struct sl_courier_issuer *hook)
{
    SL_BUF(url, URL_MOST);

    sl_buf_say(&url, "https://%S", sl_span_from(sl_buf_span(&s->url), sizeof SCHEME - 1));
    const char *address = sl_buf_text(&url);
    s->easy = sl_buf_err(&url) == SL_OK ? curl_easy_init() : NULL;
    if (s->easy == NULL) {
        failed(s, "the connection could not be prepared");
        return;
    }
    s->why[0] = '\0';
    sl_courier_set_limits(s->easy, TIMEOUT_MOST_MS);
    sl_courier_trust(s->easy, hook);
    curl_easy_setopt(s->easy, CURLOPT_URL, address);
    curl_easy_setopt(s->easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(s->easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
    curl_easy_setopt(s->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(s->easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, s->why);
    if (curl_multi_add_handle(s->courier->multi, s->easy) != CURLM_OK)
        failed(s, "the connection could not be begun");
}

bool sl_courier_stream_over(struct sl_courier *c, CURL *easy, CURLcode result)
{
    struct sl_courier_stream *s = c->streams;

    while (s != NULL && s->easy != easy)
        s = s->next;
    if (s == NULL)
        return false;
    s->connected = result == CURLE_OK;
    if (!s->connected) {
        SL_BUF(why, CURL_ERROR_SIZE + 1);
        sl_buf_put_str(&why, s->why[0] != '\0' ? s->why : curl_easy_strerror(result));
        failed(s, sl_buf_text(&why));
    } else if (s->call != 0) {
        push(s);
    }
    return true;
}

/* --- a call ----------------------------------------------------------------------------------- */

static struct sl_courier_stream *stream_of(struct sl_courier *c, const struct sl_msg_fetch *m)
{
    struct sl_courier_stream *s = c->streams;

    while (s != NULL && !sl_span_eq(sl_buf_span(&s->name), m->issuer))
        s = s->next;
    if (s != NULL)
        return s;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    *s = (struct sl_courier_stream){.courier = c,
                                    .name = sl_buf(NAME_MOST),
                                    .url = sl_buf(URL_MOST),
                                    .body = sl_buf(BODY_MOST)};
    sl_buf_put(&s->name, m->issuer);
    sl_buf_put(&s->url, m->url);
    if (sl_timer_new(c->loop, on_deadline, s, &s->deadline) == SL_OK &&
        sl_timer_new(c->loop, on_look, s, &s->look) == SL_OK && sl_buf_err(&s->name) == SL_OK &&
        sl_buf_err(&s->url) == SL_OK) {
        s->next = c->streams;
        c->streams = s;
        return s;
    }
    stream_free(s);
    return NULL;
}

void sl_courier_send(struct sl_courier *c, const struct sl_courier_issuer *hook,
                     const struct sl_msg_fetch *m)
{
    struct sl_courier_stream *s = stream_of(c, m);
    uint32_t within_ms =
        m->timeout_ms == 0 || m->timeout_ms > TIMEOUT_MOST_MS ? TIMEOUT_MOST_MS : m->timeout_ms;

    if (s == NULL || s->call != 0) {
        sl_courier_answer_none(c, m->call,
                               s == NULL ? "out of memory" : "another call is under way there");
        return;
    }
    sl_buf_put(&s->body, m->body);
    s->call = m->call;
    if (sl_buf_err(&s->body) != SL_OK) {
        failed(s, "it is too long");
        return;
    }
    sl_timer_arm(s->deadline, within_ms);
    if (s->connected && !is_open(s))
        disconnect(s);
    if (s->connected)
        push(s);
    else if (s->easy == NULL)
        connect_to(s, hook);
}
