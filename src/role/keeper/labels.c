#include "role/keeper/labels_int.h"

#include "base/utf8.h"
#include "role/keeper/call.h"
#include "role/keeper/db.h"
#include "role/keeper/journals.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/labels.h"
#include "role/keeper/sessions.h"
#include "role/keeper/store.h"

/* Labels that follow the data (core/policy/labels.h): the keeper's map is the one that counts.
 *
 * A gate tells what an action carries along before the action's bytes go out; it is recorded at
 * once and told to every gate. When the action or its transaction fails, what it brought is
 * withdrawn, unless another action brought the same; when it is committed, or nobody can say, it
 * stays. Rows of the view that wait for an end carry the action's session; settled ones carry none.
 */

/* --- recording ----------------------------------------------------------------------------------
 */

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

void label_put_leaf(struct keeper *k, struct sl_buf *leaf, struct sl_entry_label e,
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

bool label_is_new(struct keeper *k, struct sl_span target, const struct label_row *row)
{
    struct sl_derived d;

    return !sl_label_map_find(k->labels, target, row->column, row->label, &d);
}

static void record_part(struct keeper *k, const struct sl_msg_label_flow *m, enum how how,
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
        if (label_is_new(k, m->target, &rows[i]))
            fresh[n++] = rows[i];
    event_str(event, "target", m->target);
    event_u64(event, "session", how == HOW_STAYS ? 0 : m->session);
    event_u64(event, "action", how == HOW_STAYS ? 0 : m->action);
    event_u64(event, "how", how);
    event_json(event, "columns", spans_json(rows, count, offsetof(struct label_row, column)));
    event_json(event, "labels", spans_json(rows, count, offsetof(struct label_row, label)));
    event_json(event, "from", spans_json(rows, count, offsetof(struct label_row, source)));
    if (n > 0)
        label_put_leaf(k, &leaf, e, fresh, n);
    store_record(&k->store, n > 0 ? &leaf : NULL, event, true);
}

/* --- what gates tell ----------------------------------------------------------------------------
 */

static bool is_wanted(struct keeper *k, const struct sl_msg_label_flow *m, enum how how,
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

/* Of what was undone nothing is recorded. False: the lists do not fit together. */
static bool record_flow(struct keeper *k, const struct sl_msg_label_flow *m, enum how how,
                        bool undone)
{
    struct label_row rows[SL_ENTRY_LABEL_COLUMNS];
    size_t columns = 0, labels = 0, sources = 0, n = 0;

    if (m->labels.count != m->columns.count || m->sources.count != m->columns.count)
        return false;
    while (sl_ipc_list_next(&m->columns, &columns, &rows[n].column)) {
        if (!sl_ipc_list_next(&m->labels, &labels, &rows[n].label) ||
            !sl_ipc_list_next(&m->sources, &sources, &rows[n].source) || !is_sound(&rows[n]))
            return false;
        if (undone)
            continue;
        if (how == HOW_STAYS)
            label_leaves_no_more(k, m->target, rows[n].column);
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
    bool undone;
    enum how how = label_settled_by(s, m, &undone);
    bool ours = sl_config_target(k->config, m->target) != NULL &&
                (s == NULL || sl_span_eq(s->target, m->target));

    if (is_too_much(k, m)) {
        sl_channel_break(p->channel, SL_ELIMIT);
        return;
    }
    if (m->how > HOW_BY_TXN || (ours && !record_flow(k, m, how, undone))) {
        sl_channel_break(p->channel, SL_EMALFORMED);
        return;
    }
    p->labels_told = m->told;
    if (s != NULL && m->how == HOW_STAYS && m->columns.count == 0)
        labels_session_over(k, s->id);
    labels_changed(k, p);
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
    if (waits_for(k, target, column))
        return;
    label_leaves_no_more(k, target, column);
    if (n == 0)
        return;
    json_t *event = event_new("label_dropped", sl_clock_us());
    event_str(event, "target", target);
    event_str(event, "column", column);
    label_put_leaf(k, &leaf,
                   (struct sl_entry_label){.event = SL_ENTRY_LABEL_DROPPED, .target = target}, rows,
                   n);
    store_record(&k->store, &leaf, event, false);
}

void on_label_gone(struct peer *p, const struct sl_msg_label_gone *m)
{
    struct sl_span column;
    size_t at = 0;

    journals_drain(p->keeper); /* what has ended is not under way any more */
    while (sl_ipc_list_next(&m->columns, &at, &column))
        if (label_may_go(p->keeper, p->index, m, column))
            drop_column(p->keeper, m->target, column);
    labels_changed(p->keeper, NULL);
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
    label_put_leaf(p->keeper, &leaf,
                   (struct sl_entry_label){.event = SL_ENTRY_LABEL_STOPPED,
                                           .session = m->session,
                                           .action = m->action,
                                           .target = s->target,
                                           .why = m->why},
                   &row, m->column.n > 0);
    store_leaf(&p->keeper->store, &leaf, true, NULL);
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
