/* What a file resolved to, and what changed between two: both walk the canonical JSON. */
#include "core/policy/policy_int.h"

static void put_indent(struct sl_buf *out, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        sl_buf_put_str(out, "  ");
}

static void put_flow(struct sl_buf *out, const json_t *value);

static void put_flow_list(struct sl_buf *out, const json_t *value)
{
    sl_buf_put_u8(out, '[');
    for (size_t i = 0; i < json_array_size(value); i++) {
        sl_buf_put_str(out, i == 0 ? "" : ", ");
        put_flow(out, json_array_get(value, i));
    }
    sl_buf_put_u8(out, ']');
}

static void put_flow_map(struct sl_buf *out, const json_t *value)
{
    const char *comma = "", *key;
    json_t *item;

    sl_buf_put_u8(out, '{');
    json_object_foreach((json_t *)value, key, item)
    {
        sl_buf_say(out, "%s%s: ", comma, key);
        put_flow(out, item);
        comma = ", ";
    }
    sl_buf_put_u8(out, '}');
}

/* Words stand bare where YAML reads them back as the same text. */
static bool is_bare(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '.' || c == '/';
        if (!word && !(i > 0 && c == '-'))
            return false;
    }
    return s.n > 0 && !sl_span_is(s, "null");
}

static void put_flow(struct sl_buf *out, const json_t *value)
{
    struct sl_span text = sl_span(json_string_value(value), json_string_length(value));

    if (json_is_object(value))
        put_flow_map(out, value);
    else if (json_is_array(value))
        put_flow_list(out, value);
    else if (json_is_integer(value))
        sl_buf_put_decimal(out, (uint64_t)json_integer_value(value));
    else if (is_bare(text))
        sl_buf_put(out, text);
    else
        sl_json_put_string(out, text);
}

static void put_members(struct sl_buf *out, const json_t *map, unsigned depth, bool in_list)
{
    bool first = in_list;
    const char *key;
    json_t *item;

    json_object_foreach((json_t *)map, key, item)
    {
        if (!first)
            put_indent(out, depth);
        first = false;
        sl_buf_say(out, "%s: ", key);
        put_flow(out, item);
        sl_buf_put_u8(out, '\n');
    }
}

static void put_items(struct sl_buf *out, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        sl_buf_put_str(out, "  - ");
        put_members(out, json_array_get(list, i), 2, true);
    }
}

struct json_t *sl_config_json(const struct sl_config *c)
{
    return sl_place_json(SL_PLACE_TOP, c);
}

struct json_t *sl_config_rule_json(const struct sl_config *c, struct sl_span name)
{
    json_t *top = sl_place_json(SL_PLACE_TOP, c), *found = NULL;
    const json_t *rules = json_object_get(top, "policy");

    for (size_t i = 0; i < json_array_size(rules) && found == NULL; i++)
        if (sl_span_eq(sl_json_str(json_array_get(rules, i), "name"), name))
            found = json_incref(json_array_get(rules, i));
    json_decref(top);
    return found;
}

void sl_config_explain(const struct sl_config *c, struct sl_buf *out)
{
    json_t *top = sl_place_json(SL_PLACE_TOP, c);
    const char *key;
    json_t *item;

    if (top == NULL)
        out->why = SL_EMEMORY;
    json_object_foreach(top, key, item)
    {
        bool block = json_is_array(item) && json_array_size(item) > 0;
        sl_buf_say(out, block ? "%s:\n" : "%s: ", key);
        if (block)
            put_items(out, item);
        else
            put_flow(out, item);
        sl_buf_put_str(out, block ? "" : "\n");
    }
    json_decref(top);
}

void sl_config_explain_rule(const struct sl_config *c, struct sl_span name, struct sl_buf *out)
{
    json_t *top = sl_place_json(SL_PLACE_TOP, c);
    const json_t *rules = json_object_get(top, "policy");

    if (top == NULL)
        out->why = SL_EMEMORY;
    for (size_t i = 0; i < json_array_size(rules); i++)
        if (sl_span_eq(sl_json_str(json_array_get(rules, i), "name"), name))
            put_members(out, json_array_get(rules, i), 0, false);
    json_decref(top);
}

/* --- differences --------------------------------------------------------------------------------
 */
static const json_t *named(const json_t *list, const json_t *name)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_object_get(json_array_get(list, i), "name"), name))
            return json_array_get(list, i);
    return NULL;
}

static void put_change(struct sl_buf *out, char mark, const char *what, const json_t *name,
                       const char *key)
{
    sl_buf_put_u8(out, (uint8_t)mark);
    sl_buf_say(out, " %s", what);
    if (name != NULL) {
        sl_buf_put_u8(out, ' ');
        sl_json_put_string(out, sl_span(json_string_value(name), json_string_length(name)));
    }
    if (key != NULL)
        sl_buf_say(out, " %s", key);
    sl_buf_put_str(out, ": ");
}

static void diff_members(struct sl_buf *out, const char *what, const json_t *before,
                         const json_t *after)
{
    const json_t *name = json_object_get(after, "name");
    const char *key;
    json_t *item;

    json_object_foreach((json_t *)after, key, item)
    {
        const json_t *old = json_object_get(before, key);
        if (json_equal(old, item))
            continue;
        put_change(out, '~', what, name, key);
        if (old != NULL)
            put_flow(out, old);
        sl_buf_put_str(out, old == NULL ? "(none) -> " : " -> ");
        put_flow(out, item);
        sl_buf_put_u8(out, '\n');
    }
    json_object_foreach((json_t *)before, key, item)
    {
        if (json_object_get(after, key) != NULL)
            continue;
        put_change(out, '~', what, name, key);
        put_flow(out, item);
        sl_buf_put_str(out, " -> (none)\n");
    }
}

static void diff_missing(struct sl_buf *out, char mark, const char *what, const json_t *from,
                         const json_t *in)
{
    for (size_t i = 0; i < json_array_size(from); i++) {
        const json_t *item = json_array_get(from, i);
        if (named(in, json_object_get(item, "name")) != NULL)
            continue;
        put_change(out, mark, what, json_object_get(item, "name"), NULL);
        put_flow(out, item);
        sl_buf_put_u8(out, '\n');
    }
}

static void diff_lists(struct sl_buf *out, const char *what, const json_t *before,
                       const json_t *after)
{
    diff_missing(out, '-', what, before, after);
    diff_missing(out, '+', what, after, before);
    for (size_t i = 0; i < json_array_size(after); i++) {
        const json_t *item = json_array_get(after, i);
        const json_t *old = named(before, json_object_get(item, "name"));
        if (old != NULL)
            diff_members(out, what, old, item);
    }
}

static void drop_lists(json_t *top)
{
    json_object_del(top, "targets");
    json_object_del(top, "policy");
    json_object_del(top, "issuers");
    json_object_del(top, "hooks");
    json_object_del(top, "chat");
}

/* Settings first: they are few, and say who governs. */
static void diff_settings(struct sl_buf *out, const json_t *before, const json_t *after)
{
    json_t *old = json_copy((json_t *)before), *new = json_copy((json_t *)after);

    if (old == NULL || new == NULL) {
        out->why = SL_EMEMORY;
    } else {
        drop_lists(old);
        drop_lists(new);
        diff_members(out, "setting", old, new);
    }
    json_decref(old);
    json_decref(new);
}

void sl_config_diff(const struct sl_config *before, const struct sl_config *after,
                    struct sl_buf *out)
{
    static const struct {
        const char *what, *list;
    } lists[] = {{"target", "targets"},
                 {"rule", "policy"},
                 {"issuer", "issuers"},
                 {"hook", "hooks"},
                 {"chat", "chat"}};
    json_t *old = sl_place_json(SL_PLACE_TOP, before), *new = sl_place_json(SL_PLACE_TOP, after);

    if (old == NULL || new == NULL) {
        out->why = SL_EMEMORY;
    } else {
        diff_settings(out, old, new);
        for (size_t i = 0; i < SL_COUNT(lists); i++)
            diff_lists(out, lists[i].what, json_object_get(old, lists[i].list),
                       json_object_get(new, lists[i].list));
    }
    json_decref(old);
    json_decref(new);
}

static bool key_changed(const struct sl_key *k, const struct sl_config *a,
                        const struct sl_config *b)
{
    json_t *old = sl_key_is_absent(k, a) ? json_null() : sl_key_json(k, a);
    json_t *new = sl_key_is_absent(k, b) ? json_null() : sl_key_json(k, b);
    bool changed = old == NULL || new == NULL || !json_equal(old, new);

    json_decref(old);
    json_decref(new);
    return changed;
}

size_t sl_config_frozen(const struct sl_config *running, const struct sl_config *wanted,
                        struct sl_buf *out)
{
    size_t count = 0;

    for (size_t i = 0; i < sl_key_count; i++) {
        const struct sl_key *k = &sl_keys[i];
        bool setting = k->place == SL_PLACE_TOP || k->place == SL_PLACE_LISTEN ||
                       k->place == SL_PLACE_TLS || k->place == SL_PLACE_LEDGER ||
                       k->place == SL_PLACE_TIMEOUTS || k->place == SL_PLACE_USAGE ||
                       k->place == SL_PLACE_METRICS || k->place == SL_PLACE_OPENLINEAGE;
        if (k->reload || !setting || !key_changed(k, running, wanted))
            continue;
        sl_buf_say(out, k->place == SL_PLACE_TOP ? "%s%s" : "%s.%s",
                   k->place == SL_PLACE_TOP ? "" : sl_place_path(k->place), k->name);
        sl_buf_put_str(out, " changed; it is read at start only, so a restart is needed\n");
        count++;
    }
    return count;
}
