/* The trail: what was told while it happened is what the log tells afterwards, and a search finds
 * what looking at every line finds. */
#include "role/keeper/store.h"

#include "base/sanitized.h"
#include "os/clock.h"
#include "os/file.h"
#include "tests/unit/tap.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/sluice-trail-XXXXXX";
static uint64_t now_us = UINT64_C(1763870000000000), seed = 7;

static unsigned chance(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

static const char *const people[] = {"alice", "agent-7", "bob", "nightly"},
                         *const sets[] = {"public.customers", "public.orders", "staging.copy"},
                         *const labels[] = {"", "pii", "financial"},
                         *const verdicts[] = {"allow", "hold", "deny"},
                         *const rules[] = {"", "default", "small bites"};

static struct sl_span pick(const char *const *words, size_t count)
{
    return sl_span_str(words[chance((unsigned)count)]);
}
#define PICK(words) pick((words), SL_COUNT(words))

static void put_facts(struct sl_buf *b, struct sl_span verdict)
{
    struct sl_span label = PICK(labels), rule = PICK(rules);

    sl_buf_put_str(b, "{\"datasets\":[{\"effects\":[\"read\"],\"labels\":[");
    if (label.n > 0)
        sl_buf_say(b, "\"%S\"", label);
    sl_buf_say(b, "],\"name\":\"%S\"}],\"effects\":[\"read\"],", PICK(sets));
    if (rule.n > 0)
        sl_buf_say(b, "\"rules\":[\"%S\"],", rule);
    sl_buf_say(b, "\"statements\":[\"select\"],\"verdict\":\"%S\"}", verdict);
}

static void step(void)
{
    now_us += chance(3) == 0 ? 0 : chance(2000000);
}

/* --- what happens --- */

static void batch(struct store *s)
{
    static struct sl_entry_batch b;
    static struct trail_batch told;
    static struct sl_buf tables = {.max = 4 * SL_ENTRY_MAX};
    SL_BUF(leaf, 2 * SL_ENTRY_MAX);
    uint64_t index = 0;

    sl_entry_batch_begin(&b, &leaf, &tables);
    for (unsigned i = 0, n = 1 + chance(9); i < n; i++) {
        SL_BUF(facts, 1024);
        put_facts(&facts, SL_SPAN("allow"));
        struct sl_entry_action a = {.session = 1 + chance(3),
                                    .action = now_us + i,
                                    .target = SL_SPAN("finance"),
                                    .started_us = now_us,
                                    .outcome = SL_OUTCOME_OK,
                                    .facts = sl_buf_span(&facts),
                                    .text = SL_SPAN("select")};
        a.identity = sl_span_str(people[a.session]);
        SL_CHECK_INT(sl_entry_batch_add(&b, &a), SL_OK);
        struct trail_facts *f = trail_facts(s->trail, a.facts);
        trail_batch_add(s->trail, &told, f, &a);
        trail_facts_unref(f);
    }
    told.kind = "actions";
    told.time_us = now_us;
    sl_entry_batch_end(&b, now_us);
    SL_CHECK_INT(sl_ledger_append(s->ledger, sl_buf_span(&leaf), sl_span(NULL, 0), &index), SL_OK);
    trail_batch(s->trail, index, sl_buf_span(&leaf), &told);
}

static void approval(struct store *s)
{
    static unsigned known;
    static const enum sl_entry_approval_event later[] = {
        SL_ENTRY_APPROVAL_DECIDED, SL_ENTRY_APPROVAL_APPROVED, SL_ENTRY_APPROVAL_DENIED,
        SL_ENTRY_APPROVAL_REFUSED, SL_ENTRY_APPROVAL_EXPIRED};
    static const uint8_t digest[32];
    bool asks = known == 0 || chance(2) == 0;
    char id[40];
    SL_BUF(facts, 1024);
    SL_BUF(leaf, SL_ENTRY_MAX);

    snprintf(id, sizeof id, "0193a1b2-c3d4-7e5f-8a9b-%012u", asks ? known++ : chance(known));
    put_facts(&facts, SL_SPAN("hold"));
    struct sl_entry_approval e = {.event = SL_ENTRY_APPROVAL_ASKED,
                                  .time_us = now_us,
                                  .approval = sl_span_str(id),
                                  .digest = digest};
    if (asks) {
        e.identity = PICK(people);
        e.owner = SL_SPAN("carol");
        e.target = SL_SPAN("finance");
        e.facts = sl_buf_span(&facts);
    } else {
        e.event = later[chance(SL_COUNT(later))];
        e.approver = SL_SPAN("rita");
        e.decision = PICK(((const char *const[]){"approve", "deny"}));
        e.own = e.event == SL_ENTRY_APPROVAL_REFUSED && chance(2) == 0;
        e.refused = e.event == SL_ENTRY_APPROVAL_REFUSED ? SL_SPAN("IS_OWNER") : sl_span(NULL, 0);
    }
    sl_entry_put_approval(&leaf, &e);
    store_leaf(s, &leaf, false, NULL);
}

static void other(struct store *s)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    if (chance(2) == 0)
        sl_entry_put_roster(&leaf, &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_PAUSE,
                                                             .time_us = now_us,
                                                             .identity = PICK(people),
                                                             .by = SL_SPAN("operator")});
    else
        sl_entry_put_txn(&leaf, &(struct sl_entry_txn){.time_us = now_us,
                                                       .session = 3,
                                                       .first_action = 1,
                                                       .last_action = 2,
                                                       .outcome = 1});
    store_leaf(s, &leaf, false, NULL);
}

static void live(struct store *s, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned what = chance(10);

        step();
        if (what < 5)
            batch(s);
        else if (what < 8)
            approval(s);
        else
            other(s);
        if (chance(40) == 0)
            SL_CHECK_INT(store_checkpoint(s), SL_OK);
        if (chance(100) == 0) /* a leaf of the ledger's own, which nobody tells */
            SL_CHECK_INT(sl_ledger_rotate_key(s->ledger, now_us), SL_OK);
    }
    SL_CHECK_INT(store_checkpoint(s), SL_OK);
}

/* --- the same from the log --- */

static void trail_of(struct db *db, struct sl_buf *out)
{
    SL_BUF(all, 16 * 1024 * 1024);
    struct sl_span text;

    db_dump(db, &all);
    text = sl_buf_span(&all);
    while (text.n > 0 && !sl_span_starts(text, SL_SPAN("select term, block")))
        text = sl_span_from(text, 1);
    SL_CHECK(text.n > 1000);
    sl_buf_put(out, text);
}

static void test_rebuilt(struct store *s)
{
    SL_FREED_BY(trail) struct trail *again = NULL;
    SL_FREED_BY(db) struct db *db = NULL;
    SL_BUF(lived, 16 * 1024 * 1024);
    SL_BUF(read, 16 * 1024 * 1024);

    SL_CHECK_INT(db_open(":memory:", &db), SL_OK);
    SL_CHECK_INT(trail_new(db, &again), SL_OK);
    SL_CHECK_INT(trail_catch_up(again, s->ledger), SL_OK);
    SL_CHECK_INT(trail_flush(again), SL_OK);
    trail_of(s->db, &lived);
    trail_of(db, &read);
    SL_CHECK(sl_span_eq(sl_buf_span(&lived), sl_buf_span(&read)));
    trail_free(again);
    again = NULL;
}

/* --- searching, and looking at everything --- */

struct found {
    uint64_t places[100000];
    size_t count;
};

static bool take(void *owner, const struct trail_line *line)
{
    struct found *f = owner;

    f->places[f->count++] = line->entry * 1000 + line->line;
    return f->count < SL_COUNT(f->places);
}

static bool take_matching(void *owner, const struct trail_line *line);

struct brute {
    const struct trail_query *q;
    struct found *out;
    unsigned has;
};

static void note(void *owner, enum trail_kind kind, struct sl_span word)
{
    struct brute *b = owner;

    if (sl_span_eq(b->q->words[kind], word))
        b->has |= 1u << kind;
}

/* Of a search for nothing, which looks at each line. */
static bool take_matching(void *owner, const struct trail_line *line)
{
    struct brute *b = owner;

    b->has = 0;
    trail_words(line, note, b);
    for (unsigned i = 0; i < TRAIL_KIND_COUNT; i++)
        if (b->q->words[i].n > 0 && (b->has >> i & 1) == 0)
            return true;
    return take(b->out, line);
}

static void all_pages(struct store *s, struct trail_query q, trail_found_fn *fn, void *owner)
{
    struct trail_end end = {.more = true};

    q.before = UINT64_MAX;
    q.before_line = UINT64_MAX;
    while (end.more) {
        SL_CHECK_INT(trail_search(s->trail, s->ledger, &q, fn, owner, &end), SL_OK);
        q.before = end.before;
        q.before_line = end.before_line;
    }
}

static struct trail_query random_query(void)
{
    struct trail_query q = {.lines = 1 + chance(50)};

    if (chance(2) == 0)
        q.words[TRAIL_IDENTITY] = PICK(people);
    if (chance(3) == 0)
        q.words[TRAIL_LABEL] = PICK(labels);
    if (chance(3) == 0)
        q.words[TRAIL_DATASET] = PICK(sets);
    if (chance(3) == 0)
        q.words[TRAIL_VERDICT] = PICK(verdicts);
    if (chance(4) == 0)
        q.words[TRAIL_RULE] = PICK(rules);
    if (chance(5) == 0)
        q.words[TRAIL_ONLY] = PICK(((const char *const[]){"unruled", "quick", "self"}));
    if (chance(4) == 0)
        q.words[TRAIL_EVENT] = PICK(((const char *const[]){"asked", "decided", "denied"}));
    if (chance(3) == 0)
        q.since_us = now_us - chance(2000) * UINT64_C(1000000);
    if (chance(3) == 0)
        q.until_us = now_us - chance(2000) * UINT64_C(1000000);
    return q;
}

static void test_search(struct store *s)
{
    static struct found found, wanted;
    size_t hits = 0;

    for (unsigned i = 0; i < (SL_SANITIZED ? 30 : 60); i++) {
        struct trail_query q = random_query(), all = {.since_us = q.since_us,
                                                      .until_us = q.until_us,
                                                      .lines = UINT64_MAX};
        struct brute brute = {.q = &q, .out = &wanted};

        found.count = wanted.count = 0;
        all_pages(s, q, take, &found);
        all_pages(s, all, take_matching, &brute);
        hits += wanted.count > 0;
        if (!SL_CHECK_INT(found.count, wanted.count))
            return;
        SL_CHECK(memcmp(found.places, wanted.places, found.count * sizeof found.places[0]) == 0);
        for (size_t at = 1; at < found.count; at++)
            SL_CHECK(found.places[at] < found.places[at - 1]);
    }
    SL_CHECK(hits > (SL_SANITIZED ? 5 : 10));
}

static void test_counts(struct store *s)
{
    static const struct {
        enum trail_kind kind;
        const char *word;
    } cases[] = {{TRAIL_EVENT, "asked"},    {TRAIL_ONLY, "unruled"}, {TRAIL_ONLY, "quick"},
                 {TRAIL_ONLY, "self"},      {TRAIL_LABEL, "pii"},    {TRAIL_IS, "actions"},
                 {TRAIL_IDENTITY, "nobody"}};
    static struct found found;

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        for (unsigned since = 0; since < 8; since++) {
            struct trail_query q = {.lines = UINT64_MAX,
                                    .since_us =
                                        since == 0 ? 0 : now_us - since * UINT64_C(97000000)};
            uint64_t counted = 0;

            q.words[cases[i].kind] = sl_span_str(cases[i].word);
            found.count = 0;
            all_pages(s, q, take, &found);
            SL_CHECK_INT(trail_count(s->trail, s->ledger, cases[i].kind, q.words[cases[i].kind],
                                     q.since_us, &counted),
                         SL_OK);
            if (!SL_CHECK_INT(counted, found.count))
                printf("#   %s\n", cases[i].word);
        }
}

/* A word longer than the index keeps is still compared whole. */
static void test_long_words(struct store *s)
{
    static char one[600], two[600];
    static struct found found;
    struct trail_query q = {.lines = 10};

    memset(one, 'x', sizeof one);
    memset(two, 'x', sizeof two);
    two[599] = 'y';
    for (int i = 0; i < 2; i++) {
        SL_BUF(leaf, SL_ENTRY_MAX);
        sl_entry_put_roster(&leaf,
                            &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_PAUSE,
                                                      .time_us = now_us,
                                                      .identity = sl_span(i ? two : one, 600),
                                                      .by = SL_SPAN("operator")});
        store_leaf(s, &leaf, false, NULL);
    }
    SL_CHECK_INT(store_checkpoint(s), SL_OK);
    q.words[TRAIL_IDENTITY] = sl_span(two, 600);
    found.count = 0;
    all_pages(s, q, take, &found);
    SL_CHECK_INT(found.count, 1);
}

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *where)
{
    (void)is;
    (void)kind;
    (void)where;
    return remove(path);
}

static struct store store;

static void open_it(void)
{
    SL_BUF(why, 4096);
    struct store_options o = {.state_dir = folder,
                              .now_us = now_us,
                              .origin = SL_SPAN("sluice/test")};

    store = (struct store){0};
    SL_CHECK_INT(store_open(&store, &o, &why), SL_OK);
}

static void test_rebuilt_is_lived(void)
{
    open_it();
    live(&store, 500);
    test_rebuilt(&store);
}

static void test_search_is_looking(void)
{
    test_search(&store);
}

static void test_counts_are_lines(void)
{
    test_counts(&store);
    test_long_words(&store);
}

/* After a restart it goes on where it was, and is the same. */
static void test_goes_on(void)
{
    store_done(&store);
    open_it();
    live(&store, 100);
    test_rebuilt(&store);
    test_search(&store);
    store_done(&store);
}

int main(void)
{
    SL_PROMISE(mkdtemp(folder) != NULL);
    SL_RUN(test_rebuilt_is_lived);
    SL_RUN(test_search_is_looking);
    SL_RUN(test_counts_are_lines);
    SL_RUN(test_goes_on);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return sl_tap_done();
}
