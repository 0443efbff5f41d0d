/* A desk that fell into hostile hands, against a real keeper (docs/threat-model.md, "captured
 * desk"): it carries people's requests, and without a person's credential it can do nothing; with
 * one, no more than that person. The first argument is the keeper. */
#include "base/sanitized.h"
#include "tests/captured/captured.h"

static char rita[SECRET_BYTES], sam[SECRET_BYTES], olga[SECRET_BYTES], bot[SECRET_BYTES];
static uint64_t session;

static void test_the_stage(void)
{
    add_human("olga", "engineers", olga);
    add_human("rita", "dba", rita);
    add_human("sam", "engineers", sam);
    add_agent("bot", "olga", bot);
    is_secret(rita);
    is_secret(bot);
    session = sign_in(play.gate, "bot", bot);
    SL_CHECK(session != 0 && leaks == 0);
}

/* --- deciding --- */

static void test_no_decision_without_the_persons_credential(void)
{
    static const char *const guesses[] = {"", "rita", "sld_",
                                          "sld_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table a");

    for (size_t i = 0; i < SL_COUNT(guesses); i++)
        SL_CHECK_INT(decide(guesses[i], h.approval, h.digest_hex, "approve"), 401);
    SL_CHECK_INT(decide(bot, h.approval, h.digest_hex, "approve"),
                 403); /* the requester's asking token */
    SL_CHECK_INT(decide(olga, h.approval, h.digest_hex, "approve"), 403); /* its owner */
    SL_CHECK_INT(decide(sam, h.approval, h.digest_hex, "approve"),
                 404); /* nobody who could see it */
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "pending");
}

/* Who decides is what the credential says, not what the desk writes beside it. */
static void test_no_decision_in_another_name(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table b");
    SL_BUF(body, 1024);

    sl_buf_say(&body,
               "{'id':'%s','decision':'approve','digest':'%s','reason':'me','identity':'rita','"
               "person':'rita',"
               "'approver':'rita','may_decide':true,'channel':'control','proof':'passkey'}",
               h.approval, h.digest_hex);
    SL_CHECK_INT(call_as(play.desk, "decision", olga, sl_buf_text(&body)), 403);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "pending");
}

/* A decision that it carried once opens nothing else: not another approval, not another digest, and
 * not the same one again. */
static void test_no_replay(void)
{
    struct held one = hold(play.gate, session, SL_EFFECT_DDL, "drop table c");
    struct held two = hold(play.gate, session, SL_EFFECT_DDL, "drop table d");

    SL_CHECK_INT(decide(rita, two.approval, one.digest_hex, "approve"), 409);
    SL_CHECK_INT(decide(rita, one.approval, two.digest_hex, "approve"), 409);
    SL_CHECK_INT(decide(rita, one.approval, "", "approve"), 409);
    SL_CHECK_INT(decide(rita, one.approval, one.digest_hex, "approve"), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
    SL_CHECK_INT(decide(rita, one.approval, one.digest_hex, "approve"), 409);
    SL_CHECK_INT(spend(play.gate, one.action, one.approval, one.digest), SL_MESSAGE_ACTION_GO);
    SL_CHECK_INT(decide(rita, one.approval, one.digest_hex, "approve"), 409);
    struct held again =
        hold(play.gate, session, SL_EFFECT_DDL, "drop table c"); /* the very same statement */
    SL_CHECK(strcmp(again.digest_hex, one.digest_hex) != 0);
    SL_CHECK_INT(decide(rita, again.approval, one.digest_hex, "approve"), 409);
    SL_CHECK_TEXT(sl_span_str(state_of(rita, two.approval)), "pending");
}

/* Who signs in to the console is who asked for the code, with a credential that decides; a session
 * that passed through opens no other, and when it is signed out it is over. */
static void test_no_session_without_the_persons_credential(void)
{
    char one[SECRET_BYTES];
    SL_BUF(body, 512);

    SL_CHECK_INT(call_as(play.desk, "session.code", "sls_guess", "{}"), 401);
    SL_CHECK_INT(call_as(play.desk, "session.code", bot, "{'identity':'rita'}"), 403);
    SL_CHECK_INT(call_as(play.desk, "session.open", rita, "{'code':'slb_guess'}"), 403);
    SL_CHECK_INT(call_as(play.desk, "session.code", sam, "{'identity':'rita'}"), 201);
    sl_buf_say(&body, "{'code':'%s','identity':'rita'}", said("code"));
    SL_CHECK_INT(call_as(play.desk, "session.open", rita, sl_buf_text(&body)), 201);
    SL_CHECK_TEXT(sl_span_str(said("identity")), "sam"); /* whatever is written beside it */
    keep_text(one, sizeof one, said("secret"));
    SL_CHECK_INT(call_as(play.desk, "session.open", "", sl_buf_text(&body)), 403);
    SL_CHECK_INT(call_as(play.desk, "session.code", one, "{}"), 403);
    SL_CHECK_INT(call_as(play.desk, "session.end", one, "{}"), 200);
    SL_CHECK_INT(call_as(play.desk, "whoami", one, "{}"), 401);
}

static void test_no_credential_that_is_over(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table e");
    char credential[SECRET_BYTES];

    add_human("nina", "dba", credential);
    SL_CHECK_INT(decide(credential, h.approval, h.digest_hex, "approve"),
                 404); /* newer than the question */
    struct held later = hold(play.gate, session, SL_EFFECT_DDL, "drop table f");
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", "{'name':'nina'}"), 200);
    SL_CHECK_INT(decide(credential, later.approval, later.digest_hex, "approve"), 401);
}

/* --- seeing --- */

static bool reply_has(const char *part)
{
    char *text = json_dumps(play.reply, 0);
    bool found = text != NULL && strstr(text, part) != NULL;

    free(text);
    return found;
}

static void test_no_sight_beyond_the_credential(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table very_telling_name");
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", h.approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", "", sl_buf_text(&body)), 401);
    SL_CHECK_INT(call_as(play.desk, "approval.get", sam, sl_buf_text(&body)), 404);
    SL_CHECK(!reply_has("very_telling_name"));
    SL_CHECK_INT(call_as(play.desk, "approval.list", sam, "{}"), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "approvals")), 0);
    SL_CHECK_INT(call_as(play.desk, "cancel", sam, sl_buf_text(&body)), 404);
    SL_CHECK_INT(call_as(play.desk, "approval.get", rita, sl_buf_text(&body)), 200);
    SL_CHECK(reply_has("very_telling_name"));
}

/* What comes unasked names an approval and its state, no more. */
static void test_events_tell_nothing(void)
{
    struct sl_msg_event e = {0};

    while (hear_within(play.desk, 100) != 0) {
    }
    hold(play.gate, session, SL_EFFECT_DDL, "drop table another_telling_name");
    if (!SL_CHECK_INT(hear_within(play.desk, PATIENCE_MS), SL_MESSAGE_EVENT) || !HEARD(event, &e))
        return;
    SL_CHECK(memmem(play.body.p, play.body.n, "telling", 7) == NULL);
    SL_CHECK(memmem(play.body.p, play.body.n, "bot", 3) == NULL);
    SL_CHECK_TEXT(e.state, "pending");
}

static void test_status_names_nobody(void)
{
    SL_CHECK_INT(call_as(play.desk, "status", "", "{}"), 200);
    SL_CHECK(!reply_has("rita") && !reply_has("bot") && !reply_has("telling"));
}

/* --- managing, and everything else --- */

static void test_no_management(void)
{
    static const char *const methods[] = {
        "identity.add",   "identity.list",  "identity.disable",  "identity.link",
        "identity.pause", "identity.group", "identity.invite",   "token.create",
        "token.revoke",   "token.list",     "ledger.rotate_key", "ledger.checkpoint"};

    for (size_t i = 0; i < SL_COUNT(methods); i++) {
        SL_CHECK_INT(call_as(play.desk, methods[i], rita,
                             "{'name':'rita','kind':'human','group':'dba'}"),
                     404);
        SL_CHECK_INT(call_as(play.desk, methods[i], "", "{'name':'rita'}"), 404);
    }
}

static void test_codes_cannot_be_guessed_or_used_twice(void)
{
    char code[SECRET_BYTES], mine[SECRET_BYTES];
    SL_BUF(body, 256);

    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'ute','kind':'human','groups':['dba']}"),
                 200);
    keep_text(code, sizeof code, said("code"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "",
                         "{'code':'slc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}"),
                 403);
    claim(code, mine);
    sl_buf_say(&body, "{'code':'%s'}", code);
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 403);
}

static void put_head(struct sl_buf *b, unsigned type, uint32_t body_bytes)
{
    sl_buf_put_le16(b, (uint16_t)type);
    sl_buf_put_le16(b, 0);
    sl_buf_put_le32(b, body_bytes);
}

#define NUMBER_OF(NAME, name, number, senders, states) number,
static const unsigned known_messages[] = {SL_MESSAGES(NUMBER_OF)};

static void new_desk(void)
{
    close(play.desk);
    play.desk = peer_at(SL_ROLE_DESK, 0, "");
}

/* It is no gate: it neither spends nor asks for proofs. What it may not say ends it. */
static void test_a_desk_says_only_what_a_desk_may(void)
{
    unsigned refused = 0;

    for (size_t i = 0; i < SL_COUNT(known_messages); i++) {
        if (sl_ipc_allowed((enum sl_message)known_messages[i], SL_ROLE_DESK, SL_CONN_OPEN) == SL_OK)
            continue;
        struct sl_buf b = sl_buf(64);
        put_head(&b, known_messages[i], 0);
        send_with(play.desk, &b, -1);
        if (!SL_CHECK(is_ended(play.desk)))
            printf("#   %s\n", sl_ipc_name(known_messages[i]));
        new_desk();
        refused++;
    }
    SL_CHECK(refused > 20);
    keeper_goes_on();
}

static void test_nonsense_ends_only_the_desk(void)
{
    for (unsigned round = 0; round < 60; round++) {
        struct sl_buf b = sl_buf(4096);
        put_head(&b, SL_MESSAGE_CALL, round % 2 == 0 ? 40 + round : 39 + round);
        for (unsigned i = 0; i < 40 + round; i++)
            sl_buf_put_u8(&b, (uint8_t)(i * 167u + round * 31u + 128u));
        send_with(play.desk, &b, -1);
        SL_CHECK(is_ended(play.desk));
        new_desk();
    }
    keeper_goes_on();
    SL_CHECK(is_open(play.gate));
}

/* A body that is no JSON object is a plain error to that call. */
static void test_bad_bodies_are_errors(void)
{
    static const char *const bodies[] = {"",
                                         "[]",
                                         "{",
                                         "{'id':1}",
                                         "{'id':'x','id':'y'}",
                                         "null",
                                         "{'id':'00000000-0000-7000-8000-000000000000'}"};

    for (size_t i = 0; i < SL_COUNT(bodies); i++) {
        uint32_t status = call_as(play.desk, "approval.get", rita, bodies[i]);
        SL_CHECK(status == 400 || status == 404);
    }
    SL_CHECK_INT(call_as(play.desk, "no.such.method", rita, "{}"), 404);
    keeper_goes_on();
}

/* --- words that do not fit ------------------------------------------------------------------ */

/* `bytes` of them, and where it is cut stands the middle of a character. */
static void put_words(struct sl_buf *b, size_t bytes)
{
    for (size_t i = 0; i + 1 < bytes; i++)
        sl_buf_put_u8(b, 'x');
    sl_buf_put_str(b, "\xc3\xa9 and so on");
}

/* Every place that shortens what a person wrote, with a length just below, at and above. */
static void test_a_reason_cut_in_a_character_harms_nobody(void)
{
    static const size_t places[] = {63, 500, 1024, 2000, 4000};

    for (size_t i = 0; i < SL_COUNT(places); i++) {
        struct held one = hold(play.gate, session, SL_EFFECT_DDL, "drop table cut_one");
        SL_BUF(body, 16 * 1024);
        sl_buf_say(&body, "{'id':'%s','reason':'", one.approval);
        put_words(&body, places[i]);
        sl_buf_put_str(&body, "'}");
        SL_CHECK_INT(call_as(play.desk, "cancel", bot, sl_buf_text(&body)), 200);
        SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_REFUSED);
        struct held two = hold(play.gate, session, SL_EFFECT_DDL, "drop table cut_two");
        sl_buf_reset(&body);
        sl_buf_say(&body, "{'id':'%s','decision':'deny','digest':'%s','reason':'", two.approval,
                   two.digest_hex);
        put_words(&body, places[i]);
        sl_buf_put_str(&body, "'}");
        SL_CHECK_INT(call_as(play.desk, "decision", rita, sl_buf_text(&body)), 200);
        SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_REFUSED);
        sl_buf_reset(&body);
        sl_buf_put_str(&body, "{'name':'");
        put_words(&body, places[i]);
        sl_buf_put_str(&body, "'}");
        SL_CHECK_INT(call_as(play.control, "identity.disable", "", sl_buf_text(&body)), 404);
    }
    keeper_goes_on();
}

/* One call with a body of any size; its status. */
static uint32_t call_large(const char *method, const char *credential, struct sl_span body)
{
    struct sl_buf message = sl_buf(4 * 1024 * 1024);
    struct sl_msg_reply m = {0};

    sl_msg_call_put(&message, &(struct sl_msg_call){.call = ++play.call,
                                                    .method = sl_span_str(method),
                                                    .credential = sl_span_str(credential),
                                                    .address = SL_SPAN("127.0.0.1"),
                                                    .body = body});
    if (message.n - SL_IPC_HEADER > SL_IPC_INLINE)
        send_sealed(play.desk, &message);
    else
        send_with(play.desk, &message, -1);
    return SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) && HEARD(reply, &m) ? m.status : 0;
}

static void put_repeated(struct sl_buf *b, const char *key, size_t bytes)
{
    sl_buf_say(b, ",\"%s\":\"", key);
    for (size_t i = 0; i < bytes; i++)
        sl_buf_put_u8(b, 'y');
    sl_buf_put_u8(b, '"');
}

/* What cannot be recorded is refused, whatever the policy says of it. */
static void test_an_action_that_fits_no_leaf_is_refused(void)
{
    static const char *const effects[] = {"read", "program", "ddl"}; /* allow, deny, hold */

    for (size_t i = 0; i < SL_COUNT(effects); i++) {
        SL_BUF(body, 1024 * 1024);

        sl_buf_say(&body, "{\"target\":\"finance\",\"operation\":{},\"effects\":[\"%s\"]",
                   effects[i]);
        put_repeated(&body, "reason", 60 * 1024);
        put_repeated(&body, "run", 60 * 1024);
        put_repeated(&body, "sink", 60 * 1024);
        sl_buf_put_u8(&body, '}');
        SL_CHECK_INT(call_large("approval.create", bot, sl_buf_span(&body)), 400);
    }
    keeper_goes_on();
}

static void put_list(struct sl_buf *b, const char *key, const char *word, size_t count)
{
    sl_buf_say(b, ",\"%s\":[", key);
    for (size_t i = 0; i < count; i++)
        sl_buf_say(b, "%s\"%s\"", i == 0 ? "" : ",", word);
    sl_buf_put_u8(b, ']');
}

/* How many words a body has is the caller's business; what the keeper makes of them is not. */
static void test_many_words_end_nothing(void)
{
    static const char *const effects[] = {"read", "program", "ddl"};

    for (size_t i = 0; i < SL_COUNT(effects); i++)
        for (int where = 0; where < 3; where++) {
            SL_BUF(body, 1024 * 1024);

            sl_buf_put_str(&body, "{\"target\":\"finance\",\"operation\":{}");
            put_list(&body, "effects", effects[i], where == 0 ? 20000 : 1);
            if (where == 1)
                put_list(&body, "statements", "select", 20000);
            if (where == 2) {
                sl_buf_say(&body, ",\"datasets\":[{\"name\":\"t\",\"effects\":[\"%s\"]",
                           effects[i]);
                put_list(&body, "columns", "c", 20000);
                sl_buf_put_str(&body, "}]");
            }
            sl_buf_put_u8(&body, '}');
            SL_CHECK(sl_buf_err(&body) == SL_OK);
            SL_CHECK_INT(call_large("approval.create", bot, sl_buf_span(&body)), 400);
        }
    keeper_goes_on();
}

/* It goes into the requester set, and with that into every entry about the action. */
static void test_who_started_it_is_a_name(void)
{
    static const char *const effects[] = {"read", "program", "ddl"};
    static const size_t lengths[] = {64, 1000, 70 * 1024, 150 * 1024};

    for (size_t i = 0; i < SL_COUNT(effects); i++)
        for (size_t n = 0; n < SL_COUNT(lengths); n++) {
            SL_BUF(body, 1024 * 1024);

            sl_buf_say(&body, "{\"target\":\"finance\",\"operation\":{},\"effects\":[\"%s\"]",
                       effects[i]);
            put_repeated(&body, "triggered_by", lengths[n]);
            sl_buf_put_u8(&body, '}');
            SL_CHECK_INT(call_large("approval.create", bot, sl_buf_span(&body)), 400);
        }
    keeper_goes_on();
}

/* --- grants that are consumed --------------------------------------------------------------- */

/* An external action on public.notes that rita approved. */
static struct held ask_and_approve(const char *what)
{
    struct held h = {0};
    SL_BUF(body, 1024);

    sl_buf_say(&body,
               "{'target':'finance','operation':{'do':'%s'},'effects':['ddl'],"
               "'datasets':[{'name':'public.notes','effects':['ddl'],'columns':['mail']}]}",
               what);
    SL_CHECK_INT(call_as(play.desk, "approval.create", bot, sl_buf_text(&body)), 201);
    keep_text(h.approval, sizeof h.approval, said("id"));
    keep_text(h.digest_hex, sizeof h.digest_hex, said("digest"));
    SL_CHECK_INT(decide(rita, h.approval, h.digest_hex, "approve"), 200);
    return h;
}

static uint32_t consume(const struct held *h)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s','digest':'%s'}", h->approval, h->digest_hex);
    return call_as(play.desk, "consume", bot, sl_buf_text(&body));
}

static void derive_label(const char *column)
{
    struct sl_ipc_list columns = {0}, labels = {0}, sources = {0};
    SL_BUF(a, 1024);
    SL_BUF(b, 1024);
    SL_BUF(c, 1024);

    sl_ipc_list_add(&a, &columns, sl_span_str(column));
    sl_ipc_list_add(&b, &labels, SL_SPAN("pii"));
    sl_ipc_list_add(&c, &sources, SL_SPAN("hidden.people.mail"));
    columns.items = sl_buf_span(&a);
    labels.items = sl_buf_span(&b);
    sources.items = sl_buf_span(&c);
    TELL(play.gate, label_flow, .told = 1, .target = SL_SPAN("finance"), .session = session,
         .columns = columns, .labels = labels, .sources = sources);
}

/* What runs is what was shown: not when its data carries a label since, nor by who lost access. */
static void test_P3_consume_what_was_shown(void)
{
    struct held h = ask_and_approve("something");

    SL_CHECK_INT(consume(&h), 200);
    SL_CHECK_INT(consume(&h), 409);
    h = ask_and_approve("something else");
    SL_CHECK_INT(call_as(play.control, "identity.group", "",
                         "{'name':'bot','group':'agents','member':false}"),
                 200);
    SL_CHECK_INT(consume(&h), 409);
    SL_CHECK_INT(call_as(play.control, "identity.group", "",
                         "{'name':'bot','group':'agents','member':true}"),
                 200);
    SL_CHECK_INT(consume(&h), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_SESSION_END); /* it had other groups */
    session = sign_in(play.gate, "bot", bot);
    h = ask_and_approve("with mail");
    derive_label("public.notes.mail");
    hold(play.gate, session, SL_EFFECT_DDL, "drop table after_the_label"); /* so it was read */
    SL_CHECK_INT(consume(&h), 409);
}

static void ask_large(const char *name, size_t bytes)
{
    SL_BUF(body, 2 * 1024 * 1024);

    sl_buf_say(&body, "{\"target\":\"finance\",\"effects\":[\"ddl\"],\"operation\":{\"x\":\"%s\"",
               name);
    put_repeated(&body, "y", bytes);
    sl_buf_put_str(&body, "}}");
    SL_CHECK_INT(call_large("approval.create", bot, sl_buf_span(&body)), 201);
}

enum { LARGE_ONES = SL_SANITIZED ? 12 : 40 };

/* Who asks much and at length hides nobody's question, and stops no reviewer from looking. */
static void test_large_questions_hide_nothing(void)
{
    struct held h = hold(play.gate, session, SL_EFFECT_DDL, "drop table among_large_ones");
    char last[64];

    snprintf(last, sizeof last, "large %d", LARGE_ONES - 1);
    for (int i = 0; i < LARGE_ONES; i++) {
        SL_BUF(name, 64);

        sl_buf_say(&name, "large %d", i);
        ask_large(sl_buf_text(&name), 1000 * 1000);
    }
    SL_CHECK_INT(call_as(play.desk, "approval.list", rita, "{'limit':500}"), 200);
    SL_CHECK(reply_has("among_large_ones") && reply_has(h.approval) && reply_has(last));
    SL_CHECK(!reply_has(
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"));
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "pending");
}

/* One who asks without end is told to wait for the answers, and crowds out nobody. */
static void test_many_questions_of_one(void)
{
    uint32_t status = 201;
    int asked = 0;

    for (; asked < 1000 && status == 201; asked++) {
        SL_BUF(body, 256);

        sl_buf_say(&body, "{'target':'finance','effects':['ddl'],'operation':{'n':%d}}", asked);
        status = call_as(play.desk, "approval.create", bot, sl_buf_text(&body));
    }
    SL_CHECK_INT(status, 403);
    SL_CHECK(asked > 50 && asked < 500);
    SL_CHECK_INT(call_as(play.control, "token.revoke", "", "{'name':'bot'}"), 200);
    while (hear_within(play.desk, 100) != 0) /* an event for each */
        ;
    SL_CHECK_INT(call_as(play.desk, "approval.list", rita, "{'state':'pending','limit':500}"), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "approvals")), 0);
}

/* Members of the wrong kind are not passed over: what was left out would not be judged. */
static void test_members_of_another_kind_are_errors(void)
{
    static const char *const wrong[] = {"'datasets':{'name':'public.orders','effects':['read']}",
                                        "'datasets':'public.orders'",
                                        "'effects':'ddl'",
                                        "'effects':[['ddl']]",
                                        "'statements':'drop'",
                                        "'statements':{}",
                                        "'reason':['why']",
                                        "'run':7",
                                        "'sink':{}",
                                        "'triggered_by':['rita']",
                                        "'triggered_by':null"};

    for (size_t i = 0; i < SL_COUNT(wrong); i++) {
        SL_BUF(body, 1024);

        sl_buf_say(&body, "{'target':'finance','operation':{},%s}", wrong[i]);
        if (!SL_CHECK_INT(call_as(play.desk, "approval.create", bot, sl_buf_text(&body)), 400))
            printf("#   %s\n", wrong[i]);
    }
}

/* Guessing from many addresses does not lock out who has a credential. */
static void test_guessing_locks_nobody_out(void)
{
    for (int i = 0; i < 80; i++) {
        SL_BUF(address, 64);

        sl_buf_say(&address, "10.1.%d.1", i / 5);
        play.address = sl_buf_text(&address);
        SL_CHECK_INT(call_as(play.desk, "whoami", "sld_guess", "{}"), 401);
        SL_CHECK_INT(call_as(play.desk, "enroll", "", "{'code':'slc_guess'}"), 403);
    }
    play.address = "10.2.0.1";
    SL_CHECK_INT(call_as(play.desk, "whoami", rita, "{}"), 200);
    SL_CHECK_INT(call_as(play.desk, "enroll", "", "{'code':'slc_guess'}"), 403);
    play.address = NULL;
}

/* Nor does guessing from the very same address, at whatever door: all people of a place, or behind
 * one proxy, have one. What is right goes on, what is wrong waits. */
static void test_guessing_beside_somebody(void)
{
    static const struct {
        const char *method, *credential, *body;
    } doors[] = {{"whoami", "sld_guess", "{}"},
                 {"whoami", "slt_guess", "{}"},
                 {"enroll", "", "{'code':'slc_guess'}"},
                 {"session.open", "", "{'code':'slb_guess'}"},
                 {"scim", "slp_guess", "{'method':'GET','what':'Users','query':{}}"}};
    char code[SECRET_BYTES], fresh[SECRET_BYTES];
    SL_BUF(body, 256);

    play.address = "10.3.0.1";
    for (size_t i = 0; i < SL_COUNT(doors); i++) {
        uint32_t status = 0;
        for (int n = 0; n < 80 && status != 429; n++)
            status = call_as(play.desk, doors[i].method, doors[i].credential, doors[i].body);
        SL_CHECK_INT(status, 429);
        SL_CHECK_INT(call_as(play.desk, doors[i].method, doors[i].credential, doors[i].body), 429);
    }
    SL_CHECK_INT(call_as(play.desk, "whoami", rita, "{}"), 200);
    SL_CHECK_INT(call_as(play.desk, "session.code", rita, "{}"), 201);
    keep_text(code, sizeof code, said("code"));
    sl_buf_say(&body, "{'code':'%s'}", code);
    SL_CHECK_INT(call_as(play.desk, "session.open", "", sl_buf_text(&body)), 201);
    keep_text(code, sizeof code, said("secret"));
    SL_CHECK_INT(call_as(play.desk, "whoami", code, "{}"), 200);
    play.address = NULL;
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'newcomer','kind':'human','groups':[]}"),
                 200);
    keep_text(code, sizeof code, said("code"));
    play.address = "10.3.0.1";
    claim(code, fresh);
    SL_CHECK_INT(call_as(play.desk, "whoami", fresh, "{}"), 200);
    play.address = NULL;
}

/* Guessing through the desk gets slower for that address. */
static void test_guessing_is_slowed_down(void)
{
    uint32_t status = 0;

    for (int i = 0; i < 30 && status != 429; i++)
        status = call_as(play.desk, "whoami", "sld_guess", "{}");
    SL_CHECK_INT(status, 429);
}

static void test_nothing_of_it_stays(void)
{
    struct held h =
        hold_and_approve(play.gate, session, SL_EFFECT_IMPORT, "copy a from stdin", rita);
    kill_keeper();
    start_keeper();
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "approved");
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    SL_RUN(test_the_stage);
    SL_RUN(test_no_decision_without_the_persons_credential);
    SL_RUN(test_no_decision_in_another_name);
    SL_RUN(test_no_replay);
    SL_RUN(test_no_session_without_the_persons_credential);
    SL_RUN(test_no_credential_that_is_over);
    SL_RUN(test_no_sight_beyond_the_credential);
    SL_RUN(test_events_tell_nothing);
    SL_RUN(test_status_names_nobody);
    SL_RUN(test_no_management);
    SL_RUN(test_codes_cannot_be_guessed_or_used_twice);
    SL_RUN(test_a_desk_says_only_what_a_desk_may);
    SL_RUN(test_nonsense_ends_only_the_desk);
    SL_RUN(test_bad_bodies_are_errors);
    SL_RUN(test_a_reason_cut_in_a_character_harms_nobody);
    SL_RUN(test_an_action_that_fits_no_leaf_is_refused);
    SL_RUN(test_many_words_end_nothing);
    SL_RUN(test_who_started_it_is_a_name);
    SL_RUN(test_members_of_another_kind_are_errors);
    SL_RUN(test_guessing_locks_nobody_out);
    SL_RUN(test_guessing_beside_somebody);
    SL_RUN(test_nothing_of_it_stays);
    SL_RUN(test_P3_consume_what_was_shown);
    SL_RUN(test_large_questions_hide_nothing);
    SL_RUN(test_many_questions_of_one);
    SL_RUN(test_guessing_is_slowed_down);
    return end_play();
}
