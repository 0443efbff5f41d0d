/* Signing in to the console, as the keeper sees it: codes that are good once, sessions that stand
 * for one deciding credential and end with it. The first argument is the program. */
#define KEEPER_PLAY_RULES                                   \
    "  - name: pair\n"                                      \
    "    when: {effects: [delete]}\n"                       \
    "    then: hold\n"                                      \
    "    reviewers: {groups: [dba], need: 2}\n"             \
    "  - name: seen\n"                                      \
    "    when: {effects: [update]}\n"                       \
    "    then: hold\n"                                      \
    "    reviewers: {groups: [dba]}\n"                      \
    "    decide_in: [console, slack]\n"                     \
    "  - name: nowhere\n"                                   \
    "    when: {effects: [update], statements: [insert]}\n" \
    "    then: hold\n"                                      \
    "    reviewers: {groups: [dba]}\n"                      \
    "    decide_in: [cli]\n"                                \
    "break_glass: {groups: [dba], review_within: 1h}\n"
#include "tests/unit/keeper_play.h"

#include "base/encode.h"
#include "core/action/action.h"

static char rita[128], bot[128], session[128], session_id[32], credential_id[32], approval[37],
    digest[65];
static uint64_t gate_session;
static uint32_t effects = SL_EFFECT_DDL; /* of what is held */

static uint32_t with_code(const char *method, const char *code)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'code':'%s'}", code);
    return call_as(play.desk, method, "", sl_buf_text(&body));
}

static void make_people(void)
{
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'rita','kind':'human','groups':['dba']}"),
                 200);
    char code[128];
    keep(code, sizeof code, said("code"));
    SL_CHECK_INT(with_code("enroll", code), 201);
    keep(rita, sizeof rita, said("credential"));
    keep(credential_id, sizeof credential_id, said("id"));
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'olga','kind':'human'}"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'agent','owner':'olga','groups':['agents']}"),
                 200);
    SL_CHECK_INT(call_as(play.control, "token.create", "", "{'name':'bot','ttl':'1h'}"), 200);
    keep(bot, sizeof bot, said("token"));
}

static void get_code(char code[128])
{
    SL_CHECK_INT(call_as(play.desk, "session.code", rita, "{}"), 201);
    keep(code, 128, said("code"));
    SL_CHECK(strncmp(code, "slb_", 4) == 0 && strlen(code) == 47);
}

static void sign_in(void)
{
    char code[128];

    get_code(code);
    SL_CHECK_INT(with_code("session.open", code), 201);
    keep(session, sizeof session, said("secret"));
    keep(session_id, sizeof session_id, said("session"));
}

static void propose(const char *tag, uint32_t does, const char *sql)
{
    static uint64_t action = 1;
    SL_BUF(operation, 4096);
    SL_BUF(meaning, 4096);
    struct sl_meaning_statement statement = {sl_span_str(tag), does};
    struct sl_meaning m = {.effects = does, .statements = &statement, .statement_count = 1};

    sl_action_put_simple(&operation, sl_span_str(sql));
    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = gate_session, .action = action++, .generation = 1,
         .asked_us = sl_clock_us(), .operation = sl_buf_span(&operation),
         .meaning = sl_buf_span(&meaning), .context_user = SL_SPAN("app"));
}

/* What the bot asks for, held for rita. */
static void hold(const char *sql)
{
    SL_BUF(hex, 128);
    struct sl_msg_action_held held = {0};

    propose("drop", effects, sql);
    if (!SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)) || !HEARD(action_held, &held))
        return;
    memcpy(approval, held.approval.p, 36);
    sl_hex_put(&hex, held.digest);
    keep(digest, sizeof digest, sl_buf_text(&hex));
}

static uint32_t decide(const char *credential, const char *decision)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'id':'%s','decision':'%s','digest':'%s','reason':'looked at it'}", approval,
               decision, digest);
    play.channel = "console";
    uint32_t status = call_as(play.desk, "decision", credential, sl_buf_text(&body));
    play.channel = NULL;
    return status;
}

static void log_in_bot(void)
{
    struct sl_msg_login_ok ok = {0};
    static uint64_t conn = 100;

    TELL(play.gate, login_token, .conn = ++conn, .target = SL_SPAN("finance"),
         .user = SL_SPAN("bot"), .address = SL_SPAN("127.0.0.1"), .token = sl_span_str(bot));
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_LOGIN_OK)) && HEARD(login_ok, &ok))
        gate_session = ok.session;
}

/* --- tests ---------------------------------------------------------------------------------- */

static void test_a_code_is_good_once(void)
{
    char code[128], later[128];

    SL_CHECK_INT(with_code("session.open", "slb_guess"), 403);
    get_code(code);
    SL_CHECK_INT(with_code("session.open", code), 201);
    SL_CHECK_TEXT(sl_span_str(said("identity")), "rita");
    SL_CHECK(strncmp(said("secret"), "sls_", 4) == 0);
    SL_CHECK_INT(with_code("session.open", code), 403);
    get_code(code);
    get_code(later); /* the earlier one is void */
    SL_CHECK_INT(with_code("session.open", code), 403);
    SL_CHECK_INT(with_code("session.open", later), 201);
}

static void test_who_gets_a_code(void)
{
    SL_CHECK_INT(call_as(play.desk, "session.code", bot, "{}"), 403);
    SL_CHECK_INT(call_as(play.desk, "session.code", "sld_guess", "{}"), 401);
    sign_in();
    SL_CHECK_INT(call_as(play.desk, "session.code", session, "{}"), 403); /* no chain of sessions */
    SL_CHECK_INT(call_as(play.control, "session.code", rita, "{}"), 404);
    SL_CHECK_INT(call_as(play.desk, "session.end", rita, "{}"), 409);
}

static void test_a_session_stands_for_its_credential(void)
{
    sign_in();
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 200);
    SL_CHECK_TEXT(sl_span_str(said("identity")), "rita");
    SL_CHECK_TEXT(sl_span_str(said("credential")), "deciding");
    SL_CHECK_TEXT(sl_span_str(said("session")), session_id);
    SL_CHECK_INT(call_as(play.desk, "session.touch", session, "{}"), 200);
    hold("drop table a");
    SL_CHECK_INT(decide(session, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    const json_t *vote = json_array_get(json_object_get(play.reply, "votes"), 0);
    SL_CHECK_TEXT(sl_span_str(json_string_value(json_object_get(vote, "channel"))), "console");
}

/* A rule says where it is decided: what a caller says of itself opens nothing, and nobody releases
 * it alone from elsewhere either. */
static void test_where_a_rule_is_decided(void)
{
    sign_in();
    effects = SL_EFFECT_UPDATE;
    hold("update seen");
    effects = SL_EFFECT_DDL;
    SL_CHECK_INT(decide(rita, "approve"), 403); /* says that it is a console, and has no session */
    SL_CHECK_TEXT(sl_span_str(said("reason")), "WRONG_CHANNEL");
    SL_CHECK_TEXT(sl_span_str(said("detail")),
                  "a decision that comes this way does not count for this rule; it is decided by: "
                  "console, slack");
    SL_CHECK_INT(decide(rita, "deny"), 403);
    SL_CHECK_INT(decide(rita, "break-glass"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "WRONG_CHANNEL");
    SL_BUF(body, 128);
    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", rita, sl_buf_text(&body)), 200);
    SL_CHECK(json_is_false(json_object_get(play.reply, "may_decide")));
    SL_CHECK_TEXT(sl_span_str(said("may_not_reason")), "WRONG_CHANNEL");
    SL_CHECK_TEXT(sl_span_str(said("reviewers")), "1 of rita");
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "decide_in")), 2);
    SL_CHECK_INT(call_as(play.desk, "approval.get", session, sl_buf_text(&body)), 200);
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_decide")));
    SL_CHECK_INT(decide(session, "approve"), 200); /* and at its release it still stands */
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(call_as(play.desk, "revoke", rita, sl_buf_text(&body)), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
}

/* Of several rules only what each allows counts; where nothing is left, nobody is asked in vain. */
static void test_rules_that_leave_no_channel(void)
{
    struct sl_msg_action_refused refused = {0};

    propose("insert", SL_EFFECT_UPDATE, "insert and update");
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)) && HEARD(action_refused, &refused))
        SL_CHECK_TEXT(refused.why, "its rules leave no channel in which it could be decided");
}

/* P4: the credential counts, and it is older than the question, however young the session is. */
static void test_P4_a_session_is_as_old_as_its_credential(void)
{
    hold("drop table b");
    sign_in();
    SL_CHECK_INT(decide(session, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
}

static void test_signing_out(void)
{
    sign_in();
    SL_CHECK_INT(call_as(play.desk, "session.end", session, "{}"), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 401);
    SL_CHECK_INT(call_as(play.desk, "whoami", rita, "{}"), 200);
}

static bool listed(const char *id, bool revoked)
{
    size_t i;
    json_t *one;

    SL_CHECK_INT(call_as(play.control, "token.list", "", "{'name':'rita'}"), 200);
    json_array_foreach(json_object_get(play.reply, "tokens"), i,
                       one) if (strcmp(json_string_value(json_object_get(one, "id")), id) ==
                                0) return strcmp(json_string_value(json_object_get(one, "kind")),
                                                 "session") == 0 &&
        json_is_true(json_object_get(one, "revoked")) == revoked;
    return false;
}

static void test_it_is_listed_and_revoked(void)
{
    SL_BUF(body, 128);

    sign_in();
    SL_CHECK(listed(session_id, false));
    sl_buf_say(&body, "{'id':'%s'}", session_id);
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", sl_buf_text(&body)), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 401);
    SL_CHECK_INT(call_as(play.desk, "whoami", rita, "{}"), 200);
    SL_CHECK(listed(session_id, true));
}

/* P4: what somebody else may have released alone, in their name, does not run. */
static void check_that_a_break_glass_is_over(void)
{
    SL_BUF(body, 128);

    sign_in();
    hold("drop table glass");
    SL_CHECK_INT(decide(session, "break-glass"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_NOTE)); /* whose word it is */
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    sl_buf_say(&body, "{'id':'%s'}", session_id);
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", sl_buf_text(&body)), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
}

/* P4: of a yes that another may have given in their name nothing stays, though others still have to
 * decide. */
static void test_P4_a_revoked_sessions_yes_is_over(void)
{
    SL_BUF(body, 128);
    char code[128], sam[128];

    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)); /* the grant of the session before */
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'sam','kind':'human','groups':['dba']}"),
                 200);
    keep(code, sizeof code, said("code"));
    SL_CHECK_INT(with_code("enroll", code), 201);
    keep(sam, sizeof sam, said("credential"));
    sign_in();
    effects = SL_EFFECT_DELETE;
    hold("delete from t");
    effects = SL_EFFECT_DDL;
    SL_CHECK_INT(decide(session, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    sl_buf_say(&body, "{'id':'%s'}", session_id);
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", sl_buf_text(&body)), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK(decide(sam, "approve") >= 400);
    check_that_a_break_glass_is_over();
}

static uint64_t open_sessions(void)
{
    uint64_t count = 0;

    SL_CHECK_INT(call_as(play.desk, "health", rita, "{}"), 200);
    SL_CHECK(sl_json_u64(json_object_get(play.reply, "status"), "console_sessions", &count));
    return count;
}

/* What is over is recorded as that, however many older ones are open. */
static void test_a_sweep_sees_them_all(void)
{
    enum { MANY = 1010, WITHIN_S = 30 };
    char code[128], sam_id[32];
    SL_BUF(body, 128);

    for (int i = 0; i < MANY; i++)
        sign_in();
    SL_CHECK_INT(call_as(play.control, "identity.invite", "", "{'name':'sam'}"), 200);
    keep(code, sizeof code, said("code"));
    SL_CHECK_INT(with_code("enroll", code), 201);
    char sam[128];
    keep(sam, sizeof sam, said("credential"));
    keep(sam_id, sizeof sam_id, said("id"));
    SL_CHECK_INT(call_as(play.desk, "session.code", sam, "{}"), 201);
    keep(code, sizeof code, said("code"));
    SL_CHECK_INT(with_code("session.open", code), 201);
    uint64_t all = open_sessions();
    SL_CHECK(all > MANY);
    sl_buf_say(&body, "{'id':'%s'}", sam_id);
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", sl_buf_text(&body)), 200);
    for (int i = 0; i < WITHIN_S * 2 && open_sessions() == all; i++)
        usleep(500000);
    SL_CHECK_INT(open_sessions(), all - 1);
}

static void test_P9_it_survives_the_keeper_and_a_code_does_not(void)
{
    char code[128];

    sign_in();
    get_code(code);
    kill_keeper();
    start_keeper();
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 200);
    SL_CHECK_INT(with_code("session.open", code), 403);
}

static void test_it_ends_with_its_credential(void)
{
    char code[128];
    SL_BUF(body, 128);

    sign_in();
    get_code(code);
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'name':'rita'}"), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 401);
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'name':'rita','off':true}"), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 401); /* that one is over for good */
    SL_CHECK_INT(with_code("session.open", code), 403);             /* and so is what waited */
    SL_CHECK(listed(session_id, true));
    sign_in();
    get_code(code);
    sl_buf_say(&body, "{'id':'%s'}", credential_id);
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", sl_buf_text(&body)), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 401);
    SL_CHECK_INT(with_code("session.open", code), 403);
    SL_CHECK(listed(session_id, true));
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    make_people();
    log_in_bot();
    SL_RUN(test_a_code_is_good_once);
    SL_RUN(test_who_gets_a_code);
    SL_RUN(test_a_session_stands_for_its_credential);
    SL_RUN(test_where_a_rule_is_decided);
    SL_RUN(test_rules_that_leave_no_channel);
    SL_RUN(test_P4_a_session_is_as_old_as_its_credential);
    SL_RUN(test_signing_out);
    SL_RUN(test_it_is_listed_and_revoked);
    SL_RUN(test_P4_a_revoked_sessions_yes_is_over);
    SL_RUN(test_P9_it_survives_the_keeper_and_a_code_does_not);
    SL_RUN(test_a_sweep_sees_them_all);
    SL_RUN(test_it_ends_with_its_credential);
    play_end();
    return sl_tap_done();
}
