/* Everybody whom rules name as reviewers, as accounts (eligible.c, deciders.c). */
#ifndef SL_ROLE_KEEPER_ELIGIBLE_INT_H
#define SL_ROLE_KEEPER_ELIGIBLE_INT_H

#include "role/keeper/eligible.h"

enum { MAX_CANDIDATES = 2000 };

struct candidates {
    struct keeper *keeper;
    struct sl_span *names; /* room for MAX_CANDIDATES, each once */
    size_t count;
};
void candidates_add(struct candidates *c, const struct sl_reviewers *r);

#endif
