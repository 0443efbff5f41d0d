#include "core/ledger/wal.h"

#include "tap.h"

static void test_crc(void)
{
    uint8_t bytes[32];

    SL_CHECK_INT(sl_crc32c(0, SL_SPAN("123456789")), 0xe3069283);
    memset(bytes, 0, sizeof bytes);
    SL_CHECK_INT(sl_crc32c(0, sl_span(bytes, 32)), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    SL_CHECK_INT(sl_crc32c(0, sl_span(bytes, 32)), 0x62a8ab43);
    SL_CHECK_INT(sl_crc32c(sl_crc32c(0, SL_SPAN("1234")), SL_SPAN("56789")), 0xe3069283);
}

static void test_segment_head(void)
{
    SL_BUF(b, 100);
    struct sl_wal_segment s = {77, 12}, back;

    sl_wal_put_segment(&b, &s);
    SL_CHECK_INT(b.n, SL_WAL_SEGMENT_HEADER);
    SL_CHECK_INT(sl_wal_get_segment(sl_buf_span(&b), &back), SL_OK);
    SL_CHECK_INT(back.first_sequence, 77);
    SL_CHECK_INT(back.first_index, 12);
    for (size_t i = 0; i < b.n; i++) {
        b.p[i] ^= 8;
        SL_CHECK_INT(sl_wal_get_segment(sl_buf_span(&b), &back), SL_EMALFORMED);
        b.p[i] ^= 8;
        SL_CHECK_INT(sl_wal_get_segment(sl_span(b.p, i), &back), SL_EMALFORMED);
    }
}

static size_t make_records(struct sl_buf *b, size_t ends[3])
{
    sl_wal_put(b, &(struct sl_wal_record){.sequence = 1,
                                          .kind = SL_WAL_LEAF,
                                          .leaf = SL_SPAN("leaf"),
                                          .state = SL_SPAN("state")});
    ends[0] = b->n;
    sl_wal_put(b, &(struct sl_wal_record){
                      .sequence = 2, .synced = 1, .kind = SL_WAL_STATE, .state = SL_SPAN("alone")});
    ends[1] = b->n;
    sl_wal_put(b, &(struct sl_wal_record){.sequence = 3,
                                          .synced = 1,
                                          .kind = SL_WAL_CHECKPOINT,
                                          .state = SL_SPAN("note")});
    ends[2] = b->n;
    return 3;
}

static unsigned count(struct sl_span file, enum sl_err *end)
{
    struct sl_wal_record r;
    size_t at = 0;
    unsigned n = 0;

    while ((*end = sl_wal_get(file, &at, &r)) == SL_OK)
        n++;
    return n;
}

static void test_records(void)
{
    SL_BUF(b, 1000);
    size_t ends[3], at = 0;
    struct sl_wal_record r;
    enum sl_err end;

    make_records(&b, ends);
    SL_CHECK_INT(sl_wal_get(sl_buf_span(&b), &at, &r), SL_OK);
    SL_CHECK_INT(r.sequence, 1);
    SL_CHECK_TEXT(r.leaf, "leaf");
    SL_CHECK_TEXT(r.state, "state");
    SL_CHECK_INT(sl_wal_get(sl_buf_span(&b), &at, &r), SL_OK);
    SL_CHECK_INT(r.synced, 1);
    SL_CHECK_TEXT(r.state, "alone");
    for (size_t n = 0; n <= b.n; n++) {
        unsigned whole = (unsigned)((n >= ends[0]) + (n >= ends[1]) + (n >= ends[2]));
        SL_CHECK_INT(count(sl_span(b.p, n), &end), whole);
        SL_CHECK_INT(end, n == 0 || n == ends[0] || n == ends[1] || n == ends[2] ? SL_ENOTFOUND
                                                                                 : SL_EMALFORMED);
    }
    for (size_t i = 0; i < b.n; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            b.p[i] ^= (uint8_t)(1u << bit);
            SL_CHECK(count(sl_buf_span(&b), &end) < 3);
            b.p[i] ^= (uint8_t)(1u << bit);
        }
}

static void test_limits(void)
{
    SL_BUF(b, 100);
    static uint8_t big[65536];

    sl_wal_put(&b, &(struct sl_wal_record){
                       .sequence = 1, .kind = SL_WAL_LEAF, .leaf = sl_span(big, sizeof big)});
    SL_CHECK_INT(sl_buf_err(&b), SL_ELIMIT);
    SL_CHECK_INT(b.n, 0);
}

/* Damage to record 1 is old damage (record 2 says that 1 was safe); to record 2 it is a torn tail.
 */
static void test_was_synced(void)
{
    SL_BUF(b, 1000);
    size_t ends[3];

    make_records(&b, ends);
    SL_CHECK(sl_wal_was_synced(sl_buf_span(&b), 0, 1));
    SL_CHECK(!sl_wal_was_synced(sl_buf_span(&b), ends[0], 2));
    SL_CHECK(!sl_wal_was_synced(sl_buf_span(&b), ends[1], 3));
}

/* A group is read whole or not at all, and a record says the same with and without one behind it.
 */
static void test_groups(void)
{
    SL_BUF(b, 1000);
    size_t ends[3], at = 0, whole = 0;
    struct sl_wal_record r;

    make_records(&b, ends);
    sl_wal_join(&b, ends[0]);
    for (size_t n = 0; n <= b.n; n++) {
        size_t want = n < ends[0] ? 0 : n < ends[2] ? ends[0] : ends[2];
        enum sl_err err;

        at = whole = 0;
        do
            err = sl_wal_next(sl_span(b.p, n), &at, &whole, &r);
        while (err == SL_OK);
        SL_CHECK_INT(at, want);
        SL_CHECK_INT(err, n == want ? SL_ENOTFOUND : SL_EMALFORMED);
    }
    at = ends[0];
    SL_CHECK_INT(sl_wal_get(sl_buf_span(&b), &at, &r), SL_OK);
    SL_CHECK(r.more && r.kind == SL_WAL_STATE);
    SL_CHECK_TEXT(r.state, "alone");
    for (size_t i = ends[0]; i < b.n; i++) { /* damage to one is damage to all */
        at = whole = 0;
        b.p[i] ^= 4;
        SL_CHECK_INT(sl_wal_next(sl_buf_span(&b), &at, &whole, &r), SL_OK);
        SL_CHECK_INT(sl_wal_next(sl_buf_span(&b), &at, &whole, &r), SL_EMALFORMED);
        SL_CHECK_INT(at, ends[0]);
        b.p[i] ^= 4;
    }
}

int main(void)
{
    SL_RUN(test_crc);
    SL_RUN(test_segment_head);
    SL_RUN(test_records);
    SL_RUN(test_groups);
    SL_RUN(test_limits);
    SL_RUN(test_was_synced);
    return sl_tap_done();
}
