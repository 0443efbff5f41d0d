#include "os/packet_int.h"

#include "os/clock.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MAX_QUEUED_BYTES = 64 * 1024 * 1024,
    PACKETS_A_WAKE_UP = 32,
    SOCKET_BUFFER_BYTES = 1024 * 1024,
};

/* A packet that the socket did not take yet; it owns its bytes and descriptors. */
struct waiting {
    struct waiting *next;
    struct sl_packet_out packet;
    size_t counted; /* what it counts against the ceiling, a memfd's body included */
    uint8_t bytes[];
};

struct sl_channel {
    int fd;
    enum sl_role peer;
    enum sl_conn_state state;
    sl_channel_packet_fn *on_packet;
    sl_channel_end_fn *on_end;
    void *owner;
    struct sl_watch *watch;
    struct sl_timer *ending;
    struct waiting *first, **last;
    size_t queued_bytes;
    size_t mapped_bytes; /* bodies in memfds given to the socket since it was last found empty */
    enum sl_err why;     /* SL_OK while the peer is good */
    bool deaf;           /* the peer reads no more; what it sent before may still be there */
    bool ended;          /* on_end was called */
    bool busy, dead;     /* inside a callback; freed inside a callback */
    uint8_t room[SL_PACKET_BYTES + 1];
};

static void waiting_free(struct waiting *w)
{
    for (size_t i = 0; i < w->packet.fd_count; i++)
        if (w->packet.fds[i] >= 0)
            close(w->packet.fds[i]);
    free(w);
}

static void drop_queue(struct sl_channel *c)
{
    while (c->first != NULL) {
        struct waiting *w = c->first;
        c->first = w->next;
        waiting_free(w);
    }
    c->last = &c->first;
    c->queued_bytes = 0;
}

static void set_interest(struct sl_channel *c)
{
    unsigned interest = c->why == SL_OK ? SL_READABLE : 0;

    if (c->why == SL_OK && c->first != NULL && !c->deaf)
        interest |= SL_WRITABLE;
    sl_watch_interest(c->watch, interest);
}

/* The first reason stays. on_end is called from the loop, never from inside a send. */
void sl_channel_break(struct sl_channel *c, enum sl_err why)
{
    if (c->why != SL_OK || c->dead)
        return;
    c->why = why == SL_OK ? SL_EMALFORMED : why;
    drop_queue(c);
    set_interest(c);
    sl_timer_arm(c->ending, 0);
}

static void destroy(struct sl_channel *c)
{
    sl_timer_free(c->ending);
    sl_watch_free(c->watch);
    drop_queue(c);
    free(c);
}

void sl_channel_free(struct sl_channel *c)
{
    if (c == NULL || c->dead)
        return;
    c->dead = true;
    sl_watch_interest(c->watch, 0);
    sl_timer_disarm(c->ending);
    close(c->fd);
    c->fd = -1;
    if (!c->busy)
        destroy(c);
}

static void tell_end(struct sl_channel *c)
{
    if (c->ended || c->dead || c->why == SL_OK)
        return;
    c->ended = true;
    sl_timer_disarm(c->ending);
    c->on_end(c->owner, c, c->why);
}

static void on_ending(void *owner)
{
    struct sl_channel *c = owner;

    c->busy = true;
    tell_end(c);
    c->busy = false;
    if (c->dead)
        destroy(c);
}

static void deliver(struct sl_channel *c, struct sl_packet_in *in)
{
    enum sl_err err = sl_ipc_allowed(in->packet.type, c->peer, c->state);

    if (err != SL_OK)
        sl_channel_break(c, err);
    else
        c->on_packet(c->owner, c, &in->packet);
    sl_packet_done(in);
}

static void receive_some(struct sl_channel *c)
{
    for (unsigned i = 0; i < PACKETS_A_WAKE_UP && c->why == SL_OK && !c->dead; i++) {
        struct sl_packet_in in;
        enum sl_err err = sl_packet_receive(c->fd, c->room, &in);
        if (err == SL_EBUSY)
            return;
        if (err != SL_OK)
            sl_channel_break(c, err);
        else
            deliver(c, &in);
    }
}

static void send_waiting(struct sl_channel *c)
{
    while (c->first != NULL && !c->deaf) {
        struct waiting *w = c->first;
        enum sl_err err = sl_packet_send(c->fd, &w->packet);
        if (err == SL_EBUSY)
            break;
        if (err == SL_EGONE)
            c->deaf = true;
        else if (err != SL_OK)
            sl_channel_break(c, err);
        if (err != SL_OK)
            break;
        c->first = w->next;
        if (c->first == NULL)
            c->last = &c->first;
        c->queued_bytes -= w->counted;
        waiting_free(w);
    }
    if (c->deaf)
        drop_queue(c);
    set_interest(c);
}

static void on_ready(void *owner, int fd, unsigned ready)
{
    struct sl_channel *c = owner;

    (void)fd;
    c->busy = true;
    if ((ready & SL_READABLE) != 0)
        receive_some(c);
    if ((ready & SL_WRITABLE) != 0 && !c->dead && c->why == SL_OK)
        send_waiting(c);
    tell_end(c); /* now, and not after what a replacement says in this same batch */
    c->busy = false;
    if (c->dead)
        destroy(c);
}

static enum sl_err connect_to_loop(struct sl_channel *c, struct sl_loop *l)
{
    SL_TRY(sl_timer_new(l, on_ending, c, &c->ending));
    enum sl_err err = sl_watch_new(l, c->fd, SL_READABLE, on_ready, c, &c->watch);
    if (err != SL_OK)
        sl_timer_free(c->ending);
    return err;
}

enum sl_err sl_channel_new(struct sl_loop *l, int fd, enum sl_role peer, enum sl_conn_state state,
                           sl_channel_packet_fn *on_packet, sl_channel_end_fn *on_end, void *owner,
                           struct sl_channel **out)
{
    struct sl_channel *c = calloc(1, sizeof *c);

    if (c == NULL)
        return SL_EMEMORY;
    c->fd = fd;
    c->peer = peer;
    c->state = state;
    c->on_packet = on_packet;
    c->on_end = on_end;
    c->owner = owner;
    c->last = &c->first;
    enum sl_err err = connect_to_loop(c, l);
    if (err != SL_OK) {
        free(c);
        return err;
    }
    *out = c;
    return SL_OK;
}

void sl_channel_state(struct sl_channel *c, enum sl_conn_state state)
{
    c->state = state;
}

int sl_channel_fd(const struct sl_channel *c)
{
    return c->fd;
}

/* A memfd is ours already and moves into the queue; the caller's descriptors are duplicated. */
static enum sl_err copy_fds(struct waiting *w, const struct sl_packet_out *p)
{
    w->packet.fd_count = p->fd_count;
    for (size_t i = 0; i < p->fd_count; i++)
        w->packet.fds[i] = -1;
    for (size_t i = p->memfd >= 0 ? 1 : 0; i < p->fd_count; i++) {
        w->packet.fds[i] = fcntl(p->fds[i], F_DUPFD_CLOEXEC, 0);
        if (w->packet.fds[i] < 0)
            return SL_ELIMIT;
    }
    return SL_OK;
}

static enum sl_err queue_packet(struct sl_channel *c, struct sl_packet_out *p, size_t counted)
{
    if (counted > MAX_QUEUED_BYTES - c->queued_bytes)
        return SL_ELIMIT;
    struct waiting *w = malloc(sizeof *w + p->bytes.n);
    if (w == NULL)
        return SL_EMEMORY;
    *w = (struct waiting){.counted = counted, .packet.memfd = -1};
    enum sl_err err = copy_fds(w, p);
    if (err != SL_OK) {
        waiting_free(w);
        return err;
    }
    if (p->memfd >= 0)
        w->packet.fds[0] = p->memfd;
    p->memfd = -1;
    memcpy(w->bytes, p->bytes.p, p->bytes.n);
    w->packet.bytes = sl_span(w->bytes, p->bytes.n);
    *c->last = w;
    c->last = &w->next;
    c->queued_bytes += counted;
    return SL_OK;
}

/* The socket counts a memfd as nothing: without this a peer that does not read would cost us memory
 * without end. The kernel says when the peer has read everything. */
static enum sl_err count_mapped(struct sl_channel *c, const struct sl_packet_out *p, size_t bytes)
{
    int unread = 0;

    if (p->memfd < 0)
        return SL_OK;
    if (c->mapped_bytes + bytes > MAX_QUEUED_BYTES) {
        if (ioctl(c->fd, SIOCOUTQ, &unread) != 0 || unread != 0)
            return SL_ELIMIT;
        c->mapped_bytes = 0;
    }
    c->mapped_bytes += bytes;
    return SL_OK;
}

/* What count_mapped and queue_packet would say, before anything is tried. */
bool sl_channel_has_room(const struct sl_channel *c, size_t bytes)
{
    int unread = 0;

    if (c->why != SL_OK || c->dead || c->deaf)
        return true; /* it is not for want of room that this does not arrive */
    if (c->first != NULL && bytes > MAX_QUEUED_BYTES - c->queued_bytes)
        return false;
    if (bytes <= SL_IPC_INLINE || c->mapped_bytes + bytes <= MAX_QUEUED_BYTES)
        return true;
    return ioctl(c->fd, SIOCOUTQ, &unread) == 0 && unread == 0;
}

enum sl_err sl_channel_send(struct sl_channel *c, struct sl_span message, const int *fds,
                            size_t fd_count)
{
    struct sl_packet_out p;

    if (c->why != SL_OK || c->dead || c->deaf)
        return SL_EGONE;
    SL_TRY(sl_packet_prepare(message, fds, fd_count, &p));
    enum sl_err err = count_mapped(c, &p, message.n);
    if (err == SL_OK)
        err = c->first == NULL ? sl_packet_send(c->fd, &p) : SL_EBUSY;
    if (err == SL_EBUSY)
        err = queue_packet(c, &p, message.n);
    if (p.memfd >= 0)
        close(p.memfd);
    if (err == SL_EGONE) {
        c->deaf = true; /* its last words may still wait to be read; the end follows them */
        err = SL_OK;
    }
    if (err != SL_OK)
        sl_channel_break(c, err);
    else
        set_interest(c);
    return err;
}

void sl_channel_post(struct sl_channel *c, struct sl_buf *message)
{
    if (c->why != SL_OK || c->dead || c->deaf)
        return;
    enum sl_err err = sl_buf_err(message);
    if (err == SL_OK)
        err = sl_channel_send(c, sl_buf_span(message), NULL, 0);
    if (err != SL_OK)
        sl_channel_break(c, err);
}

enum sl_err sl_channel_pair(int fds[2])
{
    int size = SOCKET_BUFFER_BYTES, pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
        return SL_EIO;
    for (unsigned i = 0; i < 2;
         i++) /* the kernel caps it at net.core.wmem_max: enough either way */
        if (setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size) != 0) {
            close(pair[0]);
            close(pair[1]);
            return SL_EIO;
        }
    fds[0] = pair[0];
    fds[1] = pair[1];
    return SL_OK;
}

static enum sl_err wait_until(int fd, short what, uint64_t deadline_us)
{
    for (;;) {
        uint64_t now = sl_clock_monotonic_us();
        if (now >= deadline_us)
            return SL_ETIMEOUT;
        struct pollfd p = {.fd = fd, .events = what};
        if (poll(&p, 1, (int)((deadline_us - now + 999u) / 1000u)) > 0)
            return SL_OK;
    }
}

static enum sl_err send_before(int fd, struct sl_span message, uint64_t deadline_us)
{
    struct sl_packet_out p;
    enum sl_err err;

    SL_TRY(sl_packet_prepare(message, NULL, 0, &p));
    while ((err = sl_packet_send(fd, &p)) == SL_EBUSY)
        if ((err = wait_until(fd, POLLOUT, deadline_us)) != SL_OK)
            break;
    if (p.memfd >= 0)
        close(p.memfd);
    return err;
}

enum sl_err sl_packet_await(int fd, uint64_t deadline_us, struct sl_buf *scratch,
                            struct sl_packet *out)
{
    struct sl_packet_in in;
    enum sl_err err;
    uint8_t *room = malloc(SL_PACKET_BYTES + 1);

    if (room == NULL)
        return SL_EMEMORY;
    while ((err = sl_packet_receive(fd, room, &in)) == SL_EBUSY)
        if ((err = wait_until(fd, POLLIN, deadline_us)) != SL_OK)
            break;
    if (err == SL_OK) {
        sl_buf_reset(scratch);
        sl_buf_put(scratch, in.packet.body);
        err = sl_buf_err(scratch);
        if (err == SL_OK) {
            *out = in.packet;
            out->body = sl_buf_span(scratch);
            in.packet.fd_count = 0; /* the caller's now */
        }
        sl_packet_done(&in);
    }
    free(room);
    return err;
}

enum sl_err sl_channel_ask(int fd, enum sl_role peer, struct sl_span message, uint64_t timeout_ms,
                           struct sl_buf *scratch, struct sl_packet *answer)
{
    uint64_t deadline_us = sl_clock_monotonic_us() + timeout_ms * 1000u;
    struct sl_packet got;

    SL_TRY(send_before(fd, message, deadline_us));
    SL_TRY(sl_packet_await(fd, deadline_us, scratch, &got));
    if (sl_ipc_allowed(got.type, peer, SL_CONN_OPEN) != SL_OK) {
        for (size_t i = 0; i < got.fd_count; i++)
            close(got.fds[i]);
        return SL_EMALFORMED;
    }
    *answer = got;
    return SL_OK;
}
