#ifndef SL_CORE_LEDGER_SHADOW_INT_H
#define SL_CORE_LEDGER_SHADOW_INT_H

#include "base/arena.h"
#include "base/map.h"
#include "core/ledger/shadow.h"
#include "json/json.h"

/* Who asked: an identity of the roster, or a session as it began. */
struct sl_shadow_who {
    struct sl_span identity;
    enum sl_identity_kind kind;
    struct sl_names groups;
};

struct sl_shadow {
    const struct sl_config *edited;
    struct sl_config *before; /* the policy of the leaf at hand; NULL: not known */
    uint64_t since_us;
    struct sl_arena *mem, *one; /* until the end; of one action */
    struct sl_map *people, *sessions;
    struct sl_buf policy; /* parts of a text that comes in */
    json_t *groups, *unknown;
    uint64_t judged, same, different, cannot_tell;
    bool groups_more;
};

/* One recorded action. */
struct sl_shadow_action {
    uint64_t entry, at_us;
    struct sl_span target, identity;
    const struct sl_shadow_who *who; /* NULL: not known */
    const json_t *facts;             /* NULL: not in the leaf */
    bool over_budget;
};
/* shadow_judge.c */
enum sl_err sl_shadow_judge(struct sl_shadow *s, const struct sl_shadow_action *a) SL_MUST_CHECK;

#endif
