/* sluice enroll: a person claims a deciding credential with a one-time code. */
#include "cli/api_client.h"

#include <stdlib.h>

static const char help[] = "usage: sluice enroll CODE [--save FILE|-] [OPTIONS]\n\n"
                           "Claims your deciding credential with the one-time code that you were "
                           "given. The credential is saved in\n"
                           "~/.config/sluice/credential (mode 0600) together with the gateway's "
                           "address; nobody else ever sees it.\n"
                           "--save FILE saves it elsewhere; --save - prints it on stdout, alone. "
                           "CODE as - is read from stdin.\n";

enum { MAX_PATH = 4096 };

static int deliver(struct sl_api *api, const json_t *answer, const char *path)
{
    if (sl_json_str(answer, "credential").n == 0) {
        fputs("sluice: the answer holds no credential\n", stderr);
        return SL_EXIT_UNREACHABLE;
    }
    if (path == NULL) {
        puts(json_string_value(json_object_get(answer, "credential")));
        return SL_EXIT_FINE;
    }
    enum sl_err err = sl_api_save(api, answer, "credential", path);
    if (err != SL_OK) {
        fprintf(stderr, "sluice: %s: %s. The code is used up: ask for a new one\n", path,
                sl_err_text(err));
        return SL_EXIT_REFUSED;
    }
    if (api->json) {
        json_t *said =
            json_pack("{s:O, s:s}", "identity", json_object_get(answer, "identity"), "saved", path);
        sl_api_print_json(said);
        json_decref(said);
        return SL_EXIT_FINE;
    }
    fputs("You are ", stdout);
    sl_api_print_text(stdout, sl_json_str(answer, "identity"));
    printf(". Your credential is in %s; keep it to yourself.\n", path);
    return SL_EXIT_FINE;
}

static int enroll(struct sl_api *api, const char *code_text, const char *path)
{
    json_t *body = json_pack("{s:s}", "code", code_text), *answer = NULL;

    if (body == NULL) {
        fputs("sluice: the code is not text\n", stderr);
        return SL_EXIT_USAGE;
    }
    int code = sl_api_call(api, "/v1/enroll", body, &answer);
    if (code == SL_EXIT_FINE)
        code = deliver(api, answer, path);
    json_decref(answer);
    json_decref(body);
    return code;
}

/* An argument can be seen in the list of processes; stdin cannot. */
static const char *read_code(const char *word, char *line, size_t room)
{
    if (strcmp(word, "-") != 0)
        return word;
    if (fgets(line, (int)room, stdin) == NULL)
        return "";
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

int sl_cli_enroll(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    SL_BUF(usual, MAX_PATH);
    char line[512] = "";
    int code =
        sl_api_args(argc, argv, SL_API_JSON | SL_API_SAVE | SL_API_REPLACE, true, help, &args);

    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, false, &api);
    if (code != SL_API_CONTINUE)
        return code;
    const char *path = args.save;
    if (path == NULL && sl_api_usual_file(&usual) == SL_OK)
        path = sl_buf_text(&usual);
    if (path == NULL) {
        fputs("sluice: there is no HOME to save the credential in: give --save FILE\n", stderr);
        return SL_EXIT_USAGE;
    }
    bool is_stdout = strcmp(path, "-") == 0;
    if (!is_stdout) /* a code is good once */
        code = sl_api_try_save(path, args.replace);
    if (code != SL_API_CONTINUE)
        return code;
    return enroll(&api, read_code(args.word, line, sizeof line), is_stdout ? NULL : path);
}
