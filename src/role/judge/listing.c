#include "role/judge/judge_int.h"

#include <stdlib.h>

static struct listing *place_for(struct gate *g, uint32_t target)
{
    for (size_t i = 0; i < g->listing_count; i++)
        if (g->listings[i].target == target)
            return &g->listings[i];
    if (g->listing_count == SL_JUDGE_MAX_TARGETS)
        return NULL;
    struct listing *more = realloc(g->listings, (g->listing_count + 1) * sizeof *more);
    if (more == NULL)
        return NULL;
    g->listings = more;
    more[g->listing_count] = (struct listing){.target = target};
    return &more[g->listing_count++];
}

/* The gate may be hostile: its bytes are copied, then checked, and an unsound listing replaces
 * none. */
enum sl_err listing_take(struct gate *g, struct sl_span body)
{
    struct sl_msg_judge_snapshot m;
    struct sl_catalog catalog;
    struct sl_buf copy = sl_buf(SL_CATALOG_MAX_BYTES);

    SL_TRY(sl_msg_judge_snapshot_get(body, &m));
    struct listing *place = place_for(g, m.target);
    if (place == NULL)
        return SL_ELIMIT;
    sl_buf_put(&copy, m.snapshot);
    enum sl_err err = sl_buf_err(&copy);
    if (err == SL_OK)
        err = sl_catalog_open(sl_buf_span(&copy), &catalog);
    if (err != SL_OK) {
        sl_buf_done(&copy);
        return err;
    }
    sl_buf_done(&place->bytes);
    *place = (struct listing){m.target, m.generation, copy, catalog};
    return SL_OK;
}

const struct sl_catalog *listing_find(const struct gate *g, uint32_t target, uint32_t generation)
{
    for (size_t i = 0; i < g->listing_count; i++)
        if (g->listings[i].target == target && g->listings[i].generation == generation)
            return &g->listings[i].catalog;
    return NULL;
}

void listing_free_all(struct gate *g)
{
    for (size_t i = 0; i < g->listing_count; i++)
        sl_buf_done(&g->listings[i].bytes);
    free(g->listings);
    g->listings = NULL;
    g->listing_count = 0;
}
