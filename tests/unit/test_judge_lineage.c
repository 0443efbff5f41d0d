/* Which columns are read, and where they flow: exactly, through views, joins, WITH and writes. */
#include "judge/sql/sql.h"

#include "tests/unit/judge_lineage.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static struct sl_arena *mem;
static struct sl_buf snapshot = {.max = SL_CATALOG_MAX_BYTES};
static struct sl_catalog catalog;

static void open_ddl(const char *ddl)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;

    sl_buf_reset(&snapshot);
    SL_CHECK_INT(sl_catalog_builder_new(&b), SL_OK);
    SL_CHECK_INT(sl_sql_schema(sl_span_str(ddl), b), SL_OK);
    SL_CHECK_INT(sl_catalog_finish(b, &snapshot), SL_OK);
    SL_CHECK_INT(sl_catalog_open(sl_buf_span(&snapshot), &catalog), SL_OK);
}

static struct sl_sql_context context(bool as_written)
{
    return (struct sl_sql_context){.catalog = &catalog,
                                   .search_path = SL_SPAN("public"),
                                   .standard_strings = true,
                                   .as_written = as_written};
}

static struct sl_meaning judge(const struct sl_sql_context *ctx, const char *sql)
{
    struct sl_meaning m = {0}, back;
    SL_BUF(encoded, SL_MEANING_MAX_BYTES);

    SL_CHECK_INT(sl_sql_judge(ctx, sl_span_str(sql), mem, &m), SL_OK);
    sl_meaning_put(&encoded, &m);
    SL_CHECK_INT(sl_buf_err(&encoded), SL_OK);
    SL_CHECK_INT(sl_meaning_get(mem, sl_buf_span(&encoded), &back), SL_OK);
    return m;
}

/* --- a meaning as one line of text ---------------------------------------------------------- */

enum { READS = SL_EFFECT_READ | SL_EFFECT_EXPORT };

static void put_datasets(struct sl_buf *b, const char *letter, const struct sl_meaning *m,
                         uint32_t effects)
{
    unsigned any = 0;

    for (size_t i = 0; i < m->access_count; i++) {
        bool before = (m->accesses[i].effects & effects) == 0;
        for (size_t k = 0; k < i; k++)
            before = before || ((m->accesses[k].effects & effects) != 0 &&
                                sl_span_eq(m->accesses[k].dataset, m->accesses[i].dataset));
        if (!before)
            sl_buf_say(b, "%s%S", any++ == 0 ? letter : " ", m->accesses[i].dataset);
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In alphabetical order: theirs does not matter. */
static void put_flows(struct sl_buf *b, const char *letter, const struct sl_meaning *m,
                      enum sl_flow_kind kind)
{
    char **lines = sl_arena_array(mem, m->flow_count + 1, sizeof *lines);
    size_t n = 0;

    for (size_t i = 0; lines != NULL && i < m->flow_count; i++) {
        SL_BUF(line, 1000);
        if (m->flows[i].kind != kind)
            continue;
        sl_buf_say(&line, "%S>%S%s%S", m->flows[i].source, m->flows[i].destination,
                   m->flows[i].via.n > 0 ? "@" : "", m->flows[i].via);
        lines[n] = sl_arena_text(mem, sl_buf_span(&line));
        n += SL_CHECK(lines[n] != NULL);
    }
    if (n > 1)
        qsort(lines, n, sizeof *lines, compare);
    for (size_t i = 0; i < n; i++)
        sl_buf_say(b, "%s%s", i == 0 ? letter : " ", lines[i]);
}

static void put(struct sl_buf *b, const struct sl_meaning *m)
{
    for (unsigned i = 0, any = 0; i < SL_EFFECT_COUNT; i++)
        if ((m->effects >> i & 1) != 0)
            sl_buf_say(b, "%s%s", any++ > 0 ? " " : "", sl_effect_name(i));
    put_datasets(b, " | r ", m, READS);
    put_datasets(b, " | w ", m, ~(uint32_t)READS);
    put_flows(b, " | c ", m, SL_FLOW_DIRECT);
    put_flows(b, " | i ", m, SL_FLOW_INDIRECT);
}

static void check_in(const struct sl_sql_context *ctx, const char *sql, const char *lineage)
{
    SL_BUF(got, 256 * 1024);

    sl_arena_reset(mem);
    struct sl_meaning m = judge(ctx, sql);
    put(&got, &m);
    if (!SL_CHECK_TEXT(sl_buf_span(&got), lineage))
        printf("#   sql: %s\n#   got: %s\n", sql, sl_buf_text(&got));
}

static void check(const char *sql, const char *lineage)
{
    struct sl_sql_context ctx = context(true);

    check_in(&ctx, sql, lineage);
}

static void test_every_row(void)
{
    for (size_t i = 0; i < SL_COUNT(lineage_rows); i++)
        check(lineage_rows[i].sql, lineage_rows[i].lineage);
}

static void test_without_a_schema(void)
{
    static const char *const rows[][2] = {
        {"select * from t", "read | r t | c t.*>result.*"},
        {"select t.*, u.a from t join u on t.id = u.id",
         "read | r t u | c t.*>result.* u.a>result.a | i t.id>result u.id>result"},
        {"select t from t", "read | r t | c t.*>result.t t.t>result.t"},
        {"insert into u select * from t", "read insert | r t | w u | c t.*>u.*"},
        {"insert into u (a, b) select x, y from s.t",
         "read insert | r s.t | w u | c s.t.x>u.a s.t.y>u.b"},
        {"create table u as select * from t", "read insert ddl | r t | w u | c t.*>u.*"},
        {"with w as (select * from t) select ssn from w", "read | r t | c t.ssn>result.ssn"},
        {"select q.a from (select * from t) q", "read | r t | c t.a>result.a"},
        {"select a from t where b in (select c from u)",
         "read | r t u | c t.a>result.a | i t.b>result u.c>result"},
        {"select * from t union all select * from u", "read | r t u | c t.*>result.* u.*>result.*"},
        {"select x.a from t as x (a, b)", "read | r t | c t.*>result.a"},
        {"delete from t using u where t.id = u.id", "read delete | r t u | w t | i t.id>t u.id>t"},
        {"insert into t (a) values (1) on conflict (a) do update set b = excluded.b",
         "insert update | w t"},
        {"copy t to stdout", "read export | r t | c t.*>result.*"},
    };
    struct sl_sql_context ctx = context(true);

    open_ddl("");
    ctx.assume_plain = true;
    for (size_t i = 0; i < SL_COUNT(rows); i++)
        check_in(&ctx, rows[i][0], rows[i][1]);
    open_ddl(lineage_ddl);
}

/* --- properties ----------------------------------------------------------------------------- */

static bool is_query(const char *sql)
{
    return (strncmp(sql, "select", 6) == 0 || strncmp(sql, "table", 5) == 0 ||
            strncmp(sql, "with", 4) == 0 || strncmp(sql, "(select", 7) == 0) &&
           strstr(sql, " into ") == NULL && strstr(sql, "returning") == NULL &&
           strstr(sql, "update") == NULL;
}

static bool has(const struct sl_meaning *m, struct sl_span dataset, struct sl_span column)
{
    for (size_t i = 0; i < m->access_count; i++) {
        const struct sl_meaning_access *a = &m->accesses[i];
        if ((a->effects & READS) == 0 || !sl_span_eq(a->dataset, dataset))
            continue;
        if (a->all_columns)
            return true;
        for (size_t k = 0; k < a->column_count; k++)
            if (sl_span_eq(a->columns[k], column))
                return true;
    }
    return false;
}

static bool reads_within(const struct sl_meaning *few, const struct sl_meaning *many)
{
    for (size_t i = 0; i < few->access_count; i++)
        for (size_t k = 0; k < few->accesses[i].column_count; k++)
            if ((few->accesses[i].effects & READS) != 0 &&
                !has(many, few->accesses[i].dataset, few->accesses[i].columns[k]))
                return false;
    return true;
}

/* "schema.table.column": the last dot ends the table. */
static bool source_is_read(const struct sl_meaning *m, struct sl_span source)
{
    size_t dot = source.n;

    while (dot > 0 && source.p[dot - 1] != '.')
        dot--;
    return dot > 1 && has(m, sl_span_head(source, dot - 1), sl_span_from(source, dot));
}

static void test_what_leaves_is_read(void)
{
    struct sl_sql_context ctx = context(true);

    for (size_t i = 0; i < SL_COUNT(lineage_rows); i++) {
        sl_arena_reset(mem);
        struct sl_meaning m = judge(&ctx, lineage_rows[i].sql);
        for (size_t k = 0; is_query(lineage_rows[i].sql) && k < m.flow_count; k++)
            if (!SL_CHECK(source_is_read(&m, m.flows[k].source)))
                printf("#   sql: %s\n", lineage_rows[i].sql);
    }
}

static struct sl_meaning wrapped(const char *before, const char *sql, const char *after)
{
    struct sl_sql_context ctx = context(true);
    SL_BUF(b, 64 * 1024);

    sl_buf_say(&b, "%s%s%s", before, sql, after);
    return judge(&ctx, sl_buf_text(&b));
}

/* What is not used is read less, never more; what is used, is read and flows as before. */
static void test_reads_that_wait(void)
{
    for (size_t i = 0; i < SL_COUNT(lineage_rows); i++) {
        const char *sql = lineage_rows[i].sql;
        SL_BUF(first, 64 * 1024);
        SL_BUF(second, 64 * 1024);
        if (!is_query(sql))
            continue;
        sl_arena_reset(mem);
        struct sl_meaning all = wrapped("", sql, ""), none = wrapped("select 1 from (", sql, ") x");
        struct sl_meaning used = wrapped("select x.* from (", sql, ") x");
        struct sl_meaning with = wrapped("with x as (", sql, ") select * from x");
        put(&first, &all);
        put(&second, &used);
        if (!SL_CHECK(reads_within(&none, &all) && reads_within(&used, &all) &&
                      reads_within(&all, &used) && reads_within(&all, &with)) ||
            !SL_CHECK_TEXT(sl_buf_span(&second), sl_buf_text(&first)))
            printf("#   sql: %s\n", sql);
    }
}

/* Each "from customers" with its schema, or with an alias of the same name. */
static const char *replaced(struct sl_buf *b, const char *sql, const char *by)
{
    static const char what[] = "from customers ";

    for (const char *at = sql; *at != 0; at++) {
        if (strncmp(at, what, sizeof what - 1) != 0) {
            sl_buf_put_u8(b, (uint8_t)*at);
            continue;
        }
        sl_buf_say(b, "from %s ", by);
        at += sizeof what - 2;
    }
    return sl_buf_text(b);
}

static void test_a_schema_or_an_alias_changes_nothing(void)
{
    struct sl_sql_context ctx = context(false);

    for (size_t i = 0; i < SL_COUNT(lineage_rows); i++) {
        const char *sql = lineage_rows[i].sql;
        SL_BUF(text, 64 * 1024);
        SL_BUF(plain, 64 * 1024);
        SL_BUF(changed, 64 * 1024);
        if (strstr(sql, "with customers") != NULL || strstr(sql, "staging") != NULL)
            continue;
        sl_arena_reset(mem);
        struct sl_meaning m = judge(&ctx, sql);
        put(&plain, &m);
        m = judge(&ctx, replaced(&text, sql, "public.customers"));
        put(&changed, &m);
        if (!SL_CHECK_TEXT(sl_buf_span(&changed), sl_buf_text(&plain)))
            printf("#   sql: %s\n", sl_buf_text(&text));
    }
}

/* --- definitions ---------------------------------------------------------------------------- */

static void test_definitions_are_told(void)
{
    struct sl_sql_context ctx = context(false);

    sl_arena_reset(mem);
    struct sl_meaning m = judge(&ctx, "select name from v_top; select name from v_paid, v_top");
    SL_CHECK_INT(m.definition_count, 2);
    SL_CHECK(sl_span_starts(m.definitions[0], SL_SPAN("view public.v_paid ")));
    SL_CHECK(sl_span_starts(m.definitions[1], SL_SPAN("view public.v_top ")));
    SL_CHECK_INT(m.definitions[1].n, strlen("view public.v_top ") + 64);
    SL_CHECK_INT(judge(&ctx, "select name from customers").definition_count, 0);
}

static void row(struct sl_catalog_builder *b, const char *const *fields, size_t n)
{
    struct sl_span spans[8];

    for (size_t i = 0; i < n; i++)
        spans[i] = sl_span_str(fields[i]);
    SL_CHECK_INT(sl_catalog_row(b, spans, n), SL_OK);
}
#define ROW(b, ...)                              \
    row((b), (const char *const[]){__VA_ARGS__}, \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void open_server_listing(const char *v, const char *w)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;

    sl_buf_reset(&snapshot);
    SL_CHECK_INT(sl_catalog_builder_new(&b), SL_OK);
    ROW(b, "R", "public", "t", "r", "", "16400");
    ROW(b, "C", "public", "t", "1", "id", "b");
    ROW(b, "C", "public", "t", "2", "ssn", "b");
    ROW(b, "R", "public", "v", "v", "u", "16401");
    ROW(b, "C", "public", "v", "1", "a", "b");
    ROW(b, "R", "public", "w", "v", "u", "16402");
    ROW(b, "C", "public", "w", "1", "a", "b");
    ROW(b, "N", "f", "public", "lower");
    ROW(b, "N", "s", "public", "public");
    ROW(b, "P", "r", "public", "v", "v", "0", "", v);
    if (w != NULL)
        ROW(b, "P", "r", "public", "w", "v", "0", "", w);
    SL_CHECK_INT(sl_catalog_finish(b, &snapshot), SL_OK);
    SL_CHECK_INT(sl_catalog_open(sl_buf_span(&snapshot), &catalog), SL_OK);
}

/* As the server writes definitions: what has no schema is of pg_catalog, whatever users made. */
static void test_definitions_of_a_server(void)
{
    struct sl_sql_context ctx = context(false);

    open_server_listing(" SELECT lower(t.ssn) AS a\n   FROM public.t;",
                        " SELECT v.a FROM public.v;");
    check_in(&ctx, "select a from w",
             "read | r public.w public.v public.t | c public.t.ssn>result.a public.v.a>result.a "
             "public.w.a>result.a");
    check_in(&ctx, "select lower(a) from w",
             "read opaque | r public.w public.v public.t | c public.t.ssn>result.lower "
             "public.v.a>result.lower public.w.a>result.lower");
    open_server_listing("SELECT ssn AS a FROM t", NULL);
    check_in(&ctx, "select a from v",
             "read opaque | r public.v t | c public.v.a>result.a t.ssn>result.a");
    check_in(&ctx, "select a from w", "read opaque | r public.w | c public.w.a>result.a");
    open_server_listing("SELECT w.a FROM public.w", "SELECT v.a FROM public.v");
    sl_arena_reset(mem);
    SL_CHECK((judge(&ctx, "select a from v").effects & SL_EFFECT_OPAQUE) != 0);
    open_server_listing("DELETE FROM public.t", "this is no SQL");
    SL_CHECK((judge(&ctx, "select a from v").effects & SL_EFFECT_OPAQUE) != 0);
    SL_CHECK((judge(&ctx, "select a from w").effects & SL_EFFECT_OPAQUE) != 0);
    SL_CHECK((judge(&ctx, "delete from v").effects & SL_EFFECT_OPAQUE) != 0);
    open_server_listing("SELECT t.id, t.ssn FROM public.t", "SELECT 1");
    SL_CHECK((judge(&ctx, "select a from v").effects & SL_EFFECT_OPAQUE) != 0);
    open_ddl(lineage_ddl);
}

/* What a function reads counts although nobody looks at what it gives, each time that it is called.
 */
static void test_functions_in_what_is_not_used(void)
{
    static const char *const queries[] = {
        "select b from (select leak(1) as a, leak(2) as b from orders) q",
        "select 1 from (select leak(1) as a from orders) q",
        "with w as (select id, leak(id) as a, leak(id) as b from orders) select id, b from w",
        "select b from calls", "select 1 from calls; select a from calls"};
    struct sl_sql_context ctx = context(false);
    SL_BUF(ddl, 64 * 1024);

    sl_buf_say(&ddl,
               "%s; create function leak(i int) returns text language sql as "
               "'select ssn from customers where id = i'; "
               "create view calls as select leak(id) as a, leak(total) as b from orders;",
               lineage_ddl);
    open_ddl(sl_buf_text(&ddl));
    for (size_t i = 0; i < SL_COUNT(queries); i++) {
        sl_arena_reset(mem);
        struct sl_meaning m = judge(&ctx, queries[i]);
        if (!SL_CHECK(has(&m, SL_SPAN("public.customers"), SL_SPAN("ssn")) &&
                      (m.effects & SL_EFFECT_OPAQUE) == 0))
            printf("#   sql: %s: %s\n", queries[i], (const char *)m.opaque_why.p);
    }
    open_ddl(lineage_ddl);
}

/* --- bounds --------------------------------------------------------------------------------- */

/* v_n over v_(n-1), each with `more` behind it. */
static void tower(struct sl_buf *b, unsigned levels, const char *select, const char *more)
{
    sl_buf_put_str(b, "create table v0 (id int, ssn text);");
    for (unsigned i = 1; i <= levels; i++) {
        sl_buf_say(b, "create view v%u as select %s from v%u a ", i, select, i - 1);
        if (more[0] != 0)
            sl_buf_say(b, "%s v%u b on a.id = b.id ", more, i - 1);
        sl_buf_put_str(b, ";");
    }
}

static void test_towers_and_trees_of_views(void)
{
    struct sl_sql_context ctx = context(true);
    struct sl_meaning m;
    SL_BUF(high, 1024 * 1024);
    SL_BUF(doubled, 1024 * 1024);
    SL_BUF(endless, 1024 * 1024);

    tower(&high, 20, "a.id, a.ssn", "");
    open_ddl(sl_buf_text(&high));
    sl_arena_reset(mem);
    m = judge(&ctx, "select ssn from v20");
    SL_CHECK_INT(m.effects, SL_EFFECT_READ);
    SL_CHECK_INT(m.flow_count, 21);
    SL_CHECK_INT(m.definition_count, 20);
    tower(&doubled, 30, "a.id, b.ssn", "join");
    open_ddl(sl_buf_text(&doubled));
    sl_arena_reset(mem);
    m = judge(&ctx, "select ssn from v30");
    SL_CHECK_INT(m.effects, SL_EFFECT_READ);
    tower(&endless, 2000, "a.id, a.ssn", "");
    open_ddl(sl_buf_text(&endless));
    sl_arena_reset(mem);
    SL_CHECK((judge(&ctx, "select ssn from v1999").effects & SL_EFFECT_OPAQUE) != 0);
    open_ddl(lineage_ddl);
}

static void test_wide_views(void)
{
    struct sl_sql_context ctx = context(true);
    SL_BUF(ddl, 1024 * 1024);

    sl_buf_put_str(&ddl, "create table wide (c0 int");
    for (unsigned i = 1; i < 1600; i++)
        sl_buf_say(&ddl, ", c%u int", i);
    sl_buf_put_str(&ddl, "); create view a as select * from wide; create view b as select * from a;"
                         "create view u as select * from a union select * from b;");
    open_ddl(sl_buf_text(&ddl));
    sl_arena_reset(mem);
    struct sl_meaning m = judge(&ctx, "select c7 from b");
    SL_CHECK_INT(m.effects, SL_EFFECT_READ);
    SL_CHECK_INT(m.flow_count, 3);
    sl_arena_reset(mem);
    judge(&ctx, "select * from u natural join b");
    sl_arena_reset(mem);
    judge(&ctx, "insert into wide select * from u");
    open_ddl(lineage_ddl);
}

/* However little memory there is: an answer, or the error, and nothing kept. */
static void test_little_memory(void)
{
    struct sl_sql_context ctx = context(true);
    struct sl_arena *small = NULL;

    for (size_t bytes = 256; bytes < 64 * 1024; bytes += 256) {
        struct sl_meaning m = {.effects = 77};
        SL_CHECK_INT(sl_arena_new(&small, bytes), SL_OK);
        enum sl_err err = sl_sql_judge(
            &ctx,
            SL_SPAN("with recursive w (a) as (select name from v_top union all select a from w) "
                    "update v_simple_2 set label = a from w natural join v_contact"),
            small, &m);
        SL_CHECK(err == SL_OK ? m.statement_count == 1 : err == SL_EMEMORY && m.effects == 77);
        sl_arena_free(small);
    }
}

static uint32_t effects_of(const char *sql)
{
    struct sl_sql_context ctx = context(true);
    const struct sl_meaning m = judge(&ctx, sql);

    return m.effects | ((m.flags & SL_MEANING_GATHERS) != 0 ? 1u << 31 : 0);
}

static void test_P5_what_gathers_is_an_export(void)
{
    static const struct {
        const char *sql;
        bool exports, gathers;
    } rows[] = {
#define RECURSIVE(step)                                                           \
    "with recursive r(n, a) as (select 1, ''::text union all select n + 1, " step \
    " from r join customers c on c.id = n) select a from r"
        {RECURSIVE("a || c.email"), true, true},
        {RECURSIVE("concat(a, c.email)"), true, true},
        {RECURSIVE("(select x from (select a || c.email as x) l)"), true, true},
        {RECURSIVE("c.email"), false, false},
        {"with recursive r(n, e) as (select id, email from customers union all select c.id, "
         "c.email from r join customers c on c.id = n) search depth first by e set o select o from "
         "r",
         true, true},
        {"with recursive r(n, e) as (select id, email from customers union all select c.id, "
         "c.email from r join customers c on c.id = n) search depth first by e set o select e from "
         "r",
         false, false},
        {"select email, upper(email), case when email = 'x' then email end from customers", false,
         false},
        {"select setseed(length(email)), random() from customers", true, true},
        {"select setseed(0.5), random(), email from customers", false, false},
        {"do $$ declare c refcursor; begin c := (select email from customers); open c for select "
         "1; "
         "end $$",
         true, false},
        {"do $$ declare c refcursor; begin open c for select email from customers; open c for "
         "select 1; end $$",
         false, false},
        {"select a.email, b.email from customers a, customers b", false, true},
        {"select email, lag(email) over (order by id) from customers", false, true},
        {"select (select max(email) from customers), email from customers", false, true},
        {"select email from customers where id = 1 union all select email from customers", false,
         false},
        {"values ((select email from customers where id = 1)), ((select email from customers where "
         "id = 2))",
         false, false},
#undef RECURSIVE
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        sl_arena_reset(mem);
        const uint32_t found = effects_of(rows[i].sql);
        if (!SL_CHECK(((found & SL_EFFECT_EXPORT) != 0) == rows[i].exports) ||
            !SL_CHECK((found >> 31 != 0) == rows[i].gathers))
            printf("#   sql: %s\n", rows[i].sql);
    }
}

static void test_P5_what_decides_is_a_value(void)
{
#define OF " from customers c, generate_series(32, 126) g "
#define IS "g = ascii(c.email)"
    static const struct {
        const char *sql;
        bool exports;
    } rows[] = {
        {"select string_agg(chr(g), '')" OF "where " IS, true},
        {"select string_agg(chr(g), '')" OF "where not (g < ascii(c.email) or g > ascii(c.email))",
         true},
        {"select string_agg(chr(g), '')" OF "where exists (select 1 where " IS ")", true},
        {"select string_agg(chr(g), '')" OF "where g in (select ascii(c.email))", true},
        {"select array(select chr(g)" OF "where " IS ")", true},
        {"select string_agg(v, '')" OF ", (values ('a'), ('b')) t(v) where v = left(c.email, 1)",
         true},
        {"select string_agg((select chr(g) from generate_series(1, 126) g limit 1 offset "
         "ascii(c.email)), '') from customers c",
         true},
        {"select string_agg((select chr(g) from generate_series(1, 126) g order by " IS
         " limit 1), '') from customers c",
         true},
        {"select string_agg((array_agg(chr(g) order by " IS " desc))[1], '') over ()" OF, true},
        {"select string_agg(chr((select count(*)::int from generate_series(1, ascii(c.email)))), "
         "'') from customers c",
         true},
        {"select string_agg(chr((select count(*)::int from (select 1 from generate_series(1, 126) "
         "limit ascii(c.email)) s)), '') from customers c",
         true},
        {"select string_agg(o::text, '') from customers c, generate_series(1, length(c.email)) "
         "with ordinality t(x, o)",
         true},
        {"select string_agg((exists (select 1 where " IS "))::text, '')" OF, true},
        {"select string_agg('x', '') from customers c join orders o on o.id = ascii(c.email)",
         true},
        {"select string_agg('x', '') from (select ascii(email) as a from customers) c join orders "
         "o on o.id = c.a",
         true},
        {"select string_agg('x', '') from (select id from customers) c join orders o on "
         "o.customer_id = c.id",
         false},
        {"select string_agg('x', '') from customers c join orders o on o.customer_id = c.id where "
         "c.status = $1",
         false},
        {"select string_agg('x', '') from orders o where o.customer_id in (select id from "
         "customers where status = 'x')",
         false},
        {"select string_agg('x', '') from orders o where exists (select 1 from customers c where "
         "c.id = o.customer_id)",
         false},
        {"select string_agg('x', '') from orders o where o.total > (select avg(total) from orders)",
         false},
        {"select string_agg('x', '') from orders o where lower(note) = lower($1)", false},
        {"select string_agg(chr(g), '') from generate_series(1, 9) g where g > 3", false},
        {"select string_agg(w, '') from (values (1, 'a')) v(k, w) join customers c on c.id = v.k",
         false},
        {"select string_agg(k::text, '') from (values (1, 'a')) v(k, w) join customers c on c.id = "
         "v.k",
         true},
        {"select g, count(o.id) from generate_series(1, 9) g left join orders o on o.id = g group "
         "by g",
         false},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        if (!SL_CHECK(((effects_of(rows[i].sql) & SL_EFFECT_EXPORT) != 0) == rows[i].exports))
            printf("#   sql: %s\n", rows[i].sql);
}

static bool flows_into(const char *sql, const char *column)
{
    struct sl_sql_context ctx = context(true);
    const struct sl_meaning m = judge(&ctx, sql);

    SL_CHECK((m.effects & SL_EFFECT_OPAQUE) == 0);
    for (size_t i = 0; i < m.flow_count; i++)
        if (m.flows[i].kind == SL_FLOW_DIRECT && sl_span_is(m.flows[i].source, "customers.email") &&
            sl_span_is(m.flows[i].destination, column))
            return true;
    return false;
}

/* What decides goes with what is assigned and what variables give, not with lookups and constants.
 */
static void test_branches_of_bodies(void)
{
#define BODY(statements)                                                                          \
    "do $$ declare k text := 'x'; n text := 'y'; i int := 0; r record; begin " statements " end " \
    "$$"
#define WRITE " insert into orders (note) values (n); "
    static const struct {
        const char *sql;
        bool flows;
    } rows[] = {
        {BODY("if (select email from customers limit 1) > k then n := 'z'; end if;" WRITE), true},
        {BODY("if (select email from customers limit 1) > k then" WRITE "end if;"), true},
        {BODY("if (select email from customers limit 1) > k then return; end if;" WRITE), true},
        {BODY("loop" WRITE "exit when (select email from customers limit 1) > k; end loop;"), true},
        {BODY("begin perform 1 / length(email) from customers; exception when others then" WRITE
              "end;"),
         true},
        {BODY("perform 1 from customers where email like k || '%'; if found then" WRITE "end if;"),
         true},
        {BODY("begin perform 1 / length(email) from customers; exception when others then n := "
              "sqlstate; end;" WRITE),
         true},
        {BODY("if (select email from customers limit 1) > k then i := 1; end if;" WRITE), false},
        {BODY("if (select email from customers limit 1) > k then insert into orders (note) values "
              "('z'); end if;"),
         false},
        {BODY("update customers set name = n where email = k; if not found then" WRITE "end if;"),
         false},
        {BODY("select id into r from customers where email = k; if found then" WRITE "end if;"),
         false},
        {BODY("for r in select id, email from customers loop" WRITE "end loop;"), false},
        {BODY("for r in select id, email from customers loop exit when r.id > 5; end loop;" WRITE),
         false},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        if (!SL_CHECK(flows_into(rows[i].sql, "orders.note") == rows[i].flows))
            printf("#   sql: %s\n", rows[i].sql);
}

/* A number that an aggregate made of one row is that row's; many of them beside each other are a
 * report. */
static void test_P5_numbers_of_one_row(void)
{
    SL_BUF(pivot, 16 * 1024);

    sl_buf_put_str(&pivot, "select 1");
    for (int i = 0; i < 100; i++)
        sl_buf_say(&pivot, ", sum(total) filter (where id = %d)", i);
    sl_buf_put_str(&pivot, " from orders");
    SL_CHECK((effects_of(sl_buf_text(&pivot)) & SL_EFFECT_EXPORT) == 0);
    SL_CHECK(
        (effects_of("with recursive r(n, a) as (select 1, '' union all select n + 1, a || (select "
                    "sum(ascii(email)) from customers c where c.id = n) from r) select a from r") &
         SL_EFFECT_EXPORT) != 0);
}

int main(void)
{
    if (sl_arena_new(&mem, 32 * 1024 * 1024) != SL_OK || sl_sql_self_test() != SL_OK)
        return 1;
    open_ddl(lineage_ddl);
    SL_RUN(test_P5_what_gathers_is_an_export);
    SL_RUN(test_P5_what_decides_is_a_value);
    SL_RUN(test_P5_numbers_of_one_row);
    SL_RUN(test_branches_of_bodies);
    SL_RUN(test_every_row);
    SL_RUN(test_without_a_schema);
    SL_RUN(test_what_leaves_is_read);
    SL_RUN(test_reads_that_wait);
    SL_RUN(test_a_schema_or_an_alias_changes_nothing);
    SL_RUN(test_definitions_are_told);
    SL_RUN(test_definitions_of_a_server);
    SL_RUN(test_functions_in_what_is_not_used);
    SL_RUN(test_towers_and_trees_of_views);
    SL_RUN(test_wide_views);
    SL_RUN(test_little_memory);
    sl_arena_free(mem);
    sl_buf_done(&snapshot);
    return sl_tap_done();
}
