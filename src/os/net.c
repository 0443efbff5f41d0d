#include "os/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static enum sl_err from_errno(void)
{
    switch (errno) {
    case EAGAIN:
    case EINPROGRESS:
        return SL_EBUSY;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return SL_ELIMIT;
    case EADDRINUSE:
        return SL_EBUSY;
    case EACCES:
    case EPERM:
        return SL_EDENIED;
    case ENOENT:
        return SL_ENOTFOUND;
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
        return SL_EGONE;
    case ETIMEDOUT:
        return SL_ETIMEOUT;
    default:
        return SL_EIO;
    }
}

/* A terminated copy for the C library. */
static bool copy_text(struct sl_span s, char *out, size_t room)
{
    if (s.n >= room || memchr(s.p == NULL ? (const void *)"" : s.p, 0, s.n) != NULL)
        return false;
    memcpy(out, s.p == NULL ? (const void *)"" : s.p, s.n);
    out[s.n] = '\0';
    return true;
}

enum sl_err sl_net_numeric(struct sl_span host, struct sl_span port, struct sl_net_address *out)
{
    char text[INET6_ADDRSTRLEN];
    uint64_t number;
    struct sl_net_address a = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&a.storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a.storage;

    if (!copy_text(host, text, sizeof text) || sl_span_u64(port, &number) != SL_OK || number == 0 ||
        number > 65535)
        return SL_EMALFORMED;
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)number);
        a.bytes = sizeof *v4;
    } else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)number);
        a.bytes = sizeof *v6;
    } else {
        return SL_EMALFORMED;
    }
    *out = a;
    return SL_OK;
}

enum sl_err sl_net_parse(struct sl_span text, struct sl_net_address *out)
{
    bool bracketed = text.n > 0 && text.p[0] == '[';
    size_t end = sl_span_find(text, bracketed ? ']' : ':');
    struct sl_span rest = sl_span_from(text, end + (bracketed ? 1 : 0));

    if (end >= text.n || rest.n < 2 || rest.p[0] != ':')
        return SL_EMALFORMED;
    struct sl_span host = bracketed ? sl_span(text.p + 1, end - 1) : sl_span_head(text, end);
    if (bracketed != (sl_span_find(host, ':') < host.n))
        return SL_EMALFORMED;
    return sl_net_numeric(host, sl_span_from(rest, 1), out);
}

enum sl_err sl_net_unix(struct sl_span path, struct sl_net_address *out)
{
    struct sl_net_address a = {.bytes = sizeof(struct sockaddr_un)};
    struct sockaddr_un *name = (struct sockaddr_un *)&a.storage;

    if (!copy_text(path, name->sun_path, sizeof name->sun_path))
        return SL_ELIMIT;
    name->sun_family = AF_UNIX;
    *out = a;
    return SL_OK;
}

enum sl_err sl_net_postgres_socket(struct sl_span folder, struct sl_span port,
                                   struct sl_net_address *out)
{
    SL_BUF(path, 1024);

    sl_buf_say(&path, "%S/.s.PGSQL.%S", folder, port);
    SL_TRY(sl_buf_err(&path));
    return sl_net_unix(sl_buf_span(&path), out);
}

enum sl_err sl_net_resolve(const char *host, const char *port, struct sl_net_address *out,
                           size_t max, size_t *count)
{
    struct addrinfo *found = NULL,
                    wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    size_t n = 0;

    if (getaddrinfo(host, port, &wanted, &found) != 0)
        return SL_ENOTFOUND;
    for (struct addrinfo *a = found; a != NULL && n < max; a = a->ai_next) {
        if ((a->ai_family != AF_INET && a->ai_family != AF_INET6) ||
            a->ai_addrlen > sizeof out[n].storage)
            continue;
        out[n] = (struct sl_net_address){.bytes = a->ai_addrlen};
        memcpy(&out[n].storage, a->ai_addr, a->ai_addrlen);
        n++;
    }
    freeaddrinfo(found);
    if (n == 0)
        return SL_ENOTFOUND;
    *count = n;
    return SL_OK;
}

static uint16_t host_text(const struct sl_net_address *a, char text[INET6_ADDRSTRLEN])
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a->storage;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a->storage;

    if (a->storage.ss_family == AF_INET &&
        inet_ntop(AF_INET, &v4->sin_addr, text, INET6_ADDRSTRLEN) != NULL)
        return ntohs(v4->sin_port);
    if (a->storage.ss_family == AF_INET6 &&
        inet_ntop(AF_INET6, &v6->sin6_addr, text, INET6_ADDRSTRLEN) != NULL)
        return ntohs(v6->sin6_port);
    memcpy(text, "unix", 5);
    return 0;
}

void sl_net_put(struct sl_buf *b, const struct sl_net_address *a)
{
    char text[INET6_ADDRSTRLEN];
    unsigned port = host_text(a, text);

    if (a->storage.ss_family == AF_INET6)
        sl_buf_say(b, "[%s]:%u", text, port);
    else if (a->storage.ss_family == AF_INET)
        sl_buf_say(b, "%s:%u", text, port);
    else
        sl_buf_put_str(b, text);
}

void sl_net_put_host(struct sl_buf *b, const struct sl_net_address *a)
{
    char text[INET6_ADDRSTRLEN];

    (void)host_text(a, text);
    sl_buf_put_str(b, text);
}

bool sl_net_is_loopback(const struct sl_net_address *a)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a->storage;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a->storage;

    if (a->storage.ss_family == AF_INET)
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    if (a->storage.ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
    return a->storage.ss_family == AF_UNIX;
}

/* Closes fd when the call before it failed; the error is that call's. */
static enum sl_err keep_or_close(int fd, bool good, int *out)
{
    if (!good) {
        enum sl_err err = from_errno();
        close(fd);
        return err;
    }
    *out = fd;
    return SL_OK;
}

enum sl_err sl_net_listen(const struct sl_net_address *a, bool shared, int *fd)
{
    int on = 1, s = socket(a->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (s < 0)
        return from_errno();
    bool good = setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (good && shared)
        good = setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
    if (good && a->storage.ss_family == AF_INET6)
        good = setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0;
    good = good && bind(s, (const struct sockaddr *)&a->storage, a->bytes) == 0 &&
           listen(s, BACKLOG) == 0;
    return keep_or_close(s, good, fd);
}

enum sl_err sl_net_listen_control(const char *path, int *fd)
{
    struct sl_net_address a;

    SL_TRY(sl_net_unix(sl_span_str(path), &a));
    int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0)
        return from_errno();
    (void)unlink(path); /* the folder's lock is ours: what lies there is a dead supervisor's */
    mode_t before = umask(0177);
    bool good = bind(s, (struct sockaddr *)&a.storage, a.bytes) == 0 && listen(s, BACKLOG) == 0;
    umask(before);
    return keep_or_close(s, good, fd);
}

enum sl_err sl_net_connect_control(const char *path, int *fd)
{
    struct sl_net_address a;

    SL_TRY(sl_net_unix(sl_span_str(path), &a));
    int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (s < 0)
        return from_errno();
    return keep_or_close(s, connect(s, (struct sockaddr *)&a.storage, a.bytes) == 0, fd);
}

enum sl_err sl_net_accept(int listening, int *fd, struct sl_net_address *peer)
{
    struct sl_net_address a = {.bytes = sizeof a.storage};

    for (;;) {
        int s = accept4(listening, (struct sockaddr *)&a.storage, &a.bytes,
                        SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (s < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (s < 0)
            return from_errno();
        if (peer != NULL)
            *peer = a;
        *fd = s;
        return SL_OK;
    }
}

enum sl_err sl_net_connect(const struct sl_net_address *a, int *fd)
{
    int s = socket(a->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (s < 0)
        return from_errno();
    /* A Unix socket with a full backlog says EAGAIN and would never become connected: an error. */
    bool good =
        connect(s, (const struct sockaddr *)&a->storage, a->bytes) == 0 || errno == EINPROGRESS;
    return keep_or_close(s, good, fd);
}

enum sl_err sl_net_connected(int fd)
{
    struct sl_net_address a = {.bytes = sizeof a.storage};
    int error = 0;
    socklen_t bytes = sizeof error;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes) != 0)
        return SL_EIO;
    if (error != 0) {
        errno = error;
        return from_errno();
    }
    if (getpeername(fd, (struct sockaddr *)&a.storage, &a.bytes) == 0)
        return SL_OK;
    return errno == ENOTCONN ? SL_EBUSY : SL_EIO;
}

/* These only make things better; a socket without them still works. */
static void set_tcp(int fd, int option, int value)
{
    int ignored = setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
    (void)ignored;
}

/* Nothing between two ends on one machine can be congested: models of the path (CUBIC's, BBR's with
 * its pacing) only cost time there. Reno is in every kernel, and anybody may choose it. */
static void choose_congestion(int fd, const struct sl_net_address *peer)
{
    static const char reno[] = "reno";

    if (!sl_net_is_loopback(peer))
        return;
    int ignored = setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, reno, sizeof reno - 1);
    (void)ignored;
}

void sl_net_settle(int fd)
{
    struct sl_net_address peer = {.bytes = sizeof peer.storage};
    int on = 1;

    if (getpeername(fd, (struct sockaddr *)&peer.storage, &peer.bytes) != 0 ||
        peer.storage.ss_family == AF_UNIX)
        return;
    set_tcp(fd, TCP_NODELAY, 1);
    choose_congestion(fd, &peer);
    if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0) {
        set_tcp(fd, TCP_KEEPIDLE, 60);
        set_tcp(fd, TCP_KEEPINTVL, 10);
        set_tcp(fd, TCP_KEEPCNT, 6);
    }
}
