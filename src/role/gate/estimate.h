/* The planner's row estimate, for reviewers.
 *
 *   estimate.c        of a statement that is about to be held, on its session's own connection
 *   stop_estimate.c   of a result that stopped at the end of a budget, on a connection beside it
 *
 * Both ask only where all that planning could run is the server's own code (design: section 7).
 */
#ifndef SL_ROLE_GATE_ESTIMATE_H
#define SL_ROLE_GATE_ESTIMATE_H

#include "role/gate/budget.h"
#include "role/gate/hold.h"

/* Why the plan of this statement may not be asked for; NULL: it may. */
const char *estimate_obstacle(const struct session *s, const struct sl_meaning *m,
                              const struct held_bytes *what);
/* The questions, in their order, each alone in its message. `text` has no obstacle. */
extern const char estimate_begin[], estimate_end[];
void estimate_put_question(struct sl_buf *b, struct sl_span text);
/* From the rows of the answer, as inner.c keeps them. */
bool estimate_read(struct sl_span rows, uint64_t *out) SL_MUST_CHECK;
/* {"rows_estimate":n} or {"no_estimate":why}: `show` becomes that. */
void estimate_show(struct sl_buf *show, uint64_t rows);
void estimate_show_none(struct sl_buf *show, const char *why);

/* stop_estimate.c */
struct aside;
/* `done` comes from the loop, once, with *show made; never after estimate_aside_free. NULL: it
 * could not begin, and *show says why. */
struct aside *estimate_aside(struct session *s, const struct sl_meaning *m,
                             const struct held_bytes *what, uint32_t listing, struct sl_buf *show,
                             sl_timer_fn *done);
void estimate_aside_free(struct aside *a);

#endif
