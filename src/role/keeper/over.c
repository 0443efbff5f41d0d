#include "role/keeper/keeper_int.h"

/* What goes beyond a budget is held as an action of its own: the same operation, with whose budget
 * it is (`budget`), and where the statement runs already, which action it continues and how many
 * rows it has delivered. All of that is part of the digest. */

static uint64_t doubled(uint64_t n)
{
    uint64_t twice = 0;

    return __builtin_mul_overflow(n, 2, &twice) ? UINT64_MAX : twice;
}

/* Once more what was delivered; before anything was, once more the budget. */
static uint64_t cap_of(struct keeper *k, const struct over *over)
{
    enum { LABELLED_ROWS = 1000 };
    const struct sl_rule *r = over->rule.n == 0 ? NULL : sl_config_rule(k->config, over->rule);

    if (over->delivered > 0)
        return doubled(over->delivered);
    if (over->continues)
        return 1;
    return r != NULL && r->budget.rows > 0 ? r->budget.rows : LABELLED_ROWS;
}

enum sl_err over_read(struct keeper *k, const json_t *operation, struct over *out)
{
    const json_t *budget = json_object_get(operation, "budget");
    uint64_t ignored;

    *out = (struct over){0};
    if (budget == NULL)
        return SL_OK;
    if (!json_is_string(budget) || !sl_json_u64(operation, "delivered", &out->delivered))
        return SL_EMALFORMED;
    out->rule =
        sl_arena_copy(k->mem, sl_span(json_string_value(budget), json_string_length(budget)));
    out->continues = sl_json_u64(operation, "continues", &ignored);
    out->is = true;
    out->cap = cap_of(k, out);
    return SL_OK;
}

uint64_t approval_cap(struct keeper *k, const struct approval *a)
{
    struct db_rows rows = db_ask(k->store.db, DB_CAP_GET, "s", a->id);
    uint64_t cap = 0;

    if (db_row(&rows))
        cap = db_u64(&rows, 0);
    else
        sl_json_u64(a->detail, "rows", &cap);
    db_end(&rows);
    return cap;
}
