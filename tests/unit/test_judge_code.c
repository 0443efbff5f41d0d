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
    SL_RUN(test_values_come_out_of_bodies);
    SL_RUN(test_definitions_are_named);
    SL_RUN(test_another_body_is_another_definition);
    sl_arena_free(mem);
    return sl_tap_done();
}
