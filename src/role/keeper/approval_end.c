#include "role/keeper/approval.h"

#include "role/keeper/db.h"
#include "role/keeper/keeper_int.h"

/* Approvals that end without a decision of their own: their time, and the kill switch. */

enum { MAX_IDS = 1000 };

static size_t ids(struct keeper *k, struct db_rows rows, struct sl_span **out)
{
    struct sl_span *list = sl_arena_array(k->mem, MAX_IDS, sizeof *list);
    size_t count = 0;

    while (list != NULL && count < MAX_IDS && db_row(&rows))
        list[count++] = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    *out = list;
    return count;
}

void approvals_each(struct keeper *k, const struct sl_span *list, size_t count,
                    void (*each)(void *owner, struct approval *a), void *owner)
{
    struct sl_arena *kept = k->mem;
    SL_FREED_BY(sl_arena) struct sl_arena *alone = NULL;

    if (sl_arena_new(&alone, ACTION_ARENA_BYTES) != SL_OK)
        keeper_die("approvals could not be read", SL_EMEMORY);
    for (size_t i = 0; i < count; i++) {
        APPROVAL(a);

        k->mem = alone;
        if (approval_get(k, list[i], &a) == SL_OK)
            each(owner, &a);
        k->mem = kept;
        sl_arena_reset(alone);
    }
}

struct ending {
    struct keeper *keeper;
    const struct move *move;
};

static void end_one(void *owner, struct approval *a)
{
    const struct ending *e = owner;

    approval_end(e->keeper, a, e->move);
}

static void end_each(struct keeper *k, const struct sl_span *list, size_t count,
                     const struct move *m)
{
    approvals_each(k, list, count, end_one, &(struct ending){k, m});
}

void deadlines_sweep(struct keeper *k)
{
    struct sl_span *due;
    size_t count = ids(k, db_ask(k->store.db, DB_APPROVAL_DUE, "i", sl_clock_us()), &due);

    end_each(k, due, count, &(struct move){.on = SL_APPROVAL_ON_DEADLINE});
}

static void kill_all(struct keeper *k, enum db_sql which, struct sl_span name, const char *why)
{
    struct move m = {.on = SL_APPROVAL_ON_KILL, .reason = sl_span_str(why)};
    struct sl_span *list;
    size_t count;

    do {
        count = ids(k, db_ask(k->store.db, which, "s", name), &list);
        end_each(k, list, count, &m);
    } while (count == MAX_IDS);
}

void grants_kill_by(struct keeper *k, struct sl_span approver, const char *why)
{
    kill_all(k, DB_APPROVAL_GRANTS_BY, approver, why);
    votes_lapse_by(k, approver);
}

void approvals_kill_by_yes(struct keeper *k, struct sl_span approver, const char *why)
{
    kill_all(k, DB_APPROVAL_YES_BY, approver, why);
}

void grants_kill_by_passkey(struct keeper *k, struct sl_span passkey, const char *why)
{
    struct move m = {.on = SL_APPROVAL_ON_KILL, .reason = sl_span_str(why)};
    struct sl_span *list;
    size_t count;

    do {
        count = ids(k, db_ask(k->store.db, DB_APPROVAL_GRANTS_BY_PASSKEY, "s", passkey), &list);
        end_each(k, list, count, &m);
    } while (count == MAX_IDS);
}

/* What this identity asked for ends, and so does what its yes lets run. */
void approvals_kill_of(struct keeper *k, struct sl_span identity, const char *why)
{
    kill_all(k, DB_APPROVAL_OPEN_OF, identity, why);
    grants_kill_by(k, identity, why);
}
