/* What the policy said of an action, as JSON: built once for each cached verdict. */
#include "core/ledger/entry_int.h"
#include "core/ledger/facts.h"

#include "core/policy/policy.h"

/* How much of a leaf each list of the facts may take; past it stand its digest and length. What is
 * left of 65,535 bytes is for the text. */
enum {
    MAX_DATASETS = 16 * 1024,
    MAX_FLOWS = 10 * 1024, /* of each kind */
    MAX_RULES = 4 * 1024,
    MAX_STATEMENTS = 6 * 1024,
};

static const char *verdict_name(unsigned verdict)
{
    static const char *const names[] = {
        [SL_ALLOW] = "allow", [SL_HOLD] = "hold", [SL_DENY] = "deny"};

    return verdict < SL_COUNT(names) ? names[verdict] : NULL;
}

static void put_effects(struct sl_jw *w, uint32_t effects)
{
    sl_jw_array(w);
    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++)
        if ((effects >> i & 1) != 0)
            sl_jw_str(w, sl_span_str(sl_effect_name(i)));
    sl_jw_end(w);
    if ((effects & ~(uint32_t)SL_EFFECT_ALL) != 0)
        sl_entry_fail(w->b, SL_EMALFORMED);
}

static void put_strings(struct sl_jw *w, struct sl_cursor *c, unsigned count)
{
    sl_jw_array(w);
    for (unsigned i = 0; i < count; i++)
        sl_jw_str(w, sl_facts_str(c));
    sl_jw_end(w);
    if (c->short_read)
        sl_entry_fail(w->b, SL_EMALFORMED);
}

/* Steps over u16 n, n x str, and returns a cursor that stands before it. */
static struct sl_cursor skip_list(struct sl_cursor *c)
{
    struct sl_cursor before = *c;
    unsigned count = sl_cursor_le16(c);

    for (unsigned i = 0; i < count && !c->short_read; i++)
        (void)sl_facts_str(c);
    return before;
}

/* { str dataset, u32 effects, labels, u8 all_columns, columns } */
static void put_datasets(struct sl_jw *w, struct sl_cursor *c, unsigned count)
{
    sl_jw_array(w);
    for (unsigned i = 0; i < count && !c->short_read; i++) {
        struct sl_span name = sl_facts_str(c);
        uint32_t effects = sl_cursor_le32(c);
        struct sl_cursor labels = skip_list(c);
        bool all_columns = sl_cursor_u8(c) == 1;
        struct sl_cursor columns = skip_list(c);

        sl_jw_object(w);
        if (all_columns) {
            sl_jw_key(w, "all_columns");
            sl_jw_bool(w, true);
        }
        unsigned count_of_columns = sl_cursor_le16(&columns);
        if (count_of_columns > 0) {
            sl_jw_key(w, "columns");
            put_strings(w, &columns, count_of_columns);
        }
        sl_jw_key(w, "effects");
        put_effects(w, effects);
        sl_jw_key(w, "labels");
        put_strings(w, &labels, sl_cursor_le16(&labels));
        sl_jw_key(w, "name");
        sl_jw_str(w, name);
        sl_jw_end(w);
    }
    sl_jw_end(w);
    if (c->short_read)
        sl_entry_fail(w->b, SL_EMALFORMED);
}

/* { u8 kind, str source, str destination }: those of one kind, in pairs */
static void put_flows(struct sl_jw *w, struct sl_cursor *c, unsigned count, uint8_t wanted)
{
    sl_jw_array(w);
    for (unsigned i = 0; i < count && !c->short_read; i++) {
        uint8_t kind = sl_cursor_u8(c);
        struct sl_span source = sl_facts_str(c), destination = sl_facts_str(c);

        if (kind != wanted)
            continue;
        sl_jw_array(w);
        sl_jw_str(w, source);
        sl_jw_str(w, destination);
        sl_jw_end(w);
    }
    sl_jw_end(w);
}

static void put_direct(struct sl_jw *w, struct sl_cursor *c, unsigned count)
{
    put_flows(w, c, count, SL_FLOW_DIRECT);
}

static void put_indirect(struct sl_jw *w, struct sl_cursor *c, unsigned count)
{
    put_flows(w, c, count, SL_FLOW_INDIRECT);
}

typedef void put_list_fn(struct sl_jw *w, struct sl_cursor *c, unsigned count);

struct list_names {
    const char *name, *digest, *length;
};

/* A list as it is, or its digest and length when it is too long for a leaf. */
static void put_list(struct sl_jw *w, const struct list_names *names, put_list_fn *put,
                     struct sl_cursor c, unsigned count, size_t max)
{
    SL_BUF(list, 1024 * 1024);
    struct sl_jw inner = sl_jw(&list);
    uint8_t digest[SL_SHA256];

    if (count == 0)
        return;
    put(&inner, &c, count);
    if (sl_buf_err(&list) != SL_OK) {
        sl_entry_fail(w->b, sl_buf_err(&list));
        return;
    }
    if (list.n == 2)
        return; /* [] */
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
                                   direct = {"flows", "flows_digest", "flows_length"},
                                   indirect = {"indirect", "indirect_digest", "indirect_length"},
                                   rules = {"rules", "rules_digest", "rules_length"},
                                   statements = {"statements", "statements_digest",
                                                 "statements_length"};
    struct sl_facts f;
    struct sl_jw w = sl_jw(b);

    if (sl_facts_get(journal_facts, &f) != SL_OK || verdict_name(f.verdict) == NULL) {
        sl_entry_fail(b, SL_EMALFORMED);
        return;
    }
    sl_jw_object(&w);
    put_list(&w, &datasets, put_datasets, f.datasets, f.dataset_count, MAX_DATASETS);
    sl_jw_key(&w, "effects");
    put_effects(&w, f.effects);
    put_list(&w, &direct, put_direct, f.flows, f.flow_count, MAX_FLOWS);
    if (f.flows_more) {
        sl_jw_key(&w, "flows_more");
        sl_jw_bool(&w, true);
    }
    put_list(&w, &indirect, put_indirect, f.flows, f.flow_count, MAX_FLOWS);
    sl_member_said(&w, "reason", f.reason);
    put_list(&w, &rules, put_strings, f.rules, f.rule_count, MAX_RULES);
    sl_member_said(&w, "run", f.run);
    sl_member_said(&w, "sink", f.sink);
    put_list(&w, &statements, put_strings, f.tags, f.tag_count, MAX_STATEMENTS);
    sl_jw_key(&w, "verdict");
    sl_jw_str(&w, sl_span_str(verdict_name(f.verdict)));
    sl_jw_end(&w);
}
