/* What the methods that manage a person's passkeys share. */
#ifndef SL_ROLE_KEEPER_CALL_PASSKEY_INT_H
#define SL_ROLE_KEEPER_CALL_PASSKEY_INT_H

#include "role/keeper/call.h"
#include "role/keeper/passkeys.h"

/* One that the caller has; else the answer is made. */
bool passkey_own(struct call *c, struct sl_span id, struct passkey *out) SL_MUST_CHECK;
/* Records the event with its leaf, both as of now. */
void passkey_leaf(struct keeper *k, json_t *event, const struct sl_entry_passkey *e);
/* Is the body's `name` short enough to be one? Else the answer is made. */
bool passkey_name_fits(struct call *c) SL_MUST_CHECK;
/* From now on the passkey of this id is called so. */
void passkey_record_name(struct call *c, struct sl_span id, struct sl_span name);

#endif
