#include "role/keeper/people.h"

#include "role/keeper/keeper_int.h"

enum { MAX_OWNERS = 8, MAX_REQUESTERS = 256 };

static struct sl_span keep(struct keeper *k, const struct db_rows *rows, int column)
{
    return sl_arena_copy(k->mem, db_span(rows, column));
}

void names_add(struct sl_arena *mem, struct sl_names *names, struct sl_span name)
{
    struct sl_span *items = sl_arena_array(mem, names->count + 1, sizeof *items);

    if (items == NULL) /* one that is left out could be the one that counts */
        keeper_die("a list of names could not be made", SL_EMEMORY);
    for (size_t i = 0; i < names->count; i++)
        items[i] = names->items[i];
    items[names->count] = name;
    *names = (struct sl_names){items, names->count + 1};
}

void name_add_once(struct sl_arena *mem, struct sl_names *names, struct sl_span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_eq(names->items[i], name))
            return;
    names_add(mem, names, name);
}

void name_list_add(struct sl_arena *mem, struct name_list *l, struct sl_span name)
{
    if (l->names.count == l->room) {
        size_t room = l->room == 0 ? 16 : l->room * 2;
        struct sl_span *items = sl_arena_array(mem, room, sizeof *items);

        if (items == NULL)
            keeper_die("a list of names could not be made", SL_EMEMORY);
        for (size_t i = 0; i < l->names.count; i++)
            items[i] = l->names.items[i];
        l->names.items = items;
        l->room = room;
    }
    l->names.items[l->names.count++] = name;
}

struct sl_entry_list entry_list(struct sl_names names)
{
    return (struct sl_entry_list){names.items, names.count};
}

static enum sl_err load_groups(struct keeper *k, struct person *p)
{
    struct db_rows rows = db_ask(k->store.db, DB_GROUPS_OF, "s", p->name);
    struct sl_span names[GROUPS_OF_ONE];
    uint64_t since[GROUPS_OF_ONE];
    size_t count = 0;

    while (count < GROUPS_OF_ONE && db_row(&rows)) {
        names[count] = keep(k, &rows, 0);
        since[count++] = db_u64(&rows, 1);
    }
    bool more = count == GROUPS_OF_ONE && db_row(&rows);
    db_end(&rows);
    if (more) /* one that is left out could be one that a rule holds by */
        return SL_ELIMIT;
    p->groups =
        (struct sl_names){sl_arena_array(k->mem, count + 1, sizeof *p->groups.items), count};
    p->memberships = sl_arena_array(k->mem, count + 1, sizeof *p->memberships);
    if (p->groups.items == NULL || p->memberships == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < count; i++) {
        p->groups.items[i] = names[i];
        p->memberships[i] = (struct sl_membership){names[i], since[i]};
    }
    return SL_OK;
}

enum sl_err person_plain(struct keeper *k, struct sl_span name, struct person *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_IDENTITY_GET, "s", name);
    struct person p = {0};

    if (!db_row(&rows))
        return SL_ENOTFOUND;
    p.name = keep(k, &rows, 0);
    p.kind = sl_identity_kind_of(db_span(&rows, 1));
    p.owner = keep(k, &rows, 2);
    p.status = keep(k, &rows, 3);
    p.since_us = db_u64(&rows, 4);
    p.person = keep(k, &rows, 5);
    p.os_user = keep(k, &rows, 6);
    p.salt = keep(k, &rows, 7);
    p.active_since_us = db_u64(&rows, 8);
    p.display = keep(k, &rows, 9);
    db_end(&rows);
    *out = p;
    return SL_OK;
}

bool person_there(struct keeper *k, struct sl_span name, struct person *out)
{
    enum sl_err err = person_plain(k, name, out);

    if (err != SL_OK && err != SL_ENOTFOUND)
        keeper_die("somebody could not be read", err);
    return err == SL_OK;
}

enum sl_err person_get(struct keeper *k, struct sl_span name, struct person *out)
{
    struct person p;

    SL_TRY(person_plain(k, name, &p));
    SL_TRY(load_groups(k, &p));
    *out = p;
    return SL_OK;
}

bool person_seen(struct keeper *k, struct sl_span name, struct person *out)
{
    return person_get(k, name, out) == SL_OK || person_there(k, name, out);
}

bool person_active(const struct person *p)
{
    return sl_span_is(p->status, "active");
}

struct sl_span person_of(struct keeper *k, struct sl_span name)
{
    struct db_rows rows = db_ask(k->store.db, DB_IDENTITY_GET, "s", name);
    struct sl_span person = db_row(&rows) ? keep(k, &rows, 5) : name;

    db_end(&rows);
    return person;
}

/* --- the requester set --------------------------------------------------------------------------
 *
 * First those whom the action itself names (role by role, as the table in approval.h has them),
 * then everybody who is bound to somebody in the set: other accounts of the person, accounts of the
 * same user of the machine, of the same browser, whoever acts for them. Each who comes in is looked
 * at in the same way, so no chain of two steps leads out of it. */

struct set {
    struct keeper *keeper;
    uint64_t now_us;
    struct sl_requester items[MAX_REQUESTERS];
    size_t count;
    bool full;
    enum sl_err why; /* somebody could not be read: then the set is not known */
};

/* False: there is nobody of this name, or it could not be read. */
static bool look_up(struct set *s, struct sl_span name, struct person *out)
{
    enum sl_err err = person_plain(s->keeper, name, out);

    if (err != SL_OK && err != SL_ENOTFOUND)
        s->why = err;
    return err == SL_OK;
}

static bool holds(const struct set *s, struct sl_span name)
{
    for (size_t i = 0; i < s->count; i++)
        if (sl_span_eq(s->items[i].name, name))
            return true;
    return false;
}

static void add(struct set *s, struct sl_span name, struct sl_span person,
                enum sl_requester_role role)
{
    if (name.n == 0 || holds(s, name))
        return;
    s->full = s->full || s->count == MAX_REQUESTERS;
    if (!s->full)
        s->items[s->count++] = (struct sl_requester){name, person, role};
}

/* The owner, the owner's owner, and so on; a circle ends where it closes. */
static void add_owners(struct set *s, struct sl_span owner)
{
    for (int i = 0; i < MAX_OWNERS && owner.n > 0 && !holds(s, owner); i++) {
        struct person p;
        bool known = look_up(s, owner, &p);

        add(s, owner, known ? p.person : owner, SL_REQUESTER_OWNER);
        owner = known ? p.owner : sl_span(NULL, 0);
    }
}

/* Somebody else who had a part in it, and whoever answers for them. */
static void add_with_owners(struct set *s, struct sl_span name, enum sl_requester_role role)
{
    struct person p;

    if (name.n == 0)
        return;
    bool known = look_up(s, name, &p);
    add(s, name, known ? p.person : name, role);
    if (known)
        add_owners(s, p.owner);
}

static void add_rows(struct set *s, struct db_rows rows, enum sl_requester_role role)
{
    while (db_row(&rows)) {
        struct sl_span name = keep(s->keeper, &rows, 0);

        if (!holds(s, name))
            add(s, name, person_of(s->keeper, name), role);
    }
    db_end(&rows);
}

static void add_os_user(struct set *s, struct sl_span os_user)
{
    if (os_user.n > 0)
        add_rows(s, db_ask(s->keeper->store.db, DB_IDENTITY_OF_OS_USER, "s", os_user),
                 SL_REQUESTER_SAME_USER);
}

static void add_bound_to(struct set *s, size_t i)
{
    struct db *db = s->keeper->store.db;
    struct sl_span name = s->items[i].name, person = s->items[i].person;
    struct person p;

    add_rows(s, db_ask(db, DB_IDENTITY_OF_PERSON, "s", person), SL_REQUESTER_LINKED);
    if (look_up(s, name, &p))
        add_os_user(s, p.os_user);
    add_rows(s, db_ask(db, DB_DELEGATES_OF, "si", name, s->now_us), SL_REQUESTER_DELEGATE);
    add_rows(s, db_ask(db, DB_IDENTITY_OF_DEVICE, "si", name, s->now_us - sl_same_device_us),
             SL_REQUESTER_SAME_DEVICE);
}

static void add_bound(struct set *s)
{
    for (size_t i = 0; i < s->count; i++)
        add_bound_to(s, i);
}

static void sort(struct set *s)
{
    for (size_t i = 1; i < s->count; i++)
        for (size_t j = i; j > 0 && sl_span_cmp(s->items[j - 1].name, s->items[j].name) > 0; j--) {
            struct sl_requester swap = s->items[j];

            s->items[j] = s->items[j - 1];
            s->items[j - 1] = swap;
        }
}

static enum sl_err give(struct set *s, struct sl_requester **out, size_t *count)
{
    SL_TRY(s->why);
    if (s->full)
        return SL_ELIMIT;
    struct sl_requester *items = sl_arena_array(s->keeper->mem, s->count + 1, sizeof *items);
    if (items == NULL)
        return SL_EMEMORY;
    memcpy(items, s->items, s->count * sizeof *items);
    *out = items;
    *count = s->count;
    return SL_OK;
}

enum sl_err requesters_of(struct keeper *k, const struct person *who,
                          const struct asked_for *others, struct sl_requester **out, size_t *count)
{
    struct set set = {.keeper = k, .now_us = sl_clock_us()};

    add(&set, who->name, who->person, SL_REQUESTER_SELF);
    add_owners(&set, who->owner);
    if (others != NULL) {
        add_with_owners(&set, others->trigger, SL_REQUESTER_TRIGGER);
        add_with_owners(&set, others->started_by, SL_REQUESTER_TRIGGER);
        add_with_owners(&set, others->unknown, SL_REQUESTER_TRIGGER);
        for (size_t i = 0; i < others->on_behalf_of.count; i++)
            add_with_owners(&set, others->on_behalf_of.items[i], SL_REQUESTER_ON_BEHALF);
        add_with_owners(&set, others->token_by, SL_REQUESTER_TOKEN_MAKER);
        add_os_user(&set, others->os_user);
    }
    add_bound(&set);
    sort(&set);
    return give(&set, out, count);
}

enum sl_err requesters_now(struct keeper *k, struct sl_requester **items, size_t *count)
{
    struct set set = {.keeper = k, .now_us = sl_clock_us()};

    for (size_t i = 0; i < *count; i++)
        add(&set, (*items)[i].name, (*items)[i].person, (*items)[i].role);
    add_bound(&set);
    return give(&set, items, count);
}

bool person_has_role(const struct keeper *k, const struct person *who, enum person_role role)
{
    struct sl_members m;

    if (k->config == NULL || who->kind != SL_HUMAN)
        return false;
    m = role == PERSON_AUDITOR ? k->config->settings.auditors : sl_config_admins(k->config);
    return sl_members_have(&m, who->name, &who->groups);
}

struct sl_names requester_names(struct keeper *k, const struct sl_requester *r, size_t count)
{
    struct sl_names names = {0};

    for (size_t i = 0; i < count; i++)
        names_add(k->mem, &names, r[i].name);
    return names;
}
