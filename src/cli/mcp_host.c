/* The host's lines: read, understood, answered. stdout carries nothing else. */
#include "cli/mcp.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 64 * 1024,
    UNSENT_MOST = 64 * 1024 * 1024, /* then the host does not read any more */
    UNSENT_ENOUGH = 1024 * 1024,    /* nothing more is taken from a host that does not read */
    END_MS = 3000,
};

/* --- in --------------------------------------------------------------------------------------- */

static void take_line(struct mcp *m, struct sl_span line)
{
    struct sl_mcp_message in;

    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    if (line.n == 0)
        return;
    enum sl_mcp_refusal why = sl_mcp_read(line, &in);
    if (why == SL_MCP_NONE)
        mcp_dispatch(m, &in);
    else
        sl_mcp_put_refusal(&m->out, &in.id, why);
    sl_mcp_message_done(&in);
}

/* Each byte is looked at once, however the lines are cut. */
static void take_lines(struct mcp *m)
{
    for (;;) {
        struct sl_span rest = sl_span_from(sl_buf_span(&m->in), m->scanned);
        size_t end = m->scanned + sl_span_find(rest, '\n');

        if (end >= m->in.n)
            break;
        if (!m->skipping)
            take_line(m, sl_span_head(sl_buf_span(&m->in), end));
        m->skipping = false;
        sl_buf_drop(&m->in, end + 1);
        m->scanned = 0;
    }
    m->scanned = m->in.n;
    if (m->in.n <= SL_MCP_LINE_MOST)
        return;
    if (!m->skipping)
        sl_mcp_put_refusal(&m->out, &(struct sl_mcp_id){.n = 0}, SL_MCP_TOO_LONG);
    m->skipping = true;
    sl_buf_reset(&m->in);
    m->scanned = 0;
}

static void on_input(void *owner, int fd, unsigned ready)
{
    struct mcp *m = owner;
    uint8_t *room = sl_buf_room(&m->in, PIECE);
    ssize_t got = room == NULL ? -1 : read(fd, room, PIECE);

    (void)ready;
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        mcp_end(m);
        return;
    }
    m->in.n += (size_t)got;
    take_lines(m);
}

/* --- out -------------------------------------------------------------------------------------- */

static void host_is_gone(struct mcp *m)
{
    m->broken = true;
    sl_buf_reset(&m->out);
    mcp_end(m);
}

static void flush(void *owner)
{
    struct mcp *m = owner;

    while (m->out.n > 0) {
        ssize_t sent = write(STDOUT_FILENO, m->out.p, m->out.n);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN && m->out.n < UNSENT_MOST)
            break;
        if (sent < 0) {
            host_is_gone(m);
            return;
        }
        sl_buf_drop(&m->out, (size_t)sent);
    }
    if (sl_buf_err(&m->out) != SL_OK)
        host_is_gone(m);
    if (m->out_watch != NULL)
        sl_watch_interest(m->out_watch, m->out.n > 0 ? SL_WRITABLE : 0);
    if (m->in_watch != NULL)
        sl_watch_interest(m->in_watch, m->out.n > UNSENT_ENOUGH ? 0 : SL_READABLE);
}

static void on_output(void *owner, int fd, unsigned ready)
{
    (void)fd;
    (void)ready;
    flush(owner);
}

/* Our end of a pipe or a socket is ours alone; a terminal or a file is left as it is. */
static enum sl_err watch_output(struct mcp *m)
{
    struct stat about;
    int flags = fcntl(STDOUT_FILENO, F_GETFL);

    if (fstat(STDOUT_FILENO, &about) != 0 || flags < 0)
        return SL_EIO;
    if (!S_ISFIFO(about.st_mode) && !S_ISSOCK(about.st_mode))
        return SL_OK;
    if (fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK) != 0)
        return SL_EIO;
    return sl_watch_new(m->loop, STDOUT_FILENO, 0, on_output, m, &m->out_watch);
}

/* --- from beginning to end -------------------------------------------------------------------- */

static void on_signal(void *owner, int number)
{
    (void)number;
    mcp_end(owner);
}

static void give_up(void *owner)
{
    struct mcp *m = owner;

    sl_loop_stop(m->loop);
}

void mcp_end(struct mcp *m)
{
    bool any = false;

    if (m->ending)
        return;
    m->ending = true;
    sl_watch_free(m->in_watch);
    m->in_watch = NULL;
    sl_timer_arm(m->end_timer, END_MS);
    for (size_t i = 0; i < MCP_CALLS_MOST; i++)
        if (m->calls[i] != NULL)
            mcp_call_cancel(m->calls[i]);
    for (size_t i = 0; i < MCP_CALLS_MOST; i++)
        any = any || m->calls[i] != NULL;
    if (!any)
        sl_loop_stop(m->loop);
}

static enum sl_err begin(struct mcp *m)
{
    m->in = sl_buf(SL_MCP_LINE_MOST + 2 * PIECE);
    m->out = sl_buf(UNSENT_MOST + 2 * SL_MCP_OUT_MOST);
    m->level = SL_MCP_INFO;
    SL_TRY(sl_loop_new(&m->loop));
    SL_TRY(sl_timer_new(m->loop, give_up, m, &m->end_timer));
    SL_TRY(sl_signal_new(m->loop, SIGTERM, on_signal, m, &m->terminate));
    SL_TRY(sl_signal_new(m->loop, SIGINT, on_signal, m, &m->interrupt));
    SL_TRY(mcp_http_new(m));
    SL_TRY(watch_output(m));
    return sl_watch_new(m->loop, STDIN_FILENO, SL_READABLE, on_input, m, &m->in_watch);
}

static void finish(struct mcp *m)
{
    for (size_t i = 0; i < MCP_CALLS_MOST; i++)
        if (m->calls[i] != NULL) {
            m->calls[i]->cancelled = true;
            mcp_call_end(m->calls[i], SL_SPAN(""), NULL, true);
        }
    mcp_events_free(m);
    mcp_http_free(m);
    sl_watch_free(m->in_watch);
    sl_watch_free(m->out_watch);
    sl_signal_free(m->terminate);
    sl_signal_free(m->interrupt);
    sl_timer_free(m->end_timer);
    sl_loop_free(m->loop);
    sl_buf_done(&m->in);
    sl_buf_done(&m->out);
}

int mcp_serve(struct mcp *m)
{
    enum sl_err err = begin(m);

    if (err == SL_OK)
        err = sl_loop_run(m->loop, flush, m);
    else
        fprintf(stderr, "sluice mcp: stdin and stdout are to be an MCP host's pipes: %s\n",
                sl_err_text(err));
    finish(m);
    return err == SL_OK && !m->failed ? SL_EXIT_FINE : SL_EXIT_REFUSED;
}
