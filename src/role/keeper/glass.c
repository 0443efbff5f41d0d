#include "role/keeper/glass.h"

#include "base/encode.h"
#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/decision.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/people.h"
#include "role/keeper/waiters.h"

/* Break-glass: a person of a configured group releases a held action alone. The decision is one
 * like others (its digest, its proof, the rules of P4 but for the rule's own reviewers); what is
 * different is that it needs nobody else now, and two others afterwards. */

/* Administration is not among it: whoever is alone would loosen what binds them. */
static bool is_of_ours(const struct approval *a)
{
    return sl_span_is(a->protocol, "policy") || sl_span_is(a->protocol, "sluice");
}

enum sl_decide_reason glass_may(struct keeper *k, const struct approval *a,
                                const struct person *who, const struct credential *with,
                                enum sl_decide_channel channel)
{
    struct sl_decide_question q = approval_question(k, a, channel);
    struct sl_reviewers breakers = {.groups = k->config->settings.break_glass, .need = 1};

    q.requirements = &breakers;
    q.escalations = NULL;
    /* Where nobody knows who set it going, it may be whoever would release it. */
    bool unknown = sl_json_str(a->detail, "unknown").n > 0;
    bool many = approval_envelope(a).times > 0; /* who is alone releases one action */
    q.requirement_count = is_of_ours(a) || unknown || many || breakers.groups.count == 0 ? 0 : 1;
    q.votes = NULL;
    q.vote_count = 0;
    q.own_right_only = true;
    q.who = decider_of(k, who);
    q.with = decides_with(k, with);
    return sl_decide_check(&q, NULL);
}

/* --- breaking --- */

static struct sl_names allowing(const struct keeper *k, const struct call *c)
{
    const struct sl_names *groups = &k->config->settings.break_glass;
    struct sl_names names = {0};

    for (size_t i = 0; i < c->who.groups.count; i++)
        for (size_t g = 0; g < groups->count; g++)
            if (sl_span_eq(c->who.groups.items[i], groups->items[g]))
                names_add(k->mem, &names, groups->items[g]);
    return names;
}

static void record(struct call *c, const struct approval *a, const struct decision_proof *proof)
{
    struct keeper *k = c->keeper;
    uint64_t now_us = sl_clock_us();
    uint64_t due_us = now_us + k->config->settings.review_within_ms * 1000;
    json_t *event = event_new("exception", now_us), *vote = event_new("voted", now_us);
    SL_BUF(leaf, SL_ENTRY_MAX);

    event_str(event, "id", a->id);
    event_str(event, "kind", SL_SPAN("break_glass"));
    event_str(event, "identity", c->who.name);
    event_str(event, "person", c->who.person);
    event_str(event, "credential", c->with.id);
    event_str(event, "channel", call_channel(c));
    event_str(event, "reason", decision_reason(c));
    event_u64(event, "due", due_us);
    sl_entry_put_break_glass(
        &leaf, &(struct sl_entry_break_glass){.time_us = now_us,
                                              .review_by_us = due_us,
                                              .rows = decision_rows(c),
                                              .approval = a->id,
                                              .approver = c->who.name,
                                              .credential = c->with.id,
                                              .channel = call_channel(c),
                                              .reason = decision_reason(c),
                                              .digest = a->digest,
                                              .groups = entry_list(allowing(k, c)),
                                              .passkey = proof->given ? &proof->entry : NULL});
    store_record(&k->store, &leaf, event, true);
    /* In the place of a yes that this person gave as one of several. */
    event_str(vote, "id", a->id);
    event_str(vote, "identity", c->who.name);
    event_str(vote, "person", c->who.person);
    event_str(vote, "decision", SL_SPAN("break-glass"));
    event_str(vote, "reason", decision_reason(c));
    event_str(vote, "channel", call_channel(c));
    event_str(vote, "credential", c->with.id);
    event_u64(vote, "may", 0);
    decision_proof_event(proof, vote);
    store_record(&k->store, NULL, vote, true);
}

void glass_break(struct call *c, struct approval *a, const struct decision_proof *proof)
{
    struct keeper *k = c->keeper;
    SL_BUF(why, DECISION_REASON_BYTES + 256);

    record(c, a, proof);
    sl_buf_say(&why, "released by %S alone (break-glass): %S", c->who.name, decision_reason(c));
    if (approval_move(k, a,
                      &(struct move){.on = SL_APPROVAL_ON_BREAK,
                                     .by = c->who.name,
                                     .channel = call_channel(c),
                                     .reason = sl_buf_span(&why)}) != SL_OK)
        keeper_die("a break-glass release could not be moved", SL_ESTATE);
    sl_log(SL_LOG_WARN, "break_glass", SL_TEXT("approval", a->id), SL_TEXT("by", c->who.name),
           SL_TEXT("identity", a->identity), SL_TEXT("target", a->target),
           SL_TEXT("reason", decision_reason(c)));
    keeper_event(k, "break_glass", a->id, a->state);
    waiters_offer(k, a);
}

/* What is pending was released by nobody, whatever a torn log says of an attempt. */
bool glass_broke(const struct approval *a, const struct exception *e)
{
    for (size_t i = 0; a->state != SL_APPROVAL_PENDING && i < a->vote_count; i++)
        if (sl_span_is(a->votes[i].decision, "break-glass") &&
            sl_span_eq(a->votes[i].identity, e->identity))
            return true;
    return false;
}

/* Asked again at release: everything about who broke it must still be so. */
bool glass_stands(struct keeper *k, const struct approval *a, const struct exception *e)
{
    struct approval as_it_was = *a;
    enum sl_decide_channel channel = SL_DECIDE_CHANNEL_COUNT;
    struct person who;
    struct credential with;

    if (person_get(k, e->identity, &who) != SL_OK ||
        credential_by_id(k, e->credential, &with) != SL_OK)
        return false;
    for (size_t i = 0; i < a->vote_count; i++) {
        struct passkey p;

        if (!sl_span_is(a->votes[i].decision, "break-glass"))
            continue;
        channel = sl_decide_channel_of(a->votes[i].channel);
        if (a->votes[i].passkey.n == 0)
            continue;
        if (passkey_get(k, a->votes[i].passkey, &p) != SL_OK || p.removed_us != 0)
            return false;
        credential_with_passkey(&with, &p);
    }
    as_it_was.state = SL_APPROVAL_PENDING;
    as_it_was.expires_us = UINT64_MAX;
    return glass_may(k, &as_it_was, &who, &with, channel) == SL_DECIDE_YES;
}

void glass_put(struct call *c, json_t *out, const struct approval *a)
{
    struct exception e;

    if (exception_get(c->keeper, a->id, &e) == SL_OK) {
        json_t *broken = exception_json(&e);

        json_object_set_new(broken, "reviews", reviews_json(c->keeper, a->id));
        json_object_set_new(out, "break_glass", broken);
    } else if (a->state == SL_APPROVAL_PENDING)
        json_object_set_new(out, "may_break_glass",
                            json_boolean(glass_may(c->keeper, a, &c->who, &c->with, c->channel) ==
                                         SL_DECIDE_YES));
}
