/* A view of bytes that somebody else owns: pointer and length, no terminator.
 *
 * A span never outlives what it points into; each function that hands one out says how long it
 * lives. An empty span may have p == NULL.
 */
#ifndef SL_BASE_SPAN_H
#define SL_BASE_SPAN_H

#include "base/err.h"

#include <string.h>

struct sl_span {
    const uint8_t *p;
    size_t n;
};

/* A span over a string literal, without its terminator. */
#define SL_SPAN(literal) ((struct sl_span){(const uint8_t *)("" literal), sizeof(literal) - 1})

static inline struct sl_span sl_span(const void *p, size_t n)
{
    return (struct sl_span){(const uint8_t *)p, n};
}

static inline struct sl_span sl_span_str(const char *text)
{
    return (struct sl_span){(const uint8_t *)text, text == NULL ? 0 : strlen(text)};
}

static inline bool sl_span_eq(struct sl_span a, struct sl_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool sl_span_is(struct sl_span a, const char *text)
{
    return sl_span_eq(a, sl_span_str(text));
}

/* ASCII letters compare without case; every other byte exactly. */
bool sl_span_eq_nocase(struct sl_span a, struct sl_span b);

/* memcmp order, the shorter first when one is a prefix of the other: <0, 0, >0. */
int sl_span_cmp(struct sl_span a, struct sl_span b);

bool sl_span_starts(struct sl_span s, struct sl_span prefix);

/* The part from `at` on; empty when `at` lies beyond the end. */
static inline struct sl_span sl_span_from(struct sl_span s, size_t at)
{
    return at >= s.n ? (struct sl_span){NULL, 0} : (struct sl_span){s.p + at, s.n - at};
}

static inline struct sl_span sl_span_head(struct sl_span s, size_t n)
{
    return (struct sl_span){s.p, n < s.n ? n : s.n};
}

/* Index of the first `byte`, or s.n. */
size_t sl_span_find(struct sl_span s, uint8_t byte);

/* Shell-like pattern: `*` any run (dots included), `?` one byte, all else literal and exact.
 * Linear in s.n * pattern stars; no recursion. */
bool sl_span_glob(struct sl_span pattern, struct sl_span s);
/* The same; ASCII letters compare without case. */
bool sl_span_glob_nocase(struct sl_span pattern, struct sl_span s);

/* A decimal number of digits only, no sign, no blanks. */
enum sl_err sl_span_u64(struct sl_span s, uint64_t *out) SL_MUST_CHECK;

#endif
