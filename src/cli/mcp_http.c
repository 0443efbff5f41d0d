/* libcurl's multi handle on the loop: it says which sockets and when, we say when they are ready.
 */
#include "cli/mcp.h"

#include <curl/curl.h>

static void finish_calls(struct mcp *m)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(m->multi, &left)) != NULL) {
        struct mcp_call *c = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        bool reached = message->data.result == CURLE_OK;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&c);
        if (c == NULL)
            mcp_events_over(m);
        else
            mcp_request_over(c, reached);
    }
}

static void act(struct mcp *m, curl_socket_t fd, int ready)
{
    int running;

    if (curl_multi_socket_action(m->multi, fd, ready, &running) == CURLM_OK)
        finish_calls(m);
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
    struct mcp *m = owner;
    struct sl_watch *watch = known;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        sl_watch_free(watch);
        curl_multi_assign(m->multi, fd, NULL);
        return 0;
    }
    if (watch != NULL) {
        sl_watch_interest(watch, interest_of(what));
        return 0;
    }
    if (sl_watch_new(m->loop, fd, interest_of(what), on_ready, m, &watch) != SL_OK)
        return -1;
    return curl_multi_assign(m->multi, fd, watch) == CURLM_OK ? 0 : -1;
}

/* Zero is as soon as the loop comes around: never from within libcurl. */
static int on_time(CURLM *multi, long after_ms, void *owner)
{
    struct mcp *m = owner;

    (void)multi;
    if (after_ms < 0)
        sl_timer_disarm(m->http_timer);
    else
        sl_timer_arm(m->http_timer, (uint64_t)after_ms);
    return 0;
}

enum sl_err mcp_http_new(struct mcp *m)
{
    SL_TRY(sl_timer_new(m->loop, on_timer, m, &m->http_timer));
    m->multi = curl_multi_init();
    if (m->multi == NULL)
        return SL_EMEMORY;
    curl_multi_setopt(m->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(m->multi, CURLMOPT_SOCKETDATA, m);
    curl_multi_setopt(m->multi, CURLMOPT_TIMERFUNCTION, on_time);
    curl_multi_setopt(m->multi, CURLMOPT_TIMERDATA, m);
    return SL_OK;
}

void mcp_http_free(struct mcp *m)
{
    if (m->multi != NULL)
        curl_multi_cleanup(m->multi);
    m->multi = NULL;
    sl_timer_free(m->http_timer);
    m->http_timer = NULL;
}

enum sl_err mcp_http_begin(struct mcp *m, struct mcp_call *c, struct sl_api_exchange *x)
{
    CURL *easy = sl_api_exchange_easy(x);

    curl_easy_setopt(easy, CURLOPT_PRIVATE, c);
    return curl_multi_add_handle(m->multi, easy) == CURLM_OK ? SL_OK : SL_EMEMORY;
}

void mcp_http_drop(struct mcp *m, struct sl_api_exchange *x)
{
    if (x != NULL)
        curl_multi_remove_handle(m->multi, sl_api_exchange_easy(x));
    sl_api_exchange_free(x);
}
