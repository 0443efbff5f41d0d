/* Statements and policies that people try: nothing of it changes anything (call_policy.c,
 * call_shadow.c).
 */
#ifndef SL_ROLE_KEEPER_TRIES_H
#define SL_ROLE_KEEPER_TRIES_H

#include "ipc/messages.h"

struct keeper;
struct peer;

enum sl_err tries_new(struct keeper *k) SL_MUST_CHECK;
void tries_free(struct keeper *k);
void tries_sweep(struct keeper *k);
void on_judge_tried(struct peer *p, const struct sl_msg_judge_tried *m);
void shadow_free(struct keeper *k); /* call_shadow.c */

#endif
