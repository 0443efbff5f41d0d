/* What a token is worth: every way in which its form, its algorithm and its signature can be wrong,
 * and the ways in which they are right. */
#include "oidc_token_play.h"

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
    SL_RUN(test_little_memory);
    SL_RUN(test_every_reason_has_a_name_and_a_text);
    tear_down();
    return sl_tap_done();
}
