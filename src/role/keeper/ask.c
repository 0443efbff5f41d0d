#include "role/keeper/keeper_int.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "core/ledger/facts.h"
#include "role/keeper/brief.h"
#include "role/keeper/mask.h"

/* Making an approval out of an action: the policy is evaluated again with the same code as the
 * gate's, and identity, requester set, target and labels are filled in here, whatever the gate
 * believes. */

/* Actions of one identity that wait or are granted. Behind those of a gate stands a session each,
 * and there may be thousands; those that a program asks for over HTTP cost it nothing. */
enum { MAX_OPEN = 4096, MAX_ASKED = 200, MAX_OPEN_BYTES = 64 * 1024 * 1024 };

/* --- judging again -------------------------------------------------------------------------------
 */

static enum sl_err put_datasets(struct keeper *k, struct ask *a, uint64_t *labels)
{
    const struct sl_meaning *m = a->meaning;
    struct sl_action_dataset *sets = sl_arena_array(k->mem, m->access_count + 1, sizeof *sets);

    if (sets == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < m->access_count; i++) {
        struct sl_names names = {0};

        labels[i] = sl_labels_of(k->config, a->target, &m->accesses[i], k->labels);
        for (size_t bit = 0; bit < k->config->labels.count && bit < 64; bit++)
            if ((labels[i] >> bit & 1) != 0)
                names_add(k->mem, &names, k->config->labels.items[bit]);
        sets[i] = (struct sl_action_dataset){&m->accesses[i], names.items, names.count};
    }
    a->action.datasets = sets;
    return SL_OK;
}

static enum sl_err put_requesters(struct keeper *k, struct ask *a)
{
    SL_TRY(requesters_of(k, a->who, &a->others, &a->requesters, &a->requester_count));
    struct sl_names names = requester_names(k, a->requesters, a->requester_count);

    if (names.count != a->requester_count)
        return SL_EMEMORY;
    a->action.requesters = names.items;
    a->action.requester_count = names.count;
    return SL_OK;
}

/* The meaning of what goes beyond a budget, with the same labels: an export too. */
static enum sl_err mean_export(struct keeper *k, struct ask *a)
{
    struct sl_meaning *m = SL_ARENA_NEW(k->mem, struct sl_meaning);
    size_t count = a->meaning->access_count;
    struct sl_meaning_access *accesses = sl_arena_array(k->mem, count + 1, sizeof *accesses);
    uint64_t *labels = sl_arena_array(k->mem, count + 1, sizeof *labels);

    if (m == NULL || accesses == NULL || labels == NULL)
        return SL_EMEMORY;
    *m = *a->meaning;
    for (size_t i = 0; i < count; i++) {
        accesses[i] = a->meaning->accesses[i];
        labels[i] = sl_labels_of(k->config, a->target, &accesses[i], k->labels);
    }
    m->accesses = accesses;
    sl_policy_add_export(m, labels);
    a->meaning = m;
    return SL_OK;
}

static void judge(struct keeper *k, struct ask *a, const struct sl_question *q)
{
    if (a->over.is)
        sl_policy_judge_over(k->config, q,
                             a->over.rule.n == 0 ? NULL : sl_config_rule(k->config, a->over.rule),
                             k->mem, &a->answer);
    else
        sl_policy_judge(k->config, q, k->mem, &a->answer);
}

/* Which login, and which role it is on the server for this identity: both are shown, and must still
 * be so when its proof is asked for (upstream.c). */
static void choose_login(struct keeper *k, struct ask *a)
{
    SL_BUF(user, 256);

    if (!sl_span_is(a->action.protocol, "postgres") || a->over.is)
        return;
    if (sl_policy_elevates(&a->answer, &a->runs_as) != SL_OK) {
        a->cannot_elevate = "the rules that hold this elevate it to different logins";
        return;
    }
    if (a->runs_as.n == 0)
        return;
    if (a->list > 0) {
        a->cannot_elevate = "a list of statements cannot run as another login";
        return;
    }
    const struct sl_login *login = sl_target_named_login(a->target, a->runs_as);
    if (login == NULL || !login_user_of(login, a->who, &user))
        a->cannot_elevate = "the login that this runs as has no plain role name for this identity";
    else
        a->runs_as_user = sl_arena_copy(k->mem, sl_buf_span(&user));
}

/* The target's reviewers, or anybody who may review: for rules that name none. */
static struct sl_span rule_of(const struct sl_answer *answer, const struct sl_reviewers *r)
{
    for (size_t i = 0; i < answer->rule_count; i++)
        if (r == &answer->rules[i]->reviewers)
            return answer->rules[i]->name;
    return SL_SPAN("default");
}

enum sl_err ask_judge(struct keeper *k, struct ask *a)
{
    uint64_t *labels = sl_arena_array(k->mem, a->meaning->access_count + 1, sizeof *labels);
    enum { MAX = SL_REQUIREMENTS_MAX };

    if (labels == NULL)
        return SL_EMEMORY;
    if (a->over.is)
        SL_TRY(mean_export(k, a));
    SL_TRY(put_datasets(k, a, labels));
    struct sl_question q = {.identity = a->who->name,
                            .kind = a->who->kind,
                            .groups = a->who->groups,
                            .target = a->target,
                            .meaning = a->meaning,
                            .labels = labels,
                            .now_us = a->now_us};
    judge(k, a, &q);
    SL_TRY(put_requesters(k, a));
    a->action.identity = a->who->name;
    a->action.target = a->target->name;
    a->action.environment = a->target->environment;
    a->action.meaning = a->meaning;
    memcpy(a->action.rules_digest, a->answer.rules_digest, sizeof a->action.rules_digest);
    if (a->answer.verdict != SL_HOLD)
        return SL_OK;
    choose_login(k, a);

    const struct sl_reviewers *found[MAX];
    a->requirement_count = sl_policy_reviewers(k->config, &q, &a->answer, found, MAX);
    a->requirements = sl_arena_array(k->mem, MAX, sizeof *a->requirements);
    a->requirement_rules = sl_arena_array(k->mem, MAX, sizeof *a->requirement_rules);
    if (a->requirements == NULL || a->requirement_rules == NULL || a->requirement_count > MAX)
        return SL_ELIMIT;
    for (size_t i = 0; i < a->requirement_count; i++) {
        a->requirements[i] = *found[i];
        a->requirements[i].need = job_need(&a->others, found[i]->need);
        a->requirement_rules[i] = rule_of(&a->answer, found[i]);
    }
    return SL_OK;
}

struct sl_span rule_names(struct keeper *k, const struct sl_answer *a)
{
    SL_BUF(text, 16 * 1024);

    for (size_t i = 0; i < a->rule_count; i++)
        sl_buf_say(&text, "%s%S", i > 0 ? ", " : "", a->rules[i]->name);
    if (a->from_default)
        sl_buf_say(&text, "%sdefault of the target", a->rule_count > 0 ? ", " : "");
    return sl_arena_copy(k->mem, sl_buf_span(&text));
}

struct sl_span approval_link(struct keeper *k, struct sl_span id)
{
    const struct sl_settings *s = &k->config->settings;
    SL_BUF(link, 2048);

    if (s->public_url.n > 0)
        sl_buf_say(&link, "%S/approvals/%S", s->public_url, id);
    else
        sl_buf_say(&link, "http://%S:%S/approvals/%S", s->http_host, s->http_port, id);
    return sl_arena_copy(k->mem, sl_buf_span(&link));
}

/* --- can it be held? -----------------------------------------------------------------------------
 */

static enum sl_err say_no(struct ask *a, const char *refusal, const char *hint)
{
    a->refusal = refusal;
    a->hint = hint;
    return SL_EDENIED;
}

static enum sl_err too_few(struct keeper *k, struct ask *a)
{
    SL_BUF(text, 8192);

    sl_buf_say(&text, "this would be held, but too few people could decide it (needed: ");
    reviewers_text(&text, a->requirements, a->requirement_count);
    sl_buf_say(&text, ")");
    return say_no(
        a, sl_arena_text(k->mem, sl_buf_span(&text)),
        "Reviewers must be active humans outside the requester set who claimed a deciding "
        "credential before this was asked (sluice identity invite, sluice enroll).");
}

static enum sl_err too_few_passkeys(struct keeper *k, struct ask *a)
{
    SL_BUF(text, 8192);

    sl_buf_say(&text,
               "this would be held, but too few of those who could decide it have a passkey%s, "
               "which the rule asks for (needed: ",
               a->answer.device_bound ? " that cannot leave its device" : "");
    reviewers_text(&text, a->requirements, a->requirement_count);
    sl_buf_say(&text, ")");
    return say_no(a, sl_arena_text(k->mem, sl_buf_span(&text)),
                  "Reviewers enrol one in the console before this is asked again "
                  "(sluice passkeys list shows who has).");
}

static const char in_transaction_text[] = "this would be held, and the rule refuses that inside a "
                                          "transaction, where it would keep its locks";
static const char in_transaction_hint[] = "Run it outside of a transaction block.";

static bool is_asked_over_http(const struct ask *a)
{
    return sl_span_is(a->action.protocol, "external") || sl_span_is(a->action.protocol, "sluice");
}

/* Reviewers see the newest questions first: nobody may bury those of others. */
static bool asks_too_much(struct keeper *k, const struct ask *a)
{
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_COUNT_OF, "s", a->who->name);
    uint64_t open = db_row(&rows) ? db_u64(&rows, 0) : MAX_OPEN;

    db_end(&rows);
    return open >= (is_asked_over_http(a) ? MAX_ASKED : MAX_OPEN);
}

/* Documents that are not large are bounded by their number. */
static bool asks_too_large(struct keeper *k, const struct ask *a)
{
    if (a->action.operation.n <= LARGE_DOCUMENT_BYTES)
        return false;
    struct db_rows rows = db_ask(k->store.db, DB_LARGE_BYTES_OF, "s", a->who->name);
    uint64_t bytes = db_row(&rows) ? db_u64(&rows, 0) : MAX_OPEN_BYTES;

    db_end(&rows);
    return bytes + a->action.operation.n > MAX_OPEN_BYTES;
}

/* As soon as enough people have passkeys, what is worst takes no less (docs/policy.md). */
static void prefer_passkey(struct keeper *k, struct ask *a)
{
    bool is_policy = sl_span_is(a->action.protocol, "policy") ||
                     sl_span_is(a->action.protocol, "sluice"); /* Sluice's own: of every target */
    struct proof_needed signed_ = {.passkey = true, .device_bound = a->answer.device_bound};

    if (a->answer.passkey ||
        !sl_policy_prefers_passkey(k->config,
                                   is_policy ? SL_SPAN("production") : a->target->environment,
                                   a->meaning->effects) ||
        !enough_people(k, a->requirements, a->requirement_count, a->requesters, a->requester_count,
                       signed_, a->now_us))
        return;
    a->answer.passkey = true;
    a->proof_why = is_policy
                       ? SL_SPAN("a change of Sluice itself is signed where enough of those who "
                                 "may decide have passkeys (passkeys.by_default)")
                       : SL_SPAN("in production this is signed where enough of those who may "
                                 "decide have passkeys (passkeys.by_default)");
}

static enum sl_err may_hold(struct keeper *k, struct ask *a)
{
    if (a->answer.reason_required && a->action.reason.n == 0)
        return say_no(a, "this needs a reason, and none was given",
                      "SET sluice.reason = 'why you do this'; then run it again.");
    if (a->in_transaction && a->answer.in_transaction == SL_TX_REFUSE)
        return say_no(a, in_transaction_text, in_transaction_hint);
    if (a->cannot_elevate != NULL)
        return say_no(a, a->cannot_elevate,
                      "Whoever keeps the policy has to name one login that fits.");
    if (asks_too_much(k, a))
        return say_no(a, "too many actions of this identity wait for a decision already",
                      "Wait until some are decided, or cancel those that are not needed.");
    if (asks_too_large(k, a))
        return say_no(a, "too much text of this identity waits for a decision already",
                      "Wait until some of it is decided, or cancel what is not needed.");
    prefer_passkey(k, a);
    struct proof_needed any = {0}, proof = {a->answer.passkey, a->answer.device_bound};
    if (!enough_people(k, a->requirements, a->requirement_count, a->requesters, a->requester_count,
                       any, a->now_us))
        return too_few(k, a);
    if (proof.passkey && !enough_people(k, a->requirements, a->requirement_count, a->requesters,
                                        a->requester_count, proof, a->now_us))
        return too_few_passkeys(k, a);
    return SL_OK;
}

/* --- what is recorded ----------------------------------------------------------------------------
 */

static json_t *names_json(const struct sl_span *items, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_stringn((const char *)items[i].p, items[i].n));
    return array;
}

static json_t *requirements_json(const struct ask *a)
{
    json_t *array = json_array();

    for (size_t i = 0; i < a->requirement_count; i++) {
        const struct sl_reviewers *r = &a->requirements[i];
        json_t *one = json_object();

        event_str(one, "rule", a->requirement_rules[i]);
        event_json(one, "groups", names_json(r->groups.items, r->groups.count));
        event_json(one, "identities", names_json(r->identities.items, r->identities.count));
        event_u64(one, "need", r->need);
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

/* Everything about the approval that is not in the action's document. */
static enum sl_err put_detail(struct keeper *k, const struct ask *a, struct sl_buf *out)
{
    json_t *detail = json_object(), *show = NULL;
    SL_BUF(reviewers, 8192);

    reviewers_text(&reviewers, a->requirements, a->requirement_count);
    event_json(detail, "requesters", requesters_json(a));
    event_json(detail, "requirements", requirements_json(a));
    event_str(detail, "reviewers", sl_buf_span(&reviewers));
    event_str(detail, "rule", rule_names(k, &a->answer));
    event_str(detail, "why", a->why);
    event_str(detail, "runs_as", a->runs_as);
    event_str(detail, "runs_as_user", a->runs_as_user);
    event_str(detail, "repeats", a->repeats);
    event_str(detail, "proof_why", a->proof_why);
    if (a->answer.record_shape || sl_span_is(a->action.protocol, "external"))
        event_bool(detail, "withheld", true); /* the ledger has no text of it */
    event_str(detail, "trigger", a->others.trigger);
    event_str(detail, "started_by", a->others.started_by);
    event_str(detail, "unknown", a->others.unknown);
    event_str(detail, "token_by", a->others.token_by);
    event_str(detail, "job", a->others.job);
    event_str(detail, "job_link", a->others.link);
    event_str(detail, "asked_with", a->credential);
    event_json(detail, "on_behalf_of",
               names_json(a->others.on_behalf_of.items, a->others.on_behalf_of.count));
    event_bool(detail, "in_transaction", a->in_transaction);
    event_bool(detail, "device_bound", a->answer.device_bound);
    event_hex(detail, "policy", sl_span(k->config->digest, sizeof k->config->digest));
    if (a->list > 0)
        event_u64(detail, "list", a->list);
    if (a->over.is) {
        event_u64(detail, "rows", a->over.cap);
        event_u64(detail, "delivered", a->over.delivered);
        event_str(detail, "why_asker", a->why_asker);
    }
    if (a->show.n > 0 && sl_json_read(a->show, &show, NULL) == SL_OK)
        event_json(detail, "show", show);
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

    if (a->answer.record_shape || sl_json_read(a->action.operation, &operation, NULL) != SL_OK)
        return;
    if (a->list > 0)
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
        needs[i] = (struct sl_entry_need){a->requirement_rules[i], a->requirements[i].need,
                                          entry_list(a->requirements[i].groups),
                                          entry_list(a->requirements[i].identities)};
    return needs;
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
                  .delivered = a->over.delivered,
                  .list = a->list,
                  .estimate = a->over.estimate,
                  .cap = a->over.cap,
                  .proof = a->answer.passkey ? SL_SPAN("passkey") : sl_span(NULL, 0),
                  .keys = a->answer.device_bound ? SL_SPAN("device-bound") : sl_span(NULL, 0),
                  .expires_us = a->now_us + a->answer.expires_ms * 1000});
}

/* The event names the document by its digest: bind values, literals, passwords and the salt lie
 * beside the log, where they can be erased (P10). */
static enum sl_err record_asked(struct keeper *k, struct ask *a)
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

/* --- joining, or asking anew --- */

static bool one_id(struct keeper *k, enum db_sql sql, const uint8_t key[32], struct sl_span *id)
{
    struct db_rows rows = db_ask(k->store.db, sql, "b", sl_span(key, 32));
    bool found = db_row(&rows);

    if (found)
        *id = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    return found;
}

/* The key covers identity, requester set, target, text, values, session, reason and the matched
 * rules: what joins is the very same action under the very same rules. */
static bool join(struct keeper *k, struct ask *a)
{
    struct sl_span id;
    APPROVAL(old);

    if (!one_id(k, DB_APPROVAL_JOIN, a->join_key, &id) || approval_get(k, id, &old) != SL_OK)
        return false;
    uint64_t until_us = old.state == SL_APPROVAL_PENDING ? old.expires_us : old.grant_expires_us;
    if (until_us <= a->now_us || !sl_span_eq(old.identity, a->who->name))
        return false;
    memcpy(a->id, id.p, 36);
    a->id[36] = '\0';
    a->joined = true;
    a->joined_pending = old.state == SL_APPROVAL_PENDING;
    return true;
}

/* It was shown as something else: nobody's yes counts for what it means now (P3). */
static enum sl_err another_meaning(struct keeper *k, struct ask *a)
{
    APPROVAL(old);

    a->joined = false;
    if (approval_get(k, a->only, &old) == SL_OK && sl_span_eq(old.identity, a->who->name) &&
        sl_span_eq(old.target, a->target->name))
        approval_end(k, &old,
                     &(struct move){.on = SL_APPROVAL_ON_VOID,
                                    .reason = SL_SPAN("it means something else now")});
    return say_no(a, "this list means something else now than what was shown to reviewers",
                  "Definitions, policy or session settings changed since; ask anew.");
}

enum sl_err ask_hold(struct keeper *k, struct ask *a)
{
    struct sl_span secret = sl_span(k->store.secret, sizeof k->store.secret);

    SL_TRY(sl_approval_join_key(secret, &a->action, a->join_key));
    if (join(k, a) && a->joined_pending && a->in_transaction &&
        a->answer.in_transaction == SL_TX_REFUSE)
        return say_no(a, in_transaction_text, in_transaction_hint);
    if (a->only.n > 0 && !(a->joined && sl_span_is(a->only, a->id)))
        return another_meaning(k, a);
    if (a->joined)
        return SL_OK;
    SL_TRY(may_hold(k, a));
    if (!one_id(k, DB_APPROVAL_UNKNOWN, a->join_key, &a->repeats))
        a->repeats = sl_span(NULL, 0);
    sl_uuid_v7(a->now_us, a->id);
    sl_random(a->action.salt, sizeof a->action.salt);
    SL_TRY(sl_action_digest(&a->action, a->digest));
    SL_TRY(record_asked(k, a));
    keeper_event(k, "asked", sl_span_str(a->id), SL_APPROVAL_PENDING);
    return SL_OK;
}
