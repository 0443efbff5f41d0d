/* Which addresses may be called: of an issuer, of a hook, of a chat. */
#include "role/courier/courier_int.h"

/* --- parts of an address ---------------------------------------------------------------------- */

/* Of "scheme://host:port/path" what stands between; nothing, where somebody's name is in it. */
static struct sl_span authority_of(struct sl_span url)
{
    struct sl_span rest = sl_span_from(url, sl_span_find(url, ':') + sizeof "//");
    size_t end = 0;

    while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?' && rest.p[end] != '#')
        end++;
    rest = sl_span_head(rest, end);
    return sl_span_find(rest, '@') < rest.n || sl_span_find(rest, '\\') < rest.n ? sl_span(NULL, 0)
                                                                                 : rest;
}

static struct sl_span host_of(struct sl_span url)
{
    struct sl_span both = authority_of(url);

    if (both.n > 0 && both.p[0] == '[')
        return sl_span_head(both, sl_span_find(both, ']') + 1);
    return sl_span_head(both, sl_span_find(both, ':'));
}

/* libcurl takes "localhost" for this machine without asking a name server. */
static bool is_here(struct sl_span url)
{
    struct sl_span host = host_of(url);
    bool digits = host.n > 4;

    for (size_t i = 0; i < host.n; i++)
        digits = digits && (host.p[i] == '.' || (host.p[i] >= '0' && host.p[i] <= '9'));
    return sl_span_is(host, "localhost") || sl_span_is(host, "[::1]") ||
           (digits && sl_span_starts(host, SL_SPAN("127.")));
}

static bool is_plain(struct sl_span url)
{
    return sl_span_starts(url, SL_SPAN("http://"));
}

/* --- chats ------------------------------------------------------------------------------------ */

/* Nothing in it that a server or libcurl might read as another path than it looks like. */
static bool is_clear(struct sl_span url)
{
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] >= 0x7f || url.p[i] == '\\' || url.p[i] == '#')
            return false;
    return true;
}

static bool is_dots(struct sl_span segment)
{
    size_t i = 0;

    while (i < segment.n) {
        struct sl_span rest = sl_span_from(segment, i);
        bool escaped = sl_span_eq_nocase(sl_span_head(rest, 3), SL_SPAN("%2e"));
        if (!escaped && rest.p[0] != '.')
            return false;
        i += escaped ? 3 : 1;
    }
    return segment.n > 0;
}

/* "." and "..", with dots that may be escaped, mean other folders. */
static bool has_dots(struct sl_span url)
{
    struct sl_span path = sl_span_head(url, sl_span_find(url, '?'));

    while (path.n > 0) {
        size_t end = sl_span_find(path, '/');

        if (is_dots(sl_span_head(path, end)))
            return true;
        path = sl_span_from(path, end + 1);
    }
    return false;
}

static bool lies_beneath(struct sl_span url, struct sl_span root)
{
    if (!sl_span_starts(url, root) || root.n == 0)
        return false;
    if (url.n == root.n || root.p[root.n - 1] == '/')
        return true;
    return sl_span_find(root, '?') == root.n && (url.p[root.n] == '/' || url.p[root.n] == '?');
}

static bool is_of_chat(const struct sl_courier *c, const struct sl_courier_issuer *chat,
                       struct sl_span url)
{
    if (!is_clear(url) || has_dots(url))
        return false;
    for (size_t i = 0; i < c->issuer_count; i++)
        if (sl_span_eq(sl_buf_span(&c->issuers[i].name), sl_buf_span(&chat->name)) &&
            lies_beneath(url, sl_buf_span(&c->issuers[i].url)))
            return true;
    return false;
}

/* --- whoever it is -----------------------------------------------------------------------------
 */

static const char *const unknown[] = {"there is no such issuer in the configuration",
                                      "there is no such hook in the configuration",
                                      "there is no such chat in the configuration"};

const char *sl_courier_url_refused(const struct sl_courier *c,
                                   const struct sl_courier_issuer *issuer, struct sl_span url)
{
    bool to_hook = c->whom == SL_COURIER_HOOKS;

    if (issuer == NULL)
        return unknown[c->whom];
    if (to_hook && !sl_span_eq(url, sl_buf_span(&issuer->url)))
        return "only the hook's own address is called";
    if (to_hook && sl_span_starts(url, SL_SPAN("syslog+tls://")))
        return NULL;
    if (c->whom == SL_COURIER_CHAT && !is_of_chat(c, issuer, url))
        return "only what lies beneath the chat's own addresses is called";
    if (sl_span_starts(url, SL_SPAN("https://")))
        return NULL;
    if (!is_plain(url))
        return "only https:// is called";
    struct sl_span configured = sl_buf_span(&issuer->url);
    return is_plain(configured) && is_here(configured) && is_here(url)
               ? NULL
               : "plain http is called on this machine only, where the issuer itself is";
}

/* --- WebSockets of chats ---------------------------------------------------------------------- */

static bool is_name(struct sl_span host)
{
    for (size_t i = 0; i < host.n; i++) {
        uint8_t c = host.p[i], letter = c | 0x20;
        if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '-')
            return false;
    }
    return host.n > 0;
}

/* The API's own host, or one beneath its name: Slack's sockets are at wss-primary.slack.com. */
static bool is_host_of(struct sl_span host, struct sl_span api)
{
    struct sl_span root = host_of(api);

    if (root.n == 0 || sl_span_eq_nocase(host, root))
        return root.n > 0;
    return !is_here(api) && is_name(host) && host.n > root.n + 1 &&
           host.p[host.n - root.n - 1] == '.' &&
           sl_span_eq_nocase(sl_span_from(host, host.n - root.n), root);
}

static bool is_port(struct sl_span digits)
{
    uint64_t port;

    return digits.n <= 5 && sl_span_u64(digits, &port) == SL_OK && port > 0 && port <= UINT16_MAX;
}

/* ":8443" to this machine, else the default or nothing. */
static bool is_port_fine(struct sl_span rest, bool here)
{
    if (rest.n == 0)
        return true;
    return rest.p[0] == ':' && is_port(sl_span_from(rest, 1)) && (here || sl_span_is(rest, ":443"));
}

const char *sl_courier_socket_refused(const struct sl_courier *c,
                                      const struct sl_courier_issuer *chat, struct sl_span url,
                                      struct sl_courier_place *out)
{
    bool tls = sl_span_starts(url, SL_SPAN("wss://"));

    if (c->whom != SL_COURIER_CHAT)
        return "only the courier of chats holds streams";
    if (chat == NULL)
        return unknown[c->whom];
    if ((!tls && !sl_span_starts(url, SL_SPAN("ws://"))) || !is_clear(url))
        return "only wss:// is opened";
    struct sl_span api = sl_buf_span(&chat->url), host = host_of(url), both = authority_of(url);
    struct sl_span target =
        sl_span_from(url, (tls ? sizeof "wss://" : sizeof "ws://") - 1 + both.n);
    if (!is_host_of(host, api) || !is_port_fine(sl_span_from(both, host.n), is_here(url)))
        return "only the chat's own hosts are connected to, at the default port";
    if (!tls && !(is_plain(api) && is_here(api) && is_here(url)))
        return "ws:// is opened to this machine only, where the chat itself is in plain http";
    if (target.n > 0 && target.p[0] != '/')
        return "the address has no path before its query";
    *out = (struct sl_courier_place){tls, both, target.n > 0 ? target : SL_SPAN("/")};
    return NULL;
}
