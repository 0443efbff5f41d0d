#include "role/desk/forwarded.h"

static bool is_ours(const struct sl_desk_proxies *proxies, const struct sl_ip *ip)
{
    for (size_t i = 0; i < proxies->count; i++)
        if (sl_ip_in(ip, &proxies->nets[i]))
            return true;
    return false;
}

static struct sl_span trimmed(struct sl_span s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = sl_span_from(s, 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* Takes what stands behind the last comma off the list; false: the list is over. */
static bool take_last(struct sl_span *list, struct sl_span *item)
{
    size_t at = list->n;

    if (list->p == NULL)
        return false;
    while (at > 0 && list->p[at - 1] != ',')
        at--;
    *item = trimmed(sl_span_from(*list, at));
    *list = at == 0 ? sl_span(NULL, 0) : sl_span_head(*list, at - 1);
    return true;
}

static bool is_port(struct sl_span text)
{
    uint64_t port;

    return text.n > 1 && text.n <= 6 && text.p[0] == ':' &&
           sl_span_u64(sl_span_from(text, 1), &port) == SL_OK && port <= 65535;
}

/* Some proxies write the port too: "192.0.2.7:4711", "[2001:db8::1]:4711". */
static enum sl_err hop_get(struct sl_span text, struct sl_ip *out)
{
    size_t colon = sl_span_find(text, ':');

    if (text.n > 0 && text.p[0] == '[') {
        size_t end = sl_span_find(text, ']');
        struct sl_span inner = sl_span_head(sl_span_from(text, 1), end - 1);
        struct sl_span port = sl_span_from(text, end + 1);

        if (end == text.n || (port.n > 0 && !is_port(port)) || sl_span_find(inner, ':') == inner.n)
            return SL_EMALFORMED;
        return sl_ip_get(inner, out);
    }
    if (sl_span_find(text, '.') < colon && is_port(sl_span_from(text, colon)))
        return sl_ip_get(sl_span_head(text, colon), out);
    return sl_ip_get(text, out);
}

/* One line's hops from the right. True: `client` is the first that is none of ours, or `bad`. */
static bool is_found(const struct sl_desk_proxies *proxies, struct sl_span line,
                     struct sl_ip *client, bool *bad)
{
    struct sl_span item;

    while (take_last(&line, &item)) {
        *bad = hop_get(item, client) != SL_OK;
        if (*bad || !is_ours(proxies, client))
            return true;
    }
    return false;
}

enum sl_desk_forwarded sl_desk_forwarded(const struct sl_desk_proxies *proxies, struct sl_span peer,
                                         const struct sl_http1_head *h, struct sl_ip *client)
{
    struct sl_ip ip;
    bool said = false, bad = false, found = false;

    if (sl_ip_get(peer, &ip) != SL_OK || !is_ours(proxies, &ip))
        return SL_DESK_NOT_FORWARDED;
    for (size_t i = h->header_count; i > 0 && !found; i--) { /* lines are one list: RFC 9110, 5.3 */
        if (!sl_span_eq_nocase(h->headers[i - 1].name, SL_SPAN("X-Forwarded-For")))
            continue;
        said = true;
        found = is_found(proxies, h->headers[i - 1].value, &ip, &bad);
    }
    if (bad)
        return SL_DESK_FORWARDED_UNKNOWN;
    if (!said)
        return SL_DESK_NOT_FORWARDED;
    *client = ip;
    return SL_DESK_FORWARDED;
}
