/* Approvals: their states, who may decide one, and when enough people have said yes. All of it
 * pure.
 *
 * sl_approval_move     the only way from one state to the next; a move that the table does not list
 *                      is refused.
 * sl_decide_check      promise P4 in one function: nobody in the requester set decides, only active
 *                      humans do, and only what existed before the action was asked counts. Every
 *                      channel goes through it, and it answers with a reason from one table.
 * sl_quorum            each rule needs so many people; one person counts for one rule.
 * sl_approval_join_key finds the pending approval or the grant of the very same action.
 */
#ifndef SL_CORE_APPROVAL_APPROVAL_H
#define SL_CORE_APPROVAL_APPROVAL_H

#include "core/action/action.h"
#include "core/policy/policy.h"

/* --- states ----------------------------------------------------------------------------------- */

#define SL_APPROVAL_STATES(X) \
    X(PENDING, "pending")     \
    X(APPROVED, "approved")   \
    X(DENIED, "denied")       \
    X(EXPIRED, "expired")     \
    X(CANCELLED, "cancelled") \
    X(SPENT, "spent")         \
    X(LAPSED, "lapsed")       \
    X(REVOKED, "revoked")

enum sl_approval_state {
    SL_APPROVAL_NONE,
#define SL_APPROVAL_STATE(name, text) SL_APPROVAL_##name,
    SL_APPROVAL_STATES(SL_APPROVAL_STATE)
#undef SL_APPROVAL_STATE
};

#define SL_APPROVAL_EVENTS(X)                                               \
    X(APPROVE, "approve")   /* the last yes that was needed */              \
    X(DENY, "deny")         /* one no is enough */                          \
    X(DEADLINE, "deadline") /* the time to decide, or to spend, is over */  \
    X(CANCEL, "cancel")     /* by the requester */                          \
    X(REVOKE, "revoke")     /* an unspent grant is taken back */            \
    X(VOID, "void")         /* the action means something else now */       \
    X(KILL, "kill")         /* the requester or an approver was disabled */ \
    X(SPEND, "spend")                                                       \
    X(BREAK, "break") /* one person released it alone (break_glass) */      \
    X(USE, "use")     /* one of an envelope's uses, not its last */

enum sl_approval_event {
#define SL_APPROVAL_EVENT(name, text) SL_APPROVAL_ON_##name,
    SL_APPROVAL_EVENTS(SL_APPROVAL_EVENT)
#undef SL_APPROVAL_EVENT
};

/*    from       on        to         what the record says */
#define SL_APPROVAL_MOVES(X)                                                    \
    X(PENDING, APPROVE, APPROVED, "approved by everyone whose yes was needed")  \
    X(PENDING, BREAK, APPROVED, "released by one person alone: break-glass")    \
    X(PENDING, DENY, DENIED, "denied by a reviewer")                            \
    X(PENDING, DEADLINE, EXPIRED, "nobody answered in time")                    \
    X(PENDING, CANCEL, CANCELLED, "cancelled by the requester")                 \
    X(PENDING, VOID, CANCELLED, "the action means something else now")          \
    X(PENDING, KILL, CANCELLED, "the requester is disabled, paused or revoked") \
    X(APPROVED, SPEND, SPENT, "released to the target")                         \
    X(APPROVED, USE, APPROVED, "released to the target, once of several times") \
    X(APPROVED, DEADLINE, LAPSED, "the grant was not used in time")             \
    X(APPROVED, CANCEL, REVOKED, "given up by the requester before it ran")     \
    X(APPROVED, REVOKE, REVOKED, "taken back before it ran")                    \
    X(APPROVED, VOID, REVOKED, "the action means something else now")           \
    X(APPROVED, KILL, REVOKED, "the requester or an approver is no longer active")

/* SL_ESTATE when the table has no such move; outputs untouched then. `sentence` may be NULL. */
enum sl_err sl_approval_move(enum sl_approval_state from, enum sl_approval_event on,
                             enum sl_approval_state *to, const char **sentence) SL_MUST_CHECK;
const char *sl_approval_state_name(enum sl_approval_state state); /* "pending"; NULL if unknown */
enum sl_approval_state sl_approval_state_of(struct sl_span name); /* NONE if unknown */

/* --- who may decide (P4) ---------------------------------------------------------------------- */

#define SL_DECIDE_REASONS(X)                                                                     \
    X(YES, "may decide")                                                                         \
    X(CONTROL_SOCKET, "the control socket manages Sluice; it takes no decision")                 \
    X(NOT_PENDING, "this approval is no longer open")                                            \
    X(TOO_LATE, "the time to decide is over")                                                    \
    X(ASKING_TOKEN, "this token is for asking; a decision needs a deciding credential")          \
    X(CREDENTIAL_OVER, "this credential is revoked or has expired")                              \
    X(NOT_ACTIVE, "this identity is disabled or paused")                                         \
    X(NOT_HUMAN, "only a human decides; agents and services count for nothing")                  \
    X(IS_REQUESTER, "nobody decides what they asked for themselves")                             \
    X(IS_OWNER, "the owner of the requester does not decide its actions")                        \
    X(IS_TRIGGER, "whoever triggered the run does not decide its actions")                       \
    X(IS_LINKED, "this is another account of somebody in the requester set")                     \
    X(IS_DELEGATE, "whoever acts for somebody in the requester set does not decide")             \
    X(IS_ON_BEHALF, "nobody decides what an agent asked on their behalf")                        \
    X(IS_SAME_USER, "this identity shares an account of the machine with a requester")           \
    X(IS_SAME_DEVICE, "this identity signed in from a browser that a requester signed in from")  \
    X(IS_TOKEN_MAKER, "whoever made the token that asked does not decide what it asks")          \
    X(SAME_CREDENTIAL, "the credential or session that asked does not decide")                   \
    X(IS_AUDITOR, "an auditor reads everything and decides nothing")                             \
    X(NEW_IDENTITY, "this identity was added, or switched on again, after the action was asked") \
    X(NEW_CREDENTIAL, "this credential was made after the action was asked")                     \
    X(ISSUED_BY_SELF, "who issued a credential never decides through it")                        \
    X(ISSUED_BY_REQUESTER, "this credential was issued by somebody in the requester set")        \
    X(NOT_REVIEWER, "this identity is not among the reviewers of the rule")                      \
    X(NEW_MEMBERSHIP, "this identity became a reviewer after the action was asked")              \
    X(STAND_IN_NOT_HERE, "nobody stands in for others in what is asked here")                    \
    X(STAND_IN_NOT_NAMED, "whoever is away named somebody else, or nobody")                      \
    X(STAND_IN_NEW, "this stand-in was named after the action was asked")                        \
    X(STAND_IN_NOT_NOW, "the absence was not under way when it was asked, or is not now")        \
    X(STAND_IN_ALONE, "here a stand-in counts whose naming another person has approved")         \
    X(STAND_IN_FOR_REQUESTER, "nobody stands in for somebody in the requester set")              \
    X(STAND_IN_FOR_NOBODY, "whoever is away could not decide this either")                       \
    X(STAND_IN_BY_OTHERS, "said with a credential that is over, or let by somebody with a part in this")          \
    X(VOTED_ALREADY, "this person has voted already, with this or another account")              \
    X(RIGHT_USED, "this person's right has been used already: by them, or by their stand-in")    \
    X(NOT_NEEDED, "every rule that this person may decide has the votes that it needs")          \
    X(WRONG_CHANNEL, "a decision that comes this way does not count for this rule")              \
    X(NEEDS_PASSKEY, "the rule asks for a decision signed with a passkey")                       \
    X(NEEDS_DEVICE_BOUND, "the rule asks for a passkey that cannot leave its device")            \
    X(NEW_PASSKEY, "this passkey was enrolled after the action was asked")

enum sl_decide_reason {
#define SL_DECIDE_REASON(name, text) SL_DECIDE_##name,
    SL_DECIDE_REASONS(SL_DECIDE_REASON)
#undef SL_DECIDE_REASON
        SL_DECIDE_REASON_COUNT
};
const char *sl_decide_reason_text(enum sl_decide_reason reason);
const char *sl_decide_reason_name(enum sl_decide_reason reason); /* "IS_OWNER", for records */

/* How a decision reached the keeper. The same check holds for each. */
#define SL_DECIDE_CHANNELS(X) \
    X(HTTP, "http")           \
    X(CLI, "cli")             \
    X(CONSOLE, "console")     \
    X(SLACK, "slack")         \
    X(TEAMS, "teams")         \
    X(CONTROL, "control")
enum sl_decide_channel {
#define SL_DECIDE_CHANNEL(name, text) SL_CHANNEL_##name,
    SL_DECIDE_CHANNELS(SL_DECIDE_CHANNEL)
#undef SL_DECIDE_CHANNEL
        SL_DECIDE_CHANNEL_COUNT
};
_Static_assert(SL_DECIDE_IN_ALL == (1 << SL_CHANNEL_CONTROL) - 1, "what `decide_in` can name");
const char *sl_decide_channel_name(enum sl_decide_channel channel);
/* SL_DECIDE_CHANNEL_COUNT when there is no such channel; sl_decide_check lets nobody decide there.
 */
enum sl_decide_channel sl_decide_channel_of(struct sl_span name);
/* What a caller over HTTP says it is: "cli" or "console". Nobody proves it; the keeper believes
 * `console` only of a browser's session. Any other word is HTTP: the rest is not for callers to
 * say. */
enum sl_decide_channel sl_decide_channel_claimed(struct sl_span word);
/* One that is open, to ask whether somebody could decide at all: the first that is not among
 * `shut`; CONTROL, which decides nothing, when all of them are. */
enum sl_decide_channel sl_decide_channel_open(uint32_t shut);
/* "console, cli": those that are open. */
void sl_decide_channels_put(struct sl_buf *b, uint32_t shut);

/* Why a name is in the requester set: one table for the keeper, the audit and the pages. Numbers
 * are kept in approvals, so new ones go to the end. role        in words         the reason that
 * keeps it from deciding */
#define SL_REQUESTER_ROLES(X)                                                                      \
    X(SELF, "self", IS_REQUESTER)        /* who asked */                                           \
    X(OWNER, "owner", IS_OWNER)          /* answers for who asked, at any remove */                \
    X(TRIGGER, "trigger", IS_TRIGGER)    /* started the run */                                     \
    X(LINKED, "linked", IS_LINKED)       /* another account of a person in the set */              \
    X(DELEGATE, "delegate", IS_DELEGATE) /* acts for somebody in the set while they are away */    \
    X(ON_BEHALF, "on-behalf-of", IS_ON_BEHALF) /* for whom the asking token acts (RFC 8693 act) */ \
    X(SAME_USER, "same-user", IS_SAME_USER)    /* sits at the same account of the machine */       \
    X(SAME_DEVICE, "same-device", IS_SAME_DEVICE) /* signed in from the same browser lately */     \
    X(TOKEN_MAKER, "token-maker", IS_TOKEN_MAKER) /* made the token that asked */

/* How long a sign-in from a browser binds whoever else signs in there. */
static const uint64_t sl_same_device_us = 30ull * 24 * 3600 * 1000 * 1000;

enum sl_requester_role {
    SL_REQUESTER_NONE,
#define SL_REQUESTER_ROLE(name, text, reason) SL_REQUESTER_##name,
    SL_REQUESTER_ROLES(SL_REQUESTER_ROLE)
#undef SL_REQUESTER_ROLE
};
const char *sl_requester_role_name(enum sl_requester_role role); /* "owner"; "unknown" */

/* An identity belongs to a person: accounts that were linked share one `person`. */
struct sl_requester {
    struct sl_span name, person;
    enum sl_requester_role role;
};

/* In a group since then. Leaving a group removes the membership. */
struct sl_membership {
    struct sl_span group;
    uint64_t since_us;
};

struct sl_decider {
    struct sl_span name, person;
    enum sl_identity_kind kind;
    bool active;
    bool auditor;      /* by the configuration's `roles` */
    uint64_t since_us; /* when the identity was added */
    const struct sl_membership *memberships;
    size_t membership_count;
};

struct sl_decide_credential {
    struct sl_span id; /* compared with `asked_with`; may be empty */
    bool deciding;     /* false: an asking token */
    bool over;         /* revoked or expired */
    bool passkey;      /* the decision carries a passkey's signature that was verified */
    bool device_bound; /* that passkey cannot be copied to another device */
    uint64_t passkey_since_us;
    uint64_t since_us;
    struct sl_span issuer, issuer_person; /* empty: the issuer is not known as an identity */
};

enum { SL_REQUIREMENTS_MAX = 32, SL_VOTES_MAX = 64 };

/* A yes that counts already. `may` has a bit for each requirement that this person may decide. */
struct sl_vote {
    struct sl_span person;
    uint32_t may;
    struct sl_span right; /* the person whose right it is; empty: their own */
};

struct sl_span sl_vote_right(const struct sl_vote *v);

/* An account that said yes to something, and whose it is today. */
struct sl_voucher {
    struct sl_span name, person;
};

/* Somebody who is away, and whom they named to decide in their place meanwhile (docs/away.md). */
struct sl_stand_in {
    struct sl_decider away;           /* whose right it is */
    struct sl_decide_credential with; /* that they said so with */
    struct sl_span name;              /* of whom they named; empty: nobody */
    uint64_t said_us, from_us, until_us;
    /* Who let them be named (`govern: two-person`); none: nobody was asked. */
    const struct sl_voucher *let_by;
    size_t let_by_count;
};

struct sl_decide_question {
    enum sl_decide_channel channel;
    enum sl_approval_state state;
    uint64_t asked_us, expires_us, now_us;
    const struct sl_requester *requesters;
    size_t requester_count;
    const struct sl_reviewers *requirements;
    size_t requirement_count;
    const struct sl_vote *votes;
    size_t vote_count;
    bool passkey_required, device_bound_required;
    /* One for each requirement, whose slots they fill too, once it has been escalated (need is not
     * looked at); NULL: none. They count from escalated_us on; 0: it has not been. */
    const struct sl_reviewers *escalations;
    uint64_t escalated_us;
    uint32_t shut;             /* bits 1 << channel: a rule's decide_in leaves it out */
    struct sl_span asked_with; /* the credential that asked; empty: none that is known */
    struct sl_decider who;
    struct sl_decide_credential with;
    /* `who` decides by the right of somebody who is away; NULL: by their own. */
    const struct sl_stand_in *in_place;
    bool own_right_only; /* nobody stands in for anybody here */
};

/* YES only when nothing speaks against it. *may (may be NULL) gets the requirements that this
 * person may decide, also when another reason stands in the way of the vote. */
enum sl_decide_reason sl_decide_check(const struct sl_decide_question *q, uint32_t *may);

/* --- how many ----------------------------------------------------------------------------------
 */

/* The most requirements' slots that these votes can fill when each person counts for one rule only,
 * and each person's right once, whoever used it; have[i] (may be NULL) gets how many of requirement
 * i's slots are filled. */
uint32_t sl_quorum(const struct sl_reviewers *requirements, size_t requirement_count,
                   const struct sl_vote *votes, size_t vote_count, uint32_t *have);
/* How many slots there are; SL_VOTES_MAX + 1 when a need is absurd, so that it is never met. */
uint32_t sl_quorum_need(const struct sl_reviewers *requirements, size_t requirement_count);

/* --- alike actions ------------------------------------------------------------------------------
 */

/* HMAC(secret, document without its salt): equal for the very same action of the same identity. */
enum sl_err sl_approval_join_key(struct sl_span secret, const struct sl_action *action,
                                 uint8_t key[32]) SL_MUST_CHECK;

#endif
