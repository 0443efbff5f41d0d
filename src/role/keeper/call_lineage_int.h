/* What questions about lineage share. */
#ifndef SL_ROLE_KEEPER_CALL_LINEAGE_INT_H
#define SL_ROLE_KEEPER_CALL_LINEAGE_INT_H

#include "role/keeper/call.h"
#include "role/keeper/keeper_int.h"

enum { LINEAGE_STARTS = 64 };

/* The nodes that a name may mean. */
struct lineage_question {
    uint64_t from[LINEAGE_STARTS];
    size_t count;
    struct sl_span name;
};
/* False: the answer is made. */
bool lineage_question(struct call *c, const char *member, struct lineage_question *q);
/* Whose acts the caller may see. Empty: everybody's; else a JSON array of names. */
struct sl_span lineage_only(struct call *c);

/* "public.customers.email", as the statements say it; `whole`: its target and kind too. */
void lineage_put_node(struct call *c, json_t *out, const char *key, uint64_t id, bool whole);
/* "labels": those that the column has now, or any column of the dataset; nothing without. */
void lineage_put_labels(struct call *c, json_t *out, uint64_t id);
/* Columns as SL_ACT_COLUMNS has them. */
json_t *lineage_act_json(const struct db_rows *rows);

/* Bounds of a walk whose steps are not told one by one. */
extern const struct sl_lineage_bounds lineage_wide;
void lineage_too_large(struct call *c);

/* call_lineage_impact.c: what was made from these nodes, as the caller may see it; NULL: too much.
 */
json_t *lineage_impact(struct call *c, const uint64_t *from, size_t count);

#endif
