/* The first packets of a client: TLS, a CancelRequest, or who it says it is and where it wants to.
 */
#include "role/gate/login_int.h"

#include "base/utf8.h"
#include "os/clock.h"
#include "role/gate/gate_int.h"
#include "role/gate/session.h"
#include "role/gate/stream.h"

static struct target *find_target(struct gate *g, struct sl_span name)
{
    for (size_t i = 0; i < g->target_count; i++)
        if (sl_span_eq(g->targets[i]->config->name, name))
            return g->targets[i];
    return NULL;
}

static void ask_for_proof(struct session *s)
{
    struct login_way way = login_way_of(s);
    SL_BUF(b, 256);

    s->phase = PHASE_AUTH;
    if (way.refused != NULL) {
        session_fatal(s, "28000", way.refused, way.hint);
        return;
    }
    s->login->step = way.token ? STEP_TOKEN : STEP_SASL_FIRST;
    if (way.token)
        sl_pg_put_auth_cleartext(&b);
    else
        sl_pg_put_auth_sasl(&b, way.mechanisms, way.count);
    login_say(s, &b);
}

static bool take_names(struct session *s, const struct sl_pg_startup *m)
{
    struct login *l = s->login;
    const struct sl_span *user = sl_pg_startup_option(m, "user");
    const struct sl_span *database = sl_pg_startup_option(m, "database");
    const struct sl_span *app = sl_pg_startup_option(m, "application_name");

    if (user == NULL || user->n == 0 || !sl_utf8_valid(*user)) {
        session_fatal(s, "28000", "the startup packet names no user", NULL);
        return false;
    }
    l->user = sl_arena_copy(l->mem, *user);
    l->database = sl_arena_copy(l->mem, database == NULL ? *user : *database);
    l->app_name = sl_arena_copy(l->mem, app == NULL ? SL_SPAN("") : sl_span_head(*app, 64));
    s->target = find_target(s->gate, l->database);
    return l->user.p != NULL && l->database.p != NULL && l->app_name.p != NULL;
}

static void take_startup(struct session *s, const struct sl_pg_startup *m)
{
    SL_BUF(b, 4096);

    if (!take_names(s, m))
        return;
    if (s->target == NULL) {
        SL_BUF(text, 256);
        sl_buf_put_str(&text, "there is no target \"");
        sl_utf8_put_printable(&text, sl_span_head(s->login->database, 64));
        sl_buf_put_str(&text, "\"");
        session_fatal(s, "3D000", sl_buf_text(&text),
                      "the database name of a connection is the name of a target");
        return;
    }
    if (!startup_take(s, m))
        return;
    if (m->negotiate) {
        sl_pg_put_negotiate(&b, m);
        login_say(s, &b);
    }
    if (!s->dead)
        ask_for_proof(s);
}

static void answer_tls_request(struct session *s)
{
    struct gate *g = s->gate;

    if (s->login->tls_asked ||
        s->in.n > 0) { /* whatever follows unasked did not come through TLS */
        session_kill(s, "bytes behind a request for TLS");
        return;
    }
    s->login->tls_asked = true;
    if (!stream_write(&s->client, g->tls == NULL ? SL_SPAN("N") : SL_SPAN("S"))) {
        session_left(s, "the client went away");
        return;
    }
    if (g->tls == NULL)
        return;
    if (sl_tls_accept(g->tls, s->client.fd, &s->client.tls) != SL_OK) {
        session_kill(s, "TLS cannot be set up");
        return;
    }
    s->phase = PHASE_TLS;
}

void startup_packet(struct session *s, struct sl_span body)
{
    struct sl_pg_startup m;
    enum sl_err e = sl_pg_startup_get(body, &m);

    if (e == SL_EUNSUPPORTED) {
        session_fatal(s, "0A000", "Sluice speaks version 3 of the PostgreSQL protocol", NULL);
        return;
    }
    if (e != SL_OK) {
        session_fatal(s, "08P01", "the startup packet is not valid", sl_err_text(e));
        return;
    }
    switch (m.kind) {
    case SL_PG_SSL_REQUEST:
        answer_tls_request(s);
        return;
    case SL_PG_GSSENC_REQUEST:
        if (!stream_write(&s->client, SL_SPAN("N")))
            session_left(s, "the client went away");
        return;
    case SL_PG_CANCEL_REQUEST:
        session_cancel_request(s->gate, m.cancel_pid, m.cancel_secret);
        session_left(s, "a cancel request");
        return;
    case SL_PG_STARTUP:
        take_startup(s, &m);
        return;
    }
}
