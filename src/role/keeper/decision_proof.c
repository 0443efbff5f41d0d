#include "role/keeper/keeper_int.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/decision.h"
#include "role/keeper/passkeys.h"

/* What a person signs, and whether they did. The document is written here and kept here; what comes
 * back is compared with it member for member, and the signature is verified before anything else
 * about the decision counts. A desk that changes a word of it has a decision that nobody signed. */

struct sl_span decision_reason(struct call *c)
{
    return sl_utf8_head(call_str(c, "reason"), DECISION_REASON_BYTES);
}

uint64_t decision_rows(const struct call *c)
{
    uint64_t rows = 0;

    return sl_json_u64(c->body, "rows", &rows) ? rows : 0;
}

/* --- the challenge --- */

/* What speaks against another one of theirs is the better reason than that there is none. */
static void with_one_that_does_not_fit(struct call *c)
{
    struct passkey *all;
    size_t count = passkeys_of(c->keeper, c->who.name, &all);

    for (size_t i = 0; i < count; i++)
        if (all[i].removed_us == 0 &&
            sl_span_eq(all[i].rp_id, c->keeper->config->settings.passkey_rp_id)) {
            credential_with_passkey(&c->with, &all[i]);
            return;
        }
}

static size_t those_that_fit(struct call *c, const struct approval *a, struct passkey **out)
{
    struct passkey *all;
    size_t count = passkeys_of(c->keeper, c->who.name, &all), fit = 0;

    for (size_t i = 0; i < count; i++)
        if (passkey_fits(c->keeper, &all[i], a->asked_us, a->device_bound))
            all[fit++] = all[i];
    *out = all;
    return fit;
}

static void put_document(struct call *c, const struct approval *a, uint64_t expires_us,
                         struct sl_buf *out)
{
    struct sl_approval_challenge d = {.approval = a->id,
                                      .approver = c->who.name,
                                      .decision = call_str(c, "decision"),
                                      .action_digest = a->digest,
                                      .reason = decision_reason(c),
                                      .rows = decision_rows(c)};

    challenge_frame(c->keeper, expires_us, &d.frame);
    sl_approval_challenge_put(out, &d);
}

static void tell_challenge(struct call *c, const struct approval *a, const struct passkey *allow,
                           size_t allow_count)
{
    uint64_t expires_us = challenge_expires_us(a->expires_us);
    uint8_t challenge[SL_SHA256];
    SL_BUF(document, SL_ENTRY_MAX);

    put_document(c, a, expires_us, &document);
    sl_approval_challenge_of(sl_buf_span(&document), challenge);
    struct challenge_made made = {.kind = CHALLENGE_DECISION,
                                  .identity = c->who.name,
                                  .challenge = challenge,
                                  .expires_us = expires_us,
                                  .allow = allow,
                                  .allow_count = allow_count};
    challenge_tell(c, &document, &made);
}

/* The same questions as for the decision itself, so that nobody signs what could not count. */
void call_DECISION_CHALLENGE(struct call *c)
{
    APPROVAL(a);
    struct passkey *allow;
    struct decision_right by = {0};

    if (!passkeys_here(c) || !decision_read(c, &a))
        return;
    size_t count = those_that_fit(c, &a, &allow);
    if (count > 0)
        credential_with_passkey(&c->with, &allow[0]);
    else
        with_one_that_does_not_fit(c);
    enum sl_decide_reason reason = decision_may(c, &a, &by);
    if (reason != SL_DECIDE_YES)
        decision_refuse(c, &a, reason);
    else if (count == 0)
        call_problem(c, 409, "No passkey",
                     "You have no passkey that was there when this was asked.",
                     "Enrol one; it counts for what is asked afterwards.");
    else
        tell_challenge(c, &a, allow, count);
}

/* --- the proof --- */

static bool is_what_was_signed(struct call *c, const struct approval *a, struct sl_span document)
{
    json_t *said = NULL;
    uint64_t rows = 0;
    SL_BUF(digest, 128);

    if (sl_json_read(document, &said, NULL) != SL_OK)
        return false;
    sl_hex_put(&digest, sl_span(a->digest, sizeof a->digest));
    sl_json_u64(said, "rows", &rows);
    bool same = sl_span_eq(sl_json_str(said, "approval"), a->id) &&
                sl_span_eq(sl_json_str(said, "action_digest"), sl_buf_span(&digest)) &&
                sl_span_eq(sl_json_str(said, "approver"), c->who.name) &&
                sl_span_eq(sl_json_str(said, "decision"), call_str(c, "decision")) &&
                sl_span_eq(sl_json_str(said, "reason"), decision_reason(c)) &&
                rows == decision_rows(c);
    json_decref(said);
    return same;
}

static bool read_assertion(struct call *c, struct decision_proof *p)
{
    if (!assertion_read(c->keeper, json_object_get(c->body, "passkey"), &p->by)) {
        call_problem(c, 400, "Not an assertion",
                     "passkey must be {key, client_data, authenticator_data, signature}, each in "
                     "base64url.",
                     "");
        return false;
    }
    if (passkey_get(c->keeper, p->by.key_text, &p->passkey) == SL_OK &&
        p->passkey.removed_us == 0 && sl_span_eq(p->passkey.identity, c->who.name))
        return true;
    call_problem(c, 403, "Not your passkey", "You have no passkey of this id.", "");
    json_put_str(c->reply, "reason", SL_SPAN("KEY"));
    return false;
}

static bool check(struct call *c, struct decision_proof *p)
{
    uint8_t challenge[SL_SHA256];

    sl_approval_challenge_of(p->document, challenge);
    enum sl_webauthn_reason reason =
        assertion_check(c->keeper, &p->by, &p->passkey, false, challenge, &p->seen);
    if (reason != SL_WEBAUTHN_YES)
        assertion_refused(c, reason);
    return reason == SL_WEBAUTHN_YES;
}

bool decision_proof(struct call *c, const struct approval *a, struct decision_proof *p)
{
    *p = (struct decision_proof){.given = json_object_get(c->body, "passkey") != NULL};
    if (!p->given)
        return true;
    if (!passkeys_here(c) || !read_assertion(c, p))
        return false;
    if (!assertion_challenge(c->keeper, &p->by, CHALLENGE_DECISION, c->who.name, &p->document) ||
        !is_what_was_signed(c, a, p->document)) {
        challenge_unknown(c);
        return false;
    }
    if (!check(c, p))
        return false;
    credential_with_passkey(&c->with, &p->passkey);
    p->entry = assertion_entry(&p->by, p->document);
    return true;
}

void decision_proof_event(const struct decision_proof *p, json_t *event)
{
    if (!p->given)
        return;
    event_str(event, "passkey", p->passkey.id);
    event_u64(event, "counter", p->seen.counter);
    event_bool(event, "backed_up", p->seen.backed_up);
}
