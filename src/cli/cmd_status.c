/* sluice status: what runs, asked over the keeper's control socket. */
#include "cli/cli.h"

#include "cli/api_client.h"
#include "core/policy/policy.h"
#include "os/channel.h"
#include "os/file.h"
#include "os/net.h"
#include "os/paths.h"
#include "json/json.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

enum { ANSWER_WITHIN_MS = 5000, CONFIG_MAX_BYTES = 4 * 1024 * 1024 };

static const char help[] =
    "usage: sluice status [--json] [--config FILE]\n\n"
    "Shows whether Sluice runs, its programs, and how much is held. Asked of the control socket of "
    "the\n"
    "state folder that the configuration names; only the user who runs Sluice can ask.\n";

static enum sl_err find_control(const char *config_given, struct sl_buf *control)
{
    SL_BUF(file, 8192);
    SL_BUF(yaml, CONFIG_MAX_BYTES);
    SL_BUF(complaints, 1024 * 1024);
    SL_BUF(state, 8192);
    SL_FREED_BY(sl_config) struct sl_config *config = NULL;

    SL_TRY(sl_path_config(config_given, &file));
    SL_TRY(sl_file_read(sl_buf_text(&file), &yaml));
    enum sl_err err = sl_config_load(sl_buf_span(&yaml), sl_buf_text(&file), &config, &complaints);
    if (err != SL_OK) {
        fputs(sl_buf_text(&complaints), stderr);
        return err;
    }
    SL_TRY(sl_path_beside(sl_buf_text(&file), config->settings.state, &state));
    return sl_path_control(sl_buf_text(&state), control);
}

static enum sl_err ask(const char *control, struct sl_buf *scratch, struct sl_msg_reply *reply)
{
    SL_BUF(message, 4096);
    struct sl_msg_call call = {.call = 1, .method = SL_SPAN("status"), .body = SL_SPAN("{}")};
    struct sl_packet answer;
    int fd;

    sl_msg_call_put(&message, &call);
    SL_TRY(sl_buf_err(&message));
    SL_TRY(sl_net_connect_control(control, &fd));
    enum sl_err err = sl_channel_ask(fd, SL_ROLE_KEEPER, sl_buf_span(&message), ANSWER_WITHIN_MS,
                                     scratch, &answer);
    close(fd);
    SL_TRY(err);
    for (size_t i = 0; i < answer.fd_count; i++)
        close(answer.fds[i]);
    return answer.type == SL_MESSAGE_REPLY ? sl_msg_reply_get(answer.body, reply) : SL_EMALFORMED;
}

static void print_value(const json_t *value)
{
    if (json_is_string(value))
        sl_api_print_text(stdout, sl_span(json_string_value(value), json_string_length(value)));
    else if (json_is_integer(value))
        printf("%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "yes" : "no", stdout);
    else
        putchar('-');
}

/* "name: value", or for an object all of its facts on one line. */
static void print_fact(const char *name, json_t *value)
{
    const char *key;
    json_t *inner;

    printf("%s", name);
    if (!json_is_object(value)) {
        fputs(": ", stdout);
        print_value(value);
    }
    json_object_foreach(value, key, inner)
    {
        printf("  %s=", key);
        print_value(inner);
    }
    putchar('\n');
}

static void print_status(json_t *status)
{
    const char *key;
    json_t *value;

    json_object_foreach(status, key, value)
    {
        if (!json_is_array(value))
            print_fact(key, value);
        for (size_t i = 0; i < json_array_size(value); i++)
            print_fact(key, json_array_get(value, i));
    }
}

static int show(struct sl_span body, bool as_json)
{
    json_t *whole;

    if (sl_json_read(body, &whole, NULL) != SL_OK) {
        fputs("sluice status: the keeper's answer could not be read\n", stderr);
        return SL_EXIT_REFUSED;
    }
    if (as_json)
        printf("%.*s\n", (int)body.n, (const char *)body.p);
    else
        print_status(json_object_get(whole, "status"));
    json_decref(whole);
    return SL_EXIT_FINE;
}

static int run(const char *config, bool as_json)
{
    SL_BUF(control, 8192);
    SL_BUF(scratch, SL_IPC_MAX_BODY);
    struct sl_msg_reply reply;
    enum sl_err err = find_control(config, &control);

    if (err == SL_ECONFIG)
        return SL_EXIT_REFUSED;
    if (err == SL_OK)
        err = ask(sl_buf_text(&control), &scratch, &reply);
    if (err != SL_OK) {
        fprintf(stderr, "sluice status: cannot reach the gateway: %s\n",
                err == SL_ENOTFOUND || err == SL_EGONE ? "nothing runs on this state folder"
                                                       : sl_err_text(err));
        return SL_EXIT_UNREACHABLE;
    }
    if (reply.status >= 400) {
        fprintf(stderr, "sluice status: refused: %.*s\n", (int)reply.body.n,
                (const char *)reply.body.p);
        return SL_EXIT_REFUSED;
    }
    return show(reply.body, as_json);
}

int sl_cli_status(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char *config = NULL;
    bool as_json = false;
    int option;

    optind = 1;
    while ((option = getopt_long(argc, argv, "c:jh", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return SL_EXIT_FINE;
        }
        if (option != 'c' && option != 'j')
            return sl_cli_misuse("status");
        config = option == 'c' ? optarg : config;
        as_json = as_json || option == 'j';
    }
    return optind == argc ? run(config, as_json) : sl_cli_misuse("status");
}
