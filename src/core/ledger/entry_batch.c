/* Allowed actions, up to a hundred in a leaf. */
#include "core/ledger/entry_int.h"

static const char batch_head[] = "{\"actions\":[";
enum {
    BATCH_TAIL = 200,           /* what stands around the tables, with a margin */
    ROW_TEXT = 4096,            /* longer texts stand in their item */
    FIXED = 640,                /* an item's members before its text, all of them at their longest */
    WITHOUT_LITERALS = SL_INTENT_EXTENDED | SL_INTENT_SHAPE,
};
static const uint64_t end_of_time_us = UINT64_C(253402300800000000); /* the year 10000 */

void sl_entry_batch_begin(struct sl_entry_batch *batch, struct sl_buf *b, struct sl_buf *scratch)
{
    batch->b = b;
    batch->tables = scratch;
    batch->start = b->n;
    batch->table_bytes = 0;
    batch->base_us = 0;
    batch->count = batch->statement_count = batch->session_count = 0;
    sl_buf_reset(scratch);
    sl_buf_put_str(b, batch_head);
}

/* --- tables: what many items share ------------------------------------------------------------- */

static bool same_at(const struct sl_buf *b, size_t at, size_t n, struct sl_span bytes)
{
    return n == bytes.n && (n == 0 || memcmp(b->p + at, bytes.p, n) == 0);
}

/* A text without literals comes again and again: it stands with its statement. */
static struct sl_span row_text(const struct sl_entry_action *a)
{
    bool shared = (a->flags & WITHOUT_LITERALS) != 0 && (a->flags & SL_INTENT_TEXT_DIGEST) == 0;

    return shared && a->text.n <= ROW_TEXT ? a->text : sl_span(NULL, 0);
}

static bool is_statement(const struct sl_entry_batch *batch, const struct sl_entry_statement *s,
                         const struct sl_entry_action *a, struct sl_span text)
{
    return s->flags == a->flags && s->has_policy == (a->policy_digest != NULL) &&
           (!s->has_policy || memcmp(s->policy, a->policy_digest, sizeof s->policy) == 0) &&
           same_at(batch->tables, s->at, s->facts_bytes, a->facts) &&
           same_at(batch->tables, s->at + s->facts_bytes, s->text_bytes, text);
}

/* What a row was made of stands before it in the scratch, to be compared with. */
static void put_statement(struct sl_entry_batch *batch, struct sl_entry_statement *s,
                          const struct sl_entry_action *a, struct sl_span text)
{
    struct sl_buf *b = batch->tables;
    struct sl_jw w = sl_jw(b);

    *s = (struct sl_entry_statement){.at = b->n, .facts_bytes = a->facts.n, .text_bytes = text.n,
                                     .flags = a->flags, .has_policy = a->policy_digest != NULL};
    if (s->has_policy)
        memcpy(s->policy, a->policy_digest, sizeof s->policy);
    sl_buf_put(b, a->facts);
    sl_buf_put(b, text);
    s->row_at = b->n;
    sl_jw_object(&w);
    sl_member_facts(&w, a->facts);
    sl_member_flags(&w, a->flags);
    sl_member_hex(&w, "policy", a->policy_digest, 8);
    sl_member_text(&w, text, a->flags & ~(uint32_t)SL_INTENT_TEXT_DIGEST, SL_ENTRY_MAX);
    sl_jw_end(&w);
    s->row_bytes = b->n - s->row_at;
    batch->table_bytes += s->row_bytes + 1;
}

static unsigned statement_of(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    struct sl_span text = row_text(a);

    for (unsigned i = 0; i < batch->statement_count; i++)
        if (is_statement(batch, &batch->statements[i], a, text))
            return i;
    put_statement(batch, &batch->statements[batch->statement_count], a, text);
    return batch->statement_count++;
}

static void put_session(struct sl_entry_batch *batch, struct sl_entry_batch_session *s,
                        const struct sl_entry_action *a)
{
    struct sl_buf *b = batch->tables;
    struct sl_jw w = sl_jw(b);

    *s = (struct sl_entry_batch_session){.number = a->session, .at = b->n, .identity_bytes = a->identity.n,
                                         .target_bytes = a->target.n};
    sl_buf_put(b, a->identity);
    sl_buf_put(b, a->target);
    s->row_at = b->n;
    sl_jw_object(&w);
    sl_member_str(&w, "identity", a->identity);
    sl_jw_key(&w, "session");
    sl_jw_u64(&w, a->session);
    sl_member_str(&w, "target", a->target);
    sl_jw_end(&w);
    s->row_bytes = b->n - s->row_at;
    batch->table_bytes += s->row_bytes + 1;
}

/* A session has one identity and target. Should it have another here, it has another row. */
static bool is_session(const struct sl_entry_batch *batch, const struct sl_entry_batch_session *s,
                       const struct sl_entry_action *a)
{
    return s->number == a->session && same_at(batch->tables, s->at, s->identity_bytes, a->identity) &&
           same_at(batch->tables, s->at + s->identity_bytes, s->target_bytes, a->target);
}

static unsigned session_of(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    for (unsigned i = 0; i < batch->session_count; i++)
        if (is_session(batch, &batch->sessions[i], a))
            return i;
    put_session(batch, &batch->sessions[batch->session_count], a);
    return batch->session_count++;
}

/* --- items -------------------------------------------------------------------------------------- */

/* This is the one place where a hundred nanoseconds count: each allowed action comes through it. So the
 * members before the text are written into room that was asked for once, and without sl_jw's check of
 * their order: the order is here to be seen (and the tests read each item back). */
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

static bool is_exact(uint64_t v)
{
    return v <= UINT64_C(1) << 53;
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

/* Where an item's rows are. */
struct rows {
    unsigned session, statement;
};

/* "action" .. "rows", without those that only some items have */
static void put_plain_members(struct sl_buf *b, const struct sl_entry_action *a, struct rows rows)
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

/* Rare members go the ordinary way, as members of an object under way. */
static struct sl_jw under_way(struct sl_buf *b)
{
    struct sl_jw w = sl_jw(b);

    w.depth = 1;
    w.kind[0] = 'o';
    return w;
}

/* ASCII with nothing to escape, eight bytes at a time. A wrong "no" costs time, a wrong "yes" there is
 * none: a borrow can only set marks. */
static bool is_simple(struct sl_span text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    uint64_t marks = 0;

    for (size_t i = 0; i < text.n; i += 8) {
        uint64_t x = ones * ' ';
        memcpy(&x, text.p + i, text.n - i < 8 ? text.n - i : 8);
        uint64_t quote = x ^ ones * '"', backslash = x ^ ones * '\\';
        marks |= x | (x - ones * ' ') | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    }
    return (marks & high) == 0;
}

static void put_text(struct sl_buf *b, struct sl_jw *w, const struct sl_entry_action *a, size_t limit)
{
    bool simple = a->text.n > 0 && a->text.n <= ROW_TEXT && (a->flags & SL_INTENT_TEXT_DIGEST) == 0 &&
                  is_simple(a->text);
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
        used = batch->b->n - batch->start + batch->table_bytes + BATCH_TAIL;
    return used < SL_ENTRY_MAX ? SL_ENTRY_MAX - used : 0;
}

static void put_item(struct sl_entry_batch *batch, const struct sl_entry_action *a, struct rows rows)
{
    struct sl_buf *b = batch->b;
    size_t item_at = b->n;
    struct sl_jw w = under_way(b);

    put_plain_members(b, a, rows);
    sl_member_said(&w, "sqlstate", a->sqlstate);
    put_number(b, SL_SPAN(",\"started_us\":"), a->started_us - batch->base_us);
    put_number(b, SL_SPAN(",\"statement\":"), rows.statement);
    if (row_text(a).n == 0)
        put_text(b, &w, a, room_for_text(batch, item_at));
    if (a->ended_us != 0)
        put_number(b, SL_SPAN(",\"took_us\":"), a->ended_us - a->started_us);
    if (a->asked_us != a->started_us)
        put_number(b, SL_SPAN(",\"waited_us\":"), a->started_us - a->asked_us);
    sl_buf_put_u8(b, '}');
}

/* An item whose times make no sequence after `at` has them in full, as a leaf of its own would. */
static void put_item_in_full(struct sl_entry_batch *batch, const struct sl_entry_action *a, struct rows rows)
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
    if (row_text(a).n == 0)
        sl_member_text(&w, a->text, a->flags, room_for_text(batch, item_at));
    sl_jw_end(&w);
}

/* --- the batch ---------------------------------------------------------------------------------- */

static enum sl_err check_numbers(const struct sl_entry_action *a)
{
    bool exact = is_exact(a->action) && is_exact(a->session) && is_exact(a->rows) && is_exact(a->bytes);
    bool in_time = a->asked_us < end_of_time_us && a->started_us < end_of_time_us &&
                   a->ended_us < end_of_time_us;

    if (sl_entry_outcome_name(a->outcome) == NULL)
        return SL_EMALFORMED;
    return exact && in_time ? SL_OK : SL_EOVERFLOW;
}

static enum sl_err add(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    struct sl_buf *b = batch->b;

    struct rows rows = {.session = session_of(batch, a)};
    rows.statement = statement_of(batch, a);
    SL_TRY(sl_buf_err(batch->tables));
    if (batch->count > 0)
        sl_buf_put_u8(b, ',');
    if (is_relative(batch, a))
        put_item(batch, a, rows);
    else
        put_item_in_full(batch, a, rows);
    SL_TRY(sl_buf_err(b));
    size_t bytes = b->n - batch->start + batch->table_bytes;
    return bytes > SL_ENTRY_MAX - BATCH_TAIL ? SL_ELIMIT : SL_OK;
}

enum sl_err sl_entry_batch_add(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    struct sl_buf *b = batch->b;
    const size_t before = b->n, tables = batch->tables->n, table_bytes = batch->table_bytes;
    const uint64_t base_us = batch->base_us;
    const unsigned statements = batch->statement_count, sessions = batch->session_count;

    SL_TRY(sl_buf_err(b));
    SL_TRY(check_numbers(a));
    if (batch->count == SL_ENTRY_MAX_BATCH)
        return SL_ELIMIT;
    enum sl_err err = add(batch, a);
    if (err != SL_OK) {
        b->n = before;
        b->why = batch->tables->why = SL_OK;
        batch->tables->n = tables;
        batch->table_bytes = table_bytes;
        batch->base_us = base_us;
        batch->statement_count = statements;
        batch->session_count = sessions;
        return err;
    }
    batch->count++;
    return SL_OK;
}

static void put_row(struct sl_entry_batch *batch, bool first, size_t at, size_t bytes)
{
    if (!first)
        sl_buf_put_u8(batch->b, ',');
    sl_buf_put(batch->b, sl_span(batch->tables->p + at, bytes));
}

void sl_entry_batch_end(struct sl_entry_batch *batch, uint64_t time_us)
{
    struct sl_buf *b = batch->b;
    struct sl_jw w = under_way(b);

    SL_PROMISE(batch->count > 0);
    sl_buf_put_str(b, "]");
    sl_member_time(&w, "at", batch->base_us);
    sl_buf_put_str(b, ",\"kind\":\"actions\",\"sessions\":[");
    for (unsigned i = 0; i < batch->session_count; i++)
        put_row(batch, i == 0, batch->sessions[i].row_at, batch->sessions[i].row_bytes);
    sl_buf_put_str(b, "],\"statements\":[");
    for (unsigned i = 0; i < batch->statement_count; i++)
        put_row(batch, i == 0, batch->statements[i].row_at, batch->statements[i].row_bytes);
    sl_buf_put_str(b, "]");
    w = under_way(b);
    sl_member_time_v(&w, time_us);
    sl_buf_put_str(b, "}");
    sl_entry_check(b, batch->start);
}
