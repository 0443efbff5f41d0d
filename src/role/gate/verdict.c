#include "role/gate/session.h"

#include "core/catalog/catalog.h"
#include "os/clock.h"

#include <stdlib.h>

enum { MEMORY = 1024 * 1024, FACTS = 60 * 1024 };

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

static void put_str(struct sl_buf *b, struct sl_span s)
{
    sl_buf_put_le16(b, (uint16_t)(s.n > UINT16_MAX ? UINT16_MAX : s.n));
    sl_buf_put(b, sl_span_head(s, UINT16_MAX));
}

static void put_labels(struct sl_buf *b, const struct sl_config *c, uint64_t labels)
{
    sl_buf_put_le16(b, (uint16_t)__builtin_popcountll(labels));
    for (size_t i = 0; i < c->labels.count; i++)
        if ((labels & UINT64_C(1) << i) != 0)
            put_str(b, c->labels.items[i]);
}

/* The unchanging part of every journal record of this verdict (core/ledger/journal.h). */
static void put_facts(const struct sl_config *c, const struct sl_meaning *m, struct verdict *v)
{
    struct sl_buf *b = &v->facts;

    sl_buf_put_le32(b, m->effects);
    sl_buf_put_u8(b, (uint8_t)v->answer.verdict);
    sl_buf_put_le16(b, (uint16_t)m->statement_count);
    for (size_t i = 0; i < m->statement_count; i++)
        put_str(b, m->statements[i].tag);
    sl_buf_put_le16(b, (uint16_t)m->access_count);
    for (size_t i = 0; i < m->access_count; i++) {
        put_str(b, m->accesses[i].dataset);
        sl_buf_put_le32(b, m->accesses[i].effects);
        put_labels(b, c, v->labels[i]);
    }
    sl_buf_put_le16(b, (uint16_t)v->answer.rule_count);
    for (size_t i = 0; i < v->answer.rule_count; i++)
        put_str(b, v->answer.rules[i]->name);
}

/* The dataset with all the columns that the listing knows for it; as it is when the listing does
 * not. */
static enum sl_err with_all_columns(struct sl_arena *mem, const struct target *t,
                                    struct sl_meaning_access *access)
{
    size_t dot = sl_span_find(access->dataset, '.');
    struct sl_catalog listing;
    struct sl_relation r;

    access->all_columns = true;
    if (dot == access->dataset.n || sl_catalog_open(sl_buf_span(&t->snapshot), &listing) != SL_OK ||
        !sl_catalog_relation(&listing, sl_span_head(access->dataset, dot),
                             sl_span_from(access->dataset, dot + 1), &r))
        return SL_OK;
    access->columns = sl_arena_array(mem, r.column_count + 1u, sizeof *access->columns);
    if (access->columns == NULL)
        return SL_EMEMORY;
    for (uint32_t i = 0; i < r.column_count; i++)
        access->columns[i] = sl_catalog_column(&listing, &r, i).name;
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
           sl_labels_of(g->config, s->target->config, &whole) != 0;
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
        v->labels[i] = sl_labels_of(g->config, s->target->config, &m->m.accesses[i]);
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
    v->facts = sl_buf(FACTS);
    put_facts(g->config, &m->m, v);
    if (sl_buf_err(&v->facts) != SL_OK) {
        sl_buf_done(&v->facts);
        return NULL;
    }
    v->refs = 1;
    v->identity = s->who->id;
    v->generation = g->generation;
    v->target = s->target->index;
    v->mem = sl_arena_take(&mem);
    return v;
}

struct verdict *verdict_of(struct gate *g, struct session *s, struct meaning *m)
{
    for (unsigned i = 0; i < GATE_VERDICTS_EACH; i++) {
        struct verdict *v = m->verdicts[i];
        if (v != NULL && v->identity == s->who->id && v->generation == g->generation &&
            v->target == s->target->index)
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
    *out = (struct judged){m, v};
    return true;
}
