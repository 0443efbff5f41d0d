/* libraries: core_action, base */
/* A hostile judge's answer: refused, or it encodes back to the same bytes. */
#include "core/action/meaning.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(again, SL_MEANING_MAX_BYTES);
    struct sl_meaning m;

    if (sl_arena_new(&mem, 8 << 20) != SL_OK ||
        sl_meaning_get(mem, sl_span(data, size), &m) != SL_OK)
        return 0;
    sl_meaning_put(&again, &m);
    SL_PROMISE(sl_span_eq(sl_buf_span(&again), sl_span(data, size)));
    return 0;
}
