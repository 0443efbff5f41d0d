#include "os/ledger_store.h"

#include "os/file.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *where)
{
    (void)is;
    (void)kind;
    (void)where;
    return remove(path);
}

static void fresh_folder(void)
{
    if (folder[0] != '\0')
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    /* in memory where there is some: these tests sync thousands of times */
    snprintf(folder, sizeof folder, "%s/sluice-ledger-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    SL_PROMISE(mkdtemp(folder) != NULL);
}

struct seen {
    uint64_t leaves, states, last_sequence, first_index, last_index;
    struct sl_buf text;
};

static enum sl_err see(void *owner, const struct sl_wal_record *r)
{
    struct seen *s = owner;

    if (r->kind == SL_WAL_LEAF) {
        if (s->leaves++ == 0)
            s->first_index = r->index;
        s->last_index = r->index;
    }
    if (r->kind != SL_WAL_CHECKPOINT)
        sl_buf_put(&s->text, r->state);
    s->states += r->kind == SL_WAL_STATE;
    s->last_sequence = r->sequence;
    return SL_OK;
}

static struct sl_buf why = {.max = 4096};

static enum sl_err open_at(struct sl_ledger **l, struct sl_ledger_opened *info, struct seen *seen,
                           uint64_t applied, size_t segment_bytes)
{
    struct sl_ledger_options o = {.state_dir = folder,
                                  .origin = SL_SPAN("sluice/test"),
                                  .now_us = 1700000000000000,
                                  .applied = applied,
                                  .replay = seen == NULL ? NULL : see,
                                  .owner = seen,
                                  .segment_bytes = segment_bytes};

    sl_buf_reset(&why);
    return sl_ledger_open(&o, l, info, &why);
}

static void append_some(struct sl_ledger *l, unsigned count, uint64_t from)
{
    for (unsigned i = 0; i < count; i++) {
        SL_BUF(leaf, 1000);
        uint64_t index;
        sl_buf_say(&leaf, "{\"kind\":\"test\",\"n\":%U}", from + i);
        SL_CHECK_INT(sl_ledger_append(l, sl_buf_span(&leaf), SL_SPAN("s"), &index), SL_OK);
        SL_CHECK_INT(index, from + i);
    }
}

static void test_create_and_replay(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    struct seen seen = {.text = sl_buf(1 << 20)};

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, &seen, 0, 0), SL_OK);
    SL_CHECK(info.created);
    SL_CHECK_INT(info.size, 1);
    SL_CHECK_INT(info.checkpoint_size, 1);
    SL_CHECK_INT(seen.leaves, 0);
    append_some(l, 3, 1);
    SL_CHECK_INT(sl_ledger_append_state(l, SL_SPAN("alone")), SL_OK);
    SL_CHECK_INT(sl_ledger_commit(l), SL_OK);
    append_some(l, 1, 4); /* never written: lost as in a crash */
    sl_ledger_free(l);

    SL_CHECK_INT(open_at(&l, &info, &seen, 0, 0), SL_OK);
    SL_CHECK(!info.created);
    SL_CHECK_INT(info.size, 4);
    SL_CHECK_INT(seen.leaves, 4);
    SL_CHECK_INT(seen.last_index, 3);
    SL_CHECK_TEXT(sl_buf_span(&seen.text), "sssalone");
    uint64_t applied = sl_ledger_sequence(l);
    struct sl_ledger *second = NULL;
    SL_CHECK_INT(open_at(&second, &info, &seen, 0, 0), SL_EBUSY);
    sl_ledger_free(l);

    seen.leaves = 0;
    SL_CHECK_INT(open_at(&l, &info, &seen, applied, 0), SL_OK);
    SL_CHECK_INT(info.replayed, 0);
    sl_ledger_free(l);
    SL_CHECK_INT(open_at(&l, &info, &seen, applied + 1, 0), SL_ECORRUPT);
    sl_buf_done(&seen.text);
}

/* --- for readers ---------------------------------------------------------------------------- */

static enum sl_err tile(struct sl_ledger *l, unsigned level, uint64_t index, unsigned width,
                        struct sl_buf *out)
{
    const struct sl_tile t = {.level = level, .index = index, .width = width};

    sl_buf_reset(out);
    return sl_ledger_tile(l, &t, out);
}

/* Tiles and bundles as wide as asked for, whatever is newer; nothing that is not signed yet. */
static void test_tiles_for_readers(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    SL_BUF(out, SL_BUNDLE_MAX_BYTES);

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    append_some(l, 299, 1);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    append_some(l, 30, 300);
    SL_CHECK_INT(sl_ledger_commit(l), SL_OK);

    SL_CHECK_INT(tile(l, 0, 0, 256, &out), SL_OK);
    SL_CHECK_INT(out.n, 256 * SL_TREE_HASH);
    SL_CHECK_INT(tile(l, 0, 0, 7, &out), SL_OK);
    SL_CHECK_INT(out.n, 7 * SL_TREE_HASH);
    SL_CHECK_INT(tile(l, 0, 1, 44, &out), SL_OK);
    SL_CHECK_INT(out.n, 44 * SL_TREE_HASH);
    SL_CHECK_INT(tile(l, 1, 0, 1, &out), SL_OK);
    SL_CHECK_INT(tile(l, SL_TILE_ENTRIES, 1, 3, &out), SL_OK);
    SL_CHECK_TEXT(sl_span_head(sl_span_from(sl_buf_span(&out), 2), 14), "{\"kind\":\"test\"");

    static const struct sl_tile not_there[] = {{0, 1, 45},  {0, 2, 1},
                                               {1, 0, 2},   {1, 1, 1},
                                               {8, 0, 1},   {0, 0, 0},
                                               {0, 0, 257}, {SL_TILE_ENTRIES, 1, 45}};
    for (size_t i = 0; i < SL_COUNT(not_there); i++)
        SL_CHECK_INT(sl_ledger_tile(l, &not_there[i], &out), SL_ENOTFOUND);

    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    SL_CHECK_INT(tile(l, 0, 1, 44, &out), SL_OK); /* of the older checkpoint */
    SL_CHECK_INT(tile(l, 0, 1, 74, &out), SL_OK);
    sl_ledger_free(l);
}

/* Each leaf is proved in each tree that a checkpoint covers, and in no other. */
static void test_proofs_for_readers(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    append_some(l, 599, 1);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    struct sl_checkpoint c = sl_ledger_last_checkpoint(l);
    for (uint64_t i = 0; i < 600; i++) {
        struct sl_tree_proof proof;
        SL_BUF(leaf, 1000);

        SL_CHECK_INT(sl_ledger_read(l, i, &leaf), SL_OK);
        struct sl_hash hash = sl_tree_leaf(sl_buf_span(&leaf));
        SL_CHECK_INT(sl_ledger_prove(l, i, 600, &proof), SL_OK);
        SL_CHECK_INT(sl_tree_check_inclusion(&proof, i, 600, &hash, &c.root), SL_OK);
        SL_CHECK_INT(sl_ledger_prove(l, i, i + 1, &proof), SL_OK);
        hash.b[0] ^= 1;
        SL_CHECK_INT(sl_tree_check_inclusion(&proof, i, 600, &hash, &c.root), SL_EDENIED);
    }
    struct sl_tree_proof proof;
    SL_CHECK_INT(sl_ledger_prove(l, 600, 600, &proof), SL_ENOTFOUND);
    SL_CHECK_INT(sl_ledger_prove(l, 0, 601, &proof), SL_ENOTFOUND);
    sl_ledger_free(l);
}

static void test_many_leaves_with_retention(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    struct seen seen = {.text = sl_buf(1 << 20)};
    uint64_t next = 1;

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, &seen, 0, 8192), SL_OK);
    for (unsigned round = 0; round < 12; round++) {
        append_some(l, 100 + 37 * round, next);
        next += 100 + 37 * round;
        SL_CHECK_INT(sl_ledger_write(l), SL_OK);
        SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
        SL_CHECK_INT(sl_ledger_applied(l, sl_ledger_sequence(l) - 1), SL_OK);
        uint64_t applied = sl_ledger_sequence(l);
        struct sl_checkpoint before = sl_ledger_last_checkpoint(l);
        struct sl_hash root = before.root;
        sl_ledger_free(l);
        SL_CHECK_INT(open_at(&l, &info, &seen, applied, 8192), SL_OK);
        SL_CHECK_TEXT(sl_buf_span(&why), "");
        if (l == NULL)
            return;
        SL_CHECK_INT(info.size, next);
        struct sl_checkpoint after = sl_ledger_last_checkpoint(l);
        SL_CHECK(sl_hash_eq(&after.root, &root));
    }
    SL_BUF(leaf, 1000);
    for (uint64_t i = 1; i < next; i += 97) {
        SL_BUF(want, 1000);
        sl_buf_reset(&leaf);
        sl_buf_say(&want, "{\"kind\":\"test\",\"n\":%U}", i);
        SL_CHECK_INT(sl_ledger_read(l, i, &leaf), SL_OK);
        SL_CHECK_BYTES(sl_buf_span(&leaf), sl_buf_span(&want));
    }
    sl_ledger_free(l);
    SL_CHECK_INT(open_at(&l, &info, &seen, 0, 8192),
                 SL_ESTATE); /* the view lost what is gone here */
    sl_buf_done(&seen.text);
}

static void test_full_disk(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    append_some(l, 2, 1);
    SL_CHECK_INT(sl_ledger_commit(l), SL_OK);
    append_some(l, 2, 3);
    sl_file_fault('w', 0, ENOSPC);
    SL_CHECK_INT(sl_ledger_commit(l), SL_EFULL);
    SL_CHECK_INT(sl_ledger_size(l), 3);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_EFULL);
    sl_file_fault('w', 0, 0);
    append_some(l, 2, 3);
    SL_CHECK_INT(sl_ledger_commit(l), SL_OK);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    SL_CHECK_INT(sl_ledger_checkpoint_size(l), 5);
    append_some(l, 1, 5);
    sl_file_fault('s', 0, EIO);
    SL_CHECK_INT(sl_ledger_commit(l), SL_EIO);
    sl_file_fault('s', 0, 0);
    SL_CHECK_INT(sl_ledger_commit(l), SL_EIO); /* broken stays broken */
    sl_ledger_free(l);
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    SL_CHECK_INT(info.size, 6);
    sl_ledger_free(l);
}

static const char *wal_path(void)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/ledger/wal/0000000000000001.wal", folder);
    return path;
}

static void cut_wal(off_t bytes)
{
    struct stat is;

    SL_PROMISE(stat(wal_path(), &is) == 0 && truncate(wal_path(), is.st_size - bytes) == 0);
}

static void test_torn_tail(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;

    for (off_t bytes = 1; bytes < 60; bytes += 7) {
        fresh_folder();
        SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
        for (unsigned i = 1; i <= 5; i++) {
            append_some(l, 1, i);
            SL_CHECK_INT(sl_ledger_write(l), SL_OK);
        }
        sl_ledger_free(l);
        cut_wal(bytes);
        SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
        SL_CHECK_INT(info.size, bytes <= 51 ? 5 : 4);
        SL_CHECK(info.cut_bytes > 0);
        append_some(l, 1, info.size);
        SL_CHECK_INT(sl_ledger_commit(l), SL_OK);
        sl_ledger_free(l);
        SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
        SL_CHECK_INT(info.cut_bytes, 0);
        sl_ledger_free(l);
    }
}

/* What was recorded together is there together, wherever the log is torn. */
static void test_P9_one_write_stands_or_falls_together(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    struct stat before, after;

    for (off_t bytes = 0; bytes == 0 || before.st_size < after.st_size - bytes; bytes += 5) {
        fresh_folder();
        SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
        append_some(l, 2, 1);
        SL_CHECK_INT(sl_ledger_commit(l), SL_OK);
        SL_PROMISE(stat(wal_path(), &before) == 0);
        append_some(l, 3, 3);
        SL_CHECK_INT(sl_ledger_append_state(l, SL_SPAN("state alone")), SL_OK);
        append_some(l, 1, 6);
        SL_CHECK_INT(sl_ledger_write(l), SL_OK);
        SL_PROMISE(stat(wal_path(), &after) == 0);
        sl_ledger_free(l);
        cut_wal(bytes);
        SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
        SL_CHECK_INT(info.size, bytes == 0 ? 7 : 3);
        SL_CHECK(bytes == 0 || info.cut_bytes > 0);
        sl_ledger_free(l);
    }
}

static void test_shorter_than_checkpoint(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    append_some(l, 5, 1);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    sl_ledger_free(l);
    cut_wal(320);
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_ECORRUPT);
    printf("# %s\n", sl_buf_text(&why));
    SL_PROMISE(truncate(wal_path(), 32) == 0);
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_ECORRUPT);
    unlink(wal_path());
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_ECORRUPT);
    printf("# %s\n", sl_buf_text(&why));
}

static void flip(const char *path, off_t at)
{
    uint8_t byte;
    int fd = open(path, O_RDWR);

    SL_PROMISE(fd >= 0 && pread(fd, &byte, 1, at) == 1);
    byte ^= 0x20;
    SL_PROMISE(pwrite(fd, &byte, 1, at) == 1);
    close(fd);
}

static void test_damage_in_the_middle(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    struct stat is;

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    append_some(l, 3, 1);
    SL_CHECK_INT(sl_ledger_commit(l), SL_OK);
    append_some(l, 3, 4);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    sl_ledger_free(l);
    SL_PROMISE(stat(wal_path(), &is) == 0);
    for (off_t at = 0; at < is.st_size; at++) {
        flip(wal_path(), at);
        enum sl_err err = open_at(&l, &info, NULL, 0, 0);
        if (err == SL_OK) { /* only the last record, which is no leaf, may go */
            SL_CHECK_INT(info.size, 7);
            SL_CHECK(info.cut_bytes > 0);
            sl_ledger_free(l);
            SL_PROMISE(stat(wal_path(), &is) == 0);
        } else {
            SL_CHECK_INT(err, SL_ECORRUPT);
            flip(wal_path(), at);
        }
    }
}

/* A power loss may keep later pages and lose earlier ones. What was never synced may go, all of it.
 */
static void test_hole_that_was_never_safe(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    struct stat before;

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    append_some(l, 3, 1);
    SL_CHECK_INT(sl_ledger_commit(l), SL_OK);
    SL_PROMISE(stat(wal_path(), &before) == 0);
    append_some(l, 1, 4);
    SL_CHECK_INT(sl_ledger_write(l), SL_OK);
    append_some(l, 3, 5);
    SL_CHECK_INT(sl_ledger_write(l), SL_OK);
    sl_ledger_free(l);
    flip(wal_path(), before.st_size + 30);
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    SL_CHECK_INT(info.size, 4);
    SL_CHECK(info.cut_bytes > 100);
    sl_ledger_free(l);
}

static void test_rotation(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    SL_BUF(leaf, 65536);

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    struct sl_vkey before = *sl_ledger_vkey(l);
    append_some(l, 3, 1);
    SL_CHECK_INT(sl_ledger_rotate_key(l, 1700000001000000), SL_OK);
    SL_CHECK(!sl_vkey_eq(&before, sl_ledger_vkey(l)));
    SL_CHECK_INT(sl_ledger_read(l, 4, &leaf), SL_OK);
    printf("# %s\n", sl_buf_text(&leaf));
    sl_ledger_free(l);
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    SL_CHECK_INT(info.size, 5);
    sl_ledger_free(l);
}

/* One life of a writer whose disk fails at some call; true when it got to its end. What was
 * committed before is in *committed. */
static bool live_with_fault(char kind, unsigned after, int number, uint64_t *committed)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    bool fine = open_at(&l, &info, NULL, 0, 4096) == SL_OK;

    if (!fine)
        return false;
    *committed = info.size;
    sl_file_fault(kind, after, number);
    for (unsigned round = 0; fine && round < 12; round++) {
        for (unsigned i = 0; fine && i < 40; i++) {
            uint64_t index;
            fine =
                sl_ledger_append(l, SL_SPAN("{\"kind\":\"test\"}"), SL_SPAN("s"), &index) == SL_OK;
            if (fine && i == 7)
                fine = sl_ledger_append_opening(l, index, 0, SL_OPENING_SALT, SL_SPAN("salt")) ==
                       SL_OK;
        }
        fine = fine && sl_ledger_commit(l) == SL_OK;
        if (fine)
            *committed = sl_ledger_size(l);
        fine = fine && sl_ledger_checkpoint(l) == SL_OK;
        fine = fine && sl_ledger_applied(l, sl_ledger_sequence(l)) == SL_OK;
        if (fine && round == 5)
            fine = sl_ledger_rotate_key(l, 1700000001000000) == SL_OK;
        if (fine)
            *committed = sl_ledger_size(l);
    }
    sl_file_fault(kind, 0, 0);
    sl_ledger_free(l); /* as kill -9 would */
    return fine;
}

static void test_every_fault(void)
{
    static const struct {
        char kind;
        int number;
    } kinds[] = {{'w', ENOSPC}, {'w', EIO}, {'s', EIO}, {'r', EIO}, {'r', ENOSPC}};
    unsigned faults = 0;

    for (size_t k = 0; k < SL_COUNT(kinds); k++) {
        bool to_the_end = false;
        for (unsigned after = 0; !to_the_end && after < 400; after++, faults++) {
            struct sl_ledger *l = NULL;
            struct sl_ledger_opened info;
            uint64_t committed = 0;

            fresh_folder();
            to_the_end = live_with_fault(kinds[k].kind, after, kinds[k].number, &committed);
            enum sl_err err = open_at(&l, &info, NULL, 0, 4096);
            if (!SL_CHECK_INT(err, SL_OK)) {
                printf("# fault %c after %u: %s\n", kinds[k].kind, after, sl_buf_text(&why));
                return;
            }
            SL_CHECK(info.size >= committed); /* nothing that was committed is lost */
            SL_CHECK_INT(info.size, info.checkpoint_size);
            sl_ledger_free(l);
        }
        SL_CHECK(to_the_end);
    }
    printf("# %u faults\n", faults);
}

static void test_openings(void)
{
    struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    SL_BUF(file, 10000);
    SL_BUF(after, 10000);
    char path[128];

    fresh_folder();
    SL_CHECK_INT(open_at(&l, &info, NULL, 0, 0), SL_OK);
    append_some(l, 2, 1);
    SL_CHECK_INT(sl_ledger_append_opening(l, 1, 0, SL_OPENING_SALT, SL_SPAN("pepper-and-salt!")),
                 SL_OK);
    SL_CHECK_INT(sl_ledger_append_opening(l, 2, 3, SL_OPENING_TEXT, SL_SPAN("select 'secret'")),
                 SL_OK);
    SL_CHECK_INT(sl_ledger_append_opening(l, 300, 0, SL_OPENING_TEXT, SL_SPAN("another file")),
                 SL_OK);
    SL_CHECK_INT(sl_ledger_commit(l), SL_OK);
    snprintf(path, sizeof path, "%s/openings/0", folder);
    SL_CHECK_INT(sl_file_read(path, &file), SL_OK);
    SL_CHECK(memmem(file.p, file.n, "secret", 6) != NULL);
    SL_CHECK_INT(sl_ledger_erase_openings(l, 2), SL_OK);
    SL_CHECK_INT(sl_file_read(path, &after), SL_OK);
    SL_CHECK_INT(after.n, file.n);
    SL_CHECK(memmem(after.p, after.n, "secret", 6) == NULL);
    SL_CHECK(memmem(after.p, after.n, "pepper", 6) != NULL);
    sl_ledger_free(l);
}

int main(void)
{
    SL_RUN(test_create_and_replay);
    SL_RUN(test_tiles_for_readers);
    SL_RUN(test_proofs_for_readers);
    SL_RUN(test_many_leaves_with_retention);
    SL_RUN(test_full_disk);
    SL_RUN(test_torn_tail);
    SL_RUN(test_P9_one_write_stands_or_falls_together);
    SL_RUN(test_shorter_than_checkpoint);
    SL_RUN(test_damage_in_the_middle);
    SL_RUN(test_hole_that_was_never_safe);
    SL_RUN(test_rotation);
    SL_RUN(test_every_fault);
    SL_RUN(test_openings);
    if (folder[0] != '\0')
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    sl_buf_done(&why);
    return sl_tap_done();
}
