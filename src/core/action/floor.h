/* What a text's own words say, held against what a judge says about it (P7).
 *
 * The floor (wire/pg/shape.h) is a promise about the text that no judge can talk away: whoever
 * finds one of its words there must have said one of the effects that belong to it, or is not
 * believed.
 */
#ifndef SL_CORE_ACTION_FLOOR_H
#define SL_CORE_ACTION_FLOOR_H

#include "base/span.h"

/* Why such a meaning is opaque, for people. */
#define SL_FLOOR_WHY "the judge saw less in this text than its own words say"

/* Never of opaque ones: less than that nobody says. */
bool sl_floor_is_above(uint32_t floor, uint32_t effects);

#endif
