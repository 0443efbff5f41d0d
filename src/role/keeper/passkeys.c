#include "role/keeper/passkeys.h"

#include "base/encode.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/keeper_int.h"

/* People's passkeys as the view has them, and assertions of them as callers send them. */

static void fill(struct keeper *k, const struct db_rows *r, struct passkey *p)
{
    *p = (struct passkey){.id = sl_arena_copy(k->mem, db_span(r, 0)),
                          .identity = sl_arena_copy(k->mem, db_span(r, 1)),
                          .algorithm = sl_passkey_algorithm_of(db_span(r, 2)),
                          .spki = sl_arena_copy(k->mem, db_span(r, 3)),
                          .rp_id = sl_arena_copy(k->mem, db_span(r, 4)),
                          .backup_eligible = db_u64(r, 5) != 0,
                          .backed_up = db_u64(r, 6) != 0,
                          .counter = (uint32_t)db_u64(r, 7),
                          .since_us = db_u64(r, 8),
                          .removed_us = db_u64(r, 9),
                          .credential = sl_arena_copy(k->mem, db_span(r, 10)),
                          .vouched = (enum vouched)db_u64(r, 11),
                          .name = sl_arena_copy(k->mem, db_span(r, 12))};
}

enum sl_err passkey_get(struct keeper *k, struct sl_span id, struct passkey *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_PASSKEY_GET, "s", id);

    if (!db_row(&rows))
        return SL_ENOTFOUND;
    fill(k, &rows, out);
    db_end(&rows);
    return SL_OK;
}

bool passkey_known(struct keeper *k, struct sl_span id, struct sl_span spki)
{
    struct passkey other;
    struct db_rows rows = db_ask(k->store.db, DB_PASSKEY_BY_PUBLIC_KEY, "b", spki);
    bool known = db_row(&rows);

    db_end(&rows);
    return known || passkey_get(k, id, &other) == SL_OK;
}

/* One person has a few, all together have thousands, and a question may ask of hundreds of people:
 * room is made as it is needed. */
static bool has_room(struct keeper *k, struct passkey **list, size_t count, size_t *room)
{
    if (count < *room)
        return true;
    size_t wider = *room == 0 ? 4 : 2 * *room;
    struct passkey *more = sl_arena_array(k->mem, wider, sizeof *more);

    if (more == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        more[i] = (*list)[i];
    *list = more;
    *room = wider;
    return true;
}

size_t passkeys_of(struct keeper *k, struct sl_span identity, struct passkey **out)
{
    struct db_rows rows = db_ask(k->store.db, DB_PASSKEY_LIST, "s", identity);
    size_t count = 0, room = 0;

    *out = NULL;
    while (count < PASSKEYS_LISTED && db_row(&rows) && has_room(k, out, count, &room))
        fill(k, &rows, &(*out)[count++]);
    db_end(&rows);
    return count;
}

/* Would it be taken for an action that was asked then? */
bool passkey_fits(struct keeper *k, const struct passkey *p, uint64_t asked_us, bool device_bound)
{
    return p->removed_us == 0 && p->since_us < asked_us && !(device_bound && p->backup_eligible) &&
           sl_span_eq(p->rp_id, k->config->settings.passkey_rp_id);
}

bool passkey_for(struct keeper *k, struct sl_span identity, uint64_t asked_us, bool device_bound,
                 struct passkey *out)
{
    struct passkey *list;
    size_t count = passkeys_of(k, identity, &list);

    for (size_t i = 0; i < count; i++)
        if (passkey_fits(k, &list[i], asked_us, device_bound)) {
            *out = list[i];
            return true;
        }
    return false;
}

void credential_with_passkey(struct credential *c, const struct passkey *p)
{
    c->passkey = p->id;
    c->device_bound = !p->backup_eligible;
    c->passkey_since_us = p->since_us;
}

/* Long enough ago that its owner, or the operator, would have noticed. */
bool passkey_is_young(const struct passkey *p, uint64_t at_us)
{
    static const uint64_t young_us = 3ull * 24 * 3600 * 1000 * 1000;

    return at_us < p->since_us + young_us;
}

/* --- what callers send --- */

static bool bytes_of(struct keeper *k, const json_t *object, const char *key, struct sl_span *out)
{
    struct sl_span text = sl_json_str(object, key);
    SL_BUF(bytes, SL_WEBAUTHN_CLIENT_DATA_MAX);

    if (text.n == 0 || sl_base64url_get(&bytes, text) != SL_OK)
        return false;
    *out = sl_arena_copy(k->mem, sl_buf_span(&bytes));
    return out->n > 0;
}

static bool only_known(const json_t *object)
{
    return json_object_get(object, "key") != NULL && json_object_size(object) == 4;
}

bool assertion_read(struct keeper *k, const json_t *from, struct assertion *out)
{
    *out = (struct assertion){.key_text = sl_json_str(from, "key")};
    return json_is_object(from) && only_known(from) && bytes_of(k, from, "key", &out->key) &&
           out->key.n <= SL_WEBAUTHN_ID_MAX &&
           bytes_of(k, from, "client_data", &out->is.client_data) &&
           bytes_of(k, from, "authenticator_data", &out->is.authenticator_data) &&
           bytes_of(k, from, "signature", &out->is.signature);
}

bool assertion_challenge(struct keeper *k, const struct assertion *a, enum challenge_kind kind,
                         struct sl_span identity, struct sl_span *document)
{
    uint8_t bytes[SL_WEBAUTHN_CHALLENGE_BYTES];

    return sl_webauthn_challenge(a->is.client_data, bytes) &&
           challenge_take(k, kind, identity, bytes, document);
}

enum sl_webauthn_reason assertion_check(struct keeper *k, const struct assertion *a,
                                        const struct passkey *p, bool is_new,
                                        const uint8_t challenge[SL_SHA256],
                                        struct sl_webauthn_seen *seen)
{
    const struct sl_settings *s = &k->config->settings;
    const struct sl_webauthn_key key = {p->algorithm, p->spki, is_new, p->backup_eligible,
                                        p->counter};
    const struct sl_webauthn_wanted wanted = {sl_span(challenge, SL_SHA256), s->passkey_rp_id,
                                              s->passkey_origins.items, s->passkey_origins.count};

    if (s->passkey_origins.count == 0) /* else any origin of the relying party would do */
        return SL_WEBAUTHN_ORIGIN;
    if (!sl_span_eq(p->rp_id, s->passkey_rp_id))
        return SL_WEBAUTHN_RP_ID;
    return sl_webauthn_check(&key, &wanted, &a->is, seen);
}

struct sl_entry_proof assertion_entry(const struct assertion *a, struct sl_span document)
{
    return (struct sl_entry_proof){.key = a->key,
                                   .client_data = a->is.client_data,
                                   .authenticator_data = a->is.authenticator_data,
                                   .signature = a->is.signature,
                                   .document = document};
}

/* --- telling callers --- */

bool passkeys_here(struct call *c)
{
    const struct sl_config *config = c->keeper->config;

    if (config != NULL && config->settings.passkey_rp_id.n > 0)
        return true;
    call_problem(c, 409, "No passkeys here",
                 "No browser makes passkeys for the address that this Sluice is reached at.",
                 "public_url must be https:// with a name, or http://localhost.");
    return false;
}

void assertion_refused(struct call *c, enum sl_webauthn_reason reason)
{
    sl_log(SL_LOG_WARN, "passkey_refused", SL_TEXT("identity", c->who.name),
           SL_CSTR("reason", sl_webauthn_reason_name(reason)));
    call_problem(c, 403, "The passkey proves nothing", sl_webauthn_reason_text(reason), "");
    json_put_str(c->reply, "reason", sl_span_str(sl_webauthn_reason_name(reason)));
}

void challenge_unknown(struct call *c)
{
    call_problem(c, 409, "Not what was asked to be signed",
                 "This challenge is unknown, spent, over, or was for something else.",
                 "Ask for a new challenge and sign that.");
    json_put_str(c->reply, "reason", SL_SPAN("CHALLENGE"));
}

json_t *passkey_json(const struct passkey *p)
{
    static const char *const vouchers[] = {
        [BY_PASSKEY] = "passkey", [BY_CREDENTIAL] = "credential", [BY_PERSON] = "person"};
    json_t *one = json_object();

    json_put_str(one, "key", p->id);
    if (p->name.n > 0)
        json_put_str(one, "name", p->name);
    json_put_str(one, "identity", p->identity);
    json_put_str(one, "algorithm", sl_span_str(sl_passkey_algorithm_name(p->algorithm)));
    json_put_str(one, "rp_id", p->rp_id);
    json_object_set_new(one, "device_bound", json_boolean(!p->backup_eligible));
    json_object_set_new(one, "backed_up", json_boolean(p->backed_up));
    json_object_set_new(one, "young", json_boolean(passkey_is_young(p, sl_clock_us())));
    json_put_str(one, "vouched_by", sl_span_str(vouchers[p->vouched]));
    json_put_time(one, "since", p->since_us);
    json_put_time(one, "removed_at", p->removed_us);
    return one;
}
