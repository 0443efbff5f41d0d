/* Usage: whatever way it is grouped, it adds up to what happened; told by leaves or straight from a
 * journal, over restarts, it is the same table; and nobody can make it grow without end. */
#include "role/keeper/usage.h"

#include "tests/unit/tap.h"

#include <stdlib.h>
#include <unistd.h>

enum { ACTIONS = 3000, SESSIONS = 6, FACTS = 8, BLOCK = 100 };
#define HOUR UINT64_C(3600000000)
#define BEGIN (UINT64_C(490000) * HOUR)

static uint64_t state = 88172645463325252u;

static unsigned dice(unsigned sides)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (unsigned)((state >> 20) % sides);
}

/* --- what may happen --- */

static const struct {
    const char *json, *run, *label;
    bool changes;
} kinds[FACTS] = {
    {"{\"datasets\":[{\"columns\":[\"email\",\"id\"],\"effects\":[\"read\"],\"labels\":[\"pii\"],"
     "\"name\":\"public.customers\"}],\"effects\":[\"read\"],\"run\":\"r1\",\"verdict\":\"allow\"}",
     "r1", "pii", false},
    {"{\"datasets\":[{\"columns\":[\"id\"],\"effects\":[\"read\"],\"labels\":[],\"name\":\"public."
     "orders\"}],\"effects\":[\"read\"],\"run\":\"r2\",\"verdict\":\"allow\"}",
     "r2", "", false},
    {"{\"datasets\":[],\"effects\":[\"read\"],\"verdict\":\"allow\"}", "", "", false},
    {"{\"datasets\":[{\"columns\":[\"email\"],\"effects\":[\"read\"],\"labels\":[\"pii\"],\"name\":"
     "\"public.customers\"},{\"columns\":[\"a\",\"b\"],\"effects\":[\"insert\"],\"labels\":["
     "\"fin\","
     "\"pii\"],\"name\":\"copy.mail\"}],\"effects\":[\"read\",\"insert\"],\"reason\":\"ticket\","
     "\"verdict\":\"allow\"}",
     "", "pii", true},
    {"{\"datasets\":[{\"all_columns\":true,\"effects\":[\"delete\"],\"labels\":[\"fin\"],\"name\":"
     "\"public.payments\"}],\"effects\":[\"delete\"],\"run\":\"r1\",\"verdict\":\"allow\"}",
     "r1", "", true},
    {"{\"datasets\":[],\"effects\":[\"ddl\"],\"verdict\":\"deny\"}", "", "", true},
    {"{\"datasets_digest\":\"00\",\"effects\":[\"export\"],\"run\":\"r3\",\"verdict\":\"allow\"}",
     "r3", "", false},
    {"{\"datasets\":[{\"effects\":[\"update\"],\"labels\":[\"pii\"],\"name\":\"public.people\"}],"
     "\"effects\":[\"update\"],\"verdict\":\"allow\"}",
     "", "pii", true},
};

struct happening {
    unsigned kind, session;
    uint64_t at_us, rows, bytes, seen_rows, seen_bytes;
    uint8_t outcome, late; /* late: told before it ended */
    bool in_tx;
    uint8_t txn; /* of its transaction: 1 committed, 2 rolled back */
};

static struct happening all[ACTIONS];

static void invent(void)
{
    for (unsigned i = 0; i < ACTIONS; i++) {
        struct happening *h = &all[i];

        *h = (struct happening){.kind = dice(FACTS),
                                .session = i % SESSIONS,
                                .at_us = BEGIN + i * HOUR / 400,
                                .rows = dice(50),
                                .bytes = dice(5000),
                                .late = dice(3) == 0,
                                .in_tx = dice(2) == 0,
                                .txn = i / BLOCK % 3 == 1 ? 2 : 1};
        h->outcome = dice(6) == 0 ? SL_OUTCOME_FAILED : SL_OUTCOME_OK;
        h->seen_rows = h->rows / 2;
        h->seen_bytes = h->bytes / 2;
    }
}

/* The model: what one of them counts in the end. */
static uint64_t rows_of(const struct happening *h)
{
    if (!kinds[h->kind].changes)
        return h->rows;
    return h->outcome == SL_OUTCOME_OK && (!h->in_tx || h->txn == 1) ? h->rows : 0;
}

/* --- telling --- */

static struct sl_span identity_of(unsigned session)
{
    return session % 2 == 0 ? SL_SPAN("agent") : SL_SPAN("nightly");
}

static struct sl_entry_action action_of(unsigned i)
{
    const struct happening *h = &all[i];

    return (struct sl_entry_action){.session = h->session + 1,
                                    .action = i + 1,
                                    .identity = identity_of(h->session),
                                    .target = SL_SPAN("finance"),
                                    .asked_us = h->at_us,
                                    .started_us = h->at_us,
                                    .flags = h->in_tx ? SL_INTENT_IN_TX : 0,
                                    .outcome = h->late ? 0 : h->outcome,
                                    .facts = sl_span_str(kinds[h->kind].json),
                                    .text = SL_SPAN("select"),
                                    .rows = h->late ? 0 : h->rows,
                                    .bytes = h->late ? 0 : h->bytes};
}

static struct sl_entry_outcome outcome_of(unsigned i)
{
    return (struct sl_entry_outcome){.time_us = all[i].at_us,
                                     .session = all[i].session + 1,
                                     .action = i + 1,
                                     .rows = all[i].rows,
                                     .bytes = all[i].bytes,
                                     .outcome = all[i].outcome};
}

static struct sl_entry_txn txn_of(unsigned block, unsigned session)
{
    return (struct sl_entry_txn){.time_us = BEGIN,
                                 .session = session + 1,
                                 .first_action = block * BLOCK + 1,
                                 .last_action = block * BLOCK + BLOCK,
                                 .outcome = all[block * BLOCK].txn};
}

static void leaf(struct usage *u, struct sl_buf *b)
{
    SL_CHECK_INT(sl_buf_err(b), SL_OK);
    usage_leaf(u, sl_buf_span(b));
    sl_buf_reset(b);
}

static void tell_sessions(struct usage *u)
{
    SL_BUF(b, SL_ENTRY_MAX);

    for (unsigned i = 0; i < SESSIONS; i++) {
        sl_entry_put_session(&b, &(struct sl_entry_session){.time_us = BEGIN,
                                                            .session = i + 1,
                                                            .identity = identity_of(i),
                                                            .identity_kind = SL_SPAN("agent"),
                                                            .owner = i % 2 == 0 ? SL_SPAN("carol")
                                                                                : SL_SPAN(""),
                                                            .target = SL_SPAN("finance"),
                                                            .environment = SL_SPAN("production"),
                                                            .protocol = SL_SPAN("postgres"),
                                                            .address = SL_SPAN("127.0.0.1"),
                                                            .upstream_user = SL_SPAN("app")});
        leaf(u, &b);
    }
}

static void tell_straight(struct usage *u, unsigned block)
{
    for (unsigned i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
        struct sl_entry_action a = action_of(i);
        struct usage_facts *f = usage_facts(u, a.facts);

        usage_item(u, f, &a);
        usage_facts_unref(f);
        if (all[i].late)
            usage_progress(u, a.session, a.action, all[i].seen_rows, all[i].seen_bytes);
    }
}

static void end_straight(struct usage *u, unsigned block)
{
    for (unsigned i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
        struct sl_entry_outcome o = outcome_of(i);
        if (all[i].late == 1 && i % 2 == 0)
            usage_outcome(u, &o);
    }
    for (unsigned s = 0; s < SESSIONS; s++) {
        struct sl_entry_txn t = txn_of(block, s);
        usage_ended(u, &t);
    }
    for (unsigned i = block * BLOCK; i < (block + 1) * BLOCK; i++) { /* after its transaction */
        struct sl_entry_outcome o = outcome_of(i);
        if (all[i].late == 1 && i % 2 == 1)
            usage_outcome(u, &o);
    }
}

static void tell_leaves(struct usage *u, unsigned block)
{
    SL_BUF(b, SL_ENTRY_MAX);
    SL_BUF(tables, 4 * SL_ENTRY_MAX);
    struct sl_entry_batch batch;

    sl_entry_batch_begin(&batch, &b, &tables);
    for (unsigned i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
        struct sl_entry_action a = action_of(i);
        SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_OK);
    }
    sl_entry_batch_end(&batch, BEGIN);
    leaf(u, &b);
    for (unsigned i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
        struct sl_entry_outcome o = outcome_of(i);
        if (all[i].late == 0)
            continue;
        sl_entry_put_outcome(&b, &o);
        leaf(u, &b);
    }
    for (unsigned s = 0; s < SESSIONS; s++) {
        struct sl_entry_txn t = txn_of(block, s);
        sl_entry_put_txn(&b, &t);
        leaf(u, &b);
    }
}

/* --- reading --- */

struct sums {
    uint64_t statements, rows, bytes;
};

static struct sums ask(struct db *db, unsigned by, const char *label, size_t *lines)
{
    struct sums s = {0};
    struct db_rows rows =
        db_ask(db, DB_USAGE_QUERY, "iissssi", (uint64_t)by, (uint64_t)0, SL_SPAN(""), SL_SPAN(""),
               sl_span_str(label), SL_SPAN(""), (uint64_t)100000);

    for (*lines = 0; db_row(&rows); ++*lines) {
        s.statements += db_u64(&rows, 10);
        s.rows += db_u64(&rows, 11);
        s.bytes += db_u64(&rows, 12);
    }
    return s;
}

static void is_same(struct sums got, struct sums want)
{
    SL_CHECK_INT(got.statements, want.statements);
    SL_CHECK_INT(got.rows, want.rows);
    SL_CHECK_INT(got.bytes, want.bytes);
}

static struct sums modelled(const char *label)
{
    struct sums s = {0};

    for (unsigned i = 0; i < ACTIONS; i++) {
        if (label[0] != '\0' && strcmp(kinds[all[i].kind].label, label) != 0)
            continue;
        s.statements++;
        s.rows += rows_of(&all[i]);
        s.bytes += all[i].bytes;
    }
    return s;
}

static struct db *open_db(const char *path)
{
    struct db *db = NULL;

    SL_PROMISE(db_open(path, &db) == SL_OK);
    return db;
}

static void table(struct db *db, struct sl_buf *out)
{
    SL_BUF(text, 16 * 1024 * 1024);

    db_dump(db, &text);
    struct sl_span rest = sl_buf_span(&text);
    while (rest.n > 0 && !sl_span_starts(rest, SL_SPAN("select * from usage_who")))
        rest = sl_span_from(rest, 1);
    sl_buf_put(out, rest);
}

/* --- tests --- */

static char folder[] = "/tmp/sluice-usage-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Each way of grouping by what a statement has one of adds up; by what it may have several of, it
 * adds up to no less. */
static void test_adds_up(void)
{
    struct db *db = open_db(path_of("sums.db"));
    struct usage *u;
    size_t lines;

    SL_CHECK_INT(usage_new(db, &u), SL_OK);
    tell_sessions(u);
    for (unsigned block = 0; block < ACTIONS / BLOCK; block++) {
        tell_straight(u, block);
        SL_CHECK_INT(usage_flush(u), SL_OK);
        if (block % 4 == 3) { /* the keeper starts anew, with actions open */
            usage_free(u);
            SL_CHECK_INT(usage_new(db, &u), SL_OK);
            tell_sessions(u);
        }
        end_straight(u, block);
    }
    SL_CHECK_INT(usage_flush(u), SL_OK);

    struct sums whole = modelled("");
    unsigned many = 1u << USAGE_BY_DATASET | 1u << USAGE_BY_COLUMN | 1u << USAGE_BY_LABEL;
    for (unsigned by = 0; by < 1u << USAGE_KEY_COUNT; by++) {
        struct sums s = ask(db, by, "", &lines);
        if ((by & many) == 0)
            is_same(s, whole);
        else
            SL_CHECK(s.statements >= whole.statements && s.rows >= whole.rows &&
                     s.bytes >= whole.bytes);
    }
    is_same(ask(db, 0, "pii", &lines), modelled("pii"));
    SL_CHECK_INT(lines, 1);
    ask(db, 1u << USAGE_BY_LABEL, "", &lines);
    SL_CHECK_INT(lines, 3); /* pii, fin, none */
    usage_free(u);
    db_free(db);
}

static void test_leaves_say_the_same(void)
{
    struct db *one = open_db(path_of("straight.db")), *other = open_db(path_of("leaves.db"));
    struct usage *straight, *leaves;
    SL_BUF(a, 16 * 1024 * 1024);
    SL_BUF(b, 16 * 1024 * 1024);

    SL_CHECK_INT(usage_new(one, &straight), SL_OK);
    SL_CHECK_INT(usage_new(other, &leaves), SL_OK);
    tell_sessions(straight);
    tell_sessions(leaves);
    for (unsigned block = 0; block < ACTIONS / BLOCK; block++) {
        tell_straight(straight, block);
        end_straight(straight, block);
        if (block % 3 == 0)
            SL_CHECK_INT(usage_flush(straight), SL_OK);
        tell_leaves(leaves, block);
    }
    SL_CHECK_INT(usage_flush(straight), SL_OK);
    SL_CHECK_INT(usage_flush(leaves), SL_OK);
    table(one, &a);
    table(other, &b);
    SL_CHECK(a.n > 1000);
    SL_CHECK_BYTES(sl_buf_span(&a), sl_buf_span(&b));
    usage_free(straight);
    usage_free(leaves);
    db_free(one);
    db_free(other);
}

static void one_of_run(struct usage *u, unsigned i)
{
    SL_BUF(facts, 4096);
    struct sl_entry_action a = {.session = 1,
                                .action = i + 1,
                                .identity = SL_SPAN("agent"),
                                .target = SL_SPAN("finance"),
                                .started_us = BEGIN,
                                .outcome = SL_OUTCOME_OK,
                                .rows = 1,
                                .bytes = 10};

    sl_buf_say(
        &facts,
        "{\"datasets\":[{\"columns\":[\"c%u\"],\"labels\":[\"pii\"],\"name\":\"t%u\"}],"
        "\"effects\":[\"read\"],\"reason\":\"r%u\",\"run\":\"run %u\",\"verdict\":\"allow\"}",
        i, i, i, i);
    struct usage_facts *f = usage_facts(u, sl_buf_span(&facts));
    usage_item(u, f, &a);
    usage_facts_unref(f);
}

/* Who invents a new run for each statement blurs his own lines; the sums and labels stay. */
static void test_a_flood(void)
{
    struct db *db = open_db(path_of("flood.db"));
    struct usage *u;
    size_t lines;

    SL_CHECK_INT(usage_new(db, &u), SL_OK);
    for (unsigned i = 0; i < 5000; i++) {
        one_of_run(u, i);
        if (i % 1000 == 999)
            SL_CHECK_INT(usage_flush(u), SL_OK);
        if (i == 2500) {
            SL_CHECK_INT(usage_flush(u), SL_OK);
            usage_free(u);
            SL_CHECK_INT(usage_new(db, &u), SL_OK);
        }
    }
    SL_CHECK_INT(usage_flush(u), SL_OK);
    struct sums all_of_it = {5000, 5000, 50000};
    is_same(ask(db, 1u << USAGE_BY_RUN, "", &lines), all_of_it);
    SL_CHECK_INT(lines, USAGE_EXACT + 1);
    is_same(ask(db, 1u << USAGE_BY_DATASET, "", &lines), all_of_it);
    SL_CHECK_INT(lines, USAGE_COARSE + 1);
    is_same(ask(db, 1u << USAGE_BY_LABEL, "pii", &lines), all_of_it);
    SL_CHECK_INT(lines, 1);
    usage_free(u);
    db_free(db);
}

/* What a question looks at is a row for each dataset that a line touches: that is what is bounded,
 * not the lines. */
static void test_size_counts_touches(void)
{
    enum { DATASETS = 40, LINES = 3 };
    struct db *db = open_db(path_of("size.db"));
    struct usage *u;

    SL_CHECK_INT(usage_new(db, &u), SL_OK);
    for (unsigned line = 0; line < LINES; line++) {
        struct sl_entry_action a = {.session = 1,
                                    .action = line + 1,
                                    .identity = SL_SPAN("agent"),
                                    .target = SL_SPAN("finance"),
                                    .started_us = BEGIN,
                                    .outcome = SL_OUTCOME_OK,
                                    .rows = 1,
                                    .bytes = 10};
        SL_BUF(facts, 16 * 1024);

        sl_buf_put_str(&facts, "{\"datasets\":[");
        for (unsigned i = 0; i < DATASETS; i++)
            sl_buf_say(&facts, "%s{\"columns\":[\"c\"],\"labels\":[],\"name\":\"t%u\"}",
                       i == 0 ? "" : ",", i);
        sl_buf_say(&facts, "],\"effects\":[\"read\"],\"run\":\"run %u\",\"verdict\":\"allow\"}",
                   line);
        struct usage_facts *f = usage_facts(u, sl_buf_span(&facts));
        usage_item(u, f, &a);
        usage_facts_unref(f);
    }
    SL_CHECK_INT(usage_flush(u), SL_OK);
    struct db_rows rows =
        db_ask(db, DB_USAGE_SIZE, "issi", (uint64_t)0, SL_SPAN(""), SL_SPAN(""), (uint64_t)100000);
    SL_CHECK(db_row(&rows) && db_u64(&rows, 0) >= LINES * DATASETS);
    db_end(&rows);
    rows = db_ask(db, DB_USAGE_SIZE, "issi", (uint64_t)0, SL_SPAN(""), SL_SPAN(""), (uint64_t)50);
    SL_CHECK(db_row(&rows) && db_u64(&rows, 0) == 50); /* and counting them ends there */
    db_end(&rows);
    usage_free(u);
    db_free(db);
}

/* What a gate says may be nonsense; the sums stay sums. */
static void test_nonsense(void)
{
    static const char *const leaves[] = {
        "{}",
        "[]",
        "{\"kind\":\"actions\"}",
        "{\"kind\":\"actions\",\"actions\":[{\"by\":7,\"statement\":9}]}",
        "{\"kind\":\"action\",\"facts\":[],\"session\":1}",
        "{\"kind\":\"outcome\",\"session\":1,\"action\":77,\"outcome\":\"ok\",\"rows\":5}",
        "{\"kind\":\"txn\",\"session\":99,\"first_action\":0,\"last_action\":9007199254740991}",
        "{\"kind\":\"session\",\"event\":\"close\",\"session\":12345}",
        "{\"kind\":\"approval\",\"event\":\"asked\"}"};
    struct db *db = open_db(path_of("nonsense.db"));
    struct usage *u;
    size_t lines;

    SL_CHECK_INT(usage_new(db, &u), SL_OK);
    for (size_t i = 0; i < SL_COUNT(leaves); i++)
        usage_leaf(u, sl_span_str(leaves[i]));
    for (unsigned i = 0; i < 3; i++) {
        one_of_run(u, i);
        struct sl_entry_action a = {.session = 2,
                                    .action = i + 1,
                                    .identity = SL_SPAN("liar"),
                                    .started_us = UINT64_MAX,
                                    .rows = UINT64_MAX,
                                    .bytes = UINT64_MAX};
        struct usage_facts *f = usage_facts(u, sl_span_str(kinds[0].json));
        usage_item(u, f, &a);
        usage_facts_unref(f);
        usage_progress(u, 2, i + 1, UINT64_MAX, UINT64_MAX);
        usage_progress(u, 2, i + 1, 0, 0);
        usage_progress(u, 2, 1000, 5, 5);
        usage_progress(u, 4711, 1, 5, 5);
    }
    SL_CHECK_INT(usage_flush(u), SL_OK);
    struct sums s = ask(db, 1u << USAGE_BY_RUN, "", &lines);
    SL_CHECK(s.rows == 3 && s.bytes == 30);
    usage_free(u);
    db_free(db);
}

/* Old hours go, with the sets that only they had; what goes on counting goes on. */
static void test_purge(void)
{
    struct db *db = open_db(path_of("purge.db"));
    struct usage *u;
    size_t lines;

    SL_CHECK_INT(usage_new(db, &u), SL_OK);
    tell_sessions(u);
    tell_straight(u, 0);
    end_straight(u, 0);
    one_of_run(u, 4000);
    SL_CHECK_INT(usage_purge(u, BEGIN), SL_OK);
    struct sums before = ask(db, 0, "", &lines);
    SL_CHECK_INT(before.statements, BLOCK + 1);
    SL_CHECK_INT(usage_purge(u, BEGIN + HOUR), SL_OK);
    ask(db, 0, "", &lines);
    SL_CHECK_INT(lines, 0);
    tell_straight(u, 10); /* the same facts, later */
    end_straight(u, 10);
    SL_CHECK_INT(usage_flush(u), SL_OK);
    struct sums after = ask(db, 1u << USAGE_BY_DATASET, "", &lines);
    SL_CHECK(after.statements >= BLOCK && lines > 3);
    SL_CHECK_INT(ask(db, 0, "", &lines).statements, BLOCK);
    usage_free(u);
    db_free(db);
}

int main(void)
{
    SL_PROMISE(mkdtemp(folder) != NULL);
    invent();
    SL_RUN(test_adds_up);
    SL_RUN(test_leaves_say_the_same);
    SL_RUN(test_a_flood);
    SL_RUN(test_size_counts_touches);
    SL_RUN(test_nonsense);
    SL_RUN(test_purge);
    static const char *const names[] = {"sums", "straight", "leaves", "flood", "nonsense", "purge"};
    for (size_t i = 0; i < SL_COUNT(names); i++)
        for (unsigned k = 0; k < 3; k++) {
            SL_BUF(path, 256);
            sl_buf_say(&path, "%s/%s.db%s", folder, names[i],
                       k == 0   ? ""
                       : k == 1 ? "-wal"
                                : "-shm");
            unlink(sl_buf_text(&path));
        }
    rmdir(folder);
    return sl_tap_done();
}
