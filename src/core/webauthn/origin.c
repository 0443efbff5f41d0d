/* Which host a page's address lets passkeys be of. */
#include "core/webauthn/webauthn.h"

/* Nothing, or a colon and digits. */
static bool is_port(struct sl_span text)
{
    for (size_t i = 1; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return text.n == 0 || (text.n > 1 && text.n <= 6 && text.p[0] == ':');
}

/* Of "https://host:port/...": the scheme's word and the host; of an IPv6 address with a bracket, by
 * which it is no name. */
static bool url_parts(struct sl_span url, bool *https, struct sl_span *host)
{
    struct sl_span rest;

    *https = sl_span_starts(url, SL_SPAN("https://"));
    if (!*https && !sl_span_starts(url, SL_SPAN("http://")))
        return false;
    rest = sl_span_from(url, *https ? 8 : 7);
    rest = sl_span_head(rest, sl_span_find(rest, '/'));
    bool six = rest.n > 0 && rest.p[0] == '[';
    *host = sl_span_head(rest, sl_span_find(rest, six ? ']' : ':'));
    return host->n > 0 && is_port(sl_span_from(rest, host->n + (six ? 1 : 0)));
}

static bool is_name_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* Lower-case labels, of which the last has a letter: an IPv4 address has none. */
static bool is_name(struct sl_span host)
{
    bool letter = false;

    for (size_t i = 0; i < host.n; i++) {
        if (!is_name_byte(host.p[i]) || (host.p[i] == '.' && (i == 0 || host.p[i - 1] == '.')))
            return false;
        letter = host.p[i] == '.' ? false : letter || (host.p[i] >= 'a' && host.p[i] <= 'z');
    }
    return host.n > 0 && host.n <= 253 && letter;
}

static bool is_localhost(struct sl_span host)
{
    struct sl_span end = SL_SPAN(".localhost");

    return sl_span_is(host, "localhost") ||
           (host.n > end.n && sl_span_eq(sl_span_from(host, host.n - end.n), end));
}

enum sl_err sl_webauthn_rp_of(struct sl_span url, struct sl_span *rp_id)
{
    struct sl_span host;
    bool https;

    if (!url_parts(url, &https, &host))
        return SL_EMALFORMED;
    if (!is_name(host) || (!https && !is_localhost(host)))
        return SL_EUNSUPPORTED;
    *rp_id = host;
    return SL_OK;
}

bool sl_webauthn_origin_fits(struct sl_span origin, struct sl_span rp_id)
{
    struct sl_span host;

    if (rp_id.n == 0 || sl_webauthn_rp_of(origin, &host) != SL_OK || host.n < rp_id.n ||
        sl_span_find(sl_span_from(origin, 8), '/') < origin.n - 8)
        return false;
    return sl_span_eq(sl_span_from(host, host.n - rp_id.n), rp_id) &&
           (host.n == rp_id.n || host.p[host.n - rp_id.n - 1] == '.');
}
