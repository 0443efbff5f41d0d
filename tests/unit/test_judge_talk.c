/* The judge program itself, with this test as its supervisor and as its gate. */
#include "core/action/meaning.h"
#include "ipc/build.h"
#include "ipc/messages.h"
#include "os/channel.h"
#include "tests/unit/judge_fixture.h"
#include "tests/unit/tap.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *program;
static int super_fd, gate_fd;
static pid_t child;
static uint8_t received[64 * 1024];

static void send_with(int fd, const struct sl_buf *message, int passed)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {message->p, message->n};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};

    if (passed >= 0) {
        m.msg_control = control.room;
        m.msg_controllen = sizeof control.room;
        control.head = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.head), &passed, sizeof passed);
    }
    SL_CHECK_INT(sendmsg(fd, &m, MSG_NOSIGNAL), message->n);
}

/* The channels of programs never block; this test has nothing else to do. */
static void make_blocking(int fd)
{
    struct timeval limit = {.tv_sec = 20};

    SL_CHECK_INT(fcntl(fd, F_SETFL, 0), 0);
    SL_CHECK_INT(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
}

/* The body of the next message of this type; empty when the other end went away. */
static struct sl_span next(int fd, enum sl_message type)
{
    struct sl_ipc_head head;
    ssize_t n = recv(fd, received, sizeof received, 0);

    if (n < SL_IPC_HEADER || sl_ipc_head_get(sl_span(received, (size_t)n), &head) != SL_OK ||
        head.type != type)
        return sl_span(NULL, 0);
    return sl_span(received + SL_IPC_HEADER, (size_t)n - SL_IPC_HEADER);
}

static void start(void)
{
    int fds[2], gates[2];
    SL_BUF(setup, 1000);
    SL_BUF(peer, 1000);
    struct sl_msg_setup s = {.build = sl_ipc_build(), .sandbox = SL_SPAN("best-effort")};
    struct sl_msg_peer p = {.role = SL_ROLE_GATE};

    SL_CHECK_INT(sl_channel_pair(fds), SL_OK);
    SL_CHECK_INT(sl_channel_pair(gates), SL_OK);
    child = fork();
    if (child == 0) {
        dup2(fds[1], 3);
        execl(program, program, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    super_fd = fds[0];
    gate_fd = gates[0];
    make_blocking(super_fd);
    make_blocking(gate_fd);
    sl_msg_setup_put(&setup, &s);
    send_with(super_fd, &setup, -1);
    SL_CHECK(next(super_fd, SL_MESSAGE_READY).n > 0);
    sl_msg_peer_put(&peer, &p);
    send_with(super_fd, &peer, gates[1]);
    close(gates[1]);
}

static int stop(void)
{
    int status = -1;

    close(super_fd);
    close(gate_fd);
    for (int i = 0; i < 200 && waitpid(child, &status, WNOHANG) == 0; i++)
        usleep(50 * 1000);
    if (status == -1)
        kill(child, SIGKILL);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void give_listing(struct sl_span bytes)
{
    SL_BUF(b, 100 * 1024);
    struct sl_msg_judge_snapshot m = {.target = 1, .generation = 5, .snapshot = bytes};

    sl_msg_judge_snapshot_put(&b, &m);
    send_with(gate_fd, &b, -1);
}

static void ask(uint64_t number, uint32_t generation, const char *sql, const char *meaning)
{
    SL_BUF(b, 100 * 1024);
    SL_BUF(text, 10000);
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_msg_judge_ask m = {.ask = number,
                                 .target = 1,
                                 .generation = generation,
                                 .search_path = SL_SPAN("public"),
                                 .user = SL_SPAN("bob"),
                                 .standard_strings = 1,
                                 .text = sl_span_str(sql)};
    struct sl_msg_judge_answer answer;
    struct sl_meaning found;

    sl_msg_judge_ask_put(&b, &m);
    send_with(gate_fd, &b, -1);
    SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK);
    if (!SL_CHECK(sl_msg_judge_answer_get(next(gate_fd, SL_MESSAGE_JUDGE_ANSWER), &answer) ==
                  SL_OK) ||
        !SL_CHECK(sl_meaning_get(mem, answer.meaning, &found) == SL_OK))
        return;
    SL_CHECK_INT(answer.ask, number);
    fixture_put(&text, &found);
    SL_CHECK_TEXT(sl_buf_span(&text), meaning);
}

static void test_questions_and_answers(void)
{
    SL_BUF(snapshot, 64 * 1024);

    start();
    SL_CHECK_INT(fixture_catalog(&snapshot), SL_OK);
    ask(1, 5, "select id from orders", "select: read opaque | orders(id)=read");
    give_listing(sl_buf_span(&snapshot));
    ask(2, 5, "select id from orders", "select: read | public.orders(id)=read ! shared");
    ask(3, 4, "select id from orders",
        "select: read opaque | orders(id)=read"); /* another listing */
    ask(4, 5, "begin", "begin: ! begin control");
    for (uint64_t i = 5; i < 500; i++)
        ask(i, 5, "selec", ": opaque");
    SL_CHECK_INT(stop(), 0);
}

/* Each ends the channel and leaves the program alive for others. */
static void test_a_hostile_gate(void)
{
    SL_BUF(garbage, 100);
    SL_BUF(ready, 100);
    struct sl_msg_ready wrong = {.detail = SL_SPAN("x")};

    start();
    give_listing(SL_SPAN("SLCATLG1 is not a listing"));
    SL_CHECK_INT(recv(gate_fd, received, sizeof received, 0), 0);
    SL_CHECK_INT(stop(), 0);
    start();
    sl_msg_ready_put(&ready, &wrong); /* not for a gate to say */
    send_with(gate_fd, &ready, -1);
    SL_CHECK_INT(recv(gate_fd, received, sizeof received, 0), 0);
    SL_CHECK_INT(stop(), 0);
    start();
    sl_buf_put_str(&garbage, "\x15\0garbage");
    send_with(gate_fd, &garbage, -1);
    SL_CHECK_INT(recv(gate_fd, received, sizeof received, 0), 0);
    SL_CHECK_INT(stop(), 0);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    program = argv[1];
    SL_RUN(test_questions_and_answers);
    SL_RUN(test_a_hostile_gate);
    return sl_tap_done();
}
