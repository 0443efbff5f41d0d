/* Between the messages of the extended protocol: extended.c, parse.c, bind.c. */
#ifndef SL_ROLE_GATE_EXTENDED_INT_H
#define SL_ROLE_GATE_EXTENDED_INT_H

#include "role/gate/query.h"
#include "role/gate/session.h"

/* Of one session: the server's own memory is its business, the gate is everybody's. */
enum { NAMES_MAX = 16384, PREPARED_BYTES_MAX = 32 * 1024 * 1024 };

/* What follows a Bind in the input: is its Execute there? */
enum follow { FOLLOW_UNKNOWN, FOLLOW_EXECUTE, FOLLOW_NONE };

/* The message fails in the server's order, with this. */
enum take extended_refuse(struct session *s, const char *sqlstate, const char *message,
                          const char *hint);
/* To the server a longer name would be the same as any other one that begins alike. */
bool extended_is_too_long(struct sl_span name);
enum take extended_refuse_name(struct session *s);
/* What policy says no to, recorded and told. */
void extended_refuse_by_policy(struct session *s, const struct judged *j, struct sl_span text);

enum take parse_take(struct session *s, struct sl_span body, struct sl_span whole);
enum take bind_take(struct session *s, struct sl_span body, struct sl_span whole,
                    struct sl_span rest);

#endif
