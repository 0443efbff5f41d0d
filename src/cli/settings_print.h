/* The settings of a session as an action has them: "DateStyle=ISO, MDY; TimeZone=UTC; ...".
 *
 * What is not as it usually is stands first, each on a line of its own. The rest is counted, and
 * with `everything` listed too, so nothing is left out without a word: a piece is counted only when
 * it is exactly one that is known as usual. The text is the session's own (a stranger's), escaped.
 */
#ifndef SL_CLI_SETTINGS_PRINT_H
#define SL_CLI_SETTINGS_PRINT_H

#include "base/span.h"

#include <stdio.h>

void sl_settings_print(FILE *out, struct sl_span settings, bool everything);

#endif
