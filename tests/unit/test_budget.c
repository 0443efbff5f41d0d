/* The arithmetic of budgets: no stretch of time as long as the window sees more than the budget,
 * whatever the clock does, and what is lent is never more than what is left. */
#include "core/policy/policy.h"
#include "tests/unit/tap.h"

static uint64_t state = 88172645463325252u;

static uint64_t pick(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static const struct sl_budget hour = {
    .set = true, .rows = 100, .per = SL_PER_TIME, .per_ms = 3600000, .by = SL_BY_OWNER};

static void test_buckets(void)
{
    const uint64_t minute = 60000, day = 86400000;

    SL_CHECK_INT(sl_budget_bucket(&hour, day + 59999, 0), day);
    SL_CHECK_INT(sl_budget_bucket(&hour, day + 60000, 0), day + minute);
    SL_CHECK_INT(sl_budget_bucket(&hour, day, day + minute),
                 day + minute); /* a clock that went back */
    SL_CHECK_INT(sl_budget_since(&hour, day), day - 61 * minute + 1);
    SL_CHECK_INT(sl_budget_since(&hour, 5), 0);
    struct sl_budget run = {.set = true, .rows = 5, .per = SL_PER_RUN};
    SL_CHECK_INT(sl_budget_bucket(&run, day, 0), 0);
    SL_CHECK_INT(sl_budget_since(&run, 0), 0);
    struct sl_budget long_window = {.set = true, .per = SL_PER_TIME, .per_ms = UINT64_MAX};
    SL_CHECK_INT(sl_budget_since(&long_window, day), 0);
    SL_CHECK(!sl_budget_is_counted(&(struct sl_budget){.set = true, .per = SL_PER_STATEMENT}));
    SL_CHECK(!sl_budget_is_counted(&(struct sl_budget){.per = SL_PER_RUN}));
}

static bool lend(const struct sl_budget *b, struct sl_budget_use used, struct sl_budget_use need,
                 struct sl_budget_use want, struct sl_budget_use *out)
{
    *out = (struct sl_budget_use){0};
    return sl_budget_lend(b, &used, &need, &want, out);
}

#define USE(...) ((struct sl_budget_use){__VA_ARGS__})

static void test_lending(void)
{
    struct sl_budget_use out;

    SL_CHECK(lend(&hour, USE(0), USE(1), USE(1000), &out));
    SL_CHECK_INT(out.rows, 50); /* half is left for others */
    SL_CHECK_INT(out.bytes, UINT64_MAX);
    SL_CHECK(lend(&hour, USE(99), USE(1), USE(1000), &out));
    SL_CHECK_INT(out.rows, 1);
    SL_CHECK(lend(&hour, USE(20), USE(80), USE(0), &out));
    SL_CHECK_INT(out.rows, 80);
    SL_CHECK(!lend(&hour, USE(20), USE(81), USE(0), &out));
    SL_CHECK(!lend(&hour, USE(100), USE(1), USE(1), &out));
    SL_CHECK(lend(&hour, USE(100), USE(0), USE(9), &out)); /* of other things */
    SL_CHECK_INT(out.rows, 0);
    SL_CHECK(!lend(&hour, USE(UINT64_MAX), USE(1), USE(1), &out));
    SL_CHECK_INT(out.rows, 0); /* untouched */
    struct sl_budget calls = {.set = true, .statements = 2, .per = SL_PER_TIME, .per_ms = 60000};
    SL_CHECK(lend(&calls, USE(0, 0, 1), USE(1, 1, 1), USE(9, 9, 9), &out));
    SL_CHECK(!lend(&calls, USE(0, 0, 2), USE(1, 1, 1), USE(9, 9, 9), &out));
    SL_CHECK(
        lend(&calls, USE(0, 0, 2), USE(1, 1, 0), USE(9, 9, 0), &out)); /* one that runs goes on */
    SL_CHECK_INT(out.rows, UINT64_MAX);
    struct sl_budget huge = {.set = true, .bytes = UINT64_MAX, .per = SL_PER_RUN};
    SL_CHECK(lend(&huge, USE(0, UINT64_MAX - 1), USE(0, 1), USE(0, UINT64_MAX), &out));
    SL_CHECK_INT(out.bytes, 1);
}

/* --- the property --- */

enum { BUCKETS = 4096, PASSES = 4096, LEASES = 3 };

static struct world {
    uint64_t start[BUCKETS], used[BUCKETS];
    size_t buckets;
    uint64_t lent[LEASES];
    uint64_t at[PASSES], rows[PASSES]; /* what really passed, by a clock that nobody touches */
    size_t passes;
    uint64_t now, slip; /* what our clock shows is now - slip */
} world;

static uint64_t last_bucket(void)
{
    uint64_t last = 0;

    for (size_t i = 0; i < world.buckets; i++)
        last = world.start[i] > last ? world.start[i] : last;
    return last;
}

static uint64_t bucket_now(const struct sl_budget *b)
{
    return sl_budget_bucket(b, world.now - world.slip, last_bucket());
}

static uint64_t used_now(const struct sl_budget *b)
{
    uint64_t since = sl_budget_since(b, bucket_now(b)), sum = 0;

    for (size_t i = 0; i < world.buckets; i++)
        sum += world.start[i] >= since ? world.used[i] : 0;
    for (size_t i = 0; i < LEASES; i++)
        sum += world.lent[i];
    return sum;
}

static void count(const struct sl_budget *b, uint64_t rows)
{
    world.start[world.buckets] = bucket_now(b);
    world.used[world.buckets++] = rows;
}

/* Borrow, use a part of it, say so; or crash with it. */
static void one_step(const struct sl_budget *b)
{
    size_t who = pick(LEASES);
    struct sl_budget_use lent, used = {used_now(b), 0, 0}, need = {1, 0, 0},
                               want = {pick(80), 0, 0};

    if (pick(50) == 0)
        world.slip += pick(2 * b->per_ms); /* somebody sets the clock back */
    world.now += pick(b->per_ms / 20);
    if (sl_budget_lend(b, &used, &need, &want, &lent))
        world.lent[who] += lent.rows;
    uint64_t passed = world.lent[who] == 0 ? 0 : pick(world.lent[who] + 1);
    world.at[world.passes] = world.now;
    world.rows[world.passes++] = passed;
    switch (pick(4)) {
    case 0: /* the gate died: all of it counts */
        count(b, world.lent[who]);
        world.lent[who] = 0;
        break;
    case 1: /* the end of the statement */
        count(b, passed);
        world.lent[who] = 0;
        break;
    default: /* it goes on */
        count(b, passed);
        world.lent[who] -= passed;
    }
}

/* The most that passed in any stretch as long as the window. */
static uint64_t most_in_a_window(const struct sl_budget *b)
{
    uint64_t most = 0;

    for (size_t i = 0; i < world.passes; i++) {
        uint64_t sum = 0;
        for (size_t j = i; j < world.passes && world.at[j] - world.at[i] < b->per_ms; j++)
            sum += world.rows[j];
        most = sum > most ? sum : most;
    }
    return most;
}

static void test_no_window_sees_more(void)
{
    for (int round = 0; round < 40; round++) {
        struct sl_budget b = hour;

        world = (struct world){.now = UINT64_C(1) << 41};
        b.rows = pick(300) + 1;
        b.per_ms = 60000 + pick(1000000);
        for (int i = 0; i < 1000; i++)
            one_step(&b);
        uint64_t most = most_in_a_window(&b);
        if (!SL_CHECK(most <= b.rows))
            printf("#   round %d: %llu rows of %llu\n", round, (unsigned long long)most,
                   (unsigned long long)b.rows);
        SL_CHECK(most > 0);
    }
}

static void test_words(void)
{
    SL_BUF(text, 512);
    struct sl_budget_use used = {100, 7, 3};

    sl_budget_put(&text, &hour);
    SL_CHECK_TEXT(sl_buf_span(&text), "100 rows per 1h by owner");
    sl_buf_reset(&text);
    sl_budget_put_use(&text, &hour, &used);
    SL_CHECK_TEXT(sl_buf_span(&text), "100 of 100 rows in 1h");
    sl_buf_reset(&text);
    struct sl_budget run = {.set = true, .bytes = 9, .statements = 4, .per = SL_PER_RUN};
    sl_budget_put_use(&text, &run, &used);
    SL_CHECK_TEXT(sl_buf_span(&text), "7 of 9 bytes, 3 of 4 statements in this run");
}

int main(void)
{
    SL_RUN(test_buckets);
    SL_RUN(test_lending);
    SL_RUN(test_no_window_sees_more);
    SL_RUN(test_words);
    return sl_tap_done();
}
