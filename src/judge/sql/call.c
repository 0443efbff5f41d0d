#include "core/action/aggregate.h"
#include "judge/sql/code_int.h"

/* Function calls. The table of built-ins says what they are; a few have effects of their own. */

/* The text of a literal, also through a cast ('s'::regclass). NULL when it is none. */
static const char *literal_text(const void *node)
{
    if (node != NULL && IsA(node, TypeCast))
        node = ((const TypeCast *)node)->arg;
    if (!expr_is_literal(node) || ((const A_Const *)node)->val.node.type != T_String)
        return NULL;
    return ((const A_Const *)node)->val.sval.sval;
}

/* schema.name or name, lower-case and without quotes: anything cleverer is not read. */
static bool simple_name(struct judge *j, const char *text, RangeVar *out)
{
    const char *dot = text == NULL ? NULL : strchr(text, '.');
    size_t n = text == NULL ? 0 : strlen(text);

    for (size_t i = 0; i < n; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '0' && text[i] <= '9') ||
              text[i] == '_' || text + i == dot))
            return false;
    if (n == 0 || (dot != NULL && (dot == text || dot[1] == 0)))
        return false;
    *out = (RangeVar){.type = T_RangeVar, .relname = (char *)text, .relpersistence = 'p'};
    if (dot != NULL) {
        out->schemaname = sl_arena_text(j->mem, sl_span(text, (size_t)(dot - text)));
        out->relname = (char *)dot + 1;
    }
    return true;
}

/* nextval, setval: an update of the sequence that the literal names. */
static void call_sequence(struct judge *j, const List *args)
{
    RangeVar v;

    if (j->in_default)
        return;
    if (args == NIL || !simple_name(j, literal_text(linitial(args)), &v)) {
        note_effect(j, SL_EFFECT_UPDATE);
        note_opaque(j, "a sequence is not named by a plain literal", NULL);
        return;
    }
    name_object(j, &v, SL_EFFECT_UPDATE, false);
    if (v.schemaname == NULL && name_may_be_temporary(j, v.relname))
        note_opaque(j, "%s may be a temporary object of this session", v.relname);
}

/* setval: from then on its label is where the sequence stands. */
static void sequence_keeps(struct judge *j, const List *args, const struct origin *from)
{
    RangeVar v;

    if (from == NULL || args == NIL || !simple_name(j, literal_text(linitial(args)), &v))
        return;
    note_flow_into(j, from, name_object(j, &v, SL_EFFECT_UPDATE, false), "last_value",
                   SL_EFFECT_UPDATE);
}

static bool is_column(const void *node, const char *name)
{
    const ColumnRef *c = node;
    const char *text = node != NULL && IsA(c, ColumnRef) && list_length(c->fields) == 1
                           ? name_text(linitial(c->fields))
                           : NULL;

    return text != NULL && strcmp(text, name) == 0;
}

static bool is_of_settings(const struct scope *s)
{
    const struct source *only = s == NULL ? NULL : s->sources;

    return only != NULL && only->next == NULL && only->dataset != NULL && !only->of_cte &&
           only->dataset->system && sl_span_is(only->dataset->name, "pg_catalog.pg_settings");
}

/* SELECT set_config(name, ...) FROM pg_settings WHERE name = 'literal', as pg_dump has it: what is
 * made behind WHERE is made of that row alone. NULL: it is not just so. */
static const char *name_by_where(struct judge *j, const struct scope *s, const void *arg)
{
    const SelectStmt *n = j->bodies == 0 && !j->as_server ? j->select : NULL;
    const RangeVar *from =
        n != NULL && list_length(n->fromClause) == 1 ? linitial(n->fromClause) : NULL;
    const A_Expr *where = n == NULL ? NULL : (const A_Expr *)n->whereClause;

    if (from == NULL || !IsA(from, RangeVar) || from->alias != NULL || !is_of_settings(s) ||
        (from->schemaname == NULL && name_may_be_temporary(j, from->relname)) ||
        !is_column(arg, "name"))
        return NULL;
    if (where == NULL || !IsA(where, A_Expr) || where->kind != AEXPR_OP ||
        list_length(where->name) != 1 || strcmp(name_text(linitial(where->name)), "=") != 0 ||
        name_operator_is_users(j, where->name) || !is_column(where->lexpr, "name") ||
        !expr_is_literal(where->rexpr))
        return NULL;
    return literal_text(where->rexpr);
}

static void call_set_config(struct judge *j, const struct scope *s, const List *args)
{
    const char *name = args == NIL ? NULL : literal_text(linitial(args));

    if (name == NULL && args != NIL)
        name = name_by_where(j, s, linitial(args));

    if (name != NULL) {
        session_setting(j, name);
        return;
    }
    note_effect(j, SL_EFFECT_SESSION);
    j->flags |= SL_MEANING_CONTEXT;
    note_opaque(j, "set_config of a parameter that is not named by a literal", NULL);
}

static void call_effects(struct judge *j, const struct scope *s, enum sl_builtin kind,
                         const FuncCall *call)
{
    switch (kind) {
    case SL_BUILTIN_NONE:
    case SL_BUILTIN_PURE:
    case SL_BUILTIN_VALUES:
        return;
    case SL_BUILTIN_SESSION:
        note_effect(j, SL_EFFECT_SESSION);
        return;
    case SL_BUILTIN_SEQUENCE:
        call_sequence(j, call->args);
        return;
    case SL_BUILTIN_SET_CONFIG:
        call_set_config(j, s, call->args);
        return;
    case SL_BUILTIN_NOTIFY:
        note_effect(j, SL_EFFECT_SESSION);
        j->flags |= SL_MEANING_LISTEN;
        return;
    case SL_BUILTIN_ADMIN:
        note_effect(j, SL_EFFECT_ADMIN);
        return;
    case SL_BUILTIN_PROGRAM:
        note_effect(j, SL_EFFECT_PROGRAM);
        return;
    }
}

void call_exports(struct judge *j, const struct origin *from)
{
    for (const struct origin *o = from; o != NULL; o = o->next)
        if (!o->dataset->system) {
            note_effect(j, SL_EFFECT_EXPORT);
            break;
        }
    note_origins(j, from, SL_EFFECT_EXPORT);
}

/* percentile_disc(array[0, 0.01, ...]) gives back as many values as its array has items. */
static bool is_many_percentiles(const char *name, const List *args)
{
    if (name == NULL || strncmp(name, "percentile_", 11) != 0)
        return false;
    return list_length(args) != 1 || !expr_is_literal(linitial(args));
}

/* A window, and what picks one value out of many, gives the value of a row of its own. NULL: a name
 * of more parts than a function's has. */
static bool is_of_another_row(const char *name, const FuncCall *call)
{
    if (call->over != NULL || call->agg_filter != NULL || call->agg_within_group)
        return true;
    return name != NULL &&
           (strcmp(name, "min") == 0 || strcmp(name, "max") == 0 || strcmp(name, "any_value") == 0);
}

/* Does it look at more rows than its own? How many there are it may tell. */
static bool is_over_rows(enum sl_builtin kind, const char *name, const FuncCall *call)
{
    return kind == SL_BUILTIN_VALUES || call->agg_star || call->agg_distinct ||
           is_of_another_row(name, call) || (name != NULL && sl_aggregate(sl_span_str(name)).n > 0);
}

/* Does a call of this kind take the values somewhere else than into its own row? A notification, a
 * parameter, where a sequence stands and the key of an advisory lock are read back by other
 * statements, as often and as long as one likes. */
static bool carries_away(enum sl_builtin kind)
{
    return kind == SL_BUILTIN_VALUES || kind == SL_BUILTIN_NOTIFY ||
           kind == SL_BUILTIN_SET_CONFIG || kind == SL_BUILTIN_SEQUENCE ||
           kind == SL_BUILTIN_SESSION;
}

/* Is it told again by something that reads the session (store.c)? */
static bool is_stored(enum sl_builtin kind)
{
    return kind == SL_BUILTIN_SET_CONFIG || kind == SL_BUILTIN_SEQUENCE ||
           kind == SL_BUILTIN_SESSION;
}

static void sorted_by(struct judge *j, struct scope *s, const FuncCall *call)
{
    expr_sort(j, s, call->agg_order);
    expr_window(j, s, call->over);
}

/* What the call hands over. Arguments by name, and an array in place of many, may mean any
 * overload. */
static struct arguments arguments_of(struct judge *j, struct scope *s, const FuncCall *call)
{
    struct arguments a = {.by_position = !call->func_variadic};
    const ListCell *cell;

    const bool early = j->makes;
    if (early) /* what they are sorted by may pick the values */
        sorted_by(j, s, call);
    foreach (cell, call->args) {
        struct origin *from = NULL;
        expr_walk(j, s, lfirst(cell), &from);
        arguments_add(j, &a, from);
        if (lfirst(cell) != NULL && IsA(lfirst(cell), NamedArgExpr))
            a.by_position = false;
    }
    if (!early)
        expr_sort(j, s, call->agg_order);
    if (call->agg_within_group) /* percentile_disc gives back a value of what it sorts */
        foreach (cell, call->agg_order) {
            struct origin *from = NULL;
            expr_walk(j, s, ((const SortBy *)lfirst(cell))->node, &from);
            arguments_add(j, &a, from);
        }
    if (!a.by_position)
        a.least = -1;
    return a;
}

/* Of users, where the built-in one need not be meant. What it reads by itself comes back, too. */
static bool call_users(struct judge *j, struct scope *s, const char *schema, const char *name,
                       const struct arguments *a, const void *place, struct origin **flow)
{
    struct origin *read = NULL;

    if (!function_call(j, schema, name, a, &read))
        return false;
    if (function_is_aggregate(j, schema, name)) {
        call_exports(j, a->all);
        call_exports(j, read);
        if (s != NULL)
            s->gathers = true;
    }
    origin_join(j, flow, a->all);
    origin_meet(j, flow, read, place, 0);
    return true;
}

/* ssn(c) is c.ssn where c is a row and nothing else is called ssn. */
static bool is_projection(struct judge *j, struct scope *s, const FuncCall *call,
                          struct origin **flow)
{
    const char *name =
        list_length(call->funcname) == 1 ? name_text(linitial(call->funcname)) : NULL;

    return name != NULL && list_length(call->args) == 1 && call->agg_order == NIL &&
           call->agg_filter == NULL && call->over == NULL && !call->agg_star &&
           !call->agg_distinct && !call->func_variadic && j->ctx->catalog != NULL &&
           !name_may_be_temporary(j, name) && sl_builtin_function(name) == SL_BUILTIN_NONE &&
           !sl_catalog_has_name(j->ctx->catalog, 'f', sl_span_str(name)) &&
           column_field(j, s, linitial(call->args), name, flow);
}

void call_walk(struct judge *j, struct scope *s, const FuncCall *call, struct origin **flow)
{
    const char *schema, *name;
    bool surely;

    if (is_projection(j, s, call, flow))
        return;
    enum sl_builtin kind = name_function(j, call->funcname, call->args, &schema, &name, &surely);

    call_effects(j, s, kind, call);
    j->lively = j->lively || (kind != SL_BUILTIN_NONE && sl_builtin_lively(name));
    const bool early = j->makes;
    struct arguments a = arguments_of(j, s, call);
    if (s != NULL && kind != SL_BUILTIN_NONE && sl_builtin_lively(name)) /* it may give rows */
        origin_settle(j, &s->rows, a.all);
    expr_walk(j, s, call->agg_filter, &a.all);
    if (!early)
        expr_window(j, s, call->over);
    if (is_over_rows(kind, name, call) || (!surely && function_is_aggregate(j, schema, name)))
        origin_settle(j, &a.all, picked_rows(j, s));
    bool users = !surely && call_users(j, s, schema, name, &a, call, flow);
    bool may_be_built_in = schema == NULL || strcmp(schema, "pg_catalog") == 0;
    if (!surely && kind == SL_BUILTIN_NONE &&
        (!users || (may_be_built_in && sl_builtin_doubt(name) > SL_DOUBT_UNKNOWN)))
        note_opaque(j, "function %s is not known to be harmless", name);
    if (carries_away(kind) || is_many_percentiles(name, call->args))
        call_exports(j, a.all);
    if (is_stored(kind))
        store_keep(j, a.all);
    if (kind == SL_BUILTIN_SEQUENCE)
        sequence_keeps(j, call->args, a.all);
    if (kind != SL_BUILTIN_NONE && store_is_told_by(name))
        store_tell(j, call, flow);
    if (s != NULL && kind == SL_BUILTIN_VALUES)
        s->gathers = true;
    /* Over a window it may be of one row, and of each. */
    bool plain = kind == SL_BUILTIN_PURE && !users && call->over == NULL;
    const struct sl_span via = plain ? sl_aggregate(sl_span_str(name)) : (struct sl_span){0};
    if (via.n > 0)
        origin_meet_via(j, flow, a.all, call, via);
    else if (is_of_another_row(name, call))
        origin_meet(j, flow, a.all, call, 0);
    else
        origin_join(j, flow, a.all);
}

void call_procedure(struct judge *j, struct scope *s, const CallStmt *n, struct origin **out)
{
    const char *schema, *name;
    bool surely;

    if (n->funccall == NULL || !IsA(n->funccall, FuncCall)) {
        note_opaque(j, "a CALL of nothing", NULL);
        return;
    }
    name_function(j, n->funccall->funcname, n->funccall->args, &schema, &name, &surely);
    struct arguments a = arguments_of(j, s, n->funccall);
    a.least = -1; /* arguments that it only gives back may stand in the call, too */
    if (name != NULL && !call_users(j, s, schema, name, &a, n, out))
        note_opaque(j, "procedure %s is not known to be harmless", name);
}
