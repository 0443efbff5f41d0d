#include "role/keeper/call_passkey_int.h"

#include "base/encode.h"
#include "role/keeper/keeper_int.h"

/* Enrolling passkeys. The new one signs a challenge that names it: so it is there, and its owner
 * wants it. Where its person has passkeys already, one of them signs the same document. */

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
    passkey_leaf(k, event,
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
    if (!passkey_name_fits(c) || (existing && !passkey_vouch_read(c, &by)))
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
        passkey_record_name(c, p.id, call_str(c, "name"));
    p.name = call_str(c, "name");
    c->status = 201;
    p.since_us = sl_clock_us();
    c->reply = passkey_json(&p);
}
