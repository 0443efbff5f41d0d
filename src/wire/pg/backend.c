#include "wire/pg/backend.h"

#include "wire/pg/frame.h"
#include "wire/pg/pg_int.h"

enum { SQLSTATE_BYTES = 5 };

/* name NUL ... NUL: at least one name, an empty one at the end, nothing behind it */
static bool is_mechanism_list(struct sl_span list)
{
    struct sl_cursor c = sl_cursor(list);
    size_t names = 0;

    while (sl_cursor_cstr(&c).n > 0)
        names++;
    return names > 0 && sl_cursor_done(&c);
}

static bool is_auth_data(uint32_t kind, struct sl_span data)
{
    switch (kind) {
    case SL_PG_AUTH_MD5:
        return data.n == 4;
    case SL_PG_AUTH_CRYPT:
        return data.n == 2;
    case SL_PG_AUTH_SASL:
        return is_mechanism_list(data);
    case SL_PG_AUTH_GSS_CONTINUE:
    case SL_PG_AUTH_SASL_CONTINUE:
    case SL_PG_AUTH_SASL_FINAL:
        return true;
    default:
        return data.n == 0;
    }
}

enum sl_err sl_pg_auth_get(struct sl_span body, struct sl_pg_auth *out)
{
    struct sl_cursor c = sl_cursor(body);
    uint32_t kind = sl_cursor_be32(&c);
    struct sl_span data = sl_cursor_rest(&c);

    if (c.short_read)
        return SL_EMALFORMED;
    if (kind > SL_PG_AUTH_SASL_FINAL || kind == 1)
        return SL_EUNSUPPORTED;
    if (!is_auth_data(kind, data))
        return SL_EMALFORMED;
    *out = (struct sl_pg_auth){.kind = kind, .data = data};
    return SL_OK;
}

bool sl_pg_auth_offers(const struct sl_pg_auth *a, const char *mechanism)
{
    struct sl_cursor c = sl_cursor(a->data);

    if (a->kind != SL_PG_AUTH_SASL)
        return false;
    for (;;) {
        struct sl_span name = sl_cursor_cstr(&c);
        if (c.short_read || name.n == 0)
            return false;
        if (sl_span_is(name, mechanism))
            return true;
    }
}

enum sl_err sl_pg_key_get(struct sl_span body, struct sl_pg_key *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_key k;

    k.pid = sl_cursor_be32(&c);
    k.secret = sl_cursor_rest(&c);
    if (c.short_read || k.secret.n < 4 || k.secret.n > SL_PG_MAX_CANCEL_SECRET)
        return SL_EMALFORMED;
    *out = k;
    return SL_OK;
}

enum sl_err sl_pg_status_get(struct sl_span body, struct sl_pg_status *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_status s;

    s.name = sl_cursor_cstr(&c);
    s.value = sl_cursor_cstr(&c);
    if (!sl_cursor_done(&c) || s.name.n == 0)
        return SL_EMALFORMED;
    *out = s;
    return SL_OK;
}

enum sl_err sl_pg_ready_get(struct sl_span body, enum sl_pg_ready *out)
{
    if (body.n != 1)
        return SL_EMALFORMED;
    switch (body.p[0]) {
    case SL_PG_IDLE:
    case SL_PG_IN_TRANSACTION:
    case SL_PG_FAILED:
        *out = body.p[0];
        return SL_OK;
    default:
        return SL_EMALFORMED;
    }
}

/* Where a field goes; NULL for the many that we do not look at. */
static struct sl_span *field_place(struct sl_pg_notice *n, struct sl_span *translated, uint8_t code)
{
    switch (code) {
    case 'S':
        return translated;
    case 'V':
        return &n->severity;
    case 'C':
        return &n->sqlstate;
    case 'M':
        return &n->message;
    case 'D':
        return &n->detail;
    case 'H':
        return &n->hint;
    case 'P':
        return &n->position;
    case 'W':
        return &n->where;
    default:
        return NULL;
    }
}

enum sl_err sl_pg_notice_get(struct sl_span body, struct sl_pg_notice *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_notice n = {0};
    struct sl_span translated = {NULL, 0};

    for (uint8_t code; (code = sl_cursor_u8(&c)) != 0;) {
        struct sl_span text = sl_cursor_cstr(&c);
        struct sl_span *place = field_place(&n, &translated, code);
        if (place == NULL)
            continue;
        if (place->p != NULL)
            return SL_EMALFORMED; /* given twice */
        *place = text;
    }
    if (!sl_cursor_done(&c) || n.sqlstate.n != SQLSTATE_BYTES)
        return SL_EMALFORMED;
    if (n.severity.p == NULL)
        n.severity = translated;
    *out = n;
    return SL_OK;
}

static struct sl_pg_column take_column(struct sl_cursor *c)
{
    struct sl_pg_column column;

    column.name = sl_cursor_cstr(c);
    column.table_oid = sl_cursor_be32(c);
    column.number = (int16_t)sl_cursor_be16(c);
    column.type_oid = sl_cursor_be32(c);
    column.type_bytes = (int16_t)sl_cursor_be16(c);
    column.type_modifier = (int32_t)sl_cursor_be32(c);
    column.format = sl_cursor_be16(c);
    if (column.format > 1)
        c->short_read = true;
    return column;
}

enum sl_err sl_pg_columns_get(struct sl_span body, struct sl_pg_columns *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_columns columns = {.count = sl_cursor_be16(&c)};

    columns.at = c;
    for (uint16_t i = 0; i < columns.count && !c.short_read; i++)
        (void)take_column(&c);
    if (!sl_cursor_done(&c))
        return SL_EMALFORMED;
    *out = columns;
    return SL_OK;
}

bool sl_pg_columns_next(struct sl_pg_columns *c, struct sl_pg_column *out)
{
    if (c->index == c->count)
        return false;
    *out = take_column(&c->at);
    SL_PROMISE(!c->at.short_read); /* the list was checked as a whole */
    c->index++;
    return true;
}

enum sl_err sl_pg_row_get(struct sl_span body, struct sl_pg_values *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_values v = sl_pg_take_values(&c, (struct sl_span){NULL, 0});

    if (!sl_cursor_done(&c))
        return SL_EMALFORMED;
    *out = v;
    return SL_OK;
}

/* Splits "SELECT 3" and "INSERT 0 5": the last word is a count when it is a number. */
static void split_tag(struct sl_pg_tag *t)
{
    size_t end = t->text.n;

    while (end > 0 && t->text.p[end - 1] != ' ')
        end--;
    t->has_rows = end > 0 && sl_span_u64(sl_span_from(t->text, end), &t->rows) == SL_OK;
    t->command = t->has_rows ? sl_span_head(t->text, end - 1) : t->text;
    if (sl_span_eq(t->command, SL_SPAN("INSERT 0")))
        t->command.n = sizeof "INSERT" - 1;
}

enum sl_err sl_pg_tag_get(struct sl_span body, struct sl_pg_tag *out)
{
    struct sl_pg_tag t = {0};

    SL_TRY(sl_pg_query_get(body, &t.text));
    split_tag(&t);
    *out = t;
    return SL_OK;
}

enum sl_err sl_pg_copy_get(struct sl_span body, struct sl_pg_copy *out)
{
    struct sl_cursor c = sl_cursor(body);
    uint8_t format = sl_cursor_u8(&c);
    struct sl_pg_copy copy = {.binary = format == 1};

    (void)sl_pg_take_formats(&c, &copy.column_count);
    if (!sl_cursor_done(&c) || format > 1)
        return SL_EMALFORMED;
    *out = copy;
    return SL_OK;
}

enum sl_err sl_pg_types_get(struct sl_span body, struct sl_pg_types *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_types t = {.count = sl_cursor_be16(&c)};

    t.types = sl_cursor_take(&c, 4 * (size_t)t.count);
    if (!sl_cursor_done(&c))
        return SL_EMALFORMED;
    *out = t;
    return SL_OK;
}

uint32_t sl_pg_types_at(const struct sl_pg_types *t, size_t index)
{
    return sl_pg_be32_at(t->types, index);
}

enum sl_err sl_pg_notification_get(struct sl_span body, struct sl_pg_notification *out)
{
    struct sl_cursor c = sl_cursor(body);
    struct sl_pg_notification n;

    n.pid = sl_cursor_be32(&c);
    n.channel = sl_cursor_cstr(&c);
    n.payload = sl_cursor_cstr(&c);
    if (!sl_cursor_done(&c))
        return SL_EMALFORMED;
    *out = n;
    return SL_OK;
}
