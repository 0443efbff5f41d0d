/* The ledger on disk, as the keeper (its single writer) uses it.
 *
 *   <state>/ledger/checkpoint  key.pub  lock  tile/...  tile/entries/...  wal/<first sequence>.wal
 *   <state>/keys/ledger.key (0600)          <state>/openings/<bundle>
 *
 * The write-ahead log is the only commit point. `append` puts a leaf (and the keeper's own state
 * that belongs to it) into a buffer; `write` hands the buffer to the kernel (it survives a crash of
 * every program); `commit` also has it on the disk (it survives a power loss). One commit covers
 * everything appended before it: append all that a batch of the loop produced, then commit once.
 *
 * What one write hands over is a group: after a crash all of it is there, or nothing.
 *
 * When write or commit fails, everything appended since the last success is dropped, from the file
 * too: it never happened, `size` and `sequence` are what they were, and the caller undoes what it
 * had in mind. SL_EFULL: try again when there is room. Any other error: the store is broken (every
 * later call returns that error); end the process, and the replay at the next start tells what is
 * on the disk.
 *
 * Tree, tiles and bundles lag behind; `checkpoint` brings them up, signs, and publishes by rename.
 * Never call from two processes: `open` takes a lock (SL_EBUSY).
 */
#ifndef SL_OS_LEDGER_STORE_H
#define SL_OS_LEDGER_STORE_H

#include "core/ledger/entry.h"
#include "core/ledger/note.h"
#include "core/ledger/wal.h"

struct sl_ledger;

/* One record at open, in order. An error ends the open with it. */
typedef enum sl_err sl_ledger_replay_fn(void *owner, const struct sl_wal_record *r);

struct sl_ledger_options {
    const char *state_dir;
    struct sl_span
        origin; /* used when the ledger is created; empty: sluice/<8 random hex digits> */
    uint64_t now_us;
    bool must_exist;             /* SL_ENOTFOUND instead of creating it */
    uint64_t applied;            /* the view has everything up to this sequence; 0: nothing */
    sl_ledger_replay_fn *replay; /* NULL: there is no view, `applied` does not count */
    void *owner;
    size_t segment_bytes; /* 0: 64 MiB */
};

struct sl_ledger_opened {
    bool created;
    uint64_t cut_bytes; /* of a torn tail, that are gone now */
    uint64_t replayed;  /* records given to `replay` */
    uint64_t size, sequence, checkpoint_size;
};

/* A ledger that does not exist is created with its key and its first leaf (kind `key`), committed
 * and signed. Refuses with SL_ECORRUPT, and a sentence for the operator in `why`: damage before the
 * tail; a log shorter than its last signed checkpoint; another root than was signed; a key that did
 * not sign it. SL_ESTATE: the view is older than the oldest record that is left. */
enum sl_err sl_ledger_open(const struct sl_ledger_options *o, struct sl_ledger **out,
                           struct sl_ledger_opened *info, struct sl_buf *why) SL_MUST_CHECK;
/* Closes without a commit (what was not written is lost, as in a crash). NULL is fine. */
void sl_ledger_free(struct sl_ledger *l);
SL_DEFINE_CLEANUP(struct sl_ledger, sl_ledger)

/* A leaf of 1..SL_ENTRY_MAX bytes; `state` may be empty. *index is its number in the tree. Works in
 * memory only. SL_ELIMIT: write first (SL_LEDGER_MAX_BUFFER are waiting), or the leaf is too long.
 */
enum { SL_LEDGER_MAX_BUFFER = 64 * 1024 * 1024 };
enum sl_err sl_ledger_append(struct sl_ledger *l, struct sl_span leaf, struct sl_span state,
                             uint64_t *index) SL_MUST_CHECK;
/* The keeper's state alone, no leaf. */
enum sl_err sl_ledger_append_state(struct sl_ledger *l, struct sl_span state) SL_MUST_CHECK;

/* What opens a leaf's commitments, beside the log and erasable: it goes out and is synced with the
 * same write and commit. `part` is the number of the action in a batch. */
enum sl_opening { SL_OPENING_SALT = 1, SL_OPENING_TEXT = 2, SL_OPENING_DOCUMENT = 3 };
enum sl_err sl_ledger_append_opening(struct sl_ledger *l, uint64_t index, uint32_t part,
                                     enum sl_opening kind, struct sl_span bytes) SL_MUST_CHECK;

/* So much waits that a long record may not fit any more: write first. */
bool sl_ledger_must_write(const struct sl_ledger *l);
enum sl_err sl_ledger_write(struct sl_ledger *l) SL_MUST_CHECK;
enum sl_err sl_ledger_commit(struct sl_ledger *l) SL_MUST_CHECK;

/* Leaves appended, the last sequence, the size of the last signed checkpoint; last synced sequence.
 */
uint64_t sl_ledger_size(const struct sl_ledger *l);
uint64_t sl_ledger_sequence(const struct sl_ledger *l);
uint64_t sl_ledger_synced(const struct sl_ledger *l);
uint64_t sl_ledger_checkpoint_size(const struct sl_ledger *l);
/* Bytes appended and not yet written. */
size_t sl_ledger_waiting(const struct sl_ledger *l);

/* Commits, writes tiles and bundles up to now, signs and publishes. Cheap when nothing is new.
 * SL_EFULL leaves the last checkpoint standing; the log itself goes on. */
enum sl_err sl_ledger_checkpoint(struct sl_ledger *l) SL_MUST_CHECK;
/* The last signed checkpoint: for a decision's `log`, and for witnesses. */
struct sl_checkpoint sl_ledger_last_checkpoint(const struct sl_ledger *l);

/* The caller's view has durably applied everything up to `sequence`: segments that lie wholly
 * before it and whose leaves are in full, synced bundles under a signed checkpoint are removed. */
enum sl_err sl_ledger_applied(struct sl_ledger *l, uint64_t sequence) SL_MUST_CHECK;

/* Reads one leaf back, wherever it lies. SL_ENOTFOUND. */
enum sl_err sl_ledger_read(struct sl_ledger *l, uint64_t index, struct sl_buf *leaf) SL_MUST_CHECK;

/* --- what anybody who reads the log may have, as it is under the last signed checkpoint --------
 *
 * A tile or a bundle is given as wide as it is asked for, from whatever is there that is as wide or
 * wider: the partial ones of an older checkpoint are the beginnings of the newer. SL_ENOTFOUND for
 * what no checkpoint covers. */
enum sl_err sl_ledger_tile(struct sl_ledger *l, const struct sl_tile *t, struct sl_buf *out)
    SL_MUST_CHECK;
/* The signed note itself; empty while nothing is signed. Valid until the next checkpoint. */
struct sl_span sl_ledger_note(const struct sl_ledger *l);
/* That leaf `index` is in the tree of the first `size` leaves, which a checkpoint covers. */
enum sl_err sl_ledger_prove(struct sl_ledger *l, uint64_t index, uint64_t size,
                            struct sl_tree_proof *out) SL_MUST_CHECK;
/* The 256 leaves of full bundle `number`, for walking many of them. SL_ENOTFOUND when it is not
 * full yet: read its leaves one by one. */
enum sl_err sl_ledger_full_bundle(struct sl_ledger *l, uint64_t number, struct sl_buf *out)
    SL_MUST_CHECK;

/* A new key, signed over by the old one; commits and signs a checkpoint with it. */
enum sl_err sl_ledger_rotate_key(struct sl_ledger *l, uint64_t now_us) SL_MUST_CHECK;
const struct sl_vkey *sl_ledger_vkey(const struct sl_ledger *l);

/* What opens part `part` of leaf `index`. Needs no open ledger; SL_ENOTFOUND when it was erased or
 * never there. Whoever asks compares it with the digest in the leaf: nothing here proves it. */
enum sl_err sl_ledger_find_opening(const char *state_dir, uint64_t index, uint32_t part,
                                   enum sl_opening kind, struct sl_buf *out) SL_MUST_CHECK;

/* Erases what opens leaf `index`: the tree still verifies, the values are gone. */
enum sl_err sl_ledger_erase_openings(struct sl_ledger *l, uint64_t index) SL_MUST_CHECK;

#endif
