/* Between the files about sessions. */
#ifndef SL_ROLE_KEEPER_SESSIONS_INT_H
#define SL_ROLE_KEEPER_SESSIONS_INT_H

#include "role/keeper/sessions.h"

/* A copy of `from`, which belongs to k->sessions from then on. */
enum sl_err session_add(struct keeper *k, const struct session *from, struct session **out)
    SL_MUST_CHECK;
/* As struct session has them in one text; session_others reads them back. */
struct sl_span session_names(struct keeper *k, const struct sl_names *names);

#endif
