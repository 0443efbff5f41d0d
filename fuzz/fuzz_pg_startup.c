/* libraries: wire_pg, base */
#include "wire/pg/pg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A plain 3.0 startup packet that was accepted encodes back to the same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_BUF(b, 1 << 20);
    struct sl_span in = sl_span(data, size);
    struct sl_pg_startup s;
    uint32_t body_bytes;

    if (sl_pg_startup_frame(in, &body_bytes) != SL_STEP_EVENT || in.n - 4 < body_bytes)
        return 0;
    if (sl_pg_startup_get(sl_span_head(sl_span_from(in, 4), body_bytes), &s) != SL_OK)
        return 0;
    if (s.kind == SL_PG_STARTUP && s.minor == 0)
        sl_pg_put_startup(&b, s.options, s.option_count);
    else if (s.kind == SL_PG_CANCEL_REQUEST)
        sl_pg_put_cancel(&b, s.cancel_pid, s.cancel_secret);
    else
        return 0;
    SL_PROMISE(sl_buf_err(&b) == SL_OK);
    SL_PROMISE(sl_span_eq(sl_buf_span(&b), sl_span_head(in, 4 + (size_t)body_bytes)));
    return 0;
}
