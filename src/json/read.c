#include "json/json_int.h"

/* jansson parses by recursion down to 2,048 levels; this walk needs no stack and comes first. It
 * counts brackets outside strings and leaves every other judgement to the parser. */
static bool too_deep(struct sl_span text)
{
    size_t depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '[' || c == '{') && ++depth > SL_JSON_MAX_DEPTH)
            return true;
        else if (!in_string && (c == ']' || c == '}') && depth > 0)
            depth--;
    }
    return false;
}

static bool is_exact(const json_t *value)
{
    if (json_is_integer(value)) {
        json_int_t v = json_integer_value(value);
        return v >= -SL_JSON_MAX_INTEGER && v <= SL_JSON_MAX_INTEGER;
    }
    return !json_is_real(value) || sl_json_real_exact(json_real_value(value));
}

/* Recursion is bounded by too_deep. */
static bool all_exact(const json_t *value)
{
    size_t count = json_array_size(value);

    for (size_t i = 0; i < count; i++)
        if (!all_exact(json_array_get(value, i)))
            return false;
    for (void *at = json_object_iter((json_t *)value); at != NULL;
         at = json_object_iter_next((json_t *)value, at))
        if (!all_exact(json_object_iter_value(at)))
            return false;
    return is_exact(value);
}

/* jansson quotes the input after "near"; it may be a secret, so that part is left out. */
static void say_where(struct sl_buf *where, const json_error_t *error)
{
    const char *near = strstr(error->text, " near '");
    struct sl_span text = sl_span_str(error->text);

    if (where == NULL)
        return;
    if (near != NULL)
        text = sl_span_head(text, (size_t)(near - error->text));
    sl_buf_say(where, "line %d, column %d: %S", error->line, error->column, text);
}

enum sl_err sl_json_read(struct sl_span text, json_t **out, struct sl_buf *where)
{
    json_error_t error;

    if (too_deep(text)) {
        if (where != NULL)
            sl_buf_put_str(where, "nested too deeply");
        return SL_ELIMIT;
    }
    json_t *value = json_loadb(text.n == 0 ? "" : (const char *)text.p, text.n,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (value == NULL) {
        say_where(where, &error);
        return json_error_code(&error) == json_error_out_of_memory ? SL_EMEMORY : SL_EMALFORMED;
    }
    if (!all_exact(value)) {
        if (where != NULL)
            sl_buf_put_str(where, "a number beyond 2^53 cannot be carried exactly");
        json_decref(value);
        return SL_EOVERFLOW;
    }
    *out = value;
    return SL_OK;
}

struct sl_span sl_json_str(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_string(value) ? sl_span(json_string_value(value), json_string_length(value))
                                 : sl_span(NULL, 0);
}

bool sl_json_u64(const json_t *object, const char *key, uint64_t *out)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *out = (uint64_t)json_integer_value(value);
    return true;
}
