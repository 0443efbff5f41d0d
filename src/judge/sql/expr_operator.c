#include "judge/sql/judge_int.h"

/* Operators, and the literals beside them: whether texts that differ in nothing but such a literal
 * mean the same. */

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
void expr_operator(struct judge *j, struct scope *s, const A_Expr *e, struct origin **flow)
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
