/* A real ledger on disk, read into memory, and then changed in every way that comes to mind. */
#include "base/sanitized.h"
#include "core/ledger/verify.h"

#include "ledger_story.h"
#include "os/file.h"
#include "os/ledger_dir.h"
#include "os/ledger_store.h"
#include "tap.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *where)
{
    (void)is;
    (void)kind;
    (void)where;
    return remove(path);
}

static void drop_folder(void)
{
    if (folder[0] != '\0')
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    folder[0] = '\0';
}

static void fresh_folder(void)
{
    drop_folder();
    snprintf(folder, sizeof folder, "%s/sluice-verify-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    SL_PROMISE(mkdtemp(folder) != NULL);
}

/* --- the files, in memory ------------------------------------------------------------------- */

/* Each byte; under sanitizers, where a look takes ten times as long, some of them. */
enum { MAX_FILES = 64, STEP = SL_SANITIZED ? 5 : 1 };

static struct file {
    char name[64];
    struct sl_buf bytes;
    bool is_log, gone, left_behind;
} files[MAX_FILES];
static size_t file_count;

static void load(struct sl_ledger_dir *d, const char *name, bool is_log, size_t number)
{
    struct file *f = &files[file_count];

    f->bytes = sl_buf(16 * 1024 * 1024);
    f->is_log = is_log;
    f->left_behind = false;
    f->gone = false;
    snprintf(f->name, sizeof f->name, "%s", name);
    enum sl_err err = is_log ? sl_ledger_dir_read_log(d, number, &f->bytes)
                             : sl_ledger_dir_read(d, name, &f->bytes);
    if (err == SL_OK)
        file_count++;
    else
        sl_buf_done(&f->bytes);
}

static void load_tiles(struct sl_ledger_dir *d, uint64_t size)
{
    const unsigned levels[] = {0, 1, SL_TILE_ENTRIES};

    for (size_t l = 0; l < SL_COUNT(levels); l++)
        for (uint64_t i = 0; i <= sl_tile_full_count(levels[l], size); i++) {
            SL_BUF(name, 64);
            struct sl_tile t = {.level = levels[l], .index = i, .width = SL_TILE_WIDTH};
            if (i == sl_tile_full_count(levels[l], size))
                t.width = sl_tile_partial_width(levels[l], size);
            sl_tile_put_path(&name, &t);
            load(d, sl_buf_text(&name), false, 0);
        }
}

static void forget(void)
{
    while (file_count > 0)
        sl_buf_done(&files[--file_count].bytes);
}

/* Those that smaller trees left behind. */
static void load_partials(struct sl_ledger_dir *d)
{
    for (size_t i = 0;; i++) {
        SL_BUF(name, 256);
        if (sl_ledger_dir_partial(d, i, &name) != SL_OK)
            return;
        bool known = false;
        for (size_t f = 0; f < file_count; f++)
            known = known || strcmp(files[f].name, sl_buf_text(&name)) == 0;
        if (known)
            continue;
        load(d, sl_buf_text(&name), false, 0);
        files[file_count - 1].left_behind = true;
    }
}

static void load_all(void)
{
    struct sl_ledger_dir *d;
    struct sl_checkpoint c;
    SL_BUF(note, SL_NOTE_MAX);

    forget();
    SL_PROMISE(sl_ledger_dir_open(folder, &d) == SL_OK);
    SL_PROMISE(sl_ledger_dir_checkpoint(d, &note, &c) == SL_OK);
    load(d, "checkpoint", false, 0);
    load(d, "key.pub", false, 0);
    load_tiles(d, c.size);
    load_partials(d);
    load(d, "wal", true, 0);
    sl_ledger_dir_free(d);
}

static enum sl_err read_file(void *owner, const char *name, struct sl_buf *out)
{
    (void)owner;
    for (size_t i = 0; i < file_count; i++)
        if (!files[i].gone && !files[i].is_log && strcmp(files[i].name, name) == 0) {
            sl_buf_put(out, sl_buf_span(&files[i].bytes));
            return sl_buf_err(out) == SL_ELIMIT ? SL_ELIMIT : SL_OK;
        }
    return SL_ENOTFOUND;
}

static enum sl_err read_log(void *owner, size_t number, struct sl_buf *out)
{
    (void)owner;
    for (size_t i = 0; number == 0 && i < file_count; i++)
        if (!files[i].gone && files[i].is_log)
            sl_buf_put(out, sl_buf_span(&files[i].bytes));
    return number == 0 ? SL_OK : SL_ENOTFOUND;
}

static enum sl_err partial(void *owner, size_t number, struct sl_buf *name)
{
    (void)owner;
    for (size_t i = 0; i < file_count; i++)
        if (!files[i].gone && strstr(files[i].name, ".p/") != NULL && number-- == 0) {
            sl_buf_put_str(name, files[i].name);
            return sl_buf_err(name);
        }
    return SL_ENOTFOUND;
}

static void on_report(void *owner, enum sl_verify_grade grade, uint64_t entry, struct sl_span name,
                      struct sl_span sentence)
{
    struct sl_buf *said = owner;

    sl_buf_say(said, "%s %d %S: %S\n", grade == SL_VERIFY_WRONG ? "WRONG" : "note",
               entry == UINT64_MAX ? -1 : (int)entry, name, sentence);
}

static struct sl_buf said = {.max = 1024 * 1024};
static struct sl_vkey trusted;

static uint64_t verify_with(struct sl_span old, const struct sl_vkey *key)
{
    struct sl_verify v = {.owner = &said,
                          .read = read_file,
                          .read_log = read_log,
                          .partial = partial,
                          .report = on_report,
                          .key = key,
                          .old = old};
    struct sl_verify_result result = {.wrong = 0};

    sl_buf_reset(&said);
    SL_CHECK_INT(sl_verify_run(&v, &result), SL_OK);
    return result.wrong;
}

static uint64_t verify(void)
{
    return verify_with(sl_span(NULL, 0), &trusted);
}

/* --- making one ----------------------------------------------------------------------------- */

static void on_leaf(void *owner, struct sl_span leaf)
{
    uint64_t index;

    SL_CHECK_INT(sl_ledger_append(owner, leaf, SL_SPAN(""), &index), SL_OK);
}

static void open_ledger(struct sl_ledger **l)
{
    struct sl_ledger_options o = {.state_dir = folder,
                                  .origin = SL_SPAN("sluice/test"),
                                  .now_us = story_start_us};
    struct sl_ledger_opened info;
    SL_BUF(why, 4096);

    SL_CHECK_INT(sl_ledger_open(&o, l, &info, &why), SL_OK);
    trusted = *sl_ledger_vkey(*l);
}

static void append_stops(struct sl_ledger *l, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        SL_BUF(leaf, 4096);
        sl_entry_put_stop(&leaf, &(struct sl_entry_stop){.time_us = story_start_us + i,
                                                         .why = SL_SPAN("x")});
        on_leaf(l, sl_buf_span(&leaf));
    }
}

static void make_ledger(struct story s, unsigned stops)
{
    struct sl_ledger *l;

    fresh_folder();
    open_ledger(&l);
    s.put = on_leaf;
    s.owner = l;
    s.without_key = true;
    story_tell(&s);
    append_stops(l, stops);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    sl_ledger_free(l);
    load_all();
}

/* --- tests ---------------------------------------------------------------------------------- */

static void test_whole(void)
{
    make_ledger((struct story){.clock = 0}, 0);
    SL_CHECK_INT(verify(), 0);
    SL_CHECK_TEXT(sl_buf_span(&said), "");
    SL_CHECK_INT(verify_with(sl_span(NULL, 0), NULL), 0); /* and a note that no key was given */
    SL_CHECK(strstr(sl_buf_text(&said), "no key was given") != NULL);
}

static void test_every_byte(void)
{
    size_t flips = 0, missed = 0, tail = 0;

    for (size_t i = 0; i < file_count; i++)
        for (size_t at = 0; at < files[i].bytes.n; at += STEP, flips++) {
            uint8_t bit = (uint8_t)(1u << (at % 8));
            files[i].bytes.p[at] ^= bit;
            bool found = verify() > 0;
            /* A crash can cut the log's last record too, which is no entry: that is a note. */
            bool is_tail = files[i].is_log && strstr(sl_buf_text(&said), "no whole record") != NULL;
            tail += !found && is_tail;
            if (!found && !is_tail && missed++ < 5)
                printf("# missed: %s byte %zu of %zu: %s\n", files[i].name, at, files[i].bytes.n,
                       sl_buf_text(&said));
            files[i].bytes.p[at] ^= bit;
        }
    printf("# %zu flips in %zu files\n", flips, file_count);
    SL_CHECK_INT(missed, 0);
    SL_CHECK(tail < 250);
    SL_CHECK_INT(verify(), 0);
}

static void test_missing_and_short(void)
{
    for (size_t i = 0; i < file_count; i++) {
        struct file *f = &files[i];
        f->gone = true;
        SL_CHECK(f->is_log || f->left_behind || verify() > 0);
        f->gone = false;
        for (size_t cut = 1; cut < 40 && cut < f->bytes.n; cut += 13) {
            f->bytes.n -= cut;
            bool noticed =
                verify() > 0 || (f->is_log && strstr(sl_buf_text(&said), "no whole") != NULL);
            if (!SL_CHECK(noticed))
                printf("# %s short by %zu: %s\n", f->name, cut, sl_buf_text(&said));
            f->bytes.n += cut;
        }
    }
}

static void test_meaning_is_found(void)
{
    make_ledger((struct story){.approver = "alice", .credential = "c-alice"}, 0);
    SL_CHECK(verify() > 0);
    SL_CHECK(strstr(sl_buf_text(&said), "owner of the requester") != NULL);
}

static void test_large(void)
{
    make_ledger((struct story){.clock = 0}, 1500);
    SL_CHECK_INT(verify(), 0);
    SL_CHECK_TEXT(sl_buf_span(&said), "");
    SL_CHECK(file_count > 14);
    for (size_t i = 0; i < file_count; i++) {
        size_t at = files[i].bytes.n / 2;
        files[i].bytes.p[at] ^= 1;
        if (!SL_CHECK(verify() > 0))
            printf("# %s\n", files[i].name);
        files[i].bytes.p[at] ^= 1;
    }
}

/* Checkpoints at growing sizes leave partial tiles behind: a change in any of them is found, that
 * they are gone is nobody's loss. */
static void test_left_behind(void)
{
    struct sl_ledger *l;
    size_t left = 0;

    fresh_folder();
    open_ledger(&l);
    for (unsigned i = 0; i < 4; i++) {
        append_stops(l, i == 3 ? 300 : 3);
        SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    }
    sl_ledger_free(l);
    load_all();
    SL_CHECK_INT(verify(), 0);
    SL_CHECK_TEXT(sl_buf_span(&said), "");
    for (size_t i = 0; i < file_count; i++) {
        if (!files[i].left_behind)
            continue;
        left++;
        files[i].gone = true;
        if (!SL_CHECK_INT(verify(), 0))
            printf("# without %s: %s\n", files[i].name, sl_buf_text(&said));
        files[i].gone = false;
        for (size_t at = 0; at < files[i].bytes.n; at += STEP) {
            files[i].bytes.p[at] ^= 1;
            SL_CHECK(verify() > 0);
            files[i].bytes.p[at] ^= 1;
        }
        files[i].bytes.n--;
        SL_CHECK(verify() > 0);
        files[i].bytes.n++;
    }
    SL_CHECK(left >= 2);
    SL_CHECK_INT(verify(), 0);
}

static enum sl_err count_entry(void *owner, uint64_t index, struct sl_span leaf)
{
    uint64_t *next = owner;

    SL_CHECK_INT(index, (*next)++);
    SL_CHECK(leaf.n > 0);
    return SL_OK;
}

/* Reading as an auditor does: every entry once, and proofs that stand on their own. */
static void test_reading(void)
{
    struct sl_ledger_dir *d;
    struct sl_checkpoint c;
    SL_BUF(note, SL_NOTE_MAX);
    uint64_t next = 0;

    SL_CHECK_INT(sl_ledger_dir_open(folder, &d), SL_OK);
    SL_CHECK_INT(sl_ledger_dir_checkpoint(d, &note, &c), SL_OK);
    SL_CHECK_INT(sl_ledger_dir_each(d, count_entry, &next), SL_OK);
    SL_CHECK_INT(next, c.size);
    for (uint64_t i = 0; i < c.size; i += 83) {
        struct sl_tree_proof p;
        SL_BUF(leaf, SL_ENTRY_MAX);
        SL_CHECK_INT(sl_ledger_dir_entry(d, i, &leaf), SL_OK);
        SL_CHECK_INT(sl_ledger_dir_prove(d, i, c.size, &p), SL_OK);
        struct sl_hash hash = sl_tree_leaf(sl_buf_span(&leaf));
        SL_CHECK_INT(sl_tree_check_inclusion(&p, i, c.size, &hash, &c.root), SL_OK);
    }
    SL_BUF(none, SL_ENTRY_MAX);
    SL_CHECK_INT(sl_ledger_dir_entry(d, c.size, &none), SL_ENOTFOUND);
    sl_ledger_dir_free(d);
    SL_CHECK_INT(sl_ledger_dir_open("/nowhere", &d), SL_ENOTFOUND);
}

/* The operator, who has the key, writes another history: only an older checkpoint shows it. */
static void test_old_checkpoint(void)
{
    struct sl_ledger *l;
    SL_BUF(old, SL_NOTE_MAX);
    SL_BUF(text, 1024);

    make_ledger((struct story){.clock = 0}, 10);
    sl_buf_put(&old, sl_buf_span(&files[0].bytes));
    open_ledger(&l);
    append_stops(l, 300);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    sl_ledger_free(l);
    load_all();
    SL_CHECK_INT(verify_with(sl_buf_span(&old), &trusted), 0);

    struct sl_note note;
    struct sl_checkpoint c;
    SL_CHECK_INT(sl_note_get(sl_buf_span(&old), &note), SL_OK);
    SL_CHECK_INT(sl_checkpoint_get(note.text, &c), SL_OK);
    /* the same key signs a checkpoint that is no ancestor */
    SL_BUF(key_line, 1024);
    SL_BUF(path, 256);
    struct sl_signer signer;
    sl_buf_say(&path, "%s/keys/ledger.key", folder);
    SL_CHECK_INT(sl_file_read(sl_buf_text(&path), &key_line), SL_OK);
    SL_CHECK_INT(sl_signer_get(sl_buf_span(&key_line), &signer), SL_OK);
    c.root.b[5] ^= 1;
    sl_checkpoint_put(&text, &c);
    SL_BUF(forged, SL_NOTE_MAX);
    SL_CHECK_INT(sl_note_sign(&forged, sl_buf_span(&text), &signer), SL_OK);
    sl_signer_done(&signer);
    SL_CHECK(verify_with(sl_buf_span(&forged), &trusted) > 0);
    SL_CHECK(strstr(sl_buf_text(&said), "history was changed") != NULL);
}

static void test_rotated(void)
{
    struct sl_ledger *l;

    fresh_folder();
    open_ledger(&l);
    struct sl_vkey first = trusted;
    append_stops(l, 3);
    SL_CHECK_INT(sl_ledger_rotate_key(l, story_start_us), SL_OK);
    append_stops(l, 3);
    SL_CHECK_INT(sl_ledger_rotate_key(l, story_start_us), SL_OK);
    append_stops(l, 3);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    trusted = *sl_ledger_vkey(l);
    sl_ledger_free(l);
    load_all();
    SL_CHECK_INT(verify(), 0);
    SL_CHECK_INT(verify_with(sl_span(NULL, 0), &first), 0);
    uint8_t nobody[32] = {1};
    struct sl_vkey stranger;
    SL_CHECK_INT(sl_vkey_make(SL_SPAN("sluice/test"), SL_NOTE_ED25519, nobody, &stranger), SL_OK);
    SL_CHECK(verify_with(sl_span(NULL, 0), &stranger) > 0);
}

static void put_file(const char *name, struct sl_span bytes)
{
    for (size_t i = 0; i < file_count; i++)
        if (strcmp(files[i].name, name) == 0) {
            sl_buf_reset(&files[i].bytes);
            sl_buf_put(&files[i].bytes, bytes);
            return;
        }
    SL_PROMISE(false);
}

/* A leaf that hands over from the forger's key to the one that the auditor trusts. */
static void put_handover(struct sl_buf *leaf, uint64_t at, const struct sl_vkey *honest)
{
    SL_BUF(path, 256);
    SL_BUF(key_line, 1024);
    SL_BUF(old_line, 1024);
    SL_BUF(new_line, 1024);
    SL_BUF(statement, 4096);
    struct sl_signer forger;

    sl_buf_say(&path, "%s/keys/ledger.key", folder);
    SL_CHECK_INT(sl_file_read(sl_buf_text(&path), &key_line), SL_OK);
    SL_CHECK_INT(sl_signer_get(sl_buf_span(&key_line), &forger), SL_OK);
    sl_vkey_put(&old_line, &forger.vkey);
    sl_vkey_put(&new_line, honest);
    SL_CHECK_INT(sl_note_put_rotation(&statement, &forger, at, honest), SL_OK);
    sl_signer_done(&forger);
    sl_entry_put_key(leaf, &(struct sl_entry_key){.time_us = story_start_us,
                                                  .new_key = sl_buf_span(&new_line),
                                                  .old_key = sl_buf_span(&old_line),
                                                  .statement = sl_buf_span(&statement)});
}

/* A key that signed nothing here is no reason to believe what stands here: not even when whoever
 * wrote it says, behind the last signature, that this key comes next. */
static void test_a_trusted_key_that_signed_nothing(void)
{
    static const uint8_t honest_public[32] = {7};
    struct sl_vkey honest;
    struct sl_ledger *l;
    uint64_t index;
    SL_BUF(leaf, SL_ENTRY_MAX);
    SL_BUF(line, 1024);

    fresh_folder();
    open_ledger(&l);
    SL_CHECK_INT(sl_vkey_make(sl_span_str(sl_ledger_vkey(l)->name), SL_NOTE_ED25519, honest_public,
                              &honest),
                 SL_OK);
    append_stops(l, 3);
    SL_CHECK_INT(sl_ledger_checkpoint(l), SL_OK);
    put_handover(&leaf, sl_ledger_size(l), &honest);
    SL_CHECK_INT(sl_ledger_append(l, sl_buf_span(&leaf), sl_span(NULL, 0), &index), SL_OK);
    SL_CHECK_INT(sl_ledger_commit(l), SL_OK);
    sl_ledger_free(l);
    load_all();
    sl_vkey_put(&line, &honest);
    sl_buf_put_u8(&line, '\n');
    put_file("key.pub", sl_buf_span(&line));
    SL_CHECK(verify_with(sl_span(NULL, 0), &honest) > 0);
    SL_CHECK(strstr(sl_buf_text(&said), "the key that was given never signed here") != NULL);
}

int main(void)
{
    SL_RUN(test_whole);
    SL_RUN(test_every_byte);
    SL_RUN(test_missing_and_short);
    SL_RUN(test_meaning_is_found);
    SL_RUN(test_left_behind);
    SL_RUN(test_large);
    SL_RUN(test_reading);
    SL_RUN(test_old_checkpoint);
    SL_RUN(test_rotated);
    SL_RUN(test_a_trusted_key_that_signed_nothing);
    drop_folder();
    forget();
    sl_buf_done(&said);
    return sl_tap_done();
}
