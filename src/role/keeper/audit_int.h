/* What searching and exporting share. */
#ifndef SL_ROLE_KEEPER_AUDIT_INT_H
#define SL_ROLE_KEEPER_AUDIT_INT_H

#include "role/keeper/call.h"
#include "role/keeper/keeper_int.h"

/* The question in the body; false: the answer is made. */
bool audit_query(struct call *c, struct trail_query *q);
/* "more", and "before" where to go on. */
void audit_put_end(json_t *out, const struct trail_end *end);

/* call_ledger.c: may this caller read all of the ledger? Else the answer is made. */
bool may_audit(struct call *c);
/* call_audit.c: the index is current, and may be asked. */
bool trail_ready(struct call *c);
/* A member that is a time; `otherwise` (NULL: none) where there is none. False: the answer is made.
 */
bool audit_time(struct call *c, const char *member, const char *otherwise, uint64_t *at_us);

#endif
