#include "judge/sql/code_int.h"

#include "nodes/primnodes.h"

/* Every node type that the grammar puts into an expression. What is not listed here is opaque. */

bool depth_step(struct judge *j, uint64_t steps)
{
    j->steps += steps;
    if (j->steps <= SL_SQL_MAX_STEPS)
        return true;
    note_opaque(j, "the statement takes too long to understand", NULL);
    return false;
}

bool depth_enter(struct judge *j)
{
    if (j->out_of_memory || !depth_step(j, 1))
        return false;
    if (++j->depth <= SL_SQL_MAX_DEPTH)
        return true;
    j->depth--;
    note_opaque(j, "the statement is nested too deeply", NULL);
    return false;
}

void depth_leave(struct judge *j)
{
    j->depth--;
}

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

/* --- literals ------------------------------------------------------------------------------- */

bool expr_is_literal(const void *node)
{
    return node != NULL && IsA(node, A_Const) && !((const A_Const *)node)->isnull;
}

void expr_approve(struct judge *j, const void *node)
{
    j->literals_approved += expr_is_literal(node);
}

static bool is_comparison_or_arithmetic(const List *name)
{
    static const char *const operators[] = {"=", "<>", "<", "<=", ">", ">=",
                                            "+", "-",  "*", "/",  "%"};
    const char *op = list_length(name) == 1 ? name_text(linitial(name)) : NULL;

    for (size_t i = 0; op != NULL && i < SL_COUNT(operators); i++)
        if (strcmp(operators[i], op) == 0)
            return true;
    return false;
}

/* A value of a type that is surely built in and no reg* type: a literal beside it is read as that
 * type, and its text cannot choose another meaning. */
static bool is_plain_operand(struct judge *j, struct scope *s, const void *node, unsigned levels)
{
    const A_Expr *e = node;

    if (node == NULL || levels == 0)
        return false;
    if (IsA(node, ColumnRef))
        return column_is_plain(j, s, node);
    if (IsA(node, A_Const))
        return !((const A_Const *)node)->isnull &&
               ((const A_Const *)node)->val.node.type == T_Integer;
    return IsA(node, A_Expr) && e->kind == AEXPR_OP && is_comparison_or_arithmetic(e->name) &&
           is_plain_operand(j, s, e->lexpr, levels - 1) &&
           is_plain_operand(j, s, e->rexpr, levels - 1);
}

static void approve_list(struct judge *j, const void *list)
{
    const ListCell *cell;

    if (list != NULL && IsA(list, List))
        foreach (cell, (const List *)list)
            expr_approve(j, lfirst(cell));
}

static void approve_operands(struct judge *j, struct scope *s, const A_Expr *e)
{
    bool with_literal = expr_is_literal(e->lexpr) || expr_is_literal(e->rexpr);

    if (e->kind == AEXPR_OP && e->lexpr != NULL && with_literal &&
        is_comparison_or_arithmetic(e->name)) {
        if (is_plain_operand(j, s, e->lexpr, 4))
            expr_approve(j, e->rexpr);
        if (is_plain_operand(j, s, e->rexpr, 4))
            expr_approve(j, e->lexpr);
    } else if (e->kind == AEXPR_IN || e->kind == AEXPR_BETWEEN || e->kind == AEXPR_NOT_BETWEEN) {
        if (!expr_is_literal(e->lexpr) && is_plain_operand(j, s, e->lexpr, 4))
            approve_list(j, e->rexpr);
    }
}

/* --- operators ------------------------------------------------------------------------------ */

static void check_operator(struct judge *j, const A_Expr *e, struct origin *given,
                           struct origin **flow)
{
    switch (e->kind) {
    case AEXPR_BETWEEN:
    case AEXPR_NOT_BETWEEN:
    case AEXPR_BETWEEN_SYM:
    case AEXPR_NOT_BETWEEN_SYM:
        name_operator_text(j, ">=");
        name_operator_text(j, "<=");
        name_operator_text(j, "<");
        name_operator_text(j, ">");
        return;
    case AEXPR_DISTINCT:
    case AEXPR_NOT_DISTINCT:
    case AEXPR_NULLIF:
        name_operator_call(j, e->name, given, flow);
        name_operator_unwritten(j, e->name, given, flow);
        return;
    case AEXPR_OP:
    case AEXPR_OP_ANY:
    case AEXPR_OP_ALL:
    case AEXPR_IN:
    case AEXPR_LIKE:
    case AEXPR_ILIKE:
    case AEXPR_SIMILAR:
        name_operator_call(j, e->name, given, flow);
        return;
    }
    note_opaque(j, "an operator of an unknown kind", NULL);
}

/* A comparison tells one bit of its operands: the columns were touched, and yet the value still
 * comes from them. */
static void walk_operator(struct judge *j, struct scope *s, const A_Expr *e, struct origin **flow)
{
    const bool users = name_operator_is_users(j, e->name);
    struct origin *given = NULL, *read = NULL, **operands = users ? &given : flow;

    approve_operands(j, s, e);
    expr_walk(j, s, e->lexpr, operands);
    expr_walk(j, s, e->rexpr, operands);
    if (users)
        origin_join(j, flow, given);
    check_operator(j, e, given, &read);
    origin_meet(j, flow, read, e, 0);
}

/* --- subqueries ----------------------------------------------------------------------------- */

/* (SELECT count(*) ...) is a number whatever decides about its rows, as at the top. Of a constant
 * it says whether there is one. */
static bool is_counted(const void *query)
{
    const SelectStmt *n = query;
    const ResTarget *t = n == NULL || !IsA(n, SelectStmt) || list_length(n->targetList) != 1
                             ? NULL
                             : linitial(n->targetList);
    const Node *value = t == NULL || !IsA(t, ResTarget) ? NULL : t->val;

    while (value != NULL && IsA(value, TypeCast))
        value = ((const TypeCast *)value)->arg;
    return value != NULL && IsA(value, FuncCall) && ((const FuncCall *)value)->agg_star;
}

static void walk_sublink(struct judge *j, struct scope *s, const SubLink *l, struct origin **flow)
{
    struct outputs out = {.later = true, .all_made = l->subLinkType == EXISTS_SUBLINK};

    if (l->operName != NIL)
        name_operator(j, l->operName);
    else if (l->subLinkType == ANY_SUBLINK && !j->as_server) /* the server writes others out */
        name_operator_text(j, "=");
    expr_walk(j, s, l->testexpr, flow);
    query_walk(j, s, s == NULL ? NULL : s->ctes, l->subselect, &out);
    origin_join(j, j->decides, out.decides);
    if (s != NULL)
        origin_join(j, &s->ties, out.ties);
    if (l->subLinkType == EXISTS_SUBLINK) { /* what it would give is never looked at */
        origin_meet(j, flow, out.decides, l, 0);
        return;
    }
    struct origin *all = NULL;
    outputs_use_at(j, &out, &out, &all);
    if (l->subLinkType == ARRAY_SUBLINK || (all == NULL && !is_counted(l->subselect)))
        origin_join(j, &all, l->subLinkType == ARRAY_SUBLINK ? out.rows : out.decides);
    for (size_t i = 0; j->met != NULL && i < out.count; i++)
        j->met->made = j->met->made || out.items[i].loud;
    if (l->subLinkType == EXPR_SUBLINK)
        picked_one_row(j, s);
    origin_meet(j, flow, all, l, 0);
    if (l->subLinkType == ARRAY_SUBLINK) { /* a whole column in one value */
        bool from_users = false;
        for (const struct origin *o = all; o != NULL; o = o->next)
            from_users = from_users || !o->dataset->system;
        if (from_users)
            note_effect(j, SL_EFFECT_EXPORT);
        note_origins(j, all, SL_EFFECT_EXPORT);
        call_exports(j, out.ties);
    }
}

/* --- the rest ------------------------------------------------------------------------------- */

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
        walk_operator(j, s, (const A_Expr *)n, flow);
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
        walk_sublink(j, s, (const SubLink *)n, flow);
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
