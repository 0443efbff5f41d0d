/* The Connector's tokens and keys, addresses, our own token, and what the Connector answers. */
#include "core/chat/teams.h"

#include "soft_issuer.h"
#include "tap.h"

#define TENANT "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define APP "c9e8c047-2a34-40a1-b28a-b162d5f5327c"
#define SERVICE "https://smba.trafficmanager.net/amer/"
#define NOW 1800000000
#define ISS "\"iss\":\"https://api.botframework.com\""
#define AUD ",\"aud\":\"" APP "\""
#define TIMES ",\"nbf\":1799999000,\"exp\":1800002600"
#define URL ",\"serviceurl\":\"" SERVICE "\""
#define HEADER "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"t\",\"x5t\":\"t\"}"

static const struct sl_teams_us us = {.app = SL_SPAN(APP), .tenant = SL_SPAN(TENANT)};
static struct issuer_key teams, skype, bare, stranger;
static struct sl_oidc_keys *keys;
static struct sl_arena *mem;

static void set_up(void)
{
    SL_BUF(set, 64 * 1024);

    teams = issuer_key("t", "RS256");
    skype = issuer_key("s", "RS256");
    bare = issuer_key("b", "RS256");
    stranger = issuer_key("t", "RS256");
    sl_buf_put_str(&set, "{\"keys\":[");
    put_jwk(&set, &teams, ",\"use\":\"sig\",\"endorsements\":[\"msteams\",\"webchat\"]");
    sl_buf_put_str(&set, ",");
    put_jwk(&set, &skype, ",\"use\":\"sig\",\"endorsements\":[\"skypeforbusiness\",\"MSTeams\"]");
    sl_buf_put_str(&set, ",");
    put_jwk(&set, &bare, ",\"use\":\"sig\"");
    sl_buf_put_str(&set, "]}");
    SL_CHECK_INT(sl_teams_read_keys(sl_buf_span(&set), &keys), SL_OIDC_YES);
    SL_CHECK_INT(sl_oidc_keys_count(keys), 1);
    SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK);
}

static enum sl_oidc_reason check_by(const struct issuer_key *k, const char *header,
                                    const char *claims, struct sl_teams_token *out)
{
    SL_BUF(token, 64 * 1024);

    put_token(&token, k, header, claims);
    return sl_teams_check_token(sl_buf_span(&token), keys, &us, NOW, mem, out);
}

static void test_a_good_one(void)
{
    struct sl_teams_token t;

    SL_CHECK_INT(check_by(&teams, HEADER, "{" ISS AUD TIMES URL "}", &t), SL_OIDC_YES);
    SL_CHECK_TEXT(t.service_url, SERVICE);
    SL_CHECK_INT(t.expires_s, 1800002600);
}

static void test_flaws(void)
{
    static const struct {
        const char *claims;
        enum sl_oidc_reason want;
    } table[] = {
        {"{\"iss\":\"https://api.botframework.us\"" AUD TIMES URL "}", SL_OIDC_ISSUER},
        {"{\"iss\":\"https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/\"" AUD TIMES URL
         "}", /* emulator and skills, version 1 */
         SL_OIDC_ISSUER},
        {"{\"iss\":\"https://login.microsoftonline.com/" TENANT "/v2.0\"" AUD TIMES URL "}",
         SL_OIDC_ISSUER},
        {"{\"aud\":\"" APP "\"" TIMES URL "}", SL_OIDC_ISSUER},
        {"{" ISS ",\"aud\":\"00000000-0000-0000-0000-000000000001\"" TIMES URL "}",
         SL_OIDC_AUDIENCE},
        {"{" ISS ",\"aud\":[\"" APP "\"]" TIMES URL "}", SL_OIDC_AUDIENCE},
        {"{" ISS TIMES URL "}", SL_OIDC_AUDIENCE},
        {"{" ISS AUD ",\"nbf\":1799999000" URL "}", SL_OIDC_EXPIRES},
        {"{" ISS AUD ",\"exp\":1800002600" URL "}", SL_OIDC_CLAIMS},
        {"{" ISS AUD ",\"nbf\":1799990000,\"exp\":1799999700" URL "}", SL_OIDC_EXPIRED},
        {"{" ISS AUD ",\"nbf\":1799990000,\"exp\":1799999701" URL "}", SL_OIDC_YES},
        {"{" ISS AUD ",\"nbf\":1800000301,\"exp\":1800009999" URL "}", SL_OIDC_NOT_YET},
        {"{" ISS AUD ",\"nbf\":1800000300,\"exp\":1800009999" URL "}", SL_OIDC_YES},
        {"{" ISS AUD ",\"nbf\":\"1\",\"exp\":1800009999" URL "}", SL_OIDC_CLAIMS},
        {"{" ISS AUD TIMES "}", SL_OIDC_TEXT},
        {"{" ISS AUD TIMES ",\"serviceurl\":\"https://evil.example/\"}", SL_OIDC_TEXT},
        {"{" ISS AUD TIMES ",\"serviceUrl\":\"" SERVICE "\"}", SL_OIDC_TEXT},
        {"{" ISS ISS AUD TIMES URL "}", SL_OIDC_CLAIMS},
        {"[]", SL_OIDC_CLAIMS},
    };

    for (size_t i = 0; i < SL_COUNT(table); i++) {
        struct sl_teams_token t;
        if (!SL_CHECK_INT(check_by(&teams, HEADER, table[i].claims, &t), table[i].want))
            printf("# flaw %zu\n", i);
    }
}

static void test_keys_and_headers(void)
{
    static const char claims[] = "{" ISS AUD TIMES URL "}";
    struct sl_teams_token t;

    SL_CHECK_INT(check_by(&stranger, HEADER, claims, &t), SL_OIDC_SIGNATURE);
    SL_CHECK_INT(check_by(&skype, "{\"alg\":\"RS256\",\"kid\":\"s\"}", claims, &t),
                 SL_OIDC_KEY_UNKNOWN); /* there, and not endorsed for Teams */
    SL_CHECK_INT(check_by(&bare, "{\"alg\":\"RS256\",\"kid\":\"b\"}", claims, &t),
                 SL_OIDC_KEY_UNKNOWN);
    SL_CHECK_INT(check_by(&teams, "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", claims, &t),
                 SL_OIDC_KEY_ID);
    SL_CHECK_INT(check_by(&teams, "{\"alg\":\"PS256\",\"kid\":\"t\"}", claims, &t),
                 SL_OIDC_ALGORITHM);
    SL_CHECK_INT(check_by(&teams, "{\"alg\":\"none\",\"kid\":\"t\"}", claims, &t),
                 SL_OIDC_ALGORITHM);
    SL_CHECK_INT(check_by(&teams, "{\"alg\":\"RS256\",\"kid\":\"t\",\"typ\":\"at+jwt\"}", claims,
                          &t),
                 SL_OIDC_TYPE);
    SL_CHECK_INT(check_by(&teams, "{\"alg\":\"RS256\",\"kid\":\"t\",\"crit\":[\"x\"]}", claims, &t),
                 SL_OIDC_CRITICAL);
    SL_CHECK_INT(sl_teams_check_token(SL_SPAN(""), keys, &us, NOW, mem, &t), SL_OIDC_SIZE);
    SL_CHECK_INT(sl_teams_check_token(SL_SPAN("a.b"), keys, &us, NOW, mem, &t), SL_OIDC_FORM);
}

/* No configuration, no token that is for it. */
static void test_without_an_app(void)
{
    struct sl_teams_us nobody = {0};
    struct sl_teams_token t;
    SL_BUF(token, 64 * 1024);

    put_token(&token, &teams, HEADER, "{" ISS ",\"aud\":\"\"" TIMES URL "}");
    SL_CHECK_INT(sl_teams_check_token(sl_buf_span(&token), keys, &nobody, NOW, mem, &t),
                 SL_OIDC_AUDIENCE);
    SL_CHECK_INT(sl_teams_check_token(sl_buf_span(&token), NULL, &us, NOW, mem, &t),
                 SL_OIDC_KEY_UNKNOWN);
}

static void test_every_bit(void)
{
    struct sl_teams_token t;
    SL_BUF(token, 64 * 1024);

    put_token(&token, &teams, HEADER, "{" ISS AUD TIMES URL "}");
    for (size_t i = 0; i < token.n; i++) {
        token.p[i] ^= (uint8_t)(1 << i % 7);
        if (!SL_CHECK(sl_teams_check_token(sl_buf_span(&token), keys, &us, NOW, mem, &t) !=
                      SL_OIDC_YES))
            printf("# byte %zu\n", i);
        token.p[i] ^= (uint8_t)(1 << i % 7);
    }
}

static void test_key_sets(void)
{
    static const char *const broken[] = {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[", "null"};
    struct sl_oidc_keys *k = NULL;

    for (size_t i = 0; i < SL_COUNT(broken); i++)
        SL_CHECK_INT(sl_teams_read_keys(sl_span_str(broken[i]), &k), SL_OIDC_KEYS);
    SL_CHECK(k == NULL);
    SL_CHECK_INT(sl_teams_read_keys(SL_SPAN("{\"keys\":[{\"endorsements\":\"msteams\"},7]}"), &k),
                 SL_OIDC_YES);
    SL_CHECK_INT(sl_oidc_keys_count(k), 0);
    sl_oidc_keys_free(k);
}

#define META(issuer, keys) "{\"issuer\":\"" issuer "\",\"jwks_uri\":\"" keys "\"}"
static void test_metadata(void)
{
    static const struct {
        const char *document;
        enum sl_oidc_reason want;
    } table[] = {
        {META("https://api.botframework.us", "https://login.botframework.com/v1/keys"),
         SL_OIDC_PROVIDER_ISSUER},
        {META("https://api.botframework.com", "https://login.botframework.com.evil.example/k"),
         SL_OIDC_PROVIDER_ADDRESS},
        {META("https://api.botframework.com", "http://login.botframework.com/keys"),
         SL_OIDC_PROVIDER_ADDRESS},
        {META("https://api.botframework.com", "https://login.botframework.com@evil.example/k"),
         SL_OIDC_PROVIDER_ADDRESS},
        {"{\"issuer\":\"https://api.botframework.com\"}", SL_OIDC_PROVIDER_ADDRESS},
        {"[]", SL_OIDC_PROVIDER},
        {"", SL_OIDC_PROVIDER},
    };
    struct sl_span url = {0};
    SL_BUF(b, 256);

    SL_CHECK_INT(
        sl_teams_read_metadata(SL_SPAN(META("https://api.botframework.com",
                                            "https://login.botframework.com/v1/.well-known/keys")),
                               &us, mem, &url),
        SL_OIDC_YES);
    SL_CHECK_TEXT(url, "https://login.botframework.com/v1/.well-known/keys");
    for (size_t i = 0; i < SL_COUNT(table); i++)
        SL_CHECK_INT(sl_teams_read_metadata(sl_span_str(table[i].document), &us, mem, &url),
                     table[i].want);
    sl_teams_put_metadata_url(&b, &us);
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "https://login.botframework.com/v1/.well-known/openidconfiguration");
}

/* --- addresses ---------------------------------------------------------------------------------
 */

static void test_services(void)
{
    static const char *const good[] = {
        "https://smba.trafficmanager.net/amer/", "https://smba.trafficmanager.net/teams",
        "https://smba.trafficmanager.net", "https://europe.botframework.com/",
        "https://smba.trafficmanager.net/amer/72f988bf-86f1-41af-91ab-2d7cd011db47/"};
    static const char *const bad[] = {"",
                                      "https://",
                                      "http://smba.trafficmanager.net/amer/",
                                      "https://smba.trafficmanager.net:443/",
                                      "https://smba.trafficmanager.net.evil.example/",
                                      "https://x.smba.trafficmanager.net/",
                                      "https://evil.trafficmanager.net/",
                                      "https://.botframework.com/",
                                      "https://botframework.com/",
                                      "https://evilbotframework.com/",
                                      "https://a@smba.trafficmanager.net/",
                                      "https://evil.example/#.botframework.com",
                                      "https://evil.example?.botframework.com",
                                      "https://evil.example\\.botframework.com/",
                                      "https://smba.trafficmanager.net/a/../b",
                                      "https://smba.trafficmanager.net/./b",
                                      "https://smba.trafficmanager.net/a/.",
                                      "https://smba.trafficmanager.net//a",
                                      "https://smba.trafficmanager.net/a?b",
                                      "https://smba.trafficmanager.net/a#b",
                                      "https://smba.trafficmanager.net/%2e%2e/",
                                      "HTTPS://smba.trafficmanager.net/",
                                      "https://SMBA.trafficmanager.net/",
                                      "https://smba.trafficmanager.net/ ",
                                      "https://[::1].botframework.com/"};

    for (size_t i = 0; i < SL_COUNT(good); i++)
        if (!SL_CHECK(sl_teams_service_allowed(sl_span_str(good[i]), &us)))
            printf("# %s\n", good[i]);
    for (size_t i = 0; i < SL_COUNT(bad); i++)
        if (!SL_CHECK(!sl_teams_service_allowed(sl_span_str(bad[i]), &us)))
            printf("# %s\n", bad[i]);
}

static void test_services_elsewhere(void)
{
    struct sl_teams_us lab = us;

    lab.api = SL_SPAN("http://127.0.0.1:1234/");
    SL_CHECK(sl_teams_service_allowed(SL_SPAN("http://127.0.0.1:1234/"), &lab));
    SL_CHECK(sl_teams_service_allowed(SL_SPAN("http://127.0.0.1:1234/amer/"), &lab));
    SL_CHECK(!sl_teams_service_allowed(SL_SPAN("http://127.0.0.1:12345/"), &lab));
    SL_CHECK(!sl_teams_service_allowed(SL_SPAN("http://127.0.0.1:1234/../x"), &lab));
    SL_CHECK(!sl_teams_service_allowed(SL_SPAN("http://127.0.0.1:1234//x"), &lab));
    SL_CHECK(!sl_teams_service_allowed(SL_SPAN(SERVICE), &lab));
    lab.api = SL_SPAN("http://127.0.0.1"); /* without its slash it would begin other hosts, too */
    SL_CHECK(!sl_teams_service_allowed(SL_SPAN("http://127.0.0.1.evil.example/"), &lab));
}

static void test_urls(void)
{
    SL_BUF(b, 4096);

    sl_teams_put_message_url(&b, SL_SPAN(SERVICE), SL_SPAN("19:a@thread.tacv2;/.."),
                             SL_SPAN("1:x?"));
    SL_CHECK_TEXT(sl_buf_span(&b), SERVICE "v3/conversations/19%3Aa%40thread.tacv2%3B%2F../"
                                           "activities/1%3Ax%3F");
    sl_buf_reset(&b);
    sl_teams_put_message_url(&b, SL_SPAN("https://smba.trafficmanager.net"), SL_SPAN("a"),
                             SL_SPAN(""));
    SL_CHECK_TEXT(sl_buf_span(&b), "https://smba.trafficmanager.net/v3/conversations/a/activities");
    sl_buf_reset(&b);
    sl_teams_put_member_url(&b, SL_SPAN(SERVICE), SL_SPAN("a"), SL_SPAN("29:1"));
    SL_CHECK_TEXT(sl_buf_span(&b), SERVICE "v3/conversations/a/members/29%3A1");
    sl_buf_reset(&b);
    sl_teams_put_conversations_url(&b, SL_SPAN(SERVICE));
    SL_CHECK_TEXT(sl_buf_span(&b), SERVICE "v3/conversations");
}

/* --- our own token -----------------------------------------------------------------------------
 */

static void test_token_call(void)
{
    SL_BUF(b, 4096);

    sl_teams_put_token_url(&b, &us);
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "https://login.microsoftonline.com/" TENANT "/oauth2/v2.0/token");
    sl_buf_reset(&b);
    sl_teams_put_token_call(&b, &us, SL_SPAN("a~b&c=d+e %"));
    SL_CHECK_TEXT(sl_buf_span(&b), "grant_type=client_credentials&client_id=" APP
                                   "&client_secret=a~b%26c%3Dd%2Be%20%25"
                                   "&scope=https%3A%2F%2Fapi.botframework.com%2F.default");
}

static void test_grants(void)
{
    static const struct {
        unsigned status;
        const char *body;
        enum sl_oidc_reason want;
    } table[] = {
        {200, "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"e.y.J\"}",
         SL_OIDC_YES},
        {200, "{\"token_type\":\"bearer\",\"expires_in\":999999999,\"access_token\":\"e\"}",
         SL_OIDC_YES},
        {200, "{\"token_type\":\"pop\",\"expires_in\":3599,\"access_token\":\"e\"}",
         SL_OIDC_ANSWER},
        {200, "{\"token_type\":\"Bearer\",\"expires_in\":0,\"access_token\":\"e\"}",
         SL_OIDC_ANSWER},
        {200, "{\"token_type\":\"Bearer\",\"access_token\":\"e\"}", SL_OIDC_ANSWER},
        {200, "{\"token_type\":\"Bearer\",\"expires_in\":9,\"access_token\":\"e\\r\\nX: y\"}",
         SL_OIDC_ANSWER},
        {200, "{\"token_type\":\"Bearer\",\"expires_in\":9}", SL_OIDC_ANSWER},
        {401, "{\"token_type\":\"Bearer\",\"expires_in\":9,\"access_token\":\"e\"}",
         SL_OIDC_ANSWER},
        {401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215\"}",
         SL_OIDC_ANSWER_ERROR},
        {400, "{\"error\":\"<b>no</b>\"}", SL_OIDC_ANSWER_ERROR},
        {200, "{\"error\":\"invalid_client\"}", SL_OIDC_ANSWER},
        {500, "<html>", SL_OIDC_ANSWER},
        {200, "", SL_OIDC_ANSWER},
    };

    for (size_t i = 0; i < SL_COUNT(table); i++) {
        struct sl_teams_grant g = {0};
        if (!SL_CHECK_INT(sl_teams_read_grant(table[i].status, sl_span_str(table[i].body), mem, &g),
                          table[i].want))
            printf("# grant %zu\n", i);
        SL_CHECK(table[i].want != SL_OIDC_YES || g.expires_in_s <= 24 * 3600);
        if (table[i].status == 400)
            SL_CHECK_TEXT(g.error, "unreadable");
    }
}

static void test_answers(void)
{
    static const struct {
        unsigned status;
        const char *body, *id, *error;
        enum sl_err want;
    } table[] = {
        {201, "{\"id\":\"1481567603816\"}", "1481567603816", "", SL_OK},
        {200, "{}", "", "", SL_OK},
        {202, "", "", "", SL_OK},
        {200, "<html>", "", "", SL_EMALFORMED},
        {200, "{\"id\":7}", "", "", SL_EMALFORMED},
        {200, "{\"id\":\"a b\"}", "", "", SL_EMALFORMED},
        {404, "{\"error\":{\"code\":\"ConversationNotFound\",\"message\":\"x\"}}", "",
         "ConversationNotFound", SL_OK},
        {403, "{\"error\":{\"code\":\"<b>\"}}", "", "unreadable", SL_OK},
        {502, "<html>", "", "", SL_OK},
        {429, "", "", "", SL_OK},
    };

    for (size_t i = 0; i < SL_COUNT(table); i++) {
        struct sl_teams_answer a;
        SL_CHECK_INT(sl_teams_read_answer(table[i].status, sl_span_str(table[i].body), &a),
                     table[i].want);
        SL_CHECK_INT(a.ok, table[i].status < 300 && table[i].want == SL_OK);
        SL_CHECK_TEXT(a.id, table[i].id);
        SL_CHECK_TEXT(a.error, table[i].error);
        json_decref(a.json);
    }
}

int main(void)
{
    set_up();
    SL_RUN(test_a_good_one);
    SL_RUN(test_flaws);
    SL_RUN(test_keys_and_headers);
    SL_RUN(test_without_an_app);
    SL_RUN(test_every_bit);
    SL_RUN(test_key_sets);
    SL_RUN(test_metadata);
    SL_RUN(test_services);
    SL_RUN(test_services_elsewhere);
    SL_RUN(test_urls);
    SL_RUN(test_token_call);
    SL_RUN(test_grants);
    SL_RUN(test_answers);
    issuer_key_free(&teams);
    issuer_key_free(&skype);
    issuer_key_free(&bare);
    issuer_key_free(&stranger);
    sl_oidc_keys_free(keys);
    sl_arena_free(mem);
    return sl_tap_done();
}
