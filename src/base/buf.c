#include "base/buf.h"

#include <stdarg.h>
#include <stdlib.h>

void sl_buf_done(struct sl_buf *b)
{
    free(b->p);
    *b = (struct sl_buf){.max = b->max};
}

void sl_buf_reset(struct sl_buf *b)
{
    b->n = 0;
    b->why = SL_OK;
}

static enum sl_err grow(struct sl_buf *b, size_t need)
{
    size_t cap = b->cap < 64 ? 64 : b->cap;

    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > b->max)
        cap = b->max > need ? b->max : need;

    uint8_t *p = realloc(b->p, cap);
    if (p == NULL)
        return SL_EMEMORY;
    b->p = p;
    b->cap = cap;
    return SL_OK;
}

uint8_t *sl_buf_room(struct sl_buf *b, size_t n)
{
    size_t need;

    if (b->why != SL_OK)
        return NULL;
    if (__builtin_add_overflow(b->n, n, &need) || need > b->max) {
        b->why = SL_ELIMIT;
        return NULL;
    }
    if (need > b->cap || b->p == NULL)
        b->why = grow(b, need);
    return b->why == SL_OK ? b->p + b->n : NULL;
}

void sl_buf_drop(struct sl_buf *b, size_t n)
{
    SL_PROMISE(n <= b->n);
    if (n == 0)
        return;
    b->n -= n;
    if (b->n > 0)
        memmove(b->p, b->p + n, b->n);
}

void sl_buf_put(struct sl_buf *b, struct sl_span bytes)
{
    uint8_t *room = bytes.n == 0 ? NULL : sl_buf_room(b, bytes.n);

    if (room == NULL)
        return;
    memcpy(room, bytes.p, bytes.n);
    b->n += bytes.n;
}

void sl_buf_put_str(struct sl_buf *b, const char *text)
{
    sl_buf_put(b, sl_span_str(text));
}

void sl_buf_put_cstr(struct sl_buf *b, struct sl_span text)
{
    sl_buf_put(b, text);
    sl_buf_put_u8(b, 0);
}

static void put_big(struct sl_buf *b, uint64_t v, size_t bytes)
{
    uint8_t *room = sl_buf_room(b, bytes);

    if (room == NULL)
        return;
    for (size_t i = 0; i < bytes; i++)
        room[i] = (uint8_t)(v >> (8 * (bytes - 1 - i)));
    b->n += bytes;
}

static void put_little(struct sl_buf *b, uint64_t v, size_t bytes)
{
    uint8_t *room = sl_buf_room(b, bytes);

    if (room == NULL)
        return;
    for (size_t i = 0; i < bytes; i++)
        room[i] = (uint8_t)(v >> (8 * i));
    b->n += bytes;
}

void sl_buf_put_u8(struct sl_buf *b, uint8_t v)
{
    put_big(b, v, 1);
}

void sl_buf_put_be16(struct sl_buf *b, uint16_t v)
{
    put_big(b, v, 2);
}

void sl_buf_put_be32(struct sl_buf *b, uint32_t v)
{
    put_big(b, v, 4);
}

void sl_buf_put_be64(struct sl_buf *b, uint64_t v)
{
    put_big(b, v, 8);
}

void sl_buf_put_le16(struct sl_buf *b, uint16_t v)
{
    put_little(b, v, 2);
}

void sl_buf_put_le32(struct sl_buf *b, uint32_t v)
{
    put_little(b, v, 4);
}

void sl_buf_put_le64(struct sl_buf *b, uint64_t v)
{
    put_little(b, v, 8);
}

void sl_buf_put_decimal(struct sl_buf *b, uint64_t v)
{
    uint8_t digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (uint8_t)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    sl_buf_put(b, sl_span(digits + at, sizeof digits - at));
}

void sl_buf_put_grouped(struct sl_buf *b, uint64_t v)
{
    uint8_t digits[27];
    size_t at = sizeof digits, count = 0;

    do {
        if (count > 0 && count % 3 == 0)
            digits[--at] = ',';
        digits[--at] = (uint8_t)('0' + v % 10);
        v /= 10;
        count++;
    } while (v > 0);
    sl_buf_put(b, sl_span(digits + at, sizeof digits - at));
}

static void say_one(struct sl_buf *b, char verb, va_list *args)
{
    int number;

    switch (verb) {
    case 's':
        sl_buf_put_str(b, va_arg(*args, const char *));
        return;
    case 'S':
        sl_buf_put(b, va_arg(*args, struct sl_span));
        return;
    case 'u':
        sl_buf_put_decimal(b, va_arg(*args, unsigned));
        return;
    case 'U':
        sl_buf_put_decimal(b, va_arg(*args, uint64_t));
        return;
    case 'd':
        number = va_arg(*args, int);
        if (number < 0)
            sl_buf_put_u8(b, '-');
        sl_buf_put_decimal(b, number < 0 ? (uint64_t)(-(int64_t)number) : (uint64_t)number);
        return;
    default:
        SL_PROMISE(verb == '%');
        sl_buf_put_u8(b, '%');
    }
}

void sl_buf_say(struct sl_buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    for (const char *f = format; *f != '\0'; f++) {
        if (*f == '%')
            say_one(b, *++f, &args);
        else
            sl_buf_put_u8(b, (uint8_t)*f);
    }
    va_end(args);
}

const char *sl_buf_text(struct sl_buf *b)
{
    if (b->why != SL_OK)
        return "";
    if (b->n == b->cap && grow(b, b->n + 1) != SL_OK) {
        b->why = SL_EMEMORY;
        return "";
    }
    b->p[b->n] = '\0';
    return (const char *)b->p;
}
