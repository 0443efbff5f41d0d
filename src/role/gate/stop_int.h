/* The insides of a stop, shared by stop.c and stop_people.c. */
#ifndef SL_ROLE_GATE_STOP_INT_H
#define SL_ROLE_GATE_STOP_INT_H

#include "role/gate/estimate.h"
#include "role/gate/hold_int.h"
#include "role/gate/refuse.h"

enum { STOP_RETRY_MS = 40 };

struct stop {
    uint64_t row_bytes;     /* of the row that must wait */
    struct hold *hold;      /* NULL: people were not asked yet */
    bool leased;            /* the keeper's answer is awaited */
    bool exact;             /* to the question for just this row */
    struct sl_timer *timer; /* the next step, from the loop */
    struct aside *aside;    /* the server is asked how many rows it expects */
    bool estimated;         /* that was asked, or could not be: */
    struct sl_buf show;     /* what the reviewer sees of it */
};

/* Of the statement whose result stopped. */
struct meter *stop_meter(const struct session *s);
/* Frees the stop, and what had to wait goes on. */
void stop_go_on(struct session *s);
/* The rest is swallowed, and the client told this. Frees the stop. */
void stop_refuse(struct session *s, const struct refusal *r);
/* The same with the words of the hold. */
void stop_refuse_with_hold(struct session *s);
void stop_failed(struct session *s);

/* The estimate is there, or there is none. */
void stop_estimated(void *session);

/* stop_people.c: no budget lets it pass, so people are asked, if they were not yet. */
void stop_ask_people(struct session *s);
/* The grant is spent: recorded before another row passes (P6). */
void stop_granted(struct session *s);

#endif
