#include "wire_pg.h"

/* --- framing --------------------------------------------------------------------------------- */

static void test_frame_needs_its_header(void)
{
    static const uint8_t sync[] = {'S', 0, 0, 0, 4, 'Q'};
    struct sl_pg_frame f = {0};

    for (size_t n = 0; n < SL_PG_HEADER; n++)
        SL_CHECK_INT(sl_pg_frame(sl_span(sync, n), &f), SL_STEP_NEED_MORE);
    SL_CHECK_INT(f.type, 0);
    SL_CHECK_INT(sl_pg_frame(sl_span(sync, sizeof sync), &f), SL_STEP_EVENT);
    SL_CHECK_INT(f.type, 'S');
    SL_CHECK_INT(f.body_bytes, 0);
}

static void test_frame_lengths(void)
{
    static const struct {
        uint8_t bytes[5];
        enum sl_step step;
        uint32_t body_bytes;
    } cases[] = {
        {{'D', 0, 0, 0, 0}, SL_STEP_BROKEN, 0},
        {{'D', 0, 0, 0, 3}, SL_STEP_BROKEN, 0},
        {{'D', 0, 0, 0, 4}, SL_STEP_EVENT, 0},
        {{'D', 0x40, 0, 0, 4}, SL_STEP_EVENT, 0x40000000},
        {{'D', 0x40, 0, 0, 5}, SL_STEP_BROKEN, 0},
        {{'D', 0x80, 0, 0, 4}, SL_STEP_BROKEN, 0},
        {{'D', 0xff, 0xff, 0xff, 0xff}, SL_STEP_BROKEN, 0},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_pg_frame f = {0};
        SL_CHECK_INT(sl_pg_frame(sl_span(cases[i].bytes, 5), &f), cases[i].step);
        SL_CHECK_INT(f.body_bytes, cases[i].body_bytes);
    }
}

static void test_run_of_rows(void)
{
    static const uint8_t rows[] = {'D', 0, 0,   0, 6, 0, 0, 'D', 0, 0,
                                   0,   4, 'C', 0, 0, 0, 4, 'D', 0, 0};
    static const size_t ends[] = {0, 7, 12};

    for (size_t n = 0; n <= sizeof rows; n++) {
        struct sl_pg_run run = sl_pg_run(sl_span(rows, n), 'D');
        size_t messages = n < 7 ? 0 : n < 12 ? 1 : 2;
        SL_CHECK_INT(run.messages, messages);
        SL_CHECK_INT(run.bytes, ends[messages]);
    }
    SL_CHECK_INT(sl_pg_run(sl_span(rows, sizeof rows), 'C').messages, 0);
    SL_CHECK_INT(sl_pg_run(SL_SPAN("D\0\0\0\3D\0\0\0\4"), 'D').messages, 0);
    SL_CHECK_INT(sl_pg_run((struct sl_span){NULL, 0}, 'D').bytes, 0);
}

static enum sl_err check_front(uint8_t type, uint32_t bytes)
{
    return sl_pg_frontend_check((struct sl_pg_frame){type, bytes});
}

static enum sl_err check_back(uint8_t type, uint32_t bytes)
{
    return sl_pg_backend_check((struct sl_pg_frame){type, bytes});
}

static void test_types_and_limits(void)
{
    SL_CHECK_INT(check_front('S', 0), SL_OK);
    SL_CHECK_INT(check_front('S', 1), SL_EMALFORMED);
    SL_CHECK_INT(check_front('E', 4), SL_EMALFORMED);
    SL_CHECK_INT(check_front('E', SL_PG_SMALL_BODY), SL_OK);
    SL_CHECK_INT(check_front('E', SL_PG_SMALL_BODY + 1), SL_ELIMIT);
    SL_CHECK_INT(check_front('Q', SL_PG_MAX_BODY), SL_OK);
    SL_CHECK_INT(check_front('d', 0), SL_OK);
    SL_CHECK_INT(check_front('Z', 1), SL_EUNSUPPORTED);
    SL_CHECK_INT(check_back('Z', 1), SL_OK);
    SL_CHECK_INT(check_back('Z', 2), SL_ELIMIT);
    SL_CHECK_INT(check_back('D', SL_PG_MAX_BODY), SL_OK);
    SL_CHECK_INT(check_back('Q', 1), SL_EUNSUPPORTED);
    SL_CHECK(!sl_pg_frontend_type_known(0) && !sl_pg_backend_type_known(0));
    SL_CHECK(sl_pg_frontend_type_known('F') && sl_pg_backend_type_known('W'));
    SL_CHECK_TEXT(sl_span_str(sl_pg_frontend_name('B')), "BIND");
    SL_CHECK_TEXT(sl_span_str(sl_pg_backend_name('B')), "unknown");
}

/* --- what a client says ---------------------------------------------------------------------- */

static void test_query(void)
{
    SL_BUF(b, ROOM);
    struct sl_span sql = {NULL, 0};

    sl_pg_put_query(&b, SL_SPAN("select 1"));
    SL_CHECK_BYTES(sl_buf_span(&b), SL_SPAN("Q\0\0\0\15select 1\0"));
    struct sl_span body = only_body(&b, 'Q', true);
    SL_CHECK_INT(sl_pg_query_get(body, &sql), SL_OK);
    SL_CHECK_TEXT(sql, "select 1");
    CHECK_STRICT(sl_pg_query_get, struct sl_span, body);
}

static void test_parse(void)
{
    static const uint32_t types[] = {23, 0, 25};
    SL_BUF(b, ROOM);
    struct sl_pg_parse p = {0};

    sl_pg_put_parse(&b, SL_SPAN("s1"), SL_SPAN("select $1"), types, 3);
    struct sl_span body = only_body(&b, 'P', true);
    SL_CHECK_INT(sl_pg_parse_get(body, &p), SL_OK);
    SL_CHECK_TEXT(p.statement, "s1");
    SL_CHECK_TEXT(p.sql, "select $1");
    SL_CHECK_INT(p.type_count, 3);
    for (size_t i = 0; i < 3; i++)
        SL_CHECK_INT(sl_pg_parse_type(&p, i), types[i]);
    SL_CHECK_INT(sl_pg_parse_type(&p, 3), 0);
    CHECK_STRICT(sl_pg_parse_get, struct sl_pg_parse, body);
}

static void test_bind(void)
{
    static const uint8_t four[] = {0, 0, 0, 7};
    const struct sl_pg_value values[] = {{.bytes = SL_SPAN("text")},
                                         {.null = true},
                                         {.format = 1, .bytes = {four, 4}},
                                         {.format = 0}};
    SL_BUF(b, ROOM);
    struct sl_pg_bind m = {0};
    struct sl_pg_value v;

    sl_pg_put_bind(&b, SL_SPAN("p"), SL_SPAN("s"), values, 4, 1);
    struct sl_span body = only_body(&b, 'B', true);
    SL_CHECK_INT(sl_pg_bind_get(body, &m), SL_OK);
    SL_CHECK_TEXT(m.portal, "p");
    SL_CHECK_TEXT(m.statement, "s");
    SL_CHECK_INT(m.values.count, 4);
    for (size_t i = 0; i < 4; i++) {
        SL_CHECK(sl_pg_values_next(&m.values, &v));
        SL_CHECK_INT(v.format, values[i].format);
        SL_CHECK_INT(v.null, values[i].null);
        SL_CHECK_BYTES(v.bytes, values[i].bytes);
    }
    SL_CHECK(!sl_pg_values_next(&m.values, &v));
    SL_CHECK_INT(m.result_format_count, 1);
    SL_CHECK_INT(sl_pg_bind_result_format(&m, 0), 1);
    SL_CHECK_INT(sl_pg_bind_result_format(&m, 1), 0);
    CHECK_STRICT(sl_pg_bind_get, struct sl_pg_bind, body);
}

static void test_bind_formats(void)
{
    static const struct {
        struct sl_span body;
        enum sl_err err;
        uint8_t second; /* format of the second value */
    } cases[] = {
        {SL_SPAN("\0\0\0\0\0\2\0\0\0\1a\0\0\0\1b\0\0"), SL_OK, 0},
        {SL_SPAN("\0\0\0\1\0\1\0\2\0\0\0\1a\0\0\0\1b\0\0"), SL_OK, 1},
        {SL_SPAN("\0\0\0\2\0\0\0\1\0\2\0\0\0\1a\0\0\0\1b\0\0"), SL_OK, 1},
        /* three formats for two values, a format 2, a length of -2, one of 2 GB */
        {SL_SPAN("\0\0\0\3\0\0\0\0\0\0\0\2\0\0\0\1a\0\0\0\1b\0\0"), SL_EMALFORMED, 0},
        {SL_SPAN("\0\0\0\1\0\2\0\2\0\0\0\1a\0\0\0\1b\0\0"), SL_EMALFORMED, 0},
        {SL_SPAN("\0\0\0\0\0\1\377\377\377\376\0\0"), SL_EMALFORMED, 0},
        {SL_SPAN("\0\0\0\0\0\1\177\377\377\377\0\0"), SL_EMALFORMED, 0},
        {SL_SPAN("\0\0\0\0\0\0\0\1\0\2"), SL_EMALFORMED, 0},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_pg_bind m;
        struct sl_pg_value v = {0};
        if (!SL_CHECK_INT(sl_pg_bind_get(cases[i].body, &m), cases[i].err) || cases[i].err != SL_OK)
            continue;
        SL_CHECK(sl_pg_values_next(&m.values, &v));
        SL_CHECK(sl_pg_values_next(&m.values, &v));
        SL_CHECK_INT(v.format, cases[i].second);
    }
}

static void test_named_and_execute(void)
{
    SL_BUF(b, ROOM);
    struct sl_pg_named n = {0};
    struct sl_pg_execute e = {0};

    sl_pg_put_describe(&b, 'S', SL_SPAN("st"));
    struct sl_span body = only_body(&b, 'D', true);
    SL_CHECK_INT(sl_pg_named_get(body, &n), SL_OK);
    SL_CHECK_INT(n.kind, 'S');
    SL_CHECK_TEXT(n.name, "st");
    CHECK_STRICT(sl_pg_named_get, struct sl_pg_named, body);
    SL_CHECK_INT(sl_pg_named_get(SL_SPAN("Xst\0"), &n), SL_EMALFORMED);

    sl_buf_reset(&b);
    sl_pg_put_close(&b, 'P', SL_SPAN(""));
    SL_CHECK_INT(sl_pg_named_get(only_body(&b, 'C', true), &n), SL_OK);
    SL_CHECK_INT(n.kind, 'P');

    sl_buf_reset(&b);
    sl_pg_put_execute(&b, SL_SPAN("c1"), 100);
    body = only_body(&b, 'E', true);
    SL_CHECK_INT(sl_pg_execute_get(body, &e), SL_OK);
    SL_CHECK_TEXT(e.portal, "c1");
    SL_CHECK_INT(e.max_rows, 100);
    CHECK_STRICT(sl_pg_execute_get, struct sl_pg_execute, body);
    SL_CHECK_INT(sl_pg_execute_get(SL_SPAN("\0\377\377\377\377"), &e), SL_OK);
    SL_CHECK_INT(e.max_rows, 0);
}

static void test_password_and_sasl(void)
{
    SL_BUF(b, ROOM);
    struct sl_span password = {NULL, 0};
    struct sl_pg_sasl_initial s = {0};

    sl_pg_put_password(&b, SL_SPAN("secret"));
    SL_CHECK_INT(sl_pg_password_get(only_body(&b, 'p', true), &password), SL_OK);
    SL_CHECK_TEXT(password, "secret");
    SL_CHECK_INT(sl_pg_password_get(SL_SPAN("\0"), &password), SL_EMALFORMED);
    SL_CHECK_INT(sl_pg_password_get(SL_SPAN("a\0b\0"), &password), SL_EMALFORMED);

    sl_buf_reset(&b);
    sl_pg_put_sasl_initial(&b, SL_SCRAM_SHA256, SL_SPAN("n,,n=,r=abc"));
    struct sl_span body = only_body(&b, 'p', true);
    SL_CHECK_INT(sl_pg_sasl_initial_get(body, &s), SL_OK);
    SL_CHECK_TEXT(s.mechanism, SL_SCRAM_SHA256);
    SL_CHECK(s.has_response);
    SL_CHECK_TEXT(s.response, "n,,n=,r=abc");
    CHECK_STRICT(sl_pg_sasl_initial_get, struct sl_pg_sasl_initial, body);
    SL_CHECK_INT(sl_pg_sasl_initial_get(SL_SPAN("M\0\377\377\377\377"), &s), SL_OK);
    SL_CHECK(!s.has_response);
    SL_CHECK_INT(sl_pg_sasl_initial_get(SL_SPAN("\0\377\377\377\377"), &s), SL_EMALFORMED);

    sl_buf_reset(&b);
    sl_pg_put_sasl_response(&b, SL_SPAN("c=biws"));
    SL_CHECK_TEXT(only_body(&b, 'p', true), "c=biws");
}

static void test_small_client_messages(void)
{
    SL_BUF(b, ROOM);
    struct sl_span message = {NULL, 0};

    sl_pg_put_sync(&b);
    SL_CHECK_INT(sl_pg_empty_get(only_body(&b, 'S', true)), SL_OK);
    sl_buf_reset(&b);
    sl_pg_put_flush(&b);
    SL_CHECK_INT(sl_pg_empty_get(only_body(&b, 'H', true)), SL_OK);
    sl_buf_reset(&b);
    sl_pg_put_terminate(&b);
    SL_CHECK_INT(sl_pg_empty_get(only_body(&b, 'X', true)), SL_OK);
    SL_CHECK_INT(sl_pg_empty_get(SL_SPAN("\0")), SL_EMALFORMED);
    sl_buf_reset(&b);
    sl_pg_put_copy_fail(&b, SL_SPAN("no"));
    SL_CHECK_INT(sl_pg_copy_fail_get(only_body(&b, 'f', true), &message), SL_OK);
    SL_CHECK_TEXT(message, "no");
}

static void test_encoders_refuse_nul(void)
{
    SL_BUF(b, ROOM);

    sl_pg_put_query(&b, SL_SPAN("select 1\0drop"));
    SL_CHECK_INT(sl_buf_err(&b), SL_EMALFORMED);
    sl_buf_reset(&b);
    sl_pg_put_status(&b, SL_SPAN("a"), SL_SPAN("b\0c"));
    SL_CHECK_INT(sl_buf_err(&b), SL_EMALFORMED);
    sl_buf_reset(&b);
    sl_pg_put_startup(&b, &(struct sl_pg_option){SL_SPAN(""), SL_SPAN("x")}, 1);
    SL_CHECK_INT(sl_buf_err(&b), SL_EMALFORMED);
}

/* --- startup --------------------------------------------------------------------------------- */

static void test_startup(void)
{
    static const struct sl_pg_option options[] = {{SL_SPAN("user"), SL_SPAN("alice")},
                                                  {SL_SPAN("database"), SL_SPAN("")}};
    SL_BUF(b, ROOM);
    struct sl_pg_startup s = {0};
    uint32_t body_bytes = 0;

    sl_pg_put_startup(&b, options, 2);
    for (size_t n = 0; n < 4; n++)
        SL_CHECK_INT(sl_pg_startup_frame(sl_span_head(sl_buf_span(&b), n), &body_bytes),
                     SL_STEP_NEED_MORE);
    SL_CHECK_INT(sl_pg_startup_frame(sl_buf_span(&b), &body_bytes), SL_STEP_EVENT);
    SL_CHECK_INT(body_bytes + 4, b.n);
    struct sl_span body = sl_span_from(sl_buf_span(&b), 4);
    SL_CHECK_INT(sl_pg_startup_get(body, &s), SL_OK);
    SL_CHECK_INT(s.kind, SL_PG_STARTUP);
    SL_CHECK_INT(s.major, 3);
    SL_CHECK_INT(s.minor, 0);
    SL_CHECK(!s.negotiate);
    SL_CHECK_INT(s.option_count, 2);
    SL_CHECK_TEXT(*sl_pg_startup_option(&s, "user"), "alice");
    SL_CHECK_TEXT(*sl_pg_startup_option(&s, "database"), "");
    SL_CHECK(sl_pg_startup_option(&s, "User") == NULL);
    CHECK_STRICT(sl_pg_startup_get, struct sl_pg_startup, body);
}

static void test_startup_kinds(void)
{
    static const struct {
        struct sl_span body;
        enum sl_err err;
        enum sl_pg_startup_kind kind;
        bool negotiate;
    } cases[] = {
        {SL_SPAN("\x04\xd2\x16\x2f"), SL_OK, SL_PG_SSL_REQUEST, false},
        {SL_SPAN("\x04\xd2\x16\x30"), SL_OK, SL_PG_GSSENC_REQUEST, false},
        {SL_SPAN("\x04\xd2\x16\x2f\0"), SL_EMALFORMED, 0, false},
        {SL_SPAN("\x04\xd2\x16\x2e\0\0\0\7abcd"), SL_OK, SL_PG_CANCEL_REQUEST, false},
        {SL_SPAN("\x04\xd2\x16\x2e\0\0\0\7abcdefgh"), SL_OK, SL_PG_CANCEL_REQUEST, false},
        {SL_SPAN("\x04\xd2\x16\x2e\0\0\0\7abc"), SL_EMALFORMED, 0, false},
        {SL_SPAN("\0\3\0\2user\0a\0\0"), SL_OK, SL_PG_STARTUP, true},
        {SL_SPAN("\0\3\0\0user\0a\0_pq_.x\0y\0\0"), SL_OK, SL_PG_STARTUP, true},
        {SL_SPAN("\0\3\0\0\0"), SL_OK, SL_PG_STARTUP, false},
        {SL_SPAN("\0\2\0\0user\0a\0\0"), SL_EUNSUPPORTED, 0, false},
        {SL_SPAN("\0\4\0\0user\0a\0\0"), SL_EUNSUPPORTED, 0, false},
        {SL_SPAN("\0\3\0\0user\0a\0USER\0b\0\0"), SL_EMALFORMED, 0, false},
        {SL_SPAN("\0\3\0\0user\0a\0\0x\0"), SL_EMALFORMED, 0, false},
        {SL_SPAN("\0\3\0\0user\0a\0"), SL_EMALFORMED, 0, false},
        {SL_SPAN("\0\3\0"), SL_EMALFORMED, 0, false},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_pg_startup s = {0};
        SL_CHECK_INT(sl_pg_startup_get(cases[i].body, &s), cases[i].err);
        SL_CHECK_INT(s.kind, cases[i].kind);
        SL_CHECK_INT(s.negotiate, cases[i].negotiate);
    }
}

static void test_startup_limits(void)
{
    SL_BUF(b, ROOM);
    struct sl_pg_startup s;
    uint32_t body_bytes;

    SL_CHECK_INT(sl_pg_startup_frame(SL_SPAN("\0\0\0\7"), &body_bytes), SL_STEP_BROKEN);
    SL_CHECK_INT(sl_pg_startup_frame(SL_SPAN("\0\0\0\x8"), &body_bytes), SL_STEP_EVENT);
    SL_CHECK_INT(sl_pg_startup_frame(SL_SPAN("\0\0\x27\x10"), &body_bytes), SL_STEP_EVENT);
    SL_CHECK_INT(sl_pg_startup_frame(SL_SPAN("\0\0\x27\x11"), &body_bytes), SL_STEP_BROKEN);
    SL_CHECK_INT(sl_pg_startup_frame(SL_SPAN("\x16\3\1\2"), &body_bytes), SL_STEP_BROKEN);

    for (unsigned count = 64; count <= 65; count++) {
        sl_buf_reset(&b);
        sl_buf_put_be32(&b, 3 << 16);
        for (unsigned i = 0; i < count; i++) {
            sl_buf_say(&b, "name%u", i);
            sl_buf_put_u8(&b, 0);
            sl_buf_put_cstr(&b, SL_SPAN("v"));
        }
        sl_buf_put_u8(&b, 0);
        SL_CHECK_INT(sl_pg_startup_get(sl_buf_span(&b), &s), count == 64 ? SL_OK : SL_ELIMIT);
    }
}

static void test_cancel_and_ssl(void)
{
    SL_BUF(b, ROOM);
    struct sl_pg_startup s = {0};

    sl_pg_put_ssl_request(&b);
    SL_CHECK_BYTES(sl_buf_span(&b), SL_SPAN("\0\0\0\x8\x04\xd2\x16\x2f"));
    sl_buf_reset(&b);
    sl_pg_put_cancel(&b, 77, SL_SPAN("wxyz"));
    SL_CHECK_INT(sl_pg_startup_get(sl_span_from(sl_buf_span(&b), 4), &s), SL_OK);
    SL_CHECK_INT(s.cancel_pid, 77);
    SL_CHECK_TEXT(s.cancel_secret, "wxyz");
    SL_CHECK(!s.cancel_long);
}

static void test_negotiate(void)
{
    SL_BUF(b, ROOM);
    struct sl_pg_startup s;

    SL_CHECK_INT(sl_pg_startup_get(SL_SPAN("\0\3\0\2user\0a\0_pq_.x\0y\0\0"), &s), SL_OK);
    sl_pg_put_negotiate(&b, &s);
    SL_CHECK_BYTES(only_body(&b, 'v', false), SL_SPAN("\0\3\0\0\0\0\0\1_pq_.x\0"));
}

int main(void)
{
    SL_RUN(test_frame_needs_its_header);
    SL_RUN(test_frame_lengths);
    SL_RUN(test_run_of_rows);
    SL_RUN(test_types_and_limits);
    SL_RUN(test_query);
    SL_RUN(test_parse);
    SL_RUN(test_bind);
    SL_RUN(test_bind_formats);
    SL_RUN(test_named_and_execute);
    SL_RUN(test_password_and_sasl);
    SL_RUN(test_small_client_messages);
    SL_RUN(test_encoders_refuse_nul);
    SL_RUN(test_startup);
    SL_RUN(test_startup_kinds);
    SL_RUN(test_startup_limits);
    SL_RUN(test_cancel_and_ssl);
    SL_RUN(test_negotiate);
    return sl_tap_done();
}
