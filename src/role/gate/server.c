/* What the server answers: passed on by length, with outcomes noted on the way.
 *
 * The bytes go to the client as they came, in the largest runs possible; only a message that is
 * replaced (a refusal's error), swallowed (the gate's own questions) or withheld cuts a run.
 */
#include "role/gate/session.h"

#include <stdlib.h>

enum { WHOLE_MAX = 1024 * 1024 };

/* A run of bytes that will go to the client in one write. */
struct run {
    struct session *s;
    struct sl_span in;
    size_t from, at;
};

static bool run_flush(struct run *r)
{
    struct sl_span part = sl_span(r->in.p + r->from, r->at - r->from);

    r->from = r->at;
    return part.n == 0 || stream_write(&r->s->client, part);
}

/* The message just behind the run is not for the client. */
static bool run_skip(struct run *r, size_t n)
{
    bool ok = run_flush(r);

    r->at += n;
    r->from = r->at;
    return ok;
}

static bool say_locals(struct session *s)
{
    struct item *item;

    while ((item = item_head(s)) != NULL && item->kind == ITEM_LOCAL) {
        if (!stream_write(&s->client, item->local))
            return false;
        item_pop(s);
    }
    return true;
}

void server_say(struct session *s, struct sl_span bytes)
{
    if (s->item_count == 0 && s->server_left == 0 && s->server_in.n == 0) {
        if (!stream_write(&s->client, bytes))
            session_kill(s, "the client does not take its answers");
        return;
    }
    uint8_t *copy = malloc(bytes.n + 1);
    if (copy == NULL) {
        session_kill(s, "out of memory");
        return;
    }
    memcpy(copy, bytes.p, bytes.n);
    item_push(s, ITEM_LOCAL)->local = sl_span(copy, bytes.n);
}

/* A notice belongs to no answer: it may stand between any two messages. */
void server_say_now(struct session *s, struct sl_span bytes)
{
    if (s->server_left > 0)
        server_say(s, bytes);
    else if (!stream_write(&s->client, bytes))
        session_kill(s, "the client does not take its answers");
}

static void begin_action(struct session *s)
{
    s->rows = s->tag_rows = s->bytes = s->told_bytes = 0;
    s->failed = false;
    memset(s->sqlstate, 0, sizeof s->sqlstate);
    s->last_tag = 0;
}

static void end_item(struct session *s, uint8_t outcome)
{
    struct item *item = item_head(s);

    if (item->action != 0)
        portal_outcome(s, item, outcome);
    if ((item->flags & ITEM_ENDS_DDL) != 0) {
        if (s->target->ddl_under_way > 0)
            s->target->ddl_under_way--;
        catalog_stale(s->gate, s->target);
    }
    if ((item->flags & ITEM_CONTEXT) != 0)
        s->context_unknown = true;
    bool done = outcome == SL_OUTCOME_OK || outcome == OUTCOME_PORTION;
    if (done && (item->kind == ITEM_QUERY || item->kind == ITEM_EXECUTE) &&
        (item->flags & ITEM_REFUSED) == 0 && item->prepared != NULL)
        names_happened(s, &item->prepared->meaning->m, item->prepared->text);
    item_pop(s);
    begin_action(s);
}

static uint8_t outcome_of(const struct session *s)
{
    return s->failed ? SL_OUTCOME_FAILED : SL_OUTCOME_OK;
}

static void note_error(struct session *s, struct sl_span body)
{
    struct sl_pg_notice n;

    s->failed = true;
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

static bool say_cut(struct session *s, uint32_t limit)
{
    SL_BUF(b, 1024);
    SL_BUF(text, 512);

    sl_buf_say(&text, "stopped: this statement may return %u rows of labelled data", limit);
    struct sl_pg_notice n = {
        .severity = SL_SPAN("ERROR"),
        .sqlstate = SL_SPAN("42501"),
        .message = sl_buf_span(&text),
        .hint = SL_SPAN("ask for fewer rows, or for a rule with a larger budget"),
    };
    sl_pg_put_error(&b, &n);
    return sl_buf_err(&b) == SL_OK && stream_write(&s->client, sl_buf_span(&b));
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
        r->at += whole;
        return true;
    }
    note_error(s, body);
    if ((item->flags & ITEM_REFUSED) != 0) {
        ok = run_skip(r, whole) && stream_write(&s->client, item->local);
    } else if ((item->flags & ITEM_CUT) != 0) {
        ok = run_skip(r, whole) && say_cut(s, item->row_limit);
        item->row_limit = 0;
    } else if ((item->flags & ITEM_LABELLED) != 0) {
        ok = run_skip(r, whole) && say_withheld(s, body);
    } else {
        r->at += whole;
    }
    if (item->kind != ITEM_QUERY)
        drop_to_sync(s);
    return ok;
}

static void note_tag(struct session *s, struct sl_span body)
{
    struct sl_pg_tag tag;

    if (sl_pg_tag_get(body, &tag) != SL_OK)
        return;
    if (tag.has_rows)
        s->tag_rows += tag.rows;
    if (sl_span_is(tag.command, "COMMIT"))
        s->last_tag = 'C';
    else if (sl_span_is(tag.command, "ROLLBACK"))
        s->last_tag = 'R';
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
        note_tag(s, body);
    if ((item->flags & ITEM_CUT) != 0) {
        /* It was complete before the cancellation reached it. The client is told that it was cut; a
         * transaction that it is part of is not known to be harmed, so nothing more to undo. */
        bool ok = run_skip(r, whole) && say_cut(s, item->row_limit);
        s->failed = true;
        memcpy(s->sqlstate, "42501", 5);
        if (item->kind == ITEM_EXECUTE) {
            session_kill(s, "over its row limit");
            return false;
        }
        return ok;
    }
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
    if (!s->ddl_in_tx || ddl_follows(s))
        return;
    s->ddl_in_tx = s->opaque_since_ddl = false;
    catalog_stale(s->gate, s->target);
}

static void note_transaction(struct session *s, char now)
{
    char before = s->tx;

    s->tx = now;
    if (now != 'I')
        return;
    note_ddl(s);
    if (!ddl_follows(s))
        changing_over(s);
    if (before != 'I' && s->context_touched)
        s->context_unknown = true;
    if (s->item_count == 1) /* nothing was bound since */
        extended_forget_portals(s);
    if (s->tx_first == 0)
        return;
    uint8_t outcome = s->last_tag == 'C' && before != 'E' ? SL_OUTCOME_OK : SL_OUTCOME_FAILED;
    record_txn(s, outcome == SL_OUTCOME_OK ? 1 : 2);
    s->tx_first = s->tx_last = 0;
    s->context_unknown = s->context_unknown || outcome != SL_OUTCOME_OK;
}

static bool take_ready(struct run *r, struct sl_span body, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);
    enum sl_pg_ready ready;

    if (item == NULL || (item->kind != ITEM_QUERY && item->kind != ITEM_SYNC) ||
        sl_pg_ready_get(body, &ready) != SL_OK)
        return false;
    bool cut = (item->flags & ITEM_CUT) != 0;
    note_transaction(s, (char)ready);
    s->copy_in = false;
    end_item(s, outcome_of(s));
    if (cut && s->tx == 'T') { /* it must not commit what the client was told has failed */
        session_kill(s, "over its row limit");
        return false;
    }
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

static bool take_description(struct run *r, uint8_t type, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);

    if (item == NULL)
        return false;
    if (item->kind == ITEM_DESCRIBE)
        end_item(s, SL_OUTCOME_OK);
    else if (item->kind != ITEM_QUERY || type == SL_PG_NO_DATA)
        return false;
    r->at += whole;
    return true;
}

static bool take_copy_in(struct run *r, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);

    if (item == NULL || (item->kind != ITEM_QUERY && item->kind != ITEM_EXECUTE))
        return false;
    if (s->item_count >
        1) /* the server would read what follows as the data: nothing is certain then */
        return false;
    s->copy_in = true;
    r->at += whole;
    return true;
}

/* A complete message that is not a row. False: the server broke the protocol as we know it. */
static bool take_message(struct run *r, uint8_t type, struct sl_span body, size_t whole)
{
    struct session *s = r->s;
    struct item *item = item_head(s);

    if (item != NULL && item->kind == ITEM_INTERNAL) {
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
        return take_description(r, type, whole);
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
        s->context_unknown = true;
        r->at += whole;
        return true;
    default:
        return false;
    }
}

/* DataRow and CopyData: counted and passed by length, without being looked at. */
static void begin_row(struct session *s, uint32_t body_bytes)
{
    struct item *item = item_head(s);

    s->server_left = SL_PG_HEADER + (uint64_t)body_bytes;
    s->bytes += body_bytes;
    if (item == NULL || item->kind == ITEM_INTERNAL)
        return;
    if (item->row_limit != 0 && s->rows >= item->row_limit && (item->flags & ITEM_CUT) == 0) {
        item->flags |= ITEM_CUT;
        upstream_cancel(s);
    }
    s->server_drop = (item->flags & ITEM_CUT) != 0;
    if (!s->server_drop)
        s->rows++;
}

static bool pass_row(struct run *r)
{
    struct session *s = r->s;
    size_t n = r->in.n - r->at;

    if (n > s->server_left)
        n = (size_t)s->server_left;
    s->server_left -= n;
    if (s->server_drop)
        return run_skip(r, n);
    r->at += n;
    return true;
}

static bool is_row(struct session *s, uint8_t type)
{
    struct item *item = item_head(s);

    if (type != SL_PG_DATA_ROW && type != SL_PG_COPY_DATA_OUT)
        return false;
    return item == NULL || item->kind != ITEM_INTERNAL;
}

/* Whole rows without a limit: counted and passed in one go. */
static bool pass_rows(struct run *r, struct sl_span left)
{
    struct session *s = r->s;
    struct item *item = item_head(s);

    if (item == NULL || item->kind == ITEM_INTERNAL || item->row_limit != 0)
        return false;
    struct sl_pg_run rows = sl_pg_run(left, left.p[0]);
    if (rows.messages == 0)
        return false;
    s->rows += rows.messages;
    s->bytes += rows.bytes - rows.messages * SL_PG_HEADER;
    r->at += rows.bytes;
    return true;
}

/* Handles what is whole in `in`; false: the session cannot go on. */
static bool pump(struct run *r)
{
    struct session *s = r->s;

    while (r->at < r->in.n && s->phase == PHASE_READY && !s->dead) {
        if (s->server_left > 0) {
            if (!pass_row(r))
                return false;
            continue;
        }
        struct sl_span left = sl_span_from(r->in, r->at);
        struct sl_pg_frame f;
        bool row = left.p[0] == SL_PG_DATA_ROW || left.p[0] == SL_PG_COPY_DATA_OUT;
        if (row && pass_rows(r, left))
            continue;
        enum sl_step step = sl_pg_frame(left, &f);
        if (step == SL_STEP_NEED_MORE)
            break;
        if (step == SL_STEP_BROKEN || sl_pg_backend_check(f) != SL_OK)
            return false;
        if (is_row(s, f.type)) {
            if (item_head(s) == NULL)
                return false;
            begin_row(s, f.body_bytes);
            continue;
        }
        if (f.body_bytes > WHOLE_MAX)
            return false;
        if (left.n < SL_PG_HEADER + (size_t)f.body_bytes)
            break;
        struct sl_span body = sl_span(left.p + SL_PG_HEADER, f.body_bytes);
        if (!take_message(r, f.type, body, SL_PG_HEADER + body.n))
            return false;
        if (item_head(s) != NULL && item_head(s)->kind == ITEM_LOCAL &&
            (!run_flush(r) || !say_locals(s)))
            return false;
    }
    return s->dead || s->phase != PHASE_READY || run_flush(r);
}

static bool pump_input(struct session *s, struct sl_span in, size_t *used)
{
    struct run r = {.s = s, .in = in};
    bool ok = pump(&r);

    *used = r.at;
    return ok;
}

static bool read_some(struct session *s)
{
    struct gate *g = s->gate;
    size_t got = 0, used = 0, kept = s->server_in.n;
    uint8_t *into = g->read_buffer;

    if (kept > 0)
        into = sl_buf_room(&s->server_in, GATE_READ_BYTES / 4);
    if (into == NULL)
        return false;
    switch (stream_read(&s->server, into, kept > 0 ? GATE_READ_BYTES / 4 : GATE_READ_BYTES, &got)) {
    case STREAM_AGAIN:
        return true;
    case STREAM_END:
    case STREAM_FAILED:
        return false;
    case STREAM_DATA:
        break;
    }
    s->server_in.n += kept > 0 ? got : 0;
    struct sl_span in = kept > 0 ? sl_buf_span(&s->server_in) : sl_span(into, got);
    bool ok = pump_input(s, in, &used);
    if (!ok || s->dead)
        return ok;
    if (kept > 0)
        sl_buf_drop(&s->server_in, used);
    else
        sl_buf_put(&s->server_in, sl_span_from(in, used));
    if (s->server_in.n == 0 && s->server_in.p != NULL)
        sl_buf_done(&s->server_in);
    return sl_buf_err(&s->server_in) == SL_OK;
}

static void server_lost(struct session *s)
{
    struct item *item;

    while ((item = item_head(s)) != NULL) {
        extended_drop(s, item);
        memcpy(s->sqlstate, "08006", 5);
        if (item->action != 0 && s->failed)
            end_item(s, SL_OUTCOME_FAILED);
        else
            end_item(s, SL_OUTCOME_UNKNOWN);
    }
    session_fatal(s, "08006", "the database server closed the connection",
                  "statements under way are recorded as unknown: look before you repeat them");
}

void server_input(struct session *s)
{
    do {
        if (!read_some(s)) {
            if (!s->dead)
                server_lost(s);
            return;
        }
    } while (!s->dead && stream_has_hidden_input(&s->server));
    if (s->dead || s->phase != PHASE_READY)
        return;
    s->gate->streaming |= s->bytes != s->told_bytes; /* the tick will tell the journal */
    stream_pause(&s->server, stream_is_full(&s->client));
    if (s->wait == WAIT_COPY &&
        (s->copy_in || s->item_count == 0 || (item_head(s)->flags & ITEM_COPY_IN) == 0))
        session_resume(s, WAIT_COPY);
    if (s->wait == WAIT_ANSWERS && s->item_count == 0)
        session_resume(s, WAIT_ANSWERS);
    if (s->wait == WAIT_HOLD && s->skip_to_sync && hold_waits(s)) /* the server would skip it */
        session_resume(s, WAIT_HOLD);
    if (s->wait == WAIT_INTERNAL && s->item_count == 0 && s->internal_done == NULL)
        session_resume(s, WAIT_INTERNAL);
}
