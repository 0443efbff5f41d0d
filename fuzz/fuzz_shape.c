/* libraries: pg_scanner, wire_pg, base */
#include "tests/unit/pg_scanner.h"
#include "base/encode.h"
#include "wire/pg/copy_source.h"
#include "wire/pg/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST = 2000 }; /* the grammar recurses */

/* What is remembered of one text gives for another exactly what reading it gives. */
static void check_again(struct sl_shape_memory *m, struct sl_span sql)
{
    static const struct sl_shape_key key = {1, 2};
    struct sl_shape read = {{0}}, again = {{0}};

    enum sl_err one = sl_shape_of(sql, &key, &read), other = sl_shape_again(m, sql, &key, &again);
    SL_PROMISE(one == other && memcmp(&read, &again, sizeof read) == 0);
}

/* The text itself, then with another digit in each place, with one more, and with one less. */
static void check_memory(struct sl_span sql)
{
    static struct sl_shape_memory m;
    uint8_t text[512];
    size_t n = 0;

    if (sql.n >= sizeof text / 2)
        return;
    memset(&m, 0, sizeof m);
    check_again(&m, sql);
    for (unsigned how = 0; how < 4; how++, n = 0) {
        for (size_t i = 0; i < sql.n; i++) {
            bool digit = sql.p[i] >= '0' && sql.p[i] <= '9';
            if (digit && how == 1 && i > 0 && text[n - 1] >= '0' && text[n - 1] <= '9')
                continue;
            text[n++] = digit ? (uint8_t)('0' + (sql.p[i] + i + how) % 10) : sql.p[i];
            if (digit && how == 2)
                text[n++] = '7';
        }
        check_again(&m, sl_span(text, n));
    }
    check_again(&m, sl_span_head(sql, sql.n / 2));
    check_again(&m, sql);
}

/* What a COPY is said to read is, where the grammar takes the whole, a statement that it takes. */
static void check_copy(struct sl_span sql, bool parsed)
{
    struct sl_span source;
    enum sl_copy_source what = sl_copy_source(sql, &source);
    SL_BUF(question, LONGEST + 100);
    bool fine;

    if (what == SL_COPY_NONE || !parsed)
        return;
    sl_buf_say(&question, "EXPLAIN (FORMAT JSON, COSTS ON) %s%S",
               what == SL_COPY_TABLE ? "SELECT FROM ONLY " : "", source);
    SL_PROMISE(pg_parser_agrees(sl_buf_span(&question), &fine) && fine);
}

/* Same tokens as PostgreSQL or none; a floor under all that is more than a read; and the one pass
 * of sl_shape_of gives the floor that sl_floor_of gives. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sl_shape_key key = {1, 2};
    struct sl_span sql = sl_span(data, size);
    struct sl_shape shape;
    bool any;

    check_memory(sql);
    if (sl_shape_of(sql, &key, &shape) == SL_OK)
        SL_PROMISE(shape.floor == sl_floor_of(sql));
    if (size > LONGEST || sl_span_find(sql, 0) < size)
        return 0;
    SL_PROMISE(pg_scanner_agrees(sql, &any));
    SL_PROMISE(pg_parser_agrees(sql, &any));
    check_copy(sql, any);
    return 0;
}
