#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* SELECT in all its forms, and WITH. */

/* --- WITH ----------------------------------------------------------------------------------- */

static void rename_outputs(struct judge *j, struct outputs *o, const List *names)
{
    for (int i = 0; i < list_length(names); i++) {
        if ((size_t)i < o->count) {
            o->items[i].name = name_text(list_nth(names, i));
        } else if (o->open) {
            struct output *item = output_add(j, o, name_text(list_nth(names, i)));
            if (item != NULL)
                origin_join(j, &item->origins, o->rest);
        }
    }
}

/* A recursive query feeds on itself: each of its columns may come from all that flows in. */
static void blur(struct judge *j, struct outputs *o)
{
    struct origin *all = output_union(j, o);

    for (size_t i = 0; i < o->count; i++)
        o->items[i].origins = all;
    o->rest = all;
}

static bool is_recursive_union(const CommonTableExpr *c)
{
    const SelectStmt *s = (const SelectStmt *)c->ctequery;

    return s != NULL && IsA(s, SelectStmt) && s->op == SETOP_UNION && s->withClause == NULL &&
           s->lockingClause == NIL && s->intoClause == NULL;
}

static void merge_outputs(struct judge *j, struct outputs *left, const struct outputs *right);
static void walk_limit(struct judge *j, struct scope *s, const SelectStmt *n);

/* The first arm gives the names and the start; the second refers to it. */
static void walk_recursive_union(struct judge *j, struct scope *up, struct cte *self,
                                 struct cte *ctes, const CommonTableExpr *c, struct outputs *out)
{
    const SelectStmt *n = (const SelectStmt *)c->ctequery;
    struct outputs right = {0};
    struct scope s = {.up = up, .ctes = ctes};

    query_walk(j, up, ctes, n->larg, out);
    rename_outputs(j, out, c->aliascolnames);
    blur(j, out);
    self->outputs = out;
    query_walk(j, up, ctes, n->rarg, &right);
    merge_outputs(j, out, &right);
    expr_sort(j, &s, n->sortClause);
    walk_limit(j, &s, n);
}

static void walk_recursive(struct judge *j, struct scope *up, struct cte *self, struct cte *ctes,
                           const CommonTableExpr *c)
{
    struct outputs *out = NOTE_NEW(j, struct outputs);

    if (out == NULL || !depth_enter(j))
        return;
    if (is_recursive_union(c)) {
        walk_recursive_union(j, up, self, ctes, c, out);
    } else {
        query_walk(j, up, ctes, c->ctequery, out);
        rename_outputs(j, out, c->aliascolnames);
    }
    blur(j, out);
    self->outputs = out;
    depth_leave(j);
}

/* SEARCH and CYCLE add columns. */
static void added_columns(struct judge *j, const CommonTableExpr *c, struct outputs *o)
{
    if (c->search_clause != NULL)
        output_add(j, o, c->search_clause->search_seq_column);
    if (c->cycle_clause != NULL) {
        output_add(j, o, c->cycle_clause->cycle_mark_column);
        output_add(j, o, c->cycle_clause->cycle_path_column);
        expr_walk(j, NULL, c->cycle_clause->cycle_mark_value, NULL);
        expr_walk(j, NULL, c->cycle_clause->cycle_mark_default, NULL);
        if (c->cycle_clause->cycle_mark_value != NULL)
            name_operator_text(j, "<>");
    }
}

static void walk_cte(struct judge *j, struct scope *up, struct cte *self, struct cte *ctes,
                     bool recursive, const CommonTableExpr *c)
{
    if (recursive) {
        walk_recursive(j, up, self, ctes, c);
    } else {
        struct outputs *out = NOTE_NEW(j, struct outputs);
        if (out == NULL)
            return;
        query_walk(j, up, ctes, c->ctequery, out);
        rename_outputs(j, out, c->aliascolnames);
        self->outputs = out;
    }
    if (self->outputs != NULL)
        added_columns(j, c, self->outputs);
}

static struct cte *push(struct judge *j, struct cte *ctes, const char *name)
{
    struct cte *c = NOTE_NEW(j, struct cte);

    if (c == NULL)
        return ctes;
    *c = (struct cte){.next = ctes, .name = name};
    return c;
}

/* Without RECURSIVE each query sees those before it; with RECURSIVE all see all. */
struct cte *query_with(struct judge *j, struct scope *up, struct cte *ctes, const WithClause *with)
{
    const ListCell *cell;
    struct cte *all = ctes;

    if (with == NULL)
        return ctes;
    if (with->recursive)
        foreach (cell, with->ctes)
            if (IsA(lfirst(cell), CommonTableExpr))
                all = push(j, all, ((const CommonTableExpr *)lfirst(cell))->ctename);
    foreach (cell, with->ctes) {
        const CommonTableExpr *c = NODE(j, CommonTableExpr, cell);
        if (c == NULL)
            continue;
        if (j->out_of_memory)
            break;
        struct cte *self = all;
        if (with->recursive)
            while (self != ctes && strcmp(self->name, c->ctename) != 0)
                self = self->next;
        struct cte alone = {.name = c->ctename};
        walk_cte(j, up, with->recursive ? self : &alone, all, with->recursive, c);
        if (!with->recursive) {
            all = push(j, all, c->ctename);
            if (all != NULL)
                all->outputs = alone.outputs;
        }
    }
    return all;
}

/* --- targets -------------------------------------------------------------------------------- */

/* The name that the server gives to an unnamed output, as far as anything can refer to it. */
static const char *implied_name(const Node *n)
{
    if (n == NULL)
        return NULL;
    switch (nodeTag(n)) {
    case T_ColumnRef:
        return name_text(llast(((const ColumnRef *)n)->fields));
    case T_FuncCall:
        return name_text(llast(((const FuncCall *)n)->funcname));
    case T_TypeCast: {
        const char *inner = implied_name(((const TypeCast *)n)->arg);
        const TypeName *t = ((const TypeCast *)n)->typeName;
        return inner != NULL || t == NULL || t->names == NIL ? inner : name_text(llast(t->names));
    }
    case T_CollateClause:
        return implied_name(((const CollateClause *)n)->arg);
    case T_A_Indirection: {
        const A_Indirection *i = (const A_Indirection *)n;
        const char *last = name_text(llast(i->indirection));
        return last != NULL ? last : implied_name(i->arg);
    }
    case T_CaseExpr: {
        const char *last = implied_name((const Node *)((const CaseExpr *)n)->defresult);
        return last != NULL ? last : "case";
    }
    case T_CoalesceExpr:
        return "coalesce";
    case T_A_ArrayExpr:
        return "array";
    case T_RowExpr:
        return "row";
    case T_SubLink: {
        const SubLink *l = (const SubLink *)n;
        const SelectStmt *s = (const SelectStmt *)l->subselect;
        if (l->subLinkType == EXISTS_SUBLINK)
            return "exists";
        if (l->subLinkType == ARRAY_SUBLINK)
            return "array";
        if (l->subLinkType == EXPR_SUBLINK && s != NULL && IsA(s, SelectStmt) &&
            s->targetList != NIL) {
            const ResTarget *t = linitial(s->targetList);
            return t->name != NULL ? t->name : implied_name(t->val);
        }
        return NULL;
    }
    default:
        return NULL;
    }
}

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

/* (expression).*: as many columns as it has. */
static void unfolded_target(struct judge *j, struct scope *s, const Node *n, struct outputs *out)
{
    expr_walk(j, s, n, &out->rest);
    out->open = true;
}

void query_targets(struct judge *j, struct scope *s, const List *targets, struct outputs *out)
{
    const ListCell *cell;

    foreach (cell, targets) {
        const ResTarget *t = NODE(j, ResTarget, cell);
        if (t == NULL)
            continue;
        if (is_star(t->val)) {
            star_target(j, s, (const ColumnRef *)t->val, out);
        } else if (t->val != NULL && IsA(t->val, A_Indirection) &&
                   IsA(llast(((const A_Indirection *)t->val)->indirection), A_Star)) {
            unfolded_target(j, s, t->val, out);
        } else {
            struct origin *from = NULL;
            expr_walk(j, s, t->val, &from);
            struct output *o = output_add(j, out, t->name != NULL ? t->name : implied_name(t->val));
            if (o != NULL)
                o->origins = from;
        }
    }
}

/* --- SELECT --------------------------------------------------------------------------------- */

static void lock_source(struct judge *j, const struct source *at)
{
    if (at->dataset != NULL)
        note_dataset(j, at->dataset, SL_EFFECT_UPDATE);
    else if (at->outputs != NULL) /* the lock goes through to what the subquery reads */
        for (const struct origin *o = output_union(j, at->outputs); o != NULL; o = o->next)
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

    foreach (row, rows) {
        size_t at = 0;
        foreach (cell, (const List *)lfirst(row)) {
            struct origin *from = NULL;
            expr_approve(j, lfirst(cell));
            expr_walk(j, s, lfirst(cell), &from);
            if (at == out->count)
                output_add(j, out, NULL);
            if (at < out->count)
                origin_join(j, &out->items[at].origins, from);
            at++;
        }
    }
    static const char *const names[] = {"column1", "column2", "column3", "column4", "column5",
                                        "column6", "column7", "column8", "column9"};
    for (size_t i = 0; i < out->count && i < SL_COUNT(names); i++)
        out->items[i].name = names[i];
    if (out->count > SL_COUNT(names)) {
        out->rest = output_union(j, out); /* column10 and on have names that nobody uses */
        out->open = true;
    }
}

static void walk_windows(struct judge *j, struct scope *s, const List *windows)
{
    const ListCell *cell;

    foreach (cell, windows)
        expr_window(j, s, NODE(j, WindowDef, cell));
}

static void walk_limit(struct judge *j, struct scope *s, const SelectStmt *n)
{
    expr_approve(j, n->limitOffset);
    expr_approve(j, n->limitCount);
    expr_walk(j, s, n->limitOffset, NULL);
    expr_walk(j, s, n->limitCount, NULL);
}

/* DISTINCT without ON is a list of one NULL. */
static void walk_distinct(struct judge *j, struct scope *s, const List *list)
{
    const ListCell *cell;

    foreach (cell, list)
        expr_walk(j, s, lfirst(cell), NULL);
}

static void walk_leaf(struct judge *j, struct scope *s, const SelectStmt *n, struct outputs *out)
{
    from_list(j, s, n->fromClause);
    if (n->valuesLists != NIL)
        walk_values(j, s, n->valuesLists, out);
    else
        query_targets(j, s, n->targetList, out);
    walk_distinct(j, s, n->distinctClause);
    expr_walk(j, s, n->whereClause, NULL);
    expr_list(j, s, n->groupClause, NULL);
    expr_walk(j, s, n->havingClause, NULL);
    walk_windows(j, s, n->windowClause);
}

/* UNION and the like: column by column. */
static void merge_outputs(struct judge *j, struct outputs *left, const struct outputs *right)
{
    if (left->open || right->open || left->count != right->count) {
        struct origin *all = output_union(j, left);
        origin_join(j, &all, output_union(j, right));
        for (size_t i = 0; i < left->count; i++)
            left->items[i].origins = all;
        left->rest = all;
        left->open = true;
        return;
    }
    for (size_t i = 0; i < left->count; i++)
        origin_join(j, &left->items[i].origins, right->items[i].origins);
}

static void walk_set(struct judge *j, struct scope *s, const SelectStmt *n, struct outputs *out)
{
    struct outputs right = {0};

    query_walk(j, s->up, s->ctes, n->larg, out);
    query_walk(j, s->up, s->ctes, n->rarg, &right);
    merge_outputs(j, out, &right);
}

static void walk_select(struct judge *j, struct scope *up, struct cte *ctes, const SelectStmt *n,
                        struct outputs *out)
{
    struct scope s = {.up = up, .ctes = query_with(j, up, ctes, n->withClause)};

    if (n->valuesLists == NIL) /* VALUES of an INSERT reads nothing */
        note_effect(j, SL_EFFECT_READ);
    if (n->op == SETOP_NONE)
        walk_leaf(j, &s, n, out);
    else
        walk_set(j, &s, n, out);
    expr_sort(j, &s, n->sortClause);
    walk_limit(j, &s, n);
    walk_locks(j, &s, n->lockingClause);
    if (n->intoClause != NULL)
        write_into(j, n->intoClause, out);
}

static void walk_known(struct judge *j, struct scope *up, struct cte *ctes, const Node *n,
                       struct outputs *out)
{
    switch (nodeTag(n)) {
    case T_SelectStmt:
        walk_select(j, up, ctes, (const SelectStmt *)n, out);
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
