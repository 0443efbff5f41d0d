#include "wire/pg/put_int.h"

enum { VERSION_3_0 = 3 << 16, CODE_CANCEL = 80877102, CODE_SSL = 80877103 };

/* The first packet has no type: its length word is where it starts. */
static size_t begin_untyped(struct sl_buf *b, uint32_t code)
{
    sl_buf_put_be32(b, 0);
    size_t body_at = b->n;

    sl_buf_put_be32(b, code);
    return body_at;
}

void sl_pg_put_startup(struct sl_buf *b, const struct sl_pg_option *options, size_t count)
{
    size_t at = begin_untyped(b, VERSION_3_0);

    for (size_t i = 0; i < count; i++) {
        if (options[i].name.n == 0 && b->why == SL_OK)
            b->why = SL_EMALFORMED; /* an empty name would end the list */
        sl_pg_put_text(b, options[i].name);
        sl_pg_put_text(b, options[i].value);
    }
    sl_buf_put_u8(b, 0);
    sl_pg_end(b, at);
}

void sl_pg_put_ssl_request(struct sl_buf *b)
{
    sl_pg_end(b, begin_untyped(b, CODE_SSL));
}

void sl_pg_put_cancel(struct sl_buf *b, uint32_t pid, struct sl_span secret)
{
    size_t at = begin_untyped(b, CODE_CANCEL);

    sl_buf_put_be32(b, pid);
    sl_buf_put(b, secret);
    sl_pg_end(b, at);
}

void sl_pg_put_query(struct sl_buf *b, struct sl_span sql)
{
    sl_pg_put_one_text(b, SL_PG_QUERY, sql);
}

void sl_pg_put_password(struct sl_buf *b, struct sl_span password)
{
    sl_pg_put_one_text(b, SL_PG_PASSWORD, password);
}

void sl_pg_put_sasl_initial(struct sl_buf *b, const char *mechanism, struct sl_span response)
{
    size_t at = sl_pg_begin(b, SL_PG_PASSWORD);

    sl_pg_put_text(b, sl_span_str(mechanism));
    sl_pg_put_value(b, false, response);
    sl_pg_end(b, at);
}

void sl_pg_put_sasl_response(struct sl_buf *b, struct sl_span response)
{
    sl_pg_put_bytes(b, SL_PG_PASSWORD, response);
}

void sl_pg_put_parse(struct sl_buf *b, struct sl_span statement, struct sl_span sql,
                     const uint32_t *types, size_t type_count)
{
    size_t at = sl_pg_begin(b, SL_PG_PARSE);

    sl_pg_put_text(b, statement);
    sl_pg_put_text(b, sql);
    sl_pg_put_count(b, type_count);
    for (size_t i = 0; i < type_count; i++)
        sl_buf_put_be32(b, types[i]);
    sl_pg_end(b, at);
}

void sl_pg_put_bind(struct sl_buf *b, struct sl_span portal, struct sl_span statement,
                    const struct sl_pg_value *values, size_t count, uint16_t result_format)
{
    size_t at = sl_pg_begin(b, SL_PG_BIND);

    sl_pg_put_text(b, portal);
    sl_pg_put_text(b, statement);
    sl_pg_put_count(b, count);
    for (size_t i = 0; i < count; i++)
        sl_buf_put_be16(b, values[i].format);
    sl_pg_put_count(b, count);
    for (size_t i = 0; i < count; i++)
        sl_pg_put_value(b, values[i].null, values[i].bytes);
    sl_buf_put_be16(b, 1);
    sl_buf_put_be16(b, result_format);
    sl_pg_end(b, at);
}

static void put_named(struct sl_buf *b, uint8_t type, uint8_t kind, struct sl_span name)
{
    size_t at = sl_pg_begin(b, type);

    SL_PROMISE(kind == 'S' || kind == 'P');
    sl_buf_put_u8(b, kind);
    sl_pg_put_text(b, name);
    sl_pg_end(b, at);
}

void sl_pg_put_describe(struct sl_buf *b, uint8_t kind, struct sl_span name)
{
    put_named(b, SL_PG_DESCRIBE, kind, name);
}

void sl_pg_put_close(struct sl_buf *b, uint8_t kind, struct sl_span name)
{
    put_named(b, SL_PG_CLOSE, kind, name);
}

void sl_pg_put_execute(struct sl_buf *b, struct sl_span portal, uint32_t max_rows)
{
    size_t at = sl_pg_begin(b, SL_PG_EXECUTE);

    sl_pg_put_text(b, portal);
    sl_buf_put_be32(b, max_rows);
    sl_pg_end(b, at);
}

void sl_pg_put_copy_fail(struct sl_buf *b, struct sl_span message)
{
    sl_pg_put_one_text(b, SL_PG_COPY_FAIL, message);
}

void sl_pg_put_sync(struct sl_buf *b)
{
    sl_pg_put_bare(b, SL_PG_SYNC);
}

void sl_pg_put_flush(struct sl_buf *b)
{
    sl_pg_put_bare(b, SL_PG_FLUSH);
}

void sl_pg_put_terminate(struct sl_buf *b)
{
    sl_pg_put_bare(b, SL_PG_TERMINATE);
}
