#include "wire/pg/oauth.h"

enum { KVSEP = 1 };

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_key(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_letter(s.p[i]))
            return false;
    return s.n > 0;
}

/* Printable ASCII, blank, tab, CR, LF. */
static bool is_value(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < ' ' || s.p[i] > '~') && s.p[i] != '\t' && s.p[i] != '\r' && s.p[i] != '\n')
            return false;
    return true;
}

/* b64token: 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" */
static bool is_token(struct sl_span s)
{
    size_t n = 0;

    while (n < s.n && (is_letter(s.p[n]) || (s.p[n] >= '0' && s.p[n] <= '9') ||
                       (s.p[n] != 0 && strchr("-._~+/", s.p[n]) != NULL)))
        n++;
    bool some = n > 0;
    while (n < s.n && s.p[n] == '=')
        n++;
    return some && n == s.n;
}

/* Nothing, or the scheme (which has no case), blanks and a token. */
static enum sl_err take_auth(struct sl_span value, struct sl_span *token)
{
    static const size_t scheme = sizeof "Bearer " - 1;

    if (value.n == 0)
        return SL_OK;
    if (!sl_span_eq_nocase(sl_span_head(value, scheme), SL_SPAN("Bearer ")))
        return SL_EMALFORMED;
    value = sl_span_from(value, scheme);
    while (value.n > 0 && value.p[0] == ' ')
        value = sl_span_from(value, 1);
    if (!is_token(value))
        return SL_EMALFORMED;
    *token = value;
    return SL_OK;
}

static bool is_repeated(const struct sl_span *keys, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++)
        if (sl_span_eq(keys[i], keys[count - 1]))
            return true;
    return false;
}

/* The pairs, with the last byte (the kvsep that ends them all) taken off. */
static enum sl_err take_pairs(struct sl_span pairs, struct sl_oauth_client_first *m)
{
    struct sl_span keys[SL_OAUTH_MAX_PAIRS];
    size_t count = 0;
    bool found = false;

    while (pairs.n > 0) {
        size_t end = sl_span_find(pairs, KVSEP), equals = sl_span_find(pairs, '=');
        if (end == pairs.n || equals >= end || count == SL_OAUTH_MAX_PAIRS)
            return SL_EMALFORMED;
        struct sl_span value = sl_span_from(sl_span_head(pairs, end), equals + 1);
        keys[count++] = sl_span_head(pairs, equals);
        if (!is_key(keys[count - 1]) || !is_value(value) || is_repeated(keys, count))
            return SL_EMALFORMED;
        if (sl_span_is(keys[count - 1], "auth")) {
            SL_TRY(take_auth(value, &m->token));
            found = true;
        }
        pairs = sl_span_from(pairs, end + 1);
    }
    return found ? SL_OK : SL_EMALFORMED;
}

enum sl_err sl_oauth_client_first_get(struct sl_span message, struct sl_oauth_client_first *out)
{
    struct sl_oauth_client_first m = {0};

    if (message.n > SL_OAUTH_MAX_MESSAGE || message.n < 5)
        return SL_EMALFORMED;
    if ((message.p[0] != 'n' && message.p[0] != 'y') || message.p[1] != ',' ||
        message.p[2] != ',' || message.p[3] != KVSEP || message.p[message.n - 1] != KVSEP)
        return SL_EMALFORMED;
    SL_TRY(take_pairs(sl_span_from(sl_span_head(message, message.n - 1), 4), &m));
    *out = m;
    return SL_OK;
}

void sl_oauth_put_client_first(struct sl_buf *b, struct sl_span token)
{
    sl_buf_put_str(b, "n,,\x01"
                      "auth=");
    sl_buf_put_str(b, token.n > 0 ? "Bearer " : "");
    sl_buf_put(b, token);
    sl_buf_put_str(b, "\x01\x01");
}

bool sl_oauth_is_client_last(struct sl_span message)
{
    return message.n == 1 && message.p[0] == KVSEP;
}
