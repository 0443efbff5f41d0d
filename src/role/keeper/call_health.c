#include "role/keeper/keeper_int.h"

#include "role/keeper/call.h"
#include "role/keeper/chat_kind.h"
#include "role/keeper/glass.h"
#include "role/keeper/hooks.h"
#include "role/keeper/stats.h"

#include <sys/statvfs.h>

/* What runs and how well, with names: for people who may see it. */

static void put_disk(struct keeper *k, json_t *out)
{
    struct statvfs disk;

    if (k->state_dir == NULL || statvfs(k->state_dir, &disk) != 0)
        return;
    uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize,
             all = (uint64_t)disk.f_blocks * disk.f_frsize;
    json_object_set_new(out, "disk",
                        json_pack("{s:I, s:I}", "free_bytes", (json_int_t)left, "size_bytes",
                                  (json_int_t)all));
}

static void put_console(struct keeper *k, json_t *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_CONSOLE_COUNT, "i", sl_clock_us());
    uint64_t count = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    json_object_set_new(out, "console_sessions", json_integer((json_int_t)count));
}

/* Sentences that somebody should act on, the worst first. */
static void nag(json_t *nags, const char *format, struct sl_span name)
{
    SL_BUF(text, 512);

    sl_buf_say(&text, format, name);
    json_array_append_new(nags, json_stringn((const char *)text.p, text.n));
}

/* What one person did alone, as long as two others have not signed it off. */
static void put_reviews(struct keeper *k, json_t *nags)
{
    json_t *due = exceptions_json(k, false), *one;
    size_t i;

    json_array_foreach(due, i, one)
    {
        SL_BUF(text, 512);

        sl_buf_say(&text, "%S did alone what two decide (%S): it waits to be signed off%s.",
                   sl_json_str(one, "by"), sl_json_str(one, "id"),
                   json_is_true(json_object_get(one, "overdue")) ? ", and its time is over" : "");
        json_array_append_new(nags, json_stringn((const char *)text.p, text.n));
    }
    json_decref(due);
}

static void nag_of_place(json_t *nags, const struct chat *h, const struct chat_place *p)
{
    SL_BUF(text, 2048);

    sl_buf_say(&text, "The chat %S does not take what it is told in %s: %s; %s.", h->config->name,
               p->channel, p->why, h->kind->remedy);
    json_array_append_new(nags, json_stringn((const char *)text.p, text.n));
}

/* Who waits to be asked in a chat hears nothing while it is away. */
static void put_chat_nags(struct keeper *k, json_t *nags)
{
    for (const struct chat *h = chats_first(k); h != NULL; h = h->next_chat) {
        struct sl_span state = sl_span_str(chat_state(k, h));

        for (const struct chat_place *p = h->places; p != NULL; p = p->next)
            if (p->why[0] != '\0')
                nag_of_place(nags, h, p);
        if (sl_span_is(state, "no secret"))
            nag(nags, "The chat %S has no secret: nobody is told there (sluice chats says why).",
                h->config->name);
        else if (sl_span_is(state, "waiting"))
            nag(nags, "The chat %S does not take what it is told now (sluice chats says why).",
                h->config->name);
        else if (sl_span_is(state, "deaf"))
            nag(nags, "The chat %S is told, but no click comes from it (sluice chats says why).",
                h->config->name);
    }
}

static void put_hook_nags(struct keeper *k, json_t *nags)
{
    for (size_t i = 0; i < k->config->hook_count; i++) {
        const struct hook *h = hook_named(k, k->config->hooks[i].name);

        if (h == NULL)
            continue;
        if (h->paused)
            nag(nags, "The hook %S is paused: its receiver is told nothing (sluice hooks).",
                h->config->name);
        else if (!hook_is_ready(h))
            nag(nags,
                "The hook %S has no secret: its receiver is told nothing (sluice hooks says why).",
                h->config->name);
        else if (h->waits_since_us != 0)
            nag(nags,
                "The hook %S waits: its receiver does not take what it is told (sluice hooks).",
                h->config->name);
        if (hook_dead_count(k, h) > 0)
            nag(nags,
                "The hook %S has dead letters: its receiver refused them (sluice hooks dead).",
                h->config->name);
    }
}

static void put_nags(struct keeper *k, json_t *out, const json_t *status)
{
    json_t *nags = json_array(), *one;
    const char *name;
    size_t i;

    json_object_foreach(k->canaries, name,
                        one) if (sl_span_is(sl_json_str(one, "result"), "flowed"))
        nag(nags, "What must be held flowed on %S: its canary was not held.", sl_span_str(name));
    json_array_foreach(json_object_get(status, "targets"), i, one)
    {
        if (!sl_span_is(sl_json_str(one, "listing"), "current"))
            nag(nags, "The catalog of %S is not current: what it cannot resolve is opaque.",
                sl_json_str(one, "name"));
    }
    put_reviews(k, nags);
    put_hook_nags(k, nags);
    put_chat_nags(k, nags);
    for (i = 0; i < k->config->target_count; i++)
        if (k->config->targets[i].observe)
            nag(nags, "%S only watches (mode: observe): nothing is held there.",
                k->config->targets[i].name);
    struct db_rows rows = db_ask(k->store.db, DB_UNOWNED, "");
    while (db_row(&rows))
        nag(nags, "%S answers to no active owner.", db_span(&rows, 0));
    db_end(&rows);
    json_object_set_new(out, "nags", nags);
}

void call_HEALTH(struct call *c)
{
    struct keeper *k = c->keeper;

    if (!may_oversee(c))
        return;
    call_STATUS(c);
    json_t *status = json_object_get(c->reply, "status");
    status_put_targets(k, status);
    put_disk(k, status);
    put_console(k, status);
    json_put_time(json_object_get(status, "ledger"), "signed_at", k->signed_us);
    json_put_time(status, "now", sl_clock_us());
    put_nags(k, status, status);
}
