#include "role/keeper/labels_int.h"

#include "base/utf8.h"
#include "role/keeper/call.h"
#include "role/keeper/journals.h"
#include "role/keeper/labels.h"
#include "role/keeper/sessions.h"

/* Labels that follow the data (core/policy/labels.h): the keeper's map is the one that counts.
 *
 * A gate tells what an action carries along before the action's bytes go out; it is recorded at
 * once and told to every gate. When the action or its transaction fails, what it brought is
 * withdrawn, unless another action brought the same; when it is committed, or nobody can say, it
 * stays. Rows of the view that wait for an end carry the action's session; settled ones carry none.
 */

enum how { HOW_STAYS = 0, HOW_BY_OUTCOME = 1, HOW_BY_TXN = 2 };
#define LAST_ACTION (UINT64_C(1) << 53) /* JSON holds no more */

/* --- the map ------------------------------------------------------------------------------------
 */

static struct sl_label_map *read_map(struct keeper *k)
{
    struct sl_label_map *map = NULL;
    enum sl_err err = sl_label_map_new(&map);
    struct db_rows rows = db_ask(k->store.db, DB_LABEL_LIST, "");

    while (err == SL_OK && db_row(&rows)) {
        struct sl_derived d = {.target = db_span(&rows, 0),
                               .column = db_span(&rows, 1),
                               .label = db_span(&rows, 2),
                               .source = db_span(&rows, 3),
                               .settled = db_u64(&rows, 4) != 0};
        err = sl_label_map_put(map, &d);
    }
    db_end(&rows);
    if (err != SL_OK)
        keeper_die("the labels could not be read", err);
    return map;
}

static uint64_t count_pending(struct keeper *k)
{
    struct db_rows rows = db_ask(k->store.db, DB_LABEL_PENDING, "");
    uint64_t count = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return count;
}

static bool same_map(const struct sl_label_map *a, const struct sl_label_map *b)
{
    SL_BUF(one, SL_IPC_MAX_BODY);
    SL_BUF(other, SL_IPC_MAX_BODY);

    sl_label_map_encode(a, &one);
    sl_label_map_encode(b, &other);
    return sl_buf_err(&one) == SL_OK && sl_buf_err(&other) == SL_OK &&
           sl_span_eq(sl_buf_span(&one), sl_buf_span(&other));
}

/* True when it is another one than before. */
static bool load(struct keeper *k)
{
    struct sl_label_map *map = read_map(k);
    bool same = same_map(map, k->labels);

    sl_label_map_free(k->labels);
    k->labels = map;
    k->label_pending = count_pending(k);
    k->label_version += !same;
    return !same;
}

void labels_load(struct keeper *k)
{
    (void)load(k);
}

static void say(struct keeper *k, struct peer *gate)
{
    SL_BUF(map, SL_IPC_MAX_BODY - 64);

    sl_label_map_encode(k->labels, &map);
    if (sl_buf_err(&map) != SL_OK)
        keeper_die("the labels could not be told", sl_buf_err(&map));
    ANSWER(gate, labels, .told = gate->labels_told, .map = sl_buf_span(&map));
}

/* At once, into every outbox: what is answered after this is answered with the new map. Who told
 * something hears in any case that it is in the map. */
static void changed(struct keeper *k, const struct peer *teller)
{
    bool moved = load(k);

    for (struct peer *p = k->peers; p != NULL; p = p->next) {
        bool hears = moved || p == teller;

        if (p->role == SL_ROLE_GATE && !p->signing && !p->ended && hears)
            say(k, p);
    }
}

void labels_greet(struct keeper *k, struct peer *gate)
{
    say(k, gate);
}

/* --- recording ----------------------------------------------------------------------------------
 */

struct label_row {
    struct sl_span column, label, source;
};

static json_t *spans_json(const struct label_row *rows, size_t count, size_t field)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        const struct sl_span *s = (const void *)((const char *)&rows[i] + field);
        json_array_append_new(array, json_stringn(s->p == NULL ? "" : (const char *)s->p, s->n));
    }
    return array;
}

static struct sl_span reason_of(const struct sl_target *t, const struct label_row *row)
{
    const struct sl_declassify *rule =
        t == NULL ? NULL : sl_declassify_of(t, row->column, row->label);

    if (rule == NULL)
        return sl_span(NULL, 0);
    return rule->reason;
}

static void put_leaf(struct keeper *k, struct sl_buf *leaf, struct sl_entry_label e,
                     const struct label_row *rows, size_t count)
{
    struct sl_entry_label_column columns[SL_ENTRY_LABEL_COLUMNS];
    const struct sl_target *t = sl_config_target(k->config, e.target);

    for (size_t i = 0; i < count; i++) {
        columns[i].column = rows[i].column;
        columns[i].label = rows[i].label;
        columns[i].source = rows[i].source;
        columns[i].declassified = reason_of(t, &rows[i]);
    }
    e.time_us = sl_clock_us();
    e.columns = columns;
    e.count = count;
    sl_entry_put_label(leaf, &e);
}

static bool is_new(struct keeper *k, struct sl_span target, const struct label_row *row)
{
    struct sl_derived d;

    return !sl_label_map_find(k->labels, target, row->column, row->label, &d);
}

static void record_part(struct keeper *k, const struct sl_msg_label_flow *m, uint8_t how,
                        const struct label_row *rows, size_t count)
{
    struct label_row fresh[SL_ENTRY_LABEL_COLUMNS];
    struct sl_entry_label e = {.event =
                                   m->session == 0 ? SL_ENTRY_LABEL_MOVED : SL_ENTRY_LABEL_DERIVED,
                               .target = m->target,
                               .session = m->session,
                               .action = m->action};
    json_t *event = event_new("labelled", sl_clock_us());
    SL_BUF(leaf, 2 * SL_ENTRY_MAX);
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (is_new(k, m->target, &rows[i]))
            fresh[n++] = rows[i];
    event_str(event, "target", m->target);
    event_u64(event, "session", how == HOW_STAYS ? 0 : m->session);
    event_u64(event, "action", how == HOW_STAYS ? 0 : m->action);
    event_u64(event, "how", how);
    event_json(event, "columns", spans_json(rows, count, offsetof(struct label_row, column)));
    event_json(event, "labels", spans_json(rows, count, offsetof(struct label_row, label)));
    event_json(event, "from", spans_json(rows, count, offsetof(struct label_row, source)));
    if (n > 0)
        put_leaf(k, &leaf, e, fresh, n);
    store_record(&k->store, n > 0 ? &leaf : NULL, event, true);
}

/* --- what gates tell ----------------------------------------------------------------------------
 */

static bool is_wanted(struct keeper *k, const struct sl_msg_label_flow *m, uint8_t how,
                      const struct label_row *row)
{
    struct sl_derived d;
    bool known = false;

    for (size_t i = 0; i < k->config->labels.count; i++)
        known = known || sl_span_eq(k->config->labels.items[i], row->label);
    return known &&
           (how != HOW_STAYS ||
            !sl_label_map_find(k->labels, m->target, row->column, row->label, &d) || !d.settled);
}

static bool is_sound(const struct label_row *row)
{
    return row->column.n > 0 && row->column.n <= SL_LABEL_MAX_NAME && row->label.n > 0 &&
           row->label.n <= SL_LABEL_MAX_NAME && row->source.n <= SL_LABEL_MAX_NAME;
}

/* False: the lists do not fit together. */
static bool record_flow(struct keeper *k, const struct sl_msg_label_flow *m, uint8_t how)
{
    struct label_row rows[SL_ENTRY_LABEL_COLUMNS];
    size_t columns = 0, labels = 0, sources = 0, n = 0;

    if (m->labels.count != m->columns.count || m->sources.count != m->columns.count)
        return false;
    while (sl_ipc_list_next(&m->columns, &columns, &rows[n].column)) {
        if (!sl_ipc_list_next(&m->labels, &labels, &rows[n].label) ||
            !sl_ipc_list_next(&m->sources, &sources, &rows[n].source) || !is_sound(&rows[n]))
            return false;
        n += is_wanted(k, m, how, &rows[n]);
        if (n == SL_ENTRY_LABEL_COLUMNS) {
            record_part(k, m, how, rows, n);
            n = 0;
        }
    }
    if (n > 0)
        record_part(k, m, how, rows, n);
    return true;
}

/* Gates stop long before (sl_label_map_has_room). More than the keeper can keep and tell would end
 * it, and the next one as well. */
static bool is_too_much(const struct keeper *k, const struct sl_msg_label_flow *m)
{
    enum { MOST_BYTES = 30 * 1024 * 1024 };
    size_t bytes = m->columns.items.n + m->labels.items.n + m->sources.items.n +
                   m->columns.count * m->target.n;

    return sl_label_map_count(k->labels) + m->columns.count > SL_LABEL_MAX_DERIVED ||
           sl_label_map_bytes(k->labels) + bytes > MOST_BYTES;
}

void on_label_flow(struct peer *p, const struct sl_msg_label_flow *m)
{
    struct keeper *k = p->keeper;
    const struct session *s = m->session == 0 ? NULL : session_get(k, p->index, m->session);
    uint8_t how = s == NULL ? HOW_STAYS : m->how; /* nobody will say any more how it ended */
    bool ours = sl_config_target(k->config, m->target) != NULL &&
                (s == NULL || sl_span_eq(s->target, m->target));

    if (is_too_much(k, m)) {
        sl_channel_break(p->channel, SL_ELIMIT);
        return;
    }
    if (how > HOW_BY_TXN || (ours && !record_flow(k, m, how))) {
        sl_channel_break(p->channel, SL_EMALFORMED);
        return;
    }
    p->labels_told = m->told;
    if (s != NULL && how == HOW_STAYS && m->columns.count == 0)
        labels_session_over(k, s->id);
    changed(k, p);
}

void labels_bring(struct keeper *k, const struct session *s, uint64_t action,
                  const struct sl_spread *spread)
{
    struct sl_msg_label_flow m = {.target = s->target, .session = s->id, .action = action};

    for (size_t i = 0; i < k->config->labels.count && i < 64; i++) {
        struct label_row row = {spread->column, k->config->labels.items[i], spread->source};
        if ((spread->labels >> i & 1) != 0 && is_wanted(k, &m, HOW_STAYS, &row))
            record_part(k, &m, HOW_STAYS, &row, 1);
    }
}

static bool waits_for(struct keeper *k, struct sl_span target, struct sl_span column)
{
    struct db_rows rows = db_ask(k->store.db, DB_LABEL_WAITS, "ss", target, column);
    bool waits = db_row(&rows) && db_u64(&rows, 0) > 0;

    db_end(&rows);
    return waits;
}

/* Its labels, at most as many as a leaf holds; there are never more than 64. */
static void drop_column(struct keeper *k, struct sl_span target, struct sl_span column)
{
    struct label_row rows[SL_ENTRY_LABEL_COLUMNS];
    size_t n = 0;
    SL_BUF(leaf, 2 * SL_ENTRY_MAX);

    for (size_t i = 0; i < sl_label_map_count(k->labels) && n < SL_ENTRY_LABEL_COLUMNS; i++) {
        struct sl_derived d = sl_label_map_at(k->labels, i);
        if (sl_span_eq(d.target, target) && sl_span_eq(d.column, column))
            rows[n++] = (struct label_row){d.column, d.label, d.source};
    }
    /* What is under way may make a column of this name again, with labelled data in it. */
    if (n == 0 || waits_for(k, target, column))
        return;
    json_t *event = event_new("label_dropped", sl_clock_us());
    event_str(event, "target", target);
    event_str(event, "column", column);
    put_leaf(k, &leaf, (struct sl_entry_label){.event = SL_ENTRY_LABEL_DROPPED, .target = target},
             rows, n);
    store_record(&k->store, &leaf, event, false);
}

void on_label_gone(struct peer *p, const struct sl_msg_label_gone *m)
{
    struct sl_span column;
    size_t at = 0;

    journals_drain(p->keeper); /* what has ended is not under way any more */
    while (sl_ipc_list_next(&m->columns, &at, &column))
        drop_column(p->keeper, m->target, column);
    changed(p->keeper, NULL);
}

void on_label_stopped(struct peer *p, const struct sl_msg_label_stopped *m)
{
    const struct session *s = session_get(p->keeper, p->index, m->session);
    struct label_row row = {.column = sl_utf8_head(m->column, SL_LABEL_MAX_NAME)};
    SL_BUF(leaf, 2 * SL_ENTRY_MAX);

    if (s == NULL) {
        sl_channel_break(p->channel, SL_ESTATE);
        return;
    }
    put_leaf(p->keeper, &leaf,
             (struct sl_entry_label){.event = SL_ENTRY_LABEL_STOPPED,
                                     .session = m->session,
                                     .action = m->action,
                                     .target = s->target,
                                     .why = m->why},
             &row, m->column.n > 0);
    store_leaf(&p->keeper->store, &leaf, true, NULL);
}

/* --- how it ended -------------------------------------------------------------------------------
 */

static struct sl_span keep(struct keeper *k, struct sl_span text)
{
    struct sl_span copy = sl_arena_copy(k->mem, text);

    if (copy.p == NULL)
        keeper_die("the labels could not be read", SL_EMEMORY);
    return copy;
}

static struct sl_derived *more_room(struct keeper *k, const struct sl_derived *rows, size_t count)
{
    struct sl_derived *more = sl_arena_array(k->mem, count * 2 + 8, sizeof *more);

    if (more == NULL)
        keeper_die("the labels could not be read", SL_EMEMORY);
    if (count > 0)
        memcpy(more, rows, count * sizeof *more);
    return more;
}

static size_t rows_of(struct keeper *k, uint64_t session, uint64_t first, uint64_t last,
                      struct sl_derived **out, uint64_t *how)
{
    struct db_rows rows = db_ask(k->store.db, DB_LABEL_OF, "iii", session, first, last);
    size_t count = 0, room = 0;

    while (db_row(&rows)) {
        if (count == room) {
            *out = more_room(k, *out, count);
            room = count * 2 + 8;
        }
        (*out)[count++] = (struct sl_derived){.target = keep(k, db_span(&rows, 0)),
                                              .column = keep(k, db_span(&rows, 1)),
                                              .label = keep(k, db_span(&rows, 2)),
                                              .source = keep(k, db_span(&rows, 3))};
        *how = db_u64(&rows, 4);
    }
    db_end(&rows);
    return count;
}

static void withdrawn_leaf(struct keeper *k, uint64_t session, uint64_t action,
                           struct sl_span target, const struct label_row *gone, size_t count)
{
    SL_BUF(leaf, 2 * SL_ENTRY_MAX);
    struct sl_entry_label e = {
        .event = SL_ENTRY_LABEL_WITHDRAWN, .session = session, .action = action, .target = target};

    put_leaf(k, &leaf, e, gone, count);
    store_leaf(&k->store, &leaf, false, NULL);
}

/* Those that nothing else brought are gone from the map now. */
static void withdrawn_leaves(struct keeper *k, uint64_t session, uint64_t action,
                             const struct sl_derived *rows, size_t count)
{
    struct label_row gone[SL_ENTRY_LABEL_COLUMNS];
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        gone[n] = (struct label_row){rows[i].column, rows[i].label, rows[i].source};
        n += is_new(k, rows[i].target, &gone[n]);
        if (n == SL_ENTRY_LABEL_COLUMNS || (n > 0 && i + 1 == count)) {
            withdrawn_leaf(k, session, action, rows[i].target, gone, n);
            n = 0;
        }
    }
}

static void end(struct keeper *k, uint64_t session, uint64_t first, uint64_t last, bool stays,
                const struct sl_derived *rows, size_t count)
{
    json_t *event = event_new("label_ended", sl_clock_us());

    event_u64(event, "session", session);
    event_u64(event, "first", first);
    event_u64(event, "last", last);
    event_bool(event, "stays", stays);
    store_record(&k->store, NULL, event, false);
    changed(k, NULL);
    if (!stays)
        withdrawn_leaves(k, session, first, rows, count);
}

static bool has_failed(uint8_t outcome)
{
    return outcome == SL_OUTCOME_FAILED || outcome == SL_OUTCOME_REFUSED;
}

void labels_outcome(struct keeper *k, uint32_t gate, uint64_t session, uint64_t action,
                    uint8_t outcome)
{
    struct sl_derived *rows = NULL;
    uint64_t how = 0;

    if (k->label_pending == 0 || session_get(k, gate, session) == NULL)
        return;
    size_t count = rows_of(k, session, action, action, &rows, &how);
    if (count > 0 && (how == HOW_BY_OUTCOME || outcome != SL_OUTCOME_OK))
        end(k, session, action, action, !has_failed(outcome), rows, count);
}

void labels_txn(struct keeper *k, const struct sl_txn_record *r)
{
    enum { ROLLED_BACK = 2 };
    struct sl_derived *rows = NULL;
    uint64_t how;

    if (k->label_pending == 0)
        return;
    size_t count = rows_of(k, r->session, r->first_action, r->last_action, &rows, &how);
    if (count > 0)
        end(k, r->session, r->first_action, r->last_action, r->outcome != ROLLED_BACK, rows, count);
}

/* Whatever became of it, nobody will say any more. */
void labels_session_over(struct keeper *k, uint64_t session)
{
    struct sl_derived *rows = NULL;
    uint64_t how;

    if (k->label_pending == 0)
        return;
    size_t count = rows_of(k, session, 0, LAST_ACTION, &rows, &how);
    if (count > 0)
        end(k, session, 0, LAST_ACTION, true, rows, count);
}

/* --- for people ---------------------------------------------------------------------------------
 */

void call_LABEL_LIST(struct call *c)
{
    struct keeper *k = c->keeper;
    json_t *list = json_array();

    if (k->labels == NULL) /* no keeper runs: this is one command on the state folder */
        labels_load(k);
    for (size_t i = 0; i < sl_label_map_count(k->labels); i++) {
        struct sl_derived d = sl_label_map_at(k->labels, i);
        json_t *one = json_object();

        json_put_str(one, "target", d.target);
        json_put_str(one, "column", d.column);
        json_put_str(one, "label", d.label);
        json_put_str(one, "from", d.source);
        json_object_set_new(one, "settled", json_boolean(d.settled));
        json_array_append_new(list, one);
    }
    c->reply = json_object();
    json_object_set_new(c->reply, "labels", list);
}
