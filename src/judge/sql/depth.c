#include "judge/sql/judge_int.h"

/* How deep a text may be nested, and how much work it may cost to understand it: past that it is
 * opaque, not slow. */

bool depth_step(struct judge *j, uint64_t steps)
{
    j->steps += steps;
    if (j->steps <= SL_SQL_MAX_STEPS)
        return true;
    note_opaque(j, "the statement takes too long to understand", NULL);
    return false;
}

bool depth_enter(struct judge *j)
{
    if (j->out_of_memory || !depth_step(j, 1))
        return false;
    if (++j->depth <= SL_SQL_MAX_DEPTH)
        return true;
    j->depth--;
    note_opaque(j, "the statement is nested too deeply", NULL);
    return false;
}

void depth_leave(struct judge *j)
{
    j->depth--;
}
