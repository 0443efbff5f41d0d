/* Where the keeper's state lives: the ledger, which is the truth, and the view of it in SQLite.
 *
 * Every change is one event: a JSON object with a name in "e", appended to the write-ahead log
 * beside the leaf that tells the world, and applied to the view by view_apply. A replay applies the
 * same events with the same function, so what a crash left behind and what was lived through are
 * equal.
 *
 * Failure sticks. After a store_record that failed nothing is answered any more: the keeper ends,
 * and its next start catches up from what is on the disk.
 */
#ifndef SL_ROLE_KEEPER_STORE_H
#define SL_ROLE_KEEPER_STORE_H

#include "os/ledger_store.h"
#include "role/keeper/lineage.h"
#include "role/keeper/trail.h"
#include "role/keeper/usage.h"
#include "json/json.h"

struct store {
    struct db *db;
    struct sl_ledger *ledger;
    struct lineage *lineage; /* told of every leaf */
    struct usage *usage;     /* told of every leaf too */
    struct trail *trail;     /* and this */
    struct sl_ledger_opened opened;
    uint8_t secret[32];    /* keys the join index and the salts of unknown users;
                              <state>/keys/keeper.key */
    bool needs_sync;       /* an event that must be on the disk before anybody is answered */
    bool needs_write;      /* something that must at least be with the kernel */
    uint64_t sequence;     /* orders approvals */
    uint64_t changes;      /* counts events: what was looked up in the view holds until the next */
    uint64_t applied;      /* up to here the view is committed */
    const char *state_dir; /* while it opens */
    enum sl_err why;
};

struct store_options {
    const char *state_dir;
    struct sl_span origin;
    uint64_t now_us;
};

/* Opens both and catches the view up. `why` gets a sentence for the operator. */
enum sl_err store_open(struct store *s, const struct store_options *o, struct sl_buf *why)
    SL_MUST_CHECK;
void store_done(struct store *s);

/* Appends leaf (NULL: state alone) and event, and applies the event. Takes the reference to
 * `event`; NULL (it could not be built) is an error. `sync`: answers wait for the disk. */
void store_record(struct store *s, const struct sl_buf *leaf, json_t *event, bool sync);
/* The same with what the leaf names by digest only: `document` goes beside the log, where it can be
 * erased, in the same commit (P10), and to the view, which a replay gives what is still there. */
void store_record_document(struct store *s, const struct sl_buf *leaf, json_t *event,
                           struct sl_span document, bool sync);
/* A leaf without an event: nothing in the view depends on it. *index may be NULL. */
void store_leaf(struct store *s, const struct sl_buf *leaf, bool sync, uint64_t *index);
/* Leaf (may be NULL) with the state of a drained journal, in its compact form (view_drained). */
void store_drained(struct store *s, struct sl_span state);

/* Before a call is handled: what it records then goes out in one write, so that a crash leaves all
 * of it or nothing (os/ledger_store.h). */
void store_call_begins(struct store *s);
/* False: something could not be recorded, so nothing is any more, and the keeper ends when its turn
 * does. Until then a loop over what is still there in the view would find the same for ever. */
bool store_works(const struct store *s);
/* Makes everything recorded so far durable, as far as it asked for it. */
enum sl_err store_commit(struct store *s) SL_MUST_CHECK;
/* Commits and signs a checkpoint. */
enum sl_err store_checkpoint(struct store *s) SL_MUST_CHECK;
/* The same, puts the view on the disk, and lets the ledger remove log segments that nobody needs.
 */
enum sl_err store_settle(struct store *s) SL_MUST_CHECK;

/* A new event with its name and time. */
json_t *event_new(const char *name, uint64_t at_us);
void event_str(json_t *event, const char *key, struct sl_span value);
void event_u64(json_t *event, const char *key, uint64_t value);
void event_hex(json_t *event, const char *key, struct sl_span bytes);
void event_bool(json_t *event, const char *key, bool value);
void event_json(json_t *event, const char *key, json_t *value); /* takes the reference */

#endif
