#include "core/ledger/note_int.h"

#include "base/cursor.h"
#include "base/encode.h"
#include "base/utf8.h"

enum { MAX_SIGNATURE = 8192 }; /* post-quantum ones have almost 5 kB */

static const char em_dash[] = "\xe2\x80\x94 ";

static bool is_blank(uint32_t code)
{
    static const uint32_t blanks[] = {0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};

    for (size_t i = 0; i < SL_COUNT(blanks); i++)
        if (code == blanks[i])
            return true;
    return code <= 0x20 || code == 0x7f || (code >= 0x2000 && code <= 0x200a);
}

bool sl_note_name_ok(struct sl_span name)
{
    uint32_t code;

    for (size_t at = 0; at < name.n;)
        if (sl_utf8_next(name, &at, &code) != SL_OK || is_blank(code) || code == '+')
            return false;
    return name.n > 0 && name.n <= SL_NOTE_MAX_NAME;
}

/* --- keys ----------------------------------------------------------------------------------- */

static uint32_t key_id(struct sl_span name, uint8_t type, const uint8_t public_key[32])
{
    uint8_t typed[2] = {'\n', type}, hash[SL_SHA256];
    struct sl_span parts[3] = {name, sl_span(typed, 2), sl_span(public_key, 32)};

    sl_sha256_parts(parts, 3, hash);
    struct sl_cursor c = sl_cursor(sl_span(hash, sizeof hash));
    return sl_cursor_be32(&c);
}

enum sl_err sl_vkey_make(struct sl_span name, uint8_t type, const uint8_t public_key[32],
                         struct sl_vkey *out)
{
    if (!sl_note_name_ok(name) || (type != SL_NOTE_ED25519 && type != SL_NOTE_COSIGNATURE))
        return SL_EMALFORMED;
    *out = (struct sl_vkey){.id = key_id(name, type, public_key), .type = type};
    memcpy(out->name, name.p, name.n);
    memcpy(out->public_key, public_key, 32);
    return SL_OK;
}

/* <name>+<id>+<base64(type || bytes)> */
static void put_key(struct sl_buf *b, const struct sl_vkey *k, const uint8_t bytes[32])
{
    uint8_t material[33] = {k->type};
    uint8_t id[4] = {(uint8_t)(k->id >> 24), (uint8_t)(k->id >> 16), (uint8_t)(k->id >> 8),
                     (uint8_t)k->id};

    memcpy(material + 1, bytes, 32);
    sl_buf_say(b, "%s+", k->name);
    sl_hex_put(b, sl_span(id, sizeof id));
    sl_buf_put_u8(b, '+');
    sl_base64_put(b, sl_span(material, sizeof material));
    sl_secret_wipe(material, sizeof material);
}

void sl_vkey_put(struct sl_buf *b, const struct sl_vkey *k)
{
    put_key(b, k, k->public_key);
}

/* What stands between `+`: name, id, and 33 bytes of key material. */
static enum sl_err split_key(struct sl_span line, struct sl_span *name, uint32_t *id,
                             uint8_t material[33])
{
    if (line.n > 0 && line.p[line.n - 1] == '\n')
        line.n--;
    size_t first = sl_span_find(line, '+');
    struct sl_span rest = sl_span_from(line, first + 1);
    size_t second = sl_span_find(rest, '+');
    uint8_t id_bytes[4];
    SL_BUF(decoded, 64);

    SL_TRY(sl_hex_fixed(id_bytes, sizeof id_bytes, sl_span_head(rest, second)));
    SL_TRY(sl_base64_get(&decoded, sl_span_from(rest, second + 1)));
    if (decoded.n != 33 || !sl_note_name_ok(sl_span_head(line, first)))
        return SL_EMALFORMED;
    *name = sl_span_head(line, first);
    struct sl_cursor c = sl_cursor(sl_span(id_bytes, sizeof id_bytes));
    *id = sl_cursor_be32(&c);
    memcpy(material, decoded.p, 33);
    sl_secret_wipe(decoded.p, decoded.n);
    return SL_OK;
}

enum sl_err sl_vkey_get(struct sl_span line, struct sl_vkey *out)
{
    struct sl_span name;
    struct sl_vkey k;
    uint32_t id;
    uint8_t material[33];

    SL_TRY(split_key(line, &name, &id, material));
    SL_TRY(sl_vkey_make(name, material[0], material + 1, &k));
    if (k.id != id)
        return SL_EMALFORMED;
    *out = k;
    return SL_OK;
}

bool sl_vkey_eq(const struct sl_vkey *a, const struct sl_vkey *b)
{
    return a->id == b->id && a->type == b->type && strcmp(a->name, b->name) == 0 &&
           memcmp(a->public_key, b->public_key, 32) == 0;
}

enum sl_err sl_signer_make(struct sl_span name, const uint8_t seed[32], struct sl_signer *out)
{
    struct sl_signer s = {.key = NULL};
    uint8_t public_key[32];

    SL_TRY(sl_ed25519_from_seed(seed, &s.key));
    sl_ed25519_public(s.key, public_key);
    enum sl_err err = sl_vkey_make(name, SL_NOTE_ED25519, public_key, &s.vkey);
    if (err != SL_OK) {
        sl_ed25519_free(s.key);
        return err;
    }
    *out = s;
    return SL_OK;
}

static const char secret_prefix[] = "PRIVATE+KEY+";

void sl_signer_put_secret(struct sl_buf *b, const struct sl_vkey *k, const uint8_t seed[32])
{
    sl_buf_put_str(b, secret_prefix);
    put_key(b, k, seed);
    sl_buf_put_u8(b, '\n');
}

enum sl_err sl_signer_get(struct sl_span line, struct sl_signer *out)
{
    struct sl_span name;
    uint32_t id;
    uint8_t material[33];
    struct sl_signer s;

    if (!sl_span_starts(line, sl_span_str(secret_prefix)))
        return SL_EMALFORMED;
    SL_TRY(split_key(sl_span_from(line, sizeof secret_prefix - 1), &name, &id, material));
    enum sl_err err =
        material[0] == SL_NOTE_ED25519 ? sl_signer_make(name, material + 1, &s) : SL_EMALFORMED;
    sl_secret_wipe(material, sizeof material);
    SL_TRY(err);
    if (s.vkey.id != id) {
        sl_signer_done(&s);
        return SL_EMALFORMED;
    }
    *out = s;
    return SL_OK;
}

void sl_signer_done(struct sl_signer *s)
{
    sl_ed25519_free(s->key);
    s->key = NULL;
}

/* --- notes ---------------------------------------------------------------------------------- */

static void put_signature(struct sl_buf *b, const struct sl_vkey *k, const uint8_t signature[64])
{
    uint8_t line[4 + 64] = {(uint8_t)(k->id >> 24), (uint8_t)(k->id >> 16), (uint8_t)(k->id >> 8),
                            (uint8_t)k->id};

    memcpy(line + 4, signature, 64);
    sl_buf_say(b, "%s%s ", em_dash, k->name);
    sl_base64_put(b, sl_span(line, sizeof line));
    sl_buf_put_u8(b, '\n');
}

enum sl_err sl_note_sign(struct sl_buf *b, struct sl_span text, const struct sl_signer *s)
{
    uint8_t signature[64];

    if (text.n == 0 || text.p[text.n - 1] != '\n')
        return SL_EMALFORMED;
    SL_TRY(sl_ed25519_sign(s->key, text, signature));
    sl_buf_put(b, text);
    sl_buf_put_u8(b, '\n');
    put_signature(b, &s->vkey, signature);
    return sl_buf_err(b);
}

static bool is_note_text(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 0x20 && s.p[i] != '\n')
            return false;
    return sl_utf8_valid(s);
}

struct signature {
    struct sl_span name;
    uint32_t id;
    struct sl_span bytes; /* view into the buffer given */
};

static enum sl_err get_signature(struct sl_span line, struct sl_buf *decoded, struct signature *out)
{
    size_t dash = sizeof em_dash - 1;

    if (!sl_span_starts(line, sl_span_str(em_dash)))
        return SL_EMALFORMED;
    struct sl_span rest = sl_span_from(line, dash);
    size_t n = sl_span_find(rest, ' ');
    struct sl_span name = sl_span_head(rest, n);
    if (!sl_note_name_ok(name))
        return SL_EMALFORMED;
    sl_buf_reset(decoded);
    SL_TRY(sl_base64_get(decoded, sl_span_from(rest, n + 1)));
    if (decoded->n < 5)
        return SL_EMALFORMED;
    struct sl_cursor c = sl_cursor(sl_buf_span(decoded));
    out->name = name;
    out->id = sl_cursor_be32(&c);
    out->bytes = sl_cursor_rest(&c);
    return SL_OK;
}

static enum sl_err check_lines(struct sl_span signatures)
{
    SL_BUF(decoded, MAX_SIGNATURE);
    struct sl_span line;
    struct signature s;
    size_t at = 0, count = 0;

    for (; sl_note_line(signatures, &at, &line); count++) {
        if (count == SL_NOTE_MAX_SIGNATURES)
            return SL_ELIMIT;
        SL_TRY(get_signature(line, &decoded, &s));
    }
    return count > 0 && at == signatures.n ? SL_OK : SL_EMALFORMED;
}

enum sl_err sl_note_get(struct sl_span bytes, struct sl_note *out)
{
    size_t split = 0;

    if (bytes.n > SL_NOTE_MAX)
        return SL_ELIMIT;
    if (!is_note_text(bytes))
        return SL_EMALFORMED;
    for (size_t i = 1; i < bytes.n; i++)
        if (bytes.p[i - 1] == '\n' && bytes.p[i] == '\n')
            split = i;
    if (split == 0)
        return SL_EMALFORMED;
    struct sl_note note = {sl_span_head(bytes, split), sl_span_from(bytes, split + 1)};
    SL_TRY(check_lines(note.signatures));
    *out = note;
    return SL_OK;
}

/* A witness signs "cosignature/v1\ntime <seconds>\n" and then the text. */
static bool check_cosignature(struct sl_span text, const struct sl_vkey *key, struct sl_span bytes,
                              uint64_t *time_s)
{
    SL_BUF(message, SL_NOTE_MAX + 100);
    struct sl_cursor c = sl_cursor(bytes);
    uint64_t when = sl_cursor_be64(&c);
    struct sl_span signature = sl_cursor_rest(&c);

    if (c.short_read || signature.n != 64 || when > INT64_MAX)
        return false;
    sl_buf_say(&message, "cosignature/v1\ntime %U\n%S", when, text);
    if (sl_buf_err(&message) != SL_OK ||
        !sl_ed25519_check(key->public_key, sl_buf_span(&message), signature.p))
        return false;
    if (time_s != NULL)
        *time_s = when;
    return true;
}

static bool check_one(struct sl_span text, const struct sl_vkey *key, struct sl_span bytes,
                      uint64_t *time_s)
{
    if (key->type == SL_NOTE_COSIGNATURE)
        return check_cosignature(text, key, bytes, time_s);
    return bytes.n == 64 && sl_ed25519_check(key->public_key, text, bytes.p);
}

enum sl_err sl_note_check(const struct sl_note *note, const struct sl_vkey *key, uint64_t *time_s)
{
    SL_BUF(decoded, MAX_SIGNATURE);
    struct sl_span line;
    struct signature s;
    bool found = false;

    for (size_t at = 0; sl_note_line(note->signatures, &at, &line);) {
        SL_TRY(get_signature(line, &decoded, &s));
        if (s.id != key->id || !sl_span_is(s.name, key->name))
            continue;
        if (!check_one(note->text, key, s.bytes, time_s))
            return SL_ECRYPTO;
        found = true;
    }
    return found ? SL_OK : SL_ENOTFOUND;
}
