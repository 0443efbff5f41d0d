/* What goes out: rows put into order, what is plain decided, snapshot bytes. */
#include "core/catalog/build_int.h"

#include "core/catalog/format_int.h"

#include <stdlib.h>

/* --- order ---------------------------------------------------------------------------------- */

static int by_relation(const void *a, const void *b)
{
    const struct relation *x = a, *y = b;
    int order = sl_span_cmp(x->schema, y->schema);

    return order != 0 ? order : sl_span_cmp(x->name, y->name);
}

static int by_column(const void *a, const void *b)
{
    const struct column *x = a, *y = b;
    int order = sl_span_cmp(x->schema, y->schema);

    if (order == 0)
        order = sl_span_cmp(x->relation, y->relation);
    if (order != 0)
        return order;
    return x->number < y->number ? -1 : x->number > y->number;
}

static int by_name(const void *a, const void *b)
{
    const struct name *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int order = sl_span_cmp(x->name, y->name);
    return order != 0 ? order : sl_span_cmp(x->schema, y->schema);
}

static int by_part(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    int order = x->owner - y->owner;

    if (order == 0)
        order = sl_span_cmp(x->name, y->name);
    if (order == 0)
        order = sl_span_cmp(x->schema, y->schema);
    if (order == 0)
        order = x->kind - y->kind;
    if (order == 0)
        order = x->num < y->num ? -1 : x->num > y->num;
    if (order == 0)
        order = sl_span_cmp(x->about, y->about);
    return order != 0 ? order : sl_span_cmp(x->text, y->text);
}

static void sort(struct rows *rows, size_t each, int (*order)(const void *, const void *))
{
    if (rows->count > 1)
        qsort(rows->items, rows->count, each, order);
}

/* --- what is plain -------------------------------------------------------------------------- */

/* The first of these that applies is the one that is told. */
static enum sl_catalog_reason kind_reason(uint8_t kind)
{
    switch (kind) {
    case 'r':
        return SL_CATALOG_PLAIN;
    case 'v':
        return SL_CATALOG_VIEW;
    case 'm':
        return SL_CATALOG_MATVIEW;
    case 'f':
        return SL_CATALOG_FOREIGN;
    case 'p':
        return SL_CATALOG_PARTITIONED;
    default:
        return SL_CATALOG_OTHER_KIND;
    }
}

static enum sl_catalog_reason first_of(uint32_t problems)
{
    for (unsigned i = 0; i < SL_CATALOG_REASON_COUNT; i++)
        if ((problems >> i & 1) != 0)
            return (enum sl_catalog_reason)i;
    return SL_CATALOG_PLAIN;
}

#define BIT(reason) (1u << SL_CATALOG_##reason)
#define STOPS_READ                                                                            \
    (BIT(ROW_SECURITY) | BIT(RULES) | BIT(INHERITANCE) | BIT(PARTITIONED) | BIT(OTHER_KIND) | \
     BIT(USER_TYPE) | BIT(USER_INDEX) | BIT(VIEW) | BIT(MATVIEW) | BIT(FOREIGN))
#define STOPS_WRITE (STOPS_READ | BIT(DEFAULTS) | BIT(TRIGGERS) | BIT(DOMAIN_TYPE))

static uint32_t type_problems(const struct column *columns, size_t count, bool *has_reg)
{
    uint32_t problems = 0;

    for (size_t i = 0; i < count; i++) {
        if (columns[i].type == SL_COLUMN_OTHER)
            problems |= BIT(USER_TYPE);
        if (columns[i].type == SL_COLUMN_DOMAIN)
            problems |= BIT(DOMAIN_TYPE);
        *has_reg |= columns[i].type == SL_COLUMN_REG;
    }
    return problems;
}

/* A sequence is read like a table (its columns are built in) and written by nextval alone. */
static uint32_t own_problems(const struct relation *r)
{
    enum sl_catalog_reason kind = kind_reason(r->kind);

    return r->problems | (kind == SL_CATALOG_PLAIN ? 0 : 1u << kind);
}

static void put_relation(struct sl_buf *b, const struct relation *r, uint32_t text,
                         const struct column *columns)
{
    bool has_reg = false;
    uint32_t problems = own_problems(r) | type_problems(columns, r->column_count, &has_reg);
    uint32_t read = r->kind == 'S' ? 0 : problems & STOPS_READ;
    uint32_t insert = problems & STOPS_WRITE, change = problems & (STOPS_WRITE | BIT(CASCADES));

    sl_buf_put_le32(b, text);
    sl_buf_put_le16(b, (uint16_t)r->schema.n);
    sl_buf_put_le16(b, (uint16_t)r->name.n);
    sl_buf_put_u8(b, (uint8_t)((read == 0 ? SL_RELATION_READ : 0) |
                               (insert == 0 ? SL_RELATION_INSERT : 0) |
                               (change == 0 ? SL_RELATION_CHANGE : 0) |
                               (has_reg ? SL_RELATION_REG_TYPE : 0)));
    sl_buf_put_u8(b, (uint8_t)first_of(read));
    sl_buf_put_u8(b, (uint8_t)first_of(insert));
    sl_buf_put_u8(b, (uint8_t)first_of(change));
    sl_buf_put_le32(b, (uint32_t)r->first_column);
    sl_buf_put_le32(b, (uint32_t)r->column_count);
    sl_buf_put_le32(b, r->oid);
    sl_buf_put_le16(b, (uint16_t)problems);
    sl_buf_put_u8(b, r->kind);
    sl_buf_put_u8(b, 0);
}

/* Columns are sorted like relations, so one walk gives each relation its own. A column without a
 * relation, or two relations of one name, is not a listing of ours. */
static enum sl_err match_columns(struct sl_catalog_builder *b)
{
    struct relation *relations = b->relations.items;
    struct column *columns = b->columns.items;
    size_t at = 0;

    for (size_t i = 0; i < b->relations.count; i++) {
        struct relation *r = &relations[i];
        if (i > 0 && by_relation(r - 1, r) == 0)
            return SL_EMALFORMED;
        r->first_column = at;
        while (at < b->columns.count && sl_span_eq(columns[at].schema, r->schema) &&
               sl_span_eq(columns[at].relation, r->name))
            at++;
        r->column_count = at - r->first_column;
    }
    return at == b->columns.count ? SL_OK : SL_EMALFORMED;
}

static size_t put_parts(struct sl_catalog_builder *b, struct sl_buf *out, size_t text)
{
    const struct part *parts = b->parts.items;

    for (size_t i = 0; i < b->parts.count; i++) {
        const struct part *p = &parts[i];
        sl_buf_put_le32(out, (uint32_t)text);
        sl_buf_put_le32(out, (uint32_t)p->text.n);
        sl_buf_put_le32(out, p->num);
        sl_buf_put_le16(out, (uint16_t)p->name.n);
        sl_buf_put_le16(out, (uint16_t)p->schema.n);
        sl_buf_put_le16(out, (uint16_t)p->about.n);
        sl_buf_put_u8(out, p->owner);
        sl_buf_put_u8(out, p->kind);
        text += p->name.n + p->schema.n + p->about.n + p->text.n;
    }
    return text;
}

static size_t put_rows(struct sl_catalog_builder *b, struct sl_buf *out)
{
    const struct relation *relations = b->relations.items;
    const struct column *columns = b->columns.items;
    const struct name *names = b->names.items;
    size_t text = 0;

    for (size_t i = 0; i < b->relations.count; i++) {
        put_relation(out, &relations[i], (uint32_t)text,
                     columns == NULL ? NULL : columns + relations[i].first_column);
        text += relations[i].schema.n + relations[i].name.n;
    }
    for (size_t i = 0; i < b->columns.count; i++) {
        sl_buf_put_le32(out, (uint32_t)text);
        sl_buf_put_le16(out, (uint16_t)columns[i].name.n);
        sl_buf_put_u8(out, columns[i].type);
        sl_buf_put_u8(out, 0);
        sl_buf_put_le16(out, (uint16_t)columns[i].number);
        sl_buf_put_le16(out, 0);
        text += columns[i].name.n;
    }
    for (size_t i = 0; i < b->names.count; i++) {
        sl_buf_put_le32(out, (uint32_t)text);
        sl_buf_put_le16(out, (uint16_t)names[i].name.n);
        sl_buf_put_le16(out, (uint16_t)names[i].schema.n);
        sl_buf_put_le32(out, names[i].kind);
        text += names[i].name.n + names[i].schema.n;
    }
    return put_parts(b, out, text);
}

static void put_text(struct sl_catalog_builder *b, struct sl_buf *out)
{
    const struct relation *relations = b->relations.items;
    const struct column *columns = b->columns.items;
    const struct name *names = b->names.items;

    for (size_t i = 0; i < b->relations.count; i++) {
        sl_buf_put(out, relations[i].schema);
        sl_buf_put(out, relations[i].name);
    }
    for (size_t i = 0; i < b->columns.count; i++)
        sl_buf_put(out, columns[i].name);
    for (size_t i = 0; i < b->names.count; i++) {
        sl_buf_put(out, names[i].name);
        sl_buf_put(out, names[i].schema);
    }
    const struct part *parts = b->parts.items;
    for (size_t i = 0; i < b->parts.count; i++) {
        sl_buf_put(out, parts[i].name);
        sl_buf_put(out, parts[i].schema);
        sl_buf_put(out, parts[i].about);
        sl_buf_put(out, parts[i].text);
    }
}

/* Sorted, so doubles lie side by side. */
static void drop_doubles(struct rows *rows, size_t each, int (*order)(const void *, const void *))
{
    char *items = rows->items;
    size_t kept = 0;

    for (size_t i = 0; i < rows->count; i++)
        if (kept == 0 || order(items + (kept - 1) * each, items + i * each) != 0)
            memmove(items + kept++ * each, items + i * each, each);
    rows->count = kept;
}

enum sl_err sl_catalog_finish(struct sl_catalog_builder *b, struct sl_buf *out)
{
    SL_BUF(body, SL_CATALOG_MAX_BYTES);

    sort(&b->relations, sizeof(struct relation), by_relation);
    sort(&b->columns, sizeof(struct column), by_column);
    sort(&b->names, sizeof(struct name), by_name);
    sort(&b->parts, sizeof(struct part), by_part);
    drop_doubles(&b->names, sizeof(struct name), by_name);
    drop_doubles(&b->parts, sizeof(struct part), by_part);
    SL_TRY(match_columns(b));
    size_t text_bytes = put_rows(b, &body);
    put_text(b, &body);
    SL_TRY(sl_buf_err(&body));

    sl_buf_put_str(out, SL_CATALOG_MAGIC);
    sl_buf_put_le32(out, b->facts);
    sl_buf_put_le32(out, (uint32_t)b->relations.count);
    sl_buf_put_le32(out, (uint32_t)b->columns.count);
    sl_buf_put_le32(out, (uint32_t)b->names.count);
    sl_buf_put_le32(out, (uint32_t)b->parts.count);
    sl_buf_put_le32(out, (uint32_t)text_bytes);
    sl_buf_put(out, sl_buf_span(&body));
    return sl_buf_err(out);
}
