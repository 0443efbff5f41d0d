#include "core/ledger/wal.h"

#include "base/cursor.h"

static const char magic[] = "SLWAL001";

/* Four bits at a time: for machines without an instruction for it. */
static uint32_t crc_portable(uint32_t crc, struct sl_span bytes)
{
    static const uint32_t table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
        0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
        0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };

    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= bytes.p[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc_hardware(uint32_t crc, struct sl_span bytes)
{
    uint64_t wide = crc;
    size_t i = 0;

    for (; i + 8 <= bytes.n; i += 8) {
        uint64_t eight;
        memcpy(&eight, bytes.p + i, sizeof eight);
        wide = __builtin_ia32_crc32di(wide, eight);
    }
    crc = (uint32_t)wide;
    for (; i < bytes.n; i++)
        crc = __builtin_ia32_crc32qi(crc, bytes.p[i]);
    return crc;
}
#endif

uint32_t sl_crc32c(uint32_t crc, struct sl_span bytes)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc_hardware(~crc, bytes);
#endif
    return ~crc_portable(~crc, bytes);
}

void sl_wal_put_segment(struct sl_buf *b, const struct sl_wal_segment *s)
{
    size_t start = b->n;

    sl_buf_put_str(b, magic);
    sl_buf_put_le64(b, s->first_sequence);
    sl_buf_put_le64(b, s->first_index);
    if (sl_buf_err(b) == SL_OK)
        sl_buf_put_le32(b, sl_crc32c(0, sl_span(b->p + start, b->n - start)));
    sl_buf_put_le32(b, 0);
}

enum sl_err sl_wal_get_segment(struct sl_span file, struct sl_wal_segment *out)
{
    struct sl_cursor c = sl_cursor(file);
    struct sl_span start = sl_cursor_take(&c, sizeof magic - 1);
    struct sl_wal_segment s;

    s.first_sequence = sl_cursor_le64(&c);
    s.first_index = sl_cursor_le64(&c);
    uint32_t check = sl_cursor_le32(&c);
    uint32_t zero = sl_cursor_le32(&c);
    if (c.short_read || !sl_span_is(start, magic) || zero != 0 ||
        check != sl_crc32c(0, sl_span_head(file, 24)))
        return SL_EMALFORMED;
    *out = s;
    return SL_OK;
}

static size_t body_bytes(const struct sl_wal_record *r)
{
    return (r->kind == SL_WAL_LEAF ? 4 : 0) + r->leaf.n + r->state.n;
}

static void put_body(struct sl_buf *b, const struct sl_wal_record *r)
{
    if (r->kind == SL_WAL_LEAF)
        sl_buf_put_le32(b, (uint32_t)r->leaf.n);
    sl_buf_put(b, r->leaf);
    sl_buf_put(b, r->state);
}

/* The check stands second and covers the length before it and all that follows. */
static uint32_t record_check(const uint8_t *record, size_t bytes)
{
    uint32_t crc = sl_crc32c(0, sl_span(record, 4));

    return sl_crc32c(crc, sl_span(record + 8, bytes - 8));
}

static void put_check(uint8_t *record, size_t bytes)
{
    uint32_t check = record_check(record, bytes);

    for (unsigned i = 0; i < 4; i++)
        record[4 + i] = (uint8_t)(check >> (8 * i));
}

void sl_wal_put(struct sl_buf *b, const struct sl_wal_record *r)
{
    size_t start = b->n, body = body_bytes(r);

    if (r->leaf.n > 65535 || r->state.n > SL_WAL_MAX_STATE) {
        b->why = b->why == SL_OK ? SL_ELIMIT : b->why;
        return;
    }
    if (sl_buf_room(b, SL_WAL_RECORD_HEADER + body) == NULL)
        return;
    sl_buf_put_le32(b, (uint32_t)body);
    sl_buf_put_le32(b, 0);
    sl_buf_put_le64(b, r->sequence);
    sl_buf_put_le64(b, r->synced);
    sl_buf_put_u8(b, (uint8_t)((unsigned)r->kind | (r->more ? SL_WAL_MORE : 0)));
    put_body(b, r);
    put_check(b->p + start, b->n - start);
}

void sl_wal_join(struct sl_buf *b, size_t start)
{
    struct sl_cursor c = sl_cursor(sl_span(b->p + start, b->n - start));
    uint32_t body = sl_cursor_le32(&c);

    SL_PROMISE(body <= b->n - start - SL_WAL_RECORD_HEADER);
    b->p[start + SL_WAL_RECORD_HEADER - 1] |= SL_WAL_MORE;
    put_check(b->p + start, SL_WAL_RECORD_HEADER + body);
}

/* Leaf and state inside a body; false when the kind cannot have such a body. */
static bool split_body(struct sl_span body, struct sl_wal_record *r)
{
    struct sl_cursor c = sl_cursor(body);

    if (r->kind == SL_WAL_LEAF) {
        r->leaf = sl_cursor_take(&c, sl_cursor_le32(&c));
        r->state = sl_cursor_rest(&c);
        return !c.short_read && r->leaf.n > 0 && r->leaf.n <= 65535;
    }
    r->leaf = (struct sl_span){NULL, 0};
    r->state = body;
    return (r->kind == SL_WAL_STATE || r->kind == SL_WAL_CHECKPOINT) && body.n > 0;
}

enum sl_err sl_wal_get(struct sl_span file, size_t *at, struct sl_wal_record *out)
{
    struct sl_cursor c = sl_cursor(sl_span_from(file, *at));
    struct sl_wal_record r = {0};

    if (*at == file.n)
        return SL_ENOTFOUND;
    uint32_t length = sl_cursor_le32(&c);
    uint32_t check = sl_cursor_le32(&c);
    r.sequence = sl_cursor_le64(&c);
    r.synced = sl_cursor_le64(&c);
    uint8_t kind = sl_cursor_u8(&c);
    r.kind = (enum sl_wal_kind)(kind & ~(unsigned)SL_WAL_MORE);
    r.more = (kind & SL_WAL_MORE) != 0;
    struct sl_span body = sl_cursor_take(&c, length);

    if (c.short_read || length > SL_WAL_MAX_BODY || r.synced >= r.sequence ||
        !split_body(body, &r) || check != record_check(c.in.p, c.at))
        return SL_EMALFORMED;
    *at += c.at;
    *out = r;
    return SL_OK;
}

/* Where the group ends that begins at *end. */
static enum sl_err group_end(struct sl_span file, size_t *end)
{
    struct sl_wal_record r;
    size_t at = *end;

    SL_TRY(sl_wal_get(file, &at, &r));
    while (r.more)
        if (sl_wal_get(file, &at, &r) != SL_OK) /* the end of the file too */
            return SL_EMALFORMED;
    *end = at;
    return SL_OK;
}

enum sl_err sl_wal_next(struct sl_span file, size_t *at, size_t *whole, struct sl_wal_record *out)
{
    size_t end = *at;

    if (*at >= *whole) {
        SL_TRY(group_end(file, &end));
        *whole = end;
    }
    return sl_wal_get(file, at, out);
}

bool sl_wal_was_synced(struct sl_span file, size_t at, uint64_t sequence)
{
    for (size_t from = at + 1; from + SL_WAL_RECORD_HEADER < file.n; from++) {
        struct sl_cursor c = sl_cursor(sl_span_from(file, from + 8));
        uint64_t its = sl_cursor_le64(&c), synced = sl_cursor_le64(&c);
        struct sl_wal_record r;
        size_t end = from;

        /* The cheap tests first: a checksum at each offset would take quadratic time. */
        if (its <= sequence || synced < sequence || synced >= its)
            continue;
        if (sl_wal_get(file, &end, &r) == SL_OK)
            return true;
    }
    return false;
}
