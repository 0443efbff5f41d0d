#include "role/keeper/call_lineage_int.h"

/* What somebody tried to do with data and did not: edges that no walk takes. */

enum { ATTEMPTS_MOST = 200 };

/* --- labels --------------------------------------------------------------------------------- */

static const struct sl_target *target_named(const struct sl_config *config, struct sl_span name)
{
    for (size_t i = 0; i < config->target_count; i++)
        if (sl_span_eq(config->targets[i].name, name))
            return &config->targets[i];
    return NULL;
}

static uint64_t labels_of(struct call *c, uint64_t id)
{
    const struct keeper *k = c->keeper;
    struct db_rows rows = db_ask(k->store.db, DB_NODE_BY_ID, "i", id);
    SL_BUF(column, 16 * 1024);
    uint64_t labels = 0;

    if (!db_row(&rows))
        return 0;
    const struct sl_target *target = target_named(k->config, db_span(&rows, 0));
    if (target != NULL && db_u64(&rows, 1) != SL_LINEAGE_SINK) {
        sl_buf_say(&column, "%S.%S", db_span(&rows, 2),
                   db_span(&rows, 3).n > 0 ? db_span(&rows, 3) : SL_SPAN("*"));
        labels = sl_labels_of_column(k->config, target, sl_buf_span(&column), k->labels);
    }
    db_end(&rows);
    return labels;
}

void lineage_put_labels(struct call *c, json_t *out, uint64_t id)
{
    const struct sl_names *names = &c->keeper->config->labels;
    uint64_t labels = labels_of(c, id);
    json_t *list;

    if (labels == 0)
        return;
    list = json_array();
    for (size_t bit = 0; bit < names->count && bit < 64; bit++)
        if ((labels >> bit & 1) != 0)
            json_array_append_new(list, json_stringn((const char *)names->items[bit].p,
                                                     names->items[bit].n));
    json_object_set_new(out, "labels", list);
}

/* --- attempts ------------------------------------------------------------------------------- */

static json_t *edge_json(struct call *c, const struct db_rows *rows)
{
    json_t *out = json_object();

    lineage_put_node(c, out, "from", db_u64(rows, 22), false);
    lineage_put_node(c, out, "to", db_u64(rows, 23), false);
    lineage_put_labels(c, out, db_u64(rows, 22));
    json_put_str(out, "flow",
                 sl_span_str(sl_lineage_kind_name((enum sl_lineage_kind)db_u64(rows, 24))));
    json_object_set_new(out, "act", lineage_act_json(rows));
    return out;
}

/* Newest first. */
static bool add_attempts(struct call *c, uint64_t node, struct sl_span only, json_t *edges)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_ATTEMPTS_OF, "isi", node, only,
                                 (uint64_t)ATTEMPTS_MOST + 1);
    bool more = false;

    while (db_row(&rows)) {
        more = json_array_size(edges) >= ATTEMPTS_MOST;
        if (!more)
            json_array_append_new(edges, edge_json(c, &rows));
    }
    return more;
}

void call_LINEAGE_ATTEMPTS(struct call *c)
{
    struct lineage_question q;
    bool more = false;

    if (!lineage_question(c, "of", &q))
        return;
    struct sl_span only = lineage_only(c);
    json_t *edges = json_array();
    for (size_t i = 0; i < q.count; i++)
        more = add_attempts(c, q.from[i], only, edges) || more;
    c->reply = json_object();
    json_put_str(c->reply, "of", q.name);
    json_object_set_new(c->reply, "edges", edges);
    json_object_set_new(c->reply, "more", json_boolean(more));
}
