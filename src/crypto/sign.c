/* Ed25519, and the private key of the TLS server certificate. Keys are libcrypto's EVP_PKEY under a
 * name of our own, so that no caller can reach the private half. */
#include "crypto/crypto_int.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <limits.h>

static EVP_PKEY *pkey_of(const void *key)
{
    return (EVP_PKEY *)key;
}

enum sl_err sl_ed25519_from_seed(const uint8_t seed[32], struct sl_ed25519 **out)
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);

    if (key == NULL)
        return SL_ECRYPTO;
    *out = (struct sl_ed25519 *)key;
    return SL_OK;
}

void sl_ed25519_free(struct sl_ed25519 *k)
{
    EVP_PKEY_free(pkey_of(k));
}

void sl_ed25519_public(const struct sl_ed25519 *k, uint8_t out[32])
{
    size_t n = 32;
    int done = EVP_PKEY_get_raw_public_key(pkey_of(k), out, &n);

    SL_PROMISE(done == 1 && n == 32);
}

/* A signature over the whole message, the scheme hashing by itself. */
static enum sl_err sign_message(EVP_PKEY *key, struct sl_span message, uint8_t *out, size_t *n)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestSign(context, out, n, message.p, message.n) == 1;

    EVP_MD_CTX_free(context);
    return done ? SL_OK : SL_ECRYPTO;
}

enum sl_err sl_ed25519_sign(const struct sl_ed25519 *k, struct sl_span message, uint8_t out[64])
{
    uint8_t signature[64];
    size_t n = sizeof signature;

    SL_TRY(sign_message(pkey_of(k), message, signature, &n));
    if (n != sizeof signature)
        return SL_ECRYPTO;
    memcpy(out, signature, sizeof signature);
    return SL_OK;
}

bool sl_ed25519_check(const uint8_t public_key[32], struct sl_span message,
                      const uint8_t signature[64])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = key != NULL && context != NULL &&
                EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestVerify(context, signature, 64, message.p, message.n) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error(); /* a wrong signature is an answer, not a fault to be found later */
    return good;
}

/* --- the TLS key --- */

/* Refuses an encrypted file instead of asking for its password on the terminal. */
static int no_password(char *buffer, int size, int writing, void *arg)
{
    (void)buffer, (void)size, (void)writing, (void)arg;
    return -1;
}

static bool key_is_acceptable(const EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "RSA"))
        return EVP_PKEY_get_bits(key) >= 2048;
    if (EVP_PKEY_is_a(key, "EC")) {
        char group[32];
        size_t n = 0;
        return EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
               (strcmp(group, "prime256v1") == 0 || strcmp(group, "secp384r1") == 0);
    }
    return EVP_PKEY_is_a(key, "ED25519");
}

enum sl_err sl_tls_key_new(struct sl_span pem, struct sl_tls_key **out)
{
    if (pem.n > INT_MAX)
        return SL_ELIMIT;
    BIO *in = BIO_new_mem_buf(pem.n == 0 ? "" : (const char *)pem.p, (int)pem.n);
    if (in == NULL)
        return SL_EMEMORY;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, no_password, NULL);
    BIO_free(in);
    ERR_clear_error();
    if (key == NULL)
        return SL_EMALFORMED;
    if (!key_is_acceptable(key)) {
        EVP_PKEY_free(key);
        return SL_EUNSUPPORTED;
    }
    *out = (struct sl_tls_key *)key;
    return SL_OK;
}

void sl_tls_key_free(struct sl_tls_key *k)
{
    EVP_PKEY_free(pkey_of(k));
}

enum { PADDING_NONE = 0, PADDING_PKCS1 = 1, PADDING_PSS = 2 };

static enum sl_err digest_of(struct sl_span name, size_t input_bytes, const EVP_MD **out)
{
    static const struct {
        const char *names[2];
        const EVP_MD *(*md)(void);
    } known[] = {
        {{"SHA256", "SHA2-256"}, EVP_sha256},
        {{"SHA384", "SHA2-384"}, EVP_sha384},
        {{"SHA512", "SHA2-512"}, EVP_sha512},
    };

    for (size_t i = 0; i < SL_COUNT(known); i++) {
        if (!sl_span_eq_nocase(name, sl_span_str(known[i].names[0])) &&
            !sl_span_eq_nocase(name, sl_span_str(known[i].names[1])))
            continue;
        if (input_bytes != (size_t)EVP_MD_get_size(known[i].md()))
            return SL_EMALFORMED;
        *out = known[i].md();
        return SL_OK;
    }
    return SL_EUNSUPPORTED;
}

static bool set_padding(EVP_PKEY_CTX *context, const EVP_MD *md, uint8_t padding)
{
    if (padding == PADDING_NONE)
        return true;
    if (padding == PADDING_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static enum sl_err sign_digest(EVP_PKEY *key, const EVP_MD *md, uint8_t padding,
                               struct sl_span digest, uint8_t *out, size_t *n)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool done = context != NULL && EVP_PKEY_sign_init(context) == 1 &&
                set_padding(context, md, padding) &&
                EVP_PKEY_CTX_set_signature_md(context, md) == 1 &&
                EVP_PKEY_sign(context, out, n, digest.p, digest.n) == 1;

    EVP_PKEY_CTX_free(context);
    return done ? SL_OK : SL_ECRYPTO;
}

static enum sl_err sign_any(EVP_PKEY *key, struct sl_span digest_name, uint8_t padding,
                            struct sl_span input, uint8_t *out, size_t *n)
{
    const EVP_MD *md;
    bool is_rsa = EVP_PKEY_is_a(key, "RSA");

    if (padding > PADDING_PSS || is_rsa != (padding != PADDING_NONE))
        return SL_EUNSUPPORTED;
    if (EVP_PKEY_is_a(key, "ED25519"))
        return digest_name.n == 0 ? sign_message(key, input, out, n) : SL_EUNSUPPORTED;
    SL_TRY(digest_of(digest_name, input.n, &md));
    return sign_digest(key, md, padding, input, out, n);
}

enum sl_err sl_tls_key_sign(const struct sl_tls_key *k, struct sl_span digest_name, uint8_t padding,
                            struct sl_span input, struct sl_buf *signature)
{
    EVP_PKEY *key = pkey_of(k);
    size_t n = (size_t)EVP_PKEY_get_size(key);
    uint8_t *room = sl_buf_room(signature, n);

    if (room == NULL)
        return sl_buf_err(signature);
    enum sl_err err = sign_any(key, digest_name, padding, input, room, &n);
    ERR_clear_error();
    SL_TRY(err);
    signature->n += n;
    return SL_OK;
}
