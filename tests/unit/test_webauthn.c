/* Assertions of passkeys: what is right, every flaw, every bit flipped. */
#include "base/sanitized.h"
#include "core/webauthn/webauthn.h"
#include "tests/unit/soft_authenticator.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static const int64_t algorithms[] = {SL_ALGORITHM_ES256, SL_ALGORITHM_EDDSA, SL_ALGORITHM_RS256};
static struct soft_key keys[SL_COUNT(algorithms)], stranger;
static uint8_t challenge_bytes[32] = {7, 1, 255, 62, 63};
static const struct sl_span challenge = {challenge_bytes, sizeof challenge_bytes};
static const struct sl_span origins[] = {{(const uint8_t *)"https://other.example", 21},
                                         {(const uint8_t *)"https://sluice.example", 22}};

static struct sl_webauthn_wanted wanted(void)
{
    return (struct sl_webauthn_wanted){challenge, SL_SPAN("sluice.example"), origins, 2};
}

static struct sl_webauthn_key enrolled(const struct soft_key *k)
{
    return (struct sl_webauthn_key){.algorithm = k->algorithm, .spki = k->spki};
}

static enum sl_webauthn_reason check(const struct sl_webauthn_key *key, const struct soft_signed *s,
                                     struct sl_webauthn_seen *seen)
{
    struct sl_webauthn_wanted w = wanted();
    struct sl_webauthn_assertion a = {sl_buf_span(&s->client_data),
                                      sl_buf_span(&s->authenticator_data),
                                      sl_buf_span(&s->signature)};

    return sl_webauthn_check(key, &w, &a, seen);
}

static enum sl_webauthn_reason check_says(const struct soft_key *k, const struct soft_says *says)
{
    struct sl_webauthn_key key = enrolled(k);
    struct sl_webauthn_seen seen;
    struct soft_signed s = soft_assertion(k, says);
    enum sl_webauthn_reason reason = check(&key, &s, &seen);

    soft_signed_done(&s);
    return reason;
}

static void test_three_algorithms(void)
{
    for (size_t i = 0; i < SL_COUNT(keys); i++) {
        struct soft_says says = soft_says(challenge);

        SL_CHECK_INT(check_says(&keys[i], &says), SL_WEBAUTHN_YES);
        says.more = ""; /* crossOrigin may be left out, and browsers add members */
        SL_CHECK_INT(check_says(&keys[i], &says), SL_WEBAUTHN_YES);
        says.more = ",\"other_keys_can_be_added_here\":\"do not compare\",\"crossOrigin\":false";
        SL_CHECK_INT(check_says(&keys[i], &says), SL_WEBAUTHN_YES);
        says.origin = "https://other.example";
        SL_CHECK_INT(check_says(&keys[i], &says), SL_WEBAUTHN_YES);
    }
}

/* --- one thing wrong at a time, and signed all the same ----------------------------------------
 */

static uint8_t other_challenge[32], short_challenge[31];

static const struct flaw {
    const char *what;
    const char *type, *origin, *more, *rp_id;
    const uint8_t *challenge;
    size_t challenge_bytes;
    int flags;
    enum sl_webauthn_reason reason;
} flaws[] = {
    {.what = "made, not got", .type = "webauthn.create", .flags = -1, .reason = SL_WEBAUTHN_TYPE},
    {.what = "no type", .type = "", .flags = -1, .reason = SL_WEBAUTHN_TYPE},
    {.what = "a type in other letters",
     .type = "webauthn.Get",
     .flags = -1,
     .reason = SL_WEBAUTHN_TYPE},
    {.what = "payment", .type = "payment.get", .flags = -1, .reason = SL_WEBAUTHN_TYPE},
    {.what = "another challenge",
     .challenge = other_challenge,
     .challenge_bytes = 32,
     .flags = -1,
     .reason = SL_WEBAUTHN_CHALLENGE},
    {.what = "a shorter challenge",
     .challenge = short_challenge,
     .challenge_bytes = 31,
     .flags = -1,
     .reason = SL_WEBAUTHN_CHALLENGE},
    {.what = "no challenge",
     .challenge = short_challenge,
     .challenge_bytes = 0,
     .flags = -1,
     .reason = SL_WEBAUTHN_CHALLENGE},
    {.what = "another origin",
     .origin = "https://evil.example",
     .flags = -1,
     .reason = SL_WEBAUTHN_ORIGIN},
    {.what = "an origin below ours",
     .origin = "https://a.sluice.example",
     .flags = -1,
     .reason = SL_WEBAUTHN_ORIGIN},
    {.what = "our origin without TLS",
     .origin = "http://sluice.example",
     .flags = -1,
     .reason = SL_WEBAUTHN_ORIGIN},
    {.what = "our origin on another port",
     .origin = "https://sluice.example:444",
     .flags = -1,
     .reason = SL_WEBAUTHN_ORIGIN},
    {.what = "an app",
     .origin = "android:apk-key-hash:x",
     .flags = -1,
     .reason = SL_WEBAUTHN_ORIGIN},
    {.what = "no origin", .origin = "", .flags = -1, .reason = SL_WEBAUTHN_ORIGIN},
    {.what = "in a frame",
     .more = ",\"crossOrigin\":true",
     .flags = -1,
     .reason = SL_WEBAUTHN_CROSS_ORIGIN},
    {.what = "crossOrigin is a word",
     .more = ",\"crossOrigin\":\"false\"",
     .flags = -1,
     .reason = SL_WEBAUTHN_CROSS_ORIGIN},
    {.what = "a page around it",
     .more = ",\"crossOrigin\":false,\"topOrigin\":\"https://sluice.example\"",
     .flags = -1,
     .reason = SL_WEBAUTHN_CROSS_ORIGIN},
    {.what = "a key twice",
     .more = ",\"origin\":\"https://sluice.example\"",
     .flags = -1,
     .reason = SL_WEBAUTHN_CLIENT_DATA},
    {.what = "no end", .more = ",\"x\":", .flags = -1, .reason = SL_WEBAUTHN_CLIENT_DATA},
    {.what = "another relying party",
     .rp_id = "evil.example",
     .flags = -1,
     .reason = SL_WEBAUTHN_RP_ID},
    {.what = "no relying party", .rp_id = "", .flags = -1, .reason = SL_WEBAUTHN_RP_ID},
    {.what = "nobody there", .flags = 0x04, .reason = SL_WEBAUTHN_USER_PRESENT},
    {.what = "nobody verified", .flags = 0x01, .reason = SL_WEBAUTHN_USER_VERIFIED},
    {.what = "no flag at all", .flags = 0, .reason = SL_WEBAUTHN_USER_PRESENT},
    {.what = "a reserved flag", .flags = 0x05 | 0x02, .reason = SL_WEBAUTHN_FLAGS},
    {.what = "the other reserved flag", .flags = 0x05 | 0x20, .reason = SL_WEBAUTHN_FLAGS},
    {.what = "an attested key announced", .flags = 0x05 | 0x40, .reason = SL_WEBAUTHN_FLAGS},
    {.what = "extensions announced", .flags = 0x05 | 0x80, .reason = SL_WEBAUTHN_FLAGS},
    {.what = "backed up, but not eligible", .flags = 0x05 | 0x10, .reason = SL_WEBAUTHN_FLAGS},
    {.what = "eligible, which it was not", .flags = 0x05 | 0x08, .reason = SL_WEBAUTHN_BACKUP},
};

static void test_every_flaw(void)
{
    for (size_t i = 0; i < SL_COUNT(flaws); i++) {
        const struct flaw *f = &flaws[i];
        struct soft_says says = soft_says(challenge);

        says.type = f->type == NULL ? says.type : f->type;
        says.origin = f->origin == NULL ? says.origin : f->origin;
        says.more = f->more == NULL ? says.more : f->more;
        says.rp_id = f->rp_id == NULL ? says.rp_id : f->rp_id;
        says.flags = f->flags < 0 ? says.flags : (uint8_t)f->flags;
        if (f->challenge != NULL)
            says.challenge = sl_span(f->challenge, f->challenge_bytes);
        for (size_t k = 0; k < SL_COUNT(keys); k++)
            if (!SL_CHECK_INT(check_says(&keys[k], &says), f->reason))
                printf("#   %s\n", f->what);
    }
}

static enum sl_webauthn_reason check_texts(const char *client_data, size_t data_bytes)
{
    struct soft_says says = soft_says(challenge);
    struct sl_webauthn_key key = enrolled(&keys[0]);
    struct sl_webauthn_seen seen;
    struct soft_signed s = soft_assertion(&keys[0], &says);

    if (client_data != NULL) {
        sl_buf_reset(&s.client_data);
        sl_buf_put_str(&s.client_data, client_data);
    }
    while (s.authenticator_data.n < data_bytes)
        sl_buf_put_u8(&s.authenticator_data, 0);
    s.authenticator_data.n = data_bytes;
    soft_sign(&keys[0], &s);
    enum sl_webauthn_reason reason = check(&key, &s, &seen);

    soft_signed_done(&s);
    return reason;
}

static void test_forms(void)
{
    static char longest[SL_WEBAUTHN_CLIENT_DATA_MAX + 2];

    memset(longest, ' ', sizeof longest - 1);
    SL_CHECK_INT(check_texts(NULL, 37), SL_WEBAUTHN_YES);
    SL_CHECK_INT(check_texts("", 37), SL_WEBAUTHN_CLIENT_DATA_SIZE);
    SL_CHECK_INT(check_texts(longest, 37), SL_WEBAUTHN_CLIENT_DATA_SIZE);
    SL_CHECK_INT(check_texts("[]", 37), SL_WEBAUTHN_CLIENT_DATA);
    SL_CHECK_INT(check_texts("\"webauthn.get\"", 37), SL_WEBAUTHN_CLIENT_DATA);
    SL_CHECK_INT(check_texts("{} ", 37), SL_WEBAUTHN_TYPE);
    SL_CHECK_INT(check_texts("{}{}", 37), SL_WEBAUTHN_CLIENT_DATA);
    SL_CHECK_INT(check_texts("\xef\xbb\xbf{}", 37), SL_WEBAUTHN_CLIENT_DATA);
    SL_CHECK_INT(check_texts(NULL, 0), SL_WEBAUTHN_DATA);
    SL_CHECK_INT(check_texts(NULL, 36), SL_WEBAUTHN_DATA);
    SL_CHECK_INT(check_texts(NULL, 38), SL_WEBAUTHN_DATA);
}

/* Bytes that decode to the same challenge in a tolerant reader: padding, the other alphabet. */
static void test_challenge_in_one_form(void)
{
    SL_BUF(text, 1024);
    SL_BUF(coded, 128);

    sl_base64_put(&coded, challenge);
    sl_buf_say(&text,
               "{\"type\":\"webauthn.get\",\"challenge\":\"%S\",\"origin\":\"https://"
               "sluice.example\"}",
               sl_buf_span(&coded));
    SL_CHECK_INT(check_texts(sl_buf_text(&text), 37), SL_WEBAUTHN_CHALLENGE);
}

/* --- keys --- */

static void test_keys(void)
{
    struct soft_says says = soft_says(challenge);
    struct sl_webauthn_seen seen;

    for (size_t i = 0; i < SL_COUNT(keys); i++) {
        struct soft_signed s = soft_assertion(&keys[i], &says);
        struct sl_webauthn_key key = enrolled(&stranger);

        SL_CHECK_INT(check(&key, &s, &seen), SL_WEBAUTHN_SIGNATURE); /* somebody else's */
        for (size_t a = 0; a < SL_COUNT(algorithms); a++) {          /* another algorithm */
            key = enrolled(&keys[i]);
            key.algorithm = algorithms[a];
            SL_CHECK_INT(check(&key, &s, &seen), a == i ? SL_WEBAUTHN_YES : SL_WEBAUTHN_KEY);
        }
        key = enrolled(&keys[i]);
        key.algorithm = 0;
        SL_CHECK_INT(check(&key, &s, &seen), SL_WEBAUTHN_KEY);
        key = enrolled(&keys[i]);
        key.spki.n--;
        SL_CHECK_INT(check(&key, &s, &seen), SL_WEBAUTHN_KEY);
        soft_signed_done(&s);
    }
}

static bool fits(EVP_PKEY *key, int64_t algorithm)
{
    uint8_t *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    bool yes = sl_public_key_fits(algorithm, sl_span(der, (size_t)n));

    OPENSSL_free(der);
    EVP_PKEY_free(key);
    return yes;
}

static EVP_PKEY *rsa_with_exponent(unsigned exponent)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *e = BN_new();
    EVP_PKEY *key = NULL;

    SL_PROMISE(BN_set_word(e, exponent) == 1 && EVP_PKEY_keygen_init(context) == 1 &&
               EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1 &&
               EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, e) == 1 &&
               EVP_PKEY_generate(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    BN_free(e);
    return key;
}

static void test_keys_that_are_too_weak(void)
{
    SL_CHECK(!fits(EVP_RSA_gen(1024), SL_ALGORITHM_RS256));
    SL_CHECK(fits(EVP_RSA_gen(2048), SL_ALGORITHM_RS256));
    SL_CHECK(!fits(rsa_with_exponent(3), SL_ALGORITHM_RS256));
    SL_CHECK(!fits(EVP_EC_gen("P-384"), SL_ALGORITHM_ES256));
    SL_CHECK(!fits(EVP_EC_gen("secp256k1"), SL_ALGORITHM_ES256));
    SL_CHECK(!fits(EVP_PKEY_Q_keygen(NULL, NULL, "ED448"), SL_ALGORITHM_EDDSA));
    SL_CHECK(!fits(EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), SL_ALGORITHM_EDDSA));
}

/* --- what it tells --- */

static void test_backup_and_counter(void)
{
    static const struct {
        bool is_new, eligible;
        uint32_t before, now;
        uint8_t flags;
        enum sl_webauthn_reason reason;
    } cases[] = {
        {false, false, 0, 0, 0x05, SL_WEBAUTHN_YES}, /* it does not count */
        {false, false, 0, 1, 0x05, SL_WEBAUTHN_YES},
        {false, false, 1, 2, 0x05, SL_WEBAUTHN_YES},
        {false, false, 2, 2, 0x05, SL_WEBAUTHN_COUNTER},
        {false, false, 2, 1, 0x05, SL_WEBAUTHN_COUNTER},
        {false, false, 1, 0, 0x05, SL_WEBAUTHN_COUNTER},
        {false, false, 0xfffffffe, 0xffffffff, 0x05, SL_WEBAUTHN_YES},
        {true, false, 9, 0, 0x05, SL_WEBAUTHN_YES}, /* a new one has no past */
        {true, false, 0, 0, 0x1d, SL_WEBAUTHN_YES},
        {false, true, 0, 0, 0x1d, SL_WEBAUTHN_YES}, /* backed up */
        {false, true, 0, 0, 0x0d, SL_WEBAUTHN_YES}, /* eligible, not yet */
        {false, true, 0, 0, 0x05, SL_WEBAUTHN_BACKUP},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct soft_says says = soft_says(challenge);
        struct sl_webauthn_key key = enrolled(&keys[0]);
        struct sl_webauthn_seen seen = {0};

        says.flags = cases[i].flags;
        says.counter = cases[i].now;
        key.is_new = cases[i].is_new;
        key.backup_eligible = cases[i].eligible;
        key.counter = cases[i].before;
        struct soft_signed s = soft_assertion(&keys[0], &says);
        if (!SL_CHECK_INT(check(&key, &s, &seen), cases[i].reason))
            printf("#   case %zu\n", i);
        if (cases[i].reason == SL_WEBAUTHN_YES || cases[i].reason == SL_WEBAUTHN_COUNTER) {
            SL_CHECK_INT(seen.counter, cases[i].now);
            SL_CHECK_INT(seen.backup_eligible, (cases[i].flags & 0x08) != 0);
            SL_CHECK_INT(seen.backed_up, (cases[i].flags & 0x10) != 0);
        }
        soft_signed_done(&s);
    }
}

/* --- properties --- */

/* Each bit; under sanitizers, where a look takes ten times as long, some of them. */
enum { STEP = SL_SANITIZED ? 5 : 1 };

static unsigned flipped(const struct sl_webauthn_key *key, const struct soft_signed *s,
                        struct sl_span bytes)
{
    uint8_t *p = (uint8_t *)bytes.p;
    unsigned taken = 0;
    struct sl_webauthn_seen seen;

    for (size_t bit = 0; bit < bytes.n * 8; bit += STEP) {
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        taken += check(key, s, &seen) == SL_WEBAUTHN_YES;
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    return taken;
}

static void test_any_bit_flipped_is_refused(void)
{
    for (size_t i = 0; i < SL_COUNT(keys); i++) {
        struct soft_says says = soft_says(challenge);
        struct sl_webauthn_key key = enrolled(&keys[i]);
        struct sl_webauthn_seen seen;
        struct soft_signed s = soft_assertion(&keys[i], &says);

        SL_CHECK_INT(flipped(&key, &s, sl_buf_span(&s.client_data)), 0);
        SL_CHECK_INT(flipped(&key, &s, sl_buf_span(&s.authenticator_data)), 0);
        SL_CHECK_INT(flipped(&key, &s, sl_buf_span(&s.signature)), 0);
        SL_CHECK_INT(flipped(&key, &s, key.spki), 0);
        SL_CHECK_INT(flipped(&key, &s, challenge), 0);
        SL_CHECK_INT(check(&key, &s, &seen), SL_WEBAUTHN_YES); /* nothing of that stayed */
        soft_signed_done(&s);
    }
}

/* --- origins --- */

static void test_origins_of_a_relying_party(void)
{
    static const struct {
        const char *origin, *rp_id;
        bool fits;
    } cases[] = {
        {"https://sluice.example", "sluice.example", true},
        {"https://sluice.example:8443", "sluice.example", true},
        {"https://desk.sluice.example", "sluice.example", true},
        {"https://evilsluice.example", "sluice.example", false},
        {"https://sluice.example.evil", "sluice.example", false},
        {"https://sluice.example:1@evil", "sluice.example", false},
        {"https://sluice.example/", "sluice.example", false},
        {"https://sluice.example:", "sluice.example", false},
        {"http://sluice.example", "sluice.example", false},
        {"http://localhost:8080", "localhost", true},
        {"http://desk.localhost:8080", "localhost", true},
        {"http://notlocalhost", "localhost", false},
        {"https://example", "sluice.example", false},
        {"https://Sluice.example", "sluice.example", false},
        {"https://127.0.0.1", "127.0.0.1", false},
        {"", "sluice.example", false},
        {"https://sluice.example", "", false},
        {"null", "sluice.example", false},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        if (!SL_CHECK(sl_webauthn_origin_fits(sl_span_str(cases[i].origin),
                                              sl_span_str(cases[i].rp_id)) == cases[i].fits))
            printf("#   %s for %s\n", cases[i].origin, cases[i].rp_id);
}

static void test_where_browsers_make_passkeys(void)
{
    static const struct {
        const char *url;
        enum sl_err err;
        const char *rp_id;
    } cases[] = {
        {"https://sluice.example:8443/console", SL_OK, "sluice.example"},
        {"https://sluice", SL_OK, "sluice"},
        {"http://localhost:8080", SL_OK, "localhost"},
        {"https://7.example", SL_OK, "7.example"},
        {"http://sluice.example", SL_EUNSUPPORTED, ""},
        {"http://127.0.0.1:8080", SL_EUNSUPPORTED, ""},
        {"https://10.0.0.7", SL_EUNSUPPORTED, ""},
        {"https://[::1]:8443", SL_EUNSUPPORTED, ""},
        {"https://a..b", SL_EUNSUPPORTED, ""},
        {"https://", SL_EMALFORMED, ""},
        {"ftp://sluice.example", SL_EMALFORMED, ""},
        {"https://sluice.example:x", SL_EMALFORMED, ""},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_span rp_id = {NULL, 0};

        if (!SL_CHECK_INT(sl_webauthn_rp_of(sl_span_str(cases[i].url), &rp_id), cases[i].err) ||
            !SL_CHECK_TEXT(rp_id, cases[i].rp_id))
            printf("#   %s\n", cases[i].url);
    }
}

/* An auditor has no list of origins. */
static void test_without_a_list_of_origins(void)
{
    struct soft_says says = soft_says(challenge);
    struct sl_webauthn_wanted w = {challenge, SL_SPAN("sluice.example"), NULL, 0};
    struct sl_webauthn_key key = enrolled(&keys[0]);
    struct sl_webauthn_seen seen;

    for (int evil = 0; evil < 2; evil++) {
        says.origin = evil ? "https://evil.example" : "https://desk.sluice.example";
        struct soft_signed s = soft_assertion(&keys[0], &says);
        struct sl_webauthn_assertion a = {sl_buf_span(&s.client_data),
                                          sl_buf_span(&s.authenticator_data),
                                          sl_buf_span(&s.signature)};
        SL_CHECK_INT(sl_webauthn_check(&key, &w, &a, &seen),
                     evil ? SL_WEBAUTHN_ORIGIN : SL_WEBAUTHN_YES);
        soft_signed_done(&s);
    }
}

static void test_every_reason_has_words(void)
{
    for (int r = 0; r < SL_WEBAUTHN_REASON_COUNT; r++)
        SL_CHECK(strlen(sl_webauthn_reason_text((enum sl_webauthn_reason)r)) > 10 &&
                 strlen(sl_webauthn_reason_name((enum sl_webauthn_reason)r)) > 2);
    SL_CHECK_TEXT(sl_span_str(sl_webauthn_reason_name(SL_WEBAUTHN_REASON_COUNT)), "UNKNOWN");
}

int main(void)
{
    for (size_t i = 0; i < SL_COUNT(algorithms); i++)
        keys[i] = soft_key_new(algorithms[i]);
    stranger = soft_key_new(SL_ALGORITHM_ES256);
    memset(other_challenge, 1, sizeof other_challenge);
    SL_RUN(test_three_algorithms);
    SL_RUN(test_every_flaw);
    SL_RUN(test_forms);
    SL_RUN(test_challenge_in_one_form);
    SL_RUN(test_keys);
    SL_RUN(test_keys_that_are_too_weak);
    SL_RUN(test_backup_and_counter);
    SL_RUN(test_any_bit_flipped_is_refused);
    SL_RUN(test_origins_of_a_relying_party);
    SL_RUN(test_where_browsers_make_passkeys);
    SL_RUN(test_without_a_list_of_origins);
    SL_RUN(test_every_reason_has_words);
    for (size_t i = 0; i < SL_COUNT(algorithms); i++)
        soft_key_free(&keys[i]);
    soft_key_free(&stranger);
    return sl_tap_done();
}
