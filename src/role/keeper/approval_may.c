#include "role/keeper/approval.h"

#include "role/keeper/away.h"
#include "role/keeper/credentials.h"
#include "role/keeper/glass.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/people.h"
#include "role/keeper/view_int.h"

/* Who may decide an approval, and whose yes still stands. */

struct sl_decide_question approval_question(struct keeper *k, const struct approval *a,
                                            enum sl_decide_channel channel)
{
    struct sl_vote *yes;
    size_t count = approval_yes(k, a, &yes);

    return (struct sl_decide_question){.channel = channel,
                                       .state = a->state,
                                       .asked_us = a->asked_us,
                                       .expires_us = a->expires_us,
                                       .now_us = sl_clock_us(),
                                       .requesters = a->barred,
                                       .requester_count = a->barred_count,
                                       .requirements = a->requirements,
                                       .requirement_count = a->requirement_count,
                                       .votes = yes,
                                       .vote_count = count,
                                       .passkey_required = a->passkey,
                                       .device_bound_required = a->device_bound,
                                       .escalations = a->escalations,
                                       .escalated_us = a->escalated_us,
                                       .shut = a->shut,
                                       .asked_with = sl_json_str(a->detail, "asked_with")};
}

/* Whoever was switched off and on again is as new as that moment: nothing that they said before
 * comes back, whatever they said it with, and what was asked before is for others. */
static uint64_t there_since_us(const struct person *who)
{
    return who->active_since_us > who->since_us ? who->active_since_us : who->since_us;
}

struct sl_decider decider_of(struct keeper *k, const struct person *who)
{
    return (struct sl_decider){.name = who->name,
                               .person = who->person,
                               .kind = who->kind,
                               .active = person_active(who),
                               .auditor = person_has_role(k, who, PERSON_AUDITOR),
                               .since_us = there_since_us(who),
                               .memberships = who->memberships,
                               .membership_count = who->groups.count};
}

struct sl_decide_credential decides_with(struct keeper *k, const struct credential *with)
{
    return (struct sl_decide_credential){.id = with->id,
                                         .deciding = with->deciding,
                                         .over = with->over,
                                         .passkey = with->passkey.n > 0,
                                         .device_bound = with->device_bound,
                                         .passkey_since_us = with->passkey_since_us,
                                         .since_us = with->since_us,
                                         .issuer = with->issuer,
                                         .issuer_person = with->issuer.n == 0
                                                              ? with->issuer
                                                              : person_of(k, with->issuer)};
}

void decide_reason_put(struct sl_buf *b, enum sl_decide_reason reason, uint32_t shut)
{
    sl_buf_put_str(b, sl_decide_reason_text(reason));
    if (reason != SL_DECIDE_WRONG_CHANNEL)
        return;
    sl_buf_put_str(b, "; it is decided by: ");
    sl_decide_channels_put(b, shut);
}

bool approval_for_inactive(struct keeper *k, const struct approval *a)
{
    struct sl_names names = names_of_json(k, json_object_get(a->detail, "on_behalf_of"));

    return acting_for_inactive(k, &names).n > 0;
}

/* Their own right does not do; another person's may. */
static bool asks_for_a_right(enum sl_decide_reason reason)
{
    return reason == SL_DECIDE_NOT_REVIEWER || reason == SL_DECIDE_NEW_MEMBERSHIP ||
           reason == SL_DECIDE_NOT_NEEDED || reason == SL_DECIDE_RIGHT_USED;
}

/* The same question by the right of each who is away and named them; the first that does counts.
 * Else, where their own right is none, it is said why not of one who could have lent one here. */
static enum sl_decide_reason instead(struct keeper *k, const struct approval *a,
                                     struct sl_decide_question *q, enum sl_decide_reason own,
                                     uint32_t *may, struct sl_span *in_place)
{
    struct absences all = absences_naming(k, q->who.name, q->now_us);
    enum sl_decide_reason reason = own;

    q->own_right_only = all.count > 0 && own_right_only(k, a->protocol, a->barred, a->barred_count);
    for (size_t i = 0; i < all.count; i++) {
        struct sl_stand_in s;
        uint32_t theirs = 0;

        if (!stand_in_of(k, &all.items[i], &s))
            continue;
        q->in_place = &s;
        enum sl_decide_reason this_one = sl_decide_check(q, &theirs);
        q->in_place = NULL;
        if (this_one == SL_DECIDE_YES) {
            *may = theirs;
            *in_place = all.items[i].identity;
            return this_one;
        }
        *may |= theirs;
        if (reason == SL_DECIDE_NOT_REVIEWER || (own == SL_DECIDE_NOT_REVIEWER && theirs != 0))
            reason = this_one;
    }
    return reason;
}

enum sl_decide_reason approval_may_for(struct keeper *k, const struct approval *a,
                                       const struct person *who, const struct credential *with,
                                       enum sl_decide_channel channel, uint32_t *may,
                                       struct sl_span *in_place)
{
    struct sl_decide_question q = approval_question(k, a, channel);

    q.who = decider_of(k, who);
    q.with = decides_with(k, with);
    *in_place = sl_span(NULL, 0);
    enum sl_decide_reason own = sl_decide_check(&q, may);
    /* What is over is asked about too: who might have decided may see it as long as they could. */
    if (!asks_for_a_right(own) && *may != 0)
        return own;
    enum sl_decide_reason reason = instead(k, a, &q, own, may, in_place);
    return asks_for_a_right(own) ? reason : own;
}

enum sl_decide_reason approval_may(struct keeper *k, const struct approval *a,
                                   const struct person *who, const struct credential *with,
                                   enum sl_decide_channel channel, uint32_t *may)
{
    struct sl_span in_place;
    uint32_t ignored;

    return approval_may_for(k, a, who, with, channel, may == NULL ? &ignored : may, &in_place);
}

/* Its signature was verified when it was given; that passkey must still be one. */
static bool passkey_stands(struct keeper *k, const struct vote_row *vote, struct credential *with)
{
    struct passkey p;

    if (vote->passkey.n == 0)
        return true;
    if (passkey_get(k, vote->passkey, &p) != SL_OK || p.removed_us != 0)
        return false;
    credential_with_passkey(with, &p);
    return true;
}

/* The right that it was given by must be lent still, as it was then: an absence that was ended, or
 * said anew, lends it no more, while one whose time is over lent it until then. */
static bool right_stands(struct keeper *k, const struct approval *a, const struct vote_row *vote,
                         struct sl_stand_in *s, struct sl_decide_question *q)
{
    struct absence absence;

    if (vote->in_place.n == 0)
        return true;
    if (!absence_get(k, vote->in_place, &absence) || !stand_in_of(k, &absence, s))
        return false;
    q->in_place = s;
    q->own_right_only = own_right_only(k, a->protocol, a->barred, a->barred_count);
    q->now_us = vote->at_us;
    return true;
}

/* Asked again at release, with the state it was given in. */
const char *vote_problem(struct keeper *k, const struct approval *a, const struct vote_row *vote)
{
    struct approval as_it_was = *a;
    struct sl_stand_in lent;
    struct person who;
    struct credential with;
    uint32_t may = 0;

    if (person_get(k, vote->identity, &who) != SL_OK ||
        credential_by_id(k, vote->credential, &with) != SL_OK)
        return "this identity or its credential is not there any more";
    if (!passkey_stands(k, vote, &with))
        return "the passkey that signed it was removed";
    as_it_was.state = SL_APPROVAL_PENDING;
    as_it_was.expires_us = UINT64_MAX;
    as_it_was.vote_count = 0;
    struct sl_decide_question q =
        approval_question(k, &as_it_was, sl_decide_channel_of(vote->channel));
    q.who = decider_of(k, &who);
    q.with = decides_with(k, &with);
    if (!right_stands(k, a, vote, &lent, &q))
        return "whoever it was given for is not away any more, or has said so anew";
    enum sl_decide_reason reason = sl_decide_check(&q, &may);
    if (reason != SL_DECIDE_YES)
        return sl_decide_reason_text(reason);
    return (may & vote->may) == vote->may ? NULL : sl_decide_reason_text(SL_DECIDE_NOT_REVIEWER);
}

/* Each yes for itself, and all of them together: accounts that were linked since are one person. */
bool approval_votes_stand(struct keeper *k, const struct approval *a)
{
    struct exception e;
    struct sl_vote *yes;
    size_t count = approval_yes(k, a, &yes);

    bool enough = sl_quorum(a->requirements, a->requirement_count, yes, count, NULL) ==
                  sl_quorum_need(a->requirements, a->requirement_count);
    if (!enough) /* then the votes did not release it */
        return exception_get(k, a->id, &e) == SL_OK && glass_broke(a, &e) && glass_stands(k, a, &e);
    for (size_t i = 0; i < a->vote_count; i++)
        if (sl_span_is(a->votes[i].decision, "approve") && vote_problem(k, a, &a->votes[i]) != NULL)
            return false;
    return true;
}
