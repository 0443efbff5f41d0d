/* libraries: core_catalog, base */
#include "core/catalog/catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes from a hostile gate: refused, or safe to look everything up in. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_catalog c;
    struct sl_relation r;
    struct sl_column column;

    if (sl_catalog_open(sl_span(data, size), &c) != SL_OK)
        return 0;
    for (uint32_t i = 0; i < c.relation_count; i++) {
        struct sl_relation at = sl_catalog_relation_at(&c, i);
        SL_PROMISE(sl_catalog_relation(&c, at.schema, at.name, &r));
        for (uint32_t k = 0; k < at.column_count && k < 50; k++)
            SL_PROMISE(
                sl_catalog_find_column(&c, &at, sl_catalog_column(&c, &at, k).name, &column));
    }
    for (uint32_t i = 0; i < c.part_count; i++) {
        struct sl_part part = sl_catalog_part_at(&c, i);
        SL_PROMISE(sl_catalog_parts(&c, part.owner, part.schema, part.name).count > 0);
    }
    (void)sl_catalog_has_name(&c, 'f', SL_SPAN("lower"));
    (void)sl_catalog_has_name_in(&c, 'o', SL_SPAN("public"), SL_SPAN("="));
    return 0;
}
