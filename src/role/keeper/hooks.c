#include "role/keeper/hooks.h"

#include <stdlib.h>

/* Which hooks there are, and where each is in the ledger. */

struct hooks {
    struct hook *first;
    uint64_t next_id;
};

struct hook *hooks_first(const struct keeper *k)
{
    return k->hooks == NULL ? NULL : k->hooks->first;
}

/* --- finding ------------------------------------------------------------------------------------
 */

static void drop_bundle(struct hook *h)
{
    sl_buf_done(&h->bundle);
    h->bundle = sl_buf(SL_BUNDLE_MAX_BYTES);
}

/* Each its own: those who catch up are at different places. Who is there needs none. */
enum sl_err hook_bundle(struct keeper *k, struct hook *h, uint64_t number, struct sl_span *bundle)
{
    if (h->bundle.n == 0 || h->bundle_number != number) {
        drop_bundle(h);
        h->bundle_number = number;
        enum sl_err err = sl_ledger_full_bundle(k->store.ledger, number, &h->bundle);
        if (err != SL_OK)
            drop_bundle(h);
        SL_TRY(err);
    }
    *bundle = sl_buf_span(&h->bundle);
    return SL_OK;
}

struct hook *hook_named(struct keeper *k, struct sl_span name)
{
    for (struct hook *h = hooks_first(k); h != NULL; h = h->next_hook)
        if (sl_span_eq(h->config->name, name))
            return h;
    return NULL;
}

struct hook *hook_by_id(struct keeper *k, uint64_t id)
{
    for (struct hook *h = hooks_first(k); h != NULL; h = h->next_hook)
        if (h->id == id)
            return h;
    return NULL;
}

struct hook *hook_of_ping(struct keeper *k, uint64_t number)
{
    for (struct hook *h = hooks_first(k); h != NULL; h = h->next_hook)
        if (h->ping == number)
            return h;
    return NULL;
}

/* --- how far it is ------------------------------------------------------------------------------
 */

void hook_record_place(struct keeper *k, struct hook *h)
{
    json_t *event = event_new("hook", sl_clock_us());

    event_str(event, "name", h->config->name);
    event_u64(event, "next", h->next);
    event_bool(event, "paused", h->paused);
    store_record(&k->store, NULL, event, false);
    h->noted = h->next;
    h->noted_paused = h->paused;
}

void hooks_note(struct keeper *k)
{
    for (struct hook *h = hooks_first(k); h != NULL; h = h->next_hook)
        if (h->next != h->noted || h->paused != h->noted_paused)
            hook_record_place(k, h);
}

/* A name that was here before goes on where it was. */
static void find_place(struct keeper *k, struct hook *h)
{
    struct db_rows rows = db_ask(k->store.db, DB_HOOK_GET, "s", h->config->name);
    bool known = db_row(&rows);

    if (known) {
        h->next = h->noted = db_u64(&rows, 0);
        h->paused = h->noted_paused = db_u64(&rows, 1) != 0;
    }
    db_end(&rows);
    if (known)
        return;
    h->next = h->config->from == SL_HOOK_FROM_START ? 0 : sl_ledger_size(k->store.ledger);
    hook_record_place(k, h);
}

/* --- life ---------------------------------------------------------------------------------------
 */

void hooks_tick(struct keeper *k)
{
    for (struct hook *h = hooks_first(k); h != NULL; h = h->next_hook) {
        if (!hook_is_ready(h) && h->secret_due_us <= sl_clock_monotonic_us())
            hook_ask_secret(k, h);
        hook_turn(k, h);
    }
}

/* It may have been the courier that was missing, not the receiver. */
void hooks_courier_here(struct keeper *k)
{
    for (struct hook *h = hooks_first(k); h != NULL; h = h->next_hook)
        if (!h->busy && h->status == 0)
            h->due_us = 0;
}

static void hook_free(struct hook *h)
{
    hook_wipe_secret(h);
    sl_buf_done(&h->url);
    sl_buf_done(&h->bundle);
    free(h);
}

static struct hook *hook_new(struct keeper *k, const struct sl_hook *config)
{
    struct hook *h = calloc(1, sizeof *h);

    if (h == NULL)
        keeper_die("a hook could not be noted", SL_EMEMORY);
    *h = (struct hook){.id = ++k->hooks->next_id,
                       .config = config,
                       .url = sl_buf(4096),
                       .bundle = sl_buf(SL_BUNDLE_MAX_BYTES),
                       .token = sl_buf(HOOK_SECRET_BYTES),
                       .retry_at = 1};
    sl_buf_put(&h->url, config->url);
    find_place(k, h);
    return h;
}

/* What is under way to the receiver that it was is not waited for. */
static void is_another_now(struct keeper *k, struct hook *h, const struct sl_hook *config)
{
    sl_buf_reset(&h->url);
    sl_buf_put(&h->url, config->url);
    h->id = ++k->hooks->next_id;
    h->busy = h->of_dead = h->probe_due = false;
    h->most = 0;
    hook_goes_on(h);
}

static struct hook *taken_over(struct keeper *k, struct hook **before, const struct sl_hook *config)
{
    for (struct hook **at = before; *at != NULL; at = &(*at)->next_hook)
        if (sl_span_eq((*at)->config->name, config->name)) {
            struct hook *h = *at;

            *at = h->next_hook;
            if (!sl_span_eq(sl_buf_span(&h->url), config->url) ||
                h->config->format != config->format)
                is_another_now(k, h, config);
            h->config = config;
            return h;
        }
    return NULL;
}

void hooks_take(struct keeper *k)
{
    if (k->hooks == NULL)
        k->hooks = calloc(1, sizeof *k->hooks);
    if (k->hooks == NULL)
        keeper_die("hooks could not be noted", SL_EMEMORY);
    hooks_note(k);
    struct hook *before = k->hooks->first;
    k->hooks->first = NULL;
    for (size_t n = k->config->hook_count; n-- > 0;) {
        struct hook *h = taken_over(k, &before, &k->config->hooks[n]);

        if (h == NULL)
            h = hook_new(k, &k->config->hooks[n]);
        h->next_hook = k->hooks->first;
        k->hooks->first = h;
        hook_wipe_secret(h);
        hook_ask_secret(k, h);
    }
    while (before != NULL) {
        struct hook *h = before;

        before = h->next_hook;
        if (h->ping != 0)
            late_problem(k, &h->pinged_by, 409, "Not any more",
                         "The configuration has no such hook any more.");
        hook_free(h);
    }
}

void hooks_free(struct keeper *k)
{
    struct hook *h = hooks_first(k);

    while (h != NULL) {
        struct hook *next = h->next_hook;

        hook_free(h);
        h = next;
    }
    free(k->hooks);
    k->hooks = NULL;
}
