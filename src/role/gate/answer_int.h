/* Between the files that read the server's answers (answer.c, answer_error.c, answer_ready.c). Each
 * takes one message of `whole` bytes at the run's place; false: the session has ended, or the
 * server said what cannot be. */
#ifndef SL_ROLE_GATE_ANSWER_INT_H
#define SL_ROLE_GATE_ANSWER_INT_H

#include "role/gate/item.h"
#include "role/gate/record.h"
#include "role/gate/server_int.h"

/* What failed behind a COMMIT of its own text may have done what came before that. */
uint8_t answer_outcome(const struct session *s);
/* What it changed is changed, whatever of its result the client was not given: a record that says
 * "failed" would take back the labels that its data carries along. */
bool answer_has_changed(const struct item *item);
bool answer_error(struct run *r, struct sl_span body, size_t whole);
/* It was complete before it could be cancelled. The client is told all the same that it was
 * stopped, and hears nothing more until ReadyForQuery; what it sent behind an Execute, and has not
 * ended with a Sync yet, must fail on the server too. Else it is told with the ReadyForQuery, when
 * it is known whether what was changed is committed. */
bool answer_cut(struct run *r, struct item *item, size_t whole);
/* Its transaction is over. An error without a word about it would mean that nothing was changed. */
bool answer_late_cut(struct session *s, bool committed);
bool answer_ready(struct run *r, struct sl_span body, size_t whole);

#endif
