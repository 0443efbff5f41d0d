/* sluice logout: ends the session that `sluice login` began, at the gateway first, and then here.
 */
#include "cli/api_client.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] = "usage: sluice logout [OPTIONS]\n\n"
                           "Ends the session that 'sluice login' began, and removes its file. A "
                           "credential that was claimed "
                           "with 'sluice enroll'\n"
                           "is not touched: the operator revokes that (sluice token revoke).\n";

enum { MAX_PATH = 4096 };

static int forget(struct sl_api *api, const char *path)
{
    if (unlink(path) != 0 && errno != ENOENT) {
        fprintf(stderr, "sluice: the session is over, but %s cannot be removed: %s\n", path,
                strerror(errno));
        return SL_EXIT_REFUSED;
    }
    if (api->json)
        puts("{\"signed_in\":false}");
    else
        puts("You are signed out.");
    return SL_EXIT_FINE;
}

/* Refused means that it was over already. Not reached: it would live on, so it is not forgotten. */
static int logout(struct sl_api *api, const char *path)
{
    json_t *body = json_object();
    int code = sl_api_call(api, "/v1/sessions/end", body, NULL);

    json_decref(body);
    if (code == SL_EXIT_UNREACHABLE)
        fprintf(stderr, "sluice: the session goes on, and so does %s\n", path);
    return code == SL_EXIT_UNREACHABLE ? code : forget(api, path);
}

int sl_cli_logout(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    SL_BUF(usual, MAX_PATH);
    int code = sl_api_args(argc, argv, SL_API_JSON | SL_API_CREDENTIAL, 0, help, &args);

    if (code != SL_API_CONTINUE)
        return code;
    const char *path = args.credential_file;
    if (path == NULL && sl_api_usual_file(&usual) == SL_OK)
        path = sl_buf_text(&usual);
    if (path == NULL || access(path, F_OK) != 0) {
        fputs("sluice: nobody is signed in here\n", stderr);
        return SL_EXIT_REFUSED;
    }
    args.credential_file = path; /* the file's own, whatever the environment holds */
    code = sl_api_open(&args, true, &api);
    if (code != SL_API_CONTINUE)
        return code;
    if (!sl_span_starts(sl_buf_span(&api.credential), SL_SPAN(SL_API_LOGIN))) {
        fprintf(stderr, "sluice: %s holds no session of 'sluice login': it is left alone\n", path);
        return SL_EXIT_REFUSED;
    }
    return logout(&api, path);
}
