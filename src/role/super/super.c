#include "role/super/super.h"

#include "os/clock.h"
#include "os/sandbox.h"
#include "role/super/super_int.h"
#include "json/json.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    KEEPER_LAST_WORDS_MS = 15000, /* the final checkpoint */
    HURRIED_MS = 1000,
    LEAVE_MS = 2000,
    NAG_MS = 3600 * 1000,
    GRACE_MS = 2000, /* after the drain's deadline, before killing */
    KEEPER_AGAIN_MS = 100,
    KEEPER_TRIES = 3, /* at the end, when nobody else is left */
};

struct sl_program *sl_super_program(struct sl_super *s, enum sl_role role, unsigned index)
{
    for (size_t i = 0; i < s->program_count; i++)
        if (s->programs[i].role == role && s->programs[i].index == index)
            return &s->programs[i];
    return NULL;
}

static const char *state_name(enum sl_program_state state)
{
    static const char *const names[] = {"down", "starting", "up", "leaving"};

    return names[state];
}

void sl_super_tell_keeper(struct sl_super *s)
{
    SL_BUF(json, 64 * 1024);
    struct sl_program *keeper = sl_super_program(s, SL_ROLE_KEEPER, 0);

    if (keeper == NULL || keeper->channel == NULL)
        return;
    struct sl_jw w = sl_jw(&json);
    sl_jw_object(&w);
    sl_jw_key(&w, "programs");
    sl_jw_array(&w);
    for (size_t i = 0; i < s->program_count; i++) {
        const struct sl_program *p = &s->programs[i];
        if (p->unwanted && p->state == SL_PROGRAM_DOWN)
            continue;
        sl_jw_object(&w);
        sl_jw_key(&w, "index");
        sl_jw_u64(&w, p->index);
        sl_jw_key(&w, "pid");
        sl_jw_u64(&w, (uint64_t)p->pid);
        sl_jw_key(&w, "restarts");
        sl_jw_u64(&w, p->restarts);
        sl_jw_key(&w, "role");
        sl_jw_str(&w, sl_span_str(sl_program_name(p)));
        sl_jw_key(&w, "started");
        sl_jw_time(&w, p->started_us);
        sl_jw_key(&w, "state");
        sl_jw_str(&w, sl_span_str(state_name(p->state)));
        sl_jw_end(&w);
    }
    sl_jw_end(&w);
    sl_jw_end(&w);
    if (sl_buf_err(&json) == SL_OK)
        SL_SEND(keeper->channel, stats, .json = sl_buf_span(&json));
}

static void go_on_ending(struct sl_super *s);

/* --- ready ----------------------------------------------------------------------------------- */

static bool all_up(const struct sl_super *s)
{
    for (size_t i = 0; i < s->program_count; i++)
        if (s->programs[i].state != SL_PROGRAM_UP && !s->programs[i].unwanted)
            return false;
    return true;
}

void sl_super_program_ready(struct sl_super *s, struct sl_program *p)
{
    sl_super_tell_keeper(s);
    if (p->role == SL_ROLE_KEEPER && s->phase == SL_SUPER_RUNNING)
        sl_reload_propose(s);
    if (s->phase >= SL_SUPER_DRAINING)
        go_on_ending(s);
    if (s->phase != SL_SUPER_STARTING || !all_up(s))
        return;
    s->phase = SL_SUPER_RUNNING;
    puts("ready");
    fflush(stdout);
    sl_notify("READY=1\n");
    sl_log(SL_LOG_INFO, "ready", SL_NUM("pid", (uint64_t)getpid()),
           SL_NUM("generation", s->generation));
}

/* --- the end --------------------------------------------------------------------------------- */

static void drain_one(struct sl_program *p, uint64_t within_ms)
{
    if (p->channel != NULL)
        SL_SEND(p->channel, drain, .deadline_ms = within_ms);
    p->draining = true;
    sl_program_leave(p, within_ms + GRACE_MS);
}

static bool any_left(const struct sl_super *s, unsigned roles)
{
    for (size_t i = 0; i < s->program_count; i++)
        if ((s->programs[i].role & roles) != 0 && s->programs[i].state != SL_PROGRAM_DOWN)
            return true;
    return false;
}

static void drain_all(struct sl_super *s, unsigned roles, uint64_t within_ms)
{
    for (size_t i = 0; i < s->program_count; i++)
        if ((s->programs[i].role & roles) != 0 && s->programs[i].state != SL_PROGRAM_DOWN)
            drain_one(&s->programs[i], within_ms);
}

/* Without a channel it goes. */
static void dismiss(struct sl_program *p)
{
    if (p->state == SL_PROGRAM_DOWN)
        return;
    sl_channel_free(p->channel);
    p->channel = NULL;
    sl_program_leave(p, LEAVE_MS);
}

/* Judges and couriers have nothing to finish. */
static void dismiss_helpers(struct sl_super *s)
{
    for (size_t i = 0; i < s->program_count; i++)
        if ((s->programs[i].role & (SL_ROLE_JUDGE | SL_ROLE_COURIER)) != 0)
            dismiss(&s->programs[i]);
}

static bool brings_no_more(const struct sl_super *s)
{
    return !any_left(s, SL_ROLE_GATE | SL_ROLE_DESK);
}

/* One that never came up has a reason that will not go away. */
bool sl_super_needs_keeper(const struct sl_super *s)
{
    const struct sl_program *keeper = &s->programs[0];

    return s->phase >= SL_SUPER_DRAINING && !keeper->ended_well && s->exit_code == 0 &&
           !(s->hurried && brings_no_more(s)) && s->keeper_tries < KEEPER_TRIES;
}

/* It reads what earlier gates left before it is ready; somebody in a hurry does not wait for it. */
static bool keeper_may_be_told(const struct sl_super *s)
{
    return s->programs[0].state == SL_PROGRAM_UP || s->hurried || !sl_super_needs_keeper(s);
}

/* Nothing is lost yet, but where the folder goes with the machine it soon may be. */
static void stop_all(struct sl_super *s)
{
    uint64_t unread = sl_places_unread(&s->places);

    if (!s->programs[0].ended_well) {
        s->exit_code = 1;
        sl_log(SL_LOG_ERROR, "keeper_not_drained",
               SL_CSTR("why", "it ended before its last words"));
    }
    if (unread > 0) {
        s->exit_code = 1;
        sl_log(SL_LOG_ERROR, "journals_unread", SL_NUM("bytes", unread),
               SL_CSTR("path", sl_buf_text(&s->places.runtime)),
               SL_CSTR("why", "these records are in no ledger yet"),
               SL_CSTR("hint", "start Sluice again before this machine is turned off or the folder "
                               "is removed: it records them first"));
    }
    sl_loop_stop(s->loop);
}

/* Those who bring work first, the keeper when nobody can tell it anything more. */
static void go_on_ending(struct sl_super *s)
{
    if (s->phase == SL_SUPER_DRAINING && brings_no_more(s) && keeper_may_be_told(s)) {
        s->phase = SL_SUPER_LAST;
        dismiss_helpers(s);
        drain_all(s, SL_ROLE_KEEPER, KEEPER_LAST_WORDS_MS);
    }
    if (s->phase == SL_SUPER_LAST && !any_left(s, ~0u))
        stop_all(s);
}

static void keeper_gone(struct sl_super *s)
{
    if (brings_no_more(s))
        s->keeper_tries++;
    if (s->phase == SL_SUPER_LAST && sl_super_needs_keeper(s))
        s->phase = SL_SUPER_DRAINING; /* those were not its last words */
}

static void begin_ending(struct sl_super *s, uint64_t within_ms)
{
    sl_notify("STOPPING=1\n");
    s->phase = SL_SUPER_DRAINING;
    for (size_t i = 0; i < s->program_count; i++)
        if (s->programs[i].state == SL_PROGRAM_DOWN && s->programs[i].deadline != NULL)
            sl_timer_disarm(s->programs[i].deadline);
    if (s->programs[0].state == SL_PROGRAM_DOWN && sl_super_needs_keeper(s))
        sl_timer_arm(s->programs[0].deadline, KEEPER_AGAIN_MS);
    drain_all(s, SL_ROLE_GATE | SL_ROLE_DESK, within_ms);
    go_on_ending(s);
}

static void on_stop(void *owner, int number)
{
    struct sl_super *s = owner;

    sl_log(SL_LOG_INFO, "stop", SL_NUM("signal", (uint64_t)number),
           SL_CSTR("note", s->phase >= SL_SUPER_DRAINING ? "in a hurry now" : "draining"));
    if (s->phase < SL_SUPER_DRAINING)
        begin_ending(s, s->inputs->config->settings.drain_ms);
    else if (s->phase == SL_SUPER_DRAINING) {
        s->hurried = true;
        drain_all(s, SL_ROLE_GATE | SL_ROLE_DESK, HURRIED_MS);
        go_on_ending(s);
    }
}

/* Before everything was ready once, a program that ends has a reason that will not go away. */
void sl_super_program_gone(struct sl_super *s, struct sl_program *p)
{
    sl_super_tell_keeper(s);
    if (s->phase == SL_SUPER_STARTING && !p->journal_damaged) {
        sl_log(SL_LOG_ERROR, "cannot_start", SL_CSTR("program", sl_program_name(p)));
        s->exit_code = 1;
        begin_ending(s, HURRIED_MS);
        return;
    }
    if (s->phase >= SL_SUPER_DRAINING && p->role == SL_ROLE_KEEPER)
        keeper_gone(s);
    if (s->phase >= SL_SUPER_DRAINING)
        go_on_ending(s);
}

/* --- signals --------------------------------------------------------------------------------- */

static void program_ended(struct sl_super *s, pid_t pid, int status)
{
    for (size_t i = 0; i < s->program_count; i++)
        if (s->programs[i].pid == pid) {
            sl_program_ended(&s->programs[i], status);
            return;
        }
    if (!sl_canary_ended(s->canaries, pid) && !sl_sender_ended(s->sender, pid))
        (void)sl_secret_ended(s, pid, status);
}

static void on_child(void *owner, int number)
{
    int status;
    pid_t pid;

    (void)number;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        program_ended(owner, pid, status);
}

static void on_hangup(void *owner, int number)
{
    (void)number;
    sl_reload(owner);
}

static enum sl_err watch_signals(struct sl_super *s)
{
    static const struct {
        int number;
        sl_signal_fn *fn;
    } wanted[] = {{SIGCHLD, on_child}, {SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGHUP, on_hangup}};

    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < SL_COUNT(wanted); i++)
        SL_TRY(sl_signal_new(s->loop, wanted[i].number, wanted[i].fn, s, &s->signals[i]));
    return SL_OK;
}

/* --- start ----------------------------------------------------------------------------------- */

static void add_programs(struct sl_super *s, enum sl_role role, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        s->programs[s->program_count++] = (struct sl_program){.super = s, .role = role, .index = i};
}

struct sl_ipc_list sl_super_callees(const struct sl_super *s, unsigned courier,
                                    struct sl_ipc_list *authorities)
{
    const struct sl_inputs *in = s->inputs;

    switch (courier) {
    case SL_COURIER_HOOKS:
        *authorities = in->hook_authorities;
        return in->hooks;
    case SL_COURIER_CHAT:
        *authorities = in->chat_authorities;
        return in->chats;
    default:
        *authorities = in->issuer_authorities;
        return in->issuers;
    }
}

static void start_programs(struct sl_super *s)
{
    const struct sl_settings *settings = &s->inputs->config->settings;

    add_programs(s, SL_ROLE_KEEPER, 1);
    add_programs(s, SL_ROLE_JUDGE,
                 settings->judges < SL_MAX_JUDGES ? settings->judges : SL_MAX_JUDGES);
    add_programs(s, SL_ROLE_GATE, settings->gates < SL_MAX_GATES ? settings->gates : SL_MAX_GATES);
    add_programs(s, SL_ROLE_DESK, 1);
    add_programs(s, SL_ROLE_COURIER, SL_COURIERS);
    for (unsigned i = 0; i < SL_COURIERS; i++)
        sl_super_program(s, SL_ROLE_COURIER, i)->unwanted =
            sl_super_callees(s, i, &(struct sl_ipc_list){0}).count == 0;
    for (size_t i = 0; i < s->program_count && s->phase == SL_SUPER_STARTING; i++)
        if (!s->programs[i].unwanted)
            sl_program_start(&s->programs[i]);
}

/* One that is on its way out starts again by itself when it is wanted once more. */
void sl_super_couriers(struct sl_super *s)
{
    for (unsigned i = 0; i < SL_COURIERS; i++) {
        struct sl_program *p = sl_super_program(s, SL_ROLE_COURIER, i);

        p->unwanted = sl_super_callees(s, i, &(struct sl_ipc_list){0}).count == 0;
        if (p->unwanted)
            dismiss(p);
        else if (p->state == SL_PROGRAM_DOWN)
            sl_program_start(p);
    }
}

static enum sl_err read_config(struct sl_super *s)
{
    SL_BUF(complaints, 1024 * 1024);
    enum sl_err err = sl_inputs_read(s->config_file, &s->inputs, &complaints);

    if (err != SL_OK)
        fputs(sl_buf_text(&complaints), stderr);
    return err;
}

/* Children inherit the limit and lower it to what each needs. */
static void raise_limits(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0)
            sl_log(SL_LOG_WARN, "file_limit", SL_CSTR("why", "could not be raised"));
    }
}

static void nag(void *owner)
{
    struct sl_super *s = owner;

    if (!s->inputs->config->settings.sandbox_best_effort)
        return;
    sl_log(SL_LOG_WARN, "sandbox_best_effort",
           SL_CSTR("effect", "walls that the kernel does not offer are left out"));
    sl_timer_arm(s->nag, NAG_MS);
}

static enum sl_err close_door(bool best_effort)
{
    SL_BUF(missing, 4096);
    enum sl_err err = sl_sandbox_supervise(best_effort, &missing);

    if (missing.n > 0)
        sl_log(err == SL_OK ? SL_LOG_WARN : SL_LOG_ERROR, "sandbox_incomplete",
               SL_TEXT("missing", sl_buf_span(&missing)));
    return err;
}

static enum sl_err prepare(struct sl_super *s)
{
    SL_TRY(read_config(s));
    SL_TRY(close_door(s->inputs->config->settings.sandbox_best_effort));
    raise_limits();
    SL_TRY(sl_places_open(&s->places, s->config_file, s->inputs->config));
    SL_TRY(sl_loop_new(&s->loop));
    SL_TRY(sl_timer_new(s->loop, nag, s, &s->nag));
    SL_TRY(sl_canaries_new(s, &s->canaries));
    SL_TRY(sl_sender_new(s, &s->sender));
    nag(s);
    sl_super_warn_of_teams(s->inputs->config);
    return watch_signals(s);
}

static void clean_up(struct sl_super *s)
{
    sl_secret_forget_all(s);
    sl_canaries_free(s->canaries);
    sl_sender_free(s->sender);
    for (size_t i = 0; i < s->program_count; i++) {
        sl_channel_free(s->programs[i].channel);
        sl_timer_free(s->programs[i].deadline);
    }
    for (size_t i = 0; i < SL_COUNT(s->signals); i++)
        sl_signal_free(s->signals[i]);
    sl_timer_free(s->nag);
    sl_inputs_free(s->proposed);
    sl_inputs_free(s->inputs);
    sl_loop_free(s->loop);
    sl_places_close(&s->places);
}

int sl_super_run(const char *config_file)
{
    static struct sl_super whole; /* large, and there is one */
    struct sl_super *s = &whole;

    *s = (struct sl_super){.config_file = config_file, .generation = 1, .last_generation = 1};
    s->places.lock = s->places.control = s->places.http = -1;
    for (unsigned i = 0; i < SL_MAX_GATES; i++)
        s->places.postgres[i] = s->places.journals[i] = -1;
    sl_log_init("supervisor");
    enum sl_err err = prepare(s);
    if (err == SL_OK) {
        start_programs(s);
        err = sl_loop_run(s->loop, NULL, NULL);
    }
    if (err != SL_OK) {
        sl_log(SL_LOG_ERROR, "cannot_start", SL_CSTR("why", sl_err_text(err)));
        s->exit_code = 1;
    }
    clean_up(s);
    sl_log(SL_LOG_INFO, "stopped", SL_NUM("status", (uint64_t)s->exit_code));
    return s->exit_code;
}
