/* ReadyForQuery: what was sent up to here has been answered, and the transaction may have ended. */
#include "role/gate/answer_int.h"

#include "role/gate/elevate.h"
#include "role/gate/inner.h"
#include "role/gate/judging.h"
#include "role/gate/list.h"
#include "role/gate/names.h"

/* Behind the item that is being answered. */
static bool ddl_follows(const struct session *s)
{
    for (uint32_t i = 1; i < s->item_count; i++)
        if ((s->items[(s->item_head + i) & (s->item_room - 1)].flags & ITEM_DDL) != 0)
            return true;
    return false;
}

/* However its transaction ended, what it changed may be in force now. */
static void note_ddl(struct session *s)
{
    if (ddl_follows(s))
        return;
    bool changed = ddl_closes(s) || s->ddl_in_tx;
    if (!changed)
        return;
    s->ddl_in_tx = s->opaque_since_ddl = false;
    if ((item_head(s)->flags & ITEM_ENDS_DDL) == 0) /* else the item's end says so */
        catalog_stale(s->gate, s->target);
}

static void note_transaction(struct session *s, char now)
{
    char before = s->tx;

    s->tx = now;
    if (now != 'I') {
        txn_goes_on(s, item_head(s));
        return;
    }
    if (s->item_count == 1) {
        s->savepoint_bind = 0;
        s->labelled_open = false;
    }
    note_ddl(s);
    if (before != 'I' && s->context_touched)
        s->context_unknown = true;
    txn_is_over(s, item_head(s));
    labels_quiet(s);
}

/* A transaction that an elevated statement began goes with its connection; the client cannot be
 * told in the protocol's words that it is in none. */
static bool left_open(struct run *r, size_t whole)
{
    struct session *s = r->s;
    bool ok = run_skip(r, whole);

    s->failed = true;
    memcpy(s->sqlstate, "25001", 5);
    s->tx = SL_PG_IDLE;
    ddl_undone(s);
    note_ddl(s);
    end_item(s, SL_OUTCOME_FAILED);
    session_fatal(s, "25001",
                  "an elevated statement left a transaction open: it was rolled back with its "
                  "connection",
                  "send it without BEGIN");
    return ok;
}

/* It must not commit what the client was told has failed. */
static bool fail_transaction(struct run *r, size_t whole)
{
    struct session *s = r->s;

    if (s->item_count > 0 || (s->wait != WAIT_NOTHING && s->wait != WAIT_ANSWERS)) {
        session_kill(s, "a statement in a transaction was stopped, and more had been sent");
        return false;
    }
    if (!run_skip(r, whole))
        return false;
    inner_fail(s);
    return !s->dead;
}

bool answer_ready(struct run *r, struct sl_span body, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);
    enum sl_pg_ready ready;

    if (item == NULL || (item->kind != ITEM_QUERY && item->kind != ITEM_SYNC) ||
        sl_pg_ready_get(body, &ready) != SL_OK)
        return false;
    if (elevate_is_on(s) && ready != SL_PG_IDLE)
        return left_open(r, whole);
    bool muted = s->muted;
    if (muted && !run_flush(r))
        return false;
    s->muted = false;
    note_transaction(s, (char)ready);
    bool committed = ready == SL_PG_IDLE && !s->tx_failed && s->last_tag != 'R' &&
                     txn_text_is_committed(s, item);
    if (s->cut_due && !answer_late_cut(s, committed))
        return false;
    bool rolled_back = s->tx_failed || s->last_tag == 'R';
    s->last_tag = 0;
    s->copy_in = s->tx_failed = false;
    bool listed = (item->flags & ITEM_LISTED) != 0, failed = s->failed;
    char sqlstate[6] = "";
    memcpy(sqlstate, s->sqlstate, sizeof s->sqlstate);
    end_item(s, answer_outcome(s));
    if (listed)
        list_answered(s, failed, sqlstate);
    if (s->tx == SL_PG_IDLE)
        names_tx_ended(s, rolled_back);
    if (muted && s->tx == 'T')
        return fail_transaction(r, whole);
    r->at += whole;
    return true;
}
