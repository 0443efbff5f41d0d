/* Sockets of the outside world: listening, connecting, and who is there. All descriptors are
 * non-blocking and close-on-exec. Names are never resolved here but in sl_net_resolve, which only
 * the supervisor calls: no other program may open a file or send a datagram. */
#ifndef SL_OS_NET_H
#define SL_OS_NET_H

#include "base/buf.h"

#include <sys/socket.h>

struct sl_net_address {
    struct sockaddr_storage storage;
    socklen_t bytes;
};

/* "127.0.0.1" or "::1", and "5432". SL_EMALFORMED for anything that is not numeric. */
enum sl_err sl_net_numeric(struct sl_span host, struct sl_span port, struct sl_net_address *out)
    SL_MUST_CHECK;
/* "127.0.0.1:5432", "[::1]:5432". */
enum sl_err sl_net_parse(struct sl_span text, struct sl_net_address *out) SL_MUST_CHECK;
/* PostgreSQL's socket in a folder: <folder>/.s.PGSQL.<port>. SL_ELIMIT when the path is too long.
 */
enum sl_err sl_net_postgres_socket(struct sl_span folder, struct sl_span port,
                                   struct sl_net_address *out) SL_MUST_CHECK;
enum sl_err sl_net_unix(struct sl_span path, struct sl_net_address *out) SL_MUST_CHECK;

/* Blocking, may read files and ask name servers. Appends up to `max`; SL_ENOTFOUND when there is
 * none. */
enum sl_err sl_net_resolve(const char *host, const char *port, struct sl_net_address *out,
                           size_t max, size_t *count) SL_MUST_CHECK;

/* "127.0.0.1:54012", "[::1]:54012", "unix". */
void sl_net_put(struct sl_buf *b, const struct sl_net_address *a);
/* The same without the port: "127.0.0.1", "::1", "unix". */
void sl_net_put_host(struct sl_buf *b, const struct sl_net_address *a);
bool sl_net_is_loopback(const struct sl_net_address *a); /* a Unix socket counts */

/* Listening TCP socket with SO_REUSEPORT when `shared`. SL_EBUSY: the port is taken; SL_EDENIED. */
enum sl_err sl_net_listen(const struct sl_net_address *a, bool shared, int *fd) SL_MUST_CHECK;
/* Unix SEQPACKET socket, mode 0600; a stale file at the path is replaced. */
enum sl_err sl_net_listen_control(const char *path, int *fd) SL_MUST_CHECK;
/* Blocking connect to the control socket. SL_ENOTFOUND, SL_EGONE: nobody listens. */
enum sl_err sl_net_connect_control(const char *path, int *fd) SL_MUST_CHECK;

/* SL_EBUSY: nobody waits. SL_ELIMIT: no descriptors left (try later). `peer` may be NULL. */
enum sl_err sl_net_accept(int listening, int *fd, struct sl_net_address *peer) SL_MUST_CHECK;
/* Starts to connect; when fd gets writable ask sl_net_connected. */
enum sl_err sl_net_connect(const struct sl_net_address *a, int *fd) SL_MUST_CHECK;
/* SL_OK, SL_EBUSY (not yet), or why not: SL_EGONE (refused), SL_ETIMEOUT, SL_EIO. */
enum sl_err sl_net_connected(int fd) SL_MUST_CHECK;

/* For a connected socket: TCP_NODELAY, and keep-alive: 60 s idle, 10 s apart, 6 times; to this
 * machine itself the simplest congestion control (RFC 5681). Does nothing on Unix sockets. */
void sl_net_settle(int fd);

#endif
