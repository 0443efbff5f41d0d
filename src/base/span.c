#include "base/span.h"

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool sl_span_eq_nocase(struct sl_span a, struct sl_span b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

int sl_span_cmp(struct sl_span a, struct sl_span b)
{
    size_t common = a.n < b.n ? a.n : b.n;
    int order = common == 0 ? 0 : memcmp(a.p, b.p, common);

    if (order != 0)
        return order;
    return a.n == b.n ? 0 : (a.n < b.n ? -1 : 1);
}

bool sl_span_starts(struct sl_span s, struct sl_span prefix)
{
    return s.n >= prefix.n && sl_span_eq(sl_span_head(s, prefix.n), prefix);
}

size_t sl_span_find(struct sl_span s, uint8_t byte)
{
    const uint8_t *hit = s.n == 0 ? NULL : memchr(s.p, byte, s.n);

    return hit == NULL ? s.n : (size_t)(hit - s.p);
}

static uint8_t same(uint8_t c)
{
    return c;
}

/* The classic two-pointer match: on a mismatch, let the last star eat one byte more. */
static inline bool glob(struct sl_span pattern, struct sl_span s, uint8_t (*of)(uint8_t c))
{
    size_t p = 0, i = 0, star = SIZE_MAX, resume = 0;

    while (i < s.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            resume = i;
        } else if (p < pattern.n && (pattern.p[p] == '?' || of(pattern.p[p]) == of(s.p[i]))) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}

bool sl_span_glob(struct sl_span pattern, struct sl_span s)
{
    return glob(pattern, s, same);
}

bool sl_span_glob_nocase(struct sl_span pattern, struct sl_span s)
{
    return glob(pattern, s, lower);
}

enum sl_err sl_span_u64(struct sl_span s, uint64_t *out)
{
    uint64_t value = 0;

    if (s.n == 0)
        return SL_EMALFORMED;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return SL_EMALFORMED;
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value))
            return SL_EOVERFLOW;
    }
    *out = value;
    return SL_OK;
}
