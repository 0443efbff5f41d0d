#include "role/keeper/flows.h"

#include "base/when.h"
#include "role/keeper/call.h"

/* Signing in on the command line: the device grant (RFC 8628), run by the keeper. The person sees a
 * code and an address; the command has a secret of ours to ask with, and gets a session. */

static void on_device(struct keeper *k, uint64_t of, const struct fetched *got);

void call_LOGIN_DEVICE(struct call *c)
{
    if (signin_may_try(c))
        device_begin(c, false);
}

void device_begin(struct call *c, bool test)
{
    struct sl_oidc_client client;
    SL_BUF(form, 16 * 1024);
    SL_BUF(authorization, 8192);
    SL_BUF(scope, 4096);
    SL_BUF(secret, 128);
    struct issuer *i = signin_issuer(c, true);

    if (i == NULL)
        return;
    enum sl_oidc_reason reason = sl_oidc_provider_can_device(&i->provider, i->config->algorithms);
    if (reason != SL_OIDC_YES) {
        signin_refuse(c, reason, sl_span(NULL, 0));
        return;
    }
    if (!signin_client(c, i, &client))
        return;
    struct flow *f = flow_new(c->keeper, i, FLOW_DEVICE, c->address, &secret);
    if (f == NULL) {
        signin_refuse(c, SL_OIDC_TOO_MANY, sl_span(NULL, 0));
        return;
    }
    if (!signin_may_call(c, f)) {
        flow_end(c->keeper, f);
        signin_refuse(c, SL_OIDC_TOO_MANY, sl_span(NULL, 0));
        sl_secret_wipe(secret.p, secret.cap);
        return;
    }
    f->test = test;
    sl_buf_put(&f->back, sl_buf_span(&secret)); /* told with the answer, and wiped then */
    sl_issuer_put_scope(&scope, i->config);
    sl_oidc_put_device_call(&form, &authorization, &i->provider, &client, sl_buf_span(&scope));
    flow_post(c->keeper, f, i, i->provider.device_url, &form, &authorization, on_device);
    flow_defer(c, f);
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
        flow_end_refused(k, f, i == NULL ? SL_OIDC_ISSUER_UNKNOWN : SL_OIDC_ISSUER_DOWN, got->why);
        return;
    }
    enum sl_oidc_reason reason =
        sl_oidc_device_read(got->status, got->body, &i->provider, k->mem, &d);
    if (reason != SL_OIDC_YES) {
        flow_end_refused(k, f, reason, sl_span(NULL, 0));
        return;
    }
    uint64_t now_us = sl_clock_monotonic_us(), end_us = now_us + d.expires_in_s * 1000 * 1000;
    sl_buf_put(&f->device_code, d.device_code);
    f->expires_us = end_us < f->expires_us ? end_us : f->expires_us;
    f->interval_us = d.interval_s * 1000 * 1000;
    f->next_us = now_us + f->interval_us;
    f->phase = FLOW_OPEN;
    struct call c = flow_take_late(k, f);
    tell_device(&c, f, &d);
    late_done(&c);
}

void flow_tell_pending(struct call *c, const struct flow *f)
{
    c->status = 202;
    c->reply = json_object();
    json_object_set_new(c->reply, "pending", json_true());
    json_object_set_new(c->reply, "interval", json_integer((json_int_t)(f->interval_us / 1000000)));
}

static void ask_for_device_token(struct call *c, struct flow *f, struct issuer *i)
{
    struct sl_oidc_client client;
    SL_BUF(form, SL_OIDC_DOCUMENT_MAX * 4);
    SL_BUF(authorization, 8192);

    if (!signin_may_call(c, f)) { /* later */
        f->next_us = sl_clock_monotonic_us() + f->interval_us;
        flow_tell_pending(c, f);
        return;
    }
    if (!signin_client(c, i, &client))
        return; /* asked again when the secret is there */
    sl_oidc_put_device_poll(&form, &authorization, &i->provider, &client,
                            sl_buf_span(&f->device_code));
    f->next_us = sl_clock_monotonic_us() + f->interval_us;
    flow_post(c->keeper, f, i, i->provider.token_url, &form, &authorization, flow_on_token);
    flow_defer(c, f);
}

void device_poll(struct call *c, bool test)
{
    struct flow *f = flow_of(c->keeper, call_str(c, "poll"), FLOW_DEVICE);

    if (f == NULL || f->test != test) {
        signin_failed(c, SL_OIDC_STATE, sl_span(NULL, 0));
        return;
    }
    struct issuer *i = issuer_by_id(c->keeper, f->issuer);
    if (i == NULL) {
        flow_end(c->keeper, f);
        signin_failed(c, SL_OIDC_ISSUER_UNKNOWN, sl_span(NULL, 0));
    } else if (f->phase != FLOW_OPEN || sl_clock_monotonic_us() < f->next_us) {
        flow_tell_pending(c, f);
    } else {
        ask_for_device_token(c, f, i);
    }
}

void call_LOGIN_POLL(struct call *c)
{
    if (signin_may_try(c))
        device_poll(c, false);
}
