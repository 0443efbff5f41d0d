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

void call_PASSKEY_CHALLENGE(struct call *c)
{
    struct wish w;

    if (!passkeys_here(c) || !read_wish(c, &w) ||
        (w.enrol && !account_may_add(c, "A passkey is enrolled")))
        return;
    struct sl_passkey_challenge p = {.purpose = call_str(c, "purpose"),
                                     .identity = c->who.name,
                                     .key = w.key};
    if (w.enrol) {
        p.rp_id = c->keeper->config->settings.passkey_rp_id;
        p.algorithm = sl_span_str(sl_passkey_algorithm_name(w.algorithm));
        p.public_key = w.spki;
    }
    challenge_tell_mine(c, &p);
}
