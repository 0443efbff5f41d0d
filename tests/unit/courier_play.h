/* What tests of sluice-courier have in common: certificates of authorities made a moment ago,
 * servers, and the test as the courier's supervisor and keeper. Before anything else the including
 * file's main says on which ports its servers listen, and what they do: play = (struct play){22100,
 * serve}. */
#ifndef SL_TESTS_COURIER_PLAY_H
#define SL_TESTS_COURIER_PLAY_H

#include "ipc/build.h"
#include "ipc/messages.h"
#include "os/clock.h"
#include "os/net.h"
#include "os/packet_int.h"

#include "tests/unit/post.h"
#include "tests/unit/tap.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, PORTS = 300, LARGE = 300 * 1024 };

/* --- certificates --------------------------------------------------------------------------------
 */

struct authority {
    EVP_PKEY *key;
    X509 *certificate;
    struct sl_buf pem;
};

static X509 *new_certificate(const char *name, EVP_PKEY *key, long ends_in_s)
{
    X509 *x = X509_new();
    static long serial = 100;

    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x), -7200);
    X509_gmtime_adj(X509_getm_notAfter(x), ends_in_s);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const uint8_t *)name,
                               -1, -1, 0);
    return x;
}

static void add(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, NULL, nid, value);

    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

static struct authority make_authority(const char *name)
{
    struct authority a = {.key = EVP_EC_gen("P-256"), .pem = sl_buf(1 << 16)};
    BIO *out = BIO_new(BIO_s_mem());
    char *p;

    a.certificate = new_certificate(name, a.key, 7200);
    X509_set_issuer_name(a.certificate, X509_get_subject_name(a.certificate));
    add(a.certificate, NID_basic_constraints, "critical,CA:TRUE");
    add(a.certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    SL_PROMISE(X509_sign(a.certificate, a.key, EVP_sha256()) > 0);
    PEM_write_bio_X509(out, a.certificate);
    long n = BIO_get_mem_data(out, &p);
    sl_buf_put(&a.pem, sl_span(p, (size_t)n));
    BIO_free(out);
    return a;
}

/* --- servers
 * --------------------------------------------------------------------------------------- */

struct server {
    pid_t pid;
    unsigned port;
    int fd;
};

static void say(SSL *ssl, int fd, const char *bytes, size_t n)
{
    if (ssl != NULL)
        (void)SSL_write(ssl, bytes, (int)n);
    else if (send(fd, bytes, n, MSG_NOSIGNAL) < 0)
        return;
}

static void say_text(SSL *ssl, int fd, const char *text)
{
    say(ssl, fd, text, strlen(text));
}

/* The whole head and as much of the body as came with it, terminated. */
static void hear(SSL *ssl, int fd, char *out, size_t most)
{
    size_t n = 0;

    while (n + 1 < most) {
        long got = ssl != NULL ? SSL_read(ssl, out + n, (int)(most - 1 - n))
                               : (long)recv(fd, out + n, most - 1 - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        out[n] = '\0';
        const char *end = strstr(out, "\r\n\r\n"), *length = strcasestr(out, "Content-Length: ");
        if (end != NULL &&
            (length == NULL || n >= (size_t)(end + 4 - out) + strtoul(length + 16, NULL, 10)))
            break;
    }
    out[n < most ? n : most - 1] = '\0';
}

static struct play {
    unsigned first_port;
    void (*serve)(int listening, SSL_CTX *tls); /* never returns */
} play;

static int listen_somewhere(unsigned *port)
{
    static unsigned taken;

    for (; taken < PORTS; taken++) {
        struct sl_net_address a;
        SL_BUF(text, 64);
        int fd;

        sl_buf_say(&text, "127.0.0.1:%u", play.first_port + taken);
        SL_PROMISE(sl_net_parse(sl_buf_span(&text), &a) == SL_OK);
        if (sl_net_listen(&a, false, &fd) == SL_OK) {
            fcntl(fd, F_SETFL, 0);
            *port = play.first_port + taken++;
            return fd;
        }
    }
    return -1;
}

static struct server start_server(SSL_CTX *tls)
{
    struct server s = {.fd = -1};

    s.fd = listen_somewhere(&s.port);
    SL_PROMISE(s.fd >= 0);
    s.pid = fork();
    if (s.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* however the test ends */
        play.serve(s.fd, tls);
        _exit(1);
    }
    close(s.fd);
    return s;
}

static SSL_CTX *tls_of(const struct authority *a, const char *names, long ends_in_s, int most)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = new_certificate("server", key, ends_in_s);

    X509_set_issuer_name(x, X509_get_subject_name(a->certificate));
    add(x, NID_subject_alt_name, names);
    SL_PROMISE(X509_sign(x, a->key, EVP_sha256()) > 0);
    SL_PROMISE(SSL_CTX_use_certificate(tls, x) == 1 && SSL_CTX_use_PrivateKey(tls, key) == 1);
    SSL_CTX_set_security_level(tls, 0);
    SSL_CTX_set_min_proto_version(tls, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls, most);
    return tls;
}

static struct server https(const struct authority *a, const char *names, long ends_in_s, int most)
{
    return start_server(tls_of(a, names, ends_in_s, most));
}

static void stop_server(struct server *s)
{
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
}

/* --- the courier
 * ------------------------------------------------------------------------------------- */

static struct {
    const char *program;
    pid_t pid;
    int super, keeper;
    uint64_t call;
} courier;

static bool await(int fd, enum sl_message type, struct sl_buf *scratch, struct sl_packet *packet)
{
    return sl_packet_await(fd, sl_clock_monotonic_us() + PATIENCE_MS * 1000ull, scratch, packet) ==
               SL_OK &&
           packet->type == type;
}

static void give_keeper(void)
{
    int pair[2];

    SL_PROMISE(sl_channel_pair(pair) == SL_OK);
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    POST(courier.super, pair[1], peer, .role = SL_ROLE_KEEPER, .purpose = SL_SPAN(""));
    close(pair[1]);
    courier.keeper = pair[0];
}

static void put_item(struct sl_buf *bytes, struct sl_ipc_list *list, const char *name,
                     struct sl_span value)
{
    SL_BUF(item, 1 << 16);

    sl_buf_say(&item, "%s=%S", name, value);
    sl_ipc_list_add(bytes, list, sl_buf_span(&item));
}

static void start_process(void)
{
    int pair[2];

    SL_PROMISE(sl_channel_pair(pair) == SL_OK);
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    courier.pid = fork();
    if (courier.pid == 0) {
        SL_PROMISE(dup2(pair[1], 3) == 3);
        setenv("LSAN_OPTIONS", "detect_leaks=0", 1);
        execl(courier.program, "sluice-courier", (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    courier.super = pair[0];
}

static bool has(const struct sl_buf *b, const char *text)
{
    struct sl_span s = sl_buf_span(b), word = sl_span_str(text);

    for (size_t i = 0; i + word.n <= s.n; i++)
        if (memcmp(s.p + i, word.p, word.n) == 0)
            return true;
    printf("#   no '%s' in '%.*s'\n", text, (int)s.n, s.p == NULL ? "" : (const char *)s.p);
    return false;
}

#endif
