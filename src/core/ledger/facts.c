#include "core/ledger/facts.h"

#include "base/utf8.h"

/* --- writing --- */

struct budget {
    size_t columns, flows; /* bytes of names that may still be said */
    unsigned flow_count;
};

static void put_str(struct sl_buf *b, struct sl_span s)
{
    s = sl_utf8_head(s, UINT16_MAX);
    sl_buf_put_le16(b, (uint16_t)s.n);
    sl_buf_put(b, s);
}

static void put_strs(struct sl_buf *b, const struct sl_names *names)
{
    sl_buf_put_le16(b, (uint16_t)names->count);
    for (size_t i = 0; i < names->count; i++)
        put_str(b, names->items[i]);
}

static bool take(size_t *budget, size_t bytes)
{
    if (bytes > *budget)
        return false;
    *budget -= bytes;
    return true;
}

static void put_columns(struct sl_buf *b, const struct sl_meaning_access *a, struct budget *left)
{
    struct sl_names columns = {a->columns, a->column_count};
    size_t bytes = 0;

    for (size_t i = 0; i < a->column_count; i++)
        bytes += a->columns[i].n;
    bool listed =
        !a->all_columns && a->column_count <= SL_FACTS_MAX_COLUMNS && take(&left->columns, bytes);
    if (!listed)
        columns.count = 0;
    sl_buf_put_u8(b, !listed);
    put_strs(b, &columns);
}

static bool is_result(struct sl_span name)
{
    return sl_span_is(name, "result") || sl_span_starts(name, SL_SPAN("result."));
}

/* Is this column among those that its dataset lists? */
static bool is_listed(const struct sl_meaning *m, struct sl_span column)
{
    for (size_t i = 0; i < m->access_count; i++) {
        const struct sl_meaning_access *a = &m->accesses[i];

        if (column.n <= a->dataset.n || column.p[a->dataset.n] != '.' ||
            !sl_span_starts(column, a->dataset))
            continue;
        if (a->all_columns)
            return true;
        for (size_t k = 0; k < a->column_count; k++)
            if (sl_span_eq(a->columns[k], sl_span_from(column, a->dataset.n + 1)))
                return true;
    }
    return false;
}

/* What must be kept comes first. */
enum rank { STORED_DIRECT, STORED_INDIRECT, RESULT_DIRECT, RESULT_INDIRECT, RANKS };

static enum rank rank_of(const struct sl_meaning *m, const struct sl_meaning_flow *f)
{
    bool indirect = f->kind == SL_FLOW_INDIRECT;

    if (!is_result(f->destination))
        return indirect ? STORED_INDIRECT : STORED_DIRECT;
    if ((m->effects & SL_EFFECT_EXPORT) == 0 && is_listed(m, f->source))
        return RANKS;
    return indirect ? RESULT_INDIRECT : RESULT_DIRECT;
}

static bool put_flow(struct sl_buf *b, const struct sl_meaning_flow *f, struct budget *left)
{
    if (left->flow_count == SL_FACTS_MAX_FLOWS ||
        !take(&left->flows, f->source.n + f->destination.n))
        return false;
    left->flow_count++;
    sl_buf_put_u8(b, f->kind);
    put_str(b, f->source);
    put_str(b, f->destination);
    return true;
}

/* False: some did not fit. */
static bool put_ranked(struct sl_buf *b, const struct sl_meaning *m, struct budget *left)
{
    for (unsigned rank = 0; rank < RANKS; rank++)
        for (size_t i = 0; i < m->flow_count; i++)
            if (rank_of(m, &m->flows[i]) == rank && !put_flow(b, &m->flows[i], left))
                return false;
    return true;
}

static void put_flows(struct sl_buf *b, const struct sl_meaning *m, struct budget *left)
{
    size_t at = b->n;

    sl_buf_put_u8(b, 0);
    sl_buf_put_le16(b, 0);
    bool whole = put_ranked(b, m, left);
    if (sl_buf_err(b) != SL_OK)
        return;
    b->p[at] = !whole;
    b->p[at + 1] = (uint8_t)left->flow_count;
    b->p[at + 2] = (uint8_t)(left->flow_count >> 8);
}

void sl_facts_put(struct sl_buf *b, const struct sl_facts_said *said)
{
    const struct sl_meaning *m = said->meaning;
    struct budget left = {SL_FACTS_COLUMN_BYTES, SL_FACTS_FLOW_BYTES, 0};

    sl_buf_put_le32(b, m->effects);
    sl_buf_put_u8(b, (uint8_t)said->verdict);
    sl_buf_put_le16(b, (uint16_t)m->statement_count);
    for (size_t i = 0; i < m->statement_count; i++)
        put_str(b, m->statements[i].tag);
    sl_buf_put_le16(b, (uint16_t)m->access_count);
    for (size_t i = 0; i < m->access_count; i++) {
        put_str(b, m->accesses[i].dataset);
        sl_buf_put_le32(b, m->accesses[i].effects);
        put_strs(b, &(struct sl_names){said->datasets[i].labels, said->datasets[i].label_count});
        put_columns(b, &m->accesses[i], &left);
    }
    put_flows(b, m, &left);
    put_strs(b, &said->rules);
}

/* --- reading: nothing is believed --- */

enum { LAST_VERDICT = SL_DENY };

struct sl_span sl_facts_str(struct sl_cursor *c)
{
    return sl_cursor_take(c, sl_cursor_le16(c));
}

static struct sl_span get_str(struct sl_cursor *c, bool *sound)
{
    struct sl_span s = sl_facts_str(c);

    *sound = *sound && sl_utf8_valid(s);
    return s;
}

static uint32_t get_effects(struct sl_cursor *c, bool *sound)
{
    uint32_t effects = sl_cursor_le32(c);

    *sound = *sound && (effects & ~(uint32_t)SL_EFFECT_ALL) == 0;
    return effects;
}

static bool get_bool(struct sl_cursor *c, bool *sound)
{
    uint8_t v = sl_cursor_u8(c);

    *sound = *sound && v <= 1;
    return v == 1;
}

static struct sl_cursor walked(const struct sl_cursor *c, size_t from)
{
    return sl_cursor(sl_span_head(sl_span_from(c->in, from), c->at - from));
}

/* Steps over `count` strings and returns a cursor over them. */
static struct sl_cursor get_list(struct sl_cursor *c, uint16_t count, bool *sound)
{
    size_t from = c->at;

    for (unsigned i = 0; i < count && !c->short_read; i++)
        (void)get_str(c, sound);
    return walked(c, from);
}

static struct sl_cursor get_datasets(struct sl_cursor *c, uint16_t count, bool *sound)
{
    size_t from = c->at;

    for (unsigned i = 0; i < count && !c->short_read; i++) {
        (void)get_str(c, sound);
        (void)get_effects(c, sound);
        (void)get_list(c, sl_cursor_le16(c), sound);
        bool all = get_bool(c, sound);
        uint16_t columns = sl_cursor_le16(c);
        *sound = *sound && !(all && columns > 0);
        (void)get_list(c, columns, sound);
    }
    return walked(c, from);
}

static struct sl_cursor get_flows(struct sl_cursor *c, uint16_t count, bool *sound)
{
    size_t from = c->at;

    for (unsigned i = 0; i < count && !c->short_read; i++) {
        uint8_t kind = sl_cursor_u8(c);
        *sound = *sound && (kind == SL_FLOW_DIRECT || kind == SL_FLOW_INDIRECT);
        (void)get_str(c, sound);
        (void)get_str(c, sound);
    }
    return walked(c, from);
}

enum sl_err sl_facts_get(struct sl_span facts, struct sl_facts *out)
{
    struct sl_cursor c = sl_cursor(facts);
    struct sl_facts f = {0};
    bool sound = true;

    f.effects = get_effects(&c, &sound);
    f.verdict = sl_cursor_u8(&c);
    f.tag_count = sl_cursor_le16(&c);
    f.tags = get_list(&c, f.tag_count, &sound);
    f.dataset_count = sl_cursor_le16(&c);
    f.datasets = get_datasets(&c, f.dataset_count, &sound);
    f.flows_more = get_bool(&c, &sound);
    f.flow_count = sl_cursor_le16(&c);
    f.flows = get_flows(&c, f.flow_count, &sound);
    f.rule_count = sl_cursor_le16(&c);
    f.rules = get_list(&c, f.rule_count, &sound);
    f.run = get_str(&c, &sound);
    f.reason = get_str(&c, &sound);
    f.sink = get_str(&c, &sound);
    if (!sound || f.verdict > LAST_VERDICT || !sl_cursor_done(&c))
        return SL_ECORRUPT;
    *out = f;
    return SL_OK;
}
