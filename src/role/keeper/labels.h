/* Labels that follow the data (labels.c, labels_recover.c): recorded when a gate tells of them,
 * withdrawn when their action or its transaction failed, kept when nobody can say.
 */
#ifndef SL_ROLE_KEEPER_LABELS_H
#define SL_ROLE_KEEPER_LABELS_H

#include "core/ledger/journal.h"
#include "ipc/messages.h"

struct keeper;
struct peer;
struct session;

void labels_load(struct keeper *k);
void labels_greet(struct keeper *k, struct peer *gate); /* the map, first on its channel */
void on_label_flow(struct peer *p, const struct sl_msg_label_flow *m);
void on_label_gone(struct peer *p, const struct sl_msg_label_gone *m);
void on_label_stopped(struct peer *p, const struct sl_msg_label_stopped *m);
void labels_outcome(struct keeper *k, uint32_t gate, uint64_t session, uint64_t action,
                    uint8_t outcome);
/* What the journal says of a session's ends, kept for a flow that is told behind them. */
void labels_saw_outcome(struct session *s, uint64_t action, uint8_t outcome);
void labels_saw_txn(struct session *s, const struct sl_txn_record *r);
void labels_leaving_free(struct keeper *k);
void labels_txn(struct keeper *k, const struct sl_txn_record *r);
void labels_session_over(struct keeper *k, uint64_t session);
/* labels_recover.c: of an intent that a crash left in a journal. */
void labels_recover(struct keeper *k, uint32_t gate, const struct sl_intent *in);

#endif
