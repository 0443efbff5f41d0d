#include "role/keeper/keeper_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/call.h"

/* Who was shown what the ledger itself does not have: bind values, and statements whose rule says
 * `record: shape`. One entry for each approval and identity, before the answer leaves; never what
 * was shown. Whoever asked knows it already. */

static uint64_t values_in(const json_t *out)
{
    return json_array_size(json_object_get(json_object_get(out, "operation"), "parameters"));
}

static bool text_in(const struct approval *a, const json_t *out)
{
    bool withheld = json_is_true(json_object_get(a->detail, "withheld"));

    return withheld &&
           (json_object_get(out, "operation") != NULL || json_object_get(out, "summary") != NULL ||
            json_object_get(out, "statement") != NULL);
}

/* Bit 1: values, bit 2: the text. What comes on top later is another entry. */
static uint64_t known(struct call *c, const struct approval *a)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_SHOWN_GET, "ss", a->id, c->who.name);
    uint64_t what = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return what;
}

void shown_record(struct call *c, const struct approval *a, const json_t *out)
{
    uint64_t values = values_in(out), now_us = sl_clock_us();
    uint64_t what = (values > 0 ? 1u : 0u) | (text_in(a, out) ? 2u : 0u);
    uint64_t before = what == 0 ? 0 : known(c, a);
    SL_BUF(leaf, SL_ENTRY_MAX);

    if ((what & ~before) == 0 || approval_is_mine(c, a))
        return;
    json_t *event = event_new("shown", now_us);
    event_str(event, "id", a->id);
    event_str(event, "identity", c->who.name);
    event_u64(event, "what", what | before);
    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_SHOWN,
                                                             .time_us = now_us,
                                                             .approval = a->id,
                                                             .digest = a->digest,
                                                             .approver = c->who.name,
                                                             .credential = c->with.id,
                                                             .channel = call_channel(c),
                                                             .shown_text = (what & 2) != 0,
                                                             .values = values});
    store_record(&c->keeper->store, &leaf, event, true);
    c->keeper->store.changes--; /* nobody may do more or less by having seen something */
}
