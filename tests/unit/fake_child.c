/* A child that does nothing but follow the supervisor's rules; its role is in argv[0]. It writes a
 * line to standard error for each thing that it gets, and tests read those.
 *
 * A line written to the named pipe <state>/tell.<role> is logged (fake_told) and makes it act: "die", "bad-judge",
 * "bad-keeper", "bad-gate", "bad-courier", "refuse" (the next reload), "secret <target>",
 * "issuer <name>" (the secret that we have there), "linger" (it does not end when it is told to
 * drain), "leave" (now it does). */
#include "os/child.h"
#include "os/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct sl_loop *loop;
static struct sl_channel *super;
static enum sl_role role;
static bool refuse_reload, lingers;

static enum sl_role role_of(const char *name)
{
    return strstr(name, "gate") != NULL      ? SL_ROLE_GATE
           : strstr(name, "judge") != NULL   ? SL_ROLE_JUDGE
           : strstr(name, "desk") != NULL    ? SL_ROLE_DESK
           : strstr(name, "courier") != NULL ? SL_ROLE_COURIER
                                             : SL_ROLE_KEEPER;
}

static void on_reload(struct sl_span body)
{
    struct sl_msg_reload m;

    SL_PROMISE(sl_msg_reload_get(body, &m) == SL_OK);
    sl_log(SL_LOG_INFO, "fake_reload", SL_NUM("generation", m.generation),
           SL_NUM("key", m.tls_key.n), SL_NUM("config", m.config.n),
           SL_NUM("addresses", m.addresses.count));
    SL_SEND(super, reloaded, .generation = m.generation, .accepted = !refuse_reload);
}

static void on_propose(struct sl_span body)
{
    struct sl_msg_policy_propose m;

    SL_PROMISE(sl_msg_policy_propose_get(body, &m) == SL_OK);
    sl_log(SL_LOG_INFO, "fake_propose", SL_NUM("generation", m.generation),
           SL_TEXT("diff", m.diff));
    SL_SEND(super, policy_decided, .generation = m.generation, .accepted = 1);
}

static void on_secret(struct sl_span body)
{
    struct sl_msg_secret m;

    SL_PROMISE(sl_msg_secret_get(body, &m) == SL_OK);
    sl_log(SL_LOG_INFO, "fake_secret", SL_NUM("found", m.found), SL_TEXT("secret", m.secret),
           SL_TEXT("why", m.why));
}

static void leave(void)
{
    SL_SEND(super, drained, .left = 0);
    sl_loop_stop(loop);
}

static void on_drain(void)
{
    sl_log(SL_LOG_INFO, "fake_drain", SL_NUM("lingers", lingers));
    if (!lingers)
        leave();
}

static void on_packet(void *owner, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_peer peer;

    (void)owner;
    (void)c;
    if (p->type == SL_MESSAGE_PEER && sl_msg_peer_get(p->body, &peer) == SL_OK)
        sl_log(SL_LOG_INFO, "fake_peer", SL_CSTR("role", sl_role_name((enum sl_role)peer.role)),
               SL_NUM("index", peer.index), SL_TEXT("purpose", peer.purpose),
               SL_NUM("fds", p->fd_count));
    else if (p->type == SL_MESSAGE_RELOAD)
        on_reload(p->body);
    else if (p->type == SL_MESSAGE_POLICY_PROPOSE)
        on_propose(p->body);
    else if (p->type == SL_MESSAGE_SECRET)
        on_secret(p->body);
    else if (p->type == SL_MESSAGE_DRAIN)
        on_drain();
}

static void on_end(void *owner, struct sl_channel *c, enum sl_err why)
{
    (void)owner;
    (void)c;
    (void)why;
    sl_loop_stop(loop);
}

static void act(struct sl_span s)
{
    sl_log(SL_LOG_INFO, "fake_told", SL_TEXT("what", s));
    if (sl_span_starts(s, SL_SPAN("die")))
        abort();
    if (sl_span_starts(s, SL_SPAN("bad-judge")))
        SL_SEND(super, peer_bad, .role = SL_ROLE_JUDGE, .index = 0, .why = SL_SPAN("it lied"));
    if (sl_span_starts(s, SL_SPAN("bad-gate")))
        SL_SEND(super, peer_bad, .role = SL_ROLE_GATE, .index = 1,
                .why = SL_SPAN("its journal is damaged"), .journal = 1);
    if (sl_span_starts(s, SL_SPAN("bad-keeper")))
        SL_SEND(super, peer_bad, .role = SL_ROLE_KEEPER, .index = 0,
                .why = SL_SPAN("I want its place"));
    if (sl_span_starts(s, SL_SPAN("bad-courier")))
        SL_SEND(super, peer_bad, .role = SL_ROLE_COURIER, .index = 0, .why = SL_SPAN("it lied"));
    if (sl_span_starts(s, SL_SPAN("issuer ")))
        SL_SEND(super, secret_ask, .call = 2, .issuer = sl_span_from(s, 7));
    if (sl_span_starts(s, SL_SPAN("chat "))) { /* "chat <name> <which>" */
        struct sl_span rest = sl_span_from(s, 5);
        size_t blank = sl_span_find(rest, ' ');
        SL_SEND(super, secret_ask, .call = 3, .chat = sl_span_head(rest, blank),
                .which = sl_span_from(rest, blank + 1));
    }
    if (sl_span_starts(s, SL_SPAN("linger")))
        lingers = true;
    if (sl_span_starts(s, SL_SPAN("leave")))
        leave();
    if (sl_span_starts(s, SL_SPAN("refuse")))
        refuse_reload = true;
    if (sl_span_starts(s, SL_SPAN("secret ")))
        SL_SEND(super, secret_ask, .call = 1, .target = sl_span_from(s, 7));
}

/* Two lines may be there at once. */
static void on_tell(void *owner, int fd, unsigned ready)
{
    char words[256];
    ssize_t n = read(fd, words, sizeof words);
    struct sl_span rest = sl_span(words, n < 0 ? 0 : (size_t)n);

    (void)owner;
    (void)ready;
    while (rest.n > 0) {
        struct sl_span line = sl_span_head(rest, sl_span_find(rest, '\n'));

        rest = sl_span_from(rest, line.n + 1);
        act(line);
    }
}

static void listen_to_test(struct sl_span state, unsigned index)
{
    SL_BUF(path, 4096);
    struct sl_watch *watch;

    if (index != 0 || state.n == 0)
        return;
    sl_buf_say(&path, "%S/tell.%s", state, sl_role_name(role));
    (void)mkfifo(sl_buf_text(&path), 0600);
    int fd = open(sl_buf_text(&path), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    SL_PROMISE(fd >= 0 && sl_watch_new(loop, fd, SL_READABLE, on_tell, NULL, &watch) == SL_OK);
}

int main(int argc, char **argv)
{
    SL_BUF(scratch, SL_IPC_MAX_BODY);
    struct sl_msg_setup setup;
    struct sl_packet packet;

    (void)argc;
    role = role_of(argv[0]);
    sl_log_init(sl_role_name(role));
    if (sl_child_setup(SL_CHILD_FD, &scratch, &setup, &packet) != SL_OK ||
        sl_loop_new(&loop) != SL_OK ||
        sl_channel_new(loop, SL_CHILD_FD, SL_ROLE_SUPER, SL_CONN_OPEN, on_packet, on_end, NULL,
                       &super) != SL_OK)
        return 1;
    sl_log(SL_LOG_INFO, "fake_setup", SL_NUM("index", setup.index), SL_NUM("fds", packet.fd_count),
           SL_NUM("config", setup.config.n), SL_NUM("key", setup.tls_key.n),
           SL_NUM("addresses", setup.addresses.count), SL_NUM("generation", setup.generation),
           SL_NUM("authorities", setup.authorities.count), SL_NUM("state", setup.state_dir.n));
    listen_to_test(setup.state_dir, setup.index);
    SL_SEND(super, ready, .detail = SL_SPAN("fake"));
    return sl_loop_run(loop, NULL, NULL) == SL_OK ? 0 : 1;
}
