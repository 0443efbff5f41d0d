/* What identities prove themselves with: credentials, accounts at issuers, and what they open with
 * them. */
#include "core/ledger/audit_int.h"

#include "base/when.h"

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

/* Who issued what a person linked themselves is who issued what they did it with. */
static struct sl_span linked_by(struct sl_audit *a, const struct sl_audit_identity *who,
                                const json_t *leaf)
{
    const struct sl_audit_credential *with = sl_map_get(a->credentials, sl_json_str(leaf, "with"));

    if (!sl_audit_by_themselves(leaf))
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

/* --- sessions at the console ---------------------------------------------------------------- */

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

bool sl_audit_credential(struct sl_audit *a, struct sl_audit_identity *who, unsigned event,
                         const json_t *leaf)
{
    switch (event) {
    case SL_ENTRY_ROSTER_TOKEN_CREATE:
    case SL_ENTRY_ROSTER_ENROL:
        add_credential(a, who, leaf, event == SL_ENTRY_ROSTER_ENROL);
        return true;
    case SL_ENTRY_ROSTER_TOKEN_REVOKE:
    case SL_ENTRY_ROSTER_CREDENTIAL_REVOKE:
        revoke_credential(a, who, leaf);
        return true;
    case SL_ENTRY_ROSTER_SESSION_OPEN:
        open_session(a, who, leaf);
        return true;
    case SL_ENTRY_ROSTER_SESSION_END:
        return true;
    case SL_ENTRY_ROSTER_ACCOUNT_LINK:
        link_account(a, who, leaf);
        return true;
    case SL_ENTRY_ROSTER_ACCOUNT_UNLINK:
        unlink_account(a, who, leaf);
        return true;
    default:
        return false;
    }
}
