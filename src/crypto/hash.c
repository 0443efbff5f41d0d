/* Hashes. The fetched algorithms and HMAC's context are kept for the life of the process, which has
 * one thread.
 *
 * SHA-256 goes by libcrypto's functions of the algorithm itself: EVP asks for memory, and wipes it,
 * for each hash, which took a fiftieth of what the gate spends on a statement. They compute the
 * same (a unit test compares). OpenSSL 3.0 calls them deprecated, for they cannot be exchanged by a
 * provider; that is not wanted here. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/crypto_int.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <stdlib.h>

const EVP_MD *sl_crypto_sha256(void)
{
    static EVP_MD *md;

    if (md == NULL)
        md = EVP_MD_fetch(NULL, "SHA256", NULL);
    SL_PROMISE(md != NULL);
    return md;
}

static void begin(SHA256_CTX *context)
{
    SL_PROMISE(SHA256_Init(context) == 1);
}

static void add(SHA256_CTX *context, struct sl_span bytes)
{
    SL_PROMISE(SHA256_Update(context, bytes.p, bytes.n) == 1);
}

static void end(SHA256_CTX *context, uint8_t out[SL_SHA256])
{
    SL_PROMISE(SHA256_Final(out, context) == 1);
}

void sl_sha256_parts(const struct sl_span *parts, size_t count, uint8_t out[SL_SHA256])
{
    SHA256_CTX context;

    begin(&context);
    for (size_t i = 0; i < count; i++)
        add(&context, parts[i]);
    end(&context, out);
}

void sl_sha256(struct sl_span bytes, uint8_t out[SL_SHA256])
{
    sl_sha256_parts(&bytes, 1, out);
}

void sl_sha1(struct sl_span bytes, uint8_t out[SL_SHA1])
{
    SHA_CTX context;

    SL_PROMISE(SHA1_Init(&context) == 1 && SHA1_Update(&context, bytes.p, bytes.n) == 1 &&
               SHA1_Final(out, &context) == 1);
}

struct sl_sha256_state {
    SHA256_CTX context;
};

enum sl_err sl_sha256_new(struct sl_sha256_state **out)
{
    struct sl_sha256_state *s = calloc(1, sizeof *s);

    if (s == NULL)
        return SL_EMEMORY;
    begin(&s->context);
    *out = s;
    return SL_OK;
}

void sl_sha256_add(struct sl_sha256_state *s, struct sl_span bytes)
{
    add(&s->context, bytes);
}

void sl_sha256_end(struct sl_sha256_state *s, uint8_t out[SL_SHA256])
{
    end(&s->context, out);
    begin(&s->context);
}

void sl_sha256_free(struct sl_sha256_state *s)
{
    if (s == NULL)
        return;
    OPENSSL_cleanse(s, sizeof *s); /* of what may be a secret */
    free(s);
}

static EVP_MAC_CTX *hmac_context(void)
{
    static EVP_MAC_CTX *context;
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};

    if (context == NULL) {
        EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
        context = EVP_MAC_CTX_new(mac);
        EVP_MAC_free(mac); /* the context holds its own reference */
        SL_PROMISE(context != NULL && EVP_MAC_CTX_set_params(context, params) == 1);
    }
    return context;
}

void sl_hmac_sha256(struct sl_span key, struct sl_span bytes, uint8_t out[SL_SHA256])
{
    static const uint8_t no_key[1];
    EVP_MAC_CTX *context = hmac_context();
    size_t n = 0;

    /* A NULL key would mean "the last one again". */
    int done = EVP_MAC_init(context, key.n == 0 ? no_key : key.p, key.n, NULL);
    done = done == 1 && EVP_MAC_update(context, bytes.p, bytes.n) == 1;
    done = done && EVP_MAC_final(context, out, &n, SL_SHA256) == 1;
    SL_PROMISE(done && n == SL_SHA256);
}

bool sl_secret_eq(struct sl_span a, struct sl_span b)
{
    return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}

void sl_secret_wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}
