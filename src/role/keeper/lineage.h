/* The lineage graph in the keeper's view: who touched which data, and where it went.
 *
 * It is told of every leaf in the order of the log: by lineage_leaf in JSON (each leaf of a replay,
 * and the rare ones of a living keeper), and by lineage_item and lineage_ended straight from a
 * drained journal, because that way costs a hundredth. Both end in the same rows.
 *
 * What happened often is one row: an *act* is what one identity did with one meaning (the same
 * facts) under one approval in one hour, with first and last time, count, rows and bytes. Acts are
 * counted in memory and reach the tables in lineage_flush, which the store calls before it commits;
 * so a statement costs a look-up and some sums, and the view's index says up to where it is told.
 *
 * What counts: a read when its answer was ok; a change (and a read beside it) when its transaction
 * has committed too. Until then it is open, in memory and, at each flush, in a table; of more than
 * LINEAGE_OPENS in all sessions the oldest of the session that adds one is unknown at once. What
 * was rolled back or failed is an act without edges; what was denied, expired, cancelled, revoked
 * or lapsed is an act with edges that walks do not take (`attempted`); what is unknown is taken,
 * and says so.
 */
#ifndef SL_ROLE_KEEPER_LINEAGE_H
#define SL_ROLE_KEEPER_LINEAGE_H

#include "core/ledger/entry.h"
#include "core/lineage/lineage.h"
#include "role/keeper/db.h"

#define LINEAGE_STANDINGS(X)                 \
    X(COMMITTED, "committed", EDGES | FLOWS) \
    X(UNKNOWN, "unknown", EDGES | FLOWS)     \
    X(DENIED, "denied", EDGES)               \
    X(EXPIRED, "expired", EDGES)             \
    X(CANCELLED, "cancelled", EDGES)         \
    X(REVOKED, "revoked", EDGES)             \
    X(LAPSED, "lapsed", EDGES)               \
    X(FAILED, "failed", 0)                   \
    X(ROLLED_BACK, "rolled_back", 0)

enum lineage_standing {
#define LINEAGE_STANDING(NAME, text, makes) LINEAGE_##NAME,
    LINEAGE_STANDINGS(LINEAGE_STANDING)
#undef LINEAGE_STANDING
        LINEAGE_STANDING_COUNT
};
const char *lineage_standing_name(enum lineage_standing s);

enum { LINEAGE_OPENS = 200 * 1000 };

struct lineage;

/* What was open when the view was last committed is open again. */
enum sl_err lineage_new(struct db *db, struct lineage **out) SL_MUST_CHECK;
void lineage_free(struct lineage *l); /* NULL is fine */
SL_DEFINE_CLEANUP(struct lineage, lineage)

/* One leaf, as it stands in the log. What is no canonical leaf of ours changes nothing. */
void lineage_leaf(struct lineage *l, struct sl_span leaf);

/* The facts of a leaf, read once. The pointer is the caller's until it gives it back. */
struct lineage_story;
struct lineage_story *lineage_story(struct lineage *l, struct sl_span facts);
void lineage_story_unref(struct lineage_story *s); /* NULL is fine */

/* One allowed action of a batch; `facts` of `a` is not looked at. */
void lineage_item(struct lineage *l, struct lineage_story *story, const struct sl_entry_action *a);
/* The outcome of an action that was told before it ended. */
void lineage_outcome(struct lineage *l, const struct sl_entry_outcome *o);
/* A transaction ended. */
void lineage_ended(struct lineage *l, const struct sl_entry_txn *txn);

/* --- asking (after a flush) --- */

/* A graph to walk over the tables: what flowed and counts. A node that is a dataset has the edges
 * of its columns too, and a column those of its dataset. An edge that is told to somebody who may
 * not see all has the number of the latest act that they may see; the others have none. */
struct lineage_graph {
    struct db *db;
    struct sl_span only; /* a JSON array of identities whose acts may be seen; empty: all */
    struct db_rows rows;
    enum sl_lineage_way way;
};
struct sl_lineage_graph lineage_graph(struct lineage_graph *g);
/* The latest act, that may be seen, behind a step of the last walk over `g`. */
uint64_t lineage_latest_act(struct lineage_graph *g, const struct sl_lineage_step *s);
/* The nodes that `name` may mean: a dataset, a column of one, a sink; with "public." before it when
 * it has no schema. `target` empty: of all. Returns how many; at most `max` are written. */
size_t lineage_find(struct db *db, struct sl_span target, struct sl_span name, uint64_t *out,
                    size_t max);

/* --- for others --- */

/* An act, when it is first put into the tables; after a crash perhaps once more. */
struct lineage_act {
    uint8_t key[16];
    struct sl_span target, identity, owner, approval, approvers, why, text;
    enum lineage_standing standing;
    bool observed;
    uint64_t session, action, at_us;
    const struct sl_lineage_story *story;
};
/* NULL ends a batch: the tables are committed after it. */
typedef enum sl_err lineage_told_fn(void *owner, const struct lineage_act *act);
void lineage_tell(struct lineage *l, lineage_told_fn *told, void *owner);

/* Everything told so far is in the tables. Errors stick. */
enum sl_err lineage_flush(struct lineage *l) SL_MUST_CHECK;

#endif
