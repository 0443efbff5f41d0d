#include "judge/sql/code_int.h"

/* Why a relation is not plain, reason by reason: each is understood when its definitions are there
 * and could be judged; what they do counts for the statement. */

#define BIT(reason) (1u << SL_CATALOG_##reason)

enum {
    WRITES = SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE,
    NEW_ROWS = SL_EFFECT_INSERT | SL_EFFECT_UPDATE,
};

/* Which reasons matter for these effects. */
static uint32_t that_matter(uint32_t problems, uint32_t effects)
{
    if ((effects & WRITES) == 0)
        problems &= ~(BIT(DEFAULTS) | BIT(TRIGGERS) | BIT(CASCADES) | BIT(DOMAIN_TYPE));
    if ((effects & NEW_ROWS) == 0)
        problems &= ~BIT(DEFAULTS);
    if ((effects & (SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE)) == 0)
        problems &= ~BIT(CASCADES);
    return problems;
}

static bool reason_is_understood(struct judge *j, struct dataset *d, enum sl_catalog_reason reason,
                                 uint32_t effects)
{
    switch (reason) {
    case SL_CATALOG_TRIGGERS:
        return fires_triggers(j, d, effects);
    case SL_CATALOG_RULES:
        return fires_rules(j, d, effects);
    case SL_CATALOG_DEFAULTS:
        return fires_defaults(j, d);
    case SL_CATALOG_USER_INDEX:
        return fires_checks(j, d);
    case SL_CATALOG_ROW_SECURITY:
        return fires_policies(j, d, effects);
    case SL_CATALOG_CASCADES:
        return fires_cascades(j, d, effects);
    case SL_CATALOG_USER_TYPE:
    case SL_CATALOG_DOMAIN_TYPE:
        return ambient_types(j);
    case SL_CATALOG_FOREIGN: /* its rows lie outside of the database */
        note_effect(j, SL_EFFECT_PROGRAM);
        return code_has_parts(j);
    default:
        return false;
    }
}

static bool is_plain(const struct sl_relation *r, uint32_t effects)
{
    uint32_t wanted = SL_RELATION_READ;

    if ((effects & SL_EFFECT_INSERT) != 0)
        wanted |= SL_RELATION_INSERT;
    if ((effects & (SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE)) != 0)
        wanted |= SL_RELATION_CHANGE;
    return (r->flags & wanted) == wanted;
}

bool relation_is_understood(struct judge *j, struct dataset *d, uint32_t effects)
{
    uint32_t left = that_matter(d->relation.problems, effects);

    if (is_plain(&d->relation, effects))
        return true;
    for (unsigned i = 0; i < SL_CATALOG_REASON_COUNT; i++) {
        if ((left >> i & 1) == 0 || reason_is_understood(j, d, (enum sl_catalog_reason)i, effects))
            continue;
        SL_BUF(b, 300);
        sl_buf_say(&b, "%%s %s", sl_catalog_reason_text((enum sl_catalog_reason)i));
        note_opaque(j, sl_buf_text(&b), sl_arena_text(j->mem, d->relation.name));
        return false;
    }
    return true;
}
