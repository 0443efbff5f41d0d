#include "os/ledger_dir.h"

#include "core/ledger/wal.h"
#include "os/file.h"
#include "os/ledger_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    SEGMENT_NAME = 20,
    MAX_FILE = 1024 * 1024 * 1024,
    ATTEMPTS = 50,
    MAX_DEPTH = 10,
    MAX_PARTIALS = 16 * 1024 * 1024
};

/* A file that a newer checkpoint would take away while we look. */
struct kept {
    char name[64];
    struct sl_buf bytes;
};

struct segment {
    char name[SEGMENT_NAME + 1];
    int fd; /* it stays readable when the writer no longer needs it */
};

struct sl_ledger_dir {
    char *path;
    struct kept kept[2 + SL_TILE_LEVELS]; /* the checkpoint, its partial tiles and bundle */
    size_t kept_count;
    struct segment *segments;
    size_t segment_count;
    struct sl_buf partials; /* names, each ended by a NUL */
};

static void drop_kept(struct sl_ledger_dir *d)
{
    while (d->kept_count > 0)
        sl_buf_done(&d->kept[--d->kept_count].bytes);
}

void sl_ledger_dir_free(struct sl_ledger_dir *d)
{
    if (d == NULL)
        return;
    drop_kept(d);
    for (size_t i = 0; i < d->segment_count; i++)
        close(d->segments[i].fd);
    sl_buf_done(&d->partials);
    free(d->path);
    free(d->segments);
    free(d);
}

const char *sl_ledger_dir_path(const struct sl_ledger_dir *d)
{
    return d->path;
}

/* --- beside the log ------------------------------------------------------------------------- */

enum sl_err sl_ledger_dir_document(struct sl_ledger_dir *d, uint64_t entry, struct sl_buf *out)
{
    SL_BUF(state, PATH_BYTES);

    sl_buf_say(&state, "%s/..", d->path);
    return sl_ledger_find_opening(sl_buf_text(&state), entry, 0, SL_OPENING_DOCUMENT, out);
}

/* --- the log -------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static enum sl_err add_segment(struct sl_ledger_dir *d, int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return errno == ENOENT ? SL_OK : SL_EIO; /* just taken away: its entries lie in bundles */
    struct segment *grown = reallocarray(d->segments, d->segment_count + 1, sizeof *d->segments);
    if (grown == NULL) {
        close(fd);
        return SL_EMEMORY;
    }
    d->segments = grown;
    d->segments[d->segment_count].fd = fd;
    memcpy(d->segments[d->segment_count++].name, name, SEGMENT_NAME + 1);
    return SL_OK;
}

static enum sl_err open_segments(struct sl_ledger_dir *d)
{
    SL_BUF(path, PATH_BYTES);
    enum sl_err err = SL_OK;

    sl_buf_say(&path, "%s/wal", d->path);
    DIR *folder = opendir(sl_buf_text(&path));
    if (folder == NULL)
        return SL_OK; /* a copy without its log, or one that we may not read */
    for (struct dirent *e; err == SL_OK && (e = readdir(folder)) != NULL;) {
        struct sl_span name = sl_span_str(e->d_name);
        if (name.n == SEGMENT_NAME && sl_span_is(sl_span_from(name, 16), ".wal"))
            err = add_segment(d, dirfd(folder), e->d_name);
    }
    closedir(folder);
    if (d->segment_count >
        1) /* hexadecimal of one length: their order as text is that of numbers */
        qsort(d->segments, d->segment_count, sizeof *d->segments, by_name);
    return err;
}

enum sl_err sl_ledger_dir_read_log(void *owner, size_t number, struct sl_buf *out)
{
    const struct sl_ledger_dir *d = owner;
    enum { CHUNK = 256 * 1024 };
    ssize_t got = 0;

    if (number >= d->segment_count)
        return SL_ENOTFOUND;
    for (off_t at = 0;; at += got) {
        uint8_t *room = sl_buf_room(out, CHUNK);
        if (room == NULL)
            return sl_buf_err(out);
        got = pread(d->segments[number].fd, room, CHUNK, at);
        if (got <= 0)
            return got == 0 ? SL_OK : SL_EIO;
        out->n += (size_t)got;
    }
}

/* --- partial tiles -------------------------------------------------------------------------- */

/* Every file in a folder `...p/`, at any depth: a name has three digits a level. */
static enum sl_err list_partials(struct sl_ledger_dir *d, const char *folder, unsigned depth)
{
    SL_BUF(path, PATH_BYTES);
    size_t length = strlen(folder);
    bool partial = length > 2 && strcmp(folder + length - 2, ".p") == 0;
    enum sl_err err = SL_OK;

    sl_buf_say(&path, "%s/%s", d->path, folder);
    DIR *open_folder = opendir(sl_buf_text(&path));
    if (open_folder == NULL || depth > MAX_DEPTH) { /* a file, or gone */
        if (open_folder != NULL)
            closedir(open_folder);
        return SL_OK;
    }
    for (struct dirent *e; err == SL_OK && (e = readdir(open_folder)) != NULL;) {
        SL_BUF(name, PATH_BYTES);
        if (e->d_name[0] == '.')
            continue;
        sl_buf_say(&name, "%s/%s", folder, e->d_name);
        if (partial)
            sl_buf_put_cstr(&d->partials, sl_buf_span(&name));
        else if (e->d_type != DT_REG)
            err = list_partials(d, sl_buf_text(&name), depth + 1);
    }
    closedir(open_folder);
    return err == SL_OK ? sl_buf_err(&d->partials) : err;
}

enum sl_err sl_ledger_dir_partial(void *owner, size_t number, struct sl_buf *name)
{
    const struct sl_ledger_dir *d = owner;
    struct sl_span rest = sl_buf_span(&d->partials);

    for (; number > 0 && rest.n > 0; number--)
        rest = sl_span_from(rest, sl_span_find(rest, 0) + 1);
    if (rest.n == 0)
        return SL_ENOTFOUND;
    sl_buf_put(name, sl_span_head(rest, sl_span_find(rest, 0)));
    return sl_buf_err(name);
}

/* --- other files ---------------------------------------------------------------------------- */

static enum sl_err read_now(const struct sl_ledger_dir *d, const char *name, struct sl_buf *out)
{
    SL_BUF(path, PATH_BYTES);

    sl_buf_say(&path, "%s/%s", d->path, name);
    return sl_file_read(sl_buf_text(&path), out);
}

enum sl_err sl_ledger_dir_read(void *owner, const char *name, struct sl_buf *out)
{
    const struct sl_ledger_dir *d = owner;

    for (size_t i = 0; i < d->kept_count; i++)
        if (strcmp(d->kept[i].name, name) == 0) {
            sl_buf_put(out, sl_buf_span(&d->kept[i].bytes));
            return sl_buf_err(out);
        }
    return read_now(d, name, out);
}

static enum sl_err keep(struct sl_ledger_dir *d, const char *name)
{
    struct kept *k = &d->kept[d->kept_count];

    k->bytes = sl_buf(SL_BUNDLE_MAX_BYTES);
    SL_PROMISE(strlen(name) < sizeof k->name);
    memcpy(k->name, name, strlen(name) + 1);
    enum sl_err err = read_now(d, name, &k->bytes);
    if (err == SL_OK)
        d->kept_count++;
    else
        sl_buf_done(&k->bytes);
    return err;
}

static enum sl_err keep_partial(struct sl_ledger_dir *d, unsigned level, uint64_t size)
{
    const struct sl_tile t = {.level = level,
                              .index = sl_tile_full_count(level, size),
                              .width = sl_tile_partial_width(level, size)};
    SL_BUF(name, 256);

    if (t.width == 0)
        return SL_OK;
    sl_tile_put_path(&name, &t);
    return keep(d, sl_buf_text(&name));
}

/* What a writer at work removes first. Something that is missing or wrong is left for others to
 * say. */
static enum sl_err keep_all(struct sl_ledger_dir *d)
{
    SL_BUF(note, SL_NOTE_MAX);
    struct sl_checkpoint c;

    drop_kept(d);
    if (keep(d, "checkpoint") != SL_OK || sl_ledger_dir_checkpoint(d, &note, &c) != SL_OK)
        return SL_OK;
    for (unsigned level = 0; level < SL_TILE_LEVELS; level++)
        SL_TRY(keep_partial(d, level, c.size));
    return keep_partial(d, SL_TILE_ENTRIES, c.size);
}

static bool holds(const char *path, const char *name)
{
    SL_BUF(whole, PATH_BYTES);

    sl_buf_say(&whole, "%s/%s", path, name);
    return access(sl_buf_text(&whole), F_OK) == 0;
}

/* The log is opened last: entries that left it before lie in full bundles by then. */
static enum sl_err look(struct sl_ledger_dir *d)
{
    enum sl_err err = SL_ENOTFOUND;

    for (unsigned i = 0; err == SL_ENOTFOUND && i < ATTEMPTS; i++)
        err = keep_all(d);
    SL_TRY(list_partials(d, "tile", 0));
    return open_segments(d);
}

enum sl_err sl_ledger_dir_open(const char *path, struct sl_ledger_dir **out)
{
    bool is_ledger = holds(path, "checkpoint") || holds(path, "tile");
    SL_BUF(where, PATH_BYTES);

    if (!is_ledger && !holds(path, "ledger/checkpoint") && !holds(path, "ledger/tile"))
        return SL_ENOTFOUND;
    sl_buf_say(&where, is_ledger ? "%s" : "%s/ledger", path);
    struct sl_ledger_dir *d = calloc(1, sizeof *d);
    if (d == NULL)
        return SL_EMEMORY;
    d->partials = sl_buf(MAX_PARTIALS);
    d->path = strdup(sl_buf_text(&where));
    enum sl_err err = d->path == NULL ? SL_EMEMORY : look(d);
    if (err != SL_OK) {
        sl_ledger_dir_free(d);
        return err;
    }
    *out = d;
    return SL_OK;
}

enum sl_err sl_ledger_dir_checkpoint(struct sl_ledger_dir *d, struct sl_buf *note,
                                     struct sl_checkpoint *out)
{
    struct sl_note parts;

    SL_TRY(sl_ledger_dir_read(d, "checkpoint", note));
    if (sl_note_get(sl_buf_span(note), &parts) != SL_OK ||
        sl_checkpoint_get(parts.text, out) != SL_OK)
        return SL_ECORRUPT;
    return SL_OK;
}

/* --- entries -------------------------------------------------------------------------------- */

/* The full tile, or the partial one of a tree of `size`. */
static enum sl_err read_tile(struct sl_ledger_dir *d, unsigned level, uint64_t index, uint64_t size,
                             struct sl_buf *out)
{
    struct sl_tile t = {.level = level, .index = index, .width = SL_TILE_WIDTH};
    SL_BUF(name, 256);

    if (index >= sl_tile_full_count(level, size))
        t.width = sl_tile_partial_width(level, size);
    for (;; t.width = SL_TILE_WIDTH) {
        sl_buf_reset(&name);
        sl_tile_put_path(&name, &t);
        enum sl_err err = sl_ledger_dir_read(d, sl_buf_text(&name), out);
        if (err != SL_ENOTFOUND || t.width == SL_TILE_WIDTH)
            return err;
    }
}

static enum sl_err each_in_bundle(struct sl_ledger_dir *d, uint64_t bundle, uint64_t size,
                                  sl_ledger_entry_fn *each, void *owner)
{
    SL_BUF(file, SL_BUNDLE_MAX_BYTES);
    uint64_t first = bundle * SL_TILE_WIDTH;
    struct sl_span leaf;
    size_t at = 0;

    SL_TRY(read_tile(d, SL_TILE_ENTRIES, bundle, size, &file));
    for (uint64_t i = first; i < size && i < first + SL_TILE_WIDTH; i++) {
        SL_TRY(sl_bundle_next(sl_buf_span(&file), &at, &leaf));
        SL_TRY(each(owner, i, leaf));
    }
    return SL_OK;
}

static enum sl_err each_in_segment(struct sl_span file, uint64_t size, sl_ledger_entry_fn *each,
                                   void *owner)
{
    size_t at = SL_WAL_SEGMENT_HEADER, whole = 0;
    struct sl_wal_segment s;
    struct sl_wal_record r;

    SL_TRY(sl_wal_get_segment(file, &s));
    while (sl_wal_next(file, &at, &whole, &r) == SL_OK) {
        if (r.kind != SL_WAL_LEAF)
            continue;
        if (s.first_index >= size)
            SL_TRY(each(owner, s.first_index, r.leaf));
        s.first_index++;
    }
    return SL_OK;
}

enum sl_err sl_ledger_dir_each(struct sl_ledger_dir *d, sl_ledger_entry_fn *each, void *owner)
{
    SL_BUF(note, SL_NOTE_MAX);
    SL_BUF(file, MAX_FILE);
    struct sl_checkpoint c;

    SL_TRY(sl_ledger_dir_checkpoint(d, &note, &c));
    for (uint64_t i = 0; i * SL_TILE_WIDTH < c.size; i++)
        SL_TRY(each_in_bundle(d, i, c.size, each, owner));
    for (size_t i = 0; i < d->segment_count; i++) {
        sl_buf_reset(&file);
        SL_TRY(sl_ledger_dir_read_log(d, i, &file));
        SL_TRY(each_in_segment(sl_buf_span(&file), c.size, each, owner));
    }
    return SL_OK;
}

struct wanted {
    uint64_t index;
    struct sl_buf *leaf;
    bool found;
};

static enum sl_err take_wanted(void *owner, uint64_t index, struct sl_span leaf)
{
    struct wanted *w = owner;

    if (index != w->index)
        return SL_OK;
    sl_buf_put(w->leaf, leaf);
    w->found = true;
    return sl_buf_err(w->leaf);
}

enum sl_err sl_ledger_dir_entry(struct sl_ledger_dir *d, uint64_t index, struct sl_buf *leaf)
{
    struct wanted w = {.index = index, .leaf = leaf};
    SL_BUF(note, SL_NOTE_MAX);
    struct sl_checkpoint c;

    SL_TRY(sl_ledger_dir_checkpoint(d, &note, &c));
    if (index < c.size)
        SL_TRY(each_in_bundle(d, index / SL_TILE_WIDTH, c.size, take_wanted, &w));
    else
        SL_TRY(sl_ledger_dir_each(d, take_wanted, &w));
    return w.found ? SL_OK : SL_ENOTFOUND;
}

/* --- proofs --------------------------------------------------------------------------------- */

struct tiles {
    struct sl_ledger_dir *dir;
    uint64_t size;
};

static enum sl_err read_hash(void *owner, unsigned height, uint64_t index, struct sl_hash *out)
{
    const struct tiles *t = owner;
    unsigned level = height / 8, low = height % 8;
    uint64_t first = index << low;
    size_t count = (size_t)1 << low, at = first % SL_TILE_WIDTH;
    SL_BUF(file, SL_TILE_WIDTH * SL_TREE_HASH);
    struct sl_hash hashes[SL_TILE_WIDTH / 2];

    SL_TRY(read_tile(t->dir, level, first / SL_TILE_WIDTH, t->size, &file));
    if (file.n < (at + count) * SL_TREE_HASH)
        return SL_ECORRUPT;
    memcpy(hashes, file.p + at * SL_TREE_HASH, count * SL_TREE_HASH);
    *out = sl_tree_over(hashes, count);
    return SL_OK;
}

enum sl_err sl_ledger_dir_prove(struct sl_ledger_dir *d, uint64_t index, uint64_t size,
                                struct sl_tree_proof *out)
{
    struct tiles t = {.dir = d, .size = size};

    return sl_tree_prove_inclusion(read_hash, &t, index, size, out);
}
