/* Facts: what an action is and what the policy said of it, in the bytes that a journal carries.
 *
 * They are built once for each cached verdict and copied into every intent, because they do not
 * change from one action to the next; the session's run, reason and sink follow. Little-endian,
 * str = u16 length + UTF-8 bytes; verdict 0 allow, 1 hold, 2 deny:
 *
 *   u32 effects · u8 verdict
 *   u16 n, n x str statement tag
 *   u16 n, n x { str dataset · u32 effects · u16 n, n x str label · u8 all_columns
 *                · u16 n, n x str column }
 *   u8 flows_more · u16 n, n x { u8 kind · str source · str destination }
 *   u16 n, n x str rule name
 *   str run · str reason · str sink                              (sl_facts_put leaves these out)
 *
 * Kept small, because a leaf has 65,535 bytes:
 *   - a flow into a result (`result`, `result.NAME`) is left out where the columns of its dataset
 *     tell it anyway, except of an export: there the result is what left;
 *   - a dataset with more than SL_FACTS_MAX_COLUMNS columns, or one whose names no longer fit into
 *     SL_FACTS_COLUMN_BYTES of all together, says all_columns and lists none;
 *   - after SL_FACTS_MAX_FLOWS flows, or SL_FACTS_FLOW_BYTES of names, flows_more is set, and any
 *     column that was read may have gone into any dataset that was written. Flows into
 *     stored columns are kept before those into a result, direct before indirect.
 */
#ifndef SL_CORE_LEDGER_FACTS_H
#define SL_CORE_LEDGER_FACTS_H

#include "base/buf.h"
#include "base/cursor.h"
#include "core/policy/policy.h"

enum {
    SL_FACTS_MAX_COLUMNS = 64,
    SL_FACTS_MAX_FLOWS = 200,
    SL_FACTS_COLUMN_BYTES = 8 * 1024,
    SL_FACTS_FLOW_BYTES = 8 * 1024,
};

struct sl_facts_said {
    const struct sl_meaning *meaning;
    const struct sl_action_dataset *datasets; /* one for each access of the meaning */
    enum sl_verdict verdict;
    struct sl_names rules;
};
/* Everything before run, reason and sink. */
void sl_facts_put(struct sl_buf *b, const struct sl_facts_said *said);

/* Walks the lists inside; strict: SL_ECORRUPT for whatever is not as above. */
struct sl_facts {
    uint32_t effects;
    uint8_t verdict;
    bool flows_more;
    struct sl_cursor tags, datasets, flows, rules;
    uint16_t tag_count, dataset_count, flow_count, rule_count;
    struct sl_span run, reason, sink;
};
enum sl_err sl_facts_get(struct sl_span facts, struct sl_facts *out) SL_MUST_CHECK;
/* One string of a list: u16 length + bytes. */
struct sl_span sl_facts_str(struct sl_cursor *c);

#endif
