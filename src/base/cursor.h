/* Reads numbers and runs of bytes from a span, one after the other.
 *
 * A read past the end sets `short_read`, returns zeros, and every later read does the same: read a
 * whole message first, ask once. Big-endian is for network formats, little-endian for our own.
 */
#ifndef SL_BASE_CURSOR_H
#define SL_BASE_CURSOR_H

#include "base/span.h"

struct sl_cursor {
    struct sl_span in;
    size_t at;
    bool short_read;
};

static inline struct sl_cursor sl_cursor(struct sl_span in)
{
    return (struct sl_cursor){.in = in};
}

static inline size_t sl_cursor_left(const struct sl_cursor *c)
{
    return c->in.n - c->at;
}

/* The next n bytes, a view into the input. */
struct sl_span sl_cursor_take(struct sl_cursor *c, size_t n);
/* Bytes up to a NUL, which is consumed and not part of the view. */
struct sl_span sl_cursor_cstr(struct sl_cursor *c);
/* All that is left. */
struct sl_span sl_cursor_rest(struct sl_cursor *c);

uint8_t sl_cursor_u8(struct sl_cursor *c);
uint16_t sl_cursor_be16(struct sl_cursor *c);
uint32_t sl_cursor_be32(struct sl_cursor *c);
uint64_t sl_cursor_be64(struct sl_cursor *c);
uint16_t sl_cursor_le16(struct sl_cursor *c);
uint32_t sl_cursor_le32(struct sl_cursor *c);
uint64_t sl_cursor_le64(struct sl_cursor *c);

/* True when everything was read and nothing was missing. */
static inline bool sl_cursor_done(const struct sl_cursor *c)
{
    return !c->short_read && c->at == c->in.n;
}

#endif
