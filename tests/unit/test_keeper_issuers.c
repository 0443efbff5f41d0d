/* Identity providers as the keeper uses them: whose tokens are taken, people who sign in, and what
 * a provider, a browser or a courier that lies can do: nothing. The first argument is the program.
 */
#include "tests/unit/signin_play.h"

/* --- tests: what the keeper knows of the provider -----------------------------------------------
 */

static void test_nobody_signs_in_before_the_provider_answered(void)
{
    char why[512];

    SL_CHECK_INT(call_as(play.desk, "issuers", "", "{}"), 200);
    const json_t *one = json_array_get(json_object_get(play.reply, "issuers"), 0);
    SL_CHECK(json_is_false(json_object_get(one, "ready")));
    /* no courier: it is said, and soon */
    check_refused("rita", token("u-rita", ""), "too old to be believed");
    courier_comes();
    SL_CHECK(asked("https://idp.example/.well-known/openid-configuration"));
    SL_CHECK_TEXT(sl_span_str(idp.issuer), "corp");
    SL_CHECK_TEXT(sl_span_str(idp.method), "GET");
    /* who comes meanwhile waits, and hears what comes of it */
    send_login("rita", token("u-rita", ""));
    SL_CHECK_INT(hear_within(play.gate, 100), 0);
    tell(200, discovery);
    SL_CHECK(asked("https://idp.example/jwks"));
    SL_CHECK_INT(hear_within(play.gate, 100), 0);
    tell_keys();
    SL_CHECK_INT(login_answer(why), 0);
    SL_CHECK(strstr(why, "no identity has this account") != NULL);
    SL_CHECK_INT(call_as(play.desk, "issuers", "", "{}"), 200);
    one = json_array_get(json_object_get(play.reply, "issuers"), 0);
    SL_CHECK(json_is_true(json_object_get(one, "ready")) &&
             json_is_true(json_object_get(one, "code")) &&
             json_is_true(json_object_get(one, "device")));
}

/* --- tests: accounts and tokens to ask with
 * -------------------------------------------------------- */

static void test_an_account_is_one_identitys(void)
{
    SL_CHECK_INT(account("account.link", "nobody", "u-rita"), 404);
    SL_CHECK_INT(account("account.link", "rita", ""), 400);
    SL_CHECK_INT(account("account.link", "rita", "u-rita"), 201);
    SL_CHECK(strlen(said("credential")) == 16);
    SL_CHECK_INT(account("account.link", "olga", "u-rita"), 409);
    SL_CHECK_INT(account("account.link", "bot", "u-bot"), 201);
    SL_CHECK_INT(call_as(play.control, "account.link", "",
                         "{'name':'rita','issuer':'elsewhere','subject':'x'}"),
                 404);
    SL_CHECK_INT(call_as(play.desk, "account.link", "", "{}"), 404); /* for operators alone */
    SL_CHECK_INT(call_as(play.control, "identity.list", "", "{}"), 200);
    size_t i;
    json_t *one;
    unsigned accounts = 0;
    json_array_foreach(json_object_get(play.reply, "identities"), i, one) accounts +=
        (unsigned)json_array_size(json_object_get(one, "accounts"));
    SL_CHECK_INT(accounts, 2);
}

static void test_a_token_asks(void)
{
    char why[512];

    from_elsewhere();
    SL_CHECK(login("bot", token("u-bot", ""), why) != 0);
    check_refused("rita", token("u-bot", ""), "unknown identity"); /* somebody else's */
    from_elsewhere();
    SL_CHECK_INT(call_as(play.desk, "whoami", token("u-rita", ""), "{}"), 200);
    SL_CHECK_TEXT(sl_span_str(said("identity")), "rita");
    SL_CHECK_TEXT(sl_span_str(said("credential")), "asking");
    /* and never decides, whoever it is */
    SL_CHECK_INT(call_as(play.desk, "decision", token("u-rita", ""), "{}"), 403);
    SL_CHECK_INT(call_as(play.desk, "session.code", token("u-rita", ""), "{}"), 403);
}

static void test_tokens_that_are_refused(void)
{
    const char *claims =
        "{'iss':'https://idp.example','sub':'u-bot','aud':'sluice-api','iat':%U,'exp':%U}";
    SL_BUF(good, 1024);
    EVP_PKEY *real = idp.key;

    sl_buf_say(&good, claims, now_s(), now_s() + 600);
    check_refused("bot", token_at("u-bot", "sluice", now_s(), ""), "for somebody else");
    check_refused("bot", token_at("u-bot", "other-api", now_s(), ""), "for somebody else");
    check_refused("bot", token_at("u-bot", "sluice-api", now_s() - 3600, ""), "expired");
    check_refused("bot", token_at("u-bot", "sluice-api", now_s() + 3600, ""), "future");
    check_refused("bot", make_token("{'alg':'none','typ':'JWT'}", sl_buf_text(&good)), "algorithm");
    check_refused("bot", make_token("{'alg':'HS256','typ':'JWT','kid':'k-1'}", sl_buf_text(&good)),
                  "algorithm");
    check_refused("bot",
                  make_token("{'alg':'ES256','typ':'JWT','kid':'k-1','crit':['x'],'x':1}",
                             sl_buf_text(&good)),
                  "extension");
    check_refused("bot", make_token("{'alg':'ES256','typ':'JWT','kid':'k-9'}", sl_buf_text(&good)),
                  "no such key"); /* asked a moment ago: nobody waits for it */
    SL_CHECK(!asked_within(50));
    idp.key = EVP_EC_gen("P-256");
    check_refused("bot", token("u-bot", ""), "signature");
    EVP_PKEY_free(idp.key);
    idp.key = real;
    check_refused("bot", token("u-stranger", ""), "no identity");
    check_refused("bot", token("u-rita", ",'act':{'sub':'u-bot'}"), "`act: take` of the issuer");
    check_refused("bot", "eyJh.eyJi.c", "not three parts");
}

static void test_a_good_answer_is_remembered_and_its_account_is_not(void)
{
    char good[4096];

    from_elsewhere();
    keep(good, sizeof good, token("u-bot", ""));
    SL_CHECK_INT(call_as(play.desk, "whoami", good, "{}"), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", good, "{}"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'name':'bot'}"), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", good, "{}"), 401);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "ACCOUNT_DISABLED");
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'name':'bot','off':true}"), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", good, "{}"), 200);
    SL_CHECK_INT(account("account.unlink", "bot", "u-bot"), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", good, "{}"), 401);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "ACCOUNT_UNKNOWN");
    SL_CHECK_INT(account("account.link", "bot", "u-bot"), 201);
    SL_CHECK_INT(call_as(play.desk, "whoami", good, "{}"), 200);
}

static void test_unlinking_ends_sessions(void)
{
    char why[512];
    struct sl_msg_session_end end;
    uint64_t id;

    from_elsewhere();
    id = login("bot", token("u-bot", ""), why);
    SL_CHECK(id != 0);
    SL_CHECK_INT(account("account.unlink", "bot", "u-bot"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_SESSION_END) && HEARD(session_end, &end) &&
             SL_CHECK_INT(end.session, id));
    TELL(play.gate, session_closed, .session = id);
    SL_CHECK_INT(account("account.unlink", "bot", "u-bot"), 404);
    SL_CHECK_INT(account("account.link", "bot", "u-bot"), 201);
}

/* --- tests: groups
 * ------------------------------------------------------------------------------------ */

static void test_groups_are_what_the_newest_token_says(void)
{
    uint64_t at = now_s();
    char older[4096];

    from_elsewhere();
    SL_CHECK(!is_member(token_at("u-olga", "sluice-api", at, ""), "dba"));
    keep(older, sizeof older,
         token_at("u-olga", "sluice-api", at - 20, ",'groups':['DBAs','Robots']"));
    SL_CHECK(is_member(token_at("u-olga", "sluice-api", at - 10, ",'groups':['DBAs','Unknown']"),
                       "dba"));
    SL_CHECK(!is_member(token_at("u-olga", "sluice-api", at, ",'groups':['Robots']"), "dba"));
    SL_CHECK(!is_member(older, "dba")); /* what it says is over */
    SL_CHECK(is_member(older, "agents"));
    /* what an operator gave stays, and what the token takes back goes */
    SL_CHECK_INT(call_as(play.control, "identity.group", "",
                         "{'name':'olga','group':'dba','member':true}"),
                 200);
    SL_CHECK(is_member(token_at("u-olga", "sluice-api", at + 1, ",'groups':['DBAs']"), "dba"));
    SL_CHECK(is_member(token_at("u-olga", "sluice-api", at + 2, ",'groups':[]"), "dba"));
    SL_CHECK(!is_member(token_at("u-olga", "sluice-api", at + 3, ",'groups':[]"), "agents"));
    /* more than it can list: nobody knows which */
    SL_CHECK_INT(call_as(play.desk, "whoami",
                         token_at("u-olga", "sluice-api", at + 4,
                                  ",'_claim_names':{'groups':'src1'},'_claim_sources':{}"),
                         "{}"),
                 401);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "OVERAGE");
}

/* --- tests: in a browser
 * -------------------------------------------------------------------------------- */

static void test_the_way_there(void)
{
    begin();
    const char *url = said("redirect");
    SL_CHECK(strncmp(url, "https://idp.example/auth?", 25) == 0);
    SL_CHECK(strstr(url, "response_type=code") != NULL);
    SL_CHECK(strstr(url, "code_challenge_method=S256") != NULL);
    SL_CHECK(strstr(url, "client_id=sluice") != NULL);
    SL_CHECK(strstr(url, "redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fsignin%2Fcallback") != NULL);
    SL_CHECK(strlen(state) == 43 && strlen(nonce) == 43 && strlen(challenge) == 43);
    SL_CHECK(strncmp(flow, "slf_", 4) == 0);
    SL_CHECK_INT(call_as(play.desk, "signin.begin", "",
                         "{'issuer':'corp','return':'//elsewhere.example'}"),
                 400);
    SL_CHECK_INT(call_as(play.desk, "signin.begin", "", "{'issuer':'nobody'}"), 404);
}

static void test_the_client_secret_comes_through_the_supervisor(void)
{
    struct sl_msg_secret_ask ask;

    /* without it nobody signs in, and it is asked for once more */
    begin();
    uint64_t call = send_finish(flow, query_of(state, CODE_HERE));
    SL_CHECK_INT(reply_of(call), 503);
    if (!SL_CHECK(hear(play.super, SL_MESSAGE_SECRET_ASK)) || !HEARD(secret_ask, &ask))
        return;
    SL_CHECK_TEXT(ask.issuer, "corp");
    SL_CHECK_TEXT(ask.target, "");
    TELL(play.super, secret, .call = ask.call, .found = 1, .secret = SL_SPAN("s3cret"));
    SL_CHECK(!asked_within(50));
}

static void test_signing_in(void)
{
    uint8_t hash[32];
    char verifier[128];
    SL_BUF(made, 128);

    begin();
    uint64_t call = send_finish(flow, query_of(state, CODE_HERE));
    if (!asked("https://idp.example/token"))
        return;
    SL_CHECK_TEXT(sl_span_str(idp.method), "POST");
    SL_CHECK(strncmp(idp.authorization, "Authorization: Basic ", 21) == 0);
    SL_CHECK(strstr(idp.form, "grant_type=authorization_code") != NULL);
    SL_CHECK(strstr(idp.form, "code=c-1") != NULL);
    parameter(idp.form, "code_verifier", verifier);
    sl_sha256(sl_span_str(verifier), hash);
    sl_base64url_put(&made, sl_span(hash, sizeof hash));
    SL_CHECK_TEXT(sl_buf_span(&made), challenge);
    /* others are answered meanwhile */
    SL_CHECK_INT(call_as(play.desk, "status", "", "{}"), 200);
    tell_id_token("u-rita", ",'name':'Rita','groups':['DBAs']");
    SL_CHECK_INT(reply_of(call), 201);
    SL_CHECK_TEXT(sl_span_str(said("identity")), "rita");
    SL_CHECK_TEXT(sl_span_str(said("return")), "/console");
    keep(session, sizeof session, said("secret"));
    SL_CHECK(strncmp(session, "sls_", 4) == 0);
    SL_CHECK(is_member(session, "dba"));
    SL_CHECK_TEXT(sl_span_str(said("credential")), "deciding");
    /* the flow is over */
    check_finish_refused(flow, query_of(state, CODE_HERE), "STATE");
}

static void test_answers_that_are_not_taken(void)
{
    static const struct {
        const char *more, *reason;
    } cases[] = {
        {"&code=c-1", "RESPONSE_ISSUER"}, /* the provider always says who it is */
        {"&code=c-1&iss=https%3A%2F%2Felsewhere.example", "RESPONSE_ISSUER"},
        {"&error=access_denied&iss=https%3A%2F%2Fidp.example", "ANSWER_ERROR"},
        {"&code=c-1&code=c-2&iss=https%3A%2F%2Fidp.example", "RESPONSE"},
        {"&iss=https%3A%2F%2Fidp.example", "RESPONSE"},
    };
    char other_flow[128];

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        begin();
        check_finish_refused(flow, query_of(state, cases[i].more), cases[i].reason);
        check_finish_refused(flow, query_of(state, CODE_HERE), "STATE"); /* spent by that */
    }
    begin();
    keep(other_flow, sizeof other_flow, flow);
    begin();
    check_finish_refused(other_flow, query_of(state, CODE_HERE), "STATE"); /* not this browser's */
    begin();
    check_finish_refused("slf_guess", query_of(state, CODE_HERE), "STATE");
}

static void finish_with(const char *subject, const char *more, uint32_t status, const char *reason)
{
    begin();
    uint64_t call = send_finish(flow, query_of(state, CODE_HERE));
    if (!asked("https://idp.example/token"))
        return;
    tell_id_token(subject, more);
    SL_CHECK_INT(reply_of(call), status);
    SL_CHECK_TEXT(sl_span_str(said("reason")), reason);
}

static void test_id_tokens_that_are_not_taken(void)
{
    char right[128];

    begin();
    uint64_t call = send_finish(flow, query_of(state, CODE_HERE));
    SL_CHECK(asked("https://idp.example/token"));
    keep(right, sizeof right, nonce);
    keep(nonce, sizeof nonce, "another-sign-in");
    tell_id_token("u-rita", "");
    SL_CHECK_INT(reply_of(call), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "NONCE");
    finish_with("u-rita", ",'azp':'another-client'", 403, "PARTY");
    finish_with("u-stranger", "", 403, "ACCOUNT_UNKNOWN");
    SL_CHECK(strstr(said("detail"), "u-stranger") != NULL);
    finish_with("u-bot", "", 403, "ACCOUNT_KIND"); /* an agent signs in nowhere */
    finish_with("u-rita", ",'_claim_names':{'groups':'src1'}", 403, "OVERAGE");
}

static void test_a_token_endpoint_that_refuses_or_lies(void)
{
    static const struct {
        uint32_t status;
        const char *body, *reason;
    } cases[] = {
        {400, "{'error':'invalid_grant'}", "ANSWER_ERROR"},
        {500, "", "ANSWER"},
        {200, "{}", "ANSWER"},
        {200, "not json", "ANSWER"},
        {200, "{'error':'invalid_grant'}", "ANSWER_ERROR"},
        {302, "{'id_token':'a.b.c'}", "ANSWER"},
        {200, "{'id_token':'a.b.c','token_type':'Bearer','access_token':'x'}", "HEADER"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        begin();
        uint64_t call = send_finish(flow, query_of(state, CODE_HERE));
        if (!asked("https://idp.example/token"))
            return;
        tell(cases[i].status, cases[i].body);
        SL_CHECK_INT(reply_of(call), 403);
        if (!SL_CHECK_TEXT(sl_span_str(said("reason")), cases[i].reason))
            printf("#   case %zu\n", i);
    }
    begin();
    uint64_t call = send_finish(flow, query_of(state, CODE_HERE));
    SL_CHECK(asked("https://idp.example/token"));
    tell_call(idp.call, 0, "", "connection refused");
    SL_CHECK_INT(reply_of(call), 503);
    SL_CHECK(strstr(said("detail"), "connection refused") != NULL);
}

/* --- tests: the courier
 * ------------------------------------------------------------------------------- */

static void test_a_courier_that_goes_leaves_nobody_hanging(void)
{
    char why[512];

    begin();
    uint64_t call = send_finish(flow, query_of(state, CODE_HERE));
    SL_CHECK(asked("https://idp.example/token"));
    uint64_t before = idp.call;
    courier_goes();
    SL_CHECK_INT(reply_of(call), 503);
    SL_CHECK(strstr(said("detail"), "courier") != NULL);
    /* keys that are here go on being good */
    from_elsewhere();
    SL_CHECK(login("bot", token("u-bot", ",'jti':'while-away'"), why) != 0);
    courier_comes();
    SL_CHECK(!asked_within(50)); /* nothing is due */
    /* what the one before was asked for is nobody's answer now */
    tell_call(before, 200, "{'id_token':'a.b.c'}", "");
    tell_call(123456, 200, "{}", "");
    SL_CHECK_INT(call_as(play.desk, "status", "", "{}"), 200);
}

static void test_a_courier_that_says_what_is_not_its_to_say(void)
{
    unsigned before = play.accused;
    struct sl_msg_peer_bad bad;

    TELL(idp.courier, reply, .call = play.call, .status = 200);
    SL_CHECK(hear_within(play.super, PATIENCE_MS) == SL_MESSAGE_PEER_BAD && HEARD(peer_bad, &bad) &&
             SL_CHECK_INT(bad.role, SL_ROLE_COURIER));
    (void)before;
    courier_goes();
    courier_comes();
}

/* --- tests: what lasts
 * ----------------------------------------------------------------------------------- */

static void test_P9_accounts_groups_and_sessions_survive_the_keeper(void)
{
    kill_keeper();
    courier_goes();
    start_keeper();
    courier_comes();
    introduce();
    from_elsewhere();
    SL_CHECK(is_member(session, "dba"));
    SL_CHECK(
        is_member(token_at("u-olga", "sluice-api", now_s() + 5, ",'groups':['Robots']"), "agents"));
    SL_CHECK_INT(account("account.link", "bot", "u-rita"), 409);
    check_finish_refused(flow, query_of(state, CODE_HERE), "STATE"); /* flows do not */
}

static void test_a_session_ends_with_its_account(void)
{
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 200);
    SL_CHECK_INT(account("account.unlink", "rita", "u-rita"), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 401);
    SL_CHECK_INT(account("account.link", "rita", "u-rita"), 201);
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 401); /* that one was another */
}

/* Revoked as any other credential, it takes along what came from it. */
static void test_revoking_its_credential_unlinks_the_account(void)
{
    SL_BUF(body, 128);
    char id[64];

    from_elsewhere();
    SL_CHECK_INT(account("account.link", "sam", "u-sam"), 201);
    keep(id, sizeof id, said("credential"));
    SL_CHECK(is_member(token("u-sam", ",'groups':['DBAs']"), "dba"));
    SL_CHECK_INT(call_as(play.control, "token.list", "", "{'name':'sam'}"), 200);
    const json_t *listed = json_array_get(json_object_get(play.reply, "tokens"), 0);
    SL_CHECK_TEXT(sl_json_str(listed, "kind"), "account");
    sl_buf_say(&body, "{'id':'%s'}", id);
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", sl_buf_text(&body)), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", token("u-sam", ""), "{}"), 401);
    SL_CHECK_INT(account("account.link", "sam", "u-sam"), 201);
    SL_CHECK(!is_member(token("u-sam", ""), "dba"));
}

static void check_display(const char *name, const char *display)
{
    size_t i;
    json_t *one;

    SL_CHECK_INT(call_as(play.control, "identity.list", "", "{}"), 200);
    json_array_foreach(json_object_get(play.reply, "identities"), i,
                       one) if (sl_span_is(sl_json_str(one, "name"), name))
        SL_CHECK_TEXT(sl_json_str(one, "display"), display);
}

/* Whoever the provider brings is nobody who exists, whatever it calls them. */
static void test_people_whom_the_provider_brings(void)
{
    struct sl_msg_secret_ask ask;
    struct sl_msg_reloaded taken;
    SL_BUF(fresh, 64 * 1024);
    char first[64];

    sl_buf_say(&fresh, "%s    provision: people\n    name_claim: nick\n", config);
    TELL(play.super, reload, .generation = 2, .config = sl_buf_span(&fresh));
    SL_CHECK(hear(play.super, SL_MESSAGE_SECRET_ASK) && HEARD(secret_ask, &ask)); /* of the start */
    SL_CHECK(hear(play.super, SL_MESSAGE_SECRET_ASK) && HEARD(secret_ask, &ask));
    TELL(play.super, secret, .call = ask.call, .found = 1, .secret = SL_SPAN("s3cret"));
    SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED) && HEARD(reloaded, &taken));
    finish_with("u-new", ",'nick':'rita','groups':['DBAs']", 201, "");
    keep(first, sizeof first, said("identity"));
    SL_CHECK(strncmp(first, "corp-", 5) == 0 && strspn(first + 5, "0123456789abcdef") == 16 &&
             first[21] == '\0');
    keep(session, sizeof session, said("secret"));
    SL_CHECK(is_member(session, "dba"));
    check_display(first, "rita");
    finish_with("u-new", ",'nick':'olga','groups':['DBAs']", 201, "");
    SL_CHECK_TEXT(sl_span_str(said("identity")), first); /* the subject counts */
    check_display(first, "olga");
    /* nothing of the name is theirs to choose */
    static const char *const odd[] = {"rita", "../../operator", "operator", "new"};
    for (size_t i = 0; i < SL_COUNT(odd); i++) {
        SL_BUF(subject, 32);
        SL_BUF(more, 64);

        sl_buf_say(&subject, "u-odd-%u", (unsigned)i);
        sl_buf_say(&more, ",'nick':'%s'", odd[i]);
        finish_with(sl_buf_text(&subject), sl_buf_text(&more), 201, "");
        SL_CHECK(strlen(said("identity")) == 21 &&
                 strspn(said("identity") + 5, "0123456789abcdef") == 16 &&
                 strcmp(said("identity"), first) != 0);
    }
    /* a token to ask with brings nobody */
    check_refused("corp-x", token("u-another", ""), "no identity");
}

/* Whom an issuer signed in is signed in no longer than it is configured. */
static void test_an_issuer_that_is_gone_signs_nobody_in(void)
{
    struct sl_msg_reloaded taken;
    const char *issuers = strstr(config, "issuers:\n");
    SL_BUF(without, 64 * 1024);

    finish_with("u-new", ",'nick':'rita','groups':['DBAs']", 201, "");
    keep(session, sizeof session, said("secret"));
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 200);
    SL_PROMISE(issuers != NULL);
    sl_buf_put(&without, sl_span(config, (size_t)(issuers - config)));
    TELL(play.super, reload, .generation = 3, .config = sl_buf_span(&without));
    SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED) && HEARD(reloaded, &taken) &&
             taken.accepted == 1);
    SL_CHECK_INT(call_as(play.desk, "whoami", session, "{}"), 401);
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
    new_key("k-1");
    play_begin(argv[1]);
    make_people();
    SL_RUN(test_nobody_signs_in_before_the_provider_answered);
    SL_RUN(test_an_account_is_one_identitys);
    SL_RUN(test_a_token_asks);
    SL_RUN(test_tokens_that_are_refused);
    SL_RUN(test_a_good_answer_is_remembered_and_its_account_is_not);
    SL_RUN(test_unlinking_ends_sessions);
    SL_CHECK_INT(account("account.link", "olga", "u-olga"), 201);
    SL_RUN(test_groups_are_what_the_newest_token_says);
    SL_RUN(test_the_way_there);
    SL_RUN(test_the_client_secret_comes_through_the_supervisor);
    SL_RUN(test_signing_in);
    SL_RUN(test_answers_that_are_not_taken);
    SL_RUN(test_id_tokens_that_are_not_taken);
    SL_RUN(test_a_token_endpoint_that_refuses_or_lies);
    SL_RUN(test_a_courier_that_goes_leaves_nobody_hanging);
    SL_RUN(test_a_courier_that_says_what_is_not_its_to_say);
    SL_RUN(test_P9_accounts_groups_and_sessions_survive_the_keeper);
    SL_RUN(test_a_session_ends_with_its_account);
    SL_RUN(test_revoking_its_credential_unlinks_the_account);
    SL_RUN(test_people_whom_the_provider_brings);
    SL_RUN(test_an_issuer_that_is_gone_signs_nobody_in);
    stop_keeper();
    sluice_program = argv[2];
    SL_RUN(test_the_ledger_verifies);
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
    EVP_PKEY_free(idp.key);
    return sl_tap_done();
}
