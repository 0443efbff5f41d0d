/* What gates say about labels that follow the data, against a real keeper: recorded, told to every
 * gate, withdrawn when nothing came of it; and what a gate in hostile hands cannot make of it. */
#include "tests/captured/labels_play.h"

#include <fcntl.h>
#include <sys/mman.h>

/* With its journal, as the supervisor gives it. */
static void with_journal(void)
{
    another_gate();
    session = sign_in(play.gate, "bot", bot);
}

static void test_a_label_lives_as_its_action_ends(void)
{
    uint64_t of;

    with_journal();

    check_map(play.gate, of = tell(play.gate, "finance", session, 500, 1, "public.s.a", "pii"),
              "public.s.a pii");
    ended(500, SL_OUTCOME_FAILED);
    check_map(play.gate, of, "");
    check_map(play.gate, of = tell(play.gate, "finance", session, 501, 1, "public.s.a", "pii"),
              "public.s.a pii");
    ended(501, SL_OUTCOME_UNKNOWN); /* nobody can say: it stays */
    check_map(play.gate, of, "public.s.a pii settled");
    /* another action brings it too, and fails: it stays for the sake of the first */
    check_map(play.gate, of = tell(play.gate, "finance", session, 502, 1, "public.s.a", "pii"),
              "public.s.a pii settled");
    ended(502, SL_OUTCOME_FAILED);
    check_map(play.gate, of = tell(play.gate, "finance", session, 503, 0, "public.s.z", "pii"),
              "public.s.a pii settled, public.s.z pii settled");
    drop("public.s.a");
    check_map(play.gate, of, "public.s.z pii settled");
    drop("public.s.z");
    check_map(play.gate, of, "");
}

static void test_what_is_under_way_keeps_a_dropped_column(void)
{
    uint64_t of = tell(play.gate, "finance", session, 510, 1, "public.s.b", "pii");

    check_map(play.gate, of, "public.s.b pii");
    drop("public.s.b"); /* and made again by what is under way */
    ended(510, SL_OUTCOME_OK);
    check_map(play.gate, of, "public.s.b pii settled");
    drop("public.s.b");
    check_map(play.gate, of, "");
}

static void transaction(uint64_t first, uint64_t last, uint8_t outcome)
{
    struct sl_txn_record r = {.session = session,
                              .ended_us = sl_clock_us(),
                              .first_action = first,
                              .last_action = last,
                              .outcome = outcome};

    SL_CHECK_INT(sl_journal_txn(&play.ring, &r), SL_OK);
    TELL(play.gate, journal_kick, .position = 0);
}

/* The journal is read by the clock: a keeper that was late may read it ahead of the channel. */
static void test_a_flow_that_is_told_behind_its_end(void)
{
    enum { COMMITTED = 1, ROLLED_BACK = 2 };
    uint64_t of;

    ended(512, SL_OUTCOME_OK);
    check_map(play.gate, of = tell(play.gate, "finance", session, 512, 1, "public.s.b", "pii"),
              "public.s.b pii settled");
    drop("public.s.b");
    check_map(play.gate, of, "");
    ended(513, SL_OUTCOME_FAILED);
    check_map(play.gate, tell(play.gate, "finance", session, 513, 1, "public.s.b", "pii"), "");
    ended(514, SL_OUTCOME_OK); /* its transaction is still open */
    check_map(play.gate, of = tell(play.gate, "finance", session, 514, 2, "public.s.b", "pii"),
              "public.s.b pii");
    transaction(514, 514, ROLLED_BACK);
    check_map(play.gate, of, "");
    ended(515, SL_OUTCOME_OK);
    ended(516, SL_OUTCOME_OK);
    transaction(515, 516, ROLLED_BACK);
    check_map(play.gate, tell(play.gate, "finance", session, 516, 2, "public.s.b", "pii"), "");
    ended(517, SL_OUTCOME_OK);
    transaction(517, 517, COMMITTED);
    check_map(play.gate, of = tell(play.gate, "finance", session, 517, 2, "public.s.b", "pii"),
              "public.s.b pii settled");
    drop("public.s.b");
    check_map(play.gate, of, "");
    ended(518, SL_OUTCOME_OK);
    transaction(518, 518, ROLLED_BACK); /* another one; how this one ended is not known any more */
    check_map(play.gate, of = tell(play.gate, "finance", session, 511, 1, "public.s.b", "pii"),
              "public.s.b pii settled");
    drop("public.s.b");
    check_map(play.gate, of, "");
}

static void test_every_gate_hears_it_and_it_outlives_the_keeper(void)
{
    int second = gate_at(1);
    uint64_t of;

    check_map(second, 0, "");
    check_map(play.gate, of = tell(play.gate, "finance", session, 520, 0, "public.s.c", "pii"),
              "public.s.c pii settled");
    (void)of;
    check_map(second, 0, "public.s.c pii settled");
    close(second);
    kill_keeper();
    start_keeper();
    another_gate();
    check_map(play.gate, 0, "public.s.c pii settled");
    session = sign_in(play.gate, "bot", bot);
}

static void put_text(struct sl_buf *b, const char *text)
{
    sl_buf_put_le16(b, (uint16_t)strlen(text));
    sl_buf_put_str(b, text);
}

/* Killed with its gate before it heard of the label: the journal tells of the flow. */
static void test_what_nobody_told_is_in_the_journal(void)
{
    SL_BUF(facts, 1024);

    with_journal();
    sl_buf_put_le32(&facts, SL_EFFECT_READ | SL_EFFECT_INSERT);
    sl_buf_put_u8(&facts, 0);
    sl_buf_put_le16(&facts, 0); /* statements */
    sl_buf_put_le16(&facts, 0); /* datasets */
    sl_buf_put_u8(&facts, 0);
    sl_buf_put_le16(&facts, 1); /* flows */
    sl_buf_put_u8(&facts, SL_FLOW_DIRECT);
    put_text(&facts, "hidden.people.mail");
    put_text(&facts, "public.s.r");
    for (int i = 0; i < 4; i++)
        sl_buf_put_le16(&facts, 0); /* rules, run, reason, sink */
    kill(play.pid, SIGSTOP);        /* it reads nothing more */
    SL_CHECK_INT(sl_journal_intent(&play.ring, &(struct sl_intent){.session = session,
                                                                   .action = 600,
                                                                   .asked_us = 1,
                                                                   .started_us = 2,
                                                                   .facts = sl_buf_span(&facts),
                                                                   .text = SL_SPAN("insert")}),
                 SL_OK);
    kill_keeper();
    start_keeper();
    another_gate();
    check_map(play.gate, 0, "public.s.c pii settled, public.s.r pii settled");
    drop("public.s.r");
    session = sign_in(play.gate, "bot", bot);
}

static void test_a_gate_labels_what_it_may(void)
{
    check_map(play.gate, tell(play.gate, "finance", session, 530, 1, "public.s.d", "gold"),
              "public.s.c pii settled"); /* a label that the file does not have */
    check_map(play.gate, tell(play.gate, "elsewhere", session, 531, 1, "public.s.d", "pii"),
              "public.s.c pii settled"); /* another target than the session's */
    /* for a session that is not its own nobody will say how it ended: it stays */
    check_map(play.gate, tell(play.gate, "finance", session + 1000, 532, 1, "public.s.d", "pii"),
              "public.s.c pii settled, public.s.d pii settled");
}

/* More than a datagram holds, so sealed beside its header. */
static void tell_many(int gate, size_t count)
{
    enum { ROOM = 16 * 1024 * 1024 };
    struct sl_msg_label_flow m = {.told = ++told, .target = SL_SPAN("finance"), .session = session};
    int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    SL_BUF(columns, ROOM);
    SL_BUF(labels, ROOM);
    SL_BUF(sources, ROOM);
    SL_BUF(whole, 4 * ROOM);
    SL_BUF(head, SL_IPC_HEADER);

    for (size_t i = 0; i < count; i++) {
        SL_BUF(name, 64);
        sl_buf_say(&name, "public.s.c%U", (uint64_t)i);
        sl_ipc_list_add(&columns, &m.columns, sl_buf_span(&name));
        sl_ipc_list_add(&labels, &m.labels, SL_SPAN("pii"));
        sl_ipc_list_add(&sources, &m.sources, SL_SPAN("hidden.people.mail"));
    }
    m.columns.items = sl_buf_span(&columns);
    m.labels.items = sl_buf_span(&labels);
    m.sources.items = sl_buf_span(&sources);
    sl_msg_label_flow_put(&whole, &m);
    SL_CHECK_INT(sl_buf_err(&whole), SL_OK);
    struct sl_span body = sl_span_from(sl_buf_span(&whole), SL_IPC_HEADER);
    int fd = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    SL_CHECK_INT(write(fd, body.p, body.n), (long long)body.n);
    SL_CHECK_INT(fcntl(fd, F_ADD_SEALS, seals), 0);
    sl_buf_put(&head, sl_span_head(sl_buf_span(&whole), SL_IPC_HEADER));
    send_with(gate, &head, fd);
}

/* The keeper would not find its way back: what it recorded it must be able to tell. */
static void test_more_labels_than_fit_end_the_gate(void)
{
    tell_many(play.gate, SL_LABEL_MAX_DERIVED + 1);
    SL_CHECK(is_ended(play.gate));
    keeper_goes_on();
    new_gate();
}

static void test_lists_that_do_not_fit_end_the_gate(void)
{
    tell(play.gate, "finance", session, 540, 1, "public.s.e", NULL);
    SL_CHECK(is_ended(play.gate));
    keeper_goes_on();
    new_gate();
    ended(542, SL_OUTCOME_FAILED); /* nothing of it counts, and it has to be right all the same */
    tell(play.gate, "finance", session, 542, 1, "public.s.e", NULL);
    SL_CHECK(is_ended(play.gate));
    keeper_goes_on();
    new_gate();
    tell(play.gate, "finance", session, 541, 9, "public.s.e", "pii");
    SL_CHECK(is_ended(play.gate));
    keeper_goes_on();
    new_gate();
    TELL(play.gate, label_stopped, .session = session + 1000, .action = 1,
         .column = SL_SPAN("public.s.e"), .why = SL_SPAN("x"));
    SL_CHECK(is_ended(play.gate));
    keeper_goes_on();
    new_gate();
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    SL_RUN(set_the_stage);
    SL_RUN(test_a_label_lives_as_its_action_ends);
    SL_RUN(test_what_is_under_way_keeps_a_dropped_column);
    SL_RUN(test_a_flow_that_is_told_behind_its_end);
    SL_RUN(test_every_gate_hears_it_and_it_outlives_the_keeper);
    SL_RUN(test_what_nobody_told_is_in_the_journal);
    SL_RUN(test_a_gate_labels_what_it_may);
    SL_RUN(test_lists_that_do_not_fit_end_the_gate);
    SL_RUN(test_more_labels_than_fit_end_the_gate);
    return end_play();
}
