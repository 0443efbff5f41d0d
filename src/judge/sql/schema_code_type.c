#include "judge/sql/schema_int.h"

/* Of the definitions that DDL makes: types, and the functions that run with their values. */

void schema_type_row(struct schema_code *s, const RangeVar *v, const char *what)
{
    schema_part(s, "t", schema_or_public(v->schemaname), v->relname, "y", 0, what, "");
}

static void base_of(struct schema_code *s, const RangeVar *v, const TypeName *base)
{
    RangeVar b = {0};

    if (base != NULL)
        b = name_of_list(s->j, base->names);
    if (b.relname == NULL)
        return;
    const char *schema = b.schemaname != NULL         ? b.schemaname
                         : sl_builtin_type(b.relname) ? "pg_catalog"
                                                      : "public";
    schema_part(s, "t", schema_or_public(v->schemaname), v->relname, "b", 0, schema, b.relname);
}

static void domain(struct schema_code *s, const CreateDomainStmt *n)
{
    RangeVar v = name_of_list(s->j, n->domainname);

    schema_type_row(s, &v, "d");
    base_of(s, &v, n->typeName);
    if (n->constraints != NIL)
        schema_part(s, "t", schema_or_public(v.schemaname), v.relname, "k", 0, "", s->text);
}

static void range(struct schema_code *s, const CreateRangeStmt *n)
{
    RangeVar v = name_of_list(s->j, n->typeName);
    const ListCell *cell;

    schema_type_row(s, &v, "r");
    foreach (cell, n->params) {
        const DefElem *e = NODE(s->j, DefElem, cell);
        if (e == NULL || e->defname == NULL || e->arg == NULL || !IsA(e->arg, TypeName))
            continue;
        RangeVar f = schema_function_of(s, e);
        if (strcmp(e->defname, "subtype") == 0)
            base_of(s, &v, (const TypeName *)e->arg);
        else if (f.relname != NULL && strcmp(e->defname, "multirange_type_name") != 0 &&
                 strcmp(e->defname, "collation") != 0 && strcmp(e->defname, "subtype_opclass") != 0)
            schema_part(s, "t", schema_or_public(v.schemaname), v.relname, "f", 0, f.schemaname,
                        f.relname);
    }
}

static void base_type(struct schema_code *s, const DefineStmt *n)
{
    static const char *const functions[] = {"input",     "output",     "receive", "send",
                                            "typmod_in", "typmod_out", "analyze", "subscript"};
    RangeVar v = name_of_list(s->j, n->defnames);
    const ListCell *cell;

    schema_type_row(s, &v, "b");
    foreach (cell, n->definition) {
        const DefElem *e = NODE(s->j, DefElem, cell);
        for (size_t i = 0; e != NULL && i < SL_COUNT(functions); i++) {
            if (e->defname == NULL || strcmp(e->defname, functions[i]) != 0)
                continue;
            RangeVar f = schema_function_of(s, e);
            if (f.relname != NULL)
                schema_part(s, "t", schema_or_public(v.schemaname), v.relname, "f", 0, f.schemaname,
                            f.relname);
        }
    }
}

static void named_type(struct schema_code *s, const List *names, const char *what)
{
    RangeVar v = name_of_list(s->j, names);

    schema_type_row(s, &v, what);
}

bool schema_code_type(struct schema_code *s, const Node *n)
{
    switch (nodeTag(n)) {
    case T_CreateDomainStmt:
        domain(s, (const CreateDomainStmt *)n);
        return true;
    case T_CreateRangeStmt:
        range(s, (const CreateRangeStmt *)n);
        return true;
    case T_CreateEnumStmt:
        named_type(s, ((const CreateEnumStmt *)n)->typeName, "e");
        return true;
    case T_CompositeTypeStmt:
        schema_type_row(s, ((const CompositeTypeStmt *)n)->typevar, "c");
        return true;
    case T_DefineStmt:
        if (((const DefineStmt *)n)->kind == OBJECT_TYPE)
            base_type(s, (const DefineStmt *)n);
        return true;
    default:
        return false;
    }
}
