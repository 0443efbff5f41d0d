/* The configuration as the gate uses it: loaded at start, replaced at a reload. */
#ifndef SL_ROLE_GATE_TARGETS_H
#define SL_ROLE_GATE_TARGETS_H

#include "role/gate/gate_int.h"

enum sl_err targets_setup(struct gate *g, const struct sl_msg_setup *m, struct sl_buf *complaints)
    SL_MUST_CHECK;
/* On failure everything stays as it was. */
enum sl_err targets_reload(struct gate *g, const struct sl_msg_reload *m, struct sl_buf *complaints)
    SL_MUST_CHECK;

#endif
