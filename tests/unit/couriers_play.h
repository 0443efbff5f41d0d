/* A courier of hooks or chats, played by the test: it takes the keeper's calls, and says how they
 * went. */
#ifndef SL_TESTS_COURIERS_PLAY_H
#define SL_TESTS_COURIERS_PLAY_H

#include "tests/unit/keeper_play.h"

enum { COURIER_OF_HOOKS = 1, COURIER_OF_CHATS = 2 };

/* The last FETCH, of whichever courier. */
static struct {
    uint64_t call;
    char name[64], body[65536];
} fetched;

/* The keeper's channel to a courier that has just come. */
static inline int courier_comes_as(uint32_t index)
{
    int pair[2];

    SL_PROMISE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    TELL_FD(play.super, pair[1], peer, .role = SL_ROLE_COURIER, .index = index);
    close(pair[1]);
    return pair[0];
}

static inline bool fetch_comes_to(int courier, int ms)
{
    struct sl_msg_fetch m;

    if (hear_within(courier, ms) != SL_MESSAGE_FETCH || !HEARD(fetch, &m))
        return false;
    fetched.call = m.call;
    keep_span(fetched.name, sizeof fetched.name, m.issuer);
    keep_span(fetched.body, sizeof fetched.body, m.body);
    return true;
}

static inline void say_status(int courier, uint64_t call, uint32_t status)
{
    TELL(courier, fetched, .call = call, .status = status);
}

/* The keeper has let go of it; what it had said before is passed over. */
static inline bool courier_is_over(int courier)
{
    struct pollfd p = {.fd = courier, .events = POLLIN};

    while (poll(&p, 1, PATIENCE_MS) > 0)
        if (recv(courier, play.in, sizeof play.in, MSG_DONTWAIT) <= 0)
            return true;
    return false;
}

#endif
