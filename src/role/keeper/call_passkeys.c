#include "role/keeper/issuers.h"

#include "base/encode.h"
#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/govern.h"
#include "role/keeper/passkeys.h"

/* Enrolling, listing and removing passkeys. The new one signs a challenge that names it: so it is
 * there, and its owner wants it. Where its person has passkeys already, one of them signs the same
 * document. Removing takes one of them too, or the operator. */

static void not_yours(struct call *c)
{
    call_problem(c, 404, "No such passkey", "You have no passkey of this id.", "");
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

/* --- challenges --- */

struct wish {
    bool enrol;
    struct sl_span key_text, key, spki;
    int64_t algorithm;
};

static bool bytes_of(struct call *c, const char *key, struct sl_span *out)
{
    SL_BUF(bytes, 1024);

    if (sl_base64url_get(&bytes, call_str(c, key)) != SL_OK)
        return false;
    *out = sl_arena_copy(c->keeper->mem, sl_buf_span(&bytes));
    return out->n > 0;
}

/* One key is one person's, for good: also an id or a key that was removed is not taken again. */
static bool may_enrol(struct call *c, struct wish *w)
{
    w->algorithm = json_integer_value(json_object_get(c->body, "algorithm"));
    if (!bytes_of(c, "public_key", &w->spki) || !sl_public_key_fits(w->algorithm, w->spki)) {
        call_problem(c, 400, "Not a key",
                     "public_key must be a SubjectPublicKeyInfo in base64url, as getPublicKey() "
                     "gives it, for algorithm -7 (ES256), -8 (EdDSA) or -257 (RS256).",
                     "");
        return false;
    }
    if (passkey_known(c->keeper, w->key_text, w->spki)) {
        call_problem(c, 409, "Known already", "This passkey is, or was, somebody's already.",
                     "Make a new one.");
        return false;
    }
    return true;
}

static bool may_remove(struct call *c, const struct wish *w)
{
    struct passkey p;

    if (passkey_get(c->keeper, w->key_text, &p) == SL_OK && p.removed_us == 0 &&
        sl_span_eq(p.identity, c->who.name))
        return true;
    not_yours(c);
    return false;
}

static bool read_wish(struct call *c, struct wish *w)
{
    struct sl_span purpose = call_str(c, "purpose");

    *w = (struct wish){.enrol = sl_span_is(purpose, "enrol"), .key_text = call_str(c, "key")};
    if ((!w->enrol && !sl_span_is(purpose, "remove")) || !bytes_of(c, "key", &w->key) ||
        w->key.n > SL_WEBAUTHN_ID_MAX) {
        call_problem(c, 400, "What for?",
                     "purpose must be \"enrol\" or \"remove\", key the passkey's id in base64url.",
                     "");
        return false;
    }
    return w->enrol ? may_enrol(c, w) : may_remove(c, w);
}

static void put_document(struct call *c, const struct wish *w, uint64_t expires_us,
                         struct sl_buf *out)
{
    struct sl_passkey_challenge p = {.purpose = call_str(c, "purpose"),
                                     .identity = c->who.name,
                                     .key = w->key};

    challenge_frame(c->keeper, expires_us, &p.frame);
    if (w->enrol) {
        p.rp_id = c->keeper->config->settings.passkey_rp_id;
        p.algorithm = sl_span_str(sl_passkey_algorithm_name(w->algorithm));
        p.public_key = w->spki;
    }
    sl_passkey_challenge_put(out, &p);
}

void call_PASSKEY_CHALLENGE(struct call *c)
{
    struct wish w;
    struct passkey *list;
    uint8_t challenge[SL_SHA256];
    uint64_t expires_us = challenge_expires_us(0);
    SL_BUF(document, SL_ENTRY_MAX);

    if (!passkeys_here(c) || !read_wish(c, &w) ||
        (w.enrol && !account_may_add(c, "A passkey is enrolled")))
        return;
    put_document(c, &w, expires_us, &document);
    sl_passkey_challenge_of(sl_buf_span(&document), challenge);
    struct challenge_made made = {.kind = CHALLENGE_PASSKEY,
                                  .identity = c->who.name,
                                  .document = sl_buf_span(&document),
                                  .challenge = challenge,
                                  .expires_us = expires_us};
    made.allow_count = passkeys_mine(c, &list);
    made.allow = list;
    if (sl_buf_err(&document) != SL_OK || challenge_keep(c->keeper, &made) != SL_OK)
        call_problem(c, 500, "No challenge", "The challenge could not be made.", "");
    else
        c->reply = challenge_json(c, &made);
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
    if (passkey_get(c->keeper, out->by.key_text, &out->passkey) == SL_OK &&
        out->passkey.removed_us == 0 && sl_span_eq(out->passkey.identity, c->who.name))
        return true;
    not_yours(c);
    return false;
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

static void record(struct keeper *k, json_t *event, const struct sl_entry_passkey *e)
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

static void record_name(struct call *c, struct sl_span id, struct sl_span name)
{
    json_t *event = event_new("passkey_named", sl_clock_us());

    event_str(event, "id", id);
    event_str(event, "name", name);
    store_record(&c->keeper->store, NULL, event, true);
}

static bool name_fits(struct call *c)
{
    if (call_str(c, "name").n <= NAME_BYTES)
        return true;
    call_problem(c, 400, "Too long a name", "A name has at most 256 bytes.", "");
    return false;
}

void call_PASSKEY_NAME(struct call *c)
{
    struct wish w = {.key_text = call_str(c, "key")};
    struct passkey p;

    if (!may_remove(c, &w) || !name_fits(c))
        return;
    record_name(c, w.key_text, call_str(c, "name"));
    if (passkey_get(c->keeper, w.key_text, &p) == SL_OK)
        c->reply = passkey_json(&p);
}

/* --- enrolling --- */

static bool read_new(struct keeper *k, const json_t *document, struct passkey *p)
{
    SL_BUF(spki, SL_PUBLIC_KEY_MAX);

    if (!sl_span_is(sl_json_str(document, "purpose"), "enrol") ||
        sl_base64url_get(&spki, sl_json_str(document, "public_key")) != SL_OK)
        return false;
    *p = (struct passkey){.id = sl_arena_copy(k->mem, sl_json_str(document, "key")),
                          .identity = sl_arena_copy(k->mem, sl_json_str(document, "identity")),
                          .rp_id = sl_arena_copy(k->mem, sl_json_str(document, "rp_id")),
                          .algorithm = sl_passkey_algorithm_of(sl_json_str(document, "algorithm")),
                          .spki = sl_arena_copy(k->mem, sl_buf_span(&spki))};
    return true;
}

void passkey_record(struct keeper *k, const struct enrolment *e)
{
    static const char *const vouchers[] = {
        [BY_PASSKEY] = "passkey", [BY_CREDENTIAL] = "credential", [BY_PERSON] = "person"};
    const struct passkey *p = e->passkey;
    struct sl_span algorithm = sl_span_str(sl_passkey_algorithm_name(p->algorithm));
    json_t *event = event_new("passkey_enrolled", 0);

    event_str(event, "id", p->id);
    event_str(event, "identity", p->identity);
    event_str(event, "algorithm", algorithm);
    event_hex(event, "spki", p->spki);
    event_str(event, "rp_id", p->rp_id);
    event_bool(event, "backup_eligible", p->backup_eligible);
    event_bool(event, "backed_up", p->backed_up);
    event_u64(event, "counter", p->counter);
    event_str(event, "credential", e->credential);
    event_bool(event, "alone", p->vouched == BY_CREDENTIAL);
    event_bool(event, "second", p->vouched == BY_PERSON);
    event_str(event, "by", e->allowed_id);
    event_u64(event, "by_counter", e->allowed_counter);
    event_bool(event, "by_backed_up", e->allowed_backed_up);
    record(k, event,
           &(struct sl_entry_passkey){.identity = p->identity,
                                      .key = e->possession.key,
                                      .algorithm = algorithm,
                                      .public_key = p->spki,
                                      .rp_id = p->rp_id,
                                      .backup_eligible = p->backup_eligible,
                                      .backed_up = p->backed_up,
                                      .credential = e->credential,
                                      .approval = e->approval,
                                      .possession = &e->possession,
                                      .allowed_by = e->allowed,
                                      .by = e->by,
                                      .channel = e->channel});
    sl_log(SL_LOG_WARN, "passkey_enrolled", SL_TEXT("identity", p->identity), SL_TEXT("key", p->id),
           SL_CSTR("vouched_by", vouchers[p->vouched]));
}

static void enrol(struct call *c, struct passkey *p, const struct assertion *by_new,
                  const struct allowed *by, struct sl_span document)
{
    struct sl_entry_proof allowed = {{0}};
    struct enrolment e = {.passkey = p,
                          .possession = assertion_entry(by_new, document),
                          .by = c->who.name,
                          .credential = c->with.id,
                          .channel = call_channel(c)};

    p->vouched = by == NULL ? BY_CREDENTIAL : BY_PASSKEY;
    if (by != NULL) {
        allowed = assertion_entry(&by->by, document);
        e.allowed = &allowed;
        e.allowed_id = by->passkey.id;
        e.allowed_counter = by->seen.counter;
        e.allowed_backed_up = by->seen.backed_up;
    }
    passkey_record(c->keeper, &e);
}

static bool check_new(struct call *c, const struct assertion *a, struct sl_span document,
                      struct passkey *p)
{
    uint8_t challenge[SL_SHA256];
    struct sl_webauthn_seen seen = {0};
    json_t *value = NULL;

    bool read = sl_json_read(document, &value, NULL) == SL_OK && read_new(c->keeper, value, p) &&
                sl_span_eq(p->id, a->key_text);
    json_decref(value);
    if (!read || passkey_known(c->keeper, p->id, p->spki)) {
        challenge_unknown(c);
        return false;
    }
    sl_passkey_challenge_of(document, challenge);
    enum sl_webauthn_reason reason = assertion_check(c->keeper, a, p, true, challenge, &seen);
    if (reason != SL_WEBAUTHN_YES) {
        assertion_refused(c, reason);
        return false;
    }
    p->backup_eligible = seen.backup_eligible;
    p->backed_up = seen.backed_up;
    p->counter = seen.counter;
    return true;
}

void call_PASSKEY_ENROL(struct call *c)
{
    struct assertion by_new;
    struct allowed by;
    struct passkey p = {0}, *list;
    struct sl_span document;
    bool first = passkeys_mine(c, &list) == 0, second = passkey_needs_second(c, first);
    bool existing = !first && !second;

    if (!passkeys_here(c))
        return;
    if (c->who.kind != SL_HUMAN ||
        !assertion_read(c->keeper, json_object_get(c->body, "possession"), &by_new)) {
        call_problem(c, 400, "Not an enrolment",
                     "possession must be an assertion by the new passkey over the challenge: {key, "
                     "client_data, authenticator_data, signature}, each in base64url.",
                     "");
        return;
    }
    if (!name_fits(c) || (existing && !passkey_vouch_read(c, &by)))
        return;
    if (!assertion_challenge(c->keeper, &by_new, CHALLENGE_PASSKEY, c->who.name, &document)) {
        challenge_unknown(c);
        return;
    }
    if (!check_new(c, &by_new, document, &p) ||
        (existing && !passkey_vouch_check(c, &by, document)))
        return;
    if (second) {
        passkey_ask_second(c, &p, &by_new, document);
        return;
    }
    enrol(c, &p, &by_new, existing ? &by : NULL, document);
    if (call_str(c, "name").n > 0)
        record_name(c, p.id, call_str(c, "name"));
    p.name = call_str(c, "name");
    c->status = 201;
    p.since_us = sl_clock_us();
    c->reply = passkey_json(&p);
}

/* --- removing --- */

/* What it had said yes to and is not spent yet ends with it. */
static void record_removed(struct call *c, const struct passkey *p, const struct allowed *by,
                           const struct sl_entry_passkey *e)
{
    json_t *event = event_new("passkey_removed", 0);
    struct sl_entry_passkey entry = *e;
    SL_BUF(key, SL_WEBAUTHN_ID_MAX);

    event_str(event, "id", p->id);
    passkey_event_used(event, by);
    entry.removed = true;
    entry.identity = p->identity;
    if (sl_base64url_get(&key, p->id) == SL_OK)
        entry.key = sl_buf_span(&key);
    record(c->keeper, event, &entry);
    sl_log(SL_LOG_WARN, "passkey_removed", SL_TEXT("identity", p->identity), SL_TEXT("key", p->id),
           SL_TEXT("by", e->by));
    grants_kill_by_passkey(c->keeper, p->id, "the passkey of an approver was removed");
    c->reply = json_object();
    json_put_str(c->reply, "key", p->id);
}

static bool says_remove(struct sl_span document, struct sl_span key)
{
    json_t *value = NULL;
    bool says = sl_json_read(document, &value, NULL) == SL_OK &&
                sl_span_is(sl_json_str(value, "purpose"), "remove") &&
                sl_span_eq(sl_json_str(value, "key"), key);

    json_decref(value);
    return says;
}

void call_PASSKEY_REMOVE(struct call *c)
{
    struct wish w = {.key_text = call_str(c, "key")};
    struct allowed by;
    struct passkey p;
    struct sl_span document;

    if (!passkeys_here(c) || !may_remove(c, &w) || !passkey_vouch_read(c, &by))
        return;
    if (!assertion_challenge(c->keeper, &by.by, CHALLENGE_PASSKEY, c->who.name, &document) ||
        !says_remove(document, w.key_text)) {
        challenge_unknown(c);
        return;
    }
    if (!passkey_vouch_check(c, &by, document) || passkey_get(c->keeper, w.key_text, &p) != SL_OK)
        return;
    struct sl_entry_proof allowed = assertion_entry(&by.by, document);
    record_removed(c, &p, &by,
                   &(struct sl_entry_passkey){
                       .allowed_by = &allowed, .by = c->who.name, .channel = call_channel(c)});
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

void call_PASSKEY_REVOKE(struct call *c)
{
    struct passkey p;

    if (passkey_get(c->keeper, call_str(c, "key"), &p) != SL_OK || p.removed_us != 0) {
        call_problem(c, 404, "No such passkey", "There is no passkey of this id.",
                     "sluice passkeys list");
        return;
    }
    if (govern_waits(c)) /* fewer people have one then, and by default less is asked of the rest */
        return;
    bool is_known = c->maker.issuer.n > 0;
    record_removed(c, &p, NULL,
                   &(struct sl_entry_passkey){
                       .by = is_known ? c->maker.issuer : SL_SPAN("operator"),
                       .approval = c->maker.approval,
                       .channel = c->maker.channel.n > 0 ? c->maker.channel : SL_SPAN("control"),
                       .reason =
                           call_str(c, "reason").n > 0 ? call_str(c, "reason") : c->maker.why});
}
