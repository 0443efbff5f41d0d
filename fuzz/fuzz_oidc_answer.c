/* libraries: core_oidc, json, crypto, base */
/* What a provider or a browser answers. The first byte says which: the browser's way back, the
 * token endpoint, the device endpoint. What people are shown is printable. */
#include "core/oidc/oidc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_printable(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        SL_PROMISE(text.p[i] >= ' ' && text.p[i] != 0x7f);
}

static void check_way_back(struct sl_span query, struct sl_arena *mem)
{
    struct sl_oidc_response r;

    if (sl_oidc_response_read(query, mem, &r) != SL_OIDC_YES)
        return;
    SL_PROMISE(r.state.n > 0 && (r.code.n > 0) != (r.error.n > 0));
    check_printable(r.state);
    check_printable(r.code);
    check_printable(r.error);
}

static void check_answer(struct sl_span body, struct sl_arena *mem)
{
    struct sl_oidc_answer a = {0};
    enum sl_oidc_reason reason = sl_oidc_answer_read(200, body, mem, &a);

    SL_PROMISE(reason != SL_OIDC_YES || (a.id_token.n > 0 && a.error.n == 0 && !a.pending));
    check_printable(a.error);
}

static void check_device(struct sl_span body, struct sl_arena *mem)
{
    struct sl_oidc_provider p = {.issuer = SL_SPAN("https://i.example")};
    struct sl_oidc_device d;

    if (sl_oidc_device_read(200, body, &p, mem, &d) != SL_OIDC_YES)
        return;
    SL_PROMISE(sl_span_starts(d.url, SL_SPAN("https://")) && d.interval_s >= 1 &&
               d.expires_in_s > 0);
    check_printable(d.user_code);
    check_printable(d.url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_span rest = sl_span_from(sl_span(data, size), 1);

    if (size == 0 || sl_arena_new(&mem, 64 * 1024) != SL_OK)
        return 0;
    if (data[0] % 3 == 0)
        check_way_back(rest, mem);
    else if (data[0] % 3 == 1)
        check_answer(rest, mem);
    else
        check_device(rest, mem);
    return 0;
}
