/* What Slack says: clicks, filled forms, requests, envelopes. Everything else is nothing, or
 * refused. */
#include "core/chat/slack.h"

#include "tests/unit/chat_cards.h"
#include "tests/unit/tap.h"

#define TEAM "T0123ABCD"
#define HEX16 "abababababababab"
#define DIGEST HEX16 HEX16 HEX16 HEX16
#define ABOUT CARD_ID " " DIGEST
#define METADATA "1 " ABOUT " approve C0123ABCD 1700000000.000100 U0123ABCD"

static const char click[] =
    "{\"type\":\"block_actions\",\"user\":{\"id\":\"U0123ABCD\",\"username\":\"rita\",\"name\":"
    "\"rita\","
    "\"team_id\":\"" TEAM
    "\"},\"api_app_id\":\"A0123ABCD\",\"token\":\"x\",\"container\":{\"type\":\"message\","
    "\"message_ts\":\"1700000000.000100\",\"channel_id\":\"C0123ABCD\",\"is_ephemeral\":false},"
    "\"trigger_id\":\"12.34.abcdef0123\",\"team\":{\"id\":\"" TEAM
    "\",\"domain\":\"example\"},\"enterprise\":null,"
    "\"is_enterprise_install\":false,\"channel\":{\"id\":\"C0123ABCD\",\"name\":\"approvals\"},"
    "\"message\":{\"type\":\"message\",\"user\":\"U0BOT\",\"ts\":\"1700000000.000100\",\"team\":"
    "\"" TEAM "\","
    "\"blocks\":[]},\"state\":{\"values\":{}},\"response_url\":\"https://hooks.slack.com/actions/"
    "x\","
    "\"actions\":[{\"action_id\":\"sluice.approve\",\"block_id\":\"aB1\",\"text\":{\"type\":"
    "\"plain_text\","
    "\"text\":\"Approve\",\"emoji\":false},\"value\":\"" ABOUT
    "\",\"style\":\"primary\",\"type\":\"button\","
    "\"action_ts\":\"1700000001.000200\"}]}";

static const char form[] =
    "{\"type\":\"view_submission\",\"team\":{\"id\":\"" TEAM
    "\",\"domain\":\"example\"},\"user\":{\"id\":\"U0123ABCD\","
    "\"username\":\"rita\",\"name\":\"rita\",\"team_id\":\"" TEAM
    "\"},\"api_app_id\":\"A0123ABCD\",\"token\":\"x\","
    "\"trigger_id\":\"12.34.abcdef0123\",\"view\":{\"id\":\"V0123\",\"team_id\":\"" TEAM
    "\",\"type\":\"modal\","
    "\"blocks\":[],\"private_metadata\":\"" METADATA
    "\",\"callback_id\":\"sluice.decide\",\"state\":{\"values\":"
    "{\"sluice.text\":{\"text\":{\"type\":\"plain_text_input\",\"value\":\"looks "
    "right\"}}}},\"hash\":\"1.ab\","
    "\"app_installed_team_id\":\"" TEAM "\",\"bot_id\":\"B0123\"},\"response_urls\":[],"
    "\"is_enterprise_install\":false,\"enterprise\":null}";

/* `path` with dots ("actions.0.value") set to `json`, or taken away. */
static json_t *changed(const char *text, const char *path, const char *json)
{
    json_t *all = NULL, *at;
    char name[64];

    SL_PROMISE(sl_json_read(sl_span_str(text), &all, NULL) == SL_OK);
    at = all;
    for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(name)) : json_object_get(at, name);
    }
    for (size_t i = 0; path[i] != '\0'; i++) /* a dot within a name is written as ':' */
        name[i] = path[i] == ':' ? '.' : path[i], name[i + 1] = '\0';
    if (json == NULL)
        json_object_del(at, name);
    else
        json_object_set_new(at, name, json_loads(json, JSON_DECODE_ANY, NULL));
    return all;
}

static enum sl_err read_json(json_t *value, struct sl_chat_input *out)
{
    char *text = json_dumps(value, JSON_COMPACT);
    enum sl_err err = sl_slack_read(sl_span_str(text), SL_SPAN(TEAM), out);

    json_decref(value);
    free(text);
    return err;
}

enum want { CLICK, FORM, NOTHING, FOREIGN, REFUSED };
struct row {
    const char *path, *json;
    enum want want;
};

static void check_rows(const char *text, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sl_chat_input in;
        enum sl_err err = read_json(changed(text, rows[i].path, rows[i].json), &in);
        bool good = rows[i].want == REFUSED ? err == SL_EMALFORMED && in.event == SL_CHAT_NOTHING
                                            : err == SL_OK;
        if (rows[i].want == NOTHING)
            good = good && in.event == SL_CHAT_NOTHING;
        if (rows[i].want == CLICK || rows[i].want == FORM || rows[i].want == FOREIGN)
            good = good && in.event != SL_CHAT_NOTHING && in.foreign == (rows[i].want == FOREIGN);
        json_decref(in.json);
        if (!SL_CHECK(good))
            printf("# %s = %s\n", rows[i].path, rows[i].json == NULL ? "(away)" : rows[i].json);
    }
}

/* --- clicks ----------------------------------------------------------------------------------- */

static void test_click(void)
{
    struct sl_chat_input in;
    uint8_t digest[SL_CHAT_DIGEST];

    memset(digest, 0xab, sizeof digest);
    SL_CHECK(sl_slack_read(sl_span_str(click), SL_SPAN(TEAM), &in) == SL_OK);
    SL_CHECK(in.event == SL_CHAT_CLICK && in.verb == SL_CHAT_APPROVE && !in.foreign);
    SL_CHECK_TEXT(in.team, TEAM);
    SL_CHECK_TEXT(in.user, "U0123ABCD");
    SL_CHECK_TEXT(in.channel, "C0123ABCD");
    SL_CHECK_TEXT(in.message, "1700000000.000100");
    SL_CHECK_TEXT(in.approval, CARD_ID);
    SL_CHECK_BYTES(sl_span(in.digest, sizeof in.digest), sl_span(digest, sizeof digest));
    SL_CHECK_TEXT(in.trigger, "12.34.abcdef0123");
    json_decref(in.json);
}

#define UPPER "ABABABABABABABAB"
#define V(x) "\"" x "\""

static void test_clicks(void)
{
    static const struct row rows[] = {
        {"enterprise", "{\"id\":\"E0123\",\"name\":\"x\"}", CLICK},
        {"something_new", "[1,{}]", CLICK},
        {"message", NULL, CLICK},
        {"actions.0.action_id", V("sluice.deny"), CLICK},
        {"actions.0.action_id", V("sluice.stop"), CLICK},
        {"actions.0.action_id", V("sluice.open"), NOTHING},
        {"actions.0.action_id", V("sluice.decide"), REFUSED},
        {"actions.0.action_id", V("sluice."), REFUSED},
        {"actions.0.action_id", V("approve"), REFUSED},
        {"actions.0.action_id", V("sluice.approve\\u0020"), REFUSED},
        {"actions.0.action_id", "7", REFUSED},
        {"actions.0.action_id", NULL, REFUSED},
        {"actions.0.type", V("static_select"), REFUSED},
        {"actions.0.type", NULL, REFUSED},
        {"actions.0.value", NULL, REFUSED},
        {"actions.0.value", V(""), REFUSED},
        {"actions.0.value", V(CARD_ID), REFUSED},
        {"actions.0.value", V(CARD_ID " "), REFUSED},
        {"actions.0.value", V(ABOUT " "), REFUSED},
        {"actions.0.value", V(ABOUT " x"), REFUSED},
        {"actions.0.value", V(" " ABOUT), REFUSED},
        {"actions.0.value", V(CARD_ID "  " DIGEST), REFUSED},
        {"actions.0.value", V(CARD_ID " " HEX16 HEX16 HEX16), REFUSED},
        {"actions.0.value", V(ABOUT "ab"), REFUSED},
        {"actions.0.value", V(CARD_ID " " UPPER HEX16 HEX16 HEX16), REFUSED},
        {"actions.0.value", V("01A20708-a7e6-74b8-9e63-1103356c8918 " DIGEST), REFUSED},
        {"actions.0.value", V("01a20708a7e674b89e631103356c8918 " DIGEST), REFUSED},
        {"actions", NULL, REFUSED},
        {"actions", "[]", REFUSED},
        {"actions", "{}", REFUSED},
        {"actions", "[{},{}]", REFUSED},
        {"trigger_id", NULL, REFUSED},
        {"trigger_id", V("a b"), REFUSED},
        {"container", NULL, REFUSED},
        {"container.type", V("view"), REFUSED},
        {"container.type", V("message_attachment"), REFUSED},
        {"container.channel_id", V("C9999ZZZZ"), REFUSED}, /* the channel says another */
        {"container.channel_id", V("c0123abcd"), REFUSED},
        {"container.channel_id", NULL, REFUSED},
        {"container.message_ts", V("1700000000"), REFUSED},
        {"container.message_ts", V("1700000000.000101"), REFUSED},
        {"container.message_ts", V(".1"), REFUSED},
        {"container.message_ts", "1700000000.5", REFUSED},
        {"container.is_ephemeral", "true", REFUSED},
        {"container.is_ephemeral", "0", REFUSED},
        {"message.ts", V("1.1"), REFUSED},
        {"channel.id", "7", REFUSED},
        {"user", NULL, REFUSED},
        {"user.id", NULL, REFUSED},
        {"user.id", V("U"), REFUSED},
        {"user.id", V("U0123ABCD\\n"), REFUSED},
        {"user.id", V("u0123abcd"), REFUSED},
        {"user.id", "{}", REFUSED},
        {"user.team_id", "7", REFUSED},
        {"user.team_id", V("t"), REFUSED},
        {"is_enterprise_install", V("true"), REFUSED},
        {"type", V("block_action"), REFUSED},
        {"type", V("interactive_message"), REFUSED},
        {"type", V(""), REFUSED},
        {"type", NULL, REFUSED},
        {"type", V("view_closed"), NOTHING},
        {"type", V("shortcut"), NOTHING},
        {"type", V("message_action"), NOTHING},
        {"type", V("block_suggestion"), NOTHING},
    };

    check_rows(click, rows, SL_COUNT(rows));
}

static void test_clicks_from_elsewhere(void)
{
    static const struct row rows[] = {
        {"user.team_id", V("T9999"), FOREIGN},
        {"user.team_id", NULL, FOREIGN},
        {"user.team_id", "null", FOREIGN},
        {"team", NULL, FOREIGN},
        {"team", "null", FOREIGN},
        {"team.id", V("T9999"), FOREIGN},
        {"team.id", V("E0123"), FOREIGN},
        {"is_enterprise_install", "true", FOREIGN},
        {"message.team", V("T9999"), FOREIGN},
        {"message.source_team", V("T9999"), FOREIGN},
        {"message.user_team", V("T9999"), FOREIGN},
        {"channel.context_team_id", V("T9999"), FOREIGN},
        {"channel.context_team_id", V(TEAM), CLICK},
        {"channel.is_ext_shared", "true", FOREIGN},
        {"channel.is_ext_shared", "false", CLICK},
        {"channel.is_shared", "true", FOREIGN},
        {"channel.is_org_shared", "true", FOREIGN},
        {"channel.is_pending_ext_shared", "true", FOREIGN},
        {"channel.is_ext_shared", V("yes"), REFUSED},
    };

    check_rows(click, rows, SL_COUNT(rows));
}

/* --- forms ------------------------------------------------------------------------------------ */

static void test_form(void)
{
    struct sl_chat_input in;

    SL_CHECK(sl_slack_read(sl_span_str(form), SL_SPAN(TEAM), &in) == SL_OK);
    SL_CHECK(in.event == SL_CHAT_FORM && in.verb == SL_CHAT_APPROVE && !in.foreign);
    SL_CHECK_TEXT(in.team, TEAM);
    SL_CHECK_TEXT(in.user, "U0123ABCD");
    SL_CHECK_TEXT(in.channel, "C0123ABCD");
    SL_CHECK_TEXT(in.message, "1700000000.000100");
    SL_CHECK_TEXT(in.approval, CARD_ID);
    SL_CHECK_TEXT(in.text, "looks right");
    SL_CHECK_INT(in.digest[31], 0xab);
    json_decref(in.json);
}

#define TEXT "view.state.values.sluice:text"
#define WITH(verb, channel, ts, user) V("1 " ABOUT " " verb " " channel " " ts " " user)

static void test_forms(void)
{
    static const struct row rows[] = {
        {"view.private_metadata", WITH("deny", "D0123", "1.1", "U0123ABCD"), FORM},
        {"view.private_metadata", WITH("ask", "C0123ABCD", "1700000000.000100", "U0123ABCD"), FORM},
        {"view.private_metadata", WITH("answer", "D0123ABCD", "1700000000.000100", "U0123ABCD"),
         FORM},
        {"view.private_metadata", WITH("answers", "D0123ABCD", "1700000000.000100", "U0123ABCD"),
         REFUSED},
        {"view.private_metadata", WITH("approve", "C0123ABCD", "1700000000.000100", "U9999"),
         REFUSED},
        {"view.private_metadata", WITH("approve", "C0123ABCD", "1700000000.000100", "U0123ABCD x"),
         REFUSED},
        {"view.private_metadata", WITH("approve", "C0123ABCD", "1700000000", "U0123ABCD"), REFUSED},
        {"view.private_metadata", WITH("approve", "c", "1.1", "U0123ABCD"), REFUSED},
        {"view.private_metadata", WITH("yes", "C0123ABCD", "1.1", "U0123ABCD"), REFUSED},
        {"view.private_metadata", V("2 " ABOUT " approve C0123ABCD 1.1 U0123ABCD"), REFUSED},
        {"view.private_metadata", V("1 " CARD_ID " approve C0123ABCD 1.1 U0123ABCD"), REFUSED},
        {"view.private_metadata", V("1 " ABOUT " approve C0123ABCD 1.1"), REFUSED},
        {"view.private_metadata", V(""), REFUSED},
        {"view.private_metadata", "{}", REFUSED},
        {"view.private_metadata", NULL, REFUSED},
        {"view.callback_id", V("sluice.other"), REFUSED},
        {"view.callback_id", NULL, REFUSED},
        {"view.type", V("home"), REFUSED},
        {"view", NULL, REFUSED},
        {"view.state", NULL, REFUSED},
        {TEXT, NULL, REFUSED},
        {"view.state.values.other", "{}", REFUSED},
        {TEXT, "{\"text\":{\"type\":\"plain_text_input\",\"value\":null}}", FORM},
        {TEXT, "{\"text\":{\"type\":\"plain_text_input\"}}", REFUSED},
        {TEXT, "{\"text\":{\"type\":\"plain_text_input\",\"value\":7}}", REFUSED},
        {TEXT, "{\"text\":{\"type\":\"static_select\",\"value\":\"x\"}}", REFUSED},
        {TEXT, "{\"other\":{\"type\":\"plain_text_input\",\"value\":\"x\"}}", REFUSED},
        {TEXT, "{\"text\":{\"type\":\"plain_text_input\",\"value\":\"x\"},\"b\":{}}", REFUSED},
        {"user.id", V("U9999"), REFUSED}, /* somebody else than who opened it */
        {"view.team_id", V("T9999"), FOREIGN},
        {"view.team_id", NULL, FOREIGN},
        {"view.app_installed_team_id", V("T9999"), FOREIGN},
        {"view.app_installed_team_id", NULL, FORM},
        {"team", "null", FOREIGN},
        {"user.team_id", V("T9999"), FOREIGN},
        {"is_enterprise_install", "true", FOREIGN},
    };

    check_rows(form, rows, SL_COUNT(rows));
}

static void test_long_reason(void)
{
    for (size_t n = SL_CHAT_REASON_MOST; n <= SL_CHAT_REASON_MOST + 1; n++) {
        SL_BUF(json, 8192);
        struct sl_chat_input in;

        sl_buf_put_str(&json, "{\"text\":{\"type\":\"plain_text_input\",\"value\":\"");
        for (size_t i = 0; i < n; i++)
            sl_buf_put_u8(&json, 'r');
        sl_buf_put_str(&json, "\"}}");
        enum sl_err err = read_json(changed(form, TEXT, sl_buf_text(&json)), &in);
        SL_CHECK(err == (n > SL_CHAT_REASON_MOST ? SL_EMALFORMED : SL_OK));
        json_decref(in.json);
    }
}

/* What we write into a form is what we read out of it. */
static void test_form_comes_back(void)
{
    struct sl_chat_input in, back;
    struct sl_chat_card card = cards_plain();
    SL_BUF(out, 65536);
    SL_BUF(metadata, 4096);
    json_t *body = NULL;

    SL_PROMISE(sl_slack_read(sl_span_str(click), SL_SPAN(TEAM), &in) == SL_OK);
    sl_slack_put_form(&out, in.trigger, &in, &card);
    SL_PROMISE(sl_json_read(sl_buf_span(&out), &body, NULL) == SL_OK);
    sl_json_put_string(&metadata, sl_json_str(json_object_get(body, "view"), "private_metadata"));
    SL_CHECK(read_json(changed(form, "view.private_metadata", sl_buf_text(&metadata)), &back) ==
             SL_OK);
    SL_CHECK(back.verb == in.verb && sl_span_eq(back.channel, in.channel) &&
             sl_span_eq(back.message, in.message) && sl_span_eq(back.approval, in.approval) &&
             memcmp(back.digest, in.digest, SL_CHAT_DIGEST) == 0);
    json_decref(back.json);
    json_decref(in.json);
    json_decref(body);
}

/* --- JSON itself ------------------------------------------------------------------------------ */

static enum sl_err read_text(const char *text)
{
    struct sl_chat_input in;
    enum sl_err err = sl_slack_read(sl_span_str(text), SL_SPAN(TEAM), &in);

    SL_CHECK(err == SL_OK || in.event == SL_CHAT_NOTHING);
    json_decref(in.json);
    return err;
}

static void test_json(void)
{
    static char large[300 * 1024];

    SL_CHECK(read_text("") == SL_EMALFORMED);
    SL_CHECK(read_text("[]") == SL_EMALFORMED);
    SL_CHECK(read_text("7") == SL_EMALFORMED);
    SL_CHECK(read_text("{\"type\":\"view_closed\",\"type\":\"block_actions\"}") == SL_EMALFORMED);
    SL_CHECK(read_text("{\"type\":\"view_closed\"} ") == SL_OK);
    SL_CHECK(read_text("{\"type\":\"view_closed\"}x") == SL_EMALFORMED);
    memset(large, ' ', sizeof large - 1);
    SL_CHECK(read_text(large) == SL_ELIMIT);
}

/* --- requests --------------------------------------------------------------------------------- */

static void encode(struct sl_buf *b, const char *text)
{
    for (; *text != '\0'; text++)
        if ((*text >= 'a' && *text <= 'z') || (*text >= '0' && *text <= '9'))
            sl_buf_put_u8(b, (uint8_t)*text);
        else if (*text == ' ')
            sl_buf_put_u8(b, '+');
        else
            sl_buf_say(b, "%%%s",
                       (char[]){"0123456789ABCDEF"[(uint8_t)*text >> 4],
                                "0123456789ABCDEF"[*text & 15], '\0'});
}

static enum sl_err request(struct sl_span body, enum sl_chat_event want)
{
    struct sl_chat_input in;
    enum sl_err err = sl_slack_read_request(body, SL_SPAN(TEAM), &in);

    SL_CHECK_INT(in.event, err == SL_OK ? want : SL_CHAT_NOTHING);
    json_decref(in.json);
    return err;
}

static void test_requests(void)
{
    SL_BUF(good, 65536);
    SL_BUF(more, 65536);

    sl_buf_put_str(&good, "payload=");
    encode(&good, click);
    SL_CHECK(request(sl_buf_span(&good), SL_CHAT_CLICK) == SL_OK);
    sl_buf_say(&more, "%S&%S", sl_buf_span(&good), sl_buf_span(&good));
    SL_CHECK(request(sl_buf_span(&more), SL_CHAT_CLICK) == SL_EMALFORMED);
    sl_buf_reset(&more);
    sl_buf_say(&more, "token=x&%S", sl_buf_span(&good));
    SL_CHECK(request(sl_buf_span(&more), SL_CHAT_CLICK) == SL_EMALFORMED);
    sl_buf_reset(&more);
    sl_buf_say(&more, "%S&x=1", sl_buf_span(&good));
    SL_CHECK(request(sl_buf_span(&more), SL_CHAT_CLICK) == SL_EMALFORMED);
    SL_CHECK(request(sl_span_str(click), SL_CHAT_CLICK) ==
             SL_EMALFORMED); /* a click is no JSON body */
}

static void test_bad_requests(void)
{
    static const char *const bad[] = {"",
                                      "payload",
                                      "payload=",
                                      "payload=%7",
                                      "payload=%",
                                      "payload=%zz",
                                      "payload={}",
                                      "Payload=%7B%7D",
                                      "payload=%7B%7D\n",
                                      "payload=%7B%7D%00",
                                      "payload=%7B%7D;",
                                      "{",
                                      "{}"};

    for (size_t i = 0; i < SL_COUNT(bad); i++)
        if (!SL_CHECK(request(sl_span_str(bad[i]), SL_CHAT_NOTHING) == SL_EMALFORMED))
            printf("# %s\n", bad[i]);
}

static void test_challenge(void)
{
    struct sl_chat_input in;

    SL_CHECK(
        sl_slack_read_request(SL_SPAN("{\"token\":\"x\",\"challenge\":"
                                      "\"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P\","
                                      "\"type\":\"url_verification\"}"),
                              SL_SPAN(TEAM), &in) == SL_OK);
    SL_CHECK(in.event == SL_CHAT_CHALLENGE);
    SL_CHECK_TEXT(in.challenge, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P");
    json_decref(in.json);
    SL_CHECK(request(SL_SPAN("{\"type\":\"event_callback\",\"event\":{}}"), SL_CHAT_NOTHING) ==
             SL_OK);
    SL_CHECK(request(SL_SPAN("{\"challenge\":\"<script>\",\"type\":\"url_verification\"}"),
                     SL_CHAT_NOTHING) == SL_EMALFORMED);
    SL_CHECK(request(SL_SPAN("{\"type\":\"url_verification\"}"), SL_CHAT_NOTHING) == SL_EMALFORMED);
    SL_CHECK(
        request(
            SL_SPAN(
                "payload=%7B%22challenge%22%3A%22a%22%2C%22type%22%3A%22url_verification%22%7D"),
            SL_CHAT_NOTHING) == SL_EMALFORMED);
}

/* --- envelopes -------------------------------------------------------------------------------- */

#define ENVELOPE_ID "dbdd0ef3-1543-4f94-bfb4-133d0e6c1545"

static enum sl_err envelope(const char *rest, struct sl_slack_envelope *e)
{
    SL_BUF(text, 65536);

    sl_buf_say(&text, "{%s}", rest);
    return sl_slack_read_envelope(sl_buf_span(&text), SL_SPAN(TEAM), e);
}

static void test_envelope(void)
{
    struct sl_slack_envelope e;
    SL_BUF(text, 65536);

    sl_buf_say(&text,
               "\"envelope_id\":\"" ENVELOPE_ID
               "\",\"type\":\"interactive\",\"accepts_response_payload\":true,"
               "\"retry_attempt\":2,\"retry_reason\":\"timeout\",\"payload\":%s",
               click);
    SL_CHECK(envelope(sl_buf_text(&text), &e) == SL_OK);
    SL_CHECK(e.type == SL_SLACK_INTERACTIVE && e.takes_answer && e.retry == 2 && !e.input_refused);
    SL_CHECK_TEXT(e.id, ENVELOPE_ID);
    SL_CHECK(e.input.event == SL_CHAT_CLICK && e.input.verb == SL_CHAT_APPROVE);
    SL_CHECK_TEXT(e.input.user, "U0123ABCD");
    sl_slack_envelope_done(&e);
}

static void test_envelopes(void)
{
    static const struct {
        const char *text;
        enum sl_slack_envelope_type type; /* 0: refused */
        bool input_refused;
    } rows[] = {
        {"\"type\":\"hello\",\"num_connections\":1,\"connection_info\":{\"app_id\":\"A1\"},\"debug_"
         "info\":{}",
         SL_SLACK_HELLO, false},
        {"\"type\":\"disconnect\",\"reason\":\"refresh_requested\",\"debug_info\":{}",
         SL_SLACK_DISCONNECT, false},
        {"\"type\":\"disconnect\"", SL_SLACK_DISCONNECT, false},
        {"\"type\":\"disconnect\",\"reason\":\"a b\"", 0, false},
        {"\"type\":\"events_api\",\"envelope_id\":\"e-1\",\"payload\":{}", SL_SLACK_OTHER, false},
        {"\"type\":\"slash_commands\",\"envelope_id\":\"e-1\",\"payload\":{\"x\":1}",
         SL_SLACK_OTHER, false},
        {"\"type\":\"of next year\"", SL_SLACK_OTHER, false},
        {"\"type\":\"interactive\",\"envelope_id\":\"e-1\",\"payload\":{\"type\":\"view_closed\"}",
         SL_SLACK_INTERACTIVE, false},
        {"\"type\":\"interactive\",\"envelope_id\":\"e-1\",\"payload\":{\"type\":\"block_"
         "actions\"}",
         SL_SLACK_INTERACTIVE, true},
        {"\"type\":\"interactive\",\"envelope_id\":\"e-1\",\"payload\":\"{}\"",
         SL_SLACK_INTERACTIVE, true},
        {"\"type\":\"interactive\",\"envelope_id\":\"e-1\"", SL_SLACK_INTERACTIVE, true},
        {"\"type\":\"interactive\",\"envelope_id\":\"e-1\",\"payload\":{\"type\":\"url_"
         "verification\",\"challenge\":\"x\"}",
         SL_SLACK_INTERACTIVE, true},
        {"\"type\":\"interactive\",\"payload\":{\"type\":\"view_closed\"}", 0, false},
        {"\"type\":\"interactive\",\"envelope_id\":\"a\\\"b\"", 0, false},
        {"\"type\":\"interactive\",\"envelope_id\":7", 0, false},
        {"\"type\":\"interactive\",\"envelope_id\":\"e-1\",\"retry_attempt\":-1", 0, false},
        {"\"type\":\"interactive\",\"envelope_id\":\"e-1\",\"accepts_response_payload\":1", 0,
         false},
        {"\"type\":7", 0, false},
        {"", 0, false},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_slack_envelope e = {.type = SL_SLACK_OTHER};
        enum sl_err err = envelope(rows[i].text, &e);
        bool good = rows[i].type == 0 ? err == SL_EMALFORMED
                                      : err == SL_OK && e.type == rows[i].type &&
                                            e.input_refused == rows[i].input_refused &&
                                            e.input.event == SL_CHAT_NOTHING;
        if (!SL_CHECK(good))
            printf("# %s\n", rows[i].text);
        sl_slack_envelope_done(&e);
    }
}

static void test_ack(void)
{
    SL_BUF(plain, 1024);
    SL_BUF(answer, 1024);

    sl_slack_put_ack(&plain, SL_SPAN("e-1"), SL_SPAN(""));
    SL_CHECK_TEXT(sl_buf_span(&plain), "{\"envelope_id\":\"e-1\"}");
    sl_slack_put_ack(&answer, SL_SPAN("e-1"), SL_SPAN("{\"a\":1}"));
    SL_CHECK_TEXT(sl_buf_span(&answer), "{\"envelope_id\":\"e-1\",\"payload\":{\"a\":1}}");
}

int main(void)
{
    SL_RUN(test_click);
    SL_RUN(test_clicks);
    SL_RUN(test_clicks_from_elsewhere);
    SL_RUN(test_form);
    SL_RUN(test_forms);
    SL_RUN(test_long_reason);
    SL_RUN(test_form_comes_back);
    SL_RUN(test_json);
    SL_RUN(test_requests);
    SL_RUN(test_bad_requests);
    SL_RUN(test_challenge);
    SL_RUN(test_envelope);
    SL_RUN(test_envelopes);
    SL_RUN(test_ack);
    return sl_tap_done();
}
