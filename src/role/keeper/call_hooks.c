#include "role/keeper/hooks.h"

#include "role/keeper/govern.h"
#include "role/keeper/sight.h"

/* `sluice hooks`: where receivers are, and what to do about those that are not. */

enum { DEAD_SHOWN = 100 };

static json_t *dead_letters(struct keeper *k, struct sl_span name)
{
    json_t *list = json_array();
    struct db_rows rows =
        db_ask(k->store.db, DB_HOOK_DEAD_GET, "sii", name, UINT64_C(0), (uint64_t)DEAD_SHOWN);

    while (db_row(&rows)) {
        json_t *one = json_object();

        json_object_set_new(one, "entry", json_integer((json_int_t)db_u64(&rows, 0)));
        json_object_set_new(one, "status", json_integer((json_int_t)db_u64(&rows, 1)));
        json_put_time(one, "at", db_u64(&rows, 2));
        json_object_set_new(one, "attempts", json_integer((json_int_t)db_u64(&rows, 3)));
        json_put_str(one, "why", db_span(&rows, 4));
        json_array_append_new(list, one);
    }
    db_end(&rows);
    return list;
}

static void list(struct call *c)
{
    struct keeper *k = c->keeper;
    json_t *all = hooks_json(k, false), *one;
    size_t i;

    json_array_foreach(all, i, one)
    {
        json_object_set_new(one, "dead_letters", dead_letters(k, sl_json_str(one, "name")));
    }
    c->reply = json_object();
    json_object_set_new(c->reply, "hooks", all);
    json_object_set_new(c->reply, "size",
                        json_integer((json_int_t)sl_ledger_size(k->store.ledger)));
}

/* While nothing runs nobody is told anything, and there is nothing to say. */
static bool is_offline(struct call *c)
{
    if (c->keeper->hooks != NULL)
        return false;
    call_problem(c, 409, "Not running", "Hooks are told by a Sluice that runs.", "Start it first.");
    return true;
}

void call_HOOKS(struct call *c)
{
    if (!is_offline(c))
        list(c);
}

void call_HOOK_LIST(struct call *c)
{
    if (sight_of(c, READ_GOVERNANCE) == SIGHT_ALL)
        list(c);
    else
        call_problem(c, 403, "Not for this caller",
                     "Reviewers, auditors and admins see who is told what the ledger says.",
                     "Somebody who is one can look for you.");
}

static struct hook *wanted(struct call *c)
{
    struct hook *h = is_offline(c) ? NULL : hook_named(c->keeper, call_str(c, "name"));

    if (h == NULL && c->reply == NULL)
        call_problem(c, 404, "No such hook", "The configuration has no hook of this name.",
                     "sluice hooks lists them.");
    return h;
}

static void answer_name(struct call *c, const struct hook *h)
{
    c->reply = json_object();
    json_put_str(c->reply, "name", h->config->name);
}

/* The next dead letter from there on; UINT64_MAX: there is none. */
static uint64_t next_dead(struct keeper *k, const struct hook *h, uint64_t from)
{
    struct db_rows rows =
        db_ask(k->store.db, DB_HOOK_DEAD_GET, "sii", h->config->name, from, UINT64_C(1));
    uint64_t entry = db_row(&rows) ? db_u64(&rows, 0) : UINT64_MAX;

    db_end(&rows);
    return entry;
}

/* A number, "all" (UINT64_MAX as the last), or nothing. False: the answer is made. */
static bool entries_of(struct call *c, const struct hook *h, uint64_t *first, uint64_t *last)
{
    *first = 0;
    *last = UINT64_MAX;
    if (sl_span_is(call_str(c, "entry"), "all"))
        return true;
    if (!sl_json_u64(c->body, "entry", first)) {
        call_problem(c, 400, "No entry", "`entry` is a number of the ledger, or \"all\".", "");
        return false;
    }
    *last = *first;
    if (next_dead(c->keeper, h, *first) == *first || hook_waits_for(h, *first))
        return true;
    call_problem(c, 404, "No such dead letter", "The hook has no dead letter of this number.",
                 "sluice hooks dead lists them.");
    return false;
}

void call_HOOK_RETRY(struct call *c)
{
    struct hook *h = wanted(c);
    uint64_t first = 1, last = 0;

    if (h == NULL)
        return;
    if (json_object_get(c->body, "entry") != NULL && !entries_of(c, h, &first, &last))
        return;
    if (json_object_get(c->body, "entry") == NULL || hook_waits_for(h, first)) {
        h->paused = false;
        h->probe_due = false;
        h->due_us = 0; /* it does not count as one of the plan's attempts */
    } else {
        h->retry_at = first;
        h->retry_last = last;
    }
    answer_name(c, h);
}

static void settle(struct keeper *k, const struct hook *h, uint64_t entry)
{
    json_t *event = event_new("hook_settled", sl_clock_us());

    event_str(event, "name", h->config->name);
    event_u64(event, "entry", entry);
    store_record(&k->store, NULL, event, true);
}

/* What is given up is what is there now, and so a yes is about that (P3). */
static json_t *dead_now(struct keeper *k, const struct hook *h, uint64_t first, uint64_t last)
{
    json_t *list = json_array();

    for (uint64_t at = first; (at = next_dead(k, h, at)) != UINT64_MAX && at <= last; at++)
        json_array_append_new(list, json_sprintf("entry %llu", (unsigned long long)at));
    return list;
}

static void settle_all(struct keeper *k, const struct hook *h, uint64_t first, uint64_t last)
{
    for (uint64_t at = first; (at = next_dead(k, h, at)) != UINT64_MAX && at <= last; at++)
        settle(k, h, at);
}

/* What it waits for is the first that is not told: the next one's turn. */
static void pass_over(struct keeper *k, struct hook *h, uint64_t entry)
{
    if (!hook_waits_for(h, entry))
        return;
    h->next = entry + 1;
    hook_goes_on(h);
    hook_record_place(k, h);
}

/* Who gave up what a receiver never hears, and who let it happen. */
static void record_skip(struct call *c, const struct hook *h, const json_t *dead, uint64_t first)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t last = UINT64_MAX, at = 0, count = 0;

    for (at = first;
         (at = next_dead(c->keeper, h, at)) != UINT64_MAX && count < json_array_size(dead);
         at++, count++) {
        first = count == 0 ? at : first;
        last = at;
    }
    sl_entry_put_hook(&leaf, &(struct sl_entry_hook){.time_us = sl_clock_us(),
                                                     .hook = h->config->name,
                                                     .first = first,
                                                     .last = count == 0 ? first : last,
                                                     .count = count == 0 ? 1 : count,
                                                     .by = maker_name(&c->maker),
                                                     .channel = maker_channel(&c->maker),
                                                     .approval = c->maker.approval,
                                                     .reason = c->maker.why});
    store_leaf(&c->keeper->store, &leaf, true, NULL);
}

void call_HOOK_SKIP(struct call *c)
{
    struct hook *h = wanted(c);
    struct keeper *k = c->keeper;
    uint64_t first, last;

    if (h == NULL || !entries_of(c, h, &first, &last))
        return;
    if (h->busy) {
        call_problem(c, 409, "Not now", "A message to this hook is under way.",
                     "Try again in a moment.");
        return;
    }
    json_t *dead = dead_now(k, h, first, last);
    if (govern_waits_about(c, json_incref(dead))) {
        json_decref(dead);
        return;
    }
    if (json_array_size(dead) > 0 || first == last)
        record_skip(c, h, dead, first);
    json_decref(dead);
    settle_all(k, h, first, last);
    if (first == last)
        pass_over(k, h, first);
    sl_log(SL_LOG_WARN, "hook_skipped", SL_TEXT("hook", h->config->name), SL_NUM("first", first),
           SL_TEXT("by", c->maker.issuer));
    answer_name(c, h);
}

/* --- test ------------------------------------------------------------------------------------- */

static void on_ping(struct keeper *k, uint64_t number, const struct fetched *got)
{
    struct hook *h = hook_of_ping(k, number);
    json_t *reply = json_object();

    json_object_set_new(reply, "status", json_integer(got->status));
    if (got->status == 0)
        json_put_str(reply, "why", got->why);
    if (h == NULL) { /* the configuration is another now, and whoever asked was told so */
        json_decref(reply);
        return;
    }
    h->ping = 0;
    late_answer(k, &h->pinged_by, 200, reply);
}

static void send_ping(struct keeper *k, const struct hook *h)
{
    uint8_t random[8];
    SL_BUF(id, SL_HOOK_ID_MAX);
    SL_BUF(body, 8192);

    sl_random(random, sizeof random);
    sl_buf_put_str(&id, "msg_ping_");
    for (size_t i = 0; i < sizeof random; i++)
        sl_buf_put_u8(&id, (uint8_t)("0123456789abcdef"[random[i] & 15]));
    sl_hook_put_ping(&body, h->config->format, hooks_origin(k), sl_buf_span(&id), sl_clock_us());
    hook_message_send(k, h, sl_buf_span(&id), sl_buf_span(&body), on_ping, h->ping);
}

void call_HOOK_TEST(struct call *c)
{
    struct hook *h = wanted(c);
    struct keeper *k = c->keeper;
    const char *state = h == NULL ? "" : hook_state(k, h);

    if (h == NULL)
        return;
    if (h->busy || h->ping != 0 || strcmp(state, "no secret") == 0) {
        call_problem(c, 409, "Not now",
                     h->busy || h->ping != 0 ? "A message to this hook is under way."
                                             : "There is no secret to sign it with.",
                     h->busy || h->ping != 0 ? "Try again in a moment." : "sluice hooks says why.");
        return;
    }
    h->ping = ++k->next_call;
    call_defer(c, &h->pinged_by);
    send_ping(k, h);
}
