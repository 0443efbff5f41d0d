/* Identity providers as the keeper knows them: what they say about themselves and their keys, the
 * accounts of our identities there, and people and programs who sign in.
 *
 * Calls go out through the courier and come back as events of the loop, so what needs one is
 * answered late: a message that has to wait for an issuer's keys is kept and handled once more
 * (issuer_wait), a call of the desk keeps its number (struct late). Nothing waits without an end:
 * a call that the courier does not answer fails, and so does what waits for it.
 *
 * Everything fails closed. An issuer whose keys are older than `keys_max_stale` signs nobody in; a
 * key that is not in the newest set is not known; without the courier nothing new is learnt.
 */
#ifndef SL_ROLE_KEEPER_ISSUERS_H
#define SL_ROLE_KEEPER_ISSUERS_H

#include "core/oidc/job.h"
#include "core/oidc/oidc.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"

/* --- fetches.c: calls through the courier ----------------------------------------------------- */
struct fetched {
    uint32_t status; /* 0: no answer; `why` says why */
    struct sl_span body, why;
    uint64_t max_age_s, retry_after_s;
    bool uncalled; /* status 0, and nobody was called: the courier is not there, went, or may not */
};
enum { COURIER_ISSUERS, COURIER_HOOKS, COURIER_CHAT }; /* their indexes */
struct fetch_request {
    uint32_t courier;             /* which of them calls */
    struct sl_span issuer;        /* its name in the configuration */
    struct sl_span url, form;     /* form: POST it; empty: GET */
    struct sl_span authorization; /* value of that header; empty: none */
    /* To a hook, which `issuer` names: POST (SEND, without a type) this, with these headers. To a
     * chat: POST, or GET without a type, or `method`. */
    struct sl_span body, content_type, method;
    struct sl_span headers[3]; /* whole lines; empty: none */
};
/* `of`: what the answer is about, by number: it may be gone when the answer comes. Called once,
 * from the loop and never from within fetch_begin. */
typedef void fetch_fn(struct keeper *k, uint64_t of, const struct fetched *got);
void fetch_begin(struct keeper *k, const struct fetch_request *r, fetch_fn *fn, uint64_t of);
void fetches_sweep(struct keeper *k);                  /* those that nobody answers any more */
void fetches_lost(struct keeper *k, uint32_t courier); /* it is gone */
void fetches_free(struct keeper *k);
void on_fetched(struct peer *p, const struct sl_msg_fetched *m);

/* --- issuers.c ----------------------------------------------------------------------------------
 */
struct issuer {
    struct issuer *next;
    uint64_t id; /* never given to another */
    const struct sl_issuer *config;
    struct sl_buf url; /* the same issuer after a reload? */
    struct sl_arena *mem;
    struct sl_oidc_provider provider; /* in mem */
    bool known;                       /* provider is filled in */
    struct sl_oidc_keys *keys;
    uint64_t fresh_us, due_us,
        asked_us;        /* monotonic; when keys get stale, are due, were asked for */
    uint64_t fetched_us; /* when keys came, as people tell time */
    bool asking;
    char why[240]; /* what went wrong last; empty: nothing */
    struct sl_buf secret;
    bool secret_known;
    uint64_t secret_call;
    struct waiting *waiting; /* messages, oldest first */
    size_t waiting_count;
};
void issuers_take(struct keeper *k); /* as k->config names them; at the start and after a reload */
void issuers_free(struct keeper *k);
void issuers_courier_here(struct keeper *k);
void issuers_tick(struct keeper *k); /* each second: what is due is asked for */
struct issuer *issuer_named(struct keeper *k,
                            struct sl_span name); /* empty: the only one that signs in */
struct issuer *issuer_by_id(struct keeper *k, uint64_t id);
struct issuer *issuer_of_iss(struct keeper *k, struct sl_span iss);
bool issuer_ready(const struct issuer *i); /* known, and its keys may be believed */
/* Why it is not ready, for people. */
void issuer_say_why(const struct issuer *i, struct sl_buf *text);
/* May its keys be asked for (again), or are they on their way already? Once in 30 s. */
bool issuer_may_ask(const struct keeper *k, const struct issuer *i);
void issuer_ask(struct keeper *k, struct issuer *i);
/* Keeps the message until the keys have come, or did not; false: there is no room. Then it is
 * handled once more, and finds k->settled set: it does not wait again. */
bool issuer_wait(struct keeper *k, struct issuer *i, const struct peer *p, enum sl_message type,
                 const struct sl_buf *message) SL_MUST_CHECK;
bool issuer_secret_came(struct keeper *k, const struct sl_msg_secret *m); /* false: not ours */
void issuer_secret_ask(struct keeper *k, struct issuer *i, bool again);

/* --- accounts.c ---------------------------------------------------------------------------------
 */
struct account {
    struct sl_span issuer, subject, credential, identity;
    uint64_t since_us, issued_s; /* issued_s: of the newest token seen */
};
/* Was there ever one of this subject? A second identity for the same person would be a stranger to
 * what the first one owns and asks (P4), so nobody but an operator makes one. */
bool account_was(struct keeper *k, struct sl_span issuer, struct sl_span subject);
enum sl_err account_get(struct keeper *k, struct sl_span issuer, struct sl_span subject,
                        struct account *out) SL_MUST_CHECK;
/* The account that this credential stands for; SL_ENOTFOUND: none, or it is over. */
enum sl_err account_of(struct keeper *k, struct sl_span credential, struct account *out)
    SL_MUST_CHECK;
/* Its credential's id into `id`. SL_ESTATE: the account is somebody's already. */
enum sl_err account_link(struct keeper *k, const struct person *who, struct sl_span issuer,
                         struct sl_span subject, struct maker by, struct sl_buf *id) SL_MUST_CHECK;
/* By the caller themselves, who proved to the issuer that it is theirs; `vouched`: by a passkey
 * that signed `document`, NULL where they have none. SL_ESTATE as above. */
struct allowed;
enum sl_err account_link_own(struct call *c, struct sl_span issuer, struct sl_span subject,
                             const struct allowed *vouched, struct sl_span document,
                             struct sl_buf *id) SL_MUST_CHECK;
/* Was it ever another identity's? */
bool account_was_others(struct keeper *k, struct sl_span issuer, struct sl_span subject,
                        struct sl_span identity);
/* Ends what came from it: memberships, sessions, unspent votes and questions. */
void account_unlink(struct keeper *k, const struct account *a, const struct maker *by);
/* Would its end take memberships away that the configuration says something about? Adds their names
 * to the list. */
bool account_end_leaves_named(struct keeper *k, const struct account *a, json_t *about);
/* The first part of its end alone. What one approval lets happen stands together in the ledger: so
 * that of several accounts comes first of all. */
void account_leave_groups(struct keeper *k, const struct account *a, const struct maker *by);
/* --- account_groups.c --- */
/* Who says what comes from this issuer: "issuer:NAME". */
struct maker account_said_by(struct keeper *k, const struct sl_issuer *i);
/* Memberships that come from this account become what its token says, unless a newer one said
 * otherwise. SL_ELIMIT: more than can be recorded. */
enum sl_err account_groups(struct keeper *k, const struct account *a, const struct issuer *i,
                           const struct sl_oidc_claims *claims) SL_MUST_CHECK;
/* The same from somebody who is asked directly (SCIM). */
void account_groups_set(struct keeper *k, const struct account *a, const struct maker *by,
                        const struct sl_names *wanted);
/* The name of an identity to be made for this subject, which nobody has: of nobody's choice. */
bool account_name(struct keeper *k, const struct issuer *i, struct sl_span subject,
                  struct sl_buf *name) SL_MUST_CHECK;
/* What the provider calls the person, for people to read: it is shown beside the name, and nothing
 * is looked up by it. Empty: what it was stays. */
void account_display(struct keeper *k, struct sl_span identity, struct sl_span text);
/* A human of the issuer's who has no account here yet becomes an identity with one. */
enum sl_err account_provision(struct keeper *k, const struct issuer *i,
                              const struct sl_oidc_claims *claims, struct account *out)
    SL_MUST_CHECK;
/* May whoever comes by this credential add another way to decide ("A passkey is enrolled", "An
 * account is linked")? Through a provider only after a fresh sign-in with more than one factor;
 * else the answer is made. */
bool account_may_add(struct call *c, const char *what);
json_t *accounts_json(struct keeper *k, struct sl_span identity);
/* What our groups are of theirs. */
enum sl_err issuer_groups(struct keeper *k, const struct sl_issuer *i,
                          const struct sl_oidc_claims *claims, struct sl_names *out) SL_MUST_CHECK;

/* --- tokens.c: tokens of others, to ask with -----------------------------------------------------
 */
bool token_is_jwt(struct sl_span token); /* by its form: two dots; none of ours has one */
struct token_seen {
    enum sl_oidc_reason reason;
    struct credential with; /* of the account, and only for asking; with the token's end */
    struct person who;
    struct asked_for others; /* of a job: who set it going; of one who acts: for whom */
    struct issuer *wait_for; /* not NULL: handle the message again when this issuer is settled */
    struct issuer *issuer;   /* may be NULL */
};
/* True: reason is YES and the person is active. */
bool token_ask(struct keeper *k, struct sl_span token, struct token_seen *seen) SL_MUST_CHECK;
void tokens_forget(struct keeper *k); /* no cached answer counts any more */

/* --- jobs.c: jobs of CI systems
 * ------------------------------------------------------------------ */
/* Which identity the job is, and who set it going. YES, or why not. */
enum sl_oidc_reason job_ask(struct keeper *k, const struct sl_issuer *i,
                            const struct sl_oidc_claims *claims, struct account *account,
                            struct asked_for *others) SL_MUST_CHECK;
/* acting.c: a token with `act`: the account of whoever acts now, and who else has a part in it.
 * YES, or why not. */
enum sl_oidc_reason acting_ask(struct keeper *k, const struct sl_issuer *i,
                               const struct sl_oidc_claims *claims, struct account *account,
                               struct asked_for *others) SL_MUST_CHECK;
/* Of an account at a CI system: a job's, which the configuration links, or a person's? */
bool job_is_subject(const struct sl_issuer *i, struct sl_span subject);
/* The account is a job's: what ends it is the configuration. Else the next token would bring it
 * back. */
bool job_is_account(struct keeper *k, const struct account *a);
#define JOB_REFUSED_TITLE "A job of the configuration"
#define JOB_REFUSED_DETAIL "Jobs of a CI system are linked by `jobs` of its issuer, when they come."
/* Accounts of jobs that the configuration has no more are unlinked, and sessions of issuers that it
 * has no more end. */
void jobs_reload(struct keeper *k);

/* --- flows.c: people who sign in
 * ------------------------------------------------------------------ */
void flows_free(struct keeper *k);
void flows_sweep(struct keeper *k);
void flows_settled(struct keeper *k, const struct issuer *i); /* its keys came, or did not */

#endif
