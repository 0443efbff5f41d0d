/* What the files of this folder share. */
#ifndef SL_WIRE_HTTP1_HTTP1_INT_H
#define SL_WIRE_HTTP1_HTTP1_INT_H

#include "wire/http1/http1.h"

/* Characters by class (RFC 9110 section 5.6.2, RFC 3986 section 3.3). */
bool sl_http1_is_token(uint8_t c);
bool sl_http1_is_path(uint8_t c);
int sl_http1_hex(uint8_t c);                                /* 0-15, or -1 */
bool sl_http1_all(struct sl_span s, bool (*fits)(uint8_t)); /* and not empty */

/* Parses a whole head: request line, header lines, without the empty line at the end. */
enum sl_http1_refusal sl_http1_parse_head(struct sl_span lines,
                                          const struct sl_http1_limits *limits,
                                          struct sl_http1_head *out);
/* What the header lines mean together: framing, host, connection. */
enum sl_http1_refusal sl_http1_check_headers(const struct sl_http1_limits *limits,
                                             struct sl_http1_head *h);

#endif
