/* What the client says: framed, judged where it matters, sent on in as few writes as possible. */
#include "role/gate/list.h"

#include "role/gate/elevate.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/query.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"

#include <stdlib.h>

enum { WAITING_INPUT_MAX = 64 * 1024 };

void client_forward(struct session *s, struct sl_span whole)
{
    if (s->forward.n > 0 && s->forward.p + s->forward.n != whole.p)
        client_flush(s);
    if (s->forward.n == 0)
        s->forward.p = whole.p;
    s->forward.n += whole.n;
}

void client_flush(struct session *s)
{
    struct sl_span part = s->forward;

    s->forward = sl_span(NULL, 0);
    if (part.n > 0 && !s->dead && !stream_write(&s->server, part))
        session_kill(s, "the server does not take what it is sent");
}

static void protocol_error(struct session *s, const char *what)
{
    session_fatal(s, "08P01", what,
                  "the client broke the PostgreSQL protocol; nothing of this message ran");
}

/* --- messages that stream by length: CopyData, and what is too large to be held --- */

static size_t stream_some(struct session *s, struct sl_span in)
{
    size_t n = in.n < s->client_left ? in.n : (size_t)s->client_left;

    s->client_left -= n;
    if (!s->client_drop)
        client_forward(s, sl_span_head(in, n));
    return n;
}

static void stream_begin(struct session *s, struct sl_pg_frame f, bool drop)
{
    s->client_left = SL_PG_HEADER + (uint64_t)f.body_bytes;
    s->client_drop = drop;
}

static void too_large(struct session *s, struct sl_pg_frame f)
{
    SL_BUF(text, 256);
    struct refusal r = {.sqlstate = "54000",
                        .hint = "split it, or send the data with COPY ... FROM STDIN"};

    sl_buf_say(&text, "this message has %U bytes; Sluice holds at most %U", (uint64_t)f.body_bytes,
               s->gate->config->settings.max_held_bytes);
    r.message = sl_buf_text(&text);
    stream_begin(s, f, true);
    if (s->skip_to_sync)
        return;
    list_drop(s, "a message that is too large");
    if (f.type == SL_PG_QUERY)
        refuse_simple(s, &r);
    else
        refuse_extended(s, &r);
}

/* --- whole messages --- */

static enum take take_sync(struct session *s, struct sl_span whole)
{
    if (!s->skip_to_sync && s->unsynced_changes && result_is_due(s))
        return wait_for_answers(s);
    s->unsynced_changes = false;
    client_forward(s, whole);
    if (s->ddl_unsynced && s->target->ddl_under_way == 1) /* it may have been open for long */
        s->target->ddl_since_ms = sl_loop_now_ms(s->gate->loop);
    item_push(s, ITEM_SYNC)->flags =
        (uint16_t)((s->ddl_unsynced ? ITEM_ENDS_DDL : 0) | (s->labelled_open ? ITEM_LABELLED : 0));
    s->ddl_unsynced = false;
    s->segment++;
    s->unsynced = false;
    s->skip_to_sync = false;
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take take_function_call(struct session *s)
{
    struct refusal r = {
        .sqlstate = "0A000",
        .message = "the function call message of the PostgreSQL protocol is refused by Sluice",
        .hint = "call the function in a SELECT",
    };

    list_drop(s, "a message that is no simple query");
    refuse_simple(s, &r);
    return TAKE_DONE;
}

static enum take take_terminate(struct session *s, struct sl_span whole)
{
    client_forward(s, whole);
    client_flush(s);
    session_kill(s, "the client said goodbye");
    return TAKE_DEAD;
}

/* While the server reads COPY data, Sync and Flush mean nothing to it. */
static enum take take_in_copy(struct session *s, uint8_t type, struct sl_span whole)
{
    switch (type) {
    case SL_PG_COPY_DONE:
    case SL_PG_COPY_FAIL:
        s->copy_in = false;
        client_forward(s, whole);
        return TAKE_DONE;
    case SL_PG_SYNC:
    case SL_PG_FLUSH:
        return TAKE_DONE;
    case SL_PG_TERMINATE:
        return take_terminate(s, whole);
    default:
        protocol_error(s, "a message that does not belong into COPY data");
        return TAKE_DEAD;
    }
}

static enum take take_whole(struct session *s, uint8_t type, struct sl_span body,
                            struct sl_span whole, struct sl_span rest)
{
    if (s->copy_in)
        return take_in_copy(s, type, whole);
    if (type == SL_PG_TERMINATE)
        return take_terminate(s, whole);
    if (s->skip_to_sync && type != SL_PG_SYNC)
        return TAKE_DONE;

    switch (type) {
    case SL_PG_QUERY:
        return query_take(s, body, whole);
    case SL_PG_PARSE:
    case SL_PG_BIND:
    case SL_PG_DESCRIBE:
    case SL_PG_EXECUTE:
    case SL_PG_CLOSE:
        if (list_breaks(s))
            return s->dead ? TAKE_DEAD : TAKE_DONE;
        return extended_take(s, type, body, whole, rest);
    case SL_PG_SYNC:
        return take_sync(s, whole);
    case SL_PG_FLUSH:
        client_forward(s, whole);
        return TAKE_DONE;
    case SL_PG_COPY_DONE:
    case SL_PG_COPY_FAIL:
        return TAKE_DONE; /* of a COPY that has failed already: the server ignores them too */
    case SL_PG_FUNCTION_CALL:
        return take_function_call(s);
    default:
        protocol_error(s, "a message that does not belong here");
        return TAKE_DEAD;
    }
}

/* A message is done with, sent or not: nothing that was found out about it may serve the next. */
static void message_done(struct session *s)
{
    if (s->kept.meaning != NULL)
        judged_done(&s->kept);
    if (s->meaning != NULL) {
        meaning_unref(s->meaning);
        s->meaning = NULL;
    }
    /* recorded, and then the server would have skipped it, or it was denied */
    record_withdraw(s, s->skip_to_sync ? "25P02" : "42501");
    if (s->hold != NULL)
        hold_end(s, "the server skips it after an error before it");
    elevate_forget(s);
    if (s->lease != NULL)
        lease_drop(s);
}

/* One message, or a part of a streamed one. False: nothing more can be done now. */
static bool step(struct session *s, struct sl_span left, size_t *used)
{
    struct sl_pg_frame f;
    enum sl_step step;

    if (s->client_left > 0) {
        *used = stream_some(s, left);
        return *used > 0;
    }
    step = sl_pg_frame(left, &f);
    if (step == SL_STEP_NEED_MORE)
        return false;
    if (step == SL_STEP_BROKEN || sl_pg_frontend_check(f) != SL_OK) {
        protocol_error(s, "a message of an unknown kind or an impossible length");
        return false;
    }
    if (f.type == SL_PG_COPY_DATA) {
        stream_begin(s, f, !s->copy_in);
        return true;
    }
    if (f.body_bytes > s->gate->config->settings.max_held_bytes) {
        too_large(s, f);
        return !s->dead;
    }
    if (left.n < SL_PG_HEADER + (size_t)f.body_bytes)
        return false;
    struct sl_span body = sl_span(left.p + SL_PG_HEADER, f.body_bytes);
    struct sl_span whole = sl_span(left.p, SL_PG_HEADER + (size_t)f.body_bytes);
    if (take_whole(s, f.type, body, whole, sl_span_from(left, whole.n)) != TAKE_DONE)
        return false;
    if (!s->dead)
        message_done(s);
    *used = whole.n;
    return true;
}

size_t client_pump(struct session *s, struct sl_span in)
{
    size_t at = 0;

    SL_PROMISE(!s->pumping);
    if (s->cancels > 0 && s->wait == WAIT_NOTHING)
        s->wait = WAIT_CANCEL;
    s->pumping = true;
    while (!s->dead && s->phase == PHASE_READY && s->wait == WAIT_NOTHING && at < in.n) {
        size_t used = 0;
        if (!step(s, sl_span_from(in, at), &used))
            break;
        at += used;
    }
    client_flush(s);
    s->pumping = false;
    return at;
}

/* --- reading --- */

static void client_gone(struct session *s)
{
    session_kill(s, "the client went away");
}

static void keep(struct session *s, struct sl_span rest)
{
    sl_buf_put(&s->in, rest);
    if (sl_buf_err(&s->in) != SL_OK)
        session_kill(s, "out of memory");
}

static void pump_new(struct session *s, struct sl_span fresh)
{
    size_t used = client_pump(s, fresh);

    if (!s->dead)
        keep(s, sl_span_from(fresh, used));
}

static void pump_kept(struct session *s)
{
    size_t used = client_pump(s, sl_buf_span(&s->in));

    if (s->dead)
        return;
    sl_buf_drop(&s->in, used);
    if (s->in.n == 0)
        sl_buf_done(&s->in);
}

/* A waiting session still reads a little, so that it notices when its client goes. */
static void set_pause(struct session *s)
{
    if (s->dead)
        return;
    bool enough = s->wait != WAIT_NOTHING && s->in.n > WAITING_INPUT_MAX;
    stream_pause(&s->client, enough || stream_is_full(&s->server));
}

static bool read_once(struct session *s)
{
    size_t got = 0, room = GATE_READ_BYTES;
    uint8_t *into = s->gate->read_buffer;

    if (s->in.n > 0) {
        room = s->in.n > GATE_READ_BYTES ? GATE_READ_BYTES : 16 * 1024;
        into = sl_buf_room(&s->in, room);
    }
    if (into == NULL) {
        session_kill(s, "out of memory");
        return false;
    }
    switch (stream_read(&s->client, into, room, &got)) {
    case STREAM_AGAIN:
        return false;
    case STREAM_END:
    case STREAM_FAILED:
        client_gone(s);
        return false;
    case STREAM_DATA:
        break;
    }
    if (s->in.n > 0) {
        s->in.n += got;
        pump_kept(s);
    } else {
        pump_new(s, sl_span(into, got));
    }
    return !s->dead;
}

void client_input(struct session *s)
{
    while (read_once(s) && stream_has_hidden_input(&s->client) && s->wait == WAIT_NOTHING)
        continue;
    set_pause(s);
}

void session_resume(struct session *s, enum wait ended)
{
    if (s->dead || s->wait != ended)
        return;
    s->wait = WAIT_NOTHING;
    if (s->pumping) /* the answer came while the question was asked: the pump goes on by itself */
        return;
    if (s->in.n > 0)
        pump_kept(s);
    if (!s->dead && s->wait == WAIT_NOTHING && stream_has_hidden_input(&s->client))
        client_input(s);
    set_pause(s);
}
