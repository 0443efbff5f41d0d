/* The gate's own questions on a session's connection (inner.c, estimate.c). */
#ifndef SL_ROLE_GATE_INNER_H
#define SL_ROLE_GATE_INNER_H

#include "base/cursor.h"
#include "role/gate/judging.h"
#include "wire/pg/pg.h"

struct session;
struct held_bytes;

/* `done` may ask the next question; after the last one the session's head is taken again. The rows
 * are in s->internal until then. */
void inner_ask(struct session *s, struct sl_span sql, void (*done)(struct session *s, bool ok));
/* The next of them, with a cursor over s->internal. False: there is none. */
bool inner_row(struct sl_cursor *c, struct sl_pg_values *out);
void inner_context(struct session *s);
void inner_locks(struct session *s);
/* The settings that literals and results depend on, into the session's elevation. */
void inner_settings(struct session *s);
void elevate_settings(struct session *s, struct sl_span rows, bool ok);
/* Makes the transaction fail; the client gets its ReadyForQuery then. */
void inner_fail(struct session *s);
void inner_message(struct session *s, uint8_t type, struct sl_span body);

/* estimate.c: makes s->show, at once or when the server has answered (TAKE_WAIT). */
enum take estimate_take(struct session *s, const struct judged *j, const struct held_bytes *what);

#endif
