/* Password literals in SQL, masked before a text is recorded or shown (P10). */
#ifndef SL_ROLE_KEEPER_MASK_H
#define SL_ROLE_KEEPER_MASK_H

#include "base/buf.h"

/* Appends the text with '***' for every literal that follows the word PASSWORD, in any quoting, and
 * *** for the password in a literal that is a connection string or holds a statement. Nothing but
 * the inside of literals is ever left out, so whoever reads the text sees every word that runs. A
 * literal without an end reaches to the end. Reads strings as with standard_conforming_strings,
 * which the gate pins. */
void mask_passwords(struct sl_buf *out, struct sl_span sql);
/* A quick look: could there be anything to mask? Never says no when there is. */
bool mask_needed(struct sl_span sql);

#endif
