/* Was an approval decided by somebody who may (P4)? */
#include "core/ledger/audit_int.h"

static struct sl_membership *memberships_of(struct sl_audit *a, const struct sl_audit_identity *who,
                                            size_t *count)
{
    size_t n = 0;

    for (const struct sl_audit_group *g = who->groups; g != NULL; g = g->next)
        n += !g->left;
    struct sl_membership *list = sl_audit_alloc(a, n * sizeof *list);
    *count = 0;
    for (const struct sl_audit_group *g = who->groups; list != NULL && g != NULL; g = g->next)
        if (!g->left)
            list[(*count)++] = (struct sl_membership){g->name, g->since_us};
    return list;
}

struct sl_decide_credential sl_audit_credential_of(struct sl_audit *a,
                                                   const struct sl_audit_credential *c,
                                                   const struct sl_audit_passkey *passkey)
{
    return (struct sl_decide_credential){
        .deciding = c->deciding,
        .over = c->revoked || (c->expires_us != 0 && c->expires_us <= a->time_us),
        .passkey = passkey != NULL,
        .device_bound = passkey != NULL && !passkey->backup_eligible,
        .passkey_since_us = passkey == NULL ? 0 : passkey->since_us,
        .since_us = c->since_us,
        .issuer = c->issuer,
        .issuer_person = c->issuer.n > 0 ? sl_audit_person(a, c->issuer) : c->issuer};
}

/* Whose accounts they are today: linked ones have one vote together. */
void sl_audit_ask_whose(struct sl_audit *a, struct sl_audit_approval *p)
{
    for (size_t i = 0; i < p->requester_count; i++)
        p->requesters[i].person = sl_audit_person(a, p->requesters[i].name);
    for (size_t i = 0; i < p->vote_count; i++)
        p->votes[i].person = sl_audit_person(a, p->voters[i]);
    for (size_t i = 0; i < p->vote_count; i++)
        p->votes[i].right =
            sl_audit_person(a, p->in_place[i].n > 0 ? p->in_place[i] : p->voters[i]);
}

static bool acts_now(const struct sl_audit *a, const struct sl_audit_identity *who,
                     struct sl_span name)
{
    for (const struct sl_audit_delegate *d = who->delegates; d != NULL; d = d->next)
        if (!d->over && sl_span_eq(d->name, name) && (d->until_us == 0 || d->until_us > a->time_us))
            return true;
    return false;
}

static bool is_in(const struct sl_requester *set, size_t count, struct sl_span name)
{
    for (size_t i = 0; i < count; i++)
        if (sl_span_eq(set[i].name, name))
            return true;
    return false;
}

static bool is_recent(const struct sl_audit *a, const struct sl_audit_device *d)
{
    return a->time_us < d->at_us + sl_same_device_us;
}

static bool share_device(const struct sl_audit *a, const struct sl_audit_identity *one,
                         const struct sl_audit_identity *other)
{
    for (const struct sl_audit_device *d = one->devices; d != NULL; d = d->next)
        for (const struct sl_audit_device *o = other->devices; o != NULL; o = o->next)
            if (is_recent(a, d) && is_recent(a, o) && sl_span_eq(d->id, o->id))
                return true;
    return false;
}

/* Is `who` bound to `one` of the set: by the same user of the machine, by acting for them, or by
 * the browser that both signed in from? */
static enum sl_requester_role bond(const struct sl_audit *a, const struct sl_audit_identity *one,
                                   const struct sl_audit_identity *who)
{
    if (one == NULL)
        return SL_REQUESTER_NONE;
    if (one->os_user.n > 0 && sl_span_eq(one->os_user, who->os_user))
        return SL_REQUESTER_SAME_USER;
    if (acts_now(a, one, who->name))
        return SL_REQUESTER_DELEGATE;
    return share_device(a, one, who) ? SL_REQUESTER_SAME_DEVICE : SL_REQUESTER_NONE;
}

/* Those who are bound to the set today are in it for a decision, whatever was said when it was
 * asked. */
static void take_bound(struct sl_audit *a, struct sl_decide_question *q)
{
    enum { MAX = 256 };
    struct sl_requester *set = sl_audit_alloc(a, MAX * sizeof *set);
    size_t count = 0;
    struct sl_span key;
    void *value;

    if (set == NULL)
        return;
    for (size_t i = 0; i < q->requester_count && count < MAX; i++)
        set[count++] = q->requesters[i];
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; sl_map_next(a->identities, &at, &key, &value) && count < MAX;) {
            const struct sl_audit_identity *who = value;
            enum sl_requester_role role = is_in(set, count, who->name) ? SL_REQUESTER_NONE
                                          : sl_span_eq(sl_audit_person(a, who->name), set[i].person)
                                              ? SL_REQUESTER_LINKED
                                              : bond(a, sl_audit_identity(a, set[i].name), who);

            if (role != SL_REQUESTER_NONE)
                set[count++] =
                    (struct sl_requester){who->name, sl_audit_person(a, who->name), role};
        }
    q->requesters = set;
    q->requester_count = count;
}

static bool is_auditor(const struct sl_audit *a, const struct sl_decider *who)
{
    const struct sl_audit_policy *p = a->in_force;

    if (p == NULL)
        return false;
    for (size_t i = 0; i < p->auditors.count; i++)
        if (sl_span_eq(p->auditors.items[i], who->name))
            return true;
    for (size_t i = 0; i < p->auditor_groups.count; i++)
        for (size_t m = 0; m < who->membership_count; m++)
            if (sl_span_eq(p->auditor_groups.items[i], who->memberships[m].group))
                return true;
    return false;
}

struct sl_decider sl_audit_decider(struct sl_audit *a, const struct sl_audit_identity *who)
{
    struct sl_decider d = {.name = who->name,
                           .person = sl_audit_person(a, who->name),
                           .kind = who->kind,
                           .active = who->status == SL_AUDIT_ACTIVE,
                           .since_us = who->active_since_us > who->since_us ? who->active_since_us
                                                                            : who->since_us};

    d.memberships = memberships_of(a, who, &d.membership_count);
    d.auditor = is_auditor(a, &d);
    return d;
}

/* The question that the keeper had to ask, put together again from what the ledger says. */
struct sl_decide_question sl_audit_question(struct sl_audit *a, struct sl_audit_approval *p,
                                            const struct sl_audit_identity *who,
                                            const struct sl_audit_credential *c, const json_t *leaf)
{
    struct sl_decide_question q = {.channel = sl_decide_channel_of(sl_json_str(leaf, "channel")),
                                   .state = p->state,
                                   .asked_us = p->asked_us,
                                   .expires_us = p->decide_by_us,
                                   .now_us = a->time_us,
                                   .requesters = p->requesters,
                                   .requester_count = p->requester_count,
                                   .requirements = p->needs,
                                   .requirement_count = p->need_count,
                                   .votes = p->votes,
                                   .vote_count = p->vote_count,
                                   .passkey_required = p->needs_passkey,
                                   .device_bound_required = p->needs_device_bound,
                                   .escalations = p->escalations,
                                   .escalated_us = p->escalated_us,
                                   .shut = p->shut};

    sl_audit_ask_whose(a, p);
    take_bound(a, &q);
    q.who = sl_audit_decider(a, who);
    if (sl_json_str(leaf, "for").n > 0)
        q.in_place = sl_audit_stand_in(a, sl_json_str(leaf, "for"));
    q.own_right_only = sl_audit_own_right_only(a, p);
    q.with = sl_audit_credential_of(a, c, sl_audit_decision_proof(a, leaf));
    return q;
}

static void count_vote(struct sl_audit *a, struct sl_audit_approval *p,
                       const struct sl_audit_identity *who, uint32_t may, const json_t *leaf)
{
    struct sl_span decision = sl_json_str(leaf, "decision");

    if (sl_span_is(decision, "deny"))
        p->denied_by_vote = true;
    else if (!sl_span_is(decision, "approve"))
        SL_FOUND(a, "a decision that is neither approve nor deny");
    else if (p->vote_count < SL_VOTES_MAX) {
        p->voters[p->vote_count] = who->name;
        p->in_place[p->vote_count] = sl_audit_copy(a, sl_json_str(leaf, "for"));
        p->votes[p->vote_count++] = (struct sl_vote){.may = may}; /* sl_audit_ask_whose */
        sl_audit_rows_decided(p, leaf);
    }
}

void sl_audit_decided(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                      const json_t *leaf)
{
    struct sl_span name = sl_audit_str(a, leaf, "approver");
    struct sl_audit_identity *who = sl_audit_identity(a, name);
    struct sl_audit_credential *c = sl_map_get(a->credentials, sl_json_str(leaf, "credential"));
    uint32_t may = 0;

    if (who == NULL || c == NULL || !sl_span_eq(c->identity, name)) {
        SL_FOUND(a, "'%S' decides approval %S, but %s", name, id,
                 who == NULL ? "was never added" : "with no credential of their own");
        return;
    }
    struct sl_decide_question q = sl_audit_question(a, p, who, c, leaf);
    enum sl_decide_reason reason = sl_decide_check(&q, &may);
    if (reason != SL_DECIDE_YES) {
        SL_FOUND(a, "'%S' decides approval %S, but may not: %s", name, id,
                 sl_decide_reason_text(reason));
        return;
    }
    count_vote(a, p, who, may, leaf);
}
