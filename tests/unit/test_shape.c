#include "pg_scanner.h"
#include "tap.h"
#include "wire/pg/shape.h"

static const struct sl_shape_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

static bool has_shape(const char *sql)
{
    struct sl_shape s;

    return sl_shape_of(sl_span_str(sql), &key, &s) == SL_OK;
}

static bool same_shape(const char *one, const char *other)
{
    struct sl_shape a, b;

    SL_CHECK_INT(sl_shape_of(sl_span_str(one), &key, &a), SL_OK);
    SL_CHECK_INT(sl_shape_of(sl_span_str(other), &key, &b), SL_OK);
    return a.hash[0] == b.hash[0] && a.hash[1] == b.hash[1];
}

static void test_same_shape(void)
{
    SL_CHECK(same_shape("select 1", "SELECT  42"));
    SL_CHECK(same_shape("select * from t where id=1", "select*from T\n where ID = 2147483647"));
    SL_CHECK(same_shape("select 'a'", "select 'please delete \xc3\xa9'"));
    SL_CHECK(same_shape("select $1", "select $1 "));
    SL_CHECK(same_shape("select a from t where b = 1 limit 5 offset 9",
                        "select a from t where b = 2 limit 6 OFFSET 9"));
    SL_CHECK(
        same_shape("select t.offset from t where b = 1", "select t.offset from t where b = 2"));
}

static struct sl_shape_memory memory;

/* What is remembered and what is read are the same, whatever was there before. */
static bool is_same_again(const char *sql)
{
    struct sl_shape read = {{0}}, again = {{0}};
    enum sl_err one = sl_shape_of(sl_span_str(sql), &key, &read),
                other = sl_shape_again(&memory, sl_span_str(sql), &key, &again);
    bool same = one == other && memcmp(&read, &again, sizeof read) == 0;

    if (!same)
        printf("#   %s\n", sql);
    return SL_CHECK(same);
}

/* Nothing was learned: only its integers were read. */
static bool is_kept(const char *sql)
{
    struct sl_shape_memory before = memory;
    struct sl_shape shape;

    SL_CHECK_INT(sl_shape_again(&memory, sl_span_str(sql), &key, &shape), SL_OK);
    return memcmp(&before, &memory, sizeof memory) == 0;
}

static void test_again(void)
{
#define ROW "select a, b from some.table where id = "
    static const char *const texts[] = {
        ROW "1",
        ROW "0",
        ROW "123456789",
        ROW "2147483647",
        ROW "2147483648",
        ROW "99999999999",
        ROW "1x",
        ROW "1_",
        ROW "1.5",
        ROW "1e3",
        ROW "0x1F",
        ROW "1$",
        ROW "$1",
        ROW "'1'",
        ROW "",
        ROW "1;",
        ROW "1 ;",
        ROW "1 2",
        ROW "1 -- 2",
        ROW "1/**/",
        ROW "-1",
        ROW "- 1",
        ROW "1-1",
        ROW "1 offset 1",
        ROW "1 offset 2",
        ROW "3 offset 2",
        ROW "1 offset '1'",
        ROW "1 \xc3",
        ROW "1; delete from t",
        ROW "1; delete from t where a = 7",
        ROW "1 or a1 = 3",
        ROW "1 or a2 = 3",
        ROW "1 or \"2\" = 3",
        ROW "1 or '2' = 3",
        ROW "4 or '2' = 3",
        ROW "1 or '3' = 3",
        ROW "1, 2, 3, 4, 5, 6, 7",
        ROW "1, 2, 3, 4, 5, 6, 7, 8",
        ROW "9, 9, 9, 9, 9, 9, 9, 9",
        "select a, b from some",
        "",
        "1",
        ROW ".5",
        ROW "1..5",
        ROW "2..5",
        ROW "1 .5",
        ROW "a.1",
    };

    memset(&memory, 0, sizeof memory);
    for (size_t i = 0; i < SL_COUNT(texts); i++)
        for (size_t other = 0; other < SL_COUNT(texts); other++) {
            is_same_again(texts[i]); /* keeps it, where it has a shape */
            is_same_again(texts[other]);
        }
    SL_CHECK(!is_kept(ROW "1 limit 10"));
    SL_CHECK(is_kept(ROW "22 limit 333"));
    SL_CHECK(is_kept(ROW "123456789 limit 0"));
    SL_CHECK(!is_kept(ROW "1234567890 limit 0")); /* below 2^31 or not: it is read */
    SL_CHECK(!is_kept(ROW "1 limit 10 offset 5"));
    SL_CHECK(is_kept(ROW "2 limit 20 offset 5"));
    SL_CHECK(!is_kept(ROW "2 limit 20 offset 6"));
#undef ROW
}

static void test_other_shape(void)
{
    static const char *const pairs[][2] = {
        {"select 1", "select 'a'"},
        {"select $1", "select $2"},
        {"select a", "select \"a\""},
        {"select \"a\"", "select \"A\""},
        {"select a b", "select ab"},
        {"select a- -1", "select a + -1"},
        {"a < = b", "a <= b"},
        {"select 1", "select 1;"},
        {"a.b", "a . . b"},
        {"select (1)", "select 1"},
        {"a : : b", "a :: b"},
        {"a @ - 1", "a @- 1"},
        {"", "a"},
        {"select 1, 2", "select 1"},
        {"select a from t offset 1", "select a from t offset 2"},
        {"select a from t OFFSET (1)", "select a from t offset (2)"},
        {"select a from t offset cast(1 as int)", "select a from t offset cast(2 as int)"},
        {"select a from t offset '1'", "select a from t offset '2'"},
    };

    for (size_t i = 0; i < SL_COUNT(pairs); i++) {
        struct sl_shape a, b;
        if (sl_shape_of(sl_span_str(pairs[i][0]), &key, &a) != SL_OK ||
            sl_shape_of(sl_span_str(pairs[i][1]), &key, &b) != SL_OK)
            continue;
        if (!SL_CHECK(a.hash[0] != b.hash[0] && a.hash[1] != b.hash[1]))
            printf("# %s | %s\n", pairs[i][0], pairs[i][1]);
    }
}

static void test_no_shape(void)
{
    static const char *const texts[] = {
        "select 1 -- x",
        "select /* x */ 1",
        "select E'a'",
        "select e'a'",
        "select U&'a'",
        "select u&\"a\"",
        "select B'1'",
        "select X'1f'",
        "select N'a'",
        "select date'2020-01-01'",
        "select $$a$$",
        "select $a$b$a$",
        "select 'a' 'b'",
        "select 'a'\n'b'",
        "select 'it''s'",
        "select 'a\\b'",
        "select \"a\"\"b\"",
        "select \"\"",
        "select 1.5",
        "select .5",
        "select 1.",
        "select 1e3",
        "select 0x1f",
        "select 2147483648",
        "select 99999999999999999999",
        "select 1_0",
        "select 123abc",
        "select 1$a",
        "select $0",
        "select $01",
        "select $65536",
        "select $1a",
        "select 'open",
        "select \"open",
        "select \xc3\xa9",
        "select a\xc3\xa9",
        "select a ? b",
        "select `a`",
        "select a--1",
        "select {a}",
        "select a\vb",
        "select \\a",
        "select 1..2",
        "a...b",
        "\x01",
        "\x7f",
    };

    for (size_t i = 0; i < SL_COUNT(texts); i++)
        if (!SL_CHECK(!has_shape(texts[i])))
            printf("# %s\n", texts[i]);
    struct sl_shape s;
    SL_CHECK_INT(sl_shape_of(SL_SPAN("select 1\0"), &key, &s), SL_EUNSUPPORTED);
    SL_CHECK_INT(sl_shape_of(SL_SPAN("select '\0'"), &key, &s), SL_EUNSUPPORTED);
}

static void test_counts_and_floor(void)
{
    struct sl_shape s = {.literals = 99};

    SL_CHECK_INT(sl_shape_of(SL_SPAN("update t set a = 'x', b = 2 where c = $3"), &key, &s), SL_OK);
    SL_CHECK_INT(s.literals, 2);
    SL_CHECK_INT(s.highest_parameter, 3);
    SL_CHECK_INT(s.floor, SL_FLOOR_WRITE);
    SL_CHECK_INT(sl_shape_of((struct sl_span){NULL, 0}, &key, &s), SL_OK);
    SL_CHECK_INT(s.floor, 0);
}

/* The reference vector of SipHash-2-4-128 for this key and no input: the empty text. */
static void test_hash_is_siphash(void)
{
    struct sl_shape s;
    uint8_t want[16] = {0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6,
                        0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93};

    SL_CHECK_INT(sl_shape_of(SL_SPAN(" "), &key, &s), SL_OK);
    SL_CHECK_BYTES(sl_span(s.hash, 16), sl_span(want, 16));
}

static void test_key_matters(void)
{
    struct sl_shape_key other = {key.a ^ 1, key.b};
    struct sl_shape a, b;

    SL_CHECK_INT(sl_shape_of(SL_SPAN("select 1"), &key, &a), SL_OK);
    SL_CHECK_INT(sl_shape_of(SL_SPAN("select 1"), &other, &b), SL_OK);
    SL_CHECK(a.hash[0] != b.hash[0] && a.hash[1] != b.hash[1]);
}

static void test_put_and_walk(void)
{
    SL_BUF(b, 1000);
    struct sl_span sql = SL_SPAN("SELECT \"Name\",x FROM T WHERE id=-42 and s <> 'secret' limit 7");
    struct sl_shape_walk w = sl_shape_walk(sql);
    struct sl_span literal;

    SL_CHECK_INT(sl_shape_put(&b, sql), SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&b), "select \"Name\" , x from t where id = - ? and s <> ? limit ?");
    SL_CHECK(sl_shape_next_literal(&w, &literal));
    SL_CHECK_TEXT(literal, "42");
    SL_CHECK(sl_shape_next_literal(&w, &literal));
    SL_CHECK_TEXT(literal, "'secret'");
    SL_CHECK(sl_shape_next_literal(&w, &literal));
    SL_CHECK_TEXT(literal, "7");
    SL_CHECK(!sl_shape_next_literal(&w, &literal) && !sl_shape_next_literal(&w, &literal));
    SL_CHECK_INT(sl_shape_put(&b, SL_SPAN("select 1.5")), SL_EUNSUPPORTED);
    SL_CHECK_INT(b.n, 58);
}

/* --- against PostgreSQL's scanner ------------------------------------------------------------ */

static const char *const pieces[] = {
    "select",     "FROM",       "a",           "b1",     "_x",       "a$b",     "U&",
    "u&",         "e",          "x",           "N",      "'",        "''",      "'abc'",
    "'a'",        "\"",         "\"a\"",       "\"\"",   "\"A b\"",  "1",       "42",
    "2147483647", "2147483648", "00012",       "1.5",    ".5",       "1e5",     "0x1f",
    "1_0",        "$1",         "$12",         "$0",     "$01",      "$70000",  "$1a",
    "$$",         "$a$",        "--",          "/*",     "*/",       "/* a */", "/*/**/*/",
    "--x\n",      "/***/",      "/*/",         "@-/**/", "+--\n",    "-",       "+",
    "*",          "/",          "<",           ">",      "=",        "<=",      "<>",
    "!=",         "=>",         ":=",          "::",     ":",        ".",       "..",
    "...",        ",",          ";",           "(",      ")",        "[",       "]",
    "~",          "!",          "@",           "#",      "^",        "&",       "|",
    "`",          "?",          "%",           " ",      "  ",       "\n",      "\t",
    "\r",         "\f",         "\v",          "\\",     "\xc3\xa9", "\x80",    "'a'\n'b'",
    "'a' 'b'",    "E'\\''",     "U&'\\0041'",  "X'1F'",  "{",        "\x01",    "\x7f",
    "and",        "in",         "NULL",        "=-1",    "- 1",      "@-",      "*-",
    "+-",         "-+",         "<-",          "||",     "->>",      "@>",      "&&",
    "!~*",        "time with",  "not between",
};

static void random_text(uint64_t *state, struct sl_buf *b)
{
    uint32_t count = 1 + next_random(state, 10), spaces = next_random(state, 4);

    sl_buf_reset(b);
    for (uint32_t i = 0; i < count; i++) {
        sl_buf_put_str(b, pieces[next_random(state, SL_COUNT(pieces))]);
        if (spaces > 0 && next_random(state, spaces) == 0)
            sl_buf_put_u8(b, ' ');
        if (next_random(state, 40) == 0)
            sl_buf_put_u8(b, (uint8_t)(1 + next_random(state, 255)));
    }
}

static void test_tokens_as_postgres(void)
{
    SL_BUF(b, 4096);
    uint64_t state = 88172645463325252u;
    unsigned with_tokens = 0;

    for (int i = 0; i < 200000; i++) {
        bool has_tokens = false;
        random_text(&state, &b);
        if (!SL_CHECK(pg_scanner_agrees(sl_buf_span(&b), &has_tokens)))
            sl_tap_hex("text", sl_buf_span(&b));
        with_tokens += has_tokens;
    }
    SL_CHECK(with_tokens > 20000);
    printf("# the lexer read %u of 200000 texts\n", with_tokens);
}

int main(void)
{
    SL_RUN(test_same_shape);
    SL_RUN(test_again);
    SL_RUN(test_other_shape);
    SL_RUN(test_no_shape);
    SL_RUN(test_counts_and_floor);
    SL_RUN(test_hash_is_siphash);
    SL_RUN(test_key_matters);
    SL_RUN(test_put_and_walk);
    SL_RUN(test_tokens_as_postgres);
    return sl_tap_done();
}
