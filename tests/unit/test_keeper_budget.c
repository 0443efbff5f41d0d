/* Budgets as a gate meets them: borrowing from the keeper, giving back, and what stays used when
 * the gate, the session or the keeper ends. The first argument is the program. */
#include "tests/unit/keeper_play.h"

static char token[128];
static uint64_t session;

static void open_session(void)
{
    struct sl_msg_login_ok ok = {0};

    TELL(play.gate, login_token, .conn = 1, .target = SL_SPAN("finance"), .user = SL_SPAN("bot"),
         .address = SL_SPAN("127.0.0.1"), .tls = 1, .token = sl_span_str(token));
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_LOGIN_OK)) && HEARD(login_ok, &ok))
        session = ok.session;
}

static void test_people(void)
{
    SL_CHECK_INT(call_as(play.control, "identity.add", "", "{'name':'olga','kind':'human'}"), 200);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'agent','owner':'olga','groups':['agents']}"),
                 200);
    SL_CHECK_INT(call_as(play.control, "token.create", "", "{'name':'bot','ttl':'1h'}"), 200);
    memcpy(token, said("token"), strlen(said("token")) + 1);
    open_session();
}

struct asked {
    const char *rule, *run;
    uint64_t rows, want, used;
    uint32_t generation;
};

static struct sl_msg_budget_lease ask(uint64_t lease, struct asked a)
{
    struct sl_msg_budget_lease m = {.answer = 99};
    struct sl_ipc_list rules = {0};
    SL_BUF(items, 1024);

    sl_ipc_list_add(&items, &rules, sl_span_str(a.rule == NULL ? "bites" : a.rule));
    TELL(play.gate, budget_ask, .session = session, .lease = lease,
         .generation = a.generation == 0 ? 1 : a.generation, .rules = rules,
         .run = sl_span_str(a.run == NULL ? "" : a.run), .rows = a.rows, .bytes = 1,
         .statements = 0, .want_rows = a.want, .want_bytes = 1, .used_rows = a.used);
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_BUDGET_LEASE)))
        HEARD(budget_lease, &m);
    return m;
}

static void give_back(uint64_t lease, uint64_t rows)
{
    struct sl_msg_budget_returned m = {0};

    TELL(play.gate, budget_return, .session = session, .lease = lease, .rows = rows);
    if (SL_CHECK(hear(play.gate, SL_MESSAGE_BUDGET_RETURNED)) && HEARD(budget_returned, &m))
        SL_CHECK_INT(m.lease, lease);
}

/* How much of the 100 is left: asks for all of it, and less until the keeper says yes. */
static uint64_t left(void)
{
    uint64_t rows = 100;

    while (rows > 0 && ask(999, (struct asked){.rows = rows}).answer != 0)
        rows--;
    if (rows > 0)
        give_back(999, 0);
    return rows;
}

static void test_lending(void)
{
    struct sl_msg_budget_lease m = ask(1, (struct asked){.rows = 1, .want = 30});

    SL_CHECK_INT(m.answer, 0);
    SL_CHECK_INT(m.rows, 30);
    SL_CHECK_INT(m.bytes, UINT64_MAX);
    m = ask(2, (struct asked){.rows = 1, .want = 1000});
    SL_CHECK_INT(m.rows, 35); /* half of what is left */
    SL_CHECK_INT(left(), 35);
    give_back(1, 10);
    SL_CHECK_INT(left(), 55);
    give_back(1, 10); /* said again, after a lost answer: nothing happens */
    SL_CHECK_INT(left(), 55);
    give_back(2, 1000); /* more than it had: as much as it had */
    SL_CHECK_INT(left(), 55);
}

static void test_used_counts_while_it_runs(void)
{
    SL_CHECK_INT(ask(3, (struct asked){.rows = 20}).rows, 20);
    SL_CHECK_INT(ask(3, (struct asked){.rows = 1, .used = 15}).rows, 1);
    SL_CHECK_INT(left(), 34);
    SL_CHECK_INT(ask(3, (struct asked){.rows = 90, .used = 2}).answer, 1); /* noted all the same */
    give_back(3, 0);
    SL_CHECK_INT(left(), 38); /* 55 - 17 */
}

static void test_used_up(void)
{
    struct sl_msg_budget_lease m = ask(4, (struct asked){.rows = 39});

    SL_CHECK_INT(m.answer, 1);
    SL_CHECK_TEXT(m.rule, "bites");
    SL_CHECK_INT(ask(5, (struct asked){.rows = 38}).answer, 0);
    SL_CHECK_INT(ask(6, (struct asked){.rows = 1}).answer, 1);
    give_back(5, 8);
    SL_CHECK_INT(left(), 30);
}

static void test_another_policy_lends_nothing(void)
{
    SL_CHECK_INT(ask(7, (struct asked){.rows = 1, .generation = 2}).answer, 2);
    SL_CHECK_INT(left(), 30);
}

static void test_runs(void)
{
    SL_CHECK_INT(ask(8, (struct asked){.rule = "runs", .run = "a", .rows = 5}).answer, 0);
    SL_CHECK_INT(ask(9, (struct asked){.rule = "runs", .run = "a", .rows = 1}).answer, 1);
    SL_CHECK_INT(ask(9, (struct asked){.rule = "runs", .run = "b", .rows = 5}).answer, 0);
    SL_CHECK_INT(ask(10, (struct asked){.rule = "runs", .rows = 5}).answer, 0); /* the session's */
    SL_CHECK_INT(ask(11, (struct asked){.rule = "runs", .rows = 1}).answer, 1);
}

static void test_P6_survives_the_keeper(void)
{
    SL_CHECK_INT(ask(12, (struct asked){.rows = 10}).answer, 0);
    kill_keeper();
    start_keeper();
    SL_CHECK_INT(left(), 20);
    give_back(12, 4); /* by the gate that lived on */
    SL_CHECK_INT(left(), 26);
}

static void test_P5_what_a_session_kept_is_used(void)
{
    SL_CHECK_INT(ask(13, (struct asked){.rows = 10}).answer, 0);
    TELL(play.gate, session_closed, .session = session);
    open_session();
    SL_CHECK_INT(left(), 16);
    SL_CHECK_INT(ask(1, (struct asked){.rows = 6}).answer, 0); /* and with its gate */
    another_gate();
    open_session();
    SL_CHECK_INT(left(), 10);
}

/* What breaks the rules ends the gate's channel. */
static void ends_the_gate(uint64_t in, const char *rule)
{
    struct sl_ipc_list rules = {0};
    SL_BUF(items, 1024);

    sl_ipc_list_add(&items, &rules, sl_span_str(rule));
    TELL(play.gate, budget_ask, .session = in, .lease = 1, .generation = 1, .rules = rules,
         .rows = 1);
    SL_CHECK_INT(hear_within(play.gate, PATIENCE_MS), 0);
    another_gate();
    open_session();
}

static void test_captured_gate(void)
{
    ends_the_gate(session + 100, "bites"); /* a session that is not its own */
    ends_the_gate(session, "schema");      /* a rule without a budget */
    ends_the_gate(session, "no such rule");
    SL_CHECK_INT(left(), 10);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    SL_RUN(test_people);
    SL_RUN(test_lending);
    SL_RUN(test_used_counts_while_it_runs);
    SL_RUN(test_used_up);
    SL_RUN(test_another_policy_lends_nothing);
    SL_RUN(test_runs);
    SL_RUN(test_P6_survives_the_keeper);
    SL_RUN(test_P5_what_a_session_kept_is_used);
    SL_RUN(test_captured_gate);
    play_end();
    return sl_tap_done();
}
