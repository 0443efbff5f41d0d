#include "role/keeper/stats.h"

#include "base/when.h"
#include "role/keeper/call.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/sessions.h"

static void on_programs(struct keeper *k, const json_t *told)
{
    json_decref(k->programs);
    k->programs = json_incref(json_object_get(told, "programs"));
}

void stats_forget_gate(struct keeper *k, uint32_t gate)
{
    json_decref(k->listings[gate]);
    k->listings[gate] = NULL;
}

void on_stats(struct peer *p, const struct sl_msg_stats *m)
{
    struct keeper *k = p->keeper;
    json_t *told = NULL;

    if (sl_json_read(m->json, &told, NULL) != SL_OK) {
        sl_channel_break(p->channel, SL_EMALFORMED);
        return;
    }
    if (p->role == SL_ROLE_SUPER)
        on_programs(k, told);
    else {
        stats_forget_gate(k, p->index);
        k->listings[p->index] = json_incref(json_object_get(told, "targets"));
    }
    json_decref(told);
}

/* --- targets -------------------------------------------------------------------------------------
 */

static const char *const listings[] = {"current", "stale", "none"}; /* from good to bad */

static size_t rank_of(struct sl_span listing)
{
    size_t rank = 0;

    while (rank < SL_COUNT(listings) - 1 && !sl_span_is(listing, listings[rank]))
        rank++;
    return rank;
}

/* The oldest counts. */
static void put_checked(json_t *out, const json_t *one)
{
    struct sl_span told = sl_json_str(one, "checked"), before = sl_json_str(out, "checked");
    uint64_t told_us = 0, before_us = UINT64_MAX;

    if (before.n > 0 && sl_when_get(before, &before_us) != SL_OK)
        return;
    if (sl_when_get(told, &told_us) == SL_OK && told_us < before_us)
        json_put_time(out, "checked", told_us);
}

/* What a gate says of itself counts for this page only: nothing is decided by it. */
static void put_listing(const struct keeper *k, struct sl_span name, json_t *out)
{
    size_t worst = 0, i;
    bool told = false;
    json_t *one;

    for (uint32_t gate = 0; gate < MAX_GATES; gate++)
        json_array_foreach(k->listings[gate], i, one)
        {
            if (!sl_span_eq(sl_json_str(one, "name"), name))
                continue;
            put_checked(out, one);
            size_t rank = rank_of(sl_json_str(one, "listing"));
            if (told && rank <= worst)
                continue;
            worst = rank;
            told = true;
            if (sl_json_str(one, "server").n > 0)
                json_put_str(out, "server", sl_span_head(sl_json_str(one, "server"), 40));
            if (rank > 0 && sl_json_str(one, "why").n > 0)
                json_put_str(out, "why", sl_span_head(sl_json_str(one, "why"), 200));
        }
    json_put_str(out, "listing", told ? sl_span_str(listings[worst]) : SL_SPAN("not told"));
}

static uint64_t sessions_on(const struct keeper *k, struct sl_span target)
{
    size_t at = 0;
    uint64_t count = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->sessions, &at, &key, &value))
        count += sl_span_eq(((struct session *)value)->target, target);
    return count;
}

json_t *stats_targets(struct keeper *k)
{
    json_t *array = json_array();

    for (size_t i = 0; k->config != NULL && i < k->config->target_count; i++) {
        struct sl_span name = k->config->targets[i].name;
        json_t *one = json_object();

        json_put_str(one, "name", name);
        put_listing(k, name, one);
        json_object_set_new(one, "sessions", json_integer((json_int_t)sessions_on(k, name)));
        json_array_append_new(array, one);
    }
    return array;
}
