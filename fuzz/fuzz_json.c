/* libraries: json, base */
/* What is read and written canonically reads again to the same canonical bytes. */
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool canonical(struct sl_span text, struct sl_buf *out)
{
    json_t *value;

    if (sl_json_read(text, &value, NULL) != SL_OK)
        return false;
    enum sl_err err = sl_json_canonical(out, value);
    json_decref(value);
    return err == SL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_BUF(once, 1 << 20);
    SL_BUF(twice, 1 << 20);

    if (!canonical(sl_span(data, size), &once))
        return 0;
    SL_PROMISE(canonical(sl_buf_span(&once), &twice));
    SL_PROMISE(sl_span_eq(sl_buf_span(&once), sl_buf_span(&twice)));
    return 0;
}
