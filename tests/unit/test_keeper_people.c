/* Who decides, who administers and who audits: played with the real keeper. The first argument is
 * the program. */
#include "tests/unit/people_play.h"

#include "role/desk/routes.h"

static void test_the_first_people_need_nobody(void)
{
    add_everybody();
}

/* --- the same browser --- */

static void sign_in(enum who w, const char *device, char out[128])
{
    SL_BUF(body, 512);

    SL_CHECK_INT(call_as(play.desk, "session.code", credentials[w], "{}"), 201);
    sl_buf_say(&body, "{'code':'%s','device':'%s'}", said("code"), device);
    SL_CHECK_INT(call_as(play.desk, "session.open", "", sl_buf_text(&body)), 201);
    keep(out, 128, said("device"));
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
    static const char *const channels[] = {NULL,    "cli",     "console", "slack",
                                           "teams", "control", "http"};

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
                   rows[i].first == NULL ? "" : ",'ttl':'",
                   rows[i].first == NULL ? "" : rows[i].first, rows[i].first == NULL ? "" : "'");
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

/* Every way in that is no GET: an auditor gets through none of them but to how they sign in. What
 * was added to the routes since is here by itself. */
static const char *const may_post[] = {
    "session.code",   "session.touch", "session.end",    "passkey.challenge", "passkey.enrol",
    "passkey.name",   "passkey.remove", "link.begin",    "link.challenge",    "link.confirm",
    "link.end",       "me.back",       "policy.try",     "policy.shadow",     "scim",
};

static bool is_left_to_auditors(const char *method)
{
    for (size_t i = 0; i < SL_COUNT(may_post); i++)
        if (strcmp(method, may_post[i]) == 0)
            return true;
    return false;
}

static bool takes_either(const char *method)
{
    return strcmp(method, "answer") == 0 || strcmp(method, "cancel") == 0 ||
           strcmp(method, "revoke") == 0 || strcmp(method, "stop") == 0;
}

static const char *auditors_token(void)
{
    static char asking[128];

    if (asking[0] == '\0') {
        SL_CHECK_INT(control("token.create", "{'name':'%s'%s}", "aud", ""), 200);
        keep(asking, 128, said("token"));
    }
    return asking;
}

static void check_auditor(const char *method, const char *secret, const char *body)
{
    if (!SL_CHECK_INT(call_as(play.desk, method, secret, body), 403) ||
        !SL_CHECK_TEXT(sl_json_str(play.reply, "reason"), "IS_AUDITOR"))
        printf("#   %s\n", method);
}

static void test_an_auditor_changes_nothing(void)
{
#define ROUTE(kind, verb, path, method, credential, query, fields) {#verb, method, credential},
    static const struct {
        const char *verb, *method;
        bool credential;
    } routes[] = {SL_DESK_ROUTES(ROUTE)};
#undef ROUTE
    size_t tried = 0;
    SL_BUF(body, 1024);

    ask("drop table e"); /* of their own group, and they audit */
    sl_buf_say(&body,
               "{'id':'%s','digest':'%s','decision':'approve','reason':'x','text':'why?',"
               "'identity':'agent','until':'2h','target':'finance','operation':{'do':'x'},"
               "'effects':['ddl']}",
               approval, digest_hex);
    for (size_t i = 0; i < SL_COUNT(routes); i++) {
        if (strcmp(routes[i].verb, "GET") == 0 || !routes[i].credential ||
            is_left_to_auditors(routes[i].method))
            continue;
        bool asks = strcmp(routes[i].method, "approval.create") == 0 ||
                    strcmp(routes[i].method, "consume") == 0;
        if (!asks)
            check_auditor(routes[i].method, credentials[AUD], sl_buf_text(&body));
        if (asks || takes_either(routes[i].method))
            check_auditor(routes[i].method, auditors_token(), sl_buf_text(&body));
        tried++;
    }
    SL_CHECK(tried >= 12);
    SL_CHECK_INT(get(credentials[AUD]), 200);
    SL_CHECK(json_is_false(json_object_get(play.reply, "may_ask")));
    SL_CHECK_TEXT(sl_json_str(play.reply, "state"), "pending");
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_ask")));
    SL_CHECK(json_object_get(play.reply, "messages") == NULL); /* nothing was said */
    SL_CHECK_INT(decide(credentials[RITA], "deny"), 200);
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

int main(int argc, char **argv)
{
    SL_PROMISE(argc > 1);
    play_begin(argv[1]);
    SL_RUN(test_the_first_people_need_nobody);
    SL_RUN(test_P4_a_browser_is_known_again);
    SL_RUN(test_P4_every_channel_every_reason);
    SL_RUN(test_P4_conflicts_are_shown_before);
    SL_RUN(test_P4_a_bond_of_later);
    SL_RUN(test_P4_who_acts_for_somebody_does_so_no_shorter);
    SL_RUN(test_what_each_role_may_read);
    SL_RUN(test_the_auditors_view);
    SL_RUN(test_an_auditor_changes_nothing);
    play_end();
    return sl_tap_done();
}
