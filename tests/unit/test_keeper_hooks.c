/* Hooks, with this test as their courier and as the supervisor that has their secrets. The first
 * argument is the program. */
#include "tests/unit/people_play.h"

#include "tests/unit/couriers_play.h"

#include <stdlib.h>

static int hooks = -1;

/* What is told to the SIEM is taken, and nothing of it is played here. */
static bool web_is_told(int ms)
{
    while (fetch_comes_to(hooks, ms)) {
        if (strcmp(fetched.name, "web") == 0)
            return true;
        say_status(hooks, fetched.call, 200);
    }
    return false;
}

static void answer(uint32_t status)
{
    say_status(hooks, fetched.call, status);
}

/* Everything that waits is told. */
static void catch_up(void)
{
    while (web_is_told(1500))
        answer(200);
}

static const json_t *web(void)
{
    size_t i;
    json_t *one;

    SL_CHECK_INT(call_as(play.control, "hooks", "", "{}"), 200);
    json_array_foreach(json_object_get(play.reply, "hooks"), i, one)
    {
        if (sl_span_is(sl_json_str(one, "name"), "web"))
            return one;
    }
    return NULL;
}

static uint64_t number_of(const char *member)
{
    uint64_t n = UINT64_MAX;

    return sl_json_u64(web(), member, &n) ? n : 0;
}

static bool health_says(const char *text)
{
    SL_BUF(all, 64 * 1024);

    SL_CHECK_INT(call_as(play.desk, "health", credentials[ADA], "{}"), 200);
    SL_PROMISE(sl_json_canonical(&all, play.reply) == SL_OK);
    return strstr(sl_buf_text(&all), text) != NULL;
}

static void secret_comes(void)
{
    struct sl_msg_secret_ask ask;

    for (int i = 0; i < 100; i++) {
        if (!SL_CHECK(hear(play.super, SL_MESSAGE_SECRET_ASK)) || !HEARD(secret_ask, &ask))
            return;
        bool is_web = sl_span_is(ask.hook, "web");
        TELL(play.super, secret, .call = ask.call, .found = is_web,
             .secret =
                 is_web ? SL_SPAN("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz") : sl_span(NULL, 0));
        if (is_web)
            return;
    }
}

/* --- */

static void test_a_hook_without_its_secret_is_said(void)
{
    SL_CHECK(health_says("The hook web has no secret"));
    secret_comes();
    hooks = courier_comes_as(COURIER_OF_HOOKS);
    catch_up();
    SL_CHECK(!health_says("The hook web has no secret"));
}

/* What was waited for is over when it is a dead letter: nothing waits any more. */
static void test_a_dead_letter_ends_the_wait(void)
{
    ask("drop table a");
    SL_CHECK(web_is_told(PATIENCE_MS));
    answer(503);
    SL_CHECK(health_says("The hook web waits"));
    SL_CHECK_INT(control("hook.retry", "{'name':'%s'}%s", "web", ""), 200);
    SL_CHECK(web_is_told(PATIENCE_MS));
    answer(400);
    SL_CHECK(!health_says("The hook web waits"));
    SL_CHECK(health_says("The hook web has dead letters"));
    SL_CHECK_INT(number_of("dead"), 1);
}

/* P3: what is given up is what was there when it was asked. */
static void test_P3_a_yes_is_for_the_dead_letters_that_are_there(void)
{
    SL_CHECK_INT(control("hook.skip", "{'name':'%s','entry':'all'}%s", "web", ""), 202);
    take_held();
    SL_CHECK(web_is_told(PATIENCE_MS)); /* that this was asked */
    answer(400);
    SL_CHECK_INT(number_of("dead"), 2);
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    catch_up();
    SL_CHECK_INT(control("hook.skip", "{'name':'%s','entry':'all'}%s", "web", ""), 202);
    SL_CHECK_INT(number_of("dead"), 2); /* nobody was asked about both */
    SL_CHECK_INT(control("hook.skip", "{'name':'%s','entry':'all'}%s", "web", ""), 202);
    take_held();
    catch_up();
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    catch_up();
    SL_CHECK_INT(control("hook.skip", "{'name':'%s','entry':'all'}%s", "web", ""), 200);
    SL_CHECK_INT(number_of("dead"), 0);
    catch_up();
}

/* The entry that it waits for is given up by two as well, and by number. */
static void test_the_entry_waited_for_is_given_up_by_two(void)
{
    SL_BUF(text, 64);

    ask("drop table b");
    SL_CHECK(web_is_told(PATIENCE_MS));
    answer(503);
    uint64_t waited = number_of("next");
    sl_buf_say(&text, "%U", waited);
    SL_CHECK_INT(control("hook.skip", "{'name':'%s','entry':%s}", "web", sl_buf_text(&text)), 202);
    take_held();
    SL_CHECK(strstr(said("summary"), "is never told entry ") != NULL);
    SL_CHECK_INT(number_of("next"), waited);
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    for (uint32_t status = 409, i = 0; status == 409 && i < 20; i++) { /* while it is tried again */
        if (fetch_comes_to(hooks, 200))
            answer(strcmp(fetched.name, "web") == 0 ? 503 : 200);
        status = control("hook.skip", "{'name':'%s','entry':%s}", "web", sl_buf_text(&text));
        SL_CHECK(status == 409 || status == 200);
    }
    SL_CHECK(number_of("next") > waited);
    SL_CHECK_INT(number_of("dead"), 0);
    catch_up();
}

static uint64_t entry_told(void)
{
    static const char mark[] = "\"ledgerentry\":\"";
    const char *at = strstr(fetched.body, mark);

    return at == NULL ? 0 : strtoull(at + sizeof mark - 1, NULL, 10);
}

/* Dead ones that are told once more and what comes in its turn alternate. */
static void test_dead_ones_starve_nobody(void)
{
    enum { DEAD = 4 };
    uint64_t last_dead = 0;
    unsigned before = 0;

    for (int i = 0; i < DEAD; i++) {
        ask("drop table c");
        SL_CHECK(web_is_told(PATIENCE_MS));
        last_dead = entry_told();
        answer(400);
        SL_CHECK_INT(decide(credentials[RITA], "deny"), 200);
        catch_up();
    }
    SL_CHECK_INT(number_of("dead"), DEAD);
    ask("drop table e"); /* in its turn: an entry that is under way, and more behind it */
    SL_CHECK(web_is_told(PATIENCE_MS));
    SL_CHECK_INT(decide(credentials[RITA], "deny"), 200);
    SL_CHECK_INT(control("hook.retry", "{'name':'%s','entry':'all'}%s", "web", ""), 200);
    usleep(1500 * 1000); /* a checkpoint covers them */
    answer(200);
    while (web_is_told(PATIENCE_MS) && entry_told() <= last_dead) {
        before++;
        answer(200);
    }
    SL_CHECK_INT(before, 1); /* and not all of them */
    answer(200);
    catch_up();
    SL_CHECK_INT(number_of("dead"), 0);
}

/* While a test of it is under way nothing else is told, and no second test goes out. */
static void test_one_message_at_a_time_a_test_too(void)
{
    TELL(play.control, call, .call = ++play.call, .method = SL_SPAN("hook.test"),
         .address = SL_SPAN("127.0.0.1"), .body = SL_SPAN("{\"name\":\"web\"}"));
    uint64_t test = play.call;
    SL_CHECK(web_is_told(PATIENCE_MS));
    SL_CHECK(strstr(fetched.body, "ping") != NULL);
    uint64_t ping = fetched.call;
    ask("drop table d");
    SL_CHECK(!web_is_told(2500));
    say_status(hooks, ping, 200);
    SL_CHECK(hear(play.control, SL_MESSAGE_REPLY));
    play.call = test;
    SL_CHECK(web_is_told(PATIENCE_MS));
    SL_CHECK(strstr(fetched.body, "ping") == NULL);
    answer(200);
    catch_up();
}

/* --- is it the receiver, or the entry? --- */

static void refuse(uint32_t status, unsigned retry_after_s)
{
    TELL(hooks, fetched, .call = fetched.call, .status = status, .retry_after = retry_after_s);
}

/* One entry was answered by 403, and is told once more, with another behind it. */
static bool told_a_second_time(void)
{
    ask("drop table f");
    SL_CHECK_INT(decide(credentials[RITA], "deny"), 200);
    if (!SL_CHECK(web_is_told(PATIENCE_MS)))
        return false;
    refuse(403, 0);
    return SL_CHECK(web_is_told(PATIENCE_MS));
}

static void nothing_is_told_until_a_person_says(void)
{
    SL_CHECK(!web_is_told(6000)); /* nor any other, to look whether it is this one */
    SL_CHECK_INT(number_of("dead"), 0);
    SL_CHECK_INT(control("hook.retry", "{'name':'%s'}%s", "web", ""), 200);
    catch_up();
    SL_CHECK_INT(number_of("dead"), 0);
}

/* Who has too much to do, restarts, or says when, says nothing of the entry. */
static void test_a_receiver_that_is_busy_dislikes_no_entry(void)
{
    static const struct {
        uint32_t status;
        unsigned retry_after_s;
    } rows[] = {{429, 0}, {403, 3600}};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        if (!told_a_second_time())
            return;
        refuse(rows[i].status, rows[i].retry_after_s);
        nothing_is_told_until_a_person_says();
    }
}

/* Another one is told then, and not at once; what is answered to that counts in the same way. */
static void test_an_entry_that_is_disliked(void)
{
    for (int taken = 0; taken < 2; taken++) {
        if (!told_a_second_time())
            return;
        uint64_t disliked = entry_told();
        refuse(403, 0);
        SL_CHECK(!web_is_told(3000));
        SL_CHECK(web_is_told(PATIENCE_MS));
        SL_CHECK(entry_told() > disliked);
        refuse(taken ? 200 : 429, taken ? 0 : 3600);
        if (!taken)
            nothing_is_told_until_a_person_says();
    }
    catch_up();
    SL_CHECK_INT(number_of("dead"), 1);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    add_everybody();
    SL_RUN(test_a_hook_without_its_secret_is_said);
    SL_RUN(test_a_dead_letter_ends_the_wait);
    SL_RUN(test_P3_a_yes_is_for_the_dead_letters_that_are_there);
    SL_RUN(test_the_entry_waited_for_is_given_up_by_two);
    SL_RUN(test_dead_ones_starve_nobody);
    SL_RUN(test_one_message_at_a_time_a_test_too);
    SL_RUN(test_a_receiver_that_is_busy_dislikes_no_entry);
    SL_RUN(test_an_entry_that_is_disliked);
    play_end();
    return sl_tap_done();
}
