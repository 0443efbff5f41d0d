#include "core/catalog/catalog.h"

#include "base/cursor.h"
#include "base/utf8.h"
#include "core/catalog/format_int.h"

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint16_t le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static const uint8_t *relation_row(const struct sl_catalog *c, uint32_t i)
{
    return c->bytes.p + SL_CATALOG_HEAD_BYTES + (size_t)i * SL_CATALOG_RELATION_BYTES;
}

static const uint8_t *column_row(const struct sl_catalog *c, uint32_t i)
{
    return relation_row(c, c->relation_count) + (size_t)i * SL_CATALOG_COLUMN_BYTES;
}

static const uint8_t *name_row(const struct sl_catalog *c, uint32_t i)
{
    return column_row(c, c->column_count) + (size_t)i * SL_CATALOG_NAME_BYTES;
}

static const uint8_t *part_row(const struct sl_catalog *c, uint32_t i)
{
    return name_row(c, c->name_count) + (size_t)i * SL_CATALOG_PART_BYTES;
}

static const uint8_t *text_of(const struct sl_catalog *c)
{
    return part_row(c, c->part_count);
}

struct name {
    uint8_t kind;
    struct sl_span name, schema;
};

static struct name name_at(const struct sl_catalog *c, uint32_t i)
{
    const uint8_t *row = name_row(c, i), *text = text_of(c) + le32(row);
    uint16_t n = le16(row + 4);

    return (struct name){(uint8_t)le32(row + 8), {text, n}, {text + n, le16(row + 6)}};
}

struct sl_relation sl_catalog_relation_at(const struct sl_catalog *c, uint32_t index)
{
    SL_PROMISE(index < c->relation_count);
    const uint8_t *row = relation_row(c, index), *text = text_of(c) + le32(row);
    uint16_t schema_n = le16(row + 4);

    return (struct sl_relation){.schema = {text, schema_n},
                                .name = {text + schema_n, le16(row + 6)},
                                .flags = row[8],
                                .read_why = row[9],
                                .insert_why = row[10],
                                .change_why = row[11],
                                .first_column = le32(row + 12),
                                .column_count = le32(row + 16),
                                .oid = le32(row + 20),
                                .problems = le16(row + 24),
                                .kind = row[26]};
}

/* --- checking, once ------------------------------------------------------------------------- */

static bool text_fits(const struct sl_catalog *c, uint32_t at, size_t n)
{
    return at <= c->text_bytes && n <= c->text_bytes - at;
}

static int order_of_relations(const struct sl_relation *a, const struct sl_relation *b)
{
    int order = sl_span_cmp(a->schema, b->schema);

    return order != 0 ? order : sl_span_cmp(a->name, b->name);
}

static int order_of_names(const struct name *a, const struct name *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = sl_span_cmp(a->name, b->name);
    return order != 0 ? order : sl_span_cmp(a->schema, b->schema);
}

static bool relation_is_sound(const struct sl_catalog *c, uint32_t i, uint32_t *next_column)
{
    const uint8_t *row = relation_row(c, i);

    if (!text_fits(c, le32(row), (size_t)le16(row + 4) + le16(row + 6)) || row[8] > 15 ||
        row[9] >= SL_CATALOG_REASON_COUNT || row[10] >= SL_CATALOG_REASON_COUNT ||
        row[11] >= SL_CATALOG_REASON_COUNT || le16(row + 24) >= 1u << SL_CATALOG_REASON_COUNT ||
        row[26] == 0 || strchr("rpvmfS", row[26]) == NULL || row[27] != 0)
        return false;
    struct sl_relation r = sl_catalog_relation_at(c, i);
    if (!sl_utf8_valid(r.schema) || !sl_utf8_valid(r.name) || r.first_column != *next_column ||
        r.column_count > c->column_count - *next_column)
        return false;
    *next_column += r.column_count;
    if (i == 0)
        return true;
    struct sl_relation before = sl_catalog_relation_at(c, i - 1);
    return order_of_relations(&before, &r) < 0;
}

static bool column_is_sound(const struct sl_catalog *c, uint32_t i)
{
    const uint8_t *row = column_row(c, i);

    return text_fits(c, le32(row), le16(row + 4)) && row[7] == 0 && le16(row + 10) == 0 &&
           memchr("bredu", row[6], 5) != NULL &&
           sl_utf8_valid(sl_span(text_of(c) + le32(row), le16(row + 4)));
}

static bool name_is_sound(const struct sl_catalog *c, uint32_t i)
{
    const uint8_t *row = name_row(c, i);

    if (!text_fits(c, le32(row), (size_t)le16(row + 4) + le16(row + 6)) || le32(row + 8) > 255 ||
        memchr("foets", row[8], 5) == NULL)
        return false;
    struct name here = name_at(c, i);
    if (!sl_utf8_valid(here.name) || !sl_utf8_valid(here.schema))
        return false;
    if (i == 0)
        return true;
    struct name before = name_at(c, i - 1);
    return order_of_names(&before, &here) < 0;
}

static uint64_t part_bytes(const uint8_t *row)
{
    return (uint64_t)le32(row + 4) + le16(row + 12) + le16(row + 14) + le16(row + 16);
}

struct sl_part sl_catalog_part_at(const struct sl_catalog *c, uint32_t index)
{
    SL_PROMISE(index < c->part_count);
    const uint8_t *row = part_row(c, index), *at = text_of(c) + le32(row);
    struct sl_part p = {.owner = row[18], .kind = row[19], .num = le32(row + 8)};

    p.name = sl_span(at, le16(row + 12));
    p.schema = sl_span(p.name.p + p.name.n, le16(row + 14));
    p.about = sl_span(p.schema.p + p.schema.n, le16(row + 16));
    p.text = sl_span(p.about.p + p.about.n, le32(row + 4));
    return p;
}

/* Of the owners alone: owner, name, schema. */
static int order_of_owners(const struct sl_part *a, const struct sl_part *b)
{
    if (a->owner != b->owner)
        return a->owner < b->owner ? -1 : 1;
    int order = sl_span_cmp(a->name, b->name);
    return order != 0 ? order : sl_span_cmp(a->schema, b->schema);
}

static bool part_is_sound(const struct sl_catalog *c, uint32_t i)
{
    const uint8_t *row = part_row(c, i);

    if (part_bytes(row) > c->text_bytes || !text_fits(c, le32(row), (size_t)part_bytes(row)) ||
        memchr("rfotx", row[18], 5) == NULL || row[19] < 'a' || row[19] > 'z')
        return false;
    struct sl_part here = sl_catalog_part_at(c, i);
    if (!sl_utf8_valid(here.name) || !sl_utf8_valid(here.schema) || !sl_utf8_valid(here.about) ||
        !sl_utf8_valid(here.text))
        return false;
    if (i == 0)
        return true;
    struct sl_part before = sl_catalog_part_at(c, i - 1);
    return order_of_owners(&before, &here) <= 0;
}

static bool all_sound(const struct sl_catalog *c)
{
    uint32_t next_column = 0;

    for (uint32_t i = 0; i < c->relation_count; i++)
        if (!relation_is_sound(c, i, &next_column))
            return false;
    for (uint32_t i = 0; i < c->column_count; i++)
        if (!column_is_sound(c, i))
            return false;
    for (uint32_t i = 0; i < c->name_count; i++)
        if (!name_is_sound(c, i))
            return false;
    for (uint32_t i = 0; i < c->part_count; i++)
        if (!part_is_sound(c, i))
            return false;
    return next_column == c->column_count;
}

enum sl_err sl_catalog_open(struct sl_span bytes, struct sl_catalog *out)
{
    struct sl_catalog c = {.bytes = bytes};
    struct sl_cursor head = sl_cursor(bytes);

    if (bytes.n > SL_CATALOG_MAX_BYTES)
        return SL_ELIMIT;
    struct sl_span magic = sl_cursor_take(&head, 8);
    c.facts = sl_cursor_le32(&head);
    c.relation_count = sl_cursor_le32(&head);
    c.column_count = sl_cursor_le32(&head);
    c.name_count = sl_cursor_le32(&head);
    c.part_count = sl_cursor_le32(&head);
    c.text_bytes = sl_cursor_le32(&head);
    if (head.short_read || !sl_span_is(magic, SL_CATALOG_MAGIC) || c.facts > 3)
        return SL_EMALFORMED;
    uint64_t all = SL_CATALOG_HEAD_BYTES + (uint64_t)c.relation_count * SL_CATALOG_RELATION_BYTES +
                   (uint64_t)c.column_count * SL_CATALOG_COLUMN_BYTES +
                   (uint64_t)c.name_count * SL_CATALOG_NAME_BYTES +
                   (uint64_t)c.part_count * SL_CATALOG_PART_BYTES + c.text_bytes;
    if (all != bytes.n || !all_sound(&c))
        return SL_EMALFORMED;
    *out = c;
    return SL_OK;
}

/* --- looking up ----------------------------------------------------------------------------- */

bool sl_catalog_relation(const struct sl_catalog *c, struct sl_span schema, struct sl_span name,
                         struct sl_relation *out)
{
    struct sl_relation want = {.schema = schema, .name = name};
    uint32_t low = 0, high = c->relation_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct sl_relation here = sl_catalog_relation_at(c, middle);
        int order = order_of_relations(&here, &want);
        if (order == 0) {
            *out = here;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

struct sl_column sl_catalog_column(const struct sl_catalog *c, const struct sl_relation *r,
                                   uint32_t at)
{
    SL_PROMISE(at < r->column_count && r->first_column + at < c->column_count);
    const uint8_t *row = column_row(c, r->first_column + at);

    return (struct sl_column){{text_of(c) + le32(row), le16(row + 4)}, row[6], le16(row + 8)};
}

bool sl_catalog_find_column(const struct sl_catalog *c, const struct sl_relation *r,
                            struct sl_span name, struct sl_column *out)
{
    for (uint32_t i = 0; i < r->column_count; i++) {
        struct sl_column here = sl_catalog_column(c, r, i);
        if (sl_span_eq(here.name, name)) {
            *out = here;
            return true;
        }
    }
    return false;
}

/* The first name that is not below `want`. */
static uint32_t lower_bound(const struct sl_catalog *c, const struct name *want)
{
    uint32_t low = 0, high = c->name_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct name here = name_at(c, middle);
        if (order_of_names(&here, want) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool sl_catalog_has_name(const struct sl_catalog *c, uint8_t kind, struct sl_span name)
{
    struct name want = {.kind = kind, .name = name};
    uint32_t at = lower_bound(c, &want);

    if (at == c->name_count)
        return false;
    struct name here = name_at(c, at);
    return here.kind == kind && sl_span_eq(here.name, name);
}

bool sl_catalog_has_name_in(const struct sl_catalog *c, uint8_t kind, struct sl_span schema,
                            struct sl_span name)
{
    struct name want = {.kind = kind, .name = name, .schema = schema};
    uint32_t at = lower_bound(c, &want);

    if (at == c->name_count)
        return false;
    struct name here = name_at(c, at);
    return order_of_names(&here, &want) == 0;
}

/* --- definitions --- */

/* The first part whose owner is not below (or, with `above`, is above) `want`; without a schema the
 * name alone counts. */
static uint32_t part_bound(const struct sl_catalog *c, const struct sl_part *want, bool any_schema,
                           bool above)
{
    uint32_t low = 0, high = c->part_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct sl_part here = sl_catalog_part_at(c, middle);
        if (any_schema)
            here.schema = want->schema;
        int order = order_of_owners(&here, want);
        if (order < 0 || (above && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct sl_parts parts_of(const struct sl_catalog *c, const struct sl_part *want,
                                bool any_schema)
{
    uint32_t first = part_bound(c, want, any_schema, false);

    return (struct sl_parts){first, part_bound(c, want, any_schema, true) - first};
}

struct sl_parts sl_catalog_parts(const struct sl_catalog *c, uint8_t owner, struct sl_span schema,
                                 struct sl_span name)
{
    return parts_of(c, &(struct sl_part){.owner = owner, .schema = schema, .name = name}, false);
}

struct sl_parts sl_catalog_parts_named(const struct sl_catalog *c, uint8_t owner,
                                       struct sl_span name)
{
    return parts_of(c, &(struct sl_part){.owner = owner, .name = name}, true);
}

bool sl_catalog_relation_by_oid(const struct sl_catalog *c, uint32_t oid, struct sl_relation *out)
{
    for (uint32_t i = 0; oid != 0 && i < c->relation_count; i++) {
        struct sl_relation here = sl_catalog_relation_at(c, i);
        if (here.oid != oid)
            continue;
        *out = here;
        return true;
    }
    return false;
}
