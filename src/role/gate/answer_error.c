/* An error of the server's, and an action that people or a budget stopped in the middle: what the
 * client is told of it, and what is recorded. */
#include "role/gate/answer_int.h"

#include "role/gate/budget.h"
#include "role/gate/hold.h"
#include "role/gate/judging.h"
#include "role/gate/names.h"
#include "role/gate/refuse.h"

uint8_t answer_outcome(const struct session *s)
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

bool answer_late_cut(struct session *s, bool committed)
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

bool answer_has_changed(const struct item *item)
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

bool answer_error(struct run *r, struct sl_span body, size_t whole)
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

bool answer_cut(struct run *r, struct item *item, size_t whole)
{
    static const struct refusal skipped = {.sqlstate = "25P02", .message = "stopped"};
    struct session *s = r->s;

    if (!run_skip(r, whole))
        return false;
    fail_as_cut(s);
    s->muted = true;
    s->cut_due = item->kind != ITEM_EXECUTE || !s->unsynced;
    s->cut_changes = answer_has_changed(item);
    if (!s->cut_due && !say_cut(s))
        return false;
    if (!s->unsynced && answer_has_changed(item)) {
        s->failed = false;
        memset(s->sqlstate, 0, sizeof s->sqlstate);
    }
    if (item->kind != ITEM_EXECUTE)
        return true;
    end_item(s, answer_outcome(s));
    if (!s->unsynced)
        return true;
    if (s->hold != NULL)
        hold_end(s, "a statement before it was stopped");
    refuse_extended(s, &skipped);
    return !s->dead;
}
