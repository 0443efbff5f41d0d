/* Who there is, and which keys sign. */
#include "core/ledger/audit_int.h"

#include "base/when.h"

#include <stdlib.h>

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

/* Whoever it acts for must be somebody, or nobody is kept from deciding. */
static void check_on_behalf_of(struct sl_audit *a, const struct sl_audit_credential *c)
{
    for (size_t i = 0; i < c->on_behalf_of.count; i++)
        if (sl_audit_identity(a, c->on_behalf_of.items[i]) == NULL)
            SL_FOUND(a, "credential %S acts for somebody who was never added", c->id);
}

static void add_credential(struct sl_audit *a, struct sl_audit_identity *who, const json_t *leaf,
                           bool deciding)
{
    struct sl_audit_credential *c = sl_audit_alloc(a, sizeof *c);
    struct sl_span by = sl_json_str(leaf, "by");
    uint64_t expires = 0;

    if (c == NULL)
        return;
    if (sl_when_get(sl_json_str(leaf, "expires"), &expires) != SL_OK)
        expires = 0;
    /* Who claims a credential says so by their own name; who issued it is then who invited them. */
    struct sl_span issuer = deciding && sl_span_eq(by, who->name) ? who->invited_by : by;
    *c = (struct sl_audit_credential){.id = sl_audit_copy(a, sl_audit_str(a, leaf, "credential")),
                                      .identity = who->name,
                                      .issuer = sl_audit_identity(a, issuer) != NULL
                                                    ? sl_audit_copy(a, issuer)
                                                    : sl_span(NULL, 0),
                                      .deciding = deciding,
                                      .since_us = sl_audit_since(a),
                                      .expires_us = expires};
    if (sl_map_get(a->credentials, c->id) != NULL)
        SL_FOUND(a, "credential %S is made twice", c->id);
    if (deciding && who->invited_by.n == 0)
        SL_FOUND(a, "'%S' claims a deciding credential, but was never invited", who->name);
    if (deciding && who->kind != SL_HUMAN)
        SL_FOUND(a, "'%S' gets a deciding credential, but is no human", who->name);
    who->decided_ever = who->decided_ever || deciding;
    sl_audit_decider_came(a);
    c->on_behalf_of = sl_audit_names(a, json_object_get(leaf, "on_behalf_of"));
    check_on_behalf_of(a, c);
    sl_audit_put(a, a->credentials, c->id, c);
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

static void revoke_credential(struct sl_audit *a, const struct sl_audit_identity *who,
                              const json_t *leaf)
{
    struct sl_audit_credential *c = sl_map_get(a->credentials, sl_json_str(leaf, "credential"));

    if (c == NULL)
        SL_FOUND(a, "a credential is revoked that was never made");
    else if (!sl_span_eq(c->identity, who->name))
        SL_FOUND(a, "a credential of '%S' is revoked as one of '%S'", c->identity, who->name);
    else
        c->revoked = true;
}

/* --- accounts at issuers -------------------------------------------------------------------- */

static struct sl_span account_key(struct sl_audit *a, const json_t *leaf)
{
    SL_BUF(key, 64 * 1024);

    sl_buf_put(&key, sl_audit_str(a, leaf, "issuer"));
    sl_buf_put_u8(&key, 0);
    sl_buf_put(&key, sl_audit_str(a, leaf, "subject"));
    return sl_audit_copy(a, sl_buf_span(&key));
}

/* By the person themselves, and not at the shell. */
static bool is_own(const json_t *leaf)
{
    return sl_span_eq(sl_json_str(leaf, "by"), sl_json_str(leaf, "identity")) &&
           !sl_audit_by_operator(leaf);
}

/* Who issued what a person linked themselves is who issued what they did it with. */
static struct sl_span linked_by(struct sl_audit *a, const struct sl_audit_identity *who,
                                const json_t *leaf)
{
    const struct sl_audit_credential *with = sl_map_get(a->credentials, sl_json_str(leaf, "with"));

    if (!is_own(leaf))
        return sl_json_str(leaf, "by");
    if (with == NULL || with->revoked || !with->deciding || !sl_span_eq(with->identity, who->name))
        SL_FOUND(a, "'%S' links an account without a deciding credential of their own", who->name);
    const char *problem = sl_audit_link_problem(a, leaf);
    if (problem != NULL)
        SL_FOUND(a, "'%S' has a passkey and links an account, but: %s", who->name, problem);
    return with == NULL ? who->name : with->issuer;
}

static struct sl_audit_credential *account_new(struct sl_audit *a,
                                               const struct sl_audit_identity *who,
                                               const json_t *leaf)
{
    struct sl_audit_credential *c = sl_audit_alloc(a, sizeof *c);
    struct sl_span by = linked_by(a, who, leaf);

    if (c == NULL)
        return NULL;
    *c = (struct sl_audit_credential){.id = sl_audit_copy(a, sl_audit_str(a, leaf, "credential")),
                                      .identity = who->name,
                                      .issuer = sl_audit_identity(a, by) != NULL
                                                    ? sl_audit_copy(a, by)
                                                    : sl_span(NULL, 0),
                                      .deciding = who->kind == SL_HUMAN,
                                      .since_us = sl_audit_since(a)};
    if (sl_map_get(a->credentials, c->id) != NULL)
        SL_FOUND(a, "credential %S is made twice", c->id);
    sl_audit_put(a, a->credentials, c->id, c);
    return c;
}

/* Whom an issuer calls so is one identity, until somebody parts them. */
static void link_account(struct sl_audit *a, struct sl_audit_identity *who, const json_t *leaf)
{
    struct sl_span key = account_key(a, leaf);
    const struct sl_audit_credential *before = sl_map_get(a->accounts, key);

    if (before != NULL && !before->revoked)
        SL_FOUND(a, "an account of '%S' is linked to '%S' as well", before->identity, who->name);
    struct sl_audit_credential *c = account_new(a, who, leaf);
    who->decided_ever = who->decided_ever || (c != NULL && c->deciding);
    sl_audit_decider_came(a);
    if (c != NULL)
        sl_audit_put(a, a->accounts, key, c);
}

static void unlink_account(struct sl_audit *a, const struct sl_audit_identity *who,
                           const json_t *leaf)
{
    struct sl_audit_credential *c = sl_map_get(a->accounts, account_key(a, leaf));

    if (c == NULL || !sl_span_eq(c->identity, who->name) ||
        !sl_span_eq(c->id, sl_json_str(leaf, "credential")))
        SL_FOUND(a, "an account is unlinked from '%S' that was not linked to it", who->name);
    else
        c->revoked = true;
}

static void note_device(struct sl_audit *a, struct sl_audit_identity *who, struct sl_span id)
{
    struct sl_audit_device *d = who->devices;

    while (d != NULL && !sl_span_eq(d->id, id))
        d = d->next;
    if (d == NULL) {
        d = sl_audit_alloc(a, sizeof *d);
        if (d == NULL)
            return;
        *d = (struct sl_audit_device){.id = sl_audit_copy(a, id), .next = who->devices};
        who->devices = d;
    }
    d->at_us = a->time_us;
}

/* A session stands for what its human decides with, and for nothing that is over. */
static void open_session(struct sl_audit *a, struct sl_audit_identity *who, const json_t *leaf)
{
    const struct sl_audit_credential *c =
        sl_map_get(a->credentials, sl_json_str(leaf, "credential"));

    if (c == NULL || !sl_span_eq(c->identity, who->name) || !c->deciding || c->revoked)
        SL_FOUND(a, "a console session is opened with a credential that does not decide for '%S'",
                 who->name);
    if (sl_json_str(leaf, "device").n > 0)
        note_device(a, who, sl_json_str(leaf, "device"));
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
    case SL_ENTRY_ROSTER_TOKEN_CREATE:
    case SL_ENTRY_ROSTER_ENROL:
        add_credential(a, who, leaf, event == SL_ENTRY_ROSTER_ENROL);
        break;
    case SL_ENTRY_ROSTER_TOKEN_REVOKE:
    case SL_ENTRY_ROSTER_CREDENTIAL_REVOKE:
        revoke_credential(a, who, leaf);
        break;
    case SL_ENTRY_ROSTER_SESSION_OPEN:
        open_session(a, who, leaf);
        break;
    case SL_ENTRY_ROSTER_SESSION_END:
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
    case SL_ENTRY_ROSTER_ACCOUNT_LINK:
        link_account(a, who, leaf);
        break;
    case SL_ENTRY_ROSTER_ACCOUNT_UNLINK:
        unlink_account(a, who, leaf);
        break;
    default:
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
        return !is_own(leaf);
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

/* --- keys ----------------------------------------------------------------------------------- */

static void add_key(struct sl_audit *a, const struct sl_vkey *key)
{
    struct sl_audit_key *grown = reallocarray(a->keys, a->key_count + 1, sizeof *a->keys);

    if (grown == NULL) {
        a->err = SL_EMEMORY;
        return;
    }
    a->keys = grown;
    a->keys[a->key_count++] = (struct sl_audit_key){.from = a->entry, .key = *key};
}

void sl_audit_key(struct sl_audit *a, const json_t *leaf)
{
    struct sl_vkey next, old;

    if (sl_vkey_get(sl_json_str(leaf, "new_key"), &next) != SL_OK) {
        SL_FOUND(a, "the leaf names no key that can be read");
        return;
    }
    if (a->key_count == 0) {
        if (a->entry != 0)
            SL_FOUND(a, "the ledger has no first key");
        add_key(a, &next);
        return;
    }
    const struct sl_vkey *now = &a->keys[a->key_count - 1].key;
    if (sl_vkey_get(sl_json_str(leaf, "old_key"), &old) != SL_OK || !sl_vkey_eq(&old, now) ||
        sl_note_check_rotation(sl_json_str(leaf, "statement"), now, a->entry, &next) != SL_OK) {
        SL_FOUND(a, "a new key is named that the key in force did not sign");
        return;
    }
    add_key(a, &next);
}

const struct sl_vkey *sl_audit_key_at(const struct sl_audit *a, uint64_t size)
{
    for (size_t i = a->key_count; i-- > 0;)
        if (a->keys[i].from < size)
            return &a->keys[i].key;
    return NULL;
}

bool sl_audit_key_known(const struct sl_audit *a, const struct sl_vkey *key, uint64_t size)
{
    for (size_t i = 0; i < a->key_count && a->keys[i].from < size; i++)
        if (sl_vkey_eq(&a->keys[i].key, key))
            return true;
    return false;
}
