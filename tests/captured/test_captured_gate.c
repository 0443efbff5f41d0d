/* A gate that fell into hostile hands, against a real keeper (docs/threat-model.md, "The gate"):
 * decisions, grants and identities are never its own to make. The first argument is the keeper. */
#include "tests/captured/captured_gate.h"

/* --- decisions --- */

/* Even with the reviewer's own credential in its hands: a gate carries no decisions. */
static void test_a_gate_cannot_decide(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table a");
    SL_BUF(body, 1024);

    sl_buf_say(&body,
               "{\"id\":\"%s\",\"decision\":\"approve\",\"digest\":\"%s\",\"reason\":\"me\"}",
               h.approval, h.digest_hex);
    TELL(play.gate, call, .call = 1, .method = SL_SPAN("decision"), .credential = sl_span_str(rita),
         .body = sl_buf_span(&body));
    SL_CHECK(is_ended(play.gate));
    SL_CHECK(hear(play.super, SL_MESSAGE_PEER_BAD)); /* the supervisor replaces it */
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "pending");
    keeper_goes_on();
    new_gate();
}

#define NUMBER_OF(NAME, name, number, senders, states) number,
/* A gate whose journal nobody reads logs nobody in, spends nothing, and is told nothing is recorded
 * (P6). */
static void test_P6_a_gate_without_a_journal_runs_nothing(void)
{
    static const unsigned needs[] = {SL_MESSAGE_LOGIN_TOKEN, SL_MESSAGE_LOGIN_SCRAM,
                                     SL_MESSAGE_ACTION_SPEND, SL_MESSAGE_BUDGET_ASK,
                                     SL_MESSAGE_JOURNAL_SYNC};

    for (size_t i = 0; i < SL_COUNT(needs); i++) {
        int gate = peer_at(SL_ROLE_GATE, 4, "");
        if (needs[i] == SL_MESSAGE_LOGIN_TOKEN)
            TELL(gate, login_token, .conn = 1, .target = SL_SPAN("finance"), .user = SL_SPAN("bot"),
                 .address = SL_SPAN("127.0.0.1"), .token = sl_span_str(bot));
        if (needs[i] == SL_MESSAGE_LOGIN_SCRAM)
            TELL(gate, login_scram, .conn = 1, .target = SL_SPAN("finance"), .user = SL_SPAN("bot"),
                 .address = SL_SPAN("127.0.0.1"), .client_first_bare = SL_SPAN("n=,r=x"));
        if (needs[i] == SL_MESSAGE_ACTION_SPEND)
            TELL(gate, action_spend, .action = 1);
        if (needs[i] == SL_MESSAGE_BUDGET_ASK)
            TELL(gate, budget_ask, .session = session);
        if (needs[i] == SL_MESSAGE_JOURNAL_SYNC)
            TELL(gate, journal_sync, .position = 8);
        if (!SL_CHECK(is_ended(gate)))
            printf("#   %s\n", sl_ipc_name(needs[i]));
        close(gate);
    }
    keeper_goes_on();
}

static const unsigned known_messages[] = {SL_MESSAGES(NUMBER_OF)};

/* Whatever is not a gate's to say ends that gate and changes nothing. */
static void test_a_gate_says_only_what_a_gate_may(void)
{
    unsigned refused = 0;

    for (size_t i = 0; i < SL_COUNT(known_messages); i++) {
        unsigned type = known_messages[i];
        if (sl_ipc_allowed((enum sl_message)type, SL_ROLE_GATE, SL_CONN_OPEN) == SL_OK)
            continue;
        int gate = gate_at(3);
        struct sl_buf b = sl_buf(64);
        put_head(&b, type, 0);
        send_with(gate, &b, -1);
        if (!SL_CHECK(is_ended(gate)))
            printf("#   %s\n", sl_ipc_name(type));
        close(gate);
        refused++;
    }
    SL_CHECK(refused > 20);
    keeper_goes_on();
    SL_CHECK(is_open(play.gate));
}

/* --- grants (P1, P2, P3) --- */

static void test_no_spend_without_approval(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table b");

    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "pending");
    /* it left the queue with that: the yes that comes later offers it nothing */
    SL_CHECK_INT(decide(rita, h.approval, h.digest_hex, "approve"), 200);
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "approved");
}

static void test_no_spend_after_a_denial(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table c");

    SL_CHECK_INT(decide(rita, h.approval, h.digest_hex, "deny"), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "denied");
}

/* P3: the grant is for one digest. Every bit counts. */
static void test_no_spend_of_another_digest(void)
{
    struct held h = hold_and_approve(play.gate, session, SL_EFFECT_DDL, "drop table d", rita);
    uint8_t other[32];

    memcpy(other, h.digest, sizeof other);
    other[31] ^= 1;
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, other), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "approved");
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_REFUSED);
}

static void test_no_spend_twice(void)
{
    struct held h = hold_and_approve(play.gate, session, SL_EFFECT_DDL, "drop table e", rita);

    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_GO);
    for (int i = 0; i < 3; i++)
        SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_REFUSED);
    struct held again = hold(play.gate, session, SL_EFFECT_DDL, "drop table e");
    SL_CHECK(strcmp(again.approval, h.approval) != 0); /* the repeat is a new request */
    SL_CHECK_INT(spend(play.gate, again.action, h.approval, h.digest), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, again.approval)), "pending");
}

static void test_no_spend_after_expiry(void)
{
    struct held h =
        hold_and_approve(play.gate, session, SL_EFFECT_IMPORT, "copy a from stdin", rita);

    usleep(1100 * 1000); /* grant_ttl: 1s */
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_REFUSED);
    while (hear_within(play.gate, 200) != 0) { /* the sweep may have told it too */
    }
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "lapsed");
}

/* --- a login that only granted statements use --- */

static const char boss_secret[] = "the-boss-secret-that-stays-in-the-keeper";

/* Asks for a proof of the elevated login. The first time the keeper asks the supervisor for its
 * secret. */
static bool proves_boss(int gate, uint64_t in_session, uint64_t action)
{
    struct sl_msg_upstream_proof proof = {0};
    struct sl_msg_secret_ask ask = {0};
    static bool told;

    TELL(gate, upstream_md5, .call = 77, .session = in_session, .target = SL_SPAN("finance"),
         .salt = SL_SPAN("salt"), .elevated = action);
    if (!told && hear_within(gate, 200) == 0) {
        unsigned heard;
        while ((heard = hear_within(play.super, PATIENCE_MS)) == SL_MESSAGE_PEER_BAD) {
        }
        if (!SL_CHECK_INT(heard, SL_MESSAGE_SECRET_ASK) || !HEARD(secret_ask, &ask))
            return false;
        SL_CHECK_TEXT(ask.login, "dba");
        TELL(play.super, secret, .call = ask.call, .found = 1, .secret = sl_span_str(boss_secret));
        told = SL_CHECK_INT(overhear(gate), SL_MESSAGE_UPSTREAM_PROOF);
    } else if (told) {
        SL_CHECK_INT(overhear(gate), SL_MESSAGE_UPSTREAM_PROOF);
    }
    return HEARD(upstream_proof, &proof) && proof.found == 1;
}

static void test_no_elevated_login_without_a_spent_grant(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_CALL, "call a()");

    is_secret(boss_secret);
    SL_CHECK(!proves_boss(play.gate, session, h.action)); /* asked */
    SL_CHECK_INT(decide(rita, h.approval, h.digest_hex, "approve"), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
    SL_CHECK(!proves_boss(play.gate, session, h.action)); /* approved */
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_GO);
    SL_CHECK(!proves_boss(play.gate, session, h.action + 1));
    SL_CHECK(!proves_boss(play.gate, other_session, h.action));
    SL_CHECK(!proves_boss(play.gate, 0, h.action));
    int other_gate = gate_at(1);
    SL_CHECK(!proves_boss(other_gate, session, h.action));
    close(other_gate);
    for (int i = 0; i < 4; i++)
        SL_CHECK(proves_boss(play.gate, session, h.action)); /* its own, and not forever */
    SL_CHECK(!proves_boss(play.gate, session, h.action));
}

/* A grant under a rule that elevates nothing opens nothing. */
static void test_no_elevated_login_by_another_rule(void)
{
    struct held h = hold_and_approve(play.gate, session, SL_EFFECT_DDL, "drop table boss", rita);

    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_GO);
    SL_CHECK(!proves_boss(play.gate, session, h.action));
}

static void reload(const char *text, uint32_t generation)
{
    TELL(play.super, reload, .generation = generation, .config = sl_span_str(text));
    SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED));
}

/* What was shown is the role, too: the same name for another one is not what was approved (P3). */
static void test_no_elevated_login_that_became_another_role(void)
{
    char other[sizeof config];
    struct held h = hold_and_approve(play.gate, session, SL_EFFECT_CALL, "call c()", rita);

    memcpy(other, config, sizeof config);
    memcpy(strstr(other, "boss"), "king", 4);
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_GO);
    reload(other, 1);
    SL_CHECK(!proves_boss(play.gate, session, h.action));
    reload(config, 1);
    SL_CHECK(proves_boss(play.gate, session, h.action));
}

static void test_no_elevated_login_after_the_outcome(void)
{
    struct held h = hold_and_approve(play.gate, session, SL_EFFECT_CALL, "call b()", rita);

    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_GO);
    SL_CHECK(proves_boss(play.gate, session, h.action));
    struct sl_outcome_record out = {.session = session,
                                    .action = h.action,
                                    .ended_us = sl_clock_us(),
                                    .outcome = SL_OUTCOME_REFUSED,
                                    .sqlstate = "57014"};
    SL_CHECK_INT(sl_journal_outcome(&play.ring, &out), SL_OK);
    keeper_reads_journal();
    SL_CHECK(!proves_boss(play.gate, session, h.action));
    SL_CHECK_INT(leaks, 0);
}

/* --- other identities --- */

/* bot's yes is not cat's, though both sit on the same gate. */
static void test_no_grant_of_another_session(void)
{
    struct held bots = hold_and_approve(play.gate, session, SL_EFFECT_DDL, "drop table f", rita);
    struct held cats = hold(play.gate, other_session, SL_EFFECT_DDL, "drop table f");

    SL_CHECK(strcmp(bots.approval, cats.approval) != 0); /* another identity never joins */
    SL_CHECK_INT(spend(play.gate, cats.action, bots.approval, bots.digest),
                 SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, bots.approval)), "approved");
    SL_CHECK_TEXT(sl_span_str(state_of(rita, cats.approval)), "pending");
    SL_CHECK_INT(spend(play.gate, bots.action, bots.approval, bots.digest), SL_MESSAGE_ACTION_GO);
}

static void test_no_session_of_another_gate(void)
{
    int captured = gate_at(1);

    propose(captured, session, SL_EFFECT_DDL, "drop table g"); /* gate 0's handle */
    SL_CHECK(is_ended(captured));
    close(captured);
    captured = gate_at(1);
    TELL(captured, session_closed, .session = session);
    SL_CHECK(is_ended(captured));
    close(captured);
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table g"); /* it still lives */
    captured = gate_at(1);
    SL_CHECK_INT(decide(rita, h.approval, h.digest_hex, "approve"), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
    SL_CHECK_INT(spend(captured, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_REFUSED);
    TELL(captured, action_left, .action = h.action, .how = 1);
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_GO);
    close(captured);
}

static void test_no_session_that_never_was(void)
{
    propose(play.gate, session + 100000, SL_EFFECT_DDL, "drop table h");
    SL_CHECK(is_ended(play.gate));
    new_gate();
    propose(play.gate, 0, SL_EFFECT_DDL, "drop table h");
    SL_CHECK(is_ended(play.gate));
    keeper_goes_on();
    new_gate();
}

/* Each would be kept with its meaning, until the keeper has no memory left. */
static void test_no_queue_without_end(void)
{
    size_t held = 0;

    for (int i = 0; i < 200; i++) {
        propose(play.gate, session, SL_EFFECT_DDL, "drop table queue");
        if (overhear(play.gate) != SL_MESSAGE_ACTION_HELD)
            break;
        held++;
    }
    SL_CHECK(held >= 2 && held < 100);
    SL_CHECK(is_ended(play.gate));
    keeper_goes_on();
    new_gate();
}

/* A gate may say that a name and token came; only the right token makes a session. */
static void test_no_login_without_the_token(void)
{
    TELL(play.gate, login_token, .conn = 1, .target = SL_SPAN("finance"), .user = SL_SPAN("bot"),
         .address = SL_SPAN("127.0.0.1"),
         .token = SL_SPAN("slt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_LOGIN_REFUSED);
    TELL(play.gate, login_proof, .conn = 2, .client_final_without_proof = SL_SPAN("c=biws,r=x"),
         .proof = SL_SPAN("0123456789abcdef0123456789abcdef"));
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_LOGIN_REFUSED);
}

/* What it says of why its client left goes on record: as much of it as somebody would read. */
static void test_no_word_is_too_long_for_the_keeper(void)
{
    enum { BYTES = 30 * 1024 * 1024 };
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table long_words");
    struct sl_buf message = sl_buf(2 * BYTES);
    uint8_t *quotes = malloc(BYTES); /* each is two bytes on record */

    SL_PROMISE(quotes != NULL);
    memset(quotes, '"', BYTES);
    sl_msg_action_left_put(&message, &(struct sl_msg_action_left){
                                         .action = h.action, .how = 3, .why = {quotes, BYTES}});
    send_sealed(play.gate, &message);
    keeper_goes_on();
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "cancelled");
    free(quotes);
}

static uint32_t replied(void)
{
    struct sl_msg_reply m = {0};

    return SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) && HEARD(reply, &m) ? m.status : 0;
}

static uint64_t tried(const char *credential, uint64_t call)
{
    struct sl_msg_judge_try m = {0};

    TELL(play.desk, call, .call = call, .method = SL_SPAN("policy.try"),
         .credential = sl_span_str(credential), .address = SL_SPAN("127.0.0.1"),
         .body = SL_SPAN("{\"target\":\"finance\",\"sql\":\"select 1\",\"identity\":\"bot\"}"));
    if (!SL_CHECK(hear(play.gate, SL_MESSAGE_JUDGE_TRY)) || !HEARD(judge_try, &m))
        return 0;
    SL_CHECK_TEXT(m.text, "select 1");
    return m.number;
}

/* What people try the policy with a gate may lie about, as about anything that it judges: it is
 * shown, and nothing rests on it. What nobody tries is not heard, and no answer is an answer, too.
 */
static void test_what_is_tried_is_shown_only(void)
{
    SL_BUF(meaning, 4096);
    struct sl_meaning lie = sl_meaning_opaque(SL_SPAN("a lie"));

    TELL(play.gate, judge_tried, .number = 4711, .found = 1, .meaning = SL_SPAN("x"));
    uint64_t number = tried(rita, 9001);
    TELL(play.gate, judge_tried, .number = number + 1, .found = 1, .meaning = SL_SPAN(""));
    TELL(play.gate, judge_tried, .number = number, .found = 1, .meaning = SL_SPAN("x"));
    SL_CHECK_INT(replied(), 503);
    number = tried(rita, 9002);
    sl_meaning_put(&meaning, &lie);
    TELL(play.gate, judge_tried, .number = number, .found = 1, .meaning = sl_buf_span(&meaning));
    SL_CHECK_INT(replied(), 200);
    TELL(play.gate, judge_tried, .number = number, .found = 1, .meaning = sl_buf_span(&meaning));
    number = tried(rita, 9003); /* nobody says anything for eight seconds */
    (void)number;
    SL_CHECK_INT(call_as(play.desk, "policy.try", rita, "{'target':'finance','sql':'select 2'}"),
                 429);
    keeper_goes_on();
    SL_CHECK(is_open(play.gate));
}

/* What a captured gate did goes with it: a restarted keeper remembers what was decided, nothing
 * else. */
static void test_nothing_of_it_stays(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table l");

    kill_keeper();
    start_keeper();
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "pending");
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_INT(leaks, 0);
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    SL_RUN(set_the_stage);
    SL_RUN(test_no_elevated_login_without_a_spent_grant);
    SL_RUN(test_no_elevated_login_by_another_rule);
    SL_RUN(test_no_elevated_login_that_became_another_role);
    SL_RUN(test_no_elevated_login_after_the_outcome);
    SL_RUN(test_a_gate_cannot_decide);
    SL_RUN(test_P6_a_gate_without_a_journal_runs_nothing);
    SL_RUN(test_a_gate_says_only_what_a_gate_may);
    SL_RUN(test_no_spend_without_approval);
    SL_RUN(test_no_spend_after_a_denial);
    SL_RUN(test_no_spend_of_another_digest);
    SL_RUN(test_no_spend_twice);
    SL_RUN(test_no_spend_after_expiry);
    SL_RUN(test_no_grant_of_another_session);
    SL_RUN(test_no_session_of_another_gate);
    SL_RUN(test_no_session_that_never_was);
    SL_RUN(test_no_queue_without_end);
    SL_RUN(test_no_login_without_the_token);
    SL_RUN(test_no_word_is_too_long_for_the_keeper);
    SL_RUN(test_what_is_tried_is_shown_only);
    SL_RUN(test_nothing_of_it_stays);
    return end_play();
}
