#include "ipc/messages.h"

#include "tests/unit/tap.h"

static void test_round_trip(void)
{
    SL_BUF(items, 1000);
    SL_BUF(b, 1000);
    struct sl_ipc_list groups = {0};
    struct sl_ipc_head head;
    struct sl_msg_login_ok got, sent = {.conn = 7, .session = 9, .identity = SL_SPAN("alice")};

    sl_ipc_list_add(&items, &groups, SL_SPAN("dba"));
    sl_ipc_list_add(&items, &groups, SL_SPAN(""));
    sent.groups = groups;
    sl_msg_login_ok_put(&b, &sent);
    SL_CHECK_INT(sl_ipc_head_get(sl_buf_span(&b), &head), SL_OK);
    SL_CHECK_INT(head.type, SL_MESSAGE_LOGIN_OK);
    SL_CHECK_INT(head.body_bytes, b.n - SL_IPC_HEADER);
    struct sl_span body = sl_span_from(sl_buf_span(&b), SL_IPC_HEADER);
    SL_CHECK_INT(sl_msg_login_ok_get(body, &got), SL_OK);
    SL_CHECK_TEXT(got.identity, "alice");
    SL_CHECK_INT(got.groups.count, 2);

    for (size_t cut = 0; cut < body.n; cut++)
        SL_CHECK_INT(sl_msg_login_ok_get(sl_span_head(body, cut), &got), SL_EMALFORMED);
}

static void test_the_table_decides(void)
{
    SL_CHECK_INT(sl_ipc_allowed(SL_MESSAGE_ACTION_GO, SL_ROLE_KEEPER, SL_CONN_OPEN), SL_OK);
    SL_CHECK_INT(sl_ipc_allowed(SL_MESSAGE_ACTION_GO, SL_ROLE_GATE, SL_CONN_OPEN), SL_EDENIED);
    SL_CHECK_INT(sl_ipc_allowed(SL_MESSAGE_CALL, SL_ROLE_GATE, SL_CONN_OPEN), SL_EDENIED);
    SL_CHECK_INT(sl_ipc_allowed(SL_MESSAGE_SETUP, SL_ROLE_SUPER, SL_CONN_OPEN), SL_ESTATE);
    SL_CHECK_INT(sl_ipc_allowed((enum sl_message)999, SL_ROLE_SUPER, SL_CONN_OPEN), SL_EMALFORMED);
}

/* Who holds a stream says what comes in; who asked for it opens and closes it. */
static void test_who_says_what_of_a_stream(void)
{
    static const struct {
        enum sl_message type;
        bool keeper, courier;
    } rows[] = {
        {SL_MESSAGE_STREAM_OPEN, true, false},   {SL_MESSAGE_STREAM_OPENED, false, true},
        {SL_MESSAGE_STREAM_TEXT, true, true},    {SL_MESSAGE_STREAM_CLOSE, true, false},
        {SL_MESSAGE_STREAM_CLOSED, false, true}, {SL_MESSAGE_FETCH, true, false},
        {SL_MESSAGE_FETCHED, false, true},
    };
    static const enum sl_role strangers[] = {SL_ROLE_SUPER, SL_ROLE_GATE, SL_ROLE_JUDGE,
                                             SL_ROLE_DESK, SL_ROLE_CONTROL};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_CHECK_INT(sl_ipc_allowed(rows[i].type, SL_ROLE_KEEPER, SL_CONN_OPEN),
                     rows[i].keeper ? SL_OK : SL_EDENIED);
        SL_CHECK_INT(sl_ipc_allowed(rows[i].type, SL_ROLE_COURIER, SL_CONN_OPEN),
                     rows[i].courier ? SL_OK : SL_EDENIED);
        for (size_t j = 0; j < SL_COUNT(strangers); j++)
            SL_CHECK_INT(sl_ipc_allowed(rows[i].type, strangers[j], SL_CONN_OPEN), SL_EDENIED);
    }
    SL_CHECK_INT(sl_ipc_allowed(SL_MESSAGE_STREAM_OPEN, SL_ROLE_KEEPER, SL_CONN_FRESH), SL_ESTATE);
}

static void test_a_text_is_utf8(void)
{
    SL_BUF(b, 100);
    struct sl_msg_stream_text got;

    sl_msg_stream_text_put(&b, &(struct sl_msg_stream_text){.stream = 1, .text = SL_SPAN("\xff")});
    SL_CHECK_INT(sl_msg_stream_text_get(sl_span_from(sl_buf_span(&b), SL_IPC_HEADER), &got),
                 SL_EMALFORMED);
}

static void test_bad_headers(void)
{
    struct sl_ipc_head head;

    SL_CHECK_INT(sl_ipc_head_get(sl_span("\x01\0\0\0\0\0\0", 7), &head), SL_EMALFORMED);
    SL_CHECK_INT(sl_ipc_head_get(sl_span("\x01\0\x01\0\0\0\0\0", 8), &head), SL_EMALFORMED);
    SL_CHECK_INT(sl_ipc_head_get(sl_span("\xff\xff\0\0\0\0\0\0", 8), &head), SL_EMALFORMED);
    SL_CHECK_INT(sl_ipc_head_get(sl_span("\x01\0\0\0\xff\xff\xff\xff", 8), &head), SL_ELIMIT);
}

int main(void)
{
    SL_RUN(test_round_trip);
    SL_RUN(test_the_table_decides);
    SL_RUN(test_who_says_what_of_a_stream);
    SL_RUN(test_a_text_is_utf8);
    SL_RUN(test_bad_headers);
    return sl_tap_done();
}
