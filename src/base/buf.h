/* A growing run of bytes with a ceiling.
 *
 * Errors stick: after a failed append every later one does nothing, and `why` says what happened.
 * Build a whole message, then look at `why` once (sl_buf_err). The buffer owns its bytes;
 * sl_buf_span is valid until the next append, reset or done.
 *
 * Zero-initialised memory with a `max` is a valid empty buffer; sl_buf_init says so in one line.
 */
#ifndef SL_BASE_BUF_H
#define SL_BASE_BUF_H

#include "base/span.h"

struct sl_buf {
    uint8_t *p;
    size_t n, cap, max;
    enum sl_err why;
};

static inline struct sl_buf sl_buf(size_t max)
{
    return (struct sl_buf){.max = max};
}

/* Frees the bytes; the buffer is empty and usable again. */
void sl_buf_done(struct sl_buf *b);
/* Empties, keeps the memory, forgets the error. */
void sl_buf_reset(struct sl_buf *b);

static inline struct sl_span sl_buf_span(const struct sl_buf *b)
{
    return (struct sl_span){b->p, b->n};
}

static inline enum sl_err sl_buf_err(const struct sl_buf *b)
{
    return b->why;
}

/* Room for n more bytes at the end, or NULL (error set). Commit with b->n += used. */
uint8_t *sl_buf_room(struct sl_buf *b, size_t n);
/* Removes n bytes from the front. */
void sl_buf_drop(struct sl_buf *b, size_t n);

void sl_buf_put(struct sl_buf *b, struct sl_span bytes);
void sl_buf_put_str(struct sl_buf *b, const char *text);
void sl_buf_put_cstr(struct sl_buf *b, struct sl_span text); /* with a terminating NUL */
void sl_buf_put_u8(struct sl_buf *b, uint8_t v);
void sl_buf_put_be16(struct sl_buf *b, uint16_t v);
void sl_buf_put_be32(struct sl_buf *b, uint32_t v);
void sl_buf_put_be64(struct sl_buf *b, uint64_t v);
void sl_buf_put_le16(struct sl_buf *b, uint16_t v);
void sl_buf_put_le32(struct sl_buf *b, uint32_t v);
void sl_buf_put_le64(struct sl_buf *b, uint64_t v);
void sl_buf_put_decimal(struct sl_buf *b, uint64_t v);
void sl_buf_put_grouped(struct sl_buf *b, uint64_t v); /* for people: 48,000 */

/* Appends %s (const char *), %S (struct sl_span), %u (unsigned), %U (uint64_t), %d (int) and %%.
 * Nothing else: text for people, without the rest of printf. */
void sl_buf_say(struct sl_buf *b, const char *format, ...);

/* Terminates with a NUL that is not counted and returns the text, or "" after an error. */
const char *sl_buf_text(struct sl_buf *b);

static inline void sl_buf_cleanup(struct sl_buf *b)
{
    sl_buf_done(b);
}
#define SL_BUF(name, limit) \
    __attribute__((cleanup(sl_buf_cleanup))) struct sl_buf name = {.max = (limit)}

#endif
