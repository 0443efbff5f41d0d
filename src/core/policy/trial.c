/* Hold and deny rules match or do not; allow rules cover. Pure, and the order of rules does not
 * matter. */
#include "core/policy/trial.h"

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

void sl_limit_least(struct limit *limit, uint64_t value, const struct sl_rule *rule)
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
    sl_limit_least(&t->rows, r->budget.rows, r);
    sl_limit_least(&t->bytes, r->budget.bytes, r);
    sl_limit_least(&t->statements, r->budget.statements, r);
}

/* --- what the action needs ---------------------------------------------------------------------
 */
uint32_t sl_stated_effects(const struct sl_meaning *m)
{
    uint32_t effects = 0;

    for (size_t i = 0; i < m->statement_count; i++)
        effects |= m->statements[i].effects;
    return effects;
}

uint32_t sl_policy_effects(const struct sl_meaning *m)
{
    uint32_t effects = m->effects | sl_stated_effects(m);

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
void sl_trial_needs(struct trial *t, uint32_t effects)
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

bool sl_trial_is_covered(const struct trial *t)
{
    for (size_t i = 0; i <= t->q->meaning->access_count; i++)
        if ((t->needs[i].effects & ~t->needs[i].covered) != 0)
            return false;
    return true;
}

enum sl_verdict sl_trial_default(const struct trial *t, uint32_t effects)
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

void sl_trial_ask(struct trial *t, uint32_t effects)
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
