/* libraries: core_oidc, json, crypto, base */
/* A key set is read or refused, is the same as itself, and never holds more than it may. */
#include "core/oidc/oidc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_oidc_keys) struct sl_oidc_keys *keys = NULL;
    SL_FREED_BY(sl_oidc_keys) struct sl_oidc_keys *again = NULL;

    if (sl_oidc_keys_read(sl_span(data, size), &keys) != SL_OIDC_YES) {
        SL_PROMISE(keys == NULL);
        return 0;
    }
    SL_PROMISE(sl_oidc_keys_count(keys) <= SL_OIDC_KEYS_MAX);
    SL_PROMISE(sl_oidc_keys_read(sl_span(data, size), &again) == SL_OIDC_YES &&
               sl_oidc_keys_eq(keys, again));
    return 0;
}
