/* sluice-keeper as its peers see it: signing in, holding, deciding, spending once, crashing. The
 * first argument is the program. */
#include "tests/unit/keeper_play.h"

#include "base/encode.h"
#include "core/action/action.h"
#include "core/policy/policy.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

static char token[128], rita[128], olga[128];
static uint64_t session, next_action = 1;
static uint32_t policy_generation = 1;

static void keep(char out[128], const char *text)
{
    memset(out, 0, 128);
    memcpy(out, text, strlen(text) < 127 ? strlen(text) : 127);
}

/* --- a little language of the gate --- */

static unsigned login_token(const char *name, const char *secret, const char *address, bool tls)
{
    static uint64_t conn = 100;

    TELL(play.gate, login_token, .conn = ++conn, .target = SL_SPAN("finance"),
         .user = sl_span_str(name), .address = sl_span_str(address), .tls = tls,
         .token = sl_span_str(secret));
    return hear_within(play.gate, PATIENCE_MS);
}

static void open_session(void)
{
    struct sl_msg_login_ok ok = {0};

    if (SL_CHECK_INT(login_token("bot", token, "127.0.0.1", false), SL_MESSAGE_LOGIN_OK) &&
        HEARD(login_ok, &ok))
        session = ok.session;
}

static struct sl_msg_action_held held;
static struct sl_msg_action_refused refused;
static char approval[37], digest_hex[65];
static uint8_t digest[32];

static uint64_t propose_as(uint64_t in_session, uint32_t effects, const char *sql,
                           const char *reason, uint8_t in_tx)
{
    SL_BUF(operation, 4096);
    SL_BUF(meaning, 4096);
    struct sl_meaning_statement statement = {SL_SPAN("statement"), effects};
    struct sl_meaning m = {.effects = effects, .statements = &statement, .statement_count = 1};

    sl_action_put_simple(&operation, sl_span_str(sql));
    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = in_session, .action = next_action,
         .generation = policy_generation, .asked_us = sl_clock_us(),
         .operation = sl_buf_span(&operation), .meaning = sl_buf_span(&meaning),
         .context_user = SL_SPAN("app"), .reason = sl_span_str(reason), .in_transaction = in_tx);
    return next_action++;
}

static void note_held(void)
{
    SL_BUF(hex, 128);

    if (!HEARD(action_held, &held) || held.approval.n != 36 || held.digest.n != 32)
        return;
    memcpy(approval, held.approval.p, 36);
    memcpy(digest, held.digest.p, 32);
    sl_hex_put(&hex, held.digest);
    memcpy(digest_hex, sl_buf_text(&hex), 65);
}

static uint64_t hold(uint32_t effects, const char *sql)
{
    uint64_t action = propose_as(session, effects, sql, "spring clean", 0);

    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)))
        note_held();
    return action;
}

static uint32_t decide(const char *credential, const char *decision)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'id':'%s','decision':'%s','digest':'%s','reason':'looked at it'}", approval,
               decision, digest_hex);
    return call_as(play.desk, "decision", credential, sl_buf_text(&body));
}

static const char *state_of(const char *id)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", id);
    SL_CHECK_INT(call_as(play.desk, "approval.get", rita, sl_buf_text(&body)), 200);
    return said("state");
}

static unsigned spend(uint64_t action, const uint8_t what[32])
{
    TELL(play.gate, action_spend, .action = action, .approval = sl_span_str(approval),
         .digest = sl_span(what, 32));
    return hear_within(play.gate, PATIENCE_MS);
}

static uint64_t hold_and_approve(uint32_t effects, const char *sql)
{
    uint64_t action = hold(effects, sql);

    SL_CHECK_INT(decide(rita, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    return action;
}

static void journal(uint64_t action, bool intent, bool outcome, const char *id)
{
    static const uint8_t facts[] = {1, 0, 0, 0, SL_HOLD, [19] = 0};
    struct sl_intent in = {.session = session,
                           .action = action,
                           .asked_us = 1,
                           .started_us = 2,
                           .facts = sl_span(facts, sizeof facts),
                           .text = SL_SPAN("select 1")};
    struct sl_outcome_record out = {.session = session,
                                    .action = action,
                                    .ended_us = sl_clock_us(),
                                    .rows = 1,
                                    .outcome = SL_OUTCOME_OK};
    SL_BUF(hex, 64);

    for (; *id != '\0'; id++)
        if (*id != '-')
            sl_buf_put_u8(&hex, (uint8_t)*id);
    if (hex.n > 0)
        SL_CHECK_INT(sl_hex_fixed(in.approval, 16, sl_buf_span(&hex)), SL_OK);
    if (intent)
        SL_CHECK_INT(sl_journal_intent(&play.ring, &in), SL_OK);
    if (outcome)
        SL_CHECK_INT(sl_journal_outcome(&play.ring, &out), SL_OK);
    TELL(play.gate, journal_kick, .position = 0);
}

/* --- tests --- */

static void test_people(void)
{
    char code[128];

    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'olga','kind':'human','groups':['engineers','dba']}"),
                 200);
    keep(code, said("code"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", "{'code':'slc_wrong'}"), 403);
    char body[256] = "{'code':'";
    memcpy(body + 9, code, strlen(code));
    memcpy(body + 9 + strlen(code), "'}", 3);
    SL_CHECK_INT(call_as(play.desk, "enroll", "", body), 201);
    keep(olga, said("credential"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", body), 403); /* once */
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'bot','kind':'agent'}"),
                 400); /* no owner */
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'robot','owner':'olga'}"),
                 400);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'b t','kind':'agent','owner':'olga'}"),
                 400);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'operator','kind':'human'}"),
                 400); /* who that is in the ledger would be in doubt */
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'agent','owner':'olga','groups':['agents','dba']}"),
                 200);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'agent','owner':'olga'}"),
                 409);
    SL_CHECK_INT(call_as(play.control, "token.create", "", "{'name':'bot','ttl':'1h'}"), 200);
    keep(token, said("token"));
    SL_CHECK(strncmp(token, "slt_", 4) == 0 && strlen(token) == 47);
}

static void test_signing_in(void)
{
    struct sl_msg_login_refused no = {0};
    struct sl_msg_login_ok ok = {0};

    SL_CHECK_INT(login_token("bot", token, "10.0.0.1", false),
                 SL_MESSAGE_LOGIN_REFUSED); /* in clear */
    SL_CHECK_INT(login_token("bot", token, "10.0.0.1", true), SL_MESSAGE_LOGIN_OK);
    SL_CHECK_INT(login_token("olga", token, "127.0.0.1", true), SL_MESSAGE_LOGIN_REFUSED);
    SL_CHECK_INT(login_token("olga", olga, "127.0.0.1", true),
                 SL_MESSAGE_LOGIN_REFUSED); /* it decides, it does not ask */
    if (SL_CHECK_INT(login_token("bot", token, "127.0.0.1", false), SL_MESSAGE_LOGIN_OK) &&
        HEARD(login_ok, &ok)) {
        SL_CHECK_TEXT(ok.owner, "olga");
        SL_CHECK_TEXT(ok.upstream_user, "app");
        SL_CHECK_INT(ok.requester.count, 2);
        session = ok.session;
    }
    for (int i = 0; i < 6; i++)
        SL_CHECK_INT(login_token("mallory", "slt_guess", "10.9.9.9", true),
                     SL_MESSAGE_LOGIN_REFUSED);
    SL_CHECK_INT(login_token("mallory", "slt_guess", "10.9.9.9", true), SL_MESSAGE_LOGIN_REFUSED);
    HEARD(login_refused, &no);
    SL_CHECK_TEXT(no.sqlstate, "53300"); /* slowed down */
    SL_CHECK_INT(login_token("bot", token, "10.9.9.9", true),
                 SL_MESSAGE_LOGIN_OK); /* others are not */
    for (int i = 0; i < 60; i++)       /* of its own name, at its own address, beyond every burst */
        SL_CHECK_INT(login_token("bot", "slt_guess", "10.9.9.9", true), SL_MESSAGE_LOGIN_REFUSED);
    HEARD(login_refused, &no);
    SL_CHECK_TEXT(no.sqlstate, "53300");
    SL_CHECK_INT(login_token("bot", token, "10.9.9.9", true), SL_MESSAGE_LOGIN_OK);
}

static void refused_because(uint32_t effects, const char *reason, uint8_t in_tx, const char *part)
{
    propose_as(session, effects, "select 1", reason, in_tx);
    if (!SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)) || !HEARD(action_refused, &refused))
        return;
    if (!SL_CHECK(memmem(refused.why.p, refused.why.n, part, strlen(part)) != NULL))
        printf("#   %.*s\n", (int)refused.why.n, (const char *)refused.why.p);
}

static void test_refused_at_once(void)
{
    char code[128], body[256] = "{'code':'";

    refused_because(SL_EFFECT_DDL, "", 0, "too few people"); /* olga is the owner, bot an agent */
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'rita','kind':'human','groups':['dba']}"),
                 200);
    keep(code, said("code"));
    refused_because(SL_EFFECT_DDL, "", 0, "too few people"); /* rita cannot decide yet */
    memcpy(body + 9, code, strlen(code));
    memcpy(body + 9 + strlen(code), "'}", 3);
    SL_CHECK_INT(call_as(play.desk, "enroll", "", body), 201);
    keep(rita, said("credential"));
    refused_because(SL_EFFECT_PRIVILEGE, "", 0, "too few people");
    refused_because(SL_EFFECT_ADMIN, "", 0, "reason");
    refused_because(SL_EFFECT_PROGRAM, "", 0, "denied by rule: never");
    propose_as(session, SL_EFFECT_READ, "select 1", "", 0); /* allowed: the gate must judge again */
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_STALE));
}

static void test_P4_requester_set(void)
{
    hold(SL_EFFECT_DDL, "drop table a");
    SL_CHECK_TEXT(held.reviewers, "1 of rita"); /* who could, by name */
    SL_CHECK_INT(decide(olga, "approve"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_OWNER");
    SL_CHECK_INT(decide(token, "approve"), 403);
    SL_CHECK_INT(decide("sld_guess", "approve"), 401);
    SL_CHECK_INT(call_as(play.control, "decision", rita, "{}"),
                 404); /* not on the control socket */
    SL_CHECK_INT(decide(rita, "maybe"), 400);
    digest_hex[0] = digest_hex[0] == '0' ? '1' : '0';
    SL_CHECK_INT(decide(rita, "approve"), 409); /* not what was shown */
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "pending");
}

static void test_P2_spent_once(void)
{
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table b");
    uint8_t other[32] = {1};

    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "spent");
    action = hold_and_approve(SL_EFFECT_DDL, "drop table c");
    SL_CHECK_INT(spend(action, other), SL_MESSAGE_ACTION_REFUSED); /* P3: not what was approved */
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
}

static void test_P10_passwords_are_masked(void)
{
    hold(SL_EFFECT_DDL, "alter role app password 'geheim'");
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "pending");
    SL_CHECK_TEXT(sl_span_str(json_string_value(
                      json_object_get(json_object_get(play.reply, "operation"), "sql"))),
                  "alter role app password '***'");
    SL_CHECK_TEXT(sl_span_str(said("summary")), "alter role app password '***'");
}

static bool folder_has(const char *needle)
{
    SL_BUF(command, 512);

    sl_buf_say(&command, "grep -rqa '%s' %s/state", needle, play.folder);
    return system(sl_buf_text(&command)) == 0;
}

/* What was asked can be erased when it is over, and the approval says so. */
static void test_P10_erase(void)
{
    SL_BUF(body, 256);

    hold(SL_EFFECT_DDL, "drop table geheimnis");
    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "approval.erase", rita, sl_buf_text(&body)),
                 404); /* not for the desk */
    SL_CHECK_INT(call_as(play.control, "approval.erase", "", sl_buf_text(&body)), 409);
    SL_CHECK_INT(decide(rita, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_TEXT(sl_span_str(said("summary")), "drop table geheimnis");
    SL_CHECK_INT(call_as(play.control, "approval.erase", "", sl_buf_text(&body)), 200);
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "denied");
    SL_CHECK(json_is_true(json_object_get(play.reply, "erased")) &&
             json_object_get(play.reply, "operation") == NULL);
    hold(SL_EFFECT_DDL, "alter role app password 'unerasable'");
    SL_CHECK(folder_has("unerasable")); /* beside the log, and in the view */
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(decide(rita, "deny"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_INT(call_as(play.control, "approval.erase", "", sl_buf_text(&body)), 200);
    SL_CHECK(!folder_has("unerasable")); /* nowhere on the disk */
    kill_keeper();
    start_keeper();
    state_of(approval);
    SL_CHECK(json_is_true(json_object_get(play.reply, "erased")));
}

static void test_denied(void)
{
    hold(SL_EFFECT_DDL, "drop table d");
    SL_CHECK_INT(decide(rita, "deny"), 200);
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)) && HEARD(action_refused, &refused))
        SL_CHECK_TEXT(refused.who, "rita");
    SL_CHECK_INT(decide(rita, "approve"), 409);
}

/* What a caller says it is goes on record, if it is a word for callers. */
static void test_channels(void)
{
    static const struct {
        const char *claimed, *recorded;
    } cases[] = {{"cli", "cli"},      {"console", "console"}, {"", "http"},    {"http", "http"},
                 {"control", "http"}, {"chat", "http"},       {"CLI", "http"}, {"cli ", "http"}};

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(sql, 64);

        sl_buf_say(&sql, "drop table channel_%u", (unsigned)i);
        hold(SL_EFFECT_DDL, sl_buf_text(&sql));
        play.channel = cases[i].claimed;
        SL_CHECK_INT(decide(rita, "deny"), 200);
        play.channel = NULL;
        SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
        const json_t *vote = json_array_get(json_object_get(play.reply, "votes"), 0);
        SL_CHECK_TEXT(sl_json_str(vote, "channel"), cases[i].recorded);
    }
}

static void test_joining(void)
{
    char first[37];
    uint64_t one = hold(SL_EFFECT_DDL, "drop table e"), two;

    memcpy(first, approval, 37);
    two = hold(SL_EFFECT_DDL, "drop table e");
    SL_CHECK(held.joined == 1 && strcmp(first, approval) == 0);
    TELL(play.gate, action_left, .action = one, .how = 0);
    SL_CHECK_INT(decide(rita, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(two, digest), SL_MESSAGE_ACTION_GO);
    one = hold(SL_EFFECT_DDL, "drop table e2"); /* two wait for one grant: the older gets it */
    hold(SL_EFFECT_DDL, "drop table e2");
    SL_CHECK_INT(decide(rita, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(one, digest), SL_MESSAGE_ACTION_GO);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_STALE)); /* the other asks anew */
    one = hold(SL_EFFECT_DDL, "drop table f");          /* the client gives up, the grant waits */
    TELL(play.gate, action_left, .action = one, .how = 0);
    SL_CHECK_INT(decide(rita, "approve"), 200);
    two = hold(SL_EFFECT_DDL, "drop table f");
    SL_CHECK(held.granted == 1);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(two, digest), SL_MESSAGE_ACTION_GO);
}

static void test_P5_silence_is_denial(void)
{
    hold(SL_EFFECT_TRUNCATE, "truncate a");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "expired");
    SL_CHECK_INT(decide(rita, "approve"), 409);
    uint64_t action = hold_and_approve(SL_EFFECT_IMPORT, "copy a from stdin");
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)); /* nobody spent it in time */
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "lapsed");
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
}

static void test_cancel_and_revoke(void)
{
    SL_BUF(body, 256);
    uint64_t action = hold(SL_EFFECT_DDL, "drop table g");

    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "cancel", rita, sl_buf_text(&body)), 403);
    SL_CHECK_INT(call_as(play.desk, "cancel", token, sl_buf_text(&body)), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    action = hold_and_approve(SL_EFFECT_DDL, "drop table h");
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "revoke", rita, sl_buf_text(&body)), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
}

static void reload_with(const char *more)
{
    static uint32_t generation = 1;
    SL_BUF(text, 16 * 1024);
    struct sl_msg_reloaded done = {0};

    sl_buf_say(&text, "%s%s", config, more);
    TELL(play.super, reload, .generation = ++generation, .config = sl_buf_span(&text));
    SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED) && HEARD(reloaded, &done) && done.accepted == 1);
    policy_generation = generation;
}

/* A gate that does not know the new policy yet spends nothing that means something else under it.
 */
static void test_P3_spend_under_another_policy(void)
{
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table p");

    reload_with("  - name: unrelated\n    when: {effects: [call]}\n    then: deny\n");
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    action = hold_and_approve(SL_EFFECT_DDL, "drop table q");
    reload_with("  - name: two more eyes\n    when: {effects: [ddl]}\n    then: hold\n"
                "    reviewers: {groups: [dba], need: 1}\n");
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
    HEARD(action_refused, &refused);
    SL_CHECK(memmem(refused.why.p, refused.why.n, "means something else now", 24) != NULL);
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "revoked");
    reload_with("");
}

/* Whoever said yes has to be able to say it still when it is spent. */
static void test_P4_yes_of_a_former_reviewer(void)
{
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table r");

    SL_CHECK_INT(call_as(play.control, "identity.group", "",
                         "{'name':'rita','group':'dba','member':false}"),
                 200);
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_INT(call_as(play.control, "identity.group", "",
                         "{'name':'rita','group':'dba','member':true}"),
                 200);
}

/* A human in the group dba, and the credential that they claimed. */
static void add_reviewer(const char *name, char credential[128])
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'%s','kind':'human','groups':['dba']}", name);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&body)), 200);
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'code':'%s'}", said("code"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 201);
    keep(credential, said("credential"));
}

/* Two accounts that turn out to be one person's gave one yes, also when it is spent. */
static void test_P4_two_votes_of_one_person(void)
{
    char one[128], other[128];

    reload_with("  - name: two people\n    when: {effects: [export]}\n    then: hold\n"
                "    reviewers: {groups: [dba], need: 2}\n");
    add_reviewer("pia", one);
    add_reviewer("pia.home", other);
    uint64_t action = hold(SL_EFFECT_EXPORT, "copy a to stdout");
    SL_CHECK_INT(decide(one, "approve"), 200);
    SL_CHECK_INT(decide(other, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(call_as(play.control, "identity.link", "", "{'name':'pia','to':'pia.home'}"), 200);
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_INT(call_as(play.control, "identity.disable", "", "{'name':'pia'}"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.disable", "", "{'name':'pia.home'}"), 200);
    reload_with("");
}

static EVP_PKEY *make_key(struct sl_buf *pem)
{
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    BIO *out = BIO_new(BIO_s_mem());
    char *text;

    SL_PROMISE(pair != NULL && PEM_write_bio_PrivateKey(out, pair, NULL, NULL, 0, NULL, NULL) == 1);
    long n = BIO_get_mem_data(out, &text);
    sl_buf_put(pem, sl_span(text, (size_t)n));
    BIO_free(out);
    return pair;
}

/* Does the keeper sign with this key now? */
static bool signs_with(int fd, EVP_PKEY *pair)
{
    static const uint8_t hash[32] = {7};
    struct sl_msg_signed_ m = {0};

    TELL(fd, sign, .call = 1, .digest = SL_SPAN("SHA256"), .input = sl_span(hash, sizeof hash));
    if (!SL_CHECK(hear(fd, SL_MESSAGE_SIGNED)) || !HEARD(signed_, &m) || m.found == 0)
        return false;
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(pair, NULL);
    bool right = EVP_PKEY_verify_init(c) == 1 &&
                 EVP_PKEY_verify(c, m.signature.p, m.signature.n, hash, sizeof hash) == 1;
    EVP_PKEY_CTX_free(c);
    return right;
}

static void reload_key(struct sl_span pem, uint8_t accepted)
{
    struct sl_msg_reloaded done = {0};

    TELL(play.super, reload, .generation = policy_generation, .config = sl_span_str(config),
         .tls_key = pem);
    if (SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED)) && HEARD(reloaded, &done))
        SL_CHECK_INT(done.accepted, accepted);
}

/* Renewal at SIGHUP: from then on the new key signs; a key that cannot be used changes nothing. */
static void test_renewed_key_signs(void)
{
    SL_BUF(first, 4096);
    SL_BUF(second, 4096);
    EVP_PKEY *old = make_key(&first), *new = make_key(&second);
    int fd = new_peer(SL_ROLE_DESK, "sign");

    reload_key(sl_buf_span(&first), 1);
    SL_CHECK(signs_with(fd, old) && !signs_with(fd, new));
    reload_key(sl_buf_span(&second), 1);
    SL_CHECK(signs_with(fd, new) && !signs_with(fd, old));
    reload_key(SL_SPAN("no key"), 0);
    SL_CHECK(signs_with(fd, new));
    EVP_PKEY_free(old);
    EVP_PKEY_free(new);
    close(fd);
}

static void test_P9_crash_keeps_decisions(void)
{
    uint64_t action = hold(SL_EFFECT_DDL, "drop table i");

    TELL(play.gate, action_left, .action = action, .how = 0);
    SL_CHECK_INT(decide(rita, "approve"), 200);
    kill_keeper();
    start_keeper();
    policy_generation = 1;
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "approved");
    action = hold(SL_EFFECT_DDL, "drop table i"); /* the session is known to the new keeper */
    SL_CHECK(held.granted == 1);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    kill_keeper();
    start_keeper();
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "spent");
    journal(action, true, true, approval);
    keeper_reads_journal();
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "spent");
    SL_CHECK_TEXT(sl_span_str(json_string_value(
                      json_object_get(json_object_get(play.reply, "outcome"), "outcome"))),
                  "ok");
}

/* P11: the gate ends with the statement under way. */
static void journal_unused(uint64_t action)
{
    struct sl_outcome_record out = {.session = session,
                                    .action = action,
                                    .ended_us = sl_clock_us(),
                                    .outcome = SL_OUTCOME_REFUSED,
                                    .sqlstate = "25P02"};

    SL_CHECK_INT(sl_journal_outcome(&play.ring, &out), SL_OK);
    keeper_reads_journal();
}

static void outcome_is(const char *outcome, const char *sqlstate)
{
    state_of(approval);
    const json_t *o = json_object_get(play.reply, "outcome");
    SL_CHECK_TEXT(sl_json_str(o, "outcome"), outcome);
    SL_CHECK_TEXT(sl_json_str(o, "sqlstate"), sqlstate);
}

/* The gate has no bytes to send when GO comes, or before it comes, or says nothing at all. */
static void test_P2_a_spent_grant_has_an_outcome(void)
{
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table never_sent");

    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    journal_unused(action);
    outcome_is("refused", "25P02");
    journal_unused(action); /* said already */
    outcome_is("refused", "25P02");

    /* The journal is read before the SPEND that was sent first: then it is not spent at all. */
    action = hold_and_approve(SL_EFFECT_DDL, "drop table overtaken");
    journal_unused(action);
    TELL(play.gate, action_spend, .action = action, .approval = sl_span_str(approval),
         .digest = sl_span(digest, 32));
    TELL(play.gate, action_left, .action = action, .how = 0, .why = SL_SPAN("gone"));
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "approved");
    hold(SL_EFFECT_DDL, "drop table overtaken");
    SL_CHECK_INT(held.granted, 1);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));

    action = hold_and_approve(SL_EFFECT_DDL, "drop table said_nothing");
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    TELL(play.gate, session_closed, .session = session);
    open_session();
    outcome_is("unknown", "");
}

static void test_P11_lost_answer_is_unknown(void)
{
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table j");
    char first[37];

    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    journal(action, true, false, approval);
    memcpy(first, approval, 37);
    close(play.gate);
    play.gate = new_peer(SL_ROLE_GATE, "");
    open_session();
    state_of(first);
    SL_CHECK_TEXT(sl_span_str(json_string_value(
                      json_object_get(json_object_get(play.reply, "outcome"), "outcome"))),
                  "unknown");
    hold(SL_EFFECT_DDL, "drop table j");
    SL_CHECK(strcmp(first, approval) != 0 && held.joined == 0);
    state_of(approval);
    SL_CHECK_TEXT(sl_span_str(said("repeats")), first);
}

/* --- beyond a budget --- */

static uint64_t propose_over(const char *operation, const char *show)
{
    SL_BUF(meaning, 4096);
    struct sl_meaning_statement statement = {SL_SPAN("select"), SL_EFFECT_DDL};
    struct sl_meaning m = {.effects = SL_EFFECT_DDL,
                           .statements = &statement,
                           .statement_count = 1};

    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = session, .action = next_action,
         .generation = policy_generation, .asked_us = sl_clock_us(),
         .operation = sl_span_str(operation), .meaning = sl_buf_span(&meaning),
         .context_user = SL_SPAN("app"), .show = sl_span_str(show));
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)))
        note_held();
    return next_action++;
}

static bool has_word(struct sl_span text, const char *word)
{
    return text.n > 0 && memmem(text.p, text.n, word, strlen(word)) != NULL;
}

static json_int_t shown_rows(const char *member, const char *credential)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", credential, sl_buf_text(&body)), 200);
    return json_integer_value(json_object_get(play.reply, member));
}

static json_int_t shown_estimate(const char *credential)
{
    shown_rows("rows", credential);
    return json_integer_value(
        json_object_get(json_object_get(play.reply, "show"), "rows_estimate"));
}

/* In the answer at hand. */
static size_t sizes_shown(void)
{
    return json_array_size(json_object_get(json_object_get(play.reply, "show"), "sizes"));
}

static void olga_reviews(bool does)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'olga','group':'dba','member':%s}", does ? "true" : "false");
    SL_CHECK_INT(call_as(play.control, "identity.group", "", sl_buf_text(&body)), 200);
}

/* P3: what a yes without a number lets pass is what reviewers were shown, and they alone. */
static void test_P3_twice_the_estimate(void)
{
    struct sl_msg_action_go go = {0};
    uint64_t action = propose_over(
        "{\"budget\":\"bites\",\"continues\":5,\"delivered\":500,\"sql\":\"select 1\"}",
        "{\"rows_estimate\":48000,\"sizes\":[{\"dataset\":\"public.t\",\"rows\":9}]}");

    SL_CHECK(has_word(held.why, "500 rows delivered") && !has_word(held.why, "48") &&
             !has_word(held.why, "96"));
    SL_CHECK_INT(shown_rows("rows", rita), 96000);
    SL_CHECK(has_word(sl_span_str(said("held_why")), "500 of about 48,000 rows delivered"));
    SL_CHECK_INT(shown_estimate(rita), 48000);
    SL_CHECK_INT(sizes_shown(), 1);
    SL_CHECK_INT(shown_rows("rows", token), 0);
    SL_CHECK(!has_word(sl_span_str(said("held_why")), "48"));
    SL_CHECK_INT(shown_estimate(token), 0);
    SL_CHECK_INT(sizes_shown(), 0);
    /* the owner reviews elsewhere, and reads it in the ledger: it is not hidden here either */
    SL_CHECK_INT(shown_rows("rows", olga), 96000);
    SL_CHECK_INT(shown_estimate(olga), 48000);
    SL_CHECK_INT(sizes_shown(), 0); /* which no leaf has */
    olga_reviews(false);
    SL_CHECK_INT(shown_rows("rows", olga), 0);
    SL_CHECK_INT(shown_estimate(olga), 0);
    SL_CHECK(!has_word(sl_span_str(said("held_why")), "48"));
    SL_CHECK_INT(call_as(play.desk, "audit", olga, "{}"), 403); /* nor is it to be read there */
    olga_reviews(true);
    SL_CHECK_INT(decide(rita, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    if (HEARD(action_go, &go))
        SL_CHECK_INT(go.rows, 96000);
    journal(action, true, true, approval);
}

static void test_caps_without_a_useful_estimate(void)
{
    static const struct {
        const char *operation, *show;
        json_int_t rows;
    } cases[] = {
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":500,\"sql\":\"select 2\"}", "", 1000},
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":500,\"sql\":\"select 3\"}",
         "{\"no_estimate\":\"why\"}", 1000},
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":500,\"sql\":\"select 4\"}",
         "{\"rows_estimate\":250}", 1000}, /* less than there is already */
        {"{\"budget\":\"bites\",\"delivered\":0,\"sql\":\"select 5\"}", "{\"rows_estimate\":7}",
         14},
        {"{\"budget\":\"bites\",\"delivered\":0,\"sql\":\"select 6\"}", "", 100},
        {"{\"before\":1000,\"budget\":\"bites\",\"continues\":5,\"delivered\":0,"
         "\"sql\":\"select 7\"}",
         "", 100},
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":0,\"sql\":\"select 8\"}", "", 1},
        {"{\"budget\":\"bites\",\"continues\":5,\"delivered\":9,\"sql\":\"select 9\"}",
         "{\"rows_estimate\":9007199254740990}", SL_ROWS_UNKNOWN},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        propose_over(cases[i].operation, cases[i].show);
        SL_CHECK_INT(shown_rows("rows", rita), cases[i].rows);
        SL_CHECK_INT(decide(rita, "deny"), 200);
        SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    }
}

static void listing_is(const char *name, const char *listing, const char *why)
{
    json_t *one;
    size_t i;
    bool found = false;

    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
    json_array_foreach(json_object_get(json_object_get(play.reply, "status"), "targets"), i,
                       one) if (sl_span_is(sl_json_str(one, "name"), name))
    {
        SL_CHECK_TEXT(sl_json_str(one, "listing"), listing);
        SL_CHECK_TEXT(sl_json_str(one, "why"), why);
        SL_CHECK(json_integer_value(json_object_get(one, "sessions")) > 0);
        found = true;
    }
    SL_CHECK(found);
}

/* `sluice status` says when a catalog listing cannot be read, and strangers at the desk learn no
 * names. */
static void test_status_of_targets(void)
{
    listing_is("finance", "not told", "");
    TELL(play.gate, stats,
         .json = SL_SPAN("{\"targets\":[{\"listing\":\"stale\",\"name\":\"finance\","
                         "\"why\":\"no route\"}]}"));
    propose_as(session, SL_EFFECT_READ, "select 1", "", 0);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_STALE)); /* so the word before it was read */
    listing_is("finance", "stale", "no route");
    SL_CHECK_INT(call_as(play.desk, "status", "", "{}"), 200);
    SL_CHECK(json_object_get(json_object_get(play.reply, "status"), "targets") == NULL);
}

/* --- the state folder while no keeper runs --- */

/* `method` on the state folder, as the command line does it; the answer's body is in play.reply. */
static void call_offline(const char *method, const char *body)
{
    SL_BUF(command, 4096);
    SL_BUF(text, 64 * 1024);
    json_t *answer = NULL;

    sl_buf_say(&command, "echo '{\"method\":\"%s\",\"body\":%s}' | %s --offline --state %s/state",
               method, body, play.program, play.folder);
    FILE *out = popen(sl_buf_text(&command), "r");
    SL_PROMISE(out != NULL);
    for (int c; (c = fgetc(out)) != EOF;)
        sl_buf_put_u8(&text, (uint8_t)c);
    SL_CHECK_INT(pclose(out), 0);
    SL_CHECK_INT(sl_json_read(sl_buf_span(&text), &answer, NULL), SL_OK);
    json_decref(play.reply);
    play.reply = json_incref(json_object_get(answer, "body"));
    json_decref(answer);
}

/* The view as it would be if the clock had been so far ahead when everything so far was asked. */
static void move_questions(const char *by_us)
{
    SL_BUF(command, 4096);

    sl_buf_say(&command,
               "python3 -c 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); "
               "d.execute(\"update approval set asked_us=asked_us+%s, "
               "expires_us=expires_us+%s\"); d.commit()' %s/state/sluice.db",
               by_us, by_us, play.folder);
    SL_CHECK_INT(system(sl_buf_text(&command)), 0);
}

/* Setting the clock back makes nobody older than a question that was asked before. */
static void test_P4_clock_set_back(void)
{
    char late[128];

    hold(SL_EFFECT_DDL, "drop table before_the_clock");
    kill_keeper();
    move_questions("3600000000");
    start_keeper();
    policy_generation = 1;
    add_reviewer("late", late);
    SL_CHECK_INT(decide(late, "approve"), 404); /* too new to see it */
    SL_CHECK_INT(call_as(play.control, "identity.disable", "", "{'name':'late'}"), 200);
    SL_CHECK_INT(decide(rita, "deny"), 200);
    kill_keeper();
    move_questions("-3600000000");
    start_keeper();
}

/* Who issued a credential is known at the state folder as at the control socket. */
static void test_P4_issued_while_no_keeper_ran(void)
{
    char ned[128];
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'olga','os_user':'%u'}", (unsigned)getuid());
    SL_CHECK_INT(call_as(play.control, "identity.link", "", sl_buf_text(&body)), 200);
    kill_keeper();
    call_offline("identity.add", "{\"name\":\"ned\",\"kind\":\"human\",\"groups\":[\"dba\"]}");
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'code':'%s'}", said("code"));
    start_keeper();
    policy_generation = 1;
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 201);
    keep(ned, said("credential"));
    hold(SL_EFFECT_DDL, "drop table offline"); /* by bot, which is olga's */
    SL_CHECK_INT(decide(ned, "approve"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "ISSUED_BY_REQUESTER");
    SL_CHECK_INT(call_as(play.control, "identity.link", "", "{'name':'olga','os_user':'nobody'}"),
                 200);
    SL_CHECK_INT(call_as(play.control, "identity.disable", "", "{'name':'ned'}"), 200);
}

/* This session, and whatever others of the same identity are still there. */
static void session_ends(void)
{
    struct sl_msg_session_end end = {0};
    bool ended = false;

    while (hear_within(play.gate, ended ? 100 : PATIENCE_MS) == SL_MESSAGE_SESSION_END &&
           HEARD(session_end, &end)) {
        ended = ended || end.session == session;
        TELL(play.gate, session_closed, .session = end.session);
    }
    SL_CHECK(ended);
}

/* What a session may was decided when it began: who gets other groups, or loses a target, begins
 * anew. */
static void test_other_groups_end_sessions(void)
{
    open_session();
    SL_CHECK_INT(call_as(play.control, "identity.group", "",
                         "{'name':'bot','group':'agents','member':true}"),
                 200); /* nothing new */
    propose_as(session, SL_EFFECT_READ, "select 1", "", 0);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_STALE));
    SL_CHECK_INT(call_as(play.control, "identity.group", "",
                         "{'name':'bot','group':'quarantine','member':true}"),
                 200);
    session_ends();
    open_session();
    SL_CHECK_INT(call_as(play.control, "identity.group", "",
                         "{'name':'bot','group':'quarantine','member':false}"),
                 200);
    session_ends();
    open_session();
    SL_BUF(without, 16 * 1024);
    struct sl_msg_reloaded done = {0};
    sl_buf_put_str(&without, config);
    char *agents = strstr(sl_buf_text(&without), "engineers, agents");
    memcpy(agents, "engineers, nobody", 17);
    TELL(play.super, reload, .generation = ++policy_generation, .config = sl_buf_span(&without));
    SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED) && HEARD(reloaded, &done) && done.accepted == 1);
    session_ends();
    TELL(play.super, reload, .generation = ++policy_generation, .config = sl_span_str(config));
    SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED) && HEARD(reloaded, &done) && done.accepted == 1);
    open_session();
}

static void test_kill_switch(void)
{
    struct sl_msg_session_end end = {0};

    hold(SL_EFFECT_DDL, "drop table k");
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'all_agents':true}"), 200);
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_SESSION_END)) && HEARD(session_end, &end))
        SL_CHECK(end.session == session);
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "cancelled");
    while (hear_within(play.gate, 100) != 0) {
    }
    SL_CHECK_INT(login_token("bot", token, "127.0.0.1", false), SL_MESSAGE_LOGIN_REFUSED);
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'all_agents':true,'off':true}"),
                 200);
    open_session();
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table l");
    SL_CHECK_INT(call_as(play.control, "identity.disable", "", "{'name':'rita'}"),
                 200); /* her yes goes with her */
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED));
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_REFUSED);
}

/* A captured gate: sessions that it was never given, journals that are nonsense. */
static void test_captured_gate(void)
{
    propose_as(session + 1000, SL_EFFECT_DDL, "drop table x", "", 0);
    SL_CHECK_INT(hear_within(play.gate, PATIENCE_MS), 0);
    close(play.gate);
    play.gate = new_peer(SL_ROLE_GATE, "");
    open_session();
    TELL(play.gate, call, .method = SL_SPAN("identity.add"),
         .body = SL_SPAN("{}")); /* not for gates */
    SL_CHECK_INT(hear_within(play.gate, PATIENCE_MS), 0);
    close(play.gate);
    play.gate = new_peer(SL_ROLE_GATE, "");
    open_session();
    session += 1000;
    journal(1, true, true, "");
    SL_CHECK_INT(hear_within(play.gate, PATIENCE_MS), 0);
    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200); /* the keeper goes on */
}

static void accuses_the_gate(void)
{
    struct sl_msg_peer_bad bad = {0};

    if (SL_CHECK(hear(play.super, SL_MESSAGE_PEER_BAD)) && HEARD(peer_bad, &bad))
        SL_CHECK(bad.role == SL_ROLE_GATE && bad.index == 0 && bad.why.n > 0);
}

static void drain_accusations(void)
{
    while (hear_within(play.super, 50) == SL_MESSAGE_PEER_BAD) {
    }
}

/* What the supervisor does about it: another journal, another gate. */
static void replace_gate(void)
{
    close(play.gate);
    close(play.journal);
    make_journal();
    TELL_FD(play.super, play.journal, peer, .role = SL_ROLE_GATE, .purpose = SL_SPAN("journal"));
    play.gate = new_peer(SL_ROLE_GATE, "");
    open_session();
}

static void outcome_alone(uint64_t in_session, uint8_t outcome)
{
    struct sl_outcome_record r = {
        .session = in_session, .action = 999999, .ended_us = 1, .outcome = outcome};

    SL_CHECK_INT(sl_journal_outcome(&play.ring, &r), SL_OK);
    TELL(play.gate, journal_kick, .position = 0);
}

/* A journal that lies or is broken: the keeper asks for another gate, while it runs and at its
 * start, and nothing that the journal says of strangers' sessions passes in silence. */
static void test_P6_damaged_journal(void)
{
    drain_accusations();
    replace_gate();
    outcome_alone(session + 500, SL_OUTCOME_REFUSED);
    accuses_the_gate();
    replace_gate();
    outcome_alone(session, SL_OUTCOME_OK); /* of an action that never began */
    accuses_the_gate();
    replace_gate();
    struct sl_progress_record progress = {.session = session + 500, .action = 1, .rows = 1};
    SL_CHECK_INT(sl_journal_progress(&play.ring, &progress), SL_OK);
    TELL(play.gate, journal_kick, .position = 0);
    accuses_the_gate();
    replace_gate();
    propose_as(session, SL_EFFECT_READ, "select 1", "", 0); /* and life goes on */
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_STALE));
    kill_keeper();
    struct sl_intent stranger = {.session = session + 500,
                                 .action = 1,
                                 .text = SL_SPAN("select 1")};
    SL_CHECK_INT(sl_journal_intent(&play.ring, &stranger), SL_OK);
    play.accused = 0;
    start_keeper();
    SL_CHECK_INT(play.accused, 1);
    kill_keeper();
    memset(play.ring.base, 'x', 64);
    play.accused = 0;
    start_keeper();
    SL_CHECK_INT(play.accused, 1);
    replace_gate();
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play.program = argv[1];
    memcpy(play.folder, "/tmp/sluice-keeper-XXXXXX", 26);
    if (mkdtemp(play.folder) == NULL)
        return 1;
    make_journal();
    start_keeper();
    SL_RUN(test_people);
    SL_RUN(test_signing_in);
    SL_RUN(test_refused_at_once);
    SL_RUN(test_P4_requester_set);
    SL_RUN(test_P2_spent_once);
    SL_RUN(test_P10_passwords_are_masked);
    SL_RUN(test_P10_erase);
    SL_RUN(test_denied);
    SL_RUN(test_channels);
    SL_RUN(test_joining);
    SL_RUN(test_P3_twice_the_estimate);
    SL_RUN(test_caps_without_a_useful_estimate);
    SL_RUN(test_P5_silence_is_denial);
    SL_RUN(test_cancel_and_revoke);
    SL_RUN(test_P3_spend_under_another_policy);
    SL_RUN(test_P4_yes_of_a_former_reviewer);
    SL_RUN(test_P4_two_votes_of_one_person);
    SL_RUN(test_renewed_key_signs);
    SL_RUN(test_P9_crash_keeps_decisions);
    SL_RUN(test_P2_a_spent_grant_has_an_outcome);
    SL_RUN(test_P11_lost_answer_is_unknown);
    SL_RUN(test_status_of_targets);
    SL_RUN(test_P4_clock_set_back);
    SL_RUN(test_P4_issued_while_no_keeper_ran);
    SL_RUN(test_other_groups_end_sessions);
    SL_RUN(test_kill_switch);
    SL_RUN(test_captured_gate);
    SL_RUN(test_P6_damaged_journal);
    stop_keeper();
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
    return sl_tap_done();
}
