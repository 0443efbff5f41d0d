/* An issuer in software, for tests alone: keys that libcrypto makes, their JWK, and tokens of which
 * every byte can be made wrong. */
#ifndef SL_TESTS_SOFT_ISSUER_H
#define SL_TESTS_SOFT_ISSUER_H

#include "base/encode.h"
#include "core/oidc/oidc.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

struct issuer_key {
    const char *id, *algorithm; /* "RS256" */
    EVP_PKEY *pkey;
};

static inline struct issuer_key issuer_key(const char *id, const char *algorithm)
{
    struct issuer_key k = {.id = id, .algorithm = algorithm};

    if (strcmp(algorithm, "ES256") == 0)
        k.pkey = EVP_EC_gen("P-256");
    else if (strcmp(algorithm, "EdDSA") == 0)
        k.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else
        k.pkey = EVP_RSA_gen(2048);
    SL_PROMISE(k.pkey != NULL);
    return k;
}

static inline void issuer_key_free(struct issuer_key *k)
{
    EVP_PKEY_free(k->pkey);
}

static inline void put_number(struct sl_buf *b, const EVP_PKEY *pkey, const char *parameter,
                              size_t width)
{
    uint8_t bytes[512];
    BIGNUM *n = NULL;

    SL_PROMISE(EVP_PKEY_get_bn_param(pkey, parameter, &n) == 1);
    size_t size = width > 0 ? width : (size_t)BN_num_bytes(n);
    SL_PROMISE(BN_bn2binpad(n, bytes, (int)size) == (int)size);
    sl_base64url_put(b, sl_span(bytes, size));
    BN_free(n);
}

/* "kty":..., and the numbers. */
static inline void put_jwk_numbers(struct sl_buf *b, const struct issuer_key *k)
{
    if (strcmp(k->algorithm, "ES256") == 0) {
        sl_buf_put_str(b, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"");
        put_number(b, k->pkey, OSSL_PKEY_PARAM_EC_PUB_X, 32);
        sl_buf_put_str(b, "\",\"y\":\"");
        put_number(b, k->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    } else if (strcmp(k->algorithm, "EdDSA") == 0) {
        uint8_t raw[32];
        size_t n = sizeof raw;
        SL_PROMISE(EVP_PKEY_get_raw_public_key(k->pkey, raw, &n) == 1);
        sl_buf_put_str(b, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"");
        sl_base64url_put(b, sl_span(raw, n));
    } else {
        sl_buf_put_str(b, "\"kty\":\"RSA\",\"n\":\"");
        put_number(b, k->pkey, OSSL_PKEY_PARAM_RSA_N, 0);
        sl_buf_put_str(b, "\",\"e\":\"");
        put_number(b, k->pkey, OSSL_PKEY_PARAM_RSA_E, 0);
    }
    sl_buf_put_str(b, "\"");
}

/* more: members behind the others, `,"use":"sig"`. id NULL: none. */
static inline void put_jwk(struct sl_buf *b, const struct issuer_key *k, const char *more)
{
    sl_buf_put_str(b, "{");
    put_jwk_numbers(b, k);
    if (k->id != NULL)
        sl_buf_say(b, ",\"kid\":\"%s\"", k->id);
    sl_buf_say(b, "%s}", more);
}

static inline void put_ecdsa(struct sl_buf *b, const uint8_t *der, size_t n)
{
    uint8_t raw[64];
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &der, (long)n);

    SL_PROMISE(s != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(s), raw, 32) == 32 &&
               BN_bn2binpad(ECDSA_SIG_get0_s(s), raw + 32, 32) == 32);
    sl_base64url_put(b, sl_span(raw, sizeof raw));
    ECDSA_SIG_free(s);
}

/* salt: of PS256, bytes; 32 is right. */
static inline void put_signature(struct sl_buf *b, const struct issuer_key *k,
                                 struct sl_span message, int salt)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL;
    const EVP_MD *md = strcmp(k->algorithm, "EdDSA") == 0 ? NULL : EVP_sha256();
    uint8_t signature[1024];
    size_t n = sizeof signature;

    SL_PROMISE(EVP_DigestSignInit(context, &how, md, NULL, k->pkey) == 1);
    if (strcmp(k->algorithm, "PS256") == 0)
        SL_PROMISE(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(how, salt) == 1);
    SL_PROMISE(EVP_DigestSign(context, signature, &n, message.p, message.n) == 1);
    EVP_MD_CTX_free(context);
    if (strcmp(k->algorithm, "ES256") == 0)
        put_ecdsa(b, signature, n);
    else
        sl_base64url_put(b, sl_span(signature, n));
}

static inline void put_token(struct sl_buf *b, const struct issuer_key *k, const char *header,
                             const char *payload)
{
    size_t from = b->n;

    sl_base64url_put(b, sl_span_str(header));
    sl_buf_put_str(b, ".");
    sl_base64url_put(b, sl_span_str(payload));
    struct sl_span message = sl_span_from(sl_buf_span(b), from);
    SL_BUF(signature, 2048);
    put_signature(&signature, k, message, 32);
    sl_buf_put_str(b, ".");
    sl_buf_put(b, sl_buf_span(&signature));
}

#endif
