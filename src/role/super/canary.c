/* Runs `sluice canary` for each target that has one, as often as it says: a client like any other,
 * through the front door. What it met it tells the keeper; here only that it ran is watched. */
#include "role/super/super_int.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 1000, ENDS_WITHIN_MS = 60000 };

extern char **environ;

struct sl_canary_run {
    struct sl_canary_run *next;
    char target[64];
    uint64_t due_ms, started_ms;
    pid_t pid; /* 0: none runs */
};

struct sl_canaries {
    struct sl_super *super;
    struct sl_timer *timer;
    struct sl_canary_run *runs;
};

static struct sl_canary_run *run_of(struct sl_canaries *all, struct sl_span target)
{
    for (struct sl_canary_run *r = all->runs; r != NULL; r = r->next)
        if (sl_span_is(target, r->target))
            return r;
    struct sl_canary_run *r = calloc(1, sizeof *r);
    if (r == NULL || target.n >= sizeof r->target) {
        free(r);
        return NULL;
    }
    memcpy(r->target, target.p, target.n);
    r->next = all->runs;
    all->runs = r;
    return r;
}

/* Our own program, also where it was replaced on disk meanwhile. */
static void start(struct sl_canaries *all, struct sl_canary_run *r)
{
    char path[] = "/proc/self/exe", name[] = "sluice", command[] = "canary", target[] = "--target",
         config[] = "--config";
    char *argv[] = {name,      command, target,
                    r->target, config,  (char *)(uintptr_t)all->super->config_file,
                    NULL};
    struct sl_spawn how = {.path = path,
                           .argv = argv,
                           .environment = environ,
                           .channel = -1,
                           .lock = -1,
                           .output = -1};

    r->started_ms = sl_loop_now_ms(all->super->loop);
    if (sl_spawn(&how, &r->pid) != SL_OK) {
        r->pid = 0;
        sl_log(SL_LOG_ERROR, "canary_not_tried", SL_CSTR("target", r->target),
               SL_CSTR("why", "no process could be started"));
    }
}

static void stop_if_late(struct sl_canary_run *r, uint64_t now)
{
    if (r->pid == 0 || now - r->started_ms < ENDS_WITHIN_MS)
        return;
    sl_log(SL_LOG_ERROR, "canary_not_tried", SL_CSTR("target", r->target),
           SL_CSTR("why", "it had no answer in a minute"));
    if (kill(r->pid, SIGKILL) != 0)
        r->pid = 0;
}

static void look(void *owner)
{
    struct sl_canaries *all = owner;
    struct sl_super *s = all->super;
    const struct sl_config *config = s->inputs->config;
    uint64_t now = sl_loop_now_ms(s->loop);

    for (size_t i = 0; s->phase == SL_SUPER_RUNNING && i < config->target_count; i++) {
        const struct sl_target *t = &config->targets[i];
        struct sl_canary_run *r = t->canary.statement.n == 0 ? NULL : run_of(all, t->name);
        if (r == NULL)
            continue;
        stop_if_late(r, now);
        if (r->pid != 0 || now < r->due_ms)
            continue;
        r->due_ms = now + t->canary.every_ms;
        start(all, r);
    }
    sl_timer_arm(all->timer, LOOK_EVERY_MS);
}

enum sl_err sl_canaries_new(struct sl_super *s, struct sl_canaries **out)
{
    struct sl_canaries *all = calloc(1, sizeof *all);

    if (all == NULL)
        return SL_EMEMORY;
    all->super = s;
    enum sl_err err = sl_timer_new(s->loop, look, all, &all->timer);
    if (err != SL_OK) {
        free(all);
        return err;
    }
    sl_timer_arm(all->timer, LOOK_EVERY_MS);
    *out = all;
    return SL_OK;
}

bool sl_canary_ended(struct sl_canaries *all, pid_t pid)
{
    for (struct sl_canary_run *r = all == NULL ? NULL : all->runs; r != NULL; r = r->next)
        if (r->pid == pid) {
            r->pid = 0;
            return true;
        }
    return false;
}

void sl_canaries_free(struct sl_canaries *all)
{
    if (all == NULL)
        return;
    while (all->runs != NULL) {
        struct sl_canary_run *r = all->runs;
        all->runs = r->next;
        if (r->pid > 0)
            kill(r->pid, SIGKILL);
        free(r);
    }
    sl_timer_free(all->timer);
    free(all);
}
