#include "judge/sql/judge_int.h"

/* From what was noted to a meaning within the limits of core/action. */

/* Do two effects touch the same columns of this dataset? Then one access tells both. */
static bool same_columns(const struct dataset *d, uint32_t a, uint32_t b)
{
    if (((d->all_effects & a) != 0) != ((d->all_effects & b) != 0))
        return false;
    for (const struct use *u = d->uses; u != NULL; u = u->next)
        if (((u->effects & a) != 0) != ((u->effects & b) != 0))
            return false;
    return true;
}

static void fill_columns(struct judge *j, const struct dataset *d, uint32_t bit,
                         struct sl_meaning_access *a)
{
    size_t n = 0;

    for (const struct use *u = d->uses; u != NULL; u = u->next)
        n += (u->effects & bit) != 0;
    if (n > SL_MEANING_MAX_COLUMNS) {
        a->all_columns = true;
        return;
    }
    a->columns = note_alloc(j, n * sizeof *a->columns);
    if (a->columns == NULL)
        return;
    for (const struct use *u = d->uses; u != NULL; u = u->next) /* first noted first */
        if ((u->effects & bit) != 0)
            a->columns[n - 1 - a->column_count++] = u->column;
}

/* More parents than anybody has: then the rules for them cannot be kept. */
static void add_above(struct judge *j, struct sl_meaning_access *a, struct sl_span name)
{
    for (size_t i = 0; i < a->above_count; i++)
        if (sl_span_eq(a->above[i], name))
            return;
    if (name.p != NULL && a->above_count < SL_MEANING_MAX_ABOVE)
        a->above[a->above_count++] = name;
    else
        note_opaque(j, "a table has more parents than a meaning can hold", NULL);
}

static void look_above(struct judge *j, const struct sl_relation *r, struct sl_meaning_access *a)
{
    struct sl_parts parts = sl_catalog_parts(j->ctx->catalog, 'r', r->schema, r->name);

    for (uint32_t i = 0; i < parts.count && depth_step(j, 1); i++) {
        struct sl_part part = sl_catalog_part_at(j->ctx->catalog, parts.first + i);
        struct sl_relation parent;
        if (part.kind != 'a' || !depth_enter(j))
            continue;
        add_above(j, a, note_joined(j, part.about, part.text));
        if (sl_catalog_relation(j->ctx->catalog, part.about, part.text, &parent))
            look_above(j, &parent, a);
        depth_leave(j);
    }
}

/* Once for all accesses of the dataset. */
static void fill_above(struct judge *j, const struct dataset *d, struct sl_meaning_access *a)
{
    if (!d->listed || (d->relation.problems >> SL_CATALOG_INHERITANCE & 1) == 0)
        return;
    a->above = note_alloc(j, SL_MEANING_MAX_ABOVE * sizeof *a->above);
    if (a->above != NULL)
        look_above(j, &d->relation, a);
}

/* One access for each group of effects that touch the same columns. */
static void fill_accesses(struct judge *j, const struct dataset *d, struct sl_meaning *m)
{
    uint32_t left = d->effects;
    struct sl_meaning_access above = {0};

    fill_above(j, d, &above);
    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++) {
        uint32_t bit = 1u << i, group = 0;
        if ((left & bit) == 0)
            continue;
        for (unsigned k = i; k < SL_EFFECT_COUNT; k++)
            if ((left & 1u << k) != 0 && same_columns(d, bit, 1u << k))
                group |= 1u << k;
        left &= ~group;
        struct sl_meaning_access *a = &m->accesses[m->access_count++];
        *a = (struct sl_meaning_access){.dataset = d->name,
                                        .effects = group,
                                        .all_columns = (d->all_effects & bit) != 0,
                                        .above = above.above,
                                        .above_count = above.above_count};
        fill_columns(j, d, bit, a);
    }
}

static size_t size_of(const struct sl_meaning *m)
{
    size_t n = 100 + m->opaque_why.n;

    for (size_t i = 0; i < m->statement_count; i++)
        n += 6 + m->statements[i].tag.n;
    for (size_t i = 0; i < m->access_count; i++) {
        n += 11 + m->accesses[i].dataset.n;
        for (size_t k = 0; k < m->accesses[i].column_count; k++)
            n += 2 + m->accesses[i].columns[k].n;
        for (size_t k = 0; k < m->accesses[i].above_count; k++)
            n += 2 + m->accesses[i].above[k].n;
    }
    for (size_t i = 0; i < m->flow_count; i++)
        n += 7 + m->flows[i].source.n + m->flows[i].destination.n + m->flows[i].via.n;
    for (size_t i = 0; i < m->name_count; i++)
        n += 3 + m->names[i].name.n;
    for (size_t i = 0; i < m->definition_count; i++)
        n += 2 + m->definitions[i].n;
    return n;
}

static void collect(struct judge *j, struct sl_meaning *m)
{
    struct dataset **in_order = note_alloc(j, j->dataset_count * sizeof(struct dataset *));
    size_t n = j->dataset_count;

    m->accesses = note_alloc(j, j->dataset_count * SL_EFFECT_COUNT * sizeof *m->accesses);
    if (in_order == NULL || m->accesses == NULL)
        return;
    for (struct dataset *d = j->datasets; d != NULL; d = d->next)
        in_order[--n] = d;
    for (size_t i = 0; i < j->dataset_count && !j->out_of_memory; i++)
        fill_accesses(j, in_order[i], m);
}

static bool fits(const struct sl_meaning *m)
{
    return m->statement_count <= SL_MEANING_MAX_STATEMENTS &&
           m->access_count <= SL_MEANING_MAX_ACCESSES && m->flow_count <= SL_MEANING_MAX_FLOWS &&
           m->name_count <= SL_MEANING_MAX_STATEMENTS &&
           m->definition_count <= SL_MEANING_MAX_DEFINITIONS;
}

/* Do values come to lie in a table? Labels rest on such flows. */
static bool flows_stay(const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->flow_count; i++)
        if (m->flows[i].kind == SL_FLOW_DIRECT &&
            !sl_span_starts(m->flows[i].destination, SL_SPAN("result.")))
            return true;
    return false;
}

enum sl_err note_finish(struct judge *j, struct sl_meaning *out)
{
    struct sl_meaning m = {0};

    m.statements = j->statements;
    m.statement_count = j->statement_count;
    m.flows = j->flows;
    m.flow_count = j->flow_count;
    m.names = j->names;
    m.name_count = j->name_count;
    m.definitions = j->definitions;
    m.definition_count = j->definition_count;
    if (j->dataset_count > 0)
        collect(j, &m);
    m.effects = j->all_effects | (j->effects & SL_EFFECT_OPAQUE);
    m.flags = j->flags;
    m.opaque_why = j->opaque_why;
    if (j->out_of_memory)
        return SL_EMEMORY;
    if (fits(&m) && size_of(&m) > SL_MEANING_MAX_BYTES && !flows_stay(&m))
        m.flow_count = 0; /* what leaves is told by the accesses, too */
    if (!fits(&m) || size_of(&m) > SL_MEANING_MAX_BYTES) {
        struct sl_meaning_statement *all = note_alloc(j, sizeof *all);
        if (all == NULL)
            return SL_EMEMORY;
        *all = (struct sl_meaning_statement){SL_SPAN("many"), j->all_effects | SL_EFFECT_OPAQUE};
        m = sl_meaning_opaque(SL_SPAN("the text names more than a meaning can hold"));
        m.effects |= j->all_effects;
        m.flags = (j->flags & ~(uint32_t)(SL_MEANING_SHAPE_SHARED | SL_MEANING_ONLY_CONTROL)) |
                  SL_MEANING_UNSHAPED;
        m.statements = all;
        m.statement_count = 1;
    }
    *out = m;
    return SL_OK;
}
