/* A session before it is ready: signing the client in (login.c), and reaching its server
 * (upstream.c, cancel.c). */
#ifndef SL_ROLE_GATE_LOGIN_H
#define SL_ROLE_GATE_LOGIN_H

#include "ipc/messages.h"

struct session;

void login_begin(struct session *s);
void login_input(struct session *s);
void login_free(struct session *s);
void login_keeper(struct session *s, enum sl_message type, struct sl_span body);
void login_keeper_lost(struct session *s);
void upstream_begin(struct session *s);
/* Asks the server to stop what it does for this session (a CancelRequest with the server's own
 * key). */
void upstream_cancel(struct session *s);
/* The same for a session that is over now, and a few times more: nobody is there to see whether the
 * server had begun, nor anything else of this session to be hit. */
void upstream_cancel_left(struct session *s);
/* Once, and the client's next messages wait until the server has taken it. */
void upstream_cancel_counted(struct session *s);
/* The same, again and again until what the server works on for this session
 * has ended: for what somebody stops, who is told that it is being stopped. */
void upstream_cancel_until_end(struct session *s);

#endif
