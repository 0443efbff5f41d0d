/* Usage in the keeper's view: statements, rows and bytes, by who, why, what and when.
 *
 * It is told of every leaf in the order of the log, as the lineage graph is: in JSON by usage_leaf
 * (each leaf of a replay, the rare ones of a living keeper), and straight from a drained journal by
 * usage_item, usage_outcome and usage_ended. Both end in the same rows. Beside that it hears of
 * progress, which is in no leaf: what a running statement has moved so far, replaced by its
 * outcome.
 *
 * What counts
 *   statement  each action, once, whatever became of it: when its intent is read, and of a held one
 *              when its approval is asked (its leaf, should it run, is the same statement).
 *   bytes      bodies of the rows that the server sent, at once: what left has left.
 *   rows       of what only reads, those bytes' rows, at once, whatever became of it later. Of what
 *              changes data, the rows of the server's command tag, once its transaction has
 *              committed; what failed, was rolled back or ended unseen counts none.
 * All of it stands in the hour in which the statement began (a held one: was asked).
 *
 * A row of the table is one hour, identity (with owner and target), set of datasets with columns
 * and labels, verdict, effects, run and reason. Run and reason are cut at USAGE_TEXT_BYTES. An
 * identity that made USAGE_EXACT rows in one hour gets further ones with run and reason `(other)`,
 * and from USAGE_COARSE on with its labels alone, dataset `(other)`: who floods the table blurs
 * only himself. Beyond the retention rows go; usage_total (by target, verdict and effects) never
 * does.
 */
#ifndef SL_ROLE_KEEPER_USAGE_H
#define SL_ROLE_KEEPER_USAGE_H

#include "core/ledger/entry.h"
#include "role/keeper/db.h"

#define USAGE_OTHER "(other)"
#define USAGE_HOUR_US (3600 * UINT64_C(1000000))
enum { USAGE_TEXT_BYTES = 200, USAGE_EXACT = 1000, USAGE_COARSE = 1500 };

/* What usage can be grouped by: a bit each, in the order of the columns of DB_USAGE_QUERY. */
#define USAGE_KEYS(X)       \
    X(IDENTITY, "identity") \
    X(OWNER, "owner")       \
    X(RUN, "run")           \
    X(REASON, "reason")     \
    X(TARGET, "target")     \
    X(DATASET, "dataset")   \
    X(COLUMN, "column")     \
    X(LABEL, "label")       \
    X(VERDICT, "verdict")   \
    X(HOUR, "hour")
enum usage_key {
#define USAGE_KEY(NAME, text) USAGE_BY_##NAME,
    USAGE_KEYS(USAGE_KEY)
#undef USAGE_KEY
        USAGE_KEY_COUNT
};
const char *usage_key_name(unsigned key); /* NULL out of range */

struct usage;

enum sl_err usage_new(struct db *db, struct usage **out) SL_MUST_CHECK;
void usage_free(struct usage *u); /* NULL is fine */
SL_DEFINE_CLEANUP(struct usage, usage)

/* One leaf, as it stands in the log. What is no leaf of ours changes nothing. */
void usage_leaf(struct usage *u, struct sl_span leaf);

/* The facts of a leaf, read once. The pointer is the caller's until it gives it back. */
struct usage_facts;
struct usage_facts *usage_facts(struct usage *u, struct sl_span facts);
void usage_facts_unref(struct usage_facts *f); /* NULL is fine */

/* One allowed action of a batch; `facts` of `a` is not looked at. */
void usage_item(struct usage *u, struct usage_facts *facts, const struct sl_entry_action *a);
void usage_outcome(struct usage *u, const struct sl_entry_outcome *o);
void usage_ended(struct usage *u, const struct sl_entry_txn *txn);
/* An action that still runs: rows and bytes since its start. */
void usage_progress(struct usage *u, uint64_t session, uint64_t action, uint64_t rows,
                    uint64_t bytes);
/* What is known of an action that still runs; zeros when nothing is. */
void usage_so_far(struct usage *u, uint64_t session, uint64_t action, uint64_t *rows,
                  uint64_t *bytes);

/* Everything told so far is in the tables. Errors stick. */
enum sl_err usage_flush(struct usage *u) SL_MUST_CHECK;
/* Hours before this point in time go. */
enum sl_err usage_purge(struct usage *u, uint64_t before_us) SL_MUST_CHECK;

#endif
