#include "role/keeper/call_lineage_int.h"

#include "role/keeper/call.h"

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

/* --- which ---------------------------------------------------------------------------------- */

struct attempts {
    struct call *call;
    struct sl_span only;
    json_t *edges;
    struct sl_map *known; /* (source, destination, kind, standing) */
    bool more;
};

static bool is_new(struct attempts *a, const struct db_rows *rows)
{
    const uint64_t key[] = {db_u64(rows, 22), db_u64(rows, 23), db_u64(rows, 24), db_u64(rows, 10)};
    struct sl_span bytes = sl_span(key, sizeof key);

    return sl_map_get(a->known, bytes) == NULL && sl_map_put(a->known, bytes, a) == SL_OK;
}

/* At one node, newest first. */
static void add_attempts(struct attempts *a, uint64_t node)
{
    struct db_rows rows = db_ask(a->call->keeper->store.db, DB_ATTEMPTS_OF, "isi", node, a->only,
                                 (uint64_t)ATTEMPTS_MOST + 1);

    while (db_row(&rows)) {
        if (!is_new(a, &rows))
            continue;
        if (json_array_size(a->edges) < ATTEMPTS_MOST)
            json_array_append_new(a->edges, edge_json(a->call, &rows));
        else
            a->more = true;
    }
}

/* At every node that can be reached. */
static void walk(struct attempts *a, const struct lineage_question *q, enum sl_lineage_way way)
{
    static const struct sl_lineage_bounds bounds = {.depth = 20, .steps = 300, .edges = 5000};
    struct keeper *k = a->call->keeper;
    struct lineage_graph g = {.db = k->store.db, .only = a->only};
    struct sl_lineage_graph graph = lineage_graph(&g);
    struct sl_lineage_found found;

    if (sl_lineage_reach(k->mem, &graph, way, q->from, q->count, &bounds, &found) != SL_OK)
        return;
    a->more = a->more || found.more;
    for (size_t i = 0; i < found.count; i++)
        add_attempts(a, found.steps[i].node);
}

void call_LINEAGE_ATTEMPTS(struct call *c)
{
    struct attempts a = {.call = c};
    struct lineage_question q;

    if (!lineage_question(c, "of", &q))
        return;
    if (sl_map_new(&a.known, 0) != SL_OK) {
        call_problem(c, 503, "Out of memory", "There is no room for the answer.", "");
        return;
    }
    a.only = lineage_only(c);
    a.edges = json_array();
    walk(&a, &q, SL_LINEAGE_DOWN);
    walk(&a, &q, SL_LINEAGE_UP);
    sl_map_free(a.known);
    c->reply = json_object();
    json_put_str(c->reply, "of", q.name);
    json_object_set_new(c->reply, "edges", a.edges);
    json_object_set_new(c->reply, "more", json_boolean(a.more));
}
