#include "role/gate/dial.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "os/clock.h"

#include <stdlib.h>
#include <unistd.h>

enum { INPUT_MAX = 64 * 1024, SERVER_TEXT_MAX = 300, ATTEMPTS = 2 };

enum dial_phase { DIAL_CONNECT, DIAL_TLS_ASK, DIAL_TLS, DIAL_LOGIN, DIAL_PROOF, DIAL_OVER };

struct dial {
    struct gate *gate;
    struct target *target;
    uint64_t session;
    dial_fn *fn;
    void *owner;
    enum dial_phase phase;
    size_t next_address;
    uint8_t attempt;
    struct dial_result result;
    struct sl_buf in, startup;
    struct sl_timer *timer;
    uint64_t call;
    bool plus; /* SCRAM-SHA-256-PLUS was chosen */
    bool was_sasl, proved, authenticated, ready, no_binding_seen;
    uint8_t server_signature[SL_SHA256];
    struct sl_buf first_bare, server_first, without_proof;
    struct sl_buf binding; /* tls-server-end-point data */
    char nonce[33];
    struct sl_buf problem;
    char sqlstate[6];
};

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

static void fail(struct dial *d, const char *sqlstate, const char *problem)
{
    stream_close(&d->result.stream);
    over(d, sqlstate, problem);
}

static void on_timer(void *owner)
{
    struct dial *d = owner;

    if (d->phase != DIAL_OVER)
        fail(d, "08001", "the database server did not answer in time");
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
        fail(d, "08001", "the database server cannot be reached");
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
    fail(d, "08001", "the database server cannot be reached");
}

static void send_bytes(struct dial *d, struct sl_buf *b)
{
    if (sl_buf_err(b) != SL_OK || !stream_write(&d->result.stream, sl_buf_span(b)))
        fail(d, "08006", "the database server closed the connection");
}

static void send_startup(struct dial *d)
{
    d->phase = DIAL_LOGIN;
    send_bytes(d, &d->startup);
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
    send_bytes(d, &b);
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
        fail(d, "08001", sl_buf_text(&why));
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
        fail(d, "08001", "the database server does not speak TLS, which the target asks for");
        return;
    }
    sl_buf_put(&host, d->target->config->host);
    if (d->target->tls == NULL ||
        sl_tls_connect(d->target->tls, s->fd, sl_buf_text(&host), &s->tls) != SL_OK) {
        fail(d, "08001", "TLS with the database server cannot be set up");
        return;
    }
    d->phase = DIAL_TLS;
    handshake(d);
}

/* --- authentication --- */

static void remember_call(struct dial *d)
{
    d->call = ++d->gate->next_call;
    if (sl_map_put(d->gate->by_call, sl_map_u64(&d->call), d) != SL_OK)
        fail(d, "53200", "out of memory");
    d->phase = DIAL_PROOF;
}

static void answer_md5(struct dial *d, struct sl_span salt)
{
    if (d->gate->keeper == NULL) {
        fail(d, "57P03", "Sluice's keeper is restarting: try again");
        return;
    }
    remember_call(d);
    SL_SEND(d->gate->keeper, upstream_md5, .call = d->call, .session = d->session,
            .target = d->target->config->name, .attempt = d->attempt, .salt = salt);
}

static struct sl_span gs2_of(const struct dial *d)
{
    if (d->plus)
        return SL_SPAN("p=tls-server-end-point,,");
    return d->no_binding_seen ? SL_SPAN("y,,") : SL_SPAN("n,,");
}

static void begin_scram(struct dial *d, const struct sl_pg_auth *a)
{
    SL_BUF(first, 1024);
    SL_BUF(b, 2048);
    SL_BUF(hex, 64);
    uint8_t random[16];

    bool tls = d->result.stream.tls != NULL;
    d->plus = tls && sl_pg_auth_offers(a, SL_SCRAM_SHA256_PLUS) &&
              sl_tls_end_point(d->result.stream.tls, &d->binding) == SL_OK;
    if (!d->plus && !sl_pg_auth_offers(a, SL_SCRAM_SHA256)) {
        fail(d, "28000", "the database server asks for a SASL mechanism that Sluice does not have");
        return;
    }
    sl_random(random, sizeof random);
    sl_hex_put(&hex, sl_span(random, sizeof random));
    memcpy(d->nonce, hex.p, 32);
    /* "y" tells a server that can bind that somebody in the middle took its offer away */
    d->no_binding_seen = tls && !sl_pg_auth_offers(a, SL_SCRAM_SHA256_PLUS);
    struct sl_span gs2 = gs2_of(d);
    sl_scram_put_client_first(&first, gs2, SL_SPAN(""), sl_span_str(d->nonce));
    sl_scram_put_client_first_bare(&d->first_bare, SL_SPAN(""), sl_span_str(d->nonce));
    sl_pg_put_sasl_initial(&b, d->plus ? SL_SCRAM_SHA256_PLUS : SL_SCRAM_SHA256,
                           sl_buf_span(&first));
    d->was_sasl = true;
    send_bytes(d, &b);
}

static void continue_scram(struct dial *d, struct sl_span message)
{
    struct sl_scram_server_first m;
    SL_BUF(auth, 8192);

    if (!d->was_sasl || d->server_first.n > 0 || sl_scram_server_first_get(message, &m) != SL_OK ||
        !sl_scram_nonce_extends(m.nonce, sl_span_str(d->nonce))) {
        fail(d, "28000", "the database server's SCRAM message is not valid");
        return;
    }
    sl_buf_put(&d->server_first, message);
    sl_scram_put_client_final_without_proof(&d->without_proof, gs2_of(d), sl_buf_span(&d->binding),
                                            m.nonce);
    sl_buf_say(&auth, "%S,%S,%S", sl_buf_span(&d->first_bare), message,
               sl_buf_span(&d->without_proof));
    if (sl_buf_err(&auth) != SL_OK || d->gate->keeper == NULL) {
        fail(d, "57P03", "Sluice's keeper is restarting: try again");
        return;
    }
    remember_call(d);
    SL_SEND(d->gate->keeper, upstream_scram, .call = d->call, .session = d->session,
            .target = d->target->config->name, .attempt = d->attempt,
            .auth_message = sl_buf_span(&auth), .salt = sl_span(m.salt, m.salt_bytes),
            .iterations = m.iterations);
}

static void end_scram(struct dial *d, struct sl_span message)
{
    struct sl_scram_server_final m;

    if (!d->proved || sl_scram_server_final_get(message, &m) != SL_OK || m.refused ||
        !sl_secret_eq(sl_span(m.signature, sizeof m.signature),
                      sl_span(d->server_signature, sizeof d->server_signature))) {
        fail(d, "28000", "the database server could not prove that it knows the password");
        return;
    }
    d->proved = false;
    d->authenticated = true;
}

void dial_proof(struct dial *d, const struct sl_msg_upstream_proof *m)
{
    SL_BUF(b, 4096);

    sl_map_remove(d->gate->by_call, sl_map_u64(&d->call));
    d->call = 0;
    if (d->phase != DIAL_PROOF)
        return;
    d->phase = DIAL_LOGIN;
    if (!m->found) {
        SL_BUF(why, 512);
        sl_buf_say(&why, "Sluice has no password for this target: %S", m->why);
        fail(d, "28000", sl_buf_text(&why));
        return;
    }
    if (!d->was_sasl) {
        sl_pg_put_password(&b, m->proof);
        d->authenticated = true;
    } else if (m->proof.n == SL_SHA256 && m->server_signature.n == SL_SHA256) {
        memcpy(d->server_signature, m->server_signature.p, SL_SHA256);
        sl_scram_put_proof(&d->without_proof, m->proof.p);
        sl_pg_put_sasl_response(&b, sl_buf_span(&d->without_proof));
        d->proved = true;
    } else {
        fail(d, "XX000", "the keeper's proof has the wrong size");
        return;
    }
    send_bytes(d, &b);
}

static void take_auth(struct dial *d, struct sl_span body)
{
    struct sl_pg_auth a;

    if (sl_pg_auth_get(body, &a) != SL_OK) {
        fail(d, "28000",
             "the database server asks for an authentication that Sluice does not know");
        return;
    }
    switch (a.kind) {
    case SL_PG_AUTH_OK:
        if (d->was_sasl && !d->authenticated)
            fail(d, "28000", "the database server skipped the end of SCRAM");
        return;
    case SL_PG_AUTH_MD5:
        answer_md5(d, a.data);
        return;
    case SL_PG_AUTH_SASL:
        begin_scram(d, &a);
        return;
    case SL_PG_AUTH_SASL_CONTINUE:
        continue_scram(d, a.data);
        return;
    case SL_PG_AUTH_SASL_FINAL:
        end_scram(d, a.data);
        return;
    case SL_PG_AUTH_CLEARTEXT:
        fail(d, "28000",
             "the database server asks for the password in clear, which Sluice never sends");
        return;
    default:
        fail(d, "28000",
             "the database server asks for an authentication that Sluice does not support");
    }
}

/* A login that was refused is tried once more with the secret read anew. */
static void take_error(struct dial *d, struct sl_span body)
{
    struct sl_pg_notice n;
    SL_BUF(safe, 2048);

    if (sl_pg_notice_get(body, &n) != SL_OK) {
        fail(d, "08006", "the database server's error message is not valid");
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
    fail(d, login ? "08004" : sl_buf_text(&code), sl_buf_text(&safe));
}

static void take_key(struct dial *d, struct sl_span body)
{
    struct sl_pg_key k;

    if (sl_pg_key_get(body, &k) != SL_OK || k.secret.n != 4) {
        fail(d, "08P01", "the database server's cancel key is not valid");
        return;
    }
    d->result.pid = k.pid;
    d->result.secret = (uint32_t)k.secret.p[0] << 24 | (uint32_t)k.secret.p[1] << 16 |
                       (uint32_t)k.secret.p[2] << 8 | k.secret.p[3];
}

static void take_message(struct dial *d, uint8_t type, struct sl_span body, struct sl_span whole)
{
    switch (type) {
    case SL_PG_AUTHENTICATION:
        take_auth(d, body);
        return;
    case SL_PG_ERROR_RESPONSE:
        take_error(d, body);
        return;
    case SL_PG_PARAMETER_STATUS:
        sl_buf_put(&d->result.statuses, whole);
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
        fail(d, "08P01", "the database server sent a message that does not belong into a login");
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
            fail(d, "08P01", "the database server does not speak the PostgreSQL protocol");
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
        fail(d, "08P01", "the database server says too much during its login");
        return;
    }
    switch (stream_read(&d->result.stream, room, 8192, &got)) {
    case STREAM_AGAIN:
        return;
    case STREAM_END:
    case STREAM_FAILED:
        fail(d, "08006", "the database server closed the connection during its login");
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
            fail(d, "08006", "the database server closed the connection");
        else if ((ready & SL_READABLE) != 0)
            take_input(d);
        return;
    case DIAL_OVER:
        return;
    }
}

enum sl_err dial_new(struct gate *g, struct target *t, uint64_t session,
                     const struct sl_pg_option *options, size_t option_count, dial_fn *fn,
                     void *owner, struct dial **out)
{
    struct dial *d = calloc(1, sizeof *d);

    if (d == NULL)
        return SL_EMEMORY;
    *d = (struct dial){.gate = g, .target = t, .session = session, .fn = fn, .owner = owner};
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
