/* Whoever is away, and who decides in their place meanwhile. The first argument is the program. */
#define KEEPER_PLAY_RULES                        \
    "  - name: pair\n"                           \
    "    when: {effects: [update]}\n"            \
    "    then: hold\n"                           \
    "    reviewers: {groups: [pair], need: 2}\n" \
    "  - name: one\n"                            \
    "    when: {effects: [insert]}\n"            \
    "    then: hold\n"                           \
    "    reviewers: {groups: [ones]}\n"          \
    "    expires: 10m\n"                         \
    "break_glass: {groups: [ones]}\n"
#include "tests/unit/hold_play.h"

#include <unistd.h>

static char bob[128], carol[128], dave[128], fred[128];

static uint32_t away(const char *credential, const char *until, const char *stand_in)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'until':'%s'%s%s%s}", until, stand_in[0] == '\0' ? "" : ",'stand_in':'",
               stand_in, stand_in[0] == '\0' ? "" : "'");
    return call_as(play.desk, "me.away", credential, sl_buf_text(&body));
}

static uint32_t back(const char *credential)
{
    return call_as(play.desk, "me.back", credential, "{}");
}

static uint32_t get(const char *credential)
{
    SL_BUF(body, 128);

    sl_buf_say(&body, "{'id':'%s'}", approval);
    return call_as(play.desk, "approval.get", credential, sl_buf_text(&body));
}

static void refused(const char *credential, const char *reason)
{
    SL_CHECK_INT(get(credential), 200);
    SL_CHECK_TEXT(sl_span_str(said("may_not_reason")), reason);
    SL_CHECK(decide(credential, "approve") >= 400);
    SL_CHECK_TEXT(sl_span_str(said("reason")), reason);
}

static void deny(const char *credential)
{
    SL_CHECK_INT(decide(credential, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
}

static void group(const char *name, const char *of, bool member)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'%s','group':'%s','member':%s}", name, of,
               member ? "true" : "false");
    SL_CHECK_INT(call_as(play.control, "identity.group", "", sl_buf_text(&body)), 200);
}

static void test_what_is_no_absence(void)
{
    SL_CHECK_INT(away(token, "7d", ""), 403); /* with a credential that decides alone */
    SL_CHECK_INT(away(carol, "yesterday", ""), 400);
    SL_CHECK_INT(away(carol, "2020-01-01", ""), 400);
    SL_CHECK_INT(away(carol, "9999d", ""), 400);
    SL_CHECK_INT(call_as(play.desk, "me.away", carol, "{'until':'1h','from':'2h'}"), 400);
    SL_CHECK_INT(away(carol, "7d", "carol"), 409);
    SL_CHECK_INT(away(carol, "7d", "bot"), 409);
    SL_CHECK_INT(away(carol, "7d", "nobody"), 409);
    SL_CHECK_INT(back(carol), 409);
    SL_CHECK_INT(call_as(play.control, "me.away", "", "{'until':'7d'}"), 404);
}

/* Not named, and not waited for, while who stands in for them is; what they say counts all the
 * same. */
static void test_who_is_named(void)
{
    SL_CHECK_INT(away(carol, "7d", "bob"), 200);
    SL_CHECK_TEXT(sl_json_str(json_object_get(play.reply, "away"), "stand_in"), "bob");
    SL_CHECK_INT(call_as(play.desk, "whoami", bob, "{}"), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "stands_in_for")), 1);
    hold(SL_EFFECT_UPDATE, "update a");
    SL_CHECK_INT(get(bob), 200);
    SL_CHECK_TEXT(sl_span_str(said("reviewers")), "2 of bob (standing in for carol), dave");
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_decide")));
    SL_CHECK_INT(get(carol), 200);
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_decide")));
    SL_CHECK_INT(get(fred), 404);
    deny(carol);
}

static void test_P4_the_right_of_one_fills_one_place(void)
{
    uint64_t action = hold(SL_EFFECT_UPDATE, "update b");

    SL_CHECK_INT(decide(bob, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    refused(bob, "VOTED_ALREADY");
    refused(carol, "RIGHT_USED");
    SL_CHECK_INT(decide(dave, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    hold(SL_EFFECT_UPDATE, "update c");
    SL_CHECK_INT(decide(carol, "approve"), 200);
    refused(bob, "RIGHT_USED");
    deny(dave);
}

/* Two who are away and one stand-in: one person, one yes. */
static void test_P4_two_away_one_stand_in(void)
{
    SL_CHECK_INT(away(dave, "7d", "bob"), 200);
    propose_as(session, SL_EFFECT_UPDATE, "update d", "why", 0);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)); /* nobody else is there */
    SL_CHECK_INT(away(dave, "1m", "bob"), 200); /* back before it expires: a reason to wait */
    hold(SL_EFFECT_UPDATE, "update e");
    SL_CHECK_INT(decide(bob, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    refused(bob, "VOTED_ALREADY");
    deny(dave); /* whose right has not been used */
    SL_CHECK_INT(back(dave), 200);
}

/* The hostile owner who goes away and names a friend: what they may not decide, nobody does for
 * them. */
static void test_P4_the_owner_names_a_friend(void)
{
    SL_CHECK_INT(away(olga, "7d", "fred"), 200);
    hold(SL_EFFECT_INSERT, "insert a");
    SL_CHECK_INT(get(fred), 404); /* it shows them nothing either */
    SL_CHECK_INT(decide(fred, "approve"), 404);
    SL_CHECK_INT(get(carol), 200);
    SL_CHECK(strstr(said("reviewers"), "fred") == NULL);
    deny(carol);
    SL_CHECK_INT(back(olga), 200);
}

static void test_P4_named_after_the_ask(void)
{
    hold(SL_EFFECT_INSERT, "insert b");
    SL_CHECK_INT(away(carol, "7d", "fred"), 200); /* bob's time is over with it */
    SL_CHECK_INT(decide(fred, "approve"), 404);
    SL_CHECK_INT(decide(bob, "approve"), 404);
    deny(carol);
    hold(SL_EFFECT_INSERT, "insert c");
    SL_CHECK_INT(decide(fred, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(away(carol, "8d", "bob"), 200); /* before it ran */
    SL_CHECK_INT(spend(next_action - 1, digest), SL_MESSAGE_ACTION_REFUSED);
}

static void test_P4_over_between_ask_and_decision(void)
{
    SL_CHECK_INT(away(carol, "5s", "bob"), 200);
    hold(SL_EFFECT_INSERT, "insert d");
    SL_CHECK_INT(get(bob), 200);
    usleep(5100000);
    SL_CHECK_INT(decide(bob, "approve"), 404);
    deny(carol);
}

/* What was given in time stays given when the time is over; not where the absence is ended. */
static void test_P4_between_decision_and_release(void)
{
    SL_CHECK_INT(away(carol, "5s", "bob"), 200);
    hold(SL_EFFECT_INSERT, "insert e");
    SL_CHECK_INT(decide(bob, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    usleep(5100000);
    SL_CHECK_INT(spend(next_action - 1, digest), SL_MESSAGE_ACTION_GO);
    SL_CHECK_INT(away(carol, "7d", "bob"), 200);
    hold(SL_EFFECT_INSERT, "insert f");
    SL_CHECK_INT(decide(bob, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    group("carol", "ones", false); /* the right that was lent is gone */
    SL_CHECK_INT(spend(next_action - 1, digest), SL_MESSAGE_ACTION_REFUSED);
    group("carol", "ones", true);
}

static void test_P4_back_before_the_decision(void)
{
    hold(SL_EFFECT_UPDATE, "update g");
    SL_CHECK_INT(decide(bob, "approve"), 200);
    SL_CHECK_INT(back(carol), 200);
    SL_CHECK_INT(get(carol), 200); /* the yes in her place lapsed: hers is free */
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_decide")));
    SL_CHECK_INT(get(bob), 200); /* who has voted on it still sees it */
    refused(bob, "NOT_REVIEWER");
    SL_CHECK_INT(decide(carol, "approve"), 200);
    deny(dave);
}

/* Of a stand-in's stand-in nobody knows anything. */
static void test_P4_no_chain(void)
{
    SL_CHECK_INT(away(carol, "7d", "bob"), 200);
    SL_CHECK_INT(away(bob, "7d", "fred"), 200);
    propose_as(session, SL_EFFECT_INSERT, "insert h", "why", 0);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_INT(away(bob, "1m", "fred"), 200);
    hold(SL_EFFECT_INSERT, "insert h");
    SL_CHECK_INT(get(bob), 200);
    SL_CHECK_TEXT(sl_span_str(said("reviewers")), "1 of ones"); /* nobody to name */
    SL_CHECK_INT(decide(fred, "approve"), 404);
    deny(bob); /* who is away may, and in her place, too */
    SL_CHECK_INT(back(bob), 200);
}

static void test_P4_no_glass(void)
{
    SL_CHECK_INT(away(carol, "7d", "bob"), 200);
    hold(SL_EFFECT_INSERT, "insert p");
    SL_CHECK_INT(get(bob), 200);
    SL_CHECK(!json_is_true(json_object_get(play.reply, "may_break_glass")));
    SL_CHECK_INT(decide(bob, "break-glass"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "NOT_REVIEWER");
    deny(bob);
}

/* Whoever it is that nobody knows might be whoever is away. */
static void test_P4_not_where_somebody_is_not_known(void)
{
    SL_CHECK_INT(away(carol, "1m", "bob"), 200); /* who is back in time, so there is somebody */
    for (int known = 0; known < 2; known++) {
        SL_BUF(body, 256);

        sl_buf_say(&body,
                   "{'target':'finance','operation':{'do':'x'},'effects':['insert'],'reason':'%d',"
                   "'triggered_by':'%s'}",
                   known, known ? "fred" : "ghost");
        SL_CHECK_INT(call_as(play.desk, "approval.create", token, sl_buf_text(&body)), 201);
        keep(approval, sizeof approval, said("id"));
        keep(digest_hex, sizeof digest_hex, said("digest"));
        SL_CHECK_INT(get(bob), known ? 200 : 404);
        SL_CHECK_INT(decide(known ? bob : carol, "deny"), 200);
    }
}

static void test_one_stands_in_for_eight_at_most(void)
{
    for (int i = 0; i < 8; i++) {
        char name[8] = "many0", credential[128];

        name[4] = (char)('0' + i);
        add_human(name, "'pair'", credential);
        SL_CHECK_INT(away(credential, "7d", "fred"), 200);
        SL_CHECK_INT(away(credential, "8d", "fred"), 200); /* the same one */
    }
    SL_CHECK_INT(away(olga, "7d", "fred"), 409);
}

/* P9: what was said and given is there after a crash. */
static void test_P9_it_survives_the_keeper(void)
{
    hold(SL_EFFECT_UPDATE, "update i");
    SL_CHECK_INT(decide(bob, "approve"), 200);
    kill_keeper();
    start_keeper();
    SL_CHECK_INT(get(bob), 200);
    const json_t *vote = json_array_get(json_object_get(play.reply, "votes"), 0);
    SL_CHECK_TEXT(sl_json_str(vote, "in_place"), "carol");
    refused(carol, "RIGHT_USED");
    SL_CHECK_INT(decide(dave, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
}

/* What ends it beside time and `sluice back`: either is switched off, or what it was said with. */
static void test_what_else_ends_it(void)
{
    open_session();
    hold(SL_EFFECT_UPDATE, "update j");
    SL_CHECK_INT(decide(bob, "approve"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'name':'carol'}"), 200);
    SL_CHECK_INT(get(dave), 200);
    SL_CHECK_TEXT(sl_json_str(json_array_get(json_object_get(play.reply, "votes"), 0), "decision"),
                  "lapsed");
    SL_CHECK_TEXT(sl_span_str(said("reviewers")), "2 of dave");
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", "{'name':'dave'}"), 200);
    SL_CHECK_INT(decide(dave, "approve"), 401);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    add_people();
    add_human("carol", "'pair','ones'", carol);
    add_human("dave", "'pair'", dave);
    add_human("bob", "'engineers'", bob);
    add_human("fred", "'engineers'", fred);
    group("olga", "ones", true);
    SL_RUN(test_what_is_no_absence);
    SL_RUN(test_who_is_named);
    SL_RUN(test_P4_the_right_of_one_fills_one_place);
    SL_RUN(test_P4_two_away_one_stand_in);
    SL_RUN(test_P4_the_owner_names_a_friend);
    SL_RUN(test_P4_named_after_the_ask);
    SL_RUN(test_P4_over_between_ask_and_decision);
    SL_RUN(test_P4_between_decision_and_release);
    SL_RUN(test_P4_back_before_the_decision);
    SL_RUN(test_P4_no_chain);
    SL_RUN(test_P4_no_glass);
    SL_RUN(test_P4_not_where_somebody_is_not_known);
    SL_RUN(test_P9_it_survives_the_keeper);
    SL_RUN(test_what_else_ends_it);
    SL_RUN(test_one_stands_in_for_eight_at_most);
    play_end();
    return sl_tap_done();
}
