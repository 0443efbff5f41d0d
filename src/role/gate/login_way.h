/* How a client may prove who it is on this connection.
 *
 * A token crosses the wire (as a password, or in OAUTHBEARER) only where nobody reads along: over
 * TLS or on this machine. What is not offered is not taken either. The keeper asks the same again.
 */
#ifndef SL_ROLE_GATE_LOGIN_WAY_H
#define SL_ROLE_GATE_LOGIN_WAY_H

#include "core/policy/policy.h"

/* What it asked for with the startup option `sluice.auth`. */
enum login_wish { WISH_NONE, WISH_SCRAM, WISH_OAUTH };

struct login_way {
    bool token;                /* the token itself, as a password */
    const char *mechanisms[2]; /* else by SASL, the best first */
    size_t count;
    const char *refused, *hint; /* neither of them: why */
};

/* safe: over TLS, or from this machine. issuer: some identity provider's tokens are taken. */
struct login_way login_way(enum sl_client_auth auth, enum login_wish wish, bool safe, bool issuer);

#endif
