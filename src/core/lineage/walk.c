#include "core/lineage/lineage.h"

#include "base/map.h"

/* A walk under way. `seen` holds a node's step + 1. */
struct walk {
    const struct sl_lineage_graph *graph;
    const struct sl_lineage_bounds *bounds;
    struct sl_map *seen;
    struct sl_lineage_step *steps;
    size_t count;
    uint64_t looked_at;
    bool keep_again, more;
};

static bool is_seen(const struct walk *w, uint64_t node)
{
    return sl_map_get(w->seen, sl_map_u64(&node)) != NULL;
}

static enum sl_err add(struct walk *w, struct sl_lineage_step step)
{
    step.again = is_seen(w, step.node);
    if (step.again && (!w->keep_again || step.parent == SL_LINEAGE_ROOT))
        return SL_OK;
    if (w->count == w->bounds->steps) {
        w->more = true;
        return SL_OK;
    }
    if (!step.again)
        SL_TRY(sl_map_put(w->seen, sl_map_u64(&step.node), (void *)(w->count + 1)));
    w->steps[w->count++] = step;
    return SL_OK;
}

static enum sl_err expand(struct walk *w, uint32_t at, enum sl_lineage_way way)
{
    struct sl_lineage_step from = w->steps[at];
    enum sl_err err = SL_OK;
    struct sl_lineage_edge e;

    w->graph->begin(w->graph->owner, from.node, way);
    while (err == SL_OK && !w->more && w->graph->next(w->graph->owner, &e)) {
        if (e.node != from.node)
            err = add(w, (struct sl_lineage_step){.node = e.node,
                                                  .from = e.from,
                                                  .edge = e.edge,
                                                  .parent = at,
                                                  .depth = from.depth + 1,
                                                  .kind = e.kind});
        w->more = w->more || ++w->looked_at >= w->bounds->edges;
    }
    w->graph->end(w->graph->owner);
    return err;
}

static enum sl_err begin(struct walk *w, struct sl_arena *mem, const uint64_t *from, size_t count)
{
    w->steps = sl_arena_array(mem, w->bounds->steps + 1u, sizeof *w->steps);
    if (w->steps == NULL)
        return SL_EMEMORY;
    SL_TRY(sl_map_new(&w->seen, 0));
    for (size_t i = 0; i < count; i++)
        SL_TRY(add(w, (struct sl_lineage_step){.node = from[i], .parent = SL_LINEAGE_ROOT}));
    return SL_OK;
}

/* Past the depth nothing is entered; whether there was more is then not known, so it is said. */
static bool enters(struct walk *w, size_t at)
{
    if (w->steps[at].again)
        return false;
    if (w->steps[at].depth < w->bounds->depth)
        return true;
    w->more = true;
    return false;
}

static enum sl_err walk(struct walk *w, struct sl_arena *mem, enum sl_lineage_way way,
                        const uint64_t *from, size_t from_count, struct sl_lineage_found *out)
{
    enum sl_err err = begin(w, mem, from, from_count);

    for (size_t at = 0; err == SL_OK && !w->more && at < w->count; at++)
        if (enters(w, at))
            err = expand(w, (uint32_t)at, way);
    sl_map_free(w->seen);
    SL_TRY(err);
    *out = (struct sl_lineage_found){w->steps, w->count, w->more};
    return SL_OK;
}

enum sl_err sl_lineage_walk(struct sl_arena *mem, const struct sl_lineage_graph *g,
                            enum sl_lineage_way way, const uint64_t *from, size_t from_count,
                            const struct sl_lineage_bounds *bounds, struct sl_lineage_found *out)
{
    struct walk w = {.graph = g, .bounds = bounds, .keep_again = true};

    return walk(&w, mem, way, from, from_count, out);
}

enum sl_err sl_lineage_reach(struct sl_arena *mem, const struct sl_lineage_graph *g,
                             enum sl_lineage_way way, const uint64_t *from, size_t from_count,
                             const struct sl_lineage_bounds *bounds, struct sl_lineage_found *out)
{
    struct walk w = {.graph = g, .bounds = bounds};

    return walk(&w, mem, way, from, from_count, out);
}

/* --- a path --- */

static size_t reached(const struct walk *w, const uint64_t *to, size_t to_count)
{
    size_t best = 0;

    for (size_t i = 0; i < to_count; i++) {
        size_t at = (size_t)(uintptr_t)sl_map_get(w->seen, sl_map_u64(&to[i]));
        if (at > 0 && (best == 0 || at < best))
            best = at;
    }
    return best;
}

/* Turns the way back from `last` around. */
static enum sl_err turned(struct sl_arena *mem, const struct walk *w, size_t last,
                          struct sl_lineage_found *out)
{
    uint32_t depth = w->steps[last].depth;
    struct sl_lineage_step *steps = sl_arena_array(mem, depth + 1u, sizeof *steps);
    size_t at = last;

    if (steps == NULL)
        return SL_EMEMORY;
    for (size_t i = depth + 1u; i > 0; i--) {
        steps[i - 1] = w->steps[at];
        steps[i - 1].parent = i == 1 ? SL_LINEAGE_ROOT : (uint32_t)(i - 2);
        at = w->steps[at].parent;
    }
    *out = (struct sl_lineage_found){steps, depth + 1u, false};
    return SL_OK;
}

enum sl_err sl_lineage_path(struct sl_arena *mem, const struct sl_lineage_graph *g,
                            const uint64_t *from, size_t from_count, const uint64_t *to,
                            size_t to_count, const struct sl_lineage_bounds *bounds,
                            struct sl_lineage_found *out)
{
    struct walk w = {.graph = g, .bounds = bounds};
    enum sl_err err = begin(&w, mem, from, from_count);
    size_t found = err == SL_OK ? reached(&w, to, to_count) : 0;

    for (size_t at = 0; err == SL_OK && found == 0 && !w.more && at < w.count; at++) {
        if (!enters(&w, at))
            continue;
        err = expand(&w, (uint32_t)at, SL_LINEAGE_DOWN);
        found = reached(&w, to, to_count);
    }
    if (err == SL_OK)
        err = found > 0 ? turned(mem, &w, found - 1, out) : SL_ENOTFOUND;
    if (err == SL_ENOTFOUND)
        *out = (struct sl_lineage_found){.more = w.more};
    sl_map_free(w.seen);
    return err;
}
