/* libraries: wire_pg, base */
/* A token that is taken out of a message is one that a message can be made of, and is the same
 * there. */
#include "wire/pg/pg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_oauth_client_first m, again;
    SL_BUF(b, 1 << 16);

    (void)sl_oauth_is_client_last(sl_span(data, size));
    if (sl_oauth_client_first_get(sl_span(data, size), &m) != SL_OK)
        return 0;
    for (size_t i = 0; i < m.token.n; i++)
        SL_PROMISE(m.token.p[i] > ' ' && m.token.p[i] < 0x7f);
    sl_oauth_put_client_first(&b, m.token);
    SL_PROMISE(sl_oauth_client_first_get(sl_buf_span(&b), &again) == SL_OK &&
               sl_span_eq(again.token, m.token));
    return 0;
}
