/* The lineage graph in the keeper's view: told straight or by leaves it is the same, over restarts
 * too; and only what was committed flows. */
#include "role/keeper/lineage.h"

#include "tests/unit/tap.h"

#include <stdlib.h>
#include <unistd.h>

#define COPY                                                                                       \
    "{\"datasets\":[{\"columns\":[\"email\"],\"effects\":[\"read\"],\"labels\":[\"pii\"],"         \
    "\"name\":"                                                                                    \
    "\"public.customers\"},{\"columns\":[\"mail\"],\"effects\":[\"insert\"],\"labels\":[],"        \
    "\"name\":"                                                                                    \
    "\"staging.copy\"}],\"effects\":[\"read\",\"insert\"],\"flows\":[[\"public.customers.email\"," \
    "\"staging.copy.mail\"]],\"reason\":\"why\",\"run\":\"run-1\",\"statements\":[\"insert\"],"    \
    "\"verdict\":\"allow\"}"
#define READ                                                                                 \
    "{\"datasets\":[{\"all_columns\":true,\"effects\":[\"read\"],\"labels\":[],\"name\":"    \
    "\"public.customers\"}],\"effects\":[\"read\"],\"statements\":[\"select\"],\"verdict\":" \
    "\"allow\"}"
#define NOTHING "{\"effects\":[\"session\"],\"statements\":[\"begin\"],\"verdict\":\"allow\"}"

static const uint64_t hour_us = 3600 * UINT64_C(1000000), first_us = UINT64_C(1700002800000000);

struct side {
    struct db *db;
    struct lineage *l;
    bool by_leaf;
};

static void open_side(struct side *s, const char *path, bool by_leaf)
{
    *s = (struct side){.by_leaf = by_leaf};
    SL_CHECK_INT(db_open(path, &s->db), SL_OK);
    SL_CHECK_INT(lineage_new(s->db, &s->l), SL_OK);
}

static void close_side(struct side *s)
{
    SL_CHECK_INT(lineage_flush(s->l), SL_OK);
    SL_CHECK_INT(db_commit(s->db), SL_OK);
    lineage_free(s->l);
    db_free(s->db);
}

static void session(struct side *s, uint64_t id, bool close)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_session(&leaf, &(struct sl_entry_session){.time_us = first_us,
                                                           .session = id,
                                                           .close = close,
                                                           .identity = SL_SPAN("bot"),
                                                           .identity_kind = SL_SPAN("agent"),
                                                           .owner = SL_SPAN("carol"),
                                                           .target = SL_SPAN("finance"),
                                                           .environment = SL_SPAN("production"),
                                                           .protocol = SL_SPAN("postgres")});
    lineage_leaf(s->l, sl_buf_span(&leaf));
}

static void act(struct side *s, const char *facts, uint64_t id, uint64_t number, uint8_t outcome,
                uint32_t flags)
{
    struct sl_entry_action a = {.session = id,
                                .action = number,
                                .identity = SL_SPAN("bot"),
                                .target = SL_SPAN("finance"),
                                .asked_us = first_us + number,
                                .started_us = first_us + number,
                                .outcome = outcome,
                                .flags = flags,
                                .facts = sl_span_str(facts),
                                .rows = 2,
                                .bytes = 20};
    SL_BUF(leaf, 2 * SL_ENTRY_MAX);
    SL_BUF(tables, 4 * SL_ENTRY_MAX);
    static struct sl_entry_batch batch;

    if (!s->by_leaf) {
        struct lineage_story *story = lineage_story(s->l, sl_span_str(facts));
        lineage_item(s->l, story, &a);
        lineage_story_unref(story);
        return;
    }
    sl_entry_batch_begin(&batch, &leaf, &tables);
    SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_OK);
    sl_entry_batch_end(&batch, first_us + hour_us);
    SL_CHECK_INT(sl_buf_err(&leaf), SL_OK);
    lineage_leaf(s->l, sl_buf_span(&leaf));
}

static void end(struct side *s, uint64_t id, uint64_t first, uint64_t last, uint8_t outcome)
{
    struct sl_entry_txn txn = {.time_us = first_us,
                               .session = id,
                               .ended_us = first_us,
                               .first_action = first,
                               .last_action = last,
                               .outcome = outcome};
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_txn(&leaf, &txn);
    if (s->by_leaf)
        lineage_leaf(s->l, sl_buf_span(&leaf));
    else
        lineage_ended(s->l, &txn);
}

static void outcome(struct side *s, uint64_t id, uint64_t number, uint8_t what)
{
    struct sl_entry_outcome o = {.time_us = first_us,
                                 .session = id,
                                 .action = number,
                                 .ended_us = first_us,
                                 .rows = 7,
                                 .outcome = what};
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_outcome(&leaf, &o);
    if (s->by_leaf)
        lineage_leaf(s->l, sl_buf_span(&leaf));
    else
        lineage_outcome(s->l, &o);
}

/* How many there are of a standing: "committed 3" and so on, in the table's order. */
static void standings(struct side *s, struct sl_buf *out)
{
    SL_CHECK_INT(lineage_flush(s->l), SL_OK);
    for (uint64_t id = 1;; id++) {
        struct db_rows rows = db_ask(s->db, DB_ACT_BY_ID, "i", id);
        if (!db_row(&rows))
            return;
        sl_buf_say(out, "%S %s %U/%U ", db_span(&rows, 7),
                   lineage_standing_name((enum lineage_standing)db_u64(&rows, 10)),
                   db_u64(&rows, 19), db_u64(&rows, 20));
        db_end(&rows);
    }
}

static void check_standings(struct side *s, const char *want)
{
    SL_BUF(got, 4096);

    standings(s, &got);
    SL_CHECK_TEXT(sl_buf_span(&got), want);
}

static size_t flows_into(struct side *s, const char *name)
{
    struct lineage_graph g = {.db = s->db};
    struct sl_lineage_graph graph = lineage_graph(&g);
    struct sl_lineage_edge e;
    uint64_t nodes[4];
    size_t count = 0, found;

    SL_CHECK_INT(lineage_flush(s->l), SL_OK);
    found = lineage_find(s->db, sl_span(NULL, 0), sl_span_str(name), nodes, 4);
    for (size_t i = 0; i < found; i++) {
        graph.begin(graph.owner, nodes[i], SL_LINEAGE_UP);
        while (graph.next(graph.owner, &e))
            count++;
    }
    return count;
}

static void test_acts_add_up(void)
{
    struct side s;

    open_side(&s, ":memory:", false);
    session(&s, 1, false);
    act(&s, READ, 1, 1, SL_OUTCOME_OK, 0);
    act(&s, NOTHING, 1, 2, SL_OUTCOME_OK, 0);
    act(&s, READ, 1, 3, SL_OUTCOME_OK, 0);
    check_standings(&s, "select committed 2/4 ");
    act(&s, READ, 1, 4, SL_OUTCOME_OK, 0);
    check_standings(&s, "select committed 3/6 ");
    act(&s, READ, 1, hour_us, SL_OUTCOME_OK, 0); /* another hour */
    act(&s, READ, 1, hour_us + 1, SL_OUTCOME_FAILED, 0);
    check_standings(&s, "select committed 3/6 select committed 1/2 select failed 1/2 ");
    close_side(&s);
}

static void test_only_the_committed_flows(void)
{
    for (int by_leaf = 0; by_leaf < 2; by_leaf++) {
        struct side s;

        open_side(&s, ":memory:", by_leaf);
        session(&s, 1, false);
        act(&s, COPY, 1, 1, SL_OUTCOME_OK, SL_INTENT_IN_TX);
        act(&s, READ, 1, 2, SL_OUTCOME_OK, SL_INTENT_IN_TX);
        check_standings(&s, "select committed 1/2 ");
        end(&s, 1, 1, 2, 2);
        check_standings(&s, "select committed 1/2 insert rolled_back 1/2 ");
        SL_CHECK_INT(flows_into(&s, "staging.copy.mail"), 0);
        act(&s, COPY, 1, 3, SL_OUTCOME_OK, SL_INTENT_IN_TX);
        act(&s, COPY, 1, 5, SL_OUTCOME_OK, SL_INTENT_IN_TX); /* of the transaction after it */
        end(&s, 1, 3, 4, 1);
        SL_CHECK_INT(flows_into(&s, "staging.copy.mail"), 1);
        SL_CHECK_INT(flows_into(&s, "staging.copy"), 1);
        check_standings(&s, "select committed 1/2 insert rolled_back 1/2 insert committed 1/2 ");
        session(&s, 1, true); /* nobody knows how that one ended */
        check_standings(&s,
                        "select committed 1/2 insert rolled_back 1/2 insert committed 1/2 insert "
                        "unknown 1/2 ");
        close_side(&s);
    }
}

static void test_late_outcomes(void)
{
    for (int by_leaf = 0; by_leaf < 2; by_leaf++) {
        struct side s;

        open_side(&s, ":memory:", by_leaf);
        session(&s, 1, false);
        act(&s, READ, 1, 1, 0, 0);
        act(&s, COPY, 1, 2, 0, SL_INTENT_IN_TX);
        check_standings(&s, "");
        outcome(&s, 1, 1, SL_OUTCOME_FAILED);
        outcome(&s, 1, 2, SL_OUTCOME_OK);
        outcome(&s, 1, 9, SL_OUTCOME_OK); /* of nothing that is known */
        check_standings(&s, "select failed 1/7 ");
        end(&s, 1, 2, 2, 1);
        check_standings(&s, "select failed 1/7 insert committed 1/7 ");
        close_side(&s);
    }
}

/* The same story told straight, by leaves, and by leaves with a restart after every step. */
static void story_step(struct side *s, unsigned step)
{
    switch (step) {
    case 0:
        session(s, 1, false);
        session(s, 2, false);
        break;
    case 1:
        act(s, COPY, 1, 1, SL_OUTCOME_OK, SL_INTENT_IN_TX);
        act(s, COPY, 2, 2, 0, 0);
        break;
    case 2:
        act(s, READ, 1, 3, SL_OUTCOME_OK, 0);
        act(s, COPY, 1, 4, SL_OUTCOME_OK, SL_INTENT_IN_TX);
        break;
    case 3:
        outcome(s, 2, 2, SL_OUTCOME_OK);
        break;
    case 4:
        end(s, 1, 1, 1, 1);
        end(s, 1, 4, 4, 2);
        break;
    case 5:
        act(s, COPY, 2, 5, SL_OUTCOME_OK, SL_INTENT_IN_TX);
        break;
    default:
        session(s, 1, true);
        session(s, 2, true);
    }
}

enum { STEPS = 7 };

static void test_told_three_ways(void)
{
    char path[] = "/tmp/sluice-lineage-XXXXXX";
    struct sl_buf dumps[3] = {sl_buf(1 << 20), sl_buf(1 << 20), sl_buf(1 << 20)};
    int fd = mkstemp(path);

    SL_PROMISE(fd >= 0);
    close(fd);
    for (int way = 0; way < 3; way++) {
        struct side s;

        open_side(&s, way == 2 ? path : ":memory:", way > 0);
        for (unsigned step = 0; step < STEPS; step++) {
            story_step(&s, step);
            if (way == 2) {
                close_side(&s);
                open_side(&s, path, true);
                if (step < STEPS - 1)
                    session(&s, 1, false), session(&s, 2, false); /* as the view's sessions */
            }
        }
        SL_CHECK_INT(lineage_flush(s.l), SL_OK);
        db_dump(s.db, &dumps[way]);
        close_side(&s);
    }
    SL_CHECK(dumps[0].n > 1000);
    SL_CHECK(sl_span_eq(sl_buf_span(&dumps[1]), sl_buf_span(&dumps[0])));
    SL_CHECK(sl_span_eq(sl_buf_span(&dumps[2]), sl_buf_span(&dumps[0])));
    for (int i = 0; i < 3; i++)
        sl_buf_done(&dumps[i]);
    unlink(path);
}

static void approval(struct side *s, enum sl_entry_approval_event event)
{
    static const uint8_t digest[32] = {1};
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){
                                     .event = event,
                                     .time_us = first_us,
                                     .approval = SL_SPAN("01890a5d-ac96-774b-bcce-b302099a8057"),
                                     .digest = digest,
                                     .identity = SL_SPAN("bot"),
                                     .owner = SL_SPAN("carol"),
                                     .target = SL_SPAN("finance"),
                                     .protocol = SL_SPAN("postgres"),
                                     .facts = event == SL_ENTRY_APPROVAL_ASKED ? SL_SPAN(COPY)
                                                                               : sl_span(NULL, 0),
                                     .approver = SL_SPAN("rita"),
                                     .reason = SL_SPAN("no")});
    lineage_leaf(s->l, sl_buf_span(&leaf));
}

static void test_attempts(void)
{
    static const struct {
        enum sl_entry_approval_event event;
        const char *want;
    } ends[] = {{SL_ENTRY_APPROVAL_DENIED, "insert denied 1/0 "},
                {SL_ENTRY_APPROVAL_EXPIRED, "insert expired 1/0 "},
                {SL_ENTRY_APPROVAL_CANCELLED, "insert cancelled 1/0 "},
                {SL_ENTRY_APPROVAL_REVOKED, "insert revoked 1/0 "},
                {SL_ENTRY_APPROVAL_LAPSED, "insert lapsed 1/0 "},
                {SL_ENTRY_APPROVAL_SPENT, ""},
                {SL_ENTRY_APPROVAL_APPROVED, ""}};

    for (size_t i = 0; i < SL_COUNT(ends); i++) {
        struct side s;

        open_side(&s, ":memory:", true);
        approval(&s, SL_ENTRY_APPROVAL_ASKED);
        check_standings(&s, "");
        approval(&s, ends[i].event);
        approval(&s, ends[i].event);
        check_standings(&s, ends[i].want);
        SL_CHECK_INT(flows_into(&s, "staging.copy"), 0);
        close_side(&s);
    }
}

static void test_open_without_end(void)
{
    enum { MORE = 3 };
    struct side s;

    open_side(&s, ":memory:", false);
    session(&s, 1, false);
    session(&s, 2, false);
    act(&s, COPY, 2, 1, SL_OUTCOME_OK, SL_INTENT_IN_TX);
    for (uint64_t i = 0; i < LINEAGE_OPENS - 1 + MORE; i++)
        act(&s, COPY, 1, 10 + i, SL_OUTCOME_OK, SL_INTENT_IN_TX);
    end(&s, 1, 10, 10 + LINEAGE_OPENS + MORE, 2);
    end(&s, 2, 1, 1, 1);
    check_standings(&s,
                    "insert unknown 3/6 insert rolled_back 199999/399998 insert committed 1/2 ");
    close_side(&s);
}

static void test_names(void)
{
    struct side s;
    uint64_t nodes[4];

    open_side(&s, ":memory:", true);
    session(&s, 1, false);
    act(&s, COPY, 1, 1, SL_OUTCOME_OK, 0);
    SL_CHECK_INT(lineage_flush(s.l), SL_OK);
    static const struct {
        const char *target, *name;
        size_t count;
    } names[] = {{"", "public.customers", 1},
                 {"", "customers", 1},
                 {"", "customers.email", 1},
                 {"", "public.customers.email", 1},
                 {"finance", "staging.copy", 1},
                 {"other", "staging.copy", 0},
                 {"", "copy", 0},
                 {"", "public.customers.", 0},
                 {"", "public.customers.nothing", 0},
                 {"", "", 0},
                 {"", ".", 0}};
    for (size_t i = 0; i < SL_COUNT(names); i++)
        SL_CHECK_INT(lineage_find(s.db, sl_span_str(names[i].target), sl_span_str(names[i].name),
                                  nodes, 4),
                     names[i].count);
    lineage_leaf(s.l, SL_SPAN("{"));
    lineage_leaf(s.l, SL_SPAN("{\"kind\":\"actions\",\"actions\":[7,{}]}"));
    lineage_leaf(s.l, SL_SPAN("{\"kind\":\"txn\"}"));
    close_side(&s);
}

int main(void)
{
    SL_RUN(test_acts_add_up);
    SL_RUN(test_only_the_committed_flows);
    SL_RUN(test_late_outcomes);
    SL_RUN(test_told_three_ways);
    SL_RUN(test_attempts);
    SL_RUN(test_open_without_end);
    SL_RUN(test_names);
    return sl_tap_done();
}
