/* libraries: core_oidc, json, crypto, base */
/* No token is good but the one that this key has signed (seeds/oidc_token/right; the key is that of
 * RFC 8037, appendix A). */
#include "core/oidc/oidc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char set[] = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k\",\"x\":"
                          "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";
/* clang-format off */
/* SHA-256 of what is signed. */
static const uint8_t signed_hash[SL_SHA256] = {
    0x87, 0x6c, 0x74, 0x1b, 0xd4, 0x4c, 0xd9, 0x49, 0xf5, 0x56, 0x17, 0x05, 0xe2, 0xd9, 0x35, 0x07,
    0x31, 0xad, 0xe1, 0xb3, 0x05, 0xb3, 0xdf, 0x6c, 0x51, 0x0e, 0x4f, 0x27, 0x3f, 0xd6, 0x07, 0x1c,
};
/* clang-format on */

static struct sl_oidc_keys *the_keys(void)
{
    static struct sl_oidc_keys *keys;

    if (keys == NULL)
        SL_PROMISE(sl_oidc_keys_read(sl_span_str(set), &keys) == SL_OIDC_YES);
    return keys;
}

static void check_signed(struct sl_span token)
{
    uint8_t hash[SL_SHA256];
    size_t dots = 0, n = 0;

    for (; n < token.n && dots < 2; n++)
        dots += token.p[n] == '.';
    sl_sha256(sl_span_head(token, n - 1), hash);
    SL_PROMISE(memcmp(hash, signed_hash, sizeof hash) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    const struct sl_span audience = SL_SPAN("sluice");
    struct sl_oidc_wanted wanted = {.issuer = SL_SPAN("https://i.example"),
                                    .algorithms = UINT32_MAX,
                                    .type = SL_OIDC_JWT,
                                    .audiences = &audience,
                                    .audience_count = 1,
                                    .now_s = 1800000100,
                                    .name_claim = SL_SPAN("name"),
                                    .groups_claim = SL_SPAN("groups")};
    struct sl_oidc_claims claims;
    struct sl_span issuer;

    if (sl_arena_new(&mem, 64 * 1024) != SL_OK)
        return 0;
    (void)!sl_oidc_issuer_of(sl_span(data, size), mem, &issuer);
    if (sl_oidc_check(sl_span(data, size), the_keys(), &wanted, mem, &claims) == SL_OIDC_YES)
        check_signed(sl_span(data, size));
    return 0;
}
