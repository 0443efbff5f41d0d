/* libraries: judge_sql, core_catalog, core_action, base */
#include "judge/sql/sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* DDL, a line of three dashes, SQL: whatever both are, a meaning comes out that encodes and
 * decodes. The views of the DDL are walked by the SQL that names them. */
static void split(const uint8_t *data, size_t size, struct sl_span *ddl, struct sl_span *sql)
{
    *ddl = *sql = sl_span(data, size);
    for (size_t i = 0; i + 5 <= size; i++)
        if (memcmp(data + i, "\n---\n", 5) == 0) {
            *ddl = sl_span(data, i);
            *sql = sl_span(data + i + 5, size - i - 5);
            return;
        }
}

static enum sl_err judge(struct sl_span sql, const struct sl_catalog *catalog, bool as_written)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(encoded, SL_MEANING_MAX_BYTES);
    struct sl_meaning m, back;
    struct sl_sql_context ctx = {.catalog = catalog,
                                 .search_path = SL_SPAN("public"),
                                 .standard_strings = true,
                                 .as_written = as_written};

    SL_TRY(sl_arena_new(&mem, 16 * 1024 * 1024));
    SL_TRY(sl_sql_judge(&ctx, sql, mem, &m));
    sl_meaning_put(&encoded, &m);
    SL_PROMISE(sl_buf_err(&encoded) == SL_OK);
    SL_PROMISE(sl_meaning_get(mem, sl_buf_span(&encoded), &back) == SL_OK);
    SL_PROMISE((m.effects & SL_EFFECT_OPAQUE) == 0 || m.opaque_why.n > 0);
    return SL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;
    SL_BUF(snapshot, SL_CATALOG_MAX_BYTES);
    struct sl_catalog catalog;
    struct sl_span ddl, sql;

    split(data, size, &ddl, &sql);
    if (sl_catalog_builder_new(&b) != SL_OK || sl_sql_schema(ddl, b) != SL_OK ||
        sl_catalog_finish(b, &snapshot) != SL_OK ||
        sl_catalog_open(sl_buf_span(&snapshot), &catalog) != SL_OK)
        return 0;
    if (judge(sql, &catalog, true) != SL_OK || judge(sql, &catalog, false) != SL_OK)
        return 0;
    return 0;
}
