#include "judge/sql/schema_int.h"

/* Of the definitions that DDL makes: functions, and what runs them under another name (aggregates,
 * operators and their classes, casts, event triggers). */

struct made { /* a function or an operator of the DDL: what is not made here is built in */
    struct made *next;
    const char *schema, *name, *function_schema, *function;
};

static void remember(struct schema_code *s, struct made **list, const char *schema,
                     const char *name, const char *function_schema, const char *function)
{
    struct made *m = NOTE_NEW(s->j, struct made);

    if (m == NULL || name == NULL)
        return;
    *m = (struct made){*list, schema_or_public(schema), name, function_schema, function};
    *list = m;
}

static const struct made *find(const struct made *m, const char *schema, const char *name)
{
    while (m != NULL &&
           (strcmp(m->name, name) != 0 || (schema != NULL && strcmp(m->schema, schema) != 0)))
        m = m->next;
    return m;
}

/* The schema of a function that a definition names. */
static const char *schema_of(struct schema_code *s, const RangeVar *v)
{
    const struct made *m =
        v->relname == NULL ? NULL : find(s->functions, v->schemaname, v->relname);

    return v->schemaname != NULL ? v->schemaname : m != NULL ? m->schema : "pg_catalog";
}

RangeVar schema_function_of(struct schema_code *s, const DefElem *e)
{
    RangeVar v = {.type = T_RangeVar, .relpersistence = 'p'};

    if (e->arg == NULL)
        return v;
    if (IsA(e->arg, TypeName))
        v = name_of_list(s->j, ((const TypeName *)e->arg)->names);
    else if (IsA(e->arg, List))
        v = name_of_list(s->j, (const List *)e->arg);
    else
        v.relname = (char *)name_text(e->arg);
    v.schemaname = (char *)schema_of(s, &v);
    return v;
}

/* --- functions -------------------------------------------------------------------------------- */

static void arguments(struct schema_code *s, const char *schema, const char *name,
                      const List *parameters, bool procedure, uint32_t overload)
{
    const ListCell *cell;
    uint32_t least = 0, most = 0;
    bool open = false;

    foreach (cell, parameters) {
        const FunctionParameter *p = NODE(s->j, FunctionParameter, cell);
        if (p == NULL || p->mode == FUNC_PARAM_TABLE || (p->mode == FUNC_PARAM_OUT && !procedure))
            continue;
        most++;
        least += p->defexpr == NULL;
        open = open || p->mode == FUNC_PARAM_VARIADIC;
    }
    schema_part(s, "f", schema, name, "n", overload | least << 8 | (open ? 255 : most & 255), "",
                "");
}

static bool returns_trigger(const TypeName *t)
{
    const char *name = t == NULL || t->names == NIL ? NULL : name_text(llast(t->names));

    return name != NULL && (strcmp(name, "trigger") == 0 || strcmp(name, "event_trigger") == 0);
}

static void function(struct schema_code *s, const CreateFunctionStmt *n)
{
    RangeVar v = name_of_list(s->j, n->funcname);
    const char *language = n->sql_body != NULL ? "sql" : "";
    uint32_t overload = s->overloads++ << 16, flags = n->is_procedure ? SL_CODE_PROCEDURE : 0;
    uint32_t volatility = SL_CODE_VOLATILE;
    const ListCell *cell;

    foreach (cell, n->options) {
        const DefElem *e = NODE(s->j, DefElem, cell);
        if (e == NULL || e->defname == NULL)
            continue;
        if (strcmp(e->defname, "language") == 0 && name_text(e->arg) != NULL)
            language = name_text(e->arg);
        if (strcmp(e->defname, "volatility") == 0 && name_text(e->arg) != NULL)
            volatility = strcmp(name_text(e->arg), "volatile") == 0 ? SL_CODE_VOLATILE
                         : strcmp(name_text(e->arg), "stable") == 0 ? SL_CODE_STABLE
                                                                    : 0;
        if (strcmp(e->defname, "support") == 0)
            language = "c"; /* a planner's helper runs besides the body */
    }
    if (returns_trigger(n->returnType))
        flags |= SL_CODE_TRIGGER;
    if (n->returnType != NULL && n->returnType->setof)
        flags |= SL_CODE_SETOF;
    bool readable = strcmp(language, "sql") == 0 || strcmp(language, "plpgsql") == 0;
    const char *schema = schema_or_public(v.schemaname);
    schema_part(s, "f", schema, v.relname, "f", overload | flags | volatility, language,
                readable ? s->text : "");
    arguments(s, schema, v.relname, n->parameters, n->is_procedure, overload);
    remember(s, &s->functions, v.schemaname, v.relname, NULL, NULL);
}

/* --- aggregates and operators ----------------------------------------------------------------- */

static void aggregate(struct schema_code *s, const DefineStmt *n)
{
    static const char *const steps[] = {"sfunc",        "finalfunc", "combinefunc", "serialfunc",
                                        "deserialfunc", "msfunc",    "minvfunc",    "mfinalfunc"};
    RangeVar v = name_of_list(s->j, n->defnames);
    uint32_t overload = s->overloads++ << 16;
    const char *schema = schema_or_public(v.schemaname);
    const ListCell *cell;

    schema_part(s, "f", schema, v.relname, "f", overload | SL_CODE_AGGREGATE, "internal", "");
    if (n->args != NIL && !n->oldstyle &&
        (linitial(n->args) == NULL || IsA(linitial(n->args), List)))
        arguments(s, schema, v.relname, linitial(n->args), false, overload);
    foreach (cell, n->definition) {
        const DefElem *e = NODE(s->j, DefElem, cell);
        for (size_t i = 0; e != NULL && i < SL_COUNT(steps); i++) {
            if (e->defname == NULL || strcmp(e->defname, steps[i]) != 0)
                continue;
            RangeVar f = schema_function_of(s, e);
            if (f.relname != NULL)
                schema_part(s, "f", schema, v.relname, "g", overload, f.schemaname, f.relname);
        }
    }
    remember(s, &s->functions, v.schemaname, v.relname, NULL, NULL);
}

static void operator_(struct schema_code *s, const DefineStmt *n)
{
    RangeVar v = name_of_list(s->j, n->defnames), f = {0};
    uint32_t num = 1;
    const ListCell *cell;

    foreach (cell, n->definition) {
        const DefElem *e = NODE(s->j, DefElem, cell);
        if (e == NULL || e->defname == NULL)
            continue;
        if (strcmp(e->defname, "leftarg") == 0)
            num = (num & 16) | 2;
        if (strcmp(e->defname, "procedure") == 0 || strcmp(e->defname, "function") == 0)
            f = schema_function_of(s, e);
        if (strcmp(e->defname, "restrict") == 0 || strcmp(e->defname, "join") == 0) {
            RangeVar planner = schema_function_of(s, e);
            if (planner.relname != NULL && strcmp(planner.schemaname, "pg_catalog") != 0)
                num |= 16;
        }
    }
    if (f.relname == NULL)
        return;
    schema_part(s, "o", schema_or_public(v.schemaname), v.relname, "o", num, f.schemaname,
                f.relname);
    remember(s, &s->operators, v.schemaname, v.relname, f.schemaname, f.relname);
}

static bool define(struct schema_code *s, const DefineStmt *n)
{
    if (n->kind == OBJECT_AGGREGATE)
        aggregate(s, n);
    else if (n->kind == OBJECT_OPERATOR)
        operator_(s, n);
    return n->kind == OBJECT_AGGREGATE || n->kind == OBJECT_OPERATOR;
}

/* --- what belongs to the database ------------------------------------------------------------- */

static void cast(struct schema_code *s, const CreateCastStmt *n)
{
    uint32_t num = n->context == COERCION_IMPLICIT     ? 'i'
                   : n->context == COERCION_ASSIGNMENT ? 'a'
                                                       : 'e';
    RangeVar f = {0};

    if (n->func != NULL)
        f = name_of_list(s->j, n->func->objname);
    if (f.relname != NULL)
        schema_part(s, "x", "x", "x", "a", num, schema_of(s, &f), f.relname);
}

static void operator_class(struct schema_code *s, const CreateOpClassStmt *n)
{
    const ListCell *cell;

    foreach (cell, n->items) {
        const CreateOpClassItem *i = NODE(s->j, CreateOpClassItem, cell);
        RangeVar v = {0};

        if (i != NULL && i->name != NULL)
            v = name_of_list(s->j, i->name->objname);
        if (v.relname == NULL || !n->isDefault)
            continue;
        const struct made *m = find(s->operators, v.schemaname, v.relname);
        if (i->itemtype == OPCLASS_ITEM_FUNCTION)
            schema_part(s, "x", "x", "x", "o", 0, schema_of(s, &v), v.relname);
        else if (i->itemtype == OPCLASS_ITEM_OPERATOR && m != NULL)
            schema_part(s, "x", "x", "x", "o", 0, m->function_schema, m->function);
    }
}

static void event_trigger(struct schema_code *s, const CreateEventTrigStmt *n)
{
    RangeVar f = name_of_list(s->j, n->funcname);

    if (f.relname != NULL)
        schema_part(s, "x", "x", "x", "t", 'O', schema_of(s, &f), f.relname);
}

bool schema_code_function(struct schema_code *s, const Node *n)
{
    switch (nodeTag(n)) {
    case T_CreateFunctionStmt:
        function(s, (const CreateFunctionStmt *)n);
        return true;
    case T_DefineStmt:
        return define(s, (const DefineStmt *)n);
    case T_CreateCastStmt:
        cast(s, (const CreateCastStmt *)n);
        return true;
    case T_CreateOpClassStmt:
        operator_class(s, (const CreateOpClassStmt *)n);
        return true;
    case T_CreateEventTrigStmt:
        event_trigger(s, (const CreateEventTrigStmt *)n);
        return true;
    default:
        return false;
    }
}
