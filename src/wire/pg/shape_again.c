#include "wire/pg/shape_int.h"

/* Why this is right. The lexer cuts tokens from left to right, and an integer ends where its digits
 * end, for nothing that could be part of a number, a word or a parameter may follow it. So where a
 * text that has a shape holds an integer, any other run of one to nine digits (below 2^31) is an
 * integer too, the bytes behind it are cut as they were, and the shape, its counts and its floor
 * know of an integer only that it is one. Integers behind OFFSET are part of the shape and stay
 * bytes. */

enum { MOST_DIGITS = 9 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(struct sl_span sql, size_t at)
{
    size_t n = 0;

    while (at + n < sql.n && is_digit(sql.p[at + n]))
        n++;
    return n;
}

/* Do the bytes of the kept text from `from` to `to` stand at `at`? */
static bool stands_at(const struct sl_shape_kept *k, size_t from, size_t to, struct sl_span sql,
                      size_t at)
{
    return sql.n - at >= to - from && memcmp(sql.p + at, k->text + from, to - from) == 0;
}

static bool is_like(const struct sl_shape_kept *k, struct sl_span sql)
{
    size_t from = 0, at = 0;

    for (unsigned i = 0; i < k->gaps; i++) {
        if (!stands_at(k, from, k->gap[i].from, sql, at))
            return false;
        at += k->gap[i].from - from;
        size_t digits = digits_at(sql, at);
        if (digits == 0 || digits > MOST_DIGITS)
            return false;
        at += digits;
        from = k->gap[i].to;
    }
    return sql.n - at == k->bytes - from && stands_at(k, from, k->bytes, sql, at);
}

/* By how it begins. Short texts are soon read. */
static struct sl_shape_kept *place_of(struct sl_shape_memory *m, struct sl_span sql)
{
    uint64_t head[2];

    if (sql.n < sizeof head || sql.n > SL_SHAPE_KEPT_BYTES)
        return NULL;
    memcpy(head, sql.p, sizeof head);
    uint64_t mixed = (head[0] ^ head[1] * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
    return &m->kept[(mixed >> 32 ^ mixed >> 48) % SL_SHAPES_KEPT];
}

struct learning {
    const uint8_t *start;
    struct sl_shape_kept *kept;
    bool too_many;
};

static void learn_integer(void *owner, struct sl_span integer)
{
    struct learning *l = owner;

    if (l->kept->gaps == SL_SHAPE_KEPT_GAPS) {
        l->too_many = true;
        return;
    }
    size_t from = (size_t)(integer.p - l->start);
    l->kept->gap[l->kept->gaps++] =
        (struct sl_shape_gap){(uint8_t)from, (uint8_t)(from + integer.n)};
}

enum sl_err sl_shape_again(struct sl_shape_memory *m, struct sl_span sql,
                           const struct sl_shape_key *key, struct sl_shape *out)
{
    struct sl_shape_kept *k = place_of(m, sql);

    if (k == NULL)
        return sl_shape_of(sql, key, out);
    if (k->bytes > 0 && is_like(k, sql)) {
        *out = k->shape;
        return SL_OK;
    }
    struct learning l = {sql.p, k, false};
    k->bytes = k->gaps = 0;
    SL_TRY(sl_shape_read(sql, key, out, learn_integer, &l));
    if (l.too_many)
        return SL_OK;
    k->shape = *out;
    memcpy(k->text, sql.p, sql.n);
    k->bytes = (uint8_t)sql.n;
    return SL_OK;
}
