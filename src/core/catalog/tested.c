#include "core/catalog/catalog.h"

/* The one place that says which servers the listing, the grammar and the table of functions were
 * tested on. */
static const uint32_t tested[] = {15, 17};

bool sl_catalog_tested(uint32_t server_version_num)
{
    for (size_t i = 0; i < SL_COUNT(tested); i++)
        if (server_version_num / 10000 == tested[i])
            return true;
    return false;
}

void sl_catalog_put_tested(struct sl_buf *out)
{
    for (size_t i = 0; i < SL_COUNT(tested); i++)
        sl_buf_say(out, "%s%u", i == 0 ? "" : " and ", tested[i]);
}

uint32_t sl_catalog_server_version(const struct sl_catalog *c)
{
    struct sl_parts parts = sl_catalog_parts(c, 'x', SL_SPAN("x"), SL_SPAN("x"));

    for (uint32_t i = 0; i < parts.count; i++) {
        struct sl_part part = sl_catalog_part_at(c, parts.first + i);
        if (part.kind == 'v')
            return part.num;
    }
    return 0;
}
