/* IP addresses and networks as text: "192.0.2.7", "2001:db8::1", "10.0.0.0/8", "fd00::/8".
 *
 * An address has one spelling (RFC 5952), whatever it was written as, so that nobody is two people
 * by writing a zero more. An IPv4 address inside IPv6 (::ffff:192.0.2.7) is that IPv4 address.
 * Decimal parts have no leading zeros (they are octal to somebody); there are no zones, no ports
 * and no blanks.
 */
#ifndef SL_BASE_IP_H
#define SL_BASE_IP_H

#include "base/buf.h"

struct sl_ip {
    uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
};

struct sl_ip_net {
    struct sl_ip first;
    unsigned bits; /* of 128 */
};

enum { SL_IP_TEXT = 40 }; /* the longest spelling, with a NUL */

/* SL_EMALFORMED, and `out` as it was. */
enum sl_err sl_ip_get(struct sl_span text, struct sl_ip *out) SL_MUST_CHECK;
void sl_ip_put(struct sl_buf *b, const struct sl_ip *ip);

/* An address alone is a network of one. SL_EMALFORMED also for one that is everybody (/0), and
 * where the address has bits behind its prefix (10.0.0.7/8): one of the two is not what was meant.
 */
enum sl_err sl_ip_net_get(struct sl_span text, struct sl_ip_net *out) SL_MUST_CHECK;
bool sl_ip_in(const struct sl_ip *ip, const struct sl_ip_net *net);

#endif
