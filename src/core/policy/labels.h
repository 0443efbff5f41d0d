/* Labels that follow the data: which columns carry a label because labelled data was copied into
 * them, or because the column that the configuration labels has another name now.
 *
 * A struct sl_label_map holds such derived labels for all targets, sorted; the gate and the keeper
 * each have one with the same content, and sl_labels_of asks it beside the configuration. Columns
 * are named schema.table.column as meanings name them; the column "*" stands for a table of which
 * nobody can say which columns are meant. Labels are kept by name: their bits are a matter of one
 * loaded configuration, and a label that it does not know counts for nothing there.
 *
 * Nothing here ever takes a label away by itself: the owner of the map does (the keeper), and a
 * `declassify` rule of the target makes sl_labels_of look past a derived label, never past one that
 * the configuration gives. One that names aggregates keeps a label from being derived at all.
 *
 * Disadvantage: a put in the middle moves what is behind it; maps are small and change seldom.
 */
#ifndef SL_CORE_POLICY_LABELS_H
#define SL_CORE_POLICY_LABELS_H

#include "core/catalog/catalog.h"
#include "core/policy/policy.h"

enum { SL_LABEL_MAX_DERIVED = 200 * 1000, SL_LABEL_MAX_NAME = 400 };
/* What actions may fill: beyond it nothing that carries labels runs any more. Above is room for
 * what several gates tell in the same moment, and for columns that get other names. */
enum { SL_LABEL_ROOM = 100 * 1000, SL_LABEL_ROOM_BYTES = 20 * 1024 * 1024 };

struct sl_derived {
    struct sl_span target, column, label;
    struct sl_span source; /* the column that it came from, for people */
    bool settled;          /* what brought it here is committed: it stays */
};

enum sl_err sl_label_map_new(struct sl_label_map **out) SL_MUST_CHECK;
void sl_label_map_free(struct sl_label_map *m); /* NULL is fine */
SL_DEFINE_CLEANUP(struct sl_label_map, sl_label_map)
/* Copies everything. What is there already stays as it is, but becomes settled if this one is.
 * SL_ELIMIT: too many, or a name longer than SL_LABEL_MAX_NAME. SL_EMALFORMED: an empty name. */
enum sl_err sl_label_map_put(struct sl_label_map *m, const struct sl_derived *d) SL_MUST_CHECK;
size_t sl_label_map_count(const struct sl_label_map *m);
size_t sl_label_map_bytes(const struct sl_label_map *m); /* of names */
/* For so many more, with names of so many bytes together. */
bool sl_label_map_has_room(const struct sl_label_map *m, size_t count, size_t bytes);
/* index 0 .. count-1, in order of target, column, label. Views live until the map changes. */
struct sl_derived sl_label_map_at(const struct sl_label_map *m, size_t index);
/* NULL is an empty map. */
bool sl_label_map_find(const struct sl_label_map *m, struct sl_span target, struct sl_span column,
                       struct sl_span label, struct sl_derived *out);
bool sl_label_map_has_target(const struct sl_label_map *m, struct sl_span target);

/* The whole map as bytes, the same content giving the same bytes: u32 n, n x { str target · str
 * column · str label · str source · u8 settled }, str = u16 length + bytes, little-endian. */
void sl_label_map_encode(const struct sl_label_map *m, struct sl_buf *b);
/* SL_EMALFORMED, SL_ELIMIT, SL_EMEMORY. */
enum sl_err sl_label_map_decode(struct sl_span bytes, struct sl_label_map **out) SL_MUST_CHECK;

/* Labels of one column by its whole name; of "schema.table.*" those of every column. */
uint64_t sl_labels_of_column(const struct sl_config *c, const struct sl_target *t,
                             struct sl_span column, const struct sl_label_map *derived);
/* The rule that takes this label from this column, or NULL. */
const struct sl_declassify *sl_declassify_of(const struct sl_target *t, struct sl_span column,
                                             struct sl_span label);
/* May a value reach this column through that aggregate (core/action/aggregate.h) without its label?
 */
bool sl_declassify_via(const struct sl_target *t, struct sl_span column, struct sl_span label,
                       struct sl_span aggregate);

/* A column that takes labels over from another one. */
struct sl_spread {
    struct sl_span column, source;
    uint64_t labels;
};
/* What sending this action does to labels: one item for each direct flow that carries a label into
 * a stored column, where the configuration does not give it that label already and the map does not
 * hold it as settled. Where a meaning cannot say exactly what flows (opaque, or more flows than it
 * holds), all that is read goes into all that is written. Memory and `out` are of `mem`. */
enum sl_err sl_labels_spread(const struct sl_config *c, const struct sl_target *t,
                             const struct sl_meaning *m, const struct sl_label_map *derived,
                             struct sl_arena *mem, struct sl_spread **out, size_t *count)
    SL_MUST_CHECK;

/* What became of a labelled column between two listings of the same target. */
struct sl_label_move {
    struct sl_span from, to; /* to.p == NULL: the column is gone, and none has its name now */
    uint64_t labels;         /* of the old name, that the new one lacks, or may lose */
};
/* Columns are known again by their relation's oid and their own number. Listings without oids move
 * nothing. Names live in `mem`. */
enum sl_err sl_labels_moved(const struct sl_config *c, const struct sl_target *t,
                            const struct sl_label_map *derived, const struct sl_catalog *before,
                            const struct sl_catalog *after, struct sl_arena *mem,
                            struct sl_label_move **out, size_t *count) SL_MUST_CHECK;
/* Labels of a table's columns that its partitions, or the tables that inherit from it, lack: what
 * is read there is what the table shows. One level; `from` is the table's column, `to` the other's.
 * What the map has already, as settled, is left out. Names live in `mem`. */
enum sl_err sl_labels_inherited(const struct sl_config *c, const struct sl_target *t,
                                const struct sl_label_map *derived,
                                const struct sl_catalog *catalog, struct sl_arena *mem,
                                struct sl_label_move **out, size_t *count) SL_MUST_CHECK;

#endif
