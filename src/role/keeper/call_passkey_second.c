#include "role/keeper/keeper_int.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/ask.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/govern.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/people.h"

/* A passkey that none of its person's own vouches for, because it is the first of somebody who
 * reviews for the top tier, or because all others are lost: another person has to say yes to it. It
 * becomes an approval of protocol "sluice" that holds all of the enrolment; when that is approved
 * the passkey is enrolled, in the same commit. */

static const uint64_t time_to_decide_ms = 24 * 3600 * 1000, time_to_use_ms = 5 * 60 * 1000;

bool passkey_needs_second(struct call *c, bool is_first)
{
    const struct sl_config *config = c->keeper->config;
    bool asked = json_is_true(json_object_get(c->body, "second"));
    struct sl_names groups = c->who.groups;

    if (!is_first) /* with `existing` one of their own vouches, and is verified */
        return asked && json_object_get(c->body, "existing") == NULL;
    return asked || (config != NULL && !config->settings.passkey_second_when_lost &&
                     sl_policy_is_top_reviewer(config, c->who.name, &groups));
}

/* --- asking --- */

static bool has(const struct sl_names *names, struct sl_span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_eq(names->items[i], name))
            return true;
    return false;
}

static bool meet(const struct sl_names *some, const struct sl_names *others)
{
    for (size_t i = 0; i < some->count; i++)
        if (has(others, some->items[i]))
            return true;
    return false;
}

/* Those who review beside this person, and the group that decides about Sluice itself. */
static struct sl_names fellows_of(struct keeper *k, const struct person *who)
{
    struct sl_names out = {0};

    struct sl_reviewers admins = govern_reviewers(k, true);

    for (size_t i = 0; i < admins.groups.count; i++)
        names_add(k->mem, &out, admins.groups.items[i]);
    for (size_t i = 0; i < k->config->rule_count; i++) {
        const struct sl_names *groups = &k->config->rules[i].reviewers.groups;

        for (size_t g = 0; meet(groups, &who->groups) && g < groups->count; g++)
            if (!has(&out, groups->items[g]))
                names_add(k->mem, &out, groups->items[g]);
    }
    return out;
}

static void set_bytes(json_t *object, const char *key, struct sl_span bytes)
{
    SL_BUF(text, 32 * 1024);

    sl_base64url_put(&text, bytes);
    json_put_str(object, key, sl_buf_span(&text));
}

static json_t *possession_json(const struct assertion *by_new, struct sl_span document)
{
    json_t *out = json_object(), *said = NULL;

    set_bytes(out, "key", by_new->key);
    set_bytes(out, "client_data", by_new->is.client_data);
    set_bytes(out, "authenticator_data", by_new->is.authenticator_data);
    set_bytes(out, "signature", by_new->is.signature);
    if (sl_json_read(document, &said, NULL) == SL_OK)
        json_object_set_new(out, "signed", said);
    return out;
}

/* Everything that the enrolment needs, so that nothing has to be remembered beside it. */
static void put_operation(struct call *c, const struct passkey *p, const struct assertion *by_new,
                          struct sl_span document, struct sl_buf *out)
{
    json_t *key = json_object(), *operation = json_object();
    SL_BUF(change, 4096);

    json_put_str(key, "identity", p->identity);
    json_put_str(key, "key", p->id);
    json_put_str(key, "algorithm", sl_span_str(sl_passkey_algorithm_name(p->algorithm)));
    json_put_str(key, "rp_id", p->rp_id);
    set_bytes(key, "public_key", p->spki);
    json_object_set_new(key, "device_bound", json_boolean(!p->backup_eligible));
    json_object_set_new(key, "backed_up", json_boolean(p->backed_up));
    json_object_set_new(key, "counter", json_integer(p->counter));
    json_put_str(key, "name", call_str(c, "name"));
    sl_buf_say(&change, "%S enrols the passkey %S", p->identity, p->id);
    json_put_str(operation, "change", sl_buf_span(&change));
    json_object_set_new(operation, "enrol_passkey", key);
    json_object_set_new(operation, "possession", possession_json(by_new, document));
    json_put_str(operation, "credential", c->with.id);
    json_put_str(operation, "channel", call_channel(c));
    enum sl_err err = sl_json_canonical(out, operation);
    if (err != SL_OK)
        out->why = err;
    json_decref(operation);
}

static void fill(struct call *c, struct ask *a, struct sl_span operation)
{
    static const struct sl_target sluice = {.name = {(const uint8_t *)"sluice", 6}};
    static struct sl_meaning_statement enrolling = {.tag = {(const uint8_t *)"enrol passkey", 13},
                                                    .effects = SL_EFFECT_ADMIN};
    static const struct sl_meaning meaning = {.effects = SL_EFFECT_ADMIN,
                                              .statements = &enrolling,
                                              .statement_count = 1};

    *a = (struct ask){.who = &c->who,
                      .target = &sluice,
                      .meaning = &meaning,
                      .now_us = sl_clock_us(),
                      .why = SL_SPAN("a second person vouches for a passkey "
                                     "(passkeys.second_person)"),
                      .requirement_count = 1};
    a->answer = (struct sl_answer){.verdict = SL_HOLD,
                                   .enforced = SL_HOLD,
                                   .from_default = true,
                                   .expires_ms = time_to_decide_ms,
                                   .grant_ttl_ms = time_to_use_ms};
    a->action = (struct sl_action){.identity = c->who.name,
                                   .target = sluice.name,
                                   .protocol = SL_SPAN("sluice"),
                                   .operation = operation,
                                   .meaning = &meaning};
    memcpy(a->action.rules_digest, c->keeper->config->digest, sizeof a->action.rules_digest);
}

static enum sl_err complete(struct call *c, struct ask *a, const struct passkey *p)
{
    struct keeper *k = c->keeper;
    SL_BUF(reason, 4096);

    SL_TRY(requesters_of(k, a->who, NULL, &a->requesters, &a->requester_count));
    struct sl_names names = requester_names(k, a->requesters, a->requester_count);
    a->action.requesters = names.items;
    a->action.requester_count = names.count;
    a->requirements = sl_arena_array(k->mem, 1, sizeof *a->requirements);
    a->requirement_rules = sl_arena_array(k->mem, 1, sizeof *a->requirement_rules);
    if (a->requirements == NULL || a->requirement_rules == NULL ||
        names.count != a->requester_count)
        return SL_EMEMORY;
    a->requirements[0] = (struct sl_reviewers){.groups = fellows_of(k, a->who),
                                               .identities = govern_reviewers(k, true).identities,
                                               .need = 1};
    a->requirement_rules[0] = SL_SPAN("a second person for a passkey");
    sl_buf_say(&reason, SL_PASSKEY_ENROL_REASON, p->id);
    a->action.reason = sl_arena_copy(k->mem, sl_buf_span(&reason));
    return ask_hold(k, a);
}

void passkey_ask_second(struct call *c, const struct passkey *p, const struct assertion *by_new,
                        struct sl_span document)
{
    struct ask a;
    APPROVAL(made);
    SL_BUF(operation, SL_ACTION_MAX_BYTES);

    put_operation(c, p, by_new, document, &operation);
    fill(c, &a, sl_buf_span(&operation));
    enum sl_err err = sl_buf_err(&operation) == SL_OK ? complete(c, &a, p) : sl_buf_err(&operation);
    if (err == SL_EDENIED)
        call_problem(c, 403, "No second person", a.refusal,
                     "passkeys.second_person: lost takes a first passkey on its credential alone; "
                     "lost ones are removed with sluice passkeys remove.");
    else if (err != SL_OK || approval_get(c->keeper, sl_span_str(a.id), &made) != SL_OK)
        call_problem(c, 500, "Not asked", "The second person could not be asked.", "");
    else {
        c->status = 202;
        c->reply = approval_json(c, &made);
    }
}

/* --- when somebody said yes --- */

struct waiting {
    struct passkey passkey;
    struct assertion by_new;
    struct sl_span document, credential, channel;
};

static bool bytes_of(struct keeper *k, const json_t *object, const char *key, struct sl_span *out)
{
    SL_BUF(bytes, 64 * 1024);

    if (sl_base64url_get(&bytes, sl_json_str(object, key)) != SL_OK)
        return false;
    *out = sl_arena_copy(k->mem, sl_buf_span(&bytes));
    return out->n > 0;
}

static bool read_passkey(struct keeper *k, const json_t *key, struct passkey *p)
{
    uint64_t counter = 0;

    *p = (struct passkey){.id = sl_arena_copy(k->mem, sl_json_str(key, "key")),
                          .identity = sl_arena_copy(k->mem, sl_json_str(key, "identity")),
                          .rp_id = sl_arena_copy(k->mem, sl_json_str(key, "rp_id")),
                          .name = sl_arena_copy(k->mem, sl_json_str(key, "name")),
                          .algorithm = sl_passkey_algorithm_of(sl_json_str(key, "algorithm")),
                          .backup_eligible = !json_is_true(json_object_get(key, "device_bound")),
                          .backed_up = json_is_true(json_object_get(key, "backed_up")),
                          .vouched = BY_PERSON};
    bool whole = sl_json_u64(key, "counter", &counter) && bytes_of(k, key, "public_key", &p->spki);
    p->counter = (uint32_t)counter;
    return whole && p->id.n > 0;
}

static bool read_possession(struct keeper *k, const json_t *from, struct waiting *w)
{
    SL_BUF(document, SL_ENTRY_MAX);

    if (sl_json_canonical(&document, json_object_get(from, "signed")) != SL_OK)
        return false;
    w->document = sl_arena_copy(k->mem, sl_buf_span(&document));
    return bytes_of(k, from, "key", &w->by_new.key) &&
           bytes_of(k, from, "client_data", &w->by_new.is.client_data) &&
           bytes_of(k, from, "authenticator_data", &w->by_new.is.authenticator_data) &&
           bytes_of(k, from, "signature", &w->by_new.is.signature);
}

static bool read_waiting(struct keeper *k, const struct approval *a, struct waiting *w)
{
    json_t *document = approval_document(k, a);

    if (document == NULL)
        return false;
    const json_t *operation = json_object_get(document, "operation");
    bool whole = read_passkey(k, json_object_get(operation, "enrol_passkey"), &w->passkey) &&
                 read_possession(k, json_object_get(operation, "possession"), w);
    w->credential = sl_arena_copy(k->mem, sl_json_str(operation, "credential"));
    w->channel = sl_arena_copy(k->mem, sl_json_str(operation, "channel"));
    json_decref(document);
    return whole;
}

/* Meanwhile the person, their credential, or the key may have become another matter. */
static const char *cannot_enrol(struct keeper *k, const struct approval *a, const struct waiting *w)
{
    struct person who;
    struct credential with;

    if (person_get(k, a->identity, &who) != SL_OK || !person_active(&who))
        return "its person is not active any more";
    if (credential_by_id(k, w->credential, &with) != SL_OK || with.over)
        return "the credential that it came with is over";
    if (!sl_span_eq(w->passkey.identity, a->identity))
        return "it is about somebody else";
    return passkey_known(k, w->passkey.id, w->passkey.spki) ? "the passkey is known already" : NULL;
}

static void record_outcome(struct keeper *k, struct sl_span id)
{
    json_t *event = event_new("outcome", sl_clock_us());

    event_str(event, "id", id);
    event_str(event, "outcome", SL_SPAN("{\"outcome\":\"ok\"}"));
    store_record(&k->store, NULL, event, true);
}

static void record_name(struct keeper *k, const struct passkey *p)
{
    json_t *event = event_new("passkey_named", sl_clock_us());

    event_str(event, "id", p->id);
    event_str(event, "name", p->name);
    store_record(&k->store, NULL, event, true);
}

static void take(struct keeper *k, struct approval *a, const struct waiting *w)
{
    if (approval_move(k, a, &(struct move){.on = SL_APPROVAL_ON_SPEND}) != SL_OK)
        return;
    passkey_record(k, &(struct enrolment){.passkey = &w->passkey,
                                          .possession = assertion_entry(&w->by_new, w->document),
                                          .by = a->identity,
                                          .credential = w->credential,
                                          .channel = w->channel,
                                          .approval = a->id});
    if (w->passkey.name.n > 0)
        record_name(k, &w->passkey);
    record_outcome(k, a->id);
}

void passkey_decided(struct keeper *k, struct approval *a)
{
    struct waiting w = {0};

    if (!sl_span_is(a->protocol, "sluice") || a->state != SL_APPROVAL_APPROVED ||
        !read_waiting(k, a, &w))
        return;
    const char *why = cannot_enrol(k, a, &w);
    if (why == NULL)
        take(k, a, &w);
    else
        approval_end(k, a, &(struct move){.on = SL_APPROVAL_ON_KILL, .reason = sl_span_str(why)});
}
