/* Is this ledger whole and right? Checks a ledger's files offline, tree and meaning, trusting
 * nothing but the key that the caller brings.
 *
 *   tree      every entry hashes into its tile, every tile into the one above, all into the root
 * that is signed; an older checkpoint that somebody kept is an ancestor of this one; a partial tile
 * or bundle that a wider one replaced says what that one says log       the write-ahead log agrees
 * with the entries, and its own records are undamaged meaning   audit.h
 *
 * What is not covered by a signature yet (entries that came after the last checkpoint) is checked
 * as far as it can be and counted. The files come through callbacks: there is no file in here.
 */
#ifndef SL_CORE_LEDGER_VERIFY_H
#define SL_CORE_LEDGER_VERIFY_H

#include "core/ledger/audit.h"

enum sl_verify_grade {
    SL_VERIFY_WRONG, /* somebody changed something, or somebody did what they may not */
    SL_VERIFY_NOTE,  /* worth saying, proves nothing */
};

struct sl_verify {
    void *owner;
    /* A file of the ledger by its name ("checkpoint", "tile/0/000.p/7"). SL_ENOTFOUND, SL_ELIMIT.
     */
    enum sl_err (*read)(void *owner, const char *name, struct sl_buf *out);
    /* Segment number `number` of the log, oldest first; SL_ENOTFOUND behind the last. NULL: no log.
     */
    enum sl_err (*read_log)(void *owner, size_t number, struct sl_buf *out);
    /* The name of partial tile or bundle number `number` of those that lie there, in any order;
     * SL_ENOTFOUND behind the last. NULL: only those that the checkpoint needs are looked at. */
    enum sl_err (*partial)(void *owner, size_t number, struct sl_buf *name);
    /* What lies beside the log (audit.h). NULL: nothing is here of it. */
    sl_audit_document_fn *document;
    /* `entry` UINT64_MAX: not about one entry. `file` may be empty. */
    void (*report)(void *owner, enum sl_verify_grade grade, uint64_t entry, struct sl_span file,
                   struct sl_span sentence);
    sl_audit_decision_fn *decision; /* each decision (audit.h), or NULL */
    void (*progress)(void *owner, uint64_t done, uint64_t all); /* or NULL */
    const struct sl_vkey
        *key;              /* that the caller trusts; NULL: the ledger's own, and a note says so */
    struct sl_span old;    /* an older checkpoint that somebody kept, or empty */
    unsigned max_findings; /* stop after so many; 0: 100 */
};

struct sl_verify_result {
    struct sl_checkpoint checkpoint; /* origin is not set */
    uint64_t wrong, notes;
    uint64_t unsigned_entries;  /* in the log, after the checkpoint */
    uint64_t proved, vouched;   /* decisions: by a passkey whose signature is right; by the desk */
    uint64_t documents, erased; /* beside the log, of approvals: there and right; not there */
};

/* SL_OK: it was checked; `wrong` says what came out. Else it could not be checked to the end. */
enum sl_err sl_verify_run(const struct sl_verify *v, struct sl_verify_result *out) SL_MUST_CHECK;

#endif
