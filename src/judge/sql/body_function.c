#include "judge/sql/code_int.h"

/* The body of a function: its parameters, the settings that it brings, and its text. */

static struct origin *argument(const struct arguments *a, int position)
{
    if (!a->by_position || position >= CODE_ARGUMENTS)
        return a->all;
    return a->items[position];
}

/* What a call leaves out. Which calls do, the number of arguments does not always say. */
static void default_argument(struct judge *j, const FunctionParameter *p, struct arguments *a,
                             int position)
{
    struct origin *from = NULL;

    expr_walk(j, NULL, p->defexpr, &from);
    origin_join(j, &a->all, from);
    if (position < CODE_ARGUMENTS)
        origin_join(j, &a->items[position], from);
}

/* Parameters by name; the function's own name stands before them, too. */
static void parameters(struct judge *j, struct body *b, const CreateFunctionStmt *f,
                       struct arguments *a)
{
    const ListCell *cell;
    int position = 0;

    foreach (cell, f->parameters) {
        const FunctionParameter *p = NODE(j, FunctionParameter, cell);
        if (p == NULL)
            continue;
        bool in = p->mode != FUNC_PARAM_OUT && p->mode != FUNC_PARAM_TABLE;
        struct source *at = p->name == NULL ? NULL : body_variable(j, b, p->name);
        if (p->mode == FUNC_PARAM_VARIADIC) /* from here on all arguments are one */
            a->by_position = false;
        if (in)
            default_argument(j, p, a, position);
        if (in && at != NULL && at->outputs != NULL)
            origin_join(j, &at->outputs->rest, argument(a, position));
        position += in;
        body_type(j, p->argType);
    }
    struct source *self = body_variable(j, b, name_text(llast(f->funcname)));
    if (self != NULL && self->outputs != NULL) {
        origin_join(j, &self->outputs->rest, a->all);
        b->pool = self->outputs;
    }
}

static void own_path(struct judge *j, const VariableSetStmt *set)
{
    const ListCell *cell;
    bool temporary = false;

    j->path_count = 0;
    j->catalog_first = true;
    j->any_schema = false;
    if (set->kind != VAR_SET_VALUE) {
        note_opaque(j, "a function looks its names up on a path that is not known", NULL);
        return;
    }
    foreach (cell, set->args) {
        const A_Const *c = lfirst(cell);
        bool text = IsA(c, A_Const) && !c->isnull && c->val.node.type == T_String;
        struct sl_span name = text ? sl_span_str(c->val.sval.sval) : SL_SPAN("");
        if (!text || j->path_count == SL_COUNT(j->path))
            note_opaque(j, "a function looks its names up on a path that is not known", NULL);
        if (sl_span_is(name, "$user"))
            j->any_schema = true; /* whose name that is depends on who calls it */
        else if (sl_span_is(name, "pg_catalog"))
            j->catalog_first = j->catalog_first && j->path_count == 0 && !temporary;
        else if (sl_span_is(name, "pg_temp"))
            temporary = true;
        else if (name.n > 0 && j->path_count < SL_COUNT(j->path))
            j->path[j->path_count++] =
                sl_arena_copy(j->mem, sl_span_head(name, name_clipped(name)));
    }
}

static void own_setting(struct judge *j, const VariableSetStmt *set)
{
    if (set == NULL || !IsA(set, VariableSetStmt) || set->name == NULL) {
        note_opaque(j, "a function has a setting that the judge cannot read", NULL);
    } else if (strcmp(set->name, "search_path") == 0) {
        own_path(j, set);
    } else if (!sl_builtin_harmless_setting(set->name) && strchr(set->name, '.') == NULL) {
        note_opaque(j, "a function sets %s for itself", set->name);
    }
}

struct options {
    const List *body;
    const char *language;
    bool definer, own_path;
};

static struct options options_of(struct judge *j, const CreateFunctionStmt *f, uint32_t index)
{
    struct options o = {.language = f->sql_body != NULL ? "sql" : NULL};
    const ListCell *cell;

    foreach (cell, f->options) {
        const DefElem *e = NODE(j, DefElem, cell);
        if (e == NULL || e->defname == NULL)
            continue;
        if (strcmp(e->defname, "as") == 0 && e->arg != NULL && IsA(e->arg, List))
            o.body = (const List *)e->arg;
        else if (strcmp(e->defname, "language") == 0)
            o.language = name_text(e->arg);
        else if (strcmp(e->defname, "security") == 0)
            o.definer =
                e->arg != NULL && IsA(e->arg, Boolean) && ((const Boolean *)e->arg)->boolval;
        else if (strcmp(e->defname, "set") == 0) {
            const VariableSetStmt *set = (const VariableSetStmt *)e->arg;
            own_setting(j, set);
            if (set != NULL && IsA(set, VariableSetStmt) && set->name != NULL &&
                strcmp(set->name, "search_path") == 0) {
                o.own_path = true;
                j->path_id = index + 1;
            }
        }
    }
    return o;
}

static void sql_body(struct judge *j, struct body *b, const char *text)
{
    const ListCell *cell;

    if (text == NULL || caps_refuse(j->ctx, sl_span_str(text)) != NULL) {
        note_opaque(j, "a body that the judge cannot read", NULL);
        return;
    }
    struct parse p = parse_begin(text);
    j->as_server = false;
    if (!p.accepted)
        note_opaque(j, "PostgreSQL 15's grammar does not accept a body", NULL);
    foreach (cell, p.trees) {
        const RawStmt *raw = lfirst(cell);
        if (IsA(raw, RawStmt) && raw->stmt != NULL)
            body_statement(j, b, raw->stmt, NULL);
    }
    parse_end(&p);
}

/* RETURN expression, or BEGIN ATOMIC: a list that holds the list of statements. */
static void sql_tree(struct judge *j, struct body *b, const Node *node)
{
    const ListCell *cell;

    if (!IsA(node, List)) {
        body_statement(j, b, node, NULL);
        return;
    }
    foreach (cell, (const List *)node) {
        const Node *n = lfirst(cell);
        if (n == NULL || !depth_enter(j))
            continue;
        if (IsA(n, RawStmt))
            n = ((const RawStmt *)n)->stmt;
        if (n != NULL)
            sql_tree(j, b, n);
        depth_leave(j);
    }
}

static void run_body(struct judge *j, struct body *b, const CreateFunctionStmt *f,
                     const struct options *o)
{
    const char *text = o->body == NIL ? NULL : name_text(linitial(o->body));

    if (o->language == NULL)
        note_opaque(j, "a function has no language", NULL);
    else if (strcmp(o->language, "plpgsql") == 0)
        plpgsql_walk(j, b, text);
    else if (strcmp(o->language, "sql") != 0)
        note_opaque(j, "a body in a language that the judge does not read", NULL);
    else if (f->sql_body != NULL)
        sql_tree(j, b, f->sql_body);
    else
        sql_body(j, b, text);
}

static void trigger_rows(struct judge *j, struct body *b, const struct trigger *t)
{
    b->trigger = t;
    if (t == NULL || t->of_event)
        return;
    b->ctes = t->transitions;
    body_row_source(j, &b->scope, t->table, "new", true);
    body_row_source(j, &b->scope, t->table, "old", true);
    if (b->pool != NULL)
        origin_add(j, &b->pool->rest, t->table, (struct sl_span){0});
}

void body_function(struct judge *j, const struct sl_part *part, struct code *self, const void *with)
{
    struct body_before before;
    struct body b = {0};
    struct parse p;

    if (!body_enter(j, &before, part->text.n))
        return;
    j->in_default = false;
    const CreateFunctionStmt *f = body_parse(j, "", part->text, "", &p);
    if (f != NULL && IsA(f, CreateFunctionStmt)) {
        struct options o = options_of(j, f, self->part);
        if (o.definer && !o.own_path && j->path_of_user) {
            j->any_schema = true;
            j->path_id |= 1u << 31;
        }
        j->arguments = &self->arguments;
        parameters(j, &b, f, &self->arguments);
        trigger_rows(j, &b, with);
        body_type(j, f->returnType);
        run_body(j, &b, f, &o);
    } else if (f != NULL) {
        note_opaque(j, "the definition of a function is none", NULL);
    }
    parse_end(&p);
    body_leave(j, &before);
}
