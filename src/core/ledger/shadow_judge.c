/* One recorded action, judged again, and what of it is told. */
#include "core/ledger/shadow_int.h"

#include "base/when.h"

#include <stdlib.h>

enum { NAMES_TOLD = 10 };

/* --- telling ------------------------------------------------------------------------------------
 */

static void count_up(json_t *group, const char *key)
{
    json_t *count = json_object_get(group, key);

    if (count == NULL)
        json_object_set_new(group, key, json_integer(1));
    else
        json_integer_set(count, json_integer_value(count) + 1);
}

static void remember(json_t *group, const char *key, json_t *value, size_t most)
{
    json_t *list = json_object_get(group, key);
    size_t i;
    json_t *item;

    if (list == NULL) {
        list = json_array();
        json_object_set_new(group, key, list);
    }
    json_array_foreach(list, i, item) if (json_equal(item, value)) return;
    if (json_array_size(list) < most)
        json_array_append(list, value);
}

static void remember_text(json_t *group, const char *key, struct sl_span text)
{
    json_t *value = json_stringn(text.p == NULL ? "" : (const char *)text.p, text.n);

    remember(group, key, value, NAMES_TOLD);
    json_decref(value);
}

static void remember_entry(json_t *group, uint64_t entry)
{
    json_t *value = json_integer((json_int_t)entry);

    remember(group, "entries", value, SL_SHADOW_ENTRIES);
    json_decref(value);
}

/* The group of this key; NULL when there are too many. */
static json_t *group_of(struct sl_shadow *s, json_t *groups, struct sl_span key)
{
    json_t *group = json_object_getn(groups, (const char *)key.p, key.n);

    if (group != NULL)
        return group;
    if (json_object_size(groups) >= SL_SHADOW_GROUPS) {
        s->groups_more = true;
        return NULL;
    }
    group = json_object();
    json_object_setn_new(groups, (const char *)key.p, key.n, group);
    return group;
}

static enum sl_err cannot_tell(struct sl_shadow *s, const struct sl_shadow_action *a,
                               const char *why)
{
    json_t *group = group_of(s, s->unknown, sl_span_str(why));

    s->judged++;
    s->cannot_tell++;
    if (group == NULL)
        return SL_OK;
    json_object_set_new(group, "why", json_string(why));
    count_up(group, "count");
    remember_entry(group, a->entry);
    return SL_OK;
}

/* --- the meaning, from facts --------------------------------------------------------------------
 */

static struct sl_span text_of(const json_t *value)
{
    return sl_span(json_string_value(value), json_string_length(value));
}

static uint32_t effects_of(const json_t *names)
{
    uint32_t effects = 0;

    for (size_t i = 0; i < json_array_size(names); i++)
        effects |= sl_effect_bit(text_of(json_array_get(names, i)));
    return effects;
}

static bool texts(struct sl_arena *mem, const json_t *list, struct sl_span **out, size_t *count)
{
    *count = json_array_size(list);
    *out = sl_arena_array(mem, *count + 1, sizeof **out);
    for (size_t i = 0; *out != NULL && i < *count; i++)
        (*out)[i] = text_of(json_array_get(list, i));
    return *out != NULL;
}

static bool read_access(struct sl_arena *mem, const json_t *dataset, struct sl_meaning_access *out)
{
    *out = (struct sl_meaning_access){.dataset = sl_json_str(dataset, "name"),
                                      .effects = effects_of(json_object_get(dataset, "effects")),
                                      .all_columns =
                                          json_is_true(json_object_get(dataset, "all_columns"))};
    return texts(mem, json_object_get(dataset, "columns"), &out->columns, &out->column_count);
}

static bool read_meaning(struct sl_arena *mem, const json_t *facts, struct sl_meaning *m)
{
    const json_t *tags = json_object_get(facts, "statements"),
                 *datasets = json_object_get(facts, "datasets");

    *m = (struct sl_meaning){.effects = effects_of(json_object_get(facts, "effects")),
                             .statement_count = json_array_size(tags),
                             .access_count = json_array_size(datasets)};
    m->statements = sl_arena_array(mem, m->statement_count + 1, sizeof *m->statements);
    m->accesses = sl_arena_array(mem, m->access_count + 1, sizeof *m->accesses);
    if (m->statements == NULL || m->accesses == NULL)
        return false;
    for (size_t i = 0; i < m->statement_count; i++)
        m->statements[i] =
            (struct sl_meaning_statement){text_of(json_array_get(tags, i)), m->effects};
    for (size_t i = 0; i < m->access_count; i++)
        if (!read_access(mem, json_array_get(datasets, i), &m->accesses[i]))
            return false;
    return true;
}

/* --- labels -------------------------------------------------------------------------------------
 */

static uint64_t bit_of(const struct sl_config *c, struct sl_span label)
{
    for (size_t i = 0; i < c->labels.count; i++)
        if (sl_span_eq(c->labels.items[i], label))
            return (uint64_t)1 << i;
    return 0;
}

/* Did the file of that time give this label by itself? Without one every label of the leaf counts
 * as having come along. */
static bool was_given(const struct sl_shadow *s, struct sl_span target,
                      const struct sl_meaning_access *access, struct sl_span label)
{
    const struct sl_target *t = s->before == NULL ? NULL : sl_config_target(s->before, target);

    return t != NULL && (sl_labels_of(s->before, t, access, NULL) & bit_of(s->before, label)) != 0;
}

static uint64_t labels_of(const struct sl_shadow *s, const struct sl_target *t,
                          const struct sl_meaning_access *access, const json_t *recorded)
{
    uint64_t bits = sl_labels_of(s->edited, t, access, NULL);

    for (size_t i = 0; i < json_array_size(recorded); i++) {
        struct sl_span label = text_of(json_array_get(recorded, i));
        if (!was_given(s, t->name, access, label))
            bits |= bit_of(s->edited, label);
    }
    return bits;
}

/* --- the verdict --------------------------------------------------------------------------------
 */

static void put_names(struct sl_buf *key, const json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++)
        sl_buf_say(key, "\n%S", text_of(json_array_get(names, i)));
}

static json_t *rules_json(const struct sl_answer *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answer->rule_count; i++)
        json_array_append_new(list, json_stringn((const char *)answer->rules[i]->name.p,
                                                 answer->rules[i]->name.n));
    if (answer->from_default)
        json_array_append_new(list, json_string("(the target's default)"));
    return list;
}

static void put_time(json_t *group, const char *key, uint64_t at_us)
{
    SL_BUF(text, 64);

    sl_when_put(&text, at_us);
    json_object_set_new(group, key, json_stringn((const char *)text.p, text.n));
}

static void tell(struct sl_shadow *s, const struct sl_shadow_action *a,
                 const struct sl_meaning *meaning, struct sl_span was,
                 const struct sl_answer *answer)
{
    json_t *rules = rules_json(answer), *before = json_object_get(a->facts, "rules"), *group;
    SL_BUF(key, 64 * 1024);

    sl_buf_say(&key, "%S\n%s\n%S\n-", was, sl_verdict_name(answer->verdict), a->target);
    put_names(&key, before);
    sl_buf_put_str(&key, "\n-");
    put_names(&key, rules);
    group = sl_buf_err(&key) == SL_OK ? group_of(s, s->groups, sl_buf_span(&key)) : NULL;
    if (group != NULL && json_object_size(group) == 0) {
        json_object_set_new(group, "was", json_stringn((const char *)was.p, was.n));
        json_object_set_new(group, "would", json_string(sl_verdict_name(answer->verdict)));
        json_object_set_new(group, "target", json_stringn((const char *)a->target.p, a->target.n));
        json_object_set_new(group, "rules_were",
                            before == NULL ? json_array() : json_incref(before));
        json_object_set(group, "rules", rules);
        put_time(group, "first_at", a->at_us);
    }
    if (group != NULL) {
        count_up(group, "count");
        remember_entry(group, a->entry);
        remember_text(group, "identities", a->identity);
        for (size_t i = 0; i < meaning->statement_count; i++)
            remember_text(group, "statements", meaning->statements[i].tag);
        for (size_t i = 0; i < meaning->access_count; i++)
            remember_text(group, "datasets", meaning->accesses[i].dataset);
        put_time(group, "last_at", a->at_us);
    }
    json_decref(rules);
}

/* Which effect was which statement's is not in the facts. */
static bool is_ambiguous(const struct sl_target *t, const struct sl_meaning *m)
{
    for (size_t i = 0; m->statement_count > 1 && i < t->applying_count; i++)
        if ((t->applying[i]->named & SL_WHEN_STATEMENTS) != 0 && t->applying[i]->then == SL_ALLOW)
            return true;
    return false;
}

static const char *missing(const struct sl_shadow_action *a, const struct sl_target *t)
{
    if (!json_is_object(a->facts) || sl_json_str(a->facts, "verdict").n == 0 ||
        json_object_get(a->facts, "datasets_digest") != NULL)
        return "the entry does not have what the action was";
    if (a->over_budget)
        return "it was held because a budget had ended, and use over time is not played again";
    if (t == NULL)
        return "the edited file has no such target";
    if (a->who == NULL)
        return "it is not known who asked: the session began before what was looked at";
    return NULL;
}

static enum sl_err weigh(struct sl_shadow *s, const struct sl_shadow_action *a,
                         const struct sl_target *t)
{
    struct sl_meaning meaning;
    struct sl_answer answer;
    struct sl_span was = sl_json_str(a->facts, "verdict");
    const json_t *datasets = json_object_get(a->facts, "datasets");

    if (!read_meaning(s->one, a->facts, &meaning))
        return SL_EMEMORY;
    if (is_ambiguous(t, &meaning))
        return cannot_tell(s, a,
                           "several statements in one message: which effect was whose is not "
                           "recorded, and a rule asks for it");
    uint64_t *labels = sl_arena_array(s->one, meaning.access_count + 1, sizeof *labels);
    if (labels == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < meaning.access_count; i++)
        labels[i] = labels_of(s, t, &meaning.accesses[i],
                              json_object_get(json_array_get(datasets, i), "labels"));
    sl_policy_judge(s->edited,
                    &(struct sl_question){.identity = a->identity,
                                          .kind = a->who->kind,
                                          .groups = a->who->groups,
                                          .target = t,
                                          .meaning = &meaning,
                                          .labels = labels,
                                          .now_us = a->at_us},
                    s->one, &answer);
    s->judged++;
    if (sl_span_is(was, sl_verdict_name(answer.verdict))) {
        s->same++;
        return SL_OK;
    }
    s->different++;
    tell(s, a, &meaning, was, &answer);
    return SL_OK;
}

enum sl_err sl_shadow_judge(struct sl_shadow *s, const struct sl_shadow_action *a)
{
    const struct sl_target *t = sl_config_target(s->edited, a->target);
    const char *why = missing(a, t);
    enum sl_err err = why == NULL ? weigh(s, a, t) : cannot_tell(s, a, why);

    sl_arena_reset(s->one);
    return err;
}

/* --- the result ---------------------------------------------------------------------------------
 */

static int most_first(const void *left, const void *right)
{
    json_int_t a = json_integer_value(json_object_get(*(json_t *const *)left, "count")),
               b = json_integer_value(json_object_get(*(json_t *const *)right, "count"));

    return (a < b) - (a > b);
}

static json_t *sorted(json_t *groups)
{
    json_t *list = json_array(), *all[SL_SHADOW_GROUPS], *group;
    const char *key;
    size_t count = 0;

    json_object_foreach(groups, key, group) all[count++] = group;
    qsort(all, count, sizeof(json_t *), most_first);
    for (size_t i = 0; i < count; i++)
        json_array_append(list, all[i]);
    return list;
}

struct json_t *sl_shadow_json(const struct sl_shadow *s)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o, s:b}", "judged", (json_int_t)s->judged, "same",
                     (json_int_t)s->same, "different", (json_int_t)s->different, "cannot_tell",
                     (json_int_t)s->cannot_tell, "differences", sorted(s->groups), "unknown",
                     sorted(s->unknown), "groups_more", (int)s->groups_more);
}
