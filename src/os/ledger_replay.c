/* The second walk over a log that has been checked: its leaves grow the tree, whose root must be
 * the signed one; then the caller hears of each record that its view has missed. */
#include "os/ledger_int.h"

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
    size_t at = SL_WAL_SEGMENT_HEADER, whole = 0;
    struct sl_wal_record r;

    while (sl_wal_next(file, &at, &whole, &r) == SL_OK && r.sequence <= l->sequence) {
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

enum sl_err sl_ledger_build_tree(struct sl_ledger *l, struct sl_buf *why)
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

enum sl_err sl_ledger_replay(struct sl_ledger *l, const struct sl_ledger_options *o,
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
