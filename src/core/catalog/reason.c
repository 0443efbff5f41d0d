#include "core/catalog/catalog.h"

const char *sl_catalog_reason_text(enum sl_catalog_reason reason)
{
    static const char *const texts[] = {
#define SL_CATALOG_REASON_TEXT(name, text) [SL_CATALOG_##name] = text,
        SL_CATALOG_REASONS(SL_CATALOG_REASON_TEXT)
#undef SL_CATALOG_REASON_TEXT
    };
    return reason < SL_COUNT(texts) ? texts[reason] : "is not known";
}
