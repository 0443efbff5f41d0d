/* The third sluice-courier against real servers: WebSockets over TLS and in clear that keep to RFC
 * 6455 or break it, and what lies beneath a chat's addresses. This test is its supervisor and its
 * keeper. The first argument is the program. */
#include "tests/unit/courier_play.h"

#include <poll.h>

enum { CHAT = 2, SILENT_MS = 45 * 1000, STREAMS = 64 };
#define TICKET "ticket-that-no-log-shows"
#define SECRET_TEXT "words-that-no-log-shows"

static struct authority ours, strange;
static struct server good, false_one, elsewhere, plain;
static unsigned nobody; /* a port where nothing listens */
static int report[2];   /* what servers heard, one line each */

/* --- servers that speak, each in its way --------------------------------------------------------
 */

static void tell_test(const char *what, struct sl_span bytes)
{
    SL_BUF(line, 4096);

    sl_buf_say(&line, "%s %S\n", what, bytes);
    if (write(report[1], line.p, line.n) < 0)
        _exit(1);
}

static void switch_protocols(SSL *ssl, int fd, const char *request, const char *more)
{
    uint8_t hash[20];
    char accept[64];
    SL_BUF(text, 4096);
    const char *key = strstr(request, "Sec-WebSocket-Key: ");

    sl_buf_put(&text, sl_span(key + 19, 24));
    sl_buf_put_str(&text, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    EVP_Digest(text.p, text.n, hash, NULL, EVP_sha1(), NULL);
    EVP_EncodeBlock((uint8_t *)accept, hash, sizeof hash);
    sl_buf_reset(&text);
    sl_buf_say(&text,
               "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Accept: %s\r\n%s\r\n",
               accept, more);
    say(ssl, fd, (const char *)text.p, text.n);
}

static bool hear_bytes(SSL *ssl, int fd, uint8_t *out, size_t n)
{
    for (size_t got = 0; got < n;) {
        long part = ssl != NULL ? SSL_read(ssl, out + got, (int)(n - got))
                                : (long)recv(fd, out + got, n - got, 0);
        if (part <= 0)
            return false;
        got += (size_t)part;
    }
    return true;
}

/* One frame of the courier, which is masked and whole; its opcode, or -1. */
static int hear_frame(SSL *ssl, int fd, struct sl_buf *payload)
{
    uint8_t head[2], more[8], mask[4];
    uint64_t n;

    if (!hear_bytes(ssl, fd, head, 2))
        return -1;
    if ((head[0] & 0xf0) != 0x80 || (head[1] & 0x80) == 0) {
        tell_test("unmasked-or-split", sl_span(NULL, 0));
        return -1;
    }
    n = head[1] & 0x7f;
    size_t words = n == 126 ? 2 : n == 127 ? 8 : 0;
    if (!hear_bytes(ssl, fd, more, words) || !hear_bytes(ssl, fd, mask, 4))
        return -1;
    for (size_t i = 0; i < words; i++)
        n = (i == 0 ? 0 : n << 8) | more[i];
    sl_buf_reset(payload);
    uint8_t *room = sl_buf_room(payload, (size_t)n);
    if (room == NULL || !hear_bytes(ssl, fd, room, (size_t)n))
        return -1;
    for (size_t i = 0; i < n; i++)
        room[i] ^= mask[i % 4];
    payload->n += (size_t)n;
    return head[0] & 0x0f;
}

static void send_frame(SSL *ssl, int fd, unsigned first, struct sl_span payload)
{
    SL_BUF(b, 1 << 20);

    sl_buf_put_u8(&b, (uint8_t)first);
    if (payload.n < 126) {
        sl_buf_put_u8(&b, (uint8_t)payload.n);
    } else if (payload.n < 65536) {
        sl_buf_put_u8(&b, 126);
        sl_buf_put_be16(&b, (uint16_t)payload.n);
    } else {
        sl_buf_put_u8(&b, 127);
        sl_buf_put_be64(&b, payload.n);
    }
    sl_buf_put(&b, payload);
    say(ssl, fd, (const char *)b.p, b.n);
}

/* Text comes back, a close is answered; what else is heard is told to the test. */
static void go_on(SSL *ssl, int fd, bool echo)
{
    SL_BUF(payload, 1 << 20);
    SL_BUF(code, 64);
    int opcode;

    while ((opcode = hear_frame(ssl, fd, &payload)) >= 0) {
        struct sl_span bytes = sl_buf_span(&payload);
        if (opcode == 1 && echo)
            send_frame(ssl, fd, 0x81, bytes);
        if (opcode == 9)
            tell_test("ping", bytes);
        if (opcode == 10)
            tell_test("pong", bytes);
        if (opcode == 8) {
            sl_buf_say(&code, "%u", bytes.n >= 2 ? (unsigned)(bytes.p[0] << 8 | bytes.p[1]) : 0);
            tell_test("close", sl_buf_span(&code));
            send_frame(ssl, fd, 0x88, bytes);
            return;
        }
    }
    tell_test("gone", sl_span(NULL, 0));
}

static void say_more(SSL *ssl, int fd, const char *request)
{
#define FRAMES(literal) say(ssl, fd, literal, sizeof literal - 1)
    static char large[2000];

    memset(large, 'x', sizeof large);
    if (strstr(request, "/fragments") != NULL)
        FRAMES("\x01\x03Hel\x89\x02hi\x00\x01\xc3\x80\x03\xa4lo");
    if (strstr(request, "/binary") != NULL)
        FRAMES("\x82\x01x");
    if (strstr(request, "/masked") != NULL)
        FRAMES("\x81\x81\0\0\0\0x");
    if (strstr(request, "/false-text") != NULL)
        FRAMES("\x01\x01\xc3\x80\x01x");
    if (strstr(request, "/too-large") != NULL)
        send_frame(ssl, fd, 0x81, sl_span(large, sizeof large));
    if (strstr(request, "/leave") != NULL)
        FRAMES("\x81\x03"
               "bye\x88\x05\x0f\xa1now");
#undef FRAMES
}

static void serve_socket(SSL *ssl, int fd)
{
    char request[16384];

    hear(ssl, fd, request, sizeof request);
    if (strstr(request, "Upgrade: websocket") == NULL) {
        if (strstr(request, " /api/huge ") != NULL) {
            static char block[LARGE];
            memset(block, 'x', sizeof block);
            say_text(ssl, fd, "HTTP/1.1 200 OK\r\nContent-Length: 307200\r\n\r\n");
            say(ssl, fd, block, sizeof block);
            return;
        }
        SL_BUF(text, 1 << 15);
        sl_buf_say(&text, "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n%s",
                   (unsigned)strlen(request), request);
        say(ssl, fd, (const char *)text.p, text.n);
        return;
    }
    if (strstr(request, "/refused") != NULL) {
        say_text(ssl, fd, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    } else if (strstr(request, "/elsewhere") != NULL) {
        say_text(ssl, fd, "HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n");
    } else if (strstr(request, "/nonsense") != NULL) {
        say_text(ssl, fd, "SSH-2.0-hello\r\n\r\n");
    } else if (strstr(request, "/false-accept") != NULL) {
        say_text(ssl, fd,
                 "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    } else if (strstr(request, "/no-answer") != NULL) {
        sleep(60);
    } else {
        switch_protocols(ssl, fd, request,
                         strstr(request, "/extension") != NULL
                             ? "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                             : "");
        say_more(ssl, fd, request);
        if (strstr(request, "/deaf") != NULL)
            sleep(60);
        if (strstr(request, "/vanish") != NULL)
            return;
        bool silent = strstr(request, "/silent") != NULL;
        go_on(ssl, fd, !silent);
    }
    usleep(200 * 1000); /* what was said arrives before the connection ends */
}

static _Noreturn void serve(int listening, SSL_CTX *tls)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    setpgid(0, 0);
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
            serve_socket(ssl, fd);
        close(fd);
        _exit(0);
    }
}

static bool reported(const char *want)
{
    char line[4096];
    size_t n = 0;
    struct pollfd p = {.fd = report[0], .events = POLLIN};

    while (n + 1 < sizeof line && poll(&p, 1, PATIENCE_MS) == 1 &&
           read(report[0], line + n, 1) == 1 && line[n] != '\n')
        n++;
    line[n] = '\0';
    if (strcmp(line, want) == 0)
        return true;
    printf("#   heard '%s', expected '%s'\n", line, want);
    return false;
}

/* --- the courier's streams ----------------------------------------------------------------------
 */

struct stream {
    unsigned opened, closed;
    struct sl_buf texts, why;
};
static struct stream streams[STREAMS];
static uint64_t last;

static void take_of_stream(const struct sl_packet *packet)
{
    struct sl_msg_stream_opened opened;
    struct sl_msg_stream_text text;
    struct sl_msg_stream_closed closed;

    if (packet->type == SL_MESSAGE_STREAM_OPENED &&
        sl_msg_stream_opened_get(packet->body, &opened) == SL_OK && opened.stream < STREAMS) {
        streams[opened.stream].opened++;
    } else if (packet->type == SL_MESSAGE_STREAM_TEXT &&
               sl_msg_stream_text_get(packet->body, &text) == SL_OK && text.stream < STREAMS) {
        struct sl_buf *b = &streams[text.stream].texts;
        SL_CHECK_INT(streams[text.stream].closed, 0);
        sl_buf_put(b, text.text);
        sl_buf_put_u8(b, '|');
    } else if (packet->type == SL_MESSAGE_STREAM_CLOSED &&
               sl_msg_stream_closed_get(packet->body, &closed) == SL_OK &&
               closed.stream < STREAMS) {
        streams[closed.stream].closed++;
        sl_buf_put(&streams[closed.stream].why, closed.why);
    } else {
        sl_tap_fail(__FILE__, __LINE__, "another message than of a stream");
    }
}

static bool next_message(unsigned ms, struct sl_buf *scratch, struct sl_packet *packet)
{
    return sl_packet_await(courier.keeper, sl_clock_monotonic_us() + ms * 1000ull, scratch,
                           packet) == SL_OK;
}

/* One message of the courier's. false: none came, or it is gone. */
static bool pump(unsigned ms)
{
    struct sl_packet packet;
    SL_BUF(scratch, 1 << 21);

    if (!next_message(ms, &scratch, &packet))
        return false;
    take_of_stream(&packet);
    return true;
}

static struct stream *open_url(const char *chat, const char *url)
{
    SL_PROMISE(++last < STREAMS);
    streams[last] = (struct stream){.texts = sl_buf(1 << 21), .why = sl_buf(1 << 16)};
    POST(courier.keeper, -1, stream_open, .stream = last, .issuer = sl_span_str(chat),
         .url = sl_span_str(url), .max_bytes = 1500);
    return &streams[last];
}

static struct stream *open_at(const char *chat, const char *scheme, unsigned port, const char *path)
{
    SL_BUF(url, 1024);

    sl_buf_say(&url, "%s://127.0.0.1:%u%s?" TICKET, scheme, port, path);
    return open_url(chat, sl_buf_text(&url));
}

static struct stream *open_good(const char *path)
{
    return open_at("home", "wss", good.port, path);
}

static bool await_open(struct stream *s)
{
    while (s->opened == 0 && s->closed == 0 && pump(PATIENCE_MS))
        ;
    return SL_CHECK_INT(s->opened, 1);
}

static bool await_text(struct stream *s, const char *texts)
{
    while (s->texts.n < strlen(texts) && s->closed == 0 && pump(PATIENCE_MS))
        ;
    return SL_CHECK_TEXT(sl_buf_span(&s->texts), texts);
}

static bool await_closed(struct stream *s, const char *why)
{
    while (s->closed == 0 && pump(PATIENCE_MS + 4000))
        ;
    return SL_CHECK_INT(s->closed, 1) && SL_CHECK(has(&s->why, why));
}

static void send_text(struct stream *s, struct sl_span text)
{
    POST(courier.keeper, -1, stream_text, .stream = (uint64_t)(s - streams), .text = text);
}

static void close_stream(struct stream *s)
{
    POST(courier.keeper, -1, stream_close, .stream = (uint64_t)(s - streams));
}

/* Opens and closes again: the courier goes on. */
static void check_alive(void)
{
    struct stream *s = open_good("/echo");

    if (!await_open(s))
        return;
    send_text(s, SL_SPAN("alive"));
    await_text(s, "alive|");
    close_stream(s);
    await_closed(s, "closed as asked");
    SL_CHECK(reported("close 1000"));
}

/* --- tests --------------------------------------------------------------------------------------
 */

/* Begun here, looked at in the end: nobody waits for them meanwhile. */
static struct stream *silent, *no_answer;

static void test_a_conversation(void)
{
    SL_BUF(large, 1 << 17);
    struct stream *s = open_good("/echo");

    send_text(s, SL_SPAN("early")); /* waits for the handshake */
    if (!await_open(s))
        return;
    await_text(s, "early|");
    send_text(s, SL_SPAN("gr\xc3\xbc\xc3\x9f " SECRET_TEXT));
    send_text(s, SL_SPAN(""));
    await_text(s, "early|gr\xc3\xbc\xc3\x9f " SECRET_TEXT "||");
    for (unsigned i = 0; i < 1500; i++)
        sl_buf_put_u8(&large, (uint8_t)('a' + i % 26));
    sl_buf_reset(&s->texts);
    send_text(s, sl_buf_span(&large));
    sl_buf_put_u8(&large, '|');
    await_text(s, sl_buf_text(&large));
    close_stream(s);
    close_stream(s);
    send_text(s, SL_SPAN("too late"));
    await_closed(s, "closed as asked");
    SL_CHECK(reported("close 1000"));
    SL_CHECK(!pump(300)); /* once */
}

static void test_what_is_large_goes_out(void)
{
    SL_BUF(large, 1 << 18);
    struct stream *s = open_good("/echo");

    for (unsigned i = 0; i < 100 * 1000; i++)
        sl_buf_put_u8(&large, (uint8_t)('a' + i % 26));
    await_open(s);
    send_text(s, sl_buf_span(&large)); /* and comes back larger than the keeper takes */
    await_closed(s, "too large");
    SL_CHECK(reported("close 1009"));
}

static void test_fragments_and_pings(void)
{
    struct stream *s = open_good("/fragments");

    await_open(s);
    await_text(s, "Hel\xc3\xa4lo|");
    SL_CHECK(reported("pong hi"));
    close_stream(s);
    await_closed(s, "closed as asked");
    SL_CHECK(reported("close 1000"));
}

static void test_the_server_leaves(void)
{
    struct stream *s = open_good("/leave");

    await_closed(s, "the server closed it (code 4001)");
    SL_CHECK_TEXT(sl_buf_span(&s->texts), "bye|");
    SL_CHECK(reported("close 4001"));
    await_closed(open_good("/vanish"), "the server ended the connection without a word");
}

static void test_servers_that_break_the_rules(void)
{
    static const struct {
        const char *path, *why, *report;
    } rows[] = {{"/binary", "binary", "close 1003"},
                {"/masked", "masked", "close 1002"},
                {"/false-text", "not UTF-8", "close 1007"},
                {"/too-large", "too large", "close 1009"}};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct stream *s = open_good(rows[i].path);
        await_closed(s, rows[i].why);
        SL_CHECK_INT(s->opened, 1);
        SL_CHECK_INT(s->texts.n, 0);
        SL_CHECK(reported(rows[i].report));
    }
}

static void test_what_is_no_websocket(void)
{
    static const struct {
        const char *path, *why;
    } rows[] = {{"/refused", "does not switch to a WebSocket (status 403)"},
                {"/elsewhere", "(status 302)"},
                {"/nonsense", "not HTTP/1.1"},
                {"/false-accept", "Sec-WebSocket-Accept"},
                {"/extension", "extension"}};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct stream *s = open_good(rows[i].path);
        await_closed(s, rows[i].why);
        SL_CHECK_INT(s->opened, 0);
    }
    /* it was a handshake that it was refused, and then nothing more was said */
    SL_CHECK(reported("gone "));
    struct stream *s = open_at("home", "wss", nobody, "/");
    await_closed(s, "");
    SL_CHECK_INT(s->opened, 0);
}

static void test_certificates_of_sockets(void)
{
    struct stream *s = open_at("home", "wss", false_one.port, "/echo");

    await_closed(s, "certificate");
    SL_CHECK_INT(s->opened, 0);
    s = open_at("home", "wss", elsewhere.port, "/echo");
    await_closed(s, "127.0.0.1");
    SL_CHECK_INT(s->opened, 0);
    s = open_at("home", "wss", plain.port, "/echo"); /* no TLS there */
    await_closed(s, "");
    SL_CHECK_INT(s->opened, 0);
}

static void test_which_sockets_are_opened(void)
{
    static const struct {
        const char *chat, *url, *why;
    } rows[] = {
        {"home", "ws://127.0.0.1:22500/", "only, where the chat itself"},
        {"home", "wss://127.0.0.2/", "own hosts"},
        {"home", "wss://127.0.0.1.example/", "own hosts"},
        {"home", "wss://evil.127.0.0.1/", "own hosts"},
        {"home", "wss://u@127.0.0.1/", "own hosts"},
        {"home", "wss://127.0.0.1:0/", "own hosts"},
        {"home", "wss://127.0.0.1:99999/", "own hosts"},
        {"home", "wss://127.0.0.1:12x/", "own hosts"},
        {"home", "wss://127.0.0.1:/", "own hosts"},
        {"home", "wss://127.0.0.1/a b", "only wss"},
        {"home", "wss://127.0.0.1/#x", "only wss"},
        {"home", "wss://127.0.0.1?x", "no path before"},
        {"home", "https://127.0.0.1/", "only wss"},
        {"home", "wss://", "own hosts"},
        {"home", "", "only wss"},
        {"nobody", "wss://127.0.0.1/", "no such chat"},
        {"world", "wss://world.example.evil/", "own hosts"},
        {"world", "wss://evilworld.example/", "own hosts"},
        {"world", "wss://.world.example:8443/", "own hosts"},
        {"world", "wss://a.world.example:8443/", "own hosts"},
        {"world", "wss://a_b.world.example/", "own hosts"},
        {"world", "wss://world.example@evil.example/", "own hosts"},
        {"world", "wss://evil.example/world.example", "own hosts"},
        {"world", "wss://evil.example\\.world.example/", "only wss"},
        {"world", "ws://world.example/", "only, where the chat itself"},
        {"lab", "ws://10.0.0.1/", "own hosts"},
        {"lab", "ws://world.example/", "own hosts"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct stream *s = open_url(rows[i].chat, rows[i].url);
        if (!await_closed(s, rows[i].why))
            printf("#   %s %s\n", rows[i].chat, rows[i].url);
        SL_CHECK_INT(s->opened, 0);
        sl_buf_done(&s->why);
        last--;
    }
    struct stream *s = open_at("lab", "ws", plain.port, "/echo"); /* where the api is plain too */
    await_open(s);
    close_stream(s);
    await_closed(s, "closed as asked");
    SL_CHECK(reported("close 1000"));
}

static void test_no_more_than_eight(void)
{
    struct stream *more[8];

    for (size_t i = 0; i < SL_COUNT(more); i++)
        await_open(more[i] = open_good("/echo"));
    await_closed(open_good("/echo"), "8 streams are open already");
    for (size_t i = 0; i < SL_COUNT(more); i++) {
        close_stream(more[i]);
        await_closed(more[i], "closed as asked");
        SL_CHECK(reported("close 1000"));
    }
}

static void test_a_server_that_does_not_listen(void)
{
    static uint8_t block[60 * 1024];
    struct stream *s = open_good("/deaf");

    memset(block, 'x', sizeof block);
    await_open(s);
    for (unsigned i = 0; i < 400 && s->closed == 0; i++) {
        send_text(s, sl_span(block, sizeof block));
        if (i % 8 == 0)
            (void)pump(20);
    }
    await_closed(s, "does not take what is sent");
    check_alive();
}

static void test_words_about_no_stream(void)
{
    POST(courier.keeper, -1, stream_text, .stream = 4711, .text = SL_SPAN("x"));
    POST(courier.keeper, -1, stream_close, .stream = 4711);
    check_alive();
}

/* --- calls beneath a chat's addresses --- */

/* The answer to a call. Streams go on meanwhile: one that has waited for long may end just now. */
static bool await_fetched(struct sl_buf *scratch, struct sl_packet *packet)
{
    while (next_message(PATIENCE_MS, scratch, packet)) {
        if (packet->type == SL_MESSAGE_FETCHED)
            return true;
        take_of_stream(packet);
    }
    return false;
}

static uint32_t fetched(const char *method, const char *scheme, unsigned port, const char *path,
                        struct sl_buf *body, struct sl_buf *why)
{
    struct sl_packet packet;
    struct sl_msg_fetched m;
    SL_BUF(url, 1024);
    SL_BUF(scratch, 1 << 20);

    sl_buf_say(&url, "%s://127.0.0.1:%u%s", scheme, port, path);
    POST(courier.keeper, -1, fetch, .call = ++courier.call, .issuer = SL_SPAN("home"),
         .method = sl_span_str(method), .url = sl_buf_span(&url),
         .content_type = SL_SPAN("application/json"), .body = SL_SPAN("{\"a\":1}"),
         .max_bytes = 1 << 20, .timeout_ms = 3000);
    sl_buf_reset(body);
    sl_buf_reset(why);
    if (!SL_CHECK(await_fetched(&scratch, &packet)) || sl_msg_fetched_get(packet.body, &m) != SL_OK)
        return 1;
    sl_buf_put(body, m.body);
    sl_buf_put(why, m.why);
    return m.status;
}

static void test_what_lies_beneath_is_called(void)
{
    static const char *const refused[] = {"/",           "/ap",           "/apix",
                                          "/api/../x",   "/api/%2e%2E/x", "/api/.%2e/x",
                                          "/api/./../x", "/api\\x",       "/api/x#y",
                                          "/inn"};
    SL_BUF(body, 1 << 20);
    SL_BUF(why, 8192);

    SL_CHECK_INT(fetched("POST", "https", good.port, "/api/chat.postMessage", &body, &why), 200);
    SL_CHECK(has(&body, "POST /api/chat.postMessage HTTP/1.1\r\n") && has(&body, "{\"a\":1}"));
    SL_CHECK_INT(fetched("PUT", "https", good.port, "/api/v3/x", &body, &why), 200);
    SL_CHECK(has(&body, "PUT /api/v3/x HTTP/1.1\r\n") && has(&body, "{\"a\":1}"));
    SL_CHECK_INT(fetched("GET", "https", good.port, "/in", &body, &why), 200); /* its second one */
    SL_CHECK_INT(fetched("GET", "https", good.port, "/in?x=..", &body, &why), 200);
    for (size_t i = 0; i < SL_COUNT(refused); i++)
        if (!SL_CHECK_INT(fetched("GET", "https", good.port, refused[i], &body, &why), 0) ||
            !SL_CHECK(has(&why, "beneath the chat's own")))
            printf("#   %s\n", refused[i]);
    SL_CHECK_INT(fetched("GET", "https", false_one.port, "/api/x", &body, &why), 0);
    SL_CHECK(has(&why, "beneath the chat's own"));
    SL_CHECK_INT(fetched("GET", "http", good.port, "/api/x", &body, &why), 0);
    SL_CHECK_INT(fetched("GET", "https", good.port, "/api/huge", &body, &why), 0);
    SL_CHECK(has(&why, "more than 262144 bytes"));
}

/* --- ends --- */

static void test_silence(void)
{
    while (no_answer->closed == 0 && pump(SILENT_MS))
        ;
    SL_CHECK(has(&no_answer->why, "could not be opened in time"));
    SL_CHECK_INT(no_answer->opened, 0);
}

/* The frames of a server that says nothing at all, and does not answer pings. */
static void test_silence_after_the_handshake(void)
{
    while (silent->closed == 0 && pump(SILENT_MS))
        ;
    SL_CHECK_INT(silent->opened, 1);
    SL_CHECK(has(&silent->why, "nothing came for 30 seconds"));
    SL_CHECK(reported("ping ") && reported("ping "));
    SL_CHECK(reported("gone "));
}

static void test_another_keeper_has_none_of_the_streams(void)
{
    struct stream *s = open_good("/echo");
    int before = courier.keeper;

    await_open(s);
    give_keeper();
    SL_CHECK(reported("close 1001"));
    send_text(s, SL_SPAN("mine?"));
    SL_CHECK(!pump(300));
    close(before);
    check_alive();
}

static void test_a_keeper_that_goes(void)
{
    struct stream *s = open_good("/echo");

    await_open(s);
    close(courier.keeper);
    SL_CHECK(reported("close 1001"));
    give_keeper();
    check_alive();
}

static void test_a_number_that_is_taken_ends_the_channel(void)
{
    struct stream *s = open_good("/echo");

    await_open(s);
    last--;
    (void)open_good("/echo");
    while (pump(2000))
        ;
    SL_CHECK(reported("close 1001"));
    close(courier.keeper);
    give_keeper();
    check_alive();
}

static void put_chats(struct sl_buf *a, struct sl_ipc_list *urls, struct sl_buf *b,
                      struct sl_ipc_list *authorities)
{
    SL_BUF(url, 256);

    sl_buf_say(&url, "https://127.0.0.1:%u/api/", good.port);
    put_item(a, urls, "home", sl_buf_span(&url));
    sl_buf_reset(&url);
    sl_buf_say(&url, "https://127.0.0.1:%u/in", good.port);
    put_item(a, urls, "home", sl_buf_span(&url));
    put_item(a, urls, "world", SL_SPAN("https://world.example/api/"));
    put_item(a, urls, "lab", SL_SPAN("http://127.0.0.1:1/api/"));
    put_item(b, authorities, "home", sl_buf_span(&ours.pem));
}

static void test_another_configuration_ends_them(void)
{
    struct sl_ipc_list urls = {0}, authorities = {0};
    SL_BUF(a, 1 << 16);
    SL_BUF(b, 1 << 16);
    struct stream *s = open_good("/echo");

    await_open(s);
    put_chats(&a, &urls, &b, &authorities);
    POST(courier.super, -1, reload, .generation = 2, .addresses = urls, .authorities = authorities);
    await_closed(s, "the configuration is another now");
    SL_CHECK(reported("close 1001"));
    check_alive();
}

static void test_killed_servers(void)
{
    struct stream *s = open_good("/echo");

    await_open(s);
    kill(-good.pid, SIGKILL); /* with the child that talks to us */
    waitpid(good.pid, NULL, 0);
    await_closed(s, "the ");
}

static void start(unsigned index)
{
    struct sl_packet packet;
    struct sl_ipc_list urls = {0}, authorities = {0};
    SL_BUF(a, 1 << 16);
    SL_BUF(b, 1 << 16);
    SL_BUF(scratch, 1 << 20);

    start_process();
    put_chats(&a, &urls, &b, &authorities);
    POST(courier.super, -1, setup, .build = sl_ipc_build(), .index = index,
         .sandbox = SL_SPAN("best-effort"), .addresses = urls, .authorities = authorities);
    give_keeper();
    SL_PROMISE(await(courier.super, SL_MESSAGE_READY, &scratch, &packet));
}

static void test_drained_it_says_so(void)
{
    int status = -1;
    struct stream *s = open_at("lab", "ws", plain.port, "/echo");

    await_open(s);
    POST(courier.super, -1, drain, .deadline_ms = 1000);
    await_closed(s, "the courier is ending");
    SL_CHECK(reported("close 1001"));
    close(courier.super);
    SL_CHECK(waitpid(courier.pid, &status, 0) == courier.pid);
    SL_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(courier.keeper);
}

/* Neither the courier of issuers nor that of hooks. */
static void test_other_couriers_hold_no_streams(void)
{
    for (unsigned index = 0; index < CHAT; index++) {
        start(index);
        await_closed(open_at("lab", "ws", plain.port, "/echo"), "only the courier of chats");
        close(courier.super);
        close(courier.keeper);
        SL_CHECK(waitpid(courier.pid, NULL, 0) == courier.pid);
    }
}

static int log_file;
static void test_nothing_of_it_is_in_the_log(void)
{
    static char text[1 << 20];
    ssize_t n = pread(log_file, text, sizeof text - 1, 0);

    SL_CHECK(n > 0); /* it says that keepers went */
    SL_CHECK(strstr(text, "keeper_gone") != NULL);
    SL_CHECK(strstr(text, TICKET) == NULL);
    SL_CHECK(strstr(text, SECRET_TEXT) == NULL);
    SL_CHECK(strstr(text, "/echo") == NULL);
}

static void start_servers(void)
{
    ours = make_authority("ours");
    strange = make_authority("strange");
    good = https(&ours, "IP:127.0.0.1", 3600, TLS1_3_VERSION);
    false_one = https(&strange, "IP:127.0.0.1", 3600, TLS1_3_VERSION);
    elsewhere = https(&ours, "DNS:elsewhere.example", 3600, TLS1_3_VERSION);
    plain = start_server(NULL);
    close(listen_somewhere(&nobody));
}

/* Why the test gave up is in the log too. */
static void show_log(int number)
{
    char text[1024];
    off_t at = 0;

    for (ssize_t n; (n = pread(log_file, text, sizeof text, at)) > 0; at += n)
        if (write(STDOUT_FILENO, text, (size_t)n) < 0)
            break;
    (void)number;
}

/* Standard error is a file from here on: it is what the courier logs to. */
static void keep_log(void)
{
    char name[] = "/tmp/test_courier_sockets.XXXXXX";

    log_file = mkstemp(name);
    SL_PROMISE(log_file >= 0 && unlink(name) == 0 && dup2(log_file, STDERR_FILENO) >= 0);
    signal(SIGABRT, show_log);
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

int main(int argc, char **argv)
{
    play = (struct play){22500, serve};
    struct server *all[] = {&false_one, &elsewhere, &plain};

    if (argc != 2)
        return 2;
    courier.program = argv[1];
    signal(SIGPIPE, SIG_IGN);
    SL_PROMISE(pipe2(report, O_CLOEXEC) == 0);
    keep_log();
    start_servers();
    start(CHAT);
    no_answer = open_good("/no-answer");
    SL_RUN(test_a_conversation);
    SL_RUN(test_what_is_large_goes_out);
    SL_RUN(test_fragments_and_pings);
    SL_RUN(test_the_server_leaves);
    SL_RUN(test_servers_that_break_the_rules);
    SL_RUN(test_what_is_no_websocket);
    SL_RUN(test_certificates_of_sockets);
    SL_RUN(test_which_sockets_are_opened);
    SL_RUN(test_a_server_that_does_not_listen);
    SL_RUN(test_words_about_no_stream);
    SL_RUN(test_what_lies_beneath_is_called);
    SL_RUN(test_silence);
    silent = open_good("/silent");
    SL_RUN(test_silence_after_the_handshake);
    SL_RUN(test_no_more_than_eight);
    SL_RUN(test_another_keeper_has_none_of_the_streams);
    SL_RUN(test_a_keeper_that_goes);
    SL_RUN(test_a_number_that_is_taken_ends_the_channel);
    SL_RUN(test_another_configuration_ends_them);
    SL_RUN(test_killed_servers);
    SL_RUN(test_drained_it_says_so);
    SL_RUN(test_other_couriers_hold_no_streams);
    SL_RUN(test_nothing_of_it_is_in_the_log);
    for (size_t i = 0; i < SL_COUNT(all); i++) {
        kill(-all[i]->pid, SIGKILL);
        stop_server(all[i]);
    }
    return sl_tap_done();
}
