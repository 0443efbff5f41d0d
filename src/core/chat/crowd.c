/* Who is told together, when many wait for one channel. */
#include "core/chat/chat.h"

#include <stdlib.h>
#include <string.h>

static int by_asker(const void *left, const void *right)
{
    const struct sl_chat_waiter *a = left, *b = right;
    int order = memcmp(a->who, b->who, sizeof a->who);

    return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

static int by_turn(const void *left, const void *right)
{
    const struct sl_chat_waiter *a = left, *b = right;

    if (a->nth != b->nth)
        return a->nth > b->nth ? 1 : -1;
    if (a->of_asker != b->of_asker)
        return a->of_asker > b->of_asker ? 1 : -1;
    return (a->at > b->at) - (a->at < b->at);
}

static size_t run_of(const struct sl_chat_waiter *all, size_t count, size_t from)
{
    size_t to = from + 1;

    while (to < count && memcmp(all[to].who, all[from].who, sizeof all[from].who) == 0)
        to++;
    return to;
}

void sl_chat_in_turn(struct sl_chat_waiter *all, size_t count)
{
    if (count == 0)
        return;
    qsort(all, count, sizeof *all, by_asker);
    for (size_t from = 0, to; from < count; from = to) {
        to = run_of(all, count, from);
        for (size_t i = from; i < to; i++) {
            all[i].of_asker = to - from;
            all[i].nth = i - from;
        }
    }
    qsort(all, count, sizeof *all, by_turn);
}

struct crowd {
    size_t alone; /* askers of so many, or fewer, are told one by one */
    size_t many;  /* askers of whom each has enough for a message */
};

static struct crowd crowd_of(const struct sl_chat_waiter *all, size_t count)
{
    size_t of_size[SL_CHAT_GROUP_FROM] = {0}, total = 0;
    struct crowd c = {0};

    for (size_t i = 0; i < count; i++) {
        if (all[i].of_asker < SL_CHAT_GROUP_FROM)
            of_size[all[i].of_asker]++;
        else
            c.many += all[i].nth == 0;
    }
    for (size_t n = 1; n < SL_CHAT_GROUP_FROM; n++) {
        total += of_size[n];
        if (total > SL_CHAT_ROOM)
            break;
        c.alone = n;
    }
    return c;
}

static const struct sl_chat_waiter *find(const struct sl_chat_waiter *all, size_t count, size_t at)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].at == at)
            return &all[i];
    return NULL;
}

static bool goes_along(const struct crowd *c, const struct sl_chat_waiter *one,
                       const struct sl_chat_waiter *first)
{
    if (first->of_asker < SL_CHAT_GROUP_FROM)
        return one->of_asker > c->alone && one->of_asker < SL_CHAT_GROUP_FROM;
    if (c->many <= SL_CHAT_ROOM)
        return memcmp(one->who, first->who, sizeof one->who) == 0;
    return one->of_asker >= SL_CHAT_GROUP_FROM;
}

size_t sl_chat_gather(struct sl_chat_waiter *all, size_t count, size_t at)
{
    sl_chat_in_turn(all, count);
    const struct crowd c = crowd_of(all, count);
    const struct sl_chat_waiter *found = find(all, count, at);
    size_t together = 0;

    if (found == NULL || found->of_asker <= c.alone)
        return 0;
    const struct sl_chat_waiter first = *found;
    for (size_t i = 0; i < count; i++)
        if (goes_along(&c, &all[i], &first))
            all[together++] = all[i];
    return together;
}
