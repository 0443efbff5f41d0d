/* Hashes, keys and signatures over libcrypto (OpenSSL 3), with algorithms fetched once.
 *
 * For programs with one thread: the one-shot functions share a context. The first use of each may
 * read OpenSSL's configuration file: use each once before the sandbox closes.
 * Failure of libcrypto to hash is a broken promise (the process stops): only operations on outside
 * data can fail. Secrets are compared with sl_secret_eq and wiped with sl_secret_wipe.
 */
#ifndef SL_CRYPTO_CRYPTO_H
#define SL_CRYPTO_CRYPTO_H

#include "base/buf.h"

enum { SL_SHA256 = 32 };

void sl_sha256(struct sl_span bytes, uint8_t out[SL_SHA256]);
/* Over several spans as one message, without joining them. */
void sl_sha256_parts(const struct sl_span *parts, size_t count, uint8_t out[SL_SHA256]);
/* Incremental. */
struct sl_sha256_state;
enum sl_err sl_sha256_new(struct sl_sha256_state **out) SL_MUST_CHECK;
void sl_sha256_add(struct sl_sha256_state *s, struct sl_span bytes);
void sl_sha256_end(struct sl_sha256_state *s, uint8_t out[SL_SHA256]); /* and starts anew */
void sl_sha256_free(struct sl_sha256_state *s);
SL_DEFINE_CLEANUP(struct sl_sha256_state, sl_sha256)

/* SHA-1 is broken: for what asks for it and rests nothing on it (Sec-WebSocket-Accept, RFC 6455).
 */
enum { SL_SHA1 = 20 };
void sl_sha1(struct sl_span bytes, uint8_t out[SL_SHA1]);

void sl_hmac_sha256(struct sl_span key, struct sl_span bytes, uint8_t out[SL_SHA256]);

bool sl_secret_eq(struct sl_span a, struct sl_span b); /* time depends on the length alone */
void sl_secret_wipe(void *p, size_t n);

/* SCRAM-SHA-256 (RFC 5802, RFC 7677). auth_message is the text of section 3 of RFC 5802. */
struct sl_scram_verifier {
    uint8_t stored_key[32], server_key[32];
};
enum { SL_SCRAM_MIN_ITERATIONS = 4096, SL_SCRAM_MAX_ITERATIONS = 1000000 };
/* SL_ELIMIT: iterations outside the bounds. The password's bytes are used as they are: SASLprep
 * leaves ASCII and composed letters (NFC) alone; what it would map (full-width forms, ligatures,
 * soft hyphens) is not mapped here, and the other side then simply says "wrong password". */
enum sl_err sl_scram_salted(struct sl_span password, struct sl_span salt, uint32_t iterations,
                            uint8_t salted[32]) SL_MUST_CHECK;
void sl_scram_verifier_of(const uint8_t salted[32], struct sl_scram_verifier *out);
/* Client side: proof to send and the server signature to expect. */
void sl_scram_client(const uint8_t salted[32], struct sl_span auth_message, uint8_t proof[32],
                     uint8_t server_signature[32]);
/* Server side: is this proof right? */
bool sl_scram_check(const struct sl_scram_verifier *v, struct sl_span auth_message,
                    struct sl_span proof);
void sl_scram_server_signature(const struct sl_scram_verifier *v, struct sl_span auth_message,
                               uint8_t out[32]);
/* PostgreSQL's md5 answer: "md5" + hex(md5(hex(md5(password + user)) + salt)), 35 characters + NUL.
 */
enum sl_err sl_md5_password(struct sl_span password, struct sl_span user, struct sl_span salt,
                            char out[36]) SL_MUST_CHECK;

/* Ed25519 (RFC 8032). */
struct sl_ed25519;
enum sl_err sl_ed25519_from_seed(const uint8_t seed[32], struct sl_ed25519 **out) SL_MUST_CHECK;
void sl_ed25519_free(struct sl_ed25519 *k);
SL_DEFINE_CLEANUP(struct sl_ed25519, sl_ed25519)
void sl_ed25519_public(const struct sl_ed25519 *k, uint8_t out[32]);
enum sl_err sl_ed25519_sign(const struct sl_ed25519 *k, struct sl_span message, uint8_t out[64])
    SL_MUST_CHECK;
bool sl_ed25519_check(const uint8_t public_key[32], struct sl_span message,
                      const uint8_t signature[64]);

/* Others' public keys, as SubjectPublicKeyInfo in DER, with an algorithm by its COSE number (RFC
 * 9053) that the caller has fixed beforehand: no key and no signature ever chooses it. ES256:
 * P-256, the signature in DER. EdDSA: Ed25519. RS256: PKCS#1 v1.5, RSA of 2,048 to 4,096 bits
 * with the exponent 65,537. PS256: PSS with SHA-256 in both places and a salt of 32 bytes (RFC
 * 7518, section 3.5), with the same keys as RS256.
 * fits: the bytes are such a key, in the one encoding that there is of it (nothing behind, no other
 * form of the same), so that two keys are the same if and only if their bytes are. */
enum {
    SL_ALGORITHM_ES256 = -7,
    SL_ALGORITHM_EDDSA = -8,
    SL_ALGORITHM_PS256 = -37,
    SL_ALGORITHM_RS256 = -257,
};
enum { SL_PUBLIC_KEY_MAX = 600 }; /* bytes of SubjectPublicKeyInfo */
bool sl_public_key_fits(int64_t algorithm, struct sl_span spki);
/* false for anything that does not fit, too. */
bool sl_public_key_check(int64_t algorithm, struct sl_span spki, struct sl_span message,
                         struct sl_span signature);

/* The same with a key that is read once and asked often. SL_EMALFORMED: it does not fit. */
struct sl_public_key;
enum sl_err sl_public_key_new(int64_t algorithm, struct sl_span spki, struct sl_public_key **out)
    SL_MUST_CHECK;
void sl_public_key_free(struct sl_public_key *k); /* NULL is fine */
SL_DEFINE_CLEANUP(struct sl_public_key, sl_public_key)
/* With the algorithm that it was made for. */
bool sl_public_key_verify(const struct sl_public_key *k, struct sl_span message,
                          struct sl_span signature);

/* SubjectPublicKeyInfo of the numbers of a JWK (RFC 7518 section 6, RFC 8037), appended as they
 * are: whether they make a key is for sl_public_key_fits to say. SL_EMALFORMED: a number that is
 * empty, begins with a zero (RSA), or has the wrong length; nothing is appended then. */
enum sl_err sl_spki_put_rsa(struct sl_buf *b, struct sl_span modulus, struct sl_span exponent)
    SL_MUST_CHECK;
enum sl_err sl_spki_put_p256(struct sl_buf *b, struct sl_span x, struct sl_span y) SL_MUST_CHECK;
enum sl_err sl_spki_put_ed25519(struct sl_buf *b, struct sl_span x) SL_MUST_CHECK;
/* An ES256 signature of JOSE (r and s, 32 bytes each) in DER. SL_EMALFORMED: another length. */
enum sl_err sl_es256_put_der(struct sl_buf *b, struct sl_span r_and_s) SL_MUST_CHECK;

/* A PEM private key (ECDSA P-256/P-384, RSA >= 2048, Ed25519) for TLS server signatures. */
struct sl_tls_key;
enum sl_err sl_tls_key_new(struct sl_span pem, struct sl_tls_key **out) SL_MUST_CHECK;
void sl_tls_key_free(struct sl_tls_key *k);
SL_DEFINE_CLEANUP(struct sl_tls_key, sl_tls_key)
/* `input` is the digest (ECDSA, RSA) or the whole message (Ed25519, digest_name empty). Digests:
 * SHA256, SHA384, SHA512. padding as in the message SIGN: 0 none (not RSA), 1 PKCS#1, 2 PSS.
 * Anything else is SL_EUNSUPPORTED; a digest of the wrong length SL_EMALFORMED. */
enum sl_err sl_tls_key_sign(const struct sl_tls_key *k, struct sl_span digest_name, uint8_t padding,
                            struct sl_span input, struct sl_buf *signature) SL_MUST_CHECK;

#endif
