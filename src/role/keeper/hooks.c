#include "role/keeper/hooks.h"

#include <stdlib.h>

/* When a hook is told, and what its answer means. */

enum { SECRET_AGAIN_S = 30 };
static const uint64_t second_us = 1000 * 1000;

struct hooks {
    struct hook *first;
    uint64_t next_id;
};

/* --- what is wrong with it ---------------------------------------------------------------------- */

/* A receiver's words may be anything; of its answer there are none here, only of what libcurl says. */
static void note(struct hook *h, struct sl_span why)
{
    size_t n = why.n < sizeof h->why - 1 ? why.n : sizeof h->why - 1;

    memset(h->why, 0, sizeof h->why);
    for (size_t i = 0; i < n; i++)
        h->why[i] = why.p[i] < 0x20 || why.p[i] > 0x7e ? '?' : (char)why.p[i];
}

static void note_status(struct hook *h, const struct fetched *got)
{
    SL_BUF(why, sizeof h->why);

    if (got->status == 0)
        sl_buf_put(&why, sl_span_head(got->why, sizeof h->why - 1));
    else if (got->status >= 300 && got->status <= 399)
        sl_buf_say(&why, "status %u: a redirect, which is not followed", (unsigned)got->status);
    else
        sl_buf_say(&why, "status %u", (unsigned)got->status);
    note(h, sl_buf_span(&why));
}

/* --- finding ------------------------------------------------------------------------------------ */

struct hook *hook_named(struct keeper *k, struct sl_span name)
{
    for (struct hook *h = k->hooks == NULL ? NULL : k->hooks->first; h != NULL; h = h->next_hook)
        if (sl_span_eq(h->config->name, name))
            return h;
    return NULL;
}

static struct hook *by_id(struct keeper *k, uint64_t id)
{
    for (struct hook *h = k->hooks == NULL ? NULL : k->hooks->first; h != NULL; h = h->next_hook)
        if (h->id == id)
            return h;
    return NULL;
}

struct hook *hook_of_ping(struct keeper *k, uint64_t number)
{
    for (struct hook *h = k->hooks == NULL ? NULL : k->hooks->first; h != NULL; h = h->next_hook)
        if (h->ping == number)
            return h;
    return NULL;
}

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

static bool is_ready(const struct hook *h)
{
    bool needs = h->config->secret_file.n + h->config->token_file.n > 0 ||
                 h->config->secret_command.count > 0;

    return !needs || h->secret_known;
}

const char *hook_state(struct keeper *k, const struct hook *h)
{
    if (h->paused)
        return "paused";
    if (!is_ready(h))
        return "no secret";
    if (h->attempts > 0)
        return "waiting";
    return hook_behind(k, h) > 0 ? "behind" : "current";
}

/* --- how far it is ------------------------------------------------------------------------------ */

static void record_place(struct keeper *k, struct hook *h)
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
    for (struct hook *h = k->hooks == NULL ? NULL : k->hooks->first; h != NULL; h = h->next_hook)
        if (h->next != h->noted || h->paused != h->noted_paused)
            record_place(k, h);
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
    record_place(k, h);
}

static void record_dead(struct keeper *k, const struct hook *h, uint64_t entry, unsigned attempts)
{
    json_t *event = event_new("hook_dead", sl_clock_us());

    event_str(event, "name", h->config->name);
    event_u64(event, "entry", entry);
    event_u64(event, "status", h->status);
    event_u64(event, "attempts", attempts);
    event_str(event, "why", sl_span_str(h->why));
    store_record(&k->store, NULL, event, false);
    sl_log(SL_LOG_ERROR, "hook_entry_refused", SL_TEXT("hook", h->config->name),
           SL_NUM("entry", entry), SL_CSTR("why", h->why));
}

static void record_settled(struct keeper *k, const struct hook *h, uint64_t entry)
{
    json_t *event = event_new("hook_settled", sl_clock_us());

    event_str(event, "name", h->config->name);
    event_u64(event, "entry", entry);
    store_record(&k->store, NULL, event, false);
}

static void pause_it(struct keeper *k, struct hook *h, const char *why)
{
    h->paused = true;
    note(h, sl_span_str(why));
    record_place(k, h);
    sl_log(SL_LOG_ERROR, "hook_paused", SL_TEXT("hook", h->config->name), SL_CSTR("why", why),
           SL_NUM("next", h->next));
}

/* --- answers ------------------------------------------------------------------------------------ */

static void wait_on(struct hook *h, uint64_t ms)
{
    h->due_us = sl_clock_monotonic_us() + ms * 1000;
    if (h->waits_since_us != 0)
        return;
    h->waits_since_us = sl_clock_us();
    sl_log(SL_LOG_WARN, "hook_waits", SL_TEXT("hook", h->config->name), SL_CSTR("why", h->why));
}

static void goes_on(struct hook *h)
{
    if (h->waits_since_us != 0)
        sl_log(SL_LOG_INFO, "hook_goes_on", SL_TEXT("hook", h->config->name),
               SL_NUM("next", h->next));
    h->waits_since_us = 0;
    h->attempts = 0;
    h->due_us = 0;
    h->why[0] = '\0';
}

static void on_told(struct keeper *k, struct hook *h)
{
    h->told++;
    goes_on(h);
    if (h->of_dead)
        record_settled(k, h, h->from);
    else
        h->next = h->to;
}

/* On with the next one: this one waits in its list. */
static void to_the_dead(struct keeper *k, struct hook *h)
{
    if (!h->of_dead && hook_dead_count(k, h) >= HOOK_DEAD_MOST) {
        pause_it(k, h, "its dead-letter list is full");
        return;
    }
    record_dead(k, h, h->from, h->of_dead ? h->dead_attempts : h->attempts);
    if (h->of_dead)
        return;
    h->next = h->to;
    h->attempts = 0;
    h->due_us = 0;
}

static void on_again(struct keeper *k, struct hook *h, uint64_t retry_after_s)
{
    uint32_t chance;

    sl_random(&chance, sizeof chance);
    uint64_t ms = sl_hook_again_ms(h->config->format, h->attempts, retry_after_s, chance);
    if (ms == UINT64_MAX || h->of_dead)
        to_the_dead(k, h);
    else
        wait_on(h, ms);
}

static void turn(struct keeper *k, struct hook *h);

static void on_answer(struct keeper *k, uint64_t id, const struct fetched *got)
{
    struct hook *h = by_id(k, id);

    if (h == NULL)
        return; /* it is gone, or another receiver has its name now */
    h->busy = false;
    h->status = got->status;
    h->answered_us = sl_clock_us();
    enum sl_hook_verdict verdict = sl_hook_verdict_of(h->config->format, got->status);
    if (verdict == SL_HOOK_TOLD) {
        on_told(k, h);
        turn(k, h);
        return;
    }
    h->failed++;
    (*(h->of_dead ? &h->dead_attempts : &h->attempts))++;
    note_status(h, got);
    if (verdict == SL_HOOK_GONE)
        pause_it(k, h, "status 410: the receiver wants nothing more");
    else if (verdict == SL_HOOK_DEAD)
        to_the_dead(k, h);
    else
        on_again(k, h, got->retry_after_s);
}

/* --- telling ------------------------------------------------------------------------------------ */

static void send(struct keeper *k, struct hook *h, const struct hook_message *m)
{
    h->busy = true;
    h->from = m->from;
    h->to = m->to;
    hook_message_send(k, h, sl_buf_span(&m->id), sl_buf_span(&m->body), on_answer, h->id);
}

/* The entry stands in the log and cannot be said: whoever reads the list hears of it. */
static void cannot_say(struct keeper *k, struct hook *h, const struct hook_message *m)
{
    h->from = m->from;
    h->to = m->from + 1;
    h->status = 0;
    note(h, SL_SPAN("it cannot be written in this format"));
    to_the_dead(k, h);
}

/* One of the dead, once more and once only. False: there is none left. What the hook's `events` leave
 * out by now stays in the list. */
static bool tell_dead(struct keeper *k, struct hook *h, struct hook_message *m)
{
    if (h->retry_at > h->retry_last)
        return false;
    struct db_rows rows = db_ask(k->store.db, DB_HOOK_DEAD_GET, "sii", h->config->name,
                                 h->retry_at, UINT64_C(1));
    bool any = db_row(&rows);
    uint64_t entry = any ? db_u64(&rows, 0) : UINT64_MAX;

    h->dead_attempts = any ? (unsigned)db_u64(&rows, 3) : 0;
    db_end(&rows);
    if (entry > h->retry_last || entry == UINT64_MAX) {
        h->retry_at = 1;
        h->retry_last = 0;
        return false;
    }
    h->retry_at = entry + 1;
    h->of_dead = true;
    if (hook_message_make(k, h, entry, entry + 1, m) == SL_OK && m->records > 0)
        send(k, h, m);
    else
        h->of_dead = false;
    return true;
}

static void tell(struct keeper *k, struct hook *h, struct hook_message *m)
{
    h->of_dead = false;
    enum sl_err err =
        hook_message_make(k, h, h->next, sl_ledger_checkpoint_size(k->store.ledger), m);

    if (err == SL_ELIMIT)
        cannot_say(k, h, m);
    else if (err != SL_OK)
        pause_it(k, h, "the ledger could not be read from there on");
    else if (m->records > 0)
        send(k, h, m);
    else
        h->next = m->to;
}

static bool may_go(struct keeper *k, const struct hook *h)
{
    return !h->busy && is_ready(h) && h->due_us <= sl_clock_monotonic_us() &&
           peer_find(k, SL_ROLE_COURIER, COURIER_HOOKS) != NULL;
}

static void turn(struct keeper *k, struct hook *h)
{
    struct hook_message m = {.body = sl_buf(HOOK_BODY_BYTES), .id = sl_buf(SL_HOOK_ID_MAX)};

    if (may_go(k, h) && !tell_dead(k, h, &m) && !h->paused)
        tell(k, h, &m);
    sl_buf_done(&m.body);
    sl_buf_done(&m.id);
}

/* --- secrets ------------------------------------------------------------------------------------ */

static void wipe_secret(struct hook *h)
{
    sl_hook_secrets_wipe(&h->secrets);
    if (h->token.p != NULL)
        sl_secret_wipe(h->token.p, h->token.cap);
    sl_buf_done(&h->token);
    h->token = sl_buf(HOOK_SECRET_BYTES);
    h->secret_known = false;
    h->secret_call = 0;
}

static void ask_secret(struct keeper *k, struct hook *h)
{
    h->secret_due_us = sl_clock_monotonic_us() + SECRET_AGAIN_S * second_us;
    if (k->super == NULL || is_ready(h))
        return;
    h->secret_call = ++k->next_call;
    ANSWER(k->super, secret_ask, .call = h->secret_call, .hook = h->config->name);
}

static const char *take_secret(struct hook *h, struct sl_span secret)
{
    if (h->config->format == SL_HOOK_CLOUDEVENTS)
        return sl_hook_secrets_read(secret, &h->secrets);
    sl_buf_put(&h->token, secret);
    return secret.n == 0 ? "the token's file is empty" : NULL;
}

bool hook_secret_came(struct keeper *k, const struct sl_msg_secret *m)
{
    struct hook *h = k->hooks == NULL ? NULL : k->hooks->first;

    while (h != NULL && (h->secret_call == 0 || h->secret_call != m->call))
        h = h->next_hook;
    if (h == NULL)
        return false;
    wipe_secret(h);
    const char *why = m->found != 0 ? take_secret(h, m->secret) : NULL;
    h->secret_known = m->found != 0 && why == NULL;
    if (h->secret_known)
        return true;
    note(h, why != NULL ? sl_span_str(why) : m->why);
    sl_log(SL_LOG_ERROR, "hook_secret", SL_TEXT("hook", h->config->name), SL_CSTR("why", h->why));
    return true;
}

/* --- life --------------------------------------------------------------------------------------- */

void hooks_tick(struct keeper *k)
{
    for (struct hook *h = k->hooks == NULL ? NULL : k->hooks->first; h != NULL; h = h->next_hook) {
        if (!is_ready(h) && h->secret_due_us <= sl_clock_monotonic_us())
            ask_secret(k, h);
        turn(k, h);
    }
}

/* It may have been the courier that was missing, not the receiver. */
void hooks_courier_here(struct keeper *k)
{
    for (struct hook *h = k->hooks == NULL ? NULL : k->hooks->first; h != NULL; h = h->next_hook)
        if (!h->busy && h->status == 0)
            h->due_us = 0;
}

static void hook_free(struct hook *h)
{
    wipe_secret(h);
    sl_buf_done(&h->url);
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
    h->busy = h->of_dead = false;
    h->attempts = 0;
    h->due_us = 0;
}

static struct hook *taken_over(struct keeper *k, struct hook **before,
                               const struct sl_hook *config)
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
        wipe_secret(h);
        ask_secret(k, h);
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
    struct hook *h = k->hooks == NULL ? NULL : k->hooks->first;

    while (h != NULL) {
        struct hook *next = h->next_hook;

        hook_free(h);
        h = next;
    }
    free(k->hooks);
    k->hooks = NULL;
}

/* --- for people --------------------------------------------------------------------------------- */

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

    for (struct hook *h = k->hooks == NULL ? NULL : k->hooks->first; h != NULL; h = h->next_hook) {
        json_t *one = json_object();

        put_state(k, h, one);
        if (!shortly)
            put_answers(h, one);
        json_array_append_new(all, one);
    }
    return all;
}
