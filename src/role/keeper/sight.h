/* What whom may read: one table (sight.c).
 */
#ifndef SL_ROLE_KEEPER_SIGHT_H
#define SL_ROLE_KEEPER_SIGHT_H

#include "role/keeper/people.h"

struct call;

enum sight { SIGHT_NONE, SIGHT_OWN, SIGHT_REVIEW, SIGHT_ALL };
enum read_of {
    READ_APPROVALS,
    READ_VALUES,
    READ_USAGE,
    READ_LINEAGE,
    READ_LEDGER,
    READ_GOVERNANCE,
    READ_METRICS,
    READ_OVERSIGHT,
    READ_EXCEPTIONS,
    READ_COUNT
};
/* The most that any of the caller's roles may see. */
enum sight sight_of(const struct call *c, enum read_of what);
bool caller_is(const struct call *c, enum person_role role);
/* An auditor changes nothing (auditor.h): true when the caller is one who may not make this call,
 * and the answer is made. Asked of every call, and where chats come in without one. */
bool auditor_refused(struct call *c, struct sl_span method);

#endif
