/* What the supervisor and the gates tell about the programs, and what is made of it for status and
 * metrics (stats.c, call_admin.c, call_metrics.c).
 */
#ifndef SL_ROLE_KEEPER_STATS_H
#define SL_ROLE_KEEPER_STATS_H

#include "ipc/messages.h"
#include "json/json.h"

struct keeper;
struct peer;

void on_stats(struct peer *p, const struct sl_msg_stats *m);
void stats_forget_gate(struct keeper *k, uint32_t gate);
/* [{"name","listing":"current|stale|none","checked"?,"why"?,"sessions":n}], the worst of what the
 * gates say.
 */
json_t *stats_targets(struct keeper *k);
void metrics_free(struct keeper *k);
void status_put_targets(struct keeper *k, json_t *status); /* call_admin.c */

#endif
