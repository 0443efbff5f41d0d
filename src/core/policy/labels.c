/* Which labels data has: what the configuration says, and what came along with it. */
#include "core/policy/labels.h"

#include "core/policy/policy_int.h"

static bool labels_table(const struct sl_label_rule *l, struct sl_span dataset)
{
    for (size_t i = 0; i < l->tables.count; i++)
        if (sl_dataset_could(l->tables.items[i], dataset))
            return true;
    return false;
}

/* The server's own relations have no columns that users named: there a pattern for columns of any
 * table does not speak of all of them, one that names the schema does. */
static bool speaks_of_all(struct sl_span pattern, struct sl_span dataset)
{
    static const char *const own[] = {"pg_catalog.", "information_schema."};

    for (size_t i = 0; i < SL_COUNT(own); i++)
        if (sl_span_starts(dataset, sl_span_str(own[i])))
            return sl_span_starts(pattern, sl_span_str(own[i]));
    return true;
}

static bool labels_column(struct sl_span pattern, const struct sl_meaning_access *a)
{
    if (a->all_columns && speaks_of_all(pattern, a->dataset) &&
        sl_any_column_could(pattern, a->dataset))
        return true;
    for (size_t i = 0; i < a->column_count; i++)
        if (sl_column_could(pattern, a->dataset, a->columns[i]))
            return true;
    return false;
}

static uint64_t configured(const struct sl_target *t, const struct sl_meaning_access *access)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < t->label_count; i++) {
        const struct sl_label_rule *l = &t->labels[i];
        bool hit = labels_table(l, access->dataset);
        for (size_t j = 0; j < l->columns.count && !hit; j++)
            hit = labels_column(l->columns.items[j], access);
        bits |= hit ? l->label_bits : 0;
    }
    return bits;
}

/* --- derived labels --- */

static uint64_t bit_of(const struct sl_config *c, struct sl_span label)
{
    for (size_t i = 0; i < c->labels.count && i < 64; i++)
        if (sl_span_eq(c->labels.items[i], label))
            return UINT64_C(1) << i;
    return 0;
}

/* Patterns compare exactly here: what loosens must not fit by chance. */
static bool names(const struct sl_declassify *d, struct sl_span column, struct sl_span label)
{
    return sl_names_has(&d->labels, label) && sl_names_match(&d->columns, column, false);
}

const struct sl_declassify *sl_declassify_of(const struct sl_target *t, struct sl_span column,
                                             struct sl_span label)
{
    for (size_t i = 0; i < t->declassify_count; i++)
        if (t->declassify[i].aggregates.count == 0 && names(&t->declassify[i], column, label))
            return &t->declassify[i];
    return NULL;
}

bool sl_declassify_via(const struct sl_target *t, struct sl_span column, struct sl_span label,
                       struct sl_span aggregate)
{
    for (size_t i = 0; i < t->declassify_count; i++)
        if (sl_names_has(&t->declassify[i].aggregates, aggregate) &&
            names(&t->declassify[i], column, label))
            return true;
    return false;
}

static uint64_t counts(const struct sl_config *c, const struct sl_target *t,
                       const struct sl_derived *d)
{
    return sl_declassify_of(t, d->column, d->label) == NULL ? bit_of(c, d->label) : 0;
}

static bool touches(const struct sl_meaning_access *a, struct sl_span column)
{
    if (a->all_columns || sl_span_is(column, "*"))
        return true;
    for (size_t i = 0; i < a->column_count; i++)
        if (sl_span_eq(a->columns[i], column))
            return true;
    return false;
}

/* Entries that begin with `dataset` and a dot. */
static uint64_t derived_under(const struct sl_config *c, const struct sl_target *t,
                              const struct sl_meaning_access *a, struct sl_span dataset,
                              const struct sl_label_map *map)
{
    uint64_t bits = 0;

    for (size_t i = sl_label_map_from(map, t->name, dataset); i < sl_label_map_count(map); i++) {
        struct sl_derived d = sl_label_map_at(map, i);
        if (!sl_span_eq(d.target, t->name) || !sl_span_starts(d.column, dataset))
            break;
        if (d.column.n > dataset.n + 1 && d.column.p[dataset.n] == '.' &&
            touches(a, sl_span_from(d.column, dataset.n + 1)))
            bits |= counts(c, t, &d);
    }
    return bits;
}

static size_t last_dot(struct sl_span name)
{
    size_t at = name.n;

    while (at > 0 && name.p[at - 1] != '.')
        at--;
    return at == 0 ? name.n : at - 1;
}

static bool ends_with_table(struct sl_span dataset, struct sl_span table)
{
    return dataset.n > table.n && dataset.p[dataset.n - table.n - 1] == '.' &&
           sl_span_eq(sl_span_from(dataset, dataset.n - table.n), table);
}

/* The access does not say in which schema: every table of this name could be meant. */
static uint64_t derived_anywhere(const struct sl_config *c, const struct sl_target *t,
                                 const struct sl_meaning_access *a, const struct sl_label_map *map)
{
    uint64_t bits = 0;

    for (size_t i = sl_label_map_from(map, t->name, sl_span(NULL, 0)); i < sl_label_map_count(map);
         i++) {
        struct sl_derived d = sl_label_map_at(map, i);
        if (!sl_span_eq(d.target, t->name))
            break;
        size_t dot = last_dot(d.column);
        if (ends_with_table(sl_span_head(d.column, dot), a->dataset) &&
            touches(a, sl_span_from(d.column, dot + 1)))
            bits |= counts(c, t, &d);
    }
    return bits;
}

static uint64_t derived_of(const struct sl_config *c, const struct sl_target *t,
                           const struct sl_meaning_access *a, const struct sl_label_map *map)
{
    size_t dot = sl_span_find(a->dataset, '.');

    if (sl_label_map_count(map) == 0)
        return 0;
    uint64_t bits = derived_under(c, t, a, a->dataset, map);
    if (dot == a->dataset.n)
        return bits | derived_anywhere(c, t, a, map);
    return bits | derived_under(c, t, a, sl_span_from(a->dataset, dot + 1), map);
}

uint64_t sl_labels_of(const struct sl_config *c, const struct sl_target *t,
                      const struct sl_meaning_access *access, const struct sl_label_map *derived)
{
    return configured(t, access) | derived_of(c, t, access, derived);
}

/* Names may hold dots themselves: then every way to take the name apart counts. */
uint64_t sl_labels_of_column(const struct sl_config *c, const struct sl_target *t,
                             struct sl_span column, const struct sl_label_map *derived)
{
    size_t first = sl_span_find(column, '.');
    uint64_t bits = 0;

    for (size_t at = last_dot(column); at < column.n && at > 0;) {
        struct sl_span name = sl_span_from(column, at + 1);
        struct sl_meaning_access a = {.dataset = sl_span_head(column, at),
                                      .columns = &name,
                                      .column_count = 1,
                                      .all_columns = sl_span_is(name, "*")};
        bits |= sl_labels_of(c, t, &a, derived);
        size_t before = last_dot(a.dataset);
        if (before == first || before >= at)
            break;
        at = before;
    }
    return bits;
}
