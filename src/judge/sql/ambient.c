#include "judge/sql/code_int.h"

/* Code of users that runs without being named: casts, default operator classes, the checks and the
 * functions of types. Where types are not inferred it may run anywhere, so all of it counts. */

static const struct arguments any = {.least = -1};

/* --- casts and operator classes ------------------------------------------------------------- */

static struct sl_parts of_database(const struct judge *j)
{
    return sl_catalog_parts(j->ctx->catalog, 'x', SL_SPAN("x"), SL_SPAN("x"));
}

enum { OF_USER_TYPES = 256 }; /* in a part's num: runs only where there is a value of such a type */

/* with: which of the two kinds. */
static void walk_casts(struct judge *j, const struct sl_part *part, struct code *self,
                       const void *with)
{
    struct sl_parts all = of_database(j);
    uint32_t kind = *(const uint32_t *)with;

    (void)part;
    (void)self;
    for (uint32_t i = all.first; i < all.first + all.count && depth_step(j, 1); i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if ((p.kind == 'a' || p.kind == 'o') && (p.num & OF_USER_TYPES) == kind)
            function_named(j, p.about, p.text, &any, NULL);
    }
}

static void run_casts(struct judge *j, uint32_t kind)
{
    struct sl_parts all = of_database(j);

    if (all.count == 0)
        return;
    const bool lively = j->lively;
    j->in_ambient = true; /* what they do in there counts by this walk already */
    code_run_for(j, all.first, NULL, kind, walk_casts, &kind);
    j->in_ambient = false;
    j->lively = lively;
}

void ambient_casts(struct judge *j)
{
    const struct sl_catalog *c = j->ctx->catalog;

    if (c == NULL || j->in_ambient)
        return;
    if (!code_has_parts(j)) {
        if ((c->facts & SL_CATALOG_USER_CASTS) != 0)
            note_opaque(j, "a cast or an operator class that users made may touch the values",
                        NULL);
        return;
    }
    run_casts(j, 0);
}

void ambient_user_values(struct judge *j)
{
    j->saw_user_values = true;
    if (j->user_values && j->ctx->catalog != NULL && !j->in_ambient && code_has_parts(j))
        run_casts(j, OF_USER_TYPES);
}

/* --- types ---------------------------------------------------------------------------------- */

static void type_part(struct judge *j, const struct sl_part *p, bool checks)
{
    if (p->kind == 'k' && checks) {
        note_definition(j, "type", p->schema, p->name, p->text);
        if (p->text.n == 0)
            note_opaque(j, "the check of a domain is not known", NULL);
        else
            fires_constraint(j, NULL, p->text);
    } else if (p->kind == 'f') {
        function_named(j, p->about, p->text, &any, NULL);
    }
}

/* The first part whose owner is not below `owner`. */
static uint32_t first_of_owner(const struct sl_catalog *c, uint8_t owner)
{
    uint32_t low = 0, high = c->part_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sl_catalog_part_at(c, middle).owner < owner)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void walk_types(struct judge *j, const struct sl_part *part, struct code *self,
                       const void *with)
{
    uint32_t end = first_of_owner(j->ctx->catalog, 't' + 1);

    (void)part;
    for (uint32_t i = self->part; i < end && depth_step(j, 1); i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        type_part(j, &p, with != NULL);
    }
}

/* Reading runs the functions of types, and only new values are checked. */
bool ambient_types(struct judge *j, bool checks)
{
    if (!code_has_parts(j))
        return false;
    uint32_t first = first_of_owner(j->ctx->catalog, 't');
    if (first < j->ctx->catalog->part_count &&
        sl_catalog_part_at(j->ctx->catalog, first).owner == 't')
        code_run_for(j, first, NULL, checks, walk_types, checks ? "checks" : NULL);
    ambient_casts(j);
    ambient_user_values(j);
    return true;
}

static void base_type(struct judge *j, const struct sl_part *p)
{
    const char *schema = sl_arena_text(j->mem, p->about), *name = sl_arena_text(j->mem, p->text);

    if (schema == NULL || name == NULL)
        j->out_of_memory = true;
    else if (strcmp(schema, "pg_catalog") != 0 && !ambient_type(j, schema, name))
        note_opaque(j, "type %s is not understood", name);
}

/* The row of a listed relation whose columns run nothing. Of any other composite type each field
 * may be of any type. */
static bool is_plain_row(const struct judge *j, const struct sl_part *part)
{
    const struct sl_catalog *c = j->ctx->catalog;
    struct sl_relation r;
    bool plain = sl_catalog_relation(c, part->schema, part->name, &r);

    for (uint32_t i = 0; plain && i < r.column_count; i++) {
        enum sl_column_type type = sl_catalog_column(c, &r, i).type;
        plain = type != SL_COLUMN_DOMAIN && type != SL_COLUMN_OTHER;
    }
    return plain;
}

/* Parts of one type; `part` is the one that says what it is. */
static void walk_type(struct judge *j, const struct sl_part *part, struct code *self,
                      const void *with)
{
    struct sl_parts all = sl_catalog_parts(j->ctx->catalog, 't', part->schema, part->name);

    (void)self;
    (void)with;
    if (sl_span_is(part->about, "c") && !is_plain_row(j, part))
        ambient_types(j, true);
    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if (p.kind == 'b')
            base_type(j, &p);
        else
            type_part(j, &p, true);
    }
}

bool ambient_type(struct judge *j, const char *schema, const char *name)
{
    const struct sl_catalog *c = j->ctx->catalog;
    bool any_found = false;

    if (!code_has_parts(j))
        return false;
    struct sl_parts all = sl_catalog_parts_named(c, 't', sl_span_str(name));
    for (uint32_t i = all.first; i < all.first + all.count && depth_step(j, 1); i++) {
        struct sl_part p = sl_catalog_part_at(c, i);
        if (p.kind != 'y' || !code_in_reach(j, schema, p.schema))
            continue;
        any_found = true;
        code_run(j, i, NULL, NULL, walk_type, NULL);
    }
    return any_found;
}
