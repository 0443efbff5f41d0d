/* What the gate itself finds in a text's words, held against what a judge says about it (P7). */
#include "role/gate/session.h"

#include "role/gate/judging.h"
#include "role/gate/names.h"

/* The gate's own floor under the judge's words: whoever finds one of these words in a text must
 * have said one of these effects, or the answer is not believed. */
static const struct {
    uint32_t floor, effects;
} floors[] = {
    {SL_FLOOR_WRITE, SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE},
    {SL_FLOOR_DDL, SL_EFFECT_DDL | SL_EFFECT_PRIVILEGE},
    {SL_FLOOR_COPY, SL_EFFECT_EXPORT | SL_EFFECT_IMPORT | SL_EFFECT_PROGRAM},
    {SL_FLOOR_CALL, SL_EFFECT_CALL},
    {SL_FLOOR_DO, SL_EFFECT_CALL | SL_EFFECT_PROGRAM},
    {SL_FLOOR_PRIVILEGE, SL_EFFECT_PRIVILEGE},
    {SL_FLOOR_EXECUTE | SL_FLOOR_SET | SL_FLOOR_LOCK | SL_FLOOR_ADMIN | SL_FLOOR_NOTIFY |
         SL_FLOOR_UNKNOWN,
     SL_EFFECT_ALL & ~SL_EFFECT_READ},
};

static bool is_below_floor(const struct meaning *m, uint32_t floor)
{
    if ((m->m.effects & SL_EFFECT_OPAQUE) != 0)
        return false;
    for (size_t i = 0; i < SL_COUNT(floors); i++)
        if ((floor & floors[i].floor) != 0 && (m->m.effects & floors[i].effects) == 0)
            return true;
    return false;
}

/* EXECUTE runs a text that was prepared before: the floor of each that it could mean counts too. */
static uint32_t floor_of_prepared(const struct sl_map *texts, struct sl_span text)
{
    enum { STEPS_MAX = 4 * 1024 * 1024 };
    struct sl_span name;
    void *value;
    size_t at = 0;
    uint32_t floor = 0;

    if (texts != NULL && sl_map_count(texts) * (text.n + 1) > STEPS_MAX)
        return SL_FLOOR_ALL; /* too much to look through: then nobody is believed */

    while (texts != NULL && sl_map_next(texts, &at, &name, &value))
        for (size_t i = 0; i + name.n <= text.n; i++)
            if (sl_span_eq_nocase(sl_span(text.p + i, name.n), name)) {
                floor |= sl_floor_of(((const struct named_text *)value)->text);
                break;
            }
    return floor;
}

static uint32_t whole_floor(const struct session *s, struct sl_span text, uint32_t own)
{
    if ((own & SL_FLOOR_EXECUTE) == 0)
        return own;
    return own | floor_of_prepared(s->sql_prepared, text);
}

bool floor_is_above(const struct session *s, struct sl_span text, uint32_t own,
                    const struct meaning *m)
{
    return is_below_floor(m, whole_floor(s, text, own));
}
