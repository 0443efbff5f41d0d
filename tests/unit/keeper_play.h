/* The keeper's world, played by a test: its supervisor, a gate with its journal, the desk, and the
 * command line on the control socket. */
#ifndef SL_TESTS_KEEPER_PLAY_H
#define SL_TESTS_KEEPER_PLAY_H

#include "core/ledger/journal.h"
#include "ipc/build.h"
#include "ipc/messages.h"
#include "os/clock.h"
#include "tests/unit/tap.h"
#include "json/json.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 180000, JOURNAL_BYTES = SL_JOURNAL_HEADER + (1 << 20), DATAGRAM = 256 * 1024 };

static struct play {
    const char *program;
    char folder[64];
    pid_t pid;
    int super, gate, desk, control, journal;
    uint32_t gates; /* as SETUP says; 0: one */
    struct sl_journal ring;
    uint64_t call;
    const char *channel; /* what the caller says it is; NULL: nothing */
    const char *address; /* where the caller comes from; NULL: this machine */
    unsigned accused;    /* how often the keeper asked for another gate or desk */
    uint8_t in[DATAGRAM];
    uint8_t *large;      /* a body that came in a memfd */
    struct sl_span body; /* of the last message, views into `in` or `large` */
    json_t *reply;
} play;

/* Rules that one test wants beside those below. */
#ifndef KEEPER_PLAY_RULES
#define KEEPER_PLAY_RULES ""
#endif

#ifndef KEEPER_PLAY_SECOND /* when a second person vouches for a passkey */
#define KEEPER_PLAY_SECOND "top"
#endif

static const char config[] =
    "listen: {postgres: 127.0.0.1:6432, http: 127.0.0.1:8080}\n"
    "passkeys: {rp_id: sluice.example, origins: "
    "[\"https://sluice.example\"], second_person: " KEEPER_PLAY_SECOND "}\n"
    "state: ./state\n"
    "targets:\n"
    "  - name: finance\n"
    "    protocol: postgres\n"
    "    address: 127.0.0.1:5432\n"
    "    database: shop\n"
    "    environment: production\n"
    "    login: [{user: app, password_file: app.pass},\n"
    "      {name: dba, user: boss, password_file: dba.pass}]\n"
    "    access: {groups: [engineers, agents]}\n"
    "    default: allow\n"
    "    labels: [{columns: [hidden.people.mail], label: pii}]\n"
    "policy:\n"
    "  - name: schema\n"
    "    when: {effects: [ddl]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [dba], need: 1}\n"
    "    expires: 15m\n"
    "  - name: quick\n"
    "    when: {effects: [truncate]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [dba], need: 1}\n"
    "    expires: 1s\n"
    "  - name: short grant\n"
    "    when: {effects: [import]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [dba], need: 1}\n"
    "    grant_ttl: 1s\n"
    "  - name: nobody could\n"
    "    when: {effects: [privilege]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [dba], need: 5}\n"
    "  - name: say why\n"
    "    when: {effects: [admin]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [dba], need: 1}\n"
    "    reason: required\n"
    "  - name: as the boss\n"
    "    when: {effects: [call]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [dba], need: 1}\n"
    "    elevate: {login: dba}\n"
    "  - name: bites\n"
    "    when: {datasets: [public.orders]}\n"
    "    then: allow\n"
    "    budget: {rows: 100, per: 1h, by: owner}\n"
    "  - name: runs\n"
    "    when: {datasets: [public.runs]}\n"
    "    then: allow\n"
    "    budget: {rows: 5, per: run}\n"
    "  - name: never\n"
    "    when: {effects: [program]}\n"
    "    then: deny\n" KEEPER_PLAY_RULES;

/* --- messages --- */

static void send_with(int fd, struct sl_buf *message, int passed)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {message->p, message->n};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};

    if (passed >= 0) {
        m.msg_control = control.bytes;
        m.msg_controllen = sizeof control.bytes;
        struct cmsghdr *head = CMSG_FIRSTHDR(&m);
        *head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)),
                                 .cmsg_level = SOL_SOCKET,
                                 .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(head), &passed, sizeof passed);
    }
    SL_PROMISE(sl_buf_err(message) == SL_OK &&
               sendmsg(fd, &m, MSG_NOSIGNAL) == (ssize_t)message->n);
    sl_buf_done(message);
}

#define TELL_FD(fd, passed, name, ...)                     \
    do {                                                   \
        struct sl_buf tell_buf = sl_buf(DATAGRAM);         \
        struct sl_msg_##name tell_message = {__VA_ARGS__}; \
        sl_msg_##name##_put(&tell_buf, &tell_message);     \
        send_with((fd), &tell_buf, (passed));              \
    } while (0)
#define TELL(fd, name, ...) TELL_FD(fd, -1, name, __VA_ARGS__)

/* What is too long for a datagram goes as a sealed memfd beside its head. */
static inline void send_sealed(int fd, struct sl_buf *message)
{
    int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    int body = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    size_t n = message->n - SL_IPC_HEADER;

    SL_PROMISE(sl_buf_err(message) == SL_OK && body >= 0 &&
               write(body, message->p + SL_IPC_HEADER, n) == (ssize_t)n &&
               fcntl(body, F_ADD_SEALS, seals) == 0);
    message->n = SL_IPC_HEADER;
    send_with(fd, message, body);
    close(body);
}

/* The type of the next message, 0 when none came in time or the other side ended. The map of
 * derived labels, which comes first to every gate, is passed over: test_labels is about it. */
static ssize_t receive(int fd, int *passed)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {play.in, sizeof play.in};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    ssize_t n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *head = n < 0 ? NULL : CMSG_FIRSTHDR(&m);

    if (head != NULL && head->cmsg_type == SCM_RIGHTS)
        memcpy(passed, CMSG_DATA(head), sizeof *passed);
    return n;
}

static void read_large(int passed, size_t bytes)
{
    free(play.large);
    play.large = malloc(bytes == 0 ? 1 : bytes);
    SL_PROMISE(play.large != NULL && pread(passed, play.large, bytes, 0) == (ssize_t)bytes);
    play.body = sl_span(play.large, bytes);
}

static unsigned hear_any(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    struct sl_ipc_head head;
    int passed = -1;

    if (poll(&p, 1, ms) <= 0)
        return 0;
    ssize_t n = receive(fd, &passed);
    if (n < SL_IPC_HEADER || sl_ipc_head_get(sl_span(play.in, (size_t)n), &head) != SL_OK)
        return 0;
    play.body = sl_span(play.in + SL_IPC_HEADER, (size_t)n - SL_IPC_HEADER);
    if (passed >= 0 && play.body.n == 0)
        read_large(passed, head.body_bytes);
    if (passed >= 0)
        close(passed);
    return head.type;
}

static unsigned hear_within(int fd, int ms)
{
    unsigned got;

    do
        got = hear_any(fd, ms);
    while (got == SL_MESSAGE_LABELS);
    return got;
}

/* Waits for this type; events to the desk are passed over, accusations counted. */
static bool hear(int fd, enum sl_message type)
{
    for (int i = 0; i < 100; i++) {
        unsigned got = hear_within(fd, PATIENCE_MS);

        if (got == (unsigned)type)
            return true;
        play.accused += got == SL_MESSAGE_PEER_BAD;
        if (got != SL_MESSAGE_EVENT && got != SL_MESSAGE_PEER_BAD) {
            printf("#   heard %s, wanted %s\n", got == 0 ? "nothing" : sl_ipc_name(got),
                   sl_ipc_name(type));
            return false;
        }
    }
    return false;
}

#define HEARD(name, out) SL_CHECK_INT(sl_msg_##name##_get(play.body, (out)), SL_OK)

/* --- the keeper's life --- */

static uint64_t gate_life = 1; /* of the gate that runs, as the supervisor tells it */

static int new_peer(enum sl_role role, const char *purpose)
{
    int ends[2];

    SL_PROMISE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    TELL_FD(play.super, ends[1], peer, .role = role, .purpose = sl_span_str(purpose),
            .life = role == SL_ROLE_GATE ? gate_life : 0);
    close(ends[1]);
    return ends[0];
}

/* The gate ended and the supervisor started another: the journal comes before its channel. */
static inline void another_gate(void)
{
    close(play.gate);
    gate_life++;
    TELL_FD(play.super, play.journal, peer, .role = SL_ROLE_GATE, .purpose = SL_SPAN("journal"),
            .life = gate_life);
    play.gate = new_peer(SL_ROLE_GATE, "");
}

static void open_control(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    SL_BUF(path, sizeof a.sun_path);

    sl_buf_say(&path, "%s/control", play.folder);
    memcpy(a.sun_path, sl_buf_text(&path), path.n);
    unlink(a.sun_path);
    SL_PROMISE(bind(listening, (struct sockaddr *)&a, sizeof a) == 0 && listen(listening, 4) == 0);
    TELL_FD(play.super, listening, peer, .role = SL_ROLE_SUPER, .purpose = SL_SPAN("control"));
    close(listening);
    play.control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    SL_PROMISE(connect(play.control, (struct sockaddr *)&a, sizeof a) == 0);
}

static void make_journal(void)
{
    play.journal = memfd_create("journal", MFD_CLOEXEC);
    SL_PROMISE(play.journal >= 0 && ftruncate(play.journal, JOURNAL_BYTES) == 0);
    uint8_t *p = mmap(NULL, JOURNAL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, play.journal, 0);
    SL_PROMISE(p != MAP_FAILED);
    SL_PROMISE(sl_journal_format(p, JOURNAL_BYTES, sl_clock_us()) == SL_OK);
    SL_PROMISE(sl_journal_open(p, JOURNAL_BYTES, &play.ring) == SL_OK);
}

/* The keeper takes what stands in the journal: soon, and on a busy machine when its turn comes. */
static inline bool keeper_reads_journal(void)
{
    TELL(play.gate, journal_kick, .position = 0);
    for (int i = 0; i < PATIENCE_MS && sl_journal_pending(&play.ring) > 0; i++)
        usleep(1000);
    return SL_CHECK(sl_journal_pending(&play.ring) == 0);
}

static void start_keeper(void)
{
    int ends[2];
    SL_BUF(state, 256);

    SL_PROMISE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    play.pid = fork();
    if (play.pid == 0) {
        if (ends[1] != 3 && dup2(ends[1], 3) < 0)
            _exit(127);
        execl(play.program, play.program, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    play.super = ends[0];
    sl_buf_say(&state, "%s/state", play.folder);
    TELL_FD(play.super, play.journal, setup, .build = sl_ipc_build(), .generation = 1,
            .config_path = SL_SPAN("sluice.yaml"), .config = sl_span_str(config),
            .state_dir = sl_buf_span(&state), .runtime_dir = sl_span_str(play.folder),
            .gates = play.gates == 0 ? 1 : play.gates, .judges = 1,
            .sandbox = SL_SPAN("best-effort"));
    SL_PROMISE(hear(play.super, SL_MESSAGE_READY));
    play.gate = new_peer(SL_ROLE_GATE, "");
    play.desk = new_peer(SL_ROLE_DESK, "");
    open_control();
}

static void close_all(void)
{
    close(play.gate);
    close(play.desk);
    close(play.control);
    close(play.super);
}

static inline void kill_keeper(void)
{
    int status;

    kill(play.pid, SIGKILL);
    waitpid(play.pid, &status, 0);
    close_all();
}

static void stop_keeper(void)
{
    int status = -1;

    close(play.super);
    SL_CHECK(waitpid(play.pid, &status, 0) == play.pid);
    SL_CHECK_INT(status, 0); /* as waitpid has it: a code times 256, or a signal */
    play.super = -1;
    close_all();
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s;
    (void)kind;
    (void)at;
    return remove(path);
}

/* --- calls --- */

/* One method; the reply is in play.reply until the next call. `body` with ' for ". */
static uint32_t call_as(int fd, const char *method, const char *credential, const char *body)
{
    SL_BUF(text, 64 * 1024);
    struct sl_msg_reply m = {0};

    for (; *body != '\0'; body++)
        sl_buf_put_u8(&text, *body == '\'' ? '"' : (uint8_t)*body);
    TELL(fd, call, .call = ++play.call, .method = sl_span_str(method),
         .credential = sl_span_str(credential),
         .address = sl_span_str(play.address == NULL ? "127.0.0.1" : play.address),
         .channel = sl_span_str(play.channel == NULL ? "" : play.channel),
         .body = sl_buf_span(&text));
    json_decref(play.reply);
    play.reply = NULL;
    if (!SL_CHECK(hear(fd, SL_MESSAGE_REPLY)) || !HEARD(reply, &m))
        return 0;
    SL_CHECK_INT(sl_json_read(m.body, &play.reply, NULL), SL_OK);
    return m.status;
}

static const char *said(const char *key)
{
    const char *text = json_string_value(json_object_get(play.reply, key));

    return text == NULL ? "" : text;
}

/* A copy of a text that the next reply would take away; what does not fit is cut. */
static inline void keep(char *out, size_t room, const char *text)
{
    memset(out, 0, room);
    memcpy(out, text, strlen(text) < room ? strlen(text) : room - 1);
}

/* A method on the control socket; `form` has two %s. Its status. */
static inline void keep_span(char *out, size_t room, struct sl_span text)
{
    memset(out, 0, room);
    memcpy(out, text.p, text.n < room ? text.n : room - 1);
}

static inline uint32_t control(const char *method, const char *form, const char *a, const char *b)
{
    SL_BUF(body, 4096);

    sl_buf_say(&body, form, a, b);
    return call_as(play.control, method, "", sl_buf_text(&body));
}

/* A folder of its own, a journal and a keeper; play_end ends it and leaves nothing. */
static inline void play_begin(const char *program)
{
    play.program = program;
    memcpy(play.folder, "/tmp/sluice-keeper-XXXXXX", 26);
    SL_PROMISE(mkdtemp(play.folder) != NULL);
    make_journal();
    start_keeper();
}

static inline void play_end(void)
{
    stop_keeper();
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
}

#endif
