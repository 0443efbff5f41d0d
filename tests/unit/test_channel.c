/* Channels between our programs: order, large bodies, descriptors, and peers that break the rules.
 */
#include "os/channel.h"
#include "os/packet_int.h"

#include "ipc/build.h"
#include "os/child.h"
#include "os/clock.h"
#include "tests/unit/tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static struct seen {
    struct sl_loop *loop;
    unsigned packets, ends;
    enum sl_err why;
    uint64_t last_call, bytes;
    bool in_order, free_in_packet;
    int kept_fd;
    unsigned stop_after;
} seen;

static unsigned open_fds(void)
{
    unsigned count = 0;
    DIR *d = opendir("/proc/self/fd");

    while (readdir(d) != NULL)
        count++;
    closedir(d);
    return count;
}

static void on_packet(void *owner, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_call m;

    (void)owner;
    seen.packets++;
    SL_CHECK_INT(p->type, SL_MESSAGE_CALL);
    if (SL_CHECK_INT(sl_msg_call_get(p->body, &m), SL_OK)) {
        seen.in_order = seen.in_order && m.call == seen.last_call + 1;
        seen.last_call = m.call;
        seen.bytes += m.body.n;
        for (size_t i = 0; i < m.body.n; i += 4093)
            if (m.body.p[i] != (uint8_t)(i * 7))
                seen.in_order = false;
    }
    if (p->fd_count > 0) {
        seen.kept_fd = p->fds[0];
        p->fds[0] = -1;
    }
    if (seen.free_in_packet)
        sl_channel_free(c);
    if (seen.packets == seen.stop_after)
        sl_loop_stop(seen.loop);
}

static void on_end(void *owner, struct sl_channel *c, enum sl_err why)
{
    (void)owner;
    seen.ends++;
    seen.why = why;
    sl_channel_free(c);
    sl_loop_stop(seen.loop);
}

static void on_too_late(void *owner)
{
    sl_loop_stop(owner);
}

static void run_loop(void)
{
    struct sl_timer *guard;

    SL_CHECK_INT(sl_timer_new(seen.loop, on_too_late, seen.loop, &guard), SL_OK);
    sl_timer_arm(guard, 5000);
    SL_CHECK_INT(sl_loop_run(seen.loop, NULL, NULL), SL_OK);
    sl_timer_free(guard);
}

/* The receiving end is a channel whose peer is the desk; the test plays the desk on fds[1]. */
static struct sl_channel *start(int fds[2])
{
    struct sl_channel *c = NULL;

    seen = (struct seen){.in_order = true, .kept_fd = -1};
    SL_CHECK_INT(sl_loop_new(&seen.loop), SL_OK);
    SL_CHECK_INT(sl_channel_pair(fds), SL_OK);
    SL_CHECK_INT(sl_channel_new(seen.loop, fds[0], SL_ROLE_DESK, SL_CONN_OPEN, on_packet, on_end,
                                NULL, &c),
                 SL_OK);
    return c;
}

static void put_call(struct sl_buf *b, uint64_t call, size_t body_bytes)
{
    uint8_t *body = malloc(body_bytes + 1);

    for (size_t i = 0; i < body_bytes; i++)
        body[i] = (uint8_t)(i * 7);
    struct sl_msg_call m = {.call = call,
                            .method = SL_SPAN("x"),
                            .body = sl_span(body, body_bytes)};
    sl_buf_reset(b);
    sl_msg_call_put(b, &m);
    free(body);
}

/* Two channels in one loop; everything the sender queued arrives, whole and in order. */
static void test_queue_keeps_order_and_bytes(void)
{
    static const size_t sizes[] = {0, 1, 1000, 65000, 65536, 70000, 3000000};
    int fds[2];
    unsigned before = open_fds();
    struct sl_channel *to = start(fds), *from = NULL;
    SL_BUF(b, SL_IPC_MAX_BODY);
    uint64_t call = 0, bytes = 0;

    SL_CHECK_INT(sl_channel_new(seen.loop, fds[1], SL_ROLE_KEEPER, SL_CONN_OPEN, on_packet, on_end,
                                NULL, &from),
                 SL_OK);
    for (unsigned round = 0; round < 5; round++)
        for (size_t i = 0; i < SL_COUNT(sizes); i++) {
            put_call(&b, ++call, sizes[i]);
            bytes += sizes[i];
            SL_CHECK_INT(sl_channel_send(from, sl_buf_span(&b), NULL, 0), SL_OK);
        }
    seen.stop_after = (unsigned)call;
    run_loop();
    SL_CHECK_INT(seen.packets, call);
    SL_CHECK_INT(seen.bytes, bytes);
    SL_CHECK(seen.in_order);
    sl_channel_free(to);
    sl_channel_free(from);
    sl_loop_free(seen.loop);
    SL_CHECK_INT(open_fds(), before);
}

static void test_queue_has_a_ceiling(void)
{
    int fds[2];
    unsigned before = open_fds(), sent = 0;
    struct sl_channel *c = start(fds);
    SL_BUF(b, SL_IPC_MAX_BODY);

    put_call(&b, 1, 8 * 1024 * 1024);
    while (sent < 1000 && sl_channel_send(c, sl_buf_span(&b), NULL, 0) == SL_OK)
        sent++;
    SL_CHECK(sent >= 7 && sent <= 8); /* 64 MiB */
    run_loop();
    SL_CHECK_INT(seen.ends, 1);
    SL_CHECK_INT(seen.why, SL_ELIMIT);
    close(fds[1]);
    sl_loop_free(seen.loop);
    SL_CHECK_INT(open_fds(), before);
}

static void read_all(int fd)
{
    struct sl_packet packet;
    SL_BUF(scratch, SL_IPC_MAX_BODY);
    struct pollfd p = {.fd = fd, .events = POLLIN};

    while (poll(&p, 1, 50) == 1)
        SL_CHECK_INT(sl_packet_await(fd, sl_clock_monotonic_us() + 1000 * 1000, &scratch, &packet),
                     SL_OK);
}

/* Who asks first whether there is room ends nobody: not with what a slow peer has not read, large
 * or small; when it has read, there is room again. */
static void test_room_is_told_before(void)
{
    static const size_t sizes[] = {8 * 1024 * 1024, 60 * 1000};
    int fds[2];
    struct sl_channel *c = start(fds);
    SL_BUF(b, SL_IPC_MAX_BODY);

    for (size_t i = 0; i < SL_COUNT(sizes); i++) {
        unsigned sent = 0;

        put_call(&b, 1, sizes[i]);
        for (; sent < 10000 && sl_channel_has_room(c, b.n); sent++)
            SL_CHECK_INT(sl_channel_send(c, sl_buf_span(&b), NULL, 0), SL_OK);
        SL_CHECK(sent * sizes[i] <= 66u * 1024 * 1024 && sent * sizes[i] >= 50u * 1024 * 1024);
        SL_CHECK(!sl_channel_has_room(c, b.n));
        read_all(fds[1]);
        SL_CHECK(sl_channel_has_room(c, b.n) ==
                 (i == 0)); /* what is queued goes out from the loop */
    }
    SL_CHECK_INT(seen.ends, 0);
    sl_channel_free(c);
    close(fds[1]);
    sl_loop_free(seen.loop);
}

static void test_descriptors_travel(void)
{
    int fds[2], passed[3];
    unsigned before = open_fds();
    struct sl_channel *to = start(fds), *from = NULL;
    SL_BUF(b, SL_IPC_MAX_BODY);

    SL_CHECK_INT(sl_channel_new(seen.loop, fds[1], SL_ROLE_KEEPER, SL_CONN_OPEN, on_packet, on_end,
                                NULL, &from),
                 SL_OK);
    for (unsigned i = 0; i < 3; i++)
        passed[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    put_call(&b, 1, 100000); /* with a memfd body beside them */
    SL_CHECK_INT(sl_channel_send(from, sl_buf_span(&b), passed, 3), SL_OK);
    seen.stop_after = 1;
    run_loop();
    SL_CHECK(seen.kept_fd >= 0);
    SL_CHECK((fcntl(seen.kept_fd, F_GETFD) & FD_CLOEXEC) != 0);
    for (unsigned i = 0; i < 3; i++)
        close(passed[i]);
    close(seen.kept_fd);
    sl_channel_free(to);
    sl_channel_free(from);
    sl_loop_free(seen.loop);
    SL_CHECK_INT(open_fds(), before); /* what the callback left was closed */
}

static void send_raw(int fd, const void *bytes, size_t n, const int *fds, size_t fd_count)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * 64)];
    } control = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = n};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};

    if (fd_count > 0) {
        m.msg_control = &control;
        m.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * fd_count);
    }
    SL_CHECK_INT(sendmsg(fd, &m, 0), n);
}

/* Whatever the peer does wrong: one on_end with the reason, no packet, no descriptor left. */
static void expect_end(const char *what, const void *bytes, size_t n, const int *fds_sent,
                       size_t fd_count, enum sl_err why)
{
    int fds[2];
    struct sl_channel *c = start(fds);
    unsigned before = open_fds();

    (void)c;
    printf("# %s\n", what);
    send_raw(fds[1], bytes, n, fds_sent, fd_count);
    run_loop();
    SL_CHECK_INT(seen.packets, 0);
    SL_CHECK_INT(seen.ends, 1);
    SL_CHECK_INT(seen.why, why);
    SL_CHECK_INT(open_fds(), before - 1);
    close(fds[1]);
    sl_loop_free(seen.loop);
}

static int memfd_of(size_t bytes, int seals)
{
    int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    SL_CHECK_INT(ftruncate(fd, (off_t)bytes), 0);
    SL_CHECK_INT(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

static void test_a_peer_that_breaks_the_rules(void)
{
    enum { ALL = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, BIG = 70000 };
    static uint8_t too_long[SL_IPC_INLINE + SL_IPC_HEADER + 2] = {SL_MESSAGE_CALL};
    static const uint8_t big_call[8] = {SL_MESSAGE_CALL, 0,        0, 0, BIG & 255,
                                        BIG >> 8 & 255,  BIG >> 16};
    uint8_t go[8] = {SL_MESSAGE_ACTION_GO};
    int sealed = memfd_of(BIG, ALL), open_one = memfd_of(BIG, F_SEAL_SHRINK | F_SEAL_GROW),
        short_one = memfd_of(BIG - 1, ALL), file = open("/dev/null", O_RDONLY), many[40];

    for (size_t i = 0; i < SL_COUNT(many); i++)
        many[i] = file;
    expect_end("half a header", "\x46\0\0", 3, NULL, 0, SL_EMALFORMED);
    expect_end("no such message", "\xff\xff\0\0\0\0\0\0", 8, NULL, 0, SL_EMALFORMED);
    expect_end("a length that lies", "\x46\0\0\0\x01\0\0\0", 8, NULL, 0, SL_EMALFORMED);
    expect_end("a message the desk may not send", go, 8, NULL, 0, SL_EDENIED);
    expect_end("longer than a datagram may be", too_long, sizeof too_long, NULL, 0, SL_ELIMIT);
    expect_end("a large body without its memfd", big_call, 8, NULL, 0, SL_EMALFORMED);
    expect_end("a memfd that can still be written", big_call, 8, &open_one, 1, SL_EMALFORMED);
    expect_end("a memfd of another size", big_call, 8, &short_one, 1, SL_EMALFORMED);
    expect_end("a device in place of a memfd", big_call, 8, &file, 1, SL_EMALFORMED);
    expect_end("more descriptors than anybody needs", go, 8, many, SL_COUNT(many), SL_ELIMIT);
    close(sealed);
    close(open_one);
    close(short_one);
    close(file);
}

static void test_end_and_free_inside_callbacks(void)
{
    int fds[2];
    SL_BUF(b, SL_IPC_MAX_BODY);

    (void)start(fds);
    put_call(&b, 1, 10);
    send_raw(fds[1], b.p, b.n, NULL, 0);
    close(fds[1]); /* what was sent before the end is still delivered */
    run_loop();
    SL_CHECK_INT(seen.packets, 1);
    SL_CHECK_INT(seen.ends, 1);
    SL_CHECK_INT(seen.why, SL_EGONE);
    sl_loop_free(seen.loop);

    (void)start(fds);
    seen.free_in_packet = true;
    seen.stop_after = 1;
    send_raw(fds[1], b.p, b.n, NULL, 0);
    send_raw(fds[1], b.p, b.n, NULL, 0);
    run_loop();
    SL_CHECK_INT(seen.packets, 1);
    SL_CHECK_INT(seen.ends, 0);
    close(fds[1]);
    sl_loop_free(seen.loop);
}

static void test_ask(void)
{
    int fds[2];
    SL_BUF(b, SL_IPC_MAX_BODY);
    SL_BUF(scratch, SL_IPC_MAX_BODY);
    struct sl_packet answer;
    struct sl_msg_reply reply = {.call = 1, .status = 200, .body = SL_SPAN("{}")}, got;

    SL_CHECK_INT(sl_channel_pair(fds), SL_OK);
    put_call(&b, 1, 0);
    SL_CHECK_INT(sl_channel_ask(fds[0], SL_ROLE_KEEPER, sl_buf_span(&b), 20, &scratch, &answer),
                 SL_ETIMEOUT);
    sl_buf_reset(&b);
    sl_msg_reply_put(&b, &reply);
    send_raw(fds[1], b.p, b.n, NULL, 0);
    put_call(&b, 1, 0);
    SL_CHECK_INT(sl_channel_ask(fds[0], SL_ROLE_KEEPER, sl_buf_span(&b), 1000, &scratch, &answer),
                 SL_OK);
    SL_CHECK_INT(answer.type, SL_MESSAGE_REPLY);
    SL_CHECK_INT(sl_msg_reply_get(answer.body, &got), SL_OK);
    SL_CHECK_INT(got.status, 200);
    send_raw(fds[1], b.p, b.n, NULL, 0); /* a CALL is no answer */
    SL_CHECK_INT(sl_channel_ask(fds[0], SL_ROLE_KEEPER, sl_buf_span(&b), 1000, &scratch, &answer),
                 SL_EMALFORMED);
    close(fds[1]);
    SL_CHECK_INT(sl_channel_ask(fds[0], SL_ROLE_KEEPER, sl_buf_span(&b), 1000, &scratch, &answer),
                 SL_EGONE);
    close(fds[0]);
}

static void test_setup_comes_first(void)
{
    int fds[2], passed = open("/dev/null", O_RDONLY | O_CLOEXEC);
    SL_BUF(b, SL_IPC_MAX_BODY);
    SL_BUF(scratch, SL_IPC_MAX_BODY);
    struct sl_packet packet;
    struct sl_msg_setup setup = {.build = sl_ipc_build(),
                                 .index = 3,
                                 .state_dir = SL_SPAN("/state")},
                        got;
    struct sl_msg_drain drain = {.deadline_ms = 1};

    SL_CHECK_INT(sl_channel_pair(fds), SL_OK);
    sl_msg_setup_put(&b, &setup);
    send_raw(fds[1], b.p, b.n, &passed, 1);
    SL_CHECK_INT(sl_child_setup(fds[0], &scratch, &got, &packet), SL_OK);
    SL_CHECK_INT(got.index, 3);
    SL_CHECK_TEXT(got.state_dir, "/state");
    SL_CHECK_INT(packet.fd_count, 1);
    close(packet.fds[0]);
    sl_buf_reset(&b);
    sl_msg_drain_put(&b, &drain);
    send_raw(fds[1], b.p, b.n, NULL, 0);
    SL_CHECK_INT(sl_child_setup(fds[0], &scratch, &got, &packet), SL_ESTATE);
    setup.build = SL_SPAN("0123456789abcdef"); /* another build's words may mean something else */
    sl_buf_reset(&b);
    sl_msg_setup_put(&b, &setup);
    send_raw(fds[1], b.p, b.n, &passed, 1);
    SL_CHECK_INT(sl_child_setup(fds[0], &scratch, &got, &packet), SL_EDENIED);
    close(fds[0]);
    close(fds[1]);
    close(passed);
}

int main(void)
{
    SL_RUN(test_queue_keeps_order_and_bytes);
    SL_RUN(test_queue_has_a_ceiling);
    SL_RUN(test_room_is_told_before);
    SL_RUN(test_descriptors_travel);
    SL_RUN(test_a_peer_that_breaks_the_rules);
    SL_RUN(test_end_and_free_inside_callbacks);
    SL_RUN(test_ask);
    SL_RUN(test_setup_comes_first);
    return sl_tap_done();
}
