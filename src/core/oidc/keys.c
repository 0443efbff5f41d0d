/* JWK sets (RFC 7517): public keys for signatures, each read once into what verifies. */
#include "base/encode.h"
#include "core/oidc/oidc_int.h"

#include <stdlib.h>

static const int64_t cose[SL_OIDC_ALGORITHMS] = {SL_ALGORITHM_RS256, SL_ALGORITHM_PS256,
                                                 SL_ALGORITHM_ES256, SL_ALGORITHM_EDDSA};

/* What a key of this type and curve could sign with; 0: nothing of ours. */
static uint32_t algorithms_of(const json_t *jwk)
{
    struct sl_span type = sl_json_str(jwk, "kty"), curve = sl_json_str(jwk, "crv");

    if (sl_span_is(type, "RSA"))
        return SL_OIDC_RS256 | SL_OIDC_PS256;
    if (sl_span_is(type, "EC") && sl_span_is(curve, "P-256"))
        return SL_OIDC_ES256;
    return sl_span_is(type, "OKP") && sl_span_is(curve, "Ed25519") ? SL_OIDC_EDDSA : 0;
}

static bool lists_verify(const json_t *operations)
{
    for (size_t i = 0; i < json_array_size(operations); i++) {
        const char *text = json_string_value(json_array_get(operations, i));
        if (text != NULL && strcmp(text, "verify") == 0)
            return true;
    }
    return false;
}

/* What its owner meant it for (sections 4.2 to 4.4). */
static uint32_t allowed(const json_t *jwk, uint32_t algorithms)
{
    const json_t *use = json_object_get(jwk, "use"), *operations = json_object_get(jwk, "key_ops");
    const json_t *algorithm = json_object_get(jwk, "alg");

    if (json_object_get(jwk, "d") != NULL) /* a private key that everybody can read */
        return 0;
    if (use != NULL && !sl_span_is(sl_json_str(jwk, "use"), "sig"))
        return 0;
    if (operations != NULL && !lists_verify(operations))
        return 0;
    if (algorithm != NULL)
        algorithms &= sl_oidc_algorithm_of(sl_json_str(jwk, "alg"));
    return algorithms;
}

static bool take(const json_t *jwk, const char *member, struct sl_buf *out)
{
    return sl_base64url_get(out, sl_json_str(jwk, member)) == SL_OK;
}

static bool put_spki(const json_t *jwk, uint32_t algorithms, struct sl_buf *spki)
{
    SL_BUF(first, SL_PUBLIC_KEY_MAX);
    SL_BUF(second, SL_PUBLIC_KEY_MAX);
    bool rsa = (algorithms & (SL_OIDC_RS256 | SL_OIDC_PS256)) != 0;

    if (!take(jwk, rsa ? "n" : "x", &first))
        return false;
    if (algorithms == SL_OIDC_EDDSA)
        return sl_spki_put_ed25519(spki, sl_buf_span(&first)) == SL_OK;
    if (!take(jwk, rsa ? "e" : "y", &second))
        return false;
    return (rsa ? sl_spki_put_rsa : sl_spki_put_p256)(spki, sl_buf_span(&first),
                                                      sl_buf_span(&second)) == SL_OK;
}

/* false: memory ran out. A key that is none is left out. */
static bool make(struct sl_oidc_key *key, uint32_t algorithms)
{
    for (unsigned i = 0; i < SL_OIDC_ALGORITHMS; i++) {
        if ((algorithms >> i & 1) == 0)
            continue;
        enum sl_err err = sl_public_key_new(cose[i], key->spki, &key->with[i]);
        if (err == SL_EMEMORY)
            return false;
        if (err == SL_OK)
            key->algorithms |= 1u << i;
    }
    return true;
}

/* A name that two keys of one type have would leave it to chance which of them verifies. */
static bool is_taken(const struct sl_oidc_keys *keys, const struct sl_oidc_key *key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (key->id.n > 0 && sl_span_eq(keys->keys[i].id, key->id) &&
            (keys->keys[i].algorithms & key->algorithms) != 0)
            return true;
    return false;
}

static void drop(struct sl_oidc_key *key)
{
    for (unsigned i = 0; i < SL_OIDC_ALGORITHMS; i++)
        sl_public_key_free(key->with[i]);
    *key = (struct sl_oidc_key){0};
}

static enum sl_oidc_reason add(struct sl_oidc_keys *keys, const json_t *jwk)
{
    const json_t *id = json_object_get(jwk, "kid");
    uint32_t algorithms = allowed(jwk, algorithms_of(jwk));
    struct sl_oidc_key *key = &keys->keys[keys->count];
    SL_BUF(spki, SL_PUBLIC_KEY_MAX);

    if (!json_is_object(jwk))
        return SL_OIDC_KEYS;
    if (algorithms == 0 || (id != NULL && !sl_oidc_is_text(sl_json_str(jwk, "kid"), 255)) ||
        !put_spki(jwk, algorithms, &spki))
        return SL_OIDC_YES; /* of no use to us */
    key->spki = sl_arena_copy(keys->mem, sl_buf_span(&spki));
    if (key->spki.p == NULL || !sl_oidc_take_text(jwk, "kid", keys->mem, &key->id) ||
        !make(key, algorithms)) {
        drop(key);
        return SL_OIDC_MEMORY;
    }
    if (key->algorithms == 0 || is_taken(keys, key)) {
        enum sl_oidc_reason reason = key->algorithms == 0 ? SL_OIDC_YES : SL_OIDC_KEYS;
        drop(key);
        return reason;
    }
    keys->count++;
    return SL_OIDC_YES;
}

static enum sl_oidc_reason read_set(const json_t *set, struct sl_oidc_keys *keys)
{
    const json_t *list = json_object_get(set, "keys");

    if (!json_is_object(set) || !json_is_array(list) || json_array_size(list) > SL_OIDC_KEYS_MAX)
        return SL_OIDC_KEYS;
    for (size_t i = 0; i < json_array_size(list); i++) {
        enum sl_oidc_reason reason = add(keys, json_array_get(list, i));
        if (reason != SL_OIDC_YES)
            return reason;
    }
    return SL_OIDC_YES;
}

enum sl_oidc_reason sl_oidc_keys_read(struct sl_span jwks, struct sl_oidc_keys **out)
{
    SL_FREED_BY(sl_oidc_keys) struct sl_oidc_keys *keys = calloc(1, sizeof *keys);
    json_t *set = NULL;

    if (keys == NULL || sl_arena_new(&keys->mem, SL_OIDC_DOCUMENT_MAX) != SL_OK)
        return SL_OIDC_MEMORY;
    if (jwks.n > SL_OIDC_DOCUMENT_MAX || sl_json_read(jwks, &set, NULL) != SL_OK)
        return SL_OIDC_KEYS;
    enum sl_oidc_reason reason = read_set(set, keys);
    json_decref(set);
    if (reason != SL_OIDC_YES)
        return reason;
    *out = keys;
    keys = NULL;
    return SL_OIDC_YES;
}

void sl_oidc_keys_free(struct sl_oidc_keys *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < k->count; i++)
        drop(&k->keys[i]);
    sl_arena_free(k->mem);
    free(k);
}

size_t sl_oidc_keys_count(const struct sl_oidc_keys *k)
{
    return k->count;
}

static bool has(const struct sl_oidc_keys *keys, const struct sl_oidc_key *key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (sl_span_eq(keys->keys[i].id, key->id) && sl_span_eq(keys->keys[i].spki, key->spki) &&
            keys->keys[i].algorithms == key->algorithms)
            return true;
    return false;
}

static bool holds(const struct sl_oidc_keys *a, const struct sl_oidc_keys *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (!has(a, &b->keys[i]))
            return false;
    return true;
}

bool sl_oidc_keys_eq(const struct sl_oidc_keys *a, const struct sl_oidc_keys *b)
{
    return a->count == b->count && holds(a, b) && holds(b, a);
}

static unsigned index_of(uint32_t bit)
{
    return (unsigned)__builtin_ctz(bit);
}

/* A token without `kid` is of the only key that there is for its algorithm, or of none. */
static enum sl_oidc_reason find_unnamed(const struct sl_oidc_keys *keys, uint32_t algorithm,
                                        const struct sl_public_key **out)
{
    const struct sl_oidc_key *only = NULL;

    for (size_t i = 0; i < keys->count; i++) {
        if ((keys->keys[i].algorithms & algorithm) == 0)
            continue;
        if (only != NULL)
            return SL_OIDC_KEY_ID;
        only = &keys->keys[i];
    }
    if (only == NULL)
        return SL_OIDC_KEY_UNKNOWN;
    *out = only->with[index_of(algorithm)];
    return SL_OIDC_YES;
}

enum sl_oidc_reason sl_oidc_keys_find(const struct sl_oidc_keys *keys, struct sl_span id,
                                      uint32_t algorithm, const struct sl_public_key **out)
{
    enum sl_oidc_reason reason = SL_OIDC_KEY_UNKNOWN;

    if (keys == NULL)
        return SL_OIDC_KEY_UNKNOWN;
    if (id.n == 0)
        return find_unnamed(keys, algorithm, out);
    for (size_t i = 0; i < keys->count; i++) {
        if (!sl_span_eq(keys->keys[i].id, id))
            continue;
        reason = SL_OIDC_KEY_USE;
        if ((keys->keys[i].algorithms & algorithm) == 0)
            continue;
        *out = keys->keys[i].with[index_of(algorithm)];
        return SL_OIDC_YES;
    }
    return reason;
}
