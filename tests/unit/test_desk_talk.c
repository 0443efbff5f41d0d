/* sluice-desk as its clients see it. The first argument is the program. */
#include "tests/unit/desk_client.h"

#include <sys/ioctl.h>

/* --- tests ---------------------------------------------------------------------------------- */

static void test_what_needs_no_keeper(void)
{
    static const struct {
        const char *request, *answer;
    } cases[] = {
        {"GET / HTTP/1.1\r\n@$", "HTTP/1.1 200 OK\r\n"},
        {"GET / HTTP/1.1\r\n@$", "<div id=\"app\"></div>"},
        {"GET / HTTP/1.1\r\n@$", "Content-Type: text/html; charset=utf-8\r\n"},
        {"GET / HTTP/1.1\r\n@$", "script-src 'self'; style-src 'self'; connect-src 'self'"},
        {"GET / HTTP/1.1\r\n@$", "Cache-Control: no-cache\r\n"},
        {"GET / HTTP/1.1\r\n@Accept-Encoding: br, gzip\r\n$", "Content-Encoding: gzip\r\n"},
        {"GET / HTTP/1.1\r\n@Sec-Fetch-Site: cross-site\r\n$", "HTTP/1.1 200 OK\r\n"},
        {"GET /agents HTTP/1.1\r\n@$", "<div id=\"app\"></div>"},
        {"GET /icon.svg HTTP/1.1\r\n@$", "Content-Type: image/svg+xml\r\n"},
        {"GET /assets/none.js HTTP/1.1\r\n@$", "HTTP/1.1 404 "},
        {"GET /v1/whoami HTTP/1.1\r\n@" AUTH "Sec-Fetch-Site: cross-site\r\n$", "HTTP/1.1 403 "},
        {"HEAD / HTTP/1.1\r\n@$", "Content-Length: "},
        {"GET /approvals/" ID " HTTP/1.1\r\n@$", "<div id=\"app\"></div>"},
        {"GET / HTTP/1.1\r\n@$", "X-Content-Type-Options: nosniff\r\n"},
        {"GET / HTTP/1.1\r\nHost: sluice.example\r\n$", "HTTP/1.1 200 OK\r\n"},
        {"GET / HTTP/1.1\r\nHost: evil.example\r\n$", "HTTP/1.1 421 "},
        {"GET /healthz HTTP/1.1\r\n@Origin: http://evil.example\r\n$", "HTTP/1.1 403 "},
        {"GET /nothing HTTP/1.1\r\n@$", "HTTP/1.1 404 "},
        {"GET /v1/enroll HTTP/1.1\r\n@$", "HTTP/1.1 405 "},
        {"GET /v1/enroll HTTP/1.1\r\n@$", "Allow: POST, OPTIONS\r\n"},
        {"OPTIONS /v1/approvals HTTP/1.1\r\n@$", "Allow: GET, HEAD, POST, OPTIONS\r\n"},
        {"GET /v1/whoami HTTP/1.1\r\n@$", "HTTP/1.1 401 "},
        {"GET /v1/whoami HTTP/1.1\r\n@$", "WWW-Authenticate: Bearer"},
        {"GET /v1/whoami HTTP/1.1\r\n@Authorization: Basic eDp5\r\n$", "HTTP/1.1 401 "},
        {"GET /v1/approvals?frob=1 HTTP/1.1\r\n@" AUTH "$", "HTTP/1.1 400 "},
        {"GET /v1/approvals?limit=0 HTTP/1.1\r\n@" AUTH "$", "HTTP/1.1 400 "},
        {"GET /v1/approvals/" ID "?wait=61 HTTP/1.1\r\n@" AUTH "$", "HTTP/1.1 400 "},
        {"POST /v1/enroll HTTP/1.1\r\n@Content-Length: 2\r\n${}", "HTTP/1.1 415 "},
        {"POST /v1/enroll HTTP/1.1\r\n@Content-Type: application/json\r\nContent-Length: 2\r\n${}",
         "HTTP/1.1 400 "},
        {"POST /v1/enroll HTTP/1.1\r\n@Content-Type: application/json\r\nContent-Length: 3\r\n${]}",
         "HTTP/1.1 400 "},
        {"POST /v1/enroll HTTP/1.1\r\n@Content-Type: application/json\r\nContent-Length: 2\r\n$[]",
         "HTTP/1.1 400 "},
        {"POST /v1/enroll HTTP/1.1\r\n@Content-Type: application/json\r\nContent-Length: 25\r\n$"
         "{\"code\":\"a\",\"code\":\"bcd\"}",
         "HTTP/1.1 400 "},
        {"POST /v1/enroll HTTP/1.1\r\n@Content-Length: 1048577\r\n$", "HTTP/1.1 413 "},
        {"GET / HTTP/1.0\r\n@$", "HTTP/1.1 505 "},
        {"BREW / HTTP/1.1\r\n@$", "HTTP/1.1 501 "},
        {"GET /../etc HTTP/1.1\r\n@$",
         "\"detail\":\"the request target has a '.' or '..' segment\""},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        int fd = dial();

        say(fd, cases[i].request);
        check_heard(fd, cases[i].answer);
        close(fd);
    }
    SL_CHECK(is_quiet(desk.keeper)); /* none of this is the keeper's business */
}

static void test_a_question_is_carried(void)
{
    int fd = dial();

    for (int i = 0; i < 2; i++) { /* on one connection */
        say(fd, "GET /v1/approvals?state=pending&limit=5 HTTP/1.1\r\n@" AUTH "$");
        struct asked a = asked();
        SL_CHECK_TEXT(sl_span_str(a.method), "approval.list");
        SL_CHECK_TEXT(sl_span_str(a.credential), "sld_test");
        SL_CHECK_TEXT(sl_span_str(a.address), "127.0.0.1");
        SL_CHECK_TEXT(sl_span_str(a.body), "{\"limit\":5,\"state\":\"pending\"}");
        reply(&a, 200, "{\"approvals\":[]}");
        check_heard(
            fd, "Content-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"approvals\":[]}");
    }
    close(fd);
}

static void test_a_decision_is_carried(void)
{
    int fd = dial();

    say(fd, "POST /v1/approvals/" ID "/decision HTTP/1.1\r\n@" AUTH
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nExpect: "
            "100-continue\r\n$");
    check_heard(fd, "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, "10\r\n{\"decision\":\"app\r\n20\r\nrove\",\"digest\":\"d\",\"reason\":\"r\"}"
            "\r\n0\r\n\r\n");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "decision");
    SL_CHECK_TEXT(sl_span_str(a.body),
                  "{\"decision\":\"approve\",\"digest\":\"d\",\"id\":\"" ID "\",\"reason\":\"r\"}");
    reply(&a, 403, "{\"status\":403}");
    check_heard(fd, "HTTP/1.1 403 Forbidden");
    close(fd);
}

/* The word goes on as it came: the keeper knows which it takes. */
static void test_the_channel_is_carried(void)
{
    static const struct {
        const char *header, *carried;
    } cases[] = {
        {"", ""},
        {"Sluice-Channel: cli\r\n", "cli"},
        {"sluice-channel: Cli\r\n", "Cli"},
        {"Sluice-Channel: nobody knows it\r\n", "nobody knows it"},
        {"Sluice-Channel: longer than any word of ours\r\n", ""},
        {"Sluice-Channel: cli\r\nSluice-Channel: chat\r\n", "cli"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(text, 1024);
        int fd = dial();

        sl_buf_say(&text, "POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" AUTH "%s$",
                   cases[i].header);
        say(fd, sl_buf_text(&text));
        struct asked a = asked();
        SL_CHECK_TEXT(sl_span_str(a.channel), cases[i].carried);
        reply(&a, 200, "{}");
        check_heard(fd, "HTTP/1.1 200 OK");
        close(fd);
    }
}

/* What a chat proves itself by goes to the keeper as it came, and is nobody's credential. */
static void test_a_chats_proof_is_carried(void)
{
    static const struct {
        const char *headers, *carried;
    } cases[] = {
        {"Authorization: Bearer a.b.c\r\n",
         "{\"body\":\"{}\",\"chat\":\"teams\",\"signature\":\"\",\"timestamp\":\"\",\"token\":"
         "\"a.b.c\"}"},
        {"Authorization: Basic eA==\r\nX-Slack-Signature: v0=1\r\nX-Slack-Request-Timestamp: 7\r\n",
         "{\"body\":\"{}\",\"chat\":\"teams\",\"signature\":\"v0=1\",\"timestamp\":\"7\","
         "\"token\":\"\"}"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(text, 1024);
        int fd = dial();

        sl_buf_say(&text,
                   "POST /v1/chat/teams HTTP/1.1\r\n@%sContent-Type: application/json\r\n"
                   "Content-Length: 2\r\n${}",
                   cases[i].headers);
        say(fd, sl_buf_text(&text));
        struct asked a = asked();
        SL_CHECK_TEXT(sl_span_str(a.method), "chat.incoming");
        SL_CHECK_TEXT(sl_span_str(a.credential), "");
        SL_CHECK_TEXT(sl_span_str(a.body), cases[i].carried);
        reply(&a, 200, "{\"answer\":{\"statusCode\":200}}");
        check_heard(fd, "\r\n\r\n{\"statusCode\":200}");
        close(fd);
    }
}

static void test_an_id_in_the_body_is_refused(void)
{
    int fd = dial();

    say(fd, "POST /v1/approvals/" ID "/cancel HTTP/1.1\r\n@" AUTH
            "Content-Type: application/json\r\nContent-Length: 8\r\n${\"id\":1}");
    check_heard(fd, "HTTP/1.1 400 ");
    close(fd);
    SL_CHECK(is_quiet(desk.keeper));
}

/* The bytes that a front proxy might take for a body are never taken for a second request. */
static void test_smuggling(void)
{
    int fd = dial();

    say(fd, "POST /v1/enroll HTTP/1.1\r\n@Content-Length: 4\r\nTransfer-Encoding: chunked\r\n$"
            "0\r\n\r\nGET /v1/whoami HTTP/1.1\r\n@" AUTH "$");
    check_heard(fd, "HTTP/1.1 400 ");
    SL_CHECK(has_ended(fd));
    SL_CHECK(is_quiet(desk.keeper));
    close(fd);
}

static void test_pipelined_answers_stay_in_order(void)
{
    int fd = dial();
    SL_BUF(in, 1 << 16);

    say(fd, "GET /v1/whoami HTTP/1.1\r\n@" AUTH "$GET /nothing HTTP/1.1\r\n@$");
    struct asked a = asked();
    SL_CHECK(is_quiet(fd));
    reply(&a, 200, "{\"identity\":\"ann\"}");
    SL_CHECK(hear(fd, &in, "HTTP/1.1 404"));
    SL_CHECK(has(&in, "ann"));
    close(fd);
}

#define BRIEF "{\"brief\":true,\"id\":\"" ID "\"}"

static void test_long_poll(void)
{
    int fd = dial();

    say(fd, "GET /v1/approvals/" ID "?wait=30 HTTP/1.1\r\n@" AUTH "$");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "approval.get");
    reply(&a, 200, "{\"id\":\"" ID "\",\"state\":\"pending\"}");
    event(1, ID2, "approved");
    SL_CHECK(is_quiet(desk.keeper)); /* another approval */
    SL_CHECK(is_quiet(fd));
    event(2, ID, "pending"); /* a vote: the state is the same */
    a = asked();
    reply(&a, 200, "{\"id\":\"" ID "\",\"state\":\"pending\"}");
    SL_CHECK(is_quiet(fd));
    event(3, ID, "approved");
    a = asked();
    SL_CHECK_TEXT(sl_span_str(a.credential), "sld_test");
    SL_CHECK_TEXT(sl_span_str(a.body), BRIEF);
    reply(&a, 200, "{\"id\":\"" ID "\",\"state\":\"approved\"}");
    a = asked(); /* whole, once: a statement may be long, and those who wait many */
    SL_CHECK_TEXT(sl_span_str(a.body), "{\"id\":\"" ID "\"}");
    reply(&a, 200, "{\"id\":\"" ID "\",\"state\":\"approved\",\"operation\":{}}");
    check_heard(fd, "\"state\":\"approved\",\"operation\"");
    close(fd);
}

static void test_long_poll_answers_at_once(void)
{
    static const struct {
        const char *query, *state;
    } cases[] = {{"wait=30", "denied"},
                 {"wait=30&state=pending", "approved"},
                 {"wait=0", "pending"},
                 {"", "pending"}};

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        int fd = dial();
        SL_BUF(text, 512);

        sl_buf_say(&text, "GET /v1/approvals/" ID "?%s HTTP/1.1\r\n@" AUTH "$", cases[i].query);
        say(fd, sl_buf_text(&text));
        struct asked a = asked();
        sl_buf_reset(&text);
        sl_buf_say(&text, "{\"id\":\"" ID "\",\"state\":\"%s\"}", cases[i].state);
        reply(&a, 200, sl_buf_text(&text));
        if (strcmp(a.body, BRIEF) == 0) {
            a = asked();
            reply(&a, 200, sl_buf_text(&text));
        }
        check_heard(fd, cases[i].state);
        close(fd);
    }
}

static void test_long_poll_ends_in_time(void)
{
    int fd = dial();

    say(fd, "GET /v1/approvals/" ID "?wait=1 HTTP/1.1\r\n@" AUTH "$");
    for (int i = 0; i < 2; i++) {
        struct asked a = asked();
        reply(&a, 200, "{\"id\":\"" ID "\",\"state\":\"pending\"}");
    }
    check_heard(fd, "\"state\":\"pending\"");
    close(fd);
}

static int listen_to_events(const char *more)
{
    int fd = dial();
    SL_BUF(text, 512);

    sl_buf_say(&text, "GET /v1/events HTTP/1.1\r\n@" AUTH "%s$", more);
    say(fd, sl_buf_text(&text));
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "whoami");
    reply(&a, 200, "{}");
    return fd;
}

static void answer_get(unsigned status, const char *body)
{
    struct asked a = asked();

    SL_CHECK_TEXT(sl_span_str(a.method), "approval.get");
    SL_CHECK_TEXT(sl_span_str(a.credential), "sld_test");
    reply(&a, status, body);
}

static void test_events_are_what_the_keeper_shows(void)
{
    int fd = listen_to_events("");
    SL_BUF(in, 1 << 16);
    char last[64];

    SL_CHECK(hear(fd, &in, "event: hello\n"));
    event(4, ID2, "pending");
    event(5, ID, "approved");
    answer_get(404, "{}"); /* not for this person */
    answer_get(200, "{\"identity\":\"bot\",\"summary\":\"select 1\"}");
    SL_CHECK(hear(fd, &in, "\"summary\":\"select 1\"}\n\n"));
    SL_CHECK(has(&in, "event: approval\n"));
    SL_CHECK(has(&in, "\"id\":\"" ID "\""));
    SL_CHECK(!has(&in, ID2));
    close(fd);

    /* away, and back where it left off */
    const char *text = sl_buf_text(&in), *at = NULL;
    for (const char *p = strstr(text, "id: "); p != NULL; p = strstr(p + 1, "\nid: "))
        at = p[0] == '\n' ? p + 5 : p + 4;
    SL_PROMISE(at != NULL && sscanf(at, "%60[^\n]", last) == 1);
    event(6, ID, "spent");
    SL_BUF(header, 128);
    sl_buf_say(&header, "Last-Event-ID: %s\r\n", last);
    fd = listen_to_events(sl_buf_text(&header));
    answer_get(200, "{}");
    check_heard(fd, "\"state\":\"spent\"");
    close(fd);
}

/* What one person did alone, and who signed it off, has no state, and may be no approval. */
static void test_events_about_reviews(void)
{
    int fd = listen_to_events("");

    check_heard(fd, "event: hello\n");
    POST(desk.keeper, -1, event, .event = 8, .kind = SL_SPAN("bypassed"),
         .approval = sl_span_str(ID2), .state = SL_SPAN(""));
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "review.get");
    reply(&a, 200, "{\"id\":\"" ID2 "\",\"kind\":\"bypass\",\"signed_off\":0}");
    check_heard(fd, "event: bypassed\n");
    close(fd);
}

static void test_events_with_an_unknown_past(void)
{
    int fd = listen_to_events("Last-Event-ID: 00000000-3\r\n");

    check_heard(fd, "event: reset\n");
    close(fd);
}

static void test_events_end_with_the_credential(void)
{
    int fd = listen_to_events("");

    check_heard(fd, "event: hello\n");
    event(7, ID, "pending");
    answer_get(401, "{}");
    check_heard(fd, "0\r\n\r\n");
    SL_CHECK(has_ended(fd));
    close(fd);
}

/* What the keeper cannot answer now it is not asked again and again. */
static void test_events_wait_for_a_busy_keeper(void)
{
    static const unsigned statuses[] = {503, 429, 504};
    int fd = listen_to_events("");

    check_heard(fd, "event: hello\n");
    event(7, ID, "approved");
    for (size_t i = 0; i < SL_COUNT(statuses); i++) {
        answer_get(statuses[i], "{}");
        SL_CHECK(is_quiet(desk.keeper));
    }
    answer_get(200, "{}");
    check_heard(fd, "\"state\":\"approved\"");
    close(fd);
}

static void answer_look(unsigned status)
{
    struct asked a = asked();

    SL_CHECK_TEXT(sl_span_str(a.method), "whoami");
    reply(&a, status, "{}");
}

/* 403 may be about the event alone, or about the person, who is disabled: that is looked at. */
static void test_events_end_with_the_person(void)
{
    int fd = listen_to_events("");

    check_heard(fd, "event: hello\n");
    event(8, ID, "pending");
    answer_get(403, "{}");
    answer_look(200);
    event(9, ID, "approved");
    answer_get(200, "{}");
    check_heard(fd, "\"state\":\"approved\"");
    event(10, ID, "spent");
    answer_get(403, "{}");
    answer_look(403);
    check_heard(fd, "0\r\n\r\n");
    SL_CHECK(has_ended(fd));
    close(fd);
}

/* Where nothing happens, too. */
static void test_events_end_in_silence(void)
{
    static const unsigned statuses[] = {401, 403};

    for (size_t i = 0; i < SL_COUNT(statuses); i++) {
        int fd = listen_to_events("");
        struct pollfd p = {.fd = desk.keeper, .events = POLLIN};

        check_heard(fd, "event: hello\n");
        SL_CHECK(poll(&p, 1, 20 * 1000) == 1); /* with the heartbeat */
        answer_look(statuses[i]);
        check_heard(fd, "0\r\n\r\n");
        SL_CHECK(has_ended(fd));
        close(fd);
    }
}

/* --- how many streams --- */

/* A stream or an export for the identity that the keeper names; its answer must begin so. */
static int begin_stream(const char *path, const char *credential, const char *identity,
                        const char *status)
{
    int fd = dial();
    SL_BUF(text, 512);
    SL_BUF(told, 512);

    sl_buf_say(&text, "GET %s HTTP/1.1\r\n@Authorization: Bearer %s\r\n$", path, credential);
    say(fd, sl_buf_text(&text));
    struct asked a = asked();
    sl_buf_say(&told,
               "{\"identity\":\"%s\",\"lines\":0,\"more\":true,\"before\":\"1\","
               "\"size\":1,\"text\":\"x\"}",
               identity);
    reply(&a, 200, sl_buf_text(&told));
    check_heard(fd, status);
    return fd;
}

static void test_streams_of_one(void)
{
    enum { OF_ONE_THAT_ASKS = 8 };
    int fds[OF_ONE_THAT_ASKS + 2];

    for (int i = 0; i < OF_ONE_THAT_ASKS; i++) /* with another token each time */
        fds[i] = begin_stream("/v1/events", i % 2 == 0 ? "slt_one" : "slt_two", "bot", "hello");
    fds[8] = begin_stream("/v1/events", "slt_three", "bot", "HTTP/1.1 429 ");
    fds[9] = begin_stream("/v1/events", "slt_four", "other", "hello");
    for (int i = 0; i < OF_ONE_THAT_ASKS + 2; i++)
        close(fds[i]);
}

static void test_streams_of_a_person(void)
{
    enum { OF_A_PERSON = 32 };
    int fds[OF_A_PERSON + 2];

    for (int i = 0; i < OF_A_PERSON; i++)
        fds[i] = begin_stream("/v1/events", i % 2 == 0 ? "sld_one" : "sld_two", "rita", "hello");
    fds[32] = begin_stream("/v1/events", "sld_three", "rita", "HTTP/1.1 429 ");
    fds[33] = begin_stream("/v1/events", "sld_four", "olga", "hello");
    for (int i = 0; i < OF_A_PERSON + 2; i++)
        close(fds[i]);
}

/* Tokens that ask have a quarter of all, whosever they are: people are left the rest. */
static void test_streams_in_all(void)
{
    enum { OF_ALL = 256, OF_THOSE_THAT_ASK = 64 };
    int fds[OF_ALL + 1];
    char name[32];

    for (int i = 0; i < OF_ALL; i++) {
        snprintf(name, sizeof name, "n%d", i);
        fds[i] = begin_stream("/v1/events", i < OF_THOSE_THAT_ASK ? "slt_one" : "sld_one", name,
                              "hello");
        if (i == OF_THOSE_THAT_ASK - 1) {
            int more = begin_stream("/v1/events", "slt_one", "more", "HTTP/1.1 503 ");
            close(more);
        }
    }
    fds[OF_ALL] = begin_stream("/v1/events", "sld_one", "last", "HTTP/1.1 503 ");
    for (int i = 0; i <= OF_ALL; i++)
        close(fds[i]);
}

static void test_exports_of_one(void)
{
    int fds[2];

    for (int i = 0; i < 2; i++) {
        fds[i] = begin_stream("/v1/audit/export?format=jsonl", "sld_one", "rita", "HTTP/1.1 200 ");
        asked(); /* for the next piece, which never comes */
    }
    close(begin_stream("/v1/audit/export?format=jsonl", "sld_two", "rita", "HTTP/1.1 429 "));
    int other = begin_stream("/v1/audit/export?format=jsonl", "sld_one", "olga", "HTTP/1.1 200 ");
    asked();
    close(other);
    close(fds[0]);
    close(fds[1]);
}

static void test_without_a_keeper(void)
{
    int waiting = dial(), later = dial(), stream = listen_to_events("");

    check_heard(stream, "event: hello\n");
    say(waiting, "GET /v1/whoami HTTP/1.1\r\n@" AUTH "$");
    asked();
    close(desk.keeper);
    check_heard(waiting, "HTTP/1.1 503 ");
    say(later, "GET /healthz HTTP/1.1\r\n@$");
    check_heard(later, "Retry-After: 1\r\n");
    give_keeper();
    check_heard(stream, "event: reset\n");
    say(later, "GET /healthz HTTP/1.1\r\n@$");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "status");
    reply(&a, 200, "{\"status\":{}}");
    check_heard(later, "HTTP/1.1 200 OK");
    close(waiting);
    close(later);
    close(stream);
}

static void test_a_client_that_left_is_forgotten(void)
{
    int fd = dial();

    say(fd, "GET /v1/whoami HTTP/1.1\r\n@" AUTH "$");
    struct asked a = asked();
    close(fd);
    SL_CHECK(is_quiet(desk.keeper));
    reply(&a, 200, "{}");
    fd = dial();
    say(fd, "GET / HTTP/1.1\r\n@$");
    check_heard(fd, "HTTP/1.1 200 OK");
    close(fd);
}

static void test_a_crowd_that_says_nothing(void)
{
    static int crowd[900];
    int fd;

    for (size_t i = 0; i < SL_COUNT(crowd); i++) {
        crowd[i] = dial();
        if (i % 2 == 0)
            say(crowd[i], "GET / HT");
    }
    fd = dial();
    say(fd, "GET / HTTP/1.1\r\n@$");
    check_heard(fd, "HTTP/1.1 200 OK");
    close(fd);
    for (size_t i = 0; i < SL_COUNT(crowd); i++)
        close(crowd[i]);
}

static void test_a_large_answer(void)
{
    static char body[3 * 1024 * 1024];
    int fd = dial();
    SL_BUF(in, 4 * 1024 * 1024);

    say(fd, "GET /v1/approvals HTTP/1.1\r\n@" AUTH "$");
    struct asked a = asked();
    memset(body, 'x', sizeof body - 1);
    memcpy(body + sizeof body - 5, "END", 3);
    reply(&a, 200, body);
    SL_CHECK(hear(fd, &in, "ENDx"));
    close(fd);
}

static void reload(const char *text, bool accepted)
{
    struct sl_packet packet;
    struct sl_msg_reloaded m;
    SL_BUF(config, 8192);
    SL_BUF(scratch, 64 * 1024);

    sl_buf_say(&config, "listen: {http: 127.0.0.1:%u}\n%s%s", desk.port, text, targets);
    POST(desk.super, -1, reload, .generation = 2, .config = sl_buf_span(&config));
    await(desk.super, SL_MESSAGE_RELOADED, &scratch, &packet);
    SL_CHECK_INT(sl_msg_reloaded_get(packet.body, &m), SL_OK);
    SL_CHECK_INT(m.accepted, accepted);
    SL_CHECK(accepted || m.why.n > 0);
}

/* --- another build --- */

/* A supervisor that was there before the upgrade: the child says so, and goes. */
static void check_refused(struct sl_span setup_bytes)
{
    int pair[2], status = 0;

    SL_PROMISE(sl_channel_pair(pair) == SL_OK);
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0)
        run_program(pair[1]);
    close(pair[1]);
    SL_PROMISE(send(pair[0], setup_bytes.p, setup_bytes.n, 0) == (ssize_t)setup_bytes.n);
    struct pollfd p = {.fd = pair[0], .events = POLLIN};
    uint8_t byte;
    SL_CHECK(poll(&p, 1, PATIENCE_MS) == 1 && recv(pair[0], &byte, 1, 0) <= 0); /* no READY */
    SL_CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 0);
    close(pair[0]);
}

static void test_another_build_is_refused(void)
{
    struct sl_msg_setup m = {.build = SL_SPAN("0123456789abcdef"),
                             .config_path = SL_SPAN("sluice.yaml"),
                             .sandbox = SL_SPAN("best-effort")};
    SL_BUF(setup, 4096);

    sl_msg_setup_put(&setup, &m);
    check_refused(sl_buf_span(&setup));
    sl_buf_reset(&setup);
    m.build = sl_span(NULL, 0);
    sl_msg_setup_put(&setup, &m);
    check_refused(sl_buf_span(&setup));
    SL_PROMISE(setup.n > 8 + 4);
    uint8_t *body = setup.p + SL_IPC_HEADER; /* as it was before there was a build in it */
    memmove(body, body + 4, setup.n - SL_IPC_HEADER - 4);
    setup.n -= 4;
    setup.p[4] = (uint8_t)(setup.n - SL_IPC_HEADER);
    setup.p[5] = (uint8_t)((setup.n - SL_IPC_HEADER) >> 8);
    check_refused(sl_buf_span(&setup));
}

/* --- more than anybody reads --- */

enum { ANSWER_BYTES = 30 * 1024 * 1024 };

static void reply_large(const struct asked *a, size_t bytes)
{
    char *body = malloc(bytes);

    SL_PROMISE(body != NULL);
    memset(body, ' ', bytes);
    memcpy(body, "{}", 2);
    POST(desk.keeper, -1, reply, .call = a->call, .status = 200,
         .body = sl_span((const uint8_t *)body, bytes));
    free(body);
}

/* Now, or as soon as the desk has seen that others have gone. */
static bool is_answered_at_length(int fd)
{
    for (unsigned tries = 0; tries < 200; tries++) {
        SL_BUF(in, 1 << 20);

        say(fd, "GET /v1/approvals HTTP/1.1\r\n@" AUTH "$");
        struct asked a = asked();
        reply_large(&a, ANSWER_BYTES);
        if (!SL_CHECK(hear(fd, &in, "HTTP/1.1 ")) || !hear(fd, &in, "\r\n\r\n"))
            return false;
        if (has(&in, "HTTP/1.1 200 "))
            return true;
        usleep(50 * 1000);
    }
    return false;
}

/* Answers that nobody reads have a ceiling in all: a large one beyond it is refused, small ones are
 * not; and when those who did not read have gone, all is well. */
static void test_answers_in_all(void)
{
    enum { MANY = 12 };
    int fds[MANY];
    unsigned busy = 0;

    for (size_t i = 0; i < MANY; i++) {
        SL_BUF(in, 1 << 20);

        fds[i] = dial();
        say(fds[i], "GET /v1/approvals HTTP/1.1\r\n@" AUTH "$");
        struct asked a = asked();
        reply_large(&a, ANSWER_BYTES);
        SL_CHECK(hear(fds[i], &in, "HTTP/1.1 "));
        busy += has(&in, "HTTP/1.1 503 ");
    }
    SL_CHECK(busy >= 3 && busy <= 6);
    int fd = dial();
    say(fd, "GET /v1/whoami HTTP/1.1\r\n@" AUTH "$");
    struct asked a = asked();
    reply(&a, 200, "{\"identity\":\"ann\"}");
    check_heard(fd, "{\"identity\":\"ann\"}");
    for (size_t i = 0; i < MANY; i++)
        close(fds[i]);
    SL_CHECK(is_answered_at_length(fd));
    close(fd);
}

static void post_large(int fd)
{
    enum { BYTES = 1000 * 1000 };
    struct sl_buf text = sl_buf(2 * BYTES);

    sl_buf_say(&text,
               "POST /v1/enroll HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: "
               "application/json\r\nContent-Length: %u\r\n\r\n{\"code\":\"",
               desk.port, (unsigned)BYTES);
    for (size_t i = 0; i < BYTES - 11; i++)
        sl_buf_put_u8(&text, 'x');
    sl_buf_put_str(&text, "\"}");
    for (size_t at = 0; at < text.n;) {
        ssize_t n = send(fd, text.p + at, text.n - at, MSG_NOSIGNAL);
        SL_PROMISE(n > 0);
        at += (size_t)n;
    }
    sl_buf_done(&text);
}

static int unread_bytes(int fd)
{
    int n = 0;

    SL_PROMISE(ioctl(fd, FIONREAD, &n) == 0); /* of all datagrams */
    return n;
}

/* Whether the client `fd` has an answer; else the keeper, which reads nothing, has its question. */
static bool is_answered_unasked(int fd, int unread_before)
{
    for (unsigned waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms++) {
        struct pollfd p = {.fd = fd, .events = POLLIN};

        if (poll(&p, 1, 1) == 1)
            return true;
        if (unread_bytes(desk.keeper) > unread_before)
            return false;
    }
    return !SL_CHECK(false);
}

/* Strangers may ask at length while the keeper is busy: beyond what it can be told they are
 * refused, and the desk does not lose it. */
static void test_questions_that_a_busy_keeper_does_not_read(void)
{
    enum { MANY = 75 };
    unsigned busy = 0, carried = 0;

    for (size_t i = 0; i < MANY; i++) {
        int unread = unread_bytes(desk.keeper), fd = dial();
        SL_BUF(in, 1 << 16);

        post_large(fd);
        if (is_answered_unasked(fd, unread))
            busy += hear(fd, &in, "HTTP/1.1 503 ");
        else
            carried++;
        close(fd); /* and its body is nobody's any more */
    }
    SL_CHECK(busy > 0 && carried >= 60 && busy + carried == MANY);
    while (!is_quiet(desk.keeper)) {
        struct sl_packet packet;
        SL_BUF(scratch, SL_IPC_MAX_BODY);

        await(desk.keeper, SL_MESSAGE_CALL, &scratch, &packet);
    }
    int fd = dial();
    say(fd, "GET /v1/whoami HTTP/1.1\r\n@" AUTH "$");
    struct asked a = asked();
    reply(&a, 200, "{}");
    check_heard(fd, "HTTP/1.1 200 ");
    close(fd);
}

static void test_reload(void)
{
    static const struct {
        const char *host, *status;
    } cases[] = {{"new.example", "HTTP/1.1 200 "}, {"sluice.example", "HTTP/1.1 421 "}};

    reload("public_url: https://new.example\n", true);
    reload("public_irl: https://third.example\n", false); /* the old one stays */
    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        int fd = dial();
        SL_BUF(request, 256);

        sl_buf_say(&request, "GET / HTTP/1.1\r\nHost: %s\r\n$", cases[i].host);
        say(fd, sl_buf_text(&request));
        check_heard(fd, cases[i].status);
        close(fd);
    }
}

/* The peer is loopback here, so trusting it is trusting the test. */
static void test_a_proxy_says_whose_request_it_is(void)
{
    static const struct {
        const char *config, *header, *address;
    } cases[] = {
        {"", "X-Forwarded-For: 203.0.113.9\r\n", "127.0.0.1"},
        {"trusted_proxies: [10.0.0.0/8]\n", "X-Forwarded-For: 203.0.113.9\r\n", "127.0.0.1"},
        {"trusted_proxies: [127.0.0.1]\n", "", "127.0.0.1"},
        {"trusted_proxies: [127.0.0.1]\n", "X-Forwarded-For: 1.2.3.4, 203.0.113.9\r\n",
         "203.0.113.9"},
        {"trusted_proxies: [127.0.0.0/8]\n", "X-Forwarded-For: 2001:db8::9, 127.0.0.2\r\n",
         "2001:db8::9"},
        {"trusted_proxies: [127.0.0.1]\n", "X-Forwarded-For: unknown\r\n", "127.0.0.1"},
        {"trusted_proxies: [127.0.0.1]\n", "Forwarded: for=203.0.113.9\r\n", "127.0.0.1"},
        {"trusted_proxies: [127.0.0.1]\n", "X-Real-IP: 203.0.113.9\r\n", "127.0.0.1"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(request, 1024);
        int fd;

        reload(cases[i].config, true);
        fd = dial();
        sl_buf_say(&request, "GET /v1/whoami HTTP/1.1\r\n@" AUTH "%s$", cases[i].header);
        say(fd, sl_buf_text(&request));
        struct asked a = asked();
        SL_CHECK_TEXT(sl_span_str(a.address), cases[i].address);
        reply(&a, 200, "{}");
        check_heard(fd, "\r\n\r\n{}");
        close(fd);
    }
}

/* On one connection each request is its own client's. */
static void test_a_proxy_reuses_its_connection(void)
{
    static const char *const clients[] = {"203.0.113.9", "203.0.113.10"};
    int fd;

    reload("trusted_proxies: [127.0.0.1]\n", true);
    fd = dial();
    for (size_t i = 0; i < SL_COUNT(clients); i++) {
        SL_BUF(request, 1024);

        sl_buf_say(&request, "GET /v1/whoami HTTP/1.1\r\n@" AUTH "X-Forwarded-For: %s\r\n$",
                   clients[i]);
        say(fd, sl_buf_text(&request));
        struct asked a = asked();
        SL_CHECK_TEXT(sl_span_str(a.address), clients[i]);
        reply(&a, 200, "{}");
        check_heard(fd, "\r\n\r\n{}");
    }
    close(fd);
}

/* What public_url does not say no header says: a page of https is ours only where it is written. */
static void test_a_proxy_changes_no_scheme(void)
{
    int fd;

    reload("trusted_proxies: [127.0.0.1]\npublic_url: http://new.example\n", true);
    fd = dial();
    say(fd, "GET /v1/whoami HTTP/1.1\r\nHost: new.example\r\n" AUTH
            "Origin: https://new.example\r\nX-Forwarded-Proto: https\r\n$");
    check_heard(fd, "HTTP/1.1 403 ");
    close(fd);
    fd = dial();
    say(fd, "GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: new.example\r\n$");
    check_heard(fd, "HTTP/1.1 421 ");
    close(fd);
}

static void test_drain(void)
{
    int idle = dial(), poll_fd = dial(), stream = listen_to_events("");
    struct sl_packet packet;
    struct sl_msg_drained m;
    SL_BUF(scratch, 4096);

    check_heard(stream, "event: hello\n");
    say(poll_fd, "GET /v1/approvals/" ID "?wait=30 HTTP/1.1\r\n@" AUTH "$");
    struct asked a = asked();
    reply(&a, 200, "{\"state\":\"pending\"}");
    SL_CHECK(is_quiet(poll_fd));
    POST(desk.super, -1, drain, .deadline_ms = 3000);
    a = asked();
    reply(&a, 200, "{\"state\":\"pending\"}");
    check_heard(poll_fd, "Connection: close\r\n");
    SL_CHECK(has_ended(poll_fd));
    SL_CHECK(has_ended(idle));
    SL_CHECK(has_ended(stream));
    close(poll_fd);
    close(idle);
    close(stream);
    await(desk.super, SL_MESSAGE_DRAINED, &scratch, &packet);
    SL_CHECK_INT(sl_msg_drained_get(packet.body, &m), SL_OK);
    SL_CHECK_INT(m.left, 0);
}

static void test_it_ends_with_its_supervisor(void)
{
    int status = -1;

    close(desk.super);
    SL_CHECK(waitpid(desk.pid, &status, 0) == desk.pid);
    SL_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Called at the end: the connection was opened at the start. */
static int slow;

static void test_a_slow_head_is_told_and_ended(void)
{
    SL_BUF(in, 1 << 16);
    struct pollfd p = {.fd = slow, .events = POLLIN};

    SL_CHECK(poll(&p, 1, 15 * 1000) == 1);
    SL_CHECK(hear(slow, &in, "HTTP/1.1 408 "));
    SL_CHECK(has_ended(slow));
    close(slow);
}

int main(int argc, char **argv)
{
    SL_PROMISE(argc == 2);
    desk.program = argv[1];
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    alarm(300);
    start();
    slow = dial();
    say(slow, "GET / HT");
    SL_RUN(test_what_needs_no_keeper);
    SL_RUN(test_a_question_is_carried);
    SL_RUN(test_a_decision_is_carried);
    SL_RUN(test_the_channel_is_carried);
    SL_RUN(test_a_chats_proof_is_carried);
    SL_RUN(test_an_id_in_the_body_is_refused);
    SL_RUN(test_smuggling);
    SL_RUN(test_pipelined_answers_stay_in_order);
    SL_RUN(test_long_poll);
    SL_RUN(test_long_poll_answers_at_once);
    SL_RUN(test_long_poll_ends_in_time);
    SL_RUN(test_events_are_what_the_keeper_shows);
    SL_RUN(test_events_about_reviews);
    SL_RUN(test_events_with_an_unknown_past);
    SL_RUN(test_events_end_with_the_credential);
    SL_RUN(test_events_wait_for_a_busy_keeper);
    SL_RUN(test_events_end_with_the_person);
    SL_RUN(test_events_end_in_silence);
    SL_RUN(test_streams_of_one);
    SL_RUN(test_streams_of_a_person);
    SL_RUN(test_streams_in_all);
    SL_RUN(test_exports_of_one);
    SL_RUN(test_without_a_keeper);
    SL_RUN(test_a_client_that_left_is_forgotten);
    SL_RUN(test_a_crowd_that_says_nothing);
    SL_RUN(test_a_large_answer);
    SL_RUN(test_another_build_is_refused);
    SL_RUN(test_answers_in_all);
    SL_RUN(test_questions_that_a_busy_keeper_does_not_read);
    SL_RUN(test_reload);
    SL_RUN(test_a_slow_head_is_told_and_ended);
    SL_RUN(test_a_proxy_says_whose_request_it_is);
    SL_RUN(test_a_proxy_reuses_its_connection);
    SL_RUN(test_a_proxy_changes_no_scheme);
    SL_RUN(test_drain);
    SL_RUN(test_it_ends_with_its_supervisor);
    return sl_tap_done();
}
