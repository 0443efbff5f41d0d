/* libraries: core_ledger, base */
#include "core/ledger/wal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Records of the log: what is accepted is written back as it came, and nothing reads past the end.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span file = sl_span(data, size);
    struct sl_wal_segment segment;
    struct sl_wal_record record;
    size_t at = 0, before = 0;

    if (sl_wal_get_segment(file, &segment) == SL_OK)
        at = before = SL_WAL_SEGMENT_HEADER;
    while (sl_wal_get(file, &at, &record) == SL_OK) {
        SL_BUF(out, SL_WAL_MAX_BODY + 64);
        sl_wal_put(&out, &record);
        SL_PROMISE(sl_span_eq(sl_buf_span(&out), sl_span(data + before, at - before)));
        before = at;
    }
    size_t whole = 0;
    at = size < SL_WAL_SEGMENT_HEADER ? 0 : SL_WAL_SEGMENT_HEADER;
    while (sl_wal_next(file, &at, &whole, &record) == SL_OK)
        SL_PROMISE(at <= whole && whole <= size);
    if (size < 4096)
        (void)sl_wal_was_synced(file, before, 1);
    return 0;
}
