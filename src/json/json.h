/* JSON: strict reading into jansson values, and canonical text (RFC 8785, JCS) out.
 *
 * Two writers: sl_json_canonical for a jansson value (control traffic), and the direct emitter
 * sl_jw_* for hot paths, which writes what its caller says; members of an object must be emitted in
 * ascending order of their names (UTF-16 order; ASCII names: byte order), which it checks
 * (SL_ESTATE). Reading refuses duplicate keys, trailing bytes, NUL in strings, depth above 64,
 * numbers that are not exact (beyond 2^53). Any JSON value may stand at the top: check
 * json_is_object.
 *
 * jansson draws its hash seed from /dev/urandom at its first object: a program that closes a
 * sandbox first calls json_object_seed(a random number).
 */
#ifndef SL_JSON_JSON_H
#define SL_JSON_JSON_H

#include "base/buf.h"

#include <jansson.h>

/* The caller owns *out (json_decref). `where` (may be NULL) gets "line 3, column 7: ..."; it
 * never quotes the input. */
enum sl_err sl_json_read(struct sl_span text, json_t **out, struct sl_buf *where) SL_MUST_CHECK;
/* Appends canonical JSON. SL_EUNSUPPORTED for reals that are not integers. */
enum sl_err sl_json_canonical(struct sl_buf *b, const json_t *value) SL_MUST_CHECK;

/* Appends a quoted and escaped JSON string (JCS escapes). Bytes that are not UTF-8: SL_EMALFORMED
 * in b. */
void sl_json_put_string(struct sl_buf *b, struct sl_span text);

/* The direct emitter. At most 16 levels. A mistake of the caller (a value without a key, a key out
 * of order, an end too many) is SL_ESTATE in the buffer. */
struct sl_jw {
    struct sl_buf *b;
    unsigned depth;
    uint8_t kind[16]; /* 'o' or 'a' */
    bool first[16];
    struct {
        size_t at, n;
    } last_key[16]; /* where the last key lies in b, for the order check */
};
struct sl_jw sl_jw(struct sl_buf *b);
void sl_jw_object(struct sl_jw *w); /* begin, as a value */
void sl_jw_array(struct sl_jw *w);
void sl_jw_end(struct sl_jw *w);                  /* ends the innermost */
void sl_jw_key(struct sl_jw *w, const char *key); /* ASCII */
void sl_jw_str(struct sl_jw *w, struct sl_span text);
void sl_jw_u64(struct sl_jw *w, uint64_t v); /* above 2^53: SL_EOVERFLOW */
void sl_jw_bool(struct sl_jw *w, bool v);
void sl_jw_null(struct sl_jw *w);
void sl_jw_hex(struct sl_jw *w, struct sl_span bytes);
void sl_jw_time(struct sl_jw *w, uint64_t time_us);             /* RFC 3339 string */
void sl_jw_raw(struct sl_jw *w, struct sl_span canonical_json); /* a whole value, trusted */

/* jansson conveniences: views live as long as the value. NULL/absent gives an empty span. */
struct sl_span sl_json_str(const json_t *object, const char *key);
bool sl_json_u64(const json_t *object, const char *key, uint64_t *out);

#endif
