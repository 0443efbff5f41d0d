#include "judge/sql/judge_int.h"

#include "nodes/primnodes.h"

/* JOIN ... USING, NATURAL JOIN and (a JOIN b) AS x: columns that belong to the join itself. What
 * the two sides give is put together once, and their own columns are then only found by their
 * tables' names (or, behind an alias, not at all). */

struct sides {
    struct source *left, *right;
    struct outputs from_left, from_right;
    const JoinExpr *join;
    struct origin *keys; /* what was compared */
};

static const struct output *find(const struct outputs *o, const char *name)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->items[i].name != NULL && strcmp(o->items[i].name, name) == 0)
            return &o->items[i];
    return NULL;
}

static bool is_known(const struct outputs *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->items[i].star)
            return false;
    return !o->open;
}

static void add(struct judge *j, struct outputs *out, const struct output *from)
{
    struct output *o = output_add(j, out, from->name);

    if (o != NULL)
        *o = *from;
}

/* The merged column is the left side's, of a RIGHT JOIN the right side's, of a FULL JOIN what of
 * both is not NULL. Comparing them reads both. */
static void merge(struct judge *j, struct sides *s, const char *name, struct outputs *out)
{
    const struct output *left = find(&s->from_left, name), *right = find(&s->from_right, name);

    if (left == NULL || right == NULL || find(out, name) != NULL)
        return;
    output_use(j, left, j->decides);
    output_use(j, right, j->decides);
    origin_settle(j, &s->keys, left->origins);
    origin_settle(j, &s->keys, right->origins);
    struct output merged = s->join->jointype == JOIN_RIGHT ? *right : *left;
    merged.name = left->name;
    if (s->join->jointype == JOIN_FULL) {
        origin_join(j, &merged.origins, right->origins);
        origin_join(j, &merged.reads, right->reads);
        merged.loud = merged.loud || right->loud;
    }
    add(j, out, &merged);
}

static void merge_all(struct judge *j, struct sides *s, struct outputs *out)
{
    const ListCell *cell;

    foreach (cell, s->join->usingClause)
        if (name_text(lfirst(cell)) != NULL)
            merge(j, s, name_text(lfirst(cell)), out);
    for (size_t i = 0; s->join->isNatural && i < s->from_left.count; i++)
        if (s->from_left.items[i].name != NULL && depth_step(j, 1 + s->from_right.count))
            merge(j, s, s->from_left.items[i].name, out);
}

static void add_others(struct judge *j, const struct outputs *side, const struct outputs *merged,
                       struct outputs *out)
{
    for (size_t i = 0; i < side->count && depth_step(j, 1 + merged->count / 8); i++)
        if (side->items[i].name == NULL || side->items[i].star ||
            find(merged, side->items[i].name) == NULL)
            add(j, out, &side->items[i]);
    out->open = out->open || side->open;
    origin_join(j, &out->rest, side->rest);
    origin_join(j, &out->rest_reads, side->rest_reads);
}

/* --- columns that are not known -------------------------------------------------------------- */

static void use_named(struct judge *j, struct scope *part, const List *names)
{
    const ListCell *cell;

    foreach (cell, names)
        if (name_text(lfirst(cell)) != NULL)
            column_named(j, part, name_text(lfirst(cell)), j->decides);
}

/* All columns that the two sides share join: which, the names alone do not say. */
static void use_all(struct judge *j, struct sides *s)
{
    outputs_use(j, &s->from_left, j->decides);
    outputs_use(j, &s->from_right, j->decides);
}

/* --- the join's own source -------------------------------------------------------------------- */

static void hide(struct sides *s, struct source *end, bool behind_alias)
{
    for (struct source *at = s->left; at != end; at = at->next) {
        at->only_qualified = true;
        at->hidden = at->hidden || behind_alias;
    }
}

static void own_source(struct judge *j, struct scope *scope, struct sides *s,
                       const struct outputs *merged)
{
    struct outputs *all = NOTE_NEW(j, struct outputs), *shared = NOTE_NEW(j, struct outputs);
    const Alias *alias = s->join->alias, *using_alias = s->join->join_using_alias;

    if (all == NULL || shared == NULL)
        return;
    for (size_t i = 0; i < merged->count; i++) {
        add(j, all, &merged->items[i]);
        add(j, shared, &merged->items[i]);
    }
    add_others(j, &s->from_left, merged, all);
    add_others(j, &s->from_right, merged, all);
    all->open = all->open || scope->merged;
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].origins == NULL)
            all->items[i].origins = s->keys;
    hide(s, NULL, alias != NULL);
    from_outputs(j, scope, alias == NULL ? NULL : alias->aliasname,
                 alias == NULL || alias->colnames == NIL ? all
                                                         : from_renamed(j, all, alias->colnames));
    if (using_alias == NULL || scope->last == NULL)
        return;
    struct source **last = scope->last;
    from_outputs(j, scope, using_alias->aliasname, shared);
    if (*last != NULL)
        (*last)->only_qualified = true;
}

/* USING (...) AS x over unknown columns: each of its columns is that of both sides. */
static void unknown_alias(struct judge *j, struct scope *scope, struct scope *part,
                          const JoinExpr *join)
{
    struct outputs *shared = NOTE_NEW(j, struct outputs);
    struct origin **pending = j->pending;
    const ListCell *cell;

    if (shared == NULL)
        return;
    foreach (cell, join->usingClause) {
        struct output one = {.name = name_text(lfirst(cell))};
        if (one.name == NULL)
            continue;
        j->pending = &one.reads;
        column_named(j, part, one.name, &one.origins);
        add(j, shared, &one);
    }
    j->pending = pending;
    struct source **last = scope->last;
    from_outputs(j, scope, join->join_using_alias->aliasname, shared);
    if (last != NULL && *last != NULL)
        (*last)->only_qualified = true;
}

void join_sources(struct judge *j, struct scope *scope, const JoinExpr *join, struct source *left,
                  struct source *right)
{
    struct sides s = {.left = left, .right = right, .join = join};
    struct scope part = {.up = scope->up, .sources = left, .ctes = scope->ctes};
    struct outputs merged = {0};
    const bool merges = join->isNatural || join->usingClause != NIL;

    s.from_left.later = s.from_right.later = true;
    picked_condition(j, &part, join->quals);
    origin_join(j, &scope->ties, part.ties);
    origin_join(j, &scope->tells, part.tells);
    if (merges)
        name_operator_text(j, "=");
    if (merges || join->alias != NULL) {
        column_star_between(j, left, right, &s.from_left);
        column_star_between(j, right, NULL, &s.from_right);
    }
    const bool known = is_known(&s.from_left) && is_known(&s.from_right);
    if (merges && known) {
        merge_all(j, &s, &merged);
        for (struct source *at = left; at != NULL; at = at->next)
            picked_add(j, at, PICKED_ALL, s.keys);
    } else if (join->isNatural)
        use_all(j, &s);
    else
        use_named(j, &part, join->usingClause);
    scope->merged = scope->merged || (merges && !known);
    if (join->join_using_alias != NULL && !known)
        unknown_alias(j, scope, &part, join);
    if ((merges && known) || join->alias != NULL)
        own_source(j, scope, &s, &merged);
}
