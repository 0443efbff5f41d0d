#include "judge/sql/plpgsql_int.h"

/* Branches, loops and ends of a PL/pgSQL body: what decides that a statement runs. It is joined to
 * what is assigned there, and to what variables give there; constants that are written to a table
 * in a branch, and fields of NEW and OLD, say nothing of their own and are left as they are.
 */

struct origin *branch_begin(struct plpgsql *p, const struct origin *from)
{
    struct origin *before = p->j->branch;

    origin_meet(p->j, &p->j->branch, from, p->tokens + p->at, 0);
    return before;
}

struct origin *branch_of_error(struct plpgsql *p, const struct origin *from)
{
    struct origin *before = p->j->branch;

    origin_settle(p->j, &p->j->branch, from);
    return before;
}

static bool holds(const struct origin *list, const struct origin *column)
{
    while (list != NULL &&
           (list->dataset != column->dataset || !sl_span_eq(list->column, column->column)))
        list = list->next;
    return list != NULL;
}

/* An error tells of a column once, whether by its text or by its being there. */
void branch_join(struct judge *j, struct origin **flow)
{
    const struct origin *o = flow == NULL ? NULL : j->branch;

    for (; o != NULL && depth_step(j, 1); o = o->next)
        if (o->place != NULL || !holds(*flow, o))
            origin_add_at(j, flow, o->dataset, o->column, o->place);
}

/* What left the loop in there goes on deciding. */
void branch_end(struct plpgsql *p, struct origin *before)
{
    p->j->branch = before;
    if (p->loop != NULL)
        origin_join(p->j, &p->j->branch, p->loop->from);
}

static struct left *left_at(struct plpgsql *p, size_t at)
{
    struct left *l = p->lefts;

    while (l != NULL && l->at != at)
        l = l->next;
    if (l == NULL && (l = NOTE_NEW(p->j, struct left)) != NULL) {
        *l = (struct left){.next = p->lefts, .at = at};
        p->lefts = l;
    }
    return l;
}

static void enter(struct plpgsql *p, size_t at)
{
    struct left *l = left_at(p, at);

    if (l == NULL)
        return;
    l->up = p->loop;
    p->loop = l;
    origin_join(p->j, &p->j->branch, l->from);
}

struct origin *branch_loop(struct plpgsql *p, const struct origin *from)
{
    struct origin *before = branch_begin(p, from);

    enter(p, p->at);
    return before;
}

void branch_loop_end(struct plpgsql *p, struct origin *before)
{
    if (p->loop != NULL && p->loop->at != SIZE_MAX)
        p->loop = p->loop->up;
    branch_end(p, before);
}

void branch_body(struct plpgsql *p)
{
    p->loop = NULL;
    p->j->branch = NULL;
    enter(p, SIZE_MAX);
}

void branch_leave(struct plpgsql *p, const struct origin *from, bool far, bool returns)
{
    struct origin *why = p->j->branch;

    origin_meet(p->j, &why, from, p->tokens + p->at, 0);
    for (struct left *l = p->loop; l != NULL; l = l->up) {
        if (returns || l->at != SIZE_MAX)
            origin_join(p->j, &l->from, why);
        if (!far && !returns)
            break;
    }
    if (p->loop != NULL)
        origin_join(p->j, &p->j->branch, p->loop->from);
}

size_t branch_size(const struct plpgsql *p)
{
    size_t n = 0;

    for (const struct left *l = p->lefts; l != NULL; l = l->next)
        for (const struct origin *o = l->from; o != NULL; o = o->next)
            n++;
    return n;
}

struct origin *branch_value(struct plpgsql *p, struct origin *from)
{
    struct origin *all = NULL;

    if (p->j->branch == NULL)
        return from;
    origin_join(p->j, &all, from);
    branch_join(p->j, &all);
    return all;
}
