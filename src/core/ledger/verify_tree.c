/* Entries into tiles, tiles into the root. */
#include "core/ledger/verify_int.h"

static const char *tile_name(struct sl_buf *b, unsigned level, uint64_t index, unsigned width)
{
    const struct sl_tile t = {.level = level, .index = index, .width = width};

    sl_buf_reset(b);
    sl_tile_put_path(b, &t);
    return sl_buf_text(b);
}

/* A tile or bundle of at least `width`: that very one, or a wider one that replaced it. */
static enum sl_err read_tile(struct sl_verify_run *r, unsigned level, uint64_t index,
                             unsigned width, struct sl_buf *name, bool *wider)
{
    sl_buf_reset(&r->file);
    enum sl_err err = r->v->read(r->v->owner, tile_name(name, level, index, width), &r->file);
    *wider = err == SL_ENOTFOUND && width < SL_TILE_WIDTH;
    if (*wider)
        err = r->v->read(r->v->owner, tile_name(name, level, index, SL_TILE_WIDTH), &r->file);
    return err;
}

/* What the entries say must be what the tile says. */
static enum sl_err check_tile(struct sl_verify_run *r, unsigned level, uint64_t index)
{
    const struct sl_verify_level *l = &r->level[level];
    SL_BUF(name, 256);
    unsigned i = 0;
    bool wider;

    enum sl_err err = read_tile(r, level, index, l->count, &name, &wider);
    if (err == SL_ENOTFOUND) {
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, tile_name(&name, level, index, l->count),
               "the tile is missing");
        return SL_OK;
    }
    SL_TRY(err);
    if (r->file.n != (wider ? SL_TILE_WIDTH : l->count) * SL_TREE_HASH) {
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, sl_buf_text(&name),
               "the tile has %U bytes, not %u hashes", (uint64_t)r->file.n, l->count);
        return SL_OK;
    }
    while (i < l->count && memcmp(r->file.p + i * SL_TREE_HASH, l->hashes[i].b, SL_TREE_HASH) == 0)
        i++;
    if (i == l->count)
        return SL_OK;
    if (level == 0)
        SL_SAY(r, SL_VERIFY_WRONG, index * SL_TILE_WIDTH + i, sl_buf_text(&name),
               "the entry does not have the hash that the tile says");
    else
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, sl_buf_text(&name),
               "hash %u is not that of the tile below it", i);
    return SL_OK;
}

static enum sl_err settle(struct sl_verify_run *r)
{
    for (unsigned level = 0; level + 1 < SL_TILE_LEVELS; level++) {
        struct sl_verify_level *l = &r->level[level], *up = &r->level[level + 1];
        if (l->count < SL_TILE_WIDTH)
            break;
        SL_TRY(check_tile(r, level, sl_tile_full_count(level, r->tree.size) - 1));
        up->hashes[up->count++] = sl_tree_over(l->hashes, l->count);
        l->count = 0;
    }
    return SL_OK;
}

static void check_old(struct sl_verify_run *r)
{
    struct sl_hash root;

    if (!r->has_old || r->old.size != r->tree.size)
        return;
    root = sl_tree_root(&r->tree);
    r->old_seen = true;
    if (!sl_hash_eq(&root, &r->old.root))
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "",
               "the first %U entries are not those that the "
               "older checkpoint was signed over: history was changed",
               r->old.size);
}

static void check_log_copy(struct sl_verify_run *r, uint64_t entry, const struct sl_hash *hash)
{
    if (entry < r->log_first || entry - r->log_first >= r->log_count)
        return;
    if (!sl_hash_eq(hash, &r->log_hashes[entry - r->log_first]))
        SL_SAY(r, SL_VERIFY_WRONG, entry, "wal", "the log has another entry here than the bundle");
}

static enum sl_err take_leaf(struct sl_verify_run *r, struct sl_span leaf)
{
    uint64_t entry = r->tree.size;
    struct sl_hash hash = sl_tree_leaf(leaf);

    check_log_copy(r, entry, &hash);
    SL_TRY(sl_audit_leaf(r->audit, entry, leaf));
    sl_tree_add(&r->tree, &hash);
    r->level[0].hashes[r->level[0].count++] = hash;
    check_old(r);
    return SL_OK;
}

/* The bundle is copied out of r->file, because checking a tile reads into it. */
static enum sl_err take_bundle(struct sl_verify_run *r, struct sl_span bundle, unsigned width,
                               const char *name, bool wider_is_fine)
{
    struct sl_span leaf;
    size_t at = 0;

    for (unsigned i = 0; i < width; i++) {
        if (sl_bundle_next(bundle, &at, &leaf) != SL_OK) {
            SL_SAY(r, SL_VERIFY_WRONG, r->tree.size, name,
                   "the bundle has %u whole entries, not %u", i, width);
            return SL_ECORRUPT;
        }
        SL_TRY(take_leaf(r, leaf));
    }
    if (at != bundle.n && !wider_is_fine)
        SL_SAY(r, SL_VERIFY_WRONG, r->tree.size, name, "the bundle goes on after its last entry");
    return SL_OK;
}

static enum sl_err check_bundle(struct sl_verify_run *r, uint64_t index, unsigned width)
{
    SL_BUF(name, 256);
    SL_BUF(bundle, SL_BUNDLE_MAX_BYTES);
    bool wider;

    enum sl_err err = read_tile(r, SL_TILE_ENTRIES, index, width, &name, &wider);
    if (err == SL_ENOTFOUND) {
        SL_SAY(r, SL_VERIFY_WRONG, index * SL_TILE_WIDTH,
               tile_name(&name, SL_TILE_ENTRIES, index, width), "the entries are missing");
        return SL_ECORRUPT;
    }
    SL_TRY(err);
    sl_buf_put(&bundle, sl_buf_span(&r->file));
    if (sl_buf_err(&bundle) != SL_OK) {
        SL_SAY(r, SL_VERIFY_WRONG, index * SL_TILE_WIDTH, sl_buf_text(&name),
               "the bundle is too long");
        return SL_ECORRUPT;
    }
    SL_TRY(take_bundle(r, sl_buf_span(&bundle), width, sl_buf_text(&name), wider));
    return settle(r);
}

static enum sl_err check_partials(struct sl_verify_run *r)
{
    for (unsigned level = 0; level < SL_TILE_LEVELS; level++)
        if (r->level[level].count > 0)
            SL_TRY(check_tile(r, level, sl_tile_full_count(level, r->tree.size)));
    return SL_OK;
}

static void check_root(struct sl_verify_run *r)
{
    struct sl_hash root = sl_tree_root(&r->tree);

    if (!sl_hash_eq(&root, &r->checkpoint.root))
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "checkpoint",
               "the root that was signed over %U "
               "entries is not the root of these entries",
               r->checkpoint.size);
}

enum sl_err sl_verify_entries(struct sl_verify_run *r)
{
    uint64_t size = r->checkpoint.size;

    check_old(r);
    for (uint64_t i = 0; i * SL_TILE_WIDTH < size; i++) {
        uint64_t left = size - i * SL_TILE_WIDTH;
        if (sl_verify_enough(r)) {
            SL_SAY(r, SL_VERIFY_NOTE, SL_VERIFY_NO_ENTRY, "",
                   "that is enough: entries from %U on were not "
                   "looked at",
                   r->tree.size);
            return SL_ECORRUPT;
        }
        SL_TRY(check_bundle(r, i, left < SL_TILE_WIDTH ? (unsigned)left : SL_TILE_WIDTH));
        if (r->v->progress != NULL)
            r->v->progress(r->v->owner, r->tree.size, size);
    }
    SL_TRY(check_partials(r));
    check_root(r);
    return SL_OK;
}
