/* Signing in to the console as sluice-desk handles it: the cookie, the mark, and who may change
 * what with them. The first argument is the program; the test is its keeper. */
#include "tests/unit/desk_client.h"

#include "role/desk/guard.h"

#define SECRET "sls_ABCdef-_0123456789"
#define COOKIE "Cookie: a=b; __Host-sluice=" SECRET "\r\n"
#define JSON "Content-Type: application/json\r\n"

/* "%" in the text stands for our Origin, "&" for the session's mark. */
static void send_request(int fd, const char *text)
{
    char mark[SL_DESK_MARK_HEX + 1];
    SL_BUF(out, 4096);

    sl_desk_mark(SL_SPAN(SECRET), mark);
    for (; *text != '\0'; text++) {
        if (*text == '%')
            sl_buf_say(&out, "Origin: http://127.0.0.1:%u\r\n", desk.port);
        else if (*text == '&')
            sl_buf_say(&out, "Sluice-CSRF: %s\r\n", mark);
        else
            sl_buf_put_u8(&out, (uint8_t)*text);
    }
    say(fd, sl_buf_text(&out));
}

static void check_refused(const char *request, const char *answer)
{
    int fd = dial();

    send_request(fd, request);
    check_heard(fd, answer);
    close(fd);
}

static void test_changes_that_are_refused(void)
{
    static const struct {
        const char *request, *answer;
    } cases[] = {
        /* with the cookie alone, or with half of what it needs */
        {"POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" COOKIE "$", "HTTP/1.1 403 "},
        {"POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" COOKIE "%$", "Sluice-CSRF"},
        {"POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" COOKIE "&$", "its own Origin"},
        {"POST /v1/approvals/" ID "/decision HTTP/1.1\r\n@" COOKIE JSON
         "Content-Length: 2\r\nOrigin: http://evil.example\r\n&${}",
         "HTTP/1.1 403 "},
        {"POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" COOKIE "Origin: null\r\n&$",
         "HTTP/1.1 403 "},
        {"POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" COOKIE "%Sluice-CSRF: 0\r\n$",
         "HTTP/1.1 403 "},
        {"POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" COOKIE "%&Sec-Fetch-Site: same-site\r\n$",
         "HTTP/1.1 403 "},
        {"POST /v1/sessions/end HTTP/1.1\r\n@" COOKIE "%$", "HTTP/1.1 403 "},
        /* both kinds at once, whatever they are good for */
        {"GET /v1/whoami HTTP/1.1\r\n@" COOKIE AUTH "$", "HTTP/1.1 400 "},
        {"GET /v1/whoami HTTP/1.1\r\n@" COOKIE "Authorization: Basic eDp5\r\n$", "HTTP/1.1 400 "},
        {"POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" COOKIE AUTH "%&$", "HTTP/1.1 400 "},
        /* each secret in its own place only */
        {"GET /v1/whoami HTTP/1.1\r\n@Authorization: Bearer " SECRET "\r\n$", "HTTP/1.1 401 "},
        {"GET /v1/whoami HTTP/1.1\r\n@Cookie: __Host-sluice=sld_test\r\n$", "HTTP/1.1 401 "},
        {"GET /v1/whoami HTTP/1.1\r\n@Cookie: __Host-sluice=sls_a; __Host-sluice=sls_b\r\n$",
         "HTTP/1.1 401 "},
        {"GET /v1/whoami HTTP/1.1\r\n@" COOKIE "Sec-Fetch-Site: cross-site\r\n$", "HTTP/1.1 403 "},
        {"GET /v1/sessions/current HTTP/1.1\r\n@" AUTH "$", "HTTP/1.1 401 "},
        /* nobody is signed in by a page elsewhere, nor by what says nothing */
        {"POST /v1/sessions HTTP/1.1\r\n@" JSON "Content-Length: 14\r\n${\"code\":\"slb\"}",
         "HTTP/1.1 403 "},
        {"POST /v1/sessions HTTP/1.1\r\n@Origin: http://evil.example\r\n" JSON
         "Content-Length: 14\r\n${\"code\":\"slb\"}",
         "HTTP/1.1 403 "},
        {"POST /v1/sessions HTTP/1.1\r\n@%Content-Type: text/plain\r\nContent-Length: "
         "14\r\n${\"code\":\"slb\"}",
         "HTTP/1.1 415 "},
        {"POST /v1/sessions HTTP/1.1\r\n@%" JSON "Content-Length: 2\r\n${}", "HTTP/1.1 400 "},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        check_refused(cases[i].request, cases[i].answer);
    SL_CHECK(is_quiet(desk.keeper)); /* it was asked nothing */
}

/* The secret leaves as a cookie that no script can read, and not in the body. */
static void test_signing_in(void)
{
    int fd = dial();
    SL_BUF(in, 1 << 16);

    send_request(fd, "POST /v1/sessions HTTP/1.1\r\n@%" JSON
                     "Content-Length: 14\r\n${\"code\":\"slb\"}");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "session.open");
    SL_CHECK_TEXT(sl_span_str(a.credential), "");
    SL_CHECK_TEXT(sl_span_str(a.body), "{\"code\":\"slb\"}");
    reply(&a, 201, "{\"identity\":\"rita\",\"secret\":\"" SECRET "\",\"session\":\"00\"}");
    SL_CHECK(hear(fd, &in, "\"session\":\"00\"}"));
    SL_CHECK(has(&in, "HTTP/1.1 201 "));
    SL_CHECK(has(&in, "Set-Cookie: __Host-sluice=" SECRET
                      "; Path=/; Secure; HttpOnly; SameSite=Strict\r\n"));
    SL_CHECK(has(&in, "{\"csrf\":\""));
    SL_CHECK(!has(&in, "\"secret\""));
    SL_CHECK(has(&in, "Cache-Control: no-store\r\n"));
    close(fd);
}

/* A browser that brings no secret of its own is given one; what a body says of it counts nothing.
 */
static void test_P4_a_browser_is_named_once(void)
{
    int fd = dial();
    SL_BUF(in, 1 << 16);

    send_request(fd, "POST /v1/sessions HTTP/1.1\r\n@%" JSON
                     "Content-Length: 14\r\n${\"code\":\"slb\"}");
    struct asked a = asked();
    reply(&a, 201,
          "{\"device\":\"slv_new\",\"identity\":\"rita\",\"secret\":\"" SECRET
          "\",\"session\":\"00\"}");
    SL_CHECK(hear(fd, &in, "\"session\":\"00\"}"));
    SL_CHECK(has(&in, "Set-Cookie: __Host-sluice-device=slv_new; Path=/; Secure; HttpOnly; "
                      "SameSite=Strict; Max-Age=34560000\r\n"));
    SL_CHECK(!has(&in, "\"device\""));
    close(fd);
    sl_buf_reset(&in);
    fd = dial();
    send_request(fd, "POST /v1/sessions HTTP/1.1\r\n@%Cookie: __Host-sluice-device=slv_old\r\n" JSON
                     "Content-Length: 14\r\n${\"code\":\"slb\"}");
    a = asked();
    SL_CHECK_TEXT(sl_span_str(a.body), "{\"code\":\"slb\",\"device\":\"slv_old\"}");
    reply(&a, 201, "{\"identity\":\"olga\",\"secret\":\"" SECRET "\",\"session\":\"00\"}");
    SL_CHECK(hear(fd, &in, "\"session\":\"00\"}"));
    SL_CHECK(!has(&in, "sluice-device"));
    close(fd);
}

static void test_a_wrong_code_sets_nothing(void)
{
    int fd = dial();
    SL_BUF(in, 1 << 16);

    send_request(fd, "POST /v1/sessions HTTP/1.1\r\n@%" JSON
                     "Content-Length: 14\r\n${\"code\":\"slb\"}");
    struct asked a = asked();
    reply(&a, 403, "{\"status\":403}");
    SL_CHECK(hear(fd, &in, "{\"status\":403}"));
    SL_CHECK(!has(&in, "Set-Cookie"));
    close(fd);
}

static void test_the_cookie_is_carried(void)
{
    int fd = dial();

    send_request(fd, "GET /v1/approvals HTTP/1.1\r\n@" COOKIE "$");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.credential), SECRET);
    SL_CHECK_TEXT(sl_span_str(a.channel), "console");
    reply(&a, 200, "{\"approvals\":[]}");
    check_heard(fd, "{\"approvals\":[]}");
    send_request(fd, "POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" COOKIE
                     "%&Sluice-Channel: cli\r\n$");
    a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "cancel");
    SL_CHECK_TEXT(sl_span_str(a.channel), "console"); /* whatever it says of itself */
    reply(&a, 200, "{}");
    check_heard(fd, "HTTP/1.1 200 ");
    close(fd);
}

static void test_the_page_learns_its_mark(void)
{
    char mark[SL_DESK_MARK_HEX + 1];
    int fd = dial();

    sl_desk_mark(SL_SPAN(SECRET), mark);
    send_request(fd, "GET /v1/sessions/current HTTP/1.1\r\n@" COOKIE "$");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "whoami");
    reply(&a, 200, "{\"identity\":\"rita\"}");
    check_heard(fd, mark);
    close(fd);
}

static void test_signing_out(void)
{
    static const unsigned statuses[] = {200, 401};

    for (size_t i = 0; i < SL_COUNT(statuses); i++) { /* over already: forgotten all the same */
        int fd = dial();

        send_request(fd, "POST /v1/sessions/end HTTP/1.1\r\n@" COOKIE "%&$");
        struct asked a = asked();
        SL_CHECK_TEXT(sl_span_str(a.method), "session.end");
        reply(&a, statuses[i], "{}");
        check_heard(fd, "Set-Cookie: __Host-sluice=; Path=/; Secure; HttpOnly; SameSite=Strict; "
                        "Max-Age=0\r\n");
        close(fd);
    }
}

static void test_events_with_the_cookie(void)
{
    int fd = dial();

    send_request(fd, "GET /v1/events HTTP/1.1\r\n@" COOKIE "$");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.credential), SECRET);
    reply(&a, 200, "{}");
    check_heard(fd, "event: hello\n");
    close(fd);
}

/* The value of a header of the page, up to the line's end. */
static bool header_of(const struct sl_buf *in, const char *name, struct sl_buf *value)
{
    const char *at = memmem(in->p, in->n, name, strlen(name));

    if (at == NULL)
        return false;
    struct sl_span rest = sl_span_from(sl_buf_span(in), (size_t)((const uint8_t *)at - in->p));
    rest = sl_span_from(rest, strlen(name));
    sl_buf_put(value, sl_span_head(rest, sl_span_find(rest, '\r')));
    return true;
}

static void test_a_known_page_is_not_sent_again(void)
{
    SL_BUF(in, 1 << 16);
    SL_BUF(etag, 128);
    SL_BUF(text, 512);
    int fd = dial();

    say(fd, "GET / HTTP/1.1\r\n@$");
    SL_CHECK(hear(fd, &in, "</html>"));
    SL_CHECK(header_of(&in, "ETag: ", &etag));
    sl_buf_say(&text, "GET / HTTP/1.1\r\n@If-None-Match: %S\r\n$GET /healthz HTTP/1.1\r\n@$",
               sl_buf_span(&etag));
    say(fd, sl_buf_text(&text));
    sl_buf_reset(&in);
    struct asked a = asked(); /* the second request: the first answer had no body in its way */
    reply(&a, 200, "{}");
    SL_CHECK(hear(fd, &in, "{\"status\":\"ok\"}"));
    SL_CHECK(has(&in, "HTTP/1.1 304 "));
    SL_CHECK(!has(&in, "</html>"));
    close(fd);
}

static void test_a_file_is_kept_for_good(void)
{
    SL_BUF(in, 1 << 20);
    SL_BUF(script, 256);
    SL_BUF(text, 512);
    int fd = dial();

    say(fd, "GET / HTTP/1.1\r\n@$");
    SL_CHECK(hear(fd, &in, "</html>"));
    const char *at = memmem(in.p, in.n, "/assets/", 8);
    if (!SL_CHECK(at != NULL))
        return;
    struct sl_span rest = sl_span_from(sl_buf_span(&in), (size_t)((const uint8_t *)at - in.p));
    sl_buf_put(&script, sl_span_head(rest, sl_span_find(rest, '"')));
    sl_buf_say(&text, "GET %S HTTP/1.1\r\n@$", sl_buf_span(&script));
    sl_buf_reset(&in);
    say(fd, sl_buf_text(&text));
    SL_CHECK(hear(fd, &in, "\r\n\r\n"));
    SL_CHECK(has(&in, "Content-Type: text/javascript; charset=utf-8\r\n"));
    SL_CHECK(has(&in, "Cache-Control: public, max-age=31536000, immutable\r\n"));
    SL_CHECK(has(&in, "Cross-Origin-Resource-Policy: same-origin\r\n"));
    close(fd);
}

int main(int argc, char **argv)
{
    SL_PROMISE(argc == 2);
    desk.program = argv[1];
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    alarm(60);
    start();
    SL_RUN(test_changes_that_are_refused);
    SL_RUN(test_signing_in);
    SL_RUN(test_P4_a_browser_is_named_once);
    SL_RUN(test_a_wrong_code_sets_nothing);
    SL_RUN(test_the_cookie_is_carried);
    SL_RUN(test_the_page_learns_its_mark);
    SL_RUN(test_signing_out);
    SL_RUN(test_events_with_the_cookie);
    SL_RUN(test_a_known_page_is_not_sent_again);
    SL_RUN(test_a_file_is_kept_for_good);
    return sl_tap_done();
}
