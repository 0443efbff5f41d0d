/* One statement on a session of its own: connected, asked and answered without ever waiting. */
#include "cli/mcp_query_int.h"

#include "base/utf8.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { CONNECT_MS = 10 * 1000, STILL_MS = 15 * 1000, CANCEL_MS = 5 * 1000 };

static void on_ready(void *owner, int fd, unsigned ready);

/* --- what is sent ----------------------------------------------------------------------------- */

/* As the gate reads it: quotes are doubled, and nothing else means anything. */
static void add_setting(struct mcp_query *q, const char *name, const char *value)
{
    struct sl_buf *b = &q->steps[q->step_count];

    if (value == NULL || value[0] == '\0')
        return;
    q->step_count++;
    sl_buf_say(b, "set sluice.%s = '", name);
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '\'')
            sl_buf_put_u8(b, '\'');
        sl_buf_put_u8(b, (uint8_t)*p);
    }
    sl_buf_put_u8(b, '\'');
}

/* The first is something that only a gate can answer: what is meant to be judged is never sent to a
 * server past it, whatever the address says. */
static enum sl_err plan(struct mcp_query *q, const struct mcp_asked *asked)
{
    for (size_t i = 0; i < MCP_STEPS_MOST; i++)
        q->steps[i] = sl_buf(SL_MCP_LINE_MOST + 1);
    sl_buf_put_str(&q->steps[q->step_count++], "show sluice.wait");
    add_setting(q, "reason", asked->reason);
    add_setting(q, "run", asked->run);
    add_setting(q, "sink", asked->sink);
    add_setting(q, "wait", asked->wait);
    sl_buf_put_str(&q->steps[q->step_count++], asked->sql);
    for (size_t i = 0; i < q->step_count; i++) {
        (void)sl_buf_text(&q->steps[i]);
        SL_TRY(sl_buf_err(&q->steps[i]));
    }
    return SL_OK;
}

/* --- the socket ------------------------------------------------------------------------------- */

/* libpq may have another socket after each step of a connection, so its watch is made anew. False:
 * the call has ended with that. */
static bool watch(struct mcp_query *q, unsigned interest)
{
    sl_watch_free(q->watch);
    q->watch = NULL;
    if (PQsocket(q->conn) >= 0 && sl_watch_new(q->call->mcp->loop, PQsocket(q->conn), interest,
                                               on_ready, q, &q->watch) == SL_OK)
        return true;
    mcp_query_lost(q);
    return false;
}

static void flush(struct mcp_query *q)
{
    int left = PQflush(q->conn);

    if (left < 0)
        mcp_query_lost(q);
    else
        sl_watch_interest(q->watch, left > 0 ? SL_READABLE | SL_WRITABLE : SL_READABLE);
}

static bool is_last(const struct mcp_query *q)
{
    return q->step + 1 == q->step_count;
}

static void send_step(struct mcp_query *q)
{
    if (is_last(q))
        sl_timer_arm(q->timer, STILL_MS);
    q->sent = is_last(q);
    if (PQsendQuery(q->conn, sl_buf_text(&q->steps[q->step])) != 1 ||
        (is_last(q) && PQsetSingleRowMode(q->conn) != 1)) {
        mcp_query_lost(q);
        return;
    }
    flush(q);
}

/* --- what comes ------------------------------------------------------------------------------- */

/* False: libpq has no further line until more bytes come. */
static bool take_copied(struct mcp_query *q)
{
    char *line = NULL;
    int got = PQgetCopyData(q->conn, &line, 1);

    if (got > 0)
        mcp_rows_copy_line(&q->rows, sl_span(line, (size_t)got));
    PQfreemem(line);
    if (got < 0)
        q->copying = false;
    return got != 0;
}

static void take_result(struct mcp_query *q, const PGresult *r)
{
    switch (PQresultStatus(r)) {
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
        if (is_last(q))
            mcp_rows_take(&q->rows, r);
        break;
    case PGRES_COPY_OUT:
        q->copying = true;
        mcp_rows_copy_begin(&q->rows);
        break;
    case PGRES_COPY_IN:
        PQputCopyEnd(q->conn, "sluice mcp brings no data of its own: use INSERT");
        break;
    default:
        mcp_query_failed(q, r);
        break;
    }
}

static void step_over(struct mcp_query *q)
{
    if (q->failed || is_last(q)) {
        mcp_query_over(q);
        return;
    }
    q->step++;
    send_step(q);
}

/* Of a connection that broke, too, whatever came before is taken, and libpq's own error after it:
 * PQgetResult does not wait there. */
static void take_results(struct mcp_query *q)
{
    bool broke = PQconsumeInput(q->conn) != 1;

    for (;;) {
        if (q->copying) {
            if (!take_copied(q))
                break;
            continue;
        }
        if (PQisBusy(q->conn) != 0 && !broke)
            break;
        PGresult *r = PQgetResult(q->conn);
        if (r == NULL) {
            step_over(q); /* which may free it */
            return;
        }
        take_result(q, r);
        PQclear(r);
    }
    flush(q);
}

static void on_notice(void *owner, const PGresult *notice)
{
    struct mcp_query *q = owner;

    mcp_notice_take(q->call, &q->notices, notice);
}

/* --- connecting ------------------------------------------------------------------------------- */

static void connected(struct mcp_query *q)
{
    q->connecting = false;
    PQsetNoticeReceiver(q->conn, on_notice, q);
    if (PQsetnonblocking(q->conn, 1) != 0) {
        mcp_query_lost(q);
        return;
    }
    if (watch(q, SL_READABLE))
        send_step(q);
}

static void connect_on(struct mcp_query *q)
{
    sl_watch_free(q->watch);
    q->watch = NULL;
    switch (PQconnectPoll(q->conn)) {
    case PGRES_POLLING_OK:
        connected(q);
        break;
    case PGRES_POLLING_READING:
        (void)watch(q, SL_READABLE);
        break;
    case PGRES_POLLING_WRITING:
        (void)watch(q, SL_WRITABLE);
        break;
    default:
        mcp_query_lost(q);
        break;
    }
}

static void on_ready(void *owner, int fd, unsigned ready)
{
    struct mcp_query *q = owner;

    (void)fd;
    (void)ready;
    if (q->connecting)
        connect_on(q);
    else
        take_results(q);
}

static void on_time(void *owner)
{
    struct mcp_query *q = owner;
    SL_BUF(text, 256);

    if (q->connecting || q->call->cancelled) {
        mcp_query_lost(q);
        return;
    }
    if (!q->sent)
        return;
    if (q->notices.approval[0] != '\0')
        sl_buf_say(&text, "no outcome yet: approval %s", q->notices.approval);
    else
        sl_buf_put_str(&text, "no answer yet");
    mcp_call_tell(q->call, SL_MCP_INFO, sl_buf_span(&text));
    sl_timer_arm(q->timer, STILL_MS);
}

/* `user` is whose token it is: nothing else could sign in with it. */
static PGconn *dial(struct mcp *m)
{
    const char *host = getenv("PGHOST"), *port = getenv("PGPORT");
    const char *const keys[] = {"host",       "port",     "dbname",           "dbname",
                                "user",       "password", "application_name", "client_encoding",
                                "gssencmode", NULL};
    const char *const values[] = {host != NULL ? host : "127.0.0.1",
                                  port != NULL ? port : "6432",
                                  m->dsn,
                                  m->target,
                                  sl_buf_text(&m->identity),
                                  sl_buf_text(&m->api.credential),
                                  "sluice mcp",
                                  "UTF8",
                                  "disable",
                                  NULL};

    return PQconnectStartParams(keys, values, 1);
}

enum sl_err mcp_query_begin(struct mcp_call *c, const struct mcp_asked *asked)
{
    struct mcp_query *q = calloc(1, sizeof *q);

    if (q == NULL)
        return SL_EMEMORY;
    c->query = q; /* and goes with the call, also after an error here */
    *q = (struct mcp_query){.call = c, .connecting = true, .notices = {.said = json_array()}};
    SL_TRY(mcp_rows_init(&q->rows, asked->max_rows));
    SL_TRY(plan(q, asked));
    SL_TRY(sl_timer_new(c->mcp->loop, on_time, q, &q->timer));
    q->conn = dial(c->mcp);
    if (q->conn == NULL)
        return SL_EMEMORY;
    sl_timer_arm(q->timer, CONNECT_MS);
    if (PQstatus(q->conn) == CONNECTION_BAD)
        mcp_query_lost(q);
    else
        (void)watch(q, SL_WRITABLE);
    return SL_OK;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* libpq's PQcancel waits for its own connection, so it does that in a process that does nothing
 * else; it may be called from a signal handler, and so here. The gate ends the hold, or has the
 * server stop what runs, and then answers the statement. */
static void send_cancel(struct mcp_query *q)
{
    PGcancel *cancel = PQgetCancel(q->conn);
    char why[256];

    if (cancel == NULL)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        alarm(CANCEL_MS / 1000);
        (void)PQcancel(cancel, why, sizeof why);
        _exit(0);
    }
    PQfreeCancel(cancel);
}

void mcp_query_cancel(struct mcp_call *c)
{
    struct mcp_query *q = c->query;

    if (!q->sent) { /* nothing that could be stopped */
        mcp_query_over(q);
        return;
    }
    send_cancel(q);
    sl_timer_arm(q->timer, CANCEL_MS);
}

bool mcp_query_waits_for(const struct mcp_query *q, struct sl_span approval)
{
    return q != NULL && approval.n > 0 && sl_span_is(approval, q->notices.approval);
}

void mcp_query_free(struct mcp_query *q)
{
    if (q == NULL)
        return;
    sl_watch_free(q->watch);
    sl_timer_free(q->timer);
    PQfinish(q->conn);
    for (size_t i = 0; i < MCP_STEPS_MOST; i++)
        sl_buf_done(&q->steps[i]);
    json_decref(q->notices.said);
    mcp_rows_done(&q->rows);
    json_decref(q->error);
    free(q);
}
