#include "role/keeper/flows.h"

#include "base/when.h"
#include "role/keeper/call.h"
#include "role/keeper/console.h"
#include "role/keeper/credentials.h"
#include "role/keeper/people.h"
#include "role/keeper/scim.h"

/* The provider's answer, the token in it, and what comes of it: a session, or a reason. */

#define DOOR LIMITS_DOOR "signin"

static void go_on_pending(struct keeper *k, struct flow *f, bool slow_down)
{
    if (slow_down)
        f->interval_us += 5 * 1000 * 1000;
    f->next_us = sl_clock_monotonic_us() + f->interval_us;
    f->phase = FLOW_OPEN;
    struct call c = flow_take_late(k, f);
    flow_tell_pending(&c, f);
    late_done(&c);
}

void flow_on_token(struct keeper *k, uint64_t of, const struct fetched *got)
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
        flow_end_refused(k, f, SL_OIDC_ISSUER_DOWN, got->why);
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
        flow_end_refused(k, f, reason, answer.error);
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

    bool is_browser = f->kind == FLOW_CODE;
    console_open(c->keeper, with, is_browser ? SESSION_PREFIX : LOGIN_PREFIX,
                 is_browser ? f->device : NULL, &secret, &id, &expires_us);
    if (f->fresh)
        console_fresh(c->keeper, sl_buf_span(&id));
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "identity", c->who.name);
    json_put_str(c->reply, "session", sl_buf_span(&id));
    json_put_str(c->reply, "secret", sl_buf_span(&secret));
    json_put_time(c->reply, "expires_at", expires_us);
    json_object_set_new(c->reply, "groups", groups_json(c->who.groups.items, c->who.groups.count));
    if (is_browser) {
        json_put_str(c->reply, "return", f->back.n > 0 ? sl_buf_span(&f->back) : SL_SPAN("/"));
        device_tell(c, &f->device_made);
    }
    sl_secret_wipe(secret.p, secret.cap);
}

/* Who this is here. SL_OIDC_YES fills c->who and *with. */
static enum sl_oidc_reason take_person(struct call *c, const struct issuer *i,
                                       const struct sl_oidc_claims *claims, struct credential *with)
{
    struct keeper *k = c->keeper;
    struct account a;

    if (account_get(k, claims->issuer, claims->subject, &a) != SL_OK &&
        (i->config->provision != SL_PROVISION_PEOPLE ||
         account_provision(k, i, claims, &a) != SL_OK))
        return SL_OIDC_ACCOUNT_UNKNOWN;
    if (scim_is_gone(k, claims->issuer, claims->subject) ||
        person_get(k, a.identity, &c->who) != SL_OK || !person_active(&c->who))
        return SL_OIDC_ACCOUNT_DISABLED;
    if (c->who.kind != SL_HUMAN)
        return SL_OIDC_ACCOUNT_KIND;
    if (account_groups(k, &a, i, claims) != SL_OK)
        return SL_OIDC_GROUPS;
    account_display(k, a.identity, claims->name);
    if (person_get(k, a.identity, &c->who) != SL_OK ||
        credential_by_id(k, a.credential, with) != SL_OK || with->over || !with->deciding)
        return SL_OIDC_ACCOUNT_UNKNOWN;
    return SL_OIDC_YES;
}

static void sign_in(struct keeper *k, struct flow *f, const struct issuer *i,
                    const struct sl_oidc_claims *claims)
{
    struct call c = flow_take_late(k, f);
    struct credential with;
    SL_BUF(subject, 1024);
    enum sl_oidc_reason reason = take_person(&c, i, claims, &with);

    if (reason == SL_OIDC_YES) {
        limits_passed(&k->limits, c.address, SL_SPAN(DOOR));
        tell_session(&c, f, &with);
    } else {
        sl_buf_say(&subject, "The provider \"%S\" calls you \"%S\".", i->config->name,
                   claims->subject);
        signin_failed(&c, reason, sl_buf_span(&subject));
    }
    flow_end(k, f);
    late_done(&c);
}

/* Shown and forgotten: nobody is signed in. */
static void tell_test(struct keeper *k, struct flow *f, const struct issuer *i,
                      const struct sl_oidc_claims *claims)
{
    struct call c = flow_take_late(k, f);
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
        flow_end_refused(k, f, SL_OIDC_ISSUER_UNKNOWN, sl_span(NULL, 0));
        return;
    }
    sl_issuer_wanted(i->config, SL_TOKEN_SIGN_IN, &wanted);
    wanted.now_s = sl_clock_us() / 1000000;
    wanted.nonce = f->kind == FLOW_CODE ? sl_span_str(f->nonce) : sl_span(NULL, 0);
    if (f->fresh) {
        wanted.acr_values = i->config->mfa_acr.items;
        wanted.acr_count = i->config->mfa_acr.count;
        wanted.max_age_s = FLOW_FRESH_S;
    }
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
        flow_end_refused(k, f, reason, sl_buf_span(&why));
    else if (f->link != NULL)
        link_arrived(k, f, i, &claims);
    else if (f->test)
        tell_test(k, f, i, &claims);
    else
        sign_in(k, f, i, &claims);
}
