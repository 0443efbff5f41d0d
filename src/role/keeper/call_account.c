#include "role/keeper/flows.h"

#include "base/utf8.h"
#include "role/keeper/call.h"
#include "role/keeper/govern.h"
#include "role/keeper/people.h"

/* Accounts at issuers as the operator manages them, and a look at an issuer. */

/* By its name in the configuration, or exactly as its tokens say it: while Sluice is stopped there
 * is no configuration here. */
static bool issuer_said(struct call *c, struct sl_span *iss)
{
    struct sl_span said = call_str(c, "issuer");
    struct issuer *i = said.n == 0 ? NULL : issuer_named(c->keeper, said);

    if (i == NULL)
        i = issuer_of_iss(c->keeper, said);
    if (i != NULL)
        *iss = i->config->issuer;
    else if (c->keeper->offline && (sl_span_starts(said, SL_SPAN("https://")) ||
                                    sl_span_starts(said, SL_SPAN("http://"))))
        *iss = said;
    else {
        call_problem(c, 404, "No such issuer", "The configuration has no issuer of this name.",
                     "`issuers` in the configuration names them; while Sluice is stopped, give the "
                     "issuer's URL.");
        return false;
    }
    return true;
}

static bool subject_said(struct call *c, struct sl_span *subject)
{
    *subject = call_str(c, "subject");
    bool good = subject->n > 0 && subject->n <= SL_OIDC_SUBJECT_MAX;

    for (size_t i = 0; i < subject->n; i++)
        good = good && subject->p[i] >= 0x20 && subject->p[i] < 0x7f;
    if (!good)
        call_problem(c, 400, "Not a subject",
                     "`sub` of a token is 1 to 255 plain characters, and no e-mail stands for it.",
                     "");
    return good;
}

static bool person_said(struct call *c, struct person *who)
{
    SL_BUF(text, 256);

    if (person_get(c->keeper, call_str(c, "name"), who) == SL_OK)
        return true;
    sl_buf_say(&text, "There is no identity \"%S\".", sl_utf8_head(call_str(c, "name"), 63));
    call_problem(c, 404, "No such identity", sl_buf_text(&text), "sluice identity list");
    return false;
}

/* Of a CI system: people are linked, by the id that its tokens name them by; jobs are the
 * configuration's. False: the answer is made. */
static bool may_be_linked(struct call *c, struct sl_span iss, struct sl_span subject,
                          const struct person *who)
{
    const struct issuer *i = issuer_of_iss(c->keeper, iss);

    if (i == NULL || i->config->kind == SL_ISSUER_OIDC)
        return true;
    if (job_is_subject(i->config, subject)) {
        call_problem(c, 409, JOB_REFUSED_TITLE, JOB_REFUSED_DETAIL,
                     "Of a CI system people are linked, as actor_id:NUMBER or user_id:NUMBER.");
        return false;
    }
    if (who->kind == SL_HUMAN)
        return true;
    call_problem(c, 409, "Not a person", "Whoever sets jobs going is a human.", "");
    return false;
}

void call_ACCOUNT_LINK(struct call *c)
{
    struct sl_span iss, subject;
    struct account taken;
    struct person who;
    SL_BUF(id, 64);
    SL_BUF(text, 256);

    if (!person_said(c, &who) || !issuer_said(c, &iss) || !subject_said(c, &subject) ||
        !may_be_linked(c, iss, subject, &who))
        return;
    if (account_get(c->keeper, iss, subject, &taken) == SL_OK) {
        sl_buf_say(&text, "This account is \"%S\" already.", taken.identity);
        call_problem(c, 409, "Linked already", sl_buf_text(&text), "");
        return;
    }
    if (govern_waits(c))
        return;
    if (account_link(c->keeper, &who, iss, subject, c->maker, &id) != SL_OK) {
        call_problem(c, 500, "Not linked", "The account could not be linked.", "");
        return;
    }
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "name", who.name);
    json_put_str(c->reply, "issuer", iss);
    json_put_str(c->reply, "subject", subject);
    json_put_str(c->reply, "credential", sl_buf_span(&id));
}

void call_ACCOUNT_UNLINK(struct call *c)
{
    struct sl_span iss, subject;
    struct account a;
    struct person who;

    if (!person_said(c, &who) || !issuer_said(c, &iss) || !subject_said(c, &subject))
        return;
    if (account_get(c->keeper, iss, subject, &a) != SL_OK || !sl_span_eq(a.identity, who.name)) {
        call_problem(c, 404, "No such account", "This identity has no such account.",
                     "sluice identity list");
        return;
    }
    if (!may_be_linked(c, iss, subject, &who)) /* it would come back with the next token */
        return;
    if (job_is_account(c->keeper, &a)) { /* while Sluice is stopped nobody else says so */
        call_problem(c, 409, JOB_REFUSED_TITLE, JOB_REFUSED_DETAIL, "");
        return;
    }
    account_unlink(c->keeper, &a, c->maker.issuer.n > 0 ? c->maker.issuer : SL_SPAN("operator"));
    c->reply = json_object();
    json_put_str(c->reply, "name", who.name);
}

/* --- a look at an issuer
 * -------------------------------------------------------------------------- */

static void tell_issuer(struct call *c, const struct issuer *i)
{
    SL_BUF(why, 1024);

    c->reply = json_object();
    json_put_str(c->reply, "name", i->config->name);
    json_put_str(c->reply, "issuer", i->config->issuer);
    json_object_set_new(c->reply, "ready", json_boolean(issuer_ready(i)));
    json_put_str(c->reply, "authorization", i->provider.authorization_url);
    json_put_str(c->reply, "device", i->provider.device_url);
    json_object_set_new(c->reply, "keys",
                        json_integer(i->keys == NULL ? 0
                                                     : (json_int_t)sl_oidc_keys_count(i->keys)));
    json_put_time(c->reply, "fetched_at", i->fetched_us);
    if (issuer_ready(i))
        return;
    issuer_say_why(i, &why);
    json_put_str(c->reply, "why", sl_buf_span(&why));
}

void call_ISSUER_TEST(struct call *c)
{
    if (c->peer == NULL) {
        call_problem(c, 503, "Sluice does not run", "A provider is asked by a running Sluice.", "");
        return;
    }
    if (call_str(c, "poll").n > 0) {
        device_poll(c, true);
        return;
    }
    if (json_is_true(json_object_get(c->body, "device"))) {
        device_begin(c, true);
        return;
    }
    struct issuer *i = issuer_named(c->keeper, call_str(c, "issuer"));
    if (i == NULL)
        call_problem(c, 404, "No such issuer", "The configuration has no issuer of this name.", "");
    else if (!issuer_ready(i) && !c->keeper->settled && issuer_may_ask(c->keeper, i))
        c->wait_for = i;
    else
        tell_issuer(c, i);
}
