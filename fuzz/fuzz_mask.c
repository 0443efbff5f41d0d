/* libraries: keeper_store, base */
/* Where nothing has to be masked nothing changes, and no literal right behind the word survives. */
#include "role/keeper/mask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_BUF(out, 1 << 24);
    SL_BUF(behind, 1 << 24);
    struct sl_span sql = sl_span(data, size);

    mask_passwords(&out, sql);
    SL_PROMISE(sl_buf_err(&out) == SL_OK);
    SL_PROMISE(mask_needed(sql) || sl_span_eq(sl_buf_span(&out), sql));
    sl_buf_put_str(&behind, "password 'geheim'");
    sl_buf_put(&behind, sql);
    sl_buf_reset(&out);
    mask_passwords(&out, sl_buf_span(&behind));
    SL_PROMISE(sl_span_starts(sl_buf_span(&out), SL_SPAN("password '***'")));
    return 0;
}
