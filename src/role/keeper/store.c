#include "role/keeper/store.h"

#include "base/encode.h"
#include "crypto/crypto.h"
#include "os/clock.h"
#include "os/file.h"
#include "role/keeper/view.h"

struct replaying {
    const struct store *store;
    const struct sl_wal_record *record;
};

static enum sl_err read_document(void *owner, struct sl_buf *out)
{
    const struct replaying *now = owner;

    return sl_ledger_find_opening(now->store->state_dir, now->record->index, 0, SL_OPENING_DOCUMENT,
                                  out);
}

static void tell(struct store *s, uint64_t index, struct sl_span leaf)
{
    lineage_leaf(s->lineage, leaf);
    usage_leaf(s->usage, leaf);
    trail_leaf(s->trail, index, leaf);
}

static void tell_progress(struct store *s, struct sl_span state)
{
    struct sl_progress_record r;
    struct sl_cursor at;
    uint32_t left = view_progress_begin(&at, state);

    while (view_progress_next(&at, &left, &r))
        usage_progress(s->usage, r.session, r.action, r.rows, r.bytes);
}

static enum sl_err replay(void *owner, const struct sl_wal_record *r)
{
    struct store *s = owner;
    struct replaying now = {s, r};

    if (r->kind == SL_WAL_CHECKPOINT)
        return SL_OK;
    if (r->kind == SL_WAL_LEAF)
        tell(s, r->index, r->leaf);
    tell_progress(s, r->state);
    return view_replay(s->db, r->state, r->index, read_document, &now);
}

static uint64_t one_number(struct db *db, enum db_sql sql)
{
    struct db_rows rows = db_ask(db, sql, "");
    uint64_t value = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return value;
}

/* A random secret of this installation, made at the first start. */
static enum sl_err load_secret(struct store *s, const char *state_dir)
{
    SL_BUF(folder, 4096);
    SL_BUF(path, 4096);
    SL_BUF(bytes, 64);

    sl_buf_say(&folder, "%s/keys", state_dir);
    sl_buf_say(&path, "%s/keys/keeper.key", state_dir);
    SL_TRY(sl_file_make_folder(sl_buf_text(&folder), 0700));
    enum sl_err err = sl_file_read(sl_buf_text(&path), &bytes);
    if (err == SL_ENOTFOUND) {
        sl_random(s->secret, sizeof s->secret);
        return sl_file_replace(sl_buf_text(&path), sl_span(s->secret, sizeof s->secret), 0600);
    }
    SL_TRY(err);
    if (bytes.n != sizeof s->secret)
        return SL_ECORRUPT;
    memcpy(s->secret, bytes.p, sizeof s->secret);
    sl_secret_wipe(bytes.p, bytes.n);
    return SL_OK;
}

static enum sl_err open_ledger(struct store *s, const struct store_options *o, struct sl_buf *why)
{
    struct sl_ledger_options options = {
        .state_dir = o->state_dir,
        .origin = o->origin,
        .now_us = o->now_us,
        .applied = one_number(s->db, DB_APPLIED_GET),
        .replay = replay,
        .owner = s,
    };
    SL_TRY(sl_ledger_open(&options, &s->ledger, &s->opened, why));
    if (options.applied <= s->opened.sequence)
        return SL_OK;
    sl_buf_say(why, "the view knows more than the ledger holds: the end of the log was taken away");
    return SL_ECORRUPT;
}

enum sl_err store_open(struct store *s, const struct store_options *o, struct sl_buf *why)
{
    SL_BUF(path, 4096);

    sl_buf_say(&path, "%s/sluice.db", o->state_dir);
    SL_TRY(sl_file_make_folder(o->state_dir, 0700));
    SL_TRY(load_secret(s, o->state_dir));
    s->state_dir = o->state_dir;
    SL_TRY(db_open(sl_buf_text(&path), &s->db));
    SL_TRY(lineage_new(s->db, &s->lineage));
    SL_TRY(usage_new(s->db, &s->usage));
    SL_TRY(trail_new(s->db, &s->trail));
    SL_TRY(open_ledger(s, o, why));
    SL_TRY(trail_catch_up(s->trail, s->ledger));
    SL_TRY(trail_flush(s->trail));
    s->state_dir = NULL;
    s->sequence = one_number(s->db, DB_APPROVAL_LAST);
    s->needs_sync = true; /* what was replayed is committed to the view at the first commit */
    return db_err(s->db);
}

void store_done(struct store *s)
{
    sl_ledger_free(s->ledger);
    lineage_free(s->lineage);
    usage_free(s->usage);
    trail_free(s->trail);
    db_free(s->db);
    sl_secret_wipe(s->secret, sizeof s->secret);
    *s = (struct store){0};
}

static void fail(struct store *s, enum sl_err err)
{
    if (s->why == SL_OK)
        s->why = err;
}

bool store_works(const struct store *s)
{
    return s->why == SL_OK;
}

/* Many long records can come in one turn of the loop, before its end writes them all. */
static enum sl_err make_room(struct store *s)
{
    return sl_ledger_must_write(s->ledger) ? sl_ledger_write(s->ledger) : SL_OK;
}

void store_call_begins(struct store *s)
{
    enum { CALL_ROOM = 52 * 1024 * 1024 }; /* one long document, and what is said about it */

    if (s->why == SL_OK && sl_ledger_waiting(s->ledger) > SL_LEDGER_MAX_BUFFER - CALL_ROOM)
        fail(s, sl_ledger_write(s->ledger));
}

static enum sl_err append_leaf(struct store *s, const struct sl_buf *leaf, struct sl_span state,
                               struct sl_span document, uint64_t *index)
{
    SL_TRY(sl_buf_err(leaf));
    SL_TRY(sl_ledger_append(s->ledger, sl_buf_span(leaf), state, index));
    if (document.n == 0)
        return SL_OK;
    return sl_ledger_append_opening(s->ledger, *index, 0, SL_OPENING_DOCUMENT, document);
}

static enum sl_err record(struct store *s, const struct sl_buf *leaf, json_t *event,
                          struct sl_span document)
{
    SL_BUF(state, SL_WAL_MAX_STATE);
    uint64_t index = 0;

    if (event == NULL)
        return SL_EMEMORY;
    SL_TRY(sl_json_canonical(&state, event));
    SL_TRY(sl_buf_err(&state));
    SL_TRY(make_room(s));
    if (leaf == NULL)
        SL_TRY(sl_ledger_append_state(s->ledger, sl_buf_span(&state)));
    else
        SL_TRY(append_leaf(s, leaf, sl_buf_span(&state), document, &index));
    if (leaf != NULL)
        tell(s, index, sl_buf_span(leaf));
    return view_apply(s->db, event, document, index);
}

void store_record(struct store *s, const struct sl_buf *leaf, json_t *event, bool sync)
{
    store_record_document(s, leaf, event, sl_span(NULL, 0), sync);
}

void store_record_document(struct store *s, const struct sl_buf *leaf, json_t *event,
                           struct sl_span document, bool sync)
{
    s->changes++;
    if (s->why == SL_OK)
        fail(s, record(s, leaf, event, document));
    json_decref(event);
    s->needs_write = true;
    s->needs_sync = s->needs_sync || sync;
}

void store_leaf(struct store *s, const struct sl_buf *leaf, bool sync, uint64_t *index)
{
    uint64_t at = 0;

    if (s->why == SL_OK)
        fail(s, sl_buf_err(leaf));
    if (s->why == SL_OK)
        fail(s, make_room(s));
    if (s->why == SL_OK)
        fail(s, sl_ledger_append(s->ledger, sl_buf_span(leaf), sl_span(NULL, 0), &at));
    if (s->why == SL_OK)
        tell(s, at, sl_buf_span(leaf));
    if (s->why == SL_OK && index != NULL)
        *index = at;
    s->needs_write = true;
    s->needs_sync = s->needs_sync || sync;
}

void store_drained(struct store *s, struct sl_span state)
{
    if (s->why == SL_OK)
        fail(s, make_room(s));
    if (s->why == SL_OK)
        fail(s, sl_ledger_append_state(s->ledger, state));
    if (s->why == SL_OK)
        fail(s, view_drained(s->db, state));
    s->needs_write = true;
}

/* The view is committed only up to what is on the disk: it never runs ahead of the ledger. */
static enum sl_err sync_all(struct store *s)
{
    SL_TRY(sl_ledger_commit(s->ledger));
    if (s->applied == sl_ledger_sequence(s->ledger))
        return SL_OK; /* every change of the view comes with a record: there is none */
    SL_TRY(lineage_flush(s->lineage));
    SL_TRY(usage_flush(s->usage));
    SL_TRY(trail_catch_up(s->trail, s->ledger)); /* what the ledger wrote itself: a new key */
    SL_TRY(trail_flush(s->trail));
    db_run(s->db, DB_APPLIED_SET, "i", sl_ledger_sequence(s->ledger));
    SL_TRY(db_commit(s->db));
    s->applied = sl_ledger_sequence(s->ledger);
    return SL_OK;
}

enum sl_err store_commit(struct store *s)
{
    if (s->why == SL_OK && s->needs_sync)
        fail(s, sync_all(s));
    else if (s->why == SL_OK && s->needs_write)
        fail(s, sl_ledger_write(s->ledger));
    s->needs_sync = s->needs_write = false;
    return s->why;
}

enum sl_err store_checkpoint(struct store *s)
{
    SL_TRY(s->why);
    s->needs_sync = true;
    SL_TRY(store_commit(s));
    return sl_ledger_checkpoint(s->ledger);
}

enum sl_err store_settle(struct store *s)
{
    SL_TRY(store_checkpoint(s));
    SL_TRY(db_settle(s->db));
    return sl_ledger_applied(s->ledger, sl_ledger_synced(s->ledger));
}

json_t *event_new(const char *name, uint64_t at_us)
{
    json_t *event = json_object();

    event_str(event, "e", sl_span_str(name));
    event_u64(event, "at", at_us);
    return event;
}

/* A value that jansson refuses (not UTF-8) is left out; view_apply then refuses the event. */
void event_str(json_t *event, const char *key, struct sl_span value)
{
    json_object_set_new(event, key,
                        json_stringn(value.p == NULL ? "" : (const char *)value.p, value.n));
}

void event_u64(json_t *event, const char *key, uint64_t value)
{
    json_object_set_new(event, key, json_integer((json_int_t)value));
}

void event_hex(json_t *event, const char *key, struct sl_span bytes)
{
    SL_BUF(hex, 8192);

    sl_hex_put(&hex, bytes);
    event_str(event, key, sl_buf_span(&hex));
}

void event_bool(json_t *event, const char *key, bool value)
{
    json_object_set_new(event, key, json_boolean(value));
}

void event_json(json_t *event, const char *key, json_t *value)
{
    json_object_set_new(event, key, value);
}
