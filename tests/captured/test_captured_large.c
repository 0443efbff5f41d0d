/* Statements of 16 MB, and people and programs who ask about them again and again, against a real
 * keeper: nobody is ended for it, nobody is kept waiting, and what nobody was sent was not shown.
 * The first argument is the keeper. */
#include "base/sanitized.h"
#include "tests/captured/captured.h"

enum { LARGE = 14 * 1024 * 1024, AT_ONCE = SL_SANITIZED ? 4 : 14 };

static char rita[SECRET_BYTES], olga[SECRET_BYTES], bot[SECRET_BYTES];
static uint64_t session;
static struct held large;

static void test_the_stage(void)
{
    add_human("olga", "engineers", olga);
    add_human("rita", "dba", rita);
    add_agent("bot", "olga", bot);
    session = sign_in(play.gate, "bot", bot);
    SL_CHECK(session != 0);
}

/* A statement of so many bytes, and a value that the ledger does not have. */
static uint64_t propose_large(const char *head, size_t bytes)
{
    struct sl_buf sql = sl_buf(32 * 1024 * 1024), operation = sl_buf(32 * 1024 * 1024),
                  message = sl_buf(64 * 1024 * 1024);
    struct sl_meaning_statement statement = {SL_SPAN("drop"), SL_EFFECT_DDL};
    struct sl_meaning m = {.effects = SL_EFFECT_DDL,
                           .statements = &statement,
                           .statement_count = 1};
    SL_BUF(meaning, 4096);

    sl_buf_say(&sql, "%s -- ", head);
    while (sql.n < bytes)
        sl_buf_put_str(&sql, "an endless remark ");
    sl_action_put_simple(&operation, sl_buf_span(&sql));
    sl_meaning_put(&meaning, &m);
    sl_msg_action_propose_put(&message,
                              &(struct sl_msg_action_propose){.session = session,
                                                              .action = next_action,
                                                              .generation = 1,
                                                              .asked_us = sl_clock_us(),
                                                              .operation = sl_buf_span(&operation),
                                                              .meaning = sl_buf_span(&meaning),
                                                              .context_user = SL_SPAN("app"),
                                                              .reason = SL_SPAN("spring clean")});
    send_sealed(play.gate, &message);
    sl_buf_done(&sql);
    sl_buf_done(&operation);
    return next_action++;
}

/* Under sanitizers, on a busy machine, a statement of that size takes its time. */
static unsigned answer_to_gate(void)
{
    unsigned type = 0;

    for (int i = 0; i < 5 && type == 0; i++)
        type = overhear(play.gate);
    return type;
}

static struct held hold_large(const char *head, size_t bytes)
{
    struct held h = {.action = propose_large(head, bytes)};
    struct sl_msg_action_held m = {0};
    SL_BUF(hex, 128);

    if (!SL_CHECK_INT(answer_to_gate(), SL_MESSAGE_ACTION_HELD) || !HEARD(action_held, &m))
        return h;
    memcpy(h.approval, m.approval.p, 36);
    sl_hex_put(&hex, m.digest);
    memcpy(h.digest_hex, sl_buf_text(&hex), 65);
    return h;
}

static void ask(const char *method, const char *credential, const char *body)
{
    SL_BUF(text, 1024);

    for (; *body != '\0'; body++)
        sl_buf_put_u8(&text, *body == '\'' ? '"' : (uint8_t)*body);
    TELL(play.desk, call, .call = ++play.call, .method = sl_span_str(method),
         .credential = sl_span_str(credential), .address = SL_SPAN("127.0.0.1"),
         .body = sl_buf_span(&text));
}

/* The status of the next answer, and how long it is. */
static uint32_t next_answer(size_t *bytes)
{
    struct sl_msg_reply m = {0};

    if (!SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) || !HEARD(reply, &m))
        return 0;
    *bytes = m.body.n;
    return m.status;
}

static uint64_t spent_us(const char *method, const char *body)
{
    uint64_t begun_us = sl_clock_monotonic_us();
    size_t bytes;

    ask(method, rita, body);
    SL_CHECK_INT(next_answer(&bytes), 200);
    return sl_clock_monotonic_us() - begun_us;
}

/* A desk that has not read yet what it was told, all at once, broke no rule. What is beyond what it
 * can be told now is refused to who asked for much; who asks for little is answered. */
static void test_many_large_answers_end_nobody(void)
{
    unsigned told = 0, busy = 0;
    SL_BUF(body, 256);

    large = hold_large("drop table much", LARGE);
    sl_buf_say(&body, "{'id':'%s'}", large.approval);
    for (int i = 0; i < AT_ONCE; i++)
        ask("approval.get", bot, sl_buf_text(&body));
    ask("whoami", rita, "{}");
    for (int i = 0; i <= AT_ONCE; i++) {
        size_t bytes = 0;
        uint32_t status = next_answer(&bytes);

        told += status == 200;
        busy += status == 503 || status == 429;
        SL_CHECK(status == 200 || bytes < 1000);
    }
    SL_CHECK(told >= 3 && told + busy == AT_ONCE + 1);
    SL_CHECK_INT(play.accused, 0);
    SL_CHECK_INT(call_as(play.desk, "whoami", rita, "{}"), 200);
}

/* What an event or a long poll asks for is short, however long the statement is. */
static void test_a_brief_answer_is_brief(void)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s','brief':true}", large.approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", rita, sl_buf_text(&body)), 200);
    SL_CHECK(json_object_get(play.reply, "operation") == NULL);
    SL_CHECK(strncmp(said("summary"), "drop table much -- an endless", 29) == 0);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    SL_CHECK_TEXT(sl_span_str(said("reason")), "spring clean");
    SL_CHECK(json_array_size(json_object_get(play.reply, "effects")) == 1);
    char *text = json_dumps(play.reply, 0);
    SL_CHECK(text != NULL && strlen(text) < 16 * 1024);
    free(text);
}

static void test_a_whole_one_is_whole(void)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", large.approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", rita, sl_buf_text(&body)), 200);
    const char *sql =
        json_string_value(json_object_get(json_object_get(play.reply, "operation"), "sql"));
    SL_CHECK(sql != NULL && strlen(sql) >= LARGE);
}

/* By what is held with this text it is shown beside others. */
static void keep_alike(char out[static 32], const char *head, size_t bytes)
{
    struct held h = hold_large(head, bytes);
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", h.approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", rita, sl_buf_text(&body)), 200);
    keep_text(out, 32, said("alike"));
    SL_CHECK_INT(decide(rita, h.approval, h.digest_hex, "deny"), 200);
    SL_CHECK_INT(answer_to_gate(), SL_MESSAGE_ACTION_REFUSED);
}

/* Numbers at the beginning may differ; nothing at the end of a long text may. */
static void test_what_is_alike_is_so_to_the_end(void)
{
    enum { LONG = 70 * 1000 };
    char one[32], other[32], longer[32];

    keep_alike(one, "drop table alike -- 1", LONG);
    keep_alike(other, "drop table alike -- 2", LONG);
    keep_alike(longer, "drop table alike -- 1", LONG + 18);
    SL_CHECK(strlen(one) == 16 && strcmp(one, other) == 0 && strcmp(one, longer) != 0);
}

static json_int_t entries(void)
{
    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
    return json_integer_value(
        json_object_get(json_object_get(json_object_get(play.reply, "status"), "ledger"), "size"));
}

static void see(const char *method, const char *body)
{
    SL_CHECK_INT(call_as(play.desk, method, rita, body), 200);
}

/* The ledger says that somebody was shown values when they were sent some: an event, a long poll or
 * a list sends none, however many streams of theirs are open. */
static void test_shown_is_what_was_sent(void)
{
    struct sl_pg_parameter value = {.type = 25, .value = SL_SPAN("secret@example.com")};
    struct sl_meaning_statement statement = {SL_SPAN("drop"), SL_EFFECT_DDL};
    struct sl_meaning m = {.effects = SL_EFFECT_DDL,
                           .statements = &statement,
                           .statement_count = 1};
    struct sl_msg_action_held held = {0};
    SL_BUF(operation, 4096);
    SL_BUF(meaning, 4096);
    SL_BUF(brief, 256);
    SL_BUF(whole, 256);

    sl_action_put_extended(&operation, SL_SPAN("alter table t owner to $1"), &value, 1, NULL, 0, 0);
    sl_meaning_put(&meaning, &m);
    TELL(play.gate, action_propose, .session = session, .action = next_action++, .generation = 1,
         .asked_us = sl_clock_us(), .operation = sl_buf_span(&operation),
         .meaning = sl_buf_span(&meaning), .context_user = SL_SPAN("app"));
    if (!SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_HELD) || !HEARD(action_held, &held))
        return;
    sl_buf_say(&brief, "{'brief':true,'id':'%S'}", held.approval);
    sl_buf_say(&whole, "{'id':'%S'}", held.approval);
    json_int_t before = entries();
    for (int i = 0; i < 3; i++)
        see("approval.get", sl_buf_text(&brief));
    see("approval.list", "{'view':'lines'}");
    SL_CHECK_INT(entries(), before);
    see("approval.get", sl_buf_text(&whole));
    SL_CHECK_INT(entries(), before + 1);
    see("approval.get", sl_buf_text(&whole));
    SL_CHECK_INT(entries(), before + 1);
}

/* Nobody fills the inbox with more text than anybody could read. */
static void test_the_text_of_one_is_bounded(void)
{
    struct sl_msg_action_refused no = {0};
    unsigned held = 1;

    for (; held < 10; held++) {
        SL_BUF(head, 64);

        sl_buf_say(&head, "drop table more_%u", held);
        propose_large(sl_buf_text(&head), LARGE);
        if (answer_to_gate() != SL_MESSAGE_ACTION_HELD)
            break;
    }
    SL_CHECK_INT(held, 4); /* 64 MB */
    if (HEARD(action_refused, &no))
        SL_CHECK(memmem(no.why.p, no.why.n, "too much text", 13) != NULL);
    hold(play.gate, session, SL_EFFECT_DDL, "drop table short"); /* what is short is asked on */
}

/* A list reads no statement: four of 14 MB take less of the keeper's time than one of them whole.
 */
static void test_lists_read_no_statement(void)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", large.approval);
    uint64_t whole_us = spent_us("approval.get", sl_buf_text(&body));
    usleep((useconds_t)whole_us); /* the keeper's rest after it */
    uint64_t lines_us = spent_us("approval.list", "{'view':'lines','limit':500}");
    usleep((useconds_t)lines_us);
    uint64_t list_us = spent_us("approval.list", "{'limit':500}");
    if (!SL_CHECK(lines_us < whole_us / 2 && list_us < whole_us / 2))
        printf("#   whole %llu us, lines %llu us, list %llu us\n", (unsigned long long)whole_us,
               (unsigned long long)lines_us, (unsigned long long)list_us);
    SL_CHECK_INT(call_as(play.desk, "approval.list", rita, "{'state':'pending','limit':500}"), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "approvals")), 6);
}

/* Which question the next answer is about. */
static uint64_t next_answered(void)
{
    struct sl_msg_reply m = {0};

    if (!SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) || !HEARD(reply, &m))
        return 0;
    SL_CHECK_INT(m.status, 200);
    return m.call;
}

/* Who asks something small between two large answers has not to wait for the second: between two
 * turns, of those that waited as well, there is as much time as the first took. A test that comes
 * too late itself, because others had the machine, tries again. */
static void test_others_come_between_two_that_take_long(void)
{
    bool is_between = false;
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", large.approval);
    for (int tries = 0; tries < 20 && !is_between; tries++) {
        for (int i = 0; i < 3; i++)
            ask("approval.get", rita, sl_buf_text(&body));
        uint64_t last = play.call;
        SL_CHECK_INT(next_answered(), last - 2);
        SL_CHECK_INT(next_answered(), last - 1);
        ask("whoami", rita, "{}");
        is_between = next_answered() == play.call;
        SL_CHECK_INT(next_answered(), is_between ? last : play.call);
    }
    SL_CHECK(is_between);
}

/* The keeper's view is made again from the log: the same brief, the same document. */
static void test_it_outlives_the_keeper(void)
{
    kill_keeper();
    start_keeper();
    test_a_brief_answer_is_brief();
    test_a_whole_one_is_whole();
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    SL_RUN(test_the_stage);
    SL_RUN(test_many_large_answers_end_nobody);
    SL_RUN(test_a_brief_answer_is_brief);
    SL_RUN(test_a_whole_one_is_whole);
    SL_RUN(test_what_is_alike_is_so_to_the_end);
    SL_RUN(test_shown_is_what_was_sent);
    SL_RUN(test_the_text_of_one_is_bounded);
    SL_RUN(test_lists_read_no_statement);
    SL_RUN(test_others_come_between_two_that_take_long);
    SL_RUN(test_it_outlives_the_keeper);
    return end_play();
}
