#include "role/keeper/approval_json.h"

#include "base/encode.h"
#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/brief.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/eligible.h"
#include "role/keeper/glass.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/questions.h"
#include "role/keeper/sight.h"
#include "role/keeper/waiters.h"

/* An approval as its readers see it (methods.h). Values of the statement are for those who asked
 * and for those who have to judge it; everybody else who may see the approval sees its outline. */

bool approval_is_mine(const struct call *c, const struct approval *a)
{
    for (size_t i = 0; i < a->barred_count; i++)
        if (sl_span_eq(a->barred[i].name, c->who.name) ||
            sl_span_eq(a->barred[i].person, c->who.person))
            return true;
    return false;
}

static bool is_reviewer(struct call *c, const struct approval *a)
{
    uint32_t may = 0;

    approval_may(c->keeper, a, &c->who, &c->with, c->channel, &may);
    return may != 0 && c->who.kind == SL_HUMAN && c->with.deciding;
}

static bool voted(const struct call *c, const struct approval *a)
{
    for (size_t i = 0; i < a->vote_count; i++)
        if (c->with.deciding && sl_span_eq(a->votes[i].person, c->who.person))
            return true;
    return false;
}

/* Who could release it alone must be able to find it and to read what it is. */
static bool may_break(struct call *c, const struct approval *a)
{
    const struct sl_names *groups = &c->keeper->config->settings.break_glass;
    struct sl_members m = {.groups = *groups};

    return groups->count > 0 && c->with.deciding && c->who.kind == SL_HUMAN &&
           sl_json_str(a->detail, "unknown").n == 0 && !sl_span_is(a->protocol, "policy") &&
           !sl_span_is(a->protocol, "sluice") && sl_members_have(&m, c->who.name, &c->who.groups);
}

bool approval_visible(struct call *c, const struct approval *a)
{
    struct exception e;

    return approval_is_mine(c, a) || is_reviewer(c, a) || voted(c, a) ||
           sight_of(c, READ_APPROVALS) == SIGHT_ALL ||
           approval_may(c->keeper, a, &c->who, &c->with, sl_decide_channel_open(a->shut), NULL) ==
               SL_DECIDE_NEW_MEMBERSHIP ||
           may_break(c, a) ||
           (sight_of(c, READ_EXCEPTIONS) == SIGHT_ALL &&
            exception_get(c->keeper, a->id, &e) == SL_OK);
}

/* The statement itself: whoever asked, whoever has to judge it, and who audits. */
static bool sees_values(struct call *c, const struct approval *a, bool mine)
{
    return mine || is_reviewer(c, a) || sight_of(c, READ_VALUES) == SIGHT_ALL || may_break(c, a);
}

bool approval_shows_values(struct call *c, const struct approval *a)
{
    return sees_values(c, a, approval_is_mine(c, a));
}

static json_t *names(struct sl_names list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, json_stringn((const char *)list.items[i].p, list.items[i].n));
    return array;
}

static void put_requirements(struct call *c, json_t *out, const struct approval *a)
{
    json_t *array = json_array();
    uint32_t have[SL_REQUIREMENTS_MAX] = {0};
    struct sl_vote *yes;
    size_t count = approval_yes(c->keeper, a, &yes);

    sl_quorum(a->requirements, a->requirement_count, yes, count, have);
    for (size_t i = 0; i < a->requirement_count; i++) {
        json_t *one = json_object();

        json_put_str(one, "rule", a->rules[i]);
        json_object_set_new(one, "groups", names(a->requirements[i].groups));
        json_object_set_new(one, "identities", names(a->requirements[i].identities));
        json_object_set_new(one, "need", json_integer(a->requirements[i].need));
        json_object_set_new(one, "have", json_integer(have[i]));
        if (a->escalations[i].groups.count + a->escalations[i].identities.count > 0) {
            json_t *more = json_object();
            json_object_set_new(more, "groups", names(a->escalations[i].groups));
            json_object_set_new(more, "identities", names(a->escalations[i].identities));
            json_object_set_new(one, "escalate", more);
        }
        json_array_append_new(array, one);
    }
    json_object_set_new(out, "requirements", array);
}

/* How sure one may be of a vote: by which key, and for how long that has been there. */
static void put_proof(struct call *c, json_t *one, const struct vote_row *vote)
{
    struct passkey p;

    bool is_chat = sl_span_is(vote->channel, "slack") || sl_span_is(vote->channel, "teams");

    json_put_str(one, "proof",
                 vote->passkey.n > 0 ? SL_SPAN("passkey")
                 : is_chat           ? vote->channel
                                     : SL_SPAN("token"));
    if (vote->passkey.n == 0 || passkey_get(c->keeper, vote->passkey, &p) != SL_OK)
        return;
    json_t *key = passkey_json(&p);
    json_object_set_new(key, "young", json_boolean(passkey_is_young(&p, vote->at_us)));
    json_object_set_new(one, "passkey", key);
}

/* By the right of whom, and in words. */
static void put_right(json_t *one, const struct vote_row *vote)
{
    SL_BUF(by, 256);

    if (vote->in_place.n == 0)
        return;
    json_put_str(one, "in_place", vote->in_place);
    sl_buf_say(&by, "%S, standing in for %S", vote->identity, vote->in_place);
    json_put_str(one, "by", sl_buf_span(&by));
}

static void put_votes(struct call *c, json_t *out, const struct approval *a)
{
    json_t *array = json_array();

    for (size_t i = 0; i < a->vote_count; i++) {
        json_t *one = json_object();

        json_put_str(one, "identity", a->votes[i].identity);
        put_right(one, &a->votes[i]);
        json_put_str(one, "decision",
                     a->votes[i].lapsed == NULL ? a->votes[i].decision : SL_SPAN("lapsed"));
        json_put_str(one, "reason", a->votes[i].reason);
        json_put_str(one, "channel", a->votes[i].channel);
        json_put_time(one, "at", a->votes[i].at_us);
        put_proof(c, one, &a->votes[i]);
        json_array_append_new(array, one);
    }
    json_object_set_new(out, "votes", array);
}

/* The document's own members, so that a page shows exactly what is digested. */
static void put_document(struct call *c, json_t *out, const struct approval *a, bool values)
{
    static const char *const members[] = {"statements", "effects", "datasets", "reason",
                                          "run",        "sink",    "context",  "requesters"};
    json_t *document = approval_document(c->keeper, a);

    if (document == NULL) {
        json_object_set_new(out, "erased", json_true());
        return;
    }
    for (size_t i = 0; i < SL_COUNT(members); i++) {
        json_t *value = json_object_get(document, members[i]);

        if (value != NULL)
            json_object_set(out, members[i], value);
    }
    if (values)
        statement_put(out, a, document);
    else
        json_object_set_new(out, "operation_hidden", json_true());
    json_decref(document);
}

/* Never reads a large document. */
static void put_brief(struct call *c, json_t *out, const struct approval *a, bool values)
{
    json_t *brief = NULL;

    if (approval_erased(a)) {
        json_object_set_new(out, "erased", json_true());
        return;
    }
    if (a->large_bytes == 0) {
        json_t *document = approval_document(c->keeper, a);
        brief = document == NULL ? NULL : brief_new(a, document);
        json_decref(document);
    } else if (sl_json_read(a->brief, &brief, NULL) != SL_OK) {
        brief = NULL; /* the rest is told all the same */
    }
    brief_tell(out, brief, values);
    json_decref(brief);
}

static void put_detail(json_t *out, const struct approval *a)
{
    static const char *const members[] = {
        "reviewers",    "rule",       "show",           "repeats", "runs_as",
        "runs_as_user", "trigger",    "in_transaction", "policy",  "rows",
        "delivered",    "started_by", "unknown",        "job",     "job_link",
        "list",         "proof_why",  "decide_in",      "envelope"};

    for (size_t i = 0; i < SL_COUNT(members); i++) {
        json_t *value = json_object_get(a->detail, members[i]);

        if (value != NULL && !(json_is_string(value) && json_string_length(value) == 0))
            json_object_set(out, members[i], value);
    }
    json_t *behalf = json_object_get(a->detail, "on_behalf_of");
    if (json_array_size(behalf) > 0)
        json_object_set(out, "on_behalf_of", behalf);
    json_object_set(out, "held_why", json_object_get(a->detail, "why"));
}

/* Who asks can choose the statement: enough estimates tell the values of a column that they may not
 * read. So the number is for reviewers only, and so is whatever it can be told from. */
static void hide_estimate(json_t *out, const struct approval *a)
{
    json_t *show = json_copy(json_object_get(out, "show"));
    json_t *why = json_object_get(a->detail, "why_asker");

    if (why != NULL)
        json_object_set(out, "held_why", why);
    if (json_object_get(show, "rows_estimate") != NULL) {
        json_object_del(out, "rows");
        json_object_del(show, "rows_estimate");
        json_object_set_new(show, "no_estimate", json_string("it is shown to reviewers only"));
    }
    json_object_del(show, "sizes");
    if (show != NULL)
        json_object_set_new(out, "show", show);
}

/* A leaf is proved whole, so nobody can be shown a part of it: what it has of the estimate (of a
 * result that goes beyond a budget) is not hidden here from those who read it there. */
static bool reads_it_in_the_ledger(const struct call *c, const struct approval *a)
{
    return sight_of(c, READ_LEDGER) == SIGHT_ALL && json_object_get(a->detail, "delivered") != NULL;
}

static void hide_sizes(json_t *out)
{
    json_t *show = json_copy(json_object_get(out, "show"));

    if (show == NULL)
        return;
    json_object_del(show, "sizes");
    json_object_set_new(out, "show", show);
}

static void put_times(json_t *out, const struct approval *a)
{
    json_put_time(out, "asked_at", a->asked_us);
    json_put_time(out, "expires_at", a->expires_us);
    json_put_time(out, "grant_expires_at", a->grant_expires_us);
    json_put_time(out, "closed_at", a->closed_us);
    json_put_time(out, "escalated_at", a->escalated_us);
    if (a->state == SL_APPROVAL_PENDING && a->escalated_us == 0)
        json_put_time(out, "escalates_at", a->escalate_us);
}

static void put_state(struct call *c, json_t *out, const struct approval *a)
{
    size_t waiting = waiters_of(c->keeper, a->id);
    bool open = a->state == SL_APPROVAL_PENDING || a->state == SL_APPROVAL_APPROVED;
    json_t *outcome = NULL;

    json_put_str(out, "state", sl_span_str(sl_approval_state_name(a->state)));
    json_put_str(out, "why", a->why);
    json_object_set_new(out, "waiting", json_boolean(waiting > 0));
    json_object_set_new(
        out, "client_gone",
        json_boolean(open && waiting == 0 && !approval_is_list(a) &&
                     approval_envelope(a).times == 0 && !sl_span_is(a->protocol, "external") &&
                     !sl_span_is(a->protocol, "policy") && !sl_span_is(a->protocol, "sluice")));
    if (approval_envelope(a).times > 0)
        json_object_set_new(out, "uses", json_integer((json_int_t)approval_uses(c->keeper, a)));
    if (a->outcome.n > 0 && sl_json_read(a->outcome, &outcome, NULL) == SL_OK)
        json_object_set_new(out, "outcome", outcome);
}

/* With what they have: where a passkey is needed, as if one of theirs had signed. */
static enum sl_decide_reason could_decide(struct call *c, const struct approval *a)
{
    struct credential with = c->with;
    struct passkey p;

    if (a->passkey && passkey_for(c->keeper, c->who.name, a->asked_us, a->device_bound, &p))
        credential_with_passkey(&with, &p);
    return approval_may(c->keeper, a, &c->who, &with, c->channel, NULL);
}

/* Who is kept from deciding, and why; and while it waits, who could decide it now. */
static void put_people(struct call *c, json_t *out, const struct approval *a)
{
    json_t *chain = json_array();
    SL_BUF(text, 8192);

    for (size_t i = 0; i < a->barred_count; i++) {
        json_t *one = json_object();

        json_put_str(one, "name", a->barred[i].name);
        json_put_str(one, "role", sl_span_str(sl_requester_role_name(a->barred[i].role)));
        json_array_append_new(chain, one);
    }
    json_object_set_new(out, "requester_chain", chain);
    if (a->state != SL_APPROVAL_PENDING)
        return;
    deciders_text(&text, c->keeper, a);
    json_put_str(out, "reviewers", sl_buf_span(&text));
    json_object_set_new(out, "deciders", deciders_json(c->keeper, a));
}

typedef void put_fn(struct call *c, json_t *out, const struct approval *a, bool values);

static json_t *tell(struct call *c, const struct approval *a, put_fn *put)
{
    json_t *out = json_object();
    bool mine = approval_is_mine(c, a);
    enum sl_decide_reason reason = could_decide(c, a);
    SL_BUF(digest, 128);

    sl_hex_put(&digest, sl_span(a->digest, sizeof a->digest));
    json_put_str(out, "id", a->id);
    json_put_str(out, "identity", a->identity);
    json_put_str(out, "target", a->target);
    json_put_str(out, "environment", a->environment);
    json_put_str(out, "protocol", a->protocol);
    json_put_str(out, "digest", sl_buf_span(&digest));
    json_put_str(out, "link", approval_link(c->keeper, a->id));
    put_state(c, out, a);
    put_times(out, a);
    put(c, out, a, sees_values(c, a, mine));
    put_detail(out, a);
    put_people(c, out, a);
    if (mine && reads_it_in_the_ledger(c, a))
        hide_sizes(out);
    else if (mine || !sees_values(c, a, mine))
        hide_estimate(out, a);
    put_requirements(c, out, a);
    put_votes(c, out, a);
    said_put(c, out, a);
    json_put_str(out, "proof", a->passkey ? SL_SPAN("passkey") : SL_SPAN("any"));
    json_put_str(out, "keys", a->device_bound ? SL_SPAN("device-bound") : SL_SPAN("any"));
    json_object_set_new(out, "mine", json_boolean(mine));
    json_object_set_new(out, "may_decide", json_boolean(reason == SL_DECIDE_YES));
    if (reason != SL_DECIDE_YES) {
        SL_BUF(why, 256);
        decide_reason_put(&why, reason, a->shut);
        json_put_str(out, "may_not_why", sl_buf_span(&why));
        json_put_str(out, "may_not_reason", sl_span_str(sl_decide_reason_name(reason)));
    }
    glass_put(c, out, a);
    return out;
}

json_t *approval_json(struct call *c, const struct approval *a)
{
    json_t *out = tell(c, a, put_document);

    shown_record(c, a, out);
    return out;
}

json_t *approval_json_whole_unseen(struct call *c, const struct approval *a)
{
    return tell(c, a, put_document);
}

json_t *approval_json_brief_unseen(struct call *c, const struct approval *a)
{
    return tell(c, a, put_brief);
}

/* Of one approval, for humans: it takes a walk over the whole configuration. Under another policy
 * the rule of this name may say something else than what held it. */
void approval_put_rules(struct call *c, json_t *approval, const struct approval *a)
{
    json_t *requirements = json_object_get(approval, "requirements");

    if (c->who.kind != SL_HUMAN || !same_policy(c->keeper, a))
        return;
    for (size_t i = 0; i < a->requirement_count; i++) {
        SL_BUF(text, 64 * 1024);

        sl_config_explain_rule(c->keeper->config, a->rules[i], &text);
        if (sl_buf_err(&text) == SL_OK && text.n > 0)
            json_put_str(json_array_get(requirements, i), "text", sl_buf_span(&text));
    }
}
