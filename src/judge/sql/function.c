#include "judge/sql/code_int.h"
#include "judge/sql/extensions.h"

/* Which functions of users a call may mean, and what kind of code each of them is. */

static uint32_t overload_of(const struct sl_part *p)
{
    return p->num >> 16;
}

/* Parts of the same function or aggregate, from `first` on in order of kind and number. */
static bool same_function(const struct sl_part *p, const struct sl_part *f, uint8_t kind)
{
    return p->kind == kind && overload_of(p) == overload_of(f) && sl_span_eq(p->schema, f->schema);
}

static struct sl_part of_function(const struct judge *j, const struct sl_part *f, uint8_t kind)
{
    struct sl_parts all = sl_catalog_parts(j->ctx->catalog, 'f', f->schema, f->name);

    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if (same_function(&p, f, kind))
            return p;
    }
    return (struct sl_part){0};
}

static bool takes(const struct judge *j, const struct sl_part *f, const struct arguments *a)
{
    struct sl_part n = of_function(j, f, 'n');
    int least = (int)(n.num >> 8 & 255), most = (int)(n.num & 255);

    if (n.kind == 0 || a->least < 0)
        return true;
    return a->most >= least && (most == 255 || a->least <= most);
}

static const struct review *review_of(const struct judge *j, const struct sl_part *f)
{
    struct sl_part of = of_function(j, f, 'e');

    return of.kind == 0 ? NULL : extension_review(of.about, f->name);
}

/* --- kinds of code -------------------------------------------------------------------------- */

static const char *text_of(struct judge *j, struct sl_span s)
{
    const char *text = sl_arena_text(j->mem, s);

    if (text == NULL)
        j->out_of_memory = true;
    return text == NULL ? "" : text;
}

static void aggregate(struct judge *j, const struct sl_part *f)
{
    struct sl_parts all = sl_catalog_parts(j->ctx->catalog, 'f', f->schema, f->name);
    static const struct arguments any = {.least = -1};
    bool found = false;

    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part g = sl_catalog_part_at(j->ctx->catalog, i);
        if (!same_function(&g, f, 'g'))
            continue;
        found = true;
        function_named(j, g.about, g.text, &any, NULL);
    }
    if (!found)
        note_opaque(j, "what aggregate %s calls is not known", text_of(j, f->name));
}

static bool is_one_of(struct sl_span word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sl_span_is(word, words[i]))
            return true;
    return false;
}

static void not_seen(struct judge *j, const struct sl_part *f)
{
    static const char *const trusted[] = {"plperl", "pltcl", "plv8", "plls", "plcoffee"};
    static const char *const known[] = {"sql", "plpgsql", "c", "internal"};

    if (is_one_of(f->about, known, SL_COUNT(known)))
        note_opaque(j, "the code of function %s is not reviewed", text_of(j, f->name));
    else
        note_opaque(j, "function %s is written in a language that the judge does not read",
                    text_of(j, f->name));
    if (!is_one_of(f->about, known, SL_COUNT(known)) &&
        !is_one_of(f->about, trusted, SL_COUNT(trusted)))
        note_effect(j, SL_EFFECT_PROGRAM); /* it may do whatever the server's user may */
}

static void of_extension(struct judge *j, const struct sl_part *f, const struct review *r)
{
    ambient_user_values(j); /* its values may be of the extension's own types */
    note_effect(j, r->effects & ~(uint32_t)SL_EFFECT_OPAQUE);
    if ((r->effects & SL_EFFECT_OPAQUE) != 0)
        note_opaque(j, "function %s of an extension does what the judge cannot see",
                    text_of(j, f->name));
}

/* CREATE TYPE AS RANGE makes functions with the names of its types, in the server's own code. Other
 * functions of language internal only a superuser can make. */
static bool makes_range(const struct judge *j, const struct sl_part *f)
{
    struct sl_parts all = sl_catalog_parts(j->ctx->catalog, 't', f->schema, f->name);

    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part y = sl_catalog_part_at(j->ctx->catalog, i);
        if (y.kind == 'y' && (sl_span_is(y.about, "r") || sl_span_is(y.about, "m")))
            return sl_span_is(f->about, "internal");
    }
    return false;
}

/* Making one compares its bounds, by functions of users perhaps. */
static void type_of_range(struct judge *j, const struct sl_part *f)
{
    ambient_user_values(j);
    if (!ambient_type(j, text_of(j, f->schema), text_of(j, f->name)))
        note_opaque(j, "range type %s is not understood", text_of(j, f->name));
}

/* The planner runs what is not volatile, so an EXPLAIN of it is no mere plan. */
static bool runs_when_planned(const struct sl_part *f)
{
    return (f->num & (SL_CODE_VOLATILE | SL_CODE_AGGREGATE | SL_CODE_WINDOW)) == 0;
}

static void look_into(struct judge *j, const struct sl_part *f, struct code *self,
                      const void *with);

static void walk_function(struct judge *j, const struct sl_part *f, struct code *self,
                          const void *with)
{
    bool planned = j->planned_only;

    j->planned_only = planned && !runs_when_planned(f);
    look_into(j, f, self, with);
    j->planned_only = planned;
}

/* Only what is written in C is believed by its review: the rest can be looked into. */
static void look_into(struct judge *j, const struct sl_part *f, struct code *self, const void *with)
{
    bool readable = sl_span_is(f->about, "sql") || sl_span_is(f->about, "plpgsql");
    const struct review *r = review_of(j, f);

    note_definition(j, (f->num & SL_CODE_AGGREGATE) != 0 ? "aggregate" : "function", f->schema,
                    f->name, f->text.n > 0 ? f->text : f->about);
    if ((f->num & SL_CODE_AGGREGATE) != 0)
        aggregate(j, f);
    else if (r != NULL && !readable)
        of_extension(j, f, r);
    else if (makes_range(j, f))
        type_of_range(j, f);
    else if (readable && f->text.n > 0)
        body_function(j, f, self, with);
    else
        not_seen(j, f);
}

/* --- by name -------------------------------------------------------------------------------- */

static void run(struct judge *j, uint32_t index, const struct arguments *a, struct origin **flow)
{
    const bool lively = j->lively; /* what its body calls does not make it so */
    const struct code *c = code_run(j, index, NULL, a, walk_function, NULL);

    j->lively = lively;
    if (c != NULL)
        origin_gives(j, flow, c->reads, c->most);
}

/* Every part 'f' with this name that is in reach and takes the arguments. False: none does. */
static bool run_all(struct judge *j, const char *schema, const char *name,
                    const struct arguments *a, struct origin **flow)
{
    struct sl_parts all = sl_catalog_parts_named(j->ctx->catalog, 'f', sl_span_str(name));
    bool any = false;

    for (uint32_t i = all.first; i < all.first + all.count && depth_step(j, 1); i++) {
        struct sl_part f = sl_catalog_part_at(j->ctx->catalog, i);
        if (f.kind != 'f' || !code_in_reach(j, schema, f.schema))
            continue;
        if (!takes(j, &f, a))
            continue;
        any = true;
        j->lively = j->lively || (f.num & (SL_CODE_VOLATILE | SL_CODE_SETOF)) != 0;
        run(j, i, a, flow);
    }
    return any;
}

/* A name in the listing without a definition behind it. */
static bool is_undefined(struct judge *j, const char *schema, const char *name)
{
    const struct sl_catalog *c = j->ctx->catalog;
    struct sl_span n = sl_span_str(name);

    for (size_t i = 0; i < j->path_count + 1; i++) {
        struct sl_span s = schema != NULL       ? sl_span_str(schema)
                           : i == j->path_count ? SL_SPAN("pg_catalog")
                                                : j->path[i];
        if (sl_catalog_has_name_in(c, 'f', s, n) && sl_catalog_parts(c, 'f', s, n).count == 0)
            return true;
        if (schema != NULL)
            break;
    }
    return j->any_schema && sl_catalog_has_name(c, 'f', n) &&
           sl_catalog_parts_named(c, 'f', n).count == 0;
}

bool function_call(struct judge *j, const char *schema, const char *name, const struct arguments *a,
                   struct origin **flow)
{
    if (!code_users_may_own(j, 'f', schema, name))
        return false;
    if (code_has_parts(j) && !is_undefined(j, schema, name))
        return run_all(j, schema, name, a, flow);
    note_opaque(j, "function %s is not known to be harmless", name);
    return false;
}

/* The functions that triggers, aggregates and types of users may take from pg_catalog, and that no
 * list of callable ones has. */
static bool is_harmless_support(const char *name)
{
    static const char *const names[] = {
        "suppress_redundant_updates_trigger",
        "tsvector_update_trigger",
        "tsvector_update_trigger_column",
        "unique_key_recheck",
    };

    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void built_in(struct judge *j, const char *name)
{
    switch (sl_builtin_function(name)) {
    case SL_BUILTIN_PURE:
    case SL_BUILTIN_VALUES:
        return;
    case SL_BUILTIN_PROGRAM:
        note_effect(j, SL_EFFECT_PROGRAM);
        return;
    case SL_BUILTIN_ADMIN:
        note_effect(j, SL_EFFECT_ADMIN);
        return;
    default:
        if (!is_harmless_support(name) && sl_builtin_doubt(name) != SL_DOUBT_UNCALLABLE)
            note_opaque(j, "built-in function %s runs where the judge does not expect it", name);
    }
}

void function_named(struct judge *j, struct sl_span schema, struct sl_span name,
                    const struct arguments *a, struct origin **flow)
{
    const char *s = text_of(j, schema), *n = text_of(j, name);

    if (strcmp(s, "pg_catalog") == 0 && !code_users_may_own(j, 'f', s, n))
        built_in(j, n);
    else if (!function_call(j, s, n, a, flow))
        note_opaque(j, "function %s is not known to be harmless", n);
}

void function_of_row(struct judge *j, const char *name, struct origin *row, struct origin **flow)
{
    struct arguments a = {.by_position = true};

    j->loud = true;
    arguments_add(j, &a, row);
    function_call(j, NULL, name, &a, flow);
    if (sl_builtin_function(name) > SL_BUILTIN_PURE)
        note_opaque(j, "%s may call a function with a row", name);
}

bool function_is_aggregate(const struct judge *j, const char *schema, const char *name)
{
    if (!code_has_parts(j))
        return false;
    struct sl_parts all = sl_catalog_parts_named(j->ctx->catalog, 'f', sl_span_str(name));

    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part f = sl_catalog_part_at(j->ctx->catalog, i);
        if (f.kind == 'f' && (f.num & SL_CODE_AGGREGATE) != 0 &&
            code_in_reach(j, schema, f.schema) && review_of(j, &f) == NULL)
            return true;
    }
    return false;
}

bool function_is_reviewed(const struct judge *j, struct sl_span schema, struct sl_span name)
{
    struct sl_parts all = sl_catalog_parts(j->ctx->catalog, 'f', schema, name);

    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part f = sl_catalog_part_at(j->ctx->catalog, i);
        if (f.kind == 'f' && (review_of(j, &f) == NULL || !sl_span_is(f.about, "c")))
            return false;
    }
    return all.count > 0 || sl_span_is(schema, "pg_catalog");
}

/* --- triggers ------------------------------------------------------------------------------- */

void function_fires(struct judge *j, const List *names, const struct trigger *t)
{
    RangeVar v = name_of_list(j, names);
    bool any = false;

    if (v.relname == NULL || !code_has_parts(j)) {
        note_opaque(j, "the function of a trigger is not known", NULL);
        return;
    }
    struct sl_parts all = sl_catalog_parts_named(j->ctx->catalog, 'f', sl_span_str(v.relname));
    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part f = sl_catalog_part_at(j->ctx->catalog, i);
        if (f.kind != 'f' || !code_in_reach(j, v.schemaname, f.schema))
            continue;
        any = true;
        code_run(j, i, t->table, NULL, walk_function, t);
    }
    if (any && !is_undefined(j, v.schemaname, v.relname))
        return;
    if (!any && (v.schemaname == NULL || strcmp(v.schemaname, "pg_catalog") == 0) &&
        is_harmless_support(v.relname))
        return;
    note_opaque(j, "the function %s of a trigger is not known", v.relname);
}
