#include "role/keeper/call_lineage_int.h"

/* What was made from some data: each dataset once, with how many of its columns, and the sinks. */

enum { AT_ONCE = 256 }; /* nodes that are looked up */

/* A dataset that something was made in; its columns are counted in its JSON at the end. */
struct reached {
    json_t *json;
    uint64_t columns;
    struct reached *next;
};

struct impact {
    struct call *call;
    json_t *datasets, *sinks;
    struct sl_map *known; /* target, NUL, dataset -> struct reached */
    struct reached *all;
    uint64_t columns;
};

static struct reached *add_dataset(struct impact *x, struct sl_span key, struct sl_span target,
                                   struct sl_span name, uint32_t depth)
{
    struct reached *one = sl_arena_alloc(x->call->keeper->mem, sizeof *one);

    if (one == NULL || sl_map_put(x->known, key, one) != SL_OK)
        return NULL;
    *one = (struct reached){.json = json_object(), .next = x->all};
    x->all = one;
    json_put_str(one->json, "name", name);
    json_put_str(one->json, "target", target);
    json_put_number(one->json, "depth", depth);
    json_array_append_new(x->datasets, one->json);
    return one;
}

static struct reached *dataset_of(struct impact *x, struct sl_span target, struct sl_span name,
                                  uint32_t depth)
{
    SL_BUF(key, 16 * 1024);

    sl_buf_put(&key, target);
    sl_buf_put_u8(&key, 0);
    sl_buf_put(&key, name);
    if (sl_buf_err(&key) != SL_OK)
        return NULL;
    struct reached *one = sl_map_get(x->known, sl_buf_span(&key));
    return one != NULL ? one : add_dataset(x, sl_buf_span(&key), target, name, depth);
}

/* False: there is no room. */
static bool add_impact(struct impact *x, const struct db_rows *row, uint32_t depth)
{
    uint64_t kind = db_u64(row, 1);

    if (kind == SL_LINEAGE_SINK) {
        struct sl_span name = db_span(row, 2);
        json_array_append_new(x->sinks, json_stringn((const char *)name.p, name.n));
        return true;
    }
    struct reached *one = dataset_of(x, db_span(row, 0), db_span(row, 2), depth);
    if (one != NULL && kind == SL_LINEAGE_COLUMN) {
        one->columns++;
        x->columns++;
    }
    return one != NULL;
}

/* The nodes of some steps, those that were asked about left out: "[3,17]". */
static void put_nodes(struct sl_buf *out, const struct sl_lineage_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sl_buf_say(out, "%s%U", i == 0 ? "[" : ",",
                   steps[i].parent == SL_LINEAGE_ROOT ? (uint64_t)0 : steps[i].node);
    sl_buf_put_u8(out, ']');
}

/* Asked for one by one, thousands of names take longer than the walk that found them. */
static bool add_some(struct impact *x, const struct sl_lineage_step *steps, size_t count)
{
    SL_BUF(nodes, 24 * AT_ONCE);
    bool room = true;

    put_nodes(&nodes, steps, count);
    struct db_rows rows =
        db_ask(x->call->keeper->store.db, DB_NODES_BY_ID, "s", sl_buf_span(&nodes));
    while (room && db_row(&rows))
        room = add_impact(x, &rows, steps[db_u64(&rows, 3)].depth);
    db_end(&rows);
    return room;
}

static json_t *impact_json(struct impact *x, const struct sl_lineage_found *found)
{
    json_t *out = json_object();
    bool room = true;

    x->datasets = json_array();
    x->sinks = json_array();
    json_object_set_new(out, "datasets", x->datasets);
    json_object_set_new(out, "sinks", x->sinks);
    for (size_t at = 0; room && at < found->count; at += AT_ONCE) {
        size_t left = found->count - at;
        room = add_some(x, &found->steps[at], left < AT_ONCE ? left : AT_ONCE);
    }
    for (const struct reached *r = x->all; r != NULL; r = r->next)
        json_put_number(r->json, "columns", r->columns);
    json_put_number(out, "columns", x->columns);
    json_object_set_new(out, "more", json_boolean(found->more));
    if (!room)
        json_decref(out);
    return room ? out : NULL;
}

json_t *lineage_impact(struct call *c, const uint64_t *from, size_t count)
{
    struct lineage_graph g = {.db = c->keeper->store.db, .only = lineage_only(c)};
    struct sl_lineage_graph graph = lineage_graph(&g);
    struct impact x = {.call = c};
    struct sl_lineage_found found;

    if (sl_lineage_reach(c->keeper->mem, &graph, SL_LINEAGE_DOWN, from, count, &lineage_wide,
                         &found) != SL_OK ||
        sl_map_new(&x.known, 0) != SL_OK)
        return NULL;
    json_t *out = impact_json(&x, &found);
    sl_map_free(x.known);
    return out;
}

void call_LINEAGE_IMPACT(struct call *c)
{
    struct lineage_question q;

    if (!lineage_question(c, "of", &q))
        return;
    c->reply = lineage_impact(c, q.from, q.count);
    if (c->reply == NULL)
        lineage_too_large(c);
    else
        json_put_str(c->reply, "of", q.name);
}
