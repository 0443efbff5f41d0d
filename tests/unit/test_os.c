/* The small parts of os: clock, log, files that fail, the loop, addresses and sockets, paths. */
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/loop.h"
#include "os/net.h"
#include "os/paths.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/sluice-os-XXXXXX";

static const char *in_folder(struct sl_buf *b, const char *name)
{
    sl_buf_reset(b);
    sl_buf_say(b, "%s/%s", folder, name);
    return sl_buf_text(b);
}

static void test_clock(void)
{
    char a[37], b[37];
    uint64_t before = sl_clock_monotonic_us();

    SL_CHECK(sl_clock_us() > 1700000000000000u);
    SL_CHECK(sl_clock_monotonic_us() >= before);
    sl_uuid_v7(0x0123456789abu * 1000u, a);
    sl_uuid_v7(0x0123456789acu * 1000u, b);
    SL_CHECK(strlen(a) == 36 && strncmp(a, "01234567-89ab-7", 15) == 0);
    SL_CHECK(strchr("89ab", a[19]) != NULL);
    SL_CHECK(strcmp(a, b) < 0); /* they sort by time */
}

/* --- log ------------------------------------------------------------------------------------- */

static void log_odd(void)
{
    sl_log(SL_LOG_WARN, "odd", SL_NUM("n", 42), SL_CSTR("plain", "abc"), SL_CSTR("blank", "a b"),
           SL_CSTR("forged", "x\nlevel=info role=gate"), SL_CSTR("quote", "say \"\\\""),
           SL_CSTR("none", ""));
}
static void log_long(void)
{
    static char text[9000];

    memset(text, 'x', sizeof text - 1);
    sl_log(SL_LOG_INFO, "long", SL_CSTR("text", text));
}
static void log_debug(void)
{
    sl_log(SL_LOG_DEBUG, "quiet", SL_NUM("n", 1));
}

/* What one call wrote to standard error. */
static struct sl_span logged(void (*act)(void))
{
    static uint8_t bytes[16384];
    int ends[2], saved = dup(STDERR_FILENO);

    SL_CHECK_INT(pipe2(ends, O_NONBLOCK), 0);
    dup2(ends[1], STDERR_FILENO);
    act();
    dup2(saved, STDERR_FILENO);
    ssize_t n = read(ends[0], bytes, sizeof bytes);
    close(saved);
    close(ends[0]);
    close(ends[1]);
    return sl_span(bytes, n < 0 ? 0 : (size_t)n);
}

static void test_log(void)
{
    unsetenv("SLUICE_LOG");
    sl_log_init("test");
    struct sl_span line = logged(log_odd);
    SL_CHECK(line.n > 28 && line.p[26] == 'Z');
    SL_CHECK_TEXT(
        sl_span_from(line, 27),
        " level=warn role=test event=odd n=42 plain=abc blank=\"a b\""
        " forged=\"x\\u{0a}level=info role=gate\" quote=\"say \\\"\\\\\\\"\" none=\"\"\n");
    line = logged(log_long);
    SL_CHECK(line.n <= 4096 && line.p[line.n - 1] == '\n');
    SL_CHECK(sl_span_eq(sl_span_from(line, line.n - 10), SL_SPAN(" cut=true\n")));
    SL_CHECK_INT(logged(log_debug).n, 0);
}

/* --- files ----------------------------------------------------------------------------------- */

static void test_files(void)
{
    SL_BUF(path, 200);
    SL_BUF(bytes, 100);
    struct stat is;

    SL_CHECK_INT(sl_file_read(in_folder(&path, "none"), &bytes), SL_ENOTFOUND);
    SL_CHECK_INT(sl_file_replace(in_folder(&path, "file"), SL_SPAN("first"), 0600), SL_OK);
    SL_CHECK_INT(sl_file_replace(in_folder(&path, "file"), SL_SPAN("second"), 0640), SL_OK);
    SL_CHECK_INT(sl_file_read(in_folder(&path, "file"), &bytes), SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&bytes), "second");
    SL_CHECK(stat(in_folder(&path, "file"), &is) == 0 && (is.st_mode & 0777) == 0640);

    struct sl_buf small = sl_buf(5), exact = sl_buf(6);
    SL_CHECK_INT(sl_file_read(in_folder(&path, "file"), &small), SL_ELIMIT);
    SL_CHECK_INT(sl_file_read(in_folder(&path, "file"), &exact), SL_OK);
    sl_buf_done(&small);
    sl_buf_done(&exact);
}

/* Whatever fails on the way, the old file is whole and no half one is left. */
static void test_files_that_fail(void)
{
    static const struct {
        char kind;
        int number;
        enum sl_err want;
    } faults[] = {{'w', ENOSPC, SL_EFULL}, {'s', EIO, SL_EIO}, {'r', EACCES, SL_EDENIED}};
    SL_BUF(path, 200);
    SL_BUF(bytes, 100);

    SL_CHECK_INT(sl_file_replace(in_folder(&path, "kept"), SL_SPAN("old"), 0600), SL_OK);
    for (size_t i = 0; i < SL_COUNT(faults); i++) {
        sl_file_fault(faults[i].kind, 0, faults[i].number);
        SL_CHECK_INT(sl_file_replace(in_folder(&path, "kept"), SL_SPAN("new"), 0600),
                     faults[i].want);
        sl_file_fault(faults[i].kind, 0, 0);
        sl_buf_reset(&bytes);
        SL_CHECK_INT(sl_file_read(in_folder(&path, "kept"), &bytes), SL_OK);
        SL_CHECK_TEXT(sl_buf_span(&bytes), "old");
        SL_CHECK(access(in_folder(&path, "kept.new"), F_OK) != 0);
    }
}

static void test_folders_and_locks(void)
{
    SL_BUF(path, 200);
    struct stat is;
    int one, two;

    SL_CHECK_INT(sl_file_make_folder(in_folder(&path, "a/b/c"), 0700), SL_OK);
    SL_CHECK_INT(sl_file_make_folder(in_folder(&path, "a/b/c"), 0700), SL_OK);
    SL_CHECK(stat(in_folder(&path, "a/b/c"), &is) == 0 && (is.st_mode & 0777) == 0700);
    SL_CHECK_INT(sl_file_make_folder(in_folder(&path, "file/d"), 0700), SL_EEXISTS);
    SL_CHECK_INT(sl_file_lock(in_folder(&path, "lock"), &one), SL_OK);
    SL_CHECK_INT(sl_file_lock(in_folder(&path, "lock"), &two), SL_EBUSY);
    close(one);
    SL_CHECK_INT(sl_file_lock(in_folder(&path, "lock"), &two), SL_OK);
    close(two);
}

/* --- loop ------------------------------------------------------------------------------------ */

static struct {
    struct sl_loop *loop;
    struct sl_timer *first, *second;
    struct sl_watch *watch;
    unsigned timers, reads, writes, sleeps, signals;
} seen;

static void on_first(void *owner)
{
    (void)owner;
    seen.timers++;
    sl_timer_free(seen.first); /* itself */
    seen.first = NULL;
    sl_timer_arm(seen.second, 1);
}
static void on_second(void *owner)
{
    (void)owner;
    seen.timers++;
    raise(SIGUSR1);
}
static void on_signal(void *owner, int number)
{
    (void)owner;
    seen.signals += number == SIGUSR1;
    sl_loop_stop(seen.loop);
}
static void on_ready(void *owner, int fd, unsigned ready)
{
    char c;

    (void)owner;
    if (ready == SL_WRITABLE) {
        seen.writes++;
        sl_watch_interest(seen.watch, SL_READABLE);
        return;
    }
    seen.reads++;
    SL_CHECK_INT(read(fd, &c, 1), 1);
    sl_watch_free(seen.watch); /* itself */
    sl_timer_arm(seen.first, 0);
}
static void before_sleep(void *owner)
{
    (void)owner;
    seen.sleeps++;
}

static void test_loop(void)
{
    struct sl_signal *s;
    int fds[2];

    SL_CHECK_INT(sl_loop_new(&seen.loop), SL_OK);
    SL_CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    SL_CHECK_INT(write(fds[1], "x", 1), 1);
    SL_CHECK_INT(sl_timer_new(seen.loop, on_first, NULL, &seen.first), SL_OK);
    SL_CHECK_INT(sl_timer_new(seen.loop, on_second, NULL, &seen.second), SL_OK);
    SL_CHECK_INT(sl_signal_new(seen.loop, SIGUSR1, on_signal, NULL, &s), SL_OK);
    SL_CHECK_INT(sl_watch_new(seen.loop, fds[0], SL_WRITABLE, on_ready, NULL, &seen.watch), SL_OK);
    uint64_t started = sl_loop_now_ms(seen.loop);
    SL_CHECK_INT(sl_loop_run(seen.loop, before_sleep, NULL), SL_OK);
    SL_CHECK(sl_loop_now_ms(seen.loop) - started < 2000);
    SL_CHECK_INT(seen.writes, 1);
    SL_CHECK_INT(seen.reads, 1);
    SL_CHECK_INT(seen.timers, 2);
    SL_CHECK_INT(seen.signals, 1);
    SL_CHECK(seen.sleeps >= 4);
    sl_timer_free(seen.second);
    sl_signal_free(s);
    sl_loop_free(seen.loop);
    close(fds[0]);
    close(fds[1]);
}

static struct {
    struct sl_loop *loop;
    struct sl_timer *slow, *then;
    uint64_t armed_us, fired_us;
} late;

static void on_slow(void *owner)
{
    (void)owner;
    usleep(200 * 1000);
    late.armed_us = sl_clock_monotonic_us();
    sl_timer_arm(late.then, 150);
}

static void on_then(void *owner)
{
    (void)owner;
    late.fired_us = sl_clock_monotonic_us();
    sl_loop_stop(late.loop);
}

static void on_nothing(void *owner)
{
    (void)owner;
}

static void on_no_descriptor(void *owner, int fd, unsigned ready)
{
    (void)owner;
    (void)fd;
    (void)ready;
}

static void on_no_signal(void *owner, int number)
{
    (void)owner;
    (void)number;
}

/* The keeper ended its chats after its loop, whose memory was gone: now and then it died of that.
 */
static void test_a_loop_may_be_freed_before_what_was_made_on_it(void)
{
    struct sl_loop *loop;
    struct sl_timer *timer;
    struct sl_watch *watch;
    struct sl_signal *number;
    void *others[128];
    int ends[2];

    SL_CHECK(pipe(ends) == 0);
    SL_CHECK_INT(sl_loop_new(&loop), SL_OK);
    SL_CHECK_INT(sl_timer_new(loop, on_nothing, NULL, &timer), SL_OK);
    SL_CHECK_INT(sl_watch_new(loop, ends[0], SL_READABLE, on_no_descriptor, NULL, &watch), SL_OK);
    SL_CHECK_INT(sl_signal_new(loop, SIGUSR2, on_no_signal, NULL, &number), SL_OK);
    sl_timer_arm(timer, 60000);
    sl_loop_free(loop);
    for (size_t i = 0; i < 128; i++) { /* what is freed belongs to others now, of whatever size */
        others[i] = malloc(16 * (i + 1));
        SL_PROMISE(others[i] != NULL);
        memset(others[i], 42, 16 * (i + 1));
    }
    sl_timer_disarm(timer);
    sl_timer_free(timer);
    sl_signal_free(number);
    sl_watch_free(watch);
    close(ends[0]);
    close(ends[1]);
    for (size_t i = 0; i < 128; i++)
        free(others[i]);
}

static void test_a_timer_counts_from_when_it_is_armed(void)
{
    SL_CHECK_INT(sl_loop_new(&late.loop), SL_OK);
    SL_CHECK_INT(sl_timer_new(late.loop, on_slow, NULL, &late.slow), SL_OK);
    SL_CHECK_INT(sl_timer_new(late.loop, on_then, NULL, &late.then), SL_OK);
    sl_timer_arm(late.slow, 0);
    SL_CHECK_INT(sl_loop_run(late.loop, NULL, NULL), SL_OK);
    SL_CHECK(late.fired_us - late.armed_us >= 130 * 1000); /* the kernel's coarse clock */
    sl_timer_free(late.slow);
    sl_timer_free(late.then);
    sl_loop_free(late.loop);
}

/* --- addresses and sockets ------------------------------------------------------------------- */

static void test_addresses(void)
{
    static const struct {
        const char *text, *back, *host;
        bool loopback;
    } good[] = {{"127.0.0.1:5432", "127.0.0.1:5432", "127.0.0.1", true},
                {"[::1]:1", "[::1]:1", "::1", true},
                {"10.1.2.3:65535", "10.1.2.3:65535", "10.1.2.3", false},
                {"[2001:DB8::5]:80", "[2001:db8::5]:80", "2001:db8::5", false}};
    static const char *const bad[] = {"",
                                      ":",
                                      "127.0.0.1",
                                      "127.0.0.1:",
                                      "127.0.0.1:0",
                                      "127.0.0.1:65536",
                                      "::1:80",
                                      "[127.0.0.1]:80",
                                      "[::1]",
                                      "[::1]80",
                                      "localhost:80",
                                      "[::1:80"};
    struct sl_net_address a;
    SL_BUF(b, 100);

    for (size_t i = 0; i < SL_COUNT(good); i++) {
        SL_CHECK_INT(sl_net_parse(sl_span_str(good[i].text), &a), SL_OK);
        sl_buf_reset(&b);
        sl_net_put(&b, &a);
        SL_CHECK_TEXT(sl_buf_span(&b), good[i].back);
        sl_buf_reset(&b);
        sl_net_put_host(&b, &a);
        SL_CHECK_TEXT(sl_buf_span(&b), good[i].host);
        SL_CHECK_INT(sl_net_is_loopback(&a), good[i].loopback);
    }
    for (size_t i = 0; i < SL_COUNT(bad); i++)
        if (!SL_CHECK_INT(sl_net_parse(sl_span_str(bad[i]), &a), SL_EMALFORMED))
            printf("# %s\n", bad[i]);
}

static int option(int fd, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof value;

    return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

static void test_listen_and_connect(void)
{
    struct sl_net_address a, peer;
    int listening = -1, client, server;
    enum sl_err err = SL_EBUSY;
    SL_BUF(port, 10);

    for (unsigned number = 21900; err == SL_EBUSY && number < 21999; number++) {
        sl_buf_reset(&port);
        sl_buf_put_decimal(&port, number);
        SL_CHECK_INT(sl_net_numeric(SL_SPAN("127.0.0.1"), sl_buf_span(&port), &a), SL_OK);
        err = sl_net_listen(&a, false, &listening);
    }
    SL_CHECK_INT(err, SL_OK);
    SL_CHECK_INT(sl_net_accept(listening, &server, NULL), SL_EBUSY);
    SL_CHECK_INT(sl_net_connect(&a, &client), SL_OK);
    for (unsigned i = 0; i < 100 && (err = sl_net_connected(client)) == SL_EBUSY; i++)
        usleep(1000);
    SL_CHECK_INT(err, SL_OK);
    SL_CHECK_INT(sl_net_accept(listening, &server, &peer), SL_OK);
    SL_CHECK(sl_net_is_loopback(&peer));
    SL_CHECK((fcntl(server, F_GETFD) & FD_CLOEXEC) != 0 &&
             (fcntl(server, F_GETFL) & O_NONBLOCK) != 0);
    sl_net_settle(server);
    SL_CHECK_INT(option(server, SOL_SOCKET, SO_KEEPALIVE), 1); /* who vanishes is noticed */
    SL_CHECK_INT(option(server, IPPROTO_TCP, TCP_KEEPIDLE), 60);
    SL_CHECK_INT(option(server, IPPROTO_TCP, TCP_KEEPINTVL), 10);
    SL_CHECK_INT(option(server, IPPROTO_TCP, TCP_KEEPCNT), 6);
    close(server);
    close(client);
    close(listening);
    SL_CHECK_INT(sl_net_connect(&a, &client), SL_OK);
    for (unsigned i = 0; i < 100 && (err = sl_net_connected(client)) == SL_EBUSY; i++)
        usleep(1000);
    SL_CHECK_INT(err, SL_EGONE);
    close(client);
}

static void test_control_socket(void)
{
    SL_BUF(path, 200);
    struct stat is;
    int listening, client, again;

    SL_CHECK_INT(sl_net_connect_control(in_folder(&path, "control"), &client), SL_ENOTFOUND);
    SL_CHECK_INT(sl_net_listen_control(in_folder(&path, "control"), &listening), SL_OK);
    SL_CHECK(stat(in_folder(&path, "control"), &is) == 0 && (is.st_mode & 0777) == 0600);
    SL_CHECK_INT(sl_net_connect_control(in_folder(&path, "control"), &client), SL_OK);
    close(client);
    close(listening);
    SL_CHECK_INT(sl_net_connect_control(in_folder(&path, "control"), &client), SL_EGONE);
    SL_CHECK_INT(sl_net_listen_control(in_folder(&path, "control"), &again), SL_OK);
    close(again);
}

static void test_paths(void)
{
    static const struct {
        const char *config, *path, *want;
    } cases[] = {{"/etc/sluice/sluice.yaml", "./state", "/etc/sluice/./state"},
                 {"/etc/sluice/sluice.yaml", "/var/lib/sluice", "/var/lib/sluice"},
                 {"sluice.yaml", "state", "state"}};
    SL_BUF(b, 1000);
    SL_BUF(link, 1000);

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        sl_buf_reset(&b);
        SL_CHECK_INT(sl_path_beside(cases[i].config, sl_span_str(cases[i].path), &b), SL_OK);
        SL_CHECK_TEXT(sl_buf_span(&b), cases[i].want);
    }
    sl_buf_reset(&b);
    SL_CHECK_INT(sl_path_beside("/a/b", SL_SPAN("c\0d"), &b), SL_EMALFORMED);
    SL_CHECK_INT(sl_path_control(folder, &b), SL_ENOTFOUND);
    SL_CHECK_INT(symlink("/run/somewhere", in_folder(&link, "run")), 0);
    SL_CHECK_INT(sl_path_control(folder, &b), SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&b), "/run/somewhere/control.sock");
}

static bool remove_folder(void)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        execlp("rm", "rm", "-r", folder, NULL);
        _exit(1);
    }
    return waitpid(child, &status, 0) == child && status == 0;
}

int main(void)
{
    if (mkdtemp(folder) == NULL)
        return 1;
    SL_RUN(test_clock);
    SL_RUN(test_log);
    SL_RUN(test_files);
    SL_RUN(test_files_that_fail);
    SL_RUN(test_folders_and_locks);
    SL_RUN(test_loop);
    SL_RUN(test_a_timer_counts_from_when_it_is_armed);
    SL_RUN(test_a_loop_may_be_freed_before_what_was_made_on_it);
    SL_RUN(test_addresses);
    SL_RUN(test_listen_and_connect);
    SL_RUN(test_control_socket);
    SL_RUN(test_paths);
    return remove_folder() ? sl_tap_done() : 1;
}
