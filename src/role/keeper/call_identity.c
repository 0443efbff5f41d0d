#include "role/keeper/issuers.h"

#include "base/utf8.h"
#include "base/when.h"

/* The roster, as the operator manages it through the control socket. Each change is an event. */

bool identity_name_ok(struct sl_span name)
{
    if (name.n == 0 || name.n > 63 || name.p[0] == '-' || name.p[0] == '.')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t b = name.p[i];

        if (!((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
              b == '_' || b == '.' || b == '-' || b == '@'))
            return false;
    }
    return true;
}

static struct sl_span by(const struct call *c)
{
    return c->maker.issuer.n > 0 ? c->maker.issuer : SL_SPAN("operator");
}

static struct sl_span channel_of(const struct call *c)
{
    return c->maker.channel.n > 0 ? c->maker.channel : SL_SPAN("control");
}

static void roster(struct call *c, json_t *event, enum sl_entry_roster_event what,
                   const struct person *who, struct sl_span other, struct sl_names groups)
{
    roster_leaf(c->keeper, event,
                &(struct sl_entry_roster){.event = what,
                                          .identity = who->name,
                                          .identity_kind =
                                              sl_span_str(sl_identity_kind_name(who->kind)),
                                          .owner = who->owner,
                                          .other = other,
                                          .groups = entry_list(groups),
                                          .os_user = call_str(c, "os_user"),
                                          .approval = c->maker.approval,
                                          .reason = c->maker.why,
                                          .by = by(c),
                                          .channel = channel_of(c)});
}

/* The identity that "name" names; else the answer is made. */
static bool named(struct call *c, const char *key, struct person *out)
{
    SL_BUF(text, 256);

    if (person_seen(c->keeper, call_str(c, key), out))
        return true;
    sl_buf_say(&text, "There is no identity \"%S\".", sl_utf8_head(call_str(c, key), 63));
    call_problem(c, 404, "No such identity", sl_buf_text(&text), "sluice identity list");
    return false;
}

static void done(struct call *c, struct sl_span name)
{
    c->reply = json_object();
    json_put_str(c->reply, "name", name);
}

/* --- adding --- */

/* Everybody who is not human answers to a human: the owner is who P4 keeps from deciding. */
static bool add_is_right(struct call *c, enum sl_identity_kind kind)
{
    struct person ignored, owner;

    if (!identity_name_ok(call_str(c, "name"))) {
        call_problem(c, 400, "Not a name", "A name has letters, digits and _ . - @, at most 63.",
                     "");
        return false;
    }
    if (sl_span_is(call_str(c, "name"), "operator")) {
        call_problem(c, 400, "Not a name for somebody",
                     "In the ledger \"operator\" is whoever sits at the control socket.", "");
        return false;
    }
    if (kind == 0) {
        call_problem(c, 400, "Which kind?", "kind must be human, agent or service.", "");
        return false;
    }
    if (person_get(c->keeper, call_str(c, "name"), &ignored) != SL_ENOTFOUND) {
        call_problem(c, 409, "It exists already", "There is an identity of this name.", "");
        return false;
    }
    if (call_str(c, "owner").n == 0) {
        if (kind == SL_HUMAN)
            return true;
        call_problem(c, 400, "Who owns it?",
                     "An agent or service needs an owner: the human who answers for it.",
                     "--owner NAME");
        return false;
    }
    return named(c, "owner", &owner);
}

static json_t *groups_of(struct call *c, struct sl_names *names)
{
    json_t *given = json_object_get(c->body, "groups"), *array = json_array();
    size_t i;
    json_t *item;

    json_array_foreach(given, i, item)
    {
        struct sl_span name = sl_span(json_string_value(item), json_string_length(item));

        if (i == GROUPS_OF_ONE || !json_is_string(item) || !identity_name_ok(name)) {
            json_decref(array);
            return NULL;
        }
        names_add(c->keeper->mem, names, name);
        json_array_append(array, item);
    }
    return array;
}

static void add_invitation(struct call *c, const struct person *who)
{
    SL_BUF(code, 128);

    if (invitation_make(c->keeper, who, c->maker, &code) == SL_OK)
        json_put_str(c->reply, "code", sl_buf_span(&code));
    sl_secret_wipe(code.p, code.cap);
}

void identity_add(struct keeper *k, const struct person *who, struct sl_span os_user,
                  struct maker by)
{
    json_t *event = event_new("identity_added", sl_clock_us()), *groups = json_array();
    uint8_t salt[16];

    for (size_t i = 0; i < who->groups.count; i++)
        json_array_append_new(groups, json_stringn((const char *)who->groups.items[i].p,
                                                   who->groups.items[i].n));
    sl_random(salt, sizeof salt);
    event_str(event, "name", who->name);
    event_str(event, "kind", sl_span_str(sl_identity_kind_name(who->kind)));
    event_str(event, "owner", who->owner);
    event_str(event, "os_user", os_user);
    event_hex(event, "salt", sl_span(salt, sizeof salt));
    event_json(event, "groups", groups);
    roster_leaf(
        k, event,
        &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_ADD,
                                  .identity = who->name,
                                  .identity_kind = sl_span_str(sl_identity_kind_name(who->kind)),
                                  .owner = who->owner,
                                  .groups = entry_list(who->groups),
                                  .os_user = os_user,
                                  .approval = by.approval,
                                  .reason = by.why,
                                  .by = by.issuer.n > 0 ? by.issuer : SL_SPAN("operator"),
                                  .channel = by.channel.n > 0 ? by.channel : SL_SPAN("control")});
}

void call_IDENTITY_ADD(struct call *c)
{
    enum sl_identity_kind kind = sl_identity_kind_of(call_str(c, "kind"));
    struct person who = {.name = call_str(c, "name"), .owner = call_str(c, "owner"), .kind = kind};

    if (!add_is_right(c, kind))
        return;
    json_t *groups = groups_of(c, &who.groups);
    if (groups == NULL) {
        call_problem(c, 400, "Not a group",
                     "A group has letters, digits and _ . - @, at most 63; nobody has more than 256.",
                     "");
        return;
    }
    json_decref(groups);
    if (govern_waits(c))
        return;
    identity_add(c->keeper, &who, call_str(c, "os_user"), c->maker);
    done(c, who.name);
    if (kind == SL_HUMAN)
        add_invitation(c, &who);
}

void call_IDENTITY_INVITE(struct call *c)
{
    struct person who;

    if (!named(c, "name", &who))
        return;
    if (who.kind != SL_HUMAN || !person_active(&who)) {
        call_problem(c, 409, "Not possible",
                     "Only an active human can claim a deciding credential.", "");
        return;
    }
    if (govern_waits(c))
        return;
    done(c, who.name);
    add_invitation(c, &who);
}

/* --- listing --- */

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

/* --- ending, pausing (the kill switch) --- */

void identity_set_status(struct keeper *k, const struct person *who, const struct status_change *to)
{
    json_t *event = event_new("identity_status", sl_clock_us());

    event_str(event, "name", who->name);
    event_str(event, "status", sl_span_str(to->status));
    if (to->by_owner)
        event_str(event, "owner", to->by);
    bool is_operator = sl_span_is(to->channel, "control") || sl_span_is(to->channel, "offline");

    if (strcmp(to->status, "disabled") == 0 && is_operator)
        event_bool(event, "for_good", true); /* no provider takes that back */
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = to->what,
                                          .identity = who->name,
                                          .identity_kind =
                                              sl_span_str(sl_identity_kind_name(who->kind)),
                                          .owner = who->owner,
                                          .approval = to->approval,
                                          .reason = to->reason,
                                          .by = to->by,
                                          .channel = to->channel});
    if (strcmp(to->status, "active") == 0)
        return;
    sessions_end_of(k, who->name, sl_span(NULL, 0), to->why);
    sessions_end_for(k, who->name, "somebody for whom it acted is switched off");
    console_end_of(k, who->name, to->by, to->channel, to->why);
    approvals_kill_of(k, who->name, to->why);
    approvals_kill_for(k, who->name, "somebody on whose behalf it was asked is switched off");
}

static void set_status(struct call *c, const struct person *who, const char *status,
                       enum sl_entry_roster_event what, const char *why)
{
    identity_set_status(c->keeper, who,
                        &(struct status_change){.status = status,
                                                .what = what,
                                                .why = why,
                                                .by = by(c),
                                                .approval = c->maker.approval,
                                                .reason = c->maker.why,
                                                .channel = channel_of(c)});
}

void call_IDENTITY_DISABLE(struct call *c)
{
    struct person who;

    if (!named(c, "name", &who))
        return;
    set_status(c, &who, "disabled", SL_ENTRY_ROSTER_DISABLE, "the identity was disabled");
    done(c, who.name);
}

/* Paused goes back to active; disabled stays what it is. What an owner paused the operator may
 * pause as well: then the owner cannot let it go on. */
static bool can_pause(struct call *c, const struct person *who, bool off)
{
    bool is_owners =
        sl_span_is(who->status, "paused") && identity_owner_paused(c->keeper, who->name);

    return sl_span_is(who->status, off ? "paused" : "active") || (is_owners && !off);
}

static void pause_one(struct call *c, const struct person *who, bool off)
{
    set_status(c, who, off ? "active" : "paused",
               off ? SL_ENTRY_ROSTER_RESUME : SL_ENTRY_ROSTER_PAUSE, "the identity was paused");
}

static void put_since(struct sl_buf *b, uint64_t at_us)
{
    if (at_us == 0)
        sl_buf_put_str(b, "from before this was noted");
    else
        sl_when_put(b, at_us);
}

/* Who goes on, and which pause of theirs ends: "bot (paused 2026-01-02T03:04:05.000000Z, 2)". Of
 * one, or of all agents where the name is empty. */
static json_t *paused_now(struct keeper *k, struct sl_span name)
{
    struct db_rows rows = db_ask(k->store.db, DB_PAUSED_NOW, "s", name);
    json_t *list = json_array();

    while (db_row(&rows)) {
        SL_BUF(text, 256);

        sl_buf_say(&text, "%S (paused ", db_span(&rows, 0));
        put_since(&text, db_u64(&rows, 1));
        sl_buf_say(&text, ", %U)", db_u64(&rows, 2));
        json_array_append_new(list, json_string(sl_buf_text(&text)));
    }
    db_end(&rows);
    return list;
}

static void pause_agents(struct call *c, bool off)
{
    struct sl_span *names;
    size_t changed = 0, count;

    count = first_of_all(c->keeper,
                         db_ask(c->keeper->store.db, DB_IDENTITY_OF_KIND, "ss", SL_SPAN("agent"),
                                off ? SL_SPAN("paused") : SL_SPAN("active")),
                         &names);
    if (off && count > 0 && govern_waits_about(c, paused_now(c->keeper, sl_span(NULL, 0))))
        return;
    for (size_t i = 0; i < count; i++) {
        struct person who;

        if (!person_there(c->keeper, names[i], &who) || !can_pause(c, &who, off))
            continue;
        pause_one(c, &who, off);
        changed++;
    }
    c->reply = json_object();
    json_object_set_new(c->reply, "changed", json_integer((json_int_t)changed));
}

/* Who goes on decides, or asks, again: that is another person's to allow. */
void call_IDENTITY_PAUSE(struct call *c)
{
    bool off = json_is_true(json_object_get(c->body, "off"));
    struct person who;

    if (json_is_true(json_object_get(c->body, "all_agents"))) {
        pause_agents(c, off);
        return;
    }
    if (!named(c, "name", &who))
        return;
    if (off && scim_says_gone(c->keeper, who.name)) {
        call_problem(c, 409, "Gone, says the provider",
                     "An identity provider says that this person is gone: it must say that they "
                     "are back first.",
                     "Switch them on at the provider, or disable this identity for good.");
        return;
    }
    if (!can_pause(c, &who, off)) {
        call_problem(c, 409, "Nothing to do",
                     off ? "This identity is not paused." : "This identity is not active.", "");
        return;
    }
    if (off && govern_waits_about(c, paused_now(c->keeper, who.name)))
        return;
    pause_one(c, &who, off);
    done(c, who.name);
}

/* --- links and groups --- */

static void link_os_user(struct call *c, const struct person *who)
{
    json_t *event = event_new("identity_os_user", sl_clock_us());
    SL_BUF(reason, 256);

    event_str(event, "name", who->name);
    event_str(event, "os_user", call_str(c, "os_user"));
    sl_buf_say(&reason, "sits at the control socket as user %S", call_str(c, "os_user"));
    roster_leaf(c->keeper, event,
                &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_LINK,
                                          .identity = who->name,
                                          .other = who->name,
                                          .by = by(c),
                                          .os_user = call_str(c, "os_user"),
                                          .approval = c->maker.approval,
                                          .channel = channel_of(c),
                                          .reason = sl_buf_span(&reason)});
    done(c, who->name);
}

void call_IDENTITY_LINK(struct call *c)
{
    struct person who, to;

    if (!named(c, "name", &who))
        return;
    if (call_str(c, "os_user").n > 0) {
        if (!govern_waits(c))
            link_os_user(c, &who);
        return;
    }
    if (!named(c, "to", &to) || govern_waits(c))
        return;
    json_t *event = event_new("identity_linked", sl_clock_us());
    event_str(event, "name", who.name);
    event_str(event, "to", to.name);
    roster(c, event, SL_ENTRY_ROSTER_LINK, &who, to.name, (struct sl_names){0});
    done(c, who.name);
}

/* --- acting for somebody --- */

static const uint64_t delegate_max_ms = 3660ull * 24 * 3600 * 1000;

static void record_delegate(struct call *c, const struct person *who, const struct person *to,
                            bool off, uint64_t until_us)
{
    json_t *event = event_new("delegate_set", sl_clock_us());

    event_str(event, "owner", who->name);
    event_str(event, "delegate", to->name);
    event_bool(event, "acts", !off);
    event_u64(event, "until", until_us);
    roster_leaf(c->keeper, event,
                &(struct sl_entry_roster){.event = off ? SL_ENTRY_ROSTER_DELEGATE_REMOVE
                                                       : SL_ENTRY_ROSTER_DELEGATE_ADD,
                                          .identity = who->name,
                                          .other = to->name,
                                          .expires_us = until_us,
                                          .approval = c->maker.approval,
                                          .reason = c->maker.why,
                                          .by = by(c),
                                          .channel = channel_of(c)});
}

/* Do they act for them longer than until then, as it is? */
static bool acts_longer(struct keeper *k, const struct person *who, const struct person *to,
                        uint64_t until_us)
{
    struct db_rows rows = db_ask(k->store.db, DB_DELEGATE_GET, "ss", who->name, to->name);
    bool there = db_row(&rows);
    uint64_t now_us = there ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return there && until_us != 0 && (now_us == 0 || now_us > until_us);
}

static json_t *acts_now(struct keeper *k, const struct person *who, const struct person *to)
{
    struct db_rows rows = db_ask(k->store.db, DB_DELEGATE_GET, "ss", who->name, to->name);
    json_t *list = json_array();
    SL_BUF(text, 256);

    if (db_row(&rows)) {
        sl_buf_put_str(&text, "since ");
        put_since(&text, db_u64(&rows, 1));
        sl_buf_put_str(&text, ", until ");
        if (db_u64(&rows, 0) == 0)
            sl_buf_put_str(&text, "it is ended");
        else
            sl_when_put(&text, db_u64(&rows, 0));
        json_array_append_new(list, json_string(sl_buf_text(&text)));
    }
    db_end(&rows);
    return list;
}

static void refuse_shorter(struct call *c)
{
    call_problem(c, 409, "They act longer already",
                 "Saying it anew never makes it shorter; nothing has changed.",
                 "To end it: sluice identity delegate NAME OTHER --remove");
}

/* It takes a right away (to decide about `name`'s agents), so only its end has to wait for
 * somebody; a shorter time would be one. */
void call_IDENTITY_DELEGATE(struct call *c)
{
    bool off = json_is_true(json_object_get(c->body, "off"));
    struct sl_span ttl = call_str(c, "ttl");
    struct person who, to;
    uint64_t ms = 0;

    if (!named(c, "name", &who) || !named(c, "to", &to))
        return;
    bool said = ttl.n == 0 || (sl_duration_get(ttl, &ms) == SL_OK && ms > 0 && ms <= delegate_max_ms);
    if (sl_span_eq(who.name, to.name) || !said) {
        call_problem(c, 400, "Who acts for whom, and for how long?",
                     "Two identities, and a duration such as 7d, at most 3660d.", "");
        return;
    }
    uint64_t until_us = ttl.n == 0 ? 0 : sl_clock_us() + ms * 1000;
    if (!off && acts_longer(c->keeper, &who, &to, until_us)) {
        refuse_shorter(c);
        return;
    }
    if (off && govern_waits_about(c, acts_now(c->keeper, &who, &to)))
        return;
    record_delegate(c, &who, &to, off, until_us);
    done(c, who.name);
}

/* How many groups it has, and since when this is one of them (0: it is none): also of who has too many to be read. */
static size_t groups_now(struct keeper *k, struct sl_span identity, struct sl_span group,
                         uint64_t *since_us)
{
    struct db_rows rows = db_ask(k->store.db, DB_GROUPS_OF, "s", identity);
    size_t count = 0;

    for (*since_us = 0; db_row(&rows); count++)
        if (sl_span_eq(db_span(&rows, 0), group))
            *since_us = db_u64(&rows, 1);
    db_end(&rows);
    return count;
}

/* Whose membership it is that ends; one that begins is the same whenever it does. */
static json_t *membership_now(uint64_t since_us)
{
    json_t *list = json_array();
    SL_BUF(text, 128);

    if (since_us == 0)
        return list;
    sl_buf_put_str(&text, "a member since ");
    put_since(&text, since_us);
    json_array_append_new(list, json_string(sl_buf_text(&text)));
    return list;
}

static void too_many_groups(struct call *c)
{
    call_problem(c, 409, "Too many groups",
                 "Nobody is in more than 256 groups: with more they could do nothing here.",
                 "Take them out of a group first: sluice identity group NAME GROUP --remove");
}

/* Who is in a group that no rule, target or role names decides nothing. Offline nobody knows which.
 */
static bool group_means_something(const struct call *c)
{
    const struct sl_config *config = c->keeper->config;

    return config == NULL || sl_config_names_group(config, call_str((struct call *)c, "group"));
}

/* Gates judge by the groups that a session began with, so it begins anew. */
void call_IDENTITY_GROUP(struct call *c)
{
    struct person who;
    struct sl_names groups = {0};
    bool member = json_is_true(json_object_get(c->body, "member"));
    uint64_t since_us;

    if (!named(c, "name", &who))
        return;
    size_t count = groups_now(c->keeper, who.name, call_str(c, "group"), &since_us);
    bool was = since_us != 0;
    if (!identity_name_ok(call_str(c, "group"))) {
        call_problem(c, 400, "Not a group", "A group has letters, digits and _ . - @, at most 63.",
                     "");
        return;
    }
    if (member && !was && count >= GROUPS_OF_ONE) {
        too_many_groups(c);
        return;
    }
    if (member != was && group_means_something(c) &&
        govern_waits_about(c, membership_now(since_us)))
        return;
    names_add(c->keeper->mem, &groups, call_str(c, "group"));
    json_t *event = event_new("group_set", sl_clock_us());
    event_str(event, "name", who.name);
    event_str(event, "group", call_str(c, "group"));
    event_bool(event, "member", member);
    roster(c, event, member ? SL_ENTRY_ROSTER_GROUP_ADD : SL_ENTRY_ROSTER_GROUP_REMOVE, &who,
           sl_span(NULL, 0), groups);
    if (member != was)
        sessions_end_of(c->keeper, who.name, sl_span(NULL, 0), "your groups have changed");
    done(c, who.name);
}
