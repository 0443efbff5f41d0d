#include "role/keeper/keeper_int.h"

#include "os/file.h"
#include "role/keeper/call.h"
#include "role/keeper/control.h"
#include "role/keeper/credentials.h"
#include "role/keeper/journals.h"
#include "role/keeper/sessions.h"

#include <stdio.h>
#include <unistd.h>

/* One control command on the state folder while no keeper runs: {"method","body","origin"?} comes
 * on standard input, {"status","body"} goes to standard output. The ledger's lock keeps a running
 * keeper and this apart. */

enum { MAX_INPUT = 1024 * 1024 };

static enum sl_err read_input(struct sl_buf *in)
{
    for (;;) {
        uint8_t *room = sl_buf_room(in, 4096);
        ssize_t n = room == NULL ? -1 : read(0, room, 4096);

        if (n < 0)
            return SL_EIO;
        if (n == 0)
            return SL_OK;
        in->n += (size_t)n;
    }
}

static enum sl_err run(struct keeper *k, const json_t *input, struct call *c, struct sl_buf *why)
{
    struct store_options o = {.state_dir = k->state_dir,
                              .origin = sl_json_str(input, "origin"),
                              .now_us = sl_clock_us()};

    SL_TRY(store_open(&k->store, &o, why));
    c->maker.issuer = issuer_of(k, c->maker.os_user); /* as on the control socket (P4) */
    call_run(c, SL_ROLE_CONTROL, sl_json_str(input, "method"), sl_span(NULL, 0));
    SL_TRY(store_commit(&k->store));
    return store_checkpoint(&k->store);
}

static enum sl_err prepare(struct keeper *k, const char *state_dir)
{
    k->offline = true;
    k->control_fd = -1;
    k->state_dir = (char *)(uintptr_t)state_dir;
    SL_TRY(sl_arena_new(&k->mem, ACTION_ARENA_BYTES));
    SL_TRY(sl_map_new(&k->sessions, 0));
    SL_TRY(sl_map_new(&k->running, 0));
    SL_TRY(sl_map_new(&k->open, 0));
    SL_TRY(limits_init(&k->limits, 0));
    SL_TRY(sl_loop_new(&k->loop));
    return SL_OK;
}

static void put_answer(struct call *c, enum sl_err err, struct sl_buf *why)
{
    json_t *answer = json_object();
    SL_BUF(text, 32 * 1024 * 1024);

    if (err != SL_OK)
        call_problem(c, err == SL_EBUSY ? 503 : 500,
                     err == SL_EBUSY ? "A keeper is running" : "The state folder cannot be used",
                     why->n > 0 ? sl_buf_text(why) : sl_err_text(err), "");
    json_object_set_new(answer, "status", json_integer(c->status));
    json_object_set(answer, "body", c->reply);
    if (sl_json_canonical(&text, answer) == SL_OK &&
        sl_file_write_all(1, sl_buf_span(&text)) != SL_OK)
        c->status = 500;
    json_decref(answer);
}

int keeper_offline(const char *state_dir)
{
    struct keeper k = {0};
    struct call c = {.keeper = &k, .channel = SL_CHANNEL_CONTROL};
    json_t *input = NULL;
    SL_BUF(in, MAX_INPUT);
    SL_BUF(why, 4096);
    SL_BUF(uid, 32);

    enum sl_err err = prepare(&k, state_dir);
    if (err == SL_OK)
        err = read_input(&in);
    if (err == SL_OK)
        err = sl_json_read(sl_buf_span(&in), &input, &why);
    sl_buf_put_decimal(&uid, getuid());
    if (err == SL_OK) {
        c.body = json_object_get(input, "body");
        c.maker = (struct maker){.os_user = sl_buf_span(&uid), .channel = SL_SPAN("offline")};
        err = run(&k, input, &c, &why);
    }
    put_answer(&c, err, &why);
    int code = c.status < 400 ? 0 : 1;

    json_decref(c.reply);
    json_decref(input);
    store_done(&k.store);
    running_free(&k);
    sl_label_map_free(k.labels);
    sessions_free(&k);
    limits_done(&k.limits);
    sl_loop_free(k.loop);
    sl_arena_free(k.mem);
    return code;
}
