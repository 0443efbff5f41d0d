#include "role/keeper/call_identity_int.h"

#include "base/when.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/db.h"
#include "role/keeper/govern.h"
#include "role/keeper/identity.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"
#include "role/keeper/store.h"

/* Who is who, who acts for whom, and who is in which group. */

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
                                          .by = identity_by(c),
                                          .os_user = call_str(c, "os_user"),
                                          .approval = c->maker.approval,
                                          .channel = identity_channel(c),
                                          .reason = sl_buf_span(&reason)});
    identity_done(c, who->name);
}

void call_IDENTITY_LINK(struct call *c)
{
    struct person who, to;

    if (!identity_named(c, "name", &who))
        return;
    if (call_str(c, "os_user").n > 0) {
        if (!govern_waits(c))
            link_os_user(c, &who);
        return;
    }
    if (!identity_named(c, "to", &to) || govern_waits(c))
        return;
    json_t *event = event_new("identity_linked", sl_clock_us());
    event_str(event, "name", who.name);
    event_str(event, "to", to.name);
    identity_roster(c, event, SL_ENTRY_ROSTER_LINK, &who, to.name, (struct sl_names){0});
    identity_done(c, who.name);
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
                                          .by = identity_by(c),
                                          .channel = identity_channel(c)});
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
        identity_put_since(&text, db_u64(&rows, 1));
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

    if (!identity_named(c, "name", &who) || !identity_named(c, "to", &to))
        return;
    bool said =
        ttl.n == 0 || (sl_duration_get(ttl, &ms) == SL_OK && ms > 0 && ms <= delegate_max_ms);
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
    identity_done(c, who.name);
}

/* How many groups it has, and since when this is one of them (0: it is none): also of who has too
 * many to be read. */
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
    identity_put_since(&text, since_us);
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

    if (!identity_named(c, "name", &who))
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
    identity_roster(c, event, member ? SL_ENTRY_ROSTER_GROUP_ADD : SL_ENTRY_ROSTER_GROUP_REMOVE,
                    &who, sl_span(NULL, 0), groups);
    if (member != was)
        sessions_end_of(c->keeper, who.name, sl_span(NULL, 0), "your groups have changed");
    identity_done(c, who.name);
}
