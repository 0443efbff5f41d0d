/* The second courier in hostile hands (docs/threat-model.md): it calls hooks, and nothing else
 * comes its way. It can keep a receiver from hearing, and say that it heard. The first argument is
 * the keeper. */
#define KEEPER_PLAY_RULES                                                \
    "hooks:\n"                                                           \
    "  - {name: siem, url: \"https://siem.example/in\", format: ocsf, "  \
    "events: [all]}\n"                                                   \
    "  - {name: web, url: \"https://web.example/in\", secret_file: s}\n" \
    "issuers:\n"                                                         \
    "  - name: corp\n"                                                   \
    "    issuer: https://idp.example\n"                                  \
    "    client_id: sluice\n"                                            \
    "    algorithms: [ES256]\n"                                          \
    "    audiences: [sluice-api]\n"                                      \
    "    token_type: jwt\n"
#include "tests/unit/issuer_play.h"

#include "tests/unit/couriers_play.h"

static int hooks = -1;

static void hooks_come(void)
{
    hooks = courier_comes_as(COURIER_OF_HOOKS);
}

static bool fetch_comes(int ms)
{
    return fetch_comes_to(hooks, ms);
}

static void say_told(uint64_t call, uint32_t status)
{
    say_status(hooks, call, status);
}

static uint64_t place_of(const char *hook)
{
    uint64_t next = UINT64_MAX;
    size_t i;
    json_t *one;

    if (!SL_CHECK_INT(call_as(play.control, "hooks", "", "{}"), 200))
        return next;
    json_array_foreach(json_object_get(play.reply, "hooks"), i, one)
    {
        if (sl_span_is(sl_json_str(one, "name"), hook))
            (void)sl_json_u64(one, "next", &next);
    }
    return next;
}

/* Something for the ledger. */
static void something_happens(void)
{
    static unsigned number;
    SL_BUF(text, 256);

    sl_buf_say(&text, "{'name':'somebody-%u','kind':'human'}", ++number);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&text)), 200);
    SL_CHECK_TEXT(sl_span_str(said("title")), ""); /* no problem */
}

static void test_it_gets_messages_of_hooks_alone(void)
{
    something_happens();
    SL_CHECK(fetch_comes(PATIENCE_MS));
    SL_CHECK_TEXT(sl_span_str(fetched.name), "siem");
    SL_CHECK(strstr(fetched.body, "\"leaf_hash\"") != NULL);
    SL_CHECK(strstr(fetched.body, "idp.example") == NULL || strstr(fetched.body, "policy") != NULL);
    say_told(fetched.call, 200);
}

/* Without a secret nothing goes out unsigned. */
static void test_no_webhook_without_its_secret(void)
{
    something_happens();
    for (int i = 0; i < 3 && fetch_comes(700); i++) {
        SL_CHECK_TEXT(sl_span_str(fetched.name), "siem");
        say_told(fetched.call, 200);
    }
    SL_CHECK(place_of("web") < place_of("siem"));
}

/* The other courier's calls are not its to answer. */
static void test_it_answers_for_no_provider(void)
{
    courier_comes();
    SL_CHECK(asked("https://idp.example/.well-known/openid-configuration"));
    TELL(hooks, fetched, .call = idp.call, .status = 200, .body = SL_SPAN("{\"issuer\":\"evil\"}"));
    SL_CHECK(!asked_within(500)); /* nothing came of it */
    tell(200, discovery);
    SL_CHECK(asked("https://idp.example/jwks"));
}

/* What nobody asked, or asked before, moves nothing. */
static void test_no_place_moves_without_a_message(void)
{
    something_happens();
    SL_CHECK(fetch_comes(PATIENCE_MS));
    uint64_t before = place_of("siem");
    say_told(fetched.call + 1000, 200);
    say_told(1, 200);
    SL_CHECK_INT(place_of("siem"), before);
    say_told(fetched.call, 500);
    SL_CHECK_INT(place_of("siem"), before);
    SL_CHECK(fetch_comes(PATIENCE_MS)); /* the same again */
    say_told(fetched.call, 200);
    say_told(fetched.call, 200);
    SL_CHECK(place_of("siem") > before);
}

static void test_a_courier_of_hooks_that_goes_loses_nothing(void)
{
    something_happens();
    SL_CHECK(fetch_comes(PATIENCE_MS));
    uint64_t before = place_of("siem");
    close(hooks);
    hooks_come();
    SL_CHECK(fetch_comes(PATIENCE_MS));
    SL_CHECK_INT(place_of("siem"), before);
    say_told(fetched.call, 200);
}

static uint64_t attempts_of(const char *hook)
{
    uint64_t attempts = UINT64_MAX;
    size_t i;
    json_t *one;

    SL_CHECK_INT(call_as(play.control, "hooks", "", "{}"), 200);
    json_array_foreach(json_object_get(play.reply, "hooks"), i, one)
    {
        if (sl_span_is(sl_json_str(one, "name"), hook))
            (void)sl_json_u64(one, "attempts", &attempts);
    }
    return attempts;
}

/* Eleven attempts are a dead letter: a courier that comes and goes makes none. */
static void test_no_attempt_counts_that_ended_with_the_courier(void)
{
    something_happens();
    for (int i = 0; i < 3; i++) {
        SL_CHECK(fetch_comes(PATIENCE_MS));
        close(hooks);
        hooks_come();
    }
    SL_CHECK(fetch_comes(PATIENCE_MS));
    SL_CHECK_INT(attempts_of("siem"), 0);
    TELL(hooks, fetched, .call = fetched.call,
         .retry_after = 1); /* it does not know the address yet */
    SL_CHECK(fetch_comes(PATIENCE_MS));
    SL_CHECK_INT(attempts_of("siem"), 0);
    say_told(fetched.call, 0); /* the receiver was not there: that counts */
    SL_CHECK(fetch_comes(PATIENCE_MS));
    SL_CHECK_INT(attempts_of("siem"), 1);
    say_told(fetched.call, 200);
}

static unsigned records(void)
{
    unsigned count = 0;

    for (const char *at = fetched.body; (at = strstr(at, "\"leaf_hash\"")) != NULL; at++)
        count++;
    return count;
}

/* A batch of at least four, of which nothing is answered yet. */
static void batch_comes(void)
{
    something_happens();
    SL_CHECK(fetch_comes(PATIENCE_MS));
    for (int i = 0; i < 6; i++)
        something_happens();
    usleep(1500 * 1000); /* a checkpoint covers them */
    say_told(fetched.call, 200);
    SL_CHECK(fetch_comes(PATIENCE_MS));
    SL_CHECK(records() >= 4);
}

/* What a receiver dislikes is found, stands alone, and can be skipped; that stands in the ledger.
 */
static void test_what_is_refused_is_found_and_skipped(void)
{
    SL_BUF(text, 256);
    unsigned before;

    batch_comes();
    for (int i = 0; i < 4 && records() > 1; i++) {
        before = records();
        say_told(fetched.call, 403);
        SL_CHECK(fetch_comes(PATIENCE_MS));
        SL_CHECK(records() <= before / 2);
    }
    SL_CHECK_INT(records(), 1);
    uint64_t poison = place_of("siem");
    sl_buf_say(&text, "{'name':'siem','entry':%U}", poison);
    SL_CHECK_INT(call_as(play.control, "hook.skip", "", sl_buf_text(&text)), 409); /* under way */
    say_told(fetched.call, 403);
    SL_CHECK_INT(place_of("siem"), poison);
    SL_CHECK_INT(call_as(play.control, "hook.skip", "", sl_buf_text(&text)), 200);
    SL_CHECK(place_of("siem") > poison);
    bool told = false;
    for (int i = 0; i < 20 && !told && fetch_comes(PATIENCE_MS); i++) {
        told = strstr(fetched.body, "hook.skipped") != NULL;
        say_told(fetched.call, 200);
    }
    SL_CHECK(told);
}

/* Somebody who presses `retry` again and again uses up no attempt. */
static void test_a_retry_is_no_attempt_of_the_plan(void)
{
    something_happens();
    SL_CHECK(fetch_comes(PATIENCE_MS));
    for (int i = 0; i < 4; i++) { /* until the plan waits for eight seconds */
        say_told(fetched.call, 503);
        SL_CHECK(fetch_comes(10 * 1000));
    }
    say_told(fetched.call, 503);
    uint64_t attempts = attempts_of("siem");
    for (int i = 0; i < 5; i++) {
        SL_CHECK_INT(call_as(play.control, "hook.retry", "", "{'name':'siem'}"), 200);
        SL_CHECK(fetch_comes(PATIENCE_MS));
        say_told(fetched.call, 503);
    }
    SL_CHECK_INT(attempts_of("siem"), attempts);
    SL_CHECK_INT(call_as(play.control, "hook.retry", "", "{'name':'siem'}"), 200);
    SL_CHECK(fetch_comes(PATIENCE_MS));
    say_told(fetched.call, 200);
}

static void test_a_courier_of_hooks_says_only_what_a_courier_may(void)
{
    static const unsigned types[] = {SL_MESSAGE_CALL, SL_MESSAGE_REPLY, SL_MESSAGE_SECRET,
                                     SL_MESSAGE_FETCH, SL_MESSAGE_RELOAD};

    for (size_t i = 0; i < SL_COUNT(types); i++) {
        struct sl_buf b = sl_buf(4096);

        sl_buf_put_le16(&b, (uint16_t)types[i]);
        sl_buf_put_le16(&b, 0);
        sl_buf_put_le32(&b, 0);
        send_with(hooks, &b, -1);
        SL_CHECK(courier_is_over(hooks));
        close(hooks);
        hooks_come();
    }
    SL_CHECK(place_of("siem") != UINT64_MAX);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    hooks_come();
    SL_RUN(test_it_gets_messages_of_hooks_alone);
    SL_RUN(test_no_webhook_without_its_secret);
    SL_RUN(test_it_answers_for_no_provider);
    SL_RUN(test_no_place_moves_without_a_message);
    SL_RUN(test_a_courier_of_hooks_that_goes_loses_nothing);
    SL_RUN(test_no_attempt_counts_that_ended_with_the_courier);
    SL_RUN(test_what_is_refused_is_found_and_skipped);
    SL_RUN(test_a_retry_is_no_attempt_of_the_plan);
    SL_RUN(test_a_courier_of_hooks_says_only_what_a_courier_may);
    play_end();
    return sl_tap_done();
}
