#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* LIMIT and OFFSET. */

static bool is_word(const void *node, const char *word)
{
    const char *name = name_text(node);

    return name != NULL && strcmp(name, word) == 0;
}

/* A cast to an integer type, as drivers write it. Others could make another number of it. */
static const Node *without_cast(const Node *n)
{
    static const char *const types[] = {"int2", "int4", "int8"};
    const TypeCast *cast = (const TypeCast *)n;

    if (!IsA(n, TypeCast) || cast->typeName == NULL || cast->arg == NULL ||
        cast->typeName->arrayBounds != NIL || list_length(cast->typeName->names) != 2 ||
        !is_word(linitial(cast->typeName->names), "pg_catalog"))
        return n;
    for (size_t i = 0; i < SL_COUNT(types); i++)
        if (is_word(llast(cast->typeName->names), types[i]))
            return cast->arg;
    return n;
}

static const char *digits_of(const A_Const *c)
{
    return c->val.node.type == T_String  ? c->val.sval.sval
           : c->val.node.type == T_Float ? c->val.fval.fval
                                         : "";
}

static void put_rows(struct sl_buf *b, const A_Const *c)
{
    uint64_t rows = 0;

    if (c->isnull)
        sl_buf_put_str(b, "0");
    else if (c->val.node.type == T_Integer && c->val.ival.ival >= 0)
        sl_buf_say(b, "%u", (unsigned)c->val.ival.ival);
    else if (sl_span_u64(sl_span_str(digits_of(c)), &rows) == SL_OK)
        sl_buf_say(b, "%U", rows);
}

/* OFFSET makes a page of what without it would be one result: who counts rows has to know. Those of
 * views and bodies belong to what they define. A parameter inside EXECUTE is none of the message's.
 */
static void note_offset(struct judge *j, const Node *n)
{
    SL_BUF(rows, 32);

    if (n == NULL || j->bodies > 0 || j->views_deep > 0)
        return;
    n = without_cast(n);
    if (IsA(n, A_Const))
        put_rows(&rows, (const A_Const *)n);
    else if (IsA(n, ParamRef) && j->executing == 0)
        sl_buf_say(&rows, "$%d", ((const ParamRef *)n)->number);
    note_name(j, SL_NAME_OFFSET, sl_buf_text(&rows));
}

void query_limit(struct judge *j, struct scope *s, const SelectStmt *n, struct outputs *out)
{
    struct origin *from = NULL;

    note_offset(j, n->limitOffset);
    expr_approve(j, n->limitOffset);
    expr_approve(j, n->limitCount);
    if (n->limitOffset == NULL && n->limitCount == NULL)
        return;
    struct origin **pending = j->pending;
    j->pending = NULL;
    expr_walk(j, s, n->limitOffset, &from);
    expr_walk(j, s, n->limitCount, &from);
    j->pending = pending;
    origin_join(j, j->decides, from);
    origin_settle(j, &out->rows, from);
    picked_outputs(j, out, from);
}
