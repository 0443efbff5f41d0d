/* Is this a passkey's yes to exactly what we asked? Verifies a WebAuthn assertion (W3C Web
 * Authentication Level 3, section 7.2), pure: bytes in, a reason out.
 *
 * The caller brings what was agreed on before: the key (SubjectPublicKeyInfo and algorithm as they
 * were at enrolment; nothing in an assertion chooses them), the challenge, the relying party's id,
 * and the origins of its pages. An assertion is what a browser's `navigator.credentials.get` gives:
 * clientDataJSON, authenticatorData and signature, each as bytes.
 *
 * What holds after SL_WEBAUTHN_YES: whoever holds the private key touched the authenticator and was
 * verified by it (PIN, finger, face), on a page of one of those origins that is not framed by
 * another origin, for this very challenge. It does not say what that page showed.
 *
 * clientDataJSON is parsed with our strict reader, never compared: a duplicate key, a number that
 * is not exact or a byte behind it refuses it; members that we do not know are allowed, as browsers
 * add such. The challenge is compared as bytes. authenticatorData must be exactly its 37 bytes: no
 * extension and no attested key belongs into an assertion that we asked for, and unknown flags are
 * refused.
 *
 * Disadvantages: no attestation (which make of authenticator it is nobody proves; `device-bound` is
 * the authenticator's own word, by the flag BE), no CBOR, so no extensions. The counter says
 * something only of authenticators that count: most passkeys say 0 for ever.
 */
#ifndef SL_CORE_WEBAUTHN_WEBAUTHN_H
#define SL_CORE_WEBAUTHN_WEBAUTHN_H

#include "base/buf.h"
#include "crypto/crypto.h"

enum {
    SL_WEBAUTHN_ID_MAX = 256, /* bytes of a credential's id; the standard allows 1,023 */
    SL_WEBAUTHN_CLIENT_DATA_MAX = 4096,
    SL_WEBAUTHN_SIGNATURE_MAX = 512, /* RSA of 4,096 bits */
    SL_WEBAUTHN_AUTHENTICATOR_DATA = 37,
    SL_WEBAUTHN_CHALLENGE_BYTES = 32,
};

#define SL_WEBAUTHN_REASONS(X)                                                                    \
    X(YES, "the passkey's signature is right")                                                    \
    X(CLIENT_DATA_SIZE, "the client data is empty or too long")                                   \
    X(CLIENT_DATA, "the client data is not a JSON object without doubt")                          \
    X(TYPE, "it was signed for something else than a passkey's assertion")                        \
    X(CHALLENGE, "it was signed for another challenge")                                           \
    X(ORIGIN, "it was signed on a page of another origin")                                        \
    X(CROSS_ORIGIN, "it was signed in a frame inside a page of another origin")                   \
    X(DATA, "the authenticator data is not the 37 bytes that an assertion has")                   \
    X(FLAGS, "the authenticator data has flags that do not belong there")                         \
    X(RP_ID, "it was signed for another relying party")                                           \
    X(USER_PRESENT, "nobody touched the authenticator")                                           \
    X(USER_VERIFIED, "the authenticator did not verify who touched it")                           \
    X(BACKUP, "the passkey says otherwise than at its enrolment whether it can leave its device") \
    X(KEY, "the key is not one of its algorithm")                                                 \
    X(SIGNATURE, "the signature is wrong")                                                        \
    X(COUNTER, "the passkey's counter went back: there may be a copy of it")

enum sl_webauthn_reason {
#define SL_WEBAUTHN_REASON(name, text) SL_WEBAUTHN_##name,
    SL_WEBAUTHN_REASONS(SL_WEBAUTHN_REASON)
#undef SL_WEBAUTHN_REASON
        SL_WEBAUTHN_REASON_COUNT
};
const char *sl_webauthn_reason_text(enum sl_webauthn_reason reason);
const char *sl_webauthn_reason_name(enum sl_webauthn_reason reason); /* "ORIGIN", for records */

struct sl_webauthn_key {
    int64_t algorithm;    /* SL_ALGORITHM_* */
    struct sl_span spki;  /* DER */
    bool is_new;          /* at enrolment: nothing below is known yet */
    bool backup_eligible; /* BE as at enrolment: it may be copied to other devices */
    uint32_t counter;     /* the largest that was seen */
};

struct sl_webauthn_wanted {
    struct sl_span challenge; /* SL_WEBAUTHN_CHALLENGE_BYTES */
    struct sl_span rp_id;     /* "sluice.example" */
    /* "https://sluice.example:8443". NULL: any that may speak for rp_id (an auditor does not know
     * the configuration of that day). */
    const struct sl_span *origins;
    size_t origin_count;
};

struct sl_webauthn_assertion {
    struct sl_span client_data, authenticator_data, signature;
};

struct sl_webauthn_seen {
    bool backup_eligible, backed_up;
    uint32_t counter;
};

/* YES, or the first thing that is wrong. *seen is filled in with YES and with COUNTER, which is the
 * last to be looked at: all else is right then, and a caller may decide to report it only. */
enum sl_webauthn_reason sl_webauthn_check(const struct sl_webauthn_key *key,
                                          const struct sl_webauthn_wanted *wanted,
                                          const struct sl_webauthn_assertion *assertion,
                                          struct sl_webauthn_seen *seen);

/* Which challenge the client data speaks of, to find what was asked with it; nothing is verified.
 * false: none that can be read. */
bool sl_webauthn_challenge(struct sl_span client_data,
                           uint8_t challenge[SL_WEBAUTHN_CHALLENGE_BYTES]) SL_MUST_CHECK;

/* May a page of this origin ask for passkeys of rp_id: is it https (or http on localhost), and its
 * host the same or below? Not looked at: whether rp_id is a public suffix, which browsers refuse.
 */
bool sl_webauthn_origin_fits(struct sl_span origin, struct sl_span rp_id);
/* The host that a browser would take passkeys for, of a URL such as "https://sluice.example:8443/":
 * SL_EUNSUPPORTED for plain http elsewhere than on localhost, and for an IP address; SL_EMALFORMED.
 */
enum sl_err sl_webauthn_rp_of(struct sl_span url, struct sl_span *rp_id) SL_MUST_CHECK;

#endif
