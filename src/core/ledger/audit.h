/* What the ledger means, checked leaf by leaf and offline: did everything go by the rules?
 *
 * The audit walks all leaves in order and keeps its own picture of people, credentials, keys,
 * policies, sessions and approvals, from the leaves alone. It reports, with the entry's number and
 * a sentence:
 *   - a leaf that is not canonical JSON, or not of a kind and shape that is known
 *   - an approver who was in the requester set, was no active human, had no deciding credential
 * from before the action was asked, was no reviewer, voted twice or too late (the rules of P4,
 * asked again of the function that the keeper asks)
 *   - an approval that moved as it may not, was approved without every vote it needs, or outside
 * its time
 *   - a digest that differs between what was asked, decided, spent and run, or from the document
 * beside the log, where that has not been erased
 *   - an approval that asks for less than the rules it names say, as the policy in force has them:
 * who decides, where, with what proof, until when; or whose digest of them is another
 *   - a held action that ran without its grant being spent, a grant spent twice or run twice
 *   - a use of an envelope that is not of its template, does something else than was asked, or
 * comes behind its end, its time, its count or an unknown outcome (docs/envelopes.md)
 *   - more rows of a stopped statement, or of such a use, than people let pass
 *   - a denied action that ran; a judged action whose policy is not in the ledger
 *   - a passkey that was enrolled without proof that it is there, or, beside others, without one of
 * theirs; a decision by passkey whose signature is not of exactly this decision
 *   - an action that one person released alone (break-glass) without the configuration, the group
 * or the reason for it, or that two others have not signed off in time
 *   - under `govern: two-person`: a change of the roster that nobody else let happen; one that was
 * made past it, until two people who were there before have signed it off
 *   - a key that was not handed over by the one before it
 * It believes the times in the leaves; that they are true is the witnesses' part.
 */
#ifndef SL_CORE_LEDGER_AUDIT_H
#define SL_CORE_LEDGER_AUDIT_H

#include "core/ledger/note.h"
#include "core/ledger/tree.h"

struct sl_audit;

typedef void sl_audit_report_fn(void *owner, uint64_t entry, struct sl_span sentence);

enum sl_err sl_audit_new(sl_audit_report_fn *report, void *owner, struct sl_audit **out)
    SL_MUST_CHECK;
void sl_audit_free(struct sl_audit *a);
SL_DEFINE_CLEANUP(struct sl_audit, sl_audit)

/* What lies beside the log: the document of the action that leaf `entry` asks about. SL_ENOTFOUND
 * when it was erased, or is not here; else it must have the digest that was decided, and say what
 * the leaf says. */
typedef enum sl_err sl_audit_document_fn(void *owner, uint64_t entry, struct sl_buf *out);
void sl_audit_documents(struct sl_audit *a, sl_audit_document_fn *read, void *owner);
/* How many documents were there and right, how many approvals had none. */
void sl_audit_document_counts(const struct sl_audit *a, uint64_t *read, uint64_t *erased);

/* Every decision, told as it comes, with what stands behind it. */
struct sl_audit_decision {
    uint64_t entry;
    struct sl_span approval, approver, decision, credential;
    struct sl_span in_place; /* by the right of whom, who was away; empty: their own */
    struct sl_span key;      /* the passkey's id in base64url; empty: none */
    bool passkey;            /* it carries a passkey's signature; else the desk vouches for it */
    bool proved;             /* and that was verified here */
    bool device_bound;
};
typedef void sl_audit_decision_fn(void *owner, const struct sl_audit_decision *d);
void sl_audit_decisions(struct sl_audit *a, sl_audit_decision_fn *tell, void *owner);

/* What passkeys signed names the tree of that moment. Leaves alone do not tell its root: whoever
 * has the tiles compares (newest first, until the audit is freed). */
struct sl_audit_claim {
    uint64_t entry, size; /* entry: where it is said */
    struct sl_hash root;
    const struct sl_audit_claim *next;
};
const struct sl_audit_claim *sl_audit_claims(const struct sl_audit *a);

/* The next leaf; numbers grow by one from 0. SL_EMEMORY, SL_ELIMIT: the audit cannot go on. */
enum sl_err sl_audit_leaf(struct sl_audit *a, uint64_t entry, struct sl_span leaf) SL_MUST_CHECK;

/* After the last leaf: what one person did alone and two others have not signed off in time. */
void sl_audit_end(struct sl_audit *a);

/* The key that signs a tree of this size (all leaves before it seen); NULL before the first. */
const struct sl_vkey *sl_audit_key_at(const struct sl_audit *a, uint64_t size);
/* True when this key is one of the chain that leads to the one that signs a tree of this size: then
 * it signed that tree, or the statement that handed over to the next. A key that only comes after
 * has signed nothing; whoever wrote the leaf may have invented that. */
bool sl_audit_key_known(const struct sl_audit *a, const struct sl_vkey *key, uint64_t size);

#endif
