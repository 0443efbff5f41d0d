/* Tiles and bundles. Each can be made again from the log as long as its leaves are in there, so
 * they are written without a sync; before a segment goes, its tiles are synced. */
#include "os/ledger_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void put_path(struct sl_buf *b, const struct sl_ledger *l, const struct sl_tile *t)
{
    sl_buf_say(b, "%s/ledger/", l->state);
    sl_tile_put_path(b, t);
}

/* The folder that the path lies in, or false at the ledger's own folder. */
static bool cut_to_folder(struct sl_buf *path, size_t root_bytes)
{
    while (path->n > root_bytes && path->p[path->n - 1] != '/')
        path->n--;
    if (path->n <= root_bytes)
        return false;
    path->n--;
    return true;
}

static int open_new(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
}

static enum sl_err open_making_folder(struct sl_buf *path, int *fd)
{
    *fd = open_new(sl_buf_text(path));
    if (*fd < 0 && errno == ENOENT) {
        SL_BUF(folder, SL_LEDGER_PATH);
        sl_buf_put(&folder, sl_buf_span(path));
        (void)cut_to_folder(&folder, 0);
        SL_TRY(sl_file_make_folder(sl_buf_text(&folder), 0755));
        *fd = open_new(sl_buf_text(path));
    }
    if (*fd >= 0)
        return SL_OK;
    return errno == ENOSPC || errno == EDQUOT ? SL_EFULL : SL_EIO;
}

static bool is_there(const char *path, struct sl_span bytes)
{
    SL_BUF(found, SL_BUNDLE_MAX_BYTES);

    return sl_file_read(path, &found) == SL_OK && sl_span_eq(sl_buf_span(&found), bytes);
}

/* Whole or not at all, under its own name. */
static enum sl_err write_tile(const struct sl_ledger *l, const struct sl_tile *t,
                              struct sl_span bytes)
{
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(fresh, SL_LEDGER_PATH);
    int fd;

    put_path(&path, l, t);
    sl_buf_say(&fresh, "%S.new", sl_buf_span(&path));
    const char *name = sl_buf_text(&path);
    SL_TRY(sl_buf_err(&fresh));
    if (is_there(name, bytes))
        return SL_OK;
    SL_TRY(open_making_folder(&fresh, &fd));
    enum sl_err err = sl_file_write_all(fd, bytes);
    if (close(fd) != 0 && err == SL_OK)
        err = SL_EIO;
    if (err == SL_OK && rename(sl_buf_text(&fresh), name) != 0)
        err = SL_EIO;
    if (err != SL_OK)
        (void)unlink(sl_buf_text(&fresh));
    return err;
}

static struct sl_span edge_bytes(const struct sl_ledger_edge *e)
{
    return sl_span(e->hashes, e->count * sizeof e->hashes[0]);
}

/* --- growing -------------------------------------------------------------------------------- */

/* The last tile of this level is full: write it, and hand its hash up. */
static enum sl_err settle_level(struct sl_ledger *l, unsigned level)
{
    struct sl_ledger_edge *e = &l->edge[level], *up = &l->edge[level + 1];
    struct sl_tile t = {.level = level,
                        .index = sl_tile_full_count(level, l->tree.size) - 1,
                        .width = SL_TILE_WIDTH};

    if (level == 0) {
        struct sl_tile bundle = {.level = SL_TILE_ENTRIES,
                                 .index = t.index,
                                 .width = SL_TILE_WIDTH};
        SL_TRY(write_tile(l, &bundle, sl_buf_span(&l->bundle)));
    }
    SL_TRY(write_tile(l, &t, edge_bytes(e)));
    up->hashes[up->count++] = sl_tree_over(e->hashes, e->count);
    e->count = 0;
    if (level == 0)
        sl_buf_reset(&l->bundle);
    return SL_OK;
}

static int highest_full(const struct sl_ledger *l)
{
    int level = SL_TILE_LEVELS - 2;

    while (level >= 0 && l->edge[level].count < SL_TILE_WIDTH)
        level--;
    return level;
}

/* Highest first, so that a hash handed up finds room. After a failure the next call goes on there.
 */
static enum sl_err settle(struct sl_ledger *l)
{
    for (int level; (level = highest_full(l)) >= 0;)
        SL_TRY(settle_level(l, (unsigned)level));
    return SL_OK;
}

static void add_leaf(struct sl_ledger *l, struct sl_span leaf)
{
    struct sl_hash hash = sl_tree_leaf(leaf);

    sl_tree_add(&l->tree, &hash);
    l->edge[0].hashes[l->edge[0].count++] = hash;
}

static enum sl_err absorb_from(struct sl_ledger *l, size_t *at)
{
    struct sl_span written = sl_span(l->pending.p, l->written_pending), leaf;

    SL_TRY(settle(l));
    while (*at < written.n) {
        SL_PROMISE(sl_bundle_next(written, at, &leaf) == SL_OK);
        sl_bundle_put(&l->bundle, leaf);
        SL_PROMISE(sl_buf_err(&l->bundle) != SL_ELIMIT);
        if (sl_buf_err(&l->bundle) != SL_OK) {
            *at -= leaf.n + 2;
            l->bundle.why = SL_OK;
            return SL_EMEMORY;
        }
        add_leaf(l, leaf);
        SL_TRY(settle(l));
    }
    return SL_OK;
}

enum sl_err sl_ledger_absorb(struct sl_ledger *l)
{
    size_t at = 0;
    enum sl_err err = absorb_from(l, &at);

    sl_buf_drop(&l->pending, at);
    l->written_pending -= at;
    return err;
}

/* --- reading back --------------------------------------------------------------------------- */

static enum sl_err read_full(const struct sl_ledger *l, unsigned level, uint64_t index,
                             struct sl_buf *out)
{
    const struct sl_tile t = {.level = level, .index = index, .width = SL_TILE_WIDTH};
    SL_BUF(path, SL_LEDGER_PATH);

    put_path(&path, l, &t);
    return sl_file_read(sl_buf_text(&path), out);
}

static enum sl_err read_hashes(const struct sl_ledger *l, unsigned level, uint64_t index,
                               struct sl_hash hashes[SL_TILE_WIDTH])
{
    SL_BUF(tile, SL_TILE_WIDTH * SL_TREE_HASH);

    SL_TRY(read_full(l, level, index, &tile));
    if (tile.n != SL_TILE_WIDTH * SL_TREE_HASH)
        return SL_ECORRUPT;
    memcpy(hashes, tile.p, tile.n);
    return SL_OK;
}

/* The hashes of a not yet full tile, each made of the full tile below it: partial tiles are not
 * trusted to be there. */
static enum sl_err load_edge(struct sl_ledger *l, unsigned level, uint64_t size)
{
    struct sl_ledger_edge *e = &l->edge[level];
    unsigned count = sl_tile_partial_width(level, size);
    uint64_t first = sl_tile_full_count(level, size) * SL_TILE_WIDTH;
    struct sl_hash below[SL_TILE_WIDTH];

    if (level == 0) {
        if (count > 0)
            SL_TRY(read_hashes(l, 0, first / SL_TILE_WIDTH, e->hashes));
        e->count = count;
        return SL_OK;
    }
    for (e->count = 0; e->count < count; e->count++) {
        SL_TRY(read_hashes(l, level - 1, first + e->count, below));
        e->hashes[e->count] = sl_tree_over(below, SL_TILE_WIDTH);
    }
    return SL_OK;
}

static enum sl_err load_bundle(struct sl_ledger *l, uint64_t size)
{
    SL_BUF(file, SL_BUNDLE_MAX_BYTES);
    struct sl_span leaf;
    size_t at = 0;

    if (size % SL_TILE_WIDTH == 0)
        return SL_OK;
    SL_TRY(read_full(l, SL_TILE_ENTRIES, size / SL_TILE_WIDTH, &file));
    for (unsigned i = 0; i < size % SL_TILE_WIDTH; i++)
        if (sl_bundle_next(sl_buf_span(&file), &at, &leaf) != SL_OK)
            return SL_ECORRUPT;
    sl_buf_put(&l->bundle, sl_span(file.p, at));
    return sl_buf_err(&l->bundle);
}

enum sl_err sl_ledger_load_tree(struct sl_ledger *l, uint64_t size)
{
    int top = 0;

    for (unsigned level = 0; level < SL_TILE_LEVELS; level++)
        SL_TRY(load_edge(l, level, size));
    SL_TRY(load_bundle(l, size));
    for (int level = SL_TILE_LEVELS - 1; level >= 0; level--) {
        struct sl_tree part = {0};
        for (unsigned i = 0; i < l->edge[level].count; i++)
            sl_tree_add(&part, &l->edge[level].hashes[i]);
        for (int i = 0; i < __builtin_popcountll(part.size); i++)
            l->tree.edge[top++] = part.edge[i];
    }
    l->tree.size = size;
    return SL_OK;
}

static enum sl_err pick(struct sl_span bundle, uint64_t number, struct sl_buf *leaf)
{
    struct sl_span s;
    size_t at = 0;

    for (uint64_t i = 0; i <= number; i++)
        SL_TRY(sl_bundle_next(bundle, &at, &s));
    sl_buf_put(leaf, s);
    return sl_buf_err(leaf);
}

enum sl_err sl_ledger_read(struct sl_ledger *l, uint64_t index, struct sl_buf *leaf)
{
    SL_BUF(file, SL_BUNDLE_MAX_BYTES);

    if (index >= l->size)
        return SL_ENOTFOUND;
    if (index >= l->tree.size)
        return pick(sl_buf_span(&l->pending), index - l->tree.size, leaf);
    if (index >= l->tree.size - l->edge[0].count)
        return pick(sl_buf_span(&l->bundle), index % SL_TILE_WIDTH, leaf);
    SL_TRY(read_full(l, SL_TILE_ENTRIES, index / SL_TILE_WIDTH, &file));
    return pick(sl_buf_span(&file), index % SL_TILE_WIDTH, leaf);
}

/* --- checkpoints ---------------------------------------------------------------------------- */

enum sl_err sl_ledger_take_note(struct sl_ledger *l, struct sl_span note)
{
    struct sl_note parts;
    struct sl_checkpoint c;
    SL_BUF(copy, SL_NOTE_MAX);

    sl_buf_put(&copy, note);
    SL_TRY(sl_buf_err(&copy));
    SL_TRY(sl_note_get(sl_buf_span(&copy), &parts));
    SL_TRY(sl_checkpoint_get(parts.text, &c));
    sl_buf_done(&l->note);
    l->note = copy;
    copy = sl_buf(0); /* it belongs to the ledger now */
    l->checkpoint = c;
    l->has_checkpoint = true;
    l->published = false;
    return SL_OK;
}

static enum sl_err write_partials(const struct sl_ledger *l)
{
    for (unsigned level = 0; level < SL_TILE_LEVELS; level++) {
        const struct sl_ledger_edge *e = &l->edge[level];
        struct sl_tile t = {.level = level,
                            .index = sl_tile_full_count(level, l->tree.size),
                            .width = e->count};
        if (e->count == 0)
            continue;
        SL_TRY(write_tile(l, &t, edge_bytes(e)));
        t.level = SL_TILE_ENTRIES;
        if (level == 0)
            SL_TRY(write_tile(l, &t, sl_buf_span(&l->bundle)));
    }
    return SL_OK;
}

/* The partial tiles of a tree of `size` that the two last checkpoints do not need. */
static void drop_partial(const struct sl_ledger *l, unsigned level, uint64_t size)
{
    struct sl_tile t = {.level = level,
                        .index = sl_tile_full_count(level, size),
                        .width = sl_tile_partial_width(level, size)};
    const uint64_t needed[2] = {l->shown_size, l->checkpoint.size};
    SL_BUF(path, SL_LEDGER_PATH);

    for (unsigned i = 0; i < 2; i++)
        if (t.width == 0 || (sl_tile_full_count(level, needed[i]) == t.index &&
                             sl_tile_partial_width(level, needed[i]) == t.width))
            return;
    put_path(&path, l, &t);
    (void)unlink(sl_buf_text(&path));
    (void)cut_to_folder(&path, 0);
    (void)rmdir(sl_buf_text(&path)); /* fails while a newer one is in there */
}

enum sl_err sl_ledger_publish(struct sl_ledger *l)
{
    SL_BUF(path, SL_LEDGER_PATH);

    SL_TRY(write_partials(l));
    sl_buf_say(&path, "%s/ledger/checkpoint", l->state);
    SL_TRY(sl_file_replace(sl_buf_text(&path), sl_buf_span(&l->note), 0644));
    for (unsigned level = 0; level < SL_TILE_LEVELS; level++)
        drop_partial(l, level, l->older_size);
    drop_partial(l, SL_TILE_ENTRIES, l->older_size);
    l->older_size = l->shown_size;
    l->shown_size = l->checkpoint.size;
    l->published = true;
    return SL_OK;
}

/* --- syncing -------------------------------------------------------------------------------- */

static enum sl_err sync_file(const struct sl_ledger *l, unsigned level, uint64_t index)
{
    const struct sl_tile t = {.level = level, .index = index, .width = SL_TILE_WIDTH};
    size_t root = strlen(l->state) + strlen("/ledger");
    SL_BUF(path, SL_LEDGER_PATH);

    put_path(&path, l, &t);
    int fd = open(sl_buf_text(&path), O_RDONLY | O_CLOEXEC);
    enum sl_err err = fd < 0 ? SL_EIO : sl_file_sync(fd);
    if (fd >= 0)
        close(fd);
    SL_TRY(err);
    while (path.n > root && cut_to_folder(&path, root))
        SL_TRY(sl_file_sync_folder(sl_buf_text(&path)));
    return SL_OK;
}

enum sl_err sl_ledger_sync_tiles(struct sl_ledger *l, uint64_t from, uint64_t to)
{
    for (unsigned level = 0; level < SL_TILE_LEVELS - 1; level++) {
        uint64_t last = to >> (8 * (level + 1)),
                 full = sl_tile_full_count(level, l->checkpoint.size);
        for (uint64_t i = from >> (8 * (level + 1)); i <= last && i < full; i++) {
            SL_TRY(sync_file(l, level, i));
            if (level == 0)
                SL_TRY(sync_file(l, SL_TILE_ENTRIES, i));
        }
    }
    return SL_OK;
}
