/* Whose request it is that a proxy brings.
 *
 * Anybody can write X-Forwarded-For, so it counts only when the connection comes from one of
 * `trusted_proxies`. Each proxy adds, at the right, the address that it was called from; so what
 * stands there is believed from the right for as long as it is one of ours that says so, and the
 * first that is none of ours is the client. What stands left of it the client may have written: it
 * is not looked at.
 *
 * A list that is not understood up to that place says nothing: the request is then the proxy's own.
 * The scheme is not asked about (X-Forwarded-Proto): public_url says what it is. RFC 7239's
 * Forwarded is not read either: of two headers a proxy writes one and lets the other through.
 */
#ifndef SL_ROLE_DESK_FORWARDED_H
#define SL_ROLE_DESK_FORWARDED_H

#include "base/ip.h"
#include "wire/http1/http1.h"

enum { SL_DESK_MAX_PROXIES = 100 }; /* as many as the configuration takes */

struct sl_desk_proxies {
    struct sl_ip_net nets[SL_DESK_MAX_PROXIES];
    size_t count;
};

enum sl_desk_forwarded {
    SL_DESK_NOT_FORWARDED,     /* the peer is no proxy of ours, or it says nothing */
    SL_DESK_FORWARDED,         /* `client` is who it is */
    SL_DESK_FORWARDED_UNKNOWN, /* the peer is a proxy of ours, and its list is not understood */
};
enum sl_desk_forwarded sl_desk_forwarded(const struct sl_desk_proxies *proxies, struct sl_span peer,
                                         const struct sl_http1_head *h, struct sl_ip *client);

#endif
