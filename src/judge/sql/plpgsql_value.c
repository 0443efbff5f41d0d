#include "judge/sql/plpgsql_int.h"

/* Pieces of SQL in PL/pgSQL, and where their values go. */

static bool has_rows(const Node *n)
{
    return IsA(n, SelectStmt) || IsA(n, InsertStmt) || IsA(n, UpdateStmt) || IsA(n, DeleteStmt);
}

/* The names of its columns outlive the tree. */
static struct origin *keep_rows(struct plpgsql *p, const void *tree)
{
    struct outputs *out = NOTE_NEW(p->j, struct outputs);

    if (out == NULL)
        return NULL;
    body_rows(p->j, p->b, tree, out);
    p->rows = out->rows;
    origin_join(p->j, &p->tells, out->tells);
    origin_join(p->j, &p->tells, out->rows);
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].name != NULL)
            out->items[i].name = sl_arena_text(p->j->mem, sl_span_str(out->items[i].name));
    p->row = out->open ? NULL : out;
    return output_union(p->j, out);
}

struct origin *value_of_query(struct plpgsql *p, const char *before, struct sl_span query,
                              const char *after)
{
    struct origin *from = NULL;
    struct parse parse;

    if (p->broken)
        return NULL;
    p->row = NULL;
    p->rows = p->tells = NULL;
    const void *tree = body_parse(p->j, before, query, after, &parse);
    if (tree == NULL)
        return NULL;
    if (has_rows(tree))
        from = keep_rows(p, tree);
    else
        body_statement(p->j, p->b, tree, &from);
    parse_end(&parse);
    return from;
}

struct origin *value_of(struct plpgsql *p, struct sl_span expression)
{
    if (expression.n == 0) {
        read_broken(p, "a PL/pgSQL expression is missing");
        return NULL;
    }
    struct origin *from = value_of_query(p, "SELECT ", expression, "");
    p->row = NULL;
    return from;
}

/* --- EXECUTE -------------------------------------------------------------------------------- */

/* The text of an expression that is nothing but one string. */
static const char *constant(const void *tree)
{
    const SelectStmt *n = tree;

    if (n == NULL || !IsA(n, SelectStmt) || n->op != SETOP_NONE ||
        list_length(n->targetList) != 1 || n->fromClause != NIL || n->whereClause != NULL)
        return NULL;
    const ResTarget *t = linitial(n->targetList);
    if (!IsA(t, ResTarget) || !expr_is_literal(t->val) ||
        ((const A_Const *)t->val)->val.node.type != T_String)
        return NULL;
    return ((const A_Const *)t->val)->val.sval.sval;
}

/* The text sees no variables, and $1 is the first value of USING. */
static struct origin *run_text(struct plpgsql *p, const char *text, struct origin *parameters)
{
    struct judge *j = p->j;
    const struct arguments *before = j->arguments, given = {.all = parameters};
    struct body b = {.trigger = NULL};
    struct origin *from = NULL;
    const ListCell *cell;

    if (strlen(text) > CODE_MAX_BODY || caps_refuse(j->ctx, sl_span_str(text)) != NULL ||
        !depth_enter(j)) {
        note_opaque(j, "a text that EXECUTE runs is too long to read", NULL);
        return NULL;
    }
    struct parse parse = parse_begin(text);
    if (!parse.accepted)
        note_opaque(j, "PostgreSQL 15's grammar does not accept what EXECUTE runs", NULL);
    j->arguments = &given;
    foreach (cell, parse.trees) {
        const RawStmt *raw = lfirst(cell);
        if (IsA(raw, RawStmt) && raw->stmt != NULL)
            body_statement(j, &b, raw->stmt, &from);
    }
    j->arguments = before;
    parse_end(&parse);
    depth_leave(j);
    return from;
}

struct origin *value_dynamic(struct plpgsql *p, struct sl_span text, struct origin *parameters)
{
    struct origin *from = NULL;
    struct parse parse;

    p->row = NULL;
    if (p->broken)
        return NULL;
    const void *tree = body_parse(p->j, "SELECT ", text, "", &parse);
    if (tree == NULL)
        return NULL;
    const char *sql = constant(tree);
    if (sql != NULL) {
        from = run_text(p, sql, parameters);
    } else {
        body_select(p->j, p->b, tree, &from);
        note_opaque(p->j, "EXECUTE runs a text that is put together when it runs", NULL);
    }
    parse_end(&parse);
    return from;
}

/* --- variables ------------------------------------------------------------------------------ */

bool value_is_variable(const struct plpgsql *p, const char *name)
{
    for (const struct source *at = p->b->scope.sources; name != NULL && at != NULL; at = at->next)
        if (at->alias != NULL && strcmp(at->alias, name) == 0)
            return true;
    return false;
}

static struct variable_kind *kind_of(const struct plpgsql *p, const char *name)
{
    struct variable_kind *k = p->kinds;

    while (k != NULL && strcmp(k->name, name) != 0)
        k = k->next;
    return k;
}

void value_declare(struct plpgsql *p, const char *name, bool record, bool small)
{
    struct variable_kind *k = kind_of(p, name);
    const bool first = k == NULL && !value_is_variable(p, name);

    if (k == NULL && (k = NOTE_NEW(p->j, struct variable_kind)) != NULL) {
        *k = (struct variable_kind){p->kinds, name, record && first, small && first, false, NULL};
        p->kinds = k;
    } else if (k != NULL) {
        k->record = k->record && record;
        k->small = k->small && small;
    }
}

void value_declare_cursor(struct plpgsql *p, const char *name)
{
    struct variable_kind *k = kind_of(p, name);

    if (k != NULL)
        k->cursor = true;
}

bool value_is_declared(const struct plpgsql *p, const char *name)
{
    return kind_of(p, name) != NULL;
}

bool value_names_portal(const struct plpgsql *p, const char *name, const struct origin **text)
{
    const struct variable_kind *k = kind_of(p, name);

    *text = k == NULL ? NULL : k->named;
    return k != NULL && k->cursor;
}

static bool value_is_record(const struct plpgsql *p, const char *name)
{
    const struct variable_kind *k = kind_of(p, name);

    return k != NULL && k->record;
}

static void into_row(struct plpgsql *p, struct outputs *row, const char *field, struct origin *from)
{
    const struct trigger *t = p->b->trigger;

    for (size_t i = 0; i < row->count; i++) {
        if (field != NULL && strcmp(row->items[i].name, field) != 0)
            continue;
        origin_carry(p->j, &row->items[i].origins, from, p->around);
        if (t != NULL && t->table != NULL) /* the row that is about to be written */
            note_flow(p->j, from, t->table->name, row->items[i].name);
    }
}

/* What goes into a variable as a whole may be in any of its fields. */
static void into_all(const struct plpgsql *p, struct outputs *variable, struct origin *from)
{
    origin_carry(p->j, &variable->rest, from, p->around);
    for (size_t i = 0; i < variable->count; i++)
        origin_carry(p->j, &variable->items[i].origins, from, p->around);
}

static struct output *item_named(struct judge *j, struct outputs *o, const char *name)
{
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->items[i].name, name) == 0)
            return &o->items[i];
    struct output *item = output_add(j, o, name);
    if (item != NULL)
        origin_join(j, &item->origins, o->rest);
    return item;
}

/* A field that is not known gets its own place, so that a row counts what all its fields hold. */
static void into_field(const struct plpgsql *p, struct outputs *variable, const char *field,
                       struct origin *from)
{
    struct output *item = item_named(p->j, variable, field);

    if (item != NULL)
        origin_carry(p->j, &item->origins, from, p->around);
}

static void assign(struct plpgsql *p, const char *name, const char *field, struct origin *from)
{
    struct source *at = p->broken ? NULL : body_variable(p->j, p->b, name);
    const struct variable_kind *kind = name == NULL ? NULL : kind_of(p, name);
    struct origin *one = NULL;

    if (at == NULL || at->outputs == NULL)
        return;
    from = branch_value(p, from);
    if (kind != NULL && kind->small) {
        origin_settle(p->j, &one, from);
        from = one;
    }
    if (at->outputs->open && field != NULL && at->outputs != p->b->pool)
        into_field(p, at->outputs, field, from);
    else if (at->outputs->open)
        into_all(p, at->outputs, from);
    else
        into_row(p, at->outputs, field, from);
    if (p->b->pool != NULL)
        origin_carry(p->j, &p->b->pool->rest, from, false);
}

void value_assign(struct plpgsql *p, const char *name, const char *field, struct origin *from)
{
    struct variable_kind *kind = name == NULL ? NULL : kind_of(p, name);

    if (kind != NULL && kind->cursor)
        origin_settle(p->j, &kind->named, from);
    assign(p, name, field, from);
}

void value_assign_all(struct plpgsql *p, struct origin *from)
{
    for (struct source *at = p->b->scope.sources; from != NULL && at != NULL; at = at->next)
        if (at->alias != NULL)
            value_assign(p, at->alias, NULL, from);
}

struct origin *value_of_error(const struct plpgsql *p)
{
    struct origin *all = NULL;

    if (p->b->pool != NULL)
        origin_join(p->j, &all, p->b->pool->rest);
    if (p->j->reads != NULL)
        origin_join(p->j, &all, *p->j->reads);
    return all;
}

/* A record or a cursor gets the columns of a row by their names; the fields of any other variable
 * have names of their own. */
static void assign_row(struct plpgsql *p, const char *name, const struct outputs *row)
{
    struct source *at = p->broken ? NULL : body_variable(p->j, p->b, name);

    if (at == NULL || at->outputs == NULL || row == NULL || !at->outputs->open ||
        at->outputs == p->b->pool) {
        assign(p, name, NULL, row == NULL ? NULL : output_union(p->j, row));
        return;
    }
    for (size_t i = 0; i < row->count; i++) {
        struct output *item =
            row->items[i].name == NULL ? NULL : item_named(p->j, at->outputs, row->items[i].name);
        if (item != NULL)
            origin_carry(p->j, &item->origins, row->items[i].origins, p->around);
        else
            into_all(p, at->outputs, row->items[i].origins);
        if (p->b->pool != NULL)
            origin_carry(p->j, &p->b->pool->rest, row->items[i].origins, false);
    }
    into_all(p, at->outputs, branch_value(p, row->rest));
}

void value_cursor(struct plpgsql *p, const char *name, struct origin *from)
{
    if (p->row != NULL)
        assign_row(p, name, p->row);
    else
        assign(p, name, NULL, from);
}

static size_t targets(struct plpgsql *p)
{
    size_t n = 0;

    read_take(p, "strict");
    do {
        read_name(p);
        while (read_take(p, "."))
            read_name(p);
        n++;
    } while (read_take(p, ",") && !read_done(p));
    return n;
}

void value_skip_targets(struct plpgsql *p)
{
    targets(p);
}

void value_into(struct plpgsql *p, struct origin *from)
{
    const struct outputs *row = p->row;
    size_t start = p->at, n = targets(p), end = p->at;

    p->at = start;
    read_take(p, "strict");
    for (size_t i = 0; i < n && !read_done(p); i++) {
        const char *name = read_name(p), *field = NULL;
        while (read_take(p, ".")) {
            const char *next = read_name(p);
            field = field == NULL ? next : field;
        }
        if (row != NULL && n == 1 && field == NULL && value_is_record(p, name))
            assign_row(p, name, row);
        else if (row != NULL && !row->open && n == row->count)
            value_assign(p, name, field, row->items[i].origins);
        else
            value_assign(p, name, field, from);
        read_take(p, ",");
    }
    p->at = end;
    p->row = NULL;
}

struct origin *value_list(struct plpgsql *p, const char *const *words, size_t count)
{
    struct origin *all = NULL;

    do
        origin_join(p->j, &all, value_of(p, read_until(p, words, count)));
    while (read_take(p, ",") && !read_done(p));
    return all;
}

void value_reports(struct plpgsql *p, struct origin *from)
{
    note_flow(p->j, from, SL_SPAN("result"), "raise");
}
