#include "core/action/effect.h"

static const char *const names[SL_EFFECT_COUNT] = {
#define SL_EFFECT_NAME(name, text) [SL_EFFECT_INDEX_##name] = text,
    SL_EFFECTS(SL_EFFECT_NAME)
#undef SL_EFFECT_NAME
};

const char *sl_effect_name(unsigned index)
{
    return index < SL_EFFECT_COUNT ? names[index] : NULL;
}

uint32_t sl_effect_bit(struct sl_span name)
{
    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++)
        if (sl_span_is(name, names[i]))
            return 1u << i;
    return 0;
}

void sl_effects_put(struct sl_buf *b, uint32_t effects)
{
    bool first = true;

    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++) {
        if ((effects & 1u << i) == 0)
            continue;
        if (!first)
            sl_buf_put_str(b, ", ");
        sl_buf_put_str(b, names[i]);
        first = false;
    }
}
