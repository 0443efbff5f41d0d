/* What the captured-program tests share: the keeper's world of tests/unit/keeper_play.h, plus a
 * hostile peer's view of a channel: has it been ended, and did anything secret ever come through
 * it? */
#ifndef SL_TESTS_CAPTURED_H
#define SL_TESTS_CAPTURED_H

#include "tests/unit/keeper_play.h"

#include "base/encode.h"
#include "core/action/action.h"

enum { MAX_SECRETS = 8, SECRET_BYTES = 256 };

static char secrets[MAX_SECRETS][SECRET_BYTES]; /* what no gate and no desk may ever read */
static size_t secret_count;
static unsigned leaks;

static void keep_text(char *out, size_t size, const char *text)
{
    size_t n = strnlen(text, size - 1); /* it may have no end */

    memset(out, 0, size);
    memcpy(out, text, n);
}

static inline void is_secret(const char *text)
{
    SL_PROMISE(secret_count < MAX_SECRETS);
    keep_text(secrets[secret_count++], SECRET_BYTES, text);
}

static void look_for_secrets(size_t n)
{
    for (size_t i = 0; i < secret_count; i++)
        if (memmem(play.in, n, secrets[i], strlen(secrets[i])) != NULL) {
            printf("#   a message of %zu bytes holds secret %zu\n", n, i);
            leaks++;
        }
}

/* Like hear_within, and looks at every byte. Events are passed over. */
static unsigned overhear(int fd)
{
    for (int i = 0; i < 100; i++) {
        unsigned type = hear_within(fd, PATIENCE_MS);

        look_for_secrets(type == 0 ? 0 : play.body.n + SL_IPC_HEADER);
        if (type != SL_MESSAGE_EVENT)
            return type;
    }
    return 0;
}

/* The keeper closed this channel; what it said before is looked at too. */
static inline bool is_ended(int fd)
{
    for (int i = 0; i < 1000; i++) {
        struct pollfd p = {.fd = fd, .events = POLLIN};

        if (poll(&p, 1, PATIENCE_MS) <= 0)
            return false;
        ssize_t n = recv(fd, play.in, sizeof play.in, 0);
        if (n <= 0)
            return true;
        look_for_secrets((size_t)n);
    }
    return false;
}

/* Still open after it had time to be ended. */
static inline bool is_open(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    uint8_t byte;

    return poll(&p, 1, 50) <= 0 || recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static inline int peer_at(enum sl_role role, uint32_t index, const char *purpose)
{
    int ends[2];

    SL_PROMISE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    TELL_FD(play.super, ends[1], peer, .role = role, .index = index,
            .purpose = sl_span_str(purpose));
    close(ends[1]);
    return ends[0];
}

static inline int new_journal(struct sl_journal *ring)
{
    int fd = memfd_create("journal", MFD_CLOEXEC);

    SL_PROMISE(fd >= 0 && ftruncate(fd, JOURNAL_BYTES) == 0);
    uint8_t *p = mmap(NULL, JOURNAL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    SL_PROMISE(p != MAP_FAILED && sl_journal_format(p, JOURNAL_BYTES, sl_clock_us()) == SL_OK);
    SL_PROMISE(sl_journal_open(p, JOURNAL_BYTES, ring) == SL_OK);
    return fd;
}

/* A gate beside play.gate, as the supervisor starts one: its journal comes before its channel. */
static inline int gate_at(uint32_t index)
{
    struct sl_journal ring;
    int fd = new_journal(&ring);

    TELL_FD(play.super, fd, peer, .role = SL_ROLE_GATE, .index = index,
            .purpose = SL_SPAN("journal"));
    close(fd);
    munmap(ring.base, JOURNAL_BYTES);
    return peer_at(SL_ROLE_GATE, index, "");
}

static inline bool keeper_goes_on(void)
{
    int status;

    if (!SL_CHECK(waitpid(play.pid, &status, WNOHANG) == 0))
        return false;
    return SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
}

/* --- people --- */

static void claim(const char *code, char *credential)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'code':'%s'}", code);
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 201);
    keep_text(credential, SECRET_BYTES, said("credential"));
}

static void add_human(const char *name, const char *group, char *credential)
{
    SL_BUF(body, 256);
    char code[SECRET_BYTES];

    sl_buf_say(&body, "{'name':'%s','kind':'human','groups':['%s']}", name, group);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&body)), 200);
    keep_text(code, sizeof code, said("code"));
    claim(code, credential);
}

static void add_agent(const char *name, const char *owner, char *token)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'name':'%s','kind':'agent','owner':'%s','groups':['agents']}", name, owner);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&body)), 200);
    sl_buf_reset(&body);
    sl_buf_say(&body, "{'name':'%s','ttl':'1h'}", name);
    SL_CHECK_INT(call_as(play.control, "token.create", "", sl_buf_text(&body)), 200);
    keep_text(token, SECRET_BYTES, said("token"));
}

/* --- a session, and an action of it that is held --- */

struct held {
    uint64_t action;
    char approval[37], digest_hex[65];
    uint8_t digest[32];
};

static uint64_t next_action = 1;

static uint64_t sign_in(int gate, const char *name, const char *token)
{
    static uint64_t conn = 100;
    struct sl_msg_login_ok ok = {0};

    TELL(gate, login_token, .conn = ++conn, .target = SL_SPAN("finance"), .user = sl_span_str(name),
         .address = SL_SPAN("127.0.0.1"), .token = sl_span_str(token));
    if (!SL_CHECK_INT(overhear(gate), SL_MESSAGE_LOGIN_OK) || !HEARD(login_ok, &ok))
        return 0;
    return ok.session;
}

static uint64_t propose(int gate, uint64_t session, uint32_t effects, const char *sql)
{
    SL_BUF(operation, 4096);
    SL_BUF(meaning, 4096);
    struct sl_meaning_statement statement = {SL_SPAN("statement"), effects};
    struct sl_meaning m = {.effects = effects, .statements = &statement, .statement_count = 1};

    sl_action_put_simple(&operation, sl_span_str(sql));
    sl_meaning_put(&meaning, &m);
    TELL(gate, action_propose, .session = session, .action = next_action, .generation = 1,
         .asked_us = sl_clock_us(), .operation = sl_buf_span(&operation),
         .meaning = sl_buf_span(&meaning), .context_user = SL_SPAN("app"),
         .reason = SL_SPAN("spring clean"));
    return next_action++;
}

static struct held hold(int gate, uint64_t session, uint32_t effects, const char *sql)
{
    struct held h = {.action = propose(gate, session, effects, sql)};
    struct sl_msg_action_held m = {0};
    SL_BUF(hex, 128);

    if (!SL_CHECK_INT(overhear(gate), SL_MESSAGE_ACTION_HELD) || !HEARD(action_held, &m) ||
        !SL_CHECK(m.approval.n == 36 && m.digest.n == 32))
        return h;
    memcpy(h.approval, m.approval.p, 36);
    memcpy(h.digest, m.digest.p, 32);
    sl_hex_put(&hex, m.digest);
    memcpy(h.digest_hex, sl_buf_text(&hex), 65);
    return h;
}

static uint32_t decide(const char *credential, const char *approval, const char *digest_hex,
                       const char *decision)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'id':'%s','decision':'%s','digest':'%s','reason':'looked at it'}", approval,
               decision, digest_hex);
    return call_as(play.desk, "decision", credential, sl_buf_text(&body));
}

static inline const char *state_of(const char *credential, const char *approval)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", approval);
    SL_CHECK_INT(call_as(play.desk, "approval.get", credential, sl_buf_text(&body)), 200);
    return said("state");
}

static inline unsigned spend(int gate, uint64_t action, const char *approval,
                             const uint8_t digest[32])
{
    TELL(gate, action_spend, .action = action, .approval = sl_span_str(approval),
         .digest = sl_span(digest, 32));
    return overhear(gate);
}

static inline struct held hold_and_approve(int gate, uint64_t session, uint32_t effects,
                                           const char *sql, const char *credential)
{
    struct held h = hold(gate, session, effects, sql);

    SL_CHECK_INT(decide(credential, h.approval, h.digest_hex, "approve"), 200);
    SL_CHECK_INT(overhear(gate), SL_MESSAGE_ACTION_OFFER);
    return h;
}

static void begin_play(int argc, char **argv)
{
    SL_PROMISE(argc >= 2);
    play.program = argv[1];
    memcpy(play.folder, "/tmp/sluice-captured-XXXXXX", 28);
    SL_PROMISE(mkdtemp(play.folder) != NULL);
    make_journal();
    start_keeper();
}

static inline int end_play(void)
{
    stop_keeper();
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
    return sl_tap_done();
}

#endif
