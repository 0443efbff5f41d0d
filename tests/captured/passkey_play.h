/* People with passkeys in software, in the keeper's world: what a browser would do, and what a desk
 * in hostile hands can do with it on the way. */
#ifndef SL_TESTS_PASSKEY_PLAY_H
#define SL_TESTS_PASSKEY_PLAY_H

#include "tests/captured/captured.h"
#include "tests/unit/soft_authenticator.h"

struct soft_passkey {
    struct soft_key key;
    char id[64];
    uint8_t flags;
    uint32_t counter;
    const char *origin, *rp_id;
};

static inline struct soft_passkey passkey_new(uint8_t flags)
{
    struct soft_passkey p = {.key = soft_key_new(SL_ALGORITHM_ES256),
                             .flags = flags,
                             .origin = "https://sluice.example",
                             .rp_id = "sluice.example"};
    uint8_t hash[SL_SHA256];
    SL_BUF(id, 128);

    sl_sha256(p.key.spki, hash);
    sl_base64url_put(&id, sl_span(hash, 16));
    keep_text(p.id, sizeof p.id, sl_buf_text(&id));
    return p;
}

static inline void passkey_drop(struct soft_passkey *p)
{
    soft_key_free(&p->key);
}

/* {'key':..,'client_data':..,'authenticator_data':..,'signature':..} */
static void put_assertion(struct sl_buf *out, struct soft_passkey *p, const char *challenge)
{
    SL_BUF(bytes, 256);

    SL_PROMISE(sl_base64url_get(&bytes, sl_span_str(challenge)) == SL_OK);
    struct soft_says says = soft_says(sl_buf_span(&bytes));
    says.flags = p->flags;
    says.origin = p->origin;
    says.rp_id = p->rp_id;
    says.counter = p->counter == 0 ? 0 : p->counter++;
    struct soft_signed s = soft_assertion(&p->key, &says);
    sl_buf_say(out, "{'key':'%s','client_data':'", p->id);
    sl_base64url_put(out, sl_buf_span(&s.client_data));
    sl_buf_put_str(out, "','authenticator_data':'");
    sl_base64url_put(out, sl_buf_span(&s.authenticator_data));
    sl_buf_put_str(out, "','signature':'");
    sl_base64url_put(out, sl_buf_span(&s.signature));
    sl_buf_put_str(out, "'}");
    soft_signed_done(&s);
}

/* --- enrolling --- */

static uint32_t ask_to_enrol(const char *credential, const struct soft_passkey *p, char *challenge)
{
    SL_BUF(body, 4096);

    sl_buf_say(&body, "{'purpose':'enrol','key':'%s','algorithm':-7,'public_key':'", p->id);
    sl_base64url_put(&body, p->key.spki);
    sl_buf_put_str(&body, "'}");
    uint32_t status = call_as(play.desk, "passkey.challenge", credential, sl_buf_text(&body));
    keep_text(challenge, SECRET_BYTES, said("challenge"));
    return status;
}

static uint32_t enrol_with(const char *credential, struct soft_passkey *p, const char *challenge,
                           struct soft_passkey *existing)
{
    SL_BUF(body, 32 * 1024);

    sl_buf_put_str(&body, "{'possession':");
    put_assertion(&body, p, challenge);
    if (existing != NULL) {
        sl_buf_put_str(&body, ",'existing':");
        put_assertion(&body, existing, challenge);
    }
    sl_buf_put_str(&body, "}");
    return call_as(play.desk, "passkey.enrol", credential, sl_buf_text(&body));
}

static uint32_t enrol(const char *credential, struct soft_passkey *p, struct soft_passkey *existing)
{
    char challenge[SECRET_BYTES];

    SL_CHECK_INT(ask_to_enrol(credential, p, challenge), 200);
    return enrol_with(credential, p, challenge, existing);
}

/* Another person is to say yes to it; the reply is the approval. */
static inline uint32_t enrol_by_second(const char *credential, struct soft_passkey *p)
{
    char challenge[SECRET_BYTES];
    SL_BUF(body, 32 * 1024);

    SL_CHECK_INT(ask_to_enrol(credential, p, challenge), 200);
    sl_buf_put_str(&body, "{'second':true,'possession':");
    put_assertion(&body, p, challenge);
    sl_buf_put_str(&body, "}");
    return call_as(play.desk, "passkey.enrol", credential, sl_buf_text(&body));
}

/* --- deciding --- */

static uint32_t ask_to_decide(const char *credential, const struct held *h, const char *decision,
                              char *challenge)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'id':'%s','decision':'%s','digest':'%s','reason':'looked at it'}",
               h->approval, decision, h->digest_hex);
    uint32_t status = call_as(play.desk, "decision.challenge", credential, sl_buf_text(&body));
    keep_text(challenge, SECRET_BYTES, said("challenge"));
    return status;
}

struct sent {
    const char *decision, *reason, *more; /* more: ",'rows':5" */
};

static uint32_t decide_with(const char *credential, const struct held *h, struct sent sent,
                            struct sl_span assertion)
{
    SL_BUF(body, 32 * 1024);

    sl_buf_say(&body,
               "{'id':'%s','decision':'%s','digest':'%s','reason':'%s'%s,'passkey':", h->approval,
               sent.decision, h->digest_hex, sent.reason, sent.more);
    sl_buf_put(&body, assertion);
    sl_buf_put_str(&body, "}");
    return call_as(play.desk, "decision", credential, sl_buf_text(&body));
}

static const struct sent yes = {"approve", "looked at it", ""};

/* The whole way, as an honest desk goes it. */
static uint32_t decide_by_passkey(const char *credential, const struct held *h,
                                  struct soft_passkey *p)
{
    char challenge[SECRET_BYTES];
    SL_BUF(assertion, 16 * 1024);

    uint32_t status = ask_to_decide(credential, h, "approve", challenge);
    if (status != 200)
        return status;
    put_assertion(&assertion, p, challenge);
    return decide_with(credential, h, yes, sl_buf_span(&assertion));
}

#endif
