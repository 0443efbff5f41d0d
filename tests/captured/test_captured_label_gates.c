/* Two gates and the label of a column that one of them saw dropped: it goes when nothing that went
 * through the other one can have made the column again. What one gate lists may be older than what
 * the other one sent. */
#include "tests/captured/labels_play.h"

#include <sys/mman.h>

static int one, two;
static uint64_t session_two;
static struct sl_journal ring_two;

/* The column's line in the keeper's map: "", "open" or "settled". */
static const char *label_of(const char *column)
{
    json_t *item;
    size_t i;

    SL_CHECK_INT(call_as(play.control, "label.list", "", "{}"), 200);
    json_array_foreach(json_object_get(play.reply, "labels"), i, item)
    {
        if (strcmp(json_string_value(json_object_get(item, "column")), column) == 0)
            return json_is_true(json_object_get(item, "settled")) ? "settled" : "open";
    }
    return "";
}

static void check_label(const char *column, const char *want)
{
    const char *is = "";

    for (int i = 0; i < 100; i++) {
        is = label_of(column);
        if (strcmp(is, want) == 0)
            break;
        usleep(10 * 1000);
    }
    SL_CHECK_TEXT(sl_span_str(is), want);
}

/* The version of the last map that this gate has heard. */
static uint64_t version_at(int gate)
{
    static uint64_t last[2];
    struct sl_msg_labels m;
    unsigned type;

    while ((type = hear_any(gate, 100)) != 0)
        if (type == SL_MESSAGE_LABELS && SL_CHECK_INT(sl_msg_labels_get(play.body, &m), SL_OK))
            last[gate == two] = m.version;
    return last[gate == two];
}

static void gone(int gate, const char *column, uint8_t dropped, uint64_t version)
{
    struct sl_ipc_list columns = {0};
    SL_BUF(a, 1024);

    sl_ipc_list_add(&a, &columns, sl_span_str(column));
    columns.items = sl_buf_span(&a);
    TELL(gate, label_gone, .target = SL_SPAN("finance"), .version = version, .dropped = dropped,
         .columns = columns);
    (void)call_as(play.control, "status", "", "{}");
    usleep(50 * 1000);
}

static void ended_at_two(uint64_t action, uint8_t outcome)
{
    static const uint8_t facts[20] = {1};
    struct sl_intent in = {.session = session_two,
                           .action = action,
                           .asked_us = 1,
                           .started_us = 2,
                           .facts = sl_span(facts, sizeof facts),
                           .text = SL_SPAN("create table scratch as select mail")};
    struct sl_outcome_record out = {
        .session = session_two, .action = action, .ended_us = sl_clock_us(), .outcome = outcome};

    SL_CHECK_INT(sl_journal_intent(&ring_two, &in), SL_OK);
    SL_CHECK_INT(sl_journal_outcome(&ring_two, &out), SL_OK);
    TELL(two, journal_kick, .position = 0);
}

static void begin_gate_two(void)
{
    int fd = memfd_create("journal", MFD_CLOEXEC), ends[2];

    SL_PROMISE(fd >= 0 && ftruncate(fd, JOURNAL_BYTES) == 0);
    uint8_t *p = mmap(NULL, JOURNAL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    SL_PROMISE(p != MAP_FAILED && sl_journal_format(p, JOURNAL_BYTES, sl_clock_us()) == SL_OK &&
               sl_journal_open(p, JOURNAL_BYTES, &ring_two) == SL_OK);
    TELL_FD(play.super, fd, peer, .role = SL_ROLE_GATE, .index = 1, .purpose = SL_SPAN("journal"));
    close(fd);
    SL_PROMISE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    TELL_FD(play.super, ends[1], peer, .role = SL_ROLE_GATE, .index = 1);
    close(ends[1]);
    two = ends[0];
    session_two = sign_in(two, "cat", cat);
}

static void begin_two_gates(void)
{
    set_the_stage();
    kill_keeper();
    play.gates = 2;
    start_keeper();
    another_gate();
    one = play.gate;
    session = sign_in(one, "bot", bot);
    begin_gate_two();
    SL_CHECK(session != 0 && session_two != 0);
}

static void make(const char *column, uint64_t action)
{
    tell(one, "finance", session, action, 1, column, "pii");
    ended(action, SL_OUTCOME_OK);
    check_label(column, "settled");
}

/* The word of the gate that saw the drop is the beginning, and every gate's is the end. */
static void test_it_goes_when_no_gate_lists_it(void)
{
    make("public.scratch.mail", 1);
    gone(one, "public.scratch.mail", 1, version_at(one));
    check_label("public.scratch.mail", "open"); /* so what brings it there again is told */
    gone(one, "public.scratch.mail", 0, version_at(one));
    check_label("public.scratch.mail", "open");
    gone(two, "public.scratch.mail", 0, version_at(two));
    check_label("public.scratch.mail", "");
}

/* The other gate made it again before it heard that the column was leaving: its statement told
 * nothing, as the label was settled then. So long as it is under way, that gate vouches for an
 * older map, and once it is committed the column is listed. */
static void test_what_an_older_listing_says_does_not_count(void)
{
    make("public.scratch.mail", 2);
    uint64_t before = version_at(two);
    gone(one, "public.scratch.mail", 1, version_at(one));
    gone(one, "public.scratch.mail", 0, version_at(one));
    gone(two, "public.scratch.mail", 0, before);
    check_label("public.scratch.mail", "open");
    gone(two, "public.scratch.mail", 0, version_at(two) + 1000); /* nor one of another keeper's */
    check_label("public.scratch.mail", "open");
}

/* It was told before it ran, and then it is committed: whoever lists it not, lists what was. */
static void test_what_makes_it_again_keeps_it(void)
{
    uint64_t now_one = version_at(one), now_two = version_at(two);

    tell(two, "finance", session_two, 3, 1, "public.scratch.mail", "pii");
    gone(one, "public.scratch.mail", 0, now_one);
    gone(two, "public.scratch.mail", 0, now_two);
    check_label("public.scratch.mail", "open");
    ended_at_two(3, SL_OUTCOME_OK);
    check_label("public.scratch.mail", "settled");
    gone(one, "public.scratch.mail", 0, version_at(one));
    gone(two, "public.scratch.mail", 0, version_at(two));
    check_label("public.scratch.mail", "settled");
}

/* What was rolled back keeps nothing. */
static void test_what_fails_to_make_it_again_does_not(void)
{
    gone(two, "public.scratch.mail", 1, version_at(two));
    tell(one, "finance", session, 4, 1, "public.scratch.mail", "pii");
    check_label("public.scratch.mail", "open");
    gone(one, "public.scratch.mail", 0, version_at(one));
    gone(two, "public.scratch.mail", 0, version_at(two));
    check_label("public.scratch.mail", "open");
    ended(4, SL_OUTCOME_FAILED);
    keeper_reads_journal();
    check_label("public.scratch.mail", "open");
    gone(two, "public.scratch.mail", 0, version_at(two));
    check_label("public.scratch.mail", "");
}

/* Another column got its name, or nobody can say when it is committed. */
static void test_what_stays_at_once_keeps_it(void)
{
    make("public.scratch.mail", 5);
    gone(one, "public.scratch.mail", 1, version_at(one));
    check_label("public.scratch.mail", "open");
    tell(two, "finance", 0, 0, 0, "public.scratch.mail", "pii");
    check_label("public.scratch.mail", "settled");
    gone(one, "public.scratch.mail", 0, version_at(one));
    gone(two, "public.scratch.mail", 0, version_at(two));
    check_label("public.scratch.mail", "settled");
}

/* One gate that lies takes no label off; nor does what it says of columns that have none. */
static void test_one_gate_alone_takes_nothing(void)
{
    for (uint64_t i = 0; i < 5; i++) {
        gone(two, "public.scratch.mail", 1, version_at(two));
        gone(two, "public.scratch.mail", 0, version_at(two));
        gone(two, "public.nothing.at_all", 1, version_at(two));
    }
    check_label("public.scratch.mail", "open");
    SL_CHECK(is_open(two));
}

/* What was on its way out then stays; words for the keeper before are none for this one. */
static void test_a_new_keeper_begins_anew(void)
{
    make("public.later.mail", 6);
    gone(one, "public.later.mail", 1, version_at(one));
    check_label("public.later.mail", "open");
    uint64_t before_one = version_at(one), before_two = version_at(two);

    close(two);
    kill_keeper();
    start_keeper();
    another_gate();
    one = play.gate;
    session = sign_in(one, "bot", bot);
    begin_gate_two();
    check_label("public.later.mail", "settled");
    gone(one, "public.later.mail", 1, before_one);
    gone(one, "public.later.mail", 0, before_one);
    gone(two, "public.later.mail", 0, before_two);
    check_label("public.later.mail", "open");
    gone(one, "public.later.mail", 0, version_at(one));
    gone(two, "public.later.mail", 0, version_at(two));
    check_label("public.later.mail", "");
    close(two);
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    SL_RUN(begin_two_gates);
    SL_RUN(test_it_goes_when_no_gate_lists_it);
    SL_RUN(test_what_an_older_listing_says_does_not_count);
    SL_RUN(test_what_makes_it_again_keeps_it);
    SL_RUN(test_what_fails_to_make_it_again_does_not);
    SL_RUN(test_what_stays_at_once_keeps_it);
    SL_RUN(test_one_gate_alone_takes_nothing);
    SL_RUN(test_a_new_keeper_begins_anew);
    return end_play();
}
