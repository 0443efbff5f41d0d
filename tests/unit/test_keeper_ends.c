/* What ends under way: keepers that crash, gates that go or lie, clocks that are set back. The
 * first argument is the program. */
#include "tests/unit/hold_play.h"

#include <sys/resource.h>

static void test_P9_crash_keeps_decisions(void)
{
    uint64_t action = hold(SL_EFFECT_DDL, "drop table i");

    TELL(play.gate, action_left, .action = action, .how = 0);
    SL_CHECK_INT(decide(rita, "approve"), 200);
    kill_keeper();
    start_keeper();
    policy_generation = 1;
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "approved");
    action = hold(SL_EFFECT_DDL, "drop table i"); /* the session is known to the new keeper */
    SL_CHECK(held.granted == 1);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    kill_keeper();
    start_keeper();
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "spent");
    journal(action, true, true, approval);
    keeper_reads_journal();
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "spent");
    SL_CHECK_TEXT(sl_span_str(json_string_value(
                      json_object_get(json_object_get(play.reply, "outcome"), "outcome"))),
                  "ok");
}

/* P11: the gate ends with the statement under way. */
static void journal_unused(uint64_t action)
{
    struct sl_outcome_record out = {.session = session,
                                    .action = action,
                                    .ended_us = sl_clock_us(),
                                    .outcome = SL_OUTCOME_REFUSED,
                                    .sqlstate = "25P02"};

    SL_CHECK_INT(sl_journal_outcome(&play.ring, &out), SL_OK);
    keeper_reads_journal();
}

static void outcome_is(const char *outcome, const char *sqlstate)
{
    state_of(approval);
    const json_t *o = json_object_get(play.reply, "outcome");
    SL_CHECK_TEXT(sl_json_str(o, "outcome"), outcome);
    SL_CHECK_TEXT(sl_json_str(o, "sqlstate"), sqlstate);
}

/* The gate has no bytes to send when GO comes, or before it comes, or says nothing at all. */
static void test_P2_a_spent_grant_has_an_outcome(void)
{
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table never_sent");

    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    journal_unused(action);
    outcome_is("refused", "25P02");
    journal_unused(action); /* said already */
    outcome_is("refused", "25P02");

    /* The journal is read before the SPEND that was sent first: then it is not spent at all. */
    action = hold_and_approve(SL_EFFECT_DDL, "drop table overtaken");
    journal_unused(action);
    TELL(play.gate, action_spend, .action = action, .approval = sl_span_str(approval),
         .digest = sl_span(digest, 32));
    TELL(play.gate, action_left, .action = action, .how = 0, .why = SL_SPAN("gone"));
    SL_CHECK_TEXT(sl_span_str(state_of(approval)), "approved");
    hold(SL_EFFECT_DDL, "drop table overtaken");
    SL_CHECK_INT(held.granted, 1);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_OFFER));

    action = hold_and_approve(SL_EFFECT_DDL, "drop table said_nothing");
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    TELL(play.gate, session_closed, .session = session);
    open_session();
    outcome_is("unknown", "");
}

static void test_P11_lost_answer_is_unknown(void)
{
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table j");
    char first[37];

    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    journal(action, true, false, approval);
    memcpy(first, approval, 37);
    another_gate();
    open_session();
    state_of(first);
    SL_CHECK_TEXT(sl_span_str(json_string_value(
                      json_object_get(json_object_get(play.reply, "outcome"), "outcome"))),
                  "unknown");
    hold(SL_EFFECT_DDL, "drop table j");
    SL_CHECK(strcmp(first, approval) != 0 && held.joined == 0);
    state_of(approval);
    SL_CHECK_TEXT(sl_span_str(said("repeats")), first);
}

static void listing_is(const char *name, const char *listing, const char *why)
{
    json_t *one;
    size_t i;
    bool found = false;

    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
    json_array_foreach(json_object_get(json_object_get(play.reply, "status"), "targets"), i,
                       one) if (sl_span_is(sl_json_str(one, "name"), name))
    {
        SL_CHECK_TEXT(sl_json_str(one, "listing"), listing);
        SL_CHECK_TEXT(sl_json_str(one, "why"), why);
        SL_CHECK(json_integer_value(json_object_get(one, "sessions")) > 0);
        found = true;
    }
    SL_CHECK(found);
}

/* `sluice status` says when a catalog listing cannot be read, and strangers at the desk learn no
 * names. */
static void test_status_of_targets(void)
{
    listing_is("finance", "not told", "");
    TELL(play.gate, stats,
         .json = SL_SPAN("{\"targets\":[{\"listing\":\"stale\",\"name\":\"finance\","
                         "\"why\":\"no route\"}]}"));
    propose_as(session, SL_EFFECT_READ, "select 1", "", 0);
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_STALE)); /* so the word before it was read */
    listing_is("finance", "stale", "no route");
    SL_CHECK_INT(call_as(play.desk, "status", "", "{}"), 200);
    SL_CHECK(json_object_get(json_object_get(play.reply, "status"), "targets") == NULL);
}

/* `method` on the state folder, as the command line does it; the answer's body is in play.reply. */
static void call_offline(const char *method, const char *body)
{
    SL_BUF(command, 4096);
    SL_BUF(text, 64 * 1024);
    json_t *answer = NULL;

    sl_buf_say(&command, "echo '{\"method\":\"%s\",\"body\":%s}' | %s --offline --state %s/state",
               method, body, play.program, play.folder);
    FILE *out = popen(sl_buf_text(&command), "r");
    SL_PROMISE(out != NULL);
    for (int c; (c = fgetc(out)) != EOF;)
        sl_buf_put_u8(&text, (uint8_t)c);
    SL_CHECK_INT(pclose(out), 0);
    SL_CHECK_INT(sl_json_read(sl_buf_span(&text), &answer, NULL), SL_OK);
    json_decref(play.reply);
    play.reply = json_incref(json_object_get(answer, "body"));
    json_decref(answer);
}

/* The view as it would be if the clock had been so far ahead when everything so far was asked. */
static void move_questions(const char *by_us)
{
    SL_BUF(command, 4096);

    sl_buf_say(&command,
               "python3 -c 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); "
               "d.execute(\"update approval set asked_us=asked_us+%s, "
               "expires_us=expires_us+%s\"); d.commit()' %s/state/sluice.db",
               by_us, by_us, play.folder);
    SL_CHECK_INT(system(sl_buf_text(&command)), 0);
}

/* Setting the clock back makes nobody older than a question that was asked before. */
static void test_P4_clock_set_back(void)
{
    char late[128];

    hold(SL_EFFECT_DDL, "drop table before_the_clock");
    kill_keeper();
    move_questions("3600000000");
    start_keeper();
    policy_generation = 1;
    add_reviewer("late", late);
    SL_CHECK_INT(decide(late, "approve"), 404); /* too new to see it */
    SL_CHECK_INT(call_as(play.control, "identity.disable", "", "{'name':'late'}"), 200);
    SL_CHECK_INT(decide(rita, "deny"), 200);
    kill_keeper();
    move_questions("-3600000000");
    start_keeper();
}

/* Who issued a credential is known at the state folder as at the control socket. */
static void test_P4_issued_while_no_keeper_ran(void)
{
    char ned[128];
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'olga','os_user':'%u'}", (unsigned)getuid());
    SL_CHECK_INT(call_as(play.control, "identity.link", "", sl_buf_text(&body)), 200);
    kill_keeper();
    call_offline("identity.add", "{\"name\":\"ned\",\"kind\":\"human\",\"groups\":[\"dba\"]}");
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'code':'%s'}", said("code"));
    start_keeper();
    policy_generation = 1;
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 201);
    keep(ned, 128, said("credential"));
    hold(SL_EFFECT_DDL, "drop table offline"); /* by bot, which is olga's */
    SL_CHECK_INT(decide(ned, "approve"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "ISSUED_BY_REQUESTER");
    SL_CHECK_INT(call_as(play.control, "identity.link", "", "{'name':'olga','os_user':'nobody'}"),
                 200);
    SL_CHECK_INT(call_as(play.control, "identity.disable", "", "{'name':'ned'}"), 200);
}

/* A captured gate: sessions that it was never given, journals that are nonsense. */
static void test_captured_gate(void)
{
    propose_as(session + 1000, SL_EFFECT_DDL, "drop table x", "", 0);
    SL_CHECK_INT(hear_within(play.gate, PATIENCE_MS), 0);
    another_gate();
    open_session();
    TELL(play.gate, call, .method = SL_SPAN("identity.add"),
         .body = SL_SPAN("{}")); /* not for gates */
    SL_CHECK_INT(hear_within(play.gate, PATIENCE_MS), 0);
    another_gate();
    open_session();
    session += 1000;
    journal(1, true, true, "");
    SL_CHECK_INT(hear_within(play.gate, PATIENCE_MS), 0);
    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200); /* the keeper goes on */
}

static void accuses_the_gate(void)
{
    struct sl_msg_peer_bad bad = {0};

    if (SL_CHECK(hear(play.super, SL_MESSAGE_PEER_BAD)) && HEARD(peer_bad, &bad))
        SL_CHECK(bad.role == SL_ROLE_GATE && bad.index == 0 && bad.why.n > 0);
}

/* What the supervisor does about it: another journal, another gate. */
static void replace_gate(void)
{
    close(play.gate);
    close(play.journal);
    make_journal();
    TELL_FD(play.super, play.journal, peer, .role = SL_ROLE_GATE, .purpose = SL_SPAN("journal"));
    play.gate = new_peer(SL_ROLE_GATE, "");
    open_session();
}

/* The gate ended while the keeper was busy or not there yet: the next one's journal and channel
 * come before the end of the last one's channel was noticed. What the next one does is recorded. */
static void test_P6_a_gate_replaced_behind_the_keepers_back(void)
{
    int last = play.gate;

    gate_life++;
    TELL_FD(play.super, play.journal, peer, .role = SL_ROLE_GATE, .purpose = SL_SPAN("journal"));
    play.gate = new_peer(SL_ROLE_GATE, "");
    open_session();
    uint64_t action = hold_and_approve(SL_EFFECT_DDL, "drop table behind");
    SL_CHECK_INT(spend(action, digest), SL_MESSAGE_ACTION_GO);
    journal(action, true, true, approval);
    keeper_reads_journal();
    outcome_is("ok", "");
    close(last);
}

static void drain_accusations(void)
{
    while (hear_within(play.super, 50) == SL_MESSAGE_PEER_BAD) {
    }
}

/* --- what was written is in the ledger, whoever ends when --- */

static void intend(uint64_t action, struct sl_span text)
{
    static const uint8_t facts[20] = {1};
    struct sl_intent in = {.session = session,
                           .action = action,
                           .asked_us = 1,
                           .started_us = 2,
                           .facts = sl_span(facts, sizeof facts),
                           .text = text};

    SL_CHECK_INT(sl_journal_intent(&play.ring, &in), SL_OK);
}

static void run(uint64_t action, const char *text)
{
    struct sl_outcome_record out = {.session = session,
                                    .action = action,
                                    .ended_us = sl_clock_us(),
                                    .rows = 1,
                                    .outcome = SL_OUTCOME_OK};

    intend(action, sl_span_str(text));
    SL_CHECK_INT(sl_journal_outcome(&play.ring, &out), SL_OK);
}

/* Somewhere in the state: in the log, or in a tile. */
static bool is_in_the_ledger(const char *text)
{
    SL_BUF(command, 512);

    SL_CHECK_INT(call_as(play.control, "status", "", "{}"),
                 200); /* so what came before is written */
    sl_buf_say(&command, "grep -rqs -- %s %s/state", text, play.folder);
    return system(sl_buf_text(&command)) == 0;
}

/* The gate is killed, and the keeper with it, between reading its journal and writing that down. */
static void test_P6_nothing_leaves_the_journal_before_it_is_committed(void)
{
    struct rlimit none = {1, 1};
    int status = 0;

    drain_accusations();
    run(7001, "released_too_early");
    SL_PROMISE(prlimit(play.pid, RLIMIT_FSIZE, &none, NULL) == 0); /* it ends where it writes */
    close(play.gate);
    SL_CHECK(waitpid(play.pid, &status, 0) == play.pid);
    close(play.desk);
    close(play.control);
    close(play.super);
    gate_life++;
    start_keeper();
    policy_generation = 1;
    SL_CHECK(is_in_the_ledger("released_too_early"));
    open_session();
}

/* The keeper has broken with a gate, and the supervisor has not ended it yet. */
static void test_P6_what_an_accused_gate_still_runs_is_recorded(void)
{
    struct sl_msg_peer_bad bad = {0};

    drain_accusations();
    TELL(play.gate, call, .method = SL_SPAN("identity.add"), .body = SL_SPAN("{}"));
    if (SL_CHECK(hear(play.super, SL_MESSAGE_PEER_BAD)) && HEARD(peer_bad, &bad)) {
        SL_CHECK_INT(bad.journal, 0); /* which is sound, and goes on with the next gate */
        SL_CHECK_INT(bad.life, gate_life);
    }
    run(7002, "accused_and_alive");
    another_gate();
    open_session();
    SL_CHECK(is_in_the_ledger("accused_and_alive"));
    SL_CHECK_INT(hear_within(play.super, 100), 0);
}

/* By the clock this gate began after its sessions: it was set back meanwhile. */
static void test_P6_a_clock_set_back_ends_no_session(void)
{
    TELL(play.super, stats,
         .json = SL_SPAN("{\"programs\":[{\"index\":0,\"pid\":1,\"restarts\":0,\"role\":\"gate\","
                         "\"started\":\"2099-01-01T00:00:00.000000Z\",\"state\":\"up\"}]}"));
    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
    run(7003, "before_its_gate");
    keeper_reads_journal();
    SL_CHECK(is_in_the_ledger("before_its_gate"));
    SL_CHECK_INT(hear_within(play.super, 100), 0);
}

/* The keeper was away while a gate was replaced: it knows by the gate's life. */
static void test_P11_a_gate_that_was_replaced_while_no_keeper_ran(void)
{
    uint64_t before = session;

    intend(7004, SL_SPAN("of_the_gate_before"));
    kill_keeper();
    start_keeper(); /* the same gate: its session goes on */
    policy_generation = 1;
    run(7005, "session_goes_on");
    keeper_reads_journal();
    SL_CHECK(is_in_the_ledger("session_goes_on"));
    kill_keeper();
    gate_life++;
    start_keeper();
    policy_generation = 1;
    open_session();
    SL_CHECK(session > before);
    SL_CHECK(is_in_the_ledger("the gate ended before the answer"));
}

enum { WHOLE_RING = SL_JOURNAL_HEADER + SL_JOURNAL_DEFAULT };

/* A journal as long as they are, full of what is six times as long in the ledger. */
static void fill_a_journal(void)
{
    static uint8_t text[8000];
    struct sl_outcome_record out = {.session = session, .outcome = SL_OUTCOME_OK};
    uint64_t n = 0;

    memset(text, 1, sizeof text);
    for (;; n++) {
        static const uint8_t facts[20] = {1};
        struct sl_intent in = {.session = session,
                               .action = 9000 + n,
                               .facts = sl_span(facts, sizeof facts),
                               .text = sl_span(text, sizeof text)};
        out.action = in.action;
        text[0] = (uint8_t)('a' + n % 26);
        if (sl_journal_intent(&play.ring, &in) != SL_OK)
            break;
        SL_PROMISE(sl_journal_outcome(&play.ring, &out) == SL_OK);
    }
    SL_CHECK(n > 1500);
}

static void test_P9_a_full_journal_is_no_end_of_the_keeper(void)
{
    close(play.journal);
    play.journal = memfd_create("journal", MFD_CLOEXEC);
    SL_PROMISE(play.journal >= 0 && ftruncate(play.journal, WHOLE_RING) == 0);
    uint8_t *p = mmap(NULL, WHOLE_RING, PROT_READ | PROT_WRITE, MAP_SHARED, play.journal, 0);
    SL_PROMISE(p != MAP_FAILED && sl_journal_format(p, WHOLE_RING, sl_clock_us()) == SL_OK &&
               sl_journal_open(p, WHOLE_RING, &play.ring) == SL_OK);
    another_gate();
    open_session();
    kill_keeper();
    fill_a_journal();
    start_keeper();
    policy_generation = 1;
    keeper_reads_journal();
    fill_a_journal(); /* and while it runs, in one piece */
    keeper_reads_journal();
    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
}

static void outcome_alone(uint64_t in_session, uint8_t outcome)
{
    struct sl_outcome_record r = {
        .session = in_session, .action = 999999, .ended_us = 1, .outcome = outcome};

    SL_CHECK_INT(sl_journal_outcome(&play.ring, &r), SL_OK);
    TELL(play.gate, journal_kick, .position = 0);
}

/* A journal that lies or is broken: the keeper asks for another gate, while it runs and at its
 * start, and nothing that the journal says of strangers' sessions passes in silence. */
static void test_P6_damaged_journal(void)
{
    drain_accusations();
    replace_gate();
    outcome_alone(session + 500, SL_OUTCOME_REFUSED);
    accuses_the_gate();
    replace_gate();
    outcome_alone(session, SL_OUTCOME_OK); /* of an action that never began */
    accuses_the_gate();
    replace_gate();
    struct sl_progress_record progress = {.session = session + 500, .action = 1, .rows = 1};
    SL_CHECK_INT(sl_journal_progress(&play.ring, &progress), SL_OK);
    TELL(play.gate, journal_kick, .position = 0);
    accuses_the_gate();
    replace_gate();
    propose_as(session, SL_EFFECT_READ, "select 1", "", 0); /* and life goes on */
    SL_CHECK(hear(play.gate, SL_MESSAGE_ACTION_STALE));
    kill_keeper();
    struct sl_intent stranger = {.session = session + 500,
                                 .action = 1,
                                 .text = SL_SPAN("select 1")};
    SL_CHECK_INT(sl_journal_intent(&play.ring, &stranger), SL_OK);
    play.accused = 0;
    start_keeper();
    SL_CHECK_INT(play.accused, 1);
    kill_keeper();
    memset(play.ring.base, 'x', 64);
    play.accused = 0;
    start_keeper();
    SL_CHECK_INT(play.accused, 1);
    replace_gate();
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    add_people();
    SL_RUN(test_P9_crash_keeps_decisions);
    SL_RUN(test_P2_a_spent_grant_has_an_outcome);
    SL_RUN(test_P11_lost_answer_is_unknown);
    SL_RUN(test_status_of_targets);
    SL_RUN(test_P4_clock_set_back);
    SL_RUN(test_P4_issued_while_no_keeper_ran);
    SL_RUN(test_captured_gate);
    SL_RUN(test_P6_a_gate_replaced_behind_the_keepers_back);
    SL_RUN(test_P6_nothing_leaves_the_journal_before_it_is_committed);
    SL_RUN(test_P6_what_an_accused_gate_still_runs_is_recorded);
    SL_RUN(test_P6_a_clock_set_back_ends_no_session);
    SL_RUN(test_P11_a_gate_that_was_replaced_while_no_keeper_ran);
    SL_RUN(test_P6_damaged_journal);
    SL_RUN(test_P9_a_full_journal_is_no_end_of_the_keeper);
    play_end();
    return sl_tap_done();
}
