/* The leaves of the ledger: one struct and one emitter for each kind (docs/ledger-entry.md).
 *
 * A leaf is canonical JSON (RFC 8785) of at most SL_ENTRY_MAX bytes; what does not fit is carried
 * by SHA-256 digest, length and head. Every leaf has "kind", "time" (when it was recorded) and
 * "v":1. Times are RFC 3339 in UTC with microseconds; digests are lower-case hexadecimal. A field
 * that is empty, NULL or zero is left out, so a reader never has to tell "none" from "".
 *
 * No secret is ever put in here: bind values come in as salted commitments, tokens as their id and
 * the head of their hash. Emitters append to a buffer; look at sl_buf_err once: SL_EMALFORMED (text
 * that is not UTF-8 where it has to be), SL_ELIMIT (the leaf would be too long), SL_EOVERFLOW.
 * Give the buffer a ceiling of at least SL_ENTRY_MAX.
 */
#ifndef SL_CORE_LEDGER_ENTRY_H
#define SL_CORE_LEDGER_ENTRY_H

#include "core/action/envelope.h"
#include "core/ledger/journal.h"

enum {
    SL_ENTRY_MAX = 65535,          /* the entry bundle's length field has 16 bits */
    SL_ENTRY_MAX_BATCH = 100,      /* allowed actions in one leaf */
    SL_ENTRY_POLICY_CHUNK = 10000, /* bytes of policy text in one leaf, before escaping */
};

#define SL_ENTRY_KINDS(X)                 \
    X(ACTIONS, "actions")                 \
    X(ACTION, "action")                   \
    X(APPROVAL, "approval")               \
    X(OUTCOME, "outcome")                 \
    X(TXN, "txn")                         \
    X(SESSION, "session")                 \
    X(SIGN_IN_FAILURE, "sign_in_failure") \
    X(START, "start")                     \
    X(STOP, "stop")                       \
    X(RELOAD, "reload")                   \
    X(POLICY, "policy")                   \
    X(ROSTER, "roster")                   \
    X(KEY, "key")                         \
    X(CANARY, "canary")                   \
    X(LABEL, "label")                     \
    X(PASSKEY, "passkey")                 \
    X(BREAK_GLASS, "break_glass")         \
    X(BYPASS, "bypass")                   \
    X(REVIEW, "review")                   \
    X(HOOK, "hook")

enum sl_entry_kind {
#define SL_ENTRY_KIND(NAME, text) SL_ENTRY_##NAME,
    SL_ENTRY_KINDS(SL_ENTRY_KIND)
#undef SL_ENTRY_KIND
        SL_ENTRY_KIND_COUNT
};
const char *sl_entry_kind_name(enum sl_entry_kind kind);

struct sl_entry_list {
    const struct sl_span *items;
    size_t count;
};

/* --- actions ------------------------------------------------------------------------------- */

/* The canonical JSON object of a journal's `facts` (effects, statements, datasets with labels,
 * rules, verdict, run, reason, sink). It does not change from one action to the next: build it once
 * for each cached verdict and pass it as `facts` below. SL_EMALFORMED in b when the gate's bytes
 * are wrong. */
void sl_entry_put_facts(struct sl_buf *b, struct sl_span journal_facts);

/* One action, as it stands in a batch and in a leaf of its own. */
struct sl_entry_action {
    uint64_t session, action; /* together they name the action for good */
    struct sl_span identity, target;
    uint64_t asked_us, started_us, ended_us; /* 0: it did not start, it has not ended */
    uint32_t flags;                          /* enum sl_intent_flag, as in the journal */
    uint8_t outcome;                         /* enum sl_outcome; 0: an `outcome` leaf follows */
    struct sl_span facts;                    /* sl_entry_put_facts */
    struct sl_span text;          /* as in the journal (TEXT_DIGEST: 32 bytes, then head) */
    const uint8_t *policy_digest; /* 8 bytes, or NULL */
    const uint8_t *commitment;    /* 32 bytes, or NULL */
    uint64_t rows, bytes;
    struct sl_span sqlstate;
};

/* A batch of allowed actions in one leaf. What many of them share stands once, in the leaf's
 * tables: `sessions` (number, who, on what) and `statements` (facts, policy, flags, and the text
 * where it has no literals). add: SL_ELIMIT when this one does not fit any more (nothing was added:
 * end the batch, start another); an empty batch takes any action. `scratch` is the caller's, with a
 * ceiling of at least 4 * SL_ENTRY_MAX; nobody else writes to it until the end. */
struct sl_entry_statement {
    size_t at, facts_bytes, text_bytes, row_at, row_bytes; /* in the scratch */
    uint32_t flags;
    bool has_policy;
    uint8_t policy[8];
};
struct sl_entry_batch_session {
    uint64_t number;
    size_t at, identity_bytes, target_bytes, row_at, row_bytes;
};
struct sl_entry_batch {
    struct sl_buf *b, *tables;
    size_t start, table_bytes;
    uint64_t base_us; /* `at`: what the items' times count from */
    unsigned count, statement_count, session_count;
    struct sl_entry_statement statements[SL_ENTRY_MAX_BATCH];
    struct sl_entry_batch_session sessions[SL_ENTRY_MAX_BATCH];
};
void sl_entry_batch_begin(struct sl_entry_batch *batch, struct sl_buf *b, struct sl_buf *scratch);
enum sl_err sl_entry_batch_add(struct sl_entry_batch *batch, const struct sl_entry_action *a)
    SL_MUST_CHECK;
void sl_entry_batch_end(struct sl_entry_batch *batch, uint64_t time_us);

/* One action that was held, denied or refused, in a leaf of its own. */
struct sl_entry_one {
    uint64_t time_us;
    struct sl_entry_action action;
    struct sl_span environment, protocol, owner;
    struct sl_entry_list requesters;
    struct sl_span approval; /* UUID text; empty when it was denied or refused outright */
    const uint8_t *digest;   /* 32: the action digest, or NULL when no document was built */
    struct sl_entry_list approvers;
    uint64_t decided_us;
    const uint8_t *body_digest; /* 32: what was streamed in after the grant, or NULL */
    struct sl_span why;         /* of a denial: the sentence that the client saw */
};
void sl_entry_put_action(struct sl_buf *b, const struct sl_entry_one *e);

/* The outcome of an action whose leaf was written before it ended; `unknown` at replay (P11). */
struct sl_entry_outcome {
    uint64_t time_us, session, action, ended_us, rows, bytes;
    uint8_t outcome; /* enum sl_outcome */
    struct sl_span sqlstate, approval;
    const uint8_t *body_digest;
    struct sl_span why; /* of unknown: "the gate ended before the answer" */
};
void sl_entry_put_outcome(struct sl_buf *b, const struct sl_entry_outcome *e);

/* The end of a transaction: what became of the session's actions first..last. */
struct sl_entry_txn {
    uint64_t time_us, session, ended_us, first_action, last_action;
    uint8_t outcome; /* 1 committed, 2 rolled back, 4 unknown */
};
void sl_entry_put_txn(struct sl_buf *b, const struct sl_entry_txn *e);

/* --- approvals ----------------------------------------------------------------------------- */

/*  event       from        to          what it says.   "same" and "any" leave the state as it is */
#define SL_ENTRY_APPROVAL_EVENTS(X)                                                                \
    X(ASKED, "asked")       /*            -> pending   a held action became an approval        */  \
    X(JOINED, "joined")     /* live       -> same      the same action was asked again         */  \
    X(LEFT, "left")         /* live       -> same      the client went away                    */  \
    X(QUESTION, "question") /* pending    -> same      a reviewer asks whoever asked           */  \
    X(ANSWER, "answer")     /* pending    -> same      and is answered                         */  \
    X(SHOWN, "shown")       /* any        -> same      somebody saw what is not in the ledger  */  \
    X(DECIDED, "decided")   /* pending    -> same      one person's yes or no                  */  \
    X(REFUSED, "refused")   /* any        -> same      somebody tried to decide who may not     */ \
    X(VOTE_LAPSED, "vote_lapsed") /* pending -> same  a yes does not count any more            */  \
    X(ESCALATED, "escalated")     /* pending -> same  nobody had decided; others may too        */ \
    X(APPROVED, "approved") /* pending    -> approved  every requirement is met                */  \
    X(DENIED, "denied")     /* pending    -> denied                                            */  \
    X(EXPIRED, "expired")   /* pending    -> expired                                           */  \
    X(CANCELLED, "cancelled") /* pending    -> cancelled */                                        \
    X(REVOKED, "revoked") /* approved   -> revoked                                           */    \
    X(GRANTED, "granted") /* approved   -> same      offered to a waiting session            */    \
    X(SPENT, "spent")     /* approved   -> spent     released to the target, once            */    \
    X(USED, "used")       /* approved   -> same      one use of an envelope, not its last    */    \
    X(LAPSED, "lapsed")   /* approved   -> lapsed    not spent in time                       */    \
    X(ERASED, "erased")   /* over       -> same      what it was about is erased             */

enum sl_entry_approval_event {
#define SL_ENTRY_APPROVAL_EVENT(NAME, text) SL_ENTRY_APPROVAL_##NAME,
    SL_ENTRY_APPROVAL_EVENTS(SL_ENTRY_APPROVAL_EVENT)
#undef SL_ENTRY_APPROVAL_EVENT
        SL_ENTRY_APPROVAL_EVENT_COUNT
};
const char *sl_entry_approval_event_name(enum sl_entry_approval_event event);

/* Who can decide: one for each rule that held (and "default" for the target's default). */
struct sl_entry_need {
    struct sl_span rule;
    uint32_t need;
    struct sl_entry_list groups, identities;
    struct sl_entry_list escalate_groups, escalate_identities; /* who may too, once escalated */
};

/* What a passkey signed, whole: an auditor verifies it again (core/webauthn). Bytes; `document` is
 * the canonical JSON that the challenge was computed from (core/approval/challenge.h). */
struct sl_entry_proof {
    struct sl_span key, client_data, authenticator_data, signature, document;
};

/* One struct for all events; give what the event has (required ones in docs/ledger-entry.md). */
struct sl_entry_approval {
    enum sl_entry_approval_event event;
    uint64_t time_us;
    struct sl_span approval; /* UUID text */
    const uint8_t *digest;   /* 32: action digest; always */
    /* asked: who wants what. joined, left, granted, spent: session and action of the waiter */
    uint64_t session, action;
    struct sl_span identity, owner, target, environment, protocol;
    struct sl_entry_list requesters;
    struct sl_span facts,
        text; /* text: SQL with bind values left out, masked; flags as in the journal */
    uint32_t flags;
    const struct sl_entry_need *needs;
    size_t need_count;
    const uint8_t *policy_digest, *rules_digest; /* 32 each, or NULL */
    struct sl_span
        repeats; /* asked: the approval whose outcome was unknown, if this is its repeat */
    struct sl_span asked_with;      /* asked: the credential that asked; empty: at the shell */
    uint64_t escalate_us;           /* asked: when it is escalated; 0: never */
    struct sl_entry_list decide_in; /* asked: channels that may decide; empty: all of them */
    uint64_t continues; /* asked: the action that runs already and goes on with a yes; 0: none */
    /* asked, beyond a budget: rows delivered so far; rows that the server expects, and rows that a
     * yes without a number lets pass in all, as reviewers were shown them. 0: none */
    uint64_t delivered, estimate, cap;
    struct sl_envelope envelope; /* asked: it is one; times 0: it is none */
    uint64_t use;                /* used, spent: which use of an envelope, from 1 */
    uint64_t list;               /* asked: it is a list of so many statements; 0: one statement */
    uint64_t expires_us;         /* asked: time to decide. approved: time to spend */
    /* decided, and the person behind cancelled, revoked */
    struct sl_span decision; /* "approve" or "deny" */
    struct sl_span approver, credential, channel,
        proof; /* decided: "token", "passkey", a chat. asked: "passkey" when nothing less counts */
    struct sl_span keys;                  /* asked: "device-bound" when no other passkey counts */
    const struct sl_entry_proof *passkey; /* decided, by passkey */
    struct sl_span in_place; /* decided: by the right of whom, who is away; empty: their own */
    struct sl_span rule;     /* decided: the rule (need) that this vote counts for */
    uint64_t rows;           /* decided: how many rows this person lets pass; 0: no number */
    struct sl_span refused;  /* refused: the reason's name, such as IS_OWNER */
    bool own;                /* refused: whoever tried is in the requester set */
    struct sl_span reason;   /* the approver's words, or why it ended */
    uint64_t values;         /* shown: how many bind values */
    struct sl_span let_by;   /* erased: the approval that let it happen (`govern: two-person`) */
    bool shown_text;         /* shown: the statement, of which the ledger has the digest alone */
};
void sl_entry_put_approval(struct sl_buf *b, const struct sl_entry_approval *e);

/* --- sessions, sign-ins -------------------------------------------------------------------- */

struct sl_entry_session {
    uint64_t time_us, session;
    bool close; /* else open */
    uint32_t gate;
    struct sl_span identity, identity_kind, owner, target, environment, protocol, address,
        upstream_user;
    struct sl_entry_list groups, requesters;
    bool tls;
    struct sl_span job, job_link;      /* of a CI system: which run, and where its log is */
    struct sl_entry_list on_behalf_of; /* for whom its token acts, nearest first */
    struct sl_span why;                /* of a close that the client did not ask for */
};
void sl_entry_put_session(struct sl_buf *b, const struct sl_entry_session *e);

/* `count` failures of one address and name since `first`, in one leaf (at most one a second each).
 */
struct sl_entry_sign_in_failure {
    uint64_t time_us, first_us, last_us, count;
    struct sl_span identity, target, address, why;
};
void sl_entry_put_sign_in_failure(struct sl_buf *b, const struct sl_entry_sign_in_failure *e);

/* --- the program and its rules -------------------------------------------------------------- */

struct sl_entry_start {
    uint64_t time_us;
    struct sl_span version;
    const uint8_t *policy_digest; /* 32 */
    uint64_t cut_bytes;           /* of a torn tail */
    uint64_t replayed;            /* WAL records that the view had missed */
};
void sl_entry_put_start(struct sl_buf *b, const struct sl_entry_start *e);

struct sl_entry_stop {
    uint64_t time_us;
    struct sl_span why;
};
void sl_entry_put_stop(struct sl_buf *b, const struct sl_entry_stop *e);

/* A canary flowed, or is held again after it did. */
struct sl_entry_canary {
    uint64_t time_us;
    struct sl_span target, identity, result, why; /* result: "flowed", "held", "denied" */
};
void sl_entry_put_canary(struct sl_buf *b, const struct sl_entry_canary *e);

struct sl_entry_reload {
    uint64_t time_us;
    bool accepted;
    const uint8_t *policy_digest; /* 32: the one in force after it */
    struct sl_span why, approval;
};
void sl_entry_put_reload(struct sl_buf *b, const struct sl_entry_reload *e);

/* How many leaves a policy text takes, and the leaf of part `part` (from 0). The text is the
 * canonical JSON of policy, targets and label map (config->canonical); its SHA-256 is in every
 * part. */
size_t sl_entry_policy_parts(struct sl_span text);
void sl_entry_put_policy(struct sl_buf *b, uint64_t time_us, struct sl_span text, size_t part);

/* --- people and keys ------------------------------------------------------------------------ */

#define SL_ENTRY_ROSTER_EVENTS(X)                                                          \
    X(ADD, "add") /* identity, identity_kind, owner, groups */                             \
    X(DISABLE, "disable")                                                                  \
    X(ENABLE, "enable")                                                                    \
    X(PAUSE, "pause")                                                                      \
    X(RESUME, "resume")                                                                    \
    X(LINK, "link") /* identity and `other` are one person */                              \
    X(UNLINK, "unlink")                                                                    \
    X(OWN, "own")             /* owner changed */                                          \
    X(GROUP_ADD, "group_add") /* groups */                                                 \
    X(GROUP_REMOVE, "group_remove")                                                        \
    X(TOKEN_CREATE, "token_create") /* credential, hash_head, expires: asks */             \
    X(TOKEN_REVOKE, "token_revoke")                                                        \
    X(INVITE, "invite") /* a one-time code was issued; by */                               \
    X(ENROL, "enrol")   /* a human claimed it: credential decides */                       \
    X(CREDENTIAL_REVOKE, "credential_revoke")                                              \
    X(SESSION_OPEN, "session_open") /* console: credential, hash_head */                   \
    X(SESSION_END, "session_end")                                                          \
    X(DELEGATE_ADD, "delegate_add") /* `other` acts for identity; expires */               \
    X(DELEGATE_REMOVE, "delegate_remove")                                                  \
    /* issuer, subject, credential (which stands for it): this account is this identity */ \
    X(ACCOUNT_LINK, "account_link")                                                        \
    X(ACCOUNT_UNLINK, "account_unlink")                                                    \
    X(PROVISIONER, "provisioner") /* issuer, credential, hash_head: may provision */       \
    /* from, expires, credential; `other` decides in their place meanwhile */              \
    X(AWAY, "away")                                                                        \
    X(BACK, "back")

enum sl_entry_roster_event {
#define SL_ENTRY_ROSTER_EVENT(NAME, text) SL_ENTRY_ROSTER_##NAME,
    SL_ENTRY_ROSTER_EVENTS(SL_ENTRY_ROSTER_EVENT)
#undef SL_ENTRY_ROSTER_EVENT
        SL_ENTRY_ROSTER_EVENT_COUNT
};
const char *sl_entry_roster_event_name(enum sl_entry_roster_event event);

struct sl_entry_roster {
    enum sl_entry_roster_event event;
    uint64_t time_us;
    struct sl_span identity, identity_kind, owner, other;
    struct sl_entry_list groups;
    struct sl_span credential; /* its id, never itself */
    struct sl_span hash_head;  /* the first bytes of its hash, at most 8 */
    struct sl_span device;     /* session_open: of the hash of the browser's own secret, 8 bytes */
    uint64_t from_us, expires_us;
    /* who did it: an identity, "operator" on the control socket, or "issuer:NAME" for what came
     * with a sign-in there */
    struct sl_span by, channel;
    struct sl_span issuer, subject; /* of an account: `iss` and `sub`, exactly */
    struct sl_span reason;
    struct sl_entry_list on_behalf_of; /* token_create: for whom its holder acts */
    struct sl_span os_user;            /* add, link: the machine's user that it sits at, a number */
    struct sl_span approval;           /* by which another person let it happen */
    /* account_link by the person themselves: with which credential of theirs, and what a passkey of
     * theirs signed, where they have one */
    struct sl_span with;
    const struct sl_entry_proof *allowed_by;
};
void sl_entry_put_roster(struct sl_buf *b, const struct sl_entry_roster *e);

/* A passkey comes or goes. Enrolled: the new one has signed (`possession`), and, unless it is its
 * person's only one, one that was there before (`allowed_by`). Removed: by such a one, or by the
 * operator. */
struct sl_entry_passkey {
    bool removed; /* else enrolled */
    uint64_t time_us;
    struct sl_span identity, key;                /* key: its id, bytes */
    struct sl_span algorithm, public_key, rp_id; /* "ES256"; SubjectPublicKeyInfo */
    bool backup_eligible, backed_up;
    struct sl_span credential; /* the deciding credential that it came with */
    struct sl_span approval; /* that a second person said yes to, where no passkey vouches for it */
    const struct sl_entry_proof *possession, *allowed_by;
    struct sl_span by, channel, reason;
};
void sl_entry_put_passkey(struct sl_buf *b, const struct sl_entry_passkey *e);

/* Labels that followed the data. `derived`: an action brought them (session, action). `moved`: a
 * labelled column has another name. `withdrawn`: what brought it was rolled back. `dropped`: the
 * column is gone. `stopped`: the server described a labelled column that the judge had not seen. */
#define SL_ENTRY_LABEL_EVENTS(X) \
    X(DERIVED, "derived")        \
    X(MOVED, "moved")            \
    X(WITHDRAWN, "withdrawn")    \
    X(DROPPED, "dropped")        \
    X(STOPPED, "stopped")
enum sl_entry_label_event {
#define SL_ENTRY_LABEL_EVENT(NAME, text) SL_ENTRY_LABEL_##NAME,
    SL_ENTRY_LABEL_EVENTS(SL_ENTRY_LABEL_EVENT)
#undef SL_ENTRY_LABEL_EVENT
        SL_ENTRY_LABEL_EVENT_COUNT
};
enum { SL_ENTRY_LABEL_COLUMNS = 8 }; /* in one leaf: so many always fit */
struct sl_entry_label_column {
    struct sl_span column, label, source;
    struct sl_span declassified; /* the reason of the rule that takes it away there, or empty */
};
struct sl_entry_label {
    enum sl_entry_label_event event;
    uint64_t time_us, session, action;
    struct sl_span target, why;
    const struct sl_entry_label_column *columns;
    size_t count; /* at most SL_ENTRY_LABEL_COLUMNS */
};
void sl_entry_put_label(struct sl_buf *b, const struct sl_entry_label *e);

/* One person released a held action alone (`break_glass`); an `approved` leaf follows. Two others
 * have to sign it off until `review_by`. */
struct sl_entry_break_glass {
    uint64_t time_us, review_by_us, rows;
    struct sl_span approval, approver, credential, channel, reason;
    const uint8_t *digest;       /* 32 */
    struct sl_entry_list groups; /* those of the configuration, and of the person, that allow it */
    const struct sl_entry_proof *passkey; /* NULL: a credential alone */
};
void sl_entry_put_break_glass(struct sl_buf *b, const struct sl_entry_break_glass *e);

/* Administration that should have waited for another person went past that (`govern: two-person`):
 * on the state folder while nothing ran, or by a file that changed while nothing ran. */
struct sl_entry_bypass {
    uint64_t time_us, review_by_us;
    struct sl_span id, by, os_user, channel, what; /* id: a UUID, for the reviews */
};
void sl_entry_put_bypass(struct sl_buf *b, const struct sl_entry_bypass *e);

/* Somebody else has looked at one of those and signs it off. */
struct sl_entry_review {
    uint64_t time_us;
    struct sl_span id, identity, credential, channel, reason; /* id: approval, or of the bypass */
};
void sl_entry_put_review(struct sl_buf *b, const struct sl_entry_review *e);

/* Entries that somebody gave up: the receiver (a hook) is never told of them. `count` of them, from
 * `first` to `last`; there may be others between these that it was told. */
struct sl_entry_hook {
    uint64_t time_us, first, last, count;
    struct sl_span hook, by, channel, approval, reason; /* approval: that let it happen; or empty */
};
void sl_entry_put_hook(struct sl_buf *b, const struct sl_entry_hook *e);

/* The first leaf of a ledger names its key (statement empty); a rotation carries a signed note of
 * the old key over the new one (note.h: sl_note_put_rotation). Written by os/ledger_store itself.
 */
struct sl_entry_key {
    uint64_t time_us;
    struct sl_span new_key, old_key; /* vkey lines without newline */
    struct sl_span statement;
};
void sl_entry_put_key(struct sl_buf *b, const struct sl_entry_key *e);

/* SHA-256("sluice/commitment/v1\n" || salt || bytes): what stands in a leaf for bind values. */
void sl_entry_commitment(const uint8_t salt[16], struct sl_span bytes, uint8_t out[32]);

#endif
