/* The server's description of a result against the judge's word (witness.c), and the labels that an
 * action carries along (labels.c). */
#ifndef SL_ROLE_GATE_WITNESS_H
#define SL_ROLE_GATE_WITNESS_H

#include "base/span.h"

struct session;
struct item;
struct judged;
struct portal;

/* False: the answer was stopped and the session ended. */
bool witness_sees(struct session *s, const struct item *item, struct sl_span description);
/* The very same description was looked at already: nothing needs to go out ahead of it. */
bool witness_has_seen(const struct session *s, const struct item *item, struct sl_span description);
void witness_sees_nothing(const struct session *s, const struct item *item);
void witness_ask(struct session *s, struct portal *p, struct sl_span name);
void witness_attach(const struct session *s, struct item *item, struct portal *p);

/* labels.c: what an action carries along is in the map, and told, before its bytes go out. False:
 * the session has ended. */
bool labels_spread(struct session *s, const struct judged *j, uint64_t action);

#endif
