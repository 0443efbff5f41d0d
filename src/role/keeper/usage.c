#include "role/keeper/usage_int.h"

#include <stdlib.h>

enum {
    NAMES_BYTES = 64 * 1024 * 1024,
    CELLS = 4096,
};

/* No sum of what a lying gate says overflows soon. */
#define MOST (UINT64_C(1) << 48)

const char *usage_key_name(unsigned key)
{
    static const char *const names[] = {
#define NAME(NAME, text) text,
        USAGE_KEYS(NAME)
#undef NAME
    };

    return key < SL_COUNT(names) ? names[key] : NULL;
}

void usage_fail(struct usage *u, enum sl_err why)
{
    if (u->why == SL_OK)
        u->why = why;
}

/* Sessions outlive the keeper: those of the view are at their places again. */
static void load_seats(struct usage *u)
{
    struct db_rows rows = db_ask(u->db, DB_SESSION_LIST, "");

    while (db_row(&rows))
        (void)usage_seat(u, db_u64(&rows, 0),
                         usage_who(u, db_span(&rows, 1), db_span(&rows, 3), db_span(&rows, 4)));
}

enum sl_err usage_new(struct db *db, struct usage **out)
{
    SL_FREED_BY(usage) struct usage *u = calloc(1, sizeof *u);

    if (u == NULL)
        return SL_EMEMORY;
    u->db = db;
    u->epoch = 1;
    SL_TRY(sl_arena_new(&u->names, NAMES_BYTES));
    struct sl_map **maps[] = {&u->whos, &u->seats, &u->facts, &u->cells};
    for (size_t i = 0; i < SL_COUNT(maps); i++)
        SL_TRY(sl_map_new(maps[i], 0));
    load_seats(u);
    usage_opens_load(u);
    SL_TRY(u->why);
    SL_TRY(db_err(db));
    *out = u;
    u = NULL;
    return SL_OK;
}

void usage_free(struct usage *u)
{
    if (u == NULL)
        return;
    usage_seats_free(u);
    if (u->facts != NULL)
        usage_facts_free(u);
    usage_cells_forget(u, true);
    sl_map_free(u->whos);
    sl_map_free(u->facts);
    sl_map_free(u->cells);
    sl_arena_free(u->names);
    free(u);
}

static uint64_t at_most(uint64_t n)
{
    return n < MOST ? n : MOST;
}

/* --- actions --- */

static bool waits(uint8_t outcome, const struct usage_event *e)
{
    return outcome == 0 ||
           (outcome == SL_OUTCOME_OK && e->facts->changes && (e->flags & SL_INTENT_IN_TX) != 0);
}

void usage_happened(struct usage *u, uint8_t outcome, const struct usage_event *told)
{
    struct usage_event e = *told;
    struct cell *c =
        e.facts == NULL || e.who == NULL ? NULL : usage_cell(u, e.facts, e.who, e.at_us);

    if (c == NULL)
        return;
    e.rows = at_most(e.rows);
    e.bytes = at_most(e.bytes);
    c->statements += !e.counted;
    c->bytes += e.bytes;
    if (!e.facts->changes || outcome == SL_OUTCOME_OK)
        c->rows += waits(outcome, &e) && e.facts->changes ? 0 : e.rows;
    if (waits(outcome, &e))
        usage_open_add(u, outcome, &e, c);
}

void usage_item(struct usage *u, struct usage_facts *facts, const struct sl_entry_action *a)
{
    struct seat *s = usage_seat(u, a->session, NULL);

    if (s == NULL)
        s = usage_seat(u, a->session, usage_who(u, a->identity, sl_span(NULL, 0), a->target));
    if (s != NULL)
        usage_happened(u, a->outcome,
                       &(struct usage_event){.facts = facts,
                                             .who = s->who,
                                             .session = a->session,
                                             .action = a->action,
                                             .at_us = a->started_us,
                                             .rows = a->rows,
                                             .bytes = a->bytes,
                                             .flags = a->flags});
}

/* --- into the tables --- */

enum sl_err usage_flush(struct usage *u)
{
    SL_TRY(u->why);
    usage_cells_flush(u);
    usage_opens_save(u);
    if (sl_map_count(u->cells) > CELLS)
        usage_cells_forget(u, false);
    SL_TRY(db_err(u->db));
    return u->why;
}

/* Sets of datasets that no row has any more go too; so no cell and no facts may remember one. */
enum sl_err usage_purge(struct usage *u, uint64_t before_us)
{
    SL_TRY(usage_flush(u));
    usage_cells_forget(u, false);
    db_run(u->db, DB_USAGE_PURGE, "i", before_us / USAGE_HOUR_US);
    if (db_changes(u->db) > 0) {
        db_run(u->db, DB_USAGE_PURGE_WHAT, "");
        db_run(u->db, DB_USAGE_PURGE_TOUCH, "");
    }
    return db_err(u->db);
}
