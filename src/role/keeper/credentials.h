/* Secrets that stand for an identity: tokens to ask with, credentials to decide with, and the codes
 * that they are claimed with. They are kept as hashes, and shown once to whoever claims them.
 */
#ifndef SL_ROLE_KEEPER_CREDENTIALS_H
#define SL_ROLE_KEEPER_CREDENTIALS_H

#include "core/ledger/entry.h"
#include "role/keeper/people.h"
#include "json/json.h"

struct keeper;

#define TOKEN_PREFIX "slt_"
#define CREDENTIAL_PREFIX "sld_"
#define CODE_PREFIX "slc_"
#define SESSION_PREFIX "sls_"
#define SESSION_CODE_PREFIX "slb_"
#define LOGIN_PREFIX "sll_" /* a session too, but one that no browser has */
struct credential {
    struct sl_span id, identity, issuer;
    struct sl_span session; /* the console session that stands for it; empty: it came itself */
    bool deciding, over;
    uint64_t since_us, expires_us;
    /* of a decision, when a passkey of this person signed it too */
    struct sl_span passkey; /* its id; empty: none */
    bool device_bound;
    uint64_t passkey_since_us;
};
/* By the secret itself; SL_ENOTFOUND. `over` says that it is revoked or expired. */
enum sl_err credential_find(struct keeper *k, struct sl_span secret, struct credential *out)
    SL_MUST_CHECK;
enum sl_err credential_by_id(struct keeper *k, struct sl_span id, struct credential *out)
    SL_MUST_CHECK;
/* Who has a part in what this credential asks, beside those that are there: for whom its holder
 * acts, and who made it. */
void credential_asks_for(struct keeper *k, struct sl_span id, struct asked_for *others);
/* A usable deciding credential of this identity that is older than `before_us`. */
bool credential_deciding(struct keeper *k, struct sl_span identity, uint64_t before_us,
                         struct credential *out);
struct maker {
    struct sl_span issuer, os_user; /* issuer: identity, may be empty */
    struct sl_span approval, why;   /* govern.c: who let it happen, or why nobody had to */
    struct sl_span channel;         /* empty: the control socket */
    struct sl_names on_behalf_of;   /* of an asking token: for whom its holder acts */
};
enum sl_err credential_make(struct keeper *k, const struct person *who, bool deciding,
                            uint64_t expires_us, struct maker by, struct sl_span invitation,
                            struct sl_buf *secret, struct sl_buf *id) SL_MUST_CHECK;
enum sl_err invitation_make(struct keeper *k, const struct person *who, struct maker by,
                            struct sl_buf *code) SL_MUST_CHECK;
void credential_revoke(struct keeper *k, const struct credential *c, struct sl_span by);
void roster_leaf(struct keeper *k, json_t *event, const struct sl_entry_roster *e);
/* A new secret: the prefix and 256 bits from the kernel, in base64url. */
void secret_make(struct sl_buf *out, const char *prefix);
/* Who is behind an operating system user, as far as an identity says so. */
struct sl_span issuer_of(struct keeper *k, struct sl_span os_user);

#endif
