/* Private to src/json: the order of names in canonical JSON. */
#ifndef SL_JSON_JSON_INT_H
#define SL_JSON_JSON_INT_H

#include "json/json.h"

enum { SL_JSON_MAX_DEPTH = 64 };
#define SL_JSON_MAX_INTEGER 9007199254740992 /* 2^53: beyond it a double skips integers */

/* RFC 8785 sorts names by their UTF-16 code units: <0, 0, >0. Both must be valid UTF-8. */
int sl_json_name_cmp(struct sl_span a, struct sl_span b);

static inline bool sl_json_real_exact(double v)
{
    return v >= -(double)SL_JSON_MAX_INTEGER && v <= (double)SL_JSON_MAX_INTEGER;
}

static inline void sl_json_fail(struct sl_buf *b, enum sl_err why)
{
    if (b->why == SL_OK)
        b->why = why;
}

#endif
