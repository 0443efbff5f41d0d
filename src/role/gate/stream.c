#include "role/gate/stream.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum sl_err stream_open(struct stream *s, struct sl_loop *loop, int fd, sl_watch_fn *fn,
                        void *owner)
{
    *s = (struct stream){.fd = fd, .out = sl_buf(STREAM_QUEUE_MAX)};
    return sl_watch_new(loop, fd, SL_READABLE, fn, owner, &s->watch);
}

void stream_close(struct stream *s)
{
    if (s->watch != NULL)
        sl_watch_free(s->watch);
    sl_tls_free(s->tls);
    if (s->fd >= 0)
        close(s->fd);
    sl_buf_done(&s->out);
    *s = (struct stream){.fd = -1};
}

enum sl_err stream_move(struct stream *to, struct stream *from, struct sl_loop *loop,
                        sl_watch_fn *fn, void *owner)
{
    struct sl_watch *watch;

    sl_watch_free(from->watch);
    from->watch = NULL;
    SL_TRY(sl_watch_new(loop, from->fd, SL_READABLE, fn, owner, &watch));
    *to = *from;
    to->watch = watch;
    *from = (struct stream){.fd = -1};
    return SL_OK;
}

static void set_interest(struct stream *s)
{
    unsigned interest = s->paused ? 0 : SL_READABLE;

    if (s->out.n > 0 || s->tls_wants_write)
        interest |= SL_WRITABLE;
    sl_watch_interest(s->watch, interest);
}

static enum stream_result of_tls(struct stream *s, enum sl_tls_result result)
{
    s->tls_wants_write = result == SL_TLS_WANT_WRITE;
    set_interest(s);
    switch (result) {
    case SL_TLS_DONE:
        return STREAM_DATA;
    case SL_TLS_WANT_READ:
    case SL_TLS_WANT_WRITE:
        return STREAM_AGAIN;
    case SL_TLS_END:
        return STREAM_END;
    case SL_TLS_FAILED:
        break;
    }
    return STREAM_FAILED;
}

enum stream_result stream_read(struct stream *s, uint8_t *into, size_t room, size_t *got)
{
    if (s->tls != NULL)
        return of_tls(s, sl_tls_read(s->tls, into, room, got));

    ssize_t n = recv(s->fd, into, room, 0);
    if (n > 0) {
        *got = (size_t)n;
        return STREAM_DATA;
    }
    if (n == 0)
        return STREAM_END;
    return errno == EAGAIN || errno == EINTR ? STREAM_AGAIN : STREAM_FAILED;
}

/* Sends a first part of `bytes`; *sent is 0 when the socket takes nothing now. */
static bool send_some(struct stream *s, struct sl_span bytes, size_t *sent)
{
    *sent = 0;
    if (s->tls != NULL) {
        enum sl_tls_result result = sl_tls_write(s->tls, bytes, sent);
        return result == SL_TLS_DONE || result == SL_TLS_WANT_READ || result == SL_TLS_WANT_WRITE;
    }
    ssize_t n = send(s->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    *sent = (size_t)n;
    return true;
}

bool stream_write(struct stream *s, struct sl_span bytes)
{
    if (s->fd < 0)
        return false;
    while (s->out.n == 0 && bytes.n > 0) {
        size_t sent;
        if (!send_some(s, bytes, &sent))
            return false;
        if (sent == 0)
            break;
        bytes = sl_span_from(bytes, sent);
    }
    if (bytes.n == 0)
        return true;
    sl_buf_put(&s->out, bytes);
    set_interest(s);
    return sl_buf_err(&s->out) == SL_OK;
}

bool stream_flush(struct stream *s)
{
    size_t done = 0;

    while (done < s->out.n) {
        size_t sent;
        if (!send_some(s, sl_span_from(sl_buf_span(&s->out), done), &sent))
            return false;
        if (sent == 0)
            break;
        done += sent;
    }
    sl_buf_drop(&s->out, done);
    if (s->out.n == 0)
        sl_buf_done(&s->out);
    set_interest(s);
    return true;
}

void stream_pause(struct stream *s, bool paused)
{
    if (s->paused == paused || s->fd < 0)
        return;
    s->paused = paused;
    set_interest(s);
}

void stream_wake_at(struct stream *s, int bytes)
{
    if (s->fd < 0 || s->tls != NULL || s->wake_at == bytes)
        return;
    if (setsockopt(s->fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes) == 0)
        s->wake_at = bytes;
}

bool stream_has_hidden_input(const struct stream *s)
{
    return s->tls != NULL && sl_tls_pending(s->tls) > 0;
}
