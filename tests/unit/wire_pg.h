/* Every encoder against every decoder: what the tests of both directions share. */
#ifndef SL_TESTS_WIRE_PG_H
#define SL_TESTS_WIRE_PG_H

#include "tap.h"
#include "wire/pg/pg.h"

enum { ROOM = 1 << 20 };

/* Takes the one message in `b` apart; its body. */
static inline struct sl_span only_body(struct sl_buf *b, uint8_t type, bool of_client)
{
    struct sl_pg_frame f = {0};
    struct sl_span none = {NULL, 0};

    SL_CHECK_INT(sl_buf_err(b), SL_OK);
    if (!SL_CHECK_INT(sl_pg_frame(sl_buf_span(b), &f), SL_STEP_EVENT))
        return none;
    SL_CHECK_INT(f.type, type);
    SL_CHECK_INT(f.body_bytes + SL_PG_HEADER, b->n);
    SL_CHECK_INT(of_client ? sl_pg_frontend_check(f) : sl_pg_backend_check(f), SL_OK);
    return sl_span_from(sl_buf_span(b), SL_PG_HEADER);
}

/* Nothing shorter is a message, and nothing longer. `get` decodes a body into a local. */
#define CHECK_STRICT(get, type, body)                                             \
    do {                                                                          \
        type strict_out;                                                          \
        struct sl_buf strict_copy = sl_buf(ROOM);                                 \
        for (size_t strict_n = 0; strict_n < (body).n; strict_n++)                \
            SL_CHECK(get(sl_span_head(body, strict_n), &strict_out) != SL_OK);    \
        sl_buf_put(&strict_copy, body);                                           \
        sl_buf_put_u8(&strict_copy, 0);                                           \
        SL_CHECK_INT(get(sl_buf_span(&strict_copy), &strict_out), SL_EMALFORMED); \
        sl_buf_done(&strict_copy);                                                \
    } while (0)

#endif
