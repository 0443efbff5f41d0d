/* Inside the ledger's file side. One struct, and one file for each thing it does:
 *   ledger_store.c   append, write, commit         ledger_open.c      opening, making
 *   ledger_survey.c  damage, the signed end        ledger_replay.c    tree and records anew
 *   ledger_wal.c     segments                      ledger_tree.c      tiles, bundles, checkpoints
 *   ledger_keys.c    key files, rotation           ledger_openings.c  what is erasable
 */
#ifndef SL_OS_LEDGER_INT_H
#define SL_OS_LEDGER_INT_H

#include "os/file.h"
#include "os/ledger_store.h"

enum {
    SL_LEDGER_PATH = 4096,
    SL_LEDGER_SEGMENT = 64 * 1024 * 1024,
    SL_LEDGER_MAX_SEGMENT_FILE = SL_LEDGER_SEGMENT + SL_LEDGER_MAX_BUFFER + 2 * SL_WAL_MAX_BODY,
    SL_LEDGER_MAX_PENDING = 256 * 1024 * 1024, /* leaves not yet in bundles */
    SL_LEDGER_ABSORB_AT = 16 * 1024 * 1024,    /* so many are not left for the next checkpoint */
};

/* The last, not yet full tile of one level. */
struct sl_ledger_edge {
    unsigned count;
    struct sl_hash hashes[SL_TILE_WIDTH];
};

struct sl_ledger {
    char *state; /* the state folder */
    int lock, wal;
    enum sl_err broken;
    size_t segment_bytes;
    struct sl_signer signer;

    struct sl_wal_segment *segments; /* oldest first; the last one is open as `wal` */
    size_t segment_count;
    uint64_t wal_bytes; /* of the open one, all whole records */

    struct sl_buf buffer;    /* records not yet written: one group of the log */
    size_t last_at;          /* where its last record begins */
    struct sl_buf openings;  /* openings not yet written: ledger_openings.c */
    struct sl_buf pending;   /* leaves not yet in the tree, as a bundle has them */
    uint64_t sequence, size; /* with what is in `buffer` */
    uint64_t written_sequence, written_size, synced; /* without */
    size_t written_pending;

    struct sl_tree tree;
    struct sl_ledger_edge edge[SL_TILE_LEVELS];
    struct sl_buf bundle; /* the leaves of the last, not yet full bundle */

    struct sl_buf note;              /* the last signed checkpoint */
    struct sl_checkpoint checkpoint; /* origin: view into `note` */
    bool has_checkpoint, published;
    uint64_t shown_size, older_size; /* of the last two published; their partial tiles are there */
    uint64_t openings_unsynced;      /* bundle number + 1 of the file to sync; 0: none */
    uint64_t openings_whole;         /* bundle number + 1 of the file known to have no torn end */
};

/* Complains for the operator and gives `err` back. */
#define SL_LEDGER_REFUSE(why, err, ...) (sl_buf_say((why), __VA_ARGS__), (err))

/* ledger_wal.c */
void sl_ledger_segment_path(struct sl_buf *b, const struct sl_ledger *l, uint64_t first_sequence);
enum sl_err sl_ledger_list_segments(struct sl_ledger *l, struct sl_buf *why) SL_MUST_CHECK;
enum sl_err sl_ledger_new_segment(struct sl_ledger *l) SL_MUST_CHECK;
enum sl_err sl_ledger_open_segment(struct sl_ledger *l)
    SL_MUST_CHECK; /* the last one, for writing */
enum sl_err sl_ledger_read_segment(const struct sl_ledger *l, size_t number, struct sl_buf *file)
    SL_MUST_CHECK;

/* ledger_survey.c */
struct sl_ledger_survey {
    uint64_t cut_bytes;
    struct sl_buf newest_key, older_key; /* of the last key leaf in the log */
    uint64_t key_index;
};
/* What the first walk over the log finds. */
enum sl_err sl_ledger_survey(struct sl_ledger *l, struct sl_ledger_survey *s, struct sl_buf *why)
    SL_MUST_CHECK;
/* The newest of the file and of what the log holds. */
enum sl_err sl_ledger_find_checkpoint(struct sl_ledger *l, struct sl_buf *why) SL_MUST_CHECK;
enum sl_err sl_ledger_check_checkpoint(struct sl_ledger *l, const struct sl_ledger_survey *s,
                                       struct sl_buf *why) SL_MUST_CHECK;
void sl_ledger_survey_done(struct sl_ledger_survey *s);

/* ledger_replay.c */
enum sl_err sl_ledger_build_tree(struct sl_ledger *l, struct sl_buf *why) SL_MUST_CHECK;
enum sl_err sl_ledger_replay(struct sl_ledger *l, const struct sl_ledger_options *o,
                             uint64_t *count, struct sl_buf *why) SL_MUST_CHECK;

/* ledger_tree.c */
enum sl_err sl_ledger_absorb(struct sl_ledger *l)
    SL_MUST_CHECK; /* written leaves into tree and tiles */
enum sl_err sl_ledger_load_tree(struct sl_ledger *l, uint64_t size) SL_MUST_CHECK;
enum sl_err sl_ledger_publish(struct sl_ledger *l) SL_MUST_CHECK;
/* Takes a signed note as the last checkpoint. SL_EMALFORMED leaves all as it was. */
enum sl_err sl_ledger_take_note(struct sl_ledger *l, struct sl_span note) SL_MUST_CHECK;
enum sl_err sl_ledger_sync_tiles(struct sl_ledger *l, uint64_t from, uint64_t to) SL_MUST_CHECK;

/* ledger_keys.c */
enum sl_err sl_ledger_load_key(struct sl_ledger *l, struct sl_buf *why) SL_MUST_CHECK;
enum sl_err sl_ledger_create_key(struct sl_ledger *l, struct sl_span origin) SL_MUST_CHECK;
enum sl_err sl_ledger_append_first_key(struct sl_ledger *l, uint64_t now_us) SL_MUST_CHECK;
/* Finishes or forgets a rotation that a crash cut short; `newest` is the last key leaf's new_key.
 */
enum sl_err sl_ledger_settle_rotation(struct sl_ledger *l, struct sl_span newest) SL_MUST_CHECK;

/* ledger_openings.c */
enum sl_err sl_ledger_write_openings(struct sl_ledger *l) SL_MUST_CHECK;
enum sl_err sl_ledger_sync_openings(struct sl_ledger *l) SL_MUST_CHECK;

#endif
