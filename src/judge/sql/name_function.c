#include "judge/sql/code_int.h"

/* Names of functions, operators and types: what a user could have made instead of a built-in one
 * makes it opaque. */

/* Schema and last part of a qualified name; false when it is longer than that or no name at all. */
static bool split(const List *names, const char **schema, const char **last)
{
    int n = names == NULL ? 0 : list_length(names);

    if (n < 1 || n > 2)
        return false;
    *schema = n == 2 ? name_text(linitial(names)) : NULL;
    *last = name_text(llast(names));
    return *last != NULL && (n == 1 || *schema != NULL);
}

enum sl_builtin name_function(struct judge *j, const List *names, const List *args,
                              const char **schema, const char **last, bool *surely)
{
    *schema = *last = NULL;
    *surely = false;
    if (!split(names, schema, last)) {
        note_opaque(j, "a function has a name that the judge cannot read", NULL);
        *surely = true;
        return SL_BUILTIN_NONE;
    }
    ambient_casts(j);
    enum sl_builtin kind = *schema == NULL || strcmp(*schema, "pg_catalog") == 0
                               ? sl_builtin_function(*last)
                               : SL_BUILTIN_NONE;
    /* What the judge does not know to be harmless is not made so by being the one that is meant. */
    if (*schema == NULL && args == NIL && j->catalog_first && kind != SL_BUILTIN_NONE)
        *surely = sl_builtin_without_arguments(*last) && j->ctx->catalog != NULL;
    return kind;
}

enum { OF_USER_TYPES_ALONE = 32 }; /* in the num of an operator's part */

static void run_operator(struct judge *j, const struct sl_part *p, const struct arguments *a,
                         struct origin **flow)
{
    if ((p->num & 16) != 0 && !function_is_reviewed(j, p->about, p->text))
        note_opaque(j, "a planner function of users stands behind operator %s",
                    sl_arena_text(j->mem, p->name));
    function_named(j, p->about, p->text, a, flow);
}

static void users_operator(struct judge *j, const char *schema, const char *op,
                           struct origin *given, struct origin **flow)
{
    struct arguments a = {.least = -1, .all = given};
    bool any = false;

    if (!code_users_may_own(j, 'o', schema, op))
        return;
    struct sl_parts all = code_has_parts(j)
                              ? sl_catalog_parts_named(j->ctx->catalog, 'o', sl_span_str(op))
                              : (struct sl_parts){0};
    for (uint32_t i = all.first; i < all.first + all.count && depth_step(j, 1); i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if (p.kind != 'o' || !code_in_reach(j, schema, p.schema))
            continue;
        any = true;
        if ((p.num & OF_USER_TYPES_ALONE) != 0 && !j->user_values)
            continue;
        run_operator(j, &p, &a, flow);
    }
    if (!any)
        note_opaque(j, "operator %s may be one that a user made", op);
}

/* What is meant without being written was found on the path of whoever made the definition: the
 * server's text does not say which it was. */
static void unwritten_operator(struct judge *j, const char *op, struct origin *given,
                               struct origin **flow)
{
    const bool as_server = j->as_server, any_schema = j->any_schema;

    if (as_server) {
        j->as_server = false;
        j->any_schema = true;
    }
    users_operator(j, NULL, op, given, flow);
    j->as_server = as_server;
    j->any_schema = any_schema;
}

void name_operator_text(struct judge *j, const char *op)
{
    ambient_casts(j);
    unwritten_operator(j, op, NULL, NULL);
}

void name_operator_unwritten(struct judge *j, const List *names, struct origin *given,
                             struct origin **flow)
{
    const char *schema, *op;

    if (j->as_server && split(names, &schema, &op) && schema == NULL)
        unwritten_operator(j, op, given, flow);
}

void name_operator_call(struct judge *j, const List *names, struct origin *given,
                        struct origin **flow)
{
    const char *schema, *op;

    ambient_casts(j);
    if (!split(names, &schema, &op))
        note_opaque(j, "an operator has a name that the judge cannot read", NULL);
    else
        users_operator(j, schema, op, given, flow);
}

bool name_operator_is_users(const struct judge *j, const List *names)
{
    const char *schema, *op;

    return split(names, &schema, &op) && code_users_may_own(j, 'o', schema, op);
}

void name_operator(struct judge *j, const List *names)
{
    name_operator_call(j, names, NULL, NULL);
}

/* Enum types are users' own but run no code of theirs. */
static bool is_enum(const struct judge *j, const char *schema, const char *name)
{
    const struct sl_catalog *c = j->ctx->catalog;
    struct sl_span n = sl_span_str(name);

    if (c == NULL)
        return false;
    if (schema != NULL)
        return sl_catalog_has_name_in(c, 'e', sl_span_str(schema), n);
    return sl_catalog_has_name(c, 'e', n) && !sl_catalog_has_name(c, 't', n);
}

static bool type_is_known(const struct judge *j, const char *schema, const char *name)
{
    if (schema == NULL && sl_builtin_type(name))
        return j->catalog_first || j->as_server;
    if (schema != NULL && strcmp(schema, "pg_catalog") == 0)
        return sl_builtin_type(name);
    return is_enum(j, schema, name);
}

void name_type(struct judge *j, const TypeName *t)
{
    const char *schema = NULL, *name;

    j->shareable = false; /* literals may hide in a type: float(24), interval second(3) */
    if (t == NULL)
        return;
    ambient_casts(j);
    if (t->pct_type || !split(t->names, &schema, &name))
        note_opaque(j, "a type has a name that the judge cannot read", NULL);
    else if (schema == NULL && !j->as_server && name_may_be_temporary(j, name))
        note_opaque(j, "type %s may be a temporary object of this session", name);
    else if (!type_is_known(j, schema, name)) {
        ambient_user_values(j);
        if (!ambient_type(j, schema, name))
            note_opaque(j, "type %s is not built in", name);
    }
}
