/* Answers about lineage as text: what a stranger wrote (names, reasons, runs) is escaped. */
#ifndef SL_CLI_LINEAGE_PRINT_H
#define SL_CLI_LINEAGE_PRINT_H

#include "json/json.h"

/* The tree of `lineage up` and `lineage down`, or the steps of a path. Returns how many steps there
 * are beside the start. */
size_t sl_lineage_print_tree(const json_t *answer, bool up);
/* Who, what, when, why, one act after the other. */
size_t sl_lineage_print_acts(const json_t *answer);
size_t sl_lineage_print_impact(const json_t *answer);
/* Of a held statement: where its data would come from and go to, what depends on its target. NULL
 * is fine. */
void sl_lineage_print_held(const json_t *lineage);

#endif
