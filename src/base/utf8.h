/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef SL_BASE_UTF8_H
#define SL_BASE_UTF8_H

#include "base/buf.h"

bool sl_utf8_valid(struct sl_span s);

/* The same of a text that comes in pieces. take: false once no further byte can make it right.
 * whole: no character is left unfinished. Starts zeroed. Any split gives the same answers. */
struct sl_utf8_stream {
    uint8_t held[4]; /* of a character that is not finished */
    size_t n;
};
bool sl_utf8_stream_take(struct sl_utf8_stream *s, struct sl_span piece) SL_MUST_CHECK;
static inline bool sl_utf8_stream_whole(const struct sl_utf8_stream *s)
{
    return s->n == 0;
}

/* One code point at s.p[*at]; moves *at. SL_EMALFORMED leaves both outputs untouched. */
enum sl_err sl_utf8_next(struct sl_span s, size_t *at, uint32_t *code) SL_MUST_CHECK;

void sl_utf8_put(struct sl_buf *b, uint32_t code);

/* The longest head of at most max_bytes that does not cut a character. */
struct sl_span sl_utf8_head(struct sl_span s, size_t max_bytes);

/* The longest head of at most `columns` of a terminal: what is not ASCII may be two columns wide,
 * and counts so; a broken byte is one. Of at least two columns some text always fits. */
struct sl_span sl_utf8_head_columns(struct sl_span s, size_t columns);

/* Characters that nobody sees or that rearrange what one sees: controls (line feed and tab too),
 * bidirectional and zero-width ones, tags. */
bool sl_utf8_deceives(uint32_t code);

/* Further ones that look like nothing or like another blank: fillers, variation selectors, blanks
 * that are not U+0020, private use, what is no character at all. Names may well have them. */
bool sl_utf8_unseen(uint32_t code);

/* Text from a stranger, made safe for a terminal or a log: control characters, bidirectional
 * overrides, zero-width characters and broken bytes become \x.. or \u{....} escapes. */
void sl_utf8_put_printable(struct sl_buf *b, struct sl_span s);

#endif
