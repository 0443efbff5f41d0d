/* People who sign in through an issuer, between the first step and the session.
 *
 * In memory only: a keeper that ends forgets them, and the person begins again. What the browser or
 * the command line holds is a secret of ours; state, nonce and verifier never leave but in the
 * address that the person is sent to. A flow ends once: with a session, or with a reason.
 */
#ifndef SL_ROLE_KEEPER_FLOWS_H
#define SL_ROLE_KEEPER_FLOWS_H

#include "role/keeper/call.h"
#include "role/keeper/issuers.h"
#include "role/keeper/limits.h"

enum flow_kind { FLOW_CODE = 1, FLOW_DEVICE };
enum flow_phase {
    FLOW_OPEN,  /* the person is at the provider */
    FLOW_ASKED, /* the provider is asked for the token, or for the codes of a device */
    FLOW_KEYS,  /* the token is here, the key that signed it is not */
    FLOW_SHOWN, /* of an account to be linked: it is known, and shown to the person */
    FLOW_OVER,
};
enum {
    FLOW_FRESH_S = 300, /* how old a fresh sign-in at the provider may be */
    FLOW_LIFE_S = 600,
};
enum { FLOW_TEXT = SL_OIDC_VERIFIER + 1, FLOW_ADDRESS = 80 };

/* Whoever is signed in links an account (call_link.c): for whom, and what came of it. */
struct flow_link {
    struct sl_buf session, identity; /* of the console; nobody else goes on with it */
    struct sl_buf subject, name, team;
};

struct flow {
    struct flow *next;
    uint64_t id, issuer; /* issuer: its number */
    enum flow_kind kind;
    enum flow_phase phase;
    bool test;               /* opens nothing: issuer.test */
    bool fresh;              /* the person signs in anew, with more than one factor */
    uint8_t hash[SL_SHA256]; /* of the secret that its holder has */
    char state[FLOW_TEXT], nonce[FLOW_TEXT], verifier[FLOW_TEXT];
    char address[FLOW_ADDRESS]; /* whence it began: the place */
    unsigned calls;             /* to the provider; a code's is one, and ends it */
    struct sl_buf back;         /* where the browser goes afterwards */
    struct sl_buf device_code, token;
    uint64_t expires_us, interval_us, next_us; /* monotonic; the device's pace */
    struct late late;                          /* who waits for an answer now */
    bool waits;
    uint8_t device[SL_SHA256]; /* of the browser that began it; and its secret, where it had none */
    struct sl_buf device_made;
    struct flow_link *link; /* NULL: it is a sign-in */
};

#define FLOW_PREFIX "slf_"
/* NULL: too many are under way, in all or from this address. Its secret into `secret`. */
struct flow *flow_new(struct keeper *k, const struct issuer *i, enum flow_kind kind,
                      struct sl_span address, struct sl_buf *secret);
struct flow *flow_of(struct keeper *k, struct sl_span secret, enum flow_kind kind);
struct flow *flow_by_id(struct keeper *k, uint64_t id);
/* The account that waits for this console session's yes; NULL: none. */
struct flow *flow_shown_to(struct keeper *k, struct sl_span session);
/* Those that this console session began and that wait for nobody's answer. */
void flows_end_links(struct keeper *k, struct sl_span session);
void flow_end(struct keeper *k, struct flow *f);

/* --- signin.c -----------------------------------------------------------------------------------
 */
void signin_refuse(struct call *c, enum sl_oidc_reason reason, struct sl_span more);
/* The same, in the ledger by the reason's name, and the next attempt waits. */
void signin_failed(struct call *c, enum sl_oidc_reason reason, struct sl_span more);
/* The same of a flow, which may be about an account to be linked. */
void flow_failed(struct call *c, const struct flow *f, enum sl_oidc_reason reason,
                 struct sl_span more);
bool signin_may_try(struct call *c); /* else the answer is made */
/* call_signin.c: where the browser goes, and the flow's secret. */
void signin_tell_begun(struct call *c, const struct issuer *i, const struct flow *f,
                       const struct sl_buf *secret);
/* The issuer that the body names, known and with keys; NULL: the answer is made, or c->wait_for is
 * set. */
struct issuer *signin_issuer(struct call *c, bool sign_in);
/* Who we are there; false: its secret is not here, and the answer is made. */
bool signin_client(struct call *c, struct issuer *i, struct sl_oidc_client *out);
/* May this flow, and whoever comes with it, cause one more call to the provider? Asked before each.
 */
bool signin_may_call(const struct call *c, struct flow *f) SL_MUST_CHECK;
/* Asks the provider and wipes what is sent; c is answered when it has answered. */
void flow_post(struct keeper *k, struct flow *f, const struct issuer *i, struct sl_span url,
               struct sl_buf *form, struct sl_buf *authorization, fetch_fn *fn);
void flow_defer(struct call *c, struct flow *f);
struct call flow_take_late(struct keeper *k, struct flow *f);
void flow_end_refused(struct keeper *k, struct flow *f, enum sl_oidc_reason reason,
                      struct sl_span more);

/* --- call_device.c: a device begins, and is asked about; `test`: for issuer.test, which opens
 * nothing. */
void device_begin(struct call *c, bool test);
void device_poll(struct call *c, bool test);
void flow_tell_pending(struct call *c, const struct flow *f);

/* --- call_link.c: the provider has said who this is. */
void link_arrived(struct keeper *k, struct flow *f, const struct issuer *i,
                  const struct sl_oidc_claims *claims);

/* --- flow_token.c --------------------------------------------------------------------------------
 */
fetch_fn flow_on_token; /* the token endpoint has answered */
/* The token is here, or the keys that it waited for are. */
void flow_check_token(struct keeper *k, struct flow *f);

#endif
