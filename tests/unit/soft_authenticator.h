/* A passkey in software, for tests alone: a key that libcrypto makes, and the three byte strings
 * that a browser gives after navigator.credentials.get. Every field can be made wrong. */
#ifndef SL_TESTS_SOFT_AUTHENTICATOR_H
#define SL_TESTS_SOFT_AUTHENTICATOR_H

#include "base/buf.h"
#include "base/encode.h"
#include "crypto/crypto.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

struct soft_key {
    int64_t algorithm;
    EVP_PKEY *pkey;
    struct sl_span spki; /* soft_key_free */
    uint8_t *der;
};

/* What the authenticator and the browser say; soft_says gives what is right. */
struct soft_says {
    const char *type, *origin, *more; /* more: members behind the others, `,"crossOrigin":true` */
    const char *rp_id;
    struct sl_span challenge;
    uint8_t flags;
    uint32_t counter;
};

struct soft_signed {
    struct sl_buf client_data, authenticator_data, signature;
};

static inline struct soft_key soft_key_new(int64_t algorithm)
{
    struct soft_key k = {.algorithm = algorithm};

    if (algorithm == SL_ALGORITHM_ES256)
        k.pkey = EVP_EC_gen("P-256");
    else if (algorithm == SL_ALGORITHM_RS256)
        k.pkey = EVP_RSA_gen(2048);
    else
        k.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    int n = k.pkey == NULL ? -1 : i2d_PUBKEY(k.pkey, &k.der);
    SL_PROMISE(n > 0);
    k.spki = sl_span(k.der, (size_t)n);
    return k;
}

static inline void soft_key_free(struct soft_key *k)
{
    EVP_PKEY_free(k->pkey);
    OPENSSL_free(k->der);
}

static inline struct soft_says soft_says(struct sl_span challenge)
{
    return (struct soft_says){.type = "webauthn.get",
                              .origin = "https://sluice.example",
                              .more = ",\"crossOrigin\":false",
                              .rp_id = "sluice.example",
                              .challenge = challenge,
                              .flags = 0x05};
}

static inline void soft_client_data(const struct soft_says *s, struct sl_buf *out)
{
    sl_buf_say(out, "{\"type\":\"%s\",\"challenge\":\"", s->type);
    sl_base64url_put(out, s->challenge);
    sl_buf_say(out, "\",\"origin\":\"%s\"%s}", s->origin, s->more);
}

static inline void soft_authenticator_data(const struct soft_says *s, struct sl_buf *out)
{
    uint8_t hash[SL_SHA256];

    sl_sha256(sl_span_str(s->rp_id), hash);
    sl_buf_put(out, sl_span(hash, sizeof hash));
    sl_buf_put_u8(out, s->flags);
    sl_buf_put_be32(out, s->counter);
}

/* Over whatever the two strings are. */
static inline void soft_sign(const struct soft_key *k, struct soft_signed *s)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const EVP_MD *md = k->algorithm == SL_ALGORITHM_EDDSA ? NULL : EVP_sha256();
    SL_BUF(message, 8192);
    uint8_t hash[SL_SHA256], signature[1024];
    size_t n = sizeof signature;

    sl_sha256(sl_buf_span(&s->client_data), hash);
    sl_buf_put(&message, sl_buf_span(&s->authenticator_data));
    sl_buf_put(&message, sl_span(hash, sizeof hash));
    SL_PROMISE(context != NULL && EVP_DigestSignInit(context, NULL, md, NULL, k->pkey) == 1 &&
               EVP_DigestSign(context, signature, &n, message.p, message.n) == 1);
    EVP_MD_CTX_free(context);
    sl_buf_reset(&s->signature);
    sl_buf_put(&s->signature, sl_span(signature, n));
}

static inline struct soft_signed soft_assertion(const struct soft_key *k,
                                                const struct soft_says *says)
{
    struct soft_signed s = {sl_buf(8192), sl_buf(1024), sl_buf(1024)};

    soft_client_data(says, &s.client_data);
    soft_authenticator_data(says, &s.authenticator_data);
    soft_sign(k, &s);
    return s;
}

static inline void soft_signed_done(struct soft_signed *s)
{
    sl_buf_done(&s->client_data);
    sl_buf_done(&s->authenticator_data);
    sl_buf_done(&s->signature);
}

#endif
