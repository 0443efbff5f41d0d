#include "role/keeper/keeper_int.h"

#include "role/keeper/call.h"

/* Calls that are answered when what they wait for has come, or when there was time for it. A caller
 * that is gone hears nothing (late_call). */

void late_answer(struct keeper *k, const struct late *late, uint32_t status, json_t *reply)
{
    struct call c = late_call(k, late);

    c.status = status;
    c.reply = reply;
    late_done(&c);
}

void late_problem(struct keeper *k, const struct late *late, uint32_t status, const char *title,
                  const char *detail)
{
    struct call c = late_call(k, late);

    call_problem(&c, status, title, detail, "");
    late_done(&c);
}
