/* Signed notes, their keys, and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature,
 * tlog-proof): text in, text out, strict.
 *
 *   key      <name>+<8 hex digits>+<base64(type || 32 bytes)>            (a "vkey" line)
 *   note     text, empty line, then lines  "\u2014 <name> <base64(key id || signature)>"
 *   checkpoint text   <origin> \n <size> \n <base64 root> \n  (extension lines are kept, not read)
 */
#ifndef SL_CORE_LEDGER_NOTE_H
#define SL_CORE_LEDGER_NOTE_H

#include "core/ledger/tree.h"

enum {
    SL_NOTE_MAX = 64 * 1024,
    SL_NOTE_MAX_NAME = 200,
    SL_NOTE_MAX_SIGNATURES = 64,
    SL_NOTE_ED25519 = 1, /* signature types */
    SL_NOTE_COSIGNATURE = 4,
};

struct sl_vkey {
    char name[SL_NOTE_MAX_NAME + 1];
    uint32_t id;
    uint8_t type; /* SL_NOTE_ED25519 or SL_NOTE_COSIGNATURE */
    uint8_t public_key[32];
};

/* A name that may stand in a key: not empty, no blanks, no '+', no control characters. */
bool sl_note_name_ok(struct sl_span name);
/* SL_EMALFORMED for a bad name. */
enum sl_err sl_vkey_make(struct sl_span name, uint8_t type, const uint8_t public_key[32],
                         struct sl_vkey *out) SL_MUST_CHECK;
void sl_vkey_put(struct sl_buf *b, const struct sl_vkey *k); /* without newline */
/* One line; a single newline at its end is fine. Refuses a key id that is not that of the key. */
enum sl_err sl_vkey_get(struct sl_span line, struct sl_vkey *out) SL_MUST_CHECK;
bool sl_vkey_eq(const struct sl_vkey *a, const struct sl_vkey *b);

/* The private half: "PRIVATE+KEY+<name>+<id>+<base64(type || seed)>". Wipe what held it. */
struct sl_signer {
    struct sl_vkey vkey;
    struct sl_ed25519 *key;
};
enum sl_err sl_signer_make(struct sl_span name, const uint8_t seed[32], struct sl_signer *out)
    SL_MUST_CHECK;
void sl_signer_put_secret(struct sl_buf *b, const struct sl_vkey *k, const uint8_t seed[32]);
enum sl_err sl_signer_get(struct sl_span line, struct sl_signer *out) SL_MUST_CHECK;
void sl_signer_done(struct sl_signer *s);

/* Appends text (which must end in a newline), an empty line and the signature line. */
enum sl_err sl_note_sign(struct sl_buf *b, struct sl_span text, const struct sl_signer *s)
    SL_MUST_CHECK;

/* Takes a note apart; views into it. Does not check any signature. */
struct sl_note {
    struct sl_span text;       /* with its newline */
    struct sl_span signatures; /* the signature lines */
};
enum sl_err sl_note_get(struct sl_span bytes, struct sl_note *out) SL_MUST_CHECK;
/* SL_OK: signed by this key. SL_ENOTFOUND: this key did not sign. SL_ECRYPTO: it claims to,
 * wrongly. For a cosignature key *time_s (may be NULL) is when the witness signed. */
enum sl_err sl_note_check(const struct sl_note *note, const struct sl_vkey *key, uint64_t *time_s)
    SL_MUST_CHECK;

struct sl_checkpoint {
    struct sl_span origin; /* view */
    uint64_t size;
    struct sl_hash root;
};
void sl_checkpoint_put(struct sl_buf *b,
                       const struct sl_checkpoint *c); /* the text, to be signed */
/* Reads the text of a note. */
enum sl_err sl_checkpoint_get(struct sl_span text, struct sl_checkpoint *out) SL_MUST_CHECK;

/* The statement by which a key hands over to the next: a signed note of the old key over
 *   sluice/key/v1 \n <origin> \n <index of the leaf that carries it> \n <new vkey> \n            */
enum sl_err sl_note_put_rotation(struct sl_buf *b, const struct sl_signer *old, uint64_t index,
                                 const struct sl_vkey *next) SL_MUST_CHECK;
/* SL_OK when `statement` is that, by `old`, for `next` at `index`. */
enum sl_err sl_note_check_rotation(struct sl_span statement, const struct sl_vkey *old,
                                   uint64_t index, const struct sl_vkey *next) SL_MUST_CHECK;

/* A .tlog-proof file. `extra` may be empty. */
struct sl_tlog_proof {
    struct sl_span extra; /* base64 as it stands when read; raw bytes when written */
    uint64_t index;
    struct sl_tree_proof proof;
    struct sl_span checkpoint; /* the signed note */
};
void sl_tlog_proof_put(struct sl_buf *b, const struct sl_tlog_proof *p);
enum sl_err sl_tlog_proof_get(struct sl_span file, struct sl_tlog_proof *out) SL_MUST_CHECK;

#endif
