/* A channel between two of Sluice's programs: SEQPACKET datagrams in the formats of ipc/messages.h.
 *
 * The channel knows who is at the other end and in which state it is, and drops every message that
 * the table does not allow: the peer is then "bad" and the owner is told once. Sending never blocks
 * and never loses: what the socket does not take now waits in a queue (with a ceiling; past it the
 * peer is bad) and goes out when it is writable. Bodies over SL_IPC_INLINE travel in a sealed
 * memfd.
 */
#ifndef SL_OS_CHANNEL_H
#define SL_OS_CHANNEL_H

#include "ipc/messages.h"
#include "os/loop.h"

struct sl_channel;

enum { SL_CHANNEL_MAX_FDS = 20 };

struct sl_packet {
    enum sl_message type;
    struct sl_span body;         /* valid during the callback */
    int fds[SL_CHANNEL_MAX_FDS]; /* the callback owns them; those it leaves (>= 0) are closed */
    size_t fd_count;
};

/* Called for each message that the table allows. */
typedef void sl_channel_packet_fn(void *owner, struct sl_channel *c, struct sl_packet *packet);
/* Called once: why SL_EGONE (closed), else the peer broke the rules. The owner frees the channel.
 */
typedef void sl_channel_end_fn(void *owner, struct sl_channel *c, enum sl_err why);

/* Takes the descriptor over. `peer` is the role at the other end. state starts as SL_CONN_OPEN, or
 * FRESH for a child's channel to its supervisor. */
enum sl_err sl_channel_new(struct sl_loop *l, int fd, enum sl_role peer, enum sl_conn_state state,
                           sl_channel_packet_fn *on_packet, sl_channel_end_fn *on_end, void *owner,
                           struct sl_channel **out) SL_MUST_CHECK;
void sl_channel_free(struct sl_channel *c); /* closes the descriptor; safe inside callbacks */
void sl_channel_state(struct sl_channel *c, enum sl_conn_state state);
int sl_channel_fd(const struct sl_channel *c);

/* `message` is what sl_msg_..._put wrote. fds are duplicated; the caller keeps his. */
enum sl_err sl_channel_send(struct sl_channel *c, struct sl_span message, const int *fds,
                            size_t fd_count) SL_MUST_CHECK;
/* Would a message of so many bytes (header included) fit beneath the ceiling now? A peer that is
 * slow broke no rule: who may send much asks this first, and keeps or refuses what does not fit.
 * Nothing tells when there is room again: ask again after a moment. */
bool sl_channel_has_room(const struct sl_channel *c, size_t bytes) SL_MUST_CHECK;
/* SL_SEND(channel, keeper, action_propose, &message) encodes into a scratch buffer and sends.
 * Failure to send is treated like the end of the peer: on_end is called from the loop. */
#define SL_SEND(channel, name, ...)                           \
    do {                                                      \
        SL_BUF(sl_send_buf, SL_IPC_MAX_BODY + SL_IPC_HEADER); \
        struct sl_msg_##name sl_send_msg = {__VA_ARGS__};     \
        sl_msg_##name##_put(&sl_send_buf, &sl_send_msg);      \
        sl_channel_post((channel), &sl_send_buf);             \
    } while (0)
/* Sends what was built; an error in the buffer or the channel breaks the channel (on_end follows).
 */
void sl_channel_post(struct sl_channel *c, struct sl_buf *message);
/* The owner found the peer's message wrong: on_end(SL_EMALFORMED) follows from the loop. */
void sl_channel_break(struct sl_channel *c, enum sl_err why);

/* A connected pair, close-on-exec: [0] and [1]. */
enum sl_err sl_channel_pair(int fds[2]) SL_MUST_CHECK;

/* Blocking request and answer with a deadline, on a raw descriptor (the signing channel, the
 * control socket). The answer's body is in `scratch`. SL_ETIMEOUT, SL_EGONE, SL_EMALFORMED. */
enum sl_err sl_channel_ask(int fd, enum sl_role peer, struct sl_span message, uint64_t timeout_ms,
                           struct sl_buf *scratch, struct sl_packet *answer) SL_MUST_CHECK;

#endif
