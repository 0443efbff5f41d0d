#include "judge/sql/code_int.h"

/* Columns to their tables, as the server finds them: the innermost scope that has the name. Where
 * the columns of something are not known it may be meant, and counts. */

static void touch(struct judge *j, struct dataset *d, struct sl_span name, const void *place,
                  struct origin **flow)
{
    if (d->system) { /* only its secret column matters */
        note_column(j, d, name, SL_EFFECT_READ);
        store_tell_relation(j, d, place, flow);
        return;
    }
    note_read(j, d, name);
    origin_add_at(j, flow, d, name, place);
    store_tell_relation(j, d, place, flow);
    for (const struct origin *o = fires_made_of(j, d, name); o != NULL; o = o->next) {
        note_read(j, o->dataset, o->column);
        origin_add_at(j, flow, o->dataset, o->column, place);
    }
}

static bool is_system_column(const char *name)
{
    static const char *const names[] = {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"};

    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static enum found in_dataset(struct judge *j, struct dataset *d, const char *name,
                             const void *place, struct origin **flow)
{
    struct sl_column column;

    if (!d->listed) {
        touch(j, d, sl_arena_copy(j->mem, sl_span_str(name)), place, flow); /* outlives the tree */
        return PERHAPS;
    }
    if (is_system_column(name)) {
        if (strcmp(name, "tableoid") == 0)
            inherit_key(j, d, true, flow);
        return YES;
    }
    if (!sl_catalog_find_column(j->ctx->catalog, &d->relation, sl_span_str(name), &column))
        return NO;
    touch(j, d, column.name, place, flow);
    return YES;
}

/* Behind a star of unknown columns the name is one of them. */
static void behind_star(struct judge *j, const struct output *star, const char *name,
                        const void *place, struct origin **flow)
{
    struct sl_span copy = sl_arena_copy(j->mem, sl_span_str(name));

    for (const struct origin *o = star->origins; o != NULL; o = o->next)
        touch(j, o->dataset, copy, place, flow);
}

static enum found in_outputs(struct judge *j, struct source *s, const char *name,
                             struct origin **flow)
{
    const struct outputs *o = s->outputs;
    enum found found = NO;

    for (size_t i = 0; i < o->count; i++)
        if (!o->items[i].star && o->items[i].name != NULL && strcmp(o->items[i].name, name) == 0) {
            output_use_at(j, o, i, s, flow);
            if (o->items[i].origins == NULL)
                picked_use(j, s, (uint32_t)i, flow);
            picked_met(j, s, (uint32_t)i);
            if (s->variable)
                branch_join(j, flow);
            if (j->met != NULL)
                j->met->made = j->met->made || o->items[i].loud;
            found = YES;
        }
    if (found == YES || !o->open)
        return found;
    for (size_t i = 0; i < o->count; i++)
        if (o->items[i].star)
            behind_star(j, &o->items[i], name, s, flow);
    note_reads(j, o->rest_reads);
    origin_meet(j, flow, o->rest, s, UINT32_MAX);
    if (o->rest == NULL)
        picked_use(j, s, PICKED_ALL, flow);
    picked_met(j, s, PICKED_ALL);
    j->loud = true;
    return PERHAPS;
}

static enum found in_source(struct judge *j, struct source *s, const char *name,
                            struct origin **flow)
{
    if (s->outputs != NULL)
        return in_outputs(j, s, name, flow);
    const enum found found =
        s->dataset == NULL ? PERHAPS : in_dataset(j, s->dataset, name, s, flow);
    if (found != NO)
        picked_met(j, s, 0);
    return found;
}

static void whole_row(struct judge *j, struct source *s, struct origin **flow)
{
    picked_met(j, s, PICKED_ALL);
    picked_use(j, s, PICKED_ALL, flow);
    if (s->variable)
        branch_join(j, flow);
    if (!s->variable)
        ambient_user_values(j); /* a row is a value of its table's own type */
    if (s->outputs != NULL) {
        outputs_use_at(j, s->outputs, s, flow);
    } else if (s->dataset != NULL && s->dataset->system) {
        note_all_columns(j, s->dataset, SL_EFFECT_READ);
        store_tell_relation(j, s->dataset, s, flow);
    } else if (s->dataset != NULL) {
        note_read(j, s->dataset, (struct sl_span){0});
        origin_add_at(j, flow, s->dataset, (struct sl_span){0}, s);
        store_tell_relation(j, s->dataset, s, flow);
    }
}

static struct source *by_alias(struct scope *s, const char *schema, const char *alias)
{
    for (; s != NULL; s = s->up)
        for (struct source *at = s->sources; at != NULL; at = at->next)
            if (!at->hidden && at->alias != NULL && strcmp(at->alias, alias) == 0 &&
                (schema == NULL || (at->schema != NULL && strcmp(at->schema, schema) == 0)))
                return at;
    return NULL;
}

/* Of a table the server refuses the name. What a query inside gives is named by rules of which one
 * may be missing here: then it is any of its columns. */
static void unknown_column(struct judge *j, struct scope *s, struct origin **flow)
{
    for (; s != NULL; s = s->up)
        for (const struct source *at = s->sources; at != NULL; at = at->next)
            if (!at->hidden && !at->variable && at->outputs != NULL && !at->own_names)
                outputs_use_at(j, at->outputs, at, flow);
}

/* A name alone: a column of the innermost scope that has it, else a table's whole row, else the
 * name of an output (ORDER BY), which was followed already. */
void column_named(struct judge *j, struct scope *s, const char *name, struct origin **flow)
{
    const enum found enough = j->ctx->assume_plain ? PERHAPS : YES; /* without a listing: guess */
    bool variable = false;

    for (struct scope *at = s; at != NULL; at = at->up) {
        bool found = false;
        for (struct source *from = at->sources; from != NULL; from = from->next)
            if (!from->only_qualified && !from->hidden && in_source(j, from, name, flow) >= enough)
                found = true;
        if (found && !j->variables_first && (enough == YES || by_alias(s, NULL, name) == NULL))
            return;
        if (found && j->variables_first) { /* a variable of this name may be meant as well */
            variable = true;
            break;
        }
    }
    struct source *row = by_alias(s, NULL, name);
    if (row != NULL && (!variable || row->only_qualified))
        whole_row(j, row, flow);
    else if (row == NULL && !variable)
        unknown_column(j, s, flow);
}

/* table.name that is no column of the table calls the function `name` with the row. */
static void row_function(struct judge *j, struct source *from, const char *name,
                         struct origin **flow)
{
    struct origin *given = NULL, *read = NULL;

    whole_row(j, from, &given);
    origin_join(j, flow, given);
    function_of_row(j, name, given, &read);
    origin_meet(j, flow, read, name, 0);
}

static void qualified(struct judge *j, struct scope *s, const char *schema, const char *table,
                      const char *name, struct origin **flow)
{
    struct source *from = by_alias(s, schema, table);

    if (from == NULL) {
        note_opaque(j, "%s is not a table of this query", table);
        return;
    }
    enum found found = in_source(j, from, name, flow);
    bool open_table = j->ctx->assume_plain &&
                      (from->outputs != NULL || (from->dataset != NULL && !from->dataset->listed));
    bool of_system = from->dataset != NULL && from->dataset->system;
    if (found == NO)
        row_function(j, from, name, flow);
    else if (found == PERHAPS && !open_table &&
             (!of_system || (j->ctx->catalog != NULL &&
                             sl_catalog_has_name(j->ctx->catalog, 'f', sl_span_str(name)))))
        row_function(j, from, name, flow);
}

int column_parts(const ColumnRef *ref, const char *parts[4], bool *star)
{
    int n = list_length(ref->fields);

    *star = n > 0 && IsA(llast(ref->fields), A_Star);
    n -= *star;
    if (n > 4)
        return -1;
    for (int i = 0; i < n; i++) {
        parts[i] = name_text(list_nth(ref->fields, i));
        if (parts[i] == NULL)
            return -1;
    }
    return n;
}

struct source *column_row(struct scope *s, const char *const *parts, int n)
{
    if (n < 1 || n > 3)
        return NULL;
    return by_alias(s, n > 1 ? parts[n - 2] : NULL, parts[n - 1]);
}

void column_reference(struct judge *j, struct scope *s, const ColumnRef *ref, struct origin **flow)
{
    const char *parts[4];
    bool star;
    int n = column_parts(ref, parts, &star);

    if (n < 0 || (n == 0 && !star)) {
        note_opaque(j, "a column has a name that the judge cannot read", NULL);
    } else if (star && n == 0) {
        for (struct source *at = s == NULL ? NULL : s->sources; at != NULL; at = at->next)
            if (!at->only_qualified && !at->hidden)
                whole_row(j, at, flow);
    } else if (star) {
        struct source *row = column_row(s, parts, n);
        if (row == NULL)
            note_opaque(j, "%s is not a table of this query", parts[n - 1]);
        else
            whole_row(j, row, flow);
    } else if (n == 1) {
        column_named(j, s, parts[0], flow);
    } else {
        qualified(j, s, n > 2 ? parts[n - 3] : NULL, parts[n - 2], parts[n - 1], flow);
    }
}

static enum found may_have(struct judge *j, const struct source *s, const char *name)
{
    const struct dataset *d = s->dataset;
    struct sl_column column;

    for (size_t i = 0; s->outputs != NULL && i < s->outputs->count; i++)
        if (s->outputs->items[i].name != NULL && strcmp(s->outputs->items[i].name, name) == 0)
            return YES;
    if (s->outputs != NULL)
        return s->outputs->open ? PERHAPS : NO;
    if (d == NULL || !d->listed)
        return PERHAPS;
    return sl_catalog_find_column(j->ctx->catalog, &d->relation, sl_span_str(name), &column) ? YES
                                                                                             : NO;
}

enum found column_is_input(struct judge *j, struct scope *s, const char *name)
{
    enum found found = NO;

    for (const struct source *at = s->sources; at != NULL && found != YES; at = at->next) {
        enum found here = may_have(j, at, name);
        found = here > found ? here : found;
    }
    return found;
}

struct source *column_row_named(struct judge *j, struct scope *s, const void *node)
{
    const char *parts[4];
    bool star;

    if (node == NULL || s == NULL || !IsA(node, ColumnRef))
        return NULL;
    int n = column_parts(node, parts, &star);
    if (n == 1 && !star) {
        for (struct scope *at = s; at != NULL; at = at->up)
            if (column_is_input(j, at, parts[0]) != NO)
                return NULL;
        return by_alias(s, NULL, parts[0]);
    }
    return n >= 1 && star ? column_row(s, parts, n) : NULL;
}

bool column_field(struct judge *j, struct scope *s, const void *row, const char *field,
                  struct origin **flow)
{
    struct source *at = column_row_named(j, s, row);
    struct sl_column column;

    if (at == NULL)
        return false;
    if (at->outputs == NULL)
        return at->dataset != NULL && at->dataset->listed && !is_system_column(field) &&
               sl_catalog_find_column(j->ctx->catalog, &at->dataset->relation, sl_span_str(field),
                                      &column) &&
               in_dataset(j, at->dataset, field, at, flow) == YES;
    for (size_t i = 0; i < at->outputs->count; i++)
        if (!at->outputs->items[i].star && at->outputs->items[i].name != NULL &&
            strcmp(at->outputs->items[i].name, field) == 0)
            return in_outputs(j, at, field, flow) == YES;
    return false;
}

static bool plain_in(struct judge *j, const struct source *s, const char *name, bool *found)
{
    struct sl_column column;

    if (s->outputs != NULL && !s->own_names) {
        *found = true; /* under another name than the table's own */
        return false;
    }
    if (s->dataset == NULL || !s->dataset->listed ||
        !sl_catalog_find_column(j->ctx->catalog, &s->dataset->relation, sl_span_str(name),
                                &column)) {
        bool known = s->dataset != NULL && s->dataset->listed;
        *found = !known; /* an unknown one might be the one that is meant */
        return false;
    }
    *found = true;
    return column.type == SL_COLUMN_BUILTIN;
}

bool column_is_plain(struct judge *j, struct scope *s, const ColumnRef *ref)
{
    const char *parts[4];
    bool star, any = false, found;
    int n = column_parts(ref, parts, &star);

    if (star || n < 1 || n > 2)
        return false;
    if (n == 2) {
        struct source *from = by_alias(s, NULL, parts[0]);
        return from != NULL && plain_in(j, from, parts[1], &found);
    }
    for (; s != NULL && !any; s = s->up)
        for (const struct source *at = s->sources; at != NULL; at = at->next) {
            if (at->hidden || at->only_qualified)
                continue;
            bool plain = plain_in(j, at, parts[0], &found);
            if (found && !plain)
                return false;
            any = any || found;
        }
    return any;
}
