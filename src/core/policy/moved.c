/* Labelled columns that have another name in a newer listing, or are not there any more; and those
 * whose values lie in partitions, under other names. */
#include "core/policy/labels.h"

#include "core/policy/policy_int.h"

struct moving {
    const struct sl_config *c;
    const struct sl_target *t;
    const struct sl_label_map *derived;
    const struct sl_catalog *before, *after;
    struct sl_arena *mem;
    struct sl_label_move *out;
    size_t count, room;
};

static struct sl_span name_of(const struct moving *m, const struct sl_relation *r,
                              struct sl_span column)
{
    SL_BUF(name, 4 * SL_LABEL_MAX_NAME);

    sl_buf_say(&name, "%S.%S.%S", r->schema, r->name, column);
    return sl_buf_err(&name) != SL_OK ? sl_span(NULL, 0)
                                      : sl_arena_copy(m->mem, sl_buf_span(&name));
}

static enum sl_err add(struct moving *m, struct sl_label_move move)
{
    if (m->count == m->room) {
        struct sl_label_move *more = sl_arena_array(m->mem, m->room * 2 + 8, sizeof *more);
        if (more == NULL)
            return SL_EMEMORY;
        if (m->count > 0)
            memcpy(more, m->out, m->count * sizeof *more);
        m->out = more;
        m->room = m->room * 2 + 8;
    }
    m->out[m->count++] = move;
    return SL_OK;
}

static bool find_number(const struct sl_catalog *c, const struct sl_relation *r, uint16_t number,
                        struct sl_column *out)
{
    for (uint32_t i = 0; i < r->column_count; i++) {
        *out = sl_catalog_column(c, r, i);
        if (out->number == number)
            return true;
    }
    return false;
}

static bool is_untouched(const struct moving *m, const struct sl_relation *old,
                         const struct sl_relation *now)
{
    if (!sl_span_eq(old->schema, now->schema) || !sl_span_eq(old->name, now->name) ||
        old->column_count != now->column_count)
        return false;
    for (uint32_t i = 0; i < old->column_count; i++) {
        struct sl_column a = sl_catalog_column(m->before, old, i);
        struct sl_column b = sl_catalog_column(m->after, now, i);
        if (a.number != b.number || !sl_span_eq(a.name, b.name))
            return false;
    }
    return true;
}

static bool name_is_taken(const struct moving *m, const struct sl_relation *old,
                          struct sl_span column)
{
    struct sl_relation r;
    struct sl_column found;

    return sl_catalog_relation(m->after, old->schema, old->name, &r) &&
           sl_catalog_find_column(m->after, &r, column, &found);
}

static bool has_derived(const struct moving *m, struct sl_span column)
{
    size_t at = sl_label_map_from(m->derived, m->t->name, column);

    if (at >= sl_label_map_count(m->derived))
        return false;
    struct sl_derived d = sl_label_map_at(m->derived, at);
    return sl_span_eq(d.target, m->t->name) && sl_span_eq(d.column, column);
}

/* Of `labels`, those that the map holds for this very column, for good or not. */
static uint64_t held(const struct moving *m, struct sl_span column, uint64_t labels, bool settled)
{
    uint64_t found = 0;
    struct sl_derived d;

    for (size_t i = 0; i < m->c->labels.count && i < 64; i++)
        if ((labels >> i & 1) != 0 &&
            sl_label_map_find(m->derived, m->t->name, column, m->c->labels.items[i], &d) &&
            d.settled == settled)
            found |= UINT64_C(1) << i;
    return found;
}

/* What it has, but for what may go from it: that is brought anew. */
static uint64_t lacking(const struct moving *m, struct sl_span column, uint64_t labels)
{
    return labels &
           (~sl_labels_of_column(m->c, m->t, column, m->derived) | held(m, column, labels, false));
}

static enum sl_err look_at(struct moving *m, const struct sl_relation *old,
                           const struct sl_relation *now, const struct sl_column *column)
{
    struct sl_column found;
    struct sl_span from = name_of(m, old, column->name), to = {NULL, 0};

    if (from.p == NULL)
        return SL_EMEMORY;
    uint64_t labels = sl_labels_of_column(m->c, m->t, from, m->derived);
    if (now != NULL && find_number(m->after, now, column->number, &found)) {
        to = name_of(m, now, found.name);
        if (to.p == NULL)
            return SL_EMEMORY;
        if (sl_span_eq(from, to))
            return SL_OK;
        labels = lacking(m, to, labels);
        if (labels != 0)
            SL_TRY(add(m, (struct sl_label_move){from, to, labels}));
    }
    if (has_derived(m, from) && !name_is_taken(m, old, column->name))
        SL_TRY(add(m, (struct sl_label_move){.from = from}));
    return SL_OK;
}

static enum sl_err look_at_relation(struct moving *m, const struct sl_relation *old)
{
    struct sl_relation now;
    bool there = sl_catalog_relation(m->after, old->schema, old->name, &now) && now.oid == old->oid;

    if (there && is_untouched(m, old, &now))
        return SL_OK;
    there = there || sl_catalog_relation_by_oid(m->after, old->oid, &now);
    for (uint32_t i = 0; i < old->column_count; i++) {
        struct sl_column column = sl_catalog_column(m->before, old, i);
        SL_TRY(look_at(m, old, there ? &now : NULL, &column));
    }
    return SL_OK;
}

enum sl_err sl_labels_moved(const struct sl_config *c, const struct sl_target *t,
                            const struct sl_label_map *derived, const struct sl_catalog *before,
                            const struct sl_catalog *after, struct sl_arena *mem,
                            struct sl_label_move **out, size_t *count)
{
    struct moving m = {c, t, derived, before, after, mem, NULL, 0, 0};

    for (uint32_t i = 0; i < before->relation_count; i++) {
        struct sl_relation r = sl_catalog_relation_at(before, i);
        if (r.oid != 0)
            SL_TRY(look_at_relation(&m, &r));
    }
    *out = m.out;
    *count = m.count;
    return SL_OK;
}

/* --- partitions and heirs --- */

/* Whether what the map has already counts there or a rule takes it away. */
static uint64_t not_told(const struct moving *m, struct sl_span column, uint64_t labels)
{
    labels = lacking(m, column, labels);
    return labels & ~held(m, column, labels, true);
}

static enum sl_err look_at_heir(struct moving *m, struct sl_span from, uint64_t labels,
                                struct sl_span column, const struct sl_part *child)
{
    struct sl_relation r;
    struct sl_column found;

    if (!sl_catalog_relation(m->after, child->about, child->text, &r) ||
        !sl_catalog_find_column(m->after, &r, column, &found))
        return SL_OK;
    struct sl_span to = name_of(m, &r, column);
    if (to.p == NULL)
        return SL_EMEMORY;
    labels = not_told(m, to, labels);
    return labels == 0 ? SL_OK : add(m, (struct sl_label_move){from, to, labels});
}

static enum sl_err look_at_heirs(struct moving *m, const struct sl_relation *parent,
                                 struct sl_parts parts)
{
    for (uint32_t i = 0; i < parent->column_count; i++) {
        struct sl_column column = sl_catalog_column(m->after, parent, i);
        struct sl_span from = name_of(m, parent, column.name);
        if (from.p == NULL)
            return SL_EMEMORY;
        uint64_t labels = sl_labels_of_column(m->c, m->t, from, m->derived);
        for (uint32_t k = 0; labels != 0 && k < parts.count; k++) {
            struct sl_part part = sl_catalog_part_at(m->after, parts.first + k);
            if (part.kind == 'h')
                SL_TRY(look_at_heir(m, from, labels, column.name, &part));
        }
    }
    return SL_OK;
}

static bool has_heirs(const struct sl_catalog *c, struct sl_parts parts)
{
    for (uint32_t i = 0; i < parts.count; i++)
        if (sl_catalog_part_at(c, parts.first + i).kind == 'h')
            return true;
    return false;
}

enum sl_err sl_labels_inherited(const struct sl_config *c, const struct sl_target *t,
                                const struct sl_label_map *derived,
                                const struct sl_catalog *catalog, struct sl_arena *mem,
                                struct sl_label_move **out, size_t *count)
{
    struct moving m = {c, t, derived, NULL, catalog, mem, NULL, 0, 0};

    for (uint32_t i = 0; i < catalog->relation_count; i++) {
        struct sl_relation r = sl_catalog_relation_at(catalog, i);
        struct sl_parts parts = sl_catalog_parts(catalog, 'r', r.schema, r.name);
        if (has_heirs(catalog, parts))
            SL_TRY(look_at_heirs(&m, &r, parts));
    }
    *out = m.out;
    *count = m.count;
    return SL_OK;
}
