/* Private to the shape: between who reads a text and who remembers it. */
#ifndef SL_WIRE_PG_SHAPE_INT_H
#define SL_WIRE_PG_SHAPE_INT_H

#include "wire/pg/shape.h"

/* An integer of which only the kind is part of the shape: as it stands in the text, in order. */
typedef void sl_shape_integer_fn(void *owner, struct sl_span integer);

/* As sl_shape_of, and says the integers on the way, also when there is no shape in the end. */
enum sl_err sl_shape_read(struct sl_span sql, const struct sl_shape_key *key, struct sl_shape *out,
                          sl_shape_integer_fn *integer, void *owner) SL_MUST_CHECK;

#endif
