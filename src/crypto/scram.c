/* SCRAM-SHA-256 (RFC 5802, RFC 7677) and PostgreSQL's md5 answer. */
#include "base/encode.h"
#include "crypto/crypto_int.h"

#include <limits.h>

enum sl_err sl_scram_salted(struct sl_span password, struct sl_span salt, uint32_t iterations,
                            uint8_t salted[32])
{
    uint8_t out[32];

    if (iterations < SL_SCRAM_MIN_ITERATIONS || iterations > SL_SCRAM_MAX_ITERATIONS ||
        password.n > INT_MAX || salt.n > INT_MAX)
        return SL_ELIMIT;
    if (salt.n == 0)
        return SL_EMALFORMED;
    if (PKCS5_PBKDF2_HMAC(password.n == 0 ? "" : (const char *)password.p, (int)password.n, salt.p,
                          (int)salt.n, (int)iterations, sl_crypto_sha256(), sizeof out, out) != 1)
        return SL_ECRYPTO;
    memcpy(salted, out, sizeof out);
    sl_secret_wipe(out, sizeof out);
    return SL_OK;
}

static void keyed(const uint8_t key[32], struct sl_span text, uint8_t out[32])
{
    sl_hmac_sha256(sl_span(key, 32), text, out);
}

void sl_scram_verifier_of(const uint8_t salted[32], struct sl_scram_verifier *out)
{
    uint8_t client_key[32];

    keyed(salted, SL_SPAN("Client Key"), client_key);
    sl_sha256(sl_span(client_key, sizeof client_key), out->stored_key);
    keyed(salted, SL_SPAN("Server Key"), out->server_key);
    sl_secret_wipe(client_key, sizeof client_key);
}

static void xor32(uint8_t into[32], const uint8_t other[32])
{
    for (size_t i = 0; i < 32; i++)
        into[i] ^= other[i];
}

void sl_scram_client(const uint8_t salted[32], struct sl_span auth_message, uint8_t proof[32],
                     uint8_t server_signature[32])
{
    struct sl_scram_verifier v;
    uint8_t client_signature[32];

    sl_scram_verifier_of(salted, &v);
    keyed(v.stored_key, auth_message, client_signature);
    keyed(salted, SL_SPAN("Client Key"), proof);
    xor32(proof, client_signature);
    sl_scram_server_signature(&v, auth_message, server_signature);
    sl_secret_wipe(&v, sizeof v);
}

/* proof = ClientKey xor ClientSignature, and the stored key is the hash of ClientKey. */
bool sl_scram_check(const struct sl_scram_verifier *v, struct sl_span auth_message,
                    struct sl_span proof)
{
    uint8_t client_key[32], hashed[32];

    if (proof.n != sizeof client_key)
        return false;
    keyed(v->stored_key, auth_message, client_key);
    xor32(client_key, proof.p);
    sl_sha256(sl_span(client_key, sizeof client_key), hashed);
    sl_secret_wipe(client_key, sizeof client_key);
    return sl_secret_eq(sl_span(hashed, sizeof hashed),
                        sl_span(v->stored_key, sizeof v->stored_key));
}

void sl_scram_server_signature(const struct sl_scram_verifier *v, struct sl_span auth_message,
                               uint8_t out[32])
{
    keyed(v->server_key, auth_message, out);
}

enum { MD5_BYTES = 16, MD5_HEX = 32 };

static enum sl_err md5_hex(const EVP_MD *md, struct sl_span a, struct sl_span b, struct sl_buf *hex)
{
    uint8_t out[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL && EVP_DigestInit_ex2(context, md, NULL) == 1 &&
                EVP_DigestUpdate(context, a.p, a.n) == 1 &&
                EVP_DigestUpdate(context, b.p, b.n) == 1 &&
                EVP_DigestFinal_ex(context, out, &n) == 1 && n == MD5_BYTES;

    EVP_MD_CTX_free(context);
    if (!done)
        return SL_ECRYPTO;
    sl_hex_put(hex, sl_span(out, n));
    return sl_buf_err(hex);
}

enum sl_err sl_md5_password(struct sl_span password, struct sl_span user, struct sl_span salt,
                            char out[36])
{
    SL_BUF(inner, MD5_HEX);
    SL_BUF(outer, MD5_HEX);
    EVP_MD *md = EVP_MD_fetch(NULL, "MD5", NULL); /* absent where only FIPS algorithms are */

    if (md == NULL)
        return SL_EUNSUPPORTED;
    enum sl_err err = md5_hex(md, password, user, &inner);
    if (err == SL_OK)
        err = md5_hex(md, sl_buf_span(&inner), salt, &outer);
    EVP_MD_free(md);
    SL_TRY(err);
    memcpy(out, "md5", 3);
    memcpy(out + 3, outer.p, MD5_HEX);
    out[35] = '\0';
    sl_secret_wipe(inner.p, inner.n);
    return SL_OK;
}
