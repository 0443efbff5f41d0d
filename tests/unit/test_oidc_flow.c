/* Discovery, what we say to a provider, what it answers, and the cache. */
#include "base/encode.h"
#include "core/oidc/oidc.h"
#include "tap.h"

static struct sl_arena *mem;

static bool is_reason(const char *about, enum sl_oidc_reason got, enum sl_oidc_reason want)
{
    bool same = SL_CHECK_TEXT(sl_span_str(sl_oidc_reason_name(got)), sl_oidc_reason_name(want));

    if (!same)
        printf("# %s\n", about);
    return same;
}

/* --- discovery -------------------------------------------------------------------------------- */

#define I "\"issuer\":\"https://i.example\""
#define J "\"jwks_uri\":\"https://i.example/keys\""

static void test_discovery_url(void)
{
    static const char *const cases[][2] = {
        {"https://i.example", "https://i.example/.well-known/openid-configuration"},
        {"https://i.example/", "https://i.example/.well-known/openid-configuration"},
        {"https://i.example/t/v2.0", "https://i.example/t/v2.0/.well-known/openid-configuration"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(url, 200);
        sl_oidc_discovery_url(&url, sl_span_str(cases[i][0]));
        SL_CHECK_TEXT(sl_buf_span(&url), cases[i][1]);
    }
}

static void test_documents(void)
{
    static const struct {
        const char *document;
        enum sl_oidc_reason want;
    } cases[] = {
        {"{" I "," J "}", SL_OIDC_YES},
        {"", SL_OIDC_PROVIDER},
        {"[]", SL_OIDC_PROVIDER},
        {"<!doctype html>", SL_OIDC_PROVIDER},
        {"{" I "," I "," J "}", SL_OIDC_PROVIDER},
        {"{" J "}", SL_OIDC_PROVIDER_ISSUER},
        {"{\"issuer\":\"https://i.example/\"," J "}", SL_OIDC_PROVIDER_ISSUER},
        {"{\"issuer\":\"https://evil.example\"," J "}", SL_OIDC_PROVIDER_ISSUER},
        {"{" I "}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"http://i.example/keys\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"http://127.0.0.1/keys\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"file:///etc/passwd\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"https://a@i.example/keys\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"https://i.example\\\\@evil.example/\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"https://i.example/#a\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"https://i.example /\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"https://i.example:99999/\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"https://[::1/\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"https:///keys\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":7}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I ",\"jwks_uri\":\"https://[2001:db8::1]:8443/keys?a=b\"}", SL_OIDC_YES},
        {"{" I "," J ",\"token_endpoint\":\"http://i.example/token\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I "," J ",\"token_endpoint\":null}", SL_OIDC_PROVIDER_ADDRESS},
        {"{" I "," J ",\"authorization_endpoint\":\"javascript:alert(1)\"}",
         SL_OIDC_PROVIDER_ADDRESS},
        {"{" I "," J ",\"device_authorization_endpoint\":\"data:,\"}", SL_OIDC_PROVIDER_ADDRESS},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oidc_provider p = {.algorithms = 77};
        enum sl_oidc_reason got = sl_oidc_provider_read(sl_span_str(cases[i].document),
                                                        SL_SPAN("https://i.example"), mem, &p);
        is_reason(cases[i].document, got, cases[i].want);
        SL_CHECK(got == SL_OIDC_YES || p.algorithms == 77);
    }
}

static void test_plain_http_on_this_machine(void)
{
    static const char *const taken[] = {"http://localhost:9000", "http://127.0.0.1:9000",
                                        "http://[::1]:9000"};

    for (size_t i = 0; i < SL_COUNT(taken); i++) {
        SL_BUF(document, 500);
        struct sl_oidc_provider p;
        sl_buf_say(&document, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}", taken[i], taken[i]);
        is_reason(taken[i],
                  sl_oidc_provider_read(sl_buf_span(&document), sl_span_str(taken[i]), mem, &p),
                  SL_OIDC_YES);
        sl_buf_reset(&document);
        sl_buf_say(&document, "{\"issuer\":\"%s\",\"jwks_uri\":\"http://i.example/keys\"}",
                   taken[i]);
        is_reason(taken[i],
                  sl_oidc_provider_read(sl_buf_span(&document), sl_span_str(taken[i]), mem, &p),
                  SL_OIDC_PROVIDER_ADDRESS);
    }
}

#define ENDS                                                          \
    ",\"authorization_endpoint\":\"https://i.example/auth?tenant=1\"" \
    ",\"token_endpoint\":\"https://i.example/token\""

static struct sl_oidc_provider provider(const char *more)
{
    SL_BUF(document, 4000);
    struct sl_oidc_provider p = {0};

    sl_buf_say(&document, "{" I "," J "%s}", more);
    is_reason(more,
              sl_oidc_provider_read(sl_buf_span(&document), SL_SPAN("https://i.example"), mem, &p),
              SL_OIDC_YES);
    return p;
}

static void test_abilities(void)
{
    static const struct {
        const char *more;
        bool browse, device;
    } cases[] = {
        {"", false, false}, /* a CI system */
        {ENDS, true, false},
        {ENDS ",\"code_challenge_methods_supported\":[\"plain\",\"S256\"]", true, false},
        {ENDS ",\"code_challenge_methods_supported\":[\"plain\"]", false, false},
        {ENDS ",\"code_challenge_methods_supported\":[]", false, false},
        {ENDS ",\"id_token_signing_alg_values_supported\":[\"RS256\",\"none\"]", true, false},
        {ENDS ",\"id_token_signing_alg_values_supported\":[\"ES256\",\"HS256\"]", false, false},
        {ENDS ",\"device_authorization_endpoint\":\"https://i.example/device\"", true, true},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oidc_provider p = provider(cases[i].more);
        is_reason(cases[i].more, sl_oidc_provider_can_browse(&p, SL_OIDC_RS256),
                  cases[i].browse ? SL_OIDC_YES : SL_OIDC_PROVIDER_ABILITY);
        is_reason(cases[i].more, sl_oidc_provider_can_device(&p, SL_OIDC_RS256),
                  cases[i].device ? SL_OIDC_YES : SL_OIDC_PROVIDER_ABILITY);
    }
}

static void test_how_the_secret_goes(void)
{
    static const struct {
        const char *ways;
        bool in_body;
    } cases[] = {
        {"", false},
        {",\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\"]", false},
        {",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"]", true},
        {",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\","
         "\"client_secret_basic\"]",
         false},
    };
    struct sl_oidc_client client = {SL_SPAN("slu:ice"), SL_SPAN("p&ss +w\xc3\xb6rd")};

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oidc_provider p = provider(cases[i].ways);
        SL_BUF(body, 4000);
        SL_BUF(authorization, 4000);
        sl_oidc_put_code_call(&body, &authorization, &p, &client, SL_SPAN("c&d"),
                              SL_SPAN("https://s.example/cb"), SL_SPAN("v"));
        SL_CHECK_INT(p.secret_in_body, cases[i].in_body);
        SL_CHECK_TEXT(sl_buf_span(&authorization),
                      cases[i].in_body ? "" : "Basic c2x1JTNBaWNlOnAlMjZzcyUyMCUyQnclQzMlQjZyZA==");
        SL_CHECK_TEXT(sl_buf_span(&body),
                      cases[i].in_body
                          ? "grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fs."
                            "example%2Fcb&code_verifier=v&client_id=slu%3Aice&client_secret=p%26ss%"
                            "20%2Bw%C3%B6rd"
                          : "grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fs."
                            "example%2Fcb&code_verifier=v");
    }
}

/* --- what we say ------------------------------------------------------------------------------ */

/* RFC 7636, appendix B. */
static void test_pkce(void)
{
    static const uint8_t random[32] = {116, 24,  223, 180, 151, 153, 224, 37,  79,  250, 96,
                                       125, 216, 173, 187, 186, 22,  212, 37,  77,  105, 214,
                                       191, 240, 91,  88,  5,   88,  83,  132, 141, 121};
    SL_BUF(verifier, 100);
    SL_BUF(challenge, 100);

    sl_oidc_put_random(&verifier, sl_span(random, sizeof random));
    SL_CHECK_TEXT(sl_buf_span(&verifier), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    SL_CHECK_INT(verifier.n, SL_OIDC_VERIFIER);
    sl_oidc_put_challenge(&challenge, sl_buf_span(&verifier));
    SL_CHECK_TEXT(sl_buf_span(&challenge), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void test_authorization_url(void)
{
    struct sl_oidc_provider p = provider(ENDS);
    struct sl_oidc_authorization a = {.client_id = SL_SPAN("sluice"),
                                      .redirect_uri = SL_SPAN("https://s.example/auth/callback"),
                                      .scope = SL_SPAN("openid profile"),
                                      .state = SL_SPAN("st"),
                                      .nonce = SL_SPAN("no"),
                                      .verifier =
                                          SL_SPAN("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")};
    SL_BUF(url, 4000);

    sl_oidc_put_authorization_url(&url, &p, &a);
    SL_CHECK_TEXT(
        sl_buf_span(&url),
        "https://i.example/auth?tenant=1&response_type=code&client_id=sluice&redirect_uri="
        "https%3A%2F%2Fs.example%2Fauth%2Fcallback&scope=openid%20profile&state=st&nonce="
        "no&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"
        "code_challenge_method=S256");
    p.authorization_url = SL_SPAN("https://i.example/auth");
    a.acr_values = SL_SPAN("urn:mfa phr");
    a.fresh = true;
    sl_buf_reset(&url);
    sl_oidc_put_authorization_url(&url, &p, &a);
    SL_CHECK(sl_span_starts(sl_buf_span(&url),
                            SL_SPAN("https://i.example/auth?response_type=code&client_id=")));
    struct sl_span end = SL_SPAN("&acr_values=urn%3Amfa%20phr&prompt=login&max_age=0");
    SL_CHECK_BYTES(sl_span_from(sl_buf_span(&url), url.n - end.n), end);
}

static void test_device_calls(void)
{
    struct sl_oidc_provider p = provider(ENDS);
    struct sl_oidc_client client = {SL_SPAN("cli"), SL_SPAN("")};
    SL_BUF(body, 4000);
    SL_BUF(authorization, 4000);

    sl_oidc_put_device_call(&body, &authorization, &p, &client, SL_SPAN("openid groups"));
    SL_CHECK_TEXT(sl_buf_span(&body), "scope=openid%20groups&client_id=cli");
    sl_buf_reset(&body);
    sl_oidc_put_device_poll(&body, &authorization, &p, &client, SL_SPAN("d/c"));
    SL_CHECK_TEXT(sl_buf_span(&body),
                  "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code="
                  "d%2Fc&client_id=cli");
    SL_CHECK_INT(authorization.n, 0);
}

/* --- what it answers -------------------------------------------------------------------------- */

static void test_the_way_back(void)
{
    static const struct {
        const char *query;
        enum sl_oidc_reason want;
        const char *state, *code, *issuer, *error;
    } cases[] = {
        {"state=s&code=c", SL_OIDC_YES, "s", "c", "", ""},
        {"code=a%2Fb+c&state=s%26&iss=https%3A%2F%2Fi.example&session_state=x", SL_OIDC_YES, "s&",
         "a/b c", "https://i.example", ""},
        {"state=s&error=access_denied&error_description=%3Cb%3E", SL_OIDC_YES, "s", "", "",
         "access_denied"},
        {"state=s&error=%3Cscript%3E", SL_OIDC_YES, "s", "", "", "unreadable"},
        {"", SL_OIDC_RESPONSE, "", "", "", ""},
        {"code=c", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=c&error=e", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=c&code=d", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&state=s&code=c", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=c&iss=a&iss=b", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=%", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=%4", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=%4g", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=%00", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=%0d%0aX", SL_OIDC_RESPONSE, "", "", "", ""},
        {"state=s&code=\xc3\xb6", SL_OIDC_RESPONSE, "", "", "", ""},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oidc_response r = {0};
        is_reason(cases[i].query, sl_oidc_response_read(sl_span_str(cases[i].query), mem, &r),
                  cases[i].want);
        SL_CHECK_TEXT(r.state, cases[i].state);
        SL_CHECK_TEXT(r.code, cases[i].code);
        SL_CHECK_TEXT(r.issuer, cases[i].issuer);
        SL_CHECK_TEXT(r.error, cases[i].error);
    }
}

/* RFC 9207: another provider's answer is not taken for this one's. */
static void test_mix_up(void)
{
    struct sl_oidc_provider quiet = provider(ENDS);
    struct sl_oidc_provider named =
        provider(ENDS ",\"authorization_response_iss_parameter_supported\":true");
    struct sl_oidc_response none = {0}, same = {.issuer = SL_SPAN("https://i.example")},
                            other = {.issuer = SL_SPAN("https://evil.example")};

    SL_CHECK(sl_oidc_response_is_of(&none, &quiet) && !sl_oidc_response_is_of(&none, &named));
    SL_CHECK(sl_oidc_response_is_of(&same, &quiet) && sl_oidc_response_is_of(&same, &named));
    SL_CHECK(!sl_oidc_response_is_of(&other, &quiet) && !sl_oidc_response_is_of(&other, &named));
}

static void test_token_answers(void)
{
    static const struct {
        unsigned status;
        const char *body;
        enum sl_oidc_reason want;
        const char *token, *error;
        bool pending, slow;
    } cases[] = {
        {200, "{\"id_token\":\"a.b.c\",\"access_token\":\"x\",\"token_type\":\"Bearer\"}",
         SL_OIDC_YES, "a.b.c", "", false, false},
        {200, "{\"access_token\":\"x\"}", SL_OIDC_ANSWER, "", "", false, false},
        {200, "{\"id_token\":\"\"}", SL_OIDC_ANSWER, "", "", false, false},
        {200, "{\"id_token\":{}}", SL_OIDC_ANSWER, "", "", false, false},
        {200, "{\"id_token\":\"a\",\"id_token\":\"b\"}", SL_OIDC_ANSWER, "", "", false, false},
        {200, "{\"id_token\":\"a.b.c\",\"error\":\"x\"}", SL_OIDC_ANSWER, "", "", false, false},
        {201, "{\"id_token\":\"a.b.c\"}", SL_OIDC_ANSWER, "", "", false, false},
        {302, "", SL_OIDC_ANSWER, "", "", false, false},
        {500, "<html>", SL_OIDC_ANSWER, "", "", false, false},
        {400, "{\"error\":\"invalid_grant\",\"error_description\":\"no\"}", SL_OIDC_ANSWER_ERROR,
         "", "invalid_grant", false, false},
        {400, "{\"error\":\"authorization_pending\"}", SL_OIDC_ANSWER_ERROR, "",
         "authorization_pending", true, false},
        {400, "{\"error\":\"slow_down\"}", SL_OIDC_ANSWER_ERROR, "", "slow_down", true, true},
        {200, "{\"error\":\"authorization_pending\"}", SL_OIDC_ANSWER_ERROR, "",
         "authorization_pending", true, false},
        {400, "{\"error\":\"\\u001b[31m\"}", SL_OIDC_ANSWER_ERROR, "", "unreadable", false, false},
        {400, "{\"error\":7}", SL_OIDC_ANSWER, "", "", false, false},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oidc_answer a = {0};
        is_reason(cases[i].body,
                  sl_oidc_answer_read(cases[i].status, sl_span_str(cases[i].body), mem, &a),
                  cases[i].want);
        SL_CHECK_TEXT(a.id_token, cases[i].token);
        SL_CHECK_TEXT(a.error, cases[i].error);
        SL_CHECK(a.pending == cases[i].pending && a.slow_down == cases[i].slow);
    }
}

#define CODES "\"device_code\":\"dc\",\"user_code\":\"WDJB-MJHT\",\"expires_in\":600"
#define URI ",\"verification_uri\":\"https://i.example/device\""

static void test_device_answers(void)
{
    static const struct {
        unsigned status;
        const char *body;
        enum sl_oidc_reason want;
        uint64_t interval;
    } cases[] = {
        {200, "{" CODES URI "}", SL_OIDC_YES, 5},
        {200, "{" CODES URI ",\"interval\":10}", SL_OIDC_YES, 10},
        {200, "{" CODES URI ",\"interval\":0}", SL_OIDC_YES, 1},
        {200, "{" CODES URI ",\"interval\":86400}", SL_OIDC_YES, 60},
        {200, "{" CODES URI ",\"interval\":\"5\"}", SL_OIDC_ANSWER, 0},
        {200, "{" CODES ",\"verification_url\":\"https://i.example/device\"}", SL_OIDC_YES, 5},
        {200, "{" CODES URI ",\"verification_uri_complete\":\"https://i.example/d?c=W\"}",
         SL_OIDC_YES, 5},
        {200, "{" CODES URI ",\"verification_uri_complete\":\"http://evil.example/\"}",
         SL_OIDC_ANSWER, 0},
        {200, "{" CODES "}", SL_OIDC_ANSWER, 0},
        {200, "{" CODES ",\"verification_uri\":\"http://i.example/\"}", SL_OIDC_ANSWER, 0},
        {200, "{" CODES ",\"verification_uri\":\"javascript:1\"}", SL_OIDC_ANSWER, 0},
        {200, "{\"device_code\":\"d\",\"user_code\":\"\\u001b[2J\",\"expires_in\":9" URI "}",
         SL_OIDC_ANSWER, 0},
        {200, "{\"device_code\":\"d\",\"user_code\":\"u\"" URI "}", SL_OIDC_ANSWER, 0},
        {200, "{\"device_code\":\"d\",\"user_code\":\"u\",\"expires_in\":0" URI "}", SL_OIDC_ANSWER,
         0},
        {400, "{\"error\":\"invalid_client\"}", SL_OIDC_ANSWER_ERROR, 0},
        {400, "{" CODES URI "}", SL_OIDC_ANSWER, 0},
        {502, "", SL_OIDC_ANSWER, 0},
    };
    struct sl_oidc_provider p = provider(ENDS);

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oidc_device d = {0};
        is_reason(cases[i].body,
                  sl_oidc_device_read(cases[i].status, sl_span_str(cases[i].body), &p, mem, &d),
                  cases[i].want);
        SL_CHECK_INT(d.interval_s, cases[i].interval);
        SL_CHECK(cases[i].want != SL_OIDC_YES || (sl_span_is(d.user_code, "WDJB-MJHT") &&
                                                  sl_span_is(d.url, "https://i.example/device")));
    }
}

/* --- the cache -------------------------------------------------------------------------------- */

static bool has(struct sl_oidc_cache *c, const char *token, uint64_t generation, uint64_t now,
                const char *value)
{
    uint8_t digest[SL_SHA256];
    struct sl_span found = {0};

    sl_sha256(sl_span_str(token), digest);
    return sl_oidc_cache_get(c, digest, generation, now, &found) && sl_span_is(found, value);
}

static void put(struct sl_oidc_cache *c, const char *token, uint64_t generation, uint64_t expires,
                const char *value)
{
    uint8_t digest[SL_SHA256];

    sl_sha256(sl_span_str(token), digest);
    sl_oidc_cache_put(c, digest, generation, expires, sl_span_str(value));
}

static void test_cache(void)
{
    SL_FREED_BY(sl_oidc_cache) struct sl_oidc_cache *c = NULL;

    SL_CHECK_INT(sl_oidc_cache_new(&c, 64), SL_OK);
    SL_CHECK(!has(c, "t", 1, 0, ""));
    put(c, "t", 1, 100, "carol");
    SL_CHECK(has(c, "t", 1, 99, "carol"));
    SL_CHECK(!has(c, "t", 1, 100, "carol")); /* it ended */
    SL_CHECK(!has(c, "t", 2, 99, "carol"));  /* something changed */
    SL_CHECK(!has(c, "u", 1, 99, "carol"));
    put(c, "t", 2, 100, "dave");
    SL_CHECK(has(c, "t", 2, 99, "dave") && !has(c, "t", 1, 99, "carol"));
    put(c, "u", 2, 100, "");
    SL_CHECK(has(c, "u", 2, 99, ""));
}

/* A full one forgets what ends first, and what is of an older generation before all else. */
static void test_cache_is_bounded(void)
{
    SL_FREED_BY(sl_oidc_cache) struct sl_oidc_cache *c = NULL;
    char token[8] = "t?";

    SL_CHECK_INT(sl_oidc_cache_new(&c, 8), SL_OK); /* one set */
    for (char i = 0; i < 9; i++) {
        token[1] = (char)('a' + i);
        put(c, token, 1, 100 + (uint64_t)i, "v");
    }
    SL_CHECK(!has(c, "ta", 1, 0, "v") && has(c, "tb", 1, 0, "v") && has(c, "ti", 1, 0, "v"));
    put(c, "new", 2, 5, "w"); /* ends first, but the others are old */
    put(c, "newer", 2, 6, "w");
    SL_CHECK(has(c, "new", 2, 0, "w") && has(c, "newer", 2, 0, "w"));
}

static void test_cache_keeps_no_long_values(void)
{
    SL_FREED_BY(sl_oidc_cache) struct sl_oidc_cache *c = NULL;
    char longest[SL_OIDC_CACHED_MAX + 2] = {0};

    SL_CHECK_INT(sl_oidc_cache_new(&c, 1), SL_OK);
    memset(longest, 'x', SL_OIDC_CACHED_MAX);
    put(c, "t", 1, 100, longest);
    SL_CHECK(has(c, "t", 1, 0, longest));
    longest[SL_OIDC_CACHED_MAX] = 'x';
    put(c, "u", 1, 100, longest);
    SL_CHECK(!has(c, "u", 1, 0, longest));
}

int main(void)
{
    SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK);
    SL_RUN(test_discovery_url);
    SL_RUN(test_documents);
    SL_RUN(test_plain_http_on_this_machine);
    SL_RUN(test_abilities);
    SL_RUN(test_how_the_secret_goes);
    SL_RUN(test_pkce);
    SL_RUN(test_authorization_url);
    SL_RUN(test_device_calls);
    SL_RUN(test_the_way_back);
    SL_RUN(test_mix_up);
    SL_RUN(test_token_answers);
    SL_RUN(test_device_answers);
    SL_RUN(test_cache);
    SL_RUN(test_cache_is_bounded);
    SL_RUN(test_cache_keeps_no_long_values);
    sl_arena_free(mem);
    return sl_tap_done();
}
