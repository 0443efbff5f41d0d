/* What passkeys sign, held against the page that says so (docs/passkeys.md). */
#include "base/encode.h"
#include "core/approval/challenge.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static const uint64_t expires_us = 1795716300ull * 1000000; /* 2026-11-26T18:05:00Z */
static uint8_t root[32], nonce[32], action[32];

static struct sl_challenge_frame frame(void)
{
    return (struct sl_challenge_frame){expires_us, SL_SPAN("sluice.example/log"), 1042, root,
                                       nonce};
}

static struct sl_approval_challenge decision(void)
{
    return (struct sl_approval_challenge){.frame = frame(),
                                          .approval =
                                              SL_SPAN("01a218fd-94ee-7a53-81a5-9f08ca3ee122"),
                                          .approver = SL_SPAN("rita"),
                                          .decision = SL_SPAN("approve"),
                                          .action_digest = action,
                                          .reason = SL_SPAN("seen with finance"),
                                          .rows = 500};
}

static void read_page(struct sl_buf *out)
{
    SL_BUF(name, 4096);
    const char *slash = strstr(__FILE__, "tests/unit/");
    char chunk[4096];
    size_t n;

    sl_buf_put(&name, sl_span(__FILE__, slash == NULL ? 0 : (size_t)(slash - __FILE__)));
    sl_buf_put_str(&name, "docs/passkeys.md");
    FILE *f = fopen(sl_buf_text(&name), "r");
    f = f == NULL ? fopen("docs/passkeys.md", "r") : f;
    SL_PROMISE(f != NULL);
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        sl_buf_put(out, sl_span(chunk, n));
    fclose(f);
}

static bool page_has(struct sl_span page, struct sl_span line)
{
    SL_BUF(whole, 65536);

    sl_buf_say(&whole, "\n%S\n", line);
    return memmem(page.p, page.n, whole.p, whole.n) != NULL;
}

static void check_example(struct sl_span page, struct sl_span document,
                          const uint8_t challenge[SL_SHA256])
{
    SL_BUF(hex, 128);
    SL_BUF(coded, 128);

    sl_hex_put(&hex, sl_span(challenge, SL_SHA256));
    sl_base64url_put(&coded, sl_span(challenge, SL_SHA256));
    if (!SL_CHECK(page_has(page, document)))
        printf("#   %.*s\n", (int)document.n, (const char *)document.p);
    if (!SL_CHECK(page_has(page, sl_buf_span(&hex)) && page_has(page, sl_buf_span(&coded))))
        printf("#   %s\n#   %s\n", sl_buf_text(&hex), sl_buf_text(&coded));
}

static void test_the_page_says_what_is_signed(void)
{
    SL_BUF(page, 1 << 20);
    SL_BUF(document, 65536);
    uint8_t challenge[SL_SHA256];
    struct sl_approval_challenge d = decision();

    read_page(&page);
    sl_approval_challenge_put(&document, &d);
    SL_CHECK_INT(sl_buf_err(&document), SL_OK);
    sl_approval_challenge_of(sl_buf_span(&document), challenge);
    check_example(sl_buf_span(&page), sl_buf_span(&document), challenge);
}

static void test_the_page_says_what_an_enrolment_signs(void)
{
    static const uint8_t head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                   0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                   0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    uint8_t key[16], challenge[SL_SHA256];
    SL_BUF(page, 1 << 20);
    SL_BUF(document, 65536);
    SL_BUF(spki, 256);

    sl_buf_put(&spki, sl_span(head, sizeof head));
    for (uint8_t i = 0; i < 64; i++)
        sl_buf_put_u8(&spki, i);
    for (uint8_t i = 0; i < sizeof key; i++)
        key[i] = i;
    read_page(&page);
    sl_passkey_challenge_put(&document,
                             &(struct sl_passkey_challenge){.frame = frame(),
                                                            .purpose = SL_SPAN("enrol"),
                                                            .identity = SL_SPAN("rita"),
                                                            .key = sl_span(key, sizeof key),
                                                            .rp_id = SL_SPAN("sluice.example"),
                                                            .algorithm = SL_SPAN("ES256"),
                                                            .public_key = sl_buf_span(&spki)});
    sl_passkey_challenge_of(sl_buf_span(&document), challenge);
    check_example(sl_buf_span(&page), sl_buf_span(&document), challenge);
}

static struct sl_passkey_challenge link_of(const char *identity, const char *issuer,
                                           const char *subject)
{
    return (struct sl_passkey_challenge){.frame = frame(),
                                         .purpose = SL_SPAN("link"),
                                         .identity = sl_span_str(identity),
                                         .issuer = sl_span_str(issuer),
                                         .subject = sl_span_str(subject)};
}

static void put_link(struct sl_passkey_challenge c, struct sl_buf *document,
                     uint8_t challenge[SL_SHA256])
{
    sl_passkey_challenge_put(document, &c);
    SL_PROMISE(sl_buf_err(document) == SL_OK);
    sl_passkey_challenge_of(sl_buf_span(document), challenge);
}

/* Whose account, at which issuer, becomes whose: each of them counts. */
static void test_the_page_says_what_a_link_signs(void)
{
    uint8_t challenge[SL_SHA256], other[SL_SHA256];
    SL_BUF(page, 1 << 20);
    SL_BUF(document, 65536);

    read_page(&page);
    put_link(link_of("rita", "https://slack.com", "U0123ABCD"), &document, challenge);
    check_example(sl_buf_span(&page), sl_buf_span(&document), challenge);
    const struct sl_passkey_challenge others[] = {
        link_of("bob", "https://slack.com", "U0123ABCD"),
        link_of("rita", "https://slack.example", "U0123ABCD"),
        link_of("rita", "https://slack.com", "U0123ABCE")};
    for (size_t i = 0; i < SL_COUNT(others); i++) {
        SL_BUF(text, 65536);

        put_link(others[i], &text, other);
        SL_CHECK(memcmp(challenge, other, SL_SHA256) != 0);
    }
}

/* --- no two decisions have one challenge --- */

static void put_hash(const struct sl_approval_challenge *d, uint8_t out[SL_SHA256])
{
    SL_BUF(document, 65536);

    sl_approval_challenge_put(&document, d);
    SL_PROMISE(sl_buf_err(&document) == SL_OK);
    sl_approval_challenge_of(sl_buf_span(&document), out);
}

static void test_every_member_counts(void)
{
    uint8_t base[SL_SHA256], other[32] = {9}, hashes[12][SL_SHA256];
    struct sl_approval_challenge variants[12], d = decision();

    for (size_t i = 0; i < SL_COUNT(variants); i++)
        variants[i] = decision();
    variants[0].approval = SL_SPAN("01a218fd-94ee-7a53-81a5-9f08ca3ee123");
    variants[1].approver = SL_SPAN("sam");
    variants[2].decision = SL_SPAN("deny");
    variants[3].action_digest = other;
    variants[4].reason = SL_SPAN("seen with finance\",\"rows\":\"500");
    variants[5].rows = 0;
    variants[6].rows = 501;
    variants[7].frame.expires_us++;
    variants[8].frame.origin = SL_SPAN("other.example/log");
    variants[9].frame.size++;
    variants[10].frame.root = other;
    variants[11].frame.nonce = other;
    put_hash(&d, base);
    for (size_t i = 0; i < SL_COUNT(variants); i++) {
        put_hash(&variants[i], hashes[i]);
        SL_CHECK(memcmp(hashes[i], base, SL_SHA256) != 0);
        for (size_t j = 0; j < i; j++)
            SL_CHECK(memcmp(hashes[i], hashes[j], SL_SHA256) != 0);
    }
}

/* What was signed for the one purpose is never good for the other. */
static void test_purposes_are_apart(void)
{
    uint8_t one[SL_SHA256], two[SL_SHA256];

    sl_approval_challenge_of(SL_SPAN("{}"), one);
    sl_passkey_challenge_of(SL_SPAN("{}"), two);
    SL_CHECK(memcmp(one, two, SL_SHA256) != 0);
}

static void test_algorithms(void)
{
    static const int64_t known[] = {SL_ALGORITHM_ES256, SL_ALGORITHM_EDDSA, SL_ALGORITHM_RS256};

    for (size_t i = 0; i < SL_COUNT(known); i++)
        SL_CHECK_INT(sl_passkey_algorithm_of(sl_span_str(sl_passkey_algorithm_name(known[i]))),
                     known[i]);
    SL_CHECK(sl_passkey_algorithm_name(-37) == NULL); /* PS256 */
    SL_CHECK(sl_passkey_algorithm_name(0) == NULL);
    SL_CHECK_INT(sl_passkey_algorithm_of(SL_SPAN("none")), 0);
    SL_CHECK_INT(sl_passkey_algorithm_of(SL_SPAN("")), 0);
}

int main(void)
{
    sl_sha256(SL_SPAN("an action"), action);
    sl_sha256(SL_SPAN("a root"), root);
    sl_sha256(SL_SPAN("a nonce"), nonce);
    SL_RUN(test_the_page_says_what_is_signed);
    SL_RUN(test_the_page_says_what_an_enrolment_signs);
    SL_RUN(test_the_page_says_what_a_link_signs);
    SL_RUN(test_every_member_counts);
    SL_RUN(test_purposes_are_apart);
    SL_RUN(test_algorithms);
    return sl_tap_done();
}
