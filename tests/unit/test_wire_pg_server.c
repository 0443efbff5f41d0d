#include "wire_pg.h"

/* --- what a server says ---------------------------------------------------------------------- */

static void test_authentication(void)
{
    static const char *const both[] = {SL_SCRAM_SHA256_PLUS, SL_SCRAM_SHA256};
    SL_BUF(b, ROOM);
    struct sl_pg_auth a = {.kind = 99};

    sl_pg_put_auth_ok(&b);
    SL_CHECK_BYTES(sl_buf_span(&b), SL_SPAN("R\0\0\0\x8\0\0\0\0"));
    SL_CHECK_INT(sl_pg_auth_get(only_body(&b, 'R', false), &a), SL_OK);
    SL_CHECK_INT(a.kind, SL_PG_AUTH_OK);
    sl_buf_reset(&b);
    sl_pg_put_auth_cleartext(&b);
    SL_CHECK_INT(sl_pg_auth_get(only_body(&b, 'R', false), &a), SL_OK);
    SL_CHECK_INT(a.kind, SL_PG_AUTH_CLEARTEXT);

    sl_buf_reset(&b);
    sl_pg_put_auth_sasl(&b, both, 2);
    struct sl_span body = only_body(&b, 'R', false);
    SL_CHECK_INT(sl_pg_auth_get(body, &a), SL_OK);
    SL_CHECK(sl_pg_auth_offers(&a, SL_SCRAM_SHA256) && sl_pg_auth_offers(&a, SL_SCRAM_SHA256_PLUS));
    SL_CHECK(!sl_pg_auth_offers(&a, "SCRAM-SHA") && !sl_pg_auth_offers(&a, ""));
    CHECK_STRICT(sl_pg_auth_get, struct sl_pg_auth, body);

    sl_buf_reset(&b);
    sl_pg_put_auth_sasl_continue(&b, SL_SPAN("r=1"));
    SL_CHECK_INT(sl_pg_auth_get(only_body(&b, 'R', false), &a), SL_OK);
    SL_CHECK_INT(a.kind, SL_PG_AUTH_SASL_CONTINUE);
    SL_CHECK_TEXT(a.data, "r=1");
    SL_CHECK(!sl_pg_auth_offers(&a, "r=1"));
    sl_buf_reset(&b);
    sl_pg_put_auth_sasl_final(&b, SL_SPAN("v=1"));
    SL_CHECK_INT(sl_pg_auth_get(only_body(&b, 'R', false), &a), SL_OK);
    SL_CHECK_INT(a.kind, SL_PG_AUTH_SASL_FINAL);
}

static void test_authentication_refused(void)
{
    struct sl_pg_auth a;

    SL_CHECK_INT(sl_pg_auth_get(SL_SPAN("\0\0\0\5salt"), &a), SL_OK);
    SL_CHECK_TEXT(a.data, "salt");
    SL_CHECK_INT(sl_pg_auth_get(SL_SPAN("\0\0\0\5sal"), &a), SL_EMALFORMED);
    SL_CHECK_INT(sl_pg_auth_get(SL_SPAN("\0\0\0\0x"), &a), SL_EMALFORMED);
    SL_CHECK_INT(sl_pg_auth_get(SL_SPAN("\0\0\0\12\0"), &a), SL_EMALFORMED);
    SL_CHECK_INT(sl_pg_auth_get(SL_SPAN("\0\0\0\1"), &a), SL_EUNSUPPORTED);
    SL_CHECK_INT(sl_pg_auth_get(SL_SPAN("\0\0\0\15"), &a), SL_EUNSUPPORTED);
}

static void test_key_status_ready(void)
{
    SL_BUF(b, ROOM);
    struct sl_pg_key k = {0};
    struct sl_pg_status s = {{0}, {0}};
    enum sl_pg_ready ready = 0;

    sl_pg_put_key(&b, 4711, SL_SPAN("kkkk"));
    SL_CHECK_INT(sl_pg_key_get(only_body(&b, 'K', false), &k), SL_OK);
    SL_CHECK_INT(k.pid, 4711);
    SL_CHECK_TEXT(k.secret, "kkkk");
    SL_CHECK_INT(sl_pg_key_get(SL_SPAN("\0\0\0\1abc"), &k), SL_EMALFORMED);

    sl_buf_reset(&b);
    sl_pg_put_status(&b, SL_SPAN("TimeZone"), SL_SPAN("UTC"));
    struct sl_span body = only_body(&b, 'S', false);
    SL_CHECK_INT(sl_pg_status_get(body, &s), SL_OK);
    SL_CHECK_TEXT(s.name, "TimeZone");
    SL_CHECK_TEXT(s.value, "UTC");
    CHECK_STRICT(sl_pg_status_get, struct sl_pg_status, body);

    sl_buf_reset(&b);
    sl_pg_put_ready(&b, SL_PG_IN_TRANSACTION);
    SL_CHECK_BYTES(sl_buf_span(&b), SL_SPAN("Z\0\0\0\5T"));
    SL_CHECK_INT(sl_pg_ready_get(SL_SPAN("E"), &ready), SL_OK);
    SL_CHECK_INT(ready, SL_PG_FAILED);
    for (unsigned letter = 0; letter < 256; letter++) {
        uint8_t byte = (uint8_t)letter;
        bool legal = byte == 'I' || byte == 'T' || byte == 'E';
        SL_CHECK((sl_pg_ready_get(sl_span(&byte, 1), &ready) == SL_OK) == legal);
    }
    SL_CHECK_INT(sl_pg_ready_get(SL_SPAN("II"), &ready), SL_EMALFORMED);
}

static void test_notice(void)
{
    const struct sl_pg_notice sent = {.sqlstate = SL_SPAN("42501"),
                                      .message = SL_SPAN("denied"),
                                      .detail = SL_SPAN("rule x"),
                                      .hint = SL_SPAN("ask")};
    SL_BUF(b, ROOM);
    struct sl_pg_notice n = {0};

    sl_pg_put_error(&b, &sent);
    SL_CHECK_BYTES(sl_buf_span(&b),
                   SL_SPAN("E\0\0\0\x2fSERROR\0VERROR\0C42501\0Mdenied\0Drule x\0Hask\0\0"));
    struct sl_span body = only_body(&b, 'E', false);
    SL_CHECK_INT(sl_pg_notice_get(body, &n), SL_OK);
    SL_CHECK_TEXT(n.severity, "ERROR");
    SL_CHECK_TEXT(n.sqlstate, "42501");
    SL_CHECK_TEXT(n.hint, "ask");
    CHECK_STRICT(sl_pg_notice_get, struct sl_pg_notice, body);
    sl_buf_reset(&b);
    sl_pg_put_notice(&b, &sent);
    SL_CHECK_INT(sl_pg_notice_get(only_body(&b, 'N', false), &n), SL_OK);
    SL_CHECK_TEXT(n.severity, "NOTICE");
}

static void test_notice_fields(void)
{
    struct sl_pg_notice n = {0};

    SL_CHECK_INT(sl_pg_notice_get(SL_SPAN("SFEHLER\0VERROR\0C22012\0Mx\0Fq.c\0L1\0P7\0\0"), &n),
                 SL_OK);
    SL_CHECK_TEXT(n.severity, "ERROR");
    SL_CHECK_TEXT(n.position, "7");
    SL_CHECK_INT(sl_pg_notice_get(SL_SPAN("SFEHLER\0C22012\0\0"), &n), SL_OK);
    SL_CHECK_TEXT(n.severity, "FEHLER");
    SL_CHECK_INT(sl_pg_notice_get(SL_SPAN("C22012\0C22012\0\0"), &n), SL_EMALFORMED);
    SL_CHECK_INT(sl_pg_notice_get(SL_SPAN("C22012\0M\0M\0\0"), &n), SL_EMALFORMED);
    SL_CHECK_INT(sl_pg_notice_get(SL_SPAN("C2201\0\0"), &n), SL_EMALFORMED);
    SL_CHECK_INT(sl_pg_notice_get(SL_SPAN("Mx\0\0"), &n), SL_EMALFORMED);
    SL_CHECK_INT(sl_pg_notice_get(SL_SPAN("\0"), &n), SL_EMALFORMED);
}

static void test_columns(void)
{
    static const struct sl_span names[] = {SL_SPAN("a"), SL_SPAN("")};
    SL_BUF(b, ROOM);
    struct sl_pg_columns columns = {0};
    struct sl_pg_column c = {0};

    sl_pg_put_columns(&b, names, 2);
    struct sl_span body = only_body(&b, 'T', false);
    SL_CHECK_INT(sl_pg_columns_get(body, &columns), SL_OK);
    SL_CHECK(sl_pg_columns_next(&columns, &c));
    SL_CHECK_TEXT(c.name, "a");
    SL_CHECK_INT(c.type_oid, 25);
    SL_CHECK_INT(c.type_bytes, -1);
    SL_CHECK_INT(c.type_modifier, -1);
    SL_CHECK(sl_pg_columns_next(&columns, &c) && !sl_pg_columns_next(&columns, &c));
    CHECK_STRICT(sl_pg_columns_get, struct sl_pg_columns, body);

    SL_CHECK_INT(sl_pg_columns_get(
                     SL_SPAN("\0\1id\0\0\0\x40\1\0\3\0\0\0\x17\0\4\377\377\377\377\0\1"), &columns),
                 SL_OK);
    SL_CHECK(sl_pg_columns_next(&columns, &c));
    SL_CHECK_INT(c.table_oid, 16385);
    SL_CHECK_INT(c.number, 3);
    SL_CHECK_INT(c.type_oid, 23);
    SL_CHECK_INT(c.format, 1);
}

static void test_row(void)
{
    static const struct sl_span values[] = {SL_SPAN("one"), {NULL, 0}, SL_SPAN("")};
    SL_BUF(b, ROOM);
    struct sl_pg_values row = {0};
    struct sl_pg_value v;

    sl_pg_put_row(&b, values, 3);
    struct sl_span body = only_body(&b, 'D', false);
    SL_CHECK_INT(sl_pg_row_get(body, &row), SL_OK);
    SL_CHECK(sl_pg_values_next(&row, &v) && !v.null);
    SL_CHECK_TEXT(v.bytes, "one");
    SL_CHECK(sl_pg_values_next(&row, &v) && v.null);
    SL_CHECK(sl_pg_values_next(&row, &v) && !v.null && v.bytes.n == 0);
    SL_CHECK(!sl_pg_values_next(&row, &v));
    CHECK_STRICT(sl_pg_row_get, struct sl_pg_values, body);
}

static void test_tag(void)
{
    static const struct {
        const char *tag, *command;
        bool has_rows;
        uint64_t rows;
    } cases[] = {
        {"SELECT 3", "SELECT", true, 3},
        {"INSERT 0 5", "INSERT", true, 5},
        {"UPDATE 0", "UPDATE", true, 0},
        {"CREATE TABLE", "CREATE TABLE", false, 0},
        {"BEGIN", "BEGIN", false, 0},
        {"COPY 18446744073709551615", "COPY", true, UINT64_MAX},
        {"", "", false, 0},
        {"7", "7", false, 0},
        {"SELECT ", "SELECT ", false, 0},
        {"FETCH 99999999999999999999", "FETCH 99999999999999999999", false, 0},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(b, ROOM);
        struct sl_pg_tag t = {0};
        sl_pg_put_tag(&b, cases[i].tag);
        SL_CHECK_INT(sl_pg_tag_get(only_body(&b, 'C', false), &t), SL_OK);
        SL_CHECK_TEXT(t.text, cases[i].tag);
        SL_CHECK_TEXT(t.command, cases[i].command);
        SL_CHECK_INT(t.has_rows, cases[i].has_rows);
        SL_CHECK(!t.has_rows || t.rows == cases[i].rows);
    }
}

static void test_copy_types_notification(void)
{
    struct sl_pg_copy copy = {0};
    struct sl_pg_types types = {0};
    struct sl_pg_notification n = {0};

    SL_CHECK_INT(sl_pg_copy_get(SL_SPAN("\1\0\2\0\1\0\1"), &copy), SL_OK);
    SL_CHECK(copy.binary && copy.column_count == 2);
    CHECK_STRICT(sl_pg_copy_get, struct sl_pg_copy, SL_SPAN("\0\0\2\0\0\0\0"));
    SL_CHECK_INT(sl_pg_copy_get(SL_SPAN("\2\0\0"), &copy), SL_EMALFORMED);

    SL_CHECK_INT(sl_pg_types_get(SL_SPAN("\0\1\0\0\0\x17"), &types), SL_OK);
    SL_CHECK_INT(sl_pg_types_at(&types, 0), 23);
    SL_CHECK_INT(sl_pg_types_at(&types, 1), 0);
    CHECK_STRICT(sl_pg_types_get, struct sl_pg_types, SL_SPAN("\0\1\0\0\0\x17"));

    SL_CHECK_INT(sl_pg_notification_get(SL_SPAN("\0\0\0\7ch\0pay\0"), &n), SL_OK);
    SL_CHECK_INT(n.pid, 7);
    SL_CHECK_TEXT(n.channel, "ch");
    SL_CHECK_TEXT(n.payload, "pay");
    CHECK_STRICT(sl_pg_notification_get, struct sl_pg_notification, SL_SPAN("\0\0\0\7ch\0pay\0"));
}

int main(void)
{
    SL_RUN(test_authentication);
    SL_RUN(test_authentication_refused);
    SL_RUN(test_key_status_ready);
    SL_RUN(test_notice);
    SL_RUN(test_notice_fields);
    SL_RUN(test_columns);
    SL_RUN(test_row);
    SL_RUN(test_tag);
    SL_RUN(test_copy_types_notification);
    return sl_tap_done();
}
