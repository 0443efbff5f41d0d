#include "role/keeper/keeper_int.h"

#include "base/encode.h"
#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/ask.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/identity.h"
#include "role/keeper/people.h"

/* Actions of callers that Sluice does not sit in front of: they describe what they are about to do,
 * wait for the decision, and consume the grant once. */

/* At most `most` of them: how many a caller sends is not what decides how much the keeper keeps. */
static bool strings(struct call *c, const json_t *array, size_t most, struct sl_names *out)
{
    size_t i, count = json_array_size(array);
    json_t *item;

    *out = (struct sl_names){0};
    if (array == NULL)
        return true;
    if (!json_is_array(array) || count > most)
        return false;
    out->items = sl_arena_array(c->keeper->mem, count + 1, sizeof *out->items);
    if (out->items == NULL)
        return false;
    json_array_foreach(array, i, item)
    {
        if (!json_is_string(item))
            return false;
        out->items[out->count++] = sl_span(json_string_value(item), json_string_length(item));
    }
    return true;
}

/* A member of another kind would be passed over, and what it says not judged. */
static bool is_absent_or(struct call *c, const char *key, json_type type)
{
    const json_t *value = json_object_get(c->body, key);

    return value == NULL || json_typeof(value) == type;
}

static bool kinds_are_right(struct call *c)
{
    static const char *const texts[] = {"target", "reason", "run", "sink", "triggered_by"};
    static const char *const lists[] = {"effects", "statements", "datasets"};

    for (size_t i = 0; i < SL_COUNT(texts); i++)
        if (!is_absent_or(c, texts[i], JSON_STRING))
            return false;
    for (size_t i = 0; i < SL_COUNT(lists); i++)
        if (!is_absent_or(c, lists[i], JSON_ARRAY))
            return false;
    return call_str(c, "triggered_by").n == 0 || identity_name_ok(call_str(c, "triggered_by"));
}

/* An effect that we do not know makes the whole request wrong: it is not guessed at. */
static bool effects_of(struct call *c, const json_t *array, uint32_t *out)
{
    enum { MOST = 64 };
    struct sl_names names;

    if (!strings(c, array, MOST, &names))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        uint32_t bit = sl_effect_bit(names.items[i]);

        if (bit == 0)
            return false;
        *out |= bit;
    }
    return true;
}

static bool datasets_of(struct call *c, struct sl_meaning *m)
{
    const json_t *array = json_object_get(c->body, "datasets");
    size_t i;
    json_t *item;

    m->accesses = sl_arena_array(c->keeper->mem, json_array_size(array) + 1, sizeof *m->accesses);
    if (m->accesses == NULL || json_array_size(array) > SL_MEANING_MAX_ACCESSES)
        return false;
    json_array_foreach(array, i, item)
    {
        struct sl_meaning_access *a = &m->accesses[m->access_count++];
        struct sl_names columns;

        a->dataset = sl_json_str(item, "name");
        if (a->dataset.n == 0 || !effects_of(c, json_object_get(item, "effects"), &a->effects) ||
            !strings(c, json_object_get(item, "columns"), SL_MEANING_MAX_COLUMNS, &columns))
            return false;
        a->columns = columns.items;
        a->column_count = columns.count;
        a->all_columns = columns.count == 0;
        m->effects |= a->effects;
    }
    return true;
}

static bool meaning_of(struct call *c, struct sl_meaning *m)
{
    struct sl_names tags;

    if (!effects_of(c, json_object_get(c->body, "effects"), &m->effects) || !datasets_of(c, m) ||
        !strings(c, json_object_get(c->body, "statements"), SL_MEANING_MAX_STATEMENTS, &tags))
        return false;
    m->statements = sl_arena_array(c->keeper->mem, tags.count + 1, sizeof *m->statements);
    for (size_t i = 0; m->statements != NULL && i < tags.count; i++)
        m->statements[m->statement_count++] =
            (struct sl_meaning_statement){tags.items[i], m->effects};
    if (m->effects == 0)
        *m = sl_meaning_opaque(SL_SPAN("the caller did not say what it does"));
    return true;
}

static bool fill(struct call *c, struct ask *a, struct sl_buf *operation)
{
    struct keeper *k = c->keeper;
    struct sl_meaning *meaning = SL_ARENA_NEW(k->mem, struct sl_meaning);
    const json_t *given = json_object_get(c->body, "operation");

    a->target = sl_config_target(k->config, call_str(c, "target"));
    if (a->target == NULL || !sl_target_admits(a->target, c->who.name, &c->who.groups)) {
        call_problem(c, 404, "No such target", "There is no target of this name that you may use.",
                     "");
        return false;
    }
    if (meaning == NULL || !kinds_are_right(c) || !json_is_object(given) ||
        sl_json_canonical(operation, given) != SL_OK || !meaning_of(c, meaning)) {
        call_problem(c, 400, "Not an action",
                     "operation must be an object, effects and statements lists of "
                     "names, datasets a list of {name, effects, columns} (1,000 at most), reason, "
                     "run and sink texts, triggered_by the name of an identity.",
                     "");
        return false;
    }
    a->who = &c->who;
    a->meaning = meaning;
    a->action = (struct sl_action){.protocol = SL_SPAN("external"),
                                   .operation = sl_buf_span(operation),
                                   .reason = call_str(c, "reason"),
                                   .run = call_str(c, "run"),
                                   .sink = call_str(c, "sink")};
    a->others = c->others;
    a->others.trigger = call_str(c, "triggered_by");
    credential_asks_for(k, c->with.id, &a->others);
    a->credential = c->with.id;
    a->now_us = sl_clock_us();
    return true;
}

static void hold(struct call *c, struct ask *a)
{
    APPROVAL(made);
    enum sl_err err;

    a->why = rule_names(c->keeper, &a->answer);
    err = ask_hold(c->keeper, a);
    if (err == SL_EDENIED) {
        call_problem(c, 403, "Refused", a->refusal, a->hint);
        return;
    }
    if (err != SL_OK || approval_get(c->keeper, sl_span_str(a->id), &made) != SL_OK) {
        call_problem(c, 500, "Not recorded", "The action could not be recorded as an approval.",
                     "");
        return;
    }
    c->status = a->joined ? 200 : 201;
    c->reply = approval_json(c, &made);
}

/* Each call that lets something run is a session of its own, so that ledger entries of external
 * actions read like all others. */
static struct sl_entry_session session_of(struct call *c, struct sl_span target,
                                          struct sl_span environment, struct sl_names requesters)
{
    struct keeper *k = c->keeper;

    return (struct sl_entry_session){.time_us = sl_clock_us(),
                                     .session = k->next_session++,
                                     .identity = c->who.name,
                                     .identity_kind =
                                         sl_span_str(sl_identity_kind_name(c->who.kind)),
                                     .owner = c->who.owner,
                                     .target = target,
                                     .environment = environment,
                                     .protocol = SL_SPAN("external"),
                                     .address = c->address,
                                     .job = c->others.job,
                                     .job_link = c->others.link,
                                     .on_behalf_of = entry_list(c->others.on_behalf_of),
                                     .groups = entry_list(c->who.groups),
                                     .requesters = entry_list(requesters)};
}

/* False: it does not fit into an entry; nothing is recorded. */
static bool begin(struct keeper *k, const struct sl_entry_session *session)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_session(&leaf, session);
    if (sl_buf_err(&leaf) != SL_OK)
        return false;
    store_leaf(&k->store, &leaf, false, NULL);
    return true;
}

static void finish(struct keeper *k, struct sl_entry_session *session)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    session->close = true;
    session->time_us = sl_clock_us();
    sl_entry_put_session(&leaf, session);
    store_leaf(&k->store, &leaf, true, NULL);
}

/* What was allowed or denied at once is history too (P6). What became of it only the caller knows,
 * so its outcome is recorded as unknown. False: it does not fit into entries; nothing is recorded.
 */
static bool record_verdict(struct call *c, const struct ask *a, struct sl_span facts,
                           uint8_t outcome)
{
    struct keeper *k = c->keeper;
    struct sl_names set = {a->action.requesters, a->action.requester_count};
    struct sl_entry_session session = session_of(c, a->target->name, a->target->environment, set);
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_action(&leaf,
                        &(struct sl_entry_one){
                            .time_us = a->now_us,
                            .environment = session.environment,
                            .protocol = session.protocol,
                            .owner = session.owner,
                            .requesters = session.requesters,
                            .action = {.session = session.session,
                                       .action = 1,
                                       .identity = session.identity,
                                       .target = session.target,
                                       .asked_us = a->now_us,
                                       .started_us = outcome == SL_OUTCOME_REFUSED ? 0 : a->now_us,
                                       .ended_us = a->now_us,
                                       .flags = a->answer.verdict == a->answer.enforced
                                                    ? 0
                                                    : (uint32_t)SL_INTENT_OBSERVED,
                                       .outcome = outcome,
                                       .facts = facts,
                                       .policy_digest = k->config->digest}});
    if (sl_buf_err(&leaf) != SL_OK || !begin(k, &session))
        return false;
    store_leaf(&k->store, &leaf, false, NULL);
    finish(k, &session);
    return true;
}

static void refuse_too_much(struct call *c)
{
    call_problem(c, 400, "Too much to record",
                 "Names, reason, run and sink do not fit into an entry of the ledger.",
                 "Name whole tables instead of their columns, or ask in parts.");
}

void call_APPROVAL_CREATE(struct call *c)
{
    struct ask a = {0};
    SL_BUF(operation, SL_ACTION_MAX_BYTES);
    SL_BUF(facts, SL_ENTRY_MAX);

    if (!fill(c, &a, &operation))
        return;
    if (ask_judge(c->keeper, &a) != SL_OK) {
        call_problem(c, 500, "Not judged", "The action could not be judged.", "");
        return;
    }
    ask_put_facts(c->keeper, &a, &facts);
    if (sl_buf_err(&facts) != SL_OK)
        refuse_too_much(c);
    else if (a.answer.enforced == SL_HOLD)
        hold(c, &a);
    else if (a.answer.enforced == SL_DENY) {
        SL_BUF(text, 4096);
        if (!record_verdict(c, &a, sl_buf_span(&facts), SL_OUTCOME_REFUSED)) {
            refuse_too_much(c);
            return;
        }
        sl_buf_say(&text, "Denied by rule: %S", rule_names(c->keeper, &a.answer));
        call_problem(c, 403, "Denied", sl_buf_text(&text), "");
    } else if (!record_verdict(c, &a, sl_buf_span(&facts), SL_OUTCOME_UNKNOWN)) {
        refuse_too_much(c);
    } else {
        c->reply = json_object();
        json_put_str(c->reply, "verdict", SL_SPAN("allow"));
    }
}

/* --- consuming --- */

/* What the caller said about its action when it asked, out of the document. */
static bool still_means_it(struct call *c, const struct approval *a)
{
    struct call asked = {.keeper = c->keeper};
    struct sl_meaning meaning = {0};
    json_t *document = approval_document(c->keeper, a);

    if (document == NULL)
        return false;
    asked.body = document;
    bool same = meaning_of(&asked, &meaning) &&
                ((same_policy(c->keeper, a) && same_labels(c->keeper, a, &meaning)) ||
                 means_the_same(c->keeper, a, &c->who, &meaning));
    json_decref(document);
    return same;
}

static bool may_use_target(struct call *c, const struct approval *a)
{
    const struct sl_target *target = sl_config_target(c->keeper->config, a->target);

    return target != NULL && sl_target_admits(target, c->who.name, &c->who.groups);
}

static bool has_part(const struct approval *a, struct sl_span name)
{
    for (size_t i = 0; i < a->requester_count; i++)
        if (sl_span_eq(a->requesters[i].name, name))
            return true;
    return false;
}

/* One identity may be set going by many: jobs of one repository, tokens for one person or another.
 * Whoever had a part in what consumes was kept from deciding, or the grant is not for it (P4). */
static bool same_people(struct call *c, const struct approval *a)
{
    struct asked_for others = c->others;
    struct sl_requester *now = NULL;
    size_t count = 0;

    credential_asks_for(c->keeper, c->with.id, &others);
    if (requesters_of(c->keeper, &c->who, &others, &now, &count) != SL_OK)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!has_part(a, now[i].name))
            return false;
    return sl_span_eq(others.unknown, sl_json_str(a->detail, "unknown")) || others.unknown.n == 0;
}

static const char *consume_problem(struct call *c, const struct approval *a)
{
    uint8_t digest[32];

    if (!sl_span_is(a->protocol, "external"))
        return "Only a grant of an external action is consumed here; others are spent by the gate.";
    if (!sl_span_eq(a->identity, c->who.name))
        return "The grant is for another identity.";
    if (!same_people(c, a))
        return "Somebody else has a part in this than in what was approved: ask again.";
    if (a->state != SL_APPROVAL_APPROVED || sl_clock_us() >= a->grant_expires_us)
        return "There is no grant to consume.";
    if (sl_hex_fixed(digest, sizeof digest, call_str(c, "digest")) != SL_OK ||
        memcmp(digest, a->digest, sizeof digest) != 0)
        return "The digest is not that of what was approved.";
    if (!may_use_target(c, a))
        return "The target is not yours to use any more.";
    if (approval_for_inactive(c->keeper, a))
        return "Somebody on whose behalf it was asked is disabled or paused.";
    if (!approval_votes_stand(c->keeper, a))
        return "A person who approved may no longer decide.";
    return still_means_it(c, a)
               ? NULL
               : "The action means something else now, under another policy or with other labels.";
}

static void record_consumed(struct call *c, const struct approval *a)
{
    json_t *event = event_new("outcome", sl_clock_us());

    event_str(event, "id", a->id);
    event_str(event, "outcome", SL_SPAN("{\"outcome\":\"consumed\"}"));
    store_record(&c->keeper->store, NULL, event, true);
}

void call_CONSUME(struct call *c)
{
    APPROVAL(a);
    struct sl_span id = call_str(c, "id");

    if (id.n == 0 || approval_get(c->keeper, id, &a) != SL_OK || !approval_visible(c, &a)) {
        call_problem(c, 404, "No such approval",
                     "There is no approval with this id that you may see.", "");
        return;
    }
    const char *problem = consume_problem(c, &a);
    if (problem != NULL) {
        call_problem(c, 409, "Not consumed", problem, "");
        return;
    }
    struct sl_entry_session session =
        session_of(c, a.target, a.environment,
                   requester_names(c->keeper, a.requesters, a.requester_count));
    if (!begin(c->keeper, &session)) {
        call_problem(c, 500, "Not recorded", "Who asked does not fit into an entry of the ledger.",
                     "");
        return;
    }
    if (approval_move(c->keeper, &a,
                      &(struct move){.on = SL_APPROVAL_ON_SPEND,
                                     .session = session.session,
                                     .action = 1}) == SL_OK)
        record_consumed(c, &a);
    finish(c->keeper, &session);
    c->reply = approval_json(c, &a);
}
