#include "role/gate/dial_int.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <unistd.h>

static void on_ready(void *owner, int fd, unsigned ready);
static void connect_next(struct dial *d);

struct dial_result *dial_result(struct dial *d)
{
    return &d->result;
}

static void forget_attempt(struct dial *d)
{
    stream_close(&d->result.stream);
    sl_buf_done(&d->in);
    sl_buf_done(&d->result.statuses);
    sl_buf_done(&d->first_bare);
    sl_buf_done(&d->server_first);
    sl_buf_done(&d->without_proof);
    sl_buf_done(&d->binding);
    d->was_sasl = d->proved = d->authenticated = d->plus = false;
    if (d->call != 0)
        sl_map_remove(d->gate->by_call, sl_map_u64(&d->call));
    d->call = 0;
}

void dial_free(struct dial *d)
{
    if (d == NULL)
        return;
    forget_attempt(d);
    sl_timer_free(d->timer);
    sl_buf_done(&d->startup);
    sl_buf_done(&d->problem);
    free(d);
}

/* The owner is told from the loop, when nothing of the dial is on the stack any more. */
static void over(struct dial *d, const char *sqlstate, const char *problem)
{
    if (d->phase == DIAL_OVER)
        return;
    d->phase = DIAL_OVER;
    d->ready = problem == NULL;
    if (problem != NULL) {
        memcpy(d->sqlstate, sqlstate, 5);
        sl_buf_put_str(&d->problem, problem);
    } else {
        sl_watch_interest(d->result.stream.watch, 0);
    }
    sl_timer_arm(d->timer, 0);
}

void dial_fail(struct dial *d, const char *sqlstate, const char *problem)
{
    stream_close(&d->result.stream);
    over(d, sqlstate, problem);
}

static void on_timer(void *owner)
{
    struct dial *d = owner;

    if (d->phase != DIAL_OVER)
        dial_fail(d, "08001", "the database server did not answer in time");
    else if (d->ready)
        d->fn(d->owner, d, NULL, NULL);
    else
        d->fn(d->owner, d, d->sqlstate, sl_buf_text(&d->problem));
}

/* This address does not answer: the next one, or give up. */
static void unreachable(struct dial *d)
{
    forget_attempt(d);
    if (d->next_address < d->target->address_count)
        connect_next(d);
    else
        dial_fail(d, "08001", "the database server cannot be reached");
}

static void connect_next(struct dial *d)
{
    int fd;

    while (d->next_address < d->target->address_count) {
        const struct sl_net_address *a = &d->target->addresses[d->next_address++];
        if (sl_net_connect(a, &fd) != SL_OK)
            continue;
        if (stream_open(&d->result.stream, d->gate->loop, fd, on_ready, d) != SL_OK) {
            close(fd);
            continue;
        }
        d->phase = DIAL_CONNECT;
        sl_watch_interest(d->result.stream.watch, SL_WRITABLE);
        return;
    }
    dial_fail(d, "08001", "the database server cannot be reached");
}

void dial_send(struct dial *d, struct sl_buf *b)
{
    if (sl_buf_err(b) != SL_OK || !stream_write(&d->result.stream, sl_buf_span(b)))
        dial_fail(d, "08006", "the database server closed the connection");
}

static void send_startup(struct dial *d)
{
    d->phase = DIAL_LOGIN;
    dial_send(d, &d->startup);
}

static void connected(struct dial *d)
{
    SL_BUF(b, 64);

    sl_net_settle(d->result.stream.fd);
    sl_watch_interest(d->result.stream.watch, SL_READABLE);
    if (d->target->config->tls == SL_TLS_OFF || d->target->config->host_is_unix) {
        send_startup(d);
        return;
    }
    d->phase = DIAL_TLS_ASK;
    sl_pg_put_ssl_request(&b);
    dial_send(d, &b);
}

static void handshake(struct dial *d)
{
    SL_BUF(why, 512);
    enum sl_tls_result r = sl_tls_handshake(d->result.stream.tls);

    if (r == SL_TLS_DONE) {
        sl_watch_interest(d->result.stream.watch, SL_READABLE);
        send_startup(d);
    } else if (r == SL_TLS_WANT_READ || r == SL_TLS_WANT_WRITE) {
        sl_watch_interest(d->result.stream.watch,
                          r == SL_TLS_WANT_READ ? SL_READABLE : SL_WRITABLE);
    } else {
        sl_buf_say(&why, "TLS with the database server failed: %s",
                   sl_tls_why(d->result.stream.tls));
        dial_fail(d, "08001", sl_buf_text(&why));
    }
}

/* One byte, alone: S or N. More would be somebody in the middle who speaks before TLS does. */
static void take_tls_answer(struct dial *d)
{
    struct stream *s = &d->result.stream;
    uint8_t byte[2];
    size_t got = 0;
    SL_BUF(host, 256);

    switch (stream_read(s, byte, sizeof byte, &got)) {
    case STREAM_AGAIN:
        return;
    case STREAM_DATA:
        break;
    case STREAM_END:
    case STREAM_FAILED:
        unreachable(d);
        return;
    }
    if (got != 1 || byte[0] != 'S') {
        dial_fail(d, "08001", "the database server does not speak TLS, which the target asks for");
        return;
    }
    sl_buf_put(&host, d->target->config->host);
    if (d->target->tls == NULL ||
        sl_tls_connect(d->target->tls, s->fd, sl_buf_text(&host), &s->tls) != SL_OK) {
        dial_fail(d, "08001", "TLS with the database server cannot be set up");
        return;
    }
    d->phase = DIAL_TLS;
    handshake(d);
}

/* A login that was refused is tried once more with the secret read anew. */
static void take_error(struct dial *d, struct sl_span body)
{
    struct sl_pg_notice n;
    SL_BUF(safe, 2048);

    if (sl_pg_notice_get(body, &n) != SL_OK) {
        dial_fail(d, "08006", "the database server's error message is not valid");
        return;
    }
    bool login = sl_span_starts(n.sqlstate, SL_SPAN("28"));
    if (login && d->attempt + 1 < ATTEMPTS) {
        d->attempt++;
        forget_attempt(d);
        d->next_address = d->next_address > 0 ? d->next_address - 1 : 0;
        connect_next(d);
        return;
    }
    sl_buf_put_str(&safe, "the database server refused the connection: ");
    sl_utf8_put_printable(&safe, sl_utf8_head(n.message, SERVER_TEXT_MAX));
    SL_BUF(code, 8);
    sl_buf_put(&code, n.sqlstate);
    dial_fail(d, login ? "08004" : sl_buf_text(&code), sl_buf_text(&safe));
}

static void take_key(struct dial *d, struct sl_span body)
{
    struct sl_pg_key k;

    if (sl_pg_key_get(body, &k) != SL_OK || k.secret.n != 4) {
        dial_fail(d, "08P01", "the database server's cancel key is not valid");
        return;
    }
    d->result.pid = k.pid;
    d->result.secret = (uint32_t)k.secret.p[0] << 24 | (uint32_t)k.secret.p[1] << 16 |
                       (uint32_t)k.secret.p[2] << 8 | k.secret.p[3];
}

/* "17.2", "15.9 (Debian ...)", "18beta1": the number that it starts with. */
static void check_version(struct dial *d, struct sl_span body)
{
    SL_BUF(why, 300);
    struct sl_pg_status status;
    uint64_t major = 0;
    size_t n = 0;

    if (d->target->config->untested_allowed || sl_pg_status_get(body, &status) != SL_OK ||
        !sl_span_is(status.name, "server_version"))
        return;
    while (n < status.value.n && n < 4 && status.value.p[n] >= '0' && status.value.p[n] <= '9')
        n++;
    if (sl_span_u64(sl_span_head(status.value, n), &major) == SL_OK &&
        sl_catalog_tested((uint32_t)major * 10000))
        return;
    sl_buf_say(&why, "the database server is PostgreSQL %U; Sluice was tested on ", major);
    sl_catalog_put_tested(&why);
    sl_buf_put_str(&why, "; the target may say untested: allow");
    dial_fail(d, "0A000", sl_buf_text(&why));
}

static void take_message(struct dial *d, uint8_t type, struct sl_span body, struct sl_span whole)
{
    switch (type) {
    case SL_PG_AUTHENTICATION:
        dial_take_auth(d, body);
        return;
    case SL_PG_ERROR_RESPONSE:
        take_error(d, body);
        return;
    case SL_PG_PARAMETER_STATUS:
        sl_buf_put(&d->result.statuses, whole);
        check_version(d, body);
        return;
    case SL_PG_BACKEND_KEY_DATA:
        take_key(d, body);
        return;
    case SL_PG_NOTICE_RESPONSE:
        return;
    case SL_PG_READY_FOR_QUERY:
        over(d, NULL, NULL);
        return;
    default:
        dial_fail(d, "08P01",
                  "the database server sent a message that does not belong into a login");
    }
}

static void pump(struct dial *d)
{
    struct sl_pg_frame f;

    while (d->phase == DIAL_LOGIN) {
        struct sl_span in = sl_buf_span(&d->in);
        enum sl_step step = sl_pg_frame(in, &f);
        if (step == SL_STEP_NEED_MORE)
            return;
        if (step == SL_STEP_BROKEN || sl_pg_backend_check(f) != SL_OK ||
            f.body_bytes > INPUT_MAX / 2) {
            dial_fail(d, "08P01", "the database server does not speak the PostgreSQL protocol");
            return;
        }
        size_t n = SL_PG_HEADER + (size_t)f.body_bytes;
        if (in.n < n)
            return;
        SL_BUF(copy, INPUT_MAX); /* a message may end the dial and with it the buffer */
        sl_buf_put(&copy, sl_span_head(in, n));
        sl_buf_drop(&d->in, n);
        take_message(d, f.type, sl_span_from(sl_buf_span(&copy), SL_PG_HEADER), sl_buf_span(&copy));
        if (sl_buf_err(&copy) != SL_OK)
            return;
    }
}

static void take_input(struct dial *d)
{
    size_t got = 0;
    uint8_t *room = sl_buf_room(&d->in, 8192);

    if (room == NULL) {
        dial_fail(d, "08P01", "the database server says too much during its login");
        return;
    }
    switch (stream_read(&d->result.stream, room, 8192, &got)) {
    case STREAM_AGAIN:
        return;
    case STREAM_END:
    case STREAM_FAILED:
        dial_fail(d, "08006", "the database server closed the connection during its login");
        return;
    case STREAM_DATA:
        d->in.n += got;
        pump(d);
    }
}

static void check_connected(struct dial *d)
{
    enum sl_err e = sl_net_connected(d->result.stream.fd);

    if (e == SL_OK)
        connected(d);
    else if (e != SL_EBUSY)
        unreachable(d);
}

static void on_ready(void *owner, int fd, unsigned ready)
{
    struct dial *d = owner;

    (void)fd;
    switch (d->phase) {
    case DIAL_CONNECT:
        check_connected(d);
        return;
    case DIAL_TLS_ASK:
        take_tls_answer(d);
        return;
    case DIAL_TLS:
        handshake(d);
        return;
    case DIAL_LOGIN:
    case DIAL_PROOF:
        if ((ready & SL_WRITABLE) != 0 && !stream_flush(&d->result.stream))
            dial_fail(d, "08006", "the database server closed the connection");
        else if ((ready & SL_READABLE) != 0)
            take_input(d);
        return;
    case DIAL_OVER:
        return;
    }
}

enum sl_err dial_new(struct gate *g, struct target *t, uint64_t session, uint64_t elevated,
                     const struct sl_pg_option *options, size_t option_count, dial_fn *fn,
                     void *owner, struct dial **out)
{
    struct dial *d = calloc(1, sizeof *d);

    if (d == NULL)
        return SL_EMEMORY;
    *d = (struct dial){
        .gate = g, .target = t, .session = session, .elevated = elevated, .fn = fn, .owner = owner};
    d->result.stream.fd = -1;
    d->result.statuses = d->in = sl_buf(INPUT_MAX);
    d->first_bare = d->server_first = d->without_proof = d->binding =
        sl_buf(SL_SCRAM_MAX_MESSAGE * 2);
    d->startup = sl_buf(SL_PG_MAX_STARTUP);
    d->problem = sl_buf(4096);
    sl_pg_put_startup(&d->startup, options, option_count);
    enum sl_err e = sl_buf_err(&d->startup);
    if (e == SL_OK)
        e = sl_timer_new(g->loop, on_timer, d, &d->timer);
    if (e != SL_OK) {
        dial_free(d);
        return e;
    }
    sl_timer_arm(d->timer, g->config->settings.connect_timeout_ms);
    *out = d;
    connect_next(d);
    return SL_OK;
}
