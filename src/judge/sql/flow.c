#include "judge/sql/judge_int.h"

#include "base/utf8.h"

/* From origins to flows: "public.t.a" into "result.x", or, where only a decision about rows is
 * meant, into the dataset as a whole. */

/* With hundreds of partitions the flows would not fit: then the parent's have to do. */
static bool has_few_below(const struct dataset *d)
{
    unsigned n = 0;

    for (const struct below *b = d->below; b != NULL && n <= 64; b = b->next)
        n++;
    return n <= 64;
}

struct sl_span note_joined(struct judge *j, struct sl_span a, struct sl_span b)
{
    uint8_t *text = note_alloc(j, a.n + 1 + b.n);

    if (text == NULL)
        return (struct sl_span){0};
    memcpy(text, a.p, a.n);
    text[a.n] = '.';
    if (b.n > 0)
        memcpy(text + a.n + 1, b.p, b.n);
    return sl_span(text, a.n + 1 + b.n);
}

/* Labels of tables rest on their flows: what does not fit must not be forgotten. */
static bool has_room(struct judge *j, struct sl_span destination)
{
    if (j->flow_count < SL_MEANING_MAX_FLOWS)
        return true;
    if (!sl_span_starts(destination, SL_SPAN("result")))
        note_opaque(j, "more flows between columns than a meaning can hold", NULL);
    return false;
}

/* The same again, through something else or through nothing: no aggregate stands for all ways. */
static bool is_noted(struct judge *j, const struct sl_meaning_flow *f)
{
    for (size_t i = 0; i < j->flow_count; i++)
        if (j->flows[i].kind == f->kind && sl_span_eq(j->flows[i].source, f->source) &&
            sl_span_eq(j->flows[i].destination, f->destination)) {
            if (!sl_span_eq(j->flows[i].via, f->via))
                j->flows[i].via = (struct sl_span){0};
            return true;
        }
    return false;
}

static void add_flow(struct judge *j, const struct sl_meaning_flow *f)
{
    if (f->source.p == NULL || !depth_step(j, 1 + j->flow_count / 8) || is_noted(j, f) ||
        !has_room(j, f->destination))
        return;
    if (j->flow_count == j->flow_room) {
        size_t room = j->flow_room == 0 ? 16 : j->flow_room * 2;
        struct sl_meaning_flow *more = note_alloc(j, room * sizeof *more);
        if (more == NULL)
            return;
        if (j->flow_count > 0)
            memcpy(more, j->flows, j->flow_count * sizeof *more);
        j->flows = more;
        j->flow_room = room;
    }
    j->flows[j->flow_count++] = *f;
}

/* `f` lacks its source. */
static void add_column(struct judge *j, const struct dataset *d, struct sl_span column,
                       struct sl_meaning_flow f)
{
    f.source = note_joined(j, d->name, column);
    add_flow(j, &f);
}

static void add_whole_row(struct judge *j, const struct dataset *d, const struct sl_meaning_flow *f)
{
    if (!d->listed)
        add_column(j, d, SL_SPAN("*"), *f);
    for (uint32_t i = 0; d->listed && i < d->relation.column_count; i++)
        add_column(j, d, sl_catalog_column(j->ctx->catalog, &d->relation, i).name, *f);
}

/* What a table's children hold flows with it where it stays: their labels follow it there. */
static void add_origin(struct judge *j, const struct dataset *d, struct sl_span column,
                       const struct sl_meaning_flow *f, bool with_children)
{
    if (d->system || (column.n > 0 && !sl_utf8_valid(column)))
        return;
    if (column.n == 0)
        add_whole_row(j, d, f);
    else
        add_column(j, d, column, *f);
    for (const struct below *b = d->below; with_children && has_few_below(d) && b != NULL;
         b = b->next)
        if (b->columns == NULL)
            add_origin(j, b->dataset, column, f, false);
}

/* Last noted, first in the list: people read them the other way round. */
static void add_all(struct judge *j, const struct origin *from, struct sl_span destination,
                    uint8_t kind)
{
    const bool stays = kind == SL_FLOW_DIRECT && !sl_span_starts(destination, SL_SPAN("result."));
    size_t n = 0;

    if (destination.p == NULL || j->planned_only)
        return;
    if (kind == SL_FLOW_DIRECT)
        origin_leave(j, from);
    for (const struct origin *o = from; o != NULL; o = o->next)
        n++;
    const struct origin **in_order = note_alloc(j, n * sizeof *in_order);
    if (in_order == NULL || !depth_step(j, n))
        return;
    size_t at = n;
    for (const struct origin *o = from; o != NULL; o = o->next)
        in_order[--at] = o;
    for (; at < n && j->steps <= SL_SQL_MAX_STEPS; at++) {
        struct sl_meaning_flow f = {.destination = destination, .kind = kind};
        if (kind == SL_FLOW_DIRECT)
            f.via = in_order[at]->via;
        add_origin(j, in_order[at]->dataset, in_order[at]->column, &f, stays);
    }
}

void note_flow(struct judge *j, const struct origin *from, struct sl_span to_dataset,
               const char *to_column)
{
    if (from == NULL || to_column == NULL || j->planned_only ||
        !sl_utf8_valid(sl_span_str(to_column)))
        return;
    add_all(j, from, note_joined(j, to_dataset, sl_span_str(to_column)), SL_FLOW_DIRECT);
}

void note_flow_into(struct judge *j, const struct origin *from, struct dataset *to,
                    const char *to_column, uint32_t effect)
{
    if (to == NULL || from == NULL || to_column == NULL || !depth_enter(j))
        return;
    note_flow(j, from, to->name, to_column);
    if (has_few_below(to))
        for (const struct below *b = to->below; b != NULL; b = b->next)
            if (b->columns == NULL && (b->effects & effect) != 0)
                note_flow(j, from, b->dataset->name, to_column);
    for (const struct below *b = to->below; b != NULL && depth_step(j, 1); b = b->next)
        for (size_t i = 0; b->columns != NULL && i < b->columns->count; i++)
            if (strcmp(b->columns->items[i].name, to_column) == 0 &&
                b->columns->items[i].origins != NULL)
                note_flow_into(j, from, b->dataset,
                               sl_arena_text(j->mem, b->columns->items[i].origins->column), effect);
    depth_leave(j);
}

void note_indirect(struct judge *j, const struct origin *from, struct sl_span to_dataset)
{
    if (from != NULL)
        add_all(j, from, to_dataset, SL_FLOW_INDIRECT);
}

/* All that one row of it holds. */
static void note_row(struct judge *j, const struct outputs *out)
{
    const struct origin *row = origin_plain(j, output_union(j, out)); /* columns of sums are fine */

    origin_leave(j, row);
    if (origin_most(j, row) > 1)
        j->flags |= SL_MEANING_GATHERS;
}

void note_result(struct judge *j, const struct outputs *out)
{
    note_row(j, out);
    for (size_t i = 0; i < out->count; i++)
        note_flow(j, out->items[i].origins, SL_SPAN("result"),
                  out->items[i].star ? "*" : out->items[i].name);
    note_flow(j, out->rest, SL_SPAN("result"), "*");
    note_indirect(j, out->decides, SL_SPAN("result"));
}
