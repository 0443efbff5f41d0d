#include "core/catalog/catalog.h"

#include "tests/unit/judge_fixture.h"
#include "tests/unit/tap.h"

static struct sl_buf snapshot;

static void test_lookups(void)
{
    struct sl_catalog c;
    struct sl_relation r;
    struct sl_column column;

    SL_CHECK_INT(sl_catalog_open(sl_buf_span(&snapshot), &c), SL_OK);
    SL_CHECK_INT(c.relation_count, SL_COUNT(fixture_relations));
    for (size_t i = 0; i < SL_COUNT(fixture_relations); i++)
        SL_CHECK(sl_catalog_relation(&c, sl_span_str(fixture_relations[i].schema),
                                     sl_span_str(fixture_relations[i].name), &r));
    SL_CHECK(sl_catalog_relation(&c, SL_SPAN("public"), SL_SPAN("customers"), &r));
    SL_CHECK_INT(r.column_count, 5);
    SL_CHECK_TEXT(sl_catalog_column(&c, &r, 2).name, "email");
    SL_CHECK(sl_catalog_find_column(&c, &r, SL_SPAN("status"), &column) &&
             column.type == SL_COLUMN_ENUM);
    SL_CHECK(!sl_catalog_find_column(&c, &r, SL_SPAN("nosuch"), &column));
    SL_CHECK(!sl_catalog_relation(&c, SL_SPAN("public"), SL_SPAN("custome"), &r));
    SL_CHECK(!sl_catalog_relation(&c, SL_SPAN("publi"), SL_SPAN("ccustomers"), &r));
    SL_CHECK(sl_catalog_has_name(&c, 'f', SL_SPAN("danger")));
    SL_CHECK(!sl_catalog_has_name(&c, 'o', SL_SPAN("danger")));
    SL_CHECK(sl_catalog_has_name_in(&c, 'f', SL_SPAN("public"), SL_SPAN("danger")));
    SL_CHECK(!sl_catalog_has_name_in(&c, 'f', SL_SPAN("staging"), SL_SPAN("danger")));
    SL_CHECK(!sl_catalog_has_name(&c, 'f', SL_SPAN("")));
}

/* Which problem stops what. */
static void test_plainness(void)
{
    enum { R = SL_RELATION_READ, I = SL_RELATION_INSERT, U = SL_RELATION_CHANGE };
    static const struct {
        const char *kind, *problems;
        char type;
        unsigned flags;
        enum sl_catalog_reason change_why;
    } rows[] = {
        {"r", "", 'b', R | I | U, SL_CATALOG_PLAIN},
        {"r", "s", 'b', 0, SL_CATALOG_ROW_SECURITY},
        {"r", "u", 'b', 0, SL_CATALOG_RULES},
        {"r", "h", 'b', 0, SL_CATALOG_INHERITANCE},
        {"r", "i", 'b', 0, SL_CATALOG_USER_INDEX},
        {"r", "d", 'b', R, SL_CATALOG_DEFAULTS},
        {"r", "t", 'b', R, SL_CATALOG_TRIGGERS},
        {"r", "c", 'b', R | I, SL_CATALOG_CASCADES},
        {"r", "", 'd', R, SL_CATALOG_DOMAIN_TYPE},
        {"r", "", 'u', 0, SL_CATALOG_USER_TYPE},
        {"r", "", 'e', R | I | U, SL_CATALOG_PLAIN},
        {"v", "u", 'b', 0, SL_CATALOG_VIEW},
        {"m", "", 'b', 0, SL_CATALOG_MATVIEW},
        {"f", "", 'b', 0, SL_CATALOG_FOREIGN},
        {"p", "", 'b', 0, SL_CATALOG_PARTITIONED},
        {"S", "", 'b', R, SL_CATALOG_OTHER_KIND},
        {"r", "", 'r', R | I | U | SL_RELATION_REG_TYPE, SL_CATALOG_PLAIN},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;
        SL_BUF(bytes, 10000);
        struct sl_catalog c;
        char type[2] = {rows[i].type, 0};
        struct sl_span relation[] = {SL_SPAN("R"), SL_SPAN("s"), SL_SPAN("t"),
                                     sl_span_str(rows[i].kind), sl_span_str(rows[i].problems)};
        struct sl_span column[] = {SL_SPAN("C"), SL_SPAN("s"), SL_SPAN("t"),
                                   SL_SPAN("1"), SL_SPAN("a"), sl_span_str(type)};
        SL_CHECK_INT(sl_catalog_builder_new(&b), SL_OK);
        SL_CHECK_INT(sl_catalog_row(b, relation, 5), SL_OK);
        SL_CHECK_INT(sl_catalog_row(b, column, 6), SL_OK);
        SL_CHECK_INT(sl_catalog_finish(b, &bytes), SL_OK);
        SL_CHECK_INT(sl_catalog_open(sl_buf_span(&bytes), &c), SL_OK);
        SL_CHECK_INT(sl_catalog_relation_at(&c, 0).flags, rows[i].flags);
        SL_CHECK_INT(sl_catalog_relation_at(&c, 0).change_why, rows[i].change_why);
    }
}

static void test_rows_that_are_not_ours(void)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;
    struct sl_span good[] = {SL_SPAN("R"), SL_SPAN("s"), SL_SPAN("t"), SL_SPAN("r"), SL_SPAN("")};
    struct sl_span kind[] = {SL_SPAN("R"), SL_SPAN("s"), SL_SPAN("t"), SL_SPAN("x"), SL_SPAN("")};
    struct sl_span orphan[] = {SL_SPAN("C"), SL_SPAN("s"), SL_SPAN("u"),
                               SL_SPAN("1"), SL_SPAN("a"), SL_SPAN("b")};
    SL_BUF(out, 1000);

    SL_CHECK_INT(sl_catalog_builder_new(&b), SL_OK);
    SL_CHECK_INT(sl_catalog_row(b, good, 4), SL_EMALFORMED);
    SL_CHECK_INT(sl_catalog_row(b, good, 0), SL_EMALFORMED);
    SL_CHECK_INT(sl_catalog_row(b, kind, 5), SL_EMALFORMED);
    SL_CHECK_INT(sl_catalog_row(b, good, 5), SL_OK);
    SL_CHECK_INT(sl_catalog_row(b, orphan, 6), SL_OK);
    SL_CHECK_INT(sl_catalog_finish(b, &out), SL_EMALFORMED); /* a column of no relation */
    SL_CHECK_INT(out.n, 0);
}

enum { FIELDS = 8 };

static void feed(const char *const (*rows)[FIELDS], size_t n, bool backwards, struct sl_buf *out)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;

    SL_CHECK_INT(sl_catalog_builder_new(&b), SL_OK);
    for (size_t i = 0; i < n; i++) {
        struct sl_span fields[FIELDS];
        size_t count = 0;
        for (; count < FIELDS && rows[backwards ? n - 1 - i : i][count] != NULL; count++)
            fields[count] = sl_span_str(rows[backwards ? n - 1 - i : i][count]);
        SL_CHECK_INT(sl_catalog_row(b, fields, count), SL_OK);
    }
    SL_CHECK_INT(sl_catalog_finish(b, out), SL_OK);
}

static void test_any_order_gives_the_same_bytes(void)
{
    static const char *const rows[][FIELDS] = {
        {"R", "s", "t", "r", "tc"},
        {"R", "s", "a", "v", ""},
        {"R", "r", "t", "r", ""},
        {"C", "s", "t", "10", "x", "b"},
        {"C", "s", "t", "9", "y", "b"},
        {"C", "r", "t", "1", "x", "r"},
        {"N", "f", "s", "f"},
        {"N", "f", "r", "f"},
        {"N", "f", "s", "f"},
        {"N", "o", "s", "+"},
        {"X", "user_casts"},
        {"P", "r", "s", "a", "v", "0", "", "SELECT 1"},
        {"P", "f", "s", "f", "f", "65536", "sql", "CREATE FUNCTION s.f()"},
        {"P", "f", "s", "f", "n", "65536", "", ""},
        {"P", "f", "r", "f", "f", "0", "c", ""},
        {"P", "f", "r", "f", "f", "0", "c", ""},
    };
    SL_BUF(forwards, 10000);
    SL_BUF(backwards, 10000);
    struct sl_catalog c;
    struct sl_relation r;

    feed(rows, SL_COUNT(rows), false, &forwards);
    feed(rows, SL_COUNT(rows), true, &backwards);
    SL_CHECK_BYTES(sl_buf_span(&backwards), sl_buf_span(&forwards));
    SL_CHECK_INT(sl_catalog_open(sl_buf_span(&forwards), &c), SL_OK);
    SL_CHECK_INT(c.facts, SL_CATALOG_USER_CASTS);
    SL_CHECK_INT(c.name_count, 3);
    SL_CHECK(sl_catalog_relation(&c, SL_SPAN("s"), SL_SPAN("t"), &r));
    SL_CHECK_TEXT(sl_catalog_column(&c, &r, 0).name, "y"); /* by number, not by text */
}

/* Definitions are found by their owner, or by its name in any schema. */
static void test_definitions(void)
{
    static const char *const rows[][FIELDS] = {
        {"R", "s", "v", "v", "", "70001"},
        {"C", "s", "v", "7", "x", "b"},
        {"P", "r", "s", "v", "v", "0", "", "SELECT t.x FROM s.t"},
        {"P", "r", "s", "t", "t", "79", "", "CREATE TRIGGER"},
        {"P", "r", "s", "t", "d", "0", "x", "now()"},
        {"P", "f", "s", "f", "f", "65536", "sql", "two"},
        {"P", "f", "s", "f", "f", "0", "plpgsql", "one"},
        {"P", "f", "r", "f", "f", "0", "c", ""},
        {"P", "f", "r", "g", "f", "0", "c", ""},
        {"P", "x", "x", "x", "v", "150018", "", ""},
    };
    SL_BUF(bytes, 10000);
    struct sl_catalog c;
    struct sl_relation r;

    feed(rows, SL_COUNT(rows), false, &bytes);
    SL_CHECK_INT(sl_catalog_open(sl_buf_span(&bytes), &c), SL_OK);
    SL_CHECK(sl_catalog_relation_by_oid(&c, 70001, &r));
    SL_CHECK(!sl_catalog_relation_by_oid(&c, 70002, &r) && !sl_catalog_relation_by_oid(&c, 0, &r));
    SL_CHECK(r.kind == 'v' && (r.problems & 1u << SL_CATALOG_VIEW) != 0);
    SL_CHECK_INT(sl_catalog_column(&c, &r, 0).number, 7);

    struct sl_parts of_t = sl_catalog_parts(&c, 'r', SL_SPAN("s"), SL_SPAN("t"));
    SL_CHECK_INT(of_t.count, 2);
    struct sl_part part = sl_catalog_part_at(&c, of_t.first);
    SL_CHECK(part.kind == 'd' && part.owner == 'r' && part.num == 0);
    SL_CHECK_TEXT(part.about, "x");
    SL_CHECK_TEXT(part.text, "now()");
    SL_CHECK_INT(sl_catalog_part_at(&c, of_t.first + 1).num, 79);

    struct sl_parts of_f = sl_catalog_parts_named(&c, 'f', SL_SPAN("f"));
    SL_CHECK_INT(of_f.count, 3);
    SL_CHECK_TEXT(sl_catalog_part_at(&c, of_f.first).schema, "r");
    SL_CHECK_TEXT(sl_catalog_part_at(&c, of_f.first + 1).text, "one"); /* by number */
    SL_CHECK_INT(sl_catalog_parts(&c, 'f', SL_SPAN("s"), SL_SPAN("f")).count, 2);
    SL_CHECK_INT(sl_catalog_parts(&c, 'f', SL_SPAN("s"), SL_SPAN("g")).count, 0);
    SL_CHECK_INT(sl_catalog_parts_named(&c, 'o', SL_SPAN("f")).count, 0);
    SL_CHECK_INT(sl_catalog_parts(&c, 'x', SL_SPAN("x"), SL_SPAN("x")).count, 1);
}

/* A definition that is too long is there, and says nothing. */
static void test_long_definitions(void)
{
    static char text[SL_CATALOG_MAX_TEXT + 2];
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;
    SL_BUF(bytes, 4 * 1024 * 1024);
    struct sl_catalog c;
    struct sl_span row[] = {SL_SPAN("P"), SL_SPAN("r"), SL_SPAN("s"),   SL_SPAN("t"),
                            SL_SPAN("d"), SL_SPAN("0"), SL_SPAN("one"), sl_span(text, 1)};

    memset(text, 'x', sizeof text);
    row[7].n = SL_CATALOG_MAX_TEXT;
    SL_CHECK_INT(sl_catalog_builder_new(&b), SL_OK);
    SL_CHECK_INT(sl_catalog_row(b, row, 8), SL_OK);
    row[6] = SL_SPAN("two");
    row[7].n = SL_CATALOG_MAX_TEXT + 1;
    SL_CHECK_INT(sl_catalog_row(b, row, 8), SL_OK);
    SL_CHECK_INT(sl_catalog_finish(b, &bytes), SL_OK);
    SL_CHECK_INT(sl_catalog_open(sl_buf_span(&bytes), &c), SL_OK);
    SL_CHECK_INT(c.part_count, 2);
    SL_CHECK_INT(sl_catalog_part_at(&c, 0).text.n, SL_CATALOG_MAX_TEXT);
    SL_CHECK_INT(sl_catalog_part_at(&c, 1).text.n, 0);
}

static void test_versions(void)
{
    static const char *const rows[][FIELDS] = {{"P", "x", "x", "x", "v", "170002", "", ""}};
    SL_BUF(bytes, 10000);
    SL_BUF(said, 100);
    struct sl_catalog c;

    feed(rows, 1, false, &bytes);
    SL_CHECK_INT(sl_catalog_open(sl_buf_span(&bytes), &c), SL_OK);
    SL_CHECK_INT(sl_catalog_server_version(&c), 170002);
    SL_CHECK_INT(sl_catalog_open(sl_buf_span(&snapshot), &c), SL_OK);
    SL_CHECK_INT(sl_catalog_server_version(&c), 0);
    SL_CHECK(sl_catalog_tested(150020) && sl_catalog_tested(170000));
    SL_CHECK(!sl_catalog_tested(140011) && !sl_catalog_tested(160000) && !sl_catalog_tested(0));
    sl_catalog_put_tested(&said);
    SL_CHECK_TEXT(sl_buf_span(&said), "15 and 17");
}

static void use(const struct sl_catalog *c)
{
    struct sl_relation r;
    struct sl_column column;

    for (uint32_t i = 0; i < c->relation_count; i++) {
        struct sl_relation at = sl_catalog_relation_at(c, i);
        SL_CHECK(sl_catalog_relation(c, at.schema, at.name, &r));
        SL_CHECK(sl_catalog_reason_text(at.change_why) != NULL);
        for (uint32_t k = 0; k < at.column_count; k++)
            SL_CHECK(sl_catalog_find_column(c, &at, sl_catalog_column(c, &at, k).name, &column));
    }
    for (uint32_t i = 0; i < c->part_count; i++) {
        struct sl_part part = sl_catalog_part_at(c, i);
        struct sl_parts of_owner = sl_catalog_parts(c, part.owner, part.schema, part.name);
        SL_CHECK(i >= of_owner.first && i - of_owner.first < of_owner.count);
    }
    (void)sl_catalog_has_name(c, 'f', SL_SPAN("danger"));
}

static void test_a_hostile_gate(void)
{
    static uint8_t copy[16 * 1024];
    struct sl_catalog c;

    SL_CHECK(snapshot.n <= sizeof copy);
    for (size_t cut = 0; cut < snapshot.n; cut++)
        SL_CHECK_INT(sl_catalog_open(sl_span_head(sl_buf_span(&snapshot), cut), &c), SL_EMALFORMED);
    for (size_t bit = 0; bit < snapshot.n * 8; bit++) {
        memcpy(copy, snapshot.p, snapshot.n);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (sl_catalog_open(sl_span(copy, snapshot.n), &c) == SL_OK)
            use(&c);
    }
}

int main(void)
{
    snapshot = sl_buf(SL_CATALOG_MAX_BYTES);
    if (fixture_catalog(&snapshot) != SL_OK)
        return 1;
    SL_RUN(test_lookups);
    SL_RUN(test_plainness);
    SL_RUN(test_rows_that_are_not_ours);
    SL_RUN(test_any_order_gives_the_same_bytes);
    SL_RUN(test_definitions);
    SL_RUN(test_long_definitions);
    SL_RUN(test_versions);
    SL_RUN(test_a_hostile_gate);
    sl_buf_done(&snapshot);
    return sl_tap_done();
}
