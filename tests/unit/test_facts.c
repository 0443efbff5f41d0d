/* The facts of an action: what is kept of a meaning, what is cut, and that nothing else is read. */
#include "core/ledger/facts.h"

#include "tests/unit/tap.h"

#include <stdlib.h>

static struct sl_span email_id[] = {{(const uint8_t *)"email", 5}, {(const uint8_t *)"id", 2}};

struct made {
    struct sl_meaning m;
    struct sl_meaning_statement statement;
    struct sl_meaning_access access;
    struct sl_action_dataset dataset;
    struct sl_span label, rule;
};

static void make(struct made *x)
{
    *x = (struct made){.statement = {SL_SPAN("select"), SL_EFFECT_READ},
                       .access = {.dataset = SL_SPAN("public.customers"),
                                  .effects = SL_EFFECT_READ,
                                  .columns = email_id,
                                  .column_count = 2},
                       .label = SL_SPAN("pii"),
                       .rule = SL_SPAN("regulated data leaves")};
    x->m = (struct sl_meaning){.effects = SL_EFFECT_READ,
                               .statements = &x->statement,
                               .statement_count = 1,
                               .accesses = &x->access,
                               .access_count = 1};
    x->dataset = (struct sl_action_dataset){&x->access, &x->label, 1};
}

static void put(struct sl_buf *b, struct made *x)
{
    sl_buf_reset(b);
    sl_facts_put(b, &(struct sl_facts_said){&x->m, &x->dataset, SL_HOLD,
                                            (struct sl_names){&x->rule, 1}});
    sl_buf_put_le16(b, 5);
    sl_buf_put_str(b, "run-1");
    sl_buf_put_le16(b, 9);
    sl_buf_put_str(b, "ticket 12");
    sl_buf_put_le16(b, 0);
    SL_CHECK_INT(sl_buf_err(b), SL_OK);
}

static void test_what_goes_in_comes_out(void)
{
    struct sl_meaning_flow flow = {
        SL_SPAN("public.customers.id"), SL_SPAN("public.copy"), SL_FLOW_INDIRECT, {0}};
    SL_BUF(b, 1000);
    struct made x;
    struct sl_facts f;

    make(&x);
    x.m.flows = &flow;
    x.m.flow_count = 1;
    put(&b, &x);
    SL_CHECK_INT(sl_facts_get(sl_buf_span(&b), &f), SL_OK);
    SL_CHECK(f.effects == SL_EFFECT_READ && f.verdict == SL_HOLD && !f.flows_more);
    SL_CHECK_TEXT(sl_facts_str(&f.tags), "select");
    SL_CHECK_INT(f.dataset_count, 1);
    SL_CHECK_TEXT(sl_facts_str(&f.datasets), "public.customers");
    SL_CHECK_INT(sl_cursor_le32(&f.datasets), SL_EFFECT_READ);
    SL_CHECK_INT(sl_cursor_le16(&f.datasets), 1);
    SL_CHECK_TEXT(sl_facts_str(&f.datasets), "pii");
    SL_CHECK_INT(sl_cursor_u8(&f.datasets), 0);
    SL_CHECK_INT(sl_cursor_le16(&f.datasets), 2);
    SL_CHECK_TEXT(sl_facts_str(&f.datasets), "email");
    SL_CHECK_TEXT(sl_facts_str(&f.datasets), "id");
    SL_CHECK(sl_cursor_done(&f.datasets) && sl_cursor_done(&f.tags));
    SL_CHECK_INT(f.flow_count, 1);
    SL_CHECK_INT(sl_cursor_u8(&f.flows), SL_FLOW_INDIRECT);
    SL_CHECK_TEXT(sl_facts_str(&f.flows), "public.customers.id");
    SL_CHECK_TEXT(sl_facts_str(&f.flows), "public.copy");
    SL_CHECK(sl_cursor_done(&f.flows));
    SL_CHECK_TEXT(sl_facts_str(&f.rules), "regulated data leaves");
    SL_CHECK_TEXT(f.run, "run-1");
    SL_CHECK_TEXT(f.reason, "ticket 12");
    SL_CHECK_TEXT(f.sink, "");
}

/* Every cut, and every byte that may not be so. */
static void test_nothing_else_is_read(void)
{
    struct sl_meaning_flow flow = {
        SL_SPAN("public.customers.id"), SL_SPAN("public.copy"), SL_FLOW_INDIRECT, {0}};
    SL_BUF(b, 1000);
    struct made x;
    struct sl_facts f;
    unsigned accepted = 0;

    make(&x);
    x.m.flows = &flow;
    x.m.flow_count = 1;
    put(&b, &x);
    for (size_t cut = 0; cut < b.n; cut++)
        SL_CHECK_INT(sl_facts_get(sl_span_head(sl_buf_span(&b), cut), &f), SL_ECORRUPT);
    for (size_t i = 0; i < b.n; i++) {
        b.p[i] ^= 0x80;
        accepted += sl_facts_get(sl_buf_span(&b), &f) == SL_OK;
        b.p[i] ^= 0x80;
    }
    SL_CHECK_INT(accepted, 2); /* "ddl" among the effects, of the action and of its dataset */
    b.p[4] = SL_DENY + 1;
    SL_CHECK_INT(sl_facts_get(sl_buf_span(&b), &f), SL_ECORRUPT);
    sl_buf_put_u8(&b, 0);
    SL_CHECK_INT(sl_facts_get(sl_buf_span(&b), &f), SL_ECORRUPT);
}

static unsigned kept(struct made *x, bool *more)
{
    SL_BUF(b, 64 * 1024);
    struct sl_facts f;

    put(&b, x);
    SL_CHECK_INT(sl_facts_get(sl_buf_span(&b), &f), SL_OK);
    *more = f.flows_more;
    return f.flow_count;
}

static void test_which_flows_are_kept(void)
{
    struct sl_meaning_flow flows[] = {
        {SL_SPAN("public.customers.email"), SL_SPAN("result.email"), SL_FLOW_DIRECT},
        {SL_SPAN("public.customers.id"), SL_SPAN("result"), SL_FLOW_INDIRECT},
        {SL_SPAN("public.customers.ssn"), SL_SPAN("result.ssn"), SL_FLOW_DIRECT}, /* not listed */
        {SL_SPAN("public.customers_old.id"), SL_SPAN("result.id"), SL_FLOW_DIRECT},
        {SL_SPAN("public.customers.id"), SL_SPAN("results.id"), SL_FLOW_DIRECT},
    };
    struct made x;
    bool more;

    make(&x);
    x.m.flows = flows;
    x.m.flow_count = SL_COUNT(flows);
    SL_CHECK_INT(kept(&x, &more), 3);
    x.access.all_columns = true;
    SL_CHECK_INT(kept(&x, &more), 2);
    x.m.effects |= SL_EFFECT_EXPORT;
    SL_CHECK_INT(kept(&x, &more), 5);
    SL_CHECK(!more);
}

/* Flows into stored columns are kept first, wherever they stand. */
static void test_too_many_flows(void)
{
    enum { COUNT = SL_FACTS_MAX_FLOWS + 50 };
    struct sl_meaning_flow *flows = calloc(COUNT, sizeof *flows);
    SL_BUF(b, 64 * 1024);
    SL_BUF(long_name, 8192);
    struct sl_facts f;
    struct made x;
    bool more;

    SL_PROMISE(flows != NULL);
    make(&x);
    x.m.effects |= SL_EFFECT_EXPORT;
    x.m.flows = flows;
    x.m.flow_count = COUNT;
    for (size_t i = 0; i < COUNT; i++)
        flows[i] =
            (struct sl_meaning_flow){SL_SPAN("a.b.c"), SL_SPAN("result.c"), SL_FLOW_DIRECT, {0}};
    flows[COUNT - 2] =
        (struct sl_meaning_flow){SL_SPAN("a.b.c"), SL_SPAN("d.e"), SL_FLOW_INDIRECT, {0}};
    flows[COUNT - 1] =
        (struct sl_meaning_flow){SL_SPAN("a.b.c"), SL_SPAN("d.e.f"), SL_FLOW_DIRECT, {0}};
    SL_CHECK_INT(kept(&x, &more), SL_FACTS_MAX_FLOWS);
    SL_CHECK(more);
    put(&b, &x);
    SL_CHECK_INT(sl_facts_get(sl_buf_span(&b), &f), SL_OK);
    SL_CHECK_INT(sl_cursor_u8(&f.flows), SL_FLOW_DIRECT);
    (void)sl_facts_str(&f.flows);
    SL_CHECK_TEXT(sl_facts_str(&f.flows), "d.e.f");
    SL_CHECK_INT(sl_cursor_u8(&f.flows), SL_FLOW_INDIRECT);

    x.m.flow_count = SL_FACTS_MAX_FLOWS;
    SL_CHECK_INT(kept(&x, &more), SL_FACTS_MAX_FLOWS);
    SL_CHECK(!more);
    for (int i = 0; i < 5000; i++)
        sl_buf_put_u8(&long_name, 'x');
    x.m.flow_count = 2;
    flows[0].source = flows[1].source = sl_buf_span(&long_name);
    SL_CHECK_INT(kept(&x, &more), 1);
    SL_CHECK(more);
    free(flows);
}

static void test_too_many_columns(void)
{
    struct sl_span columns[SL_FACTS_MAX_COLUMNS + 1];
    SL_BUF(b, 64 * 1024);
    SL_BUF(long_name, 64 * 1024);
    struct made x;
    size_t few, many;

    make(&x);
    x.access.columns = columns;
    for (size_t i = 0; i < SL_COUNT(columns); i++)
        columns[i] = SL_SPAN("column");
    x.access.column_count = SL_FACTS_MAX_COLUMNS;
    put(&b, &x);
    many = b.n;
    x.access.column_count = SL_FACTS_MAX_COLUMNS + 1;
    put(&b, &x);
    few = b.n;
    SL_CHECK_INT(many - few, SL_FACTS_MAX_COLUMNS * 8);
    for (int i = 0; i <= SL_FACTS_COLUMN_BYTES; i++)
        sl_buf_put_u8(&long_name, 'x');
    columns[0] = sl_buf_span(&long_name);
    x.access.column_count = 1;
    put(&b, &x);
    SL_CHECK_INT(b.n, few);
}

int main(void)
{
    SL_RUN(test_what_goes_in_comes_out);
    SL_RUN(test_nothing_else_is_read);
    SL_RUN(test_which_flows_are_kept);
    SL_RUN(test_too_many_flows);
    SL_RUN(test_too_many_columns);
    return sl_tap_done();
}
