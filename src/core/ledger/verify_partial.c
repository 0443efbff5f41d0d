/* Partial tiles and bundles of smaller trees that still lie beside the wider ones: nobody needs
 * them, but somebody may read them. Each must be the beginning of the wider one, which was checked
 * before. */
#include "core/ledger/verify_int.h"

/* The wider file: the full one, or that of the checkpoint's own tree. SL_ENOTFOUND: the tree does
 * not reach there. */
static enum sl_err read_wider(struct sl_verify_run *r, struct sl_tile t, struct sl_buf *out)
{
    uint64_t full = sl_tile_full_count(t.level, r->checkpoint.size);
    SL_BUF(name, 256);

    t.width = t.index < full ? SL_TILE_WIDTH : sl_tile_partial_width(t.level, r->checkpoint.size);
    if (t.index > full || t.width == 0)
        return SL_ENOTFOUND;
    sl_tile_put_path(&name, &t);
    enum sl_err err = r->v->read(r->v->owner, sl_buf_text(&name), out);
    if (err != SL_ENOTFOUND || t.width == SL_TILE_WIDTH)
        return err;
    t.width = SL_TILE_WIDTH; /* a writer at work replaced it */
    sl_buf_reset(&name);
    sl_tile_put_path(&name, &t);
    return r->v->read(r->v->owner, sl_buf_text(&name), out);
}

/* How many bytes the first `width` hashes or entries take, and whether the file has so many. */
static bool measure(const struct sl_tile *t, struct sl_span file, unsigned width, size_t *bytes)
{
    struct sl_span leaf;

    *bytes = (size_t)width * SL_TREE_HASH;
    if (t->level != SL_TILE_ENTRIES)
        return file.n >= *bytes;
    for (*bytes = 0; width > 0; width--)
        if (sl_bundle_next(file, bytes, &leaf) != SL_OK)
            return false;
    return true;
}

static bool agrees(const struct sl_verify_run *r, const struct sl_tile *t, struct sl_span file,
                   struct sl_span wider)
{
    bool is_last = t->index == sl_tile_full_count(t->level, r->checkpoint.size);
    unsigned known = is_last ? sl_tile_partial_width(t->level, r->checkpoint.size) : SL_TILE_WIDTH;
    size_t bytes, common;

    if (!measure(t, file, t->width, &bytes) || bytes != file.n)
        return false;
    /* That of a tree that grew since: what lies behind the checkpoint is not signed yet. */
    if (!measure(t, file, t->width < known ? t->width : known, &common) || wider.n < common)
        return false;
    return memcmp(file.p, wider.p, common) == 0;
}

static enum sl_err check_partial(struct sl_verify_run *r, struct sl_span name)
{
    SL_BUF(wider, SL_BUNDLE_MAX_BYTES);
    SL_BUF(path, 4096);
    struct sl_tile t;

    sl_buf_put(&path, name);
    const char *text = sl_buf_text(&path);
    if (sl_tile_get_path(name, &t) != SL_OK) {
        SL_SAY(r, SL_VERIFY_NOTE, SL_VERIFY_NO_ENTRY, text, "this is no tile of a ledger");
        return SL_OK;
    }
    enum sl_err err = read_wider(r, t, &wider);
    if (err == SL_ENOTFOUND)
        return SL_OK;
    SL_TRY(err);
    sl_buf_reset(&r->file);
    err = r->v->read(r->v->owner, text, &r->file);
    if (err == SL_ENOTFOUND) /* a writer at work took it away */
        return SL_OK;
    SL_TRY(err);
    if (!agrees(r, &t, sl_buf_span(&r->file), sl_buf_span(&wider)))
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, text,
               "the file that a smaller tree left behind does not "
               "say what the wider one says");
    return SL_OK;
}

enum sl_err sl_verify_partials(struct sl_verify_run *r)
{
    SL_BUF(name, 4096);

    for (size_t number = 0; r->v->partial != NULL && !sl_verify_enough(r); number++) {
        sl_buf_reset(&name);
        enum sl_err err = r->v->partial(r->v->owner, number, &name);
        if (err == SL_ENOTFOUND)
            return SL_OK;
        SL_TRY(err);
        SL_TRY(check_partial(r, sl_buf_span(&name)));
    }
    return SL_OK;
}
