/* Opening a ledger: what is on the disk is believed only as far as it proves itself.
 *
 * First all records are checked (ledger_survey.c) and the tail is cut; then the tree is built and
 * its root compared with what was signed; only then does the caller hear of any record
 * (ledger_replay.c). */
#include "os/ledger_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static enum sl_err cut_tail(struct sl_ledger *l)
{
    if (ftruncate(l->wal, (off_t)l->wal_bytes) != 0)
        return SL_EIO;
    SL_TRY(sl_file_sync(l->wal));
    l->synced = l->written_sequence;
    return SL_OK;
}

static enum sl_err check_origin(const struct sl_ledger *l, struct sl_span origin,
                                struct sl_buf *why)
{
    if (origin.n == 0 || sl_span_is(origin, l->signer.vkey.name))
        return SL_OK;
    return SL_LEDGER_REFUSE(why, SL_ECONFIG,
                            "ledger.origin is '%S', but this ledger is called '%s'", origin,
                            l->signer.vkey.name);
}

static enum sl_err open_existing(struct sl_ledger *l, const struct sl_ledger_options *o,
                                 struct sl_ledger_opened *info, struct sl_buf *why)
{
    struct sl_ledger_survey s
        __attribute__((cleanup(sl_ledger_survey_done))) = {.newest_key = sl_buf(1024),
                                                           .older_key = sl_buf(1024)};

    enum sl_err err = sl_ledger_load_key(l, why);
    if (err == SL_ENOTFOUND)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT, "%s/keys/ledger.key is missing", l->state);
    SL_TRY(err);
    SL_TRY(check_origin(l, o->origin, why));
    SL_TRY(sl_ledger_survey(l, &s, why));
    SL_TRY(sl_ledger_settle_rotation(l, sl_buf_span(&s.newest_key)));
    SL_TRY(sl_ledger_check_checkpoint(l, &s, why));
    SL_TRY(sl_ledger_build_tree(l, why));
    SL_TRY(sl_ledger_open_segment(l));
    SL_TRY(cut_tail(l));
    info->cut_bytes = s.cut_bytes;
    l->shown_size = l->older_size = l->has_checkpoint ? l->checkpoint.size : 0;
    return sl_ledger_replay(l, o, &info->replayed, why);
}

static enum sl_err make_folders(const struct sl_ledger *l)
{
    static const struct {
        const char *name;
        unsigned mode;
    } folders[] = {{"ledger", 0755}, {"ledger/wal", 0700}, {"keys", 0700}, {"openings", 0700}};

    for (size_t i = 0; i < SL_COUNT(folders); i++) {
        SL_BUF(path, SL_LEDGER_PATH);
        sl_buf_say(&path, "%s/%s", l->state, folders[i].name);
        SL_TRY(sl_file_make_folder(sl_buf_text(&path), folders[i].mode));
    }
    return SL_OK;
}

/* A crash in here leaves a key and perhaps a segment without a first leaf: the next start goes on.
 */
static enum sl_err create(struct sl_ledger *l, const struct sl_ledger_options *o,
                          struct sl_buf *why)
{
    SL_TRY(sl_ledger_find_checkpoint(l, why));
    if (l->has_checkpoint)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                                "there is a checkpoint over %U entries, but no log in "
                                "%s/ledger/wal",
                                l->checkpoint.size, l->state);
    enum sl_err err = sl_ledger_load_key(l, why);
    if (err == SL_ENOTFOUND)
        err = sl_ledger_create_key(l, o->origin);
    SL_TRY(err);
    SL_TRY(check_origin(l, o->origin, why));
    return sl_ledger_new_segment(l);
}

static enum sl_err lock_it(struct sl_ledger *l, const struct sl_ledger_options *o,
                           struct sl_buf *why)
{
    SL_BUF(path, SL_LEDGER_PATH);

    if (o->must_exist) {
        sl_buf_say(&path, "%s/ledger/wal", l->state);
        if (access(sl_buf_text(&path), F_OK) != 0)
            return SL_LEDGER_REFUSE(why, SL_ENOTFOUND, "there is no ledger in %s", l->state);
        sl_buf_reset(&path);
    }
    SL_TRY(make_folders(l));
    sl_buf_say(&path, "%s/ledger/lock", l->state);
    enum sl_err err = sl_file_lock(sl_buf_text(&path), &l->lock);
    if (err == SL_EBUSY)
        return SL_LEDGER_REFUSE(why, err, "another program writes the ledger in %s", l->state);
    return err;
}

static enum sl_err open_locked(struct sl_ledger *l, const struct sl_ledger_options *o,
                               struct sl_ledger_opened *info, struct sl_buf *why)
{
    SL_TRY(lock_it(l, o, why));
    SL_TRY(sl_ledger_list_segments(l, why));
    if (l->segment_count == 0)
        SL_TRY(create(l, o, why));
    else
        SL_TRY(open_existing(l, o, info, why));
    info->created = l->size == 0;
    if (info->created)
        SL_TRY(sl_ledger_append_first_key(l, o->now_us));
    return sl_ledger_checkpoint(l);
}

static enum sl_err new_ledger(const struct sl_ledger_options *o, struct sl_ledger **out)
{
    struct sl_ledger *l = calloc(1, sizeof *l);

    if (l == NULL)
        return SL_EMEMORY;
    l->lock = l->wal = -1;
    l->segment_bytes = o->segment_bytes == 0 ? SL_LEDGER_SEGMENT : o->segment_bytes;
    l->buffer = sl_buf(SL_LEDGER_MAX_BUFFER + SL_WAL_MAX_BODY + 64);
    l->openings = sl_buf(SL_LEDGER_MAX_BUFFER + SL_WAL_MAX_BODY);
    l->pending = sl_buf(SL_LEDGER_MAX_PENDING);
    l->bundle = sl_buf(SL_BUNDLE_MAX_BYTES);
    l->note = sl_buf(SL_NOTE_MAX);
    l->state = strdup(o->state_dir);
    if (l->state == NULL) {
        sl_ledger_free(l);
        return SL_EMEMORY;
    }
    *out = l;
    return SL_OK;
}

enum sl_err sl_ledger_open(const struct sl_ledger_options *o, struct sl_ledger **out,
                           struct sl_ledger_opened *info, struct sl_buf *why)
{
    struct sl_ledger_opened found = {0};
    struct sl_ledger *l = NULL;

    SL_TRY(new_ledger(o, &l));
    enum sl_err err = open_locked(l, o, &found, why);
    if (err != SL_OK) {
        sl_ledger_free(l);
        if (why->n == 0)
            sl_buf_say(why, "the ledger in %s cannot be opened: %s", o->state_dir,
                       sl_err_text(err));
        return err;
    }
    found.size = l->size;
    found.sequence = l->sequence;
    found.checkpoint_size = sl_ledger_checkpoint_size(l);
    *info = found;
    *out = l;
    return SL_OK;
}
