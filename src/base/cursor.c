#include "base/cursor.h"

struct sl_span sl_cursor_take(struct sl_cursor *c, size_t n)
{
    if (c->short_read || n > sl_cursor_left(c)) {
        c->short_read = true;
        return (struct sl_span){NULL, 0};
    }
    struct sl_span taken = {c->in.p + c->at, n};
    c->at += n;
    return taken;
}

struct sl_span sl_cursor_cstr(struct sl_cursor *c)
{
    struct sl_span left = sl_span_from(c->in, c->at);
    size_t end = sl_span_find(left, 0);

    if (c->short_read || end == left.n) {
        c->short_read = true;
        return (struct sl_span){NULL, 0};
    }
    c->at += end + 1;
    return sl_span_head(left, end);
}

struct sl_span sl_cursor_rest(struct sl_cursor *c)
{
    return sl_cursor_take(c, sl_cursor_left(c));
}

uint8_t sl_cursor_u8(struct sl_cursor *c)
{
    struct sl_span s = sl_cursor_take(c, 1);

    return s.n == 1 ? s.p[0] : 0;
}

static uint64_t big_endian(struct sl_span s)
{
    uint64_t value = 0;

    for (size_t i = 0; i < s.n; i++)
        value = value << 8 | s.p[i];
    return value;
}

static uint64_t little_endian(struct sl_span s)
{
    uint64_t value = 0;

    for (size_t i = s.n; i > 0; i--)
        value = value << 8 | s.p[i - 1];
    return value;
}

uint16_t sl_cursor_be16(struct sl_cursor *c)
{
    return (uint16_t)big_endian(sl_cursor_take(c, 2));
}

uint32_t sl_cursor_be32(struct sl_cursor *c)
{
    return (uint32_t)big_endian(sl_cursor_take(c, 4));
}

uint64_t sl_cursor_be64(struct sl_cursor *c)
{
    return big_endian(sl_cursor_take(c, 8));
}

uint16_t sl_cursor_le16(struct sl_cursor *c)
{
    return (uint16_t)little_endian(sl_cursor_take(c, 2));
}

uint32_t sl_cursor_le32(struct sl_cursor *c)
{
    return (uint32_t)little_endian(sl_cursor_take(c, 4));
}

uint64_t sl_cursor_le64(struct sl_cursor *c)
{
    return little_endian(sl_cursor_take(c, 8));
}
