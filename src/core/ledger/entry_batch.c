/* Allowed actions, up to a hundred in a leaf. */
#include "core/ledger/entry_int.h"

#include "base/encode.h"
#include "base/when.h"

static const char batch_head[] = "{\"actions\":[";
enum { BATCH_TAIL = 80 }; /* kind, time and v, with a margin */

void sl_entry_batch_begin(struct sl_entry_batch *batch, struct sl_buf *b)
{
    *batch = (struct sl_entry_batch){.b = b, .start = b->n};
    sl_buf_put_str(b, batch_head);
}

/* This is the one place where a hundred nanoseconds count: each allowed action comes through it. So
 * members are written without sl_jw's check of their order, and the order is here to be seen (and the
 * tests read each item back). Each begins with its comma; the first, "action", is always there. */
static void put_number(struct sl_buf *b, struct sl_span name, uint64_t v)
{
    sl_buf_put(b, name);
    sl_buf_put_decimal(b, v);
    if (v > (UINT64_C(1) << 53))
        sl_entry_fail(b, SL_EOVERFLOW);
}

static void put_string(struct sl_buf *b, struct sl_span name, struct sl_span text)
{
    if (text.n == 0)
        return;
    sl_buf_put(b, name);
    sl_json_put_string(b, text);
}

static void put_hex(struct sl_buf *b, struct sl_span name, const uint8_t *p, size_t n)
{
    if (p == NULL)
        return;
    sl_buf_put(b, name);
    sl_buf_put_u8(b, '"');
    sl_hex_put(b, sl_span(p, n));
    sl_buf_put_u8(b, '"');
}

/* Most times of a batch lie in the same second. */
static void put_time(struct sl_entry_batch *batch, struct sl_span name, uint64_t time_us)
{
    uint64_t second = time_us / 1000000, micros = time_us % 1000000;
    uint8_t text[29];

    if (time_us == 0)
        return;
    if (second != batch->second || batch->second_text[0] == 0) {
        SL_BUF(whole, 64);
        sl_when_put(&whole, time_us);
        if (whole.n != 27) {
            sl_entry_fail(batch->b, SL_EOVERFLOW);
            return;
        }
        memcpy(batch->second_text, whole.p, sizeof batch->second_text);
        batch->second = second;
    }
    text[0] = text[28] = '"';
    memcpy(text + 1, batch->second_text, sizeof batch->second_text);
    for (unsigned i = 26; i > 20; i--, micros /= 10)
        text[i] = (uint8_t)('0' + micros % 10);
    text[27] = 'Z';
    sl_buf_put(batch->b, name);
    sl_buf_put(batch->b, sl_span(text, sizeof text));
}

/* Flags and texts are rare or long: they go the ordinary way, as members of an object under way. */
static struct sl_jw under_way(struct sl_buf *b)
{
    struct sl_jw w = sl_jw(b);

    w.depth = 1;
    w.kind[0] = 'o';
    return w;
}

static void put_item(struct sl_entry_batch *batch, const struct sl_entry_action *a, size_t start)
{
    struct sl_buf *b = batch->b;
    const char *outcome = sl_entry_outcome_name(a->outcome);

    put_number(b, SL_SPAN("{\"action\":"), a->action);
    put_time(batch, SL_SPAN(",\"asked\":"), a->asked_us);
    if (a->bytes != 0)
        put_number(b, SL_SPAN(",\"bytes\":"), a->bytes);
    put_hex(b, SL_SPAN(",\"commitment\":"), a->commitment, 32);
    put_time(batch, SL_SPAN(",\"ended\":"), a->ended_us);
    if (a->facts.n > 0)
        sl_buf_put(b, SL_SPAN(",\"facts\":"));
    sl_buf_put(b, a->facts);
    struct sl_jw w = under_way(b);
    sl_member_flags(&w, a->flags);
    put_string(b, SL_SPAN(",\"identity\":"), a->identity);
    put_string(b, SL_SPAN(",\"outcome\":"), sl_span_str(outcome));
    put_hex(b, SL_SPAN(",\"policy\":"), a->policy_digest, 8);
    if (a->rows != 0)
        put_number(b, SL_SPAN(",\"rows\":"), a->rows);
    put_number(b, SL_SPAN(",\"session\":"), a->session);
    w = under_way(b);
    sl_member_said(&w, "sqlstate", a->sqlstate);
    put_time(batch, SL_SPAN(",\"started\":"), a->started_us);
    put_string(b, SL_SPAN(",\"target\":"), a->target);
    w = under_way(b);
    sl_member_text(&w, a->text, a->flags, sl_entry_room(b, start));
    sl_buf_put_u8(b, '}');
    if (outcome == NULL)
        sl_entry_fail(b, SL_EMALFORMED);
}

enum sl_err sl_entry_batch_add(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    struct sl_buf *b = batch->b;
    size_t before = b->n;
    bool empty = batch->count == 0;

    SL_TRY(sl_buf_err(b));
    if (batch->count == SL_ENTRY_MAX_BATCH)
        return SL_ELIMIT;
    if (!empty)
        sl_buf_put_u8(b, ',');
    /* Only an action that has the leaf to itself may have its text cut. */
    put_item(batch, a, empty ? batch->start : b->n);
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
