#include "role/keeper/keeper_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/budget.h"
#include "role/keeper/credentials.h"
#include "role/keeper/eligible.h"
#include "role/keeper/journals.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"
#include "role/keeper/waiters.h"

/* What a gate asks about actions: hold this one, let it go now, it went away. */

static void refuse(struct peer *p, uint64_t action, struct sl_span approval, struct sl_span rule,
                   struct sl_span why, const char *hint)
{
    ANSWER(p, action_refused, .action = action, .sqlstate = SL_SPAN("42501"), .approval = approval,
           .rule = rule, .who = SL_SPAN("policy"), .why = why, .hint = sl_span_str(hint));
}

/* The canonical form and nothing else: what is shown, digested and spent must be one text. */
static enum sl_err check_operation(struct keeper *k, struct sl_span operation, struct sl_span show,
                                   struct ask *a)
{
    json_t *value = NULL;
    SL_BUF(canonical, SL_ACTION_MAX_BYTES);

    SL_TRY(sl_json_read(operation, &value, NULL));
    enum sl_err err = json_is_object(value) ? sl_json_canonical(&canonical, value) : SL_EMALFORMED;
    if (err == SL_OK && !sl_span_eq(sl_buf_span(&canonical), operation))
        err = SL_EMALFORMED;
    if (err == SL_OK)
        err = over_read(k, value, show, &a->over);
    if (err == SL_OK)
        err = list_read(value, &a->list);
    if (err == SL_OK)
        err = envelope_read(value, &a->envelope);
    json_decref(value);
    return err;
}

static enum sl_err fill(struct peer *p, const struct sl_msg_action_propose *m,
                        const struct session *s, const struct person *who, struct ask *a)
{
    struct keeper *k = p->keeper;
    struct sl_meaning *meaning = SL_ARENA_NEW(k->mem, struct sl_meaning);

    if (meaning == NULL)
        return SL_EMEMORY;
    SL_TRY(check_operation(k, m->operation, m->show, a));
    SL_TRY(sl_meaning_get(k->mem, m->meaning, meaning));
    a->who = who;
    a->meaning = meaning;
    a->target = sl_config_target(k->config, s->target);
    a->action = (struct sl_action){.protocol = s->protocol,
                                   .operation = m->operation,
                                   .context = {m->context_user, m->context_database,
                                               m->context_role, m->context_search_path,
                                               m->context_encoding, m->context_settings},
                                   .reason = m->reason,
                                   .run = m->run,
                                   .sink = m->sink};
    a->others = session_others(k, s);
    a->show = m->show;
    a->only = m->only;
    a->encoded = m->meaning;
    a->credential = s->credential;
    credential_asks_for(k, s->credential, &a->others);
    a->now_us = sl_clock_us();
    a->session = s->id;
    a->gate_action = m->action;
    a->in_transaction = m->in_transaction != 0;
    return SL_OK;
}

/* Whose budget, how much of it is used, how much of this statement has been delivered. */
static void say_over(struct keeper *k, const struct session *s, const struct ask *a, bool reviewer,
                     struct sl_buf *text)
{
    const struct sl_rule *r = a->over.rule.n == 0 ? NULL : sl_config_rule(k->config, a->over.rule);

    if (r != NULL && sl_budget_is_counted(&r->budget)) {
        sl_buf_say(text, "the budget of rule \"%S\" is used up: ", r->name);
        budget_say_use(k, s, r, a->action.run, text);
    } else if (r != NULL) {
        sl_buf_say(text, "beyond the budget of rule \"%S\": ", r->name);
        sl_budget_put(text, &r->budget);
    } else {
        sl_buf_put_str(text, "beyond the rows of labelled data that a statement may return");
    }
    over_say(&a->over, reviewer, text);
    sl_buf_say(text, "; %s by: %S", a->answer.verdict == SL_DENY ? "denied" : "held",
               rule_names(k, &a->answer));
}

/* Names of rules have no bound of their own. What who asks is told goes through a notice. */
enum { MOST_FOR_ASKER = 4096, MOST_FOR_REVIEWERS = 64 * 1024 };

/* Who asks does not hear what only reviewers may know: how many rows the server expects. */
static struct sl_span sentence_of(struct keeper *k, const struct session *s, const struct ask *a,
                                  bool reviewer)
{
    SL_BUF(text, reviewer ? MOST_FOR_REVIEWERS : MOST_FOR_ASKER);

    if (a->envelope.times > 0)
        envelope_say(&text, a);
    if (a->over.is)
        say_over(k, s, a, reviewer, &text);
    else if (a->meaning->opaque_why.n > 0 && (a->meaning->effects & SL_EFFECT_OPAQUE) != 0)
        sl_buf_say(&text, "Sluice cannot know what this does (%S); %s by rule: %S",
                   a->meaning->opaque_why, a->answer.verdict == SL_DENY ? "denied" : "held",
                   rule_names(k, &a->answer));
    else {
        sl_buf_say(&text, "%s by rule: %S (", a->answer.verdict == SL_DENY ? "denied" : "held",
                   rule_names(k, &a->answer));
        sl_effects_put(&text, a->meaning->effects);
        sl_buf_say(&text, ")");
    }
    if (a->runs_as.n > 0)
        sl_buf_say(&text, "; runs as the login %S (role %S)", a->runs_as, a->runs_as_user);
    return sl_arena_copy(k->mem, sl_buf_span(&text));
}

static void joined_leaf(struct keeper *k, const struct approval *a, const struct session *s,
                        uint64_t action)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_JOINED,
                                                             .time_us = sl_clock_us(),
                                                             .approval = a->id,
                                                             .digest = a->digest,
                                                             .session = s->id,
                                                             .action = action,
                                                             .identity = a->identity});
    store_leaf(&k->store, &leaf, false, NULL);
}

static void answer_held(struct peer *p, const struct ask *ask, const struct approval *a,
                        const struct session *s)
{
    struct keeper *k = p->keeper;
    struct sl_ipc_list set = {0};
    SL_BUF(items, 1024 * 1024);
    SL_BUF(reviewers, 8192);
    bool granted = a->state == SL_APPROVAL_APPROVED;

    for (size_t i = 0; i < a->requester_count; i++)
        sl_ipc_list_add(&items, &set, a->requesters[i].name);
    deciders_text(&reviewers, k, a);
    ANSWER(p, action_held, .action = ask->gate_action, .approval = a->id,
           .expires_us = granted ? a->grant_expires_us : a->expires_us, .joined = ask->joined,
           .granted = granted, .requester = set, .salt = sl_span(a->salt, sizeof a->salt),
           .digest = sl_span(a->digest, sizeof a->digest), .rule = rule_names(k, &ask->answer),
           .why = ask->why_asker, .link = approval_link(k, a->id),
           .reviewers = sl_buf_span(&reviewers));
    waiter_add(k, s, ask->gate_action, a->id, ask->encoded);
    if (ask->joined)
        joined_leaf(k, a, s, ask->gate_action);
    if (granted)
        waiters_offer(k, a);
}

static void hold(struct peer *p, const struct session *s, struct ask *ask)
{
    struct keeper *k = p->keeper;
    APPROVAL(a);
    enum sl_err err;

    ask->why = sentence_of(k, s, ask, true);
    ask->why_asker = sentence_of(k, s, ask, false);
    err = ask_hold(k, ask);
    if (err == SL_OK)
        err = approval_get(k, sl_span_str(ask->id), &a);
    if (err == SL_EDENIED)
        refuse(p, ask->gate_action, sl_span(NULL, 0), rule_names(k, &ask->answer),
               sl_span_str(ask->refusal), ask->hint);
    else if (err != SL_OK)
        refuse(p, ask->gate_action, sl_span(NULL, 0), rule_names(k, &ask->answer),
               sl_span_str(sl_err_text(err)), "This action could not be recorded as an approval.");
    else
        answer_held(p, ask, &a, s);
}

/* The sentence of policy about an action that is held at the gate. What the gate believes about the
 * verdict does not count; where both differ, the gate judges again. */
static void judge(struct peer *p, const struct session *s, struct ask *a)
{
    struct keeper *k = p->keeper;

    if (ask_judge(k, a) != SL_OK) {
        refuse(p, a->gate_action, sl_span(NULL, 0), sl_span(NULL, 0),
               SL_SPAN("the action could not be judged"), "");
        return;
    }
    if (a->answer.enforced == SL_ALLOW)
        ANSWER(p, action_stale, .action = a->gate_action);
    else if (a->answer.enforced == SL_DENY)
        refuse(p, a->gate_action, sl_span(NULL, 0), rule_names(k, &a->answer),
               sentence_of(k, s, a, false), "");
    else
        hold(p, s, a);
}

/* A session waits for its statement, and for the result before it that was stopped: a gate that
 * proposes far more for one is not ours, and each costs the keeper memory. */
enum { WAITERS_OF_ONE = 64 };

void on_action_propose(struct peer *p, const struct sl_msg_action_propose *m)
{
    struct keeper *k = p->keeper;
    struct session *s = session_get(k, p->index, m->session);
    struct person who;
    struct ask a = {0};

    if (s == NULL || waiter_find(k, p->index, m->action) != NULL ||
        waiters_of_session(k, s->id) >= WAITERS_OF_ONE) {
        sl_channel_break(p->channel, SL_ESTATE); /* a session that we never gave it, an action
                                                    twice, or more than a session can wait for */
        return;
    }
    if (m->generation != k->generation) {
        ANSWER(p, action_stale, .action = m->action);
        return;
    }
    if (person_get(k, s->identity, &who) != SL_OK) { /* which is not the gate's doing */
        refuse(p, m->action, sl_span(NULL, 0), sl_span(NULL, 0),
               SL_SPAN("your identity is in more groups than anybody may be in"),
               "The provider or an operator takes some away; then sign in again.");
        return;
    }
    enum sl_err err = fill(p, m, s, &who, &a);
    if (err != SL_OK) {
        sl_channel_break(p->channel, err);
        return;
    }
    if (s->ending || k->draining || !person_active(a.who) || a.target == NULL)
        refuse(p, m->action, sl_span(NULL, 0), sl_span(NULL, 0), SL_SPAN("this session is ending"),
               "");
    else if (acting_for_inactive(k, &a.others.on_behalf_of).n > 0)
        refuse(p, m->action, sl_span(NULL, 0), sl_span(NULL, 0),
               SL_SPAN("somebody for whom this session acts is disabled or paused"), "");
    else
        judge(p, s, &a);
}

/* --- spending (P2) --- */

static void refuse_spend(struct peer *p, struct waiter *w, uint64_t action, struct sl_span approval,
                         const char *why)
{
    refuse(p, action, approval, sl_span(NULL, 0), sl_span_str(why),
           "Run the same statement again to ask anew.");
    if (w != NULL)
        waiter_remove(p->keeper, w);
}

/* Why this grant may not be spent here and now; NULL when it may. */
static const char *spend_problem(struct keeper *k, const struct approval *a,
                                 const struct session *s, struct sl_span digest)
{
    struct person who;

    if (a->state != SL_APPROVAL_APPROVED)
        return "there is no grant to spend";
    if (sl_clock_us() >= a->grant_expires_us)
        return "the grant has run out";
    if (!sl_span_eq(digest, sl_span(a->digest, sizeof a->digest)))
        return "what would run is not what was approved";
    if (!sl_span_eq(a->identity, s->identity) || !sl_span_eq(a->target, s->target))
        return "the grant is for another identity or target";
    if (s->ending || person_get(k, s->identity, &who) != SL_OK || !person_active(&who))
        return "the requester is no longer active";
    if (approval_for_inactive(k, a))
        return "somebody on whose behalf it was asked is no longer active";
    return approval_votes_stand(k, a) ? NULL : "a person who approved may no longer decide";
}

/* The gate looks again when a policy or a label comes; one that does not know it yet, or does not
 * want to, gets no further than here (P3). */
static bool still_means_it(struct keeper *k, const struct approval *a, const struct waiter *w)
{
    struct sl_meaning meaning;
    struct person who;

    return (w->generation == k->generation && w->label_version == k->label_version) ||
           (sl_meaning_get(k->mem, sl_buf_span(&w->meaning), &meaning) == SL_OK &&
            person_get(k, a->identity, &who) == SL_OK && means_the_same(k, a, &who, &meaning));
}

/* The grant is spent, or one use of an envelope: recorded before anybody hears of it. */
static const char *spend(struct keeper *k, struct approval *a, const struct session *s,
                         uint64_t action)
{
    uint64_t times = approval_envelope(a).times, use = times == 0 ? 0 : approval_uses(k, a) + 1;
    struct move m = {.on = use < times ? SL_APPROVAL_ON_USE : SL_APPROVAL_ON_SPEND,
                     .session = s->id,
                     .action = action,
                     .use = use};

    return use > times || approval_move(k, a, &m) != SL_OK ? "there is no grant to spend" : NULL;
}

/* What leaves another grant to its time ends an envelope. */
static bool ends_envelope(struct keeper *k, const struct approval *a, const char *problem)
{
    if (approval_envelope(a).times == 0 || a->state != SL_APPROVAL_APPROVED)
        return false;
    if (problem == NULL && !same_policy(k, a))
        problem = "policy is another one than when it was asked";
    if (problem == NULL)
        return false;
    envelope_void(k, a->id, problem); /* which refuses all who wait for it */
    return true;
}

void on_action_spend(struct peer *p, const struct sl_msg_action_spend *m)
{
    struct keeper *k = p->keeper;
    struct waiter *w = waiter_find(k, p->index, m->action);
    struct session *s = w == NULL ? NULL : session_get(k, p->index, w->session);
    APPROVAL(a);

    if (w == NULL || s == NULL || !sl_span_eq(sl_span(w->approval, 36), m->approval)) {
        refuse_spend(p, NULL, m->action, m->approval, "nobody waits here for this approval");
        return;
    }
    if (approval_get(k, m->approval, &a) != SL_OK) {
        refuse_spend(p, w, m->action, m->approval, "there is no such approval");
        return;
    }
    if (w->withdrawn) /* the grant stays; what is said next is that the client left */
        return;
    const char *problem = spend_problem(k, &a, s, m->digest);
    if (ends_envelope(k, &a, problem))
        return;
    if (problem == NULL && !still_means_it(k, &a, w)) {
        approval_end(k, &a,
                     &(struct move){
                         .on = SL_APPROVAL_ON_VOID}); /* which refuses all who wait for it */
        return;
    }
    if (problem == NULL)
        problem = spend(k, &a, s, m->action);
    if (problem != NULL) {
        refuse_spend(p, w, m->action, m->approval, problem);
        return;
    }
    running_add(k, s->id, m->action, a.id, approval_is_list(&a));
    ANSWER(p, action_go, .action = m->action, .approval = a.id,
           .grant_expires_us = a.grant_expires_us, .rows = approval_cap(k, &a));
    waiter_remove(k, w);
    waiters_ask_again(k, a.id);
}

/* --- leaving --- */

enum { LEFT_GONE = 0, LEFT_CANCELLED = 1, LEFT_WAITED = 2, LEFT_CHANGED = 3 };

static void left_leaf(struct keeper *k, const struct approval *a, const struct waiter *w,
                      struct sl_span why)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_LEFT,
                                                             .time_us = sl_clock_us(),
                                                             .approval = a->id,
                                                             .digest = a->digest,
                                                             .session = w->session,
                                                             .action = w->action,
                                                             .reason = why});
    store_leaf(&k->store, &leaf, false, NULL);
}

void on_action_left(struct peer *p, const struct sl_msg_action_left *m)
{
    struct keeper *k = p->keeper;
    struct waiter *w = waiter_find(k, p->index, m->action);
    APPROVAL(a);

    if (w == NULL)
        return; /* it was answered a moment ago */
    struct sl_span id = sl_arena_copy(k->mem, sl_span(w->approval, 36));
    bool offered = w->offered;
    enum sl_err err = approval_get(k, id, &a);
    if (err == SL_OK && a.state <= SL_APPROVAL_APPROVED)
        left_leaf(k, &a, w, m->why);
    waiter_remove(k, w);
    if (err != SL_OK)
        return;
    if (m->how == LEFT_CANCELLED)
        approval_end(k, &a, &(struct move){.on = SL_APPROVAL_ON_CANCEL, .by = a.identity});
    else if (m->how == LEFT_CHANGED)
        approval_end(k, &a, &(struct move){.on = SL_APPROVAL_ON_VOID, .reason = m->why});
    else if (offered && a.state == SL_APPROVAL_APPROVED)
        waiters_offer(k, &a);
    keeper_event(k, "left", a.id, a.state);
}
