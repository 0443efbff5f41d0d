/* Private to core/classify: the table of kinds as data. */
#ifndef SL_CORE_CLASSIFY_CLASSIFY_INT_H
#define SL_CORE_CLASSIFY_CLASSIFY_INT_H

#include "core/classify/classify.h"

struct sl_data_kind_row {
    const char *words, *label;
    bool checked;  /* has a check digit */
    uint8_t share; /* of the values, in percent, that convinces */
};
extern const struct sl_data_kind_row sl_data_kind_rows[SL_DATA_KIND_COUNT];

#endif
