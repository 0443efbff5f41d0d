/* Passkeys of people, the challenges that they sign, and what was signed (WebAuthn).
 *
 * A challenge is good once, for one person and one purpose; the document is the keeper's own.
 */
#ifndef SL_ROLE_KEEPER_PASSKEYS_H
#define SL_ROLE_KEEPER_PASSKEYS_H

#include "core/approval/challenge.h"
#include "core/ledger/entry.h"
#include "core/webauthn/webauthn.h"
#include "crypto/crypto.h"
#include "role/keeper/credentials.h"
#include "json/json.h"

struct keeper;
struct call;
struct approval;

enum { PASSKEYS_LISTED = 10000 };
struct passkey {
    struct sl_span id, identity, rp_id, spki, credential; /* id: base64url */
    struct sl_span name;                                  /* as its person calls it, or empty */
    int64_t algorithm;
    bool backup_eligible, backed_up;
    enum vouched {
        BY_PASSKEY,
        BY_CREDENTIAL,
        BY_PERSON
    } vouched; /* credential: and nothing else */
    uint32_t counter;
    uint64_t since_us, removed_us;
};
enum sl_err passkey_get(struct keeper *k, struct sl_span id, struct passkey *out) SL_MUST_CHECK;
/* Of one identity, or of all when it is empty; those that were removed last. */
size_t passkeys_of(struct keeper *k, struct sl_span identity, struct passkey **out);
bool passkey_fits(struct keeper *k, const struct passkey *p, uint64_t asked_us, bool device_bound);
/* One of this identity that could sign a decision about what was asked then. */
bool passkey_for(struct keeper *k, struct sl_span identity, uint64_t asked_us, bool device_bound,
                 struct passkey *out);
bool passkey_is_young(const struct passkey *p, uint64_t at_us);
void credential_with_passkey(struct credential *c, const struct passkey *p);
json_t *passkey_json(const struct passkey *p);
/* Is or was it anybody's? */
bool passkey_known(struct keeper *k, struct sl_span id, struct sl_span spki);

/* A challenge is taken once, for what it was made for, by whom it was made for. */
enum challenge_kind { CHALLENGE_DECISION = 1, CHALLENGE_PASSKEY };
struct challenge_made {
    enum challenge_kind kind;
    struct sl_span identity, document;
    const uint8_t *challenge; /* 32 */
    uint64_t expires_us;
    const struct passkey *allow; /* that may sign it */
    size_t allow_count;
};
bool challenge_take(struct keeper *k, enum challenge_kind kind, struct sl_span identity,
                    const uint8_t bytes[SL_SHA256], struct sl_span *document) SL_MUST_CHECK;
uint64_t challenge_expires_us(uint64_t latest_us); /* 0: no latest */
void challenge_frame(struct keeper *k, uint64_t expires_us, struct sl_challenge_frame *out);
void challenges_free(struct keeper *k);

/* An assertion as a caller sends it; bytes in k->mem. */
struct assertion {
    struct sl_span key_text, key;
    struct sl_webauthn_assertion is;
};
bool assertion_read(struct keeper *k, const json_t *from, struct assertion *out) SL_MUST_CHECK;
/* Takes the challenge that it was signed for. */
bool assertion_challenge(struct keeper *k, const struct assertion *a, enum challenge_kind kind,
                         struct sl_span identity, struct sl_span *document) SL_MUST_CHECK;
enum sl_webauthn_reason assertion_check(struct keeper *k, const struct assertion *a,
                                        const struct passkey *p, bool is_new,
                                        const uint8_t challenge[SL_SHA256],
                                        struct sl_webauthn_seen *seen) SL_MUST_CHECK;
struct sl_entry_proof assertion_entry(const struct assertion *a, struct sl_span document);

/* call_passkeys.c: those of the caller that count here and now. */
size_t passkeys_mine(struct call *c, struct passkey **out);
/* One that the caller has already vouches for something (`existing` of the body): read it, take the
 * challenge (assertion_challenge), look at what the document says, then check the signature. False:
 * the answer is made. */
struct allowed {
    struct assertion by;
    struct passkey passkey;
    struct sl_webauthn_seen seen;
};
bool passkey_vouch_read(struct call *c, struct allowed *out) SL_MUST_CHECK;
bool passkey_vouch_check(struct call *c, struct allowed *by, struct sl_span document) SL_MUST_CHECK;
/* What the view takes from it; NULL: none vouched. */
void passkey_event_used(json_t *event, const struct allowed *by);

/* call_passkey_enrol.c: recording one that was looked at. */
struct enrolment {
    const struct passkey *passkey; /* its `vouched` counts */
    struct sl_entry_proof possession;
    const struct sl_entry_proof *allowed; /* by another passkey, or NULL */
    struct sl_span by, credential, channel, approval;
    struct sl_span allowed_id;
    uint32_t allowed_counter;
    bool allowed_backed_up;
};
void passkey_record(struct keeper *k, const struct enrolment *e);
/* call_passkey_second.c: one that a second person has to vouch for. */
bool passkey_needs_second(struct call *c, bool is_first);
void passkey_ask_second(struct call *c, const struct passkey *p, const struct assertion *by_new,
                        struct sl_span document);
/* After an approval has moved: what it let in is enrolled. */
void passkey_decided(struct keeper *k, struct approval *a);

/* Answers to a caller. */
bool passkeys_here(struct call *c); /* else the answer is made */
void assertion_refused(struct call *c, enum sl_webauthn_reason reason);
void challenge_unknown(struct call *c);
/* Keeps what was made of `document` and answers with it, or with why it could not be. */
void challenge_tell(struct call *c, const struct sl_buf *document, struct challenge_made *made);
/* One for the caller's own passkeys: of `p` all but the frame is filled in. */
void challenge_tell_mine(struct call *c, struct sl_passkey_challenge *p);

#endif
