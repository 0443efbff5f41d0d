/* libraries: judge_sql, core_catalog, core_action, base */
#include "judge/sql/sql.h"

#include "tests/unit/judge_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever the text: a meaning that encodes, decodes, and says why when it is opaque. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(snapshot, 1024 * 1024);
    SL_BUF(encoded, SL_MEANING_MAX_BYTES);
    struct sl_catalog catalog;
    struct sl_meaning m, back;

    if (fixture_catalog(&snapshot) != SL_OK ||
        sl_catalog_open(sl_buf_span(&snapshot), &catalog) != SL_OK ||
        sl_arena_new(&mem, 64 * 1024 * 1024) != SL_OK)
        return 0;
    struct sl_sql_prepared prepared = {SL_SPAN("p"), sl_span(data, size)};
    struct sl_sql_context ctx = {.catalog = &catalog,
                                 .search_path = SL_SPAN("\"$user\", public"),
                                 .user = SL_SPAN("bob"),
                                 .standard_strings = true,
                                 .prepared = &prepared,
                                 .prepared_count = 1};
    if (sl_sql_judge(&ctx, sl_span(data, size), mem, &m) != SL_OK)
        return 0;
    sl_meaning_put(&encoded, &m);
    SL_PROMISE(sl_buf_err(&encoded) == SL_OK);
    SL_PROMISE(sl_meaning_get(mem, sl_buf_span(&encoded), &back) == SL_OK);
    SL_PROMISE((m.effects & SL_EFFECT_OPAQUE) == 0 || m.opaque_why.n > 0);
    return 0;
}
