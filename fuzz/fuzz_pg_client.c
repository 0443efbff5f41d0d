/* libraries: wire_pg, base */
#include "wire/pg/pg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was decoded encodes back to the same bytes. */
static void check_again(struct sl_span message, struct sl_buf *b)
{
    SL_PROMISE(sl_buf_err(b) == SL_OK && sl_span_eq(sl_buf_span(b), message));
}

static void client_parse(struct sl_span message, struct sl_span body, struct sl_buf *b)
{
    struct sl_pg_parse p;
    uint32_t types[8];

    if (sl_pg_parse_get(body, &p) != SL_OK || p.type_count > SL_COUNT(types))
        return;
    for (size_t i = 0; i < p.type_count; i++)
        types[i] = sl_pg_parse_type(&p, i);
    sl_pg_put_parse(b, p.statement, p.sql, types, p.type_count);
    check_again(message, b);
}

static void client_bind(struct sl_span body)
{
    struct sl_pg_bind m;
    struct sl_pg_value v;
    size_t seen = 0;

    if (sl_pg_bind_get(body, &m) != SL_OK)
        return;
    for (uint16_t count = m.values.count; sl_pg_values_next(&m.values, &v); seen++)
        SL_PROMISE(seen < count && v.format <= 1 && v.bytes.n <= body.n &&
                   (!v.null || v.bytes.n == 0));
    for (size_t i = 0; i < m.result_format_count; i++)
        SL_PROMISE(sl_pg_bind_result_format(&m, i) <= 1);
}

static void client_others(struct sl_span message, uint8_t type, struct sl_span body,
                          struct sl_buf *b)
{
    struct sl_span text;
    struct sl_pg_named n;
    struct sl_pg_execute e;
    struct sl_pg_sasl_initial s;

    if (type == SL_PG_QUERY && sl_pg_query_get(body, &text) == SL_OK) {
        sl_pg_put_query(b, text);
        check_again(message, b);
    } else if (type == SL_PG_DESCRIBE && sl_pg_named_get(body, &n) == SL_OK) {
        sl_pg_put_describe(b, n.kind, n.name);
        check_again(message, b);
    } else if (type == SL_PG_EXECUTE && sl_pg_execute_get(body, &e) == SL_OK && e.max_rows > 0) {
        sl_pg_put_execute(b, e.portal, e.max_rows);
        check_again(message, b);
    } else if (type == SL_PG_PASSWORD && sl_pg_password_get(body, &text) == SL_OK) {
        sl_pg_put_password(b, text);
        check_again(message, b);
    }
    if (type == SL_PG_PASSWORD && sl_pg_sasl_initial_get(body, &s) == SL_OK)
        SL_PROMISE(s.mechanism.n > 0 && s.response.n <= body.n);
}

static void one_message(struct sl_span message, uint8_t type)
{
    SL_BUF(b, 1 << 21);
    struct sl_span body = sl_span_from(message, SL_PG_HEADER);

    if (type == SL_PG_PARSE)
        client_parse(message, body, &b);
    else if (type == SL_PG_BIND)
        client_bind(body);
    else
        client_others(message, type, body, &b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span in = sl_span(data, size);
    struct sl_pg_frame f;

    while (sl_pg_frame(in, &f) == SL_STEP_EVENT && in.n - SL_PG_HEADER >= f.body_bytes) {
        size_t whole = SL_PG_HEADER + (size_t)f.body_bytes;
        if (sl_pg_frontend_check(f) == SL_OK)
            one_message(sl_span_head(in, whole), f.type);
        in = sl_span_from(in, whole);
    }
    return 0;
}
