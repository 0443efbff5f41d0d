/* Administration by two people. The first argument is the program. */
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

/* --- large groups of a provider --- */

enum { GROUP = 6000, AT_ONCE = 1000, IN_FLIGHT = 100 };
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
            if (!SL_CHECK_INT(found, (methods[i].callers & SL_ROLE_CONTROL) != 0))
                printf("#   %s\n", methods[i].wire);
        } else if (strcmp(methods[i].wire, wire) == 0)
            return (methods[i].callers & SL_ROLE_CONTROL) != 0;
    return false;
}

static void test_govern_every_call_has_its_row(void)
{
    (void)is_control(NULL);
    for (size_t g = 0; g < SL_COUNT(governed); g++) {
        bool held = strcmp(governed[g].method, "passkey.revoke") == 0; /* 13-govern-passkey.play */
        bool free_ = false;

        for (size_t i = 0; i < SL_COUNT(waits); i++) {
            bool same = strcmp(waits[i].method, governed[g].method) == 0;
            held = held || (same && waits[i].status == 202);
            free_ = free_ || (same && waits[i].status == 200);
        }
        SL_CHECK(is_control(governed[g].method));
        if (!SL_CHECK_INT(held, governed[g].how >= GOVERNED_WHEN) ||
            !SL_CHECK(governed[g].how != GOVERNED_WHEN || free_))
            printf("#   %s\n", governed[g].method);
    }
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

int main(int argc, char **argv)
{
    SL_PROMISE(argc > 1);
    play_begin(argv[1]);
    add_everybody();
    SL_RUN(test_govern_two_people);
    SL_RUN(test_govern_shows_who_sits_at_the_shell);
    SL_RUN(test_govern_what_waits);
    SL_RUN(test_govern_every_call_has_its_row);
    SL_RUN(test_govern_denied);
    SL_RUN(test_a_large_group_is_whole);
    SL_RUN(test_govern_whoever_sits_there_does_not_decide);
    play_end();
    return sl_tap_done();
}
