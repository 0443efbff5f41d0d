/* How much of a budget is left. Pure: who keeps the counts, and the clock, is the caller's
 * business.
 */
#include "core/policy/policy.h"

#include "base/when.h"

enum { BUCKETS = 60 };

bool sl_budget_is_counted(const struct sl_budget *b)
{
    return b->set && b->per != SL_PER_STATEMENT;
}

/* A run has one bucket for all its time. */
static uint64_t width_ms(const struct sl_budget *b)
{
    uint64_t width = b->per == SL_PER_TIME ? b->per_ms / BUCKETS : 0;

    return b->per == SL_PER_TIME && width == 0 ? 1 : width;
}

uint64_t sl_budget_bucket(const struct sl_budget *b, uint64_t now_ms, uint64_t last_ms)
{
    uint64_t width = width_ms(b);

    if (width == 0)
        return 0;
    uint64_t start = now_ms - now_ms % width;
    return start > last_ms ? start : last_ms;
}

/* The newest bucket may be as old as `bucket_ms`, and what is in the oldest may have happened at
 * its very end. */
uint64_t sl_budget_since(const struct sl_budget *b, uint64_t bucket_ms)
{
    uint64_t span = 0;

    if (b->per != SL_PER_TIME || __builtin_add_overflow(b->per_ms, width_ms(b), &span))
        return 0;
    return bucket_ms >= span ? bucket_ms - span + 1 : 0;
}

static bool lend(uint64_t limit, uint64_t used, uint64_t need, uint64_t want, uint64_t *out)
{
    uint64_t left = limit > used ? limit - used : 0, half = left - left / 2;

    *out = UINT64_MAX;
    if (limit == 0)
        return true;
    if (need > left)
        return false;
    uint64_t share = want < half ? want : half;
    *out = share > need ? share : need;
    return true;
}

bool sl_budget_lend(const struct sl_budget *b, const struct sl_budget_use *used,
                    const struct sl_budget_use *need, const struct sl_budget_use *want,
                    struct sl_budget_use *out)
{
    struct sl_budget_use lent;

    if (!lend(b->rows, used->rows, need->rows, want->rows, &lent.rows) ||
        !lend(b->bytes, used->bytes, need->bytes, want->bytes, &lent.bytes))
        return false;
    if (need->statements > 0 &&
        !lend(b->statements, used->statements, need->statements, 0, &lent.statements))
        return false;
    lent.statements = need->statements;
    *out = lent;
    return true;
}

/* --- for people --- */

static void put_period(struct sl_buf *out, const struct sl_budget *b)
{
    if (b->per == SL_PER_TIME)
        sl_duration_put(out, b->per_ms);
    else
        sl_buf_put_str(out, b->per == SL_PER_RUN ? "run" : "statement");
}

static void put_amount(struct sl_buf *out, const char **comma, uint64_t amount, const char *unit)
{
    if (amount == 0)
        return;
    sl_buf_say(out, "%s%U %s", *comma, amount, unit);
    *comma = ", ";
}

void sl_budget_put(struct sl_buf *out, const struct sl_budget *b)
{
    const char *comma = "";

    put_amount(out, &comma, b->rows, "rows");
    put_amount(out, &comma, b->bytes, "bytes");
    put_amount(out, &comma, b->statements, "statements");
    sl_buf_put_str(out, " per ");
    put_period(out, b);
    if (sl_budget_is_counted(b))
        sl_buf_say(out, " by %s",
                   b->by == SL_BY_OWNER ? "owner"
                   : b->by == SL_BY_RUN ? "run"
                                        : "identity");
}

static void put_used(struct sl_buf *out, const char **comma, uint64_t used, uint64_t limit,
                     const char *unit)
{
    if (limit == 0)
        return;
    sl_buf_say(out, "%s%U of %U %s", *comma, used, limit, unit);
    *comma = ", ";
}

void sl_budget_put_use(struct sl_buf *out, const struct sl_budget *b,
                       const struct sl_budget_use *used)
{
    const char *comma = "";

    put_used(out, &comma, used->rows, b->rows, "rows");
    put_used(out, &comma, used->bytes, b->bytes, "bytes");
    put_used(out, &comma, used->statements, b->statements, "statements");
    sl_buf_put_str(out, b->per == SL_PER_TIME ? " in " : " in this ");
    put_period(out, b);
}
