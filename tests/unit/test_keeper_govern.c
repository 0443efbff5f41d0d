/* Administration by two people. The first argument is the program. */
#include "base/sanitized.h"
#include "tests/unit/people_play.h"

#include "role/keeper/governed.h"
#include "role/keeper/methods.h"

static char late[128];

static const char newcomer[] = "{'name':'%s','kind':'human','groups':['%s']}";

static void test_govern_two_people(void)
{
    SL_CHECK_INT(control("identity.add", newcomer, "nina", "dba"), 202);
    take_held();
    SL_CHECK_TEXT(sl_span_str(said("summary")), "add the human \"nina\", in dba");
    SL_CHECK_TEXT(sl_span_str(said("reviewers")),
                  "2 of ada, adi");                          /* who sits there nobody knows */
    SL_CHECK_INT(decide(credentials[RITA], "approve"), 404); /* reviewing is not administration */
    SL_CHECK_INT(decide(credentials[OLLY], "break-glass"), 404);
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 409);
    SL_CHECK_INT(control("identity.add", newcomer, "nina", "dba"), 202); /* one is not enough */
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK_INT(control("identity.add", newcomer, "nina", "dba2"),
                 202); /* not what was approved */
    SL_CHECK_INT(control("identity.add", newcomer, "nina", "dba"), 200);
    keep(late, 128, said("code"));
    SL_CHECK(strlen(late) > 10);
    SL_CHECK_INT(control("identity.add", newcomer, "nina", "dba"), 409); /* once */
    SL_CHECK_INT(get(credentials[ADA]), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "spent");
}

/* Who sits at the shell as which user decides whose word counts there: what is approved says it. */
static void test_govern_shows_who_sits_at_the_shell(void)
{
    SL_CHECK_INT(
        control("identity.add", "{'name':'%s','kind':'human','os_user':'%s'}", "sid", "4712"), 202);
    take_held();
    SL_CHECK(strstr(said("summary"), "who sits at the shell as user 4712") != NULL);
    SL_CHECK_INT(decide(credentials[ADA], "deny"), 200);
}

/* P3: what another person says yes to is told to the end, however many groups there are. */
static void test_govern_shows_every_group(void)
{
    SL_BUF(body, 60 * 1024);

    sl_buf_put_str(&body, "{'name':'nell','kind':'human','groups':[");
    for (unsigned i = 100; i < 355; i++)
        sl_buf_say(&body, "'a-group-with-a-name-that-is-as-long-as-a-name-may-be-in-her-%u',", i);
    sl_buf_put_str(&body, "'dba']}");
    SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&body)), 202);
    take_held();
    struct sl_span change = sl_json_str(json_object_get(play.reply, "operation"), "change");
    SL_CHECK(change.n > 16 * 1024);
    SL_CHECK(sl_span_is(sl_span_from(change, change.n - 5), ", dba"));
    SL_CHECK_INT(decide(credentials[ADA], "deny"), 200);
}

/* --- large groups of a provider --- */

enum { GROUP = SL_SANITIZED ? 3000 : 6000, AT_ONCE = 1000, IN_FLIGHT = 100 };
#define SCHEMA(name) "'schemas':['urn:ietf:params:scim:schemas:" name "']"
static char provider[128];
static char user_ids[GROUP][32];

static void scim(const char *method, const char *what, const char *rest, uint32_t status)
{
    SL_BUF(body, 60 * 1024);

    sl_buf_say(&body, "{'method':'%s','what':'%s'%s}", method, what, rest);
    SL_CHECK_INT(call_as(play.desk, "scim", provider, sl_buf_text(&body)), status);
}

/* Many under way at a time: the keeper syncs once for all of them. */
static void make_users(unsigned from)
{
    for (unsigned i = from; i < from + IN_FLIGHT; i++) {
        SL_BUF(body, 512);

        sl_buf_say(&body,
                   "{\"method\":\"POST\",\"what\":\"Users\",\"resource\":{\"schemas\":"
                   "[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"u%u\","
                   "\"externalId\":\"x%u\"}}",
                   i, i);
        TELL(play.desk, call, .call = ++play.call, .method = SL_SPAN("scim"),
             .credential = sl_span_str(provider), .address = SL_SPAN("127.0.0.1"),
             .body = sl_buf_span(&body));
    }
    for (unsigned i = from; i < from + IN_FLIGHT; i++) {
        struct sl_msg_reply m = {0};

        json_decref(play.reply);
        play.reply = NULL;
        if (!SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) || !HEARD(reply, &m) ||
            !SL_CHECK_INT(m.status, 201) ||
            !SL_CHECK_INT(sl_json_read(m.body, &play.reply, NULL), SL_OK))
            return;
        memcpy(user_ids[i], said("id"), strnlen(said("id"), sizeof user_ids[i] - 1));
    }
}

static void make_provider(void)
{
    SL_CHECK_INT(control("scim.credential", "{'issuer':'%s'}%s", "corp", ""), 202);
    take_held();
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_INT(control("scim.credential", "{'issuer':'%s'}%s", "corp", ""), 201);
    keep(provider, 128, said("credential"));
    for (unsigned from = 0; from < GROUP; from += IN_FLIGHT)
        make_users(from);
}

static void put_in(const char *group, unsigned from)
{
    SL_BUF(patch, 60 * 1024);

    sl_buf_say(&patch,
               ",'id':'%s','resource':{"
               "'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp']"
               ",'Operations':[{'op':'add','path':'members','value':[",
               group);
    for (unsigned i = from; i < from + AT_ONCE; i++)
        sl_buf_say(&patch, "%s{'value':'%s'}", i == from ? "" : ",", user_ids[i]);
    sl_buf_put_str(&patch, "]}]}");
    scim("PATCH", "Groups", sl_buf_text(&patch), 200);
}

/* As many members as a company has: nobody of them is left out, now or after a restart. */
static void test_a_large_group_is_whole(void)
{
    char group[128];
    SL_BUF(which, 256);

    make_provider();
    scim("POST", "Groups", ",'resource':{" SCHEMA("core:2.0:Group") ",'displayName':'Everybody'}",
         201);
    keep(group, 128, said("id"));
    for (unsigned from = 0; from < GROUP; from += AT_ONCE)
        put_in(group, from);
    kill_keeper();
    start_keeper();
    sl_buf_say(&which, ",'id':'%s'", group);
    scim("GET", "Groups", sl_buf_text(&which), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "members")), GROUP);
}

/* Who the account is of which the provider speaks by this subject. */
static const char *name_of_subject(const char *subject)
{
    static char name[128];
    size_t i;
    json_t *one;

    memset(name, 0, sizeof name);
    SL_CHECK_INT(call_as(play.control, "identity.list", "", "{}"), 200);
    json_array_foreach(json_object_get(play.reply, "identities"), i, one)
    {
        const json_t *account = json_array_get(json_object_get(one, "accounts"), 0);

        if (sl_span_is(sl_json_str(account, "subject"), subject))
            keep(name, sizeof name, json_string_value(json_object_get(one, "name")));
    }
    SL_CHECK(name[0] != '\0');
    return name;
}

static void both_say_yes(void)
{
    take_held();
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
}

static void push_group(const char *name, unsigned user)
{
    SL_BUF(group, 512);

    sl_buf_say(&group,
               ",'resource':{" SCHEMA("core:2.0:Group") ",'displayName':'%s','members':"
                                                        "[{'value':'%s'}]}",
               name, user_ids[user]);
    scim("POST", "Groups", sl_buf_text(&group), 201);
}

static bool is_paused(const char *name)
{
    size_t i;
    json_t *one;

    SL_CHECK_INT(call_as(play.control, "identity.list", "", "{}"), 200);
    json_array_foreach(json_object_get(play.reply, "identities"), i, one)
    {
        if (sl_span_is(sl_json_str(one, "name"), name))
            return sl_span_is(sl_json_str(one, "status"), "paused");
    }
    return false;
}

static const char all_go_on[] = "{'all_agents':true,'off':true%s%s}",
                  goes_on[] = "{'name':'%s','off':true%s}", pause_[] = "{'name':'%s'%s}";

/* A yes to letting agents go on is about these agents and this pause (P3): whoever is paused
 * afterwards, or anew, stays so. */
static void test_P3_a_yes_to_go_on_is_for_that_pause(void)
{
    SL_CHECK_INT(control("identity.pause", pause_, "bot1", ""), 200);
    SL_CHECK_INT(control("identity.pause", all_go_on, "", ""), 202);
    both_say_yes();
    SL_CHECK_INT(get(credentials[ADA]), 200);
    SL_CHECK(strstr(said("summary"), "bot1 (paused 20") != NULL &&
             strstr(said("summary"), "bot2") == NULL);
    SL_CHECK_INT(control("identity.pause", pause_, "bot2", ""), 200);
    SL_CHECK_INT(control("identity.pause", all_go_on, "", ""), 202);
    take_held();
    SL_CHECK(strstr(said("summary"), "bot1 (") != NULL &&
             strstr(said("summary"), "bot2 (") != NULL);
    SL_CHECK(is_paused("bot1") && is_paused("bot2"));
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_INT(control("identity.pause", all_go_on, "", ""), 200);
    SL_CHECK(!is_paused("bot1") && !is_paused("bot2"));
}

static void test_P3_a_yes_to_one_who_goes_on_is_for_that_pause(void)
{
    SL_CHECK_INT(call_as(play.desk, "agent.pause", credentials[OLGA], "{'identity':'bot1'}"), 200);
    SL_CHECK_INT(control("identity.pause", goes_on, "bot1", ""), 202);
    both_say_yes();
    SL_CHECK_INT(control("identity.pause", pause_, "bot1", ""), 200); /* on top of her own */
    SL_CHECK_INT(control("identity.pause", goes_on, "bot1", ""), 202);
    both_say_yes();
    SL_CHECK(is_paused("bot1"));
    SL_CHECK_INT(control("identity.pause", goes_on, "bot1", ""), 200);
    SL_CHECK(!is_paused("bot1"));
}

/* So it is with the end of anything else that came anew. */
static void test_P3_a_yes_to_an_end_is_for_what_was_there(void)
{
    static const char ends[] = "{'name':'%s','to':'%s','off':true}",
                      begins[] = "{'name':'%s','to':'%s'}",
                      out[] = "{'name':'%s','group':'%s','member':false}";

    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s','ttl':'1h'}", "adi", "vera"),
                 200);
    SL_CHECK_INT(control("identity.delegate", ends, "adi", "vera"), 202);
    both_say_yes();
    SL_CHECK_INT(control("identity.delegate", begins, "adi", "vera"), 200); /* for good, now */
    SL_CHECK_INT(control("identity.delegate", ends, "adi", "vera"), 202);
    SL_CHECK_INT(control("identity.group", out, "xena", "dba"), 202);
    take_held(); /* that membership, and none that begins later */
    SL_CHECK(strstr(said("summary"), ": a member since 20") != NULL);
}

/* Somebody in too many groups to be read leaves none that means something unasked. */
static void test_govern_a_crowded_person_leaves_no_group_unasked(void)
{
    const char *name = name_of_subject("x0");

    for (int i = 0; i < 2; i++) {
        SL_CHECK_INT(control("identity.group", "{'name':'%s','group':'%s','member':true}", name,
                             "dba"),
                     i == 0 ? 202 : 200);
        if (i == 0)
            both_say_yes();
    }
    for (int i = 0; i < 257; i++) {
        SL_BUF(group, 32);

        sl_buf_say(&group, "g%d", i);
        push_group(sl_buf_text(&group), 0);
    }
    SL_CHECK_INT(
        control("identity.group", "{'name':'%s','group':'%s','member':false}", name, "dba"), 202);
}

/* With the account of a provider its groups go: one that the configuration names goes as little
 * unasked as if somebody were taken out of it. Everything else ends at once. */
static void test_govern_an_account_takes_no_named_group_away_unasked(void)
{
    static const char unlink_[] = "{'name':'%s','issuer':'corp','subject':'%s'}";
    char name[4][128], made[128];

    for (unsigned i = 1; i < 4; i++) {
        SL_BUF(subject, 32);

        sl_buf_say(&subject, "x%u", i);
        keep(name[i], sizeof name[i], name_of_subject(sl_buf_text(&subject)));
        push_group(i == 1 ? "watch" : i == 2 ? "guard" : "choir", i);
    }
    SL_CHECK_INT(control("account.unlink", unlink_, name[3], "x3"), 200); /* names nobody */
    SL_CHECK_INT(control("account.unlink", unlink_, name[1], "x1"), 202);
    both_say_yes();
    SL_CHECK_INT(control("account.unlink", unlink_, name[1], "x1"), 200);
    SL_CHECK_INT(control("account.unlink", unlink_, name[1], "x1"), 404);
    SL_CHECK_INT(control("token.create", "{'name':'%s'}%s", name[2], ""), 200);
    keep(made, sizeof made, said("token"));
    SL_CHECK_INT(call_as(play.desk, "whoami", made, "{}"), 200);
    SL_CHECK_INT(control("token.revoke", "{'name':'%s'}%s", name[2], ""), 202);
    SL_CHECK_INT(json_integer_value(json_object_get(play.reply, "revoked")), 1);
    both_say_yes();
    SL_CHECK_INT(call_as(play.desk, "whoami", made, "{}"), 401); /* at once */
    SL_CHECK_INT(control("token.revoke", "{'name':'%s'}%s", name[2], ""), 200);
    SL_CHECK_INT(control("token.revoke", "{'name':'%s'}%s", name[2], ""), 404);
}

static char over[37]; /* an approval that is over */

static const struct {
    const char *method, *form, *a, *b;
    uint32_t status;
} waits[] = {
    {"identity.group", "{'name':'%s','group':'%s','member':true}", "nina", "admins", 202},
    {"identity.group", "{'name':'%s','group':'%s','member':true}", "nina", "oncall", 202},
    {"identity.group", "{'name':'%s','group':'%s','member':false}", "rita", "dba", 202},
    {"identity.group", "{'name':'%s','group':'%s','member':true}", "nina", "choir", 200},
    {"identity.link", "{'name':'%s','to':'%s'}", "rita", "otto", 202},
    {"identity.link", "{'name':'%s','os_user':'%s'}", "rita", "7", 202},
    {"identity.invite", "{'name':'%s'}%s", "rita", "", 202},
    {"account.link", "{'name':'%s','issuer':'corp','subject':'%s'}", "rita", "s-1", 202},
    {"identity.delegate", "{'name':'%s','to':'%s','off':true}", "olga", "otto", 202},
    {"identity.delegate", "{'name':'%s','to':'%s'}", "rita", "uwe", 200},
    {"identity.add", "{'name':'%s','kind':'agent','owner':'%s'}", "bot9", "olga", 202},
    {"identity.pause", "{'name':'%s'}%s", "nina", "", 200},
    {"identity.pause", "{'name':'%s','off':true}%s", "nina", "", 202},
    {"approval.erase", "{'id':'%s'}%s", over, "", 202},
    {"scim.credential", "{'issuer':'%s'}%s", "corp", "", 202},
    {"hook.skip", "{'name':'%s','entry':'all'}%s", "siem", "", 202},
    {"identity.disable", "{'name':'%s'}%s", "nina", "", 200},
    {"identity.link", "{'name':'%s','to':'%s'}", "rita", "nobody", 404},
};

static void test_govern_what_waits(void)
{
    ask("drop table over");
    SL_CHECK_INT(decide(credentials[RITA], "deny"), 200);
    memcpy(over, approval, sizeof over);
    for (size_t i = 0; i < SL_COUNT(waits); i++)
        if (!SL_CHECK_INT(control(waits[i].method, waits[i].form, waits[i].a, waits[i].b),
                          waits[i].status))
            printf("#   row %zu: %s\n", i, waits[i].method);
}

/* --- every call has its row, and what loosens is played above --- */

static const struct {
    const char *method;
    enum governed how;
} governed[] = {
#define ROW(method, how, because) {method, GOVERNED_##how},
    SL_GOVERNED(ROW)
#undef ROW
};

/* What people say of themselves over HTTP. */
static bool is_of_a_person(const char *wire)
{
    return strcmp(wire, "me.away") == 0;
}

static bool is_control(const char *wire)
{
    static const struct {
        const char *wire;
        unsigned callers;
    } methods[] = {
#define METHOD(NAME, wire, roles, needs) {wire, roles},
        SL_METHODS(METHOD)
#undef METHOD
    };

    for (size_t i = 0; i < SL_COUNT(methods); i++)
        if (wire == NULL) { /* each of them is in the other table, once */
            size_t found = 0;
            for (size_t g = 0; g < SL_COUNT(governed); g++)
                found += strcmp(governed[g].method, methods[i].wire) == 0;
            if (!SL_CHECK_INT(found, (methods[i].callers & SL_ROLE_CONTROL) != 0 ||
                                         is_of_a_person(methods[i].wire)))
                printf("#   %s\n", methods[i].wire);
        } else if (strcmp(methods[i].wire, wire) == 0)
            return (methods[i].callers & SL_ROLE_CONTROL) != 0;
    return false;
}

static bool is_played_elsewhere(const char *method)
{
    /* 13-govern-passkey.play; test_govern_an_account_takes_no_named_group_away_unasked */
    static const char *const methods[] = {"passkey.revoke", "account.unlink", "token.revoke",
                                          "me.away" /* test_govern_naming_a_stand_in_waits */};

    for (size_t i = 0; i < SL_COUNT(methods); i++)
        if (strcmp(methods[i], method) == 0)
            return true;
    return false;
}

static void test_govern_every_call_has_its_row(void)
{
    (void)is_control(NULL);
    for (size_t g = 0; g < SL_COUNT(governed); g++) {
        bool held = is_played_elsewhere(governed[g].method), free_ = held;

        for (size_t i = 0; i < SL_COUNT(waits); i++) {
            bool same = strcmp(waits[i].method, governed[g].method) == 0;
            held = held || (same && waits[i].status == 202);
            free_ = free_ || (same && waits[i].status == 200);
        }
        SL_CHECK(is_control(governed[g].method) != is_of_a_person(governed[g].method));
        if (!SL_CHECK_INT(held, governed[g].how >= GOVERNED_WHEN) ||
            !SL_CHECK(governed[g].how != GOVERNED_WHEN || free_))
            printf("#   %s\n", governed[g].method);
    }
}

static uint32_t away(enum who w, const char *stand_in)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'until':'7d','stand_in':'%s'}", stand_in);
    return call_as(play.desk, "me.away", credentials[w], sl_buf_text(&body));
}

/* Whoever is named gains a right: another person decides about that first, and neither of the two.
 * To be away alone takes something away. Nobody stands in for an admin in what is held so. */
static void test_govern_naming_a_stand_in_waits(void)
{
    SL_CHECK_INT(call_as(play.desk, "me.away", credentials[XENA], "{'until':'7d'}"), 200);
    SL_CHECK_INT(away(XENA, "ada"), 202);
    take_held();
    SL_CHECK_TEXT(sl_span_str(said("summary")), "\"ada\" decides in the place of whoever asks this "
                                                "while they are away, from then on until 7d");
    SL_CHECK_TEXT(sl_span_str(said("reviewers")), "1 of adi");
    SL_CHECK(decide(credentials[ADA], "approve") >= 400);
    SL_CHECK(decide(credentials[XENA], "approve") >= 400);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_INT(away(XENA, "rita"), 202); /* not what was approved */
    SL_CHECK_INT(away(XENA, "ada"), 200);
    SL_CHECK_TEXT(sl_json_str(json_object_get(play.reply, "away"), "stand_in"), "ada");
    SL_CHECK_INT(away(XENA, "ada"), 202); /* once */
    SL_CHECK_INT(call_as(play.desk, "me.back", credentials[XENA], "{}"), 200);
    SL_CHECK_INT(away(ADA, "adi"), 403); /* nobody else is there to ask */
    SL_CHECK_INT(away(ADA, "rita"), 202);
    take_held();
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_INT(away(ADA, "rita"), 200);
    SL_CHECK_INT(away(XENA, "vera"), 202);
    take_held();
    SL_CHECK_INT(decide(credentials[RITA], "approve"), 404); /* administration is not lent */
    SL_CHECK_INT(call_as(play.desk, "me.back", credentials[ADA], "{}"), 200);
}

/* Who let a stand-in be named has picked who decides in somebody's place: not what they ask. */
static void test_P4_a_stand_in_let_by_who_triggers(void)
{
    SL_CHECK_INT(away(XENA, "olly"), 202);
    take_held();
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_INT(away(XENA, "olly"), 200);
    ask_by("drop all", "ddl", "adi");
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 403);
    SL_CHECK_INT(decide(credentials[OLLY], "approve"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "STAND_IN_BY_OTHERS");
    SL_CHECK_INT(decide(credentials[RITA], "deny"), 200);
    ask_by("drop some", "ddl", "tara"); /* in whom adi has no part */
    SL_CHECK_INT(decide(credentials[OLLY], "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK_INT(call_as(play.desk, "me.back", credentials[XENA], "{}"), 200);
}

/* An erasure says in the ledger who let it happen; the auditor looks for it at the end. */
static void test_govern_an_erasure_leaves_a_trace(void)
{
    SL_CHECK_INT(control("approval.erase", "{'id':'%s'}%s", over, ""), 202);
    both_say_yes();
    SL_CHECK_INT(control("approval.erase", "{'id':'%s'}%s", over, ""), 200);
    memcpy(approval, over, 36);
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK(json_is_true(json_object_get(play.reply, "erased")));
}

/* A no ends it; asked again it is another question. */
static void test_govern_denied(void)
{
    SL_CHECK_INT(control("identity.add", newcomer, "mallory", "admins"), 202);
    take_held();
    SL_CHECK_INT(decide(credentials[ADI], "deny"), 200);
    char first[37];
    memcpy(first, approval, 37);
    SL_CHECK_INT(control("identity.add", newcomer, "mallory", "admins"), 202);
    SL_CHECK(strcmp(said("approval"), first) != 0);
}

static const char *role_in_chain(const char *name)
{
    const json_t *chain = json_object_get(play.reply, "requester_chain"), *one;
    size_t i;

    json_array_foreach(
        chain, i, one) if (sl_span_is(sl_json_str(one, "name"),
                                      name)) return json_string_value(json_object_get(one, "role"));
    return "";
}

/* Who made a token could ask with it: what it asks they do not decide. */
static void check_token_maker(const char *maker)
{
    SL_CHECK_INT(control("token.create", "{'name':'%s'}%s", "hugo", ""), 200);
    keep(token, 128, said("token"));
    ask("drop table minted");
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK_TEXT(sl_span_str(role_in_chain(maker)), "token-maker");
    SL_CHECK_TEXT(sl_span_str(role_in_chain("olga")), "owner");
}

/* One admin at the shell of a person who is known: the other one decides alone. Root may be
 * anybody. */
static void test_govern_whoever_sits_there_does_not_decide(void)
{
    SL_BUF(uid, 32);
    SL_BUF(body, 128);

    sl_buf_put_decimal(&uid, getuid());
    sl_buf_say(&body, "{'name':'ada','os_user':'%S'}", sl_buf_span(&uid));
    SL_CHECK_INT(call_as(play.control, "identity.link", "", sl_buf_text(&body)), 202);
    take_held();
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.link", "", sl_buf_text(&body)), 200);
    /* from now on ada is who asks */
    check_token_maker("ada");
    uint32_t status = control("identity.add", newcomer, "zoe", "dba");
    if (getuid() == 0) { /* two must say yes, and ada is none of them: there is one left */
        SL_CHECK_INT(status, 403);
        SL_CHECK(strstr(said("detail"), "too few people") != NULL);
        return;
    }
    SL_CHECK_INT(status, 202);
    memcpy(approval, said("approval"), 36);
    SL_CHECK_INT(get(credentials[ADA]), 200);
    SL_CHECK_TEXT(sl_span_str(said("may_not_reason")), "IS_REQUESTER");
    memcpy(digest_hex, said("digest"), 64);
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 403);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
}

static void link_ada(void)
{
    static const char form[] = "{'name':'%s','issuer':'corp','subject':'%s'}";

    SL_CHECK_INT(control("account.link", form, "ada", "s-ada"), 202);
    both_say_yes();
    SL_CHECK_INT(control("account.link", form, "ada", "s-ada"), 201);
}

/* Whoever sits at the shell is known by name, in however many groups a provider puts them. */
static void test_P9_a_crowded_person_at_the_shell_ends_nothing(void)
{
    scim("POST", "Users",
         ",'resource':{" SCHEMA("core:2.0:User") ",'userName':'ada','externalId':'s-ada'}", 201);
    memset(user_ids[0], 0, sizeof user_ids[0]);
    memcpy(user_ids[0], said("id"), strnlen(said("id"), sizeof user_ids[0] - 1));
    for (int i = 0; i < 257; i++) {
        SL_BUF(group, 32);

        sl_buf_say(&group, "ada%d", i);
        push_group(sl_buf_text(&group), 0);
    }
    SL_CHECK_INT(control("identity.add", newcomer, "zoe", "dba"), getuid() == 0 ? 403 : 202);
    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
}

static const char *sluice; /* the command */

/* What was let happen is let happen in the auditor's eyes, too. */
static void test_the_auditor_accuses_nobody(void)
{
    SL_BUF(command, 1024);

    sl_buf_say(&command,
               "%s ledger verify %s/state/ledger --key %s/state/ledger/key.pub > %s/said 2>&1 || "
               "{ sed 's/^/# /' %s/said; false; }",
               sluice, play.folder, play.folder, play.folder, play.folder);
    SL_CHECK_INT(system(sl_buf_text(&command)), 0);
    sl_buf_reset(&command);
    sl_buf_say(&command, "grep -rqaE '\"event\":\"erased\".*\"let_by\":\"' %s/state/ledger",
               play.folder);
    SL_CHECK_INT(system(sl_buf_text(&command)), 0);
}

int main(int argc, char **argv)
{
    SL_PROMISE(argc > 2);
    play_begin(argv[1]);
    add_everybody();
    SL_RUN(test_govern_two_people);
    SL_RUN(test_govern_shows_every_group);
    SL_RUN(test_govern_shows_who_sits_at_the_shell);
    SL_RUN(test_govern_what_waits);
    SL_RUN(test_govern_every_call_has_its_row);
    SL_RUN(test_govern_naming_a_stand_in_waits);
    SL_RUN(test_P4_a_stand_in_let_by_who_triggers);
    SL_RUN(test_govern_an_erasure_leaves_a_trace);
    SL_RUN(test_govern_denied);
    SL_RUN(test_a_large_group_is_whole);
    SL_RUN(test_govern_a_crowded_person_leaves_no_group_unasked);
    SL_RUN(test_P3_a_yes_to_go_on_is_for_that_pause);
    SL_RUN(test_P3_a_yes_to_one_who_goes_on_is_for_that_pause);
    SL_RUN(test_P3_a_yes_to_an_end_is_for_what_was_there);
    SL_RUN(test_govern_an_account_takes_no_named_group_away_unasked);
    SL_RUN(link_ada);
    SL_RUN(test_govern_whoever_sits_there_does_not_decide);
    SL_RUN(test_P9_a_crowded_person_at_the_shell_ends_nothing);
    stop_keeper();
    sluice = argv[2];
    SL_RUN(test_the_auditor_accuses_nobody);
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
    return sl_tap_done();
}
