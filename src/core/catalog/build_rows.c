/* What comes in: the listing's beginning and end, and its rows. */
#include "core/catalog/build_int.h"

#include "base/utf8.h"

#include <stdlib.h>

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
    free(b->parts.items);
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

static enum sl_err number(struct sl_span s, uint64_t most, uint32_t *out)
{
    uint64_t n;

    SL_TRY(sl_span_u64(s, &n));
    if (n > most)
        return SL_EMALFORMED;
    *out = (uint32_t)n;
    return SL_OK;
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

static enum sl_err add_relation(struct sl_catalog_builder *b, const struct sl_span *f, size_t count)
{
    struct relation r = {0};

    if (!letter(f[3], "rpvmfS", &r.kind) || !problems_of(f[4], &r.problems))
        return SL_EMALFORMED;
    if (count > 5)
        SL_TRY(number(f[5], UINT32_MAX, &r.oid));
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

    SL_TRY(number(f[3], UINT16_MAX, &c.number));
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

/* Empty texts lie in the arena like others: a NULL pointer there means that memory ran out. */
static enum sl_err add_part(struct sl_catalog_builder *b, const struct sl_span *f)
{
    struct part part = {0};

    if (!letter(f[1], "rfotx", &part.owner) || !letter(f[4], "vdkitpuhcxfnegoybamw", &part.kind))
        return SL_EMALFORMED;
    SL_TRY(number(f[5], UINT32_MAX, &part.num));
    struct sl_span text = sl_span_head(f[7], f[7].n > SL_CATALOG_MAX_TEXT ? 0 : f[7].n);
    part.schema = sl_arena_copy(b->mem, f[2]);
    part.name = sl_arena_copy(b->mem, f[3]);
    part.about = sl_arena_copy(b->mem, f[6]);
    part.text = sl_arena_copy(b->mem, text);
    struct part *place = more(&b->parts, sizeof part);
    if (place == NULL || part.schema.p == NULL || part.name.p == NULL ||
        (part.about.p == NULL && f[6].n > 0) || (part.text.p == NULL && text.n > 0))
        return SL_ELIMIT;
    *place = part;
    return SL_OK;
}

/* A child is asked for its parents as often as a parent for its children. */
static enum sl_err add_parent(struct sl_catalog_builder *b, const struct sl_span *f)
{
    if (!sl_span_is(f[1], "r") || !sl_span_is(f[4], "h") || f[6].n == 0 || f[7].n == 0)
        return SL_OK;
    return add_part(b, (const struct sl_span[]){f[0], f[1], f[6], f[7], SL_SPAN("a"), f[5], f[2],
                                                f[3]});
}

/* Which fields may be empty: the problems of a relation, what a definition is about, its text. */
static bool may_be_empty(uint8_t kind, size_t field)
{
    return (kind == 'R' && field == 4) || (kind == 'P' && field >= 6);
}

enum sl_err sl_catalog_row(struct sl_catalog_builder *b, const struct sl_span *fields, size_t count)
{
    uint8_t kind;

    if (count < 2 || !letter(fields[0], "RCNPX", &kind))
        return SL_EMALFORMED;
    for (size_t i = 1; i < count; i++) {
        bool is_text = kind == 'P' && i == 7;
        if ((fields[i].n > UINT16_MAX && !is_text) ||
            (fields[i].n == 0 && !may_be_empty(kind, i)) || !sl_utf8_valid(fields[i]))
            return SL_EMALFORMED;
    }
    if (kind == 'R' && (count == 5 || count == 6))
        return add_relation(b, fields, count);
    if (kind == 'C' && count == 6)
        return add_column(b, fields);
    if (kind == 'N' && count == 4)
        return add_name(b, fields);
    if (kind == 'P' && count == 8) {
        SL_TRY(add_parent(b, fields));
        return add_part(b, fields);
    }
    return kind == 'X' && count == 2 ? add_fact(b, fields[1]) : SL_EMALFORMED;
}
