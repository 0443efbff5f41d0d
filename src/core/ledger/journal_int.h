/* Private to the journal: between the ring (journal.c) and the bodies in it (journal_record.c). */
#ifndef SL_CORE_LEDGER_JOURNAL_INT_H
#define SL_CORE_LEDGER_JOURNAL_INT_H

#include "core/ledger/journal.h"

/* Appends one record made of `parts`, in order. SL_EFULL, SL_ELIMIT; SL_ECORRUPT when the shared
 * tail makes no sense. keep_reserve: leave the room that outcomes need. */
enum sl_err sl_journal_append(struct sl_journal *j, const struct sl_span *parts, size_t count,
                              bool keep_reserve) SL_MUST_CHECK;

/* Decodes a body; spans point into it. */
enum sl_err sl_journal_record_get(struct sl_span body, struct sl_journal_record *out) SL_MUST_CHECK;

#endif
