#include "judge/sql/sql.h"

#include "tests/unit/judge_fixture.h"
#include "tests/unit/judge_kinds.h"
#include "tests/unit/judge_queries.h"
#include "tests/unit/tap.h"

static struct sl_catalog catalog;
static struct sl_arena *mem;

static struct sl_sql_context shop(void)
{
    return (struct sl_sql_context){.catalog = &catalog,
                                   .search_path = SL_SPAN("\"$user\", public"),
                                   .user = SL_SPAN("bob"),
                                   .standard_strings = true};
}

/* The meaning as text, after it went through its encoding and back. */
static void judge(const struct sl_sql_context *ctx, const char *sql, struct sl_buf *out,
                  struct sl_meaning *m)
{
    SL_BUF(encoded, SL_MEANING_MAX_BYTES);
    static uint8_t kept[SL_MEANING_MAX_BYTES];

    sl_arena_reset(mem);
    SL_CHECK_INT(sl_sql_judge(ctx, sl_span_str(sql), mem, m), SL_OK);
    sl_meaning_put(&encoded, m);
    SL_CHECK_INT(sl_buf_err(&encoded), SL_OK);
    memcpy(kept, encoded.p, encoded.n);
    SL_CHECK_INT(sl_meaning_get(mem, sl_span(kept, encoded.n), m), SL_OK);
    SL_CHECK((m->effects & SL_EFFECT_OPAQUE) == 0 || m->opaque_why.n > 0);
    fixture_put(out, m);
}

static void check(const struct sl_sql_context *ctx, const char *sql, const char *meaning)
{
    SL_BUF(got, 64 * 1024);
    struct sl_meaning m;

    judge(ctx, sql, &got, &m);
    if (!SL_CHECK_TEXT(sl_buf_span(&got), meaning))
        printf("#   sql: %s\n#   got: %s\n", sql, sl_buf_text(&got));
}

static void check_table(const struct judged *rows, size_t n)
{
    struct sl_sql_context ctx = shop();

    for (size_t i = 0; i < n; i++)
        check(&ctx, rows[i].sql, rows[i].meaning);
}

static void test_queries_and_writes(void)
{
    check_table(judge_queries, SL_COUNT(judge_queries));
}

static void test_every_other_statement(void)
{
    check_table(judge_kinds, SL_COUNT(judge_kinds));
}

static bool has_flow(const struct sl_meaning *m, const char *from, const char *to)
{
    for (size_t i = 0; i < m->flow_count; i++)
        if (sl_span_is(m->flows[i].source, from) && sl_span_is(m->flows[i].destination, to))
            return true;
    return false;
}

static void test_flows(void)
{
    static const struct {
        const char *sql, *from, *to;
    } rows[] = {
        {"select email as e from customers", "public.customers.email", "result.e"},
        {"select x from (select ssn as x from customers) q", "public.customers.ssn", "result.x"},
        {"with w as (select ssn as x from customers) select upper(x) as y from w",
         "public.customers.ssn", "result.y"},
        {"insert into orders (note) select email from customers", "public.customers.email",
         "public.orders.note"},
        {"update orders set (id, note) = (select id, ssn from customers)", "public.customers.ssn",
         "public.orders.note"},
        {"create table scratch as select email from customers", "public.customers.email",
         "public.scratch.email"},
        {"select name from customers union select note from orders", "public.orders.note",
         "result.name"},
        {"with recursive t(a) as (select ssn from customers union all select a from t) select a "
         "from t",
         "public.customers.ssn", "result.a"},
        {"select c from customers c", "public.customers.ssn", "result.c"},
        {"update orders set note[length(c.ssn)] = 'x' from customers c", "public.customers.ssn",
         "public.orders.note"},
        {"update orders set note['a'][c.ssn] = 'x' from customers c", "public.customers.ssn",
         "public.orders.note"},
        {"update orders set note[1:length(c.ssn)] = 'x' from customers c", "public.customers.ssn",
         "public.orders.note"},
        {"update orders set (id, note[(select max(ssn) from customers)]) = (1, 'x')",
         "public.customers.ssn", "public.orders.note"},
        {"insert into orders (note[(select ssn from customers)].part) values ('x')",
         "public.customers.ssn", "public.orders.note"},
        {"merge into orders o using customers c on o.id = c.id when matched then update set "
         "note[c.email] = '1' when not matched then insert (id, note[c.ssn]) values (1, 'x')",
         "public.customers.ssn", "public.orders.note"},
        {"merge into orders o using customers c on o.id = c.id when matched then update set "
         "note[c.email] = '1'",
         "public.customers.email", "public.orders.note"},
        {"insert into orders (id, note[(select ssn from customers)]) values (1, 'x') on conflict "
         "(id) do update set placed = excluded.note",
         "public.customers.ssn", "public.orders.placed"},
        {"insert into orders (id, note.a, note.b) select 1, ssn, 'x' from customers on conflict "
         "(id) do update set placed = excluded.note",
         "public.customers.ssn", "public.orders.placed"},
        {"insert into orders (id) values (1) on conflict (id) do update set note[(select ssn from "
         "customers)] = 'x'",
         "public.customers.ssn", "public.orders.note"},
        {"select set_config('a.b', ssn, true), current_setting('a.b') as s from customers",
         "public.customers.ssn", "result.s"},
        {"select current_setting('a.b') as s, set_config('a.b', ssn, true) from customers",
         "public.customers.ssn", "result.s"},
        {"select set_config('a.b', ssn, true) from customers; show a.b", "public.customers.ssn",
         "result.show"},
        {"select setval('order_seq', length(ssn)) from customers", "public.customers.ssn",
         "public.order_seq.last_value"},
        {"insert into orders (id, note) select last_value, setval('order_seq', length(c.ssn)) from "
         "order_seq, customers c",
         "public.customers.ssn", "public.orders.id"},
        {"insert into orders (note) select s from (select setseed(length(ssn)) from customers) x, "
         "(select random() as s) y",
         "public.customers.ssn", "public.orders.note"},
        {"insert into orders (note) select l from (select pg_advisory_lock(length(ssn)) from "
         "customers) x, pg_locks l",
         "public.customers.ssn", "public.orders.note"},
        {"do $$ declare c refcursor := (select ssn from customers); begin open c for select 1; "
         "insert into orders (note) select name from pg_cursors; end $$",
         "public.customers.ssn", "public.orders.note"},
        {"do $$ declare a text[]; begin a[(select ssn from customers)] := 'x'; insert into orders "
         "(note) values (a); end $$",
         "public.customers.ssn", "public.orders.note"},
        {"do $$ declare a text[]; begin a[1][2:(select ssn from customers)] := 'x'; insert into "
         "orders (note) values (a); end $$",
         "public.customers.ssn", "public.orders.note"},
        {"do $$ declare r record; begin r.a[(select ssn from customers):] := 'x'; insert into "
         "orders (note) values (r.a); end $$",
         "public.customers.ssn", "public.orders.note"},
        {"select (select max(ssn) from customers) as m", "public.customers.ssn", "result.m"},
    };
    struct sl_sql_context ctx = shop();

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(text, 64 * 1024);
        struct sl_meaning m;
        judge(&ctx, rows[i].sql, &text, &m);
        if (!SL_CHECK(has_flow(&m, rows[i].from, rows[i].to)))
            printf("#   sql: %s\n", rows[i].sql);
    }
}

static void test_what_the_session_prepared(void)
{
    struct sl_sql_prepared prepared[] = {
        {SL_SPAN("p"), SL_SPAN("select 1; prepare p (int) as delete from orders where id = $1")},
        {SL_SPAN("wire"), SL_SPAN("select ssn from customers")},
        {SL_SPAN("loop"), SL_SPAN("prepare loop as select 1")},
        {SL_SPAN("other"), SL_SPAN("prepare another as select 1")},
    };
    struct sl_sql_context ctx = shop();

    ctx.prepared = prepared;
    ctx.prepared_count = SL_COUNT(prepared);
    check(&ctx, "execute p(5)",
          "execute: read delete session | public.orders(id)=read | "
          "public.orders(id,customer_id,total,note,placed)=delete"
          " ! prepared unshaped");
    check(&ctx, "execute wire",
          "execute: read session | public.customers(ssn)=read ! prepared unshaped");
    check(&ctx, "execute other", "execute: session opaque ! prepared unshaped");
    check(&ctx, "execute nosuch", "execute: session opaque ! prepared unshaped");
    check(&ctx, "explain analyze execute p(5)",
          "explain analyze: read delete session | public.orders(id)=read | "
          "public.orders(id,customer_id,total,note,placed)=delete ! prepared unshaped");
}

static void test_what_execute_is_given_flows(void)
{
    static const struct {
        const char *sql, *from, *to;
    } rows[] = {
        {"execute puts(1, (select email from customers))", "public.customers.email",
         "public.orders.note"},
        {"explain analyze execute puts(1, (select email from customers))", "public.customers.email",
         "public.orders.note"},
        {"execute sets((select email from customers))", "public.customers.email",
         "public.orders.note"},
        {"execute gives((select email from customers))", "public.customers.email", "result.it"},
        {"execute wire((select email from customers))", "public.customers.email", "result.it"},
        {"create table scratch as execute gives((select email from customers))",
         "public.customers.email", "public.scratch.it"},
        {"create table scratch (a, b) as execute reads", "public.customers.ssn",
         "public.scratch.b"},
        {"create table scratch as execute two", "public.customers.ssn", "public.scratch.*"},
    };
    struct sl_sql_prepared prepared[] = {
        {SL_SPAN("puts"),
         SL_SPAN("prepare puts (int, text) as insert into orders (id, note) values ($1, $2)")},
        {SL_SPAN("sets"), SL_SPAN("prepare sets as update orders set note = $1")},
        {SL_SPAN("gives"), SL_SPAN("prepare gives (text) as select $1 as it")},
        {SL_SPAN("wire"), SL_SPAN("select $1::text as it")},
        {SL_SPAN("reads"), SL_SPAN("prepare reads as select id, ssn from customers")},
        {SL_SPAN("two"), SL_SPAN("prepare two as select 1 as a")},
        {SL_SPAN("two"), SL_SPAN("prepare two as select 1, ssn from customers")},
    };
    struct sl_sql_context ctx = shop();

    ctx.prepared = prepared;
    ctx.prepared_count = SL_COUNT(prepared);
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(text, 64 * 1024);
        struct sl_meaning m;
        judge(&ctx, rows[i].sql, &text, &m);
        if (!SL_CHECK(has_flow(&m, rows[i].from, rows[i].to)) ||
            !SL_CHECK(strstr(rows[i].sql, "create") == NULL ||
                      !has_flow(&m, rows[i].from, "result.ssn")))
            printf("#   sql: %s\n", rows[i].sql);
    }
}

static void test_cursors_of_the_session(void)
{
    struct sl_span cursors[] = {SL_SPAN("c")};
    struct sl_sql_context ctx = shop();

    ctx.cursors = cursors;
    ctx.cursor_count = 1;
    check(&ctx, "fetch 10 from c", "fetch: read ! cursor unshaped");
    check(&ctx, "fetch 10 from d", "fetch: read opaque ! cursor unshaped");
    check(&ctx, "commit; begin; select 1; fetch 10 from c",
          "commit,begin,select,fetch: read opaque ! begin commit cursor unshaped");
    check(&ctx, "rollback to a; fetch 10 from c",
          "rollback to savepoint,fetch: read opaque ! savepoint cursor unshaped");
    check(&ctx, "close c; fetch 10 from c",
          "close cursor,fetch: read session opaque ! cursor unshaped");
    check(&ctx, "close all; fetch 10 from c",
          "close cursor,fetch: read session opaque ! cursor unshaped");
    check(&ctx, "close d; fetch 10 from c", "close cursor,fetch: read session ! cursor unshaped");
    check(&ctx, "begin; declare d cursor for select 1; commit; begin; fetch 10 from d",
          "begin,declare cursor,commit,begin,fetch: read opaque ! begin commit cursor unshaped");
}

static void test_a_name_that_is_given_anew(void)
{
    struct sl_sql_prepared texts[] = {{SL_SPAN("p"), SL_SPAN("prepare p as select 1")}};
    struct sl_sql_context ctx = shop();

    ctx.prepared = texts;
    ctx.prepared_count = SL_COUNT(texts);
    check(&ctx, "execute p", "execute: read session ! prepared unshaped");
    check(&ctx, "deallocate p; execute p",
          "deallocate,execute: read session opaque ! prepared unshaped");
    check(&ctx, "deallocate all; execute p",
          "deallocate,execute: read session opaque ! prepared unshaped");
    check(&ctx, "deallocate q; execute p", "deallocate,execute: read session ! prepared unshaped");
}

static void test_a_fetch_is_what_its_cursor_reads(void)
{
    struct sl_span cursors[] = {SL_SPAN("c"), SL_SPAN("torn")};
    struct sl_sql_prepared texts[] = {
        {SL_SPAN("\0c"), SL_SPAN("begin; declare c cursor for select ssn from customers")},
        {SL_SPAN("\0torn"), SL_SPAN("select 1")},
        {SL_SPAN("c"), SL_SPAN("prepare c as delete from orders")}};
    struct sl_sql_context ctx = shop();

    ctx.cursors = cursors;
    ctx.cursor_count = SL_COUNT(cursors);
    ctx.prepared = texts;
    ctx.prepared_count = SL_COUNT(texts);
    check(&ctx, "fetch 10 from c", "fetch: read | public.customers(ssn)=read ! cursor unshaped");
    check(&ctx, "move 10 from c", "move: read | public.customers(ssn)=read ! cursor unshaped");
    check(&ctx, "fetch 10 from torn", "fetch: read opaque ! cursor unshaped");
}

/* "1000 $2 ?", in the order of the text. */
static void check_names(const struct sl_sql_context *ctx, uint8_t kind, const char *sql,
                        const char *wanted)
{
    SL_BUF(text, 64 * 1024);
    SL_BUF(got, 1024);
    struct sl_meaning m;

    judge(ctx, sql, &text, &m);
    for (size_t i = 0; i < m.name_count; i++)
        if (m.names[i].kind == kind)
            sl_buf_say(&got, "%s%S", got.n > 0 ? " " : "",
                       m.names[i].name.n > 0 ? m.names[i].name : SL_SPAN("?"));
    if (!SL_CHECK_TEXT(sl_buf_span(&got), wanted))
        printf("#   sql: %s\n", sql);
}

static void test_rows_that_are_skipped(void)
{
    static const char *const cases[][2] = {
        {"select id from orders", ""},
        {"select id from orders limit 5", ""},
        {"select id from orders offset 1000 limit 5", "1000"},
        {"select id from orders offset (10)", "10"},
        {"select id from orders offset 10 rows fetch first 5 rows only", "10"},
        {"select id from orders offset 3000000000", "3000000000"},
        {"select id from orders offset '10'", "10"},
        {"select id from orders offset '0x10'", "?"},
        {"select id from orders offset null", "0"},
        {"select id from orders offset $2", "$2"},
        {"select id from orders offset $2::bigint", "$2"},
        {"select id from orders offset 10::int", "10"},
        {"select id from orders offset '1'::bit(11)::int", "?"},
        {"select id from orders offset 1.5", "?"},
        {"select id from orders offset -1", "?"},
        {"select id from orders offset 5 + 5", "?"},
        {"select id from orders offset (select 5)", "?"},
        {"select id from (select id from orders offset 7) o offset 8", "7 8"},
        {"with o as (select id from orders offset 7) select id from o", "7"},
        {"select id from orders union (select id from customers offset 4) offset 5", "4 5"},
        {"copy (select id from orders offset 6) to stdout", "6"},
        {"declare c cursor for select id from orders offset 9", "9"},
        {"prepare p(int) as select id from orders offset $1", "$1"},
        {"select id from orders offset 1; select id from customers offset 2", "1 2"},
    };
    struct sl_sql_prepared texts[] = {
        {SL_SPAN("p"), SL_SPAN("prepare p(int) as select id from orders offset $1")},
        {SL_SPAN("\0c"), SL_SPAN("declare c cursor for select id from orders offset 9")}};
    struct sl_span cursors[] = {SL_SPAN("c")};
    struct sl_sql_context ctx = shop();

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        check_names(&ctx, SL_NAME_OFFSET, cases[i][0], cases[i][1]);
    ctx.cursors = cursors;
    ctx.cursor_count = SL_COUNT(cursors);
    ctx.prepared = texts;
    ctx.prepared_count = SL_COUNT(texts);
    check_names(&ctx, SL_NAME_OFFSET, "execute p(1000)", "?");
    check_names(&ctx, SL_NAME_OFFSET, "fetch 5 from c", "9");
}

/* Which code and types a change of definitions names, whatever else the text mentions. */
static void test_code_that_is_changed(void)
{
    static const char *const cases[][2] = {
        {"create function staging.f() returns int language sql as 'select g()'", "f"},
        {"create or replace procedure p() language sql as 'select 1'", "p"},
        {"alter function staging.f(int) set search_path = x", "f"},
        {"alter function f() rename to g", "f g"},
        {"alter function f() set schema staging", "f"},
        {"alter procedure p owner to app", "p"},
        {"drop function f(int), staging.g", "f g"},
        {"drop aggregate a(int)", "a"},
        {"create aggregate staging.a(int) (sfunc = f, stype = int)", "a"},
        {"create domain staging.d as int check (f(value))", "d"},
        {"alter domain staging.d drop constraint c", "d"},
        {"drop domain staging.d", "d"},
        {"alter domain staging.d rename to e", "d e"},
        {"create schema if not exists side -- f scratch orders", ""},
        {"create table f (g int)", ""},
        {"comment on table orders is 'f'", ""},
        {"alter table orders rename to f", ""},
        {"select 'f'", ""},
    };
    struct sl_sql_context ctx = shop();

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        check_names(&ctx, SL_NAME_CHANGED, cases[i][0], cases[i][1]);
}

static void test_names_follow_the_search_path(void)
{
    struct sl_sql_context ctx = shop();

    ctx.search_path = SL_SPAN("staging, public");
    check(&ctx, "select id from orders",
          "select: read opaque | staging.orders(id)=read | "
          "public.orders(id,customer_id,total,note,placed)=read");
    check(&ctx, "select id from customers", "select: read | public.customers(id)=read ! shared");
    ctx.search_path = SL_SPAN("staging");
    check(&ctx, "select id from orders", "select: read | staging.orders(id)=read ! shared");
    check(&ctx, "select id from customers", "select: read opaque | customers(id)=read");
    ctx.search_path = SL_SPAN("\"$user\", Public");
    ctx.user = SL_SPAN("alice");
    check(&ctx, "select id from mine", "select: read | alice.mine(id)=read ! shared");
    check(&ctx, "select id from customers", "select: read | public.customers(id)=read ! shared");
    ctx.search_path = SL_SPAN("\"\"");
    check(&ctx, "select id from public.orders", "select: read | public.orders(id)=read ! shared");
    check(&ctx, "select id from orders", "select: read opaque | orders(id)=read");
    ctx.search_path = SL_SPAN("public, pg_catalog"); /* users' things come first */
    check(&ctx, "select 1 from pg_class", "select: read | pg_catalog.pg_class()=read");
    check(&ctx, "select '1'::bigint", "select: read");
    check(&ctx, "select '1'::text", "select: read opaque");
}

static void test_objects_of_the_session_hide_others(void)
{
    struct sl_sql_context ctx = shop();

    ctx.temp_objects = true;
    check(&ctx, "select id from customers", "select: read opaque | public.customers(id)=read");
    check(&ctx, "select id from public.customers",
          "select: read | public.customers(id)=read ! shared");
    check(&ctx, "select '1'::text", "select: read opaque");
    check(&ctx, "select '1'::pg_catalog.text", "select: read");
}

/* Where the names are known they alone are doubted, in whatever role they stand; functions are
 * never looked for among the session's own. */
static void test_only_the_names_of_the_session_hide_others(void)
{
    struct sl_sql_context ctx = shop();

    ctx.temp_objects = true;
    ctx.temp_names = SL_SPAN("/t/_t/customers/text/pg_class/name_key/");
    check(&ctx, "select id from orders", "select: read | public.orders(id)=read ! shared");
    check(&ctx, "select id from customers", "select: read opaque | public.customers(id)=read");
    check(&ctx, "select id from public.customers",
          "select: read | public.customers(id)=read ! shared");
    check(&ctx, "select id from \"Customers\"", "select: read opaque | Customers(id)=read");
    check(&ctx, "select a from t", "select: read opaque | t(a)=read");
    check(&ctx, "select a from pg_temp.t", "select: read opaque | pg_temp.t(a)=read");
    check(&ctx, "select '1'::text", "select: read opaque");
    check(&ctx, "select '1'::pg_catalog.text", "select: read");
    check(&ctx, "select '1'::varchar, '1'::tex", "select: read opaque");
    check(&ctx, "select '1'::bpchar", "select: read");
    check(&ctx, "select '{}'::_t", "select: read opaque");
    check(&ctx, "select oid from pg_class", "select: read opaque | pg_catalog.pg_class()=read");
    check(&ctx, "select oid from pg_type", "select: read | pg_catalog.pg_type()=read ! shared");
    check(&ctx, "select text('a'), lower('b')", "select: read");
    check(&ctx, "select id from name", "select: read opaque | name(id)=read");
    check(&ctx, "insert into orders (id) select 1 from customers",
          "insert: read insert opaque | public.orders(id)=insert | public.customers()=read");
    check(&ctx, "select nextval('customers')",
          "select: read update opaque | public.customers()=update");
    ctx.temp_names = SL_SPAN("");
    check(&ctx, "select id from orders", "select: read opaque | public.orders(id)=read");
}

static void test_without_a_listing(void)
{
    struct sl_sql_context ctx = shop();

    ctx.catalog = NULL;
    check(&ctx, "select 1", "select: read");
    check(&ctx, "select lower('x')", "select: read opaque");
    check(&ctx, "select pg_catalog.lower('x')", "select: read");
    check(&ctx, "select 1 + 1", "select: read opaque");
    check(&ctx, "select id from customers", "select: read opaque | customers(id)=read");
    check(&ctx, "begin", "begin: ! begin control");
}

/* Backslashes in strings: nothing that holds a quote is read then. */
static void test_strings_that_are_not_standard(void)
{
    struct sl_sql_context ctx = shop();

    ctx.standard_strings = false;
    check(&ctx, "select id from orders where note = 'x'", ": opaque");
    check(&ctx, "select id from orders", "select: read | public.orders(id)=read ! shared");
    check(&ctx, "rollback", "rollback: ! rollback control");
}

static void test_statements_of_one_text_meet(void)
{
    struct sl_sql_context ctx = shop();

    check(&ctx, "set search_path = staging; select id from orders",
          "set,select: read session opaque | public.orders(id)=read ! context");
    check(&ctx, "drop view customer_view; delete from orders",
          "drop view,delete: delete ddl opaque | public.customer_view(id,email)=ddl | "
          "public.orders(id,customer_id,total,note,placed)=delete");
    check(&ctx,
          "create index on orders (id); select id from orders; comment on table orders is 'x'",
          "create index,select,comment: read ddl | public.orders(id)=read | "
          "public.orders(id,customer_id,total,note,placed)=ddl ! neutral");
    check(&ctx, "comment on table orders is 'x'; do language plperl 'x'",
          "comment,do: ddl call opaque | public.orders(id,customer_id,total,note,placed)=ddl");
    check(&ctx, "comment on table orders is 'x'; drop table staging.orders",
          "comment,drop table: ddl | public.orders(id,customer_id,total,note,placed)=ddl | "
          "staging.orders(id)=ddl");
    check(&ctx, "begin; declare c cursor for select ssn from customers; fetch 5 from c; commit",
          "begin,declare cursor,fetch,commit: read | public.customers(ssn)=read ! begin commit "
          "cursor unshaped");
    check(&ctx, "select set_config('role', 'admin', false); select id from orders",
          "select,select: read privilege session opaque | public.orders(id)=read ! context");
}

static void test_facts_of_the_database(void)
{
    struct sl_catalog changed = catalog;
    struct sl_sql_context ctx = shop();

    ctx.catalog = &changed;
    changed.facts = SL_CATALOG_EVENT_TRIGGERS;
    check(&ctx, "drop view customer_view",
          "drop view: ddl opaque | public.customer_view(id,email)=ddl");
    check(&ctx, "select 1 + 1", "select: read ! shared");
    changed.facts = SL_CATALOG_USER_CASTS;
    check(&ctx, "select id from customers where id = 1",
          "select: read opaque | public.customers(id)=read");
}

/* A listing never knew it by its first name: labels could not follow. */
static void test_P7_what_a_text_fills_and_renames(void)
{
    static const char *const lost[] = {
        "create table k as select id, email as e from customers; alter table k rename column e to "
        "f",
        "create table k as select email as e from customers; alter table k rename to l",
        "create table k as select email as e from customers; alter table k set schema staging",
        "create table k as select email as e from customers; alter index k rename to l",
        "create table k as select email as e, name as n from customers; alter table k rename e to "
        "t; "
        "alter table k rename n to e; alter table k rename t to n",
        "create table k as select email as e from customers; alter table k rename to l; create "
        "table k (e text)",
        "create table public.k as select * from customers; alter table k rename to l",
        "select email as e into k from customers; alter table k rename column e to f",
        "create materialized view k as select email as e from customers; alter materialized view k "
        "rename e to f",
        "create view k as select email as e from customers; alter view k rename to l",
        "create schema s; create table s.k as select email from customers; alter schema s rename "
        "to t",
        "begin; create table k as select email as e from customers; alter table k rename to l; "
        "commit",
        "alter table orders add column q text default (select email from customers limit 1); "
        "alter table orders rename column q to r",
        "alter table orders add column q text default (select email from customers limit 1); "
        "alter table orders rename to r",
        "alter table orders drop column note, add column note text default (select email from "
        "customers "
        "limit 1); alter table orders rename note to r",
        "drop table orders; create table orders as select email as note from customers; "
        "alter table orders rename note to r",
        "create table k as select email as note from customers; alter table k inherit orders; "
        "alter table orders rename note to r",
    };
    static const char *const kept[] = {
        "insert into orders (note) select email from customers; alter table orders rename note to "
        "r",
        "insert into orders (note) select email from customers; alter table orders rename to r",
        ("alter table customers rename email to t; alter table customers rename ssn to email; "
         "alter table customers rename t to ssn"),
        "create table k (e text); alter table k rename e to f; alter table k rename to l",
        "alter table orders add column q text default 'x'; alter table orders rename q to r",
        "create table k as select email as e from customers; alter table orders rename note to r",
        "create table k as select email as e from customers; create index on k (e)",
    };
    struct sl_sql_context ctx = shop();
    struct sl_meaning m;

    for (size_t i = 0; i < SL_COUNT(lost) + SL_COUNT(kept); i++) {
        const bool is_lost = i < SL_COUNT(lost);
        const char *sql = is_lost ? lost[i] : kept[i - SL_COUNT(lost)];
        SL_BUF(got, 64 * 1024);
        judge(&ctx, sql, &got, &m);
        if (!SL_CHECK(((m.effects & SL_EFFECT_OPAQUE) != 0) == is_lost))
            printf("#   sql: %s\n#   got: %s\n", sql, sl_buf_text(&got));
    }
}

int main(void)
{
    SL_BUF(snapshot, SL_CATALOG_MAX_BYTES);

    if (fixture_catalog(&snapshot) != SL_OK ||
        sl_catalog_open(sl_buf_span(&snapshot), &catalog) != SL_OK ||
        sl_arena_new(&mem, 16 * 1024 * 1024) != SL_OK || sl_sql_self_test() != SL_OK)
        return 1;
    SL_RUN(test_queries_and_writes);
    SL_RUN(test_every_other_statement);
    SL_RUN(test_flows);
    SL_RUN(test_what_the_session_prepared);
    SL_RUN(test_what_execute_is_given_flows);
    SL_RUN(test_cursors_of_the_session);
    SL_RUN(test_a_name_that_is_given_anew);
    SL_RUN(test_a_fetch_is_what_its_cursor_reads);
    SL_RUN(test_rows_that_are_skipped);
    SL_RUN(test_code_that_is_changed);
    SL_RUN(test_names_follow_the_search_path);
    SL_RUN(test_objects_of_the_session_hide_others);
    SL_RUN(test_only_the_names_of_the_session_hide_others);
    SL_RUN(test_without_a_listing);
    SL_RUN(test_strings_that_are_not_standard);
    SL_RUN(test_statements_of_one_text_meet);
    SL_RUN(test_facts_of_the_database);
    SL_RUN(test_P7_what_a_text_fills_and_renames);
    sl_arena_free(mem);
    return sl_tap_done();
}
