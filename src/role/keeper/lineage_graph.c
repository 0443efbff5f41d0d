/* The tables as a graph to walk. */
#include "role/keeper/lineage_int.h"

static void begin(void *owner, uint64_t node, enum sl_lineage_way way)
{
    struct lineage_graph *g = owner;

    g->way = way;
    g->rows = db_ask(g->db, way == SL_LINEAGE_DOWN ? DB_FLOWS_DOWN : DB_FLOWS_UP, "i", node);
}

/* The latest act behind this edge that the asker may see; 0: there is none. */
static uint64_t seen(struct lineage_graph *g, const struct sl_lineage_edge *e)
{
    bool down = g->way == SL_LINEAGE_DOWN;
    uint64_t src = down ? e->from : e->node, dst = down ? e->node : e->from;
    struct db_rows rows =
        db_ask(g->db, DB_EDGE_SEEN_BY, "iiis", src, dst, (uint64_t)e->kind, g->only);
    uint64_t act = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return act;
}

static bool next(void *owner, struct sl_lineage_edge *out)
{
    struct lineage_graph *g = owner;

    while (db_row(&g->rows)) {
        *out = (struct sl_lineage_edge){.node = db_u64(&g->rows, 0),
                                        .from = db_u64(&g->rows, 1),
                                        .kind = (enum sl_lineage_kind)db_u64(&g->rows, 2)};
        if (g->only.n == 0)
            return true;
        out->edge = seen(g, out);
        if (out->edge != 0)
            return true;
    }
    return false;
}

static void end(void *owner)
{
    struct lineage_graph *g = owner;

    db_end(&g->rows);
}

struct sl_lineage_graph lineage_graph(struct lineage_graph *g)
{
    return (struct sl_lineage_graph){g, begin, next, end};
}

uint64_t lineage_latest_act(struct lineage_graph *g, const struct sl_lineage_step *s)
{
    bool down = g->way == SL_LINEAGE_DOWN;

    if (s->edge != 0)
        return s->edge;
    struct db_rows rows = db_ask(g->db, DB_FLOW_ACT, "iii", down ? s->from : s->node,
                                 down ? s->node : s->from, (uint64_t)s->kind);
    uint64_t act = db_row(&rows) ? db_u64(&rows, 0) : 0;
    db_end(&rows);
    return act;
}

static size_t named(struct db *db, struct sl_span target, struct sl_span dataset,
                    struct sl_span column, uint64_t *out, size_t max)
{
    struct db_rows rows = db_ask(db, DB_NODES_NAMED, "sss", dataset, column, target);
    size_t count = 0;

    while (db_row(&rows))
        if (count < max)
            out[count++] = db_u64(&rows, 0);
    return count;
}

/* As a whole first; else what stands behind the last dot is a column. */
static size_t find(struct db *db, struct sl_span target, struct sl_span name, uint64_t *out,
                   size_t max)
{
    size_t count = named(db, target, name, sl_span(NULL, 0), out, max), dot = 0;

    for (size_t i = 0; i < name.n; i++)
        dot = name.p[i] == '.' ? i : dot;
    if (count > 0 || dot == 0 || dot + 1 == name.n)
        return count;
    return named(db, target, sl_span_head(name, dot), sl_span_from(name, dot + 1), out, max);
}

size_t lineage_find(struct db *db, struct sl_span target, struct sl_span name, uint64_t *out,
                    size_t max)
{
    size_t count = find(db, target, name, out, max);
    SL_BUF(in_public, 4096);

    if (count > 0)
        return count;
    sl_buf_put_str(&in_public, "public.");
    sl_buf_put(&in_public, name);
    return sl_buf_err(&in_public) == SL_OK ? find(db, target, sl_buf_span(&in_public), out, max)
                                           : 0;
}
