#include "wire/pg/frontend.h"

#include "wire/pg/pg_int.h"

uint16_t sl_pg_be16_at(struct sl_span list, size_t index)
{
    if (index >= list.n / 2)
        return 0;
    return (uint16_t)(list.p[2 * index] << 8 | list.p[2 * index + 1]);
}

uint32_t sl_pg_be32_at(struct sl_span list, size_t index)
{
    struct sl_cursor c = sl_cursor(sl_span_from(list, 4 * index));

    return index >= list.n / 4 ? 0 : sl_cursor_be32(&c);
}

struct sl_span sl_pg_take_formats(struct sl_cursor *c, uint16_t *count)
{
    *count = sl_cursor_be16(c);
    struct sl_span formats = sl_cursor_take(c, 2 * (size_t)*count);

    for (size_t i = 0; i < formats.n / 2; i++)
        if (sl_pg_be16_at(formats, i) > 1)
            c->short_read = true;
    return formats;
}

/* Length and bytes of one value; a length below -1 breaks the cursor. */
static struct sl_pg_value take_value(struct sl_cursor *c)
{
    uint32_t length = sl_cursor_be32(c);

    if (length == UINT32_MAX)
        return (struct sl_pg_value){.null = true};
    if (length > INT32_MAX)
        c->short_read = true;
    return (struct sl_pg_value){.bytes = sl_cursor_take(c, length)};
}

struct sl_pg_values sl_pg_take_values(struct sl_cursor *c, struct sl_span formats)
{
    struct sl_pg_values v = {.formats = formats, .count = sl_cursor_be16(c)};
    size_t start = c->at;

    for (uint16_t i = 0; i < v.count && !c->short_read; i++)
        (void)take_value(c);
    if (!c->short_read)
        v.at = sl_cursor(sl_span(c->in.p + start, c->at - start));
    return v;
}

bool sl_pg_values_next(struct sl_pg_values *v, struct sl_pg_value *out)
{
    if (v->index == v->count)
        return false;
    *out = take_value(&v->at);
    SL_PROMISE(!v->at.short_read); /* the list was checked as a whole */
    out->format = (uint8_t)sl_pg_be16_at(v->formats, v->formats.n == 2 ? 0 : v->index);
    v->index++;
    return true;
}

enum sl_err sl_pg_query_get(struct sl_span body, struct sl_span *sql)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_span text = sl_cursor_cstr(&c);

    if (!sl_cursor_done(&c))
        return SL_EMALFORMED;
    *sql = text;
    return SL_OK;
}

enum sl_err sl_pg_parse_get(struct sl_span body, struct sl_pg_parse *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_parse p;

    p.statement = sl_cursor_cstr(&c);
    p.sql = sl_cursor_cstr(&c);
    p.type_count = sl_cursor_be16(&c);
    p.types = sl_cursor_take(&c, 4 * (size_t)p.type_count);
    if (!sl_cursor_done(&c))
        return SL_EMALFORMED;
    *out = p;
    return SL_OK;
}

uint32_t sl_pg_parse_type(const struct sl_pg_parse *p, size_t index)
{
    return sl_pg_be32_at(p->types, index);
}

enum sl_err sl_pg_bind_get(struct sl_span body, struct sl_pg_bind *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_bind b;
    uint16_t format_count;

    b.portal = sl_cursor_cstr(&c);
    b.statement = sl_cursor_cstr(&c);
    struct sl_span formats = sl_pg_take_formats(&c, &format_count);
    b.values = sl_pg_take_values(&c, formats);
    b.result_formats = sl_pg_take_formats(&c, &b.result_format_count);
    if (!sl_cursor_done(&c))
        return SL_EMALFORMED;
    if (format_count > 1 && format_count != b.values.count)
        return SL_EMALFORMED;
    *out = b;
    return SL_OK;
}

uint16_t sl_pg_bind_result_format(const struct sl_pg_bind *b, size_t index)
{
    return sl_pg_be16_at(b->result_formats, index);
}

enum sl_err sl_pg_named_get(struct sl_span body, struct sl_pg_named *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_named n;

    n.kind = sl_cursor_u8(&c);
    n.name = sl_cursor_cstr(&c);
    if (!sl_cursor_done(&c) || (n.kind != 'S' && n.kind != 'P'))
        return SL_EMALFORMED;
    *out = n;
    return SL_OK;
}

enum sl_err sl_pg_execute_get(struct sl_span body, struct sl_pg_execute *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_execute e;

    e.portal = sl_cursor_cstr(&c);
    e.max_rows = sl_cursor_be32(&c);
    if (!sl_cursor_done(&c))
        return SL_EMALFORMED;
    if (e.max_rows > INT32_MAX)
        e.max_rows = 0; /* negative: the server reads it as "no limit" too */
    *out = e;
    return SL_OK;
}

enum sl_err sl_pg_password_get(struct sl_span body, struct sl_span *password)
{
    struct sl_span text;

    SL_TRY(sl_pg_query_get(body, &text));
    if (text.n == 0)
        return SL_EMALFORMED;
    *password = text;
    return SL_OK;
}

enum sl_err sl_pg_sasl_initial_get(struct sl_span body, struct sl_pg_sasl_initial *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_sasl_initial s = {.mechanism = sl_cursor_cstr(&c)};
    struct sl_pg_value response = take_value(&c);

    if (!sl_cursor_done(&c) || s.mechanism.n == 0)
        return SL_EMALFORMED;
    s.has_response = !response.null;
    s.response = response.bytes;
    *out = s;
    return SL_OK;
}

enum sl_err sl_pg_copy_fail_get(struct sl_span body, struct sl_span *message)
{
    return sl_pg_query_get(body, message);
}

enum sl_err sl_pg_empty_get(struct sl_span body)
{
    return body.n == 0 ? SL_OK : SL_EMALFORMED;
}
