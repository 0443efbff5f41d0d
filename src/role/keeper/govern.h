/* Administration needs another person (govern.c; which methods: governed.h).
 *
 * A method that loosens something asks this when it knows that it could do it, and before it does.
 */
#ifndef SL_ROLE_KEEPER_GOVERN_H
#define SL_ROLE_KEEPER_GOVERN_H

#include "base/buf.h"
#include "core/approval/approval.h"
#include "json/json.h"

struct keeper;
struct call;

/* True: it must not; the answer is made (held, refused). False: nobody has to be asked, or somebody
 * said yes to exactly this; what it records then carries c->maker.approval. */
bool govern_waits(struct call *c);
enum governed;
enum governed govern_of(struct sl_span method);                               /* governed.h */
void govern_say(struct sl_buf *b, struct sl_span method, const json_t *body); /* in words */
/* Under `govern: two-person`: who decides administration, and how many of them. */
struct sl_reviewers govern_reviewers(const struct keeper *k, bool shell_is_known);
/* The policy that counts from now on. `started`: nobody could be asked about it. */
void govern_in_force(struct keeper *k, bool started);

#endif
