/* Was an approval asked for as it may be: with everybody in its requester set? */
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
    p->escalations = sl_audit_alloc(a, count * sizeof *p->escalations);
    for (size_t i = 0; p->needs != NULL && p->escalations != NULL && i < count; i++) {
        const json_t *n = json_array_get(needs, i);
        uint64_t need = 0;
        p->needs[i] =
            (struct sl_reviewers){.groups = sl_audit_names(a, json_object_get(n, "groups")),
                                  .identities =
                                      sl_audit_names(a, json_object_get(n, "identities"))};
        const json_t *escalate = json_object_get(n, "escalate");
        p->escalations[i] =
            (struct sl_reviewers){.groups = sl_audit_names(a, json_object_get(escalate, "groups")),
                                  .identities =
                                      sl_audit_names(a, json_object_get(escalate, "identities"))};
        if (sl_json_u64(n, "need", &need) && need <= SL_VOTES_MAX)
            p->needs[i].need = (uint32_t)need;
        p->need_count = i + 1;
    }
    if (count == 0 || sl_quorum_need(p->needs, p->need_count) > SL_VOTES_MAX)
        SL_FOUND(a, "this approval does not say how many people it needs");
}

/* A channel that is not known here opens nothing. */
static uint32_t shut_of(const json_t *decide_in)
{
    uint32_t open = 0;
    size_t i;
    json_t *name;

    if (decide_in == NULL)
        return 0;
    json_array_foreach(decide_in, i, name)
    {
        enum sl_decide_channel channel =
            sl_decide_channel_of(sl_span(json_string_value(name), json_string_length(name)));
        open |= 1u << channel;
    }
    return SL_DECIDE_IN_ALL & ~open;
}

void sl_audit_asked(struct sl_audit *a, struct sl_span id, const json_t *leaf)
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
    p->shut = shut_of(json_object_get(leaf, "decide_in"));
    p->of_policy = sl_span_is(sl_json_str(leaf, "protocol"), "policy") ||
                   sl_span_is(sl_json_str(leaf, "protocol"), "sluice");
    if (!sl_json_u64(leaf, "list", &p->list))
        p->list = 0;
    sl_audit_envelope_asked(a, p, id, leaf);
    sl_audit_rows_asked(a, p, id, leaf);
    if (p->of_policy)
        p->reason = sl_audit_copy(a, sl_json_str(json_object_get(leaf, "facts"), "reason"));
    p->decide_by_us = sl_audit_time(a, leaf, "expires");
    if (json_object_get(leaf, "escalate_at") != NULL)
        p->escalate_us = sl_audit_time(a, leaf, "escalate_at");
    if (!sl_audit_hex(a, leaf, "digest", p->digest, sizeof p->digest, true))
        return;
    sl_audit_document(a, id, p->digest, leaf, p->of_policy);
    take_requesters(a, p, leaf);
    check_owner(a, p);
    check_owners(a, p);
    sl_audit_asked_with(a, p, leaf);
    if (!p->of_policy)
        sl_audit_said_session(a, leaf, p->identity, p->target);
    take_needs(a, p, leaf);
    sl_audit_asked_rules(a, p, id, leaf);
    if (p->asked_us > a->newest_asked_us)
        a->newest_asked_us = p->asked_us;
    sl_audit_put(a, a->approvals, id, p);
}
