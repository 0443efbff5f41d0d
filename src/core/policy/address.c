/* Addresses: "host:port" to listen on, and where a target lies. */
#include "core/policy/policy_int.h"

_Static_assert(offsetof(struct sl_settings, postgres_port) ==
                   offsetof(struct sl_settings, postgres_host) + sizeof(struct sl_span),
               "sl_address_read");
_Static_assert(offsetof(struct sl_settings, http_port) ==
                   offsetof(struct sl_settings, http_host) + sizeof(struct sl_span),
               "sl_address_read");

static bool is_port(struct sl_span text)
{
    uint64_t port;

    return text.n <= 5 && sl_span_u64(text, &port) == SL_OK && port >= 1 && port <= 65535 &&
           text.p[0] != '0';
}

/* Nothing that some reader of addresses takes for the end of the host: what is behind it would be
 * shown as a part of the host's name, and may be a secret. ('%': a zone of IPv6.) */
static bool is_host(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] >= 0x7f || strchr("/@[]?&=#;\\", text.p[i]) != NULL)
            return false;
    return text.n > 0;
}

/* "host:port", "[::1]:port"; a host alone when a port is not needed. */
static bool split_address(struct sl_span text, struct sl_span *host, struct sl_span *port)
{
    bool brackets = text.n > 0 && text.p[0] == '[';
    size_t end = sl_span_find(text, brackets ? ']' : ':');

    *host = brackets ? sl_span_from(sl_span_head(text, end), 1) : sl_span_head(text, end);
    struct sl_span rest = sl_span_from(text, brackets ? end + 1 : end);
    *port = sl_span_from(rest, 1);
    if ((brackets && end == text.n) || (rest.n > 0 && rest.p[0] != ':') ||
        (rest.n > 0 && port->n == 0))
        return false;
    return is_host(*host) && (port->n == 0 || is_port(*port));
}

/* The port's field follows the host's in both structs. */
void sl_address_read(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                     void *field)
{
    struct sl_span host = {0}, port = {0}, *pair = field;

    if (n->kind != SL_NODE_TEXT || n->text.n > k->most || !split_address(n->text, &host, &port) ||
        port.n == 0) {
        sl_value_unexpected(l, k, n);
        return;
    }
    pair[0] = sl_load_keep(l, host);
    pair[1] = sl_load_keep(l, port);
}

static bool split_socket(struct sl_span text, struct sl_span *folder, struct sl_span *port)
{
    size_t colon = sl_span_find(text, ':');

    *folder = sl_span_head(text, colon);
    *port = sl_span_from(text, colon + 1);
    return colon == text.n || is_port(*port);
}

void sl_upstream_read(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                      void *base)
{
    struct sl_target *t = base;
    struct sl_span host = {0}, port = {0};

    t->host_is_unix = n->kind == SL_NODE_TEXT && n->text.n > 0 && n->text.p[0] == '/';
    if (n->kind != SL_NODE_TEXT || n->text.n > k->most || !sl_text_is_clean(n->text) ||
        !(t->host_is_unix ? split_socket : split_address)(n->text, &host, &port)) {
        sl_value_unexpected(l, k, n);
        return;
    }
    t->host = sl_load_keep(l, host);
    t->port = port.n == 0 ? SL_SPAN("5432") : sl_load_keep(l, port);
}

static bool is_this_machine(struct sl_span host)
{
    return sl_span_is(host, "localhost") || sl_span_is(host, "127.0.0.1") ||
           sl_span_is(host, "::1");
}

/* In an address to call there is no '%' before the path: it would hide a character. */
static bool is_place(struct sl_span text, struct sl_span *host, struct sl_span *port)
{
    return sl_span_find(text, '%') == text.n && split_address(text, host, port);
}

bool sl_is_syslog_endpoint(struct sl_span url)
{
    static const char scheme[] = "syslog+tls://";
    struct sl_span host = {0}, port = {0}, rest = sl_span_from(url, sizeof scheme - 1);

    return sl_span_starts(url, sl_span_str(scheme)) && is_place(rest, &host, &port) && port.n > 0 &&
           sl_text_is_clean(rest);
}

/* Nothing in it that two readers could read differently, and no secret. */
bool sl_is_endpoint(struct sl_span url)
{
    bool tls = sl_span_starts(url, SL_SPAN("https://"));
    struct sl_span host, port, rest = sl_span_from(url, tls ? 8 : 7);

    if (!tls && !sl_span_starts(url, SL_SPAN("http://")))
        return false;
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] <= ' ' || rest.p[i] >= 0x7f || strchr("@\\#\"<>^`{|}", rest.p[i]) != NULL)
            return false;
    return is_place(sl_span_head(rest, sl_span_find(rest, '/')), &host, &port) &&
           (tls || is_this_machine(host));
}

bool sl_is_short_name(struct sl_span name)
{
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!word && (i == 0 || (c != '-' && c != '_' && c != '.')))
            return false;
    }
    return name.n > 0;
}
