/* Making an approval out of what a gate or a program asks: ask.c judges and holds it, action.c is
 * what a gate says, list.c is about lists of statements, again.c about what was approved under the
 * policy of before.
 */
#ifndef SL_ROLE_KEEPER_ASK_H
#define SL_ROLE_KEEPER_ASK_H

#include "core/action/envelope.h"
#include "core/policy/policy.h"
#include "ipc/messages.h"
#include "role/keeper/budget.h"
#include "role/keeper/people.h"
#include "json/json.h"

struct keeper;
struct peer;
struct approval;

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
    struct sl_envelope envelope; /* times 0: it is none */
    size_t list;                 /* so many statements; 0: it is no list */
    struct over over;
    /* out */
    struct sl_answer answer;
    struct sl_requester *requesters;
    size_t requester_count;
    struct sl_reviewers *requirements;
    struct sl_span *requirement_rules; /* the name of the rule that asks for each */
    size_t requirement_count;
    struct sl_reviewers *signers; /* sl_policy_signers; none: the requirements */
    size_t signer_count;
    struct sl_reviewers *escalations; /* of each requirement; need 0: nobody */
    uint64_t escalate_ms;             /* after this time; 0: never */
    struct sl_names notify, escalate_notify;
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
/* Asks for signed decisions where the default does (passkeys.by_default), and says why. */
enum sl_err ask_prefer_passkey(struct keeper *k, struct ask *a) SL_MUST_CHECK;
/* Among the routes of an approval: also where a chat tells what no rule sends elsewhere. */
#define NOTIFY_DEFAULT "*"
/* Rows that the grant lets pass; 0: as policy says. */
uint64_t approval_cap(struct keeper *k, const struct approval *a);
/* SL_EDENIED with `refusal` when it cannot be held: no reason given, too few people, ... */
enum sl_err ask_hold(struct keeper *k, struct ask *a) SL_MUST_CHECK;
/* Records it as a new approval; fills in its id. */
enum sl_err ask_record(struct keeper *k, struct ask *a) SL_MUST_CHECK;
/* Effects, datasets, rules, reason: as ledger leaves carry them. */
void ask_put_facts(struct keeper *k, const struct ask *a, struct sl_buf *facts);
struct sl_span rule_names(struct keeper *k, const struct sl_answer *a);
struct sl_span approval_link(struct keeper *k, struct sl_span id);

/* --- action.c: what a gate asks -----------------------------------------------------------------
 */
void on_action_propose(struct peer *p, const struct sl_msg_action_propose *m);
void on_action_spend(struct peer *p, const struct sl_msg_action_spend *m);
void on_envelope_end(struct peer *p, const struct sl_msg_envelope_end *m);
void on_list_ask(struct peer *p, const struct sl_msg_list_ask *m);
void on_action_left(struct peer *p, const struct sl_msg_action_left *m);

/* --- list.c: lists of statements -----------------------------------------------------------------
 */
/* How many statements an operation lists; 0: it is none. SL_EMALFORMED. */
enum sl_err list_read(const json_t *operation, size_t *count) SL_MUST_CHECK;
void list_put_text(struct sl_buf *b, const json_t *operation); /* masked */
bool list_mask(json_t *operation); /* password literals; true: there were some */
bool approval_is_list(const struct approval *a);

/* --- envelope.c: many runs of a template ---------------------------------------------------------
 */
/* What an operation says about it; times 0: it is none. SL_EMALFORMED. */
enum sl_err envelope_read(const json_t *operation, struct sl_envelope *out) SL_MUST_CHECK;
/* Why it may not be asked; NULL: it may. */
const char *envelope_problem(struct keeper *k, const struct ask *a);
/* For reviewers, and whoever asks: what a yes lets run. */
void envelope_say(struct sl_buf *b, const struct ask *a);
/* That of an approval; times 0: it is none. */
struct sl_envelope approval_envelope(const struct approval *a);
uint64_t approval_uses(struct keeper *k, const struct approval *a);
/* Ends it, if it is approved and an envelope. */
void envelope_void(struct keeper *k, struct sl_span id, const char *why);
/* Those that were asked under another policy. */
void envelopes_moved(struct keeper *k);
/* All of them: what a gate had to say about one may have been lost with the keeper before. */
void envelopes_restart(struct keeper *k);

/* --- again.c: what was approved, under the policy of now -----------------------------------------
 */
bool means_the_same(struct keeper *k, const struct approval *a, const struct person *who,
                    const struct sl_meaning *meaning);
bool same_policy(const struct keeper *k, const struct approval *a);
/* `meaning` is that of the approval's own document: its datasets carry the labels that it says. */
bool same_labels(struct keeper *k, const struct approval *a, const struct sl_meaning *meaning);

#endif
