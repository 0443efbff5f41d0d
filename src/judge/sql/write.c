#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* INSERT, UPDATE, DELETE, MERGE, SELECT INTO: which columns are written and what flows into
 * them. */

static void returning(struct judge *j, struct scope *s, const List *list, struct outputs *out)
{
    if (list == NIL)
        return;
    note_effect(j, SL_EFFECT_READ);
    out->later = false; /* a writing query runs in any case */
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

/* column[1], column.field: a part of the column is written. A subscript is kept, too: as a key, or
 * in how long the array is. */
static void target_parts(struct judge *j, struct scope *s, const List *parts, struct origin **flow)
{
    const ListCell *cell;

    foreach (cell, parts) {
        const Node *n = lfirst(cell);
        if (IsA(n, A_Indices)) {
            expr_walk(j, s, ((const A_Indices *)n)->lidx, flow);
            expr_walk(j, s, ((const A_Indices *)n)->uidx, flow);
        } else if (!IsA(n, String)) {
            note_opaque(j, "a part of a column of an unknown kind is written", NULL);
        }
    }
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
        struct origin *from = NULL;
        note_column(j, d, sl_span_str(t->name), SL_EFFECT_INSERT);
        target_parts(j, s, t->indirection, &from);
        note_flow_into(j, from, d, t->name, SL_EFFECT_INSERT);
    }
}

/* By position; from a star of unknown columns on, into any of the columns. */
static void insert_flows(struct judge *j, struct dataset *d, const List *cols,
                         const struct outputs *from)
{
    bool in_order = !from->open;

    for (size_t i = 0; d != NULL && i < from->count; i++) {
        const char *column = target_column(j, d, cols, i);
        in_order = in_order && !from->items[i].star;
        note_flow_into(j, from->items[i].origins, d, in_order && column != NULL ? column : "*",
                       SL_EFFECT_INSERT);
    }
    note_flow_into(j, from->rest, d, "*", SL_EFFECT_INSERT);
    if (d != NULL)
        note_indirect(j, from->decides, d->name);
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

/* SET (a, b) = (x, y) and SET (a, b) = (SELECT x, y ...): each target has its own source. */
struct assigned {
    struct outputs row;
    bool apart; /* `row` is known column by column */
};

static void assign_source(struct judge *j, struct scope *s, const Node *source,
                          struct assigned *row)
{
    const SubLink *l = (const SubLink *)source;
    const ListCell *cell;

    *row = (struct assigned){0};
    if (source != NULL && IsA(source, RowExpr)) {
        row->apart = true;
        foreach (cell, ((const RowExpr *)source)->args) {
            struct output *o = output_add(j, &row->row, NULL);
            struct origin *from = NULL;
            expr_approve(j, lfirst(cell));
            expr_walk(j, s, lfirst(cell), &from);
            if (o != NULL)
                o->origins = from;
        }
    } else if (source != NULL && IsA(source, SubLink) && l->subLinkType == EXPR_SUBLINK) {
        query_walk(j, s, s->ctes, l->subselect, &row->row);
        origin_join(j, j->decides, row->row.decides);
        row->apart = !row->row.open;
    } else {
        expr_walk(j, s, source, &row->row.rest);
    }
}

static struct origin *assigned_to(struct judge *j, const struct assigned *row, int column)
{
    if (row->apart && column >= 1 && (size_t)column <= row->row.count)
        return row->row.items[column - 1].origins;
    return output_union(j, &row->row);
}

/* SET of UPDATE, ON CONFLICT and MERGE. */
static void set_columns(struct judge *j, struct scope *s, struct dataset *d, const List *targets)
{
    const ListCell *cell;
    struct assigned row = {0};

    foreach (cell, targets) {
        const ResTarget *t = NODE(j, ResTarget, cell);
        if (t == NULL)
            continue;
        const MultiAssignRef *m = (const MultiAssignRef *)t->val;
        struct origin *from = NULL;
        note_column(j, d, sl_span_str(t->name), SL_EFFECT_UPDATE);
        if (m != NULL && IsA(m, MultiAssignRef)) {
            if (m->colno == 1)
                assign_source(j, s, m->source, &row);
            from = assigned_to(j, &row, m->colno);
        } else {
            expr_approve(j, t->val);
            expr_walk(j, s, t->val, &from);
        }
        target_parts(j, s, t->indirection, &from);
        note_flow_into(j, from, d, t->name, SL_EFFECT_UPDATE);
    }
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

static void excluded_parts(struct judge *j, struct scope *s, const List *cols, size_t i,
                           struct origin **flow)
{
    const ResTarget *t = i < (size_t)list_length(cols) ? list_nth(cols, (int)i) : NULL;

    if (t != NULL)
        target_parts(j, s, t->indirection, flow);
}

/* Which value goes where is not known. */
static void excluded_mixed(struct judge *j, struct scope *s, struct outputs *row, const List *cols,
                           const struct outputs *from)
{
    struct origin *all = output_union(j, from);

    for (size_t i = 0; i < (size_t)list_length(cols); i++)
        excluded_parts(j, s, cols, i, &all);
    for (size_t i = 0; i < row->count; i++)
        row->items[i].origins = all;
}

/* `excluded` is the row that was to be inserted: its columns are what flows into them, also part by
 * part. */
static struct outputs *excluded_row(struct judge *j, struct scope *s, struct dataset *d,
                                    const List *cols, const struct outputs *from)
{
    struct outputs *row = NOTE_NEW(j, struct outputs);

    if (row == NULL)
        return NULL;
    if (d == NULL || !d->listed) {
        row->open = true;
        row->rest = output_union(j, from);
    }
    for (uint32_t i = 0; d != NULL && d->listed && i < d->relation.column_count; i++)
        output_add(j, row,
                   sl_arena_text(j->mem, sl_catalog_column(j->ctx->catalog, &d->relation, i).name));
    for (size_t i = 0; i < from->count && !from->open; i++) {
        const char *column = target_column(j, d, cols, i);
        size_t at = 0;
        while (column != NULL && at < row->count && row->items[at].name != NULL &&
               strcmp(row->items[at].name, column) != 0)
            at++;
        if (column == NULL)
            continue;
        struct output *o = at < row->count ? &row->items[at] : output_add(j, row, column);
        if (o != NULL) {
            origin_join(j, &o->origins, from->items[i].origins);
            excluded_parts(j, s, cols, i, &o->origins);
        }
    }
    if (from->open)
        excluded_mixed(j, s, row, cols, from);
    return row;
}

static void on_conflict(struct judge *j, struct scope *s, const InsertStmt *n, struct dataset *d,
                        const struct outputs *from)
{
    const OnConflictClause *c = n->onConflictClause;

    if (c == NULL)
        return;
    infer(j, s, c->infer);
    if (c->action != ONCONFLICT_UPDATE)
        return;
    struct scope both = *s; /* RETURNING does not see `excluded` */
    struct source target = {0};
    if (s->sources != NULL)
        target = *s->sources;
    target.next = NULL;
    both.sources = &target;
    both.last = &target.next;
    from_outputs(j, &both, "excluded", excluded_row(j, s, d, n->cols, from));
    d = name_relation(j, n->relation, SL_EFFECT_UPDATE);
    note_effect(j, SL_EFFECT_UPDATE);
    set_columns(j, &both, d, c->targetList);
    expr_walk(j, &both, c->whereClause, NULL);
}

static struct dataset *insert(struct judge *j, struct scope *s, const InsertStmt *n,
                              struct outputs *out)
{
    struct outputs from = {0};

    note_effect(j, SL_EFFECT_INSERT);
    struct dataset *d = name_relation(j, n->relation, SL_EFFECT_INSERT);
    insert_columns(j, s, d, n->cols);
    query_walk(j, s->up, s->ctes, n->selectStmt, &from);
    check_literals(j, d);
    insert_flows(j, d, n->cols, &from);
    out->tells = from.tells;
    if (n->relation != NULL && (n->onConflictClause != NULL || n->returningList != NIL))
        from_table(j, s, n->relation, d);
    on_conflict(j, s, n, d, &from);
    returning(j, s, n->returningList, out);
    return d;
}

/* A writing query has its own list of what decides about its rows, and they are its target's. */
struct writing {
    struct origin **pending, **decides;
    struct origin *own;
    struct dataset *target;
};

static void writing_begin(struct judge *j, struct writing *w)
{
    *w = (struct writing){.pending = j->pending, .decides = j->decides};
    j->pending = NULL;
    j->decides = &w->own;
}

static void writing_end(struct judge *j, struct writing *w)
{
    j->pending = w->pending;
    j->decides = w->decides;
    if (w->target != NULL)
        note_indirect(j, w->own, w->target->name);
}

void write_insert(struct judge *j, struct scope *up, struct cte *ctes, const InsertStmt *n,
                  struct outputs *out)
{
    struct scope s = {.up = up, .ctes = query_with(j, up, ctes, n->withClause)};
    struct writing w;

    writing_begin(j, &w);
    w.target = insert(j, &s, n, out);
    writing_end(j, &w);
}

void write_update(struct judge *j, struct scope *up, struct cte *ctes, const UpdateStmt *n,
                  struct outputs *out)
{
    struct scope s = {.up = up, .ctes = query_with(j, up, ctes, n->withClause)};
    struct writing w;

    writing_begin(j, &w);
    note_effect(j, SL_EFFECT_UPDATE);
    struct dataset *d = w.target = name_relation(j, n->relation, SL_EFFECT_UPDATE);
    if (n->relation != NULL)
        from_table(j, &s, n->relation, d);
    from_list(j, &s, n->fromClause);
    const bool early = j->makes;
    if (early)
        picked_condition(j, &s, n->whereClause);
    set_columns(j, &s, d, n->targetList);
    check_literals(j, d);
    if (!early)
        picked_condition(j, &s, n->whereClause);
    out->tells = s.tells;
    returning(j, &s, n->returningList, out);
    writing_end(j, &w);
}

void write_delete(struct judge *j, struct scope *up, struct cte *ctes, const DeleteStmt *n,
                  struct outputs *out)
{
    struct scope s = {.up = up, .ctes = query_with(j, up, ctes, n->withClause)};
    struct writing w;

    writing_begin(j, &w);
    note_effect(j, SL_EFFECT_DELETE);
    struct dataset *d = w.target = name_relation(j, n->relation, SL_EFFECT_DELETE);
    note_all_columns(j, d, SL_EFFECT_DELETE);
    if (n->relation != NULL)
        from_table(j, &s, n->relation, d);
    from_list(j, &s, n->usingClause);
    picked_condition(j, &s, n->whereClause);
    out->tells = s.tells;
    returning(j, &s, n->returningList, out);
    writing_end(j, &w);
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
        note_flow_into(j, from, d, target_column(j, d, w->targetList, i), SL_EFFECT_INSERT);
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
    struct writing w;

    j->shareable = false;
    writing_begin(j, &w);
    note_effect(j, SL_EFFECT_READ);
    struct dataset *d = w.target = name_relation(j, n->relation, 0);
    if (n->relation != NULL)
        from_table(j, &s, n->relation, d);
    from_list(j, &s, &source);
    picked_condition(j, &s, n->joinCondition);
    foreach (cell, n->mergeWhenClauses)
        merge_when(j, &s, n->relation, NODE(j, MergeWhenClause, cell));
    writing_end(j, &w);
}

/* --- new tables ----------------------------------------------------------------------------- */

/* Given names go by position: where that is not known, any of them. */
static const char *into_name(const IntoClause *into, const struct outputs *from, size_t i,
                             bool in_order)
{
    if (i >= (size_t)list_length(into->colNames))
        return in_order || into->colNames == NIL ? from->items[i].name : "*";
    return in_order ? name_text(list_nth(into->colNames, (int)i)) : "*";
}

void write_into(struct judge *j, const IntoClause *into, const struct outputs *from)
{
    uint32_t effects = SL_EFFECT_DDL | (into->skipData ? 0 : SL_EFFECT_INSERT);
    struct dataset *d = name_object(j, into->rel, effects, true);

    j->shareable = false;
    if (d == NULL)
        return;
    bool in_order = !from->open;
    for (size_t i = 0; i < from->count; i++) {
        in_order = in_order && !from->items[i].star;
        const char *name = into_name(into, from, i, in_order);
        if (name != NULL && !from->items[i].star && strcmp(name, "*") != 0)
            note_column(j, d, sl_span_str(name), effects);
        note_flow(j, from->items[i].origins, d->name, name);
    }
    note_flow(j, from->rest, d->name, "*");
    note_indirect(j, from->decides, d->name);
    if (from->open)
        d->all_effects |= effects;
}
