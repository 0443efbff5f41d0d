#include "role/keeper/call_identity_int.h"

#include "base/utf8.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/govern.h"
#include "role/keeper/identity.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/store.h"

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

struct sl_span identity_by(const struct call *c)
{
    return c->maker.issuer.n > 0 ? c->maker.issuer : SL_SPAN("operator");
}

struct sl_span identity_channel(const struct call *c)
{
    return c->maker.channel.n > 0 ? c->maker.channel : SL_SPAN("control");
}

void identity_roster(struct call *c, json_t *event, enum sl_entry_roster_event what,
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
                                          .by = identity_by(c),
                                          .channel = identity_channel(c)});
}

/* The identity that "name" names; else the answer is made. */
bool identity_named(struct call *c, const char *key, struct person *out)
{
    SL_BUF(text, 256);

    enum sl_err err = person_get(c->keeper, call_str(c, key), out);
    if (err == SL_ELIMIT) /* more groups than anybody may have: to be switched off all the same */
        err = person_plain(c->keeper, call_str(c, key), out);
    if (err == SL_OK)
        return true;
    sl_buf_say(&text, "There is no identity \"%S\".", sl_utf8_head(call_str(c, key), 63));
    call_problem(c, 404, "No such identity", sl_buf_text(&text), "sluice identity list");
    return false;
}

void identity_done(struct call *c, struct sl_span name)
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
    return identity_named(c, "owner", &owner);
}

static json_t *groups_of(struct call *c, struct sl_names *names)
{
    json_t *given = json_object_get(c->body, "groups"), *array = json_array();
    size_t i;
    json_t *item;

    json_array_foreach(given, i, item)
    {
        struct sl_span name = sl_span(json_string_value(item), json_string_length(item));

        if (!json_is_string(item) || !identity_name_ok(name)) {
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
        call_problem(c, 400, "Not a group", "A group has letters, digits and _ . - @, at most 63.",
                     "");
        return;
    }
    json_decref(groups);
    if (govern_waits(c))
        return;
    identity_add(c->keeper, &who, call_str(c, "os_user"), c->maker);
    identity_done(c, who.name);
    if (kind == SL_HUMAN)
        add_invitation(c, &who);
}

void call_IDENTITY_INVITE(struct call *c)
{
    struct person who;

    if (!identity_named(c, "name", &who))
        return;
    if (who.kind != SL_HUMAN || !person_active(&who)) {
        call_problem(c, 409, "Not possible",
                     "Only an active human can claim a deciding credential.", "");
        return;
    }
    if (govern_waits(c))
        return;
    identity_done(c, who.name);
    add_invitation(c, &who);
}
