/* Cards of a bot in Teams that decide, and what is said beside them: with this test as the courier,
 * as Microsoft and as a desk that somebody captured. The first argument is the keeper. */
#define RITA "11111111-2222-4333-8444-555555555555"
#define OLGA "22222222-2222-4333-8444-555555555555"
#define AUD "33333333-2222-4333-8444-555555555555"
#define KEEPER_PLAY_RULES                                                                 \
    "  - name: people\n"                                                                  \
    "    when: {effects: [read], labels: [pii]}\n"                                        \
    "    then: hold\n"                                                                    \
    "    reviewers: {groups: [dba]}\n"                                                    \
    "roles: {auditors: {groups: [audit]}}\n"                                              \
    "issuers: [{name: entra, issuer: \"https://login.microsoftonline.com/" TENANT         \
    "/v2.0\", subject_claim: oid, client_id: sluice, client_secret_file: e}]\n" TEAMS_BOT \
    ", issuer: entra}\n"

#include "tests/unit/teams_bot_play.h"

#include "tests/unit/hold_play.h"

/* Answers what the keeper asks on its way to a call whose address has this part. */
static bool comes_to(const char *part, int ms)
{
    while (asked_within(ms)) {
        if (strcmp(wanted.url, METADATA) == 0)
            tell(200, GOOD_METADATA);
        else if (strcmp(wanted.url, KEYS) == 0)
            tell_keys("msteams");
        else if (strcmp(wanted.url, TOKEN) == 0)
            tell(200, GRANT);
        else if (strstr(wanted.url, part) != NULL)
            return true;
        else
            tell(404, "{}");
    }
    return false;
}

/* The first message about the approval at hand. */
static bool its_card_comes(void)
{
    while (comes_to("/activities", PATIENCE_MS)) {
        if (strstr(wanted.body, approval) != NULL)
            return true;
        tell(strcmp(wanted.method, "PUT") == 0 ? 200 : 201, "{\"id\":\"1:other\"}");
    }
    return SL_CHECK(false);
}

static void test_a_card_decides(void)
{
    hold(SL_EFFECT_DDL, "create table t (id int)");
    if (its_card_comes())
        SL_CHECK(strstr(wanted.body, "sluice.approve") != NULL);
    tell(201, "{\"id\":\"1:msg1\"}");
}

/* The desk carries what the Connector sends: its token, which says nothing of the body. */
static void carries(const char *body_text)
{
    SL_BUF(body, 32 * 1024);
    struct sl_span bearer = jwt("");
    json_t *o = json_object();

    json_object_set_new(o, "chat", json_string("teams"));
    json_object_set_new(o, "token", json_stringn((const char *)bearer.p, bearer.n));
    json_object_set_new(o, "body", json_string(body_text));
    SL_CHECK_INT(sl_json_canonical(&body, o), SL_OK);
    json_decref(o);
    TELL(play.desk, call, .call = ++play.call, .method = SL_SPAN("chat.incoming"),
         .credential = SL_SPAN(""), .address = SL_SPAN("192.0.2.1"), .channel = SL_SPAN(""),
         .body = sl_buf_span(&body));
}

struct press {
    const char *id, *user, *verb, *place, *message, *words;
};

/* A press, as the Connector tells of it. */
static void presses(const struct press *p)
{
    SL_BUF(activity, 8192);

    sl_buf_say(&activity,
               "{\"type\":\"invoke\",\"name\":\"adaptiveCard/action\",\"id\":\"%s\",\"channelId\":"
               "\"msteams\",\"serviceUrl\":\"" SERVICE
               "\",\"from\":{\"id\":\"29:x\",\"aadObjectId\":"
               "\"%s\"},\"recipient\":{\"id\":\"28:" APP "\"},\"conversation\":{\"id\":"
               "\"%s\",\"tenantId\":\"" TENANT "\"},\"channelData\":{\"tenant\":"
               "{\"id\":\"" TENANT "\"}},\"replyToId\":\"%s\",\"value\":{\"action\":{\"type\":"
               "\"Action.Execute\",\"verb\":\"%s\",\"data\":{\"sluice\":\"%s\","
               "\"approval\":\"%s\",\"digest\":\"%s\",\"reason\":\"%s\"}},\"trigger\":\"manual\"}}",
               p->id, p->user, p->place, p->message, p->verb, p->verb, approval, digest_hex,
               p->words);
    carries(sl_buf_text(&activity));
}

/* Teams is asked who that is, and says that it is a plain member. */
static void is_a_member(const char *user)
{
    SL_BUF(body, 512);

    SL_CHECK(comes_to("/members/", PATIENCE_MS));
    sl_buf_say(&body,
               "{\"id\":\"29:x\",\"objectId\":\"%s\",\"tenantId\":\"" TENANT
               "\",\"userRole\":\"user\",\"userPrincipalName\":\"x@x\"}",
               user);
    tell(200, sl_buf_text(&body));
}

/* What nothing in Microsoft's protocol keeps a captured desk from (docs/threat-model.md): with the
 * token of any activity it makes up a press of anybody whose account is linked. `sluice check`
 * warns of rules that matter and let Teams decide. */
static void test_a_captured_desk_decides_in_teams(void)
{
    struct sl_msg_reply m = {0};

    presses(&(struct press){"f:77", RITA, "sluice.approve", "19:ops@thread.tacv2", "1:msg1", "ok"});
    is_a_member(RITA);
    SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY) && HEARD(reply, &m));
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "approved");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
}

#define ONE_PERSON "select mail from hidden.people where id = 1"

/* `over`: what a result that goes beyond a budget has in front of its text. */
static void hold_labelled_read(const char *sql, const char *over, const char *show)
{
    SL_BUF(plain, 4096);
    SL_BUF(operation, 4096);
    SL_BUF(meaning, 4096);
    struct sl_meaning_statement statement = {SL_SPAN("select"), SL_EFFECT_READ};
    struct sl_span columns[] = {SL_SPAN("mail")};
    struct sl_meaning_access access = {.dataset = SL_SPAN("hidden.people"),
                                       .effects = SL_EFFECT_READ,
                                       .columns = columns,
                                       .column_count = 1};
    struct sl_meaning m = {.effects = SL_EFFECT_READ,
                           .statements = &statement,
                           .statement_count = 1,
                           .accesses = &access,
                           .access_count = 1};

    sl_action_put_simple(&plain, sl_span_str(sql));
    sl_buf_say(&operation, "{%s%S", over, sl_span(plain.p + 1, plain.n - 1));
    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = session, .action = next_action++,
         .generation = policy_generation, .asked_us = sl_clock_us(),
         .operation = sl_buf_span(&operation), .meaning = sl_buf_span(&meaning),
         .context_user = SL_SPAN("app"), .reason = SL_SPAN("spring clean"),
         .show = sl_span_str(show));
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)))
        note_held();
}

/* What is usual for them is told, so they are no less ordinary than others. */
static void test_a_card_of_a_labelled_read_decides(void)
{
    hold_labelled_read(ONE_PERSON, "", "");
    if (!its_card_comes())
        return;
    SL_CHECK(strstr(wanted.body, "sluice.approve") != NULL);
    SL_CHECK(strstr(wanted.body, "at most 1,000 in its result") != NULL);
    tell(201, "{\"id\":\"1:msg2\"}");
}

/* Whoever asks reads along: enough estimates tell values that nobody let them read, and what a yes
 * lets pass is made of one. Without an estimate it is made of what they know. */
static void test_a_card_tells_no_estimate(void)
{
    hold_labelled_read(ONE_PERSON, "\"before\":0,\"budget\":\"people\",\"delivered\":0,",
                       "{\"rows_estimate\":4711}");
    if (!its_card_comes())
        return;
    SL_CHECK(strstr(wanted.body, "at most") == NULL);
    SL_CHECK(strstr(wanted.body, "9,422") == NULL && strstr(wanted.body, "9422") == NULL);
    SL_CHECK(strstr(wanted.body, "4711") == NULL && strstr(wanted.body, "4,711") == NULL);
    SL_CHECK(strstr(wanted.body, "sluice.approve") == NULL);
    tell(201, "{\"id\":\"1:msg3\"}");
    hold_labelled_read(ONE_PERSON, "\"before\":0,\"budget\":\"people\",\"delivered\":12,", "");
    if (!its_card_comes())
        return;
    SL_CHECK(strstr(wanted.body, "at most 24") != NULL);
    tell(201, "{\"id\":\"1:msg4\"}");
}

/* Answers what comes until it is quiet for so long. */
static void until_quiet(int ms)
{
    while (comes_to("/v3/conversations", ms))
        tell(strcmp(wanted.method, "PUT") == 0 ? 200 : 201, "{\"id\":\"1:d1\"}");
}

static void answer(uint64_t call, uint32_t status, const char *body)
{
    TELL(courier, fetched, .call = call, .status = status, .body = sl_span_str(body));
}

/* What became of it is said once in its thread, also when other answers come while that is under
 * way. */
static void test_one_note(void)
{
    uint64_t card = 0, direct = 0;
    unsigned notes = 0;

    hold(SL_EFFECT_DDL, "create table u (id int)");
    until_quiet(1500);
    SL_CHECK_INT(decide(rita, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    for (int i = 0; i < 2 && SL_CHECK(comes_to("/v3/conversations", PATIENCE_MS)); i++)
        *(strcmp(wanted.method, "PUT") == 0 ? &card : &direct) = wanted.call;
    if (!SL_CHECK(card != 0 && direct != 0))
        return;
    answer(card, 200, "{}");
    while (comes_to("/v3/conversations", 3000)) {
        uint64_t note = wanted.call;

        if (strcmp(wanted.method, "PUT") == 0) {
            tell(200, "{}");
            continue;
        }
        if (notes++ == 0) {
            answer(direct, 201, "{\"id\":\"1:d2\"}");
            usleep(400 * 1000);
        }
        answer(note, 201, "{\"id\":\"1:n1\"}");
    }
    SL_CHECK_INT(notes, 1);
}

/* --- questions ---------------------------------------------------------------------------------
 */

#define OLGAS "1:d1"

/* The message of olga's own with this in it; what else is told is taken. */
static bool olga_is_told(const char *words)
{
    while (comes_to("/v3/conversations", PATIENCE_MS)) {
        const char *end = strstr(wanted.url, "/v3/conversations") + strlen("/v3/conversations");

        if (*end == '\0')
            tell(201, "{\"id\":\"" OLGAS "\"}");
        else if (strncmp(end, "/1%3Ad1/", 8) == 0 && strstr(wanted.body, words) != NULL)
            return true;
        else
            tell(strcmp(wanted.method, "PUT") == 0 ? 200 : 201, "{\"id\":\"1:o0\"}");
    }
    return SL_CHECK(false);
}

static void rita_asks(const char *text)
{
    SL_BUF(body, 512);

    sl_buf_say(&body, "{'id':'%s','text':'%s'}", approval, text);
    SL_CHECK_INT(call_as(play.desk, "question", rita, sl_buf_text(&body)), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_NOTE));
}

static size_t said_so_far(void)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", rita, sl_buf_text(&body)), 200);
    return json_array_size(json_object_get(play.reply, "messages"));
}

/* What who pressed is answered. */
static bool is_answered(const char *words)
{
    struct sl_msg_reply m = {0};
    SL_BUF(text, 128 * 1024);

    if (!SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY) && HEARD(reply, &m)))
        return false;
    sl_buf_put(&text, m.body);
    if (strstr(sl_buf_text(&text), words) != NULL)
        return true;
    printf("#   not %s: %s\n", words, sl_buf_text(&text));
    return false;
}

/* The question goes to the agent's owner, in a conversation of their own, where they answer: the
 * message with the button, and nowhere else; the requester set, and nobody else; once. */
static void test_an_owner_answers(void)
{
    struct press press = {"f:90", OLGA, "sluice.answer", OLGAS, "1:q1", "the fourth"};

    until_quiet(1500);
    hold(SL_EFFECT_DDL, "create table v (id int)");
    rita_asks("which of the two?");
    if (!olga_is_told("which of the two?"))
        return;
    SL_CHECK(strstr(wanted.body, "\"verb\":\"sluice.answer\"") != NULL);
    SL_CHECK(strstr(wanted.body, "create table v") == NULL);
    tell(201, "{\"id\":\"1:q1\"}");
    until_quiet(1500);
    press.message = "1:msg1"; /* another one of ours */
    presses(&press);
    SL_CHECK(is_answered("does not know this message"));
    press = (struct press){"f:91", OLGA, "sluice.deny", OLGAS, "1:q1", "no"};
    presses(&press);
    SL_CHECK(is_answered("no such button"));
    press = (struct press){"f:92", RITA, "sluice.answer", OLGAS, "1:q1", "the third"};
    presses(&press);
    is_a_member(RITA);
    SL_CHECK(is_answered("Not yours to answer"));
    press = (struct press){"f:96", AUD, "sluice.answer", OLGAS, "1:q1", "the second"};
    presses(&press);
    is_a_member(AUD);
    SL_CHECK(is_answered("An auditor changes nothing"));
    SL_CHECK_INT(said_so_far(), 1);
    press = (struct press){"f:93", OLGA, "sluice.answer", OLGAS, "1:q1", "the fourth"};
    presses(&press);
    is_a_member(OLGA);
    SL_CHECK(is_answered("No answer is needed any more"));
    presses(&press);
    SL_CHECK(is_answered("came before"));
    SL_CHECK_INT(said_so_far(), 2);
    if (olga_is_told("the fourth")) {
        SL_CHECK_TEXT(sl_span_str(wanted.method), "PUT");
        SL_CHECK(strstr(wanted.url, "/activities/1%3Aq1") != NULL);
        SL_CHECK(strstr(wanted.body, "sluice.answer") == NULL);
        tell(200, "{}");
    }
    press.id = "f:94";
    presses(&press);
    SL_CHECK(is_answered("no question waits"));
    rita_asks("and of those two?");
    if (olga_is_told("and of those two?")) /* nobody is notified of a message that changes */
        SL_CHECK_TEXT(sl_span_str(wanted.method), "POST");
    tell(201, "{\"id\":\"1:q2\"}");
    until_quiet(1500);
    SL_CHECK_INT(decide(rita, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    if (olga_is_told("No answer is needed any more"))
        tell(200, "{}");
    until_quiet(1500);
    presses(&(struct press){"f:95", OLGA, "sluice.answer", OLGAS, "1:q2", "too late"});
    is_a_member(OLGA);
    SL_CHECK(is_answered("not open any more"));
    SL_CHECK_INT(said_so_far(), 3);
}

/* A stand-in hears that they are named, until when, and that it ends before. */
static void test_a_stand_in_is_told(void)
{
    until_quiet(1500);
    SL_CHECK_INT(call_as(play.desk, "me.away", rita,
                         "{'until':'7d','stand_in':'olga','reason':'a secret'}"),
                 200);
    if (olga_is_told("You stand in for rita until "))
        SL_CHECK(strstr(wanted.body, "a secret") == NULL);
    tell(503, "{}"); /* it is said again */
    if (olga_is_told("You stand in for rita until "))
        tell(201, "{\"id\":\"1:s1\"}");
    SL_CHECK_INT(call_as(play.desk, "me.away", rita, "{'until':'9d','stand_in':'olga'}"), 200);
    if (olga_is_told("You stand in for rita until "))
        tell(201, "{\"id\":\"1:s2\"}");
    SL_CHECK_INT(call_as(play.desk, "me.back", rita, "{}"), 200);
    if (olga_is_told("You do not stand in for rita any more"))
        tell(201, "{\"id\":\"1:s3\"}");
    SL_CHECK(!comes_to("/v3/conversations", 1500)); /* each of it once */
}

/* From now on the chat tells who and where. */
static void reload_with_link(void)
{
    static const char channel[] = "channel: \"19:ops@thread.tacv2\"";
    const char *at = strstr(config, channel) + sizeof channel - 1;
    struct sl_msg_reloaded done = {0};
    SL_BUF(text, 64 * 1024);

    sl_buf_put(&text, sl_span(config, (size_t)(at - config)));
    sl_buf_say(&text, ", show: link%s", at);
    TELL(play.super, reload, .generation = ++policy_generation, .config = sl_buf_span(&text));
    struct sl_msg_secret_ask ask;
    unsigned heard;

    while ((heard = hear_within(play.super, PATIENCE_MS)) == SL_MESSAGE_SECRET_ASK)
        if (HEARD(secret_ask, &ask) && sl_span_is(ask.chat, "teams"))
            TELL(play.super, secret, .call = ask.call, .found = 1, .secret = SL_SPAN("s"));
    SL_CHECK(heard == SL_MESSAGE_RELOADED && HEARD(reloaded, &done) && done.accepted == 1);
}

/* No message of the chat, at any step, has one of these words. */
static void tells_none_of(const char *const *words, size_t count, int quiet_ms, unsigned least)
{
    unsigned heard = 0;

    while (comes_to("/v3/conversations", quiet_ms)) {
        heard++;
        for (size_t i = 0; i < count; i++)
            if (!SL_CHECK(strstr(wanted.body, words[i]) == NULL))
                printf("#   %s stands in %s\n", words[i], wanted.body);
        tell(strcmp(wanted.method, "PUT") == 0 ? 200 : 201, "{\"id\":\"1:w1\"}");
    }
    SL_CHECK(heard >= least);
}

/* `show: link`: who and where. What, why and what people say about it is behind the link, from the
 * first message to the last. */
static void test_a_chat_that_only_links(void)
{
    static const char *const untold[] = {"spring clean", "hidden.people", "read",
                                         "pii",          "at most",       "select",
                                         "looked at it", "No reason",     "sluice.approve",
                                         "sluice.answer"};

    until_quiet(1500);
    reload_with_link();
    hold_labelled_read("select mail from hidden.people where id = 2", "", "");
    if (!its_card_comes())
        return;
    SL_CHECK(strstr(wanted.body, "bot") != NULL);
    SL_CHECK(strstr(wanted.body, "finance") != NULL);
    SL_CHECK(strstr(wanted.body, "pii") == NULL && strstr(wanted.body, "hidden.people") == NULL);
    SL_CHECK(strstr(wanted.body, "at most") == NULL);
    tell(201, "{\"id\":\"1:w1\"}");
    rita_asks("hidden.people, why?");
    tells_none_of(untold, SL_COUNT(untold), 1500, 1); /* the question is behind the link, too */
    SL_CHECK_INT(decide(rita, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    tells_none_of(untold, SL_COUNT(untold), 3000, 2); /* the card, and the note */
}

static void link_to(const char *name, const char *subject)
{
    SL_CHECK_INT(control("account.link", "{'name':'%s','issuer':'entra','subject':'%s'}", name,
                         subject),
                 201);
}

int main(int argc, char **argv)
{
    char aud[128];

    if (argc < 2)
        return 2;
    key = issuer_key("t", "RS256");
    play_begin(argv[1]);
    courier_comes();
    give_secret("teams", "client_secret", "s");
    add_people();
    add_human("aud", "'audit'", aud);
    link_to("aud", AUD);
    link_to("rita", RITA);
    SL_RUN(test_a_card_decides);
    SL_RUN(test_a_captured_desk_decides_in_teams);
    SL_RUN(test_a_card_of_a_labelled_read_decides);
    SL_RUN(test_a_card_tells_no_estimate);
    link_to("olga", OLGA);
    SL_RUN(test_one_note);
    SL_RUN(test_an_owner_answers);
    SL_RUN(test_a_stand_in_is_told);
    SL_RUN(test_a_chat_that_only_links);
    play_end();
    issuer_key_free(&key);
    return sl_tap_done();
}
