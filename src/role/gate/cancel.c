/* Cancelling: our own keys towards clients, the server's own key towards the server.
 *
 * A client knows a key that the gate made up. A CancelRequest with it ends what waits for people,
 * or asks the server, over a connection of its own, to stop what runs in that session: nobody can
 * reach another session's statement without its key. */
#include "role/gate/session.h"

#include "crypto/crypto.h"
#include "role/gate/elevate.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/login.h"
#include "role/gate/meter.h"

#include <stdlib.h>
#include <unistd.h>

struct cancel {
    struct stream stream;
    struct sl_timer *timer;
    struct gate *gate;
    struct target *target;
    uint64_t session; /* that waits for its end; 0: none */
    struct sl_buf request;
    unsigned more; /* times that it is said again, for a session that is over */
    enum { CANCEL_CONNECT, CANCEL_TLS_ASK, CANCEL_TLS, CANCEL_SENT, CANCEL_PAUSE } phase;
};

static bool cancel_dial(struct cancel *c);

static void wake_session(const struct cancel *c)
{
    struct session *s = c->session == 0 ? NULL : gate_session(c->gate, c->session);

    if (s == NULL)
        return;
    s->cancels--;
    if (s->cancels == 0)
        session_resume(s, WAIT_CANCEL);
}

static void cancel_end(void *owner)
{
    enum { AGAIN_MS = 500 };
    struct cancel *c = owner;

    wake_session(c);
    stream_close(&c->stream);
    if (c->phase == CANCEL_PAUSE && cancel_dial(c))
        return;
    if (c->phase != CANCEL_PAUSE && c->more > 0) {
        c->more--;
        c->phase = CANCEL_PAUSE;
        sl_timer_arm(c->timer, AGAIN_MS);
        return;
    }
    sl_buf_done(&c->request);
    sl_timer_free(c->timer);
    free(c);
}

/* Freed from the loop: the watch that called us goes with it. */
static void cancel_over(struct cancel *c)
{
    sl_watch_interest(c->stream.watch, 0);
    sl_timer_arm(c->timer, 0);
}

static void cancel_send(struct cancel *c)
{
    c->phase = CANCEL_SENT;
    if (!stream_write(&c->stream, sl_buf_span(&c->request)))
        cancel_over(c);
    else
        sl_watch_interest(c->stream.watch, SL_READABLE); /* the server closes when it has read it */
}

static void cancel_handshake(struct cancel *c)
{
    enum sl_tls_result r = sl_tls_handshake(c->stream.tls);

    if (r == SL_TLS_DONE)
        cancel_send(c);
    else if (r == SL_TLS_WANT_READ || r == SL_TLS_WANT_WRITE)
        sl_watch_interest(c->stream.watch, r == SL_TLS_WANT_READ ? SL_READABLE : SL_WRITABLE);
    else
        cancel_over(c);
}

static void cancel_begin_tls(struct cancel *c)
{
    SL_BUF(host, 256);
    uint8_t byte = 0;
    size_t got = 0;

    if (stream_read(&c->stream, &byte, 1, &got) != STREAM_DATA || byte != 'S' ||
        c->target->tls == NULL) {
        cancel_over(c);
        return;
    }
    sl_buf_put(&host, c->target->config->host);
    if (sl_tls_connect(c->target->tls, c->stream.fd, sl_buf_text(&host), &c->stream.tls) != SL_OK) {
        cancel_over(c);
        return;
    }
    c->phase = CANCEL_TLS;
    cancel_handshake(c);
}

static void on_cancel(void *owner, int fd, unsigned ready)
{
    struct cancel *c = owner;
    SL_BUF(b, 16);

    (void)ready;
    if (c->phase == CANCEL_CONNECT && sl_net_connected(fd) != SL_OK) {
        cancel_over(c);
    } else if (c->phase == CANCEL_CONNECT &&
               (c->target->config->tls == SL_TLS_OFF || c->target->config->host_is_unix)) {
        cancel_send(c);
    } else if (c->phase == CANCEL_CONNECT) {
        c->phase = CANCEL_TLS_ASK;
        sl_pg_put_ssl_request(&b);
        if (!stream_write(&c->stream, sl_buf_span(&b)))
            cancel_over(c);
        else
            sl_watch_interest(c->stream.watch, SL_READABLE);
    } else if (c->phase == CANCEL_TLS_ASK) {
        cancel_begin_tls(c);
    } else if (c->phase == CANCEL_TLS) {
        cancel_handshake(c);
    } else {
        cancel_over(c);
    }
}

static bool cancel_dial(struct cancel *c)
{
    enum { PATIENCE_MS = 5000 };
    int fd = -1;

    if (c->target->address_count == 0 || sl_net_connect(&c->target->addresses[0], &fd) != SL_OK)
        return false;
    if (stream_open(&c->stream, c->gate->loop, fd, on_cancel, c) != SL_OK) {
        stream_close(&c->stream);
        return false;
    }
    c->phase = CANCEL_CONNECT;
    sl_watch_interest(c->stream.watch, SL_WRITABLE);
    sl_timer_arm(c->timer, PATIENCE_MS);
    return true;
}

static struct cancel *new_cancel(struct session *s)
{
    struct cancel *c = calloc(1, sizeof *c);
    uint8_t secret[4];

    if (c == NULL || sl_timer_new(s->gate->loop, cancel_end, c, &c->timer) != SL_OK) {
        free(c);
        return NULL;
    }
    for (unsigned i = 0; i < 4; i++)
        secret[i] = (uint8_t)(s->server_secret >> (24 - 8 * i));
    c->gate = s->gate;
    c->target = s->target;
    c->stream.fd = -1;
    c->request = sl_buf(64);
    sl_pg_put_cancel(&c->request, s->server_pid, sl_span(secret, sizeof secret));
    return c;
}

static struct cancel *begin_cancel(struct session *s)
{
    struct cancel *c = new_cancel(s);

    if (c != NULL && cancel_dial(c))
        return c;
    if (c != NULL)
        cancel_end(c);
    sl_log(SL_LOG_WARN, "cancel_not_sent", SL_NUM("session", s->keeper_session));
    return NULL;
}

void upstream_cancel(struct session *s)
{
    (void)begin_cancel(s);
}

void upstream_cancel_left(struct session *s)
{
    struct cancel *c = begin_cancel(s);

    if (c != NULL)
        c->more = 3;
}

void upstream_cancel_counted(struct session *s)
{
    struct cancel *c = begin_cancel(s);

    if (c == NULL)
        return;
    c->session = s->id;
    s->cancels++;
}

/* The server forgets a cancellation that comes before it has begun, and a busy one begins late. */
static void cancel_again(void *owner)
{
    enum { LONGEST_MS = 4000 };
    struct session *s = owner;
    struct item *item = s->dead || s->phase != PHASE_READY ? NULL : item_head(s);

    if (item == NULL || (item->flags & ITEM_STOPPING) == 0)
        return;
    if (s->cancels == 0)
        upstream_cancel_counted(s);
    s->again_ms = s->again_ms < LONGEST_MS / 2 ? 2 * s->again_ms : LONGEST_MS;
    sl_timer_arm(s->again_timer, s->again_ms);
}

void upstream_cancel_until_end(struct session *s)
{
    enum { FIRST_MS = 250 };
    struct item *item = item_head(s);

    upstream_cancel_counted(s);
    if (item == NULL)
        return;
    if (s->again_timer == NULL &&
        sl_timer_new(s->gate->loop, cancel_again, s, &s->again_timer) != SL_OK) {
        session_kill(s, "out of memory");
        return;
    }
    item->flags |= ITEM_STOPPING;
    s->again_ms = FIRST_MS;
    sl_timer_arm(s->again_timer, s->again_ms);
}

static void cancel_session(struct session *s)
{
    if (s->stop != NULL)
        stop_cancel(s);
    else if (s->hold != NULL && !hold_is_granted(s))
        hold_cancel(s);
    else if (s->estimating) /* it ends by itself, and at once */
        s->cancelled = true;
    else if (elevate_cancel(s, 0))
        return;
    else if (s->item_count > 0)
        upstream_cancel(s);
}

/* The process id that clients know holds the number of the gate: see set_keys in sessions.c. */
void session_cancel_request(struct gate *g, uint32_t pid, struct sl_span secret)
{
    if (pid >> GATE_PID_BITS == g->index)
        session_cancel_by_key(g, pid, secret);
    else
        SL_SEND(g->super, gate_cancel, .gate = pid >> GATE_PID_BITS, .pid = pid, .secret = secret);
}

void session_cancel_by_key(struct gate *g, uint32_t pid, struct sl_span secret)
{
    struct sl_span key;
    void *value;
    size_t at = 0;
    uint8_t bytes[4];

    while (sl_map_next(g->sessions, &at, &key, &value)) {
        struct session *s = value;
        for (unsigned i = 0; i < 4; i++)
            bytes[i] = (uint8_t)(s->cancel_secret >> (24 - 8 * i));
        if (s->dead || s->phase != PHASE_READY || s->cancel_pid != pid ||
            !sl_secret_eq(sl_span(bytes, sizeof bytes), secret))
            continue;
        cancel_session(s);
        return;
    }
}
