#include "judge/sql/schema_int.h"

/* The definitions (rows P) that DDL makes, for a listing without a server, and among them what
 * belongs to a table. Where a server gives an expression, here stands the whole statement that it
 * comes from: whoever reads it finds it there. */

void schema_part(struct schema_code *s, const char *owner, const char *schema, const char *name,
                 const char *kind, uint32_t num, const char *about, const char *text)
{
    const char *const fields[] = {"P", owner, schema, name, kind, NULL, about, text};
    struct sl_span spans[8];
    SL_BUF(decimal, 20);

    if (s->why != SL_OK || schema == NULL || name == NULL)
        return;
    sl_buf_put_decimal(&decimal, num);
    for (size_t i = 0; i < SL_COUNT(fields); i++)
        spans[i] = i == 5 ? sl_buf_span(&decimal) : sl_span_str(fields[i]);
    s->why = sl_catalog_row(s->out, spans, SL_COUNT(spans));
}

/* --- what belongs to a table ------------------------------------------------------------------ */

static void relation_part(struct schema_code *s, const RangeVar *v, const char *kind, uint32_t num,
                          const char *about, const char *text)
{
    if (v != NULL)
        schema_part(s, "r", schema_or_public(v->schemaname), v->relname, kind, num, about, text);
}

static void constraint(struct schema_code *s, const RangeVar *table, const char *column,
                       const Constraint *c)
{
    if (c == NULL)
        return;
    if (c->contype == CONSTR_FOREIGN && c->pktable != NULL)
        relation_part(s, c->pktable, "c",
                      (uint32_t)(uint8_t)c->fk_del_action << 8 | (uint8_t)c->fk_upd_action,
                      schema_or_public(table->schemaname), table->relname);
    if (c->contype == CONSTR_CHECK || c->contype == CONSTR_EXCLUSION)
        relation_part(s, table, "k", 0, "", s->text);
    if ((c->contype == CONSTR_DEFAULT || c->contype == CONSTR_GENERATED) && column != NULL)
        relation_part(s, table, "d", c->contype == CONSTR_GENERATED, column, s->text);
}

static void column(struct schema_code *s, const RangeVar *table, const ColumnDef *c)
{
    const ListCell *cell;

    if (c->raw_default != NULL)
        relation_part(s, table, "d", 0, c->colname, s->text);
    foreach (cell, c->constraints)
        constraint(s, table, c->colname, NODE(s->j, Constraint, cell));
}

static void table(struct schema_code *s, const CreateStmt *n)
{
    const ListCell *cell;

    if (n->relation == NULL || n->relation->relpersistence == 't')
        return;
    schema_type_row(s, n->relation, "c");
    foreach (cell, n->tableElts) {
        const Node *e = lfirst(cell);
        if (IsA(e, ColumnDef))
            column(s, n->relation, (const ColumnDef *)e);
        else if (IsA(e, Constraint))
            constraint(s, n->relation, NULL, (const Constraint *)e);
    }
    foreach (cell, n->constraints)
        constraint(s, n->relation, NULL, NODE(s->j, Constraint, cell));
}

static void alter_table(struct schema_code *s, const AlterTableStmt *n)
{
    const ListCell *cell;

    foreach (cell, n->cmds) {
        const AlterTableCmd *c = NODE(s->j, AlterTableCmd, cell);
        if (c == NULL || c->def == NULL)
            continue;
        if (IsA(c->def, ColumnDef))
            column(s, n->relation, (const ColumnDef *)c->def);
        else if (IsA(c->def, Constraint))
            constraint(s, n->relation, NULL, (const Constraint *)c->def);
        else if (c->subtype == AT_ColumnDefault)
            relation_part(s, n->relation, "d", 0, c->name, s->text);
    }
}

static void policy(struct schema_code *s, const CreatePolicyStmt *n)
{
    static const char *const commands[] = {"select", "insert", "update", "delete"};
    static const char letters[] = "rawd";
    uint32_t num = '*';

    for (size_t i = 0; n->cmd_name != NULL && i < SL_COUNT(commands); i++)
        if (strcmp(commands[i], n->cmd_name) == 0)
            num = (uint8_t)letters[i];
    relation_part(s, n->table, "p", num, "", s->text);
}

static void table_part(struct schema_code *s, const Node *n)
{
    switch (nodeTag(n)) {
    case T_CreateStmt:
        table(s, (const CreateStmt *)n);
        break;
    case T_CreateForeignTableStmt:
        table(s, &((const CreateForeignTableStmt *)n)->base);
        break;
    case T_ViewStmt:
        schema_type_row(s, ((const ViewStmt *)n)->view, "c");
        break;
    case T_AlterTableStmt:
        alter_table(s, (const AlterTableStmt *)n);
        break;
    case T_IndexStmt:
        relation_part(s, ((const IndexStmt *)n)->relation, "i", 0, "", s->text);
        break;
    case T_CreateTrigStmt:
        relation_part(s, ((const CreateTrigStmt *)n)->relation, "t", 'O', "", s->text);
        break;
    case T_RuleStmt:
        relation_part(s, ((const RuleStmt *)n)->relation, "u", 'O', "", s->text);
        break;
    case T_CreatePolicyStmt:
        policy(s, (const CreatePolicyStmt *)n);
        break;
    default:
        break;
    }
}

/* --- the statement in hand ------------------------------------------------------------------- */

/* Without the blanks and comments in front of it: readers look at the first word. */
static const char *trimmed(struct schema_code *s, struct sl_span text)
{
    for (;;) {
        size_t n = 0;
        while (n < text.n && (text.p[n] == ' ' || (text.p[n] >= '\t' && text.p[n] <= '\r')))
            n++;
        text = sl_span_from(text, n);
        if (!sl_span_starts(text, SL_SPAN("--")))
            break;
        text = sl_span_from(text, sl_span_find(text, '\n'));
    }
    return sl_arena_text(s->j->mem, text);
}

enum sl_err schema_code(struct schema_code *s, const void *node, struct sl_span text)
{
    s->text = trimmed(s, text);
    if (s->text == NULL)
        return SL_EMEMORY;
    if (!schema_code_function(s, node) && !schema_code_type(s, node))
        table_part(s, node);
    return s->why;
}
