/* sluice enroll: a person claims a deciding credential with a one-time code. */
#include "cli/api_client.h"

#include "crypto/crypto.h"
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] = "usage: sluice enroll CODE [--save FILE|-] [OPTIONS]\n\n"
                           "Claims your deciding credential with the one-time code that you were "
                           "given. The credential is saved in\n"
                           "~/.config/sluice/credential (mode 0600) together with the gateway's "
                           "address; nobody else ever sees it.\n"
                           "--save FILE saves it elsewhere; --save - prints it on stdout, alone. "
                           "CODE as - is read from stdin.\n";

enum { MAX_FILE = 16 * 1024, MAX_PATH = 4096 };

static bool make_folder(const char *path)
{
    SL_BUF(folder, MAX_PATH);
    const char *slash = strrchr(path, '/');

    if (slash == NULL || slash == path)
        return true;
    sl_buf_put(&folder, sl_span(path, (size_t)(slash - path)));
    return sl_file_make_folder(sl_buf_text(&folder), 0700) == SL_OK;
}

/* A code is good once: that the answer can be saved is tried before it is used. */
static int try_file(const char *path, bool replace)
{
    SL_BUF(trial, MAX_PATH);

    if (!replace && access(path, F_OK) == 0) {
        fprintf(
            stderr,
            "sluice: %s is there already: --replace overwrites it, --save FILE saves elsewhere\n",
            path);
        return SL_EXIT_REFUSED;
    }
    sl_buf_say(&trial, "%s.trial", path);
    int fd = -1;
    if (make_folder(path))
        fd = open(sl_buf_text(&trial), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        fprintf(stderr, "sluice: %s cannot be written: %s\n", path, strerror(errno));
        return SL_EXIT_REFUSED;
    }
    close(fd);
    unlink(sl_buf_text(&trial));
    return SL_API_CONTINUE;
}

static enum sl_err save(struct sl_api *api, const json_t *answer, const char *path)
{
    json_t *object = json_object();
    SL_BUF(text, MAX_FILE);

    json_object_set(object, "credential", json_object_get(answer, "credential"));
    json_object_set(object, "identity", json_object_get(answer, "identity"));
    json_object_set_new(object, "url", json_stringn((const char *)api->url.p, api->url.n));
    enum sl_err err = sl_json_canonical(&text, object);
    sl_buf_put_u8(&text, '\n');
    if (err == SL_OK)
        err = sl_buf_err(&text);
    if (err == SL_OK)
        err = sl_file_replace(path, sl_buf_span(&text), 0600);
    if (text.p != NULL)
        sl_secret_wipe(text.p, text.n);
    json_decref(object);
    return err;
}

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
    enum sl_err err = save(api, answer, path);
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
    if (!is_stdout)
        code = try_file(path, args.replace);
    if (code != SL_API_CONTINUE)
        return code;
    return enroll(&api, read_code(args.word, line, sizeof line), is_stdout ? NULL : path);
}
