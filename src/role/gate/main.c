/* sluice-gate: client and server connections, held bytes, the compiled policy, a journal. No stored
 * secret, no private key, no SQL grammar. See README.md. */
#include "role/gate/session.h"

#include "core/catalog/catalog.h"
#include "crypto/crypto.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/sandbox.h"
#include "role/gate/hold.h"
#include "role/gate/record.h"
#include "role/gate/targets.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TICK_MS = 20, SIGN_TIMEOUT_MS = 2000, ACCEPTS_AT_ONCE = 64 };

/* --- the judges --- */

static unsigned seat_of(const struct gate *g, const struct sl_channel *c)
{
    unsigned i = 0;

    while (i < GATE_MAX_JUDGES && g->judges[i].channel != c)
        i++;
    return i;
}

static void on_judge_end(void *owner, struct sl_channel *c, enum sl_err why)
{
    struct gate *g = owner;
    unsigned seat = seat_of(g, c);

    if (seat == GATE_MAX_JUDGES) {
        sl_channel_free(c);
        return;
    }
    if (why != SL_EGONE) {
        sl_log(SL_LOG_WARN, "judge_broke_the_rules", SL_NUM("judge", seat),
               SL_CSTR("why", sl_err_text(why)));
        SL_SEND(g->super, peer_bad, .role = SL_ROLE_JUDGE, .index = seat,
                .why = sl_span_str(sl_err_text(why)));
    }
    judges_seat_lost(g, seat, NULL);
}

static void judge_new(struct gate *g, uint32_t index, int fd)
{
    struct sl_channel *c;

    if (index >= GATE_MAX_JUDGES || sl_channel_new(g->loop, fd, SL_ROLE_JUDGE, SL_CONN_OPEN,
                                                   gate_on_packet, on_judge_end, g, &c) != SL_OK) {
        close(fd);
        return;
    }
    judges_seat_new(g, index, c);
}

/* --- the supervisor --- */

static void on_listen(void *owner, int fd, unsigned ready)
{
    struct gate *g = owner;

    (void)ready;
    for (int i = 0; i < ACCEPTS_AT_ONCE && !g->draining; i++)
        if (!session_accept(g, fd))
            return;
}

static void listen_new(struct gate *g, int fd)
{
    if (g->listen_watch != NULL) {
        sl_watch_free(g->listen_watch);
        close(g->listen_fd);
        g->listen_watch = NULL;
    }
    g->listen_fd = fd;
    if (sl_watch_new(g->loop, fd, SL_READABLE, on_listen, g, &g->listen_watch) != SL_OK)
        close(fd);
}

static void take_peer(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_peer m;

    if (sl_msg_peer_get(p->body, &m) != SL_OK || p->fd_count != 1) {
        sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    int fd = p->fds[0];
    p->fds[0] = -1;
    if (sl_span_is(m.purpose, "listen"))
        listen_new(g, fd);
    else if (sl_span_is(m.purpose, "sign")) {
        if (g->sign_fd >= 0)
            close(g->sign_fd);
        g->sign_fd = fd;
    } else if (m.role == SL_ROLE_KEEPER)
        keeper_connect(g, fd);
    else if (m.role == SL_ROLE_JUDGE)
        judge_new(g, m.index, fd);
    else
        close(fd);
}

static void take_reload(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_reload m;
    SL_BUF(complaints, 16 * 1024);

    if (sl_msg_reload_get(p->body, &m) != SL_OK) {
        sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    enum sl_err e = targets_reload(g, &m, &complaints);
    SL_SEND(g->super, reloaded, .generation = m.generation, .accepted = e == SL_OK,
            .why = sl_buf_span(&complaints));
    if (e == SL_OK)
        gate_wake(g, WAIT_KEEPER);
}

static void end_idle(struct session *s)
{
    if (s->gate->draining &&
        (s->phase != PHASE_READY || (s->item_count == 0 && s->tx == 'I' && s->hold == NULL)))
        session_fatal(s, "57P01", "Sluice is shutting down", NULL);
}

static void take_drain(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_drain m;

    if (sl_msg_drain_get(p->body, &m) != SL_OK) {
        sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    g->draining = true;
    g->drain_deadline_ms = sl_loop_now_ms(g->loop) + m.deadline_ms;
    if (g->listen_watch != NULL)
        sl_watch_interest(g->listen_watch, 0);
    gate_each_session(g, end_idle);
}

static void end_now(struct session *s)
{
    session_fatal(s, "57P01", "Sluice is shutting down", NULL);
}

static void drain_tick(struct gate *g)
{
    gate_each_session(g, end_idle);
    if (sl_loop_now_ms(g->loop) >= g->drain_deadline_ms)
        gate_each_session(g, end_now);
    if (sl_map_count(g->sessions) > 0 && sl_loop_now_ms(g->loop) < g->drain_deadline_ms + 1000)
        return;
    refusals_flush(&g->refusals);
    SL_SEND(g->super, drained, .left = (uint32_t)sl_map_count(g->sessions));
    sl_loop_stop(g->loop);
}

static void take_cancel(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_gate_cancel m;

    if (sl_msg_gate_cancel_get(p->body, &m) != SL_OK)
        sl_channel_break(c, SL_EMALFORMED);
    else
        session_cancel_by_key(g, m.pid, m.secret);
}

static void from_super(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    switch (p->type) {
    case SL_MESSAGE_PEER:
        take_peer(g, c, p);
        return;
    case SL_MESSAGE_RELOAD:
        take_reload(g, c, p);
        return;
    case SL_MESSAGE_DRAIN:
        take_drain(g, c, p);
        return;
    case SL_MESSAGE_GATE_CANCEL:
        take_cancel(g, c, p);
        return;
    default:
        sl_channel_break(c, SL_EUNSUPPORTED);
    }
}

static void on_super_end(void *owner, struct sl_channel *c, enum sl_err why)
{
    struct gate *g = owner;

    (void)c;
    (void)why;
    sl_loop_stop(g->loop);
}

void gate_on_packet(void *owner, struct sl_channel *c, struct sl_packet *p)
{
    struct gate *g = owner;

    if (c == g->super) {
        from_super(g, c, p);
    } else if (c == g->keeper) {
        keeper_message(g, c, p);
    } else {
        unsigned seat = seat_of(g, c);
        if (seat < GATE_MAX_JUDGES && p->type == SL_MESSAGE_JUDGE_ANSWER)
            judges_answer(g, seat, p->body);
        else
            sl_channel_break(c, SL_EUNSUPPORTED);
    }
}

/* --- time --- */

static void on_tick(void *owner)
{
    struct gate *g = owner;

    sl_timer_arm(g->tick, TICK_MS);
    judges_tick(g);
    catalog_tick(g);
    if (g->journal_full) {
        g->journal_full = false;
        gate_wake(g, WAIT_JOURNAL);
    }
    if (g->unproposed) {
        g->unproposed = false;
        gate_each_session(g, hold_propose_late);
    }
    gate_wake_late(g);
    record_progress(g);
    refusals_tick(&g->refusals, sl_loop_now_ms(g->loop));
    if (g->draining)
        drain_tick(g);
}

/* --- the beginning --- */

bool gate_sign(void *owner, struct sl_span digest, uint8_t padding, struct sl_span input,
               struct sl_buf *out)
{
    struct gate *g = owner;
    SL_BUF(question, 64 * 1024);
    SL_BUF(scratch, 64 * 1024);
    uint8_t late[64];
    struct sl_packet answer;
    struct sl_msg_signed_ m;
    struct sl_msg_sign ask = {
        .call = ++g->next_call, .digest = digest, .padding = padding, .input = input};

    if (g->sign_fd < 0)
        return false;
    while (recv(g->sign_fd, late, sizeof late, MSG_DONTWAIT) > 0)
        continue; /* an answer that came too late belongs to a question that is gone */
    sl_msg_sign_put(&question, &ask);
    if (sl_channel_ask(g->sign_fd, SL_ROLE_KEEPER, sl_buf_span(&question), SIGN_TIMEOUT_MS,
                       &scratch, &answer) != SL_OK)
        return false;
    if (answer.type != SL_MESSAGE_SIGNED || sl_msg_signed__get(answer.body, &m) != SL_OK ||
        m.call != ask.call || !m.found)
        return false;
    sl_buf_put(out, m.signature);
    return sl_buf_err(out) == SL_OK;
}

static enum sl_err map_journal(struct gate *g, struct sl_packet *p)
{
    struct stat st;

    if (p->fd_count != 1 || fstat(p->fds[0], &st) != 0 || st.st_size <= 0)
        return SL_EMALFORMED;
    g->journal_bytes = (size_t)st.st_size;
    void *base = mmap(NULL, g->journal_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                      p->fds[0], 0);
    close(p->fds[0]);
    if (base == MAP_FAILED)
        return SL_EIO;
    return sl_journal_open(base, g->journal_bytes, &g->journal);
}

static enum sl_err make_maps(struct gate *g)
{
    struct sl_map **maps[] = {&g->sessions,   &g->by_keeper, &g->by_action, &g->by_call,
                              &g->identities, &g->meanings,  &g->leases};

    sl_random(g->seed, sizeof g->seed);
    for (size_t i = 0; i < SL_COUNT(maps); i++)
        SL_TRY(sl_map_new(maps[i], g->seed[0]));
    SL_TRY(sl_label_map_new(&g->labels));
    SL_TRY(sl_sha256_new(&g->sha));
    g->facts = sl_buf(GATE_FACTS_MAX);
    g->text = sl_buf(SL_JOURNAL_MAX_TEXT + 64);
    g->read_buffer = malloc(GATE_READ_BYTES);
    return g->read_buffer == NULL ? SL_EMEMORY : SL_OK;
}

static enum sl_err enter_sandbox(struct gate *g)
{
    struct sl_sandbox box = {
        .role = SL_ROLE_GATE,
        .max_files = (uint64_t)g->config->settings.max_connections * 2 + 256,
        .best_effort = g->config->settings.sandbox_best_effort,
    };

    return sl_child_close_door(&box);
}

static enum sl_err start(struct gate *g)
{
    SL_BUF(scratch, SL_IPC_MAX_BODY);
    SL_BUF(complaints, 16 * 1024);
    struct sl_msg_setup setup;
    struct sl_packet packet;

    SL_TRY(sl_child_setup(SL_CHILD_FD, &scratch, &setup, &packet));
    g->index = setup.index;
    SL_TRY(map_journal(g, &packet));
    SL_TRY(make_maps(g));
    SL_TRY(sl_loop_new(&g->loop));
    SL_TRY(targets_setup(g, &setup, &complaints));
    SL_TRY(sl_channel_new(g->loop, SL_CHILD_FD, SL_ROLE_SUPER, SL_CONN_OPEN, gate_on_packet,
                          on_super_end, g, &g->super));
    SL_TRY(sl_timer_new(g->loop, on_tick, g, &g->tick));
    SL_TRY(enter_sandbox(g));
    sl_timer_arm(g->tick, TICK_MS);
    SL_SEND(g->super, ready, .detail = SL_SPAN(""));
    return SL_OK;
}

int main(void)
{
    static struct gate gate = {.sign_fd = -1, .listen_fd = -1};

    sl_log_init("gate");
    signal(SIGPIPE, SIG_IGN);
    enum sl_err e = start(&gate);
    if (e == SL_OK)
        e = sl_loop_run(gate.loop, NULL, NULL);
    if (e != SL_OK)
        sl_log(SL_LOG_ERROR, "gate_failed", SL_CSTR("why", sl_err_text(e)));
    return e == SL_OK ? 0 : 1;
}
