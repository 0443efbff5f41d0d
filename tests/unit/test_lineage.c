/* Stories from facts, and walks over graphs. */
#include "core/lineage/openlineage.h"

#include "tests/unit/tap.h"

#include <stdlib.h>

static struct sl_arena *mem;

/* --- stories --- */

static struct sl_lineage_story story(const char *facts)
{
    struct sl_lineage_story s = {0};

    SL_CHECK_INT(sl_lineage_read(mem, sl_span_str(facts), &s), SL_OK);
    return s;
}

static void put_end(struct sl_buf *b, const struct sl_lineage_end *e)
{
    if (e->kind == SL_LINEAGE_SINK)
        sl_buf_put_str(b, "(sink)");
    else if (e->kind == SL_LINEAGE_DATASET)
        sl_buf_say(b, "[%S]", e->dataset);
    else
        sl_buf_say(b, "%S:%S", e->dataset, e->column);
}

static void check_flows(const char *facts, const char *want)
{
    struct sl_lineage_story s = story(facts);
    SL_BUF(got, 4096);

    for (size_t i = 0; i < s.flow_count; i++) {
        put_end(&got, &s.flows[i].from);
        sl_buf_say(&got, " %s ", sl_lineage_kind_name(s.flows[i].kind));
        put_end(&got, &s.flows[i].to);
        sl_buf_put_str(&got, "\n");
    }
    SL_CHECK_TEXT(sl_buf_span(&got), want);
}

#define SOURCE                                                                              \
    "{\"columns\":[\"email\",\"id\"],\"effects\":[\"read\"],\"labels\":[\"pii\"],\"name\":" \
    "\"public."                                                                             \
    "customers\"}"
#define COPY \
    "{\"columns\":[\"mail\"],\"effects\":[\"insert\"],\"labels\":[],\"name\":\"staging.copy\"}"

static void test_a_story(void)
{
    struct sl_lineage_story s =
        story("{\"datasets\":[" SOURCE "," COPY "],\"effects\":[\"read\",\"insert\"],\"flows\":[["
              "\"public.customers.email\",\"staging.copy.mail\"]],\"reason\":\"ticket "
              "7\",\"rules\":[\"a\",\"b\"],\"run\":\"etl-1\",\"statements\":[\"insert\"],"
              "\"verdict\":\"hold\"}");

    SL_CHECK_TEXT(s.verdict, "hold");
    SL_CHECK_TEXT(s.run, "etl-1");
    SL_CHECK_TEXT(s.reason, "ticket 7");
    SL_CHECK_TEXT(s.rules, "a, b");
    SL_CHECK_TEXT(s.statements, "insert");
    SL_CHECK_TEXT(s.sink, "");
    SL_CHECK_INT(s.effects, SL_EFFECT_READ | SL_EFFECT_INSERT);
    SL_CHECK(s.changes);
    SL_CHECK_INT(s.touch_count, 5);
    SL_CHECK_TEXT(s.touches[0].dataset, "public.customers");
    SL_CHECK_TEXT(s.touches[0].column, "");
    SL_CHECK_TEXT(s.touches[1].column, "email");
    SL_CHECK_INT(s.touches[1].effects, SL_EFFECT_READ);
    SL_CHECK_INT(s.touches[4].effects, SL_EFFECT_INSERT);
    SL_CHECK_INT(s.flow_count, 1);
    SL_CHECK(!story("{\"effects\":[\"read\"],\"verdict\":\"allow\"}").changes);
}

/* One dataset in two accesses is one touch. */
static void test_touches_join(void)
{
    struct sl_lineage_story s =
        story("{\"datasets\":[" SOURCE ",{\"all_columns\":true,\"effects\":[\"delete\"],\"labels\":"
              "[],\"name\":\"public.customers\"}],\"effects\":[\"delete\",\"read\"],"
              "\"verdict\":\"allow\"}");

    SL_CHECK_INT(s.touch_count, 3);
    SL_CHECK_INT(s.touches[0].effects, SL_EFFECT_READ | SL_EFFECT_DELETE);
    SL_CHECK(s.touches[0].all_columns);
}

static void test_flows(void)
{
    check_flows("{\"datasets\":[" SOURCE "," COPY
                "],\"effects\":[\"read\",\"insert\"],\"flows\":[[\"public.customers.email\","
                "\"staging.copy.mail\"],[\"elsewhere.t.c\",\"staging.copy.mail\"]],\"indirect\":[["
                "\"public.customers.id\",\"staging.copy\"]],\"verdict\":\"allow\"}",
                "public.customers:email direct staging.copy:mail\n"
                "elsewhere.t:c direct staging.copy:mail\n"
                "public.customers:id indirect [staging.copy]\n");
    /* a name that begins with another's */
    check_flows("{\"datasets\":[{\"effects\":[\"read\"],\"labels\":[],\"name\":\"a.t\"},{"
                "\"effects\":[\"insert\"],\"labels\":[],\"name\":\"a.t.x\"}],\"effects\":["
                "\"insert\"],\"flows\":[[\"a.t.c\",\"a.t.x.c\"]],\"verdict\":\"allow\"}",
                "a.t:c direct a.t.x:c\n");
}

/* A result is a sink only where data leaves in bulk. */
static void test_results(void)
{
    check_flows("{\"datasets\":[" SOURCE "],\"effects\":[\"read\"],\"flows\":[[\"public.customers."
                "ssn\",\"result.ssn\"]],\"verdict\":\"allow\"}",
                "");
    check_flows("{\"datasets\":[" SOURCE
                "],\"effects\":[\"read\",\"export\"],\"flows\":[[\"public.customers.email\","
                "\"result.email\"]],\"indirect\":[[\"public.customers.id\",\"result\"]],"
                "\"verdict\":\"hold\"}",
                "public.customers:email export (sink)\npublic.customers:id indirect (sink)\n");
    check_flows("{\"datasets\":[" SOURCE "],\"effects\":[\"read\",\"export\"],"
                "\"verdict\":\"hold\"}",
                "public.customers:email export (sink)\npublic.customers:id export (sink)\n");
    check_flows("{\"datasets\":[{\"all_columns\":true,\"effects\":[\"export\"],\"labels\":[],"
                "\"name\":\"a.t\"}],\"effects\":[\"export\"],\"verdict\":\"hold\"}",
                "[a.t] export (sink)\n");
}

/* What was cut is told for whole datasets. */
static void test_cut_flows(void)
{
    static const char *const marks[] = {"\"flows_more\":true", "\"flows_digest\":\"00\"",
                                        "\"indirect_digest\":\"00\""};

    for (size_t i = 0; i < SL_COUNT(marks); i++) {
        SL_BUF(facts, 4096);
        sl_buf_say(&facts,
                   "{\"datasets\":[" SOURCE "," COPY
                   "],\"effects\":[\"read\",\"insert\"],%s,\"verdict\":\"allow\"}",
                   marks[i]);
        check_flows(sl_buf_text(&facts), "[public.customers] direct [staging.copy]\n");
    }
}

static void test_nonsense(void)
{
    static const char *const facts[] = {
        "[]", "{}", "{\"datasets\":7,\"flows\":{}}", "{\"datasets\":[7,{\"name\":3}]}",
        "{\"effects\":[\"export\"],\"flows\":[[],[\"a\"],[\"a\",\"\"],7,[\"a\",\"result\"]]}"};
    struct sl_lineage_story s;

    for (size_t i = 0; i < SL_COUNT(facts); i++)
        SL_CHECK_INT(sl_lineage_read(mem, sl_span_str(facts[i]), &s), SL_OK);
    SL_CHECK_INT(s.flow_count, 1);
    SL_CHECK(sl_lineage_read(mem, SL_SPAN("{"), &s) != SL_OK);
}

/* --- run events --- */

static void test_a_run_event(void)
{
    struct sl_lineage_story s = story(
        "{\"datasets\":[" SOURCE "," COPY "],\"effects\":[\"read\",\"insert\"],\"flows\":[["
        "\"public.customers.email\",\"staging.copy.mail\"]],\"indirect\":[[\"public.customers.id\","
        "\"staging.copy\"]],\"statements\":[\"insert\"],\"verdict\":\"allow\"}");
    struct sl_openlineage_event e = {.at_us = UINT64_C(1700000000000000),
                                     .id = {1, 2, 3, 4, 5, 6, 0xff, 8, 0xff},
                                     .namespace_ = SL_SPAN("postgres://db:5432"),
                                     .database = SL_SPAN("shop"),
                                     .target = SL_SPAN("finance"),
                                     .identity = SL_SPAN("bot"),
                                     .standing = SL_SPAN("committed"),
                                     .session = 3,
                                     .action = 4,
                                     .story = &s};
    SL_BUF(got, 16 * 1024);

    sl_openlineage_put(&got, &e);
    SL_CHECK_INT(sl_buf_err(&got), SL_OK);
    static const char *const parts[] = {
        "{\"eventTime\":\"2023-11-14T22:13:20.000000Z\",\"eventType\":\"COMPLETE\",\"inputs\":[{"
        "\"facets\":{},\"name\":\"shop.public.customers\",\"namespace\":\"postgres://db:5432\"}]",
        "\"job\":{\"facets\":{},\"name\":\"bot: insert\",\"namespace\":\"sluice:finance\"}",
        "\"runId\":\"01020304-0506-8f08-bf00-000000000000\"",
        "\"fields\":{\"mail\":{\"inputFields\":[{\"field\":\"email\",\"name\":\"shop.public."
        "customers\",\"namespace\":\"postgres://db:5432\",\"transformations\":[{\"masking\":false,"
        "\"type\":\"DIRECT\"}]}]}}",
        "\"dataset\":[{\"field\":\"id\",",
        "\"type\":\"INDIRECT\"",
        "\"standing\":\"committed\",\"target\":\"finance\",\"verdict\":\"allow\"}"};
    for (size_t i = 0; i < SL_COUNT(parts); i++) {
        bool there = strstr(sl_buf_text(&got), parts[i]) != NULL;
        SL_CHECK(there);
        if (!there)
            printf("# lacks %s\n# in %s\n", parts[i], sl_buf_text(&got));
    }
}

/* --- walks --- */

struct graph {
    const uint64_t (*pairs)[2];
    size_t count, at, told; /* told: how often it was asked for an edge */
    uint64_t node;
    enum sl_lineage_way way;
    bool open;
};

static void begin(void *owner, uint64_t node, enum sl_lineage_way way)
{
    struct graph *g = owner;

    SL_CHECK(!g->open);
    g->open = true;
    g->at = 0;
    g->node = node;
    g->way = way;
}

static bool next(void *owner, struct sl_lineage_edge *out)
{
    struct graph *g = owner;
    unsigned here = g->way == SL_LINEAGE_DOWN ? 0 : 1;

    g->told++;
    for (; g->at < g->count; g->at++)
        if (g->pairs[g->at][here] == g->node) {
            *out = (struct sl_lineage_edge){g->pairs[g->at][1 - here], g->node, g->at,
                                            SL_LINEAGE_DIRECT};
            g->at++;
            return true;
        }
    return false;
}

static void end(void *owner)
{
    struct graph *g = owner;

    SL_CHECK(g->open);
    g->open = false;
}

static const struct sl_lineage_bounds plenty = {100, 1000, 100000};

static void check_walk(struct graph *g, enum sl_lineage_way way, uint64_t from,
                       struct sl_lineage_bounds bounds, const char *want)
{
    struct sl_lineage_graph graph = {g, begin, next, end};
    struct sl_lineage_found found;
    SL_BUF(got, 8192);

    SL_CHECK_INT(sl_lineage_walk(mem, &graph, way, &from, 1, &bounds, &found), SL_OK);
    for (size_t i = 0; i < found.count; i++)
        sl_buf_say(&got, "%u:%U%s ", found.steps[i].depth, found.steps[i].node,
                   found.steps[i].again ? "again" : "");
    sl_buf_put_str(&got, found.more ? "more" : "");
    SL_CHECK_TEXT(sl_buf_span(&got), want);
}

static const uint64_t diamond[][2] = {{1, 2}, {1, 3}, {2, 4}, {3, 4}, {4, 5}, {5, 1}, {9, 1}};

static void test_up_and_down(void)
{
    struct graph g = {.pairs = diamond, .count = SL_COUNT(diamond)};

    check_walk(&g, SL_LINEAGE_DOWN, 1, plenty, "0:1 1:2 1:3 2:4 2:4again 3:5 4:1again ");
    check_walk(&g, SL_LINEAGE_UP, 2, plenty, "0:2 1:1 2:5 2:9 3:4 4:2again 4:3 5:1again ");
    check_walk(&g, SL_LINEAGE_DOWN, 77, plenty, "0:77 ");
}

static void test_bounds(void)
{
    struct graph g = {.pairs = diamond, .count = SL_COUNT(diamond)};
    struct sl_lineage_bounds bounds = plenty;

    bounds.depth = 1;
    check_walk(&g, SL_LINEAGE_DOWN, 1, bounds, "0:1 1:2 1:3 more");
    bounds = plenty;
    bounds.steps = 3;
    check_walk(&g, SL_LINEAGE_DOWN, 1, bounds, "0:1 1:2 1:3 more");
    bounds = plenty;
    bounds.edges = 1;
    check_walk(&g, SL_LINEAGE_DOWN, 1, bounds, "0:1 1:2 more");
}

/* Past a bound nothing is looked at any more: not the rest of a node's edges, not the other nodes.
 */
static void test_bounds_end_the_looking(void)
{
    static uint64_t star[1000][2];
    struct graph g = {.pairs = star, .count = SL_COUNT(star)};
    struct sl_lineage_bounds bounds = plenty;

    for (uint64_t i = 0; i < SL_COUNT(star); i++) {
        star[i][0] = i < 10 ? 1 : 2 + i % 10;
        star[i][1] = 2 + i;
    }
    bounds.edges = 5;
    check_walk(&g, SL_LINEAGE_DOWN, 1, bounds, "0:1 1:2 1:3 1:4 1:5 1:6 more");
    SL_CHECK_INT(g.told, 5);
    bounds = plenty;
    bounds.steps = 4;
    g.told = 0;
    check_walk(&g, SL_LINEAGE_DOWN, 1, bounds, "0:1 1:2 1:3 1:4 more");
    SL_CHECK_INT(g.told, 4);
    bounds.depth = 1;
    bounds.steps = 1000;
    g.told = 0;
    check_walk(&g, SL_LINEAGE_DOWN, 1, bounds,
               "0:1 1:2 1:3 1:4 1:5 1:6 1:7 1:8 1:9 1:10 1:11 more");
    SL_CHECK_INT(g.told, 11);
}

static void test_each_once(void)
{
    struct graph g = {.pairs = diamond, .count = SL_COUNT(diamond)};
    struct sl_lineage_graph graph = {&g, begin, next, end};
    struct sl_lineage_found found;
    uint64_t from = 1;

    SL_CHECK_INT(sl_lineage_reach(mem, &graph, SL_LINEAGE_DOWN, &from, 1, &plenty, &found), SL_OK);
    SL_CHECK_INT(found.count, 5);
    for (size_t i = 0; i < found.count; i++)
        SL_CHECK(found.steps[i].node == i + 1 && !found.steps[i].again);
}

static void test_paths(void)
{
    struct graph g = {.pairs = diamond, .count = SL_COUNT(diamond)};
    struct sl_lineage_graph graph = {&g, begin, next, end};
    struct sl_lineage_bounds bounds = plenty;
    uint64_t from[] = {9, 3}, to[] = {5}, nowhere[] = {9};
    struct sl_lineage_found found;

    SL_CHECK_INT(sl_lineage_path(mem, &graph, from, 2, to, 1, &bounds, &found), SL_OK);
    SL_CHECK_INT(found.count, 3); /* 3, 4, 5: the shorter of the two */
    SL_CHECK_INT(found.steps[0].node, 3);
    SL_CHECK_INT(found.steps[1].node, 4);
    SL_CHECK_INT(found.steps[2].node, 5);
    SL_CHECK_INT(found.steps[0].parent, SL_LINEAGE_ROOT);
    SL_CHECK_INT(found.steps[2].parent, 1);
    SL_CHECK_INT(found.steps[2].edge, 4);
    SL_CHECK_INT(found.steps[2].from, 4);
    SL_CHECK_INT(sl_lineage_path(mem, &graph, to, 1, to, 1, &bounds, &found), SL_OK);
    SL_CHECK_INT(found.count, 1);
    SL_CHECK_INT(sl_lineage_path(mem, &graph, to, 1, nowhere, 1, &bounds, &found), SL_ENOTFOUND);
    SL_CHECK(!found.more);
    bounds.depth = 1;
    SL_CHECK_INT(sl_lineage_path(mem, &graph, from, 1, to, 1, &bounds, &found), SL_ENOTFOUND);
    SL_CHECK(found.more);
}

int main(void)
{
    SL_PROMISE(sl_arena_new(&mem, 64 * 1024 * 1024) == SL_OK);
    SL_RUN(test_a_story);
    SL_RUN(test_touches_join);
    SL_RUN(test_flows);
    SL_RUN(test_results);
    SL_RUN(test_cut_flows);
    SL_RUN(test_nonsense);
    SL_RUN(test_a_run_event);
    SL_RUN(test_up_and_down);
    SL_RUN(test_bounds);
    SL_RUN(test_bounds_end_the_looking);
    SL_RUN(test_each_once);
    SL_RUN(test_paths);
    sl_arena_free(mem);
    return sl_tap_done();
}
