/* Adding identities and switching them off and on, by whomever (call_identity.c, call_agents.c).
 */
#ifndef SL_ROLE_KEEPER_IDENTITY_H
#define SL_ROLE_KEEPER_IDENTITY_H

#include "core/ledger/entry.h"
#include "role/keeper/credentials.h"
#include "role/keeper/db.h"

struct keeper;

bool identity_name_ok(struct sl_span name);
/* Name, kind, owner and groups of `who`; by.channel empty: the control socket. */
void identity_add(struct keeper *k, const struct person *who, struct sl_span os_user,
                  struct maker by);
/* call_identity.c, call_agents.c: by_owner says that `by` is its owner, not the operator. */
struct status_change {
    const char *status;
    enum sl_entry_roster_event what;
    const char *why;
    struct sl_span by, channel;
    struct sl_span approval, reason; /* that let it happen */
    bool by_owner;
};
void identity_set_status(struct keeper *k, const struct person *who,
                         const struct status_change *to);
bool identity_owner_paused(struct keeper *k, struct sl_span name);
/* The first column of all rows, in the keeper's memory of this message. */
size_t first_of_all(struct keeper *k, struct db_rows rows, struct sl_span **out);

#endif
