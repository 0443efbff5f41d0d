/* Request targets and hosts: what they may hold, and what is in them. */
#include "wire/http1/http1_int.h"

/* A byte that came out of an escape and would change what the path means to some reader. */
static bool is_hidden_danger(int c)
{
    return c < 0x20 || c == 0x7f || c == '/' || c == '\\';
}

/* The next character of s, decoded; moves *at. */
static enum sl_http1_refusal next_character(struct sl_span s, size_t *at, bool (*fits)(uint8_t),
                                            int *c)
{
    uint8_t byte = s.p[*at];

    if (byte != '%') {
        *c = byte;
        *at += 1;
        return fits(byte) ? SL_HTTP1_NONE : SL_HTTP1_TARGET_CHARACTER;
    }
    int high = *at + 1 < s.n ? sl_http1_hex(s.p[*at + 1]) : -1;
    int low = *at + 2 < s.n ? sl_http1_hex(s.p[*at + 2]) : -1;
    if (high < 0 || low < 0)
        return SL_HTTP1_TARGET_ESCAPE;
    *c = high * 16 + low;
    *at += 3;
    return is_hidden_danger(*c) ? SL_HTTP1_TARGET_HIDDEN : SL_HTTP1_NONE;
}

/* A path segment, counted by its decoded characters. */
struct segment {
    size_t length;
    bool only_dots;
};

static enum sl_http1_refusal check_segment(struct segment s, bool is_last)
{
    if (s.length == 0)
        return is_last ? SL_HTTP1_NONE : SL_HTTP1_TARGET_EMPTY_SEGMENT;
    return s.only_dots && s.length <= 2 ? SL_HTTP1_TARGET_DOTS : SL_HTTP1_NONE;
}

static enum sl_http1_refusal check_path(struct sl_span path)
{
    struct segment s = {.only_dots = true};

    if (path.n == 0 || path.p[0] != '/')
        return SL_HTTP1_TARGET_FORM;
    for (size_t at = 1; at < path.n;) {
        bool is_slash = path.p[at] == '/';
        int c = 0;
        enum sl_http1_refusal why = next_character(path, &at, sl_http1_is_path, &c);

        if (why == SL_HTTP1_NONE && is_slash) {
            why = check_segment(s, false);
            s = (struct segment){.only_dots = true};
        } else {
            s.length++;
            s.only_dots &= c == '.';
        }
        if (why != SL_HTTP1_NONE)
            return why;
    }
    return check_segment(s, true);
}

static bool is_query(uint8_t c)
{
    return sl_http1_is_path(c) || c == '?';
}

/* Slashes may be hidden in a query, NUL and other control characters may not. */
static enum sl_http1_refusal check_query(struct sl_span query)
{
    for (size_t at = 0; at < query.n;) {
        int c = 0;
        enum sl_http1_refusal why = next_character(query, &at, is_query, &c);

        if (why == SL_HTTP1_TARGET_HIDDEN && (c == '/' || c == '\\'))
            why = SL_HTTP1_NONE;
        if (why != SL_HTTP1_NONE)
            return why;
    }
    return SL_HTTP1_NONE;
}

enum sl_http1_refusal sl_http1_target(struct sl_span target, struct sl_span *path,
                                      struct sl_span *query)
{
    size_t mark = sl_span_find(target, '?');
    struct sl_span before = sl_span_head(target, mark), after = sl_span_from(target, mark + 1);
    enum sl_http1_refusal why = check_path(before);

    if (why == SL_HTTP1_NONE)
        why = check_query(after);
    if (why != SL_HTTP1_NONE)
        return why;
    *path = before;
    *query = after;
    return SL_HTTP1_NONE;
}

void sl_http1_unescape(struct sl_buf *b, struct sl_span text)
{
    for (size_t at = 0; at < text.n; at++) {
        if (text.p[at] == '%' && at + 2 < text.n) {
            sl_buf_put_u8(b, (uint8_t)(sl_http1_hex(text.p[at + 1]) << 4 |
                                       sl_http1_hex(text.p[at + 2])));
            at += 2;
        } else {
            sl_buf_put_u8(b, text.p[at]);
        }
    }
}

bool sl_http1_query_next(struct sl_span *rest, struct sl_span *name, struct sl_span *value)
{
    if (rest->n == 0)
        return false;

    struct sl_span field = sl_span_head(*rest, sl_span_find(*rest, '&'));
    size_t equals = sl_span_find(field, '=');
    *name = sl_span_head(field, equals);
    *value = sl_span_from(field, equals + 1);
    *rest = sl_span_from(*rest, field.n + 1);
    return true;
}

enum sl_err sl_http1_query(struct sl_span query, const char *name, struct sl_span *value)
{
    struct sl_span key, found, here;
    bool is_found = false;

    while (sl_http1_query_next(&query, &key, &here)) {
        if (!sl_span_is(key, name))
            continue;
        if (is_found)
            return SL_EMALFORMED;
        is_found = true;
        found = here;
    }
    if (!is_found)
        return SL_ENOTFOUND;
    *value = found;
    return SL_OK;
}

static bool is_host_name(uint8_t c)
{
    return sl_http1_is_token(c) && strchr("!#$%&'*+^`|~", c) == NULL; /* letters, digits, - . _ */
}

static bool is_address6(uint8_t c)
{
    return sl_http1_hex(c) >= 0 || c == ':' || c == '.';
}

static bool is_port_valid(struct sl_span port)
{
    uint64_t number;

    return port.n <= 5 && sl_span_u64(port, &number) == SL_OK && number >= 1 && number <= 65535;
}

bool sl_http1_host_valid(struct sl_span host)
{
    bool is_bracketed = host.n > 0 && host.p[0] == '[';
    size_t close = sl_span_find(host, ']');
    size_t end = is_bracketed ? close + 1 : sl_span_find(host, ':');

    if (is_bracketed && close >= host.n)
        return false;
    bool is_name_valid = is_bracketed ? sl_http1_all(sl_span(host.p + 1, close - 1), is_address6)
                                      : sl_http1_all(sl_span_head(host, end), is_host_name);
    if (!is_name_valid)
        return false;
    return end == host.n || (host.p[end] == ':' && is_port_valid(sl_span_from(host, end + 1)));
}
