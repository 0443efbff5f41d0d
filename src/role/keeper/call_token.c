#include "role/keeper/issuers.h"

#include "base/when.h"
#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/console.h"
#include "role/keeper/credentials.h"
#include "role/keeper/govern.h"
#include "role/keeper/identity.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

/* Asking tokens (made by the operator, shown once) and deciding credentials (claimed by their
 * human). */

enum { MAX_FOR = 8 };
static const uint64_t default_ttl_ms = 8 * 3600 * 1000, max_ttl_ms = 366ull * 24 * 3600 * 1000;

static bool ttl_of(struct call *c, uint64_t *ttl_ms)
{
    struct sl_span text = call_str(c, "ttl");

    *ttl_ms = default_ttl_ms;
    return (text.n == 0 || sl_duration_get(text, ttl_ms) == SL_OK) && *ttl_ms > 0 &&
           *ttl_ms <= max_ttl_ms;
}

/* "for": whom its holder acts for; each must be somebody, or nobody could be kept from deciding. */
static bool read_for(struct call *c, struct maker *by)
{
    const json_t *given = json_object_get(c->body, "for");
    struct person p;
    size_t i;
    json_t *name;

    json_array_foreach(given, i, name)
    {
        struct sl_span text = sl_span(json_string_value(name), json_string_length(name));

        if (!json_is_string(name) || person_get(c->keeper, text, &p) != SL_OK || i >= MAX_FOR) {
            call_problem(c, 400, "For whom?",
                         "for is a list of identities for whom the holder acts, at most 8.",
                         "sluice identity list");
            return false;
        }
        names_add(c->keeper->mem, &by->on_behalf_of, p.name);
    }
    return true;
}

void call_TOKEN_CREATE(struct call *c)
{
    struct maker by = c->maker;
    struct person who;
    uint64_t ttl_ms;
    SL_BUF(secret, 128);
    SL_BUF(id, 64);

    if (person_get(c->keeper, call_str(c, "name"), &who) != SL_OK || !person_active(&who)) {
        call_problem(c, 404, "No such identity", "There is no active identity of this name.",
                     "sluice identity list");
        return;
    }
    if (!ttl_of(c, &ttl_ms)) {
        call_problem(c, 400, "For how long?",
                     "ttl is a duration such as 30m, 8h or 7d, at most 366d.", "");
        return;
    }
    if (!read_for(c, &by))
        return;
    uint64_t expires_us = sl_clock_us() + ttl_ms * 1000;
    if (credential_make(c->keeper, &who, false, expires_us, by, sl_span(NULL, 0), &secret, &id) !=
        SL_OK) {
        call_problem(c, 500, "Not made", "The token could not be made.", "");
        return;
    }
    c->reply = json_object();
    json_put_str(c->reply, "id", sl_buf_span(&id));
    json_put_str(c->reply, "token", sl_buf_span(&secret));
    json_put_time(c->reply, "expires_at", expires_us);
    sl_secret_wipe(secret.p, secret.cap);
}

static size_t ids_of(struct call *c, struct sl_span identity, struct sl_span **out)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_CREDENTIAL_OF, "s", identity);

    return first_of_all(c->keeper, rows, out);
}

/* A session that somebody else might hold: what it said yes to must not run either. */
static bool revoke_session(struct call *c, struct sl_span id)
{
    struct credential with;

    if (console_by_id(c->keeper, id, &with) != SL_OK)
        return false;
    console_end(c->keeper, &with, maker_name(&c->maker), maker_channel(&c->maker), "revoked");
    approvals_kill_by_yes(c->keeper, with.identity, "a console session of an approver was revoked");
    return true;
}

/* What does not end at once: jobs, which the configuration alone can end, and accounts with whose
 * end a group goes that means something, which another person allows. */
struct left_over {
    size_t jobs, account_count;
    struct account *accounts; /* room for each */
    json_t *groups;           /* that go with them */
};

static bool revoke_account(struct call *c, const struct account *a, struct left_over *left)
{
    if (job_is_account(c->keeper, a)) {
        left->jobs++;
        return false;
    }
    if (account_end_leaves_named(c->keeper, a, left->groups)) {
        left->accounts[left->account_count++] = *a;
        return false;
    }
    account_unlink(c->keeper, a, &c->maker);
    return true;
}

static bool revoke_one(struct call *c, struct sl_span id, struct left_over *left)
{
    struct credential with;
    struct account account;

    if (credential_by_id(c->keeper, id, &with) != SL_OK)
        return revoke_session(c, id);
    if (account_of(c->keeper, id, &account) == SL_OK)
        return revoke_account(c, &account, left);
    credential_revoke(c->keeper, &with, &c->maker);
    if (with.deciding)
        grants_kill_by(c->keeper, with.identity, "the credential of an approver was revoked");
    else
        approvals_kill_of(c->keeper, with.identity, "a token of the requester was revoked");
    return true;
}

/* What else there was is revoked. */
static void refuse_jobs(struct call *c, size_t revoked)
{
    SL_BUF(text, 512);

    sl_buf_put_str(&text, JOB_REFUSED_DETAIL " With the next of its tokens it would be back.");
    if (revoked > 0)
        sl_buf_say(&text, " What else this identity had is revoked: %U.", (uint64_t)revoked);
    call_problem(c, 409, JOB_REFUSED_TITLE, sl_buf_text(&text),
                 "Take it out of `jobs` and reload; until then: sluice identity pause NAME");
}

/* False: it waits for somebody, or nobody could say yes. */
static bool revoke_left_over(struct call *c, const struct left_over *left)
{
    if (left->account_count > 0 && govern_waits_about(c, json_incref(left->groups)))
        return false;
    for (size_t i = 0; i < left->account_count; i++)
        account_leave_groups(c->keeper, &left->accounts[i], &c->maker);
    for (size_t i = 0; i < left->account_count; i++)
        account_unlink(c->keeper, &left->accounts[i], &c->maker);
    return true;
}

static void say_what_ended(struct call *c, size_t revoked)
{
    SL_BUF(text, 16 * 1024);

    sl_buf_say(&text, "%U ended at once. %S", (uint64_t)revoked, sl_json_str(c->reply, "detail"));
    if (revoked > 0)
        json_put_str(c->reply, "detail", sl_buf_span(&text));
    json_object_set_new(c->reply, "revoked", json_integer((json_int_t)revoked));
}

static void revoke_all(struct call *c, const struct sl_span *ids, size_t count,
                       struct left_over *left)
{
    size_t revoked = 0;

    left->accounts = sl_arena_array(c->keeper->mem, count + 1, sizeof *left->accounts);
    if (left->accounts == NULL)
        keeper_die("what is revoked does not fit into memory", SL_EMEMORY);
    for (size_t i = 0; i < count; i++)
        revoked += revoke_one(c, ids[i], left);
    if (!revoke_left_over(c, left)) {
        say_what_ended(c, revoked);
        return;
    }
    revoked += left->account_count;
    if (left->jobs > 0) {
        refuse_jobs(c, revoked);
        return;
    }
    if (revoked == 0) {
        call_problem(c, 404, "No such token", "There is no token of this id or identity.",
                     "sluice token list");
        return;
    }
    c->reply = json_object();
    json_object_set_new(c->reply, "revoked", json_integer((json_int_t)revoked));
}

void call_TOKEN_REVOKE(struct call *c)
{
    struct sl_span id = call_str(c, "id"), name = call_str(c, "name"), *ids = &id;
    struct left_over left = {.groups = json_array()};

    if (id.n == 0 && name.n == 0)
        call_problem(c, 400, "Which token?", "Give an id, or the name of an identity.",
                     "sluice token list");
    else {
        size_t count = id.n == 0 ? ids_of(c, name, &ids) : 1;
        revoke_all(c, ids, count, &left);
    }
    json_decref(left.groups);
}

static void list_sessions(struct call *c, json_t *list)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_CONSOLE_LIST, "s", call_str(c, "name"));

    while (db_row(&rows)) {
        json_t *one = json_object();

        json_put_str(one, "id", db_span(&rows, 0));
        json_put_str(one, "credential", db_span(&rows, 1));
        json_put_str(one, "identity", db_span(&rows, 2));
        json_put_str(one, "kind", SL_SPAN("session"));
        json_put_time(one, "created_at", db_u64(&rows, 3));
        json_put_time(one, "expires_at", db_u64(&rows, 4));
        json_object_set_new(one, "revoked", json_boolean(db_u64(&rows, 5) != 0));
        json_array_append_new(list, one);
    }
    db_end(&rows);
}

void call_TOKEN_LIST(struct call *c)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_CREDENTIAL_LIST, "s", call_str(c, "name"));
    json_t *list = json_array();

    while (db_row(&rows)) {
        json_t *one = json_object();

        json_put_str(one, "id", db_span(&rows, 0));
        json_put_str(one, "identity", db_span(&rows, 1));
        json_put_str(one, "kind",
                     db_u64(&rows, 6) != 0   ? SL_SPAN("account")
                     : db_u64(&rows, 2) == 1 ? SL_SPAN("deciding")
                                             : SL_SPAN("asking"));
        json_put_time(one, "created_at", db_u64(&rows, 3));
        json_put_time(one, "expires_at", db_u64(&rows, 4));
        json_object_set_new(one, "revoked", json_boolean(db_u64(&rows, 5) != 0));
        json_array_append_new(list, one);
    }
    db_end(&rows);
    list_sessions(c, list);
    c->reply = json_object();
    json_object_set_new(c->reply, "tokens", list);
}

/* --- enrolling --- */

struct invitation {
    struct sl_span identity, issuer, os_user;
    uint64_t expires_us, used_us;
};

static bool find_invitation(struct call *c, struct sl_span hash, struct invitation *out)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_INVITATION_GET, "b", hash);
    bool found = db_row(&rows);

    if (found)
        *out = (struct invitation){.identity = sl_arena_copy(c->keeper->mem, db_span(&rows, 0)),
                                   .expires_us = db_u64(&rows, 2),
                                   .used_us = db_u64(&rows, 3),
                                   .issuer = sl_arena_copy(c->keeper->mem, db_span(&rows, 4)),
                                   .os_user = sl_arena_copy(c->keeper->mem, db_span(&rows, 5))};
    db_end(&rows);
    return found;
}

static void no_such_code(struct call *c)
{
    limits_failed(&c->keeper->limits, c->address, SL_SPAN(LIMITS_DOOR "enroll"), sl_clock_us());
    sign_in_failed(c->keeper, SL_SPAN("enroll"), sl_span(NULL, 0), c->address, "wrong code");
    call_problem(c, 403, "This code does not work",
                 "The code is unknown, used, replaced or older than a day.",
                 "Ask for a new one: sluice identity invite NAME");
}

/* The secret goes to who claims it, and to nobody else: not to a log, not to the operator. */
void call_ENROLL(struct call *c)
{
    struct keeper *k = c->keeper;
    struct invitation found = {0};
    struct person who;
    uint8_t hash[SL_SHA256];
    SL_BUF(secret, 128);
    SL_BUF(id, 64);

    sl_sha256(call_str(c, "code"), hash);
    if (!find_invitation(c, sl_span(hash, sizeof hash), &found) || found.used_us != 0 ||
        found.expires_us <= sl_clock_us() || person_get(k, found.identity, &who) != SL_OK ||
        !person_active(&who) || who.kind != SL_HUMAN) {
        if (call_may_guess(c, SL_SPAN(LIMITS_DOOR "enroll")))
            no_such_code(c);
        return;
    }
    struct maker by = {.issuer = found.issuer,
                       .os_user = found.os_user,
                       .channel = call_channel(c)};
    if (credential_make(k, &who, true, 0, by, sl_span(hash, sizeof hash), &secret, &id) != SL_OK) {
        call_problem(c, 500, "Not made", "The credential could not be made.", "");
        return;
    }
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "identity", who.name);
    json_put_str(c->reply, "id", sl_buf_span(&id));
    json_put_str(c->reply, "credential", sl_buf_span(&secret));
    sl_secret_wipe(secret.p, secret.cap);
}
