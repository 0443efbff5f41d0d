/* The three texts that are made of signed notes: checkpoints, key rotations, proofs. */
#include "core/ledger/note_int.h"

#include "base/encode.h"

static enum sl_err get_decimal(struct sl_span text, uint64_t *out)
{
    if (text.n > 1 && text.p[0] == '0')
        return SL_EMALFORMED;
    return sl_span_u64(text, out);
}

static enum sl_err get_hash(struct sl_span text, struct sl_hash *out)
{
    SL_BUF(decoded, 64);

    SL_TRY(sl_base64_get(&decoded, text));
    if (decoded.n != SL_TREE_HASH)
        return SL_EMALFORMED;
    memcpy(out->b, decoded.p, SL_TREE_HASH);
    return SL_OK;
}

static void put_hash(struct sl_buf *b, const struct sl_hash *h)
{
    sl_base64_put(b, sl_span(h->b, SL_TREE_HASH));
    sl_buf_put_u8(b, '\n');
}

void sl_checkpoint_put(struct sl_buf *b, const struct sl_checkpoint *c)
{
    sl_buf_say(b, "%S\n%U\n", c->origin, c->size);
    put_hash(b, &c->root);
}

enum sl_err sl_checkpoint_get(struct sl_span text, struct sl_checkpoint *out)
{
    struct sl_span origin, size, root, extension;
    struct sl_checkpoint c;
    size_t at = 0;

    if (!sl_note_line(text, &at, &origin) || !sl_note_line(text, &at, &size) ||
        !sl_note_line(text, &at, &root))
        return SL_EMALFORMED;
    if (origin.n == 0)
        return SL_EMALFORMED;
    SL_TRY(get_decimal(size, &c.size));
    SL_TRY(get_hash(root, &c.root));
    while (sl_note_line(text, &at, &extension))
        if (extension.n == 0)
            return SL_EMALFORMED;
    if (at != text.n)
        return SL_EMALFORMED;
    c.origin = origin;
    *out = c;
    return SL_OK;
}

/* --- key rotation --------------------------------------------------------------------------- */

static void put_rotation_text(struct sl_buf *b, const struct sl_vkey *old, uint64_t index,
                              const struct sl_vkey *next)
{
    sl_buf_say(b, "sluice/key/v1\n%s\n%U\n", old->name, index);
    sl_vkey_put(b, next);
    sl_buf_put_u8(b, '\n');
}

enum sl_err sl_note_put_rotation(struct sl_buf *b, const struct sl_signer *old, uint64_t index,
                                 const struct sl_vkey *next)
{
    SL_BUF(text, 2048);

    put_rotation_text(&text, &old->vkey, index, next);
    SL_TRY(sl_buf_err(&text));
    return sl_note_sign(b, sl_buf_span(&text), old);
}

enum sl_err sl_note_check_rotation(struct sl_span statement, const struct sl_vkey *old,
                                   uint64_t index, const struct sl_vkey *next)
{
    SL_BUF(text, 2048);
    struct sl_note note;

    SL_TRY(sl_note_get(statement, &note));
    put_rotation_text(&text, old, index, next);
    if (sl_buf_err(&text) != SL_OK || !sl_span_eq(note.text, sl_buf_span(&text)))
        return SL_EDENIED;
    return sl_note_check(&note, old, NULL);
}

/* --- .tlog-proof ---------------------------------------------------------------------------- */

static const char proof_line[] = "c2sp.org/tlog-proof@v1";

void sl_tlog_proof_put(struct sl_buf *b, const struct sl_tlog_proof *p)
{
    sl_buf_say(b, "%s\n", proof_line);
    if (p->extra.n > 0) {
        sl_buf_put_str(b, "extra ");
        sl_base64_put(b, p->extra);
        sl_buf_put_u8(b, '\n');
    }
    sl_buf_say(b, "index %U\n", p->index);
    for (size_t i = 0; i < p->proof.count; i++)
        put_hash(b, &p->proof.path[i]);
    sl_buf_put_u8(b, '\n');
    sl_buf_put(b, p->checkpoint);
}

static enum sl_err get_path(struct sl_span file, size_t *at, struct sl_tree_proof *out)
{
    struct sl_span line;

    for (out->count = 0; sl_note_line(file, at, &line); out->count++) {
        if (line.n == 0)
            return SL_OK;
        if (out->count == SL_TREE_MAX_PROOF)
            return SL_ELIMIT;
        SL_TRY(get_hash(line, &out->path[out->count]));
    }
    return SL_EMALFORMED;
}

enum sl_err sl_tlog_proof_get(struct sl_span file, struct sl_tlog_proof *out)
{
    struct sl_tlog_proof p = {.index = 0};
    struct sl_span line = {NULL, 0};
    SL_BUF(extra, SL_NOTE_MAX);
    size_t at = 0;

    if (!sl_note_line(file, &at, &line) || !sl_span_is(line, proof_line) ||
        !sl_note_line(file, &at, &line))
        return SL_EMALFORMED;
    if (sl_span_starts(line, SL_SPAN("extra "))) {
        p.extra = sl_span_from(line, 6);
        SL_TRY(sl_base64_get(&extra, p.extra));
        if (!sl_note_line(file, &at, &line))
            return SL_EMALFORMED;
    }
    if (!sl_span_starts(line, SL_SPAN("index ")))
        return SL_EMALFORMED;
    SL_TRY(get_decimal(sl_span_from(line, 6), &p.index));
    SL_TRY(get_path(file, &at, &p.proof));
    p.checkpoint = sl_span_from(file, at);
    *out = p;
    return SL_OK;
}
