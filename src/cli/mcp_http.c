/* Requests to the API beside everything else (os/transfers.h). */
#include "cli/mcp.h"

static void on_over(void *owner, CURL *easy, CURLcode result)
{
    struct mcp_call *c = NULL;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&c);
    if (c == NULL)
        mcp_events_over(owner);
    else
        mcp_request_over(c, result == CURLE_OK);
}

static void on_failed(void *owner)
{
    struct mcp *m = owner;

    fputs("sluice mcp: libcurl lost count of its requests; start it again\n", stderr);
    m->failed = true;
    mcp_end(m);
}

enum sl_err mcp_http_new(struct mcp *m)
{
    const struct sl_transfers_owner owner = {on_over, on_failed, m, 0};

    return sl_transfers_new(m->loop, &owner, &m->transfers);
}

void mcp_http_free(struct mcp *m)
{
    sl_transfers_free(m->transfers);
    m->transfers = NULL;
}

enum sl_err mcp_http_begin(struct mcp *m, struct mcp_call *c, struct sl_api_exchange *x)
{
    CURL *easy = sl_api_exchange_easy(x);

    curl_easy_setopt(easy, CURLOPT_PRIVATE, c);
    return curl_multi_add_handle(sl_transfers_multi(m->transfers), easy) == CURLM_OK ? SL_OK
                                                                                     : SL_EMEMORY;
}

void mcp_http_drop(struct mcp *m, struct sl_api_exchange *x)
{
    if (x != NULL)
        curl_multi_remove_handle(sl_transfers_multi(m->transfers), sl_api_exchange_easy(x));
    sl_api_exchange_free(x);
}
