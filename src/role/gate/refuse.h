/* Saying no to a message, in its protocol's order (refuse.c). */
#ifndef SL_ROLE_GATE_REFUSE_H
#define SL_ROLE_GATE_REFUSE_H

#include "base/buf.h"

struct session;
struct judged;

struct refusal {
    const char *sqlstate;
    const char *message, *detail, *hint; /* NULL: none */
};
void refuse_simple(struct session *s, const struct refusal *r);
void refuse_extended(struct session *s, const struct refusal *r);
/* The texts of a denial. */
void refuse_denied(struct session *s, const struct judged *j, struct sl_buf *message,
                   struct sl_buf *detail, struct sl_buf *hint);

#endif
