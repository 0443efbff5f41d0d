/* sluice-desk: HTTP for people and programs. It carries; the keeper decides. */
#include "role/desk/desk_int.h"

#include "os/child.h"
#include "os/clock.h"
#include "os/log.h"

#include <signal.h>
#include <stdlib.h>

enum { DESCRIPTORS_BESIDE_CONNS = 64 };

/* No files, no sockets but those that it is given. */
static enum sl_err close_the_door(const struct sl_msg_setup *setup, const struct sl_desk *d)
{
    struct sl_sandbox wanted = {
        .role = SL_ROLE_DESK,
        .max_memory_bytes = 2048ull * 1024 * 1024,
        .max_files = SL_DESK_MAX_CONNS + DESCRIPTORS_BESIDE_CONNS,
        .best_effort =
            d->config->settings.sandbox_best_effort || sl_span_is(setup->sandbox, "best-effort"),
    };

    return sl_child_close_door(&wanted);
}

static enum sl_err prepare(struct sl_desk *d)
{
    uint64_t seed;

    d->sign_fd = -1;
    sl_random(&seed, sizeof seed);
    SL_TRY(sl_loop_new(&d->loop));
    SL_TRY(sl_map_new(&d->conns_by_id, seed));
    SL_TRY(sl_map_new(&d->addresses, seed));
    SL_TRY(sl_map_new(&d->calls, seed));
    sl_desk_events_new_epoch(d);
    return sl_timer_new(d->loop, sl_desk_tick, d, &d->tick);
}

static enum sl_err begin(struct sl_desk *d)
{
    SL_BUF(scratch, SL_IPC_MAX_BODY);
    struct sl_msg_setup setup;

    SL_TRY(sl_child_setup_alone(&scratch, &setup));
    SL_TRY(prepare(d));
    SL_TRY(sl_desk_start(d, &setup));
    SL_TRY(sl_channel_new(d->loop, SL_CHILD_FD, SL_ROLE_SUPER, SL_CONN_OPEN, sl_desk_super_packet,
                          sl_desk_super_end, d, &d->super));
    SL_TRY(close_the_door(&setup, d));
    SL_SEND(d->super, ready, .detail = SL_SPAN("desk"));
    sl_timer_arm(d->tick, 0);
    return SL_OK;
}

static void before_sleep(void *owner)
{
    sl_desk_bury(owner);
}

int main(void)
{
    static struct sl_desk desk;

    sl_log_init("desk");
    signal(SIGPIPE, SIG_IGN);
    enum sl_err err = begin(&desk);
    if (err == SL_OK)
        err = sl_loop_run(desk.loop, before_sleep, &desk);
    if (err != SL_OK)
        sl_log(SL_LOG_ERROR, "desk_ends", SL_CSTR("why", sl_err_text(err)));
    return err == SL_OK && !desk.failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
