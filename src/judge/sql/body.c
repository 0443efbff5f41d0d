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
                                   .met = j->met,
                                   .branch = j->branch,
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
    j->met = NULL;
    j->branch = NULL;
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
    j->met = before->met;
    j->branch = before->branch;
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

/* --- statements ----------------------------------------------------------------------------- */

static bool is_expression(const SelectStmt *n)
{
    return n->op == SETOP_NONE && n->fromClause == NIL && n->valuesLists == NIL &&
           n->withClause == NULL && n->intoClause == NULL && n->whereClause == NULL &&
           n->groupClause == NIL && n->havingClause == NULL && n->sortClause == NIL &&
           n->lockingClause == NIL && n->limitCount == NULL && n->limitOffset == NULL &&
           n->windowClause == NIL && n->distinctClause == NIL;
}

/* What calls the body may get so many values of a column in one row. */
static void gives(struct judge *j, const struct origin *row)
{
    const uint32_t n = j->most == NULL ? 0 : origin_most(j, row);

    if (n > 0 && n > *j->most)
        *j->most = n;
}

void body_rows(struct judge *j, struct body *b, const void *node, struct outputs *out)
{
    const SelectStmt *n = node;

    if (IsA(n, SelectStmt) && is_expression(n))
        query_targets(j, &b->scope, n->targetList, out);
    else
        query_walk(j, &b->scope, b->ctes, node, out);
    gives(j, output_union(j, out));
}

void body_select(struct judge *j, struct body *b, const void *node, struct origin **flow)
{
    struct outputs out = {0};

    body_rows(j, b, node, &out);
    if (flow != NULL)
        origin_join(j, flow, output_union(j, &out));
}

static void returned(struct judge *j, struct body *b, const ReturnStmt *n, struct origin **flow)
{
    struct origin *value = NULL;

    expr_walk(j, &b->scope, n->returnval, &value);
    gives(j, value);
    origin_join(j, flow, value);
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
        returned(j, b, node, flow);
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
