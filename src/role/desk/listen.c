/* Who may connect, and what happens each second. */
#include "role/desk/desk_int.h"

#include "os/clock.h"
#include "os/log.h"

#include <unistd.h>

enum { ACCEPTS_A_WAKE_UP = 64, TICK_MS = 500 };

/* Counts of connections an address, kept as the map's values: NULL is none, so 1 is (void *)1. */
static bool address_enter(struct sl_desk *d, struct sl_span address)
{
    uintptr_t count = (uintptr_t)sl_map_get(d->addresses, address);

    if (d->conn_count >= SL_DESK_MAX_CONNS || count >= SL_DESK_MAX_CONNS_AN_ADDRESS)
        return false;
    return sl_map_put(d->addresses, address, (void *)(count + 1)) == SL_OK;
}

void sl_desk_address_leave(struct sl_desk *d, const char *address)
{
    struct sl_span key = sl_span_str(address);
    uintptr_t count = (uintptr_t)sl_map_get(d->addresses, key);

    /* Replacing the value of a key that is there cannot fail; if it did, the address is let off. */
    if (count <= 1 || sl_map_put(d->addresses, key, (void *)(count - 1)) != SL_OK)
        sl_map_remove(d->addresses, key);
}

static void take(struct sl_desk *d, int fd, const struct sl_net_address *peer)
{
    SL_BUF(address, 64);

    sl_net_put_host(&address, peer);
    if (!address_enter(d, sl_buf_span(&address))) {
        sl_log(SL_LOG_WARN, "connection_refused", SL_TEXT("address", sl_buf_span(&address)),
               SL_NUM("open", d->conn_count));
        close(fd);
        return;
    }
    sl_net_settle(fd);
    sl_desk_conn_open(d, fd, peer);
}

static void set_accepting(struct sl_desk *d, bool on)
{
    for (size_t i = 0; i < d->listener_count; i++)
        sl_watch_interest(d->listeners[i].watch, on ? SL_READABLE : 0);
    d->resting = !on;
}

static void on_connect(void *owner, int listening, unsigned ready)
{
    struct sl_desk *d = owner;

    (void)ready;
    for (unsigned i = 0; i < ACCEPTS_A_WAKE_UP; i++) {
        struct sl_net_address peer;
        int fd;
        enum sl_err err = sl_net_accept(listening, &fd, &peer);

        if (err == SL_EBUSY)
            return;
        if (err == SL_ELIMIT) {
            sl_log(SL_LOG_ERROR, "out_of_descriptors", SL_NUM("open", d->conn_count));
            set_accepting(d, false);
        }
        if (err != SL_OK)
            return;
        take(d, fd, &peer);
    }
}

enum sl_err sl_desk_listen(struct sl_desk *d, int fd)
{
    if (d->listener_count == SL_COUNT(d->listeners))
        return SL_ELIMIT;
    struct sl_desk_listener *l = &d->listeners[d->listener_count];
    SL_TRY(sl_watch_new(d->loop, fd, d->draining ? 0 : SL_READABLE, on_connect, d, &l->watch));
    l->fd = fd;
    d->listener_count++;
    return SL_OK;
}

void sl_desk_listen_stop(struct sl_desk *d)
{
    for (size_t i = 0; i < d->listener_count; i++) {
        sl_watch_free(d->listeners[i].watch);
        close(d->listeners[i].fd);
    }
    d->listener_count = 0;
}

/* The client was slow. In the middle of a request it is told; between two it just ends. */
static void overdue(struct sl_desk_conn *c)
{
    bool in_request = c->phase == SL_DESK_READING && (c->request != NULL || c->in.n > 0);

    if (!in_request) {
        sl_desk_conn_end(c);
        return;
    }
    if (c->request != NULL)
        c->request->keep_alive = false;
    sl_desk_problem(c, 408, "the request did not arrive in time");
    sl_desk_conn_go_on(c);
}

static void tick_conn(struct sl_desk_conn *c, uint64_t now_ms)
{
    const struct sl_desk_request *r = c->request;

    if (c->deadline_ms != 0 && now_ms >= c->deadline_ms) {
        overdue(c);
    } else if (c->phase == SL_DESK_STREAMING) {
        sl_desk_events_heartbeat(c, now_ms);
    } else if (c->phase == SL_DESK_ANSWERING && r->waiting &&
               (now_ms >= r->wait_until_ms || c->desk->draining)) {
        sl_desk_poll_again(c);
    }
}

void sl_desk_tick(void *owner)
{
    struct sl_desk *d = owner;
    uint64_t now_ms = sl_loop_now_ms(d->loop);
    struct sl_desk_conn *next;

    sl_timer_arm(d->tick, TICK_MS);
    if (d->resting && !d->draining)
        set_accepting(d, true);
    sl_desk_calls_overdue(d, now_ms);
    for (struct sl_desk_conn *c = d->conns; c != NULL; c = next) {
        next = c->next;
        tick_conn(c, now_ms);
    }
    sl_desk_drain_check(d);
}
