#include "judge/sql/judge_int.h"

#include "base/utf8.h"

/* NULL when memory is out: every caller then leaves what it was about to note, the walk ends at the
 * next depth_enter, and the judgement ends in SL_EMEMORY. */
void *note_alloc(struct judge *j, size_t bytes)
{
    void *p = sl_arena_alloc(j->mem, bytes == 0 ? 1 : bytes);

    if (p == NULL)
        j->out_of_memory = true;
    return p;
}

/* The first `%s` of the sentence becomes the name, made printable. */
void note_opaque(struct judge *j, const char *sentence, const char *name)
{
    SL_BUF(b, 1000);
    const char *place = strstr(sentence, "%s");

    j->effects |= SL_EFFECT_OPAQUE;
    if (j->opaque_why.n > 0)
        return;
    if (place == NULL || name == NULL) {
        sl_buf_put_str(&b, sentence);
    } else {
        sl_buf_put(&b, sl_span(sentence, (size_t)(place - sentence)));
        sl_utf8_put_printable(&b, sl_span_str(name));
        sl_buf_put_str(&b, place + 2);
    }
    j->opaque_why = sl_buf_err(&b) == SL_OK ? sl_arena_copy(j->mem, sl_buf_span(&b))
                                            : SL_SPAN("a name is too long");
    if (j->opaque_why.p == NULL)
        j->out_of_memory = true;
}

/* What an EXPLAIN only plans is a look at its tables, not a change. */
static uint32_t planned(const struct judge *j, uint32_t effects)
{
    if (!j->planned_only)
        return effects;
    return (effects & (SL_EFFECT_OPAQUE | SL_EFFECT_SESSION)) |
           ((effects & ~(uint32_t)(SL_EFFECT_OPAQUE | SL_EFFECT_SESSION)) != 0 ? SL_EFFECT_READ
                                                                               : 0);
}

void note_effect(struct judge *j, uint32_t effects)
{
    j->effects |= planned(j, effects);
}

void note_dataset(struct judge *j, struct dataset *d, uint32_t effects)
{
    if (d != NULL)
        d->effects |= planned(j, effects);
    note_effect(j, effects);
}

/* The column of the table under a view that this column of the view is. */
static struct sl_span column_below(const struct below *b, struct sl_span column)
{
    if (b->columns == NULL)
        return column;
    for (size_t i = 0; i < b->columns->count; i++)
        if (sl_span_is(column, b->columns->items[i].name) && b->columns->items[i].origins != NULL)
            return b->columns->items[i].origins->column;
    return (struct sl_span){0};
}

static void note_own_column(struct judge *j, struct dataset *d, struct sl_span column,
                            uint32_t effects)
{
    note_dataset(j, d, effects);
    if ((effects & SL_EFFECT_READ) != 0 && !d->system)
        origin_add(j, j->reads, d, column);
    if (d->secret != NULL && (column.n == 0 || sl_span_is(column, d->secret)))
        note_dataset(j, d, SL_EFFECT_ADMIN);
    if (d->system || column.n == 0 || !sl_utf8_valid(column))
        return;
    for (struct use *u = d->uses; u != NULL; u = u->next)
        if (sl_span_eq(u->column, column)) {
            u->effects |= planned(j, effects);
            return;
        }
    if (d->use_count >= SL_MEANING_MAX_COLUMNS || !depth_step(j, d->use_count)) {
        d->all_effects |= planned(j, effects);
        return;
    }
    struct use *u = NOTE_NEW(j, struct use);
    if (u == NULL)
        return;
    *u = (struct use){d->uses, sl_arena_copy(j->mem, column),
                      planned(j, effects)}; /* outlives the tree */
    if (u->column.p == NULL) {
        j->out_of_memory = true;
        return;
    }
    d->uses = u;
    d->use_count++;
}

/* Children of children are among the children already; a view may lie over a view. */
void note_column(struct judge *j, struct dataset *d, struct sl_span column, uint32_t effects)
{
    if (d == NULL || !depth_enter(j))
        return;
    note_own_column(j, d, column, effects);
    for (const struct below *b = d->below; b != NULL && depth_step(j, 1); b = b->next)
        if ((b->effects & effects) != 0 && b->columns == NULL)
            note_own_column(j, b->dataset, column, b->effects & effects);
        else if ((b->effects & effects) != 0)
            note_column(j, b->dataset, column_below(b, column), b->effects & effects);
    depth_leave(j);
}

static void note_own_columns(struct judge *j, struct dataset *d, uint32_t effects)
{
    note_dataset(j, d, effects);
    if (d->secret != NULL)
        note_dataset(j, d, SL_EFFECT_ADMIN);
    if ((effects & SL_EFFECT_READ) != 0 && !d->system)
        origin_add(j, j->reads, d, (struct sl_span){0});
    struct origin **reads = j->reads;
    j->reads = NULL; /* the whole row stands for its columns */
    if (!d->listed)
        d->all_effects |= planned(j, effects);
    else
        for (uint32_t i = 0; i < d->relation.column_count; i++)
            note_own_column(j, d, sl_catalog_column(j->ctx->catalog, &d->relation, i).name,
                            effects);
    j->reads = reads;
}

void note_all_columns(struct judge *j, struct dataset *d, uint32_t effects)
{
    if (d == NULL || !depth_enter(j))
        return;
    note_own_columns(j, d, effects);
    for (const struct below *b = d->below; b != NULL && depth_step(j, 1); b = b->next)
        if ((b->effects & effects) != 0 && b->columns == NULL)
            note_own_columns(j, b->dataset, b->effects & effects);
        else if ((b->effects & effects) != 0)
            note_all_columns(j, b->dataset, b->effects & effects);
    depth_leave(j);
}

/* The effect is the statement's even when nothing of it comes from a table; what the system's own
 * catalogs give is no data of anybody. */
void note_origins(struct judge *j, const struct origin *origins, uint32_t effects)
{
    for (const struct origin *o = origins; o != NULL; o = o->next) {
        if (o->dataset->system)
            continue;
        if (o->column.n == 0)
            note_all_columns(j, o->dataset, effects);
        else
            note_column(j, o->dataset, o->column, effects);
    }
}

void note_read(struct judge *j, struct dataset *d, struct sl_span column)
{
    if (j->pending != NULL)
        origin_add(j, j->pending, d, column);
    else if (column.n == 0)
        note_all_columns(j, d, SL_EFFECT_READ);
    else
        note_column(j, d, column, SL_EFFECT_READ);
}

void note_reads(struct judge *j, const struct origin *reads)
{
    if (j->pending != NULL)
        origin_join(j, j->pending, reads);
    else
        note_origins(j, reads, SL_EFFECT_READ);
}

struct dataset *note_new_dataset(struct judge *j, struct sl_span schema, struct sl_span name)
{
    size_t n = schema.n + (schema.n > 0) + name.n;
    uint8_t *text = note_alloc(j, n + 1);
    struct dataset *d = NOTE_NEW(j, struct dataset);

    if (text == NULL || d == NULL)
        return NULL;
    if (schema.n > 0) {
        memcpy(text, schema.p, schema.n);
        text[schema.n] = '.';
    }
    memcpy(text + n - name.n, name.p, name.n);
    if (name.n == 0 || !sl_utf8_valid(sl_span(text, n))) {
        note_opaque(j, "a name is cut in the middle of a character", NULL);
        return NULL;
    }
    for (struct dataset *old = j->datasets; old != NULL; old = old->next)
        if (sl_span_eq(old->name, sl_span(text, n)))
            return old;
    *d = (struct dataset){.next = j->datasets, .name = {text, n}};
    j->datasets = d;
    j->dataset_count++;
    return d;
}

void *note_grow(struct judge *j, void *items, size_t count, size_t *room, size_t each)
{
    if (count < *room)
        return items;
    size_t wanted = *room == 0 ? 8 : *room * 2;
    void *more = note_alloc(j, wanted * each);
    if (more == NULL)
        return NULL;
    if (count > 0)
        memcpy(more, items, count * each);
    *room = wanted;
    return more;
}

void note_name(struct judge *j, enum sl_meaning_name_kind kind, const char *name)
{
    struct sl_meaning_name *names =
        note_grow(j, j->names, j->name_count, &j->name_room, sizeof *names);
    struct sl_span text = sl_span_str(name);

    if (names == NULL)
        return;
    j->names = names;
    if (!sl_utf8_valid(text))
        note_opaque(j, "a name is cut in the middle of a character", NULL);
    else
        names[j->name_count++] =
            (struct sl_meaning_name){(uint8_t)kind, sl_arena_copy(j->mem, text)};
}
