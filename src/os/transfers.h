/* libcurl's transfers on our loop: its multi handle says which sockets and when, the loop says when
 * they are ready. Nothing here waits.
 *
 * The multi handle is libcurl's own (curl_multi_add_handle, curl_multi_remove_handle): easy handles
 * come and go as their owner likes, also from within `over`. */
#ifndef SL_OS_TRANSFERS_H
#define SL_OS_TRANSFERS_H

#include "os/loop.h"

#include <curl/curl.h>

struct sl_transfers;

struct sl_transfers_owner {
    /* A transfer ended; its easy handle is still in the multi handle. */
    void (*over)(void *owner, CURL *easy, CURLcode result);
    /* libcurl lost count: no transfer of this handle will end any more. */
    void (*failed)(void *owner);
    void *owner;
    long connections_kept; /* idle ones; 0: as libcurl likes */
};

enum sl_err sl_transfers_new(struct sl_loop *loop, const struct sl_transfers_owner *owner,
                             struct sl_transfers **out) SL_MUST_CHECK;
/* Its easy handles have been removed before. NULL is fine. */
void sl_transfers_free(struct sl_transfers *t);
CURLM *sl_transfers_multi(const struct sl_transfers *t);

#endif
