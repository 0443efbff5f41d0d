#include "core/ledger/entry.h"

#include "core/action/effect.h"
#include "ledger_story.h"
#include "tap.h"
#include "json/json.h"

/* What is emitted must be canonical: read it and write it again. */
static void check_canonical(struct sl_span leaf)
{
    json_t *value = NULL;
    SL_BUF(again, 1024 * 1024);

    if (!SL_CHECK_INT(sl_json_read(leaf, &value, NULL), SL_OK))
        printf("# %.*s\n", (int)(leaf.n < 300 ? leaf.n : 300), (const char *)leaf.p);
    SL_CHECK_INT(sl_json_canonical(&again, value), SL_OK);
    SL_CHECK_BYTES(leaf, sl_buf_span(&again));
    SL_CHECK(leaf.n <= SL_ENTRY_MAX);
    json_decref(value);
}

static unsigned heard;

static void on_leaf(void *owner, struct sl_span leaf)
{
    (void)owner;
    heard++;
    check_canonical(leaf);
}

static void test_all_kinds_are_canonical(void)
{
    struct story s = {.put = on_leaf};

    story_tell(&s);
    SL_CHECK(heard > 15);
}

static void test_facts(void)
{
    SL_BUF(facts, 4096);

    SL_CHECK_TEXT(
        story_facts(&facts, 1),
        "{\"datasets\":[{\"columns\":[\"email\",\"id\"],\"effects\":[\"export\"],"
        "\"labels\":[\"pii\"],\"name\":\"public.customers\"}],"
        "\"effects\":[\"read\",\"export\"],"
        "\"flows\":[[\"public.customers.email\",\"result.email\"]],"
        "\"indirect\":[[\"public.customers.id\",\"result\"]],\"rules\":[\"regulated data leaves\"],"
        "\"statements\":[\"copy\"],\"verdict\":\"hold\"}");
    sl_buf_reset(&facts);
    sl_entry_put_facts(&facts, SL_SPAN("nonsense"));
    SL_CHECK_INT(sl_buf_err(&facts), SL_EMALFORMED);
}

static struct sl_entry_action plain(struct sl_span text)
{
    return (struct sl_entry_action){.session = 1,
                                    .action = 2,
                                    .identity = SL_SPAN("bot"),
                                    .target = SL_SPAN("finance"),
                                    .asked_us = 1,
                                    .outcome = SL_OUTCOME_OK,
                                    .text = text};
}

static void put_single(struct sl_buf *leaf, struct sl_span text, uint32_t flags)
{
    struct sl_entry_one one = {.time_us = 1, .action = plain(text)};

    one.action.flags = flags;
    sl_buf_reset(leaf);
    sl_entry_put_action(leaf, &one);
    SL_CHECK_INT(sl_buf_err(leaf), SL_OK);
    check_canonical(sl_buf_span(leaf));
}

static void test_texts(void)
{
    static uint8_t big[200000];
    static const uint8_t fills[] = {'x', '"', '\n', 1, 0xff, 0};
    SL_BUF(leaf, 1024 * 1024);

    for (size_t f = 0; f < SL_COUNT(fills); f++)
        for (size_t n = 1; n < sizeof big; n = n * 3 / 2 + 1) {
            memset(big, fills[f], n);
            put_single(&leaf, sl_span(big, n), 0);
        }
    put_single(&leaf, SL_SPAN("0123456789abcdef0123456789abcdefselect"), SL_INTENT_TEXT_DIGEST);
    SL_CHECK(strstr(sl_buf_text(&leaf), "\"text\":\"select\",\"text_digest\":\"3031") != NULL);
    put_single(&leaf, SL_SPAN("\xff"), 0);
    SL_CHECK(strstr(sl_buf_text(&leaf), "\"text_base64\":\"/w==\"") != NULL);
    memset(big, 'x', sizeof big);
    put_single(&leaf, sl_span(big, sizeof big), 0);
    SL_CHECK(strstr(sl_buf_text(&leaf), "\"text_length\":200000") != NULL);
}

static void test_batches(void)
{
    static uint8_t text[30000];
    SL_BUF(leaf, 1024 * 1024);
    SL_BUF(scratch, 4 * SL_ENTRY_MAX);
    struct sl_entry_batch batch;
    unsigned added = 0;

    memset(text, 'y', sizeof text);
    sl_entry_batch_begin(&batch, &leaf, &scratch);
    struct sl_entry_action a = plain(sl_span(text, sizeof text));
    while (sl_entry_batch_add(&batch, &a) == SL_OK)
        added++;
    SL_CHECK_INT(added, 2);
    sl_entry_batch_end(&batch, 5);
    check_canonical(sl_buf_span(&leaf));

    sl_buf_reset(&leaf);
    sl_entry_batch_begin(&batch, &leaf, &scratch);
    a = plain(SL_SPAN("select 1"));
    for (added = 0; sl_entry_batch_add(&batch, &a) == SL_OK;)
        added++;
    SL_CHECK_INT(added, SL_ENTRY_MAX_BATCH);
    sl_entry_batch_end(&batch, 5);
    check_canonical(sl_buf_span(&leaf));
}

/* An item has the same members as a leaf of its own would have, in whatever combination. */
static void test_items(void)
{
    static const uint8_t digest[32] = {0xab};
    static const uint64_t times[] = {
        0, 1, 999999, 1000000, UINT64_C(1700000000999999), UINT64_C(1700000001000000)};
    SL_BUF(leaf, 1024 * 1024);
    SL_BUF(facts, 4096);
    SL_BUF(scratch, 4 * SL_ENTRY_MAX);

    story_facts(&facts, 0);
    for (unsigned bits = 0; bits < 2048; bits++) {
        struct sl_entry_batch batch;
        struct sl_entry_action a = plain((bits & 1) != 0 ? SL_SPAN("select \"x\"\n") : SL_SPAN(""));
        a.asked_us = times[bits % 6];
        a.started_us = times[bits / 6 % 6];
        a.ended_us = times[bits / 36 % 6];
        a.flags = (bits & 2) != 0 ? SL_INTENT_EXTENDED | SL_INTENT_IN_TX : 0;
        a.outcome = (uint8_t)(bits % 5);
        a.facts = (bits & 4) != 0 ? sl_buf_span(&facts) : SL_SPAN("");
        a.policy_digest = (bits & 8) != 0 ? digest : NULL;
        a.commitment = (bits & 16) != 0 ? digest : NULL;
        a.rows = bits & 32;
        a.bytes = bits & 64;
        a.sqlstate = (bits & 128) != 0 ? SL_SPAN("42P01") : SL_SPAN("");
        a.text = (bits & 256) != 0 ? SL_SPAN("select 1") : a.text;
        sl_buf_reset(&leaf);
        sl_entry_batch_begin(&batch, &leaf, &scratch);
        SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_OK);
        a.action = bits;
        a.flags ^= (bits & 512) != 0 ? SL_INTENT_SHAPE : 0;
        a.session = (bits & 1024) != 0 ? 1234 : 1;
        SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_OK);
        sl_entry_batch_end(&batch, times[4]);
        check_canonical(sl_buf_span(&leaf));
    }
    struct sl_entry_batch batch;
    struct sl_entry_action a = plain(SL_SPAN("x"));
    a.outcome = 99;
    sl_buf_reset(&leaf);
    sl_entry_batch_begin(&batch, &leaf, &scratch);
    SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_EMALFORMED);
    a.outcome = 1;
    a.rows = UINT64_MAX;
    SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_EOVERFLOW);
    SL_CHECK_INT(batch.count, 0);
}

static void put_two(struct sl_buf *leaf, struct sl_entry_action a, struct sl_entry_action b)
{
    SL_BUF(scratch, 4 * SL_ENTRY_MAX);
    struct sl_entry_batch batch;

    sl_buf_reset(leaf);
    sl_entry_batch_begin(&batch, leaf, &scratch);
    SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_OK);
    SL_CHECK_INT(sl_entry_batch_add(&batch, &b), SL_OK);
    sl_entry_batch_end(&batch, 5000000);
    check_canonical(sl_buf_span(leaf));
}

/* What two actions share stands once; what they do not share stays with them. */
static void test_tables(void)
{
    static const uint8_t policy[8] = {0xab};
    SL_BUF(leaf, SL_ENTRY_MAX);
    SL_BUF(facts, 4096);
    struct sl_entry_action a = plain(SL_SPAN("select $1"));

    story_facts(&facts, 0);
    a.session = 9;
    a.asked_us = 1000000;
    a.started_us = 1000003;
    a.ended_us = 1000100;
    a.flags = SL_INTENT_EXTENDED;
    a.policy_digest = policy;
    struct sl_entry_action b = a;
    b.session = 10;
    b.asked_us = b.started_us = 1000050;
    b.ended_us = 0;
    b.outcome = 0;
    put_two(&leaf, a, b);
    SL_CHECK_TEXT(
        sl_buf_span(&leaf),
        "{\"actions\":["
        "{\"action\":2,\"by\":0,\"outcome\":\"ok\",\"started_us\":0,\"statement\":0,"
        "\"took_us\":97,\"waited_us\":3},"
        "{\"action\":2,\"by\":1,\"outcome\":\"pending\",\"started_us\":47,\"statement\":0}],"
        "\"at\":\"1970-01-01T00:00:01.000003Z\",\"kind\":\"actions\","
        "\"sessions\":[{\"identity\":\"bot\",\"session\":9,\"target\":\"finance\"},"
        "{\"identity\":\"bot\",\"session\":10,\"target\":\"finance\"}],"
        "\"statements\":[{\"flags\":[\"extended\"],\"policy\":\"ab00000000000000\","
        "\"text\":\"select $1\"}],\"time\":\"1970-01-01T00:00:05.000000Z\",\"v\":1}");
    b.started_us = 999999; /* before `at`: its times stand in full */
    b.asked_us = 999998;
    b.flags = 0;
    b.facts = sl_buf_span(&facts);
    put_two(&leaf, a, b);
    SL_CHECK(strstr(sl_buf_text(&leaf), "\"asked\":\"1970-01-01T00:00:00.999998Z\"") != NULL);
    SL_CHECK(strstr(sl_buf_text(&leaf), "\"statement\":1,\"text\":\"select $1\"}") != NULL);
}

/* Each byte of a short text alone, at each place: the quick way writes what the careful one would.
 */
static void test_short_texts(void)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint8_t text[19];

    for (unsigned c = 0; c < 256; c++)
        for (size_t at = 0; at < sizeof text; at++) {
            memset(text, 'x', sizeof text);
            text[at] = (uint8_t)c;
            put_two(&leaf, plain(sl_span(text, sizeof text)), plain(sl_span(text, at + 1)));
        }
}

static void test_batch_refuses(void)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    SL_BUF(scratch, 4 * SL_ENTRY_MAX);
    struct sl_entry_batch batch;
    struct sl_entry_action a = plain(SL_SPAN("x"));

    sl_entry_batch_begin(&batch, &leaf, &scratch);
    SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_OK);
    size_t before = leaf.n;
    a.session = 2;
    a.identity = SL_SPAN("\xff");
    SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_EMALFORMED);
    a.identity = SL_SPAN("bot");
    a.ended_us = UINT64_MAX;
    SL_CHECK_INT(sl_entry_batch_add(&batch, &a), SL_EOVERFLOW);
    SL_CHECK_INT(leaf.n, before);
    sl_entry_batch_end(&batch, 1);
    check_canonical(sl_buf_span(&leaf));
    SL_CHECK(strstr(sl_buf_text(&leaf), "\"session\":2") == NULL);
}

/* The words of strangers: anything goes in, text comes out. */
static void test_strangers(void)
{
    static uint8_t long_name[3000];
    static const struct sl_span names[] = {SL_SPAN("alice"), SL_SPAN("al\0ice"),
                                           SL_SPAN("\xff\xfe"), SL_SPAN("\xe2\x80\xae evil"),
                                           SL_SPAN("a\x1b[2J")};
    SL_BUF(leaf, 1024 * 1024);

    memset(long_name, 0xc3, sizeof long_name);
    for (size_t i = 0; i <= SL_COUNT(names); i++) {
        struct sl_span name = i < SL_COUNT(names) ? names[i] : sl_span(long_name, sizeof long_name);
        sl_buf_reset(&leaf);
        sl_entry_put_sign_in_failure(
            &leaf, &(struct sl_entry_sign_in_failure){.time_us = 1,
                                                      .count = 3,
                                                      .identity = name,
                                                      .address = SL_SPAN("127.0.0.1"),
                                                      .why = name});
        SL_CHECK_INT(sl_buf_err(&leaf), SL_OK);
        check_canonical(sl_buf_span(&leaf));
    }
}

static void test_policy_parts(void)
{
    SL_BUF(text, 100000);
    SL_BUF(leaf, 100000);
    SL_BUF(joined, 100000);

    for (unsigned i = 0; i < 4000; i++)
        sl_buf_put_str(&text, "\"\xe2\x82\xac\" ");
    size_t parts = sl_entry_policy_parts(sl_buf_span(&text));
    SL_CHECK_INT(parts, 3);
    for (size_t i = 0; i < parts; i++) {
        json_t *value = NULL;
        sl_buf_reset(&leaf);
        sl_entry_put_policy(&leaf, 1, sl_buf_span(&text), i);
        check_canonical(sl_buf_span(&leaf));
        SL_CHECK_INT(sl_json_read(sl_buf_span(&leaf), &value, NULL), SL_OK);
        sl_buf_put(&joined, sl_json_str(value, "text"));
        json_decref(value);
    }
    SL_CHECK_BYTES(sl_buf_span(&joined), sl_buf_span(&text));
    SL_CHECK_INT(sl_entry_policy_parts(SL_SPAN("")), 1);
}

static void test_leaf_limit(void)
{
    static struct sl_span many[3000];
    SL_BUF(leaf, 1024 * 1024);

    for (size_t i = 0; i < SL_COUNT(many); i++)
        many[i] = SL_SPAN("somebody with a long name");
    sl_entry_put_session(&leaf, &(struct sl_entry_session){.time_us = 1,
                                                           .requesters = {many, SL_COUNT(many)}});
    SL_CHECK_INT(sl_buf_err(&leaf), SL_ELIMIT);
}

int main(void)
{
    SL_RUN(test_all_kinds_are_canonical);
    SL_RUN(test_facts);
    SL_RUN(test_texts);
    SL_RUN(test_batches);
    SL_RUN(test_items);
    SL_RUN(test_tables);
    SL_RUN(test_short_texts);
    SL_RUN(test_batch_refuses);
    SL_RUN(test_strangers);
    SL_RUN(test_policy_parts);
    SL_RUN(test_leaf_limit);
    return sl_tap_done();
}
