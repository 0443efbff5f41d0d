#include "cli/manage.h"

#include "cli/cli.h"
#include "cli/load.h"
#include "os/channel.h"
#include "os/net.h"
#include "os/paths.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SLUICE_INSTALLED_LIBEXEC
#define SLUICE_INSTALLED_LIBEXEC "/usr/libexec/sluice"
#endif

enum { ANSWER_WITHIN_MS = 30000, PATH_BYTES = 8192, ANSWER_BYTES = 40 * 1024 * 1024 };

/* --- words --- */

static const struct sl_manage_option *find(const struct sl_manage_option *options, size_t count,
                                           const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(options[i].name, word) == 0)
            return &options[i];
    return NULL;
}

static int take(struct sl_manage *m, const struct sl_manage_option *o, int argc, char **argv,
                int *at)
{
    if (o->flag != NULL) {
        *o->flag = true;
        return SL_EXIT_FINE;
    }
    if (*at + 1 >= argc) {
        fprintf(stderr, "%s: %s needs a value\n", m->command, o->name);
        return SL_EXIT_USAGE;
    }
    const char *value = argv[++*at];
    if (o->many != NULL)
        json_array_append_new(o->many, json_string(value));
    else
        *o->value = value;
    return SL_EXIT_FINE;
}

int sl_manage_words(struct sl_manage *m, int argc, char **argv,
                    const struct sl_manage_option *options, size_t option_count, const char **words,
                    size_t max, size_t *count)
{
    const struct sl_manage_option common[] = {
        {.name = "--config", .value = &m->config},
        {.name = "--state", .value = &m->state},
        {.name = "--json", .flag = &m->json},
    };

    *count = 0;
    for (int i = 0; i < argc; i++) {
        const struct sl_manage_option *o = find(options, option_count, argv[i]);

        if (o == NULL)
            o = find(common, SL_COUNT(common), argv[i]);
        if (o != NULL && take(m, o, argc, argv, &i) != SL_EXIT_FINE)
            return SL_EXIT_USAGE;
        if (o != NULL)
            continue;
        if (argv[i][0] == '-' || *count == max) {
            fprintf(stderr, "%s: %s is not expected here\n", m->command, argv[i]);
            return SL_EXIT_USAGE;
        }
        words[(*count)++] = argv[i];
    }
    return SL_EXIT_FINE;
}

/* --- where the state is --- */

static int find_state(const struct sl_manage *m, struct sl_buf *state, struct sl_buf *origin)
{
    SL_BUF(file, PATH_BYTES);
    SL_FREED_BY(sl_config) struct sl_config *config = NULL;

    if (m->state != NULL) {
        sl_buf_put_str(state, m->state);
        return SL_EXIT_FINE;
    }
    if (sl_path_config(m->config, &file) != SL_OK) {
        fprintf(stderr, "%s: there is no configuration file; say --config FILE or --state DIR\n",
                m->command);
        return SL_EXIT_USAGE;
    }
    int code = sl_cli_load_config(sl_buf_text(&file), &config);
    if (code != SL_EXIT_FINE)
        return code;
    sl_buf_put(origin, config->settings.ledger_origin);
    if (sl_path_beside(sl_buf_text(&file), config->settings.state, state) == SL_OK)
        return SL_EXIT_FINE;
    fprintf(stderr, "%s: the state folder of the configuration is not a path\n", m->command);
    return SL_EXIT_REFUSED;
}

/* --- a running keeper --- */

/* SL_EGONE, SL_ENOTFOUND: nothing runs. */
static enum sl_err ask_running(const char *state, const char *method, const struct sl_buf *body,
                               uint32_t *status, json_t **reply)
{
    SL_BUF(control, PATH_BYTES);
    SL_BUF(message, ANSWER_BYTES);
    SL_BUF(scratch, ANSWER_BYTES);
    struct sl_msg_call call = {.call = 1, .method = sl_span_str(method), .body = sl_buf_span(body)};
    struct sl_msg_reply answer;
    struct sl_packet packet;
    int fd;

    sl_msg_call_put(&message, &call);
    SL_TRY(sl_buf_err(&message));
    SL_TRY(sl_path_control(state, &control));
    SL_TRY(sl_net_connect_control(sl_buf_text(&control), &fd));
    enum sl_err err = sl_channel_ask(fd, SL_ROLE_KEEPER, sl_buf_span(&message), ANSWER_WITHIN_MS,
                                     &scratch, &packet);
    close(fd);
    if (err != SL_OK)
        return err == SL_EGONE ? SL_EIO
                               : err; /* it was there: never do it a second time elsewhere */
    for (size_t i = 0; i < packet.fd_count; i++)
        close(packet.fds[i]);
    if (packet.type != SL_MESSAGE_REPLY)
        return SL_EMALFORMED;
    SL_TRY(sl_msg_reply_get(packet.body, &answer));
    *status = answer.status;
    return sl_json_read(answer.body, reply, NULL);
}

/* --- a stopped one --- */

static _Noreturn void become_keeper(const char *program, const char *state, int in, int out)
{
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0)
        _exit(127);
    execl(program, "sluice-keeper", "--offline", "--state", state, (char *)NULL);
    _exit(127);
}

static enum sl_err write_all(int fd, struct sl_span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);

        if (n <= 0)
            return SL_EIO;
        bytes = sl_span_from(bytes, (size_t)n);
    }
    return SL_OK;
}

static enum sl_err read_all(int fd, struct sl_buf *out)
{
    for (;;) {
        uint8_t *room = sl_buf_room(out, 4096);
        ssize_t n = room == NULL ? -1 : read(fd, room, 4096);

        if (n < 0)
            return SL_EIO;
        if (n == 0)
            return SL_OK;
        out->n += (size_t)n;
    }
}

static enum sl_err run_keeper(const char *state, struct sl_span input, struct sl_buf *output)
{
    SL_BUF(program, PATH_BYTES);
    int in[2], out[2], ended;

    SL_TRY(sl_path_program("sluice-keeper", SLUICE_INSTALLED_LIBEXEC, &program));
    if (pipe2(in, O_CLOEXEC) != 0)
        return SL_EIO;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return SL_EIO;
    }
    pid_t child = fork();
    if (child == 0)
        become_keeper(sl_buf_text(&program), state, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    enum sl_err err = child < 0 ? SL_EIO : write_all(in[1], input);
    close(in[1]);
    if (err == SL_OK)
        err = read_all(out[0], output);
    close(out[0]);
    if (child > 0 && waitpid(child, &ended, 0) != child)
        err = SL_EIO;
    return err;
}

static enum sl_err ask_stopped(const char *state, struct sl_span origin, const char *method,
                               json_t *body, uint32_t *status, json_t **reply)
{
    SL_BUF(input, ANSWER_BYTES);
    SL_BUF(output, ANSWER_BYTES);
    json_t *request = json_object(), *answer = NULL;
    uint64_t number = 0;

    json_object_set_new(request, "method", json_string(method));
    json_object_set(request, "body", body);
    json_object_set_new(request, "origin",
                        json_stringn(origin.n == 0 ? "" : (const char *)origin.p, origin.n));
    enum sl_err err = sl_json_canonical(&input, request);
    json_decref(request);
    SL_TRY(err);
    SL_TRY(run_keeper(state, sl_buf_span(&input), &output));
    SL_TRY(sl_json_read(sl_buf_span(&output), &answer, NULL));
    err = sl_json_u64(answer, "status", &number) ? SL_OK : SL_EMALFORMED;
    *status = (uint32_t)number;
    *reply = json_incref(json_object_get(answer, "body"));
    json_decref(answer);
    return err;
}

/* --- both --- */

static void complain(const struct sl_manage *m, const json_t *problem)
{
    struct sl_span detail = sl_json_str(problem, "detail"), hint = sl_json_str(problem, "hint");

    fprintf(stderr, "%s: %.*s\n", m->command, (int)detail.n, (const char *)detail.p);
    if (hint.n > 0)
        fprintf(stderr, "  hint: %.*s\n", (int)hint.n, (const char *)hint.p);
}

static void say_where(const struct sl_manage *m, const json_t *held)
{
    struct sl_span link = sl_json_str(held, "link");

    fprintf(stderr, "%s: %.*s\n", m->command, (int)link.n, (const char *)link.p);
}

/* Only the first identity makes a state folder: a mistyped name must not leave keys behind. */
static bool may_begin(const struct sl_manage *m, const char *state, const char *method)
{
    SL_BUF(keys, PATH_BYTES);

    sl_buf_say(&keys, "%s/keys", state);
    if (strcmp(method, "identity.add") == 0 || access(sl_buf_text(&keys), F_OK) == 0)
        return true;
    fprintf(stderr, "%s: %s is no state folder of Sluice\n", m->command, state);
    fputs("  hint: 'sluice identity add' or 'sluice init' begins a new one\n", stderr);
    return false;
}

static int ask_quietly(const char *state, const char *method, const struct sl_buf *text,
                       json_t **reply)
{
    json_t *answer = NULL;
    uint32_t status = 0;
    enum sl_err err = ask_running(state, method, text, &status, &answer);

    if (err == SL_OK && status < 400) {
        *reply = answer;
        return SL_EXIT_FINE;
    }
    json_decref(answer);
    return SL_EXIT_UNREACHABLE;
}

int sl_manage_call(const struct sl_manage *m, const char *method, json_t *body, json_t **reply)
{
    SL_BUF(state, PATH_BYTES);
    SL_BUF(origin, PATH_BYTES);
    SL_BUF(text, ANSWER_BYTES);
    json_t *answer = NULL;
    uint32_t status = 0;
    int code = find_state(m, &state, &origin);

    if (code != SL_EXIT_FINE || sl_json_canonical(&text, body) != SL_OK) {
        json_decref(body);
        return code != SL_EXIT_FINE ? code : SL_EXIT_USAGE;
    }
    if (m->quiet) {
        json_decref(body);
        return ask_quietly(sl_buf_text(&state), method, &text, reply);
    }
    if (!may_begin(m, sl_buf_text(&state), method)) {
        json_decref(body);
        return SL_EXIT_REFUSED;
    }
    enum sl_err err = ask_running(sl_buf_text(&state), method, &text, &status, &answer);
    if (err == SL_EGONE || err == SL_ENOTFOUND)
        err =
            ask_stopped(sl_buf_text(&state), sl_buf_span(&origin), method, body, &status, &answer);
    json_decref(body);
    if (err != SL_OK) {
        fprintf(stderr, "%s: cannot reach the keeper: %s\n", m->command, sl_err_text(err));
        return SL_EXIT_UNREACHABLE;
    }
    if (status == 202) { /* another person decides first; nothing was done */
        if (m->json)
            sl_manage_print(json_incref(answer));
        complain(m, answer);
        say_where(m, answer);
        json_decref(answer);
        return SL_EXIT_REFUSED;
    }
    if (status >= 400) {
        complain(m, answer);
        json_decref(answer);
        return status == 503 ? SL_EXIT_UNREACHABLE : SL_EXIT_REFUSED;
    }
    *reply = answer;
    return SL_EXIT_FINE;
}

int sl_manage_print(json_t *reply)
{
    SL_BUF(text, ANSWER_BYTES);

    if (sl_json_canonical(&text, reply) == SL_OK)
        printf("%s\n", sl_buf_text(&text));
    json_decref(reply);
    return SL_EXIT_FINE;
}

int sl_manage_run(const struct sl_manage *m, const char *method, json_t *body,
                  void (*show)(const json_t *reply))
{
    json_t *reply = NULL;
    int code = sl_manage_call(m, method, body, &reply);

    if (code != SL_EXIT_FINE)
        return code;
    if (m->json)
        return sl_manage_print(reply);
    if (show != NULL)
        show(reply);
    json_decref(reply);
    return SL_EXIT_FINE;
}
