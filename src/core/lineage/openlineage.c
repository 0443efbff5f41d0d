#include "core/lineage/openlineage.h"

#include "json/json.h"

#define PRODUCER "urn:sluice:gateway"
#define FACETS "https://openlineage.io/spec/facets/"

enum {
    TAKES_IN = SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE |
               SL_EFFECT_IMPORT | SL_EFFECT_DDL | SL_EFFECT_PRIVILEGE,
    GIVES = SL_EFFECT_READ | SL_EFFECT_EXPORT,
};

static void put(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static void put_str(json_t *object, const char *key, struct sl_span text)
{
    if (text.n > 0)
        put(object, key, json_stringn((const char *)text.p, text.n));
}

static json_t *facet(const char *schema)
{
    json_t *out = json_object();

    put_str(out, "_producer", SL_SPAN(PRODUCER));
    put_str(out, "_schemaURL", sl_span_str(schema));
    return out;
}

/* --- datasets --- */

static void put_name(json_t *out, const struct sl_openlineage_event *e,
                     const struct sl_lineage_end *end)
{
    SL_BUF(name, 16 * 1024);

    if (end->kind == SL_LINEAGE_SINK) {
        put_str(out, "namespace", SL_SPAN("sluice"));
        put_str(out, "name", e->sink);
        return;
    }
    sl_buf_say(&name, "%S.%S", e->database, end->dataset);
    put_str(out, "namespace", e->namespace_);
    put_str(out, "name", sl_buf_span(&name));
}

static bool same_dataset(const struct sl_lineage_end *a, const struct sl_lineage_end *b)
{
    bool sink = a->kind == SL_LINEAGE_SINK, other = b->kind == SL_LINEAGE_SINK;

    return sink == other && (sink || sl_span_eq(a->dataset, b->dataset));
}

/* One field of a source, with how it gets there. A whole dataset has no field to name: it is among
 * the inputs. */
static json_t *input_field(const struct sl_openlineage_event *e, const struct sl_lineage_flow *f)
{
    json_t *out = json_object(), *how = json_object(), *list = json_array();
    bool indirect = f->kind == SL_LINEAGE_INDIRECT;

    put_name(out, e, &f->from);
    put_str(out, "field", f->from.column);
    put_str(how, "type", indirect ? SL_SPAN("INDIRECT") : SL_SPAN("DIRECT"));
    put(how, "masking", json_false());
    json_array_append_new(list, how);
    put(out, "transformations", list);
    return out;
}

static json_t *input_fields(json_t *fields, struct sl_span column)
{
    SL_BUF(name, 4096);
    json_t *field, *list;

    sl_buf_put(&name, column);
    field = json_object_get(fields, sl_buf_text(&name));
    if (field == NULL) {
        field = json_object();
        put(field, "inputFields", json_array());
        json_object_set_new(fields, sl_buf_text(&name), field);
    }
    list = json_object_get(field, "inputFields");
    return list;
}

static json_t *column_lineage(const struct sl_openlineage_event *e, const struct sl_lineage_end *to)
{
    json_t *out = facet(FACETS "1-2-0/ColumnLineageDatasetFacet.json#/$defs/"
                               "ColumnLineageDatasetFacet"),
           *fields = json_object(), *whole = json_array();

    for (size_t i = 0; i < e->story->flow_count; i++) {
        const struct sl_lineage_flow *f = &e->story->flows[i];

        if (!same_dataset(&f->to, to) || f->from.column.n == 0)
            continue;
        /* what left for a sink keeps its name there */
        struct sl_span column = f->kind == SL_LINEAGE_EXPORT ? f->from.column : f->to.column;
        if (column.n > 0)
            json_array_append_new(input_fields(fields, column), input_field(e, f));
        else if (f->kind == SL_LINEAGE_INDIRECT)
            json_array_append_new(whole, input_field(e, f));
    }
    put(out, "fields", fields);
    if (json_array_size(whole) > 0)
        json_object_set(out, "dataset", whole);
    json_decref(whole);
    return out;
}

static json_t *dataset(const struct sl_openlineage_event *e, const struct sl_lineage_end *end,
                       bool output)
{
    json_t *out = json_object(), *facets = json_object();

    put_name(out, e, end);
    if (output)
        put(facets, "columnLineage", column_lineage(e, end));
    put(out, "facets", facets);
    return out;
}

static json_t *datasets(const struct sl_openlineage_event *e, bool output)
{
    const struct sl_lineage_story *s = e->story;
    uint32_t wanted = output ? TAKES_IN : GIVES;
    json_t *list = json_array();
    bool to_sink = false;

    for (size_t i = 0; i < s->touch_count; i++) {
        struct sl_lineage_end end = {.kind = SL_LINEAGE_DATASET, .dataset = s->touches[i].dataset};

        if (s->touches[i].column.n == 0 && (s->touches[i].effects & wanted) != 0)
            json_array_append_new(list, dataset(e, &end, output));
    }
    for (size_t i = 0; i < s->flow_count; i++)
        to_sink = to_sink || s->flows[i].to.kind == SL_LINEAGE_SINK;
    if (output && to_sink && e->sink.n > 0)
        json_array_append_new(list,
                              dataset(e, &(struct sl_lineage_end){.kind = SL_LINEAGE_SINK}, true));
    return list;
}

/* --- run and job --- */

/* A UUID of version 8: the bytes are a hash. */
static void put_uuid(json_t *out, const uint8_t id[16])
{
    static const char digits[] = "0123456789abcdef";
    SL_BUF(text, 64);

    for (size_t i = 0; i < 16; i++) {
        uint8_t byte = i == 6   ? (uint8_t)(0x80 | (id[i] & 0x0f))
                       : i == 8 ? (uint8_t)(0x80 | (id[i] & 0x3f))
                                : id[i];
        if (i == 4 || i == 6 || i == 8 || i == 10)
            sl_buf_put_u8(&text, '-');
        sl_buf_put_u8(&text, (uint8_t)digits[byte >> 4]);
        sl_buf_put_u8(&text, (uint8_t)digits[byte & 15]);
    }
    put_str(out, "runId", sl_buf_span(&text));
}

static json_t *verdict(const struct sl_openlineage_event *e)
{
    json_t *out = facet("urn:sluice:schema:sluice-verdict-facet:1");

    put_str(out, "verdict", e->story->verdict);
    put_str(out, "standing", e->standing);
    put_str(out, "rules", e->story->rules);
    put_str(out, "identity", e->identity);
    put_str(out, "owner", e->owner);
    put_str(out, "target", e->target);
    put_str(out, "reason", e->story->reason);
    put_str(out, "run", e->story->run);
    put_str(out, "approval", e->approval);
    put_str(out, "approvers", e->approvers);
    put_str(out, "why", e->why);
    if (e->observed)
        put(out, "observed", json_true());
    put(out, "session", json_integer((json_int_t)e->session));
    put(out, "action", json_integer((json_int_t)e->action));
    return out;
}

static json_t *run(const struct sl_openlineage_event *e)
{
    json_t *out = json_object(), *facets = json_object();

    put_uuid(out, e->id);
    put(facets, "sluice_verdict", verdict(e));
    put(out, "facets", facets);
    return out;
}

static json_t *job(const struct sl_openlineage_event *e)
{
    json_t *out = json_object(), *facets = json_object();
    SL_BUF(name, 64 * 1024);
    SL_BUF(namespace_, 4096);

    sl_buf_say(&namespace_, "sluice:%S", e->target);
    sl_buf_say(&name, "%S: %S", e->identity,
               e->story->statements.n > 0 ? e->story->statements : SL_SPAN("statement"));
    put_str(out, "namespace", sl_buf_span(&namespace_));
    put_str(out, "name", sl_buf_span(&name));
    if (e->text.n > 0) {
        json_t *sql = facet(FACETS "1-0-1/SQLJobFacet.json#/$defs/SQLJobFacet");
        put_str(sql, "query", e->text);
        put(facets, "sql", sql);
    }
    put(out, "facets", facets);
    return out;
}

void sl_openlineage_put(struct sl_buf *b, const struct sl_openlineage_event *e)
{
    static const char *const types[] = {"COMPLETE", "ABORT", "FAIL"};
    json_t *out = json_object();
    SL_BUF(time, 64);
    struct sl_jw w = sl_jw(&time);

    sl_jw_time(&w, e->at_us);
    put_str(out, "eventTime", sl_span_head(sl_span_from(sl_buf_span(&time), 1), time.n - 2));
    put_str(out, "eventType", sl_span_str(types[e->type]));
    put_str(out, "producer", SL_SPAN(PRODUCER));
    put_str(out, "schemaURL",
            SL_SPAN("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
                    "RunEvent"));
    put(out, "run", run(e));
    put(out, "job", job(e));
    put(out, "inputs", datasets(e, false));
    put(out, "outputs", datasets(e, true));
    enum sl_err err = sl_json_canonical(b, out);
    json_decref(out);
    if (err != SL_OK && b->why == SL_OK)
        b->why = err;
}
