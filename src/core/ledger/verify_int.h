#ifndef SL_CORE_LEDGER_VERIFY_INT_H
#define SL_CORE_LEDGER_VERIFY_INT_H

#include "core/ledger/verify.h"
#include "core/ledger/wal.h"

#define SL_VERIFY_NO_ENTRY UINT64_MAX

struct sl_verify_level {
    unsigned count;
    struct sl_hash hashes[SL_TILE_WIDTH];
};

struct sl_verify_run {
    const struct sl_verify *v;
    struct sl_verify_result result;
    struct sl_audit *audit;

    struct sl_buf note, file; /* the checkpoint; whatever is read now */
    struct sl_note parts;
    struct sl_checkpoint checkpoint, old;
    struct sl_note old_parts;
    bool has_old, old_seen;

    struct sl_tree tree;
    struct sl_verify_level level[SL_TILE_LEVELS];

    struct sl_hash *log_hashes; /* of the leaves that the log holds, from log_first on */
    uint64_t log_first, log_count;
    uint64_t log_checkpoint; /* the largest size that a checkpoint in the log has */
    uint64_t sequence;
    bool log_broken;
};

/* A sentence about an entry and a file; `...` as in sl_buf_say. */
#define SL_SAY(run, grade, entry, file, ...)                                       \
    do {                                                                           \
        SL_BUF(sl_say_text, 8192);                                                 \
        sl_buf_say(&sl_say_text, __VA_ARGS__);                                     \
        sl_verify_say((run), (grade), (entry), (file), sl_buf_span(&sl_say_text)); \
    } while (0)
void sl_verify_say(struct sl_verify_run *r, enum sl_verify_grade grade, uint64_t entry,
                   const char *file, struct sl_span sentence);
bool sl_verify_enough(const struct sl_verify_run *r);

/* verify_tree.c */
enum sl_err sl_verify_entries(struct sl_verify_run *r) SL_MUST_CHECK;
/* verify_partial.c: what smaller trees left behind */
enum sl_err sl_verify_partials(struct sl_verify_run *r) SL_MUST_CHECK;
/* verify_claims.c: the trees that passkeys signed */
enum sl_err sl_verify_claims(struct sl_verify_run *r) SL_MUST_CHECK;
/* verify_log.c: first all of the log's own; then what lies behind the checkpoint */
enum sl_err sl_verify_log(struct sl_verify_run *r) SL_MUST_CHECK;
enum sl_err sl_verify_log_rest(struct sl_verify_run *r) SL_MUST_CHECK;

#endif
