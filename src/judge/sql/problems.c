#include "judge/sql/code_int.h"

/* Why a relation is not plain, reason by reason: each is understood when its definitions are there
 * and could be judged; what they do counts for the statement. Views, partitions and inheritance are
 * looked into by name.c. */

#define BIT(reason) (1u << SL_CATALOG_##reason)

static bool is_understood(struct judge *j, struct dataset *d, enum sl_catalog_reason reason,
                          uint32_t effects)
{
    switch (reason) {
    case SL_CATALOG_TRIGGERS: /* an update may move a row to another partition */
        if ((effects & SL_EFFECT_UPDATE) != 0 && (d->relation.problems & BIT(PARTITIONED)) != 0)
            effects |= SL_EFFECT_INSERT | SL_EFFECT_DELETE;
        return fires_triggers(j, d, effects);
    case SL_CATALOG_RULES:
        return fires_rules(j, d, effects);
    case SL_CATALOG_VIEW: /* what is written to it does not reach it */
        return fires_instead(j, d, effects);
    case SL_CATALOG_DEFAULTS: /* a row that goes away takes none */
        return (effects & (SL_EFFECT_INSERT | SL_EFFECT_UPDATE)) == 0 || fires_defaults(j, d);
    case SL_CATALOG_USER_INDEX:
        return fires_checks(j, d);
    case SL_CATALOG_ROW_SECURITY:
        return fires_policies(j, d, effects);
    case SL_CATALOG_CASCADES:
        return fires_cascades(j, d, effects);
    case SL_CATALOG_USER_TYPE:
    case SL_CATALOG_DOMAIN_TYPE:
        return ambient_types(j, (effects & (SL_EFFECT_INSERT | SL_EFFECT_UPDATE)) != 0);
    case SL_CATALOG_FOREIGN: /* its rows lie outside of the database */
        note_effect(j, SL_EFFECT_PROGRAM);
        return code_has_parts(j);
    default:
        return false;
    }
}

uint32_t problems_understood(struct judge *j, struct dataset *d, uint32_t effects, uint32_t left)
{
    uint32_t understood = 0;

    for (unsigned i = 0; i < SL_CATALOG_REASON_COUNT; i++)
        if ((left >> i & 1) != 0 && is_understood(j, d, (enum sl_catalog_reason)i, effects))
            understood |= 1u << i;
    return understood;
}
