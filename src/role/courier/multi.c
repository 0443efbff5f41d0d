/* libcurl's multi handle on our loop: it says which sockets and when, we say when they are ready.
 */
#include "role/courier/courier_int.h"

#include <stdlib.h>

enum { CONNECTIONS_KEPT = 16 };

static void finish_calls(struct sl_courier *c)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(c->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE &&
            !sl_courier_stream_over(c, message->easy_handle, message->data.result) &&
            !sl_courier_socket_over(c, message->easy_handle, message->data.result))
            sl_courier_call_over(message->easy_handle, message->data.result);
}

static void act(struct sl_courier *c, curl_socket_t fd, int ready)
{
    int running;

    if (curl_multi_socket_action(c->multi, fd, ready, &running) != CURLM_OK) {
        sl_log(SL_LOG_ERROR, "courier_ends", SL_CSTR("why", "the transfers are in disorder"));
        c->failed = true;
        sl_loop_stop(c->loop);
        return;
    }
    finish_calls(c);
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
    struct sl_courier *c = owner;
    struct sl_watch *watch = known;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        sl_watch_free(watch);
        curl_multi_assign(c->multi, fd, NULL);
        return 0;
    }
    if (watch != NULL) {
        sl_watch_interest(watch, interest_of(what));
        return 0;
    }
    if (sl_watch_new(c->loop, fd, interest_of(what), on_ready, c, &watch) != SL_OK)
        return -1;
    return curl_multi_assign(c->multi, fd, watch) == CURLM_OK ? 0 : -1;
}

/* Zero is as soon as the loop comes around: never from within libcurl. */
static int on_time(CURLM *multi, long after_ms, void *owner)
{
    struct sl_courier *c = owner;

    (void)multi;
    if (after_ms < 0)
        sl_timer_disarm(c->timer);
    else
        sl_timer_arm(c->timer, (uint64_t)after_ms);
    return 0;
}

enum sl_err sl_courier_multi_new(struct sl_courier *c)
{
    SL_TRY(sl_timer_new(c->loop, on_timer, c, &c->timer));
    c->multi = curl_multi_init();
    if (c->multi == NULL)
        return SL_EMEMORY;
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_time);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    return SL_OK;
}

void sl_courier_multi_free(struct sl_courier *c)
{
    if (c->multi != NULL)
        curl_multi_cleanup(c->multi);
    c->multi = NULL;
    sl_timer_free(c->timer);
    c->timer = NULL;
}
