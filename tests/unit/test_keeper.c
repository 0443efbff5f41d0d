/* sluice-keeper as its peers see it: signing in, holding, deciding, spending once. The first
 * argument is the program. */
#include "tests/unit/hold_play.h"

static struct sl_msg_action_refused refused;

static void test_people(void)
{
    char code[128];

    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'olga','kind':'human','groups':['engineers','dba']}"),
                 200);
    keep(code, 128, said("code"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", "{'code':'slc_wrong'}"), 403);
    char body[256] = "{'code':'";
    memcpy(body + 9, code, strlen(code));
    memcpy(body + 9 + strlen(code), "'}", 3);
    SL_CHECK_INT(call_as(play.desk, "enroll", "", body), 201);
    keep(olga, 128, said("credential"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", body), 403); /* once */
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'bot','kind':'agent'}"),
                 400); /* no owner */
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'robot','owner':'olga'}"),
                 400);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'b t','kind':'agent','owner':'olga'}"),
                 400);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'operator','kind':'human'}"),
                 400); /* who that is in the ledger would be in doubt */
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'agent','owner':'olga','groups':['agents','dba']}"),
                 200);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'agent','owner':'olga'}"),
                 409);
    SL_CHECK_INT(call_as(play.control, "token.create", "", "{'name':'bot','ttl':'1h'}"), 200);
    keep(token, 128, said("token"));
    SL_CHECK(strncmp(token, "slt_", 4) == 0 && strlen(token) == 47);
}

static void test_signing_in(void)
{
    struct sl_msg_login_refused no = {0};
    struct sl_msg_login_ok ok = {0};

    SL_CHECK_INT(login_token("bot", token, "10.0.0.1", false),
                 SL_MESSAGE_LOGIN_REFUSED); /* in clear */
    SL_CHECK_INT(login_token("bot", token, "10.0.0.1", true), SL_MESSAGE_LOGIN_OK);
    SL_CHECK_INT(login_token("olga", token, "127.0.0.1", true), SL_MESSAGE_LOGIN_REFUSED);
    SL_CHECK_INT(login_token("olga", olga, "127.0.0.1", true),
                 SL_MESSAGE_LOGIN_REFUSED); /* it decides, it does not ask */
    if (SL_CHECK_INT(login_token("bot", token, "127.0.0.1", false), SL_MESSAGE_LOGIN_OK) &&
        HEARD(login_ok, &ok)) {
        SL_CHECK_TEXT(ok.owner, "olga");
        SL_CHECK_TEXT(ok.upstream_user, "app");
        SL_CHECK_INT(ok.requester.count, 2);
        session = ok.session;
    }
    for (int i = 0; i < 6; i++)
        SL_CHECK_INT(login_token("mallory", "slt_guess", "10.9.9.9", true),
                     SL_MESSAGE_LOGIN_REFUSED);
    SL_CHECK_INT(login_token("mallory", "slt_guess", "10.9.9.9", true), SL_MESSAGE_LOGIN_REFUSED);
    HEARD(login_refused, &no);
    SL_CHECK_TEXT(no.sqlstate, "53300"); /* slowed down */
    SL_CHECK_INT(login_token("bot", token, "10.9.9.9", true),
                 SL_MESSAGE_LOGIN_OK); /* others are not */
    for (int i = 0; i < 60; i++)       /* of its own name, at its own address, beyond every burst */
        SL_CHECK_INT(login_token("bot", "slt_guess", "10.9.9.9", true), SL_MESSAGE_LOGIN_REFUSED);
    HEARD(login_refused, &no);
    SL_CHECK_TEXT(no.sqlstate, "53300");
    SL_CHECK_INT(login_token("bot", token, "10.9.9.9", true), SL_MESSAGE_LOGIN_OK);
}

static void refused_because(uint32_t effects, const char *reason, uint8_t in_tx, const char *part)
{
    propose_as(session, effects, "select 1", reason, in_tx);
    if (!SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)) || !HEARD(action_refused, &refused))
        return;
    if (!SL_CHECK(memmem(refused.why.p, refused.why.n, part, strlen(part)) != NULL))
        printf("#   %.*s\n", (int)refused.why.n, (const char *)refused.why.p);
}

static void test_refused_at_once(void)
{
    char code[128], body[256] = "{'code':'";

    refused_because(SL_EFFECT_DDL, "", 0, "too few people"); /* olga is the owner, bot an agent */
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'rita','kind':'human','groups':['dba']}"),
                 200);
    keep(code, 128, said("code"));
    refused_because(SL_EFFECT_DDL, "", 0, "too few people"); /* rita cannot decide yet */
    memcpy(body + 9, code, strlen(code));
    memcpy(body + 9 + strlen(code), "'}", 3);
    SL_CHECK_INT(call_as(play.desk, "enroll", "", body), 201);
    keep(rita, 128, said("credential"));
    refused_because(SL_EFFECT_PRIVILEGE, "", 0, "too few people");
    refused_because(SL_EFFECT_ADMIN, "", 0, "reason");
    refused_because(SL_EFFECT_PROGRAM, "", 0, "denied by rule: never");
    propose_as(session, SL_EFFECT_READ, "select 1", "", 0); /* allowed: the gate must judge again */
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_STALE));
}

static void test_P4_requester_set(void)
{
    hold(SL_EFFECT_DDL, "drop table a");
    SL_CHECK_TEXT(held.reviewers, "1 of rita"); /* who could, by name */
    SL_CHECK_INT(decide(olga, "approve"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_OWNER");
    SL_CHECK_INT(decide(token, "approve"), 403);
    SL_CHECK_INT(decide("sld_guess", "approve"), 401);
    SL_CHECK_INT(call_as(play.control, "decision", rita, "{}"),
                 404); /* not on the control socket */
    SL_CHECK_INT(decide(rita, "maybe"), 400);
    digest_hex[0] = digest_hex[0] == '0' ? '1' : '0';
    SL_CHECK_INT(decide(rita, "approve"), 409); /* not what was shown */
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "pending");
}

static void test_P2_spent_once(void)
{
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table b");
    uint8_t other[32] = {1};

    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "spent");
    action = hold_and_approve(SL_EFFECT_DDL, "drop table c");
    SL_CHECK_INT(spend(action, other), SL_MESSAGE_ACTION_REFUSED); /* P3: not what was approved */
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
}

static void test_P10_passwords_are_masked(void)
{
    hold(SL_EFFECT_DDL, "alter role app password 'geheim'");
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "pending");
    SL_CHECK_TEXT(sl_span_str(json_string_value(
                      json_object_get(json_object_get(play.reply, "operation"), "sql"))),
                  "alter role app password '***'");
    SL_CHECK_TEXT(sl_span_str(said("summary")), "alter role app password '***'");
}

static bool folder_has(const char *needle)
{
    SL_BUF(command, 512);

    sl_buf_say(&command, "grep -rqa '%s' %s/state", needle, play.folder);
    return system(sl_buf_text(&command)) == 0;
}

/* What was asked can be erased when it is over, and the approval says so. */
static void test_P10_erase(void)
{
    SL_BUF(body, 256);

    hold(SL_EFFECT_DDL, "drop table geheimnis");
    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "approval.erase", rita, sl_buf_text(&body)),
                 404); /* not for the desk */
    SL_CHECK_INT(call_as(play.control, "approval.erase", "", sl_buf_text(&body)), 409);
    SL_CHECK_INT(decide(rita, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_TEXT(sl_span_str(said("summary")), "drop table geheimnis");
    SL_CHECK_INT(call_as(play.control, "approval.erase", "", sl_buf_text(&body)), 200);
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "denied");
    SL_CHECK(json_is_true(json_object_get(play.reply, "erased")) &&
             json_object_get(play.reply, "operation") == NULL);
    hold(SL_EFFECT_DDL, "alter role app password 'unerasable'");
    SL_CHECK(folder_has("unerasable")); /* beside the log, and in the view */
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(decide(rita, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_INT(call_as(play.control, "approval.erase", "", sl_buf_text(&body)), 200);
    SL_CHECK(!folder_has("unerasable")); /* nowhere on the disk */
    kill_keeper();
    start_keeper();
    state_of(approval);
    SL_CHECK(json_is_true(json_object_get(play.reply, "erased")));
}

static void test_denied(void)
{
    hold(SL_EFFECT_DDL, "drop table d");
    SL_CHECK_INT(decide(rita, "deny"), 200);
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)) && HEARD(action_refused, &refused))
        SL_CHECK_TEXT(refused.who, "rita");
    SL_CHECK_INT(decide(rita, "approve"), 409);
}

/* What a caller says it is goes on record, if it is a word for callers; a console is a browser's
 * session, which this credential is not. */
static void test_channels(void)
{
    static const struct {
        const char *claimed, *recorded;
    } cases[] = {{"cli", "cli"},    {"console", "http"}, {"", "http"},
                 {"http", "http"},  {"control", "http"}, {"slack", "http"},
                 {"teams", "http"}, {"CLI", "http"},     {"cli ", "http"}};

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(sql, 64);

        sl_buf_say(&sql, "drop table channel_%u", (unsigned)i);
        hold(SL_EFFECT_DDL, sl_buf_text(&sql));
        play.channel = cases[i].claimed;
        SL_CHECK_INT(decide(rita, "deny"), 200);
        play.channel = NULL;
        SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
        const json_t *vote = json_array_get(json_object_get(play.reply, "votes"), 0);
        SL_CHECK_TEXT(sl_json_str(vote, "channel"), cases[i].recorded);
    }
}

static void test_joining(void)
{
    char first[37];
    uint64_t one = hold(SL_EFFECT_DDL, "drop table e"), two;

    memcpy(first, approval, 37);
    two = hold(SL_EFFECT_DDL, "drop table e");
    SL_CHECK(held.joined == 1 && strcmp(first, approval) == 0);
    TELL(play.gate, action_left, .action = one, .how = 0);
    SL_CHECK_INT(decide(rita, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(two, digest), SL_MESSAGE_ACTION_GO);
    one = hold(SL_EFFECT_DDL, "drop table e2"); /* two wait for one grant: the older gets it */
    hold(SL_EFFECT_DDL, "drop table e2");
    SL_CHECK_INT(decide(rita, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(one, digest), SL_MESSAGE_ACTION_GO);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_STALE)); /* the other asks anew */
    one = hold(SL_EFFECT_DDL, "drop table f");          /* the client gives up, the grant waits */
    TELL(play.gate, action_left, .action = one, .how = 0);
    SL_CHECK_INT(decide(rita, "approve"), 200);
    two = hold(SL_EFFECT_DDL, "drop table f");
    SL_CHECK(held.granted == 1);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(two, digest), SL_MESSAGE_ACTION_GO);
}

static void test_P5_silence_is_denial(void)
{
    hold(SL_EFFECT_TRUNCATE, "truncate a");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "expired");
    SL_CHECK_INT(decide(rita, "approve"), 409);
    uint64_t action = hold_and_approve(SL_EFFECT_IMPORT, "copy a from stdin");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)); /* nobody spent it in time */
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "lapsed");
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
}

static void test_cancel_and_revoke(void)
{
    SL_BUF(body, 256);
    uint64_t action = hold(SL_EFFECT_DDL, "drop table g");

    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "cancel", rita, sl_buf_text(&body)), 403);
    SL_CHECK_INT(call_as(play.desk, "cancel", token, sl_buf_text(&body)), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    action = hold_and_approve(SL_EFFECT_DDL, "drop table h");
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "revoke", rita, sl_buf_text(&body)), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    SL_RUN(test_people);
    SL_RUN(test_signing_in);
    SL_RUN(test_refused_at_once);
    SL_RUN(test_P4_requester_set);
    SL_RUN(test_P2_spent_once);
    SL_RUN(test_P10_passwords_are_masked);
    SL_RUN(test_P10_erase);
    SL_RUN(test_denied);
    SL_RUN(test_channels);
    SL_RUN(test_joining);
    SL_RUN(test_P5_silence_is_denial);
    SL_RUN(test_cancel_and_revoke);
    play_end();
    return sl_tap_done();
}
