/* What the methods that manage identities share. */
#ifndef SL_ROLE_KEEPER_CALL_IDENTITY_INT_H
#define SL_ROLE_KEEPER_CALL_IDENTITY_INT_H

#include "role/keeper/call.h"

/* Who does it and how they came, for the record: the control socket's operator where nobody is
 * known. */
struct sl_span identity_by(const struct call *c);
struct sl_span identity_channel(const struct call *c);
/* Records the event with its leaf. `other`: the identity or name that it is about beside `who`. */
void identity_roster(struct call *c, json_t *event, enum sl_entry_roster_event what,
                     const struct person *who, struct sl_span other, struct sl_names groups);
/* The identity that the member `key` names; else the answer is made. */
bool identity_named(struct call *c, const char *key, struct person *out);
/* The answer: {"name"}. */
void identity_done(struct call *c, struct sl_span name);

#endif
