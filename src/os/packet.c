#include "os/packet_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SEALS = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

union control {
    struct cmsghdr align;
    /* One descriptor more than allowed for the body, one more to notice too many. */
    char bytes[CMSG_SPACE(sizeof(int) * (SL_CHANNEL_MAX_FDS + 2))];
};

static void close_all(int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

void sl_packet_done(struct sl_packet_in *in)
{
    if (in->mapped != NULL)
        munmap(in->mapped, in->mapped_bytes);
    close_all(in->packet.fds, in->packet.fd_count);
    *in = (struct sl_packet_in){0};
}

/* Gathers the descriptors of a control message; those past `max` are closed and counted. */
static size_t take_fds(struct msghdr *m, int *fds, size_t max)
{
    size_t count = 0;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++, count++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (count < max)
                fds[count] = fd;
            else
                close(fd);
        }
    }
    return count;
}

/* Nobody can write to it, cut it or lift the seals: reading it is as safe as a copy. */
static bool is_sealed(int fd, size_t bytes)
{
    struct stat is;
    int seals = fcntl(fd, F_GET_SEALS);

    return seals >= 0 && (seals & SEALS) == SEALS && fstat(fd, &is) == 0 && S_ISREG(is.st_mode) &&
           (uint64_t)is.st_size == bytes;
}

/* The body is in the first descriptor, which the packet's owner never sees. */
static enum sl_err map_body(struct sl_packet_in *in, size_t bytes, int *fds, size_t count)
{
    if (count == 0 || !is_sealed(fds[0], bytes))
        return SL_EMALFORMED;
    void *body = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fds[0], 0);
    if (body == MAP_FAILED)
        return SL_EMEMORY;
    close(fds[0]);
    memmove(fds, fds + 1, (count - 1) * sizeof *fds);
    fds[count - 1] = -1;
    in->mapped = body;
    in->mapped_bytes = bytes;
    in->packet.body = sl_span(body, bytes);
    return SL_OK;
}

static enum sl_err understand(struct sl_span got, int *fds, size_t count, struct sl_packet_in *in)
{
    struct sl_ipc_head head;

    SL_TRY(sl_ipc_head_get(got, &head));
    struct sl_span body = sl_span_from(got, SL_IPC_HEADER);
    if (head.body_bytes > SL_IPC_INLINE) {
        if (body.n != 0)
            return SL_EMALFORMED;
        SL_TRY(map_body(in, head.body_bytes, fds, count));
        count--;
    } else {
        if (body.n != head.body_bytes)
            return SL_EMALFORMED;
        in->packet.body = body;
    }
    if (count > SL_CHANNEL_MAX_FDS)
        return SL_ELIMIT;
    in->packet.type = head.type;
    memcpy(in->packet.fds, fds, count * sizeof *fds);
    in->packet.fd_count = count;
    return SL_OK;
}

enum sl_err sl_packet_receive(int fd, uint8_t *room, struct sl_packet_in *in)
{
    int fds[SL_CHANNEL_MAX_FDS + 1];
    union control control;
    struct iovec part = {.iov_base = room, .iov_len = SL_PACKET_BYTES + 1};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = sizeof control};
    ssize_t got;

    do
        got = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == EAGAIN ? SL_EBUSY : errno == ECONNRESET ? SL_EGONE : SL_EIO;

    size_t count = take_fds(&m, fds, SL_COUNT(fds));
    bool whole = count <= SL_COUNT(fds) && (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
    if (count > SL_COUNT(fds))
        count = SL_COUNT(fds);
    if (got == 0 && count == 0)
        return SL_EGONE;

    *in = (struct sl_packet_in){0};
    enum sl_err err = whole ? understand(sl_span(room, (size_t)got), fds, count, in) : SL_ELIMIT;
    if (err == SL_OK)
        return SL_OK;
    close_all(fds, count);
    sl_packet_done(in);
    return err;
}

static enum sl_err seal_body(struct sl_span body, int *out)
{
    int fd = memfd_create("sluice-body", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0)
        return SL_EMEMORY;
    while (body.n > 0) {
        ssize_t put = write(fd, body.p, body.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            break;
        body = sl_span_from(body, (size_t)put);
    }
    if (body.n > 0 || fcntl(fd, F_ADD_SEALS, SEALS) != 0) {
        close(fd);
        return SL_EMEMORY;
    }
    *out = fd;
    return SL_OK;
}

enum sl_err sl_packet_prepare(struct sl_span message, const int *fds, size_t fd_count,
                              struct sl_packet_out *out)
{
    struct sl_packet_out p = {.bytes = message, .memfd = -1};

    if (fd_count > SL_CHANNEL_MAX_FDS || message.n < SL_IPC_HEADER)
        return SL_ELIMIT;
    if (message.n > SL_PACKET_BYTES) {
        SL_TRY(seal_body(sl_span_from(message, SL_IPC_HEADER), &p.memfd));
        p.fds[p.fd_count++] = p.memfd;
        p.bytes = sl_span_head(message, SL_IPC_HEADER);
    }
    for (size_t i = 0; i < fd_count; i++)
        p.fds[p.fd_count++] = fds[i];
    *out = p;
    return SL_OK;
}

enum sl_err sl_packet_send(int fd, const struct sl_packet_out *out)
{
    union control control = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)out->bytes.p, .iov_len = out->bytes.n};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t put;

    if (out->fd_count > 0) {
        m.msg_control = &control;
        m.msg_controllen = CMSG_SPACE(sizeof(int) * out->fd_count);
        struct cmsghdr *c = &control.align; /* the first one lies at the start */
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * out->fd_count);
        memcpy(CMSG_DATA(c), out->fds, sizeof(int) * out->fd_count);
    }
    do
        put = sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put >= 0)
        return SL_OK;
    if (errno == EAGAIN)
        return SL_EBUSY;
    return errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN ? SL_EGONE : SL_EIO;
}
