/* The insides of the way back, shared by server.c (bytes and rows) and answer.c (messages). */
#ifndef SL_ROLE_GATE_SERVER_INT_H
#define SL_ROLE_GATE_SERVER_INT_H

#include "role/gate/session.h"

/* A run of bytes that will go to the client in one write. */
struct run {
    struct session *s;
    struct sl_span in;
    size_t from, at;
};

bool run_flush(struct run *r);
/* The message just behind the run is not for the client. */
bool run_skip(struct run *r, size_t n);

/* A complete message that is not a row. False: the server broke the protocol as we know it. */
bool take_message(struct run *r, uint8_t type, struct sl_span body, size_t whole);
/* The oldest item is answered: its outcome is recorded, and it goes. */
void end_item(struct session *s, uint8_t outcome);

#endif
