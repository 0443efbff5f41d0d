#include "role/keeper/call_identity_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/console.h"
#include "role/keeper/credentials.h"
#include "role/keeper/db.h"
#include "role/keeper/govern.h"
#include "role/keeper/identity.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/scim.h"
#include "role/keeper/sessions.h"
#include "role/keeper/store.h"

/* Switching identities off and on: for good, or the kill switch. */

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
    console_end_of(k, who->name, to->by, to->channel, to->why);
    approvals_kill_of(k, who->name, to->why);
}

static void set_status(struct call *c, const struct person *who, const char *status,
                       enum sl_entry_roster_event what, const char *why)
{
    identity_set_status(c->keeper, who,
                        &(struct status_change){.status = status,
                                                .what = what,
                                                .why = why,
                                                .by = identity_by(c),
                                                .approval = c->maker.approval,
                                                .reason = c->maker.why,
                                                .channel = identity_channel(c)});
}

void call_IDENTITY_DISABLE(struct call *c)
{
    struct person who;

    if (!identity_named(c, "name", &who))
        return;
    set_status(c, &who, "disabled", SL_ENTRY_ROSTER_DISABLE, "the identity was disabled");
    identity_done(c, who.name);
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

static void pause_agents(struct call *c, bool off)
{
    struct sl_span *names;
    size_t changed = 0, count;

    count = first_of_all(c->keeper,
                         db_ask(c->keeper->store.db, DB_IDENTITY_OF_KIND, "ss", SL_SPAN("agent"),
                                off ? SL_SPAN("paused") : SL_SPAN("active")),
                         &names);
    if (off && count > 0 && govern_waits(c))
        return;
    for (size_t i = 0; i < count; i++) {
        struct person who;

        if (person_get(c->keeper, names[i], &who) != SL_OK || !can_pause(c, &who, off))
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
    if (!identity_named(c, "name", &who))
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
    if (off && govern_waits(c))
        return;
    pause_one(c, &who, off);
    identity_done(c, who.name);
}
