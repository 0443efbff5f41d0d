#include "os/tls_int.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { ALPN_MAX = 32 };

struct sl_tls_context {
    SSL_CTX *ssl;
    unsigned users; /* connections, and the owner */
    bool verifies;
    struct sl_tls_signer signer;
    uint8_t alpn[ALPN_MAX]; /* length and name, as on the wire */
    unsigned alpn_bytes;
};

struct sl_tls {
    SSL *ssl;
    struct sl_tls_context *context;
    const char *why;
    bool failed;
};

/* --- contexts -------------------------------------------------------------------------------- */

static void destroy(struct sl_tls_context *c)
{
    SSL_CTX_free(c->ssl);
    free(c);
}

static void release(struct sl_tls_context *c)
{
    if (--c->users == 0)
        destroy(c);
}

void sl_tls_context_free(struct sl_tls_context *c)
{
    if (c != NULL)
        release(c);
}

static bool restrict_protocol(SSL_CTX *ssl)
{
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_num_tickets(ssl, 0) == 1 &&
           SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL") == 1;
}

static bool keep_alpn(struct sl_tls_context *c, const char *alpn)
{
    size_t n = alpn == NULL ? 0 : strlen(alpn);

    if (n >= ALPN_MAX)
        return false;
    if (n == 0)
        return true;
    c->alpn[0] = (uint8_t)n;
    memcpy(c->alpn + 1, alpn, n);
    c->alpn_bytes = (unsigned)n + 1;
    return true;
}

static enum sl_err context_new(const SSL_METHOD *method, const char *alpn,
                               struct sl_tls_context **out)
{
    struct sl_tls_context *c = calloc(1, sizeof *c);

    if (c == NULL)
        return SL_EMEMORY;
    c->users = 1;
    c->ssl = SSL_CTX_new(method);
    if (c->ssl == NULL || !restrict_protocol(c->ssl) || !keep_alpn(c, alpn)) {
        destroy(c);
        return SL_ECRYPTO;
    }
    *out = c;
    return SL_OK;
}

/* A client that insists on another protocol is refused, one that does not ask is served. */
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_bytes,
                   const unsigned char *in, unsigned in_bytes, void *arg)
{
    struct sl_tls_context *c = arg;
    unsigned char *chosen;

    (void)ssl;
    if (SSL_select_next_proto(&chosen, out_bytes, c->alpn, c->alpn_bytes, in, in_bytes) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* Calls `use` with each certificate; false when there is none or one that cannot be read or used.
 */
static bool for_each_certificate(struct sl_span pem, bool (*use)(SSL_CTX *, X509 *, unsigned),
                                 SSL_CTX *ssl)
{
    BIO *in = pem.n > INT32_MAX
                  ? NULL
                  : BIO_new_mem_buf(pem.p == NULL ? "" : (const void *)pem.p, (int)pem.n);
    unsigned count = 0;
    bool good = in != NULL;

    while (good) {
        X509 *certificate = PEM_read_bio_X509(in, NULL, NULL, NULL);
        if (certificate == NULL)
            break;
        good = use(ssl, certificate, count++);
        X509_free(certificate);
    }
    /* "No start line" is how a PEM file ends; a broken certificate ends it otherwise. */
    unsigned long last = ERR_peek_last_error();
    good = good && count > 0 && ERR_GET_LIB(last) == ERR_LIB_PEM &&
           ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    BIO_free(in);
    return good;
}

static bool use_in_chain(SSL_CTX *ssl, X509 *certificate, unsigned index)
{
    return index == 0 ? SSL_CTX_use_certificate(ssl, certificate) == 1
                      : SSL_CTX_add1_chain_cert(ssl, certificate) == 1;
}

static bool use_as_authority(SSL_CTX *ssl, X509 *certificate, unsigned index)
{
    (void)index;
    return X509_STORE_add_cert(SSL_CTX_get_cert_store(ssl), certificate) == 1;
}

static enum sl_err use_remote_key(struct sl_tls_context *c)
{
    EVP_PKEY *key;

    SL_TRY(sl_tls_key_for(SSL_CTX_get0_certificate(c->ssl), &c->signer, &key));
    bool good = SSL_CTX_use_PrivateKey(c->ssl, key) == 1;
    EVP_PKEY_free(key);
    return good ? SL_OK : SL_ECRYPTO;
}

enum sl_err sl_tls_server_new(struct sl_span certificate_chain, const char *alpn,
                              sl_tls_sign_fn *sign, void *owner, struct sl_tls_context **out)
{
    struct sl_tls_context *c;

    SL_TRY(context_new(TLS_server_method(), alpn, &c));
    c->signer = (struct sl_tls_signer){.sign = sign, .owner = owner};
    if (c->alpn_bytes > 0)
        SSL_CTX_set_alpn_select_cb(c->ssl, on_alpn, c);
    enum sl_err err = for_each_certificate(certificate_chain, use_in_chain, c->ssl)
                          ? use_remote_key(c)
                          : SL_EMALFORMED;
    if (err != SL_OK) {
        destroy(c);
        return err;
    }
    *out = c;
    return SL_OK;
}

static bool is_supported(const EVP_PKEY *key)
{
    char group[64] = "";

    if (EVP_PKEY_is_a(key, "RSA"))
        return EVP_PKEY_get_bits(key) >= 2048;
    return EVP_PKEY_is_a(key, "EC") &&
           EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
           (strcmp(group, "prime256v1") == 0 || strcmp(group, "secp384r1") == 0);
}

enum sl_err sl_tls_check_pair(struct sl_span certificate_chain, struct sl_span key_pem)
{
    SSL_CTX *ssl = SSL_CTX_new(TLS_server_method());
    BIO *in = key_pem.n > INT32_MAX
                  ? NULL
                  : BIO_new_mem_buf(key_pem.n == 0 ? "" : (const void *)key_pem.p, (int)key_pem.n);
    EVP_PKEY *key =
        in == NULL ? NULL : PEM_read_bio_PrivateKey(in, NULL, NULL, (void *)(uintptr_t) "");
    enum sl_err err = SL_OK;

    if (ssl == NULL || key == NULL || !for_each_certificate(certificate_chain, use_in_chain, ssl))
        err = SL_EMALFORMED;
    else if (!is_supported(key))
        err = SL_EUNSUPPORTED;
    else if (X509_check_private_key(SSL_CTX_get0_certificate(ssl), key) != 1)
        err = SL_ECONFIG;
    ERR_clear_error();
    EVP_PKEY_free(key);
    BIO_free(in);
    SSL_CTX_free(ssl);
    return err;
}

enum sl_err sl_tls_client_new(struct sl_span authorities, const char *alpn,
                              struct sl_tls_context **out)
{
    struct sl_tls_context *c;

    SL_TRY(context_new(TLS_client_method(), alpn, &c));
    bool good = c->alpn_bytes == 0 || SSL_CTX_set_alpn_protos(c->ssl, c->alpn, c->alpn_bytes) == 0;
    c->verifies = authorities.n > 0;
    if (c->verifies) {
        SSL_CTX_set_verify(c->ssl, SSL_VERIFY_PEER, NULL);
        good = good && for_each_certificate(authorities, use_as_authority, c->ssl);
    }
    if (!good) {
        destroy(c);
        return SL_EMALFORMED;
    }
    *out = c;
    return SL_OK;
}

/* --- connections ----------------------------------------------------------------------------- */

static enum sl_err connection_new(struct sl_tls_context *c, int fd, struct sl_tls **out)
{
    struct sl_tls *t = calloc(1, sizeof *t);

    if (t == NULL)
        return SL_EMEMORY;
    t->ssl = SSL_new(c->ssl);
    if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1) {
        SSL_free(t->ssl);
        free(t);
        return SL_EMEMORY;
    }
    t->context = c;
    c->users++;
    *out = t;
    return SL_OK;
}

enum sl_err sl_tls_accept(struct sl_tls_context *c, int fd, struct sl_tls **out)
{
    SL_TRY(connection_new(c, fd, out));
    SSL_set_accept_state((*out)->ssl);
    return SL_OK;
}

/* SNI carries names only; the certificate is held against the name or the address. */
static bool expect_host(struct sl_tls *t, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(t->ssl);
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(host);
    bool numeric = address != NULL;

    ASN1_OCTET_STRING_free(address);
    ERR_clear_error();
    if (!numeric && SSL_set_tlsext_host_name(t->ssl, host) != 1)
        return false;
    if (!t->context->verifies)
        return true;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return numeric ? X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1
                   : host[0] != '\0' && X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

enum sl_err sl_tls_connect(struct sl_tls_context *c, int fd, const char *host, struct sl_tls **out)
{
    struct sl_tls *t;

    SL_TRY(connection_new(c, fd, &t));
    SSL_set_connect_state(t->ssl);
    if (!expect_host(t, host)) {
        sl_tls_free(t);
        return SL_EMALFORMED;
    }
    *out = t;
    return SL_OK;
}

void sl_tls_free(struct sl_tls *t)
{
    if (t == NULL)
        return;
    SSL_free(t->ssl);
    release(t->context);
    free(t);
}

static enum sl_tls_result fail(struct sl_tls *t, int error)
{
    long verified = SSL_get_verify_result(t->ssl);
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    t->failed = true;
    if (t->context->verifies && verified != X509_V_OK)
        t->why = X509_verify_cert_error_string(verified);
    else if (reason != NULL)
        t->why = reason;
    else
        t->why = error == SSL_ERROR_SYSCALL ? "the connection ended" : "the TLS layer failed";
    ERR_clear_error();
    return SL_TLS_FAILED;
}

/* What a libssl call returned, as one of ours. */
static enum sl_tls_result outcome(struct sl_tls *t, int returned)
{
    int error = SSL_get_error(t->ssl, returned);

    switch (error) {
    case SSL_ERROR_NONE:
        return SL_TLS_DONE;
    case SSL_ERROR_WANT_READ:
        return SL_TLS_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
        return SL_TLS_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return SL_TLS_END;
    default:
        return fail(t, error);
    }
}

enum sl_tls_result sl_tls_handshake(struct sl_tls *t)
{
    if (t->failed)
        return SL_TLS_FAILED;
    ERR_clear_error();
    enum sl_tls_result r = outcome(t, SSL_do_handshake(t->ssl));
    return r == SL_TLS_END ? fail(t, SSL_ERROR_SYSCALL) : r;
}

enum sl_tls_result sl_tls_read(struct sl_tls *t, uint8_t *p, size_t n, size_t *got)
{
    if (t->failed)
        return SL_TLS_FAILED;
    ERR_clear_error();
    return outcome(t, SSL_read_ex(t->ssl, p, n, got));
}

enum sl_tls_result sl_tls_write(struct sl_tls *t, struct sl_span bytes, size_t *put)
{
    if (t->failed)
        return SL_TLS_FAILED;
    if (bytes.n == 0) {
        *put = 0;
        return SL_TLS_DONE;
    }
    ERR_clear_error();
    enum sl_tls_result r = outcome(t, SSL_write_ex(t->ssl, bytes.p, bytes.n, put));
    return r == SL_TLS_END ? fail(t, SSL_ERROR_SYSCALL) : r;
}

size_t sl_tls_pending(const struct sl_tls *t)
{
    return t->failed ? 0 : (size_t)SSL_pending(t->ssl);
}

void sl_tls_shutdown(struct sl_tls *t)
{
    if (t->failed || !SSL_is_init_finished(t->ssl))
        return;
    ERR_clear_error();
    (void)SSL_shutdown(t->ssl);
    ERR_clear_error();
}

const char *sl_tls_why(const struct sl_tls *t)
{
    return t->why == NULL ? "nothing failed" : t->why;
}

const char *sl_tls_version(const struct sl_tls *t)
{
    return SSL_get_version(t->ssl);
}

/* RFC 5929, section 4.1: the hash of the certificate's own signature, SHA-256 in place of MD5 and
 * SHA-1. */
static enum sl_err put_end_point(const X509 *certificate, struct sl_buf *out)
{
    int digest = NID_undef;
    unsigned n = EVP_MAX_MD_SIZE;
    uint8_t *p = sl_buf_room(out, EVP_MAX_MD_SIZE);

    if (p == NULL)
        return sl_buf_err(out);
    if (certificate == NULL ||
        X509_get_signature_info((X509 *)(uintptr_t)certificate, &digest, NULL, NULL, NULL) != 1)
        return SL_EUNSUPPORTED;
    if (digest == NID_md5 || digest == NID_sha1)
        digest = NID_sha256;
    const EVP_MD *md = EVP_get_digestbynid(digest);
    if (md == NULL)
        return SL_EUNSUPPORTED; /* Ed25519 and its like: the RFC names no hash */
    if (X509_digest(certificate, md, p, &n) != 1)
        return SL_ECRYPTO;
    out->n += n;
    return SL_OK;
}

enum sl_err sl_tls_end_point(const struct sl_tls *t, struct sl_buf *out)
{
    return put_end_point(SSL_is_server(t->ssl) ? SSL_get_certificate(t->ssl)
                                               : SSL_get0_peer_certificate(t->ssl),
                         out);
}

enum sl_err sl_tls_own_end_point(const struct sl_tls_context *c, struct sl_buf *out)
{
    return put_end_point(SSL_CTX_get0_certificate(c->ssl), out);
}
