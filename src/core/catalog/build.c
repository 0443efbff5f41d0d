#include "core/catalog/catalog.h"

#include "base/utf8.h"
#include "core/catalog/format_int.h"

#include <stdlib.h>

struct column {
    struct sl_span schema, relation, name;
    uint64_t number;
    uint8_t type;
};

struct relation {
    struct sl_span schema, name;
    uint8_t kind;
    uint32_t problems; /* bits 1 << enum sl_catalog_reason */
    size_t first_column, column_count;
};

struct name {
    struct sl_span schema, name;
    uint8_t kind;
};

struct rows {
    void *items;
    size_t count, room;
};

struct sl_catalog_builder {
    struct sl_arena *mem;
    struct rows relations, columns, names;
    uint32_t facts;
};

enum sl_err sl_catalog_builder_new(struct sl_catalog_builder **out)
{
    struct sl_catalog_builder *b = calloc(1, sizeof *b);

    if (b == NULL)
        return SL_EMEMORY;
    enum sl_err err = sl_arena_new(&b->mem, 2 * (size_t)SL_CATALOG_MAX_BYTES);
    if (err != SL_OK) {
        free(b);
        return err;
    }
    *out = b;
    return SL_OK;
}

void sl_catalog_builder_free(struct sl_catalog_builder *b)
{
    if (b == NULL)
        return;
    free(b->relations.items);
    free(b->columns.items);
    free(b->names.items);
    sl_arena_free(b->mem);
    free(b);
}

/* Room for one more item, or NULL. */
static void *more(struct rows *rows, size_t each)
{
    if (rows->count == rows->room) {
        size_t room = rows->room == 0 ? 64 : rows->room * 2;
        void *items = room > SL_CATALOG_MAX_ROWS ? NULL : realloc(rows->items, room * each);
        if (items == NULL)
            return NULL;
        rows->items = items;
        rows->room = room;
    }
    return (char *)rows->items + each * rows->count++;
}

/* --- rows in -------------------------------------------------------------------------------- */

static bool letter(struct sl_span s, const char *allowed, uint8_t *out)
{
    if (s.n != 1 || memchr(allowed, s.p[0], strlen(allowed)) == NULL)
        return false;
    *out = s.p[0];
    return true;
}

static const struct {
    char letter;
    enum sl_catalog_reason reason;
} problem_letters[] = {
    {'s', SL_CATALOG_ROW_SECURITY}, {'u', SL_CATALOG_RULES},      {'p', SL_CATALOG_PARTITIONED},
    {'h', SL_CATALOG_INHERITANCE},  {'k', SL_CATALOG_OTHER_KIND}, {'i', SL_CATALOG_USER_INDEX},
    {'d', SL_CATALOG_DEFAULTS},     {'t', SL_CATALOG_TRIGGERS},   {'c', SL_CATALOG_CASCADES},
};

static bool problems_of(struct sl_span letters, uint32_t *out)
{
    uint32_t problems = 0;

    for (size_t i = 0; i < letters.n; i++) {
        size_t k = 0;
        while (k < SL_COUNT(problem_letters) && problem_letters[k].letter != (char)letters.p[i])
            k++;
        if (k == SL_COUNT(problem_letters))
            return false;
        problems |= 1u << problem_letters[k].reason;
    }
    *out = problems;
    return true;
}

static enum sl_err add_relation(struct sl_catalog_builder *b, const struct sl_span *f)
{
    struct relation r = {0};

    if (!letter(f[3], "rpvmfS", &r.kind) || !problems_of(f[4], &r.problems))
        return SL_EMALFORMED;
    r.schema = sl_arena_copy(b->mem, f[1]);
    r.name = sl_arena_copy(b->mem, f[2]);
    struct relation *place = more(&b->relations, sizeof r);
    if (place == NULL || r.schema.p == NULL || r.name.p == NULL)
        return SL_ELIMIT;
    *place = r;
    return SL_OK;
}

static enum sl_err add_column(struct sl_catalog_builder *b, const struct sl_span *f)
{
    struct column c = {0};

    SL_TRY(sl_span_u64(f[3], &c.number));
    if (!letter(f[5], "bredu", &c.type))
        return SL_EMALFORMED;
    c.schema = sl_arena_copy(b->mem, f[1]);
    c.relation = sl_arena_copy(b->mem, f[2]);
    c.name = sl_arena_copy(b->mem, f[4]);
    struct column *place = more(&b->columns, sizeof c);
    if (place == NULL || c.schema.p == NULL || c.relation.p == NULL || c.name.p == NULL)
        return SL_ELIMIT;
    *place = c;
    return SL_OK;
}

static enum sl_err add_name(struct sl_catalog_builder *b, const struct sl_span *f)
{
    struct name n = {0};

    if (!letter(f[1], "foets", &n.kind))
        return SL_EMALFORMED;
    n.schema = sl_arena_copy(b->mem, f[2]);
    n.name = sl_arena_copy(b->mem, f[3]);
    struct name *place = more(&b->names, sizeof n);
    if (place == NULL || n.schema.p == NULL || n.name.p == NULL)
        return SL_ELIMIT;
    *place = n;
    return SL_OK;
}

static enum sl_err add_fact(struct sl_catalog_builder *b, struct sl_span fact)
{
    if (sl_span_is(fact, "user_casts"))
        b->facts |= SL_CATALOG_USER_CASTS;
    else if (sl_span_is(fact, "event_triggers"))
        b->facts |= SL_CATALOG_EVENT_TRIGGERS;
    else
        return SL_EMALFORMED;
    return SL_OK;
}

enum sl_err sl_catalog_row(struct sl_catalog_builder *b, const struct sl_span *fields, size_t count)
{
    uint8_t kind;

    if (count < 2 || !letter(fields[0], "RCNX", &kind))
        return SL_EMALFORMED;
    for (size_t i = 1; i < count; i++) {
        bool may_be_empty = kind == 'R' && i == 4;
        if (fields[i].n > UINT16_MAX || (fields[i].n == 0 && !may_be_empty) ||
            !sl_utf8_valid(fields[i]))
            return SL_EMALFORMED;
    }
    if (kind == 'R' && count == 5)
        return add_relation(b, fields);
    if (kind == 'C' && count == 6)
        return add_column(b, fields);
    if (kind == 'N' && count == 4)
        return add_name(b, fields);
    return kind == 'X' && count == 2 ? add_fact(b, fields[1]) : SL_EMALFORMED;
}

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
        text += columns[i].name.n;
    }
    for (size_t i = 0; i < b->names.count; i++) {
        sl_buf_put_le32(out, (uint32_t)text);
        sl_buf_put_le16(out, (uint16_t)names[i].name.n);
        sl_buf_put_le16(out, (uint16_t)names[i].schema.n);
        sl_buf_put_le32(out, names[i].kind);
        text += names[i].name.n + names[i].schema.n;
    }
    return text;
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
}

/* Sorted, so doubles lie side by side. */
static void drop_double_names(struct rows *rows)
{
    struct name *names = rows->items;
    size_t kept = 0;

    for (size_t i = 0; i < rows->count; i++)
        if (kept == 0 || by_name(&names[kept - 1], &names[i]) != 0)
            names[kept++] = names[i];
    rows->count = kept;
}

enum sl_err sl_catalog_finish(struct sl_catalog_builder *b, struct sl_buf *out)
{
    SL_BUF(body, SL_CATALOG_MAX_BYTES);

    sort(&b->relations, sizeof(struct relation), by_relation);
    sort(&b->columns, sizeof(struct column), by_column);
    sort(&b->names, sizeof(struct name), by_name);
    drop_double_names(&b->names);
    SL_TRY(match_columns(b));
    size_t text_bytes = put_rows(b, &body);
    put_text(b, &body);
    SL_TRY(sl_buf_err(&body));

    sl_buf_put_str(out, SL_CATALOG_MAGIC);
    sl_buf_put_le32(out, b->facts);
    sl_buf_put_le32(out, (uint32_t)b->relations.count);
    sl_buf_put_le32(out, (uint32_t)b->columns.count);
    sl_buf_put_le32(out, (uint32_t)b->names.count);
    sl_buf_put_le32(out, (uint32_t)text_bytes);
    sl_buf_put_le32(out, 0);
    sl_buf_put(out, sl_buf_span(&body));
    return sl_buf_err(out);
}
