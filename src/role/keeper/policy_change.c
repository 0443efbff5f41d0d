#include "role/keeper/issuers.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/govern.h"
#include "role/keeper/hooks.h"
#include "role/keeper/people.h"
#include "role/keeper/policy_change.h"

#include "role/keeper/chat.h"
#include "role/keeper/scim.h"
#include "role/keeper/sessions.h"

#include <stdlib.h>

/* A new configuration, and with `policy_changes: hold` or `govern: two-person` the approval that it
 * needs first. Who may decide about the policy is `roles.admins`, two of them: without enough
 * people the old policy stays. */

struct policy_change {
    uint32_t generation;
    char approval[37];
};

static const uint64_t time_to_decide_ms = 24 * 3600 * 1000, time_to_load_ms = 5 * 60 * 1000;

void record_policy(struct keeper *k)
{
    uint64_t now_us = sl_clock_us();
    size_t parts = sl_entry_policy_parts(k->config->canonical);

    for (size_t i = 0; i < parts; i++) {
        SL_BUF(leaf, SL_ENTRY_MAX);

        sl_entry_put_policy(&leaf, now_us, k->config->canonical, i);
        store_leaf(&k->store, &leaf, true, NULL);
    }
}

static void record_reload(struct keeper *k, bool accepted, struct sl_span why)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_reload(&leaf, &(struct sl_entry_reload){.time_us = sl_clock_us(),
                                                         .accepted = accepted,
                                                         .policy_digest = k->config->digest,
                                                         .why = why});
    store_leaf(&k->store, &leaf, true, NULL);
}

/* The gates take the new certificate at the same reload. Empty: no TLS, as before. */
static bool take_tls_key(struct keeper *k, struct sl_span pem)
{
    struct sl_tls_key *fresh = NULL;

    if (pem.n == 0)
        return true;
    if (sl_tls_key_new(pem, &fresh) != SL_OK)
        return false;
    sl_tls_key_free(k->tls_key);
    k->tls_key = fresh;
    return true;
}

void on_reload(struct peer *p, const struct sl_msg_reload *m)
{
    struct keeper *k = p->keeper;
    struct sl_config *fresh = NULL;
    SL_BUF(complaints, 64 * 1024);
    bool accepted = sl_config_load(m->config, "sluice.yaml", &fresh, &complaints) == SL_OK;

    if (accepted && !take_tls_key(k, m->tls_key)) {
        sl_buf_put_str(&complaints, "the private key for TLS cannot be used");
        sl_config_free(fresh);
        accepted = false;
    }
    if (accepted) {
        struct sl_config *before = k->config;
        k->config = fresh;
        issuers_take(k); /* they point into it */
        hooks_take(k);
        chats_take(k);
        sl_config_free(before);
        k->generation = m->generation;
        record_policy(k);
        govern_in_force(k, false);
        sessions_end_refused(k);
        jobs_reload(k);
        scim_settle_all(k);
        envelopes_moved(k);
    }
    record_reload(k, accepted, sl_utf8_head(sl_buf_span(&complaints), 4000));
    ANSWER(p, reloaded, .generation = m->generation, .accepted = accepted,
           .why = sl_buf_span(&complaints));
}

/* --- holding a change --- */

static void decided(struct keeper *k, uint32_t generation, bool accepted, struct sl_span why)
{
    if (k->super != NULL)
        ANSWER(k->super, policy_decided, .generation = generation, .accepted = accepted,
               .why = why);
}

static void put_operation(struct sl_buf *b, const struct sl_msg_policy_propose *m)
{
    struct sl_jw w = sl_jw(b);
    uint8_t digest[SL_SHA256];

    sl_sha256(m->config, digest);
    sl_jw_object(&w);
    sl_jw_key(&w, "config_sha256");
    sl_jw_hex(&w, sl_span(digest, sizeof digest));
    sl_jw_key(&w, "diff");
    sl_jw_str(&w, m->diff);
    sl_jw_end(&w);
}

static void fill(struct keeper *k, struct ask *a, struct sl_span operation)
{
    static struct sl_span operator_name = {(const uint8_t *)"operator", 8};
    static const struct sl_target policy = {.name = {(const uint8_t *)"policy", 6}};
    static struct sl_meaning_statement change = {.tag = {(const uint8_t *)"policy change", 13},
                                                 .effects = SL_EFFECT_ADMIN};
    static const struct sl_meaning meaning = {.effects = SL_EFFECT_ADMIN,
                                              .statements = &change,
                                              .statement_count = 1};
    static const struct person who = {.name = {(const uint8_t *)"operator", 8},
                                      .person = {(const uint8_t *)"operator", 8},
                                      .kind = SL_SERVICE};
    static struct sl_reviewers needed;
    static struct sl_span rule;
    static struct sl_requester requester = {.name = {(const uint8_t *)"operator", 8},
                                            .person = {(const uint8_t *)"operator", 8},
                                            .role = SL_REQUESTER_SELF};

    /* Who changed the file, and who sent the signal, nobody knows: it may be one of the admins. */
    needed = govern_reviewers(k, false);
    rule = k->config->settings.govern_two_person ? SL_SPAN("govern: two-person")
                                                 : SL_SPAN("policy_changes: hold");
    *a = (struct ask){.who = &who,
                      .target = &policy,
                      .meaning = &meaning,
                      .now_us = sl_clock_us(),
                      .why = rule,
                      .requesters = &requester,
                      .requester_count = 1,
                      .requirements = &needed,
                      .requirement_rules = &rule,
                      .requirement_count = 1};
    a->answer = (struct sl_answer){.verdict = SL_HOLD,
                                   .enforced = SL_HOLD,
                                   .from_default = true,
                                   .expires_ms = time_to_decide_ms,
                                   .grant_ttl_ms = time_to_load_ms};
    a->action = (struct sl_action){.identity = who.name,
                                   .requesters = &operator_name,
                                   .requester_count = 1,
                                   .target = policy.name,
                                   .protocol = SL_SPAN("policy"),
                                   .operation = operation,
                                   .meaning = &meaning};
    memcpy(a->action.rules_digest, k->config->digest, sizeof a->action.rules_digest);
}

void on_policy_propose(struct peer *p, const struct sl_msg_policy_propose *m)
{
    struct keeper *k = p->keeper;
    struct ask a;
    SL_BUF(operation, SL_ACTION_MAX_BYTES);

    put_operation(&operation, m);
    fill(k, &a, sl_buf_span(&operation));
    enum sl_err err = sl_buf_err(&operation) == SL_OK ? ask_hold(k, &a) : sl_buf_err(&operation);
    if (err != SL_OK) {
        decided(k, m->generation, false,
                sl_span_str(err == SL_EDENIED ? a.refusal : "the change could not be recorded"));
        return;
    }
    if (k->change == NULL)
        k->change = calloc(1, sizeof *k->change);
    if (k->change == NULL)
        keeper_die("a policy change could not be noted", SL_EMEMORY);
    k->change->generation = m->generation;
    memcpy(k->change->approval, a.id, sizeof k->change->approval);
    sl_log(SL_LOG_INFO, "policy_change_held", SL_CSTR("approval", a.id));
}

static void record_loaded(struct keeper *k, const struct approval *a)
{
    json_t *event = event_new("outcome", sl_clock_us());

    event_str(event, "id", a->id);
    event_str(event, "outcome", SL_SPAN("{\"outcome\":\"ok\"}"));
    store_record(&k->store, NULL, event, true);
}

/* Called after every move: an approved change is spent at once by telling the supervisor. */
void policy_change_decided(struct keeper *k, const struct approval *a)
{
    struct approval spent = *a;

    if (k->change == NULL || !sl_span_eq(a->id, sl_span(k->change->approval, 36)) ||
        a->state == SL_APPROVAL_PENDING || a->state == SL_APPROVAL_SPENT)
        return;
    uint32_t generation = k->change->generation;
    free(k->change);
    k->change = NULL;
    bool accepted = a->state == SL_APPROVAL_APPROVED &&
                    approval_move(k, &spent, &(struct move){.on = SL_APPROVAL_ON_SPEND}) == SL_OK;
    if (accepted)
        record_loaded(k, a);
    decided(k, generation, accepted, accepted ? SL_SPAN("approved") : a->why);
}
