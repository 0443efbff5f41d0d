#include "role/keeper/keeper_int.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/ask.h"
#include "role/keeper/call.h"
#include "role/keeper/decision.h"
#include "role/keeper/glass.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/policy_change.h"
#include "role/keeper/waiters.h"

/* A person's yes or no. Whatever channel it came by, it goes through sl_decide_check (P4), and it
 * counts only for the digest that the person was shown (P3). */

static bool is_requester(const struct call *c, const struct approval *a)
{
    for (size_t i = 0; i < a->requester_count; i++)
        if (sl_span_eq(a->requesters[i].name, c->who.name) ||
            sl_span_eq(a->requesters[i].person, c->who.person))
            return true;
    return false;
}

static bool is_known(const struct call *c, const struct approval *a, struct sl_span reason)
{
    struct db_rows rows =
        db_ask(c->keeper->store.db, DB_REFUSAL_GET, "sss", a->id, c->who.person, reason);
    bool known = db_row(&rows);

    db_end(&rows);
    return known;
}

/* That somebody tried stands in the ledger, once for each person and reason: nobody fills it by
 * trying again. A decision that came too late is no attempt at anything. */
static void record_refusal(struct call *c, const struct approval *a, enum sl_decide_reason why)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    struct sl_span reason = sl_span_str(sl_decide_reason_name(why));
    uint64_t now_us = sl_clock_us();

    if (is_known(c, a, reason))
        return;
    json_t *event = event_new("refused", now_us);
    event_str(event, "id", a->id);
    event_str(event, "person", c->who.person);
    event_str(event, "reason", reason);
    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_REFUSED,
                                                             .time_us = now_us,
                                                             .approval = a->id,
                                                             .digest = a->digest,
                                                             .approver = c->who.name,
                                                             .credential = c->with.id,
                                                             .channel = call_channel(c),
                                                             .refused = reason,
                                                             .own = is_requester(c, a)});
    store_record(&c->keeper->store, &leaf, event, true);
}

/* Somebody who may only ask tries to decide: of an approval that they may see it is recorded. */
void decision_tried_asking(struct call *c)
{
    APPROVAL(a);
    struct sl_span id = call_str(c, "id");

    if (id.n > 0 && approval_get(c->keeper, id, &a) == SL_OK && approval_visible(c, &a))
        record_refusal(c, &a, SL_DECIDE_ASKING_TOKEN);
}

void decision_refuse(struct call *c, const struct approval *a, enum sl_decide_reason reason)
{
    uint32_t status = reason == SL_DECIDE_NOT_PENDING || reason == SL_DECIDE_TOO_LATE ||
                              reason == SL_DECIDE_VOTED_ALREADY || reason == SL_DECIDE_NOT_NEEDED
                          ? 409
                          : 403;

    sl_log(SL_LOG_WARN, "decision_refused", SL_TEXT("approval", a->id),
           SL_TEXT("identity", c->who.name), SL_CSTR("reason", sl_decide_reason_name(reason)));
    if (status == 403 && a->id.n > 0)
        record_refusal(c, a, reason);
    SL_BUF(why, 256);
    decide_reason_put(&why, reason, a->shut);
    call_problem(c, status, "This decision does not count", sl_buf_text(&why),
                 reason == SL_DECIDE_NEEDS_PASSKEY ? "Sign it in the console, where browsers have "
                                                     "passkeys."
                                                   : "");
    json_put_str(c->reply, "reason", sl_span_str(sl_decide_reason_name(reason)));
}

static void record_cap(struct call *c, const struct approval *a)
{
    json_t *event = event_new("capped", sl_clock_us());

    event_str(event, "id", a->id);
    event_u64(event, "rows", decision_rows(c));
    store_record(&c->keeper->store, NULL, event, true);
}

/* Whose rows does a gate count, so that a number stops them? */
static bool is_counted(const struct approval *a)
{
    return sl_span_is(a->protocol, "postgres") && !approval_is_list(a);
}

/* What goes beyond a limit of one statement is an action of its own, which other rules may hold or
 * deny. */
static bool exceeds_policy(const struct approval *a, uint64_t rows)
{
    uint64_t most = 0;

    return sl_json_u64(a->detail, "row_limit", &most) && rows > most;
}

/* A number of rows must be one, and more than what has been delivered; where nothing would stop at
 * it, who gives one believes in a limit that is none. */
static bool rows_make_sense(struct call *c, const struct approval *a, bool yes)
{
    const json_t *given = json_object_get(c->body, "rows");
    uint64_t delivered = 0;

    if (given == NULL)
        return true;
    if (yes && !is_counted(a)) {
        call_problem(c, 400, "Nothing counts its rows",
                     "Only a single statement on a connection can be stopped at a number of rows.",
                     "Approve it without a number, or deny it.");
        return false;
    }
    sl_json_u64(a->detail, "delivered", &delivered);
    if (yes && exceeds_policy(a, decision_rows(c))) {
        call_problem(c, 400, "More rows than policy lets it return",
                     "A yes to the statement lets it run within what policy says; beyond that "
                     "number it is asked about again, by the rules for that.",
                     "Approve it with a smaller number, or without one.");
        return false;
    }
    if (yes && decision_rows(c) > delivered)
        return true;
    call_problem(c, 400, "How many rows?",
                 yes ? "rows must be a whole number, more than what has been delivered already."
                     : "A no has no number of rows.",
                 "");
    return false;
}

/* Who says that it was this person: their secret, or a chat, which we believe (docs/slack.md). */
static struct sl_span vouched(const struct call *c)
{
    bool is_chat = c->channel == SL_CHANNEL_SLACK || c->channel == SL_CHANNEL_TEAMS;

    return is_chat ? call_channel(c) : SL_SPAN("token");
}

static void record_vote(struct call *c, const struct approval *a, bool yes,
                        const struct decision_right *by, const struct decision_proof *proof)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t now_us = sl_clock_us();
    struct sl_span decision = yes ? SL_SPAN("approve") : SL_SPAN("deny");
    struct sl_span reason = decision_reason(c), rule = {NULL, 0};
    json_t *event = event_new("voted", now_us);

    for (size_t i = 0; i < a->requirement_count && rule.n == 0; i++)
        if ((by->may & 1u << i) != 0)
            rule = a->rules[i];
    event_str(event, "id", a->id);
    event_str(event, "identity", c->who.name);
    event_str(event, "person", c->who.person);
    event_str(event, "decision", decision);
    event_str(event, "reason", reason);
    event_str(event, "channel", call_channel(c));
    event_str(event, "credential", c->with.id);
    event_u64(event, "may", by->may);
    if (by->in_place.n > 0)
        event_str(event, "in_place", by->in_place);
    decision_proof_event(proof, event);
    sl_entry_put_approval(
        &leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_DECIDED,
                                           .time_us = now_us,
                                           .approval = a->id,
                                           .digest = a->digest,
                                           .decision = decision,
                                           .approver = c->who.name,
                                           .credential = c->with.id,
                                           .channel = call_channel(c),
                                           .proof = proof->given ? SL_SPAN("passkey") : vouched(c),
                                           .passkey = proof->given ? &proof->entry : NULL,
                                           .in_place = by->in_place,
                                           .rule = rule,
                                           .rows = decision_rows(c),
                                           .reason = reason});
    store_record(&c->keeper->store, &leaf, event, true);
    if (decision_rows(c) > 0)
        record_cap(c, a);
}

static void approved(struct call *c, struct approval *a)
{
    if (approval_move(c->keeper, a, &(struct move){.on = SL_APPROVAL_ON_APPROVE}) != SL_OK)
        return;
    waiters_offer(c->keeper, a);
    policy_change_decided(c->keeper, a);
    passkey_decided(c->keeper, a);
}

static void denied(struct call *c, struct approval *a)
{
    SL_BUF(why, DECISION_REASON_BYTES + 256);

    sl_buf_say(&why, "denied by %S", c->who.name);
    if (call_str(c, "reason").n > 0)
        sl_buf_say(&why, ": %S", decision_reason(c));
    approval_end(c->keeper, a,
                 &(struct move){.on = SL_APPROVAL_ON_DENY,
                                .by = c->who.name,
                                .channel = call_channel(c),
                                .reason = sl_buf_span(&why)});
}

static void count_votes(struct call *c, struct sl_span id, bool yes)
{
    APPROVAL(a);
    struct sl_vote *votes;

    if (approval_get(c->keeper, id, &a) != SL_OK)
        return;
    size_t count = approval_yes(c->keeper, &a, &votes);
    uint32_t have = sl_quorum(a.requirements, a.requirement_count, votes, count, NULL);
    if (!yes)
        denied(c, &a);
    else if (have == sl_quorum_need(a.requirements, a.requirement_count))
        approved(c, &a);
    else
        keeper_event(c->keeper, "voted", a.id, a.state);
    c->reply = approval_json(c, &a);
}

static bool digest_shown(struct call *c, const struct approval *a)
{
    uint8_t digest[32];

    return sl_hex_fixed(digest, sizeof digest, call_str(c, "digest")) == SL_OK &&
           sl_span_eq(sl_span(digest, sizeof digest), sl_span(a->digest, sizeof a->digest));
}

bool decision_read(struct call *c, struct approval *a)
{
    struct sl_span decision = call_str(c, "decision"), id = call_str(c, "id");
    bool yes = !sl_span_is(decision, "deny");

    if (id.n == 0 || approval_get(c->keeper, id, a) != SL_OK || !approval_visible(c, a)) {
        call_problem(c, 404, "No such approval",
                     "There is no approval with this id that you may see.", "");
        return false;
    }
    if (yes && !sl_span_is(decision, "approve") && !decision_breaks_glass(c)) {
        call_problem(c, 400, "What is decided?",
                     "decision must be \"approve\", \"deny\" or \"break-glass\".", "");
        return false;
    }
    if (call_str(c, "reason").n == 0) {
        call_problem(c, 400, "Why?", "A decision needs a reason.", "Say it in a few words.");
        return false;
    }
    if (!rows_make_sense(c, a, yes))
        return false;
    if (!digest_shown(c, a)) {
        call_problem(c, 409, "Not what was shown", "The digest is not that of this approval.",
                     "Read the approval again and decide on what it says now.");
        return false;
    }
    if (approval_erased(a)) {
        call_problem(c, 409, "Erased",
                     "What was asked has been erased: nobody can be shown what they would "
                     "decide.",
                     "");
        return false;
    }
    return true;
}

bool decision_breaks_glass(struct call *c)
{
    return sl_span_is(call_str(c, "decision"), "break-glass");
}

enum sl_decide_reason decision_may(struct call *c, const struct approval *a,
                                   struct decision_right *by)
{
    return decision_breaks_glass(c) ? glass_may(c->keeper, a, &c->who, &c->with, c->channel)
                                    : approval_may_for(c->keeper, a, &c->who, &c->with, c->channel,
                                                       &by->may, &by->in_place);
}

static void break_glass(struct call *c, struct approval *a, const struct decision_proof *proof)
{
    APPROVAL(after);

    glass_break(c, a, proof);
    if (decision_rows(c) > 0)
        record_cap(c, a);
    if (approval_get(c->keeper, a->id, &after) == SL_OK)
        c->reply = approval_json(c, &after);
}

void call_DECISION(struct call *c)
{
    APPROVAL(a);
    struct decision_proof proof;
    struct decision_right by = {0};

    if (!decision_read(c, &a) || !decision_proof(c, &a, &proof))
        return;
    votes_lapse(c->keeper, &a);
    enum sl_decide_reason reason = decision_may(c, &a, &by);
    if (reason != SL_DECIDE_YES)
        decision_refuse(c, &a, reason);
    else if (decision_breaks_glass(c))
        break_glass(c, &a, &proof);
    else {
        bool yes = sl_span_is(call_str(c, "decision"), "approve");

        record_vote(c, &a, yes, &by, &proof);
        count_votes(c, a.id, yes);
    }
}
