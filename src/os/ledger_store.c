#include "os/ledger_int.h"

#include <stdlib.h>
#include <unistd.h>

void sl_ledger_free(struct sl_ledger *l)
{
    if (l == NULL)
        return;
    if (l->wal >= 0)
        close(l->wal);
    if (l->lock >= 0)
        close(l->lock);
    sl_signer_done(&l->signer);
    sl_buf_done(&l->buffer);
    sl_buf_done(&l->openings);
    sl_buf_done(&l->pending);
    sl_buf_done(&l->bundle);
    sl_buf_done(&l->note);
    free(l->segments);
    free(l->state);
    free(l);
}

/* --- append --------------------------------------------------------------------------------- */

static enum sl_err append(struct sl_ledger *l, enum sl_wal_kind kind, struct sl_span leaf,
                          struct sl_span state)
{
    const struct sl_wal_record r = {.sequence = l->sequence + 1,
                                    .synced = l->synced,
                                    .kind = kind,
                                    .leaf = leaf,
                                    .state = state};
    size_t before = l->buffer.n;

    if (l->broken != SL_OK)
        return l->broken;
    if (before >= SL_LEDGER_MAX_BUFFER)
        return SL_ELIMIT;
    sl_wal_put(&l->buffer, &r);
    enum sl_err err = sl_buf_err(&l->buffer);
    if (err == SL_OK && before > 0)
        sl_wal_join(&l->buffer, l->last_at);
    if (err != SL_OK) {
        l->buffer.n = before;
        l->buffer.why = SL_OK;
        return err;
    }
    l->last_at = before;
    l->sequence++;
    return SL_OK;
}

enum sl_err sl_ledger_append(struct sl_ledger *l, struct sl_span leaf, struct sl_span state,
                             uint64_t *index)
{
    size_t before = l->pending.n;

    if (leaf.n == 0 || leaf.n > SL_ENTRY_MAX)
        return SL_ELIMIT;
    sl_bundle_put(&l->pending, leaf);
    enum sl_err err = sl_buf_err(&l->pending);
    if (err == SL_ELIMIT) /* tiles could not be written for a long time */
        err = SL_EFULL;
    if (err == SL_OK)
        err = append(l, SL_WAL_LEAF, leaf, state);
    if (err != SL_OK) {
        l->pending.n = before;
        l->pending.why = SL_OK;
        return err;
    }
    *index = l->size++;
    return SL_OK;
}

enum sl_err sl_ledger_append_state(struct sl_ledger *l, struct sl_span state)
{
    if (state.n == 0)
        return SL_ELIMIT;
    return append(l, SL_WAL_STATE, (struct sl_span){NULL, 0}, state);
}

bool sl_ledger_must_write(const struct sl_ledger *l)
{
    return l->buffer.n >= SL_LEDGER_MAX_BUFFER || l->openings.n >= SL_LEDGER_MAX_BUFFER;
}

/* --- write and commit ------------------------------------------------------------------------ */

/* Nothing since the last success has happened. */
static void forget_unwritten(struct sl_ledger *l)
{
    sl_buf_reset(&l->buffer);
    sl_buf_reset(&l->openings);
    l->sequence = l->written_sequence;
    l->size = l->written_size;
    l->pending.n = l->written_pending;
}

static enum sl_err fail(struct sl_ledger *l, enum sl_err err)
{
    forget_unwritten(l);
    if (err != SL_EFULL)
        l->broken = err;
    return err;
}

/* A segment ends between two writes, and is safe before the next one begins: only the last one can
 * ever have a torn tail. */
static enum sl_err make_room(struct sl_ledger *l)
{
    if (l->wal_bytes + l->buffer.n <= l->segment_bytes || l->wal_bytes <= SL_WAL_SEGMENT_HEADER)
        return SL_OK;
    if (l->synced < l->written_sequence)
        SL_TRY(sl_file_sync(l->wal) == SL_OK ? SL_OK : SL_EIO);
    l->synced = l->written_sequence;
    return sl_ledger_new_segment(l);
}

static enum sl_err write_records(struct sl_ledger *l)
{
    enum sl_err err = sl_file_pwrite_all(l->wal, sl_buf_span(&l->buffer), l->wal_bytes);

    /* Half a record must not stay: what comes next would be written behind it. */
    if (err != SL_OK && ftruncate(l->wal, (off_t)l->wal_bytes) != 0)
        return SL_EIO;
    return err;
}

/* Tiles can be made again from the log: that they cannot be written now harms nothing yet, and the
 * next checkpoint says so. */
static void absorb_when_many(struct sl_ledger *l)
{
    if (l->pending.n > SL_LEDGER_ABSORB_AT && sl_ledger_absorb(l) != SL_OK)
        return;
}

enum sl_err sl_ledger_write(struct sl_ledger *l)
{
    if (l->broken != SL_OK)
        return l->broken;
    enum sl_err err = sl_ledger_write_openings(l);
    if (err == SL_OK && l->buffer.n > 0)
        err = make_room(l);
    if (err == SL_OK && l->buffer.n > 0)
        err = write_records(l);
    if (err != SL_OK)
        return fail(l, err);

    l->wal_bytes += l->buffer.n;
    l->written_sequence = l->sequence;
    l->written_size = l->size;
    l->written_pending = l->pending.n;
    sl_buf_reset(&l->buffer);
    absorb_when_many(l);
    return SL_OK;
}

enum sl_err sl_ledger_commit(struct sl_ledger *l)
{
    SL_TRY(sl_ledger_write(l));
    if (l->synced == l->written_sequence)
        return SL_OK;
    /* After a failed sync nobody knows what is on the disk; only a fresh start can tell. */
    if (sl_ledger_sync_openings(l) != SL_OK || sl_file_sync(l->wal) != SL_OK)
        return l->broken = SL_EIO;
    l->synced = l->written_sequence;
    return SL_OK;
}

/* The note goes into the log before it is published, so that deleting the file hides nothing. */
enum sl_err sl_ledger_checkpoint(struct sl_ledger *l)
{
    SL_BUF(text, 1024);
    SL_BUF(note, SL_NOTE_MAX);

    SL_TRY(sl_ledger_commit(l));
    SL_TRY(sl_ledger_absorb(l));
    if (l->has_checkpoint && l->tree.size == l->checkpoint.size)
        return l->published ? SL_OK : sl_ledger_publish(l);
    struct sl_checkpoint c = {.origin = sl_span_str(l->signer.vkey.name),
                              .size = l->tree.size,
                              .root = sl_tree_root(&l->tree)};
    sl_checkpoint_put(&text, &c);
    SL_TRY(sl_note_sign(&note, sl_buf_span(&text), &l->signer));
    SL_TRY(append(l, SL_WAL_CHECKPOINT, (struct sl_span){NULL, 0}, sl_buf_span(&note)));
    SL_TRY(sl_ledger_write(l));
    SL_TRY(sl_ledger_take_note(l, sl_buf_span(&note)));
    return sl_ledger_publish(l);
}

/* --- questions ------------------------------------------------------------------------------ */

uint64_t sl_ledger_size(const struct sl_ledger *l)
{
    return l->size;
}

uint64_t sl_ledger_sequence(const struct sl_ledger *l)
{
    return l->sequence;
}

uint64_t sl_ledger_synced(const struct sl_ledger *l)
{
    return l->synced;
}

uint64_t sl_ledger_checkpoint_size(const struct sl_ledger *l)
{
    return l->has_checkpoint ? l->checkpoint.size : 0;
}

size_t sl_ledger_waiting(const struct sl_ledger *l)
{
    return l->buffer.n;
}

struct sl_checkpoint sl_ledger_last_checkpoint(const struct sl_ledger *l)
{
    return l->checkpoint;
}

const struct sl_vkey *sl_ledger_vkey(const struct sl_ledger *l)
{
    return &l->signer.vkey;
}
