/* The keys of an issuer: which sets are read, which key a token names, and what it may be used for.
 */
#include "oidc_token_play.h"

static void test_key_sets(void)
{
    static const struct {
        const char *set;
        enum sl_oidc_reason want;
        size_t count;
    } cases[] = {
        {"{\"keys\":[]}", SL_OIDC_YES, 0},
        {"{}", SL_OIDC_KEYS, 0},
        {"[]", SL_OIDC_KEYS, 0},
        {"", SL_OIDC_KEYS, 0},
        {"<html>", SL_OIDC_KEYS, 0},
        {"{\"keys\":{}}", SL_OIDC_KEYS, 0},
        {"{\"keys\":[],\"keys\":[]}", SL_OIDC_KEYS, 0},
        {"{\"keys\":[7]}", SL_OIDC_KEYS, 0},
        {"{\"keys\":[{}]}", SL_OIDC_YES, 0},
        {"{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"kid\":\"r\"}]}", SL_OIDC_YES, 0},
        {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"AA\",\"y\":\"AA\"}]}", SL_OIDC_YES,
         0},
        {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}", SL_OIDC_YES,
         0},
        {"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", SL_OIDC_YES, 0},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oidc_keys *k = NULL;
        check_reason(cases[i].set, sl_oidc_keys_read(sl_span_str(cases[i].set), &k), cases[i].want);
        SL_CHECK_INT(k == NULL ? 0 : sl_oidc_keys_count(k), cases[i].count);
        sl_oidc_keys_free(k);
    }
}

/* What a key is not for is left out, and then its token finds none. */
static void test_key_uses(void)
{
    static const struct {
        const char *more;
        size_t count;
    } cases[] = {
        {"", 1},
        {",\"use\":\"sig\"", 1},
        {",\"use\":\"enc\"", 0},
        {",\"use\":7", 0},
        {",\"key_ops\":[\"verify\"]", 1},
        {",\"key_ops\":[\"sign\"]", 0},
        {",\"key_ops\":\"verify\"", 0},
        {",\"alg\":\"RS256\"", 1},
        {",\"alg\":\"PS256\"", 1},
        {",\"alg\":\"RSA-OAEP\"", 0},
        {",\"alg\":\"ES256\"", 0},
        {",\"alg\":7", 0},
        {",\"d\":\"AQAB\"", 0}, /* its private half is everybody's */
        {",\"x5c\":[\"MIIB\"],\"x5t\":\"a\"", 1},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(set, 4000);
        sl_buf_put_str(&set, "{\"keys\":[");
        put_jwk(&set, &rsa, cases[i].more);
        sl_buf_put_str(&set, "]}");
        struct sl_oidc_keys *k = read_keys(sl_buf_text(&set));
        if (!SL_CHECK_INT(sl_oidc_keys_count(k), cases[i].count))
            printf("# %s\n", cases[i].more);
        sl_oidc_keys_free(k);
    }
}

static void check_with(struct sl_oidc_keys *set, const struct issuer_key *k, const char *header,
                       uint32_t algorithms, enum sl_oidc_reason want)
{
    SL_BUF(token, 8000);
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c;

    w.algorithms = algorithms;
    put_token(&token, k, header, "{" CLAIMS "}");
    sl_arena_reset(mem);
    check_reason(header, sl_oidc_check(sl_buf_span(&token), set, &w, mem, &c), want);
}

static struct sl_oidc_keys *set_of(const struct issuer_key *a, const char *more_a,
                                   const struct issuer_key *b, const char *more_b)
{
    SL_BUF(set, 8000);

    sl_buf_put_str(&set, "{\"keys\":[");
    put_jwk(&set, a, more_a);
    if (b != NULL) {
        sl_buf_put_str(&set, ",");
        put_jwk(&set, b, more_b);
    }
    sl_buf_put_str(&set, "]}");
    struct sl_oidc_keys *k = NULL;
    return sl_oidc_keys_read(sl_buf_span(&set), &k) == SL_OIDC_YES ? k : NULL;
}

static void test_which_key(void)
{
    struct issuer_key unnamed = {.algorithm = "RS256", .pkey = rsa.pkey};
    struct issuer_key same = {.id = "r", .algorithm = "ES256", .pkey = ec.pkey};
    struct sl_oidc_keys *one = set_of(&rsa, "", NULL, "");
    struct sl_oidc_keys *nameless = set_of(&unnamed, "", NULL, "");
    struct sl_oidc_keys *types = set_of(&rsa, "", &same, "");
    struct sl_oidc_keys *pinned = set_of(&rsa, ",\"alg\":\"RS256\"", NULL, "");

    /* a token without a name is of the only key that there is */
    check_with(one, &rsa, "{\"alg\":\"RS256\"}", SL_OIDC_RS256, SL_OIDC_YES);
    check_with(nameless, &rsa, "{\"alg\":\"RS256\"}", SL_OIDC_RS256, SL_OIDC_YES);
    /* a name that the set does not have is a name that it does not have */
    check_with(nameless, &rsa, HEADER, SL_OIDC_RS256, SL_OIDC_KEY_UNKNOWN);
    check_with(NULL, &rsa, HEADER, SL_OIDC_RS256, SL_OIDC_KEY_UNKNOWN);
    check_with(NULL, &rsa, "{\"alg\":\"HS256\"}", SL_OIDC_RS256, SL_OIDC_ALGORITHM);
    /* one name for two types is fine: the algorithm tells them apart */
    SL_CHECK(types != NULL && sl_oidc_keys_count(types) == 2);
    check_with(types, &rsa, HEADER, 15, SL_OIDC_YES);
    check_with(types, &ec, "{\"alg\":\"ES256\",\"kid\":\"r\"}", 15, SL_OIDC_YES);
    check_with(types, &ec, "{\"alg\":\"ES256\"}", 15, SL_OIDC_YES);
    /* for two keys of one type it is not */
    SL_CHECK(set_of(&rsa, "", &rsa_other, "") == NULL);
    SL_CHECK(set_of(&rsa, "", &rsa, "") == NULL);
    /* a key whose owner says RS256 is not one for PS256, even where that is configured */
    check_with(pinned, &rsa, "{\"alg\":\"PS256\",\"kid\":\"r\"}", 15, SL_OIDC_KEY_USE);
    sl_oidc_keys_free(one);
    sl_oidc_keys_free(nameless);
    sl_oidc_keys_free(types);
    sl_oidc_keys_free(pinned);
}

static void test_key_sets_compared(void)
{
    struct sl_oidc_keys *a = set_of(&rsa, "", &ec, ""), *b = set_of(&ec, "", &rsa, "");
    struct sl_oidc_keys *c = set_of(&rsa_other, "", &ec, ""), *d = set_of(&ec, "", NULL, "");
    struct sl_oidc_keys *e = set_of(&rsa, ",\"alg\":\"RS256\"", &ec, "");

    SL_CHECK(sl_oidc_keys_eq(a, b) && sl_oidc_keys_eq(b, a));
    SL_CHECK(!sl_oidc_keys_eq(a, c) && !sl_oidc_keys_eq(a, d) && !sl_oidc_keys_eq(a, e));
    sl_oidc_keys_free(a);
    sl_oidc_keys_free(b);
    sl_oidc_keys_free(c);
    sl_oidc_keys_free(d);
    sl_oidc_keys_free(e);
}

static void test_too_many_keys(void)
{
    for (size_t n = SL_OIDC_KEYS_MAX; n <= SL_OIDC_KEYS_MAX + 1; n++) {
        SL_BUF(set, 64 * 1024);
        struct sl_oidc_keys *k = NULL;
        sl_buf_put_str(&set, "{\"keys\":[{}");
        for (size_t i = 1; i < n; i++)
            sl_buf_put_str(&set, ",{}");
        sl_buf_put_str(&set, "]}");
        check_reason("count", sl_oidc_keys_read(sl_buf_span(&set), &k),
                     n == SL_OIDC_KEYS_MAX ? SL_OIDC_YES : SL_OIDC_KEYS);
        sl_oidc_keys_free(k);
    }
}

int main(void)
{
    set_up();
    SL_RUN(test_key_sets);
    SL_RUN(test_key_uses);
    SL_RUN(test_which_key);
    SL_RUN(test_key_sets_compared);
    SL_RUN(test_too_many_keys);
    tear_down();
    return sl_tap_done();
}
