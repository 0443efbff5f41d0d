/* The log for its readers: tiles, bundles and proofs under the last signed checkpoint. */
#include "os/ledger_int.h"

struct sl_span sl_ledger_note(const struct sl_ledger *l)
{
    return sl_buf_span(&l->note);
}

/* Hashes of 32 bytes or entries with their lengths: where the first `width` of them end. */
static enum sl_err width_bytes(const struct sl_tile *t, struct sl_span file, size_t *bytes)
{
    struct sl_span leaf;
    size_t at = 0;

    if (t->level != SL_TILE_ENTRIES) {
        *bytes = (size_t)t->width * SL_TREE_HASH;
        return *bytes <= file.n ? SL_OK : SL_ECORRUPT;
    }
    for (unsigned i = 0; i < t->width; i++)
        if (sl_bundle_next(file, &at, &leaf) != SL_OK)
            return SL_ECORRUPT;
    *bytes = at;
    return SL_OK;
}

static enum sl_err put_head(const struct sl_tile *t, struct sl_span file, struct sl_buf *out)
{
    size_t bytes;

    SL_TRY(width_bytes(t, file, &bytes));
    sl_buf_put(out, sl_span_head(file, bytes));
    return sl_buf_err(out);
}

static enum sl_err read_file(const struct sl_ledger *l, unsigned level, uint64_t index,
                             struct sl_buf *out)
{
    SL_BUF(path, SL_LEDGER_PATH);

    sl_buf_say(&path, "%s/ledger/", l->state);
    sl_tile_put_path(&path,
                     &(struct sl_tile){.level = level, .index = index, .width = SL_TILE_WIDTH});
    return sl_file_read(sl_buf_text(&path), out);
}

/* Under the checkpoint: whole tiles before its last one, and the beginning of that. */
static bool is_signed(const struct sl_ledger *l, const struct sl_tile *t)
{
    unsigned level = t->level == SL_TILE_ENTRIES ? 0 : t->level;
    uint64_t full;

    if (!l->has_checkpoint || level >= SL_TILE_LEVELS || t->width == 0 || t->width > SL_TILE_WIDTH)
        return false;
    full = sl_tile_full_count(level, l->checkpoint.size);
    return t->index < full ||
           (t->index == full && t->width <= sl_tile_partial_width(level, l->checkpoint.size));
}

enum sl_err sl_ledger_tile(struct sl_ledger *l, const struct sl_tile *t, struct sl_buf *out)
{
    SL_BUF(file, SL_BUNDLE_MAX_BYTES);
    unsigned level = t->level == SL_TILE_ENTRIES ? 0 : t->level;

    if (!is_signed(l, t))
        return SL_ENOTFOUND;
    if (t->index < sl_tile_full_count(level, l->tree.size)) {
        SL_TRY(read_file(l, t->level, t->index, &file));
        return put_head(t, sl_buf_span(&file), out);
    }
    if (t->level == SL_TILE_ENTRIES)
        return put_head(t, sl_buf_span(&l->bundle), out);
    return put_head(t,
                    sl_span(l->edge[level].hashes, l->edge[level].count * sizeof(struct sl_hash)),
                    out);
}

enum sl_err sl_ledger_full_bundle(struct sl_ledger *l, uint64_t number, struct sl_buf *out)
{
    if (number >= sl_tile_full_count(0, l->tree.size))
        return SL_ENOTFOUND;
    return read_file(l, SL_TILE_ENTRIES, number, out);
}

/* A subtree of 2^height leaves, from the tile that holds it or its parts. */
static enum sl_err read_hash(void *owner, unsigned height, uint64_t index, struct sl_hash *out)
{
    unsigned level = height / 8, low = height % 8;
    uint64_t first = index << low;
    size_t count = (size_t)1 << low, at = first % SL_TILE_WIDTH;
    const struct sl_tile t = {.level = level,
                              .index = first / SL_TILE_WIDTH,
                              .width = (unsigned)(at + count)};
    SL_BUF(tile, SL_TILE_WIDTH * SL_TREE_HASH);
    struct sl_hash hashes[SL_TILE_WIDTH / 2];

    SL_TRY(sl_ledger_tile(owner, &t, &tile));
    memcpy(hashes, tile.p + at * SL_TREE_HASH, count * SL_TREE_HASH);
    *out = sl_tree_over(hashes, count);
    return SL_OK;
}

enum sl_err sl_ledger_prove(struct sl_ledger *l, uint64_t index, uint64_t size,
                            struct sl_tree_proof *out)
{
    if (!l->has_checkpoint || size > l->checkpoint.size)
        return SL_ENOTFOUND;
    return sl_tree_prove_inclusion(read_hash, l, index, size, out);
}
