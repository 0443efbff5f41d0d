/* TLS 1.2 and 1.3 over a connected, non-blocking descriptor (libssl behind it).
 *
 * Server side: the private key is not in this process. Each signature goes through a callback,
 * which asks the keeper. Client side: verify-full (chain and name, or address), or encryption
 * alone. AEAD cipher suites with forward secrecy only; no renegotiation, compression, tickets or
 * sessions. Create contexts before the sandbox closes: libssl reads files then, and never after.
 */
#ifndef SL_OS_TLS_H
#define SL_OS_TLS_H

#include "base/buf.h"

struct sl_tls_context;
struct sl_tls;

/* Appends the signature to `out`. digest: "SHA256"... or "" when the input is the whole message
 * (Ed25519, not offered here yet). padding: 0 none (ECDSA), 1 PKCS#1, 2 PSS with salt as long as
 * the digest. `input` is the digest to sign. */
typedef bool sl_tls_sign_fn(void *owner, struct sl_span digest, uint8_t padding,
                            struct sl_span input, struct sl_buf *out);

/* `certificate_chain` is PEM, our own first (RSA >= 2048, P-256, P-384). alpn: "http/1.1",
 * "postgresql" or NULL. SL_EMALFORMED: no certificate in there; SL_EUNSUPPORTED: another kind of
 * key. */
enum sl_err sl_tls_server_new(struct sl_span certificate_chain, const char *alpn,
                              sl_tls_sign_fn *sign, void *owner, struct sl_tls_context **out)
    SL_MUST_CHECK;
/* Would this certificate and this private key (both PEM) serve together? For the configuration's
 * reader. SL_EMALFORMED: one cannot be read; SL_EUNSUPPORTED: not RSA >= 2048, P-256 or P-384;
 * SL_ECONFIG: they are not a pair. */
enum sl_err sl_tls_check_pair(struct sl_span certificate_chain, struct sl_span key) SL_MUST_CHECK;
/* authorities: PEM certificates to trust; empty: encrypt only, whoever is there. */
enum sl_err sl_tls_client_new(struct sl_span authorities, const char *alpn,
                              struct sl_tls_context **out) SL_MUST_CHECK;
/* Connections may outlive it. NULL is fine. */
void sl_tls_context_free(struct sl_tls_context *c);

/* The descriptor stays the caller's. `host` (client): checked against the certificate when the
 * context has authorities (a name, or a numeric address), and sent as SNI when it is a name. */
enum sl_err sl_tls_accept(struct sl_tls_context *c, int fd, struct sl_tls **out) SL_MUST_CHECK;
enum sl_err sl_tls_connect(struct sl_tls_context *c, int fd, const char *host, struct sl_tls **out)
    SL_MUST_CHECK;
void sl_tls_free(struct sl_tls *t); /* NULL is fine */

enum sl_tls_result {
    SL_TLS_DONE,       /* it worked */
    SL_TLS_WANT_READ,  /* call again when the descriptor is readable */
    SL_TLS_WANT_WRITE, /* call again when it is writable */
    SL_TLS_END,        /* the peer said goodbye (read only) */
    SL_TLS_FAILED,     /* see sl_tls_why; every later call fails */
};
enum sl_tls_result sl_tls_handshake(struct sl_tls *t) SL_MUST_CHECK;
/* Up to `n` bytes; *got > 0 when done. */
enum sl_tls_result sl_tls_read(struct sl_tls *t, uint8_t *p, size_t n, size_t *got) SL_MUST_CHECK;
/* Some of the bytes. After WANT_* offer at least the same bytes again (they may have moved). */
enum sl_tls_result sl_tls_write(struct sl_tls *t, struct sl_span bytes, size_t *put) SL_MUST_CHECK;
/* Bytes that can be read without the descriptor becoming readable: look after each read. */
size_t sl_tls_pending(const struct sl_tls *t);
void sl_tls_shutdown(struct sl_tls *t); /* says goodbye, waits for nothing */
/* A sentence for people and logs: what failed. Static or owned by t. */
const char *sl_tls_why(const struct sl_tls *t);
/* "TLSv1.3" */
const char *sl_tls_version(const struct sl_tls *t);

/* tls-server-end-point (RFC 5929): the hash of the server's certificate, ours or the peer's. */
enum sl_err sl_tls_end_point(const struct sl_tls *t, struct sl_buf *out) SL_MUST_CHECK;
enum sl_err sl_tls_own_end_point(const struct sl_tls_context *c, struct sl_buf *out) SL_MUST_CHECK;

#endif
