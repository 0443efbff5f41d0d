/* sluice ledger rotate-key: on the state folder, or by the keeper that has it open. */
#include "cli/cli.h"
#include "cli/cmd_ledger_int.h"
#include "ipc/messages.h"
#include "os/channel.h"
#include "os/clock.h"
#include "os/ledger_store.h"
#include "os/net.h"
#include "os/paths.h"
#include "json/json.h"

#include <unistd.h>

enum { ANSWER_WITHIN_MS = 30000 };

static enum sl_err rotate_here(const char *state, struct sl_buf *line, struct sl_buf *why)
{
    SL_FREED_BY(sl_ledger) struct sl_ledger *l = NULL;
    struct sl_ledger_options o = {.state_dir = state, .now_us = sl_clock_us(), .must_exist = true};
    struct sl_ledger_opened info;

    SL_TRY(sl_ledger_open(&o, &l, &info, why));
    SL_TRY(sl_ledger_rotate_key(l, sl_clock_us()));
    sl_vkey_put(line, sl_ledger_vkey(l));
    return sl_buf_err(line);
}

static enum sl_err take_answer(struct sl_packet *answer, struct sl_buf *line)
{
    struct sl_msg_reply reply;
    json_t *body;

    for (size_t i = 0; i < answer->fd_count; i++)
        close(answer->fds[i]);
    if (answer->type != SL_MESSAGE_REPLY)
        return SL_EMALFORMED;
    SL_TRY(sl_msg_reply_get(answer->body, &reply));
    SL_TRY(sl_json_read(reply.body, &body, NULL));
    sl_buf_put(line, sl_json_str(body, "vkey"));
    json_decref(body);
    if (reply.status != 200 || line->n == 0)
        return SL_EDENIED;
    return sl_buf_err(line);
}

static enum sl_err ask_keeper(const char *state, struct sl_buf *line)
{
    const struct sl_msg_call call = {.call = 1,
                                     .method = SL_SPAN("ledger.rotate_key"),
                                     .body = SL_SPAN("{}")};
    struct sl_packet answer;
    SL_BUF(control, 8192);
    SL_BUF(message, 4096);
    SL_BUF(scratch, SL_IPC_MAX_BODY + SL_IPC_HEADER);
    int fd;

    SL_TRY(sl_path_control(state, &control));
    sl_msg_call_put(&message, &call);
    SL_TRY(sl_buf_err(&message));
    SL_TRY(sl_net_connect_control(sl_buf_text(&control), &fd));
    enum sl_err err = sl_channel_ask(fd, SL_ROLE_KEEPER, sl_buf_span(&message), ANSWER_WITHIN_MS,
                                     &scratch, &answer);
    close(fd);
    SL_TRY(err);
    return take_answer(&answer, line);
}

int sl_ledger_cmd_rotate_key(int argc, char **argv)
{
    const char *state = NULL;
    const struct sl_cli_option options[] = {{"--state", &state, NULL}};
    SL_BUF(line, 1024);
    SL_BUF(why, 8192);

    if (!sl_cli_words("ledger", argc, argv, options, 1, NULL, 0) || state == NULL)
        return sl_cli_misuse("ledger");
    enum sl_err err = rotate_here(state, &line, &why);
    bool running = err == SL_EBUSY;
    if (running) {
        sl_buf_reset(&why);
        err = ask_keeper(state, &line);
    }
    if (err == SL_OK) {
        puts(sl_buf_text(&line));
        return SL_EXIT_FINE;
    }
    fprintf(stderr, "sluice ledger: the key stays as it is: %s\n",
            why.n > 0 ? sl_buf_text(&why) : sl_err_text(err));
    return running && (err == SL_EGONE || err == SL_ENOTFOUND) ? SL_EXIT_UNREACHABLE
                                                               : SL_EXIT_REFUSED;
}
