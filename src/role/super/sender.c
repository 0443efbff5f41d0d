/* Keeps `sluice openlineage` running where the configuration has an endpoint for run events. It
 * gets the configuration that is in force, not the file, which may hold a proposal. How far it is
 * it leaves in a file beside the spool; here only that it runs is watched. */
#include "role/super/super_int.h"

#include "os/file.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 500, BACKOFF_LEAST_MS = 1000, BACKOFF_MOST_MS = 60000, FORGIVEN_MS = 30000 };

extern char **environ;

struct sl_sender {
    struct sl_super *super;
    struct sl_timer *timer;
    uint64_t due_ms, started_ms, backoff_ms;
    uint32_t generation; /* of the configuration that it was given */
    pid_t pid;           /* 0: it does not run */
    bool told_to_end;
};

static enum sl_err spawn(struct sl_sender *sender, int config)
{
    char path[] = "/proc/self/exe", name[] = "sluice", command[] = "openlineage",
         in_force[] = "--in-force", option[] = "--config";
    char *argv[] = {name, command, in_force, option, (char *)(uintptr_t)sender->super->config_file,
                    NULL};
    struct sl_spawn how = {.path = path,
                           .argv = argv,
                           .environment = environ,
                           .channel = config,
                           .lock = -1,
                           .output = -1};

    return sl_spawn(&how, &sender->pid);
}

static enum sl_err start(struct sl_sender *sender)
{
    int config = memfd_create("sluice-config", MFD_CLOEXEC);

    if (config < 0)
        return SL_EMEMORY;
    enum sl_err err = sl_file_write_all(config, sl_buf_span(&sender->super->inputs->yaml));
    if (err == SL_OK)
        err = spawn(sender, config);
    close(config);
    return err;
}

static void try_start(struct sl_sender *sender, uint64_t now)
{
    sender->started_ms = now;
    sender->generation = sender->super->generation;
    sender->told_to_end = false;
    if (start(sender) == SL_OK)
        return;
    sender->pid = 0;
    sender->due_ms = now + BACKOFF_MOST_MS;
    sl_log(SL_LOG_ERROR, "openlineage_not_started", SL_CSTR("why", "no process could be started"));
}

static void look(void *owner)
{
    struct sl_sender *sender = owner;
    struct sl_super *s = sender->super;
    uint64_t now = sl_loop_now_ms(s->loop);
    bool wanted = s->phase == SL_SUPER_RUNNING && s->inputs->config->settings.openlineage_url.n > 0;

    if (sender->pid == 0 && wanted && now >= sender->due_ms)
        try_start(sender, now);
    else if (sender->pid != 0 && (!wanted || sender->generation != s->generation)) {
        sender->told_to_end = true;
        (void)kill(sender->pid, SIGKILL); /* it is made for that */
    }
    sl_timer_arm(sender->timer, LOOK_EVERY_MS);
}

enum sl_err sl_sender_new(struct sl_super *s, struct sl_sender **out)
{
    struct sl_sender *sender = calloc(1, sizeof *sender);

    if (sender == NULL)
        return SL_EMEMORY;
    sender->super = s;
    enum sl_err err = sl_timer_new(s->loop, look, sender, &sender->timer);
    if (err != SL_OK) {
        free(sender);
        return err;
    }
    sl_timer_arm(sender->timer, LOOK_EVERY_MS);
    *out = sender;
    return SL_OK;
}

static void back_off(struct sl_sender *sender, uint64_t now)
{
    uint64_t next = sender->backoff_ms * 2;

    if (now - sender->started_ms >= FORGIVEN_MS || next < BACKOFF_LEAST_MS)
        next = BACKOFF_LEAST_MS;
    sender->backoff_ms = next < BACKOFF_MOST_MS ? next : BACKOFF_MOST_MS;
    sender->due_ms = now + sender->backoff_ms;
    sl_log(SL_LOG_WARN, "openlineage_ended", SL_NUM("again_in_ms", sender->backoff_ms));
}

bool sl_sender_ended(struct sl_sender *sender, pid_t pid)
{
    if (sender == NULL || sender->pid != pid)
        return false;
    sender->pid = 0;
    if (!sender->told_to_end)
        back_off(sender, sl_loop_now_ms(sender->super->loop));
    return true;
}

void sl_sender_free(struct sl_sender *sender)
{
    if (sender == NULL)
        return;
    if (sender->pid > 0)
        kill(sender->pid, SIGKILL);
    sl_timer_free(sender->timer);
    free(sender);
}
