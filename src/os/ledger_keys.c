/* The ledger's key: <state>/keys/ledger.key holds the seed, <state>/ledger/key.pub the public half.
 *
 * A rotation goes: seed of the new key to ledger.key.next; a leaf in which the old key signs the
 * new one, committed; then ledger.key, key.pub, a checkpoint. The leaf is the moment at which it
 * happened: a crash before it forgets the new key, a crash after it finishes the rotation at the
 * next start. */
#include "os/ledger_int.h"

#include "os/clock.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const char *put_path(struct sl_buf *b, const struct sl_ledger *l, const char *name)
{
    sl_buf_say(b, "%s/%s", l->state, name);
    return sl_buf_text(b);
}

static const char key_file[] = "keys/ledger.key", next_file[] = "keys/ledger.key.next",
                  public_file[] = "ledger/key.pub";

static enum sl_err read_signer(const struct sl_ledger *l, const char *name, struct sl_signer *out)
{
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(line, 1024);

    SL_TRY(sl_file_read(put_path(&path, l, name), &line));
    enum sl_err err = sl_signer_get(sl_buf_span(&line), out);
    sl_secret_wipe(line.p, line.cap);
    return err;
}

static enum sl_err write_secret(const struct sl_ledger *l, const char *name,
                                const struct sl_vkey *k, const uint8_t seed[32])
{
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(line, 1024);

    if (sl_buf_room(&line, 512) == NULL) /* so that it does not grow and leave copies behind */
        return sl_buf_err(&line);
    sl_signer_put_secret(&line, k, seed);
    enum sl_err err = sl_buf_err(&line);
    if (err == SL_OK)
        err = sl_file_replace(put_path(&path, l, name), sl_buf_span(&line), 0600);
    sl_secret_wipe(line.p, line.cap);
    return err;
}

static enum sl_err write_public(const struct sl_ledger *l)
{
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(line, 1024);

    sl_vkey_put(&line, &l->signer.vkey);
    sl_buf_put_u8(&line, '\n');
    SL_TRY(sl_buf_err(&line));
    return sl_file_replace(put_path(&path, l, public_file), sl_buf_span(&line), 0644);
}

enum sl_err sl_ledger_load_key(struct sl_ledger *l, struct sl_buf *why)
{
    enum sl_err err = read_signer(l, key_file, &l->signer);

    if (err == SL_EMALFORMED)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT, "%s/%s holds no key", l->state, key_file);
    return err;
}

/* A fresh key pair in the file `name`. */
static enum sl_err make_key(const struct sl_ledger *l, const char *name, struct sl_span origin,
                            struct sl_signer *out)
{
    uint8_t seed[32];

    sl_random(seed, sizeof seed);
    enum sl_err err = sl_signer_make(origin, seed, out);
    if (err == SL_OK) {
        err = write_secret(l, name, &out->vkey, seed);
        if (err != SL_OK)
            sl_signer_done(out);
    }
    sl_secret_wipe(seed, sizeof seed);
    return err;
}

static void put_random_origin(struct sl_buf *b)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[8];

    sl_random(bytes, sizeof bytes);
    sl_buf_put_str(b, "sluice/");
    for (size_t i = 0; i < sizeof bytes; i++)
        sl_buf_put_u8(b, (uint8_t)digits[bytes[i] & 15]);
}

enum sl_err sl_ledger_create_key(struct sl_ledger *l, struct sl_span origin)
{
    SL_BUF(name, SL_NOTE_MAX_NAME);

    if (origin.n == 0)
        put_random_origin(&name);
    else
        sl_buf_put(&name, origin);
    SL_TRY(sl_buf_err(&name));
    SL_TRY(make_key(l, key_file, sl_buf_span(&name), &l->signer));
    return write_public(l);
}

static enum sl_err append_key_leaf(struct sl_ledger *l, const struct sl_entry_key *e)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t index;

    sl_entry_put_key(&leaf, e);
    SL_TRY(sl_buf_err(&leaf));
    return sl_ledger_append(l, sl_buf_span(&leaf), (struct sl_span){NULL, 0}, &index);
}

enum sl_err sl_ledger_append_first_key(struct sl_ledger *l, uint64_t now_us)
{
    SL_BUF(line, 1024);

    sl_vkey_put(&line, &l->signer.vkey);
    return append_key_leaf(l, &(struct sl_entry_key){.time_us = now_us,
                                                     .new_key = sl_buf_span(&line)});
}

static enum sl_err remove_next(const struct sl_ledger *l)
{
    SL_BUF(path, SL_LEDGER_PATH);

    return unlink(put_path(&path, l, next_file)) == 0 || errno == ENOENT ? SL_OK : SL_EIO;
}

/* ledger.key.next becomes ledger.key. */
static enum sl_err take_next(struct sl_ledger *l, struct sl_signer *next)
{
    SL_BUF(from, SL_LEDGER_PATH);
    SL_BUF(to, SL_LEDGER_PATH);
    SL_BUF(folder, SL_LEDGER_PATH);

    if (rename(put_path(&from, l, next_file), put_path(&to, l, key_file)) != 0)
        return SL_EIO;
    SL_TRY(sl_file_sync_folder(put_path(&folder, l, "keys")));
    sl_signer_done(&l->signer);
    l->signer = *next;
    next->key = NULL;
    return write_public(l);
}

enum sl_err sl_ledger_settle_rotation(struct sl_ledger *l, struct sl_span newest)
{
    struct sl_signer next;
    SL_BUF(line, 1024);

    enum sl_err err = read_signer(l, next_file, &next);
    if (err == SL_ENOTFOUND || err == SL_EMALFORMED) {
        SL_TRY(write_public(l)); /* the crash may have come just before this */
        return remove_next(l);
    }
    SL_TRY(err);
    sl_vkey_put(&line, &next.vkey);
    err = sl_span_eq(newest, sl_buf_span(&line)) ? take_next(l, &next) : remove_next(l);
    sl_signer_done(&next);
    return err;
}

static enum sl_err append_rotation(struct sl_ledger *l, const struct sl_vkey *next, uint64_t now_us)
{
    SL_BUF(old_line, 1024);
    SL_BUF(new_line, 1024);
    SL_BUF(statement, 4096);

    sl_vkey_put(&old_line, &l->signer.vkey);
    sl_vkey_put(&new_line, next);
    SL_TRY(sl_note_put_rotation(&statement, &l->signer, l->size, next));
    return append_key_leaf(l, &(struct sl_entry_key){.time_us = now_us,
                                                     .old_key = sl_buf_span(&old_line),
                                                     .new_key = sl_buf_span(&new_line),
                                                     .statement = sl_buf_span(&statement)});
}

enum sl_err sl_ledger_rotate_key(struct sl_ledger *l, uint64_t now_us)
{
    struct sl_signer next = {.key = NULL};

    SL_TRY(sl_ledger_checkpoint(l)); /* the old key's last word */
    SL_TRY(make_key(l, next_file, sl_span_str(l->signer.vkey.name), &next));
    enum sl_err err = append_rotation(l, &next.vkey, now_us);
    if (err == SL_OK)
        err = sl_ledger_commit(l);
    if (err == SL_OK)
        err = take_next(l, &next);
    sl_signer_done(&next);
    SL_TRY(err);
    return sl_ledger_checkpoint(l);
}
