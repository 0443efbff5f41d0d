#include "judge/sql/code_int.h"

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

void from_outputs(struct judge *j, struct scope *s, const char *alias, struct outputs *outputs)
{
    struct source *at = add_source(j, s, alias);

    if (at == NULL || outputs == NULL)
        return;
    at->outputs = outputs;
    picked_source(j, at);
}

/* The column at this place when stars stand before it: any of what there is. */
static void any_output(struct judge *j, const struct outputs *from, struct output *out)
{
    for (size_t i = 0; i < from->count; i++) {
        origin_join(j, &out->origins, from->items[i].origins);
        origin_join(j, &out->reads, from->items[i].reads);
        out->loud = out->loud || from->items[i].loud;
    }
    out->loud = out->loud || from->open;
    origin_join(j, &out->origins, from->rest);
    origin_join(j, &out->reads, from->rest_reads);
}

/* t AS a (x, y): the first columns get other names; which they are, nobody knows where there may be
 * more of them in between. */
struct outputs *from_renamed(struct judge *j, const struct outputs *from, const List *names)
{
    struct outputs *o = NOTE_NEW(j, struct outputs);
    size_t n = (size_t)list_length(names);
    bool in_order = !from->open;

    if (o == NULL)
        return NULL;
    *o = *from;
    o->items = NULL;
    o->count = o->room = 0;
    for (size_t i = 0; i < n && (i < from->count || from->open); i++) {
        struct output *item = output_add(j, o, NULL);
        in_order = in_order && i < from->count && !from->items[i].star;
        if (item == NULL)
            return NULL;
        if (in_order)
            *item = from->items[i];
        else
            any_output(j, from, item);
        item->name = name_text(list_nth(names, (int)i));
    }
    for (size_t i = 0; i < from->count; i++) { /* a star may be more than what got a name */
        struct output *item = i >= n || from->open || from->items[i].star
                                  ? output_add(j, o, from->items[i].name)
                                  : NULL;
        if (item != NULL)
            *item = from->items[i];
    }
    return o;
}

static struct outputs *of_alias(struct judge *j, struct outputs *from, const Alias *alias)
{
    return alias == NULL || alias->colnames == NIL ? from : from_renamed(j, from, alias->colnames);
}

static const char *schema_of(struct judge *j, const RangeVar *v, const struct dataset *d)
{
    if (v->alias != NULL)
        return NULL;
    return d != NULL && d->listed ? sl_arena_text(j->mem, d->relation.schema) : v->schemaname;
}

static void add_table(struct judge *j, struct scope *s, const RangeVar *v, struct dataset *d,
                      struct outputs *of_view)
{
    struct source *at = add_source(j, s, v->alias != NULL ? v->alias->aliasname : v->relname);

    if (at == NULL)
        return;
    at->dataset = d;
    at->schema = schema_of(j, v, d);
    at->outputs = of_view;
    at->own_names = of_view != NULL;
    if (v->alias == NULL || v->alias->colnames == NIL || d == NULL)
        return;
    struct outputs all = {.later = true};
    column_star_between(j, at, at->next, &all);
    at->outputs = from_renamed(j, &all, v->alias->colnames);
    at->own_names = false;
}

void from_table(struct judge *j, struct scope *s, const RangeVar *v, struct dataset *d)
{
    struct outputs *of_view = d == NULL || !view_is_known(j, d) ? NULL : view_expand(j, d);

    if (of_view != NULL) {
        origin_join(j, j->decides, of_view->decides);
        origin_join(j, &s->tables, of_view->tables);
        picked_from(j, s, of_view);
    }
    add_table(j, s, v, d, of_view);
}

void from_base(struct judge *j, struct scope *s, const RangeVar *v, struct dataset *d)
{
    add_table(j, s, v, d, NULL);
}

static struct cte *find_cte(const struct scope *s, const RangeVar *v)
{
    struct cte *c = v->schemaname == NULL && v->catalogname == NULL ? s->ctes : NULL;

    while (c != NULL && strcmp(c->name, v->relname) != 0)
        c = c->next;
    return c;
}

static void from_cte(struct judge *j, struct scope *s, const RangeVar *v, struct cte *c)
{
    struct source *at = add_source(j, s, v->alias != NULL ? v->alias->aliasname : v->relname);

    query_cte(j, c);
    if (at == NULL)
        return;
    c->used = true;
    at->of_cte = true;
    if (c->outputs == NULL) {
        note_opaque(j, "a recursive WITH refers forward to %s", c->name);
        at->outputs = NOTE_NEW(j, struct outputs);
        if (at->outputs != NULL)
            at->outputs->open = true;
        return;
    }
    at->outputs = of_alias(j, c->outputs, v->alias);
    picked_source(j, at);
    picked_from(j, s, c->outputs);
    origin_join(j, j->decides, c->outputs->decides);
}

static void from_range(struct judge *j, struct scope *s, const RangeVar *v)
{
    struct cte *c = v->relname == NULL ? NULL : find_cte(s, v);

    if (c != NULL) {
        from_cte(j, s, v, c);
        return;
    }
    struct dataset *d = name_relation_but(j, v, SL_EFFECT_READ, NAME_VIEW);
    from_table(j, s, v, d);
    inherit_key(j, d, false, j->decides);
    origin_add(j, &s->tables, d, (struct sl_span){0});
}

/* A subquery sees the sources of this scope only when LATERAL. */
static void from_subselect(struct judge *j, struct scope *s, const RangeSubselect *r)
{
    struct outputs *out = NOTE_NEW(j, struct outputs);

    if (out == NULL)
        return;
    out->later = true;
    query_walk(j, r->lateral ? s : s->up, s->ctes, r->subquery, out);
    from_outputs(j, s, r->alias == NULL ? NULL : r->alias->aliasname, of_alias(j, out, r->alias));
    origin_join(j, j->decides, out->decides);
    origin_join(j, &s->tables, out->tables);
    picked_from(j, s, out);
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

/* Built-in functions whose columns are known: the names, or "" where the alias names the one. */
static const struct {
    const char *function, *first, *second;
} shapes[] = {
    {"generate_series", "", NULL},
    {"generate_subscripts", "", NULL},
    {"regexp_split_to_table", "", NULL},
    {"string_to_table", "", NULL},
    {"regexp_matches", "", NULL},
    {"json_object_keys", "", NULL},
    {"jsonb_object_keys", "", NULL},
    {"jsonb_path_query", "", NULL},
    {"json_array_elements", "value", NULL},
    {"jsonb_array_elements", "value", NULL},
    {"json_array_elements_text", "value", NULL},
    {"jsonb_array_elements_text", "value", NULL},
    {"json_each", "key", "value"},
    {"jsonb_each", "key", "value"},
    {"json_each_text", "key", "value"},
    {"jsonb_each_text", "key", "value"},
};

static void function_column(struct judge *j, struct outputs *out, const char *name,
                            struct origin *from)
{
    struct output *o = output_add(j, out, name);

    if (o != NULL)
        o->origins = from;
}

/* Could users own a function that is meant here as well? */
static bool is_surely_built_in(struct judge *j, const Node *call)
{
    const List *names =
        call != NULL && IsA(call, FuncCall) ? ((const FuncCall *)call)->funcname : NIL;
    const char *name = names == NIL ? NULL : name_text(llast(names));
    const char *schema = list_length(names) == 2 ? name_text(linitial(names)) : NULL;

    return name != NULL && list_length(names) <= 2 &&
           (schema == NULL || strcmp(schema, "pg_catalog") == 0) &&
           !code_users_may_own(j, 'f', schema, name);
}

/* Without a known shape it has at least one column: the alias, or the function's name. */
static void function_columns(struct judge *j, struct outputs *out, bool built_in, const char *name,
                             const char *alias, struct origin *from)
{
    for (size_t i = 0; built_in && name != NULL && i < SL_COUNT(shapes); i++) {
        if (strcmp(shapes[i].function, name) != 0)
            continue;
        function_column(j, out, shapes[i].first[0] != 0 ? shapes[i].first : alias, from);
        if (shapes[i].second != NULL)
            function_column(j, out, shapes[i].second, from);
        return;
    }
    if (alias != NULL)
        function_column(j, out, alias, from);
    out->open = true; /* what a function gives is not listed: any name may be one of its columns */
    origin_join(j, &out->rest, from);
}

static void from_function(struct judge *j, struct scope *s, const RangeFunction *r)
{
    struct outputs *out = NOTE_NEW(j, struct outputs);
    const char *alias = r->alias == NULL ? NULL : r->alias->aliasname, *name = NULL;
    struct origin *all = NULL;
    const ListCell *cell;

    if (out == NULL)
        return;
    foreach (cell, r->functions) {
        const List *pair = lfirst(cell);
        const Node *call = linitial(pair);
        const List *columns = list_length(pair) > 1 ? lsecond(pair) : NIL;
        struct origin *from = NULL;
        expr_walk(j, s, call, &from);
        origin_join(j, j->decides, from); /* how many rows it gives */
        origin_settle(j, &s->rows, from);
        origin_join(j, &all, from);
        name = call == NULL ? NULL : figure_name(call);
        const bool built_in = is_surely_built_in(j, call);
        if (columns == NIL)
            columns = r->coldeflist;
        if (columns != NIL)
            column_definitions(j, out, columns, from);
        else
            function_columns(j, out, built_in, name,
                             alias != NULL && list_length(r->functions) == 1 ? alias : name, from);
    }
    if (r->ordinality)
        function_column(j, out, "ordinality", all); /* the last one is as many as there are */
    from_outputs(j, s, alias != NULL ? alias : name, of_alias(j, out, r->alias));
}

static void table_function_columns(struct judge *j, struct scope *s, const RangeTableFunc *r,
                                   struct origin *from, struct outputs *out)
{
    const ListCell *cell;

    foreach (cell, r->columns) {
        const RangeTableFuncCol *c = NODE(j, RangeTableFuncCol, cell);
        struct origin *own = NULL;
        if (c == NULL)
            continue;
        if (!c->for_ordinality)
            name_type(j, c->typeName);
        own = from; /* the last number is as many as there are */
        expr_walk(j, s, c->colexpr, &own);
        expr_walk(j, s, c->coldefexpr, &own);
        function_column(j, out, c->colname, own);
    }
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
    origin_join(j, j->decides, from);
    origin_settle(j, &s->rows, from);
    foreach (cell, r->namespaces) {
        const ResTarget *t = NODE(j, ResTarget, cell);
        if (t == NULL)
            continue;
        expr_walk(j, s, t->val, NULL);
    }
    table_function_columns(j, s, r, from, out);
    from_outputs(j, s, r->alias == NULL ? "xmltable" : r->alias->aliasname,
                 of_alias(j, out, r->alias));
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

static void from_join(struct judge *j, struct scope *s, const JoinExpr *join)
{
    struct source **left = s->last == NULL ? &s->sources : s->last;

    from_item(j, s, join->larg);
    struct source **right = s->last == NULL ? &s->sources : s->last;
    from_item(j, s, join->rarg);
    if (*left != NULL)
        join_sources(j, s, join, *left, *right);
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
