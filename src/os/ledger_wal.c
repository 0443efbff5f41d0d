/* The segments of the write-ahead log as files: wal/<first sequence, 16 hex digits>.wal */
#include "os/ledger_int.h"

#include "base/encode.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void put_hex64(struct sl_buf *b, uint64_t v)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(v >> (56 - 8 * i));
    sl_hex_put(b, sl_span(bytes, sizeof bytes));
}

void sl_ledger_segment_path(struct sl_buf *b, const struct sl_ledger *l, uint64_t first_sequence)
{
    sl_buf_say(b, "%s/ledger/wal/", l->state);
    put_hex64(b, first_sequence);
    sl_buf_put_str(b, ".wal");
}

static bool segment_of_name(const char *name, uint64_t *first_sequence)
{
    struct sl_span s = sl_span_str(name);
    uint8_t bytes[8];

    if (s.n != 20 || !sl_span_is(sl_span_from(s, 16), ".wal") ||
        sl_hex_fixed(bytes, sizeof bytes, sl_span_head(s, 16)) != SL_OK)
        return false;
    *first_sequence = 0;
    for (unsigned i = 0; i < 8; i++)
        *first_sequence = *first_sequence << 8 | bytes[i];
    return true;
}

static enum sl_err add_segment(struct sl_ledger *l, const struct sl_wal_segment *s)
{
    struct sl_wal_segment *grown =
        reallocarray(l->segments, l->segment_count + 1, sizeof *l->segments);

    if (grown == NULL)
        return SL_EMEMORY;
    l->segments = grown;
    l->segments[l->segment_count++] = *s;
    return SL_OK;
}

static int by_sequence(const void *a, const void *b)
{
    const struct sl_wal_segment *x = a, *y = b;

    return x->first_sequence < y->first_sequence ? -1 : x->first_sequence > y->first_sequence;
}

enum sl_err sl_ledger_read_segment(const struct sl_ledger *l, size_t number, struct sl_buf *file)
{
    SL_BUF(path, SL_LEDGER_PATH);

    sl_ledger_segment_path(&path, l, l->segments[number].first_sequence);
    sl_buf_reset(file);
    return sl_file_read(sl_buf_text(&path), file);
}

/* The name says where a segment begins, and its first bytes say so too. */
static enum sl_err read_heads(struct sl_ledger *l, struct sl_buf *why)
{
    SL_BUF(path, SL_LEDGER_PATH);

    for (size_t i = 0; i < l->segment_count; i++) {
        uint8_t head[SL_WAL_SEGMENT_HEADER];
        uint64_t named = l->segments[i].first_sequence;

        sl_buf_reset(&path);
        sl_ledger_segment_path(&path, l, named);
        int fd = open(sl_buf_text(&path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        ssize_t got = fd < 0 ? -1 : read(fd, head, sizeof head);
        if (fd >= 0)
            close(fd);
        if (got != (ssize_t)sizeof head ||
            sl_wal_get_segment(sl_span(head, sizeof head), &l->segments[i]) != SL_OK ||
            l->segments[i].first_sequence != named)
            return SL_LEDGER_REFUSE(why, SL_ECORRUPT, "the head of %s is damaged",
                                    sl_buf_text(&path));
    }
    return SL_OK;
}

enum sl_err sl_ledger_list_segments(struct sl_ledger *l, struct sl_buf *why)
{
    SL_BUF(path, SL_LEDGER_PATH);
    struct sl_wal_segment s = {0};
    enum sl_err err = SL_OK;

    sl_buf_say(&path, "%s/ledger/wal", l->state);
    DIR *folder = opendir(sl_buf_text(&path));
    if (folder == NULL)
        return errno == ENOENT ? SL_OK : SL_EIO;
    for (struct dirent *d; err == SL_OK && (d = readdir(folder)) != NULL;)
        if (segment_of_name(d->d_name, &s.first_sequence))
            err = add_segment(l, &s);
    closedir(folder);
    SL_TRY(err);
    if (l->segment_count > 1)
        qsort(l->segments, l->segment_count, sizeof *l->segments, by_sequence);
    return read_heads(l, why);
}

enum sl_err sl_ledger_open_segment(struct sl_ledger *l)
{
    SL_BUF(path, SL_LEDGER_PATH);

    sl_ledger_segment_path(&path, l, l->segments[l->segment_count - 1].first_sequence);
    int fd = open(sl_buf_text(&path), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return SL_EIO;
    if (l->wal >= 0)
        close(l->wal);
    l->wal = fd;
    return SL_OK;
}

enum sl_err sl_ledger_new_segment(struct sl_ledger *l)
{
    const struct sl_wal_segment s = {l->written_sequence + 1, l->written_size};
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(head, SL_WAL_SEGMENT_HEADER);

    sl_ledger_segment_path(&path, l, s.first_sequence);
    sl_wal_put_segment(&head, &s);
    SL_TRY(sl_file_replace(sl_buf_text(&path), sl_buf_span(&head), 0600));
    SL_TRY(add_segment(l, &s));
    l->wal_bytes = SL_WAL_SEGMENT_HEADER;
    return sl_ledger_open_segment(l);
}

/* --- retention ------------------------------------------------------------------------------- */

/* The first segment is no longer needed: its records are in the caller's view, its leaves in full
 * bundles under a signed checkpoint. */
static bool may_remove_first(const struct sl_ledger *l, uint64_t applied)
{
    if (l->segment_count < 2 || !l->has_checkpoint)
        return false;
    const struct sl_wal_segment *next = &l->segments[1];
    uint64_t bundled = sl_tile_full_count(0, l->checkpoint.size) * SL_TILE_WIDTH;
    return next->first_sequence - 1 <= applied && next->first_index <= bundled;
}

static enum sl_err remove_first(struct sl_ledger *l)
{
    SL_BUF(path, SL_LEDGER_PATH);

    SL_TRY(sl_ledger_sync_tiles(l, l->segments[0].first_index, l->segments[1].first_index));
    sl_ledger_segment_path(&path, l, l->segments[0].first_sequence);
    if (unlink(sl_buf_text(&path)) != 0 && errno != ENOENT)
        return SL_EIO;
    l->segment_count--;
    memmove(l->segments, l->segments + 1, l->segment_count * sizeof *l->segments);
    return SL_OK;
}

enum sl_err sl_ledger_applied(struct sl_ledger *l, uint64_t sequence)
{
    SL_BUF(path, SL_LEDGER_PATH);
    bool removed = false;

    if (l->broken != SL_OK)
        return l->broken;
    for (; may_remove_first(l, sequence); removed = true)
        SL_TRY(remove_first(l));
    sl_buf_say(&path, "%s/ledger/wal", l->state);
    return removed ? sl_file_sync_folder(sl_buf_text(&path)) : SL_OK;
}
