/* What searching and exporting share. */
#ifndef SL_ROLE_KEEPER_AUDIT_INT_H
#define SL_ROLE_KEEPER_AUDIT_INT_H

#include "role/keeper/keeper_int.h"

/* The question in the body; false: the answer is made. */
bool audit_query(struct call *c, struct trail_query *q);
/* "more", and "before" where to go on. */
void audit_put_end(json_t *out, const struct trail_end *end);

#endif
