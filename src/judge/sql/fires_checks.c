#include "judge/sql/code_int.h"
#include "judge/sql/extensions.h"

/* Expressions that lie with a relation: defaults, policies, constraints, indexes. */

/* --- parts of a relation -------------------------------------------------------------------- */

typedef bool wanted_fn(const struct sl_part *part, uint32_t effects);

/* Runs all parts of a kind; false when the catalog has none, or one without its text. */
static bool run_parts(struct judge *j, struct dataset *d, uint8_t kind, uint32_t effects,
                      wanted_fn *wanted, code_walk_fn *walk)
{
    if (!code_has_parts(j) || !d->listed)
        return false;
    struct sl_parts all =
        sl_catalog_parts(j->ctx->catalog, 'r', d->relation.schema, d->relation.name);
    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if (p.kind != kind || (wanted != NULL && !wanted(&p, effects)))
            continue;
        if (p.text.n == 0)
            return false;
        code_run(j, i, d, NULL, walk, d);
    }
    return true;
}

/* --- expressions ---------------------------------------------------------------------------- */

/* In a listing made of DDL the whole statement stands where a server gives an expression. */
static bool is_statement(struct sl_span text)
{
    return sl_span_eq_nocase(sl_span_head(text, 6), SL_SPAN("create")) ||
           sl_span_eq_nocase(sl_span_head(text, 5), SL_SPAN("alter"));
}

static void default_of_constraint(struct judge *j, struct scope *s, const ColumnDef *c,
                                  struct origin **flow)
{
    const ListCell *cell;

    expr_walk(j, s, c->raw_default, flow);
    foreach (cell, c->constraints) {
        const Constraint *k = NODE(j, Constraint, cell);
        if (k != NULL && (k->contype == CONSTR_DEFAULT || k->contype == CONSTR_GENERATED))
            expr_walk(j, s, k->raw_expr, flow);
    }
}

static void default_in(struct judge *j, struct scope *s, const Node *tree, const char *column,
                       struct origin **flow)
{
    const List *list = IsA(tree, CreateStmt)       ? ((const CreateStmt *)tree)->tableElts
                       : IsA(tree, AlterTableStmt) ? ((const AlterTableStmt *)tree)->cmds
                                                   : NIL;
    const ListCell *cell;

    foreach (cell, list) {
        const Node *n = lfirst(cell);
        const char *name = NULL;
        if (IsA(n, AlterTableCmd)) {
            name = ((const AlterTableCmd *)n)->name;
            n = ((const AlterTableCmd *)n)->def;
        }
        if (n != NULL && IsA(n, ColumnDef) && strcmp(((const ColumnDef *)n)->colname, column) == 0)
            default_of_constraint(j, s, (const ColumnDef *)n, flow);
        else if (n != NULL && name != NULL && strcmp(name, column) == 0)
            expr_walk(j, s, n, flow);
    }
}

static void default_of(struct judge *j, struct dataset *d, const struct sl_part *part,
                       const char *column, struct origin **flow)
{
    struct body_before before;
    struct body b = {.trigger = NULL};
    struct parse p;

    if (!is_statement(part->text)) {
        body_expression(j, d, part->text, flow);
        return;
    }
    if (!body_enter(j, &before, part->text.n))
        return;
    body_row_source(j, &b.scope, d, sl_arena_text(j->mem, d->relation.name), false);
    const Node *tree = body_parse(j, "", part->text, "", &p);
    if (tree != NULL)
        default_in(j, &b.scope, tree, column, flow);
    parse_end(&p);
    body_leave(j, &before);
}

static void walk_default(struct judge *j, const struct sl_part *part, struct code *self,
                         const void *with)
{
    struct dataset *d = (struct dataset *)(uintptr_t)with;
    struct origin *from = NULL;
    bool before = j->in_default;
    const char *column = sl_arena_text(j->mem, part->about);

    (void)self;
    note_definition(j, "default", part->schema, part->name, part->text);
    j->in_default = true;
    default_of(j, d, part, column == NULL ? "" : column, &from);
    j->in_default = before;
    if (column != NULL)
        note_flow_into(j, from, d, column, SL_EFFECT_INSERT | SL_EFFECT_UPDATE);
}

bool fires_defaults(struct judge *j, struct dataset *d)
{
    return fires_has_part(j, d, 'd') && run_parts(j, d, 'd', 0, NULL, walk_default);
}

static bool is_generated(const struct sl_part *part, uint32_t effects)
{
    (void)effects;
    return part->num != 0;
}

/* What a generated column is made of is not read by the statement, but it flows on into it. */
void fires_generated(struct judge *j, struct dataset *d)
{
    struct origin *unread = NULL, **pending = j->pending;

    if (!fires_has_part(j, d, 'd'))
        return;
    j->pending = &unread;
    if (!run_parts(j, d, 'd', 0, is_generated, walk_default))
        note_opaque(j, "%s has a column whose expression is not in the listing",
                    sl_arena_text(j->mem, d->relation.name));
    j->pending = pending;
}

static struct origin *made_by(struct judge *j, struct dataset *d, const struct sl_part *part)
{
    const bool loud = j->loud, lively = j->lively; /* it was made when the row was written */
    struct origin *from = NULL, *all = NULL;
    const char *column = sl_arena_text(j->mem, part->about);

    note_definition(j, "default", part->schema, part->name, part->text);
    if (part->text.n == 0)
        note_opaque(j, "%s has a column whose expression is not in the listing",
                    sl_arena_text(j->mem, d->relation.name));
    else
        default_of(j, d, part, column == NULL ? "" : column, &from);
    for (const struct origin *o = from; o != NULL; o = o->next) /* and not of itself */
        if (o->dataset != d || !sl_span_eq(o->column, part->about))
            origin_add(j, &all, o->dataset, o->column);
    j->loud = loud;
    j->lively = lively;
    return all;
}

struct origin *fires_made_of(struct judge *j, struct dataset *d, struct sl_span column)
{
    if (!code_has_parts(j) || !d->listed)
        return NULL;
    for (const struct made_of *m = d->made; m != NULL; m = m->next)
        if (sl_span_eq(m->column, column))
            return m->origins;
    struct sl_parts all =
        sl_catalog_parts(j->ctx->catalog, 'r', d->relation.schema, d->relation.name);
    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if (p.kind != 'd' || p.num == 0 || !sl_span_eq(p.about, column))
            continue;
        struct made_of *m = NOTE_NEW(j, struct made_of);
        if (m == NULL)
            return NULL;
        *m = (struct made_of){d->made, p.about, made_by(j, d, &p)};
        d->made = m;
        return m->origins;
    }
    return NULL;
}

static void walk_policy(struct judge *j, const struct sl_part *part, struct code *self,
                        const void *with)
{
    (void)self;
    struct dataset *d = (struct dataset *)(uintptr_t)with;
    struct body_before before;
    struct body b = {.trigger = NULL};
    struct parse p;

    note_definition(j, "policy", part->schema, part->name, part->text);
    if (!is_statement(part->text)) {
        body_expression(j, d, part->text, NULL);
        return;
    }
    if (!body_enter(j, &before, part->text.n))
        return;
    body_row_source(j, &b.scope, d, sl_arena_text(j->mem, d->relation.name), false);
    const CreatePolicyStmt *n = body_parse(j, "", part->text, "", &p);
    if (n != NULL && IsA(n, CreatePolicyStmt)) {
        expr_walk(j, &b.scope, n->qual, NULL);
        expr_walk(j, &b.scope, n->with_check, NULL);
    } else if (n != NULL) {
        note_opaque(j, "the definition of a policy is none", NULL);
    }
    parse_end(&p);
    body_leave(j, &before);
}

static bool policy_counts(const struct sl_part *p, uint32_t effects)
{
    switch (p->num) {
    case 'a':
        return (effects & SL_EFFECT_INSERT) != 0;
    case 'w':
        return (effects & SL_EFFECT_UPDATE) != 0;
    case 'd':
        return (effects & SL_EFFECT_DELETE) != 0;
    default:
        return true;
    }
}

/* Without a policy nothing is seen. */
bool fires_policies(struct judge *j, struct dataset *d, uint32_t effects)
{
    return run_parts(j, d, 'p', effects, policy_counts, walk_policy);
}

/* --- constraints and indexes ---------------------------------------------------------------- */

/* A server lists what its classes run; of one that DDL names there is nothing but the name. */
static void check_class(struct judge *j, const IndexElem *e)
{
    const char *name = e->opclass == NIL ? NULL : name_text(llast(e->opclass));

    if (e->opclass != NIL && !code_of_server(j) &&
        (name == NULL || !extension_operator_class(sl_span_str(name))))
        note_opaque(j, "operator class %s is not known", name == NULL ? "" : name);
}

static void one_exclusion(struct judge *j, struct scope *s, const List *pair)
{
    if (pair == NULL || !IsA(pair, List) || list_length(pair) != 2 ||
        !IsA(linitial(pair), IndexElem)) {
        note_opaque(j, "an exclusion constraint that the judge cannot read", NULL);
        return;
    }
    const IndexElem *e = linitial(pair);
    expr_walk(j, s, e->expr, NULL);
    name_operator(j, lsecond(pair));
    check_class(j, e);
}

/* It is looked at again when its transaction ends: columns and the server's own operators say the
 * same then, code of users runs under the settings and definitions of then. */
static void may_wait(struct judge *j, const Constraint *k, const List *pair)
{
    if (!k->deferrable || list_length(pair) != 2 || !IsA(linitial(pair), IndexElem))
        return;
    if (((const IndexElem *)linitial(pair))->expr != NULL || k->where_clause != NULL ||
        name_operator_is_users(j, lsecond(pair)))
        note_opaque(j, "an exclusion constraint may wait for the end of its transaction", NULL);
}

static void one_constraint(struct judge *j, struct scope *s, const Constraint *k)
{
    const ListCell *cell;

    if (k->contype != CONSTR_CHECK && k->contype != CONSTR_EXCLUSION)
        return;
    expr_walk(j, s, k->raw_expr, NULL);
    expr_walk(j, s, k->where_clause, NULL);
    foreach (cell, k->exclusions) {
        one_exclusion(j, s, lfirst(cell));
        may_wait(j, k, lfirst(cell));
    }
}

/* Every constraint in a list of columns, constraints and commands of ALTER TABLE. */
static void constraints(struct judge *j, struct scope *s, const List *list)
{
    const ListCell *cell;

    foreach (cell, list) {
        const Node *n = lfirst(cell);
        if (n != NULL && IsA(n, AlterTableCmd))
            n = ((const AlterTableCmd *)n)->def;
        if (n != NULL && IsA(n, Constraint))
            one_constraint(j, s, (const Constraint *)n);
        if (n == NULL || !IsA(n, ColumnDef) || !depth_enter(j))
            continue;
        constraints(j, s, ((const ColumnDef *)n)->constraints);
        depth_leave(j);
    }
}

static void constraints_in(struct judge *j, struct scope *s, const Node *tree)
{
    switch (nodeTag(tree)) {
    case T_AlterTableStmt:
        constraints(j, s, ((const AlterTableStmt *)tree)->cmds);
        return;
    case T_CreateStmt:
        constraints(j, s, ((const CreateStmt *)tree)->tableElts);
        constraints(j, s, ((const CreateStmt *)tree)->constraints);
        return;
    case T_CreateDomainStmt:
        constraints(j, s, ((const CreateDomainStmt *)tree)->constraints);
        return;
    default:
        note_opaque(j, "a constraint that the judge cannot read", NULL);
    }
}

void fires_constraint(struct judge *j, struct dataset *d, struct sl_span text)
{
    struct body_before before;
    struct body b = {.trigger = NULL};
    struct parse p;

    if (!body_enter(j, &before, text.n))
        return;
    body_row_source(j, &b.scope, d, d == NULL ? "value" : sl_arena_text(j->mem, d->relation.name),
                    false);
    const Node *tree = body_parse(j, is_statement(text) ? "" : "ALTER TABLE t ADD ", text, "", &p);
    if (tree != NULL)
        constraints_in(j, &b.scope, tree);
    parse_end(&p);
    body_leave(j, &before);
}

static void walk_constraint(struct judge *j, const struct sl_part *part, struct code *self,
                            const void *with)
{
    (void)self;
    note_definition(j, "constraint", part->schema, part->name, part->text);
    fires_constraint(j, (struct dataset *)(uintptr_t)with, part->text);
}

static void index_elements(struct judge *j, struct scope *s, const IndexStmt *n)
{
    static const char *const methods[] = {"btree", "hash",  "gin",     "gist", "spgist",
                                          "brin",  "bloom", "ivfflat", "hnsw"};
    const ListCell *cell;
    bool known = n->accessMethod == NULL;

    for (size_t i = 0; !known && i < SL_COUNT(methods); i++)
        known = strcmp(methods[i], n->accessMethod) == 0;
    if (!known)
        note_opaque(j, "index access method %s is not known", n->accessMethod);
    foreach (cell, n->indexParams) {
        const IndexElem *e = NODE(j, IndexElem, cell);
        if (e == NULL)
            continue;
        expr_walk(j, s, e->expr, NULL);
        check_class(j, e);
    }
    expr_walk(j, s, n->whereClause, NULL);
}

static void statistics_elements(struct judge *j, struct scope *s, const CreateStatsStmt *n)
{
    const ListCell *cell;

    foreach (cell, n->exprs) {
        const StatsElem *e = NODE(j, StatsElem, cell);
        if (e != NULL)
            expr_walk(j, s, e->expr, NULL);
    }
}

static void walk_index(struct judge *j, const struct sl_part *part, struct code *self,
                       const void *with)
{
    struct dataset *d = (struct dataset *)(uintptr_t)with;
    struct body_before before;
    struct body b = {.trigger = NULL};
    struct parse p;

    (void)self;
    if (!body_enter(j, &before, part->text.n))
        return;
    note_definition(j, "index", part->schema, part->name, part->text);
    body_row_source(j, &b.scope, d, sl_arena_text(j->mem, d->relation.name), false);
    const Node *tree = body_parse(j, "", part->text, "", &p);
    if (tree != NULL && IsA(tree, IndexStmt))
        index_elements(j, &b.scope, (const IndexStmt *)tree);
    else if (tree != NULL && IsA(tree, CreateStatsStmt))
        statistics_elements(j, &b.scope, (const CreateStatsStmt *)tree);
    else if (tree != NULL)
        note_opaque(j, "the definition of an index is none", NULL);
    parse_end(&p);
    body_leave(j, &before);
}

static void walk_class(struct judge *j, const struct sl_part *part, struct code *self,
                       const void *with)
{
    static const struct arguments any = {.least = -1};

    (void)self;
    (void)with;
    function_named(j, part->about, part->text, &any, NULL);
}

bool fires_checks(struct judge *j, struct dataset *d)
{
    if (!fires_has_part(j, d, 'k') && !fires_has_part(j, d, 'i'))
        return false;
    return run_parts(j, d, 'k', 0, NULL, walk_constraint) &&
           run_parts(j, d, 'i', 0, NULL, walk_index) && run_parts(j, d, 'm', 0, NULL, walk_class);
}

void fires_when_rebuilt(struct judge *j, struct dataset *d)
{
    if (d != NULL && d->listed && code_has_parts(j) &&
        (d->relation.problems & (1u << SL_CATALOG_USER_INDEX)) != 0 && !fires_checks(j, d))
        note_opaque(j, "the checks and indexes of %s are not known",
                    sl_arena_text(j->mem, d->relation.name));
}
