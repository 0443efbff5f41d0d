#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* What stands in a FROM clause becomes sources of the scope. */

static struct source *add_source(struct judge *j, struct scope *s, const char *alias)
{
    struct source *at = NOTE_NEW(j, struct source);

    if (at == NULL)
        return NULL;
    at->alias = alias;
    if (s->last == NULL)
        s->last = &s->sources;
    *s->last = at;
    s->last = &at->next;
    return at;
}

/* t AS a (x, y): the first columns get other names. */
static struct outputs *renamed(struct judge *j, const struct outputs *from, const List *names)
{
    struct outputs *o = NOTE_NEW(j, struct outputs);
    size_t n = (size_t)list_length(names);

    if (o == NULL)
        return NULL;
    o->open = from->open;
    o->rest = from->rest;
    for (size_t i = 0; i < from->count || i < n; i++) {
        const char *name = i < n ? name_text(list_nth(names, (int)i)) : from->items[i].name;
        struct output *item = output_add(j, o, name);
        if (item != NULL)
            item->origins =
                from->open || i >= from->count ? output_union(j, from) : from->items[i].origins;
    }
    return o;
}

void from_table(struct judge *j, struct scope *s, const RangeVar *v, struct dataset *d)
{
    struct source *at = add_source(j, s, v->alias != NULL ? v->alias->aliasname : v->relname);

    if (at == NULL)
        return;
    at->dataset = d;
    if (v->alias == NULL)
        at->schema = v->schemaname;
    if (v->alias == NULL || v->alias->colnames == NIL || d == NULL)
        return;
    struct scope alone = {.sources = at};
    struct outputs all = {0};
    struct source *next = at->next;
    at->next = NULL;
    if (d->listed) { /* which of them are touched is seen when they are used: no star here */
        for (uint32_t i = 0; i < d->relation.column_count; i++) {
            struct sl_span name = sl_catalog_column(j->ctx->catalog, &d->relation, i).name;
            struct output *o = output_add(j, &all, sl_arena_text(j->mem, name));
            if (o != NULL)
                origin_add(j, &o->origins, d, name);
        }
        note_all_columns(j, d, SL_EFFECT_READ); /* renamed columns are rare: all of them count */
    } else {
        column_star(j, &alone, &all);
    }
    at->next = next;
    at->outputs = renamed(j, &all, v->alias->colnames);
}

static struct cte *find_cte(const struct scope *s, const RangeVar *v)
{
    struct cte *c = v->schemaname == NULL && v->catalogname == NULL ? s->ctes : NULL;

    while (c != NULL && strcmp(c->name, v->relname) != 0)
        c = c->next;
    return c;
}

static void from_cte(struct judge *j, struct scope *s, const RangeVar *v, const struct cte *c)
{
    struct source *at = add_source(j, s, v->alias != NULL ? v->alias->aliasname : v->relname);

    if (at == NULL)
        return;
    if (c->outputs == NULL) {
        note_opaque(j, "a recursive WITH refers forward to %s", c->name);
        at->outputs = NOTE_NEW(j, struct outputs);
        if (at->outputs != NULL)
            at->outputs->open = true;
        return;
    }
    at->outputs = c->outputs;
    if (v->alias != NULL && v->alias->colnames != NIL)
        at->outputs = renamed(j, c->outputs, v->alias->colnames);
}

static void from_range(struct judge *j, struct scope *s, const RangeVar *v)
{
    const struct cte *c = v->relname == NULL ? NULL : find_cte(s, v);

    if (c != NULL)
        from_cte(j, s, v, c);
    else
        from_table(j, s, v, name_relation(j, v, SL_EFFECT_READ));
}

/* A subquery sees the sources of this scope only when LATERAL; that it may see them always finds
 * more columns, never fewer. */
static void from_subselect(struct judge *j, struct scope *s, const RangeSubselect *r)
{
    struct outputs *out = NOTE_NEW(j, struct outputs);

    if (out == NULL)
        return;
    query_walk(j, r->lateral ? s : s->up, s->ctes, r->subquery, out);
    struct source *at = add_source(j, s, r->alias == NULL ? NULL : r->alias->aliasname);
    if (at != NULL)
        at->outputs = r->alias != NULL && r->alias->colnames != NIL
                          ? renamed(j, out, r->alias->colnames)
                          : out;
}

static void column_definitions(struct judge *j, struct outputs *out, const List *list,
                               struct origin *from)
{
    const ListCell *cell;

    foreach (cell, list) {
        const ColumnDef *c = NODE(j, ColumnDef, cell);
        if (c == NULL)
            continue;
        name_type(j, c->typeName);
        struct output *o = output_add(j, out, c->colname);
        if (o != NULL)
            o->origins = from;
    }
}

static void from_function(struct judge *j, struct scope *s, const RangeFunction *r)
{
    struct outputs *out = NOTE_NEW(j, struct outputs);
    struct origin *from = NULL;
    const ListCell *cell;
    const char *name = NULL;

    if (out == NULL)
        return;
    foreach (cell, r->functions) {
        const List *pair = lfirst(cell);
        const Node *call = linitial(pair);
        expr_walk(j, s, call, &from);
        if (call != NULL && IsA(call, FuncCall))
            name = name_text(llast(((const FuncCall *)call)->funcname));
        if (list_length(pair) > 1)
            column_definitions(j, out, lsecond(pair), from);
    }
    column_definitions(j, out, r->coldeflist, from);
    out->open = true; /* what a function gives is not listed: any name may be one of its columns */
    out->rest = from;
    struct source *at = add_source(j, s, r->alias != NULL ? r->alias->aliasname : name);
    if (at != NULL)
        at->outputs = r->alias != NULL ? renamed(j, out, r->alias->colnames) : out;
}

static void from_table_function(struct judge *j, struct scope *s, const RangeTableFunc *r)
{
    struct outputs *out = NOTE_NEW(j, struct outputs);
    struct origin *from = NULL;
    const ListCell *cell;

    if (out == NULL)
        return;
    expr_walk(j, s, r->docexpr, &from);
    expr_walk(j, s, r->rowexpr, &from);
    foreach (cell, r->namespaces) {
        const ResTarget *t = NODE(j, ResTarget, cell);
        if (t == NULL)
            continue;
        expr_walk(j, s, t->val, NULL);
    }
    foreach (cell, r->columns) {
        const RangeTableFuncCol *c = NODE(j, RangeTableFuncCol, cell);
        if (c == NULL)
            continue;
        if (!c->for_ordinality)
            name_type(j, c->typeName);
        expr_walk(j, s, c->colexpr, NULL);
        expr_walk(j, s, c->coldefexpr, &from);
        struct output *o = output_add(j, out, c->colname);
        if (o != NULL)
            o->origins = from;
    }
    struct source *at = add_source(j, s, r->alias == NULL ? "xmltable" : r->alias->aliasname);
    if (at != NULL)
        at->outputs = r->alias != NULL ? renamed(j, out, r->alias->colnames) : out;
}

static void from_sample(struct judge *j, struct scope *s, const RangeTableSample *r)
{
    RangeVar method = name_of_list(j, r->method);
    bool known =
        method.relname != NULL &&
        (method.schemaname == NULL || strcmp(method.schemaname, "pg_catalog") == 0) &&
        (strcmp(method.relname, "system") == 0 || strcmp(method.relname, "bernoulli") == 0);

    if (!known || (j->ctx->catalog != NULL &&
                   sl_catalog_has_name(j->ctx->catalog, 'f', sl_span_str(method.relname))))
        note_opaque(j, "a sampling method that is not built in", NULL);
    expr_list(j, s, r->args, NULL);
    expr_walk(j, s, r->repeatable, NULL);
    if (r->relation != NULL && IsA(r->relation, RangeVar))
        from_range(j, s, (const RangeVar *)r->relation);
    else
        note_opaque(j, "a sample of something that is not a table", NULL);
}

static void from_item(struct judge *j, struct scope *s, const Node *n);

static void using_columns(struct judge *j, struct scope *s, const List *names)
{
    const ListCell *cell;

    foreach (cell, names)
        if (name_text(lfirst(cell)) != NULL)
            column_named(j, s, name_text(lfirst(cell)), NULL);
    if (names != NIL) {
        name_operator_text(j, "=");
        s->merged = true;
    }
}

/* All columns that the two sides share join: which, the names alone do not say. */
static void natural_columns(struct judge *j, struct scope *s)
{
    name_operator_text(j, "=");
    s->merged = true;
    for (const struct source *at = s->sources; at != NULL; at = at->next)
        if (at->dataset != NULL)
            note_all_columns(j, at->dataset, SL_EFFECT_READ);
}

/* (a JOIN b) AS x: another name for all columns of both. */
static void join_alias(struct judge *j, struct scope *s, struct source *first, const Alias *alias)
{
    struct outputs *all = NOTE_NEW(j, struct outputs);

    if (alias == NULL || all == NULL)
        return;
    struct scope part = {.sources = first, .merged = s->merged};
    column_star(j, &part, all);
    struct source *at = add_source(j, s, alias->aliasname);
    if (at == NULL)
        return;
    at->outputs = renamed(j, all, alias->colnames);
    at->only_qualified = alias->colnames == NIL;
}

static void from_join(struct judge *j, struct scope *s, const JoinExpr *join)
{
    struct source **first = s->last == NULL ? &s->sources : s->last;

    from_item(j, s, join->larg);
    from_item(j, s, join->rarg);
    if (join->isNatural)
        natural_columns(j, s);
    using_columns(j, s, join->usingClause);
    expr_walk(j, s, join->quals, NULL);
    join_alias(j, s, *first, join->alias);
    join_alias(j, s, *first, join->join_using_alias);
}

static void from_known(struct judge *j, struct scope *s, const Node *n)
{
    switch (nodeTag(n)) {
    case T_RangeVar:
        from_range(j, s, (const RangeVar *)n);
        return;
    case T_RangeSubselect:
        from_subselect(j, s, (const RangeSubselect *)n);
        return;
    case T_RangeFunction:
        from_function(j, s, (const RangeFunction *)n);
        return;
    case T_RangeTableFunc:
        from_table_function(j, s, (const RangeTableFunc *)n);
        return;
    case T_RangeTableSample:
        from_sample(j, s, (const RangeTableSample *)n);
        return;
    case T_JoinExpr:
        from_join(j, s, (const JoinExpr *)n);
        return;
    default:
        note_opaque(j, "a FROM clause of a kind that the judge does not know", NULL);
    }
}

static void from_item(struct judge *j, struct scope *s, const Node *n)
{
    if (n == NULL || !depth_enter(j))
        return;
    from_known(j, s, n);
    depth_leave(j);
}

void from_list(struct judge *j, struct scope *s, const List *from)
{
    const ListCell *cell;

    foreach (cell, from)
        from_item(j, s, lfirst(cell));
}
