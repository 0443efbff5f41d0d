/* A bot in Teams: our token, the Connector's keys, and what comes without being from it. The first
 * argument is the keeper. */
#define KEEPER_PLAY_RULES \
    TEAMS_BOT "}\n"       \
              "  - {name: watch, kind: teams-workflow, url_file: u}\n"

#include "tests/unit/teams_bot_play.h"

static const char *const added =
    "{\"type\":\"conversationUpdate\",\"id\":\"f:1\",\"channelId\":\"msteams\",\"serviceUrl\":"
    "\"" SERVICE "\",\"from\":{\"id\":\"29:a\"},\"recipient\":{\"id\":\"28:" APP
    "\"},\"conversation\":{\"id\":"
    "\"19:ops@thread.tacv2\",\"tenantId\":\"%s\"},\"channelData\":{\"tenant\":{\"id\":\"%s\"}},"
    "\"membersAdded\":[{\"id\":\"28:" APP "\"}]}";

/* Says it, and does not wait for the answer. */
static void come(const char *chat, struct sl_span token, const char *tenant)
{
    SL_BUF(activity, 4096);
    SL_BUF(body, 32 * 1024);
    json_t *object = json_object();

    sl_buf_say(&activity, added, tenant, tenant);
    json_object_set_new(object, "chat", json_string(chat));
    json_object_set_new(object, "token", json_stringn((const char *)token.p, token.n));
    json_object_set_new(object, "body", json_stringn((const char *)activity.p, activity.n));
    SL_CHECK_INT(sl_json_canonical(&body, object), SL_OK);
    json_decref(object);
    TELL(play.desk, call, .call = ++play.call, .method = SL_SPAN("chat.incoming"),
         .credential = SL_SPAN(""), .address = SL_SPAN("192.0.2.1"), .channel = SL_SPAN(""),
         .body = sl_buf_span(&body));
}

static uint32_t answered(void)
{
    struct sl_msg_reply m = {0};

    return SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) && HEARD(reply, &m) ? m.status : 0;
}

static uint32_t comes(const char *chat, struct sl_span token, const char *tenant)
{
    come(chat, token, tenant);
    return answered();
}

static const json_t *chat(void)
{
    if (!SL_CHECK_INT(call_as(play.control, "chats", "", "{}"), 200) ||
        !SL_CHECK_TEXT(sl_span_str(said("title")), ""))
        return NULL;
    return json_array_get(json_object_get(play.reply, "chats"), 0);
}

/* --- tests ---------------------------------------------------------------------------------------
 */

static void test_nothing_counts_before_there_are_keys(void)
{
    courier_comes();
    if (asked(METADATA)) {
        SL_CHECK(!wanted.authorized);
        SL_CHECK_INT(comes("teams", sl_span_str("a.b.c"), TENANT), 503); /* no secret yet */
    }
    tell(200, "{\"issuer\":\"https://evil.example\",\"jwks_uri\":\"" KEYS "\"}");
    SL_CHECK_TEXT(sl_json_str(chat(), "state"), "no secret");
}

static void test_our_token(void)
{
    give_secret("teams", "client_secret", "an old & tired one");
    if (asked(TOKEN)) {
        SL_CHECK_TEXT(sl_span_str(wanted.method), "POST");
        SL_CHECK(strstr(wanted.body, "client_secret=an%20old%20%26%20tired%20one") != NULL);
        SL_CHECK(!wanted.authorized);
    }
    tell(401, "{\"error\":\"invalid_client\"}");
    give_secret("teams", "client_secret", "a-new-one"); /* it is read anew */
    SL_CHECK_TEXT(sl_json_str(chat(), "state"), "waiting");
    SL_CHECK(strstr(json_string_value(json_object_get(chat(), "why")), "invalid_client") != NULL);
    if (asked(TOKEN))
        SL_CHECK(strstr(wanted.body, "client_secret=a-new-one") != NULL);
    tell(200, GRANT);
    SL_CHECK_TEXT(sl_json_str(chat(), "state"), "deaf"); /* Microsoft was another one */
    SL_CHECK_TEXT(sl_json_str(chat(), "kind"), "teams");
}

/* It names a key that is not there, as there are none: so they are asked for, and it waits. */
static void test_a_token_waits_for_keys(void)
{
    come("teams", jwt(""), TENANT);
    if (asked(METADATA))
        tell(200, GOOD_METADATA);
    if (asked(KEYS)) {
        SL_CHECK(!wanted.authorized);
        tell_keys("skypeforbusiness");
    }
    SL_CHECK_INT(answered(), 401); /* a key that signs for other channels is none */
    SL_CHECK_INT(comes("teams", jwt(""), TENANT), 401);
    SL_CHECK(!asked_within(300)); /* strangers do not make us ask on and on */
    SL_CHECK_INT(json_array_size(json_object_get(chat(), "conversations")), 0);
}

/* Only the Connector's own word, about our own tenant, is remembered. */
static void test_what_is_remembered(void)
{
    close(courier);
    kill_keeper();
    start_keeper();
    courier_comes();
    if (asked(METADATA))
        tell(200, GOOD_METADATA);
    if (asked(KEYS))
        tell_keys("msteams");
    give_secret("teams", "client_secret", "a-new-one");
    if (asked(TOKEN))
        tell(200, GRANT);
    SL_CHECK_TEXT(sl_json_str(chat(), "state"), "current");
    SL_CHECK_INT(comes("teams", jwt("audience"), TENANT), 401);
    SL_CHECK_INT(comes("teams", jwt(""), APP), 200); /* of another tenant: nothing is done */
    SL_CHECK_INT(json_array_size(json_object_get(chat(), "conversations")), 0);
    SL_CHECK_INT(comes("teams", jwt(""), TENANT), 200);
    const json_t *one = json_array_get(json_object_get(chat(), "conversations"), 0);
    SL_CHECK_TEXT(sl_json_str(one, "id"), "19:ops@thread.tacv2");
    SL_CHECK_INT(comes("watch", jwt(""), TENANT), 404);
    SL_CHECK_INT(comes("nobody", jwt(""), TENANT), 404);
}

/* Guesses are counted where they come from; whoever has a good token is none who guesses. */
static void test_guesses_are_counted(void)
{
    uint32_t status = 401;

    for (int i = 0; i < 40 && status == 401; i++)
        status = comes("teams", jwt("audience"), TENANT);
    SL_CHECK_INT(status, 429);
    SL_CHECK_INT(comes("teams", jwt(""), TENANT), 200);
}

/* What waits for keys when the courier goes is answered, and with a no. */
static void test_a_courier_that_goes_leaves_nobody_hanging(void)
{
    come("teams", jwt("key"), TENANT);
    if (asked(METADATA))
        close(courier);
    uint32_t status = answered();
    SL_CHECK(status == 401 || status == 429);
    courier_comes();
    SL_CHECK_INT(comes("teams", jwt(""), TENANT), 200); /* those that it had still count */
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    key = issuer_key("t", "RS256");
    play_begin(argv[1]);
    SL_RUN(test_nothing_counts_before_there_are_keys);
    SL_RUN(test_our_token);
    SL_RUN(test_a_token_waits_for_keys);
    SL_RUN(test_what_is_remembered);
    SL_RUN(test_guesses_are_counted);
    SL_RUN(test_a_courier_that_goes_leaves_nobody_hanging);
    play_end();
    issuer_key_free(&key);
    return sl_tap_done();
}
