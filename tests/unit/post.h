/* Messages to a role that a test started: the test is its supervisor and its peers. */
#ifndef SL_TESTS_POST_H
#define SL_TESTS_POST_H

#include "ipc/messages.h"
#include "os/packet_int.h"

#include <unistd.h>

enum { POST_ROOM_MS = 20000 }; /* a program under test that is slow to read has so long */

/* Sends `message`, and the descriptor `passed` unless that is -1. Waits for room. */
static inline void post(int fd, struct sl_buf *message, int passed)
{
    struct sl_packet_out out;
    enum sl_err err;

    SL_PROMISE(sl_packet_prepare(sl_buf_span(message), &passed, passed >= 0 ? 1 : 0, &out) ==
               SL_OK);
    for (unsigned ms = 0; (err = sl_packet_send(fd, &out)) == SL_EBUSY && ms < POST_ROOM_MS; ms++)
        usleep(1000);
    SL_PROMISE(err == SL_OK);
    if (out.memfd >= 0)
        close(out.memfd);
}

/* POST(fd, passed, peer, .role = ...): the message of that name, with these members. */
#define POST(fd, passed, name, ...)                    \
    do {                                               \
        SL_BUF(post_buf, SL_IPC_MAX_BODY);             \
        struct sl_msg_##name post_msg = {__VA_ARGS__}; \
        sl_msg_##name##_put(&post_buf, &post_msg);     \
        post((fd), &post_buf, (passed));               \
    } while (0)

#endif
