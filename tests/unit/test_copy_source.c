/* What a COPY reads, of its text: the part that may be asked about, or none. */
#include "wire/pg/copy_source.h"

#include "pg_scanner.h"
#include "tap.h"

#include <stdio.h>

static const struct {
    const char *sql;
    enum sl_copy_source what;
    const char *source;
} rows[] = {
    {"copy t to stdout", SL_COPY_TABLE, "t"},
    {"COPY  public.t  TO STDOUT csv;", SL_COPY_TABLE, "public.t"},
    {"copy \"Odd\" . \"to\" (a, \"b\") to stdout with (format csv)", SL_COPY_TABLE,
     "\"Odd\" . \"to\""},
    {"copy (select a, (b) from t where c in (1, 2)) to stdout", SL_COPY_QUERY,
     "select a, (b) from t where c in (1, 2)"},
    {"copy(select ')' , \")\" from t)to stdout", SL_COPY_QUERY, "select ')' , \")\" from t"},
    {"copy ((select 1)) to stdout", SL_COPY_QUERY, "(select 1)"},
    {"copy (delete from t returning a) to stdout ; ", SL_COPY_QUERY,
     "delete from t returning a"},
    /* another direction, another statement, two of them */
    {"copy t from stdin", SL_COPY_NONE, NULL},
    {"copy t (a) from stdin", SL_COPY_NONE, NULL},
    {"select 1", SL_COPY_NONE, NULL},
    {"explain copy t to stdout", SL_COPY_NONE, NULL},
    {"copy t to stdout; drop table t", SL_COPY_NONE, NULL},
    {"copy (select 1; select 2) to stdout", SL_COPY_NONE, NULL},
    {"copy t to stdout;;", SL_COPY_NONE, NULL},
    /* what the lexer does not take whole */
    {"copy /* x */ t to stdout", SL_COPY_NONE, NULL},
    {"copy (select 1 -- )\n) to stdout", SL_COPY_NONE, NULL},
    {"copy (select $$)$$) to stdout", SL_COPY_NONE, NULL},
    {"copy (select E'\\')') to stdout", SL_COPY_NONE, NULL},
    {"copy (select 'a''b') to stdout", SL_COPY_NONE, NULL},
    {"copy t to stdout delimiter E'\\t'", SL_COPY_NONE, NULL},
    /* cut off, odd, old */
    {"copy (select 1", SL_COPY_NONE, NULL},
    {"copy (select 1))", SL_COPY_NONE, NULL},
    {"copy (select 1)) to stdout", SL_COPY_NONE, NULL},
    {"copy (select 1) from stdin", SL_COPY_NONE, NULL},
    {"copy binary t to stdout", SL_COPY_NONE, NULL},
    {"copy t . to stdout", SL_COPY_NONE, NULL},
    {"copy .t to stdout", SL_COPY_NONE, NULL},
    {"copy t", SL_COPY_NONE, NULL},
    {"copy", SL_COPY_NONE, NULL},
    {"", SL_COPY_NONE, NULL},
};

static bool grammar_takes(const char *before, struct sl_span text)
{
    char sql[512];
    bool parsed = false;

    (void)snprintf(sql, sizeof sql, "%s%.*s", before, (int)text.n, (const char *)text.p);
    (void)pg_parser_agrees(sl_span_str(sql), &parsed);
    return parsed;
}

/* And what the server is asked about is a statement that it can plan. */
static void test_source(void)
{
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_span out = SL_SPAN("untouched");
        enum sl_copy_source what = sl_copy_source(sl_span_str(rows[i].sql), &out);

        if (!SL_CHECK_INT(what, rows[i].what) ||
            !SL_CHECK_TEXT(out, rows[i].source == NULL ? "untouched" : rows[i].source))
            printf("#   %s\n", rows[i].sql);
        if (what == SL_COPY_QUERY)
            SL_CHECK(grammar_takes("EXPLAIN (FORMAT JSON, COSTS ON) ", out));
        else if (what == SL_COPY_TABLE)
            SL_CHECK(grammar_takes("EXPLAIN SELECT FROM ONLY ", out));
    }
}

/* Cut anywhere it is never a statement that the whole is not. */
static void test_heads(void)
{
    const struct sl_span sql = SL_SPAN("copy (select a from t where b = ')') to stdout");

    for (size_t n = 0; n < sql.n; n++) {
        struct sl_span out;
        bool said = sl_copy_source(sl_span_head(sql, n), &out) == SL_COPY_QUERY;

        SL_CHECK(!said || n >= sql.n - strlen(" stdout"));
    }
}

int main(void)
{
    SL_RUN(test_source);
    SL_RUN(test_heads);
    return sl_tap_done();
}
