#include "judge/sql/judge_int.h"

/* What the session keeps besides tables: parameters, where sequences stand, keys of advisory locks,
 * the seed of random(), names of cursors. Whatever of a text's values goes in there may come out of
 * whatever tells it: which of them, and in which order they run, is not followed. So a text that
 * does both is judged a second time, and from its beginning on all of it is kept. */

static const char *const functions[] = {
    /* parameters */
    "current_setting", "pg_show_all_settings", "pg_stat_get_activity",
    /* sequences */
    "nextval", "currval", "lastval", "pg_sequence_last_value",
    /* locks */
    "pg_lock_status", "pg_advisory_unlock", "pg_advisory_unlock_shared",
    /* what a seed makes, portals */
    "random", "random_normal", "pg_cursor"};
static const char *const relations[] = {"pg_catalog.pg_settings", "pg_catalog.pg_stat_activity",
                                        "pg_catalog.pg_sequences", "pg_catalog.pg_locks",
                                        "pg_catalog.pg_cursors"};

bool store_is_told_by(const char *function)
{
    for (size_t i = 0; i < SL_COUNT(functions); i++)
        if (strcmp(functions[i], function) == 0)
            return true;
    return false;
}

static bool is_told_by_relation(const struct dataset *d)
{
    if (d->listed)
        return d->relation.kind == 'S';
    for (size_t i = 0; d->system && i < SL_COUNT(relations); i++)
        if (sl_span_is(d->name, relations[i]))
            return true;
    return false;
}

void store_keep(struct judge *j, const struct origin *from)
{
    for (const struct origin *o = from; o != NULL && !j->planned_only; o = o->next)
        if (!o->dataset->system)
            origin_settle(j, &j->stored,
                          &(struct origin){.dataset = o->dataset, .column = o->column});
}

void store_tell(struct judge *j, const void *place, struct origin **flow)
{
    j->told = true;
    note_reads(j, j->stored); /* and code that tells it gives it back */
    origin_meet(j, flow, j->stored, place, 0);
}

void store_tell_relation(struct judge *j, const struct dataset *d, const void *place,
                         struct origin **flow)
{
    if (is_told_by_relation(d))
        store_tell(j, place, flow);
}

void store_begin(struct judge *j, const struct origin *before)
{
    for (const struct origin *o = before; o != NULL; o = o->next) {
        const struct dataset *old = o->dataset;
        struct dataset *d = old->listed ? name_listed(j, &old->relation)
                                        : note_new_dataset(j, (struct sl_span){0}, old->name);
        if (d != NULL)
            origin_add(j, &j->stored, d, o->column);
    }
}

static size_t length(const struct origin *o)
{
    size_t n = 0;

    for (; o != NULL; o = o->next)
        n++;
    return n;
}

bool store_grew(const struct judge *j, const struct origin *before)
{
    return j->told && length(j->stored) > length(before);
}
