/* What one person does alone, and who looks at it afterwards (glass.c, reviews.c).
 */
#ifndef SL_ROLE_KEEPER_GLASS_H
#define SL_ROLE_KEEPER_GLASS_H

#include "core/approval/approval.h"
#include "role/keeper/credentials.h"
#include "json/json.h"

struct keeper;
struct call;
struct approval;
struct decision_proof;

enum { REVIEWS_NEEDED = 2 };
struct exception {
    struct sl_span id, kind, identity, person, credential, channel, reason;
    uint64_t at_us, due_us, reviews;
};
enum sl_err exception_get(struct keeper *k, struct sl_span id, struct exception *out) SL_MUST_CHECK;
/* May this person release it alone? */
enum sl_decide_reason glass_may(struct keeper *k, const struct approval *a,
                                const struct person *who, const struct credential *with,
                                enum sl_decide_channel channel);
void glass_break(struct call *c, struct approval *a, const struct decision_proof *proof);
/* It was released so, and not by the votes of those whom its rules ask. */
bool glass_broke(const struct approval *a, const struct exception *e);
bool glass_stands(struct keeper *k, const struct approval *a, const struct exception *e);
void glass_put(struct call *c, json_t *out, const struct approval *a);
json_t *exceptions_json(struct keeper *k, bool all);
json_t *exception_json(const struct exception *e);
json_t *reviews_json(struct keeper *k, struct sl_span id); /* who has signed it off */
/* So that it nags: once at the start, and every hour. */
void exceptions_warn(struct keeper *k);
void bypass_record(struct keeper *k, const struct maker *by, struct sl_span channel,
                   struct sl_span what);

#endif
