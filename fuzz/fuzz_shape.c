/* libraries: pg_scanner, wire_pg, base */
#include "tests/unit/pg_scanner.h"
#include "wire/pg/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST = 2000 }; /* the grammar recurses */

/* Same tokens as PostgreSQL or none; a floor under all that is more than a read; and the one pass
 * of sl_shape_of gives the floor that sl_floor_of gives. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sl_shape_key key = {1, 2};
    struct sl_span sql = sl_span(data, size);
    struct sl_shape shape;
    bool any;

    if (sl_shape_of(sql, &key, &shape) == SL_OK)
        SL_PROMISE(shape.floor == sl_floor_of(sql));
    if (size > LONGEST || sl_span_find(sql, 0) < size)
        return 0;
    SL_PROMISE(pg_scanner_agrees(sql, &any));
    SL_PROMISE(pg_parser_agrees(sql, &any));
    return 0;
}
