#include "role/keeper/flows.h"

#include "base/utf8.h"
#include "core/approval/challenge.h"
#include "core/chat/slack.h"
#include "role/keeper/console.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/people.h"
#include "role/keeper/scim.h"

#include <stdlib.h>

/* A person links their own account at a chat's issuer ("Sign in with Slack"): a standing way to
 * decide, so it takes more than a session that somebody left open.
 *
 * Three steps. It begins in a session of the console; the provider says who the person is there, by
 * the same rules as when somebody signs in; and then nothing is linked yet: the account is shown to
 * that very session, which says yes to exactly it, with a passkey where the person has one. So
 * whoever is sent into a flow of somebody else's, or is signed in at the provider as somebody else,
 * sees whom they would link to whom; and nobody else's browser can end what this one began. */

#define PAGE "/passkeys"

enum { NAME_BYTES = 200 };

/* --- which accounts -----------------------------------------------------------------------------
 */

/* Is it a chat's, and (unless `team` is NULL) of a workspace whose people decide? */
static const struct sl_chat *chat_of(const struct keeper *k, const struct sl_issuer *i,
                                     const struct sl_span *team)
{
    for (size_t n = 0; n < k->config->chat_count; n++) {
        const struct sl_chat *h = &k->config->chats[n];

        if (h->kind == SL_CHAT_SLACK && h->issuer.n > 0 && sl_span_eq(h->issuer, i->name) &&
            (team == NULL || sl_span_eq(h->team, *team)))
            return h;
    }
    return NULL;
}

static bool has_account_at(struct keeper *k, struct sl_span identity, struct sl_span iss)
{
    json_t *all = accounts_json(k, identity), *one;
    bool found = false;
    size_t n;

    json_array_foreach(all, n, one) found = found || sl_span_eq(sl_json_str(one, "issuer"), iss);
    json_decref(all);
    return found;
}

/* May it become theirs? What is somebody's stays so, and what was somebody else's too: two
 * identities for one person would be strangers to each other (P4). */
static enum sl_oidc_reason may_become(struct keeper *k, struct sl_span identity, struct sl_span iss,
                                      struct sl_span subject)
{
    struct account taken;

    if (account_get(k, iss, subject, &taken) == SL_OK ||
        account_was_others(k, iss, subject, identity))
        return SL_OIDC_LINKED;
    return scim_is_gone(k, iss, subject) ? SL_OIDC_ACCOUNT_DISABLED : SL_OIDC_YES;
}

/* --- what there is -----------------------------------------------------------------------------
 */

static json_t *shown_json(struct keeper *k, const struct flow *f)
{
    const struct issuer *i = issuer_by_id(k, f->issuer);
    json_t *one = json_object();

    json_put_str(one, "issuer", i == NULL ? sl_span(NULL, 0) : i->config->issuer);
    json_put_str(one, "subject", sl_buf_span(&f->link->subject));
    json_put_str(one, "name", sl_buf_span(&f->link->name));
    json_put_str(one, "team", sl_buf_span(&f->link->team));
    json_put_time(one, "expires_at", sl_clock_us() + (f->expires_us - sl_clock_monotonic_us()));
    return one;
}

/* Issuers by their names here; those that a person may link an account of, or unlink. */
static json_t *issuers_json(struct call *c)
{
    json_t *list = json_array();

    for (const struct issuer *i = c->keeper->issuers; i != NULL; i = i->next) {
        const struct sl_chat *h = chat_of(c->keeper, i->config, NULL);
        if (h == NULL)
            continue;
        json_t *one = json_object();
        json_put_str(one, "name", i->config->name);
        json_put_str(one, "issuer", i->config->issuer);
        json_put_str(one, "chat", h->name);
        json_put_str(one, "team", h->team);
        json_object_set_new(
            one, "linked", json_boolean(has_account_at(c->keeper, c->who.name, i->config->issuer)));
        json_array_append_new(list, one);
    }
    return list;
}

void call_LINK_LIST(struct call *c)
{
    const struct flow *f =
        c->with.session.n == 0 ? NULL : flow_shown_to(c->keeper, c->with.session);
    struct passkey *list;

    c->reply = json_object();
    json_object_set_new(c->reply, "accounts", accounts_json(c->keeper, c->who.name));
    json_object_set_new(c->reply, "issuers", issuers_json(c));
    json_object_set_new(c->reply, "passkey", json_boolean(passkeys_mine(c, &list) > 0));
    if (f != NULL)
        json_object_set_new(c->reply, "shown", shown_json(c->keeper, f));
}

/* --- there ---------------------------------------------------------------------------------------
 */

/* A browser's session, of a human, who could add a way to decide now; else the answer is made. */
static bool may_link(struct call *c)
{
    struct passkey *list;

    if (c->with.session.n == 0 || c->channel != SL_CHANNEL_CONSOLE) {
        call_problem(c, 403, "In a browser",
                     "An account is linked in a browser that is signed in to the console: that is "
                     "where the provider sends you back to.",
                     "sluice console");
        return false;
    }
    if (c->who.kind == SL_HUMAN)
        return passkeys_mine(c, &list) > 0 || account_may_add(c, "An account is linked");
    call_problem(c, 403, "Not a person", "People link accounts.", "");
    return false;
}

/* The issuer of the body, if a chat names it; else the answer is made, or waits for its keys. */
static struct issuer *link_issuer(struct call *c)
{
    struct issuer *i = signin_issuer(c, true);

    if (i == NULL || chat_of(c->keeper, i->config, NULL) != NULL)
        return i;
    call_problem(c, 409, "Not a chat's",
                 "People link accounts at the issuer of a chat; of others an operator does.",
                 "sluice identity account NAME --issuer I --subject S");
    return NULL;
}

static bool has_none_yet(struct call *c, const struct issuer *i)
{
    if (!has_account_at(c->keeper, c->who.name, i->config->issuer))
        return true;
    call_problem(c, 409, "Linked already", "You have an account there that is linked.",
                 "Unlink that one first.");
    return false;
}

static struct flow_link *link_new(struct call *c)
{
    struct flow_link *l = calloc(1, sizeof *l);

    if (l == NULL)
        return NULL;
    *l = (struct flow_link){.session = sl_buf(64),
                            .identity = sl_buf(256),
                            .subject = sl_buf(SL_OIDC_SUBJECT_MAX + 1),
                            .name = sl_buf(NAME_BYTES),
                            .team = sl_buf(64)};
    sl_buf_put(&l->session, c->with.session);
    sl_buf_put(&l->identity, c->who.name);
    return l;
}

void call_LINK_BEGIN(struct call *c)
{
    SL_BUF(secret, 128);

    if (!signin_may_try(c) || !may_link(c))
        return;
    struct issuer *i = link_issuer(c);
    if (i == NULL || !has_none_yet(c, i))
        return;
    enum sl_oidc_reason reason = sl_oidc_provider_can_browse(&i->provider, i->config->algorithms);
    flows_end_links(c->keeper, c->with.session);
    struct flow *f =
        reason != SL_OIDC_YES ? NULL : flow_new(c->keeper, i, FLOW_CODE, c->address, &secret);
    if (f != NULL)
        f->link = link_new(c);
    if (f == NULL || f->link == NULL) {
        if (f != NULL)
            flow_end(c->keeper, f);
        signin_refuse(c, reason != SL_OIDC_YES ? reason : SL_OIDC_TOO_MANY, sl_span(NULL, 0));
        return;
    }
    sl_buf_put_str(&f->back, PAGE);
    signin_tell_begun(c, i, f, &secret);
    sl_secret_wipe(secret.p, secret.cap);
}

/* --- back
 * -----------------------------------------------------------------------------------------
 */

static enum sl_oidc_reason take_shown(struct keeper *k, struct flow *f, const struct issuer *i,
                                      const struct sl_oidc_claims *claims)
{
    const struct sl_chat *h = NULL;

    for (size_t n = 0; n < k->config->chat_count && h == NULL; n++)
        if (chat_of(k, i->config, &k->config->chats[n].team) == &k->config->chats[n] &&
            sl_slack_identity_is_of(claims->payload, k->config->chats[n].team, claims->subject))
            h = &k->config->chats[n];
    if (h == NULL)
        return SL_OIDC_TEAM;
    sl_buf_put(&f->link->subject, claims->subject);
    sl_buf_put(&f->link->name, sl_utf8_head(claims->name, NAME_BYTES));
    sl_buf_put(&f->link->team, h->team);
    return may_become(k, sl_buf_span(&f->link->identity), claims->issuer, claims->subject);
}

void link_arrived(struct keeper *k, struct flow *f, const struct issuer *i,
                  const struct sl_oidc_claims *claims)
{
    enum sl_oidc_reason reason = take_shown(k, f, i, claims);

    sl_secret_wipe(f->token.p, f->token.cap);
    sl_buf_reset(&f->token);
    if (reason != SL_OIDC_YES) {
        flow_end_refused(k, f, reason, sl_span(NULL, 0));
        return;
    }
    struct call c = flow_take_late(k, f);
    limits_passed(&k->limits, c.address, SL_SPAN(LIMITS_DOOR "signin"));
    f->phase = FLOW_SHOWN;
    c.status = 201;
    c.reply = json_object();
    json_put_str(c.reply, "return", sl_buf_span(&f->back));
    late_done(&c);
}

/* --- yes
 * ------------------------------------------------------------------------------------------
 */

/* What this session was shown, and the body names; NULL: the answer is made. */
static struct flow *shown(struct call *c, struct issuer **issuer)
{
    struct flow *f = c->with.session.n == 0 ? NULL : flow_shown_to(c->keeper, c->with.session);

    *issuer = f == NULL ? NULL : issuer_by_id(c->keeper, f->issuer);
    if (*issuer != NULL && sl_span_eq(sl_buf_span(&f->link->identity), c->who.name) &&
        sl_span_eq(call_str(c, "issuer"), (*issuer)->config->issuer) &&
        sl_span_eq(call_str(c, "subject"), sl_buf_span(&f->link->subject)))
        return f;
    call_problem(c, 409, "Nothing to say yes to",
                 "No such account was shown to this session, or more than ten minutes ago.",
                 "Begin again.");
    return NULL;
}

void call_LINK_CHALLENGE(struct call *c)
{
    struct issuer *i;
    struct flow *f = shown(c, &i);

    if (f == NULL || !passkeys_here(c))
        return;
    struct sl_passkey_challenge p = {.purpose = SL_SPAN("link"),
                                     .identity = c->who.name,
                                     .issuer = i->config->issuer,
                                     .subject = sl_buf_span(&f->link->subject)};
    challenge_tell_mine(c, &p);
}

static bool says_link(struct sl_span document, const struct issuer *i, struct sl_span subject)
{
    json_t *value = NULL;
    bool says = sl_json_read(document, &value, NULL) == SL_OK &&
                sl_span_is(sl_json_str(value, "purpose"), "link") &&
                sl_span_eq(sl_json_str(value, "issuer"), i->config->issuer) &&
                sl_span_eq(sl_json_str(value, "subject"), subject);

    json_decref(value);
    return says;
}

/* By one of the passkeys that the person has; else the answer is made. */
static bool is_vouched(struct call *c, const struct issuer *i, const struct flow *f,
                       struct allowed *by, struct sl_span *document)
{
    if (!passkeys_here(c) || !passkey_vouch_read(c, by))
        return false;
    if (assertion_challenge(c->keeper, &by->by, CHALLENGE_PASSKEY, c->who.name, document) &&
        says_link(*document, i, sl_buf_span(&f->link->subject)))
        return passkey_vouch_check(c, by, *document);
    challenge_unknown(c);
    return false;
}

/* What was so when it was shown is asked once more. */
static bool still_may(struct call *c, const struct issuer *i, const struct flow *f)
{
    struct sl_span team = sl_buf_span(&f->link->team);
    enum sl_oidc_reason reason =
        chat_of(c->keeper, i->config, &team) == NULL
            ? SL_OIDC_TEAM
            : may_become(c->keeper, c->who.name, i->config->issuer, sl_buf_span(&f->link->subject));

    if (reason == SL_OIDC_YES)
        return has_none_yet(c, i);
    flow_failed(c, f, reason, sl_span(NULL, 0));
    return false;
}

static void tell_linked(struct call *c, const struct issuer *i, const struct flow *f,
                        struct sl_span credential)
{
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "issuer", i->config->issuer);
    json_put_str(c->reply, "subject", sl_buf_span(&f->link->subject));
    json_put_str(c->reply, "credential", credential);
    sl_log(SL_LOG_WARN, "account_linked", SL_TEXT("identity", c->who.name),
           SL_TEXT("issuer", i->config->name), SL_TEXT("subject", sl_buf_span(&f->link->subject)));
}

void call_LINK_CONFIRM(struct call *c)
{
    struct issuer *i;
    struct allowed by;
    struct passkey *list;
    struct sl_span document = {NULL, 0};
    SL_BUF(id, 64);

    if (!may_link(c))
        return;
    struct flow *f = shown(c, &i);
    bool signs = f != NULL && passkeys_mine(c, &list) > 0;
    if (f == NULL || !still_may(c, i, f) || (signs && !is_vouched(c, i, f, &by, &document)))
        return;
    if (account_link_own(c, i->config->issuer, sl_buf_span(&f->link->subject), signs ? &by : NULL,
                         document, &id) == SL_OK)
        tell_linked(c, i, f, sl_buf_span(&id));
    else
        call_problem(c, 500, "Not linked", "The account could not be linked.", "");
    flow_end(c->keeper, f);
}

/* --- no more
 * --------------------------------------------------------------------------------------
 */

/* What brings groups that mean something is no person's own: leaving one may loosen something. */
static bool may_end(struct call *c, const struct issuer *i, struct account *a)
{
    json_t *groups = json_array();
    bool found = i != NULL && chat_of(c->keeper, i->config, NULL) != NULL &&
                 account_get(c->keeper, i->config->issuer, call_str(c, "subject"), a) == SL_OK &&
                 sl_span_eq(a->identity, c->who.name);
    bool leaves = found && account_end_leaves_named(c->keeper, a, groups);

    json_decref(groups);
    if (!found)
        call_problem(c, 404, "No such account", "You have no such account at a chat's issuer.",
                     "Of others an operator unlinks them: sluice identity account NAME --remove");
    else if (leaves)
        call_problem(c, 403, "An operator does that",
                     "Groups come with this account that the configuration names.",
                     "sluice identity account NAME --remove");
    return found && !leaves;
}

void call_LINK_END(struct call *c)
{
    const struct issuer *i = issuer_of_iss(c->keeper, call_str(c, "issuer"));
    const struct maker by = {.issuer = c->who.name, .channel = call_channel(c)};
    struct account a;

    if (!may_end(c, i, &a))
        return;
    account_unlink(c->keeper, &a, &by);
    c->reply = json_object();
    json_put_str(c->reply, "issuer", a.issuer);
    json_put_str(c->reply, "subject", a.subject);
}
