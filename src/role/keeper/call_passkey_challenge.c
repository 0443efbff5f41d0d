#include "role/keeper/call_passkey_int.h"

#include "base/encode.h"
#include "role/keeper/issuers.h"
#include "role/keeper/keeper_int.h"

/* The challenge that is signed to enrol or to remove a passkey: what is wanted, looked at before
 * anybody is asked to sign it. */

struct wish {
    bool enrol;
    struct sl_span key_text, key, spki;
    int64_t algorithm;
};

static bool bytes_of(struct call *c, const char *key, struct sl_span *out)
{
    SL_BUF(bytes, 1024);

    if (sl_base64url_get(&bytes, call_str(c, key)) != SL_OK)
        return false;
    *out = sl_arena_copy(c->keeper->mem, sl_buf_span(&bytes));
    return out->n > 0;
}

/* One key is one person's, for good: also an id or a key that was removed is not taken again. */
static bool may_enrol(struct call *c, struct wish *w)
{
    w->algorithm = json_integer_value(json_object_get(c->body, "algorithm"));
    if (!bytes_of(c, "public_key", &w->spki) || !sl_public_key_fits(w->algorithm, w->spki)) {
        call_problem(c, 400, "Not a key",
                     "public_key must be a SubjectPublicKeyInfo in base64url, as getPublicKey() "
                     "gives it, for algorithm -7 (ES256), -8 (EdDSA) or -257 (RS256).",
                     "");
        return false;
    }
    if (passkey_known(c->keeper, w->key_text, w->spki)) {
        call_problem(c, 409, "Known already", "This passkey is, or was, somebody's already.",
                     "Make a new one.");
        return false;
    }
    return true;
}

static bool read_wish(struct call *c, struct wish *w)
{
    struct sl_span purpose = call_str(c, "purpose");

    *w = (struct wish){.enrol = sl_span_is(purpose, "enrol"), .key_text = call_str(c, "key")};
    if ((!w->enrol && !sl_span_is(purpose, "remove")) || !bytes_of(c, "key", &w->key) ||
        w->key.n > SL_WEBAUTHN_ID_MAX) {
        call_problem(c, 400, "What for?",
                     "purpose must be \"enrol\" or \"remove\", key the passkey's id in base64url.",
                     "");
        return false;
    }
    struct passkey p;
    return w->enrol ? may_enrol(c, w) : passkey_own(c, w->key_text, &p);
}

static void put_document(struct call *c, const struct wish *w, uint64_t expires_us,
                         struct sl_buf *out)
{
    struct sl_passkey_challenge p = {.purpose = call_str(c, "purpose"),
                                     .identity = c->who.name,
                                     .key = w->key};

    challenge_frame(c->keeper, expires_us, &p.frame);
    if (w->enrol) {
        p.rp_id = c->keeper->config->settings.passkey_rp_id;
        p.algorithm = sl_span_str(sl_passkey_algorithm_name(w->algorithm));
        p.public_key = w->spki;
    }
    sl_passkey_challenge_put(out, &p);
}

void call_PASSKEY_CHALLENGE(struct call *c)
{
    struct wish w;
    struct passkey *list;
    uint8_t challenge[SL_SHA256];
    uint64_t expires_us = challenge_expires_us(0);
    SL_BUF(document, SL_ENTRY_MAX);

    if (!passkeys_here(c) || !read_wish(c, &w) ||
        (w.enrol && !account_may_add(c, "A passkey is enrolled")))
        return;
    put_document(c, &w, expires_us, &document);
    sl_passkey_challenge_of(sl_buf_span(&document), challenge);
    struct challenge_made made = {.kind = CHALLENGE_PASSKEY,
                                  .identity = c->who.name,
                                  .document = sl_buf_span(&document),
                                  .challenge = challenge,
                                  .expires_us = expires_us};
    made.allow_count = passkeys_mine(c, &list);
    made.allow = list;
    if (sl_buf_err(&document) != SL_OK || challenge_keep(c->keeper, &made) != SL_OK)
        call_problem(c, 500, "No challenge", "The challenge could not be made.", "");
    else
        c->reply = challenge_json(c, &made);
}
