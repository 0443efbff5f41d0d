#include "role/desk/guard.h"

#include "base/encode.h"
#include "crypto/crypto.h"

bool sl_desk_url_parts(struct sl_span url, struct sl_span *scheme, struct sl_span *authority)
{
    bool is_https = sl_span_starts(url, SL_SPAN("https://"));

    if (!is_https && !sl_span_starts(url, SL_SPAN("http://")))
        return false;
    *scheme = sl_span_head(url, is_https ? 5 : 4);
    struct sl_span rest = sl_span_from(url, scheme->n + 3);
    *authority = sl_span_head(rest, sl_span_find(rest, '/'));
    return sl_http1_host_valid(*authority);
}

static void split_host(struct sl_span host, struct sl_span *name, struct sl_span *port)
{
    size_t end =
        host.n > 0 && host.p[0] == '[' ? sl_span_find(host, ']') + 1 : sl_span_find(host, ':');

    *name = sl_span_head(host, end);
    *port = sl_span_from(host, end + 1);
}

/* Numbers and dots alone, or in brackets. A browser resolves no such name. */
static bool is_address(struct sl_span name)
{
    size_t dots = 0;

    if (name.n > 0 && name.p[0] == '[')
        return true;
    for (size_t i = 0; i < name.n; i++) {
        dots += name.p[i] == '.';
        if (name.p[i] != '.' && (name.p[i] < '0' || name.p[i] > '9'))
            return false;
    }
    return dots == 3;
}

static bool is_default_port(struct sl_span scheme, struct sl_span port)
{
    return port.n == 0 || sl_span_is(port, sl_span_is(scheme, "https") ? "443" : "80");
}

static bool same_authority(struct sl_span scheme, struct sl_span a, struct sl_span b)
{
    struct sl_span name_a, port_a, name_b, port_b;

    split_host(a, &name_a, &port_a);
    split_host(b, &name_b, &port_b);
    bool same_port = sl_span_eq(port_a, port_b) ||
                     (is_default_port(scheme, port_a) && is_default_port(scheme, port_b));
    return same_port && sl_span_eq_nocase(name_a, name_b);
}

static bool is_public(const struct sl_desk_place *place, struct sl_span host)
{
    struct sl_span scheme, authority;

    return sl_desk_url_parts(place->public_url, &scheme, &authority) &&
           same_authority(scheme, authority, host);
}

bool sl_desk_host_ours(const struct sl_desk_place *place, struct sl_span host)
{
    struct sl_span name, port;
    struct sl_span scheme = place->tls ? SL_SPAN("https") : SL_SPAN("http");

    if (is_public(place, host))
        return true;
    split_host(host, &name, &port);
    bool is_port = sl_span_eq(port, place->listen_port) ||
                   (port.n == 0 && is_default_port(scheme, place->listen_port));
    return is_port && (is_address(name) || sl_span_eq_nocase(name, SL_SPAN("localhost")) ||
                       sl_span_eq_nocase(name, place->listen_host));
}

/* A proxy in front may end TLS, so https in front of our plain http is ours too when public_url
 * says so. */
static bool is_scheme_ours(const struct sl_desk_place *place, struct sl_span scheme,
                           struct sl_span host)
{
    struct sl_span public_scheme, authority;

    if (sl_span_is(scheme, place->tls ? "https" : "http"))
        return true;
    return sl_desk_url_parts(place->public_url, &public_scheme, &authority) &&
           sl_span_eq(scheme, public_scheme) && same_authority(scheme, authority, host);
}

bool sl_desk_origin_ours(const struct sl_desk_place *place, const struct sl_http1_head *h)
{
    struct sl_span origin = sl_http1_header(h, "Origin"),
                   site = sl_http1_header(h, "Sec-Fetch-Site");
    struct sl_span scheme, authority;

    if (site.p != NULL && !sl_span_is(site, "same-origin") && !sl_span_is(site, "none"))
        return false;
    if (origin.p == NULL)
        return true;
    return sl_desk_url_parts(origin, &scheme, &authority) &&
           origin.n == scheme.n + 3 + authority.n && is_scheme_ours(place, scheme, h->host) &&
           same_authority(scheme, authority, h->host);
}

bool sl_desk_is_visit(const struct sl_http1_head *h)
{
    struct sl_span mode = sl_http1_header(h, "Sec-Fetch-Mode"),
                   dest = sl_http1_header(h, "Sec-Fetch-Dest");

    return sl_http1_header(h, "Origin").p == NULL &&
           (mode.p == NULL || sl_span_is(mode, "navigate")) &&
           (dest.p == NULL || sl_span_is(dest, "document"));
}

bool sl_desk_origin_said(const struct sl_desk_place *place, const struct sl_http1_head *h)
{
    return sl_http1_header(h, "Origin").p != NULL && sl_desk_origin_ours(place, h);
}

static bool is_token_byte(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_';
}

static bool is_secret(struct sl_span text)
{
    if (text.n > SL_DESK_MAX_CREDENTIAL)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!is_token_byte(text.p[i]))
            return false;
    return true;
}

/* "a=b; c=d": the value of ours. Others' cookies on this host are no business of ours. */
static enum sl_err find_in_line(struct sl_span line, const char *wanted, struct sl_span *value)
{
    bool found = false;

    while (line.n > 0) {
        struct sl_span pair = sl_span_head(line, sl_span_find(line, ';'));

        line = sl_span_from(line, pair.n + 1);
        while (line.n > 0 && line.p[0] == ' ')
            line = sl_span_from(line, 1);
        size_t name = sl_span_find(pair, '=');
        if (!sl_span_is(sl_span_head(pair, name), wanted))
            continue;
        if (found)
            return SL_EMALFORMED;
        found = true;
        *value = sl_span_from(pair, name + 1);
    }
    return found ? SL_OK : SL_ENOTFOUND;
}

static enum sl_err find_cookie(const struct sl_http1_head *h, const char *wanted,
                               struct sl_span *value)
{
    bool found = false;

    for (size_t i = 0; i < h->header_count; i++) {
        if (!sl_span_eq_nocase(h->headers[i].name, SL_SPAN("Cookie")))
            continue;
        enum sl_err err = find_in_line(h->headers[i].value, wanted, value);
        if (err == SL_EMALFORMED || (err == SL_OK && found))
            return SL_EMALFORMED;
        found = found || err == SL_OK;
    }
    return found && value->n > 0 ? SL_OK
                                 : SL_ENOTFOUND; /* empty: the browser is about to forget it */
}

static enum sl_err find_secret(const struct sl_http1_head *h, const char *wanted,
                               const char *prefix, struct sl_span *secret)
{
    struct sl_span value = {NULL, 0};

    SL_TRY(find_cookie(h, wanted, &value));
    if (!sl_span_starts(value, sl_span_str(prefix)) || !is_secret(value))
        return SL_EMALFORMED;
    *secret = value;
    return SL_OK;
}

enum sl_err sl_desk_cookie(const struct sl_http1_head *h, struct sl_span *session)
{
    return find_secret(h, SL_DESK_COOKIE, "sls_", session);
}

enum sl_err sl_desk_flow_cookie(const struct sl_http1_head *h, struct sl_span *flow)
{
    return find_secret(h, SL_DESK_FLOW_COOKIE, "", flow);
}

enum sl_err sl_desk_device_cookie(const struct sl_http1_head *h, struct sl_span *device)
{
    return find_secret(h, SL_DESK_DEVICE_COOKIE, "slv_", device);
}

void sl_desk_mark(struct sl_span session, char mark[SL_DESK_MARK_HEX + 1])
{
    struct sl_span parts[] = {SL_SPAN("sluice/csrf/v1\n"), session};
    uint8_t hash[SL_SHA256];
    SL_BUF(hex, SL_DESK_MARK_HEX + 1);

    sl_sha256_parts(parts, SL_COUNT(parts), hash);
    sl_hex_put(&hex, sl_span(hash, sizeof hash));
    memcpy(mark, sl_buf_text(&hex), SL_DESK_MARK_HEX + 1);
}

bool sl_desk_mark_said(const struct sl_http1_head *h, struct sl_span session)
{
    char mark[SL_DESK_MARK_HEX + 1];

    sl_desk_mark(session, mark);
    return sl_secret_eq(sl_http1_header(h, "Sluice-CSRF"), sl_span(mark, SL_DESK_MARK_HEX));
}

static bool is_jwt(struct sl_span text)
{
    size_t dots = 0, part = 0;

    if (text.n > SL_DESK_MAX_TOKEN)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        bool dot = text.p[i] == '.';

        if ((dot && part == 0) || (!dot && !is_token_byte(text.p[i])))
            return false;
        dots += dot;
        part = dot ? 0 : part + 1;
    }
    return dots == 2 && part > 0;
}

static bool is_ours(struct sl_span text)
{
    return (sl_span_starts(text, SL_SPAN("sld_")) || sl_span_starts(text, SL_SPAN("slt_")) ||
            sl_span_starts(text, SL_SPAN("sll_")) || sl_span_starts(text, SL_SPAN("slp_"))) &&
           is_secret(text);
}

enum sl_err sl_desk_bearer(const struct sl_http1_head *h, struct sl_span *token)
{
    struct sl_span value = sl_http1_header(h, "Authorization");

    if (value.p == NULL)
        return SL_ENOTFOUND;
    if (!sl_span_eq_nocase(sl_span_head(value, 7), SL_SPAN("Bearer ")))
        return SL_EMALFORMED;
    struct sl_span text = sl_span_from(value, 7);
    if (!is_ours(text) && !is_jwt(text))
        return SL_EMALFORMED;
    *token = text;
    return SL_OK;
}
