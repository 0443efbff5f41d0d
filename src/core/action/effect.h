/* What an action does: the closed list of effects, as bits (design: section 1).
 *
 * `export`  data leaves in bulk; `program` reaches outside the database or writes rows that are
 * code; `session` changes what later text means; `opaque` means that Sluice cannot know, and only a
 * rule that names `opaque` can allow it (P7).
 */
#ifndef SL_CORE_ACTION_EFFECT_H
#define SL_CORE_ACTION_EFFECT_H

#include "base/buf.h"

#define SL_EFFECTS(X)         \
    X(READ, "read")           \
    X(INSERT, "insert")       \
    X(UPDATE, "update")       \
    X(DELETE, "delete")       \
    X(TRUNCATE, "truncate")   \
    X(EXPORT, "export")       \
    X(IMPORT, "import")       \
    X(DDL, "ddl")             \
    X(PRIVILEGE, "privilege") \
    X(ADMIN, "admin")         \
    X(PROGRAM, "program")     \
    X(CALL, "call")           \
    X(SESSION, "session")     \
    X(OPAQUE, "opaque")

enum sl_effect_index {
#define SL_EFFECT_INDEX(name, text) SL_EFFECT_INDEX_##name,
    SL_EFFECTS(SL_EFFECT_INDEX)
#undef SL_EFFECT_INDEX
        SL_EFFECT_COUNT
};

enum sl_effect {
#define SL_EFFECT_BIT(name, text) SL_EFFECT_##name = 1 << SL_EFFECT_INDEX_##name,
    SL_EFFECTS(SL_EFFECT_BIT)
#undef SL_EFFECT_BIT
        SL_EFFECT_ALL = (1 << SL_EFFECT_COUNT) - 1
};

/* "read"; NULL for an index out of range. */
const char *sl_effect_name(unsigned index);
/* The bit of a name, 0 when there is no such effect. */
uint32_t sl_effect_bit(struct sl_span name);
/* "read, export" for people. */
void sl_effects_put(struct sl_buf *b, uint32_t effects);

#endif
