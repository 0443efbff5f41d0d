/* Who there is: people, agents and services, their groups, and who acts for whom. */
#include "core/ledger/audit_int.h"

#include "base/when.h"

uint64_t sl_audit_since(const struct sl_audit *a)
{
    return a->time_us > a->newest_asked_us ? a->time_us : a->newest_asked_us;
}

static void add_groups(struct sl_audit *a, struct sl_audit_identity *who, const json_t *leaf)
{
    const json_t *groups = json_object_get(leaf, "groups");

    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *name = json_array_get(groups, i);
        struct sl_audit_group *g = sl_audit_alloc(a, sizeof *g);
        if (g == NULL || !json_is_string(name))
            continue;
        *g = (struct sl_audit_group){.name = sl_audit_copy(a, sl_span(json_string_value(name),
                                                                      json_string_length(name))),
                                     .since_us = sl_audit_since(a),
                                     .next = who->groups};
        who->groups = g;
    }
}

static void remove_groups(struct sl_audit_identity *who, const json_t *leaf)
{
    const json_t *groups = json_object_get(leaf, "groups");

    for (size_t i = 0; i < json_array_size(groups); i++)
        for (struct sl_audit_group *g = who->groups; g != NULL; g = g->next)
            if (json_is_string(json_array_get(groups, i)) &&
                sl_span_is(g->name, json_string_value(json_array_get(groups, i))))
                g->left = true;
}

static void add_identity(struct sl_audit *a, struct sl_span name, const json_t *leaf)
{
    struct sl_audit_identity *who = sl_audit_alloc(a, sizeof *who);

    if (who == NULL)
        return;
    *who =
        (struct sl_audit_identity){.name = sl_audit_copy(a, name),
                                   .owner = sl_audit_copy(a, sl_json_str(leaf, "owner")),
                                   .kind = sl_identity_kind_of(sl_json_str(leaf, "identity_kind")),
                                   .os_user = sl_audit_copy(a, sl_json_str(leaf, "os_user")),
                                   .since_us = sl_audit_since(a)};
    who->person = who;
    if (who->kind == 0)
        SL_FOUND(a, "'%S' is added, but neither as human nor agent nor service", name);
    add_groups(a, who, leaf);
    sl_audit_put(a, a->identities, who->name, who);
}

static void link_identities(struct sl_audit *a, struct sl_audit_identity *who,
                            struct sl_span other_name)
{
    struct sl_audit_identity *other = sl_audit_identity(a, other_name);

    if (other == NULL) {
        SL_FOUND(a, "'%S' is linked to '%S', who was never added", who->name, other_name);
        return;
    }
    while (who->person != who)
        who = who->person;
    while (other->person != other)
        other = other->person;
    who->person = other;
}

static void add_delegate(struct sl_audit *a, struct sl_audit_identity *who, const json_t *leaf)
{
    struct sl_audit_delegate *d = sl_audit_alloc(a, sizeof *d);
    uint64_t until = 0;

    if (d == NULL)
        return;
    if (sl_when_get(sl_json_str(leaf, "expires"), &until) != SL_OK)
        until = 0;
    *d = (struct sl_audit_delegate){sl_audit_copy(a, sl_audit_str(a, leaf, "other")), until, false,
                                    who->delegates};
    who->delegates = d;
}

static void remove_delegate(struct sl_audit *a, struct sl_audit_identity *who, const json_t *leaf)
{
    struct sl_span name = sl_audit_str(a, leaf, "other");

    for (struct sl_audit_delegate *d = who->delegates; d != NULL; d = d->next)
        d->over = d->over || sl_span_eq(d->name, name);
}

bool sl_audit_by_themselves(const json_t *leaf)
{
    return sl_span_eq(sl_json_str(leaf, "by"), sl_json_str(leaf, "identity")) &&
           !sl_audit_by_operator(leaf);
}

static bool is_by_issuer(const json_t *leaf)
{
    return sl_span_starts(sl_json_str(leaf, "by"), SL_SPAN("issuer:"));
}

/* From disabled nobody comes back but by the provider's word, as active or as paused as before. */
static void take_status(struct sl_audit *a, struct sl_audit_identity *who, unsigned event,
                        const json_t *leaf)
{
    if (event == SL_ENTRY_ROSTER_RESUME && who->status != SL_AUDIT_PAUSED) {
        SL_FOUND(a, "'%S' goes on, but was not paused", who->name);
        return;
    }
    if (event == SL_ENTRY_ROSTER_PAUSE && who->status == SL_AUDIT_DISABLED && !is_by_issuer(leaf)) {
        SL_FOUND(a, "'%S' is paused, but was disabled", who->name);
        return;
    }
    who->status = event == SL_ENTRY_ROSTER_DISABLE ? SL_AUDIT_DISABLED
                  : event == SL_ENTRY_ROSTER_PAUSE ? SL_AUDIT_PAUSED
                                                   : SL_AUDIT_ACTIVE;
    who->active_since_us = sl_audit_since(a);
}

static void roster_event(struct sl_audit *a, struct sl_audit_identity *who, unsigned event,
                         const json_t *leaf)
{
    switch (event) {
    case SL_ENTRY_ROSTER_DISABLE:
    case SL_ENTRY_ROSTER_ENABLE:
    case SL_ENTRY_ROSTER_PAUSE:
    case SL_ENTRY_ROSTER_RESUME:
        take_status(a, who, event, leaf);
        break;
    case SL_ENTRY_ROSTER_LINK:
        if (sl_json_str(leaf, "os_user").n > 0)
            who->os_user = sl_audit_copy(a, sl_json_str(leaf, "os_user"));
        link_identities(a, who, sl_audit_str(a, leaf, "other"));
        break;
    case SL_ENTRY_ROSTER_UNLINK:
        /* The keeper never parts them: whoever was one person once stays one for every decision. */
        SL_FOUND(a, "'%S' is parted from other accounts of the same person", who->name);
        break;
    case SL_ENTRY_ROSTER_OWN:
        who->owner = sl_audit_copy(a, sl_json_str(leaf, "owner"));
        break;
    case SL_ENTRY_ROSTER_GROUP_ADD:
        add_groups(a, who, leaf);
        break;
    case SL_ENTRY_ROSTER_GROUP_REMOVE:
        remove_groups(who, leaf);
        break;
    case SL_ENTRY_ROSTER_INVITE:
        who->invited_by = sl_audit_copy(a, sl_json_str(leaf, "by"));
        break;
    case SL_ENTRY_ROSTER_AWAY:
        sl_audit_away(a, who, leaf);
        break;
    case SL_ENTRY_ROSTER_BACK:
        sl_audit_back(a, who);
        break;
    case SL_ENTRY_ROSTER_DELEGATE_ADD:
        add_delegate(a, who, leaf);
        break;
    case SL_ENTRY_ROSTER_DELEGATE_REMOVE:
        remove_delegate(a, who, leaf);
        break;
    default:
        if (!sl_audit_credential(a, who, event, leaf))
            SL_FOUND(a, "the roster changes in a way that is not known here");
    }
}

static unsigned event_of(struct sl_span name)
{
    unsigned event = 0;

    while (event < SL_ENTRY_ROSTER_EVENT_COUNT &&
           !sl_span_is(name, sl_entry_roster_event_name((enum sl_entry_roster_event)event)))
        event++;
    return event;
}

/* What may loosen something: the rest takes rights away, or is a person's own. */
static bool is_governed(const struct sl_audit *a, unsigned event, const json_t *leaf)
{
    /* What comes with a sign-in is what the configuration lets that issuer say: `issuers` is
     * governed. */
    if (is_by_issuer(leaf))
        return false;
    switch (event) {
    case SL_ENTRY_ROSTER_ADD:
    case SL_ENTRY_ROSTER_LINK:
    case SL_ENTRY_ROSTER_INVITE:
    case SL_ENTRY_ROSTER_DELEGATE_REMOVE:
        return true;
    case SL_ENTRY_ROSTER_ACCOUNT_LINK:
        return !sl_audit_by_themselves(leaf);
    case SL_ENTRY_ROSTER_AWAY: /* somebody is named who decides in their place */
        return sl_json_str(leaf, "other").n > 0;
    case SL_ENTRY_ROSTER_RESUME: /* an owner lets go on what is theirs */
        return sl_audit_by_operator(leaf);
    case SL_ENTRY_ROSTER_GROUP_ADD:
    case SL_ENTRY_ROSTER_GROUP_REMOVE:
        return sl_audit_group_counts(a, json_object_get(leaf, "groups"));
    default:
        return false;
    }
}

void sl_audit_roster(struct sl_audit *a, const json_t *leaf)
{
    struct sl_span name = sl_audit_str(a, leaf, "identity");
    unsigned event = event_of(sl_json_str(leaf, "event"));
    struct sl_audit_identity *who = sl_audit_identity(a, name);

    if (event == SL_ENTRY_ROSTER_PROVISIONER) { /* nobody's, and it decides nothing */
        (void)sl_audit_str(a, leaf, "issuer");
        sl_audit_governed(a, name, leaf);
        return;
    }
    if (is_governed(a, event, leaf))
        sl_audit_governed(a, name, leaf);
    if (event == SL_ENTRY_ROSTER_ADD && who != NULL)
        SL_FOUND(a, "'%S' is added twice", name);
    else if (event == SL_ENTRY_ROSTER_ADD)
        add_identity(a, name, leaf);
    else if (who == NULL)
        SL_FOUND(a, "'%S' changes, but was never added", name);
    else
        roster_event(a, who, event, leaf);
}
