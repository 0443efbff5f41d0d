/* sluice-judge: reads strangers' SQL so that nobody else has to. It holds the grammar and the
 * catalog listings, no socket but its channels, no file, and no memory of earlier statements. */
#include "role/judge/judge_int.h"

#include "os/child.h"
#include "os/log.h"

#include <signal.h>
#include <stdlib.h>

enum { MAX_FILES = 64 + SL_JUDGE_MAX_GATES };
static const uint64_t max_memory_bytes = 1024ull * 1024 * 1024;

static void gate_free(struct gate *g)
{
    if (g == NULL)
        return;
    sl_channel_free(g->channel);
    listing_free_all(g);
    free(g);
}

static void on_gate_packet(void *owner, struct sl_channel *c, struct sl_packet *packet)
{
    struct gate *g = owner;
    enum sl_err err = SL_EMALFORMED;

    if (packet->type == SL_MESSAGE_JUDGE_SNAPSHOT)
        err = listing_take(g, packet->body);
    else if (packet->type == SL_MESSAGE_JUDGE_ASK)
        err = answer_question(g, packet->body);
    if (err != SL_OK)
        sl_channel_break(c, err);
}

static void on_gate_end(void *owner, struct sl_channel *c, enum sl_err why)
{
    struct gate *g = owner;
    struct judge_program *p = g->program;

    (void)c;
    if (why != SL_EGONE)
        sl_log(SL_LOG_WARN, "gate_is_bad", SL_CSTR("why", sl_err_text(why)));
    for (size_t i = 0; i < SL_JUDGE_MAX_GATES; i++)
        if (p->gates[i] == g)
            p->gates[i] = NULL;
    gate_free(g);
}

/* A new channel to a gate replaces the earlier one of the same index, listings and all. */
static enum sl_err take_peer(struct judge_program *p, struct sl_packet *packet)
{
    struct sl_msg_peer m;

    SL_TRY(sl_msg_peer_get(packet->body, &m));
    if (m.role != SL_ROLE_GATE || m.index >= SL_JUDGE_MAX_GATES || packet->fd_count != 1)
        return SL_EMALFORMED;
    struct gate *g = calloc(1, sizeof *g);
    if (g == NULL)
        return SL_EMEMORY;
    g->program = p;
    enum sl_err err = sl_channel_new(p->loop, packet->fds[0], SL_ROLE_GATE, SL_CONN_OPEN,
                                     on_gate_packet, on_gate_end, g, &g->channel);
    if (err != SL_OK) {
        gate_free(g);
        return err;
    }
    packet->fds[0] = -1;
    gate_free(p->gates[m.index]);
    p->gates[m.index] = g;
    return SL_OK;
}

static enum sl_err take_from_super(struct judge_program *p, struct sl_packet *packet)
{
    struct sl_msg_reload reload;

    switch (packet->type) {
    case SL_MESSAGE_PEER:
        return take_peer(p, packet);
    case SL_MESSAGE_RELOAD: /* a judge knows no policy: nothing can be wrong with it */
        SL_TRY(sl_msg_reload_get(packet->body, &reload));
        SL_SEND(p->super, reloaded, .generation = reload.generation, .accepted = 1);
        return SL_OK;
    case SL_MESSAGE_DRAIN:
        SL_SEND(p->super, drained, .left = 0);
        p->leaving = true;
        return SL_OK;
    default:
        return SL_EMALFORMED;
    }
}

static void on_super_packet(void *owner, struct sl_channel *c, struct sl_packet *packet)
{
    enum sl_err err = take_from_super(owner, packet);

    if (err != SL_OK)
        sl_channel_break(c, err);
}

static void on_super_end(void *owner, struct sl_channel *c, enum sl_err why)
{
    struct judge_program *p = owner;

    (void)c;
    p->exit_code = why == SL_EGONE ? 0 : 1;
    p->leaving = true;
    sl_loop_stop(p->loop);
}

static enum sl_err close_the_door(const struct sl_msg_setup *setup)
{
    struct sl_sandbox wanted = {
        .role = SL_ROLE_JUDGE,
        .max_memory_bytes = max_memory_bytes,
        .max_files = MAX_FILES,
        .best_effort = sl_span_is(setup->sandbox, "best-effort"),
    };

    return sl_child_close_door(&wanted);
}

static enum sl_err begin(struct judge_program *p)
{
    SL_BUF(scratch, SL_IPC_MAX_BODY);
    struct sl_msg_setup setup;

    SL_TRY(sl_child_setup_alone(&scratch, &setup));
    SL_TRY(sl_sql_self_test());
    SL_TRY(sl_arena_new(&p->mem, SL_JUDGE_MEMORY));
    SL_TRY(sl_loop_new(&p->loop));
    SL_TRY(sl_channel_new(p->loop, SL_CHILD_FD, SL_ROLE_SUPER, SL_CONN_OPEN, on_super_packet,
                          on_super_end, p, &p->super));
    SL_TRY(close_the_door(&setup));
    SL_SEND(p->super, ready, .detail = SL_SPAN("judge"));
    return SL_OK;
}

static void before_sleep(void *owner)
{
    struct judge_program *p = owner;

    if (p->leaving)
        sl_loop_stop(p->loop);
}

int main(void)
{
    static struct judge_program program;

    sl_log_init("judge");
    signal(SIGPIPE, SIG_IGN);
    enum sl_err err = begin(&program);
    if (err == SL_OK)
        err = sl_loop_run(program.loop, before_sleep, &program);
    if (err != SL_OK) {
        sl_log(SL_LOG_ERROR, "judge_ends", SL_CSTR("why", sl_err_text(err)));
        return 1;
    }
    return program.exit_code;
}
