/* Signing in by way of an identity provider as sluice-desk handles it: redirects, the cookie
 * between them, pages that say no. The first argument is the program; the test is its keeper. */
#include "tests/unit/desk_client.h"

#define SECRET "sls_ABCdef-_0123456789"
#define FLOW "slf_0123456789abcdef"
#define FLOW_COOKIE "Cookie: a=b; __Host-sluice-flow=" FLOW "\r\n"
#define THERE "https://idp.example/auth?client_id=sluice&state=s"
#define BEGUN "{\"expires_at\":\"x\",\"flow\":\"" FLOW "\",\"redirect\":\"" THERE "\"}"
#define VISIT \
    "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
#define JSON "Content-Type: application/json\r\n"

/* --- there ---------------------------------------------------------------------------------- */

static void test_the_way_there(void)
{
    int fd = dial();
    SL_BUF(in, 1 << 16);

    say(fd, "GET /v1/signin/corp?return=/approvals/" ID
            " HTTP/1.1\r\n@Cookie: __Host-sluice-device=slv_old\r\n$");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "signin.begin");
    SL_CHECK_TEXT(sl_span_str(a.credential), "");
    SL_CHECK_TEXT(sl_span_str(a.body),
                  "{\"device\":\"slv_old\",\"issuer\":\"corp\",\"return\":\"/approvals/" ID "\"}");
    reply(&a, 201, BEGUN);
    SL_CHECK(hear(fd, &in, "\r\n\r\n"));
    SL_CHECK(has(&in, "HTTP/1.1 303 "));
    SL_CHECK(has(&in, "Location: " THERE "\r\n"));
    SL_CHECK(has(&in, "Set-Cookie: __Host-sluice-flow=" FLOW
                      "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600\r\n"));
    SL_CHECK(has(&in, "Cache-Control: no-store\r\n"));
    SL_CHECK(has(&in, "Referrer-Policy: no-referrer\r\n"));
    close(fd);
}

static void test_departures_that_are_refused(void)
{
    static const struct {
        const char *request, *answer;
    } cases[] = {
        {"GET /v1/signin/corp?return=https://evil.example/ HTTP/1.1\r\n@$", "HTTP/1.1 400 "},
        {"GET /v1/signin/corp?return=//evil.example/ HTTP/1.1\r\n@$", "HTTP/1.1 400 "},
        {"GET /v1/signin/corp?return=/%5cevil.example HTTP/1.1\r\n@$", "HTTP/1.1 400 "},
        {"GET /v1/signin/corp?return=/v1/whoami HTTP/1.1\r\n@$", "HTTP/1.1 400 "},
        {"GET /v1/signin/corp?return=/agents?x=1 HTTP/1.1\r\n@$", "HTTP/1.1 400 "},
        {"GET /v1/signin/corp?to=/ HTTP/1.1\r\n@$", "HTTP/1.1 400 "},
        {"GET /v1/signin/corp HTTP/1.1\r\n@" VISIT "$", "HTTP/1.1 403 "},
        {"HEAD /v1/signin/corp HTTP/1.1\r\n@$", "HTTP/1.1 405 "},
        {"POST /v1/signin/corp HTTP/1.1\r\n@$", "HTTP/1.1 405 "},
        {"GET /v1/signin/a~b HTTP/1.1\r\n@$", "HTTP/1.1 404 "},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        int fd = dial();

        say(fd, cases[i].request);
        check_heard(fd, cases[i].answer);
        close(fd);
    }
    SL_CHECK(is_quiet(desk.keeper));
}

/* Whatever else a keeper says, a browser is sent to a web address only. */
static void test_a_strange_redirect_is_none(void)
{
    static const char *const answers[] = {
        "{\"flow\":\"" FLOW "\",\"redirect\":\"javascript:alert(1)\"}",
        "{\"flow\":\"" FLOW "\",\"redirect\":\"//evil.example\"}",
        "{\"flow\":\"" FLOW "\"}",
    };

    for (size_t i = 0; i < SL_COUNT(answers); i++) {
        int fd = dial();
        SL_BUF(in, 1 << 16);

        say(fd, "GET /v1/signin/corp HTTP/1.1\r\n@$");
        struct asked a = asked();
        reply(&a, 201, answers[i]);
        SL_CHECK(hear(fd, &in, "</html>"));
        SL_CHECK(has(&in, "HTTP/1.1 503 "));
        SL_CHECK(!has(&in, "Location:"));
        close(fd);
    }
}

/* --- an account to be linked, by whoever is signed in ------------------------------------------
 */

#define LINK                                                                   \
    "POST /v1/links/begin HTTP/1.1\r\n@Authorization: Bearer sld_abc\r\n" JSON \
    "Content-Length: 18\r\n${\"issuer\":\"slack\"}"

/* The flow's secret is the cookie's alone, and the page goes to a web address only. */
static void test_the_way_to_an_account(void)
{
    static const char *const bad[] = {"{\"flow\":\"" FLOW "\",\"redirect\":\"javascript:1\"}",
                                      "{\"flow\":\"" FLOW "\"}", "[]"};
    int fd = dial();
    SL_BUF(in, 1 << 16);

    say(fd, LINK);
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "link.begin");
    SL_CHECK_TEXT(sl_span_str(a.credential), "sld_abc");
    SL_CHECK_TEXT(sl_span_str(a.body), "{\"issuer\":\"slack\"}");
    reply(&a, 201, BEGUN);
    SL_CHECK(hear(fd, &in, "}"));
    SL_CHECK(has(&in, "HTTP/1.1 201 "));
    SL_CHECK(has(&in, "Set-Cookie: __Host-sluice-flow=" FLOW
                      "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600\r\n"));
    SL_CHECK(has(&in, "{\"expires_at\":\"x\",\"redirect\":\"" THERE "\"}"));
    SL_CHECK(!has(&in, "\"flow\""));
    close(fd);
    for (size_t i = 0; i < SL_COUNT(bad); i++) {
        fd = dial();
        say(fd, LINK);
        a = asked();
        reply(&a, 201, bad[i]);
        check_heard(fd, "HTTP/1.1 503 ");
        close(fd);
    }
}

/* Nobody is signed in by it, and whoever is stays so. */
static void test_the_way_back_of_an_account(void)
{
    int fd = dial();
    SL_BUF(in, 1 << 16);

    say(fd, "GET /signin/callback?code=c&state=s HTTP/1.1\r\n@" FLOW_COOKIE VISIT "$");
    struct asked a = asked();
    reply(&a, 201, "{\"return\":\"/passkeys\"}");
    SL_CHECK(hear(fd, &in, "\r\n\r\n"));
    SL_CHECK(has(&in, "HTTP/1.1 303 "));
    SL_CHECK(has(&in, "Location: /passkeys\r\n"));
    SL_CHECK(has(&in, "__Host-sluice-flow=; "));
    SL_CHECK(!has(&in, "__Host-sluice="));
    close(fd);
    fd = dial();
    sl_buf_reset(&in);
    say(fd, "GET /signin/callback?code=c&state=s HTTP/1.1\r\n@" FLOW_COOKIE VISIT "$");
    a = asked();
    reply(&a, 403, "{\"title\":\"Not linked\",\"detail\":\"Nothing was linked: why.\"}");
    SL_CHECK(hear(fd, &in, "</html>"));
    SL_CHECK(has(&in, "<h1>Nothing was linked</h1>"));
    SL_CHECK(!has(&in, "not signed in"));
    close(fd);
}

/* --- back ----------------------------------------------------------------------------------- */

static void test_the_way_back(void)
{
    int fd = dial();
    SL_BUF(in, 1 << 16);

    say(fd,
        "GET /signin/callback?code=abc%2Bd&state=s1&iss=https%3A%2F%2Fidp.example&session_state=x "
        "HTTP/1.1\r\n@" FLOW_COOKIE VISIT "$");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "signin.finish");
    SL_CHECK_TEXT(sl_span_str(a.body),
                  "{\"flow\":\"" FLOW
                  "\",\"query\":\"code=abc%2Bd&state=s1&iss=https%3A%2F%2Fidp.example"
                  "&session_state=x\"}");
    reply(&a, 201,
          "{\"device\":\"slv_new\",\"identity\":\"rita\",\"return\":\"/agents\","
          "\"secret\":\"" SECRET "\"}");
    SL_CHECK(hear(fd, &in, "\r\n\r\n"));
    SL_CHECK(has(&in, "HTTP/1.1 303 "));
    SL_CHECK(has(&in, "Location: /agents\r\n"));
    SL_CHECK(has(&in, "Set-Cookie: __Host-sluice-device=slv_new; Path=/; Secure; HttpOnly; "
                      "SameSite=Strict; Max-Age=34560000\r\n"));
    SL_CHECK(has(&in, "Set-Cookie: __Host-sluice=" SECRET
                      "; Path=/; Secure; HttpOnly; SameSite=Strict\r\n"));
    SL_CHECK(has(&in, "Set-Cookie: __Host-sluice-flow=; Path=/; Secure; HttpOnly; SameSite=Lax; "
                      "Max-Age=0\r\n"));
    SL_CHECK(has(&in, "Referrer-Policy: no-referrer\r\n"));
    SL_CHECK(!has(&in, "{\"identity\""));
    close(fd);
}

static void test_no_way_back_to_elsewhere(void)
{
    static const char *const backs[] = {"https://evil.example/", "//evil.example", "/v1/whoami",
                                        ""};

    for (size_t i = 0; i < SL_COUNT(backs); i++) {
        int fd = dial();
        SL_BUF(answer, 512);

        say(fd, "GET /signin/callback?code=c&state=s HTTP/1.1\r\n@" FLOW_COOKIE "$");
        struct asked a = asked();
        sl_buf_say(&answer, "{\"return\":\"%s\",\"secret\":\"" SECRET "\"}", backs[i]);
        reply(&a, 201, sl_buf_text(&answer));
        check_heard(fd, "Location: /\r\n");
        close(fd);
    }
}

static void test_ways_back_that_are_refused(void)
{
    static const struct {
        const char *request, *answer;
    } cases[] = {
        /* another browser's: nobody is signed in as somebody else by a link */
        {"GET /signin/callback?code=c&state=s HTTP/1.1\r\n@" VISIT "$", "HTTP/1.1 403 "},
        {"GET /signin/callback?code=c&state=s HTTP/1.1\r\n@Cookie: __Host-sluice-flow=a b\r\n$",
         "not begun in this browser"},
        {"GET /signin/callback?code=c&state=s HTTP/1.1\r\n@Cookie: __Host-sluice-flow=a; "
         "__Host-sluice-flow=b\r\n$",
         "not begun in this browser"},
        /* no page of its own */
        {"GET /signin/callback?code=c&state=s HTTP/1.1\r\n@" FLOW_COOKIE
         "Sec-Fetch-Mode: cors\r\n$",
         "HTTP/1.1 403 "},
        {"GET /signin/callback?code=c&state=s HTTP/1.1\r\n@" FLOW_COOKIE
         "Sec-Fetch-Dest: iframe\r\n$",
         "HTTP/1.1 403 "},
        {"GET /signin/callback?code=c&state=s HTTP/1.1\r\n@" FLOW_COOKIE
         "Origin: https://evil.example\r\n$",
         "HTTP/1.1 403 "},
        {"HEAD /signin/callback?code=c&state=s HTTP/1.1\r\n@" FLOW_COOKIE "$", "HTTP/1.1 405 "},
        {"POST /signin/callback HTTP/1.1\r\n@" FLOW_COOKIE "$", "HTTP/1.1 405 "},
        {"GET /signin/callback HTTP/1.1\r\n@" FLOW_COOKIE "$", "HTTP/1.1 400 "},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        int fd = dial();

        say(fd, cases[i].request);
        check_heard(fd, cases[i].answer);
        close(fd);
    }
    SL_CHECK(is_quiet(desk.keeper));
}

/* What the keeper says may hold a stranger's text: the page has no way in for it. */
static void test_a_no_is_a_page(void)
{
    int fd = dial();
    SL_BUF(in, 1 << 16);

    say(fd, "GET /signin/callback?error=access_denied&state=s HTTP/1.1\r\n@" FLOW_COOKIE "$");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.body),
                  "{\"flow\":\"" FLOW "\",\"query\":\"error=access_denied&state=s\"}");
    reply(&a, 403, "{\"detail\":\"no <script>alert(1)</script> & \\u202egnp\",\"hint\":\"ask\"}");
    SL_CHECK(hear(fd, &in, "</html>"));
    SL_CHECK(has(&in, "HTTP/1.1 403 "));
    SL_CHECK(has(&in, "Content-Type: text/html; charset=utf-8\r\n"));
    SL_CHECK(has(&in, "Content-Security-Policy: default-src 'none'"));
    SL_CHECK(has(&in, "no &#60;script&#62;alert(1)&#60;/script&#62; &#38; \\u{202e}gnp"));
    SL_CHECK(has(&in, "__Host-sluice-flow=; "));
    SL_CHECK(!has(&in, "__Host-sluice="));
    close(fd);
}

/* --- without a browser ---------------------------------------------------------------------- */

static void test_the_device_grant(void)
{
    int fd = dial();

    say(fd,
        "POST /v1/signin/device HTTP/1.1\r\n@" JSON "Content-Length: 17\r\n${\"issuer\":\"corp\"}");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "login.device");
    SL_CHECK_TEXT(sl_span_str(a.body), "{\"issuer\":\"corp\"}");
    reply(&a, 201, "{\"poll\":\"p\",\"user_code\":\"AB-CD\"}");
    check_heard(fd, "AB-CD");
    say(fd,
        "POST /v1/signin/device/poll HTTP/1.1\r\n@" JSON "Content-Length: 12\r\n${\"poll\":\"p\"}");
    a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "login.poll");
    reply(&a, 202, "{\"interval\":5,\"pending\":true}");
    check_heard(fd, "HTTP/1.1 202 ");
    close(fd);
}

/* What a page elsewhere must not begin in somebody's name. */
static void test_a_page_elsewhere_begins_nothing(void)
{
    int fd = dial();

    say(fd, "POST /v1/signin/device HTTP/1.1\r\n@Origin: https://evil.example\r\n" JSON
            "Content-Length: 2\r\n${}");
    check_heard(fd, "HTTP/1.1 403 ");
    close(fd);
    SL_CHECK(is_quiet(desk.keeper));
}

/* --- tokens of providers -------------------------------------------------------------------- */

static void test_tokens_are_carried(void)
{
    static const char *const tokens[] = {"sll_abc", "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln"};

    for (size_t i = 0; i < SL_COUNT(tokens); i++) {
        int fd = dial();
        SL_BUF(text, 1024);

        sl_buf_say(&text, "GET /v1/whoami HTTP/1.1\r\n@Authorization: Bearer %s\r\n$", tokens[i]);
        say(fd, sl_buf_text(&text));
        struct asked a = asked();
        SL_CHECK_TEXT(sl_span_str(a.credential), tokens[i]);
        reply(&a, 200, "{\"identity\":\"rita\"}");
        check_heard(fd, "{\"identity\":\"rita\"}");
        close(fd);
    }
}

static void test_what_is_no_token_is_not(void)
{
    static const char *const tokens[] = {
        "sls_abc",       "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ",      "eyJhIjoxfQ.e.e.e.e",
        "eyJhIjoxfQ..e", "eyJhbGciOiJSUzI1NiJ9.eyJhIj=xfQ.c2ln", "eyJhbGciOiJSUzI1NiJ9.e yJ.c2ln",
    };

    for (size_t i = 0; i < SL_COUNT(tokens); i++) {
        int fd = dial();
        SL_BUF(text, 1024);

        sl_buf_say(&text, "GET /v1/whoami HTTP/1.1\r\n@Authorization: Bearer %s\r\n$", tokens[i]);
        say(fd, sl_buf_text(&text));
        check_heard(fd, "HTTP/1.1 401 ");
        close(fd);
    }
    SL_CHECK(is_quiet(desk.keeper));
}

int main(int argc, char **argv)
{
    SL_PROMISE(argc == 2);
    desk.program = argv[1];
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    alarm(60);
    start();
    SL_RUN(test_the_way_there);
    SL_RUN(test_departures_that_are_refused);
    SL_RUN(test_a_strange_redirect_is_none);
    SL_RUN(test_the_way_to_an_account);
    SL_RUN(test_the_way_back_of_an_account);
    SL_RUN(test_the_way_back);
    SL_RUN(test_no_way_back_to_elsewhere);
    SL_RUN(test_ways_back_that_are_refused);
    SL_RUN(test_a_no_is_a_page);
    SL_RUN(test_the_device_grant);
    SL_RUN(test_a_page_elsewhere_begins_nothing);
    SL_RUN(test_tokens_are_carried);
    SL_RUN(test_what_is_no_token_is_not);
    return sl_tap_done();
}
