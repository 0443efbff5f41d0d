#include "role/keeper/keeper_int.h"

#include "role/keeper/call.h"
#include "role/keeper/sight.h"

/* Who sees what is nobody's own: the policy, the roster, what runs. This is the one place that
 * says so; every method of that kind asks it. */

bool may_oversee(struct call *c)
{
    if (sight_of(c, READ_OVERSIGHT) == SIGHT_ALL)
        return true;
    call_problem(c, 403, "Not for this caller",
                 "Only people see the policy, the roster and what runs, with the credential that "
                 "they decide with.",
                 "Claim one with `sluice enroll CODE`.");
    return false;
}
