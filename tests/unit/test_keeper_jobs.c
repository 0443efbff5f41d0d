/* Jobs of CI systems as the keeper sees them: which one is which identity here, and that whoever
 * set it going does not decide about it (P4). The first argument is the
 * program, the second `sluice`. */
#define KEEPER_PLAY_RULES                                                       \
    "issuers:\n"                                                                \
    "  - name: gh\n"                                                            \
    "    issuer: https://ci.example\n"                                          \
    "    kind: github-actions\n"                                                \
    "    algorithms: [ES256]\n"                                                 \
    "    audiences: [sluice]\n"                                                 \
    "    jobs:\n"                                                               \
    "      - {identity: deploy, repository_id: \"74\", ref: refs/heads/main}\n" \
    "      - {identity: rita, repository_id: \"75\"}\n"

#include "tests/unit/issuer_play.h"

#include "core/action/action.h"

static char rita[128], sam[128], tom[128], approval[37], digest[65];
static uint64_t session, next_action = 1;

static void keep(char *out, size_t room, const char *text)
{
    memset(out, 0, room);
    memcpy(out, text, strlen(text) < room ? strlen(text) : room - 1);
}

static const char *job_token(const char *repository, const char *actor, const char *attempt,
                             const char *ref)
{
    SL_BUF(claims, 4096);

    sl_buf_say(&claims,
               "{'iss':'https://ci.example','sub':'repo:octo/shop:ref:%s','aud':'sluice','iat':%U,"
               "'exp':%U,'repository_id':'%s','repository':'octo/shop','repository_owner':'octo',"
               "'repository_owner_id':'9','actor_id':'%s','actor':'somebody','run_id':'77',"
               "'run_attempt':'%s','ref':'%s','workflow':'deploy','event_name':'push'}",
               ref, now_s(), now_s() + 300, repository, actor, attempt, ref);
    return make_token("{'alg':'ES256','typ':'JWT','kid':'k-1'}", sl_buf_text(&claims));
}

static const char *good(const char *actor)
{
    return job_token("74", actor, "1", "refs/heads/main");
}

static uint64_t login(const char *user, const char *with, char why[512])
{
    static uint64_t conn = 100;
    static unsigned from = 1;
    struct sl_msg_login_ok ok;
    struct sl_msg_login_refused no;
    SL_BUF(address, 64);

    sl_buf_say(&address, "10.2.0.%u", from++);
    TELL(play.gate, login_token, .conn = ++conn, .target = SL_SPAN("finance"),
         .user = sl_span_str(user), .address = sl_buf_span(&address), .tls = 1,
         .token = sl_span_str(with));
    unsigned got = hear_within(play.gate, PATIENCE_MS);
    keep(why, 512, "");
    if (got == SL_MESSAGE_LOGIN_OK && HEARD(login_ok, &ok))
        return ok.session;
    if (SL_CHECK_INT(got, SL_MESSAGE_LOGIN_REFUSED) && HEARD(login_refused, &no))
        memcpy(why, no.text.p, no.text.n < 511 ? no.text.n : 511);
    return 0;
}

static bool hold(const char *sql)
{
    SL_BUF(operation, 4096);
    SL_BUF(meaning, 4096);
    SL_BUF(hex, 128);
    struct sl_meaning_statement statement = {SL_SPAN("drop"), SL_EFFECT_DDL};
    struct sl_meaning m = {.effects = SL_EFFECT_DDL,
                           .statements = &statement,
                           .statement_count = 1};
    struct sl_msg_action_held held = {0};

    sl_action_put_simple(&operation, sl_span_str(sql));
    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = session, .action = next_action++, .generation = 1,
         .asked_us = sl_clock_us(), .operation = sl_buf_span(&operation),
         .meaning = sl_buf_span(&meaning), .context_user = SL_SPAN("app"));
    if (!SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)) || !HEARD(action_held, &held))
        return false;
    memcpy(approval, held.approval.p, 36);
    sl_hex_put(&hex, held.digest);
    keep(digest, sizeof digest, sl_buf_text(&hex));
    return held.joined != 0;
}

static uint32_t decide(const char *credential)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'id':'%s','decision':'approve','digest':'%s','reason':'looked at it'}",
               approval, digest);
    return call_as(play.desk, "decision", credential, sl_buf_text(&body));
}

static void add_human(const char *name, char *credential)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'%s','kind':'human','groups':['dba']}", name);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&body)), 200);
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'code':'%s'}", said("code"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 201);
    keep(credential, 128, said("credential"));
}

static void make_people(void)
{
    add_human("rita", rita);
    add_human("sam", sam);
    add_human("tom", tom);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'olga','kind':'human'}"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'deploy','kind':'service','owner':'olga','groups':['agents']}"),
                 200);
    SL_CHECK_INT(call_as(play.control, "account.link", "",
                         "{'name':'rita','issuer':'gh','subject':'actor_id:12'}"),
                 201);
}

/* --- tests --- */

static void test_which_job_is_let_in(void)
{
    char why[512];

    SL_CHECK_INT(login("deploy", job_token("99", "12", "1", "refs/heads/main"), why), 0);
    SL_CHECK(strstr(why, "no identity is configured for this job") != NULL);
    SL_CHECK_INT(login("deploy", job_token("74", "12", "1", "refs/heads/feature"), why), 0);
    SL_CHECK_INT(login("deploy", job_token("x", "12", "1", "refs/heads/main"), why), 0);
    SL_CHECK_INT(login("rita", job_token("75", "12", "1", "refs/heads/main"), why), 0);
    SL_CHECK(strstr(why, "not one for this") != NULL); /* a job is no human */
    session = login("deploy", good("12"), why);
    SL_CHECK(session != 0);
}

static void test_P4_who_set_it_going_does_not_decide(void)
{
    hold("drop table a");
    SL_CHECK_INT(decide(rita), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_TRIGGER");
    SL_CHECK_INT(decide(sam), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
}

/* The same action of a job whose person is unknown does not join what one yes was enough for. */
static void test_P4_somebody_unknown_asks_for_two(void)
{
    char why[512];

    session = login("deploy", good("4711"), why);
    SL_CHECK(session != 0);
    hold("drop table b");
    SL_CHECK_INT(decide(sam), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    SL_CHECK_INT(decide(rita), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
}

/* Started again: by whom the token does not say. Its first actor is in the set all the same. */
static void test_P4_a_run_that_was_started_again(void)
{
    char why[512];

    session = login("deploy", good("12"), why);
    hold("drop table c");
    char first[37];
    keep(first, sizeof first, approval);
    session = login("deploy", job_token("74", "12", "2", "refs/heads/main"), why);
    SL_CHECK(session != 0);
    SL_CHECK(!hold("drop table c"));
    SL_CHECK(strcmp(first, approval) != 0);
    SL_CHECK_INT(decide(rita), 403);
    SL_CHECK_INT(decide(sam), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    SL_CHECK_INT(decide(tom), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
}

static void test_over_http(void)
{
    static const char body[] =
        "{'target':'finance','operation':{'do':'x'},'effects':['ddl'],'statements':['drop']}";
    char job[8192];

    keep(job, sizeof job, good("12"));
    SL_CHECK_INT(call_as(play.desk, "whoami", job, "{}"), 200);
    SL_CHECK_TEXT(sl_span_str(said("identity")), "deploy");
    SL_CHECK_INT(call_as(play.desk, "approval.create", job,
                         "{'target':'finance','operation':{'do':'x'},'effects':['ddl'],"
                         "'statements':['drop'],'triggered_by':'sam'}"),
                 400);
    SL_CHECK_INT(call_as(play.desk, "approval.create", job, body), 201);
    keep(approval, sizeof approval, said("id"));
    keep(digest, sizeof digest, said("digest"));
    SL_CHECK_INT(decide(rita), 403);
    SL_CHECK_INT(decide(sam), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
}

static void test_P9_a_session_remembers_its_trigger(void)
{
    char why[512];

    session = login("deploy", good("12"), why);
    SL_CHECK(session != 0);
    kill_keeper();
    courier_goes();
    start_keeper();
    courier_comes();
    introduce_ci();
    hold("drop table d");
    SL_CHECK_INT(decide(rita), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_TRIGGER");
}

static void test_a_job_that_is_gone_ends_its_sessions(void)
{
    struct sl_msg_session_end end;
    struct sl_buf fresh = sl_buf(64 * 1024);
    const char *jobs = strstr(config, "    jobs:\n");
    uint64_t ended = 0;

    SL_PROMISE(jobs != NULL);
    sl_buf_put(&fresh, sl_span(config, (size_t)(jobs - config)));
    sl_buf_put_str(&fresh, "    jobs:\n      - {identity: deploy, repository_id: \"76\"}\n");
    TELL(play.super, reload, .generation = 2, .config = sl_buf_span(&fresh));
    SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED));
    while (ended != session && hear_within(play.gate, 1000) == SL_MESSAGE_SESSION_END &&
           HEARD(session_end, &end))
        ended = end.session;
    SL_CHECK_INT(ended, session);
    sl_buf_done(&fresh);
}

static const char *sluice_program;
static void test_the_ledger_verifies(void)
{
    ledger_verifies(sluice_program);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    play.program = argv[1];
    memcpy(play.folder, "/tmp/sluice-keeper-XXXXXX", 26);
    if (mkdtemp(play.folder) == NULL)
        return 1;
    new_key("k-1");
    make_journal();
    start_keeper();
    make_people();
    courier_comes();
    introduce_ci();
    SL_RUN(test_which_job_is_let_in);
    SL_RUN(test_P4_who_set_it_going_does_not_decide);
    SL_RUN(test_P4_somebody_unknown_asks_for_two);
    SL_RUN(test_P4_a_run_that_was_started_again);
    SL_RUN(test_over_http);
    SL_RUN(test_P9_a_session_remembers_its_trigger);
    SL_RUN(test_a_job_that_is_gone_ends_its_sessions);
    stop_keeper();
    sluice_program = argv[2];
    SL_RUN(test_the_ledger_verifies);
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
    EVP_PKEY_free(idp.key);
    return sl_tap_done();
}
