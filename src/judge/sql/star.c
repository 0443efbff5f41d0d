#include "judge/sql/code_int.h"

/* Stars: all columns of a source, each with where it comes from. */

/* One column of a star: read now, or when the output is used. */
static void star_column(struct judge *j, struct outputs *out, const struct output *from,
                        const void *place, uint32_t item)
{
    struct output *o = output_add(j, out, from->name);

    if (o == NULL)
        return;
    *o = *from;
    o->origins = NULL;
    origin_meet(j, &o->origins, from->origins, place, item);
    query_settle(j, out, o, false);
}

static void star_of_outputs(struct judge *j, const struct source *s, struct outputs *out)
{
    const struct outputs *from = s->outputs;

    for (size_t i = 0; i < from->count; i++) {
        struct output one = from->items[i];
        if (one.origins == NULL)
            picked_use(j, s, (uint32_t)i, &one.origins);
        star_column(j, out, &one, s, (uint32_t)i + 1);
    }
    if (!from->open)
        return;
    out->open = true;
    origin_meet(j, &out->rest, from->rest, s, UINT32_MAX);
    if (from->rest == NULL)
        picked_use(j, s, PICKED_ALL, &out->rest);
    if (out->later && !out->all_made)
        origin_join(j, &out->rest_reads, from->rest_reads);
    else
        note_reads(j, from->rest_reads);
}

/* A system catalog's columns are not followed, and its secrets are not seen through a star. */
static void star_of_unlisted(struct judge *j, struct dataset *d, const void *place,
                             struct outputs *out)
{
    struct output star = {.name = "*", .star = true};

    out->open = true;
    if (d->system) {
        note_all_columns(j, d, SL_EFFECT_READ);
        store_tell_relation(j, d, place, &out->rest);
        return;
    }
    origin_add(j, &star.origins, d, (struct sl_span){0});
    star.reads = star.origins;
    star_column(j, out, &star, place, 0);
}

static void star_of_dataset(struct judge *j, struct dataset *d, const void *place,
                            struct outputs *out)
{
    if (!d->listed) {
        star_of_unlisted(j, d, place, out);
        return;
    }
    note_dataset(j, d, SL_EFFECT_READ);
    for (uint32_t i = 0; i < d->relation.column_count; i++) {
        struct sl_span name = sl_catalog_column(j->ctx->catalog, &d->relation, i).name;
        struct output o = {.name = sl_arena_text(j->mem, name)};
        origin_add(j, &o.origins, d, name);
        origin_join(j, &o.origins, fires_made_of(j, d, name));
        o.reads = o.origins;
        store_tell_relation(j, d, place, &o.origins);
        star_column(j, out, &o, place, 0);
    }
}

static void star_of(struct judge *j, const struct source *s, struct outputs *out)
{
    if (s->outputs != NULL)
        star_of_outputs(j, s, out);
    else if (s->dataset != NULL)
        star_of_dataset(j, s->dataset, s, out);
    else
        out->open = true;
}

void column_star_between(struct judge *j, struct source *first, const struct source *end,
                         struct outputs *out)
{
    for (const struct source *at = first; at != NULL && at != end; at = at->next)
        if (!at->only_qualified && !at->hidden)
            star_of(j, at, out);
}

void column_star(struct judge *j, struct scope *s, struct outputs *out)
{
    column_star_between(j, s->sources, NULL, out);
    if (s->merged) /* merged columns come first: the positions are not known */
        out->open = true;
}

void column_star_of(struct judge *j, struct scope *s, const ColumnRef *ref, struct outputs *out)
{
    const char *parts[4];
    bool star;
    int n = column_parts(ref, parts, &star);
    struct source *row = n >= 0 && star ? column_row(s, parts, n) : NULL;

    if (row != NULL) {
        star_of(j, row, out);
    } else {
        note_opaque(j, "a star stands for a table that is not of this query", NULL);
        out->open = true;
    }
}

bool column_star_of_row(struct judge *j, struct scope *s, const void *row, struct outputs *out)
{
    struct source *at = column_row_named(j, s, row);

    if (at != NULL)
        star_of(j, at, out);
    return at != NULL;
}
