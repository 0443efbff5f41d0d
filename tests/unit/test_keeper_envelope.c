/* Envelopes: what may be asked, what a use is bound to, and that no crash and no gate gets more
 * uses than were approved (P1-P4, P11). The first argument is the program. */
#define KEEPER_PLAY_RULES                       \
    "  - name: people\n"                        \
    "    when: {datasets: [hidden.people]}\n"   \
    "    then: hold\n"                          \
    "    reviewers: {groups: [dba], need: 1}\n" \
    "    envelope: yes\n"                       \
    "  - name: papers\n"                        \
    "    when: {datasets: [hidden.papers]}\n"   \
    "    then: hold\n"                          \
    "    reviewers: {groups: [dba], need: 1}\n"
#include "tests/unit/hold_play.h"

static char gil[128];

/* What a gate proposes; NULL or 0: as it should be. */
struct wanted {
    const char *only, *run, *reason, *sql, *dataset, *settings;
    uint64_t times, rows;
    uint32_t effects, flags;
    uint8_t in_transaction;
    const char *operation;
};

static void put_operation(struct sl_buf *b, const struct wanted *w)
{
    if (w->operation != NULL)
        sl_buf_put_str(b, w->operation);
    else
        sl_buf_say(b, "{\"envelope\":{\"for_s\":60,\"rows\":%U,\"times\":%U},\"sql\":\"%s\"}",
                   w->rows == 0 ? (uint64_t)5 : w->rows, w->times == 0 ? (uint64_t)3 : w->times,
                   w->sql == NULL ? "select mail from people where id = {integer}" : w->sql);
}

static uint64_t propose(struct wanted w)
{
    SL_BUF(operation, 4096);
    SL_BUF(meaning, 4096);
    uint32_t effects = w.effects == 0 ? (uint32_t)SL_EFFECT_READ : w.effects;
    struct sl_meaning_statement select = {SL_SPAN("select"), effects};
    struct sl_meaning_access access = {.dataset = sl_span_str(w.dataset == NULL ? "hidden.people"
                                                                                : w.dataset),
                                       .effects = effects};
    struct sl_meaning m = {.effects = effects,
                           .flags = w.flags == 0 ? (uint32_t)SL_MEANING_SHAPE_SHARED : w.flags,
                           .statements = &select,
                           .statement_count = 1,
                           .accesses = &access,
                           .access_count = 1};

    put_operation(&operation, &w);
    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = session, .action = next_action,
         .generation = policy_generation, .asked_us = sl_clock_us(),
         .operation = sl_buf_span(&operation), .meaning = sl_buf_span(&meaning),
         .context_user = SL_SPAN("app"), .context_settings = sl_span_str(w.settings),
         .reason = sl_span_str(w.reason), .run = sl_span_str(w.run == NULL ? "tickets" : w.run),
         .in_transaction = w.in_transaction, .only = sl_span_str(w.only));
    return next_action++;
}

static void refused(const char *name, struct wanted w, const char *why)
{
    struct sl_msg_action_refused m = {0};
    SL_BUF(text, 4096);

    propose(w);
    if (!SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_REFUSED)) || !HEARD(action_refused, &m))
        return;
    sl_buf_put(&text, m.why);
    if (!SL_CHECK(strstr(sl_buf_text(&text), why) != NULL))
        printf("# %s: %s\n", name, sl_buf_text(&text));
}

/* Asked for, and approved by this person. */
static void ask(struct wanted w, const char *who)
{
    uint64_t action = propose(w);

    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)))
        note_held();
    TELL(play.gate, action_left, .action = action, .how = 0, .why = SL_SPAN("asked for"));
    SL_CHECK_INT(decide(olga, "approve"), 403); /* whose agent it is (P4) */
    SL_CHECK_INT(decide(who, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "approved");
}

/* One use: the answer to its spend. */
static unsigned use_as(struct wanted w, uint64_t *action)
{
    w.only = approval;
    *action = propose(w);
    if (!SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)))
        return 0;
    struct sl_msg_action_held m;
    uint8_t salted[32];
    SL_CHECK(HEARD(action_held, &m) && m.joined == 1 && m.granted == 1);
    memcpy(salted, m.digest.p, sizeof salted);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    return spend(*action, salted);
}

static unsigned use(void)
{
    struct sl_msg_action_go go = {0};
    uint64_t action;
    unsigned answer = use_as((struct wanted){0}, &action);

    if (answer == SL_MESSAGE_ACTION_GO && HEARD(action_go, &go)) {
        SL_CHECK_INT(go.rows, 5);
        journal(action, true, true, approval);
        keeper_reads_journal();
    }
    return answer;
}

static uint64_t uses_of(const char *id)
{
    state_of(id);
    return (uint64_t)json_integer_value(json_object_get(play.reply, "uses"));
}

static void over_is(const char *state)
{
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), state);
    refused("over", (struct wanted){.only = approval}, state);
}

static void test_P7_what_may_be_asked(void)
{
    refused("rule", (struct wanted){.dataset = "hidden.papers"}, "not every rule");
    refused("run", (struct wanted){.run = ""}, "for one run");
    refused("transaction", (struct wanted){.in_transaction = 1}, "outside of a transaction");
    refused("write", (struct wanted){.effects = SL_EFFECT_UPDATE}, "more than one SELECT");
    refused("literals", (struct wanted){.flags = SL_MEANING_UNSHAPED}, "depend on its literals");
}

#define BEYOND_A_BUDGET                                                                    \
    "{\"budget\":\"\",\"delivered\":0,\"envelope\":{\"for_s\":60,\"rows\":5,\"times\":3}," \
    "\"sql\":\"x\"}"

/* A gate that says what no envelope may say is not ours. */
static void test_captured_gate_cannot_widen_the_bounds(void)
{
    static const char *const operations[] = {
        "{\"envelope\":{\"for_s\":60,\"rows\":5,\"times\":1001},\"sql\":\"x\"}",
        "{\"envelope\":{\"for_s\":28801,\"rows\":5,\"times\":3},\"sql\":\"x\"}",
        "{\"envelope\":{\"for_s\":60,\"rows\":0,\"times\":3},\"sql\":\"x\"}",
        "{\"envelope\":{\"for_s\":60,\"rows\":5},\"sql\":\"x\"}",
        "{\"envelope\":{\"for_s\":60,\"rows\":5,\"times\":3}}",
        "{\"envelope\":7,\"sql\":\"x\"}",
        (BEYOND_A_BUDGET),
    };

    for (size_t i = 0; i < SL_COUNT(operations); i++) {
        propose((struct wanted){.operation = operations[i]});
        SL_CHECK_INT(hear_within(play.gate, PATIENCE_MS), 0);
        another_gate();
        open_session();
    }
}

static void test_P2_so_many_uses_and_no_more(void)
{
    ask((struct wanted){0}, rita);
    SL_CHECK_INT(use(), SL_MESSAGE_ACTION_GO);
    SL_CHECK_INT(use(), SL_MESSAGE_ACTION_GO);
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "approved");
    SL_CHECK_INT(use(), SL_MESSAGE_ACTION_GO);
    SL_CHECK_INT(uses_of(approval), 3);
    over_is("spent");
    SL_CHECK_INT(uses_of(approval), 3);
}

/* kill -9 behind each spend: what was spent stays counted, and nothing more is ever given. */
static void test_P2_P9_the_count_survives_a_crash(void)
{
    for (uint64_t spent = 1; spent <= 3; spent++) {
        uint64_t action = 0;

        ask((struct wanted){.reason = spent == 1 ? "a" : spent == 2 ? "b" : "c"}, rita);
        for (uint64_t i = 0; i < spent; i++)
            SL_CHECK_INT(use_as((struct wanted){.reason = spent == 1   ? "a"
                                                          : spent == 2 ? "b"
                                                                       : "c"},
                                &action),
                         SL_MESSAGE_ACTION_GO);
        kill_keeper();
        start_keeper();
        policy_generation = 1;
        SL_CHECK_INT(uses_of(approval), spent);
        over_is(spent == 3 ? "spent" : "revoked");
        SL_CHECK_INT(uses_of(approval), spent);
        journal(action, true, true, approval);
        keeper_reads_journal();
    }
}

static void test_P3_each_deviation_ends_it(void)
{
    static const struct wanted deviations[] = {
        {.run = "other"},
        {.reason = "other"},
        {.sql = "select mail from people where id > {integer}"},
        {.settings = "DateStyle=other"},
        {.rows = 6},
        {.times = 4},
    };

    for (size_t i = 0; i < SL_COUNT(deviations); i++) {
        struct wanted w = deviations[i];

        ask((struct wanted){0}, rita);
        SL_CHECK_INT(use(), SL_MESSAGE_ACTION_GO);
        w.only = approval;
        refused("deviates", w, "not what was shown to reviewers");
        SL_CHECK_INT(uses_of(approval), 1);
        over_is("revoked");
    }
}

static void test_the_gate_says_that_it_ended(void)
{
    ask((struct wanted){0}, rita);
    TELL(play.gate, envelope_end, .session = session, .approval = sl_span_str(approval),
         .why = SL_SPAN("another statement"));
    for (int i = 0; i < 500 && strcmp(state_of(approval), "revoked") != 0; i++)
        usleep(10 * 1000); /* the gate and the desk are heard one after the other */
    over_is("revoked");
    SL_CHECK_TEXT(sl_span_str(said("why")), "another statement");
}

static void test_P3_another_digest_ends_it(void)
{
    static const uint8_t wrong[32] = {1};
    uint64_t action;

    ask((struct wanted){0}, rita);
    action = propose((struct wanted){.only = approval});
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD));
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(action, wrong), SL_MESSAGE_ACTION_REFUSED);
    over_is("revoked");
    SL_CHECK_INT(uses_of(approval), 0);
}

static void test_P4_it_ends_with_its_approver(void)
{
    ask((struct wanted){0}, gil);
    SL_CHECK_INT(use(), SL_MESSAGE_ACTION_GO);
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'name':'gil'}"), 200);
    over_is("revoked");
}

static void test_P11_an_unknown_use_ends_it(void)
{
    uint64_t action;

    ask((struct wanted){.reason = "u"}, rita);
    SL_CHECK_INT(use_as((struct wanted){.reason = "u"}, &action), SL_MESSAGE_ACTION_GO);
    journal(action, true, false, approval);
    keeper_reads_journal();
    another_gate();
    open_session();
    over_is("revoked");
    state_of(approval);
    SL_CHECK_TEXT(sl_json_str(json_object_get(play.reply, "outcome"), "outcome"), "unknown");
    char first[37];
    memcpy(first, approval, sizeof first);
    propose((struct wanted){.reason = "u"});
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_HELD)))
        note_held();
    state_of(approval);
    SL_CHECK_TEXT(sl_span_str(said("repeats")), first);
}

int main(int argc, char **argv)
{
    SL_PROMISE(argc == 2);
    play_begin(argv[1]);
    add_people();
    add_human("gil", "'dba'", gil);
    SL_RUN(test_P7_what_may_be_asked);
    SL_RUN(test_P2_so_many_uses_and_no_more);
    SL_RUN(test_P3_each_deviation_ends_it);
    SL_RUN(test_the_gate_says_that_it_ended);
    SL_RUN(test_P3_another_digest_ends_it);
    SL_RUN(test_P4_it_ends_with_its_approver);
    SL_RUN(test_P2_P9_the_count_survives_a_crash);
    SL_RUN(test_P11_an_unknown_use_ends_it);
    SL_RUN(test_captured_gate_cannot_widen_the_bounds);
    play_end();
    return sl_tap_done();
}
