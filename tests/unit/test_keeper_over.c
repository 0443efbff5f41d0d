/* What goes beyond a budget: up to how many rows a yes lets pass. The first argument is the
 * program. */
#include "tests/unit/hold_play.h"

static uint64_t propose_over(const char *operation, const char *show)
{
    SL_BUF(meaning, 4096);
    struct sl_meaning_statement statement = {SL_SPAN("select"), SL_EFFECT_DDL};
    struct sl_meaning m = {.effects = SL_EFFECT_DDL,
                           .statements = &statement,
                           .statement_count = 1};

    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = session, .action = next_action,
         .generation = policy_generation, .asked_us = sl_clock_us(),
         .operation = sl_span_str(operation), .meaning = sl_buf_span(&meaning),
         .context_user = SL_SPAN("app"), .show = sl_span_str(show));
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)))
        note_held();
    return next_action++;
}

static bool has_word(struct sl_span text, const char *word)
{
    return text.n > 0 && memmem(text.p, text.n, word, strlen(word)) != NULL;
}

static json_int_t shown_rows(const char *member, const char *credential)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", credential, sl_buf_text(&body)), 200);
    return json_integer_value(json_object_get(play.reply, member));
}

static json_int_t shown_estimate(const char *credential)
{
    shown_rows("rows", credential);
    return json_integer_value(
        json_object_get(json_object_get(play.reply, "show"), "rows_estimate"));
}

/* In the answer at hand. */
static size_t sizes_shown(void)
{
    return json_array_size(json_object_get(json_object_get(play.reply, "show"), "sizes"));
}

static void olga_reviews(bool does)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'olga','group':'dba','member':%s}", does ? "true" : "false");
    SL_CHECK_INT(call_as(play.control, "identity.group", "", sl_buf_text(&body)), 200);
}

/* P3: what a yes without a number lets pass is what reviewers were shown, and they alone. */
static void test_P3_twice_the_estimate(void)
{
    struct sl_msg_action_go go = {0};
    uint64_t action = propose_over(
        "{\"budget\":\"bites\",\"continues\":5,\"delivered\":500,\"sql\":\"select 1\"}",
        "{\"rows_estimate\":48000,\"sizes\":[{\"dataset\":\"public.t\",\"rows\":9}]}");

    SL_CHECK(has_word(held.why, "500 rows delivered") && !has_word(held.why, "48") &&
             !has_word(held.why, "96"));
    SL_CHECK_INT(shown_rows("rows", rita), 96000);
    SL_CHECK(has_word(sl_span_str(said("held_why")), "500 of about 48,000 rows delivered"));
    SL_CHECK_INT(shown_estimate(rita), 48000);
    SL_CHECK_INT(sizes_shown(), 1);
    SL_CHECK_INT(shown_rows("rows", token), 0);
    SL_CHECK(!has_word(sl_span_str(said("held_why")), "48"));
    SL_CHECK_INT(shown_estimate(token), 0);
    SL_CHECK_INT(sizes_shown(), 0);
    /* the owner reviews elsewhere, and reads it in the ledger: it is not hidden here either */
    SL_CHECK_INT(shown_rows("rows", olga), 96000);
    SL_CHECK_INT(shown_estimate(olga), 48000);
    SL_CHECK_INT(sizes_shown(), 0); /* which no leaf has */
    olga_reviews(false);
    SL_CHECK_INT(shown_rows("rows", olga), 0);
    SL_CHECK_INT(shown_estimate(olga), 0);
    SL_CHECK(!has_word(sl_span_str(said("held_why")), "48"));
    SL_CHECK_INT(call_as(play.desk, "audit", olga, "{}"), 403); /* nor is it to be read there */
    olga_reviews(true);
    SL_CHECK_INT(decide(rita, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    if (HEARD(action_go, &go))
        SL_CHECK_INT(go.rows, 96000);
    journal(action, true, true, approval);
}

static void test_caps_without_a_useful_estimate(void)
{
    static const struct {
        const char *operation, *show;
        json_int_t rows;
    } cases[] = {
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":500,\"sql\":\"select 2\"}", "", 1000},
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":500,\"sql\":\"select 3\"}",
         "{\"no_estimate\":\"why\"}", 1000},
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":500,\"sql\":\"select 4\"}",
         "{\"rows_estimate\":250}", 1000}, /* less than there is already */
        {"{\"budget\":\"bites\",\"delivered\":0,\"sql\":\"select 5\"}", "{\"rows_estimate\":7}",
         14},
        {"{\"budget\":\"bites\",\"delivered\":0,\"sql\":\"select 6\"}", "", 100},
        {"{\"before\":1000,\"budget\":\"bites\",\"continues\":5,\"delivered\":0,"
         "\"sql\":\"select 7\"}",
         "", 100},
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":0,\"sql\":\"select 8\"}", "", 1},
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":9,\"sql\":\"select 9\"}",
         "{\"rows_estimate\":9007199254740990}", SL_ROWS_UNKNOWN},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        propose_over(cases[i].operation, cases[i].show);
        SL_CHECK_INT(shown_rows("rows", rita), cases[i].rows);
        SL_CHECK_INT(decide(rita, "deny"), 200);
        SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    }
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    add_people();
    SL_RUN(test_P3_twice_the_estimate);
    SL_RUN(test_caps_without_a_useful_estimate);
    play_end();
    return sl_tap_done();
}
