#include "role/keeper/view_int.h"

#include "base/cursor.h"
#include "core/action/action.h"

static const struct {
    const char *name;
    void (*apply)(struct db *db, struct fields *f);
} events[] = {
#define EVENT(name) {#name, apply_##name},
    EVENTS(EVENT)
#undef EVENT
};

enum sl_err view_apply(struct db *db, const json_t *event, struct sl_span document, uint64_t entry)
{
    struct fields f = {.event = event, .document = document, .entry = entry};
    struct sl_span name = str(&f, "e");
    bool known = false;

    for (size_t i = 0; i < SL_COUNT(events) && !known; i++)
        if (sl_span_is(name, events[i].name)) {
            events[i].apply(db, &f);
            known = true;
        }
    for (size_t i = 0; i < f.hex_count; i++)
        sl_buf_done(&f.hex[i]);
    if (!known || f.bad)
        return SL_EMALFORMED;
    return db_err(db);
}

static void pairs(struct db *db, struct sl_cursor *c, uint32_t gate, enum db_sql sql)
{
    uint32_t count = sl_cursor_le32(c);

    for (uint32_t i = 0; i < count && !c->short_read; i++) {
        uint64_t session = sl_cursor_le64(c), action = sl_cursor_le64(c);

        if (!c->short_read)
            db_run(db, sql, "iii", (uint64_t)gate, session, action);
    }
}

void view_progress_put(struct sl_buf *b, const struct sl_progress_record *r, size_t count)
{
    sl_buf_put_u8(b, VIEW_PROGRESS);
    sl_buf_put_le32(b, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        sl_buf_put_le64(b, r[i].session);
        sl_buf_put_le64(b, r[i].action);
        sl_buf_put_le64(b, r[i].rows);
        sl_buf_put_le64(b, r[i].bytes);
    }
}

uint32_t view_progress_begin(struct sl_cursor *at, struct sl_span state)
{
    *at = sl_cursor(state);
    if (state.n == 0 || state.p[0] != VIEW_PROGRESS)
        return 0;
    (void)sl_cursor_u8(at);
    return sl_cursor_le32(at);
}

bool view_progress_next(struct sl_cursor *at, uint32_t *left, struct sl_progress_record *out)
{
    if (*left == 0)
        return false;
    --*left;
    out->session = sl_cursor_le64(at);
    out->action = sl_cursor_le64(at);
    out->rows = sl_cursor_le64(at);
    out->bytes = sl_cursor_le64(at);
    return !at->short_read;
}

enum sl_err view_drained(struct db *db, struct sl_span state)
{
    struct sl_cursor c;
    struct sl_progress_record skipped;
    uint32_t left = view_progress_begin(&c, state);
    while (view_progress_next(&c, &left, &skipped))
        ;
    uint8_t type = sl_cursor_u8(&c);
    uint32_t gate = sl_cursor_le32(&c);
    uint64_t generation = sl_cursor_le64(&c), position = sl_cursor_le64(&c);

    if (c.short_read || type != VIEW_DRAINED)
        return SL_EMALFORMED;
    db_run(db, DB_JOURNAL_SET, "iii", (uint64_t)gate, generation, position);
    pairs(db, &c, gate, DB_OPEN_ADD);
    pairs(db, &c, gate, DB_OPEN_REMOVE);
    return sl_cursor_done(&c) ? db_err(db) : SL_EMALFORMED;
}

enum sl_err view_replay(struct db *db, struct sl_span state, uint64_t entry, view_document_fn *read,
                        void *owner)
{
    SL_BUF(document, SL_ACTION_MAX_BYTES);
    json_t *event = NULL;

    if (state.n == 0)
        return SL_OK;
    if (state.p[0] == VIEW_DRAINED || state.p[0] == VIEW_PROGRESS)
        return view_drained(db, state);
    SL_TRY(sl_json_read(state, &event, NULL));
    enum sl_err err = sl_span_is(sl_json_str(event, "e"), "asked") ? read(owner, &document) : SL_OK;
    if (err == SL_OK || err == SL_ENOTFOUND)
        err = view_apply(db, event, sl_buf_span(&document), entry);

    json_decref(event);
    return err;
}
