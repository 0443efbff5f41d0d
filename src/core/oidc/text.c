/* Texts of others: what may be taken over, and how ours go out. */
#include "base/utf8.h"
#include "core/oidc/oidc_int.h"

bool sl_oidc_is_text(struct sl_span text, size_t most)
{
    SL_BUF(printable, 4 * SL_OIDC_TEXT_MAX);

    if (text.n == 0 || text.n > most || text.n > SL_OIDC_TEXT_MAX)
        return false;
    sl_utf8_put_printable(&printable, text);
    return sl_buf_err(&printable) == SL_OK && sl_span_eq(sl_buf_span(&printable), text);
}

static bool copy(struct sl_arena *mem, struct sl_span text, struct sl_span *out)
{
    struct sl_span kept = sl_arena_copy(mem, text);

    if (kept.p == NULL)
        return false;
    *out = kept;
    return true;
}

bool sl_oidc_take_text(const json_t *object, const char *key, struct sl_arena *mem,
                       struct sl_span *out)
{
    struct sl_span text = sl_json_str(object, key);

    if (json_object_get(object, key) == NULL)
        return true;
    return sl_oidc_is_text(text, SL_OIDC_TEXT_MAX) && copy(mem, text, out);
}

static bool take_item(const json_t *item, struct sl_arena *mem, struct sl_span *out)
{
    struct sl_span text = sl_span(json_string_value(item), json_string_length(item));

    return json_is_string(item) && sl_oidc_is_text(text, SL_OIDC_SUBJECT_MAX) &&
           copy(mem, text, out);
}

bool sl_oidc_take_list(const json_t *value, size_t most, struct sl_arena *mem,
                       const struct sl_span **items, size_t *count)
{
    size_t n = json_is_string(value) ? 1 : json_array_size(value);

    if (value == NULL)
        return true;
    if (n > most || (!json_is_string(value) && !json_is_array(value)))
        return false;
    struct sl_span *list = sl_arena_array(mem, n + 1, sizeof *list);
    if (list == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!take_item(json_is_string(value) ? value : json_array_get(value, i), mem, &list[i]))
            return false;
    *items = list;
    *count = n;
    return true;
}

/* --- addresses -------------------------------------------------------------------------------- */

static bool is_port(struct sl_span text)
{
    uint64_t port;

    return text.n <= 5 && sl_span_u64(text, &port) == SL_OK && port >= 1 && port <= 65535 &&
           text.p[0] != '0';
}

static bool is_host(struct sl_span host)
{
    for (size_t i = 0; i < host.n; i++) {
        uint8_t c = host.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!word && c != '-' && c != '.' && c != ':')
            return false;
    }
    return host.n > 0;
}

static bool split_host(struct sl_span authority, struct sl_span *host)
{
    bool brackets = authority.n > 0 && authority.p[0] == '[';
    size_t end = sl_span_find(authority, brackets ? ']' : ':');
    struct sl_span rest = sl_span_from(authority, end + brackets);

    *host = sl_span_head(brackets ? sl_span_from(authority, 1) : authority, end - brackets);
    if ((brackets && end == authority.n) || !is_host(*host))
        return false;
    return rest.n == 0 || (rest.p[0] == ':' && is_port(sl_span_from(rest, 1)));
}

static bool is_this_machine(struct sl_span host)
{
    return sl_span_is(host, "localhost") || sl_span_is(host, "127.0.0.1") ||
           sl_span_is(host, "::1");
}

bool sl_oidc_is_address(struct sl_span url, bool plain)
{
    bool tls = sl_span_starts(url, SL_SPAN("https://"));
    struct sl_span host, rest = sl_span_from(url, tls ? 8 : 7);
    size_t end = 0;

    if ((!tls && !(plain && sl_span_starts(url, SL_SPAN("http://")))) || url.n > SL_OIDC_URL_MAX)
        return false;
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] <= ' ' || rest.p[i] >= 0x7f || strchr("@\\#\"<>^`{|}", rest.p[i]) != NULL)
            return false;
    while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?')
        end++;
    return split_host(sl_span_head(rest, end), &host) && (tls || is_this_machine(host));
}

/* --- out -------------------------------------------------------------------------------------- */

void sl_oidc_put_escaped(struct sl_buf *b, struct sl_span text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (!plain) {
            sl_buf_put_u8(b, '%');
            sl_buf_put_u8(b, (uint8_t)digits[c >> 4]);
            c = (uint8_t)digits[c & 15];
        }
        sl_buf_put_u8(b, c);
    }
}

void sl_oidc_put_pair(struct sl_buf *b, const char *name, struct sl_span value)
{
    if (b->n > 0 && b->p[b->n - 1] != '?')
        sl_buf_put_u8(b, '&');
    sl_buf_say(b, "%s=", name);
    sl_oidc_put_escaped(b, value);
}
