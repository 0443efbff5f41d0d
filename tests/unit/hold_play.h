/* A little language of the gate: it holds, people decide, it spends and writes its journal. */
#ifndef SL_TESTS_HOLD_PLAY_H
#define SL_TESTS_HOLD_PLAY_H

#include "tests/unit/keeper_play.h"

#include "base/encode.h"
#include "core/action/action.h"
#include "core/policy/policy.h"

static char token[128], rita[128], olga[128];
static uint64_t session, next_action = 1;
static uint32_t policy_generation = 1;

static inline unsigned login_token(const char *name, const char *secret, const char *address,
                                   bool tls)
{
    static uint64_t conn = 100;

    TELL(play.gate, login_token, .conn = ++conn, .target = SL_SPAN("finance"),
         .user = sl_span_str(name), .address = sl_span_str(address), .tls = tls,
         .token = sl_span_str(secret));
    return hear_within(play.gate, PATIENCE_MS);
}

static inline void open_session(void)
{
    struct sl_msg_login_ok ok = {0};

    if (SL_CHECK_INT(login_token("bot", token, "127.0.0.1", false), SL_MESSAGE_LOGIN_OK) &&
        HEARD(login_ok, &ok))
        session = ok.session;
}

static struct sl_msg_action_held held;
static char approval[37], digest_hex[65];
static uint8_t digest[32];

static inline uint64_t propose_as(uint64_t in_session, uint32_t effects, const char *sql,
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

static inline void note_held(void)
{
    SL_BUF(hex, 128);

    if (!HEARD(action_held, &held) || held.approval.n != 36 || held.digest.n != 32)
        return;
    memcpy(approval, held.approval.p, 36);
    memcpy(digest, held.digest.p, 32);
    sl_hex_put(&hex, held.digest);
    memcpy(digest_hex, sl_buf_text(&hex), 65);
}

static inline uint64_t hold(uint32_t effects, const char *sql)
{
    uint64_t action = propose_as(session, effects, sql, "spring clean", 0);

    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)))
        note_held();
    return action;
}

static inline uint32_t decide(const char *credential, const char *decision)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'id':'%s','decision':'%s','digest':'%s','reason':'looked at it'}", approval,
               decision, digest_hex);
    return call_as(play.desk, "decision", credential, sl_buf_text(&body));
}

static inline const char *state_of(const char *id)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", id);
    SL_CHECK_INT(call_as(play.desk, "approval.get", rita, sl_buf_text(&body)), 200);
    return said("state");
}

static inline unsigned spend(uint64_t action, const uint8_t what[32])
{
    TELL(play.gate, action_spend, .action = action, .approval = sl_span_str(approval),
         .digest = sl_span(what, 32));
    return hear_within(play.gate, PATIENCE_MS);
}

static inline uint64_t hold_and_approve(uint32_t effects, const char *sql)
{
    uint64_t action = hold(effects, sql);

    SL_CHECK_INT(decide(rita, "approve"), 200);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    return action;
}

static inline void journal(uint64_t action, bool intent, bool outcome, const char *id)
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

/* A human in these groups (quoted, with commas), and the credential that they claimed. */
static inline void add_human(const char *name, const char *groups, char credential[128])
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'%s','kind':'human','groups':[%s]}", name, groups);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&body)), 200);
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'code':'%s'}", said("code"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 201);
    keep(credential, 128, said("credential"));
}

static inline void add_reviewer(const char *name, char credential[128])
{
    add_human(name, "'dba'", credential);
}

/* Olga's agent, bot, is signed in; rita could decide what it asks. */
static inline void add_people(void)
{
    add_human("olga", "'engineers','dba'", olga);
    add_human("rita", "'dba'", rita);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'agent','owner':'olga','groups':['agents','dba']}"),
                 200);
    SL_CHECK_INT(call_as(play.control, "token.create", "", "{'name':'bot','ttl':'1h'}"), 200);
    keep(token, 128, said("token"));
    open_session();
}

#endif
