/* A ledger's folder as anybody who may read it sees it: no lock, no key, nothing is written. */
#ifndef SL_OS_LEDGER_DIR_H
#define SL_OS_LEDGER_DIR_H

#include "core/ledger/note.h"

struct sl_ledger_dir;

/* `path`: the folder that holds `checkpoint`, or the state folder that holds `ledger/`.
 * SL_ENOTFOUND when neither is a ledger. What a writer at work could take away meanwhile (the
 * checkpoint, its partial tiles, the log's segments) is held as it is now: all reading is of this
 * moment. */
enum sl_err sl_ledger_dir_open(const char *path, struct sl_ledger_dir **out) SL_MUST_CHECK;
void sl_ledger_dir_free(struct sl_ledger_dir *d);
SL_DEFINE_CLEANUP(struct sl_ledger_dir, sl_ledger_dir)

const char *sl_ledger_dir_path(const struct sl_ledger_dir *d);
/* Fits sl_verify.read and .read_log; owner is the struct sl_ledger_dir. */
enum sl_err sl_ledger_dir_read(void *owner, const char *name, struct sl_buf *out) SL_MUST_CHECK;
enum sl_err sl_ledger_dir_read_log(void *owner, size_t number, struct sl_buf *out) SL_MUST_CHECK;
/* Fits sl_verify.partial. */
enum sl_err sl_ledger_dir_partial(void *owner, size_t number, struct sl_buf *name) SL_MUST_CHECK;

/* The document beside the log, in the state folder that holds this ledger; SL_ENOTFOUND without
 * one. */
enum sl_err sl_ledger_dir_document(struct sl_ledger_dir *d, uint64_t entry, struct sl_buf *out)
    SL_MUST_CHECK;

/* The checkpoint, taken apart; `note` holds its bytes. SL_ECORRUPT when it is none. */
enum sl_err sl_ledger_dir_checkpoint(struct sl_ledger_dir *d, struct sl_buf *note,
                                     struct sl_checkpoint *out) SL_MUST_CHECK;

/* Each entry, in order, up to the checkpoint and then what the log has behind it. Nothing is
 * verified here. Returns what `each` returns, if not SL_OK. */
typedef enum sl_err sl_ledger_entry_fn(void *owner, uint64_t index, struct sl_span leaf);
enum sl_err sl_ledger_dir_each(struct sl_ledger_dir *d, sl_ledger_entry_fn *each, void *owner)
    SL_MUST_CHECK;
enum sl_err sl_ledger_dir_entry(struct sl_ledger_dir *d, uint64_t index, struct sl_buf *leaf)
    SL_MUST_CHECK;

/* From the tiles of the checkpoint's tree; check it before you hand it out. */
enum sl_err sl_ledger_dir_prove(struct sl_ledger_dir *d, uint64_t index, uint64_t size,
                                struct sl_tree_proof *out) SL_MUST_CHECK;

#endif
