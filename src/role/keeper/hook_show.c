#include "role/keeper/hooks.h"

/* Where hooks are, for people and programs. */

uint64_t hook_dead_count(struct keeper *k, const struct hook *h)
{
    struct db_rows rows = db_ask(k->store.db, DB_HOOK_DEAD_COUNT, "s", h->config->name);
    uint64_t count = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return count;
}

uint64_t hook_behind(struct keeper *k, const struct hook *h)
{
    uint64_t size = sl_ledger_size(k->store.ledger);

    return size > h->next ? size - h->next : 0;
}

const char *hook_state(struct keeper *k, const struct hook *h)
{
    if (h->paused)
        return "paused";
    if (!hook_is_ready(h))
        return "no secret";
    if (h->attempts > 0)
        return "waiting";
    return hook_behind(k, h) > 0 ? "behind" : "current";
}

/* --- for people ---------------------------------------------------------------------------------
 */

static void put_state(struct keeper *k, const struct hook *h, json_t *one)
{
    json_put_str(one, "name", h->config->name);
    json_put_str(one, "state", sl_span_str(hook_state(k, h)));
    json_object_set_new(one, "behind", json_integer((json_int_t)hook_behind(k, h)));
    json_object_set_new(one, "dead", json_integer((json_int_t)hook_dead_count(k, h)));
    if (h->why[0] != '\0')
        json_put_str(one, "why", sl_span_str(h->why));
    if (h->waits_since_us != 0)
        json_put_time(one, "waits_since", h->waits_since_us);
}

static void put_answers(const struct hook *h, json_t *one)
{
    static const char *const formats[] = {"", "cloudevents", "ocsf", "syslog"};
    uint64_t now_us = sl_clock_monotonic_us();

    json_put_str(one, "format", sl_span_str(formats[h->config->format]));
    json_put_str(one, "place", sl_hook_place(h->config));
    json_object_set_new(one, "next", json_integer((json_int_t)h->next));
    json_object_set_new(one, "attempts", json_integer(h->attempts));
    json_object_set_new(one, "told", json_integer((json_int_t)h->told));
    json_object_set_new(one, "failed", json_integer((json_int_t)h->failed));
    if (h->answered_us != 0) {
        json_object_set_new(one, "status", json_integer(h->status));
        json_put_time(one, "answered_at", h->answered_us);
    }
    if (h->due_us > now_us)
        json_put_time(one, "again_at", sl_clock_us() + (h->due_us - now_us));
}

json_t *hooks_json(struct keeper *k, bool shortly)
{
    json_t *all = json_array();

    for (struct hook *h = hooks_first(k); h != NULL; h = h->next_hook) {
        json_t *one = json_object();

        put_state(k, h, one);
        if (!shortly)
            put_answers(h, one);
        json_array_append_new(all, one);
    }
    return all;
}
