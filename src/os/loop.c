#include "os/loop.h"

#include "os/clock.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdlib.h>

struct sl_loop {
    struct event_base *base;
    size_t users; /* watches, timers and signals: libevent asks the base when one is taken off it */
    bool stopping;
    bool freed; /* by its owner, and no user is left: then it goes */
};

/* Two events on one descriptor: turning one direction on or off is a single epoll_ctl. */
struct sl_watch {
    struct sl_loop *loop;
    struct event readable, writable;
    unsigned interest;
    sl_watch_fn *fn;
    void *owner;
};

struct sl_timer {
    struct sl_loop *loop;
    struct event event;
    sl_timer_fn *fn;
    void *owner;
};

struct sl_signal {
    struct sl_loop *loop;
    struct event event;
    sl_signal_fn *fn;
    void *owner;
};

enum sl_err sl_loop_new(struct sl_loop **out)
{
    struct sl_loop *l = calloc(1, sizeof *l);

    if (l == NULL)
        return SL_EMEMORY;
    signal(SIGPIPE, SIG_IGN); /* a peer that went away is an answer, not a signal */
    struct event_config *wanted = event_config_new();
    if (wanted != NULL) {
        /* One thread, and no surprises from EVENT_* environment variables. */
        event_config_set_flag(wanted, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
        l->base = event_base_new_with_config(wanted);
        event_config_free(wanted);
    }
    if (l->base == NULL) {
        free(l);
        return SL_EMEMORY;
    }
    *out = l;
    return SL_OK;
}

static void end_if_unused(struct sl_loop *l)
{
    if (!l->freed || l->users > 0)
        return;
    event_base_free(l->base);
    free(l);
}

void sl_loop_free(struct sl_loop *l)
{
    if (l == NULL)
        return;
    l->freed = true;
    end_if_unused(l);
}

static struct sl_loop *use(struct sl_loop *l)
{
    l->users++;
    return l;
}

static void unuse(struct sl_loop *l)
{
    l->users--;
    end_if_unused(l);
}

enum sl_err sl_loop_run(struct sl_loop *l, sl_timer_fn *before_sleep, void *owner)
{
    for (;;) {
        if (before_sleep != NULL)
            before_sleep(owner);
        if (l->stopping) {
            l->stopping = false;
            return SL_OK;
        }
        if (event_base_loop(l->base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY) < 0)
            return SL_EIO;
    }
}

void sl_loop_stop(struct sl_loop *l)
{
    l->stopping = true;
    event_base_loopbreak(l->base); /* forgotten by libevent when no batch is under way */
}

uint64_t sl_loop_now_ms(const struct sl_loop *l)
{
    (void)l;
    return sl_clock_monotonic_us() / 1000u; /* answered by the vDSO, without a system call */
}

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
    struct sl_watch *w = arg;

    w->fn(w->owner, fd, (what & EV_READ) != 0 ? SL_READABLE : SL_WRITABLE);
}

enum sl_err sl_watch_new(struct sl_loop *l, int fd, unsigned interest, sl_watch_fn *fn, void *owner,
                         struct sl_watch **out)
{
    struct sl_watch *w = calloc(1, sizeof *w);

    if (w == NULL)
        return SL_EMEMORY;
    w->fn = fn;
    w->owner = owner;
    if (event_assign(&w->readable, l->base, fd, EV_READ | EV_PERSIST, on_watch, w) != 0 ||
        event_assign(&w->writable, l->base, fd, EV_WRITE | EV_PERSIST, on_watch, w) != 0) {
        free(w);
        return SL_EIO;
    }
    w->loop = use(l);
    sl_watch_interest(w, interest);
    *out = w;
    return SL_OK;
}

/* A descriptor that the kernel refuses to watch is a mistake of ours, not of a peer. */
static void turn(struct event *event, bool was, bool on)
{
    if (on && !was)
        SL_PROMISE(event_add(event, NULL) == 0);
    else if (was && !on)
        SL_PROMISE(event_del(event) == 0);
}

void sl_watch_interest(struct sl_watch *w, unsigned interest)
{
    if (w->interest == interest)
        return;
    turn(&w->readable, (w->interest & SL_READABLE) != 0, (interest & SL_READABLE) != 0);
    turn(&w->writable, (w->interest & SL_WRITABLE) != 0, (interest & SL_WRITABLE) != 0);
    w->interest = interest;
}

void sl_watch_free(struct sl_watch *w)
{
    if (w == NULL)
        return;
    sl_watch_interest(w, 0);
    unuse(w->loop);
    free(w);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct sl_timer *t = arg;

    (void)fd;
    (void)what;
    t->fn(t->owner);
}

enum sl_err sl_timer_new(struct sl_loop *l, sl_timer_fn *fn, void *owner, struct sl_timer **out)
{
    struct sl_timer *t = calloc(1, sizeof *t);

    if (t == NULL)
        return SL_EMEMORY;
    t->fn = fn;
    t->owner = owner;
    if (evtimer_assign(&t->event, l->base, on_timer, t) != 0) {
        free(t);
        return SL_EIO;
    }
    t->loop = use(l);
    *out = t;
    return SL_OK;
}

void sl_timer_arm(struct sl_timer *t, uint64_t after_ms)
{
    struct timeval after = {.tv_sec = (time_t)(after_ms / 1000u),
                            .tv_usec = (suseconds_t)(after_ms % 1000u * 1000u)};

    /* From now, not from when this batch began: a callback may have taken its time. */
    SL_PROMISE(event_base_update_cache_time(event_get_base(&t->event)) == 0);
    SL_PROMISE(evtimer_add(&t->event, &after) == 0);
}

void sl_timer_disarm(struct sl_timer *t)
{
    SL_PROMISE(evtimer_del(&t->event) == 0);
}

void sl_timer_free(struct sl_timer *t)
{
    if (t == NULL)
        return;
    sl_timer_disarm(t);
    unuse(t->loop);
    free(t);
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct sl_signal *s = arg;

    (void)what;
    s->fn(s->owner, number);
}

enum sl_err sl_signal_new(struct sl_loop *l, int number, sl_signal_fn *fn, void *owner,
                          struct sl_signal **out)
{
    struct sl_signal *s = calloc(1, sizeof *s);

    if (s == NULL)
        return SL_EMEMORY;
    s->fn = fn;
    s->owner = owner;
    if (evsignal_assign(&s->event, l->base, number, on_signal, s) != 0 ||
        evsignal_add(&s->event, NULL) != 0) {
        free(s);
        return SL_EIO;
    }
    s->loop = use(l);
    *out = s;
    return SL_OK;
}

void sl_signal_free(struct sl_signal *s)
{
    if (s == NULL)
        return;
    evsignal_del(&s->event);
    unuse(s->loop);
    free(s);
}
