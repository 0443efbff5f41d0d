/* Leaves about actions: batches, single ones, outcomes, transactions. */
#include "core/action/effect.h"
#include "core/ledger/entry_int.h"

#include "core/policy/policy.h"

/* How much of a leaf each list of the facts may take; past it stand its digest and length. What is
 * left of 65,535 bytes is for the text. */
enum { MAX_DATASETS = 16 * 1024, MAX_RULES = 4 * 1024, MAX_STATEMENTS = 6 * 1024 };

static void fail(struct sl_buf *b, enum sl_err why)
{
    if (b->why == SL_OK)
        b->why = why;
}

static const char *verdict_name(unsigned verdict)
{
    static const char *const names[] = {[SL_ALLOW] = "allow", [SL_HOLD] = "hold", [SL_DENY] = "deny"};

    return verdict < SL_COUNT(names) ? names[verdict] : NULL;
}

/* --- facts ---------------------------------------------------------------------------------- */

static void put_effects(struct sl_jw *w, uint32_t effects)
{
    sl_jw_array(w);
    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++)
        if ((effects >> i & 1) != 0)
            sl_jw_str(w, sl_span_str(sl_effect_name(i)));
    sl_jw_end(w);
    if ((effects & ~(uint32_t)SL_EFFECT_ALL) != 0)
        fail(w->b, SL_EMALFORMED);
}

static void put_strings(struct sl_jw *w, struct sl_cursor *c, unsigned count)
{
    sl_jw_array(w);
    for (unsigned i = 0; i < count; i++)
        sl_jw_str(w, sl_facts_str(c));
    sl_jw_end(w);
    if (c->short_read)
        fail(w->b, SL_EMALFORMED);
}

/* { str dataset, u32 effects, u16 n, n x str label } */
static void put_datasets(struct sl_jw *w, struct sl_cursor *c, unsigned count)
{
    sl_jw_array(w);
    for (unsigned i = 0; i < count && !c->short_read; i++) {
        struct sl_span name = sl_facts_str(c);
        uint32_t effects = sl_cursor_le32(c);
        unsigned labels = sl_cursor_le16(c);

        sl_jw_object(w);
        sl_jw_key(w, "effects");
        put_effects(w, effects);
        sl_jw_key(w, "labels");
        put_strings(w, c, labels);
        sl_jw_key(w, "name");
        sl_jw_str(w, name);
        sl_jw_end(w);
    }
    sl_jw_end(w);
    if (c->short_read)
        fail(w->b, SL_EMALFORMED);
}

typedef void put_list_fn(struct sl_jw *w, struct sl_cursor *c, unsigned count);

struct list_names {
    const char *name, *digest, *length;
};

/* A list as it is, or its digest and length when it is too long for a leaf. */
static void put_list(struct sl_jw *w, const struct list_names *names, put_list_fn *put, struct sl_cursor c,
                     unsigned count, size_t max)
{
    SL_BUF(list, 1024 * 1024);
    struct sl_jw inner = sl_jw(&list);
    uint8_t digest[SL_SHA256];

    if (count == 0)
        return;
    put(&inner, &c, count);
    if (sl_buf_err(&list) != SL_OK) {
        fail(w->b, sl_buf_err(&list));
        return;
    }
    if (list.n <= max) {
        sl_jw_key(w, names->name);
        sl_jw_raw(w, sl_buf_span(&list));
        return;
    }
    sl_sha256(sl_buf_span(&list), digest);
    sl_member_hex(w, names->digest, digest, sizeof digest);
    sl_member_u64(w, names->length, list.n);
}

void sl_entry_put_facts(struct sl_buf *b, struct sl_span journal_facts)
{
    static const struct list_names datasets = {"datasets", "datasets_digest", "datasets_length"},
                                   rules = {"rules", "rules_digest", "rules_length"},
                                   statements = {"statements", "statements_digest", "statements_length"};
    struct sl_facts f;
    struct sl_jw w = sl_jw(b);

    if (sl_facts_get(journal_facts, &f) != SL_OK || verdict_name(f.verdict) == NULL) {
        fail(b, SL_EMALFORMED);
        return;
    }
    sl_jw_object(&w);
    put_list(&w, &datasets, put_datasets, f.datasets, f.dataset_count, MAX_DATASETS);
    sl_jw_key(&w, "effects");
    put_effects(&w, f.effects);
    sl_member_said(&w, "reason", f.reason);
    put_list(&w, &rules, put_strings, f.rules, f.rule_count, MAX_RULES);
    sl_member_said(&w, "run", f.run);
    sl_member_said(&w, "sink", f.sink);
    put_list(&w, &statements, put_strings, f.tags, f.tag_count, MAX_STATEMENTS);
    sl_jw_key(&w, "verdict");
    sl_jw_str(&w, sl_span_str(verdict_name(f.verdict)));
    sl_jw_end(&w);
}

/* --- one action ----------------------------------------------------------------------------- */

static void put_flags(struct sl_jw *w, uint32_t flags)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {{SL_INTENT_EXTENDED, "extended"}, {SL_INTENT_IN_TX, "in_transaction"},
                 {SL_INTENT_OBSERVED, "observed"}, {SL_INTENT_SHAPE, "shape"}};
    uint32_t named = 0;

    for (size_t i = 0; i < SL_COUNT(names); i++)
        named |= names[i].bit;
    if ((flags & named) == 0)
        return;
    sl_jw_key(w, "flags");
    sl_jw_array(w);
    for (size_t i = 0; i < SL_COUNT(names); i++)
        if ((flags & names[i].bit) != 0)
            sl_jw_str(w, sl_span_str(names[i].name));
    sl_jw_end(w);
}

static void put_outcome(struct sl_jw *w, unsigned outcome)
{
    if (sl_entry_outcome_name(outcome) == NULL) {
        fail(w->b, SL_EMALFORMED);
        return;
    }
    sl_jw_key(w, "outcome");
    sl_jw_str(w, sl_span_str(sl_entry_outcome_name(outcome)));
}

static size_t room_left(const struct sl_buf *b, size_t start)
{
    size_t used = b->n - start;

    return used < SL_ENTRY_MAX ? SL_ENTRY_MAX - used : 0;
}

static void put_item(struct sl_jw *w, const struct sl_entry_action *a, size_t start)
{
    sl_jw_object(w);
    sl_jw_key(w, "action");
    sl_jw_u64(w, a->action);
    sl_member_time(w, "asked", a->asked_us);
    sl_member_u64(w, "bytes", a->bytes);
    sl_member_hex(w, "commitment", a->commitment, 32);
    sl_member_time(w, "ended", a->ended_us);
    sl_member_facts(w, a->facts);
    put_flags(w, a->flags);
    sl_member_str(w, "identity", a->identity);
    put_outcome(w, a->outcome);
    sl_member_hex(w, "policy", a->policy_digest, 8);
    sl_member_u64(w, "rows", a->rows);
    sl_jw_key(w, "session");
    sl_jw_u64(w, a->session);
    sl_member_said(w, "sqlstate", a->sqlstate);
    sl_member_time(w, "started", a->started_us);
    sl_member_str(w, "target", a->target);
    sl_member_text(w, a->text, a->flags, room_left(w->b, start));
    sl_jw_end(w);
}

/* --- batches -------------------------------------------------------------------------------- */

static const char batch_head[] = "{\"actions\":[";
enum { BATCH_TAIL = 80 }; /* kind, time and v, with a margin */

void sl_entry_batch_begin(struct sl_entry_batch *batch, struct sl_buf *b)
{
    *batch = (struct sl_entry_batch){.b = b, .start = b->n};
    sl_buf_put_str(b, batch_head);
}

enum sl_err sl_entry_batch_add(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    struct sl_buf *b = batch->b;
    struct sl_jw w = sl_jw(b);
    size_t before = b->n;
    bool empty = batch->count == 0;

    SL_TRY(sl_buf_err(b));
    if (batch->count == SL_ENTRY_MAX_BATCH)
        return SL_ELIMIT;
    if (!empty)
        sl_buf_put_u8(b, ',');
    /* Only an action that has the leaf to itself may have its text cut. */
    put_item(&w, a, empty ? batch->start : b->n);
    enum sl_err err = sl_buf_err(b);
    if (err == SL_OK && b->n - batch->start > SL_ENTRY_MAX - BATCH_TAIL)
        err = SL_ELIMIT;
    if (err != SL_OK) {
        b->n = before;
        b->why = SL_OK;
        return err;
    }
    batch->count++;
    return SL_OK;
}

void sl_entry_batch_end(struct sl_entry_batch *batch, uint64_t time_us)
{
    struct sl_buf *b = batch->b;
    struct sl_jw w = sl_jw(b);

    SL_PROMISE(batch->count > 0);
    sl_buf_put_str(b, "],\"kind\":\"actions\",\"time\":");
    sl_jw_time(&w, time_us);
    sl_buf_put_str(b, ",\"v\":1}");
    sl_entry_check(b, batch->start);
}

/* --- leaves of their own --------------------------------------------------------------------- */

static void put_one(struct sl_jw *w, const struct sl_entry_one *e, size_t start)
{
    const struct sl_entry_action *a = &e->action;

    sl_jw_key(w, "action");
    sl_jw_u64(w, a->action);
    sl_member_str(w, "approval", e->approval);
    sl_member_list(w, "approvers", &e->approvers);
    sl_member_time(w, "asked", a->asked_us);
    sl_member_hex(w, "body_digest", e->body_digest, SL_SHA256);
    sl_member_u64(w, "bytes", a->bytes);
    sl_member_hex(w, "commitment", a->commitment, 32);
    sl_member_time(w, "decided", e->decided_us);
    sl_member_hex(w, "digest", e->digest, SL_SHA256);
    sl_member_time(w, "ended", a->ended_us);
    sl_member_str(w, "environment", e->environment);
    sl_member_facts(w, a->facts);
    put_flags(w, a->flags);
    sl_member_str(w, "identity", a->identity);
    sl_member_kind(w, SL_ENTRY_ACTION);
    put_outcome(w, a->outcome);
    sl_member_str(w, "owner", e->owner);
    sl_member_hex(w, "policy", a->policy_digest, 8);
    sl_member_str(w, "protocol", e->protocol);
    sl_member_list(w, "requesters", &e->requesters);
    sl_member_u64(w, "rows", a->rows);
    sl_jw_key(w, "session");
    sl_jw_u64(w, a->session);
    sl_member_said(w, "sqlstate", a->sqlstate);
    sl_member_time(w, "started", a->started_us);
    sl_member_str(w, "target", a->target);
    /* `why` comes after the text and can take four kilobytes */
    size_t room = room_left(w->b, start);
    sl_member_text(w, a->text, a->flags, room > 4096 ? room - 4096 : 0);
    sl_member_time_v(w, e->time_us);
    sl_member_said(w, "why", e->why);
}

void sl_entry_put_action(struct sl_buf *b, const struct sl_entry_one *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    put_one(&w, e, start);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_outcome(struct sl_buf *b, const struct sl_entry_outcome *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_jw_key(&w, "action");
    sl_jw_u64(&w, e->action);
    sl_member_str(&w, "approval", e->approval);
    sl_member_hex(&w, "body_digest", e->body_digest, SL_SHA256);
    sl_member_u64(&w, "bytes", e->bytes);
    sl_member_time(&w, "ended", e->ended_us);
    sl_member_kind(&w, SL_ENTRY_OUTCOME);
    put_outcome(&w, e->outcome);
    sl_member_u64(&w, "rows", e->rows);
    sl_jw_key(&w, "session");
    sl_jw_u64(&w, e->session);
    sl_member_said(&w, "sqlstate", e->sqlstate);
    sl_member_time_v(&w, e->time_us);
    sl_member_said(&w, "why", e->why);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_txn(struct sl_buf *b, const struct sl_entry_txn *e)
{
    static const char *const outcomes[] = {NULL, "committed", "rolled_back", NULL, "unknown"};
    const char *outcome = e->outcome < SL_COUNT(outcomes) ? outcomes[e->outcome] : NULL;
    struct sl_jw w = sl_jw(b);

    if (outcome == NULL) {
        fail(b, SL_EMALFORMED);
        return;
    }
    sl_jw_object(&w);
    sl_member_time(&w, "ended", e->ended_us);
    sl_jw_key(&w, "first_action");
    sl_jw_u64(&w, e->first_action);
    sl_member_kind(&w, SL_ENTRY_TXN);
    sl_jw_key(&w, "last_action");
    sl_jw_u64(&w, e->last_action);
    sl_jw_key(&w, "outcome");
    sl_jw_str(&w, sl_span_str(outcome));
    sl_jw_key(&w, "session");
    sl_jw_u64(&w, e->session);
    sl_member_time_v(&w, e->time_us);
    sl_jw_end(&w);
}
