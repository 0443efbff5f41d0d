/* What changes between a question, its yes and its spend: policies, groups, people, keys. The first
 * argument is the program. */
#include "tests/unit/hold_play.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

static struct sl_msg_action_refused refused;

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

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    add_people();
    SL_RUN(test_P3_spend_under_another_policy);
    SL_RUN(test_P4_yes_of_a_former_reviewer);
    SL_RUN(test_P4_two_votes_of_one_person);
    SL_RUN(test_renewed_key_signs);
    SL_RUN(test_other_groups_end_sessions);
    SL_RUN(test_kill_switch);
    play_end();
    return sl_tap_done();
}
