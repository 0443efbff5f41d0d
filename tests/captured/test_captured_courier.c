/* A courier in hostile hands (docs/threat-model.md): it brings the provider's words, and so it can
 * make them up. What then still stands. Here it is the provider too, under keys of its own. The
 * first argument is the keeper. */
#define KEEPER_PLAY_RULES                       \
    "  - name: signed\n"                        \
    "    when: {effects: [insert]}\n"           \
    "    then: hold\n"                          \
    "    reviewers: {groups: [dba], need: 1}\n" \
    "    proof: passkey\n"                      \
    "issuers:\n"                                \
    "  - name: corp\n"                          \
    "    issuer: https://idp.example\n"         \
    "    client_id: sluice\n"                   \
    "    algorithms: [ES256]\n"                 \
    "    audiences: [sluice-api]\n"             \
    "    token_type: jwt\n"                     \
    "    mfa_acr: [mfa]\n"
#include "tests/captured/passkey_play.h"
#include "tests/unit/issuer_play.h"

static char rita[SECRET_BYTES], olga[SECRET_BYTES], bot[SECRET_BYTES], forged[SECRET_BYTES];
static struct soft_passkey ritas, its_own;
static uint64_t session;

enum { BOUND = 0x05 };

static void parameter(const char *url, const char *name, char out[SECRET_BYTES])
{
    SL_BUF(mark, 64);

    sl_buf_say(&mark, "%s=", name);
    const char *at = strstr(url, sl_buf_text(&mark));
    keep_text(out, SECRET_BYTES, at == NULL ? "" : at + mark.n);
    out[strcspn(out, "&")] = '\0';
}

/* A browser goes there and back; what the provider says of it the courier makes up. */
static bool fresh; /* the person is asked to sign in anew */
static uint32_t sign_in_as(const char *subject, const char *more)
{
    char flow[SECRET_BYTES], state[SECRET_BYTES], nonce[SECRET_BYTES];
    struct sl_msg_reply m = {0};
    SL_BUF(body, 2048);
    SL_BUF(text, 2048);
    SL_BUF(answer, 8192);

    SL_CHECK_INT(call_as(play.desk, "signin.begin", "",
                         fresh ? "{'issuer':'corp','fresh':'yes'}" : "{'issuer':'corp'}"),
                 201);
    keep_text(flow, sizeof flow, said("flow"));
    parameter(said("redirect"), "state", state);
    parameter(said("redirect"), "nonce", nonce);
    sl_buf_say(&text, "{'flow':'%s','query':'state=%s&code=c&iss=https%%3A%%2F%%2Fidp.example'}",
               flow, state);
    put_quoted(&body, sl_buf_text(&text));
    TELL(play.desk, call, .call = ++play.call, .method = SL_SPAN("signin.finish"),
         .address = SL_SPAN("127.0.0.1"), .body = sl_buf_span(&body));
    if (!SL_CHECK(asked_within(PATIENCE_MS)))
        return 0;
    sl_buf_reset(&text);
    sl_buf_say(&text, ",'nonce':'%s'%s", nonce, more);
    sl_buf_say(&answer, "{'access_token':'a','token_type':'Bearer','id_token':'%s'}",
               token_at(subject, "sluice", now_s(), sl_buf_text(&text)));
    tell(200, sl_buf_text(&answer));
    json_decref(play.reply);
    play.reply = NULL;
    if (!SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) || !HEARD(reply, &m))
        return 0;
    SL_CHECK_INT(sl_json_read(m.body, &play.reply, NULL), SL_OK);
    return m.status;
}

static void test_the_stage(void)
{
    new_key("k-1");
    add_human("olga", "engineers", olga);
    add_human("rita", "dba", rita);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'sam','kind':'human','groups':['dba']}"),
                 200);
    add_agent("bot", "olga", bot);
    ritas = passkey_new(BOUND);
    its_own = passkey_new(BOUND);
    SL_CHECK_INT(enrol(rita, &ritas, NULL), 201);
    session = sign_in(play.gate, "bot", bot);
    SL_CHECK_INT(call_as(play.control, "account.link", "",
                         "{'name':'rita','issuer':'corp','subject':'u-rita'}"),
                 201);
    SL_CHECK_INT(call_as(play.control, "account.link", "",
                         "{'name':'bot','issuer':'corp','subject':'u-bot'}"),
                 201);
    courier_comes();
    introduce();
}

/* This is what the first table of the page says. */
static void test_it_signs_people_in_as_it_likes(void)
{
    SL_CHECK_INT(sign_in_as("u-rita", ""), 201);
    keep_text(forged, sizeof forged, said("secret"));
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table a");
    SL_CHECK_INT(decide(forged, h.approval, h.digest_hex, "approve"), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
}

static void test_no_passkey_from_a_courier(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into a values (1)");
    char challenge[SECRET_BYTES];
    SL_BUF(assertion, 16 * 1024);

    SL_CHECK(decide(forged, h.approval, h.digest_hex, "approve") >= 400);
    SL_CHECK_INT(ask_to_decide(forged, &h, "approve", challenge), 200);
    put_assertion(&assertion, &its_own, challenge);
    SL_CHECK(decide_with(forged, &h, yes, sl_buf_span(&assertion)) >= 400);
    /* nor one of its own beside hers, whatever it says of how she signed in */
    SL_CHECK_INT(ask_to_enrol(forged, &its_own, challenge), 403);
    SL_BUF(says, 256);
    sl_buf_say(&says, ",'acr':'mfa','auth_time':%U", now_s());
    fresh = true;
    SL_CHECK_INT(sign_in_as("u-rita", sl_buf_text(&says)), 201);
    fresh = false;
    keep_text(forged, sizeof forged, said("secret"));
    SL_CHECK_INT(enrol(forged, &its_own, NULL), 403);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "pending");
    SL_CHECK_INT(decide_by_passkey(rita, &h, &ritas), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
}

/* Names, addresses and groups in a token make nobody somebody. */
static void test_no_identity_without_its_account(void)
{
    SL_CHECK_INT(sign_in_as("u-olga", ",'name':'olga','email':'olga@idp.example'"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "ACCOUNT_UNKNOWN");
    SL_CHECK_INT(sign_in_as("olga", ""), 403);
    SL_CHECK_INT(sign_in_as("operator", ""), 403);
}

static void test_no_agent_decides_by_signing_in(void)
{
    SL_CHECK_INT(sign_in_as("u-bot", ""), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "ACCOUNT_KIND");
}

/* P4: what it signs in as is no older than its account, and no other person than its owner. */
static void test_no_account_that_is_newer_than_the_question(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table b");

    SL_CHECK_INT(call_as(play.control, "account.link", "",
                         "{'name':'sam','issuer':'corp','subject':'u-sam'}"),
                 201);
    SL_CHECK_INT(sign_in_as("u-sam", ""), 201);
    keep_text(forged, sizeof forged, said("secret"));
    SL_CHECK_INT(decide(forged, h.approval, h.digest_hex, "approve"), 403);
}

static void test_a_courier_says_only_what_a_courier_may(void)
{
    static const unsigned types[] = {SL_MESSAGE_CALL,        SL_MESSAGE_REPLY,
                                     SL_MESSAGE_LOGIN_TOKEN, SL_MESSAGE_SECRET,
                                     SL_MESSAGE_FETCH,       SL_MESSAGE_STATS,
                                     SL_MESSAGE_RELOAD,      SL_MESSAGE_ACTION_SPEND};

    for (size_t i = 0; i < SL_COUNT(types); i++) {
        struct sl_buf b = sl_buf(4096);

        sl_buf_put_le16(&b, (uint16_t)types[i]);
        sl_buf_put_le16(&b, 0);
        sl_buf_put_le32(&b, 0);
        send_with(idp.courier, &b, -1);
        SL_CHECK(is_ended(idp.courier));
        courier_goes();
        courier_comes();
    }
    keeper_goes_on();
}

static void test_nonsense_ends_only_the_courier(void)
{
    for (unsigned round = 0; round < 40; round++) {
        struct sl_buf b = sl_buf(4096);

        sl_buf_put_le16(&b, SL_MESSAGE_FETCHED);
        sl_buf_put_le16(&b, 0);
        sl_buf_put_le32(&b, 40 + round);
        for (unsigned i = 0; i < 40 + round; i++)
            sl_buf_put_u8(&b, (uint8_t)(i * 151u + round * 37u + 128u));
        send_with(idp.courier, &b, -1);
        SL_CHECK(is_ended(idp.courier));
        courier_goes();
        courier_comes();
    }
    keeper_goes_on();
    SL_CHECK(is_open(play.gate) && is_open(play.desk));
}

/* It never saw a secret of ours. */
static void test_nothing_leaks(void)
{
    SL_CHECK_INT(leaks, 0);
}

static const char *sluice_program;
static void test_the_ledger_verifies(void)
{
    ledger_verifies(sluice_program);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    begin_play(argc, argv);
    SL_RUN(test_the_stage);
    SL_RUN(test_it_signs_people_in_as_it_likes);
    SL_RUN(test_no_passkey_from_a_courier);
    SL_RUN(test_no_identity_without_its_account);
    SL_RUN(test_no_agent_decides_by_signing_in);
    SL_RUN(test_no_account_that_is_newer_than_the_question);
    SL_RUN(test_a_courier_says_only_what_a_courier_may);
    SL_RUN(test_nonsense_ends_only_the_courier);
    SL_RUN(test_nothing_leaks);
    stop_keeper();
    sluice_program = argc > 2 ? argv[2] : "sluice";
    SL_RUN(test_the_ledger_verifies);
    start_keeper();
    passkey_drop(&ritas);
    passkey_drop(&its_own);
    EVP_PKEY_free(idp.key);
    return end_play();
}
