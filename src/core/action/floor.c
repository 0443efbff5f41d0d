#include "core/action/floor.h"

#include "core/action/effect.h"
#include "wire/pg/shape.h"

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

bool sl_floor_is_above(uint32_t floor, uint32_t effects)
{
    if ((effects & SL_EFFECT_OPAQUE) != 0)
        return false;
    for (size_t i = 0; i < SL_COUNT(floors); i++)
        if ((floor & floors[i].floor) != 0 && (effects & floors[i].effects) == 0)
            return true;
    return false;
}
