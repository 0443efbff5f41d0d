/* What nobody decides in time is escalated: once, and then others may decide too. The first
 * argument is the program. */
#define KEEPER_PLAY_RULES                                        \
    "  - name: slow\n"                                           \
    "    when: {effects: [update]}\n"                            \
    "    then: hold\n"                                           \
    "    reviewers: {groups: [dba], need: 2}\n"                  \
    "    escalate: {after: 4s, reviewers: {groups: [chiefs]}}\n" \
    "  - name: short\n"                                          \
    "    when: {effects: [insert]}\n"                            \
    "    then: hold\n"                                           \
    "    reviewers: {groups: [dba]}\n"                           \
    "    escalate: {after: 3s, reviewers: {groups: [chiefs]}}\n"
#include "tests/unit/hold_play.h"

#include <unistd.h>

static char cleo[128], late[128];

static uint32_t get(const char *credential)
{
    SL_BUF(body, 128);

    sl_buf_say(&body, "{'id':'%s'}", approval);
    return call_as(play.desk, "approval.get", credential, sl_buf_text(&body));
}

static bool has(const char *member)
{
    return json_object_get(play.reply, member) != NULL;
}

static bool is_escalated_within(unsigned ms)
{
    for (unsigned waited = 0; waited <= ms; waited += 100, usleep(100000)) {
        SL_CHECK_INT(get(rita), 200);
        if (has("escalated_at"))
            return true;
    }
    return false;
}

static bool still_pending(void)
{
    return strcmp(state_of(approval), "pending") == 0;
}

static void test_nobody_else_before_its_time(void)
{
    hold(SL_EFFECT_UPDATE, "update a");
    SL_CHECK_INT(get(rita), 200);
    SL_CHECK(has("escalates_at") && !has("escalated_at"));
    SL_CHECK_INT(get(cleo), 404); /* it is none of hers yet */
    SL_CHECK_INT(decide(cleo, "approve"), 404);
    SL_CHECK_INT(decide(cleo, "deny"), 404);
}

/* They fill the same two slots: one of the rule's own people and one of the others, or any two. */
static void test_others_may_decide_too(void)
{
    SL_CHECK_INT(call_as(play.control, "identity.group", "", /* after the question, before this */
                         "{'name':'novice','group':'chiefs','member':true}"),
                 200);
    if (!SL_CHECK(is_escalated_within(PATIENCE_MS)))
        return;
    SL_CHECK(!has("escalates_at") && still_pending()); /* never to "approved" */
    SL_CHECK_INT(decide(late, "approve"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "NEW_MEMBERSHIP");
    SL_CHECK_INT(decide(olga, "approve"), 403); /* the bot's owner, who is a chief as well */
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_OWNER");
    SL_CHECK_INT(get(cleo), 200);
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_decide")));
    SL_CHECK(strstr(said("reviewers"), "cleo") != NULL);
    SL_CHECK_INT(decide(cleo, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    SL_CHECK_INT(decide(cleo, "approve"), 409);
    SL_CHECK_INT(decide(rita, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(next_action - 1, digest), SL_MESSAGE_ACTION_GO); /* her yes stands */
}

/* P9: a keeper that starts again neither forgets it nor does it twice. */
static void test_P9_it_survives_the_keeper(void)
{
    char before[64];

    hold(SL_EFFECT_INSERT, "insert b");
    kill_keeper();
    sleep(4); /* its time passes while nothing runs */
    start_keeper();
    SL_CHECK(is_escalated_within(PATIENCE_MS));
    keep(before, sizeof before, said("escalated_at"));
    kill_keeper();
    start_keeper();
    usleep(400000);
    SL_CHECK_INT(get(cleo), 200);
    SL_CHECK_TEXT(sl_span_str(said("escalated_at")), before);
    SL_CHECK_INT(decide(cleo, "deny"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "denied");
}

static void test_what_is_decided_is_not_escalated(void)
{
    open_session();
    hold(SL_EFFECT_INSERT, "insert c");
    SL_CHECK_INT(decide(rita, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK(!is_escalated_within(3600));
    SL_CHECK(!has("escalates_at"));
    SL_CHECK_INT(get(cleo), 404);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    add_people();
    add_reviewer("otto", late);
    add_human("novice", "'engineers'", late);
    add_human("cleo", "'chiefs'", cleo);
    SL_CHECK_INT(call_as(play.control, "identity.group", "",
                         "{'name':'olga','group':'chiefs','member':true}"),
                 200);
    SL_RUN(test_nobody_else_before_its_time);
    SL_RUN(test_others_may_decide_too);
    SL_RUN(test_P9_it_survives_the_keeper);
    SL_RUN(test_what_is_decided_is_not_escalated);
    play_end();
    return sl_tap_done();
}
