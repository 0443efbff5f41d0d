#include "role/keeper/call_passkey_int.h"

#include "role/keeper/keeper_int.h"

/* A person's own passkeys: which there are, what they are called, and how one of them vouches for
 * something. All of them, for the operator. */

bool passkey_own(struct call *c, struct sl_span id, struct passkey *out)
{
    if (passkey_get(c->keeper, id, out) == SL_OK && out->removed_us == 0 &&
        sl_span_eq(out->identity, c->who.name))
        return true;
    call_problem(c, 404, "No such passkey", "You have no passkey of this id.", "");
    return false;
}

size_t passkeys_mine(struct call *c, struct passkey **out)
{
    struct passkey *all;
    size_t count = passkeys_of(c->keeper, c->who.name, &all), live = 0;

    for (size_t i = 0; i < count; i++)
        if (all[i].removed_us == 0)
            all[live++] = all[i];
    *out = all;
    return live;
}

void call_PASSKEY_LIST(struct call *c)
{
    const struct sl_settings *s = &c->keeper->config->settings;
    struct passkey *list;
    size_t count = passkeys_mine(c, &list);
    json_t *keys = json_array(), *origins = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(keys, passkey_json(&list[i]));
    for (size_t i = 0; i < s->passkey_origins.count; i++)
        json_array_append_new(origins, json_stringn((const char *)s->passkey_origins.items[i].p,
                                                    s->passkey_origins.items[i].n));
    c->reply = json_object();
    json_object_set_new(c->reply, "passkeys", keys);
    json_put_str(c->reply, "rp_id", s->passkey_rp_id);
    json_object_set_new(c->reply, "origins", origins);
}

/* --- by one that was there before --- */

bool passkey_vouch_read(struct call *c, struct allowed *out)
{
    if (!assertion_read(c->keeper, json_object_get(c->body, "existing"), &out->by)) {
        call_problem(c, 403, "Which passkey says so?",
                     "existing must be an assertion by a passkey that you have already: {key, "
                     "client_data, authenticator_data, signature}, each in base64url.",
                     "If all are lost, ask a second person (\"second\": true), or the operator "
                     "removes them: sluice passkeys remove.");
        return false;
    }
    return passkey_own(c, out->by.key_text, &out->passkey);
}

bool passkey_vouch_check(struct call *c, struct allowed *by, struct sl_span document)
{
    uint8_t challenge[SL_SHA256];

    sl_passkey_challenge_of(document, challenge);
    enum sl_webauthn_reason reason =
        assertion_check(c->keeper, &by->by, &by->passkey, false, challenge, &by->seen);
    if (reason != SL_WEBAUTHN_YES)
        assertion_refused(c, reason);
    return reason == SL_WEBAUTHN_YES;
}

void passkey_event_used(json_t *event, const struct allowed *by)
{
    event_str(event, "by", by == NULL ? sl_span(NULL, 0) : by->passkey.id);
    event_u64(event, "by_counter", by == NULL ? 0 : by->seen.counter);
    event_bool(event, "by_backed_up", by != NULL && by->seen.backed_up);
}

/* --- recording --- */

void passkey_leaf(struct keeper *k, json_t *event, const struct sl_entry_passkey *e)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    struct sl_entry_passkey entry = *e;

    entry.time_us = sl_clock_us();
    event_u64(event, "at", entry.time_us);
    sl_entry_put_passkey(&leaf, &entry);
    store_record(&k->store, &leaf, event, true);
    k->important = true;
}

/* --- naming --- */

enum { NAME_BYTES = 256 };

void passkey_record_name(struct call *c, struct sl_span id, struct sl_span name)
{
    json_t *event = event_new("passkey_named", sl_clock_us());

    event_str(event, "id", id);
    event_str(event, "name", name);
    store_record(&c->keeper->store, NULL, event, true);
}

bool passkey_name_fits(struct call *c)
{
    if (call_str(c, "name").n <= NAME_BYTES)
        return true;
    call_problem(c, 400, "Too long a name", "A name has at most 256 bytes.", "");
    return false;
}

void call_PASSKEY_NAME(struct call *c)
{
    struct sl_span id = call_str(c, "key");
    struct passkey p;

    if (!passkey_own(c, id, &p) || !passkey_name_fits(c))
        return;
    passkey_record_name(c, id, call_str(c, "name"));
    if (passkey_get(c->keeper, id, &p) == SL_OK)
        c->reply = passkey_json(&p);
}

/* --- the operator --- */

void call_PASSKEYS(struct call *c)
{
    struct passkey *list;
    size_t count = passkeys_of(c->keeper, call_str(c, "name"), &list);
    json_t *keys = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(keys, passkey_json(&list[i]));
    c->reply = json_object();
    json_object_set_new(c->reply, "passkeys", keys);
}
