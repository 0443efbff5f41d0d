/* A client's way in: startup packet, TLS, proof of identity (checked by the keeper), then the
 * server.
 *
 * Nothing but the startup packet is believed before the keeper has said who this is, and nothing of
 * it reaches the server but an allow-list of harmless options. */
#include "role/gate/login_int.h"

#include "os/clock.h"
#include "role/gate/dial.h"
#include "role/gate/gate_int.h"
#include "role/gate/login.h"
#include "role/gate/session.h"
#include "role/gate/stream.h"

#include <stdlib.h>

static void login_cleanup(struct login *l)
{
    sl_timer_free(l->timer);
    dial_free(l->dial);
    sl_arena_free(l->mem);
    free(l);
}

void login_free(struct session *s)
{
    struct login *l = s->login;

    s->login = NULL;
    if (l != NULL)
        login_cleanup(l);
}

static void too_slow(void *owner)
{
    struct session *s = owner;

    if (s->phase == PHASE_TLS) /* nothing can be said yet */
        session_kill(s, "no TLS handshake in time");
    else if (s->phase == PHASE_STARTUP)
        session_fatal(s, "08006", "no startup packet in time", NULL);
    else
        session_fatal(s, "08006", "the login took too long", NULL);
}

void login_begin(struct session *s)
{
    struct login *l = calloc(1, sizeof *l);

    s->login = l;
    s->phase = PHASE_STARTUP;
    if (l == NULL || sl_arena_new(&l->mem, 128 * 1024) != SL_OK ||
        sl_timer_new(s->gate->loop, too_slow, s, &l->timer) != SL_OK) {
        session_kill(s, "out of memory");
        return;
    }
    sl_timer_arm(l->timer, s->gate->config->settings.login_timeout_ms);
}

void login_say(struct session *s, struct sl_buf *b)
{
    if (sl_buf_err(b) != SL_OK || !stream_write(&s->client, sl_buf_span(b)))
        session_left(s, "the client went away");
}

/* --- proof --- */

bool login_keeper_is_there(struct session *s)
{
    if (s->gate->keeper != NULL)
        return true;
    session_fatal(s, "57P03", "Sluice's keeper is restarting", "try again in a moment");
    return false;
}

void login_wait(struct session *s)
{
    s->login->step = STEP_KEEPER;
    s->phase = PHASE_KEEPER;
}

void login_send_token(struct session *s, struct sl_span token)
{
    if (!login_keeper_is_there(s))
        return;
    login_wait(s);
    SL_SEND(s->gate->keeper, login_token, .conn = s->id, .target = s->target->config->name,
            .user = s->login->user, .address = sl_span_str(s->short_address),
            .tls = s->client_is_tls, .token = token);
}

/* --- the keeper's answers --- */

static enum sl_err take_challenge(struct session *s, struct sl_span body)
{
    struct sl_msg_login_challenge m;
    struct sl_scram_server_first first;
    SL_BUF(b, 4096);

    SL_TRY(sl_msg_login_challenge_get(body, &m));
    SL_TRY(sl_scram_server_first_get(m.server_first, &first));
    s->login->nonce = sl_arena_copy(s->login->mem, first.nonce);
    if (s->login->nonce.p == NULL)
        return SL_EMEMORY;
    s->login->step = STEP_SASL_FINAL;
    s->phase = PHASE_AUTH;
    sl_pg_put_auth_sasl_continue(&b, m.server_first);
    login_say(s, &b);
    return SL_OK;
}

static enum sl_err take_ok(struct session *s, struct sl_span body)
{
    struct sl_msg_login_ok m;

    SL_TRY(sl_msg_login_ok_get(body, &m));
    SL_TRY(identity_of(s->gate, &m, &s->who));
    s->keeper_session = m.session;
    SL_TRY(sl_map_put(s->gate->by_keeper, sl_map_u64(&s->keeper_session), s));
    s->login->upstream_user = sl_arena_copy(s->login->mem, m.upstream_user);
    s->login->server_signature = sl_arena_copy(s->login->mem, m.server_signature);
    if (s->login->upstream_user.p == NULL || s->login->server_signature.p == NULL)
        return SL_EMEMORY;
    sl_log(SL_LOG_INFO, "session_open", SL_NUM("session", m.session),
           SL_TEXT("identity", s->who->name), SL_TEXT("target", s->target->config->name),
           SL_CSTR("address", s->short_address));
    upstream_begin(s);
    return SL_OK;
}

void login_end(struct session *s, struct sl_span sqlstate, struct sl_span text, struct sl_span hint)
{
    SL_BUF(words, 1024);
    SL_BUF(code, 8);
    SL_BUF(advice, 1024);

    sl_buf_put(&words, text);
    sl_buf_put(&code, sqlstate);
    sl_buf_put(&advice, hint);
    session_fatal(s, sqlstate.n == 5 ? sl_buf_text(&code) : "28000", sl_buf_text(&words),
                  hint.n == 0 ? NULL : sl_buf_text(&advice));
}

static enum sl_err take_refused(struct session *s, struct sl_span body)
{
    struct sl_msg_login_refused m;

    SL_TRY(sl_msg_login_refused_get(body, &m));
    s->end_told = sl_span_is(m.sqlstate, "28P01"); /* a wrong secret: the keeper's to record */
    if (s->login->uses_oauth)
        oauth_refuse(s, m.sqlstate, m.text, m.hint);
    else
        login_end(s, m.sqlstate, m.text, m.hint);
    return SL_OK;
}

void login_keeper(struct session *s, enum sl_message type, struct sl_span body)
{
    enum sl_err e = SL_ESTATE;

    if (s->login == NULL || s->phase != PHASE_KEEPER)
        return;
    if (type == SL_MESSAGE_LOGIN_CHALLENGE && !s->login->used_scram)
        e = take_challenge(s, body);
    else if (type == SL_MESSAGE_LOGIN_OK)
        e = take_ok(s, body);
    else if (type == SL_MESSAGE_LOGIN_REFUSED)
        e = take_refused(s, body);
    if (e != SL_OK && !s->dead)
        session_fatal(s, "XX000", "Sluice could not complete this login", sl_err_text(e));
}

void login_keeper_lost(struct session *s)
{
    if (s->login != NULL && s->phase == PHASE_KEEPER)
        session_fatal(s, "57P03", "Sluice's keeper is restarting", "try again in a moment");
}

/* --- reading --- */

/* What is most often sent here by mistake. */
static const char *no_startup_packet(struct sl_span in)
{
    static const char *const verbs[] = {"GET ", "HEAD", "POST", "PUT ", "DELE", "OPTI", "CONN"};

    for (size_t i = 0; i < SL_COUNT(verbs); i++)
        if (sl_span_starts(in, sl_span_str(verbs[i])))
            return "HTTP on the port for PostgreSQL";
    if (sl_span_starts(in, SL_SPAN("\x16\x03")))
        return "TLS without an SSLRequest before it";
    return "a startup packet of an impossible length";
}

static bool step(struct session *s)
{
    struct sl_span in = sl_buf_span(&s->in);
    struct sl_pg_frame f;
    uint32_t body;
    bool startup = s->phase == PHASE_STARTUP;
    enum sl_step step = startup ? sl_pg_startup_frame(in, &body) : sl_pg_frame(in, &f);

    if (step == SL_STEP_NEED_MORE)
        return false;
    size_t header = startup ? SL_PG_STARTUP_HEADER : SL_PG_HEADER;
    if (step == SL_STEP_BROKEN || (!startup && sl_pg_frontend_check(f) != SL_OK) ||
        (!startup && f.body_bytes > SL_PG_MAX_AUTH_BODY)) {
        if (startup)
            session_fatal(s, "08P01", no_startup_packet(in), NULL);
        else
            session_fatal(s, "08P01", "a message of an unknown kind or an impossible length", NULL);
        return false;
    }
    size_t n = header + (startup ? body : f.body_bytes);
    if (in.n < n)
        return false;
    SL_BUF(copy, INPUT_MAX);
    sl_buf_put(&copy, sl_span_head(in, n));
    sl_buf_drop(&s->in, n);
    if (sl_buf_err(&copy) != SL_OK)
        session_kill(s, "out of memory");
    else if (startup)
        startup_packet(s, sl_span_from(sl_buf_span(&copy), header));
    else
        login_proof(s, f.type, sl_span_from(sl_buf_span(&copy), header));
    return !s->dead;
}

static void take_handshake(struct session *s)
{
    enum sl_tls_result r = sl_tls_handshake(s->client.tls);

    if (r == SL_TLS_DONE) {
        s->client_is_tls = true;
        s->phase = PHASE_STARTUP;
        s->client.tls_wants_write = false;
        sl_watch_interest(s->client.watch, SL_READABLE);
    } else if (r == SL_TLS_WANT_READ || r == SL_TLS_WANT_WRITE) {
        sl_watch_interest(s->client.watch, r == SL_TLS_WANT_READ ? SL_READABLE : SL_WRITABLE);
    } else {
        session_kill(s, "the TLS handshake failed");
    }
}

void login_input(struct session *s)
{
    enum { PART = 4096 };
    size_t got = 0;

    if (s->phase == PHASE_TLS) {
        take_handshake(s);
        if (s->dead || s->phase == PHASE_TLS || !stream_has_hidden_input(&s->client))
            return;
    }
    if (s->in.n > INPUT_MAX / 2) {
        session_kill(s, "too much before the login is complete");
        return;
    }
    uint8_t *room = sl_buf_room(&s->in, PART);
    enum stream_result r = room == NULL ? STREAM_FAILED : stream_read(&s->client, room, PART, &got);
    if (r == STREAM_END || r == STREAM_FAILED) {
        if (s->in.n > 0)
            session_kill(s, "half a message, and then the end");
        else
            session_left(s, "the client went away");
        return;
    }
    s->in.n += got;
    while (!s->dead && (s->phase == PHASE_STARTUP || s->phase == PHASE_AUTH) && step(s))
        continue;
    if (!s->dead && s->in.n == 0)
        sl_buf_done(&s->in);
}
