/* What a statement may return: what is lent, what is counted, and what stops it (lease.c, meter.c,
 * stop.c; their insides: budget.h). */
#ifndef SL_ROLE_GATE_METER_H
#define SL_ROLE_GATE_METER_H

#include "ipc/messages.h"
#include "role/gate/judging.h"

struct session;
struct meter;
struct held_bytes;
struct over_budget;

/* Before a message is sent that policy allows: borrows what it needs. TAKE_DONE with over->verdict
 * set: there is not enough, and `over` is what policy says to that, `said` what it goes beyond. */
enum take budget_take(struct session *s, const struct judged *j, struct judged *over,
                      struct over_budget *said);
void lease_drop(struct session *s); /* the message was not sent, or needs none */
/* The meter of what is sent now; *out NULL: nothing limits it. False: out of memory. */
bool meter_make(struct session *s, const struct judged *j, uint64_t action,
                const struct held_bytes *what, struct meter **out) SL_MUST_CHECK;
struct meter *meter_ref(struct meter *m);
void meter_unref(struct meter *m);
/* False: a limit, what is lent or what was granted does not let all of them pass; nothing was
 * counted. */
bool meter_take(struct meter *m, uint64_t rows, uint64_t bytes);
void meter_moves(struct meter *m, uint64_t rows); /* MOVE has passed over them */
void tallies_free(struct session *s);             /* paging.c: no cursor of it is known any more */
void tallies_forget(struct session *s, const struct sl_meaning *m); /* those that it closes */
void meter_settle(struct session *s, struct meter *m, uint8_t outcome);
bool meter_has(const struct meter *m, uint64_t action); /* that continued it */
/* The row at hand may not pass: the server is not read any more until it may, or never will. */
void stop_begin(struct session *s, uint64_t row_bytes);
void stop_free(struct session *s, const char *why);
void stop_cancel(struct session *s);
void stop_again(struct session *s);
void stop_propose_late(struct session *s); /* what the keeper's channel had no room for */
void stop_ask_again(struct session *s);    /* from the start, under the policy and labels of now */
bool stop_is_of(const struct session *s, uint64_t action);
void stop_keeper(struct session *s, enum sl_message type, struct sl_span body);
struct sl_span stop_show(const struct session *s); /* JSON for its reviewer; may be empty */

#endif
