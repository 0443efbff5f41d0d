/* CPU of one judgement, first sight: the whole, and without the parse. Prints a line for each text:
 * name, microseconds in all, microseconds beyond the parse. */
#include "judge/sql/sql.h"

#include <stdio.h>
#include <time.h>

enum { ROUNDS = 21 };

static const char ddl[] =
    "create table pgbench_branches (bid int primary key, bbalance int, filler char(88));"
    "create table pgbench_tellers (tid int primary key, bid int, tbalance int, filler char(84));"
    "create table pgbench_accounts (aid int primary key, bid int, abalance int, filler char(84));"
    "create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, "
    "filler char(22));"
    "create table customers (id int primary key, name text, email text, ssn text, region text, "
    "created timestamp);"
    "create table products (id int primary key, name text, category text, price numeric);"
    "create table orders (id int primary key, customer_id int, placed timestamp, status text);"
    "create table items (order_id int, product_id int, quantity int, price numeric);"
    "create view order_totals as select o.id, o.customer_id, o.placed, sum(i.quantity * i.price) "
    "as "
    "total from orders o join items i on i.order_id = o.id where o.status <> 'void' group by o.id, "
    "o.customer_id, o.placed;"
    "create view customer_value as select c.id, c.name, c.region, coalesce(sum(t.total), 0) as "
    "value, "
    "max(t.placed) as latest from customers c left join order_totals t on t.customer_id = c.id "
    "group "
    "by c.id, c.name, c.region;";

static const struct {
    const char *name, *sql;
} texts[] = {
    {"pgbench select", "SELECT abalance FROM pgbench_accounts WHERE aid = 4711;"},
    {"pgbench update", "UPDATE pgbench_accounts SET abalance = abalance + -17 WHERE aid = 4711;"},
    {"pgbench insert",
     "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (3, 1, 4711, -17, "
     "CURRENT_TIMESTAMP);"},
    {"analytic, 30 lines",
     "with recent as (\n"
     "  select o.id, o.customer_id, o.placed, o.status,\n"
     "         row_number() over (partition by o.customer_id order by o.placed desc) as nth\n"
     "  from orders o\n"
     "  where o.placed > now() - interval '90 days'\n"
     "    and o.status in ('paid', 'sent')\n"
     "),\n"
     "by_category as (\n"
     "  select r.customer_id, p.category, sum(i.quantity * i.price) as spent, count(*) as lines\n"
     "  from recent r\n"
     "  join items i on i.order_id = r.id\n"
     "  join products p on p.id = i.product_id\n"
     "  group by r.customer_id, p.category\n"
     "  having sum(i.quantity * i.price) > 100\n"
     "),\n"
     "ranked as (\n"
     "  select b.*, rank() over (partition by b.category order by b.spent desc) as place\n"
     "  from by_category b\n"
     ")\n"
     "select v.name, v.region, v.value, k.category, k.spent, k.place,\n"
     "       case when v.value > 10000 then 'gold' when v.value > 1000 then 'silver' else 'none' "
     "end\n"
     "         as class,\n"
     "       (select max(t.total) from order_totals t where t.customer_id = v.id) as largest\n"
     "from customer_value v\n"
     "join ranked k on k.customer_id = v.id\n"
     "left join lateral (select r.placed from recent r where r.customer_id = v.id and r.nth = 1) "
     "last\n"
     "  on true\n"
     "where k.place <= 10 and v.region = 'north' and last.placed is not null\n"
     "order by k.category, k.place, v.name\n"
     "limit 500"},
};

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool once(const struct sl_sql_context *ctx, struct sl_span sql, struct sl_arena *mem,
                 bool whole)
{
    struct sl_meaning m;
    struct sl_span *parts;
    size_t count;

    sl_arena_reset(mem);
    if (!whole)
        return sl_sql_split(ctx, sql, mem, &parts, &count) == SL_OK;
    return sl_sql_judge(ctx, sql, mem, &m) == SL_OK && (m.effects & SL_EFFECT_OPAQUE) == 0;
}

/* The best of some rounds: what else runs on the machine only adds. */
static double measure(const struct sl_sql_context *ctx, struct sl_span sql, struct sl_arena *mem,
                      bool whole, unsigned times)
{
    double best = 1e9;

    for (unsigned round = 0; round < ROUNDS; round++) {
        double from = cpu_us();
        for (unsigned i = 0; i < times; i++)
            if (!once(ctx, sql, mem, whole))
                return -1;
        double us = (cpu_us() - from) / times;
        best = us < best ? us : best;
    }
    return best;
}

int main(void)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;
    SL_BUF(snapshot, SL_CATALOG_MAX_BYTES);
    struct sl_arena *mem = NULL;
    struct sl_catalog catalog;
    struct sl_sql_context ctx = {.catalog = &catalog,
                                 .search_path = SL_SPAN("public"),
                                 .standard_strings = true};

    if (sl_catalog_builder_new(&b) != SL_OK || sl_sql_schema(sl_span_str(ddl), b) != SL_OK ||
        sl_catalog_finish(b, &snapshot) != SL_OK ||
        sl_catalog_open(sl_buf_span(&snapshot), &catalog) != SL_OK ||
        sl_arena_new(&mem, 16 * 1024 * 1024) != SL_OK || sl_sql_self_test() != SL_OK)
        return 1;
    for (size_t i = 0; i < SL_COUNT(texts); i++) {
        struct sl_span sql = sl_span_str(texts[i].sql);
        unsigned times = sql.n > 500 ? 200 : 2000;
        double whole = measure(&ctx, sql, mem, true, times);
        double parse = measure(&ctx, sql, mem, false, times);
        printf("%s\t%.2f\t%.2f\n", texts[i].name, whole, whole - parse);
    }
    sl_arena_free(mem);
    return 0;
}
