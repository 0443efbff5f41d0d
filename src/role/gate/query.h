/* Messages of the simple (query.c) and of the extended protocol (extended.c, bind.c).
 *
 * `whole` is the message with its header, `rest` the input behind it. */
#ifndef SL_ROLE_GATE_QUERY_H
#define SL_ROLE_GATE_QUERY_H

#include "role/gate/judging.h"

struct session;
struct held_bytes;

enum take query_take(struct session *s, struct sl_span body, struct sl_span whole);
/* Records and sends what may go. */
enum take query_send(struct session *s, const struct judged *j, const struct held_bytes *what,
                     struct sl_span whole);
enum take extended_take(struct session *s, uint8_t type, struct sl_span body, struct sl_span whole,
                        struct sl_span rest);

#endif
