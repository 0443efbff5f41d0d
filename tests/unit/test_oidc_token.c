/* What a token is worth: every way in which one can be wrong, and the ways in which it is right. */
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

static struct sl_oidc_keys *read_keys(const char *text)
{
    struct sl_oidc_keys *k = NULL;

    SL_CHECK_INT(sl_oidc_keys_read(sl_span_str(text), &k), SL_OIDC_YES);
    return k;
}

static void set_up(void)
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

static struct sl_oidc_wanted wanted(void)
{
    return (struct sl_oidc_wanted){.issuer = SL_SPAN(ISSUER),
                                   .algorithms = SL_OIDC_RS256,
                                   .type = SL_OIDC_JWT,
                                   .audiences = audiences,
                                   .audience_count = SL_COUNT(audiences),
                                   .now_s = NOW};
}

static enum sl_oidc_reason check(struct sl_span token, const struct sl_oidc_wanted *w,
                                 struct sl_oidc_claims *c)
{
    sl_arena_reset(mem);
    return sl_oidc_check(token, keys, w, mem, c);
}

static void check_reason(const char *about, enum sl_oidc_reason got, enum sl_oidc_reason want)
{
    if (!SL_CHECK_TEXT(sl_span_str(sl_oidc_reason_name(got)), sl_oidc_reason_name(want)))
        printf("# %s\n", about);
}

static void refuse_with(const struct issuer_key *k, const struct sl_oidc_wanted *w,
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

/* --- good ones -------------------------------------------------------------------------------- */

static void test_each_algorithm(void)
{
    const struct {
        const struct issuer_key *key;
        const char *header;
        uint32_t bit;
    } cases[] = {
        {&rsa, "{\"alg\":\"RS256\",\"kid\":\"r\"}", SL_OIDC_RS256},
        {&pss, "{\"alg\":\"PS256\",\"kid\":\"p\"}", SL_OIDC_PS256},
        {&ec, "{\"alg\":\"ES256\",\"kid\":\"e\"}", SL_OIDC_ES256},
        {&ed, "{\"alg\":\"EdDSA\",\"kid\":\"d\"}", SL_OIDC_EDDSA},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        for (uint32_t bit = 1; bit <= SL_OIDC_EDDSA; bit <<= 1) {
            struct sl_oidc_wanted w = wanted();
            w.algorithms = bit;
            refuse_with(cases[i].key, &w, cases[i].header, "{" CLAIMS "}",
                        bit == cases[i].bit ? SL_OIDC_YES : SL_OIDC_ALGORITHM);
        }
    struct sl_oidc_wanted none = wanted();
    none.algorithms = 0;
    refuse_with(&rsa, &none, HEADER, "{" CLAIMS "}", SL_OIDC_ALGORITHM);
}

static void test_what_it_says(void)
{
    SL_BUF(token, 64 * 1024);
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c = {0};
    static const char payload[] =
        "{" CLAIMS
        ",\"name\":\"Carol\",\"jti\":\"j1\",\"sid\":\"s1\",\"client_id\":\"bot\",\"acr\":"
        "\"urn:mfa\",\"amr\":[\"pwd\",\"otp\"],\"auth_time\":1799999980,\"groups\":[\"dba\",\"x\"]"
        "}";

    w.name_claim = SL_SPAN("name");
    w.groups_claim = SL_SPAN("groups");
    put_token(&token, &rsa, HEADER, payload);
    check_reason("all", check(sl_buf_span(&token), &w, &c), SL_OIDC_YES);
    SL_CHECK_TEXT(c.issuer, ISSUER);
    SL_CHECK_TEXT(c.subject, "carol-7");
    SL_CHECK_TEXT(c.name, "Carol");
    SL_CHECK_TEXT(c.token_id, "j1");
    SL_CHECK_TEXT(c.session_id, "s1");
    SL_CHECK_TEXT(c.client, "bot");
    SL_CHECK_TEXT(c.acr, "urn:mfa");
    SL_CHECK_INT(c.amr_count, 2);
    SL_CHECK_TEXT(c.amr[1], "otp");
    SL_CHECK_INT(c.auth_time_s, 1799999980);
    SL_CHECK_INT(c.expires_s, 1800000600);
    SL_CHECK_INT(c.issued_s, 1799999990);
    SL_CHECK(c.has_groups && c.group_count == 2);
    SL_CHECK_TEXT(c.groups[0], "dba");
    SL_CHECK_TEXT(c.payload, payload);
}

/* --- the header ------------------------------------------------------------------------------- */

static void test_headers(void)
{
    static const struct {
        const char *header;
        enum sl_oidc_reason want;
    } cases[] = {
        {"{\"alg\":\"none\",\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":\"None\",\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":\"\",\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":[\"RS256\"],\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":\"rs256\",\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":\"RS256 \",\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":\"HS256\",\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":\"RS512\",\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":\"PS256\",\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":\"ES256\",\"kid\":\"r\"}", SL_OIDC_ALGORITHM},
        {"{\"alg\":\"RS256\",\"kid\":\"other\"}", SL_OIDC_KEY_UNKNOWN},
        {"{\"alg\":\"RS256\",\"kid\":\"R\"}", SL_OIDC_KEY_UNKNOWN},
        {"{\"alg\":\"RS256\",\"kid\":\"e\"}", SL_OIDC_KEY_USE}, /* an EC key of that name */
        {"{\"alg\":\"RS256\",\"kid\":7}", SL_OIDC_KEY_ID},
        {"{\"alg\":\"RS256\",\"kid\":\"\"}", SL_OIDC_KEY_ID},
        {"{\"alg\":\"RS256\"}", SL_OIDC_KEY_ID}, /* rsa and pss could both be meant */
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[\"exp\"]}", SL_OIDC_CRITICAL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[]}", SL_OIDC_CRITICAL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"b64\":false}", SL_OIDC_CRITICAL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"at+jwt\"}", SL_OIDC_TYPE},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"logout+jwt\"}", SL_OIDC_TYPE},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":null}", SL_OIDC_TYPE},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"cty\":\"JWT\"}", SL_OIDC_TYPE},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"enc\":\"A128GCM\"}", SL_OIDC_TYPE},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"zip\":\"DEF\"}", SL_OIDC_TYPE},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"jwt\"}", SL_OIDC_YES},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"JWT\",\"x5t\":\"a\"}", SL_OIDC_YES},
        {"{\"alg\":\"RS256\",\"alg\":\"RS256\",\"kid\":\"r\"}", SL_OIDC_HEADER},
        {"{\"alg\":\"RS256\",\"kid\":\"x\",\"kid\":\"r\"}", SL_OIDC_HEADER},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"} ", SL_OIDC_YES}, /* blanks are JSON */
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}x", SL_OIDC_HEADER},
        {"[\"RS256\"]", SL_OIDC_HEADER},
        {"\"RS256\"", SL_OIDC_HEADER},
    };
    struct sl_oidc_wanted w = wanted();

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        refuse_with(&rsa, &w, cases[i].header, "{" CLAIMS "}", cases[i].want);
}

static void test_access_token_type(void)
{
    static const struct {
        const char *type;
        enum sl_oidc_reason want;
    } cases[] = {
        {",\"typ\":\"at+jwt\"", SL_OIDC_YES},
        {",\"typ\":\"AT+JWT\"", SL_OIDC_YES},
        {",\"typ\":\"application/at+jwt\"", SL_OIDC_YES},
        {",\"typ\":\"JWT\"", SL_OIDC_TYPE},
        {"", SL_OIDC_TYPE},
        {",\"typ\":\"at+jwt \"", SL_OIDC_TYPE},
    };
    struct sl_oidc_wanted w = wanted();

    w.type = SL_OIDC_AT_JWT;
    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(header, 200);
        sl_buf_say(&header, "{\"alg\":\"RS256\",\"kid\":\"r\"%s}", cases[i].type);
        refuse_with(&rsa, &w, sl_buf_text(&header), "{" CLAIMS "}", cases[i].want);
    }
}

/* A key that the token brings along, and one that lies at an address of its choice: signed with
 * the stranger's key, under our key's name, or under none that we have. */
static void test_keys_in_the_token(void)
{
    static const char *const members[] = {"\"jku\":\"https://evil.example/keys\"",
                                          "\"x5u\":\"https://evil.example/c.pem\"",
                                          "\"x5c\":[\"MIIB\"]"};
    struct sl_oidc_wanted w = wanted();

    for (size_t i = 0; i < SL_COUNT(members); i++) {
        SL_BUF(ours, 4000);
        SL_BUF(other, 4000);
        sl_buf_say(&ours, "{\"alg\":\"RS256\",\"kid\":\"r\",%s}", members[i]);
        sl_buf_say(&other, "{\"alg\":\"RS256\",\"kid\":\"evil\",%s}", members[i]);
        refuse_with(&rsa_other, &w, sl_buf_text(&ours), "{" CLAIMS "}", SL_OIDC_SIGNATURE);
        refuse_with(&rsa_other, &w, sl_buf_text(&other), "{" CLAIMS "}", SL_OIDC_KEY_UNKNOWN);
        refuse_with(&rsa, &w, sl_buf_text(&ours), "{" CLAIMS "}", SL_OIDC_YES); /* ignored */
    }
    SL_BUF(embedded, 4000);
    sl_buf_put_str(&embedded, "{\"alg\":\"RS256\",\"kid\":\"r\",\"jwk\":");
    put_jwk(&embedded, &rsa_other, "");
    sl_buf_put_str(&embedded, "}");
    refuse_with(&rsa_other, &w, sl_buf_text(&embedded), "{" CLAIMS "}", SL_OIDC_SIGNATURE);
    refuse_with(&rsa, &w, sl_buf_text(&embedded), "{" CLAIMS "}", SL_OIDC_YES);
}

/* HMAC keyed with our public key: the old confusion. */
static void test_hmac_with_the_public_key(void)
{
    struct sl_oidc_wanted w = wanted();
    SL_BUF(token, 8000);
    SL_BUF(jwk, 4000);
    uint8_t mac[SL_SHA256];
    struct sl_oidc_claims c;

    w.algorithms = UINT32_MAX; /* even if somebody configured everything there is */
    put_jwk(&jwk, &rsa, "");
    sl_base64url_put(&token, SL_SPAN("{\"alg\":\"HS256\",\"kid\":\"r\"}"));
    sl_buf_put_str(&token, ".");
    sl_base64url_put(&token, SL_SPAN("{" CLAIMS "}"));
    sl_hmac_sha256(sl_buf_span(&jwk), sl_buf_span(&token), mac);
    sl_buf_put_str(&token, ".");
    sl_base64url_put(&token, sl_span(mac, sizeof mac));
    check_reason("HS256", check(sl_buf_span(&token), &w, &c), SL_OIDC_ALGORITHM);
}

/* --- the form --------------------------------------------------------------------------------- */

static void refuse_text(const char *about, struct sl_span token, enum sl_oidc_reason want)
{
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c;

    check_reason(about, check(token, &w, &c), want);
}

static void test_forms(void)
{
    static const struct {
        const char *before, *after; /* put around a good token */
        enum sl_oidc_reason want;
    } cases[] = {{"", "", SL_OIDC_YES},          {"", "=", SL_OIDC_SIGNATURE},
                 {"", "==", SL_OIDC_SIGNATURE},  {"", " ", SL_OIDC_SIGNATURE},
                 {"", "\n", SL_OIDC_SIGNATURE},  {"", ".", SL_OIDC_FORM},
                 {"", ".a.b", SL_OIDC_FORM},     {".", "", SL_OIDC_FORM},
                 {" ", "", SL_OIDC_HEADER},      {"Bearer ", "", SL_OIDC_HEADER},
                 {"", "A", SL_OIDC_SIGNATURE},   {"", "AA", SL_OIDC_SIGNATURE},
                 {"", "AAAA", SL_OIDC_SIGNATURE}};
    SL_BUF(good, 8000);

    put_token(&good, &rsa, HEADER, "{" CLAIMS "}");
    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(token, 8000);
        sl_buf_say(&token, "%s%S%s", cases[i].before, sl_buf_span(&good), cases[i].after);
        refuse_text(cases[i].after, sl_buf_span(&token), cases[i].want);
    }
    refuse_text("empty", SL_SPAN(""), SL_OIDC_SIZE);
    refuse_text("one", SL_SPAN("a"), SL_OIDC_FORM);
    refuse_text("dots", SL_SPAN(".."), SL_OIDC_FORM);
    refuse_text("json", SL_SPAN("{\"payload\":\"\",\"signatures\":[]}"), SL_OIDC_FORM);
    refuse_text("no payload", SL_SPAN("e30..AA"), SL_OIDC_FORM);
}

static void test_size(void)
{
    for (int over = 0; over < 2; over++) {
        SL_BUF(token, 64 * 1024);
        SL_BUF(payload, 64 * 1024);
        sl_buf_put_str(&payload, "{" CLAIMS ",\"x\":\"");
        for (size_t i = 0; i < (over ? 12000 : 11000); i++)
            sl_buf_put_u8(&payload, 'x');
        sl_buf_put_str(&payload, "\"}");
        put_token(&token, &rsa, HEADER, sl_buf_text(&payload));
        SL_CHECK((token.n > SL_OIDC_TOKEN_MAX) == (over == 1));
        refuse_text("size", sl_buf_span(&token), over ? SL_OIDC_SIZE : SL_OIDC_YES);
    }
}

/* Of every character of a token another one, and of every byte every bit: nothing else is taken. */
static void test_every_bit(void)
{
    const struct issuer_key *signers[] = {&rsa, &pss, &ec, &ed};
    static const char *const headers[] = {"{\"alg\":\"RS256\",\"kid\":\"r\"}",
                                          "{\"alg\":\"PS256\",\"kid\":\"p\"}",
                                          "{\"alg\":\"ES256\",\"kid\":\"e\"}",
                                          "{\"alg\":\"EdDSA\",\"kid\":\"d\"}"};
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c;

    w.algorithms = 15;
    for (size_t s = 0; s < SL_COUNT(signers); s++) {
        SL_BUF(token, 8000);
        put_token(&token, signers[s], headers[s], "{" CLAIMS "}");
        check_reason(headers[s], check(sl_buf_span(&token), &w, &c), SL_OIDC_YES);
        size_t taken = 0;
        for (size_t bit = 0; bit < token.n * 8; bit++) {
            token.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
            taken += check(sl_buf_span(&token), &w, &c) == SL_OIDC_YES;
            token.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t n = 0; n < token.n; n++)
            taken += check(sl_span_head(sl_buf_span(&token), n), &w, &c) == SL_OIDC_YES;
        SL_CHECK_INT(taken, 0);
    }
}

/* RFC 7518, section 3.5: the salt is as long as the hash. */
static void test_salt_of_pss(void)
{
    static const struct {
        int salt;
        enum sl_oidc_reason want;
    } cases[] = {{32, SL_OIDC_YES}, {0, SL_OIDC_SIGNATURE}, {20, SL_OIDC_SIGNATURE}};
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c;

    w.algorithms = SL_OIDC_PS256;
    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(token, 8000);
        SL_BUF(signature, 2000);
        sl_base64url_put(&token, SL_SPAN("{\"alg\":\"PS256\",\"kid\":\"p\"}"));
        sl_buf_put_str(&token, ".");
        sl_base64url_put(&token, SL_SPAN("{" CLAIMS "}"));
        put_signature(&signature, &pss, sl_buf_span(&token), cases[i].salt);
        sl_buf_say(&token, ".%S", sl_buf_span(&signature));
        check_reason("salt", check(sl_buf_span(&token), &w, &c), cases[i].want);
    }
}

/* ES256 in JOSE is r and s; DER, which certificates have, and zeros (CVE-2022-21449) are not. */
static void test_es256_forms(void)
{
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c;
    SL_BUF(token, 8000);
    uint8_t zeros[64] = {0};

    w.algorithms = SL_OIDC_ES256;
    sl_base64url_put(&token, SL_SPAN("{\"alg\":\"ES256\",\"kid\":\"e\"}"));
    sl_buf_put_str(&token, ".");
    sl_base64url_put(&token, SL_SPAN("{" CLAIMS "}"));
    SL_BUF(zero, 8000);
    sl_buf_say(&zero, "%S.", sl_buf_span(&token));
    sl_base64url_put(&zero, sl_span(zeros, sizeof zeros));
    check_reason("zeros", check(sl_buf_span(&zero), &w, &c), SL_OIDC_SIGNATURE);
    SL_BUF(raw, 200);
    SL_BUF(bytes, 200);
    SL_BUF(der, 200);
    put_signature(&raw, &ec, sl_buf_span(&token), 0);
    SL_CHECK_INT(sl_base64url_get(&bytes, sl_buf_span(&raw)), SL_OK);
    SL_CHECK_INT(sl_es256_put_der(&der, sl_buf_span(&bytes)), SL_OK);
    sl_buf_put_str(&token, ".");
    sl_base64url_put(&token, sl_buf_span(&der));
    check_reason("DER", check(sl_buf_span(&token), &w, &c), SL_OIDC_SIGNATURE);
}

/* --- the claims ------------------------------------------------------------------------------- */

#define WHO "\"iss\":\"" ISSUER "\",\"sub\":\"carol-7\""
#define AUD "\"aud\":\"sluice:ask\""

static void test_claims(void)
{
    static const struct {
        const char *payload;
        enum sl_oidc_reason want;
    } cases[] = {
        {"{" CLAIMS "}", SL_OIDC_YES},
        {"{" CLAIMS ",\"sub\":\"dave\"}", SL_OIDC_CLAIMS},
        {"{" CLAIMS ",\"x\":{\"a\":1,\"a\":2}}", SL_OIDC_CLAIMS}, /* at any depth */
        {"{" CLAIMS ",\"x\":\"\\u0000\"}", SL_OIDC_CLAIMS},
        {"{" CLAIMS "}{}", SL_OIDC_CLAIMS},
        {"[]", SL_OIDC_CLAIMS},
        {"not json", SL_OIDC_CLAIMS},
        {"{" CLAIMS ",\"x\":9007199254740993}", SL_OIDC_CLAIMS},
        /* the issuer, byte for byte */
        {"{\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        {"{\"iss\":\"" ISSUER "/\",\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        {"{\"iss\":\"HTTPS://login.example\",\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        {"{\"iss\":[\"" ISSUER "\"],\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        {"{\"iss\":\"" ISSUER ".evil.example\",\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        /* the subject */
        {"{\"iss\":\"" ISSUER "\"," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        {"{\"iss\":\"" ISSUER "\",\"sub\":\"\"," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        {"{\"iss\":\"" ISSUER "\",\"sub\":7," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        {"{\"iss\":\"" ISSUER "\",\"sub\":\"a\\nb\"," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        {"{\"iss\":\"" ISSUER "\",\"sub\":\"a\\u202eb\"," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        /* for whom */
        {"{" WHO "," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"\"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"SLUICE:ASK\"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"sluice:ask \"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"sluice:ask other\"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":[]," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":[[\"sluice:ask\"]]," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":[\"sluice:ask\",7]," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":{\"sluice:ask\":1}," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"stranger\"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":[\"stranger\",\"sluice:ask\"]," TIMES "}", SL_OIDC_YES},
        {"{" WHO ",\"aud\":\"other\"," TIMES "}", SL_OIDC_YES},
        /* when */
        {"{" WHO "," AUD ",\"iat\":1799999990}", SL_OIDC_EXPIRES},
        {"{" WHO "," AUD ",\"exp\":1800000600}", SL_OIDC_ISSUED},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":\"1800000600\"}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":1800000600.5}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":-5,\"exp\":1800000600}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":null,\"exp\":1800000600}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":1799990000,\"exp\":1799999941}", SL_OIDC_YES}, /* skew: 59 s */
        {"{" WHO "," AUD ",\"iat\":1799990000,\"exp\":1799999940}", SL_OIDC_EXPIRED},
        {"{" WHO "," AUD ",\"iat\":1,\"exp\":2}", SL_OIDC_EXPIRED},
        {"{" WHO "," AUD ",\"iat\":1800000060,\"exp\":1800000600}", SL_OIDC_YES},
        {"{" WHO "," AUD ",\"iat\":1800000061,\"exp\":1800000600}", SL_OIDC_NOT_YET},
        {"{" CLAIMS ",\"nbf\":1800000060}", SL_OIDC_YES},
        {"{" CLAIMS ",\"nbf\":1800000061}", SL_OIDC_NOT_YET},
        {"{" CLAIMS ",\"nbf\":\"soon\"}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":9007199254740991}", SL_OIDC_LIFETIME},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":1800086390}", SL_OIDC_YES},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":1800086391}", SL_OIDC_LIFETIME},
        /* what we cannot hold the caller to */
        {"{" CLAIMS ",\"cnf\":{\"jkt\":\"a\"}}", SL_OIDC_BOUND},
        {"{" CLAIMS ",\"act\":{\"sub\":\"agent\"}}", SL_OIDC_ACTOR},
        {"{" CLAIMS ",\"acr\":7}", SL_OIDC_TEXT},
        {"{" CLAIMS ",\"jti\":\"\\u001b[2J\"}", SL_OIDC_TEXT},
        {"{" CLAIMS ",\"amr\":{}}", SL_OIDC_TEXT},
        {"{" CLAIMS ",\"amr\":[7]}", SL_OIDC_TEXT},
    };
    struct sl_oidc_wanted w = wanted();

    w.max_lifetime_s = 86400;
    for (size_t i = 0; i < SL_COUNT(cases); i++)
        refuse_with(&rsa, &w, HEADER, cases[i].payload, cases[i].want);
    SL_BUF(longest, 2000);
    for (int n = 255; n < 257; n++) {
        sl_buf_reset(&longest);
        sl_buf_put_str(&longest, "{\"iss\":\"" ISSUER "\",\"sub\":\"");
        for (int i = 0; i < n; i++)
            sl_buf_put_u8(&longest, 's');
        sl_buf_put_str(&longest, "\"," AUD "," TIMES "}");
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&longest),
                    n == 255 ? SL_OIDC_YES : SL_OIDC_SUBJECT);
    }
}

static void test_no_audience_is_configured(void)
{
    struct sl_oidc_wanted w = wanted();

    w.audience_count = 0;
    refuse_with(&rsa, &w, HEADER, "{" CLAIMS "}", SL_OIDC_AUDIENCE);
}

/* --- a sign-in -------------------------------------------------------------------------------- */

#define MINE WHO ",\"aud\":\"client\"," TIMES

static void test_sign_in(void)
{
    static const struct {
        const char *payload;
        enum sl_oidc_reason want;
    } cases[] = {
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999990}", SL_OIDC_YES},
        {"{" MINE ",\"acr\":\"mfa\",\"auth_time\":1799999990}", SL_OIDC_NONCE},
        {"{" MINE ",\"nonce\":\"n0\",\"acr\":\"mfa\",\"auth_time\":1799999990}", SL_OIDC_NONCE},
        {"{" MINE ",\"nonce\":[\"n1\"],\"acr\":\"mfa\",\"auth_time\":1799999990}", SL_OIDC_NONCE},
        {"{" MINE ",\"nonce\":\"n1\",\"auth_time\":1799999990}", SL_OIDC_ACR},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"pwd\",\"auth_time\":1799999990}", SL_OIDC_ACR},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\"}", SL_OIDC_AUTH_TIME},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999839}", SL_OIDC_AUTH_TIME},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999840}", SL_OIDC_YES},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1800000061}", SL_OIDC_AUTH_TIME},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999990,\"azp\":\"client\"}",
         SL_OIDC_YES},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999990,\"azp\":\"other\"}",
         SL_OIDC_PARTY},
        {"{" WHO "," TIMES ",\"aud\":[\"client\",\"other\"],\"nonce\":\"n1\"}", SL_OIDC_PARTY},
        {"{" WHO "," TIMES ",\"aud\":[\"client\",\"other\"],\"nonce\":\"n1\",\"azp\":\"client\","
         "\"acr\":\"mfa\",\"auth_time\":1799999990}",
         SL_OIDC_YES},
        {"{" CLAIMS ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999990}",
         SL_OIDC_AUDIENCE}, /* one to ask with signs nobody in */
    };
    const struct sl_span client = SL_SPAN("client"), acr[] = {SL_SPAN("phr"), SL_SPAN("mfa")};
    struct sl_oidc_wanted w = wanted();

    w.audiences = &client;
    w.audience_count = 1;
    w.client_id = client;
    w.nonce = SL_SPAN("n1");
    w.acr_values = acr;
    w.acr_count = 2;
    w.max_age_s = 100;
    for (size_t i = 0; i < SL_COUNT(cases); i++)
        refuse_with(&rsa, &w, HEADER, cases[i].payload, cases[i].want);
    struct sl_oidc_wanted ask = wanted();
    refuse_with(&rsa, &ask, HEADER, "{" MINE ",\"nonce\":\"n1\"}", SL_OIDC_AUDIENCE);
}

/* --- groups ----------------------------------------------------------------------------------- */

static void groups_of(const char *claim, const char *more, enum sl_oidc_reason want, size_t count)
{
    SL_BUF(token, 64 * 1024);
    SL_BUF(payload, 64 * 1024);
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c = {0};

    w.groups_claim = sl_span_str(claim);
    sl_buf_say(&payload, "{" CLAIMS "%s}", more);
    put_token(&token, &rsa, HEADER, sl_buf_text(&payload));
    check_reason(more, check(sl_buf_span(&token), &w, &c), want);
    SL_CHECK_INT(c.group_count, count);
}

static void test_groups(void)
{
    groups_of("groups", ",\"groups\":[\"a\",\"b\"]", SL_OIDC_YES, 2);
    groups_of("groups", ",\"groups\":\"a\"", SL_OIDC_YES, 1);
    groups_of("groups", ",\"groups\":[]", SL_OIDC_YES, 0);
    groups_of("groups", "", SL_OIDC_YES, 0);
    groups_of("", ",\"groups\":[\"a\"],\"hasgroups\":true", SL_OIDC_YES, 0); /* not looked at */
    groups_of("https://x.example/groups", ",\"https://x.example/groups\":[\"a\"]", SL_OIDC_YES, 1);
    groups_of("/realm_access/roles", ",\"realm_access\":{\"roles\":[\"a\"]}", SL_OIDC_YES, 1);
    groups_of("/realm_access/roles", ",\"realm_access\":{}", SL_OIDC_YES, 0);
    groups_of("/realm_access/roles", ",\"realm_access\":\"roles\"", SL_OIDC_YES, 0);
    groups_of("/", ",\"groups\":[\"a\"]", SL_OIDC_YES, 0);
    groups_of("groups", ",\"groups\":{\"a\":1}", SL_OIDC_GROUPS, 0);
    groups_of("groups", ",\"groups\":null", SL_OIDC_GROUPS, 0);
    groups_of("groups", ",\"groups\":[\"a\",7]", SL_OIDC_GROUPS, 0);
    groups_of("groups", ",\"groups\":[\"a\",\"\"]", SL_OIDC_GROUPS, 0);
    groups_of("groups", ",\"groups\":[\"a\\u202eb\"]", SL_OIDC_GROUPS, 0);
}

/* Entra ID's two forms, and more than any token should have: never taken for "none". */
static void test_overage(void)
{
    SL_BUF(many, 16 * 1024);

    groups_of("groups",
              ",\"_claim_names\":{\"groups\":\"src1\"},\"_claim_sources\":{\"src1\":{\"endpoint\":"
              "\"https://graph.example/users/x/getMemberObjects\"}}",
              SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"groups\":[\"a\"],\"_claim_names\":{\"groups\":\"src1\"}",
              SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"_claim_names\":{\"other\":\"src1\"},\"groups\":[\"a\"]", SL_OIDC_YES,
              1);
    groups_of("/realm_access/roles", ",\"_claim_names\":{\"realm_access\":\"s\"}", SL_OIDC_OVERAGE,
              0);
    groups_of("groups", ",\"_claim_names\":[]", SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"hasgroups\":true", SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"hasgroups\":\"true\"", SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"hasgroups\":false", SL_OIDC_YES, 0);
    for (size_t count = 200; count < 202; count++) {
        sl_buf_reset(&many);
        sl_buf_put_str(&many, ",\"groups\":[");
        for (size_t i = 0; i < count; i++)
            sl_buf_say(&many, i == 0 ? "\"g%u\"" : ",\"g%u\"", (unsigned)i);
        sl_buf_put_str(&many, "]");
        groups_of("groups", sl_buf_text(&many), count == 200 ? SL_OIDC_YES : SL_OIDC_OVERAGE,
                  count == 200 ? 200 : 0);
    }
}

/* --- keys ------------------------------------------------------------------------------------- */

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

/* --- the rest --------------------------------------------------------------------------------- */

static void test_whose_it_says_to_be(void)
{
    SL_BUF(token, 8000);
    struct sl_span issuer = {0};

    put_token(&token, &rsa_other, "{}", "{" CLAIMS "}");
    SL_CHECK(sl_oidc_issuer_of(sl_buf_span(&token), mem, &issuer));
    SL_CHECK_TEXT(issuer, ISSUER);
    sl_buf_reset(&token);
    put_token(&token, &rsa, HEADER, "{\"iss\":7}");
    SL_CHECK(!sl_oidc_issuer_of(sl_buf_span(&token), mem, &issuer));
    SL_CHECK(!sl_oidc_issuer_of(SL_SPAN("slt_an_own_token"), mem, &issuer));
    SL_CHECK(!sl_oidc_issuer_of(SL_SPAN(""), mem, &issuer));
}

static void test_little_memory(void)
{
    SL_FREED_BY(sl_arena) struct sl_arena *small = NULL;
    SL_BUF(token, 8000);
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c;

    put_token(&token, &rsa, HEADER, "{" CLAIMS "}");
    SL_CHECK_INT(sl_arena_new(&small, 8), SL_OK);
    SL_CHECK(sl_oidc_check(sl_buf_span(&token), keys, &w, small, &c) != SL_OIDC_YES);
}

static void test_every_reason_has_a_name_and_a_text(void)
{
    for (unsigned i = 0; i < SL_OIDC_REASON_COUNT; i++) {
        SL_CHECK(strlen(sl_oidc_reason_text((enum sl_oidc_reason)i)) > 8);
        for (unsigned j = 0; j < i; j++)
            SL_CHECK(strcmp(sl_oidc_reason_text((enum sl_oidc_reason)i),
                            sl_oidc_reason_text((enum sl_oidc_reason)j)) != 0);
    }
    SL_CHECK_TEXT(sl_span_str(sl_oidc_reason_name(SL_OIDC_REASON_COUNT)), "UNKNOWN");
}

/* Another id in the place of `sub`, which must be there all the same. */
static void test_another_claim_for_who_somebody_is(void)
{
    static const struct {
        const char *more;
        enum sl_oidc_reason want;
    } cases[] = {
        {",\"oid\":\"5f3a\"", SL_OIDC_YES},       {"", SL_OIDC_SUBJECT},
        {",\"oid\":\"\"", SL_OIDC_SUBJECT},       {",\"oid\":7", SL_OIDC_SUBJECT},
        {",\"oid\":[\"5f3a\"]", SL_OIDC_SUBJECT}, {",\"oid\":\"a\\nb\"", SL_OIDC_SUBJECT},
    };
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c = {0};
    SL_BUF(token, 64 * 1024);

    w.subject_claim = SL_SPAN("oid");
    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(payload, 4096);

        sl_buf_say(&payload, "{" CLAIMS "%s}", cases[i].more);
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&payload), cases[i].want);
    }
    refuse_with(&rsa, &w, HEADER,
                "{\"iss\":\"" ISSUER "\",\"aud\":\"sluice:ask\"," TIMES ",\"oid\":\"5f3a\"}",
                SL_OIDC_SUBJECT);
    put_token(&token, &rsa, HEADER, "{" CLAIMS ",\"oid\":\"5f3a\"}");
    if (SL_CHECK_INT(check(sl_buf_span(&token), &w, &c), SL_OIDC_YES))
        SL_CHECK_TEXT(c.subject, "5f3a");
}

/* Taken only where the configuration says so, and then all of the chain or nothing. */
static void test_who_acts_for_whom(void)
{
    static const struct {
        const char *act;
        enum sl_oidc_reason want;
    } cases[] = {
        {"{\"sub\":\"agent\"}", SL_OIDC_YES},
        {"{\"sub\":\"agent\",\"iss\":\"https://i.example\",\"act\":{\"sub\":\"planner\"}}",
         SL_OIDC_YES},
        {"{}", SL_OIDC_ACTORS},
        {"null", SL_OIDC_ACTORS},
        {"\"agent\"", SL_OIDC_ACTORS},
        {"[{\"sub\":\"agent\"}]", SL_OIDC_ACTORS},
        {"{\"sub\":\"\"}", SL_OIDC_ACTORS},
        {"{\"sub\":7}", SL_OIDC_ACTORS},
        {"{\"sub\":\"a\\nb\"}", SL_OIDC_ACTORS},
        {"{\"client_id\":\"agent\"}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"iss\":7}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"cnf\":{\"jkt\":\"x\"}}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"act\":null}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"act\":{}}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"act\":{\"sub\":\"b\",\"act\":\"c\"}}", SL_OIDC_ACTORS},
    };
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c = {0};
    SL_BUF(deep, 4096);
    SL_BUF(token, 64 * 1024);

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(payload, 4096);

        sl_buf_say(&payload, "{" CLAIMS ",\"act\":%s}", cases[i].act);
        w.actors = true;
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&payload), cases[i].want);
        w.actors = false;
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&payload), SL_OIDC_ACTOR);
    }
    w.actors = true;
    for (size_t depth = SL_OIDC_ACTORS_MAX; depth <= SL_OIDC_ACTORS_MAX + 1; depth++) {
        sl_buf_reset(&deep);
        sl_buf_put_str(&deep, "{" CLAIMS);
        for (size_t n = 0; n < depth; n++)
            sl_buf_say(&deep, ",\"act\":{\"sub\":\"a%u\"", (unsigned)n);
        for (size_t n = 0; n <= depth; n++)
            sl_buf_put_str(&deep, "}");
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&deep),
                    depth > SL_OIDC_ACTORS_MAX ? SL_OIDC_ACTORS : SL_OIDC_YES);
    }
    put_token(&token, &rsa, HEADER,
              "{" CLAIMS ",\"act\":{\"sub\":\"agent\",\"act\":{\"sub\":\"planner\",\"iss\":"
              "\"https://i.example\"}}}");
    if (!SL_CHECK_INT(check(sl_buf_span(&token), &w, &c), SL_OIDC_YES) ||
        !SL_CHECK_INT(c.actor_count, 2))
        return;
    SL_CHECK_TEXT(c.subject, "carol-7");
    SL_CHECK_TEXT(c.actors[0].subject, "agent");
    SL_CHECK_INT(c.actors[0].issuer.n, 0);
    SL_CHECK_TEXT(c.actors[1].subject, "planner");
    SL_CHECK_TEXT(c.actors[1].issuer, "https://i.example");
}

int main(void)
{
    set_up();
    SL_RUN(test_each_algorithm);
    SL_RUN(test_what_it_says);
    SL_RUN(test_headers);
    SL_RUN(test_access_token_type);
    SL_RUN(test_keys_in_the_token);
    SL_RUN(test_hmac_with_the_public_key);
    SL_RUN(test_forms);
    SL_RUN(test_size);
    SL_RUN(test_every_bit);
    SL_RUN(test_salt_of_pss);
    SL_RUN(test_es256_forms);
    SL_RUN(test_claims);
    SL_RUN(test_no_audience_is_configured);
    SL_RUN(test_sign_in);
    SL_RUN(test_groups);
    SL_RUN(test_overage);
    SL_RUN(test_key_sets);
    SL_RUN(test_key_uses);
    SL_RUN(test_which_key);
    SL_RUN(test_key_sets_compared);
    SL_RUN(test_too_many_keys);
    SL_RUN(test_whose_it_says_to_be);
    SL_RUN(test_another_claim_for_who_somebody_is);
    SL_RUN(test_who_acts_for_whom);
    SL_RUN(test_little_memory);
    SL_RUN(test_every_reason_has_a_name_and_a_text);
    sl_oidc_keys_free(keys);
    sl_arena_free(mem);
    struct issuer_key *all[] = {&rsa, &rsa_other, &pss, &ec, &ed};
    for (size_t i = 0; i < SL_COUNT(all); i++)
        issuer_key_free(all[i]);
    return sl_tap_done();
}
