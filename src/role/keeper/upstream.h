/* What the keeper proves to targets with passwords that never leave it (upstream.c).
 */
#ifndef SL_ROLE_KEEPER_UPSTREAM_H
#define SL_ROLE_KEEPER_UPSTREAM_H

#include "ipc/messages.h"

struct keeper;
struct peer;

void on_upstream_scram(struct peer *p, const struct sl_msg_upstream_scram *m);
void on_upstream_md5(struct peer *p, const struct sl_msg_upstream_md5 *m);
void on_secret(struct peer *p, const struct sl_msg_secret *m);
void on_sign(struct peer *p, const struct sl_msg_sign *m);
void secrets_free(struct keeper *k);
void secrets_forget_peer(struct keeper *k, const struct peer *p);

#endif
