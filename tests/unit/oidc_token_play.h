/* Tokens of an issuer with a key of each kind, and the check that they are put to. */
#ifndef SL_TESTS_OIDC_TOKEN_PLAY_H
#define SL_TESTS_OIDC_TOKEN_PLAY_H

#include "soft_issuer.h"
#include "tap.h"

#include <stdlib.h>

#define ISSUER "https://login.example"
#define NOW 1800000000
#define TIMES "\"exp\":1800000600,\"iat\":1799999990"
#define CLAIMS "\"iss\":\"" ISSUER "\",\"sub\":\"carol-7\",\"aud\":\"sluice:ask\"," TIMES

static struct issuer_key rsa, rsa_other, pss, ec, ed;
static struct sl_oidc_keys *keys;
static struct sl_arena *mem;

static inline struct sl_oidc_keys *read_keys(const char *text)
{
    struct sl_oidc_keys *k = NULL;

    SL_CHECK_INT(sl_oidc_keys_read(sl_span_str(text), &k), SL_OIDC_YES);
    return k;
}

static inline void set_up(void)
{
    SL_BUF(set, 64 * 1024);

    rsa = issuer_key("r", "RS256");
    rsa_other = issuer_key("r", "RS256");
    pss = issuer_key("p", "PS256");
    ec = issuer_key("e", "ES256");
    ed = issuer_key("d", "EdDSA");
    sl_buf_put_str(&set, "{\"keys\":[");
    put_jwk(&set, &rsa, ",\"use\":\"sig\",\"alg\":\"RS256\"");
    sl_buf_put_str(&set, ",");
    put_jwk(&set, &pss, "");
    sl_buf_put_str(&set, ",");
    put_jwk(&set, &ec, ",\"key_ops\":[\"verify\"]");
    sl_buf_put_str(&set, ",");
    put_jwk(&set, &ed, "");
    sl_buf_put_str(&set, "]}");
    keys = read_keys(sl_buf_text(&set));
    SL_CHECK_INT(sl_oidc_keys_count(keys), 4);
    SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK);
}

static const struct sl_span audiences[] = {{(const uint8_t *)"other", 5},
                                           {(const uint8_t *)"sluice:ask", 10}};

static inline struct sl_oidc_wanted wanted(void)
{
    return (struct sl_oidc_wanted){.issuer = SL_SPAN(ISSUER),
                                   .algorithms = SL_OIDC_RS256,
                                   .type = SL_OIDC_JWT,
                                   .audiences = audiences,
                                   .audience_count = SL_COUNT(audiences),
                                   .now_s = NOW};
}

static inline enum sl_oidc_reason check(struct sl_span token, const struct sl_oidc_wanted *w,
                                        struct sl_oidc_claims *c)
{
    sl_arena_reset(mem);
    return sl_oidc_check(token, keys, w, mem, c);
}

static inline void check_reason(const char *about, enum sl_oidc_reason got,
                                enum sl_oidc_reason want)
{
    if (!SL_CHECK_TEXT(sl_span_str(sl_oidc_reason_name(got)), sl_oidc_reason_name(want)))
        printf("# %s\n", about);
}

static inline void refuse_with(const struct issuer_key *k, const struct sl_oidc_wanted *w,
                               const char *header, const char *payload, enum sl_oidc_reason want)
{
    SL_BUF(token, 64 * 1024);
    struct sl_oidc_claims c = {.expires_s = 77};

    put_token(&token, k, header, payload);
    enum sl_oidc_reason got = check(sl_buf_span(&token), w, &c);
    check_reason(strlen(header) > strlen(payload) ? header : payload, got, want);
    SL_CHECK(got == SL_OIDC_YES || c.expires_s == 77); /* untouched */
}

#define HEADER "{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"JWT\"}"

static inline void tear_down(void)
{
    sl_oidc_keys_free(keys);
    sl_arena_free(mem);
    struct issuer_key *all[] = {&rsa, &rsa_other, &pss, &ec, &ed};
    for (size_t i = 0; i < SL_COUNT(all); i++)
        issuer_key_free(all[i]);
}

#endif
