/* Taking another configuration: the supervisor proposes it, people decide it, it comes into force
 * (policy_change.c).
 */
#ifndef SL_ROLE_KEEPER_POLICY_CHANGE_H
#define SL_ROLE_KEEPER_POLICY_CHANGE_H

#include "ipc/messages.h"

struct keeper;
struct peer;
struct approval;

void on_policy_propose(struct peer *p, const struct sl_msg_policy_propose *m);
void policy_change_decided(struct keeper *k, const struct approval *a);
void on_reload(struct peer *p, const struct sl_msg_reload *m);
void record_policy(struct keeper *k);

#endif
