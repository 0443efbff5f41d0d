/* libraries: base, crypto, wire_http1, desk_rules */
/* Any Cookie line: no view outside it, and what is taken is one of our secrets, whole and alone. */
#include "role/desk/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_http1_head h = {.headers = {{SL_SPAN("Cookie"), sl_span(data, size)}},
                              .header_count = 1};
    struct sl_span session = {NULL, 0};

    if (sl_desk_cookie(&h, &session) != SL_OK) {
        SL_PROMISE(session.p == NULL);
        return 0;
    }
    SL_PROMISE(session.p >= data && session.p + session.n <= data + size);
    SL_PROMISE(sl_span_starts(session, SL_SPAN("sls_")) && session.n <= SL_DESK_MAX_CREDENTIAL);
    SL_PROMISE(session.p + session.n == data + size || session.p[session.n] == ';');
    return 0;
}
