/* Who may talk to the desk from where: Host, Origin and the form of a credential.
 *
 * A page in somebody's browser must not be able to speak to a Sluice on that person's machine, so
 * the Host is checked (a name that an attacker rebinds to 127.0.0.1 is refused; an address cannot
 * be rebound), and an Origin must be our own.
 *
 * A program sends its credential on purpose, as Bearer. A browser sends the console's cookie by
 * itself, so that alone changes nothing: what changes something also needs our own Origin, said,
 * and the session's mark, which only a page that we served can have read. Both kinds at once are
 * refused, and each takes its own kind of secret only.
 */
#ifndef SL_ROLE_DESK_GUARD_H
#define SL_ROLE_DESK_GUARD_H

#include "wire/http1/http1.h"

enum {
    SL_DESK_MAX_CREDENTIAL = 128,  /* one of ours */
    SL_DESK_MAX_TOKEN = 16 * 1024, /* one of an issuer's */
};

struct sl_desk_place {
    struct sl_span listen_host, listen_port; /* as configured */
    struct sl_span public_url;               /* "https://sluice.example:8443", may be empty */
    bool tls;
};

/* "https" or "http", and "host:port", of a URL; false when it is neither. */
bool sl_desk_url_parts(struct sl_span url, struct sl_span *scheme, struct sl_span *authority);

bool sl_desk_host_ours(const struct sl_desk_place *place, struct sl_span host);
/* Absent, or the very place that the request was sent to. */
bool sl_desk_origin_ours(const struct sl_desk_place *place, const struct sl_http1_head *h);

/* Where a provider sends a browser back it comes from another site, but as a page of its own, never
 * from a script or in a frame. */
bool sl_desk_is_visit(const struct sl_http1_head *h);

/* Said, and ours: what a browser always says of a request that changes something. */
bool sl_desk_origin_said(const struct sl_desk_place *place, const struct sl_http1_head *h);

/* The session in the console's cookie. SL_ENOTFOUND: there is none; SL_EMALFORMED: it is not ours,
 * or there are two. */
#define SL_DESK_COOKIE "__Host-sluice"
enum sl_err sl_desk_cookie(const struct sl_http1_head *h, struct sl_span *session) SL_MUST_CHECK;

/* What says that the sign-in that a provider answers was begun in this browser; errors as above. */
#define SL_DESK_FLOW_COOKIE "__Host-sluice-flow"
enum sl_err sl_desk_flow_cookie(const struct sl_http1_head *h, struct sl_span *flow) SL_MUST_CHECK;

/* The browser's own secret, by which the keeper sees that two identities sign in from one; errors
 * as above. It opens nothing. */
#define SL_DESK_DEVICE_COOKIE "__Host-sluice-device"
enum sl_err sl_desk_device_cookie(const struct sl_http1_head *h, struct sl_span *device)
    SL_MUST_CHECK;

/* The mark of a session, sent in the header Sluice-CSRF: a hash of it, in hex with a NUL. */
enum { SL_DESK_MARK_HEX = 64 };
void sl_desk_mark(struct sl_span session, char mark[SL_DESK_MARK_HEX + 1]);
bool sl_desk_mark_said(const struct sl_http1_head *h, struct sl_span session);

/* The token of "Bearer sld_...", "Bearer slt_..." or "Bearer sll_...", or an issuer's, which has
 * the form of a JWT: three parts of base64url with dots between. What it is worth the keeper says.
 * SL_ENOTFOUND: no header; SL_EMALFORMED. */
enum sl_err sl_desk_bearer(const struct sl_http1_head *h, struct sl_span *token) SL_MUST_CHECK;

#endif
