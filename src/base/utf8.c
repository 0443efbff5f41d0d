#include "base/utf8.h"

#include "base/encode.h"

static size_t length_of(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

enum sl_err sl_utf8_next(struct sl_span s, size_t *at, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    static const uint8_t lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};

    if (*at >= s.n)
        return SL_EMALFORMED;
    size_t n = length_of(s.p[*at]);
    if (n == 0 || n > s.n - *at)
        return SL_EMALFORMED;

    uint32_t value = s.p[*at] & lead_bits[n];
    for (size_t i = 1; i < n; i++) {
        uint8_t c = s.p[*at + i];
        if ((c & 0xc0) != 0x80)
            return SL_EMALFORMED;
        value = value << 6 | (c & 0x3f);
    }
    if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return SL_EMALFORMED;
    *at += n;
    *code = value;
    return SL_OK;
}

bool sl_utf8_valid(struct sl_span s)
{
    uint32_t code;
    size_t at = 0;

    while (at < s.n)
        if (s.p[at] < 0x80)
            at++;
        else if (sl_utf8_next(s, &at, &code) != SL_OK)
            return false;
    return true;
}

/* The character that an earlier piece left unfinished, as far as this one goes. */
static bool finish_held(struct sl_utf8_stream *s, struct sl_span piece, size_t *at)
{
    uint32_t code;
    size_t start = 0;

    while (s->n > 0 && *at < piece.n) {
        s->held[s->n++] = piece.p[(*at)++];
        if (s->n < length_of(s->held[0]))
            continue;
        if (sl_utf8_next(sl_span(s->held, s->n), &start, &code) != SL_OK)
            return false;
        s->n = 0;
    }
    return true;
}

bool sl_utf8_stream_take(struct sl_utf8_stream *s, struct sl_span piece)
{
    uint32_t code;
    size_t at = 0;

    if (!finish_held(s, piece, &at))
        return false;
    while (at < piece.n) {
        size_t n = length_of(piece.p[at]);
        if (n > piece.n - at) {
            s->n = piece.n - at;
            memcpy(s->held, piece.p + at, s->n);
            return true;
        }
        if (n == 1)
            at++;
        else if (sl_utf8_next(piece, &at, &code) != SL_OK)
            return false;
    }
    return true;
}

void sl_utf8_put(struct sl_buf *b, uint32_t code)
{
    if (code < 0x80) {
        sl_buf_put_u8(b, (uint8_t)code);
    } else if (code < 0x800) {
        sl_buf_put_u8(b, (uint8_t)(0xc0 | code >> 6));
        sl_buf_put_u8(b, (uint8_t)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        sl_buf_put_u8(b, (uint8_t)(0xe0 | code >> 12));
        sl_buf_put_u8(b, (uint8_t)(0x80 | (code >> 6 & 0x3f)));
        sl_buf_put_u8(b, (uint8_t)(0x80 | (code & 0x3f)));
    } else {
        sl_buf_put_u8(b, (uint8_t)(0xf0 | code >> 18));
        sl_buf_put_u8(b, (uint8_t)(0x80 | (code >> 12 & 0x3f)));
        sl_buf_put_u8(b, (uint8_t)(0x80 | (code >> 6 & 0x3f)));
        sl_buf_put_u8(b, (uint8_t)(0x80 | (code & 0x3f)));
    }
}

struct sl_span sl_utf8_head(struct sl_span s, size_t max_bytes)
{
    if (s.n <= max_bytes)
        return s;
    while (max_bytes > 0 && (s.p[max_bytes] & 0xc0) == 0x80)
        max_bytes--;
    return sl_span_head(s, max_bytes);
}

struct sl_span sl_utf8_head_columns(struct sl_span s, size_t columns)
{
    size_t at = 0, used = 0;

    while (at < s.n) {
        uint32_t code = 0;
        size_t next = at;

        if (sl_utf8_next(s, &next, &code) != SL_OK)
            next = at + 1;
        used += code < 0x80 ? 1 : 2;
        if (used > columns)
            break;
        at = next;
    }
    return sl_span_head(s, at);
}

bool sl_utf8_deceives(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

bool sl_utf8_unseen(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0xa0, 0xa0},       {0x34f, 0x34f},     {0x600, 0x605},      {0x6dd, 0x6dd},
        {0x70f, 0x70f},     {0x8e2, 0x8e2},     {0x115f, 0x1160},    {0x1680, 0x1680},
        {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200a},    {0x202f, 0x202f},
        {0x205f, 0x205f},   {0x2800, 0x2800},   {0x3000, 0x3000},    {0x3164, 0x3164},
        {0xe000, 0xf8ff},   {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},    {0xffa0, 0xffa0},
        {0xfff0, 0xfff8},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd},  {0x13430, 0x1343f},
        {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xf0000, 0x10ffff},
    };

    for (size_t i = 0; i < SL_COUNT(ranges); i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return (c & 0xfffe) == 0xfffe;
}

static void put_hex_code(struct sl_buf *b, uint32_t code)
{
    uint8_t bytes[4] = {(uint8_t)(code >> 24), (uint8_t)(code >> 16), (uint8_t)(code >> 8),
                        (uint8_t)code};
    size_t skip = code > 0xffff ? 1 : (code > 0xff ? 2 : 3);

    sl_buf_put_str(b, "\\u{");
    sl_hex_put(b, sl_span(bytes + skip, sizeof bytes - skip));
    sl_buf_put_u8(b, '}');
}

void sl_utf8_put_printable(struct sl_buf *b, struct sl_span s)
{
    for (size_t at = 0; at < s.n;) {
        uint32_t code;
        size_t from = at;
        if (sl_utf8_next(s, &at, &code) != SL_OK) {
            sl_buf_put_str(b, "\\x");
            sl_hex_put(b, sl_span(s.p + at, 1));
            at++;
        } else if (sl_utf8_deceives(code)) {
            put_hex_code(b, code);
        } else {
            sl_buf_put(b, sl_span(s.p + from, at - from));
        }
    }
}
