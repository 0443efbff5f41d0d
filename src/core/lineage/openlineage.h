/* Run events of OpenLineage: what others read of lineage.
 *
 * One RunEvent (spec 2-0-2) of one act, as one line of JSON: the job is the kind of statement on
 * its target, with the SQL facet (1-0-1) where a text is known; inputs and outputs are datasets,
 * outputs with ColumnLineageDatasetFacet (1-2-0): DIRECT and INDIRECT transformations, field by
 * field, and INDIRECT ones of the whole dataset. The run facet `sluice_verdict` is ours
 * (docs/sluice-verdict-facet.schema.json): who, the verdict, who said yes, and the ledger's number
 * of the action.
 *
 * Dataset names follow OpenLineage's naming of PostgreSQL: namespace postgres://host:port, name
 * database.schema.table. A sink is a dataset of namespace `sluice` with its own name.
 */
#ifndef SL_CORE_LINEAGE_OPENLINEAGE_H
#define SL_CORE_LINEAGE_OPENLINEAGE_H

#include "core/lineage/lineage.h"

enum sl_openlineage_type { SL_OPENLINEAGE_COMPLETE, SL_OPENLINEAGE_ABORT, SL_OPENLINEAGE_FAIL };

struct sl_openlineage_event {
    enum sl_openlineage_type type;
    uint64_t at_us;
    uint8_t id[16]; /* the run's, the same for the same act; its version bits are set here */
    struct sl_span namespace_; /* of the target: postgres://host:port */
    struct sl_span database, target, sink;
    struct sl_span identity, owner, standing, approval, approvers, why, text;
    uint64_t session, action;
    bool observed;
    const struct sl_lineage_story *story;
};

/* Appends the object, without a newline. */
void sl_openlineage_put(struct sl_buf *b, const struct sl_openlineage_event *e);

#endif
