/* Signatures of keys that are not ours. */
#include "crypto/crypto_int.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { RSA_LEAST_BITS = 2048, RSA_MOST_BITS = 4096 };

static bool is_p256(const EVP_PKEY *key)
{
    char group[32];
    size_t n = 0;

    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

/* A point has compressed and hybrid forms too: of the same key, and other bytes. */
static bool is_plain_point(struct sl_span spki)
{
    enum { POINT = 65, UNCOMPRESSED = 4 };

    return spki.n > POINT && spki.p[spki.n - POINT] == UNCOMPRESSED;
}

/* With an exponent of 1 everybody could sign; authenticators know this one only. */
static bool has_usual_exponent(const EVP_PKEY *key)
{
    BIGNUM *e = NULL;
    bool usual =
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_word(e, RSA_F4) == 1;

    BN_free(e);
    return usual;
}

static bool is_rsa(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= RSA_LEAST_BITS &&
           EVP_PKEY_get_bits(key) <= RSA_MOST_BITS && has_usual_exponent(key);
}

static bool is_for(const EVP_PKEY *key, int64_t algorithm)
{
    switch (algorithm) {
    case SL_ALGORITHM_ES256:
        return is_p256(key);
    case SL_ALGORITHM_EDDSA:
        return EVP_PKEY_is_a(key, "ED25519");
    case SL_ALGORITHM_RS256:
    case SL_ALGORITHM_PS256:
        return is_rsa(key);
    default:
        return false;
    }
}

/* Is this the encoding that we would write ourselves? */
static bool is_encoded_so(const EVP_PKEY *key, struct sl_span spki)
{
    uint8_t *again = NULL;
    int n = i2d_PUBKEY(key, &again);
    bool same = n > 0 && sl_span_eq(sl_span(again, (size_t)n), spki);

    OPENSSL_free(again);
    return same && (!EVP_PKEY_is_a(key, "EC") || is_plain_point(spki));
}

/* The point is on the curve, in the right group. Of an RSA key libcrypto would look for factors,
 * which takes long and finds none in a key that its owner made. */
static bool is_sound(EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "RSA"))
        return true;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool sound = context != NULL && EVP_PKEY_public_check(context) == 1;

    EVP_PKEY_CTX_free(context);
    return sound;
}

/* The caller frees it. NULL: it is no key for this algorithm. */
static EVP_PKEY *key_of(int64_t algorithm, struct sl_span spki)
{
    const uint8_t *at = spki.p;

    if (spki.n == 0 || spki.n > SL_PUBLIC_KEY_MAX)
        return NULL;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)spki.n);
    if (key != NULL && is_for(key, algorithm) && is_encoded_so(key, spki) && is_sound(key))
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

bool sl_public_key_fits(int64_t algorithm, struct sl_span spki)
{
    EVP_PKEY *key = key_of(algorithm, spki);
    bool fits = key != NULL;

    EVP_PKEY_free(key);
    ERR_clear_error();
    return fits;
}

/* The default for PSS would take any length of salt. */
static bool set_padding(EVP_PKEY_CTX *how, int64_t algorithm)
{
    if (algorithm == SL_ALGORITHM_RS256)
        return EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PADDING) == 1;
    if (algorithm == SL_ALGORITHM_PS256)
        return EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md(how, sl_crypto_sha256()) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
    return true;
}

static bool check(EVP_PKEY *key, int64_t algorithm, struct sl_span message,
                  struct sl_span signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL; /* belongs to the context */
    const EVP_MD *md = algorithm == SL_ALGORITHM_EDDSA ? NULL : sl_crypto_sha256();
    bool good = context != NULL && signature.n > 0 &&
                EVP_DigestVerifyInit(context, &how, md, NULL, key) == 1 &&
                set_padding(how, algorithm) &&
                EVP_DigestVerify(context, signature.p, signature.n, message.p, message.n) == 1;

    EVP_MD_CTX_free(context);
    ERR_clear_error(); /* a wrong signature is an answer, not a fault to be found later */
    return good;
}

bool sl_public_key_check(int64_t algorithm, struct sl_span spki, struct sl_span message,
                         struct sl_span signature)
{
    EVP_PKEY *key = key_of(algorithm, spki);
    bool good = key != NULL && check(key, algorithm, message, signature);

    EVP_PKEY_free(key);
    ERR_clear_error();
    return good;
}

struct sl_public_key {
    EVP_PKEY *key;
    int64_t algorithm;
};

enum sl_err sl_public_key_new(int64_t algorithm, struct sl_span spki, struct sl_public_key **out)
{
    struct sl_public_key *k = calloc(1, sizeof *k);

    if (k == NULL)
        return SL_EMEMORY;
    *k = (struct sl_public_key){.key = key_of(algorithm, spki), .algorithm = algorithm};
    ERR_clear_error();
    if (k->key == NULL) {
        free(k);
        return SL_EMALFORMED;
    }
    *out = k;
    return SL_OK;
}

void sl_public_key_free(struct sl_public_key *k)
{
    if (k == NULL)
        return;
    EVP_PKEY_free(k->key);
    free(k);
}

bool sl_public_key_verify(const struct sl_public_key *k, struct sl_span message,
                          struct sl_span signature)
{
    return check(k->key, k->algorithm, message, signature);
}
