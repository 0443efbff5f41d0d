#include "judge/sql/sql.h"

#include "tests/unit/judge_code_calls.h"
#include "tests/unit/judge_code_fires.h"
#include "tests/unit/tap.h"

static struct sl_arena *mem;

/* A database that DDL makes. */
struct database {
    struct sl_buf snapshot;
    struct sl_catalog catalog;
    struct sl_sql_context ctx;
};

static bool open_database(struct database *d, const char *ddl)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;

    *d = (struct database){.snapshot = sl_buf(SL_CATALOG_MAX_BYTES)};
    if (sl_catalog_builder_new(&b) != SL_OK || sl_sql_schema(sl_span_str(ddl), b) != SL_OK ||
        sl_catalog_finish(b, &d->snapshot) != SL_OK ||
        sl_catalog_open(sl_buf_span(&d->snapshot), &d->catalog) != SL_OK)
        return false;
    d->ctx = (struct sl_sql_context){.catalog = &d->catalog,
                                     .search_path = SL_SPAN("\"$user\", public"),
                                     .user = SL_SPAN("bob"),
                                     .standard_strings = true};
    return true;
}

static struct sl_meaning judge(const struct database *d, const char *sql)
{
    struct sl_meaning m = {0};

    sl_arena_reset(mem);
    SL_CHECK_INT(sl_sql_judge(&d->ctx, sl_span_str(sql), mem, &m), SL_OK);
    SL_CHECK((m.effects & SL_EFFECT_OPAQUE) == 0 || m.opaque_why.n > 0);
    return m;
}

static void put_flows(struct sl_buf *b, const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->flow_count; i++)
        if (m->flows[i].kind == SL_FLOW_DIRECT &&
            !sl_span_starts(m->flows[i].destination, SL_SPAN("result.")))
            sl_buf_say(b, " ~ %S -> %S", m->flows[i].source, m->flows[i].destination);
}

static void check(const struct database *d, const char *sql, const char *meaning)
{
    SL_BUF(got, 64 * 1024);
    struct sl_meaning m = judge(d, sql);

    fixture_put(&got, &m);
    put_flows(&got, &m);
    if (!SL_CHECK_TEXT(sl_buf_span(&got), meaning))
        printf("#   sql: %s\n#   got: %s\n#   why: %.*s\n", sql, sl_buf_text(&got),
               (int)m.opaque_why.n, (const char *)m.opaque_why.p);
}

static void check_table(const char *ddl, const struct judged *rows, size_t n)
{
    struct database d;

    if (!SL_CHECK(open_database(&d, ddl)))
        return;
    for (size_t i = 0; i < n; i++)
        check(&d, rows[i].sql, rows[i].meaning);
    sl_buf_done(&d.snapshot);
}

static void test_what_is_called(void)
{
    check_table(calls_schema, judge_calls, SL_COUNT(judge_calls));
}

static void test_what_a_write_sets_off(void)
{
    check_table(fires_schema, judge_fires, SL_COUNT(judge_fires));
}

/* --- what runs without being named ------------------------------------------------------------ */

static void check_each(const char *ddl, const char *const (*rows)[2], size_t n)
{
    struct database d;

    if (!SL_CHECK(open_database(&d, ddl)))
        return;
    for (size_t i = 0; i < n; i++)
        check(&d, rows[i][0], rows[i][1]);
    sl_buf_done(&d.snapshot);
}

static void test_a_cast_runs_anywhere(void)
{
    static const char ddl[] = "create table orders (id int, note text);"
                              "create function int_of(a text) returns int language sql as"
                              " $$ delete from orders returning 1 $$;"
                              "create cast (text as int) with function int_of(text) as assignment;";
    static const char *const rows[][2] = {
        {"select id from orders where id = 1",
         "select: read delete | public.orders(id)=read | public.orders(id,note)=delete ! shared"},
        {"insert into orders values (1, 'x')",
         "insert: read insert delete | public.orders(id,note)=insert+delete ! shared"},
        {"select 1::int", "select: read delete | public.orders(id,note)=delete"},
        {"begin", "begin: ! begin control"},
    };

    check_each(ddl, rows, SL_COUNT(rows));
}

static void test_a_harmless_cast_is_nothing(void)
{
    static const char ddl[] = "create table orders (id int, note text);"
                              "create function int_of(a text) returns int language plpgsql as"
                              " $$ begin return length(a); end $$;"
                              "create cast (text as int) with function int_of(text);"
                              "create cast (text as bytea) without function;";
    static const char *const rows[][2] = {
        {"select id from orders where id = 1", "select: read | public.orders(id)=read ! shared"},
        {"insert into orders values (1, 'x')",
         "insert: insert | public.orders(id,note)=insert ! shared"},
        {"select note::int from orders", "select: read | public.orders(note)=read"},
    };

    check_each(ddl, rows, SL_COUNT(rows));
}

static void test_an_operator_class_runs_anywhere(void)
{
    static const char ddl[] =
        "create table orders (id int, note text);"
        "create table pairs (id int, p pair);"
        "create type pair as (a int, b int);"
        "create function smaller(a pair, b pair) returns bool language sql as 'select true';"
        "create function compare(a pair, b pair) returns int language sql as"
        " $$ delete from orders returning 1 $$;"
        "create operator <<< (leftarg = pair, rightarg = pair, function = smaller);"
        "create operator class pair_ops default for type pair using btree as operator 1 <<<,"
        " function 1 compare(pair, pair);";
    static const char *const rows[][2] = {
        {"select id from pairs order by p",
         "select: read delete | public.pairs(id,p)=read | public.orders(id,note)=delete ! shared"},
        {"select p <<< p from pairs",
         "select: read delete | public.pairs(p)=read | public.orders(id,note)=delete ! shared"},
    };

    check_each(ddl, rows, SL_COUNT(rows));
}

static void test_event_triggers_run_at_ddl(void)
{
    static const char ddl[] = "create table audit (what text); create table orders (id int);"
                              "create function noted() returns event_trigger language plpgsql as"
                              " $$ begin insert into audit values (tg_tag); end $$;"
                              "create event trigger e on ddl_command_end execute function noted();";
    static const char *const rows[][2] = {
        {"drop table orders",
         "drop table: insert ddl | public.audit(what)=insert | public.orders(id)=ddl"},
        {"select id from orders", "select: read | public.orders(id)=read ! shared"},
    };

    check_each(ddl, rows, SL_COUNT(rows));
}

/* --- extensions, and texts as a server gives them --------------------------------------------- */

static const char *const server_rows[][8] = {
    {"R", "public", "orders", "r", "t", "1001"},
    {"C", "public", "orders", "1", "id", "b"},
    {"C", "public", "orders", "2", "note", "u"},
    {"R", "public", "audit", "r", "", "1002"},
    {"C", "public", "audit", "1", "what", "b"},
    {"R", "public", "guarded", "r", "s", "1003"},
    {"C", "public", "guarded", "1", "id", "b"},
    {"R", "public", "checked", "r", "i", "1004"},
    {"C", "public", "checked", "1", "id", "b"},
    {"R", "public", "untold", "r", "t", "1005"},
    {"C", "public", "untold", "1", "id", "b"},
    {"N", "s", "public", "public"},
    {"N", "f", "public", "similarity"},
    {"N", "f", "public", "set_limit"},
    {"N", "f", "public", "dblink"},
    {"N", "f", "public", "strange"},
    {"N", "f", "public", "later"},
    {"N", "f", "public", "own"},
    {"N", "f", "public", "citext_eq"},
    {"N", "f", "public", "citextin"},
    {"N", "f", "public", "nameless"},
    {"N", "f", "public", "to_audit"},
    {"N", "f", "public", "trusting"},
    {"N", "o", "public", "=="},
    {"N", "o", "public", "%%"},
    {"N", "t", "public", "citext"},
    {"N", "t", "public", "odd"},
    {"P", "x", "x", "x", "v", "150004", "", ""},
    {"P", "f", "public", "similarity", "f", "0", "c", ""},
    {"P", "f", "public", "similarity", "n", "514", "", ""},
    {"P", "f", "public", "similarity", "e", "0", "pg_trgm", ""},
    {"P", "f", "public", "set_limit", "f", "0", "c", ""},
    {"P", "f", "public", "set_limit", "e", "0", "pg_trgm", ""},
    {"P", "f", "public", "dblink", "f", "0", "c", ""},
    {"P", "f", "public", "dblink", "e", "0", "dblink", ""},
    {"P", "f", "public", "strange", "f", "0", "c", ""},
    {"P", "f", "public", "strange", "e", "0", "nobody_knows", ""},
    {"P", "f", "public", "later", "f", "0", "sql", ""},
    {"P", "f", "public", "own", "f", "0", "internal", ""},
    {"P", "f", "public", "trusting", "f", "0", "plpgsql",
     "CREATE FUNCTION public.trusting() RETURNS integer LANGUAGE plpgsql AS $$ begin delete from "
     "audit; return 1; end $$"},
    {"P", "f", "public", "trusting", "e", "0", "citext", ""},
    {"P", "f", "public", "citext_eq", "f", "0", "c", ""},
    {"P", "f", "public", "citext_eq", "e", "0", "citext", ""},
    {"P", "f", "public", "citextin", "f", "0", "internal", ""},
    {"P", "f", "public", "citextin", "e", "0", "citext", ""},
    {"P", "f", "public", "to_audit", "f", "64", "plpgsql",
     "CREATE OR REPLACE FUNCTION public.to_audit()\n RETURNS trigger\n LANGUAGE plpgsql\nAS "
     "$function$ begin insert into audit values (new.note); return new; end $function$\n"},
    {"P", "o", "public", "==", "o", "2", "public", "citext_eq"},
    {"P", "o", "public", "%%", "o", "18", "public", "strange"},
    {"P", "t", "public", "citext", "y", "0", "b", "citext"},
    {"P", "t", "public", "citext", "f", "0", "public", "citextin"},
    {"P", "r", "public", "orders", "t", "79", "",
     "CREATE TRIGGER a AFTER INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION "
     "public.to_audit()"},
    {"P", "r", "public", "orders", "t", "82", "",
     "CREATE TRIGGER b AFTER UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION "
     "public.nowhere()"},
    {"P", "r", "public", "guarded", "p", "42", "",
     "(id > length((SELECT max(audit.what) AS max\n   FROM public.audit)))"},
    {"P", "r", "public", "checked", "k", "0", "", "CHECK ((public.trusting() > id))"},
    {"P", "r", "public", "untold", "t", "79", "", ""},
};

static bool open_server(struct database *d)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;

    *d = (struct database){.snapshot = sl_buf(SL_CATALOG_MAX_BYTES)};
    if (sl_catalog_builder_new(&b) != SL_OK)
        return false;
    for (size_t i = 0; i < SL_COUNT(server_rows); i++) {
        struct sl_span fields[8];
        size_t n = 0;
        for (; n < 8 && server_rows[i][n] != NULL; n++)
            fields[n] = sl_span_str(server_rows[i][n]);
        if (sl_catalog_row(b, fields, n) != SL_OK)
            return false;
    }
    if (sl_catalog_finish(b, &d->snapshot) != SL_OK ||
        sl_catalog_open(sl_buf_span(&d->snapshot), &d->catalog) != SL_OK)
        return false;
    d->ctx = (struct sl_sql_context){.catalog = &d->catalog,
                                     .search_path = SL_SPAN("public"),
                                     .user = SL_SPAN("bob"),
                                     .standard_strings = true};
    return true;
}

static void test_extensions_and_texts_of_a_server(void)
{
    static const struct judged rows[] = {
        {"select similarity(what, 'x') from audit", "select: read | public.audit(what)=read"},
        {"select set_limit(0.3)", "select: read session"},
        {"select * from dblink('x', 'y') as t(a int)", "select: read program opaque"},
        {"select strange()", "select: read opaque"},
        {"select later()", "select: read opaque"},
        {"select own()", "select: read opaque"},
        {"select nameless()", "select: read opaque"},
        {"select trusting()", "select: read delete | public.audit(what)=delete ! shared"},
        {"select note == 'x' from orders", "select: read | public.orders(note)=read"},
        {"select 'x' %% 'y'", "select: read opaque"},
        {"select 'x'::citext", "select: read"},
        {"select 'x'::odd", "select: read opaque"},
        {"select * from orders", "select: read | public.orders(id,note)=read ! shared"},
        {"insert into orders values (1, 'x')",
         "insert: insert | public.orders(id,note)=insert | public.audit(what)=insert"
         " ~ public.orders.note -> public.audit.what"},
        {"update orders set id = 2", "update: update | public.orders(id)=update"},
        {"select * from guarded",
         "select: read | public.guarded(id)=read | public.audit(what)=read ! shared"},
        {"insert into checked values (1)",
         "insert: insert delete | public.checked(id)=insert | public.audit(what)=delete ! shared"},
        {"insert into untold values (1)", "insert: insert opaque | public.untold(id)=insert"},
    };
    struct database d;

    if (!SL_CHECK(open_server(&d)))
        return;
    for (size_t i = 0; i < SL_COUNT(rows); i++)
        check(&d, rows[i].sql, rows[i].meaning);
    sl_buf_done(&d.snapshot);
}

/* --- values that go through bodies ------------------------------------------------------------ */

static bool has_flow(const struct sl_meaning *m, const char *from, const char *to)
{
    for (size_t i = 0; i < m->flow_count; i++)
        if (sl_span_is(m->flows[i].source, from) && sl_span_is(m->flows[i].destination, to))
            return true;
    return false;
}

static void test_values_come_out_of_bodies(void)
{
    static const struct {
        const char *sql, *from, *to;
        bool flows;
    } rows[] = {
        {"select ssn_of(1)", "public.customers.ssn", "result.ssn_of", true},
        {"select ssn_of(total) as s from orders", "public.orders.total", "result.s", true},
        {"select add_one(id) as a, email as e from customers", "public.customers.id", "result.a",
         true},
        {"select add_one(id) as a, email as e from customers", "public.customers.email", "result.a",
         false},
        {"select add_one(id) as a, add_one(total) as b from customers, orders",
         "public.orders.total", "result.a", false},
        {"select loop_email() as e", "public.customers.email", "result.e", true},
        {"select address from emails()", "public.customers.email", "result.address", true},
        {"select cursor_ref() as c", "public.orders.total", "result.c", true},
        {"select dynamic_into() as c", "public.orders.total", "result.c", true},
        {"select c.of_customer as o from customers c", "public.customers.ssn", "result.o", true},
        {"select sum_all(total) as s from orders", "public.orders.total", "result.s", true},
        {"select !! email as s from customers", "public.customers.email", "result.s", true},
        {"select raises(ssn) from customers", "public.customers.ssn", "result.raise", true},
        {"call tidy(3)", "public.orders.total", "result.call", true},
        {"select shadow(ssn) from customers", "public.customers.ssn", "public.audit.who", true},
        {"select keeps(keeps(email)) from customers", "public.customers.email",
         "public.secrets.body", true},
    };
    struct database d;

    if (!SL_CHECK(open_database(&d, calls_schema)))
        return;
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_meaning m = judge(&d, rows[i].sql);
        if (!SL_CHECK(has_flow(&m, rows[i].from, rows[i].to) == rows[i].flows))
            printf("#   %s: %s -> %s\n", rows[i].sql, rows[i].from, rows[i].to);
    }
    sl_buf_done(&d.snapshot);
}

/* --- definitions are part of what is approved ------------------------------------------------- */

static bool names_definition(const struct sl_meaning *m, const char *begin)
{
    for (size_t i = 0; i < m->definition_count; i++)
        if (sl_span_starts(m->definitions[i], sl_span_str(begin)))
            return true;
    return false;
}

static const char cursor_schema[] =
    "create table orders (id int, note text);\n"
    "create function opens(c refcursor) returns int language plpgsql as $$ begin open c for "
    "select 'x'; return 1; end $$;\n"
    "create function bound() returns int language plpgsql as $$ declare c cursor for select 'x'; "
    "begin open c; return 1; end $$;\n"
    "create function opens_and_reads(c refcursor) returns int language plpgsql as $$ declare x "
    "text; begin open c for select 'x'; fetch c into x; return 1; end $$;\n"
    "create function sets_and_reads(c refcursor) returns int language plpgsql as $$ declare x "
    "text; begin open c for select 'x'; $1 := 'z'; fetch c into x; return 1; end $$;\n";
#define DO_CURSOR(declared, body)                      \
    "do $$ declare " declared " r record; begin " body \
    " insert into orders (note) values (r.x); end $$"
#define OPENS(name) "open " name " for select 'x' as x; "

/* The portal that a variable names is known, or the body is opaque. */
static void test_P7_which_cursor_a_body_reads(void)
{
    static const struct {
        const char *sql;
        bool known;
    } rows[] = {
        {DO_CURSOR("c refcursor;", OPENS("c") "fetch c into r;"), true},
        {DO_CURSOR("c refcursor;", "if 1 = 2 then " OPENS("c") "else " OPENS("c") "end if; fetch "
                                                                                  "c into r;"),
         true},
        {DO_CURSOR("c cursor for select 'x' as x;", "open c; loop fetch next from c into r; exit "
                                                    "when not found; end loop; close c;"),
         true},
        {DO_CURSOR("c cursor for select 'x' as x;", "for r in c loop null; end loop;"), true},
        {DO_CURSOR("c refcursor;", OPENS("c") "if c is not null then fetch c into r; end if;"),
         true},
        {DO_CURSOR("c refcursor; d cursor for select 'x' as x;",
                   OPENS("c") "open d; fetch c into r; fetch d into r; close c; close d;"),
         true},
        {DO_CURSOR("c refcursor := 'y';", OPENS("c") "fetch c into r;"), false},
        {DO_CURSOR("c refcursor;", OPENS("c") "c := 'y'; fetch c into r;"), false},
        {DO_CURSOR("c refcursor;", OPENS("c") "fetch c into r; c := 'y';"), false},
        {DO_CURSOR("c refcursor;", OPENS("c") "select 'y' into c; fetch c into r;"), false},
        {DO_CURSOR("c refcursor;", OPENS("c") "select 'y' into c scroll; fetch c into r;"), false},
        {DO_CURSOR("c refcursor;", OPENS("c") "select 'y' into c is; fetch c into r;"), false},
        {DO_CURSOR("c refcursor;", OPENS("c") "select 1, 'y' into r, c; fetch c into r;"), false},
        {DO_CURSOR("c refcursor;", OPENS("c") "for c in select 'y' loop fetch c into r; end loop;"),
         false},
        {DO_CURSOR("c refcursor; d alias for c;", OPENS("c") "d := 'y'; fetch c into r;"), false},
        {DO_CURSOR("c cursor for select 'x' as x;", "c := 'y'; fetch c into r;"), false},
        {DO_CURSOR("c cursor for select 'x' as x;", "fetch c into r;"), false},
        {DO_CURSOR("c cursor for select 'x' as x;", "if 1 = 2 then open c; end if; fetch c into "
                                                    "r;"),
         false},
        {DO_CURSOR("c cursor for select 'x' as x;", "begin open c; exception when others then "
                                                    "null; end; fetch c into r;"),
         false},
        {DO_CURSOR("c refcursor; d refcursor;",
                   OPENS("c") "close c; d := c; " OPENS("d") "fetch c into r;"),
         false},
        {DO_CURSOR("c refcursor; d refcursor := 'y';", OPENS("c") OPENS("d") "fetch c into r;"),
         false},
        {DO_CURSOR("c refcursor; \"<unnamed portal 1>\" cursor for select 'x' as x;",
                   OPENS("c") "close c; open \"<unnamed portal 1>\"; fetch c into r;"),
         false},
        {"do $$ declare r record; begin fetch c into r; end $$", false},
        {DO_CURSOR("c refcursor;", OPENS("c") "close c; perform opens('y'); fetch c into r;"),
         false},
        {DO_CURSOR("c cursor for select 'x' as x;", "open c; perform bound(); fetch c into r;"),
         false},
        {DO_CURSOR("d cursor for select 'x' as x;", "open d; perform bound(); fetch d into r;"),
         true},
        {"select opens_and_reads('y')", true},
        {"select sets_and_reads('y')", false},
    };
    struct database d;

    if (!SL_CHECK(open_database(&d, cursor_schema)))
        return;
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        const struct sl_meaning m = judge(&d, rows[i].sql);
        if (!SL_CHECK(((m.effects & SL_EFFECT_OPAQUE) == 0) == rows[i].known))
            printf("#   sql: %s\n#   why: %.*s\n", rows[i].sql, (int)m.opaque_why.n,
                   (const char *)m.opaque_why.p);
    }
    sl_buf_done(&d.snapshot);
}

static void test_definitions_are_named(void)
{
    struct database d;

    if (!SL_CHECK(open_database(&d, fires_schema)))
        return;
    struct sl_meaning m = judge(&d, "delete from parent");
    SL_CHECK(names_definition(&m, "trigger public.child "));
    SL_CHECK(names_definition(&m, "function public.child_gone "));
    m = judge(&d, "insert into d_default (id) values (1)");
    SL_CHECK(names_definition(&m, "default public.d_default "));
    SL_CHECK(names_definition(&m, "function public.next_code "));
    m = judge(&d, "insert into k_check values (1)");
    SL_CHECK(names_definition(&m, "constraint public.k_check "));
    m = judge(&d, "select * from p_rows");
    SL_CHECK(names_definition(&m, "policy public.p_rows "));
    m = judge(&d, "insert into u_rule values (1, 'x')");
    SL_CHECK(names_definition(&m, "rule public.u_rule "));
    m = judge(&d, "select * from customers");
    SL_CHECK_INT((int)m.definition_count, 0);
    sl_buf_done(&d.snapshot);
}

static void test_another_body_is_another_definition(void)
{
    static const char *const bodies[] = {
        "create function f() returns int language sql as 'select 1';",
        "create function f() returns int language sql as 'select 2';",
    };
    struct sl_span lines[2];
    uint8_t kept[2][300];

    for (size_t i = 0; i < 2; i++) {
        struct database d;
        if (!SL_CHECK(open_database(&d, bodies[i])))
            return;
        struct sl_meaning m = judge(&d, "select f()");
        if (!SL_CHECK_INT((int)m.definition_count, 1) || !SL_CHECK(m.definitions[0].n < 300))
            return;
        memcpy(kept[i], m.definitions[0].p, m.definitions[0].n);
        lines[i] = sl_span(kept[i], m.definitions[0].n);
        sl_buf_done(&d.snapshot);
    }
    SL_CHECK(!sl_span_eq(lines[0], lines[1]));
}

int main(void)
{
    if (sl_arena_new(&mem, 16 * 1024 * 1024) != SL_OK || sl_sql_self_test() != SL_OK)
        return 1;
    SL_RUN(test_what_is_called);
    SL_RUN(test_what_a_write_sets_off);
    SL_RUN(test_a_cast_runs_anywhere);
    SL_RUN(test_a_harmless_cast_is_nothing);
    SL_RUN(test_an_operator_class_runs_anywhere);
    SL_RUN(test_event_triggers_run_at_ddl);
    SL_RUN(test_extensions_and_texts_of_a_server);
    SL_RUN(test_values_come_out_of_bodies);
    SL_RUN(test_P7_which_cursor_a_body_reads);
    SL_RUN(test_definitions_are_named);
    SL_RUN(test_another_body_is_another_definition);
    sl_arena_free(mem);
    return sl_tap_done();
}
