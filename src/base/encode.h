/* Bytes as text and back: hexadecimal (lower case), base64 (RFC 4648 section 4, padded) and
 * base64url (section 5, unpadded). Decoders are strict: no blanks, no stray bits, no other
 * alphabet. */
#ifndef SL_BASE_ENCODE_H
#define SL_BASE_ENCODE_H

#include "base/buf.h"

void sl_hex_put(struct sl_buf *b, struct sl_span bytes);
void sl_base64_put(struct sl_buf *b, struct sl_span bytes);
void sl_base64url_put(struct sl_buf *b, struct sl_span bytes);

/* Append the decoded bytes to b; SL_EMALFORMED appends nothing. */
enum sl_err sl_hex_get(struct sl_buf *b, struct sl_span text) SL_MUST_CHECK;
enum sl_err sl_base64_get(struct sl_buf *b, struct sl_span text) SL_MUST_CHECK;
enum sl_err sl_base64url_get(struct sl_buf *b, struct sl_span text) SL_MUST_CHECK;

/* Exactly n bytes into out, else SL_EMALFORMED. */
enum sl_err sl_hex_fixed(uint8_t *out, size_t n, struct sl_span text) SL_MUST_CHECK;

#endif
