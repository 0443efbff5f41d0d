#include "judge/sql/judge_int.h"

/* WITH: queries that have a name, and those that feed on themselves. */

static void rename_outputs(struct judge *j, struct outputs *o, const List *names)
{
    struct outputs *named = names == NIL ? NULL : from_renamed(j, o, names);

    if (named != NULL)
        *o = *named;
}

static bool is_recursive_union(const CommonTableExpr *c)
{
    const SelectStmt *s = (const SelectStmt *)c->ctequery;

    return s != NULL && IsA(s, SelectStmt) && s->op == SETOP_UNION && s->withClause == NULL &&
           s->lockingClause == NIL && s->intoClause == NULL;
}

static size_t length(const struct origin *o)
{
    size_t n = 0;

    for (; o != NULL; o = o->next)
        n += o->values;
    return n;
}

static size_t size_of(const struct outputs *o)
{
    size_t n = length(o->rest) + length(o->rest_reads) + length(o->decides) + length(o->tables);

    for (size_t i = 0; i < o->count; i++)
        n += length(o->items[i].origins) + length(o->items[i].reads);
    return n;
}

/* The first arm gives the names and the start; the second refers to it, again and again, until
 * nothing new flows into any column. */
static void walk_recursive_union(struct judge *j, struct cte *self, struct outputs *out)
{
    const SelectStmt *n = (const SelectStmt *)self->query->ctequery;
    struct scope s = {.up = self->up, .ctes = self->all};
    bool around = false;
    size_t before;

    out->later = query_may_wait(n);
    out->all_made = true;
    query_walk(j, self->up, self->all, n->larg, out);
    rename_outputs(j, out, self->query->aliascolnames);
    self->outputs = out;
    do {
        struct outputs right = {.later = query_may_wait(n), .all_made = true};
        before = size_of(out);
        self->used = false;
        query_walk(j, self->up, self->all, n->rarg, &right);
        query_merge(j, out, &right, around);
        around = true;
    } while (self->used && depth_step(j, 1 + before) && !j->out_of_memory &&
             size_of(out) != before);
    expr_sort(j, &s, n->sortClause);
    query_limit(j, &s, n, out);
}

/* A column made of others, which `names` names: of its own row, or (`path`) of all on the way. */
static void made_of(struct judge *j, struct outputs *o, const char *name, const List *names,
                    bool path)
{
    struct output made = {.name = name};
    const ListCell *cell;

    foreach (cell, names)
        for (size_t i = 0; name_text(lfirst(cell)) != NULL && i < o->count; i++)
            if (o->open || (o->items[i].name != NULL &&
                            strcmp(o->items[i].name, name_text(lfirst(cell))) == 0)) {
                origin_join(j, &made.origins, o->items[i].origins);
                origin_join(j, &made.reads, o->items[i].reads);
            }
    origin_join(j, &made.origins, o->rest);
    origin_join(j, &made.reads, o->rest_reads);
    if (path) {
        struct origin *own = made.origins;
        made.origins = NULL;
        origin_gather(j, &made.origins, own);
    }
    struct output *to = output_add(j, o, name);
    if (to != NULL)
        *to = made;
}

/* SEARCH and CYCLE add columns: those they name, as a path. Where a circle closes no rows follow.
 */
static void added_columns(struct judge *j, const CommonTableExpr *c, struct outputs *o)
{
    if (c->search_clause != NULL)
        made_of(j, o, c->search_clause->search_seq_column, c->search_clause->search_col_list,
                !c->search_clause->search_breadth_first);
    if (c->cycle_clause != NULL) {
        made_of(j, o, c->cycle_clause->cycle_mark_column, c->cycle_clause->cycle_col_list, false);
        made_of(j, o, c->cycle_clause->cycle_path_column, c->cycle_clause->cycle_col_list, true);
        if (o->count > 0)
            output_use(j, &o->items[o->count - 1], &o->decides);
        expr_walk(j, NULL, c->cycle_clause->cycle_mark_value, NULL);
        expr_walk(j, NULL, c->cycle_clause->cycle_mark_default, NULL);
        if (c->cycle_clause->cycle_mark_value != NULL)
            name_operator_text(j, "<>");
    }
}

static void walk_cte(struct judge *j, struct cte *self)
{
    const CommonTableExpr *c = self->query;
    struct outputs *out = NOTE_NEW(j, struct outputs);

    if (out == NULL || !depth_enter(j))
        return;
    if (self->recursive && is_recursive_union(c)) {
        walk_recursive_union(j, self, out);
    } else {
        out->later = out->all_made = true; /* it may be kept, whole, for several readers */
        query_walk(j, self->up, self->all, c->ctequery, out);
        rename_outputs(j, out, c->aliascolnames);
        self->outputs = out;
    }
    added_columns(j, c, out);
    depth_leave(j);
}

/* The queries of one WITH RECURSIVE may stand in any order: each is walked when it is first named.
 * What names itself finds its first arm, or nothing. */
void query_cte(struct judge *j, struct cte *c)
{
    struct origin **pending = j->pending, **decides = j->decides;

    if (c->outputs != NULL || c->busy || c->query == NULL)
        return;
    struct met *met = j->met;
    c->busy = true;
    j->pending = j->decides = NULL;
    j->met = NULL;
    walk_cte(j, c);
    j->met = met;
    j->pending = pending;
    j->decides = decides;
    c->busy = false;
}

static struct cte *push(struct judge *j, struct cte *ctes, struct scope *up,
                        const CommonTableExpr *c)
{
    struct cte *one = c == NULL ? NULL : NOTE_NEW(j, struct cte);

    if (one == NULL)
        return ctes;
    *one = (struct cte){.next = ctes, .name = c->ctename, .query = c, .up = up, .all = ctes};
    return one;
}

/* Without RECURSIVE each query sees those before it; with RECURSIVE all see all. */
struct cte *query_with(struct judge *j, struct scope *up, struct cte *ctes, const WithClause *with)
{
    const ListCell *cell;
    struct cte *all = ctes;

    if (with == NULL)
        return ctes;
    foreach (cell, with->ctes) {
        all = push(j, all, up, NODE(j, CommonTableExpr, cell));
        if (!with->recursive && all != ctes && all->query == lfirst(cell))
            query_cte(j, all);
    }
    for (struct cte *c = all; with->recursive && c != ctes; c = c->next) {
        c->all = all;
        c->recursive = true;
    }
    for (struct cte *c = all; with->recursive && c != ctes; c = c->next)
        query_cte(j, c);
    return all;
}
