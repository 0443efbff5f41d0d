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
    SL_RUN(test_bad_headers);
    return sl_tap_done();
}
