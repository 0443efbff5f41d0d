/* A private key that is somewhere else.
 *
 * libcrypto lets a key bring its own methods: for ECDSA the key's method gets the digest to sign.
 * For RSA the key's method would only see a padded block, and signing blocks as they come is more
 * than the keeper wants to offer; so the operation itself (EVP_PKEY_METHOD) is replaced, which
 * still knows digest and padding. These interfaces are marked old since OpenSSL 3.0 but do work
 * there; a provider is their successor, and this file is the only one that would change. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "os/tls_int.h"

#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

enum { SIGNATURE_MAX_BYTES = 2048 };

/* Made once for the process, by the first context: libcrypto keeps such things for good. */
static struct {
    EC_KEY_METHOD *ec;
    RSA_METHOD *rsa;
    EVP_PKEY_METHOD *rsa_operation;
    int ec_index, rsa_index;
    int (*rsa_sign)(EVP_PKEY_CTX *, unsigned char *, size_t *, const unsigned char *, size_t);
} methods;

static bool ask(struct sl_tls_signer *signer, int digest, uint8_t padding, struct sl_span input,
                size_t room, uint8_t *out, size_t *out_bytes)
{
    SL_BUF(signature, SIGNATURE_MAX_BYTES);
    const char *name = OBJ_nid2sn(digest);

    if (name == NULL ||
        !signer->sign(signer->owner, sl_span_str(name), padding, input, &signature) ||
        sl_buf_err(&signature) != SL_OK || signature.n == 0 || signature.n > room)
        return false;
    memcpy(out, signature.p, signature.n);
    *out_bytes = signature.n;
    return true;
}

static int sign_ecdsa(int digest, const unsigned char *input, int input_bytes, unsigned char *out,
                      unsigned *out_bytes, const BIGNUM *k_inverse, const BIGNUM *r, EC_KEY *key)
{
    struct sl_tls_signer *signer = EC_KEY_get_ex_data(key, methods.ec_index);
    int room = ECDSA_size(key);
    size_t n;

    (void)k_inverse;
    (void)r;
    if (signer == NULL || input_bytes < 0 || room < 0 ||
        !ask(signer, digest, 0, sl_span(input, (size_t)input_bytes), (size_t)room, out, &n))
        return 0;
    *out_bytes = (unsigned)n;
    return 1;
}

/* 1 PKCS#1, 2 PSS with a salt as long as the digest; anything else is not for TLS. */
static uint8_t padding_of(EVP_PKEY_CTX *context)
{
    int padding = 0, salt_bytes = 0;

    if (EVP_PKEY_CTX_get_rsa_padding(context, &padding) <= 0)
        return 0;
    if (padding == RSA_PKCS1_PADDING)
        return 1;
    if (padding != RSA_PKCS1_PSS_PADDING ||
        EVP_PKEY_CTX_get_rsa_pss_saltlen(context, &salt_bytes) <= 0)
        return 0;
    return salt_bytes == RSA_PSS_SALTLEN_DIGEST ? 2 : 0;
}

static int sign_rsa(EVP_PKEY_CTX *context, unsigned char *out, size_t *out_bytes,
                    const unsigned char *input, size_t input_bytes)
{
    const RSA *key = EVP_PKEY_get0_RSA(EVP_PKEY_CTX_get0_pkey(context));
    struct sl_tls_signer *signer = key == NULL ? NULL : RSA_get_ex_data(key, methods.rsa_index);
    const EVP_MD *digest = NULL;

    if (signer == NULL) /* an ordinary key of somebody else in this process */
        return methods.rsa_sign(context, out, out_bytes, input, input_bytes);
    if (out == NULL) {
        *out_bytes = (size_t)RSA_size(key);
        return 1;
    }
    uint8_t padding = padding_of(context);
    if (padding == 0 || EVP_PKEY_CTX_get_signature_md(context, &digest) <= 0 || digest == NULL)
        return 0;
    return ask(signer, EVP_MD_get_type(digest), padding, sl_span(input, input_bytes), *out_bytes,
               out, out_bytes);
}

static bool make_rsa_operation(void)
{
    const EVP_PKEY_METHOD *usual = EVP_PKEY_meth_find(EVP_PKEY_RSA);
    int (*init)(EVP_PKEY_CTX *);

    methods.rsa_operation = EVP_PKEY_meth_new(EVP_PKEY_RSA, EVP_PKEY_FLAG_AUTOARGLEN);
    if (usual == NULL || methods.rsa_operation == NULL)
        return false;
    EVP_PKEY_meth_copy(methods.rsa_operation, usual);
    EVP_PKEY_meth_get_sign(usual, &init, &methods.rsa_sign);
    EVP_PKEY_meth_set_sign(methods.rsa_operation, init, sign_rsa);
    return EVP_PKEY_meth_add0(methods.rsa_operation) == 1;
}

static bool make_methods(void)
{
    int (*setup)(EC_KEY *, BN_CTX *, BIGNUM **, BIGNUM **);
    ECDSA_SIG *(*sign_raw)(const unsigned char *, int, const BIGNUM *, const BIGNUM *, EC_KEY *);

    if (methods.rsa != NULL)
        return true;
    methods.ec = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    methods.rsa =
        RSA_meth_dup(RSA_PKCS1_OpenSSL()); /* differs from the usual one: that is its use */
    methods.ec_index = EC_KEY_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    methods.rsa_index = RSA_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    if (methods.ec == NULL || methods.rsa == NULL || methods.ec_index < 0 || methods.rsa_index < 0)
        return false;
    EC_KEY_METHOD_get_sign(EC_KEY_OpenSSL(), NULL, &setup, &sign_raw);
    EC_KEY_METHOD_set_sign(methods.ec, sign_ecdsa, setup, sign_raw);
    return make_rsa_operation();
}

static bool dress_ec(EVP_PKEY *public_key, struct sl_tls_signer *signer, EVP_PKEY *dressed)
{
    const EC_KEY *from = EVP_PKEY_get0_EC_KEY(public_key);
    EC_KEY *key = from == NULL ? NULL : EC_KEY_dup(from);

    if (key != NULL && EC_KEY_set_method(key, methods.ec) == 1 &&
        EC_KEY_set_ex_data(key, methods.ec_index, signer) == 1 &&
        EVP_PKEY_assign_EC_KEY(dressed, key) == 1)
        return true;
    EC_KEY_free(key);
    return false;
}

static bool dress_rsa(EVP_PKEY *public_key, struct sl_tls_signer *signer, EVP_PKEY *dressed)
{
    const RSA *from = EVP_PKEY_get0_RSA(public_key);
    RSA *key = from == NULL ? NULL : RSAPublicKey_dup(from);

    if (key != NULL && RSA_set_method(key, methods.rsa) == 1 &&
        RSA_set_ex_data(key, methods.rsa_index, signer) == 1 &&
        EVP_PKEY_assign_RSA(dressed, key) == 1)
        return true;
    RSA_free(key);
    return false;
}

enum sl_err sl_tls_key_for(const X509 *certificate, struct sl_tls_signer *signer, EVP_PKEY **out)
{
    EVP_PKEY *public_key = X509_get0_pubkey(certificate);

    if (public_key == NULL || !make_methods())
        return SL_ECRYPTO;
    EVP_PKEY *dressed = EVP_PKEY_new();
    if (dressed == NULL)
        return SL_EMEMORY;
    bool good = EVP_PKEY_is_a(public_key, "EC")    ? dress_ec(public_key, signer, dressed)
                : EVP_PKEY_is_a(public_key, "RSA") ? dress_rsa(public_key, signer, dressed)
                                                   : false;
    if (!good) {
        EVP_PKEY_free(dressed);
        return SL_EUNSUPPORTED;
    }
    *out = dressed;
    return SL_OK;
}
