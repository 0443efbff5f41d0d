/* What we say to a provider: the address to send a browser to, and calls of its endpoints. */
#include "base/encode.h"
#include "core/oidc/oidc_int.h"

void sl_oidc_put_random(struct sl_buf *b, struct sl_span random)
{
    sl_base64url_put(b, random);
}

void sl_oidc_put_challenge(struct sl_buf *b, struct sl_span verifier)
{
    uint8_t digest[SL_SHA256];

    sl_sha256(verifier, digest);
    sl_base64url_put(b, sl_span(digest, sizeof digest));
}

void sl_oidc_put_authorization_url(struct sl_buf *b, const struct sl_oidc_provider *p,
                                   const struct sl_oidc_authorization *a)
{
    SL_BUF(challenge, 64);
    bool has_query = sl_span_find(p->authorization_url, '?') < p->authorization_url.n;

    sl_oidc_put_challenge(&challenge, a->verifier);
    sl_buf_put(b, p->authorization_url);
    sl_buf_put_str(b, has_query ? "" : "?");
    sl_oidc_put_pair(b, "response_type", SL_SPAN("code"));
    sl_oidc_put_pair(b, "client_id", a->client_id);
    sl_oidc_put_pair(b, "redirect_uri", a->redirect_uri);
    sl_oidc_put_pair(b, "scope", a->scope);
    sl_oidc_put_pair(b, "state", a->state);
    sl_oidc_put_pair(b, "nonce", a->nonce);
    sl_oidc_put_pair(b, "code_challenge", sl_buf_span(&challenge));
    sl_oidc_put_pair(b, "code_challenge_method", SL_SPAN("S256"));
    if (a->acr_values.n > 0)
        sl_oidc_put_pair(b, "acr_values", a->acr_values);
    if (a->fresh) {
        sl_oidc_put_pair(b, "prompt", SL_SPAN("login"));
        sl_oidc_put_pair(b, "max_age", SL_SPAN("0"));
    }
}

/* RFC 6749, section 2.3.1: both halves are form-encoded before they are joined. */
static void put_basic(struct sl_buf *authorization, const struct sl_oidc_client *client)
{
    SL_BUF(pair, SL_OIDC_TOKEN_MAX);

    sl_oidc_put_escaped(&pair, client->client_id);
    sl_buf_put_u8(&pair, ':');
    sl_oidc_put_escaped(&pair, client->secret);
    sl_buf_put_str(authorization, "Basic ");
    sl_base64_put(authorization, sl_buf_span(&pair));
    if (sl_buf_err(&pair) != SL_OK && authorization->why == SL_OK)
        authorization->why = sl_buf_err(&pair);
    sl_secret_wipe(pair.p, pair.n);
}

static void put_client(struct sl_buf *body, struct sl_buf *authorization,
                       const struct sl_oidc_provider *p, const struct sl_oidc_client *client)
{
    if (client->secret.n > 0 && !p->secret_in_body) {
        put_basic(authorization, client);
        return;
    }
    sl_oidc_put_pair(body, "client_id", client->client_id);
    if (client->secret.n > 0)
        sl_oidc_put_pair(body, "client_secret", client->secret);
}

void sl_oidc_put_code_call(struct sl_buf *body, struct sl_buf *authorization,
                           const struct sl_oidc_provider *p, const struct sl_oidc_client *client,
                           struct sl_span code, struct sl_span redirect_uri,
                           struct sl_span verifier)
{
    sl_oidc_put_pair(body, "grant_type", SL_SPAN("authorization_code"));
    sl_oidc_put_pair(body, "code", code);
    sl_oidc_put_pair(body, "redirect_uri", redirect_uri);
    sl_oidc_put_pair(body, "code_verifier", verifier);
    put_client(body, authorization, p, client);
}

void sl_oidc_put_device_call(struct sl_buf *body, struct sl_buf *authorization,
                             const struct sl_oidc_provider *p, const struct sl_oidc_client *client,
                             struct sl_span scope)
{
    sl_oidc_put_pair(body, "scope", scope);
    put_client(body, authorization, p, client);
}

void sl_oidc_put_device_poll(struct sl_buf *body, struct sl_buf *authorization,
                             const struct sl_oidc_provider *p, const struct sl_oidc_client *client,
                             struct sl_span device_code)
{
    sl_oidc_put_pair(body, "grant_type", SL_SPAN("urn:ietf:params:oauth:grant-type:device_code"));
    sl_oidc_put_pair(body, "device_code", device_code);
    put_client(body, authorization, p, client);
}
