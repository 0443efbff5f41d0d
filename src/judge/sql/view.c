#include "judge/sql/judge_int.h"

/* Views and materialized views to the bottom. A reader of a view reads the view's columns and, with
 * each, what it is made of; what decides about the view's rows is read in any case. Each definition
 * is walked once a judgement, so that towers of views cost no more than their texts. */

struct view {
    struct view *next;
    struct dataset *dataset;
    struct outputs *outputs; /* NULL: it could not be understood */
    uint32_t effects;        /* of its query; noted again for each statement that names it */
    bool busy, planned;
    bool lively;  /* something in it is (struct judge) */
    bool in_code; /* walked inside code that calls itself, perhaps: holds only in there */
};

static bool find_text(const struct judge *j, const struct dataset *d, struct sl_span *out)
{
    const struct sl_catalog *c = j->ctx->catalog;

    if (!d->listed || (d->relation.kind != 'v' && d->relation.kind != 'm') || c->part_count == 0)
        return false;
    struct sl_parts parts = sl_catalog_parts(c, 'r', d->relation.schema, d->relation.name);
    for (uint32_t i = 0; i < parts.count; i++) {
        struct sl_part part = sl_catalog_part_at(c, parts.first + i);
        if (part.kind == 'v' && part.text.n > 0) {
            *out = part.text;
            return true;
        }
    }
    return false;
}

bool view_is_known(const struct judge *j, const struct dataset *d)
{
    struct sl_span text;

    return find_text(j, d, &text);
}

/* Names in DDL are looked up like those of the text in hand. */
static bool is_ddl(const struct dataset *d)
{
    return d->relation.oid == SL_SQL_DDL_BARE || d->relation.oid == SL_SQL_DDL_WITH_SCHEMA;
}

/* A definition is a query, or, in a listing made of DDL, the statement that makes the view. */
static const SelectStmt *query_of(struct judge *j, struct sl_span text)
{
    const List *trees = parse_keep(j, text);
    const Node *n = list_length(trees) == 1 ? ((const RawStmt *)linitial(trees))->stmt : NULL;

    if (n != NULL && IsA(n, ViewStmt))
        n = ((const ViewStmt *)n)->query;
    else if (n != NULL && IsA(n, CreateTableAsStmt))
        n = ((const CreateTableAsStmt *)n)->query;
    if (n != NULL && IsA(n, SelectStmt))
        return (const SelectStmt *)n;
    note_opaque(j, "the definition of a view is not a query", NULL);
    return NULL;
}

/* A view's columns by position: the column itself, and what it is made of. */
static struct outputs *own_outputs(struct judge *j, struct dataset *d, const struct outputs *query)
{
    struct outputs *own = NOTE_NEW(j, struct outputs);

    if (own == NULL || query->open || query->count != d->relation.column_count) {
        note_opaque(j, "the definition of %s does not have the columns of the view",
                    sl_arena_text(j->mem, d->relation.name));
        return NULL;
    }
    for (uint32_t i = 0; i < d->relation.column_count; i++) {
        struct sl_span name = sl_catalog_column(j->ctx->catalog, &d->relation, i).name;
        struct output *o = output_add(j, own, sl_arena_text(j->mem, name));
        if (o == NULL)
            return NULL;
        o->origins = query->items[i].origins;
        o->reads = query->items[i].reads;
        o->loud = query->items[i].loud;
        origin_add(j, &o->origins, d, name);
        origin_add(j, &o->reads, d, name);
    }
    own->decides = query->decides;
    own->tables = query->tables;
    return own;
}

/* What is said about the text in hand is not said about the definition's text. */
static struct outputs *walk(struct judge *j, struct dataset *d, struct sl_span text)
{
    struct judge before = *j;
    struct outputs query = {.later = true}, *own = NULL;
    const SelectStmt *n = query_of(j, text);

    j->as_server = !is_ddl(d);
    j->pending = NULL;
    j->decides = NULL;
    j->met = NULL;
    j->views_deep++;
    if (n != NULL) {
        note_definition(j, "view", d->relation.schema, d->relation.name, text);
        query_walk(j, NULL, NULL, n, &query);
        own = own_outputs(j, d, &query);
    }
    j->views_deep--;
    j->as_server = before.as_server;
    j->pending = before.pending;
    j->decides = before.decides;
    j->met = before.met;
    j->shareable = before.shareable;
    j->literals = before.literals;
    j->literals_approved = before.literals_approved;
    return own;
}

static struct view *find(struct judge *j, const struct dataset *d)
{
    struct view *v = j->views;

    while (v != NULL && (v->dataset != d || v->planned != j->planned_only ||
                         (v->in_code && !v->busy && j->code_level == 0)))
        v = v->next;
    return v;
}

struct outputs *view_expand(struct judge *j, struct dataset *d)
{
    struct view *v = find(j, d);
    uint32_t before = j->effects;
    struct sl_span text;

    if (v != NULL && v->busy)
        note_opaque(j, "a view is made of itself", NULL);
    if (v != NULL) {
        j->effects |= v->effects;
        j->lively = j->lively || v->lively;
        if (v->outputs != NULL) /* a body that names it reads them, too */
            origin_join(j, j->reads, v->outputs->decides);
        return v->outputs;
    }
    v = NOTE_NEW(j, struct view);
    if (v == NULL || !find_text(j, d, &text) || !depth_enter(j))
        return NULL;
    *v = (struct view){.next = j->views,
                       .dataset = d,
                       .busy = true,
                       .planned = j->planned_only,
                       .in_code = j->code_level > 0};
    j->views = v;
    const bool lively = j->lively;
    j->effects = 0;
    j->lively = false;
    v->outputs = walk(j, d, text);
    v->effects = j->effects;
    v->lively = j->lively;
    j->lively = j->lively || lively;
    v->busy = false;
    j->effects |= before;
    depth_leave(j);
    return v->outputs;
}

/* --- writing through ------------------------------------------------------------------------- */

/* The one table of a view that the server would write through. */
static const RangeVar *table_of(const SelectStmt *n)
{
    const Node *from =
        n->op == SETOP_NONE && list_length(n->fromClause) == 1 ? linitial(n->fromClause) : NULL;

    if (from == NULL || !IsA(from, RangeVar) || n->distinctClause != NIL || n->groupClause != NIL ||
        n->havingClause != NULL || n->limitCount != NULL || n->limitOffset != NULL ||
        n->withClause != NULL || n->valuesLists != NIL)
        return NULL;
    return (const RangeVar *)from;
}

static bool is_column_of(struct judge *j, const struct dataset *d, const struct output *o)
{
    struct sl_column column;

    return o->origins != NULL && o->origins->next == NULL && o->origins->dataset == d &&
           o->origins->column.n > 0 &&
           (!d->listed ||
            sl_catalog_find_column(j->ctx->catalog, &d->relation, o->origins->column, &column));
}

/* Each column of the view with the column of the table that it is, where it is one. An aggregate
 * or a function in a target only makes the server refuse. */
static struct outputs *columns_below(struct judge *j, const struct dataset *view,
                                     const SelectStmt *n, struct dataset *base)
{
    struct scope s = {0};
    struct outputs *all = NOTE_NEW(j, struct outputs);
    struct origin **pending = j->pending, **decides = j->decides, *checked = NULL;

    if (all == NULL)
        return NULL;
    all->later = true;
    j->decides = NULL;
    from_base(j, &s, linitial(n->fromClause), base);
    query_targets(j, &s, n->targetList, all);
    j->pending = &checked;
    expr_walk(j, &s, n->whereClause, &checked); /* a CHECK OPTION looks at the new row alone */
    j->pending = pending;
    j->decides = decides;
    if (all->open || all->count != view->relation.column_count)
        return NULL;
    for (size_t i = 0; i < all->count; i++) {
        struct sl_span name = sl_catalog_column(j->ctx->catalog, &view->relation, (uint32_t)i).name;
        all->items[i].name = sl_arena_text(j->mem, name);
        if (all->items[i].name == NULL)
            return NULL;
        if (!is_column_of(j, base, &all->items[i]))
            all->items[i].origins = NULL;
    }
    return all;
}

/* Rules other than the view's own, and triggers, may do anything instead. */
static bool is_replaced(const struct judge *j, const struct dataset *d)
{
    const struct sl_catalog *c = j->ctx->catalog;
    struct sl_parts parts = sl_catalog_parts(c, 'r', d->relation.schema, d->relation.name);

    for (uint32_t i = 0; i < parts.count; i++)
        if (sl_catalog_part_at(c, parts.first + i).kind == 'u')
            return true;
    return (d->relation.problems & (1u << SL_CATALOG_TRIGGERS)) != 0;
}

static bool is_below(const struct dataset *d, const struct dataset *base)
{
    for (const struct below *b = d->below; b != NULL; b = b->next)
        if (b->dataset == base)
            return true;
    return false;
}

static bool connect(struct judge *j, struct dataset *d, const SelectStmt *n, struct dataset *base)
{
    const uint32_t writes =
        SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_IMPORT;
    struct below *b = NOTE_NEW(j, struct below);
    struct outputs *columns = columns_below(j, d, n, base);

    if (b == NULL || columns == NULL)
        return false;
    *b = (struct below){d->below, base, writes, columns};
    d->below = b;
    return true;
}

bool view_write_through(struct judge *j, struct dataset *d, uint32_t effects)
{
    struct sl_span text;
    bool through = false;

    if (!find_text(j, d, &text) || d->relation.kind != 'v' || is_replaced(j, d) || !depth_enter(j))
        return false;
    const SelectStmt *n = query_of(j, text);
    const RangeVar *table = n == NULL ? NULL : table_of(n);
    if (table != NULL) {
        bool as_server = j->as_server, shareable = j->shareable;
        unsigned literals = j->literals, approved = j->literals_approved;
        j->as_server = !is_ddl(d);
        struct dataset *base = name_relation(j, table, effects);
        through = base != NULL && (is_below(d, base) || connect(j, d, n, base));
        j->as_server = as_server;
        j->shareable = shareable;
        j->literals = literals;
        j->literals_approved = approved;
    }
    depth_leave(j);
    return through;
}

/* --- REFRESH --------------------------------------------------------------------------------- */

void view_refresh(struct judge *j, const RefreshMatViewStmt *n)
{
    struct dataset *d = name_object(j, n->relation, SL_EFFECT_UPDATE, false);

    if (d == NULL || n->skipData)
        return;
    note_effect(j, SL_EFFECT_READ);
    if (d->listed)
        note_all_columns(j, d, SL_EFFECT_UPDATE);
    if (!d->listed || d->relation.kind != 'm' || !view_is_known(j, d)) {
        note_opaque(j, "the definition of the materialized view is not known", NULL);
        return;
    }
    const struct outputs *out = view_expand(j, d);
    for (size_t i = 0; out != NULL && i < out->count; i++) {
        const struct origin *from = out->items[i].origins; /* its own column stands first */
        note_origins(j, out->items[i].reads == NULL ? NULL : out->items[i].reads->next,
                     SL_EFFECT_READ);
        note_flow(j, from == NULL ? NULL : from->next, d->name, out->items[i].name);
    }
    if (out != NULL)
        note_indirect(j, out->decides, d->name);
}
