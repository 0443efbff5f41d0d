#include "judge/sql/plpgsql_int.h"

/* Pieces of SQL in PL/pgSQL, and where their values go. */

struct origin *value_of_query(struct plpgsql *p, const char *before, struct sl_span query,
                              const char *after)
{
    struct origin *from = NULL;
    struct parse parse;

    if (p->broken)
        return NULL;
    const void *tree = body_parse(p->j, before, query, after, &parse);
    if (tree == NULL)
        return NULL;
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
    return value_of_query(p, "SELECT ", expression, "");
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

static void into_row(struct plpgsql *p, struct outputs *row, const char *field, struct origin *from)
{
    const struct trigger *t = p->b->trigger;

    for (size_t i = 0; i < row->count; i++) {
        if (field != NULL && strcmp(row->items[i].name, field) != 0)
            continue;
        origin_join(p->j, &row->items[i].origins, from);
        if (t != NULL && t->table != NULL) /* the row that is about to be written */
            note_flow(p->j, from, t->table->name, row->items[i].name);
    }
}

void value_assign(struct plpgsql *p, const char *name, const char *field, struct origin *from)
{
    struct source *at = p->broken ? NULL : body_variable(p->j, p->b, name);

    if (at == NULL || at->outputs == NULL)
        return;
    if (at->outputs->open)
        origin_join(p->j, &at->outputs->rest, from);
    else
        into_row(p, at->outputs, field, from);
    if (p->b->pool != NULL)
        origin_join(p->j, &p->b->pool->rest, from);
}

void value_assign_all(struct plpgsql *p, struct origin *from)
{
    for (struct source *at = p->b->scope.sources; from != NULL && at != NULL; at = at->next)
        if (at->alias != NULL)
            value_assign(p, at->alias, NULL, from);
}

static void targets(struct plpgsql *p, struct origin *from, bool assign)
{
    do {
        const char *name = read_name(p), *field = NULL;
        while (read_take(p, "."))
            field = read_name(p);
        if (assign)
            value_assign(p, name, field, from);
    } while (read_take(p, ",") && !read_done(p));
}

void value_into(struct plpgsql *p, struct origin *from)
{
    read_take(p, "strict");
    targets(p, from, true);
}

void value_skip_targets(struct plpgsql *p)
{
    read_take(p, "strict");
    targets(p, NULL, false);
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
