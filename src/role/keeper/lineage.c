#include "role/keeper/lineage_int.h"

#include <stdlib.h>

enum { SL_TEXT_DIGEST = 32 }; /* before a text that was cut (core/ledger/journal.h) */
enum { NAMES_BYTES = 64 * 1024 * 1024 };

/* Sessions outlive the keeper: those of the view are at their places again. */
static void load_seats(struct lineage *l)
{
    struct db_rows rows = db_ask(l->db, DB_SESSION_LIST, "");

    while (db_row(&rows))
        (void)lineage_seat(l, db_u64(&rows, 0),
                           lineage_doer(l, db_span(&rows, 1), db_span(&rows, 3),
                                        db_span(&rows, 4)));
}

enum sl_err lineage_new(struct db *db, struct lineage **out)
{
    SL_FREED_BY(lineage) struct lineage *l = calloc(1, sizeof *l);

    if (l == NULL)
        return SL_EMEMORY;
    l->db = db;
    SL_TRY(sl_arena_new(&l->names, NAMES_BYTES));
    struct sl_map **maps[] = {&l->doers, &l->seats, &l->stories, &l->acts, &l->nodes};
    for (size_t i = 0; i < SL_COUNT(maps); i++)
        SL_TRY(sl_map_new(maps[i], 0));
    load_seats(l);
    lineage_opens_load(l);
    SL_TRY(l->why);
    SL_TRY(db_err(db));
    *out = l;
    l = NULL;
    return SL_OK;
}

void lineage_free(struct lineage *l)
{
    if (l == NULL)
        return;
    lineage_opens_free(l);
    if (l->acts != NULL)
        lineage_acts_free(l);
    if (l->stories != NULL)
        lineage_stories_free(l);
    sl_map_free(l->doers);
    sl_map_free(l->stories);
    sl_map_free(l->acts);
    sl_map_free(l->nodes);
    sl_arena_free(l->names);
    free(l);
}

/* The text as far as the leaf has it as text. */
static struct sl_span readable(const struct sl_entry_action *a)
{
    if ((a->flags & SL_INTENT_TEXT_BYTES) != 0)
        return sl_span(NULL, 0);
    return sl_span_from(a->text, (a->flags & SL_INTENT_TEXT_DIGEST) != 0 ? SL_TEXT_DIGEST : 0);
}

void lineage_tell(struct lineage *l, lineage_told_fn *told, void *owner)
{
    l->told = told;
    l->owner = owner;
}

void lineage_item(struct lineage *l, struct lineage_story *story, const struct sl_entry_action *a)
{
    if (story->told.touch_count == 0)
        return;
    struct seat *s = lineage_seat(l, a->session, NULL);
    if (s == NULL)
        s = lineage_seat(l, a->session, lineage_doer(l, a->identity, sl_span(NULL, 0), a->target));
    if (s == NULL)
        return;
    lineage_happened(l, a->outcome,
                     &(struct happened){.story = story,
                                        .who = s->who,
                                        .session = a->session,
                                        .action = a->action,
                                        .at_us = a->started_us,
                                        .rows = a->rows,
                                        .bytes = a->bytes,
                                        .flags = a->flags,
                                        .text = readable(a)});
}
