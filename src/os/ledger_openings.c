/* What opens the commitments of leaves, beside the log: <state>/openings/<bundle number>
 *
 * One file for each 256 leaves, so that age erases by removing files, and a person's request by
 * overwriting. Record: u32 body length | u32 CRC-32C of the rest | u64 leaf | u32 part | u8 kind |
 * body, little-endian. Kind 0 with a body of zeros is what was erased. */
#include "os/ledger_int.h"

#include "base/cursor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER = 4 + 4 + 8 + 4 + 1, ERASED = 0 };

static void put_record(struct sl_buf *b, uint64_t index, uint32_t part, unsigned kind,
                       struct sl_span body)
{
    size_t start = b->n;

    if (sl_buf_room(b, HEADER + body.n) == NULL)
        return;
    sl_buf_put_le32(b, (uint32_t)body.n);
    sl_buf_put_le32(b, 0);
    sl_buf_put_le64(b, index);
    sl_buf_put_le32(b, part);
    sl_buf_put_u8(b, (uint8_t)kind);
    sl_buf_put(b, body);
    uint32_t check = sl_crc32c(0, sl_span(b->p + start + 8, b->n - start - 8));
    for (unsigned i = 0; i < 4; i++)
        b->p[start + 4 + i] = (uint8_t)(check >> (8 * i));
}

struct record {
    uint64_t index;
    uint32_t part;
    uint8_t kind;
    struct sl_span body;
};

static enum sl_err get_record(struct sl_span file, size_t *at, struct record *out)
{
    struct sl_cursor c = sl_cursor(sl_span_from(file, *at));
    struct record r;

    if (*at >= file.n)
        return SL_ENOTFOUND;
    uint32_t length = sl_cursor_le32(&c), check = sl_cursor_le32(&c);
    r.index = sl_cursor_le64(&c);
    r.part = sl_cursor_le32(&c);
    r.kind = sl_cursor_u8(&c);
    r.body = sl_cursor_take(&c, length);
    if (c.short_read || check != sl_crc32c(0, sl_span(c.in.p + 8, c.at - 8)))
        return SL_EMALFORMED;
    *at += c.at;
    *out = r;
    return SL_OK;
}

enum sl_err sl_ledger_append_opening(struct sl_ledger *l, uint64_t index, uint32_t part,
                                     enum sl_opening kind, struct sl_span bytes)
{
    size_t before = l->openings.n;

    if (l->broken != SL_OK)
        return l->broken;
    put_record(&l->openings, index, part, kind, bytes);
    enum sl_err err = sl_buf_err(&l->openings);
    if (err != SL_OK) {
        l->openings.n = before;
        l->openings.why = SL_OK;
    }
    return err;
}

static const char *put_path(struct sl_buf *b, const char *state, uint64_t bundle)
{
    sl_buf_say(b, "%s/openings/%U", state, bundle);
    return sl_buf_text(b);
}

/* By its descriptor: the keeper's sandbox knows no other way (sandbox_calls.c). */
static enum sl_err cut(const char *path, size_t size)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return SL_EIO;
    enum sl_err err = ftruncate(fd, (off_t)size) == 0 ? SL_OK : SL_EIO;
    close(fd);
    return err;
}

/* Half a record that a crash left at the end would hide everything that comes behind it. Looked for
 * once for each file: afterwards only whole records are in it. */
static enum sl_err cut_torn_end(struct sl_ledger *l, uint64_t bundle, const char *path)
{
    SL_BUF(file, SIZE_MAX / 2);
    struct record r;
    size_t at = 0;

    if (l->openings_whole == bundle + 1)
        return SL_OK;
    enum sl_err err = sl_file_read(path, &file);
    if (err != SL_OK && err != SL_ENOTFOUND)
        return err;
    while (get_record(sl_buf_span(&file), &at, &r) == SL_OK) {
    }
    if (at < file.n)
        SL_TRY(cut(path, at));
    l->openings_whole = bundle + 1;
    return SL_OK;
}

static enum sl_err append_to(struct sl_ledger *l, uint64_t bundle, struct sl_span records)
{
    SL_BUF(path, SL_LEDGER_PATH);
    struct stat is;

    SL_TRY(cut_torn_end(l, bundle, put_path(&path, l->state, bundle)));
    int fd = open(sl_buf_text(&path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return SL_EIO;
    enum sl_err err = fstat(fd, &is) == 0 ? SL_OK : SL_EIO;
    if (err == SL_OK)
        err = sl_file_pwrite_all(fd, records, (uint64_t)is.st_size);
    if (err != SL_OK && ftruncate(fd, is.st_size) != 0)
        err = SL_EIO;
    close(fd);
    return err;
}

/* Runs of records that belong to the same bundle go out together. */
enum sl_err sl_ledger_write_openings(struct sl_ledger *l)
{
    struct sl_span all = sl_buf_span(&l->openings);
    struct record r;
    size_t at = 0, from = 0;

    while (from < all.n) {
        SL_PROMISE(get_record(all, &at, &r) == SL_OK);
        uint64_t bundle = r.index / SL_TILE_WIDTH;
        size_t end = at;
        while (get_record(all, &at, &r) == SL_OK && r.index / SL_TILE_WIDTH == bundle)
            end = at;
        SL_TRY(append_to(l, bundle, sl_span(all.p + from, end - from)));
        if (l->openings_unsynced != 0 && l->openings_unsynced != bundle + 1)
            SL_TRY(sl_ledger_sync_openings(l));
        l->openings_unsynced = bundle + 1;
        from = at = end;
    }
    sl_buf_reset(&l->openings);
    return SL_OK;
}

enum sl_err sl_ledger_sync_openings(struct sl_ledger *l)
{
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(folder, SL_LEDGER_PATH);

    if (l->openings_unsynced == 0)
        return SL_OK;
    int fd =
        open(put_path(&path, l->state, l->openings_unsynced - 1), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    enum sl_err err = fd < 0 ? SL_EIO : sl_file_sync(fd);
    if (fd >= 0)
        close(fd);
    SL_TRY(err);
    sl_buf_say(&folder, "%s/openings", l->state);
    SL_TRY(sl_file_sync_folder(sl_buf_text(&folder)));
    l->openings_unsynced = 0;
    return SL_OK;
}

enum sl_err sl_ledger_erase_openings(struct sl_ledger *l, uint64_t index)
{
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(file, SIZE_MAX / 2);
    SL_BUF(after, SIZE_MAX / 2);
    SL_BUF(zeros, SL_WAL_MAX_STATE);
    struct record r;
    size_t at = 0;

    SL_TRY(sl_file_read(put_path(&path, l->state, index / SL_TILE_WIDTH), &file));
    while (get_record(sl_buf_span(&file), &at, &r) == SL_OK) {
        if (r.index != index) {
            put_record(&after, r.index, r.part, r.kind, r.body);
            continue;
        }
        sl_buf_reset(&zeros);
        if (sl_buf_room(&zeros, r.body.n) == NULL)
            return sl_buf_err(&zeros);
        memset(zeros.p, 0, r.body.n);
        zeros.n = r.body.n;
        put_record(&after, index, r.part, ERASED, sl_buf_span(&zeros));
    }
    SL_TRY(sl_buf_err(&after));
    int fd = open(sl_buf_text(&path), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    enum sl_err err = fd < 0 ? SL_EIO : sl_file_pwrite_all(fd, sl_buf_span(&after), 0);
    if (err == SL_OK)
        err = sl_file_sync(fd);
    if (fd >= 0)
        close(fd);
    return err;
}

/* What a crash left behind for a leaf that was then never committed comes first: the last one
 * counts. */
enum sl_err sl_ledger_find_opening(const char *state_dir, uint64_t index, uint32_t part,
                                   enum sl_opening kind, struct sl_buf *out)
{
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(file, SIZE_MAX / 2);
    struct sl_span found = {NULL, 0};
    struct record r;
    size_t at = 0;

    SL_TRY(sl_file_read(put_path(&path, state_dir, index / SL_TILE_WIDTH), &file));
    while (get_record(sl_buf_span(&file), &at, &r) == SL_OK)
        if (r.index == index && r.part == part && r.kind == (uint8_t)kind)
            found = r.body;
    if (found.n == 0)
        return SL_ENOTFOUND;
    sl_buf_put(out, found);
    return sl_buf_err(out);
}
