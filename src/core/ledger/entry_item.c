/* One allowed action of a batch: what is its own. */
#include "core/ledger/entry_int.h"

enum {
    ROW_TEXT = 4096, /* longer texts stand in their item */
    FIXED = 640,     /* an item's members before its text, all of them at their longest */
    WITHOUT_LITERALS = SL_INTENT_EXTENDED | SL_INTENT_SHAPE,
};

/* A text without literals comes again and again: it stands with its statement. */
struct sl_span sl_entry_row_text(const struct sl_entry_action *a)
{
    bool shared = (a->flags & WITHOUT_LITERALS) != 0 && (a->flags & SL_INTENT_TEXT_DIGEST) == 0;

    return shared && a->text.n <= ROW_TEXT ? a->text : sl_span(NULL, 0);
}

/* This is the one place where a hundred nanoseconds count: each allowed action comes through it. So
 * the members before the text are written into room that was asked for once, and without sl_jw's
 * check of their order: the order is here to be seen (and the tests read each item back). */
#define PEN_WORDS(p, words) (memcpy((p), (words), sizeof(words) - 1), (p) + sizeof(words) - 1)

static uint8_t *pen_number(uint8_t *p, uint64_t v)
{
    uint8_t digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (uint8_t)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    memcpy(p, digits + at, sizeof digits - at);
    return p + sizeof digits - at;
}

static uint8_t *pen_hex(uint8_t *p, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        *p++ = (uint8_t)digits[bytes[i] >> 4];
        *p++ = (uint8_t)digits[bytes[i] & 15];
    }
    return p;
}

/* Can its times be told from the batch's `at` on? The first that can sets it. */
static bool is_relative(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    bool sane = a->asked_us > 0 && a->asked_us <= a->started_us &&
                (a->ended_us == 0 || a->ended_us >= a->started_us);

    if (sane && batch->base_us == 0)
        batch->base_us = a->started_us;
    return sane && a->started_us >= batch->base_us;
}

/* "action" .. "rows", without those that only some items have */
static void put_plain_members(struct sl_buf *b, const struct sl_entry_action *a,
                              struct sl_entry_rows rows)
{
    struct sl_span outcome = sl_span_str(sl_entry_outcome_name(a->outcome));
    uint8_t *p = sl_buf_room(b, FIXED);

    if (p == NULL)
        return;
    p = PEN_WORDS(p, "{\"action\":");
    p = pen_number(p, a->action);
    p = PEN_WORDS(p, ",\"by\":");
    p = pen_number(p, rows.session);
    if (a->bytes != 0) {
        p = PEN_WORDS(p, ",\"bytes\":");
        p = pen_number(p, a->bytes);
    }
    if (a->commitment != NULL) {
        p = PEN_WORDS(p, ",\"commitment\":\"");
        p = pen_hex(p, a->commitment, 32);
        *p++ = '"';
    }
    p = PEN_WORDS(p, ",\"outcome\":\"");
    memcpy(p, outcome.p, outcome.n);
    p += outcome.n;
    *p++ = '"';
    if (a->rows != 0) {
        p = PEN_WORDS(p, ",\"rows\":");
        p = pen_number(p, a->rows);
    }
    b->n = (size_t)(p - b->p);
}

static void put_number(struct sl_buf *b, struct sl_span name, uint64_t v)
{
    uint8_t *p = sl_buf_room(b, name.n + 20);

    if (p == NULL)
        return;
    memcpy(p, name.p, name.n);
    b->n = (size_t)(pen_number(p + name.n, v) - b->p);
}

/* ASCII with nothing to escape, eight bytes at a time. A wrong "no" costs time, a wrong "yes" there
 * is none: a borrow can only set marks. */
static bool is_simple(struct sl_span text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    uint64_t marks = 0;

    for (size_t i = 0; i < text.n; i += 8) {
        uint64_t x = ones * ' ';
        memcpy(&x, text.p + i, text.n - i < 8 ? text.n - i : 8);
        uint64_t quote = x ^ ones * '"', backslash = x ^ ones * '\\';
        marks |=
            x | (x - ones * ' ') | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    }
    return (marks & high) == 0;
}

static void put_text(struct sl_buf *b, struct sl_jw *w, const struct sl_entry_action *a,
                     size_t limit)
{
    bool simple = a->text.n > 0 && a->text.n <= ROW_TEXT &&
                  (a->flags & SL_INTENT_TEXT_DIGEST) == 0 && is_simple(a->text);
    uint8_t *p = simple ? sl_buf_room(b, a->text.n + 16) : NULL;

    if (p == NULL) {
        sl_member_text(w, a->text, a->flags, limit);
        return;
    }
    p = PEN_WORDS(p, ",\"text\":\"");
    memcpy(p, a->text.p, a->text.n);
    p[a->text.n] = '"';
    b->n = (size_t)(p + a->text.n + 1 - b->p);
}

/* What is left for a text. Only an action that has the leaf to itself may have its text cut. */
static size_t room_for_text(const struct sl_entry_batch *batch, size_t item_at)
{
    size_t used = batch->b->n - item_at;

    if (batch->count == 0)
        used = batch->b->n - batch->start + batch->table_bytes + SL_ENTRY_BATCH_TAIL;
    return used < SL_ENTRY_MAX ? SL_ENTRY_MAX - used : 0;
}

static void put_item(struct sl_entry_batch *batch, const struct sl_entry_action *a,
                     struct sl_entry_rows rows)
{
    struct sl_buf *b = batch->b;
    size_t item_at = b->n;
    struct sl_jw w = sl_entry_under_way(b);

    put_plain_members(b, a, rows);
    sl_member_said(&w, "sqlstate", a->sqlstate);
    put_number(b, SL_SPAN(",\"started_us\":"), a->started_us - batch->base_us);
    put_number(b, SL_SPAN(",\"statement\":"), rows.statement);
    if (sl_entry_row_text(a).n == 0)
        put_text(b, &w, a, room_for_text(batch, item_at));
    if (a->ended_us != 0)
        put_number(b, SL_SPAN(",\"took_us\":"), a->ended_us - a->started_us);
    if (a->asked_us != a->started_us)
        put_number(b, SL_SPAN(",\"waited_us\":"), a->started_us - a->asked_us);
    sl_buf_put_u8(b, '}');
}

/* An item whose times make no sequence after `at` has them in full, as a leaf of its own would. */
static void put_item_in_full(struct sl_entry_batch *batch, const struct sl_entry_action *a,
                             struct sl_entry_rows rows)
{
    struct sl_jw w = sl_jw(batch->b);
    size_t item_at = batch->b->n;

    sl_jw_object(&w);
    sl_jw_key(&w, "action");
    sl_jw_u64(&w, a->action);
    sl_member_time(&w, "asked", a->asked_us);
    sl_jw_key(&w, "by");
    sl_jw_u64(&w, rows.session);
    sl_member_u64(&w, "bytes", a->bytes);
    sl_member_hex(&w, "commitment", a->commitment, 32);
    sl_member_time(&w, "ended", a->ended_us);
    sl_member_str(&w, "outcome", sl_span_str(sl_entry_outcome_name(a->outcome)));
    sl_member_u64(&w, "rows", a->rows);
    sl_member_said(&w, "sqlstate", a->sqlstate);
    sl_member_time(&w, "started", a->started_us);
    sl_jw_key(&w, "statement");
    sl_jw_u64(&w, rows.statement);
    if (sl_entry_row_text(a).n == 0)
        sl_member_text(&w, a->text, a->flags, room_for_text(batch, item_at));
    sl_jw_end(&w);
}

void sl_entry_put_item(struct sl_entry_batch *batch, const struct sl_entry_action *a,
                       struct sl_entry_rows rows)
{
    if (is_relative(batch, a))
        put_item(batch, a, rows);
    else
        put_item_in_full(batch, a, rows);
}
