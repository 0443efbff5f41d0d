/* What a COPY ... TO reads, as its text says it: so that the server can be asked for the plan of
 * the equal SELECT (gate/estimate.c).
 *
 * It is said only of a text that the narrow lexer reads whole (shape.h), and that begins as
 *     COPY ( query ) TO ...            SL_COPY_QUERY: what is between the parentheses
 *     COPY name [( columns )] TO ...   SL_COPY_TABLE: the name, as written: a, a.b, "A".b
 * with no semicolon but one at the end. Anything else is SL_COPY_NONE; `out` is untouched then.
 * That it is a COPY, and one that is allowed, is the judge's to say and not asked here.
 */
#ifndef SL_WIRE_PG_COPY_SOURCE_H
#define SL_WIRE_PG_COPY_SOURCE_H

#include "base/span.h"

enum sl_copy_source { SL_COPY_NONE, SL_COPY_QUERY, SL_COPY_TABLE };
enum sl_copy_source sl_copy_source(struct sl_span sql, struct sl_span *out);

#endif
