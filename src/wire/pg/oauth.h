/* The texts of OAUTHBEARER (RFC 7628, as PostgreSQL 18 speaks it): syntax only.
 *
 *   client-first   gs2-header kvsep *( key "=" value kvsep ) kvsep      kvsep is the byte 1
 *                    gs2-header: ("n" / "y") ",,"
 *                    auth=Bearer TOKEN, or auth= (nothing): a client that wants to be told where to
 *                    get one; host= and port= may be there, and are not looked at
 *   server-error   a JSON object, made where the issuers are known; then the client answers with
 *                  one kvsep, and only then comes the ErrorResponse
 *
 * Strict: no authzid and no channel binding (there is none for it), each key once, `auth` among
 * them, nothing behind the end. A token is RFC 6750's b64token. Views live as long as the message.
 */
#ifndef SL_WIRE_PG_OAUTH_H
#define SL_WIRE_PG_OAUTH_H

#include "base/buf.h"

#define SL_OAUTHBEARER "OAUTHBEARER"

enum { SL_OAUTH_MAX_MESSAGE = 20 * 1024, SL_OAUTH_MAX_PAIRS = 8 };

struct sl_oauth_client_first {
    struct sl_span token; /* empty: none, where does one come from? */
};
enum sl_err sl_oauth_client_first_get(struct sl_span message, struct sl_oauth_client_first *out)
    SL_MUST_CHECK;
void sl_oauth_put_client_first(struct sl_buf *b, struct sl_span token);
/* Is this the client's answer to an error? */
bool sl_oauth_is_client_last(struct sl_span message);

#endif
