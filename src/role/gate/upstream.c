/* The second half of a login: the session's own connection to the server, then the client is told.
 */
#include "role/gate/login_int.h"

#include "role/gate/login.h"

static void finish(struct session *s, struct sl_span statuses)
{
    struct login *l = s->login;
    SL_BUF(b, 80 * 1024);
    SL_BUF(final, 256);
    uint8_t secret[4];

    if (l->used_scram && l->server_signature.n == SL_SCRAM_DIGEST) {
        sl_scram_put_server_final(&final, l->server_signature.p);
        sl_pg_put_auth_sasl_final(&b, sl_buf_span(&final));
    }
    for (unsigned i = 0; i < 4; i++)
        secret[i] = (uint8_t)(s->cancel_secret >> (24 - 8 * i));
    sl_pg_put_auth_ok(&b);
    sl_buf_put(&b, statuses);
    sl_pg_put_key(&b, s->cancel_pid, sl_span(secret, sizeof secret));
    sl_pg_put_ready(&b, SL_PG_IDLE);
    login_say(s, &b);
    login_free(s);
    if (!s->dead)
        session_ready(s);
}

static void dialled(void *owner, struct dial *d, const char *sqlstate, const char *problem)
{
    struct session *s = owner;
    SL_BUF(statuses, 64 * 1024);

    if (problem != NULL) {
        sl_log(SL_LOG_WARN, "server_unreachable", SL_TEXT("target", s->target->config->name),
               SL_CSTR("why", problem));
        session_fatal(s, sqlstate, problem, "the target's server is not Sluice: see its own log");
        return;
    }
    struct dial_result *r = dial_result(d);
    s->server_pid = r->pid;
    s->server_secret = r->secret;
    sl_buf_put(&statuses, sl_buf_span(&r->statuses));
    if (sl_buf_err(&statuses) != SL_OK || session_take_server(s, &r->stream) != SL_OK) {
        session_fatal(s, "53200", "out of memory", NULL);
        return;
    }
    finish(s, sl_buf_span(&statuses));
}

void upstream_begin(struct session *s)
{
    struct login *l = s->login;
    SL_BUF(app, 256);

    s->phase = PHASE_UPSTREAM;
    span_set(&s->upstream_user, l->upstream_user);
    sl_buf_say(&app, "sluice:%S:%U", s->who->name, s->keeper_session);
    bool ok = startup_add(s, SL_SPAN("user"), l->upstream_user) &&
              startup_add(s, SL_SPAN("database"), s->target->config->database) &&
              startup_add(s, SL_SPAN("client_encoding"), SL_SPAN("UTF8")) &&
              startup_add(s, SL_SPAN("application_name"), sl_span_head(sl_buf_span(&app), 63));
    if (!ok || dial_new(s->gate, s->target, s->keeper_session, 0, l->options, l->option_count,
                        dialled, s, &l->dial) != SL_OK)
        session_fatal(s, "53200", "out of memory", NULL);
}
