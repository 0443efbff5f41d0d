/* The real sluice-desk, started as its supervisor starts it; the test that includes this is its
 * supervisor, its keeper and its clients. */
#ifndef SL_TESTS_DESK_PLAY_H
#define SL_TESTS_DESK_PLAY_H

#include "ipc/build.h"
#include "ipc/messages.h"
#include "os/clock.h"
#include "os/net.h"
#include "tests/unit/post.h"
#include "tests/unit/tap.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
#define ID2 "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c"
#define AUTH "Authorization: Bearer sld_test\r\n"

enum { FIRST_PORT = 21780, PORTS = 200, PATIENCE_MS = 60000, QUIET_MS = 150 };

static struct {
    const char *program;
    pid_t pid;
    int super, keeper;
    unsigned port;
    struct sl_span certificate; /* PEM; set before start() for TLS */
} desk;

/* --- supervisor ----------------------------------------------------------------------------- */

static inline int listen_somewhere(void)
{
    for (unsigned port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
        struct sl_net_address a;
        SL_BUF(text, 64);
        int fd;

        sl_buf_say(&text, "127.0.0.1:%u", port);
        SL_PROMISE(sl_net_parse(sl_buf_span(&text), &a) == SL_OK);
        if (sl_net_listen(&a, false, &fd) == SL_OK) {
            desk.port = port;
            return fd;
        }
    }
    return -1;
}

static inline void give_keeper(void)
{
    int pair[2];

    SL_PROMISE(sl_channel_pair(pair) == SL_OK);
    POST(desk.super, pair[1], peer, .role = SL_ROLE_KEEPER, .purpose = SL_SPAN(""));
    close(pair[1]);
    desk.keeper = pair[0];
}

static inline void await(int fd, enum sl_message type, struct sl_buf *scratch,
                         struct sl_packet *packet)
{
    SL_PROMISE(sl_packet_await(fd, sl_clock_monotonic_us() + PATIENCE_MS * 1000ull, scratch,
                               packet) == SL_OK);
    SL_PROMISE(packet->type == type);
}

static inline void run_program(int channel)
{
    SL_PROMISE(dup2(channel, 3) == 3);
    setenv("LSAN_OPTIONS", "detect_leaks=0",
           1); /* the search for leaks traces: no sandbox lets it */
    execl(desk.program, "sluice-desk", (char *)NULL);
    _exit(127);
}

/* The desk does not look at targets, but a configuration without any is none. */
static const char targets[] = "targets:\n"
                              "  - name: shop\n"
                              "    protocol: postgres\n"
                              "    address: 127.0.0.1:5432\n"
                              "    database: shop\n"
                              "    environment: test\n"
                              "    login: {user: app, password_file: app.pass}\n"
                              "    access: {groups: [engineers]}\n";

static inline void put_config(struct sl_buf *b)
{
    sl_buf_say(b, "listen: {http: 127.0.0.1:%u}\npublic_url: https://sluice.example\n%s", desk.port,
               targets);
}

static inline void start(void)
{
    int pair[2], listening = listen_somewhere();
    struct sl_packet packet;
    SL_BUF(config, 4096);
    SL_BUF(scratch, 4096);

    SL_PROMISE(listening >= 0 && sl_channel_pair(pair) == SL_OK);
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    desk.pid = fork();
    if (desk.pid == 0)
        run_program(pair[1]);
    close(pair[1]);
    desk.super = pair[0];
    put_config(&config);
    POST(desk.super, -1, setup, .build = sl_ipc_build(), .config_path = SL_SPAN("sluice.yaml"),
         .config = sl_buf_span(&config), .tls_certificate = desk.certificate,
         .sandbox = SL_SPAN("best-effort"));
    POST(desk.super, listening, peer, .role = SL_ROLE_SUPER, .purpose = SL_SPAN("listen"));
    close(listening);
    give_keeper();
    await(desk.super, SL_MESSAGE_READY, &scratch, &packet);
}

/* --- keeper --------------------------------------------------------------------------------- */

struct asked {
    uint64_t call;
    char method[32], credential[64], address[64], channel[32], body[512];
};

static inline void keep(char *out, size_t room, struct sl_span text)
{
    SL_PROMISE(text.n < room);
    memcpy(out, text.p == NULL ? (const uint8_t *)"" : text.p, text.n);
    out[text.n] = '\0';
}

static inline struct asked asked(void)
{
    struct asked a;
    struct sl_packet packet;
    struct sl_msg_call m;
    SL_BUF(scratch, SL_IPC_MAX_BODY);

    await(desk.keeper, SL_MESSAGE_CALL, &scratch, &packet);
    SL_PROMISE(sl_msg_call_get(packet.body, &m) == SL_OK);
    a.call = m.call;
    keep(a.method, sizeof a.method, m.method);
    keep(a.credential, sizeof a.credential, m.credential);
    keep(a.address, sizeof a.address, m.address);
    keep(a.channel, sizeof a.channel, m.channel);
    keep(a.body, sizeof a.body, m.body);
    return a;
}

static inline bool is_quiet(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, QUIET_MS) == 0;
}

static inline void reply(const struct asked *a, unsigned status, const char *body)
{
    POST(desk.keeper, -1, reply, .call = a->call, .status = status, .body = sl_span_str(body));
}

static inline void event(uint64_t n, const char *id, const char *state)
{
    POST(desk.keeper, -1, event, .event = n, .kind = SL_SPAN("approval"),
         .approval = sl_span_str(id), .state = sl_span_str(state));
}

#endif
