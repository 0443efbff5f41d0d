/* Clients' sessions on gates, and signing in to them (login.c, sessions.c).
 */
#ifndef SL_ROLE_KEEPER_SESSIONS_H
#define SL_ROLE_KEEPER_SESSIONS_H

#include "core/policy/policy.h"
#include "ipc/messages.h"
#include "role/keeper/credentials.h"

struct keeper;
struct peer;

/* A client's session on a gate. Strings live in the same block of memory. */
struct session {
    uint64_t id, since_us;
    uint32_t gate;
    uint64_t
        life; /* of that gate's program, as PEER told it: the next one has none of its sessions */
    enum sl_identity_kind kind;
    struct sl_span identity, owner, target, environment, protocol, upstream_user, credential;
    struct sl_span started_by, unknown, job, link; /* as struct asked_for has them */
    struct sl_span acts_for; /* the same of on_behalf_of by its token, with a line end between */
    bool ending;
    /* As far as its journal was read (labels_end.c): the last action that ended, the last that
     * failed; the last of a transaction that ended, the first and last of one rolled back. */
    uint64_t ended, failed, closed, undone_from, undone_to;
};
void on_login_token(struct peer *p, const struct sl_msg_login_token *m);
void on_login_scram(struct peer *p, const struct sl_msg_login_scram *m);
void on_login_proof(struct peer *p, const struct sl_msg_login_proof *m);
void exchanges_free(struct keeper *k, struct peer *of); /* NULL: all */
struct session *session_get(struct keeper *k, uint32_t gate, uint64_t id);
struct session_facts {
    struct sl_span target, address;
    uint64_t conn;
    bool tls;
    struct sl_span server_signature;
    struct asked_for others;
};
/* Who else had a part in what this session asks. */
struct asked_for session_others(struct keeper *k, const struct session *s);
void session_open(struct peer *p, const struct person *who, const struct credential *with,
                  const struct session_facts *facts);
void on_session_closed(struct peer *p, const struct sl_msg_session_closed *m);
void session_end(struct keeper *k, struct session *s, const char *why);
void sessions_end_of(struct keeper *k, struct sl_span identity, struct sl_span credential,
                     const char *why);
/* Those in which somebody acts for, or through, this identity. */
void sessions_end_for(struct keeper *k, struct sl_span identity, const char *why);
/* After a reload: those that `access` would not let in any more. */
void sessions_end_refused(struct keeper *k);
/* Those of another life of this gate; NULL: all. */
void sessions_forget_gate(struct keeper *k, uint32_t gate, const uint64_t *life, const char *why);
enum sl_err sessions_load(struct keeper *k) SL_MUST_CHECK;
void sessions_free(struct keeper *k);
void sign_in_failed(struct keeper *k, struct sl_span user, struct sl_span target,
                    struct sl_span address, const char *why);
void sign_in_failures_flush(struct keeper *k);
/* False: {identity} gives no plain role name. */
bool login_user_of(const struct sl_login *login, const struct person *who, struct sl_buf *user);
bool upstream_user_of(struct keeper *k, const struct sl_target *target, const struct person *who,
                      struct sl_buf *user);

#endif
