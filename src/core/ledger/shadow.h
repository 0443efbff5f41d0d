/* Shadow: what another policy would have said to what the ledger has recorded.
 *
 * It is given every leaf in order, keeps its own picture of who asked (from sessions and the
 * roster), and judges each action of the time that is asked about again with the edited policy, by
 * the facts in the leaf. Nothing is run, and nothing but leaves is read.
 *
 * It says "cannot tell" rather than guess, with the reason and the entries:
 *   - the facts are not in the leaf (too long, or of another version),
 *   - the edited file has no such target, or it is not known who asked,
 *   - several statements in one message where a rule speaks of `statements`: which effect was whose
 *     is not recorded,
 *   - what was held because a budget had ended: use over time is not played again.
 * So budgets count for nothing here: what would be allowed may still be stopped by one. What is
 * recorded of a partition does not name the table above it: a rule that names only that one does
 * not match here what was asked of the partition by its own name.
 *
 * Labels: those that the edited file gives, and those of the leaf that came along with the data,
 * which are the ones that no file gave at that time (the ledger has each policy's text).
 */
#ifndef SL_CORE_LEDGER_SHADOW_H
#define SL_CORE_LEDGER_SHADOW_H

#include "core/policy/policy.h"

struct sl_shadow;
struct json_t;

enum { SL_SHADOW_ENTRIES = 20, SL_SHADOW_GROUPS = 200 };

/* `edited` must outlive it. What was asked before `since_us` is not judged; its leaves still say
 * who is who. */
enum sl_err sl_shadow_new(const struct sl_config *edited, uint64_t since_us, struct sl_shadow **out)
    SL_MUST_CHECK;
void sl_shadow_free(struct sl_shadow *s);
SL_DEFINE_CLEANUP(struct sl_shadow, sl_shadow)

/* The next leaf; what is no leaf of ours is "cannot tell". SL_EMEMORY: it cannot go on. */
enum sl_err sl_shadow_leaf(struct sl_shadow *s, uint64_t entry, struct sl_span leaf) SL_MUST_CHECK;

/* For whoever does not begin at the first leaf: an identity as it is known otherwise. Leaves that
 * come later win. */
enum sl_err sl_shadow_knows(struct sl_shadow *s, struct sl_span identity,
                            enum sl_identity_kind kind, const struct sl_names *groups)
    SL_MUST_CHECK;
/* The policy (canonical text) in force when the first leaf was written, for the same; leaves that
 * come later win. */
void sl_shadow_was(struct sl_shadow *s, struct sl_span canonical);

/* {"judged":n,"same":n,"different":n,"cannot_tell":n,
 *  "differences":[{"was","would","target","rules_were":[],"rules":[],"count":n,"identities":[],
 *    "statements":[],"datasets":[],"entries":[],"first_at","last_at"}],   (most first)
 *  "unknown":[{"why","count":n,"entries":[]}],"groups_more":bool}. NULL: out of memory. */
struct json_t *sl_shadow_json(const struct sl_shadow *s);

#endif
