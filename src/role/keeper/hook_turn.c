#include "role/keeper/hooks.h"

/* When a hook is told, and what its answer means. */

/* A receiver's words may be anything; of its answer there are none here, only of what libcurl says.
 */
void hook_note(struct hook *h, struct sl_span why)
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
    hook_note(h, sl_buf_span(&why));
}

/* --- what it refused ------------------------------------------------------------------------ */

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
    hook_note(h, sl_span_str(why));
    hook_record_place(k, h);
    sl_log(SL_LOG_ERROR, "hook_paused", SL_TEXT("hook", h->config->name), SL_CSTR("why", why),
           SL_NUM("next", h->next));
}

/* --- answers ------------------------------------------------------------------------------------
 */

static void wait_on(struct hook *h, uint64_t ms)
{
    h->due_us = sl_clock_monotonic_us() + ms * 1000;
    if (h->waits_since_us != 0)
        return;
    h->waits_since_us = sl_clock_us();
    sl_log(SL_LOG_WARN, "hook_waits", SL_TEXT("hook", h->config->name), SL_CSTR("why", h->why));
}

void hook_goes_on(struct hook *h)
{
    if (h->waits_since_us != 0)
        sl_log(SL_LOG_INFO, "hook_goes_on", SL_TEXT("hook", h->config->name),
               SL_NUM("next", h->next));
    h->waits_since_us = 0;
    h->attempts = 0;
    h->due_us = h->plan_us = 0;
    h->why[0] = '\0';
}

/* `next` is its first: what nobody is told of was passed over before it went. */
bool hook_waits_for(const struct hook *h, uint64_t entry)
{
    return h->attempts > 0 && h->next == entry;
}

static void on_told(struct keeper *k, struct hook *h)
{
    h->told++;
    if (h->of_dead) { /* that says nothing of the one whose turn it is */
        record_settled(k, h, h->from);
        return;
    }
    h->next = h->to;
    h->most = 2 * h->most < HOOK_BATCH_ENTRIES ? 2 * h->most : 0;
    hook_goes_on(h);
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
    hook_goes_on(h);
}

void hook_dislikes(struct keeper *k, struct hook *h)
{
    to_the_dead(k, h);
}

static void on_again(struct keeper *k, struct hook *h, uint64_t retry_after_s)
{
    uint32_t chance;

    sl_random(&chance, sizeof chance);
    uint64_t ms = sl_hook_again_ms(h->config->format, h->attempts, retry_after_s, chance);
    if (ms == UINT64_MAX) {
        to_the_dead(k, h);
        return;
    }
    wait_on(h, ms);
    h->plan_us = h->due_us;
}

/* A receiver that is away, or ill: the others of the round would fare no better. */
static void end_round(struct hook *h)
{
    h->retry_at = 1;
    h->retry_last = 0;
}

static void on_dead_again(struct keeper *k, struct hook *h, const struct fetched *got)
{
    if (got->uncalled) { /* the same one once more, soon */
        h->retry_at = h->from;
        return;
    }
    h->dead_attempts++;
    to_the_dead(k, h);
    if (got->status == 0 || got->status >= 500)
        end_round(h);
}

/* A batch that was answered has one in it that is not liked, perhaps: half of it next time. */
static void look_for_it(struct hook *h, const struct fetched *got)
{
    if (h->config->format != SL_HOOK_CLOUDEVENTS && got->status != 0 && h->records > 1)
        h->most = h->records / 2;
}

/* It counts when it was due; nobody was asked, or a person asked for it early: the plan stays. */
static bool counts(const struct hook *h, const struct fetched *got)
{
    return !got->uncalled && h->plan_us <= sl_clock_monotonic_us();
}

static void on_live_again(struct keeper *k, struct hook *h, const struct fetched *got)
{
    enum { SOON_MS = 1000 };

    look_for_it(h, got);
    if (counts(h, got)) {
        h->attempts++;
        on_again(k, h, got->retry_after_s);
        hook_suspects(h, got);
    } else {
        uint64_t soon_us = sl_clock_monotonic_us() + SOON_MS * 1000;

        h->due_us = h->plan_us > soon_us ? h->plan_us : soon_us;
    }
}

static void on_answer(struct keeper *k, uint64_t id, const struct fetched *got)
{
    struct hook *h = hook_by_id(k, id);

    if (h == NULL)
        return; /* it is gone, or another receiver has its name now */
    h->busy = false;
    h->status = got->status;
    h->answered_us = sl_clock_us();
    enum sl_hook_verdict verdict = sl_hook_verdict_of(h->config->format, got->status);
    if (verdict == SL_HOOK_TOLD) {
        on_told(k, h);
        hook_turn(k, h);
        return;
    }
    h->failed++;
    note_status(h, got);
    if (verdict == SL_HOOK_GONE) {
        end_round(h);
        pause_it(k, h, "status 410: the receiver wants nothing more");
    } else if (h->of_dead) {
        on_dead_again(k, h, got);
    } else if (verdict == SL_HOOK_DEAD) {
        h->attempts++;
        to_the_dead(k, h);
    } else {
        on_live_again(k, h, got);
    }
}

/* --- telling ------------------------------------------------------------------------------------
 */

static void send(struct keeper *k, struct hook *h, const struct hook_message *m)
{
    h->busy = true;
    h->from = m->from;
    h->to = m->to;
    h->records = m->records;
    if (!h->of_dead)
        h->next = m->from; /* what it is not told of is behind it */
    hook_message_send(k, h, sl_buf_span(&m->id), sl_buf_span(&m->body), on_answer, h->id);
}

/* The entry stands in the log and cannot be said: whoever reads the list hears of it. */
static void cannot_say(struct keeper *k, struct hook *h, const struct hook_message *m)
{
    h->from = m->from;
    h->to = m->from + 1;
    h->status = 0;
    hook_note(h, SL_SPAN("it cannot be written in this format"));
    to_the_dead(k, h);
}

static void make_and_send_dead(struct keeper *k, struct hook *h, uint64_t entry)
{
    struct hook_message m = {.body = sl_buf(HOOK_BODY_BYTES), .id = sl_buf(SL_HOOK_ID_MAX)};

    h->of_dead = true;
    if (hook_message_make(k, h, entry, entry + 1, &m) == SL_OK && m.records > 0)
        send(k, h, &m);
    else
        h->of_dead = false;
    sl_buf_done(&m.body);
    sl_buf_done(&m.id);
}

/* One of the dead, once more and once only. False: there is none left. What the hook's `events`
 * leave out by now stays in the list. */
static bool tell_dead(struct keeper *k, struct hook *h)
{
    if (h->retry_at > h->retry_last)
        return false;
    struct db_rows rows =
        db_ask(k->store.db, DB_HOOK_DEAD_GET, "sii", h->config->name, h->retry_at, UINT64_C(1));
    bool any = db_row(&rows);
    uint64_t entry = any ? db_u64(&rows, 0) : UINT64_MAX;

    h->dead_attempts = any ? (unsigned)db_u64(&rows, 3) : 0;
    db_end(&rows);
    if (entry > h->retry_last || entry == UINT64_MAX) {
        end_round(h);
        return false;
    }
    h->retry_at = entry + 1;
    make_and_send_dead(k, h, entry);
    return true;
}

static void tell(struct keeper *k, struct hook *h)
{
    struct hook_message m = {.body = sl_buf(HOOK_BODY_BYTES), .id = sl_buf(SL_HOOK_ID_MAX)};

    h->of_dead = false;
    enum sl_err err =
        hook_message_make(k, h, h->next, sl_ledger_checkpoint_size(k->store.ledger), &m);

    if (err == SL_ELIMIT)
        cannot_say(k, h, &m);
    else if (err != SL_OK)
        pause_it(k, h, "the ledger could not be read from there on");
    else if (m.records > 0)
        send(k, h, &m);
    else
        h->next = m.to;
    sl_buf_done(&m.body);
    sl_buf_done(&m.id);
}

/* One message at a time, a test's too. */
static bool may_go(struct keeper *k, const struct hook *h)
{
    return !h->busy && h->ping == 0 && hook_is_ready(h) &&
           peer_find(k, SL_ROLE_COURIER, COURIER_HOOKS) != NULL;
}

/* Dead ones and what comes in its turn alternate: neither waits for all of the others. */
void hook_turn(struct keeper *k, struct hook *h)
{
    if (!may_go(k, h) || (!h->paused && hook_probe(k, h)))
        return;
    bool due = !h->paused && h->due_us <= sl_clock_monotonic_us();

    if (due && h->after_dead) {
        h->after_dead = false;
        tell(k, h);
        due = false;
    }
    if (h->busy)
        return;
    if (tell_dead(k, h))
        h->after_dead = true;
    else if (due)
        tell(k, h);
}
