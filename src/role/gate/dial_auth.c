/* Proving to the server who we are, with answers that the keeper computes: md5 and SCRAM-SHA-256,
 * bound to the TLS channel where the server offers it. */
#include "role/gate/dial_int.h"

#include "base/encode.h"
#include "os/clock.h"

static void remember_call(struct dial *d)
{
    d->call = ++d->gate->next_call;
    if (sl_map_put(d->gate->by_call, sl_map_u64(&d->call), d) != SL_OK)
        dial_fail(d, "53200", "out of memory");
    d->phase = DIAL_PROOF;
}

static void answer_md5(struct dial *d, struct sl_span salt)
{
    if (d->gate->keeper == NULL) {
        dial_fail(d, "57P03", "Sluice's keeper is restarting: try again");
        return;
    }
    remember_call(d);
    SL_SEND(d->gate->keeper, upstream_md5, .call = d->call, .session = d->session,
            .target = d->target->config->name, .attempt = d->attempt, .salt = salt,
            .elevated = d->elevated);
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
        dial_fail(d, "28000",
                  "the database server asks for a SASL mechanism that Sluice does not have");
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
    dial_send(d, &b);
}

static void continue_scram(struct dial *d, struct sl_span message)
{
    struct sl_scram_server_first m;
    SL_BUF(auth, 8192);

    if (!d->was_sasl || d->server_first.n > 0 || sl_scram_server_first_get(message, &m) != SL_OK ||
        !sl_scram_nonce_extends(m.nonce, sl_span_str(d->nonce))) {
        dial_fail(d, "28000", "the database server's SCRAM message is not valid");
        return;
    }
    sl_buf_put(&d->server_first, message);
    sl_scram_put_client_final_without_proof(&d->without_proof, gs2_of(d), sl_buf_span(&d->binding),
                                            m.nonce);
    sl_buf_say(&auth, "%S,%S,%S", sl_buf_span(&d->first_bare), message,
               sl_buf_span(&d->without_proof));
    if (sl_buf_err(&auth) != SL_OK || d->gate->keeper == NULL) {
        dial_fail(d, "57P03", "Sluice's keeper is restarting: try again");
        return;
    }
    remember_call(d);
    SL_SEND(d->gate->keeper, upstream_scram, .call = d->call, .session = d->session,
            .target = d->target->config->name, .attempt = d->attempt,
            .auth_message = sl_buf_span(&auth), .salt = sl_span(m.salt, m.salt_bytes),
            .iterations = m.iterations, .elevated = d->elevated);
}

static void end_scram(struct dial *d, struct sl_span message)
{
    struct sl_scram_server_final m;

    if (!d->proved || sl_scram_server_final_get(message, &m) != SL_OK || m.refused ||
        !sl_secret_eq(sl_span(m.signature, sizeof m.signature),
                      sl_span(d->server_signature, sizeof d->server_signature))) {
        dial_fail(d, "28000", "the database server could not prove that it knows the password");
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
        dial_fail(d, "28000", sl_buf_text(&why));
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
        dial_fail(d, "XX000", "the keeper's proof has the wrong size");
        return;
    }
    dial_send(d, &b);
}

void dial_take_auth(struct dial *d, struct sl_span body)
{
    struct sl_pg_auth a;

    if (sl_pg_auth_get(body, &a) != SL_OK) {
        dial_fail(d, "28000",
                  "the database server asks for an authentication that Sluice does not know");
        return;
    }
    switch (a.kind) {
    case SL_PG_AUTH_OK:
        if (d->was_sasl && !d->authenticated)
            dial_fail(d, "28000", "the database server skipped the end of SCRAM");
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
        dial_fail(d, "28000",
                  "the database server asks for the password in clear, which Sluice never sends");
        return;
    default:
        dial_fail(d, "28000",
                  "the database server asks for an authentication that Sluice does not support");
    }
}
