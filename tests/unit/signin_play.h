/* An identity provider, people and programs who sign in with it, and what they are answered. */
#ifndef SL_TESTS_SIGNIN_PLAY_H
#define SL_TESTS_SIGNIN_PLAY_H

#define KEEPER_PLAY_RULES                   \
    "issuers:\n"                            \
    "  - name: corp\n"                      \
    "    issuer: https://idp.example\n"     \
    "    client_id: sluice\n"               \
    "    client_secret_file: corp.secret\n" \
    "    algorithms: [ES256]\n"             \
    "    audiences: [sluice-api]\n"         \
    "    token_type: jwt\n"                 \
    "    groups_claim: groups\n"            \
    "    groups: [{theirs: DBAs, ours: dba}, {theirs: Robots, ours: agents}]\n"

#include "tests/unit/issuer_play.h"

static char flow[128], state[128], nonce[128], challenge[128], session[128];

/* Guesses make the next attempt wait. */
static inline void from_elsewhere(void)
{
    static char address[32];
    static unsigned next = 1;
    SL_BUF(text, sizeof address);

    sl_buf_say(&text, "10.1.%u.%u", next / 200, next % 200);
    next++;
    memset(address, 0, sizeof address);
    memcpy(address, sl_buf_text(&text), text.n);
    play.address = address;
}

static uint64_t conn = 100;

static inline void send_login(const char *user, const char *with)
{
    TELL(play.gate, login_token, .conn = ++conn, .target = SL_SPAN("finance"),
         .user = sl_span_str(user), .address = sl_span_str(play.address), .tls = 1,
         .token = sl_span_str(with));
}

/* The session, 0 when it was refused; `why` gets the text. */
static inline uint64_t login_answer(char why[512])
{
    struct sl_msg_login_ok ok;
    struct sl_msg_login_refused no;
    unsigned got;

    do /* of sessions that other tests left */
        got = hear_within(play.gate, PATIENCE_MS);
    while (got == SL_MESSAGE_SESSION_END);
    keep(why, 512, "");
    if (got == SL_MESSAGE_LOGIN_OK && HEARD(login_ok, &ok))
        return ok.session;
    if (SL_CHECK_INT(got, SL_MESSAGE_LOGIN_REFUSED) && HEARD(login_refused, &no)) {
        memset(why, 0, 512);
        memcpy(why, no.text.p, no.text.n < 511 ? no.text.n : 511);
    }
    return 0;
}

static inline uint64_t login(const char *user, const char *with, char why[512])
{
    send_login(user, with);
    return login_answer(why);
}

static inline void check_refused(const char *user, const char *with, const char *text)
{
    char why[512];

    from_elsewhere();
    SL_CHECK_INT(login(user, with, why), 0);
    if (!SL_CHECK(strstr(why, text) != NULL))
        printf("#   '%s' and not '%s'\n", why, text);
}

static inline uint32_t account(const char *method, const char *name, const char *subject)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'name':'%s','issuer':'corp','subject':'%s'}", name, subject);
    return call_as(play.control, method, "", sl_buf_text(&body));
}

/* The value of a parameter of the address that the browser is sent to. */
static inline void parameter(const char *url, const char *name, char out[128])
{
    SL_BUF(mark, 64);

    sl_buf_say(&mark, "%s=", name);
    const char *at = strstr(url, sl_buf_text(&mark));
    keep(out, 128, at == NULL ? "" : at + mark.n);
    out[strcspn(out, "&")] = '\0';
}

static inline void begin(void)
{
    from_elsewhere();
    SL_CHECK_INT(call_as(play.desk, "signin.begin", "", "{'issuer':'corp','return':'/console'}"),
                 201);
    keep(flow, sizeof flow, said("flow"));
    parameter(said("redirect"), "state", state);
    parameter(said("redirect"), "nonce", nonce);
    parameter(said("redirect"), "code_challenge", challenge);
}

static inline void send_call(const char *method, const char *body)
{
    SL_BUF(text, 64 * 1024);

    put_quoted(&text, body);
    TELL(play.desk, call, .call = ++play.call, .method = sl_span_str(method),
         .address = sl_span_str(play.address), .body = sl_buf_span(&text));
}

static inline uint32_t reply_of(uint64_t call)
{
    struct sl_msg_reply m = {0};

    json_decref(play.reply);
    play.reply = NULL;
    if (!SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) || !HEARD(reply, &m) ||
        !SL_CHECK_INT(m.call, call))
        return 0;
    SL_CHECK_INT(sl_json_read(m.body, &play.reply, NULL), SL_OK);
    return m.status;
}

static inline uint64_t send_finish(const char *with_flow, const char *query)
{
    SL_BUF(body, 4096);

    sl_buf_say(&body, "{'flow':'%s','query':'%s'}", with_flow, query);
    send_call("signin.finish", sl_buf_text(&body));
    return play.call;
}

static inline const char *query_of(const char *with_state, const char *more)
{
    static char text[1024];
    SL_BUF(made, sizeof text);

    sl_buf_say(&made, "state=%s%s", with_state, more);
    keep(text, sizeof text, sl_buf_text(&made));
    return text;
}

#define CODE_HERE "&code=c-1&iss=https%3A%2F%2Fidp.example"

/* What the token endpoint says of a person, as an ID token for us. */
static inline void tell_id_token(const char *subject, const char *more)
{
    SL_BUF(claims, 2048);
    SL_BUF(body, 16 * 1024);

    sl_buf_say(&claims, ",'nonce':'%s'%s", nonce, more);
    sl_buf_say(&body,
               "{'access_token':'at','token_type':'Bearer','expires_in':300,'id_token':'%s'}",
               token_at(subject, "sluice", now_s(), sl_buf_text(&claims)));
    tell(200, sl_buf_text(&body));
}

/* A refusal before the provider is asked anything. */
static inline void check_finish_refused(const char *with_flow, const char *query,
                                        const char *reason)
{
    uint64_t call = send_finish(with_flow, query);

    SL_CHECK_INT(reply_of(call), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), reason);
    SL_CHECK(!asked_within(50));
}

static inline bool is_member(const char *credential, const char *group)
{
    size_t i;
    json_t *one;

    SL_CHECK_INT(call_as(play.desk, "whoami", credential, "{}"), 200);
    json_array_foreach(json_object_get(play.reply, "groups"), i,
                       one) if (strcmp(json_string_value(one), group) == 0) return true;
    return false;
}

static inline void make_people(void)
{
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'rita','kind':'human'}"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'olga','kind':'human'}"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'sam','kind':'human'}"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'agent','owner':'olga','groups':['agents']}"),
                 200);
}

#endif
