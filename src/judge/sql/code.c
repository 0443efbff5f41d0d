#include "judge/sql/code_int.h"

#include <limits.h>

/* Code of users, each piece walked once for what it is given, and the effects that were found. */

bool code_has_parts(const struct judge *j)
{
    return j->ctx->catalog != NULL && j->ctx->catalog->part_count > 0;
}

bool code_of_server(const struct judge *j)
{
    const struct sl_catalog *c = j->ctx->catalog;

    if (c == NULL)
        return false;
    struct sl_parts all = sl_catalog_parts(c, 'x', SL_SPAN("x"), SL_SPAN("x"));
    for (uint32_t i = all.first; i < all.first + all.count; i++)
        if (sl_catalog_part_at(c, i).kind == 'v')
            return true;
    return false;
}

bool code_in_reach(const struct judge *j, const char *schema, struct sl_span candidate)
{
    if (schema != NULL)
        return sl_span_is(candidate, schema);
    if (j->as_server)
        return sl_span_is(candidate, "pg_catalog");
    if (j->any_schema || sl_span_is(candidate, "pg_catalog"))
        return true;
    for (size_t i = 0; i < j->path_count; i++)
        if (sl_span_eq(j->path[i], candidate))
            return true;
    return false;
}

bool code_users_may_own(const struct judge *j, uint8_t kind, const char *schema, const char *name)
{
    const struct sl_catalog *c = j->ctx->catalog;
    struct sl_span n = sl_span_str(name);

    if (schema == NULL && j->as_server)
        schema = "pg_catalog";
    if (c == NULL)
        return schema == NULL || strcmp(schema, "pg_catalog") != 0;
    if (schema != NULL && strcmp(schema, "pg_catalog") != 0)
        return true;
    if (schema != NULL)
        return sl_catalog_has_name_in(c, kind, SL_SPAN("pg_catalog"), n);
    if (!sl_catalog_has_name(c, kind, n))
        return false;
    if (j->any_schema || sl_catalog_has_name_in(c, kind, SL_SPAN("pg_catalog"), n))
        return true;
    for (size_t i = 0; i < j->path_count; i++)
        if (sl_catalog_has_name_in(c, kind, j->path[i], n))
            return true;
    return false;
}

void arguments_add(struct judge *j, struct arguments *a, struct origin *from)
{
    size_t at = a->most < CODE_ARGUMENTS ? (size_t)a->most : CODE_ARGUMENTS - 1;

    origin_carry(j, &a->items[at], from, false);
    origin_join(j, &a->all, from);
    a->least = ++a->most;
}

/* Joins and says whether there was anything new. */
static bool join(struct judge *j, struct origin **list, const struct origin *more, bool around)
{
    struct origin *own = NULL;

    origin_carry(j, &own, *list, false);
    const struct origin *before = own;
    origin_carry(j, &own, more, around);
    if (own != before)
        *list = own;
    return own != before;
}

/* By position as long as every call says which argument is which. */
static bool take_arguments(struct judge *j, struct code *c, const struct arguments *a)
{
    static const struct arguments none = {.by_position = true};
    bool first = !c->walked && !c->walking, grown = first;

    a = a == NULL ? &none : a;
    if (first)
        c->arguments.by_position = a->by_position;
    if (c->arguments.by_position && !a->by_position) {
        c->arguments.by_position = false;
        grown = true;
    }
    grown = join(j, &c->arguments.all, a->all, c->walking) || grown;
    for (size_t i = 0; i < CODE_ARGUMENTS; i++)
        grown = join(j, &c->arguments.items[i], a->items[i], c->walking) || grown;
    return grown;
}

static struct code *find(struct judge *j, uint32_t part, const struct dataset *table,
                         uint32_t because)
{
    for (struct code *c = j->codes; c != NULL; c = c->next) {
        j->steps++;
        if (c->part == part && c->table == table && c->path_id == j->path_id &&
            c->because == because && c->planned == j->planned_only)
            return c;
    }
    struct code *c = NOTE_NEW(j, struct code);
    if (c == NULL)
        return NULL;
    *c = (struct code){.next = j->codes,
                       .part = part,
                       .path_id = j->path_id,
                       .because = because,
                       .table = table,
                       .planned = j->planned_only};
    j->codes = c;
    return c;
}

static bool pass(struct judge *j, struct code *c, code_walk_fn *walk_part, const void *with)
{
    struct sl_part part = sl_catalog_part_at(j->ctx->catalog, c->part);
    const struct origin *read = c->reads;
    uint32_t before = j->effects, known = c->effects, most = c->most;
    struct origin **pending = j->pending, **decides = j->decides;

    c->met = c->grown = false;
    j->effects = 0;
    j->pending = j->decides = NULL; /* it may run whatever becomes of its value */
    walk_part(j, &part, c, with);
    j->pending = pending;
    j->decides = decides;
    c->effects |= j->effects;
    j->effects |= before;
    if (c->met && most > 0 && c->most > most) /* each time that it calls itself */
        c->most = ORIGIN_MANY;
    return c->met && (c->grown || read != c->reads || known != c->effects || c->most != most);
}

/* Again as long as it called itself with something new. What was found out inside the walk of
 * something further out, whose own result may still grow, is not kept: the next call walks it
 * again. */
static void walk(struct judge *j, struct code *c, code_walk_fn *walk_part, const void *with)
{
    struct origin **reads_before = j->reads;
    uint32_t *most_before = j->most;
    unsigned outer = j->met_level, passes = 0;
    bool again;

    c->level = ++j->code_level;
    c->walking = true;
    j->reads = &c->reads;
    j->most = &c->most;
    j->met_level = UINT_MAX;
    do
        again = pass(j, c, walk_part, with);
    while (again && ++passes < CODE_MAX_PASSES && !j->out_of_memory);
    if (again)
        note_opaque(j, "code that calls itself is not understood after many passes", NULL);
    c->walked = j->met_level >= c->level;
    if (c->walked || j->met_level > outer)
        j->met_level = outer;
    j->reads = reads_before;
    j->most = most_before;
    c->walking = false;
    j->code_level--;
}

static const struct code *run(struct judge *j, struct code *c, const struct arguments *a,
                              code_walk_fn *walk_part, const void *with)
{
    bool grown = take_arguments(j, c, a);

    if (c->walking) {
        c->met = true;
        c->grown = c->grown || grown;
        j->met_level = c->level < j->met_level ? c->level : j->met_level;
    } else if (grown) {
        walk(j, c, walk_part, with);
    }
    j->effects |= c->effects;
    origin_join(j, j->reads, c->reads);
    return c;
}

const struct code *code_run(struct judge *j, uint32_t part, const struct dataset *table,
                            const struct arguments *a, code_walk_fn *walk_part, const void *with)
{
    const struct code *done = NULL;

    if (!depth_enter(j))
        return NULL;
    struct code *c = find(j, part, table, 0);
    if (c != NULL)
        done = run(j, c, a, walk_part, with);
    depth_leave(j);
    return done;
}

const struct code *code_run_for(struct judge *j, uint32_t part, const struct dataset *table,
                                uint32_t because, code_walk_fn *walk_part, const void *with)
{
    const struct code *done = NULL;

    if (!depth_enter(j))
        return NULL;
    struct code *c = find(j, part, table, because);
    if (c != NULL)
        done = run(j, c, NULL, walk_part, with);
    depth_leave(j);
    return done;
}
