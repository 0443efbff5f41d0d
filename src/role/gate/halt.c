#include "role/gate/halt.h"

#include "role/gate/elevate.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/list.h"
#include "role/gate/login.h"
#include "role/gate/meter.h"
#include "role/gate/portal.h"

static bool is_of(const struct item *item, uint64_t action)
{
    return item->action == action || (item->meter != NULL && meter_has(item->meter, action));
}

/* A statement whose result waits for people is not read from: it ends as its client would end it.
 */
static void halt_head(struct session *s)
{
    if (s->stop != NULL)
        stop_cancel(s);
    else
        upstream_cancel_until_end(s); /* which must not hit what its client does next */
}

/* The server works on the first alone: a cancellation now would be somebody else's. */
static bool halt_item(struct session *s, uint64_t action)
{
    for (uint32_t i = 0; i < s->item_count; i++) {
        struct item *item = &s->items[(s->item_head + i) & (s->item_room - 1)];

        if (!is_of(item, action))
            continue;
        if (i == 0)
            halt_head(s);
        else
            item->flags |= ITEM_HALTED;
        return true;
    }
    return false;
}

void halt_next(struct session *s)
{
    struct item *item = s->dead ? NULL : item_head(s);

    if (item == NULL || (item->flags & ITEM_HALTED) == 0)
        return;
    item->flags &= (uint16_t)~ITEM_HALTED;
    halt_head(s);
}

/* What is left of it is never asked for. */
static bool halt_portal(struct session *s, uint64_t action)
{
    struct portal_walk w = {0};

    for (struct portal *p = portals_next(s, &w); p != NULL; p = portals_next(s, &w)) {
        if (p->action != action && (p->meter == NULL || !meter_has(p->meter, action)))
            continue;
        p->halted = true;
        return true;
    }
    return false;
}

static bool halt_session(struct session *s, uint64_t action)
{
    bool portal = halt_portal(s, action);

    return halt_item(s, action) || list_stop(s, action) || elevate_cancel(s, action) ||
           hold_halt(s, action) || portal;
}

void halt_action(struct gate *g, uint64_t action, struct sl_span who)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(g->sessions, &at, &key, &value)) {
        struct session *s = value;

        if (s->dead || s->phase != PHASE_READY || !halt_session(s, action))
            continue;
        sl_log(SL_LOG_INFO, "statement_stopped", SL_NUM("session", s->keeper_session),
               SL_TEXT("by", who));
        return;
    }
}
