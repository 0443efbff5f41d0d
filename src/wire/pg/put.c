#include "wire/pg/put_int.h"

size_t sl_pg_begin(struct sl_buf *b, uint8_t type)
{
    sl_buf_put_u8(b, type);
    sl_buf_put_be32(b, 0);
    return b->n;
}

void sl_pg_end(struct sl_buf *b, size_t body_at)
{
    size_t length = b->n - body_at + 4;

    if (b->why != SL_OK)
        return;
    if (length > SL_PG_MAX_BODY) {
        b->why = SL_ELIMIT;
        return;
    }
    for (size_t i = 0; i < 4; i++)
        b->p[body_at - 4 + i] = (uint8_t)(length >> (8 * (3 - i)));
}

void sl_pg_put_text(struct sl_buf *b, struct sl_span text)
{
    if (sl_span_find(text, 0) < text.n && b->why == SL_OK)
        b->why = SL_EMALFORMED;
    sl_buf_put_cstr(b, text);
}

void sl_pg_put_count(struct sl_buf *b, size_t count)
{
    if (count > UINT16_MAX && b->why == SL_OK)
        b->why = SL_ELIMIT;
    sl_buf_put_be16(b, (uint16_t)count);
}

void sl_pg_put_value(struct sl_buf *b, bool null, struct sl_span bytes)
{
    if (bytes.n > SL_PG_MAX_BODY && b->why == SL_OK)
        b->why = SL_ELIMIT;
    sl_buf_put_be32(b, null ? UINT32_MAX : (uint32_t)bytes.n);
    if (!null)
        sl_buf_put(b, bytes);
}

void sl_pg_put_bytes(struct sl_buf *b, uint8_t type, struct sl_span body)
{
    size_t at = sl_pg_begin(b, type);

    sl_buf_put(b, body);
    sl_pg_end(b, at);
}

void sl_pg_put_one_text(struct sl_buf *b, uint8_t type, struct sl_span text)
{
    size_t at = sl_pg_begin(b, type);

    sl_pg_put_text(b, text);
    sl_pg_end(b, at);
}

void sl_pg_put_bare(struct sl_buf *b, enum sl_pg_type type)
{
    struct sl_pg_frame bare = {.type = (uint8_t)type};

    SL_PROMISE(sl_pg_frontend_check(bare) == SL_OK || sl_pg_backend_check(bare) == SL_OK);
    sl_pg_end(b, sl_pg_begin(b, (uint8_t)type));
}
