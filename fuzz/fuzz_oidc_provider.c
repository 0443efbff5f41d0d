/* libraries: core_oidc, json, crypto, base */
/* Whatever a discovery document says: it is of our issuer, and every address of it is https. */
#include "core/oidc/oidc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_address(struct sl_span url)
{
    SL_PROMISE(url.n == 0 || sl_span_starts(url, SL_SPAN("https://")));
    for (size_t i = 0; i < url.n; i++)
        SL_PROMISE(url.p[i] > ' ' && url.p[i] < 0x7f && url.p[i] != '@' && url.p[i] != '#');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_span issuer = SL_SPAN("https://i.example");
    struct sl_oidc_provider p;

    if (sl_arena_new(&mem, 64 * 1024) != SL_OK ||
        sl_oidc_provider_read(sl_span(data, size), issuer, mem, &p) != SL_OIDC_YES)
        return 0;
    SL_PROMISE(sl_span_eq(p.issuer, issuer) && p.keys_url.n > 0);
    check_address(p.keys_url);
    check_address(p.authorization_url);
    check_address(p.token_url);
    check_address(p.device_url);
    return 0;
}
