#include "role/keeper/approval.h"

#include "role/keeper/db.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/store.h"

/* Nobody has answered: the approval is escalated, once. Who may then decide was written down when
 * it was asked; what begins to count is the record of the escalation, so a keeper that starts again
 * neither forgets it nor does it twice. */

static void record(struct keeper *k, const struct approval *a)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("escalated", now_us);

    event_str(event, "id", a->id);
    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_ESCALATED,
                                                             .time_us = now_us,
                                                             .approval = a->id,
                                                             .digest = a->digest});
    store_record(&k->store, &leaf, event, true);
    k->important = true;
}

static void escalate_one(void *owner, struct approval *a)
{
    struct keeper *k = owner;

    if (a->state != SL_APPROVAL_PENDING || a->escalated_us != 0)
        return;
    record(k, a);
    sl_log(SL_LOG_INFO, "escalated", SL_TEXT("approval", a->id), SL_TEXT("identity", a->identity),
           SL_TEXT("target", a->target));
    keeper_event(k, "escalated", a->id, a->state);
}

void escalations_sweep(struct keeper *k)
{
    enum { MAX_AT_ONCE = 1000 }; /* as many as the question asks for; the rest is found next time */
    struct sl_span *ids = sl_arena_array(k->mem, MAX_AT_ONCE, sizeof *ids);
    struct db_rows rows = db_ask(k->store.db, DB_ESCALATIONS_DUE, "i", sl_clock_us());
    size_t count = 0;

    while (ids != NULL && count < MAX_AT_ONCE && db_row(&rows))
        ids[count++] = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    approvals_each(k, ids, count, escalate_one, k);
}

struct sl_names approval_routes(struct keeper *k, const struct approval *a)
{
    struct sl_names routes = {0};
    struct sl_names asked = names_of_json(k, json_object_get(a->detail, "notify"));
    struct sl_names later = {0};

    if (a->escalated_us != 0)
        later = names_of_json(k, json_object_get(a->detail, "escalate_notify"));
    for (size_t i = 0; i < asked.count; i++)
        name_add_once(k->mem, &routes, asked.items[i]);
    for (size_t i = 0; i < later.count; i++)
        name_add_once(k->mem, &routes, later.items[i]);
    return routes;
}
