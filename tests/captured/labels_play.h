/* What gates and keeper say to each other about labels that follow the data. */
#ifndef SL_TESTS_CAPTURED_LABELS_PLAY_H
#define SL_TESTS_CAPTURED_LABELS_PLAY_H

#include "core/policy/labels.h"

#include "tests/captured/captured_gate.h"

static uint64_t told;

/* The map that this gate hears next; the caller frees it. NULL: none came. */
static inline struct sl_label_map *heard_map(int gate, uint64_t *of)
{
    struct sl_label_map *map = NULL;
    struct sl_msg_labels m;

    for (int i = 0; i < 100; i++) {
        unsigned type = hear_any(gate, PATIENCE_MS);
        if (type == 0)
            return NULL;
        if (type != SL_MESSAGE_LABELS)
            continue;
        SL_CHECK_INT(sl_msg_labels_get(play.body, &m), SL_OK);
        SL_CHECK_INT(sl_label_map_decode(m.map, &map), SL_OK);
        *of = m.told;
        return map;
    }
    return NULL;
}

/* "public.s.e pii settled, ..." in the map that comes next. */
static inline void check_map(int gate, uint64_t of_told, const char *want)
{
    uint64_t of = 0;
    SL_BUF(text, 4096);
    SL_FREED_BY(sl_label_map) struct sl_label_map *map = heard_map(gate, &of);

    SL_CHECK(map != NULL);
    for (size_t i = 0; map != NULL && i < sl_label_map_count(map); i++) {
        struct sl_derived d = sl_label_map_at(map, i);
        sl_buf_say(&text, "%s%S %S%s", i > 0 ? ", " : "", d.column, d.label,
                   d.settled ? " settled" : "");
    }
    SL_CHECK_TEXT(sl_buf_span(&text), want);
    SL_CHECK_INT((long long)of, (long long)of_told);
}

static inline uint64_t tell(int gate, const char *target, uint64_t of_session, uint64_t action,
                            uint8_t how, const char *column, const char *label)
{
    struct sl_ipc_list columns = {0}, labels = {0}, sources = {0};
    SL_BUF(a, 1024);
    SL_BUF(b, 1024);
    SL_BUF(c, 1024);

    sl_ipc_list_add(&a, &columns, sl_span_str(column));
    columns.items = sl_buf_span(&a);
    if (label != NULL)
        sl_ipc_list_add(&b, &labels, sl_span_str(label));
    labels.items = sl_buf_span(&b);
    sl_ipc_list_add(&c, &sources, SL_SPAN("hidden.people.mail"));
    sources.items = sl_buf_span(&c);
    TELL(gate, label_flow, .told = ++told, .target = sl_span_str(target), .session = of_session,
         .action = action, .how = how, .columns = columns, .labels = labels, .sources = sources);
    return told;
}

static inline void ended(uint64_t action, uint8_t outcome)
{
    static const uint8_t facts[20] = {1};
    struct sl_intent in = {.session = session,
                           .action = action,
                           .asked_us = 1,
                           .started_us = 2,
                           .facts = sl_span(facts, sizeof facts),
                           .text = SL_SPAN("insert")};
    struct sl_outcome_record out = {
        .session = session, .action = action, .ended_us = sl_clock_us(), .outcome = outcome};

    SL_CHECK_INT(sl_journal_intent(&play.ring, &in), SL_OK);
    SL_CHECK_INT(sl_journal_outcome(&play.ring, &out), SL_OK);
    TELL(play.gate, journal_kick, .position = 0);
}

static inline void drop(const char *column)
{
    struct sl_ipc_list columns = {0};
    SL_BUF(a, 1024);

    sl_ipc_list_add(&a, &columns, sl_span_str(column));
    columns.items = sl_buf_span(&a);
    TELL(play.gate, label_gone, .target = SL_SPAN("finance"), .dropped = 1, .columns = columns);
}

#endif
