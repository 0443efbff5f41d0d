/* wire/ws: what is accepted, what is refused and why, under any split of the bytes. */
#include "wire/ws/ws.h"

#include "tests/unit/tap.h"

static const uint8_t key[SL_WS_KEY] = "the sample nonce"; /* of RFC 6455, section 1.3 */
static const uint8_t mask[SL_WS_MASK] = {0x37, 0xfa, 0x21, 0x3d};

/* --- the handshake --- */

static void test_the_request(void)
{
    SL_BUF(b, 4096);

    sl_ws_put_request(&b, SL_SPAN("server.example"), SL_SPAN("/chat?t=1"), key);
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "GET /chat?t=1 HTTP/1.1\r\nHost: server.example\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "Sec-WebSocket-Version: 13\r\nUser-Agent: sluice\r\n\r\n");
}

static void test_nobody_forges_a_line_of_the_request(void)
{
    static const struct {
        const char *host, *target;
    } rows[] = {{"a", "/x HTTP/1.1\r\nX: y"},
                {"a\r\nX: y", "/"},
                {"a", "/\x01"},
                {"a", "/\xc3\xa4"},
                {"a", "x"},
                {"a", ""},
                {"", "/"}};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(b, 4096);
        sl_ws_put_request(&b, sl_span_str(rows[i].host), sl_span_str(rows[i].target), key);
        SL_CHECK_INT(sl_buf_err(&b), SL_EMALFORMED);
    }
}

#define SWITCHES "HTTP/1.1 101 Switching Protocols\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

static void test_the_answer(void)
{
    static const struct {
        const char *text;
        enum sl_ws_refusal why;
        unsigned status;
    } rows[] = {
        {SWITCHES UPGRADE CONNECTION ACCEPT "\r\n", SL_WS_NONE, 101},
        {"HTTP/1.1 101\r\nupgrade:WebSocket \r\nCONNECTION:\tupgrade\r\n" ACCEPT
         "Server: x\r\n\r\n",
         SL_WS_NONE, 101},
        {"HTTP/1.1 403 Forbidden\r\n" UPGRADE CONNECTION ACCEPT "\r\n", SL_WS_STATUS, 403},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", SL_WS_STATUS, 200},
        {"HTTP/1.0 101 x\r\n" UPGRADE CONNECTION ACCEPT "\r\n", SL_WS_HEAD_SYNTAX, 0},
        {"HTTP/1.1 1011 x\r\n" UPGRADE CONNECTION ACCEPT "\r\n", SL_WS_HEAD_SYNTAX, 0},
        {"HTTP/1.1 +10 x\r\n\r\n", SL_WS_HEAD_SYNTAX, 0},
        {"SSH-2.0-x\r\n\r\n", SL_WS_HEAD_SYNTAX, 0},
        {"\r\n\r\n", SL_WS_HEAD_SYNTAX, 0},
        {SWITCHES CONNECTION ACCEPT "\r\n", SL_WS_UPGRADE, 101},
        {SWITCHES UPGRADE UPGRADE CONNECTION ACCEPT "\r\n", SL_WS_UPGRADE, 101},
        {SWITCHES "Upgrade: h2c\r\n" CONNECTION ACCEPT "\r\n", SL_WS_UPGRADE, 101},
        {SWITCHES UPGRADE ACCEPT "\r\n", SL_WS_CONNECTION, 101},
        {SWITCHES UPGRADE "Connection: close\r\n" ACCEPT "\r\n", SL_WS_CONNECTION, 101},
        {SWITCHES UPGRADE CONNECTION "\r\n", SL_WS_ACCEPT, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT ACCEPT "\r\n", SL_WS_ACCEPT, 101},
        {SWITCHES UPGRADE CONNECTION "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
         SL_WS_ACCEPT, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
         SL_WS_EXTENSION, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Extensions:\r\n\r\n", SL_WS_EXTENSION,
         101},
        {SWITCHES UPGRADE CONNECTION ACCEPT "sec-websocket-protocol: chat\r\n\r\n",
         SL_WS_SUBPROTOCOL, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT "Content-Length: 5\r\n\r\n", SL_WS_BODY, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT "Transfer-Encoding: chunked\r\n\r\n", SL_WS_BODY, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT " folded\r\n\r\n", SL_WS_HEAD_SYNTAX, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT "no colon\r\n\r\n", SL_WS_HEAD_SYNTAX, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT "a b: c\r\n\r\n", SL_WS_HEAD_SYNTAX, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT ": c\r\n\r\n", SL_WS_HEAD_SYNTAX, 101},
        {SWITCHES UPGRADE CONNECTION ACCEPT "a: \x01\r\n\r\n", SL_WS_HEAD_SYNTAX, 0},
        {SWITCHES UPGRADE CONNECTION ACCEPT "a: b\nc: d\r\n\r\n", SL_WS_HEAD_SYNTAX, 0},
        {SWITCHES UPGRADE CONNECTION ACCEPT "a: b\rc: d\r\n\r\n", SL_WS_HEAD_SYNTAX, 0},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(text, 4096);
        struct sl_span in;
        enum sl_ws_refusal why;
        unsigned status;

        sl_buf_put_str(&text, rows[i].text);
        size_t head = text.n;
        sl_buf_put_str(&text, "\x81\x01x"); /* the first frame is no part of it */
        in = sl_buf_span(&text);
        enum sl_step step = sl_ws_answer(&in, key, &status, &why);
        SL_CHECK_INT(step, rows[i].why == SL_WS_NONE ? SL_STEP_EVENT : SL_STEP_BROKEN);
        if (!SL_CHECK_INT(why, rows[i].why) || !SL_CHECK_INT(status, rows[i].status))
            printf("#   %s\n", rows[i].text);
        SL_CHECK_INT(in.n, why == SL_WS_NONE ? 3 : text.n);
        for (size_t cut = 0; cut < head; cut++) {
            in = sl_span_head(sl_buf_span(&text), cut);
            SL_CHECK_INT(sl_ws_answer(&in, key, &status, &why), SL_STEP_NEED_MORE);
        }
    }
}

static void test_an_answer_without_an_end(void)
{
    SL_BUF(text, SL_WS_HEAD_MOST + 4);
    enum sl_ws_refusal why;
    unsigned status;

    sl_buf_put_str(&text, SWITCHES UPGRADE CONNECTION ACCEPT "X: ");
    while (text.n < SL_WS_HEAD_MOST - 1)
        sl_buf_put_u8(&text, 'x');
    struct sl_span in = sl_buf_span(&text);
    SL_CHECK_INT(sl_ws_answer(&in, key, &status, &why), SL_STEP_NEED_MORE);
    sl_buf_put_str(&text, "x\r\n\r\n");
    in = sl_buf_span(&text);
    SL_CHECK_INT(sl_ws_answer(&in, key, &status, &why), SL_STEP_BROKEN);
    SL_CHECK_INT(why, SL_WS_HEAD_TOO_LARGE);
}

/* --- frames in --- */

enum { MOST = 300 };

/* What a run of the parser saw: whole messages alone, for parts may be cut anywhere. */
struct run {
    struct sl_buf seen, message;
    enum sl_ws_refusal why;
    bool closed;
};

static void note(struct run *r, const struct sl_ws_event *event)
{
    static const char *const names[] = {"text", "ping", "pong", "close"};

    if (event->type == SL_WS_TEXT) {
        sl_buf_put(&r->message, event->bytes);
        SL_CHECK(r->message.n <= MOST);
        if (!event->last)
            return;
        SL_CHECK(sl_utf8_valid(sl_buf_span(&r->message)));
        sl_buf_say(&r->seen, "text[%S]", sl_buf_span(&r->message));
        sl_buf_reset(&r->message);
        return;
    }
    sl_buf_say(&r->seen, "%s[%S]", names[event->type], event->bytes);
    if (event->type == SL_WS_CLOSE)
        sl_buf_say(&r->seen, "%u", (unsigned)event->code);
}

static void present(struct run *r, struct sl_ws_in *p, struct sl_span *in)
{
    struct sl_ws_event event;
    enum sl_step step;

    while ((step = sl_ws_step(p, in, &event)) == SL_STEP_EVENT)
        note(r, &event);
    r->why = p->why;
    SL_CHECK((step == SL_STEP_BROKEN) == (p->why != SL_WS_NONE));
    SL_CHECK(step == SL_STEP_BROKEN || in->n < SL_WS_IN_MOST);
}

/* Cut at two places; the pieces come one after the other, after what was left. */
static struct run run_cut(struct sl_span bytes, size_t first, size_t second)
{
    struct run r = {.seen = sl_buf(1 << 16), .message = sl_buf(1 << 16)};
    struct sl_ws_in p = sl_ws_in(MOST);
    const size_t ends[] = {first, second, bytes.n};
    size_t from = 0;

    for (size_t i = 0; i < SL_COUNT(ends); i++) {
        struct sl_span in = sl_span_head(sl_span_from(bytes, from), ends[i] - from);
        present(&r, &p, &in);
        from = ends[i] - in.n;
    }
    return r;
}

static struct run run_bytewise(struct sl_span bytes)
{
    struct run r = {.seen = sl_buf(1 << 16), .message = sl_buf(1 << 16)};
    struct sl_ws_in p = sl_ws_in(MOST);
    size_t from = 0;

    for (size_t to = 1; to <= bytes.n; to++) {
        struct sl_span in = {bytes.p + from, to - from};
        present(&r, &p, &in);
        from = to - in.n;
    }
    return r;
}

static void run_done(struct run *r)
{
    sl_buf_done(&r->seen);
    sl_buf_done(&r->message);
}

static void check_same(const struct run *a, struct run b)
{
    SL_CHECK_BYTES(sl_buf_span(&b.seen), sl_buf_span(&a->seen));
    SL_CHECK_INT(b.why, a->why);
    run_done(&b);
}

static void check_frames(struct sl_span bytes, const char *seen, enum sl_ws_refusal why)
{
    struct run whole = run_cut(bytes, bytes.n, bytes.n);

    SL_CHECK_TEXT(sl_buf_span(&whole.seen), seen);
    SL_CHECK_INT(whole.why, why);
    check_same(&whole, run_bytewise(bytes));
    for (size_t first = 0; first <= bytes.n && bytes.n < 80; first++)
        for (size_t second = first; second <= bytes.n; second++)
            check_same(&whole, run_cut(bytes, first, second));
    run_done(&whole);
}

#define F(literal) SL_SPAN(literal)

static void test_frames(void)
{
    static const struct {
        struct sl_span bytes;
        const char *seen;
        enum sl_ws_refusal why;
    } rows[] = {
        {F("\x81\x05Hello"), "text[Hello]", SL_WS_NONE}, /* section 5.7 */
        {F("\x81\x00"), "text[]", SL_WS_NONE},
        {F("\x01\x03Hel\x80\x02lo"), "text[Hello]", SL_WS_NONE},
        {F("\x01\x03Hel\x89\x02hi\x00\x00\x80\x02lo\x81\x01x"), "ping[hi]text[Hello]text[x]",
         SL_WS_NONE},
        {F("\x8a\x00\x89\x05Hello"), "pong[]ping[Hello]", SL_WS_NONE},
        {F("\x01\x01\xf0\x00\x02\x9f\x98\x80\x01\x80"), "text[\xf0\x9f\x98\x80]", SL_WS_NONE},
        {F("\x88\x00"), "close[]1005", SL_WS_NONE},
        {F("\x88\x02\x03\xe8"), "close[]1000", SL_WS_NONE},
        {F("\x88\x05\x0f\xa0"
           "bye\x81\x01x"),
         "close[bye]4000", SL_WS_NONE}, /* nothing behind it counts */
        {F("\x01\x01x\x88\x02\x03\xe9"), "close[]1001", SL_WS_NONE},
        /* refused */
        {F("\xc1\x01x"), "", SL_WS_RESERVED},
        {F("\xa1\x01x"), "", SL_WS_RESERVED},
        {F("\x91\x01x"), "", SL_WS_RESERVED},
        {F("\x83\x01x"), "", SL_WS_OPCODE},
        {F("\x87\x01x"), "", SL_WS_OPCODE},
        {F("\x8b\x01x"), "", SL_WS_OPCODE},
        {F("\x8f\x01x"), "", SL_WS_OPCODE},
        {F("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), "", SL_WS_MASKED},
        {F("\x81\x80\0\0\0\0"), "", SL_WS_MASKED},
        {F("\x81\x7e\x00\x05Hello"), "", SL_WS_LENGTH},
        {F("\x81\x7e\x00\x7d"), "", SL_WS_LENGTH},
        {F("\x81\x7f\0\0\0\0\0\0\xff\xff"), "", SL_WS_LENGTH},
        {F("\x81\x7f\x80\0\0\0\0\0\0\0"), "", SL_WS_LENGTH},
        {F("\x09\x01x"), "", SL_WS_CONTROL_FRAGMENTED},
        {F("\x08\x00"), "", SL_WS_CONTROL_FRAGMENTED},
        {F("\x89\x7e\x00\x7e"), "", SL_WS_CONTROL_LENGTH},
        {F("\x8a\x7f"), "", SL_WS_CONTROL_LENGTH},
        {F("\x80\x01x"), "", SL_WS_CONTINUATION},
        {F("\x81\x01x\x00\x01y"), "text[x]", SL_WS_CONTINUATION},
        {F("\x01\x01x\x81\x01y"), "", SL_WS_INTERLEAVED},
        {F("\x88\x01\x03"), "", SL_WS_CLOSE_BODY},
        {F("\x88\x02\x03\xe7"), "", SL_WS_CLOSE_CODE}, /* 999 */
        {F("\x88\x02\x03\xec"), "", SL_WS_CLOSE_CODE}, /* 1004 */
        {F("\x88\x02\x03\xed"), "", SL_WS_CLOSE_CODE}, /* 1005 */
        {F("\x88\x02\x03\xee"), "", SL_WS_CLOSE_CODE}, /* 1006 */
        {F("\x88\x02\x03\xf7"), "", SL_WS_CLOSE_CODE}, /* 1015 */
        {F("\x88\x02\x0b\xb7"), "", SL_WS_CLOSE_CODE}, /* 2999 */
        {F("\x88\x02\x13\x88"), "", SL_WS_CLOSE_CODE}, /* 5000 */
        {F("\x88\x03\x03\xe8\xff"), "", SL_WS_CLOSE_REASON},
        {F("\x82\x01x"), "", SL_WS_BINARY},
        {F("\x02\x01x"), "", SL_WS_BINARY},
        {F("\x81\x01\xff"), "", SL_WS_UTF8},
        {F("\x81\x02\xc0\x80"), "", SL_WS_UTF8},
        {F("\x81\x03\xed\xa0\x80"), "", SL_WS_UTF8},
        {F("\x81\x01\xc3"), "", SL_WS_UTF8}, /* ends within a character */
        {F("\x01\x01\xc3\x80\x01\x41"), "", SL_WS_UTF8},
        {F("\x01\x03\xe2\x82\xac\x80\x01\x80"), "", SL_WS_UTF8},
        {F("\x81\x7e\x01\x2d"), "", SL_WS_TOO_LARGE}, /* 301, before any byte of it */
        {F("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"), "", SL_WS_TOO_LARGE},
        {F("\x01\x01x\x00\x7e\x01\x2c"), "", SL_WS_TOO_LARGE},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        int before = sl_tap_failed_checks;
        check_frames(rows[i].bytes, rows[i].seen, rows[i].why);
        if (sl_tap_failed_checks != before)
            printf("#   row %zu\n", i);
    }
}

/* Also where the parts of a message add up to exactly what is allowed. */
static void test_the_largest_message(void)
{
    SL_BUF(bytes, 1024);
    SL_BUF(seen, 1024);

    sl_buf_put(&bytes, SL_SPAN("\x01\x7e\x00\xc8"));
    for (unsigned i = 0; i < 200; i++)
        sl_buf_put_u8(&bytes, 'a');
    sl_buf_put(&bytes, SL_SPAN("\x80\x64"));
    for (unsigned i = 0; i < 100; i++)
        sl_buf_put_u8(&bytes, 'b');
    sl_buf_put_str(&seen, "text[");
    sl_buf_put(&seen, sl_span_head(sl_span_from(sl_buf_span(&bytes), 4), 200));
    sl_buf_put(&seen, sl_span_from(sl_buf_span(&bytes), 206));
    sl_buf_put_str(&seen, "]");
    check_frames(sl_buf_span(&bytes), sl_buf_text(&seen), SL_WS_NONE);
}

static void test_fragments_without_end(void)
{
    SL_BUF(bytes, 1 << 16);

    sl_buf_put(&bytes, SL_SPAN("\x01\x00"));
    for (unsigned i = 1; i < SL_WS_FRAGMENTS_MOST; i++)
        sl_buf_put(&bytes, SL_SPAN("\x00\x00"));
    check_frames(sl_buf_span(&bytes), "", SL_WS_NONE);
    sl_buf_put(&bytes, SL_SPAN("\x00\x00"));
    check_frames(sl_buf_span(&bytes), "", SL_WS_FRAGMENTS);
}

/* Whatever the bytes are: no split changes what they mean. */
static void test_any_bytes_in_any_split(void)
{
    uint32_t seed = 12345;

    for (unsigned round = 0; round < 4000; round++) {
        static const uint8_t likely[] = {0x81, 0x01, 0x00, 0x80, 0x89, 0x88, 0x02, 0x03,
                                         0xe8, 0xc3, 0xa4, 0x7e, 0x05, 'a',  0x8a, 0xf0};
        uint8_t bytes[24];
        size_t n = 1 + round % sizeof bytes;

        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = seed >> 30 == 0 ? (uint8_t)(seed >> 16) : likely[seed >> 20 & 15];
        }
        struct run whole = run_cut(sl_span(bytes, n), n, n);
        check_same(&whole, run_bytewise(sl_span(bytes, n)));
        check_same(&whole, run_cut(sl_span(bytes, n), n / 3, n / 2));
        run_done(&whole);
    }
}

static void test_every_refusal_has_its_words(void)
{
    for (unsigned i = 0; i < SL_WS_REFUSAL_COUNT; i++) {
        uint16_t code = sl_ws_refusal_code((enum sl_ws_refusal)i);
        SL_CHECK(strlen(sl_ws_refusal_text((enum sl_ws_refusal)i)) > 10);
        SL_CHECK(i < SL_WS_RESERVED ? code == 0 : code >= 1002 && code <= 1009);
    }
}

/* --- frames out --- */

static void test_a_masked_frame(void)
{
    SL_BUF(b, 100);

    sl_ws_put(&b, SL_WS_OP_TEXT, SL_SPAN("Hello"), mask); /* section 5.7 */
    SL_CHECK_BYTES(sl_buf_span(&b), SL_SPAN("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"));
    sl_buf_reset(&b);
    sl_ws_put_close(&b, 1000, (const uint8_t[SL_WS_MASK]){0});
    SL_CHECK_BYTES(sl_buf_span(&b), SL_SPAN("\x88\x82\0\0\0\0\x03\xe8"));
}

/* The payload of a frame that we made, its mask taken off; the length has its shortest form. */
static void check_sent(size_t n, size_t head)
{
    SL_BUF(b, 1 << 18);
    SL_BUF(text, 1 << 18);

    for (size_t i = 0; i < n; i++)
        sl_buf_put_u8(&text, (uint8_t)('a' + i % 26));
    sl_ws_put(&b, SL_WS_OP_TEXT, sl_buf_span(&text), mask);
    SL_CHECK_INT(b.n, head + SL_WS_MASK + n);
    SL_CHECK_INT(b.p[0], 0x81);
    SL_CHECK_INT(b.p[1], 0x80 | (head == 2 ? n : head == 4 ? 126 : 127));
    uint64_t length = head == 2 ? n : 0;
    for (size_t i = 2; i < head; i++)
        length = length << 8 | b.p[i];
    SL_CHECK_INT(length, n);
    SL_CHECK(memcmp(b.p + head, mask, SL_WS_MASK) == 0);
    for (size_t i = 0; i < n; i++)
        if (!SL_CHECK_INT(b.p[head + SL_WS_MASK + i] ^ mask[i % 4], text.p[i]))
            return;
}

static void test_lengths_out(void)
{
    check_sent(0, 2);
    check_sent(125, 2);
    check_sent(126, 4);
    check_sent(65535, 4);
    check_sent(65536, 10);
}

static void test_no_long_control_frame(void)
{
    static const uint8_t bytes[SL_WS_CONTROL_MOST + 1];
    SL_BUF(b, 1000);

    sl_ws_put(&b, SL_WS_OP_PONG, sl_span(bytes, SL_WS_CONTROL_MOST), mask);
    SL_CHECK_INT(sl_buf_err(&b), SL_OK);
    sl_ws_put(&b, SL_WS_OP_PONG, sl_span(bytes, sizeof bytes), mask);
    SL_CHECK_INT(sl_buf_err(&b), SL_ELIMIT);
}

int main(void)
{
    SL_RUN(test_the_request);
    SL_RUN(test_nobody_forges_a_line_of_the_request);
    SL_RUN(test_the_answer);
    SL_RUN(test_an_answer_without_an_end);
    SL_RUN(test_frames);
    SL_RUN(test_the_largest_message);
    SL_RUN(test_fragments_without_end);
    SL_RUN(test_any_bytes_in_any_split);
    SL_RUN(test_every_refusal_has_its_words);
    SL_RUN(test_a_masked_frame);
    SL_RUN(test_lengths_out);
    SL_RUN(test_no_long_control_frame);
    return sl_tap_done();
}
