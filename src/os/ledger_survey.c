/* The first walk over a log: every record is checked, a torn tail is found, and what was signed is
 * held against what is there. Nothing is changed. */
#include "os/ledger_int.h"

void sl_ledger_survey_done(struct sl_ledger_survey *s)
{
    sl_buf_done(&s->newest_key);
    sl_buf_done(&s->older_key);
}

/* The text of a member of a key leaf: canonical JSON, and vkeys need no escapes. */
static void copy_member(struct sl_buf *out, struct sl_span leaf, const char *member)
{
    struct sl_span name = sl_span_str(member);

    sl_buf_reset(out);
    for (size_t i = 0; i + name.n < leaf.n; i++)
        if (sl_span_starts(sl_span_from(leaf, i), name)) {
            struct sl_span rest = sl_span_from(leaf, i + name.n);
            sl_buf_put(out, sl_span_head(rest, sl_span_find(rest, '"')));
            return;
        }
}

static enum sl_err note_leaf(struct sl_ledger *l, struct sl_ledger_survey *s, struct sl_span leaf)
{
    if (sl_span_starts(leaf, SL_SPAN("{\"kind\":\"key\","))) {
        copy_member(&s->newest_key, leaf, "\"new_key\":\"");
        copy_member(&s->older_key, leaf, "\"old_key\":\"");
        SL_TRY(sl_buf_err(&s->newest_key));
        SL_TRY(sl_buf_err(&s->older_key));
        s->key_index = l->size;
    }
    l->size++;
    return SL_OK;
}

static enum sl_err note_record(struct sl_ledger *l, struct sl_ledger_survey *s,
                               const struct sl_wal_record *r)
{
    l->sequence = r->sequence;
    if (r->kind == SL_WAL_LEAF)
        return note_leaf(l, s, r->leaf);
    if (r->kind == SL_WAL_CHECKPOINT)
        return sl_ledger_take_note(l, r->state) == SL_OK ? SL_OK : SL_ECORRUPT;
    return SL_OK;
}

static enum sl_err damaged(const struct sl_ledger *l, size_t number, size_t at, struct sl_buf *why)
{
    SL_BUF(path, SL_LEDGER_PATH);

    sl_ledger_segment_path(&path, l, l->segments[number].first_sequence);
    return SL_LEDGER_REFUSE(
        why, SL_ECORRUPT,
        "%s is damaged at byte %U (record %U, entry %U), where once a whole record "
        "lay safely on the disk",
        sl_buf_text(&path), (uint64_t)at, l->sequence + 1, l->size);
}

static enum sl_err survey_segment(struct sl_ledger *l, size_t number, struct sl_span file,
                                  struct sl_ledger_survey *s, struct sl_buf *why)
{
    size_t at = SL_WAL_SEGMENT_HEADER, whole = 0;
    struct sl_wal_record r;
    bool last = number + 1 == l->segment_count;

    if (l->segments[number].first_sequence != l->sequence + 1 ||
        l->segments[number].first_index != l->size)
        return damaged(l, number, 0, why);
    for (;;) {
        size_t before = at;
        enum sl_err err = sl_wal_next(file, &at, &whole, &r);
        if (err == SL_ENOTFOUND)
            break;
        if (err == SL_OK && r.sequence == l->sequence + 1) {
            SL_TRY(note_record(l, s, &r) == SL_OK ? SL_OK : damaged(l, number, before, why));
            continue;
        }
        if (err == SL_OK || !last || sl_wal_was_synced(file, before, l->sequence + 1))
            return damaged(l, number, before, why);
        at = before;
        break;
    }
    l->wal_bytes = at;
    s->cut_bytes = file.n - at;
    return SL_OK;
}

enum sl_err sl_ledger_survey(struct sl_ledger *l, struct sl_ledger_survey *s, struct sl_buf *why)
{
    SL_BUF(file, SL_LEDGER_MAX_SEGMENT_FILE);

    l->sequence = l->segments[0].first_sequence - 1;
    l->size = l->segments[0].first_index;
    for (size_t i = 0; i < l->segment_count; i++) {
        SL_TRY(sl_ledger_read_segment(l, i, &file));
        SL_TRY(survey_segment(l, i, sl_buf_span(&file), s, why));
    }
    l->written_sequence = l->sequence;
    l->written_size = l->size;
    return SL_OK;
}

/* --- the checkpoint -------------------------------------------------------------------------- */

enum sl_err sl_ledger_find_checkpoint(struct sl_ledger *l, struct sl_buf *why)
{
    SL_BUF(path, SL_LEDGER_PATH);
    SL_BUF(note, SL_NOTE_MAX);
    struct sl_note parts;
    struct sl_checkpoint c;

    sl_buf_say(&path, "%s/ledger/checkpoint", l->state);
    enum sl_err err = sl_file_read(sl_buf_text(&path), &note);
    if (err == SL_ENOTFOUND)
        return SL_OK;
    SL_TRY(err);
    if (sl_note_get(sl_buf_span(&note), &parts) != SL_OK ||
        sl_checkpoint_get(parts.text, &c) != SL_OK)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT, "%s is no signed checkpoint", sl_buf_text(&path));
    if (!l->has_checkpoint || c.size > l->checkpoint.size) {
        SL_TRY(sl_ledger_take_note(l, sl_buf_span(&note)));
        l->published = true;
    } else {
        l->published = sl_span_eq(sl_buf_span(&note), sl_buf_span(&l->note));
    }
    return SL_OK;
}

static bool signed_by(const struct sl_ledger *l, const struct sl_vkey *key)
{
    struct sl_note parts;

    return sl_note_get(sl_buf_span(&l->note), &parts) == SL_OK &&
           sl_note_check(&parts, key, NULL) == SL_OK;
}

/* Signed by the key of today, or by the one before it when the key changed after it was signed. */
static enum sl_err check_signature(const struct sl_ledger *l, const struct sl_ledger_survey *s,
                                   struct sl_buf *why)
{
    struct sl_vkey older;

    if (signed_by(l, &l->signer.vkey))
        return SL_OK;
    if (s->older_key.n > 0 && s->key_index >= l->checkpoint.size &&
        sl_vkey_get(sl_buf_span(&s->older_key), &older) == SL_OK && signed_by(l, &older))
        return SL_OK;
    return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                            "the last checkpoint (size %U) is not signed by the key "
                            "in %s/keys/ledger.key",
                            l->checkpoint.size, l->state);
}

enum sl_err sl_ledger_check_checkpoint(struct sl_ledger *l, const struct sl_ledger_survey *s,
                                       struct sl_buf *why)
{
    SL_TRY(sl_ledger_find_checkpoint(l, why));
    if (!l->has_checkpoint) {
        if (l->segments[0].first_sequence == 1)
            return SL_OK;
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                                "the checkpoint is missing, and the start of the log");
    }
    SL_TRY(check_signature(l, s, why));
    if (l->size < l->checkpoint.size)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                                "the log has %U entries, but a checkpoint over %U was "
                                "signed: entries are missing at its end",
                                l->size, l->checkpoint.size);
    if (l->segments[0].first_index > l->checkpoint.size)
        return SL_LEDGER_REFUSE(why, SL_ECORRUPT,
                                "the checkpoint (size %U) is older than the log's "
                                "first entry (%U)",
                                l->checkpoint.size, l->segments[0].first_index);
    return SL_OK;
}
