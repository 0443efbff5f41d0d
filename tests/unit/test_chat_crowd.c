/* Many that wait for one channel: which of them are told in one message. */
#include "core/chat/chat.h"

#include "tests/unit/tap.h"

enum { MOST = 2000 };
static struct sl_chat_waiter all[MOST];
static size_t count;

/* `askers` of them, `each` has so many; askers are numbered on from the last one's. */
static size_t come(size_t askers, size_t each)
{
    static size_t named;
    size_t first = count;

    named = count == 0 ? 0 : named;
    for (size_t i = 0; i < askers; i++, named++)
        for (size_t j = 0; j < each; j++) {
            all[count] = (struct sl_chat_waiter){.at = count};
            memcpy(all[count++].who, &named, sizeof named);
        }
    return first;
}

/* How many are told with this one. Nothing is lost on the way, and it is among them. */
static size_t together(size_t at)
{
    static struct sl_chat_waiter some[MOST];
    size_t n, found = 0;

    memcpy(some, all, sizeof some);
    n = sl_chat_gather(some, count, at);
    for (size_t i = 0; i < n; i++)
        found += some[i].at == at;
    SL_CHECK(n <= count);
    SL_CHECK_INT(found, n > 0);
    return n;
}

static void test_of_one(void)
{
    count = 0;
    come(1, SL_CHAT_GROUP_FROM - 1);
    SL_CHECK_INT(together(0), 0);
    count = 0;
    come(1, SL_CHAT_GROUP_FROM);
    SL_CHECK_INT(together(0), SL_CHAT_GROUP_FROM);
    SL_CHECK_INT(together(SL_CHAT_GROUP_FROM - 1), SL_CHAT_GROUP_FROM);
}

static void test_nobody_hides(void)
{
    count = 0;
    size_t flood = come(1, 900), small = come(SL_CHAT_ROOM, 1);
    SL_CHECK_INT(together(flood), 900);
    SL_CHECK_INT(together(small), 0);
    count = 0;
    size_t crowd = come(24, 5);
    small = come(3, 1);
    SL_CHECK_INT(together(crowd), 120);
    SL_CHECK_INT(together(small), 0);
    SL_CHECK_INT(together(small + 2), 0);
}

/* What the channel takes within 10 s goes one by one, one more does not. */
static void test_of_many(void)
{
    count = 0;
    come(SL_CHAT_ROOM, 1);
    SL_CHECK_INT(together(0), 0);
    size_t last = come(1, 1);
    SL_CHECK_INT(together(0), SL_CHAT_ROOM + 1);
    SL_CHECK_INT(together(last), SL_CHAT_ROOM + 1);
    size_t flood = come(1, 50);
    SL_CHECK_INT(together(0), SL_CHAT_ROOM + 1);
    SL_CHECK_INT(together(flood), 50);
}

static void test_many_with_many(void)
{
    count = 0;
    come(SL_CHAT_ROOM, 7);
    SL_CHECK_INT(together(0), 7);
    size_t small = come(1, 2);
    come(1, 7);
    SL_CHECK_INT(together(0), 7 * (SL_CHAT_ROOM + 1));
    SL_CHECK_INT(together(small), 0);
}

/* One of each asker's is seen first, and first of whoever has least. */
static void test_in_turn(void)
{
    count = 0;
    come(1, 3);
    come(1, 2);
    come(1, 1);
    sl_chat_in_turn(all, count);
    static const size_t want[] = {5, 3, 0, 4, 1, 2};
    for (size_t i = 0; i < SL_COUNT(want); i++)
        SL_CHECK_INT(all[i].at, want[i]);
    sl_chat_in_turn(all, 0);
}

static void test_unknown(void)
{
    count = 0;
    SL_CHECK_INT(sl_chat_gather(all, 0, 0), 0);
    come(1, 9);
    SL_CHECK_INT(sl_chat_gather(all, count, 9), 0);
}

int main(void)
{
    SL_RUN(test_of_one);
    SL_RUN(test_nobody_hides);
    SL_RUN(test_of_many);
    SL_RUN(test_many_with_many);
    SL_RUN(test_in_turn);
    SL_RUN(test_unknown);
    return sl_tap_done();
}
