#include "judge/sql/judge_int.h"

/* COPY: a table or a query to the client, a file or a program, or a table from there. A file of the
 * server is a dataset "file:PATH" with one column, "*": labels go into it and come out of it again,
 * under the same spelling of its path. What a program does with what it gets nobody knows. */

static void copy_place(struct judge *j, const CopyStmt *n)
{
    if (n->is_program || n->filename != NULL)
        note_effect(j, SL_EFFECT_PROGRAM);
    else
        j->flags |= n->is_from ? SL_MEANING_COPY_IN : SL_MEANING_COPY_OUT;
}

enum { FILE_NAME_MAX = 4096 };

/* NULL: there is none. */
static struct dataset *copy_file(struct judge *j, const CopyStmt *n)
{
    if (n->filename == NULL || n->is_program)
        return NULL;
    SL_BUF(name, FILE_NAME_MAX);
    sl_buf_say(&name, "file:%s", n->filename);
    if (sl_buf_err(&name) == SL_OK)
        return note_new_dataset(j, (struct sl_span){0}, sl_buf_span(&name));
    note_opaque(j, "the name of a file is too long", NULL);
    return NULL;
}

static void copy_result(struct judge *j, const CopyStmt *n, const struct outputs *out)
{
    struct dataset *file = copy_file(j, n);

    note_result(j, out);
    if (file != NULL)
        note_flow(j, output_union(j, out), file->name, "*");
}

static void copy_query(struct judge *j, const CopyStmt *n)
{
    struct outputs out = {0};

    query_walk(j, NULL, NULL, n->query, &out);
    note_effect(j, SL_EFFECT_EXPORT);
    note_origins(j, output_union(j, &out), SL_EFFECT_EXPORT);
    copy_result(j, n, &out);
}

/* What COPY table TO gives away, column by column. */
static void copy_out(struct judge *j, const CopyStmt *n, struct dataset *d)
{
    struct scope s = {0};
    struct outputs out = {.later = true};
    const ListCell *cell;

    if (d == NULL)
        return;
    from_base(j, &s, n->relation, d);
    inherit_key(j, d, false, NULL);
    if (n->attlist == NIL)
        column_star(j, &s, &out);
    foreach (cell, n->attlist) {
        const char *name = name_text(lfirst(cell));
        struct output *o = name == NULL ? NULL : output_add(j, &out, name);
        if (o != NULL)
            column_named(j, &s, name, &o->origins);
    }
    copy_result(j, n, &out);
}

static void copy_in(struct judge *j, const CopyStmt *n, struct dataset *d)
{
    struct dataset *file = copy_file(j, n);
    struct origin *from = NULL;
    const ListCell *cell;

    if (file == NULL || d == NULL)
        return;
    origin_add(j, &from, file, SL_SPAN("*"));
    foreach (cell, n->attlist)
        note_flow_into(j, from, d, name_text(lfirst(cell)), SL_EFFECT_INSERT);
    for (uint32_t i = 0; n->attlist == NIL && d->listed && i < d->relation.column_count; i++)
        note_flow_into(j, from, d,
                       sl_arena_text(j->mem,
                                     sl_catalog_column(j->ctx->catalog, &d->relation, i).name),
                       SL_EFFECT_INSERT);
    if (n->attlist == NIL && !d->listed)
        note_flow_into(j, from, d, "*", SL_EFFECT_INSERT);
}

static void copy_table(struct judge *j, const CopyStmt *n)
{
    uint32_t effects =
        n->is_from ? SL_EFFECT_INSERT | SL_EFFECT_IMPORT : SL_EFFECT_READ | SL_EFFECT_EXPORT;
    struct dataset *d = name_relation(j, n->relation, effects);
    struct scope s = {0};
    const ListCell *cell;

    note_effect(j, effects);
    if (n->attlist == NIL)
        note_all_columns(j, d, effects);
    foreach (cell, n->attlist)
        if (name_text(lfirst(cell)) != NULL)
            note_column(j, d, sl_span_str(name_text(lfirst(cell))), effects);
    if (n->is_from)
        copy_in(j, n, d);
    else
        copy_out(j, n, d);
    if (n->whereClause != NULL) {
        from_table(j, &s, n->relation, d);
        expr_walk(j, &s, n->whereClause, NULL);
    }
}

void write_copy(struct judge *j, const CopyStmt *n)
{
    copy_place(j, n);
    if (n->query != NULL)
        copy_query(j, n);
    else if (n->relation != NULL)
        copy_table(j, n);
    else
        note_opaque(j, "a COPY of nothing", NULL);
}
