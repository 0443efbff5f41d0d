#include "judge/sql/judge_int.h"

/* Where values come from, and how many rows' values of a column one value may hold.
 *
 * Within a query the same column of the same source is the same value however often it is named;
 * another source, another window, another subselect is another row. So an origin says at which
 * place its value was met and how many it stands for there, and the places of a column add up. A
 * value that is handed on counts as one that is met where it is handed to.
 */

/* Also the search for doubles is work that counts. */
static bool has_origin(struct judge *j, const struct origin *list, const struct origin *like)
{
    const struct origin *o = list;
    uint64_t steps = 1;

    for (; o != NULL; o = o->next, steps++)
        if (o->dataset == like->dataset && sl_span_eq(o->column, like->column) &&
            (o->via.n == 0 || sl_span_eq(o->via, like->via)) && o->place == like->place &&
            o->item == like->item && o->values >= like->values)
            break;
    j->steps += steps;
    return o != NULL;
}

static void add(struct judge *j, struct origin **list, struct origin one)
{
    if (list == NULL || one.dataset == NULL || !depth_step(j, 1) || has_origin(j, *list, &one))
        return;
    struct origin *o = NOTE_NEW(j, struct origin);
    if (o == NULL)
        return;
    one.next = *list;
    *o = one;
    *list = o;
}

void origin_add(struct judge *j, struct origin **list, struct dataset *d, struct sl_span column)
{
    origin_add_at(j, list, d, column, NULL);
}

void origin_add_at(struct judge *j, struct origin **list, struct dataset *d, struct sl_span column,
                   const void *place)
{
    add(j, list, (struct origin){.dataset = d, .column = column, .place = place, .values = 1});
}

void origin_join(struct judge *j, struct origin **list, const struct origin *more)
{
    if (list == NULL || *list == more)
        return;
    if (*list == NULL) {
        *list = (struct origin *)more;
        return;
    }
    for (; more != NULL && j->steps <= SL_SQL_MAX_STEPS; more = more->next)
        add(j, list, *more);
}

void origin_meet_via(struct judge *j, struct origin **list, const struct origin *more,
                     const void *place, struct sl_span via)
{
    for (; more != NULL && j->steps <= SL_SQL_MAX_STEPS; more = more->next) {
        struct origin one = *more;
        one.via = more->via.n > 0 ? more->via : via;
        one.place = place;
        one.item = 0;
        one.values = 1;
        add(j, list, one);
    }
}

struct origin *origin_plain(struct judge *j, struct origin *list)
{
    struct origin *plain = NULL;
    bool any = false;

    for (const struct origin *o = list; o != NULL && !any; o = o->next)
        any = o->via.n > 0;
    if (!any)
        return list;
    for (const struct origin *o = list; o != NULL && j->steps <= SL_SQL_MAX_STEPS; o = o->next)
        if (o->via.n == 0)
            add(j, &plain, *o);
    return plain;
}

/* --- how many ------------------------------------------------------------------------------- */

static bool same_column(const struct origin *a, const struct origin *b)
{
    return a->dataset == b->dataset && sl_span_eq(a->column, b->column);
}

/* A number that an aggregate made counts for one value: of one row it is that row's. */
static bool counts(const struct origin *o)
{
    return !o->dataset->system;
}

/* Does the same place stand further on in the list with at least as much? Of two entries that are
 * alike the last one counts. */
static bool counts_later(const struct origin *o)
{
    for (const struct origin *at = o->next; at != NULL; at = at->next)
        if (same_column(at, o) && at->place == o->place && at->item == o->item && counts(at) &&
            at->values >= o->values)
            return true;
    return false;
}

/* Does it stand before `o` with more? */
static bool counts_before(const struct origin *list, const struct origin *o)
{
    for (; list != o; list = list->next)
        if (same_column(list, o) && list->place == o->place && list->item == o->item &&
            counts(list) && list->values > o->values)
            return true;
    return false;
}

uint32_t origin_values(struct judge *j, const struct origin *list, const struct origin *of)
{
    uint32_t n = 0;

    for (const struct origin *o = list; o != NULL; o = o->next, j->steps++)
        if (same_column(o, of) && counts(o) && !counts_later(o) && !counts_before(list, o))
            n += o->values;
    return n < ORIGIN_MANY ? n : ORIGIN_MANY;
}

uint32_t origin_most(struct judge *j, const struct origin *list)
{
    uint32_t most = 0;

    for (const struct origin *o = list; o != NULL && j->steps <= SL_SQL_MAX_STEPS; o = o->next) {
        uint32_t n = counts(o) ? origin_values(j, list, o) : 0;
        most = n > most ? n : most;
    }
    return most;
}

/* --- handing on ------------------------------------------------------------------------------ */

/* How each origin of a list comes into another one. */
struct handed {
    enum { SUMMED, GIVEN } as;
    uint32_t values; /* GIVEN */
    bool around;     /* SUMMED: what grew grows without end */
    const void *place;
    uint32_t item;
};

/* Does the list hold some of this column, but fewer of it? */
static bool has_fewer(const struct origin *list, const struct origin *than)
{
    bool fewer = false;

    for (; list != NULL; list = list->next)
        if (same_column(list, than) && list->place == NULL && counts(list)) {
            if (list->values >= than->values)
                return false;
            fewer = true;
        }
    return fewer;
}

static struct origin handed_on(struct judge *j, const struct origin *list,
                               const struct origin *from, const struct origin *of,
                               const struct handed *h)
{
    struct origin one = *of;

    one.place = h->place;
    one.item = h->item;
    if (h->as == GIVEN)
        one.values = h->values;
    else if (of->place != NULL && counts(of))
        one.values = origin_values(j, from, of);
    if (h->around && counts(&one) && has_fewer(list, &one))
        one.values = ORIGIN_MANY;
    return one;
}

/* In the order of the list, which is that of the text backwards. */
static void hand_on(struct judge *j, struct origin **list, const struct origin *from,
                    const struct handed *h)
{
    size_t n = 0;

    if (list == NULL || from == NULL)
        return;
    for (const struct origin *o = from; o != NULL; o = o->next)
        n++;
    const struct origin **in_order = note_alloc(j, n * sizeof *in_order);
    if (in_order == NULL || !depth_step(j, n))
        return;
    for (const struct origin *o = from; o != NULL; o = o->next)
        in_order[--n] = o;
    for (const struct origin *last = from; last != NULL; last = last->next, n++)
        if (j->steps <= SL_SQL_MAX_STEPS)
            add(j, list, handed_on(j, *list, from, in_order[n], h));
}

void origin_meet(struct judge *j, struct origin **list, const struct origin *from,
                 const void *place, uint32_t item)
{
    hand_on(j, list, from, &(struct handed){.as = SUMMED, .place = place, .item = item});
}

void origin_settle(struct judge *j, struct origin **list, const struct origin *from)
{
    hand_on(j, list, from, &(struct handed){.as = GIVEN, .values = 1});
}

void origin_carry(struct judge *j, struct origin **list, const struct origin *from, bool around)
{
    hand_on(j, list, from, &(struct handed){.as = SUMMED, .around = around});
}

void origin_gather(struct judge *j, struct origin **list, const struct origin *from)
{
    hand_on(j, list, from, &(struct handed){.as = GIVEN, .values = ORIGIN_MANY});
}

void origin_gives(struct judge *j, struct origin **list, const struct origin *from, uint32_t values)
{
    hand_on(j, list, from, &(struct handed){.as = GIVEN, .values = values > 1 ? values : 1});
}

void origin_leave(struct judge *j, const struct origin *list)
{
    for (const struct origin *o = list; o != NULL && j->steps <= SL_SQL_MAX_STEPS; o = o->next) {
        const struct origin one = {.dataset = o->dataset, .column = o->column};
        if (counts(o) && origin_values(j, list, o) >= ORIGIN_MANY) {
            note_effect(j, SL_EFFECT_EXPORT);
            note_origins(j, &one, SL_EFFECT_EXPORT);
        }
    }
}

struct output *output_add(struct judge *j, struct outputs *o, const char *name)
{
    struct output *items = note_grow(j, o->items, o->count, &o->room, sizeof *items);

    if (items == NULL)
        return NULL;
    o->items = items;
    items[o->count] = (struct output){.name = name};
    return &items[o->count++];
}

void output_use(struct judge *j, const struct output *o, struct origin **flow)
{
    note_reads(j, o->reads);
    origin_settle(j, flow, o->origins);
    j->loud = j->loud || o->loud;
}

void outputs_use(struct judge *j, const struct outputs *o, struct origin **flow)
{
    for (size_t i = 0; i < o->count; i++)
        output_use(j, &o->items[i], flow);
    note_reads(j, o->rest_reads);
    origin_settle(j, flow, o->rest);
    j->loud = j->loud || o->open;
}

void output_use_at(struct judge *j, const struct outputs *o, size_t item, const void *place,
                   struct origin **flow)
{
    note_reads(j, o->items[item].reads);
    origin_meet(j, flow, o->items[item].origins, place, (uint32_t)item + 1);
    j->loud = j->loud || o->items[item].loud;
}

void outputs_use_at(struct judge *j, const struct outputs *o, const void *place,
                    struct origin **flow)
{
    for (size_t i = 0; i < o->count; i++)
        output_use_at(j, o, i, place, flow);
    note_reads(j, o->rest_reads);
    origin_meet(j, flow, o->rest, place, UINT32_MAX);
    j->loud = j->loud || o->open;
}

struct origin *output_union(struct judge *j, const struct outputs *o)
{
    struct origin *all = NULL;

    for (size_t i = 0; i < o->count; i++)
        if (i == 0 || o->items[i].origins != o->items[i - 1].origins)
            origin_join(j, &all, o->items[i].origins);
    origin_join(j, &all, o->rest);
    return all;
}
