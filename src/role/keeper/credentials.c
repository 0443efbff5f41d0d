#include "role/keeper/credentials.h"

#include "base/encode.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

/* A secret is its prefix and 256 bits from the kernel in base64url. Only its SHA-256 is kept, and
 * for asking tokens a SCRAM verifier: nobody can get a secret back from the state directory. */

enum { SECRET_BYTES = 32, ID_BYTES = 8, INVITATION_US_HOURS = 24 };
static const uint64_t invitation_life_us = (uint64_t)INVITATION_US_HOURS * 3600 * 1000 * 1000;

void secret_make(struct sl_buf *out, const char *prefix)
{
    uint8_t bytes[SECRET_BYTES];

    sl_random(bytes, sizeof bytes);
    sl_buf_put_str(out, prefix);
    sl_base64url_put(out, sl_span(bytes, sizeof bytes));
    sl_secret_wipe(bytes, sizeof bytes);
}

static void fill(struct keeper *k, const struct db_rows *rows, struct credential *c)
{
    uint64_t now_us = sl_clock_us(), revoked_us = db_u64(rows, 5);

    *c = (struct credential){.id = sl_arena_copy(k->mem, db_span(rows, 0))};
    c->identity = sl_arena_copy(k->mem, db_span(rows, 1));
    c->deciding = db_u64(rows, 2) == 1;
    c->since_us = db_u64(rows, 3);
    c->expires_us = db_u64(rows, 4);
    c->issuer = sl_arena_copy(k->mem, db_span(rows, 6));
    c->over = revoked_us != 0 || (c->expires_us != 0 && c->expires_us <= now_us);
}

static enum sl_err first(struct keeper *k, struct db_rows rows, struct credential *out)
{
    bool found = db_row(&rows);

    if (found)
        fill(k, &rows, out);
    db_end(&rows);
    return found ? SL_OK : SL_ENOTFOUND;
}

enum sl_err credential_find(struct keeper *k, struct sl_span secret, struct credential *out)
{
    uint8_t hash[SL_SHA256];

    sl_sha256(secret, hash);
    return first(k, db_ask(k->store.db, DB_CREDENTIAL_BY_HASH, "b", sl_span(hash, sizeof hash)),
                 out);
}

enum sl_err credential_by_id(struct keeper *k, struct sl_span id, struct credential *out)
{
    return first(k, db_ask(k->store.db, DB_CREDENTIAL_BY_ID, "s", id), out);
}

static struct sl_names on_behalf_of(struct keeper *k, struct sl_span id)
{
    struct db_rows rows = db_ask(k->store.db, DB_CREDENTIAL_FOR, "s", id);
    struct sl_names names = {0};

    while (db_row(&rows))
        names_add(k->mem, &names, sl_arena_copy(k->mem, db_span(&rows, 0)));
    db_end(&rows);
    return names;
}

/* Whoever made a token could keep a copy and ask with it. An operator or a provider is no identity.
 */
void credential_asks_for(struct keeper *k, struct sl_span id, struct asked_for *others)
{
    struct credential c;
    struct person maker;
    struct sl_names names = on_behalf_of(k, id);

    for (size_t i = 0; i < names.count; i++)
        names_add(k->mem, &others->on_behalf_of, names.items[i]);
    others->token_by = sl_span(NULL, 0);
    if (credential_by_id(k, id, &c) == SL_OK && c.issuer.n > 0 &&
        person_get(k, c.issuer, &maker) == SL_OK)
        others->token_by = maker.name;
}

bool credential_deciding(struct keeper *k, struct sl_span identity, uint64_t before_us,
                         struct credential *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_CREDENTIAL_DECIDING, "s", identity);
    bool found = false;

    while (!found && db_row(&rows)) {
        fill(k, &rows, out);
        found = !out->over && out->since_us < before_us;
    }
    db_end(&rows);
    return found;
}

struct sl_span issuer_of(struct keeper *k, struct sl_span os_user)
{
    struct db_rows rows = db_ask(k->store.db, DB_IDENTITY_OF_OS_USER, "s", os_user);
    struct sl_span name =
        db_row(&rows) ? sl_arena_copy(k->mem, db_span(&rows, 0)) : sl_span(NULL, 0);

    db_end(&rows);
    return name;
}

/* Since when what changes now counts. A clock that was set back makes nothing older than a question
 * that was asked before it (P4). */
static uint64_t since_of(struct keeper *k, uint64_t now_us)
{
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_NEWEST, "");
    uint64_t newest_us = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return newest_us > now_us ? newest_us : now_us;
}

void roster_leaf(struct keeper *k, json_t *event, const struct sl_entry_roster *e)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    struct sl_entry_roster entry = *e;

    entry.time_us = entry.time_us == 0 ? sl_clock_us() : entry.time_us;
    event_u64(event, "at", since_of(k, entry.time_us));
    sl_entry_put_roster(&leaf, &entry);
    store_record(&k->store, &leaf, event, true);
    k->important = true;
}

static json_t *names_json(struct sl_names names)
{
    json_t *array = json_array();

    for (size_t i = 0; i < names.count; i++)
        json_array_append_new(array,
                              json_stringn((const char *)names.items[i].p, names.items[i].n));
    return array;
}

static enum sl_err put_verifier(json_t *event, const struct person *who, struct sl_span secret,
                                bool deciding)
{
    struct sl_scram_verifier v = {{0}, {0}};
    uint8_t salted[32];

    if (!deciding) {
        SL_TRY(sl_scram_salted(secret, who->salt, SL_SCRAM_MIN_ITERATIONS, salted));
        sl_scram_verifier_of(salted, &v);
        sl_secret_wipe(salted, sizeof salted);
    }
    event_hex(event, "stored_key", sl_span(v.stored_key, deciding ? 0 : sizeof v.stored_key));
    event_hex(event, "server_key", sl_span(v.server_key, deciding ? 0 : sizeof v.server_key));
    return SL_OK;
}

enum sl_err credential_make(struct keeper *k, const struct person *who, bool deciding,
                            uint64_t expires_us, struct maker by, struct sl_span invitation,
                            struct sl_buf *secret, struct sl_buf *id)
{
    uint64_t now_us = sl_clock_us();
    uint8_t hash[SL_SHA256], id_bytes[ID_BYTES];
    json_t *event = event_new("credential_made", now_us);

    secret_make(secret, deciding ? CREDENTIAL_PREFIX : TOKEN_PREFIX);
    sl_sha256(sl_buf_span(secret), hash);
    sl_random(id_bytes, sizeof id_bytes);
    sl_hex_put(id, sl_span(id_bytes, sizeof id_bytes));
    event_str(event, "id", sl_buf_span(id));
    event_str(event, "identity", who->name);
    event_bool(event, "deciding", deciding);
    event_hex(event, "hash", sl_span(hash, sizeof hash));
    event_hex(event, "invitation", invitation);
    event_u64(event, "expires", expires_us);
    event_str(event, "issuer", by.issuer);
    event_str(event, "issuer_uid", by.os_user);
    if (by.on_behalf_of.count > 0)
        event_json(event, "on_behalf_of", names_json(by.on_behalf_of));
    enum sl_err err = put_verifier(event, who, sl_buf_span(secret), deciding);
    if (err != SL_OK) {
        json_decref(event);
        return err;
    }
    roster_leaf(k, event,
                &(struct sl_entry_roster){
                    .event = deciding ? SL_ENTRY_ROSTER_ENROL : SL_ENTRY_ROSTER_TOKEN_CREATE,
                    .time_us = now_us,
                    .identity = who->name,
                    .credential = sl_buf_span(id),
                    .hash_head = sl_span(hash, 8),
                    .expires_us = expires_us,
                    .on_behalf_of = entry_list(by.on_behalf_of),
                    .by = by.issuer.n > 0 ? by.issuer
                          : deciding      ? who->name
                                          : SL_SPAN("operator"),
                    .channel = by.channel.n > 0 ? by.channel : SL_SPAN("control")});
    return SL_OK;
}

enum sl_err invitation_make(struct keeper *k, const struct person *who, struct maker by,
                            struct sl_buf *code)
{
    uint64_t now_us = sl_clock_us();
    uint8_t hash[SL_SHA256];

    if (who->kind != SL_HUMAN)
        return SL_EDENIED;
    secret_make(code, CODE_PREFIX);
    sl_sha256(sl_buf_span(code), hash);
    json_t *event = event_new("invited", now_us);
    event_str(event, "identity", who->name);
    event_hex(event, "hash", sl_span(hash, sizeof hash));
    event_u64(event, "expires", now_us + invitation_life_us);
    event_str(event, "issuer", by.issuer);
    event_str(event, "issuer_uid", by.os_user);
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_INVITE,
                                          .time_us = now_us,
                                          .identity = who->name,
                                          .expires_us = now_us + invitation_life_us,
                                          .hash_head = sl_span(hash, 8),
                                          .by = by.issuer.n > 0 ? by.issuer : SL_SPAN("operator"),
                                          .approval = by.approval,
                                          .reason = by.why,
                                          .channel =
                                              by.channel.n > 0 ? by.channel : SL_SPAN("control")});
    return SL_OK;
}

void credential_revoke(struct keeper *k, const struct credential *c, struct sl_span by)
{
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("credential_revoked", now_us);

    event_str(event, "id", c->id);
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = c->deciding ? SL_ENTRY_ROSTER_CREDENTIAL_REVOKE
                                                               : SL_ENTRY_ROSTER_TOKEN_REVOKE,
                                          .time_us = now_us,
                                          .identity = c->identity,
                                          .credential = c->id,
                                          .by = by,
                                          .channel = SL_SPAN("control")});
    sessions_end_of(k, sl_span(NULL, 0), c->id, "the token was revoked");
}
