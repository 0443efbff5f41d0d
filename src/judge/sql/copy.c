#include "judge/sql/judge_int.h"

/* COPY: a table or a query to the client, a file or a program, or a table from there. */

static void copy_place(struct judge *j, const CopyStmt *n)
{
    if (n->is_program || n->filename != NULL)
        note_effect(j, SL_EFFECT_PROGRAM);
    else
        j->flags |= n->is_from ? SL_MEANING_COPY_IN : SL_MEANING_COPY_OUT;
}

static void copy_query(struct judge *j, const CopyStmt *n)
{
    struct outputs out = {0};

    query_walk(j, NULL, NULL, n->query, &out);
    note_effect(j, SL_EFFECT_EXPORT);
    note_origins(j, output_union(j, &out), SL_EFFECT_EXPORT);
    note_result(j, &out);
}

/* What COPY table TO gives away, column by column. */
static void copy_out(struct judge *j, const CopyStmt *n, struct dataset *d)
{
    struct scope s = {0};
    struct outputs out = {.later = true};
    struct origin *from = NULL;
    const ListCell *cell;

    if (d == NULL)
        return;
    from_base(j, &s, n->relation, d);
    inherit_key(j, d, false, NULL);
    if (n->attlist == NIL)
        column_star(j, &s, &out);
    foreach (cell, n->attlist) {
        from = NULL;
        if (name_text(lfirst(cell)) == NULL)
            continue;
        column_named(j, &s, name_text(lfirst(cell)), &from);
        note_flow(j, from, SL_SPAN("result"), name_text(lfirst(cell)));
    }
    note_result(j, &out);
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
    if (!n->is_from)
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
