/* Who decides, who administers, who audits, and who may break the glass: played with the real
 * keeper. The first argument is the program. */
#define KEEPER_PLAY_RULES                                                  \
    "  - name: pair\n"                                                     \
    "    when: {effects: [delete]}\n"                                      \
    "    then: hold\n"                                                     \
    "    reviewers: {groups: [dba], need: 2}\n"                            \
    "govern: two-person\n"                                                 \
    "roles: {admins: {groups: [admins]}, auditors: {identities: [aud]}}\n" \
    "break_glass: {groups: [oncall, x-watch, x-guard], review_within: 1h}\n" \
    "issuers: [{name: corp, issuer: \"https://idp.example\", client_id: sluice, "    \
    "group_prefix: x-}]\n"
#include "tests/unit/keeper_play.h"

#include "base/encode.h"
#include "core/ledger/wal.h"
#include "os/file.h"
#include "role/keeper/governed.h"
#include "role/keeper/methods.h"

/* Everybody is a human in `dba`, so that nothing but what is played keeps them from deciding. */
enum who {
    HUGO,
    OLGA,
    LINO,
    DORA,
    PAULA,
    UWE,
    TARA,
    RITA,
    AUD,
    ADA,
    ADI,
    OLLY,
    OTTO,
    VERA,
    XENA,
    WHO_COUNT
};
static const char *const names[WHO_COUNT] = {"hugo", "olga", "lino", "dora", "paula",
                                             "uwe",  "tara", "rita", "aud",  "ada",
                                             "adi",  "olly", "otto", "vera", "xena"};
static char codes[WHO_COUNT][128], credentials[WHO_COUNT][128], token[128], late[128];
static char approval[37], digest_hex[65];

static void keep(char out[128], const char *text)
{
    memset(out, 0, 128);
    memcpy(out, text, strlen(text) < 127 ? strlen(text) : 127);
}

static uint32_t control(const char *method, const char *form, const char *a, const char *b)
{
    SL_BUF(body, 4096);

    sl_buf_say(&body, form, a, b);
    return call_as(play.control, method, "", sl_buf_text(&body));
}

static void enroll(const char *code, char out[128])
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'code':'%s'}", code);
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 201);
    keep(out, said("credential"));
}

/* --- the first people ------------------------------------------------------------------------ */

static const char *groups_of(enum who w)
{
    if (w == ADA || w == ADI)
        return "'admins'";
    return w == OLLY ? "'oncall'" : w == LINO || w == VERA ? "'dba','oncall'" : "'dba'";
}

static const char agent[] = "{'name':'%s','kind':'agent','owner':'%s'}";

/* Nobody could be asked yet: that is how a gateway begins, and each step is in the ledger. */
static void test_the_first_people_need_nobody(void)
{
    for (enum who w = 0; w < WHO_COUNT; w++) {
        SL_BUF(body, 512);

        sl_buf_say(&body, "{'name':'%s','kind':'human','groups':[%s]%s%s}", names[w], groups_of(w),
                   w == HUGO ? ",'owner':'olga'" : "",
                   w == OLGA || w == UWE ? ",'os_user':'4711'" : "");
        if (w == HUGO)
            continue; /* after his owner */
        SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&body)), 200);
        keep(codes[w], said("code"));
        if (w == OLGA) {
            SL_CHECK_INT(
                control("identity.add",
                        "{'name':'%s','kind':'human','owner':'%s','groups':['dba','agents']}",
                        "hugo", "olga"),
                200);
            keep(codes[HUGO], said("code"));
        }
    }
    SL_CHECK_INT(control("identity.add", agent, "bot1", "olga"), 200);
    SL_CHECK_INT(control("identity.add", agent, "bot2", "olga"), 200);
    SL_CHECK_INT(control("identity.link", "{'name':'%s','to':'%s'}", "lino", "olga"), 200);
    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s'}", "olga", "dora"), 200);
    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s'}", "olga", "olga"), 400);
    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s'}", "olga", "nobody"), 404);
    SL_CHECK_INT(control("token.create", "{'name':'%s','for':['%s']}", "hugo", "nobody"), 400);
    SL_CHECK_INT(control("token.create", "{'name':'%s','for':['%s']}", "hugo", "paula"), 200);
    keep(token, said("token"));
    for (enum who w = 0; w < WHO_COUNT; w++)
        enroll(codes[w], credentials[w]);
}

/* --- the same browser --- */

static void sign_in(enum who w, const char *device, char out[128])
{
    SL_BUF(body, 512);

    SL_CHECK_INT(call_as(play.desk, "session.code", credentials[w], "{}"), 201);
    sl_buf_say(&body, "{'code':'%s','device':'%s'}", said("code"), device);
    SL_CHECK_INT(call_as(play.desk, "session.open", "", sl_buf_text(&body)), 201);
    keep(out, said("device"));
}

/* A browser that is new is told its secret, once; one that brings none of ours is new. */
static void test_P4_a_browser_is_known_again(void)
{
    char olgas[128], again[128], ritas[128], bad[128];

    sign_in(OLGA, "", olgas);
    SL_CHECK(strncmp(olgas, "slv_", 4) == 0 && strlen(olgas) == 47);
    sign_in(XENA, olgas, again);
    SL_CHECK_TEXT(sl_span_str(again), "");
    sign_in(RITA, "", ritas);
    SL_CHECK(strlen(ritas) == 47 && strcmp(ritas, olgas) != 0);
    sign_in(VERA, "slv_short", bad);
    SL_CHECK(strlen(bad) == 47);
}

/* --- asking and deciding --------------------------------------------------------------------- */

static void ask_for(const char *what, const char *effect)
{
    SL_BUF(body, 1024);

    sl_buf_say(
        &body,
        "{'target':'finance','operation':{'do':'%s'},'effects':['%s'],'reason':'spring clean',"
        "'triggered_by':'tara'}",
        what, effect);
    SL_CHECK_INT(call_as(play.desk, "approval.create", token, sl_buf_text(&body)), 201);
    memcpy(approval, said("id"), 36);
    memcpy(digest_hex, said("digest"), 64);
}

static void ask(const char *what)
{
    ask_for(what, "ddl");
}

static uint32_t decide_on(const char *id, const char *digest, const char *credential,
                          const char *decision, const char *reason)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'id':'%s','decision':'%s','digest':'%s','reason':'%s'}", id, decision,
               digest, reason);
    return call_as(play.desk, "decision", credential, sl_buf_text(&body));
}

static uint32_t decide(const char *credential, const char *decision)
{
    return decide_on(approval, digest_hex, credential, decision, "looked at it");
}

static uint32_t get(const char *credential)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", approval);
    return call_as(play.desk, "approval.get", credential, sl_buf_text(&body));
}

static const struct {
    enum who who;
    const char *reason;
} refused[] = {
    {HUGO, "IS_REQUESTER"}, {OLGA, "IS_OWNER"},      {LINO, "IS_LINKED"},
    {DORA, "IS_DELEGATE"},  {PAULA, "IS_ON_BEHALF"}, {TARA, "IS_TRIGGER"},
    {UWE, "IS_SAME_USER"},  {AUD, "IS_AUDITOR"},     {XENA, "IS_SAME_DEVICE"},
};

/* Every way in, and every reason: none of them decides, yes or no, whatever the caller says it is.
 */
static void test_P4_every_channel_every_reason(void)
{
    static const char *const channels[] = {NULL, "cli", "console", "chat", "control", "http"};

    ask("drop table a");
    for (size_t c = 0; c < SL_COUNT(channels); c++) {
        play.channel = channels[c];
        for (size_t i = 0; i < SL_COUNT(refused); i++) {
            const char *with = credentials[refused[i].who];

            SL_CHECK_INT(decide(with, c % 2 == 0 ? "approve" : "deny"), 403);
            SL_CHECK_TEXT(sl_span_str(said("reason")), refused[i].reason);
            SL_CHECK_INT(decide(with, "break-glass"), 403);
        }
        SL_CHECK_INT(decide(token, "approve"), 403); /* what asked does not decide */
        SL_CHECK_INT(call_as(play.control, "decision", credentials[RITA], "{}"), 404);
    }
    play.channel = NULL;
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
}

static bool has_name(const char *list, const char *name)
{
    size_t i;
    json_t *one;

    json_array_foreach(json_object_get(play.reply, list), i,
                       one) if (strcmp(json_is_string(one)
                                           ? json_string_value(one)
                                           : json_string_value(json_object_get(one, "name")),
                                       name) == 0) return true;
    return false;
}

/* Why not is shown before anybody tries, and only who could is named. */
static void test_P4_conflicts_are_shown_before(void)
{
    for (size_t i = 0; i < SL_COUNT(refused); i++) {
        SL_CHECK_INT(get(credentials[refused[i].who]), 200);
        SL_CHECK(json_is_false(json_object_get(play.reply, "may_decide")));
        SL_CHECK_TEXT(sl_span_str(said("may_not_reason")), refused[i].reason);
        SL_CHECK(!has_name("deciders", names[refused[i].who]));
        SL_CHECK(refused[i].who == AUD || has_name("requester_chain", names[refused[i].who]));
    }
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_decide")));
    SL_CHECK(has_name("deciders", "rita") && has_name("deciders", "otto"));
    SL_CHECK_TEXT(sl_span_str(said("reviewers")), "1 of otto, rita, vera");
    SL_CHECK_INT(call_as(play.desk, "approval.list", credentials[OLGA], "{'state':'pending'}"),
                 200);
    json_t *first = json_array_get(json_object_get(play.reply, "approvals"), 0);
    SL_CHECK_TEXT(sl_json_str(first, "may_not_reason"), "IS_OWNER");
    SL_CHECK_TEXT(sl_json_str(first, "reviewers"), "1 of otto, rita, vera");
}

/* Whoever comes to act for the owner afterwards decides as little. */
static void test_P4_a_bond_of_later(void)
{
    ask("drop table b");
    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s','ttl':'1h'}", "olga", "otto"),
                 200); /* takes a right away: nobody has to be asked */
    SL_CHECK_INT(decide(credentials[OTTO], "approve"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_DELEGATE");
    SL_CHECK_INT(decide(credentials[RITA], "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
}

static bool names_delegate(const char *of, const char *delegate)
{
    size_t i;
    json_t *one, *name;

    SL_CHECK_INT(call_as(play.control, "identity.list", "", "{}"), 200);
    json_array_foreach(json_object_get(play.reply, "identities"), i, one)
    {
        size_t d;

        if (!sl_span_is(sl_json_str(one, "name"), of))
            continue;
        json_array_foreach(json_object_get(one, "delegates"), d, name)
        {
            if (strcmp(json_string_value(name), delegate) == 0)
                return true;
        }
    }
    return false;
}

/* Saying anew that somebody acts for somebody never makes it shorter: its end is another person's
 * to allow, and a second is an end. */
static void test_P4_who_acts_for_somebody_does_so_no_shorter(void)
{
    static const char form[] = "{'name':'%s','to':'%s','ttl':'1s'}";
    static const struct {
        const char *owner, *first; /* how long at first; NULL: without end */
    } rows[] = {{"tara", NULL}, {"paula", "1h"}};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(body, 256);

        sl_buf_say(&body, "{'name':'%s','to':'aud'%s%s%s}", rows[i].owner,
                   rows[i].first == NULL ? "" : ",'ttl':'", rows[i].first == NULL ? "" : rows[i].first,
                   rows[i].first == NULL ? "" : "'");
        SL_CHECK_INT(call_as(play.control, "identity.delegate", "", sl_buf_text(&body)), 200);
        SL_CHECK_INT(control("identity.delegate", form, rows[i].owner, "aud"), 409);
        SL_CHECK(strstr(said("hint"), "--remove") != NULL);
    }
    usleep(1100 * 1000);
    for (size_t i = 0; i < SL_COUNT(rows); i++)
        SL_CHECK(names_delegate(rows[i].owner, "aud"));
    /* what is over, or as long, or longer, is simply said anew */
    SL_CHECK_INT(control("identity.delegate", form, "adi", "aud"), 200);
    usleep(1100 * 1000);
    SL_CHECK(!names_delegate("adi", "aud"));
    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s','ttl':'1h'}", "adi", "aud"),
                 200);
    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s'}", "adi", "aud"), 200);
    SL_CHECK(names_delegate("adi", "aud"));
}

/* --- roles ----------------------------------------------------------------------------------- */

static void test_what_each_role_may_read(void)
{
    /* as: a requester that owns nothing and reviews nothing; a reviewer; the auditor; an admin */
    static const struct {
        const char *method, *body;
        uint32_t requester, reviewer, auditor, admin;
    } rows[] = {
        {"whoami", "{}", 200, 200, 200, 200},
        {"approval.get", NULL, 200, 200, 200, 404},
        {"usage", "{}", 200, 200, 200, 200},
        {"lineage.who", "{'of':'public.x'}", 200, 200, 200, 200},
        {"lineage.up", "{'of':'public.x'}", 200, 200, 200, 200},
        {"review.list", "{}", 403, 200, 200, 200},
        {"metrics", "{}", 200, 200, 200, 200},
        /* what changes something */
        {"cancel", NULL, 409, 403, 403, 404},
        {"revoke", NULL, 409, 409, 403, 404},
        {"stop", NULL, 409, 409, 403, 404},
        {"session.code", "{}", 403, 201, 201, 201},
    };
    const char *as[] = {token, credentials[RITA], credentials[AUD], credentials[ADA]};

    ask("drop table c");
    SL_CHECK_INT(decide(credentials[RITA], "deny"), 200);
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        const uint32_t want[] = {rows[i].requester, rows[i].reviewer, rows[i].auditor,
                                 rows[i].admin};
        SL_BUF(body, 256);

        sl_buf_say(&body, "{'id':'%s','reason':'x'}", approval);
        for (size_t r = 0; r < SL_COUNT(as); r++)
            if (!SL_CHECK_INT(call_as(play.desk, rows[i].method, as[r],
                                      rows[i].body == NULL ? sl_buf_text(&body) : rows[i].body),
                              want[r]))
                printf("#   %s as number %zu\n", rows[i].method, r);
    }
}

/* The auditor sees the statement itself, and everybody's use; the admin none of it by that role. */
static void test_the_auditors_view(void)
{
    ask("drop table d");
    SL_CHECK_INT(get(credentials[AUD]), 200);
    SL_CHECK(json_object_get(play.reply, "operation") != NULL);
    SL_CHECK_INT(call_as(play.desk, "usage", credentials[AUD], "{}"), 200);
    SL_CHECK(json_is_true(json_object_get(play.reply, "all")));
    SL_CHECK_INT(get(credentials[ADA]), 404); /* no right to review comes with it */
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 404);
    SL_CHECK_INT(call_as(play.desk, "whoami", credentials[AUD], "{}"), 200);
    SL_CHECK(has_name("roles", "x") == false &&
             json_array_size(json_object_get(play.reply, "roles")) == 1);
    SL_CHECK_INT(decide(credentials[RITA], "deny"), 200);
}

/* --- administration -------------------------------------------------------------------------- */

/* What was held: its approval and digest, as an admin sees it. */
static void take_held(void)
{
    memcpy(approval, said("approval"), 36);
    SL_CHECK_INT(get(credentials[ADA]), 200);
    SL_CHECK_TEXT(sl_span_str(said("protocol")), "sluice");
    memcpy(digest_hex, said("digest"), 64);
}

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
    keep(late, said("code"));
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
    keep(provider, said("credential"));
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
    keep(group, said("id"));
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
            keep(name, json_string_value(json_object_get(one, "name")));
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
    SL_CHECK(strstr(said("summary"), "bot1 (") != NULL && strstr(said("summary"), "bot2 (") != NULL);
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
    SL_CHECK_INT(control("identity.group", "{'name':'%s','group':'%s','member':false}", name, "dba"),
                 202);
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
        keep(name[i], name_of_subject(sl_buf_text(&subject)));
        push_group(i == 1 ? "watch" : i == 2 ? "guard" : "choir", i);
    }
    SL_CHECK_INT(control("account.unlink", unlink_, name[3], "x3"), 200); /* names nobody */
    SL_CHECK_INT(control("account.unlink", unlink_, name[1], "x1"), 202);
    both_say_yes();
    SL_CHECK_INT(control("account.unlink", unlink_, name[1], "x1"), 200);
    SL_CHECK_INT(control("account.unlink", unlink_, name[1], "x1"), 404);
    SL_CHECK_INT(control("token.create", "{'name':'%s'}%s", name[2], ""), 200);
    keep(made, said("token"));
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

static bool is_played_elsewhere(const char *method)
{
    /* 13-govern-passkey.play; test_govern_an_account_takes_no_named_group_away_unasked */
    static const char *const methods[] = {"passkey.revoke", "account.unlink", "token.revoke"};

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
    keep(token, said("token"));
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

/* --- break-glass ----------------------------------------------------------------------------- */

static size_t reviews_due(void)
{
    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
    return json_array_size(json_object_get(json_object_get(play.reply, "status"), "review_due"));
}

static uint32_t review(const char *credential, const char *reason)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s','reason':'%s'}", approval, reason);
    return call_as(play.desk, "review.sign", credential, sl_buf_text(&body));
}

static void test_break_glass(void)
{
    ask("drop table e");
    SL_CHECK_INT(get(credentials[OLLY]), 200);
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_break_glass")));
    SL_CHECK_TEXT(sl_span_str(said("may_not_reason")), "NOT_REVIEWER");
    SL_CHECK_INT(decide(credentials[OLLY], "approve"), 403);     /* no reviewer by it */
    SL_CHECK_INT(decide(credentials[RITA], "break-glass"), 403); /* and no reviewer has it */
    SL_CHECK_INT(decide(credentials[LINO], "break-glass"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_LINKED"); /* in the group, and the owner */
    SL_CHECK_INT(decide_on(approval, digest_hex, credentials[OLLY], "break-glass", ""), 400);
    SL_CHECK_INT(decide(token, "break-glass"), 403);
    SL_CHECK_INT(reviews_due(), 0);
    SL_CHECK_INT(decide(credentials[OLLY], "break-glass"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK_INT(reviews_due(), 1);
    SL_CHECK_INT(get(credentials[ADA]), 200); /* everybody is told, also who reviews nothing */
    SL_CHECK(json_object_get(play.reply, "operation") == NULL);
    SL_CHECK_TEXT(sl_json_str(json_object_get(play.reply, "break_glass"), "by"), "olly");
}

static void test_break_glass_runs_once(void)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s','digest':'%s'}", approval, digest_hex);
    SL_CHECK_INT(call_as(play.desk, "consume", token, sl_buf_text(&body)), 200);
    SL_CHECK_INT(call_as(play.desk, "consume", token, sl_buf_text(&body)), 409);
}

/* One identity, set going for another person: what was approved was not for that one, who may even
 * be the one that said yes. */
static void test_P4_a_grant_is_for_those_who_had_a_part(void)
{
    char other[128];
    SL_BUF(body, 256);

    SL_CHECK_INT(control("token.create", "{'name':'%s','for':['%s']}", "hugo", "vera"), 200);
    keep(other, said("token"));
    ask("drop table g");
    SL_CHECK_INT(decide(credentials[VERA], "approve"), 200);
    sl_buf_say(&body, "{'id':'%s','digest':'%s'}", approval, digest_hex);
    SL_CHECK_INT(call_as(play.desk, "consume", other, sl_buf_text(&body)), 409);
    SL_CHECK_INT(call_as(play.desk, "consume", token, sl_buf_text(&body)), 200);
}

/* What asks sees its own, whoever it belongs to. */
static void test_a_reviewers_asking_token_sees_its_own(void)
{
    char asking[128];

    SL_CHECK_INT(control("token.create", "{'name':'%s'}%s", "rita", ""), 200);
    keep(asking, said("token"));
    ask("drop table h");
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK_INT(get(asking), 404);
}

/* Does the list of what is due ask this person to sign `approval` off? */
static bool is_asked_to_sign(const char *credential)
{
    size_t i;
    json_t *one;

    SL_CHECK_INT(call_as(play.desk, "review.list", credential, "{'due':'yes'}"), 200);
    json_array_foreach(
        json_object_get(play.reply, "reviews"), i,
        one) if (sl_span_is(sl_json_str(one, "id"),
                            approval)) return json_is_true(json_object_get(one, "may_sign"));
    return false;
}

static void test_break_glass_is_signed_off_by_two(void)
{
    SL_CHECK(is_asked_to_sign(credentials[RITA]) && is_asked_to_sign(credentials[VERA]));
    SL_CHECK(!is_asked_to_sign(credentials[OLLY]) && !is_asked_to_sign(credentials[HUGO]) &&
             !is_asked_to_sign(credentials[ADA]) && !is_asked_to_sign(credentials[AUD]));
    SL_CHECK_INT(call_as(play.desk, "review.list", token, "{}"), 403);
    SL_CHECK_INT(review(credentials[OLLY], "it was fine"), 403); /* who broke it */
    SL_CHECK_INT(review(credentials[HUGO], "it was fine"), 403); /* who asked */
    SL_CHECK_INT(review(credentials[LINO], "it was fine"), 403);
    SL_CHECK_INT(review(credentials[AUD], "it was fine"), 403);
    SL_CHECK_INT(review(credentials[ADA], "it was fine"), 403); /* no reviewer of this */
    SL_CHECK_INT(review(token, "it was fine"), 403);
    SL_CHECK_INT(review(credentials[RITA], ""), 400);
    SL_CHECK_INT(review(credentials[RITA], "the incident was real"), 200);
    SL_CHECK_INT(review(credentials[RITA], "twice"), 409);
    SL_CHECK(!is_asked_to_sign(credentials[RITA]) && is_asked_to_sign(credentials[VERA]));
    SL_CHECK_INT(reviews_due(), 1);
    kill_keeper();
    start_keeper();
    SL_CHECK_INT(reviews_due(), 1);                             /* P9 */
    SL_CHECK_INT(review(credentials[UWE], "it was fine"), 403); /* at the owner's machine account */
    SL_CHECK_INT(review(credentials[PAULA], "it was fine"), 403);
    SL_CHECK_INT(reviews_due(), 1);
    SL_CHECK_INT(review(credentials[VERA], "seen in the log"), 200);
    SL_CHECK_INT(reviews_due(), 0);
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK_INT(
        json_array_size(json_object_get(json_object_get(play.reply, "break_glass"), "reviews")), 2);
}

/* A grant that rests on one person ends with that person. */
static void test_break_glass_ends_with_its_person(void)
{
    SL_BUF(body, 256);

    ask("drop table f");
    SL_CHECK_INT(decide(credentials[OLLY], "break-glass"), 200);
    SL_CHECK_INT(control("identity.pause", "{'name':'%s'}%s", "olly", ""), 200);
    sl_buf_say(&body, "{'id':'%s','digest':'%s'}", approval, digest_hex);
    SL_CHECK_INT(call_as(play.desk, "consume", token, sl_buf_text(&body)), 409);
    SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", "olly", ""), 202);
    take_held();
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", "olly", ""), 200);
}

/* A yes as one of two, and then alone: one thing that this person said, and the keeper goes on. */
static void test_break_glass_after_a_yes(void)
{
    ask_for("delete it", "delete");
    SL_CHECK_INT(decide(credentials[VERA], "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    SL_CHECK_INT(decide(credentials[VERA], "break-glass"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    kill_keeper();
    start_keeper();
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "votes")), 1);
    SL_CHECK_INT(review(credentials[VERA], "my own"), 403);
}

/* The log as an older keeper, which wrote each record for itself, left it when it died right after
 * this event of this approval; without what is made from it. */
static void tear_after(const char *event, const char *id)
{
    struct sl_buf file = sl_buf(64 * 1024 * 1024), torn = sl_buf(64 * 1024 * 1024);
    SL_BUF(path, 512);
    SL_BUF(name, 64);
    struct sl_wal_record r;
    size_t at = SL_WAL_SEGMENT_HEADER;
    bool found = false;

    sl_buf_say(&name, "\"e\":\"%s\"", event);
    sl_buf_say(&path, "%s/state/ledger/wal/0000000000000001.wal", play.folder);
    SL_CHECK_INT(sl_file_read(sl_buf_text(&path), &file), SL_OK);
    sl_buf_put(&torn, sl_span_head(sl_buf_span(&file), at));
    while (!found && sl_wal_get(sl_buf_span(&file), &at, &r) == SL_OK) {
        r.more = false;
        sl_wal_put(&torn, &r);
        found = memmem(r.state.p, r.state.n, name.p, name.n) != NULL &&
                memmem(r.state.p, r.state.n, id, 36) != NULL;
    }
    SL_CHECK(found);
    SL_CHECK_INT(sl_file_replace(sl_buf_text(&path), sl_buf_span(&torn), 0600), SL_OK);
    sl_buf_reset(&path);
    sl_buf_say(&path, "rm -rf %s/state/sluice.db* %s/state/ledger/checkpoint %s/state/ledger/tile",
               play.folder, play.folder, play.folder);
    SL_CHECK_INT(system(sl_buf_text(&path)), 0);
    sl_buf_done(&file);
    sl_buf_done(&torn);
}

/* P4: an attempt to break the glass that a crash cut short lets nothing run, and no vote counts by
 * it that would not count without. */
static void test_P4_a_torn_break_glass_is_none(void)
{
    static const char *const events[] = {"exception", "voted"};

    for (size_t i = 0; i < SL_COUNT(events); i++) {
        ask_for(i == 0 ? "delete torn" : "delete it torn", "delete");
        SL_CHECK_INT(decide(credentials[OLLY], "break-glass"), 200);
        kill_keeper();
        tear_after(events[i], approval);
        start_keeper();
        SL_CHECK_INT(get(credentials[RITA]), 200);
        SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
        SL_CHECK_INT(decide(credentials[RITA], "approve"), 200);
        SL_CHECK_INT(control("identity.pause", "{'name':'%s'}%s", "rita", ""), 200);
        SL_CHECK_INT(decide(credentials[VERA], "approve"), 200);
        SL_CHECK(strcmp(said("state"), "approved") != 0); /* rita may not decide */
        SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", "rita", ""), 202);
        take_held();
        SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
        SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
        SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", "rita", ""), 200);
    }
}

/* What was let happen is let happen in the auditor's eyes, too. (Of what nobody has signed off yet
 * it speaks, and of the logs that were torn above.) */
static void test_the_auditor_accuses_nobody(const char *sluice)
{
    SL_BUF(command, 1024);

    sl_buf_say(&command,
               "%s ledger verify %s/state/ledger --key %s/state/ledger/key.pub > %s/said 2>&1; grep "
               "-E 'under govern|let one change|let nothing|may not|leaves out' %s/said",
               sluice, play.folder, play.folder, play.folder, play.folder);
    SL_CHECK(system(sl_buf_text(&command)) != 0);
    sl_buf_reset(&command);
    sl_buf_say(&command, "grep -q entries %s/said || { sed 's/^/# /' %s/said; false; }", play.folder,
               play.folder);
    SL_CHECK_INT(system(sl_buf_text(&command)), 0);
}

int main(int argc, char **argv)
{
    SL_PROMISE(argc > 2);
    play.program = argv[1];
    memcpy(play.folder, "/tmp/sluice-people-XXXXXX", 26);
    SL_PROMISE(mkdtemp(play.folder) != NULL);
    make_journal();
    start_keeper();
    SL_RUN(test_the_first_people_need_nobody);
    SL_RUN(test_P4_a_browser_is_known_again);
    SL_RUN(test_P4_every_channel_every_reason);
    SL_RUN(test_P4_conflicts_are_shown_before);
    SL_RUN(test_P4_a_bond_of_later);
    SL_RUN(test_P4_who_acts_for_somebody_does_so_no_shorter);
    SL_RUN(test_what_each_role_may_read);
    SL_RUN(test_the_auditors_view);
    SL_RUN(test_govern_two_people);
    SL_RUN(test_govern_shows_who_sits_at_the_shell);
    SL_RUN(test_govern_what_waits);
    SL_RUN(test_govern_every_call_has_its_row);
    SL_RUN(test_govern_denied);
    SL_RUN(test_break_glass);
    SL_RUN(test_break_glass_runs_once);
    SL_RUN(test_break_glass_is_signed_off_by_two);
    SL_RUN(test_break_glass_ends_with_its_person);
    SL_RUN(test_P4_a_grant_is_for_those_who_had_a_part);
    SL_RUN(test_a_reviewers_asking_token_sees_its_own);
    SL_RUN(test_break_glass_after_a_yes);
    SL_RUN(test_P4_a_torn_break_glass_is_none);
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
    test_the_auditor_accuses_nobody(argv[2]);
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
    return sl_tap_done();
}
