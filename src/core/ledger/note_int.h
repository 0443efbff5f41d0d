#ifndef SL_CORE_LEDGER_NOTE_INT_H
#define SL_CORE_LEDGER_NOTE_INT_H

#include "core/ledger/note.h"

/* One line without its newline, which is passed; false when no whole line is left. */
static inline bool sl_note_line(struct sl_span s, size_t *at, struct sl_span *line)
{
    struct sl_span rest = sl_span_from(s, *at);
    size_t n = sl_span_find(rest, '\n');

    if (n == rest.n)
        return false;
    *line = sl_span_head(rest, n);
    *at += n + 1;
    return true;
}

#endif
