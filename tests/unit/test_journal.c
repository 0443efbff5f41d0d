/* The journal's ring: order, wrap, full, and a reader whose writer is hostile (P6). */
#include "core/ledger/facts.h"
#include "core/ledger/journal.h"

#include "core/action/effect.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

enum { RING = 4096 };

struct fixture {
    uint8_t *base; /* exactly as large as the journal: a sanitizer sees a step beyond it */
    size_t bytes;
    struct sl_journal writer, reader;
};

static struct fixture make(size_t ring)
{
    struct fixture f = {.bytes = SL_JOURNAL_HEADER + ring};

    f.base = calloc(1, f.bytes);
    SL_CHECK_INT(sl_journal_format(f.base, f.bytes, 3), SL_OK);
    SL_CHECK_INT(sl_journal_open(f.base, f.bytes, &f.writer), SL_OK);
    SL_CHECK_INT(sl_journal_open(f.base, f.bytes, &f.reader), SL_OK);
    return f;
}

static struct sl_intent intent(uint64_t action, const char *text)
{
    struct sl_intent r = {.session = 7,
                          .action = action,
                          .asked_us = 1,
                          .started_us = 2,
                          .flags = SL_INTENT_IN_TX | SL_INTENT_EXTENDED,
                          .facts = SL_SPAN("facts"),
                          .text = sl_span_str(text)};

    memset(r.salt, 0x5a, sizeof r.salt);
    memset(r.approval, 0x11, sizeof r.approval);
    memset(r.commitment, 0x22, sizeof r.commitment);
    memset(r.policy_digest, 0x33, sizeof r.policy_digest);
    return r;
}

static void test_round_trip(void)
{
    struct fixture f = make(RING);
    SL_BUF(scratch, SL_JOURNAL_MAX_RECORD);
    struct sl_journal_record r;
    struct sl_intent sent = intent(1, "select 1");
    struct sl_outcome_record outcome = {.session = 7,
                                        .action = 1,
                                        .ended_us = 9,
                                        .rows = 3,
                                        .bytes = 44,
                                        .outcome = SL_OUTCOME_FAILED,
                                        .sqlstate = "42P01"};
    struct sl_txn_record txn = {
        .session = 7, .ended_us = 10, .first_action = 1, .last_action = 2, .outcome = 2};
    struct sl_progress_record progress = {.session = 7, .action = 1, .rows = 2, .bytes = 20};
    uint64_t at = sl_journal_tail(&f.reader);

    SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_ENOTFOUND);
    SL_CHECK_INT(sl_journal_intent(&f.writer, &sent), SL_OK);
    SL_CHECK_INT(sl_journal_progress(&f.writer, &progress), SL_OK);
    SL_CHECK_INT(sl_journal_outcome(&f.writer, &outcome), SL_OK);
    SL_CHECK_INT(sl_journal_txn(&f.writer, &txn), SL_OK);

    SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_OK);
    SL_CHECK_INT(r.type, SL_JOURNAL_INTENT);
    SL_CHECK(r.intent.session == 7 && r.intent.action == 1 && r.intent.asked_us == 1);
    SL_CHECK(r.intent.started_us == 2 && r.intent.flags == sent.flags);
    SL_CHECK(memcmp(r.intent.salt, sent.salt, 16) == 0 &&
             memcmp(r.intent.approval, sent.approval, 16) == 0);
    SL_CHECK(memcmp(r.intent.commitment, sent.commitment, 32) == 0);
    SL_CHECK(memcmp(r.intent.policy_digest, sent.policy_digest, 8) == 0);
    SL_CHECK_TEXT(r.intent.facts, "facts");
    SL_CHECK_TEXT(r.intent.text, "select 1");

    SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_OK);
    SL_CHECK(r.type == SL_JOURNAL_PROGRESS && r.progress.session == 7 && r.progress.action == 1);
    SL_CHECK(r.progress.rows == 2 && r.progress.bytes == 20);
    SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_OK);
    SL_CHECK_INT(r.type, SL_JOURNAL_OUTCOME);
    SL_CHECK(r.outcome.rows == 3 && r.outcome.bytes == 44 &&
             r.outcome.outcome == SL_OUTCOME_FAILED);
    SL_CHECK_BYTES(sl_span(r.outcome.sqlstate, 5), SL_SPAN("42P01"));
    SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_OK);
    SL_CHECK(r.type == SL_JOURNAL_TXN && r.txn.first_action == 1 && r.txn.last_action == 2);
    SL_CHECK_INT(r.txn.outcome, 2);
    SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_ENOTFOUND);

    SL_CHECK_INT(sl_journal_pending(&f.writer), at);
    sl_journal_release(&f.reader, at);
    SL_CHECK_INT(sl_journal_pending(&f.writer), 0);
    free(f.base);
}

/* Texts of every length push the records over the ring's end in every possible place. */
static void test_wrap(void)
{
    struct fixture f = make(RING);
    SL_BUF(scratch, SL_JOURNAL_MAX_RECORD);
    struct sl_journal_record r;
    char text[400];
    uint64_t at = 0;

    for (unsigned i = 0; i < 5000; i++) {
        size_t n = i % 397;
        memset(text, 'a' + (char)(i % 26), n);
        text[n] = '\0';
        struct sl_intent sent = intent(i, text);
        SL_CHECK_INT(sl_journal_intent(&f.writer, &sent), SL_OK);
        if (!SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_OK))
            break;
        SL_CHECK(r.intent.action == i && sl_span_is(r.intent.text, text));
        sl_journal_release(&f.reader, at);
    }
    SL_CHECK(at > 100 * RING);
    free(f.base);
}

static void test_full_keeps_room_for_outcomes(void)
{
    struct fixture f = make(RING);
    SL_BUF(scratch, SL_JOURNAL_MAX_RECORD);
    struct sl_journal_record r;
    struct sl_intent sent = intent(1, "select 1");
    struct sl_outcome_record outcome = {.outcome = SL_OUTCOME_OK};
    uint64_t at = 0;
    unsigned intents = 0, outcomes = 0, read = 0;

    while (sl_journal_intent(&f.writer, &sent) == SL_OK)
        intents++;
    SL_CHECK_INT(sl_journal_intent(&f.writer, &sent), SL_EFULL);
    SL_CHECK(intents * 144 <= RING * 3 / 4 && (intents + 1) * 144 > RING * 3 / 4);
    while (sl_journal_outcome(&f.writer, &outcome) == SL_OK)
        outcomes++;
    SL_CHECK(outcomes * 88 >= RING / 4 - 88);
    SL_CHECK_INT(sl_journal_outcome(&f.writer, &outcome), SL_EFULL);

    while (sl_journal_read(&f.reader, &at, &scratch, &r) == SL_OK)
        read++;
    SL_CHECK_INT(read, intents + outcomes);
    SL_CHECK_INT(sl_journal_intent(&f.writer, &sent), SL_EFULL); /* read, but not yet released */
    sl_journal_release(&f.reader, at);
    SL_CHECK_INT(sl_journal_intent(&f.writer, &sent), SL_OK);
    free(f.base);
}

static void test_too_large(void)
{
    struct fixture f = make(1024 * 1024);
    char *text = calloc(1, SL_JOURNAL_MAX_RECORD + 1);
    uint64_t before = f.writer.head;

    memset(text, 'x', SL_JOURNAL_MAX_RECORD);
    struct sl_intent sent = intent(1, text);
    SL_CHECK_INT(sl_journal_intent(&f.writer, &sent), SL_ELIMIT);
    sent.text.n = SL_JOURNAL_MAX_RECORD - 128 - 5 - 3;
    SL_CHECK_INT(sl_journal_intent(&f.writer, &sent), SL_OK);
    SL_CHECK_INT(f.writer.head, before + SL_JOURNAL_MAX_RECORD);
    free(text);
    free(f.base);
}

static void test_open_refuses(void)
{
    struct fixture f = make(RING);
    struct sl_journal j;
    uint64_t *words = (uint64_t *)(void *)f.base;

    SL_CHECK_INT(sl_journal_open(f.base, f.bytes - 8, &j), SL_ECORRUPT);
    SL_CHECK_INT(sl_journal_open(f.base, SL_JOURNAL_HEADER, &j), SL_ECORRUPT);
    SL_CHECK_INT(sl_journal_open(f.base, 0, &j), SL_ECORRUPT);
    SL_CHECK_INT(sl_journal_format(f.base, SL_JOURNAL_HEADER + 1000, 1), SL_ELIMIT);
    words[8] = 16, words[16] = 24; /* tail beyond head */
    SL_CHECK_INT(sl_journal_open(f.base, f.bytes, &j), SL_ECORRUPT);
    words[8] = RING + 32, words[16] = 24; /* more than the ring holds */
    SL_CHECK_INT(sl_journal_open(f.base, f.bytes, &j), SL_ECORRUPT);
    words[8] = 17, words[16] = 16; /* not aligned */
    SL_CHECK_INT(sl_journal_open(f.base, f.bytes, &j), SL_ECORRUPT);
    words[8] = 32, words[16] = 32;
    SL_CHECK_INT(sl_journal_open(f.base, f.bytes, &j), SL_OK);
    words[1] = RING * 2; /* the size in the file is not the mapping's */
    SL_CHECK_INT(sl_journal_open(f.base, f.bytes, &j), SL_ECORRUPT);
    words[1] = RING, words[0] ^= 1;
    SL_CHECK_INT(sl_journal_open(f.base, f.bytes, &j), SL_ECORRUPT);
    free(f.base);
}

/* A writer that dies before it publishes has written nothing. */
static void test_unpublished_is_unseen(void)
{
    struct fixture f = make(RING);
    SL_BUF(scratch, SL_JOURNAL_MAX_RECORD);
    struct sl_journal_record r;
    struct sl_intent sent = intent(1, "select 1");
    uint64_t at = 0, *head = (uint64_t *)(void *)(f.base + 64);

    SL_CHECK_INT(sl_journal_intent(&f.writer, &sent), SL_OK);
    *head = 0;
    SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_ENOTFOUND);
    struct sl_journal again;
    SL_CHECK_INT(sl_journal_open(f.base, f.bytes, &again), SL_OK);
    sent = intent(2, "select 2");
    SL_CHECK_INT(sl_journal_intent(&again, &sent), SL_OK);
    SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_OK);
    SL_CHECK_INT(r.intent.action, 2);
    free(f.base);
}

/* Everything a reader does with a ring: it must end, and never step outside. */
static void read_all(struct sl_journal *reader, unsigned *good, enum sl_err *end)
{
    SL_BUF(scratch, SL_JOURNAL_MAX_RECORD);
    struct sl_journal_record r;
    struct sl_facts facts;
    uint64_t at = 0;

    *good = 0;
    while ((*end = sl_journal_read(reader, &at, &scratch, &r)) == SL_OK) {
        (*good)++;
        if (r.type == SL_JOURNAL_INTENT && sl_facts_get(r.intent.facts, &facts) == SL_OK)
            SL_CHECK(facts.verdict <= 2);
    }
}

static void test_every_flipped_bit_of_a_small_ring(void)
{
    struct fixture f = make(1024);
    struct sl_intent sent = intent(1, "select email from customers");
    struct sl_outcome_record outcome = {.outcome = SL_OUTCOME_OK};
    unsigned records = 0, good, caught = 0;
    enum sl_err end;

    while (sl_journal_intent(&f.writer, &sent) == SL_OK)
        records++;
    SL_CHECK_INT(sl_journal_outcome(&f.writer, &outcome), SL_OK);
    records++;
    size_t used = f.writer.head;
    for (size_t bit = 64 * 8; bit < (SL_JOURNAL_HEADER + used) * 8; bit++) {
        if (bit == 72 * 8)
            bit = SL_JOURNAL_HEADER * 8; /* head, then the records */
        f.base[bit / 8] ^= (uint8_t)(1u << bit % 8);
        read_all(&f.reader, &good, &end);
        SL_CHECK(good < records || bit < SL_JOURNAL_HEADER * 8);
        caught += end == SL_ECORRUPT;
        f.base[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    read_all(&f.reader, &good, &end);
    SL_CHECK(good == records && end == SL_ENOTFOUND);
    SL_CHECK(caught >= used * 8);
    free(f.base);
}

/* Random rings with random heads. */
static void test_noise(void)
{
    struct fixture f = make(1024);
    uint64_t state = 88172645463325252u, *head = (uint64_t *)(void *)(f.base + 64);
    unsigned good;
    enum sl_err end;

    for (unsigned round = 0; round < 20000; round++) {
        for (size_t i = SL_JOURNAL_HEADER; i < f.bytes; i += 8) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            uint64_t word = (state & 3) == 0 ? state & 0xff : state;
            memcpy(f.base + i, &word, 8);
        }
        *head = round % 3 == 0 ? state : (state & 1023 & ~7u);
        read_all(&f.reader, &good, &end);
        SL_CHECK(good == 0 && end != SL_OK);
    }
    free(f.base);
}

/* Well-formed bytes that say what may not be said. */
static void test_a_writer_that_follows_the_format(void)
{
    struct sl_journal_record r;
    SL_BUF(scratch, SL_JOURNAL_MAX_RECORD);
    struct sl_intent bad[] = {intent(1, "x"), intent(1, "\xff"), intent(1, "short")};
    struct sl_outcome_record outcomes[] = {{.outcome = 0},
                                           {.outcome = 5},
                                           {.outcome = 1, .sqlstate = "42\x1b[m"}};
    struct sl_txn_record txns[] = {{.outcome = 3},
                                   {.outcome = 0},
                                   {.outcome = 1, .first_action = 2, .last_action = 1}};

    bad[0].flags = 1u << 6;
    bad[2].flags = SL_INTENT_TEXT_DIGEST;
    for (size_t i = 0; i < 3; i++) {
        struct fixture f = make(RING);
        uint64_t at = 0;
        SL_CHECK_INT(sl_journal_intent(&f.writer, &bad[i]), SL_OK);
        SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_ECORRUPT);
        SL_CHECK_INT(at, 0);
        free(f.base);
        f = make(RING);
        SL_CHECK_INT(sl_journal_outcome(&f.writer, &outcomes[i]), SL_OK);
        SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_ECORRUPT);
        free(f.base);
        f = make(RING);
        SL_CHECK_INT(sl_journal_txn(&f.writer, &txns[i]), SL_OK);
        SL_CHECK_INT(sl_journal_read(&f.reader, &at, &scratch, &r), SL_ECORRUPT);
        free(f.base);
    }
}

int main(void)
{
    SL_RUN(test_round_trip);
    SL_RUN(test_wrap);
    SL_RUN(test_full_keeps_room_for_outcomes);
    SL_RUN(test_too_large);
    SL_RUN(test_open_refuses);
    SL_RUN(test_unpublished_is_unseen);
    SL_RUN(test_every_flipped_bit_of_a_small_ring);
    SL_RUN(test_noise);
    SL_RUN(test_a_writer_that_follows_the_format);
    return sl_tap_done();
}
