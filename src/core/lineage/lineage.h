/* Lineage: where data came from and where it went, told from what the ledger says of each action.
 *
 * Two halves, both pure:
 *
 * 1. A story (sl_lineage_read): the `facts` of a leaf (docs/ledger-entry.md) as touches (which
 *    dataset or column, and what was done to it) and flows (from which end to which). Where facts
 *    say less than they might, the story says more than was: `all_columns`, `flows_more` and lists
 *    that became a digest turn into flows between whole datasets.
 *
 * 2. Walks over a graph that somebody else holds (sl_lineage_walk, sl_lineage_path): breadth first,
 *    so each node is reached by its shortest way; each node is entered once, whatever cycles there
 *    are; depth, steps and edges looked at are bounded: a walk stops at the first bound that it
 *    meets, and `more` says so.
 *
 * A whole dataset and its columns are different nodes. That an edge of the dataset counts for each
 * of its columns, and the other way round, is the graph's part: its iterator tells both.
 */
#ifndef SL_CORE_LINEAGE_LINEAGE_H
#define SL_CORE_LINEAGE_LINEAGE_H

#include "base/arena.h"
#include "core/action/meaning.h"

/* --- stories -------------------------------------------------------------------------------- */

enum sl_lineage_node_kind {
    SL_LINEAGE_DATASET = 1,
    SL_LINEAGE_COLUMN = 2,
    SL_LINEAGE_SINK = 3, /* outside: where an export went */
};
const char *sl_lineage_node_kind_name(enum sl_lineage_node_kind kind);

enum sl_lineage_kind {
    SL_LINEAGE_DIRECT = SL_FLOW_DIRECT,     /* the value gets there */
    SL_LINEAGE_INDIRECT = SL_FLOW_INDIRECT, /* it decides which values do */
    SL_LINEAGE_EXPORT = 3,                  /* the value left for a sink */
};
const char *sl_lineage_kind_name(enum sl_lineage_kind kind);

/* One end of a flow. A sink has no names: it is the action's own (facts.sink, or its client). */
struct sl_lineage_end {
    enum sl_lineage_node_kind kind;
    struct sl_span dataset, column; /* column: empty for a whole dataset */
};

struct sl_lineage_touch {
    struct sl_span dataset, column; /* column: empty for the dataset itself */
    uint32_t effects;
    bool all_columns; /* of a dataset: any column may have been touched */
};

struct sl_lineage_flow {
    struct sl_lineage_end from, to;
    enum sl_lineage_kind kind;
};

struct sl_lineage_story {
    struct sl_span verdict, run, reason, sink, rules, statements; /* lists: joined with ", " */
    uint32_t effects;
    bool changes; /* what it did counts only once its transaction has committed */
    struct sl_lineage_touch *touches; /* each dataset once, and each listed column of it */
    size_t touch_count;
    struct sl_lineage_flow *flows;
    size_t flow_count;
};

/* `facts`: the JSON object. The story lives in `mem`. SL_EMALFORMED, SL_EMEMORY. */
enum sl_err sl_lineage_read(struct sl_arena *mem, struct sl_span facts,
                            struct sl_lineage_story *out) SL_MUST_CHECK;

/* --- walks ---------------------------------------------------------------------------------- */

enum sl_lineage_way { SL_LINEAGE_UP, SL_LINEAGE_DOWN };

struct sl_lineage_edge {
    uint64_t node; /* the other end */
    uint64_t from; /* this end: the node that was begun, its dataset, or a column of it */
    uint64_t edge; /* the graph's own name for it, where it has one */
    enum sl_lineage_kind kind;
};

/* begin starts the edges of one node, next tells them one by one and then false, end gives up those
 * that were not told. A walk ends each node that it begins before it begins another. */
struct sl_lineage_graph {
    void *owner;
    void (*begin)(void *owner, uint64_t node, enum sl_lineage_way way);
    bool (*next)(void *owner, struct sl_lineage_edge *out);
    void (*end)(void *owner);
};

enum { SL_LINEAGE_ROOT = UINT32_MAX };

struct sl_lineage_step {
    uint64_t node, from, edge;
    uint32_t parent; /* the step that it was reached from, or SL_LINEAGE_ROOT */
    uint32_t depth;
    enum sl_lineage_kind kind;
    bool again; /* reached before: not entered a second time here */
};

struct sl_lineage_bounds {
    uint32_t depth, steps; /* at most */
    uint64_t edges;        /* looked at, at most */
};

struct sl_lineage_found {
    struct sl_lineage_step *steps; /* in the order in which they were reached; roots first */
    size_t count;
    bool more; /* a bound ended the walk */
};

/* Everything that can be reached. Memory is taken from `mem` as far as the bounds allow. */
enum sl_err sl_lineage_walk(struct sl_arena *mem, const struct sl_lineage_graph *g,
                            enum sl_lineage_way way, const uint64_t *from, size_t from_count,
                            const struct sl_lineage_bounds *bounds, struct sl_lineage_found *out)
    SL_MUST_CHECK;

/* The same, each node once: no step is `again`. */
enum sl_err sl_lineage_reach(struct sl_arena *mem, const struct sl_lineage_graph *g,
                             enum sl_lineage_way way, const uint64_t *from, size_t from_count,
                             const struct sl_lineage_bounds *bounds, struct sl_lineage_found *out)
    SL_MUST_CHECK;

/* The shortest way down from one of `from` to one of `to`: its steps in order, the start first.
 * SL_ENOTFOUND: there is none, within the bounds when out->more. */
enum sl_err sl_lineage_path(struct sl_arena *mem, const struct sl_lineage_graph *g,
                            const uint64_t *from, size_t from_count, const uint64_t *to,
                            size_t to_count, const struct sl_lineage_bounds *bounds,
                            struct sl_lineage_found *out) SL_MUST_CHECK;

#endif
