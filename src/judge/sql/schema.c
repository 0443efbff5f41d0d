#include "judge/sql/judge_int.h"

/* A listing out of DDL text, for a judgement without a server: the rows that the start-up queries
 * would give after these statements. What is not followed leaves the thing out of the listing (then
 * it is opaque) or counts as a problem of its table; it never makes a table plainer than it is. */

struct table {
    struct table *next;
    const char *schema, *name;
    char kind;
    uint32_t problems; /* bits of 'a'..'z': the letters of core/catalog */
    struct column_row {
        struct column_row *next;
        const char *name;
        char type;
    } * columns, **last;
};

struct enum_type {
    struct enum_type *next;
    const char *name;
};

struct schema {
    struct enum_type *enums;
    struct judge j;
    struct sl_catalog_builder *out;
    struct table *tables;
    enum sl_err why;
};

static const char *or_public(const char *schema)
{
    return schema == NULL ? "public" : schema;
}

static void row(struct schema *s, const char *const *fields, size_t n)
{
    struct sl_span spans[6];

    for (size_t i = 0; i < n; i++)
        spans[i] = sl_span_str(fields[i]);
    if (s->why == SL_OK)
        s->why = sl_catalog_row(s->out, spans, n);
}

static void name_row(struct schema *s, const char *kind, const char *schema, const char *name)
{
    if (name != NULL)
        row(s, (const char *const[]){"N", kind, or_public(schema), name}, 4);
}

static struct table *find(struct schema *s, const RangeVar *v)
{
    for (struct table *t = s->tables; v != NULL && t != NULL; t = t->next)
        if (strcmp(t->name, v->relname) == 0 && strcmp(t->schema, or_public(v->schemaname)) == 0)
            return t;
    return NULL;
}

static struct table *add_table(struct schema *s, const RangeVar *v, char kind)
{
    struct table *t = find(s, v);

    if (t != NULL || v == NULL || v->relpersistence == 't' ||
        (t = NOTE_NEW(&s->j, struct table)) == NULL)
        return t;
    *t = (struct table){
        .next = s->tables, .schema = or_public(v->schemaname), .name = v->relname, .kind = kind};
    t->last = &t->columns;
    s->tables = t;
    name_row(s, "t", v->schemaname, v->relname);
    return t;
}

static void problem(struct table *t, char letter)
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
    return (j->effects & SL_EFFECT_OPAQUE) != 0;
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

static void add_column(struct schema *s, struct table *t, const char *name, char type)
{
    struct column_row *c = NOTE_NEW(&s->j, struct column_row);

    if (c == NULL || name == NULL)
        return;
    *c = (struct column_row){.name = name, .type = type};
    *t->last = c;
    t->last = &c->next;
}

static void take_constraint(struct schema *s, struct table *t, const Constraint *c)
{
    if (c == NULL)
        return;
    if (c->contype == CONSTR_FOREIGN && (c->fk_upd_action != 'a' || c->fk_del_action != 'a') &&
        (c->fk_upd_action != 'r' || c->fk_del_action != 'r'))
        problem(find(s, c->pktable), 'c');
    if (c->raw_expr != NULL && runs_code(s, c->raw_expr))
        problem(t, c->contype == CONSTR_CHECK ? 'i' : 'd');
    if (c->where_clause != NULL || c->exclusions != NIL)
        problem(t, 'i');
}

static void take_column(struct schema *s, struct table *t, const ColumnDef *c)
{
    const ListCell *cell;

    add_column(s, t, c->colname, type_letter(s, c->typeName));
    if (c->raw_default != NULL && runs_code(s, c->raw_default))
        problem(t, 'd');
    foreach (cell, c->constraints)
        take_constraint(s, t, NODE(&s->j, Constraint, cell));
}

static void take_table(struct schema *s, const CreateStmt *n, char kind)
{
    struct table *t = add_table(s, n->relation, kind);
    const ListCell *cell;

    if (t == NULL || t->columns != NULL)
        return;
    if (n->inhRelations != NIL || n->partbound != NULL || n->ofTypename != NULL)
        problem(t, 'h');
    if (n->partspec != NULL)
        t->kind = 'p';
    foreach (cell, n->inhRelations)
        problem(find(s, NODE(&s->j, RangeVar, cell)), 'h');
    foreach (cell, n->tableElts) {
        const Node *e = lfirst(cell);
        if (IsA(e, ColumnDef))
            take_column(s, t, (const ColumnDef *)e);
        else if (IsA(e, Constraint))
            take_constraint(s, t, (const Constraint *)e);
        else
            problem(t, 'k'); /* LIKE: its columns are not followed */
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
                problem(t, 'd');
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
            problem(t, 's');
            break;
        case AT_AttachPartition:
            problem(t, 'p');
            problem(find(s, ((const PartitionCmd *)c->def)->name), 'p');
            break;
        default:
            problem(t, 'k'); /* changed in a way that is not followed */
        }
    }
}

/* --- the rest ------------------------------------------------------------------------------- */

static void take_view(struct schema *s, const ViewStmt *n)
{
    struct table *t = add_table(s, n->view, 'v');
    struct outputs out = {0};

    if (t == NULL || t->columns != NULL)
        return;
    query_walk(&s->j, NULL, NULL, n->query, &out);
    s->j.opaque_why = (struct sl_span){0};
    for (size_t i = 0; i < out.count; i++)
        add_column(s, t,
                   i < (size_t)list_length(n->aliases) ? name_text(list_nth(n->aliases, (int)i))
                                                       : out.items[i].name,
                   'b');
}

static void take_index(struct schema *s, const IndexStmt *n)
{
    struct table *t = find(s, n->relation);
    const ListCell *cell;

    if (n->whereClause != NULL && runs_code(s, n->whereClause))
        problem(t, 'i');
    foreach (cell, n->indexParams) {
        const IndexElem *e = NODE(&s->j, IndexElem, cell);
        if (e == NULL)
            continue;
        if ((e->expr != NULL && runs_code(s, e->expr)) || e->opclass != NIL)
            problem(t, 'i');
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
        take_view(s, (const ViewStmt *)n);
        return;
    case T_CreateTableAsStmt:
        add_table(s, ((const CreateTableAsStmt *)n)->into->rel, 'm');
        return;
    case T_CreateSeqStmt:
        add_table(s, ((const CreateSeqStmt *)n)->sequence, 'S');
        return;
    case T_IndexStmt:
        take_index(s, (const IndexStmt *)n);
        return;
    case T_CreateTrigStmt:
        problem(find(s, ((const CreateTrigStmt *)n)->relation), 't');
        return;
    case T_RuleStmt:
        problem(find(s, ((const RuleStmt *)n)->relation), 'u');
        return;
    case T_CreatePolicyStmt:
        problem(find(s, ((const CreatePolicyStmt *)n)->table), 's');
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
        row(s, (const char *const[]){"X", "user_casts"}, 2);
        return;
    case T_CreateEventTrigStmt:
        row(s, (const char *const[]){"X", "event_triggers"}, 2);
        return;
    case T_CreateSchemaStmt:
        name_row(s, "s", ((const CreateSchemaStmt *)n)->schemaname,
                 ((const CreateSchemaStmt *)n)->schemaname);
        return;
    default: /* rights, comments, settings, data: nothing that the listing holds */
        return;
    }
}

/* --- rows out ------------------------------------------------------------------------------- */

static void put_table(struct schema *s, const struct table *t)
{
    char kind[2] = {t->kind, 0}, letters[27], type[2] = {0};
    size_t n = 0;
    unsigned number = 0;

    for (unsigned i = 0; i < 26; i++)
        if ((t->problems >> i & 1) != 0)
            letters[n++] = (char)('a' + i);
    letters[n] = 0;
    row(s, (const char *const[]){"R", t->schema, t->name, kind, letters}, 5);
    for (const struct column_row *c = t->columns; c != NULL; c = c->next) {
        SL_BUF(decimal, 20);
        sl_buf_put_decimal(&decimal, ++number);
        type[0] = c->type;
        row(s, (const char *const[]){"C", t->schema, t->name, sl_buf_text(&decimal), c->name, type},
            6);
    }
}

static void take_all(struct schema *s, const List *trees)
{
    const ListCell *cell;

    foreach (cell, trees) {
        const RawStmt *raw = lfirst(cell);
        if (raw->stmt != NULL && s->why == SL_OK)
            take_statement(s, raw->stmt);
    }
    name_row(s, "s", "public", "public");
    for (const struct table *t = s->tables; t != NULL; t = t->next)
        put_table(s, t);
}

enum sl_err sl_sql_schema(struct sl_span ddl, struct sl_catalog_builder *out)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_catalog nothing = {0};
    struct sl_sql_context ctx = {.catalog = &nothing,
                                 .search_path = SL_SPAN("public"),
                                 .standard_strings = true,
                                 .assume_plain = true,
                                 .max_bytes = 16 * 1024 * 1024};
    struct schema s = {.out = out};

    if (caps_refuse(&ctx, ddl) != NULL)
        return SL_EMALFORMED;
    SL_TRY(sl_arena_new(&mem, 64 * 1024 * 1024));
    s.j = (struct judge){.ctx = &ctx, .mem = mem};
    s.j.catalog_first = name_catalog_first(&s.j);
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
