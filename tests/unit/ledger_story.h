/* A small true story as leaves of a ledger, with knobs that make it untrue. */
#ifndef SL_TESTS_LEDGER_STORY_H
#define SL_TESTS_LEDGER_STORY_H

#include "core/ledger/entry.h"
#include "core/ledger/facts.h"
#include "core/ledger/note.h"
#include "crypto/crypto.h"

#include <stdio.h>

struct story_deed;

/* One use of an envelope, and what ran with it. */
struct story_use {
    uint64_t nth, action;
    bool last;                     /* `spent`, not `used` */
    bool ended_before;             /* it was revoked just before */
    bool ended_behind;             /* ... between the use and what ran */
    bool no_action;                /* nothing ran */
    bool only_action;              /* no use was spent */
    const char *text, *run;        /* NULL: as they should be */
    const struct story_deed *deed; /* the same */
    uint32_t flags;
    uint64_t on_to, on_by; /* people let it go on to so many rows; 1: by a number of rita's */
    bool on_unasked;       /* ... but what they let go on is another action */
    bool outcome_later;    /* what ran says "pending", and then how it ended */
    uint8_t outcome;       /* 0: ok */
    uint64_t rows;
    uint64_t late_us; /* so much later */
};

/* Sara, who may decide, is away, and rita decides in her place. */
struct story_away {
    const char *who, *credential, *stand_in, *by; /* NULL: sara, c-sara, rita, who */
    uint64_t from_s, until_s;                     /* from when it is said; until 0: an hour */
    bool nobody;                                  /* stands in */
    bool after;                                   /* it is said after the question */
    bool back, leaves, paused, revoked;           /* before the decision */
    uint64_t wait_s;                              /* so long later it is decided */
    const char *in_place;                         /* of whom, says the decision; NULL: sara */
    bool own_right;                               /* of nobody, it says */
    struct sl_span let_by;                        /* the approval that let it; empty: none */
};

struct story {
    /* where leaves go */
    void (*put)(void *owner, struct sl_span leaf);
    void *owner;
    bool without_key; /* the store writes the first leaf itself */
    /* what is told differently; NULL or 0: as it should be */
    const char *approver, *credential, *approver_group, *channel;
    const char *spender_target;
    const char *session_credential; /* what rita signs in to the console with */
    bool no_spend, spend_twice, run_twice, other_digest, late_decision, late_spend, no_vote,
        two_votes;
    bool denied_runs, batch_held, disabled_approver, new_credential, unknown_policy, no_session;
    bool agent_approves, linked_approver, deny_vote, forged_key, unknown_kind,
        approve_without_quorum;
    bool clock_set_back, linked_voters, no_invitation, parted, foreign_revoke, observed, watched,
        owner_of_owner, second_voter;
    uint64_t list, list_ran;     /* a list of so many; so many ran */
    uint64_t list_action;        /* the first of them; 0: 4 */
    uint64_t list_withdrawn;     /* so many more were written down, and then did not run ... */
    uint8_t list_ending;         /* ... but ended like this; 0: refused */
    struct sl_envelope envelope; /* instead of the usual grant */
    uint64_t spend_nth;          /* of what is no envelope */
    uint64_t voted_rows;         /* that come with the yes */
    const char *template;
    const struct story_deed *envelope_deed;
    const char *asked_reason, *asked_keys;
    const struct story_use *uses;
    size_t use_count;
    const char *named_approver, *session_kind, *session_owner, *asked_target;
    const char *policy_text; /* instead of the usual one */
    /* the rule that holds, as the policy has it; others beside it; the target; what the leaf calls
     * the rule, and of which rule text and targets' default it has the digest */
    const char *rule, *other_rules, *target_text, *named_rule, *digested_rule, *digested_default;
    bool without_rules, in_force_no_more;
    char space[4096]; /* for the policy's text */
    /* accounts at an issuer: rita's, with the credential "a-rita"; who links it too; who it is
     * parted from; the credential of what is parted; and by whom it was linked */
    bool account, late_account;
    const char *account_too, *account_parted, *parted_credential, *account_by;
    const char *account_channel, *account_with; /* by rita herself: with which credential */
    /* the credential that asks; bot has "t-bot", made by whom and for whom */
    /* e: escalated in time, and sara decides; b: before its time; t: twice; n: no rule says so; d:
     * when it was decided; u: never, and she decides all the same */
    char escalated;
    bool sara_elsewhere;   /* in another group than the rule's */
    const char *decide_in; /* one channel that may decide */
    const struct story_away *away;
    const char *requester_too; /* in the requester set */
    bool asks_passkey;
    const char *asked_with, *token_by, *token_for, *session_for;
    /* rita, before anything is asked: each a letter. p, r: the operator pauses, lets go on. D, P,
     * E: her provider disables, brings back as paused, enables */
    const char *rita_is;
    const char *off_too; /* who is disabled then */
    /* what the approval is about is erased: 'e' at the end, 'p' while it is pending; who let it */
    char erased;
    const char *erased_let_by;
    const char *lapsed; /* whose yes does not count any more after the first vote */
    uint64_t clock;     /* grows by a second with each leaf */
};

static const uint64_t story_start_us = UINT64_C(1700000000000000);
#define STORY_ID SL_SPAN("01890a5d-ac96-774b-bcce-b302099a8057")

static inline void story_leaf(struct story *s, struct sl_buf *leaf)
{
    SL_PROMISE(sl_buf_err(leaf) == SL_OK);
    s->put(s->owner, sl_buf_span(leaf));
    sl_buf_reset(leaf);
    s->clock += 1000000;
}

static inline void story_person(struct story *s, const char *name, const char *kind,
                                const char *owner, const char *group)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    struct sl_span groups[1] = {sl_span_str(group)};

    sl_entry_put_roster(&leaf, &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_ADD,
                                                         .time_us = s->clock,
                                                         .identity = sl_span_str(name),
                                                         .identity_kind = sl_span_str(kind),
                                                         .owner = sl_span_str(owner),
                                                         .groups = {groups, group == NULL ? 0 : 1},
                                                         .by = SL_SPAN("operator")});
    story_leaf(s, &leaf);
}

static inline void story_roster(struct story *s, enum sl_entry_roster_event event, const char *name,
                                const char *credential, const char *other)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_roster(&leaf, &(struct sl_entry_roster){.event = event,
                                                         .time_us = s->clock,
                                                         .identity = sl_span_str(name),
                                                         .credential = sl_span_str(credential),
                                                         .other = sl_span_str(other),
                                                         .by = event == SL_ENTRY_ROSTER_ENROL
                                                                   ? sl_span_str(name)
                                                                   : SL_SPAN("operator")});
    story_leaf(s, &leaf);
}

static inline void story_account(struct story *s, bool link, const char *name,
                                 const char *credential)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_roster(
        &leaf, &(struct sl_entry_roster){
                   .event = link ? SL_ENTRY_ROSTER_ACCOUNT_LINK : SL_ENTRY_ROSTER_ACCOUNT_UNLINK,
                   .time_us = s->clock,
                   .identity = sl_span_str(name),
                   .credential = sl_span_str(credential),
                   .issuer = SL_SPAN("https://idp.example"),
                   .subject = SL_SPAN("u-1"),
                   .by = sl_span_str(s->account_by == NULL ? "operator" : s->account_by),
                   .channel = sl_span_str(s->account_channel),
                   .with = sl_span_str(s->account_with)});
    story_leaf(s, &leaf);
}

static inline void story_accounts(struct story *s)
{
    if (s->account)
        story_account(s, true, "rita", "a-rita");
    if (s->account_parted != NULL)
        story_account(s, false, s->account_parted,
                      s->parted_credential == NULL ? "a-rita" : s->parted_credential);
    if (s->account_too != NULL)
        story_account(s, true, s->account_too, "a-too");
}

/* Of a story's envelope: what else than the approved one a use does. */
struct story_deed {
    const char *run, *reason, *dataset, *label, *rule;
    uint32_t more_effects;
    const char *statement;
};

static inline struct sl_span story_deed(struct sl_buf *b, uint8_t verdict,
                                        const struct story_deed *d)
{
    bool reads = d->statement != NULL;
    uint32_t effects = (reads ? SL_EFFECT_READ : SL_EFFECT_EXPORT | SL_EFFECT_READ);
    struct sl_span columns[] = {SL_SPAN("email"), SL_SPAN("id")},
                   label = sl_span_str(d->label == NULL ? "pii" : d->label),
                   rule = sl_span_str(d->rule == NULL ? "regulated data leaves" : d->rule);
    struct sl_meaning_statement copy = {sl_span_str(reads ? d->statement : "copy"),
                                        effects & ~SL_EFFECT_READ};
    struct sl_meaning_access customers = {.dataset = sl_span_str(
                                              d->dataset == NULL ? "public.customers" : d->dataset),
                                          .effects = reads ? SL_EFFECT_READ : SL_EFFECT_EXPORT,
                                          .columns = columns,
                                          .column_count = 2};
    struct sl_meaning_flow flows[] = {
        {SL_SPAN("public.customers.id"), SL_SPAN("result"), SL_FLOW_INDIRECT, {0}},
        {SL_SPAN("public.customers.email"), SL_SPAN("result.email"), SL_FLOW_DIRECT, {0}}};
    struct sl_meaning m = {.effects = effects | d->more_effects,
                           .statements = &copy,
                           .statement_count = 1,
                           .accesses = &customers,
                           .access_count = 1,
                           .flows = flows,
                           .flow_count = 2};
    struct sl_action_dataset dataset = {&customers, &label, 1};
    SL_BUF(raw, 4096);

    sl_facts_put(&raw, &(struct sl_facts_said){&m, &dataset, (enum sl_verdict)verdict, {&rule, 1}});
    const char *const said[] = {d->run, d->reason, NULL};
    for (size_t i = 0; i < SL_COUNT(said); i++) {
        sl_buf_put_le16(&raw, (uint16_t)(said[i] == NULL ? 0 : strlen(said[i])));
        sl_buf_put_str(&raw, said[i] == NULL ? "" : said[i]);
    }
    sl_buf_reset(b);
    sl_entry_put_facts(b, sl_buf_span(&raw));
    SL_PROMISE(sl_buf_err(b) == SL_OK);
    return sl_buf_span(b);
}

static inline struct sl_span story_facts(struct sl_buf *b, uint8_t verdict)
{
    return story_deed(b, verdict, &(struct story_deed){0});
}

static const uint8_t story_digest[32] = {1, 2, 3}, story_other_digest[32] = {9};
#define STORY_RULE "{\"name\":\"regulated data leaves\"}"
#define STORY_ENVELOPES "{\"envelope\":\"yes\",\"name\":\"regulated data leaves\"}"
static const char story_policy[] = "{\"policy\":[" STORY_RULE "]}";

static inline const char *story_rule_of(const struct story *s)
{
    return s->rule != NULL ? s->rule : s->envelope.times > 0 ? STORY_ENVELOPES : STORY_RULE;
}

static inline const char *story_target_of(const struct story *s)
{
    return s->target_text != NULL ? s->target_text
           : s->watched           ? "{\"mode\":\"observe\",\"name\":\"finance\"}"
                                  : "{\"name\":\"finance\"}";
}

static inline struct sl_span story_policy_of(struct story *s)
{
    if (s->policy_text != NULL)
        return sl_span_str(s->policy_text);
    int n = snprintf(s->space, sizeof s->space, "{\"policy\":[%s%s],\"targets\":[%s]}",
                     s->other_rules == NULL ? "" : s->other_rules, story_rule_of(s),
                     story_target_of(s));
    SL_PROMISE(n > 0 && (size_t)n < sizeof s->space);
    return sl_span_str(s->space);
}

/* As core/policy/judge.c makes it: the auditor has it from the policy's text. */
static inline const uint8_t *story_rules(struct story *s, uint8_t out[SL_SHA256])
{
    uint8_t one[SL_SHA256];
    SL_BUF(text, 8192);
    const char *rule = s->digested_rule != NULL ? s->digested_rule : story_rule_of(s);

    sl_buf_say(&text, "%s\n%s",
               s->digested_default != NULL ? "sluice/default/v1" : "sluice/rule/v1",
               s->digested_default != NULL ? s->digested_default : rule);
    sl_sha256(sl_buf_span(&text), one);
    sl_buf_reset(&text);
    sl_buf_put_str(&text, "sluice/rules/v1\nhold\n");
    sl_buf_put(&text, sl_span(one, sizeof one));
    sl_sha256(sl_buf_span(&text), out);
    return s->without_rules ? NULL : out;
}

/* What a template may be: one SELECT that reads. */
static inline struct story_deed story_read(const struct story *s)
{
    return (struct story_deed){.run = "tickets", .rule = s->named_rule, .statement = "select"};
}

static inline struct sl_entry_action story_action(struct story *s, uint64_t number,
                                                  struct sl_span facts, const uint8_t *policy)
{
    return (struct sl_entry_action){.session = 1,
                                    .action = number,
                                    .identity = SL_SPAN("bot"),
                                    .target = SL_SPAN("finance"),
                                    .asked_us = s->clock,
                                    .started_us = s->clock + 1,
                                    .ended_us = s->clock + 5,
                                    .outcome = SL_OUTCOME_OK,
                                    .facts = facts,
                                    .text = SL_SPAN("select 'a \"quoted\" thing'\n"),
                                    .policy_digest = policy,
                                    .rows = 3,
                                    .bytes = 99};
}

static inline void story_begin(struct story *s, uint8_t policy[32])
{
    static const uint8_t seed[32] = {7}, other_seed[32] = {8};
    struct sl_signer key, other;
    SL_BUF(leaf, SL_ENTRY_MAX);
    SL_BUF(line, 1024);
    SL_BUF(statement, 4096);

    s->clock = story_start_us;
    SL_PROMISE(sl_signer_make(SL_SPAN("sluice/story"), seed, &key) == SL_OK);
    SL_PROMISE(sl_signer_make(SL_SPAN("sluice/story"), other_seed, &other) == SL_OK);
    sl_vkey_put(&line, &key.vkey);
    sl_entry_put_key(&leaf,
                     &(struct sl_entry_key){.time_us = s->clock, .new_key = sl_buf_span(&line)});
    if (s->without_key)
        sl_buf_reset(&leaf);
    else
        story_leaf(s, &leaf);
    if (s->forged_key) { /* a key that nobody handed over to */
        SL_BUF(next, 1024);
        sl_vkey_put(&next, &other.vkey);
        SL_PROMISE(sl_note_put_rotation(&statement, &other, 1, &other.vkey) == SL_OK);
        sl_entry_put_key(&leaf, &(struct sl_entry_key){.time_us = s->clock,
                                                       .new_key = sl_buf_span(&next),
                                                       .old_key = sl_buf_span(&line),
                                                       .statement = sl_buf_span(&statement)});
        story_leaf(s, &leaf);
    }
    sl_signer_done(&key);
    sl_signer_done(&other);
    sl_sha256(story_policy_of(s), policy);
    sl_entry_put_policy(&leaf, s->clock, story_policy_of(s), 0);
    story_leaf(s, &leaf);
    sl_entry_put_start(&leaf, &(struct sl_entry_start){.time_us = s->clock,
                                                       .version = SL_SPAN("0.1.0"),
                                                       .policy_digest = policy});
    story_leaf(s, &leaf);
}

static inline void story_reload(struct story *s)
{
    static const char text[] = "{\"policy\":[]}";
    uint8_t policy[SL_SHA256];
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_sha256(sl_span_str(text), policy);
    sl_entry_put_policy(&leaf, s->clock, sl_span_str(text), 0);
    story_leaf(s, &leaf);
    sl_entry_put_reload(&leaf, &(struct sl_entry_reload){
                                   .time_us = s->clock, .accepted = true, .policy_digest = policy});
    story_leaf(s, &leaf);
}

static inline void story_token(struct story *s)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    struct sl_span names[1] = {sl_span_str(s->token_for)};

    sl_entry_put_roster(&leaf,
                        &(struct sl_entry_roster){
                            .event = SL_ENTRY_ROSTER_TOKEN_CREATE,
                            .time_us = s->clock,
                            .identity = SL_SPAN("bot"),
                            .credential = SL_SPAN("t-bot"),
                            .on_behalf_of = {names, s->token_for == NULL ? 0 : 1},
                            .by = sl_span_str(s->token_by == NULL ? "operator" : s->token_by)});
    story_leaf(s, &leaf);
}

static inline void story_status(struct story *s, char what)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    bool is_ours = what == 'p' || what == 'r';

    sl_entry_put_roster(&leaf, &(struct sl_entry_roster){
                                   .event = what == 'D'   ? SL_ENTRY_ROSTER_DISABLE
                                            : what == 'E' ? SL_ENTRY_ROSTER_ENABLE
                                            : what == 'r' ? SL_ENTRY_ROSTER_RESUME
                                                          : SL_ENTRY_ROSTER_PAUSE,
                                   .time_us = s->clock,
                                   .identity = SL_SPAN("rita"),
                                   .channel = is_ours ? SL_SPAN("control") : SL_SPAN("http"),
                                   .by = is_ours ? SL_SPAN("operator") : SL_SPAN("issuer:corp")});
    story_leaf(s, &leaf);
}

static inline const char *story_or(const char *text, const char *usual)
{
    return text == NULL ? usual : text;
}

static inline void story_away(struct story *s)
{
    const struct story_away *a = s->away;
    const char *who = story_or(a->who, "sara");
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_roster(
        &leaf, &(struct sl_entry_roster){
                   .event = SL_ENTRY_ROSTER_AWAY,
                   .time_us = s->clock,
                   .identity = sl_span_str(who),
                   .other = sl_span_str(a->nobody ? NULL : story_or(a->stand_in, "rita")),
                   .credential = sl_span_str(story_or(a->credential, "c-sara")),
                   .from_us = s->clock + a->from_s * 1000000,
                   .expires_us = s->clock + (a->until_s == 0 ? 3600 : a->until_s) * 1000000,
                   .approval = a->let_by,
                   .channel = SL_SPAN("cli"),
                   .by = sl_span_str(story_or(a->by, who))});
    story_leaf(s, &leaf);
}

static inline void story_back(struct story *s)
{
    struct sl_span groups[1] = {SL_SPAN("data-stewards")};
    SL_BUF(leaf, SL_ENTRY_MAX);

    if (s->away->after)
        story_away(s);
    if (s->away->back)
        story_roster(s, SL_ENTRY_ROSTER_BACK, "sara", "c-sara", NULL);
    if (s->away->paused)
        story_roster(s, SL_ENTRY_ROSTER_PAUSE, "sara", NULL, NULL);
    if (s->away->revoked)
        story_roster(s, SL_ENTRY_ROSTER_CREDENTIAL_REVOKE, "sara", "c-sara", NULL);
    s->clock += s->away->wait_s * 1000000;
    if (!s->away->leaves)
        return;
    sl_entry_put_roster(&leaf, &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_GROUP_REMOVE,
                                                         .time_us = s->clock,
                                                         .identity = SL_SPAN("sara"),
                                                         .groups = {groups, 1},
                                                         .by = SL_SPAN("operator")});
    story_leaf(s, &leaf);
}

static inline void story_people(struct story *s)
{
    if (s->owner_of_owner)
        story_person(s, "mabel", "human", NULL, "engineers");
    story_person(s, "alice", "human", s->owner_of_owner ? "mabel" : NULL, "engineers");
    story_person(s, "rita", "human", NULL,
                 s->approver_group == NULL ? "data-stewards" : s->approver_group);
    story_person(s, "bot", "agent", "alice", "agents");
    story_person(s, "robin", "agent", "alice", "data-stewards");
    story_roster(s, SL_ENTRY_ROSTER_INVITE, "rita", NULL, NULL);
    if (!s->new_credential)
        story_roster(s, SL_ENTRY_ROSTER_ENROL, "rita", "c-rita", NULL);
    if (!s->no_invitation)
        story_roster(s, SL_ENTRY_ROSTER_INVITE, "alice", NULL, NULL);
    story_roster(s, SL_ENTRY_ROSTER_ENROL, "alice", "c-alice", NULL);
    if (s->second_voter || s->away != NULL) {
        story_person(s, "sara", "human", NULL, s->sara_elsewhere ? "chiefs" : "data-stewards");
        story_roster(s, SL_ENTRY_ROSTER_INVITE, "sara", NULL, NULL);
        story_roster(s, SL_ENTRY_ROSTER_ENROL, "sara", "c-sara", NULL);
    }
    if (s->parted)
        story_roster(s, SL_ENTRY_ROSTER_UNLINK, "rita", NULL, NULL);
    if (s->foreign_revoke)
        story_roster(s, SL_ENTRY_ROSTER_CREDENTIAL_REVOKE, "robin", "c-alice", NULL);
    story_roster(s, SL_ENTRY_ROSTER_TOKEN_CREATE, "rita", "t-rita", NULL);
    story_roster(s, SL_ENTRY_ROSTER_TOKEN_CREATE, "robin", "t-robin", NULL);
    story_roster(s, SL_ENTRY_ROSTER_SESSION_OPEN, "rita",
                 s->session_credential != NULL ? s->session_credential
                 : s->new_credential           ? NULL
                                               : "c-rita",
                 NULL);
    story_roster(s, SL_ENTRY_ROSTER_SESSION_END, "rita", "c-rita", NULL);
    if (s->linked_approver)
        story_roster(s, SL_ENTRY_ROSTER_LINK, "rita", NULL, "alice");
    story_accounts(s);
    if (s->asked_with != NULL)
        story_token(s);
    for (const char *at = s->rita_is; at != NULL && *at != '\0'; at++)
        story_status(s, *at);
    if (s->off_too != NULL)
        story_roster(s, SL_ENTRY_ROSTER_DISABLE, s->off_too, NULL, NULL);
    if (s->away != NULL && !s->away->after)
        story_away(s);
}

static inline void story_approval(struct story *s, struct sl_entry_approval e)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    e.time_us = s->clock;
    e.approval = e.approval.n > 0 ? e.approval : STORY_ID;
    e.digest = e.digest == NULL ? story_digest : e.digest;
    sl_entry_put_approval(&leaf, &e);
    story_leaf(s, &leaf);
}

static inline void story_asked(struct story *s, const uint8_t policy[32])
{
    struct sl_span sara = SL_SPAN("sara"), decide_in = sl_span_str(s->decide_in);
    const struct sl_span requesters[] = {SL_SPAN("alice"), SL_SPAN("bot"),
                                         sl_span_str(s->requester_too)},
                         groups[] = {SL_SPAN("data-stewards")};
    const struct sl_entry_need need = {SL_SPAN("regulated data leaves"),
                                       s->approve_without_quorum ? 2 : 1,
                                       {groups, 1},
                                       {NULL, 0},
                                       {NULL, 0},
                                       {&sara, s->escalated != 0 && s->escalated != 'n'}};
    SL_BUF(facts, 4096);
    uint8_t rules[SL_SHA256];
    struct story_deed deed =
        s->envelope.times > 0 ? story_read(s) : (struct story_deed){.rule = s->named_rule};

    if (s->envelope_deed != NULL)
        deed = *s->envelope_deed;
    if (s->asked_reason != NULL)
        deed.reason = s->asked_reason;
    story_approval(s,
                   (struct sl_entry_approval){
                       .event = SL_ENTRY_APPROVAL_ASKED,
                       .session = 1,
                       .action = 3,
                       .identity = SL_SPAN("bot"),
                       .owner = SL_SPAN("alice"),
                       .target = sl_span_str(s->asked_target == NULL ? "finance" : s->asked_target),
                       .environment = SL_SPAN("production"),
                       .protocol = SL_SPAN("postgres"),
                       .requesters = {requesters, s->requester_too == NULL ? 2 : 3},
                       .facts = story_deed(&facts, 1, &deed),
                       .text = sl_span_str(s->envelope.times == 0 ? "copy customers to stdout"
                                           : s->template == NULL  ? "select email from c where "
                                                                    "id = {integer}"
                                                                  : s->template),
                       .rules_digest = story_rules(s, rules),
                       .proof = s->asks_passkey ? SL_SPAN("passkey") : sl_span(NULL, 0),
                       .keys = sl_span_str(s->asked_keys),
                       .envelope = s->envelope,
                       .needs = &need,
                       .need_count = 1,
                       .asked_with = sl_span_str(s->asked_with),
                       .decide_in = {&decide_in, s->decide_in != NULL},
                       .list = s->list,
                       .policy_digest = policy,
                       .escalate_us = need.escalate_identities.count == 0 ? 0 : s->clock + 60000000,
                       .expires_us = s->clock + 900000000});
}

static inline void story_decided(struct story *s)
{
    const char *approver = s->approver == NULL ? "rita" : s->approver;
    const char *credential = s->credential == NULL ? "c-rita" : s->credential;

    if (s->clock_set_back)
        s->clock -= UINT64_C(3600000000);
    if (s->new_credential)
        story_roster(s, SL_ENTRY_ROSTER_ENROL, "rita", "c-rita", NULL);
    if (s->late_account)
        story_account(s, true, "rita", "a-rita");
    if (s->clock_set_back)
        s->clock += UINT64_C(3600000000);
    if (s->disabled_approver)
        story_roster(s, SL_ENTRY_ROSTER_DISABLE, "rita", NULL, NULL);
    if (s->away != NULL)
        story_back(s);
    if (s->late_decision)
        s->clock += UINT64_C(900000000);
    if (s->escalated == 'e' || s->escalated == 't')
        s->clock += UINT64_C(60000000);
    for (int i = 0; i < (s->escalated == 't' ? 2 : 1) && s->escalated != 0 && s->escalated != 'u';
         i++)
        story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_ESCALATED});
    for (int i = 0; i < (s->two_votes ? 2 : 1) && !s->no_vote; i++) {
        story_approval(s, (struct sl_entry_approval){
                              .event = SL_ENTRY_APPROVAL_DECIDED,
                              .approver = sl_span_str(approver),
                              .credential = sl_span_str(credential),
                              .channel = sl_span_str(s->channel == NULL ? "http" : s->channel),
                              .proof = SL_SPAN("token"),
                              .rows = s->voted_rows,
                              .in_place = sl_span_str(s->away == NULL || s->away->own_right
                                                          ? NULL
                                                          : story_or(s->away->in_place, "sara")),
                              .decision = s->deny_vote ? SL_SPAN("deny") : SL_SPAN("approve"),
                              .reason = SL_SPAN("fine, \xe2\x82\xac")});
        if (s->lapsed != NULL && i == 0)
            story_approval(s, (struct sl_entry_approval){
                                  .event = SL_ENTRY_APPROVAL_VOTE_LAPSED,
                                  .approver = sl_span_str(s->lapsed),
                                  .credential = sl_span_str(credential),
                                  .reason = SL_SPAN("this identity is disabled or paused")});
    }
    if (s->second_voter)
        story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_DECIDED,
                                                     .approver = SL_SPAN("sara"),
                                                     .credential = SL_SPAN("c-sara"),
                                                     .channel = SL_SPAN("http"),
                                                     .proof = SL_SPAN("token"),
                                                     .decision = SL_SPAN("approve"),
                                                     .reason = SL_SPAN("fine")});
    story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_APPROVED,
                                                 .expires_us = s->clock + 300000000});
}

static inline void story_erased(struct story *s, char when)
{
    if (s->erased == when)
        story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_ERASED,
                                                     .approver = SL_SPAN("operator"),
                                                     .channel = SL_SPAN("control"),
                                                     .let_by = sl_span_str(s->erased_let_by)});
}

/* One that waits for the disk, and then is not sent. */
static inline void story_withdrawn(struct story *s, struct sl_entry_one one)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    for (uint64_t i = 0; i < s->list_withdrawn; i++) {
        one.action.action = 100 + i;
        one.action.outcome = 0;
        sl_entry_put_action(&leaf, &one);
        story_leaf(s, &leaf);
        sl_entry_put_outcome(&leaf, &(struct sl_entry_outcome){.time_us = s->clock,
                                                               .session = 1,
                                                               .action = 100 + i,
                                                               .outcome = s->list_ending == 0
                                                                              ? SL_OUTCOME_REFUSED
                                                                              : s->list_ending,
                                                               .ended_us = s->clock});
        story_leaf(s, &leaf);
    }
}

static inline void story_ran(struct story *s, const uint8_t policy[32])
{
    const struct sl_span requesters[] = {SL_SPAN("alice"), SL_SPAN("bot")},
                         approvers[] = {sl_span_str(s->named_approver == NULL ? "rita"
                                                                              : s->named_approver),
                                        SL_SPAN("sara")};
    SL_BUF(leaf, SL_ENTRY_MAX);
    SL_BUF(facts, 4096);
    struct sl_entry_one one = {.requesters = {requesters, 2},
                               .approvers = {approvers, s->second_voter ? 2 : 1},
                               .approval = STORY_ID};

    story_facts(&facts, s->denied_runs ? 2 : 1);
    one.time_us = s->clock;
    one.action = story_action(s, 3, sl_buf_span(&facts), policy);
    one.digest = s->other_digest ? story_other_digest : story_digest;
    if (s->denied_runs || s->observed)
        one.approval = SL_SPAN("");
    if (s->observed)
        one.action.flags = SL_INTENT_OBSERVED;
    if (s->list > 0)
        story_withdrawn(s, one);
    int runs = s->list > 0 ? (int)s->list_ran : s->run_twice ? 2 : 1;
    for (int i = 0; i < runs; i++) {
        if (s->list > 0)
            one.action.action = (s->list_action == 0 ? 4 : s->list_action) + (uint64_t)i;
        sl_entry_put_action(&leaf, &one);
        story_leaf(s, &leaf);
    }
}

/* Beyond its bound, with a yes of its own. */
static inline void story_goes_on(struct story *s, const struct story_use *u,
                                 const uint8_t policy[32])
{
    const struct sl_span requesters[] = {SL_SPAN("alice"), SL_SPAN("bot")},
                         groups[] = {SL_SPAN("data-stewards")},
                         id = SL_SPAN("01890a5d-ac96-774b-bcce-b302099a8059");
    const struct sl_entry_need need = {.rule = SL_SPAN("regulated data leaves"),
                                       .need = 1,
                                       .groups = {groups, 1}};
    const struct story_deed deed = story_read(s);
    SL_BUF(facts, 4096);
    uint8_t rules[SL_SHA256];

    story_approval(s,
                   (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_ASKED,
                                              .approval = id,
                                              .session = 1,
                                              .action = 90,
                                              .continues = u->action + u->on_unasked,
                                              .delivered = s->envelope.rows,
                                              .cap = u->on_by == 0 ? u->on_to : u->on_to + 100,
                                              .identity = SL_SPAN("bot"),
                                              .owner = SL_SPAN("alice"),
                                              .target = SL_SPAN("finance"),
                                              .environment = SL_SPAN("production"),
                                              .protocol = SL_SPAN("postgres"),
                                              .requesters = {requesters, 2},
                                              .facts = story_deed(&facts, 1, &deed),
                                              .text = SL_SPAN("select email from c where id > 7"),
                                              .needs = &need,
                                              .need_count = 1,
                                              .policy_digest = policy,
                                              .rules_digest = story_rules(s, rules),
                                              .expires_us = s->clock + 900000000});
    story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_DECIDED,
                                                 .approval = id,
                                                 .approver = SL_SPAN("rita"),
                                                 .credential = SL_SPAN("c-rita"),
                                                 .channel = SL_SPAN("http"),
                                                 .proof = SL_SPAN("token"),
                                                 .rows = u->on_by == 0 ? 0 : u->on_to,
                                                 .decision = SL_SPAN("approve")});
    story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_APPROVED,
                                                 .approval = id,
                                                 .expires_us = s->clock + 300000000});
    story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_SPENT,
                                                 .approval = id,
                                                 .session = 1,
                                                 .action = 90});
}

static inline void story_use(struct story *s, const struct story_use *u, const uint8_t policy[32])
{
    const struct sl_span requesters[] = {SL_SPAN("alice"), SL_SPAN("bot")},
                         approver = SL_SPAN("rita");
    struct sl_entry_approval end = {.event = SL_ENTRY_APPROVAL_REVOKED, .reason = SL_SPAN("ended")};
    SL_BUF(leaf, SL_ENTRY_MAX);
    SL_BUF(facts, 4096);

    s->clock += u->late_us;
    if (u->ended_before)
        story_approval(s, end);
    if (!u->only_action)
        story_approval(s, (struct sl_entry_approval){.event = u->last ? SL_ENTRY_APPROVAL_SPENT
                                                                      : SL_ENTRY_APPROVAL_USED,
                                                     .session = 1,
                                                     .action = u->action,
                                                     .use = u->nth});
    if (u->ended_behind)
        story_approval(s, end);
    if (u->on_to > 0)
        story_goes_on(s, u, policy);
    if (u->no_action)
        return;
    struct story_deed deed = u->deed == NULL ? story_read(s) : *u->deed;
    if (u->run != NULL)
        deed.run = u->run;
    story_deed(&facts, 1, &deed);
    struct sl_entry_one one = {.time_us = s->clock,
                               .requesters = {requesters, 2},
                               .approvers = {&approver, 1},
                               .approval = STORY_ID,
                               .digest = story_digest};
    one.action = story_action(s, u->action, sl_buf_span(&facts), policy);
    one.action.text = sl_span_str(u->text == NULL ? "select email from c where id = 7" : u->text);
    one.action.flags = u->flags;
    one.action.rows = u->rows;
    one.action.outcome = u->outcome == 0 ? SL_OUTCOME_OK : u->outcome;
    if (u->outcome_later) {
        one.action.outcome = 0;
        one.action.rows = 0;
    }
    sl_entry_put_action(&leaf, &one);
    story_leaf(s, &leaf);
    if (!u->outcome_later)
        return;
    sl_entry_put_outcome(
        &leaf, &(struct sl_entry_outcome){.time_us = s->clock,
                                          .session = 1,
                                          .action = u->action,
                                          .approval = STORY_ID,
                                          .rows = u->rows,
                                          .outcome = u->outcome == 0 ? SL_OUTCOME_OK : u->outcome,
                                          .ended_us = s->clock});
    story_leaf(s, &leaf);
}

static inline void story_batch(struct story *s, const uint8_t policy[32])
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    SL_BUF(facts, 4096);
    SL_BUF(scratch, 4 * SL_ENTRY_MAX);
    struct sl_entry_batch batch;

    story_facts(&facts, s->batch_held ? 1 : 0);
    sl_entry_batch_begin(&batch, &leaf, &scratch);
    for (uint64_t i = 1; i <= 2; i++) {
        struct sl_entry_action a = story_action(s, i, sl_buf_span(&facts), policy);
        if (i == 2)
            a.outcome = 0;
        SL_PROMISE(sl_entry_batch_add(&batch, &a) == SL_OK);
    }
    sl_entry_batch_end(&batch, s->clock);
    story_leaf(s, &leaf);
    sl_entry_put_outcome(&leaf, &(struct sl_entry_outcome){.time_us = s->clock,
                                                           .session = 1,
                                                           .action = 2,
                                                           .outcome = SL_OUTCOME_FAILED,
                                                           .ended_us = s->clock,
                                                           .sqlstate = SL_SPAN("42P01")});
    story_leaf(s, &leaf);
}

static inline void story_tell(struct story *s)
{
    const struct sl_span requesters[] = {SL_SPAN("alice"), SL_SPAN("bot")};
    static const uint8_t unknown[32] = {0xee};
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint8_t policy[32];
    struct sl_span on_behalf[1] = {sl_span_str(s->session_for)};

    story_begin(s, policy);
    story_people(s);
    struct sl_entry_session session = {
        .time_us = s->clock,
        .session = 1,
        .identity = SL_SPAN("bot"),
        .identity_kind = sl_span_str(s->session_kind == NULL ? "agent" : s->session_kind),
        .owner = sl_span_str(s->session_owner == NULL ? "alice" : s->session_owner),
        .target = sl_span_str(s->spender_target == NULL ? "finance" : s->spender_target),
        .address = SL_SPAN("127.0.0.1:50000"),
        .on_behalf_of = {on_behalf, s->session_for == NULL ? 0 : 1},
        .requesters = {requesters, 2}};
    sl_entry_put_session(&leaf, &session);
    if (s->no_session)
        sl_buf_reset(&leaf);
    else
        story_leaf(s, &leaf);
    story_batch(s, s->unknown_policy ? unknown : policy);
    if (s->in_force_no_more)
        story_reload(s);
    story_asked(s, policy);
    story_erased(s, 'p');
    story_decided(s);
    if (s->linked_voters)
        story_roster(s, SL_ENTRY_ROSTER_LINK, "rita", NULL, "sara");
    if (s->late_spend)
        s->clock += UINT64_C(300000000);
    for (size_t i = 0; i < s->use_count; i++)
        story_use(s, &s->uses[i], policy);
    if (s->envelope.times > 0)
        return;
    for (int i = 0; i < (s->spend_twice ? 2 : 1) && !s->no_spend; i++)
        story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_SPENT,
                                                     .session = 1,
                                                     .action = 3,
                                                     .use = s->spend_nth});
    for (uint64_t i = 0; i < s->spend_nth; i++)
        story_approval(s,
                       (struct sl_entry_approval){
                           .event = SL_ENTRY_APPROVAL_USED, .session = 1, .action = 3, .use = 1});
    story_ran(s, policy);
    story_erased(s, 'e');
    if (s->unknown_kind) {
        sl_buf_put_str(&leaf,
                       "{\"kind\":\"gossip\",\"time\":\"2023-11-14T22:13:20.000000Z\",\"v\":1}");
        story_leaf(s, &leaf);
    }
    sl_entry_put_stop(&leaf,
                      &(struct sl_entry_stop){.time_us = s->clock, .why = SL_SPAN("asked to")});
    story_leaf(s, &leaf);
}

#endif
