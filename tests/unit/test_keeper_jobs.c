/* Jobs of CI systems as the keeper takes them: known by ids that are nobody else's, and whoever set
 * one going does not decide what it asks. The first argument is the program. */
#define KEEPER_PLAY_RULES                                                                     \
    "break_glass: {groups: [oncall], review_within: 1h}\n"                                    \
    "issuers:\n"                                                                              \
    "  - name: github\n"                                                                      \
    "    issuer: https://idp.example\n"                                                       \
    "    kind: github-actions\n"                                                              \
    "    algorithms: [ES256]\n"                                                               \
    "    audiences: [sluice-api]\n"                                                           \
    "    jobs:\n"                                                                             \
    "      - {identity: deploy, repository_id: \"74\", repository: octo-org/octo-repo, ref: " \
    "refs/heads/main}\n"                                                                      \
    "      - {identity: rita, repository_id: \"75\"}\n"                                       \
    "      - {identity: nobody, repository_id: \"76\"}\n"

#include "core/action/action.h"
#include "tests/unit/token_play.h"

/* A job's token; `run` are the claims that say who set it going. */
static const char *job(const char *repository_id, const char *run)
{
    SL_BUF(more, 2048);

    sl_buf_say(&more,
               ",'repository_id':'%s','repository':'octo-org/octo-repo','ref':'refs/heads/main',"
               "'run_id':'1839246537'%s",
               repository_id, run);
    return token("repo:octo-org/octo-repo:ref:refs/heads/main", sl_buf_text(&more));
}

#define BY(id, name, attempt) ",'actor_id':'" id "','actor':'" name "','run_attempt':'" attempt "'"

/* --- helpers ---------------------------------------------------------------------------------- */

static uint64_t come(const char *with)
{
    char why[512];
    uint64_t session = login("deploy", with, why);

    if (!SL_CHECK(session != 0))
        printf("#   %s\n", why);
    return session;
}

static uint32_t account(const char *method, const char *name, const char *subject)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'name':'%s','issuer':'github','subject':'%s'}", name, subject);
    return call_as(play.control, method, "", sl_buf_text(&body));
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_which_jobs_are_let_in(void)
{
    come(job("74", BY("12", "octocat", "1")));
    SL_CHECK_TEXT(welcome.identity, "deploy");
    check_refused("olga", job("74", BY("12", "octocat", "1")), "authentication failed");
    check_refused("deploy", job("7", BY("12", "octocat", "1")), "no identity is configured");
    check_refused("rita", job("75", BY("12", "octocat", "1")), "not one for this"); /* a human */
    check_refused("nobody", job("76", BY("12", "octocat", "1")), "no identity is configured");
    check_refused("deploy",
                  token("repo:x", ",'repository':'octo-org/octo-repo','ref':'refs/heads/main'"),
                  "no identity is configured"); /* a name alone */
    check_refused("deploy",
                  token("repo:x", ",'repository_id':'74','repository':'octo-org/renamed','ref':"
                                  "'refs/heads/main'"),
                  "no identity is configured");
    check_refused("deploy",
                  token("repo:x", ",'repository_id':'74','repository':'octo-org/octo-repo','ref':"
                                  "'refs/heads/evil'"),
                  "no identity is configured");
    check_refused("deploy",
                  token_at("x", "https://github.com/octo-org", now_s(),
                           ",'repository_id':'74','ref':'refs/heads/main'"),
                  "for somebody else");
}

/* The subject that a repository's owner can choose is nobody's account here. */
static void test_a_subject_is_no_account(void)
{
    check_refused("olga", token("actor_id:12", ",'repository_id':'99'"),
                  "no identity is configured");
}

static void test_P4_whoever_set_it_going_is_in_the_requester_set(void)
{
    come(job("74", BY("12", "octocat", "1")));
    SL_CHECK(has_requester("carol") && has_requester("olga") && has_requester("deploy"));
    SL_CHECK(!has_requester("github:actor_id:12"));
    come(job("74", BY("13", "stranger", "1"))); /* nobody's account */
    SL_CHECK(!has_requester("carol") && has_requester("github:actor_id:13"));
    come(job("74", BY("12", "octocat", "2"))); /* somebody started it again */
    SL_CHECK(has_requester("carol") && has_requester("github:actor_id:12"));
    come(job("74", ""));
    SL_CHECK(has_requester("github:unknown"));
    come(job("74", BY("14", "machine", "1"))); /* an account, and not a person's */
    SL_CHECK(has_requester("github:actor_id:14"));
}

static void test_P4_two_people_where_it_is_not_known_who_started_it(void)
{
    SL_CHECK_INT(ask(job("74", BY("12", "octocat", "1")), "one"), 201);
    SL_CHECK_INT(needed(), 1);
    SL_CHECK_TEXT(sl_span_str(said("started_by")), "carol");
    SL_CHECK_TEXT(sl_span_str(said("job")), "octo-org/octo-repo 1839246537/1");
    SL_CHECK_INT(ask(job("74", BY("13", "stranger", "1")), "two"), 201);
    SL_CHECK_INT(needed(), 2);
    SL_CHECK_TEXT(sl_span_str(said("unknown")), "github:actor_id:13");
    SL_CHECK_INT(ask(job("74", BY("12", "octocat", "2")), "three"), 201);
    SL_CHECK_INT(needed(), 2);
    /* the same of one that is known: another question, for another set asks it */
    SL_CHECK_INT(ask(job("74", BY("12", "octocat", "1")), "two"), 201);
    SL_CHECK_INT(needed(), 1);
    SL_CHECK_INT(ask(job("74", BY("12", "octocat", "1")), "two"), 200);
}

static void test_accounts_at_a_ci_system(void)
{
    SL_CHECK_INT(account("account.link", "deploy", "repository_id:74"), 409);
    SL_CHECK_INT(account("account.link", "olga", "repo:octo-org/octo-repo"), 409);
    SL_CHECK_INT(account("account.link", "deploy", "user_id:7"), 409); /* no person */
    SL_CHECK_INT(account("account.unlink", "deploy", "repository_id:74 as deploy"), 409);
    /* the same by its credential: it would be back with the next token */
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", "{'name':'deploy'}"), 409);
    SL_CHECK(strstr(said("detail"), "`jobs` of its issuer") != NULL);
    SL_CHECK(strstr(said("hint"), "identity pause") != NULL);
    come(job("74", BY("12", "octocat", "1")));
    SL_CHECK_INT(account("account.link", "dave", "actor_id:12"), 409); /* carol's */
}

/* Which of the sessions ends is said to its gate. */
static bool ends(uint64_t session)
{
    struct sl_msg_session_end m;

    for (unsigned got = 1; got != 0;) {
        got = hear_within(play.gate, PATIENCE_MS);
        if (got == SL_MESSAGE_SESSION_END && HEARD(session_end, &m) && m.session == session)
            return true;
    }
    return false;
}

/* A session that outlives the keeper asks with the set that it began with. */
static void test_P9_who_started_it_is_known_after_a_restart(void)
{
    struct sl_meaning_statement statement = {SL_SPAN("drop table"), SL_EFFECT_DDL};
    struct sl_meaning m = {.effects = SL_EFFECT_DDL,
                           .statements = &statement,
                           .statement_count = 1};
    uint64_t session = come(job("74", BY("12", "octocat", "2")));
    struct sl_msg_action_held held;
    SL_BUF(operation, 4096);
    SL_BUF(meaning, 4096);

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
    SL_CHECK(list_has(held.requester, "carol") && list_has(held.requester, "github:actor_id:12"));
    SL_CHECK(list_has(held.requester, "olga"));
}

static void add(const char *body);

/* Where nobody knows who set it going it may be whoever would release it: nobody does so alone. */
static void test_P4_nobody_releases_alone_what_nobody_knows_who_started(void)
{
    static const struct {
        const char *actor;
        uint32_t status;
    } rows[] = {{BY("13", "stranger", "1"), 403}, {BY("12", "octocat", "1"), 200}};
    char olly[128];
    SL_BUF(code, 256);

    /* a reviewer too, who sees it */
    add("{'name':'olly','kind':'human','groups':['oncall','dba']}");
    sl_buf_say(&code, "{'code':'%s'}", said("code"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&code)), 201);
    memset(olly, 0, sizeof olly);
    memcpy(olly, said("credential"), strnlen(said("credential"), sizeof olly - 1));
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(body, 1024);

        SL_CHECK_INT(ask(job("74", rows[i].actor), "alone"), 201);
        sl_buf_say(&body,
                   "{'id':'%s','digest':'%s','decision':'break-glass','reason':'nobody is awake'}",
                   said("id"), said("digest"));
        SL_CHECK_INT(call_as(play.desk, "decision", olly, sl_buf_text(&body)), rows[i].status);
    }
}

static void reload_without(const char *text)
{
    SL_BUF(other, sizeof config + 100);
    const char *at = strstr(config, text);
    struct sl_msg_reloaded m;

    SL_PROMISE(at != NULL);
    sl_buf_put(&other, sl_span(config, (size_t)(at - config)));
    sl_buf_put_str(&other, "      - {identity: other, repository_id: \"80\"}\n");
    TELL(play.super, reload, .generation = 7, .config = sl_buf_span(&other));
    SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED) && HEARD(reloaded, &m) && m.accepted == 1);
}

static void test_a_job_that_is_configured_no_more(void)
{
    uint64_t session = come(job("74", BY("12", "octocat", "1")));

    reload_without("      - {identity: deploy");
    SL_CHECK(ends(session));
    check_refused("deploy", job("74", BY("12", "octocat", "1")), "no identity is configured");
}

static void test_an_identity_that_is_disabled(void)
{
    char why[512];
    uint64_t session = login("other", job("80", BY("12", "octocat", "1")), why);

    SL_CHECK(session != 0);
    SL_CHECK_INT(call_as(play.control, "identity.disable", "", "{'name':'other'}"), 200);
    SL_CHECK(ends(session));
    check_refused("other", job("80", BY("12", "octocat", "1")), "not active");
}

static void make_people(void)
{
    add_reviewer("rita");
    add_reviewer("dave");
    add_reviewer("carol");
    add("{'name':'olga','kind':'human'}");
    add("{'name':'deploy','kind':'service','owner':'olga','groups':['agents']}");
    add("{'name':'other','kind':'service','owner':'olga','groups':['agents']}");
    add("{'name':'machine','kind':'agent','owner':'olga','groups':['agents']}");
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    new_key("k-1");
    play_begin(argv[1]);
    make_people();
    courier_comes();
    introduce();
    SL_CHECK_INT(account("account.link", "carol", "actor_id:12"), 201);
    SL_RUN(test_which_jobs_are_let_in);
    SL_RUN(test_a_subject_is_no_account);
    SL_RUN(test_P4_whoever_set_it_going_is_in_the_requester_set);
    SL_RUN(test_P4_two_people_where_it_is_not_known_who_started_it);
    SL_RUN(test_accounts_at_a_ci_system);
    SL_RUN(test_P9_who_started_it_is_known_after_a_restart);
    SL_RUN(test_P4_nobody_releases_alone_what_nobody_knows_who_started);
    SL_RUN(test_a_job_that_is_configured_no_more);
    SL_RUN(test_an_identity_that_is_disabled);
    play_end();
    EVP_PKEY_free(idp.key);
    return sl_tap_done();
}
