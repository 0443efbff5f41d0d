/* OAUTHBEARER: a token of an issuer's, from a client that can fetch one itself (libpq 18 and on).
 * The keeper says what the token is worth; here it is only carried, and a no is told in the two
 * steps that RFC 7628 wants (section 3.2.3). */
#include "role/gate/login_int.h"

#include "json/json.h"

static const struct sl_issuer *first_issuer(const struct sl_config *c, enum sl_issuer_kind kind)
{
    for (size_t i = 0; i < c->issuer_count; i++)
        if (sl_issuer_takes_tokens(&c->issuers[i]) && (kind == 0 || c->issuers[i].kind == kind))
            return &c->issuers[i];
    return NULL;
}

/* Where a client without a token may get one: where it said, else where people and services have
 * accounts, else anywhere. */
static const struct sl_issuer *issuer_to_name(struct session *s)
{
    const struct sl_config *c = s->gate->config;
    const struct sl_issuer *wanted = sl_config_issuer(c, s->login->wanted_issuer);

    if (wanted != NULL && sl_issuer_takes_tokens(wanted))
        return wanted;
    wanted = first_issuer(c, SL_ISSUER_OIDC);
    return wanted != NULL ? wanted : first_issuer(c, 0);
}

struct login_way login_way_of(struct session *s)
{
    return login_way(s->gate->config->settings.client_auth, s->login->wish,
                     s->client_is_tls || s->client_is_loopback, issuer_to_name(s) != NULL);
}

/* An issuer that is gone since it was offered leaves an empty object: the client ends then. */
static void put_error(struct session *s, struct sl_buf *b)
{
    const struct sl_issuer *i = issuer_to_name(s);
    SL_BUF(url, SL_OIDC_URL_MAX);
    SL_BUF(scope, 4096);
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    if (i != NULL) {
        sl_oidc_discovery_url(&url, i->issuer);
        sl_issuer_put_scope(&scope, i);
        sl_jw_key(&w, "openid-configuration");
        sl_jw_str(&w, sl_buf_span(&url));
    }
    if (scope.n > 0) {
        sl_jw_key(&w, "scope");
        sl_jw_str(&w, sl_buf_span(&scope));
    }
    sl_jw_key(&w, "status");
    sl_jw_str(&w, SL_SPAN("invalid_token"));
    sl_jw_end(&w);
}

static bool keep(struct session *s, struct sl_span text, struct sl_span *out)
{
    *out = sl_arena_copy(s->login->mem, text);
    return text.n == 0 || out->p != NULL;
}

/* A client that is told `invalid_token` may fetch another: only where that could help. */
static bool is_about_the_token(struct sl_span sqlstate)
{
    return sl_span_starts(sqlstate, SL_SPAN("28"));
}

void oauth_refuse(struct session *s, struct sl_span sqlstate, struct sl_span text,
                  struct sl_span hint)
{
    struct login *l = s->login;
    SL_BUF(error, 8192);
    SL_BUF(b, 8192);

    if (!is_about_the_token(sqlstate) || !keep(s, sqlstate, &l->refusal.sqlstate) ||
        !keep(s, text, &l->refusal.text) || !keep(s, hint, &l->refusal.hint)) {
        login_end(s, sqlstate, text, hint);
        return;
    }
    put_error(s, &error);
    l->step = STEP_OAUTH_LAST;
    s->phase = PHASE_AUTH;
    sl_pg_put_auth_sasl_continue(&b, sl_buf_span(&error));
    login_say(s, &b);
}

void oauth_first(struct session *s, struct sl_span response)
{
    struct sl_oauth_client_first m;

    s->login->uses_oauth = true;
    if (sl_oauth_client_first_get(response, &m) != SL_OK)
        session_fatal(s, "08P01", "the OAUTHBEARER message is not valid", NULL);
    else if (m.token.n > 0)
        login_send_token(s, m.token);
    else
        oauth_refuse(s, SL_SPAN("28000"), SL_SPAN("no token was sent"),
                     SL_SPAN("the client was told where to get one"));
}

void oauth_last(struct session *s, struct sl_span response)
{
    struct login *l = s->login;

    if (sl_oauth_is_client_last(response))
        login_end(s, l->refusal.sqlstate, l->refusal.text, l->refusal.hint);
    else
        session_fatal(s, "08P01", "the OAUTHBEARER message is not valid", NULL);
}
