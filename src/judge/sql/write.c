#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* INSERT, UPDATE, DELETE, MERGE, SELECT INTO, COPY: which columns are written and what flows into
 * them. */

static void returning(struct judge *j, struct scope *s, const List *list, struct outputs *out)
{
    if (list == NIL)
        return;
    note_effect(j, SL_EFFECT_READ);
    query_targets(j, s, list, out);
}

/* The i-th column that an INSERT fills: from its list, else from the table. NULL when not known. */
static const char *target_column(struct judge *j, const struct dataset *d, const List *cols,
                                 size_t i)
{
    if (cols != NIL) {
        const ResTarget *t = i < (size_t)list_length(cols) ? list_nth(cols, (int)i) : NULL;
        return t == NULL ? NULL : t->name;
    }
    if (d == NULL || !d->listed || i >= d->relation.column_count)
        return NULL;
    return sl_arena_text(j->mem,
                         sl_catalog_column(j->ctx->catalog, &d->relation, (uint32_t)i).name);
}

static void insert_columns(struct judge *j, struct scope *s, struct dataset *d, const List *cols)
{
    const ListCell *cell;

    if (cols == NIL)
        note_all_columns(j, d, SL_EFFECT_INSERT);
    foreach (cell, cols) {
        const ResTarget *t = NODE(j, ResTarget, cell);
        if (t == NULL)
            continue;
        note_column(j, d, sl_span_str(t->name), SL_EFFECT_INSERT);
        expr_list(j, s, t->indirection, NULL);
    }
}

static void insert_flows(struct judge *j, struct dataset *d, const List *cols,
                         const struct outputs *from)
{
    if (d == NULL || from->open)
        return;
    for (size_t i = 0; i < from->count; i++)
        note_flow(j, from->items[i].origins, d->name, target_column(j, d, cols, i));
}

/* Literals of VALUES take the type of the column: it must be built in and no reg* type. */
static void check_literals(struct judge *j, const struct dataset *d)
{
    if (d == NULL || !d->listed || (d->relation.flags & SL_RELATION_REG_TYPE) != 0)
        j->shareable = false;
    for (uint32_t i = 0; d != NULL && d->listed && i < d->relation.column_count; i++)
        if (sl_catalog_column(j->ctx->catalog, &d->relation, i).type != SL_COLUMN_BUILTIN)
            j->shareable = false;
}

/* SET of UPDATE, ON CONFLICT and MERGE. Of `SET (a, b) = source` each target holds the same source.
 */
static void set_columns(struct judge *j, struct scope *s, struct dataset *d, const List *targets)
{
    const ListCell *cell;
    struct origin *shared = NULL; /* of the row that several targets take apart */

    foreach (cell, targets) {
        const ResTarget *t = NODE(j, ResTarget, cell);
        if (t == NULL)
            continue;
        const MultiAssignRef *m = (const MultiAssignRef *)t->val;
        struct origin *from = NULL;
        note_column(j, d, sl_span_str(t->name), SL_EFFECT_UPDATE);
        expr_list(j, s, t->indirection, NULL);
        if (m != NULL && IsA(m, MultiAssignRef)) {
            if (m->colno == 1) {
                shared = NULL;
                expr_walk(j, s, m->source, &shared);
            }
            from = shared;
        } else {
            expr_approve(j, t->val);
            expr_walk(j, s, t->val, &from);
        }
        if (d != NULL)
            note_flow(j, from, d->name, t->name);
    }
}

static void target_source(struct judge *j, struct scope *s, const RangeVar *v, struct dataset *d)
{
    from_table(j, s, v, d);
}

static void infer(struct judge *j, struct scope *s, const InferClause *c)
{
    const ListCell *cell;

    if (c == NULL)
        return;
    foreach (cell, c->indexElems) {
        const IndexElem *e = NODE(j, IndexElem, cell);
        if (e == NULL)
            continue;
        if (e->opclass != NIL)
            note_opaque(j, "an index is inferred by its operator class", NULL);
        expr_walk(j, s, e->expr, NULL);
    }
    expr_walk(j, s, c->whereClause, NULL);
}

static void on_conflict(struct judge *j, struct scope *s, const RangeVar *v, struct dataset *d,
                        const OnConflictClause *c)
{
    RangeVar excluded = {.type = T_RangeVar, .relname = (char *)"excluded", .relpersistence = 'p'};

    if (c == NULL)
        return;
    infer(j, s, c->infer);
    if (c->action != ONCONFLICT_UPDATE)
        return;
    from_table(j, s, &excluded, d);
    d = name_relation(j, v, SL_EFFECT_UPDATE);
    note_effect(j, SL_EFFECT_UPDATE);
    set_columns(j, s, d, c->targetList);
    expr_walk(j, s, c->whereClause, NULL);
}

void write_insert(struct judge *j, struct scope *up, struct cte *ctes, const InsertStmt *n,
                  struct outputs *out)
{
    struct scope s = {.up = up, .ctes = query_with(j, up, ctes, n->withClause)};
    struct outputs from = {0};

    note_effect(j, SL_EFFECT_INSERT);
    struct dataset *d = name_relation(j, n->relation, SL_EFFECT_INSERT);
    insert_columns(j, &s, d, n->cols);
    query_walk(j, up, s.ctes, n->selectStmt, &from);
    check_literals(j, d);
    insert_flows(j, d, n->cols, &from);
    if (n->relation != NULL)
        target_source(j, &s, n->relation, d);
    on_conflict(j, &s, n->relation, d, n->onConflictClause);
    returning(j, &s, n->returningList, out);
}

void write_update(struct judge *j, struct scope *up, struct cte *ctes, const UpdateStmt *n,
                  struct outputs *out)
{
    struct scope s = {.up = up, .ctes = query_with(j, up, ctes, n->withClause)};

    note_effect(j, SL_EFFECT_UPDATE);
    struct dataset *d = name_relation(j, n->relation, SL_EFFECT_UPDATE);
    if (n->relation != NULL)
        target_source(j, &s, n->relation, d);
    from_list(j, &s, n->fromClause);
    set_columns(j, &s, d, n->targetList);
    check_literals(j, d);
    expr_walk(j, &s, n->whereClause, NULL);
    returning(j, &s, n->returningList, out);
}

void write_delete(struct judge *j, struct scope *up, struct cte *ctes, const DeleteStmt *n,
                  struct outputs *out)
{
    struct scope s = {.up = up, .ctes = query_with(j, up, ctes, n->withClause)};

    note_effect(j, SL_EFFECT_DELETE);
    struct dataset *d = name_relation(j, n->relation, SL_EFFECT_DELETE);
    note_all_columns(j, d, SL_EFFECT_DELETE);
    if (n->relation != NULL)
        target_source(j, &s, n->relation, d);
    from_list(j, &s, n->usingClause);
    expr_walk(j, &s, n->whereClause, NULL);
    returning(j, &s, n->returningList, out);
}

static void merge_insert(struct judge *j, struct scope *s, struct dataset *d,
                         const MergeWhenClause *w)
{
    size_t i = 0;
    const ListCell *cell;

    insert_columns(j, s, d, w->targetList);
    foreach (cell, w->values) {
        struct origin *from = NULL;
        expr_walk(j, s, lfirst(cell), &from);
        if (d != NULL)
            note_flow(j, from, d->name, target_column(j, d, w->targetList, i));
        i++;
    }
}

static void merge_when(struct judge *j, struct scope *s, const RangeVar *v,
                       const MergeWhenClause *w)
{
    struct dataset *d;

    if (w == NULL)
        return;
    expr_walk(j, s, w->condition, NULL);
    switch (w->commandType) {
    case CMD_INSERT:
        d = name_relation(j, v, SL_EFFECT_INSERT);
        merge_insert(j, s, d, w);
        return;
    case CMD_UPDATE:
        d = name_relation(j, v, SL_EFFECT_UPDATE);
        set_columns(j, s, d, w->targetList);
        return;
    case CMD_DELETE:
        d = name_relation(j, v, SL_EFFECT_DELETE);
        note_all_columns(j, d, SL_EFFECT_DELETE);
        return;
    case CMD_NOTHING:
        return;
    default:
        note_opaque(j, "a MERGE with an action of an unknown kind", NULL);
    }
}

void write_merge(struct judge *j, struct scope *up, struct cte *ctes, const MergeStmt *n)
{
    struct scope s = {.up = up, .ctes = query_with(j, up, ctes, n->withClause)};
    union ListCell one = {.ptr_value = n->sourceRelation};
    List source = {.type = T_List, .length = 1, .max_length = 1, .elements = &one};
    const ListCell *cell;

    j->shareable = false;
    note_effect(j, SL_EFFECT_READ);
    struct dataset *d = name_relation(j, n->relation, SL_EFFECT_READ);
    if (n->relation != NULL)
        target_source(j, &s, n->relation, d);
    from_list(j, &s, &source);
    expr_walk(j, &s, n->joinCondition, NULL);
    foreach (cell, n->mergeWhenClauses)
        merge_when(j, &s, n->relation, NODE(j, MergeWhenClause, cell));
}

/* --- new tables ----------------------------------------------------------------------------- */

void write_into(struct judge *j, const IntoClause *into, const struct outputs *from)
{
    uint32_t effects = SL_EFFECT_DDL | (into->skipData ? 0 : SL_EFFECT_INSERT);
    struct dataset *d = name_object(j, into->rel, effects, true);

    j->shareable = false;
    if (d == NULL)
        return;
    for (size_t i = 0; i < from->count; i++) {
        const char *name = i < (size_t)list_length(into->colNames)
                               ? name_text(list_nth(into->colNames, (int)i))
                               : from->items[i].name;
        if (name != NULL)
            note_column(j, d, sl_span_str(name), effects);
        note_flow(j, from->items[i].origins, d->name, name);
    }
    if (from->open)
        d->all_effects |= effects;
}

/* --- COPY ----------------------------------------------------------------------------------- */

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
