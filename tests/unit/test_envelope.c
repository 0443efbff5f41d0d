/* What a template may be, and that only literals are free in it (P3). */
#include "core/action/envelope.h"

#include "tests/unit/tap.h"
#include "json/json.h"

static void template_is(const char *sql, const char *wanted)
{
    SL_BUF(b, 64 * 1024);

    if (wanted == NULL) {
        SL_CHECK(sl_envelope_put_template(&b, sl_span_str(sql)) != SL_OK);
        SL_CHECK_INT(b.n, 0);
        return;
    }
    SL_CHECK_INT(sl_envelope_put_template(&b, sl_span_str(sql)), SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&b), wanted);
}

static void test_templates(void)
{
    template_is("select a from t where id = 42", "select a from t where id = {integer}");
    template_is("select a from t where id=-42", "select a from t where id=-{integer}");
    template_is("SELECT  a\tfrom t where n = 'x y' and m in (1,2);",
                "SELECT  a\tfrom t where n = {text} and m in ({integer},{integer});");
    template_is("select \"42\" from \"{integer}\"", "select \"42\" from \"{integer}\"");
    template_is("select a from t", "select a from t");
    template_is("select a from t where n = ''", "select a from t where n = {text}");
}

static void shape_is(const char *template, const char *want)
{
    SL_BUF(shape, 4096);

    SL_CHECK((sl_envelope_put_shape(&shape, sl_span_str(template)) == SL_OK) == (want != NULL));
    SL_CHECK_TEXT(sl_buf_span(&shape), want == NULL ? "" : want);
}

/* What the ledger has of each statement where literals are left out. */
static void test_shape_of_a_template(void)
{
    shape_is("SELECT a from  t where id = {integer} and n = {text}",
             "select a from t where id = ? and n = ?");
    shape_is("select \"{text}\", \"a {integer}\" from t where n = {text}",
             "select \"{text}\" , \"a {integer}\" from t where n = ?");
    shape_is("select a from t where n = {other}", NULL);
    shape_is("select \"a", NULL);
}

/* The ledger has each of them whole. */
static void test_what_fits_no_entry_is_no_template(void)
{
    SL_BUF(sql, 64 * 1024);
    SL_BUF(template, 64 * 1024);

    sl_buf_put_str(&sql, "select a from t where id = 1");
    for (int i = 0; i < 5000; i++)
        sl_buf_put_u8(&sql, '\n'); /* escaped it is six times that, at most */
    SL_CHECK_INT(sl_envelope_put_template(&template, sl_buf_span(&sql)), SL_ELIMIT);
    sl_buf_reset(&sql);
    sl_buf_put_str(&sql, "select a from t where id in (1");
    for (int i = 0; i < 7000; i++)
        sl_buf_put_str(&sql, ",1"); /* with blanks around each */
    sl_buf_put_str(&sql, ")");
    SL_CHECK_INT(sl_envelope_put_template(&template, sl_buf_span(&sql)), SL_ELIMIT);
    SL_CHECK_INT(template.n, 0);
}

static void test_P7_what_has_no_shape_is_no_template(void)
{
    template_is("select a from t where id = $1", NULL);
    template_is("select a from t -- all", NULL);
    template_is("select /* all */ a from t", NULL);
    template_is("select a from t where n = E'x'", NULL);
    template_is("select a from t where n = 'it''s'", NULL);
    template_is("select a from t where n = $$x$$", NULL);
    template_is("select a from t where n = 1.5", NULL);
    template_is("select a from t where n = {integer}", NULL);
    template_is("select a from t where n = 'x", NULL);
}

static void test_a_long_template(void)
{
    SL_BUF(sql, 64 * 1024);

    sl_buf_put_str(&sql, "select a from t where id in (1");
    while (sql.n <= SL_ENVELOPE_MAX_TEMPLATE)
        sl_buf_put_str(&sql, ",1");
    sl_buf_put_str(&sql, ")");
    template_is(sl_buf_text(&sql), NULL);
    /* its literals are longer in the template than in the text */
    sl_buf_reset(&sql);
    sl_buf_put_str(&sql, "select a from t where id in (1");
    while (sql.n < SL_ENVELOPE_MAX_TEMPLATE - 4)
        sl_buf_put_str(&sql, ",1");
    sl_buf_put_str(&sql, ")");
    template_is(sl_buf_text(&sql), NULL);
}

static void bounds_are(const char *text, enum sl_err wanted)
{
    struct sl_envelope e = {7, 7, 7};

    SL_CHECK_INT(sl_envelope_get(sl_span_str(text), &e), wanted);
    SL_CHECK(wanted != SL_OK ? e.times == 7 && e.rows == 7 && e.for_s == 7
                             : e.times == 20 && e.rows == 500 && e.for_s == 1200);
}

static void test_bounds(void)
{
    bounds_are("20 times 500 rows 20m", SL_OK);
    bounds_are("  20  times 500 rows  1200s ", SL_OK);
    bounds_are("1000 times 1 rows 9h", SL_ELIMIT);
    bounds_are("1001 times 500 rows 20m", SL_ELIMIT);
    bounds_are("0 times 500 rows 20m", SL_ELIMIT);
    bounds_are("20 times 0 rows 20m", SL_ELIMIT);
    bounds_are("20 times 1000001 rows 20m", SL_ELIMIT);
    bounds_are("20 times 500 rows 1500ms", SL_EMALFORMED);
    bounds_are("20 times 500 rows 20", SL_EMALFORMED);
    bounds_are("20 times 500 rows", SL_EMALFORMED);
    bounds_are("20 times 500 rows 20m more", SL_EMALFORMED);
    bounds_are("500 rows 20 times 20m", SL_EMALFORMED);
    bounds_are("", SL_EMALFORMED);
}

static void test_P3_what_may_be_a_template(void)
{
    struct sl_meaning_statement select = {SL_SPAN("select"), SL_EFFECT_READ},
                                two[] = {select, select};
    struct sl_meaning_flow flow = {SL_SPAN("a.b.c"), SL_SPAN("result.c"), SL_FLOW_DIRECT, {0}};
    struct sl_meaning_name offset = {SL_NAME_OFFSET, SL_SPAN("10")};
    const struct sl_meaning fine = {.effects = SL_EFFECT_READ,
                                    .flags = SL_MEANING_SHAPE_SHARED,
                                    .statements = &select,
                                    .statement_count = 1,
                                    .flows = &flow,
                                    .flow_count = 1};
    struct sl_meaning m = fine;

    SL_CHECK(sl_envelope_objection(&m) == NULL);
    for (unsigned i = 0; i < 16; i++) {
        m = fine;
        m.effects |= 1u << i;
        SL_CHECK((sl_envelope_objection(&m) == NULL) == (1u << i == SL_EFFECT_READ));
    }
    m = fine;
    m.flags = 0;
    SL_CHECK(sl_envelope_objection(&m) != NULL);
    m.flags = SL_MEANING_SHAPE_SHARED | SL_MEANING_FLOWS_CUT;
    SL_CHECK(sl_envelope_objection(&m) != NULL);
    m.flags = SL_MEANING_SHAPE_SHARED | SL_MEANING_GATHERS;
    SL_CHECK(sl_envelope_objection(&m) != NULL);
    m = fine;
    m.statements = two;
    m.statement_count = 2;
    SL_CHECK(sl_envelope_objection(&m) != NULL);
    m = fine;
    m.names = &offset;
    m.name_count = 1;
    SL_CHECK(sl_envelope_objection(&m) != NULL);
    flow.via = SL_SPAN("array_agg");
    m = fine;
    SL_CHECK(sl_envelope_objection(&m) != NULL);
}

static void test_operation(void)
{
    SL_BUF(b, 4096);

    sl_envelope_put_operation(&b, &(struct sl_envelope){20, 500, 1200},
                              SL_SPAN("select \"a\" from t where id = {integer}"));
    SL_CHECK_TEXT(sl_buf_span(&b), "{\"envelope\":{\"for_s\":1200,\"rows\":500,\"times\":20},"
                                   "\"sql\":\"select \\\"a\\\" from t where id = {integer}\"}");
}

int main(void)
{
    SL_RUN(test_templates);
    SL_RUN(test_P7_what_has_no_shape_is_no_template);
    SL_RUN(test_shape_of_a_template);
    SL_RUN(test_what_fits_no_entry_is_no_template);
    SL_RUN(test_a_long_template);
    SL_RUN(test_bounds);
    SL_RUN(test_P3_what_may_be_a_template);
    SL_RUN(test_operation);
    return sl_tap_done();
}
