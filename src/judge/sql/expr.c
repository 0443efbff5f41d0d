#include "judge/sql/code_int.h"

#include "nodes/primnodes.h"

/* Every node type that the grammar puts into an expression. What is not listed here is opaque. */

const void *expr_node(struct judge *j, NodeTag tag, const void *node)
{
    if (node != NULL && nodeTag(node) == tag)
        return node;
    note_opaque(j, "a list holds something that the judge does not know", NULL);
    return NULL;
}

void expr_list(struct judge *j, struct scope *s, const List *list, struct origin **flow)
{
    const ListCell *cell;

    foreach (cell, list)
        expr_walk(j, s, lfirst(cell), flow);
}

void expr_sort(struct judge *j, struct scope *s, const List *list)
{
    const ListCell *cell;

    foreach (cell, list) {
        const SortBy *by = NODE(j, SortBy, cell);
        if (by == NULL)
            continue;
        if (by->useOp != NIL)
            name_operator(j, by->useOp);
        picked_condition(j, s, by->node);
    }
}

void expr_window(struct judge *j, struct scope *s, const WindowDef *w)
{
    if (w == NULL)
        return;
    expr_list(j, s, w->partitionClause, NULL);
    expr_sort(j, s, w->orderClause);
    expr_walk(j, s, w->startOffset, NULL);
    expr_walk(j, s, w->endOffset, NULL);
}

static void walk_case(struct judge *j, struct scope *s, const CaseExpr *c, struct origin **flow)
{
    const ListCell *cell;

    if (c->arg != NULL)
        name_operator_text(j, "=");
    expr_walk(j, s, c->arg, flow); /* a condition tells of its columns: that is a flow, too */
    foreach (cell, c->args) {
        const CaseWhen *when = NODE(j, CaseWhen, cell);
        if (when == NULL)
            continue;
        expr_walk(j, s, when->expr, flow);
        expr_walk(j, s, when->result, flow);
    }
    expr_walk(j, s, c->defresult, flow);
}

static void walk_indirection(struct judge *j, struct scope *s, const List *list,
                             struct origin *given, struct origin **flow)
{
    const ListCell *cell;

    foreach (cell, list) {
        const Node *n = lfirst(cell);
        if (IsA(n, A_Indices)) {
            expr_walk(j, s, ((const A_Indices *)n)->lidx, flow);
            expr_walk(j, s, ((const A_Indices *)n)->uidx, flow);
        } else if (IsA(n, String)) {
            /* (f()).name, (row).name: a field, or a function of the row */
            struct origin *read = NULL;
            function_of_row(j, strVal(n), given, &read);
            origin_meet(j, flow, read, n, 0);
        } else if (!IsA(n, A_Star)) {
            note_opaque(j, "a selection of an unknown kind", NULL);
        }
    }
}

static void walk_selection(struct judge *j, struct scope *s, const A_Indirection *i,
                           struct origin **flow)
{
    struct origin *given = NULL;

    expr_walk(j, s, i->arg, &given);
    origin_join(j, flow, given);
    walk_indirection(j, s, i->indirection, given, flow);
}

/* $1: outside of a body its value comes with the statement. */
static void walk_parameter(struct judge *j, const ParamRef *p, struct origin **flow)
{
    const struct arguments *a = j->arguments;

    if (a != NULL && a->by_position && p->number > 0 && p->number < CODE_ARGUMENTS)
        origin_meet(j, flow, a->items[p->number - 1], &a->items[p->number - 1], 0);
    else if (a != NULL)
        origin_join(j, flow, a->all);
}

/* (c).name of the row of a source. */
static bool is_field(struct judge *j, struct scope *s, const A_Indirection *n, struct origin **flow)
{
    const char *name =
        list_length(n->indirection) == 1 ? name_text(linitial(n->indirection)) : NULL;

    return name != NULL && column_field(j, s, n->arg, name, flow);
}

static void walk_xml(struct judge *j, struct scope *s, const XmlExpr *x, struct origin **flow)
{
    const ListCell *cell;

    foreach (cell, x->named_args) {
        const ResTarget *t = NODE(j, ResTarget, cell);
        if (t == NULL)
            continue;
        expr_walk(j, s, t->val, flow);
    }
    expr_list(j, s, x->args, flow);
}

static void walk_const(struct judge *j, const A_Const *c)
{
    if (!c->isnull)
        j->literals++;
}

/* Text of a value of the server's own types: that never fails. */
static bool is_text(const struct judge *j, const TypeName *t)
{
    const char *name = t == NULL || t->names == NIL ? NULL : name_text(llast(t->names));

    return name != NULL && !j->saw_user_values && t->typmods == NIL && t->arrayBounds == NIL &&
           strcmp(name, "text") == 0;
}

/* Hands on what it is made of: making it cannot fail. */
static bool is_quiet(const struct judge *j, const Node *n)
{
    switch (nodeTag(n)) {
    case T_A_Const:
    case T_ColumnRef:
    case T_ParamRef:
    case T_SetToDefault:
    case T_SQLValueFunction:
    case T_BoolExpr:
    case T_NullTest:
    case T_BooleanTest:
    case T_RowExpr:
    case T_CollateClause:
        return true;
    case T_TypeCast: /* a literal is the same for every row */
        return expr_is_literal(((const TypeCast *)n)->arg) ||
               is_text(j, ((const TypeCast *)n)->typeName);
    default:
        return false;
    }
}

static void walk_node(struct judge *j, struct scope *s, const Node *n, struct origin **flow)
{
    switch (nodeTag(n)) {
    case T_A_Const:
        walk_const(j, (const A_Const *)n);
        return;
    case T_ColumnRef:
        column_reference(j, s, (const ColumnRef *)n, flow);
        return;
    case T_ParamRef:
        walk_parameter(j, (const ParamRef *)n, flow);
        return;
    case T_SetToDefault:
    case T_SQLValueFunction:
    case T_CurrentOfExpr:
        return;
    case T_A_Expr:
        expr_operator(j, s, (const A_Expr *)n, flow);
        return;
    case T_BoolExpr:
        expr_list(j, s, ((const BoolExpr *)n)->args, flow);
        return;
    case T_FuncCall:
        call_walk(j, s, (const FuncCall *)n, flow);
        return;
    case T_TypeCast:
        name_type(j, ((const TypeCast *)n)->typeName);
        if (((const TypeCast *)n)->typeName != NULL)
            expr_list(j, s, ((const TypeCast *)n)->typeName->typmods, NULL);
        expr_walk(j, s, ((const TypeCast *)n)->arg, flow);
        return;
    case T_CollateClause:
        expr_walk(j, s, ((const CollateClause *)n)->arg, flow);
        return;
    case T_SubLink:
        expr_subquery(j, s, (const SubLink *)n, flow);
        return;
    case T_CaseExpr:
        walk_case(j, s, (const CaseExpr *)n, flow);
        return;
    case T_CoalesceExpr:
        expr_list(j, s, ((const CoalesceExpr *)n)->args, flow);
        return;
    case T_MinMaxExpr:
        expr_list(j, s, ((const MinMaxExpr *)n)->args, flow);
        return;
    case T_NullTest:
        expr_walk(j, s, ((const NullTest *)n)->arg, flow);
        return;
    case T_BooleanTest:
        expr_walk(j, s, ((const BooleanTest *)n)->arg, flow);
        return;
    case T_RowExpr:
        expr_list(j, s, ((const RowExpr *)n)->args, flow);
        return;
    case T_A_ArrayExpr:
        expr_list(j, s, ((const A_ArrayExpr *)n)->elements, flow);
        return;
    case T_A_Indirection:
        if (!is_field(j, s, (const A_Indirection *)n, flow))
            walk_selection(j, s, (const A_Indirection *)n, flow);
        return;
    case T_NamedArgExpr:
        expr_walk(j, s, ((const NamedArgExpr *)n)->arg, flow);
        return;
    case T_GroupingFunc:
        expr_list(j, s, ((const GroupingFunc *)n)->args, NULL);
        return;
    case T_GroupingSet:
        expr_list(j, s, ((const GroupingSet *)n)->content, flow);
        return;
    case T_MultiAssignRef:
        expr_walk(j, s, ((const MultiAssignRef *)n)->source, flow);
        return;
    case T_XmlExpr:
        walk_xml(j, s, (const XmlExpr *)n, flow);
        return;
    case T_XmlSerialize:
        name_type(j, ((const XmlSerialize *)n)->typeName);
        expr_walk(j, s, ((const XmlSerialize *)n)->expr, flow);
        return;
    case T_List:
        expr_list(j, s, (const List *)n, flow);
        return;
    default:
        note_opaque(j, "an expression of a kind that the judge does not know", NULL);
    }
}

void expr_walk(struct judge *j, struct scope *s, const void *node, struct origin **flow)
{
    struct origin **pending = j->pending;

    if (node == NULL || !depth_enter(j))
        return;
    if (flow == NULL)
        j->pending = NULL;
    j->loud = j->loud || !is_quiet(j, node);
    walk_node(j, s, node, flow == NULL ? j->decides : flow);
    j->pending = pending;
    depth_leave(j);
}
