#include "role/keeper/ask.h"

#include "core/action/action.h"
#include "role/keeper/mask.h"

/* The text of a list of statements, for people and the ledger: passwords masked. */

/* One after another, as a file would have them; a statement brings its own semicolon, or not. */
void list_put_text(struct sl_buf *b, const json_t *operation)
{
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(operation, "list"), i, item)
    {
        struct sl_span sql = sl_json_str(item, "sql");

        if (i > 0)
            sl_buf_put_str(b, "\n");
        mask_passwords(b, sql);
        if (sql.n > 0 && sql.p[sql.n - 1] != ';')
            sl_buf_put_str(b, ";");
    }
}

bool list_mask(json_t *operation)
{
    bool changed = false;
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(operation, "list"), i, item)
    {
        SL_BUF(masked, SL_ACTION_MAX_BYTES);

        mask_passwords(&masked, sl_json_str(item, "sql"));
        if (sl_span_eq(sl_buf_span(&masked), sl_json_str(item, "sql")))
            continue;
        json_object_set_new(item, "sql", json_stringn((const char *)masked.p, masked.n));
        changed = true;
    }
    return changed;
}
