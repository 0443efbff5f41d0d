/* The verdict: every rule that can speak of the target is asked once, hold and deny rules whether
 * they match, allow rules what they cover. Pure, total, and the order of rules does not matter. */
#include "core/policy/policy_int.h"

#include "crypto/crypto.h"

/* What must be covered: effects on each access, and effects on nothing that has a name. */
struct need {
    uint32_t effects, covered;
    bool said; /* a rule that covers a read of it has a budget of rows */
};

/* The least of several limits, and the rule that it is of. */
struct limit {
    uint64_t value; /* 0: none */
    const struct sl_rule *rule;
};

struct trial {
    const struct sl_config *c;
    const struct sl_question *q;
    struct sl_answer *out;
    struct need *needs; /* one for each access, and one more for what has no dataset */
    uint32_t stated;    /* effects of all statements */
    const struct sl_rule **allows, **holds, **denies, **budgets;
    size_t allow_count, hold_count, deny_count, budget_count;
    struct limit rows, bytes, statements; /* of one statement */
};

/* Bulk effects: a second statement of that effect without a dataset touches no data. */
enum {
    DATA_EFFECTS = SL_EFFECT_READ | SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE |
                   SL_EFFECT_TRUNCATE | SL_EFFECT_IMPORT | SL_EFFECT_EXPORT,
    DATA_LEAVES = SL_EFFECT_READ | SL_EFFECT_EXPORT
};

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

static bool in_hours(struct trial *t, const struct sl_rule *r)
{
    if ((r->named & SL_WHEN_HOURS) == 0)
        return true;
    t->out->time_dependent = true;
    for (size_t i = 0; i < r->hour_count; i++)
        if (sl_hours_match(&r->hours[i], t->q->now_us))
            return true;
    return false;
}

/* The keys that ask who and where; `hours` is asked last, because it forbids caching. Targets,
 * environments and protocols were settled when the file was loaded. */
static bool about_requester(const struct sl_rule *r, const struct sl_question *q)
{
    if ((r->named & SL_WHEN_KIND) != 0 && (r->kinds >> q->kind & 1) == 0)
        return false;
    if ((r->named & SL_WHEN_GROUPS) != 0 && !sl_names_meet(&r->groups, &q->groups))
        return false;
    return (r->named & SL_WHEN_IDENTITIES) == 0 ||
           sl_names_match(&r->identities, q->identity, false);
}

bool sl_rule_speaks_of(const struct sl_rule *r, struct sl_span identity, enum sl_identity_kind kind,
                       const struct sl_names *groups)
{
    const struct sl_question q = {.identity = identity, .kind = kind, .groups = *groups};

    return about_requester(r, &q);
}

/* --- hold and deny: each named key must match, by any of the action's values -------------------
 */
static bool could_be(const struct sl_names *patterns, struct sl_span dataset)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (sl_dataset_could(patterns->items[i], dataset))
            return true;
    return false;
}

/* Who guards a table guards its rows, also where they are asked for by a partition's name. */
static bool any_dataset(const struct sl_rule *r, const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->access_count; i++) {
        const struct sl_meaning_access *a = &m->accesses[i];
        if (could_be(&r->datasets, a->dataset))
            return true;
        for (size_t j = 0; j < a->above_count; j++)
            if (could_be(&r->datasets, a->above[j]))
                return true;
    }
    return false;
}

static bool any_label(const struct sl_rule *r, const struct sl_question *q)
{
    for (size_t i = 0; i < q->meaning->access_count; i++)
        if ((q->labels[i] & r->label_bits) != 0)
            return true;
    return false;
}

static bool any_statement(const struct sl_rule *r, const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->statement_count; i++)
        if (sl_statement_matches(&r->statements, m->statements[i].tag))
            return true;
    return false;
}

static bool matches(struct trial *t, const struct sl_rule *r, uint32_t effects)
{
    const struct sl_meaning *m = t->q->meaning;

    if ((r->named & SL_WHEN_EFFECTS) != 0 && (r->effects & effects) == 0)
        return false;
    if ((r->named & SL_WHEN_LABELS) != 0 && !any_label(r, t->q))
        return false;
    if (!about_requester(r, t->q))
        return false;
    if ((r->named & SL_WHEN_STATEMENTS) != 0 && !any_statement(r, m))
        return false;
    if ((r->named & SL_WHEN_DATASETS) != 0 && !any_dataset(r, m))
        return false;
    return in_hours(t, r);
}

/* --- allow: what exactly is covered ------------------------------------------------------------
 */
/* The effects that the rule speaks of here. With `statements` an effect counts only if every
 * statement that has it is named. */
static uint32_t effects_of(const struct trial *t, const struct sl_rule *r)
{
    const struct sl_meaning *m = t->q->meaning;
    uint32_t effects = (r->named & SL_WHEN_EFFECTS) != 0
                           ? r->effects
                           : SL_EFFECT_ALL & ~(uint32_t)SL_EFFECT_OPAQUE;

    if ((r->named & SL_WHEN_STATEMENTS) == 0)
        return effects;
    effects &= t->stated;
    for (size_t i = 0; i < m->statement_count; i++)
        if ((m->statements[i].effects & effects) != 0 &&
            !sl_statement_matches(&r->statements, m->statements[i].tag))
            effects &= ~m->statements[i].effects;
    return effects;
}

static bool covers_access(const struct sl_rule *r, const struct sl_question *q, size_t i)
{
    if ((r->named & SL_WHEN_LABELS) != 0 &&
        (q->labels[i] == 0 || (q->labels[i] & ~r->label_bits) != 0))
        return false;
    if ((r->named & SL_WHEN_DATASETS) == 0)
        return true;
    for (size_t j = 0; j < r->datasets.count; j++)
        if (sl_dataset_must(r->datasets.items[j], q->meaning->accesses[i].dataset))
            return true;
    return false;
}

static void least(struct limit *limit, uint64_t value, const struct sl_rule *rule)
{
    if (value > 0 && (limit->value == 0 || value < limit->value))
        *limit = (struct limit){value, rule};
}

/* Does the rule cover anything of the action? Marks what. */
static bool covers(struct trial *t, const struct sl_rule *r, bool mark)
{
    size_t count = t->q->meaning->access_count;
    uint32_t effects = effects_of(t, r);
    bool anything = false;

    for (size_t i = 0; i <= count && effects != 0; i++) {
        struct need *n = &t->needs[i];
        bool unnamed = i == count && (r->named & (SL_WHEN_DATASETS | SL_WHEN_LABELS)) == 0;
        if ((n->effects & effects) == 0 || !(i == count ? unnamed : covers_access(r, t->q, i)))
            continue;
        anything = true;
        if (!mark)
            return true;
        n->covered |= effects;
        if ((n->effects & effects & DATA_LEAVES) != 0)
            n->said |= r->budget.rows > 0;
    }
    return anything;
}

static void try_allow(struct trial *t, const struct sl_rule *r)
{
    if (!about_requester(r, t->q) || !covers(t, r, false) || !in_hours(t, r))
        return;
    (void)covers(t, r, true);
    t->allows[t->allow_count++] = r;
    if (sl_budget_is_counted(&r->budget)) {
        t->budgets[t->budget_count++] = r;
        return;
    }
    least(&t->rows, r->budget.rows, r);
    least(&t->bytes, r->budget.bytes, r);
    least(&t->statements, r->budget.statements, r);
}

/* --- what the action needs ---------------------------------------------------------------------
 */
static uint32_t stated_effects(const struct sl_meaning *m)
{
    uint32_t effects = 0;

    for (size_t i = 0; i < m->statement_count; i++)
        effects |= m->statements[i].effects;
    return effects;
}

uint32_t sl_policy_effects(const struct sl_meaning *m)
{
    uint32_t effects = m->effects | stated_effects(m);

    for (size_t i = 0; i < m->access_count; i++)
        effects |= m->accesses[i].effects;
    return effects;
}

/* Effects that more than one statement has. */
static uint32_t repeated_effects(const struct sl_meaning *m)
{
    uint32_t once = 0, twice = 0;

    for (size_t i = 0; i < m->statement_count; i++) {
        twice |= once & m->statements[i].effects;
        once |= m->statements[i].effects;
    }
    return twice;
}

/* Which statement touched which dataset is not known: an effect of several statements that is not
 * plain work on data must be allowed without a dataset too. */
static void list_needs(struct trial *t, uint32_t effects)
{
    const struct sl_meaning *m = t->q->meaning;
    uint32_t placed = 0;

    for (size_t i = 0; i < m->access_count; i++) {
        uint32_t mine = m->accesses[i].effects;
        t->needs[i].effects = mine != 0 ? mine : effects | SL_EFFECT_READ;
        placed |= mine;
    }
    t->needs[m->access_count].effects =
        (effects & ~placed) | (effects & repeated_effects(m) & ~(uint32_t)DATA_EFFECTS);
}

static bool all_covered(const struct trial *t)
{
    for (size_t i = 0; i <= t->q->meaning->access_count; i++)
        if ((t->needs[i].effects & ~t->needs[i].covered) != 0)
            return false;
    return true;
}

/* A default of allow never covers opaque. */
static enum sl_verdict default_verdict(const struct trial *t, uint32_t effects)
{
    const struct sl_target *target = t->q->target;
    enum sl_verdict verdict = target->has_default ? target->default_verdict : SL_HOLD;
    uint32_t covered = SL_EFFECT_OPAQUE;

    if (verdict != SL_ALLOW || (effects & SL_EFFECT_OPAQUE) == 0)
        return verdict;
    for (size_t i = 0; i <= t->q->meaning->access_count; i++)
        if ((t->needs[i].effects & SL_EFFECT_OPAQUE) != 0)
            covered &= t->needs[i].covered;
    return covered != 0 ? verdict : SL_HOLD;
}

/* --- the answer --------------------------------------------------------------------------------
 */
/* Labelled data has a budget of rows unless the rules that cover it say another. */
static void limit_labelled(struct trial *t)
{
    for (size_t i = 0; i < t->q->meaning->access_count; i++) {
        const struct need *n = &t->needs[i];
        if (t->q->labels[i] != 0 && (n->effects & DATA_LEAVES) != 0 && !n->said)
            least(&t->rows, SL_LABELLED_ROWS, NULL);
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
    bool covered = all_covered(t);
    enum sl_verdict by_default = covered ? SL_ALLOW : default_verdict(t, effects);

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

static void ask_rules(struct trial *t, uint32_t effects)
{
    for (size_t i = 0; i < t->q->target->applying_count; i++) {
        const struct sl_rule *r = t->q->target->applying[i];
        if (r->then == SL_ALLOW)
            try_allow(t, r);
        else if (!matches(t, r, effects))
            continue;
        else if (r->then == SL_HOLD)
            t->holds[t->hold_count++] = r;
        else
            t->denies[t->deny_count++] = r;
    }
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
    struct trial t = {.c = c, .q = q, .out = &a, .stated = stated_effects(q->meaning)};
    uint32_t effects = sl_policy_effects(q->meaning);

    if (!make_room(&t, mem)) {
        *out = out_of_memory;
        return;
    }
    list_needs(&t, effects);
    ask_rules(&t, effects);
    choose(&t, &a, effects);
    *out = a;
}

void sl_policy_judge_over(const struct sl_config *c, const struct sl_question *q,
                          const struct sl_rule *rule, struct sl_arena *mem, struct sl_answer *out)
{
    struct sl_answer a = {.in_transaction = SL_TX_HOLD};
    struct trial t = {.c = c, .q = q, .out = &a, .stated = stated_effects(q->meaning)};
    uint32_t effects = sl_policy_effects(q->meaning);

    if (!make_room(&t, mem)) {
        *out = out_of_memory;
        return;
    }
    list_needs(&t, effects);
    ask_rules(&t, effects);
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
