/* Cards of a bot in Teams that decide, and what is said beside them: with this test as the courier,
 * as Microsoft and as a desk that somebody captured. The first argument is the keeper. */
#define RITA "11111111-2222-4333-8444-555555555555"
#define OLGA "22222222-2222-4333-8444-555555555555"
#define KEEPER_PLAY_RULES                                                              \
    "  - name: people\n"                                                               \
    "    when: {effects: [read], labels: [pii]}\n"                                     \
    "    then: hold\n"                                                                 \
    "    reviewers: {groups: [dba]}\n"                                                 \
    "issuers: [{name: entra, issuer: \"https://login.microsoftonline.com/" TENANT      \
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

/* What nothing in Microsoft's protocol keeps a captured desk from (docs/threat-model.md): with the
 * token of any activity it makes up a press of anybody whose account is linked. `sluice check`
 * warns of rules that matter and let Teams decide. */
static void test_a_captured_desk_decides_in_teams(void)
{
    SL_BUF(activity, 8192);
    struct sl_msg_reply m = {0};

    sl_buf_say(&activity,
               "{\"type\":\"invoke\",\"name\":\"adaptiveCard/action\",\"id\":\"f:77\",\"channelId\":"
               "\"msteams\",\"serviceUrl\":\"" SERVICE "\",\"from\":{\"id\":\"29:x\",\"aadObjectId\":"
               "\"" RITA "\"},\"recipient\":{\"id\":\"28:" APP "\"},\"conversation\":{\"id\":"
               "\"19:ops@thread.tacv2\",\"tenantId\":\"" TENANT "\"},\"channelData\":{\"tenant\":"
               "{\"id\":\"" TENANT "\"}},\"replyToId\":\"1:msg1\",\"value\":{\"action\":{\"type\":"
               "\"Action.Execute\",\"verb\":\"sluice.approve\",\"data\":{\"sluice\":\"sluice.approve\","
               "\"approval\":\"%s\",\"digest\":\"%s\",\"reason\":\"ok\"}},\"trigger\":\"manual\"}}",
               approval, digest_hex);
    carries(sl_buf_text(&activity));
    SL_CHECK(comes_to("/members/", PATIENCE_MS)); /* Teams itself says who that is */
    tell(200, "{\"id\":\"29:x\",\"objectId\":\"" RITA "\",\"tenantId\":\"" TENANT
              "\",\"userRole\":\"user\",\"userPrincipalName\":\"rita@x\"}");
    SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY) && HEARD(reply, &m));
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "approved");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
}

static void hold_labelled_read(void)
{
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

    sl_action_put_simple(&operation, SL_SPAN("select mail from hidden.people where id = 1"));
    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = session, .action = next_action++,
         .generation = policy_generation, .asked_us = sl_clock_us(),
         .operation = sl_buf_span(&operation), .meaning = sl_buf_span(&meaning),
         .context_user = SL_SPAN("app"), .reason = SL_SPAN("why"));
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)))
        note_held();
}

/* What is usual for them is told, so they are no less ordinary than others. */
static void test_a_card_of_a_labelled_read_decides(void)
{
    hold_labelled_read();
    if (!its_card_comes())
        return;
    SL_CHECK(strstr(wanted.body, "sluice.approve") != NULL);
    SL_CHECK(strstr(wanted.body, "at most 1,000 in its result") != NULL);
    tell(201, "{\"id\":\"1:msg2\"}");
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

static void link_to(const char *name, const char *subject)
{
    SL_CHECK_INT(
        control("account.link", "{'name':'%s','issuer':'entra','subject':'%s'}", name, subject),
        201);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    key = issuer_key("t", "RS256");
    play_begin(argv[1]);
    courier_comes();
    give_secret("teams", "client_secret", "s");
    add_people();
    link_to("rita", RITA);
    SL_RUN(test_a_card_decides);
    SL_RUN(test_a_captured_desk_decides_in_teams);
    SL_RUN(test_a_card_of_a_labelled_read_decides);
    link_to("olga", OLGA);
    SL_RUN(test_one_note);
    play_end();
    issuer_key_free(&key);
    return sl_tap_done();
}
