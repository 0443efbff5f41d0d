/* What lineage costs: `lineage cost` counts statements as a drained journal tells them, `lineage
 * fill DB EDGES` puts a graph of that many different edges into a keeper's view, and prints the
 * name of a column from which all of it can be reached.
 *
 * The graph: layers of 100 datasets with 20 columns each; each statement of a layer takes 100 flows
 * from the layer before it, so most columns have many ways in and out. */
#include "role/keeper/lineage.h"
#include "os/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DATASETS = 100, COLUMNS = 20, LAYERS = 10, FLOWS = 100, SESSION = 1 };

static uint64_t state = 88172645463325252ull;

static unsigned roll(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % below);
}

static void check(enum sl_err err, const char *what)
{
    if (err == SL_OK)
        return;
    fprintf(stderr, "lineage: %s: %s\n", what, sl_err_text(err));
    exit(1);
}

/* One insert-select: FLOWS flows from a layer into one dataset of the next. */
static void put_facts(struct sl_buf *b, unsigned layer)
{
    unsigned to = roll(DATASETS), from = roll(DATASETS);

    sl_buf_say(b,
               "{\"datasets\":[{\"effects\":[\"read\"],\"labels\":[],\"name\":\"l%u.t%u\"},"
               "{\"effects\":[\"insert\"],\"labels\":[],\"name\":\"l%u.t%u\"}],"
               "\"effects\":[\"read\",\"insert\"],\"flows\":[",
               layer, from, layer + 1, to);
    for (unsigned i = 0; i < FLOWS; i++)
        sl_buf_say(b, "%s[\"l%u.t%u.c%u\",\"l%u.t%u.c%u\"]", i == 0 ? "" : ",", layer,
                   roll(DATASETS), roll(COLUMNS), layer + 1, to, roll(COLUMNS));
    sl_buf_put_str(b, "],\"statements\":[\"insert\"],\"verdict\":\"allow\"}");
}

static struct sl_entry_action action(uint64_t number, uint32_t flags)
{
    return (struct sl_entry_action){.session = SESSION,
                                    .action = number,
                                    .identity = SL_SPAN("app"),
                                    .target = SL_SPAN("bench"),
                                    .started_us = sl_clock_us(),
                                    .outcome = SL_OUTCOME_OK,
                                    .flags = flags,
                                    .rows = 1,
                                    .bytes = 10};
}

static int fill(const char *path, uint64_t edges)
{
    struct lineage *l;
    struct db *db;

    check(db_open(path, &db), "open");
    check(lineage_new(db, &l), "open");
    for (uint64_t i = 0; i < edges / FLOWS; i++) {
        SL_BUF(facts, 64 * 1024);
        struct sl_entry_action a = action(i, 0);

        put_facts(&facts, (unsigned)(i % LAYERS));
        struct lineage_story *story = lineage_story(l, sl_buf_span(&facts));
        lineage_item(l, story, &a);
        lineage_story_unref(story);
        if (i % 1000 == 999)
            check(lineage_flush(l), "flush");
    }
    check(lineage_flush(l), "flush");
    lineage_free(l);
    check(db_settle(db), "settle");
    db_free(db);
    puts("l0.t1.c1");
    return 0;
}

/* --- the cost of one statement --- */

#define READ(table)                                                                            \
    "{\"datasets\":[{\"columns\":[\"abalance\",\"aid\"],\"effects\":[\"read\"],\"labels\":[]," \
    "\"name\":"                                                                                \
    "\"public." table                                                                          \
    "\"}],\"effects\":[\"read\"],\"statements\":[\"select\"],\"verdict\":\"allow\"}"
#define WRITE(table)                                                                               \
    "{\"datasets\":[{\"columns\":[\"abalance\",\"aid\"],\"effects\":[\"read\",\"update\"],"        \
    "\"labels\":[],\"name\":\"public." table "\"}],\"effects\":[\"read\",\"update\"],\"flows\":[[" \
    "\"public." table ".abalance\",\"public." table ".abalance\"]],\"statements\":[\"update\"],"   \
    "\"verdict\":\"allow\"}"

static void count(struct lineage *l, struct lineage_story **stories, unsigned kinds, bool in_tx)
{
    enum { TIMES = 200000, EACH_FLUSH = 20000 };
    uint32_t flags = in_tx ? SL_INTENT_IN_TX : 0;
    uint64_t began = sl_clock_us(), number = 0;

    for (unsigned i = 0; i < TIMES; i++) {
        for (unsigned k = 0; k < kinds; k++) {
            struct sl_entry_action a = action(++number, flags);
            lineage_item(l, stories[k], &a);
        }
        if (in_tx)
            lineage_ended(l, &(struct sl_entry_txn){.session = SESSION,
                                                    .first_action = number - kinds + 1,
                                                    .last_action = number,
                                                    .outcome = 1});
        if (i % EACH_FLUSH == EACH_FLUSH - 1)
            check(lineage_flush(l), "flush");
    }
    printf("%s %.3f\n", in_tx ? "transaction" : "read",
           (double)(sl_clock_us() - began) / ((double)TIMES * kinds));
}

static int cost(void)
{
    static const char *const reads[] = {READ("pgbench_accounts")}, *const writes[] = {
                                                                       WRITE("pgbench_accounts"),
                                                                       READ("pgbench_accounts"),
                                                                       WRITE("pgbench_tellers"),
                                                                       WRITE("pgbench_branches"),
                                                                       WRITE("pgbench_history")};
    struct lineage_story *stories[5];
    struct lineage *l;
    struct db *db;

    check(db_open(":memory:", &db), "open");
    check(lineage_new(db, &l), "open");
    stories[0] = lineage_story(l, sl_span_str(reads[0]));
    count(l, stories, 1, false);
    lineage_story_unref(stories[0]);
    for (unsigned i = 0; i < SL_COUNT(writes); i++)
        stories[i] = lineage_story(l, sl_span_str(writes[i]));
    count(l, stories, SL_COUNT(writes), true);
    for (unsigned i = 0; i < SL_COUNT(writes); i++)
        lineage_story_unref(stories[i]);
    lineage_free(l);
    db_free(db);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "cost") == 0)
        return cost();
    if (argc == 4 && strcmp(argv[1], "fill") == 0)
        return fill(argv[2], strtoull(argv[3], NULL, 10));
    fputs("usage: lineage cost | lineage fill DATABASE EDGES\n", stderr);
    return 2;
}
