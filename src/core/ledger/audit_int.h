/* The audit's picture of the world. Everything lives in one arena until the end of the audit. */
#ifndef SL_CORE_LEDGER_AUDIT_INT_H
#define SL_CORE_LEDGER_AUDIT_INT_H

#include "base/arena.h"
#include "base/map.h"
#include "core/approval/approval.h"
#include "core/ledger/audit.h"
#include "core/ledger/entry.h"
#include "json/json.h"

struct sl_audit_group {
    struct sl_span name;
    uint64_t since_us;
    bool left;
    struct sl_audit_group *next;
};

/* The last that it said; until_us 0: none, or it is back. */
struct sl_audit_absence {
    struct sl_span stand_in, credential;
    uint64_t said_us, from_us, until_us;
    const struct sl_audit_approval *let_by; /* its yes; NULL: nobody else let it */
};

struct sl_audit_identity {
    struct sl_span name, owner, invited_by;
    enum sl_identity_kind kind;
    enum sl_audit_status {
        SL_AUDIT_ACTIVE,
        SL_AUDIT_PAUSED,
        SL_AUDIT_DISABLED
    } status;          /* one of them, as the keeper has it */
    bool decided_ever; /* has had a deciding credential */
    struct sl_span os_user;
    struct sl_audit_delegate *delegates; /* who acts for it */
    struct sl_audit_absence absence;
    struct sl_audit_device *devices;
    uint64_t since_us, active_since_us; /* the second: switched on again; 0: never off */
    struct sl_audit_identity *person;   /* towards the account that stands for the person */
    struct sl_audit_group *groups;
};

/* A browser that it signed in from, and when last. */
struct sl_audit_device {
    struct sl_span id;
    uint64_t at_us;
    struct sl_audit_device *next;
};

struct sl_audit_delegate {
    struct sl_span name;
    uint64_t until_us; /* 0: until it is taken back */
    bool over;
    struct sl_audit_delegate *next;
};

/* What one person did alone (audit_exception.c). */
struct sl_audit_exception {
    struct sl_span id, by, what;
    struct sl_audit_approval *approval; /* that was released; NULL: administration */
    uint64_t entry, at_us, review_by_us;
    struct sl_span reviewers[2];
    size_t review_count;
    struct sl_audit_exception *next;
};

struct sl_audit_credential {
    struct sl_span id, identity, issuer;
    bool deciding, revoked;
    uint64_t since_us, expires_us;
    struct sl_names on_behalf_of; /* whom its holder acts for */
};

struct sl_audit_passkey {
    struct sl_span id, identity, rp_id, spki;
    int64_t algorithm;
    bool backup_eligible, backed_up, removed; /* backed_up: as its enrolment's leaf says */
    uint32_t counter;
    uint64_t since_us;
    struct sl_audit_passkey *next;
};

/* One use of an envelope. */
struct sl_audit_use {
    uint64_t session, action;
    bool ran;
};

struct sl_audit_approval {
    enum sl_approval_state state;
    uint8_t digest[32];
    struct sl_span identity, owner, target;
    uint64_t asked_us, decide_by_us, spend_by_us, session, action;
    bool ran, denied_by_vote;
    uint64_t list, listed;       /* statements of a list, and how many of them have run so far */
    struct sl_envelope envelope; /* times 0: it is none */
    struct sl_span template, run, facts; /* of an envelope; facts: canonical, without the verdict */
    uint64_t continues, delivered, cap;  /* of a statement that runs: the action that goes on */
    bool counted;                        /* it only reads, so that its rows are those that passed */
    uint64_t given;                      /* the lowest number of rows that came with a yes */
    struct sl_audit_use *uses;           /* envelope.times of them */
    uint64_t use_count;
    bool went_unknown; /* what became of one of them */
    bool needs_passkey, needs_device_bound;
    uint32_t shut;                      /* channels that `decide_in` leaves out */
    struct sl_reviewers *escalations;   /* one for each of `needs` */
    uint64_t escalate_us, escalated_us; /* when it may be, and when it was; 0: not */
    bool of_policy;                     /* administration: asked at the shell, no session spends */
    struct sl_span broken_by;           /* who released it alone; empty: nobody */
    struct sl_span let;                 /* administration: the identity that it let change */
    uint64_t let_entry;
    struct sl_span reason; /* administration: what is changed, where it is a passkey */
    struct sl_requester *requesters;
    size_t requester_count;
    struct sl_reviewers *needs;
    size_t need_count;
    struct sl_vote votes[SL_VOTES_MAX];
    /* the accounts, and those by whose right they voted; whose they are is asked each time */
    struct sl_span voters[SL_VOTES_MAX], in_place[SL_VOTES_MAX];
    size_t vote_count;
};

struct sl_audit_session {
    struct sl_span identity, target;
    struct sl_names on_behalf_of; /* whom its token acts for */
};

struct sl_audit_policy {
    uint64_t parts, next;
    uint8_t digest[32];
    struct sl_buf text; /* while its parts come in */
    bool whole;
    struct sl_names only_watched; /* targets in mode: observe */
    bool two_person;              /* govern */
    struct sl_names break_glass;  /* groups that may release alone */
    struct sl_names auditors, auditor_groups;
    struct sl_names groups; /* every group that it names */
    json_t *json;           /* all of it, until the audit is freed; NULL: not read */
    struct sl_audit_policy *before;
};

struct sl_audit_key {
    uint64_t from; /* signs trees larger than this index */
    struct sl_vkey key;
};

struct sl_audit {
    sl_audit_report_fn *report;
    void *owner;
    struct sl_arena *mem;
    struct sl_map *identities, *credentials, *approvals, *sessions, *policies, *policy_heads,
        *pending, *passkeys, *accounts, /* accounts: issuer, NUL, subject -> its credential */
        *went_on; /* session and action of a statement -> rows that people let it go on to */
    struct sl_audit_passkey *first_passkey;
    const struct sl_audit_claim *claims;
    sl_audit_decision_fn *decision;
    void *decision_owner;
    struct sl_audit_policy *incoming, *in_force, *newest_policy;
    struct sl_audit_exception *exceptions; /* newest first */
    /* The newest `bypass`, or the last change that it let happen: it covers the very next leaf. */
    uint64_t bypass_entry;
    struct sl_span bypass_for; /* whom it changed already; empty: nobody yet */
    bool bypassed;             /* bypass_entry says something */
    bool two_deciders;         /* two people could decide once */
    bool expects_bypass;       /* the next leaf has to say that the policy changed past govern */
    uint64_t newest_asked_us;  /* of all approvals so far: what comes later is no older */
    struct sl_audit_key *keys;
    size_t key_count;
    uint64_t entry, time_us; /* of the leaf at hand */
    enum sl_err err;
    sl_audit_document_fn *document;
    void *document_owner;
    uint64_t documents, erased;
};

/* A finding: %s, %S, %u, %U, %d as in sl_buf_say. */
#define SL_FOUND(audit, ...)                     \
    do {                                         \
        SL_BUF(sl_found_text, 4096);             \
        sl_buf_say(&sl_found_text, __VA_ARGS__); \
        sl_audit_found((audit), &sl_found_text); \
    } while (0)
void sl_audit_found(struct sl_audit *a, struct sl_buf *sentence);

/* Copies and allocations that end the audit when there is no memory (a->err). */
void *sl_audit_alloc(struct sl_audit *a, size_t bytes);
struct sl_span sl_audit_copy(struct sl_audit *a, struct sl_span s);
void sl_audit_put(struct sl_audit *a, struct sl_map *m, struct sl_span key, void *value);

/* A member that has to be there; a finding and an empty answer when it is not. */
struct sl_span sl_audit_str(struct sl_audit *a, const json_t *leaf, const char *key);
uint64_t sl_audit_u64(struct sl_audit *a, const json_t *leaf, const char *key);
uint64_t sl_audit_time(struct sl_audit *a, const json_t *leaf, const char *key);
/* false (and a finding when `must`) if it is not there or not `n` bytes of hexadecimal */
bool sl_audit_hex(struct sl_audit *a, const json_t *leaf, const char *key, uint8_t *out, size_t n,
                  bool must);

struct sl_audit_identity *sl_audit_identity(struct sl_audit *a, struct sl_span name);
struct sl_span sl_audit_person(struct sl_audit *a, struct sl_span name);

/* A list of names in a leaf; what is none is an empty one. */
struct sl_names sl_audit_names(struct sl_audit *a, const json_t *list);

/* audit_behind.c: everybody behind the credential and the session that asked is in the set. */
void sl_audit_asked_with(struct sl_audit *a, const struct sl_audit_approval *p, const json_t *leaf);

/* audit_rules.c: what is asked for is what its rules say, as the policy has them. */
void sl_audit_asked_rules(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                          const json_t *leaf);

/* audit_rows.c: as asked; a yes that counts; spent by this session; how an action, and a use of an
 * envelope, ended. */
void sl_audit_rows_asked(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                         const json_t *leaf);
void sl_audit_rows_decided(struct sl_audit_approval *p, const json_t *leaf);
void sl_audit_rows_spent(struct sl_audit *a, const struct sl_audit_approval *p, uint64_t session);
void sl_audit_rows_ended(struct sl_audit *a, uint64_t session, uint64_t action, const json_t *item);
void sl_audit_rows_of_use(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                          const json_t *leaf);

/* audit_said.c: what is said in more than one place is the same everywhere */
bool sl_audit_said_same(struct sl_span whole, struct sl_span told);
void sl_audit_said_person(struct sl_audit *a, struct sl_span identity, const json_t *leaf);
void sl_audit_said_session(struct sl_audit *a, const json_t *leaf, struct sl_span identity,
                           struct sl_span target);
void sl_audit_said_approvers(struct sl_audit *a, const struct sl_audit_approval *p,
                             struct sl_span id, const json_t *leaf);
/* What a policy says that the audit needs. */
void sl_audit_read_policy(struct sl_audit *a, struct sl_audit_policy *p);

/* audit_people.c: the time of the leaf at hand, for people, groups and credentials. A clock that
 * was set back makes nobody older than a question that was asked before (P4). */
uint64_t sl_audit_since(const struct sl_audit *a);
/* What a leaf says was done by the person whom it is about, and not at the shell. */
bool sl_audit_by_themselves(const json_t *leaf);

/* audit_credentials.c: a change of the roster that is about a credential, an account or a console
 * session of this identity; false: it is about something else. */
bool sl_audit_credential(struct sl_audit *a, struct sl_audit_identity *who, unsigned event,
                         const json_t *leaf);

/* audit_exception.c: a change of the roster that `govern: two-person` guards. */
void sl_audit_governed(struct sl_audit *a, struct sl_span name, const json_t *leaf);
/* The same of a leaf that names who let it happen elsewhere than in `approval`. */
void sl_audit_governed_by(struct sl_audit *a, struct sl_span name, struct sl_span let_by,
                          const json_t *leaf);
void sl_audit_decider_came(struct sl_audit *a);
bool sl_audit_by_operator(const json_t *leaf); /* at the control socket, or offline */
bool sl_audit_group_counts(const struct sl_audit *a, const json_t *groups);

/* audit_asked.c: a leaf `asked`; the approval is known from then on. */
void sl_audit_asked(struct sl_audit *a, struct sl_span id, const json_t *leaf);
/* audit_decided.c: a leaf `decided`; a vote that may count is counted. */
void sl_audit_decided(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                      const json_t *leaf);
/* Whose accounts they are today: linked ones have one vote together. */
void sl_audit_ask_whose(struct sl_audit *a, struct sl_audit_approval *p);
/* The question that the keeper had to ask about a decision. */
struct sl_decide_question sl_audit_question(struct sl_audit *a, struct sl_audit_approval *p,
                                            const struct sl_audit_identity *who,
                                            const struct sl_audit_credential *c,
                                            const json_t *leaf);

/* audit_away.c: a person says that they are away, or back; the right of somebody who is away, by
 * which a decision says that it was made. NULL: there is none. */
void sl_audit_away(struct sl_audit *a, struct sl_audit_identity *who, const json_t *leaf);
void sl_audit_back(struct sl_audit *a, struct sl_audit_identity *who);
const struct sl_stand_in *sl_audit_stand_in(struct sl_audit *a, struct sl_span away);
/* Nobody stands in for others here: it is about Sluice itself, or somebody in the requester set is
 * not known. */
bool sl_audit_own_right_only(struct sl_audit *a, const struct sl_audit_approval *p);
struct sl_decider sl_audit_decider(struct sl_audit *a, const struct sl_audit_identity *who);
struct sl_decide_credential sl_audit_credential_of(struct sl_audit *a,
                                                   const struct sl_audit_credential *c,
                                                   const struct sl_audit_passkey *passkey);

/* audit_envelope.c: asked; one use of it is spent; it ran, or what it was about ran, with it; how
 * that ended is said. */
void sl_audit_envelope_asked(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                             const json_t *leaf);
void sl_audit_envelope_use(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                           const json_t *leaf);
void sl_audit_envelope_ran(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                           const json_t *leaf);
void sl_audit_envelope_ended(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                             const json_t *leaf);
/* NULL: none was spent for this action. */
struct sl_audit_use *sl_audit_use_of(const struct sl_audit_approval *p, uint64_t session,
                                     uint64_t action);

/* audit_document.c */
void sl_audit_document(struct sl_audit *a, struct sl_span id, const uint8_t digest[32],
                       const json_t *leaf, bool of_policy);

/* audit_passkey.c */
/* The passkey that a `decided` leaf proves itself by, NULL where it has none or proves nothing
 * (which is a finding). */
struct sl_audit_passkey *sl_audit_decision_proof(struct sl_audit *a, const json_t *leaf);
/* Of an account that a person linked themselves: why the passkey that they have does not stand
 * behind it. NULL: it does, or they have none. */
const char *sl_audit_link_problem(struct sl_audit *a, const json_t *leaf);

/* One for each kind of leaf. */
typedef void sl_audit_kind_fn(struct sl_audit *a, const json_t *leaf);
sl_audit_kind_fn sl_audit_roster, sl_audit_key, sl_audit_policy, sl_audit_reload, sl_audit_start,
    sl_audit_approval, sl_audit_action, sl_audit_actions, sl_audit_outcome, sl_audit_txn,
    sl_audit_session, sl_audit_passkey, sl_audit_break_glass, sl_audit_bypass, sl_audit_review,
    sl_audit_plain;

#endif
