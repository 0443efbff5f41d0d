#include "role/keeper/keeper_int.h"

#include "base/utf8.h"
#include "base/when.h"
#include "core/ledger/shadow.h"
#include "role/keeper/audit_int.h"
#include "role/keeper/call.h"
#include "role/keeper/people.h"
#include "role/keeper/tries.h"

#include <stdlib.h>

/* What an edited policy would have said to the recorded past (core/ledger/shadow.h). One at a time,
 * in slices between the keeper's other work, over the newest entries: `sluice shadow` has time for
 * all of them. Nothing is applied, and nothing of the edited text is kept. */

enum {
    SHADOW_TEXT_BYTES = 512 * 1024,
    SHADOW_PATTERN_BYTES = 256,
    SHADOW_PATTERNS_BYTES = 32 * 1024,
    SHADOW_ENTRIES = 50 * 1000,
    SLICE_US = 5 * 1000,
    PAUSE_MS = 10,
};
static const uint64_t patience_us = 20 * 1000 * 1000; /* less than the desk's */

struct shadow_job {
    struct late late;
    struct sl_config *edited;
    struct sl_shadow *shadow;
    struct sl_timer *timer;
    uint64_t at, end, since_us, begun_us;
    bool more; /* there are older ones that were not looked at */
};

void shadow_free(struct keeper *k)
{
    struct shadow_job *job = k->shadow;

    k->shadow = NULL;
    if (job == NULL)
        return;
    sl_timer_free(job->timer);
    sl_shadow_free(job->shadow);
    sl_config_free(job->edited);
    free(job);
}

/* --- the edited text ----------------------------------------------------------------------------
 */

/* Only rules: then targets and labels are those in force. They come behind, so that complaints name
 * the line that the person sees. */
static void add_targets(struct keeper *k, struct sl_buf *text)
{
    json_t *policy = NULL;
    SL_BUF(targets, SHADOW_TEXT_BYTES);

    if (sl_json_read(k->config->canonical, &policy, NULL) == SL_OK &&
        sl_json_canonical(&targets, json_object_get(policy, "targets")) == SL_OK)
        sl_buf_say(text, "\nstate: ./state\nlisten: {postgres: 127.0.0.1:6432}\ntargets: %S\n",
                   sl_buf_span(&targets));
    json_decref(policy);
}

static bool has_key(struct sl_span text, const char *key)
{
    bool fresh = true;

    for (size_t i = 0; i < text.n; i++) {
        if (fresh && sl_span_starts(sl_span_from(text, i), sl_span_str(key)))
            return true;
        fresh = text.p[i] == '\n';
    }
    return false;
}

/* Each name in the ledger is held against each pattern, and the clock is looked at between entries
 * only: what is given here must not make one entry take long. */
static bool are_short(const struct sl_names *patterns, size_t *bytes)
{
    for (size_t i = 0; i < patterns->count; i++) {
        *bytes += patterns->items[i].n;
        if (patterns->items[i].n > SHADOW_PATTERN_BYTES)
            return false;
    }
    return *bytes <= SHADOW_PATTERNS_BYTES;
}

static bool patterns_fit(const struct sl_config *config)
{
    size_t bytes = 0;
    bool fit = true;

    for (size_t t = 0; t < config->target_count; t++) {
        const struct sl_target *target = &config->targets[t];

        for (size_t i = 0; i < target->label_count; i++)
            fit = fit && are_short(&target->labels[i].columns, &bytes) &&
                  are_short(&target->labels[i].tables, &bytes);
        for (size_t i = 0; i < target->declassify_count; i++)
            fit = fit && are_short(&target->declassify[i].columns, &bytes);
    }
    for (size_t i = 0; i < config->rule_count; i++)
        fit = fit && are_short(&config->rules[i].datasets, &bytes) &&
              are_short(&config->rules[i].statements, &bytes) &&
              are_short(&config->rules[i].identities, &bytes);
    return fit;
}

static bool too_heavy(struct call *c, struct sl_config *config)
{
    if (patterns_fit(config))
        return false;
    call_problem(c, 400, "Too heavy for here",
                 "A pattern has at most 256 bytes here, and all together 32 kB.",
                 "sluice shadow --config FILE, on the state folder, has no such limit.");
    sl_config_free(config);
    return true;
}

static bool read_edited(struct call *c, struct sl_config **out)
{
    struct sl_span given = call_str(c, "config");
    SL_BUF(text, 2 * SHADOW_TEXT_BYTES);
    SL_BUF(complaints, 16 * 1024);

    if (given.n == 0 || given.n > SHADOW_TEXT_BYTES) {
        call_problem(c, 400, "Not a policy", "config is a text of 1 to 524288 bytes.", "");
        return false;
    }
    sl_buf_put(&text, given);
    if (given.p[0] != '{' && !has_key(given, "targets:"))
        add_targets(c->keeper, &text);
    if (sl_config_load_recorded(sl_buf_span(&text), "edited", out, &complaints) == SL_OK)
        return !too_heavy(c, *out);
    SL_BUF(detail, 4096);
    sl_buf_put(&detail, sl_utf8_head(sl_buf_span(&complaints), 4000));
    call_problem(c, 400, "Not a policy", sl_buf_text(&detail), "sluice check --config FILE");
    return false;
}

static bool read_since(struct call *c, uint64_t *since_us)
{
    struct sl_span since = call_str(c, "since");
    uint64_t ms = 0, now_us = sl_clock_us();

    if (sl_duration_get(since.n == 0 ? SL_SPAN("7d") : since, &ms) != SL_OK) {
        call_problem(c, 400, "Not a time", "since is a duration such as 24h or 7d.", "");
        return false;
    }
    *since_us = ms >= now_us / 1000 ? 0 : now_us - ms * 1000;
    return true;
}

/* --- going over the ledger ----------------------------------------------------------------------
 */

static uint64_t time_of(struct keeper *k, uint64_t index)
{
    json_t *leaf = NULL;
    uint64_t at_us = 0;
    SL_BUF(text, SL_ENTRY_MAX);

    if (sl_ledger_read(k->store.ledger, index, &text) == SL_OK &&
        sl_json_read(sl_buf_span(&text), &leaf, NULL) == SL_OK &&
        sl_when_get(sl_json_str(leaf, "time"), &at_us) != SL_OK)
        at_us = 0;
    json_decref(leaf);
    return at_us;
}

/* The first entry that was recorded then or later, as far as times grow. */
static uint64_t first_since(struct keeper *k, uint64_t since_us)
{
    uint64_t low = 0, high = sl_ledger_size(k->store.ledger);

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (time_of(k, middle) < since_us)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum sl_err tell_people(struct keeper *k, struct sl_shadow *shadow)
{
    enum { MAX = 10000 };
    struct sl_span *names = sl_arena_array(k->mem, MAX, sizeof *names);
    struct db_rows rows = db_ask(k->store.db, DB_IDENTITY_LIST, "");
    size_t count = 0;

    while (names != NULL && count < MAX && db_row(&rows))
        names[count++] = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    for (size_t i = 0; i < count; i++) {
        struct person who;

        if (person_get(k, names[i], &who) == SL_OK)
            SL_TRY(sl_shadow_knows(shadow, who.name, who.kind, &who.groups));
    }
    return SL_OK;
}

static void finish(struct keeper *k, struct shadow_job *job)
{
    json_t *result = sl_shadow_json(job->shadow);

    json_object_set_new(result, "more", json_boolean(job->more));
    json_put_time(result, "since", job->since_us);
    json_object_set_new(result, "entries", json_integer((json_int_t)job->end));
    late_answer(k, &job->late, 200, result);
    shadow_free(k);
}

static enum sl_err take_one(struct keeper *k, struct shadow_job *job)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    enum sl_err err = sl_ledger_read(k->store.ledger, job->at, &leaf);

    if (err == SL_OK)
        err = sl_shadow_leaf(job->shadow, job->at, sl_buf_span(&leaf));
    job->at++;
    return err;
}

static void on_slice(void *owner)
{
    struct keeper *k = owner;
    struct shadow_job *job = k->shadow;
    uint64_t begun_us = sl_clock_us();
    enum sl_err err = SL_OK;

    while (err == SL_OK && job->at < job->end && sl_clock_us() - begun_us < SLICE_US)
        err = take_one(k, job);
    if (err != SL_OK || begun_us - job->begun_us > patience_us) {
        late_problem(k, &job->late, 503, "No answer",
                     err == SL_OK ? "It takes too long here: ask for a shorter time, or use "
                                    "`sluice shadow` on the machine."
                                  : "The ledger could not be read.");
        shadow_free(k);
    } else if (job->at == job->end) {
        finish(k, job);
    } else {
        sl_timer_arm(job->timer, PAUSE_MS);
    }
}

static enum sl_err begin(struct call *c, struct shadow_job *job, uint64_t since_us)
{
    struct keeper *k = c->keeper;

    job->begun_us = sl_clock_us();
    job->since_us = since_us;
    job->end = sl_ledger_size(k->store.ledger);
    job->at = first_since(k, since_us);
    job->more = job->end - job->at > SHADOW_ENTRIES;
    if (job->more) {
        job->at = job->end - SHADOW_ENTRIES;
        job->since_us = time_of(k, job->at);
    }
    SL_TRY(sl_shadow_new(job->edited, job->since_us, &job->shadow));
    sl_shadow_was(job->shadow, k->config->canonical);
    SL_TRY(tell_people(k, job->shadow));
    return sl_timer_new(k->loop, on_slice, k, &job->timer);
}

void call_POLICY_SHADOW(struct call *c)
{
    struct keeper *k = c->keeper;
    struct sl_config *edited = NULL;
    uint64_t since_us;

    if (!may_audit(c)) /* it tells of entries, and when each was */
        return;
    if (k->shadow != NULL) {
        call_problem(c, 429, "One at a time", "Another policy is being tried on the past already.",
                     "Ask again in a moment.");
        return;
    }
    if (!read_since(c, &since_us) || !read_edited(c, &edited))
        return;
    k->shadow = calloc(1, sizeof *k->shadow);
    if (k->shadow == NULL) {
        sl_config_free(edited);
        call_problem(c, 503, "No room", "There is no memory for this now.", "");
        return;
    }
    k->shadow->edited = edited;
    if (begin(c, k->shadow, since_us) != SL_OK) {
        shadow_free(k);
        call_problem(c, 503, "No room", "There is no memory for this now.", "");
        return;
    }
    call_defer(c, &k->shadow->late);
    sl_timer_arm(k->shadow->timer, 1);
}
