/* Making one connection to a target's server: TCP, TLS, startup, authentication, until it is ready.
 *
 * The secrets are the keeper's: what needs one (an md5 answer, a SCRAM proof) is asked of it. A
 * password in clear is never sent. Addresses are tried in order; a refused login is tried once
 * more, with the secret read anew (password_command).
 */
#ifndef SL_ROLE_GATE_DIAL_H
#define SL_ROLE_GATE_DIAL_H

#include "role/gate/gate_int.h"
#include "wire/pg/pg.h"

struct dial;

/* `problem` NULL: ready. Else a sentence and an SQLSTATE; the dial is over either way. The callback
 * may take the stream and must free the dial (later or now). */
typedef void dial_fn(void *owner, struct dial *d, const char *sqlstate, const char *problem);

struct dial_result {
    struct stream stream; /* move it away with stream_move */
    uint32_t pid, secret;
    struct sl_buf statuses; /* the server's ParameterStatus messages, whole */
};

/* session: the keeper's handle, 0 for the gate's own connection. elevated: 0, or the action of that
 * session for which its rules' login is used instead of its own. options end up in the startup
 * packet. */
enum sl_err dial_new(struct gate *g, struct target *t, uint64_t session, uint64_t elevated,
                     const struct sl_pg_option *options, size_t option_count, dial_fn *fn,
                     void *owner, struct dial **out) SL_MUST_CHECK;
void dial_free(struct dial *d);
struct dial_result *dial_result(struct dial *d);
void dial_proof(struct dial *d, const struct sl_msg_upstream_proof *m);

#endif
