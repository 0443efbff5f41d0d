/* One connection: bytes in, bytes out, and when it ends. */
#include "role/desk/desk_int.h"

#include "os/clock.h"
#include "os/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_BYTES = 16 * 1024,
    ROUNDS_A_WAKE_UP = 8,
    PIPELINE_PAUSE_BYTES =
        256 * 1024, /* answers that a client must read before its next request is looked at */
};

static const struct sl_http1_limits limits = {
    .head_bytes = SL_DESK_MAX_HEAD,
    .target_bytes = SL_DESK_MAX_TARGET,
    .headers = 48,
    .body_bytes = SL_DESK_MAX_BODY,
};

void sl_desk_conn_deadline(struct sl_desk_conn *c, uint64_t after_ms)
{
    c->deadline_ms = after_ms == 0 ? 0 : sl_loop_now_ms(c->desk->loop) + after_ms;
}

struct sl_desk_conn *sl_desk_conn_find(struct sl_desk *d, uint64_t id)
{
    return sl_map_get(d->conns_by_id, sl_map_u64(&id));
}

static void unlink_conn(struct sl_desk_conn *c)
{
    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        c->desk->conns = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    c->desk->conn_count--;
    sl_map_remove(c->desk->conns_by_id, sl_map_u64(&c->id));
}

static void count_out(struct sl_desk_conn *c, size_t bytes)
{
    c->desk->out_bytes = c->desk->out_bytes - c->out_counted + bytes;
    c->out_counted = bytes;
}

static bool is_streaming(const struct sl_desk_conn *c)
{
    return c->phase == SL_DESK_STREAMING || c->phase == SL_DESK_EXPORTING;
}

void sl_desk_conn_end(struct sl_desk_conn *c)
{
    if (c->phase == SL_DESK_ENDED)
        return;
    if (is_streaming(c))
        c->desk->stream_count--;
    c->phase = SL_DESK_ENDED;
    count_out(c, 0);
    unlink_conn(c);
    sl_desk_address_leave(c->desk, c->address);
    sl_watch_free(c->watch);
    c->watch = NULL;
    sl_tls_free(c->tls);
    c->tls = NULL;
    close(c->fd);
    c->fd = -1;
    c->next = c->desk->graves;
    c->desk->graves = c;
}

static void conn_free(struct sl_desk_conn *c)
{
    sl_desk_request_free(c->request);
    sl_buf_done(&c->in);
    sl_buf_done(&c->out);
    free(c);
}

void sl_desk_bury(struct sl_desk *d)
{
    while (d->graves != NULL) {
        struct sl_desk_conn *c = d->graves;

        d->graves = c->next;
        conn_free(c);
    }
}

/* Whoever has much to read reads it, or goes. */
void sl_desk_conn_between(struct sl_desk_conn *c)
{
    sl_desk_conn_deadline(c, c->out.n > PIPELINE_PAUSE_BYTES ? SL_DESK_WRITE_MS : SL_DESK_IDLE_MS);
}

/* --- writing -------------------------------------------------------------------------------- */

/* DONE with *sent > 0, WANT_..., CLOSED or FAILED. */
static enum sl_tls_result write_some(struct sl_desk_conn *c, size_t *sent)
{
    if (c->tls != NULL)
        return sl_tls_write(c->tls, sl_buf_span(&c->out), sent);
    ssize_t n = send(c->fd, c->out.p, c->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? SL_TLS_WANT_WRITE : SL_TLS_FAILED;
    *sent = (size_t)n;
    return SL_TLS_DONE;
}

/* Our last words were sent: the client's end is awaited, or its bytes might reset them. */
static void linger(struct sl_desk_conn *c)
{
    if (c->tls != NULL)
        sl_tls_shutdown(c->tls);
    sl_tls_free(c->tls);
    c->tls = NULL;
    c->phase = SL_DESK_LINGERING;
    shutdown(c->fd, SHUT_WR);
    sl_buf_done(&c->in);
    sl_desk_conn_deadline(c, SL_DESK_LINGER_MS);
}

static void flush(struct sl_desk_conn *c)
{
    while (c->out.n > 0) {
        size_t sent = 0;
        enum sl_tls_result r = write_some(c, &sent);

        if (r == SL_TLS_WANT_READ || r == SL_TLS_WANT_WRITE)
            return;
        if (r != SL_TLS_DONE) {
            sl_desk_conn_end(c);
            return;
        }
        sl_buf_drop(&c->out, sent);
        if (is_streaming(c) || c->phase == SL_DESK_FLUSHING)
            sl_desk_conn_deadline(c, SL_DESK_WRITE_MS);
        else if (c->phase == SL_DESK_READING && c->request == NULL && !c->head_begun)
            sl_desk_conn_between(c);
    }
    sl_buf_done(&c->out);
    if (is_streaming(c))
        sl_desk_conn_deadline(c, 0);
    if (c->phase == SL_DESK_FLUSHING)
        linger(c);
}

/* --- reading -------------------------------------------------------------------------------- */

static enum sl_tls_result read_some(struct sl_desk_conn *c, uint8_t *into, size_t room, size_t *got)
{
    if (c->tls != NULL)
        return sl_tls_read(c->tls, into, room, got);
    ssize_t n = recv(c->fd, into, room, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? SL_TLS_WANT_READ : SL_TLS_FAILED;
    *got = (size_t)n;
    return n == 0 ? SL_TLS_END : SL_TLS_DONE;
}

static bool is_full(const struct sl_desk_conn *c)
{
    return c->in.n >= SL_DESK_MAX_HEAD + READ_BYTES;
}

/* True when bytes came. A client that closed its side is gone: it waits for no answer. */
static bool fill(struct sl_desk_conn *c)
{
    uint8_t bytes[READ_BYTES];
    size_t got = 0;

    if (c->phase == SL_DESK_ENDED || is_full(c))
        return false;
    enum sl_tls_result r = read_some(c, bytes, sizeof bytes, &got);
    c->tls_wants_write = r == SL_TLS_WANT_WRITE;
    if (r == SL_TLS_WANT_READ || r == SL_TLS_WANT_WRITE)
        return false;
    if (r != SL_TLS_DONE) {
        sl_desk_conn_end(c);
        return false;
    }
    if (c->phase == SL_DESK_FLUSHING || c->phase == SL_DESK_LINGERING)
        return true; /* nobody looks at it any more */
    sl_buf_put(&c->in, sl_span(bytes, got));
    if (sl_buf_err(&c->in) != SL_OK)
        sl_desk_conn_end(c);
    return c->phase != SL_DESK_ENDED;
}

static void refuse(struct sl_desk_conn *c)
{
    enum sl_http1_refusal why = c->parser.refusal;

    sl_log(SL_LOG_INFO, "request_refused",
           SL_CSTR("address", c->request != NULL ? c->request->client : c->address),
           SL_CSTR("why", sl_http1_refusal_text(why)));
    if (c->request != NULL)
        c->request->keep_alive = false;
    sl_desk_problem(c, sl_http1_refusal_status(why), sl_http1_refusal_text(why));
}

/* The clock of a head starts with its first byte, whatever was idle before. */
static void watch_head(struct sl_desk_conn *c)
{
    bool has_begun = c->phase == SL_DESK_READING && c->request == NULL && c->in.n > 0 &&
                     c->out.n < PIPELINE_PAUSE_BYTES;

    if (has_begun && !c->head_begun)
        sl_desk_conn_deadline(c, SL_DESK_HEAD_MS);
    c->head_begun = has_begun;
}

static void parse(struct sl_desk_conn *c)
{
    struct sl_span in = sl_buf_span(&c->in);
    enum sl_http1_step step = SL_HTTP1_EVENT;

    while (c->phase == SL_DESK_READING && c->out.n < PIPELINE_PAUSE_BYTES &&
           step == SL_HTTP1_EVENT) {
        struct sl_http1_event ev;

        step = sl_http1_step(&c->parser, &in, &ev);
        if (step == SL_HTTP1_EVENT)
            sl_desk_request_event(c, &ev);
    }
    if (c->phase == SL_DESK_READING && step == SL_HTTP1_BROKEN)
        refuse(c);
    sl_buf_drop(&c->in, c->in.n - in.n);
    if (c->in.n == 0)
        sl_buf_done(&c->in); /* thousands of idle connections hold no buffers */
    watch_head(c);
}

/* --- readiness ------------------------------------------------------------------------------ */

static void set_interest(struct sl_desk_conn *c)
{
    if (c->phase == SL_DESK_ENDED)
        return;
    count_out(c, c->out.cap);
    bool writes = c->out.n > 0 || c->tls_wants_write;
    bool reads = !is_full(c);
    sl_watch_interest(c->watch, (writes ? SL_WRITABLE : 0u) | (reads ? SL_READABLE : 0u));
}

void sl_desk_conn_go_on(struct sl_desk_conn *c)
{
    for (unsigned i = 0; i < ROUNDS_A_WAKE_UP && c->phase != SL_DESK_ENDED; i++) {
        if (c->phase == SL_DESK_READING)
            parse(c);
        if (c->phase != SL_DESK_ENDED)
            flush(c);
        if (!fill(c))
            break;
    }
    if (c->phase == SL_DESK_READING && c->in.n > 0)
        parse(c);
    if (c->phase != SL_DESK_ENDED)
        flush(c);
    if (c->phase == SL_DESK_STREAMING)
        sl_desk_events_pump(c);
    if (c->phase == SL_DESK_EXPORTING)
        sl_desk_export_pump(c);
    set_interest(c);
}

static void shake(struct sl_desk_conn *c)
{
    enum sl_tls_result r = sl_tls_handshake(c->tls);

    c->tls_wants_write = r == SL_TLS_WANT_WRITE;
    if (r == SL_TLS_DONE) {
        c->phase = SL_DESK_READING;
        sl_desk_conn_deadline(c, SL_DESK_IDLE_MS);
    } else if (r != SL_TLS_WANT_READ && r != SL_TLS_WANT_WRITE) {
        sl_log(SL_LOG_INFO, "tls_failed", SL_CSTR("address", c->address),
               SL_CSTR("why", sl_tls_why(c->tls)));
        sl_desk_conn_end(c);
    }
}

static void on_ready(void *owner, int fd, unsigned ready)
{
    struct sl_desk_conn *c = owner;

    (void)fd;
    (void)ready;
    if (c->phase == SL_DESK_SHAKING)
        shake(c);
    if (c->phase == SL_DESK_SHAKING)
        set_interest(c);
    else
        sl_desk_conn_go_on(c);
}

/* --- beginning ------------------------------------------------------------------------------ */

static enum sl_err connect_to_loop(struct sl_desk_conn *c)
{
    if (c->desk->tls != NULL)
        SL_TRY(sl_tls_accept(c->desk->tls, c->fd, &c->tls));
    SL_TRY(sl_watch_new(c->desk->loop, c->fd, SL_READABLE, on_ready, c, &c->watch));
    enum sl_err err = sl_map_put(c->desk->conns_by_id, sl_map_u64(&c->id), c);
    if (err != SL_OK)
        sl_watch_free(c->watch);
    return err;
}

static void link_conn(struct sl_desk_conn *c)
{
    c->next = c->desk->conns;
    if (c->next != NULL)
        c->next->previous = c;
    c->desk->conns = c;
    c->desk->conn_count++;
}

void sl_desk_conn_open(struct sl_desk *d, int fd, const struct sl_net_address *peer)
{
    struct sl_desk_conn *c = calloc(1, sizeof *c);
    SL_BUF(address, sizeof c->address);

    sl_net_put_host(&address, peer);
    if (c == NULL || sl_buf_err(&address) != SL_OK) {
        sl_desk_address_leave(d, sl_buf_text(&address));
        close(fd);
        free(c);
        return;
    }
    *c = (struct sl_desk_conn){
        .desk = d, .fd = fd, .id = ++d->next_conn, .parser = sl_http1(&limits)};
    c->in = sl_buf(SL_DESK_MAX_HEAD + 2 * READ_BYTES);
    c->out = sl_buf(SL_DESK_MAX_OUT);
    memcpy(c->address, address.p,
           address.n < sizeof c->address ? address.n : sizeof c->address - 1);
    c->phase = d->tls != NULL ? SL_DESK_SHAKING : SL_DESK_READING;
    if (connect_to_loop(c) != SL_OK) {
        sl_desk_address_leave(d, c->address);
        sl_tls_free(c->tls);
        close(fd);
        free(c);
        return;
    }
    link_conn(c);
    sl_desk_conn_deadline(c, d->tls != NULL ? SL_DESK_HEAD_MS : SL_DESK_IDLE_MS);
}
