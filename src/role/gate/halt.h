/* Somebody stops what runs (`sluice stop`), wherever it is on its way to the server and back. */
#ifndef SL_ROLE_GATE_HALT_H
#define SL_ROLE_GATE_HALT_H

#include "base/span.h"

struct gate;
struct session;

/* The action of a grant that the keeper says is spent: running, continued by it, granted and not
 * sent yet, behind others in a pipeline, between two portions of a portal, or a list. Its client is
 * told 57014. Nothing, and nothing is said, when it has ended meanwhile. */
void halt_action(struct gate *g, uint64_t action, struct sl_span who);

/* After each answer: what was sent behind others may have its turn now. */
void halt_next(struct session *s);

#endif
