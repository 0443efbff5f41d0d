#include "os/transfers.h"

#include <stdlib.h>

struct sl_transfers {
    struct sl_loop *loop;
    struct sl_timer *timer;
    CURLM *multi;
    struct sl_transfers_owner of;
};

static void finish(struct sl_transfers *t)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(t->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE)
            t->of.over(t->of.owner, message->easy_handle, message->data.result);
}

static void act(struct sl_transfers *t, curl_socket_t fd, int ready)
{
    int running;

    if (curl_multi_socket_action(t->multi, fd, ready, &running) == CURLM_OK)
        finish(t);
    else
        t->of.failed(t->of.owner);
}

static void on_ready(void *owner, int fd, unsigned ready)
{
    act(owner, fd,
        ((ready & SL_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
            ((ready & SL_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0));
}

static void on_timer(void *owner)
{
    act(owner, CURL_SOCKET_TIMEOUT, 0);
}

static unsigned interest_of(int what)
{
    return ((what & CURL_POLL_IN) != 0 ? (unsigned)SL_READABLE : 0u) |
           ((what & CURL_POLL_OUT) != 0 ? (unsigned)SL_WRITABLE : 0u);
}

/* The watch of a socket is kept with libcurl (`known`) and ends before the socket does. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *owner, void *known)
{
    struct sl_transfers *t = owner;
    struct sl_watch *watch = known;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        sl_watch_free(watch);
        curl_multi_assign(t->multi, fd, NULL);
        return 0;
    }
    if (watch != NULL) {
        sl_watch_interest(watch, interest_of(what));
        return 0;
    }
    if (sl_watch_new(t->loop, fd, interest_of(what), on_ready, t, &watch) != SL_OK)
        return -1;
    return curl_multi_assign(t->multi, fd, watch) == CURLM_OK ? 0 : -1;
}

/* Zero is as soon as the loop comes around: never from within libcurl. */
static int on_time(CURLM *multi, long after_ms, void *owner)
{
    struct sl_transfers *t = owner;

    (void)multi;
    if (after_ms < 0)
        sl_timer_disarm(t->timer);
    else
        sl_timer_arm(t->timer, (uint64_t)after_ms);
    return 0;
}

static enum sl_err begin(struct sl_transfers *t)
{
    SL_TRY(sl_timer_new(t->loop, on_timer, t, &t->timer));
    t->multi = curl_multi_init();
    if (t->multi == NULL)
        return SL_EMEMORY;
    curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
    curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, on_time);
    curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
    if (t->of.connections_kept > 0)
        curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, t->of.connections_kept);
    return SL_OK;
}

enum sl_err sl_transfers_new(struct sl_loop *loop, const struct sl_transfers_owner *owner,
                             struct sl_transfers **out)
{
    struct sl_transfers *t = calloc(1, sizeof *t);
    enum sl_err err;

    if (t == NULL)
        return SL_EMEMORY;
    *t = (struct sl_transfers){.loop = loop, .of = *owner};
    err = begin(t);
    if (err != SL_OK) {
        sl_transfers_free(t);
        return err;
    }
    *out = t;
    return SL_OK;
}

void sl_transfers_free(struct sl_transfers *t)
{
    if (t == NULL)
        return;
    if (t->multi != NULL)
        curl_multi_cleanup(t->multi);
    sl_timer_free(t->timer);
    free(t);
}

CURLM *sl_transfers_multi(const struct sl_transfers *t)
{
    return t->multi;
}
