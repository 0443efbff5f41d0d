/* Where the credential and the address come from. */
#include "cli/api_client.h"

#include "crypto/crypto.h"
#include "os/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE = 16 * 1024, MAX_URL = 2048 };

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

enum sl_err sl_api_usual_file(struct sl_buf *path)
{
    const char *config = environment("XDG_CONFIG_HOME"), *home = environment("HOME");

    if (config != NULL)
        sl_buf_say(path, "%s/sluice/credential", config);
    else if (home != NULL)
        sl_buf_say(path, "%s/.config/sluice/credential", home);
    else
        return SL_ENOTFOUND;
    (void)sl_buf_text(path);
    return sl_buf_err(path);
}

/* {"credential":"sld_..","url":".."} as enroll writes it, or a token alone on one line. */
static bool read_text(struct sl_span text, struct sl_api *out, struct sl_buf *saved_url)
{
    json_t *object = NULL;

    if (text.n > 0 && text.p[0] != '{') {
        sl_buf_put(&out->credential, sl_span_head(text, sl_span_find(text, '\n')));
        return sl_span_find(text, '\n') + 1 >= text.n;
    }
    if (sl_json_read(text, &object, NULL) != SL_OK)
        return false;
    sl_buf_put(&out->credential, sl_json_str(object, "credential"));
    sl_buf_put(saved_url, sl_json_str(object, "url"));
    json_decref(object);
    return true;
}

/* Others on this machine must not be able to read it. */
static bool is_private(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && (s.st_mode & 077) == 0;
}

static int read_file(const char *path, struct sl_api *out, struct sl_buf *saved_url)
{
    SL_BUF(text, MAX_FILE);
    enum sl_err err = sl_file_read(path, &text);

    if (err != SL_OK) {
        fprintf(stderr, "sluice: %s: %s\n", path, sl_err_text(err));
        return SL_EXIT_USAGE;
    }
    if (!is_private(path)) {
        fprintf(stderr, "sluice: %s can be read by others on this machine: chmod 600 it\n", path);
        return SL_EXIT_REFUSED;
    }
    bool good = read_text(sl_buf_span(&text), out, saved_url);
    sl_secret_wipe(text.p, text.n);
    if (good)
        return SL_API_CONTINUE;
    fprintf(stderr, "sluice: %s holds no credential\n", path);
    return SL_EXIT_USAGE;
}

static int find_credential(const struct sl_api_args *args, struct sl_api *out,
                           struct sl_buf *saved_url)
{
    const char *given = environment("SLUICE_CREDENTIAL");
    SL_BUF(usual, MAX_URL);

    if (args->credential_file != NULL)
        return read_file(args->credential_file, out, saved_url);
    if (given != NULL) {
        sl_buf_put_str(&out->credential, given);
        return SL_API_CONTINUE;
    }
    if (sl_api_usual_file(&usual) == SL_OK && access(sl_buf_text(&usual), F_OK) == 0)
        return read_file(sl_buf_text(&usual), out, saved_url);
    fputs("sluice: no credential: 'sluice login' gets one from your identity provider, 'sluice "
          "enroll "
          "CODE' claims one; or give --credential-file or SLUICE_CREDENTIAL\n",
          stderr);
    return SL_EXIT_USAGE;
}

/* Nothing that could end or add a header line. */
static bool is_token(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    return s.n > 0;
}

static bool is_loopback(struct sl_span rest)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};

    for (size_t i = 0; i < SL_COUNT(hosts); i++) {
        struct sl_span after = sl_span_from(rest, strlen(hosts[i]));

        if (sl_span_starts(rest, sl_span_str(hosts[i])) && (after.n == 0 || after.p[0] == ':'))
            return true;
    }
    return false;
}

/* "https://host:port" or "http://...", no path but "/", no user. */
static int check_url(const struct sl_api_args *args, struct sl_api *api)
{
    struct sl_span url = sl_buf_span(&api->url);
    bool is_https = sl_span_starts(url, SL_SPAN("https://")),
         is_http = sl_span_starts(url, SL_SPAN("http://"));

    while (api->url.n > 0 && api->url.p[api->url.n - 1] == '/')
        api->url.n--;
    struct sl_span rest = sl_span_from(sl_buf_span(&api->url), is_https ? 8 : 7);
    bool is_plain =
        sl_span_find(rest, '/') == rest.n && sl_span_find(rest, '@') == rest.n && is_token(rest);
    if ((!is_https && !is_http) || !is_plain) {
        fprintf(stderr, "sluice: '%s' is not an address like https://host:port\n",
                sl_buf_text(&api->url));
        return SL_EXIT_USAGE;
    }
    if (is_https || is_loopback(rest) || args->allow_http)
        return SL_API_CONTINUE;
    fputs("sluice: a credential is not sent unencrypted to another machine: use https, or "
          "--allow-http\n",
          stderr);
    return SL_EXIT_REFUSED;
}

static int choose_url(const struct sl_api_args *args, const struct sl_buf *saved,
                      struct sl_api *out)
{
    const char *given = args->url != NULL ? args->url : environment("SLUICE_URL");

    if (given != NULL)
        sl_buf_put_str(&out->url, given);
    else if (saved->n > 0)
        sl_buf_put(&out->url, sl_buf_span(saved));
    else
        sl_buf_put_str(&out->url, "http://127.0.0.1:8080");
    if (sl_buf_err(&out->url) != SL_OK) {
        fputs("sluice: the address is too long\n", stderr);
        return SL_EXIT_USAGE;
    }
    return check_url(args, out);
}

int sl_api_open(const struct sl_api_args *args, bool needs_credential, struct sl_api *out)
{
    SL_BUF(saved_url, MAX_URL);

    *out = (struct sl_api){.url = sl_buf(MAX_URL), .credential = sl_buf(MAX_FILE)};
    out->json = args->json;
    out->colour = isatty(STDOUT_FILENO) && environment("NO_COLOR") == NULL;
    out->ca_file = args->ca_file;
    int code = needs_credential ? find_credential(args, out, &saved_url) : SL_API_CONTINUE;
    if (code == SL_API_CONTINUE && needs_credential && !is_token(sl_buf_span(&out->credential))) {
        fputs("sluice: the credential is not a token\n", stderr);
        return SL_EXIT_USAGE;
    }
    return code == SL_API_CONTINUE ? choose_url(args, &saved_url, out) : code;
}

void sl_api_close(struct sl_api *api)
{
    if (api->credential.p != NULL)
        sl_secret_wipe(api->credential.p, api->credential.n);
    sl_buf_done(&api->credential);
    sl_buf_done(&api->url);
}
