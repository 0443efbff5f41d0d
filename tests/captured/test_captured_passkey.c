/* What a desk in hostile hands cannot do with people who have passkeys (docs/threat-model.md): it
 * sees their credentials, challenges and signatures, may send them anywhere, as often as it likes,
 * and still nothing counts but what they signed. The first argument is the keeper, the second
 * `sluice`. */
#define KEEPER_PLAY_SECOND "lost"
#define KEEPER_PLAY_RULES                       \
    "  - name: signed\n"                        \
    "    when: {effects: [insert]}\n"           \
    "    then: hold\n"                          \
    "    reviewers: {groups: [dba], need: 1}\n" \
    "    proof: passkey\n"                      \
    "  - name: on one device\n"                 \
    "    when: {effects: [update]}\n"           \
    "    then: hold\n"                          \
    "    reviewers: {groups: [dba], need: 1}\n" \
    "    proof: passkey\n"                      \
    "    keys: device-bound\n"                  \
    "  - name: two of them\n"                   \
    "    when: {effects: [delete]}\n"           \
    "    then: hold\n"                          \
    "    reviewers: {groups: [dba], need: 2}\n" \
    "    proof: passkey\n"
#include "tests/captured/passkey_play.h"

static char rita[SECRET_BYTES], sam[SECRET_BYTES], olga[SECRET_BYTES], bot[SECRET_BYTES];
static struct soft_passkey ritas, sams, another, synced;
static uint64_t session;

enum { SYNCED = 0x1d, BOUND = 0x05 };

static void refused(uint32_t effects, const char *sql, const char *why)
{
    struct sl_msg_action_refused m = {0};

    propose(play.gate, session, effects, sql);
    if (!SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_REFUSED) || !HEARD(action_refused, &m))
        return;
    SL_CHECK(memmem(m.why.p, m.why.n, why, strlen(why)) != NULL);
}

static void test_the_stage(void)
{
    add_human("olga", "engineers", olga);
    add_human("rita", "dba", rita);
    add_human("sam", "dba", sam);
    add_agent("bot", "olga", bot);
    ritas = passkey_new(BOUND);
    ritas.counter = 1;
    sams = passkey_new(BOUND);
    another = passkey_new(BOUND);
    synced = passkey_new(SYNCED);
    session = sign_in(play.gate, "bot", bot);
    SL_CHECK(session != 0);
}

/* P5: nobody has one yet, so what needs one is denied at once, and says so. */
static void test_denied_at_once_without_passkeys(void)
{
    refused(SL_EFFECT_INSERT, "insert into a values (1)", "have a passkey");
    refused(SL_EFFECT_UPDATE, "update a set b = 1", "cannot leave its device");
    SL_CHECK_INT(call_as(play.desk, "passkey.list", rita, "{}"), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "passkeys")), 0);
    SL_CHECK_TEXT(sl_span_str(said("rp_id")), "sluice.example");
}

/* --- enrolling --- */

static void test_no_enrolment_without_proof_of_possession(void)
{
    char challenge[SECRET_BYTES];

    SL_CHECK_INT(call_as(play.desk, "passkey.enrol", rita, "{}"), 400);
    SL_CHECK_INT(call_as(play.desk, "passkey.enrol", rita, "{'possession':{'key':'AAAA'}}"), 400);
    SL_CHECK_INT(call_as(play.desk, "passkey.challenge", bot, "{'purpose':'enrol'}"), 403);
    SL_CHECK_INT(call_as(play.desk, "passkey.challenge", rita, "{'purpose':'enrol'}"), 400);
    /* another key signs than the one that is named */
    SL_CHECK_INT(ask_to_enrol(rita, &ritas, challenge), 200);
    struct soft_passkey liar = ritas;
    liar.key = another.key;
    SL_CHECK_INT(enrol_with(rita, &liar, challenge, NULL), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "SIGNATURE");
    /* that challenge is spent by it; one that was never asked for is none; another's is not one's
     * own */
    SL_CHECK_INT(enrol_with(rita, &ritas, challenge, NULL), 409);
    SL_CHECK_INT(enrol_with(rita, &ritas, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL),
                 409);
    SL_CHECK_INT(ask_to_enrol(sam, &ritas, challenge), 200);
    SL_CHECK_INT(enrol_with(rita, &ritas, challenge, NULL), 409);
    /* on a page of somebody else */
    ritas.origin = "https://evil.example";
    SL_CHECK_INT(enrol(rita, &ritas, NULL), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "ORIGIN");
    ritas.origin = "https://sluice.example";
    ritas.rp_id = "evil.example";
    SL_CHECK_INT(enrol(rita, &ritas, NULL), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "RP_ID");
    ritas.rp_id = "sluice.example";
    SL_CHECK_INT(enrol(rita, &ritas, NULL), 201);
    SL_CHECK_TEXT(sl_span_str(said("vouched_by")), "credential");
    SL_CHECK(json_is_true(json_object_get(play.reply, "young")));
}

static void test_no_key_of_two_people(void)
{
    char challenge[SECRET_BYTES];

    SL_CHECK_INT(ask_to_enrol(sam, &ritas, challenge), 409);
    struct soft_passkey other_name = ritas;
    keep_text(other_name.id, sizeof other_name.id, "AAAA");
    SL_CHECK_INT(ask_to_enrol(sam, &other_name, challenge), 409);
    SL_CHECK_INT(enrol(sam, &sams, NULL), 201);
}

static void test_no_second_passkey_without_the_first(void)
{
    char challenge[SECRET_BYTES];

    SL_CHECK_INT(enrol(rita, &another, NULL), 403);
    SL_CHECK_INT(enrol(rita, &another, &another), 404); /* it does not vouch for itself */
    SL_CHECK_INT(enrol(rita, &another, &sams), 404);    /* nor does somebody else's */
    SL_CHECK_INT(ask_to_enrol(rita, &another, challenge), 200);
    struct soft_passkey liar = ritas;
    liar.key = another.key;
    SL_CHECK_INT(enrol_with(rita, &another, challenge, &liar), 403);
    SL_CHECK_INT(enrol(rita, &synced, &ritas), 201);
    SL_CHECK_TEXT(sl_span_str(said("vouched_by")), "passkey");
    SL_CHECK(json_is_false(json_object_get(play.reply, "device_bound")));
}

/* --- deciding --- */

static void test_a_signed_yes_counts(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into b values (1)");

    SL_CHECK_INT(decide(rita, h.approval, h.digest_hex, "approve"), 403); /* the credential alone */
    SL_CHECK_TEXT(sl_span_str(said("reason")), "NEEDS_PASSKEY");
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "pending");
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_decide")));
    SL_CHECK_TEXT(sl_span_str(said("proof")), "passkey");
    SL_CHECK_INT(decide_by_passkey(rita, &h, &ritas), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    const json_t *vote = json_array_get(json_object_get(play.reply, "votes"), 0);
    SL_CHECK_TEXT(sl_json_str(vote, "proof"), "passkey");
    SL_CHECK(json_is_true(json_object_get(json_object_get(vote, "passkey"), "young")));
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_GO);
}

static void check_refused(uint32_t status, uint32_t want, const struct held *h)
{
    SL_CHECK_INT(status, want);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h->approval)), "pending");
}

static void test_no_replay_of_a_signature(void)
{
    struct held one = hold(play.gate, session, SL_EFFECT_DELETE, "delete from c");
    struct held two = hold(play.gate, session, SL_EFFECT_INSERT, "insert into d values (1)");
    char challenge[SECRET_BYTES];
    SL_BUF(assertion, 16 * 1024);

    SL_CHECK_INT(ask_to_decide(rita, &one, "approve", challenge), 200);
    put_assertion(&assertion, &ritas, challenge);
    check_refused(decide_with(rita, &two, yes, sl_buf_span(&assertion)), 409, &two); /* moved */
    check_refused(decide_with(rita, &one, yes, sl_buf_span(&assertion)), 409, &one); /* and spent */
    SL_CHECK_INT(decide_by_passkey(rita, &one, &ritas), 200); /* one of two */
    SL_CHECK_INT(ask_to_decide(sam, &one, "approve", challenge), 200);
    sl_buf_reset(&assertion);
    put_assertion(&assertion, &sams, challenge);
    SL_CHECK_INT(decide_with(sam, &one, yes, sl_buf_span(&assertion)), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
    SL_CHECK_INT(spend(play.gate, one.action, one.approval, one.digest), SL_MESSAGE_ACTION_GO);
    struct held again = hold(play.gate, session, SL_EFFECT_DELETE, "delete from c");
    check_refused(decide_with(sam, &again, yes, sl_buf_span(&assertion)), 409, &again);
}

/* Every word that was signed is the word that counts. */
static void test_no_word_of_a_decision_is_changed(void)
{
    static const struct sent changed[] = {
        {"deny", "looked at it", ""},
        {"approve", "looked at it all", ""},
        {"approve", "looked at it", ",'rows':1000000"},
    };
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into e values (1)");

    for (size_t i = 0; i < SL_COUNT(changed); i++) {
        char challenge[SECRET_BYTES];
        SL_BUF(assertion, 16 * 1024);

        SL_CHECK_INT(ask_to_decide(rita, &h, "approve", challenge), 200);
        put_assertion(&assertion, &ritas, challenge);
        check_refused(decide_with(rita, &h, changed[i], sl_buf_span(&assertion)), 409, &h);
    }
}

/* A no that was signed stays a no: turned into a yes it is nothing. */
static void test_no_decision_is_flipped(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into f values (1)");
    char challenge[SECRET_BYTES];
    SL_BUF(assertion, 16 * 1024);

    SL_CHECK_INT(ask_to_decide(rita, &h, "deny", challenge), 200);
    put_assertion(&assertion, &ritas, challenge);
    check_refused(decide_with(rita, &h, yes, sl_buf_span(&assertion)), 409, &h);
}

static void test_no_other_persons_key(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into g values (1)");
    char challenge[SECRET_BYTES];
    SL_BUF(assertion, 16 * 1024);

    /* rita's credential, sam's passkey; sam's challenge, rita's passkey */
    SL_CHECK_INT(ask_to_decide(rita, &h, "approve", challenge), 200);
    put_assertion(&assertion, &sams, challenge);
    check_refused(decide_with(rita, &h, yes, sl_buf_span(&assertion)), 403, &h);
    SL_CHECK_INT(ask_to_decide(sam, &h, "approve", challenge), 200);
    sl_buf_reset(&assertion);
    put_assertion(&assertion, &ritas, challenge);
    check_refused(decide_with(rita, &h, yes, sl_buf_span(&assertion)), 409, &h);
    /* a stranger's key under rita's name */
    struct soft_passkey liar = ritas;
    liar.key = another.key;
    SL_CHECK_INT(ask_to_decide(rita, &h, "approve", challenge), 200);
    sl_buf_reset(&assertion);
    put_assertion(&assertion, &liar, challenge);
    check_refused(decide_with(rita, &h, yes, sl_buf_span(&assertion)), 403, &h);
    SL_CHECK_INT(ask_to_decide(olga, &h, "approve", challenge), 403); /* the owner of the agent */
    SL_CHECK_INT(ask_to_decide(bot, &h, "approve", challenge), 403);
}

/* A page elsewhere, an authenticator that saw nobody, a counter that went back. */
static void test_no_other_page_and_no_copy(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into h values (1)");
    struct soft_passkey p = ritas;

    p.origin = "https://evil.example";
    check_refused(decide_by_passkey(rita, &h, &p), 403, &h);
    p = ritas;
    p.rp_id = "evil.example";
    check_refused(decide_by_passkey(rita, &h, &p), 403, &h);
    p = ritas;
    p.flags = 0x01;
    check_refused(decide_by_passkey(rita, &h, &p), 403, &h);
    p = ritas;
    p.flags = SYNCED;
    check_refused(decide_by_passkey(rita, &h, &p), 403, &h);
    p = ritas;
    p.counter = 1;
    check_refused(decide_by_passkey(rita, &h, &p), 403, &h);
    SL_CHECK_INT(decide_by_passkey(rita, &h, &ritas), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
}

/* P4: what was enrolled after the action was asked does not count for it. */
static void test_no_passkey_that_is_newer_than_the_action(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into i values (1)");
    char challenge[SECRET_BYTES];
    SL_BUF(assertion, 16 * 1024);

    SL_CHECK_INT(enrol(rita, &another, &ritas), 201);
    SL_CHECK_INT(ask_to_decide(rita, &h, "approve", challenge), 200);
    put_assertion(&assertion, &another, challenge);
    check_refused(decide_with(rita, &h, yes, sl_buf_span(&assertion)), 403, &h);
    struct held later = hold(play.gate, session, SL_EFFECT_INSERT, "insert into j values (1)");
    SL_CHECK_INT(decide_by_passkey(rita, &later, &another), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
}

static void test_no_synced_key_where_one_device_is_asked_for(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_UPDATE, "update k set l = 1");
    char challenge[SECRET_BYTES];
    SL_BUF(assertion, 16 * 1024);

    SL_CHECK_INT(ask_to_decide(rita, &h, "approve", challenge), 200);
    put_assertion(&assertion, &synced, challenge);
    check_refused(decide_with(rita, &h, yes, sl_buf_span(&assertion)), 403, &h);
    SL_CHECK_INT(decide_by_passkey(rita, &h, &ritas), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
}

/* --- removing --- */

static uint32_t remove_by(const char *credential, const struct soft_passkey *p,
                          struct soft_passkey *by)
{
    char challenge[SECRET_BYTES];
    SL_BUF(body, 16 * 1024);

    sl_buf_say(&body, "{'purpose':'remove','key':'%s'}", p->id);
    uint32_t status = call_as(play.desk, "passkey.challenge", credential, sl_buf_text(&body));
    if (status != 200)
        return status;
    keep_text(challenge, sizeof challenge, said("challenge"));
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'key':'%s','existing':", p->id);
    put_assertion(&body, by, challenge);
    sl_buf_put_str(&body, "}");
    return call_as(play.desk, "passkey.remove", credential, sl_buf_text(&body));
}

/* Its grant ends with the key that said yes. */
static void test_no_removal_without_a_passkey(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into m values (1)");
    SL_BUF(body, 256);

    SL_CHECK_INT(decide_by_passkey(rita, &h, &another), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
    SL_CHECK_INT(remove_by(sam, &another, &sams), 404);
    SL_CHECK_INT(remove_by(rita, &another, &sams), 404);
    sl_buf_say(&body, "{'key':'%s'}", another.id);
    SL_CHECK_INT(call_as(play.desk, "passkey.remove", rita, sl_buf_text(&body)), 403);
    SL_CHECK_INT(call_as(play.desk, "passkey.revoke", rita, sl_buf_text(&body)), 404);
    SL_CHECK_INT(remove_by(rita, &another, &ritas), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_REFUSED); /* both that it had said yes to */
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "revoked");
    SL_CHECK_INT(remove_by(rita, &another, &ritas), 404);
    char challenge[SECRET_BYTES];
    SL_CHECK_INT(ask_to_enrol(rita, &another, challenge), 409); /* gone for good */
}

static void test_the_operator_removes(void)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'key':'%s','reason':'lost on a train'}", sams.id);
    SL_CHECK_INT(call_as(play.control, "passkey.revoke", "", sl_buf_text(&body)), 200);
    SL_CHECK_INT(call_as(play.control, "passkey.revoke", "", sl_buf_text(&body)), 404);
    SL_CHECK_INT(call_as(play.control, "passkeys", "", "{'name':'sam'}"), 200);
    const json_t *one = json_array_get(json_object_get(play.reply, "passkeys"), 0);
    SL_CHECK(sl_json_str(one, "removed_at").n > 0);
    refused(SL_EFFECT_DELETE, "delete from n", "have a passkey"); /* two are needed, one has one */
}

/* P9: the next keeper knows the passkeys, and none of the challenges. */
static void test_a_new_keeper_forgets_challenges(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into o values (1)");
    char challenge[SECRET_BYTES];
    SL_BUF(assertion, 16 * 1024);

    SL_CHECK_INT(ask_to_decide(rita, &h, "approve", challenge), 200);
    put_assertion(&assertion, &ritas, challenge);
    kill_keeper();
    start_keeper();
    check_refused(decide_with(rita, &h, yes, sl_buf_span(&assertion)), 409, &h);
    SL_CHECK_INT(decide_by_passkey(rita, &h, &ritas), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
}

/* More challenges than there are places: the oldest of the same person goes, nobody else's. */
static void test_challenges_are_bounded(void)
{
    char mine[SECRET_BYTES], other[SECRET_BYTES];
    struct soft_passkey p = passkey_new(BOUND);

    SL_CHECK_INT(ask_to_enrol(sam, &p, mine), 200);
    for (int i = 0; i < 20; i++)
        SL_CHECK_INT(ask_to_enrol(rita, &synced, other), 409);
    struct soft_passkey many = passkey_new(BOUND);
    for (int i = 0; i < 300; i++)
        ask_to_enrol(rita, &many, other);
    SL_CHECK_INT(enrol_with(sam, &p, mine, NULL), 201);
    passkey_drop(&p);
    passkey_drop(&many);
}

/* The ledger of all this, checked by what an auditor has: nothing but the files and the key. */
static void test_the_ledger_proves_it(const char *sluice)
{
    SL_BUF(command, 1024);

    sl_buf_say(&command,
               "%s ledger verify %s/state/ledger --key %s/state/ledger/key.pub --decisions > "
               "%s/said 2>&1",
               sluice, play.folder, play.folder, play.folder);
    int code = system(sl_buf_text(&command));
    if (!SL_CHECK_INT(code, 0)) {
        sl_buf_reset(&command);
        sl_buf_say(&command, "sed 's/^/# /' %s/said", play.folder);
        code = system(sl_buf_text(&command));
    }
}

static const char *sluice_program;
static void test_the_ledger_verifies(void)
{
    stop_keeper();
    test_the_ledger_proves_it(sluice_program);
    start_keeper();
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    sluice_program = argc > 2 ? argv[2] : "sluice";
    SL_RUN(test_the_stage);
    SL_RUN(test_denied_at_once_without_passkeys);
    SL_RUN(test_no_enrolment_without_proof_of_possession);
    SL_RUN(test_no_key_of_two_people);
    SL_RUN(test_no_second_passkey_without_the_first);
    SL_RUN(test_a_signed_yes_counts);
    SL_RUN(test_no_replay_of_a_signature);
    SL_RUN(test_no_word_of_a_decision_is_changed);
    SL_RUN(test_no_decision_is_flipped);
    SL_RUN(test_no_other_persons_key);
    SL_RUN(test_no_other_page_and_no_copy);
    SL_RUN(test_no_passkey_that_is_newer_than_the_action);
    SL_RUN(test_no_synced_key_where_one_device_is_asked_for);
    SL_RUN(test_no_removal_without_a_passkey);
    SL_RUN(test_the_operator_removes);
    SL_RUN(test_a_new_keeper_forgets_challenges);
    SL_RUN(test_challenges_are_bounded);
    SL_RUN(test_the_ledger_verifies);
    passkey_drop(&ritas);
    passkey_drop(&sams);
    passkey_drop(&another);
    passkey_drop(&synced);
    return end_play();
}
