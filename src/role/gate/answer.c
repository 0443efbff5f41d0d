/* What each message of the server means: outcomes, transactions, names that it has confirmed; and
 * the few that are replaced (a refusal's error), swallowed (the gate's own questions) or withheld.
 */
#include "role/gate/budget.h"

#include "role/gate/elevate.h"
#include "role/gate/hold.h"
#include "role/gate/inner.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/list.h"
#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/portal.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"
#include "role/gate/server_int.h"
#include "role/gate/witness.h"

static void begin_action(struct session *s)
{
    s->rows = s->tag_rows = s->bytes = s->told_bytes = 0;
    s->text_ends = 0;
    s->text_at = 0;
    s->failed = false;
    memset(s->sqlstate, 0, sizeof s->sqlstate);
}

void end_item(struct session *s, uint8_t outcome)
{
    struct item *item = item_head(s);

    if (item->action != 0)
        portal_outcome(s, item, outcome);
    if (item->action > s->tx_answered)
        s->tx_answered = item->action;
    if (item->meter != NULL)
        meter_settle(s, item->meter, outcome == OUTCOME_PORTION ? SL_OUTCOME_OK : outcome);
    if ((item->flags & ITEM_ENDS_DDL) != 0) {
        if (s->target->ddl_under_way > 0)
            s->target->ddl_under_way--;
        catalog_stale(s->gate, s->target);
    }
    if ((item->flags & (ITEM_CONTEXT | ITEM_DDL)) != 0)
        s->context_unknown = true;
    bool done = outcome == SL_OUTCOME_OK || outcome == OUTCOME_PORTION;
    if (done && (item->kind == ITEM_QUERY || item->kind == ITEM_EXECUTE) &&
        (item->flags & ITEM_REFUSED) == 0 && item->prepared != NULL)
        names_happened(s, item->prepared);
    item_pop(s);
    begin_action(s);
}

/* What failed behind a COMMIT of its own text may have done what came before that. */
static uint8_t outcome_of(const struct session *s)
{
    if (s->failed && txn_has_committed(s))
        return SL_OUTCOME_UNKNOWN;
    return s->failed ? SL_OUTCOME_FAILED : SL_OUTCOME_OK;
}

static void note_error(struct session *s, struct sl_span body)
{
    struct sl_pg_notice n;

    s->failed = s->tx_failed = true;
    ddl_undone(s);
    memcpy(s->sqlstate, "XX000", 5);
    if (sl_pg_notice_get(body, &n) == SL_OK && n.sqlstate.n == 5)
        memcpy(s->sqlstate, n.sqlstate.p, 5);
}

/* The server's words could hold a labelled value: only its code goes on (P10). */
static bool say_withheld(struct session *s, struct sl_span body)
{
    SL_BUF(b, 1024);
    struct sl_pg_notice theirs = {0};

    struct sl_pg_notice ours = {
        .severity = SL_SPAN("ERROR"),
        .sqlstate = SL_SPAN("XX000"),
        .message = SL_SPAN(
            "the server reported an error; its text is withheld, because the statement reads "
            "labelled data"),
    };
    if (sl_pg_notice_get(body, &theirs) == SL_OK) {
        ours.sqlstate = theirs.sqlstate;
        if (theirs.severity.n > 0)
            ours.severity = theirs.severity;
    }
    sl_pg_put_error(&b, &ours);
    return sl_buf_err(&b) == SL_OK && stream_write(&s->client, sl_buf_span(&b));
}

static void fail_as_cut(struct session *s)
{
    memcpy(s->sqlstate, s->cut_sqlstate, sizeof s->sqlstate);
    s->failed = true;
}

static bool say_cut(struct session *s)
{
    fail_as_cut(s);
    return stream_write(&s->client, sl_buf_span(&s->cut));
}

/* Its transaction is over. An error without a word about it would mean that nothing was changed. */
static bool say_late_cut(struct session *s, bool committed)
{
    SL_BUF(b, 64 * 1024);
    SL_BUF(message, 32 * 1024);
    struct sl_pg_notice n;

    s->cut_due = false;
    if (!committed || !s->cut_changes ||
        sl_pg_notice_get(sl_span_from(sl_buf_span(&s->cut), SL_PG_HEADER), &n) != SL_OK)
        return stream_write(&s->client, sl_buf_span(&s->cut));
    sl_buf_say(&message, "%S; it had run to its end before that, and what it changed is committed",
               n.message);
    n.message = sl_buf_span(&message);
    sl_pg_put_error(&b, &n);
    return sl_buf_err(&b) == SL_OK && stream_write(&s->client, sl_buf_span(&b));
}

/* What it changed is changed, whatever of its result the client was not given: a record that says
 * "failed" would take back the labels that its data carries along. */
static bool has_changed(const struct item *item)
{
    const uint32_t reading = SL_EFFECT_READ | SL_EFFECT_EXPORT | SL_EFFECT_SESSION;

    return item->meter == NULL || (item->meter->judged.meaning->m.effects & ~reading) != 0;
}

/* After an error in the extended protocol the server skips everything to the next Sync. */
static void drop_to_sync(struct session *s)
{
    struct item *item;
    bool first = true;

    while ((item = item_head(s)) != NULL && item->kind != ITEM_SYNC && item->kind != ITEM_QUERY) {
        if (!first)
            memcpy(s->sqlstate, "25P02", 5); /* never reached: the pipeline failed before it */
        extended_drop(s, item);
        if (item->kind == ITEM_LOCAL)
            item_pop(s);
        else
            end_item(s, SL_OUTCOME_FAILED);
        first = false;
    }
    if (item == NULL)
        s->skip_to_sync = true;
}

static bool take_error(struct run *r, struct sl_span body, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);
    bool ok = true;

    s->copy_in = false;
    if (item == NULL ||
        item->kind == ITEM_SYNC) { /* the server ends the session, or an error at commit */
        if (item != NULL)
            note_error(s, body);
        if (item != NULL && (item->flags & ITEM_LABELLED) != 0 && !s->muted)
            return run_skip(r, whole) && say_withheld(s, body);
        r->at += whole;
        return true;
    }
    note_error(s, body);
    if (s->muted) {
        r->at += whole;
    } else if ((item->flags & ITEM_REFUSED) != 0) {
        ok = run_skip(r, whole) && stream_write(&s->client, item->local);
    } else if ((item->flags & ITEM_CUT) != 0) {
        ok = run_skip(r, whole) && say_cut(s);
        s->muted = item->kind == ITEM_QUERY; /* it says so once */
    } else if ((item->flags & ITEM_LABELLED) != 0) {
        ok = run_skip(r, whole) && say_withheld(s, body);
    } else {
        r->at += whole;
    }
    if (item->kind != ITEM_QUERY)
        drop_to_sync(s);
    return ok;
}

/* Of a read that was cut the server counts rows that never passed. */
static void note_tag(struct session *s, const struct item *item, struct sl_span body)
{
    struct sl_pg_tag tag;
    bool counts = (item->flags & ITEM_CUT) == 0 || has_changed(item);

    if (sl_pg_tag_get(body, &tag) != SL_OK)
        return;
    if (tag.has_rows && counts)
        s->tag_rows += tag.rows;
    if (tag.has_rows && item->meter != NULL && sl_span_is(tag.command, "MOVE"))
        meter_moves(item->meter, tag.rows);
    if (sl_span_is(tag.command, "ROLLBACK"))
        ddl_undone(s);
    txn_tag(s, item, tag.command);
}

/* It was complete before it could be cancelled. The client is told all the same that it was
 * stopped, and hears nothing more until ReadyForQuery; what it sent behind an Execute, and has not
 * ended with a Sync yet, must fail on the server too. Else it is told with the ReadyForQuery, when
 * it is known whether what was changed is committed. */
static bool cut_complete(struct run *r, struct item *item, size_t whole)
{
    static const struct refusal skipped = {.sqlstate = "25P02", .message = "stopped"};
    struct session *s = r->s;

    if (!run_skip(r, whole))
        return false;
    fail_as_cut(s);
    s->muted = true;
    s->cut_due = item->kind != ITEM_EXECUTE || !s->unsynced;
    s->cut_changes = has_changed(item);
    if (!s->cut_due && !say_cut(s))
        return false;
    if (!s->unsynced && has_changed(item)) {
        s->failed = false;
        memset(s->sqlstate, 0, sizeof s->sqlstate);
    }
    if (item->kind != ITEM_EXECUTE)
        return true;
    end_item(s, outcome_of(s));
    if (!s->unsynced)
        return true;
    if (s->hold != NULL)
        hold_end(s, "a statement before it was stopped");
    refuse_extended(s, &skipped);
    return !s->dead;
}

/* CommandComplete, EmptyQueryResponse, PortalSuspended. */
static bool take_complete(struct run *r, uint8_t type, struct sl_span body, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);

    if (item == NULL || (item->kind != ITEM_QUERY && item->kind != ITEM_EXECUTE))
        return false;
    s->copy_in = false;
    if (type == SL_PG_COMMAND_COMPLETE)
        note_tag(s, item, body);
    if ((item->flags & ITEM_CUT) != 0 && !s->muted)
        return cut_complete(r, item, whole);
    if ((item->flags & ITEM_IS_SET) != 0) {
        SL_BUF(b, 64);
        sl_pg_put_tag(&b, "SET");
        if (!run_skip(r, whole) || !stream_write(&s->client, sl_buf_span(&b)))
            return false;
    } else {
        r->at += whole;
    }
    if (item->kind == ITEM_EXECUTE)
        end_item(s, type == SL_PG_PORTAL_SUSPENDED ? OUTCOME_PORTION : outcome_of(s));
    return true;
}

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

static bool take_ready(struct run *r, struct sl_span body, size_t whole)
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
    if (s->cut_due && !say_late_cut(s, committed))
        return false;
    bool rolled_back = s->tx_failed || s->last_tag == 'R';
    s->last_tag = 0;
    s->copy_in = s->tx_failed = false;
    bool listed = (item->flags & ITEM_LISTED) != 0, failed = s->failed;
    char sqlstate[6] = "";
    memcpy(sqlstate, s->sqlstate, sizeof s->sqlstate);
    end_item(s, outcome_of(s));
    if (listed)
        list_answered(s, failed, sqlstate);
    if (s->tx == SL_PG_IDLE)
        names_tx_ended(s, rolled_back);
    if (muted && s->tx == 'T')
        return fail_transaction(r, whole);
    r->at += whole;
    return true;
}

static bool take_reply(struct run *r, uint8_t type, size_t whole)
{
    static const struct {
        uint8_t type, kind;
    } pairs[] = {{SL_PG_PARSE_COMPLETE, ITEM_PARSE},
                 {SL_PG_BIND_COMPLETE, ITEM_BIND},
                 {SL_PG_CLOSE_COMPLETE, ITEM_CLOSE}};
    struct session *s = r->s;
    struct item *item = item_head(s);

    for (size_t i = 0; i < SL_COUNT(pairs); i++) {
        if (pairs[i].type != type)
            continue;
        if (item == NULL || item->kind != pairs[i].kind || (item->flags & ITEM_REFUSED) != 0)
            return false;
        extended_confirm(s, item, type);
        end_item(s, SL_OUTCOME_OK);
        r->at += whole;
        return true;
    }
    return false;
}

static bool take_description(struct run *r, uint8_t type, struct sl_span body, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);

    if (item == NULL ||
        (item->kind != ITEM_DESCRIBE && (item->kind != ITEM_QUERY || type == SL_PG_NO_DATA)))
        return false;
    if (item->verdict != NULL && type == SL_PG_NO_DATA)
        witness_sees_nothing(s, item);
    else if (item->verdict != NULL && !witness_has_seen(s, item, body) &&
             (!run_flush(r) || !witness_sees(s, item, body)))
        return true; /* the session has ended */
    bool ours = (item->flags & ITEM_OURS) != 0;
    if (item->kind == ITEM_DESCRIBE)
        end_item(s, SL_OUTCOME_OK);
    if (ours)
        return run_skip(r, whole);
    r->at += whole;
    return true;
}

static bool take_copy_in(struct run *r, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);

    if (item == NULL || (item->kind != ITEM_QUERY && item->kind != ITEM_EXECUTE))
        return false;
    if (s->item_count > 1 ||
        elevate_is_on(
            s)) /* the server would read what follows as the data: nothing is certain then */
        return false;
    s->copy_in = true;
    r->at += whole;
    return true;
}

bool take_message(struct run *r, uint8_t type, struct sl_span body, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);

    if (item != NULL && item->kind == ITEM_INTERNAL && type != SL_PG_NOTIFICATION) {
        bool ok = run_skip(r, whole);
        inner_message(s, type, body);
        return ok;
    }
    switch (type) {
    case SL_PG_ERROR_RESPONSE:
        return take_error(r, body, whole);
    case SL_PG_COMMAND_COMPLETE:
    case SL_PG_EMPTY_QUERY:
    case SL_PG_PORTAL_SUSPENDED:
        return take_complete(r, type, body, whole);
    case SL_PG_READY_FOR_QUERY:
        return take_ready(r, body, whole);
    case SL_PG_PARSE_COMPLETE:
    case SL_PG_BIND_COMPLETE:
    case SL_PG_CLOSE_COMPLETE:
        return take_reply(r, type, whole);
    case SL_PG_ROW_DESCRIPTION:
    case SL_PG_NO_DATA:
        return take_description(r, type, body, whole);
    case SL_PG_COPY_IN_RESPONSE:
        return take_copy_in(r, whole);
    case SL_PG_PARAMETER_DESCRIPTION:
    case SL_PG_COPY_OUT_RESPONSE:
    case SL_PG_COPY_DONE_OUT:
        if (item == NULL)
            return false;
        r->at += whole;
        return true;
    case SL_PG_NOTICE_RESPONSE:
        if (item != NULL && (item->flags & (ITEM_LABELLED | ITEM_REFUSED)) != 0)
            return run_skip(r, whole);
        r->at += whole;
        return true;
    case SL_PG_NOTIFICATION:
        r->at += whole;
        return true;
    case SL_PG_PARAMETER_STATUS:
        if (elevate_is_on(s)) /* of a connection that the client knows nothing of */
            return run_skip(r, whole);
        s->context_unknown = true;
        r->at += whole;
        return true;
    default:
        return false;
    }
}
