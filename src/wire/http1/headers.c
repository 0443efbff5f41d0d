/* What header lines mean together: one Host, one framing, nothing that changes hands on the way. */
#include "wire/http1/http1_int.h"

/* Headers that may stand once. A second one makes two readers disagree about which counts. */
static const char *const singletons[] = {
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Content-Type",
    "Content-Encoding",
    "Authorization",
    "Expect",
    "Origin",
    "Referer",
    "User-Agent",
    "Last-Event-ID",
    "Cookie",
    "Date",
    "Max-Forwards",
    "Proxy-Authorization",
    "From",
    "Content-Range",
    "Range",
    "If-Range",
    "Sec-Fetch-Site",
    "Connection",
    "Sluice-Reason",
    "Sluice-Run",
    "Sluice-Sink",
    "Idempotency-Key",
};

static size_t count(const struct sl_http1_head *h, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < h->header_count; i++)
        n += sl_span_eq_nocase(h->headers[i].name, sl_span_str(name));
    return n;
}

static bool has(const struct sl_http1_head *h, const char *name)
{
    return sl_http1_header(h, name).p != NULL;
}

static enum sl_http1_refusal check_singletons(const struct sl_http1_head *h)
{
    for (size_t i = 0; i < SL_COUNT(singletons); i++)
        if (count(h, singletons[i]) > 1)
            return SL_HTTP1_DUPLICATE_HEADER;
    return SL_HTTP1_NONE;
}

static enum sl_http1_refusal read_host(struct sl_http1_head *h)
{
    h->host = sl_http1_header(h, "Host");
    if (h->host.p == NULL)
        return SL_HTTP1_HOST_MISSING;
    return sl_http1_host_valid(h->host) ? SL_HTTP1_NONE : SL_HTTP1_HOST_INVALID;
}

static bool may_carry_body(enum sl_http1_method m)
{
    static const bool carries[] = {
#define ROW(name, body) body,
        SL_HTTP1_METHODS(ROW)
#undef ROW
    };

    return carries[m];
}

/* Leading zeros are octal to somebody. */
static enum sl_http1_refusal read_length(struct sl_span text, uint64_t max, struct sl_http1_head *h)
{
    bool is_plain = text.n == 1 || (text.n > 1 && text.n <= 19 && text.p[0] != '0');

    if (!is_plain || sl_span_u64(text, &h->body_bytes) != SL_OK)
        return SL_HTTP1_LENGTH_INVALID;
    return h->body_bytes > max ? SL_HTTP1_BODY_TOO_LARGE : SL_HTTP1_NONE;
}

static enum sl_http1_refusal read_framing(const struct sl_http1_limits *limits,
                                          struct sl_http1_head *h)
{
    struct sl_span length = sl_http1_header(h, "Content-Length");
    struct sl_span coding = sl_http1_header(h, "Transfer-Encoding");

    if (length.p != NULL && coding.p != NULL)
        return SL_HTTP1_LENGTH_AND_CHUNKED;
    if (coding.p != NULL && !sl_span_eq_nocase(coding, SL_SPAN("chunked")))
        return SL_HTTP1_CODING_UNKNOWN;
    if (has(h, "Trailer"))
        return SL_HTTP1_TRAILER;
    h->chunked = coding.p != NULL;
    if (length.p != NULL) {
        enum sl_http1_refusal why = read_length(length, limits->body_bytes, h);
        if (why != SL_HTTP1_NONE)
            return why;
    }
    bool has_body = h->chunked || h->body_bytes > 0;
    return has_body && !may_carry_body(h->method) ? SL_HTTP1_BODY_UNEXPECTED : SL_HTTP1_NONE;
}

static enum sl_http1_refusal read_connection(struct sl_http1_head *h)
{
    struct sl_span connection = sl_http1_header(h, "Connection");

    if (has(h, "Upgrade") || has(h, "HTTP2-Settings"))
        return SL_HTTP1_UPGRADE;
    if (connection.p == NULL || sl_span_eq_nocase(connection, SL_SPAN("keep-alive")))
        return SL_HTTP1_NONE;
    if (!sl_span_eq_nocase(connection, SL_SPAN("close")))
        return SL_HTTP1_CONNECTION;
    h->keep_alive = false;
    return SL_HTTP1_NONE;
}

static enum sl_http1_refusal read_expectation(struct sl_http1_head *h)
{
    struct sl_span expect = sl_http1_header(h, "Expect");

    if (expect.p == NULL)
        return SL_HTTP1_NONE;
    if (!sl_span_eq_nocase(expect, SL_SPAN("100-continue")))
        return SL_HTTP1_EXPECTATION;
    h->expect_continue = h->chunked || h->body_bytes > 0;
    return SL_HTTP1_NONE;
}

enum sl_http1_refusal sl_http1_check_headers(const struct sl_http1_limits *limits,
                                             struct sl_http1_head *h)
{
    enum sl_http1_refusal why = check_singletons(h);

    if (why == SL_HTTP1_NONE)
        why = read_host(h);
    if (why == SL_HTTP1_NONE)
        why = read_framing(limits, h);
    if (why == SL_HTTP1_NONE)
        why = read_connection(h);
    return why == SL_HTTP1_NONE ? read_expectation(h) : why;
}
