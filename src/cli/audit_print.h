/* Lines of the ledger as text. */
#ifndef SL_CLI_AUDIT_PRINT_H
#define SL_CLI_AUDIT_PRINT_H

#include "json/json.h"

/* Two short lines each. Returns how many there were. */
size_t sl_audit_print_lines(const json_t *answer);

#endif
