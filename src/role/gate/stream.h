/* One connection to a stranger: a client or an upstream server.
 *
 * Reads go into memory of the caller's (the gate has one large read buffer for all), writes go
 * straight to the socket; only what the socket does not take is kept. An idle stream holds no
 * buffer at all. TLS, when begun, lies beneath the same calls.
 */
#ifndef SL_ROLE_GATE_STREAM_H
#define SL_ROLE_GATE_STREAM_H

#include "base/buf.h"
#include "os/loop.h"
#include "os/tls.h"

enum { STREAM_QUEUE_MAX = 64 * 1024 * 1024, STREAM_QUEUE_HIGH = 256 * 1024 };

struct stream {
    int fd; /* -1: closed */
    struct sl_watch *watch;
    struct sl_tls *tls;   /* NULL: plain */
    struct sl_buf out;    /* what the socket did not take yet */
    int wake_at;          /* the bytes that must be there to wake us; 0 and 1: any */
    bool paused;          /* the owner does not want to read now */
    bool tls_wants_write; /* a TLS read or handshake needs the socket to be writable */
};

enum stream_result { STREAM_DATA, STREAM_AGAIN, STREAM_END, STREAM_FAILED };

/* Takes the descriptor over. */
enum sl_err stream_open(struct stream *s, struct sl_loop *loop, int fd, sl_watch_fn *fn,
                        void *owner) SL_MUST_CHECK;
void stream_close(struct stream *s);
/* Another owner: `to` takes over everything, `from` is closed and empty. */
enum sl_err stream_move(struct stream *to, struct stream *from, struct sl_loop *loop,
                        sl_watch_fn *fn, void *owner) SL_MUST_CHECK;

/* Up to `room` bytes. */
enum stream_result stream_read(struct stream *s, uint8_t *into, size_t room, size_t *got);
/* Sends now what can be sent and keeps the rest; false when the connection is dead. */
bool stream_write(struct stream *s, struct sl_span bytes);
/* The socket is writable: sends what was kept. */
bool stream_flush(struct stream *s);
/* More is waiting than we want to hold: the other side of the session should stop reading. */
static inline bool stream_is_full(const struct stream *s)
{
    return s->out.n > STREAM_QUEUE_HIGH;
}
void stream_pause(struct stream *s, bool paused);
/* Wakes the owner only when `bytes` are there, or the end; a hint, which TLS does without. */
void stream_wake_at(struct stream *s, int bytes);
/* Decrypted bytes wait inside the TLS layer, of which the socket will not tell. */
bool stream_has_hidden_input(const struct stream *s);

#endif
