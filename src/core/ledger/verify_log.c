/* The write-ahead log beside the tree: its own records, and that it says what the entries say. */
#include "core/ledger/verify_int.h"

#include <stdlib.h>

static enum sl_err add_hash(struct sl_verify_run *r, struct sl_span leaf)
{
    if ((r->log_count & (r->log_count - 1)) == 0) {
        uint64_t room = r->log_count == 0 ? 1 : 2 * r->log_count;
        struct sl_hash *grown = reallocarray(r->log_hashes, room, sizeof *grown);
        if (grown == NULL)
            return SL_EMEMORY;
        r->log_hashes = grown;
    }
    r->log_hashes[r->log_count++] = sl_tree_leaf(leaf);
    return SL_OK;
}

static void note_checkpoint(struct sl_verify_run *r, struct sl_span bytes)
{
    struct sl_note note;
    struct sl_checkpoint c;

    if (sl_note_get(bytes, &note) != SL_OK || sl_checkpoint_get(note.text, &c) != SL_OK)
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "wal", "record %U is no signed checkpoint",
               r->sequence);
    else if (c.size > r->log_checkpoint)
        r->log_checkpoint = c.size;
}

static void damaged(struct sl_verify_run *r, size_t at)
{
    SL_SAY(r, SL_VERIFY_WRONG, r->log_first + r->log_count, "wal",
           "the log is damaged at record %U (byte %U of its segment)", r->sequence + 1,
           (uint64_t)at);
    r->log_broken = true;
}

/* The end may be torn, as by a crash, if nothing that is signed or was ever safe is in it. */
static void check_end(struct sl_verify_run *r, struct sl_span file, size_t at, bool last)
{
    uint64_t signed_size =
        r->checkpoint.size > r->log_checkpoint ? r->checkpoint.size : r->log_checkpoint;

    if (!last || r->log_first + r->log_count < signed_size ||
        sl_wal_was_synced(file, at, r->sequence + 1)) {
        damaged(r, at);
        return;
    }
    SL_SAY(r, SL_VERIFY_NOTE, SL_VERIFY_NO_ENTRY, "wal",
           "the log ends in %U bytes that are no whole "
           "record, as after a crash; no entry that a signature covers lies there",
           (uint64_t)(file.n - at));
}

static enum sl_err check_records(struct sl_verify_run *r, struct sl_span file, bool last)
{
    size_t at = SL_WAL_SEGMENT_HEADER, whole = 0;
    struct sl_wal_record record;

    for (;;) {
        size_t before = at;
        enum sl_err err = sl_wal_next(file, &at, &whole, &record);
        if (err == SL_ENOTFOUND)
            return SL_OK;
        if (err != SL_OK || record.sequence != r->sequence + 1) {
            check_end(r, file, before, last && err != SL_OK);
            return SL_OK;
        }
        r->sequence++;
        if (record.kind == SL_WAL_LEAF)
            SL_TRY(add_hash(r, record.leaf));
        else if (record.kind == SL_WAL_CHECKPOINT)
            note_checkpoint(r, record.state);
    }
}

static enum sl_err check_segment(struct sl_verify_run *r, size_t number, struct sl_span file,
                                 bool last)
{
    struct sl_wal_segment s;

    if (sl_wal_get_segment(file, &s) != SL_OK) {
        damaged(r, 0);
        return SL_OK;
    }
    if (number == 0) {
        r->sequence = s.first_sequence - 1;
        r->log_first = s.first_index;
    }
    if (s.first_sequence != r->sequence + 1 || s.first_index != r->log_first + r->log_count) {
        damaged(r, 0);
        return SL_OK;
    }
    return check_records(r, file, last);
}

enum sl_err sl_verify_log(struct sl_verify_run *r)
{
    SL_BUF(next, (size_t)1024 * 1024 * 1024);

    if (r->v->read_log == NULL)
        return SL_OK;
    enum sl_err err = r->v->read_log(r->v->owner, 0, &r->file);
    if (err == SL_ENOTFOUND) {
        SL_SAY(r, SL_VERIFY_NOTE, SL_VERIFY_NO_ENTRY, "wal",
               "there is no write-ahead log beside the entries");
        return SL_OK;
    }
    for (size_t number = 0; err == SL_OK && !r->log_broken; number++) {
        sl_buf_reset(&next);
        enum sl_err more = r->v->read_log(r->v->owner, number + 1, &next);
        if (more != SL_OK && more != SL_ENOTFOUND)
            return more;
        SL_TRY(check_segment(r, number, sl_buf_span(&r->file), more == SL_ENOTFOUND));
        sl_buf_reset(&r->file);
        sl_buf_put(&r->file, sl_buf_span(&next));
        err = more;
    }
    if (err != SL_OK && err != SL_ENOTFOUND)
        return err;
    if (!r->log_broken && r->log_first + r->log_count < r->checkpoint.size)
        SL_SAY(r, SL_VERIFY_WRONG, r->log_first + r->log_count, "wal",
               "the log ends before the checkpoint "
               "(%U entries) does",
               r->checkpoint.size);
    return SL_OK;
}

/* --- entries after the checkpoint ------------------------------------------------------------ */

static enum sl_err audit_segment(struct sl_verify_run *r, struct sl_span file, uint64_t *entry)
{
    size_t at = SL_WAL_SEGMENT_HEADER, whole = 0;
    struct sl_wal_record record;

    while (sl_wal_next(file, &at, &whole, &record) == SL_OK) {
        if (record.kind != SL_WAL_LEAF)
            continue;
        if ((*entry)++ < r->checkpoint.size)
            continue;
        SL_TRY(sl_audit_leaf(r->audit, *entry - 1, record.leaf));
        r->result.unsigned_entries++;
    }
    return SL_OK;
}

enum sl_err sl_verify_log_rest(struct sl_verify_run *r)
{
    uint64_t entry = r->log_first;

    if (r->v->read_log == NULL || r->log_broken ||
        r->log_first + r->log_count <= r->checkpoint.size)
        return SL_OK;
    for (size_t number = 0;; number++) {
        sl_buf_reset(&r->file);
        enum sl_err err = r->v->read_log(r->v->owner, number, &r->file);
        if (err == SL_ENOTFOUND)
            break;
        SL_TRY(err);
        SL_TRY(audit_segment(r, sl_buf_span(&r->file), &entry));
    }
    SL_SAY(r, SL_VERIFY_NOTE, SL_VERIFY_NO_ENTRY, "wal",
           "%U entries came after the checkpoint; no "
           "signature covers them yet",
           r->result.unsigned_entries);
    return SL_OK;
}
