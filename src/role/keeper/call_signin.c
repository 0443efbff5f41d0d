#include "role/keeper/flows.h"

#include "base/when.h"
#include "role/keeper/call.h"
#include "role/keeper/console.h"

/* Signing in through an identity provider in a browser: authorization code with PKCE. What comes
 * of it is a session, as any other way of signing in to the console makes; no token of the provider
 * leaves the keeper. */

/* --- what the sign-in page may offer
 * --------------------------------------------------------------- */

static json_t *issuer_json(const struct issuer *i)
{
    json_t *one = json_object();
    SL_BUF(why, 1024);
    uint32_t algorithms = i->config->algorithms;
    bool people = sl_issuer_signs_in(i->config) && i->known;

    json_put_str(one, "name", i->config->name);
    json_put_str(one, "issuer", i->config->issuer);
    json_object_set_new(one, "code",
                        json_boolean(people && sl_oidc_provider_can_browse(
                                                   &i->provider, algorithms) == SL_OIDC_YES));
    json_object_set_new(one, "device",
                        json_boolean(people && sl_oidc_provider_can_device(
                                                   &i->provider, algorithms) == SL_OIDC_YES));
    json_object_set_new(one, "ready", json_boolean(issuer_ready(i)));
    if (issuer_ready(i))
        return one;
    issuer_say_why(i, &why);
    json_put_str(one, "why", sl_buf_span(&why));
    return one;
}

void call_ISSUERS(struct call *c)
{
    json_t *list = json_array();

    for (const struct issuer *i = c->keeper->issuers; i != NULL; i = i->next)
        json_array_append_new(list, issuer_json(i));
    c->reply = json_object();
    json_object_set_new(c->reply, "issuers", list);
}

/* --- the way there ------------------------------------------------------------------ */

static void redirect_uri(const struct keeper *k, struct sl_buf *out)
{
    const struct sl_settings *s = &k->config->settings;
    struct sl_span url = s->public_url;

    while (url.n > 0 && url.p[url.n - 1] == '/')
        url.n--;
    if (url.n > 0)
        sl_buf_say(out, "%S/signin/callback", url);
    else
        sl_buf_say(out, "http://%S:%S/signin/callback", s->http_host, s->http_port);
}

/* A path of ours, and not the beginning of another address ("//elsewhere", "/\elsewhere"). */
static bool is_path_here(struct sl_span path)
{
    if (path.n == 0 || path.p[0] != '/' || (path.n > 1 && (path.p[1] == '/' || path.p[1] == '\\')))
        return path.n == 0;
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] <= 0x20 || path.p[i] >= 0x7f || path.p[i] == '\\')
            return false;
    return path.n <= 1000;
}

void signin_tell_begun(struct call *c, const struct issuer *i, const struct flow *f,
                       const struct sl_buf *secret)
{
    SL_BUF(url, 16 * 1024);
    SL_BUF(back, 4096);
    SL_BUF(scope, 4096);
    SL_BUF(acr, 4096);

    redirect_uri(c->keeper, &back);
    sl_issuer_put_scope(&scope, i->config);
    for (size_t n = 0; f->fresh && n < i->config->mfa_acr.count; n++)
        sl_buf_say(&acr, n == 0 ? "%S" : " %S", i->config->mfa_acr.items[n]);
    sl_oidc_put_authorization_url(
        &url, &i->provider,
        &(struct sl_oidc_authorization){.client_id = i->config->client_id,
                                        .redirect_uri = sl_buf_span(&back),
                                        .scope = sl_buf_span(&scope),
                                        .state = sl_span_str(f->state),
                                        .nonce = sl_span_str(f->nonce),
                                        .verifier = sl_span_str(f->verifier),
                                        .acr_values = sl_buf_span(&acr),
                                        .fresh = f->fresh});
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "redirect", sl_buf_span(&url));
    json_put_str(c->reply, "flow", sl_buf_span(secret));
    json_put_time(c->reply, "expires_at",
                  sl_clock_us() + (f->expires_us - sl_clock_monotonic_us()));
}

void call_SIGNIN_BEGIN(struct call *c)
{
    SL_BUF(secret, 128);

    if (!signin_may_try(c))
        return;
    if (!is_path_here(call_str(c, "return"))) {
        call_problem(c, 400, "Not a path here", "`return` is a path of this Sluice.", "");
        return;
    }
    struct issuer *i = signin_issuer(c, true);
    if (i == NULL)
        return;
    bool fresh = sl_span_is(call_str(c, "fresh"), "yes");
    if (fresh && i->config->mfa_acr.count == 0) {
        call_problem(c, 409, "Nothing is known of second factors",
                     "The configuration does not say what this provider calls a sign-in with more "
                     "than one factor.",
                     "`mfa_acr` of the issuer does.");
        return;
    }
    enum sl_oidc_reason reason = sl_oidc_provider_can_browse(&i->provider, i->config->algorithms);
    if (reason != SL_OIDC_YES) {
        signin_refuse(c, reason, sl_span(NULL, 0));
        return;
    }
    struct flow *f = flow_new(c->keeper, i, FLOW_CODE, c->address, &secret);
    if (f == NULL) {
        signin_refuse(c, SL_OIDC_TOO_MANY, sl_span(NULL, 0));
        return;
    }
    f->fresh = fresh;
    sl_buf_put(&f->back, call_str(c, "return"));
    f->device_made = sl_buf(128);
    device_take(c, f->device, &f->device_made);
    signin_tell_begun(c, i, f, &secret);
    sl_secret_wipe(secret.p, secret.cap);
}

/* --- the way back -------------------------------------------------------------------- */

static void ask_for_token(struct call *c, struct flow *f, struct issuer *i, struct sl_span code)
{
    struct sl_oidc_client client;
    SL_BUF(form, 64 * 1024);
    SL_BUF(authorization, 8192);
    SL_BUF(back, 4096);

    if (!signin_may_call(c, f)) {
        flow_end(c->keeper, f);
        signin_refuse(c, SL_OIDC_TOO_MANY, sl_span(NULL, 0));
        return;
    }
    if (!signin_client(c, i, &client)) {
        flow_end(c->keeper, f);
        return;
    }
    redirect_uri(c->keeper, &back);
    sl_oidc_put_code_call(&form, &authorization, &i->provider, &client, code, sl_buf_span(&back),
                          sl_span_str(f->verifier));
    flow_post(c->keeper, f, i, i->provider.token_url, &form, &authorization, flow_on_token);
    flow_defer(c, f);
}

/* Whatever is wrong with it, the flow is spent: it was shown to somebody. And all of this comes
 * before the provider is asked anything. */
static void spend_flow(struct call *c, struct flow *f, const struct sl_oidc_response *r)
{
    struct issuer *i = issuer_by_id(c->keeper, f->issuer);
    enum sl_oidc_reason reason = SL_OIDC_YES;
    struct sl_span more = {NULL, 0};

    if (i == NULL)
        reason = SL_OIDC_ISSUER_UNKNOWN;
    else if (!sl_secret_eq(r->state, sl_span_str(f->state)))
        reason = SL_OIDC_STATE;
    else if (!sl_oidc_response_is_of(r, &i->provider))
        reason = SL_OIDC_RESPONSE_ISSUER;
    else if (r->error.n > 0) {
        reason = SL_OIDC_ANSWER_ERROR;
        more = r->error;
    }
    if (reason == SL_OIDC_YES) {
        ask_for_token(c, f, i, r->code);
        return;
    }
    flow_failed(c, f, reason, more);
    flow_end(c->keeper, f);
}

void call_SIGNIN_FINISH(struct call *c)
{
    struct sl_oidc_response response;

    if (!signin_may_try(c))
        return;
    struct flow *f = flow_of(c->keeper, call_str(c, "flow"), FLOW_CODE);
    if (f == NULL || f->phase != FLOW_OPEN) {
        signin_failed(c, SL_OIDC_STATE, sl_span(NULL, 0));
        return;
    }
    enum sl_oidc_reason reason =
        sl_oidc_response_read(call_str(c, "query"), c->keeper->mem, &response);
    if (reason == SL_OIDC_YES) {
        spend_flow(c, f, &response);
        return;
    }
    flow_failed(c, f, reason, sl_span(NULL, 0));
    flow_end(c->keeper, f);
}
