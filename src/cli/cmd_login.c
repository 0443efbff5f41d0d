/* sluice login: a person signs in with an identity provider, in a browser on any device (RFC 8628).
 * The gateway does the talking with the provider: what comes here is a session, never a token. */
#include "cli/api_client.h"

#include "base/when.h"
#include "os/clock.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: sluice login [--issuer NAME] [OPTIONS]\n\n"
    "Prints an address and a code. Open the address in a browser, on any device, type the code and "
    "sign "
    "in there. Then the\n"
    "other commands act as you, until the session ends by itself or 'sluice logout' ends it. Type "
    "the "
    "code only because you\n"
    "ran this command yourself: whoever gave you a code to type would be signed in as you.\n";

enum { MAX_PATH = 4096, LONGEST_PAUSE_S = 60 };

/* --- where ---------------------------------------------------------------------------------- */

static void print_names(const json_t *issuers)
{
    size_t i;
    json_t *one;

    fputs("sluice: several identity providers are known here; which one? --issuer", stderr);
    json_array_foreach(issuers, i, one)
    {
        fputs(i == 0 ? " " : " or ", stderr);
        sl_api_print_text(stderr, sl_json_str(one, "name"));
    }
    fputc('\n', stderr);
}

/* Without a name there has to be one alone. SL_API_CONTINUE, or why not. */
static int find_issuer(struct sl_api *api)
{
    json_t *told = NULL;
    int code = sl_api_call(api, "/v1/issuers", NULL, &told);
    const json_t *issuers = json_object_get(told, "issuers");

    if (code == SL_EXIT_FINE && json_array_size(issuers) == 0) {
        fputs("sluice: this gateway knows no identity provider: 'sluice enroll CODE' claims a "
              "credential "
              "with a code from your operator\n",
              stderr);
        code = SL_EXIT_REFUSED;
    } else if (code == SL_EXIT_FINE && json_array_size(issuers) > 1) {
        print_names(issuers);
        code = SL_EXIT_USAGE;
    } else if (code == SL_EXIT_FINE) {
        code = SL_API_CONTINUE;
    }
    json_decref(told);
    return code;
}

/* --- what to do ----------------------------------------------------------------------------- */

static void print_member(FILE *out, const char *before, const json_t *told, const char *member)
{
    fputs(before, out);
    sl_api_print_text(out, sl_json_str(told, member));
}

/* With --json stdout is for what came of it. */
static void print_code(struct sl_api *api, const json_t *told)
{
    FILE *out = api->json ? stderr : stdout;

    print_member(out, "Open this address in a browser, on any device:\n\n    ", told,
                 "verification_uri");
    print_member(out, "\n\nand type this code there:\n\n    ", told, "user_code");
    if (sl_json_str(told, "verification_uri_complete").n > 0)
        print_member(out, "\n\nThis address has the code in it:\n\n    ", told,
                     "verification_uri_complete");
    fputs("\n\nOnly if you ran this command yourself, just now.\n", out);
    fflush(out);
}

/* --- waiting -------------------------------------------------------------------------------- */

static void print_left(const json_t *told)
{
    SL_BUF(left, 64);

    if (!isatty(STDERR_FILENO))
        return;
    sl_api_put_left(&left, told, "expires_at");
    fprintf(stderr, "\rWaiting for you to sign in: %s   ", sl_buf_text(&left));
}

static void pause_for(const json_t *told)
{
    uint64_t seconds = 5;

    (void)sl_json_u64(told, "interval", &seconds);
    seconds = seconds < 1 ? 1 : seconds > LONGEST_PAUSE_S ? LONGEST_PAUSE_S : seconds;
    nanosleep(&(struct timespec){.tv_sec = (time_t)seconds}, NULL);
}

/* The gateway says when it is over: signed in, denied, or too late. */
static int wait_for(struct sl_api *api, const json_t *begun, json_t **out)
{
    json_t *body = json_pack("{s:O}", "poll", json_object_get(begun, "poll"));
    json_t *told = json_incref((json_t *)begun);
    int code = SL_EXIT_FINE;

    do {
        print_left(begun);
        pause_for(told);
        json_decref(told);
        told = NULL;
        code = sl_api_call(api, "/v1/signin/device/poll", body, &told);
    } while (code == SL_EXIT_FINE && json_is_true(json_object_get(told, "pending")));
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (code == SL_EXIT_FINE)
        *out = json_incref(told);
    json_decref(told);
    json_decref(body);
    return code;
}

/* --- the end -------------------------------------------------------------------------------- */

static int deliver(struct sl_api *api, const json_t *answer, const char *path)
{
    enum sl_err err = sl_json_str(answer, "secret").n == 0
                          ? SL_EMALFORMED
                          : sl_api_save(api, answer, "secret", path);

    if (err != SL_OK) {
        fprintf(stderr, "sluice: %s: %s. You are not signed in\n", path, sl_err_text(err));
        return SL_EXIT_REFUSED;
    }
    if (api->json) {
        json_t *said =
            json_pack("{s:O, s:s, s:O}", "identity", json_object_get(answer, "identity"), "saved",
                      path, "expires_at", json_object_get(answer, "expires_at"));
        sl_api_print_json(said);
        json_decref(said);
        return SL_EXIT_FINE;
    }
    print_member(stdout, "You are ", answer, "identity");
    printf(", signed in on this machine (%s)", path);
    print_member(stdout, " until ", answer, "expires_at");
    puts(" at the latest. 'sluice logout' ends it.");
    return SL_EXIT_FINE;
}

static int login(struct sl_api *api, const char *issuer, const char *path)
{
    json_t *body = issuer == NULL ? json_object() : json_pack("{s:s}", "issuer", issuer);
    json_t *begun = NULL, *answer = NULL;
    int code = SL_EXIT_USAGE;

    if (body == NULL)
        fputs("sluice: the issuer's name is not text\n", stderr);
    else
        code = sl_api_call(api, "/v1/signin/device", body, &begun);
    if (code == SL_EXIT_FINE) {
        print_code(api, begun);
        code = wait_for(api, begun, &answer);
    }
    if (code == SL_EXIT_FINE)
        code = deliver(api, answer, path);
    json_decref(answer);
    json_decref(begun);
    json_decref(body);
    return code;
}

int sl_cli_login(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    SL_BUF(usual, MAX_PATH);
    int code = sl_api_args(argc, argv, SL_API_JSON | SL_API_SAVE | SL_API_REPLACE | SL_API_ISSUER,
                           0, help, &args);

    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, false, &api);
    if (code != SL_API_CONTINUE)
        return code;
    const char *path = args.save;
    if (path == NULL && sl_api_usual_file(&usual) == SL_OK)
        path = sl_buf_text(&usual);
    if (path == NULL) {
        fputs("sluice: there is no HOME to save the session in: give --save FILE\n", stderr);
        return SL_EXIT_USAGE;
    }
    code = sl_api_try_save(path, args.replace);
    if (code == SL_API_CONTINUE && args.issuer == NULL)
        code = find_issuer(&api);
    return code == SL_API_CONTINUE ? login(&api, args.issuer, path) : code;
}
