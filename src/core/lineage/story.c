/* From the facts of a leaf to what was touched and what flowed where. */
#include "core/lineage/lineage.h"

#include "json/json.h"

enum {
    CHANGES = SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE |
              SL_EFFECT_IMPORT | SL_EFFECT_DDL | SL_EFFECT_PRIVILEGE,
    TAKES_IN = SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_IMPORT | SL_EFFECT_DDL,
    GIVES = SL_EFFECT_READ | SL_EFFECT_EXPORT,
};

const char *sl_lineage_node_kind_name(enum sl_lineage_node_kind kind)
{
    static const char *const names[] = {[SL_LINEAGE_DATASET] = "dataset",
                                        [SL_LINEAGE_COLUMN] = "column",
                                        [SL_LINEAGE_SINK] = "sink"};

    return (unsigned)kind < SL_COUNT(names) ? names[kind] : NULL;
}

const char *sl_lineage_kind_name(enum sl_lineage_kind kind)
{
    static const char *const names[] = {[SL_LINEAGE_DIRECT] = "direct",
                                        [SL_LINEAGE_INDIRECT] = "indirect",
                                        [SL_LINEAGE_EXPORT] = "export"};

    return (unsigned)kind < SL_COUNT(names) ? names[kind] : NULL;
}

struct reading {
    struct sl_arena *mem;
    const json_t *facts;
    struct sl_lineage_story *story;
    size_t touch_room, flow_room;
    enum sl_err why;
};

static struct sl_span keep(struct reading *r, struct sl_span s)
{
    struct sl_span copy = sl_arena_copy(r->mem, s);

    if (copy.p == NULL && s.n > 0)
        r->why = SL_EMEMORY;
    return copy;
}

static struct sl_span text_of(const json_t *value)
{
    return json_is_string(value) ? sl_span(json_string_value(value), json_string_length(value))
                                 : sl_span(NULL, 0);
}

static struct sl_span joined(struct reading *r, const char *member)
{
    const json_t *list = json_object_get(r->facts, member);
    SL_BUF(text, 64 * 1024);

    for (size_t i = 0; i < json_array_size(list); i++) {
        sl_buf_put_str(&text, i == 0 ? "" : ", ");
        sl_buf_put(&text, text_of(json_array_get(list, i)));
    }
    return keep(r, sl_buf_span(&text));
}

static uint32_t effects_of(const json_t *list)
{
    uint32_t effects = 0;

    for (size_t i = 0; i < json_array_size(list); i++)
        for (unsigned e = 0; e < SL_EFFECT_COUNT; e++)
            if (sl_span_is(text_of(json_array_get(list, i)), sl_effect_name(e)))
                effects |= 1u << e;
    return effects;
}

/* --- touches --- */

static struct sl_lineage_touch *touch(struct reading *r, struct sl_span dataset,
                                      struct sl_span column)
{
    struct sl_lineage_story *s = r->story;

    for (size_t i = 0; i < s->touch_count; i++)
        if (sl_span_eq(s->touches[i].dataset, dataset) && sl_span_eq(s->touches[i].column, column))
            return &s->touches[i];
    SL_PROMISE(s->touch_count < r->touch_room);
    struct sl_lineage_touch *t = &s->touches[s->touch_count++];
    *t = (struct sl_lineage_touch){.dataset = keep(r, dataset), .column = keep(r, column)};
    return t;
}

static void read_dataset(struct reading *r, const json_t *dataset)
{
    const json_t *columns = json_object_get(dataset, "columns");
    struct sl_span name = sl_json_str(dataset, "name");
    uint32_t effects = effects_of(json_object_get(dataset, "effects"));

    struct sl_lineage_touch *whole = touch(r, name, sl_span(NULL, 0));
    whole->effects |= effects;
    whole->all_columns =
        whole->all_columns || json_is_true(json_object_get(dataset, "all_columns"));
    for (size_t i = 0; i < json_array_size(columns); i++)
        touch(r, whole->dataset, text_of(json_array_get(columns, i)))->effects |= effects;
}

static enum sl_err read_datasets(struct reading *r)
{
    const json_t *list = json_object_get(r->facts, "datasets");

    for (size_t i = 0; i < json_array_size(list); i++)
        r->touch_room += 1 + json_array_size(json_object_get(json_array_get(list, i), "columns"));
    r->story->touches = sl_arena_array(r->mem, r->touch_room + 1, sizeof *r->story->touches);
    if (r->story->touches == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < json_array_size(list); i++)
        read_dataset(r, json_array_get(list, i));
    return r->why;
}

/* --- flows --- */

static bool is_dataset(const struct sl_lineage_touch *t)
{
    return t->column.n == 0;
}

/* A name is a column of the longest dataset that it begins with. */
static struct sl_lineage_end end_of(struct reading *r, struct sl_span name)
{
    const struct sl_lineage_story *s = r->story;
    struct sl_lineage_end end = {.kind = SL_LINEAGE_DATASET, .dataset = name};
    size_t best = 0;

    if (sl_span_is(name, "result") || sl_span_starts(name, SL_SPAN("result.")))
        return (struct sl_lineage_end){.kind = SL_LINEAGE_SINK};
    for (size_t i = 0; i < s->touch_count; i++) {
        struct sl_span dataset = s->touches[i].dataset;
        if (!is_dataset(&s->touches[i]) || dataset.n < best || !sl_span_starts(name, dataset))
            continue;
        if (dataset.n == name.n || name.p[dataset.n] == '.')
            best = dataset.n;
    }
    if (best == 0) /* of no dataset that is listed: what stands before the last dot */
        for (size_t i = 0; i < name.n; i++)
            best = name.p[i] == '.' ? i : best;
    if (best > 0 && best < name.n)
        end = (struct sl_lineage_end){SL_LINEAGE_COLUMN, sl_span_head(name, best),
                                      sl_span_from(name, best + 1)};
    end.dataset = keep(r, end.dataset);
    end.column = keep(r, end.column);
    return end;
}

static void flow(struct reading *r, struct sl_lineage_end from, struct sl_lineage_end to,
                 enum sl_lineage_kind kind)
{
    if (to.kind == SL_LINEAGE_SINK && (r->story->effects & SL_EFFECT_EXPORT) == 0)
        return; /* a result that did not leave in bulk is a read, which the touches tell */
    if (to.kind == SL_LINEAGE_SINK && kind == SL_LINEAGE_DIRECT)
        kind = SL_LINEAGE_EXPORT;
    SL_PROMISE(r->story->flow_count < r->flow_room);
    r->story->flows[r->story->flow_count++] = (struct sl_lineage_flow){from, to, kind};
}

static void read_flows(struct reading *r, const char *member, enum sl_lineage_kind kind)
{
    const json_t *list = json_object_get(r->facts, member);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *pair = json_array_get(list, i);
        struct sl_span from = text_of(json_array_get(pair, 0)),
                       to = text_of(json_array_get(pair, 1));

        if (from.n > 0 && to.n > 0)
            flow(r, end_of(r, from), end_of(r, to), kind);
    }
}

static struct sl_lineage_end whole(const struct sl_lineage_touch *t)
{
    return (struct sl_lineage_end){.kind = SL_LINEAGE_DATASET, .dataset = t->dataset};
}

/* Nobody can say which column went where: all that gave may have gone to all that took in. */
static void coarse_flows(struct reading *r)
{
    const struct sl_lineage_story *s = r->story;

    for (size_t i = 0; i < s->touch_count; i++)
        for (size_t k = 0; k < s->touch_count; k++) {
            const struct sl_lineage_touch *a = &s->touches[i], *b = &s->touches[k];
            if (i != k && is_dataset(a) && is_dataset(b) && (a->effects & GIVES) != 0 &&
                (b->effects & TAKES_IN) != 0)
                flow(r, whole(a), whole(b), SL_LINEAGE_DIRECT);
        }
}

/* An export whose flows were not told: every column that was read left. */
static void export_all(struct reading *r)
{
    const struct sl_lineage_story *s = r->story;
    struct sl_lineage_end sink = {.kind = SL_LINEAGE_SINK};

    for (size_t i = 0; i < s->touch_count; i++) {
        const struct sl_lineage_touch *t = &s->touches[i];

        if ((t->effects & GIVES) == 0)
            continue;
        if (!is_dataset(t))
            flow(r, (struct sl_lineage_end){SL_LINEAGE_COLUMN, t->dataset, t->column}, sink,
                 SL_LINEAGE_EXPORT);
        else if (t->all_columns)
            flow(r, whole(t), sink, SL_LINEAGE_EXPORT);
    }
}

static bool has_export(const struct sl_lineage_story *s)
{
    for (size_t i = 0; i < s->flow_count; i++)
        if (s->flows[i].to.kind == SL_LINEAGE_SINK)
            return true;
    return false;
}

static bool are_cut(const json_t *facts)
{
    return json_is_true(json_object_get(facts, "flows_more")) ||
           json_object_get(facts, "flows_digest") != NULL ||
           json_object_get(facts, "indirect_digest") != NULL;
}

static enum sl_err read_all_flows(struct reading *r)
{
    struct sl_lineage_story *s = r->story;
    bool cut = are_cut(r->facts);
    size_t datasets = 0;

    for (size_t i = 0; i < s->touch_count; i++)
        datasets += is_dataset(&s->touches[i]);
    r->flow_room = json_array_size(json_object_get(r->facts, "flows")) +
                   json_array_size(json_object_get(r->facts, "indirect")) + s->touch_count +
                   (cut ? datasets * datasets : 0);
    s->flows = sl_arena_array(r->mem, r->flow_room + 1, sizeof *s->flows);
    if (s->flows == NULL)
        return SL_EMEMORY;
    read_flows(r, "flows", SL_LINEAGE_DIRECT);
    read_flows(r, "indirect", SL_LINEAGE_INDIRECT);
    if (cut)
        coarse_flows(r);
    if ((s->effects & SL_EFFECT_EXPORT) != 0 && (cut || !has_export(s)))
        export_all(r);
    return r->why;
}

enum sl_err sl_lineage_read(struct sl_arena *mem, struct sl_span facts,
                            struct sl_lineage_story *out)
{
    struct sl_lineage_story s = {0};
    json_t *value = NULL;

    SL_TRY(sl_json_read(facts, &value, NULL));
    struct reading r = {.mem = mem, .facts = value, .story = &s};
    s.verdict = keep(&r, sl_json_str(value, "verdict"));
    s.run = keep(&r, sl_json_str(value, "run"));
    s.reason = keep(&r, sl_json_str(value, "reason"));
    s.sink = keep(&r, sl_json_str(value, "sink"));
    s.rules = joined(&r, "rules");
    s.statements = joined(&r, "statements");
    s.effects = effects_of(json_object_get(value, "effects"));
    s.changes = (s.effects & CHANGES) != 0;
    enum sl_err err = read_datasets(&r);
    if (err == SL_OK)
        err = read_all_flows(&r);
    json_decref(value);
    SL_TRY(err);
    *out = s;
    return SL_OK;
}
