/* A gate that fell into hostile hands, against a real keeper (docs/threat-model.md, "The gate"): no
 * secret comes out of the keeper, and neither nonsense nor a broken journal harms anybody else. The
 * first argument is the keeper. */
#include "tests/captured/captured_gate.h"

#include "core/policy/policy.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

static const char upstream_secret[] = "upstream-secret-that-stays-in-the-keeper";
static EVP_PKEY *tls_key;

static void give_key(void)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *pem = NULL, line[SECRET_BYTES];

    tls_key = EVP_EC_gen("P-256");
    SL_PROMISE(tls_key != NULL && out != NULL &&
               PEM_write_bio_PrivateKey(out, tls_key, NULL, NULL, 0, NULL, NULL) == 1);
    long n = BIO_get_mem_data(out, &pem);
    TELL(play.super, reload, .generation = 1, .config = sl_span_str(config),
         .tls_key = sl_span(pem, (size_t)n));
    SL_CHECK(hear(play.super, SL_MESSAGE_RELOADED));
    keep_text(line, 60,
              (const char *)memchr(pem, '\n', (size_t)n) +
                  1); /* the first line of what makes it a key */
    is_secret(line);
    BIO_free(out);
}

static void test_the_stage(void)
{
    is_secret(upstream_secret);
    give_key();
    set_the_stage();
}

/* --- secrets (P10) --- */

static struct sl_msg_upstream_proof prove(uint32_t iterations, uint64_t in_session)
{
    struct sl_msg_upstream_proof m = {0};

    TELL(play.gate, upstream_scram, .call = iterations, .session = in_session,
         .target = SL_SPAN("finance"),
         .auth_message = SL_SPAN("n=,r=a,r=ab,s=c2FsdA==,i=1,c=biws,r=ab"), .salt = SL_SPAN("salt"),
         .iterations = iterations);
    if (SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_UPSTREAM_PROOF))
        HEARD(upstream_proof, &m);
    return m;
}

/* The first question makes the keeper ask the supervisor, which answers once. */
static void give_secret(void)
{
    struct sl_msg_secret_ask ask = {0};

    TELL(play.gate, upstream_scram, .call = 1, .session = session, .auth_message = SL_SPAN("x"),
         .salt = SL_SPAN("salt"), .iterations = 4096);
    unsigned heard;
    while ((heard = hear_within(play.super, PATIENCE_MS)) ==
           SL_MESSAGE_PEER_BAD) { /* of earlier tests */
    }
    if (!SL_CHECK_INT(heard, SL_MESSAGE_SECRET_ASK) || !HEARD(secret_ask, &ask))
        return;
    TELL(play.super, secret, .call = ask.call, .found = 1, .secret = sl_span_str(upstream_secret));
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_UPSTREAM_PROOF);
}

/* What can be had is a proof that is as hard to turn back as the standard allows. */
static void test_no_cheap_proof(void)
{
    static const uint32_t too_few[] = {0, 1, 2, 100, 4095}, too_many[] = {UINT32_MAX, 1u << 30};

    give_secret();
    for (size_t i = 0; i < SL_COUNT(too_few); i++)
        SL_CHECK_INT(prove(too_few[i], session).found, 0);
    for (size_t i = 0; i < SL_COUNT(too_many); i++)
        SL_CHECK_INT(prove(too_many[i], session).found, 0);
    SL_CHECK_INT(prove(4096, session).found, 1);
    SL_CHECK_INT(prove(4096, session + 100000).found, 0); /* a session that it does not have */
}

static struct sl_msg_signed_ sign(int channel, const char *digest, uint8_t padding,
                                  struct sl_span input)
{
    struct sl_msg_signed_ m = {0};

    TELL(channel, sign, .call = 9, .digest = sl_span_str(digest), .padding = padding,
         .input = input);
    if (SL_CHECK_INT(overhear(channel), SL_MESSAGE_SIGNED))
        HEARD(signed_, &m);
    return m;
}

static bool is_signature(struct sl_span signature, struct sl_span digest)
{
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(tls_key, NULL);
    bool good = c != NULL && EVP_PKEY_verify_init(c) == 1 &&
                EVP_PKEY_verify(c, signature.p, signature.n, digest.p, digest.n) == 1;

    EVP_PKEY_CTX_free(c);
    return good;
}

/* The key signs digests of TLS on its own channel, and does nothing else anywhere. */
static void test_the_key_signs_digests_only(void)
{
    int channel = peer_at(SL_ROLE_GATE, 0, "sign");
    uint8_t digest[32] = {1, 2, 3};
    struct sl_span whole = sl_span(digest, 32);

    SL_CHECK_INT(sign(play.gate, "SHA256", 0, whole).found, 0); /* the ordinary channel */
    struct sl_msg_signed_ m = sign(channel, "SHA256", 0, whole);
    SL_CHECK(m.found == 1 && is_signature(m.signature, whole));
    SL_CHECK_INT(sign(channel, "SHA256", 0, sl_span(digest, 31)).found, 0);
    SL_CHECK_INT(sign(channel, "", 0, SL_SPAN("any message at all")).found, 0);
    SL_CHECK_INT(sign(channel, "SHA256", 1, whole).found, 0);
    SL_CHECK_INT(sign(channel, "MD5", 0, sl_span(digest, 16)).found, 0);
    SL_CHECK_INT(sign(channel, "SHA1", 0, sl_span(digest, 20)).found, 0);
    TELL(channel, login_token, .conn = 1, .target = SL_SPAN("finance"), .user = SL_SPAN("bot"),
         .address = SL_SPAN("127.0.0.1"), .token = sl_span_str(bot));
    SL_CHECK(is_ended(channel)); /* nothing but signing there */
    close(channel);
    keeper_goes_on();
}

/* --- nonsense --- */

static uint64_t noise_state = 20260101;

static uint8_t noise(void)
{
    noise_state = noise_state * 6364136223846793005u + 1442695040888963407u;
    return (uint8_t)(noise_state >> 33);
}

static void send_nonsense(int gate, int round)
{
    struct sl_buf b = sl_buf(4096);
    static const unsigned may[] = {SL_MESSAGE_LOGIN_TOKEN,    SL_MESSAGE_LOGIN_PROOF,
                                   SL_MESSAGE_UPSTREAM_SCRAM, SL_MESSAGE_ACTION_PROPOSE,
                                   SL_MESSAGE_ACTION_SPEND,   SL_MESSAGE_SIGN};
    unsigned n = 1 + noise() % 200u;

    if (round % 3 != 0)
        put_head(&b, may[(unsigned)round % SL_COUNT(may)], round % 3 == 1 ? n : n + 1);
    for (unsigned i = 0; i < n; i++)
        sl_buf_put_u8(&b, noise());
    send_with(gate, &b, -1);
}

/* Each ends the gate that said it; the keeper and the others go on. */
static void test_nonsense_ends_only_that_gate(void)
{
    for (int round = 0; round < 120; round++) {
        int gate = gate_at(2);
        send_nonsense(gate, round);
        if (!SL_CHECK(is_ended(gate)))
            printf("#   round %d\n", round);
        close(gate);
    }
    keeper_goes_on();
    SL_CHECK(is_open(play.gate));
    hold(play.gate, session, SL_EFFECT_DDL, "drop table i");
}

/* A body in a memfd that the sender could still change, or that is not there. */
static void test_no_body_that_can_change(void)
{
    static const bool with_file[] = {true, false};

    for (size_t i = 0; i < SL_COUNT(with_file); i++) {
        int gate = gate_at(2), body = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        struct sl_buf b = sl_buf(64);

        SL_PROMISE(body >= 0 && ftruncate(body, 100000) == 0);
        put_head(&b, SL_MESSAGE_ACTION_PROPOSE, 100000);
        send_with(gate, &b, with_file[i] ? body : -1);
        SL_CHECK(is_ended(gate));
        close(gate);
        close(body);
    }
    keeper_goes_on();
}

/* --- the journal --- */

static void intend(struct sl_journal *ring, uint64_t in_session, uint64_t action,
                   const uint8_t approval[16])
{
    static const uint8_t facts[] = {1, 0, 0, 0, SL_HOLD, [19] = 0};
    struct sl_intent r = {.session = in_session,
                          .action = action,
                          .asked_us = 1,
                          .started_us = 2,
                          .facts = sl_span(facts, sizeof facts),
                          .text = SL_SPAN("drop table z")};

    if (approval != NULL)
        memcpy(r.approval, approval, sizeof r.approval);
    SL_CHECK_INT(sl_journal_intent(ring, &r), SL_OK);
}

enum damage { DAMAGE_HEAD, DAMAGE_BACKWARDS, DAMAGE_BYTES, DAMAGE_LENGTH, DAMAGE_ALIEN, DAMAGES };

static void damage(struct sl_journal *ring, enum damage how, uint64_t own)
{
    uint64_t head = ring->head;
    uint8_t *record = ring->base + SL_JOURNAL_HEADER;
    static const uint8_t huge[4] = {0xff, 0xff, 0xff, 0x7f};

    intend(ring, how == DAMAGE_ALIEN ? session : own, 1, NULL); /* a session of gate 0 */
    if (how == DAMAGE_HEAD)
        head = UINT64_MAX - 7;
    if (how == DAMAGE_BYTES)
        record[24] ^= 0x40;
    if (how == DAMAGE_LENGTH)
        memcpy(record, huge, sizeof huge);
    if (how == DAMAGE_HEAD || how == DAMAGE_BACKWARDS)
        memcpy(ring->base + 64, &(uint64_t){how == DAMAGE_HEAD ? head : head - 8}, 8);
}

static void test_a_damaged_journal_ends_only_that_gate(void)
{
    for (int how = 0; how < DAMAGES; how++) {
        struct sl_journal ring;
        int fd = new_journal(&ring);

        TELL_FD(play.super, fd, peer, .role = SL_ROLE_GATE, .index = 1,
                .purpose = SL_SPAN("journal"));
        close(fd);
        int gate = peer_at(SL_ROLE_GATE, 1, "");
        uint64_t own = sign_in(gate, "bot", bot);
        damage(&ring, (enum damage)how, own);
        TELL(gate, journal_kick, .position = 0);
        if (!SL_CHECK(is_ended(gate)))
            printf("#   damage %d\n", how);
        close(gate);
        munmap(ring.base, JOURNAL_BYTES);
        while (hear_within(play.super, 50) != 0) { /* the keeper may have told on it */
        }
    }
    keeper_goes_on();
    SL_CHECK(is_open(play.gate));
    hold(play.gate, session, SL_EFFECT_DDL, "drop table j");
}

/* A record that names somebody else's approval does not spend it. */
static void test_a_journal_spends_nothing(void)
{
    struct held h = hold_and_approve(play.gate, session, SL_EFFECT_DDL, "drop table k", rita);
    SL_BUF(hex, 64);
    uint8_t id[16];

    for (const char *c = h.approval; *c != '\0'; c++)
        if (*c != '-')
            sl_buf_put_u8(&hex, (uint8_t)*c);
    SL_CHECK_INT(sl_hex_fixed(id, sizeof id, sl_buf_span(&hex)), SL_OK);
    intend(&play.ring, session, h.action, id);
    keeper_reads_journal();
    SL_CHECK_TEXT(sl_span_str(state_of(rita, h.approval)), "approved");
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_GO);
    keeper_goes_on();
}

static void test_no_secret_came_through(void)
{
    kill_keeper();
    start_keeper();
    SL_CHECK_INT(leaks, 0);
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    SL_RUN(test_the_stage);
    SL_RUN(test_no_cheap_proof);
    SL_RUN(test_the_key_signs_digests_only);
    SL_RUN(test_nonsense_ends_only_that_gate);
    SL_RUN(test_no_body_that_can_change);
    SL_RUN(test_a_damaged_journal_ends_only_that_gate);
    SL_RUN(test_a_journal_spends_nothing);
    SL_RUN(test_no_secret_came_through);
    EVP_PKEY_free(tls_key);
    return end_play();
}
