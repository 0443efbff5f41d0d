/* wire/http1: what is accepted, what is refused and why, under any split of the bytes. */
#include "wire/http1/http1.h"

#include "tests/unit/tap.h"

static const struct sl_http1_limits limits = {
    .head_bytes = 512, .target_bytes = 64, .headers = 8, .body_bytes = 100};

/* What a whole run of the parser saw, as text that can be compared. */
struct run {
    struct sl_buf seen; /* one line a HEAD or END, the bodies joined between */
    enum sl_http1_refusal refusal;
    bool need_more;
    struct sl_http1_head head; /* of the last request; views into the input */
};

static void note(struct run *r, const struct sl_http1_event *ev)
{
    if (ev->type == SL_HTTP1_BODY) {
        sl_buf_put(&r->seen, ev->body);
    } else if (ev->type == SL_HTTP1_END) {
        sl_buf_put_str(&r->seen, "|END\n");
    } else {
        r->head = ev->head;
        sl_buf_say(&r->seen, "%s %S ?%S @%S %s %U %s %s|", sl_http1_method_name(ev->head.method),
                   ev->head.path, ev->head.query, ev->head.host,
                   ev->head.chunked ? "chunked" : "length", ev->head.body_bytes,
                   ev->head.keep_alive ? "keep" : "close",
                   ev->head.expect_continue ? "continue" : "");
    }
}

static struct run run_pieces(struct sl_span text, const size_t *cuts, size_t cut_count)
{
    struct run r = {.seen = sl_buf(1 << 20)};
    struct sl_http1 p = sl_http1(&limits);
    size_t from = 0;

    for (size_t i = 0; i <= cut_count; i++) {
        struct sl_span in = {text.p + from, (i < cut_count ? cuts[i] : text.n) - from};
        struct sl_http1_event ev;
        enum sl_http1_step step;

        while ((step = sl_http1_step(&p, &in, &ev)) == SL_HTTP1_EVENT)
            note(&r, &ev);
        r.need_more = step == SL_HTTP1_NEED_MORE;
        from = (size_t)(in.p - text.p);
    }
    r.refusal = p.refusal;
    return r;
}

static struct run run_whole(struct sl_span text)
{
    return run_pieces(text, NULL, 0);
}

#define GOOD "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

static const struct accepted {
    const char *bytes, *events;
} accepted[] = {
    {GOOD "\r\n", "GET / ? @a length 0 keep |"
                  "|END\n"},
    {"HEAD /a/b?c=d HTTP/1.1\r\nhost: x.y:8080\r\n\r\n",
     "HEAD /a/b ?c=d @x.y:8080 length 0 keep ||END\n"},
    {"GET /%7Ea%20b/ HTTP/1.1\r\nHost:[::1]:80\r\n\r\n",
     "GET /%7Ea%20b/ ? @[::1]:80 length 0 keep ||END\n"},
    {"GET /... HTTP/1.1\r\nHost: a\r\n\r\n", "GET /... ? @a length 0 keep ||END\n"},
    {"GET /x?a=%2f..%5c HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /x ?a=%2f..%5c @a length 0 keep ||END\n"},
    {GOOD "Content-Length: 0\r\n\r\n", "GET / ? @a length 0 keep ||END\n"},
    {GOOD "Empty:\r\nBlank: \t \r\n\r\n", "GET / ? @a length 0 keep ||END\n"},
    {GOOD "Connection: close\r\n\r\n", "GET / ? @a length 0 close ||END\n"},
    {GOOD "Connection: Keep-Alive\r\n\r\n", "GET / ? @a length 0 keep ||END\n"},
    {POST "Content-Length: 5\r\n\r\nhello", "POST / ? @a length 5 keep |hello|END\n"},
    {POST "\r\n", "POST / ? @a length 0 keep ||END\n"},
    {POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
     "POST / ? @a length 2 keep continue|hi|END\n"},
    {CHUNKED "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "POST / ? @a chunked 0 keep |hello!|END\n"},
    {CHUNKED "A\r\n0123456789\r\n0\r\n\r\n", "POST / ? @a chunked 0 keep |0123456789|END\n"},
    {CHUNKED "0\r\n\r\n" GOOD "\r\n",
     "POST / ? @a chunked 0 keep ||END\nGET / ? @a length 0 keep ||END\n"},
    {POST "Content-Length: 3\r\n\r\nabc" GOOD "\r\n",
     "POST / ? @a length 3 keep |abc|END\nGET / ? @a length 0 keep ||END\n"},
};

static void test_accepted(void)
{
    for (size_t i = 0; i < SL_COUNT(accepted); i++) {
        struct run r = run_whole(sl_span_str(accepted[i].bytes));

        SL_CHECK_TEXT(sl_buf_span(&r.seen), accepted[i].events);
        SL_CHECK_INT(r.refusal, SL_HTTP1_NONE);
        SL_CHECK(r.need_more);
        sl_buf_done(&r.seen);
    }
}

#define SIXTY "0123456789012345678901234567890123456789012345678901234567890"
#define REFUSE(bytes, why)                       \
    {                                            \
        bytes, sizeof(bytes) - 1, SL_HTTP1_##why \
    }
/* Each line is a way in which two readers could come to two messages, or a plain mistake. */
static const struct refused {
    const char *bytes;
    size_t n;
    enum sl_http1_refusal why;
} refused[] = {
    /* lines */
    REFUSE("GET / HTTP/1.1\nHost: a\n\n", BARE_LF),
    REFUSE("GET / HTTP/1.1\r\nHost: a\n\r\n", BARE_LF),
    REFUSE("GET / HTTP/1.1\rHost: a\r\n\r\n", BARE_CR),
    REFUSE("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", BARE_CR),
    REFUSE("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", BARE_CR),
    REFUSE("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", CONTROL_BYTE),
    REFUSE("\x16\x03\x01\x02", CONTROL_BYTE),
    REFUSE("GET / HTTP/1.1\r\nHost: a\x7f\r\n\r\n", CONTROL_BYTE),
    REFUSE("GET / HTTP/1.1\r\nX: caf\xc3\xa9\r\n\r\n", NOT_ASCII),
    REFUSE("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", EMPTY_LINE),
    /* request line */
    REFUSE("GET /\r\n\r\n", REQUEST_LINE),
    REFUSE("GET\r\n\r\n", REQUEST_LINE),
    REFUSE("GET  / HTTP/1.1\r\n\r\n", REQUEST_LINE),
    REFUSE("GET / HTTP/1.1 \r\n\r\n", REQUEST_LINE),
    REFUSE("GET / x HTTP/1.1\r\n\r\n", REQUEST_LINE),
    REFUSE("GET / HTTP/1.10\r\n\r\n", REQUEST_LINE),
    REFUSE("GET / http/1.1\r\n\r\n", REQUEST_LINE),
    REFUSE("GET / HTTP/1.0\r\nHost: a\r\n\r\n", VERSION),
    REFUSE("PRI * HTTP/2.0\r\n\r\n", VERSION),
    REFUSE(" GET / HTTP/1.1\r\n\r\n", REQUEST_LINE),
    REFUSE("get / HTTP/1.1\r\n\r\n", METHOD_SYNTAX),
    REFUSE("GE\tT / HTTP/1.1\r\n\r\n", METHOD_SYNTAX),
    REFUSE("CONNECT a:443 HTTP/1.1\r\n\r\n", METHOD_UNKNOWN),
    REFUSE("TRACE / HTTP/1.1\r\n\r\n", METHOD_UNKNOWN),
    REFUSE("GETT / HTTP/1.1\r\n\r\n", METHOD_UNKNOWN),
    /* target */
    REFUSE("GET http://a/ HTTP/1.1\r\n\r\n", TARGET_FORM),
    REFUSE("OPTIONS * HTTP/1.1\r\n\r\n", TARGET_FORM),
    REFUSE("GET //a HTTP/1.1\r\n\r\n", TARGET_EMPTY_SEGMENT),
    REFUSE("GET /a//b HTTP/1.1\r\n\r\n", TARGET_EMPTY_SEGMENT),
    REFUSE("GET /a#b HTTP/1.1\r\n\r\n", TARGET_CHARACTER),
    REFUSE("GET /a\\b HTTP/1.1\r\n\r\n", TARGET_CHARACTER),
    REFUSE("GET /\"a HTTP/1.1\r\n\r\n", TARGET_CHARACTER),
    REFUSE("GET /?a#b HTTP/1.1\r\n\r\n", TARGET_CHARACTER),
    REFUSE("GET /%4 HTTP/1.1\r\n\r\n", TARGET_ESCAPE),
    REFUSE("GET /%zz HTTP/1.1\r\n\r\n", TARGET_ESCAPE),
    REFUSE("GET /?% HTTP/1.1\r\n\r\n", TARGET_ESCAPE),
    REFUSE("GET /a%00b HTTP/1.1\r\n\r\n", TARGET_HIDDEN),
    REFUSE("GET /a%2Fb HTTP/1.1\r\n\r\n", TARGET_HIDDEN),
    REFUSE("GET /a%5cb HTTP/1.1\r\n\r\n", TARGET_HIDDEN),
    REFUSE("GET /?a%0d%0aX HTTP/1.1\r\n\r\n", TARGET_HIDDEN),
    REFUSE("GET /a/../b HTTP/1.1\r\n\r\n", TARGET_DOTS),
    REFUSE("GET /.. HTTP/1.1\r\n\r\n", TARGET_DOTS),
    REFUSE("GET /./a HTTP/1.1\r\n\r\n", TARGET_DOTS),
    REFUSE("GET /a/%2e%2E/b HTTP/1.1\r\n\r\n", TARGET_DOTS),
    REFUSE("GET /a/.%2e HTTP/1.1\r\n\r\n", TARGET_DOTS),
    REFUSE("GET /" SIXTY "abcd HTTP/1.1\r\n\r\n", TARGET_TOO_LONG),
    /* header lines */
    REFUSE(GOOD " folded\r\n\r\n", FOLDED),
    REFUSE(GOOD "X: a\r\n\tb\r\n\r\n", FOLDED),
    REFUSE(GOOD "no colon\r\n\r\n", HEADER_NO_COLON),
    REFUSE(GOOD ": a\r\n\r\n", HEADER_NAME),
    REFUSE(GOOD "Content-Length : 1\r\n\r\n", HEADER_NAME),
    REFUSE(GOOD "Transfer-Encoding\t: chunked\r\n\r\n", HEADER_NAME),
    REFUSE(GOOD "X(: a\r\n\r\n", HEADER_NAME),
    REFUSE(GOOD "1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n8:\r\n\r\n", TOO_MANY_HEADERS),
    REFUSE(GOOD "X: " SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY, HEAD_TOO_LARGE),
    /* host */
    REFUSE("GET / HTTP/1.1\r\n\r\n", HOST_MISSING),
    REFUSE(GOOD "Host: a\r\n\r\n", DUPLICATE_HEADER),
    REFUSE(GOOD "host: b\r\n\r\n", DUPLICATE_HEADER),
    REFUSE("GET / HTTP/1.1\r\nHost:\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: a:\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: a:0\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: []\r\n\r\n", HOST_INVALID),
    REFUSE("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", HOST_INVALID),
    /* framing */
    REFUSE(POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", LENGTH_AND_CHUNKED),
    REFUSE(POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", LENGTH_AND_CHUNKED),
    REFUSE(POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", DUPLICATE_HEADER),
    REFUSE(POST "Content-Length: 1\r\nContent-length: 2\r\n\r\n", DUPLICATE_HEADER),
    REFUSE(POST "Content-Length: 1, 1\r\n\r\n", LENGTH_INVALID),
    REFUSE(POST "Content-Length: +1\r\n\r\n", LENGTH_INVALID),
    REFUSE(POST "Content-Length: -1\r\n\r\n", LENGTH_INVALID),
    REFUSE(POST "Content-Length: 0x1\r\n\r\n", LENGTH_INVALID),
    REFUSE(POST "Content-Length: 01\r\n\r\n", LENGTH_INVALID),
    REFUSE(POST "Content-Length:\r\n\r\n", LENGTH_INVALID),
    REFUSE(POST "Content-Length: 1 1\r\n\r\n", LENGTH_INVALID),
    REFUSE(POST "Content-Length: 18446744073709551617\r\n\r\n", LENGTH_INVALID),
    REFUSE(POST "Content-Length: 101\r\n\r\n", BODY_TOO_LARGE),
    REFUSE(POST "Transfer-Encoding: gzip\r\n\r\n", CODING_UNKNOWN),
    REFUSE(POST "Transfer-Encoding: gzip, chunked\r\n\r\n", CODING_UNKNOWN),
    REFUSE(POST "Transfer-Encoding: chunked, chunked\r\n\r\n", CODING_UNKNOWN),
    REFUSE(POST "Transfer-Encoding: chunked, identity\r\n\r\n", CODING_UNKNOWN),
    REFUSE(POST "Transfer-Encoding: xchunked\r\n\r\n", CODING_UNKNOWN),
    REFUSE(POST "Transfer-Encoding: \"chunked\"\r\n\r\n", CODING_UNKNOWN),
    REFUSE(POST "Transfer-Encoding:\r\n\r\n", CODING_UNKNOWN),
    REFUSE(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n", DUPLICATE_HEADER),
    REFUSE(GOOD "Transfer-Encoding: chunked\r\n\r\n", BODY_UNEXPECTED),
    REFUSE(GOOD "Content-Length: 1\r\n\r\n", BODY_UNEXPECTED),
    REFUSE("OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", BODY_UNEXPECTED),
    REFUSE(POST "Trailer: X\r\n\r\n", TRAILER),
    /* connection */
    REFUSE(GOOD "Connection: upgrade\r\n\r\n", CONNECTION),
    REFUSE(GOOD "Connection: close, host\r\n\r\n", CONNECTION),
    REFUSE(GOOD "Upgrade: h2c\r\n\r\n", UPGRADE),
    REFUSE(GOOD "Expect: 200-ok\r\n\r\n", EXPECTATION),
    REFUSE(GOOD "Authorization: a\r\nAuthorization: b\r\n\r\n", DUPLICATE_HEADER),
    /* chunks */
    REFUSE(CHUNKED "g\r\n", CHUNK_SIZE),
    REFUSE(CHUNKED "\r\n", CHUNK_SIZE),
    REFUSE(CHUNKED "-1\r\n", CHUNK_SIZE),
    REFUSE(CHUNKED "0x1\r\n", CHUNK_SIZE),
    REFUSE(CHUNKED "00\r\n\r\n", CHUNK_SIZE),
    REFUSE(CHUNKED "01\r\na\r\n", CHUNK_SIZE),
    REFUSE(CHUNKED "1\na\r\n", CHUNK_SIZE),
    REFUSE(CHUNKED "123456789\r\n", CHUNK_SIZE),
    REFUSE(CHUNKED "1;a=b\r\na\r\n", CHUNK_EXTENSION),
    REFUSE(CHUNKED "1 \r\na\r\n", CHUNK_EXTENSION),
    REFUSE(CHUNKED "65\r\n", BODY_TOO_LARGE),
    REFUSE(CHUNKED "64\r\n" SIXTY "012345678901234567890123456789012345678\r\n1\r\n",
           BODY_TOO_LARGE),
    REFUSE(CHUNKED "ffffffff\r\n", BODY_TOO_LARGE),
    REFUSE(CHUNKED "1\r\nab\r\n", CHUNK_END),
    REFUSE(CHUNKED "1\r\na\n0\r\n\r\n", CHUNK_END),
    REFUSE(CHUNKED "0\r\nX: y\r\n\r\n", TRAILER),
    REFUSE(CHUNKED "0\r\n\n", TRAILER),
};

static void test_refused(void)
{
    bool seen[SL_HTTP1_REFUSAL_COUNT] = {[SL_HTTP1_NONE] = true};

    for (size_t i = 0; i < SL_COUNT(refused); i++) {
        struct run r = run_whole(sl_span(refused[i].bytes, refused[i].n));

        seen[refused[i].why] = true;
        if (!SL_CHECK_INT(r.refusal, refused[i].why))
            sl_tap_hex("case", sl_span(refused[i].bytes, refused[i].n));
        sl_buf_done(&r.seen);
    }
    for (size_t i = 0; i < SL_HTTP1_REFUSAL_COUNT; i++)
        if (!SL_CHECK(seen[i]))
            printf("#   no case for: %s\n", sl_http1_refusal_text((enum sl_http1_refusal)i));
}

static void same(struct run *whole, struct sl_span text, const size_t *cuts, size_t n)
{
    struct run r = run_pieces(text, cuts, n);

    SL_CHECK_BYTES(sl_buf_span(&r.seen), sl_buf_span(&whole->seen));
    SL_CHECK_INT(r.refusal, whole->refusal);
    sl_buf_done(&r.seen);
}

static void check_splits(struct sl_span text)
{
    size_t every[2048] = {0};
    struct run whole = run_whole(text);

    for (size_t i = 0; i < text.n && i < SL_COUNT(every); i++)
        every[i] = i + 1;
    same(&whole, text, every, text.n - 1);
    for (size_t i = 1; i < text.n; i++) {
        size_t two[2] = {i, i + (text.n - i) / 2};

        same(&whole, text, two, 2);
    }
    sl_buf_done(&whole.seen);
}

static void test_any_split_gives_the_same(void)
{
    for (size_t i = 0; i < SL_COUNT(accepted); i++)
        check_splits(sl_span_str(accepted[i].bytes));
    for (size_t i = 0; i < SL_COUNT(refused); i++)
        check_splits(sl_span(refused[i].bytes, refused[i].n));
}

/* A truncated request never ends, and is never refused when the whole is fine. */
static void test_truncated(void)
{
    for (size_t i = 0; i < SL_COUNT(accepted); i++) {
        struct sl_span text = sl_span_str(accepted[i].bytes);
        struct run whole = run_whole(text);

        for (size_t n = 0; n < text.n; n++) {
            struct run r = run_whole(sl_span_head(text, n));

            SL_CHECK_INT(r.refusal, SL_HTTP1_NONE);
            SL_CHECK(r.seen.n < whole.seen.n);
            sl_buf_done(&r.seen);
        }
        sl_buf_done(&whole.seen);
    }
}

/* A flipped bit changes the events, or the request is refused, or the bit lay in something that has
 * no meaning here: it never ends in a state that another split would not end in. */
static void test_flipped_bits(void)
{
    uint8_t copy[512];

    for (size_t i = 0; i < SL_COUNT(accepted); i++) {
        size_t n = strlen(accepted[i].bytes);

        for (size_t bit = 0; bit < n * 8; bit++) {
            memcpy(copy, accepted[i].bytes, n);
            copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct run whole = run_whole(sl_span(copy, n));
            size_t cut = bit / 8;
            same(&whole, sl_span(copy, n), &cut, 1);
            sl_buf_done(&whole.seen);
        }
    }
}

static void test_broken_stays_broken(void)
{
    struct sl_http1 p = sl_http1(&limits);
    struct sl_http1_event ev;
    struct sl_span bad = SL_SPAN("x\n"), good = SL_SPAN(GOOD "\r\n");

    SL_CHECK_INT(sl_http1_step(&p, &bad, &ev), SL_HTTP1_BROKEN);
    SL_CHECK_INT(sl_http1_step(&p, &good, &ev), SL_HTTP1_BROKEN);
    SL_CHECK_INT(p.refusal, SL_HTTP1_BARE_LF);
}

static void test_limits_are_exact(void)
{
    static const struct sl_span text = {(const uint8_t *)GOOD "\r\n", sizeof(GOOD "\r\n") - 1};

    for (int less = 0; less < 2; less++) {
        struct sl_http1_limits tight = {.head_bytes = text.n - less,
                                        .target_bytes = 1,
                                        .headers = 1};
        struct sl_http1 p = sl_http1(&tight);
        struct sl_span in = text;
        struct sl_http1_event ev;

        SL_CHECK_INT(sl_http1_step(&p, &in, &ev), less ? SL_HTTP1_BROKEN : SL_HTTP1_EVENT);
        SL_CHECK_INT(p.refusal, less ? SL_HTTP1_HEAD_TOO_LARGE : SL_HTTP1_NONE);
    }
}

/* What is accepted encodes back to bytes that are accepted and mean the same; canonical input
 * exactly. */
static void test_encodes_back(void)
{
    for (size_t i = 0; i < SL_COUNT(accepted); i++) {
        struct run r = run_whole(sl_span_str(accepted[i].bytes));
        SL_BUF(first, 4096);
        SL_BUF(second, 4096);

        sl_http1_put_request(&first, &r.head);
        struct run again = run_whole(sl_buf_span(&first));
        SL_CHECK_INT(again.refusal, SL_HTTP1_NONE);
        sl_http1_put_request(&second, &again.head);
        SL_CHECK_BYTES(sl_buf_span(&second), sl_buf_span(&first));
        sl_buf_done(&r.seen);
        sl_buf_done(&again.seen);
    }
    struct run r = run_whole(SL_SPAN(GOOD "X: y\r\n\r\n"));
    SL_BUF(out, 4096);
    sl_http1_put_request(&out, &r.head);
    SL_CHECK_TEXT(sl_buf_span(&out), GOOD "X: y\r\n\r\n");
    sl_buf_done(&r.seen);
}

static void test_headers_are_found(void)
{
    struct run r = run_whole(SL_SPAN(GOOD "X-One:  v w \t\r\nEmpty:\r\n\r\n"));

    SL_CHECK_TEXT(sl_http1_header(&r.head, "x-one"), "v w");
    SL_CHECK(sl_http1_header(&r.head, "empty").p != NULL);
    SL_CHECK(sl_http1_header(&r.head, "absent").p == NULL);
    sl_buf_done(&r.seen);
}

static void test_query(void)
{
    struct sl_span value = {0}, query = SL_SPAN("wait=30&state=a%20b&flag&wait2=&dup=1&dup=2");
    SL_BUF(text, 64);

    SL_CHECK_INT(sl_http1_query(query, "wait", &value), SL_OK);
    SL_CHECK_TEXT(value, "30");
    SL_CHECK_INT(sl_http1_query(query, "flag", &value), SL_OK);
    SL_CHECK_INT(value.n, 0);
    SL_CHECK_INT(sl_http1_query(query, "dup", &value), SL_EMALFORMED);
    SL_CHECK_INT(sl_http1_query(query, "none", &value), SL_ENOTFOUND);
    SL_CHECK_INT(sl_http1_query(query, "state", &value), SL_OK);
    sl_http1_unescape(&text, value);
    SL_CHECK_TEXT(sl_buf_span(&text), "a b");
}

static void test_response(void)
{
    SL_BUF(out, 4096);

    sl_http1_put_status(&out, 404);
    sl_http1_put_header(&out, "Content-Type", SL_SPAN("text/plain"));
    sl_http1_put_length(&out, 12);
    sl_http1_put_head_end(&out);
    sl_http1_put_chunk(&out, SL_SPAN(""));
    sl_http1_put_chunk(&out, SL_SPAN("0123456789abcdef!"));
    sl_http1_put_last_chunk(&out);
    SL_CHECK_INT(sl_buf_err(&out), SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&out),
                  "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n"
                  "\r\n11\r\n0123456789abcdef!\r\n0\r\n\r\n");
}

static void test_nobody_forges_a_header(void)
{
    static const char *const values[] = {"a\r\nSet-Cookie: x", "a\nb", "a\rb", "caf\xc3\xa9",
                                         "\x01"};

    for (size_t i = 0; i < SL_COUNT(values); i++) {
        SL_BUF(out, 4096);

        sl_http1_put_header(&out, "Location", sl_span_str(values[i]));
        SL_CHECK_INT(sl_buf_err(&out), SL_EMALFORMED);
        SL_CHECK_INT(out.n, 0);
    }
}

int main(void)
{
    SL_RUN(test_accepted);
    SL_RUN(test_refused);
    SL_RUN(test_any_split_gives_the_same);
    SL_RUN(test_truncated);
    SL_RUN(test_flipped_bits);
    SL_RUN(test_broken_stays_broken);
    SL_RUN(test_limits_are_exact);
    SL_RUN(test_encodes_back);
    SL_RUN(test_headers_are_found);
    SL_RUN(test_query);
    SL_RUN(test_response);
    SL_RUN(test_nobody_forges_a_header);
    return sl_tap_done();
}
