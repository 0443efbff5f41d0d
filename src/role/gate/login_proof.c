/* What a client proves itself with: a token, or SCRAM; the keeper checks it. */
#include "role/gate/login_int.h"

#include "os/clock.h"
#include "role/gate/session.h"

static void take_token(struct session *s, struct sl_span body)
{
    struct sl_span token;

    if (sl_pg_password_get(body, &token) != SL_OK) {
        session_fatal(s, "28P01", "an empty password is no token", NULL);
        return;
    }
    login_send_token(s, token);
}

static void take_scram_first(struct session *s, struct sl_span response)
{
    struct login *l = s->login;
    struct sl_scram_client_first first;

    if (sl_scram_client_first_get(response, &first) != SL_OK || first.binding == SL_SCRAM_BINDING) {
        session_fatal(s, "28P01", "the SCRAM-SHA-256 message is not valid", NULL);
        return;
    }
    if (!login_keeper_is_there(s))
        return;
    l->gs2_header = sl_arena_copy(l->mem, first.gs2_header);
    login_wait(s);
    SL_SEND(s->gate->keeper, login_scram, .conn = s->id, .target = s->target->config->name,
            .user = l->user, .address = sl_span_str(s->short_address), .tls = s->client_is_tls,
            .client_first_bare = first.bare);
}

/* One that was offered. */
static void take_sasl_first(struct session *s, struct sl_span body)
{
    struct sl_pg_sasl_initial m;
    struct login_way way = login_way_of(s);
    bool known = false;

    bool read = sl_pg_sasl_initial_get(body, &m) == SL_OK && m.has_response;
    for (size_t i = 0; i < way.count && read; i++)
        known = known || sl_span_is(m.mechanism, way.mechanisms[i]);
    if (!known)
        session_fatal(s, "28P01",
                      "the SASL message is not valid, or of a mechanism that was not "
                      "offered",
                      NULL);
    else if (sl_span_is(m.mechanism, SL_OAUTHBEARER))
        oauth_first(s, m.response);
    else
        take_scram_first(s, m.response);
}

static void take_sasl_final(struct session *s, struct sl_span body)
{
    struct login *l = s->login;
    struct sl_scram_client_final m;
    SL_BUF(binding, 64);

    sl_scram_put_binding(&binding, l->gs2_header, sl_span(NULL, 0));
    if (sl_scram_client_final_get(body, &m) != SL_OK || !sl_span_eq(m.nonce, l->nonce) ||
        !sl_span_eq(m.binding_base64, sl_buf_span(&binding))) {
        session_fatal(s, "28P01", "the SCRAM-SHA-256 proof is not valid", NULL);
        return;
    }
    if (!login_keeper_is_there(s))
        return;
    l->used_scram = true;
    login_wait(s);
    SL_SEND(s->gate->keeper, login_proof, .conn = s->id,
            .client_final_without_proof = m.without_proof,
            .proof = sl_span(m.proof, sizeof m.proof));
}

void login_proof(struct session *s, uint8_t type, struct sl_span body)
{
    if (type == SL_PG_TERMINATE) {
        session_left(s, "the client said goodbye");
        return;
    }
    if (type != SL_PG_PASSWORD) {
        session_fatal(s, "08P01", "a message that does not belong into a login", NULL);
        return;
    }
    switch (s->login->step) {
    case STEP_TOKEN:
        take_token(s, body);
        return;
    case STEP_SASL_FIRST:
        take_sasl_first(s, body);
        return;
    case STEP_SASL_FINAL:
        take_sasl_final(s, body);
        return;
    case STEP_OAUTH_LAST:
        oauth_last(s, body);
        return;
    case STEP_STARTUP:
    case STEP_KEEPER:
        session_fatal(s, "08P01", "a message that does not belong here", NULL);
    }
}
