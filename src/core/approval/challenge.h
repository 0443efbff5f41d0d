/* What a passkey signs: documents in canonical JSON, and the challenge that is their SHA-256.
 *
 *   decision       SHA-256("sluice/approval/v1\n" || document)
 *   enrol, remove, link  SHA-256("sluice/passkey/v1\n" || document)
 *
 * The keeper writes the document, and nobody else: a browser is told the challenge, and the
 * document to show. The ledger keeps it beside the assertion, so that an auditor computes the same
 * challenge with the same function (docs/passkeys.md has the members, and an example to the last
 * byte).
 *
 * A challenge is good once, for one person, until `expires`. `log` is the last signed checkpoint at
 * that moment: what a person signs says which history it stands in, so a ledger that was written
 * anew does not fit the signatures that its readers kept.
 */
#ifndef SL_CORE_APPROVAL_CHALLENGE_H
#define SL_CORE_APPROVAL_CHALLENGE_H

#include "crypto/crypto.h"

enum { SL_CHALLENGE_NONCE = 32 };

/* What all have. */
struct sl_challenge_frame {
    uint64_t expires_us;
    struct sl_span origin; /* of the log */
    uint64_t size;
    const uint8_t *root;  /* 32 */
    const uint8_t *nonce; /* SL_CHALLENGE_NONCE random bytes */
};

struct sl_approval_challenge {
    struct sl_challenge_frame frame;
    struct sl_span approval, approver, decision; /* decision: "approve" or "deny" */
    const uint8_t *action_digest;                /* 32 */
    struct sl_span reason;                       /* the person's own words */
    uint64_t rows;                               /* how many rows may pass; 0: no number */
};
void sl_approval_challenge_put(struct sl_buf *document, const struct sl_approval_challenge *c);
void sl_approval_challenge_of(struct sl_span document, uint8_t challenge[SL_SHA256]);

struct sl_passkey_challenge {
    struct sl_challenge_frame frame;
    struct sl_span purpose;                      /* "enrol", "remove" or "link" */
    struct sl_span identity;                     /* whose passkey or account it is */
    struct sl_span key;                          /* enrol, remove: its id */
    struct sl_span issuer, subject;              /* link: the account, `iss` and `sub` exactly */
    struct sl_span rp_id, algorithm, public_key; /* enrol: "ES256", SubjectPublicKeyInfo */
};
void sl_passkey_challenge_put(struct sl_buf *document, const struct sl_passkey_challenge *c);
void sl_passkey_challenge_of(struct sl_span document, uint8_t challenge[SL_SHA256]);

/* "ES256" and so on; NULL, 0: not one that passkeys may have. */
const char *sl_passkey_algorithm_name(int64_t algorithm);
int64_t sl_passkey_algorithm_of(struct sl_span name);

/* What an approval of protocol "sluice" gives as its reason when a second person vouches for a
 * passkey: an auditor finds the key in it. */
#define SL_PASSKEY_ENROL_REASON "enrol the passkey %S"

#endif
