#include "role/keeper/ask.h"

#include "base/utf8.h"
#include "core/ledger/facts.h"
#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/details.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/mask.h"
#include "role/keeper/people.h"
#include "role/keeper/store.h"

/* What is recorded of an action that is held: its event, its leaf and its document. */

static json_t *names_json(const struct sl_span *items, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_stringn((const char *)items[i].p, items[i].n));
    return array;
}

static json_t *reviewers_json(const struct sl_reviewers *r)
{
    json_t *one = json_object();

    event_json(one, "groups", names_json(r->groups.items, r->groups.count));
    event_json(one, "identities", names_json(r->identities.items, r->identities.count));
    return one;
}

static bool escalates(const struct ask *a, size_t i)
{
    return a->escalate_ms > 0 && a->escalations[i].need > 0;
}

static json_t *requirements_json(const struct ask *a)
{
    json_t *array = json_array();

    for (size_t i = 0; i < a->requirement_count; i++) {
        const struct sl_reviewers *r = &a->requirements[i];
        json_t *one = reviewers_json(r);

        event_str(one, "rule", a->requirement_rules[i]);
        event_u64(one, "need", r->need);
        if (escalates(a, i))
            event_json(one, "escalate", reviewers_json(&a->escalations[i]));
        json_array_append_new(array, one);
    }
    return array;
}

static json_t *requesters_json(const struct ask *a)
{
    json_t *array = json_array();

    for (size_t i = 0; i < a->requester_count; i++) {
        json_t *one = json_object();

        event_str(one, "name", a->requesters[i].name);
        event_str(one, "person", a->requesters[i].person);
        event_u64(one, "role", a->requesters[i].role);
        json_array_append_new(array, one);
    }
    return array;
}

static json_t *channels_json(uint32_t shut)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < SL_CHANNEL_CONTROL; i++)
        if ((shut >> i & 1) == 0)
            json_array_append_new(array,
                                  json_string(sl_decide_channel_name((enum sl_decide_channel)i)));
    return array;
}

/* A template has no literals that a rule could leave out. */
static bool is_withheld(const struct ask *a)
{
    return a->answer.record_shape && a->envelope.times == 0;
}

/* Everything about the approval that is not in the action's document. */
static enum sl_err put_detail(struct keeper *k, const struct ask *a, struct sl_buf *out)
{
    json_t *detail = json_object(), *show = NULL;
    SL_BUF(reviewers, 8192);

    reviewers_text(&reviewers, a->requirements, a->requirement_count);
    event_json(detail, DETAIL(requesters), requesters_json(a));
    event_json(detail, DETAIL(requirements), requirements_json(a));
    event_str(detail, DETAIL(reviewers), sl_buf_span(&reviewers));
    event_str(detail, DETAIL(rule), rule_names(k, &a->answer));
    event_str(detail, DETAIL(why), a->why);
    event_str(detail, DETAIL(runs_as), a->runs_as);
    event_str(detail, DETAIL(runs_as_user), a->runs_as_user);
    event_str(detail, DETAIL(repeats), a->repeats);
    event_str(detail, DETAIL(proof_why), a->proof_why);
    if (is_withheld(a) || sl_span_is(a->action.protocol, "external"))
        event_bool(detail, DETAIL(withheld), true); /* the ledger has no text of it */
    event_str(detail, DETAIL(trigger), a->others.trigger);
    event_str(detail, DETAIL(started_by), a->others.started_by);
    event_str(detail, DETAIL(unknown), a->others.unknown);
    event_str(detail, DETAIL(token_by), a->others.token_by);
    event_str(detail, DETAIL(job), a->others.job);
    event_str(detail, DETAIL(job_link), a->others.link);
    event_str(detail, DETAIL(asked_with), a->credential);
    event_json(detail, DETAIL(on_behalf_of),
               names_json(a->others.on_behalf_of.items, a->others.on_behalf_of.count));
    event_bool(detail, DETAIL(in_transaction), a->in_transaction);
    event_bool(detail, DETAIL(device_bound), a->answer.device_bound);
    if (a->escalate_ms > 0)
        event_u64(detail, DETAIL(escalate), a->now_us + a->escalate_ms * 1000);
    if (a->notify.count > 0)
        event_json(detail, DETAIL(notify), names_json(a->notify.items, a->notify.count));
    if (a->escalate_ms > 0 && a->escalate_notify.count > 0)
        event_json(detail, DETAIL(escalate_notify),
                   names_json(a->escalate_notify.items, a->escalate_notify.count));
    if (a->answer.shut != 0)
        event_json(detail, DETAIL(decide_in), channels_json(a->answer.shut));
    event_hex(detail, DETAIL(policy), sl_span(k->config->digest, sizeof k->config->digest));
    if (a->list > 0)
        event_u64(detail, DETAIL(list), a->list);
    if (a->envelope.times > 0) {
        event_json(detail, DETAIL(envelope),
                   json_pack("{s:I, s:I, s:I}", "for_s", (json_int_t)a->envelope.for_s, "rows",
                             (json_int_t)a->envelope.rows, "times", (json_int_t)a->envelope.times));
        event_u64(detail, DETAIL(rows), a->envelope.rows);
    }
    if (!a->over.is && a->answer.row_limit != 0)
        event_u64(detail, DETAIL(row_limit), a->answer.row_limit);
    if (a->over.is) {
        event_u64(detail, DETAIL(rows), a->over.cap);
        event_u64(detail, DETAIL(delivered), a->over.delivered);
        event_str(detail, DETAIL(why_asker), a->why_asker);
    }
    if (a->show.n > 0 && sl_json_read(a->show, &show, NULL) == SL_OK)
        event_json(detail, DETAIL(show), show);
    enum sl_err err = sl_json_canonical(out, detail);

    json_decref(detail);
    SL_TRY(err);
    return sl_buf_err(out);
}

/* The facts of the action as a journal would say them, so that ledger leaves read alike. */
static void put_facts(struct keeper *k, struct sl_buf *b, const struct ask *a)
{
    struct sl_names rules = {0};

    for (size_t i = 0; i < a->answer.rule_count; i++)
        names_add(k->mem, &rules, a->answer.rules[i]->name);
    if (a->answer.from_default)
        names_add(k->mem, &rules, SL_SPAN("default"));
    sl_facts_put(b,
                 &(struct sl_facts_said){a->meaning, a->action.datasets, a->answer.verdict, rules});
    const struct sl_span said[] = {a->action.run, a->action.reason, a->action.sink};
    for (size_t i = 0; i < SL_COUNT(said); i++) {
        struct sl_span text = sl_utf8_head(said[i], UINT16_MAX);

        sl_buf_put_le16(b, (uint16_t)text.n);
        sl_buf_put(b, text);
    }
}

/* The statement as the world may read it: passwords masked, long texts by digest and head, nothing
 * at all where the rule says `record: shape` (the salted action digest stands for it then). */
static void put_text(struct sl_buf *text, const struct ask *a, uint32_t *flags)
{
    json_t *operation = NULL;
    uint8_t digest[SL_SHA256];
    SL_BUF(masked, SL_ACTION_MAX_BYTES);

    bool withheld = is_withheld(a);

    if (withheld || sl_json_read(a->action.operation, &operation, NULL) != SL_OK)
        return;
    if (a->envelope.times > 0)
        sl_buf_put(&masked, sl_json_str(operation, "sql"));
    else if (a->list > 0)
        list_put_text(&masked, operation);
    else
        mask_passwords(&masked, sl_json_str(operation, "sql"));
    if (sl_span_is(a->action.protocol, "sluice"))
        sl_buf_put(&masked, sl_json_str(operation, "change"));
    json_decref(operation);
    if (masked.n <= SL_JOURNAL_MAX_TEXT) {
        sl_buf_put(text, sl_buf_span(&masked));
        return;
    }
    sl_sha256(sl_buf_span(&masked), digest);
    sl_buf_put(text, sl_span(digest, sizeof digest));
    sl_buf_put(text, sl_utf8_head(sl_buf_span(&masked), 1024));
    *flags |= SL_INTENT_TEXT_DIGEST;
}

static struct sl_entry_need *needs_of(struct keeper *k, const struct ask *a)
{
    struct sl_entry_need *needs = sl_arena_array(k->mem, a->requirement_count + 1, sizeof *needs);

    for (size_t i = 0; needs != NULL && i < a->requirement_count; i++)
        needs[i] = (struct sl_entry_need){.rule = a->requirement_rules[i],
                                          .need = a->requirements[i].need,
                                          .groups = entry_list(a->requirements[i].groups),
                                          .identities = entry_list(a->requirements[i].identities)};
    for (size_t i = 0; needs != NULL && i < a->requirement_count; i++) {
        if (!escalates(a, i))
            continue;
        needs[i].escalate_groups = entry_list(a->escalations[i].groups);
        needs[i].escalate_identities = entry_list(a->escalations[i].identities);
    }
    return needs;
}

static struct sl_names channels_of(struct keeper *k, const struct ask *a)
{
    struct sl_names names = {0};

    for (unsigned i = 0; a->answer.shut != 0 && i < SL_CHANNEL_CONTROL; i++)
        if ((a->answer.shut >> i & 1) == 0)
            names_add(k->mem, &names,
                      sl_span_str(sl_decide_channel_name((enum sl_decide_channel)i)));
    return names;
}

void ask_put_facts(struct keeper *k, const struct ask *a, struct sl_buf *facts)
{
    SL_BUF(journal_facts, SL_ENTRY_MAX);

    put_facts(k, &journal_facts, a);
    sl_entry_put_facts(facts, sl_buf_span(&journal_facts));
}

static void put_leaf(struct keeper *k, const struct ask *a, struct sl_buf *leaf)
{
    SL_BUF(facts, SL_ENTRY_MAX);
    SL_BUF(text, SL_ENTRY_MAX);
    uint32_t flags = 0;

    ask_put_facts(k, a, &facts);
    put_text(&text, a, &flags);
    struct sl_names names = {a->action.requesters, a->action.requester_count};
    sl_entry_put_approval(
        leaf, &(struct sl_entry_approval){
                  .event = SL_ENTRY_APPROVAL_ASKED,
                  .time_us = a->now_us,
                  .approval = sl_span_str(a->id),
                  .digest = a->digest,
                  .session = a->session,
                  .action = a->gate_action,
                  .identity = a->who->name,
                  .owner = a->who->owner,
                  .target = a->target->name,
                  .environment = a->target->environment,
                  .protocol = a->action.protocol,
                  .requesters = entry_list(names),
                  .facts = sl_buf_span(&facts),
                  .text = sl_buf_span(&text),
                  .flags = flags,
                  .needs = needs_of(k, a),
                  .need_count = a->requirement_count,
                  .policy_digest = k->config->digest,
                  .rules_digest = a->answer.rules_digest,
                  .repeats = a->repeats,
                  .asked_with = a->credential,
                  .escalate_us = a->escalate_ms > 0 ? a->now_us + a->escalate_ms * 1000 : 0,
                  .decide_in = entry_list(channels_of(k, a)),
                  .continues = a->over.continues,
                  .delivered = a->over.delivered,
                  .list = a->list,
                  .envelope = a->envelope,
                  .estimate = a->over.estimate,
                  .cap = a->over.cap,
                  .proof = a->answer.passkey ? SL_SPAN("passkey") : sl_span(NULL, 0),
                  .keys = a->answer.device_bound ? SL_SPAN("device-bound") : sl_span(NULL, 0),
                  .expires_us = a->now_us + a->answer.expires_ms * 1000});
}

/* The event names the document by its digest: bind values, literals, passwords and the salt lie
 * beside the log, where they can be erased (P10). */
enum sl_err ask_record(struct keeper *k, struct ask *a)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    SL_BUF(document, SL_ACTION_MAX_BYTES);
    SL_BUF(detail, 4 * 1024 * 1024);
    uint8_t alike[SL_SHA256];

    last_alike_key(k, a, alike);

    sl_action_put(&document, &a->action);
    SL_TRY(sl_buf_err(&document));
    SL_TRY(put_detail(k, a, &detail));
    put_leaf(k, a, &leaf);
    SL_TRY(sl_buf_err(&leaf));
    json_t *event = event_new("asked", a->now_us);
    event_str(event, "id", sl_span_str(a->id));
    event_str(event, "identity", a->who->name);
    event_str(event, "target", a->target->name);
    event_str(event, "environment", a->target->environment);
    event_str(event, "protocol", a->action.protocol);
    event_u64(event, "expires", a->now_us + a->answer.expires_ms * 1000);
    if (a->escalate_ms > 0)
        event_u64(event, "escalate", a->now_us + a->escalate_ms * 1000);
    event_u64(event, "grant_ttl", a->answer.grant_ttl_ms);
    event_hex(event, "digest", sl_span(a->digest, sizeof a->digest));
    event_hex(event, "join_key", sl_span(a->join_key, sizeof a->join_key));
    event_str(event, "detail", sl_buf_span(&detail));
    event_bool(event, "passkey", a->answer.passkey);
    event_hex(event, "alike", sl_span(alike, sizeof alike));
    event_u64(event, "sequence", ++k->store.sequence);
    store_record_document(&k->store, &leaf, event, sl_buf_span(&document), true);
    return SL_OK;
}
