/* The third courier in hostile hands (docs/threat-model.md), and the others that would be in its
 * place: it calls chats, and brings what people click there. The first argument is the keeper. */
#define KEEPER_PLAY_RULES                                                  \
    "chat:\n"                                                              \
    "  - {name: slack, kind: slack, team: T0123ABCD, channel: C0123ABCD, " \
    "bot_token_file: b, app_token_file: a}\n"                              \
    "hooks:\n"                                                             \
    "  - {name: siem, url: \"https://siem.example/in\", format: ocsf, "    \
    "events: [all]}\n"                                                     \
    "issuers:\n"                                                           \
    "  - name: corp\n"                                                     \
    "    issuer: https://idp.example\n"                                    \
    "    client_id: sluice\n"                                              \
    "    algorithms: [ES256]\n"                                            \
    "    audiences: [sluice-api]\n"                                        \
    "    token_type: jwt\n"
#include "tests/unit/issuer_play.h"

#include "tests/unit/couriers_play.h"

#define APP_TOKEN "xapp-of-this-test"
#define BOT_TOKEN "xoxb-of-this-test"

static int chats = -1, hooks = -1;
static uint64_t stream;

static bool goes_on(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    while (poll(&p, 1, 200) > 0)
        if (recv(fd, play.in, sizeof play.in, MSG_DONTWAIT) <= 0)
            return false;
    return call_as(play.control, "status", "", "{}") == 200 && said("title")[0] == 0;
}

static void give_secrets(void)
{
    struct sl_msg_secret_ask ask;

    for (unsigned given = 0; given < 2;) {
        if (!SL_CHECK_INT(hear_within(play.super, PATIENCE_MS) != 0, 1))
            return;
        if (sl_msg_secret_ask_get(play.body, &ask) != SL_OK || ask.chat.n == 0)
            continue;
        SL_CHECK_TEXT(ask.chat, "slack");
        given++;
        TELL(play.super, secret, .call = ask.call, .found = 1,
             .secret =
                 sl_span_is(ask.which, "app_token") ? SL_SPAN(APP_TOKEN) : SL_SPAN(BOT_TOKEN));
    }
}

/* The keeper asks for an address, and opens a stream to it; calls of other kinds have no answer. */
static void open_stream(void)
{
    struct sl_msg_fetch fetch;
    struct sl_msg_stream_open m;
    unsigned heard;

    stream = 0;
    while (stream == 0 && (heard = hear_within(chats, PATIENCE_MS)) != 0) {
        if (heard == SL_MESSAGE_STREAM_OPEN && HEARD(stream_open, &m)) {
            stream = m.stream;
        } else if (heard == SL_MESSAGE_FETCH && HEARD(fetch, &fetch)) {
            bool ours = sl_span_is(fetch.url, "https://slack.com/api/apps.connections.open");
            uint64_t call = fetch.call;
            TELL(chats, fetched, .call = call, .status = ours ? 200 : 503,
                 .body = ours ? SL_SPAN("{\"ok\":true,\"url\":\"wss://wss-primary.slack.com/link/"
                                        "?ticket=t\"}")
                              : sl_span(NULL, 0));
        }
    }
    SL_CHECK(stream != 0);
}

static void test_a_stream_is_opened_with_the_courier_of_chats(void)
{
    give_secrets();
    open_stream();
    TELL(chats, stream_opened, .stream = stream);
    SL_CHECK(goes_on(chats));
}

/* It would be somebody's click, if only there were such a stream. */
static void test_no_words_of_a_stream_that_is_not_there(void)
{
    static const uint64_t numbers[] = {0, 1, 4711, UINT64_MAX};
    static const char click[] =
        "{\"envelope_id\":\"e-1\",\"type\":\"interactive\",\"accepts_response_payload\":true,"
        "\"payload\":{}}";

    for (size_t i = 0; i < SL_COUNT(numbers); i++) {
        TELL(chats, stream_text, .stream = numbers[i], .text = sl_span_str(click));
        TELL(chats, stream_opened, .stream = numbers[i]);
        TELL(chats, stream_closed, .stream = numbers[i], .why = SL_SPAN("x"));
    }
    /* an envelope that is heard is acknowledged; these are not */
    struct pollfd p = {.fd = chats, .events = POLLIN};
    while (poll(&p, 1, 500) > 0)
        SL_CHECK(hear_within(chats, 100) != SL_MESSAGE_STREAM_TEXT);
    TELL(chats, stream_text, .stream = stream, .text = sl_span_str(click));
    unsigned heard;
    while ((heard = hear_within(chats, PATIENCE_MS)) != SL_MESSAGE_STREAM_TEXT && heard != 0)
        ;
    SL_CHECK_INT(heard, SL_MESSAGE_STREAM_TEXT); /* this one is */
}

/* Nor does a courier that calls other strangers bring clicks. */
static void test_no_stream_of_another_courier(void)
{
    TELL(hooks, stream_text, .stream = stream, .text = SL_SPAN("{\"type\":\"hello\"}"));
    SL_CHECK(courier_is_over(hooks));
    close(hooks);
    hooks = courier_comes_as(COURIER_OF_HOOKS);
    TELL(idp.courier, stream_closed, .stream = stream, .why = SL_SPAN("x"));
    SL_CHECK(courier_is_over(idp.courier));
    courier_goes();
    courier_comes();
    SL_CHECK(goes_on(chats));
}

static void test_a_courier_of_chats_answers_for_no_provider(void)
{
    courier_comes();
    SL_CHECK(asked("https://idp.example/.well-known/openid-configuration"));
    TELL(chats, fetched, .call = idp.call, .status = 200, .body = SL_SPAN("{\"issuer\":\"evil\"}"));
    SL_CHECK(!asked_within(500)); /* nothing came of it */
    tell(200, discovery);
    SL_CHECK(asked("https://idp.example/jwks"));
}

static void test_a_courier_of_chats_says_only_what_a_courier_may(void)
{
    static const unsigned types[] = {SL_MESSAGE_CALL,         SL_MESSAGE_REPLY,
                                     SL_MESSAGE_SECRET,       SL_MESSAGE_FETCH,
                                     SL_MESSAGE_STREAM_OPEN,  SL_MESSAGE_STREAM_CLOSE,
                                     SL_MESSAGE_ACTION_SPEND, SL_MESSAGE_RELOAD};

    for (size_t i = 0; i < SL_COUNT(types); i++) {
        struct sl_buf b = sl_buf(4096);

        sl_buf_put_le16(&b, (uint16_t)types[i]);
        sl_buf_put_le16(&b, 0);
        sl_buf_put_le32(&b, 0);
        send_with(chats, &b, -1);
        SL_CHECK(courier_is_over(chats));
        close(chats);
        chats = courier_comes_as(COURIER_OF_CHATS);
    }
    SL_CHECK(goes_on(chats));
}

/* Its streams went with it; the next one is asked for another. */
static void test_a_courier_of_chats_that_goes_is_asked_again(void)
{
    uint64_t before = stream;

    close(chats);
    chats = courier_comes_as(COURIER_OF_CHATS);
    open_stream();
    SL_CHECK(stream != before);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    chats = courier_comes_as(COURIER_OF_CHATS);
    hooks = courier_comes_as(COURIER_OF_HOOKS);
    SL_RUN(test_a_stream_is_opened_with_the_courier_of_chats);
    SL_RUN(test_no_words_of_a_stream_that_is_not_there);
    SL_RUN(test_a_courier_of_chats_answers_for_no_provider);
    SL_RUN(test_no_stream_of_another_courier);
    SL_RUN(test_a_courier_of_chats_says_only_what_a_courier_may);
    SL_RUN(test_a_courier_of_chats_that_goes_is_asked_again);
    play_end();
    return sl_tap_done();
}
