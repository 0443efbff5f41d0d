#include "role/keeper/call_identity_int.h"

#include "base/when.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
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

/* It takes a right away (to decide about `name`'s agents), so only its end has to wait for
 * somebody. */
void call_IDENTITY_DELEGATE(struct call *c)
{
    bool off = json_is_true(json_object_get(c->body, "off"));
    struct sl_span ttl = call_str(c, "ttl");
    struct person who, to;
    uint64_t ms = 0;

    if (!identity_named(c, "name", &who) || !identity_named(c, "to", &to))
        return;
    if (sl_span_eq(who.name, to.name) || (ttl.n > 0 && sl_duration_get(ttl, &ms) != SL_OK)) {
        call_problem(c, 400, "Who acts for whom, and for how long?",
                     "Two identities, and a duration such as 7d.", "");
        return;
    }
    if (off && govern_waits(c))
        return;
    record_delegate(c, &who, &to, off, ms == 0 ? 0 : sl_clock_us() + ms * 1000);
    identity_done(c, who.name);
}

static bool names_have(const struct sl_names *names, struct sl_span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_eq(names->items[i], name))
            return true;
    return false;
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
    bool member = json_is_true(json_object_get(c->body, "member")), was;

    if (!identity_named(c, "name", &who))
        return;
    was = names_have(&who.groups, call_str(c, "group"));
    if (!identity_name_ok(call_str(c, "group"))) {
        call_problem(c, 400, "Not a group", "A group has letters, digits and _ . - @, at most 63.",
                     "");
        return;
    }
    if (member != was && group_means_something(c) && govern_waits(c))
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
