/* Not a test itself: core/oidc's word on tokens that another implementation made. In: {"jwks":
 * text, "issuer", "audience", "now", "cases": [{"token", "type", "algorithms": [..]}]}; out: the
 * names of the reasons, one a line. */
#include "core/oidc/oidc.h"
#include "json/json.h"

#include <stdio.h>

static uint32_t bits_of(const json_t *list)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < json_array_size(list); i++)
        bits |= sl_oidc_algorithm_of(sl_span_str(json_string_value(json_array_get(list, i))));
    return bits;
}

static enum sl_oidc_reason check(const json_t *in, const json_t *one,
                                 const struct sl_oidc_keys *keys)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_span audience = sl_json_str(in, "audience");
    struct sl_oidc_wanted w = {.issuer = sl_json_str(in, "issuer"),
                               .algorithms = bits_of(json_object_get(one, "algorithms")),
                               .audiences = &audience,
                               .audience_count = 1};
    struct sl_oidc_claims claims;

    w.type = sl_span_is(sl_json_str(one, "type"), "at+jwt") ? SL_OIDC_AT_JWT : SL_OIDC_JWT;
    if (!sl_json_u64(in, "now", &w.now_s) || sl_arena_new(&mem, 1 << 20) != SL_OK)
        return SL_OIDC_MEMORY;
    return sl_oidc_check(sl_json_str(one, "token"), keys, &w, mem, &claims);
}

int main(void)
{
    SL_FREED_BY(sl_oidc_keys) struct sl_oidc_keys *keys = NULL;
    json_t *in = json_loadf(stdin, 0, NULL);
    const json_t *cases = json_object_get(in, "cases");

    if (sl_oidc_keys_read(sl_json_str(in, "jwks"), &keys) != SL_OIDC_YES) {
        fputs("the key set is not one\n", stderr);
        return 1;
    }
    for (size_t i = 0; i < json_array_size(cases); i++)
        puts(sl_oidc_reason_name(check(in, json_array_get(cases, i), keys)));
    json_decref(in);
    return 0;
}
