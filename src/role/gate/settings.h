/* SET sluice.x and SHOW sluice.x (settings.c). */
#ifndef SL_ROLE_GATE_SETTINGS_H
#define SL_ROLE_GATE_SETTINGS_H

#include "role/gate/judging.h"

struct session;
struct refusal;

/* In the simple protocol. */
enum take settings_take(struct session *s, struct sl_span text, struct sl_span whole,
                        bool *was_ours);
enum sl_err settings_answered(struct gate *g, struct sl_span body) SL_MUST_CHECK;
void settings_keeper_new(struct session *s);
bool settings_is_set(struct sl_span text);
/* A text that the judge reads as being about sluice.*, and that the gate did not take: quoted,
 * behind a comment, one of several statements, in a body. It is refused, whatever policy says: on
 * the server it would be a setting that nobody looks at, and its writer would believe in it. */
bool settings_are_misspelt(const struct judged *j, struct refusal *out);
bool settings_is_show(struct sl_span text);
bool settings_apply(struct session *s, struct sl_span text, struct sl_buf *complaint);

#endif
