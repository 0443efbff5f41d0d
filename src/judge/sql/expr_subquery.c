#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* Queries inside an expression: (SELECT ...), EXISTS, IN, ANY, ALL, ARRAY. */

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

void expr_subquery(struct judge *j, struct scope *s, const SubLink *l, struct origin **flow)
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
