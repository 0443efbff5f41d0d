#include "role/keeper/issuers.h"

#include "role/keeper/away.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/people.h"

/* The roster as people see it in the console. */

enum { LISTED = 500 };

static json_t *texts(struct db_rows rows, struct sl_span but)
{
    json_t *list = json_array();

    while (db_row(&rows)) {
        struct sl_span text = db_span(&rows, 0);

        if (!sl_span_eq(text, but))
            json_array_append_new(list, json_stringn((const char *)text.p, text.n));
    }
    db_end(&rows);
    return list;
}

static uint64_t number(struct db_rows rows)
{
    uint64_t value = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return value;
}

/* To the hour where it is by what it did: usage counts in hours. */
static uint64_t last_seen(struct keeper *k, struct sl_span name)
{
    enum { HOUR_S = 3600 };
    uint64_t hour = number(db_ask(k->store.db, DB_LAST_HOUR_OF, "s", name)),
             other = number(db_ask(k->store.db, DB_LAST_SIGN_IN_OF, "s", name)),
             used_us = hour * HOUR_S * 1000 * 1000;

    return used_us > other ? used_us : other;
}

static bool owner_is_active(struct keeper *k, struct sl_span owner)
{
    struct person who;

    return owner.n > 0 && person_there(k, owner, &who) && person_active(&who);
}

/* Until when, and who stands in. Why is theirs: the ledger has it. */
static void put_absence(struct keeper *k, json_t *one, struct sl_span name)
{
    struct absence a;

    if (!absence_get(k, name, &a) || a.until_us <= sl_clock_us())
        return;
    json_t *away = json_object();
    json_put_time(away, "from", a.from_us);
    json_put_time(away, "until", a.until_us);
    if (a.stand_in.n > 0)
        json_put_str(away, "stand_in", a.stand_in);
    json_object_set_new(one, "away", away);
}

static json_t *one_json(struct call *c, const struct person *who)
{
    struct keeper *k = c->keeper;
    json_t *one = json_object(), *groups = json_array();
    struct credential ignored;
    struct passkey *keys;
    size_t passkeys = 0, all = passkeys_of(k, who->name, &keys);

    for (size_t i = 0; i < who->groups.count; i++)
        json_array_append_new(groups, json_stringn((const char *)who->groups.items[i].p,
                                                   who->groups.items[i].n));
    for (size_t i = 0; i < all; i++)
        passkeys += keys[i].removed_us == 0;
    json_put_str(one, "name", who->name);
    if (who->display.n > 0)
        json_put_str(one, "display", who->display);
    json_put_str(one, "kind", sl_span_str(sl_identity_kind_name(who->kind)));
    json_put_str(one, "owner", who->owner);
    json_put_str(one, "status", who->status);
    if (who->kind != SL_HUMAN)
        json_object_set_new(one, "owner_active", json_boolean(owner_is_active(k, who->owner)));
    json_object_set_new(one, "groups", groups);
    json_object_set_new(one, "linked",
                        texts(db_ask(k->store.db, DB_IDENTITY_OF_PERSON, "s", who->person),
                              who->name));
    json_object_set_new(one, "accounts", accounts_json(k, who->name));
    json_object_set_new(one, "can_decide",
                        json_boolean(credential_deciding(k, who->name, UINT64_MAX, &ignored)));
    json_object_set_new(one, "passkeys", json_integer((json_int_t)passkeys));
    json_object_set_new(
        one, "sessions",
        json_integer((json_int_t)number(db_ask(k->store.db, DB_SESSIONS_OF, "s", who->name))));
    json_put_time(one, "last_seen_at", last_seen(k, who->name));
    json_put_time(one, "since", who->since_us);
    put_absence(k, one, who->name);
    return one;
}

/* By name; `after` is the last name of the page before. */
void call_PEOPLE_LIST(struct call *c)
{
    struct keeper *k = c->keeper;
    struct sl_span *names = sl_arena_array(k->mem, LISTED, sizeof *names);
    json_t *list = json_array();
    size_t count = 0;

    if (!may_oversee(c)) {
        json_decref(list);
        return;
    }
    struct db_rows rows =
        db_ask(k->store.db, DB_IDENTITY_PAGE, "si", call_str(c, "after"), (uint64_t)LISTED);
    while (names != NULL && db_row(&rows))
        names[count++] = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    for (size_t i = 0; i < count; i++) {
        struct person who;

        if (person_seen(k, names[i], &who))
            json_array_append_new(list, one_json(c, &who));
    }
    c->reply = json_object();
    json_object_set_new(c->reply, "identities", list);
    if (count == LISTED)
        json_put_str(c->reply, "next", names[count - 1]);
}
