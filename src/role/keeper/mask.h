/* Password literals in SQL, masked before a text is recorded or shown (P10). */
#ifndef SL_ROLE_KEEPER_MASK_H
#define SL_ROLE_KEEPER_MASK_H

#include "base/buf.h"

/* Appends the text with every literal that follows the word PASSWORD, in any quoting, replaced by '***'.
 * When a literal has no end, everything after its start is left out. */
void mask_passwords(struct sl_buf *out, struct sl_span sql);
/* A quick look: could there be anything to mask? Never says no when there is. */
bool mask_needed(struct sl_span sql);

#endif
