/* Published vectors, and what must not verify. */
#include "crypto/crypto.h"

#include "base/encode.h"
#include "tests/unit/tap.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

static void check_hex(const uint8_t *got, size_t n, const char *want)
{
    uint8_t bytes[64] = {0};

    SL_CHECK_INT(sl_hex_fixed(bytes, n, sl_span_str(want)), SL_OK);
    SL_CHECK_BYTES(sl_span(got, n), sl_span(bytes, n));
}

static void test_sha1(void)
{
    uint8_t out[SL_SHA1];

    sl_sha1(SL_SPAN("abc"), out); /* FIPS 180-4 */
    SL_CHECK_BYTES(sl_span(out, sizeof out), SL_SPAN("\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e"
                                                     "\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d"));
}

static void test_sha256(void)
{
    uint8_t out[SL_SHA256];
    const struct sl_span parts[] = {SL_SPAN("a"), sl_span(NULL, 0), SL_SPAN("bc")};

    sl_sha256(SL_SPAN("abc"), out);
    check_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sl_sha256(sl_span(NULL, 0), out);
    check_hex(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sl_sha256_parts(parts, SL_COUNT(parts), out);
    check_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_sha256_in_steps(void)
{
    SL_FREED_BY(sl_sha256) struct sl_sha256_state *s = NULL;
    uint8_t out[SL_SHA256], other[SL_SHA256];

    SL_CHECK_INT(sl_sha256_new(&s), SL_OK);
    for (int round = 0; round < 2; round++) {
        sl_sha256_add(s, SL_SPAN("ab"));
        sl_sha256(SL_SPAN("in between"), other);
        sl_sha256_add(s, SL_SPAN("c"));
        sl_sha256_end(s, out);
        check_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

/* Ours go past EVP: the same for each length around the ends of blocks. */
static void test_sha256_is_evps(void)
{
    uint8_t bytes[300], out[SL_SHA256], evps[SL_SHA256];
    unsigned n = 0;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i <= sizeof bytes; i++) {
        sl_sha256(sl_span(bytes, i), out);
        SL_CHECK(EVP_Digest(bytes, i, evps, &n, EVP_sha256(), NULL) == 1);
        SL_CHECK_BYTES(sl_span(out, sizeof out), sl_span(evps, n));
    }
}

static void test_hmac_rfc4231(void)
{
    static const uint8_t key[20] = {11, 11, 11, 11, 11, 11, 11, 11, 11, 11,
                                    11, 11, 11, 11, 11, 11, 11, 11, 11, 11};
    uint8_t out[SL_SHA256];

    for (int round = 0; round < 2; round++) {
        sl_hmac_sha256(sl_span(key, sizeof key), SL_SPAN("Hi There"), out);
        check_hex(out, 32, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        sl_hmac_sha256(SL_SPAN("Jefe"), SL_SPAN("what do ya want for nothing?"), out);
        check_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        sl_hmac_sha256(sl_span(NULL, 0), sl_span(NULL, 0), out);
        check_hex(out, 32, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    }
}

#define NONCE "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define AUTH_MESSAGE \
    "n=user,r=rOprNGfwEbeRWgbNEkqO,r=" NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=" NONCE

static void test_scram_rfc7677(void)
{
    SL_BUF(salt, 64);
    SL_BUF(text, 200);
    struct sl_scram_verifier v;
    uint8_t salted[32], proof[32], signature[32], own[32];

    SL_CHECK_INT(sl_base64_get(&salt, SL_SPAN("W22ZaJ0SNY7soEsUEjb6gQ==")), SL_OK);
    SL_CHECK_INT(sl_scram_salted(SL_SPAN("pencil"), sl_buf_span(&salt), 4096, salted), SL_OK);
    sl_scram_client(salted, SL_SPAN(AUTH_MESSAGE), proof, signature);
    sl_base64_put(&text, sl_span(proof, 32));
    sl_buf_put_u8(&text, ' ');
    sl_base64_put(&text, sl_span(signature, 32));
    SL_CHECK_TEXT(sl_buf_span(&text), "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= "
                                      "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");

    sl_scram_verifier_of(salted, &v);
    SL_CHECK(sl_scram_check(&v, SL_SPAN(AUTH_MESSAGE), sl_span(proof, 32)));
    sl_scram_server_signature(&v, SL_SPAN(AUTH_MESSAGE), own);
    SL_CHECK_BYTES(sl_span(own, 32), sl_span(signature, 32));

    SL_CHECK(!sl_scram_check(&v, SL_SPAN(AUTH_MESSAGE "x"), sl_span(proof, 32)));
    SL_CHECK(!sl_scram_check(&v, SL_SPAN(AUTH_MESSAGE), sl_span(proof, 31)));
    SL_CHECK(!sl_scram_check(&v, SL_SPAN(AUTH_MESSAGE), sl_span(NULL, 0)));
    for (unsigned bit = 0; bit < 256; bit++) {
        proof[bit / 8] ^= (uint8_t)(1u << bit % 8);
        SL_CHECK(!sl_scram_check(&v, SL_SPAN(AUTH_MESSAGE), sl_span(proof, 32)));
        proof[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void test_scram_limits(void)
{
    uint8_t salted[32];

    SL_CHECK_INT(sl_scram_salted(SL_SPAN("p"), SL_SPAN("salt"), 1, salted), SL_ELIMIT);
    SL_CHECK_INT(sl_scram_salted(SL_SPAN("p"), SL_SPAN("salt"), 4095, salted), SL_ELIMIT);
    SL_CHECK_INT(sl_scram_salted(SL_SPAN("p"), SL_SPAN("salt"), UINT32_MAX, salted), SL_ELIMIT);
    SL_CHECK_INT(sl_scram_salted(SL_SPAN("p"), SL_SPAN(""), 4096, salted), SL_EMALFORMED);
    SL_CHECK_INT(sl_scram_salted(SL_SPAN(""), SL_SPAN("salt"), 4096, salted), SL_OK);
}

static void test_md5_password(void)
{
    char out[36];

    SL_CHECK_INT(sl_md5_password(SL_SPAN("secret"), SL_SPAN("alice"), SL_SPAN("\x01\x02\x03\x04"),
                                 out),
                 SL_OK);
    SL_CHECK_TEXT(sl_span_str(out), "md598a0412b9c31436fc53776e863350083");
}

static void test_secret_eq(void)
{
    SL_CHECK(sl_secret_eq(SL_SPAN("token"), SL_SPAN("token")));
    SL_CHECK(!sl_secret_eq(SL_SPAN("token"), SL_SPAN("tokem")));
    SL_CHECK(!sl_secret_eq(SL_SPAN("token"), SL_SPAN("toke")));
    SL_CHECK(sl_secret_eq(sl_span(NULL, 0), SL_SPAN("")));
}

static void test_ed25519_rfc8032(void)
{
    static const struct {
        const char *seed, *public_key, *message, *signature;
    } cases[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
         "1cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
         "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_FREED_BY(sl_ed25519) struct sl_ed25519 *k = NULL;
        struct sl_span message = sl_span_str(cases[i].message);
        uint8_t seed[32], public_key[32], signature[64];
        SL_CHECK_INT(sl_hex_fixed(seed, 32, sl_span_str(cases[i].seed)), SL_OK);
        SL_CHECK_INT(sl_ed25519_from_seed(seed, &k), SL_OK);
        sl_ed25519_public(k, public_key);
        check_hex(public_key, 32, cases[i].public_key);
        SL_CHECK_INT(sl_ed25519_sign(k, message, signature), SL_OK);
        check_hex(signature, 64, cases[i].signature);
        SL_CHECK(sl_ed25519_check(public_key, message, signature));
        SL_CHECK(!sl_ed25519_check(public_key, SL_SPAN("another"), signature));
        for (unsigned bit = 0; bit < 512; bit += 7) {
            signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
            SL_CHECK(!sl_ed25519_check(public_key, message, signature));
            signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

/* --- others' keys that come as numbers --- */

/* The key of RFC 8037, appendix A.1, and the signature of A.4 over its text. */
static void test_a_key_of_numbers(void)
{
    static const char message[] = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    SL_FREED_BY(sl_public_key) struct sl_public_key *k = NULL;
    SL_BUF(x, 64);
    SL_BUF(signature, 64);
    SL_BUF(spki, SL_PUBLIC_KEY_MAX);

    SL_CHECK_INT(sl_base64url_get(&x, SL_SPAN("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")),
                 SL_OK);
    SL_CHECK_INT(sl_base64url_get(&signature,
                                  SL_SPAN("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4"
                                          "iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")),
                 SL_OK);
    SL_CHECK_INT(sl_spki_put_ed25519(&spki, sl_buf_span(&x)), SL_OK);
    SL_CHECK_INT(sl_public_key_new(SL_ALGORITHM_EDDSA, sl_buf_span(&spki), &k), SL_OK);
    SL_CHECK(sl_public_key_verify(k, sl_span_str(message), sl_buf_span(&signature)));
    SL_CHECK(!sl_public_key_verify(k, SL_SPAN("another"), sl_buf_span(&signature)));
    SL_CHECK(!sl_public_key_verify(k, sl_span_str(message), SL_SPAN("")));
    struct sl_public_key *none = NULL;
    SL_CHECK_INT(sl_public_key_new(SL_ALGORITHM_ES256, sl_buf_span(&spki), &none), SL_EMALFORMED);
    SL_CHECK_INT(sl_public_key_new(0, sl_buf_span(&spki), &none), SL_EMALFORMED);
    SL_CHECK(none == NULL);
}

static void test_numbers_that_are_no_key(void)
{
    static const uint8_t zeros[512] = {0}, ones[512] = {1, 0, 1};
    SL_BUF(b, SL_PUBLIC_KEY_MAX);
    struct sl_span e = sl_span(ones, 3), n = sl_span(ones, 256);

    SL_CHECK_INT(sl_spki_put_rsa(&b, sl_span(zeros, 256), e), SL_EMALFORMED); /* a zero in front */
    SL_CHECK_INT(sl_spki_put_rsa(&b, sl_span(NULL, 0), e), SL_EMALFORMED);
    SL_CHECK_INT(sl_spki_put_rsa(&b, n, sl_span(NULL, 0)), SL_EMALFORMED);
    SL_CHECK_INT(sl_spki_put_rsa(&b, n, sl_span(zeros, 1)), SL_EMALFORMED);
    SL_CHECK_INT(sl_spki_put_rsa(&b, n, sl_span(ones, 9)), SL_EMALFORMED);
    SL_CHECK_INT(sl_spki_put_p256(&b, sl_span(ones, 31), sl_span(ones, 32)), SL_EMALFORMED);
    SL_CHECK_INT(sl_spki_put_p256(&b, sl_span(ones, 32), sl_span(ones, 33)), SL_EMALFORMED);
    SL_CHECK_INT(sl_spki_put_ed25519(&b, sl_span(ones, 31)), SL_EMALFORMED);
    SL_CHECK_INT(sl_es256_put_der(&b, sl_span(ones, 63)), SL_EMALFORMED);
    SL_CHECK_INT(b.n, 0);
    /* numbers that are put together, and are no key: a point that is not on the curve, 1,024 bits
     */
    SL_CHECK_INT(sl_spki_put_p256(&b, sl_span(ones, 32), sl_span(ones, 32)), SL_OK);
    SL_CHECK(!sl_public_key_fits(SL_ALGORITHM_ES256, sl_buf_span(&b)));
    sl_buf_reset(&b);
    SL_CHECK_INT(sl_spki_put_rsa(&b, sl_span(ones, 128), e), SL_OK);
    SL_CHECK(!sl_public_key_fits(SL_ALGORITHM_RS256, sl_buf_span(&b)));
    SL_CHECK(!sl_public_key_fits(SL_ALGORITHM_PS256, sl_buf_span(&b)));
}

/* --- TLS keys: made here, signed by us, verified by libcrypto --- */

static void put_pem(struct sl_buf *b, EVP_PKEY *key, const char *password)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;

    SL_CHECK(PEM_write_bio_PKCS8PrivateKey(out, key, password == NULL ? NULL : EVP_aes_128_cbc(),
                                           password, password == NULL ? 0 : (int)strlen(password),
                                           NULL, NULL) == 1);
    long n = BIO_get_mem_data(out, &text);
    sl_buf_put(b, sl_span(text, (size_t)n));
    BIO_free(out);
}

static bool verifies(EVP_PKEY *key, const EVP_MD *md, uint8_t padding, struct sl_span digest,
                     struct sl_span signature)
{
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
    bool good = EVP_PKEY_verify_init(c) == 1;

    if (padding == 1)
        good = good && EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1;
    if (padding == 2)
        good = good && EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) == 1;
    good = good && EVP_PKEY_CTX_set_signature_md(c, md) == 1 &&
           EVP_PKEY_verify(c, signature.p, signature.n, digest.p, digest.n) == 1;
    EVP_PKEY_CTX_free(c);
    return good;
}

static const uint8_t digest_bytes[48] = {1, 2, 3};

static void check_signs(EVP_PKEY *key, const char *digest_name, const EVP_MD *md, uint8_t padding)
{
    SL_BUF(pem, 10000);
    SL_BUF(signature, 1000);
    struct sl_span digest = sl_span(digest_bytes, (size_t)EVP_MD_get_size(md));
    SL_FREED_BY(sl_tls_key) struct sl_tls_key *k = NULL;

    put_pem(&pem, key, NULL);
    SL_CHECK_INT(sl_tls_key_new(sl_buf_span(&pem), &k), SL_OK);
    SL_CHECK_INT(sl_tls_key_sign(k, sl_span_str(digest_name), padding, digest, &signature), SL_OK);
    SL_CHECK(verifies(key, md, padding, digest, sl_buf_span(&signature)));

    size_t before = signature.n;
    SL_CHECK_INT(sl_tls_key_sign(k, SL_SPAN("SHA1"), padding, digest, &signature), SL_EUNSUPPORTED);
    SL_CHECK_INT(sl_tls_key_sign(k, SL_SPAN("MD5"), padding, digest, &signature), SL_EUNSUPPORTED);
    SL_CHECK_INT(sl_tls_key_sign(k, SL_SPAN(""), padding, digest, &signature), SL_EUNSUPPORTED);
    SL_CHECK_INT(sl_tls_key_sign(k, sl_span_str(digest_name), 3, digest, &signature),
                 SL_EUNSUPPORTED);
    SL_CHECK_INT(sl_tls_key_sign(k, sl_span_str(digest_name), padding == 0, digest, &signature),
                 SL_EUNSUPPORTED);
    SL_CHECK_INT(sl_tls_key_sign(k, sl_span_str(digest_name), padding, sl_span_head(digest, 31),
                                 &signature),
                 SL_EMALFORMED);
    SL_CHECK_INT(signature.n, before);
}

static void test_tls_keys(void)
{
    EVP_PKEY *rsa = EVP_RSA_gen(2048), *p256 = EVP_EC_gen("P-256"), *p384 = EVP_EC_gen("P-384");

    check_signs(rsa, "SHA256", EVP_sha256(), 1);
    check_signs(rsa, "sha2-256", EVP_sha256(), 2);
    check_signs(p256, "SHA256", EVP_sha256(), 0);
    check_signs(p384, "SHA384", EVP_sha384(), 0);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(p256);
    EVP_PKEY_free(p384);
}

static void test_tls_key_ed25519(void)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    SL_BUF(pem, 10000);
    SL_BUF(signature, 1000);
    SL_FREED_BY(sl_tls_key) struct sl_tls_key *k = NULL;
    uint8_t public_key[32];
    size_t n = sizeof public_key;

    put_pem(&pem, key, NULL);
    SL_CHECK(EVP_PKEY_get_raw_public_key(key, public_key, &n) == 1);
    SL_CHECK_INT(sl_tls_key_new(sl_buf_span(&pem), &k), SL_OK);
    SL_CHECK_INT(sl_tls_key_sign(k, SL_SPAN(""), 0, SL_SPAN("a whole message"), &signature), SL_OK);
    SL_CHECK_INT(signature.n, 64);
    SL_CHECK(sl_ed25519_check(public_key, SL_SPAN("a whole message"), signature.p));
    SL_CHECK_INT(sl_tls_key_sign(k, SL_SPAN("SHA256"), 0, SL_SPAN("m"), &signature),
                 SL_EUNSUPPORTED);
    EVP_PKEY_free(key);
}

static void check_refused(EVP_PKEY *key, const char *password, enum sl_err want)
{
    SL_BUF(pem, 10000);
    struct sl_tls_key *k = NULL;

    put_pem(&pem, key, password);
    SL_CHECK_INT(sl_tls_key_new(sl_buf_span(&pem), &k), want);
    SL_CHECK(k == NULL);
    EVP_PKEY_free(key);
}

static void test_tls_keys_refused(void)
{
    struct sl_tls_key *k = NULL;

    check_refused(EVP_RSA_gen(1024), NULL, SL_EUNSUPPORTED);
    check_refused(EVP_EC_gen("P-521"), NULL, SL_EUNSUPPORTED);
    check_refused(EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), NULL, SL_EUNSUPPORTED);
    check_refused(EVP_EC_gen("P-256"), "password", SL_EMALFORMED);
    SL_CHECK_INT(sl_tls_key_new(SL_SPAN(""), &k), SL_EMALFORMED);
    SL_CHECK_INT(sl_tls_key_new(SL_SPAN("-----BEGIN PRIVATE KEY-----\nx\n"), &k), SL_EMALFORMED);
}

int main(void)
{
    SL_RUN(test_sha1);
    SL_RUN(test_sha256);
    SL_RUN(test_sha256_in_steps);
    SL_RUN(test_sha256_is_evps);
    SL_RUN(test_hmac_rfc4231);
    SL_RUN(test_scram_rfc7677);
    SL_RUN(test_scram_limits);
    SL_RUN(test_md5_password);
    SL_RUN(test_secret_eq);
    SL_RUN(test_ed25519_rfc8032);
    SL_RUN(test_tls_keys);
    SL_RUN(test_tls_key_ed25519);
    SL_RUN(test_a_key_of_numbers);
    SL_RUN(test_numbers_that_are_no_key);
    SL_RUN(test_tls_keys_refused);
    return sl_tap_done();
}
