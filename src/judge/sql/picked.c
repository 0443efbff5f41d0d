#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* Values that say something by being there.
 *
 * What a text makes itself (generate_series, VALUES, a constant) comes from no column, and yet,
 * where it is compared with one, what is left of it is that column's value. So each part of a
 * condition is followed by itself: what it tells is joined to the made values that it names
 * (`picked`), which then come from there. Plain columns that are compared are keys: of a row of
 * made values only the key is told by them. Anything cleverer may tell which row it is, and so all
 * of it; and where it compares two sources, it is a tie: whoever collects the rows of such a query
 * collects what they were compared with (call.c).
 */

static bool makes(const struct outputs *o)
{
    bool any = o->open && o->rest == NULL;

    for (size_t i = 0; i < o->count && !any; i++)
        any = o->items[i].origins == NULL && !o->items[i].star;
    return any;
}

void picked_source(struct judge *j, const struct source *at)
{
    j->makes = j->makes || (at->outputs != NULL && !at->variable && makes(at->outputs));
}

void picked_met(struct judge *j, struct source *at, uint32_t item)
{
    struct met *m = j->met;

    if (m == NULL || at->variable)
        return;
    for (size_t i = 0; i < m->count; i++)
        if (m->items[i].source == at && m->items[i].item == item)
            return;
    if (m->count < SL_COUNT(m->items))
        m->items[m->count++] = (struct met_column){at, item};
    else
        note_opaque(j, "a condition names more columns than the judge follows", NULL);
}

void picked_add(struct judge *j, struct source *at, uint32_t item, const struct origin *from)
{
    struct picked *p = at->picked;

    if (from == NULL || at->outputs == NULL || at->variable || !makes(at->outputs))
        return;
    while (p != NULL && p->item != item)
        p = p->next;
    if (p == NULL && (p = NOTE_NEW(j, struct picked)) != NULL) {
        *p = (struct picked){.next = at->picked, .item = item};
        at->picked = p;
    }
    if (p != NULL)
        origin_settle(j, &p->from, from);
}

void picked_use(struct judge *j, const struct source *at, uint32_t item, struct origin **flow)
{
    for (const struct picked *p = at->picked; p != NULL; p = p->next)
        if (p->item == item || p->item == PICKED_ALL || item == PICKED_ALL)
            origin_meet(j, flow, p->from, at, UINT32_MAX - 1);
}

/* --- conditions ------------------------------------------------------------------------------- */

static bool is_key(const void *node, unsigned levels)
{
    const ListCell *cell;

    if (node == NULL || IsA(node, ColumnRef) || IsA(node, A_Const) || IsA(node, ParamRef))
        return true;
    if (levels == 0)
        return false;
    if (IsA(node, TypeCast))
        return is_key(((const TypeCast *)node)->arg, levels - 1);
    if (IsA(node, NullTest))
        return is_key(((const NullTest *)node)->arg, levels - 1);
    if (IsA(node, BooleanTest))
        return is_key(((const BooleanTest *)node)->arg, levels - 1);
    if (IsA(node, SubLink)) /* its own conditions were looked at by themselves */
        return is_key(((const SubLink *)node)->testexpr, levels - 1);
    const List *list = IsA(node, RowExpr) ? ((const RowExpr *)node)->args
                       : IsA(node, List)  ? (const List *)node
                                          : NULL;
    if (list == NULL)
        return false;
    foreach (cell, list)
        if (!is_key(lfirst(cell), levels - 1))
            return false;
    return true;
}

static bool compares_keys(const void *node)
{
    const A_Expr *e = node;

    return IsA(node, A_Expr) ? is_key(e->lexpr, 4) && is_key(e->rexpr, 4) : is_key(node, 4);
}

static bool is_between_sources(const struct met *m)
{
    for (size_t i = 1; i < m->count; i++)
        if (m->items[i].source != m->items[0].source)
            return true;
    return false;
}

/* column = value: it was known before that it may be this one. */
static bool is_lookup(const void *node)
{
    const A_Expr *e = node;

    return IsA(node, A_Expr) && (e->kind == AEXPR_OP || e->kind == AEXPR_IN) &&
           list_length(e->name) == 1 && name_text(linitial(e->name)) != NULL &&
           strcmp(name_text(linitial(e->name)), "=") == 0;
}

static void condition(struct judge *j, struct scope *s, const void *node)
{
    struct origin **pending = j->pending, *from = NULL;
    struct met *before = j->met, met = {0};

    j->met = &met;
    j->pending = NULL;
    expr_walk(j, s, node, &from);
    j->pending = pending;
    j->met = before;
    origin_join(j, j->decides, from);
    const bool keys = !met.made && compares_keys(node);
    for (size_t i = 0; i < met.count; i++) {
        picked_add(j, met.items[i].source, keys ? met.items[i].item : PICKED_ALL, from);
        picked_met(j, met.items[i].source, met.items[i].item);
    }
    if (s != NULL && !keys && is_between_sources(&met))
        origin_settle(j, &s->ties, from);
    if (s != NULL && !(keys && is_lookup(node)))
        origin_settle(j, &s->tells, from);
}

void picked_condition(struct judge *j, struct scope *s, const void *node)
{
    const ListCell *cell;

    if (node == NULL || !depth_enter(j))
        return;
    if (IsA(node, BoolExpr))
        foreach (cell, ((const BoolExpr *)node)->args)
            picked_condition(j, s, lfirst(cell));
    else
        condition(j, s, node);
    depth_leave(j);
}

static bool is_within(const struct scope *s, const struct source *source)
{
    for (; s != NULL; s = s->up)
        for (const struct source *at = s->sources; at != NULL; at = at->next)
            if (at == source)
                return true;
    return false;
}

void picked_one_row(struct judge *j, const struct scope *s)
{
    struct met *m = j->met;
    size_t kept = 0;

    for (size_t i = 0; m != NULL && i < m->count; i++)
        if (is_within(s, m->items[i].source))
            m->items[kept++] = m->items[i];
    if (m != NULL)
        m->count = kept;
}

/* --- rows --------------------------------------------------------------------------------------
 */

/* Where as many rows are made as a value says, to count them is to read it. */
struct origin *picked_rows(struct judge *j, const struct scope *s)
{
    struct origin *rows = NULL;

    if (s == NULL)
        return NULL;
    origin_join(j, &rows, s->rows);
    for (const struct source *at = s->sources; at != NULL; at = at->next)
        for (const struct picked *p = at->picked; p != NULL; p = p->next)
            if (p->item == PICKED_ALL)
                origin_join(j, &rows, p->from);
    return rows;
}

void picked_from(struct judge *j, struct scope *s, const struct outputs *inner)
{
    origin_join(j, &s->rows, inner->rows);
    origin_join(j, &s->ties, inner->ties);
    origin_join(j, &s->tells, inner->tells);
}

/* A constant among so many rows, or beside what is not in another query: which of them is left. */
void picked_outputs(struct judge *j, struct outputs *out, const struct origin *from)
{
    if (from == NULL || !makes(out))
        return;
    origin_settle(j, &out->rows, from);
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].origins == NULL && !out->items[i].star)
            origin_settle(j, &out->items[i].origins, from);
    if (out->open && out->rest == NULL)
        origin_settle(j, &out->rest, from);
}
