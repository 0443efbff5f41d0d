/* Coming to a target, and asking over HTTP, with an issuer's token. */
#ifndef SL_TESTS_TOKEN_PLAY_H
#define SL_TESTS_TOKEN_PLAY_H

#include "tests/unit/issuer_play.h"

static uint64_t conn = 100;

static struct sl_msg_login_ok welcome;

/* The session; 0: refused, with `why`. Other tests leave sessions and questions behind. */
static inline uint64_t login(const char *user, const char *with, char why[512])
{
    struct sl_msg_login_refused no;
    static char address[32];
    SL_BUF(from, 32);
    unsigned got;

    sl_buf_say(&from, "10.2.%u.%u", (unsigned)(conn / 200), (unsigned)(conn % 200));
    memset(address, 0, sizeof address);
    memcpy(address, sl_buf_text(&from), from.n);
    TELL(play.gate, login_token, .conn = ++conn, .target = SL_SPAN("finance"),
         .user = sl_span_str(user), .address = sl_span_str(address), .tls = 1,
         .token = sl_span_str(with));
    do
        got = hear_within(play.gate, PATIENCE_MS);
    while (got != 0 && got != SL_MESSAGE_LOGIN_OK && got != SL_MESSAGE_LOGIN_REFUSED);
    memset(why, 0, 512);
    if (got == SL_MESSAGE_LOGIN_OK && HEARD(login_ok, &welcome))
        return welcome.session;
    if (SL_CHECK_INT(got, SL_MESSAGE_LOGIN_REFUSED) && HEARD(login_refused, &no))
        memcpy(why, no.text.p, no.text.n < 511 ? no.text.n : 511);
    return 0;
}

static inline void check_refused(const char *user, const char *with, const char *text)
{
    char why[512];

    SL_CHECK_INT(login(user, with, why), 0);
    if (!SL_CHECK(strstr(why, text) != NULL))
        printf("#   '%s' and not '%s'\n", why, text);
}

static inline bool list_has(struct sl_ipc_list list, const char *name)
{
    struct sl_span item;
    size_t at = 0;

    while (sl_ipc_list_next(&list, &at, &item))
        if (sl_span_is(item, name))
            return true;
    return false;
}

static inline bool has_requester(const char *name)
{
    return list_has(welcome.requester, name);
}

/* Asks over HTTP with the token; the number of people that the rule then needs. */
static inline uint32_t ask(const char *with, const char *what)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body,
               "{'target':'finance','operation':{'do':'%s'},'effects':['ddl'],'statements':['alter "
               "table']}",
               what);
    return call_as(play.desk, "approval.create", with, sl_buf_text(&body));
}

static inline json_int_t needed(void)
{
    const json_t *rules = json_object_get(play.reply, "requirements");

    return json_integer_value(json_object_get(json_array_get(rules, 0), "need"));
}

static inline void add(const char *body)
{
    SL_CHECK_INT(call_as(play.control, "identity.add", "", body), 200);
}

static inline void add_reviewer(const char *name)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'%s','kind':'human','groups':['dba']}", name);
    add(sl_buf_text(&body));
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'code':'%s'}", said("code"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 201);
}

#endif
