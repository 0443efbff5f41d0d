/* Values of attributes, in the forms in which providers send them. */
#include "core/scim/scim_int.h"

#include "base/map.h"
#include "base/utf8.h"

struct sl_span sl_scim_string(const json_t *value)
{
    return sl_span(json_string_value(value), json_string_length(value));
}

enum sl_scim_reason sl_scim_member(const json_t *object, const char *name, json_t **out)
{
    const char *key;
    json_t *value;
    size_t found = 0;

    *out = NULL;
    json_object_foreach((json_t *)object, key, value)
    {
        if (!sl_span_eq_nocase(sl_span_str(key), sl_span_str(name)))
            continue;
        *out = value;
        found++;
    }
    return found > 1 ? SL_SCIM_SYNTAX : SL_SCIM_OK;
}

enum sl_scim_attribute sl_scim_attribute_of(struct sl_span name)
{
    static const struct {
        const char *name;
        enum sl_scim_attribute attribute;
    } known[] = {{"id", SL_SCIM_ID},
                 {"userName", SL_SCIM_USER_NAME},
                 {"externalId", SL_SCIM_EXTERNAL_ID},
                 {"displayName", SL_SCIM_DISPLAY_NAME},
                 {"active", SL_SCIM_ACTIVE},
                 {"members", SL_SCIM_MEMBERS}};

    for (size_t i = 0; i < SL_COUNT(known); i++)
        if (sl_span_eq_nocase(name, sl_span_str(known[i].name)))
            return known[i].attribute;
    return SL_SCIM_OTHER;
}

static bool begins(struct sl_span text, const char *with)
{
    size_t n = strlen(with);

    return text.n >= n && sl_span_eq_nocase(sl_span_head(text, n), sl_span_str(with));
}

enum sl_scim_attribute sl_scim_name_of(struct sl_span name, bool *has_sub)
{
    static const char *const core[] = {SL_SCIM_URN_USER ":", SL_SCIM_URN_GROUP ":"};
    bool ours = !begins(name, "urn:");

    for (size_t i = 0; i < SL_COUNT(core) && !ours; i++)
        if (begins(name, core[i])) {
            name = sl_span_from(name, strlen(core[i]));
            ours = true;
        }
    size_t dot = sl_span_find(name, '.');
    *has_sub = ours && dot < name.n;
    return ours ? sl_scim_attribute_of(sl_span_head(name, dot)) : SL_SCIM_OTHER;
}

/* --- values ---------------------------------------------------------------------------------- */

/* Names are read by people and stand in the ledger: no control characters. */
static bool is_plain(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x20 || text.p[i] == 0x7f)
            return false;
    return sl_utf8_valid(text);
}

enum sl_scim_reason sl_scim_take_text(const json_t *value, bool may_be_empty, struct sl_span *out)
{
    struct sl_span text = sl_scim_string(value);

    if (json_is_null(value) && may_be_empty) {
        *out = sl_span(NULL, 0);
        return SL_SCIM_OK;
    }
    if (!json_is_string(value) || text.n > SL_SCIM_TEXT_MAX || (text.n == 0 && !may_be_empty) ||
        !is_plain(text))
        return SL_SCIM_VALUE;
    *out = text;
    return SL_SCIM_OK;
}

/* The one element of an array, the `value` of a complex one: as Entra wraps simple values. */
static const json_t *unwrapped(const json_t *value)
{
    json_t *inner = NULL;

    if (json_is_array(value) && json_array_size(value) == 1)
        value = json_array_get(value, 0);
    if (json_is_object(value) && sl_scim_member(value, "value", &inner) == SL_SCIM_OK)
        return inner;
    return value;
}

enum sl_scim_reason sl_scim_take_flag(const json_t *value, bool *out)
{
    const json_t *plain = unwrapped(value);
    struct sl_span text = sl_scim_string(plain);

    if (json_is_boolean(plain))
        *out = json_is_true(plain);
    else if (sl_span_eq_nocase(text, SL_SPAN("true")))
        *out = true;
    else if (sl_span_eq_nocase(text, SL_SPAN("false")))
        *out = false;
    else
        return SL_SCIM_VALUE;
    return SL_SCIM_OK;
}

static enum sl_scim_reason take_member(const json_t *value, struct sl_span *out)
{
    json_t *id = NULL;

    if (!json_is_object(value))
        return sl_scim_take_text(value, false, out);
    enum sl_scim_reason why = sl_scim_member(value, "value", &id);
    return why != SL_SCIM_OK ? why : sl_scim_take_text(id, false, out);
}

enum sl_scim_reason sl_scim_take_members(struct sl_arena *mem, const json_t *value,
                                         struct sl_span **out, size_t *count)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1, kept = 0;
    enum sl_scim_reason why = SL_SCIM_OK;
    struct sl_map *seen = NULL;

    if (n > SL_SCIM_MEMBERS_MAX)
        return SL_SCIM_TOO_MANY;
    struct sl_span *ids = sl_arena_array(mem, n + 1, sizeof *ids);
    if (ids == NULL || sl_map_new(&seen, 0) != SL_OK)
        return SL_SCIM_MEMORY;
    for (size_t i = 0; i < n && why == SL_SCIM_OK; i++) {
        struct sl_span *id = &ids[kept];

        why = take_member(json_is_array(value) ? json_array_get(value, i) : value, id);
        if (why != SL_SCIM_OK || sl_map_get(seen, *id) != NULL)
            continue;
        if (sl_map_put(seen, *id, ids) != SL_OK)
            why = SL_SCIM_MEMORY;
        kept++;
    }
    sl_map_free(seen);
    if (why != SL_SCIM_OK)
        return why;
    *out = ids;
    *count = kept;
    return SL_SCIM_OK;
}

bool sl_scim_has_schema(const json_t *body, const char *urn)
{
    json_t *schemas = NULL, *one;
    size_t i;

    if (!json_is_object(body) || sl_scim_member(body, "schemas", &schemas) != SL_SCIM_OK)
        return false;
    json_array_foreach(schemas, i, one) if (sl_span_eq_nocase(sl_scim_string(one),
                                                              sl_span_str(urn))) return true;
    return false;
}
