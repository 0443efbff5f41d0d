#include "role/gate/session.h"

#include "core/catalog/catalog.h"
#include "core/ledger/facts.h"
#include "os/clock.h"
#include "role/gate/judging.h"

#include <stdlib.h>

enum { MEMORY = 8 * 1024 * 1024, FACTS = 60 * 1024 };

struct verdict *verdict_ref(struct verdict *v)
{
    v->refs++;
    return v;
}

void verdict_unref(struct verdict *v)
{
    if (v == NULL || --v->refs > 0)
        return;
    sl_buf_done(&v->facts);
    sl_arena_free(v->mem);
}

/* The labels of each access by name. */
static struct sl_action_dataset *datasets_of(struct sl_arena *mem, const struct sl_config *c,
                                             const struct sl_meaning *m, const uint64_t *labels)
{
    struct sl_action_dataset *sets = sl_arena_array(mem, m->access_count + 1, sizeof *sets);

    for (size_t i = 0; sets != NULL && i < m->access_count; i++) {
        size_t count = (size_t)__builtin_popcountll(labels[i]);
        struct sl_span *names = sl_arena_array(mem, count + 1, sizeof *names);
        if (names == NULL)
            return NULL;
        sets[i] = (struct sl_action_dataset){&m->accesses[i], names, 0};
        for (size_t l = 0; l < c->labels.count && l < 64; l++)
            if ((labels[i] & UINT64_C(1) << l) != 0)
                names[sets[i].label_count++] = c->labels.items[l];
    }
    return sets;
}

/* The unchanging part of every journal record of this verdict (core/ledger/facts.h). */
static enum sl_err put_facts(struct sl_arena *mem, const struct sl_config *c,
                             const struct sl_meaning *m, struct verdict *v)
{
    struct sl_action_dataset *datasets = datasets_of(mem, c, m, v->labels);
    struct sl_names rules = {sl_arena_array(mem, v->answer.rule_count + 1, sizeof *rules.items), 0};

    if (datasets == NULL || rules.items == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < v->answer.rule_count; i++)
        rules.items[rules.count++] = v->answer.rules[i]->name;
    sl_facts_put(&v->facts, &(struct sl_facts_said){m, datasets, v->answer.verdict, rules});
    return sl_buf_err(&v->facts);
}

/* The dataset with all the columns that the listing knows for it; as it is when the listing does
 * not. */
static enum sl_err with_all_columns(struct sl_arena *mem, const struct target *t,
                                    struct sl_meaning_access *access)
{
    size_t dot = sl_span_find(access->dataset, '.');
    struct sl_relation r;

    access->all_columns = true;
    if (dot == access->dataset.n || t->generation == 0 ||
        !sl_catalog_relation(&t->catalog, sl_span_head(access->dataset, dot),
                             sl_span_from(access->dataset, dot + 1), &r))
        return SL_OK;
    access->columns = sl_arena_array(mem, r.column_count + 1u, sizeof *access->columns);
    if (access->columns == NULL)
        return SL_EMEMORY;
    for (uint32_t i = 0; i < r.column_count; i++)
        access->columns[i] = sl_catalog_column(&t->catalog, &r, i).name;
    access->column_count = r.column_count;
    access->all_columns = false;
    return SL_OK;
}

/* "Failing row contains (...)": an error of a write shows columns that the statement never named.
 */
static bool error_shows_labels(struct sl_arena *mem, const struct gate *g, const struct session *s,
                               const struct sl_meaning_access *access)
{
    struct sl_meaning_access whole = *access;

    if ((access->effects & ~(uint32_t)SL_EFFECT_READ) == 0)
        return false;
    return with_all_columns(mem, s->target, &whole) != SL_OK ||
           sl_labels_of(g->config, s->target->config, &whole, g->labels) != 0;
}

/* What to ask policy: this action, or what of it goes beyond the budget of a rule. */
struct asked {
    bool over;
    const struct sl_rule *rule;
};

static struct verdict *verdict_new(struct gate *g, const struct session *s, struct meaning *m,
                                   const struct asked *asked)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;

    if (sl_arena_new(&mem, MEMORY) != SL_OK)
        return NULL;
    struct verdict *v = SL_ARENA_NEW(mem, struct verdict);
    if (v == NULL)
        return NULL;
    v->labels = sl_arena_array(mem, m->m.access_count + 1, sizeof *v->labels);
    if (v->labels == NULL)
        return NULL;
    for (size_t i = 0; i < m->m.access_count; i++) {
        v->labels[i] = sl_labels_of(g->config, s->target->config, &m->m.accesses[i], g->labels);
        v->labelled_read |= v->labels[i] != 0 || error_shows_labels(mem, g, s, &m->m.accesses[i]);
    }
    if (asked->over)
        sl_policy_add_export(&m->m, v->labels);
    struct sl_question q = {
        .identity = s->who->name,
        .kind = s->who->kind,
        .groups = s->who->groups,
        .target = s->target->config,
        .meaning = &m->m,
        .labels = v->labels,
        .now_us = sl_clock_us(),
    };
    if (asked->over)
        sl_policy_judge_over(g->config, &q, asked->rule, mem, &v->answer);
    else
        sl_policy_judge(g->config, &q, mem, &v->answer);
    if (sl_labels_spread(g->config, s->target->config, &m->m, g->labels, mem, &v->spread,
                         &v->spread_count) != SL_OK ||
        witness_prepare(g, s->target, &m->m, mem, v) != SL_OK)
        return NULL;
    v->facts = sl_buf(FACTS);
    if (put_facts(mem, g->config, &m->m, v) != SL_OK) {
        sl_buf_done(&v->facts);
        return NULL;
    }
    v->refs = 1;
    v->identity = s->who->id;
    v->generation = g->generation;
    v->label_generation = g->label_generation;
    v->target = s->target->index;
    v->mem = sl_arena_take(&mem);
    return v;
}

struct verdict *verdict_of(struct gate *g, struct session *s, struct meaning *m)
{
    for (unsigned i = 0; i < GATE_VERDICTS_EACH; i++) {
        struct verdict *v = m->verdicts[i];
        if (v != NULL && v->identity == s->who->id && v->generation == g->generation &&
            v->label_generation == g->label_generation && v->target == s->target->index)
            return verdict_ref(v);
    }
    struct verdict *v = verdict_new(g, s, m, &(struct asked){0});
    if (v == NULL || v->answer.time_dependent)
        return v;
    struct verdict **place = &m->verdicts[m->next_verdict++ % GATE_VERDICTS_EACH];
    verdict_unref(*place);
    *place = verdict_ref(v);
    return v;
}

bool judged_over(struct session *s, const struct judged *j, const struct sl_rule *rule,
                 struct judged *out)
{
    SL_BUF(encoded, SL_MEANING_MAX_BYTES);
    struct asked asked = {true, rule};

    sl_meaning_put(&encoded, &j->meaning->m);
    struct meaning *m =
        sl_buf_err(&encoded) == SL_OK ? meaning_new(sl_buf_span(&encoded), NULL) : NULL;
    struct verdict *v = m == NULL ? NULL : verdict_new(s->gate, s, m, &asked);
    if (v == NULL) {
        meaning_unref(m);
        return false;
    }
    *out = (struct judged){m, v, NULL};
    return true;
}
