/* A yes that is not spent is over for good when its giver is switched off, whatever they gave it
 * with: it does not come back with them, and what was asked before is for others to decide. The
 * first argument is the keeper, the second `sluice`. */
#define KEEPER_PLAY_SECOND "lost"
#define KEEPER_PLAY_RULES                       \
    "  - name: two of them\n"                   \
    "    when: {effects: [delete]}\n"           \
    "    then: hold\n"                          \
    "    reviewers: {groups: [dba], need: 2}\n" \
    "issuers:\n"                                \
    "  - name: corp\n"                          \
    "    issuer: https://idp.example\n"         \
    "    client_id: sluice\n"                   \
    "    algorithms: [ES256]\n"

#include "tests/captured/passkey_play.h"
#include "tests/unit/issuer_play.h"

static char rita[SECRET_BYTES], sam[SECRET_BYTES], tina[SECRET_BYTES], olga[SECRET_BYTES],
    bot[SECRET_BYTES], console_session[SECRET_BYTES], idp_session[SECRET_BYTES],
    provisioner[SECRET_BYTES], scim_id[SECRET_BYTES];
static struct soft_passkey ritas;
static uint64_t session;

/* --- the stage --- */

static void scim(const char *method, const char *id, const char *resource, uint32_t status)
{
    SL_BUF(body, 4096);

    sl_buf_say(&body, "{'method':'%s','what':'Users'%s%s%s,'resource':{'schemas':[%s],%s}}", method,
               id[0] == '\0' ? "" : ",'id':'", id, id[0] == '\0' ? "" : "'",
               id[0] == '\0' ? "'urn:ietf:params:scim:schemas:core:2.0:User'"
                             : "'urn:ietf:params:scim:api:messages:2.0:PatchOp'",
               resource);
    SL_CHECK_INT(call_as(play.desk, "scim", provisioner, sl_buf_text(&body)), status);
}

static void open_console_session(void)
{
    SL_BUF(body, 256);

    SL_CHECK_INT(call_as(play.desk, "session.code", rita, "{}"), 201);
    sl_buf_say(&body, "{'code':'%s'}", said("code"));
    SL_CHECK_INT(call_as(play.desk, "session.open", "", sl_buf_text(&body)), 201);
    keep_text(console_session, sizeof console_session, said("secret"));
}

static void value_of(const char *url, const char *name, char out[SECRET_BYTES])
{
    const char *at = strstr(url, name);

    SL_PROMISE(at != NULL);
    keep_text(out, SECRET_BYTES, at + strlen(name));
    out[strcspn(out, "&")] = '\0';
}

/* Rita at her provider, in a browser. */
static void open_idp_session(void)
{
    char state[SECRET_BYTES], nonce[SECRET_BYTES];
    struct sl_msg_reply m = {0};
    SL_BUF(body, 4096);
    SL_BUF(claims, 1024);
    SL_BUF(answer, 16 * 1024);

    SL_CHECK_INT(call_as(play.desk, "signin.begin", "", "{'issuer':'corp'}"), 201);
    value_of(said("redirect"), "state=", state);
    value_of(said("redirect"), "nonce=", nonce);
    sl_buf_say(&answer,
               "{\"flow\":\"%s\",\"query\":\"state=%s&code=c-1&iss=https%%3A%%2F%%2Fidp.example\"}",
               said("flow"), state);
    TELL(play.desk, call, .call = ++play.call, .method = SL_SPAN("signin.finish"),
         .address = SL_SPAN("127.0.0.1"), .body = sl_buf_span(&answer));
    if (!asked("https://idp.example/token"))
        return;
    sl_buf_say(&claims, ",'nonce':'%s'", nonce);
    sl_buf_say(&body, "{'access_token':'at','token_type':'Bearer','id_token':'%s'}",
               token_at("u-rita", "sluice", now_s(), sl_buf_text(&claims)));
    tell(200, sl_buf_text(&body));
    if (!SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) || !HEARD(reply, &m))
        return;
    json_decref(play.reply);
    play.reply = NULL;
    SL_CHECK_INT(sl_json_read(m.body, &play.reply, NULL), SL_OK);
    SL_CHECK_INT(m.status, 201);
    keep_text(idp_session, sizeof idp_session, said("secret"));
}

static void test_the_stage(void)
{
    new_key("k-1");
    courier_comes();
    introduce();
    add_human("olga", "engineers", olga);
    add_human("rita", "dba", rita);
    add_human("sam", "dba", sam);
    add_human("tina", "dba", tina);
    add_agent("bot", "olga", bot);
    ritas = passkey_new(0x05);
    SL_CHECK_INT(enrol(rita, &ritas, NULL), 201);
    SL_CHECK_INT(call_as(play.control, "account.link", "",
                         "{'name':'rita','issuer':'corp','subject':'u-rita'}"),
                 201);
    SL_CHECK_INT(call_as(play.control, "scim.credential", "", "{'issuer':'corp'}"), 201);
    keep_text(provisioner, sizeof provisioner, said("credential"));
    scim("POST", "", "'userName':'rita@corp.example','externalId':'u-rita'", 201);
    keep_text(scim_id, sizeof scim_id, said("id"));
    session = sign_in(play.gate, "bot", bot);
    SL_CHECK(session != 0);
}

/* --- off and on --- */

static void by_provider(bool on)
{
    scim("PATCH", scim_id,
         on ? "'Operations':[{'op':'replace','path':'active','value':true}]"
            : "'Operations':[{'op':'replace','path':'active','value':false}]",
         200);
}

static void by_operator(bool on)
{
    SL_CHECK_INT(call_as(play.control, "identity.pause", "",
                         on ? "{'name':'rita','off':true}" : "{'name':'rita'}"),
                 200);
}

/* --- ways to say yes --- */

static uint32_t by_credential(const struct held *h)
{
    return decide(rita, h->approval, h->digest_hex, "approve");
}

static uint32_t by_passkey(const struct held *h)
{
    return decide_by_passkey(rita, h, &ritas);
}

static uint32_t by_console(const struct held *h)
{
    return decide(console_session, h->approval, h->digest_hex, "approve");
}

static uint32_t by_sign_in(const struct held *h)
{
    return decide(idp_session, h->approval, h->digest_hex, "approve");
}

/* Another one each time: the very same would join what waits. */
static struct held hold_another(void)
{
    static unsigned next = 1;
    SL_BUF(sql, 64);

    sl_buf_say(&sql, "delete from t%u", next++);
    return hold(play.gate, session, SL_EFFECT_DELETE, sl_buf_text(&sql));
}

static void check_lapses(uint32_t (*say_yes)(const struct held *h), void (*turn)(bool on))
{
    open_console_session();
    open_idp_session();
    struct held h = hold_another();
    struct held other = hold_another();

    SL_CHECK_INT(say_yes(&h), 200);
    turn(false);
    SL_CHECK_TEXT(sl_span_str(state_of(sam, h.approval)), "pending");
    turn(true);
    /* what was asked before is not hers any more, whatever she comes with */
    SL_CHECK_INT(decide(rita, other.approval, other.digest_hex, "approve"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "NEW_IDENTITY");
    /* and her yes is none: with another's nothing is granted */
    SL_CHECK_INT(decide(sam, h.approval, h.digest_hex, "approve"), 200);
    if (!SL_CHECK(strcmp(state_of(sam, h.approval), "approved") != 0))
        printf("#   granted with a yes that was over\n");
    SL_CHECK_TEXT(sl_span_str(state_of(sam, h.approval)), "pending");
    /* but its place is open for somebody else */
    SL_CHECK_INT(decide(tina, h.approval, h.digest_hex, "approve"), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
    /* she decides about what is asked from now on */
    struct held later = hold_another();
    if (!SL_CHECK_INT(by_credential(&later), 200))
        printf("#   %s\n", said("reason"));
}

#define LAPSES(how)                                               \
    static void test_a_yes_##how##_is_over_after_off_and_on(void) \
    {                                                             \
        check_lapses(how, by_provider);                           \
        check_lapses(how, by_operator);                           \
    }
LAPSES(by_credential)
LAPSES(by_passkey)
LAPSES(by_console)
LAPSES(by_sign_in)

/* P9: the same of a keeper that reads it all again. */
static void test_P9_it_stays_over(void)
{
    struct held h = hold_another();

    SL_CHECK_INT(by_credential(&h), 200);
    by_provider(false);
    by_provider(true);
    kill_keeper();
    SL_BUF(view, 256);
    sl_buf_say(&view, "%s/state/sluice.db", play.folder);
    unlink(sl_buf_text(&view));
    start_keeper();
    SL_CHECK_INT(decide(sam, h.approval, h.digest_hex, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(state_of(sam, h.approval)), "pending");
    SL_CHECK_INT(decide(tina, h.approval, h.digest_hex, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(state_of(sam, h.approval)), "approved");
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    SL_RUN(test_the_stage);
    SL_RUN(test_a_yes_by_credential_is_over_after_off_and_on);
    SL_RUN(test_a_yes_by_passkey_is_over_after_off_and_on);
    SL_RUN(test_a_yes_by_console_is_over_after_off_and_on);
    SL_RUN(test_a_yes_by_sign_in_is_over_after_off_and_on);
    SL_RUN(test_P9_it_stays_over);
    stop_keeper();
    ledger_verifies(argc > 2 ? argv[2] : "sluice");
    passkey_drop(&ritas);
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
    return sl_tap_done();
}
