#include "role/keeper/keeper_int.h"

#include "core/lineage/lineage.h"
#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/call.h"
#include "role/keeper/call_lineage_int.h"

/* What a reviewer of a held statement sees of lineage: where the data would come from and go to,
 * and what was made from its target before. */

enum { SHOWN_FLOWS = 20, SHOWN_DATASETS = 5, MAX_NODES = 64 };

enum {
    CHANGES = SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE |
              SL_EFFECT_IMPORT | SL_EFFECT_DDL
};

static void put_end(struct sl_buf *b, const struct sl_lineage_end *e,
                    const struct sl_lineage_story *story, const struct approval *a)
{
    if (e->kind != SL_LINEAGE_SINK)
        sl_buf_put(b, e->dataset);
    else if (story->sink.n > 0)
        sl_buf_put(b, story->sink);
    else
        sl_buf_say(b, "client of %S", a->identity);
    if (e->column.n > 0)
        sl_buf_say(b, ".%S", e->column);
}

/* The labels of a dataset as the document has them. */
static json_t *labels_of(const json_t *approval, struct sl_span dataset)
{
    const json_t *sets = json_object_get(approval, "datasets");

    for (size_t i = 0; i < json_array_size(sets); i++) {
        const json_t *set = json_array_get(sets, i);
        json_t *labels = json_object_get(set, "labels");

        if (sl_span_eq(sl_json_str(set, "name"), dataset) && json_array_size(labels) > 0)
            return labels;
    }
    return NULL;
}

static json_t *flow_json(const struct sl_lineage_flow *f, const struct sl_lineage_story *story,
                         const struct approval *a, const json_t *approval)
{
    SL_BUF(from, 16 * 1024);
    SL_BUF(to, 16 * 1024);
    json_t *out = json_object(), *labels = labels_of(approval, f->from.dataset);

    put_end(&from, &f->from, story, a);
    put_end(&to, &f->to, story, a);
    json_put_str(out, "from", sl_buf_span(&from));
    json_put_str(out, "to", sl_buf_span(&to));
    json_put_str(out, "flow", sl_span_str(sl_lineage_kind_name(f->kind)));
    if (labels != NULL)
        json_object_set(out, "labels", labels);
    return out;
}

static void put_flows(json_t *out, const struct sl_lineage_story *story, const struct approval *a,
                      const json_t *approval)
{
    json_t *flows = json_array();
    size_t count = 0;

    for (size_t i = 0; i < story->flow_count; i++) {
        if (story->flows[i].kind == SL_LINEAGE_INDIRECT || count++ >= SHOWN_FLOWS)
            continue;
        json_array_append_new(flows, flow_json(&story->flows[i], story, a, approval));
    }
    json_object_set_new(out, "flows", flows);
    json_object_set_new(out, "flow_count", json_integer((json_int_t)count));
}

/* The datasets that the statement would change, as nodes of the graph. */
static size_t targets_of(struct call *c, const struct sl_lineage_story *story,
                         const struct approval *a, uint64_t *nodes)
{
    size_t count = 0;

    for (size_t i = 0; i < story->touch_count; i++)
        if (story->touches[i].column.n == 0 && (story->touches[i].effects & CHANGES) != 0)
            count += lineage_find(c->keeper->store.db, a->target, story->touches[i].dataset,
                                  nodes + count, MAX_NODES - count);
    return count;
}

static void put_downstream(struct call *c, json_t *out, const struct sl_lineage_story *story,
                           const struct approval *a)
{
    uint64_t nodes[MAX_NODES];
    size_t count = targets_of(c, story, a, nodes);
    json_t *impact = lineage_impact(c, nodes, count), *few = json_array();
    json_t *datasets = json_object_get(impact, "datasets");

    if (impact == NULL) {
        json_decref(few);
        return;
    }
    for (size_t i = 0; i < json_array_size(datasets) && i < SHOWN_DATASETS; i++)
        json_array_append(few, json_object_get(json_array_get(datasets, i), "name"));
    json_object_set_new(impact, "dataset_count",
                        json_integer((json_int_t)json_array_size(datasets)));
    json_object_set_new(impact, "datasets", few);
    json_object_set_new(out, "downstream", impact);
}

/* What was asked is known to the graph until it is over: then its own act tells. */
void approval_put_lineage(struct call *c, json_t *approval, const struct approval *a)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_ASKED_GET, "s", a->id);
    struct sl_lineage_story story;
    json_t *out;

    if (!db_row(&rows))
        return;
    enum sl_err err = sl_lineage_read(c->keeper->mem, db_span(&rows, 4), &story);
    db_end(&rows);
    if (err != SL_OK || lineage_flush(c->keeper->store.lineage) != SL_OK)
        return;
    out = json_object();
    put_flows(out, &story, a, approval);
    put_downstream(c, out, &story, a);
    json_object_set_new(approval, "lineage", out);
}
