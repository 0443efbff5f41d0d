/* What the server still owes, in order. */
#include "role/gate/item.h"

#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/portal.h"
#include "role/gate/session.h"

#include <stdlib.h>

enum { FIRST_ROOM = 4, MOST = 1 << 20 };

static bool grow(struct session *s)
{
    uint32_t room = s->item_room == 0 ? FIRST_ROOM : s->item_room * 2;

    if (room > MOST)
        return false;
    struct item *items = calloc(room, sizeof *items);
    if (items == NULL)
        return false;
    for (uint32_t i = 0; i < s->item_count; i++)
        items[i] = s->items[(s->item_head + i) & (s->item_room - 1)];
    free(s->items);
    s->items = items;
    s->item_room = room;
    s->item_head = 0;
    return true;
}

/* Never NULL: a session whose answers cannot be tracked must not go on, and what is pushed goes to
 * a spare place until its end is carried out. */
struct item *item_push(struct session *s, enum item_kind kind)
{
    static struct item spare;

    if (s->item_count == s->item_room && !grow(s)) {
        session_kill(s, "out of memory");
        spare = (struct item){.kind = (uint8_t)kind};
        return &spare;
    }
    struct item *item = &s->items[(s->item_head + s->item_count++) & (s->item_room - 1)];
    *item = (struct item){.kind = (uint8_t)kind};
    return item;
}

struct item *item_head(struct session *s)
{
    return s->item_count == 0 ? NULL : &s->items[s->item_head];
}

void item_pop(struct session *s)
{
    struct item *item = item_head(s);

    SL_PROMISE(item != NULL);
    if (item->kind == ITEM_LOCAL || (item->flags & ITEM_REFUSED) != 0)
        free((void *)item->local.p);
    else if (item->kind == ITEM_QUERY || item->kind == ITEM_EXECUTE)
        prepared_unref(item->prepared);
    verdict_unref(item->verdict);
    meaning_unref(item->mixed);
    meter_unref(item->meter);
    if (item->kind == ITEM_EXECUTE)
        reading_unref(item->reading);
    s->item_head = (s->item_head + 1) & (s->item_room - 1);
    s->item_count--;
}
