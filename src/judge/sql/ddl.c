#include "judge/sql/code_int.h"

/* DDL, rights and maintenance: the effects stand in the table of kinds; here is what they touch. */

static void tag_with(struct judge *j, const char *verb, ObjectType type)
{
    SL_BUF(b, 100);

    sl_buf_say(&b, "%s %s", verb, object_word(type));
    struct sl_span text = sl_buf_span(&b);
    char *tag = sl_arena_text(j->mem, text);
    if (tag == NULL)
        j->out_of_memory = true;
    else
        j->tag = tag;
}

static bool is_relation(ObjectType type)
{
    return type == OBJECT_TABLE || type == OBJECT_VIEW || type == OBJECT_MATVIEW ||
           type == OBJECT_FOREIGN_TABLE || type == OBJECT_SEQUENCE;
}

/* A relation as a whole: all its columns. */
void ddl_touch(struct judge *j, const RangeVar *v, uint32_t effects)
{
    note_all_columns(j, name_object(j, v, effects, false), effects);
}

static void touch_list(struct judge *j, const List *relations, uint32_t effects)
{
    const ListCell *cell;

    foreach (cell, relations)
        if (IsA(lfirst(cell), RangeVar))
            ddl_touch(j, lfirst(cell), effects);
}

/* Everything that the listing shows in a schema. */
void ddl_touch_schema(struct judge *j, const char *schema, uint32_t effects)
{
    const struct sl_catalog *c = j->ctx->catalog;

    for (uint32_t i = 0; schema != NULL && c != NULL && i < c->relation_count; i++) {
        struct sl_relation r = sl_catalog_relation_at(c, i);
        if (!sl_span_is(r.schema, schema))
            continue;
        RangeVar v = {.type = T_RangeVar,
                      .schemaname = (char *)schema,
                      .relname = sl_arena_text(j->mem, r.name),
                      .relpersistence = 'p'};
        if (v.relname != NULL)
            ddl_touch(j, &v, effects);
    }
}

/* The relation in front of a name like table.trigger or table.column. */
static RangeVar owner_of(struct judge *j, const List *names)
{
    int n = names == NULL || !IsA(names, List) ? 0 : list_length(names);
    RangeVar none = {.type = T_RangeVar, .relpersistence = 'p'};

    if (n < 2 || n > 4)
        return none;
    (void)j;
    none.relname = (char *)name_text(list_nth(names, n - 2));
    none.schemaname = n >= 3 ? (char *)name_text(list_nth(names, n - 3)) : NULL;
    return none;
}

static bool lies_on_table(ObjectType type)
{
    return type == OBJECT_TRIGGER || type == OBJECT_RULE || type == OBJECT_POLICY ||
           type == OBJECT_COLUMN || type == OBJECT_TABCONSTRAINT;
}

/* A thing named by a list of names or by a single one. */
static void touch_named(struct judge *j, ObjectType type, const Node *object, uint32_t effects)
{
    RangeVar v;

    if (object == NULL)
        return;
    if (type == OBJECT_SCHEMA) {
        ddl_touch_schema(j, name_text(object), effects);
        return;
    }
    if (!IsA(object, List) || (!is_relation(type) && !lies_on_table(type)))
        return;
    v = is_relation(type) ? name_of_list(j, (const List *)object)
                          : owner_of(j, (const List *)object);
    if (v.relname == NULL)
        note_opaque(j, "a name that the judge cannot read", NULL);
    else
        ddl_touch(j, &v, effects);
}

static void drop(struct judge *j, const DropStmt *n)
{
    const ListCell *cell;

    tag_with(j, "drop", n->removeType);
    if (n->removeType == OBJECT_POLICY)
        note_effect(j, SL_EFFECT_PRIVILEGE);
    foreach (cell, n->objects)
        touch_named(j, n->removeType, lfirst(cell), SL_EFFECT_DDL);
}

/* --- expressions that run when the DDL does ----------------------------------------------------
 */

static struct scope scope_of(struct judge *j, const RangeVar *v, struct dataset **d)
{
    struct scope s = {0};

    *d = name_object(j, v, SL_EFFECT_DDL, false);
    fires_when_rebuilt(j, *d);
    if (*d != NULL)
        from_table(j, &s, v, *d);
    return s;
}

/* `flow`: what the column's values come from, where it fills the rows that are there; or NULL. */
static void walk_constraint(struct judge *j, struct scope *s, const Constraint *c,
                            struct origin **flow)
{
    if (c == NULL)
        return;
    expr_walk(j, s, c->raw_expr, c->contype == CONSTR_CHECK ? NULL : flow);
    expr_walk(j, s, c->where_clause, NULL);
    if (c->pktable != NULL)
        name_object(j, c->pktable, SL_EFFECT_DDL, false);
    if (c->exclusions != NIL)
        note_opaque(j, "an exclusion constraint runs operators", NULL);
}

static void walk_column(struct judge *j, struct scope *s, const ColumnDef *c, struct origin **flow)
{
    const ListCell *cell;

    name_type(j, c->typeName);
    expr_walk(j, s, c->raw_default, flow);
    foreach (cell, c->constraints)
        walk_constraint(j, s, NODE(j, Constraint, cell), flow);
}

/* It has a column that the listing does not have, whatever its name is; and so have its children.
 */
static void renew(struct dataset *d)
{
    if (d == NULL)
        return;
    d->renewed = true;
    for (struct below *b = d->below; b != NULL; b = b->next)
        b->dataset->renewed = true;
}

/* ADD COLUMN with a default or an expression, ALTER COLUMN ... TYPE ... USING. */
static void fill_column(struct judge *j, struct scope *s, struct dataset *d, const AlterTableCmd *c)
{
    const ColumnDef *column = (const ColumnDef *)c->def;
    const char *name = c->name != NULL ? c->name : column->colname;
    struct origin *from = NULL;

    walk_column(j, s, column, &from);
    note_flow_into(j, from, d, name, SL_EFFECT_DDL);
    if (c->subtype == AT_AddColumn)
        renew(d);
}

static void alter_command(struct judge *j, struct scope *s, struct dataset *d,
                          const AlterTableCmd *c)
{
    if (c == NULL)
        return;
    if (c->newowner != NULL || c->subtype == AT_EnableRowSecurity ||
        c->subtype == AT_DisableRowSecurity || c->subtype == AT_ForceRowSecurity ||
        c->subtype == AT_NoForceRowSecurity)
        note_effect(j, SL_EFFECT_PRIVILEGE);
    if (c->subtype == AT_DropExpression && d != NULL && c->name != NULL) /* the values stay */
        note_flow_into(j, fires_made_of(j, d, sl_span_str(c->name)), d, c->name, SL_EFFECT_DDL);
    if (c->def == NULL)
        return;
    switch (nodeTag(c->def)) {
    case T_ColumnDef:
        fill_column(j, s, d, c);
        return;
    case T_Constraint:
        walk_constraint(j, s, (const Constraint *)c->def, NULL);
        return;
    case T_PartitionCmd:
        ddl_touch(j, ((const PartitionCmd *)c->def)->name, SL_EFFECT_DDL);
        return;
    case T_RangeVar:
        ddl_touch(j, (const RangeVar *)c->def, SL_EFFECT_DDL);
        return;
    case T_List:
    case T_Integer:
    case T_String:
    case T_TypeName:
    case T_ReplicaIdentityStmt:
        return;
    default:
        expr_walk(j, s, c->def, NULL);
    }
}

static void alter_table(struct judge *j, const AlterTableStmt *n)
{
    struct dataset *d;
    const ListCell *cell;

    tag_with(j, "alter", n->objtype);
    if (n->objtype == OBJECT_TYPE || n->objtype == OBJECT_INDEX)
        return;
    struct scope s = scope_of(j, n->relation, &d);
    note_all_columns(j, d, SL_EFFECT_DDL);
    foreach (cell, n->cmds)
        alter_command(j, &s, d, NODE(j, AlterTableCmd, cell));
}

/* An index runs its expressions over every row at once. */
static void create_index(struct judge *j, const IndexStmt *n)
{
    struct dataset *d;
    struct scope s = scope_of(j, n->relation, &d);
    const ListCell *cell;
    bool plain = n->whereClause == NULL;

    foreach (cell, n->indexParams) {
        const IndexElem *e = NODE(j, IndexElem, cell);
        if (e == NULL)
            continue;
        plain = plain && e->expr == NULL && e->opclass == NIL;
        if (e->name != NULL)
            note_column(j, d, sl_span_str(e->name), SL_EFFECT_DDL);
        if (e->opclass != NIL)
            note_opaque(j, "an operator class runs functions", NULL);
        expr_walk(j, &s, e->expr, NULL);
    }
    expr_walk(j, &s, n->whereClause, NULL);
    if (plain && (j->effects & SL_EFFECT_OPAQUE) == 0)
        j->neutral = true;
}

static void statistics(struct judge *j, const CreateStatsStmt *n)
{
    struct scope s = {0};
    const ListCell *cell;

    foreach (cell, n->relations)
        if (IsA(lfirst(cell), RangeVar)) {
            struct dataset *d = name_object(j, lfirst(cell), SL_EFFECT_DDL, false);
            from_table(j, &s, lfirst(cell), d);
        }
    foreach (cell, n->exprs) {
        const StatsElem *e = NODE(j, StatsElem, cell);
        if (e == NULL)
            continue;
        expr_walk(j, &s, e->expr, NULL);
    }
}

static void create_table(struct judge *j, const CreateStmt *n)
{
    const ListCell *cell;

    struct dataset *d = name_object(j, n->relation, SL_EFFECT_DDL, true);
    foreach (cell, n->tableElts) {
        const Node *e = lfirst(cell);
        if (IsA(e, ColumnDef) && ((const ColumnDef *)e)->colname != NULL)
            note_column(j, d, sl_span_str(((const ColumnDef *)e)->colname), SL_EFFECT_DDL);
        else if (IsA(e, TableLikeClause)) /* only its form is taken */
            name_object(j, ((const TableLikeClause *)e)->relation, 0, false);
    }
    touch_list(j, n->inhRelations, SL_EFFECT_DDL);
    if (n->partbound != NULL) {
        expr_list(j, NULL, n->partbound->listdatums, NULL);
        expr_list(j, NULL, n->partbound->lowerdatums, NULL);
        expr_list(j, NULL, n->partbound->upperdatums, NULL);
    }
}

static void create_view(struct judge *j, const ViewStmt *n)
{
    struct outputs out = {0};
    IntoClause into = {
        .type = T_IntoClause, .rel = n->view, .colNames = n->aliases, .skipData = true};

    query_walk(j, NULL, NULL, n->query, &out);
    write_into(j, &into, &out);
}

/* --- code ------------------------------------------------------------------------------------- */

static bool is_trusted(const char *language)
{
    return language != NULL && (strcmp(language, "sql") == 0 || strcmp(language, "plpgsql") == 0);
}

/* Creating it runs none of it. Languages that reach outside say so. */
static void create_function(struct judge *j, const CreateFunctionStmt *n)
{
    const ListCell *cell;
    const char *language = n->sql_body != NULL ? "sql" : NULL;

    j->tag = n->is_procedure ? "create procedure" : "create function";
    foreach (cell, n->options) {
        const DefElem *e = NODE(j, DefElem, cell);
        if (e == NULL)
            continue;
        if (strcmp(e->defname, "language") == 0)
            language = name_text(e->arg);
        if (strcmp(e->defname, "security") == 0 && e->arg != NULL && IsA(e->arg, Boolean) &&
            ((const Boolean *)e->arg)->boolval)
            note_effect(j, SL_EFFECT_PRIVILEGE); /* SECURITY DEFINER lends its owner's rights */
    }
    if (!is_trusted(language))
        note_effect(j, SL_EFFECT_PROGRAM);
}

/* --- dispatch --------------------------------------------------------------------------------- */

static void create_schema(struct judge *j, const CreateSchemaStmt *n)
{
    const ListCell *cell;

    foreach (cell, n->schemaElts)
        statement_walk(j, lfirst(cell));
    j->tag = "create schema";
}

static void walk_altered(struct judge *j, const Node *n)
{
    if (IsA(n, RenameStmt)) {
        const RenameStmt *r = (const RenameStmt *)n;
        tag_with(j, "alter", r->renameType);
        if (r->relation != NULL)
            ddl_touch(j, r->relation, SL_EFFECT_DDL);
        else
            touch_named(j, r->renameType, r->object, SL_EFFECT_DDL);
        if (r->renameType == OBJECT_SCHEMA)
            ddl_touch_schema(j, r->subname, SL_EFFECT_DDL);
        renamed_statement(j, r);
    } else if (IsA(n, AlterObjectSchemaStmt)) {
        const AlterObjectSchemaStmt *s = (const AlterObjectSchemaStmt *)n;
        tag_with(j, "alter", s->objectType);
        if (s->relation != NULL)
            ddl_touch(j, s->relation, SL_EFFECT_DDL);
        renamed_schema(j, s);
    } else if (IsA(n, AlterObjectDependsStmt)) {
        tag_with(j, "alter", ((const AlterObjectDependsStmt *)n)->objectType);
    } else {
        const AlterOwnerStmt *o = (const AlterOwnerStmt *)n;
        tag_with(j, "alter", o->objectType);
        if (o->relation != NULL)
            ddl_touch(j, o->relation, SL_EFFECT_DDL);
        else
            touch_named(j, o->objectType, o->object, SL_EFFECT_DDL);
    }
}

static void comment(struct judge *j, const CommentStmt *n)
{
    j->neutral = true;
    if (n->objtype != OBJECT_SCHEMA)
        touch_named(j, n->objtype, n->object, SL_EFFECT_DDL);
}

void ddl_walk(struct judge *j, const void *node)
{
    const Node *n = node;

    switch (nodeTag(n)) {
    case T_DropStmt:
        drop(j, node);
        return;
    case T_TruncateStmt:
        admin_truncate(j, node);
        return;
    case T_AlterTableStmt:
        alter_table(j, node);
        return;
    case T_CreateStmt:
        create_table(j, node);
        return;
    case T_CreateForeignTableStmt:
        create_table(j, &((const CreateForeignTableStmt *)node)->base);
        return;
    case T_ViewStmt:
        create_view(j, node);
        return;
    case T_IndexStmt:
        create_index(j, node);
        return;
    case T_CreateStatsStmt:
        statistics(j, node);
        return;
    case T_CreateSeqStmt:
        name_object(j, ((const CreateSeqStmt *)node)->sequence, SL_EFFECT_DDL, true);
        return;
    case T_AlterSeqStmt:
        ddl_touch(j, ((const AlterSeqStmt *)node)->sequence, SL_EFFECT_DDL);
        return;
    case T_RuleStmt:
        ddl_touch(j, ((const RuleStmt *)node)->relation, SL_EFFECT_DDL);
        return;
    case T_CreateTrigStmt:
        ddl_touch(j, ((const CreateTrigStmt *)node)->relation, SL_EFFECT_DDL);
        return;
    case T_CreatePolicyStmt:
        ddl_touch(j, ((const CreatePolicyStmt *)node)->table, SL_EFFECT_DDL);
        return;
    case T_AlterPolicyStmt:
        ddl_touch(j, ((const AlterPolicyStmt *)node)->table, SL_EFFECT_DDL);
        return;
    case T_CreateSchemaStmt:
        create_schema(j, node);
        return;
    case T_CreateFunctionStmt:
        create_function(j, node);
        return;
    case T_DefineStmt:
        tag_with(j, "create", ((const DefineStmt *)node)->kind);
        return;
    case T_GrantStmt:
        admin_grant(j, node);
        return;
    case T_GrantRoleStmt:
        j->tag = ((const GrantRoleStmt *)node)->is_grant ? "grant role" : "revoke role";
        return;
    case T_CreatePublicationStmt:
        admin_publication(j, ((const CreatePublicationStmt *)node)->pubobjects,
                          ((const CreatePublicationStmt *)node)->for_all_tables);
        return;
    case T_AlterPublicationStmt:
        admin_publication(j, ((const AlterPublicationStmt *)node)->pubobjects,
                          ((const AlterPublicationStmt *)node)->for_all_tables);
        return;
    case T_VacuumStmt:
        admin_vacuum(j, node);
        return;
    case T_ClusterStmt:
        fires_when_rebuilt(j, name_object(j, ((const ClusterStmt *)node)->relation, SL_EFFECT_ADMIN,
                                          false));
        return;
    case T_ReindexStmt:
        fires_when_rebuilt(j, name_object(j, ((const ReindexStmt *)node)->relation, SL_EFFECT_ADMIN,
                                          false));
        return;
    case T_LockStmt:
        admin_lock(j, node);
        return;
    case T_CommentStmt:
        comment(j, node);
        return;
    case T_SecLabelStmt:
        touch_named(j, ((const SecLabelStmt *)node)->objtype, ((const SecLabelStmt *)node)->object,
                    SL_EFFECT_DDL);
        return;
    default:
        walk_altered(j, n);
    }
}
