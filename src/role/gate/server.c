/* What the server answers: passed on by length, with outcomes noted on the way.
 *
 * The bytes go to the client as they came, in the largest runs possible; only a message that is
 * replaced, swallowed or withheld (answer.c) cuts a run.
 */
#include "role/gate/server_int.h"

#include "role/gate/elevate.h"
#include "role/gate/halt.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/meter.h"
#include "role/gate/names.h"

#include <stdlib.h>

enum { WHOLE_MAX = 1024 * 1024 };

bool run_flush(struct run *r)
{
    struct sl_span part = sl_span(r->in.p + r->from, r->at - r->from);

    r->from = r->at;
    return part.n == 0 || r->s->muted || stream_write(&r->s->client, part);
}

bool run_skip(struct run *r, size_t n)
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

/* DataRow and CopyData: counted and passed by length, without being looked at. False: it must wait.
 */
static bool begin_row(struct session *s, struct item *item, uint32_t body_bytes)
{
    bool drop = (item->flags & ITEM_CUT) != 0 || s->muted;

    if (!drop && item->meter != NULL && !meter_take(item->meter, 1, body_bytes)) {
        stop_begin(s, body_bytes);
        return false;
    }
    s->server_left = SL_PG_HEADER + (uint64_t)body_bytes;
    s->server_drop = drop;
    s->rows += !drop;
    s->bytes += drop ? 0 : body_bytes;
    return true;
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

/* Whole rows that nothing limits, or all of which may pass: counted and passed in one go. */
static bool pass_rows(struct run *r, struct sl_span left)
{
    struct session *s = r->s;
    struct item *item = item_head(s);

    if (item == NULL || item->kind == ITEM_INTERNAL || (item->flags & ITEM_CUT) != 0)
        return false;
    struct sl_pg_run rows = sl_pg_run(left, left.p[0]);
    if (rows.messages == 0)
        return false;
    uint64_t bytes = rows.bytes - rows.messages * SL_PG_HEADER;
    if (item->meter != NULL && !s->muted && !meter_take(item->meter, rows.messages, bytes))
        return false;
    s->rows += rows.messages;
    s->bytes += bytes;
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
            if (!begin_row(s, item_head(s), f.body_bytes))
                break;
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

    txn_lost(s);
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

static void after_input(struct session *s);

void server_input(struct session *s)
{
    if (s->stop != NULL)
        return;
    do {
        if (!read_some(s)) {
            if (!s->dead)
                server_lost(s);
            return;
        }
    } while (!s->dead && s->stop == NULL && stream_has_hidden_input(&s->server));
    after_input(s);
}

void server_go_on(struct session *s)
{
    size_t used = 0;

    if (s->dead || s->phase != PHASE_READY)
        return;
    if (!pump_input(s, sl_buf_span(&s->server_in), &used)) {
        if (!s->dead)
            server_lost(s);
        return;
    }
    if (s->dead)
        return;
    sl_buf_drop(&s->server_in, used);
    if (s->server_in.n == 0 && s->server_in.p != NULL)
        sl_buf_done(&s->server_in);
    after_input(s);
    if (!s->dead && s->phase == PHASE_READY && stream_has_hidden_input(&s->server))
        server_input(s);
}

/* Who waited for what came. */
static void after_input(struct session *s)
{
    if (s->dead || s->phase != PHASE_READY)
        return;
    if (s->item_count == 0)
        elevate_end(s);
    if (s->dead)
        return;
    halt_next(s);
    if (s->dead)
        return;
    s->gate->streaming |= s->bytes != s->told_bytes; /* the tick will tell the journal */
    stream_pause(&s->server, s->stop != NULL || stream_is_full(&s->client));
    gather(s);
    if (s->wait == WAIT_COPY &&
        (s->copy_in || s->item_count == 0 || (item_head(s)->flags & ITEM_COPY_IN) == 0))
        session_resume(s, WAIT_COPY);
    if (s->wait == WAIT_ANSWERS && s->item_count == 0)
        session_resume(s, WAIT_ANSWERS);
    if (s->wait == WAIT_HOLD && s->skip_to_sync &&
        (s->hold == NULL || hold_waits(s))) /* the server would skip it */
        session_resume(s, WAIT_HOLD);
    if (s->wait == WAIT_INTERNAL && s->item_count == 0 && s->internal_done == NULL)
        session_resume(s, WAIT_INTERNAL);
}
