/* Between the files about derived labels. */
#ifndef SL_ROLE_KEEPER_LABELS_INT_H
#define SL_ROLE_KEEPER_LABELS_INT_H

#include "role/keeper/keeper_int.h"
#include "role/keeper/sessions.h"

/* Records that this action of the session brought these labels, for good. */
void labels_bring(struct keeper *k, const struct session *s, uint64_t action,
                  const struct sl_spread *spread);

#endif
