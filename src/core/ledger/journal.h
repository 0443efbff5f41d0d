/* A gate's journal: a ring of records in shared memory, written before the bytes go out (P6).
 *
 * One writer (a gate), one reader (the keeper). The file lies on tmpfs in the runtime directory and
 * is mapped by both; what is committed survives kill -9 of every program. No system call is made to
 * write a record. The reader trusts nothing in the mapping: every length is checked, a damaged
 * record ends the gate that wrote it.
 *
 * File: one page of header, then `size` bytes of ring (a power of two).
 *   header  0  u64 magic "SLJRNL02"   8 u64 size   16 u64 generation
 *          64  u64 head   next byte to write (only ever grows; written by the gate alone)
 *         128  u64 tail   next byte to read  (only ever grows; moved by the keeper alone)
 * Record, 8-byte aligned:
 *   u32 length_of_body | u32 check | body | zeros to 8
 * `check` multiplies and folds the position, the length and the padded body's words, four sums
 * side by side (journal.c): it finds what broke by accident, also an old record read at a wrong
 * place. It is no signature; a hostile gate can write what it likes, well-formed, about its own
 * sessions. A record is committed when `head` has passed it; `head` is stored with release order as
 * the last word of the write.
 *
 * Bodies (first byte is the type):
 *   INTENT   one action is about to be forwarded (or was refused: verdict deny)
 *   OUTCOME  it ended
 *   TXN      the transaction that earlier actions were part of ended
 *   PROGRESS how far an action that still runs has come: rows and bytes since its start. Each one
 *            replaces the one before it, and OUTCOME replaces them all; without an OUTCOME the last
 *            is what is known. A full ring simply has none: losing one loses nothing.
 * The reader returns only records whose type, flags, outcome, SQLSTATE (five of 0-9A-Z, or zeros)
 * and UTF-8 are sound; `facts` is checked by sl_facts_get.
 *
 * Disadvantage: both ends must be one machine's programs of one version (native byte order).
 */
#ifndef SL_CORE_LEDGER_JOURNAL_H
#define SL_CORE_LEDGER_JOURNAL_H

#include "base/buf.h"
#include "base/cursor.h"

enum {
    SL_JOURNAL_HEADER = 4096,
    SL_JOURNAL_DEFAULT = 16 * 1024 * 1024,
    SL_JOURNAL_MAX_RECORD = 64 * 1024,
    SL_JOURNAL_MAX_TEXT = 24 * 1024, /* longer texts are recorded by digest and head */
};

enum sl_journal_type {
    SL_JOURNAL_INTENT = 1,
    SL_JOURNAL_OUTCOME = 2,
    SL_JOURNAL_TXN = 3,
    SL_JOURNAL_PROGRESS = 4,
};

enum sl_outcome {
    SL_OUTCOME_OK = 1,
    SL_OUTCOME_FAILED = 2,  /* the server answered with an error */
    SL_OUTCOME_REFUSED = 3, /* never forwarded; of a spent grant also without an intent */
    SL_OUTCOME_UNKNOWN = 4, /* forwarded, and the answer was lost (P11) */
};

enum sl_intent_flag {
    SL_INTENT_OBSERVED = 1 << 0,    /* would have been held or denied: target in observe mode */
    SL_INTENT_IN_TX = 1 << 1,       /* part of an open transaction: a TXN record will follow */
    SL_INTENT_TEXT_DIGEST = 1 << 2, /* `text` is 32 bytes of SHA-256, then the head of the text */
    SL_INTENT_SHAPE = 1 << 3,       /* record: shape. `text` is the shape; literals by commitment */
    SL_INTENT_EXTENDED = 1 << 4,    /* Bind + Execute */
    SL_INTENT_TEXT_BYTES = 1 << 5,  /* the text is not valid UTF-8 */
};

/* `facts`: what it is and what the policy said, as core/ledger/facts.h has it. */
struct sl_intent {
    uint64_t session, action; /* action: unique within the gate's life, growing */
    uint64_t asked_us, started_us;
    uint32_t flags;
    uint8_t policy_digest[8]; /* the head of it */
    uint8_t approval[16];     /* UUID, zero when none */
    uint8_t commitment[32];   /* over bind values (or literals), zero when none */
    uint8_t salt[16];
    struct sl_span facts, text;
};

struct sl_outcome_record {
    uint64_t session, action;
    uint64_t ended_us, rows, bytes;
    uint8_t outcome; /* enum sl_outcome */
    uint8_t sqlstate[5];
    uint8_t body_digest[32]; /* of what was streamed in after the grant (COPY FROM STDIN) */
};

struct sl_txn_record {
    uint64_t session, ended_us;
    uint64_t first_action, last_action; /* this session's actions in that range */
    uint8_t outcome;                    /* 1 committed, 2 rolled back, 4 unknown */
};

struct sl_progress_record {
    uint64_t session, action, rows, bytes;
};

struct sl_journal_record {
    enum sl_journal_type type;
    union {
        struct sl_intent intent;
        struct sl_outcome_record outcome;
        struct sl_txn_record txn;
        struct sl_progress_record progress;
    };
};

/* A mapping of `bytes` bytes, header included. The caller maps and unmaps it. */
struct sl_journal {
    uint8_t *base;
    uint64_t size, head, tail_seen;
};

/* Formats a zeroed mapping. */
enum sl_err sl_journal_format(uint8_t *base, size_t bytes, uint64_t generation) SL_MUST_CHECK;
/* Checks a mapping that exists: SL_ECORRUPT when it is not a journal of that size. */
enum sl_err sl_journal_open(uint8_t *base, size_t bytes, struct sl_journal *out) SL_MUST_CHECK;
/* A mapping that sl_journal_open does not take: another version of Sluice left it, with records
 * that are in no ledger yet or without, or it is no journal at all. Only that version can read
 * them. */
enum sl_journal_age {
    SL_JOURNAL_STRANGE,
    SL_JOURNAL_OURS,
    SL_JOURNAL_OTHER_READ,
    SL_JOURNAL_OTHER_UNREAD
};
enum sl_journal_age sl_journal_age(uint8_t *base, size_t bytes);

/* Writer. SL_EFULL: no room until the keeper has drained; nothing was written. */
enum sl_err sl_journal_intent(struct sl_journal *j, const struct sl_intent *r) SL_MUST_CHECK;
enum sl_err sl_journal_outcome(struct sl_journal *j, const struct sl_outcome_record *r)
    SL_MUST_CHECK;
enum sl_err sl_journal_txn(struct sl_journal *j, const struct sl_txn_record *r) SL_MUST_CHECK;
/* Leaves the room for outcomes alone, as an INTENT does. */
enum sl_err sl_journal_progress(struct sl_journal *j, const struct sl_progress_record *r)
    SL_MUST_CHECK;
/* Bytes not yet drained, as far as the writer knows (reads the shared tail). */
uint64_t sl_journal_pending(struct sl_journal *j);
/* Room that outcome records of actions under way need is kept back: an INTENT is refused with
 * SL_EFULL while less than that would stay free after it: 256 KiB, or a quarter of a small ring.
 * SL_ELIMIT: larger than SL_JOURNAL_MAX_RECORD. SL_ECORRUPT: the shared tail makes no sense. */

/* Reader. Copies out of the ring before it looks (the writer may be hostile): the record's spans
 * point into `scratch`, which must allow SL_JOURNAL_MAX_RECORD. SL_ENOTFOUND: nothing more.
 * SL_ECORRUPT: the writer broke the format. */
enum sl_err sl_journal_read(struct sl_journal *j, uint64_t *at, struct sl_buf *scratch,
                            struct sl_journal_record *out) SL_MUST_CHECK;
/* Where the reader stands, and moving it: everything before `at` may be overwritten. */
uint64_t sl_journal_tail(struct sl_journal *j);
/* Bytes behind `at`, as the writer says; no more than there is room for. */
uint64_t sl_journal_unread(const struct sl_journal *j, uint64_t at);
void sl_journal_release(struct sl_journal *j, uint64_t at);

#endif
