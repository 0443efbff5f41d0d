/* One packet in or out of a raw SEQPACKET descriptor; what channel.c and child.c are made of. */
#ifndef SL_OS_PACKET_INT_H
#define SL_OS_PACKET_INT_H

#include "os/channel.h"

enum { SL_PACKET_BYTES = SL_IPC_INLINE + SL_IPC_HEADER };

/* A received packet together with what must be let go after its use. */
struct sl_packet_in {
    struct sl_packet packet;
    void *mapped; /* the memfd body, or NULL */
    size_t mapped_bytes;
};

/* Receives one packet without waiting. `room` has SL_PACKET_BYTES + 1 bytes. SL_EBUSY: nothing
 * there; SL_EGONE: closed; SL_EMALFORMED, SL_ELIMIT: the peer broke the format (all its fds are
 * closed). */
enum sl_err sl_packet_receive(int fd, uint8_t *room, struct sl_packet_in *in) SL_MUST_CHECK;
/* Unmaps the body and closes the fds that were not taken (set to -1). */
void sl_packet_done(struct sl_packet_in *in);

/* What goes into one datagram: `message` itself, or its header and a memfd as the first fd. */
struct sl_packet_out {
    struct sl_span bytes; /* a view into the message */
    int fds[SL_CHANNEL_MAX_FDS + 1];
    size_t fd_count;
    int memfd; /* -1, or fds[0]: to be closed after sending */
};
enum sl_err sl_packet_prepare(struct sl_span message, const int *fds, size_t fd_count,
                              struct sl_packet_out *out) SL_MUST_CHECK;
/* SL_EBUSY: the socket takes nothing now. SL_EGONE: nobody is there. */
enum sl_err sl_packet_send(int fd, const struct sl_packet_out *out) SL_MUST_CHECK;

/* Waits for one packet; its body moves into `scratch`, its fds are the caller's. */
enum sl_err sl_packet_await(int fd, uint64_t deadline_us, struct sl_buf *scratch,
                            struct sl_packet *out) SL_MUST_CHECK;

#endif
