#include "judge/sql/judge_int.h"

/* Two queries that give their rows one after the other: UNION and the like, and the parts of a
 * recursive query. */

/* Do the positions of both agree? A star stands for as many columns as its table has. */
static bool is_parallel(const struct outputs *left, const struct outputs *right)
{
    if (left->count != right->count || left->open || right->open)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (left->items[i].star != right->items[i].star)
            return false;
    return true;
}

/* All that flows into any column of either flows into each. */
static void blend(struct judge *j, struct outputs *left, const struct outputs *right, bool around)
{
    struct outputs both = {0};
    struct output *all = output_add(j, &both, NULL);

    if (all == NULL)
        return;
    for (const struct outputs *o = left;; o = right) {
        for (size_t i = 0; i < o->count; i++) {
            origin_carry(j, &all->origins, o->items[i].origins, around && o == right);
            origin_join(j, &all->reads, o->items[i].reads);
            all->loud = all->loud || o->items[i].loud;
        }
        origin_carry(j, &all->origins, o->rest, around && o == right);
        origin_join(j, &all->reads, o->rest_reads);
        if (o == right)
            break;
    }
    for (size_t i = 0; i < left->count; i++) {
        left->items[i].origins = all->origins;
        left->items[i].reads = all->reads;
        left->items[i].loud = all->loud;
    }
    left->rest = all->origins;
    left->rest_reads = all->reads;
    left->open = true;
}

void query_merge(struct judge *j, struct outputs *left, const struct outputs *right, bool around)
{
    origin_join(j, &left->decides, right->decides);
    origin_join(j, &left->tables, right->tables);
    origin_join(j, &left->rows, right->rows);
    origin_join(j, &left->ties, right->ties);
    origin_join(j, &left->tells, right->tells);
    if (!is_parallel(left, right)) {
        blend(j, left, right, around);
        return;
    }
    for (size_t i = 0; i < left->count; i++) {
        struct origin *own = NULL;
        origin_carry(j, &own, left->items[i].origins, false);
        origin_carry(j, &own, right->items[i].origins, around);
        left->items[i].origins = own;
        origin_join(j, &left->items[i].reads, right->items[i].reads);
        left->items[i].loud = left->items[i].loud || right->items[i].loud;
    }
}
