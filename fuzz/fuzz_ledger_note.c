/* libraries: core_ledger, crypto, base */
#include "core/ledger/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Keys, notes, checkpoints and proofs: what is accepted is written back as it came. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span in = sl_span(data, size);
    struct sl_vkey key;
    struct sl_note note;
    struct sl_checkpoint c;
    struct sl_tlog_proof proof;
    SL_BUF(out, 2 * SL_NOTE_MAX);

    if (sl_vkey_get(in, &key) == SL_OK) {
        sl_vkey_put(&out, &key);
        SL_PROMISE(sl_span_starts(in, sl_buf_span(&out)));
    }
    if (sl_note_get(in, &note) == SL_OK) {
        uint8_t public_key[32] = {0};
        SL_PROMISE(note.text.n + 1 + note.signatures.n == size);
        SL_PROMISE(sl_vkey_make(SL_SPAN("name"), SL_NOTE_ED25519, public_key, &key) == SL_OK);
        SL_PROMISE(sl_note_check(&note, &key, NULL) != SL_OK);
        in = note.text;
    }
    sl_buf_reset(&out);
    if (sl_checkpoint_get(in, &c) == SL_OK) {
        sl_checkpoint_put(&out, &c);
        SL_PROMISE(sl_span_starts(in, sl_buf_span(&out)));
    }
    in = sl_span(data, size);
    if (sl_tlog_proof_get(in, &proof) == SL_OK)
        SL_PROMISE(proof.proof.count <= SL_TREE_MAX_PROOF && proof.checkpoint.n < size);
    return 0;
}
