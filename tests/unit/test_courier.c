/* sluice-courier against real servers: HTTPS with certificates of authorities that were made a
 * moment ago, and plain sockets that misbehave. This test is its supervisor and its keeper. The
 * first argument is the program. */
#include "tests/unit/courier_play.h"

static struct authority ours, strange;
static struct server good, wary, false_one, expired, elsewhere, old, plain;
static unsigned nobody; /* a port where nothing listens */

static void answer_large(SSL *ssl, int fd)
{
    static char block[LARGE];

    memset(block, 'x', sizeof block);
    say_text(ssl, fd, "HTTP/1.1 200 OK\r\nContent-Length: 307200\r\n\r\n");
    say(ssl, fd, block, sizeof block);
}

static void answer_echo(SSL *ssl, int fd, const char *request)
{
    SL_BUF(text, 1 << 16);
    size_t n = strlen(request);

    sl_buf_say(&text,
               "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=%u\r\nContent-Length: %u\r\n\r\n",
               1234u, (unsigned)n);
    sl_buf_put(&text, sl_span(request, n));
    say(ssl, fd, (const char *)text.p, text.n);
}

static void serve_one(SSL *ssl, int fd)
{
    char request[16384];

    hear(ssl, fd, request, sizeof request);
    if (strstr(request, " /redirect ") != NULL)
        say_text(ssl, fd, "HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 2\r\n\r\nno");
    else if (strstr(request, " /large ") != NULL)
        answer_large(ssl, fd);
    else if (strstr(request, " /endless ") != NULL)
        for (int i = 0; i < 2000; i++)
            say_text(ssl, fd,
                     i == 0 ? "HTTP/1.1 200 OK\r\n\r\n" : "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    else if (strstr(request, " /half ") != NULL)
        say_text(ssl, fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it");
    else if (strstr(request, " /slow ") != NULL)
        sleep(20);
    else if (strstr(request, " /trickle ") != NULL)
        for (int i = 0; i < 20; i++) {
            say_text(ssl, fd, i == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" : "x");
            usleep(500 * 1000);
        }
    else if (strstr(request, " /nonsense ") != NULL)
        say_text(ssl, fd, "SSH-2.0-hello\r\n\r\n");
    else if (strstr(request, " /unkept ") != NULL)
        say_text(ssl, fd,
                 "HTTP/1.1 200 OK\r\nCache-Control: no-store, max-age=99\r\nContent-Length: "
                 "2\r\n\r\nok");
    else if (strstr(request, " /later ") != NULL)
        say_text(ssl, fd, "HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
    else if (strstr(request, " /down ") != NULL)
        say_text(ssl, fd, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    else
        answer_echo(ssl, fd, request);
}

static _Noreturn void serve(int listening, SSL_CTX *tls)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listening, NULL, NULL);
        if (fd < 0)
            _exit(0);
        if (fork() != 0) {
            close(fd);
            continue;
        }
        SSL *ssl = tls == NULL ? NULL : SSL_new(tls);
        if (ssl != NULL)
            SSL_set_fd(ssl, fd);
        if (ssl == NULL || SSL_accept(ssl) == 1)
            serve_one(ssl, fd);
        close(fd);
        _exit(0);
    }
}

/* Asks for a certificate, and takes its time to see that there is none. */
static void on_step(const SSL *ssl, int where, int ret)
{
    (void)ssl;
    (void)ret;
    if ((where & SSL_CB_LOOP) != 0)
        usleep(100 * 1000);
}

static struct server https_wary(const struct authority *a, const char *names, long ends_in_s,
                                int most)
{
    SSL_CTX *tls = tls_of(a, names, ends_in_s, most);

    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_info_callback(tls, on_step);
    return start_server(tls);
}

/* "home": ours, with our own authority. "world": the system's. "lab": in plain http on this
 * machine. */
static void put_issuers(struct sl_buf *a, struct sl_ipc_list *urls, struct sl_buf *b,
                        struct sl_ipc_list *authorities)
{
    put_item(a, urls, "home", SL_SPAN("https://127.0.0.1"));
    put_item(a, urls, "world", SL_SPAN("https://world.example"));
    put_item(a, urls, "lab", SL_SPAN("http://127.0.0.1:1"));
    put_item(b, authorities, "home", sl_buf_span(&ours.pem));
}

static void put_hook(struct sl_buf *b, struct sl_ipc_list *urls, const char *name,
                     const char *scheme, unsigned port, const char *path)
{
    SL_BUF(url, 1024);

    sl_buf_say(&url, "%s://127.0.0.1:%u%s", scheme, port, path);
    put_item(b, urls, name, sl_buf_span(&url));
}

/* The second courier's: each with our own authority. */
static void put_hooks(struct sl_buf *a, struct sl_ipc_list *urls, struct sl_buf *b,
                      struct sl_ipc_list *authorities)
{
    static const char *const names[] = {"web",   "later",     "large", "endless", "log",
                                        "false", "elsewhere", "mute",  "gone",    "wary"};

    put_hook(a, urls, "web", "https", good.port, "/in?t=1");
    put_hook(a, urls, "later", "https", good.port, "/later");
    put_hook(a, urls, "large", "https", good.port, "/large");
    put_hook(a, urls, "endless", "https", good.port, "/endless");
    put_hook(a, urls, "log", "syslog+tls", good.port, "");
    put_hook(a, urls, "wary", "syslog+tls", wary.port, "");
    put_hook(a, urls, "false", "syslog+tls", false_one.port, "");
    put_hook(a, urls, "elsewhere", "syslog+tls", elsewhere.port, "");
    put_hook(a, urls, "mute", "syslog+tls", plain.port, "");
    put_hook(a, urls, "gone", "syslog+tls", nobody, "");
    for (size_t i = 0; i < SL_COUNT(names); i++)
        put_item(b, authorities, names[i], sl_buf_span(&ours.pem));
}

static void start(unsigned index)
{
    struct sl_packet packet;
    struct sl_ipc_list urls = {0}, authorities = {0};
    SL_BUF(a, 1 << 16);
    SL_BUF(b, 1 << 16);
    SL_BUF(scratch, 1 << 20);

    start_process();
    (index == 0 ? put_issuers : put_hooks)(&a, &urls, &b, &authorities);
    POST(courier.super, -1, setup, .build = sl_ipc_build(), .index = index,
         .sandbox = SL_SPAN("best-effort"), .addresses = urls, .authorities = authorities);
    give_keeper();
    SL_PROMISE(await(courier.super, SL_MESSAGE_READY, &scratch, &packet));
}

struct answer {
    uint32_t status;
    uint64_t max_age, retry_after;
    struct sl_buf body, why;
};
#define ANSWERED(name) struct answer name = {.body = sl_buf(1 << 20), .why = sl_buf(8192)}

static void answer_done(struct answer *a)
{
    sl_buf_done(&a->body);
    sl_buf_done(&a->why);
}

static bool hear_answer(struct answer *a, uint64_t call)
{
    struct sl_packet packet;
    struct sl_msg_fetched m;
    SL_BUF(scratch, 1 << 20);

    if (!await(courier.keeper, SL_MESSAGE_FETCHED, &scratch, &packet) ||
        sl_msg_fetched_get(packet.body, &m) != SL_OK || m.call != call) {
        sl_tap_fail(__FILE__, __LINE__, "no answer to this call");
        return false;
    }
    a->status = m.status;
    a->max_age = m.max_age;
    a->retry_after = m.retry_after;
    sl_buf_reset(&a->body);
    sl_buf_reset(&a->why);
    sl_buf_put(&a->body, m.body);
    sl_buf_put(&a->why, m.why);
    return true;
}

static void fetch(struct answer *a, const char *issuer, const char *url)
{
    POST(courier.keeper, -1, fetch, .call = ++courier.call, .issuer = sl_span_str(issuer),
         .method = SL_SPAN("GET"), .url = sl_span_str(url), .max_bytes = 64 * 1024,
         .timeout_ms = 2000);
    hear_answer(a, courier.call);
}

static void fetch_at(struct answer *a, const char *issuer, const char *scheme, unsigned port,
                     const char *path)
{
    SL_BUF(url, 1024);

    sl_buf_say(&url, "%s://127.0.0.1:%u%s", scheme, port, path);
    fetch(a, issuer, sl_buf_text(&url));
}

static void check_none(const struct answer *a, const char *why)
{
    SL_CHECK_INT(a->status, 0);
    SL_CHECK_INT(a->body.n, 0);
    SL_CHECK(has(&a->why, why));
}

/* --- tests
 * ------------------------------------------------------------------------------------------- */

static void test_a_call_with_all_that_belongs_to_it(void)
{
    struct sl_ipc_list headers = {0};
    SL_BUF(bytes, 1024);
    SL_BUF(url, 256);
    ANSWERED(a);

    sl_buf_say(&url, "https://127.0.0.1:%u/token?x=1", good.port);
    sl_ipc_list_add(&bytes, &headers, SL_SPAN("Authorization: Basic c2VjcmV0"));
    POST(courier.keeper, -1, fetch, .call = ++courier.call, .issuer = SL_SPAN("home"),
         .method = SL_SPAN("POST"), .url = sl_buf_span(&url),
         .content_type = SL_SPAN("application/x-www-form-urlencoded"), .headers = headers,
         .body = SL_SPAN("code=abc&x=1"), .max_bytes = 64 * 1024, .timeout_ms = 3000);
    hear_answer(&a, courier.call);
    SL_CHECK_INT(a.status, 200);
    SL_CHECK_INT(a.max_age, 1234);
    SL_CHECK(has(&a.body, "POST /token?x=1 HTTP/1.1\r\n"));
    SL_CHECK(has(&a.body, "Authorization: Basic c2VjcmV0\r\n"));
    SL_CHECK(has(&a.body, "Content-Type: application/x-www-form-urlencoded\r\n"));
    SL_CHECK(has(&a.body, "\r\n\r\ncode=abc&x=1"));
    answer_done(&a);
}

static void test_certificates(void)
{
    ANSWERED(a);

    fetch_at(&a, "home", "https", good.port, "/echo");
    SL_CHECK_INT(a.status, 200);
    fetch_at(&a, "home", "https", false_one.port, "/echo");
    check_none(&a, "certificate");
    fetch_at(&a, "home", "https", expired.port, "/echo");
    check_none(&a, "certificate");
    fetch_at(&a, "home", "https", elsewhere.port, "/echo");
    check_none(&a, "127.0.0.1");
    /* an authority of one issuer is none of another's */
    fetch_at(&a, "world", "https", good.port, "/echo");
    check_none(&a, "certificate");
    answer_done(&a);
}

static void test_old_tls_is_refused(void)
{
    ANSWERED(a);

    fetch_at(&a, "home", "https", old.port, "/echo");
    SL_CHECK_INT(a.status, 0);
    SL_CHECK(a.why.n > 0);
    answer_done(&a);
}

static void test_a_redirect_is_an_answer_and_not_followed(void)
{
    ANSWERED(a);

    fetch_at(&a, "home", "https", good.port, "/redirect");
    SL_CHECK_INT(a.status, 302);
    SL_CHECK_TEXT(sl_buf_span(&a.body), "no");
    answer_done(&a);
}

static void test_too_large_too_slow_and_half(void)
{
    ANSWERED(a);

    fetch_at(&a, "home", "https", good.port, "/large");
    check_none(&a, "more than 65536 bytes");
    fetch_at(&a, "home", "https", good.port, "/endless");
    check_none(&a, "more than 65536 bytes");
    fetch_at(&a, "home", "https", good.port, "/half");
    SL_CHECK_INT(a.status, 0);
    uint64_t before = sl_clock_monotonic_us();
    fetch_at(&a, "home", "https", good.port, "/slow");
    SL_CHECK_INT(a.status, 0);
    fetch_at(&a, "home", "https", good.port, "/trickle");
    SL_CHECK_INT(a.status, 0);
    SL_CHECK(sl_clock_monotonic_us() - before < 6 * 1000 * 1000);
    answer_done(&a);
}

static void test_what_is_no_answer(void)
{
    ANSWERED(a);

    fetch_at(&a, "home", "https", nobody, "/echo");
    SL_CHECK_INT(a.status, 0);
    SL_CHECK(a.why.n > 0);
    fetch_at(&a, "home", "https", good.port, "/nonsense");
    SL_CHECK_INT(a.status, 0);
    fetch_at(&a, "home", "https", good.port, "/down");
    SL_CHECK_INT(a.status, 503);
    fetch_at(&a, "home", "https", good.port, "/unkept");
    SL_CHECK_INT(a.status, 200);
    SL_CHECK_INT(a.max_age, 0);
    answer_done(&a);
}

static void test_where_plain_http_goes(void)
{
    ANSWERED(a);

    fetch_at(&a, "lab", "http", plain.port, "/echo");
    SL_CHECK_INT(a.status, 200);
    fetch_at(&a, "home", "http", plain.port, "/echo"); /* this issuer is https */
    check_none(&a, "plain http");
    static const char *const refused[] = {"http://127.0.0.1.example/echo",
                                          "http://example.com/echo",
                                          "http://127.0.0.1@example.com/",
                                          "file:///etc/passwd",
                                          "ftp://127.0.0.1/",
                                          "gopher://127.0.0.1/",
                                          "http://10.0.0.1/echo",
                                          "//127.0.0.1/echo",
                                          "http://",
                                          "http://127.0.0.1\\@example.com/"};
    for (size_t i = 0; i < SL_COUNT(refused); i++) {
        fetch(&a, "lab", refused[i]);
        SL_CHECK_INT(a.status, 0);
        SL_CHECK(a.why.n > 0);
    }
    fetch_at(&a, "nobody", "https", good.port, "/echo");
    check_none(&a, "no such issuer");
    answer_done(&a);
}

/* A header that would be two, and a method that is none. */
static void test_what_the_keeper_may_not_say(void)
{
    struct sl_ipc_list headers = {0};
    SL_BUF(bytes, 1024);
    SL_BUF(url, 256);
    ANSWERED(a);

    sl_buf_say(&url, "https://127.0.0.1:%u/echo", good.port);
    sl_ipc_list_add(&bytes, &headers, SL_SPAN("X: y\r\nZ: w"));
    POST(courier.keeper, -1, fetch, .call = ++courier.call, .issuer = SL_SPAN("home"),
         .method = SL_SPAN("GET"), .url = sl_buf_span(&url), .headers = headers, .max_bytes = 1000,
         .timeout_ms = 1000);
    hear_answer(&a, courier.call);
    check_none(&a, "could not be prepared");
    POST(courier.keeper, -1, fetch, .call = ++courier.call, .issuer = SL_SPAN("home"),
         .method = SL_SPAN("DELETE"), .url = sl_buf_span(&url), .max_bytes = 1000,
         .timeout_ms = 1000);
    hear_answer(&a, courier.call);
    check_none(&a, "GET and POST");
    answer_done(&a);
}

/* What is slow keeps nobody waiting. */
static void test_calls_go_side_by_side(void)
{
    SL_BUF(slow, 256);
    ANSWERED(a);

    sl_buf_say(&slow, "https://127.0.0.1:%u/slow", good.port);
    uint64_t slow_call = ++courier.call, before = sl_clock_monotonic_us();
    POST(courier.keeper, -1, fetch, .call = slow_call, .issuer = SL_SPAN("home"),
         .method = SL_SPAN("GET"), .url = sl_buf_span(&slow), .max_bytes = 1000,
         .timeout_ms = 3000);
    fetch_at(&a, "home", "https", good.port, "/echo");
    SL_CHECK_INT(a.status, 200);
    SL_CHECK(sl_clock_monotonic_us() - before < 2500 * 1000);
    hear_answer(&a, slow_call);
    SL_CHECK_INT(a.status, 0);
    answer_done(&a);
}

/* A new keeper counts its calls anew, and must not get what another asked for. */
static void test_another_keeper_hears_nothing_of_the_one_before(void)
{
    SL_BUF(url, 256);
    ANSWERED(a);

    sl_buf_say(&url, "https://127.0.0.1:%u/slow", good.port);
    POST(courier.keeper, -1, fetch, .call = 1, .issuer = SL_SPAN("home"), .method = SL_SPAN("GET"),
         .url = sl_buf_span(&url), .max_bytes = 1000, .timeout_ms = 1500);
    int before = courier.keeper;
    give_keeper();
    courier.call = 0;
    fetch_at(&a, "home", "https", good.port, "/echo"); /* call 1, again */
    SL_CHECK_INT(a.status, 200);
    close(before);
    fetch_at(&a, "home", "https", good.port, "/echo");
    SL_CHECK_INT(a.status, 200);
    answer_done(&a);
}

static void test_issuers_come_and_go(void)
{
    struct sl_ipc_list urls = {0}, authorities = {0};
    struct sl_packet packet;
    struct sl_msg_reloaded m;
    SL_BUF(a, 1 << 16);
    SL_BUF(b, 1 << 16);
    SL_BUF(scratch, 1 << 20);
    ANSWERED(got);

    put_item(&a, &urls, "home", SL_SPAN("https://127.0.0.1"));
    put_item(&b, &authorities, "home", sl_buf_span(&strange.pem));
    POST(courier.super, -1, reload, .generation = 2, .addresses = urls, .authorities = authorities);
    SL_CHECK(await(courier.super, SL_MESSAGE_RELOADED, &scratch, &packet));
    SL_CHECK_INT(sl_msg_reloaded_get(packet.body, &m), SL_OK);
    SL_CHECK_INT(m.accepted, 1);
    fetch_at(&got, "lab", "http", plain.port, "/echo");
    check_none(&got, "no such issuer");
    fetch_at(&got, "home", "https", false_one.port, "/echo");
    SL_CHECK_INT(got.status, 200);
    fetch_at(&got, "home", "https", good.port, "/fresh"); /* a connection from before is none now */
    check_none(&got, "certificate");
    answer_done(&got);
}

static void test_what_is_no_message_of_a_keepers_ends_the_channel(void)
{
    struct sl_packet packet;
    SL_BUF(scratch, 1 << 16);

    POST(courier.keeper, -1, sign, .call = 1);
    SL_CHECK_INT(sl_packet_await(courier.keeper, sl_clock_monotonic_us() + 2000000, &scratch,
                                 &packet),
                 SL_EGONE);
    close(courier.keeper);
    give_keeper(); /* and another may come */
}

static void test_drained_it_goes(void)
{
    struct sl_packet packet;
    int status = -1;
    SL_BUF(scratch, 1 << 16);
    SL_BUF(url, 256);
    ANSWERED(a);

    sl_buf_say(&url, "https://127.0.0.1:%u/slow", false_one.port);
    POST(courier.keeper, -1, fetch, .call = ++courier.call, .issuer = SL_SPAN("home"),
         .method = SL_SPAN("GET"), .url = sl_buf_span(&url), .max_bytes = 1000, .timeout_ms = 9000);
    usleep(200 * 1000); /* it comes over another channel than the word to drain */
    POST(courier.super, -1, drain, .deadline_ms = 1000);
    hear_answer(&a, courier.call);
    check_none(&a, "ending");
    SL_CHECK(await(courier.super, SL_MESSAGE_DRAINED, &scratch, &packet));
    close(courier.super);
    SL_CHECK(waitpid(courier.pid, &status, 0) == courier.pid);
    SL_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    answer_done(&a);
}

/* --- the second one: hooks --- */

static void begin_to(const char *hook, const char *method, const char *scheme, unsigned port,
                     const char *path, const char *body)
{
    SL_BUF(url, 1024);

    sl_buf_say(&url, "%s://127.0.0.1:%u%s", scheme, port, path);
    POST(courier.keeper, -1, fetch, .call = ++courier.call, .issuer = sl_span_str(hook),
         .method = sl_span_str(method), .url = sl_buf_span(&url),
         .content_type = SL_SPAN("application/json"), .body = sl_span_str(body),
         .max_bytes = 64 * 1024, .timeout_ms = strcmp(method, "SEND") == 0 ? 5000 : 1500);
}

static void call_to(struct answer *a, const char *hook, const char *method, const char *scheme,
                    unsigned port, const char *path, const char *body)
{
    begin_to(hook, method, scheme, port, path, body);
    hear_answer(a, courier.call);
}

static void test_a_hook_is_called_at_its_own_address_alone(void)
{
    ANSWERED(a);

    call_to(&a, "web", "POST", "https", good.port, "/in?t=1", "{}");
    SL_CHECK_INT(a.status, 200);
    SL_CHECK_INT(a.body.n, 0); /* what it said to that nobody reads */
    call_to(&a, "web", "POST", "https", good.port, "/in", "{}");
    check_none(&a, "only the hook's own address");
    SL_CHECK_INT(a.retry_after, 1); /* nobody was called */
    call_to(&a, "web", "POST", "https", elsewhere.port, "/in?t=1", "{}");
    check_none(&a, "only the hook's own address");
    call_to(&a, "web", "POST", "http", plain.port, "/in?t=1", "{}");
    check_none(&a, "only the hook's own address");
    call_to(&a, "home", "POST", "https", good.port, "/in?t=1", "{}");
    check_none(&a, "no such hook");
    answer_done(&a);
}

/* Who answers with much has answered. */
static void test_what_else_a_hook_says_does_not_count(void)
{
    ANSWERED(a);

    call_to(&a, "large", "POST", "https", good.port, "/large", "{}");
    SL_CHECK_INT(a.status, 200);
    SL_CHECK_INT(a.body.n, 0);
    call_to(&a, "endless", "POST", "https", good.port, "/endless", "{}");
    SL_CHECK_INT(a.status, 200);
    SL_CHECK_INT(a.body.n, 0);
    answer_done(&a);
}

static void test_when_it_wants_to_be_asked_again(void)
{
    ANSWERED(a);

    call_to(&a, "later", "POST", "https", good.port, "/later", "{}");
    SL_CHECK_INT(a.status, 429);
    SL_CHECK_INT(a.retry_after, 7);
    call_to(&a, "web", "POST", "https", good.port, "/in?t=1", "{}");
    SL_CHECK_INT(a.retry_after, 0);
    answer_done(&a);
}

static void test_syslog_is_sent_and_goes_on(void)
{
    ANSWERED(a);

    for (int i = 0; i < 3; i++) { /* the server says nothing to that */
        call_to(&a, "log", "SEND", "syslog+tls", good.port, "", "10 <109>1 - -");
        SL_CHECK_INT(a.status, 200);
    }
    call_to(&a, "log", "SEND", "syslog+tls", good.port, "", "4 \r\n\r\n"); /* it answers and goes */
    usleep(300 * 1000);
    call_to(&a, "log", "SEND", "syslog+tls", good.port, "", "10 <109>1 - -");
    SL_CHECK_INT(a.status, 200);
    answer_done(&a);
}

static void test_syslog_certificates(void)
{
    ANSWERED(a);

    call_to(&a, "false", "SEND", "syslog+tls", false_one.port, "", "1 x");
    check_none(&a, "certificate");
    call_to(&a, "elsewhere", "SEND", "syslog+tls", elsewhere.port, "", "1 x");
    check_none(&a, "alternative certificate subject name");
    call_to(&a, "gone", "SEND", "syslog+tls", nobody, "", "1 x");
    check_none(&a, "connect");
    answer_done(&a);
}

/* The handshake is over for us and the message acknowledged before the server has seen that the
 * certificate is missing that it wants: what was acknowledged was not accepted. */
static void test_syslog_that_refuses_after_the_handshake(void)
{
    ANSWERED(a);

    for (int i = 0; i < 2; i++) {
        call_to(&a, "wary", "SEND", "syslog+tls", wary.port, "", "10 <109>1 - -");
        check_none(&a, "");
        SL_CHECK_INT(a.retry_after, 0); /* it was called */
    }
    answer_done(&a);
}

static void test_syslog_that_says_nothing(void)
{
    ANSWERED(a);
    uint64_t first;

    begin_to("mute", "SEND", "syslog+tls", plain.port, "", "1 x");
    first = courier.call;
    call_to(&a, "mute", "SEND", "syslog+tls", plain.port, "", "1 y");
    check_none(&a, "another call is under way");
    hear_answer(&a, first);
    check_none(&a, "");
    call_to(&a, "log", "SEND", "syslog+tls", good.port, "", "1 x"); /* and harms no other */
    SL_CHECK_INT(a.status, 200);
    answer_done(&a);
}

static void test_methods_and_schemes_belong_together(void)
{
    ANSWERED(a);

    call_to(&a, "log", "POST", "syslog+tls", good.port, "", "1 x");
    check_none(&a, "SEND is for syslog");
    call_to(&a, "web", "SEND", "https", good.port, "/in?t=1", "1 x");
    check_none(&a, "SEND is for syslog");
    call_to(&a, "web", "PUT", "https", good.port, "/in?t=1", "{}");
    check_none(&a, "only GET and POST are known");
    answer_done(&a);
}

/* Another configuration ends what is under way. */
static void test_hooks_come_and_go(void)
{
    struct sl_ipc_list urls = {0}, authorities = {0};
    struct sl_packet packet;
    SL_BUF(a, 1 << 16);
    SL_BUF(scratch, 1 << 16);
    ANSWERED(got);

    put_hook(&a, &urls, "web", "https", good.port, "/new");
    begin_to("mute", "SEND", "syslog+tls", plain.port, "", "1 x");
    usleep(200 * 1000);
    POST(courier.super, -1, reload, .generation = 2, .addresses = urls, .authorities = authorities);
    SL_CHECK(await(courier.super, SL_MESSAGE_RELOADED, &scratch, &packet));
    hear_answer(&got, courier.call);
    check_none(&got, "configuration is another");
    call_to(&got, "log", "SEND", "syslog+tls", good.port, "", "1 x");
    check_none(&got, "no such hook");
    call_to(&got, "web", "POST", "https", good.port, "/in?t=1", "{}");
    check_none(&got, "only the hook's own address");
    answer_done(&got);
}

static void end_courier(void)
{
    close(courier.super);
    close(courier.keeper);
    waitpid(courier.pid, NULL, 0);
}

static void start_servers(void)
{
    ours = make_authority("ours");
    strange = make_authority("strange");
    good = https(&ours, "IP:127.0.0.1", 3600, TLS1_3_VERSION);
    wary = https_wary(&ours, "IP:127.0.0.1", 3600, TLS1_3_VERSION);
    false_one = https(&strange, "IP:127.0.0.1", 3600, TLS1_3_VERSION);
    expired = https(&ours, "IP:127.0.0.1", -60, TLS1_3_VERSION);
    elsewhere = https(&ours, "DNS:other.example", 3600, TLS1_3_VERSION);
    old = https(&ours, "IP:127.0.0.1", 3600, TLS1_1_VERSION);
    plain = start_server(NULL);
    close(listen_somewhere(&nobody));
}

int main(int argc, char **argv)
{
    play = (struct play){22100, serve};
    struct server *all[] = {&good, &wary, &false_one, &expired, &elsewhere, &old, &plain};

    if (argc != 2)
        return 2;
    courier.program = argv[1];
    signal(SIGPIPE, SIG_IGN);
    start_servers();
    start(0);
    SL_RUN(test_a_call_with_all_that_belongs_to_it);
    SL_RUN(test_certificates);
    SL_RUN(test_old_tls_is_refused);
    SL_RUN(test_a_redirect_is_an_answer_and_not_followed);
    SL_RUN(test_too_large_too_slow_and_half);
    SL_RUN(test_what_is_no_answer);
    SL_RUN(test_where_plain_http_goes);
    SL_RUN(test_what_the_keeper_may_not_say);
    SL_RUN(test_calls_go_side_by_side);
    SL_RUN(test_another_keeper_hears_nothing_of_the_one_before);
    SL_RUN(test_issuers_come_and_go);
    SL_RUN(test_what_is_no_message_of_a_keepers_ends_the_channel);
    SL_RUN(test_drained_it_goes);
    start(1);
    SL_RUN(test_a_hook_is_called_at_its_own_address_alone);
    SL_RUN(test_what_else_a_hook_says_does_not_count);
    SL_RUN(test_when_it_wants_to_be_asked_again);
    SL_RUN(test_syslog_is_sent_and_goes_on);
    SL_RUN(test_syslog_certificates);
    SL_RUN(test_syslog_that_refuses_after_the_handshake);
    SL_RUN(test_syslog_that_says_nothing);
    SL_RUN(test_methods_and_schemes_belong_together);
    SL_RUN(test_hooks_come_and_go);
    end_courier();
    for (size_t i = 0; i < SL_COUNT(all); i++)
        stop_server(all[i]);
    return sl_tap_done();
}
