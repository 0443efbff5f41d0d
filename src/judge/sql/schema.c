#include "judge/sql/schema_int.h"

/* A listing out of DDL text, for a judgement without a server: the rows that the start-up queries
 * would give after these statements. What is not followed leaves the thing out of the listing (then
 * it is opaque) or counts as a problem of its table; it never makes a table plainer than it is. */

const char *schema_or_public(const char *schema)
{
    return schema == NULL ? "public" : schema;
}

void schema_row(struct schema *s, const char *const *fields, size_t n)
{
    struct sl_span spans[8];

    for (size_t i = 0; i < n; i++)
        spans[i] = sl_span_str(fields[i]);
    if (s->why == SL_OK)
        s->why = sl_catalog_row(s->out, spans, n);
}

static void name_row(struct schema *s, const char *kind, const char *schema, const char *name)
{
    if (name != NULL)
        schema_row(s, (const char *const[]){"N", kind, schema_or_public(schema), name}, 4);
}

static struct table *find(struct schema *s, const RangeVar *v)
{
    for (struct table *t = s->tables; v != NULL && t != NULL; t = t->next)
        if (strcmp(t->name, v->relname) == 0 &&
            strcmp(t->schema, schema_or_public(v->schemaname)) == 0)
            return t;
    return NULL;
}

static struct table *add_table(struct schema *s, const RangeVar *v, char kind)
{
    struct table *t = find(s, v);

    if (t != NULL || v == NULL || v->relpersistence == 't' ||
        (t = NOTE_NEW(&s->j, struct table)) == NULL)
        return t;
    *t = (struct table){.schema = schema_or_public(v->schemaname),
                        .with_schema = v->schemaname != NULL,
                        .name = v->relname,
                        .kind = kind};
    t->last = &t->columns;
    *s->last_table = t; /* in the order of the text */
    s->last_table = &t->next;
    name_row(s, "t", v->schemaname, v->relname);
    return t;
}

void schema_problem(struct table *t, char letter)
{
    if (t != NULL)
        t->problems |= 1u << (letter - 'a');
}

/* Does it call anything but what is built in? Judged with nothing of users known, and then again
 * opaque only for what has no built-in meaning. */
static bool runs_code(struct schema *s, const Node *expression)
{
    struct judge *j = &s->j;
    struct scope none = {0};

    j->effects = 0;
    expr_walk(j, &none, expression, NULL);
    j->opaque_why = (struct sl_span){0};
    return (j->effects & SL_EFFECT_OPAQUE) != 0 ||
           (s->code.operators != NULL && !expr_is_literal(expression)); /* it may use one of them */
}

/* --- columns -------------------------------------------------------------------------------- */

static char type_letter(struct schema *s, const TypeName *t)
{
    static const char *const serials[] = {"serial",  "bigserial", "smallserial",
                                          "serial4", "serial8",   "serial2"};
    const char *name = t == NULL || t->names == NIL ? NULL : name_text(llast(t->names));

    if (name == NULL || t->pct_type)
        return 'u';
    for (size_t i = 0; i < SL_COUNT(serials); i++)
        if (strcmp(serials[i], name) == 0)
            return 'b';
    for (const struct enum_type *e = s->enums; e != NULL; e = e->next)
        if (strcmp(e->name, name) == 0)
            return 'e';
    if (strncmp(name, "reg", 3) == 0 && sl_builtin_type(name))
        return 'r';
    s->j.effects = 0;
    name_type(&s->j, t);
    s->j.opaque_why = (struct sl_span){0};
    return (s->j.effects & SL_EFFECT_OPAQUE) != 0 ? 'u' : 'b';
}

void schema_column(struct schema *s, struct table *t, const char *name, char type)
{
    struct column_row *c = NOTE_NEW(&s->j, struct column_row);

    if (c == NULL || name == NULL)
        return;
    *c = (struct column_row){.name = name, .type = type};
    *t->last = c;
    t->last = &c->next;
}

/* INHERITS, PARTITION OF and LIKE: the columns of another table come first. */
static bool copy_columns(struct schema *s, struct table *t, const RangeVar *from)
{
    const struct table *parent = find(s, from);

    for (const struct column_row *c = parent == NULL ? NULL : parent->columns; c != NULL;
         c = c->next) {
        bool there = false;
        for (const struct column_row *own = t->columns; own != NULL; own = own->next)
            there = there || strcmp(own->name, c->name) == 0;
        if (!there)
            schema_column(s, t, c->name, c->type);
    }
    return parent != NULL;
}

static void take_constraint(struct schema *s, struct table *t, const Constraint *c)
{
    if (c == NULL)
        return;
    if (c->contype == CONSTR_FOREIGN && (c->fk_upd_action != 'a' || c->fk_del_action != 'a') &&
        (c->fk_upd_action != 'r' || c->fk_del_action != 'r'))
        schema_problem(find(s, c->pktable), 'c');
    if (c->raw_expr != NULL && runs_code(s, c->raw_expr))
        schema_problem(t, c->contype == CONSTR_CHECK ? 'i' : 'd');
    if (c->where_clause != NULL || c->exclusions != NIL)
        schema_problem(t, 'i');
}

static void take_column(struct schema *s, struct table *t, const ColumnDef *c)
{
    const ListCell *cell;

    schema_column(s, t, c->colname, type_letter(s, c->typeName));
    if (c->raw_default != NULL && runs_code(s, c->raw_default))
        schema_problem(t, 'd');
    foreach (cell, c->constraints)
        take_constraint(s, t, NODE(&s->j, Constraint, cell));
}

static void become_child(struct schema *s, struct table *t, struct table *parent)
{
    struct parent *p = NOTE_NEW(&s->j, struct parent);

    schema_problem(parent, 'h');
    schema_problem(t, 'h');
    if (p == NULL || t == NULL || parent == NULL) {
        schema_problem(parent, 'k'); /* one of the two is not in the listing */
        schema_problem(t, 'k');
        return;
    }
    *p = (struct parent){t->parents, parent};
    t->parents = p;
}

static void take_table(struct schema *s, const CreateStmt *n, char kind)
{
    struct table *t = add_table(s, n->relation, kind);
    const ListCell *cell;

    if (t == NULL || t->columns != NULL)
        return;
    if (n->inhRelations != NIL || n->partbound != NULL || n->ofTypename != NULL)
        schema_problem(t, 'h');
    if (n->partspec != NULL)
        t->kind = 'p';
    foreach (cell, n->inhRelations) {
        const RangeVar *parent = NODE(&s->j, RangeVar, cell);
        become_child(s, t, find(s, parent));
        copy_columns(s, t, parent);
    }
    foreach (cell, n->tableElts) {
        const Node *e = lfirst(cell);
        if (IsA(e, ColumnDef))
            take_column(s, t, (const ColumnDef *)e);
        else if (IsA(e, Constraint))
            take_constraint(s, t, (const Constraint *)e);
        else if (!IsA(e, TableLikeClause) ||
                 !copy_columns(s, t, ((const TableLikeClause *)e)->relation))
            schema_problem(t, 'k');
    }
    foreach (cell, n->constraints)
        take_constraint(s, t, NODE(&s->j, Constraint, cell));
}

static void alter_table(struct schema *s, const AlterTableStmt *n)
{
    struct table *t = find(s, n->relation);
    const ListCell *cell;

    if (t == NULL)
        return;
    foreach (cell, n->cmds) {
        const AlterTableCmd *c = NODE(&s->j, AlterTableCmd, cell);
        if (c == NULL)
            continue;
        switch (c->subtype) {
        case AT_AddColumn:
            take_column(s, t, (const ColumnDef *)c->def);
            break;
        case AT_AddConstraint:
            take_constraint(s, t, (const Constraint *)c->def);
            break;
        case AT_ColumnDefault:
            if (c->def != NULL && runs_code(s, c->def))
                schema_problem(t, 'd');
            break;
        case AT_ChangeOwner:
        case AT_SetNotNull:
        case AT_DropNotNull:
        case AT_AddIdentity:
        case AT_SetStatistics:
        case AT_SetStorage:
        case AT_ReplicaIdentity:
        case AT_ClusterOn:
            break;
        case AT_EnableRowSecurity:
        case AT_ForceRowSecurity:
            schema_problem(t, 's');
            break;
        case AT_AttachPartition:
            become_child(s, find(s, ((const PartitionCmd *)c->def)->name), t);
            break;
        case AT_AddInherit:
            become_child(s, t, find(s, (const RangeVar *)c->def));
            break;
        default:
            schema_problem(t, 'k'); /* changed in a way that is not followed */
        }
    }
}

/* --- the rest ------------------------------------------------------------------------------- */

static void take_query(struct schema *s, const RangeVar *name, char kind, const Node *query,
                       const List *columns)
{
    struct table *t = add_table(s, name, kind);

    if (t == NULL || t->query != NULL || t->columns != NULL)
        return;
    t->query = query;
    t->column_names = columns;
    t->text = s->statement;
}

static void take_index(struct schema *s, const IndexStmt *n)
{
    struct table *t = find(s, n->relation);
    const ListCell *cell;

    if (n->whereClause != NULL && runs_code(s, n->whereClause))
        schema_problem(t, 'i');
    foreach (cell, n->indexParams) {
        const IndexElem *e = NODE(&s->j, IndexElem, cell);
        if (e == NULL)
            continue;
        if ((e->expr != NULL && runs_code(s, e->expr)) || e->opclass != NIL)
            schema_problem(t, 'i');
    }
}

static void take_name(struct schema *s, const char *kind, const List *names)
{
    RangeVar v = name_of_list(&s->j, names);

    name_row(s, kind, v.schemaname, v.relname);
}

static void take_enum(struct schema *s, const List *names)
{
    struct enum_type *e = NOTE_NEW(&s->j, struct enum_type);
    RangeVar v = name_of_list(&s->j, names);

    take_name(s, "e", names);
    if (e == NULL || v.relname == NULL)
        return;
    *e = (struct enum_type){s->enums, v.relname};
    s->enums = e;
}

static void take_definition(struct schema *s, const DefineStmt *n)
{
    if (n->kind == OBJECT_OPERATOR)
        take_name(s, "o", n->defnames);
    else if (n->kind == OBJECT_AGGREGATE)
        take_name(s, "f", n->defnames);
    else if (n->kind == OBJECT_TYPE)
        take_name(s, "t", n->defnames);
}

static void take_statement(struct schema *s, const Node *n)
{
    switch (nodeTag(n)) {
    case T_CreateStmt:
        take_table(s, (const CreateStmt *)n, 'r');
        return;
    case T_CreateForeignTableStmt:
        take_table(s, &((const CreateForeignTableStmt *)n)->base, 'f');
        return;
    case T_AlterTableStmt:
        alter_table(s, (const AlterTableStmt *)n);
        return;
    case T_ViewStmt:
        take_query(s, ((const ViewStmt *)n)->view, 'v', ((const ViewStmt *)n)->query,
                   ((const ViewStmt *)n)->aliases);
        return;
    case T_CreateTableAsStmt:
        take_query(s, ((const CreateTableAsStmt *)n)->into->rel,
                   ((const CreateTableAsStmt *)n)->objtype == OBJECT_MATVIEW ? 'm' : 'r',
                   ((const CreateTableAsStmt *)n)->query,
                   ((const CreateTableAsStmt *)n)->into->colNames);
        return;
    case T_CreateSeqStmt:
        add_table(s, ((const CreateSeqStmt *)n)->sequence, 'S');
        return;
    case T_IndexStmt:
        take_index(s, (const IndexStmt *)n);
        return;
    case T_CreateTrigStmt:
        schema_problem(find(s, ((const CreateTrigStmt *)n)->relation), 't');
        return;
    case T_RuleStmt:
        schema_problem(find(s, ((const RuleStmt *)n)->relation), 'u');
        return;
    case T_CreatePolicyStmt:
        schema_problem(find(s, ((const CreatePolicyStmt *)n)->table), 's');
        return;
    case T_CreateFunctionStmt:
        take_name(s, "f", ((const CreateFunctionStmt *)n)->funcname);
        return;
    case T_CreateEnumStmt:
        take_enum(s, ((const CreateEnumStmt *)n)->typeName);
        return;
    case T_CreateRangeStmt:
        take_name(s, "t", ((const CreateRangeStmt *)n)->typeName);
        return;
    case T_CreateDomainStmt:
        take_name(s, "t", ((const CreateDomainStmt *)n)->domainname);
        return;
    case T_CompositeTypeStmt:
        name_row(s, "t", ((const CompositeTypeStmt *)n)->typevar->schemaname,
                 ((const CompositeTypeStmt *)n)->typevar->relname);
        return;
    case T_DefineStmt:
        take_definition(s, (const DefineStmt *)n);
        return;
    case T_CreateCastStmt:
        schema_row(s, (const char *const[]){"X", "user_casts"}, 2);
        return;
    case T_CreateEventTrigStmt:
        schema_row(s, (const char *const[]){"X", "event_triggers"}, 2);
        return;
    case T_CreateSchemaStmt:
        name_row(s, "s", ((const CreateSchemaStmt *)n)->schemaname,
                 ((const CreateSchemaStmt *)n)->schemaname);
        return;
    default: /* rights, comments, settings, data: nothing that the listing holds */
        return;
    }
}

/* --- the whole ------------------------------------------------------------------------------- */

static struct sl_span text_of(const struct schema *s, const RawStmt *raw)
{
    struct sl_span rest =
        sl_span_from(s->ddl, raw->stmt_location < 0 ? 0 : (size_t)raw->stmt_location);

    return raw->stmt_len > 0 ? sl_span_head(rest, (size_t)raw->stmt_len) : rest;
}

static void take_all(struct schema *s, const List *trees)
{
    const ListCell *cell;

    foreach (cell, trees) {
        const RawStmt *raw = lfirst(cell);
        s->statement = text_of(s, raw);
        if (raw->stmt != NULL && s->why == SL_OK)
            take_statement(s, raw->stmt);
        if (raw->stmt != NULL && s->why == SL_OK)
            s->why = schema_code(&s->code, raw->stmt, s->statement);
    }
    schema_resolve(s);
    name_row(s, "s", "public", "public");
    for (const struct table *t = s->tables; t != NULL; t = t->next) {
        schema_put(s, t);
    }
}

enum sl_err sl_sql_schema(struct sl_span ddl, struct sl_catalog_builder *out)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_catalog nothing = {0};
    struct sl_sql_context ctx = {.catalog = &nothing,
                                 .search_path = SL_SPAN("public"),
                                 .standard_strings = true,
                                 .assume_plain = true,
                                 .as_written = true,
                                 .max_bytes = 16 * 1024 * 1024};
    struct schema s = {.out = out, .ddl = ddl};

    s.last_table = &s.tables;
    if (caps_refuse(&ctx, ddl) != NULL)
        return SL_EMALFORMED;
    SL_TRY(sl_arena_new(&mem, 64 * 1024 * 1024));
    s.j = (struct judge){.ctx = &ctx, .mem = mem};
    s.j.catalog_first = name_catalog_first(&s.j);
    s.code = (struct schema_code){.j = &s.j, .out = out};
    const char *text = sl_arena_text(mem, ddl);
    if (text == NULL)
        return SL_EMEMORY;
    struct parse p = parse_begin(text);
    if (p.accepted)
        take_all(&s, p.trees);
    parse_end(&p);
    if (s.j.out_of_memory)
        return SL_EMEMORY;
    return p.accepted ? s.why : SL_EMALFORMED;
}
