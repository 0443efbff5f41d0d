#include "role/keeper/keeper_int.h"

#include "base/when.h"
#include "core/action/effect.h"
#include "role/keeper/call.h"
#include "role/keeper/metrics_int.h"
#include "role/keeper/stats.h"

#include <stdlib.h>

/* Metrics in Prometheus' text format 0.0.4. Labels come from short lists alone: targets of the
 * configuration, verdicts, effects, states, programs, gates. Who, what data and which SQL is for
 * `sluice usage`.
 *
 * Counters come from the view, so they go on over a restart and a replay, but for those of
 * programs, which begin anew with the supervisor. The text is kept for a moment: whoever asks again
 * and again costs no more than one. */

enum { TEXT_BYTES = 1024 * 1024, FRESH_MS = 500, TARGETS_MAX = 1024 };

#ifndef SLUICE_VERSION
#define SLUICE_VERSION "0"
#endif

struct metrics_text {
    struct sl_buf text;
    uint64_t made_us;
};

void metrics_free(struct keeper *k)
{
    if (k->metrics == NULL)
        return;
    sl_buf_done(&k->metrics->text);
    free(k->metrics);
    k->metrics = NULL;
}

/* --- the format --- */

void metrics_head(struct sl_buf *b, const char *name, const char *type, const char *help)
{
    sl_buf_say(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_value(struct sl_buf *b, struct sl_span value)
{
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '\n')
            sl_buf_put_str(b, "\\n");
        else if (value.p[i] == '"' || value.p[i] == '\\')
            sl_buf_say(b, "\\%S", sl_span(value.p + i, 1));
        else
            sl_buf_put_u8(b, value.p[i]);
    }
}

static void put_label(struct sl_buf *b, const char *name, struct sl_span value, const char *before)
{
    sl_buf_say(b, "%s%s=\"", before, name);
    put_value(b, value);
    sl_buf_put_u8(b, '"');
}

static void put_one(struct sl_buf *b, const char *name, const char *type, const char *help,
                    uint64_t value)
{
    metrics_head(b, name, type, help);
    sl_buf_say(b, "%s %U\n", name, value);
}

void metrics_labelled(struct sl_buf *b, const char *name, const char *label, struct sl_span value,
                      uint64_t number)
{
    sl_buf_put_str(b, name);
    put_label(b, label, value, "{");
    sl_buf_say(b, "} %U\n", number);
}

void metrics_seconds(struct sl_buf *b, uint64_t us)
{
    uint64_t rest = us % 1000000;

    sl_buf_say(b, "%U.", us / 1000000);
    for (uint64_t place = 100000; place > 0; place /= 10)
        sl_buf_put_u8(b, (uint8_t)('0' + rest / place % 10));
}

void metrics_labelled_seconds(struct sl_buf *b, const char *name, const char *label,
                              struct sl_span value, uint64_t us)
{
    sl_buf_put_str(b, name);
    put_label(b, label, value, "{");
    sl_buf_put_str(b, "} ");
    metrics_seconds(b, us);
    sl_buf_put_u8(b, '\n');
}

/* --- usage --- */

struct total {
    struct sl_span target;
    uint64_t counts[3]; /* statements, rows, bytes */
    uint64_t effects[SL_EFFECT_COUNT];
    char verdict[8];
};

struct totals {
    struct total *items;
    size_t count;
};

static struct total *total_of(struct keeper *k, struct totals *t, struct sl_span target,
                              struct sl_span verdict)
{
    for (size_t i = 0; i < t->count; i++)
        if (sl_span_eq(t->items[i].target, target) && sl_span_is(verdict, t->items[i].verdict))
            return &t->items[i];
    if (t->count == TARGETS_MAX)
        return NULL;
    struct total *one = &t->items[t->count++];
    *one = (struct total){.target = sl_arena_copy(k->mem, target)};
    memcpy(one->verdict, verdict.p, verdict.n < sizeof one->verdict ? verdict.n : 0);
    return one;
}

static struct totals read_totals(struct keeper *k)
{
    struct totals t = {.items = sl_arena_array(k->mem, TARGETS_MAX, sizeof *t.items)};
    struct db_rows rows = db_ask(k->store.db, DB_USAGE_TOTALS, "");

    while (t.items != NULL && db_row(&rows)) {
        struct total *one = total_of(k, &t, db_span(&rows, 0), db_span(&rows, 1));
        uint64_t effects = db_u64(&rows, 2);

        for (int i = 0; one != NULL && i < 3; i++)
            one->counts[i] += db_u64(&rows, 3 + i);
        for (unsigned i = 0; one != NULL && i < SL_EFFECT_COUNT; i++)
            one->effects[i] += (effects >> i & 1) != 0 ? db_u64(&rows, 3) : 0;
    }
    db_end(&rows);
    return t;
}

static void put_totals(struct sl_buf *b, const struct totals *t)
{
    static const struct {
        const char *name, *help;
    } kinds[] = {{"sluice_statements_total",
                  "Statements by what the policy said, whatever became of them."},
                 {"sluice_rows_total", "Rows read, and rows changed by what was committed."},
                 {"sluice_result_bytes_total", "Bytes of rows that servers sent to clients."}};

    for (size_t i = 0; i < SL_COUNT(kinds); i++) {
        metrics_head(b, kinds[i].name, "counter", kinds[i].help);
        for (size_t k = 0; k < t->count; k++) {
            sl_buf_put_str(b, kinds[i].name);
            put_label(b, "target", t->items[k].target, "{");
            put_label(b, "verdict", sl_span_str(t->items[k].verdict), ",");
            sl_buf_say(b, "} %U\n", t->items[k].counts[i]);
        }
    }
}

static void put_effects(struct sl_buf *b, const struct totals *t)
{
    static const char name[] = "sluice_statement_effects_total";

    metrics_head(b, name, "counter",
                 "Statements by effect; one with two effects counts under both.");
    for (size_t k = 0; k < t->count; k++)
        for (unsigned i = 0; i < SL_EFFECT_COUNT; i++) {
            if (t->items[k].effects[i] == 0)
                continue;
            sl_buf_put_str(b, name);
            put_label(b, "effect", sl_span_str(sl_effect_name(i)), "{");
            put_label(b, "target", t->items[k].target, ",");
            put_label(b, "verdict", sl_span_str(t->items[k].verdict), ",");
            sl_buf_say(b, "} %U\n", t->items[k].effects[i]);
        }
}

static void put_usage(struct keeper *k, struct sl_buf *b)
{
    struct totals t = read_totals(k);

    put_totals(b, &t);
    put_effects(b, &t);
}

/* --- approvals --- */

static const char *const ends[] = {"cancelled", "denied", "expired", "lapsed", "revoked", "spent"};

static void put_states(struct keeper *k, struct sl_buf *b)
{
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_STATES, "");
    uint64_t pending = 0, approved = 0, ended[SL_COUNT(ends)] = {0};

    while (db_row(&rows)) {
        struct sl_span state = db_span(&rows, 0);

        pending = sl_span_is(state, "pending") ? db_u64(&rows, 1) : pending;
        approved = sl_span_is(state, "approved") ? db_u64(&rows, 1) : approved;
        for (size_t i = 0; i < SL_COUNT(ends); i++)
            ended[i] = sl_span_is(state, ends[i]) ? db_u64(&rows, 1) : ended[i];
    }
    put_one(b, "sluice_approvals_pending", "gauge", "Held actions that wait for people.", pending);
    put_one(b, "sluice_approvals_granted", "gauge", "Approved actions that have not run yet.",
            approved);
    metrics_head(b, "sluice_approvals_total", "counter",
                 "Approvals that are over, by how they ended.");
    for (size_t i = 0; i < SL_COUNT(ends); i++)
        metrics_labelled(b, "sluice_approvals_total", "state", sl_span_str(ends[i]), ended[i]);
}

static void put_waits(struct keeper *k, struct sl_buf *b)
{
    static const uint64_t bounds_s[] = {1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400};
    static const char name[] = "sluice_decision_wait_seconds";
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_WAITS, "");
    uint64_t within[SL_COUNT(bounds_s)] = {0}, count = 0, sum_us = 0;

    while (db_row(&rows)) {
        uint64_t us = db_u64(&rows, 0);

        count++;
        sum_us += us;
        for (size_t i = 0; i < SL_COUNT(bounds_s); i++)
            within[i] += us <= bounds_s[i] * 1000000;
    }
    metrics_head(b, name, "histogram", "From the request to the last vote of what was decided.");
    for (size_t i = 0; i < SL_COUNT(bounds_s); i++)
        sl_buf_say(b, "%s_bucket{le=\"%U\"} %U\n", name, bounds_s[i], within[i]);
    sl_buf_say(b, "%s_bucket{le=\"+Inf\"} %U\n%s_sum ", name, count, name);
    metrics_seconds(b, sum_us);
    sl_buf_say(b, "\n%s_count %U\n", name, count);
}

/* --- targets --- */

static void put_listings(struct keeper *k, struct sl_buf *b)
{
    json_t *targets = stats_targets(k), *one;
    size_t i;

    metrics_head(b, "sluice_sessions", "gauge", "Client sessions that are open.");
    json_array_foreach(targets, i, one)
    {
        uint64_t sessions = 0;
        (void)sl_json_u64(one, "sessions", &sessions);
        metrics_labelled(b, "sluice_sessions", "target", sl_json_str(one, "name"), sessions);
    }
    metrics_head(
        b, "sluice_catalog_current", "gauge",
        "1 while every gate has a current catalog of the target; else statements wait or are "
        "opaque.");
    json_array_foreach(targets, i, one)
        metrics_labelled(b, "sluice_catalog_current", "target", sl_json_str(one, "name"),
                         sl_span_is(sl_json_str(one, "listing"), "current"));
    metrics_head(b, "sluice_catalog_checked_timestamp_seconds", "gauge",
                 "When the catalog was last found to be that of the server, by the slowest gate.");
    json_array_foreach(targets, i, one)
    {
        uint64_t at_us = 0;
        if (sl_when_get(sl_json_str(one, "checked"), &at_us) == SL_OK)
            metrics_labelled(b, "sluice_catalog_checked_timestamp_seconds", "target",
                             sl_json_str(one, "name"), at_us / 1000000);
    }
    json_decref(targets);
}

static void put_canaries(struct keeper *k, struct sl_buf *b)
{
    json_t *one;
    size_t i;

    metrics_head(b, "sluice_canary_flowing", "gauge",
                 "1 while the statement that must be held flows: an alarm.");
    json_array_foreach(k->canaries, i, one)
        metrics_labelled(b, "sluice_canary_flowing", "target", sl_json_str(one, "target"),
                         sl_span_is(sl_json_str(one, "result"), "flowed"));
    metrics_head(b, "sluice_canary_tried_timestamp_seconds", "gauge", "When it was tried last.");
    json_array_foreach(k->canaries, i, one)
    {
        uint64_t at_us = 0;
        if (sl_when_get(sl_json_str(one, "at"), &at_us) == SL_OK)
            metrics_labelled(b, "sluice_canary_tried_timestamp_seconds", "target",
                             sl_json_str(one, "target"), at_us / 1000000);
    }
}

/* --- programs --- */

static uint64_t restarts_of(const struct keeper *k, const char *role)
{
    uint64_t sum = 0, count;
    json_t *one;
    size_t i;

    json_array_foreach(k->programs, i, one)
    {
        count = 0;
        if (sl_span_is(sl_json_str(one, "role"), role) && sl_json_u64(one, "restarts", &count))
            sum += count;
    }
    return sum;
}

static void put_programs(struct keeper *k, struct sl_buf *b)
{
    static const char *const roles[] = {"desk", "gate", "judge", "keeper"};

    metrics_head(b, "sluice_program_restarts_total", "counter",
                 "Programs that the supervisor had to start again.");
    for (size_t i = 0; i < SL_COUNT(roles); i++)
        metrics_labelled(b, "sluice_program_restarts_total", "program", sl_span_str(roles[i]),
                         restarts_of(k, roles[i]));
}

static void put_journals(struct keeper *k, struct sl_buf *b)
{
    static const char *const names[] = {"sluice_journal_waiting_bytes",
                                        "sluice_journal_size_bytes"};
    static const char *const helps[] = {"Of a gate's journal, not read yet.",
                                        "Room in a gate's journal; a full one stops traffic."};

    for (size_t n = 0; n < SL_COUNT(names); n++) {
        metrics_head(b, names[n], "gauge", helps[n]);
        for (uint32_t i = 0; i < k->gates && i < MAX_GATES; i++) {
            const struct journal *j = &k->journals[i];
            SL_BUF(gate, 16);

            sl_buf_put_decimal(&gate, i);
            if (j->open)
                metrics_labelled(b, names[n], "gate", sl_buf_span(&gate),
                                 n == 0 ? sl_journal_unread(&j->ring, j->at) : j->ring.size);
        }
    }
}

/* --- all of it --- */

static uint64_t counter(struct keeper *k, struct sl_span name)
{
    struct db_rows rows = db_ask(k->store.db, DB_COUNTER_GET, "s", name);
    uint64_t value = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return value;
}

static void put_all(struct keeper *k, struct sl_buf *b)
{
    put_one(b, "sluice_up", "gauge", "1: the keeper answers.", 1);
    metrics_head(b, "sluice_build_info", "gauge", "Which version runs.");
    metrics_labelled(b, "sluice_build_info", "version", SL_SPAN(SLUICE_VERSION), 1);
    put_one(b, "sluice_start_time_seconds", "gauge", "When the keeper started.",
            k->started_us / 1000000);
    put_usage(k, b);
    put_states(k, b);
    put_waits(k, b);
    put_listings(k, b);
    put_canaries(k, b);
    put_programs(k, b);
    put_journals(k, b);
    metrics_told(k, b);
    put_one(b, "sluice_ledger_entries", "gauge", "Leaves of the ledger.",
            sl_ledger_size(k->store.ledger));
    put_one(b, "sluice_ledger_signed_entries", "gauge", "Leaves under the last signed checkpoint.",
            sl_ledger_checkpoint_size(k->store.ledger));
    put_one(b, "sluice_sign_in_failures_total", "counter",
            "Sign-ins that failed, at the gates and over HTTP.",
            counter(k, SL_SPAN("sign_in_failures")));
}

static bool make(struct keeper *k)
{
    uint64_t now_us = sl_clock_us();

    if (k->metrics != NULL && now_us - k->metrics->made_us < FRESH_MS * UINT64_C(1000))
        return true;
    metrics_free(k);
    k->metrics = calloc(1, sizeof *k->metrics);
    if (k->metrics == NULL || usage_flush(k->store.usage) != SL_OK)
        return false;
    k->metrics->made_us = now_us;
    k->metrics->text = sl_buf(TEXT_BYTES);
    put_all(k, &k->metrics->text);
    return sl_buf_err(&k->metrics->text) == SL_OK;
}

void call_METRICS(struct call *c)
{
    struct keeper *k = c->keeper;

    if (k->config->settings.metrics_access == SL_METRICS_OFF) {
        call_problem(c, 404, "No metrics", "metrics.access is off.", "");
        return;
    }
    if (!make(k)) {
        metrics_free(k);
        call_problem(c, 500, "No metrics", "They could not be gathered.", "");
        return;
    }
    c->reply = json_object();
    json_put_str(c->reply, "text", sl_buf_span(&k->metrics->text));
}

void call_METRICS_OPEN(struct call *c)
{
    if (sl_config_metrics_open(c->keeper->config))
        call_METRICS(c);
    else
        call_problem(c, 401, "Not signed in", "These metrics are for whoever has a token.",
                     "Authorization: Bearer and a token, or metrics: {access: open}.");
}
