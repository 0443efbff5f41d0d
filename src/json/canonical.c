/* Canonical JSON (RFC 8785) of a jansson value. */
#include "json/json_int.h"

#include <stdlib.h>

/* UTF-8 sorts like code points. UTF-16 differs in one place: the surrogates of U+10000 and above
 * (lead bytes f0-f4) come before U+E000-U+FFFF (lead bytes ee and ef). */
static int utf16_rank(uint8_t byte)
{
    if (byte >= 0xf0)
        return byte - 2;
    return byte >= 0xee ? byte + 8 : byte;
}

int sl_json_name_cmp(struct sl_span a, struct sl_span b)
{
    size_t n = a.n < b.n ? a.n : b.n;

    for (size_t i = 0; i < n; i++)
        if (a.p[i] != b.p[i])
            return utf16_rank(a.p[i]) - utf16_rank(b.p[i]);
    return a.n == b.n ? 0 : (a.n < b.n ? -1 : 1);
}

struct member {
    struct sl_span name;
    const json_t *value;
};

static int member_cmp(const void *a, const void *b)
{
    return sl_json_name_cmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static struct member *sorted_members(const json_t *object, size_t count)
{
    struct member *members = calloc(count, sizeof *members);
    void *at = json_object_iter((json_t *)object);

    if (members == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++, at = json_object_iter_next((json_t *)object, at)) {
        members[i].name = sl_span(json_object_iter_key(at), json_object_iter_key_len(at));
        members[i].value = json_object_iter_value(at);
    }
    qsort(members, count, sizeof *members, member_cmp);
    return members;
}

static void put_value(struct sl_buf *b, const json_t *value, unsigned depth);

static void put_object(struct sl_buf *b, const json_t *object, unsigned depth)
{
    size_t count = json_object_size(object);
    struct member *members = count == 0 ? NULL : sorted_members(object, count);

    if (count > 0 && members == NULL) {
        sl_json_fail(b, SL_EMEMORY);
        return;
    }
    sl_buf_put_u8(b, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            sl_buf_put_u8(b, ',');
        sl_json_put_string(b, members[i].name);
        sl_buf_put_u8(b, ':');
        put_value(b, members[i].value, depth);
    }
    sl_buf_put_u8(b, '}');
    free(members);
}

static void put_array(struct sl_buf *b, const json_t *array, unsigned depth)
{
    size_t count = json_array_size(array);

    sl_buf_put_u8(b, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            sl_buf_put_u8(b, ',');
        put_value(b, json_array_get(array, i), depth);
    }
    sl_buf_put_u8(b, ']');
}

static void put_integer(struct sl_buf *b, json_int_t v)
{
    if (v < -SL_JSON_MAX_INTEGER || v > SL_JSON_MAX_INTEGER) {
        sl_json_fail(b, SL_EOVERFLOW);
        return;
    }
    if (v < 0)
        sl_buf_put_u8(b, '-');
    sl_buf_put_decimal(b, (uint64_t)(v < 0 ? -v : v));
}

/* The shortest text of a fraction (section 3.2.2.3) is not written here: refused, not rounded. */
static void put_real(struct sl_buf *b, double v)
{
    if (sl_json_real_exact(v) && v == (double)(json_int_t)v)
        put_integer(b, (json_int_t)v);
    else
        sl_json_fail(b, SL_EUNSUPPORTED);
}

static void put_value(struct sl_buf *b, const json_t *value, unsigned depth)
{
    if (depth > SL_JSON_MAX_DEPTH) {
        sl_json_fail(b, SL_ELIMIT);
        return;
    }
    if (json_is_object(value))
        put_object(b, value, depth + 1);
    else if (json_is_array(value))
        put_array(b, value, depth + 1);
    else if (json_is_string(value))
        sl_json_put_string(b, sl_span(json_string_value(value), json_string_length(value)));
    else if (json_is_integer(value))
        put_integer(b, json_integer_value(value));
    else if (json_is_real(value))
        put_real(b, json_real_value(value));
    else if (json_is_boolean(value))
        sl_buf_put_str(b, json_is_true(value) ? "true" : "false");
    else if (json_is_null(value))
        sl_buf_put_str(b, "null");
    else
        sl_json_fail(b, SL_EMALFORMED);
}

enum sl_err sl_json_canonical(struct sl_buf *b, const json_t *value)
{
    put_value(b, value, 0);
    return sl_buf_err(b);
}
