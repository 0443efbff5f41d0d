/* Was each approval asked, decided and spent as it may be? */
#include "core/ledger/audit_int.h"

static struct sl_span string_at(struct sl_audit *a, const json_t *list, size_t i)
{
    const json_t *s = json_array_get(list, i);

    if (!json_is_string(s))
        return sl_span(NULL, 0);
    return sl_audit_copy(a, sl_span(json_string_value(s), json_string_length(s)));
}

struct sl_names sl_audit_names(struct sl_audit *a, const json_t *list)
{
    struct sl_names names = {.count = json_array_size(list)};

    names.items = sl_audit_alloc(a, names.count * sizeof *names.items);
    if (names.items == NULL)
        names.count = 0;
    for (size_t i = 0; i < names.count; i++)
        names.items[i] = string_at(a, list, i);
    return names;
}

/* --- asking --------------------------------------------------------------------------------- */

static enum sl_requester_role role_of(const struct sl_audit_approval *p, struct sl_span name)
{
    if (sl_span_eq(name, p->identity))
        return SL_REQUESTER_SELF;
    return sl_span_eq(name, p->owner) ? SL_REQUESTER_OWNER : SL_REQUESTER_LINKED;
}

static void take_requesters(struct sl_audit *a, struct sl_audit_approval *p, const json_t *leaf)
{
    struct sl_names names = sl_audit_names(a, json_object_get(leaf, "requesters"));
    bool self = false, owner = p->owner.n == 0;

    p->requesters = sl_audit_alloc(a, names.count * sizeof *p->requesters);
    p->requester_count = p->requesters == NULL ? 0 : names.count;
    for (size_t i = 0; i < p->requester_count; i++) {
        enum sl_requester_role role = role_of(p, names.items[i]);
        p->requesters[i] = (struct sl_requester){.name = names.items[i], .role = role};
        self = self || role == SL_REQUESTER_SELF;
        owner = owner || role == SL_REQUESTER_OWNER;
    }
    if (!self || !owner)
        SL_FOUND(a, "the requester set of this approval leaves out who asked, or its owner");
}

/* The owner's owner, and so on: each of them is in the set. */
static void check_owners(struct sl_audit *a, const struct sl_audit_approval *p)
{
    enum { MAX_OWNERS = 8 };
    struct sl_span owner = p->owner;

    for (int i = 0; i < MAX_OWNERS && owner.n > 0; i++) {
        const struct sl_audit_identity *who = sl_audit_identity(a, owner);
        bool is_in = false;

        for (size_t r = 0; r < p->requester_count; r++)
            is_in = is_in || sl_span_eq(p->requesters[r].name, owner);
        if (!is_in)
            SL_FOUND(a, "the requester set leaves out '%S', who owns who asked", owner);
        owner = who == NULL ? sl_span(NULL, 0) : who->owner;
    }
}

/* What the ledger itself knows of the owner counts, whatever the leaf says. */
static void check_owner(struct sl_audit *a, const struct sl_audit_approval *p)
{
    struct sl_audit_identity *who = sl_audit_identity(a, p->identity);

    if (p->of_policy)
        return;
    if (who == NULL)
        SL_FOUND(a, "'%S' asks, but was never added", p->identity);
    else if (!sl_span_eq(who->owner, p->owner))
        SL_FOUND(a, "the owner of '%S' is '%S', but the approval says '%S'", p->identity,
                 who->owner, p->owner);
}

static void take_needs(struct sl_audit *a, struct sl_audit_approval *p, const json_t *leaf)
{
    const json_t *needs = json_object_get(leaf, "needs");
    size_t count = json_array_size(needs);

    p->needs = sl_audit_alloc(a, count * sizeof *p->needs);
    for (size_t i = 0; p->needs != NULL && i < count; i++) {
        const json_t *n = json_array_get(needs, i);
        uint64_t need = 0;
        p->needs[i] =
            (struct sl_reviewers){.groups = sl_audit_names(a, json_object_get(n, "groups")),
                                  .identities = sl_audit_names(a, json_object_get(n, "identities"))};
        if (sl_json_u64(n, "need", &need) && need <= SL_VOTES_MAX)
            p->needs[i].need = (uint32_t)need;
        p->need_count = i + 1;
    }
    if (count == 0 || sl_quorum_need(p->needs, p->need_count) > SL_VOTES_MAX)
        SL_FOUND(a, "this approval does not say how many people it needs");
}

static void asked(struct sl_audit *a, struct sl_span id, const json_t *leaf)
{
    struct sl_audit_approval *p = sl_audit_alloc(a, sizeof *p);

    if (p == NULL)
        return;
    *p = (struct sl_audit_approval){.state = SL_APPROVAL_PENDING, .asked_us = a->time_us};
    p->identity = sl_audit_copy(a, sl_audit_str(a, leaf, "identity"));
    p->owner = sl_audit_copy(a, sl_json_str(leaf, "owner"));
    p->target = sl_audit_copy(a, sl_json_str(leaf, "target"));
    p->needs_passkey = sl_span_is(sl_json_str(leaf, "proof"), "passkey");
    p->needs_device_bound = sl_span_is(sl_json_str(leaf, "keys"), "device-bound");
    p->of_policy = sl_span_is(sl_json_str(leaf, "protocol"), "policy") ||
                   sl_span_is(sl_json_str(leaf, "protocol"), "sluice");
    if (!sl_json_u64(leaf, "list", &p->list))
        p->list = 0;
    if (p->of_policy)
        p->reason = sl_audit_copy(a, sl_json_str(json_object_get(leaf, "facts"), "reason"));
    p->decide_by_us = sl_audit_time(a, leaf, "expires");
    if (!sl_audit_hex(a, leaf, "digest", p->digest, sizeof p->digest, true))
        return;
    sl_audit_document(a, id, p->digest, leaf);
    take_requesters(a, p, leaf);
    check_owner(a, p);
    check_owners(a, p);
    sl_audit_asked_with(a, p, leaf);
    if (!p->of_policy)
        sl_audit_said_session(a, leaf, p->identity, p->target);
    take_needs(a, p, leaf);
    if (p->asked_us > a->newest_asked_us)
        a->newest_asked_us = p->asked_us;
    sl_audit_put(a, a->approvals, id, p);
}

/* --- deciding ------------------------------------------------------------------------------- */

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

static enum sl_decide_channel channel_of(struct sl_span name)
{
    unsigned channel = 0;

    while (channel < SL_DECIDE_CHANNEL_COUNT &&
           !sl_span_is(name, sl_decide_channel_name((enum sl_decide_channel)channel)))
        channel++;
    return (enum sl_decide_channel)channel;
}

static struct sl_decide_credential credential_of(struct sl_audit *a,
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
static void ask_whose(struct sl_audit *a, struct sl_audit_approval *p)
{
    for (size_t i = 0; i < p->requester_count; i++)
        p->requesters[i].person = sl_audit_person(a, p->requesters[i].name);
    for (size_t i = 0; i < p->vote_count; i++)
        p->votes[i].person = sl_audit_person(a, p->voters[i]);
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

/* The question that the keeper had to ask, put together again from what the ledger says. */
struct sl_decide_question sl_audit_question(struct sl_audit *a, struct sl_audit_approval *p,
                                            const struct sl_audit_identity *who,
                                            const struct sl_audit_credential *c, const json_t *leaf)
{
    struct sl_decide_question q = {.channel = channel_of(sl_json_str(leaf, "channel")),
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
                                   .device_bound_required = p->needs_device_bound};

    ask_whose(a, p);
    take_bound(a, &q);
    q.who =
        (struct sl_decider){.name = who->name,
                            .person = sl_audit_person(a, who->name),
                            .kind = who->kind,
                            .active = who->status == SL_AUDIT_ACTIVE,
                            .since_us = who->active_since_us > who->since_us ? who->active_since_us
                                                                             : who->since_us};
    q.who.memberships = memberships_of(a, who, &q.who.membership_count);
    q.who.auditor = is_auditor(a, &q.who);
    q.with = credential_of(a, c, sl_audit_decision_proof(a, leaf));
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
        p->votes[p->vote_count++] = (struct sl_vote){sl_audit_person(a, who->name), may};
    }
}

static void decided(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
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

/* --- moving --------------------------------------------------------------------------------- */

static void move(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                 enum sl_approval_state from, enum sl_approval_state to)
{
    if (p->state != from)
        SL_FOUND(a, "approval %S becomes %s, but it was %s", id, sl_approval_state_name(to),
                 sl_approval_state_name(p->state));
    /* What is over stays over, or one wrong leaf would hide the next. */
    if (p->state == SL_APPROVAL_PENDING || p->state == SL_APPROVAL_APPROVED)
        p->state = to;
}

static void check_votes(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                        const char *what)
{
    if (p->broken_by.n > 0) /* alone, and reviewed afterwards (audit_exception.c) */
        return;
    ask_whose(a, p);
    uint32_t have = sl_quorum(p->needs, p->need_count, p->votes, p->vote_count, NULL);
    uint32_t need = sl_quorum_need(p->needs, p->need_count);

    if (have < need)
        SL_FOUND(a, "approval %S is %s with %u of the %u votes that it needs", id, what, have,
                 need);
}

static void approved(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                     const json_t *leaf)
{
    check_votes(a, p, id, "approved");
    if (p->denied_by_vote)
        SL_FOUND(a, "approval %S is approved although somebody said no", id);
    if (a->time_us >= p->decide_by_us)
        SL_FOUND(a, "approval %S is approved after the time to decide was over", id);
    p->spend_by_us = sl_audit_time(a, leaf, "expires");
    move(a, p, id, SL_APPROVAL_PENDING, SL_APPROVAL_APPROVED);
}

static void spent_in(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                     const json_t *leaf)
{
    p->session = sl_audit_u64(a, leaf, "session");
    p->action = sl_audit_u64(a, leaf, "action");
    const struct sl_audit_session *s = sl_map_get(a->sessions, sl_map_u64(&p->session));

    if (s == NULL)
        SL_FOUND(a, "approval %S is spent in session %U, which never began", id, p->session);
    else if (!sl_span_eq(s->identity, p->identity) || !sl_span_eq(s->target, p->target))
        SL_FOUND(a, "approval %S of '%S' on '%S' is spent by '%S' on '%S'", id, p->identity,
                 p->target, s->identity, s->target);
}

static void spent(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                  const json_t *leaf)
{
    if (p->state == SL_APPROVAL_SPENT)
        SL_FOUND(a, "approval %S is spent twice", id);
    else
        move(a, p, id, SL_APPROVAL_APPROVED, SL_APPROVAL_SPENT);
    if (p->spend_by_us != 0 && a->time_us > p->spend_by_us)
        SL_FOUND(a, "approval %S is spent after the time to spend it was over", id);
    check_votes(a, p, id, "spent");
    if (!p->of_policy)
        spent_in(a, p, id, leaf);
}

static void live(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                 const char *what)
{
    if (p->state != SL_APPROVAL_PENDING && p->state != SL_APPROVAL_APPROVED)
        SL_FOUND(a, "approval %S is %s, but it was over: %s", id, what,
                 sl_approval_state_name(p->state));
}

static void shown(struct sl_audit *a, struct sl_span id, const json_t *leaf)
{
    struct sl_span name = sl_audit_str(a, leaf, "approver");

    if (sl_audit_identity(a, name) == NULL)
        SL_FOUND(a, "what approval %S is about was shown to '%S', who was never added", id, name);
}

static void later_event(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                        unsigned event, const json_t *leaf)
{
    switch (event) {
    case SL_ENTRY_APPROVAL_JOINED:
    case SL_ENTRY_APPROVAL_LEFT:
        live(a, p, id, sl_entry_approval_event_name((enum sl_entry_approval_event)event));
        break;
    case SL_ENTRY_APPROVAL_QUESTION:
    case SL_ENTRY_APPROVAL_ANSWER:
        if (p->state != SL_APPROVAL_PENDING)
            SL_FOUND(a, "approval %S is talked about, but it was %s", id,
                     sl_approval_state_name(p->state));
        break;
    case SL_ENTRY_APPROVAL_SHOWN:
        shown(a, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_GRANTED:
        if (p->state != SL_APPROVAL_APPROVED)
            SL_FOUND(a, "approval %S is granted, but it was %s", id,
                     sl_approval_state_name(p->state));
        break;
    case SL_ENTRY_APPROVAL_DECIDED:
        decided(a, p, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_REFUSED: /* nothing came of it */
        break;
    case SL_ENTRY_APPROVAL_APPROVED:
        approved(a, p, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_DENIED:
        if (!p->denied_by_vote)
            SL_FOUND(a, "approval %S is denied, but nobody said no", id);
        move(a, p, id, SL_APPROVAL_PENDING, SL_APPROVAL_DENIED);
        break;
    case SL_ENTRY_APPROVAL_EXPIRED:
        if (a->time_us < p->decide_by_us)
            SL_FOUND(a, "approval %S expires before its time", id);
        move(a, p, id, SL_APPROVAL_PENDING, SL_APPROVAL_EXPIRED);
        break;
    case SL_ENTRY_APPROVAL_CANCELLED:
        move(a, p, id, SL_APPROVAL_PENDING, SL_APPROVAL_CANCELLED);
        break;
    case SL_ENTRY_APPROVAL_REVOKED:
        move(a, p, id, SL_APPROVAL_APPROVED, SL_APPROVAL_REVOKED);
        break;
    case SL_ENTRY_APPROVAL_SPENT:
        spent(a, p, id, leaf);
        break;
    case SL_ENTRY_APPROVAL_LAPSED:
        move(a, p, id, SL_APPROVAL_APPROVED, SL_APPROVAL_LAPSED);
        break;
    default:
        SL_FOUND(a, "something happens to approval %S that is not known here", id);
    }
}

static unsigned event_of(struct sl_span name)
{
    unsigned event = 0;

    while (event < SL_ENTRY_APPROVAL_EVENT_COUNT &&
           !sl_span_is(name, sl_entry_approval_event_name((enum sl_entry_approval_event)event)))
        event++;
    return event;
}

void sl_audit_approval(struct sl_audit *a, const json_t *leaf)
{
    struct sl_span id = sl_audit_str(a, leaf, "approval");
    unsigned event = event_of(sl_json_str(leaf, "event"));
    struct sl_audit_approval *p = sl_map_get(a->approvals, id);
    uint8_t digest[SL_SHA256];

    if (event == SL_ENTRY_APPROVAL_ASKED) {
        if (p != NULL)
            SL_FOUND(a, "approval %S is asked twice", id);
        else
            asked(a, id, leaf);
        return;
    }
    if (p == NULL) {
        SL_FOUND(a, "approval %S was never asked", id);
        return;
    }
    if (!sl_audit_hex(a, leaf, "digest", digest, sizeof digest, true))
        return;
    if (!p->of_policy && event != SL_ENTRY_APPROVAL_SPENT) /* which looks more closely */
        sl_audit_said_session(a, leaf, p->identity, p->target);
    if (memcmp(digest, p->digest, sizeof digest) != 0)
        SL_FOUND(a, "approval %S is about another action here than when it was asked", id);
    later_event(a, p, id, event, leaf);
}
