/* Opening a ledger: what is on the disk is believed only as far as it proves itself.
 *
 * First all records are checked and the tail is cut; then the tree is built and its root compared
 * with what was signed; only then does the caller hear of any record. */
#include "os/ledger_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* What the first walk over the log finds. */
struct survey {
    uint64_t cut_bytes;
    struct sl_buf newest_key, older_key; /* of the last key leaf in the log */
    uint64_t key_index;
};

static void survey_done(struct survey *s)
{
    sl_buf_done(&s->newest_key);
    sl_buf_done(&s->older_key);
}

/* The text of a member of a key leaf: canonical JSON, and vkeys need no escapes. */
static void copy_member(struct sl_buf *out, struct sl_span leaf, const char *member)
{
    struct sl_span name = sl_span_str(member);

    sl_buf_reset(out);
    for (size_t i = 0; i + name.n < leaf.n; i++)
        if (sl_span_starts(sl_span_from(leaf, i), name)) {
            struct sl_span rest = sl_span_from(leaf, i + name.n);
            sl_buf_put(out, sl_span_head(rest, sl_span_find(rest, '"')));
            return;
        }
}

static enum sl_err note_leaf(struct sl_ledger *l, struct survey *s, struct sl_span leaf)
{
    if (sl_span_starts(leaf, SL_SPAN("{\"kind\":\"key\","))) {
        copy_member(&s->newest_key, leaf, "\"new_key\":\"");
        copy_member(&s->older_key, leaf, "\"old_key\":\"");
        SL_TRY(sl_buf_err(&s->newest_key));
        SL_TRY(sl_buf_err(&s->older_key));
        s->key_index = l->size;
    }
    l->size++;
    return SL_OK;
}

static enum sl_err note_record(struct sl_ledger *l, struct survey *s, const struct sl_wal_record *r)
{
    l->sequence = r->sequence;
    if (r->kind == SL_WAL_LEAF)
        return note_leaf(l, s, r->leaf);
    if (r->kind == SL_WAL_CHECKPOINT)
        return sl_ledger_take_note(l, r->state) == SL_OK ? SL_OK : SL_ECORRUPT;
    return SL_OK;
}

static enum sl_err damaged(const struct sl_ledger *l, size_t number, size_t at, struct sl_buf *why)
{
    SL_BUF(path, SL_LEDGER_PATH);

    sl_ledger_segment_path(&path, l, l->segments[number].first_sequence);
    return SL_LEDGER_REFUSE(
        why, SL_ECORRUPT,
        "%s is damaged at byte %U (record %U, entry %U), where once a whole record "
        "lay safely on the disk",
        sl_buf_text(&path), (uint64_t)at, l->sequence + 1, l->size);
}

static enum sl_err survey_segment(struct sl_ledger *l, size_t number, struct sl_span file,
                                  struct survey *s, struct sl_buf *why)
{
    size_t at = SL_WAL_SEGMENT_HEADER;
    struct sl_wal_record r;
    bool last = number + 1 == l->segment_count;

    if (l->segments[number].first_sequence != l->sequence + 1 ||
        l->segments[number].first_index != l->size)
        return damaged(l, number, 0, why);
    for (;;) {
        size_t before = at;
        enum sl_err err = sl_wal_get(file, &at, &r);
        if (err == SL_ENOTFOUND)
            break;
        if (err == SL_OK && r.sequence == l->sequence + 1) {
            SL_TRY(note_record(l, s, &r) == SL_OK ? SL_OK : damaged(l, number, before, why));
            continue;
        }
        if (err == SL_OK || !last || sl_wal_was_synced(file, before, l->sequence + 1))
            return damaged(l, number, before, why);
        at = before;
        break;
    }
    l->wal_bytes = at;
    s->cut_bytes = file.n - at;
    return SL_OK;
}

static enum sl_err survey_log(struct sl_ledger *l, struct survey *s, struct sl_buf *why)
{
    SL_BUF(file, SL_LEDGER_MAX_SEGMENT_FILE);

    l->sequence = l->segments[0].first_sequence - 1;
    l->size = l->segments[0].first_index;
    for (size_t i = 0; i < l->segment_count; i++) {
        SL_TRY(sl_ledger_read_segment(l, i, &file));
        SL_TRY(survey_segment(l, i, sl_buf_span(&file), s, why));
    }
    l->written_sequence = l->sequence;
    l->written_size = l->size;
    return SL_OK;
}

/* --- the checkpoint -------------------------------------------------------------------------- */

/* The newest of the file and of what the log holds. */
static enum sl_err find_checkpoint(struct sl_ledger *l, struct sl_buf *why)
{
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(note, SL_NOTE_MAX);
    struct sl_note parts;
    struct sl_checkpoint c;

    sl_buf_say(&path, "%s/ledger/checkpoint", l->state);
    enum sl_err err = sl_file_read(sl_buf_text(&path), &note);
    if (err == SL_ENOTFOUND)
        return SL_OK;
    SL_TRY(err);
    if (sl_note_get(sl_buf_span(&note), &parts) != SL_OK ||
        sl_checkpoint_get(parts.text, &c) != SL_OK)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT, "%s is no signed checkpoint", sl_buf_text(&path));
    if (!l->has_checkpoint || c.size > l->checkpoint.size) {
        SL_TRY(sl_ledger_take_note(l, sl_buf_span(&note)));
        l->published = true;
    } else {
        l->published = sl_span_eq(sl_buf_span(&note), sl_buf_span(&l->note));
    }
    return SL_OK;
}

static bool signed_by(const struct sl_ledger *l, const struct sl_vkey *key)
{
    struct sl_note parts;

    return sl_note_get(sl_buf_span(&l->note), &parts) == SL_OK &&
           sl_note_check(&parts, key, NULL) == SL_OK;
}

/* Signed by the key of today, or by the one before it when the key changed after it was signed. */
static enum sl_err check_signature(const struct sl_ledger *l, const struct survey *s,
                                   struct sl_buf *why)
{
    struct sl_vkey older;

    if (signed_by(l, &l->signer.vkey))
        return SL_OK;
    if (s->older_key.n > 0 && s->key_index >= l->checkpoint.size &&
        sl_vkey_get(sl_buf_span(&s->older_key), &older) == SL_OK && signed_by(l, &older))
        return SL_OK;
    return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                            "the last checkpoint (size %U) is not signed by the key "
                            "in %s/keys/ledger.key",
                            l->checkpoint.size, l->state);
}

static enum sl_err check_checkpoint(struct sl_ledger *l, const struct survey *s, struct sl_buf *why)
{
    SL_TRY(find_checkpoint(l, why));
    if (!l->has_checkpoint) {
        if (l->segments[0].first_sequence == 1)
            return SL_OK;
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                                "the checkpoint is missing, and the start of the log");
    }
    SL_TRY(check_signature(l, s, why));
    if (l->size < l->checkpoint.size)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                                "the log has %U entries, but a checkpoint over %U was "
                                "signed: entries are missing at its end",
                                l->size, l->checkpoint.size);
    if (l->segments[0].first_index > l->checkpoint.size)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                                "the checkpoint (size %U) is older than the log's "
                                "first entry (%U)",
                                l->checkpoint.size, l->segments[0].first_index);
    return SL_OK;
}

/* --- the tree -------------------------------------------------------------------------------- */

static enum sl_err check_root(const struct sl_ledger *l, struct sl_buf *why)
{
    struct sl_hash root;

    if (!l->has_checkpoint || l->tree.size != l->checkpoint.size)
        return SL_OK;
    root = sl_tree_root(&l->tree);
    if (sl_hash_eq(&root, &l->checkpoint.root))
        return SL_OK;
    return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                            "the entries up to %U have another root than the signed "
                            "checkpoint says",
                            l->checkpoint.size);
}

/* One leaf at a time up to the checkpoint, so that the root is looked at when it is due. */
static enum sl_err grow_tree(struct sl_ledger *l, struct sl_span leaf, struct sl_buf *why)
{
    sl_bundle_put(&l->pending, leaf);
    SL_TRY(sl_buf_err(&l->pending));
    l->written_pending = l->pending.n;
    uint64_t have = l->tree.size;
    if (l->has_checkpoint && have < l->checkpoint.size) {
        SL_TRY(sl_ledger_absorb(l));
        return check_root(l, why);
    }
    return l->pending.n > SL_LEDGER_ABSORB_AT ? sl_ledger_absorb(l) : SL_OK;
}

typedef enum sl_err each_fn(struct sl_ledger *l, void *owner, const struct sl_wal_record *r,
                            struct sl_buf *why);

static enum sl_err each_in(struct sl_ledger *l, struct sl_span file, uint64_t *index, each_fn *fn,
                           void *owner, struct sl_buf *why)
{
    size_t at = SL_WAL_SEGMENT_HEADER;
    struct sl_wal_record r;

    while (sl_wal_get(file, &at, &r) == SL_OK && r.sequence <= l->sequence) {
        r.index = r.kind == SL_WAL_LEAF ? (*index)++ : 0;
        SL_TRY(fn(l, owner, &r, why));
    }
    return SL_OK;
}

static enum sl_err each_record(struct sl_ledger *l, each_fn *fn, void *owner, struct sl_buf *why)
{
    SL_BUF(file, SL_LEDGER_MAX_SEGMENT_FILE);
    uint64_t index = l->segments[0].first_index;

    for (size_t i = 0; i < l->segment_count; i++) {
        SL_TRY(sl_ledger_read_segment(l, i, &file));
        SL_TRY(each_in(l, sl_buf_span(&file), &index, fn, owner, why));
    }
    return SL_OK;
}

static enum sl_err grow_each(struct sl_ledger *l, void *owner, const struct sl_wal_record *r,
                             struct sl_buf *why)
{
    (void)owner;
    return r->kind == SL_WAL_LEAF ? grow_tree(l, r->leaf, why) : SL_OK;
}

static enum sl_err build_tree(struct sl_ledger *l, struct sl_buf *why)
{
    enum sl_err err = sl_ledger_load_tree(l, l->segments[0].first_index);

    if (err == SL_ENOTFOUND || err == SL_ECORRUPT || err == SL_ELIMIT)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                                "tiles of the first %U entries are missing or damaged",
                                l->segments[0].first_index);
    SL_TRY(err);
    SL_TRY(check_root(l, why));
    return each_record(l, grow_each, NULL, why);
}

/* --- replay --------------------------------------------------------------------------------- */

struct replay {
    const struct sl_ledger_options *options;
    uint64_t count;
};

static enum sl_err replay_one(struct sl_ledger *l, void *owner, const struct sl_wal_record *r,
                              struct sl_buf *why)
{
    struct replay *replay = owner;

    (void)l;
    (void)why;
    if (r->sequence <= replay->options->applied)
        return SL_OK;
    replay->count++;
    return replay->options->replay(replay->options->owner, r);
}

static enum sl_err replay_all(struct sl_ledger *l, const struct sl_ledger_options *o,
                              uint64_t *count, struct sl_buf *why)
{
    struct replay replay = {.options = o};

    if (o->replay == NULL)
        return SL_OK;
    if (o->applied + 1 < l->segments[0].first_sequence)
        return SL_LEDGER_REFUSE(why, SL_ESTATE,
                                "the view stands at record %U, but the log's oldest record "
                                "is %U: restore a newer view",
                                o->applied, l->segments[0].first_sequence);
    if (o->applied > l->sequence)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                                "the view has record %U, but the log ends with %U: its "
                                "end is missing",
                                o->applied, l->sequence);
    SL_TRY(each_record(l, replay_one, &replay, why));
    *count = replay.count;
    return SL_OK;
}

/* --- open ----------------------------------------------------------------------------------- */

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
    struct survey s __attribute__((cleanup(survey_done))) = {.newest_key = sl_buf(1024),
                                                             .older_key = sl_buf(1024)};

    enum sl_err err = sl_ledger_load_key(l, why);
    if (err == SL_ENOTFOUND)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT, "%s/keys/ledger.key is missing", l->state);
    SL_TRY(err);
    SL_TRY(check_origin(l, o->origin, why));
    SL_TRY(survey_log(l, &s, why));
    SL_TRY(sl_ledger_settle_rotation(l, sl_buf_span(&s.newest_key)));
    SL_TRY(check_checkpoint(l, &s, why));
    SL_TRY(build_tree(l, why));
    SL_TRY(sl_ledger_open_segment(l));
    SL_TRY(cut_tail(l));
    info->cut_bytes = s.cut_bytes;
    l->shown_size = l->older_size = l->has_checkpoint ? l->checkpoint.size : 0;
    return replay_all(l, o, &info->replayed, why);
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
    SL_TRY(find_checkpoint(l, why));
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
