/* What the gate itself finds in a text's words, held against what a judge says about it (P7). */
#include "role/gate/session.h"

#include "core/action/floor.h"
#include "role/gate/judging.h"
#include "role/gate/names.h"

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
    return sl_floor_is_above(whole_floor(s, text, own), m->m.effects);
}
