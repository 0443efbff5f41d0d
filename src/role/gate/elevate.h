/* A granted statement that runs as another login, on a connection of its own (elevate.c). */
#ifndef SL_ROLE_GATE_ELEVATE_H
#define SL_ROLE_GATE_ELEVATE_H

#include "role/gate/judging.h"

struct session;
struct held_bytes;

/* Before it is held: false when it cannot be; then *t says whether it was refused, or waits. */
bool elevate_may(struct session *s, const struct judged *j, const struct held_bytes *what,
                 enum take *t);
/* The grant is spent. TAKE_DONE with the grant still there: its connection is ready, or it needs
 * none. */
enum take elevate_take(struct session *s, const struct judged *j, const struct held_bytes *what);
/* The intent is recorded: what is sent from now on goes to that connection, if there is one. False:
 * the session is dead, and the action's outcome recorded. */
bool elevate_begin(struct session *s, uint64_t action);
bool elevate_is_on(const struct session *s);
void elevate_end(struct session *s); /* it is answered: the session's own connection is back */
/* Not on yet, for this action (0: any): the message will be refused. False: there is no such. */
bool elevate_cancel(struct session *s, uint64_t action);
/* The session's search_path as it is meant, for another connection. */
void elevate_put_search_path(struct sl_buf *b, const struct session *s);
void elevate_forget(struct session *s); /* unless it is on */
void elevate_free(struct session *s);   /* with the session */

#endif
