#include "role/keeper/issuers.h"

#include "os/child.h"
#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/call.h"
#include "role/keeper/chat.h"
#include "role/keeper/console.h"
#include "role/keeper/control.h"
#include "role/keeper/eligible.h"
#include "role/keeper/glass.h"
#include "role/keeper/govern.h"
#include "role/keeper/hooks.h"
#include "role/keeper/journals.h"
#include "role/keeper/labels.h"
#include "role/keeper/openlineage.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/policy_change.h"
#include "role/keeper/scim.h"
#include "role/keeper/sessions.h"
#include "role/keeper/stats.h"
#include "role/keeper/tries.h"
#include "role/keeper/upstream.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* sluice-keeper: holds keys, identities, approvals and the ledger; decides; parses no stranger's
 * protocol. */

#ifndef SLUICE_VERSION
#define SLUICE_VERSION "0"
#endif

/* --- timers --- */

static void on_journals(void *owner)
{
    struct keeper *k = owner;

    journals_drain(k);
    sl_arena_reset(k->mem);
    sl_timer_arm(k->journal_timer, JOURNAL_EVERY_MS);
}

static void on_deadlines(void *owner)
{
    struct keeper *k = owner;

    deadlines_sweep(k);
    escalations_sweep(k);
    fetches_sweep(k);
    hooks_tick(k);
    chats_tick(k);
    flows_sweep(k);
    console_sweep_some(k);
    sl_arena_reset(k->mem);
    sl_timer_arm(k->deadline_timer, DEADLINES_EVERY_MS);
}

static void forget_usage(struct keeper *k)
{
    uint64_t now_us = sl_clock_us(), kept_us = k->config->settings.usage_retention_ms * 1000;
    enum sl_err err = usage_purge(k->store.usage, now_us > kept_us ? now_us - kept_us : 0);

    if (err != SL_OK)
        keeper_die("old usage could not be forgotten", err);
}

static void on_checkpoint(void *owner)
{
    struct keeper *k = owner;

    sign_in_failures_flush(k);
    issuers_tick(k);
    hooks_note(k);
    bool settle = ++k->checkpoints % SETTLE_EVERY == 0;
    if (k->checkpoints % CONSOLE_SWEEP_EVERY == 0)
        console_sweep(k);
    if (k->checkpoints % NAG_EVERY == 0)
        exceptions_warn(k);
    sl_arena_reset(k->mem);
    if (settle)
        forget_usage(k);
    enum sl_err err = settle ? store_settle(&k->store) : store_checkpoint(&k->store);
    if (err != SL_OK)
        keeper_die(err == SL_EFULL ? "the disk is full: nothing may run unrecorded"
                                   : "no checkpoint",
                   err);
    k->signed_us = sl_clock_us();
    tries_sweep(k);
    sl_timer_arm(k->checkpoint_timer, CHECKPOINT_EVERY_MS);
}

static void on_term(void *owner, int number)
{
    struct keeper *k = owner;

    (void)number;
    sl_loop_stop(k->loop);
}

/* --- starting --- */

static enum sl_err make_timers(struct keeper *k)
{
    SL_TRY(sl_timer_new(k->loop, on_journals, k, &k->journal_timer));
    SL_TRY(sl_timer_new(k->loop, on_deadlines, k, &k->deadline_timer));
    SL_TRY(sl_timer_new(k->loop, on_checkpoint, k, &k->checkpoint_timer));
    SL_TRY(sl_timer_new(k->loop, keeper_on_backlog, k, &k->backlog_timer));
    SL_TRY(sl_signal_new(k->loop, SIGTERM, on_term, k, &k->term));
    sl_timer_arm(k->journal_timer, JOURNAL_EVERY_MS);
    sl_timer_arm(k->deadline_timer, DEADLINES_EVERY_MS);
    sl_timer_arm(k->checkpoint_timer, CHECKPOINT_EVERY_MS);
    return SL_OK;
}

uint64_t keeper_first_number(void)
{
    uint64_t number;

    sl_random(&number, sizeof number);
    return number >> 12;
}

static enum sl_err make_memory(struct keeper *k)
{
    uint64_t seed;

    k->next_call = keeper_first_number();
    k->label_version = keeper_first_number();

    sl_random(&seed, sizeof seed);
    SL_TRY(sl_arena_new(&k->mem, ACTION_ARENA_BYTES));
    SL_TRY(sl_map_new(&k->sessions, seed));
    SL_TRY(sl_map_new(&k->running, seed));
    SL_TRY(sl_map_new(&k->open, seed));
    SL_TRY(limits_init(&k->limits, seed));
    SL_TRY(console_new(k));
    SL_TRY(tries_new(k));
    SL_TRY(sl_loop_new(&k->loop));
    return costlies_new(k);
}

static enum sl_err close_door(struct keeper *k, const struct sl_msg_setup *m)
{
    struct sl_sandbox_path paths[] = {{k->state_dir, true}};
    struct sl_sandbox sandbox = {.role = SL_ROLE_KEEPER,
                                 .paths = paths,
                                 .path_count = SL_COUNT(paths),
                                 .max_files = 4096,
                                 .best_effort = sl_span_is(m->sandbox, "best-effort")};

    return sl_child_close_door(&sandbox);
}

static void record_start(struct keeper *k)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    record_policy(k); /* the text first: nothing is ever in force that the ledger cannot show */
    sl_entry_put_start(&leaf, &(struct sl_entry_start){.time_us = k->started_us,
                                                       .version = SL_SPAN(SLUICE_VERSION),
                                                       .policy_digest = k->config->digest,
                                                       .cut_bytes = k->store.opened.cut_bytes,
                                                       .replayed = k->store.opened.replayed});
    store_leaf(&k->store, &leaf, true, NULL);
}

static enum sl_err open_store(struct keeper *k)
{
    struct store_options o = {.state_dir = k->state_dir,
                              .now_us = k->started_us,
                              .origin = k->config->settings.ledger_origin};
    SL_BUF(why, 4096);
    enum sl_err err = store_open(&k->store, &o, &why);

    if (err != SL_OK) {
        sl_log(SL_LOG_ERROR, "store_refused",
               SL_CSTR("why", why.n > 0 ? sl_buf_text(&why) : sl_err_text(err)));
        return err;
    }
    SL_TRY(openlineage_open(k));
    record_start(k);
    govern_in_force(k, true);
    exceptions_warn(k);
    labels_load(k);
    SL_TRY(sessions_load(k));
    SL_TRY(running_load(k));
    envelopes_restart(k);
    return SL_OK;
}

static enum sl_err take_setup(struct keeper *k, const struct sl_msg_setup *m)
{
    SL_BUF(complaints, 64 * 1024);

    k->generation = m->generation;
    k->gates = m->gates;
    k->state_dir = strndup((const char *)m->state_dir.p, m->state_dir.n);
    k->started_us = k->next_session = sl_clock_us();
    if (k->state_dir == NULL)
        return SL_EMEMORY;
    enum sl_err err = sl_config_load(m->config, "sluice.yaml", &k->config, &complaints);
    if (err != SL_OK)
        sl_log(SL_LOG_ERROR, "config_refused", SL_TEXT("why", sl_buf_span(&complaints)));
    SL_TRY(err);
    if (m->tls_key.n > 0)
        SL_TRY(sl_tls_key_new(m->tls_key, &k->tls_key));
    return SL_OK;
}

/* What a crash left in the journals is recorded before anybody is answered. */
static void attach_journals(struct keeper *k, struct sl_packet *packet)
{
    for (size_t i = 0; i < packet->fd_count; i++) {
        if (i < MAX_GATES)
            journal_attach(k, (uint32_t)i, packet->fds[i]);
        else
            close(packet->fds[i]);
    }
    sl_arena_reset(k->mem);
    enum sl_err err = store_commit(&k->store);
    if (err != SL_OK)
        keeper_die("what was left in the journals could not be recorded", err);
    journals_release(k);
}

static enum sl_err start(struct keeper *k, int fd)
{
    SL_BUF(scratch, SL_IPC_MAX_BODY + SL_IPC_HEADER);
    struct sl_msg_setup m;
    struct sl_packet packet = {0};

    SL_TRY(sl_child_setup(fd, &scratch, &m, &packet));
    SL_TRY(make_memory(k));
    SL_TRY(take_setup(k, &m));
    SL_TRY(close_door(k, &m));
    SL_TRY(open_store(k));
    attach_journals(k, &packet);
    sl_secret_wipe(scratch.p, scratch.n); /* the TLS key was in it */
    SL_TRY(peer_new(k, fd, SL_ROLE_SUPER, 0, &k->super));
    SL_TRY(make_timers(k));
    journals_accuse(k);
    ANSWER(k->super, ready, .detail = SL_SPAN("keeper"));
    issuers_take(k);
    hooks_take(k);
    chats_take(k);
    jobs_reload(k);
    SL_TRY(scim_settle_begin(k));
    return SL_OK;
}

/* --- ending --- */

static void record_stop(struct keeper *k)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    journals_drain(k);
    sign_in_failures_flush(k);
    hooks_note(k);
    sl_entry_put_stop(&leaf, &(struct sl_entry_stop){.time_us = sl_clock_us(),
                                                     .why = k->draining ? SL_SPAN("drained")
                                                                        : SL_SPAN("ended")});
    store_leaf(&k->store, &leaf, true, NULL);
    enum sl_err err = store_settle(&k->store);
    if (err == SL_OK)
        journals_release(k);
    else
        sl_log(SL_LOG_ERROR, "stop_not_recorded", SL_CSTR("why", sl_err_text(err)));
}

static void finish(struct keeper *k)
{
    record_stop(k);
    exchanges_free(k, NULL);
    secrets_free(k);
    journals_close(k);
    peers_free(k);
    sl_watch_free(k->control);
    scim_settle_free(k);
    sl_timer_free(k->journal_timer);
    sl_timer_free(k->deadline_timer);
    sl_timer_free(k->checkpoint_timer);
    sl_timer_free(k->backlog_timer);
    sl_signal_free(k->term);
    costlies_free(k);
    store_done(&k->store);
    openlineage_close(k);
    sl_tls_key_free(k->tls_key);
    sessions_free(k);
    challenges_free(k);
    fetches_free(k);
    hooks_free(k);
    chats_free(k);
    flows_free(k);
    issuers_free(k);
    sl_oidc_cache_free(k->tokens);
    running_free(k);
    sl_label_map_free(k->labels);
    labels_leaving_free(k);
    limits_done(&k->limits);
    console_free(k);
    shadow_free(k);
    tries_free(k);
    sl_config_free(k->config);
    deciders_free(k->deciders);
    sl_arena_free(k->mem);
    json_decref(k->programs);
    json_decref(k->canaries);
    metrics_free(k);
    sl_loop_free(k->loop);
    for (uint32_t i = 0; i < MAX_GATES; i++)
        stats_forget_gate(k, i);
    free(k->change);
    free(k->failures);
    free(k->state_dir);
}

int main(int argc, char **argv)
{
    struct keeper k = {.control_fd = -1};

    sl_log_init("keeper");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* a terminal's Ctrl-C is for the supervisor, which drains */
    if (argc == 4 && strcmp(argv[1], "--offline") == 0 && strcmp(argv[2], "--state") == 0)
        return keeper_offline(argv[3]);
    enum sl_err err = start(&k, SL_CHILD_FD);
    if (err != SL_OK)
        keeper_die("it could not start", err);
    err = sl_loop_run(k.loop, keeper_before_sleep, &k);
    if (err != SL_OK)
        keeper_die("the event loop failed", err);
    finish(&k);
    return 0;
}
