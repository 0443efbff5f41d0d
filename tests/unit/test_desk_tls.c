/* sluice-desk with TLS: the private key is the keeper's, which this test plays. The first argument
 * is the program. */
#include "crypto/crypto.h"
#include "os/tls.h"

#include "tests/unit/desk_play.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static struct sl_tls_key *key;
static struct sl_buf certificate = {.max = 1 << 16};
static int sign_fd;

static void take_pem(BIO *from, struct sl_buf *out)
{
    char *p;
    long n = BIO_get_mem_data(from, &p);

    sl_buf_put(out, sl_span(p, (size_t)n));
    BIO_free(from);
}

/* A self-signed certificate for 127.0.0.1 and its key. */
static void make_identity(void)
{
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    BIO *pem = BIO_new(BIO_s_mem()), *key_pem = BIO_new(BIO_s_mem());
    X509_EXTENSION *names = X509V3_EXT_nconf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
    SL_BUF(key_text, 1 << 16);

    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, pair);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const uint8_t *)"test", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_add_ext(x, names, -1);
    SL_PROMISE(X509_sign(x, pair, EVP_sha256()) > 0);
    PEM_write_bio_X509(pem, x);
    PEM_write_bio_PrivateKey(key_pem, pair, NULL, NULL, 0, NULL, NULL);
    sl_buf_reset(&certificate);
    take_pem(pem, &certificate);
    take_pem(key_pem, &key_text);
    sl_tls_key_free(key);
    SL_PROMISE(sl_tls_key_new(sl_buf_span(&key_text), &key) == SL_OK);
    X509_EXTENSION_free(names);
    X509_free(x);
    EVP_PKEY_free(pair);
}

static void give_signing_channel(void)
{
    int pair[2];

    SL_PROMISE(sl_channel_pair(pair) == SL_OK);
    POST(desk.super, pair[1], peer, .role = SL_ROLE_KEEPER, .purpose = SL_SPAN("sign"));
    close(pair[1]);
    sign_fd = pair[0];
}

static void answer_sign(void)
{
    struct sl_packet packet;
    struct sl_msg_sign m;
    SL_BUF(scratch, SL_IPC_INLINE);
    SL_BUF(signature, 1024);

    await(sign_fd, SL_MESSAGE_SIGN, &scratch, &packet);
    SL_PROMISE(sl_msg_sign_get(packet.body, &m) == SL_OK);
    SL_CHECK_INT(sl_tls_key_sign(key, m.digest, m.padding, m.input, &signature), SL_OK);
    POST(sign_fd, -1, signed_, .call = m.call, .found = 1, .signature = sl_buf_span(&signature));
}

static struct sl_tls *dial_tls(struct sl_tls_context *trust, int *fd)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)desk.port)};
    struct sl_tls *t = NULL;

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    SL_PROMISE(connect(*fd, (struct sockaddr *)&a, sizeof a) == 0);
    fcntl(*fd, F_SETFL, O_NONBLOCK);
    SL_PROMISE(sl_tls_connect(trust, *fd, "127.0.0.1", &t) == SL_OK);
    return t;
}

/* Goes on until the handshake ended; answers the desk's questions for signatures if `answers`. */
static enum sl_tls_result shake(struct sl_tls *t, int fd, bool answers)
{
    for (int i = 0; i < 100; i++) {
        enum sl_tls_result r = sl_tls_handshake(t);
        struct pollfd wait[2] = {{.fd = fd, .events = POLLIN},
                                 {.fd = answers ? sign_fd : -1, .events = POLLIN}};

        if (r != SL_TLS_WANT_READ && r != SL_TLS_WANT_WRITE)
            return r;
        if (r == SL_TLS_WANT_WRITE)
            wait[0].events = POLLOUT;
        if (poll(wait, 2, PATIENCE_MS) <= 0)
            break;
        if (wait[1].revents != 0)
            answer_sign();
    }
    return SL_TLS_FAILED;
}

static void ask_for_page(struct sl_tls *t, int fd, struct sl_buf *in)
{
    SL_BUF(request, 256);
    size_t put = 0, got = 0;
    uint8_t bytes[4096];

    sl_buf_say(&request, "GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n",
               desk.port);
    SL_CHECK_INT(sl_tls_write(t, sl_buf_span(&request), &put), SL_TLS_DONE);
    for (int i = 0; i < 100; i++) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        enum sl_tls_result r = sl_tls_read(t, bytes, sizeof bytes, &got);

        if (r == SL_TLS_DONE)
            sl_buf_put(in, sl_span(bytes, got));
        else if (r != SL_TLS_WANT_READ || poll(&wait, 1, PATIENCE_MS) <= 0)
            return;
    }
}

static void test_the_key_is_elsewhere(void)
{
    struct sl_tls_context *trust = NULL;
    int fd;
    SL_BUF(in, 1 << 16);

    SL_PROMISE(sl_tls_client_new(sl_buf_span(&certificate), "http/1.1", &trust) == SL_OK);
    struct sl_tls *t = dial_tls(trust, &fd);
    SL_CHECK_INT(shake(t, fd, true), SL_TLS_DONE);
    ask_for_page(t, fd, &in);
    SL_CHECK(strstr(sl_buf_text(&in), "HTTP/1.1 200 OK") != NULL);
    SL_CHECK(strstr(sl_buf_text(&in), "Strict-Transport-Security: ") != NULL);
    SL_CHECK(strstr(sl_buf_text(&in), "</html>") != NULL);
    sl_tls_free(t);
    sl_tls_context_free(trust);
    close(fd);
}

static void test_no_signature_no_connection(void)
{
    struct sl_tls_context *trust = NULL;
    int fd;

    SL_PROMISE(sl_tls_client_new(sl_buf_span(&certificate), "http/1.1", &trust) == SL_OK);
    struct sl_tls *t = dial_tls(trust, &fd);
    close(sign_fd);
    SL_CHECK(shake(t, fd, false) != SL_TLS_DONE);
    sl_tls_free(t);
    sl_tls_context_free(trust);
    close(fd);
    give_signing_channel();
    test_the_key_is_elsewhere(); /* with the new keeper it works again */
}

static void test_late_signatures_are_forgotten(void)
{
    POST(sign_fd, -1, signed_, .call = 1, .found = 1, .signature = SL_SPAN("late"));
    POST(sign_fd, -1, signed_, .call = 2, .found = 0);
    test_the_key_is_elsewhere();
}

static void test_plain_http_is_not_answered(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)desk.port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char bytes[256];

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SL_PROMISE(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    SL_CHECK(send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL) == 18);
    ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    SL_CHECK(n <= 0 || memcmp(bytes, "HTTP", 4) != 0);
    close(fd);
}

static void reload(struct sl_span pem, uint8_t accepted)
{
    SL_BUF(config, 4096);
    SL_BUF(scratch, SL_IPC_INLINE);
    struct sl_packet packet;
    struct sl_msg_reloaded m = {0};

    put_config(&config);
    POST(desk.super, -1, reload, .generation = 2, .config = sl_buf_span(&config),
         .tls_certificate = pem);
    await(desk.super, SL_MESSAGE_RELOADED, &scratch, &packet);
    SL_PROMISE(sl_msg_reloaded_get(packet.body, &m) == SL_OK);
    SL_CHECK_INT(m.accepted, accepted);
}

/* SIGHUP with a new certificate and key: who trusts only the new one gets in, and the old one is
 * gone. */
static void test_renewal(void)
{
    struct sl_tls_context *old = NULL;
    int fd;

    SL_PROMISE(sl_tls_client_new(sl_buf_span(&certificate), "http/1.1", &old) == SL_OK);
    make_identity();
    reload(sl_buf_span(&certificate), 1);
    test_the_key_is_elsewhere();
    struct sl_tls *t = dial_tls(old, &fd);
    SL_CHECK(shake(t, fd, true) != SL_TLS_DONE);
    sl_tls_free(t);
    sl_tls_context_free(old);
    close(fd);
    reload(SL_SPAN("no certificate"), 0);
    test_the_key_is_elsewhere();
}

int main(int argc, char **argv)
{
    SL_PROMISE(argc == 2);
    desk.program = argv[1];
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    alarm(60);
    make_identity();
    desk.certificate = sl_buf_span(&certificate);
    start();
    give_signing_channel();
    SL_RUN(test_the_key_is_elsewhere);
    SL_RUN(test_no_signature_no_connection);
    SL_RUN(test_late_signatures_are_forgotten);
    SL_RUN(test_plain_http_is_not_answered);
    SL_RUN(test_renewal);
    close(desk.super);
    sl_tls_key_free(key);
    sl_buf_done(&certificate);
    return sl_tap_done();
}
