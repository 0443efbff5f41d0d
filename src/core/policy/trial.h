/* A question before the rules of its target (trial.c): which hold or deny rules match, and what the
 * allow rules cover. What follows from that is the verdict (judge.c). */
#ifndef SL_CORE_POLICY_TRIAL_H
#define SL_CORE_POLICY_TRIAL_H

#include "core/policy/policy_int.h"

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

/* What the action needs, for each access and for what has no dataset. */
void sl_trial_needs(struct trial *t, uint32_t effects);
/* Each rule once; the lists have room for all of them. */
void sl_trial_ask(struct trial *t, uint32_t effects);
bool sl_trial_is_covered(const struct trial *t);
/* The target's own word on what no rule covers. A default of allow never covers opaque. */
enum sl_verdict sl_trial_default(const struct trial *t, uint32_t effects);
uint32_t sl_stated_effects(const struct sl_meaning *m);
void sl_limit_least(struct limit *limit, uint64_t value, const struct sl_rule *rule);

#endif
