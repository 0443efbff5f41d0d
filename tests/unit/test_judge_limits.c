/* P7: whatever comes in, a meaning comes out that fits its encoding, and what is not understood is
 * opaque. */
#include "judge/sql/sql.h"

#include "tests/unit/judge_fixture.h"
#include "tests/unit/judge_kinds.h"
#include "tests/unit/judge_queries.h"
#include "tests/unit/tap.h"

static struct sl_catalog catalog;
static struct sl_arena *mem;

static struct sl_meaning judge(struct sl_span text)
{
    struct sl_sql_context ctx = {.catalog = &catalog,
                                 .search_path = SL_SPAN("public"),
                                 .user = SL_SPAN("bob"),
                                 .standard_strings = true};
    struct sl_meaning m = {0}, back;
    SL_BUF(encoded, SL_MEANING_MAX_BYTES);

    sl_arena_reset(mem);
    SL_CHECK_INT(sl_sql_judge(&ctx, text, mem, &m), SL_OK);
    sl_meaning_put(&encoded, &m);
    SL_CHECK_INT(sl_buf_err(&encoded), SL_OK);
    SL_CHECK_INT(sl_meaning_get(mem, sl_buf_span(&encoded), &back), SL_OK);
    return m;
}

static void repeat(struct sl_buf *b, const char *part, size_t times)
{
    for (size_t i = 0; i < times; i++)
        sl_buf_put_str(b, part);
}

static void check_refused(const char *head, const char *part, size_t times, const char *tail,
                          const char *why)
{
    SL_BUF(b, 8 * 1024 * 1024);

    sl_buf_put_str(&b, head);
    repeat(&b, part, times);
    sl_buf_put_str(&b, tail);
    struct sl_meaning m = judge(sl_buf_span(&b));
    SL_CHECK((m.effects & SL_EFFECT_OPAQUE) != 0);
    if (why != NULL)
        SL_CHECK_TEXT(m.opaque_why, why);
}

static void test_caps_before_the_grammar(void)
{
    check_refused("select ", "1+", 600000, "1", "the text is longer than the judge reads");
    check_refused("", "/*", 100, "", "comments are nested too deeply");
    check_refused("", "/*/", 100, "", "comments are nested too deeply");
    check_refused("select ", "(", 500, "1", "parentheses are nested too deeply");
    check_refused("select ", "1,", 150000, "1", "the text has too many tokens");
    check_refused("select 1 /* \xff */", "", 0, "", "the text is not valid UTF-8");
    SL_CHECK_TEXT(judge(sl_span("select 1\0", 9)).opaque_why, "the text holds a NUL byte");
}

static void test_depth(void)
{
    check_refused("select ", "1+", 40000, "1", "the statement is nested too deeply");
    check_refused("select ", "not ", 9000, "true", NULL);
    check_refused("select 1", " union select 1", 20000, "", "the statement is nested too deeply");
    check_refused("select ", "case when ", 3000, "true", NULL);
}

/* Texts whose meaning would grow with the square, or the power, of their length. */
static void test_bounded_work(void)
{
    SL_BUF(wide, 900 * 1024);
    SL_BUF(nested, 900 * 1024);

    sl_buf_put_str(&wide, "select id");
    for (unsigned i = 0; i < 1000; i++)
        sl_buf_say(&wide, ",a%u", i);
    sl_buf_put_str(&wide, " from nosuch");
    for (unsigned i = 0; i < 200; i++)
        sl_buf_say(&wide, " union select * from u%u", i);
    judge(sl_buf_span(&wide));
    for (unsigned i = 0; i < 60; i++)
        sl_buf_put_str(&nested, "with recursive a as ((");
    sl_buf_put_str(&nested, "select 1");
    repeat(&nested, " union select 1) union select 1) select 1", 60);
    SL_CHECK_INT(judge(sl_buf_span(&nested)).effects, SL_EFFECT_READ);
    check_refused("select coalesce(id", ", c", 20000, ") from nosuch", NULL);
}

static void test_more_than_a_meaning_holds(void)
{
    SL_BUF(b, 900 * 1024);

    for (unsigned i = 0; i < 3000; i++)
        sl_buf_say(&b, "drop table t%u;", i);
    struct sl_meaning m = judge(sl_buf_span(&b));
    SL_CHECK((m.effects & SL_EFFECT_OPAQUE) != 0 && (m.effects & SL_EFFECT_DDL) != 0);
    SL_CHECK_TEXT(m.opaque_why, "the text names more than a meaning can hold");
}

static void test_no_memory_is_an_error_and_no_answer(void)
{
    struct sl_sql_context ctx = {.catalog = &catalog,
                                 .search_path = SL_SPAN("public"),
                                 .standard_strings = true};
    struct sl_arena *small = NULL;
    struct sl_meaning m = {.effects = 77};

    for (size_t bytes = 64; bytes < 16 * 1024; bytes += 64) {
        SL_CHECK_INT(sl_arena_new(&small, bytes), SL_OK);
        enum sl_err err =
            sl_sql_judge(&ctx,
                         SL_SPAN("with a as (select c.email from customers c join orders o "
                                 "using (id)) insert into orders(note) select * from a"),
                         small, &m);
        SL_CHECK(err == SL_OK ? m.statement_count == 1 : err == SL_EMEMORY && m.effects == 77);
        sl_arena_free(small);
        m.effects = 77;
    }
}

/* Cut anywhere, or with one byte changed: never a crash, always an answer. */
static void maul(const char *sql)
{
    static uint8_t copy[4096];
    size_t n = strlen(sql);

    for (size_t i = 0; i < n && n < sizeof copy; i++) {
        judge(sl_span(sql, i));
        memcpy(copy, sql, n);
        copy[i] ^= (uint8_t)(1u << (i % 7));
        judge(sl_span(copy, n));
    }
}

static void test_mauled_texts(void)
{
    for (size_t i = 0; i < SL_COUNT(judge_queries); i++)
        maul(judge_queries[i].sql);
    for (size_t i = 0; i < SL_COUNT(judge_kinds); i++)
        maul(judge_kinds[i].sql);
}

/* A second judgement knows nothing of the first. */
static void test_no_memory_of_earlier_statements(void)
{
    judge(SL_SPAN(
        "prepare p as select 1; declare c cursor for select 1; create table fresh (a int)"));
    SL_CHECK((judge(SL_SPAN("execute p")).effects & SL_EFFECT_OPAQUE) != 0);
    SL_CHECK((judge(SL_SPAN("fetch c")).effects & SL_EFFECT_OPAQUE) != 0);
    SL_CHECK((judge(SL_SPAN("select * from fresh")).effects & SL_EFFECT_OPAQUE) != 0);
}

int main(void)
{
    SL_BUF(snapshot, SL_CATALOG_MAX_BYTES);

    if (fixture_catalog(&snapshot) != SL_OK ||
        sl_catalog_open(sl_buf_span(&snapshot), &catalog) != SL_OK ||
        sl_arena_new(&mem, 32 * 1024 * 1024) != SL_OK)
        return 1;
    SL_RUN(test_caps_before_the_grammar);
    SL_RUN(test_depth);
    SL_RUN(test_bounded_work);
    SL_RUN(test_more_than_a_meaning_holds);
    SL_RUN(test_no_memory_is_an_error_and_no_answer);
    SL_RUN(test_no_memory_of_earlier_statements);
    SL_RUN(test_mauled_texts);
    sl_arena_free(mem);
    return sl_tap_done();
}
