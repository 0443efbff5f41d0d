/* TLS with the private key elsewhere: handshakes over a socket pair, in one process. */
#include "os/tls.h"

#include "crypto/crypto.h"
#include "tests/unit/tap.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

struct identity {
    struct sl_buf certificate, key;
    struct sl_tls_key *signer;
    unsigned signatures;
    bool refuse;
};

static void take_pem(BIO *from, struct sl_buf *out)
{
    char *p;
    long n = BIO_get_mem_data(from, &p);

    out->max = 1 << 16;
    sl_buf_put(out, sl_span(p, (size_t)n));
    BIO_free(from);
}

static void add_names(X509 *x, const char *names)
{
    X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, NULL, NID_subject_alt_name, names);

    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

/* A self-signed certificate for localhost and 127.0.0.1. */
static struct identity make_identity(EVP_PKEY *key, const EVP_MD *digest)
{
    struct identity id = {0};
    X509 *x = X509_new();
    BIO *pem = BIO_new(BIO_s_mem()), *key_pem = BIO_new(BIO_s_mem());

    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const uint8_t *)"test", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    add_names(x, "DNS:localhost,IP:127.0.0.1");
    SL_CHECK(X509_sign(x, key, digest) > 0);
    PEM_write_bio_X509(pem, x);
    PEM_write_bio_PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL);
    take_pem(pem, &id.certificate);
    take_pem(key_pem, &id.key);
    SL_CHECK_INT(sl_tls_key_new(sl_buf_span(&id.key), &id.signer), SL_OK);
    X509_free(x);
    EVP_PKEY_free(key);
    return id;
}

static void identity_done(struct identity *id)
{
    sl_buf_done(&id->certificate);
    sl_buf_done(&id->key);
    sl_tls_key_free(id->signer);
}

/* Plays the keeper. */
static bool sign(void *owner, struct sl_span digest, uint8_t padding, struct sl_span input,
                 struct sl_buf *out)
{
    struct identity *id = owner;

    id->signatures++;
    return !id->refuse && sl_tls_key_sign(id->signer, digest, padding, input, out) == SL_OK;
}

struct pair {
    int fds[2];
    struct sl_tls *server, *client;
};

static enum sl_tls_result shake(struct pair *p, enum sl_tls_result *client_result)
{
    enum sl_tls_result s = SL_TLS_WANT_READ, c = SL_TLS_WANT_READ;

    for (unsigned i = 0; i < 50 && s != SL_TLS_FAILED && (s != SL_TLS_DONE || c != SL_TLS_DONE);
         i++) {
        if (c != SL_TLS_DONE && c != SL_TLS_FAILED)
            c = sl_tls_handshake(p->client);
        if (c == SL_TLS_FAILED)
            shutdown(p->fds[1], SHUT_RDWR);
        if (s != SL_TLS_DONE)
            s = sl_tls_handshake(p->server);
    }
    *client_result = c;
    return s;
}

static struct pair make_pair(struct sl_tls_context *server, struct sl_tls_context *client,
                             const char *host)
{
    struct pair p = {0};

    SL_CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, p.fds), 0);
    SL_CHECK_INT(sl_tls_accept(server, p.fds[0], &p.server), SL_OK);
    SL_CHECK_INT(sl_tls_connect(client, p.fds[1], host, &p.client), SL_OK);
    return p;
}

static void pair_done(struct pair *p)
{
    sl_tls_free(p->server);
    sl_tls_free(p->client);
    close(p->fds[0]);
    close(p->fds[1]);
}

/* A megabyte from one end to the other, through a small socket buffer. */
static void check_stream(struct pair *p)
{
    static uint8_t sent[1 << 20], got[1 << 20];
    size_t put = 0, have = 0, n;

    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (uint8_t)(i * 31 >> 3);
    for (unsigned i = 0; i < 100000 && have < sizeof got; i++) {
        if (put < sizeof sent &&
            sl_tls_write(p->server, sl_span(sent + put, sizeof sent - put), &n) == SL_TLS_DONE)
            put += n;
        while (have < sizeof got &&
               sl_tls_read(p->client, got + have, sizeof got - have, &n) == SL_TLS_DONE)
            have += n;
    }
    SL_CHECK_BYTES(sl_span(got, have), sl_span(sent, sizeof sent));
    sl_tls_shutdown(p->server);
    SL_CHECK_INT(sl_tls_read(p->client, got, sizeof got, &n), SL_TLS_END);
}

static void check_end_points(struct pair *p, struct sl_tls_context *server)
{
    SL_BUF(own, 100);
    SL_BUF(mine, 100);
    SL_BUF(theirs, 100);

    SL_CHECK_INT(sl_tls_own_end_point(server, &own), SL_OK);
    SL_CHECK_INT(sl_tls_end_point(p->server, &mine), SL_OK);
    SL_CHECK_INT(sl_tls_end_point(p->client, &theirs), SL_OK);
    SL_CHECK(own.n == 32 || own.n == 48);
    SL_CHECK_BYTES(sl_buf_span(&mine), sl_buf_span(&own));
    SL_CHECK_BYTES(sl_buf_span(&theirs), sl_buf_span(&own));
}

static void check_key(struct identity id)
{
    struct sl_tls_context *server, *client;
    enum sl_tls_result client_result;

    SL_CHECK_INT(sl_tls_server_new(sl_buf_span(&id.certificate), "postgresql", sign, &id, &server),
                 SL_OK);
    SL_CHECK_INT(sl_tls_client_new(sl_buf_span(&id.certificate), "postgresql", &client), SL_OK);
    static const char *const hosts[] = {"localhost", "127.0.0.1"};
    for (size_t i = 0; i < SL_COUNT(hosts); i++) {
        struct pair p = make_pair(server, client, hosts[i]);
        SL_CHECK_INT(shake(&p, &client_result), SL_TLS_DONE);
        SL_CHECK_INT(client_result, SL_TLS_DONE);
        SL_CHECK(strcmp(sl_tls_version(p.client), "TLSv1.3") == 0);
        check_end_points(&p, server);
        check_stream(&p);
        pair_done(&p);
    }
    SL_CHECK_INT(id.signatures, 2);
    sl_tls_context_free(server);
    sl_tls_context_free(client);
    identity_done(&id);
}

static void test_p256(void)
{
    check_key(make_identity(EVP_EC_gen("P-256"), EVP_sha256()));
}
static void test_p384(void)
{
    check_key(make_identity(EVP_EC_gen("P-384"), EVP_sha384()));
}
static void test_rsa(void)
{
    check_key(make_identity(EVP_RSA_gen(2048), EVP_sha256()));
}

/* A plain libssl client that speaks no TLS 1.3: the other padding, the other handshake. */
static void check_tls12(EVP_PKEY *key)
{
    struct identity id = make_identity(key, EVP_sha256());
    struct sl_tls_context *server;
    int fds[2], c = 0;
    enum sl_tls_result s = SL_TLS_WANT_READ;
    struct sl_tls *t;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    SL_CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    SL_CHECK_INT(sl_tls_server_new(sl_buf_span(&id.certificate), NULL, sign, &id, &server), SL_OK);
    SL_CHECK_INT(sl_tls_accept(server, fds[0], &t), SL_OK);
    SSL *client = SSL_new(ctx);
    SSL_set_fd(client, fds[1]);
    for (unsigned i = 0; i < 50 && (s != SL_TLS_DONE || c != 1); i++) {
        c = SSL_connect(client);
        s = sl_tls_handshake(t);
    }
    SL_CHECK_INT(s, SL_TLS_DONE);
    SL_CHECK_INT(c, 1);
    SL_CHECK(strcmp(sl_tls_version(t), "TLSv1.2") == 0);
    SL_CHECK_INT(id.signatures, 1);
    SSL_free(client);
    SSL_CTX_free(ctx);
    sl_tls_context_free(server); /* the connection outlives it */
    sl_tls_free(t);
    close(fds[0]);
    close(fds[1]);
    identity_done(&id);
}

static void test_tls12(void)
{
    check_tls12(EVP_EC_gen("P-256"));
    check_tls12(EVP_RSA_gen(2048));
}

static void test_who_is_not_trusted(void)
{
    struct identity id = make_identity(EVP_EC_gen("P-256"), EVP_sha256()),
                    other = make_identity(EVP_EC_gen("P-256"), EVP_sha256());
    struct sl_tls_context *server, *right, *stranger, *anybody;
    enum sl_tls_result client_result;

    SL_CHECK_INT(sl_tls_server_new(sl_buf_span(&id.certificate), NULL, sign, &id, &server), SL_OK);
    SL_CHECK_INT(sl_tls_client_new(sl_buf_span(&id.certificate), NULL, &right), SL_OK);
    SL_CHECK_INT(sl_tls_client_new(sl_buf_span(&other.certificate), NULL, &stranger), SL_OK);
    SL_CHECK_INT(sl_tls_client_new((struct sl_span){NULL, 0}, NULL, &anybody), SL_OK);
    const struct {
        struct sl_tls_context *client;
        const char *host;
        enum sl_tls_result want;
    } cases[] = {
        {right, "localhost", SL_TLS_DONE},   {right, "elsewhere", SL_TLS_FAILED},
        {right, "127.0.0.2", SL_TLS_FAILED}, {stranger, "localhost", SL_TLS_FAILED},
        {anybody, "elsewhere", SL_TLS_DONE},
    };
    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct pair p = make_pair(server, cases[i].client, cases[i].host);
        (void)shake(&p, &client_result);
        SL_CHECK_INT(client_result, cases[i].want);
        if (client_result == SL_TLS_FAILED)
            printf("# %s: %s\n", cases[i].host, sl_tls_why(p.client));
        pair_done(&p);
    }
    sl_tls_context_free(server);
    sl_tls_context_free(right);
    sl_tls_context_free(stranger);
    sl_tls_context_free(anybody);
    identity_done(&id);
    identity_done(&other);
}

static void test_a_keeper_that_says_no(void)
{
    struct identity id = make_identity(EVP_RSA_gen(2048), EVP_sha256());
    struct sl_tls_context *server, *client;
    enum sl_tls_result client_result;

    id.refuse = true;
    SL_CHECK_INT(sl_tls_server_new(sl_buf_span(&id.certificate), NULL, sign, &id, &server), SL_OK);
    SL_CHECK_INT(sl_tls_client_new((struct sl_span){NULL, 0}, NULL, &client), SL_OK);
    struct pair p = make_pair(server, client, "localhost");
    SL_CHECK_INT(shake(&p, &client_result), SL_TLS_FAILED);
    SL_CHECK_INT(sl_tls_handshake(p.server), SL_TLS_FAILED); /* and stays so */
    pair_done(&p);
    sl_tls_context_free(server);
    sl_tls_context_free(client);
    identity_done(&id);
}

static void test_pairs(void)
{
    struct identity a = make_identity(EVP_EC_gen("P-256"), EVP_sha256()),
                    b = make_identity(EVP_EC_gen("P-256"), EVP_sha256()),
                    odd = make_identity(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
    const struct {
        const struct sl_buf *certificate, *key;
        enum sl_err want;
    } cases[] = {{&a.certificate, &a.key, SL_OK},
                 {&a.certificate, &b.key, SL_ECONFIG},
                 {&odd.certificate, &odd.key, SL_EUNSUPPORTED},
                 {&a.key, &a.key, SL_EMALFORMED},
                 {&a.certificate, &a.certificate, SL_EMALFORMED}};

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        SL_CHECK_INT(sl_tls_check_pair(sl_buf_span(cases[i].certificate),
                                       sl_buf_span(cases[i].key)),
                     cases[i].want);
    identity_done(&a);
    identity_done(&b);
    identity_done(&odd);
}

static void test_bad_input(void)
{
    static const char *const bad[] = {
        "", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    struct identity id = make_identity(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
    struct sl_tls_context *c;
    struct sl_tls *t;
    int fds[2];

    for (size_t i = 0; i < SL_COUNT(bad); i++)
        SL_CHECK_INT(sl_tls_server_new(sl_span_str(bad[i]), NULL, sign, NULL, &c), SL_EMALFORMED);
    SL_CHECK_INT(sl_tls_server_new(sl_buf_span(&id.certificate), NULL, sign, &id, &c),
                 SL_EUNSUPPORTED);
    identity_done(&id);

    id = make_identity(EVP_EC_gen("P-256"), EVP_sha256());
    SL_CHECK_INT(sl_tls_server_new(sl_buf_span(&id.certificate), NULL, sign, &id, &c), SL_OK);
    SL_CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    SL_CHECK_INT(sl_tls_accept(c, fds[0], &t), SL_OK);
    SL_CHECK_INT(write(fds[1], "GET / HTTP/1.1\r\n\r\n", 18), 18);
    SL_CHECK_INT(sl_tls_handshake(t), SL_TLS_FAILED);
    printf("# plain text: %s\n", sl_tls_why(t));
    sl_tls_free(t);
    sl_tls_context_free(c);
    close(fds[0]);
    close(fds[1]);
    identity_done(&id);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    SL_RUN(test_p256);
    SL_RUN(test_p384);
    SL_RUN(test_rsa);
    SL_RUN(test_tls12);
    SL_RUN(test_who_is_not_trusted);
    SL_RUN(test_a_keeper_that_says_no);
    SL_RUN(test_pairs);
    SL_RUN(test_bad_input);
    return sl_tap_done();
}
