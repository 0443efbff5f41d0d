#include "role/keeper/scim.h"

#include "base/encode.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/govern.h"
#include "role/keeper/people.h"
#include "role/keeper/view.h"

/* What issuers have said, as the view has it, and the events that change it. */

enum { ID_BYTES = 12, EACH = 500, MEMBERS_MAX = 25000 };

static struct sl_span keep(struct keeper *k, const struct db_rows *rows, int column)
{
    return sl_arena_copy(k->mem, db_span(rows, column));
}

static struct scim_user user_of(struct keeper *k, const struct db_rows *r)
{
    return (struct scim_user){.id = keep(k, r, 0),
                              .issuer = keep(k, r, 1),
                              .external_id = keep(k, r, 2),
                              .user_name = keep(k, r, 3),
                              .display_name = keep(k, r, 4),
                              .identity = keep(k, r, 5),
                              .active = db_u64(r, 6) != 0,
                              .off = (db_u64(r, 7) & VIEW_OFF_BOTH) != 0,
                              .paused = (db_u64(r, 7) & VIEW_OFF_PAUSED) != 0,
                              .unlinked = (db_u64(r, 7) & VIEW_OFF_UNLINKED) != 0,
                              .since_us = db_u64(r, 8),
                              .changed_us = db_u64(r, 9),
                              .subject = keep(k, r, 10)};
}

static struct scim_group group_of(struct keeper *k, const struct db_rows *r)
{
    return (struct scim_group){keep(k, r, 0), keep(k, r, 1), keep(k, r, 2),
                               keep(k, r, 3), db_u64(r, 4),  db_u64(r, 5)};
}

enum sl_err scim_user_get(struct keeper *k, struct sl_span issuer, struct sl_span id,
                          struct scim_user *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_SCIM_USER_GET, "ss", issuer, id);
    bool found = db_row(&rows);

    if (found)
        *out = user_of(k, &rows);
    db_end(&rows);
    return found ? SL_OK : SL_ENOTFOUND;
}

enum sl_err scim_group_get(struct keeper *k, struct sl_span issuer, struct sl_span id,
                           struct scim_group *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_SCIM_GROUP_GET, "ss", issuer, id);
    bool found = db_row(&rows);

    if (found)
        *out = group_of(k, &rows);
    db_end(&rows);
    return found ? SL_OK : SL_ENOTFOUND;
}

static size_t count_of(struct keeper *k, enum db_sql sql, struct sl_span issuer)
{
    struct db_rows rows = db_ask(k->store.db, sql, "s", issuer);
    size_t count = db_row(&rows) ? (size_t)db_u64(&rows, 0) : 0;

    db_end(&rows);
    return count;
}

size_t scim_user_count(struct keeper *k, struct sl_span issuer)
{
    return count_of(k, DB_SCIM_USER_COUNT, issuer);
}

size_t scim_group_count(struct keeper *k, struct sl_span issuer)
{
    return count_of(k, DB_SCIM_GROUP_COUNT, issuer);
}

/* A text that found no room would read as one that is empty. */
static bool is_whole(const struct db_rows *r, const struct sl_span *texts, int count)
{
    for (int i = 0; i < count; i++)
        if (texts[i].n != db_span(r, i).n || (texts[i].n > 0 && texts[i].p == NULL))
            return false;
    return true;
}

static bool user_is_whole(const struct db_rows *r, const struct scim_user *u)
{
    const struct sl_span texts[] = {u->id,        u->issuer,       u->external_id,
                                    u->user_name, u->display_name, u->identity};

    return is_whole(r, texts, SL_COUNT(texts)) && u->subject.n == db_span(r, 10).n;
}

static bool group_is_whole(const struct db_rows *r, const struct scim_group *g)
{
    const struct sl_span texts[] = {g->id, g->issuer, g->external_id, g->display_name};

    return is_whole(r, texts, SL_COUNT(texts));
}

enum sl_err scim_users(struct keeper *k, struct sl_span issuer, struct scim_user **out,
                       size_t *count)
{
    size_t room = scim_user_count(k, issuer), n = 0;
    struct scim_user *list = sl_arena_array(k->mem, room + 1, sizeof *list);
    struct db_rows rows = db_ask(k->store.db, DB_SCIM_USER_LIST, "s", issuer);
    bool whole = list != NULL;

    while (whole && n < room && db_row(&rows)) {
        list[n] = user_of(k, &rows);
        whole = user_is_whole(&rows, &list[n++]);
    }
    db_end(&rows);
    if (!whole)
        return SL_EMEMORY;
    *out = list;
    *count = n;
    return SL_OK;
}

enum sl_err scim_groups(struct keeper *k, struct sl_span issuer, struct scim_group **out,
                        size_t *count)
{
    size_t room = scim_group_count(k, issuer), n = 0;
    struct scim_group *list = sl_arena_array(k->mem, room + 1, sizeof *list);
    struct db_rows rows = db_ask(k->store.db, DB_SCIM_GROUP_LIST, "s", issuer);
    bool whole = list != NULL;

    while (whole && n < room && db_row(&rows)) {
        list[n] = group_of(k, &rows);
        whole = group_is_whole(&rows, &list[n++]);
    }
    db_end(&rows);
    if (!whole)
        return SL_EMEMORY;
    *out = list;
    *count = n;
    return SL_OK;
}

struct sl_names scim_groups_of(struct keeper *k, const struct scim_user *u)
{
    struct db_rows rows = db_ask(k->store.db, DB_SCIM_GROUPS_OF, "ss", u->id, u->issuer);
    struct sl_names names = {0};

    while (db_row(&rows)) {
        struct sl_span name = keep(k, &rows, 0);

        if (name.p == NULL) /* one that is left out would be taken away */
            keeper_die("groups of a person could not be read", SL_EMEMORY);
        names_add(k->mem, &names, name);
    }
    db_end(&rows);
    return names;
}

struct sl_names scim_members(struct keeper *k, struct sl_span group)
{
    struct db_rows rows = db_ask(k->store.db, DB_SCIM_MEMBERS, "s", group);
    struct sl_span *items = sl_arena_array(k->mem, MEMBERS_MAX, sizeof *items);
    size_t count = 0;

    while (db_row(&rows)) {
        if (items == NULL || count == MEMBERS_MAX)
            keeper_die("a group could not be read", items == NULL ? SL_EMEMORY : SL_ELIMIT);
        items[count++] = keep(k, &rows, 0);
    }
    db_end(&rows);
    return (struct sl_names){items, count};
}

static bool finds(struct keeper *k, enum db_sql sql, struct sl_span a, struct sl_span b)
{
    struct db_rows rows = db_ask(k->store.db, sql, "ss", a, b);
    bool found = db_row(&rows);

    db_end(&rows);
    return found;
}

bool scim_is_member(struct keeper *k, struct sl_span group, struct sl_span user)
{
    return finds(k, DB_SCIM_IS_MEMBER, group, user);
}

bool scim_is_user(struct keeper *k, struct sl_span issuer, struct sl_span id)
{
    return finds(k, DB_SCIM_USER_HAS, issuer, id);
}

bool scim_user_is_taken(struct keeper *k, const struct scim_user *u)
{
    struct db_rows rows = db_ask(k->store.db, DB_SCIM_USER_TAKEN, "sssss", u->issuer, u->id,
                                 u->user_name, u->external_id, u->subject);
    bool taken = db_row(&rows);

    db_end(&rows);
    return taken;
}

bool scim_group_is_taken(struct keeper *k, const struct scim_group *g)
{
    struct db_rows rows =
        db_ask(k->store.db, DB_SCIM_GROUP_TAKEN, "sss", g->issuer, g->id, g->display_name);
    bool taken = db_row(&rows);

    db_end(&rows);
    return taken;
}

bool scim_is_gone(struct keeper *k, struct sl_span issuer, struct sl_span subject)
{
    return finds(k, DB_SCIM_USER_GONE, issuer, subject);
}

bool scim_others_gone(struct keeper *k, const struct scim_user *u, bool *off, bool *paused)
{
    struct db_rows rows = db_ask(k->store.db, DB_SCIM_OTHERS_OFF, "ss", u->identity, u->id);
    bool gone = false;

    *off = *paused = false;
    if (db_row(&rows)) {
        *off = db_u64(&rows, 0) != 0;
        *paused = db_u64(&rows, 0) == VIEW_OFF_PAUSED;
        gone = db_u64(&rows, 1) > 0;
    }
    db_end(&rows);
    return gone;
}

bool scim_says_gone(struct keeper *k, struct sl_span identity)
{
    bool off, paused;

    return scim_others_gone(k, &(struct scim_user){.identity = identity}, &off, &paused);
}

/* --- events ---------------------------------------------------------------------------------- */

static struct sl_span new_id(struct keeper *k)
{
    uint8_t bytes[ID_BYTES];
    SL_BUF(id, 64);

    sl_random(bytes, sizeof bytes);
    sl_hex_put(&id, sl_span(bytes, sizeof bytes));
    return sl_arena_copy(k->mem, sl_buf_span(&id));
}

static json_t *event_of(const char *name, struct sl_span id, struct sl_span issuer)
{
    json_t *event = event_new(name, sl_clock_us());

    event_str(event, "id", id);
    event_str(event, "issuer", issuer);
    return event;
}

static void record(struct keeper *k, json_t *event)
{
    store_record(&k->store, NULL, event, true);
    k->important = true;
}

void scim_user_put(struct keeper *k, struct scim_user *u)
{
    u->changed_us = sl_clock_us();
    if (u->id.n == 0) {
        u->id = new_id(k);
        u->since_us = u->changed_us;
    }
    json_t *event = event_of("scim_user", u->id, u->issuer);
    event_str(event, "external", u->external_id);
    event_str(event, "subject", u->subject);
    event_str(event, "user_name", u->user_name);
    event_str(event, "display_name", u->display_name);
    event_str(event, "identity", u->identity);
    event_bool(event, "active", u->active);
    event_bool(event, "off", u->off);
    if (u->paused)
        event_bool(event, "paused", true);
    if (u->unlinked)
        event_bool(event, "unlinked", true);
    event_u64(event, "since", u->since_us);
    event_u64(event, "changed", u->changed_us);
    record(k, event);
    account_display(k, u->identity, u->display_name.n > 0 ? u->display_name : u->user_name);
}

void scim_user_drop(struct keeper *k, const struct scim_user *u)
{
    record(k, event_of("scim_user_gone", u->id, u->issuer));
}

void scim_group_put(struct keeper *k, struct scim_group *g)
{
    g->changed_us = sl_clock_us();
    if (g->id.n == 0) {
        g->id = new_id(k);
        g->since_us = g->changed_us;
    }
    json_t *event = event_of("scim_group", g->id, g->issuer);
    event_str(event, "external", g->external_id);
    event_str(event, "display_name", g->display_name);
    event_u64(event, "since", g->since_us);
    event_u64(event, "changed", g->changed_us);
    record(k, event);
}

void scim_group_drop(struct keeper *k, const struct scim_group *g)
{
    record(k, event_of("scim_group_gone", g->id, g->issuer));
}

static void put_some(struct keeper *k, struct sl_span group, const struct sl_names *names,
                     bool member)
{
    for (size_t from = 0; from < names->count; from += EACH) {
        json_t *event = event_new("scim_members", sl_clock_us()), *array = json_array();

        for (size_t i = from; i < names->count && i < from + EACH; i++)
            json_array_append_new(array,
                                  json_stringn((const char *)names->items[i].p, names->items[i].n));
        event_str(event, "group", group);
        event_bool(event, "member", member);
        event_json(event, "users", array);
        record(k, event);
    }
}

void scim_members_put(struct keeper *k, struct sl_span group, const struct sl_names *added,
                      const struct sl_names *removed)
{
    put_some(k, group, removed, false);
    put_some(k, group, added, true);
}

/* --- the credential -------------------------------------------------------------------------- */

enum sl_err scim_find(struct keeper *k, struct sl_span secret, struct sl_span *issuer)
{
    uint8_t hash[SL_SHA256];

    if (!sl_span_starts(secret, SL_SPAN(SCIM_PREFIX)))
        return SL_ENOTFOUND;
    sl_sha256(secret, hash);
    struct db_rows rows =
        db_ask(k->store.db, DB_PROVISIONER_BY_HASH, "b", sl_span(hash, sizeof hash));
    bool found = db_row(&rows);
    if (found)
        *issuer = keep(k, &rows, 0);
    db_end(&rows);
    return found ? SL_OK : SL_ENOTFOUND;
}

/* A new one for an issuer is the end of the one before. */
void call_SCIM_CREDENTIAL(struct call *c)
{
    struct keeper *k = c->keeper;
    struct issuer *i = call_str(c, "issuer").n == 0 ? NULL : issuer_named(k, call_str(c, "issuer"));
    uint8_t hash[SL_SHA256];
    SL_BUF(secret, 128);
    SL_BUF(by, 1024);

    if (i == NULL) {
        call_problem(c, 404, "No such issuer", "The configuration has no issuer of this name.",
                     "`issuers` in the configuration names them; Sluice must run.");
        return;
    }
    if (i->config->kind != SL_ISSUER_OIDC) {
        call_problem(c, 409, "Nobody signs in there",
                     "This issuer is a CI system: it says which jobs there are, and brings nobody.",
                     "");
        return;
    }
    if (govern_waits(c)) /* it can bring people, into groups that decide */
        return;
    secret_make(&secret, SCIM_PREFIX);
    sl_sha256(sl_buf_span(&secret), hash);
    struct sl_span id = new_id(k);
    sl_buf_say(&by, "issuer:%S", i->config->name);
    json_t *event = event_of("provisioner_made", id, i->config->issuer);
    event_hex(event, "hash", sl_span(hash, sizeof hash));
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_PROVISIONER,
                                          .identity = sl_buf_span(&by),
                                          .issuer = i->config->issuer,
                                          .credential = id,
                                          .hash_head = sl_span(hash, 8),
                                          .by = c->maker.issuer.n > 0 ? c->maker.issuer
                                                                      : SL_SPAN("operator"),
                                          .os_user = c->maker.os_user,
                                          .approval = c->maker.approval,
                                          .reason = c->maker.why,
                                          .channel = SL_SPAN("control")});
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "issuer", i->config->issuer);
    json_put_str(c->reply, "id", id);
    json_put_str(c->reply, "credential", sl_buf_span(&secret));
    sl_secret_wipe(secret.p, secret.cap);
}
