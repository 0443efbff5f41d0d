#include "role/keeper/ask.h"

#include "role/keeper/eligible.h"
#include "role/keeper/keeper_int.h"

/* As soon as enough people have passkeys, what is worst takes no less (docs/policy.md). Nothing
 * that who asks can add to the question may lower what is asked for: another statement that other
 * rules match, or a word of who triggered it. */

struct signing {
    struct keeper *keeper;
    struct ask *ask;
    const struct sl_requester *requesters;
    size_t requester_count;
};

/* The requester set without those who are in it by the asker's own word. */
static bool put_unsaid(struct signing *s, struct ask *a)
{
    struct asked_for others = a->others;
    struct sl_requester *found;

    others.trigger = sl_span(NULL, 0);
    s->requesters = a->requesters;
    s->requester_count = a->requester_count;
    if (a->others.trigger.n == 0)
        return true;
    if (requesters_of(s->keeper, a->who, &others, &found, &s->requester_count) != SL_OK)
        return false;
    s->requesters = found;
    return true;
}

static bool could_sign(void *context, const struct sl_reviewers *r)
{
    const struct signing *s = context;
    struct proof_needed proof = {.passkey = true, .paused_too = true};

    return enough_people(s->keeper, r, 1, s->requesters, s->requester_count, proof, s->ask->now_us);
}

static bool is_about_sluice(const struct ask *a)
{
    return sl_span_is(a->action.protocol, "policy") || sl_span_is(a->action.protocol, "sluice");
}

enum sl_err ask_prefer_passkey(struct keeper *k, struct ask *a)
{
    bool ours = is_about_sluice(a); /* Sluice's own is of every target */
    bool judged = a->signer_count > 0;
    struct signing s = {.keeper = k, .ask = a};

    if (a->answer.passkey)
        return SL_OK;
    if (!put_unsaid(&s, a))
        return SL_ELIMIT;
    if (!sl_policy_signs_by_default(k->config,
                                    ours ? SL_SPAN("production") : a->target->environment,
                                    a->meaning, &a->answer, judged ? a->signers : a->requirements,
                                    judged ? a->signer_count : a->requirement_count, could_sign,
                                    &s))
        return SL_OK;
    a->answer.passkey = true;
    a->proof_why = ours ? SL_SPAN("a change of Sluice itself is signed where enough of those who "
                                  "may decide have passkeys (passkeys.by_default)")
                        : SL_SPAN("in production this is signed where enough of those who may "
                                  "decide have passkeys (passkeys.by_default)");
    return SL_OK;
}
