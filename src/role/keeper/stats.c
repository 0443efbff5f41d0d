#include "role/keeper/keeper_int.h"

#include "base/when.h"

/* The supervisor knows the processes. From its word about when a gate was started the keeper learns,
 * even right after its own restart, that older sessions and what they had under way are gone. */

static void gate_started(struct keeper *k, const json_t *program)
{
    uint64_t index = 0, started_us = 0;

    if (!sl_span_is(sl_json_str(program, "role"), "gate") || !sl_json_u64(program, "index", &index) ||
        index >= MAX_GATES || sl_when_get(sl_json_str(program, "started"), &started_us) != SL_OK)
        return;
    journal_gate_started(k, (uint32_t)index, started_us);
}

void on_stats(struct peer *p, const struct sl_msg_stats *m)
{
    struct keeper *k = p->keeper;
    json_t *told = NULL, *program;
    size_t i;

    if (p->role != SL_ROLE_SUPER || sl_json_read(m->json, &told, NULL) != SL_OK)
        return;
    json_decref(k->programs);
    k->programs = json_incref(json_object_get(told, "programs"));
    json_array_foreach(k->programs, i, program)
        gate_started(k, program);
    json_decref(told);
}
