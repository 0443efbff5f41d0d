/* The verdict: every rule that can speak of the target is asked once, hold and deny rules whether
 * they match, allow rules what they cover. Pure, total, and the order of rules does not matter. */
#include "core/policy/trial.h"

#include "crypto/crypto.h"

const char *sl_verdict_name(enum sl_verdict v)
{
    return v == SL_ALLOW ? "allow" : v == SL_HOLD ? "hold" : "deny";
}

static const char kinds[] = "human|agent|service";

enum sl_identity_kind sl_identity_kind_of(struct sl_span name)
{
    return (enum sl_identity_kind)(sl_choice_index(kinds, name) + 1);
}

const char *sl_identity_kind_name(enum sl_identity_kind kind)
{
    return kind == SL_HUMAN     ? "human"
           : kind == SL_AGENT   ? "agent"
           : kind == SL_SERVICE ? "service"
                                : "";
}

/* Labelled data has a budget of rows unless the rules that cover it say another. */
static void limit_labelled(struct trial *t)
{
    for (size_t i = 0; i < t->q->meaning->access_count; i++) {
        const struct need *n = &t->needs[i];
        if (t->q->labels[i] != 0 && (n->effects & DATA_LEAVES) != 0 && !n->said)
            sl_limit_least(&t->rows, SL_LABELLED_ROWS, NULL);
    }
}

static void add_limits(struct trial *t, struct sl_answer *a)
{
    limit_labelled(t);
    a->row_limit = t->rows.value;
    a->row_rule = t->rows.rule;
    a->byte_limit = t->bytes.value;
    a->byte_rule = t->bytes.rule;
    a->statement_limit = t->statements.value;
    a->statement_rule = t->statements.rule;
    a->budgets = t->budgets;
    a->budget_count = t->budget_count;
}

static void shortest(uint64_t *ms, uint64_t other)
{
    if (other > 0 && (*ms == 0 || other < *ms))
        *ms = other;
}

/* How a matched rule wants the action recorded holds whatever the verdict. */
static void add_wishes(struct sl_answer *a, const struct sl_rule *const *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        a->reason_required |= rules[i]->reason_required;
        a->record_shape |= rules[i]->record_shape;
        a->sync |= rules[i]->sync;
        a->passkey |= rules[i]->proof_passkey;
        a->device_bound |= rules[i]->keys_device_bound;
        if (rules[i]->decide_in != 0)
            a->shut |= SL_DECIDE_IN_ALL & ~rules[i]->decide_in;
        if (rules[i]->in_transaction == SL_TX_REFUSE)
            a->in_transaction = SL_TX_REFUSE;
    }
}

static bool all_say_envelope(const struct sl_answer *a)
{
    for (size_t i = 0; i < a->rule_count; i++)
        if (!a->rules[i]->envelope)
            return false;
    return a->verdict == SL_HOLD && a->rule_count > 0 && !a->from_default;
}

static void add_times(struct sl_answer *a)
{
    a->expires_ms = a->grant_ttl_ms = a->max_wait_ms = 0;
    for (size_t i = 0; i < a->rule_count; i++) {
        shortest(&a->expires_ms, a->rules[i]->expires_ms);
        shortest(&a->grant_ttl_ms, a->rules[i]->grant_ttl_ms);
        shortest(&a->max_wait_ms, a->rules[i]->max_wait_ms);
    }
    if (a->expires_ms == 0)
        a->expires_ms = 15 * 60 * 1000;
    if (a->grant_ttl_ms == 0)
        a->grant_ttl_ms = 5 * 60 * 1000;
}

static void digest_rules(const struct trial *t, struct sl_answer *a)
{
    SL_BUF(text, 1024 * 1024);

    sl_buf_say(&text, "sluice/rules/v1\n%s\n", sl_verdict_name(a->verdict));
    for (size_t i = 0; i < a->rule_count; i++)
        sl_buf_put(&text, sl_span(a->rules[i]->digest, sizeof a->rules[i]->digest));
    if (a->from_default)
        sl_buf_put(&text,
                   sl_span(t->q->target->default_digest, sizeof t->q->target->default_digest));
    if (sl_buf_err(&text) == SL_OK)
        sl_sha256(sl_buf_span(&text), a->rules_digest);
    else
        a->verdict = a->enforced = SL_DENY;
}

static void finish(struct trial *t, struct sl_answer *a)
{
    add_wishes(a, t->allows, t->allow_count);
    add_wishes(a, t->holds, t->hold_count);
    add_wishes(a, t->denies, t->deny_count);
    add_times(a);
    a->envelope = all_say_envelope(a);
    add_limits(t, a);
    a->enforced = t->q->target->observe ? SL_ALLOW : a->verdict;
    digest_rules(t, a);
}

static void choose(struct trial *t, struct sl_answer *a, uint32_t effects)
{
    bool covered = sl_trial_is_covered(t);
    enum sl_verdict by_default = covered ? SL_ALLOW : sl_trial_default(t, effects);

    a->verdict = t->deny_count > 0 ? SL_DENY : t->hold_count > 0 ? SL_HOLD : SL_ALLOW;
    if (by_default > a->verdict)
        a->verdict = by_default;
    a->from_default = !covered && by_default == a->verdict;
    a->rules = a->verdict == SL_DENY ? t->denies : a->verdict == SL_HOLD ? t->holds : t->allows;
    a->rule_count = a->verdict == SL_DENY   ? t->deny_count
                    : a->verdict == SL_HOLD ? t->hold_count
                                            : t->allow_count;
    finish(t, a);
}

/* Coverage is not asked again: it was allowed as far as the budget went. */
static void choose_over(struct trial *t, struct sl_answer *a, const struct sl_rule *rule)
{
    if (t->deny_count == 0 && t->hold_count == 0 && rule != NULL)
        t->holds[t->hold_count++] = rule;
    a->verdict = t->deny_count > 0 ? SL_DENY : SL_HOLD;
    a->from_default = t->deny_count == 0 && t->hold_count == 0;
    a->rules = t->deny_count > 0 ? t->denies : t->holds;
    a->rule_count = t->deny_count > 0 ? t->deny_count : t->hold_count;
    finish(t, a);
}

/* Every list has room for every rule, and the holds for one more (choose_over). */
static bool make_room(struct trial *t, struct sl_arena *mem)
{
    size_t most = t->q->target->applying_count;

    t->needs = sl_arena_array(mem, t->q->meaning->access_count + 1, sizeof *t->needs);
    t->allows = sl_arena_array(mem, 4 * most + 2, sizeof(struct sl_rule *));
    if (t->needs == NULL || t->allows == NULL)
        return false;
    t->budgets = t->allows + most;
    t->denies = t->budgets + most;
    t->holds = t->denies + most;
    return true;
}

static const struct sl_answer out_of_memory = {.verdict = SL_DENY,
                                               .enforced = SL_DENY,
                                               .in_transaction = SL_TX_REFUSE,
                                               .time_dependent = true};

void sl_policy_judge(const struct sl_config *c, const struct sl_question *q, struct sl_arena *mem,
                     struct sl_answer *out)
{
    struct sl_answer a = {.in_transaction = SL_TX_HOLD};
    struct trial t = {.c = c, .q = q, .out = &a, .stated = sl_stated_effects(q->meaning)};
    uint32_t effects = sl_policy_effects(q->meaning);

    if (!make_room(&t, mem)) {
        *out = out_of_memory;
        return;
    }
    sl_trial_needs(&t, effects);
    sl_trial_ask(&t, effects);
    choose(&t, &a, effects);
    *out = a;
}

void sl_policy_judge_over(const struct sl_config *c, const struct sl_question *q,
                          const struct sl_rule *rule, struct sl_arena *mem, struct sl_answer *out)
{
    struct sl_answer a = {.in_transaction = SL_TX_HOLD};
    struct trial t = {.c = c, .q = q, .out = &a, .stated = sl_stated_effects(q->meaning)};
    uint32_t effects = sl_policy_effects(q->meaning);

    if (!make_room(&t, mem)) {
        *out = out_of_memory;
        return;
    }
    sl_trial_needs(&t, effects);
    sl_trial_ask(&t, effects);
    choose_over(&t, &a, rule);
    *out = a;
}

void sl_policy_add_export(struct sl_meaning *m, const uint64_t *labels)
{
    for (size_t i = 0; i < m->access_count; i++) {
        if (labels[i] == 0 || (m->accesses[i].effects & DATA_LEAVES) == 0)
            continue;
        m->accesses[i].effects |= SL_EFFECT_EXPORT;
        m->effects |= SL_EFFECT_EXPORT;
    }
}
