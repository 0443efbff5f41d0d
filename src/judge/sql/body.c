#include "judge/sql/code_int.h"

/* A text of users as a part of the statement in hand: what it does is added to it, what it looks
 * like is not. Its parameters and variables lie in a scope around it. */

/* --- in and out ----------------------------------------------------------------------------- */

bool body_enter(struct judge *j, struct body_before *before, size_t bytes)
{
    if (bytes > CODE_MAX_BODY || j->body_bytes + bytes > CODE_MAX_ALL_BODIES) {
        note_opaque(j, "a body is longer than the judge reads", NULL);
        return false;
    }
    if (j->bodies >= CODE_MAX_NESTING || !depth_enter(j)) {
        note_opaque(j, "bodies call each other too deeply", NULL);
        return false;
    }
    struct sl_span *path = note_alloc(j, j->path_count * sizeof *path);
    if (path == NULL) {
        depth_leave(j);
        return false;
    }
    if (j->path_count > 0)
        memcpy(path, j->path, j->path_count * sizeof *path);
    *before = (struct body_before){.effects = j->effects,
                                   .flags = j->flags,
                                   .tag = j->tag,
                                   .neutral = j->neutral,
                                   .control = j->control,
                                   .shareable = j->shareable,
                                   .catalog_first = j->catalog_first,
                                   .any_schema = j->any_schema,
                                   .in_default = j->in_default,
                                   .variables_first = j->variables_first,
                                   .as_server = j->as_server,
                                   .pending = j->pending,
                                   .decides = j->decides,
                                   .literals = j->literals,
                                   .literals_approved = j->literals_approved,
                                   .path_id = j->path_id,
                                   .path = path,
                                   .path_count = j->path_count,
                                   .name_count = j->name_count,
                                   .arguments = j->arguments};
    j->bodies++;
    j->body_bytes += bytes;
    j->effects = 0;
    j->neutral = j->variables_first = false;
    j->as_server = code_of_server(j);
    j->pending = j->decides = NULL;
    return true;
}

/* A parameter that somebody made up (app.user) is no part of how names are read. */
static bool sets_only_own(const struct judge *j, size_t from)
{
    for (size_t i = from; i < j->name_count; i++)
        if (j->names[i].kind == SL_NAME_SETTING &&
            memchr(j->names[i].name.p, '.', j->names[i].name.n) == NULL)
            return false;
    return true;
}

/* DDL and SET inside of it change what the names mean that come after. */
static void check_moves(struct judge *j, const struct body_before *before)
{
    bool context = (j->flags & ~before->flags & SL_MEANING_CONTEXT) != 0;

    if ((j->effects & SL_EFFECT_DDL) != 0 && !j->neutral)
        note_opaque(j, "a body changes definitions, and so what names mean", NULL);
    if (!sets_only_own(j, before->name_count) || (context && before->name_count == j->name_count))
        note_opaque(j, "a body changes the session, and so what names mean", NULL);
}

void body_leave(struct judge *j, const struct body_before *before)
{
    check_moves(j, before);
    j->bodies--;
    j->effects |= before->effects;
    j->tag = before->tag;
    j->neutral = before->neutral;
    j->control = before->control;
    j->shareable = before->shareable;
    j->catalog_first = before->catalog_first;
    j->any_schema = before->any_schema;
    j->in_default = before->in_default;
    j->variables_first = before->variables_first;
    j->as_server = before->as_server;
    j->pending = before->pending;
    j->decides = before->decides;
    j->literals = before->literals;
    j->literals_approved = before->literals_approved;
    j->path_id = before->path_id;
    j->path_count = before->path_count;
    if (before->path_count > 0)
        memcpy(j->path, before->path, before->path_count * sizeof *before->path);
    j->arguments = before->arguments;
    depth_leave(j);
}

const void *body_parse(struct judge *j, const char *before, struct sl_span text, const char *after,
                       struct parse *p)
{
    SL_BUF(b, CODE_MAX_BODY + 200);

    sl_buf_put_str(&b, before);
    sl_buf_put(&b, text);
    sl_buf_put_str(&b, after);
    *p = (struct parse){0};
    if (sl_buf_err(&b) != SL_OK || caps_refuse(j->ctx, sl_buf_span(&b)) != NULL) {
        note_opaque(j, "a definition is longer or deeper than the judge reads", NULL);
        return NULL;
    }
    depth_step(j, 20 + b.n / 4);
    *p = parse_begin(sl_buf_text(&b));
    const RawStmt *raw = list_length(p->trees) == 1 ? linitial(p->trees) : NULL;
    if (raw != NULL && IsA(raw, RawStmt) && raw->stmt != NULL)
        return raw->stmt;
    parse_end(p);
    note_opaque(j, "PostgreSQL 15's grammar does not accept a definition", NULL);
    return NULL;
}

/* --- what a body can name ------------------------------------------------------------------- */

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

static struct origin *argument(const struct arguments *a, int position)
{
    if (!a->by_position || position >= CODE_ARGUMENTS)
        return a->all;
    return a->items[position];
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
    if (t->pct_type && !ambient_types(j, true))
        note_opaque(j, "a type is taken from a column", NULL);
    for (size_t i = 0; v.relname != NULL && i < SL_COUNT(names); i++)
        if (strcmp(names[i], v.relname) == 0 && j->catalog_first)
            return;
    if (!t->pct_type)
        name_type(j, t);
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

/* --- options of CREATE FUNCTION ------------------------------------------------------------- */

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
    if (j->ctx->temp_objects && !temporary)
        j->catalog_first = false; /* where nobody names them, they come first */
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

/* --- statements ----------------------------------------------------------------------------- */

static bool is_expression(const SelectStmt *n)
{
    return n->op == SETOP_NONE && n->fromClause == NIL && n->valuesLists == NIL &&
           n->withClause == NULL && n->intoClause == NULL && n->whereClause == NULL &&
           n->groupClause == NIL && n->havingClause == NULL && n->sortClause == NIL &&
           n->lockingClause == NIL && n->limitCount == NULL && n->limitOffset == NULL &&
           n->windowClause == NIL && n->distinctClause == NIL;
}

void body_rows(struct judge *j, struct body *b, const void *node, struct outputs *out)
{
    const SelectStmt *n = node;

    if (IsA(n, SelectStmt) && is_expression(n))
        query_targets(j, &b->scope, n->targetList, out);
    else
        query_walk(j, &b->scope, b->ctes, node, out);
}

void body_select(struct judge *j, struct body *b, const void *node, struct origin **flow)
{
    struct outputs out = {0};

    body_rows(j, b, node, &out);
    if (flow != NULL)
        origin_join(j, flow, output_union(j, &out));
}

void body_statement(struct judge *j, struct body *b, const void *node, struct origin **flow)
{
    switch (nodeTag(node)) {
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
        body_select(j, b, node, flow);
        return;
    case T_ReturnStmt:
        expr_walk(j, &b->scope, ((const ReturnStmt *)node)->returnval, flow);
        return;
    case T_CallStmt:
        call_procedure(j, &b->scope, node, flow);
        return;
    case T_CopyStmt: /* from or to a file; the client takes no part in it */
        if (((const CopyStmt *)node)->filename != NULL) {
            statement_walk(j, node);
            return;
        }
        note_opaque(j, "a body copies to or from the client", NULL);
        return;
    case T_TransactionStmt:
    case T_PrepareStmt:
    case T_ExecuteStmt:
    case T_DeallocateStmt:
    case T_DeclareCursorStmt:
    case T_FetchStmt:
    case T_ClosePortalStmt:
    case T_DiscardStmt:
    case T_ExplainStmt:
        note_opaque(j, "a body runs a statement that the judge does not follow in there", NULL);
        return;
    default:
        statement_walk(j, node);
    }
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

void body_do(struct judge *j, const char *text)
{
    struct body_before before;
    struct body b = {.pool = NOTE_NEW(j, struct outputs)};
    struct origin **reads = j->reads, *own = NULL; /* what its errors may quote */

    if (text == NULL || b.pool == NULL || !body_enter(j, &before, strlen(text)))
        return;
    b.pool->open = true;
    j->reads = &own;
    plpgsql_walk(j, &b, text);
    j->reads = reads;
    origin_join(j, reads, own);
    body_leave(j, &before);
}

void body_expression(struct judge *j, struct dataset *d, struct sl_span text, struct origin **flow)
{
    struct body_before before;
    struct body b = {0};
    struct parse p;

    if (!body_enter(j, &before, text.n))
        return;
    const char *alias = d == NULL ? "value" : sl_arena_text(j->mem, d->relation.name);
    body_row_source(j, &b.scope, d, alias, false);
    const void *tree = body_parse(j, "SELECT ", text, "", &p);
    if (tree != NULL)
        body_select(j, &b, tree, flow);
    parse_end(&p);
    body_leave(j, &before);
}
