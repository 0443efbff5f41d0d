/* What passkeys signed names the log as it was then. Is it the log that lies here? */
#include "core/ledger/verify_int.h"

/* Of the widest tile that there is: it has been compared with the entries already. */
static enum sl_err read_widest(struct sl_verify_run *r, unsigned level, uint64_t tile)
{
    SL_BUF(name, 256);
    uint64_t full = sl_tile_full_count(level, r->checkpoint.size);
    unsigned width = tile < full ? SL_TILE_WIDTH : sl_tile_partial_width(level, r->checkpoint.size);

    sl_tile_put_path(&name, &(struct sl_tile){.level = level, .index = tile, .width = width});
    sl_buf_reset(&r->file);
    return r->v->read(r->v->owner, sl_buf_text(&name), &r->file);
}

static enum sl_err read_hash(void *owner, unsigned height, uint64_t index, struct sl_hash *out)
{
    struct sl_verify_run *r = owner;
    struct sl_hash under[SL_TILE_WIDTH];
    unsigned level = height / 8, count = 1u << height % 8;
    uint64_t first = index * count;
    size_t at = first % SL_TILE_WIDTH * SL_TREE_HASH;

    SL_TRY(read_widest(r, level, first / SL_TILE_WIDTH));
    if (r->file.n < at + count * sizeof *under)
        return SL_ECORRUPT;
    memcpy(under, r->file.p + at, count * sizeof *under);
    *out = sl_tree_over(under, count);
    return SL_OK;
}

enum sl_err sl_verify_claims(struct sl_verify_run *r)
{
    struct sl_hash root;

    for (const struct sl_audit_claim *c = sl_audit_claims(r->audit); c != NULL; c = c->next) {
        if (c->size > r->checkpoint.size)
            continue;
        enum sl_err err = sl_tree_root_at(read_hash, r, c->size, &root);
        if (err == SL_EMEMORY)
            return err;
        if (err != SL_OK || !sl_hash_eq(&root, &c->root))
            SL_SAY(r, SL_VERIFY_WRONG, c->entry, "",
                   "a passkey signed another history: the first %U entries were others then",
                   c->size);
    }
    return SL_OK;
}
