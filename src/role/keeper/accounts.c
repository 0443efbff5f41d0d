#include "role/keeper/scim.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/console.h"
#include "role/keeper/credentials.h"
#include "role/keeper/identity.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

/* Accounts at issuers: (iss, sub) is an identity of ours. The account stands in the view as a
 * credential without a secret, made by whoever linked it, so that every question about credentials
 * (how old, by whom, revoked) is asked of it as of any other (P4). */

enum {
    ID_BYTES = 8,
    GROUP_MAX_BYTES = 200,
    NAME_MAX_BYTES = 63,
    OF_ISSUER_BYTES = 40,
    DISPLAY_MAX_BYTES = 200
};

enum sl_err account_get(struct keeper *k, struct sl_span issuer, struct sl_span subject,
                        struct account *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_ACCOUNT_GET, "ss", issuer, subject);

    if (!db_row(&rows))
        return SL_ENOTFOUND;
    *out = (struct account){.issuer = sl_arena_copy(k->mem, issuer),
                            .subject = sl_arena_copy(k->mem, subject),
                            .credential = sl_arena_copy(k->mem, db_span(&rows, 0)),
                            .identity = sl_arena_copy(k->mem, db_span(&rows, 1)),
                            .since_us = db_u64(&rows, 2),
                            .issued_s = db_u64(&rows, 3)};
    db_end(&rows);
    struct credential c;
    return credential_by_id(k, out->credential, &c) != SL_OK || c.over ? SL_ENOTFOUND : SL_OK;
}

enum sl_err account_of(struct keeper *k, struct sl_span credential, struct account *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_ACCOUNT_OF, "s", credential);
    struct sl_span issuer, subject;

    if (!db_row(&rows))
        return SL_ENOTFOUND;
    issuer = sl_arena_copy(k->mem, db_span(&rows, 0));
    subject = sl_arena_copy(k->mem, db_span(&rows, 1));
    db_end(&rows);
    return account_get(k, issuer, subject, out);
}

bool account_was(struct keeper *k, struct sl_span issuer, struct sl_span subject)
{
    struct db_rows rows = db_ask(k->store.db, DB_ACCOUNT_EVER, "ss", issuer, subject);
    bool found = db_row(&rows);

    db_end(&rows);
    return found;
}

static struct sl_span said_by(struct maker by)
{
    return by.issuer.n > 0 ? by.issuer : SL_SPAN("operator");
}

/* Nobody signs in at a CI system: an account there says who somebody is, and decides nothing. */
static bool may_decide(const struct keeper *k, struct sl_span issuer)
{
    const struct sl_issuer *i = k->config == NULL ? NULL : sl_config_issuer_of(k->config, issuer);

    return i == NULL || i->kind == SL_ISSUER_OIDC;
}

enum sl_err account_link(struct keeper *k, const struct person *who, struct sl_span issuer,
                         struct sl_span subject, struct maker by, struct sl_buf *id)
{
    struct account taken;
    uint64_t now_us = sl_clock_us();
    uint8_t id_bytes[ID_BYTES], nobodys[SL_SHA256];

    if (account_get(k, issuer, subject, &taken) == SL_OK)
        return SL_ESTATE;
    sl_random(id_bytes, sizeof id_bytes);
    sl_random(nobodys, sizeof nobodys);
    sl_hex_put(id, sl_span(id_bytes, sizeof id_bytes));
    json_t *event = event_new("account_linked", now_us);
    event_str(event, "issuer", issuer);
    event_str(event, "subject", subject);
    event_str(event, "credential", sl_buf_span(id));
    event_str(event, "identity", who->name);
    event_bool(event, "deciding", who->kind == SL_HUMAN && may_decide(k, issuer));
    event_hex(event, "hash", sl_span(nobodys, sizeof nobodys));
    /* "issuer:NAME" is nobody who could decide: a credential of no issuer, as an operator's is */
    event_str(event, "by",
              sl_span_starts(by.issuer, SL_SPAN("issuer:")) ? sl_span(NULL, 0) : by.issuer);
    event_str(event, "by_uid", by.os_user);
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_ACCOUNT_LINK,
                                          .time_us = now_us,
                                          .identity = who->name,
                                          .credential = sl_buf_span(id),
                                          .issuer = issuer,
                                          .subject = subject,
                                          .approval = by.approval,
                                          .reason = by.why,
                                          .by = said_by(by),
                                          .channel =
                                              by.channel.n > 0 ? by.channel : SL_SPAN("control")});
    tokens_forget(k);
    return SL_OK;
}

/* --- groups ------------------------------------------------------------------------------------
 */

static bool has(const struct sl_names *names, struct sl_span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_eq(names->items[i], name))
            return true;
    return false;
}

enum sl_err issuer_groups(struct keeper *k, const struct sl_issuer *i,
                          const struct sl_oidc_claims *claims, struct sl_names *out)
{
    *out = (struct sl_names){0};
    for (size_t n = 0; n < claims->group_count; n++) {
        SL_BUF(ours, GROUP_MAX_BYTES);

        if (!sl_issuer_put_group(&ours, i, claims->groups[n]) && sl_buf_err(&ours) == SL_OK)
            continue;
        if (sl_buf_err(&ours) != SL_OK || ours.n == 0) /* one left out could be one that holds */
            return SL_ELIMIT;
        if (!has(out, sl_buf_span(&ours)))
            names_add(k->mem, out, sl_arena_copy(k->mem, sl_buf_span(&ours)));
    }
    return SL_OK;
}

static struct sl_names from_account(struct keeper *k, const struct account *a)
{
    struct db_rows rows = db_ask(k->store.db, DB_FROM_OF, "ss", a->identity, a->credential);
    struct sl_names names = {0};

    while (db_row(&rows))
        names_add(k->mem, &names, sl_arena_copy(k->mem, db_span(&rows, 0)));
    db_end(&rows);
    return names;
}

/* All of them: also of whoever has more than a person may have. */
static struct sl_names groups_of(struct keeper *k, struct sl_span identity)
{
    struct db_rows rows = db_ask(k->store.db, DB_GROUPS_OF, "s", identity);
    struct sl_names names = {0};

    while (db_row(&rows))
        names_add(k->mem, &names, sl_arena_copy(k->mem, db_span(&rows, 0)));
    db_end(&rows);
    return names;
}

static bool from_others_too(struct keeper *k, const struct account *a, struct sl_span group)
{
    struct db_rows rows =
        db_ask(k->store.db, DB_FROM_OTHER, "sss", a->identity, group, a->credential);
    bool found = db_row(&rows);

    db_end(&rows);
    return found;
}

static json_t *names_json(const struct sl_names *names)
{
    json_t *array = json_array();

    for (size_t i = 0; i < names->count; i++)
        json_array_append_new(array,
                              json_stringn((const char *)names->items[i].p, names->items[i].n));
    return array;
}

struct change {
    struct sl_names changed; /* of what comes from this account */
    struct sl_names told;    /* of the memberships themselves, for the ledger */
};

static void record(struct keeper *k, const struct account *a, struct sl_span by,
                   const struct change *c, bool member, uint64_t issued_s)
{
    json_t *event = event_new("account_groups", sl_clock_us());
    static const struct sl_names none = {0};

    event_str(event, "identity", a->identity);
    event_str(event, "credential", a->credential);
    event_json(event, "added", names_json(member ? &c->changed : &none));
    event_json(event, "removed", names_json(member ? &none : &c->changed));
    event_u64(event, "issued", issued_s);
    if (c->told.count == 0) {
        store_record(&k->store, NULL, event, false);
        return;
    }
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = member ? SL_ENTRY_ROSTER_GROUP_ADD
                                                          : SL_ENTRY_ROSTER_GROUP_REMOVE,
                                          .identity = a->identity,
                                          .groups = entry_list(c->told),
                                          .by = by,
                                          .channel = SL_SPAN("http")});
}

/* In parts that fit into an entry of the ledger. */
static void record_all(struct keeper *k, const struct account *a, struct sl_span by,
                       const struct change *c, bool member, uint64_t issued_s)
{
    enum { EACH = 100 };

    for (size_t from = 0; from < c->changed.count; from += EACH) {
        size_t left = c->changed.count - from;
        struct change part = {{c->changed.items + from, left < EACH ? left : EACH}, {0}};

        for (size_t i = 0; i < c->told.count; i++)
            if (has(&part.changed, c->told.items[i]))
                names_add(k->mem, &part.told, c->told.items[i]);
        record(k, a, by, &part, member, issued_s);
    }
}

static bool replace(struct keeper *k, const struct account *a, struct sl_span by,
                    const struct sl_names *wanted, uint64_t issued_s)
{
    struct sl_names now = from_account(k, a);
    struct change added = {{0}, {0}}, removed = {{0}, {0}};
    struct sl_names all = groups_of(k, a->identity);

    for (size_t i = 0; i < wanted->count; i++) {
        if (has(&now, wanted->items[i]))
            continue;
        names_add(k->mem, &added.changed, wanted->items[i]);
        if (!has(&all, wanted->items[i]))
            names_add(k->mem, &added.told, wanted->items[i]);
    }
    for (size_t i = 0; i < now.count; i++) {
        if (has(wanted, now.items[i]))
            continue;
        names_add(k->mem, &removed.changed, now.items[i]);
        if (!from_others_too(k, a, now.items[i]))
            names_add(k->mem, &removed.told, now.items[i]);
    }
    record_all(k, a, by, &removed, false, issued_s);
    record_all(k, a, by, &added, true, issued_s);
    if (added.changed.count == 0 && removed.changed.count == 0 && issued_s > a->issued_s)
        record(k, a, by, &added, true, issued_s);
    return added.told.count > 0 || removed.told.count > 0;
}

static struct sl_span issuer_said(struct keeper *k, const struct sl_issuer *i)
{
    SL_BUF(by, 1024);

    sl_buf_say(&by, "issuer:%S", i->name);
    return sl_arena_copy(k->mem, sl_buf_span(&by));
}

/* Gates judge by the groups that a session began with, so it begins anew. */
enum sl_err account_groups(struct keeper *k, const struct account *a, const struct issuer *i,
                           const struct sl_oidc_claims *claims)
{
    struct sl_names wanted;

    if (i->config->groups_claim.n == 0 || claims->issued_s < a->issued_s)
        return SL_OK;
    SL_TRY(issuer_groups(k, i->config, claims, &wanted));
    if (replace(k, a, issuer_said(k, i->config), &wanted, claims->issued_s))
        sessions_end_of(k, a->identity, sl_span(NULL, 0), "your groups have changed");
    return SL_OK;
}

void account_groups_set(struct keeper *k, const struct account *a, struct sl_span by,
                        const struct sl_names *wanted)
{
    if (replace(k, a, by, wanted, a->issued_s))
        sessions_end_of(k, a->identity, sl_span(NULL, 0), "your groups have changed");
}

/* --- the end ------------------------------------------------------------------------------------
 */

void account_unlink(struct keeper *k, const struct account *a, struct sl_span by)
{
    const struct sl_names none = {0};
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("account_unlinked", now_us);

    (void)replace(k, a, by, &none, a->issued_s);
    event_str(event, "issuer", a->issuer);
    event_str(event, "subject", a->subject);
    event_str(event, "credential", a->credential);
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_ACCOUNT_UNLINK,
                                          .time_us = now_us,
                                          .identity = a->identity,
                                          .credential = a->credential,
                                          .issuer = a->issuer,
                                          .subject = a->subject,
                                          .by = by,
                                          .channel = SL_SPAN("control")});
    tokens_forget(k);
    sessions_end_of(k, sl_span(NULL, 0), a->credential, "the account was unlinked");
    grants_kill_by(k, a->identity, "an account of an approver was unlinked");
    approvals_kill_of(k, a->identity, "an account of the requester was unlinked");
}

/* --- people whom the issuer brings ---------------------------------------------------------------
 */

static bool name_is_free(struct keeper *k, struct sl_span name)
{
    struct person taken;

    return person_get(k, name, &taken) == SL_ENOTFOUND && !sl_span_is(name, "operator");
}

/* The issuer's name and a hash over iss and sub: neither the person nor somebody who wants to be
 * taken for them can choose any of it. Rules, reviewers and the ledger speak of people by name. */
bool account_name(struct keeper *k, const struct issuer *i, struct sl_span subject,
                  struct sl_buf *name)
{
    struct sl_span parts[] = {SL_SPAN("sluice/account/v1\n"), i->config->issuer, SL_SPAN("\n"),
                              subject};
    uint8_t hash[SL_SHA256];

    sl_sha256_parts(parts, SL_COUNT(parts), hash);
    sl_buf_say(name, "%S-", sl_span_head(i->config->name, OF_ISSUER_BYTES));
    sl_hex_put(name, sl_span(hash, ID_BYTES));
    return sl_buf_err(name) == SL_OK && identity_name_ok(sl_buf_span(name)) &&
           name_is_free(k, sl_buf_span(name));
}

void account_display(struct keeper *k, struct sl_span identity, struct sl_span text)
{
    struct sl_span said = sl_utf8_head(text, DISPLAY_MAX_BYTES);
    struct person who;

    if (text.n == 0 || person_get(k, identity, &who) != SL_OK || sl_span_eq(who.display, said))
        return;
    json_t *event = event_new("display", sl_clock_us());
    event_str(event, "identity", identity);
    event_str(event, "text", said);
    store_record(&k->store, NULL, event, false);
}

enum sl_err account_provision(struct keeper *k, const struct issuer *i,
                              const struct sl_oidc_claims *claims, struct account *out)
{
    struct maker by = {.issuer = issuer_said(k, i->config), .channel = SL_SPAN("http")};
    struct person who;
    SL_BUF(name, NAME_MAX_BYTES);
    SL_BUF(id, 64);

    if (scim_is_gone(k, claims->issuer, claims->subject) ||
        account_was(k, claims->issuer, claims->subject) ||
        !account_name(k, i, claims->subject, &name))
        return SL_ESTATE;
    identity_add(k, &(struct person){.name = sl_buf_span(&name), .kind = SL_HUMAN},
                 sl_span(NULL, 0), by);
    SL_TRY(person_get(k, sl_buf_span(&name), &who));
    SL_TRY(account_link(k, &who, claims->issuer, claims->subject, by, &id));
    return account_get(k, claims->issuer, claims->subject, out);
}

bool account_is_stranded(struct keeper *k, struct sl_span credential)
{
    struct db_rows rows = db_ask(k->store.db, DB_ACCOUNT_OF, "s", credential);
    bool is_account = db_row(&rows);
    struct sl_span iss = is_account ? sl_arena_copy(k->mem, db_span(&rows, 0)) : sl_span(NULL, 0);

    db_end(&rows);
    return is_account && k->config != NULL && sl_config_issuer_of(k->config, iss) == NULL;
}

/* The issuer of the account that this credential stands for; NULL: it is no account's, or the
 * issuer is not configured any more. *is_account tells which. */
static const struct issuer *issuer_behind(struct call *c, bool *is_account)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_ACCOUNT_OF, "s", c->with.id);

    *is_account = db_row(&rows);
    if (!*is_account)
        return NULL;
    struct sl_span iss = sl_arena_copy(c->keeper->mem, db_span(&rows, 0));
    db_end(&rows);
    return issuer_of_iss(c->keeper, iss);
}

bool account_may_enrol(struct call *c)
{
    bool is_account;
    const struct issuer *i = issuer_behind(c, &is_account);
    SL_BUF(hint, 512);

    if (!is_account ||
        (i != NULL && i->config->mfa_acr.count > 0 && console_is_fresh(c->keeper, &c->with)))
        return true;
    if (i != NULL && i->config->mfa_acr.count > 0)
        sl_buf_say(&hint,
                   "Sign in once more in this browser, then try again: "
                   "/v1/signin/%S?fresh=yes",
                   i->config->name);
    else
        sl_buf_put_str(&hint, "An operator can say in `mfa_acr` what this provider calls it, or "
                              "invite you: sluice identity invite NAME");
    call_problem(c, 403, "A fresh sign-in is needed",
                 "A passkey is enrolled only right after a sign-in with more than one factor, and "
                 "this session did not begin so, or more than ten minutes ago.",
                 sl_buf_text(&hint));
    return false;
}

json_t *accounts_json(struct keeper *k, struct sl_span identity)
{
    struct db_rows rows = db_ask(k->store.db, DB_ACCOUNT_LIST, "s", identity);
    json_t *list = json_array();

    while (db_row(&rows)) {
        json_t *one = json_object();

        json_put_str(one, "issuer", db_span(&rows, 0));
        json_put_str(one, "subject", db_span(&rows, 1));
        json_put_str(one, "credential", db_span(&rows, 2));
        json_put_time(one, "since", db_u64(&rows, 3));
        json_array_append_new(list, one);
    }
    db_end(&rows);
    return list;
}
