/* The keeper from the inside: one process, one loop, one writer of the ledger.
 *
 * A message comes in, its handler reads the view, records events (store.h), and puts its answers
 * into the peer's outbox. Before the loop sleeps everything recorded in that batch is committed
 * once, and only then do the outboxes go out: nobody hears of what a crash could take back.
 */
#ifndef SL_ROLE_KEEPER_KEEPER_INT_H
#define SL_ROLE_KEEPER_KEEPER_INT_H

#include "base/arena.h"
#include "base/map.h"
#include "core/approval/approval.h"
#include "core/approval/challenge.h"
#include "core/ledger/entry.h"
#include "core/ledger/journal.h"
#include "core/policy/labels.h"
#include "core/webauthn/webauthn.h"
#include "crypto/crypto.h"
#include "os/channel.h"
#include "os/clock.h"
#include "os/log.h"
#include "role/keeper/limits.h"
#include "role/keeper/methods.h"
#include "role/keeper/store.h"

enum {
    MAX_GATES = 16,
    ACTION_ARENA_BYTES = 256 * 1024 * 1024,
    JOURNAL_EVERY_MS = 50,
    CHECKPOINT_EVERY_MS = 1000,
    CONSOLE_SWEEP_EVERY = 10, /* checkpoints */
    NAG_EVERY = 3600,         /* checkpoints: of what waits for a review */
    SETTLE_EVERY = 300,       /* checkpoints: then the ledger may let go of old log segments */
    DEADLINES_EVERY_MS = 100,
    OFFER_WAIT_US = 300, /* how long the sync of a decision waits for its spend to share it */
};

/* The other end of a channel. */
struct peer {
    struct keeper *keeper;
    enum sl_role role;
    uint32_t index;
    bool signing; /* a gate's signing channel: answered at once, nothing else allowed */
    struct sl_channel *channel;
    struct sl_buf outbox;   /* answers that wait for the commit */
    struct sl_span os_user; /* control: decimal uid of the caller */
    char os_user_text[24];
    uint64_t labels_told; /* of a gate: the last LABEL_FLOW that is in the map */
    bool ended;
    uint64_t serial; /* never given to another */
    struct peer *next;
};

/* A gate's journal as the keeper reads it. */
struct journal {
    struct sl_journal ring;
    size_t mapped;
    uint64_t at, released, generation;
    bool open, bad; /* bad: found damaged before there was a supervisor to tell */
};

/* A client's session on a gate. Strings live in the same block of memory. */
struct session {
    uint64_t id, since_us;
    uint32_t gate;
    enum sl_identity_kind kind;
    struct sl_span identity, owner, target, environment, protocol, upstream_user, credential;
    struct sl_span started_by, unknown, job, link; /* as struct asked_for has them */
    struct sl_span acts_for; /* the same of on_behalf_of by its token, with a line end between */
    bool ending;
};

/* A client that waits for an approval, oldest first. */
struct waiter {
    char approval[37];
    uint64_t session, action;
    uint32_t gate, generation; /* of the policy under which it asked */
    uint64_t label_version;    /* the same of the labels */
    bool offered;
    bool withdrawn; /* its journal says that it will not run; that it left is still on its way */
    struct sl_buf meaning; /* encoded, to judge it again when the policy is another */
    struct waiter *next;
};

/* An approval that is spent and whose outcome is due. */
struct running {
    char approval[37];
    uint8_t proofs; /* for its elevated login, so far */
    bool list;      /* its statements have intents of their own, it has an outcome alone */
};

/* A login half way through SCRAM. */
struct exchange;
/* A login secret of a target that was asked for, or is known. */
struct upstream_secret;

struct keeper {
    struct sl_loop *loop;
    struct peer *peers;
    struct peer *super;
    struct sl_config *config;
    uint32_t generation, gates;
    struct store store;
    struct sl_arena *mem;      /* reset after each message */
    struct deciders *deciders; /* eligible.c: who could decide, as it was last looked up */
    struct sl_map *sessions;
    uint64_t next_session;
    struct waiter *waiters;
    struct journal journals[MAX_GATES];
    struct sl_map
        *running; /* session+action of spent approvals whose outcome is due -> struct running */
    struct sl_map
        *open; /* session+action of recorded actions whose outcome is due -> its gate + 1 */
    struct sl_label_map *labels; /* derived ones: labels.c */
    uint64_t label_version, label_pending;
    struct drain *drain; /* working memory of the journals' reader */
    struct exchange *exchanges;
    struct upstream_secret *secrets;
    uint64_t next_call, next_event;
    struct limits limits;
    struct console *console;
    struct sl_tls_key *tls_key;
    struct sl_timer *journal_timer, *checkpoint_timer, *deadline_timer, *backlog_timer;
    struct sl_signal *term;
    struct sl_watch *control;
    int control_fd;
    struct peer *offered; /* the gate that was just offered a grant: wait for its spend, briefly */
    bool offline, draining, important; /* important: sign a checkpoint soon */
    char *state_dir;
    struct policy_change *change;
    struct openlineage *openlineage; /* NULL: nobody wants run events */
    struct sign_in_failures *failures;
    struct challenges *challenges; /* challenges.c */
    struct scim_settler *settler;  /* scim_settle.c */
    struct issuer *issuers;        /* issuers.h, all that follows */
    struct fetch *fetches;
    struct flow *flows;
    struct sl_oidc_cache *tokens;
    uint64_t next_peer, next_issuer, next_flow, token_generation;
    bool settled; /* messages that waited for an issuer are handled again: none waits once more */
    uint64_t drained_actions, started_us, checkpoints, signed_us; /* signed_us: the last one */
    struct costlies *costlies;                                    /* costly.c; NULL: offline */
    struct shadow_job *shadow;    /* call_shadow.c: NULL when nobody tries a policy */
    struct tries *tries;          /* call_policy.c */
    struct metrics_text *metrics; /* what was told last, for a moment */
    json_t *canaries; /* an object for each target whose canary was tried: what it met last */
    json_t *programs; /* as the supervisor last told: pid, state, restarts of each */
    json_t
        *listings[MAX_GATES]; /* as each gate last told: is its listing of each target current? */
};

/* --- peers.c: channels and the batch ---------------------------------------------------------- */
enum sl_err peer_new(struct keeper *k, int fd, enum sl_role role, uint32_t index, struct peer **out)
    SL_MUST_CHECK;
struct peer *peer_find(struct keeper *k, enum sl_role role, uint32_t index);
struct peer *peer_by_serial(struct keeper *k, uint64_t serial); /* NULL: gone */
void peer_accuse(struct keeper *k, enum sl_role role, uint32_t index, const char *why);
void peers_free(struct keeper *k);
void keeper_before_sleep(void *owner);
void keeper_on_backlog(void *owner);
/* Into the outbox; goes out after the commit. */
#define ANSWER(peer, name, ...)                                \
    do {                                                       \
        struct sl_msg_##name answer_message = {__VA_ARGS__};   \
        sl_msg_##name##_put(&(peer)->outbox, &answer_message); \
    } while (0)
/* To the gate of this index, if it is there. */
#define ANSWER_GATE(k, gate, name, ...)                                  \
    do {                                                                 \
        struct peer *answer_peer = peer_find((k), SL_ROLE_GATE, (gate)); \
        if (answer_peer != NULL)                                         \
            ANSWER(answer_peer, name, __VA_ARGS__);                      \
    } while (0)
void keeper_packet(void *owner, struct sl_channel *c, struct sl_packet *packet);
_Noreturn void keeper_die(const char *what, enum sl_err why);
/* Tells the desk that an approval changed. */
void keeper_event(struct keeper *k, const char *kind, struct sl_span approval,
                  enum sl_approval_state state);

/* --- people.c: identities as the view has them, in k->mem ---------------------------------------
 */
struct person {
    struct sl_span name, owner, status, person, os_user, salt;
    struct sl_span display; /* what their provider calls them, to be shown; may be empty */
    enum sl_identity_kind kind;
    uint64_t since_us;
    uint64_t active_since_us; /* switched on again, after it was off; 0: never off */
    struct sl_names groups;
    struct sl_membership *memberships; /* groups.count of them */
};
enum sl_err person_get(struct keeper *k, struct sl_span name, struct person *out) SL_MUST_CHECK;
/* The same without groups: of whoever has more than a person may have, who does nothing here, and
 * must be switched off all the same. */
enum sl_err person_plain(struct keeper *k, struct sl_span name, struct person *out) SL_MUST_CHECK;
bool person_active(const struct person *p);
/* Who else had a part in what is asked. Whoever brings more of them (a token's `act` claim: see
 * acting.c) adds to `on_behalf_of`: the set only ever grows by it. */
struct asked_for {
    struct sl_span trigger;    /* started the run, by the asker's own word; may be empty */
    struct sl_span started_by; /* the same, by a CI system's word: an identity */
    /* Of a job of a CI system that somebody started who is not known here: "github:actor_id:12",
     * which is no identity; the same of a chain of those who act. Then each rule needs two people
     * (job_need). */
    struct sl_span unknown;
    struct sl_span job, link;     /* which job, and where its log is: for people */
    struct sl_names on_behalf_of; /* for whom the asker acts */
    struct sl_span token_by;      /* who made the token that asks: an identity, or empty */
    struct sl_span os_user;       /* who sits at the shell, as a number */
};
/* The requester set (P4): everybody of SL_REQUESTER_ROLES. Sorted by name, no doubles. `others` may
 * be NULL. SL_ELIMIT: too many; then nothing may be asked. */
enum sl_err requesters_of(struct keeper *k, const struct person *who,
                          const struct asked_for *others, struct sl_requester **out, size_t *count)
    SL_MUST_CHECK;
/* A set as it was asked with, and whoever has been bound to somebody in it since. */
enum sl_err requesters_now(struct keeper *k, struct sl_requester **items, size_t *count)
    SL_MUST_CHECK;
/* How many people must say yes where a rule asks for `need`. */
uint32_t job_need(const struct asked_for *others, uint32_t need);
/* By the configuration's `roles`; humans only. */
enum person_role { PERSON_ADMIN = 1, PERSON_AUDITOR };
bool person_has_role(const struct keeper *k, const struct person *who, enum person_role role);
struct sl_span person_of(struct keeper *k, struct sl_span name); /* its `person`, or the name */
/* Copies the list for each name: for a handful. */
void names_add(struct sl_arena *mem, struct sl_names *names, struct sl_span name);
/* For lists of whatever length; zeroed, it is empty. */
struct name_list {
    struct sl_names names;
    size_t room;
};
void name_list_add(struct sl_arena *mem, struct name_list *l, struct sl_span name);
struct sl_entry_list entry_list(struct sl_names names);
struct sl_names requester_names(struct keeper *k, const struct sl_requester *r, size_t count);

/* --- credentials.c ------------------------------------------------------------------------------
 */
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
struct asked_for;
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

/* --- console.c: a person signed in to the console -------------------------------------------
 *
 * A console session is a secret of its own that stands for one deciding credential, which is looked
 * at each time: whatever ends the credential ends its sessions. How long it lives: console_life.h.
 */
struct console; /* codes that may be used, and when each session was last used: in memory only */
enum sl_err console_new(struct keeper *k) SL_MUST_CHECK;
void console_free(struct keeper *k);
/* A code for this credential; an earlier one is void. */
void console_code_make(struct keeper *k, const struct credential *c, struct sl_buf *code,
                       uint64_t *expires_us);
/* Whose code it was; spent by this. SL_ENOTFOUND. */
enum sl_err console_code_spend(struct keeper *k, struct sl_span code, struct credential *out)
    SL_MUST_CHECK;
void console_open(struct keeper *k, const struct credential *c, const char *prefix,
                  const uint8_t *device, struct sl_buf *secret, struct sl_buf *id,
                  uint64_t *expires_us);
/* device.c: the browser that the body's "device" names, by the hash of its secret; a new one (its
 * secret into `made`) where it names none. NULL as `device` above: it is no browser. */
#define DEVICE_PREFIX "slv_"
struct call;
void device_take(struct call *c, uint8_t hash[SL_SHA256], struct sl_buf *made);
void device_tell(struct call *c, const struct sl_buf *made);
/* The credential that this session stands for, `over` when either is. SL_ENOTFOUND. */
enum sl_err console_find(struct keeper *k, struct sl_span secret, struct credential *out)
    SL_MUST_CHECK;
enum sl_err console_by_id(struct keeper *k, struct sl_span id, struct credential *out)
    SL_MUST_CHECK;
void console_end(struct keeper *k, const struct credential *c, struct sl_span by,
                 struct sl_span channel, const char *why);
/* All of this person's, and the codes that would begin one: whoever is switched off signs in anew
 * when they are back. */
void console_end_of(struct keeper *k, struct sl_span identity, struct sl_span by,
                    struct sl_span channel, const char *why);
void console_touch(struct keeper *k, const struct credential *c);
/* The session began with a fresh sign-in with more than one factor. In memory: a new keeper asks
 * for another one. */
void console_fresh(struct keeper *k, struct sl_span session);
bool console_is_fresh(struct keeper *k, const struct credential *c); /* ten minutes ago at most */
/* Records the end of sessions that are over without anybody saying so. */
void console_sweep(struct keeper *k);
/* Of an account whose issuer the configuration does not name any more: nobody signs in by its word,
 * and who did is signed out. accounts.c */
bool account_is_stranded(struct keeper *k, struct sl_span credential);
uint64_t console_idle_us(struct keeper *k, const struct credential *c); /* when it would end */
struct call;
struct approval;
/* --- passkeys.c, challenges.c -------------------------------------------------------------------
 */
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
enum sl_err challenge_keep(struct keeper *k, const struct challenge_made *made) SL_MUST_CHECK;
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

/* call_passkeys.c: recording one that was looked at. */
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

/* --- call_questions.c: what is asked back while an action waits
 * -----------------------------------
 */
enum { SAID_BYTES = 1000, SAID_MOST = 20 }; /* one text; of one approval */
struct call;
struct approval;
/* "messages", and whether the caller may add one. */
void said_put(struct call *c, json_t *out, const struct approval *a);
/* An answer of somebody in the requester set, who came by this channel with this credential. NULL,
 * or why not. */
struct speaker {
    struct sl_span name, credential, channel;
};
const char *answer_give(struct keeper *k, const struct approval *a, const struct speaker *who,
                        struct sl_span text) SL_MUST_CHECK;
void on_action_answer(struct peer *p, const struct sl_msg_action_answer *m);

/* --- call_decision.c, decision_proof.c -----------------------------------------------------------
 */
struct call;
struct approval;
enum { DECISION_REASON_BYTES = 4000 };
struct decision_proof {
    bool given;
    struct assertion by;
    struct passkey passkey;
    struct sl_webauthn_seen seen;
    struct sl_span document;
    struct sl_entry_proof entry;
};
/* The approval that the body names, when the body is a decision about what it is; else the answer
 * is made. The caller frees *a in any case. */
bool decision_read(struct call *c, struct approval *a) SL_MUST_CHECK;
void decision_tried_asking(struct call *c);
void decision_refuse(struct call *c, const struct approval *a, enum sl_decide_reason reason);
struct sl_span decision_reason(struct call *c);
uint64_t decision_rows(const struct call *c);
bool decision_breaks_glass(struct call *c); /* alone: glass.c */
/* *may: the rules that a vote would count for; untouched where the glass is broken. */
enum sl_decide_reason decision_may(struct call *c, const struct approval *a, uint32_t *may);
/* What the body's passkey signed: none, or exactly this decision; else the answer is made.
 * Afterwards c->with says that a passkey signed. */
bool decision_proof(struct call *c, const struct approval *a, struct decision_proof *p)
    SL_MUST_CHECK;
void decision_proof_event(const struct decision_proof *p, json_t *event);

/* --- login.c, sessions.c ------------------------------------------------------------------------
 */
void on_login_token(struct peer *p, const struct sl_msg_login_token *m);
void on_login_scram(struct peer *p, const struct sl_msg_login_scram *m);
void on_login_proof(struct peer *p, const struct sl_msg_login_proof *m);
void exchanges_free(struct keeper *k, struct peer *of); /* NULL: all */
struct session *session_get(struct keeper *k, uint32_t gate, uint64_t id);
struct session_facts {
    struct sl_span target, address;
    uint64_t conn;
    bool tls;
    struct sl_span server_signature;
    struct asked_for others;
};
/* Who else had a part in what this session asks. */
struct asked_for session_others(struct keeper *k, const struct session *s);
void session_open(struct peer *p, const struct person *who, const struct credential *with,
                  const struct session_facts *facts);
void on_session_closed(struct peer *p, const struct sl_msg_session_closed *m);
void session_end(struct keeper *k, struct session *s, const char *why);
void sessions_end_of(struct keeper *k, struct sl_span identity, struct sl_span credential,
                     const char *why);
/* After a reload: those that `access` would not let in any more. */
void sessions_end_refused(struct keeper *k);
void sessions_forget_gate(struct keeper *k, uint32_t gate, uint64_t before_us, const char *why);
enum sl_err sessions_load(struct keeper *k) SL_MUST_CHECK;
void sessions_free(struct keeper *k);
void sign_in_failed(struct keeper *k, struct sl_span user, struct sl_span target,
                    struct sl_span address, const char *why);
void sign_in_failures_flush(struct keeper *k);
/* False: {identity} gives no plain role name. */
bool login_user_of(const struct sl_login *login, const struct person *who, struct sl_buf *user);
bool upstream_user_of(struct keeper *k, const struct sl_target *target, const struct person *who,
                      struct sl_buf *user);

/* --- upstream.c ---------------------------------------------------------------------------------
 */
void on_upstream_scram(struct peer *p, const struct sl_msg_upstream_scram *m);
void on_upstream_md5(struct peer *p, const struct sl_msg_upstream_md5 *m);
void on_secret(struct peer *p, const struct sl_msg_secret *m);
void on_sign(struct peer *p, const struct sl_msg_sign *m);
void secrets_free(struct keeper *k);
void secrets_forget_peer(struct keeper *k, const struct peer *p);

/* --- approval.c: an approval as the view has it, in k->mem --------------------------------------
 */
struct vote_row {
    struct sl_span identity, person, decision, reason, channel, credential;
    uint32_t may;
    uint64_t at_us;
    struct sl_span passkey; /* its id; empty: none signed */
};
struct approval {
    struct sl_span id, identity, target, environment, protocol, detail_text, why, outcome;
    struct sl_span action; /* the document; empty: it is large, and lies by itself, or erased */
    struct sl_span brief;  /* of a large one: JSON, brief.h */
    uint64_t large_bytes;  /* 0: it is not large */
    enum sl_approval_state state;
    uint64_t asked_us, expires_us, grant_ttl_ms, grant_expires_us, closed_us, session, gate_action;
    uint8_t digest[32], salt[32], join_key[32];
    bool passkey, device_bound;
    json_t *detail;                  /* approval_done */
    struct sl_requester *requesters; /* as it was asked, and digested */
    size_t requester_count;
    struct sl_requester
        *barred; /* with whoever has been bound to them since: none of them decides */
    size_t barred_count;
    struct sl_reviewers *requirements;
    struct sl_span *rules; /* the name of each requirement's rule */
    size_t requirement_count;
    struct vote_row *votes;
    size_t vote_count;
};
enum sl_err approval_get(struct keeper *k, struct sl_span id, struct approval *out) SL_MUST_CHECK;
void approval_done(struct approval *a);
/* The document that is digested, of a large approval too; NULL: erased. The caller lets it go. */
json_t *approval_document(struct keeper *k, const struct approval *a) SL_MUST_CHECK;
bool approval_erased(const struct approval *a);
struct sl_names names_of_json(struct keeper *k, const json_t *array); /* texts live in the array */
/* Reads these one after another, each with memory of its own: what one of them says can be long. */
void approvals_each(struct keeper *k, const struct sl_span *ids, size_t count,
                    void (*each)(void *owner, struct approval *a), void *owner);
#define APPROVAL(name) __attribute__((cleanup(approval_done))) struct approval name = {0}
size_t approval_yes(struct keeper *k, const struct approval *a, struct sl_vote **out);
/* Everything about the question but who decides, and the two about that: sl_decide_check is asked
 * with these and nothing else. */
struct sl_decide_question approval_question(struct keeper *k, const struct approval *a,
                                            enum sl_decide_channel channel);
struct sl_decider decider_of(struct keeper *k, const struct person *who);
struct sl_decide_credential decides_with(struct keeper *k, const struct credential *with);
/* Records the move with its leaf, tells desk. Fills a->state. SL_ESTATE when there is no such move.
 */
struct move {
    enum sl_approval_event on;
    struct sl_span by, channel, reason;
    uint64_t session, action;
};
enum sl_err approval_move(struct keeper *k, struct approval *a, const struct move *m) SL_MUST_CHECK;
/* Moves it and tells every client that waits for it why. */
void approval_end(struct keeper *k, struct approval *a, const struct move *m);
enum sl_decide_reason approval_may(struct keeper *k, const struct approval *a,
                                   const struct person *who, const struct credential *with,
                                   enum sl_decide_channel channel, uint32_t *may);
/* Everybody whose yes counted could still say it: active, credential not revoked, still a reviewer.
 */
bool approval_votes_stand(struct keeper *k, const struct approval *a);
void deadlines_sweep(struct keeper *k);
void approvals_kill_of(struct keeper *k, struct sl_span identity, const char *why);
/* Also what still waits for others: which yes was whose is not known any more. */
void approvals_kill_by_yes(struct keeper *k, struct sl_span approver, const char *why);
void grants_kill_by(struct keeper *k, struct sl_span approver, const char *why);
void grants_kill_by_passkey(struct keeper *k, struct sl_span passkey, const char *why);
void reviewers_text(struct sl_buf *b, const struct sl_reviewers *r, size_t count);

/* --- waiters.c ----------------------------------------------------------------------------------
 */
struct waiter *waiter_add(struct keeper *k, const struct session *s, uint64_t action,
                          struct sl_span approval, struct sl_span meaning);
struct waiter *waiter_find(struct keeper *k, uint32_t gate, uint64_t action);
void waiter_remove(struct keeper *k, struct waiter *w);
void waiter_withdraw(struct keeper *k, uint32_t gate, uint64_t action);
size_t waiters_of_session(struct keeper *k, uint64_t session);
size_t waiters_of(struct keeper *k, struct sl_span approval);
/* A NOTICE for every client that waits for it. */
void waiters_tell(struct keeper *k, const struct approval *a, struct sl_span who,
                  struct sl_span text);
void waiters_refuse(struct keeper *k, const struct approval *a, struct sl_span who, const char *why,
                    const char *hint);
/* Offers an approved action to the oldest waiter that is still there. */
void waiters_offer(struct keeper *k, const struct approval *a);
void waiters_ask_again(struct keeper *k, struct sl_span approval);
void waiters_drop_session(struct keeper *k, uint64_t session);

/* --- action.c: what a gate asks -----------------------------------------------------------------
 */
void on_action_propose(struct peer *p, const struct sl_msg_action_propose *m);
void on_action_spend(struct peer *p, const struct sl_msg_action_spend *m);
void on_list_ask(struct peer *p, const struct sl_msg_list_ask *m);
void on_action_left(struct peer *p, const struct sl_msg_action_left *m);

/* --- labels.c: labels that follow the data
 * --------------------------------------------------------
 */
void labels_load(struct keeper *k);
void labels_greet(struct keeper *k, struct peer *gate); /* the map, first on its channel */
void on_label_flow(struct peer *p, const struct sl_msg_label_flow *m);
void on_label_gone(struct peer *p, const struct sl_msg_label_gone *m);
void on_label_stopped(struct peer *p, const struct sl_msg_label_stopped *m);
void labels_outcome(struct keeper *k, uint32_t gate, uint64_t session, uint64_t action,
                    uint8_t outcome);
void labels_txn(struct keeper *k, const struct sl_txn_record *r);
void labels_session_over(struct keeper *k, uint64_t session);
/* labels_recover.c: of an intent that a crash left in a journal. */
void labels_recover(struct keeper *k, uint32_t gate, const struct sl_intent *in);
/* --- budget.c: what is left, and what is lent
 * ---------------------------------------------------
 */
void on_budget_ask(struct peer *p, const struct sl_msg_budget_ask *m);
void on_budget_return(struct peer *p, const struct sl_msg_budget_return *m);
/* What has been used of this rule's budget by this identity (or its owner), lent included. */
struct sl_budget_use budget_used(struct keeper *k, const struct person *who,
                                 const struct sl_target *target, const struct sl_rule *r);
/* Nobody will say any more what was used of its leases: all of it counts as used. */
void budgets_close(struct keeper *k, const struct session *s);
/* "500 of 500 rows in 1h", as it stands now. */
void budget_say_use(struct keeper *k, const struct session *s, const struct sl_rule *r,
                    struct sl_span run, struct sl_buf *out);

/* --- over.c: what goes beyond a budget
 * ----------------------------------------------------------
 */
struct over {
    bool is;             /* else nothing below counts */
    struct sl_span rule; /* whose budget; empty: the limit of labelled data */
    bool continues;      /* a statement that runs, and has delivered this much: */
    uint64_t delivered;
    uint64_t before;   /* rows that lie before these and count; SL_ROWS_UNKNOWN */
    uint64_t estimate; /* rows that the server expects in all, as reviewers see it; 0: none */
    uint64_t cap;      /* rows that a yes without a number lets pass, in all */
};
/* What an operation (canonical JSON) says about it, with what the gate shows beside it.
 * SL_EMALFORMED.
 */
enum sl_err over_read(struct keeper *k, const json_t *operation, struct sl_span show,
                      struct over *out) SL_MUST_CHECK;
/* "500 of about 48,000 rows delivered": for reviewers, or without the estimate. */
void over_say(const struct over *over, bool reviewer, struct sl_buf *text);

/* --- ask.c: making an approval ------------------------------------------------------------------
 */
struct ask {
    struct asked_for others;
    struct sl_span credential; /* it was asked with; empty: none */
    const struct person *who;
    const struct sl_target *target;
    const struct sl_meaning *meaning;
    struct sl_action
        action; /* all but identity, requesters, target, datasets, digest of rules, salt */
    struct sl_span show, encoded;  /* encoded: the meaning as it came */
    struct sl_span why, why_asker; /* in a sentence: for reviewers, for who asked */
    uint64_t now_us, session, gate_action;
    bool in_transaction;
    struct sl_span only; /* it joins this approval, or is refused; empty: any, or a new one */
    size_t list;         /* so many statements; 0: it is no list */
    struct over over;
    /* out */
    struct sl_answer answer;
    struct sl_requester *requesters;
    size_t requester_count;
    struct sl_reviewers *requirements;
    struct sl_span *requirement_rules; /* the name of the rule that asks for each */
    size_t requirement_count;
    struct sl_span proof_why;             /* where the default asks for a passkey, and no rule */
    struct sl_span runs_as, runs_as_user; /* the login that its rules elevate to; empty: none */
    const char *cannot_elevate;           /* why not, NULL when it can */
    uint8_t digest[32], join_key[32];
    const char *refusal, *hint; /* static or k->mem */
    char id[37];
    struct sl_span repeats;
    bool joined, joined_pending;
};
/* Judges the action again and fills in what only the keeper knows. */
enum sl_err ask_judge(struct keeper *k, struct ask *a) SL_MUST_CHECK;
/* Rows that the grant lets pass; 0: as policy says. */
uint64_t approval_cap(struct keeper *k, const struct approval *a);
/* SL_EDENIED with `refusal` when it cannot be held: no reason given, too few people, ... */
enum sl_err ask_hold(struct keeper *k, struct ask *a) SL_MUST_CHECK;
/* Effects, datasets, rules, reason: as ledger leaves carry them. */
void ask_put_facts(struct keeper *k, const struct ask *a, struct sl_buf *facts);
struct sl_span rule_names(struct keeper *k, const struct sl_answer *a);
struct sl_span approval_link(struct keeper *k, struct sl_span id);

/* --- list.c: lists of statements -----------------------------------------------------------------
 */
/* How many statements an operation lists; 0: it is none. SL_EMALFORMED. */
enum sl_err list_read(const json_t *operation, size_t *count) SL_MUST_CHECK;
void list_put_text(struct sl_buf *b, const json_t *operation); /* masked */
bool list_mask(json_t *operation); /* password literals; true: there were some */
bool approval_is_list(const struct approval *a);

/* --- again.c: what was approved, under the policy of now -----------------------------------------
 */
bool means_the_same(struct keeper *k, const struct approval *a, const struct person *who,
                    const struct sl_meaning *meaning);
bool same_policy(const struct keeper *k, const struct approval *a);
/* `meaning` is that of the approval's own document: its datasets carry the labels that it says. */
bool same_labels(struct keeper *k, const struct approval *a, const struct sl_meaning *meaning);

/* --- people who may decide ----------------------------------------------------------------------
 */
/* Could these requirements ever be met by people who exist now? */
struct proof_needed {
    bool passkey, device_bound;
};
bool enough_people(struct keeper *k, const struct sl_reviewers *requirements, size_t count,
                   const struct sl_requester *requesters, size_t requester_count,
                   struct proof_needed proof, uint64_t now_us);

/* --- journals.c ---------------------------------------------------------------------------------
 */
void journal_attach(struct keeper *k, uint32_t gate, int fd);
void journals_drain(struct keeper *k);
void journal_drain(struct keeper *k, uint32_t gate);
void journal_gone(struct keeper *k,
                  uint32_t gate); /* the gate died: what it had under way is unknown */
void journals_close(struct keeper *k);
/* This gate's process started then: what sessions older than that had under way is unknown. */
void journals_accuse(struct keeper *k); /* what was found bad before the supervisor could be told */
void journal_gate_started(struct keeper *k, uint32_t gate, uint64_t started_us);
void on_journal_kick(struct peer *p, const struct sl_msg_journal_kick *m);
void on_journal_sync(struct peer *p, const struct sl_msg_journal_sync *m);
void running_add(struct keeper *k, uint64_t session, uint64_t action, struct sl_span approval,
                 bool list);
struct running *running_of(struct keeper *k, uint64_t session, uint64_t action); /* NULL: not */
/* What became of an action that was held; nothing when it was not. `leaf` (may be NULL) tells the
 * world. */
bool outcome_of_held(struct keeper *k, const struct sl_outcome_record *r,
                     const struct sl_buf *leaf);
enum sl_err running_load(struct keeper *k) SL_MUST_CHECK;
void running_free(struct keeper *k);
/* The session is over, and its journal is read: what was spent and not said to have ended. */
void running_unknown_of(struct keeper *k, uint64_t session);
void journals_release(struct keeper *k); /* after the commit: what was read may be overwritten */

/* drain.c: one pass over what a gate has written since. False: the journal is damaged. */
bool drain_pass(struct keeper *k, uint32_t gate);
void drain_free(struct drain *d);
struct action_key {
    uint64_t session, action;
};
static inline struct sl_span key_span(const struct action_key *key)
{
    return sl_span(key, sizeof *key);
}
/* The compact state of a drain (view.h). */
void drained_state(struct sl_buf *b, uint32_t gate, const struct journal *j,
                   const struct action_key *opened, size_t opened_count,
                   const struct action_key *ended, size_t ended_count);

/* --- calls.c and call_*.c -----------------------------------------------------------------------
 */
struct call {
    const char *method; /* on the wire */
    struct keeper *keeper;
    struct sl_span provisions; /* with a provisioning credential: its issuer's `iss` */
    struct peer *peer;         /* NULL: offline */
    struct person who;
    struct credential with;
    struct asked_for others; /* by the word of its token */
    struct sl_span address;
    enum sl_decide_channel channel; /* how it came; from the desk: as the caller says */
    struct maker maker;             /* control: who sits there */
    const json_t *body;
    json_t *reply;
    uint32_t status;
    uint64_t number;         /* the caller's, of this call */
    bool deferred;           /* answered later: late_call */
    bool its_turn, queued;   /* costly.c */
    struct issuer *wait_for; /* handle the call again when this one is settled */
};
/* What a call that is answered later leaves behind. */
struct late {
    uint64_t peer, number;
    enum sl_decide_channel channel;
    char address[80];
};
void call_defer(struct call *c, struct late *late);
/* The call to be answered now; without a peer when the caller is gone. late_done answers it. */
struct call late_call(struct keeper *k, const struct late *late);
void late_done(struct call *c);
void on_call(struct peer *p, const struct sl_msg_call *m);
/* costly.c: questions that take long, and those that may be asked on and on, have their turn, one
 * after another, with time between them for everything else; a person has so many under way (429).
 */
enum sl_err costlies_new(struct keeper *k) SL_MUST_CHECK;
void costlies_free(struct keeper *k);
bool costly_is(const struct call *c);
bool costly_may_run(const struct call *c); /* nobody waits, and the rest after the last is over */
void costly_ran(const struct call *c, uint64_t took_us);
bool costly_wait(struct call *c, const struct sl_msg_call *m); /* false: the answer is made */
void call_at_its_turn(struct peer *p, const struct sl_msg_call *m);
/* Runs one method; c->reply is set afterwards in any case. */
void call_run(struct call *c, enum sl_role role, struct sl_span method, struct sl_span credential);
void call_problem(struct call *c, uint32_t status, const char *title, const char *detail,
                  const char *hint);
/* The secret that was shown is unknown, so it is a guess: may this address make one more? Else the
 * answer is made. Asked after the secret was looked for: one of ours has 256 bits, so whoever has
 * it did not guess it, and nobody else at the same address keeps them from using it. */
bool call_may_guess(struct call *c, struct sl_span door);
struct sl_span call_str(struct call *c, const char *key); /* optional */
struct sl_span call_channel(const struct call *c);        /* for the record */
/* What becomes of a call that is answered later: takes the reply; problem details from 400 on. */
void late_answer(struct keeper *k, const struct late *late, uint32_t status, json_t *reply);
void late_problem(struct keeper *k, const struct late *late, uint32_t status, const char *title,
                  const char *detail);
/* oversight.c: may this caller see what is nobody's own? Else the answer is made. */
bool may_oversee(struct call *c);
/* call_identity.c: the first column of all rows, in the keeper's memory of this message. */
size_t first_of_all(struct keeper *k, struct db_rows rows, struct sl_span **out);
void status_put_targets(struct keeper *k, json_t *status); /* call_admin.c */
/* call_policy.c: statements that people try */
enum sl_err tries_new(struct keeper *k) SL_MUST_CHECK;
void tries_free(struct keeper *k);
void tries_sweep(struct keeper *k);
void on_judge_tried(struct peer *p, const struct sl_msg_judge_tried *m);
void shadow_free(struct keeper *k); /* call_shadow.c */
/* call_identity.c, call_agents.c: by_owner says that `by` is its owner, not the operator. */
struct status_change {
    const char *status;
    enum sl_entry_roster_event what;
    const char *why;
    struct sl_span by, channel;
    struct sl_span approval, reason; /* that let it happen */
    bool by_owner;
};
void identity_set_status(struct keeper *k, const struct person *who,
                         const struct status_change *to);
/* scim_settle.c */
enum sl_err scim_settle_begin(struct keeper *k) SL_MUST_CHECK; /* with a look at everybody */
void scim_settle_all(struct keeper *k);
void scim_settle_free(struct keeper *k);
/* scim.c: a provider's last word about this person is that they are gone. */
bool scim_says_gone(struct keeper *k, struct sl_span identity);
bool identity_owner_paused(struct keeper *k, struct sl_span name);
#define CALL_DECLARE(NAME, wire, roles, needs) void call_##NAME(struct call *c);
SL_METHODS(CALL_DECLARE)
#undef CALL_DECLARE
json_t *approval_json(struct call *c, const struct approval *a);
/* The same, and what of it the ledger does not have is not noted as shown: who sends it does. The
 * brief one has no operation and no context, and reads no large document. */
json_t *approval_json_whole_unseen(struct call *c, const struct approval *a);
json_t *approval_json_brief_unseen(struct call *c, const struct approval *a);
/* shown.c: `out` goes to the caller, with what it says of `a` */
void shown_record(struct call *c, const struct approval *a, const json_t *out);
/* May this caller see the statement and its values? */
bool approval_shows_values(struct call *c, const struct approval *a);
/* last_alike.c: "last_alike":{"id","identity","by":[],"decided_at","statement"}, the last approved
 * like it.
 */
struct ask;
void last_alike_key(struct keeper *k, const struct ask *a, uint8_t key[SL_SHA256]);
void approval_put_last_alike(struct call *c, json_t *approval, const struct approval *a);
/* What its rules say, for its page. */
/* call_ledger.c: may this caller read all of the ledger? Else the answer is made. */
bool may_audit(struct call *c);
/* call_audit.c: the index is current, and may be asked. */
bool trail_ready(struct call *c);
/* A member that is a time; `otherwise` (NULL: none) where there is none. False: the answer is made.
 */
bool audit_time(struct call *c, const char *member, const char *otherwise, uint64_t *at_us);
void approval_put_rules(struct call *c, json_t *approval, const struct approval *a);
bool passkeys_here(struct call *c); /* else the answer is made */
void assertion_refused(struct call *c, enum sl_webauthn_reason reason);
void challenge_unknown(struct call *c);
json_t *challenge_json(struct call *c, const struct challenge_made *made);
/* approval_lineage.c: "lineage" of a held statement's page; nothing once it is over. */
void approval_put_lineage(struct call *c, json_t *approval, const struct approval *a);
/* openlineage.c: run events into the file that the configuration names, if it names one. They are
 * on the disk before the view says that it has their acts. */
enum sl_err openlineage_open(struct keeper *k) SL_MUST_CHECK;
void openlineage_close(struct keeper *k);
/* How far `sluice openlineage` is, as it says itself:
 * {"waiting_bytes","sent","rejected","at","error"?}; NULL where nothing is sent. */
json_t *openlineage_sent(const struct keeper *k);
/* call_lineage.c: what was made from these nodes, as the caller may see it; NULL: too much. */
json_t *lineage_impact(struct call *c, const uint64_t *from, size_t count);
bool approval_visible(struct call *c, const struct approval *a);
bool approval_is_mine(const struct call *c, const struct approval *a); /* of their requester set */
/* alike.c: a key that requests have in common which differ in literals only. */
void approval_alike(const struct approval *a, const json_t *operation, struct sl_buf *hex);
void json_put_str(json_t *object, const char *key, struct sl_span value);
void json_put_time(json_t *object, const char *key, uint64_t at_us);

/* --- stats.c: what the supervisor tells about the programs --------------------------------------
 */
void on_stats(struct peer *p, const struct sl_msg_stats *m);
void stats_forget_gate(struct keeper *k, uint32_t gate);
/* [{"name","listing":"current|stale|none","checked"?,"why"?,"sessions":n}], the worst of what the
 * gates say.
 */
json_t *stats_targets(struct keeper *k);
void metrics_free(struct keeper *k);

/* --- eligible.c: who could decide
 * -----------------------------------------------------------------
 */
/* "1 of rita, tom": people who could say yes to this now; groups where nobody could. */
/* Only for people to read: what is looked up is believed for a second, or until the next event. */
void deciders_text(struct sl_buf *b, struct keeper *k, const struct approval *a);
json_t *deciders_json(struct keeper *k, const struct approval *a);
void deciders_free(struct deciders *d);

/* --- sight.c: what whom may read
 * ------------------------------------------------------------------
 */
enum sight { SIGHT_NONE, SIGHT_OWN, SIGHT_REVIEW, SIGHT_ALL };
enum read_of {
    READ_APPROVALS,
    READ_VALUES,
    READ_USAGE,
    READ_LINEAGE,
    READ_LEDGER,
    READ_GOVERNANCE,
    READ_METRICS,
    READ_OVERSIGHT,
    READ_EXCEPTIONS,
    READ_COUNT
};
/* The most that any of the caller's roles may see. */
enum sight sight_of(const struct call *c, enum read_of what);
bool caller_is(const struct call *c, enum person_role role);
/* An auditor changes nothing: true when this call was one, and the answer is made. */
bool auditor_refused(struct call *c);

/* --- govern.c: administration needs another person
 * ------------------------------------------------
 *
 * A method that loosens something asks this when it knows that it could do it, and before it does.
 * True: it must not; the answer is made (held, refused). False: nobody has to be asked, or somebody
 * said yes to exactly this; what it records then carries c->maker.approval. */
bool govern_waits(struct call *c);
enum governed;
enum governed govern_of(struct sl_span method);                               /* governed.h */
void govern_say(struct sl_buf *b, struct sl_span method, const json_t *body); /* in words */
/* Under `govern: two-person`: who decides administration, and how many of them. */
struct sl_reviewers govern_reviewers(const struct keeper *k, bool shell_is_known);
/* The policy that counts from now on. `started`: nobody could be asked about it. */
void govern_in_force(struct keeper *k, bool started);

/* --- glass.c: one person alone, and who looks at it afterwards
 * ------------------------------------
 */
enum { REVIEWS_NEEDED = 2 };
struct exception {
    struct sl_span id, kind, identity, person, credential, channel, reason;
    uint64_t at_us, due_us, reviews;
};
enum sl_err exception_get(struct keeper *k, struct sl_span id, struct exception *out) SL_MUST_CHECK;
struct approval;
struct decision_proof;
/* May this person release it alone? */
enum sl_decide_reason glass_may(struct keeper *k, const struct approval *a,
                                const struct person *who, const struct credential *with,
                                enum sl_decide_channel channel);
void glass_break(struct call *c, struct approval *a, const struct decision_proof *proof);
/* It was released so, and not by the votes of those whom its rules ask. */
bool glass_broke(const struct approval *a, const struct exception *e);
bool glass_stands(struct keeper *k, const struct approval *a, const struct exception *e);
void glass_put(struct call *c, json_t *out, const struct approval *a);
json_t *exceptions_json(struct keeper *k, bool all);
json_t *exception_json(const struct exception *e);
json_t *reviews_json(struct keeper *k, struct sl_span id); /* who has signed it off */
/* So that it nags: once at the start, and every hour. */
void exceptions_warn(struct keeper *k);
void bypass_record(struct keeper *k, const struct maker *by, struct sl_span channel,
                   struct sl_span what);

/* --- policy_change.c, control.c, offline.c ------------------------------------------------------
 */
void on_policy_propose(struct peer *p, const struct sl_msg_policy_propose *m);
void policy_change_decided(struct keeper *k, const struct approval *a);
void on_reload(struct peer *p, const struct sl_msg_reload *m);
void record_policy(struct keeper *k);
void control_listen(struct keeper *k, int fd);

/* --- issuers.h: what others must know of them ---------------------------------------------------
 */
void on_fetched(struct peer *p, const struct sl_msg_fetched *m);

/* --- call_identity.c ----------------------------------------------------------------------------
 */
bool identity_name_ok(struct sl_span name);
/* Name, kind, owner and groups of `who`; by.channel empty: the control socket. */
void identity_add(struct keeper *k, const struct person *who, struct sl_span os_user,
                  struct maker by);
int keeper_offline(const char *state_dir);

#endif
