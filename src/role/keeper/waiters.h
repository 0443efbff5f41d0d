/* Clients that wait for an approval, and what they are told of it (waiters.c).
 */
#ifndef SL_ROLE_KEEPER_WAITERS_H
#define SL_ROLE_KEEPER_WAITERS_H

#include "base/buf.h"

struct keeper;
struct session;
struct approval;

/* A client that waits for an approval, oldest first. */
struct waiter {
    char approval[37];
    uint64_t session, action;
    uint32_t gate, generation; /* of the policy under which it asked */
    uint64_t label_version;    /* the same of the labels */
    bool offered;
    bool withdrawn; /* its journal says that it will not run; that it left is still on its way */
    struct sl_buf meaning; /* encoded, to judge it again when the policy is another */
    struct waiter *next;
};
struct waiter *waiter_add(struct keeper *k, const struct session *s, uint64_t action,
                          struct sl_span approval, struct sl_span meaning);
struct waiter *waiter_find(struct keeper *k, uint32_t gate, uint64_t action);
void waiter_remove(struct keeper *k, struct waiter *w);
void waiter_withdraw(struct keeper *k, uint32_t gate, uint64_t action);
size_t waiters_of_session(struct keeper *k, uint64_t session);
size_t waiters_of(struct keeper *k, struct sl_span approval);
/* A NOTICE for every client that waits for it. */
void waiters_tell(struct keeper *k, const struct approval *a, struct sl_span who,
                  struct sl_span text);
void waiters_refuse(struct keeper *k, const struct approval *a, struct sl_span who, const char *why,
                    const char *hint);
/* Offers an approved action to the oldest waiter that is still there. */
void waiters_offer(struct keeper *k, const struct approval *a);
void waiters_ask_again(struct keeper *k, struct sl_span approval);
void waiters_drop_session(struct keeper *k, uint64_t session);

#endif
