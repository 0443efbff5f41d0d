/* The life of one child: start, READY, death, restart with back-off. */
#include "role/super/super_int.h"

#include "ipc/build.h"
#include "os/clock.h"
#include "os/paths.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    READY_WITHIN_MS = 60000, /* the keeper may have a long ledger to read */
    GONE_WITHIN_MS = 2000,   /* from closing its channel to its end */
    LAST_WORDS_MS = 10000,   /* from DRAINED to its end: the keeper syncs and signs */
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MOST_MS = 10000,
    /* Hostile text may end judges on purpose: others still need one. And when all end, somebody
     * waits for the keeper. */
    BACKOFF_MOST_SOON_MS = 1000,
    LIVED_LONG_MS = 30000,   /* forgives earlier deaths */
    LIVED_A_WHILE_MS = 1000, /* a bad peer that lived so long is replaced at once */
};

static const uint64_t LIFE_MASK = ((uint64_t)1 << 53) - 1;

const char *sl_program_name(const struct sl_program *p)
{
    return sl_role_name(p->role);
}

static void log_program(enum sl_log_level level, const char *event, const struct sl_program *p,
                        const char *why)
{
    sl_log(level, event, SL_CSTR("program", sl_program_name(p)), SL_NUM("index", p->index),
           SL_NUM("pid", (uint64_t)p->pid), SL_CSTR("why", why));
}

void sl_program_kill(struct sl_program *p)
{
    if (p->pid > 0 && kill(p->pid, SIGKILL) != 0)
        log_program(SL_LOG_ERROR, "kill_failed", p, "the process cannot be ended");
    p->draining = false;
    p->state = SL_PROGRAM_LEAVING;
}

void sl_program_leave(struct sl_program *p, uint64_t within_ms)
{
    if (p->state == SL_PROGRAM_DOWN)
        return;
    p->state = SL_PROGRAM_LEAVING;
    sl_timer_arm(p->deadline, within_ms);
}

/* While all end, the keeper alone: what gates leave in their journals is its to record (P6). */
static bool is_to_come_back(const struct sl_program *p)
{
    const struct sl_super *s = p->super;

    if (p->unwanted)
        return false;
    if (s->phase == SL_SUPER_STARTING)
        return p->journal_damaged;
    return s->phase == SL_SUPER_RUNNING || (p->role == SL_ROLE_KEEPER && sl_super_needs_keeper(s));
}

static void on_deadline(void *owner)
{
    struct sl_program *p = owner;

    if (p->state == SL_PROGRAM_DOWN) {
        if (is_to_come_back(p))
            sl_program_start(p);
        return;
    }
    log_program(SL_LOG_ERROR, "program_killed", p,
                p->state == SL_PROGRAM_STARTING ? "it was not ready in time"
                                                : "it did not end in time");
    sl_program_kill(p);
}

/* --- what a child says ----------------------------------------------------------------------- */

static void on_ready(struct sl_program *p, const struct sl_msg_ready *m)
{
    if (p->state != SL_PROGRAM_STARTING)
        return;
    p->state = SL_PROGRAM_UP;
    sl_timer_disarm(p->deadline);
    sl_log(SL_LOG_INFO, "program_ready", SL_CSTR("program", sl_program_name(p)),
           SL_NUM("index", p->index), SL_TEXT("detail", m->detail));
    sl_super_program_ready(p->super, p);
}

/* Who may complain about whom. A gate depends on judges, the keeper reads what gates, the desk and
 * the courier say. */
static bool may_accuse(enum sl_role accuser, enum sl_role accused)
{
    return (accuser == SL_ROLE_GATE && accused == SL_ROLE_JUDGE) ||
           (accuser == SL_ROLE_KEEPER &&
            (accused & (SL_ROLE_GATE | SL_ROLE_DESK | SL_ROLE_COURIER)) != 0);
}

static void on_peer_bad(struct sl_program *p, const struct sl_msg_peer_bad *m)
{
    struct sl_program *bad = sl_super_program(p->super, (enum sl_role)m->role, m->index);

    if (bad == NULL || !may_accuse(p->role, bad->role)) {
        sl_channel_break(p->channel, SL_EDENIED);
        return;
    }
    if (m->life != 0 && m->life != bad->life)
        return; /* that was the one before it */
    if (bad->role == SL_ROLE_GATE && m->journal != 0)
        bad->journal_damaged = true;
    if (bad->state != SL_PROGRAM_UP && bad->state != SL_PROGRAM_STARTING)
        return; /* it is being replaced already */
    sl_log(SL_LOG_WARN, "program_bad", SL_CSTR("program", sl_program_name(bad)),
           SL_NUM("index", bad->index), SL_CSTR("said_by", sl_program_name(p)),
           SL_TEXT("why", m->why));
    bad->replace_at_once = sl_loop_now_ms(p->super->loop) - bad->started_ms >= LIVED_A_WHILE_MS;
    sl_program_kill(bad);
}

static void on_reloaded(struct sl_program *p, const struct sl_msg_reloaded *m)
{
    if (m->accepted != 0) {
        p->loaded_generation = m->generation;
        sl_reload_taken(p->super);
        return;
    }
    sl_log(SL_LOG_ERROR, "reload_refused", SL_CSTR("program", sl_program_name(p)),
           SL_NUM("index", p->index), SL_TEXT("why", m->why));
    sl_program_kill(p); /* nobody goes on under a policy that is no longer in force */
}

static void on_drained(struct sl_program *p, const struct sl_msg_drained *m)
{
    sl_log(SL_LOG_INFO, "program_drained", SL_CSTR("program", sl_program_name(p)),
           SL_NUM("index", p->index), SL_NUM("left", m->left));
    p->draining = false;
    p->drained = true;
    sl_channel_free(p->channel); /* with it the child has nothing left to wait for */
    p->channel = NULL;
    sl_program_leave(p, LAST_WORDS_MS);
}

/* Client connections spread over the gates, and a cancellation is a connection of its own. */
static void on_gate_cancel(struct sl_program *p, const struct sl_msg_gate_cancel *m)
{
    struct sl_program *gate = sl_super_program(p->super, SL_ROLE_GATE, m->gate);

    if (gate != NULL && gate != p && gate->channel != NULL)
        SL_SEND(gate->channel, gate_cancel, .gate = m->gate, .pid = m->pid, .secret = m->secret);
}

static enum sl_err take_packet(struct sl_program *p, const struct sl_packet *packet)
{
    struct sl_super *s = p->super;
    union {
        struct sl_msg_ready ready;
        struct sl_msg_reloaded reloaded;
        struct sl_msg_drained drained;
        struct sl_msg_peer_bad peer_bad;
        struct sl_msg_secret_ask secret_ask;
        struct sl_msg_policy_decided decided;
        struct sl_msg_gate_cancel cancel;
    } m;

    switch (packet->type) {
    case SL_MESSAGE_READY:
        SL_TRY(sl_msg_ready_get(packet->body, &m.ready));
        on_ready(p, &m.ready);
        return SL_OK;
    case SL_MESSAGE_RELOADED:
        SL_TRY(sl_msg_reloaded_get(packet->body, &m.reloaded));
        on_reloaded(p, &m.reloaded);
        return SL_OK;
    case SL_MESSAGE_DRAINED:
        SL_TRY(sl_msg_drained_get(packet->body, &m.drained));
        on_drained(p, &m.drained);
        return SL_OK;
    case SL_MESSAGE_PEER_BAD:
        SL_TRY(sl_msg_peer_bad_get(packet->body, &m.peer_bad));
        on_peer_bad(p, &m.peer_bad);
        return SL_OK;
    case SL_MESSAGE_SECRET_ASK:
        SL_TRY(sl_msg_secret_ask_get(packet->body, &m.secret_ask));
        sl_secret_ask(s, &m.secret_ask);
        return SL_OK;
    case SL_MESSAGE_POLICY_DECIDED:
        SL_TRY(sl_msg_policy_decided_get(packet->body, &m.decided));
        sl_reload_decided(s, &m.decided);
        return SL_OK;
    case SL_MESSAGE_GATE_CANCEL:
        SL_TRY(sl_msg_gate_cancel_get(packet->body, &m.cancel));
        on_gate_cancel(p, &m.cancel);
        return SL_OK;
    default: /* allowed by the table, but not to us */
        return SL_EDENIED;
    }
}

static void on_packet(void *owner, struct sl_channel *c, struct sl_packet *packet)
{
    enum sl_err err = take_packet(owner, packet);

    if (err != SL_OK)
        sl_channel_break(c, err);
}

static void on_end(void *owner, struct sl_channel *c, enum sl_err why)
{
    struct sl_program *p = owner;

    sl_channel_free(c);
    p->channel = NULL;
    if (why == SL_EGONE) {
        sl_program_leave(p, GONE_WITHIN_MS);
        return;
    }
    log_program(SL_LOG_ERROR, "program_broke_the_rules", p, sl_err_text(why));
    sl_program_kill(p);
}

/* --- start ----------------------------------------------------------------------------------- */

/* Journals: its own to a gate, all of them to the keeper. */
static size_t journals_for(const struct sl_program *p, int *fds)
{
    const struct sl_places *places = &p->super->places;

    if (p->role == SL_ROLE_GATE)
        fds[0] = places->journals[p->index];
    else if (p->role == SL_ROLE_KEEPER)
        memcpy(fds, places->journals, places->journal_count * sizeof *fds);
    return p->role == SL_ROLE_GATE ? 1 : p->role == SL_ROLE_KEEPER ? places->journal_count : 0;
}

/* Each gets what it needs to know and no more: a judge knows no policy, the courier knows only whom
 * it may call, the key goes to the keeper. */
static struct sl_msg_setup setup_for(const struct sl_program *p)
{
    const struct sl_super *s = p->super;
    const struct sl_inputs *in = s->inputs;
    const struct sl_settings *settings = &in->config->settings;
    struct sl_msg_setup m = {
        .build = sl_ipc_build(),
        .index = p->index,
        .generation = s->generation,
        .config_path = sl_span_str(s->config_file),
        .gates = settings->gates,
        .judges = settings->judges,
        .sandbox = settings->sandbox_best_effort ? SL_SPAN("best-effort") : SL_SPAN("enforce"),
    };

    if (p->role != SL_ROLE_JUDGE && p->role != SL_ROLE_COURIER) {
        m.config = sl_buf_span(&in->yaml);
        m.state_dir = sl_buf_span(&s->places.state);
        m.runtime_dir = sl_buf_span(&s->places.runtime);
        m.tls_certificate = sl_buf_span(&in->certificate);
    }
    if (p->role == SL_ROLE_KEEPER)
        m.tls_key = sl_buf_span(&in->key);
    if (p->role == SL_ROLE_GATE) {
        m.addresses = in->addresses;
        m.authorities = in->authorities;
    }
    if (p->role == SL_ROLE_COURIER) {
        m.addresses = sl_super_callees(s, p->index, &m.authorities);
    }
    return m;
}

static enum sl_err send_setup(struct sl_program *p)
{
    SL_BUF(message, SL_IPC_MAX_BODY + SL_IPC_HEADER);
    int fds[SL_CHANNEL_MAX_FDS];
    struct sl_msg_setup setup = setup_for(p);
    size_t count = journals_for(p, fds);

    sl_msg_setup_put(&message, &setup);
    enum sl_err err = sl_buf_err(&message);
    if (err == SL_OK)
        err = sl_channel_send(p->channel, sl_buf_span(&message), fds, count);
    explicit_bzero(message.p, message.cap);
    return err;
}

/* A clean environment: what a sanitizer build needs, and how much to log. */
static void choose_environment(char *out[8], char storage[8][256])
{
    static const char *const passed[] = {"SLUICE_LOG", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                         "LSAN_OPTIONS"};
    size_t n = 0;

    for (size_t i = 0; i < SL_COUNT(passed); i++) {
        SL_BUF(item, 256);
        const char *value = getenv(passed[i]);
        if (value == NULL)
            continue;
        sl_buf_say(&item, "%s=%s", passed[i], value);
        const char *text = sl_buf_text(&item);
        if (sl_buf_err(&item) != SL_OK || item.n >= sizeof storage[n])
            continue;
        memcpy(storage[n], text, item.n + 1);
        out[n] = storage[n];
        n++;
    }
    out[n] = NULL;
}

static enum sl_err start_process(struct sl_program *p, int channel)
{
    SL_BUF(name, 64);
    SL_BUF(path, 8192);
    char *environment[8], storage[8][256];

    sl_buf_say(&name, "sluice-%s", sl_program_name(p));
    char *argv[] = {(char *)(uintptr_t)sl_buf_text(&name), NULL};
    enum sl_err err = sl_path_program(argv[0], SLUICE_INSTALLED_LIBEXEC, &path);
    if (err != SL_OK) {
        sl_log(SL_LOG_ERROR, "program_missing", SL_CSTR("program", argv[0]));
        return err;
    }
    choose_environment(environment, storage);
    struct sl_spawn how = {.path = (const char *)path.p,
                           .argv = argv,
                           .environment = environment,
                           .channel = channel,
                           .output = -1,
                           .lock = p->role == SL_ROLE_KEEPER ? p->super->places.lock : -1};
    return sl_spawn(&how, &p->pid);
}

static enum sl_err try_start(struct sl_program *p)
{
    int ends[2];

    if (p->journal_damaged)
        SL_TRY(sl_places_new_journal(&p->super->places, p->index));
    p->journal_damaged = false;
    SL_TRY(sl_channel_pair(ends));
    enum sl_err err = start_process(p, ends[1]);
    close(ends[1]);
    if (err == SL_OK)
        err = sl_channel_new(p->super->loop, ends[0], p->role, SL_CONN_OPEN, on_packet, on_end, p,
                             &p->channel);
    if (err != SL_OK) {
        close(ends[0]);
        return err;
    }
    SL_TRY(send_setup(p));
    sl_links_make(p->super, p);
    return SL_OK;
}

static void plan_restart(struct sl_program *p)
{
    bool soon = p->role == SL_ROLE_JUDGE || p->super->phase >= SL_SUPER_DRAINING;
    uint64_t most = soon ? BACKOFF_MOST_SOON_MS : BACKOFF_MOST_MS;
    uint64_t lived_ms = sl_loop_now_ms(p->super->loop) - p->started_ms;

    if (lived_ms >= LIVED_LONG_MS)
        p->backoff_ms = 0;
    uint64_t after_ms = p->backoff_ms == 0 ? BACKOFF_FIRST_MS : p->backoff_ms;
    if (after_ms > most)
        after_ms = most;
    p->backoff_ms = after_ms * 2 > most ? most : after_ms * 2;
    if (p->replace_at_once)
        after_ms = 0;
    p->replace_at_once = false;
    p->restarts++;
    sl_timer_arm(p->deadline, after_ms);
}

static void settle_gone(struct sl_program *p)
{
    sl_channel_free(p->channel);
    p->channel = NULL;
    p->pid = 0;
    p->state = SL_PROGRAM_DOWN;
    sl_timer_disarm(p->deadline);
    if (p->role == SL_ROLE_KEEPER)
        sl_secret_forget_all(p->super); /* the next one did not ask, and counts anew (P10) */
    if (is_to_come_back(p))
        plan_restart(p);
    sl_super_program_gone(p->super, p);
}

void sl_program_start(struct sl_program *p)
{
    if (p->deadline == NULL &&
        sl_timer_new(p->super->loop, on_deadline, p, &p->deadline) != SL_OK) {
        sl_log(SL_LOG_ERROR, "out_of_memory", SL_CSTR("program", sl_program_name(p)));
        return;
    }
    p->started_ms = sl_loop_now_ms(p->super->loop);
    p->started_us = sl_clock_us();
    sl_random(&p->life, sizeof p->life);
    p->life = (p->life & LIFE_MASK) | 1; /* a number that JSON can hold */
    p->state = SL_PROGRAM_STARTING;
    p->draining = p->drained = false;
    p->loaded_generation = p->super->generation;
    sl_timer_arm(p->deadline, READY_WITHIN_MS);
    enum sl_err err = try_start(p);
    if (err == SL_OK)
        return;
    log_program(SL_LOG_ERROR, "program_not_started", p, sl_err_text(err));
    if (p->pid > 0)
        sl_program_kill(p);
    else
        settle_gone(p);
}

void sl_program_ended(struct sl_program *p, int status)
{
    bool expected = (p->super->phase >= SL_SUPER_DRAINING || p->unwanted) && WIFEXITED(status) &&
                    WEXITSTATUS(status) == 0;
    uint64_t signal_number = WIFSIGNALED(status) ? (uint64_t)WTERMSIG(status) : 0;
    uint64_t code = WIFEXITED(status) ? (uint64_t)WEXITSTATUS(status) : 0;

    sl_log(expected ? SL_LOG_INFO : SL_LOG_ERROR, "program_ended",
           SL_CSTR("program", sl_program_name(p)), SL_NUM("index", p->index),
           SL_NUM("pid", (uint64_t)p->pid), SL_NUM("status", code), SL_NUM("signal", signal_number),
           SL_CSTR("note", signal_number == SIGSYS ? "a forbidden system call" : ""));
    p->ended_well = expected && (p->draining || p->drained); /* its word may come after its end */
    settle_gone(p);
}
