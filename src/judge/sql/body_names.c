#include "judge/sql/code_int.h"

/* What a body can name: variables, and rows of tables. */

static struct source *add_source(struct judge *j, struct scope *s, const char *alias)
{
    struct source *at = NOTE_NEW(j, struct source);
    struct source **last = &s->sources;

    if (at == NULL)
        return NULL;
    *at = (struct source){.alias = alias, .only_qualified = true};
    while (*last != NULL)
        last = &(*last)->next;
    *last = at;
    s->last = &at->next;
    return at;
}

struct source *body_variable(struct judge *j, struct body *b, const char *name)
{
    for (struct source *at = b->scope.sources; at != NULL; at = at->next)
        if (at->alias != NULL && strcmp(at->alias, name) == 0)
            return at;
    struct source *at = add_source(j, &b->scope, name);
    if (at != NULL) {
        at->variable = true;
        at->outputs = NOTE_NEW(j, struct outputs);
        if (at->outputs != NULL)
            at->outputs->open = true;
    }
    return at;
}

struct outputs *body_row(struct judge *j, struct dataset *d)
{
    struct outputs *o = NOTE_NEW(j, struct outputs);

    if (o == NULL || d == NULL)
        return o;
    o->open = !d->listed;
    if (o->open)
        origin_add(j, &o->rest, d, (struct sl_span){0});
    for (uint32_t i = 0; d->listed && i < d->relation.column_count; i++) {
        struct sl_span name = sl_catalog_column(j->ctx->catalog, &d->relation, i).name;
        struct output *item = output_add(j, o, sl_arena_text(j->mem, name));
        if (item != NULL)
            origin_add(j, &item->origins, d, name);
    }
    return o;
}

void body_row_source(struct judge *j, struct scope *s, struct dataset *d, const char *alias,
                     bool only_qualified)
{
    struct source *at = add_source(j, s, alias);

    if (at == NULL)
        return;
    at->outputs = body_row(j, d);
    at->only_qualified = only_qualified;
}

/* Types that only code has, and that run nothing. */
void body_type(struct judge *j, const TypeName *t)
{
    static const char *const names[] = {"any",
                                        "anyarray",
                                        "anycompatible",
                                        "anycompatiblearray",
                                        "anycompatiblemultirange",
                                        "anycompatiblenonarray",
                                        "anycompatiblerange",
                                        "anyelement",
                                        "anyenum",
                                        "anymultirange",
                                        "anynonarray",
                                        "anyrange",
                                        "cstring",
                                        "event_trigger",
                                        "internal",
                                        "record",
                                        "refcursor",
                                        "trigger",
                                        "void"};
    if (t == NULL)
        return;
    RangeVar v = name_of_list(j, t->names);
    if (t->pct_type && (j->ctx->temp_objects || !ambient_types(j, true)))
        note_opaque(j, "a type is taken from a column", NULL);
    for (size_t i = 0; v.relname != NULL && i < SL_COUNT(names); i++)
        if (strcmp(names[i], v.relname) == 0 && j->catalog_first &&
            !(v.schemaname == NULL && name_may_be_temporary(j, v.relname)))
            return;
    if (!t->pct_type)
        name_type(j, t);
}
