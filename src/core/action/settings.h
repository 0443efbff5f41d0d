/* The settings of a session as an action has them: "DateStyle=ISO, MDY; TimeZone=UTC; ...".
 *
 * Those that are as usual need not be shown to whoever decides; all others change what a value
 * means. A piece counts as usual only when it is exactly one that is known (settings.c; the console
 * has the same list in console/src/settings.ts).
 */
#ifndef SL_CORE_ACTION_SETTINGS_H
#define SL_CORE_ACTION_SETTINGS_H

#include "base/buf.h"

/* Takes the next piece off; empty at the end. A view into the text. */
struct sl_span sl_setting_next(struct sl_span *rest);
/* Is this piece ("row_security=on") as PostgreSQL has it unless somebody says otherwise? */
bool sl_setting_is_usual(struct sl_span piece);
/* Appends those that are not, and a search_path that is not, with "; " between. */
void sl_settings_put_unusual(struct sl_buf *b, struct sl_span settings, struct sl_span search_path);

#endif
