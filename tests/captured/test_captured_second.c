/* What a desk or a gate in hostile hands cannot do where a second person vouches for a passkey, and
 * where people ask back (docs/threat-model.md). The first argument is the keeper. */
#define KEEPER_PLAY_RULES                       \
    "  - name: on one device\n"                 \
    "    when: {effects: [update]}\n"           \
    "    then: hold\n"                          \
    "    reviewers: {groups: [dba], need: 1}\n" \
    "    proof: passkey\n"                      \
    "    keys: device-bound\n"
#include "tests/captured/passkey_play.h"

static char rita[SECRET_BYTES], sam[SECRET_BYTES], olga[SECRET_BYTES], bot[SECRET_BYTES],
    other[SECRET_BYTES];
static struct soft_passkey ritas, forged;
static uint64_t session;

struct asked {
    char id[64], digest[80];
};

static struct asked asked_now(void)
{
    struct asked a;

    keep_text(a.id, sizeof a.id, said("id"));
    keep_text(a.digest, sizeof a.digest, said("digest"));
    return a;
}

static size_t passkeys_of_rita(void)
{
    SL_CHECK_INT(call_as(play.desk, "passkey.list", rita, "{}"), 200);
    return json_array_size(json_object_get(play.reply, "passkeys"));
}

static void test_the_stage(void)
{
    add_human("olga", "engineers", olga);
    add_human("rita", "dba", rita);
    add_human("sam", "dba", sam);
    add_agent("bot", "olga", bot);
    add_agent("other", "sam", other);
    ritas = passkey_new(0x05);
    ritas.counter = 1;
    forged = passkey_new(0x05);
    session = sign_in(play.gate, "bot", bot);
    SL_CHECK(session != 0);
}

/* The desk holds rita's credential and a key of its own: that is not enough for the top tier. */
static void test_no_top_passkey_on_a_credential_alone(void)
{
    SL_CHECK_INT(enrol(rita, &forged, NULL), 202);
    struct asked a = asked_now();
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    SL_CHECK_INT(passkeys_of_rita(), 0);
    SL_CHECK_INT(decide(rita, a.id, a.digest, "approve"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_REQUESTER");
    SL_CHECK_INT(decide(olga, a.id, a.digest, "approve"), 404); /* not a reviewer of it */
    SL_CHECK_INT(decide(bot, a.id, a.digest, "approve"), 403);
    SL_CHECK_INT(enrol(rita, &forged, &forged), 202); /* it vouches for nothing by itself */
    struct asked b = asked_now();
    SL_CHECK_INT(passkeys_of_rita(), 0);
    SL_CHECK_INT(decide(sam, a.id, a.digest, "deny"), 200);
    SL_CHECK_INT(decide(sam, b.id, b.digest, "deny"), 200);
    SL_CHECK_INT(passkeys_of_rita(), 0);
}

static void test_a_second_person_vouches_once(void)
{
    SL_CHECK_INT(enrol(rita, &ritas, NULL), 202);
    struct asked a = asked_now();
    SL_CHECK_INT(enrol(rita, &ritas, NULL), 202);
    struct asked b = asked_now();
    SL_CHECK_INT(decide(sam, a.id, b.digest, "approve"), 409); /* another digest */
    SL_CHECK_INT(decide(sam, a.id, a.digest, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "spent");
    SL_CHECK_INT(passkeys_of_rita(), 1);
    const json_t *one = json_array_get(json_object_get(play.reply, "passkeys"), 0);
    SL_CHECK_TEXT(sl_json_str(one, "vouched_by"), "person");
    SL_CHECK_INT(decide(sam, a.id, a.digest, "approve"), 409);
    SL_CHECK_INT(decide(sam, b.id, b.digest, "approve"), 200); /* the same key again: nothing */
    SL_CHECK_TEXT(sl_span_str(said("state")), "revoked");
    SL_CHECK_INT(passkeys_of_rita(), 1);
}

/* rita has a passkey by now, so the default asks her to sign. */
static uint32_t decide_by_second(const char *id, const char *digest)
{
    struct held h = {0};

    keep_text(h.approval, sizeof h.approval, id);
    keep_text(h.digest_hex, sizeof h.digest_hex, digest);
    return decide_by_passkey(rita, &h, &ritas);
}

/* Who was disabled, or whose credential is over, meanwhile gets no key. */
static void test_no_passkey_of_somebody_who_left(void)
{
    char eve[SECRET_BYTES];

    add_human("eve", "dba", eve);
    struct soft_passkey eves = passkey_new(0x05);
    SL_CHECK_INT(enrol(eve, &eves, NULL), 202);
    struct asked a = asked_now();
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", "{'name':'eve'}"), 200);
    uint32_t status = decide_by_second(a.id, a.digest);
    SL_CHECK(status == 200 || status == 409);
    SL_CHECK_INT(call_as(play.control, "passkeys", "", "{'name':'eve'}"), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "passkeys")), 0);
    passkey_drop(&eves);
}

/* --- asking back --- */

static uint32_t say(const char *credential, const char *method, const char *id, const char *text)
{
    SL_BUF(body, 8192);

    sl_buf_say(&body, "{'id':'%s','text':'%s'}", id, text);
    return call_as(play.desk, method, credential, sl_buf_text(&body));
}

static size_t said_of(const char *id)
{
    state_of(rita, id);
    return json_array_size(json_object_get(play.reply, "messages"));
}

static void test_only_reviewers_ask_and_only_requesters_answer(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table a");
    struct sl_msg_action_note note = {0};
    char longest[1002];

    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    SL_CHECK_INT(say(bot, "answer", h.approval, "nobody asked"), 400);
    SL_CHECK_INT(say(olga, "question", h.approval, "mine"), 403);
    SL_CHECK_INT(say(bot, "question", h.approval, "mine"), 403);
    SL_CHECK_INT(say(rita, "question", h.approval, ""), 400);
    SL_CHECK_INT(say(rita, "question", h.approval, longest), 400);
    SL_CHECK_INT(said_of(h.approval), 0);
    SL_CHECK_INT(say(rita, "question", h.approval, "why?"), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_NOTE);
    SL_CHECK(HEARD(action_note, &note) && sl_span_is(note.text, "why?") &&
             sl_span_is(note.who, "rita") && note.action == h.action);
    SL_CHECK_INT(say(sam, "answer", h.approval, "not mine"), 403);
    SL_CHECK_INT(say(other, "answer", h.approval, "not mine"), 404);
    SL_CHECK_INT(say(bot, "answer", h.approval, "because"), 200);
    SL_CHECK_INT(say(olga, "answer", h.approval, "I know of it"), 200);
    SL_CHECK_INT(said_of(h.approval), 3);
    SL_CHECK_INT(decide(rita, h.approval, h.digest_hex, "deny"), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_REFUSED);
    SL_CHECK_INT(say(rita, "question", h.approval, "and now?"), 409);
    SL_CHECK_INT(said_of(h.approval), 3);
}

static bool answered(int gate, uint64_t of, const char *approval, struct sl_span text,
                     const char *why)
{
    struct sl_msg_action_answered m = {0};

    TELL(gate, action_answer, .session = of, .approval = sl_span_str(approval), .text = text);
    return overhear(gate) == SL_MESSAGE_ACTION_ANSWERED && HEARD(action_answered, &m) &&
           m.session == of && memmem(m.why.p, m.why.n, why, strlen(why)) != NULL;
}

/* A gate answers for its own sessions, about what their identity asked for, in text. */
static void test_a_gate_answers_for_its_sessions_alone(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table b");
    uint64_t elsewhere = sign_in(play.gate, "other", other);
    uint8_t broken[] = {0xff, 0xfe, 0};

    SL_CHECK_INT(say(rita, "question", h.approval, "why?"), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_NOTE);
    SL_CHECK(answered(play.gate, elsewhere, h.approval, SL_SPAN("x"), "no request of yours"));
    SL_CHECK(answered(play.gate, elsewhere, "", SL_SPAN("x"), "no question"));
    SL_CHECK(answered(play.gate, session, "nonsense", SL_SPAN("x"), "no request of yours"));
    SL_CHECK(answered(play.gate, session, "", SL_SPAN(""), "no text"));
    TELL(play.gate, action_answer, .session = session + 100000, .text = SL_SPAN("x"));
    SL_CHECK_INT(said_of(h.approval), 1);
    int captured = gate_at(1);
    TELL(captured, action_answer, .session = session, .text = SL_SPAN("forged"));
    SL_CHECK(is_open(captured));
    TELL(captured, action_answer, .session = session, .text = sl_span(broken, sizeof broken));
    SL_CHECK(is_ended(captured));
    SL_CHECK(keeper_goes_on());
    SL_CHECK_INT(said_of(h.approval), 1);
    close(captured);
    SL_CHECK(answered(play.gate, session, "", SL_SPAN("because"), ""));
    SL_CHECK_INT(said_of(h.approval), 2);
    SL_CHECK(keeper_goes_on());
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    SL_RUN(test_the_stage);
    SL_RUN(test_no_top_passkey_on_a_credential_alone);
    SL_RUN(test_a_second_person_vouches_once);
    SL_RUN(test_no_passkey_of_somebody_who_left);
    SL_RUN(test_only_reviewers_ask_and_only_requesters_answer);
    SL_RUN(test_a_gate_answers_for_its_sessions_alone);
    passkey_drop(&ritas);
    passkey_drop(&forged);
    return end_play();
}
