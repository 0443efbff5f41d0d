/* Where the portals of a session are kept: by name, as the server has them.
 *
 * Nearly every client uses the unnamed one alone, once a statement: it lies in the session itself,
 * so that no memory is asked for and no other line of the cache is touched. */
#include "role/gate/session.h"

#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/portal.h"
#include "role/gate/record.h"

#include <stdlib.h>

struct portal *portals_find(struct session *s, struct sl_span name)
{
    if (name.n == 0)
        return s->has_unnamed ? &s->unnamed : NULL;
    return s->portals == NULL ? NULL : sl_map_get(s->portals, name);
}

static struct portal *room_for(struct session *s, struct sl_span name)
{
    if (name.n == 0) {
        s->has_unnamed = true;
        return &s->unnamed;
    }
    struct sl_map *named = names_map(s, &s->portals);
    struct portal *p = named == NULL ? NULL : calloc(1, sizeof *p);
    if (p != NULL && sl_map_put(named, name, p) != SL_OK) {
        free(p);
        p = NULL;
    }
    return p;
}

static void release(struct session *s, struct portal *p)
{
    portal_end(s, p, &(struct ending){.outcome = SL_OUTCOME_REFUSED});
    reading_unref(p->reading);
    meter_unref(p->meter);
    prepared_unref(p->made);
    verdict_unref(p->verdict);
}

struct portal *portals_make(struct session *s, struct sl_span name)
{
    struct portal *p = portals_find(s, name);

    if (p != NULL)
        release(s, p);
    else
        p = room_for(s, name);
    if (p != NULL)
        *p = (struct portal){0};
    return p;
}

void portals_drop(struct session *s, struct sl_span name)
{
    struct portal *p = portals_find(s, name);

    if (p == NULL)
        return;
    if (p == &s->unnamed)
        s->has_unnamed = false;
    else
        sl_map_remove(s->portals, name);
    release(s, p);
    if (p != &s->unnamed)
        free(p);
}

size_t portals_count(const struct session *s)
{
    return s->portals == NULL ? 0 : sl_map_count(s->portals);
}

struct portal *portals_next(struct session *s, struct portal_walk *w)
{
    void *value;

    if (!w->begun) {
        w->begun = true;
        w->name = sl_span(NULL, 0);
        if (s->has_unnamed)
            return &s->unnamed;
    }
    return s->portals != NULL && sl_map_next(s->portals, &w->at, &w->name, &value) ? value : NULL;
}

/* Nothing is freed: whoever ends the session may be looking at one of them. */
void portals_end(struct session *s)
{
    struct portal_walk w = {0};
    struct portal *p;

    while ((p = portals_next(s, &w)) != NULL)
        portal_end(s, p, &(struct ending){.outcome = SL_OUTCOME_REFUSED});
}
