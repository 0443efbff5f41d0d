#include "role/keeper/console.h"

#include "base/encode.h"
#include "role/keeper/console_life.h"
#include "role/keeper/credentials.h"
#include "role/keeper/keeper_int.h"

#include <stdlib.h>

/* Signed in to the console. Two secrets, neither of which is kept: a code that is good once and
 * for two minutes, and the session that it opens. The code lives in memory only, so a keeper that
 * starts again knows none; the session is an event beside its leaf, as every credential is.
 *
 * A session never decides by itself: it leads to the credential behind it, with that one's age,
 * issuer and id. So P4 asks the same questions as ever, a vote names a credential that the ledger
 * knows, and revoking it ends all its sessions. */

enum { MAX_CODES = 64, ID_HEX = 16 };

struct code {
    uint8_t hash[SL_SHA256];
    char credential[ID_HEX + 1];
    uint64_t expires_us; /* 0: free */
};
struct last_use {
    uint64_t at_us;
    uint64_t fresh_us; /* began with a fresh sign-in with more than one factor; 0: not so */
};
struct console {
    struct code codes[MAX_CODES];
    struct sl_map *used; /* id of a session -> struct last_use */
    bool sweeping;
    uint64_t swept_since_us, swept_row; /* so far, in the order of the index */
};

enum sl_err console_new(struct keeper *k)
{
    uint64_t seed;

    k->console = calloc(1, sizeof *k->console);
    if (k->console == NULL)
        return SL_EMEMORY;
    sl_random(&seed, sizeof seed);
    return sl_map_new(&k->console->used, seed);
}

static void forget_use(struct keeper *k, struct sl_span id)
{
    free(sl_map_remove(k->console->used, id));
}

void console_free(struct keeper *k)
{
    struct sl_span key;
    void *value;

    if (k->console == NULL)
        return;
    for (size_t at = 0; sl_map_next(k->console->used, &at, &key, &value);)
        free(value);
    sl_map_free(k->console->used);
    sl_secret_wipe(k->console->codes, sizeof k->console->codes);
    free(k->console);
    k->console = NULL;
}

/* --- codes --- */

/* The one that this credential had, else a free one, else the one that ends first. */
static struct code *room_for(struct console *all, struct sl_span credential, uint64_t now_us)
{
    struct code *best = &all->codes[0];

    for (size_t i = 0; i < MAX_CODES; i++) {
        struct code *one = &all->codes[i];

        if (sl_span_is(credential, one->credential))
            return one;
        if (one->expires_us <= now_us)
            one->expires_us = 0;
        if (one->expires_us < best->expires_us)
            best = one;
    }
    return best;
}

void console_code_make(struct keeper *k, const struct credential *c, struct sl_buf *code,
                       uint64_t *expires_us)
{
    uint64_t now_us = sl_clock_us();
    struct code *room = room_for(k->console, c->id, now_us);

    secret_make(code, SESSION_CODE_PREFIX);
    memset(room, 0, sizeof *room);
    sl_sha256(sl_buf_span(code), room->hash);
    memcpy(room->credential, c->id.p, c->id.n < ID_HEX ? c->id.n : ID_HEX);
    *expires_us = room->expires_us = now_us + console_code_us;
}

enum sl_err console_code_spend(struct keeper *k, struct sl_span code, struct credential *out)
{
    uint64_t now_us = sl_clock_us();
    uint8_t hash[SL_SHA256];

    sl_sha256(code, hash);
    for (size_t i = 0; i < MAX_CODES; i++) {
        struct code one = k->console->codes[i];

        if (one.expires_us == 0 || memcmp(one.hash, hash, sizeof hash) != 0)
            continue;
        memset(&k->console->codes[i], 0, sizeof one); /* whatever comes of it: good once */
        if (one.expires_us <= now_us ||
            credential_by_id(k, sl_span_str(one.credential), out) != SL_OK || out->over ||
            !out->deciding)
            return SL_ENOTFOUND;
        return SL_OK;
    }
    return SL_ENOTFOUND;
}

/* --- sessions --- */

static void leaf(struct keeper *k, json_t *event, const struct credential *c, bool open,
                 const uint8_t hash_head[8], const uint8_t *device, uint64_t expires_us,
                 struct sl_span by, struct sl_span channel, const char *why)
{
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = open ? SL_ENTRY_ROSTER_SESSION_OPEN
                                                        : SL_ENTRY_ROSTER_SESSION_END,
                                          .identity = c->identity,
                                          .credential = c->id,
                                          .hash_head = sl_span(hash_head, 8),
                                          .device = sl_span(device, device == NULL ? 0 : 8),
                                          .expires_us = expires_us,
                                          .by = by,
                                          .channel = channel,
                                          .reason = sl_span_str(why)});
}

/* Its id is the beginning of its hash: the ledger needs no other name for it. */
void console_open(struct keeper *k, const struct credential *c, const char *prefix,
                  const uint8_t *device, struct sl_buf *secret, struct sl_buf *id,
                  uint64_t *expires_us)
{
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("console_opened", now_us);
    uint8_t hash[SL_SHA256];

    secret_make(secret, prefix);
    sl_sha256(sl_buf_span(secret), hash);
    sl_hex_put(id, sl_span(hash, ID_HEX / 2));
    *expires_us = console_life_end(now_us, c->expires_us);
    event_str(event, "id", sl_buf_span(id));
    event_str(event, "credential", c->id);
    event_hex(event, "hash", sl_span(hash, sizeof hash));
    event_u64(event, "expires", *expires_us);
    if (device != NULL) {
        event_str(event, "identity", c->identity);
        event_hex(event, "device", sl_span(device, SL_SHA256));
    }
    leaf(k, event, c, true, hash, device, *expires_us, c->identity, SL_SPAN("console"), "");
}

static struct console_life life_of(struct keeper *k, struct sl_span session)
{
    struct db_rows rows = db_ask(k->store.db, DB_CONSOLE_BY_ID, "s", session);
    const struct last_use *used = k->console == NULL ? NULL : sl_map_get(k->console->used, session);
    struct console_life life = {.used_us = used == NULL ? 0 : used->at_us,
                                .keeper_us = k->started_us};

    if (db_row(&rows)) {
        life.since_us = db_u64(&rows, 2);
        life.expires_us = db_u64(&rows, 3);
        life.ended_us = db_u64(&rows, 4);
    }
    db_end(&rows);
    return life;
}

static enum sl_err first(struct keeper *k, struct db_rows rows, struct credential *out)
{
    struct sl_span session, credential;

    if (!db_row(&rows))
        return SL_ENOTFOUND;
    session = sl_arena_copy(k->mem, db_span(&rows, 0));
    credential = sl_arena_copy(k->mem, db_span(&rows, 1));
    db_end(&rows);
    SL_TRY(credential_by_id(k, credential, out));
    struct console_life life = life_of(k, session);
    out->session = session;
    out->expires_us = life.expires_us;
    out->over = out->over || !out->deciding || console_life_over(&life, sl_clock_us()) ||
                account_is_stranded(k, credential);
    return SL_OK;
}

enum sl_err console_find(struct keeper *k, struct sl_span secret, struct credential *out)
{
    uint8_t hash[SL_SHA256];

    sl_sha256(secret, hash);
    return first(k, db_ask(k->store.db, DB_CONSOLE_BY_HASH, "b", sl_span(hash, sizeof hash)), out);
}

enum sl_err console_by_id(struct keeper *k, struct sl_span id, struct credential *out)
{
    return first(k, db_ask(k->store.db, DB_CONSOLE_BY_ID, "s", id), out);
}

uint64_t console_idle_us(struct keeper *k, const struct credential *c)
{
    struct console_life life = life_of(k, c->session);

    return console_life_idle_end(&life);
}

/* NULL: no memory. */
static struct last_use *use_of(struct keeper *k, struct sl_span session)
{
    struct last_use *used = sl_map_get(k->console->used, session);

    if (used != NULL)
        return used;
    used = calloc(1, sizeof *used);
    if (used != NULL && sl_map_put(k->console->used, session, used) == SL_OK)
        return used;
    free(used);
    return NULL;
}

void console_touch(struct keeper *k, const struct credential *c)
{
    struct last_use *used = use_of(k, c->session);

    if (used != NULL) /* else it ends a little early, then */
        used->at_us = sl_clock_us();
}

void console_fresh(struct keeper *k, struct sl_span session)
{
    struct last_use *used = use_of(k, session);

    if (used != NULL)
        used->at_us = used->fresh_us = sl_clock_us();
}

bool console_is_fresh(struct keeper *k, const struct credential *c)
{
    const struct last_use *used =
        c->session.n == 0 ? NULL : sl_map_get(k->console->used, c->session);

    return used != NULL && used->fresh_us != 0 && sl_clock_us() < used->fresh_us + console_fresh_us;
}

void console_end(struct keeper *k, const struct credential *c, struct sl_span by,
                 struct sl_span channel, const char *why)
{
    json_t *event = event_new("console_ended", sl_clock_us());
    uint8_t head[ID_HEX / 2];

    SL_PROMISE(sl_hex_fixed(head, sizeof head, c->session) == SL_OK); /* we made it */
    event_str(event, "id", c->session);
    leaf(k, event, c, false, head, NULL, 0, by, channel, why);
    if (k->console != NULL)
        forget_use(k, c->session);
}

static size_t open_ids_of(struct keeper *k, struct sl_span identity, struct sl_span *ids,
                          size_t max)
{
    struct db_rows rows = db_ask(k->store.db, DB_CONSOLE_OPEN_OF, "si", identity, (uint64_t)max);
    size_t count = 0;

    while (count < max && db_row(&rows))
        ids[count++] = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    return count;
}

static void forget_codes(struct keeper *k, struct sl_span identity)
{
    for (size_t i = 0; k->console != NULL && i < MAX_CODES; i++) {
        struct code *one = &k->console->codes[i];
        struct credential c;

        if (one->expires_us != 0 &&
            credential_by_id(k, sl_span_str(one->credential), &c) == SL_OK &&
            sl_span_eq(c.identity, identity))
            memset(one, 0, sizeof *one);
    }
}

void console_end_of(struct keeper *k, struct sl_span identity, struct sl_span by,
                    struct sl_span channel, const char *why)
{
    struct sl_span ids[64];
    size_t count;

    forget_codes(k, identity);
    do {
        count = open_ids_of(k, identity, ids, SL_COUNT(ids));
        for (size_t i = 0; i < count; i++) {
            struct credential c;

            if (console_by_id(k, ids[i], &c) != SL_OK)
                keeper_die("a session could not be ended", SL_ECORRUPT);
            console_end(k, &c, by, channel, why);
        }
    } while (count == SL_COUNT(ids));
}

/* --- the end that nobody says --- */

static const char *why_over(struct keeper *k, const struct credential *c)
{
    struct console_life life = life_of(k, c->session);
    struct credential behind;

    if (credential_by_id(k, c->id, &behind) != SL_OK || behind.over)
        return "its credential is over";
    return life.expires_us <= sl_clock_us() ? "its time is over" : "nobody was there";
}

/* The next ones; moves on behind them. */
static size_t open_ids(struct keeper *k, struct sl_span *ids, size_t max)
{
    struct console *all = k->console;
    struct db_rows rows = db_ask(k->store.db, DB_CONSOLE_OPEN, "iii", all->swept_since_us,
                                 all->swept_row, (uint64_t)max);
    size_t count = 0;

    while (count < max && db_row(&rows)) {
        ids[count++] = sl_arena_copy(k->mem, db_span(&rows, 0));
        all->swept_since_us = db_u64(&rows, 1);
        all->swept_row = db_u64(&rows, 2);
    }
    db_end(&rows);
    return count;
}

void console_sweep(struct keeper *k)
{
    if (k->console->sweeping) /* so many that it goes on from the last time */
        return;
    k->console->sweeping = true;
    k->console->swept_since_us = k->console->swept_row = 0;
}

/* When a session was last used a new keeper does not know: what is over must be recorded while it
 * is known, or it would come to life again. */
void console_sweep_some(struct keeper *k)
{
    enum { AT_ONCE = 100 };
    struct sl_span ids[AT_ONCE];

    if (!k->console->sweeping)
        return;
    size_t count = open_ids(k, ids, AT_ONCE);

    k->console->sweeping = count == AT_ONCE;
    for (size_t i = 0; i < count; i++) {
        struct credential c;

        if (console_by_id(k, ids[i], &c) == SL_OK && c.over)
            console_end(k, &c, sl_span(NULL, 0), SL_SPAN("console"), why_over(k, &c));
    }
}
