/* A listing under construction. Private to core/catalog: between what comes in (build_rows.c) and
 * what goes out (build.c). */
#ifndef SL_CORE_CATALOG_BUILD_INT_H
#define SL_CORE_CATALOG_BUILD_INT_H

#include "core/catalog/catalog.h"

struct column {
    struct sl_span schema, relation, name;
    uint32_t number;
    uint8_t type;
};

struct relation {
    struct sl_span schema, name;
    uint8_t kind;
    uint32_t problems; /* bits 1 << enum sl_catalog_reason */
    uint32_t oid;
    size_t first_column, column_count;
};

struct name {
    struct sl_span schema, name;
    uint8_t kind;
};

struct part {
    struct sl_span schema, name, about, text;
    uint32_t num;
    uint8_t owner, kind;
};

struct rows {
    void *items;
    size_t count, room;
};

struct sl_catalog_builder {
    struct sl_arena *mem;
    struct rows relations, columns, names, parts;
    uint32_t facts;
};

#endif
