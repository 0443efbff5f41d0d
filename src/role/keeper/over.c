#include "role/keeper/keeper_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/budget.h"

/* What goes beyond a budget is held as an action of its own: the same operation, with whose budget
 * it is (`budget`), and where the statement runs already, which action it continues and how many
 * rows it has delivered. All of that is part of the digest. */

/* The ledger's numbers end there. */
static uint64_t doubled(uint64_t n)
{
    return n < SL_ROWS_UNKNOWN / 2 ? 2 * n : SL_ROWS_UNKNOWN;
}

/* Twice what reviewers are told to expect; without that once more what was delivered, and before
 * anything was, once more the budget. */
static uint64_t cap_of(struct keeper *k, const struct over *over)
{
    enum { LABELLED_ROWS = 1000 };
    const struct sl_rule *r = over->rule.n == 0 ? NULL : sl_config_rule(k->config, over->rule);

    if (doubled(over->estimate) > over->delivered)
        return doubled(over->estimate);
    if (over->delivered > 0)
        return doubled(over->delivered);
    if (over->continues && over->before == 0)
        return 1;
    return r != NULL && r->budget.rows > 0 ? r->budget.rows : LABELLED_ROWS;
}

static uint64_t estimate_of(struct sl_span show)
{
    json_t *value = NULL;
    uint64_t rows = 0;

    if (show.n == 0 || sl_json_read(show, &value, NULL) != SL_OK)
        return 0;
    if (!sl_json_u64(value, "rows_estimate", &rows))
        rows = 0;
    json_decref(value);
    return rows < SL_ROWS_UNKNOWN ? rows : SL_ROWS_UNKNOWN;
}

enum sl_err over_read(struct keeper *k, const json_t *operation, struct sl_span show,
                      struct over *out)
{
    const json_t *budget = json_object_get(operation, "budget");

    *out = (struct over){0};
    if (budget == NULL)
        return SL_OK;
    if (!json_is_string(budget) || !sl_json_u64(operation, "delivered", &out->delivered))
        return SL_EMALFORMED;
    out->rule =
        sl_arena_copy(k->mem, sl_span(json_string_value(budget), json_string_length(budget)));
    if (!sl_json_u64(operation, "continues", &out->continues))
        out->continues = 0;
    if (!sl_json_u64(operation, "before", &out->before))
        out->before = 0;
    out->is = true;
    out->estimate = estimate_of(show);
    out->cap = cap_of(k, out);
    return SL_OK;
}

static void say_before(const struct over *over, struct sl_buf *text)
{
    if (over->before == SL_ROWS_UNKNOWN)
        sl_buf_put_str(text, "; how many rows its OFFSET skips is not known");
    else if (over->before > 0)
        sl_buf_say(text, "; %U rows before it count, skipped by OFFSET or MOVE or fetched earlier",
                   over->before);
}

void over_say(const struct over *over, bool reviewer, struct sl_buf *text)
{
    say_before(over, text);
    if (over->continues && reviewer && over->estimate > 0) {
        sl_buf_say(text, "; %U of about ", over->delivered);
        sl_buf_put_grouped(text, over->estimate);
        sl_buf_put_str(text, " rows delivered");
    } else if (over->continues) {
        sl_buf_say(text, "; %U rows delivered", over->delivered);
    } else if (reviewer && over->estimate > 0) {
        sl_buf_put_str(text, "; about ");
        sl_buf_put_grouped(text, over->estimate);
        sl_buf_put_str(text, " rows");
    }
    if (reviewer)
        sl_buf_say(text, "; a yes lets it %s %U rows (or --rows)",
                   over->continues ? "go on up to" : "return up to", over->cap);
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
    uint64_t each = approval_envelope(a).rows; /* a yes may lower it, and not raise it */
    return each > 0 && each < cap ? each : cap;
}
