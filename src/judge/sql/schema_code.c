#include "judge/sql/schema_int.h"

/* The definitions (rows P) that DDL makes, for a listing without a server. Where a server gives an
 * expression, here stands the whole statement that it comes from: whoever reads it finds it there.
 */

struct made { /* a function or an operator of the DDL: what is not made here is built in */
    struct made *next;
    const char *schema, *name, *function_schema, *function;
};

static const char *or_public(const char *schema)
{
    return schema == NULL ? "public" : schema;
}

static void part(struct schema_code *s, const char *owner, const char *schema, const char *name,
                 const char *kind, uint32_t num, const char *about, const char *text)
{
    const char *const fields[] = {"P", owner, schema, name, kind, NULL, about, text};
    struct sl_span spans[8];
    SL_BUF(decimal, 20);

    if (s->why != SL_OK || schema == NULL || name == NULL)
        return;
    sl_buf_put_decimal(&decimal, num);
    for (size_t i = 0; i < SL_COUNT(fields); i++)
        spans[i] = i == 5 ? sl_buf_span(&decimal) : sl_span_str(fields[i]);
    s->why = sl_catalog_row(s->out, spans, SL_COUNT(spans));
}

static void relation_part(struct schema_code *s, const RangeVar *v, const char *kind, uint32_t num,
                          const char *about, const char *text)
{
    if (v != NULL)
        part(s, "r", or_public(v->schemaname), v->relname, kind, num, about, text);
}

static void remember(struct schema_code *s, struct made **list, const char *schema,
                     const char *name, const char *function_schema, const char *function)
{
    struct made *m = NOTE_NEW(s->j, struct made);

    if (m == NULL || name == NULL)
        return;
    *m = (struct made){*list, or_public(schema), name, function_schema, function};
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

/* The name in DEFINE: a list, a type or a word. */
static RangeVar name_in(struct schema_code *s, const DefElem *e)
{
    RangeVar v = {.type = T_RangeVar, .relpersistence = 'p'};

    if (e->arg == NULL)
        return v;
    if (IsA(e->arg, TypeName))
        return name_of_list(s->j, ((const TypeName *)e->arg)->names);
    if (IsA(e->arg, List))
        return name_of_list(s->j, (const List *)e->arg);
    v.relname = (char *)name_text(e->arg);
    return v;
}

/* --- functions, aggregates, operators --------------------------------------------------------- */

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
    part(s, "f", schema, name, "n", overload | least << 8 | (open ? 255 : most & 255), "", "");
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
    const char *schema = or_public(v.schemaname);
    part(s, "f", schema, v.relname, "f", overload | flags | volatility, language,
         readable ? s->text : "");
    arguments(s, schema, v.relname, n->parameters, n->is_procedure, overload);
    remember(s, &s->functions, v.schemaname, v.relname, NULL, NULL);
}

static void aggregate(struct schema_code *s, const DefineStmt *n)
{
    static const char *const steps[] = {"sfunc",        "finalfunc", "combinefunc", "serialfunc",
                                        "deserialfunc", "msfunc",    "minvfunc",    "mfinalfunc"};
    RangeVar v = name_of_list(s->j, n->defnames);
    uint32_t overload = s->overloads++ << 16;
    const char *schema = or_public(v.schemaname);
    const ListCell *cell;

    part(s, "f", schema, v.relname, "f", overload | SL_CODE_AGGREGATE, "internal", "");
    if (n->args != NIL && !n->oldstyle &&
        (linitial(n->args) == NULL || IsA(linitial(n->args), List)))
        arguments(s, schema, v.relname, linitial(n->args), false, overload);
    foreach (cell, n->definition) {
        const DefElem *e = NODE(s->j, DefElem, cell);
        for (size_t i = 0; e != NULL && i < SL_COUNT(steps); i++) {
            if (e->defname == NULL || strcmp(e->defname, steps[i]) != 0)
                continue;
            RangeVar f = name_in(s, e);
            if (f.relname != NULL)
                part(s, "f", schema, v.relname, "g", overload, schema_of(s, &f), f.relname);
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
            f = name_in(s, e);
        if (strcmp(e->defname, "restrict") == 0 || strcmp(e->defname, "join") == 0) {
            RangeVar planner = name_in(s, e);
            if (planner.relname != NULL && strcmp(schema_of(s, &planner), "pg_catalog") != 0)
                num |= 16;
        }
    }
    if (f.relname == NULL)
        return;
    part(s, "o", or_public(v.schemaname), v.relname, "o", num, schema_of(s, &f), f.relname);
    remember(s, &s->operators, v.schemaname, v.relname, schema_of(s, &f), f.relname);
}

/* --- types ------------------------------------------------------------------------------------ */

static void type(struct schema_code *s, const RangeVar *v, const char *what)
{
    part(s, "t", or_public(v->schemaname), v->relname, "y", 0, what, "");
}

static void base_of(struct schema_code *s, const RangeVar *v, const TypeName *base)
{
    RangeVar b = base == NULL ? (RangeVar){0} : name_of_list(s->j, base->names);

    if (b.relname == NULL)
        return;
    const char *schema = b.schemaname != NULL         ? b.schemaname
                         : sl_builtin_type(b.relname) ? "pg_catalog"
                                                      : "public";
    part(s, "t", or_public(v->schemaname), v->relname, "b", 0, schema, b.relname);
}

static void domain(struct schema_code *s, const CreateDomainStmt *n)
{
    RangeVar v = name_of_list(s->j, n->domainname);

    type(s, &v, "d");
    base_of(s, &v, n->typeName);
    if (n->constraints != NIL)
        part(s, "t", or_public(v.schemaname), v.relname, "k", 0, "", s->text);
}

static void range(struct schema_code *s, const CreateRangeStmt *n)
{
    RangeVar v = name_of_list(s->j, n->typeName);
    const ListCell *cell;

    type(s, &v, "r");
    foreach (cell, n->params) {
        const DefElem *e = NODE(s->j, DefElem, cell);
        if (e == NULL || e->defname == NULL || e->arg == NULL || !IsA(e->arg, TypeName))
            continue;
        RangeVar f = name_in(s, e);
        if (strcmp(e->defname, "subtype") == 0)
            base_of(s, &v, (const TypeName *)e->arg);
        else if (f.relname != NULL && strcmp(e->defname, "multirange_type_name") != 0 &&
                 strcmp(e->defname, "collation") != 0 && strcmp(e->defname, "subtype_opclass") != 0)
            part(s, "t", or_public(v.schemaname), v.relname, "f", 0, schema_of(s, &f), f.relname);
    }
}

static void base_type(struct schema_code *s, const DefineStmt *n)
{
    static const char *const functions[] = {"input",     "output",     "receive", "send",
                                            "typmod_in", "typmod_out", "analyze", "subscript"};
    RangeVar v = name_of_list(s->j, n->defnames);
    const ListCell *cell;

    type(s, &v, "b");
    foreach (cell, n->definition) {
        const DefElem *e = NODE(s->j, DefElem, cell);
        for (size_t i = 0; e != NULL && i < SL_COUNT(functions); i++) {
            if (e->defname == NULL || strcmp(e->defname, functions[i]) != 0)
                continue;
            RangeVar f = name_in(s, e);
            if (f.relname != NULL)
                part(s, "t", or_public(v.schemaname), v.relname, "f", 0, schema_of(s, &f),
                     f.relname);
        }
    }
}

static void named_type(struct schema_code *s, const List *names, const char *what)
{
    RangeVar v = name_of_list(s->j, names);

    type(s, &v, what);
}

/* --- what belongs to a table ------------------------------------------------------------------ */

static void constraint(struct schema_code *s, const RangeVar *table, const char *column,
                       const Constraint *c)
{
    if (c == NULL)
        return;
    if (c->contype == CONSTR_FOREIGN && c->pktable != NULL)
        relation_part(s, c->pktable, "c",
                      (uint32_t)(uint8_t)c->fk_del_action << 8 | (uint8_t)c->fk_upd_action,
                      or_public(table->schemaname), table->relname);
    if (c->contype == CONSTR_CHECK || c->contype == CONSTR_EXCLUSION)
        relation_part(s, table, "k", 0, "", s->text);
    if ((c->contype == CONSTR_DEFAULT || c->contype == CONSTR_GENERATED) && column != NULL)
        relation_part(s, table, "d", c->contype == CONSTR_GENERATED, column, s->text);
}

static void column(struct schema_code *s, const RangeVar *table, const ColumnDef *c)
{
    const ListCell *cell;

    if (c->raw_default != NULL)
        relation_part(s, table, "d", 0, c->colname, s->text);
    foreach (cell, c->constraints)
        constraint(s, table, c->colname, NODE(s->j, Constraint, cell));
}

static void table(struct schema_code *s, const CreateStmt *n)
{
    const ListCell *cell;

    if (n->relation == NULL || n->relation->relpersistence == 't')
        return;
    type(s, n->relation, "c");
    foreach (cell, n->tableElts) {
        const Node *e = lfirst(cell);
        if (IsA(e, ColumnDef))
            column(s, n->relation, (const ColumnDef *)e);
        else if (IsA(e, Constraint))
            constraint(s, n->relation, NULL, (const Constraint *)e);
    }
    foreach (cell, n->constraints)
        constraint(s, n->relation, NULL, NODE(s->j, Constraint, cell));
}

static void alter_table(struct schema_code *s, const AlterTableStmt *n)
{
    const ListCell *cell;

    foreach (cell, n->cmds) {
        const AlterTableCmd *c = NODE(s->j, AlterTableCmd, cell);
        if (c == NULL || c->def == NULL)
            continue;
        if (IsA(c->def, ColumnDef))
            column(s, n->relation, (const ColumnDef *)c->def);
        else if (IsA(c->def, Constraint))
            constraint(s, n->relation, NULL, (const Constraint *)c->def);
        else if (c->subtype == AT_ColumnDefault)
            relation_part(s, n->relation, "d", 0, c->name, s->text);
    }
}

static void policy(struct schema_code *s, const CreatePolicyStmt *n)
{
    static const char *const commands[] = {"select", "insert", "update", "delete"};
    static const char letters[] = "rawd";
    uint32_t num = '*';

    for (size_t i = 0; n->cmd_name != NULL && i < SL_COUNT(commands); i++)
        if (strcmp(commands[i], n->cmd_name) == 0)
            num = (uint8_t)letters[i];
    relation_part(s, n->table, "p", num, "", s->text);
}

/* --- what belongs to the database ------------------------------------------------------------- */

static void cast(struct schema_code *s, const CreateCastStmt *n)
{
    uint32_t num = n->context == COERCION_IMPLICIT     ? 'i'
                   : n->context == COERCION_ASSIGNMENT ? 'a'
                                                       : 'e';
    RangeVar f = n->func == NULL ? (RangeVar){0} : name_of_list(s->j, n->func->objname);

    if (f.relname != NULL)
        part(s, "x", "x", "x", "a", num, schema_of(s, &f), f.relname);
}

static void operator_class(struct schema_code *s, const CreateOpClassStmt *n)
{
    const ListCell *cell;

    foreach (cell, n->items) {
        const CreateOpClassItem *i = NODE(s->j, CreateOpClassItem, cell);
        RangeVar v =
            i == NULL || i->name == NULL ? (RangeVar){0} : name_of_list(s->j, i->name->objname);
        if (v.relname == NULL || !n->isDefault)
            continue;
        const struct made *m = find(s->operators, v.schemaname, v.relname);
        if (i->itemtype == OPCLASS_ITEM_FUNCTION)
            part(s, "x", "x", "x", "o", 0, schema_of(s, &v), v.relname);
        else if (i->itemtype == OPCLASS_ITEM_OPERATOR && m != NULL)
            part(s, "x", "x", "x", "o", 0, m->function_schema, m->function);
    }
}

static void event_trigger(struct schema_code *s, const CreateEventTrigStmt *n)
{
    RangeVar f = name_of_list(s->j, n->funcname);

    if (f.relname != NULL)
        part(s, "x", "x", "x", "t", 'O', schema_of(s, &f), f.relname);
}

static void define(struct schema_code *s, const DefineStmt *n)
{
    if (n->kind == OBJECT_AGGREGATE)
        aggregate(s, n);
    else if (n->kind == OBJECT_OPERATOR)
        operator_(s, n);
    else if (n->kind == OBJECT_TYPE)
        base_type(s, n);
}

/* Without the blanks and comments in front of it: readers look at the first word. */
static const char *trimmed(struct schema_code *s, struct sl_span text)
{
    for (;;) {
        size_t n = 0;
        while (n < text.n && (text.p[n] == ' ' || (text.p[n] >= '\t' && text.p[n] <= '\r')))
            n++;
        text = sl_span_from(text, n);
        if (!sl_span_starts(text, SL_SPAN("--")))
            break;
        text = sl_span_from(text, sl_span_find(text, '\n'));
    }
    return sl_arena_text(s->j->mem, text);
}

enum sl_err schema_code(struct schema_code *s, const void *node, struct sl_span text)
{
    const Node *n = node;

    s->text = trimmed(s, text);
    if (s->text == NULL)
        return SL_EMEMORY;
    switch (nodeTag(n)) {
    case T_CreateFunctionStmt:
        function(s, node);
        break;
    case T_DefineStmt:
        define(s, node);
        break;
    case T_CreateDomainStmt:
        domain(s, node);
        break;
    case T_CreateRangeStmt:
        range(s, node);
        break;
    case T_CreateEnumStmt:
        named_type(s, ((const CreateEnumStmt *)node)->typeName, "e");
        break;
    case T_CompositeTypeStmt:
        type(s, ((const CompositeTypeStmt *)node)->typevar, "c");
        break;
    case T_CreateStmt:
        table(s, node);
        break;
    case T_CreateForeignTableStmt:
        table(s, &((const CreateForeignTableStmt *)node)->base);
        break;
    case T_ViewStmt:
        type(s, ((const ViewStmt *)node)->view, "c");
        break;
    case T_AlterTableStmt:
        alter_table(s, node);
        break;
    case T_IndexStmt:
        relation_part(s, ((const IndexStmt *)node)->relation, "i", 0, "", s->text);
        break;
    case T_CreateTrigStmt:
        relation_part(s, ((const CreateTrigStmt *)node)->relation, "t", 'O', "", s->text);
        break;
    case T_RuleStmt:
        relation_part(s, ((const RuleStmt *)node)->relation, "u", 'O', "", s->text);
        break;
    case T_CreatePolicyStmt:
        policy(s, node);
        break;
    case T_CreateCastStmt:
        cast(s, node);
        break;
    case T_CreateOpClassStmt:
        operator_class(s, node);
        break;
    case T_CreateEventTrigStmt:
        event_trigger(s, node);
        break;
    default:
        break;
    }
    return s->why;
}
