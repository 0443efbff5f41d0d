/* Facts as usage needs them: verdict, effects, run, reason, and which data under which labels. */
#include "role/keeper/usage_int.h"

#include "base/utf8.h"
#include "core/action/effect.h"
#include "json/json.h"

#include <stdlib.h>

enum {
    FACTS = 4096,
    TOUCHES = 4096,
    FACTS_BYTES = 8 * 1024 * 1024,
    CHANGES = SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE |
              SL_EFFECT_IMPORT | SL_EFFECT_DDL | SL_EFFECT_PRIVILEGE,
};

void usage_facts_unref(struct usage_facts *f)
{
    if (f == NULL || --f->refs > 0)
        return;
    sl_arena_free(f->mem);
    free(f);
}

void usage_facts_free(struct usage *u)
{
    struct sl_span key;
    void *facts;
    size_t at = 0;

    while (sl_map_next(u->facts, &at, &key, &facts)) {
        sl_map_remove(u->facts, key);
        usage_facts_unref(facts);
    }
}

const char *usage_verdict(struct sl_span name)
{
    static const char *const names[] = {"allow", "hold", "deny"};

    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (sl_span_is(name, names[i]))
            return names[i];
    return "deny";
}

/* --- touches: each column of each dataset under each label --- */

static struct sl_span keep(struct usage_facts *f, const json_t *text)
{
    if (!json_is_string(text))
        return sl_span(NULL, 0);
    return sl_arena_copy(f->mem, sl_span(json_string_value(text), json_string_length(text)));
}

static size_t at_least_one(const json_t *list)
{
    return json_array_size(list) == 0 ? 1 : json_array_size(list);
}

static size_t columns_of(const json_t *dataset)
{
    return at_least_one(json_object_get(dataset, "columns"));
}

static size_t labels_of(const json_t *dataset)
{
    return at_least_one(json_object_get(dataset, "labels"));
}

static void touch_column(struct usage_facts *f, const json_t *dataset, struct sl_span name,
                         size_t column)
{
    const json_t *columns = json_object_get(dataset, "columns"),
                 *labels = json_object_get(dataset, "labels");
    bool all = json_is_true(json_object_get(dataset, "all_columns"));
    struct sl_span text = all ? SL_SPAN("*") : keep(f, json_array_get(columns, column));

    for (size_t i = 0; i < labels_of(dataset); i++)
        f->touches[f->touch_count++] = (struct usage_touch){
            .dataset = name, .column = text, .label = keep(f, json_array_get(labels, i))};
}

static void touch_all(struct usage_facts *f, const json_t *dataset)
{
    struct sl_span name = keep(f, json_object_get(dataset, "name"));

    for (size_t i = 0; i < columns_of(dataset); i++)
        touch_column(f, dataset, name, i);
}

static void touch_one(struct usage_facts *f, struct sl_span dataset)
{
    f->other.dataset = dataset;
    f->touches = &f->other;
    f->touch_count = 1;
}

/* A list that was too long for its leaf is there by digest only: something, nobody knows what. */
static void read_datasets(struct usage_facts *f, const json_t *facts)
{
    json_t *list = json_object_get(facts, "datasets"), *dataset;
    bool hidden = json_object_get(facts, "datasets_digest") != NULL;
    size_t room = 0, i;

    json_array_foreach(list, i, dataset) room += columns_of(dataset) * labels_of(dataset);
    if (room > 0 && room <= TOUCHES)
        f->touches = sl_arena_array(f->mem, room, sizeof *f->touches);
    if (f->touches != NULL)
        json_array_foreach(list, i, dataset) touch_all(f, dataset);
    else
        touch_one(f, hidden || room > 0 ? SL_SPAN(USAGE_OTHER) : sl_span(NULL, 0));
}

/* --- the rest --- */

static struct sl_span cut(struct usage_facts *f, const json_t *facts, const char *member)
{
    struct sl_span text = sl_json_str(facts, member);

    return sl_arena_copy(f->mem, sl_utf8_head(text, USAGE_TEXT_BYTES));
}

static uint32_t effects_of(const json_t *list)
{
    uint32_t effects = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        effects |= sl_effect_bit(sl_span_str(name == NULL ? "" : name));
    }
    return effects;
}

static void read_facts(struct usage_facts *f, const json_t *facts)
{
    f->run = cut(f, facts, "run");
    f->reason = cut(f, facts, "reason");
    f->verdict = usage_verdict(sl_json_str(facts, "verdict"));
    f->effects = effects_of(json_object_get(facts, "effects"));
    f->changes = (f->effects & CHANGES) != 0;
    read_datasets(f, facts);
}

/* Facts that cannot be read say nothing but that something was denied. */
static struct usage_facts *facts_new(struct sl_span text)
{
    struct usage_facts *f = calloc(1, sizeof *f);
    json_t *facts = NULL;

    if (f == NULL || sl_arena_new(&f->mem, FACTS_BYTES) != SL_OK) {
        free(f);
        return NULL;
    }
    f->refs = 1;
    if (sl_json_read(text, &facts, NULL) != SL_OK)
        facts = NULL;
    read_facts(f, facts);
    json_decref(facts);
    return f;
}

struct usage_facts *usage_facts(struct usage *u, struct sl_span text)
{
    struct usage_facts *f = sl_map_get(u->facts, text);

    if (f == NULL) {
        if (sl_map_count(u->facts) >= FACTS)
            usage_facts_free(u);
        f = facts_new(text);
        if (f == NULL || sl_map_put(u->facts, text, f) != SL_OK) {
            usage_facts_unref(f);
            usage_fail(u, SL_EMEMORY);
            return NULL;
        }
    }
    f->refs++;
    return f;
}
