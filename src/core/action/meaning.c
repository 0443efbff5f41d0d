#include "core/action/meaning.h"

#include "base/cursor.h"
#include "base/utf8.h"
#include "core/action/aggregate.h"

enum { VERSION = 3 };

static void put_str(struct sl_buf *b, struct sl_span s)
{
    if (s.n > UINT16_MAX) {
        b->why = SL_ELIMIT;
        return;
    }
    sl_buf_put_le16(b, (uint16_t)s.n);
    sl_buf_put(b, s);
}

static void put_count(struct sl_buf *b, size_t n)
{
    if (n > UINT16_MAX)
        b->why = SL_ELIMIT;
    else
        sl_buf_put_le16(b, (uint16_t)n);
}

static void put_access(struct sl_buf *b, const struct sl_meaning_access *a)
{
    put_str(b, a->dataset);
    sl_buf_put_le32(b, a->effects);
    sl_buf_put_u8(b, a->all_columns);
    put_count(b, a->column_count);
    for (size_t i = 0; i < a->column_count; i++)
        put_str(b, a->columns[i]);
    put_count(b, a->above_count);
    for (size_t i = 0; i < a->above_count; i++)
        put_str(b, a->above[i]);
}

void sl_meaning_put(struct sl_buf *b, const struct sl_meaning *m)
{
    sl_buf_put_u8(b, VERSION);
    sl_buf_put_le32(b, m->effects);
    sl_buf_put_le32(b, m->flags);
    put_str(b, m->opaque_why);
    put_count(b, m->statement_count);
    for (size_t i = 0; i < m->statement_count; i++) {
        put_str(b, m->statements[i].tag);
        sl_buf_put_le32(b, m->statements[i].effects);
    }
    put_count(b, m->access_count);
    for (size_t i = 0; i < m->access_count; i++)
        put_access(b, &m->accesses[i]);
    put_count(b, m->flow_count);
    for (size_t i = 0; i < m->flow_count; i++) {
        sl_buf_put_u8(b, m->flows[i].kind);
        put_str(b, m->flows[i].source);
        put_str(b, m->flows[i].destination);
        put_str(b, m->flows[i].via);
    }
    put_count(b, m->name_count);
    for (size_t i = 0; i < m->name_count; i++) {
        sl_buf_put_u8(b, m->names[i].kind);
        put_str(b, m->names[i].name);
    }
    put_count(b, m->definition_count);
    for (size_t i = 0; i < m->definition_count; i++)
        put_str(b, m->definitions[i]);
}

/* The decoder: `why` sticks, so that the code below reads like the list in the header. */
struct decoder {
    struct sl_cursor c;
    struct sl_arena *mem;
    enum sl_err why;
};

static void fail(struct decoder *d, enum sl_err why)
{
    if (d->why == SL_OK)
        d->why = why;
}

static struct sl_span get_str(struct decoder *d)
{
    struct sl_span s = sl_cursor_take(&d->c, sl_cursor_le16(&d->c));

    if (!sl_utf8_valid(s))
        fail(d, SL_EMALFORMED);
    return s;
}

static uint32_t get_effects(struct decoder *d)
{
    uint32_t effects = sl_cursor_le32(&d->c);

    if ((effects & ~(uint32_t)SL_EFFECT_ALL) != 0)
        fail(d, SL_EMALFORMED);
    return effects;
}

/* A count and the array for it. Each element takes at least two bytes, so a count that could not
 * fit into what is left is refused before memory is taken. */
static void *get_array(struct decoder *d, size_t limit, size_t each, size_t *count)
{
    size_t n = sl_cursor_le16(&d->c);

    *count = 0;
    if (d->why != SL_OK || d->c.short_read || n == 0)
        return NULL;
    if (n > limit || n > sl_cursor_left(&d->c) / 2) {
        fail(d, n > limit ? SL_ELIMIT : SL_EMALFORMED);
        return NULL;
    }
    void *array = sl_arena_array(d->mem, n, each);
    if (array == NULL)
        fail(d, SL_EMEMORY);
    else
        *count = n;
    return array;
}

static void get_access(struct decoder *d, struct sl_meaning_access *a)
{
    a->dataset = get_str(d);
    a->effects = get_effects(d);
    uint8_t all = sl_cursor_u8(&d->c);
    if (all > 1 || a->dataset.n == 0)
        fail(d, SL_EMALFORMED);
    a->all_columns = all == 1;
    a->columns = get_array(d, SL_MEANING_MAX_COLUMNS, sizeof *a->columns, &a->column_count);
    for (size_t i = 0; i < a->column_count; i++)
        a->columns[i] = get_str(d);
    a->above = get_array(d, SL_MEANING_MAX_ABOVE, sizeof *a->above, &a->above_count);
    for (size_t i = 0; i < a->above_count; i++)
        a->above[i] = get_str(d);
}

static void get_definitions(struct decoder *d, struct sl_meaning *m)
{
    m->definitions =
        get_array(d, SL_MEANING_MAX_DEFINITIONS, sizeof *m->definitions, &m->definition_count);
    for (size_t i = 0; i < m->definition_count; i++) {
        m->definitions[i] = get_str(d);
        if (i > 0 && sl_span_cmp(m->definitions[i - 1], m->definitions[i]) >= 0)
            fail(d, SL_EMALFORMED);
    }
}

static void get_lists(struct decoder *d, struct sl_meaning *m)
{
    m->statements =
        get_array(d, SL_MEANING_MAX_STATEMENTS, sizeof *m->statements, &m->statement_count);
    for (size_t i = 0; i < m->statement_count; i++) {
        m->statements[i].tag = get_str(d);
        m->statements[i].effects = get_effects(d);
    }
    m->accesses = get_array(d, SL_MEANING_MAX_ACCESSES, sizeof *m->accesses, &m->access_count);
    for (size_t i = 0; i < m->access_count && d->why == SL_OK; i++)
        get_access(d, &m->accesses[i]);
    m->flows = get_array(d, SL_MEANING_MAX_FLOWS, sizeof *m->flows, &m->flow_count);
    for (size_t i = 0; i < m->flow_count; i++) {
        m->flows[i].kind = sl_cursor_u8(&d->c);
        m->flows[i].source = get_str(d);
        m->flows[i].destination = get_str(d);
        m->flows[i].via = get_str(d);
        if (m->flows[i].kind < SL_FLOW_DIRECT || m->flows[i].kind > SL_FLOW_INDIRECT ||
            (m->flows[i].via.n > 0 && sl_aggregate(m->flows[i].via).n == 0))
            fail(d, SL_EMALFORMED);
    }
    m->names = get_array(d, SL_MEANING_MAX_STATEMENTS, sizeof *m->names, &m->name_count);
    for (size_t i = 0; i < m->name_count; i++) {
        m->names[i].kind = sl_cursor_u8(&d->c);
        m->names[i].name = get_str(d);
        if (m->names[i].kind < SL_NAME_PREPARE || m->names[i].kind > SL_NAME_CHANGED)
            fail(d, SL_EMALFORMED);
    }
    get_definitions(d, m);
}

/* What the parts do, the whole does: a judge cannot say "read" above a list of deletes. */
static bool is_consistent(const struct sl_meaning *m)
{
    uint32_t parts = 0;

    for (size_t i = 0; i < m->statement_count; i++)
        parts |= m->statements[i].effects;
    for (size_t i = 0; i < m->access_count; i++)
        parts |= m->accesses[i].effects;
    return (parts & ~m->effects) == 0;
}

enum sl_err sl_meaning_get(struct sl_arena *mem, struct sl_span bytes, struct sl_meaning *out)
{
    struct decoder d = {.c = sl_cursor(bytes), .mem = mem};
    struct sl_meaning m = {0};

    if (bytes.n > SL_MEANING_MAX_BYTES)
        return SL_ELIMIT;
    if (sl_cursor_u8(&d.c) != VERSION)
        return SL_EMALFORMED;
    m.effects = get_effects(&d);
    m.flags = sl_cursor_le32(&d.c);
    m.opaque_why = get_str(&d);
    get_lists(&d, &m);
    if (d.why != SL_OK)
        return d.why;
    if (!sl_cursor_done(&d.c) || !is_consistent(&m))
        return SL_EMALFORMED;
    *out = m;
    return SL_OK;
}

struct sl_meaning sl_meaning_opaque(struct sl_span why)
{
    return (struct sl_meaning){.effects = SL_EFFECT_OPAQUE, .opaque_why = why};
}
