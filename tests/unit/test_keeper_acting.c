/* Tokens of one who acts for others (RFC 8693, `act`): whoever acts asks, and nobody of the chain
 * decides. The first argument is the program. */
#define KEEPER_PLAY_RULES               \
    "issuers:\n"                        \
    "  - name: corp\n"                  \
    "    issuer: https://idp.example\n" \
    "    algorithms: [ES256]\n"         \
    "    audiences: [sluice-api]\n"     \
    "    token_type: jwt\n"             \
    "    groups_claim: groups\n"        \
    "    group_prefix: corp-\n"         \
    "    act: take\n"

#include "core/action/action.h"
#include "tests/unit/token_play.h"

#define BOT ",'act':{'sub':'u-bot'}"
#define BOT_BY(before) ",'act':{'sub':'u-bot','act':" before "}"

/* --- helpers ---------------------------------------------------------------------------------- */

static uint64_t come(const char *subject, const char *act)
{
    char why[512];
    uint64_t session = login("bot", token(subject, act), why);

    if (!SL_CHECK(session != 0))
        printf("#   %s\n", why);
    return session;
}

static uint32_t account(const char *name, const char *subject)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'name':'%s','issuer':'corp','subject':'%s'}", name, subject);
    return call_as(play.control, "account.link", "", sl_buf_text(&body));
}

/* The names of on_behalf_of, in their order. */
static const char *chain(void)
{
    static char text[256];
    SL_BUF(made, 255);
    size_t i;
    json_t *one;

    json_array_foreach(json_object_get(play.reply, "on_behalf_of"), i, one)
        sl_buf_say(&made, i == 0 ? "%s" : " %s", json_string_value(one));
    memset(text, 0, sizeof text);
    memcpy(text, sl_buf_text(&made), made.n);
    return text;
}

/* --- tests ------------------------------------------------------------------------------------ */

/* With what whoever acts may do, and no more: the name is theirs, and no group of the person. */
static void test_whoever_acts_asks(void)
{
    come("u-carol", BOT ",'groups':['dba']");
    SL_CHECK_TEXT(welcome.identity, "bot");
    SL_CHECK(!list_has(welcome.groups, "corp-dba"));
    check_refused("carol", token("u-carol", BOT), "unknown identity");
    /* without the claim it is carol's own token, as ever */
    SL_CHECK_INT(call_as(play.desk, "whoami", token("u-carol", ""), "{}"), 200);
    SL_CHECK_TEXT(sl_span_str(said("identity")), "carol");
    SL_CHECK_INT(call_as(play.desk, "whoami", token("u-carol", BOT), "{}"), 200);
    SL_CHECK_TEXT(sl_span_str(said("identity")), "bot");
    SL_CHECK_TEXT(sl_span_str(said("credential")), "asking");
}

static void test_P4_everybody_of_the_chain_is_in_the_requester_set(void)
{
    come("u-carol", BOT);
    SL_CHECK(has_requester("bot") && has_requester("olga") && has_requester("carol"));
    come("u-carol", BOT_BY("{'sub':'u-planner','act':{'sub':'u-dave'}}"));
    SL_CHECK(has_requester("bot") && has_requester("planner") && has_requester("dave") &&
             has_requester("carol"));
    SL_CHECK(has_requester("rita")); /* the planner's owner */
    come("u-carol", BOT_BY("{'sub':'u-planner','iss':'https://idp.example'}"));
    SL_CHECK(has_requester("planner"));
}

static void test_P4_two_people_where_somebody_is_not_known(void)
{
    SL_CHECK_INT(ask(token("u-carol", BOT), "one"), 201);
    SL_CHECK_INT(needed(), 1);
    SL_CHECK_TEXT(sl_span_str(chain()), "carol");
    SL_CHECK_INT(ask(token("u-carol", BOT_BY("{'sub':'u-planner'}")), "two"), 201);
    SL_CHECK_INT(needed(), 1);
    SL_CHECK_TEXT(sl_span_str(chain()), "planner carol");
    SL_CHECK_INT(ask(token("u-carol", BOT_BY("{'sub':'u-stranger'}")), "three"), 201);
    SL_CHECK_INT(needed(), 2);
    SL_CHECK_TEXT(sl_span_str(said("unknown")), "corp:u-stranger");
    SL_CHECK_TEXT(sl_span_str(chain()), "corp:u-stranger carol");
    SL_CHECK_INT(ask(token("u-nobody", BOT), "four"), 201);
    SL_CHECK_INT(needed(), 2);
    SL_CHECK_TEXT(sl_span_str(chain()), "corp:u-nobody");
    /* somebody of another issuer is not whom ours calls so */
    SL_CHECK_INT(ask(token("u-carol", BOT_BY("{'sub':'u-planner','iss':'https://x.example'}")),
                     "five"),
                 201);
    SL_CHECK_INT(needed(), 2);
    SL_CHECK_TEXT(sl_span_str(said("unknown")), "https://x.example:u-planner");
}

static char dave[128];

static void test_P4_on_whose_behalf_it_is_does_not_decide(void)
{
    SL_BUF(body, 1024);

    SL_CHECK_INT(ask(token("u-dave", BOT_BY("{'sub':'u-planner'}")), "mine"), 201);
    sl_buf_say(&body, "{'id':'%s','decision':'approve','reason':'mine','digest':'%s'}", said("id"),
               said("digest"));
    SL_CHECK_INT(call_as(play.desk, "decision", dave, sl_buf_text(&body)), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_ON_BEHALF");
}

/* A question of one chain is not another's, and what was granted for one is not consumed by
 * another. */
static void test_each_chain_asks_for_itself(void)
{
    SL_CHECK_INT(ask(token("u-carol", BOT), "same"), 201);
    SL_CHECK_INT(ask(token("u-dave", BOT), "same"), 201);
    SL_CHECK_INT(ask(token("u-dave", BOT), "same"), 200);
}

static void test_whoever_acts_must_be_known(void)
{
    check_refused("bot", token("u-carol", ",'act':{'sub':'u-stranger'}"), "whoever acts");
    check_refused("bot", token("u-carol", ",'act':{'sub':'u-bot','iss':'https://x.example'}"),
                  "whoever acts");
    check_refused("bot", token("u-carol", ",'act':{'client_id':'u-bot'}"), "without doubt (act)");
    check_refused("bot", token("u-carol", BOT ",'cnf':{'jkt':'x'}"), "bound to a key");
}

static void test_nobody_acts_for_or_through_somebody_who_is_switched_off(void)
{
    static const char *const names[] = {"carol", "planner", "bot"};
    SL_BUF(body, 128);

    for (size_t i = 0; i < SL_COUNT(names); i++) {
        sl_buf_reset(&body);
        sl_buf_say(&body, "{'name':'%s'}", names[i]);
        SL_CHECK_INT(call_as(play.control, "identity.pause", "", sl_buf_text(&body)), 200);
        check_refused("bot", token("u-carol", BOT_BY("{'sub':'u-planner'}")), "not active");
        sl_buf_reset(&body);
        sl_buf_say(&body, "{'name':'%s','off':true}", names[i]);
        SL_CHECK_INT(call_as(play.control, "identity.pause", "", sl_buf_text(&body)), 200);
    }
    come("u-carol", BOT_BY("{'sub':'u-planner'}"));
}

/* A session that outlives the keeper asks with the set that it began with. */
static void test_P9_the_chain_is_known_after_a_restart(void)
{
    struct sl_meaning_statement statement = {SL_SPAN("drop table"), SL_EFFECT_DDL};
    struct sl_meaning m = {.effects = SL_EFFECT_DDL,
                           .statements = &statement,
                           .statement_count = 1};
    uint64_t session = come("u-carol", BOT_BY("{'sub':'u-stranger','act':{'sub':'u-planner'}}"));
    struct sl_msg_action_held held;
    SL_BUF(operation, 4096);
    SL_BUF(meaning, 4096);
    SL_BUF(body, 128);

    kill_keeper();
    courier_goes();
    start_keeper();
    courier_comes();
    introduce();
    sl_action_put_simple(&operation, SL_SPAN("drop table t"));
    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = session, .action = 1, .generation = 1,
         .asked_us = sl_clock_us(), .operation = sl_buf_span(&operation),
         .meaning = sl_buf_span(&meaning), .context_user = SL_SPAN("app"));
    if (!SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)) || !HEARD(action_held, &held))
        return;
    SL_CHECK(list_has(held.requester, "carol") && list_has(held.requester, "planner") &&
             list_has(held.requester, "corp:u-stranger"));
    sl_buf_say(&body, "{'id':'%S'}", held.approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", dave, sl_buf_text(&body)), 200);
    SL_CHECK_TEXT(sl_span_str(chain()), "corp:u-stranger planner carol");
    SL_CHECK_INT(needed(), 2);
}

static void make_people(void)
{
    add_reviewer("rita");
    add_reviewer("sam");
    add_reviewer("carol");
    add_reviewer("dave");
    memcpy(dave, said("credential"), strlen(said("credential")));
    add("{'name':'olga','kind':'human'}");
    add("{'name':'bot','kind':'agent','owner':'olga','groups':['agents']}");
    add("{'name':'planner','kind':'agent','owner':'rita','groups':['agents']}");
    SL_CHECK_INT(account("carol", "u-carol"), 201);
    SL_CHECK_INT(account("dave", "u-dave"), 201);
    SL_CHECK_INT(account("bot", "u-bot"), 201);
    SL_CHECK_INT(account("planner", "u-planner"), 201);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    new_key("k-1");
    play_begin(argv[1]);
    make_people();
    courier_comes();
    introduce();
    SL_RUN(test_whoever_acts_asks);
    SL_RUN(test_P4_everybody_of_the_chain_is_in_the_requester_set);
    SL_RUN(test_P4_two_people_where_somebody_is_not_known);
    SL_RUN(test_P4_on_whose_behalf_it_is_does_not_decide);
    SL_RUN(test_each_chain_asks_for_itself);
    SL_RUN(test_whoever_acts_must_be_known);
    SL_RUN(test_nobody_acts_for_or_through_somebody_who_is_switched_off);
    SL_RUN(test_P9_the_chain_is_known_after_a_restart);
    stop_keeper();
    ledger_verifies(argv[2]);
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
    EVP_PKEY_free(idp.key);
    return sl_tap_done();
}
