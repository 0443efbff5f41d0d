/* What each message of the server means: outcomes, transactions, names that it has confirmed; and
 * the few that are replaced (a refusal's error), swallowed (the gate's own questions) or withheld.
 */
#include "role/gate/answer_int.h"

#include "role/gate/elevate.h"
#include "role/gate/inner.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/portal.h"
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

/* Of a read that was cut the server counts rows that never passed. */
static void note_tag(struct session *s, const struct item *item, struct sl_span body)
{
    struct sl_pg_tag tag;
    bool counts = (item->flags & ITEM_CUT) == 0 || answer_has_changed(item);

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
        return answer_cut(r, item, whole);
    if ((item->flags & ITEM_IS_SET) != 0) {
        SL_BUF(b, 64);
        sl_pg_put_tag(&b, "SET");
        if (!run_skip(r, whole) || !stream_write(&s->client, sl_buf_span(&b)))
            return false;
    } else {
        r->at += whole;
    }
    if (item->kind == ITEM_EXECUTE)
        end_item(s, type == SL_PG_PORTAL_SUSPENDED ? OUTCOME_PORTION : answer_outcome(s));
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
        return answer_error(r, body, whole);
    case SL_PG_COMMAND_COMPLETE:
    case SL_PG_EMPTY_QUERY:
    case SL_PG_PORTAL_SUSPENDED:
        return take_complete(r, type, body, whole);
    case SL_PG_READY_FOR_QUERY:
        return answer_ready(r, body, whole);
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
