/* The head of a request, line by line. */
#include "wire/http1/http1_int.h"

static struct sl_span next_line(struct sl_span *lines)
{
    struct sl_span line = sl_span_head(*lines, sl_span_find(*lines, '\r'));

    *lines = sl_span_from(*lines, line.n + 2);
    return line;
}

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static enum sl_http1_refusal parse_method(struct sl_span name, struct sl_http1_head *h)
{
    static const enum sl_http1_method known[] = {
#define ROW(name, body) SL_HTTP1_METHOD_##name,
        SL_HTTP1_METHODS(ROW)
#undef ROW
    };

    if (!sl_http1_all(name, is_upper))
        return SL_HTTP1_METHOD_SYNTAX;
    for (size_t i = 0; i < SL_COUNT(known); i++)
        if (sl_span_is(name, sl_http1_method_name(known[i]))) {
            h->method = known[i];
            return SL_HTTP1_NONE;
        }
    return SL_HTTP1_METHOD_UNKNOWN;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static enum sl_http1_refusal check_version(struct sl_span v)
{
    if (sl_span_is(v, "HTTP/1.1"))
        return SL_HTTP1_NONE;
    bool is_version = v.n == 8 && sl_span_starts(v, SL_SPAN("HTTP/")) && is_digit(v.p[5]) &&
                      v.p[6] == '.' && is_digit(v.p[7]);
    return is_version ? SL_HTTP1_VERSION : SL_HTTP1_REQUEST_LINE;
}

static enum sl_http1_refusal parse_request_line(struct sl_span line,
                                                const struct sl_http1_limits *limits,
                                                struct sl_http1_head *h)
{
    struct sl_span method = sl_span_head(line, sl_span_find(line, ' '));
    struct sl_span rest = sl_span_from(line, method.n + 1);
    struct sl_span target = sl_span_head(rest, sl_span_find(rest, ' '));
    enum sl_http1_refusal why = check_version(sl_span_from(rest, target.n + 1));

    if (why == SL_HTTP1_NONE)
        why = parse_method(method, h);
    if (why == SL_HTTP1_NONE && target.n > limits->target_bytes)
        why = SL_HTTP1_TARGET_TOO_LONG;
    if (why == SL_HTTP1_NONE)
        why = sl_http1_target(target, &h->path, &h->query);
    h->target = target;
    return why;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct sl_span trim(struct sl_span s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = sl_span_from(s, 1);
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s.n > 0 ? s : SL_SPAN("");
}

static enum sl_http1_refusal parse_header(struct sl_span line, struct sl_http1_header *out)
{
    size_t colon = sl_span_find(line, ':');
    struct sl_span name = sl_span_head(line, colon);

    if (is_blank(line.p[0]))
        return SL_HTTP1_FOLDED;
    if (colon == line.n)
        return SL_HTTP1_HEADER_NO_COLON;
    if (!sl_http1_all(name, sl_http1_is_token))
        return SL_HTTP1_HEADER_NAME;
    *out = (struct sl_http1_header){name, trim(sl_span_from(line, colon + 1))};
    return SL_HTTP1_NONE;
}

static enum sl_http1_refusal parse_headers(struct sl_span lines, size_t max,
                                           struct sl_http1_head *h)
{
    while (lines.n > 0) {
        struct sl_span line = next_line(&lines);

        if (h->header_count == max)
            return SL_HTTP1_TOO_MANY_HEADERS;
        enum sl_http1_refusal why = parse_header(line, &h->headers[h->header_count]);
        if (why != SL_HTTP1_NONE)
            return why;
        h->header_count++;
    }
    return SL_HTTP1_NONE;
}

enum sl_http1_refusal sl_http1_parse_head(struct sl_span lines,
                                          const struct sl_http1_limits *limits,
                                          struct sl_http1_head *out)
{
    size_t max = limits->headers < SL_HTTP1_HEADERS ? limits->headers : SL_HTTP1_HEADERS;

    *out = (struct sl_http1_head){.keep_alive = true};
    enum sl_http1_refusal why = parse_request_line(next_line(&lines), limits, out);
    if (why == SL_HTTP1_NONE)
        why = parse_headers(lines, max, out);
    return why == SL_HTTP1_NONE ? sl_http1_check_headers(limits, out) : why;
}

struct sl_span sl_http1_header(const struct sl_http1_head *h, const char *name)
{
    for (size_t i = 0; i < h->header_count; i++)
        if (sl_span_eq_nocase(h->headers[i].name, sl_span_str(name)))
            return h->headers[i].value;
    return (struct sl_span){0};
}
