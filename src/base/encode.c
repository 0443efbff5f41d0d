#include "base/encode.h"

static const char hex_digits[] = "0123456789abcdef";
static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void sl_hex_put(struct sl_buf *b, struct sl_span bytes)
{
    uint8_t *room = sl_buf_room(b, bytes.n * 2);

    if (room == NULL)
        return;
    for (size_t i = 0; i < bytes.n; i++) {
        room[2 * i] = (uint8_t)hex_digits[bytes.p[i] >> 4];
        room[2 * i + 1] = (uint8_t)hex_digits[bytes.p[i] & 15];
    }
    b->n += bytes.n * 2;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum sl_err sl_hex_fixed(uint8_t *out, size_t n, struct sl_span text)
{
    if (text.n != n * 2)
        return SL_EMALFORMED;
    for (size_t i = 0; i < text.n; i++)
        if (hex_value(text.p[i]) < 0)
            return SL_EMALFORMED;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(hex_value(text.p[2 * i]) << 4 | hex_value(text.p[2 * i + 1]));
    return SL_OK;
}

enum sl_err sl_hex_get(struct sl_buf *b, struct sl_span text)
{
    uint8_t *room = sl_buf_room(b, text.n / 2 + 1);

    if (room == NULL)
        return sl_buf_err(b);
    SL_TRY(sl_hex_fixed(room, text.n / 2, text));
    b->n += text.n / 2;
    return SL_OK;
}

static void put64(struct sl_buf *b, struct sl_span s, const char *alphabet, bool pad)
{
    for (size_t i = 0; i < s.n; i += 3) {
        size_t left = s.n - i;
        uint32_t v = (uint32_t)s.p[i] << 16 | (left > 1 ? (uint32_t)s.p[i + 1] << 8 : 0) |
                     (left > 2 ? s.p[i + 2] : 0);
        sl_buf_put_u8(b, (uint8_t)alphabet[v >> 18]);
        sl_buf_put_u8(b, (uint8_t)alphabet[v >> 12 & 63]);
        if (left > 1)
            sl_buf_put_u8(b, (uint8_t)alphabet[v >> 6 & 63]);
        if (left > 2)
            sl_buf_put_u8(b, (uint8_t)alphabet[v & 63]);
        for (size_t missing = left; pad && missing < 3; missing++)
            sl_buf_put_u8(b, '=');
    }
}

void sl_base64_put(struct sl_buf *b, struct sl_span bytes)
{
    put64(b, bytes, standard, true);
}

void sl_base64url_put(struct sl_buf *b, struct sl_span bytes)
{
    put64(b, bytes, url_safe, false);
}

/* -1: not of this alphabet. By ranges: a token is thousands of these. */
static int value64(uint8_t c, const char *alphabet)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == (uint8_t)alphabet[62])
        return 62;
    return c == (uint8_t)alphabet[63] ? 63 : -1;
}

static enum sl_err get64(struct sl_buf *b, struct sl_span text, const char *alphabet)
{
    size_t n = 0, tail = text.n % 4;
    uint32_t bits = 0;
    unsigned have = 0;

    if (tail == 1)
        return SL_EMALFORMED;
    uint8_t *room = sl_buf_room(b, text.n / 4 * 3 + (tail == 0 ? 0 : tail - 1));
    if (room == NULL)
        return sl_buf_err(b);
    for (size_t i = 0; i < text.n; i++) {
        int value = value64(text.p[i], alphabet);
        if (value < 0)
            return SL_EMALFORMED;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            room[n++] = (uint8_t)(bits >> have);
        }
        bits &= (1u << have) - 1;
    }
    if (bits != 0)
        return SL_EMALFORMED;
    b->n += n;
    return SL_OK;
}

enum sl_err sl_base64_get(struct sl_buf *b, struct sl_span text)
{
    if (text.n % 4 != 0)
        return SL_EMALFORMED;
    if (text.n > 0 && text.p[text.n - 1] == '=')
        text.n -= text.p[text.n - 2] == '=' ? 2 : 1;
    return get64(b, text, standard);
}

enum sl_err sl_base64url_get(struct sl_buf *b, struct sl_span text)
{
    return get64(b, text, url_safe);
}
