#include "role/keeper/flows.h"

#include "base/when.h"

/* Signing in through an identity provider: in a browser (authorization code with PKCE) and on the
 * command line (device grant). What comes of either is a session, as any other way of signing in
 * to the console makes; no token of the provider leaves the keeper. */

#define DOOR LIMITS_DOOR "signin"

/* --- refusing ------------------------------------------------------------------------------------ */

static void refuse_reason(struct call *c, enum sl_oidc_reason reason, struct sl_span more)
{
    SL_BUF(detail, 2048);

    sl_buf_say(&detail, "Not signed in: %s.", sl_oidc_reason_text(reason));
    if (more.n > 0)
        sl_buf_say(&detail, " %S", more);
    call_problem(c, reason == SL_OIDC_ISSUER_DOWN ? 503 : reason == SL_OIDC_TOO_MANY ? 429 : 403,
                 "Not signed in", sl_buf_text(&detail),
                 reason == SL_OIDC_ACCOUNT_UNKNOWN
                     ? "An operator links it: sluice identity account NAME --issuer I --subject S"
                     : "");
    json_put_str(c->reply, "reason", sl_span_str(sl_oidc_reason_name(reason)));
}

/* In the ledger by the reason's name, and slower with each. */
static void failed(struct call *c, enum sl_oidc_reason reason, struct sl_span more)
{
    struct keeper *k = c->keeper;

    limits_failed(&k->limits, c->address, SL_SPAN(DOOR), sl_clock_us());
    sign_in_failed(k, SL_SPAN("signin"), sl_span(NULL, 0), c->address,
                   sl_oidc_reason_name(reason));
    refuse_reason(c, reason, more);
}

static bool may_try(struct call *c)
{
    if (c->peer != NULL && limits_allow(&c->keeper->limits, c->address, SL_SPAN(DOOR),
                                        sl_clock_us()))
        return true;
    call_problem(c, c->peer == NULL ? 503 : 429,
                 c->peer == NULL ? "Sluice does not run" : "Too many attempts",
                 c->peer == NULL ? "Signing in needs a running Sluice."
                                 : "Wait a moment; each failure makes the wait longer.",
                 "");
    return false;
}

static void refuse_down(struct call *c, const struct issuer *i)
{
    SL_BUF(why, 1024);

    issuer_say_why(i, &why);
    refuse_reason(c, SL_OIDC_ISSUER_DOWN, sl_buf_span(&why));
}

/* The issuer that the body names, known and with keys; else the answer is made, or comes when the
 * issuer is settled. */
static struct issuer *issuer_for(struct call *c, bool sign_in)
{
    struct issuer *i = issuer_named(c->keeper, call_str(c, "issuer"));

    if (i == NULL || (sign_in && !sl_issuer_signs_in(i->config))) {
        call_problem(c, 404, "No such identity provider",
                     "This Sluice knows no identity provider of this name that people sign in at.",
                     "`issuers` in the configuration names them.");
        return NULL;
    }
    if (issuer_ready(i))
        return i;
    if (!c->keeper->settled && issuer_may_ask(c->keeper, i))
        c->wait_for = i;
    else
        refuse_down(c, i);
    return NULL;
}

/* --- what the sign-in page may offer --------------------------------------------------------------- */

static json_t *issuer_json(const struct issuer *i)
{
    json_t *one = json_object();
    SL_BUF(why, 1024);
    uint32_t algorithms = i->config->algorithms;
    bool people = sl_issuer_signs_in(i->config) && i->known;

    json_put_str(one, "name", i->config->name);
    json_put_str(one, "issuer", i->config->issuer);
    json_object_set_new(
        one, "code",
        json_boolean(people &&
                     sl_oidc_provider_can_browse(&i->provider, algorithms) == SL_OIDC_YES));
    json_object_set_new(
        one, "device",
        json_boolean(people &&
                     sl_oidc_provider_can_device(&i->provider, algorithms) == SL_OIDC_YES));
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

/* --- the provider's token endpoint ------------------------------------------------------------------ */

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

/* The client's secret is there, or the issuer has none; else the answer is made, and the secret is
 * asked for once more. */
static bool client_of(struct call *c, struct issuer *i, struct sl_oidc_client *out)
{
    bool secret = i->config->client_secret_file.n > 0 || i->config->client_secret_command.count > 0;

    *out = (struct sl_oidc_client){.client_id = i->config->client_id};
    if (!secret)
        return true;
    if (!i->secret_known) {
        issuer_secret_ask(c->keeper, i, true);
        call_problem(c, 503, "Not signed in",
                     "The secret that Sluice has at the provider could not be read.",
                     "Sluice's log says why; `client_secret_file` or `client_secret_command`.");
        return false;
    }
    out->secret = sl_buf_span(&i->secret);
    return true;
}

static void on_token(struct keeper *k, uint64_t of, const struct fetched *got);

static void post(struct keeper *k, struct flow *f, const struct issuer *i, struct sl_span url,
                 struct sl_buf *form, struct sl_buf *authorization, fetch_fn *fn)
{
    fetch_begin(k,
                &(struct fetch_request){.issuer = i->config->name,
                                        .url = url,
                                        .form = sl_buf_span(form),
                                        .authorization = sl_buf_span(authorization)},
                fn, f->id);
    f->phase = FLOW_ASKED;
    sl_secret_wipe(form->p, form->cap);
    sl_secret_wipe(authorization->p, authorization->cap);
}

/* From here on the answer comes late. */
static void defer(struct call *c, struct flow *f)
{
    call_defer(c, &f->late);
    f->waits = true;
}

/* The call whose answer is due, once. */
static struct call take_late(struct keeper *k, struct flow *f)
{
    struct call c = late_call(k, &f->late);

    f->waits = false;
    return c;
}

/* Ends the flow with a reason. */
static void end_refused(struct keeper *k, struct flow *f, enum sl_oidc_reason reason,
                        struct sl_span more)
{
    struct call c = take_late(k, f);

    failed(&c, reason, more);
    flow_end(k, f);
    late_done(&c);
}

/* --- in a browser: the way there ------------------------------------------------------------------ */

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

static void tell_begun(struct call *c, const struct issuer *i, const struct flow *f,
                       const struct sl_buf *secret)
{
    SL_BUF(url, 16 * 1024);
    SL_BUF(back, 4096);
    SL_BUF(scope, 4096);

    redirect_uri(c->keeper, &back);
    sl_issuer_put_scope(&scope, i->config);
    sl_oidc_put_authorization_url(
        &url, &i->provider,
        &(struct sl_oidc_authorization){.client_id = i->config->client_id,
                                        .redirect_uri = sl_buf_span(&back),
                                        .scope = sl_buf_span(&scope),
                                        .state = sl_span_str(f->state),
                                        .nonce = sl_span_str(f->nonce),
                                        .verifier = sl_span_str(f->verifier)});
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

    if (!may_try(c))
        return;
    if (!is_path_here(call_str(c, "return"))) {
        call_problem(c, 400, "Not a path here", "`return` is a path of this Sluice.", "");
        return;
    }
    struct issuer *i = issuer_for(c, true);
    if (i == NULL)
        return;
    enum sl_oidc_reason reason = sl_oidc_provider_can_browse(&i->provider, i->config->algorithms);
    if (reason != SL_OIDC_YES) {
        refuse_reason(c, reason, sl_span(NULL, 0));
        return;
    }
    struct flow *f = flow_new(c->keeper, i, FLOW_CODE, c->address, &secret);
    if (f == NULL) {
        refuse_reason(c, SL_OIDC_TOO_MANY, sl_span(NULL, 0));
        return;
    }
    sl_buf_put(&f->back, call_str(c, "return"));
    tell_begun(c, i, f, &secret);
    sl_secret_wipe(secret.p, secret.cap);
}

/* --- in a browser: the way back -------------------------------------------------------------------- */

static void ask_for_token(struct call *c, struct flow *f, struct issuer *i, struct sl_span code)
{
    struct sl_oidc_client client;
    SL_BUF(form, 64 * 1024);
    SL_BUF(authorization, 8192);
    SL_BUF(back, 4096);

    if (!client_of(c, i, &client)) {
        flow_end(c->keeper, f);
        return;
    }
    redirect_uri(c->keeper, &back);
    sl_oidc_put_code_call(&form, &authorization, &i->provider, &client, code, sl_buf_span(&back),
                          sl_span_str(f->verifier));
    post(c->keeper, f, i, i->provider.token_url, &form, &authorization, on_token);
    defer(c, f);
}

/* Whatever is wrong with it, the flow is spent: it was shown to somebody. */
static void spend_flow(struct call *c, struct flow *f, const struct sl_oidc_response *r)
{
    struct issuer *i = issuer_by_id(c->keeper, f->issuer);
    enum sl_oidc_reason reason = SL_OIDC_YES;
    struct sl_span more = {NULL, 0};

    if (i == NULL)
        reason = SL_OIDC_ISSUER_UNKNOWN;
    else if (!sl_span_is(r->state, f->state))
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
    flow_end(c->keeper, f);
    failed(c, reason, more);
}

void call_SIGNIN_FINISH(struct call *c)
{
    struct sl_oidc_response response;

    if (!may_try(c))
        return;
    struct flow *f = flow_of(c->keeper, call_str(c, "flow"), FLOW_CODE);
    if (f == NULL || f->phase != FLOW_OPEN) {
        failed(c, SL_OIDC_STATE, sl_span(NULL, 0));
        return;
    }
    enum sl_oidc_reason reason =
        sl_oidc_response_read(call_str(c, "query"), c->keeper->mem, &response);
    if (reason == SL_OIDC_YES) {
        spend_flow(c, f, &response);
        return;
    }
    flow_end(c->keeper, f);
    failed(c, reason, sl_span(NULL, 0));
}

/* --- on the command line ----------------------------------------------------------------------------- */

static void on_device(struct keeper *k, uint64_t of, const struct fetched *got);

void call_LOGIN_DEVICE(struct call *c)
{
    if (may_try(c))
        device_begin(c, false);
}

void device_begin(struct call *c, bool test)
{
    struct sl_oidc_client client;
    SL_BUF(form, 16 * 1024);
    SL_BUF(authorization, 8192);
    SL_BUF(scope, 4096);
    SL_BUF(secret, 128);
    struct issuer *i = issuer_for(c, true);

    if (i == NULL)
        return;
    enum sl_oidc_reason reason = sl_oidc_provider_can_device(&i->provider, i->config->algorithms);
    if (reason != SL_OIDC_YES) {
        refuse_reason(c, reason, sl_span(NULL, 0));
        return;
    }
    if (!client_of(c, i, &client))
        return;
    struct flow *f = flow_new(c->keeper, i, FLOW_DEVICE, c->address, &secret);
    if (f == NULL) {
        refuse_reason(c, SL_OIDC_TOO_MANY, sl_span(NULL, 0));
        return;
    }
    f->test = test;
    sl_buf_put(&f->back, sl_buf_span(&secret)); /* told with the answer, and wiped then */
    sl_issuer_put_scope(&scope, i->config);
    sl_oidc_put_device_call(&form, &authorization, &i->provider, &client, sl_buf_span(&scope));
    post(c->keeper, f, i, i->provider.device_url, &form, &authorization, on_device);
    defer(c, f);
    sl_secret_wipe(secret.p, secret.cap);
}

static void tell_device(struct call *c, struct flow *f, const struct sl_oidc_device *d)
{
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "poll", sl_buf_span(&f->back));
    json_put_str(c->reply, "user_code", d->user_code);
    json_put_str(c->reply, "verification_uri", d->url);
    if (d->complete_url.n > 0)
        json_put_str(c->reply, "verification_uri_complete", d->complete_url);
    json_object_set_new(c->reply, "interval", json_integer((json_int_t)d->interval_s));
    json_put_time(c->reply, "expires_at",
                  sl_clock_us() + (f->expires_us - sl_clock_monotonic_us()));
    sl_secret_wipe(f->back.p, f->back.cap);
    sl_buf_reset(&f->back);
}

static void on_device(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct flow *f = flow_by_id(k, of);
    struct issuer *i = f == NULL ? NULL : issuer_by_id(k, f->issuer);
    struct sl_oidc_device d;

    if (f == NULL)
        return;
    if (i == NULL || got->status == 0) {
        end_refused(k, f, i == NULL ? SL_OIDC_ISSUER_UNKNOWN : SL_OIDC_ISSUER_DOWN, got->why);
        return;
    }
    enum sl_oidc_reason reason =
        sl_oidc_device_read(got->status, got->body, &i->provider, k->mem, &d);
    if (reason != SL_OIDC_YES) {
        end_refused(k, f, reason, sl_span(NULL, 0));
        return;
    }
    uint64_t now_us = sl_clock_monotonic_us(), end_us = now_us + d.expires_in_s * 1000 * 1000;
    sl_buf_put(&f->device_code, d.device_code);
    f->expires_us = end_us < f->expires_us ? end_us : f->expires_us;
    f->interval_us = d.interval_s * 1000 * 1000;
    f->next_us = now_us + f->interval_us;
    f->phase = FLOW_OPEN;
    struct call c = take_late(k, f);
    tell_device(&c, f, &d);
    late_done(&c);
}

static void tell_pending(struct call *c, const struct flow *f)
{
    c->status = 202;
    c->reply = json_object();
    json_object_set_new(c->reply, "pending", json_true());
    json_object_set_new(c->reply, "interval",
                        json_integer((json_int_t)(f->interval_us / 1000000)));
}

static void ask_for_device_token(struct call *c, struct flow *f, struct issuer *i)
{
    struct sl_oidc_client client;
    SL_BUF(form, SL_OIDC_DOCUMENT_MAX * 4);
    SL_BUF(authorization, 8192);

    if (!client_of(c, i, &client))
        return; /* asked again when the secret is there */
    sl_oidc_put_device_poll(&form, &authorization, &i->provider, &client,
                            sl_buf_span(&f->device_code));
    f->next_us = sl_clock_monotonic_us() + f->interval_us;
    post(c->keeper, f, i, i->provider.token_url, &form, &authorization, on_token);
    defer(c, f);
}

void device_poll(struct call *c, bool test)
{
    struct flow *f = flow_of(c->keeper, call_str(c, "poll"), FLOW_DEVICE);

    if (f == NULL || f->test != test) {
        failed(c, SL_OIDC_STATE, sl_span(NULL, 0));
        return;
    }
    struct issuer *i = issuer_by_id(c->keeper, f->issuer);
    if (i == NULL) {
        flow_end(c->keeper, f);
        failed(c, SL_OIDC_ISSUER_UNKNOWN, sl_span(NULL, 0));
    } else if (f->phase != FLOW_OPEN || sl_clock_monotonic_us() < f->next_us) {
        tell_pending(c, f);
    } else {
        ask_for_device_token(c, f, i);
    }
}

void call_LOGIN_POLL(struct call *c)
{
    if (may_try(c))
        device_poll(c, false);
}

/* --- the token, and what comes of it ------------------------------------------------------------------ */

static void go_on_pending(struct keeper *k, struct flow *f, bool slow_down)
{
    if (slow_down)
        f->interval_us += 5 * 1000 * 1000;
    f->next_us = sl_clock_monotonic_us() + f->interval_us;
    f->phase = FLOW_OPEN;
    struct call c = take_late(k, f);
    tell_pending(&c, f);
    late_done(&c);
}

static void on_token(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct flow *f = flow_by_id(k, of);
    struct sl_oidc_answer answer = {0};

    if (f == NULL)
        return;
    if (got->status == 0 && f->kind == FLOW_DEVICE) { /* it may answer the next time */
        go_on_pending(k, f, false);
        return;
    }
    if (got->status == 0) {
        end_refused(k, f, SL_OIDC_ISSUER_DOWN, got->why);
        return;
    }
    enum sl_oidc_reason reason = sl_oidc_answer_read(got->status, got->body, k->mem, &answer);
    if (reason == SL_OIDC_ANSWER_ERROR && f->kind == FLOW_DEVICE && answer.pending) {
        go_on_pending(k, f, answer.slow_down);
        return;
    }
    if (reason != SL_OIDC_YES) {
        struct issuer *i = issuer_by_id(k, f->issuer);
        if (i != NULL && sl_span_is(answer.error, "invalid_client"))
            issuer_secret_ask(k, i, true);
        end_refused(k, f, reason, answer.error);
        return;
    }
    sl_buf_put(&f->token, answer.id_token);
    flow_check_token(k, f);
}

static json_t *groups_json(const struct sl_span *items, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_stringn((const char *)items[i].p, items[i].n));
    return array;
}

static void tell_session(struct call *c, const struct flow *f, const struct credential *with)
{
    uint64_t expires_us;
    SL_BUF(secret, 128);
    SL_BUF(id, 64);

    console_open(c->keeper, with, f->kind == FLOW_DEVICE ? LOGIN_PREFIX : SESSION_PREFIX, &secret,
                 &id, &expires_us);
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "identity", c->who.name);
    json_put_str(c->reply, "session", sl_buf_span(&id));
    json_put_str(c->reply, "secret", sl_buf_span(&secret));
    json_put_time(c->reply, "expires_at", expires_us);
    json_object_set_new(c->reply, "groups", groups_json(c->who.groups.items, c->who.groups.count));
    if (f->kind == FLOW_CODE)
        json_put_str(c->reply, "return",
                     f->back.n > 0 ? sl_buf_span(&f->back) : SL_SPAN("/"));
    sl_secret_wipe(secret.p, secret.cap);
}

/* Who this is here. SL_OIDC_YES fills c->who and *with. */
static enum sl_oidc_reason take_person(struct call *c, const struct issuer *i,
                                       const struct sl_oidc_claims *claims,
                                       struct credential *with)
{
    struct keeper *k = c->keeper;
    struct account a;

    if (account_get(k, claims->issuer, claims->subject, &a) != SL_OK &&
        (i->config->provision != SL_PROVISION_PEOPLE || account_provision(k, i, claims, &a) != SL_OK))
        return SL_OIDC_ACCOUNT_UNKNOWN;
    if (person_get(k, a.identity, &c->who) != SL_OK || !person_active(&c->who))
        return SL_OIDC_ACCOUNT_DISABLED;
    if (c->who.kind != SL_HUMAN)
        return SL_OIDC_ACCOUNT_KIND;
    if (account_groups(k, &a, i, claims) != SL_OK)
        return SL_OIDC_GROUPS;
    if (person_get(k, a.identity, &c->who) != SL_OK ||
        credential_by_id(k, a.credential, with) != SL_OK || with->over || !with->deciding)
        return SL_OIDC_ACCOUNT_UNKNOWN;
    return SL_OIDC_YES;
}

static void sign_in(struct keeper *k, struct flow *f, const struct issuer *i,
                    const struct sl_oidc_claims *claims)
{
    struct call c = take_late(k, f);
    struct credential with;
    SL_BUF(subject, 1024);
    enum sl_oidc_reason reason = take_person(&c, i, claims, &with);

    if (reason == SL_OIDC_YES) {
        limits_passed(&k->limits, c.address, SL_SPAN(DOOR));
        tell_session(&c, f, &with);
    } else {
        sl_buf_say(&subject, "The provider \"%S\" calls you \"%S\".", i->config->name,
                   claims->subject);
        failed(&c, reason, sl_buf_span(&subject));
    }
    flow_end(k, f);
    late_done(&c);
}

/* Shown and forgotten: nobody is signed in. */
static void tell_test(struct keeper *k, struct flow *f, const struct issuer *i,
                      const struct sl_oidc_claims *claims)
{
    struct call c = take_late(k, f);
    struct sl_names ours;
    struct account a;

    c.status = 200;
    c.reply = json_object();
    json_put_str(c.reply, "subject", claims->subject);
    if (claims->name.n > 0)
        json_put_str(c.reply, "name", claims->name);
    json_object_set_new(c.reply, "groups", groups_json(claims->groups, claims->group_count));
    if (issuer_groups(k, i->config, claims, &ours) == SL_OK)
        json_object_set_new(c.reply, "groups_here", groups_json(ours.items, ours.count));
    if (account_get(k, claims->issuer, claims->subject, &a) == SL_OK)
        json_put_str(c.reply, "identity", a.identity);
    flow_end(k, f);
    late_done(&c);
}

void flow_check_token(struct keeper *k, struct flow *f)
{
    struct issuer *i = issuer_by_id(k, f->issuer);
    struct sl_oidc_wanted wanted;
    struct sl_oidc_claims claims;
    SL_BUF(why, 1024);

    if (i == NULL) {
        end_refused(k, f, SL_OIDC_ISSUER_UNKNOWN, sl_span(NULL, 0));
        return;
    }
    sl_issuer_wanted(i->config, SL_TOKEN_SIGN_IN, &wanted);
    wanted.now_s = sl_clock_us() / 1000000;
    wanted.nonce = f->kind == FLOW_CODE ? sl_span_str(f->nonce) : sl_span(NULL, 0);
    enum sl_oidc_reason reason =
        issuer_ready(i) ? sl_oidc_check(sl_buf_span(&f->token), i->keys, &wanted, k->mem, &claims)
                        : SL_OIDC_ISSUER_DOWN;
    if ((reason == SL_OIDC_KEY_UNKNOWN || reason == SL_OIDC_ISSUER_DOWN) && !k->settled &&
        issuer_may_ask(k, i)) {
        f->phase = FLOW_KEYS;
        issuer_ask(k, i);
        return;
    }
    if (reason == SL_OIDC_ISSUER_DOWN)
        issuer_say_why(i, &why);
    if (reason != SL_OIDC_YES)
        end_refused(k, f, reason, sl_buf_span(&why));
    else if (f->test)
        tell_test(k, f, i, &claims);
    else
        sign_in(k, f, i, &claims);
}
