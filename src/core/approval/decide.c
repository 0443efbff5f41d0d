#include "core/approval/approval.h"

const char *sl_decide_reason_text(enum sl_decide_reason reason)
{
    static const char *const texts[] = {
#define TEXT(name, text) text,
        SL_DECIDE_REASONS(TEXT)
#undef TEXT
    };
    return (size_t)reason < SL_COUNT(texts) ? texts[reason] : "unknown reason";
}

const char *sl_decide_reason_name(enum sl_decide_reason reason)
{
    static const char *const names[] = {
#define NAME(name, text) #name,
        SL_DECIDE_REASONS(NAME)
#undef NAME
    };
    return (size_t)reason < SL_COUNT(names) ? names[reason] : "UNKNOWN";
}

const char *sl_decide_channel_name(enum sl_decide_channel channel)
{
    static const char *const names[] = {
#define NAME(name, text) text,
        SL_DECIDE_CHANNELS(NAME)
#undef NAME
    };
    return (size_t)channel < SL_COUNT(names) ? names[channel] : "unknown";
}

enum sl_decide_channel sl_decide_channel_of(struct sl_span name)
{
    unsigned channel = 0;

    while (channel < SL_DECIDE_CHANNEL_COUNT &&
           !sl_span_is(name, sl_decide_channel_name((enum sl_decide_channel)channel)))
        channel++;
    return (enum sl_decide_channel)channel;
}

enum sl_decide_channel sl_decide_channel_open(uint32_t shut)
{
    unsigned channel = 0;

    while (channel < SL_CHANNEL_CONTROL && (shut >> channel & 1) != 0)
        channel++;
    return (enum sl_decide_channel)channel;
}

void sl_decide_channels_put(struct sl_buf *b, uint32_t shut)
{
    const char *separator = "";

    for (unsigned channel = 0; channel < SL_CHANNEL_CONTROL; channel++) {
        if ((shut >> channel & 1) != 0)
            continue;
        sl_buf_say(b, "%s%s", separator, sl_decide_channel_name((enum sl_decide_channel)channel));
        separator = ", ";
    }
}

enum sl_decide_channel sl_decide_channel_claimed(struct sl_span word)
{
    static const enum sl_decide_channel claimable[] = {SL_CHANNEL_CLI, SL_CHANNEL_CONSOLE};

    for (size_t i = 0; i < SL_COUNT(claimable); i++)
        if (sl_span_is(word, sl_decide_channel_name(claimable[i])))
            return claimable[i];
    return SL_CHANNEL_HTTP;
}

const char *sl_requester_role_name(enum sl_requester_role role)
{
    static const char *const names[] = {"unknown",
#define NAME(name, text, reason) text,
                                        SL_REQUESTER_ROLES(NAME)
#undef NAME
    };
    return (size_t)role < SL_COUNT(names) ? names[role] : names[0];
}

/* A role that we do not know speaks against, too. */
static enum sl_decide_reason reason_of(enum sl_requester_role role)
{
    static const enum sl_decide_reason reasons[] = {SL_DECIDE_IS_LINKED,
#define REASON(name, text, reason) SL_DECIDE_##reason,
                                                    SL_REQUESTER_ROLES(REASON)
#undef REASON
    };
    return (size_t)role < SL_COUNT(reasons) ? reasons[role] : reasons[0];
}

/* The strongest thing that the requester set says about this identity: its own name first, then
 * accounts of the same person. */
static enum sl_decide_reason requester_check(const struct sl_decide_question *q)
{
    bool same_person = false;

    for (size_t i = 0; i < q->requester_count; i++) {
        const struct sl_requester *r = &q->requesters[i];

        same_person = same_person || sl_span_eq(r->person, q->who.person);
        if (sl_span_eq(r->name, q->who.name))
            return reason_of(r->role);
    }
    return same_person ? SL_DECIDE_IS_LINKED : SL_DECIDE_YES;
}

static enum sl_decide_reason credential_check(const struct sl_decide_question *q)
{
    const struct sl_decide_credential *with = &q->with;

    if (!with->deciding)
        return SL_DECIDE_ASKING_TOKEN;
    if (with->over)
        return SL_DECIDE_CREDENTIAL_OVER;
    if (with->id.n > 0 && sl_span_eq(with->id, q->asked_with))
        return SL_DECIDE_SAME_CREDENTIAL;
    return SL_DECIDE_YES;
}

static enum sl_decide_reason issuer_check(const struct sl_decide_question *q)
{
    const struct sl_decide_credential *with = &q->with;

    if (with->issuer.n == 0)
        return SL_DECIDE_YES;
    if (sl_span_eq(with->issuer, q->who.name) || sl_span_eq(with->issuer_person, q->who.person))
        return SL_DECIDE_ISSUED_BY_SELF;
    for (size_t i = 0; i < q->requester_count; i++)
        if (sl_span_eq(with->issuer, q->requesters[i].name) ||
            sl_span_eq(with->issuer_person, q->requesters[i].person))
            return SL_DECIDE_ISSUED_BY_REQUESTER;
    return SL_DECIDE_YES;
}

/* What exists must have existed before the action was asked; the same moment does not count. */
static enum sl_decide_reason age_check(const struct sl_decide_question *q)
{
    if (q->who.since_us >= q->asked_us)
        return SL_DECIDE_NEW_IDENTITY;
    if (q->with.since_us >= q->asked_us)
        return SL_DECIDE_NEW_CREDENTIAL;
    if (q->with.passkey && q->with.passkey_since_us >= q->asked_us)
        return SL_DECIDE_NEW_PASSKEY;
    return SL_DECIDE_YES;
}

static bool listed(const struct sl_names *names, struct sl_span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_eq(names->items[i], name))
            return true;
    return false;
}

static bool is_among(const struct sl_decide_question *q, const struct sl_decider *whose,
                     const struct sl_reviewers *need, bool *too_new)
{
    bool may = listed(&need->identities, whose->name);

    for (size_t m = 0; m < whose->membership_count; m++) {
        if (!listed(&need->groups, whose->memberships[m].group))
            continue;
        if (whose->memberships[m].since_us < q->asked_us)
            may = true;
        else
            *too_new = true;
    }
    return may;
}

/* Bits of the requirements that this identity may decide; *too_new when only a newer membership
 * would have allowed one. */
static uint32_t requirements_of(const struct sl_decide_question *q, const struct sl_decider *whose,
                                bool *too_new)
{
    uint32_t may = 0;

    bool escalated = q->escalations != NULL && q->escalated_us != 0 && q->escalated_us <= q->now_us;

    for (size_t i = 0; i < q->requirement_count && i < SL_REQUIREMENTS_MAX; i++)
        if (is_among(q, whose, &q->requirements[i], too_new) ||
            (escalated && is_among(q, whose, &q->escalations[i], too_new)))
            may |= 1u << i;
    return may;
}

/* --- deciding by the right of somebody who is away ---------------------------------------------
 *
 * The stand-in passes all that anybody passes; these are about the absence, and about the right
 * that is lent: where its owner could not say yes, nobody can in their place. */

static bool under_way(const struct sl_stand_in *s, uint64_t at_us)
{
    return s->from_us <= at_us && at_us < s->until_us;
}

static bool in_requester_set(const struct sl_decide_question *q, struct sl_span name,
                             struct sl_span person)
{
    for (size_t i = 0; i < q->requester_count; i++)
        if (sl_span_eq(q->requesters[i].name, name) || sl_span_eq(q->requesters[i].person, person))
            return true;
    return false;
}

static bool is_one(const struct sl_decider *d, struct sl_span name, struct sl_span person)
{
    return sl_span_eq(d->name, name) || sl_span_eq(d->person, person);
}

/* Has this one a part in it: the stand-in, whoever is away, or somebody in the requester set? */
static bool has_a_part(const struct sl_decide_question *q, struct sl_span name,
                       struct sl_span person)
{
    return is_one(&q->who, name, person) || is_one(&q->in_place->away, name, person) ||
           in_requester_set(q, name, person);
}

/* Who let them be named are the other persons without whom it would not be: whoever asks this now
 * would have picked who decides it. */
static bool let_by_a_part(const struct sl_decide_question *q)
{
    const struct sl_stand_in *s = q->in_place;

    for (size_t i = 0; i < s->let_by_count; i++)
        if (has_a_part(q, s->let_by[i].name, s->let_by[i].person))
            return true;
    return false;
}

/* Somebody else's word for it, were it only whoever issued what it was said with. */
static bool said_by_others(const struct sl_decide_question *q)
{
    const struct sl_decide_credential *with = &q->in_place->with;

    if (!with->deciding || with->over)
        return true;
    return with->issuer.n > 0 && has_a_part(q, with->issuer, with->issuer_person);
}

static enum sl_decide_reason lent_check(const struct sl_decide_question *q)
{
    const struct sl_decider *away = &q->in_place->away;

    if (in_requester_set(q, away->name, away->person))
        return SL_DECIDE_STAND_IN_FOR_REQUESTER;
    if (!away->active || away->kind != SL_HUMAN || away->auditor || away->since_us >= q->asked_us)
        return SL_DECIDE_STAND_IN_FOR_NOBODY;
    return said_by_others(q) || let_by_a_part(q) ? SL_DECIDE_STAND_IN_BY_OTHERS : SL_DECIDE_YES;
}

static enum sl_decide_reason stand_in_check(const struct sl_decide_question *q)
{
    const struct sl_stand_in *s = q->in_place;

    if (s == NULL)
        return SL_DECIDE_YES;
    if (q->own_right_only)
        return SL_DECIDE_STAND_IN_NOT_HERE;
    if (s->name.n == 0 || !sl_span_eq(s->name, q->who.name))
        return SL_DECIDE_STAND_IN_NOT_NAMED;
    if (s->said_us >= q->asked_us)
        return SL_DECIDE_STAND_IN_NEW;
    if (!under_way(s, q->asked_us) || !under_way(s, q->now_us))
        return SL_DECIDE_STAND_IN_NOT_NOW;
    /* A stolen credential signs nothing; it must not name somebody who does. */
    if (q->passkey_required && s->let_by_count == 0)
        return SL_DECIDE_STAND_IN_ALONE;
    return lent_check(q);
}

/* --- votes --- */

static struct sl_vote vote_of(const struct sl_decide_question *q, uint32_t may)
{
    return (struct sl_vote){q->who.person, may,
                            q->in_place == NULL ? q->who.person : q->in_place->away.person};
}

static bool right_used(const struct sl_decide_question *q)
{
    struct sl_vote mine = vote_of(q, 0);

    for (size_t i = 0; i < q->vote_count; i++)
        if (sl_span_eq(sl_vote_right(&q->votes[i]), sl_vote_right(&mine)))
            return true;
    return false;
}

static bool voted(const struct sl_decide_question *q)
{
    for (size_t i = 0; i < q->vote_count; i++)
        if (sl_span_eq(q->votes[i].person, q->who.person))
            return true;
    return false;
}

/* Would one more vote fill one more slot? */
static bool needed(const struct sl_decide_question *q, uint32_t may)
{
    struct sl_vote with[SL_VOTES_MAX];

    if (q->vote_count >= SL_VOTES_MAX)
        return false;
    for (size_t i = 0; i < q->vote_count; i++)
        with[i] = q->votes[i];
    with[q->vote_count] = vote_of(q, may);
    return sl_quorum(q->requirements, q->requirement_count, with, q->vote_count + 1, NULL) >
           sl_quorum(q->requirements, q->requirement_count, q->votes, q->vote_count, NULL);
}

static enum sl_decide_reason vote_check(const struct sl_decide_question *q, uint32_t may,
                                        bool too_new)
{
    if (may == 0)
        return too_new ? SL_DECIDE_NEW_MEMBERSHIP : SL_DECIDE_NOT_REVIEWER;
    if (voted(q))
        return SL_DECIDE_VOTED_ALREADY;
    if (right_used(q))
        return SL_DECIDE_RIGHT_USED;
    if (!needed(q, may))
        return SL_DECIDE_NOT_NEEDED;
    if ((q->shut >> q->channel & 1) != 0)
        return SL_DECIDE_WRONG_CHANNEL;
    if (q->passkey_required && !q->with.passkey)
        return SL_DECIDE_NEEDS_PASSKEY;
    if (q->device_bound_required && !q->with.device_bound)
        return SL_DECIDE_NEEDS_DEVICE_BOUND;
    return SL_DECIDE_YES;
}

static enum sl_decide_reason moment_check(const struct sl_decide_question *q)
{
    if ((unsigned)q->channel >= SL_DECIDE_CHANNEL_COUNT || q->channel == SL_CHANNEL_CONTROL)
        return SL_DECIDE_CONTROL_SOCKET;
    if (q->state != SL_APPROVAL_PENDING)
        return SL_DECIDE_NOT_PENDING;
    return q->now_us >= q->expires_us ? SL_DECIDE_TOO_LATE : SL_DECIDE_YES;
}

static enum sl_decide_reason person_check(const struct sl_decide_question *q)
{
    if (!q->who.active)
        return SL_DECIDE_NOT_ACTIVE;
    if (q->who.kind != SL_HUMAN)
        return SL_DECIDE_NOT_HUMAN;
    return q->who.auditor ? SL_DECIDE_IS_AUDITOR : SL_DECIDE_YES;
}

enum sl_decide_reason sl_decide_check(const struct sl_decide_question *q, uint32_t *may)
{
    bool too_new = false;
    uint32_t mine = 0;
    static enum sl_decide_reason (*const checks[])(const struct sl_decide_question *) = {
        moment_check, credential_check, person_check,   requester_check,
        age_check,    issuer_check,     stand_in_check,
    };

    if (q->in_place == NULL)
        mine = requirements_of(q, &q->who, &too_new);
    else if (stand_in_check(q) == SL_DECIDE_YES) /* a right that is not lent shows nothing */
        mine = requirements_of(q, &q->in_place->away, &too_new);
    if (may != NULL)
        *may = mine;
    for (size_t i = 0; i < SL_COUNT(checks); i++) {
        enum sl_decide_reason reason = checks[i](q);

        if (reason != SL_DECIDE_YES)
            return reason;
    }
    return vote_check(q, mine, too_new);
}
