#include "role/keeper/scim.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/console.h"
#include "role/keeper/credentials.h"
#include "role/keeper/identity.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

/* Accounts at issuers: (iss, sub) is an identity of ours. The account stands in the view as a
 * credential without a secret, made by whoever linked it, so that every question about credentials
 * (how old, by whom, revoked) is asked of it as of any other (P4). */

enum { ID_BYTES = 8, NAME_MAX_BYTES = 63, OF_ISSUER_BYTES = 40, DISPLAY_MAX_BYTES = 200 };

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

/* Nobody signs in at a CI system: an account there says who somebody is, and decides nothing. */
static bool may_decide(const struct keeper *k, struct sl_span issuer)
{
    const struct sl_issuer *i = k->config == NULL ? NULL : sl_config_issuer_of(k->config, issuer);

    return i == NULL || i->kind == SL_ISSUER_OIDC;
}

/* issued_by: whom the credential counts as issued by (P4). `leaf` says how it came about. */
static enum sl_err record_link(struct keeper *k, const struct person *who, struct sl_span issued_by,
                               struct sl_span os_user, const struct allowed *vouched,
                               struct sl_entry_roster *leaf, struct sl_buf *id)
{
    struct account taken;
    uint8_t id_bytes[ID_BYTES], nobodys[SL_SHA256];

    if (account_get(k, leaf->issuer, leaf->subject, &taken) == SL_OK)
        return SL_ESTATE;
    sl_random(id_bytes, sizeof id_bytes);
    sl_random(nobodys, sizeof nobodys);
    sl_hex_put(id, sl_span(id_bytes, sizeof id_bytes));
    leaf->event = SL_ENTRY_ROSTER_ACCOUNT_LINK;
    leaf->time_us = sl_clock_us();
    leaf->identity = who->name;
    leaf->credential = sl_buf_span(id);
    json_t *event = event_new("account_linked", leaf->time_us);
    event_str(event, "issuer", leaf->issuer);
    event_str(event, "subject", leaf->subject);
    event_str(event, "credential", leaf->credential);
    event_str(event, "identity", who->name);
    event_bool(event, "deciding", who->kind == SL_HUMAN && may_decide(k, leaf->issuer));
    event_hex(event, "hash", sl_span(nobodys, sizeof nobodys));
    event_str(event, "by", issued_by);
    event_str(event, "by_uid", os_user);
    if (vouched != NULL) {
        event_str(event, "vouched_by", vouched->passkey.id);
        event_u64(event, "vouched_counter", vouched->seen.counter);
        event_bool(event, "vouched_backed_up", vouched->seen.backed_up);
    }
    roster_leaf(k, event, leaf);
    tokens_forget(k);
    return SL_OK;
}

enum sl_err account_link(struct keeper *k, const struct person *who, struct sl_span issuer,
                         struct sl_span subject, struct maker by, struct sl_buf *id)
{
    struct sl_entry_roster leaf = {.issuer = issuer,
                                   .subject = subject,
                                   .approval = by.approval,
                                   .reason = by.why,
                                   .by = maker_name(&by),
                                   .channel = maker_channel(&by)};

    /* "issuer:NAME" is nobody who could decide: a credential of no issuer, as an operator's is */
    return record_link(k, who,
                       sl_span_starts(by.issuer, SL_SPAN("issuer:")) ? sl_span(NULL, 0) : by.issuer,
                       by.os_user, NULL, &leaf, id);
}

/* Whoever issued the credential that it was done with keeps standing behind it: nobody decides
 * through what they issued by linking an account in between. */
enum sl_err account_link_own(struct call *c, struct sl_span issuer, struct sl_span subject,
                             const struct allowed *vouched, struct sl_span document,
                             struct sl_buf *id)
{
    struct sl_entry_proof proof = {{0}};
    struct sl_entry_roster leaf = {.issuer = issuer,
                                   .subject = subject,
                                   .by = c->who.name,
                                   .channel = call_channel(c),
                                   .with = c->with.id};

    if (vouched != NULL) {
        proof = assertion_entry(&vouched->by, document);
        leaf.allowed_by = &proof;
    }
    return record_link(c->keeper, &c->who, c->with.issuer, sl_span(NULL, 0), vouched, &leaf, id);
}

bool account_was_others(struct keeper *k, struct sl_span issuer, struct sl_span subject,
                        struct sl_span identity)
{
    struct db_rows rows = db_ask(k->store.db, DB_ACCOUNT_EVER, "ss", issuer, subject);
    bool others = false;

    while (db_row(&rows))
        others = others || !sl_span_eq(db_span(&rows, 0), identity);
    db_end(&rows);
    return others;
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

    if (text.n == 0 || !person_there(k, identity, &who) || sl_span_eq(who.display, said))
        return;
    json_t *event = event_new("display", sl_clock_us());
    event_str(event, "identity", identity);
    event_str(event, "text", said);
    store_record(&k->store, NULL, event, false);
}

enum sl_err account_provision(struct keeper *k, const struct issuer *i,
                              const struct sl_oidc_claims *claims, struct account *out)
{
    struct maker by = account_said_by(k, i->config);
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

bool account_may_add(struct call *c, const char *what)
{
    bool is_account;
    const struct issuer *i = issuer_behind(c, &is_account);
    SL_BUF(detail, 512);
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
    sl_buf_say(&detail,
               "%s only right after a sign-in with more than one factor, and this session did not "
               "begin so, or more than ten minutes ago.",
               what);
    call_problem(c, 403, "A fresh sign-in is needed", sl_buf_text(&detail), sl_buf_text(&hint));
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
