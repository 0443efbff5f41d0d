#include "role/keeper/call_identity_int.h"

#include "role/keeper/away.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/db.h"
#include "role/keeper/identity.h"
#include "role/keeper/issuers.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"

/* Identities as the operator sees them. */

static json_t *linked_of(struct call *c, const struct person *who)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_IDENTITY_OF_PERSON, "s", who->person);
    json_t *array = json_array();

    while (db_row(&rows)) {
        struct sl_span name = db_span(&rows, 0);

        if (!sl_span_eq(name, who->name))
            json_array_append_new(array, json_stringn((const char *)name.p, name.n));
    }
    db_end(&rows);
    return array;
}

static json_t *delegates_of(struct call *c, const struct person *who)
{
    struct db_rows rows =
        db_ask(c->keeper->store.db, DB_DELEGATES_OF, "si", who->name, sl_clock_us());
    json_t *array = json_array();

    while (db_row(&rows))
        json_array_append_new(array,
                              json_stringn((const char *)db_span(&rows, 0).p, db_span(&rows, 0).n));
    db_end(&rows);
    return array;
}

static json_t *identity_json(struct call *c, const struct person *who)
{
    json_t *one = json_object(), *groups = json_array();
    struct credential ignored;

    for (size_t i = 0; i < who->groups.count; i++)
        json_array_append_new(groups, json_stringn((const char *)who->groups.items[i].p,
                                                   who->groups.items[i].n));
    json_put_str(one, "name", who->name);
    if (who->display.n > 0)
        json_put_str(one, "display", who->display);
    json_put_str(one, "kind", sl_span_str(sl_identity_kind_name(who->kind)));
    json_put_str(one, "owner", who->owner);
    json_put_str(one, "status", who->status);
    json_object_set_new(one, "groups", groups);
    json_object_set_new(one, "linked", linked_of(c, who));
    json_object_set_new(one, "delegates", delegates_of(c, who));
    json_object_set_new(one, "accounts", accounts_json(c->keeper, who->name));
    json_object_set_new(one, "can_decide",
                        json_boolean(
                            credential_deciding(c->keeper, who->name, UINT64_MAX, &ignored)));
    json_put_time(one, "since", who->since_us);
    away_put(c->keeper, one, who->name);
    return one;
}

size_t first_of_all(struct keeper *k, struct db_rows rows, struct sl_span **out)
{
    struct sl_span *all = NULL;
    size_t count = 0, room = 0;

    while (db_row(&rows)) {
        if (count == room) {
            room = room == 0 ? 256 : 2 * room;
            struct sl_span *more = sl_arena_array(k->mem, room, sizeof *more);
            if (more == NULL) /* a part of them must not pass for all */
                keeper_die("a list does not fit into memory", SL_EMEMORY);
            for (size_t i = 0; i < count; i++)
                more[i] = all[i];
            all = more;
        }
        all[count++] = sl_arena_copy(k->mem, db_span(&rows, 0));
    }
    *out = all;
    return count;
}

void call_IDENTITY_LIST(struct call *c)
{
    struct sl_span *names;
    size_t count =
        first_of_all(c->keeper, db_ask(c->keeper->store.db, DB_IDENTITY_LIST, ""), &names);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        struct person who;

        if (person_seen(c->keeper, names[i], &who))
            json_array_append_new(list, identity_json(c, &who));
    }
    c->reply = json_object();
    json_object_set_new(c->reply, "identities", list);
}
