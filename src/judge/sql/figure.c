#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* The names of unnamed outputs. Some are better than others: a cast gives its type's name only
 * where its argument has none of its own. Where the tree does not tell which one the server finds
 * (a star, or deeper than is looked) it is UNKNOWN: it may be any. */

enum strength { NONE, WEAK, STRONG, UNKNOWN };
enum { MAX_LEVELS = 200 };

struct naming {
    const char *text;
    unsigned levels;
};

static enum strength figure(const Node *n, struct naming *name);

static enum strength named(const char *text, struct naming *name)
{
    name->text = text;
    return STRONG;
}

static enum strength last_name(const List *names, struct naming *name)
{
    const ListCell *cell;
    enum strength found = NONE;

    foreach (cell, names)
        if (name_text(lfirst(cell)) != NULL)
            found = named(name_text(lfirst(cell)), name);
    return found;
}

static enum strength of_cast(const TypeCast *c, struct naming *name)
{
    enum strength inner = figure(c->arg, name);

    if (inner >= STRONG || c->typeName == NULL || c->typeName->names == NIL)
        return inner;
    name->text = name_text(llast(c->typeName->names));
    return WEAK;
}

static enum strength of_case(const CaseExpr *c, struct naming *name)
{
    enum strength inner = figure((const Node *)c->defresult, name);

    if (inner >= STRONG)
        return inner;
    name->text = "case";
    return WEAK;
}

/* Also a TABLE, which the grammar writes as a SELECT. */
static bool is_star(const Node *n)
{
    return n != NULL &&
           ((IsA(n, ColumnRef) && IsA(llast(((const ColumnRef *)n)->fields), A_Star)) ||
            (IsA(n, A_Indirection) && IsA(llast(((const A_Indirection *)n)->indirection), A_Star)));
}

/* A scalar subquery is named like its one column, whatever that is called. */
static enum strength of_subquery(const SelectStmt *s, struct naming *name)
{
    while (s != NULL && IsA(s, SelectStmt) && s->op != SETOP_NONE)
        s = s->larg;
    if (s == NULL || !IsA(s, SelectStmt))
        return NONE;
    if (s->valuesLists != NIL)
        return named("column1", name);
    if (s->targetList == NIL || !IsA(linitial(s->targetList), ResTarget))
        return NONE;
    const ResTarget *t = linitial(s->targetList);
    if (t->name != NULL)
        return named(t->name, name);
    if (is_star(t->val))
        return UNKNOWN;
    enum strength inner = figure(t->val, name);
    return inner == NONE ? named("?column?", name) : inner == UNKNOWN ? UNKNOWN : STRONG;
}

static enum strength of_sublink(const SubLink *l, struct naming *name)
{
    switch (l->subLinkType) {
    case EXISTS_SUBLINK:
        return named("exists", name);
    case ARRAY_SUBLINK:
        return named("array", name);
    case EXPR_SUBLINK:
        return of_subquery((const SelectStmt *)l->subselect, name);
    default:
        return NONE;
    }
}

static enum strength of_value_function(const SQLValueFunction *f, struct naming *name)
{
    switch (f->op) {
    case SVFOP_CURRENT_DATE:
        return named("current_date", name);
    case SVFOP_CURRENT_TIME:
    case SVFOP_CURRENT_TIME_N:
        return named("current_time", name);
    case SVFOP_CURRENT_TIMESTAMP:
    case SVFOP_CURRENT_TIMESTAMP_N:
        return named("current_timestamp", name);
    case SVFOP_LOCALTIME:
    case SVFOP_LOCALTIME_N:
        return named("localtime", name);
    case SVFOP_LOCALTIMESTAMP:
    case SVFOP_LOCALTIMESTAMP_N:
        return named("localtimestamp", name);
    case SVFOP_CURRENT_ROLE:
        return named("current_role", name);
    case SVFOP_CURRENT_USER:
        return named("current_user", name);
    case SVFOP_USER:
        return named("user", name);
    case SVFOP_SESSION_USER:
        return named("session_user", name);
    case SVFOP_CURRENT_CATALOG:
        return named("current_catalog", name);
    case SVFOP_CURRENT_SCHEMA:
        return named("current_schema", name);
    }
    return NONE;
}

static enum strength of_xml(const XmlExpr *x, struct naming *name)
{
    switch (x->op) {
    case IS_XMLCONCAT:
        return named("xmlconcat", name);
    case IS_XMLELEMENT:
        return named("xmlelement", name);
    case IS_XMLFOREST:
        return named("xmlforest", name);
    case IS_XMLPARSE:
        return named("xmlparse", name);
    case IS_XMLPI:
        return named("xmlpi", name);
    case IS_XMLROOT:
        return named("xmlroot", name);
    case IS_XMLSERIALIZE:
        return named("xmlserialize", name);
    case IS_DOCUMENT:
        return NONE;
    }
    return NONE;
}

static enum strength figure(const Node *n, struct naming *name)
{
    if (n == NULL)
        return NONE;
    if (++name->levels > MAX_LEVELS)
        return UNKNOWN;
    switch (nodeTag(n)) {
    case T_ColumnRef:
        return last_name(((const ColumnRef *)n)->fields, name);
    case T_A_Indirection:
        if (last_name(((const A_Indirection *)n)->indirection, name) == STRONG)
            return STRONG;
        return figure(((const A_Indirection *)n)->arg, name);
    case T_FuncCall:
        return last_name(((const FuncCall *)n)->funcname, name);
    case T_A_Expr:
        return ((const A_Expr *)n)->kind == AEXPR_NULLIF ? named("nullif", name) : NONE;
    case T_TypeCast:
        return of_cast((const TypeCast *)n, name);
    case T_CollateClause:
        return figure(((const CollateClause *)n)->arg, name);
    case T_GroupingFunc:
        return named("grouping", name);
    case T_SubLink:
        return of_sublink((const SubLink *)n, name);
    case T_CaseExpr:
        return of_case((const CaseExpr *)n, name);
    case T_A_ArrayExpr:
        return named("array", name);
    case T_RowExpr:
        return named("row", name);
    case T_CoalesceExpr:
        return named("coalesce", name);
    case T_MinMaxExpr:
        return named(((const MinMaxExpr *)n)->op == IS_GREATEST ? "greatest" : "least", name);
    case T_SQLValueFunction:
        return of_value_function((const SQLValueFunction *)n, name);
    case T_XmlExpr:
        return of_xml((const XmlExpr *)n, name);
    case T_XmlSerialize:
        return named("xmlserialize", name);
    default:
        return NONE;
    }
}

const char *figure_name(const Node *n)
{
    struct naming name = {0};

    switch (figure(n, &name)) {
    case UNKNOWN:
        return NULL;
    case NONE:
        return "?column?";
    default:
        return name.text == NULL ? "?column?" : name.text;
    }
}
