/* libraries: core_ledger, core_action, base */
/* A hostile gate's journal: the input is the shared head, then the ring. The reader ends, stays
 * inside, and what it returns is sound. Before that, the input is also written as the body of a
 * proper record, so that it gets past the check value. */
#include "core/ledger/facts.h"
#include "core/ledger/journal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RING = 2048, HEAD_AT = 64 };

static void read_all(struct sl_journal *j)
{
    SL_BUF(scratch, SL_JOURNAL_MAX_RECORD);
    struct sl_journal_record r;
    struct sl_facts facts;
    uint64_t at = 0;

    while (sl_journal_read(j, &at, &scratch, &r) == SL_OK) {
        SL_PROMISE(at <= RING && (at & 7) == 0);
        if (r.type == SL_JOURNAL_INTENT && sl_facts_get(r.intent.facts, &facts) == SL_OK)
            SL_PROMISE(facts.verdict <= 2);
    }
}

/* Writes the input as the facts and text of a proper record: past the check value, into the bodies.
 */
static void write_and_read(struct sl_journal *j, struct sl_span input)
{
    struct sl_cursor c = sl_cursor(input);
    struct sl_intent intent = {.flags = sl_cursor_u8(&c)};

    intent.facts = sl_cursor_take(&c, sl_cursor_u8(&c));
    intent.text = sl_cursor_rest(&c);
    struct sl_progress_record progress = {.rows = input.n, .bytes = intent.flags};
    if (sl_journal_intent(j, &intent) == SL_OK && sl_journal_progress(j, &progress) == SL_OK)
        read_all(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t bytes = SL_JOURNAL_HEADER + RING;
    uint8_t *base = calloc(1, bytes);
    struct sl_journal j;

    SL_PROMISE(base != NULL && sl_journal_format(base, bytes, 1) == SL_OK);
    SL_PROMISE(sl_journal_open(base, bytes, &j) == SL_OK);
    write_and_read(&j, sl_span(data, size));
    if (size >= 8) {
        memcpy(base + HEAD_AT, data, 8);
        memcpy(base + SL_JOURNAL_HEADER, data + 8, size - 8 < RING ? size - 8 : RING);
        read_all(&j);
    }
    free(base);
    return 0;
}
