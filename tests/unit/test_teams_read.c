/* Activities, as Microsoft's documentation has them, and what may not pass; members. */
#include "core/chat/teams.h"

#include "tap.h"

#include <stdlib.h>

#define TENANT "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define APP "c9e8c047-2a34-40a1-b28a-b162d5f5327c"
#define USER "9d3e08f9-a7ae-43aa-a4d3-de3f319a8a9c"
#define APPROVAL "01890a5d-ac96-774b-bcce-b302099a8057"
#define DIGEST "abcd000000000000000000000000000000000000000000000000000000000000"
#define SERVICE "https://smba.trafficmanager.net/amer/"

static const struct sl_teams_us us = {.app = SL_SPAN(APP), .tenant = SL_SPAN(TENANT)};

/* An activity: each test changes one thing of it. NULL: left out. */
struct play {
    const char *type, *name, *channel, *service, *conversation, *from, *channel_data, *reply_to,
        *value, *more;
};

#define DATA(verb, reason)                                                          \
    "{\"approval\":\"" APPROVAL "\",\"digest\":\"" DIGEST "\",\"reason\":\"" reason \
    "\",\"sluice\":\"sluice." verb "\"}"
#define EXECUTE(verb, data, more)                                               \
    "{\"action\":{\"type\":\"Action.Execute\",\"title\":\"x\",\"verb\":\"" verb \
    "\",\"data\":" data "}" more "}"
#define FROM "{\"id\":\"29:1GcS4EyB\",\"name\":\"Larry\",\"aadObjectId\":\"" USER "\"}"
#define CONVERSATION                                                                  \
    "{\"isGroup\":true,\"conversationType\":\"channel\",\"tenantId\":\"" TENANT "\"," \
    "\"id\":\"19:ja0cu120i1@thread.tacv2;messageid=1481567603816\"}"
#define CHANNEL_DATA                \
    "{\"tenant\":{\"id\":\"" TENANT \
    "\"},\"team\":{\"id\":\"19:t\"},\"source\":{\"name\":\"message\"}}"

static struct play usual(void)
{
    return (struct play){.type = "invoke",
                         .name = "adaptiveCard/action",
                         .channel = "msteams",
                         .service = SERVICE,
                         .conversation = CONVERSATION,
                         .from = FROM,
                         .channel_data = CHANNEL_DATA,
                         .reply_to = "1481567603816",
                         .value = EXECUTE("sluice.approve", DATA("approve", "ok \\\"x\\\""),
                                          ",\"trigger\":\"manual\"")};
}

static void put_text(struct sl_buf *b, const char *key, const char *value)
{
    if (value != NULL)
        sl_buf_say(b, ",\"%s\":\"%s\"", key, value);
}

static void put_json(struct sl_buf *b, const char *key, const char *value)
{
    if (value != NULL)
        sl_buf_say(b, ",\"%s\":%s", key, value);
}

static void put(struct sl_buf *b, const struct play *p)
{
    sl_buf_put_str(b, "{\"id\":\"f:622749630322482883\",\"timestamp\":\"2017-02-23T19:34:07.478Z\","
                      "\"recipient\":{\"id\":\"28:" APP "\",\"name\":\"Sluice\"}");
    put_text(b, "type", p->type);
    put_text(b, "name", p->name);
    put_text(b, "channelId", p->channel);
    put_text(b, "serviceUrl", p->service);
    put_json(b, "conversation", p->conversation);
    put_json(b, "from", p->from);
    put_json(b, "channelData", p->channel_data);
    put_text(b, "replyToId", p->reply_to);
    put_json(b, "value", p->value);
    sl_buf_put_str(b, p->more == NULL ? "" : p->more);
    sl_buf_put_str(b, "}");
}

static enum sl_err read_of(const struct play *p, struct sl_teams_activity *a)
{
    SL_BUF(b, 1 << 20);

    put(&b, p);
    return sl_teams_read(sl_buf_span(&b), &us, SL_SPAN(SERVICE), a);
}

static void test_execute(void)
{
    struct play p = usual();
    struct sl_teams_activity a;

    SL_CHECK_INT(read_of(&p, &a), SL_OK);
    SL_CHECK_INT(a.kind, SL_TEAMS_INPUT);
    SL_CHECK(a.invoke && !a.input.foreign);
    SL_CHECK_INT(a.input.event, SL_CHAT_FORM);
    SL_CHECK_INT(a.input.verb, SL_CHAT_APPROVE);
    SL_CHECK_TEXT(a.input.team, TENANT);
    SL_CHECK_TEXT(a.input.user, USER);
    SL_CHECK_TEXT(a.input.channel, "19:ja0cu120i1@thread.tacv2");
    SL_CHECK_TEXT(a.input.message, "1481567603816");
    SL_CHECK_TEXT(a.input.approval, APPROVAL);
    SL_CHECK_INT(a.input.digest[0], 0xab);
    SL_CHECK_TEXT(a.input.text, "ok \"x\"");
    SL_CHECK_TEXT(a.from, "29:1GcS4EyB");
    SL_CHECK_TEXT(a.conversation_type, "channel");
    SL_CHECK_TEXT(a.roster, "19:t");
    json_decref(a.json);
}

static void test_verbs(void)
{
    static const struct {
        const char *value;
        enum sl_chat_verb verb;
    } table[] = {{EXECUTE("sluice.deny", DATA("deny", ""), ""), SL_CHAT_DENY},
                 {EXECUTE("sluice.ask", DATA("ask", "what?"), ""), SL_CHAT_ASK},
                 {EXECUTE("sluice.revoke", DATA("revoke", ""), ""), SL_CHAT_REVOKE},
                 {EXECUTE("sluice.stop", DATA("stop", ""), ""), SL_CHAT_STOP},
                 {EXECUTE("sluice.answer", DATA("answer", "that one"), ""), SL_CHAT_ANSWER}};

    for (size_t i = 0; i < SL_COUNT(table); i++) {
        struct play p = usual();
        struct sl_teams_activity a;

        p.value = table[i].value;
        SL_CHECK_INT(read_of(&p, &a), SL_OK);
        SL_CHECK_INT(a.input.verb, table[i].verb);
        json_decref(a.json);
    }
}

static void test_submit(void)
{
    struct play p = usual();
    struct sl_teams_activity a;

    p.type = "message";
    p.name = NULL;
    p.value = DATA("deny", "no");
    SL_CHECK_INT(read_of(&p, &a), SL_OK);
    SL_CHECK_INT(a.kind, SL_TEAMS_INPUT);
    SL_CHECK(!a.invoke);
    SL_CHECK_INT(a.input.verb, SL_CHAT_DENY);
    SL_CHECK_TEXT(a.input.text, "no");
    json_decref(a.json);
}

/* Looked at, and nobody decided anything. */
static void test_nothing(void)
{
    static const char *const values[] = {
        EXECUTE("other.verb", DATA("approve", ""), ",\"trigger\":\"manual\""),
        EXECUTE("", DATA("approve", ""), ""),
        EXECUTE("approve", DATA("approve", ""), ""),
        "{\"action\":{\"type\":\"Action.Execute\",\"data\":" DATA("approve", "") "}}",
    };
    static const char *const triggers[] = {"automatic", "", "Manual", "manual2"};

    for (size_t i = 0; i < SL_COUNT(values); i++) {
        struct play p = usual();
        struct sl_teams_activity a;
        p.value = values[i];
        SL_CHECK_INT(read_of(&p, &a), SL_OK);
        SL_CHECK(a.kind == SL_TEAMS_NOTHING && a.input.event == SL_CHAT_NOTHING);
        json_decref(a.json);
    }
    for (size_t i = 0; i < SL_COUNT(triggers); i++) {
        struct play p = usual();
        struct sl_teams_activity a;
        SL_BUF(value, 4096);
        sl_buf_say(&value, EXECUTE("sluice.approve", DATA("approve", ""), ",\"trigger\":\"%s\""),
                   triggers[i]);
        p.value = sl_buf_text(&value);
        SL_CHECK_INT(read_of(&p, &a), SL_OK);
        SL_CHECK(a.kind == SL_TEAMS_REFRESH && a.input.event == SL_CHAT_NOTHING);
        json_decref(a.json);
    }
}

static void expect(struct play p, enum sl_err want, enum sl_teams_kind kind, int line)
{
    struct sl_teams_activity a;
    enum sl_err err = read_of(&p, &a);

    if (!SL_CHECK_INT(err, want) || !SL_CHECK_INT(a.kind, kind))
        printf("# of line %d\n", line);
    SL_CHECK(err == SL_OK || (a.input.event == SL_CHAT_NOTHING && a.input.verb == 0));
    json_decref(a.json);
}

#define EXPECT(member, text, want, kind)     \
    do {                                     \
        struct play play_ = usual();         \
        play_.member = (text);               \
        expect(play_, want, kind, __LINE__); \
    } while (0)

static void test_others_are_nothing(void)
{
    EXPECT(name, "task/fetch", SL_OK, SL_TEAMS_NOTHING);
    EXPECT(name, NULL, SL_OK, SL_TEAMS_NOTHING);
    EXPECT(type, "typing", SL_OK, SL_TEAMS_NOTHING);
    EXPECT(type, "messageReaction", SL_OK, SL_TEAMS_NOTHING);
    EXPECT(type, "message", SL_OK, SL_TEAMS_NOTHING); /* somebody's words, and a value of others */
}

static void test_malformed(void)
{
    EXPECT(type, NULL, SL_EMALFORMED, 0);
    EXPECT(value, NULL, SL_EMALFORMED, 0);
    EXPECT(value, "[]", SL_EMALFORMED, 0);
    EXPECT(reply_to, NULL, SL_EMALFORMED, 0);
    EXPECT(reply_to, "a b", SL_EMALFORMED, 0);
    EXPECT(conversation, NULL, SL_EMALFORMED, 0);
    EXPECT(conversation, "{\"id\":\";messageid=1\",\"tenantId\":\"" TENANT "\"}", SL_EMALFORMED, 0);
    EXPECT(from, NULL, SL_EMALFORMED, 0);
    EXPECT(from, "{\"id\":\"29:1\",\"aadObjectId\":\"bob\"}", SL_EMALFORMED, 0);
    EXPECT(from, "{\"id\":\"29:1\",\"aadObjectId\":7}", SL_EMALFORMED, 0);
    EXPECT(channel_data, "\"x\"", SL_EMALFORMED, 0);
    EXPECT(channel_data, "{\"team\":7}", SL_EMALFORMED, 0);
    EXPECT(channel_data, "{\"team\":{\"id\":7}}", SL_EMALFORMED, 0);
    EXPECT(more, ",\"type\":\"invoke\"", SL_EMALFORMED, 0); /* said twice */
    EXPECT(more, "}{", SL_EMALFORMED, 0);
    EXPECT(value, EXECUTE("sluice.grant", DATA("approve", ""), ""), SL_EMALFORMED, 0);
    EXPECT(value, EXECUTE("sluice.approve", DATA("deny", ""), ""), SL_EMALFORMED, 0);
    EXPECT(value, EXECUTE("sluice.answer", DATA("approve", ""), ""), SL_EMALFORMED, 0);
    EXPECT(value, EXECUTE("sluice.approve", DATA("answer", ""), ""), SL_EMALFORMED, 0);
    EXPECT(value, EXECUTE("sluice.answers", DATA("answer", ""), ""), SL_EMALFORMED, 0);
    EXPECT(value, EXECUTE("sluice.approve", "{}", ""), SL_EMALFORMED, 0);
    EXPECT(value, EXECUTE("sluice.approve", DATA("approve", ""), ",\"trigger\":1"), SL_EMALFORMED,
           0);
    EXPECT(value,
           "{\"action\":{\"type\":\"Action.Submit\",\"verb\":\"sluice.approve\",\"data\":" DATA(
               "approve", "") "}}",
           SL_EMALFORMED, 0);
}

/* data with one thing wrong */
static void test_malformed_data(void)
{
    static const char *const datas[] = {
        "{\"approval\":\"x\",\"digest\":\"" DIGEST "\",\"sluice\":\"sluice.approve\"}",
        "{\"approval\":\"" APPROVAL "\",\"digest\":\"abcd\",\"sluice\":\"sluice.approve\"}",
        "{\"approval\":\"" APPROVAL "\",\"sluice\":\"sluice.approve\"}",
        "{\"approval\":\"" APPROVAL "\",\"digest\":\"" DIGEST "\"}",
        "{\"approval\":\"" APPROVAL "\",\"digest\":\"" DIGEST "\",\"sluice\":\"approve\"}",
        "{\"approval\":\"" APPROVAL "\",\"digest\":\"" DIGEST
        "\",\"sluice\":\"sluice.approve\",\"reason\":[]}",
        "{\"approval\":\"" APPROVAL "\",\"digest\":\"" DIGEST
        "\",\"sluice\":\"sluice.approve\",\"also\":\"1\"}",
    };

    for (size_t i = 0; i < SL_COUNT(datas); i++) {
        struct play p = usual();
        SL_BUF(value, 8192);

        sl_buf_say(&value, EXECUTE("sluice.approve", "%s", ""), datas[i]);
        p.value = sl_buf_text(&value);
        expect(p, SL_EMALFORMED, 0, (int)i);
    }
}

static void test_reason_has_an_end(void)
{
    char text[SL_CHAT_REASON_MOST + 2];

    for (size_t over = 0; over < 2; over++) {
        struct play p = usual();
        SL_BUF(value, 8192);

        memset(text, 'x', sizeof text);
        text[SL_CHAT_REASON_MOST + over] = '\0';
        sl_buf_say(&value, EXECUTE("sluice.approve", DATA("approve", "%s"), ""), text);
        p.value = sl_buf_text(&value);
        expect(p, over ? SL_EMALFORMED : SL_OK, over ? 0 : SL_TEAMS_INPUT, __LINE__);
    }
}

static void test_of_another_service(void)
{
    EXPECT(service, "https://smba.trafficmanager.net/emea/", SL_EDENIED, 0);
    EXPECT(service, NULL, SL_EDENIED, 0);
    EXPECT(channel, "webchat", SL_EDENIED, 0);
    EXPECT(channel, "emulator", SL_EDENIED, 0);
    EXPECT(channel, NULL, SL_EDENIED, 0);
}

static bool foreign(const char *conversation, const char *from, const char *channel_data)
{
    struct play p = usual();
    struct sl_teams_activity a;

    p.conversation = conversation;
    p.from = from;
    p.channel_data = channel_data;
    SL_CHECK_INT(read_of(&p, &a), SL_OK);
    bool out = a.input.foreign;
    json_decref(a.json);
    return out;
}

#define OTHER "00000000-0000-0000-0000-000000000001"
static void test_foreigners(void)
{
    SL_CHECK(!foreign(CONVERSATION, FROM, CHANNEL_DATA));
    SL_CHECK(foreign("{\"id\":\"19:a\",\"tenantId\":\"" OTHER "\"}", FROM, CHANNEL_DATA));
    SL_CHECK(foreign("{\"id\":\"19:a\"}", FROM, CHANNEL_DATA));
    SL_CHECK(foreign(CONVERSATION, FROM, "{\"tenant\":{\"id\":\"" OTHER "\"}}"));
    SL_CHECK(foreign(CONVERSATION, FROM, "{}"));
    SL_CHECK(foreign(CONVERSATION, FROM, NULL));
    SL_CHECK(foreign(CONVERSATION, "{\"id\":\"29:1\"}", CHANNEL_DATA));
    SL_CHECK(foreign(CONVERSATION,
                     "{\"id\":\"29:1\",\"aadObjectId\":\"" USER "\",\"tenantId\":\"" OTHER "\"}",
                     CHANNEL_DATA));
    SL_CHECK(foreign(CONVERSATION,
                     "{\"id\":\"29:1\",\"aadObjectId\":\"" USER "\",\"role\":\"bot\"}",
                     CHANNEL_DATA));
    SL_CHECK(!foreign(CONVERSATION,
                      "{\"id\":\"29:1\",\"aadObjectId\":\"" USER "\",\"role\":\"user\"}",
                      CHANNEL_DATA));
}

static void test_installation(void)
{
    static const struct {
        const char *type, *more;
        enum sl_teams_kind kind;
    } table[] = {
        {"conversationUpdate", ",\"membersAdded\":[{\"id\":\"28:" APP "\"}]", SL_TEAMS_ADDED},
        {"conversationUpdate", ",\"membersAdded\":[{\"id\":\"29:x\"}]", SL_TEAMS_NOTHING},
        {"conversationUpdate", ",\"membersRemoved\":[{\"id\":\"28:" APP "\"}]", SL_TEAMS_REMOVED},
        {"conversationUpdate", "", SL_TEAMS_NOTHING},
        {"installationUpdate", ",\"action\":\"add\"", SL_TEAMS_ADDED},
        {"installationUpdate", ",\"action\":\"add-upgrade\"", SL_TEAMS_ADDED},
        {"installationUpdate", ",\"action\":\"remove\"", SL_TEAMS_REMOVED},
        {"installationUpdate", ",\"action\":\"remove-upgrade\"", SL_TEAMS_NOTHING},
    };

    for (size_t i = 0; i < SL_COUNT(table); i++) {
        struct play p = usual();
        p.type = table[i].type;
        p.more = table[i].more;
        expect(p, SL_OK, table[i].kind, (int)i);
        p.channel_data = "{\"tenant\":{\"id\":\"" OTHER "\"}}";
        expect(p, SL_OK, SL_TEAMS_NOTHING, (int)i);
    }
}

static void test_sizes(void)
{
    struct sl_teams_activity a;
    SL_BUF(b, 1 << 20);

    while (b.n <= SL_TEAMS_BODY_MOST)
        sl_buf_put_str(&b, "          ");
    SL_CHECK_INT(sl_teams_read(sl_buf_span(&b), &us, SL_SPAN(SERVICE), &a), SL_ELIMIT);
    SL_CHECK_INT(sl_teams_read(SL_SPAN(""), &us, SL_SPAN(SERVICE), &a), SL_EMALFORMED);
    SL_CHECK_INT(sl_teams_read(SL_SPAN("[]"), &us, SL_SPAN(SERVICE), &a), SL_EMALFORMED);
    SL_CHECK_INT(sl_teams_read(SL_SPAN("{}"), &us, SL_SPAN(""), &a), SL_EDENIED);
    json_decref(a.json);
}

/* --- members -----------------------------------------------------------------------------------
 */

static const char *refused(const char *id, const char *tenant, const char *role, const char *name)
{
    SL_BUF(b, 4096);

    sl_buf_say(&b,
               "{\"id\":\"29:1\",\"%s,\"tenantId\":%s,\"userRole\":%s,\"userPrincipalName\":%s}",
               id, tenant, role, name);
    return sl_teams_member_refused(sl_buf_span(&b), &us, SL_SPAN(USER));
}

static void test_members(void)
{
    static const char ours[] = "\"" TENANT "\"", user[] = "\"user\"",
                      larry[] = "\"l@fabrikam.com\"";
    static const char id[] = "objectId\":\"" USER "\"";

    SL_CHECK(refused(id, ours, user, larry) == NULL);
    SL_CHECK(refused("aadObjectId\":\"" USER "\"", ours, "\"User\"", larry) == NULL);
    SL_CHECK(refused("objectId\":\"" USER "\",\"aadObjectId\":\"" OTHER "\"", ours, user, larry));
    SL_CHECK(refused("objectId\":\"" OTHER "\"", ours, user, larry) != NULL);
    SL_CHECK(refused("x\":\"" USER "\"", ours, user, larry) != NULL);
    SL_CHECK(refused(id, "\"" OTHER "\"", user, larry) != NULL);
    SL_CHECK(refused(id, "null", user, larry) != NULL);
    SL_CHECK(refused(id, ours, "\"guest\"", larry) != NULL);
    SL_CHECK(refused(id, ours, "\"anonymous\"", larry) != NULL);
    SL_CHECK(refused(id, ours, "null", larry) != NULL);
    SL_CHECK(refused(id, ours, user, "\"x_y.com#EXT#@fabrikam.onmicrosoft.com\"") != NULL);
    SL_CHECK(refused(id, ours, user, "\"x_y.com#ext#@fabrikam.onmicrosoft.com\"") != NULL);
    SL_CHECK(refused(id, ours, user, "null") != NULL);
    SL_CHECK(sl_teams_member_refused(SL_SPAN("[]"), &us, SL_SPAN(USER)) != NULL);
    SL_CHECK(sl_teams_member_refused(SL_SPAN(""), &us, SL_SPAN(USER)) != NULL);
    SL_CHECK(
        sl_teams_member_refused(SL_SPAN("{\"objectId\":\"\",\"tenantId\":\"" TENANT
                                        "\",\"userRole\":\"user\",\"userPrincipalName\":\"l\"}"),
                                &us, SL_SPAN("")) != NULL);
}

int main(void)
{
    SL_RUN(test_execute);
    SL_RUN(test_verbs);
    SL_RUN(test_submit);
    SL_RUN(test_nothing);
    SL_RUN(test_others_are_nothing);
    SL_RUN(test_malformed);
    SL_RUN(test_malformed_data);
    SL_RUN(test_reason_has_an_end);
    SL_RUN(test_of_another_service);
    SL_RUN(test_foreigners);
    SL_RUN(test_installation);
    SL_RUN(test_sizes);
    SL_RUN(test_members);
    return sl_tap_done();
}
