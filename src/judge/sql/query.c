#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* SELECT in all its forms. */

/* --- targets -------------------------------------------------------------------------------- */

static bool is_star(const Node *n)
{
    return n != NULL && IsA(n, ColumnRef) && IsA(llast(((const ColumnRef *)n)->fields), A_Star);
}

static void star_target(struct judge *j, struct scope *s, const ColumnRef *ref, struct outputs *out)
{
    if (list_length(ref->fields) == 1)
        column_star(j, s, out);
    else
        column_star_of(j, s, ref, out);
}

/* Rows that it makes, and what it does, are there whether or not anybody looks at it; and where the
 * server makes all outputs, one that fails tells of its values. */
void query_settle(struct judge *j, const struct outputs *out, struct output *o, bool lively)
{
    if (lively)
        origin_join(j, j->decides, o->origins);
    if (out->later && !lively && !(out->all_made && o->loud))
        return;
    note_reads(j, o->reads);
    o->reads = NULL;
    o->loud = false;
}

/* (expression).* and the like: how many there are, and at which places, is not known either. */
static void unnamed_target(struct judge *j, const struct output *one, struct outputs *out)
{
    out->open = true;
    origin_join(j, &out->rest, one->origins);
    origin_join(j, &out->rest_reads, one->reads);
}

/* One value of a row. What is loud or lively in it is so for the expression around the query. */
static struct output made(struct judge *j, struct scope *s, const Node *value,
                          const struct outputs *out)
{
    const bool loud = j->loud, lively = j->lively;
    struct output one = {0};

    j->loud = j->lively = false;
    j->pending = out->later ? &one.reads : NULL;
    expr_walk(j, s, value, &one.origins);
    j->pending = NULL;
    one.loud = j->loud;
    query_settle(j, out, &one, j->lively);
    j->loud = j->loud || loud;
    j->lively = j->lively || lively;
    return one;
}

static void plain_target(struct judge *j, struct scope *s, const ResTarget *t, struct outputs *out)
{
    struct output one = made(j, s, t->val, out);

    one.name = t->name != NULL ? t->name : figure_name(t->val);
    if (one.name == NULL) { /* any name may be its own */
        unnamed_target(j, &one, out);
        return;
    }
    struct output *o = output_add(j, out, one.name);
    if (o != NULL)
        *o = one;
}

/* (c).* of a source is its columns; (expression).* is as many columns as it has. */
static void unfolded_target(struct judge *j, struct scope *s, const A_Indirection *n,
                            struct outputs *out)
{
    if (list_length(n->indirection) == 1 && column_star_of_row(j, s, n->arg, out))
        return;
    const struct output all = made(j, s, (const Node *)n, out);

    unnamed_target(j, &all, out);
}

void query_targets(struct judge *j, struct scope *s, const List *targets, struct outputs *out)
{
    struct origin **pending = j->pending;
    const ListCell *cell;

    foreach (cell, targets) {
        const ResTarget *t = NODE(j, ResTarget, cell);
        if (t == NULL)
            continue;
        j->pending = NULL;
        if (is_star(t->val))
            star_target(j, s, (const ColumnRef *)t->val, out);
        else if (t->val != NULL && IsA(t->val, A_Indirection) &&
                 IsA(llast(((const A_Indirection *)t->val)->indirection), A_Star))
            unfolded_target(j, s, (const A_Indirection *)t->val, out);
        else
            plain_target(j, s, t, out);
    }
    j->pending = pending;
}

/* --- SELECT --------------------------------------------------------------------------------- */

/* The lock of a subquery or a view goes through to what is read there; a WITH query has none. */
static void lock_source(struct judge *j, const struct source *at)
{
    if (at->dataset != NULL)
        note_dataset(j, at->dataset, SL_EFFECT_UPDATE);
    for (const struct origin *o = at->outputs == NULL || at->of_cte ? NULL : at->outputs->tables;
         o != NULL; o = o->next)
        note_dataset(j, o->dataset, SL_EFFECT_UPDATE);
}

/* Locks keep others from writing: an update, though no value changes. */
static void walk_locks(struct judge *j, const struct scope *s, const List *locks)
{
    const ListCell *cell, *name;

    foreach (cell, locks) {
        const LockingClause *l = NODE(j, LockingClause, cell);
        if (l == NULL)
            continue;
        note_effect(j, SL_EFFECT_UPDATE);
        for (const struct source *at = s->sources; at != NULL; at = at->next) {
            bool named = l->lockedRels == NIL;
            foreach (name, l->lockedRels) {
                const RangeVar *v = NODE(j, RangeVar, name);
                if (v == NULL)
                    continue;
                named = named || (at->alias != NULL && strcmp(at->alias, v->relname) == 0);
            }
            if (named)
                lock_source(j, at);
        }
    }
}

static void walk_values(struct judge *j, struct scope *s, const List *rows, struct outputs *out)
{
    const ListCell *row, *cell;

    out->all_made = true;
    foreach (row, rows) {
        size_t at = 0;
        foreach (cell, (const List *)lfirst(row)) {
            expr_approve(j, lfirst(cell));
            const struct output one = made(j, s, lfirst(cell), out);
            if (at == out->count)
                output_add(j, out, NULL);
            if (at < out->count) {
                origin_carry(j, &out->items[at].origins, one.origins, false);
                origin_join(j, &out->items[at].reads, one.reads);
            }
            at++;
        }
    }
    for (size_t i = 0; i < out->count; i++) {
        SL_BUF(name, 30);
        sl_buf_say(&name, "column%u", (unsigned)i + 1);
        out->items[i].name = sl_arena_text(j->mem, sl_buf_span(&name));
    }
}

static void walk_windows(struct judge *j, struct scope *s, const List *windows)
{
    const ListCell *cell;

    foreach (cell, windows)
        expr_window(j, s, NODE(j, WindowDef, cell));
}

/* ORDER BY 1, GROUP BY 1 and the names of outputs. False: it is none of them. */
static bool use_output(struct judge *j, struct scope *s, const Node *n, const struct outputs *out,
                       bool inputs_first)
{
    const A_Const *c = (const A_Const *)n;
    const ColumnRef *ref = (const ColumnRef *)n;
    bool found = false;

    if (n != NULL && IsA(n, A_Const) && !c->isnull && c->val.node.type == T_Integer) {
        size_t at = (size_t)c->val.ival.ival - 1;
        j->literals++; /* another number is another output */
        if (at < out->count && !out->open)
            output_use(j, &out->items[at], j->decides);
        else
            outputs_use(j, out, j->decides);
        return true;
    }
    const char *name = n != NULL && IsA(n, ColumnRef) && list_length(ref->fields) == 1
                           ? name_text(linitial(ref->fields))
                           : NULL;
    const enum found input = name == NULL || !inputs_first ? NO : column_is_input(j, s, name);
    if (name == NULL || input == YES)
        return false;
    for (size_t i = 0; i < out->count; i++)
        if (!out->items[i].star && out->items[i].name != NULL &&
            strcmp(out->items[i].name, name) == 0) {
            output_use(j, &out->items[i], j->decides);
            found = input == NO; /* or else an input of this name may be meant as well */
        }
    return found;
}

static void walk_groups(struct judge *j, struct scope *s, const List *groups,
                        const struct outputs *out)
{
    const ListCell *cell;

    foreach (cell, groups) {
        const Node *n = lfirst(cell);
        if (n != NULL && IsA(n, GroupingSet) && depth_enter(j)) {
            walk_groups(j, s, ((const GroupingSet *)n)->content, out);
            depth_leave(j);
        } else if (!use_output(j, s, n, out, true)) {
            expr_walk(j, s, n, NULL);
        }
    }
}

/* It may be the name, or the number, of an output. */
static bool is_name(const Node *n)
{
    return n == NULL || IsA(n, ColumnRef) || IsA(n, A_Const);
}

static void order_early(struct judge *j, struct scope *s, const List *order)
{
    const ListCell *cell;

    foreach (cell, order) {
        const SortBy *by = NODE(j, SortBy, cell);
        if (by != NULL && !is_name(by->node))
            picked_condition(j, s, by->node);
    }
}

/* `early`: but for names it was done. */
static void walk_order(struct judge *j, struct scope *s, const List *order,
                       const struct outputs *out, bool early)
{
    const ListCell *cell;

    foreach (cell, order) {
        const SortBy *by = NODE(j, SortBy, cell);
        if (by == NULL)
            continue;
        if (by->useOp != NIL)
            name_operator(j, by->useOp);
        if (!use_output(j, s, by->node, out, false) && !(early && !is_name(by->node)))
            expr_walk(j, s, by->node, NULL);
    }
}

/* DISTINCT ON may name outputs, too. Without ON it is a list of one NULL, and all of them decide
 * which rows are alike. */
static void walk_distinct(struct judge *j, struct scope *s, const List *list,
                          const struct outputs *out)
{
    const ListCell *cell;

    foreach (cell, list)
        if (lfirst(cell) == NULL)
            outputs_use(j, out, j->decides);
        else if (!use_output(j, s, lfirst(cell), out, false))
            expr_walk(j, s, lfirst(cell), NULL);
}

static void walk_targets(struct judge *j, struct scope *s, const SelectStmt *n, struct outputs *out)
{
    const SelectStmt *around = j->select;

    j->select = n;
    query_targets(j, s, n->targetList, out);
    j->select = around;
}

static void conditions(struct judge *j, struct scope *s, const SelectStmt *n)
{
    picked_condition(j, s, n->whereClause);
    picked_condition(j, s, n->havingClause);
    walk_windows(j, s, n->windowClause);
}

/* Where a few of many rows are kept, what they are sorted by picks them. */
static bool is_picked_by_order(const SelectStmt *n)
{
    return n->limitCount != NULL || n->limitOffset != NULL ||
           (n->distinctClause != NIL && linitial(n->distinctClause) != NULL);
}

/* What values were compared with is known before they are used, where some come from nowhere. True:
 * what they are sorted by was walked, too. */
static bool walk_leaf(struct judge *j, struct scope *s, const SelectStmt *n, struct outputs *out)
{
    from_list(j, s, n->fromClause);
    const bool early = j->makes;
    if (early)
        conditions(j, s, n);
    const bool sorted = early && is_picked_by_order(n);
    if (sorted)
        order_early(j, s, n->sortClause);
    if (n->valuesLists != NIL)
        walk_values(j, s, n->valuesLists, out);
    else
        walk_targets(j, s, n, out);
    out->tables = s->tables;
    walk_distinct(j, s, n->distinctClause, out);
    if (!early)
        conditions(j, s, n);
    walk_groups(j, s, n->groupClause, out);
    out->rows = picked_rows(j, s);
    out->ties = s->ties;
    out->tells = s->tells;
    if (s->gathers)
        call_exports(j, s->ties);
    return sorted;
}

static void walk_set(struct judge *j, struct scope *s, const SelectStmt *n, struct outputs *out)
{
    struct outputs right = {.later = out->later, .all_made = true};

    out->all_made = true; /* the arms of a UNION give all their columns */
    query_walk(j, s->up, s->ctes, n->larg, out);
    query_walk(j, s->up, s->ctes, n->rarg, &right);
    if (n->op == SETOP_EXCEPT) { /* what the right side gives comes out nowhere */
        struct origin *without = NULL;
        outputs_use(j, &right, &without);
        origin_join(j, &out->decides, without);
        origin_join(j, &out->decides, right.decides);
        picked_outputs(j, out, without);
    } else {
        query_merge(j, out, &right, false);
    }
    if (n->op != SETOP_UNION || !n->all) /* rows that are alike become one */
        outputs_use(j, out, j->decides);
}

/* May the reads of its outputs wait until they are used? Not where the rows themselves depend on
 * them. */
bool query_may_wait(const SelectStmt *n)
{
    return n->distinctClause == NIL && n->groupClause == NIL && n->havingClause == NULL &&
           n->sortClause == NIL && n->lockingClause == NIL && n->intoClause == NULL &&
           (n->op == SETOP_NONE || (n->op == SETOP_UNION && n->all));
}

const IntoClause *query_into(const void *select)
{
    const SelectStmt *n = select;

    while (n != NULL && IsA(n, SelectStmt) && n->op != SETOP_NONE)
        n = n->larg;
    return n != NULL && IsA(n, SelectStmt) ? n->intoClause : NULL;
}

static void walk_select(struct judge *j, struct scope *up, struct cte *ctes, const SelectStmt *n,
                        struct outputs *out)
{
    struct scope s = {.up = up, .ctes = query_with(j, up, ctes, n->withClause)};
    const IntoClause *into = query_into(n);

    out->later = out->later && query_may_wait(n);
    if (n->valuesLists == NIL) /* VALUES of an INSERT reads nothing */
        note_effect(j, SL_EFFECT_READ);
    bool early = false;
    if (n->op == SETOP_NONE)
        early = walk_leaf(j, &s, n, out);
    else
        walk_set(j, &s, n, out);
    walk_order(j, &s, n->sortClause, out, early);
    query_limit(j, &s, n, out);
    walk_locks(j, &s, n->lockingClause);
    origin_settle(j, &out->decides, *j->decides);
    if (into != NULL)
        write_into(j, into, out);
}

/* The columns that decide about its rows are kept apart from those of the query around it. */
static void walk_select_alone(struct judge *j, struct scope *up, struct cte *ctes,
                              const SelectStmt *n, struct outputs *out)
{
    struct origin **pending = j->pending, **decides = j->decides;
    struct origin *own = NULL;

    j->pending = NULL;
    j->decides = &own;
    walk_select(j, up, ctes, n, out);
    j->pending = pending;
    j->decides = decides;
}

static void walk_known(struct judge *j, struct scope *up, struct cte *ctes, const Node *n,
                       struct outputs *out)
{
    switch (nodeTag(n)) {
    case T_SelectStmt:
        walk_select_alone(j, up, ctes, (const SelectStmt *)n, out);
        return;
    case T_InsertStmt:
        write_insert(j, up, ctes, (const InsertStmt *)n, out);
        return;
    case T_UpdateStmt:
        write_update(j, up, ctes, (const UpdateStmt *)n, out);
        return;
    case T_DeleteStmt:
        write_delete(j, up, ctes, (const DeleteStmt *)n, out);
        return;
    case T_MergeStmt:
        write_merge(j, up, ctes, (const MergeStmt *)n);
        return;
    default:
        note_opaque(j, "a query of a kind that the judge does not know", NULL);
    }
}

void query_walk(struct judge *j, struct scope *up, struct cte *ctes, const void *node,
                struct outputs *out)
{
    if (node == NULL || !depth_enter(j))
        return;
    walk_known(j, up, ctes, node, out);
    depth_leave(j);
}
